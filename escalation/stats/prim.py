"""The patient rule induction method: boxes in the space of inputs in which an event is frequent.

Friedman and Fisher 1999, "Bump hunting in high-dimensional data", Statistics and Computing 9, 123-143; for
scenario discovery Bryant and Lempert 2010, "Thinking inside the box", Technological Forecasting and Social
Change 77, 34-49; for inputs of mixed kinds Kwakkel and Jaxa-Rozen 2016, "Improving scenario discovery for
handling heterogeneous uncertainties and multinomial classified outcomes", Environmental Modelling & Software
79, 311-321.

The event need not be certain at a point: its outcome is a rate in [0, 1], the share of replications with the
event. Of the points in a box, with weights w and rates y:

    mass = sum w(in) / sum w(all), density = sum w y(in) / sum w(in), coverage = sum w y(in) / sum w y(all).

A step of peeling takes the candidate with the largest (density after - density before) / weight removed, the
lenient objective of Kwakkel and Jaxa-Rozen, by which the removal of a whole category competes fairly with
that of a thin slice. Candidates are, for each number, the lowest and the highest share alpha of the weight,
ties included, and for each category its removal. Of candidates that are equally good to twelve digits, that
which restricts fewer inputs is taken, then the first in the order of inputs, its upper end before its lower.
Peeling ends when none of them adds to the density or leaves `least` of the weight. Pasting then widens the
restricted inputs in the same way, by a share alpha of what lies outside one limit only, while density rises.
Values may be known by classes of neighbours, which go together as ties do; limits are between two classes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Side = Literal["low", "high"]

_EQUAL = 1e-12


@dataclass(frozen=True)
class Input:
    """One input at every point."""

    name: str
    values: Floats
    """[n]: numbers, or the numbers of categories from 0 on."""
    categories: tuple[str, ...] = ()
    """Their names; empty for a number."""
    is_listed: bool = False
    """Whether only the values that occur exist, so that a limit is one of them rather than between two."""


@dataclass(frozen=True)
class Box:
    """Limits of inputs; numbers are inside with low <= x <= high."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    """Minus and plus infinity where there is no limit."""
    out: tuple[frozenset[int], ...]
    """The categories of each input that are not in the box."""

    @property
    def restricted(self) -> tuple[int, ...]:
        """Return the inputs that the box restricts."""
        return tuple(j for j in range(len(self.low)) if any(True for _ in self._limits_of(j)))

    @property
    def limits(self) -> tuple[tuple[int, Side | int], ...]:
        """Return each limit: the input, and its end or the category left out."""
        return tuple((j, limit) for j in range(len(self.low)) for limit in self._limits_of(j))

    def _limits_of(self, j: int) -> Iterator[Side | int]:
        if self.low[j] > -math.inf:
            yield "low"
        if self.high[j] < math.inf:
            yield "high"
        yield from sorted(self.out[j])

    def with_limit(self, j: int, low: float | None = None, high: float | None = None) -> Box:
        """Return the box with other limits of a number."""
        return replace(
            self,
            low=self.low if low is None else (*self.low[:j], low, *self.low[j + 1 :]),
            high=self.high if high is None else (*self.high[:j], high, *self.high[j + 1 :]),
        )

    def with_out(self, j: int, out: frozenset[int]) -> Box:
        """Return the box with other categories left out."""
        return replace(self, out=(*self.out[:j], out, *self.out[j + 1 :]))

    def without(self, j: int, limit: Side | int | None = None) -> Box:
        """Return the box without a limit: of a number that end, of categories all, by default all."""
        if limit == "low":
            return self.with_limit(j, low=-math.inf)
        if limit == "high":
            return self.with_limit(j, high=math.inf)
        return self.with_limit(j, -math.inf, math.inf).with_out(j, frozenset())


@dataclass(frozen=True)
class Space:
    """The inputs of all points, prepared once for many searches."""

    inputs: tuple[Input, ...]
    most: int | None = None
    """Into how many classes of equally many points the values of a number are put, if it has more."""

    @property
    def whole(self) -> Box:
        """Return the box without limits."""
        count = len(self.inputs)
        return Box((-math.inf,) * count, (math.inf,) * count, (frozenset(),) * count)

    @property
    def count(self) -> int:
        """Return the number of points."""
        return len(self.inputs[0].values)

    @cached_property
    def orders(self) -> NDArray[np.intp]:
        """The points in ascending order of each input, [inputs, n]."""
        return np.argsort(np.array([each.values for each in self.inputs]), axis=1, kind="stable")

    @cached_property
    def starts(self) -> tuple[NDArray[np.intp], ...]:
        """Where each class of values begins in that order, by input, and where the last one ends.

        A class is one value, or, where there are too many, neighbouring values.
        """
        found = []
        for each, order in zip(self.inputs, self.orders, strict=True):
            values = each.values[order]
            starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
            if self.most is not None and len(starts) > self.most and not each.categories:
                # A class begins with the first value that does at, or after, each of these places.
                places = np.linspace(0, self.count, self.most, endpoint=False)
                found_at = np.unique(np.searchsorted(starts, places))
                starts = starts[found_at[found_at < len(starts)]]
            found.append(np.append(starts, self.count))
        return tuple(found)

    @cached_property
    def least(self) -> tuple[Floats, ...]:
        """The least value of each class, by input."""
        pairs = zip(self.inputs, self.orders, self.starts, strict=True)
        return tuple(each.values[order[starts[:-1]]] for each, order, starts in pairs)

    @cached_property
    def greatest(self) -> tuple[Floats, ...]:
        """The greatest value of each class, by input."""
        pairs = zip(self.inputs, self.orders, self.starts, strict=True)
        return tuple(each.values[order[starts[1:] - 1]] for each, order, starts in pairs)

    @cached_property
    def codes(self) -> NDArray[np.int32]:
        """The class of each point, [inputs, n]."""
        found = np.empty((len(self.inputs), self.count), np.int32)
        for codes, order, starts in zip(found, self.orders, self.starts, strict=True):
            codes[order] = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        return found

    def has_more_values(self, most: int) -> bool:
        """Return whether a number has more than `most` values."""
        pairs = zip(self.inputs, self.least, strict=True)
        return any(not each.categories and len(values) > most for each, values in pairs)

    @cached_property
    def firsts(self) -> NDArray[np.int32]:
        """The number of each input's first class, counted through all inputs; at the end that of all."""
        return np.cumsum([0, *(len(starts) - 1 for starts in self.starts)]).astype(np.int32)

    def outside(self, box: Box, j: int) -> Mask:
        """Return the points outside the limits of one input."""
        values = self.inputs[j].values
        if box.out[j]:
            return np.isin(values, list(box.out[j]))
        return np.asarray((values < box.low[j]) | (values > box.high[j]))

    def beyond(self, box: Box, j: int, limit: Side | int) -> Mask:
        """Return the points that one limit shuts out."""
        values = self.inputs[j].values
        if isinstance(limit, int):
            return np.asarray(values == limit)
        return np.asarray(values < box.low[j] if limit == "low" else values > box.high[j])

    def inside(self, box: Box) -> Mask:
        """Return the points in a box."""
        found = np.ones(self.count, bool)
        for j in box.restricted:
            found &= ~self.outside(box, j)
        return found


