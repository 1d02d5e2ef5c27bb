"""The fit: against solutions found by other means, and on exchanges drawn from the rules themselves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from escalation.history.fit import Fit, fit, most_likely, profile, tangents_at
from escalation.history.likelihood import Evidence, evidence_of_exchanges
from escalation.history.mie import Events, Exchanges, exchanges
from escalation.history.objective import FITTED, Objective, Priors
from escalation.rules.reading import SORTS
from escalation.scenario.parameters import parameters_of
from escalation.scenario.weights import Weights

# Choices between two levels, the second with probability 1 / (1 + exp(-weight)): what the fit finds can be
# found by bisection, too.


def coins(
    ups: int, downs: int, name: str = "threat_threshold", clusters: int = 5, prefix: str = ""
) -> Evidence:
    """Return evidence in which the second of two levels comes with the logistic of a weight."""

    def read(weights: Weights) -> np.ndarray:
        p = 1.0 / (1.0 + math.exp(-getattr(weights, name)))
        return np.tile([1.0 - p, p], (ups + downs, 1))

    observed = np.repeat([1, 0], [ups, downs])
    names = tuple(f"{prefix}{number}" for number in range(clusters))
    return Evidence("coins", read, observed, np.arange(len(observed)) % clusters, names)


def solved(slope: Callable[[float], float], low: float = -20.0, high: float = 20.0) -> float:
    """Return where a falling function is zero."""
    for _ in range(80):
        middle = (low + high) / 2.0
        low, high = (middle, high) if slope(middle) > 0.0 else (low, middle)
    return low


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


ONE = Priors(("threat_threshold",))  # default 0, plausible -2 to 2: the prior has mean 0 and sd 1


def test_priors_are_defaults_and_plausible_ranges() -> None:
    priors = Priors(("habit", "momentum"))
    known = {parameter.name: parameter for parameter in parameters_of(Weights)}
    assert priors.mean.tolist() == [known["habit"].default, known["momentum"].default]
    low, high = zip(*(known[name].plausible for name in priors.names), strict=True)
    assert priors.sd == pytest.approx((np.array(high) - low) / 4)
    assert Priors(("habit", "momentum"), tightness=4.0).sd == pytest.approx(priors.sd / 2)
    assert [end.tolist() for end in priors.bounds] == [
        [known[name].bounds[side] for name in priors.names] for side in (0, 1)
    ]
    assert len(FITTED) == len(set(FITTED)) == len(Priors().parameters)


@pytest.mark.parametrize(("ups", "downs"), [(30, 10), (4, 0), (0, 0)])
def test_the_maximum_is_where_the_slope_is_zero(ups: int, downs: int) -> None:
    found = fit([coins(ups, downs)], priors=ONE)
    n = ups + downs
    best = solved(lambda x: ups - n * logistic(x) - x)
    assert found.values[0] == pytest.approx(best, abs=1e-3)
    assert found.weights.threat_threshold == found.values[0]
    p = logistic(best)
    assert found.covariance[0, 0] == pytest.approx(1.0 / (n * p * (1 - p) + 1.0), rel=1e-3)
    assert found.log_likelihood == pytest.approx(ups * math.log(p) + downs * math.log(1 - p), abs=1e-3)
    assert found.penalty == pytest.approx(best**2 / 2, abs=1e-3)


def test_crises_that_differ_widen_the_robust_error() -> None:
    """Its middle is the prior's precision and the squares of the scores of each crisis."""
    evidence = coins(30, 30, clusters=2)
    split = np.repeat([0, 1], 30)  # all ups in one crisis, all downs in the other
    apart = replace(evidence, cluster=split)
    found, even = fit([apart], priors=ONE), fit([evidence], priors=ONE)
    cov = 1.0 / (60 * 0.25 + 1.0)
    assert found.covariance[0, 0] == pytest.approx(cov, rel=1e-3)
    assert found.robust[0, 0] == pytest.approx(cov * (1.0 + 2 * 15.0**2) * cov, rel=1e-3)
    assert found.se[0] == pytest.approx(math.sqrt(found.robust[0, 0]))
    assert even.se[0] == pytest.approx(math.sqrt(cov), rel=1e-3)
    assert even.robust[0, 0] < cov


