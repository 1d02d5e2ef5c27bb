from __future__ import annotations

import itertools

import pytest

from escalation.crisis.game import Game, IllegalMoveError
from escalation.crisis.menu import (
    MOST_HELD,
    REACH,
    advice,
    chosen,
    event_lines,
    hold_on,
    is_to_see,
    menu,
    named,
    option_words,
    saved_game,
    span_words,
    steps,
    stretches,
    this_morning,
    view_of,
)
from escalation.crisis.play import play
from escalation.crisis.story import Event
from escalation.scenario.load import load_scenario, read_scenario
from escalation.scenario.scenario import Scenario

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


def test_the_ladder_holds_every_act_once_by_rung() -> None:
    one = game()
    found = steps(one, "pakistan")
    shown = [item.option for step in found for item in step.items]
    acts = [o for o in one.options("pakistan") if o.target and not o.answers]
    assert sorted(option.number for option in shown) == [option.number for option in acts]
    assert [step.rung for step in found] == sorted((step.rung for step in found), reverse=True)
    top = max(round(each.posture) for each in this_morning(one).standings)
    for step in found:
        kinds = {SCENARIO.ladder.acts[item.option.act].kind == "mediation" for item in step.items}
        assert kinds == {step.mediates}
        likeliest_first = [item.option.probability for item in step.items]
        assert likeliest_first == sorted(likeliest_first, reverse=True)
        assert step.is_near or step.rung > top + REACH
    assert not any(step.is_near for step in found if step.rung >= 9)


def test_a_hit_brings_higher_rungs_within_reach() -> None:
    one = game()
    one.play({"pakistan": [option for option in one.options("pakistan") if option.act == "strike"]})
    assert all(step.is_near for step in steps(one, "pakistan") if step.rung <= 7 + REACH)


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


def test_typed_choices_are_parsed() -> None:
    one = game()
    talks, protest = number_of(one, "pakistan", "offer_talks"), number_of(one, "pakistan", "protest")
    taken = chosen(one, "pakistan", f" {talks},{protest} ")
    assert [option.act for option in taken] == ["offer_talks", "protest"]
    assert chosen(one, "pakistan", "0") == []
    refused = {
        "x": "'x' is neither", "999": "'999' is neither", f"{talks} {talks}": "once per day",
        "": "not spent", " , ,": "not spent", f"0 {talks}": "given alone",
    }  # fmt: skip
    for text, says in refused.items():
        with pytest.raises(IllegalMoveError, match=says):
            chosen(one, "pakistan", text)


def test_choices_are_typed_by_name_as_far_as_it_is_clear() -> None:
    one = game()
    for option in one.options("pakistan"):
        for name in (option.act, option.act.replace("_", " ").upper(), option_words(SCENARIO, option)):
            assert named(one, "pakistan", name) == [option]
    both = [option.act for option in chosen(one, "pakistan", "Prot threaten_f")]
    assert both == [option.act for option in chosen(one, "pakistan", "protests to, threaten force")]
    assert both == ["protest", "threaten_force"]
    with pytest.raises(IllegalMoveError, match=r"'s' may mean [0-9]+ s.*, [0-9]+ s.*, [0-9]+ more"):
        chosen(one, "pakistan", "s")


def test_events_are_listed() -> None:
    one = game()
    protest = chosen(one, "pakistan", number_of(one, "pakistan", "protest"))
    assert this_morning(one).day == one.day
    one.play({"pakistan": protest})
    (passed,) = stretches(one, one.day - 1, one.day)
    lines = list(event_lines(list(passed.events), 80))
    assert "  - Pakistan protests to India [rung 1]" in lines
    assert not any("exercise" in line for line in lines)
    assert lines[lines.index("  - Pakistan protests to India [rung 1]") + 1].startswith(
        "    played; when: P("
    )


def test_a_saved_game_says_that_it_is_one_and_is_the_same_crisis() -> None:
    one = game(seed=9)
    one.play({"pakistan": chosen(one, "pakistan", number_of(one, "pakistan", "alert_forces"))})
    while not one.is_over:
        one.play({})
    text = saved_game(one)
    assert text.startswith("# A game in which people played Pakistan, up to 10 May 2025")
    assert "--seed 9 --replication 0" in " ".join(text.splitlines()[:4]).replace("# ", "")
    saved = read_scenario(text.encode(), "game")
    assert saved.name == "pahalgam_2025_played"
    assert play(saved, 9).decisions == one.run().decisions
    assert read_scenario(saved_game(Game(saved, 9, 0, ["pakistan"])).encode(), "again").name == saved.name


QUIET = load_scenario("pahalgam_2025", ["free_days=20"]).model_copy(update={"hazards": ()})
FIRST = QUIET.horizon_day + 1


