"""What can go wrong with a sweep besides its file: each in one line that says what to do."""

from __future__ import annotations


class SweepError(Exception):
    """A sweep cannot be run, kept or read; the text says why and what to do."""


class StoreError(SweepError):
    """A folder cannot be used as wanted."""


class CellError(SweepError):
    """A cell cannot be simulated; the text says which."""


class ClusterError(SweepError):
    """A cluster cannot be used."""
