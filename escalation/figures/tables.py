"""What figures ask of the tables of an experiment, whoever made them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pandas import DataFrame


class Factor(Protocol):
    """Something that an experiment varies."""

    @property
    def name(self) -> str:
        """Return its id, the name of its column."""

    @property
    def label(self) -> str:
        """Return its name in words."""

    @property
    def unit(self) -> str | None:
        """Return the unit of its levels."""

    @property
    def levels(self) -> Sequence[Any]:
        """Return its levels in order."""

    @property
    def kind(self) -> str:
        """Return 'number' or 'text'."""

    @property
    def names(self) -> Mapping[str, str]:
        """Return the labels of those levels that have one."""


class Tables(Protocol):
    """The tidy tables of an experiment and what the words of its figures need."""

    @property
    def cells(self) -> DataFrame: ...  # noqa: D102
    @property
    def summary(self) -> DataFrame: ...  # noqa: D102
    @property
    def effects(self) -> DataFrame: ...  # noqa: D102
    @property
    def postures(self) -> DataFrame: ...  # noqa: D102
    @property
    def incidence(self) -> DataFrame: ...  # noqa: D102
    @property
    def peaks(self) -> DataFrame: ...  # noqa: D102
    @property
    def factors(self) -> Sequence[Factor]: ...  # noqa: D102
    @property
    def baseline(self) -> int: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def scenario_title(self) -> str: ...  # noqa: D102
    @property
    def seed(self) -> int: ...  # noqa: D102
    @property
    def replications(self) -> str: ...  # noqa: D102
    @property
    def horizon(self) -> dt.date: ...  # noqa: D102
    @property
    def start(self) -> dt.date: ...  # noqa: D102
    @property
    def states(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def mediators(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def shares(self) -> Sequence[str]: ...  # noqa: D102


def rows(frame: DataFrame, **wanted: Any) -> list[dict[str, Any]]:
    """Return the rows of a table in which each named column has one of the values, as plain data."""
    keep = frame
    for column, values in wanted.items():
        keep = keep[keep[column].isin(list(values))]
    names = [str(name) for name in keep.columns]
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*(keep[name].tolist() for name in names), strict=True)
    ]