def scripted(player: str, **acts: tuple[int, str]) -> Scenario:
    """Return a scenario in which all but a player hold but for an act of each, given with its day."""
    one = Game(QUIET, 1, 0, ["india", "pakistan", "russia"])
    while not one.is_over:
        moves = {}
        for side, (day, act) in acts.items():
            if one.day == FIRST + day:
                moves[side] = [option for option in one.options(side) if option.act == act][-1:]
                assert moves[side], act
        one.play(moves)
    kept = (act for act in one.scenario.acts if act.actor != player or act.date <= QUIET.horizon)
    return QUIET.model_copy(update={"acts": tuple(kept)})


@pytest.mark.parametrize(
    ("acts", "held"),
    [
        ({}, MOST_HELD),
        ({"india": (3, "protest")}, 4),
        ({"india": (5, "offer_talks")}, 6),
        ({"india": (2, "withdraw_measure")}, 3),
        # The rival's refusal, and a mediator's appeal, ask nothing of Pakistan.
        ({"india": (4, "decline_mediation")}, MOST_HELD),
        ({"russia": (4, "urge_restraint")}, MOST_HELD),
        # Talks open in the day; an offer is there in the morning, so its day is still to be played.
        ({"india": (2, "accept_mediation")}, 3),
        ({"india": (0, "decline_mediation"), "russia": (6, "offer_good_offices")}, 6),
    ],
)
def test_a_side_holds_until_there_is_something_to_see(acts: dict[str, tuple[int, str]], held: int) -> None:
    one = Game(scripted("pakistan", **acts), 1, 0, ["pakistan"])
    hold_on(one, "pakistan")
    assert one.day - FIRST == held


def test_events_already_seen_do_not_stop_the_next_hold() -> None:
    (attack,) = QUIET.incidents
    later = attack.model_copy(update={"date": QUIET.date_of(FIRST + 2)})
    scenario = scripted("pakistan").model_copy(update={"incidents": (attack, later)})
    one = Game(scenario, 1, 0, ["pakistan"])
    hold_on(one, "pakistan")
    assert one.day == FIRST + 2
    assert later.says in " ".join(event.says for event in this_morning(one).events)
    hold_on(one, "pakistan")
    assert one.day == FIRST + 2 + MOST_HELD
    hold_on(one, "pakistan")
    assert one.is_over


@pytest.mark.parametrize(
    ("act", "held"),
    [("protest", 3), ("withdraw_measure", 3), ("decline_mediation", 3), ("hold", MOST_HELD)],
)
def test_a_mediator_sees_what_states_do_to_one_another_and_ask_of_it(act: str, held: int) -> None:
    one = Game(scripted("russia", india=(2, act)), 1, 0, ["russia"])
    hold_on(one, "russia")
    assert one.day - FIRST == held


def test_which_events_other_than_acts_stop_a_hold() -> None:
    one = game()
    seen = {mark: is_to_see(one, "pakistan", Event(mark, "")) for mark in "!=+~."}
    assert seen == {"!": True, "=": True, "+": True, "~": False, ".": False}


@pytest.mark.parametrize("seed", range(2))
def test_held_days_are_kept_as_single_holds_are(seed: int) -> None:
    scenario = load_scenario("pahalgam_2025", ["free_days=12"])
    held, single = (Game(scenario, seed, 0, ["pakistan"]) for _ in range(2))
    stops = 0
    while not held.is_over:
        hold_on(held, "pakistan")
        stops += 1
        while single.day < held.day:
            single.play({})
        assert saved_game(held) == saved_game(single)
    assert stops < scenario.free_days
    again = play(read_scenario(saved_game(held).encode(), "game"), seed)
    assert again.decisions == held.run().decisions


def test_consecutive_quiet_days_are_one_stretch() -> None:
    one = Game(scripted("pakistan", india=(3, "protest")), 1, 0, ["pakistan"])
    hold_on(one, "pakistan")
    hold_on(one, "pakistan")
    found = stretches(one, FIRST, one.day)
    counts = {span_words(stretch): len(stretch.events) for stretch in found}
    assert "India protests to Pakistan [rung 1]" in [e.says for stretch in found for e in stretch.events]
    assert counts["9 May 2025"] == 1
    assert sum((stretch.last - stretch.first).days + 1 for stretch in found) == one.day - FIRST
    assert all(one.events or other.events for one, other in itertools.pairwise(found))
    assert any(" to " in words and not events for words, events in counts.items())
    protest = next(stretch for stretch in found if span_words(stretch) == "9 May 2025").events
    (day,) = stretches(one, FIRST + 3, FIRST + 4, protest)
    assert day.events == ()


def test_the_last_day_is_not_shown_twice() -> None:
    one = game()
    view = view_of(one, "pakistan", one.day)
    assert view.passed == ()
    since = one.day
    while not one.is_over:
        one.play({})
    view = view_of(one, "pakistan", since)
    assert view.is_over
    assert view.passed[-1].last == SCENARIO.date_of(SCENARIO.last_day - 1)
