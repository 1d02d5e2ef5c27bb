"""Baseline forecasts of the next act, which know nothing of the rules: what every model has to beat.

All are fitted to training rows and give each row a probability for every level. Every chain backs off: a
state that occurs n times in training has the forecast (counts + K × forecast of the shorter chain) / (n + K)
with K the number of levels; the shortest, the climatology, backs off to equal probabilities, which is
Laplace's rule. No probability is zero, and states not seen in training fall back on shorter ones.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from escalation.history.mie import HIGHEST, LOWEST, Exchanges, Whole

NONE = -1

Probabilities = NDArray[np.float64]
"""[rows, levels]."""


@dataclass(frozen=True)
class Rows:
    """Acts to forecast, each with the acts before it in its exchange; levels count from 0, NONE for none."""

    level: Whole
    """[rows]: level of the act."""
    before: Whole
    """[rows]: level of the act before."""
    second: Whole
    """[rows]: level of the act before that."""
    own: Whole
    """[rows]: level of the actor's own last act."""
    levels: int
    """Number of levels."""

    def __len__(self) -> int:
        return len(self.level)

    def __getitem__(self, chosen: NDArray[np.bool_] | Whole) -> Rows:
        """Return the rows that a mask or their numbers choose."""
        return Rows(
            self.level[chosen], self.before[chosen], self.second[chosen], self.own[chosen], self.levels
        )


def rows_of(level: ArrayLike, actor: ArrayLike, first: ArrayLike, levels: int) -> Rows:
    """Return acts in order, exchange after exchange, each with the acts before it.

    `first` holds the row at which each exchange begins, and finally the number of rows.
    """
    done, who = np.asarray(level, np.int64), np.asarray(actor, np.int64)
    begins = np.asarray(first, np.int64)
    lengths = begins[1:] - begins[:-1]
    exchange = np.repeat(np.arange(len(lengths)), lengths)
    own = np.full(len(done), NONE, np.int64)
    by_actor = np.lexsort((np.arange(len(done)), who, exchange))
    own[by_actor] = _shifted(done[by_actor], 1, exchange[by_actor] * (who.max(initial=0) + 1) + who[by_actor])
    return Rows(done, _shifted(done, 1, exchange), _shifted(done, 2, exchange), own, levels)


def rows_of_groups(
    level: Sequence[int], actor: Sequence[str], group: Sequence[Hashable], levels: int
) -> Rows:
    """Return the acts of one crisis, each with the acts before its group.

    Acts of one group are treated as simultaneous: none is a predictor of another.
    """
    before, second, own = [], [], []
    start = 0
    for k in range(len(level)):
        if group[k] != group[start]:
            start = k
        known = range(start - 1, -1, -1)
        mine = next((level[j] for j in known if actor[j] == actor[k]), NONE)
        own.append(mine)
        before.append(level[start - 1] if start > 0 else NONE)
        second.append(level[start - 2] if start > 1 else NONE)
    done = np.array(level, np.int64)
    return Rows(done, np.array(before, np.int64), np.array(second, np.int64), np.array(own, np.int64), levels)


def rows_of_exchanges(exchanges: Exchanges) -> Rows:
    """Return the acts of exchanges between states, levels 2 to 5 as 0 to 3."""
    level = exchanges.events.level - LOWEST
    return rows_of(level, exchanges.side, exchanges.first, HIGHEST - LOWEST + 1)


def joined(parts: Sequence[Rows], levels: int) -> Rows:
    """Return the rows of all parts, one after the other."""
    empty = np.zeros(0, np.int64)
    return Rows(
        np.concatenate([empty, *(part.level for part in parts)]),
        np.concatenate([empty, *(part.before for part in parts)]),
        np.concatenate([empty, *(part.second for part in parts)]),
        np.concatenate([empty, *(part.own for part in parts)]),
        levels,
    )


def climatology(train: Rows, rows: Rows) -> Probabilities:
    """Forecast each level with its share in the training rows."""
    return np.repeat(_shares(train)[None], len(rows), axis=0)


