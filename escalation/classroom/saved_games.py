"""Games on disk: one file per game, replaced whole after every change, so that a new server goes on with it.

A file holds the scenario with all moves as forced acts, who has moved today, and of each seat the hash of the
token that its player keeps: no name, no address, nothing by which a seat could be taken.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from escalation.classroom import game_texts
from escalation.classroom.lesson import Role
from escalation.classroom.session import is_code
from escalation.crisis.game import Game, Option, option_key
from escalation.files.places import EscalationError
from escalation.files.write import write_file
from escalation.language import say
from escalation.scenario.load import read_scenario
from escalation.scenario.parameters import Model

SECRET_BYTES = 16
SECRET_FILE = "board.secret"

MOST_LISTED = 100
"""Kept games that a board lists, those that were played last."""

MOST_FILES = 1_000
"""Games kept; of more, those go that were played longest ago."""

Key = tuple[str, str | None, str | None]
"""Act, target and other rival of an option."""


LogState = Literal["off", "on", "done"]
"""Whether moves are not logged, are to be once the game is over, as its players know, or have been."""


class UnreadableGameError(EscalationError):
    """A saved game cannot be read; the message says which."""


class News(Model):
    """An inject of a lecturer that all players of a game read."""

    day: int
    """Counted from the start."""
    says: str


class SavedGame(Model):
    """A game as its file holds it."""

    format: Literal[1] = 1
    code: str
    seed: int
    replication: int
    sides: tuple[str, ...]
    first: int
    """As `Game` takes it."""
    is_left: bool
    """Whether the players have left it to the model to play to the end."""
    since: int
    """The day from which on the days are new to the players."""
    seats: dict[str, str]
    """By side that is taken: the hash of its token."""
    briefed: tuple[str, ...]
    """The sides whose player has read the role sheet."""
    done: tuple[str, ...]
    """The sides that have agreed to leave the game to the model."""
    moves: dict[str, tuple[Key, ...]]
    """The choices of today, by side."""
    roles: dict[str, Role]
    news: tuple[News, ...] = ()
    parent: str
    """The code of the game of which it plays a day again; empty for none."""
    board: str = ""
    """The hash of the secret of the lecturer's board on which it was started; empty for none."""
    log: LogState = "off"
    scenario: dict[str, Any]

    def game(self) -> Game:
        """Play the game up to where it stood.

        Raises
        ------
        EscalationError
            If the scenario is not valid (any more).
        """
        scenario = read_scenario(json.dumps(self.scenario).encode(), self.code)
        game = Game(scenario, self.seed, self.replication, self.sides, self.first)
        if self.is_left:
            game.let_go()
        return game

    def chosen(self, game: Game, side: str) -> Sequence[Option]:
        """Return the options that a side has chosen today."""
        wanted = self.moves.get(side, ())
        return [option for option in game.options(side) if option_key(option) in wanted]


@dataclass(frozen=True)
class KeptGame:
    """A game in a folder, as a board lists it."""

    code: str
    title: str
    sides: tuple[str, ...]
    """Labels of the sides that people play."""
    played: dt.date
    """When its file was last written."""


class GameFolder:
    """The folder in which the games of a classroom are kept."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def board_secret(self) -> str:
        """Return the secret of the lecturer's board of this folder: a new one is kept with the games.

        So a server that is started again has the same board, and its link stays good. Only the owner of the
        folder can read the file; where it cannot be written, the secret is of this server alone.
        """
        file = self.path / SECRET_FILE
        with suppress(OSError, UnicodeError):
            kept = file.read_text(encoding="ascii").strip()
            if re.fullmatch(r"[\w-]{22,64}", kept):
                return kept
        secret = secrets.token_urlsafe(SECRET_BYTES)
        with suppress(OSError):
            self.path.mkdir(parents=True, exist_ok=True)
            file.unlink(missing_ok=True)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(secret)
        return secret

    def kept(self, board: str, but: Collection[str] = (), most: int = MOST_LISTED) -> list[KeptGame]:
        """Return the games of a board, those first that were played last.

        Parameters
        ----------
        board
            The hash of its secret.
        but
            Codes of games to leave out.
        most
            How many at most.
        """
        found: list[KeptGame] = []
        for file, time in reversed(self._files()):
            if len(found) < most and file.stem not in but:
                with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):  # damaged
                    tree = json.loads(file.read_text(encoding="utf-8"))
                    if board and tree["board"] == board:
                        found.append(_kept(file.stem, tree, time))
        return found

    def write(self, saved: SavedGame) -> str:
        """Write a game, whole or not at all; return what went wrong, empty if nothing did."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            file = self._file(saved.code)
            if not file.exists():
                self._make_room()
            write_file(file, saved.model_dump_json())
        except OSError as error:
            return say(game_texts.NOT_KEPT, reason=(error.strerror or str(error)).lower())
        return ""

    def has(self, code: str) -> bool:
        """Return whether there is a game with a code."""
        return self._file(code).exists()

    def read(self, code: str) -> SavedGame | None:
        """Return the game with a code, None if there is none.

        Raises
        ------
        UnreadableGameError
            If its file is damaged.
        """
        try:
            text = self._file(code).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeError) as error:
            raise UnreadableGameError(say(game_texts.UNREADABLE_GAME, code=code)) from error
        try:
            return SavedGame.model_validate_json(text)
        except ValidationError as error:
            raise UnreadableGameError(say(game_texts.UNREADABLE_GAME, code=code)) from error

    def _file(self, code: str) -> Path:
        return self.path / f"{code}.json"  # a code is six capital letters and digits

    def _make_room(self) -> None:
        files = self._files()
        for file, _ in files[: max(0, len(files) + 1 - MOST_FILES)]:
            file.unlink(missing_ok=True)

    def _files(self) -> list[tuple[Path, float]]:
        """Return the files of games with their times, the oldest first; others' files are none of ours."""
        ours = (file for file in self.path.glob("*.json") if is_code(file.stem))
        return sorted(((file, file.stat().st_mtime) for file in ours), key=lambda one: (one[1], one[0].name))


def hash_of(secret: str) -> str:
    """Return the hash of a secret, of a seat or of a board, as files keep it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _kept(code: str, tree: dict[str, Any], time: float) -> KeptGame:
    scenario = tree["scenario"]
    actors = scenario["states"] | scenario["mediators"]
    sides = tuple(str(actors[side]["label"]) for side in tree["sides"])
    return KeptGame(code, str(scenario["title"]), sides, dt.datetime.fromtimestamp(time).date())
