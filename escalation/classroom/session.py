"""The state of one visitor: scenario, settings, seed and pins. None of it is shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from escalation.classroom import texts
from escalation.classroom.chart_style import DARK, LIGHT, Theme
from escalation.classroom.controls import Control, Settings, Workspace, controls_of, moved
from escalation.measures.ensemble import Ensemble

SEED: Final = 2025
SEEDS, REPLICATIONS = 2**64, 2**32
MOST_PINS = 3
MOST_SETTINGS = 200
LONGEST_QUERY = 10_000
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without letters and digits that look alike
CODE_LENGTH = 6  # of a game


class BadQueryError(Exception):
    """The query of an address is invalid; the message says what is allowed."""


@dataclass
class Session:
    """The state of one visitor."""

    workspace: Workspace
    seed: int = SEED
    settings: Settings = ()
    pins: dict[str, Settings] = field(default_factory=dict)
    """By letter."""
    dark: bool = False
    replication: int = 0
    game: str = ""
    """The code of a game to join."""
    found: tuple[tuple[str, Ensemble], ...] = ()
    """The results drawn: of the present setting first, then of the pinned ones."""

    def __post_init__(self) -> None:
        self.controls: dict[str, Control] = {control.path: control for control in controls_of(self.workspace)}

    @property
    def theme(self) -> Theme:
        """Return the colours of figures."""
        return DARK if self.dark else LIGHT

    def move(self, path: str, given: object) -> bool:
        """Change a setting; return whether the control exists and accepts the value."""
        settings = moved(self.controls, self.settings, path, given)
        if settings is None:
            return False
        self.settings = settings
        return True

    def reset(self) -> None:
        """Return every control to its value in the scenario."""
        self.settings = ()

    def pin(self) -> str | None:
        """Pin the present setting; return its letter, None if there is no room."""
        free = [letter for letter in "ABC"[:MOST_PINS] if letter not in self.pins]
        if not free:
            return None
        self.pins[free[0]] = self.settings
        return free[0]

    def wanted(self) -> list[tuple[str, Settings]]:
        """Return the settings to be drawn, with their names, the present one first."""
        pinned = [(texts.PINNED.format(letter=letter), self.pins[letter]) for letter in sorted(self.pins)]
        return [(texts.NOW, self.settings), *pinned]

    def take(self, workspace: Workspace) -> None:
        """Change to another scenario, with nothing set and nothing pinned."""
        self.workspace, self.settings, self.replication, self.found = workspace, (), 0, ()
        self.pins.clear()
        self.__post_init__()


def session_of(workspace: Workspace, query: Sequence[tuple[str, str]]) -> Session:
    """Return the session that an address asks for: `?seed=7&set=mediators.russia.style=manipulation`.

    Raises
    ------
    BadQueryError
        If a key, control or value does not exist.
    """
    session = Session(workspace)
    if len(query) > MOST_SETTINGS or sum(len(key) + len(value) for key, value in query) > LONGEST_QUERY:
        raise BadQueryError(texts.TOO_LARGE)
    for key, value in query:
        if key == "seed":
            session.seed = _whole(key, value, SEEDS)
        elif key == "replication":
            session.replication = _whole(key, value, REPLICATIONS)
        elif key == "game":
            if not is_code(value):
                raise BadQueryError(texts.BAD_QUERY.format(name=key, value=value[:40], allowed=texts.CODES))
            session.game = value
        elif key == "set":
            path, _, given = value.partition("=")
            if not session.move(path, given):
                raise BadQueryError(_refusal(session, path, given))
        else:
            raise BadQueryError(texts.BAD_QUERY.format(name=key[:40], value="", allowed=texts.QUERY_KEYS))
    return session


def _whole(key: str, value: str, limit: int) -> int:
    plain = value.isascii() and value.isdigit() and len(value) <= 20
    if not plain or int(value) >= limit:
        allowed = texts.WHOLE.format(most=limit - 1)
        raise BadQueryError(texts.BAD_QUERY.format(name=key, value=value[:40], allowed=allowed))
    return int(value)


def _refusal(session: Session, path: str, given: str) -> str:
    control = session.controls.get(path)
    if control is None:
        allowed = texts.NO_CONTROL
    elif control.options:
        allowed = texts.ONE_OF.format(options=", ".join(control.options))
    else:
        allowed = texts.BETWEEN.format(low=f"{control.low:g}", high=f"{control.high:g}")
    return texts.BAD_QUERY.format(name=f"set={path[:80]}", value=given[:40], allowed=allowed)


def is_code(text: str) -> bool:
    """Return whether a text has the form of a game's code."""
    return len(text) == CODE_LENGTH and all(letter in ALPHABET for letter in text)
