"""Rules of choice under uncertainty: what they judge by, that no luck is picked, and what is robust."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

import escalation
from escalation.analysis.advice import (
    RULES,
    Advice,
    advice_lines,
    advice_table,
    advise,
    answers_of,
    clearly_worse,
    efficient,
    halves_of,
    points_of,
    resampled,
    tails,
)
from escalation.experiment.results import ResultsFolder
from escalation.files.places import ArgumentError
from tests.experiment.sweeps import tree

ENTRY, TRUST = "mediators.cesland.enters_day", "mediators.cesland.toward.arland.trust"
POLICIES = {
    "none": {"label": "nobody", "drop": ["mediators.cesland", "appeal"]},
    "same": {"label": "Cesland"},
    "cesland_again": {"set": {ENTRY: 3}},
}
UNSURE = {
    "trust": {"label": "Trust in Cesland", "path": TRUST, "range": [0.2, 0.9]},
    "resolve": {"label": "Resolve of Arland", "path": "states.arland.resolve", "range": [0.1, 0.9]},
}


def experiment(**changes: Any) -> dict[str, Any]:
    given = tree(policies=POLICIES, uncertainties=UNSURE, design={"kind": "lhs", "points": 12}) | changes
    del given["factors"]
    return given | {"replications": 40, "reference": "none"}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> ResultsFolder:
    folder = tmp_path_factory.mktemp("advice") / "out"
    escalation.Experiment(experiment()).run(folder)
    return ResultsFolder(folder)


def same_halves(harm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return harm [points, policies] without noise, as its two halves."""
    return np.stack([harm, harm], axis=2)


def test_without_noise_the_rules_judge_by_the_mean_the_worst_points_and_the_regret() -> None:
    harm = np.full((20, 2), 0.2)
    harm[:, 1] = 0.25
    harm[:2, 0] = 0.9
    harm[:2, 1] = 0.5
    mean, worst, regret = tails(same_halves(harm))
    np.testing.assert_allclose(mean, [0.27, 0.275])
    np.testing.assert_allclose(worst, [0.9, 0.5])
    np.testing.assert_allclose(regret, [0.4, 0.05])


@given(arrays(float, (12, 3), elements=st.floats(0, 1, allow_nan=False, width=32)))
def test_the_tails_are_between_mean_and_maximum_and_regret_is_not_negative(harm: Any) -> None:
    mean, worst, regret = tails(same_halves(harm))
    assert (mean <= worst + 1e-9).all()
    assert (worst <= harm.max(axis=0) + 1e-9).all()
    assert (regret >= -1e-9).all()
    assert regret.max() <= harm.max() - harm.min() + 1e-9


def test_what_is_picked_by_one_half_is_not_luck_of_the_other() -> None:
    generator = np.random.default_rng(5)
    noise = generator.binomial(50, 0.3, (400, 4, 2)) / 50
    _, worst, regret = tails(noise)
    np.testing.assert_allclose(worst, 0.3, atol=0.04)
    np.testing.assert_allclose(regret, 0.0, atol=0.04)
    picked_and_measured = noise.mean(axis=2)
    naive = np.sort(picked_and_measured, axis=0)[-40:].mean(axis=0)
    assert (naive > 0.36).all()


def test_resampling_is_the_same_every_time_and_varies_with_the_points() -> None:
    answers = np.random.default_rng(1).random((30, 2, 40)) < 0.4
    for is_paired in (False, True):
        assert (resampled(answers, is_paired, 50) == resampled(answers, is_paired, 50)).all()
        assert resampled(answers, is_paired, 50).std(axis=0)[:2].min() > 0
    alike = answers[:1].repeat(30, axis=0)
    assert resampled(alike, False, 50).std(axis=0).max() < 1e-6
    # Replications that all points share are noise that no number of points averages out.
    assert resampled(alike, True, 50).std(axis=0)[0].min() > 0.03


def test_a_policy_is_efficient_unless_another_has_less_of_one_and_no_more_of_the_other() -> None:
    harm, effort = np.array([0.5, 0.3, 0.3, 0.2, 0.4]), np.array([0.0, 1.0, 2.0, 3.0, 2.0])
    assert efficient(harm, effort).tolist() == [True, True, False, True, False]
    assert efficient(np.array([0.3, 0.3]), np.array([1.0, 1.0])).tolist() == [True, True]


