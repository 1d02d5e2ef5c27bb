from __future__ import annotations

import math
from typing import get_args

import pytest

from escalation.crisis import wording
from escalation.crisis.play import play
from escalation.crisis.scene import log_of, reason_of, scenes
from escalation.crisis.story import story_of
from escalation.engine.record import Occasion
from escalation.rules.options import CLOCK_TERMS, TERMS
from escalation.scenario.load import load_scenario
from escalation.vocabulary import APPEAL, CONCILIATORY, ESCALATORY, HOSTILE, MEDIATION, POLITICAL
from tests.strategies import NUCLEAR_DAY, nuclear

SCENARIO = load_scenario("pahalgam_2025")
RUN = play(SCENARIO, 1, 1)
SCENES = scenes(RUN)


def test_one_scene_per_day() -> None:
    assert [scene.day for scene in SCENES] == list(range(SCENARIO.last_day + 1))
    assert [scene.simulated for scene in SCENES].index(True) == SCENARIO.horizon_day + 1
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
    hazards = odds = 0
    for decision in RUN.decisions:
        reason = reason_of(RUN, decision)
        if reason.log_hazard is not None:
            assert math.fsum(term.value for term in reason.when) == pytest.approx(reason.log_hazard)
            assert reason.when[0].name in ("at rest", "how common"), "what it is at rest comes first"
            if decision.clock is not None and decision.clock.form in ESCALATORY:
                assert math.exp(reason.log_hazard) == pytest.approx(decision.clock.hazard)
            hazards += 1
        if reason.what:
            assert reason.log_odds is not None
            assert math.fsum(term.value for term in reason.what) == pytest.approx(reason.log_odds, abs=1e-9)
            weights = [abs(term.value) for term in reason.what]
            assert weights == sorted(weights, reverse=True)
            odds += 1
        (taken,) = [one for one in reason.alternatives if one.taken]
        assert taken.probability == decision.choice.probability
        assert len(reason.alternatives) + reason.others == len(decision.alternatives)
        likely = [one.probability for one in reason.alternatives]
        assert likely == sorted(likely, reverse=True)
    assert hazards > 20
    assert odds > 20


def test_every_term_of_the_rules_is_explained() -> None:
    assert set(wording.TERMS) == set(TERMS)
    assert set(wording.CLOCK_TERMS) == set(CLOCK_TERMS)
    assert set(wording.SHORT) <= {*TERMS, *CLOCK_TERMS}
    assert set(wording.CLOCKS) == {CONCILIATORY, APPEAL, POLITICAL, HOSTILE, MEDIATION}
    assert set(wording.P_WHEN) == set(get_args(Occasion))
    reasons = [reason_of(RUN, decision) for decision in RUN.decisions]
    met = [term for reason in reasons for term in (*reason.when, *reason.what)]
    assert {"habit", "trust", "recent activity", "grievance"} <= {term.name for term in met}
    said = {*wording.TERMS.values(), *wording.CLOCK_TERMS.values()}
    for term in met:
        assert term.says in said
        assert term.says.endswith(".")


def test_days_end_with_nuclear_use() -> None:
    run = play(nuclear(), 1)
    found = scenes(run)
    assert found[-1].day == NUCLEAR_DAY
    assert any("[rung 10]" in event.says for event in found[-1].events)
