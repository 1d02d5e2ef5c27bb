from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import language
from escalation.classroom.controls import Control, Workspace
from escalation.classroom.graphs import GRAPHS
from escalation.classroom.guesses import Guess
from escalation.classroom.server import MOST_ADDRESS
from escalation.classroom.session import (
    MOST_TAKEN_IN,
    PRESENTED,
    SCREENS,
    BadQueryError,
    Fork,
    Library,
    Session,
    is_code,
    new_code,
    session_of,
)
from escalation.classroom.texts import TAB_NAMES
from tests.classroom.crises import ENTRY, STYLE, workspace


def test_visitors_share_nothing() -> None:
    one, other = Session(workspace()), Session(workspace())
    one.move(STYLE, "manipulation")
    one.pin()
    assert (other.settings, other.pins) == ((), {})


def test_pins_are_few_and_named() -> None:
    session = Session(workspace())
    assert [session.pin() for _ in range(4)] == ["A", "B", "C", None]
    session.pins.pop("B")
    session.move(ENTRY, 30)
    assert session.pin() == "B"
    assert session.wanted() == [
        ("now", ((ENTRY, 30),)), ("pinned A", ()), ("pinned B", ((ENTRY, 30),)), ("pinned C", ()),
    ]  # fmt: skip


def test_another_crisis_starts_without_settings_and_pins() -> None:
    session = Session(workspace())
    session.move(ENTRY, 30)
    session.pin()
    session.play_game("ABCDEF", "india")
    session.take(workspace("docs/examples/two_states.yaml"), "two")
    assert (session.settings, session.pins, session.game, session.side) == ((), {}, "", "")
    assert ENTRY not in session.controls
    assert not session.move(ENTRY, 30)


def test_a_link_for_others_names_the_scenario_and_takes_no_seat() -> None:
    shipped = Session(Workspace(workspace().scenario, "pahalgam_2025"))
    shipped.move(STYLE, "manipulation")
    shipped.pin()
    shipped.replication = 7
    shipped.play_game("ABCDEF", "india")
    shared = dict(parse_qsl(shipped.address_to_share("")))
    assert shared == {
        "scenario": "pahalgam_2025", "replication": "7", "set": f"{STYLE}=manipulation",
        "pin": f"A:{STYLE}=manipulation",
    }  # fmt: skip
    assert "game=ABCDEF" in shipped.address()
    assert "scenario" not in Session(workspace(TWO)).address_to_share("watch")


def test_the_token_of_a_seat_is_in_no_address() -> None:
    session = session_of(Library(workspace()), [("game", "ABCDEF"), ("side", "india"), ("seat", "secret")])
    assert session.seat == "secret"
    for address in (session.address(), session.address_to_share("watch")):
        assert "secret" not in address
        assert "seat" not in address
    session.take(workspace(TWO), "two")
    assert session.seat == ""


def test_an_address_sets_its_values() -> None:
    session = session_of(Library(workspace()), [("seed", "7"), ("set", f"{ENTRY}=20"), ("replication", "3")])
    assert (session.seed, session.settings, session.replication) == (7, ((ENTRY, 20),), 3)


TWO = "docs/examples/two_states.yaml"
CONTROLS = [control for control in Session(workspace()).controls.values() if isinstance(control.value, float)]
MOVES = st.lists(st.tuples(st.sampled_from(CONTROLS), st.floats(0, 1)), max_size=6)


def moved_by(session: Session, moves: list[tuple[Control, float]]) -> None:
    for control, share in moves:
        session.move(control.path, control.low + share * (control.high - control.low))


