"""The fit of mediation: it finds parameters that made the counts, and starts from what ICB counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from escalation.history.icb import load_rates
from escalation.history.mediation import Share
from escalation.history.mediation_fit import (
    FITTED,
    OF_DURABILITY,
    OF_TALKS,
    MediationFit,
    fit_mediation,
    maximise,
)
from escalation.scenario.load import load_weights
from escalation.scenario.weights import Weights


def of_crowd(weights: Weights) -> Sequence[Share]:
    """Shares that are known functions of two parameters, among so many crises that the prior is nothing."""
    n = 10**7
    consent = 1.0 / (1.0 + math.exp(-weights.consent))
    agreed = 1.0 - math.exp(-100.0 * weights.talks_agree)
    return [Share(round(n * consent), n), Share(round(n * agreed), n)]


def test_parameters_that_made_the_counts_are_found() -> None:
    made = Weights(consent=0.7, talks_agree=0.003)
    found = maximise(("consent", "talks_agree"), of_crowd, of_crowd(made), Weights(consent=-0.5))
    assert found.weights.consent == pytest.approx(0.7, abs=0.01)
    assert found.weights.talks_agree == pytest.approx(0.003, rel=0.01)
    assert found.before == of_crowd(Weights(consent=-0.5))
    assert found.after == of_crowd(found.weights)
    assert (found.errors < 0.01).all()


def test_without_counts_the_middle_of_the_range_is_found() -> None:
    def nothing(weights: Weights) -> Sequence[Share]:
        return [Share(0, 0)]

    found = maximise(("consent",), nothing, [Share(0, 0)], Weights(consent=1.5))
    low, high = -2.0, 2.0
    assert found.weights.consent == pytest.approx((low + high) / 2)
    assert found.errors[0] == pytest.approx((high - low) / 2)


@pytest.fixture(scope="module")
def fit() -> MediationFit:
    return fit_mediation(load_rates(), Weights(consent=-2.0), count=60)


def test_a_fit_moves_toward_the_counts(fit: MediationFit) -> None:
    consent = fit.moments[0]
    assert consent.icb == Share(154, 191)
    gap = [abs(share.yes / share.n - 154 / 191) for share in (consent.before, consent.after)]
    assert gap[1] < gap[0]


def test_counts_are_those_of_icb(fit: MediationFit) -> None:
    counted = {one.name: one.icb for one in fit.moments}
    assert counted["formal, manipulation"] == Share(32, 51)
    assert counted["any kind, facilitation"] == Share(7, 17)
    assert counted["a day, to day 30"] == Share(29, 3115)
    assert counted["a day, after day 180"] == Share(17, 8332)
    assert counted["lasting, unmediated"] == Share(32, 70)
    assert counted["lasting, mediated"] == Share(60, 94)


def test_only_what_is_named_is_fitted(fit: MediationFit, tmp_path: Path) -> None:
    assert FITTED == (*OF_TALKS, *OF_DURABILITY) == fit.names
    (path,) = fit.write(tmp_path)
    written = load_weights(path).weights
    assert written == fit.weights
    rest = Weights(consent=-2.0).model_dump(exclude=set(FITTED))
    assert written.model_dump(exclude=set(FITTED)) == rest
    assert [getattr(written, name) for name in FITTED] == pytest.approx(list(fit.values))


def test_text_has_80_columns(fit: MediationFit) -> None:
    assert max(map(len, fit.lines())) <= 80
    assert any(line.startswith("consent") for line in fit.lines())
