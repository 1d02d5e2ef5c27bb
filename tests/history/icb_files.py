"""Synthetic files in the format of ICB, and where the real ones are for the tests that need them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REAL = Path(os.environ.get("ESCALATION_DATA") or ROOT.parent / "shared" / "data")
needs_icb = pytest.mark.skipif(
    not (REAL / "icb1v15.csv").is_file(), reason="needs icb1v15.csv and icb2v15.csv of the ICB project"
)

COLUMNS = (
    "crisno", "break", "viol", "forout", "outesr", "protrac", "yrtrig", "mediate", "medstyle", "motrig",
    "datrig", "yrmedst", "momedst", "damedst", "brexit",
)  # fmt: skip
CRISES = [
    (1, 9, 4, 1, 2, 2, 1950, 4, 4, 3, 1, 1950, 4, 10, 100),  # formal, quiet after, mediated by manipulation
    (2, 9, 2, 2, 1, 2, 1951, 4, 3, 1, 88, 1951, 2, 66, 20),  # semi-formal, recurred, formulation
    (3, 2, 1, 4, 2, 1, 1952, 1, 1, 6, "", "", "", "", 400),
    (4, 7, 3, 1, 3, 3, 2018, 3, 1, 6, 5, "", "", "", 7),  # offered only, too recent to know
    (5, 1, 1, 4, 1, 1, 1960, "", "", "", "", -99, -99, -99, 50),  # mediation not known
    (6, 6, 2, 1, 2, 1, 1961, 4, 2, 2, 1, "", "", "", 8),  # facilitation, entry not known
]
ACTOR_COLUMNS = ("crisno", "nuclear", "regime", "yrtrig", "triggr", "trigent", "majres", "trgresra")
ACTORS = [
    (1, 3, 1, 1950, 9, 750, 8, 1),  # struck by a state, violent on the day of the trigger
    (1, 4, 2, 1950, 9, 997, 3, 3),  # by several states; words two days later
    (2, 3, 1, 1951, 9, 996, 9, 400),  # by others; violent after more than a year
    (3, 1, 5, 1952, 2, 2, 6, ""),  # political; a show of force, not dated
    (4, 2, "", 2018, 7, 996, 8, 2),  # military, but not by a state
    (5, "", 1, 1960, 7, 2, 7, 61),  # the last day that is listed
    (6, 1, 1, 1945, 9, 2, 8, 1),  # before the first year
]


def write(folder: Path, crises: object = CRISES, actors: object = ACTORS) -> Path:
    """Write both files into a folder."""
    for name, columns, rows in (
        ("icb1v15.csv", COLUMNS, crises),
        ("icb2v15.csv", ACTOR_COLUMNS, actors),
    ):
        lines = [",".join(map(str, row)) for row in [columns, *rows]]  # type: ignore[misc]
        (folder / name).write_text("﻿" + "\n".join(lines) + "\n", encoding="utf-8")
    return folder
