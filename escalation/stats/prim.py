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

FEW = 64
"""Numbers with at most so many distinct values are counted value by value instead of sorted."""
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
    def sorted_inputs(self) -> tuple[int, ...]:
        """The inputs that are numbers with many values."""
        return tuple(j for j, each in enumerate(self.inputs) if not each.categories and j not in self.levels)

    @cached_property
    def levels(self) -> dict[int, tuple[Floats, NDArray[np.intp]]]:
        """Of numbers with few values, the values in order and the place of each point's among them."""
        found = {}
        for j, each in enumerate(self.inputs):
            if not each.categories:
                values, codes = np.unique(each.values, return_inverse=True)
                if len(values) <= FEW:
                    found[j] = (values, codes.reshape(-1))
        return found

    @cached_property
    def codes(self) -> dict[int, NDArray[np.intp]]:
        """The category of each point, by input."""
        return {j: each.values.astype(np.intp) for j, each in enumerate(self.inputs) if each.categories}

    @cached_property
    def table(self) -> Floats:
        """The values of `sorted_inputs`, [inputs, n]."""
        return np.array([self.inputs[j].values for j in self.sorted_inputs]).reshape(-1, self.count)

    @cached_property
    def orders(self) -> NDArray[np.int32]:
        """The points in ascending order of each of `sorted_inputs`, [inputs, n]."""
        return np.argsort(self.table, axis=1, kind="stable").astype(np.int32)

    def outside(self, box: Box, j: int) -> Mask:
        """Return the points outside the limits of one input."""
        values = self.inputs[j].values
        if box.out[j]:
            return np.isin(values, list(box.out[j]))
        return np.asarray((values < box.low[j]) | (values > box.high[j]))

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
    limit: float
    weight: float
    hits: float


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
    inside = rates.weight > 0
    free = inside.copy()
    steps = [_step(space.whole, rates, inside)]
    orders = _kept(space.orders, inside)
    while True:
        peel = _best_peel(space, rates, peeling, steps[-1], inside, orders)
        if peel is None:
            break
        inside &= ~_removed(space, peel)
        orders = _kept(orders, inside)
        steps.append(_step(_peeled(steps[-1].box, peel), rates, inside))
    while True:
        pasted = _best_paste(space, rates, peeling, steps[-1], free)
        if pasted is None:
            return steps
        steps.append(pasted)


def step_of(space: Space, rates: PointRates, box: Box, available: Mask | None = None) -> FoundBox:
    """Return the figures of a box."""
    inside = space.inside(box) & (rates.weight > 0)
    return _step(box, rates, inside if available is None else inside & available)


def _step(box: Box, rates: PointRates, inside: Mask) -> FoundBox:
    weight, hits = rates.of(inside)
    return FoundBox(
        box, weight, hits,
        mass=weight / rates.total if rates.total else 0.0,
        density=hits / weight if weight else math.nan,
        coverage=hits / rates.total_hits if rates.total_hits else 0.0,
    )  # fmt: skip


def _kept(orders: NDArray[np.int32], inside: Mask) -> NDArray[np.int32]:
    """Return the orders of the points that are inside."""
    return orders[inside[orders]].reshape(len(orders), int(np.count_nonzero(inside)))


def _best_peel(
    space: Space, rates: PointRates, peeling: Peeling, here: FoundBox, inside: Mask, orders: NDArray[np.int32]
) -> _Peel | None:
    peels: list[_Peel] = []
    ends = iter(_ends(space, rates, peeling.alpha, orders, here.weight))
    for j in range(len(space.inputs)):
        if j in space.levels:
            peels += _level_peels(space, rates, peeling.alpha, j, inside, here.weight)
        elif j in space.codes:
            peels += _category_peels(space, rates, j, inside)
        else:
            peels += next(ends)
    least = peeling.least * rates.total
    best, score_of_best, free_of_best = None, 0.0, -1
    restricted = set(here.box.restricted)
    for peel in peels:
        left = here.weight - peel.weight
        if peel.weight <= 0 or left <= 0 or left < least * (1 - _EQUAL):
            continue
        score = ((here.hits - peel.hits) / left - here.density) / peel.weight
        free = 0 if peel.input in restricted else -1
        margin = _EQUAL * abs(score_of_best)
        if score > score_of_best + margin or (
            best is not None and score >= score_of_best - margin and free > free_of_best
        ):
            best, score_of_best, free_of_best = peel, score, free
    return best


