"""What the pages of the shipped experiments expect can be compared, and can fail."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))

from expected import EXPECTED, HOLDS, OPEN, REFUTED, Expectation, expected_rows, verdict

from escalation.experiment.design import baseline_of, design_of
from escalation.experiment.loaded import load_experiment
from escalation.measures.measures import SHARES
from tests.experiment.sweeps import swept

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", EXPECTED)
def test_every_expectation_compares_cells_of_its_experiment(name: str) -> None:
    loaded = load_experiment(name)
    base = baseline_of(loaded)
    cells = [dict(cell.levels) for cell in design_of(loaded).cells]
    for each in EXPECTED[name]:
        assert each.share in SHARES
        assert {**base, **each.at} != {**base, **each.against}
        for levels in (each.at, each.against, *(each.beyond or ())):
            assert {**base, **levels} in cells, each.says


@pytest.mark.parametrize(
    ("sign", "low", "high", "wanted"),
    [
        (1, 0.01, 0.03, HOLDS), (1, -0.01, 0.03, OPEN), (1, -0.03, -0.01, REFUTED), (-1, 0.01, 0.03, REFUTED),
        (-1, -0.03, -0.01, HOLDS), (0, -0.01, 0.015, HOLDS), (0, -0.01, 0.03, OPEN), (0, 0.03, 0.04, REFUTED),
        (0, -0.04, -0.03, REFUTED),
    ],
)  # fmt: skip
def test_an_expectation_holds_fails_or_stays_open(sign: int, low: float, high: float, wanted: str) -> None:
    assert verdict(Expectation("", "force", sign, {}), low, high) == wanted


def test_a_difference_of_differences_is_taken_crisis_by_crisis(tmp_path: Path) -> None:
    out = tmp_path / "timing"
    ended = swept(ROOT / "experiments" / "timing.yaml", out, "--replications", "200")
    assert ended.code == 0, ended.err
    rows = dict(zip([each.says for each in EXPECTED["timing"]], expected_rows("timing", out), strict=True))
    import pandas as pd

    runs = pd.read_csv(out / "summary.csv", keep_default_na=False, na_values=[""])
    force = runs[(runs["measure"] == "share") & (runs["of"] == "force") & (runs["means"] == "as_it_is")]
    share = force.set_index(["moment", "entry"])["estimate"]
    after = share["india", "at_once"] - share["india", "never"]
    before = share["none", "at_once"] - share["none", "never"]
    shown = (
        rows["It does so more than where nobody has struck."][2].split(" ")[0].replace("\N{MINUS SIGN}", "-")
    )
    assert float(shown) == pytest.approx(100 * (after - before), abs=0.06)