@given(
    st.lists(MOVES, max_size=4), st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1), st.integers(0, 43),
    st.none() | st.integers(14, 43), st.sampled_from(["", *TAB_NAMES]), st.none() | st.booleans(),
    st.sampled_from([*GRAPHS]),
    st.sampled_from([("", ""), ("ABCDEF", ""), ("ABCDEF", "pakistan")]),
)  # fmt: skip
def test_an_address_brings_everything_back(
    pins: list[list[tuple[Control, float]]], seed: int, replication: int, day: int, fork: int | None,
    tab: str, dark: bool | None, graph: str, game: tuple[str, str],
) -> None:  # fmt: skip
    session = Session(workspace(), seed=seed, replication=replication, day=day, tab=tab, graph=graph)
    for moves in pins:
        session.reset()
        moved_by(session, moves)
        session.pin()
    session.fork = Fork(fork, "russia") if fork is not None else None
    session.dark, session.has_chosen_colours = bool(dark), dark is not None
    session.play_game(*game)
    session.visit(len(session.trail.steps) // 2)
    back = session_of(Library(workspace()), parse_qsl(session.address(), keep_blank_values=True))
    first = "play" if session.game else "explore"
    back.tab, session.tab = back.tab or first, session.tab or first
    assert back == session
    assert back.address() == session.address()


def test_what_was_tried_can_be_undone_and_comes_back_with_the_address() -> None:
    session = Session(workspace())
    session.move(ENTRY, 30)
    session.set_all(((STYLE, "manipulation"), (ENTRY, 20)))
    assert session.settings == ((ENTRY, 20), (STYLE, "manipulation"))
    assert session.undo()
    assert session.settings == ((ENTRY, 30),)
    session.reset()
    session.pin(((ENTRY, 20),))
    back = session_of(Library(workspace()), parse_qsl(session.address()))
    assert back.trail == session.trail
    assert [step.settings for step in back.trail.steps] == [
        (), ((ENTRY, 30),), ((ENTRY, 20), (STYLE, "manipulation")), (),
    ]  # fmt: skip
    assert back.undo()
    assert back.undo()
    assert back.settings == ()
    assert not back.undo()
    assert back.visit(2)
    assert dict(back.settings)[ENTRY] == 20
    # A link for others has the settings, not the way to them.
    alone = session_of(Library(workspace()), parse_qsl(back.address(with_trail=False)))
    assert (alone.settings, alone.pins) == (back.settings, back.pins)
    assert [step.settings for step in alone.trail.steps] == [(), back.settings]


def test_what_is_set_counts_even_if_the_trail_of_a_link_ends_elsewhere() -> None:
    query = [("step", f"0:{ENTRY}=30"), ("set", f"{ENTRY}=20")]
    session = session_of(Library(workspace()), query)
    assert session.settings == session.trail.settings == ((ENTRY, 20),)
    assert session.undo()
    assert session.settings == ((ENTRY, 30),)


def test_the_names_of_what_is_drawn() -> None:
    session = Session(workspace())
    session.move(ENTRY, 30)
    session.pin()
    assert session.drawn() == [*session.wanted(), ("as in the scenario", ())]


@pytest.mark.parametrize(
    ("screen", "size", "is_narrow"), [("phone", 14, True), ("", 14, False), ("wall", 19, False)]
)
def test_letters_of_charts_suit_the_screen(screen: str, size: int, is_narrow: bool) -> None:
    theme = Session(workspace(), screen=screen).theme
    assert (theme.size, theme.is_narrow) == (size, is_narrow)


def test_even_the_longest_address_is_accepted() -> None:
    session = Session(workspace())
    for _ in range(3):
        for control in session.controls.values():
            session.move(control.path, control.options[-1] if control.options else control.high)
        session.pin()
    session.seed, session.replication, session.day = 2**64 - 1, 2**32 - 1, 43
    address = session.address()
    assert len(session.settings) > 50
    assert len(address) < MOST_ADDRESS
    assert session_of(Library(workspace()), parse_qsl(address)).pins == session.pins


def test_an_untouched_page_has_no_address() -> None:
    assert Session(workspace()).address() == ""


def test_whoever_shows_the_address_hears_of_every_change() -> None:
    session = Session(workspace())
    seen: list[str] = []
    session.changed = lambda: seen.append(session.address())
    session.move(ENTRY, 30)
    session.pin()
    session.reset()
    session.unpin("A")
    session.play_game("ABCDEF", "india")
    session.take(workspace(TWO), "two")
    assert len(set(seen)) == len(seen) == 6


def test_the_address_names_a_scenario_that_was_taken_in() -> None:
    library = Library(workspace())
    key = library.take_in(workspace(TWO))
    session = session_of(library, [("scenario", key), ("set", "states.arland.resolve=0.9")])
    assert session.workspace is workspace(TWO)
    assert ("scenario", key) in parse_qsl(session.address())
    shipped = session_of(library, [("scenario", "pahalgam_2025")])
    assert shipped.workspace.scenario.name == "pahalgam_2025"
    for number in range(MOST_TAKEN_IN):
        library.take_in(Workspace(workspace(TWO).at((("states.arland.resolve", number / 100),)), "other"))
    with pytest.raises(BadQueryError, match="load the file again"):
        session_of(library, [("scenario", key)])


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ([("seed", "-1")], "a whole number from 0"),
        ([("seed", "1e3")], "a whole number from 0"),
        ([("seed", str(2**64))], "a whole number from 0"),
        ([("replication", "x")], "a whole number from 0"),
        ([("set", "mediators.russia.enters_day=1000")], "a number from 0 to 44"),
        ([("set", "mediators.russia.enters_day=nan")], "a number from 0 to 44"),
        ([("set", "mediators.russia.style=force")], "one of facilitation, formulation, manipulation"),
        ([("set", "free_days=100000")], "no such control"),
        ([("set", "")], "no such control"),
        ([("file", "/etc/passwd")], "allowed keys: .*, pin, .*, colours"),
        ([("scenario", "/etc/passwd")], "load the file again"),
        ([("tab", "x")], "one of explore, watch"),
        ([("colours", "red")], "one of light, dark"),
        ([("day", "44")], "a whole number from 0 to 43"),
        ([("without", "russia:3")], "a whole number from 14 to 43"),
        ([("without", "china:20")], "one of russia"),
        ([("pin", "D")], "one of A, B, C"),
        ([("pin", "A:free_days=9")], "no such control"),
        ([("game", "x")], "the code of a game"),
        ([("seat", "")], "the token of a seat"),
        ([("seat", "x" * 65)], "the token of a seat"),
        ([("graph", "pie")], "one of outcomes, settlements"),
        ([("step", "1:x=1")], "a whole number from 0 to 0"),
        ([("step", "0:free_days=9")], "no such control"),
        ([("step", f"0:{STYLE}=force")], "one of facilitation"),
        ([("step", f"0:{ENTRY}=30")] * 30, "at most 19 steps"),
        ([("at", "1")], "a whole number from 0 to 0"),
        ([("set", "x=" + "y" * 40_000)], "too large"),
        ([("seed", "1")] * 3_000, "too large"),
    ],
)
def test_an_address_that_asks_for_something_else_is_refused(query: list[tuple[str, str]], says: str) -> None:
    with pytest.raises(BadQueryError, match=says):
        session_of(Library(workspace()), query)


