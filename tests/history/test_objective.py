"""Straight lines in the place of shares of runs, which change by steps."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from escalation.history.fit import fit, most_likely, profile
from escalation.history.likelihood import Evidence
from escalation.history.objective import Objective, Priors, Search, Tangent, straightened
from escalation.scenario.weights import Weights

ONE = Priors(("display_threshold",))  # default 0, plausible -2 to 2: the prior has mean 0 and sd 1
BASE = Weights()


def share(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def counted(ups: int, downs: int, runs: int = 0) -> Evidence:
    """Return outcomes of which the second has the logistic of a weight, or the share of so many runs."""

    def read(weights: Weights) -> np.ndarray:
        p = share(weights.display_threshold)
        if runs:
            p = (math.floor(p * runs) + 0.5) / (runs + 1)
        return np.tile([1.0 - p, p], (ups + downs, 1))

    observed = np.repeat([1, 0], [ups, downs])
    clusters = np.arange(len(observed))
    return Evidence("counted", read, observed, clusters, tuple(map(str, clusters)), rough=runs > 0)


def test_a_line_of_log_odds_is_the_logistic_itself() -> None:
    tangent = Tangent.of(counted(1, 0), np.array([0.4]), ONE, BASE)
    assert tangent.change[0, 0, 1] == pytest.approx(share(0.4) * (1 - share(0.4)), rel=1e-4)
    for x in (-2.0, 0.4, 1.5):
        assert tangent.at(np.array([x]))[0] == pytest.approx([1 - share(x), share(x)], abs=1e-4)


def test_a_line_keeps_shares_that_no_run_has() -> None:
    never = replace(counted(2, 0), read=lambda _: np.array([[1.0, 0.0], [0.0, 1.0]]))
    line = Tangent.of(never, np.array([0.0]), ONE, BASE).at(np.array([1.0]))
    assert line == pytest.approx(np.eye(2), abs=1e-6)


def test_only_shares_of_runs_are_straightened() -> None:
    exact, rough = counted(3, 1), counted(3, 1, runs=20)
    kept, line = straightened([exact, rough], np.array([0.0]), ONE, BASE)
    assert kept is exact
    assert not line.rough
    near = line.read(Weights(display_threshold=0.01))
    assert (near != line.read(BASE)).all()
    assert (rough.read(Weights(display_threshold=0.01)) == rough.read(BASE)).all()


@pytest.mark.parametrize(("runs", "near"), [(20, 0.2), (100, 0.05)])
def test_a_fit_does_not_get_stuck_on_steps(runs: int, near: float) -> None:
    """It finds what exact shares would, as closely as runs allow; a search on the steps gets stuck."""
    exact = fit([counted(30, 10)], priors=ONE)
    found = fit([counted(30, 10, runs)], priors=ONE, start=Weights(display_threshold=-1.0))
    assert found.values[0] == pytest.approx(exact.values[0], abs=near)
    assert found.se[0] == pytest.approx(exact.se[0], rel=0.2)
    steps = Search.of(Objective.of_all([replace(counted(30, 10, runs), rough=False)], ONE, BASE), {})
    steps.climb(40, 1e-4)
    assert steps.values[0] < exact.values[0] - 0.2


def test_rows_that_are_left_out_move_the_weights_whatever_the_steps() -> None:
    """The downs of the exact outcomes are left out; near the weights of all, shares of runs do not change."""
    priors = Priors()
    exact, rough = counted(40, 10), counted(30, 30, runs=20)
    found = fit([exact, rough], priors=priors)
    left = [np.arange(50) < 40, np.ones(60, bool)]
    again = most_likely(found.evidence, left, found.weights, 3)
    assert again.display_threshold > found.weights.display_threshold + 0.05
    everything = [np.ones(50, bool), np.ones(60, bool)]
    same = most_likely(found.evidence, everything, found.weights, 3)
    assert same.display_threshold == pytest.approx(found.weights.display_threshold, abs=0.01)


def test_a_profile_uses_the_straight_lines_of_the_fit() -> None:
    found = fit([counted(30, 10, runs=100)], priors=ONE)
    low, high = profile(found, "display_threshold")
    exact = profile(fit([counted(30, 10)], priors=ONE), "display_threshold")
    assert (low, high) == pytest.approx(exact, abs=0.2)


def test_the_search_keeps_within_reach() -> None:
    objective = Objective.of_all([counted(400, 0)], ONE, BASE)
    search = Search.of(objective, {}, reach=0.5)
    search.climb(40, 1e-6)
    assert search.values[0] == 0.5
    assert search.weights.display_threshold == 0.5
