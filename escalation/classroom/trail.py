"""The trail of a visitor: every setting that was tried, each with the one it came from.

The settings form a tree. To undo is to go back to where a setting came from, to redo is to go on to what came
of it last; whatever was tried after an undo starts a branch of its own, so nothing that was tried is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from escalation.classroom.controls import Settings, Value, put

MOST_KEPT_STEPS = 20
LONGEST_TRAIL = 4_000
"""Characters of a trail in an address; the oldest steps make room."""

PAUSE = 1.5
"""Seconds: moves of one control that follow each other sooner are one step, as when it is dragged."""

ENDS, BACK = ";", ""
"""What ends a change in an address, and the value that returns a control to the scenario's."""


@dataclass(frozen=True)
class TrailStep:
    """One setting that was tried."""

    settings: Settings
    parent: int
    """The place of the step it came from; -1 for the first."""


@dataclass
class Trail:
    """The settings that were tried, the first of which is the scenario's own, and the one that is shown."""

    steps: list[TrailStep] = field(default_factory=lambda: [TrailStep((), -1)])
    at: int = 0
    _last: tuple[str, float] = field(default=("", 0.0), compare=False)
    """The control that was moved last, and when."""

    @property
    def settings(self) -> Settings:
        """Return the setting that is shown."""
        return self.steps[self.at].settings

    @property
    def before(self) -> Settings | None:
        """Return the setting from which the one shown came, None for the first."""
        parent = self.steps[self.at].parent
        return self.steps[parent].settings if parent >= 0 else None

    @property
    def can_undo(self) -> bool:
        """Return whether there is a step to go back to."""
        return self.steps[self.at].parent >= 0

    @property
    def can_redo(self) -> bool:
        """Return whether something came of the step that is shown."""
        return self._child() is not None

    def go(self, settings: Settings, by: str = "", now: float = 0.0) -> None:
        """Take a step to a setting.

        Parameters
        ----------
        settings
            Where to.
        by
            The control that was moved; empty if it was more than one.
        now
            Seconds on a clock that never goes back.
        """
        last, when = self._last
        is_same_move = bool(by) and by == last and now - when < PAUSE and self._is_newest()
        self._last = (by, now)
        if settings == self.settings:
            return
        if not is_same_move:
            self.steps.append(TrailStep(settings, self.at))
            self.at = len(self.steps) - 1
        elif settings == self.before:
            self.at = self.steps.pop().parent
        else:
            self.steps[self.at] = TrailStep(settings, self.steps[self.at].parent)
        while len(self.steps) > 2 and self._is_too_long():
            self._forget_oldest()

    def undo(self) -> bool:
        """Go back to where the setting shown came from; return whether that was possible."""
        if not self.can_undo:
            return False
        self._move_to(self.steps[self.at].parent)
        return True

    def redo(self) -> bool:
        """Go on to what came of the setting shown last; return whether that was possible."""
        child = self._child()
        if child is None:
            return False
        self._move_to(child)
        return True

    def visit(self, place: int) -> bool:
        """Show one of the steps again; return whether it exists."""
        if not 0 <= place < len(self.steps):
            return False
        self._move_to(place)
        return True

    def _move_to(self, place: int) -> None:
        self.at, self._last = place, ("", 0.0)

    def _is_newest(self) -> bool:
        return self.at == len(self.steps) - 1 and self.at > 0

    def _child(self) -> int | None:
        children = [place for place, step in enumerate(self.steps) if step.parent == self.at]
        return children[-1] if children else None

    def _forget_oldest(self) -> None:
        """Forget the first step after the scenario's own that is not shown; what came of it stays."""
        gone = next(place for place in range(1, len(self.steps)) if place != self.at)
        heir = self.steps[gone].parent

        def place_of(old: int) -> int:
            new = heir if old == gone else old
            return new - 1 if new > gone else new

        self.steps = [
            TrailStep(step.settings, place_of(step.parent))
            for place, step in enumerate(self.steps) if place != gone
        ]  # fmt: skip
        self.at = place_of(self.at)

    # In an address

    def written(self) -> list[str]:
        """Return the steps after the first as text: where each came from, and what it changed."""
        return [self._written(step) for step in self.steps[1:]]

    def _is_too_long(self) -> bool:
        return len(self.steps) > MOST_KEPT_STEPS or sum(map(len, self.written())) > LONGEST_TRAIL

    def _written(self, step: TrailStep) -> str:
        changes = _changes(self.steps[step.parent].settings, step.settings)
        return f"{step.parent}:" + ENDS.join(f"{path}={value}" for path, value in changes)

    def add(self, parent: int, changes: Iterable[tuple[str, Value | None]]) -> None:
        """Add a step that was written; None returns a control to the scenario's value.

        Raises
        ------
        IndexError
            If its parent does not come before it, or there are too many steps.
        """
        if not 0 <= parent < len(self.steps) < MOST_KEPT_STEPS:
            raise IndexError(parent)
        settings = self.steps[parent].settings
        for path, value in changes:
            settings = put(settings, path, value)
        self.steps.append(TrailStep(settings, parent))
        self.at = len(self.steps) - 1


def _changes(before: Settings, after: Settings) -> Iterator[tuple[str, Value]]:
    one, other = dict(before), dict(after)
    for path in sorted(one | other):
        if one.get(path) != other.get(path):
            yield path, other.get(path, BACK)


def departures_between(before: Settings, after: Settings) -> list[str]:
    """Return the paths of the controls that differ between two settings."""
    return [path for path, _ in _changes(before, after)]
