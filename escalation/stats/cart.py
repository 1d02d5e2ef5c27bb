"""A small classification tree for rates: CART with the binomial deviance.

Breiman, Friedman, Olshen and Stone 1984, "Classification and Regression Trees". A split sends the points with
x <= t of a number, or those of some categories, to the left. Of all splits that leave enough weight on both
sides, the one is taken that reduces the deviance most,

    D = -2 sum w (y log p + (1 - y) log(1 - p)), p the rate of the part,

t is halfway between two neighbouring values. Categories are tried in the order of their rates, among whose
cuts the best division in two always is (theorem 4.5 there). Of splits that are equally good to twelve digits
the first is taken, by input, then value. The depth is the smallest whose deviance in cross-validation exceeds
the least by no more than one standard error of the difference (after section 3.4.3 there). From the bottom
up, splits are undone whose gain is one of chance: at most the quantile of a chi-square variable with one
degree of freedom that all the splits tried in this part exceed with a probability of at most 5% (Bonferroni),
times the variance of the rates in the part over p (1 - p), as in a quasi-binomial model.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escalation.stats.prim import INSIGNIFICANT, Box, Mask, PointRates, Space

Floats = NDArray[np.float64]

_EQUAL = 1e-12
FOLDS = 10


@dataclass(frozen=True)
class Branch:
    """How a node is split."""

    input: int
    limit: float
    """Points with x <= limit go left; NaN for categories."""
    left: frozenset[int]
    """The categories that go left."""
    gain: float
    """By how much the deviance falls."""


@dataclass(frozen=True)
class Node:
    """A part of the points, split or not."""

    box: Box
    weight: float
    hits: float
    depth: int
    branch: Branch | None = None
    below: tuple[Node, ...] = ()
    """The left part, then the right."""

    @property
    def rate(self) -> float:
        """Return the share of crises with the event."""
        return self.hits / self.weight if self.weight else math.nan

    def walk(self) -> Iterator[Node]:
        """Yield the node and all below it, the left part first."""
        yield self
        for node in self.below:
            yield from node.walk()

    def leaves(self) -> list[Node]:
        """Return the parts that are not split, from left to right."""
        return [node for node in self.walk() if not node.below]

    def cut(self, depth: int) -> Node:
        """Return the tree with its splits down to a depth only."""
        if not self.below:
            return self
        if self.depth >= depth:
            return Node(self.box, self.weight, self.hits, self.depth)
        below = tuple(node.cut(depth) for node in self.below)
        return Node(self.box, self.weight, self.hits, self.depth, self.branch, below)


def grow(space: Space, rates: PointRates, deepest: int = 3, least: float = 0.05) -> Node:
    """Return a tree of at most this depth, whose leaves have at least a share `least` of the weight."""
    return _grown(space, rates, rates.weight > 0, space.whole, 0, deepest, least * rates.total)


def _grown(
    space: Space, rates: PointRates, inside: Mask, box: Box, depth: int, deepest: int, least: float
) -> Node:
    weight, hits = rates.of(inside)
    branch = _branch(space, rates, inside, weight, hits, least) if depth < deepest else None
    if branch is None:
        return Node(box, weight, hits, depth)
    goes_left = left_of(space, branch)
    boxes = _boxes(space, box, branch)
    below = tuple(
        _grown(space, rates, inside & side, part, depth + 1, deepest, least)
        for side, part in zip((goes_left, ~goes_left), boxes, strict=True)
    )
    return Node(box, weight, hits, depth, branch, below)


def left_of(space: Space, branch: Branch) -> Mask:
    """Return the points that a split sends to the left."""
    values = space.inputs[branch.input].values
    if space.inputs[branch.input].categories:
        return np.isin(values, list(branch.left))
    return np.asarray(values <= branch.limit)


def _boxes(space: Space, box: Box, branch: Branch) -> tuple[Box, Box]:
    j, each = branch.input, space.inputs[branch.input]
    if each.categories:
        all_of_them = frozenset(range(len(each.categories)))
        return box.with_out(j, box.out[j] | (all_of_them - branch.left)), box.with_out(
            j, box.out[j] | branch.left
        )
    if not each.is_listed:
        return box.with_limit(j, high=branch.limit), box.with_limit(j, low=branch.limit)
    values = space.least[j]
    at = int(np.searchsorted(values, branch.limit, side="right"))
    return box.with_limit(j, high=float(values[at - 1])), box.with_limit(j, low=float(values[at]))


def _branch(
    space: Space, rates: PointRates, inside: Mask, weight: float, hits: float, least: float
) -> Branch | None:
    """Return the best split of a part, None if there is none."""
    best: Branch | None = None
    points = np.flatnonzero(inside)
    w, h = rates.weight[points], rates.hits[points]
    whole = float(_deviance(np.array([weight]), np.array([hits]))[0])
    for j, each in enumerate(space.inputs):
        codes = space.codes[j, points]
        weights = np.bincount(codes, w).astype(np.float64)
        there = np.flatnonzero(weights)
        if len(there) < 2:
            continue
        keys, weights = space.least[j][there], weights[there]
        counts = np.bincount(codes, h)[there].astype(np.float64)
        order = np.argsort(counts / weights, kind="stable") if each.categories else np.arange(len(keys))
        left_weight, left_hits = np.cumsum(weights[order])[:-1], np.cumsum(counts[order])[:-1]
        gain = whole - _deviance(left_weight, left_hits) - _deviance(weight - left_weight, hits - left_hits)
        allowed = np.minimum(left_weight, weight - left_weight) >= least * (1 - _EQUAL)
        if not allowed.any():
            continue
        gain = np.where(allowed, gain, -np.inf)
        at = int(np.flatnonzero(gain >= gain.max() - _EQUAL * whole)[0])
        if gain[at] > (best.gain if best else 0.0) + _EQUAL * whole:
            left = frozenset(keys[order[: at + 1]].astype(int).tolist()) if each.categories else frozenset()
            limit = math.nan if each.categories else float(keys[at] + keys[at + 1]) / 2
            best = Branch(j, limit, left, float(gain[at]))
    return best


def _deviance(weight: Floats, hits: Floats) -> Floats:
    """-2 sum(w (p log p + (1 - p) log(1 - p))) of parts with these weights and hits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.clip(hits / weight, 0.0, 1.0)
        found = rate * np.log(rate) + (1 - rate) * np.log1p(-rate)
    return -2 * weight * np.where((rate <= 0) | (rate >= 1), 0.0, found)


