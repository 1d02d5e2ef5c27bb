"""Policies compared with a reference over uncertain points: by how much, how surely, and where they hurt.

Every policy meets every point with the same random numbers. The difference of a policy from the reference is
averaged over points and replications, with an interval that covers both (`analysis.averages`); the points are
counted in which it clearly helps or hurts; and the uncertainty is named on which the difference depends most.
Where another factor has listed levels, the average is given at each of them too, for an average over
categories depends on how many of each there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.averages import (
    SEVERAL,
    Averages,
    ComparedCells,
    averages,
    comparisons_of,
    moments,
    shares_at,
    with_sums,
)
from escalation.analysis.contrasts import Codes
from escalation.analysis.paired import contrasts_of
from escalation.analysis.tally import Tally
from escalation.files.digits import TextColumn, lines_of, number_text, word_text
from escalation.measures.measures import Measure
from escalation.stats import intervals
from escalation.stats.intervals import CONFIDENCE, Floats, Intervals

MOST_POLICIES = 6
"""Policies that are described in words."""

FEWEST_POINTS = 12
"""Points without which it is not asked on what the difference depends."""


@dataclass(frozen=True)
class Dependence:
    """How a difference depends on one uncertainty, over the points."""

    factor: str
    low: tuple[Any, float]
    """Where it is least, a level or the upper end of the lowest third of the numbers, and the mean there."""
    high: tuple[Any, float]
    """The same where it is greatest, or of the highest third and its lower end."""
    is_number: bool


@dataclass(frozen=True)
class PolicyEffect:
    """One policy against the reference in one share of crises."""

    policy: str
    reference: str
    share: str
    where: str
    """The level of another factor to which the settings are confined, as `factor=level`; empty for all."""
    difference: float
    low: float
    high: float
    least: float
    """Over the points."""
    greatest: float
    deviation: float
    """Standard deviation of the true difference over the points, the noise of the simulation removed."""
    lower: float
    """Share of the settings in which the share is lower than under the reference, beyond noise."""
    higher: float
    settings: int
    points: int
    replications: int
    covers: str
    """What the interval covers."""
    direction: int
    """1 where more of the share is worse, -1 where it is better, 0 where it is neither."""
    depends_on: Dependence | None = None

    def _by_direction(self, direction: int) -> float | None:
        if not self.direction:
            return None
        return self.lower if self.direction == direction else self.higher

    @property
    def helps(self) -> float | None:
        """Return the share of settings in which it clearly helps; None if more is neither good nor bad."""
        return self._by_direction(1)

    @property
    def hurts(self) -> float | None:
        """Return the share of settings in which it clearly hurts; None if more is neither good nor bad."""
        return self._by_direction(-1)


@dataclass(frozen=True)
class PolicyComparison:
    """Every policy against the reference, in the shares that were asked for."""

    effects: tuple[PolicyEffect, ...]
    """By share, in the order asked for, then by policy; those confined to one level come last."""
    lines: tuple[str, ...]
    """The account in words, one paragraph per entry."""

    def frame(self) -> Any:
        """Return one row per share, policy and level as a pandas DataFrame; columns as in policies.csv."""
        import pandas as pd

        return pd.DataFrame([_row(effect) for effect in self.effects], columns=list(COLUMNS))


COLUMNS = (
    "policy", "reference", "of", "where", "difference", "low", "high", "least", "greatest", "deviation",
    "helps", "hurts", "lower", "higher", "settings", "points", "replications", "covers", "depends_on",
)  # fmt: skip
"""The columns of the table of policies."""


def policies_csv(compared: PolicyComparison) -> Iterator[bytes]:
    """Yield the table of policies as CSV: nine significant digits, nothing where missing."""
    yield (",".join(COLUMNS) + "\n").encode()
    for effect in compared.effects:
        row = _row(effect)
        yield lines_of([_text(row[name]) for name in COLUMNS], np.ones((1, 1), bool))


def _text(value: Any) -> TextColumn:
    if isinstance(value, float):
        return number_text(np.array([[value]]))
    return word_text(np.array([["" if value is None else value]], object))


def _row(effect: PolicyEffect) -> dict[str, Any]:
    found = {name: getattr(effect, name, None) for name in COLUMNS}
    on = effect.depends_on
    return found | {"of": effect.share, "depends_on": on.factor if on else None}


def compare_policies(tally: Tally, shares: Sequence[str]) -> PolicyComparison | None:
    """Compare the policies of an experiment; None if it has none.

    Parameters
    ----------
    tally
        The counts of the experiment.
    shares
        Names of the shares, in the order in which they are reported.
    """
    compared = comparisons_of(tally)
    if tally.source.policy_factor is None or not len(compared.policies.cell):
        return None
    everywhere = np.full((len(compared.policies.cell), 2), SEVERAL)
    whole, confined = (
        [
            effect
            for averaged in averages(tally, comparison, shares_at(tally, shares))
            for effect in _effects(tally, comparison, where, averaged)
        ]
        for comparison, where in ((compared.policies, everywhere), (compared.confined, compared.where))
    )
    every = (*_with_dependence(tally, compared.policies, whole), *confined)
    return PolicyComparison(every, tuple(_lines(tally, every, shares)))


def _effects(
    tally: Tally, comparison: ComparedCells, where: Codes, averaged: Averages
) -> Iterator[PolicyEffect]:
    source, policy = tally.source, tally.source.policy_factor
    assert policy is not None
    levels = source.cells.levels
    reference = str(levels[policy][tally.baseline])
    contrasts = comparison.contrasts
    lower, higher = _clear(tally, comparison, tally.measures.names.index(averaged.of))
    for group in range(len(comparison.cell)):
        if not comparison.is_reported[group] or np.isnan(averaged.values.estimate[group]):
            continue
        cell, (factor, _) = int(comparison.cell[group]), where[group].tolist()
        confined = ""
        if factor != SEVERAL:
            name = source.factors[factor]
            confined = f"{name}={shown(levels[name][cell])}"
        settings = int(contrasts.settings[group])
        both = "points and replications" if tally.is_paired else "points, with their replications"
        yield PolicyEffect(
            policy=str(levels[policy][cell]),
            reference=reference,
            share=averaged.of,
            where=confined,
            difference=float(averaged.values.estimate[group]),
            low=float(averaged.values.low[group]),
            high=float(averaged.values.high[group]),
            least=float(averaged.least[group]),
            greatest=float(averaged.greatest[group]),
            deviation=float(averaged.deviation[group]),
            lower=int(lower[group]) / settings,
            higher=int(higher[group]) / settings,
            settings=settings,
            points=int(contrasts.points[group]),
            replications=int(averaged.replications[group]),
            covers=both if comparison.is_sampled[group] else "replications",
            direction=averaged.measure.direction,
        )


def _clear(tally: Tally, comparison: ComparedCells, k: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each group in how many settings the share is lower, and higher, beyond noise.

    In each setting the difference is tested: pairs by the exact test of McNemar (1947, Psychometrika 12,
    153-157), independent crises by the score test. Of each group as many settings count as the procedure of
    Benjamini and Hochberg (1995, JRSS B 57, 289-300) lets pass, so that in the mean at most 5% of those that
    count are due to chance.
    """
    difference, chance = _tested(tally, comparison, k)
    contrasts = comparison.contrasts
    lower, higher = np.zeros((2, len(comparison.cell)), np.int64)
    bounds = [*contrasts.first_of_group.tolist(), len(contrasts.group)]
    for group, (first, end) in enumerate(pairwise(bounds)):
        passes = discoveries(chance[first:end], 1 - CONFIDENCE)
        lower[group] = (passes & (difference[first:end] < 0)).sum()
        higher[group] = (passes & (difference[first:end] > 0)).sum()
    return lower, higher