def test_rows_of_one_pair_are_of_one_cluster_in_every_piece_of_evidence() -> None:
    """Ten ups in either piece: one cluster of twenty with the same name, two of ten with others."""
    prior = 1.0
    for prefix, sums in (("", [20.0]), ("other ", [10.0, 10.0])):
        pieces = [coins(10, 0, clusters=1), coins(10, 0, clusters=1, prefix=prefix)]
        found = fit(pieces, priors=ONE)
        score = 1.0 - logistic(float(found.values[0]))
        middle = prior + sum((count * score) ** 2 for count in sums)
        assert found.robust[0, 0] == pytest.approx(found.covariance[0, 0] ** 2 * middle, rel=1e-3)


def test_counts_without_names_are_independent_and_weights_square() -> None:
    whole = replace(coins(1, 1), group=(), counts=np.array([30.0, 10.0]), weight=0.5)
    found = fit([whole], priors=ONE)
    p = logistic(float(found.values[0]))
    middle = 1.0 + 0.25 * (30 * (1 - p) ** 2 + 10 * p**2)
    assert found.robust[0, 0] == pytest.approx(found.covariance[0, 0] ** 2 * middle, rel=1e-3)
    assert found.covariance[0, 0] == pytest.approx(1.0 / (0.5 * 40 * p * (1 - p) + 1.0), rel=1e-3)


def test_evidence_of_weight_0_moves_nothing() -> None:
    ignored = replace(coins(100, 0, clusters=1), weight=0.0)
    both, alone = fit([coins(30, 10), ignored], priors=ONE), fit([coins(30, 10)], priors=ONE)
    assert both.values == pytest.approx(alone.values)
    assert both.se == pytest.approx(alone.se)


def test_fits_to_parts_share_the_derivatives_at_their_start() -> None:
    pieces = [coins(30, 10), coins(10, 30, "force_threshold")]
    rows = [np.arange(40) < 25, np.ones(40, bool)]
    near = tangents_at(pieces, Weights())
    assert most_likely(pieces, rows, Weights(), 1, near) == most_likely(pieces, rows, Weights(), 1)
    step = most_likely(pieces, rows, Weights(), 1, near).threat_threshold
    assert step == pytest.approx(most_likely(pieces, rows, Weights(), 30).threat_threshold, abs=0.6)
    assert step > 1.0


def test_kinds_of_evidence_add_up_and_rows_can_be_left_out() -> None:
    together = fit([coins(12, 4), coins(3, 9)], priors=ONE)
    assert together.values == pytest.approx(fit([coins(15, 13)], priors=ONE).values, abs=1e-4)
    rows = [np.array([True] * 12 + [False] * 4), np.zeros(12, bool)]
    some = fit([coins(12, 4), coins(3, 9)], rows, priors=ONE)
    assert some.values == pytest.approx(fit([coins(12, 0)], priors=ONE).values, abs=1e-4)
    assert some.log_likelihood == pytest.approx(12 * math.log(logistic(some.values[0])), abs=1e-3)


def test_weights_not_identified_by_the_record_stay_at_their_prior() -> None:
    priors = Priors(("threat_threshold", "nuclear_taboo"))
    found = fit([coins(40, 10)], priors=priors, start=Weights(nuclear_taboo=6.5))
    assert found.values[1] == pytest.approx(Weights().nuclear_taboo, abs=1e-4)
    assert found.se[1] == pytest.approx(priors.sd[1])
    assert found.weakly_identified == ("nuclear_taboo",)
    assert found.correlation == pytest.approx(np.eye(2), abs=1e-6)


