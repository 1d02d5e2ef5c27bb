from __future__ import annotations

import pytest

from escalation.classroom.debrief import debrief, debrief_words
from escalation.classroom.play import advice, chosen, event_lines, happened, menu, saved_game, this_morning
from escalation.engine.game import Game, IllegalMoveError
from escalation.engine.play import play
from escalation.rules.outcome import OUTCOMES
from escalation.scenario.load import load_scenario, read_scenario

SCENARIO = load_scenario("pahalgam_2025", ["free_days=5"])


def game(side: str = "pakistan", seed: int = 1) -> Game:
    return Game(SCENARIO, seed, 0, [side])


def number_of(one: Game, side: str, act: str) -> str:
    return str(next(option.number for option in one.options(side) if option.act == act))


def test_the_menu_holds_every_option_once_by_kind() -> None:
    one = game()
    groups = menu(one, "pakistan")
    shown = [item.option for group in groups for item in group.items]
    assert sorted(option.number for option in shown) == [
        o.number for o in one.options("pakistan") if o.target
    ]
    assert len({group.heading for group in groups}) == len(groups) >= 4
    acts = SCENARIO.ladder.acts
    assert all(
        item.description == acts[item.option.act].description and acts[item.option.act].label in item.says
        for group in groups
        for item in group.items
    )


def test_numbers_stay_from_day_to_day() -> None:
    one = game()
    before = {option.act: option.number for option in one.options("pakistan") if not option.answers}
    one.play({})
    after = {option.act: option.number for option in one.options("pakistan") if not option.answers}
    both = before.keys() & after.keys()
    assert len(both) > 20
    assert all(before[act] == after[act] for act in both)


def test_advisers_give_the_odds_of_the_model() -> None:
    one = game()
    found = advice(one, "pakistan")
    likeliest = max(one.options("pakistan"), key=lambda option: option.probability)
    assert found[0] == ("hold", likeliest.probability)
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)


def test_what_is_typed() -> None:
    one = game()
    talks, protest = number_of(one, "pakistan", "offer_talks"), number_of(one, "pakistan", "protest")
    taken = chosen(one, "pakistan", f" {talks},{protest} ")
    assert [option.act for option in taken] == ["offer_talks", "protest"]
    assert chosen(one, "pakistan", "") == chosen(one, "pakistan", "0") == []
    for text, says in (("x", "'x' is none"), ("999", "'999' is none"), (f"{talks} {talks}", "once a day")):
        with pytest.raises(IllegalMoveError, match=says):
            chosen(one, "pakistan", text)


def test_what_happened_is_told() -> None:
    one = game()
    protest = chosen(one, "pakistan", number_of(one, "pakistan", "protest"))
    assert this_morning(one).day == one.day
    one.play({"pakistan": protest})
    lines = list(event_lines(happened(one), 80))
    assert "  - Pakistan protests to India [rung 1]" in lines
    assert not any("exercise" in line for line in lines)


def test_a_saved_game_says_that_it_is_one_and_is_the_same_crisis() -> None:
    one = game(seed=9)
    one.play({"pakistan": chosen(one, "pakistan", number_of(one, "pakistan", "alert_forces"))})
    while not one.is_over:
        one.play({})
    text = saved_game(one)
    assert text.startswith("# A game: Pakistan played by hand up to 10 May 2025")
    assert "--seed 9 --replication 0" in " ".join(text.splitlines()[:4]).replace("# ", "")
    saved = read_scenario(text.encode(), "game")
    assert saved.name == "pahalgam_2025_played"
    assert play(saved, 9).decisions == one.run().decisions
    assert read_scenario(saved_game(Game(saved, 9, 0, ["pakistan"])).encode(), "again").name == saved.name


def test_a_debrief() -> None:
    one = game()
    one.play({"pakistan": chosen(one, "pakistan", number_of(one, "pakistan", "strike"))})
    while not one.is_over:
        one.play({})
    found = debrief(one, crises=200, branches=100)
    assert found.outlook.n == len(found.peaks) == 200
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
    beside = words["Your path beside the model's"]
    assert sum("this game" in line and ": " in line and "[" in line for line in beside) == 1
    record = " ".join(words["The record before it"])
    assert "22 April 2025 to 5 May 2025 is history" in record
    recorded = [act for act in SCENARIO.acts if act.actor == "pakistan"]
    assert f"Pakistan, acts recorded: {len(recorded)}, the highest on rung 4" in record
    assert "in the game: 1, the highest on rung 7" in record
    assert "Russia, acts recorded: 4, none above rung 0" in record
    assert "no validated probability of nuclear use" in " ".join(beside)
    assert not any("log-probability" in line for lines in words.values() for line in lines)


def test_a_game_in_which_nothing_moves_has_no_turning_point() -> None:
    one = Game(load_scenario("pahalgam_2025", ["free_days=1"]), 1, 0, ["pakistan"])
    one.play({})
    found = debrief(one, crises=20, branches=1)
    assert found.turns == ()
    assert "Of no day can it be told" in dict(debrief_words(found))["Turning points"][0]


@pytest.mark.parametrize("seed", [7, 9])
def test_what_may_be_chance_is_no_turning_point(seed: int) -> None:
    """By 200 branches some day moves by 5 points or more here; by 4,000 it is 2 to 4."""
    one = Game(load_scenario("pahalgam_2025"), seed, 0, ["pakistan"])
    while not one.is_over:
        one.play({})
    assert debrief(one, crises=20, branches=200).turns == ()


def test_a_turning_point_tells_incidents() -> None:
    one = Game(load_scenario("pahalgam_2025"), 6, 0, ["pakistan"])
    while not one.is_over:
        one.play({})
    told = [event for turn in debrief(one, crises=20).turns for event in turn.events]
    assert any("attack with many dead" in event for event in told), told
    assert "India moves forces forward against Pakistan [rung 4]" in told
