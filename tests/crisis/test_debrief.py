from __future__ import annotations

import itertools
import math

import pytest

from escalation.crisis import wording
from escalation.crisis.debrief import debrief, debrief_words, own_postures
from escalation.crisis.game import Game
from escalation.crisis.turns import LEAST_TURN, MOST_TURNS
from escalation.crisis.words import points
from escalation.scenario.load import load_scenario
from escalation.stats.intervals import paired_shares
from escalation.vocabulary import NUCLEAR_END, NUCLEAR_USE, OUTCOMES
from tests.strategies import NUCLEAR_DAY, crisis, nuclear

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
    assert math.fsum(credit.change for credit in turn.credits) == pytest.approx(turn.change)
    assert [credit.actor for credit in turn.credits if credit.cause == "act"].count("pakistan") == 1
    assert turn.credits[-1].cause == "chance"
    assert turn.before == found.odds[0][OUTCOMES.index(turn.outcome)]
    assert turn.after == found.odds[1][OUTCOMES.index(turn.outcome)]
    words = dict(debrief_words(found))
    assert len(words) == 4
    said = words[wording.DEBRIEF_TURNS]
    line = next(line for line in said if line.startswith("6 May 2025"))
    strike = turn.heaviest
    assert strike.actor == "pakistan"
    assert "strike" in strike.says
    credited = f"{strike.says} ({points(strike.change)} ± {100 * strike.half:.0f} points)"
    assert f"; {credited}" in line.partition("Credited to: ")[2]
    assert "(0.0" not in line
    assert wording.TURNS_METHOD in said
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


def test_force_that_ended_is_not_counted_as_a_success() -> None:
    one = Game(SCENARIO, 1, 0, ["pakistan"])
    one.play({"pakistan": [option for option in one.options("pakistan") if option.act == "strike"]})
    one.let_go()
    found = debrief(one, crises=40, branches=1)
    ended = " ".join(dict(debrief_words(found))[wording.DEBRIEF_END])
    assert "States used force on rung 6 or above on " in ended
    assert "does not make it a success" in ended
    calm = (found.peaks.max(axis=1) < SCENARIO.outcome.force_rung).mean()
    assert f"In {calm:.1%} [" in ended


def test_without_force_lesser_violence_is_named() -> None:
    calm = [f"weights.{name}=-20" for name in ("alarm", "protest", "conciliation")]
    one = Game(load_scenario("pahalgam_2025", ["free_days=1", *calm]), 1, 0, ["pakistan"])
    one.play({})
    ended = " ".join(dict(debrief_words(debrief(one, crises=10, branches=1)))[wording.DEBRIEF_END])
    assert "No state used force on rung 6 or above" in ended
    assert "kill people too" in ended
    assert "success" not in ended


def test_a_past_crisis_is_compared_with_the_outcome_that_its_coders_gave_it() -> None:
    one = Game(load_scenario("kargil_1999", ["free_days=1"]), 1, 0, ["india"])
    one.play({})
    record = dict(debrief_words(debrief(one, crises=10, branches=1)))[wording.DEBRIEF_RECORD]
    assert record[0].startswith("Coders gave the recorded crisis the class “war”; this game, ")


def clear_days(game: Game, branches: int) -> tuple[set[int], int]:
    """Return the days that moved some odds beyond chance, and how many moved them by as much, or more."""
    horizon = game.scenario.horizon_day
    outcomes = [game.past.branches(day, branches).outcome for day in range(horizon, game.day)]
    clear, large = set(), 0
    for day, (before, after) in enumerate(itertools.pairwise(outcomes), start=horizon + 1):
        nearer = []
        for k in range(len(OUTCOMES)):
            up, down = int(((after == k) & (before != k)).sum()), int(((before == k) & (after != k)).sum())
            pairs = paired_shares(up, down, branches)
            nearer.append(max(float(pairs.low), -float(pairs.high)))
            large += abs(up - down) >= LEAST_TURN * branches
        if max(nearer) >= LEAST_TURN:
            clear.add(day)
    return clear, large


def test_a_move_within_chance_is_not_a_turning_point() -> None:
    """By 100 branches many days move by 5 points or more here; only those count that do so beyond chance."""
    within_chance = 0
    for seed in range(3):
        one = Game(SCENARIO, seed, 0, ["pakistan"])
        while not one.is_over:
            one.play({})
        turns = {turn.day for turn in debrief(one, crises=20, branches=100).turns}
        clear, large = clear_days(one, 100)
        assert turns <= clear
        assert len(turns) == min(MOST_TURNS, len(clear))
        within_chance += large > len(clear)
    assert within_chance > 0


def test_a_turning_point_lists_incidents() -> None:
    """Attacks with many deaths happen here every other week, and move the odds."""
    attack = {"label": "an attack with many deaths", "victim": "alba", "blamed": "borea", "per_day": 0.07}
    scenario = crisis(hazards=[attack | {"severity": 1.0}], free_days=20)
    events: list[str] = []
    for seed in range(20):
        one = Game(scenario, seed, 0, ["borea"])
        while not one.is_over:
            one.play({})
        events += [event for turn in debrief(one, crises=20, branches=300).turns for event in turn.events]
        if attack["label"] in events:
            break
    assert attack["label"] in events


def test_a_debrief_of_a_game_that_ended_with_nuclear_use() -> None:
    one = Game(nuclear(), 1, 0, ["alba"])
    while not one.is_over:
        one.play({})
    found = debrief(one, crises=50, branches=20)
    assert found.played == NUCLEAR_DAY
    assert len(found.odds) == NUCLEAR_DAY - one.scenario.horizon_day + 1
    assert found.odds[-1][NUCLEAR_USE] == 1
    assert len(own_postures(found.run, "alba")) == NUCLEAR_DAY + 1
    lines = [line for _, some in debrief_words(found) for line in some]
    assert sum(NUCLEAR_END in line for line in lines) == 1
