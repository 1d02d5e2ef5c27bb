"""Everything that a page can show, in a made-up language: no text is English, no number or date either.

The pages are built as for a visitor, without a browser; what they show is read off their elements.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path

import pytest
from nicegui import Client, core
from nicegui.page import page
from starlette.requests import Request

from escalation import language
from escalation.classroom import exports, graphs, play_debrief, texts
from escalation.classroom.board_page import BoardPage
from escalation.classroom.chart_style import LIGHT
from escalation.classroom.controls import STAYS_OUT
from escalation.classroom.explore_tab import ExploreTab
from escalation.classroom.guess_page import GuessPage
from escalation.classroom.guess_rounds import GuessRounds
from escalation.classroom.guesses import Guess, questions_of
from escalation.classroom.page import Page
from escalation.classroom.play_debrief import OtherChoice
from escalation.classroom.play_tab import PlayTab
from escalation.classroom.session import (
    BadQueryError,
    Fork,
    Library,
    Session,
    session_of,
)
from escalation.classroom.shared_game import SharedGames
from escalation.classroom.watch_tab import WatchTab
from escalation.classroom.workers import Workers
from escalation.crisis.branches import play_with_states
from escalation.crisis.chances import chance_lines
from escalation.crisis.explanation import explain_crisis
from escalation.crisis.game import Game, IllegalMoveError
from escalation.crisis.reasoning import accounts_of
from escalation.crisis.turns import parts_of
from escalation.language import catalogue, speaking
from tests.catalogues import CODE, english, stray, write_bracketed
from tests.classroom.crises import ENTRY, STYLE, ensemble, workspace

CRISES = 200
GERMAN = "de"
SPOKEN = (
    "aria-label", "title", "placeholder", "alt", "label", "says", "asleep", "more", "moreWords", "moreName",
    "unit", "back", "neverWords",
)  # fmt: skip
"""Attributes, and properties of controls, that are shown or read out."""
CODES = ("pre", "a", "kbd")
"""Elements with lines of code, addresses and keys."""
READ_IN_CHARTS = ("name", "text", "formatter", "data")
"""Keys of a chart's options under which stands what is read."""
REQUEST = Request({"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"localhost")]})


@pytest.fixture(autouse=True)
def made_up(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path_factory.getbasetemp() / "made_up"
    if not folder.exists():
        folder.mkdir()
        for code in (CODE, GERMAN):
            write_bracketed(folder, code)
    kept = (catalogue, language._translated, language._plural)
    monkeypatch.setattr(language, "FOLDER", folder)
    for one in kept:
        one.cache_clear()
    yield
    for one in kept:
        one.cache_clear()


def visit(work: Callable[[Client], Awaitable[None]], code: str = CODE) -> None:
    """Do in a language what needs the page of a visitor."""

    async def within() -> None:
        core.loop = asyncio.get_running_loop()
        with speaking(code), Client(page("/"), request=REQUEST) as client:
            await work(client)
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            client.delete()

    asyncio.run(within())


async def until(is_so: Callable[[], object]) -> None:
    """Wait until work in threads is done."""
    for _ in range(2_000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


def shown(client: Client) -> list[str]:
    """Return all texts of a page: of its elements, of the attributes that are read out, and of charts."""
    found: list[str] = []
    for element in client.elements.values():
        if element.tag not in CODES:
            found += texts_of(element._text or "")
            found += texts_of(re.sub("<[^>]*>", "\n", element.props.get("innerHTML", "")).splitlines())
        found += (text for name in SPOKEN for text in texts_of(element.props.get(name)))
        if not isinstance(element.props.get("options"), list):
            found += of_chart(element.props.get("options"))
        else:
            found += (words for _, words in element.props["options"])
    return found


def texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from texts_of(each)


def of_chart(options: object, is_read: bool = False) -> Iterator[str]:
    """Yield the texts of a chart: what stands under some keys of its options."""
    if isinstance(options, Mapping):
        for key, each in options.items():
            if key == ":formatter":
                yield from json.loads(each.removeprefix("(rung) => ").removesuffix("[rung]"))
            else:
                yield from of_chart(each, key in READ_IN_CHARTS)
    elif isinstance(options, list | tuple):
        for each in options:
            yield from of_chart(each, is_read)
    elif isinstance(options, str) and is_read:
        yield options.replace("{value}", "")


# Explore


def test_every_graph_of_a_setting_is_translated() -> None:
    session = Session(workspace(), language=CODE)
    workers, said = Workers(2, CRISES), []

    async def explore(client: Client) -> None:
        rounds = GuessRounds()
        tab = ExploreTab(session, Library(workspace()), workers, rounds)
        await until(lambda: session.found)
        said.extend(shown(client))
        for settings in (((STYLE, "manipulation"),), (("mediators.russia", STAYS_OUT), (ENTRY, 9))):
            session.set_all(settings)
            tab._pin(settings)
            tab._tried_opened(True)
            for graph in graphs.GRAPHS:
                tab._choose(graph)
                await until(lambda: len(session.found) == 1 + len(session.pins) and tab._drawn)
                await tab._serve(None)
                said.extend(shown(client))
        for name in tab._figures:
            said.extend(of_chart(tab._picture(name)))
        await tab._replay_change(None)
        tab._presented(True)
        await tab._serve(None)
        said.extend(shown(client))

    visit(explore)
    workers.close()
    assert "\n".join(english(said)) == ""
    assert len(said) > 3_000


def test_guesses_are_translated() -> None:
    session = Session(workspace(), language=CODE)
    workers, said = Workers(2, CRISES), []

    async def guess(client: Client) -> None:
        rounds = GuessRounds()
        tab = ExploreTab(session, Library(workspace()), workers, rounds)
        await until(lambda: session.found)
        for graph in graphs.GRAPHS:
            tab._choose(graph)
            tab._guess_or_stop()
            await tab._serve(None)
            said.extend(shown(client))
            session.end_guess()
        for question, percent in (("outcomes.nuclear_use", 99), ("peaks.6", 0), ("outcomes.war", 5)):
            tab._choose(next(graph for graph in graphs.GRAPHS if question in questions_of(graph)))
            assert session.begin_guess()
            session.place_guess(Guess(question, percent))
            assert tab._panel is not None
            tab._panel._asked()
            found = rounds.find(session.host)
            assert found is not None
            other = GuessPage(session, found)
            other._sent(["120", ""])
            await tab._serve(None)
            said.extend(shown(client))
            other._sent(["40", ""])
            found.take("60")
            await tab._panel._revealed(found._token)
            await tab._serve(None)
            said.extend(shown(client))
            said.extend(of_chart(tab._panel._picture()))
            tab._guess_or_stop()
            await tab._serve(None)

    visit(guess)
    workers.close()
    assert "\n".join(english(said)) == ""


# Watch


def test_a_crisis_day_by_day_is_translated() -> None:
    said: list[str] = []
    workers = Workers(2, CRISES)

    async def watch(client: Client) -> None:
        session = Session(workspace(), language=CODE, seed=3, settings=((STYLE, "manipulation"),))
        tab = WatchTab(session, workers)
        for fork in (None, Fork(20, "russia")):
            session.fork = fork
            await tab._serve(None)
            for day in range(fork.day if fork else 0, len(tab._scenes), 2):
                tab._show_day(day)
                for event in tab._scenes[day].events:
                    if event.decision is not None:
                        tab._explain(event.decision)
                if tab._scenes[day].events:
                    said.extend(shown(client))

    visit(watch)
    workers.close()
    assert "\n".join(english(said)) == ""


def test_explanations_are_translated() -> None:
    scenario = workspace().scenario
    with speaking(CODE):
        run, past = play_with_states(scenario, 3, 0)
        for day in range(scenario.last_day + 1):
            accounts = [one for actor in (None, *run.index.actors) for one in accounts_of(run, day, actor)]
            assert english(line for one in accounts for line in one.sentences) == []
            assert english(chance_lines(past, run, day)) == []
            assert english(part.says for part in parts_of(past, run, day)) == []
        whole = explain_crisis(scenario, 3, branches=40).lines
    assert english([" ".join(whole)]) == []


# Play


async def no_tokens(code: str) -> list[str]:
    """Return what a browser says that never played."""
    return []


def test_a_game_is_translated_from_its_beginning_to_its_debrief() -> None:
    session = Session(workspace(), language=CODE, seed=3)
    library, workers, said = Library(workspace()), Workers(2, CRISES), []

    async def play(client: Client) -> None:
        games = SharedGames()
        tab = PlayTab(session, library, workers, games)
        said.extend(shown(client))
        await tab._begin("india", ())
        shared = tab._shared
        assert shared is not None
        await tab._serve(None)
        said.extend(shown(client))
        await shared.brief("india")
        board = BoardPage(library, workers, games)
        injects = library.lesson_for(session.workspace).injects
        for inject in injects.values():
            await shared.inject(inject)
        while shared.game.day < shared.game.scenario.horizon_day + 5:
            await tab._serve(None)
            assert tab._view is not None
            for option in shared.game.options("india")[1:3]:
                tab._pick(option)
            await tab._advise()
            await board.refresh()
            said.extend(shown(client))
            await tab._play_day()
        await tab._end()
        await tab._serve(None)
        await board.refresh()
        found = await shared.debrief()
        other = OtherChoice(shared, "india", found, LIGHT, shared.brief)  # type: ignore[arg-type]
        await other.build()
        await other._ask()
        said.extend(shown(client))
        for name in ("odds", "india"):
            said.extend(of_chart(play_debrief._picture(found, name)))

    visit(play)
    workers.close()
    assert "\n".join(english(said)) == ""


def test_seats_of_a_shared_game_are_translated() -> None:
    session = Session(workspace(), language=CODE, seed=3)
    library, workers, said = Library(workspace()), Workers(2, CRISES), []

    async def play(client: Client) -> None:
        games = SharedGames(log=Path("nowhere"))
        tab = PlayTab(session, library, workers, games)
        await tab._begin("india", ("pakistan", "russia"))
        shared = tab._shared
        assert shared is not None
        await shared.brief("india")
        other = PlayTab(Session(workspace(), language=CODE, game=shared.code), library, workers, games)
        other._kept_tokens = no_tokens  # type: ignore[method-assign]
        await other._look("")
        said.extend(shown(client))
        await other._sit(shared, "russia")
        await other._serve(None)
        await tab._serve(None)
        await tab._play_day()
        await tab._serve(None)
        said.extend(shown(client))
        await shared.free("russia")
        other._changed()
        said.extend(shown(client))
        other._shared = None
        tab._changed()

    visit(play)
    workers.close()
    assert "\n".join(english(said)) == ""


def test_refused_moves_are_translated() -> None:
    game = Game(workspace().scenario, 3, 0, ["india"])
    act = game.options("india")[1]
    with speaking(CODE):
        for moves in ([act, act], [*game.options("india")[1:9]]):
            with pytest.raises(IllegalMoveError) as refused:
                game.check("india", moves)
            assert english([str(refused.value)]) == []


# The frame of the page


def test_the_frame_and_what_is_taken_away_are_translated() -> None:
    session = Session(workspace(), language=CODE, settings=((STYLE, "manipulation"),))
    workers, said = Workers(2, CRISES), []

    async def open_all(client: Client) -> None:
        room = Page(session, Library(workspace()), workers, SharedGames(), GuessRounds())
        for name in texts.TAB_NAMES.values():
            room._enter(name)
        await until(lambda: session.found)
        said.extend(shown(client))

    visit(open_all)
    workers.close()
    assert "\n".join(english(said)) == ""


def test_tables_to_save_are_translated() -> None:
    changes = ((STYLE, "manipulation"),)
    with speaking(CODE):
        settings = [("1", ensemble()), ("2", ensemble(changes))]
        for table in exports.tables_of(settings).values():
            if "label" in table.columns:
                at = table.columns.index("label")
                assert english(str(row[at]) for row in table.rows) == []


@pytest.mark.parametrize("query", [
    "seed=x", "graph=x", "scenario=x", "set=x=1", f"set={STYLE}=x", f"set={ENTRY}=-1", "game=x", "guess=x",
    "unknown=1", "seat=", "tab=x", "step=9:x",
])  # fmt: skip
def test_what_is_wrong_with_an_address_is_said_in_its_language(query: str) -> None:
    key, _, value = query.partition("=")
    with speaking(CODE), pytest.raises(BadQueryError) as refused:
        session_of(Library(workspace()), [(key, value)])
    _, _, rest = str(refused.value).partition(": ")
    assert rest
    assert "⟦" in rest


# Numbers and dates


def test_numbers_and_dates_are_german() -> None:
    session = Session(workspace(), language=GERMAN)
    workers, said = Workers(2, 1_200), []

    async def explore(client: Client) -> None:
        tab = ExploreTab(session, Library(workspace()), workers, GuessRounds())
        await until(lambda: session.found)
        tab._choose("all")
        await tab._serve(None)
        said.extend(shown(client))

    visit(explore, GERMAN)
    workers.close()
    every = "\n".join(map(stray, said))
    assert "1.200" in every
    assert "6. Mai" in every
    assert re.search(r"\d,\d\N{NO-BREAK SPACE}%", every)
    assert not re.search(r"\d\.\d\N{NO-BREAK SPACE}?%|1,200|6 May", every)
    with speaking(GERMAN):
        run = explain_crisis(workspace().scenario, 3, date="2025-05-10")
    assert "10. Mai 2025" in " ".join(run.lines)
    assert not re.search(r"\d\.\d", " ".join(run.lines[2:]))
