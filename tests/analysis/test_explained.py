"""What moves an outcome: the arrays of a results folder, against the same by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import escalation
from escalation.analysis.explained import explained_in
from escalation.experiment.results import ResultsFolder
from escalation.experiment.scheme import SensitivityCells, sensitivity_cells
from escalation.files.places import ArgumentError, StoreError
from escalation.measures.measures import Numbers
from escalation.stats import intervals
from tests.analysis.analysed import tree


@pytest.fixture(scope="module", params=["common", "independent"])
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ResultsFolder:
    out = tmp_path_factory.mktemp("analysed") / "out"
    return escalation.Experiment(tree(seeds=request.param)).run(out)


def cells_of(results: ResultsFolder) -> SensitivityCells:
    return sensitivity_cells(results.loaded, results.design())


def by_cell(results: ResultsFolder, column: str) -> np.ndarray:
    frame = results.frame([column])
    frame[column] = frame[column].astype("Float64").to_numpy(float, na_value=np.nan)
    return frame.pivot(index="cell", columns="replication", values=column).to_numpy()


def test_means_and_variances_are_those_of_the_crises(results: ResultsFolder) -> None:
    cells = cells_of(results)
    peaks = by_cell(results, "peak")
    found = list(explained_in(results, cells, ["rung_7", "peak_rung"]))
    assert [(one.setting, one.against, one.name) for one in found] == [
        (setting, against, name)
        for setting, against in (
            ("policy alone", ""), ("policy both", ""), ("policy both", "policy alone"),
        )
        for name in ("rung_7", "peak_rung")
    ]  # fmt: skip
    assert found[0].place == "Cesland alone"
    assert found[-1].place == "both, compared with Cesland alone"
    for one in found:
        here = {"policy alone": 0, "policy both": 1}[one.setting]
        values = peaks[cells.pick_freeze[:, :2, here]]
        if one.against:
            values = values - peaks[cells.pick_freeze[:, :2, 0]]
        if one.name == "rung_7":
            values = peaks[cells.pick_freeze[:, :2, here]] >= 7
            if one.against:
                values = values.astype(int) - (peaks[cells.pick_freeze[:, :2, 0]] >= 7)
        assert one.sobol is not None
        assert float(one.sobol.mean.estimate) == pytest.approx(values.mean())
        within = values.var(axis=-1, ddof=1).mean()
        assert float(one.sobol.luck.estimate) == pytest.approx(within)


def test_effects_are_changes_over_steps(results: ResultsFolder) -> None:
    cells = cells_of(results)
    peaks = by_cell(results, "peak")
    (one, *_) = explained_in(results, cells, ["peak_rung"])
    effects = np.empty((3, 5))
    for row in range(5):
        for step in range(3):
            before, after = (peaks[cells.steps[row, step + side, 0]].mean() for side in (0, 1))
            effects[cells.changed[row, step], row] = (after - before) / cells.lengths[row, step]
    assert one.morris is not None
    assert one.morris.mu.estimate == pytest.approx(effects.mean(axis=1))
    assert one.morris.uncorrected_mu_star == pytest.approx(np.abs(effects).mean(axis=1))


def test_swings_are_differences_from_the_baseline(results: ResultsFolder) -> None:
    cells = cells_of(results)
    peaks = by_cell(results, "peak")
    number, share = (
        next(swing for swing in one.swings if (swing.parameter, swing.end) == (0, 0.9))
        for one in explained_in(results, cells, ["peak_rung", "rung_7"])
        if one.setting == "policy both" and not one.against
    )
    base, end = peaks[cells.baseline[1]], peaks[cells.ends[0][1, 1]]
    assert float(number.difference.estimate) == pytest.approx(end.mean() - base.mean())
    yes, no = end >= 7, base >= 7
    if results.seeds == "common":
        wanted = intervals.paired_shares((yes & ~no).sum(), (no & ~yes).sum(), 6)
    else:
        wanted = intervals.independent_shares(yes.sum(), 6, no.sum(), 6)
    assert (share.difference.low, share.difference.high) == (wanted.low, wanted.high)


def test_days_and_numbers_of_a_state_can_be_asked_for(results: ResultsFolder) -> None:
    names = ["days_to_ceasefire", "cost_arland", "peak_rung_borland"]
    found = list(explained_in(results, cells_of(results), names))[:3]
    assert [one.heading for one in found] == [
        "Days to a ceasefire or agreement", "Cost of acts (arland)", "Highest rung (borland)",
    ]  # fmt: skip
    assert [one.scale for one in found] == [(1.0, "days"), (1.0, "cost of acts"), (1.0, "rungs")]
    days = by_cell(results, "days_to_ceasefire")
    days = np.where(np.isnan(days), 10, np.clip(days, 0, 10))
    assert found[0].sobol is not None
    at = cells_of(results).pick_freeze[:, :2, 0]
    assert float(found[0].sobol.mean.estimate) == pytest.approx(days[at].mean())


def test_an_unknown_measure_is_refused(results: ResultsFolder) -> None:
    with pytest.raises(ArgumentError, match="no measure is called 'fource'; did you mean `force`"):
        list(explained_in(results, cells_of(results), ["fource"]))


OWN = {"acts_of_force": "count(rung >= 6)", "many": "count(rung >= 6) > 2"}


def test_measures_of_the_experiments_own_can_be_asked_for(tmp_path: Path) -> None:
    results = escalation.Experiment(tree(measures=OWN, outcomes=["many"])).run(tmp_path / "out")
    number, share = list(explained_in(results, cells_of(results), ["acts_of_force", "many"]))[:2]
    assert (number.measure.kind, share.measure.kind) == ("mean", "share")
    at = cells_of(results).pick_freeze[:, :2, 0]
    counts = by_cell(results, "acts_of_force")
    assert number.sobol is not None
    assert share.sobol is not None
    assert float(number.sobol.mean.estimate) == pytest.approx(counts[at].mean())
    assert float(share.sobol.mean.estimate) == pytest.approx((counts[at] > 2).mean())


def test_a_number_without_a_value_in_some_crises_has_no_index(
    results: ResultsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a state that only one of the policies brings in."""
    plain = Numbers.values

    def with_gaps(*given: Any) -> np.ndarray:
        values = plain(*given)
        values[:, ::2] = np.nan
        return values

    monkeypatch.setattr(Numbers, "values", with_gaps)
    with pytest.raises(ArgumentError, match=r"cost_arland has no value in \d+ crises"):
        list(explained_in(results, cells_of(results), ["cost_arland"]))


def test_incomplete_results_are_refused(tmp_path: Path) -> None:
    results = escalation.Experiment(tree()).run(tmp_path / "out")
    sorted((tmp_path / "out" / "runs").iterdir())[0].unlink()
    incomplete = ResultsFolder(results.folder)
    with pytest.raises(StoreError, match=r"is not complete: it has \d+ of 1,068 crises"):
        list(explained_in(incomplete, cells_of(incomplete), ["force"]))
