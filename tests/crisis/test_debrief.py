from __future__ import annotations

import numpy as np
import pytest

from escalation.crisis import wording
from escalation.crisis.debrief import debrief, debrief_words
from escalation.crisis.game import Game
from escalation.scenario.load import load_scenario
from escalation.vocabulary import OUTCOMES

SCENARIO = load_scenario("pahalgam_2025", ["free_days=5"])


def test_a_debrief() -> None:
    one = Game(SCENARIO, 1, 0, ["pakistan"])
    one.play({"pakistan": [option for option in one.options("pakistan") if option.act == "strike"]})
    while not one.is_over:
        one.play({})
    found = debrief(one, crises=200, branches=100)
    assert found.ensemble.n == len(found.peaks) == 200
    assert found.odds.shape == (SCENARIO.free_days + 1, len(OUTCOMES))
    assert found.odds.sum(axis=1) == pytest.approx(1)
    assert found.odds[-1].max() == 1
    assert SCENARIO.horizon_day + 1 in [turn.day for turn in found.turns]
    turn = next(turn for turn in found.turns if turn.day == SCENARIO.horizon_day + 1)
    assert any("Pakistan" in event for event in turn.events)
    assert turn.before == found.odds[0][OUTCOMES.index(turn.outcome)]
    assert turn.after == found.odds[1][OUTCOMES.index(turn.outcome)]
    words = dict(debrief_words(found))
    assert len(words) == 4
    compared = words[wording.DEBRIEF_COMPARED]
    assert sum("this game" in line and ": " in line and "[" in line for line in compared) == 1
    record = " ".join(words[wording.DEBRIEF_RECORD])
    assert "22 April 2025 to 5 May 2025" in record
    recorded = [act for act in SCENARIO.acts if act.actor == "pakistan"]
    assert f"Pakistan, acts recorded: {len(recorded)}, the highest on rung 4" in record
    assert "in the game: 1, the highest on rung 7" in record
    assert "Russia, acts recorded: 4, none above rung 0" in record
    assert "no validated probability of nuclear use" in " ".join(compared)
    assert not any("log-probability" in line for lines in words.values() for line in lines)


def test_a_game_in_which_nothing_moves_has_no_turning_point() -> None:
    one = Game(load_scenario("pahalgam_2025", ["free_days=1"]), 1, 0, ["pakistan"])
    one.play({})
    found = debrief(one, crises=20, branches=1)
    assert found.turns == ()
    assert dict(debrief_words(found))[wording.DEBRIEF_TURNS][0].startswith("No day ")


@pytest.mark.parametrize("seed", [9, 23])
def test_a_move_within_chance_is_not_a_turning_point(seed: int) -> None:
    """By 200 branches some day moves by 5 points or more here; by 4,000 it is 4."""
    one = Game(load_scenario("pahalgam_2025"), seed, 0, ["pakistan"])
    while not one.is_over:
        one.play({})
    found = debrief(one, crises=20, branches=200)
    assert abs(np.diff(found.odds, axis=0)).max() >= 0.05
    assert found.turns == ()


def test_a_turning_point_lists_incidents() -> None:
    one = Game(load_scenario("pahalgam_2025"), 6, 0, ["pakistan"])
    while not one.is_over:
        one.play({})
    events = [event for turn in debrief(one, crises=20).turns for event in turn.events]
    assert any("attack in India with many deaths" in event for event in events), events
    assert "India moves forces forward against Pakistan [rung 4]" in events
