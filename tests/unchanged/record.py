"""Record what the model does for fixed seeds: acts and states of five crises, and the runs of a sweep.

`python -m tests.unchanged.record` writes the files next to this one again. Do that only with a change that
is meant to change model output, and say so in CHANGELOG.md.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import escalation
from escalation.crisis.tables import acts_table, days_table

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SEED = 1962
CRISES = (
    "scenarios/pahalgam_2025.yaml",
    "docs/examples/two_states.yaml",
    "scenarios/history/kargil_1999.yaml",
    "scenarios/history/cuba_1962.yaml",
    "scenarios/history/october_1973.yaml",
)
EXPERIMENT, REPLICATIONS = "mediation", 10
WORDS = {"why", "says", "contested", "kind", "incidents"}
"""Columns that hold text for people, which may change while the model does not."""


FILES = (
    *(f"{Path(path).stem}_{kind}.csv" for path in CRISES for kind in ("acts", "days")),
    f"{EXPERIMENT}_runs.csv",
)


def recorded() -> dict[str, str]:
    """Return the text of each file of the record, by name."""
    files = {}
    for path in CRISES:
        run = escalation.run(ROOT / path, seed=SEED)
        for kind, table in (("acts", acts_table(run)), ("days", days_table(run))):
            keep = [k for k, name in enumerate(table.columns) if name not in WORDS]
            files[f"{Path(path).stem}_{kind}.csv"] = _csv(
                [table.columns[k] for k in keep], ([row[k] for k in keep] for row in table.rows)
            )
    frame = escalation.Experiment(EXPERIMENT).run(replications=REPLICATIONS).frame()
    files[f"{EXPERIMENT}_runs.csv"] = _csv(list(frame.columns), frame.itertuples(index=False))
    return files


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(cell) for cell in row] for row in rows)
    return text.getvalue()


def _text(cell: Any) -> str:
    if pd.isna(cell):
        return ""
    return f"{cell:.9g}" if isinstance(cell, float) else str(cell)


if __name__ == "__main__":
    for name, text in recorded().items():
        (HERE / name).write_text(text, encoding="utf-8")
        print(HERE / name)