def discoveries(chance: Floats, rate: float) -> NDArray[np.bool_]:
    """Return which hypotheses are rejected at a false discovery rate, by Benjamini and Hochberg."""
    order = np.argsort(chance, kind="stable")
    allowed = rate * np.arange(1, len(chance) + 1) / len(chance)
    below = np.flatnonzero(chance[order] <= allowed)
    passes = np.zeros(len(chance), bool)
    if len(below):
        passes[order[: below[-1] + 1]] = True
    return passes


def _tested(tally: Tally, comparison: ComparedCells, k: int) -> tuple[Floats, Floats]:
    """Return the difference in each setting, and the chance of one at least as far from zero."""
    from scipy.special import ndtr

    sums, cells = comparison.sums, comparison.contrasts.cells
    if sums is not None:
        total, differ = sums.totals[:, k], sums.squares[:, k]
        with np.errstate(invalid="ignore", divide="ignore"):
            return total / sums.n, intervals.mcnemar((differ + total) / 2, (differ - total) / 2)
    mean, _, n = moments(tally, k, cells)
    pooled = (mean * n).sum(axis=1) / n.sum(axis=1)
    difference = mean[:, 0] - mean[:, 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.abs(difference) / np.sqrt(pooled * (1 - pooled) * (1 / n).sum(axis=1))
    return difference, np.where(pooled * (1 - pooled) > 0, 2 * ndtr(-score), 1.0)


def differences(tally: Tally, comparison: ComparedCells, k: int) -> Floats:
    """Return the difference of a measure in each contrast of a comparison of pairs."""
    sums, cells = comparison.sums, comparison.contrasts.cells
    with np.errstate(invalid="ignore", divide="ignore"):
        if sums is not None:
            found: Floats = sums.totals[:, k] / sums.n
            return found
    mean, _, _ = moments(tally, k, cells)
    return np.asarray(mean[:, 0] - mean[:, 1])


@dataclass(frozen=True)
class _Candidate:
    """A dependence that the points show, and the settings at its two ends."""

    effect: PolicyEffect
    on: Dependence
    low: Codes
    """[settings, 2]: a cell of the policy and its partner."""
    high: Codes


def _with_dependence(
    tally: Tally, comparison: ComparedCells, effects: Sequence[PolicyEffect]
) -> list[PolicyEffect]:
    """Add to effects the uncertainty on which each depends most, if chance does not explain it.

    Chance has two sides. Over the points numbers are examined by Spearman's rank correlation, categories by
    the ratio of variances; the least of the chances counts after correction for the uncertainties, policies
    and shares examined (Bonferroni). But all points share their replications, and a few of these that respond
    to an uncertainty would make every point agree: so the difference between the two ends must exclude zero
    over the replications too.
    """
    source, policy = tally.source, tally.source.policy_factor
    assert policy is not None
    levels = source.cells.levels
    named = np.array([str(levels[policy][cell]) for cell in comparison.cell.tolist()])
    others = [name for name in source.factors if name != policy]
    candidates = []
    for effect in effects:
        groups = (named == effect.policy) & comparison.is_reported
        of_group = groups[comparison.contrasts.group]
        cells = comparison.contrasts.cells[of_group]
        if len(cells) < FEWEST_POINTS:
            continue
        values = differences(tally, comparison, tally.measures.names.index(effect.share))[of_group]
        at = {name: [levels[name][cell] for cell in cells[:, 0].tolist()] for name in others}
        examined = [dependence(name, at[name], values) for name in others]
        clear = [each for each in examined if each is not None]
        if not clear:
            continue
        chance, best, low, high = min(clear, key=lambda each: each[0])
        if chance * len(clear) * len(effects) <= 1 - CONFIDENCE:
            candidates.append(_Candidate(effect, best, cells[low], cells[high]))
    held = {(one.effect.policy, one.effect.share): one.on for one in _confirmed(tally, candidates)}
    return [replace(effect, depends_on=held.get((effect.policy, effect.share))) for effect in effects]


def _confirmed(tally: Tally, candidates: list[_Candidate]) -> list[_Candidate]:
    """Return those candidates whose two ends differ over the replications, crisis by crisis."""
    if not tally.is_paired or not candidates:
        return candidates
    ends: dict[bytes, tuple[int, Codes]] = {}
    groups = []
    for one in candidates:
        size = min(len(one.low), len(one.high))
        # The policy's effect at the upper end minus that at the lower one.
        quadruples = np.concatenate([one.high[:size], one.low[:size]], axis=1)
        groups.append(ends.setdefault(quadruples.tobytes(), (len(ends), quadruples))[0])
    cells = np.concatenate([found for _, found in ends.values()])
    group = np.repeat(np.arange(len(ends)), [len(found) for _, found in ends.values()])
    contrasts, _ = contrasts_of(cells, group, np.arange(len(cells)))
    every = np.ones(len(ends), bool)
    nothing = np.full((len(ends), 1), SEVERAL)
    compared = ComparedCells(contrasts, nothing, contrasts.cells[contrasts.first_of_group, 0], every, every)
    (compared,) = with_sums(tally, [compared])
    shares = shares_at(tally, [one.effect.share for one in candidates])
    found = averages(tally, compared, shares)
    return [
        one
        for one, averaged, place in zip(candidates, found, groups, strict=True)
        if averaged.values.low[place] > 0 or averaged.values.high[place] < 0
    ]


def dependence(
    name: str, levels: Sequence[Any], values: Floats
) -> tuple[float, Dependence, NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Return how values depend on the levels of a factor, how likely that is by chance, and its two ends."""
    from scipy.special import fdtrc, stdtr

    known = {level: place for place, level in enumerate(dict.fromkeys(levels))}
    if len(known) < 2 or np.ptp(values) == 0:
        return None
    if all(isinstance(level, int | float) and not isinstance(level, bool) for level in known):
        numbers = np.array(levels, np.float64)
        r = float(np.corrcoef(_ranks(numbers), _ranks(values))[0, 1])
        freedom = len(values) - 2
        chance = 2 * float(stdtr(freedom, -abs(r) * np.sqrt(freedom / max(1 - r * r, 1e-12))))
        thirds = np.quantile(numbers, [1 / 3, 2 / 3], method="inverted_cdf")
        low, high = numbers <= thirds[0], numbers >= thirds[1]
        at = (float(thirds[0]), float(values[low].mean())), (float(thirds[1]), float(values[high].mean()))
        return chance, Dependence(name, *at, is_number=True), low, high
    if len(known) > len(values) // 2:
        return None
    code = np.array([known[level] for level in levels])
    count = np.bincount(code)
    means = np.bincount(code, weights=values) / count
    between = float((count * (means - values.mean()) ** 2).sum()) / (len(known) - 1)
    within = float(((values - means[code]) ** 2).sum()) / (len(values) - len(known))
    ratio = between / within if within > 0 else np.inf
    chance = float(fdtrc(len(known) - 1, len(values) - len(known), ratio))
    least, most = int(means.argmin()), int(means.argmax())
    names = list(known)
    at = (names[least], float(means[least])), (names[most], float(means[most]))
    return chance, Dependence(name, *at, is_number=False), code == least, code == most


def _ranks(values: Floats) -> Floats:
    """Return ranks, ties sharing their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    ranks: Floats = (ends - (count - 1) / 2)[place.reshape(-1)]
    return ranks


def points_text(value: float) -> str:
    """Return a difference of shares in percentage points, as '+3.1'."""
    return f"{100 * value:+.1f}"


def share_text(share: float) -> str:
    """Return a share of points as a percentage; 'none' and 'all' are kept for none and all of them."""
    if share <= 0 or share >= 1:
        return "all" if share >= 1 else "none"
    percent = 100 * share
    return f"{percent:.0f}%" if 1 <= percent <= 99 else f"{percent:.1f}%"


def interval_text(values: Intervals, at: int) -> str:
    """Return a difference with its interval, as '+3.1 points (+2.0 to +4.2)'."""
    middle, low, high = (float(array[at]) for array in (values.estimate, values.low, values.high))
    return f"{points_text(middle)} points ({points_text(low)} to {points_text(high)})"


def shown(level: Any) -> str:
    """Return a level as sentences have it."""
    if isinstance(level, bool):
        return str(level).lower()
    return f"{level:g}" if isinstance(level, float) else str(level)


def worded(tally: Tally, share: str) -> Measure:
    """Return a share with its wordings for the experiment's scenario."""
    return tally.measures.measure(share, tally.source.thresholds)


def _lines(tally: Tally, effects: Sequence[PolicyEffect], shares: Sequence[str]) -> Iterator[str]:
    whole = [effect for effect in effects if not effect.where]
    confined = [effect for effect in effects if effect.where]
    if not whole:
        return
    policies = list(dict.fromkeys(effect.policy for effect in whole))
    for share in shares:
        mine = [effect for effect in whole if effect.share == share]
        said = [_one_policy(effect, confined) for effect in mine if effect.policy in policies[:MOST_POLICIES]]
        yield f"{worded(tally, share).heading}, against `{whole[0].reference}`: {' '.join(said)}"
    yield _how(tally, whole, len(policies) - MOST_POLICIES)


def _one_policy(effect: PolicyEffect, confined: Collection[PolicyEffect]) -> str:
    if effect.difference == effect.least == effect.greatest == effect.deviation == 0.0:
        return f"`{effect.policy}` changes nothing."
    text = f"`{effect.policy}` {points_text(effect.difference)} points"
    text += f" ({points_text(effect.low)} to {points_text(effect.high)})"
    if effect.settings > 1:
        text += f"; between {points_text(effect.least)} and {points_text(effect.greatest)}"
        text += f" at the {effect.points:,} points" if effect.points > 1 else ""
        if not np.isnan(effect.deviation):
            text += f" (standard deviation without noise {100 * effect.deviation:.1f})"
        text += f"; {_verdicts(effect)}"
    at = [
        f"{points_text(each.difference)} ({points_text(each.low)} to {points_text(each.high)}) with"
        f" `{each.where.replace('=', '` ', 1)}"
        for each in confined
        if (each.policy, each.share) == (effect.policy, effect.share)
    ]
    text += f"; {', '.join(at)}" if at else ""
    return f"{text}.{_where_words(effect)}"


def _verdicts(effect: PolicyEffect) -> str:
    places = "settings" if effect.settings > effect.points else "points"
    names = ("lower", "higher") if effect.helps is None else ("helps", "hurts")
    least, most = (float(getattr(effect, name)) for name in names)
    if least == most == 0:
        return f"undecided in all of the {places}"
    if 1 in (least, most):
        return f"{names[most == 1]} in all of the {places}"
    return (
        f"{names[0]} in {share_text(least)} of the {places}, {names[1]} in {share_text(most)},"
        f" undecided in {share_text(max(0.0, round(1 - least - most, 9)))}"
    )


def _where_words(effect: PolicyEffect) -> str:
    on = effect.depends_on
    if on is None:
        return " No single uncertainty distinguishes the points where it hurts." if effect.hurts else ""
    if on.is_number:
        low, high = f"up to {on.low[0]:.3g}", f"from {on.high[0]:.3g}"
        says = f"{points_text(on.low[1])} in the lowest third ({low}), "
        says += f"{points_text(on.high[1])} in the highest ({high})"
    else:
        ends = (f"{points_text(mean)} with {shown(level)}" for level, mean in (on.low, on.high))
        says = ", ".join(ends)
    return f" It depends most on `{on.factor}`: {says}."


def _how(tally: Tally, effects: Sequence[PolicyEffect], left_out: int) -> str:
    text = ""
    if effects[0].covers == "replications":
        text = (
            "Each interval is a 95% interval and covers the replications, at the settings that were chosen."
        )
    else:
        text = f"Each interval is a 95% interval and covers {effects[0].covers}."
    if any(effect.settings > 1 for effect in effects):
        test = "McNemar's exact test of its pairs" if tally.is_paired else "a score test"
        text += (
            f" A point counts as one where a policy helps or hurts if {test} passes at a false discovery rate"
            f" of 5% over the points (Benjamini-Hochberg)."
        )
    if left_out > 0:
        text += f" policies.csv has {left_out} more policies."
    return text
