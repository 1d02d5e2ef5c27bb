"""The settings of the page in one file: a grid over a few controls, and the cards of the lesson.

Settings that mean the same are simulated once, such as all those in which the mediator stays out. A card that
sets what the grid does not have is a place to start from: there, the first controls can still be moved.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from escalation.classroom.controls import Control, Settings, Value, Workspace, controls_of, in_effect, put
from escalation.classroom.lesson import Lesson, settings_of
from escalation.engine.pack import pack
from escalation.measures.ensemble import PART, Ensemble, ensemble_of, play_part
from escalation.scenario.scenario import Scenario

T = TypeVar("T")

MOST_SETTINGS = 160
"""Of the grid, and once more of all cards together."""
MOST_NUMBERS = 400_000
"""Of the charts of all settings: what lets the file of a crisis of many states and days be small."""
BANDS = 5
"""Numbers that a chart has for one state on one day."""


@dataclass(frozen=True)
class Axis:
    """One control of the grid: a choice among a few values."""

    control: Control
    values: tuple[Value, ...]

    @property
    def at(self) -> int:
        """Return the place of the scenario's own value."""
        return self.values.index(self.control.value)

    @property
    def path(self) -> str:
        """Return the path of the control."""
        return self.control.path


@dataclass(frozen=True)
class StartingPoint:
    """What stays as it is while controls are moved."""

    settings: Settings
    """Of controls that are not moved; empty for the scenario itself."""
    axes: int
    """How many of the first controls can be moved."""
    cells: tuple[int, ...]
    """For each combination of their values, the last one moving fastest, the place of its setting."""
    picks: tuple[int, ...]
    """The place of the value that each control has here as long as it is not moved."""


@dataclass(frozen=True)
class Card:
    """A preset of the lesson: where it starts, and the place of each control's value."""

    name: str
    start: int
    picks: tuple[int, ...]


@dataclass(frozen=True)
class SettingsGrid:
    """All settings of the file."""

    axes: tuple[Axis, ...]
    main: int
    """How many of the axes, the first, are the main controls of the lesson."""
    starts: tuple[StartingPoint, ...]
    """The scenario itself first."""
    cards: tuple[Card, ...]
    settings: tuple[Settings, ...]
    """Each once, with only what has an effect."""


def grid_of(workspace: Workspace, lesson: Lesson) -> SettingsGrid:
    """Return the settings of a page about a scenario, for a lesson."""
    controls = {control.path: control for control in controls_of(workspace)}
    presets = {name: settings_of(preset.set, controls) for name, preset in lesson.presets.items()}
    most = _most(workspace.scenario)
    axes: list[Axis] = []
    for path in dict.fromkeys([*lesson.controls, *_wanted(workspace)]):
        control = controls[path]
        given = {dict(settings)[path] for settings in presets.values() if path in dict(settings)}
        for values in (_values(control, workspace, given), _values(control, workspace, set())):
            axis = Axis(control, values)
            if len(_combined([*axes, axis])) <= most:
                axes.append(axis)
                break
    main = sum(axis.path in lesson.controls for axis in axes)
    return _gather(axes, main, presets, most)