def test_a_weight_that_is_held_stays_and_those_not_fitted_are_as_they_were() -> None:
    priors = Priors(("threat_threshold", "force_threshold"))
    evidence = [coins(30, 10), coins(10, 30, "force_threshold")]
    start = Weights(ratchet=0.9)
    found = fit(evidence, priors=priors, start=start, fixed={"threat_threshold": -0.3})
    assert found.values[0] == -0.3
    assert found.values[1] == pytest.approx(fit(evidence, priors=priors).values[1], abs=1e-3)
    assert found.weights == start.model_copy(
        update={"threat_threshold": -0.3, "force_threshold": float(found.values[1])}
    )
    assert found.covariance[0].tolist() == [0.0, 0.0]


def test_a_fit_stays_within_bounds() -> None:
    """A habit cannot be below 0, whatever the record."""
    priors = Priors(("habit", "threat_threshold"))
    found = fit([coins(0, 400, "habit"), coins(30, 10)], priors=priors)
    assert found.values[0] == 0.0
    assert found.at_bound == ("habit",)
    assert found.values[1] == pytest.approx(fit([coins(30, 10)], priors=ONE).values[0], abs=1e-3)
    draws = found.draws(200, np.random.default_rng(1))
    assert (draws[:, 0] >= 0.0).all()
    assert (draws[:, 0] > 0.0).any()


def test_draws_have_standard_errors_and_correlations_of_the_fit() -> None:
    split = replace(coins(30, 30), cluster=np.repeat([0, 1], 30))  # a wide error by crises
    found = fit(
        [split, coins(10, 30, "force_threshold")], priors=Priors(("threat_threshold", "force_threshold"))
    )
    assert found.se[0] > 2.0 * math.sqrt(found.covariance[0, 0])
    draws = found.draws(40_000, np.random.default_rng(3))
    inside = np.abs(draws[:, 0]) < float(found.priors.bounds[1][0])
    assert inside.mean() > 0.99
    assert draws.mean(axis=0) == pytest.approx(found.values, abs=0.05)
    assert np.sqrt(np.diag(found.spread)) == pytest.approx(found.se)
    assert draws.std(axis=0) == pytest.approx(found.se, rel=0.03)
    assert found.spread[0, 1] / (found.se[0] * found.se[1]) == pytest.approx(found.correlation[0, 1])


def test_a_profile_interval_ends_where_1_92_are_lost() -> None:
    evidence = [coins(300, 100)]
    found = fit(evidence, priors=ONE)
    low, high = profile(found, "threat_threshold")

    def loss(x: float) -> float:
        return -300 * math.log(logistic(x)) - 100 * math.log(1 - logistic(x)) + x * x / 2

    def lost(x: float) -> float:
        return loss(x) - loss(float(found.values[0])) - 1.92

    near = 0.1 * float(found.se[0])
    assert low == pytest.approx(solved(lost, -2.0, float(found.values[0])), abs=near)
    assert high == pytest.approx(solved(lambda x: -lost(x), float(found.values[0]), 4.0), abs=near)


# Exchanges drawn from the rules

TRUE = Weights(
    threat_threshold=0.8, force_threshold=0.9, habit=0.85, momentum=1.6, war_persistence=3.0, ratchet=0.8
)
NAMES = ("threat_threshold", "force_threshold", "habit", "momentum", "war_persistence", "ratchet")
LEVEL, DEATHS = np.array([2, 3, 4, 4, 4, 5]), np.array([0, 0, 0, 1, 10, 0])
"""By sort of act, a level and deaths that are read as it."""


def _exchanges(sort: np.ndarray, actor: np.ndarray, day: np.ndarray) -> Exchanges:
    """Lay [exchanges, acts] out as a file of events would be."""
    count, length = sort.shape
    number = np.repeat(np.arange(1, count + 1), length)
    event = np.tile(np.arange(1, length + 1), count)
    side, size = actor.ravel(), count * length
    return exchanges(
        Events(
            confrontation=number, event=event, actor=np.where(side == 0, 100, 200),
            target=np.where(side == 0, 200, 100), day=day.ravel(), year=np.full(size, 1990),
            level=LEVEL[sort.ravel()], action=np.full(size, 7), row=np.arange(size),
            known=np.ones(size, bool), ends=day.ravel(), deaths=DEATHS[sort.ravel()],
        )
    )  # fmt: skip


