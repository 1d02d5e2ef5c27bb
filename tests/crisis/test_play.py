from __future__ import annotations

from typing import Any

from escalation.crisis.play import can_leave, play, play_forked, stays_out
from escalation.crisis.scene import log_of, scenes
from escalation.crisis.story import story_of
from escalation.crisis.tables import incidents_of
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from tests.strategies import NUCLEAR_DAY, build, crisis, incident, nuclear, stage

SCENARIO = load_scenario("pahalgam_2025")


def test_a_fork_keeps_the_past_and_the_mediator_out() -> None:
    scenario, day = SCENARIO, 18
    without = stays_out(scenario, "russia")
    moved = 0
    for replication in range(6):
        before = play(scenario, 1, replication)
        forked = play_forked(scenario, without, day, 1, replication, leaves="russia")
        old, new = scenes(before), scenes(forked)
        assert log_of(old, day - 1) == log_of(new, day - 1)
        russia = forked.index.actor["russia"]
        free = [d for d in forked.decisions if d.actor == russia and d.day >= day and d.choice.target >= 0]
        assert free == []
        assert all(int(talk.stage) == 0 for one in forked.days[day:] for talk in one.talk.flat)
        moved += log_of(old, scenario.last_day) != log_of(new, scenario.last_day)
    assert moved > 0


def test_a_mediator_can_leave_what_it_has_a_part_in() -> None:
    def with_mediator(enters_day: int, *acts: Any) -> Scenario:
        umbra = SCENARIO.mediators["russia"].model_copy(update={"enters_day": enters_day})
        return SCENARIO.model_copy(update={"mediators": {"umbra": umbra}, "acts": acts})

    never = SCENARIO.last_day + 1
    (offer,) = (act for act in SCENARIO.acts if act.id == "russia_offer")
    offered = offer.model_copy(update={"actor": "umbra"})
    assert can_leave(SCENARIO, "russia")
    assert can_leave(with_mediator(SCENARIO.last_day), "umbra")
    assert can_leave(with_mediator(never, offered), "umbra"), "what it offered on record is still open"
    assert not can_leave(with_mediator(never), "umbra")
    assert not can_leave(with_mediator(0), "russia")


def test_a_fork_into_the_same_scenario_changes_nothing() -> None:
    scenario = SCENARIO
    assert list(story_of(play_forked(scenario, scenario, 20, 1, 1))) == list(story_of(play(scenario, 1, 1)))


def test_a_run_ends_with_nuclear_use() -> None:
    scenario = nuclear()
    run = play(scenario, 1)
    assert (run.days[-1].day, run.decisions[-1].day) == (NUCLEAR_DAY, NUCLEAR_DAY)
    assert run.result.ended == scenario.date_of(NUCLEAR_DAY)
    assert run.result.outcome == "nuclear_use"
    assert run.result.forced_acts == len(scenario.acts) - 1
    forked = play_forked(scenario, stays_out(scenario, "umbra"), NUCLEAR_DAY + 1, 1, leaves="umbra")
    assert forked.decisions == run.decisions
    assert play(crisis(free_days=2), 1).result.ended is None


def test_each_day_has_the_entries_of_the_scenario_under_which_it_was_played() -> None:
    """What the later scenario leaves out of the past has happened all the same."""
    first = incident(1, "alba", "borea") | {"says": "The first attack."}
    second = incident(3, "alba", "borea") | {"says": "The second attack."}
    tree = stage() | {"incidents": [first, second]}
    whole, day = build(tree), 3
    other = build(tree | {"incidents": tree["incidents"][1:]})
    run = play_forked(whole, other, day, 5)
    assert run.scenario_on(day - 1) is whole
    assert run.scenario_on(day) is other
    said = [[text for i, j in ((0, 1), (1, 0)) for text in incidents_of(run, one, i, j)] for one in run.days]
    assert "The first attack." in " ".join(said[1])
    assert "The second attack." in " ".join(said[3])
    assert run.result.forced_acts == play(whole, 5).result.forced_acts
    assert "The first attack." in "\n".join(story_of(run))
