"""The parts of a sweep read by other programs as they are: pandas, polars, DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from escalation.experiment.results import ResultsFolder
from escalation.vocabulary import CHANNELS, OUTCOMES
from tests.experiment.sweeps import complete, written

MEASURES = {
    "strikes": "count(rung >= 6)",
    "first_talks": "first_day(talks_open)",
    "mediated_days": "share_of_days(talks_open)",
    "early": "any(rung >= 6 and day < 4)",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of several parts, with a mediator whom half of the cells do not have."""
    home = tmp_path_factory.mktemp("readers")
    complete(written(home, measures=MEASURES, keep=["acts"], replications=600), home / "out")
    assert len(list((home / "out" / "runs").glob("part-*.parquet"))) > 3
    return home / "out"


@pytest.fixture(scope="module")
def frame(folder: Path) -> Any:
    found = ResultsFolder(folder).frame()
    return found.sort_values(["cell", "replication"], ignore_index=True)


def test_a_frame_has_types_that_fit(frame: Any) -> None:
    kinds = {
        "cell": "int32", "replication": "uint32", "resolve": "float64", "who": "category",
        "outcome": "category", "settled_by": "category", "days_to_force": "Int16", "peak": "Int8",
        "peak_arland": "Int8", "cost_arland": "float64", "agreed_delland": "Int16",
        "strikes": "int32", "first_talks": "Int16", "mediated_days": "float64", "early": "bool",
    }  # fmt: skip
    assert {name: str(frame[name].dtype) for name in kinds} == kinds
    assert tuple(frame["outcome"].cat.categories) == OUTCOMES
    assert tuple(frame["settlement"].cat.categories) == CHANNELS
    assert frame.loc[frame["who"] == "cesland", "offered_delland"].isna().all()
    assert frame.memory_usage(deep=True).sum() < 100 * len(frame)


def test_polars_reads_a_folder_of_parts_as_it_is(folder: Path, frame: Any) -> None:
    table = pl.scan_parquet(f"{folder}/runs/*.parquet").sort("cell", "replication").collect()
    kinds = {"cell": pl.Int32, "replication": pl.UInt32, "outcome": pl.Categorical, "peak": pl.Int8,
             "days_to_force": pl.Int16, "cost_arland": pl.Float64, "early": pl.Boolean,
             "strikes": pl.Int32}  # fmt: skip
    assert {name: table.schema[name].base_type() for name in kinds} == kinds
    same_as(frame, table.to_pandas())
    force = pl.col("days_to_force").is_not_null()
    asked = pl.scan_parquet(f"{folder}/runs").filter(pl.col("outcome") == "war").select(force.sum()).collect()
    assert asked.item() == int(frame.loc[frame["outcome"] == "war", "days_to_force"].notna().sum())


def test_duckdb_reads_a_folder_of_parts_as_it_is(folder: Path, frame: Any) -> None:
    table = duckdb.sql(f"SELECT * FROM '{folder}/runs/*.parquet' ORDER BY cell, replication")
    kinds = dict(zip(table.columns, map(str, table.types), strict=True))
    expected = {"cell": "INTEGER", "replication": "UINTEGER", "outcome": "VARCHAR", "peak": "TINYINT",
                "days_to_force": "SMALLINT", "cost_arland": "DOUBLE", "early": "BOOLEAN",
                "strikes": "INTEGER"}  # fmt: skip
    assert {name: kinds[name] for name in expected} == expected
    same_as(frame, table.df())
    (found,) = duckdb.sql(
        f"SELECT count(*) FROM '{folder}/acts/*.parquet' WHERE actor = 'arland' AND act <> 'hold'"
    ).fetchall()
    acts = pd.read_parquet(folder / "acts")
    assert found == (int(((acts["actor"] == "arland") & (acts["act"] != "hold")).sum()),)


def same_as(frame: Any, other: Any) -> None:
    """Check that two tables have the same values, empty ones included."""
    columns = [name for name in frame.columns if name not in ("resolve", "who")]
    assert list(other.columns) == columns
    for name in columns:
        ours, theirs = frame[name], other[name]
        assert ours.isna().tolist() == theirs.isna().tolist(), name
        known = ~ours.isna()
        if frame[name].dtype == "category":
            assert ours[known].astype(str).tolist() == theirs[known].astype(str).tolist(), name
        else:
            np.testing.assert_array_equal(ours[known].to_numpy(float), theirs[known].to_numpy(float), name)