@dataclass(frozen=True)
class PointRates:
    """The outcome at every point of a space."""

    weight: Floats
    """[n]: how often each point counts, as if it were there so many times; 0 leaves it out."""
    hits: Floats
    """[n]: weight times the rate of the event, a share in [0, 1]."""

    @cached_property
    def total(self) -> float:
        """The weight of all points."""
        return float(self.weight.sum())

    @cached_property
    def total_hits(self) -> float:
        """The expected number of events."""
        return float(self.hits.sum())

    @property
    def base(self) -> float:
        """Return the rate over all points, NaN without any."""
        return self.total_hits / self.total if self.total else math.nan

    def of(self, inside: Mask) -> tuple[float, float]:
        """Return the weight and the hits of some points."""
        return float(self.weight[inside].sum()), float(self.hits[inside].sum())


@dataclass(frozen=True)
class FoundBox:
    """One box of a trajectory."""

    box: Box
    weight: float
    hits: float
    mass: float
    density: float
    coverage: float


@dataclass(frozen=True)
class Peeling:
    """How boxes are sought."""

    alpha: float = 0.05
    """The share of a box that a step removes or adds."""
    least: float = 0.05
    """The smallest mass of a box."""


@dataclass(frozen=True)
class _Peel:
    """A candidate: what it removes, and the box that it leaves."""

    input: int
    side: Side | int
    last: int
    after: int
    """The last class removed, and the next that has any weight, counted from their side."""
    weight: float
    hits: float
    start: int
    stop: int
    """The classes that it empties."""