def _most(scenario: Scenario) -> int:
    numbers = BANDS * len(scenario.states) * (scenario.last_day + 1)
    return max(12, min(MOST_SETTINGS, MOST_NUMBERS // numbers))


def _wanted(workspace: Workspace) -> Iterator[str]:
    """Yield the paths of controls by rank: whether and how a mediator works, then how the rivals see it."""
    scenario = workspace.scenario
    rivals = list(dict.fromkeys(name for rivalry in scenario.rivalries for name in rivalry.between))
    for mediator in list(scenario.mediators)[:1]:
        yield f"mediators.{mediator}"
        yield from (f"mediators.{mediator}.{key}" for key in ("style", "form", "enters_day"))
    if scenario.mediators:
        yield from (f"states.{name}.third_party_aversion" for name in rivals[:2])
    yield from (f"states.{name}.{key}" for key in ("resolve", "audience") for name in rivals[:2])


def _values(control: Control, workspace: Workspace, given: set[Value]) -> tuple[Value, ...]:
    """Return a few values of a control: its own, those that cards set, and one near each end."""
    if control.options:
        return control.options
    scenario = workspace.scenario
    if control.never is not None:
        first, last = scenario.horizon_day + 1, scenario.last_day
        days = given or {min(first + 7, last), min(first + 14, last)}
        found = {control.value, control.never, *days}
    else:
        width = control.high - control.low
        ends = (control.low + share * width for share in (0.1, 0.9))
        read = (control.read(round(end) if isinstance(control.value, int) else end) for end in ends)
        found = {control.value, *given, *(end for end in read if end is not None)}
    return tuple(sorted(found, key=float))


def _combined(axes: Sequence[Axis], settings: Settings = ()) -> dict[Settings, None]:
    return dict.fromkeys(in_effect(each) for each in _combinations(axes, settings))


def _combinations(axes: Sequence[Axis], settings: Settings = ()) -> Iterator[Settings]:
    """Yield the settings of every combination of values, the last axis moving fastest."""
    for values in itertools.product(*(axis.values for axis in axes)):
        found = settings
        for axis, value in zip(axes, values, strict=True):
            if value != axis.control.value:
                found = put(found, axis.path, value)
        yield found


def _gather(axes: Sequence[Axis], main: int, presets: Mapping[str, Settings], most: int) -> SettingsGrid:
    numbered: dict[Settings, int] = {}

    def start(of: Sequence[Axis], settings: Settings) -> StartingPoint:
        found = map(in_effect, _combinations(of, settings))
        cells = tuple(numbered.setdefault(each, len(numbered)) for each in found)
        return StartingPoint(settings, len(of), cells, _picks(axes, settings))

    starts: dict[Settings, StartingPoint] = {(): start(axes, ())}
    room = len(numbered) + most
    cards = []
    for name, settings in presets.items():
        kept: Settings = ()
        if _left(axes, settings):
            # The other controls of the grid keep the values of the card.
            kept = _left(axes[:main], settings)
            movable = axes[:main]
            if kept not in starts and len(numbered) + len(_combined(movable, kept)) > room:
                kept, movable = settings, ()
            if kept not in starts:
                starts[kept] = start(movable, kept)
        cards.append(Card(name, list(starts).index(kept), _picks(axes, settings)))
    return SettingsGrid(tuple(axes), main, tuple(starts.values()), tuple(cards), tuple(numbered))


def _picks(axes: Sequence[Axis], settings: Settings) -> tuple[int, ...]:
    given = dict(settings)
    values = ((axis, given.get(axis.path, axis.control.value)) for axis in axes)
    return tuple(axis.values.index(value) if value in axis.values else axis.at for axis, value in values)


def _left(axes: Sequence[Axis], settings: Settings) -> Settings:
    """Return what no axis has."""
    on = {(axis.path, value) for axis in axes for value in axis.values}
    return tuple(pair for pair in settings if pair not in on)


def simulated(
    workspace: Workspace, grid: SettingsGrid, seed: int, replications: int, reduce: Callable[[Ensemble], T]
) -> list[T]:
    """Simulate every setting with common random numbers; return what `reduce` makes of each.

    No more ensembles are held at a time than there are processors.
    """

    def count(settings: Settings) -> T:
        return reduce(ensemble_at(workspace, settings, seed, replications))

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(count, grid.settings))


def ensemble_at(workspace: Workspace, settings: Settings, seed: int, replications: int) -> Ensemble:
    """Simulate the crises of one setting."""
    scenario = workspace.at(settings)
    params = pack(scenario)
    firsts = range(0, replications, PART)
    parts = [play_part(params, seed, first, min(PART, replications - first)) for first in firsts]
    return ensemble_of(scenario, seed, parts)


def joint_counts(answers: Sequence[NDArray[np.bool_]]) -> NDArray[np.uint32]:
    """Return how many crises answer yes under both of two settings, for every share and every pair of these.

    From these, the pairs that a paired difference needs follow: gained are those with yes under the second
    setting, less those with yes under both; lost likewise.

    Parameters
    ----------
    answers
        For each setting, an array [shares, crises].

    Returns
    -------
    NDArray[np.uint32]
        [shares, pairs]: the pairs (0, 0), (1, 0), (1, 1), (2, 0), ...
    """
    pairs = np.tril_indices(len(answers))
    counts = []
    for share in range(len(answers[0])):
        yes = np.array([each[share] for each in answers], np.float32)  # exact up to 16 million crises
        counts.append((yes @ yes.T)[pairs])
    return np.array(counts, np.uint32)
