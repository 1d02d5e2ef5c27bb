"""How far each control moves what comes out of a crisis, over its range, with common random numbers.

One control at a time, all others as in a setting; a control that is asleep there is measured where it is
awake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.classroom.controls import Control, Settings, Value, Workspace, controls_of, put
from escalation.classroom.waking import unmet, woken
from escalation.engine.pack import pack
from escalation.measures.ensemble import CRISES, Ensemble, ensemble_of, play_part, same_crises
from escalation.measures.reduce import NEVER
from escalation.stats.intervals import Intervals, mean, paired_shares
from escalation.vocabulary import OUTCOME_WORDS, OUTCOMES

SHARES = ("talks", "mediated", "ceasefire", "force", "rung_7")
"""Shares of crises that are shown one by one; of the outcome classes only that which changes most."""
CLASSES, DAYS = "outcome class", "days to force"
LEAST = 0.01
"""A change in a share, in some outcome, below which a control has no place among the main ones."""
LATER = (7, 14)
"""Days after the first simulated one on which a mediator enters, besides that one and never."""


@dataclass(frozen=True)
class LargestChange:
    """The largest change in one outcome between two values of a control."""

    outcome: str
    low: Value
    high: Value
    estimate: float
    """At `high` less that at `low`: of a share, or in days up to the first use of force, with those crises
    without any counted to the last day."""
    lower: float
    upper: float
    """Its paired 95% interval."""

    @property
    def is_clear(self) -> bool:
        """Return whether the interval excludes zero."""
        return self.lower > 0 or self.upper < 0


@dataclass(frozen=True)
class Reach:
    """What one control moves over its range."""

    control: Control
    settings: Settings
    """What was set besides, so that it is awake; empty if it is as things are."""
    is_awake: bool
    """Whether it is there, or can be made so by settings."""
    moved: float
    """Share of crises that are not the same over the whole range."""
    changes: Mapping[str, LargestChange]
    """By outcome."""

    @property
    def most(self) -> LargestChange:
        """Return the largest change in a share."""
        shares = [change for name, change in self.changes.items() if name != DAYS]
        return max(shares, key=lambda change: abs(change.estimate))

    @property
    def is_minor(self) -> bool:
        """Return whether it moves no share by `LEAST`."""
        return abs(self.most.estimate) < LEAST


def measure_reach(
    workspace: Workspace,
    settings: Settings = (),
    crises: int = CRISES,
    seed: int = 1,
    done: Callable[[Control], None] = lambda control: None,
) -> tuple[Reach, ...]:
    """Measure every control of a workspace.

    Parameters
    ----------
    workspace, settings
        The scenario, and the setting around which controls are moved.
    crises, seed
        How many crises per value, and their seed.
    done
        Called with each control when it has been measured.
    """
    controls = {control.path: control for control in controls_of(workspace)}
    found = []
    for path, control in controls.items():
        around = woken(controls, settings, path)
        counted = {
            value: _counted(workspace, put(around, path, value), crises, seed)
            for value in values_of(control, workspace)
        }
        added = tuple(pair for pair in around if pair not in settings)
        is_awake = not unmet(controls, around, path)
        found.append(Reach(control, added, is_awake, _moved(counted), dict(_changes(counted))))
        done(control)
    return tuple(found)


def values_of(control: Control, workspace: Workspace) -> tuple[Value, ...]:
    """Return the values at which a control is measured: all of a choice, ends and middle of a range."""
    if control.options:
        return control.options
    if control.never is not None:
        first = workspace.scenario.horizon_day + 1
        days = (first, *(min(first + later, control.never) for later in LATER), control.never)
        return tuple(dict.fromkeys(days))
    ends = [control.read(end) for end in (control.low, control.high)]
    return tuple(value for value in dict.fromkeys((ends[0], control.value, ends[1])) if value is not None)


def _counted(workspace: Workspace, settings: Settings, crises: int, seed: int) -> Ensemble:
    scenario = workspace.at(settings)
    return ensemble_of(scenario, seed, [play_part(pack(scenario), seed, 0, crises)])


def _moved(counted: Mapping[Value, Ensemble]) -> float:
    one, *others = counted.values()
    if all(same_crises(one, other) for other in others):
        return 0.0
    names = ("outcome", "days_to_force", "days_to_ceasefire", "days_to_talks", "settlement", "peak")
    apart = np.zeros(one.n, np.bool_)
    for other in others:
        for name in names:
            apart |= one.columns[name] != other.columns[name]
    return float(apart.mean())


def _changes(counted: Mapping[Value, Ensemble]) -> Iterator[tuple[str, LargestChange]]:
    for name in SHARES:
        yield name, _largest(counted, name, partial(_answer, name), _shares)
    classes = [_largest(counted, name, partial(_answer, name), _shares) for name in OUTCOMES]
    yield CLASSES, max(classes, key=lambda change: abs(change.estimate))
    yield DAYS, _largest(counted, DAYS, _days_to_force, _means)


def _largest(
    counted: Mapping[Value, Ensemble],
    name: str,
    read: Callable[[Ensemble], NDArray[Any]],
    compare: Callable[[NDArray[Any], NDArray[Any]], Intervals],
) -> LargestChange:
    """Return the change between the two values that differ most in an outcome, in the order of the range."""
    columns = {value: read(ensemble) for value, ensemble in counted.items()}
    levels = {value: float(column.mean()) for value, column in columns.items()}
    low, high = max(combinations(levels, 2), key=lambda pair: abs(levels[pair[1]] - levels[pair[0]]))
    found = compare(columns[low], columns[high])
    return LargestChange(name, low, high, float(found.estimate), float(found.low), float(found.high))


def _answer(name: str, ensemble: Ensemble) -> NDArray[Any]:
    return ensemble.answers[name]


def _shares(before: NDArray[Any], after: NDArray[Any]) -> Intervals:
    return paired_shares(int((after & ~before).sum()), int((before & ~after).sum()), len(before))


def _means(before: NDArray[Any], after: NDArray[Any]) -> Intervals:
    rise = after - before
    return mean(rise.sum(), (rise * rise).sum(), len(rise))


def _days_to_force(ensemble: Ensemble) -> NDArray[np.float64]:
    days = ensemble.columns["days_to_force"]
    return np.where(days == NEVER, ensemble.scenario.free_days, days).astype(np.float64)


# As a table

COLUMNS = ("control", "kind", "between", *SHARES, CLASSES, DAYS, "crises moved")


def table(found: Sequence[Reach]) -> tuple[tuple[str, ...], ...]:
    """Return one row of text per control, under `COLUMNS`, those that move most first.

    Changes of shares are in points, in bold where their interval excludes zero.
    """
    ordered = sorted(found, key=lambda reach: -abs(reach.most.estimate))
    return tuple(_row(reach) for reach in ordered)


def _row(reach: Reach) -> tuple[str, ...]:
    control, most = reach.control, reach.most
    between = f"{control.shown(most.low)} and {control.shown(most.high)}"
    cells = [_cell(reach.changes[name], 100.0) for name in (*SHARES, CLASSES)]
    cells[-1] += f" {OUTCOME_WORDS[reach.changes[CLASSES].outcome].lower()}"
    days, moved = _cell(reach.changes[DAYS], 1.0), f"{reach.moved:.0%}"
    return (f"`{control.path}`", control.kind, between, *cells, days, moved)


def _cell(change: LargestChange, scale: float) -> str:
    text = f"{scale * change.estimate:+.1f}".replace("-", "−")
    return f"**{text}**" if change.is_clear else text
