"""Guess rounds of a room: one question, anonymous guesses by link, and the model's share once it is shown.

A round is in memory only. Whoever opened it has its token and can show the model's share; each browser has
one guess by a token of its own, which may be changed until then. No name and no address is kept.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from escalation.classroom.controls import Settings, Workspace
from escalation.classroom.guesses import ModelShare, percent_of
from escalation.classroom.session import new_code

MOST_ROUNDS = 100
MOST_GUESSES = 500
TOKEN_BYTES = 16


@dataclass
class GuessRound:
    """One question to a room."""

    code: str
    workspace: Workspace
    settings: Settings
    seed: int
    question: str
    share: ModelShare | None = None
    """The answer of the model; None until it is shown."""
    is_closed: bool = False
    _token: str = field(default_factory=lambda: secrets.token_urlsafe(TOKEN_BYTES), repr=False)
    _guesses: dict[str, int] = field(default_factory=dict, repr=False)
    """In percent, by token."""
    _watchers: list[Callable[[], None]] = field(default_factory=list, repr=False)

    @property
    def guesses(self) -> tuple[int, ...]:
        """Return all guesses in percent, in ascending order, so that no order of arrival is seen."""
        return tuple(sorted(self._guesses.values()))

    def guess_of(self, token: str) -> int | None:
        """Return the guess of one browser."""
        return self._guesses.get(token)

    def take(self, given: object, token: object = "") -> str | None:
        """Take a guess, the first or a changed one, of one browser.

        Parameters
        ----------
        given
            What the browser sent, which may be anything.
        token
            What an earlier guess returned; empty for a first one.

        Returns
        -------
        str or None
            The token of this browser's guess. None if nothing was changed: the value is not one of 0 to 100,
            the token is of nobody, the answer is shown, or there are too many guesses.
        """
        value = percent_of(given)
        if value is None or self.share is not None or self.is_closed or not isinstance(token, str):
            return None
        if not token and len(self._guesses) < MOST_GUESSES:
            token = secrets.token_urlsafe(TOKEN_BYTES)
        elif token not in self._guesses:
            return None
        self._guesses[token] = value
        self._notify()
        return token

    def is_opened_by(self, token: object) -> bool:
        """Return whether a token is the one of whoever opened the round."""
        return isinstance(token, str) and hmac.compare_digest(self._token.encode(), token.encode())

    def show(self, share: ModelShare) -> None:
        """Show the answer of the model; guesses stay as they are from now on."""
        self.share = share
        self._notify()

    def close(self) -> None:
        """End the round: no guess is taken any more."""
        self.is_closed = True
        self._notify()

    def watch(self, on_change: Callable[[], None]) -> Callable[[], None]:
        """Call a function whenever the round has changed; return what ends that."""
        self._watchers.append(on_change)

        def leave() -> None:
            if on_change in self._watchers:
                self._watchers.remove(on_change)

        return leave

    def _notify(self) -> None:
        for watcher in list(self._watchers):
            watcher()


class GuessRounds:
    """The rounds of a classroom, the latest ones; older ones are closed and forgotten."""

    def __init__(self, most: int = MOST_ROUNDS) -> None:
        self._most = most
        self._rounds: OrderedDict[str, GuessRound] = OrderedDict()

    def __iter__(self) -> Iterator[GuessRound]:
        return iter(list(self._rounds.values()))

    def open(
        self, workspace: Workspace, settings: Settings, seed: int, question: str
    ) -> tuple[GuessRound, str]:
        """Open a round; return it with the token of whoever opened it."""
        opened = GuessRound(new_code(self._rounds.__contains__), workspace, settings, seed, question)
        self._rounds[opened.code] = opened
        while len(self._rounds) > self._most:
            _, oldest = self._rounds.popitem(last=False)
            oldest.close()
        return opened, opened._token

    def find(self, code: str) -> GuessRound | None:
        """Return the round with a code, None if it is not here (any more)."""
        return self._rounds.get(code)

    def forget(self, code: str, token: str) -> None:
        """Close a round and forget it, if the token is the one of whoever opened it."""
        found = self.find(code)
        if found is not None and found.is_opened_by(token):
            self._rounds.pop(code).close()