@dataclass(frozen=True)
class TreeChoice:
    """A tree, and the deviances by which its depth was chosen."""

    tree: Node
    deviance: tuple[float, ...]
    """Per point in cross-validation, by depth from 0 on."""
    standard_error: tuple[float, ...]
    """Of the difference to the least deviance: all depths are judged on the same points."""


def choose_tree(
    space: Space, rates: PointRates, random: np.random.Generator, deepest: int = 3, least: float = 0.05
) -> TreeChoice:
    """Return the tree of the depth that cross-validation calls for.

    Each point is held out once, in one of ten groups dealt at random; its deviance is that of its rate from
    the prediction of a tree grown on the others. Predictions keep half a point's distance from 0 and 1.
    """
    points = np.flatnonzero(rates.weight > 0)
    folds = min(FOLDS, len(points))
    group = np.full(space.count, -1)
    group[random.permutation(points)] = np.arange(len(points)) % folds
    losses = np.zeros((deepest + 1, len(points)))
    rate = rates.hits[points] / rates.weight[points]
    for fold in range(folds if folds > 1 else 0):
        kept = (group != fold) & (rates.weight > 0)
        part = PointRates(np.where(kept, rates.weight, 0.0), np.where(kept, rates.hits, 0.0))
        tree = grow(space, part, deepest, least)
        held = group[points] == fold
        for depth in range(deepest + 1):
            predicted = _predicted(space, tree.cut(depth), points[held])
            losses[depth, held] = -2 * (
                rate[held] * np.log(predicted) + (1 - rate[held]) * np.log1p(-predicted)
            )
    mean = losses.mean(axis=1)
    best = int(mean.argmin())
    gaps = losses - losses[best]
    error = gaps.std(axis=1) / math.sqrt(len(points))
    depth = next(depth for depth in range(deepest + 1) if mean[depth] <= mean[best] + error[depth])
    tree = _pruned(space, rates, grow(space, rates, deepest, least).cut(depth))
    return TreeChoice(tree, tuple(mean.tolist()), tuple(error.tolist()))


def _pruned(space: Space, rates: PointRates, node: Node) -> Node:
    from scipy.special import chdtri

    if node.branch is None:
        return node
    below = tuple(_pruned(space, rates, part) for part in node.below)
    inside = space.inside(node.box) & (rates.weight > 0)
    weight = rates.weight[inside]
    spread = float((weight * (rates.hits[inside] / weight - node.rate) ** 2).sum()) / node.weight
    tried = sum(int(np.count_nonzero(np.bincount(codes[inside]))) - 1 for codes in space.codes)
    quantile = float(chdtri(1, INSIGNIFICANT / tried))
    is_chance = node.branch.gain * node.rate * (1 - node.rate) <= quantile * spread
    if is_chance and not any(part.below for part in below):
        return Node(node.box, node.weight, node.hits, node.depth)
    return Node(node.box, node.weight, node.hits, node.depth, node.branch, below)


def _predicted(space: Space, tree: Node, points: NDArray[np.intp]) -> Floats:
    found = np.zeros(len(points))
    at: Sequence[tuple[Node, Mask]] = [(tree, np.ones(len(points), bool))]
    while at:
        following = []
        for node, here in at:
            if node.branch is None:
                found[here] = (node.hits + 0.5) / (node.weight + 1)
                continue
            left = left_of(space, node.branch)[points]
            following += [(node.below[0], here & left), (node.below[1], here & ~left)]
        at = following
    return found
