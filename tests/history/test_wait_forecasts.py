"""Forecasts of the days between acts: closed forms of a constant hazard, and scores of known tables."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from escalation.history.act_days import AGAIN_DAYS
from escalation.history.crossvalidation import Fold, HeldOut, Record, by_dyads, held_out
from escalation.history.likelihood import WAITS
from escalation.history.mie import Histories, exchanges, histories, load_mie
from escalation.history.wait_forecasts import (
    constant_hazard,
    next_act_within,
    recorded_within,
    wait_scores,
)
from escalation.scenario.weights import Weights
from tests.history.mie_files import Act, many_acts, write_mie

STILL = Weights(
    alarm=-4.0, fear_restrains=0.0, commitment_acts=0.0, grievance=0.0, lead=0.0, lull=0.0, reply_force=0.0,
    reply_other=0.0, reply_strike=0.0, resolve_acts=0.0, tempo=0.0,
)  # fmt: skip
"""The hazard of hostile acts is the same on every day."""


def past_of(folder: Path, days: Sequence[int]) -> Histories:
    """Return acts of force by the first state of a pair, so many days after 1 January 1980."""
    dates = [dt.date(1980, 1, 1) + dt.timedelta(day) for day in days]
    acts: list[Act] = [
        (1, k, 100, 200, one.year, one.month, one.day, 4) for k, one in enumerate(dates, start=1)
    ]
    return histories(load_mie(write_mie(folder / "x.csv", acts)), 1946)


def test_with_a_constant_hazard_waits_are_exponential(tmp_path: Path) -> None:
    past = past_of(tmp_path, [0, 3, 50])
    found = next_act_within(STILL, past, np.array([0, 2]))
    expected = [1.0 - math.exp(-2 * days * math.exp(-4.0)) for days in AGAIN_DAYS]
    assert found == pytest.approx(np.array([expected, expected]), abs=1e-9)


def test_a_forecast_knows_the_acts_up_to_its_own_and_none_after(tmp_path: Path) -> None:
    short, long = past_of(tmp_path, [0, 3]), past_of(tmp_path, [0, 3, 50, 60])
    weights = Weights()
    assert next_act_within(weights, short, np.array([0, 1])) == pytest.approx(
        next_act_within(weights, long, np.array([0, 1]))
    )
    first, second = next_act_within(weights, long, np.array([0, 1]))
    assert (second > first).all()  # activity
    assert (np.diff(first) > 0).all()


def test_recorded_shares_take_censoring_in(tmp_path: Path) -> None:
    """Waits of 3 and 47 days end in an act, the last after 180 days without."""
    past = past_of(tmp_path, [0, 3, 50])
    found = recorded_within(past, np.arange(3))
    assert [one.estimate for one in found] == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    cut = replace(past, until=np.array([past.day[0] + 3, past.day[1] + 20, past.day[2] + 180]),
                  ended=np.array([True, False, False]))  # fmt: skip
    assert [one.estimate for one in recorded_within(cut, np.arange(3))] == pytest.approx(
        [1 / 3, 1 / 3, 1 / 3]
    )


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    events = load_mie(write_mie(tmp_path_factory.mktemp("mie") / "mie.csv", many_acts(pairs=4, length=6)))
    return Record(exchanges(events), (), histories(events, 1946))


def test_a_constant_hazard_is_that_of_the_days_that_are_known(record: Record) -> None:
    kind = record.of(WAITS)
    known = kind.of_groups({"100-200", "101-201"})
    found = constant_hazard(kind, known)
    assert found.sum() == pytest.approx(1.0)
    assert found[1] == found[2]
    days = kind.times[known].sum()
    assert found[0] * (days + 2) == pytest.approx(kind.times[known & (kind.observed == 0)].sum() + 0.5)


def test_rules_that_know_no_more_than_a_constant_gain_nothing(record: Record) -> None:
    kind = record.of(WAITS)
    folds = by_dyads(record, 2)
    table = np.full((len(kind.observed), 4), np.nan)
    for fold in folds:
        table[fold.tested[WAITS]] = constant_hazard(kind, ~fold.left_out[WAITS])
    held = HeldOut(tuple(folds), {WAITS: table}, (STILL,) * len(folds))
    found = wait_scores(record, held, np.random.default_rng(1))
    assert found is not None
    assert found.gain.estimate == pytest.approx(0.0, abs=1e-12)
    assert found.act_days == (kind.observed > 0).sum()
    assert found.days == kind.times.sum()
    assert found.pairs == 4
    by_hand = (kind.times * kind.log_scores(table)).sum() / found.act_days
    assert found.rules.estimate == pytest.approx(by_hand)
    assert found.constant.estimate == pytest.approx(by_hand)
    # Of the acts of many_acts a part are not on record.
    assert 0.0 < found.forecast[0].estimate < 1.0 - math.exp(-2 * 7 * math.exp(-4.0)) + 1e-9


def test_scores_are_of_what_folds_test_alone(record: Record) -> None:
    (first, *_) = folds = by_dyads(record, 2)
    some = wait_scores(record, held_out(record, [first], Weights(), rounds=0), np.random.default_rng(1))
    whole = wait_scores(record, held_out(record, folds, Weights(), rounds=0), np.random.default_rng(1))
    assert some is not None
    assert whole is not None
    assert some.act_days < whole.act_days
    untested = Fold("x", {}, {})
    assert wait_scores(record, HeldOut((untested,), {}, (Weights(),)), np.random.default_rng(1)) is None
