"""The page: header, tabs, and what happens between them. A tab is an entry of `TABS`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from nicegui import ui
from nicegui.element import Element

from escalation.classroom import texts
from escalation.classroom.controls import Crisis
from escalation.classroom.desk import Desk
from escalation.classroom.downloads import TakeAway
from escalation.classroom.elements import button, note, show, tag, write
from escalation.classroom.explore import Explore
from escalation.classroom.seat import Play
from escalation.classroom.session import Session
from escalation.classroom.table import Tables
from escalation.classroom.watch import Watch
from escalation.crisis import wording


class Tab(Protocol):
    """What a tab must be able to do; the constructor builds it where it stands."""

    def refresh(self) -> None:
        """Catch up with the session, each time the tab is opened."""


class Page:
    """The page of one visitor."""

    def __init__(self, session: Session, desk: Desk, tables: Tables) -> None:
        self._session, self._desk, self._tables = session, desk, tables
        self._dark = ui.dark_mode(session.dark)
        self._buttons: dict[str, Element] = {}
        self._sections: dict[str, Element] = {}
        self._tabs: dict[str, Tab] = {}
        self._open = texts.PLAY_A_SIDE if session.game else texts.EXPLORE
        with tag("div", classes="room"):
            tag("a", texts.SKIP, "skip", href="#results")
            self._build_header()
            with tag("div"):
                note(wording.CAVEAT, "caveat")
                for name in self._builders():
                    self._sections[name] = tag("section", aria_label=name)
                    show(self._sections[name], name == self._open)
        self._enter(self._open)

    def _builders(self) -> dict[str, Callable[[], Tab]]:
        """Return what builds each tab, in the order of the page; a tab is built when it is first opened."""
        session, desk, tables = self._session, self._desk, self._tables
        return {
            texts.EXPLORE: lambda: Explore(session, desk),
            texts.WATCH: lambda: Watch(session, desk),
            texts.PLAY_A_SIDE: lambda: Play(session, desk, tables),
            texts.TAKE_AWAY: lambda: TakeAway(session, self._other),
            texts.ABOUT: About,
        }

    def _build_header(self) -> None:
        with tag("header"):
            self._title = tag("h1", self._session.crisis.scenario.title)
            with tag("nav", aria_label=texts.TABS):
                for name in self._builders():
                    self._buttons[name] = button(name, partial(self._enter, name))
            self._theme = button(texts.THEME_DARK, lambda: self.colour(not self._session.dark))

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

    def _leave(self, name: str) -> None:
        tab = self._tabs.get(name)
        if isinstance(tab, Watch):
            tab.pause()

    def _other(self, crisis: Crisis) -> None:
        """Go over to another scenario."""
        self._session.take(crisis)
        write(self._title, crisis.scenario.title)
        for tab in self._tabs.values():
            if isinstance(tab, Explore | Watch | Play):
                tab.build()
            tab.refresh()

    def colour(self, dark: bool) -> None:
        """Take dark or light colours."""
        self._session.dark = dark
        self._dark.set_value(dark)
        write(self._theme, texts.THEME_LIGHT if dark else texts.THEME_DARK)
        for tab in self._tabs.values():
            tab.refresh()

    def close(self) -> None:
        """Stop what is still under way, when the visitor has left."""
        for tab in self._tabs.values():
            if isinstance(tab, Explore | Watch | Play):
                tab.close()


class About:
    """The tab that says what the page is and is not."""

    def __init__(self) -> None:
        with tag("div", classes="prose"):
            tag("h2", texts.ABOUT)
            for paragraph in texts.ABOUT_TEXT:
                note(paragraph)

    def refresh(self) -> None:
        """Stay as it is."""
