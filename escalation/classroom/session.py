"""The state of one visitor: scenario, settings, seed, pins, game. None of it is shared.

All of it is in the address of the page, which the browser keeps. A page that is loaded again shows what it
showed before: after a network that failed, a phone that was locked, a server that was started again.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlencode

from escalation.classroom import texts
from escalation.classroom.chart_style import DARK, LIGHT, Theme
from escalation.classroom.controls import Control, Settings, Value, Workspace, controls_of, moved
from escalation.classroom.graphs import FIRST, GRAPHS
from escalation.classroom.guesses import Guess, first_question, questions_of, read_guess
from escalation.classroom.lesson import Lesson, lesson_of
from escalation.classroom.trail import BACK, ENDS, MOST_KEPT_STEPS, Trail
from escalation.files.places import EscalationError
from escalation.language import ENGLISH, languages, say, spoken
from escalation.measures.ensemble import Ensemble
from escalation.scenario.load import load_scenario, shipped_scenarios

SEED: Final = 2025
SEEDS, REPLICATIONS = 2**64, 2**32
MOST_PINS = 3
PINS = "ABC"[:MOST_PINS]
MOST_SETTINGS = 1_000
LONGEST_QUERY = 30_000
MOST_TAKEN_IN = 50
LEGIBLE = "=:,./;"
"""Characters that an address shows as they are."""
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without letters and digits that look alike
CODE_LENGTH = 6  # of a game or a guess round
LONGEST_TOKEN = 64  # of a seat


class BadQueryError(EscalationError):
    """The query of an address is invalid; the message says what is allowed."""


class Library:
    """The scenarios of a classroom: the one it opens with, the shipped ones, and the latest ones taken in."""

    def __init__(self, first: Workspace, lesson: Lesson | None = None, language: str = ENGLISH) -> None:
        self.first, self._lesson, self.language = first, lesson, language
        self.base = ""
        """Where others reach the page: `http://192.0.2.7:8080`; empty where nobody else does."""
        self._shipped: dict[str, Workspace] = {}
        self._taken: OrderedDict[str, Workspace] = OrderedDict()

    def language_for(self, asked: str) -> str:
        """Return the language that an address asks for, that of the classroom if there is no such one."""
        return asked if asked in languages() else self.language

    def take_in(self, workspace: Workspace) -> str:
        """Keep a visitor's scenario; return the key by which an address names it."""
        key = workspace.digest[:16]
        self._taken[key] = workspace
        self._taken.move_to_end(key)
        while len(self._taken) > MOST_TAKEN_IN:
            self._taken.popitem(last=False)
        return key

    def lesson_for(self, workspace: Workspace) -> Lesson:
        """Return the lesson that the classroom was opened with, or that of another scenario."""
        is_first = self._lesson is not None and workspace.digest == self.first.digest
        return self._lesson if is_first and self._lesson is not None else lesson_of(workspace)

    def named(self, name: str) -> Workspace | None:
        """Return the scenario with a name of its own, as games have it, None if no lesson can be about it."""
        return self.first if self.first.scenario.name == name else self.find(name)

    def find(self, key: str) -> Workspace | None:
        """Return the scenario with a key or shipped name, None if it is not here (any more)."""
        if not key:
            return self.first
        if key not in self._shipped and key in shipped_scenarios():
            self._shipped[key] = Workspace(load_scenario(key), key)
        return self._shipped.get(key) or self._taken.get(key)


@dataclass(frozen=True)
class Fork:
    """The day from which a mediator stays out."""

    day: int
    mediator: str


