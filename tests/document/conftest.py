"""A small sweep with its report, a run, and the folder of another analysis."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalation.api import Experiment, Results
from escalation.crisis.play import play
from escalation.crisis.tables import write_run
from escalation.scenario.load import load_scenario
from tests.experiment.sweeps import TINY, tree


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("swept") / "trial"
    results: Results = Experiment(tree(plots=["effects"], replications=60)).run(folder, workers=1)
    results.report()
    return folder


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("played") / "run"
    write_run(play(load_scenario(TINY), 3), folder, "escalation run tiny.yaml --seed 3")
    return folder


@pytest.fixture
def analysed(tmp_path: Path) -> Path:
    """The folder of a screening: a text, a table and a figure in both formats."""
    folder = tmp_path / "screened"
    folder.mkdir()
    (folder / "screening.csv").write_text("parameter,effect\nresolve,0.123456\n" * 1, encoding="utf-8")
    (folder / "account.txt").write_text("Resolve <matters> most.\n", encoding="utf-8")
    (folder / "bars.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><metadata>"
        "<dc:title>Which parameter matters?</dc:title><dc:description>All &amp; more. Seed 1. Redraw: x"
        "</dc:description></metadata></svg>",
        encoding="utf-8",
    )
    (folder / "bars.png").write_bytes(b"\x89PNG")
    return folder
