"""Crises that branch off from a day are crises of the scenario as it was known on that day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from escalation.crisis.branches import Past, play_with_states
from escalation.crisis.play import Beginning, play
from escalation.crisis.turns import BEFORE_ALL, credited, odds_of, turning_points
from escalation.engine.batch import Runs, simulate, simulate_forked
from escalation.engine.pack import pack
from escalation.stats.intervals import independent_shares
from escalation.vocabulary import OUTCOMES
from tests.strategies import build, crisis, dated, incident, stage

MEASURED = ("outcome", "peak", "settled", "end", "cost", "offered", "opened")


def same(one: Runs, other: Runs) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in MEASURED)


def test_playing_with_states_is_playing() -> None:
    scenario = build(stage())
    run, past = play_with_states(scenario, 3, 2)
    again = play(scenario, 3, 2)
    assert run.decisions == again.decisions
    assert run.result == again.result
    assert past.last_day == scenario.last_day
    for state, day in zip(past.states, run.days[scenario.horizon_day :], strict=True):
        assert np.array_equal(state.pair, day.pair)
        assert np.array_equal(state.talk, day.talk)


def test_branches_from_the_end_of_the_record_are_crises_of_the_scenario() -> None:
    scenario = build(stage())
    _, past = play_with_states(scenario, 3)
    assert same(past.branches(scenario.horizon_day, 60), simulate(pack(scenario), 3, 1, 60))


def test_odds_at_the_first_day_agree_with_a_plain_simulation_in_other_replications() -> None:
    scenario = crisis()
    _, past = play_with_states(scenario, 3)
    branched = np.bincount(past.branches(scenario.horizon_day, 2_000).outcome, minlength=len(OUTCOMES))
    plain = np.bincount(simulate(pack(scenario), 8, 0, 2_000).outcome, minlength=len(OUTCOMES))
    difference = independent_shares(branched, 2_000, plain, 2_000, 0.999)
    assert ((difference.low <= 0) & (difference.high >= 0)).all()
    assert (branched > 0).sum() > 2


@pytest.mark.parametrize("day", [-1, 0, 2, 3])
def test_branches_from_a_recorded_day_know_nothing_later(day: int) -> None:
    """They are those of a scenario whose record ends on that day; what is dated after the record stays."""
    tree = stage()
    tree["acts"] = [*tree["acts"], dated(9, "alba", "expel", "borea"), dated(20, "umbra", "urge", "alba")]
    scenario = build(tree)
    _, past = play_with_states(scenario, 3)
    date, horizon = str(scenario.date_of(day)), tree["horizon"]
    kept: dict[str, Any] = {
        key: [entry for entry in tree[key] if not date < entry["date"] <= horizon]
        for key in ("acts", "incidents")
    }
    known = past.as_known(day)
    assert [str(entry.date) for entry in known.acts] == [entry["date"] for entry in kept["acts"]]
    assert len(known.incidents) == len(kept["incidents"])
    if day >= 0:
        shorter = tree | kept | {"horizon": date, "free_days": scenario.last_day - day}
        (fire,) = tree["border_fire"]
        shorter["border_fire"] = [fire | {"nights": day - 1}] if day > 1 else []
        wanted = simulate(pack(build(shorter)), 3, 1, 40)
        assert same(past.branches(day, 40), wanted)


def test_a_recorded_day_with_all_of_its_events_is_that_day() -> None:
    scenario = build(stage())
    _, past = play_with_states(scenario, 3)
    for day in range(scenario.horizon_day + 1):
        date = scenario.date_of(day)
        acts = [entry for entry in scenario.acts if entry.date == date]
        incidents = [entry for entry in scenario.incidents if entry.date == date]
        assert same(past.after_record(day, 40, acts, incidents), past.branches(day, 40))
    nothing = past.after_record(3, 200, [], [])
    assert not same(nothing, past.branches(3, 200))


def test_what_is_forced_happens() -> None:
    scenario = crisis()
    _, past = play_with_states(scenario, 3)
    day = scenario.horizon_day + 5
    forced = build_act(day + 1, "alba", "strike")
    found = past.branches(day, 50, acts=[forced])
    assert (found.peak[:, 0] >= 7).all()
    shaken = past.branches(day, 500, incidents=[build_incident(day + 1)])
    assert not same(shaken, past.branches(day, 500))


def build_act(day: int, actor: str, name: str) -> Any:
    return crisis(acts=[dated(day, actor, name, "borea")]).acts[0]


def build_incident(day: int) -> Any:
    return crisis(incidents=[incident(day, "alba", "borea")]).incidents[0]


def test_other_replications_leave_out_the_crisis_s_own() -> None:
    for replication in (0, 7, 2**32 - 1):
        first = Past(crisis(), 1, replication, ()).other_replications(1_000)
        assert 0 <= first <= 2**32 - 1_000
        assert not first <= replication < first + 1_000


def test_a_crisis_that_goes_on_as_it_began_has_the_same_branches() -> None:
    scenario = build(stage())
    _, plain = play_with_states(scenario, 3)
    for since in (2, scenario.horizon_day + 1, scenario.horizon_day + 3):
        run, past = play_with_states(scenario, 3, began=Beginning(scenario, since))
        assert run.decisions == play(scenario, 3).decisions
        for day in (-1, 1, scenario.horizon_day, scenario.horizon_day + 2, past.last_day):
            assert same(past.branches(day, 30), plain.branches(day, 30))
        assert same(past.after_record(2, 30, [], []), plain.after_record(2, 30, [], []))


def test_branches_go_on_under_the_scenario_of_each_day() -> None:
    """Up to the day they have what the crisis began under, from then on the other one."""
    tree = stage()
    scenario, calm = build(tree), build(tree | {"weights": {"alarm": 0.0, "tempo": 0.0}})
    since = scenario.horizon_day + 3
    _, past = play_with_states(calm, 3, began=Beginning(scenario, since))
    _, plain = play_with_states(scenario, 3)
    for mine, other in zip(past.states[:3], plain.states[:3], strict=True):
        assert np.array_equal(mine.pair, other.pair)
    forked = simulate_forked(pack(scenario), pack(calm), since, 3, past.other_replications(40), 40)
    assert same(past.branches(scenario.horizon_day, 40), forked)
    after = simulate(pack(calm), 3, past.other_replications(40), 40, start=past.states[2])
    assert same(past.branches(since - 1, 40), after)
    assert not same(past.branches(scenario.horizon_day, 40), plain.branches(scenario.horizon_day, 40))


def test_a_crisis_of_two_scenarios_has_turning_points_that_add_up() -> None:
    tree = stage()
    scenario, calm = build(tree), build(tree | {"weights": {"alarm": 0.0, "tempo": 0.0}})
    run, past = play_with_states(calm, 3, began=Beginning(scenario, scenario.horizon_day + 3))
    odds = odds_of(past, 100, BEFORE_ALL)
    assert OUTCOMES[int(odds.shares.estimate[-1].argmax())] == run.result.outcome
    for days in (range(scenario.horizon_day + 1), range(scenario.horizon_day + 1, past.last_day + 1)):
        for turn in credited(past, run, odds, turning_points(run, odds, days, most=4)):
            parts = sum(credit.change for credit in turn.credits)
            assert parts == pytest.approx(turn.change, abs=1e-12)
