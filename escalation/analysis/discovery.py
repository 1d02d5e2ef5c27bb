"""Scenario discovery: under which conditions an outcome is frequent, and how far that answer can be trusted.

After Bryant and Lempert 2010, "Thinking inside the box", Technological Forecasting and Social Change 77,
34-49, for outcomes that are not certain at a point: density is the expected share of crises in a box that
have the outcome, coverage the share of all such crises that are in the box. Every design point counts once,
however many crises it has: those that a stopping rule adds make a point more precise, not more likely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from escalation.analysis.design_inputs import DesignPoints, PointTable, design_points
from escalation.analysis.discovery_words import DiscoveredBox, Discovery, DiscoverySlice
from escalation.experiment.progress import DiscoveryProgress
from escalation.experiment.results import ResultsFolder
from escalation.experiment.spec import POLICY
from escalation.files.places import ArgumentError, check_name, check_whole
from escalation.measures.crisis_conditions import condition
from escalation.stats.box_checks import (
    CHANCE,
    Finder,
    coverage_interval,
    density_interval,
    gain_interval,
    trials_of,
)
from escalation.stats.cart import choose_tree
from escalation.stats.prim import Peeling, Rule, quasi_p, simplified, step_of, trajectory
from escalation.vocabulary import DEFAULT_SEED

FEWEST_POINTS = 10
RESAMPLES = 200


Heard = Callable[[DiscoveryProgress], None]


def discover(
    results: ResultsFolder | str | Path,
    when: str,
    *,
    density: float | None = None,
    coverage: float | None = None,
    by: str | None = None,
    pool: bool = False,
    boxes: int = 3,
    resamples: int = RESAMPLES,
    seed: int = DEFAULT_SEED,
    heard: Heard | None = None,
) -> Discovery:
    """Find the conditions under which an outcome is frequent, by PRIM and by a small tree.

    Parameters
    ----------
    results
        The results of an experiment, or their folder; what is there is used, complete or not.
    when
        A condition on one crisis, such as `outcome == war` or `days_to_force <= 10 and not talks`.
    density, coverage
        At most one of them: the least density, or the least coverage, of the box to choose from each
        trajectory. By default the box with the largest harmonic mean of coverage and gain in density.
    by
        A factor for whose levels separate boxes are found; by default `policy`, where there are policies.
    pool
        Take the policies as an input with named levels instead.
    boxes
        The most boxes to find, each on the points outside those before it. A further one is taken only if it
        is denser than all points, and chance gives as pronounced a one with p <= 0.05.
    resamples
        Bootstrap resamples for each box; one fewer rearrangements at random, and a fifth as many splits into
        halves.
    seed
        Of the resampling.
    heard
        Called after each of the many searches, with how far the discovery has come.

    Raises
    ------
    ArgumentError
        If the condition cannot be read, an argument is out of range, or there are too few points or inputs.
    SweepError
        If the folder holds no results, or a part is damaged.
    """
    rule = _rule(density, coverage)
    check_whole("boxes", boxes, 1, 101)
    check_whole("resamples", resamples, 10, 100_001)
    check_whole("seed", seed, 0, 2**64)
    if isinstance(results, str | Path):
        results = ResultsFolder(results)
    asked = condition(when, results.layout)
    by = _by(results, by, pool)
    points = design_points(results, asked)
    slices = []
    tables = list(_tables(results, points, by))
    for number, (title, table) in enumerate(tables):
        count = _Searches(heard, number + 1, len(tables), boxes, Finder.searches(resamples))
        slices.append(_slice(title, table, rule, count, resamples, (seed, number)))
    return Discovery(
        results.spec.name, results.spec.title, results.folder, asked.text, asked.heading(results.thresholds),
        asked.is_nuclear, results.spec.varied[by].label if by else "", rule, seed, resamples,
        int(points.counts.sizes.sum()), points.missing, points.empty, tuple(slices),
    )  # fmt: skip


def _rule(density: float | None, coverage: float | None) -> Rule:
    for name, value in (("density", density), ("coverage", coverage)):
        if value is not None and not 0 < value <= 1:
            raise ArgumentError(f"{name}: {value:g} is not a share above 0 and up to 1")
    if density is not None and coverage is not None:
        raise ArgumentError("density and coverage are mutually exclusive: a higher one costs the other")
    return Rule(density, coverage)


def _by(results: ResultsFolder, by: str | None, pool: bool) -> str | None:
    if by is not None and pool:
        raise ArgumentError("by and pool are mutually exclusive")
    if by is not None:
        check_name("by", by, results.factors)
        return by
    # What somebody chooses is no condition under which things happen, unless that is asked for.
    return POLICY if results.spec.policies and not pool else None


def _tables(results: ResultsFolder, points: DesignPoints, by: str | None) -> Iterator[tuple[str, PointTable]]:
    """Yield the title and the points of each analysis."""
    if by is None:
        found = [("", points.table())]
    else:
        factor = results.spec.varied[by]
        levels = dict.fromkeys(points.levels[by])
        found = [(factor.level_label(level), points.table([by], points.where(by, level))) for level in levels]
    for title, table in found or [("", points.table())]:
        where = f" with {results.spec.varied[by].label}: {title}" if by else ""
        if len(table.cells) < FEWEST_POINTS:
            raise ArgumentError(
                f"{results.folder} has {len(table.cells)} design points with crises{where}; scenario"
                f" discovery needs {FEWEST_POINTS} or more, better hundreds, as a design `lhs` or `sobol`"
                " gives"
            )
        if not table.axes:
            raise ArgumentError(f"{results.folder} varies nothing{where}; an input is needed")
        yield title, table


class _Searches:
    """Counts the searches of one analysis, box by box, and passes the count on."""

    def __init__(self, heard: Heard | None, analysis: int, analyses: int, boxes: int, searches: int) -> None:
        self.heard, self.analysis, self.analyses, self.boxes = heard, analysis, analyses, boxes
        self.searches, self.box, self.done = searches, 0, 0

    def next_box(self) -> None:
        """Begin to count those of a further box."""
        self.box, self.done = self.box + 1, 0

    def count(self) -> None:
        """Receive that a search is done."""
        self.done += 1
        if self.heard is not None:
            self.heard(
                DiscoveryProgress(
                    self.analysis, self.analyses, self.box, self.boxes, self.done, self.searches
                )
            )


def _slice(
    title: str, points: PointTable, rule: Rule, count: _Searches, resamples: int, seed: tuple[int, int]
) -> DiscoverySlice:
    most = count.boxes
    counts, space = points.counts, points.space
    rates = counts.rates()
    everywhere = np.ones(space.count, bool)
    available = everywhere.copy()
    boxes: list[DiscoveredBox] = []
    further = ""
    has_both = 0 < rates.total_hits < rates.total
    while has_both and len(boxes) < most and available.sum() >= FEWEST_POINTS:
        count.next_box()
        finder = Finder(space, counts, Peeling(), rule, available, count.count)
        found = finder.find(finder.rates())
        if boxes and not found.density > rates.base:
            further = "on the points outside, none is more frequent than over all points"
            break
        random = np.random.default_rng([*seed, len(boxes)])
        chance = finder.chance(resamples - 1, random)
        if boxes and chance > CHANCE:
            further = f"on the points outside, chance gives as pronounced a one with p = {chance:.2g}"
            break
        box = _checked(finder, chance, resamples, random)
        boxes.append(box)
        if not box.found.box.limits:
            break
        available = available & ~box.inside
    tree = choose_tree(space, rates, np.random.default_rng([*seed, most]))
    base = density_interval(counts, everywhere)
    return DiscoverySlice(title, points, base, tuple(boxes), further, tree)


def _checked(finder: Finder, chance: float, resamples: int, random: np.random.Generator) -> DiscoveredBox:
    space, counts, available = finder.space, finder.counts, finder.available
    rates, left = counts.rates(), finder.rates()
    steps = trajectory(space, left, finder.peeling)
    place = finder.rule.choice(steps)
    found = step_of(space, rates, simplified(space, left, steps[place]).box, available)
    inside = space.inside(found.box) & available
    return DiscoveredBox(
        found,
        tuple(step_of(space, rates, step.box, available) for step in steps),
        place,
        inside,
        density_interval(counts, inside),
        coverage_interval(counts, inside),
        gain_interval(counts, inside),
        tuple(quasi_p(space, left, found)),
        chance,
        tuple(finder.resamples(resamples, random)),
        tuple(finder.trials(trials_of(resamples), random)),
    )