def test_points_are_those_of_the_design_and_hold_every_policy(results: ResultsFolder) -> None:
    points = points_of(results)
    assert points.policies == tuple(POLICIES)
    assert points.cells.shape == (12, 3)
    cells = results.cells
    for row in points.cells:
        assert [cells.levels["policy"][cell] for cell in row] == list(POLICIES)
        assert len({(cells.levels["trust"][cell], cells.levels["resolve"][cell]) for cell in row}) == 1
        assert {cells.role[cell] for cell in row} == {"design"}


def test_halves_are_shares_of_every_second_crisis(results: ResultsFolder) -> None:
    points = points_of(results)
    halves = halves_of(answers_of(results, "force", points))
    frame = results.frame()
    frame["force"] = frame["days_to_force"].notna()
    shares = frame.groupby(["cell", frame["replication"] % 2])["force"].mean()
    cell = int(results.cells.number[points.cells[3, 1]])
    assert halves[3, 1].tolist() == pytest.approx([shares[cell, 0], shares[cell, 1]])
    better = halves_of(answers_of(results, "ceasefire", points))
    frame["calm"] = frame["days_to_ceasefire"].isna()
    assert better[3, 1].mean() == pytest.approx(frame[frame["cell"] == cell]["calm"].mean())


def test_policies_with_the_same_crises_are_equally_good(results: ResultsFolder) -> None:
    found = advise(results, "force")
    by = found.scores_by_policy
    assert by["same"].harm == by["cesland_again"].harm
    assert by["same"].good == by["cesland_again"].good
    assert by["cesland_again"].label == "cesland again", "as everywhere, without a label of its own"
    worse = clearly_worse(results, "force", points_of(results))
    assert worse[1, 2] == worse[2, 1] == 0
    assert (worse + worse.T <= 1).all()


def test_the_account_and_the_table_have_every_policy(results: ResultsFolder) -> None:
    found = advise(results, "force")
    assert advise(ResultsFolder(results.folder), "force") == found
    table = advice_table(found)
    assert sorted(row[0] for row in table.rows) == sorted(POLICIES)
    assert all(len(row) == len(table.columns) for row in table.rows)
    lines = list(advice_lines(found))
    assert lines[0].startswith("Judged by: Use of force (rung 6 or above). 12 points")
    assert len(lines) >= 1 + len(RULES) + 2


def test_a_robust_choice_is_said_to_be_so(results: ResultsFolder) -> None:
    found = advise(results, "force")
    sure = replace(found.scores[0], good=(1.0, 0.95, 0.9), clearly_worse=0.1)
    others = [replace(score, good=(0.2, 0.2, 0.2)) for score in found.scores[1:]]
    robust = replace(found, scores=(sure, *others), recommended=(sure.policy,) * 3)
    assert [score.policy for score in robust.robust] == [sure.policy]
    assert any(line.startswith(f"Robust: {sure.label}.") for line in advice_lines(robust))
    for shaken in (
        replace(sure, good=(1.0, 0.89, 1.0)),
        replace(sure, clearly_worse=0.11, worse_than="none"),
    ):
        unsure: Advice = replace(robust, scores=(shaken, *others))
        assert unsure.robust == ()
        assert any(line.startswith("Not robust: ") for line in advice_lines(unsure))


@pytest.mark.parametrize(
    ("changes", "share", "says"),
    [
        ({"policies": {"one": {}}, "reference": "one"}, "force", "one policy to choose between"),
        ({}, "talks", "talks is not a share of which more is better or worse"),
    ],
)
def test_what_cannot_be_judged_is_refused(
    tmp_path: Path, results: ResultsFolder, changes: dict[str, Any], share: str, says: str
) -> None:
    source = results
    if changes:
        small = experiment(design={"kind": "lhs", "points": 2}) | changes | {"replications": 4}
        escalation.Experiment(small).run(tmp_path / "out")
        source = ResultsFolder(tmp_path / "out")
    with pytest.raises(ArgumentError, match=says):
        advise(source, share)
