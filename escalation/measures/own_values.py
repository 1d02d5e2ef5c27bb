"""The values of an experiment's own measures: expressions over the acts and days of all crises of a cell.

`escalation.measures.own` says what words and functions mean, and reads them. Days count from the horizon, and
those that never came are infinite.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from escalation.measures.expressions import DAY, NUMBER, YES_NO, About, Lookup, Parsed, Values, evaluate
from escalation.measures.measures import RUN_COLUMNS, RunColumn, share_of
from escalation.measures.reduce import Reduced
from escalation.scenario.ladder import Kind
from escalation.vocabulary import EFFECTS

Pairs = Sequence[tuple[str, str]]

KINDS: tuple[str, ...] = get_args(Kind)


def columns_of(
    states: Sequence[str], mediators: Sequence[str], pairs: Pairs
) -> Iterator[tuple[RunColumn, str, int | None]]:
    """Yield the shipped columns of a crisis, with their names and their place among those of their kind."""
    whose = {"state": states, "mediator": mediators, "pair": ["_".join(pair) for pair in pairs]}
    for column in RUN_COLUMNS:
        if column.per is None:
            yield column, column.name, None
            continue
        for place, who in enumerate(whose[column.per]):
            yield column, f"{column.name}_{who}", place


def own_values(term: Parsed, reduced: Reduced) -> NDArray[Any]:
    """Return the values of a measure of its own, one per crisis.

    Days are counted from the scenario's start, with -1 for never, as in `Runs`.
    """
    source = _Crises(reduced)
    values = np.broadcast_to(evaluate(term, source), (reduced.count,))
    if term.kind == DAY:
        came = np.isfinite(values)
        return np.where(came, np.where(came, values, 0) + reduced.horizon, -1).astype(np.int64)
    return values


PLAIN = frozenset({"came", "ratio"})
"""The functions that go over no acts or days."""


def plain(term: Parsed, source: Lookup) -> Values:
    """Return what one of the functions `PLAIN` is for each crisis."""
    if term.op == "came":
        return np.asarray(np.isfinite(evaluate(term.parts[0], source)))
    one, other = (np.asarray(evaluate(part, source), np.float64) for part in term.parts)
    shape = np.broadcast_shapes(one.shape, other.shape)
    return _divided(np.broadcast_to(one, shape), np.broadcast_to(other, shape), term.value)


class _Crises:
    """The acts and days of some crises of one cell, as the expressions of measures read them.

    Days count from the horizon, and those that never came are infinite.
    """

    def __init__(self, reduced: Reduced) -> None:
        scenario = reduced.scenario
        assert scenario is not None
        self.reduced, self.scenario = reduced, scenario
        self.days = scenario.free_days

    @cached_property
    def _numbers(self) -> dict[str, dict[str, int]]:
        """The number of each name, by the set of names."""
        states, mediators = list(self.scenario.states), list(self.scenario.mediators)
        sets: dict[str, Sequence[str]] = {
            "act": self.scenario.ladder.ordered(), "actor": [*states, *mediators], "state": states,
            "mediator": mediators, "kind": KINDS, "effect": EFFECTS, "settled_by": mediators,
        }  # fmt: skip
        sets |= {
            each.name: each.words for each in RUN_COLUMNS if isinstance(each.words, tuple) and each.words
        }
        return {kind: {name: number for number, name in enumerate(names)} for kind, names in sets.items()}

    def codes(self, term: Parsed) -> Values:
        """Return the numbers of names, leaving out those that the cell does not have."""
        known = self._numbers[term.kind]
        return np.array([known[name] for name in term.value if name in known], np.int64)

    def word(self, term: Parsed) -> Values:
        """Return the values of a word."""
        of = None
        if term.parts:
            found = self.codes(term.parts[0])
            of = int(found[0]) if len(found) else -1  # nobody
        if term.about == "act":
            return self._of_acts(term.value)
        if term.about == "day":
            return self._of_days(term.value, of)
        return self._of_crises(term)

    def spread(self, values: Values, about: About) -> Values:
        """Return values of crises as values of their acts or days."""
        values = np.broadcast_to(values, (self.reduced.count,))
        return values[self.reduced.taken["row"]] if about == "act" else values[:, None]

    def counted(self, days: Values) -> Values:
        """Return days as numbers, with the last simulated day for never."""
        return np.minimum(days, self.days)

    def _of_acts(self, name: str) -> Values:
        taken = self.reduced.taken
        if name == "day":
            return taken["day"].astype(np.float64)
        if name in ("rung", "cost", "kind", "effect"):
            acts = self.scenario.ladder.acts
            values = [getattr(acts[each], name) for each in self.scenario.ladder.ordered()]
            if name in self._numbers:
                values = [self._numbers[name][value] for value in values]
            return np.asarray(np.array(values)[taken["act"]])
        return np.asarray(taken[name], bool) if name == "forced" else taken[name]

    def _of_days(self, name: str, of: int | None) -> Values:
        runs, shape = self.reduced.runs, (self.reduced.count, self.days)
        if name == "day":
            return np.broadcast_to(np.arange(1.0, self.days + 1), shape)
        if name in ("posture", "talks_open", "ceasefire_holds"):
            if name == "ceasefire_holds":
                return np.asarray(runs.daily_ceasefire)
            daily = runs.daily_posture if name == "posture" else runs.daily_talks
            assert daily is not None
            if of == -1 or not daily.shape[2]:
                return np.zeros(shape, daily.dtype)
            return np.asarray(daily.max(axis=2) if of is None else daily[:, :, of])
        taken = self.reduced.taken
        mine = slice(None) if of is None else taken["actor"] == of
        place = taken["row"][mine] * self.days + taken["day"][mine] - 1
        if name == "acts":
            return np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)
        found = np.zeros(shape[0] * shape[1], np.int64)
        np.maximum.at(found, place, self._of_acts("rung")[mine])
        return found.reshape(shape)

    def _of_crises(self, term: Parsed) -> Values:
        if term.value == "simulated_days":
            return np.full(self.reduced.count, self.days)
        if term.kind == YES_NO:
            return np.asarray(share_of(term.value, self._shipped))
        found = self._column(term)
        if term.kind != DAY:
            return found
        return np.where(found < 0, np.inf, found - float(self.reduced.horizon))

    @cached_property
    def _shipped(self) -> dict[str, Values]:
        """The columns that concern a crisis as a whole, as the questions of shares read them."""
        return {
            column.name: self.reduced.after_horizon(column.read(self.reduced))
            if column.is_day
            else column.read(self.reduced)
            for column in RUN_COLUMNS
            if column.per is None
        }

    @cached_property
    def _columns_here(self) -> dict[str, tuple[RunColumn, int | None]]:
        """The shipped columns by name, and where those of an actor or a pair, in either order, are found."""
        states = list(self.scenario.states)
        pairs = [(states[i], states[j]) for i, j in self.reduced.runs.pairs]
        return {
            name: (column, place)
            for each in (pairs, [(b, a) for a, b in pairs])
            for column, name, place in columns_of(states, list(self.scenario.mediators), each)
        }

    def _column(self, term: Parsed) -> Values:
        """Return a shipped column; never, 0 and no name of actors that the cell does not have."""
        if term.value not in self._columns_here:
            return np.full(self.reduced.count, 0 if term.kind == NUMBER else -1)
        column, place = self._columns_here[term.value]
        values = column.read(self.reduced)
        return np.asarray(values if place is None else values[:, place])

    def call(self, term: Parsed) -> Values:
        """Return what a function is for each crisis."""
        if term.op in PLAIN:
            return plain(term, self)
        if isinstance(term.value, tuple):
            return self._over_numbers(term, *term.value)
        return self._over_conditions(term)

    def _within(self, term: Parsed, over: About) -> Values:
        """Return the values of a part, one for each act, or for each crisis and day."""
        values = evaluate(term, self)
        if term.about == "crisis":
            values = self.spread(values, over)
        rows = len(self.reduced.taken["row"]) if over == "act" else 0
        return np.broadcast_to(values, (rows,) if over == "act" else (self.reduced.count, self.days))

    def _over_conditions(self, term: Parsed) -> Values:
        holds, count = self._within(term.parts[0], term.value), self.reduced.count
        if term.value == "act":
            row, day = self.reduced.taken["row"][holds], self.reduced.taken["day"][holds]
            if term.op == "count":
                return np.bincount(row, minlength=count)
            if term.op == "any":
                return np.bincount(row, minlength=count) > 0
            if term.op in ("first_day", "last_day"):
                found = np.full(count, np.inf)
                # Acts are in the order of days, and of those of one crisis the last one assigned stays.
                order = slice(None, None, -1) if term.op == "first_day" else slice(None)
                found[row[order]] = day[order]
                return found
            holds = np.zeros((count, self.days), bool)
            holds[row, day - 1] = True
        if term.op == "any":
            return np.asarray(holds.any(axis=1))
        if term.op == "days":
            return np.asarray(holds.sum(axis=1))
        if term.op == "share_of_days":
            return np.asarray(holds.sum(axis=1) / self.days)
        at = holds.argmax(axis=1) + 1
        if term.op == "last_day":
            at = self.days - holds[:, ::-1].argmax(axis=1)
        return np.where(holds.any(axis=1), at, np.inf)

    def _over_numbers(self, term: Parsed, over: About, otherwise: float | None) -> Values:
        values = self._within(term.parts[0], over)
        holds = self._within(term.parts[1], over) if len(term.parts) > 1 else np.ones(values.shape, bool)
        count = self.reduced.count
        if over == "act":
            row, values = self.reduced.taken["row"][holds], values[holds]
        else:
            row, values = np.nonzero(holds)[0], values[holds]
        there = np.bincount(row, minlength=count)
        if term.op in ("sum", "mean"):
            total = np.bincount(row, weights=values, minlength=count)
            if term.op == "sum":
                return np.asarray(total)
            return _divided(total, there, otherwise or 0.0)
        found = np.full(count, -np.inf if term.op == "max" else np.inf)
        (np.maximum if term.op == "max" else np.minimum).at(found, row, values.astype(np.float64))
        return np.where(there > 0, found, otherwise or 0.0)


def _divided(one: Values, other: Values, otherwise: float) -> Values:
    result = np.full(one.shape, otherwise)
    np.divide(one, other, out=result, where=other != 0)
    return result