def trajectory(space: Space, rates: PointRates, peeling: Peeling | None = None) -> list[FoundBox]:
    """Return the boxes from all points with weight to the last after pasting, in the order of the steps.

    Parameters
    ----------
    space
        The inputs of n points.
    rates
        Their outcomes.
    peeling
        The size of the steps and the smallest box.
    """
    peeling = peeling or Peeling()
    left = _Remaining(space, rates)
    steps = [_step(space.whole, rates, rates.total, rates.total_hits)]
    while (peel := _best_peel(left, peeling, steps[-1])) is not None:
        left.remove(peel)
        steps.append(left.step(_peeled(space, steps[-1].box, peel)))
    pasting = _Pasting(space, rates, peeling.alpha, steps[-1].box)
    while (wider := pasting.best(steps[-1])) is not None:
        steps.append(pasting.step(wider))
    return steps


def step_of(space: Space, rates: PointRates, box: Box, available: Mask | None = None) -> FoundBox:
    """Return the figures of a box."""
    inside = space.inside(box) & (rates.weight > 0)
    return _step(box, rates, *rates.of(inside if available is None else inside & available))


def _step(box: Box, rates: PointRates, weight: float, hits: float) -> FoundBox:
    return FoundBox(
        box, weight, hits,
        mass=weight / rates.total if rates.total else 0.0,
        density=hits / weight if weight else math.nan,
        coverage=hits / rates.total_hits if rates.total_hits else 0.0,
    )  # fmt: skip


class _Remaining:
    """The points that are still in the box, counted by class of each input.

    A step reads classes from the ends of each input, and takes what it removes out of the counts, so that the
    time of a trajectory grows with points and inputs, and little with steps.
    """

    def __init__(self, space: Space, rates: PointRates) -> None:
        self.space, self.rates = space, rates
        self.inside = rates.weight > 0
        count = int(space.firsts[-1])
        self.weight, self.hits = np.zeros((2, count))
        self.rows: list[tuple[Floats, Floats]] = []
        for codes, first, end in zip(space.codes, space.firsts, space.firsts[1:], strict=False):
            self.weight[first:end] = np.bincount(codes, rates.weight, minlength=end - first)
            self.hits[first:end] = np.bincount(codes, rates.hits, minlength=end - first)
            self.rows.append((self.weight[first:end], self.hits[first:end]))
        self.backward = [(weight[::-1], hits[::-1]) for weight, hits in self.rows]
        self.emptied: dict[tuple[int, Side | int], int] = {}

    def step(self, box: Box) -> FoundBox:
        """Return the figures of the box that has these points."""
        weight, hits = self.rows[0]
        return _step(box, self.rates, float(weight.sum()), float(hits.sum()))

    def remove(self, peel: _Peel) -> None:
        """Take the points of a peel out of the counts."""
        j, space = peel.input, self.space
        points = space.orders[j, space.starts[j][peel.start] : space.starts[j][peel.stop]]
        points = points[self.inside[points]]
        self.inside[points] = False
        at = (space.codes[:, points] + space.firsts[:-1, None]).reshape(-1)
        for sums, values in ((self.weight, self.rates.weight), (self.hits, self.rates.hits)):
            gone = np.tile(values[points], len(space.inputs))
            if len(sums) < 8 * len(at):
                np.subtract(sums, np.bincount(at, gone, minlength=len(sums)), out=sums)
            else:
                np.subtract.at(sums, at, gone)
        self.emptied[j, peel.side] = peel.stop if peel.side == "low" else len(self.rows[j][0]) - peel.start

    def peels(self, alpha: float, weight: float) -> Iterator[_Peel]:
        """Yield the candidates, input by input; of a number the upper end first."""
        low_at, high_at = _positions(weight, alpha)
        for j, each in enumerate(self.space.inputs):
            if each.categories:
                yield from self._of_categories(j)
            else:
                yield from self._of_numbers(j, "high", high_at, alpha)
                yield from self._of_numbers(j, "low", low_at, alpha)

    def _of_numbers(self, j: int, side: Side, target: float, alpha: float) -> Iterator[_Peel]:
        weight, hits = self.rows[j] if side == "low" else self.backward[j]
        start, count = self.emptied.get((j, side), 0), len(weight)
        # The share alpha of the points is most often found among little more than so many at the end.
        for times in (1.25, 4.0, math.inf):
            stop = int(min(count, start + times * alpha * count + 16))
            found = _end(weight[start:stop], target)
            if found is not None:
                last, after = start + found.last, start + found.after
                gone = float(hits[start:after].sum())
                classes = (start, after) if side == "low" else (count - after, count - start)
                yield _Peel(j, side, last, after, found.weight, gone, *classes)
            if found is not None or stop == count:
                return

    def _of_categories(self, j: int) -> Iterator[_Peel]:
        weight, hits = self.rows[j]
        there = np.flatnonzero(weight > 0)
        for k in there.tolist() if len(there) > 1 else ():
            code = int(self.space.least[j][k])
            yield _Peel(j, code, k, k, float(weight[k]), float(hits[k]), k, k + 1)


