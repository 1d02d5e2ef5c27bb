"""Turning points: the odds of each day, the days that moved them, and the parts of a day that did."""

from __future__ import annotations

import math

import numpy as np
import pytest

from escalation.crisis.branches import play_with_states
from escalation.crisis.play import play
from escalation.crisis.turns import (
    BEFORE_ALL,
    LEAST_TURN,
    Odds,
    credited,
    odds_of,
    parts_of,
    turning_points,
)
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import OUTCOMES
from tests.strategies import build, crisis, dated, incident, nuclear, stage

STAGE = build(stage())
RUN, PAST = play_with_states(STAGE, 3)
ODDS = odds_of(PAST, 300, BEFORE_ALL)


def test_odds_have_every_day_and_end_with_the_outcome_that_came() -> None:
    assert list(ODDS.days) == list(range(-1, STAGE.last_day + 1))
    assert ODDS.count == 300
    assert ODDS.shares.estimate.sum(axis=1) == pytest.approx(1)
    for seed in range(3):
        run, past = play_with_states(crisis(), seed)
        last = odds_of(past, 20).shares.estimate[-1]
        assert set(last.tolist()) == {0.0, 1.0}
        assert OUTCOMES[int(last.argmax())] == run.result.outcome


def test_odds_do_not_depend_on_threads() -> None:
    assert np.array_equal(odds_of(PAST, 50, threads=1).outcomes, odds_of(PAST, 50, threads=3).outcomes)


def test_a_crisis_that_ended_has_odds_up_to_its_end() -> None:
    run, past = play_with_states(nuclear(), 1)
    assert odds_of(past, 10).days[-1] == len(run.days) - 1


def all_forced(scenario: Scenario, seed: int) -> Scenario:
    """Return a scenario in which every decision of a crisis is a dated act."""
    run, past = play_with_states(scenario, seed)
    days = range(scenario.horizon_day + 1, past.last_day + 1)
    acts = [entry for day in days for part in parts_of(past, run, day) for entry in part.acts]
    assert len(acts) > len(days)
    return scenario.model_copy(update={"acts": (*scenario.acts, *acts)})


@pytest.mark.parametrize("seed", range(4))
def test_the_parts_of_its_days_make_a_crisis_again(seed: int) -> None:
    """Forced, all decisions of a crisis bring the same states on every day: nothing of a day is left out."""
    tree = stage()
    often = {"reply_force": 0.9, "reply_strike": 0.9, "reply_other": 0.9}
    scenario = build(tree | {"weights": tree["weights"] | often})
    again, run = play(all_forced(scenario, seed), seed), play(scenario, seed)
    assert any(one.is_reply for one in run.decisions)
    for one, other in zip(again.days, run.days, strict=True):
        assert np.array_equal(one.pair, other.pair), one.day
        assert np.array_equal(one.talk, other.talk)
        assert np.array_equal(one.dyad, other.dyad)
    assert again.result.outcome == run.result.outcome


def test_what_was_certain_has_no_part() -> None:
    day = crisis().horizon_day + 2
    scenario = crisis(
        acts=[dated(day, "alba", "strike", "borea")],
        incidents=[incident(0, "alba", "borea"), incident(day, "alba", "borea")],
    )
    run, past = play_with_states(scenario, 1)
    parts = parts_of(past, run, day)
    assert {part.actor for part in parts if part.cause in ("act", "hold")} == {"borea", "umbra"}
    assert [part.cause for part in parts].count("incident") == 0
    assert parts[-1].cause == "chance"


def test_parts_of_a_recorded_day_are_its_events() -> None:
    parts = parts_of(PAST, RUN, 2)
    assert [part.cause for part in parts] == ["time", "incident", "act", "act"]
    assert [part.actor for part in parts] == ["", "", "alba", "borea"]
    assert [part.cause for part in parts_of(PAST, RUN, 0)] == ["time", "incident"]


