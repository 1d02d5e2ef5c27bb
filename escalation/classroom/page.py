"""The page of one visitor: header and tabs. A tab is an entry of `Page._builders`."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

from nicegui import background_tasks, ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from escalation.classroom import texts
from escalation.classroom.controls import Workspace
from escalation.classroom.elements import (
    PATIENCE,
    begin_page,
    button,
    language_choice,
    note,
    show,
    tag,
    write,
)
from escalation.classroom.explore_tab import ExploreTab
from escalation.classroom.guess_rounds import GuessRounds
from escalation.classroom.play_tab import PlayTab
from escalation.classroom.session import SCREENS, Library, Session
from escalation.classroom.shared_game import SharedGames
from escalation.classroom.take_away_tab import TakeAwayTab
from escalation.classroom.watch_tab import WatchTab
from escalation.classroom.workers import Workers
from escalation.crisis import wording
from escalation.language import in_this_language, say


class Tab(Protocol):
    """What a tab must be able to do; the constructor builds it in the element that is open."""

    def refresh(self) -> None:
        """Show the present state of the session; called each time the tab is opened."""


class Page:
    """The page of one visitor."""

    def __init__(
        self,
        session: Session,
        library: Library,
        workers: Workers,
        shared_games: SharedGames,
        rounds: GuessRounds,
    ) -> None:
        self._session, self._library = session, library
        self._workers, self._shared_games, self._rounds = workers, shared_games, rounds
        self._client = ui.context.client
        self._address = session.address()
        self.tab_id: str | None = None
        """Of the browser's tab, the same when the page is loaded again; known once it is connected."""
        self._dark = begin_page(session.dark)
        self.connected = in_this_language(self._connected)
        self.colour = in_this_language(self._colour)
        self._buttons: dict[str, Element] = {}
        self._sections: dict[str, Element] = {}
        self._tabs: dict[str, Tab] = {}
        first = texts.PLAY_A_SIDE if session.game else texts.EXPLORE
        self._open = texts.EXPLORE if session.is_presenting else texts.TAB_NAMES.get(session.tab, first)
        with tag("div", classes="room"):
            tag("a", say(texts.SKIP), "skip", href="#results")
            self._build_header()
            with tag("div"):
                note(say(wording.CAVEAT), "caveat")
                for name in self._builders():
                    self._sections[name] = tag("section", aria_label=say(name))
                    show(self._sections[name], name == self._open)
        self._enter(self._open)
        session.changed = self._keep_address
        ui.on("screen", in_this_language(self._fit))

    def _fit(self, event: GenericEventArguments) -> None:
        """Draw for another kind of screen: a phone, a desk, a wall."""
        if event.args in SCREENS and event.args != self._session.screen:
            self._session.screen = str(event.args)
            self._tabs[self._open].refresh()

    def _keep_address(self) -> None:
        """Put the state of the session into the address that the browser shows."""
        address = self._session.address()
        if address != self._address and not self._client.is_deleted:
            self._address = address
            self._client.run_javascript(f"classroom.keep({json.dumps(address)})")

    def _connected(self) -> None:
        """Learn what screen it is, and play on if the address names a game and the side played in it."""
        self._client.run_javascript("classroom.watchScreen()")
        if self._session.host:
            background_tasks.create(in_this_language(self._recall)())
        tab = self._tabs.get(texts.PLAY_A_SIDE)
        if isinstance(tab, PlayTab):
            tab.resume()

    async def _recall(self) -> None:
        """Ask the browser for the token of the guess round that it has opened."""
        with suppress(TimeoutError):
            given = await self._client.run_javascript(
                f"return classroom.token('round', {json.dumps(self._session.host)})", timeout=PATIENCE
            )
            self._session.host_token = given if isinstance(given, str) else ""

    def _builders(self) -> dict[str, Callable[[], Tab]]:
        """Return the builder of each tab, in the order of the page; a tab is built when first opened."""
        session, workers, shared_games = self._session, self._workers, self._shared_games
        return {
            texts.EXPLORE: lambda: ExploreTab(session, self._library, workers, self._rounds),
            texts.WATCH: lambda: WatchTab(session, workers),
            texts.PLAY_A_SIDE: lambda: PlayTab(session, self._library, workers, shared_games),
            texts.TAKE_AWAY: lambda: TakeAwayTab(session, self._library, self._other),
            texts.ABOUT: AboutTab,
        }

    def _build_header(self) -> None:
        with tag("header"):
            self._title = tag("h1", say(self._session.workspace.scenario.title))
            with tag("nav", aria_label=say(texts.TABS)):
                for name in self._builders():
                    self._buttons[name] = button(say(name), partial(self._enter, name))
            self._theme = button(self._other_colours(), self._choose_colours)
            language_choice()

    def _enter(self, name: str) -> None:
        """Open a tab."""
        self._leave(self._open)
        self._open = name
        for other, section in self._sections.items():
            show(section, other == name)
            self._buttons[other].props.pop("aria-current", None)
            self._buttons[other].update()
        self._buttons[name].props["aria-current"] = "page"
        self._buttons[name].update()
        if name not in self._tabs:
            with self._sections[name]:
                self._tabs[name] = self._builders()[name]()
        self._tabs[name].refresh()
        self._session.tab = next(key for key, tab in texts.TAB_NAMES.items() if tab == name)
        self._session.changed()

    def _leave(self, name: str) -> None:
        tab = self._tabs.get(name)
        if isinstance(tab, WatchTab):
            tab.pause()

    def _other(self, workspace: Workspace, key: str) -> None:
        """Change to another scenario; a guess round about this one is closed, and its visitors read so."""
        self._rounds.forget(self._session.host, self._session.host_token)
        self._session.take(workspace, key)
        write(self._title, say(workspace.scenario.title))
        for tab in self._tabs.values():
            if isinstance(tab, ExploreTab | WatchTab | PlayTab):
                tab.build()
            tab.refresh()

    def _colour(self, dark: bool) -> None:
        """Change to dark or light colours."""
        self._session.dark = dark
        self._dark.set_value(dark)
        write(self._theme, self._other_colours())
        for tab in self._tabs.values():
            tab.refresh()

    def _choose_colours(self) -> None:
        self._session.has_chosen_colours = True
        self.colour(not self._session.dark)
        self._session.changed()

    def _other_colours(self) -> str:
        return say(texts.THEME_LIGHT if self._session.dark else texts.THEME_DARK)

    def close(self) -> None:
        """Stop all work when the visitor has left."""
        for tab in self._tabs.values():
            if isinstance(tab, ExploreTab | WatchTab | PlayTab):
                tab.close()


class AboutTab:
    """The tab that explains what the page is and is not."""

    def __init__(self) -> None:
        with tag("div", classes="prose"):
            tag("h2", say(texts.ABOUT))
            for paragraph in texts.ABOUT_TEXT:
                note(say(paragraph))

    def refresh(self) -> None:
        """Do nothing: the text does not change."""
