"""What chance could bring on a day has the probabilities of the rules."""

from __future__ import annotations

import math

import pytest

from escalation.crisis import wording
from escalation.crisis.branches import play_with_states
from escalation.crisis.chances import chance_lines, talk_chances
from escalation.rules.mediate import hazard_of_agreement, hazard_of_lapse
from escalation.rules.state import OPEN
from tests.strategies import Table, build, crisis, stage


def test_the_chances_of_talks_are_those_of_competing_hazards() -> None:
    table = Table(build(stage())).on(10)
    for last_force, spared in ((-1, 1.0), (9, 1.0 - table.params.weights[0]["talks_collapse"])):
        table.state.talk["stage"][0, 0, 1] = OPEN
        table.state.dyad["last_force"][0, 1] = last_force
        agree, lapse = talk_chances(table.params, table.state, 0, 0, 1)
        one = hazard_of_agreement(table.params, table.state, 0, 0, 1)
        other = hazard_of_lapse(table.params, 0)
        ended = spared * -math.expm1(-one - other)
        assert agree == pytest.approx(ended * one / (one + other), abs=1e-12)
        assert agree + lapse == pytest.approx(ended + 1 - spared, abs=1e-12)
        assert min(agree, lapse) > 0


def test_every_kind_of_chance_is_listed_with_what_came_of_it() -> None:
    said = []
    for seed in range(6):
        run, past = play_with_states(build(stage()), seed)
        for day in run.days:
            lines = chance_lines(past, run, day.day)
            assert bool(lines) == (day.day > run.scenario.horizon_day)
            said += lines
            came = [line for line in lines if line.startswith("x: probability 2.0%")]
            assert (wording.IT_CAME in "".join(came)) == bool(day.hazards)
            ended = {span.end for span in run.talks if span.last == day.day and span.first < day.day}
            if "agreement" in ended:
                assert any(wording.AGREED in line for line in lines), day.day
    text = "\n".join(said)
    for words in (wording.IT_CAME, wording.DID_NOT_COME, wording.WENT_ON, wording.LAPSED, wording.AGREED):
        assert words in text, words
    assert "breaks down by itself" in text


def test_a_day_without_hazards_talks_or_ceasefire_leaves_nothing_to_chance() -> None:
    run, past = play_with_states(crisis(mediators={}), 1)
    assert chance_lines(past, run, 5) == ()
