"""An outcome class, a share and a mean, each declared in one place of a copy, appear in all reports."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from escalation.measures.reduce import NEVER
from tests.experiment.sweeps import ROOT, tree

pytestmark = pytest.mark.slow

# Before which line of which file a declaration goes: among the others of its kind, not at the end.
ADDED = {
    "vocabulary.py": [
        (
            '    OutcomeClass(\n        "de_escalated",',
            '    OutcomeClass(\n        "frozen", "Frozen conflict", "a frozen conflict", "frozen", '
            '"frozen", "Frozen",\n        coded="prolonged_standoff", colour="#BBD9EB",\n    ),\n',
        )
    ],
    "measures/measures.py": [
        (
            '    _share("force",',
            '    _share("closed", _came("end"), "a closed crisis", "Crisis closed", '
            '"the crisis closed", -1),\n',
        ),
        (
            '    Measure(\n        "cost",',
            '    Measure(\n        "peaks", "mean", "rungs", "the sum of peaks", "Sum of peaks", "peaks", '
            '"the sum of peaks", 1,\n        (RunColumn("peaks", "int16", lambda r: r.runs.peak.sum(axis=1), '
            '"sum of the states\' highest rungs"),),\n        unit_of_difference="rungs",\n    ),\n',
        ),
    ],
}

SCRIPT = """
import json, sys
from escalation.cli.main import main
code = main(["sweep", "trial.yaml", "--out", "found", "--workers", "1"])
from matplotlib.text import Text
from escalation.analysis.tally import tally
from escalation.analysis.tidy import Tidy
from escalation.classroom.chart_style import LIGHT
from escalation.classroom.charts import odds, outcome_bars
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.experiment.results import ResultsFolder
from escalation.experiment.spec import experiment_schema_text
from escalation.figures.effect_plot import plot_effects
from escalation.figures.outcomes import plot_outcomes
from escalation.measures.ensemble import ensemble_of, outcomes_table
from escalation.vocabulary import OUTCOME_CLASSES
results = ResultsFolder("found")
tables = Tidy(results, tally(results))
scenario = results.loaded.scenario
table = outcomes_table([("now", ensemble_of(scenario, 1, [simulate(pack(scenario), 1, 0, 5)]))])
written = lambda figure: sorted({t.get_text().replace("\\n", " ") for t in figure.findobj(Text)})
lines = odds({each.bar: [0.0] for each in OUTCOME_CLASSES}, ["2025-04-22"], LIGHT)
json.dump({
    "code": code,
    "columns": [column.name for column in results.layout.run_columns],
    "rows": {name: values.tolist() for name, values in next(results.parts()).table.items()},
    "outcomes": written(plot_outcomes(tables, "resolve")),
    "effects": written(plot_effects(tables)),
    "bars": outcome_bars(table, LIGHT)["yAxis"]["data"],
    "heights": [len(each["data"]) for each in outcome_bars(table, LIGHT)["series"] if each["type"] == "bar"],
    "odds": [each["name"] for each in lines["series"]],
    "schema": "frozen" in experiment_schema_text() and "closed" in experiment_schema_text(),
}, open("seen.json", "w"))
"""


@dataclass(frozen=True)
class Reported:
    """What a sweep in the copy wrote and drew."""

    account: str
    progress: str
    seen: dict[str, Any]
    summary: list[dict[str, str]]
    effects: list[dict[str, str]]

    def row(self, measure: str, of: str) -> dict[str, str]:
        """Return the baseline's row of the summary."""
        (row,) = (r for r in self.summary if (r["cell"], r["measure"], r["of"]) == ("0", measure, of))
        return row


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "escalation", folder / "escalation", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "scenarios").symlink_to(ROOT / "scenarios")
    for name, additions in ADDED.items():
        path = folder / "escalation" / name
        text = path.read_text(encoding="utf-8")
        for before, declaration in additions:
            assert text.count(before) == 1, before
            text = text.replace(before, declaration + before)
        path.write_text(text, encoding="utf-8")
    factor = {"label": "Resolve", "path": "states.arland.resolve", "values": [0.2, 0.9]}
    experiment = tree(
        replications=20,
        factors={"resolve": factor},
        outcomes=["frozen", "closed", "force", "stand_off"],
        until={"share": "closed", "half_width": 0.3, "at_most": 40},
    )
    (folder / "trial.yaml").write_text(json.dumps(experiment), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=folder, capture_output=True, text=True, timeout=500, check=False,
        # Uncompiled: so few crises take less time than compiling the copy's rules.
        env=os.environ | {"PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "1", "MPLBACKEND": "Agg"},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    seen = json.loads((folder / "seen.json").read_text(encoding="utf-8"))
    assert seen["code"] == 0, ended.stderr

    def rows(name: str) -> list[dict[str, str]]:
        with (folder / "found" / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return Reported(ended.stdout, ended.stderr, seen, rows("summary.csv"), rows("effects.csv"))


def test_the_summary_has_them(reported: Reported) -> None:
    assert float(reported.row("share", "frozen")["estimate"]) == 0
    rows = reported.seen["rows"]
    mine = [k for k, cell in enumerate(rows["cell"]) if cell == 0]
    closed = np.mean([rows["days_to_end"][k] != NEVER for k in mine])
    assert 0 < closed < 1
    assert float(reported.row("share", "closed")["estimate"]) == pytest.approx(closed, abs=1e-8)
    found = reported.row("peaks", "any")
    both = [rows["peak_arland"][k] + rows["peak_borland"][k] for k in mine]
    assert float(found["estimate"]) == pytest.approx(np.mean(both), abs=1e-8)
    assert (found["unit"], int(found["n"])) == ("rungs", len(mine))
    assert np.ptp(both) > 0


def test_the_effects_have_them(reported: Reported) -> None:
    found = {(row["measure"], row["of"]) for row in reported.effects}
    assert {("share", "frozen"), ("share", "closed"), ("peaks", "any")} <= found


def test_the_parts_keep_the_column_of_the_mean(reported: Reported) -> None:
    assert "peaks" in reported.seen["columns"]


def test_the_account_and_the_progress_name_them(reported: Reported) -> None:
    head = next(line for line in reported.account.splitlines() if line.startswith("cell"))
    assert head.split()[-4:] == ["frozen", "closed", "force≥6", "stand-off"]
    assert "frozen 0 " in reported.progress  # without decimals, so that seven classes fit a line


def test_the_figures_name_them(reported: Reported) -> None:
    assert "Frozen conflict" in reported.seen["outcomes"]
    assert {"Frozen conflict", "Crisis closed"} <= set(reported.seen["effects"])


def test_the_charts_of_the_page_have_the_class(reported: Reported) -> None:
    for names in (reported.seen["bars"], reported.seen["odds"]):
        assert names.index("Frozen") == 5
        assert len(names) == 7
    assert reported.seen["heights"] == [7]


def test_the_schema_allows_them(reported: Reported) -> None:
    assert reported.seen["schema"]