def test_random_incidents_have_a_part() -> None:
    hazard = {"label": "an attack.", "victim": "alba", "blamed": "borea", "per_day": 0.2, "severity": 1.0}
    run, past = play_with_states(crisis(hazards=[hazard]), 1)
    day = next(day.day for day in run.days if day.hazards)
    assert parts_of(past, run, day)[0].says == "an attack"
    (entry,) = parts_of(past, run, day)[0].incidents
    assert (entry.victim, entry.severity) == ("alba", 1.0)
    quiet = next(day.day for day in run.days[5:] if not day.hazards)
    assert "incident" not in {part.cause for part in parts_of(past, run, quiet)}


def test_credits_add_up_to_the_change_of_the_day() -> None:
    days = range(STAGE.last_day + 1)
    turns = credited(PAST, RUN, ODDS, turning_points(RUN, ODDS, days, most=6))
    assert len(turns) > 3
    assert {turn.day <= STAGE.horizon_day for turn in turns} == {True, False}
    for turn in turns:
        assert math.fsum(credit.change for credit in turn.credits) == pytest.approx(turn.change, abs=1e-12)
        assert turn.credits[0].before == turn.before
        assert turn.credits[-1].after == turn.after
        assert turn.heaviest.change == max((credit.change for credit in turn.credits), key=abs)
        named = math.fsum(credit.change for credit in turn.weighty) + (turn.others or 0.0)
        assert named == pytest.approx(turn.change, abs=1e-12)
        assert (turn.others is None) == (turn.weighty == turn.credits)
        assert all(credit.low <= credit.change <= credit.high for credit in turn.credits)
        assert turn.low <= turn.change <= turn.high
    assert turns == credited(PAST, RUN, ODDS, turning_points(RUN, ODDS, days, most=6), threads=1)


def test_a_part_has_the_change_after_the_parts_before_it() -> None:
    days = range(STAGE.last_day + 1)
    for turn in credited(PAST, RUN, ODDS, turning_points(RUN, ODDS, days, most=6)):
        parts = parts_of(PAST, RUN, turn.day)
        assert [credit.says for credit in turn.credits] == [part.says for part in parts]
        acts = [entry for part in parts[:2] for entry in part.acts]
        incidents = [entry for part in parts[:2] for entry in part.incidents]
        if turn.day > STAGE.horizon_day:
            outcome = PAST.branches(turn.day - 1, ODDS.count, acts, incidents).outcome
        else:
            outcome = PAST.after_record(turn.day, ODDS.count, acts, incidents).outcome
        assert turn.credits[1].after == (outcome == OUTCOMES.index(turn.outcome)).mean()


def made(before: list[int], after: list[int]) -> Odds:
    """Return made-up odds of the last day of the record and the one after: crises per outcome."""
    one, other = (np.repeat(np.arange(len(OUTCOMES), dtype=np.int8), counts) for counts in (before, after))
    return Odds(STAGE.horizon_day, np.array([one, other]))


def test_a_turning_point_moves_beyond_chance() -> None:
    days = range(STAGE.horizon_day + 1, STAGE.horizon_day + 2)
    (turn,) = turning_points(RUN, made([0, 40, 0, 0, 0, 60], [0, 60, 0, 0, 0, 40]), days)
    assert (turn.before, turn.after, turn.outcome) == (0.4, 0.6, "war")
    assert turn.low >= LEAST_TURN
    assert turning_points(RUN, made([0, 40, 0, 0, 0, 60], [0, 46, 0, 0, 0, 54]), days) == ()


def test_only_the_largest_turning_points_are_returned() -> None:
    days = range(STAGE.last_day + 1)
    every = turning_points(RUN, ODDS, days, most=99)
    best = turning_points(RUN, ODDS, days, most=2)
    assert len(every) > 2
    assert len(best) == 2
    assert min(abs(turn.change) for turn in best) >= sorted(abs(turn.change) for turn in every)[-2]
    assert [turn.day for turn in every] == sorted(turn.day for turn in every)