@dataclass
class Session:
    """The state of one visitor. Whoever changes it calls `changed`."""

    workspace: Workspace
    key: str = ""
    """Of the workspace in the library; empty for the one that the classroom opens with."""
    seed: int = SEED
    settings: Settings = ()
    pins: dict[str, Settings] = field(default_factory=dict)
    """By letter."""
    dark: bool = False
    has_chosen_colours: bool = False
    """Otherwise the browser's preference decides."""
    graph: str = FIRST
    """The name of the graph that is shown."""
    trail: Trail = field(default_factory=Trail)
    """What was tried; its present step is the present setting."""
    guess: Guess | None = None
    """At a share of the present setting, whose figures are hidden until the model's share is shown."""
    host: str = ""
    """The code of the guess round that the visitor has opened."""
    host_token: str = field(default="", repr=False)
    """The token of that round, which the browser keeps: its code alone, which others know, closes nothing."""
    round: str = ""
    """The code of a guess round to take part in."""
    is_presenting: bool = False
    """Whether one graph fills the screen, in large type."""
    screen: str = ""
    """The kind of screen, one of `SCREENS`; not of the session, but of where it is shown."""
    tab: str = ""
    """The name of the tab that is open; empty for the first."""
    replication: int = 0
    day: int = 0
    """The day that is watched."""
    fork: Fork | None = None
    language: str = ENGLISH
    """Its code; a page is built again for another language."""
    home: str = ENGLISH
    """The language that the classroom opens with, which an address need not name."""
    game: str = ""
    """The code of a game to join."""
    side: str = ""
    """The side played in it."""
    seat: str = ""
    """The token of a seat that a link came with. It is a secret: no address that the page makes holds it."""
    changed: Callable[[], None] = field(default=lambda: None, repr=False)
    found: tuple[tuple[str, Ensemble], ...] = ()
    """The results drawn: of the present setting first, then of the pinned ones."""

    _controls: dict[str, dict[str, Control]] = field(default_factory=dict, repr=False)
    """By language."""

    @property
    def controls(self) -> dict[str, Control]:
        """Return the controls of the scenario by path, in the language of now."""
        if spoken() not in self._controls:
            self._controls[spoken()] = {control.path: control for control in controls_of(self.workspace)}
        return self._controls[spoken()]

    @property
    def theme(self) -> Theme:
        """Return the colours and sizes of figures."""
        theme = DARK if self.dark else LIGHT
        size, is_narrow = SCREENS.get(self.screen, (theme.size, theme.is_narrow))
        if self.is_presenting:
            size = PRESENTED.get(self.screen, PRESENTED["desk"])
        return replace(theme, size=size, is_narrow=is_narrow)

    def move(self, path: str, given: object) -> bool:
        """Change a setting; return whether the control exists and accepts the value."""
        settings = moved(self.controls, self.settings, path, given)
        if settings is None:
            return False
        self._go(settings, path)
        return True

    def set_all(self, settings: Settings) -> None:
        """Change to a setting as a whole, such as that of a card."""
        self._go(tuple(sorted(settings)))

    def reset(self) -> None:
        """Return every control to its value in the scenario."""
        self._go(())

    def _go(self, settings: Settings, by: str = "") -> None:
        self.trail.go(settings, by, time.monotonic())
        self._show_step()

    def undo(self) -> bool:
        """Return to the setting before the last step; return whether there was one."""
        return self.trail.undo() and self._show_step()

    def redo(self) -> bool:
        """Return to the setting that was undone; return whether there was one."""
        return self.trail.redo() and self._show_step()

    def visit(self, place: int) -> bool:
        """Return to one of the settings that were tried; return whether it exists."""
        return self.trail.visit(place) and self._show_step()

    def _show_step(self) -> bool:
        if self.settings != self.trail.settings:
            self.end_shown_guess()
        self.settings = self.trail.settings
        self.changed()
        return True

    # Guesses

    @property
    def hides(self) -> bool:
        """Return whether a guess is waited for, so that what it is about must not be seen."""
        return self.guess is not None and not self.guess.is_shown

    def begin_guess(self) -> bool:
        """Ask for a guess about the graph that is shown; return whether it has shares."""
        question = first_question(self.graph)
        if question is None:
            return False
        self.guess = Guess(question)
        self.changed()
        return True

    def place_guess(self, guess: Guess) -> bool:
        """Place a guess, or show the answer to it; return whether the graph has its question."""
        if self.guess is None or guess.question not in questions_of(self.graph):
            return False
        self.guess = guess
        self.changed()
        return True

    def end_guess(self) -> None:
        """Forget the guess, and the round that was opened for it."""
        self.guess, self.host = None, ""
        self.changed()

    def end_shown_guess(self) -> None:
        """Forget a guess whose answer was shown: it was about the setting and seed of then."""
        if self.guess is not None and self.guess.is_shown:
            self.guess, self.host = None, ""

    def can_choose(self, graph: str) -> bool:
        """Return whether a graph can be shown: while a room guesses, one with what it was asked."""
        waits = bool(self.host) and self.guess is not None and self.hides
        return not waits or (self.guess is not None and self.guess.question in questions_of(graph))

    def choose(self, graph: str) -> bool:
        """Show another graph, and guess about that one; return whether it can be shown now."""
        if not self.can_choose(graph):
            return False
        self.graph = graph
        if self.guess is not None and self.guess.question not in questions_of(graph):
            question = first_question(graph) if self.hides else None
            self.guess, self.host = None if question is None else Guess(question), ""
        self.changed()
        return True

    def new_seed(self) -> None:
        """Take the next seed."""
        self.seed = (self.seed + 1) % SEEDS
        self.end_shown_guess()
        self.changed()

    def present(self, on: bool) -> None:
        """Show one graph in large type, or not."""
        self.is_presenting = on
        if on and len(GRAPHS[self.graph]) > 1:
            first = self.guess.question.partition(".")[0] if self.guess is not None else FIRST
            self.choose(next(graph for graph, kinds in GRAPHS.items() if first in kinds))
        self.changed()

    def start_again(self) -> None:
        """Forget what this visitor set, pinned, tried and guessed, as for the next class."""
        self.seed, self.settings, self.replication, self.found, self.graph = SEED, (), 0, (), FIRST
        self.day, self.fork, self.guess, self.host = 0, None, None, ""
        self.pins.clear()
        self.trail = Trail()
        self.changed()

    def pin(self, settings: Settings | None = None) -> str | None:
        """Pin a setting, the present one if none is given; return its letter, None if there is no room."""
        free = [letter for letter in PINS if letter not in self.pins]
        if not free:
            return None
        self.pins[free[0]] = self.settings if settings is None else settings
        self.changed()
        return free[0]

    def wanted(self) -> list[tuple[str, Settings]]:
        """Return the settings to be compared, with their names, the present one first."""
        pinned = [(say(texts.PINNED, letter=letter), self.pins[letter]) for letter in sorted(self.pins)]
        return [(say(texts.NOW), self.settings), *pinned]

    def drawn(self) -> list[tuple[str, Settings]]:
        """Return the settings to be drawn: those compared, and the scenario's own behind them."""
        return [*self.wanted(), (say(texts.AS_SCENARIO), ())]

    def unpin(self, letter: str) -> None:
        """Remove a pinned setting."""
        self.pins.pop(letter, None)
        self.changed()

    def take(self, workspace: Workspace, key: str) -> None:
        """Change to another scenario, with nothing set, nothing pinned and no game."""
        self.workspace, self.key, self.settings, self.replication, self.found = workspace, key, (), 0, ()
        self.day, self.fork, self.game, self.side, self.seat = 0, None, "", "", ""
        self.pins.clear()
        self.trail = Trail()
        self.guess, self.host = None, ""
        self._controls.clear()
        self.changed()

    def play_game(self, code: str, side: str) -> None:
        """Note the game and the side that the visitor plays; both empty for none."""
        self.game, self.side = code, side
        self.changed()

    def address_to_share(self, tab: str) -> str:
        """Return the query for others, who may open the page elsewhere, with the tab that they are to see.

        The scenario is named even where it is the one that this classroom opened with; the seat in a game and
        what was tried are left out.
        """
        named = self.key or (self.workspace.scenario.name if self.is_shipped else "")
        home = ENGLISH if self.home == ENGLISH else ""  # a classroom elsewhere opens with another one
        shared = replace(self, key=named, home=home, game="", side="", host="", is_presenting=False, tab=tab)
        return shared.address(with_trail=False)

    @property
    def is_shipped(self) -> bool:
        """Return whether a classroom elsewhere finds the scenario by its name."""
        name = self.workspace.scenario.name
        return self.workspace.source == name and name in shipped_scenarios()

    def address(self, with_trail: bool = True) -> str:
        """Return the query that brings all of this back; empty if nothing departs from the beginning.

        Parameters
        ----------
        with_trail
            Whether what was tried is in it, as for one's own page; a link for others can do without.
        """
        first = "play" if self.game else "explore"
        tab = self.tab if self.tab != first else ""
        pairs = [("scenario", self.key), ("tab", tab), ("game", self.game), ("side", self.side)]
        numbers = (("seed", self.seed, SEED), ("replication", self.replication, 0), ("day", self.day, 0))
        pairs += [(name, str(number)) for name, number, first in numbers if number != first]
        if self.fork is not None:
            pairs.append(("without", f"{self.fork.mediator}:{self.fork.day}"))
        if self.has_chosen_colours:
            pairs.append(("colours", COLOURS[self.dark]))
        if self.language != self.home:
            pairs.append(("language", self.language))
        pairs.append(("graph", self.graph if self.graph != FIRST else ""))
        pairs.append(("guess", "" if self.guess is None else self.guess.written()))
        pairs += [("host", self.host), ("round", self.round), ("present", ON if self.is_presenting else "")]
        if with_trail:
            steps = self.trail.written()
            pairs += [("step", step) for step in steps]
            pairs.append(("at", str(self.trail.at) if self.trail.at != len(steps) else ""))
        pairs += [("set", f"{path}={value}") for path, value in self.settings]
        for letter, settings in sorted(self.pins.items()):
            pairs += [("pin", letter), *(("pin", f"{letter}:{path}={value}") for path, value in settings)]
        return urlencode([(name, value) for name, value in pairs if value], safe=LEGIBLE)


