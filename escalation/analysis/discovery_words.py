"""What scenario discovery found: boxes with all that was checked about them, in sentences and tables."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from escalation.analysis.design_inputs import InputAxis, PointTable
from escalation.files.brief import Brief
from escalation.files.write import Cell, Table, aligned, write_files
from escalation.language import listed
from escalation.stats.box_checks import (
    CHANCE,
    CLASSES,
    HeldOutTrial,
    Resample,
    density_interval,
    limit_interval,
)
from escalation.stats.cart import Node, TreeChoice
from escalation.stats.intervals import Intervals
from escalation.stats.prim import Box, FoundBox, Mask, Rule
from escalation.vocabulary import NUCLEAR_CAVEAT

WIDTH = 80
COVERAGES = (0.9, 0.75, 0.6, 0.45, 0.3, 0.15)
"""Of the boxes of a trajectory that the account shows."""


@dataclass(frozen=True)
class DiscoveredBox:
    """One box with all that was checked about it."""

    found: FoundBox
    steps: tuple[FoundBox, ...]
    """The trajectory from which it was chosen; coverage and mass are shares of those of all points."""
    place: int
    """Where it was chosen on the trajectory, before insignificant limits were dropped."""
    inside: Mask
    """[n]: the points in it."""
    density: Intervals
    coverage: Intervals
    gain: Intervals
    """The density less that of all points."""
    quasi_p: tuple[float, ...]
    """One per limit of the box."""
    chance: float
    """p-value of the hypothesis that the inputs have nothing to do with the outcome."""
    resamples: tuple[Resample, ...]
    trials: tuple[HeldOutTrial, ...]


@dataclass(frozen=True)
class DiscoverySlice:
    """The analysis of all points, or of those of one policy."""

    title: str
    """The level that the points share, empty for all points."""
    points: PointTable
    base: Intervals
    """The share of crises with the outcome over all points."""
    boxes: tuple[DiscoveredBox, ...]
    further: str
    """Why no further box was taken; empty where none was tried."""
    tree: TreeChoice

    @property
    def axes(self) -> tuple[InputAxis, ...]:
        """Return the inputs."""
        return self.points.axes


@dataclass(frozen=True, repr=False)
class Discovery(Brief):
    """Under which conditions an outcome is frequent in an experiment."""

    name: str
    """Of the experiment."""
    title: str
    folder: Path
    when: str
    """The condition as it was given."""
    heading: str
    """What the outcome is called."""
    is_nuclear: bool
    by: str
    """The label of the factor by which the points are divided, empty for none."""
    rule: Rule
    seed: int
    resamples: int
    crises: int
    """All crises that were counted."""
    missing: int
    """Crises of the experiment that are not in the folder."""
    empty: int
    """Design points left out because they have no crises."""
    slices: tuple[DiscoverySlice, ...]

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines()

    def lines(self) -> list[str]:
        """Return the account as lines of at most 80 columns."""
        return list(account(self))

    def tables(self) -> dict[str, Table]:
        """Return the tables `boxes`, `stability`, `trajectory` and `tree`."""
        return tables_of_discovery(self)

    def texts(self) -> list[str]:
        """Return the texts of the experiment that figures show."""
        labels = [axis.label for one in self.slices for axis in one.axes]
        levels = [name for one in self.slices for each in one.points.space.inputs for name in each.categories]
        return [self.title, self.heading, self.by, *(one.title for one in self.slices), *labels, *levels]

    def write(self, out: Path) -> list[Path]:
        """Write the tables as CSV and the account as discovery.txt into a folder; return their paths."""
        contents = {f"{name}.csv": table.csv() for name, table in self.tables().items()}
        return write_files(out, {**contents, "discovery.txt": "\n".join(self.lines()) + "\n"})


def number(value: float) -> str:
    """Return a value of an input with three significant digits."""
    if abs(value) >= 1_000:
        return f"{value:,.0f}".replace("-", "−")
    return f"{value:.3g}".replace("-", "−")


def share(value: float) -> str:
    """Return a share as a percentage, with a decimal where it is small."""
    if not math.isfinite(value):
        return "no"
    return f"{100 * value:.1f}%" if 0 < abs(value) < 0.0995 else f"{100 * value:.0f}%"


def interval(found: Intervals) -> str:
    """Return a share with its interval: 41% [38, 44]."""
    low, high = (share(float(end)).rstrip("%") for end in (found.low, found.high))
    return f"{share(float(found.estimate))} [{low}, {high}]"


def _decimal(found: float) -> str:
    return f"{found:.3f}" if 0 < found < 0.0995 else f"{found:.2f}"


def points_words(found: Intervals) -> str:
    """Return a difference of shares with its interval: +9.1 points [7.4, 10.8]."""
    low, high = (f"{100 * float(end):.1f}".replace("-", "−") for end in (found.low, found.high))
    return f"{_signed(float(found.estimate))} points [{low}, {high}]"


def _signed(difference: float) -> str:
    return f"{100 * difference:+.1f}".replace("-", "−")


def _valued(axis: InputAxis, value: float) -> str:
    """Return a value with its unit, unless that describes a scale, as 'from 0 to 1' does."""
    is_unit = axis.unit and axis.unit not in PLAIN_SCALES and not _has_digit(axis.unit)
    return f"{number(value)} {axis.unit}" if is_unit else number(value)


def _has_digit(unit: str) -> bool:
    return any(character.isdigit() for character in unit)


PLAIN_SCALES = ("share", "ratio")
"""Scales that go without saying, as do those 'from 0 to 1'."""


def scale_words(found: Discovery) -> str:
    """Return what the numbers of inputs mean whose unit describes a scale; empty if none has such a unit."""
    units = {axis.label: axis.unit for one in found.slices for axis in one.axes}
    said = [
        f"{label} ({unit})"
        for label, unit in units.items()
        if _has_digit(unit) and not unit.startswith("from ")
    ]
    return f"Scales: {'; '.join(said)}." if said else ""


def limits_words(points: PointTable, box: Box) -> list[str]:
    """Return the limits of a box, one phrase per input: 'Leverage of Russia < 0.2'."""
    found = []
    for j in box.restricted:
        axis, one = points.axes[j], points.space.inputs[j]
        if one.categories:
            out = box.out[j]
            kept = [name for code, name in enumerate(one.categories) if code not in out]
            gone = [name for code, name in enumerate(one.categories) if code in out]
            if len(gone) < len(kept):
                found.append(f"{axis.label} is not {' or '.join(gone)}")
            else:
                found.append(f"{axis.label} is {' or '.join(kept)}")
            continue
        low, high = box.low[j], box.high[j]
        has_low, has_high = low > -math.inf, high < math.inf
        if one.is_listed and low == high:
            found.append(f"{axis.label} = {_valued(axis, low)}")
        elif has_low and has_high:
            between = "from {} to {}" if one.is_listed else "between {} and {}"
            found.append(f"{axis.label} {between.format(number(low), _valued(axis, high))}")
        elif has_low:
            found.append(f"{axis.label} {'≥' if one.is_listed else '>'} {_valued(axis, low)}")
        else:
            found.append(f"{axis.label} {'≤' if one.is_listed else '<'} {_valued(axis, high)}")
    return found


def account(found: Discovery) -> Iterator[str]:
    """Yield the account as lines of at most 80 columns."""
    yield f"{found.name}: {found.title}"
    yield ""
    yield from _wrapped(f"When is this frequent: {found.when}")
    for one in found.slices:
        yield ""
        if one.title:
            yield from _wrapped(f"{found.by}: {one.title}")
        yield from _slice_lines(found, one)
    yield ""
    yield from _wrapped(scale_words(found))
    yield from _wrapped(method_words(found))
    if found.is_nuclear:
        yield from _wrapped(NUCLEAR_CAVEAT)


def method_words(found: Discovery) -> str:
    """Return how boxes are found and what the numbers mean, in a paragraph."""
    some = f" {found.missing:,} crises of the sweep are not there yet." if found.missing else ""
    empty = f" {found.empty:,} points without crises are left out." if found.empty else ""
    return (
        f"PRIM, 5% a step, chooses {found.rule.says}, without limits that are insignificant (quasi-p above"
        " 0.05). Intervals are 95% and include the sampling of points and the luck of replications; limits"
        f" are resampled {found.resamples} times, seed {found.seed}.{_classes_words(found)} Shares are of"
        " simulated crises under the sampled assumptions, each point counting once; they are no"
        f" forecast.{some}{empty}"
    )


def _classes_words(found: Discovery) -> str:
    """Return what resampling leaves out where there are many points."""
    if not any(one.points.space.has_more_values(CLASSES) for one in found.slices):
        return ""
    return (
        f" Resamples, trials and dealt outcomes know an input with more values by {CLASSES:,} classes of"
        " equally many points."
    )


def _slice_lines(found: Discovery, one: DiscoverySlice) -> Iterator[str]:
    sizes = one.points.counts.sizes.sum(axis=1)
    each = f"{sizes.min():,}" if sizes.min() == sizes.max() else f"{sizes.min():,} to {sizes.max():,}"
    crises = "crisis" if each == "1" else "crises"
    inputs = len(one.axes)
    yield from _wrapped(
        f"{found.heading} in {interval(one.base)} of all crises: {len(sizes):,} points of {each} {crises}"
        f" each, {inputs} input{'' if inputs == 1 else 's'}."
    )
    if not one.boxes:
        yield from _wrapped("There is nothing to discover: it holds in all of them or in none.")
        return
    for place, box in enumerate(one.boxes):
        yield ""
        yield from _box_lines(found, one, place, box)
    if one.further:
        yield ""
        yield from _wrapped(f"No further box: {one.further}.")
    yield ""
    yield from tree_lines(found, one)


def box_sentence(found: Discovery, one: DiscoverySlice, box: DiscoveredBox) -> str:
    """Return what a box says: how frequent, how much of all, and when."""
    when = listed(limits_words(one.points, box.found.box))
    return (
        f"{found.heading} in {interval(box.density)} of crises (density {_decimal(box.found.density)}),"
        f" against {share(float(one.base.estimate))} of all ({points_words(box.gain)}), when {when}. This is"
        f" {interval(box.coverage)} of all such crises (coverage {_decimal(box.found.coverage)}), from"
        f" {share(box.found.mass)} of the points."
    )


def _box_lines(found: Discovery, one: DiscoverySlice, place: int, box: DiscoveredBox) -> Iterator[str]:
    if not box.found.box.limits:
        yield from _wrapped(
            "No box: no limit of the one chosen from the trajectory is significant."
            f" {chance_words(found, box)}"
        )
        return
    yield from _wrapped(f"Box {place + 1}. {box_sentence(found, one, box)}")
    yield from _wrapped(held_out_words(box))
    yield from _wrapped(chance_words(found, box))
    yield ""
    for row in stability_rows(one, box):
        ends = "" if row.low is None or row.high is None else f" [{number(row.low)}, {number(row.high)}]"
        yield from textwrap.wrap(
            f"  {row.axis.label} {row.words}{ends}, in {share(row.often)} of resamples,"
            f" quasi-p {row.quasi_p:.1g}",
            WIDTH, subsequent_indent="    ",
        )  # fmt: skip
    others = [
        row for row in _input_shares(one, box) if row[1] >= 0.5 and row[2] not in box.found.box.restricted
    ]
    if others:
        named = [f"{name} ({100 * often:.0f}%)" for name, often, _ in others]
        yield from _wrapped(f"Also restricted in many resamples: {', '.join(named)}.")
    yield ""
    yield from aligned([["coverage", "density", "mass", "inputs"], *_marks(box)], right=4)


def held_out_words(box: DiscoveredBox) -> str:
    """Return how boxes found on one half do on the other half."""
    there = np.array([[t.found_gain, t.found_coverage, t.gain, t.coverage] for t in box.trials])
    known = there[~np.isnan(there).any(axis=1)]
    if not len(known):
        return "No half of the points holds enough to judge boxes found on the other half."
    mean = known.mean(axis=0)
    return (
        f"Found on one half of points and replications and judged on the other, {len(box.trials)} times:"
        f" {_signed(mean[2])} points above all (where found {_signed(mean[0])}), coverage {mean[3]:.2f}"
        f" ({mean[1]:.2f}).{' Little of it holds there.' if mean[2] < mean[0] / 3 else ''}"
    )


def chance_words(found: Discovery, box: DiscoveredBox) -> str:
    """Return how likely as pronounced a box is without any structure."""
    p = f"p = {box.chance:.2g}, {found.resamples - 1} times"
    if box.chance > CHANCE:
        return (
            "Not to be relied on: outcomes that are dealt to the points at random often give as pronounced"
            f" a box ({p})."
        )
    return f"Outcomes that are dealt to the points at random rarely give as pronounced a box ({p})."


def _marks(box: DiscoveredBox) -> list[list[str]]:
    """Return the boxes of a trajectory nearest below some coverages, in percent of what was available."""
    rows = []
    whole = box.steps[0].coverage
    for wanted in COVERAGES:
        reached = [step for step in box.steps if step.coverage <= wanted * whole]
        if reached:
            step = max(reached, key=lambda step: (step.coverage, step.density))
            rows.append(
                [
                    f"{step.coverage:.2f}",
                    _decimal(step.density),
                    f"{step.mass:.2f}",
                    str(len(step.box.restricted)),
                ]
            )
    return [row for number, row in enumerate(rows) if row not in rows[:number]]


@dataclass(frozen=True)
class StabilityRow:
    """One limit of a box over the resamples."""

    axis: InputAxis
    side: str
    """`low`, `high`, or `without` for a category left out."""
    at: Cell
    """The number, or the name of the category."""
    words: str
    quasi_p: float
    often: float
    """The share of resamples that have such a limit."""
    low: float | None = None
    high: float | None = None
    """The 95% interval of a number."""


def stability_rows(one: DiscoverySlice, box: DiscoveredBox) -> list[StabilityRow]:
    """Return a row per limit of a box: where it lies over the resamples, and in how many it exists."""
    rows = []
    for (j, limit), p in zip(box.found.box.limits, box.quasi_p, strict=True):
        axis, each = one.axes[j], one.points.space.inputs[j]
        if isinstance(limit, int):
            often = float(np.mean([limit in sample.box.out[j] for sample in box.resamples]))
            name = each.categories[limit]
            rows.append(StabilityRow(axis, "without", name, f"not {name}", p, often))
            continue
        values = [(each.box.low if limit == "low" else each.box.high)[j] for each in box.resamples]
        low, high = limit_interval(values, axis.low if limit == "low" else axis.high)
        at = (box.found.box.low if limit == "low" else box.found.box.high)[j]
        sign = {"low": ">", "high": "<"} if not each.is_listed else {"low": "≥", "high": "≤"}
        often = float(np.mean(np.isfinite(values)))
        rows.append(StabilityRow(axis, limit, at, f"{sign[limit]} {number(at)}", p, often, low, high))
    return rows


def _input_shares(one: DiscoverySlice, box: DiscoveredBox) -> list[tuple[str, float, int]]:
    """Return of each input in which share of resamples it is restricted."""
    return [
        (axis.label, float(np.mean([j in sample.box.restricted for sample in box.resamples])), j)
        for j, axis in enumerate(one.axes)
    ]


def tree_lines(found: Discovery, one: DiscoverySlice) -> Iterator[str]:
    """Yield the tree as text, a line per node."""
    tree = one.tree.tree
    if not tree.below:
        yield from _wrapped("Tree: no split improves predictions of points left out.")
        return
    depth = max(node.depth for node in tree.walk())
    yield from _wrapped(f"Tree, of the depth that cross-validation calls for ({depth}):")
    for node, words in _branches(one.points, tree):
        indent = "  " * node.depth
        text = f"{words}: {interval(node_interval(one.points, node))}, {node.weight:,.0f} points"
        yield from textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ")


def _branches(points: PointTable, node: Node, words: str = "all points") -> Iterator[tuple[Node, str]]:
    """Yield each node with the condition under which a point goes there."""
    yield node, words
    if node.branch is None:
        return
    for below, phrase in zip(node.below, branch_words(points, node), strict=True):
        yield from _branches(points, below, phrase)


def node_interval(points: PointTable, node: Node) -> Intervals:
    """Return the share of crises at a node, with its interval."""
    return density_interval(points.counts, points.space.inside(node.box))


def branch_words(points: PointTable, node: Node) -> tuple[str, str]:
    """Return the conditions of the left and the right part of a node that is split."""
    branch = node.branch
    assert branch is not None
    axis, each = points.axes[branch.input], points.space.inputs[branch.input]
    if each.categories:
        there = [code for code in range(len(each.categories)) if code not in node.box.out[branch.input]]
        left = [each.categories[code] for code in there if code in branch.left]
        right = [each.categories[code] for code in there if code not in branch.left]
        return f"{axis.label} is {' or '.join(left)}", f"{axis.label} is {' or '.join(right)}"
    if not each.is_listed:
        limit = _valued(axis, branch.limit)
        return f"{axis.label} ≤ {limit}", f"{axis.label} > {limit}"
    low, high = (node.below[0].box.high[branch.input], node.below[1].box.low[branch.input])
    return f"{axis.label} ≤ {_valued(axis, low)}", f"{axis.label} ≥ {_valued(axis, high)}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH)


def tables_of_discovery(found: Discovery) -> dict[str, Table]:
    """Return the tables of a discovery by name."""
    boxes: list[tuple[Cell, ...]] = []
    limits: list[tuple[Cell, ...]] = []
    steps: list[tuple[Cell, ...]] = []
    nodes: list[tuple[Cell, ...]] = []
    for one in found.slices:
        for number_, box in enumerate(one.boxes, 1):
            boxes.append((one.title, number_, *_box_row(found, one, box)))
            limits += [(one.title, number_, *row) for row in _limit_rows(one, box)]
            steps += [(one.title, number_, *row) for row in _step_rows(one, box)]
        nodes += [(one.title, *row) for row in _node_rows(one)]
    head = ("of", "box")
    return {
        "boxes": Table(
            (
                *head, "when", "mass", "density", "density_low", "density_high", "coverage", "coverage_low",
                "coverage_high", "gain", "gain_low", "gain_high", "base", "base_low", "base_high",
                "held_out_density", "held_out_gain", "held_out_coverage",
                "held_out_mass", "p_chance",
            ),
            tuple(boxes),
        ),
        "stability": Table(
            (
                *head, "input", "label", "side", "limit", "quasi_p", "low", "high", "share_of_resamples",
                "share_input_restricted",
            ),
            tuple(limits),
        ),
        "trajectory": Table(
            (*head, "step", "mass", "density", "coverage", "inputs", "is_chosen", "when"), tuple(steps)
        ),
        "tree": Table(
            (
                "of", "node", "parent", "depth", "when", "points", "share_of_points", "rate", "low", "high",
                "gain",
            ),
            tuple(nodes),
        ),
    }  # fmt: skip


def _box_row(found: Discovery, one: DiscoverySlice, box: DiscoveredBox) -> tuple[Cell, ...]:
    trials = np.array([[t.density, t.gain, t.coverage, t.mass] for t in box.trials])
    known = trials[~np.isnan(trials).any(axis=1)]
    mean: list[Cell] = list(known.mean(axis=0).tolist()) if len(known) else [None] * 4
    ends: list[Cell] = []
    for each in (box.density, box.coverage, box.gain, one.base):
        ends += [float(each.estimate), float(each.low), float(each.high)]
    return (" and ".join(limits_words(one.points, box.found.box)), box.found.mass, *ends, *mean, box.chance)


def _limit_rows(one: DiscoverySlice, box: DiscoveredBox) -> Iterator[tuple[Cell, ...]]:
    often = {one.axes[j].name: share for _, share, j in _input_shares(one, box)}
    for row in stability_rows(one, box):
        yield (
            row.axis.name, row.axis.label, row.side, row.at, row.quasi_p, row.low, row.high, row.often,
            often[row.axis.name],
        )  # fmt: skip
    for label, restricted, j in _input_shares(one, box):
        if j not in box.found.box.restricted:
            yield (one.axes[j].name, label, "", None, None, None, None, None, restricted)


def _step_rows(one: DiscoverySlice, box: DiscoveredBox) -> Iterator[tuple[Cell, ...]]:
    for place, step in enumerate(box.steps):
        words = " and ".join(limits_words(one.points, step.box))
        yield (
            place, step.mass, step.density, step.coverage, len(step.box.restricted), int(place == box.place),
            words,
        )  # fmt: skip


def _node_rows(one: DiscoverySlice) -> Iterator[tuple[Cell, ...]]:
    nodes = list(_branches(one.points, one.tree.tree))
    total = one.tree.tree.weight
    places = {id(node): place for place, (node, _) in enumerate(nodes)}
    parents = {id(below): places[id(node)] for node, _ in nodes for below in node.below}
    for place, (node, words) in enumerate(nodes):
        found = node_interval(one.points, node)
        yield (
            place, parents.get(id(node)), node.depth, words, int(node.weight), node.weight / total, node.rate,
            float(found.low), float(found.high), node.branch.gain if node.branch else None,
        )  # fmt: skip
