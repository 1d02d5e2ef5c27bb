"""Records of numbers whose fields plain Python reads as quickly as attributes of its own objects."""

from __future__ import annotations

import copyreg
from collections.abc import Sequence
from functools import cache
from struct import Struct
from typing import Any, cast

import numpy as np

FLOAT, WHOLE = "f8", "i8"
_CODES = {FLOAT: "d", WHOLE: "q"}
_BYTES = 8


def record_type(floats: Sequence[str] = (), integers: Sequence[str] = ()) -> np.dtype[Any]:
    """Return the type of a record with these fields, for arrays that compiled and plain rules share.

    As `numpy.record`, whose fields are attributes too, but found by a lookup in Python that takes two
    microseconds; a rule reads dozens of fields. A field read is a number of Python's own.
    """
    fields = (*((name, FLOAT) for name in floats), *((name, WHOLE) for name in integers))
    return np.dtype((_class_of(fields), list(fields)))


class _RecordClass(type):
    """The class of the classes of records: pickled as their fields, since they have no name of their own."""


@cache
def _class_of(fields: tuple[tuple[str, str], ...]) -> type[np.void]:
    properties = {name: _field(name, kind, place) for place, (name, kind) in enumerate(fields)}
    record = _RecordClass("Record", (np.void,), {"__slots__": (), "_fields": fields, **properties})
    return cast("type[np.void]", record)


def _field(name: str, kind: str, place: int) -> property:
    read, start = Struct(_CODES[kind]).unpack_from, _BYTES * place

    def value(record: Any) -> Any:
        return read(record, start)[0]

    def put(record: Any, number: float) -> None:
        record[name] = number

    return property(value, put)


def _reduced(kind: Any) -> Any:
    return _class_of, (kind._fields,)


copyreg.pickle(_RecordClass, _reduced)