ON = "on"
COLOURS = ("light", "dark")
SCREENS = {"phone": (14, True), "desk": (14, False), "wall": (19, False)}
"""Size of letters in charts, in pixels, and whether these are narrow, by kind of screen."""
PRESENTED = {"phone": 14, "desk": 19, "wall": 25}
"""Size of letters in a chart that is presented."""


def session_of(library: Library, query: Sequence[tuple[str, str]]) -> Session:
    """Return the session that an address asks for: `?seed=7&set=mediators.russia.style=manipulation`.

    Raises
    ------
    BadQueryError
        If a key, control or value does not exist.
    """
    if len(query) > MOST_SETTINGS or sum(len(key) + len(value) for key, value in query) > LONGEST_QUERY:
        raise BadQueryError(say(texts.TOO_LARGE))
    name = dict(query).get("scenario", "")
    workspace = library.find(name)
    if workspace is None:
        raise _bad("scenario", name, say(texts.NOT_IN_LIBRARY))
    session = Session(workspace, name, language=library.language, home=library.language)
    for key, value in sorted(query, key=lambda pair: pair[0] != "graph"):  # a guess is about the graph
        _read(session, key, value)
    # What is set counts; a trail that ends elsewhere goes on to it.
    session.trail.go(session.settings)
    return session