@cache
def drawn(count: int = 400, length: int = 8, seed: int = 5) -> Evidence:
    """Return exchanges in which each sort is drawn as the rules with the true weights expect it."""
    generator = np.random.default_rng(seed)
    actor = generator.integers(0, 2, (count, length))
    day = 700_000 + np.cumsum(generator.integers(0, 4, (count, length)), axis=1)
    sort = np.zeros((count, length), np.int64)
    for k in range(length):
        so_far = evidence_of_exchanges(_exchanges(sort[:, : k + 1], actor[:, : k + 1], day[:, : k + 1]))
        shares = so_far.read(TRUE).reshape(count, k + 1, SORTS)[:, k]
        u = generator.random((count, 1))
        sort[:, k] = np.minimum(SORTS - 1, (u > shares.cumsum(axis=1)).sum(axis=1))
    found = evidence_of_exchanges(_exchanges(sort, actor, day))
    assert found.observed.tolist() == sort.ravel().tolist()
    exchange = np.repeat(np.arange(count), length)  # all of one pair: each is a cluster of its own here
    return replace(found, cluster=exchange, group=tuple(map(str, range(count))))


@cache
def fitted() -> Fit:
    return fit([drawn()], priors=Priors(NAMES))


def test_the_weights_that_exchanges_were_drawn_with_are_found_again() -> None:
    found = fitted()
    true = np.array([getattr(TRUE, name) for name in NAMES])
    away = (found.values - true) / found.se
    assert np.abs(away).max() < 3.0, dict(zip(NAMES, away, strict=True))
    identified = np.abs(true - found.priors.mean) > 3.0 * found.se
    assert identified.sum() >= 3  # and by no means those of the prior
    assert set(found.weakly_identified).isdisjoint({"force_threshold", "threat_threshold", "momentum"})
    assert found.at_bound == ()


def test_no_weights_are_likelier_than_those_found() -> None:
    found = fitted()
    objective = Objective.of_all([drawn()], found.priors, Weights())
    best = objective(found.values)
    for k, se in enumerate(found.se):
        for step in (-0.3, 0.3):
            moved = found.values.copy()
            moved[k] += step * se
            assert objective(moved) > best


def test_the_score_is_the_slope_of_what_is_maximised() -> None:
    evidence = drawn()
    rows = np.arange(len(evidence.observed)) % 3 > 0
    objective = Objective([evidence], [rows], Priors(NAMES), Weights())
    values = np.array([getattr(TRUE, name) for name in NAMES]) * 0.7
    slope, information = objective.score(values, objective.tangents(values))
    for k, value in enumerate(values):
        ends = []
        for step in (-1e-4, 1e-4):
            moved = values.copy()
            moved[k] = value + step
            ends.append(objective(moved))
        assert slope[k] == pytest.approx((ends[0] - ends[1]) / 2e-4, rel=1e-3, abs=0.02)
    assert information == pytest.approx(information.T)
    assert (np.linalg.eigvalsh(information) > 0.0).all()


def test_the_information_is_the_curvature_where_the_weights_are_true() -> None:
    """Expected and observed information agree but for chance."""
    found = fitted()
    objective = Objective.of_all([drawn()], found.priors, Weights())
    _, information = objective.score(found.values, objective.tangents(found.values))
    k = NAMES.index("force_threshold")
    moved = [found.values.copy() for _ in range(2)]
    moved[0][k] -= 0.01
    moved[1][k] += 0.01
    slopes = [objective.score(values, objective.tangents(values))[0][k] for values in moved]
    assert (slopes[0] - slopes[1]) / 0.02 == pytest.approx(information[k, k], rel=0.1)
