"""Sweeps with measures of their own: kept, resumed, stopped by, summed up and drawn like any other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import escalation
from escalation.experiment.results import ResultsFolder
from tests.experiment.sweeps import complete, files, parts, swept, written

MEASURES: dict[str, Any] = {
    "strikes": {"of": "count(rung >= 6)", "label": "acts of force", "more_is": "worse"},
    "first_talks": "first_day(talks_open)",
    "mediated_share": "share_of_days(talks_open)",
    "mostly_arland": {"of": "count(actor == arland) > count(actor == borland)", "label": "more by Arland"},
}
OWN = list(MEASURES)
SMALL = {"replications": 120, "measures": MEASURES, "outcomes": ["force", "mostly_arland"]}


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("whole")
    path = written(folder, **SMALL)
    complete(path, folder / "out")
    return path, folder / "out"


def test_they_add_columns_and_change_no_other(whole, tmp_path):
    complete(written(tmp_path, **SMALL | {"measures": {}, "outcomes": ["force"]}), tmp_path / "without")
    found, plain = (ResultsFolder(each).frame() for each in (whole[1], tmp_path / "without"))
    assert list(found.columns) == [*plain.columns, *OWN]
    assert found[plain.columns].equals(plain)
    assert [str(kind) for kind in found[OWN].dtypes] == ["int32", "Int16", "float64", "bool"]
    assert (found["first_talks"].dropna() >= 1).all()
    assert (found["first_talks"].isna() == (found["mediated_share"] == 0)).all()
    assert ((found["strikes"] > 0) == found["days_to_force"].notna()).all()


def test_they_are_the_same_however_the_work_is_split(whole, tmp_path):
    path, out = whole
    assert complete(path, tmp_path / "three", "--workers", "3") == files(out)
    fewer = written(tmp_path, **SMALL | {"replications": 50})
    complete(fewer, tmp_path / "grown")
    assert complete(path, tmp_path / "grown") == files(out)


def test_tables_and_account_have_them(whole):
    results = escalation.Results(whole[1])
    frame, summary, effects = results.frame(), results.summary(), results.effects()
    baseline = next(cell.number for cell in results.design() if cell.role == "baseline")
    first = frame[frame["cell"] == baseline]
    cell = summary[summary["cell"] == baseline].set_index(["measure", "of"])["estimate"]
    assert cell["strikes", "any"] == pytest.approx(first["strikes"].mean())
    assert cell["mediated_share", "any"] == pytest.approx(first["mediated_share"].mean())
    assert cell["share", "mostly_arland"] == pytest.approx(first["mostly_arland"].mean())
    assert ("first_talks", "median") in cell.index
    assert {"strikes", "first_talks", "mediated_share"} <= set(effects["measure"])
    other = effects[(effects["cell"] == 0) & (effects["measure"] == "strikes")].iloc[0]
    paired = frame[frame["cell"] == 0]["strikes"].to_numpy() - first["strikes"].to_numpy()
    assert other["difference"] == pytest.approx(paired.mean())
    text = (whole[1] / "summary.txt").read_text(encoding="utf-8")
    assert "mostly_arland" in text
    assert "Means, ± half the 95% interval" in text
    assert "strikes" in text


def test_an_expression_binds_and_its_wording_does_not(whole, tmp_path):
    path, out = whole
    kept = [each.read_bytes() for each in parts(out)]
    changed = {**MEASURES, "strikes": {**MEASURES["strikes"], "of": "count(rung >= 5)"}}
    ended = swept(written(tmp_path, **SMALL | {"measures": changed}), out)
    assert ended.code == 2
    assert 'measures.strikes.of: "count(rung >= 6)" before, "count(rung >= 5)" now' in ended.err
    ended = swept(written(tmp_path, **SMALL | {"measures": {}, "outcomes": ["force"]}), out)
    assert ended.code == 2
    reworded = {**MEASURES, "strikes": {**MEASURES["strikes"], "label": "hits", "more_is": "neither"}}
    ended = swept(written(tmp_path, **SMALL | {"measures": reworded}), out)
    assert ended.code == 0, ended.err
    assert ResultsFolder(out).measures.measure("strikes").noun == "hits"
    assert [each.read_bytes() for each in parts(out)] == kept
    assert swept(path, out).code == 0


def test_a_share_of_its_own_can_stop_a_sweep(tmp_path):
    until = {"share": "mostly_arland", "half_width": 0.06, "at_most": 1_000}
    out = tmp_path / "out"
    complete(written(tmp_path, **SMALL | {"until": until}), out)
    frame = ResultsFolder(out).frame(["mostly_arland"])
    for _, cell in frame.groupby("cell"):
        assert 120 < len(cell) < 1_000
        share = cell["mostly_arland"].mean()
        assert 1.96 * np.sqrt(share * (1 - share) / len(cell)) < 0.065
    assert json.loads((out / "manifest.json").read_text())["missed"] == {}


def test_figures_show_them_with_their_label(tmp_path):
    plots = [{"kind": "heat", "across": "resolve", "up": "who", "share": "mostly_arland"}, "effects"]
    out = tmp_path / "out"
    complete(written(tmp_path, **SMALL | {"plots": plots, "replications": 40}), out)
    drawn = [path.name for path in (out / "figures").glob("*.svg")]
    assert any("heat" in name for name in drawn)
    texts = "".join(path.read_text(encoding="utf-8") for path in (out / "figures").glob("*.svg"))
    assert "ore by Arland" in texts


def test_the_account_states_how_its_numbers_differ(whole):
    results = escalation.Results(whole[1])
    (line,) = (each for each in results.findings() if each.startswith("Acts of force (acts): "))
    means = results.frame(["strikes"]).groupby(["resolve", "who"], observed=True)["strikes"].mean()
    difference = (means[0.9] - means[0.6]).mean()  # of the level from the baseline's, over all settings
    assert f"`resolve` 0.9 {difference:+.3g} (" in line
    (unclear,) = (each for each in results.findings() if each.startswith("No difference of means"))
    assert "first talks" in unclear
