from __future__ import annotations

import pytest

from escalation.crisis import wording
from escalation.crisis.play import play, play_forked, stays_out
from escalation.crisis.scene import log_of, reason_of, scenes
from escalation.crisis.story import story_of
from escalation.rules.options import TERMS
from tests.classroom.crises import workspace

RUN = play(workspace().scenario, 1, 1)
SCENES = scenes(RUN)


def test_one_scene_per_day() -> None:
    assert [scene.day for scene in SCENES] == list(range(workspace().scenario.last_day + 1))
    assert [scene.simulated for scene in SCENES].index(True) == workspace().scenario.horizon_day + 1
    for scene in SCENES:
        assert [standing.state for standing in scene.standings] == ["india", "pakistan"]


def test_standings_are_the_postures_and_acts_of_the_day() -> None:
    for scene, day in zip(SCENES, RUN.days, strict=True):
        assert scene.standings[0].posture == float(day.pair[0, 1].posture)
        rungs = [
            RUN.scenario.ladder.acts[RUN.index.acts[d.choice.act]].rung
            for d in RUN.decisions
            if d.day == day.day and d.actor == 0 and d.choice.target >= 0
        ]
        assert scene.standings[0].act == (max(rungs) if rungs else None)


def test_the_log_and_the_story_have_the_same_events() -> None:
    story = " ".join(" ".join(story_of(RUN)).split())
    events = [event for scene in SCENES for event in scene.events]
    assert len(events) > 40
    assert all(" ".join(event.says.split()) in story for event in events)
    log = log_of(SCENES, 5).splitlines()
    assert len(log) == sum(len(scene.events) for scene in SCENES[:6])
    assert log[-1].startswith("2025-04-22 . Russia")
    assert [line[:10] for line in log] == sorted((line[:10] for line in log), reverse=True)


def test_measures_and_mediation_are_in_words() -> None:
    assert SCENES[1].measures[0].startswith("India against Pakistan: ")
    assert SCENES[0].mediation == ("Russia is not yet involved.",)
    assert "Firing across the line between India and Pakistan continues." in SCENES[3].ceasefires


def test_reasons_add_up() -> None:
    for decision in RUN.decisions:
        reason = reason_of(RUN, decision)
        assert sum(term.value for term in reason.terms) == pytest.approx(reason.utility, abs=1e-9)
        (taken,) = [one for one in reason.alternatives if one.taken]
        assert taken.probability == decision.choice.probability
        assert len(reason.alternatives) + reason.others == len(decision.alternatives)
        likely = [one.probability for one in reason.alternatives]
        assert likely == sorted(likely, reverse=True)


def test_every_term_of_the_rules_is_explained() -> None:
    assert set(wording.TERMS) == set(TERMS)
    met = [term for decision in RUN.decisions for term in reason_of(RUN, decision).terms]
    assert {"habit", "momentum", "trust"} <= {term.name for term in met}
    for term in met:
        name = term.name.removeprefix("little ").replace(" ", "_")
        assert term.says == wording.TERMS[name]
        assert term.says.endswith(".")


def test_negative_provocation_is_little_provocation() -> None:
    provocation = [
        (term.name, term.value)
        for decision in RUN.decisions
        for term in reason_of(RUN, decision).terms
        if term.says == wording.TERMS["provocation"]
    ]
    assert {name for name, value in provocation if value < 0} == {"little provocation"}
    assert {name for name, value in provocation if value > 0} <= {"provocation"}


def test_a_fork_keeps_the_past_and_the_mediator_out() -> None:
    scenario, day = workspace().scenario, 18
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


def test_a_fork_into_the_same_scenario_changes_nothing() -> None:
    scenario = workspace().scenario
    assert list(story_of(play_forked(scenario, scenario, 20, 1, 1))) == list(story_of(RUN))
