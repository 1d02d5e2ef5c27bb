"""The lecturer's page: all games, seats to free, injects, and the games together next to the model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial

from nicegui import ui
from nicegui.element import Element
from pydantic import ValidationError

from escalation.classroom import game_texts, texts
from escalation.classroom.board import (
    Board,
    BoardRow,
    Together,
    inject_words,
    together_chart,
    together_words,
)
from escalation.classroom.chart_style import DARK, LIGHT, Options, framed
from escalation.classroom.controls import Workspace
from escalation.classroom.elements import (
    Figure,
    ShareLink,
    begin_page,
    button,
    language_choice,
    note,
    show,
    tag,
    write,
)
from escalation.classroom.lesson import Inject
from escalation.classroom.saved_games import KeptGame
from escalation.classroom.session import Library, is_code
from escalation.classroom.shared_game import SharedGame, SharedGames
from escalation.classroom.workers import Workers
from escalation.crisis import wording
from escalation.crisis.game import IllegalMoveError
from escalation.files.places import EscalationError
from escalation.language import date_words, in_this_language, listed, number, say, say_count

OFTEN = 1.0
"""Seconds between two looks at the games."""

CHOSEN = "(event) => emit(event.target.value)"
MOST_LETTERS = 300
"""Of words that a lecturer types."""


class BoardPage:
    """The page on which a lecturer sees all games, frees seats and lets things happen.

    Parameters
    ----------
    library
        With the lesson whose injects are offered.
    workers, shared_games
        Of the classroom.
    """

    def __init__(self, library: Library, workers: Workers, shared_games: SharedGames) -> None:
        self._library, self._workers, self._shared_games = library, workers, shared_games
        self._board = Board(shared_games, workers)
        self._cards: dict[str, _Card] = {}
        self._known: Collection[str] = {""}
        """The games in memory when the kept ones were last listed; at first, of nobody."""
        self._together: Together | None = None
        self._dark = begin_page(False)
        self._is_dark = False
        self.colour = in_this_language(self._colour)
        with tag("div", classes="room board"):
            with tag("header"):
                tag("h1", say(game_texts.BOARD))
                language_choice()
            note(say(game_texts.BOARD_NOTE), "caveat")
            self._status = tag("div", classes="status", role="status")
            with tag("section", aria_label=say(game_texts.INJECTS)):
                self._injects = _Injects(library, self._let_happen)
            with tag("section", aria_label=say(game_texts.GAMES)):
                tag("h2", say(game_texts.GAMES))
                self._none = note(say(game_texts.NO_GAMES))
                self._list = tag("div", classes="games")
                self._build_bring_back()
            with tag("section", aria_label=say(game_texts.TOGETHER)):
                tag("h2", say(game_texts.TOGETHER))
                self._all = tag("div")
            note(say(wording.CAVEAT), "caveat")
        self._draw_together(None)
        ui.timer(OFTEN, in_this_language(self.refresh))

    async def refresh(self) -> None:
        """Show the games as they are now."""
        rows = await self._board.rows()
        together = await self._board.together()
        if self._list.is_deleted:
            return
        codes = {row.code for row in rows}
        for code in self._cards.keys() - codes:
            self._cards.pop(code).remove()
        with self._list:
            for row in rows:
                if row.code not in self._cards:
                    free = partial(self._free, row.code)
                    self._cards[row.code] = _Card(row, self._library.base, free)
                self._cards[row.code].show(row)
        show(self._none, not rows)
        games = {shared.code: shared.game.scenario.name for shared in self._going_on()}
        self._injects.offer(games)
        if _codes(together) != _codes(self._together):
            self._draw_together(together)
        if codes != self._known:
            self._known = codes
            self._list_kept(await self._shared_games.kept())

    def _going_on(self) -> list[SharedGame]:
        return [shared for shared in self._shared_games if not shared.game.is_over]

    # What a lecturer does

    async def _free(self, code: str, side: str) -> None:
        shared = self._shared_games.find(code)
        if shared is not None and side in shared.seats:
            await shared.free(side)
            label = shared.game.scenario.label(side)
            write(self._status, say(game_texts.SEAT_FREED, side=label, code=code))
            await self.refresh()

    async def _let_happen(self, scenario: str, inject: Inject, code: str) -> None:
        """Let something happen in one game, or in all if no code is given: of a scenario, if it is named."""
        happened = 0
        for shared in self._going_on():
            if scenario in ("", shared.game.scenario.name) and code in ("", shared.code):
                try:
                    await shared.inject(inject)
                except (IllegalMoveError, ValidationError):  # it is over by now, or another of the same name
                    continue
                happened += 1
        words = say(game_texts.INJECTED_NOWHERE)
        if happened:
            words = say_count(
                game_texts.INJECTED_ONE, game_texts.INJECTED_MANY, happened, label=say(inject.label)
            )
        write(self._status, words)
        await self.refresh()

    def _build_bring_back(self) -> None:
        with tag("details") as self._back:
            self._kept_heading = tag("summary", say(game_texts.BRING_BACK), id="kept")
            note(say(game_texts.BRING_BACK_NOTE), "caveat")
            self._kept = tag("ul", classes="plain kept")
            with tag("div", classes="row-of"):
                with tag("label", say(game_texts.CODE_OF_GAME)):
                    tag("input", type="text", id="code", autocomplete="off", maxlength=6)
                back = in_this_language(self._bring_back)
                tag("button", say(game_texts.BRING_BACK), type="button").on(
                    "click",
                    lambda event: back(event.args),
                    js_handler="() => emit(document.getElementById('code').value)",
                )

    def _list_kept(self, kept: Sequence[KeptGame]) -> None:
        """List the games that can be brought back; in sight where nothing else is."""
        if self._kept.is_deleted:
            return
        words = say_count(game_texts.KEPT_ONE, game_texts.KEPT_MANY, len(kept))
        write(self._kept_heading, words if kept else say(game_texts.BRING_BACK))
        if kept and not self._known:
            self._back.props["open"] = True
            self._back.update()
        self._kept.clear()
        with self._kept:
            for one in kept:
                with tag("li"):
                    words = say(
                        game_texts.KEPT_GAME,
                        code=one.code, title=one.title, sides=listed(one.sides), date=date_words(one.played),
                    )  # fmt: skip
                    tag("span", words)
                    aria = say(game_texts.BRING_BACK_CODE, code=one.code)
                    bring = partial(self._bring_back_all, [one.code])
                    button(say(game_texts.BRING_BACK_ONE), bring, "small", aria_label=aria)
            if len(kept) > 1:
                bring_all = partial(self._bring_back_all, [one.code for one in kept])
                with tag("li"):
                    button(say(game_texts.BRING_BACK_ALL), bring_all)

    async def _bring_back_all(self, codes: Sequence[str]) -> None:
        """Bring back games, those played first before others, so that they stand as they were begun."""
        for n, code in enumerate(reversed(codes), 1):
            write(self._status, say(game_texts.BRINGING_BACK, n=number(n), all=number(len(codes))))
            await self._bring_back(code)
            if self._list.is_deleted:
                return
        # The button that was pressed is gone with its line.
        self._list.client.run_javascript("document.getElementById('kept').focus()")

    async def _bring_back(self, given: object) -> None:
        code = given.strip().upper() if isinstance(given, str) else ""
        words = say(game_texts.NOT_A_CODE)
        if is_code(code):
            try:
                shared = await self._shared_games.fetch(self._workers, code)
            except EscalationError as error:
                words = str(error)
            else:
                words = say(game_texts.NO_SUCH_GAME if shared is None else game_texts.BROUGHT_BACK, code=code)
        write(self._status, words)
        await self.refresh()

    # The games together

    def _colour(self, dark: bool) -> None:
        """Change to dark or light colours."""
        self._is_dark = dark
        self._dark.set_value(dark)
        self._draw_together(self._together)

    def _draw_together(self, found: Together | None) -> None:
        self._together = found
        self._all.clear()
        with self._all:
            if found is None:
                note(say(game_texts.TOGETHER_NONE))
                return
            said = together_words(found)
            for line in said:
                note(line)
            with tag("div", classes="figures"):
                self._draw(
                    found, "outcomes", say(game_texts.TOGETHER_OUTCOMES), say(game_texts.TOGETHER_SAYS)
                )
                for state in found.scenario.states:
                    title = say(texts.FIGURES["fan"], state=found.scenario.label(state))
                    self._draw(found, state, title, say(game_texts.TOGETHER_PATH_SAYS))

    def _draw(self, found: Together, name: str, title: str, says: str) -> None:
        theme = DARK if self._is_dark else LIGHT
        figure = Figure(title, says, f"room_{name}", partial(_picture, found, name, title))
        words = " ".join(together_words(found)) if name == "outcomes" else says
        figure.draw(together_chart(found, name, theme), words)


def _codes(found: Together | None) -> tuple[object, ...]:
    """Return what the figures depend on."""
    return () if found is None else (len(found.runs), found.left_out, found.scenario)


def _picture(found: Together, name: str, title: str) -> Options:
    notes = (*together_words(found), say(wording.CAVEAT))
    return framed(together_chart(found, name, LIGHT), title, notes, LIGHT)


class _Card:
    """A game on the board; its buttons stay while its words change, so that the focus does."""

    def __init__(self, row: BoardRow, base: str, on_free: Callable[[str], Awaitable[None]]) -> None:
        self._seats: dict[str, tuple[Element, Element]] = {}
        self._row: BoardRow | None = None
        with tag("section", classes="game", aria_label=row.heading) as self._root:
            tag("h3", row.heading)
            self._status = note("")
            self._so_far = note("", "caveat")
            with tag("ul", classes="plain"):
                for seat in row.seats:
                    with tag("li", classes="row-of"):
                        words = tag("span")
                        aria = say(game_texts.FREE_SEAT_OF, side=seat.label, code=row.code)
                        free = button(
                            say(game_texts.FREE_SEAT), partial(on_free, seat.side), "small", aria_label=aria
                        )
                    self._seats[seat.side] = words, free
            self._news = tag("ul", classes="plain", aria_label=say(game_texts.BOARD_NEWS_LIST))
            self._problem = note("", "problem")
            with tag("details"):
                tag("summary", say(game_texts.GAME_LINK))
                ShareLink(base, say(game_texts.GAME_LINK)).point(f"game={row.code}")

    def show(self, row: BoardRow) -> None:
        """Show the game as it is now."""
        if row == self._row:
            return
        before, self._row = self._row.news if self._row else (), row
        write(self._status, row.status)
        write(self._so_far, " ".join(row.so_far))
        for seat in row.seats:
            words, free = self._seats[seat.side]
            write(words, seat.says)
            show(free, seat.is_taken)
        if row.news != before:
            self._news.clear()
            with self._news:
                for line in row.news:
                    tag("li", line)
        write(self._problem, row.problem)
        show(self._problem, bool(row.problem))

    def remove(self) -> None:
        """Take the game off the board."""
        self._root.delete()


class _Injects:
    """The choice of what is to happen, or words of one's own, and in which game."""

    def __init__(self, library: Library, on_do: Callable[[str, Inject, str], Awaitable[None]]) -> None:
        self._library, self._on_do = library, on_do
        self._options: dict[str, tuple[Workspace, Inject]] = {}
        """By what the browser sends; each with the scenario of its lesson."""
        self._games: dict[str, str] = {}
        self._chosen, self._code = "", ""
        tag("h2", say(game_texts.INJECTS))
        with tag("div", classes="row-of") as self._room:
            self._where = self._select(say(game_texts.INJECT_WHERE), self._choose_game)
        self._none = note(say(game_texts.NO_INJECTS))
        with tag("div", classes="row-of") as self._row:
            self._what = self._select(say(game_texts.INJECT_WHAT), self._choose)
            button(say(game_texts.INJECT_DO), self._do, "first")
        self._says = tag("p", role="status")
        self._build_own_words()
        note(say(game_texts.INJECT_NOTE), "caveat")
        show(self._room, False)
        self._fill({library.first.scenario.name})

    def _build_own_words(self) -> None:
        with tag("div", classes="own-words"):
            with tag("label", say(game_texts.OWN_WORDS)):
                tag("textarea", id="own", rows=2, maxlength=MOST_LETTERS, autocomplete="off")
            with tag("div", classes="row-of"):
                send = in_this_language(self._send)
                tag("button", say(game_texts.OWN_WORDS_SEND), type="button").on(
                    "click",
                    lambda event: send(event.args),
                    js_handler="() => emit(document.getElementById('own').value)",
                )
            self._refused = tag("p", classes="problem", role="alert")
            note(say(game_texts.OWN_WORDS_NOTE, most=number(MOST_LETTERS)), "caveat")
        show(self._refused, False)

    def offer(self, games: dict[str, str]) -> None:
        """Offer the injects of the games that go on; codes with the names of their scenarios."""
        if games == self._games:
            return
        names = {self._library.first.scenario.name, *games.values()}
        if names != self._names:
            self._fill(names)
        self._games = games
        if self._code not in games:
            self._code = ""
        options = [("", say(game_texts.INJECT_ALL)), *((code, code) for code in games)]
        _offer(self._where, options, self._code)
        show(self._room, bool(games))

    def _fill(self, names: set[str]) -> None:
        self._names = names
        known = filter(None, map(self._library.named, sorted(names)))
        self._options = {
            f"{workspace.scenario.name}/{key}": (workspace, inject)
            for workspace in known
            for key, inject in self._library.lesson_for(workspace).injects.items()
        }
        if self._chosen not in self._options:
            self._chosen = next(iter(self._options), "")
        options = [(value, say(inject.label)) for value, (_, inject) in self._options.items()]
        _offer(self._what, options, self._chosen)
        show(self._none, not options)
        show(self._row, bool(options))
        self._tell()

    def _select(self, label: str, on_choose: Callable[[object], None]) -> Element:
        with tag("label", label):
            select = tag("select")
        choose = in_this_language(on_choose)
        select.on("change", lambda event: choose(event.args), js_handler=CHOSEN)
        return select

    def _choose(self, given: object) -> None:
        if isinstance(given, str) and given in self._options:  # else from a browser tampered with
            self._chosen = given
            self._tell()

    def _choose_game(self, given: object) -> None:
        if isinstance(given, str) and (given == "" or given in self._games):
            self._code = given

    def _tell(self) -> None:
        words = " ".join(inject_words(*self._options[self._chosen])) if self._chosen else ""
        write(self._says, words)

    async def _do(self) -> None:
        if self._chosen:
            workspace, inject = self._options[self._chosen]
            await self._on_do(workspace.scenario.name, inject, self._code)

    async def _send(self, given: object) -> None:
        """Let players read words of the lecturer's own."""
        words = " ".join(given.split()) if isinstance(given, str) else ""
        show(self._refused, not words)
        write(self._refused, "" if words else say(game_texts.OWN_WORDS_EMPTY))
        if words:
            inject = Inject(label=say(game_texts.OWN_WORDS), says=words[:MOST_LETTERS])
            self._row.client.run_javascript("document.getElementById('own').value = ''")
            await self._on_do("", inject, self._code)


def _offer(select: Element, options: Sequence[tuple[str, str]], chosen: str) -> None:
    select.clear()
    with select:
        for value, words in options:
            option = tag("option", words, value=value)
            if value == chosen:
                option.props["selected"] = True
