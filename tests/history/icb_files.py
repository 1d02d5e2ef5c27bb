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
    "datrig", "yrmedst", "momedst", "damedst",
)  # fmt: skip
CRISES = [
    (1, 9, 4, 1, 2, 2, 1950, 4, 4, 3, 1, 1950, 4, 10),  # formal, quiet after, mediated by manipulation
    (2, 9, 2, 2, 1, 2, 1951, 4, 3, 1, 88, 1951, 2, 66),  # semi-formal, recurred, formulation
    (3, 2, 1, 4, 2, 1, 1952, 1, 1, 6, "", "", "", ""),
    (4, 7, 3, 1, 3, 3, 2018, 3, 1, 6, 5, "", "", ""),  # offered only, too recent to know
    (5, 1, 1, 4, 1, 1, 1960, "", "", "", "", -99, -99, -99),  # mediation not known
    (6, 6, 2, 1, 2, 1, 1961, 4, 2, 2, 1, "", "", ""),  # facilitation, entry not known
]
ACTORS = [(1, 3, 1), (1, 4, 2), (2, 3, 1), (3, 1, 5), (4, 2, ""), (5, "", 1), (6, 1, 1)]


def write(folder: Path, crises: object = CRISES, actors: object = ACTORS) -> Path:
    """Write both files into a folder."""
    for name, columns, rows in (
        ("icb1v15.csv", COLUMNS, crises),
        ("icb2v15.csv", ("crisno", "nuclear", "regime"), actors),
    ):
        lines = [",".join(map(str, row)) for row in [columns, *rows]]  # type: ignore[misc]
        (folder / name).write_text("﻿" + "\n".join(lines) + "\n", encoding="utf-8")
    return folder