def _read(session: Session, key: str, value: str) -> None:
    """Take one key of an address into a session."""
    scenario = session.workspace.scenario
    if key == "scenario":
        pass
    elif key == "seed":
        session.seed = _whole(key, value, SEEDS)
    elif key == "replication":
        session.replication = _whole(key, value, REPLICATIONS)
    elif key == "day":
        session.day = _whole(key, value, scenario.last_day + 1)
    elif key == "without":
        mediator, _, day = value.partition(":")
        session.fork = Fork(
            _whole(key, day, scenario.last_day + 1, scenario.horizon_day + 1),
            _one_of(key, mediator, scenario.mediators),
        )
    elif key in ("game", "host", "round"):
        if not is_code(value):
            raise _bad(key, value, say(texts.CODES))
        setattr(session, key, value)
    elif key == "guess":
        session.guess = read_guess(value, session.graph)
        if session.guess is None:
            raise _bad(key, value, say(texts.GUESS_FORM))
    elif key == "present":
        session.is_presenting = _one_of(key, value, (ON,)) == ON
    elif key == "side":
        session.side = value[:80]  # a name in the scenario of the game, which need not be this one
    elif key == "seat":
        if not 0 < len(value) <= LONGEST_TOKEN:
            raise _bad(key, "", say(texts.TOKENS))
        session.seat = value
    elif key == "tab":
        session.tab = _one_of(key, value, texts.TAB_NAMES)
    elif key == "colours":
        session.dark, session.has_chosen_colours = _one_of(key, value, COLOURS) == COLOURS[True], True
    elif key == "language":
        session.language = _one_of(key, value, languages())
    elif key == "graph":
        session.graph = _one_of(key, value, GRAPHS)
    elif key == "step":
        _read_step(session, value)
    elif key == "at":
        session.trail.visit(_whole(key, value, len(session.trail.steps)))
    elif key == "set":
        session.settings = _moved(session, session.settings, key, value)
    elif key == "pin":
        letter, _, rest = value.partition(":")
        before = session.pins.get(_one_of(key, letter, PINS), ())
        session.pins[letter] = _moved(session, before, key, rest) if rest else before
    else:
        raise _bad(key, "", say(texts.QUERY_KEYS))


