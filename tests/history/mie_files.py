"""Synthetic files in the format of Militarized Interstate Events, and where the real one is, if present."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("ESCALATION_DATA", ROOT.parent / "shared" / "data")) / "mie_train.csv"

COLUMNS = (
    "micnum", "eventnum", "ccode1", "ccode2", "stmon", "stday", "styear", "endmon", "endday", "endyear",
    "action", "hostlev", "version",
)  # fmt: skip
DEATHS = ("fatalmin1", "fatalmin2")

Act = tuple[int, ...]
"""micnum, eventnum, ccode1, ccode2, year, month, day, hostlev; perhaps action, fatalmin1 and fatalmin2."""


def text_of(acts: Sequence[Act], columns: Sequence[str] = COLUMNS) -> str:
    """Return acts as the text of a file."""
    lines = [",".join(columns)]
    for mic, event, one, other, year, month, day, level, *more in acts:
        action, fatal_1, fatal_2 = (*more, *(7, 0, 0)[len(more) :])
        cells = {
            "micnum": mic, "eventnum": event, "ccode1": one, "ccode2": other, "stmon": month, "stday": day,
            "styear": year, "endmon": month, "endday": day, "endyear": year, "action": action,
            "hostlev": level, "version": "mie-1.0", "fatalmin1": fatal_1, "fatalmin2": fatal_2,
        }  # fmt: skip
        lines.append(",".join(str(cells[column]) for column in columns))
    return "\n".join(lines) + "\n"


def write_mie(path: Path, acts: Sequence[Act], columns: Sequence[str] = COLUMNS) -> Path:
    """Write a file of acts."""
    path.write_text(text_of(acts, columns), encoding="utf-8")
    return path


def many_acts(seed: int = 1, pairs: int = 6, length: int = 12) -> list[Act]:
    """Return exchanges of several pairs of states, two confrontations each, 750-770 among them."""
    generator = np.random.default_rng(seed)
    acts: list[Act] = []
    states = [(750, 770), *((100 + k, 200 + k) for k in range(pairs - 1))]
    for mic, ((one, other), year) in enumerate(itertools.product(states, (1980, 1995)), start=1):
        level = 3
        for event in range(1, length + 1):
            actor, target = (one, other) if generator.random() < 0.5 else (other, one)
            if generator.random() < 0.5:
                level = int(generator.integers(2, 6))
            acts.append((mic, event, actor, target, year, event, 1 + event, level))
    return acts