def _best_peel(left: _Remaining, peeling: Peeling, here: FoundBox) -> _Peel | None:
    least = peeling.least * left.rates.total
    best, score_of_best, free_of_best = None, 0.0, -1
    restricted = set(here.box.restricted)
    for peel in left.peels(peeling.alpha, here.weight):
        rest = here.weight - peel.weight
        if peel.weight <= 0 or rest <= 0 or rest < least * (1 - _EQUAL):
            continue
        score = ((here.hits - peel.hits) / rest - here.density) / peel.weight
        free = 0 if peel.input in restricted else -1
        margin = _EQUAL * abs(score_of_best)
        if score > score_of_best + margin or (
            best is not None and score >= score_of_best - margin and free > free_of_best
        ):
            best, score_of_best, free_of_best = peel, score, free
    return best


def _positions(weight: float, alpha: float) -> tuple[float, float]:
    """Return how much weight lies before the last point removed, from the lower and from the upper end.

    The quantiles of the points counted by their weight: floor((W - 1) alpha) from below, and
    ceil((W - 1) (1 - alpha)) from below for the upper end.
    """
    return math.floor((weight - 1) * alpha), weight - 1 - math.ceil((weight - 1) * (1 - alpha))


@dataclass(frozen=True)
class _End:
    """Where a share of the weight ends in a row of classes."""

    last: int
    after: int
    """The places of the last class removed, and of the next that has any weight."""
    weight: float
    """What is removed."""


def _end(weight: Floats, target: float) -> _End | None:
    """Return what is removed once more weight than `target` is reached; None if nothing follows here."""
    reached = np.cumsum(weight)
    at = int(np.searchsorted(reached, target, side="right"))
    after = at + 1
    if after < len(weight) and not weight[after] > 0:
        after += int((weight[after:] > 0).argmax())
    if after >= len(weight) or not weight[after] > 0:
        return None
    return _End(at, after, float(reached[at]))


def _limit(space: Space, j: int, side: Side, last: int, after: int) -> float:
    """Return the limit that shuts out class `last` and leaves `after` in, both counted from their side."""
    if side == "low":
        out, inside = space.greatest[j][last], space.least[j][after]
    else:
        out, inside = space.least[j][-1 - last], space.greatest[j][-1 - after]
    middle = (out + inside) / 2
    return float(inside if space.inputs[j].is_listed or middle == out else middle)


def _peeled(space: Space, box: Box, peel: _Peel) -> Box:
    j, side = peel.input, peel.side
    if isinstance(side, int):
        return box.with_out(j, box.out[j] | {side})
    limit = _limit(space, j, side, peel.last, peel.after)
    return box.with_limit(j, low=limit) if side == "low" else box.with_limit(j, high=limit)