def persistence(train: Rows, rows: Rows) -> Probabilities:
    """Forecast that the actor repeats its last level, with the frequency of such repeats in training.

    With h that frequency: probability h for its own last level, and 1 - h spread over all levels by
    climatology. An actor that has not acted yet is assumed to repeat the level of the act toward it; a first
    row has the climatology alone.
    """
    known = _last(train)
    again = (known == train.level)[known != NONE]
    hit_rate = (again.sum() + 0.5) / (len(again) + 1.0)
    forecast = climatology(train, rows)
    last = _last(rows)
    at = np.flatnonzero(last != NONE)
    forecast[at] *= 1 - hit_rate
    forecast[at, last[at]] += hit_rate
    return forecast


def first_order(train: Rows, rows: Rows) -> Probabilities:
    """Forecast by a Markov chain on the level of the row before."""
    states = rows.levels + 1
    table = _backed_off(train.before % states, train.level, climatology(train, _each(states, rows)))
    return table[rows.before % states]


def second_order(train: Rows, rows: Rows) -> Probabilities:
    """Forecast by a Markov chain on the levels of the two rows before."""
    states = rows.levels + 1
    pairs = _each(states * states, rows)
    pairs = Rows(pairs.level, pairs.level % states, pairs.level // states, pairs.own, rows.levels)
    table = _backed_off(_pair(train, states), train.level, first_order(train, pairs))
    return table[_pair(rows, states)]


def own_chain(train: Rows, rows: Rows) -> Probabilities:
    """Forecast by a Markov chain on the level of the actor's own last act."""
    states = rows.levels + 1
    table = _backed_off(train.own % states, train.level, climatology(train, _each(states, rows)))
    return table[rows.own % states]


Baseline = Callable[[Rows, Rows], Probabilities]

BASELINES: dict[str, Baseline] = {
    "climatology": climatology,
    "persistence": persistence,
    "markov_1": first_order,
    "markov_2": second_order,
    "own_chain": own_chain,
}


def replay(train: Rows, rows: Rows, last_crisis: ArrayLike, hit_rate: float) -> Probabilities:
    """Forecast a repeat of the last crisis, act by act.

    Parameters
    ----------
    train, rows
        Training rows for the climatology, and the rows of the crisis to forecast.
    last_crisis
        Levels of the acts of the last crisis in order; act k of this one is forecast to be its act k.
    hit_rate
        Hit rate of such forecasts in training, used as their probability. The rest follows the climatology,
        as do all acts beyond the end of the last crisis.
    """
    levels = np.asarray(last_crisis, np.int64)
    forecast = climatology(train, rows)
    at = np.arange(min(len(rows), len(levels)))
    forecast[at] *= 1 - hit_rate
    forecast[at, levels[at]] += hit_rate
    return forecast


def _shifted(values: Whole, by: int, group: Whole) -> Whole:
    """Return the value `by` places before within the same group of neighbours, NONE where there is none."""
    found = np.full(len(values), NONE, np.int64)
    found[by:] = np.where(group[by:] == group[:-by], values[:-by], NONE)
    return found


def _last(rows: Rows) -> Whole:
    return np.where(rows.own != NONE, rows.own, rows.before)


def _pair(rows: Rows, states: int) -> Whole:
    return rows.second % states * states + rows.before % states


def _each(states: int, rows: Rows) -> Rows:
    """Return a row for each state, for the table of a chain; only its length and its levels are used."""
    numbers = np.arange(states)
    return Rows(numbers, numbers, numbers, numbers, rows.levels)


def _shares(train: Rows) -> NDArray[np.float64]:
    counts = np.bincount(train.level, minlength=train.levels).astype(np.float64)
    shares: NDArray[np.float64] = (counts + 1) / (counts.sum() + train.levels)
    return shares


def _backed_off(state: Whole, level: Whole, shorter: Probabilities) -> Probabilities:
    """Return the forecast in each state from its counts and from the forecast of the shorter chain."""
    counts = np.zeros_like(shorter)
    np.add.at(counts, (state, level), 1.0)
    levels = shorter.shape[1]
    forecast: Probabilities = (counts + levels * shorter) / (counts.sum(axis=1, keepdims=True) + levels)
    return forecast
