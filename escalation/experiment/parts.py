"""A table as the bytes of a Parquet file, and back: the one module that knows pyarrow.

The bytes depend on the table, on what it is stamped with and on the version of pyarrow; on no clock,
machine or worker. Every page carries a checksum, so that a damaged file is noticed when it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from escalation.files.places import SweepError
from escalation.measures.columns import Column, ColumnArrays
from escalation.measures.measures import EMPTY

ROWS_A_GROUP = 65_536


class DamagedError(SweepError):
    """A file is not a part of a sweep, or is damaged; the text says how."""


@dataclass(frozen=True)
class Stamp:
    """How a part identifies itself: its results, its chunk, its number of rows."""

    results: str
    """The hash of the manifest."""
    chunk: str
    rows: int = -1


def encode(columns: Sequence[Column], table: ColumnArrays, stamp: Stamp) -> bytes:
    """Return a table as the bytes of a Parquet file."""
    arrays = [_array(column, table[column.name]) for column in columns]
    metadata = {"escalation.results": stamp.results, "escalation.chunk": stamp.chunk}
    schema = pa.schema([pa.field(c.name, a.type) for c, a in zip(columns, arrays, strict=True)], metadata)
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=schema),
        sink,
        row_group_size=ROWS_A_GROUP,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        write_statistics=True,
        write_page_checksum=True,
        store_schema=True,
    )
    return bytes(sink.getvalue())


def _array(column: Column, values: NDArray[Any]) -> Any:
    if column.kind == "word":
        codes = pa.array(values.astype(np.int16), mask=values == EMPTY["word"])
        words = pa.array(column.words, pa.string())
        return pa.DictionaryArray.from_arrays(codes, words)
    if column.kind == "bool":
        return pa.array(values.astype(bool))
    if column.kind == "float64":
        return pa.array(values.astype(np.float64), mask=np.isnan(values))
    typed = values.astype(np.dtype(column.kind))
    empty = EMPTY.get(column.kind)
    return pa.array(typed, mask=None if empty is None else typed == empty)


def stamp_of(path: Path) -> Stamp:
    """Return the stamp of a part, reading no more than the end of its file.

    Raises
    ------
    DamagedError
        If the file is truncated, not a Parquet file, or without a stamp.
    """
    with _reading(path) as file:
        return _stamp(file)


def read(path: Path, columns: Sequence[Column], group: int | None = None) -> ColumnArrays:
    """Return columns of a part as numbers, checking every page that is read.

    Words are numbers in the column's list of words; an empty value is NaN where there are floats,
    else what `EMPTY` says.

    Raises
    ------
    DamagedError
        If the file is damaged or lacks a column.
    """
    names = [column.name for column in columns]
    with _reading(path) as file:
        try:
            table = file.read(names) if group is None else file.read_row_group(group, names)
            there = set(table.column_names)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise DamagedError(_reason(error)) from None
    missing = [name for name in names if name not in there]
    if missing:
        raise DamagedError(f"no column {missing[0]}")
    return {column.name: _numbers(column, table.column(column.name)) for column in columns}


def _numbers(column: Column, chunked: Any) -> NDArray[Any]:
    if column.kind != "word":
        if column.kind != "float64" and chunked.null_count:
            chunked = chunked.fill_null(EMPTY[column.kind])
        return np.asarray(chunked.to_numpy(), np.dtype(column.kind))
    number = {word: code for code, word in enumerate(column.words)}
    pieces = [np.empty(0, np.int16)]
    for piece in chunked.chunks:
        # The file may number the words in another order, or have them in full.
        coded = piece if pa.types.is_dictionary(piece.type) else piece.dictionary_encode()
        codes = [number.get(word, EMPTY["word"]) for word in coded.dictionary.to_pylist()]
        renumber = np.array([*codes, EMPTY["word"]], np.int16)
        pieces.append(renumber[np.asarray(coded.indices.fill_null(len(codes)), np.int64)])
    return np.concatenate(pieces)


def groups(path: Path, name: str) -> Iterator[tuple[int, int, int]]:
    """Yield the least and the greatest value of a column in each group of rows of a part."""
    with _reading(path) as file:
        position = file.schema_arrow.get_field_index(name)
        for group in range(file.metadata.num_row_groups):
            statistics = file.metadata.row_group(group).column(position).statistics
            yield group, int(statistics.min), int(statistics.max)


def _reading(path: Path) -> Any:
    try:
        return pq.ParquetFile(path, page_checksum_verification=True)
    except FileNotFoundError:
        raise DamagedError("it does not exist") from None
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        # pyarrow has OSError for a footer that makes no sense, too, but then without a number.
        if getattr(error, "errno", None) is not None:
            raise
        raise DamagedError(_reason(error)) from None


def _stamp(file: Any) -> Stamp:
    metadata = file.schema_arrow.metadata or {}
    results, chunk = metadata.get(b"escalation.results"), metadata.get(b"escalation.chunk")
    if results is None or chunk is None:
        raise DamagedError("it is not a part of any results")
    try:
        return Stamp(results.decode(), chunk.decode(), file.metadata.num_rows)
    except UnicodeDecodeError as error:
        raise DamagedError(_reason(error)) from None


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def frame(paths: Sequence[Path], columns: Sequence[str] | None = None) -> Any:
    """Return parts one below the other as a pandas DataFrame: words as categories, empty days as NA."""
    import pandas as pd

    whole = {pa.int8(): pd.Int8Dtype(), pa.int16(): pd.Int16Dtype()}
    tables = []
    for path in paths:
        try:
            with _reading(path) as file:
                tables.append(file.read(columns))
        except (DamagedError, pa.ArrowException, OSError) as error:
            raise DamagedError(f"{path} is damaged ({_reason(error)})") from None
    return pa.concat_tables(tables).unify_dictionaries().to_pandas(types_mapper=whole.get)