class _Pasting:
    """The points outside a box that is widened step by step, by the inputs that shut them out."""

    def __init__(self, space: Space, rates: PointRates, alpha: float, box: Box) -> None:
        self.space, self.rates, self.alpha = space, rates, alpha
        self.outside = {j: space.outside(box, j) for j in box.restricted}
        self.broken = np.zeros(space.count, np.int16)
        for mask in self.outside.values():
            self.broken += mask

    def step(self, box: Box) -> FoundBox:
        """Return the figures of the box as it is by now."""
        return _step(box, self.rates, *self.rates.of((self.broken == 0) & (self.rates.weight > 0)))

    def best(self, here: FoundBox) -> Box | None:
        """Widen the box by the limit that is best for its density, and return it; None if none is good."""
        box = here.box
        only = np.flatnonzero((self.broken == 1) & (self.rates.weight > 0))
        best: tuple[float, int, Box, int] | None = None
        for j, limit in box.limits:
            wider, weight, hits = self._widened(box, j, limit, only[self.outside[j][only]])
            if weight <= 0:
                continue
            gain = (here.hits + hits) / (here.weight + weight) - here.density
            if gain <= _EQUAL:
                continue
            score, unrestricted = gain / weight, -len(wider.restricted)
            margin = _EQUAL * abs(best[0]) if best else 0.0
            if (
                best is None
                or score > best[0] + margin
                or (score >= best[0] - margin and unrestricted > best[1])
            ):
                best = (score, unrestricted, wider, j)
        if best is None:
            return None
        *_, wider, j = best
        shut_out = self.space.outside(wider, j)
        self.broken -= self.outside[j] & ~shut_out
        self.outside[j] = shut_out
        return wider

    def _widened(
        self, box: Box, j: int, limit: Side | int, points: NDArray[np.intp]
    ) -> tuple[Box, float, float]:
        """Return a box with one limit moved outward over a share alpha of what only it shuts out.

        With it come the weight and the hits that it adds. `points` are those that only this input shuts out.
        """
        rates, values = self.rates, self.space.inputs[j].values[points]
        if isinstance(limit, int):
            added = points[values == limit]
            wider = box.with_out(j, box.out[j] - {limit})
            return wider, float(rates.weight[added].sum()), float(rates.hits[added].sum())
        points = points[values < box.low[j] if limit == "low" else values > box.high[j]]
        codes = self.space.codes[j, points]
        weight, hits = (
            np.bincount(codes, each[points], minlength=len(self.space.least[j])).astype(np.float64)
            for each in (rates.weight, rates.hits)
        )
        total = float(weight.sum())
        low_at, high_at = _positions(total, self.alpha)
        # The nearest to the box come first.
        way = -1 if limit == "low" else 1
        found = _end(weight[::way], high_at if limit == "low" else low_at)
        if found is None:
            return box.without(j, limit), total, float(hits.sum())
        # What follows stays outside: seen from there, it is the last that is shut out.
        count = len(weight)
        edge = _limit(self.space, j, limit, count - 1 - found.after, count - 1 - found.last)
        wider = box.with_limit(j, low=edge) if limit == "low" else box.with_limit(j, high=edge)
        return wider, found.weight, float(hits[::way][: found.after].sum())


def quasi_p(space: Space, rates: PointRates, step: FoundBox) -> list[float]:
    """Return for each limit of a box how likely its density would be by chance if the limit did nothing.

    Of the box without the limit, with density p, the box would be a random part. For points with the event or
    without, T of them in the box and H with the event, that is P(X >= H), X binomial with T and p (Bryant and
    Lempert 2010). Rates between 0 and 1 spread less: with v the variance of the rates in the box without the
    limit, T and H are multiplied by p (1 - p) / v, as in a quasi-binomial model (McCullagh and Nelder 1989,
    Generalized Linear Models, 4.5). No account is taken of the search that chose the limit; resampling does.

    Returns
    -------
    list of float
        One per entry of `step.box.limits`; a category left out is put back alone.
    """
    return _Limits(space, rates, step.box).quasi_p(step)