def _ends(
    space: Space, rates: PointRates, alpha: float, orders: NDArray[np.int32], weight: float
) -> Iterator[list[_Peel]]:
    """Yield, for each input with many values, the peels at its upper and at its lower end."""
    count = orders.shape[1]
    if not len(orders) or count < 2:
        yield from ([] for _ in orders)
        return
    low_at, high_at = _positions(weight, alpha)
    # The share alpha of the points is nearly always found among twice so many at the end.
    some = min(count, int(2 * alpha * count) + 8)
    targets: tuple[tuple[Side, float], ...] = (("high", high_at), ("low", low_at))
    for row, order in enumerate(orders):
        values = space.table[row]
        peels = []
        for side, target in targets:
            ranked = order[::-1] if side == "high" else order
            found = _end(values, rates, ranked[:some], target)
            if found is None and some < count:
                found = _end(values, rates, ranked, target)
            if found is not None:
                (last, following), taken, hits = found
                j = space.sorted_inputs[row]
                limit = following if space.inputs[j].is_listed else (last + following) / 2
                peels.append(_Peel(j, side, limit, taken, hits))
        yield peels


def _positions(weight: float, alpha: float) -> tuple[float, float]:
    """Return how much weight lies before the last point removed, from the lower and from the upper end.

    The quantiles of the points counted by their weight: floor((W - 1) alpha) from below, and
    ceil((W - 1) (1 - alpha)) from below for the upper end.
    """
    return math.floor((weight - 1) * alpha), weight - 1 - math.ceil((weight - 1) * (1 - alpha))


def _end(
    values: Floats, rates: PointRates, ranked: NDArray[np.int32] | NDArray[np.intp], target: float
) -> tuple[tuple[float, float], float, float] | None:
    """Return the last value removed and the next, and the weight and hits removed; None if not found here."""
    weight = rates.weight[ranked]
    reached = np.cumsum(weight)
    at = int(np.searchsorted(reached, target, side="right"))
    if at >= len(ranked):
        return None
    found = values[ranked]
    same = np.flatnonzero(found[at:] != found[at])
    if not len(same):
        return None
    after = at + int(same[0])
    hits = float(rates.hits[ranked[:after]].sum())
    return (float(found[at]), float(found[after])), float(reached[after - 1]), hits


def _level_peels(
    space: Space, rates: PointRates, alpha: float, j: int, inside: Mask, weight: float
) -> Iterator[_Peel]:
    values, codes = space.levels[j]
    weights, hits = _counted(rates, codes, inside, len(values))
    there = np.flatnonzero(weights)
    if len(there) < 2:
        return
    low_at, high_at = _positions(weight, alpha)
    targets: tuple[tuple[Side, float], ...] = (("high", high_at), ("low", low_at))
    for side, target in targets:
        order = there[::-1] if side == "high" else there
        reached = np.cumsum(weights[order])
        at = int(np.searchsorted(reached, target, side="right"))
        if at + 1 >= len(order):
            continue
        last, following = float(values[order[at]]), float(values[order[at + 1]])
        limit = following if space.inputs[j].is_listed else (last + following) / 2
        gone = float(hits[order[: at + 1]].sum())
        yield _Peel(j, side, limit, float(reached[at]), gone)


def _category_peels(space: Space, rates: PointRates, j: int, inside: Mask) -> Iterator[_Peel]:
    weights, hits = _counted(rates, space.codes[j], inside, len(space.inputs[j].categories))
    there = np.flatnonzero(weights)
    if len(there) > 1:
        for code in there.tolist():
            yield _Peel(j, code, math.nan, float(weights[code]), float(hits[code]))


def _counted(rates: PointRates, codes: NDArray[np.intp], inside: Mask, count: int) -> tuple[Floats, Floats]:
    at = codes[inside]
    return (
        np.bincount(at, rates.weight[inside], minlength=count).astype(np.float64),
        np.bincount(at, rates.hits[inside], minlength=count).astype(np.float64),
    )


def _removed(space: Space, peel: _Peel) -> Mask:
    values = space.inputs[peel.input].values
    if peel.side == "low":
        return np.asarray(values < peel.limit)
    if peel.side == "high":
        return np.asarray(values > peel.limit)
    return np.asarray(values == peel.side)