def _read_step(session: Session, text: str) -> None:
    """Take one step of a trail from an address."""
    parent, _, changes = text.partition(":")
    place = _whole("step", parent, len(session.trail.steps))
    found: list[tuple[str, Value | None]] = []
    for change in changes.split(ENDS):
        path, _, given = change.partition("=")
        control = session.controls.get(path)
        value = None if given == BACK else control.read(given) if control else None
        if control is None or (value is None and given != BACK):
            raise _bad(f"step={path}", given, _allowed(session, path))
        found.append((path, None if value == control.value else value))
    try:
        session.trail.add(place, found)
    except IndexError:
        raise _bad("step", text, say(texts.MOST_STEPS, most=MOST_KEPT_STEPS - 1)) from None


def _bad(key: str, value: str, allowed: str) -> BadQueryError:
    return BadQueryError(say(texts.BAD_QUERY, name=key[:80], value=value[:40], allowed=allowed))


def _one_of(key: str, value: str, options: Iterable[str]) -> str:
    if value not in list(options):
        raise _bad(key, value, say(texts.ONE_OF, options=", ".join(options)))
    return value


def _moved(session: Session, settings: Settings, key: str, value: str) -> Settings:
    path, _, given = value.partition("=")
    found = moved(session.controls, settings, path, given)
    if found is None:
        raise _bad(f"{key}={path}", given, _allowed(session, path))
    return found


def _whole(key: str, value: str, limit: int, least: int = 0) -> int:
    plain = value.isascii() and value.isdigit() and len(value) <= 20
    if not plain or not least <= int(value) < limit:
        raise _bad(key, value, say(texts.WHOLE, least=least, most=limit - 1))
    return int(value)


def _allowed(session: Session, path: str) -> str:
    control = session.controls.get(path)
    return say(texts.NO_CONTROL) if control is None else control.allowed()


def is_code(text: str) -> bool:
    """Return whether a text has the form of a code."""
    return len(text) == CODE_LENGTH and all(letter in ALPHABET for letter in text)


def new_code(is_taken: Callable[[str], bool]) -> str:
    """Return a code that is not taken."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if not is_taken(code):
            return code
