"""The progress of a sweep: two lines that are redrawn on a terminal, plain lines in a pipe."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from escalation.vocabulary import OUTCOME_CLASSES, OUTCOMES

COLUMNS = 80
SECONDS_DRAWN = 0.25
SECONDS_PRINTED = 5.0
_SETTLING = 1.0  # seconds before a rate says anything


class Progress:
    """Shows crises done of the total, rate, time left, and the running share of each outcome class."""

    def __init__(
        self, stream: TextIO, is_terminal: bool | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.stream = stream
        self.is_terminal = stream.isatty() if is_terminal is None else is_terminal
        self.clock = clock
        self._lock = threading.Lock()
        self._outcomes = np.zeros(len(OUTCOMES), np.int64)
        self._most, self._is_limit = 0, False
        self._started = self._drawn = 0.0
        self._before = 0  # crises that were there already
        self._is_drawn = False

    def begin(self, most: int, is_limit: bool, outcomes: NDArray[np.int64]) -> None:
        """Receive the number of crises (with a stopping rule, at most), and the outcomes of those present."""
        self._most, self._is_limit = most, is_limit
        self._outcomes = outcomes.copy()
        self._before = int(outcomes.sum())
        self._started = self._drawn = self.clock()
        if self.is_terminal:
            self._draw()

    def heard(self, outcomes: NDArray[np.int64]) -> None:
        """Receive the outcomes of more crises; may be called by any thread."""
        with self._lock:
            self._outcomes += outcomes

    def spared(self, crises: int) -> None:
        """Receive the number of crises that are not needed, since a cell is precise enough."""
        self._most -= crises

    def tick(self) -> None:
        """Redraw, if it is time."""
        pause = SECONDS_DRAWN if self.is_terminal else SECONDS_PRINTED
        if self.clock() - self._drawn >= pause:
            self._draw()

    def end(self) -> None:
        """Draw a last time, and leave the cursor below."""
        self._draw()
        if self.is_terminal:
            self._write("\n")

    def _draw(self) -> None:
        self._drawn = self.clock()
        lines = self.lines()
        if not self.is_terminal:
            self._write("; ".join(line.strip() for line in lines) + "\n")
            return
        up = "\x1b[1A\r" if self._is_drawn else ""
        self._write(up + "\n".join(f"\x1b[2K{line}" for line in lines))
        self._is_drawn = True

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except (OSError, ValueError):
            self._write = lambda text: None  # type: ignore[method-assign]  # no terminal to draw on

    def lines(self) -> list[str]:
        """Return what to show now, each line of at most 80 columns."""
        with self._lock:
            outcomes = self._outcomes.copy()
        done = int(outcomes.sum())
        seconds = self.clock() - self._started
        at_most = "at most " if self._is_limit else ""
        first = f"{done:,} of {at_most}{self._most:,} crises"
        if self._most:
            first += f"  {min(100, 100 * done // self._most)}%"
        if seconds >= _SETTLING and done > self._before:
            rate = (done - self._before) / seconds
            first += f"  {rate:,.0f} a second"
            if done < self._most:
                first += f"  {duration((self._most - done) / rate)} left"
        if not done:
            return [first[:COLUMNS], "no outcomes yet"]
        # A cut number would be a wrong one, so a line that is too long drops its decimals first.
        lines = (_shares(outcomes.tolist(), done, digits) for digits in (1, 0))
        fits = next((line for line in lines if len(line) <= COLUMNS), None)
        return [first[:COLUMNS], fits or _shares(outcomes.tolist(), done, 0)[:COLUMNS]]


def figures_heard(
    stream: TextIO, is_terminal: bool | None = None, clock: Callable[[], float] = time.monotonic
) -> Callable[[int, int], None]:
    """Return a function that shows how many figures are drawn: a line that is redrawn, or some in a pipe."""
    redraws = stream.isatty() if is_terminal is None else is_terminal
    shown = -SECONDS_PRINTED

    def heard(done: int, of: int) -> None:
        nonlocal shown
        is_last = done == of
        if not of or not (redraws or clock() - shown >= SECONDS_PRINTED or is_last):
            return
        shown = clock()
        _write_line(stream, f"{done} of {of} figures drawn", redraws, is_last)

    return heard


def _write_line(stream: TextIO, text: str, redraws: bool, is_last: bool = False) -> None:
    with contextlib.suppress(OSError, ValueError):  # no terminal to draw on
        stream.write(f"\r\x1b[2K{text}" + "\n" * is_last if redraws else f"{text}\n")
        stream.flush()


@dataclass(frozen=True)
class DiscoveryProgress:
    """How far a discovery has come."""

    analysis: int
    """Number of the analysis, from 1."""
    analyses: int
    box: int
    """Number of the box in this analysis, from 1."""
    boxes: int
    """The most boxes of an analysis."""
    done: int
    """Searches done for this box."""
    searches: int
    """Searches that a box takes, if it is taken."""

    @property
    def still(self) -> int:
        """Return how many searches are still to come, if every box is taken."""
        boxes = (self.analyses - self.analysis + 1) * self.boxes - self.box
        return boxes * self.searches + self.searches - self.done


class SearchLine:
    """Shows how far a scenario discovery has come: a line that is redrawn, or some in a pipe.

    Time left is that of the present box, from the rate of its own searches, and that of all boxes which may
    still be taken, which is the most that it can be: later boxes are most often found out before.
    """

    def __init__(
        self, stream: TextIO, is_terminal: bool | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.stream = stream
        self.is_terminal = stream.isatty() if is_terminal is None else is_terminal
        self.clock = clock
        self._shown = self._began = clock()

    def heard(self, now: DiscoveryProgress) -> None:
        """Receive how far it is, and show it if it is time."""
        at = self.clock()
        if now.done == 1:
            self._began = at
        if at - self._shown >= (SECONDS_DRAWN if self.is_terminal else SECONDS_PRINTED):
            self._shown = at
            _write_line(self.stream, self._text(now, at - self._began), self.is_terminal)

    def _text(self, now: DiscoveryProgress, seconds: float) -> str:
        part = f"part {now.analysis} of {now.analyses}, " if now.analyses > 1 else ""
        text = f"{part}box {now.box}: {now.done:,} of {now.searches:,} searches"
        # The first search has no time of its own.
        if now.done > 1 and seconds >= _SETTLING:
            each = seconds / (now.done - 1)
            text += f", {duration((now.searches - now.done) * each)} left"
            if now.still > now.searches - now.done:
                text += f"; of all at most {duration(now.still * each)}"
        return text[:COLUMNS]

    def end(self) -> None:
        """Remove the line from a terminal."""
        if self.is_terminal:
            _write_line(self.stream, "", True)


def _shares(outcomes: Sequence[int], done: int, digits: int) -> str:
    shares = (
        f"{each.short} {100 * count / done:.{digits}f}"
        for each, count in zip(OUTCOME_CLASSES, outcomes, strict=True)
    )
    return "  ".join(shares) + " %"


def duration(seconds: float) -> str:
    """Return a time in words, as long as it needs to be."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours = round(seconds / 3600)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"