class _Limits:
    """The limits of a box, and which of them shut out each point."""

    def __init__(self, space: Space, rates: PointRates, box: Box) -> None:
        self.rates = rates
        self.all = box.limits
        self.beyond = [space.beyond(box, j, limit) for j, limit in self.all]
        self.broken, self.sum = np.zeros((2, space.count), np.int32)
        for number, beyond in enumerate(self.beyond, 1):
            self.broken += beyond
            self.sum += number * beyond

    def drop(self, number: int) -> None:
        """Remove a limit, counted from 0; the others keep their numbers."""
        self.broken -= self.beyond[number]
        self.sum -= (number + 1) * self.beyond[number]

    def quasi_p(self, step: FoundBox) -> list[float]:
        """Return the quasi-p of each limit; of one that was dropped it is that of no limit."""
        from scipy.special import betainc

        # Without a limit the box has the points inside, number 0, and those that no other limit shuts out.
        near = np.flatnonzero((self.broken <= 1) & (self.rates.weight > 0))
        by, weight, hits = self.sum[near], self.rates.weight[near], self.rates.hits[near]
        gap = hits / weight - step.density

        def wider(values: Floats) -> Floats:
            sums = np.bincount(by, values, minlength=len(self.all) + 1)
            return np.asarray(sums[0] + sums[1:])

        weights = wider(weight)
        p = np.minimum(wider(hits) / weights, 1.0)
        shift = p - step.density
        spread = wider(weight * gap**2) / weights - shift * (2 * wider(weight * gap) / weights - shift)
        is_known = (step.hits > 0) & (spread > _EQUAL * p)
        times = np.where(is_known, p * (1 - p) / np.where(is_known, spread, 1.0), 1.0)
        found = betainc(step.hits * times, (step.weight - step.hits) * times + 1, p)
        return [float(value) for value in np.where(is_known, found, 1.0)]


INSIGNIFICANT = 0.05


def simplified(space: Space, rates: PointRates, step: FoundBox) -> FoundBox:
    """Return a box without the limits whose quasi-p exceeds 0.05, dropped one by one, the weakest first."""
    limits = _Limits(space, rates, step.box)
    left = dict(enumerate(limits.all))
    while left:
        values = limits.quasi_p(step)
        worst = max(left, key=values.__getitem__)
        if values[worst] <= INSIGNIFICANT:
            break
        j, limit = left.pop(worst)
        limits.drop(worst)
        box = step.box
        wider = box.with_out(j, box.out[j] - {limit}) if isinstance(limit, int) else box.without(j, limit)
        step = step_of(space, rates, wider)
    return step


@dataclass(frozen=True)
class Rule:
    """Which box of a trajectory is chosen.

    With a density, of the boxes at least that dense the one with the largest coverage, or if there is none
    the densest; with a coverage, of the boxes that cover at least that much the densest. With neither, the
    one with the largest harmonic mean of its coverage and its gain in density, as shares of the largest on
    the trajectory. Coverage is meant of the events in the points available.
    """

    density: float | None = None
    coverage: float | None = None

    def choice(self, steps: Sequence[FoundBox]) -> int:
        """Return the place of the box on its trajectory; of equals the first."""
        density = np.array([step.density for step in steps])
        coverage = np.array([step.coverage for step in steps])
        if self.density is not None:
            reached = density >= self.density
            return int(np.where(reached, coverage, -1.0).argmax()) if reached.any() else int(density.argmax())
        if coverage[0] <= 0:
            return 0
        share = coverage / coverage[0]
        if self.coverage is not None:
            return int(np.where(share >= self.coverage, density, -1.0).argmax())
        gain = density - density[0]
        if gain.max() <= 0:
            return 0
        gained = np.maximum(gain / gain.max(), 0.0)
        return int((2 * share * gained / np.maximum(share + gained, 1e-300)).argmax())

    @property
    def says(self) -> str:
        """Return the rule in words."""
        if self.density is not None:
            return f"the box of the largest coverage with a density of at least {self.density:g}"
        if self.coverage is not None:
            return f"the densest box with a coverage of at least {self.coverage:g}"
        return "the box with the largest harmonic mean of coverage and gain in density"