def _peeled(box: Box, peel: _Peel) -> Box:
    if peel.side == "low":
        return box.with_limit(peel.input, low=peel.limit)
    if peel.side == "high":
        return box.with_limit(peel.input, high=peel.limit)
    assert isinstance(peel.side, int)
    return box.with_out(peel.input, box.out[peel.input] | {peel.side})


def _best_paste(
    space: Space, rates: PointRates, peeling: Peeling, here: FoundBox, free: Mask
) -> FoundBox | None:
    box = here.box
    outside = {j: space.outside(box, j) for j in box.restricted}
    broken = np.zeros(space.count, np.int8)
    for mask in outside.values():
        broken += mask
    only = free & (broken == 1)
    best: tuple[float, int, Box] | None = None
    for j, limit in box.limits:
        wider, weight, hits = _widened(
            space, rates, peeling, box, j, limit, np.flatnonzero(only & outside[j])
        )
        if weight <= 0:
            continue
        gain = (here.hits + hits) / (here.weight + weight) - here.density
        if gain <= _EQUAL:
            continue
        score, unrestricted = gain / weight, -len(wider.restricted)
        margin = _EQUAL * abs(best[0]) if best else 0.0
        if best is None or score > best[0] + margin or (score >= best[0] - margin and unrestricted > best[1]):
            best = (score, unrestricted, wider)
    return step_of(space, rates, best[2]) if best else None


def _widened(
    space: Space,
    rates: PointRates,
    peeling: Peeling,
    box: Box,
    j: int,
    limit: Side | int,
    points: NDArray[np.intp],
) -> tuple[Box, float, float]:
    """Return a box with one limit moved outward over a share alpha of what only it shuts out.

    With it come the weight and the hits that are added. `points` are those that only this input shuts out.
    """
    values = space.inputs[j].values[points]
    if isinstance(limit, int):
        added = points[values == limit]
        wider = box.with_out(j, box.out[j] - {limit})
        return wider, float(rates.weight[added].sum()), float(rates.hits[added].sum())
    on_side = values < box.low[j] if limit == "low" else values > box.high[j]
    points, values = points[on_side], values[on_side]
    # The nearest to the box come first.
    ranked = points[np.argsort(-values if limit == "low" else values, kind="stable")]
    low_at, high_at = _positions(float(rates.weight[ranked].sum()), peeling.alpha)
    found = _end(space.inputs[j].values, rates, ranked, high_at if limit == "low" else low_at)
    if found is None:
        return box.without(j, limit), float(rates.weight[ranked].sum()), float(rates.hits[ranked].sum())
    (last, following), weight, hits = found
    edge = last if space.inputs[j].is_listed else (last + following) / 2
    wider = box.with_limit(j, low=edge) if limit == "low" else box.with_limit(j, high=edge)
    return wider, weight, hits


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
    from scipy.special import betainc

    found = []
    y = rates.hits / np.maximum(rates.weight, 1e-300)
    for other in _without_each(step.box):
        inside = space.inside(other) & (rates.weight > 0)
        wider = _step(other, rates, inside)
        p = min(wider.density, 1.0)
        spread = float((rates.weight[inside] * (y[inside] - p) ** 2).sum()) / wider.weight
        if step.hits <= 0 or spread <= _EQUAL * p:
            found.append(1.0)
            continue
        times = p * (1 - p) / spread
        found.append(float(betainc(step.hits * times, (step.weight - step.hits) * times + 1, p)))
    return found


def _without_each(box: Box) -> Iterator[Box]:
    """Yield the box without each of its limits; of categories one is put back."""
    for j, limit in box.limits:
        if isinstance(limit, int):
            yield box.with_out(j, box.out[j] - {limit})
        else:
            yield box.without(j, limit)


INSIGNIFICANT = 0.05


def simplified(space: Space, rates: PointRates, step: FoundBox) -> FoundBox:
    """Return a box without the limits whose quasi-p exceeds 0.05, dropped one by one, the weakest first."""
    while True:
        values = quasi_p(space, rates, step)
        if not values or max(values) <= INSIGNIFICANT:
            return step
        worst = max(range(len(values)), key=values.__getitem__)
        step = step_of(space, rates, list(_without_each(step.box))[worst])


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