def test_a_guess_hides_the_present_setting_until_the_answer_is_shown() -> None:
    session = Session(workspace())
    assert session.begin_guess()
    assert session.hides
    assert session.guess == Guess("outcomes.de_escalated")
    session.move(ENTRY, 30)
    assert session.place_guess(Guess("outcomes.war", 60))
    assert not session.place_guess(Guess("peaks.6", 60))
    assert "guess=outcomes.war:60&" in session.address()
    session.place_guess(Guess("outcomes.war", 60, is_shown=True))
    assert not session.hides
    again = session_of(Library(workspace()), parse_qsl(session.address()))
    assert again.guess == session.guess
    session.undo()
    assert session.guess is None, "it was about the setting of then"
    for change in (Session.new_seed, lambda session: session.choose("rungs")):
        session.graph = "outcomes"
        session.begin_guess()
        session.place_guess(Guess("outcomes.war", 60, is_shown=True))
        change(session)
        assert session.guess is None


def test_a_guess_follows_the_graph_but_not_while_a_room_guesses() -> None:
    session = Session(workspace())
    session.begin_guess()
    assert session.choose("rungs")
    assert session.guess == Guess("peaks.6")
    session.host = "ABCDEF"
    assert not session.choose("postures")
    assert session.graph == "rungs"
    assert session.choose("all")
    assert session.host == "ABCDEF"
    assert "host" not in dict(parse_qsl(session.address_to_share("explore")))
    session.end_guess()
    assert session.choose("postures")
    assert not session.begin_guess()


def test_a_guess_is_read_whatever_comes_first_in_the_address() -> None:
    query = [("guess", "peaks.6:40"), ("graph", "rungs"), ("present", "on"), ("host", "ABCDEF")]
    session = session_of(Library(workspace()), query)
    assert (session.guess, session.host, session.is_presenting) == (Guess("peaks.6", 40), "ABCDEF", True)
    for screen in SCREENS:
        session.screen = screen
        assert session.theme.size == PRESENTED[screen]
    for key, value in (("guess", "peaks.6:40"), ("round", "x"), ("host", "x"), ("present", "off")):
        with pytest.raises(BadQueryError, match=key):
            session_of(Library(workspace()), [(key, value)])


def test_presenting_shows_one_graph() -> None:
    session = Session(workspace(), graph="all")
    session.present(True)
    assert (session.graph, session.is_presenting) == ("outcomes", True)
    assert "present" not in session.address_to_share("")
    session.graph, session.guess = "all", Guess("peaks.6", 3)
    session.present(True)
    assert (session.graph, session.guess) == ("rungs", Guess("peaks.6", 3))


def test_the_next_class_begins_again_and_keeps_the_game_and_the_language() -> None:
    session = Session(workspace(), language="en", dark=True, has_chosen_colours=True)
    session.move(STYLE, "manipulation")
    session.pin()
    session.new_seed()
    session.begin_guess()
    session.host = "ABCDEF"
    session.play_game("GHJKLM", "india")
    session.start_again()
    assert session.address() == "game=GHJKLM&side=india&colours=dark"
    assert len(session.trail.steps) == 1


def test_a_link_names_the_language_wherever_it_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "de.po").write_text("", encoding="utf-8")
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    english, german = Library(workspace()), Library(workspace(), language="de")
    assert session_of(english, []).address() == session_of(german, []).address() == ""
    assert session_of(english, [("language", "de")]).address() == "language=de"
    assert session_of(german, [("language", "en")]).address() == "language=en"
    assert "language" not in session_of(english, []).address_to_share("")
    for session in (session_of(german, []), session_of(english, [("language", "de")])):
        assert "language=de" in session.address_to_share("").split("&")
    assert "language=en" in session_of(german, [("language", "en")]).address_to_share("")
    with pytest.raises(BadQueryError, match="language"):
        session_of(english, [("language", "fr")])


def test_codes_are_new() -> None:
    asked: list[str] = []

    def is_taken(code: str) -> bool:
        asked.append(code)
        return len(asked) < 3

    assert is_code(new_code(is_taken))
    assert len(asked) == 3
