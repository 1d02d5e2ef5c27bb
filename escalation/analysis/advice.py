"""Which policy does best under uncertainty: in the mean, in bad cases, by regret; and whether that is robust.

Every policy meets every point of what is uncertain, so policies are compared point by point. Harm is a share
of crises, or what is left of one where the share is something good. Three rules of choice are applied: the
least expected harm; the least harm in the worst tenth of the points, the conditional value at risk of
Rockafellar and Uryasev (2000, Journal of Risk 2, 21-41); and the least regret in the tenth of the points
where it is greatest, regret being the harm beyond that of the best policy at the same point (Savage 1951,
JASA 46, 55-67; for policies, Lempert, Groves, Popper and Bankes 2006, Management Science 52, 514-528).

A point has a limited number of crises, and whoever picks the worst points, or the best policy at a point,
picks luck with them. So the replications are split in halves: what is picked by one half is measured by the
other, and the two results are averaged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.contrasts import codes_of
from escalation.analysis.paired import compare, contrasts_of
from escalation.analysis.policies import dependence, discoveries, shown
from escalation.experiment.results import ResultsFolder
from escalation.experiment.spec import POLICY
from escalation.files.places import ArgumentError, listed
from escalation.files.write import Table
from escalation.measures.measures import Numbers
from escalation.stats.intervals import CONFIDENCE, mcnemar, mean
from escalation.vocabulary import NUCLEAR_CAVEAT

RULES = {
    "mean": "the least expected harm",
    "worst": "the least harm in the worst tenth of the points",
    "regret": "the least regret where regret is greatest",
}
"""The rules of choice, and what each asks for."""

TAIL = 0.1
"""The share of points that count as the worst."""

RESAMPLES = 1_000
WITHIN = 0.01
"""The difference in harm that is too small to matter: policies this near to the best count as good as it."""

SURE = 0.9
"""The share of resamples in which a robust policy is as good as the best, by every rule."""

FEW = 0.1
"""The share of points at which a robust policy may do clearly worse than another."""

Z = 1.959964
EFFORT = "effort"
"""The measure of an experiment's own that says how much a policy asks of those who choose it."""

FEWEST = 4
"""Crises of each policy at each point, without which nothing can be judged."""

Floats = NDArray[np.float64]
Answers = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Judged:
    """A number with its 95% interval over resampled points and replications."""

    value: float
    low: float
    high: float

    @property
    def words(self) -> str:
        """Return it as a percentage with its interval."""
        return f"{100 * self.value:.1f}% ({100 * self.low:.1f} to {100 * self.high:.1f})"


@dataclass(frozen=True)
class PolicyScore:
    """How one policy does over the points."""

    policy: str
    label: str
    harm: Judged
    """Mean over points."""
    worst: Judged
    """Mean in the worst tenth of the points of this policy."""
    regret: Judged
    """Mean regret in the tenth of the points where it is greatest."""
    good: tuple[float, ...]
    """By each of `RULES`, the share of resamples in which it is as good as the best policy."""
    clearly_worse: float
    """The largest share of points at which it does clearly worse than one and the same other policy."""
    worse_than: str
    """That other policy; empty if there is none."""
    effort: float | None = None
    """Mean effort per crisis, where it was measured."""
    is_efficient: bool = True
    """Whether no other policy has both less harm and no more effort, or as little harm with less effort."""

    @property
    def is_robust(self) -> bool:
        """Return whether it is surely as good as the best by every rule, and clearly worse almost nowhere."""
        return min(self.good) >= SURE and self.clearly_worse <= FEW


@dataclass(frozen=True)
class Advice:
    """The choice between policies under uncertainty."""

    share: str
    """The share of crises by which policies are judged."""
    heading: str
    """What it is called."""
    is_nuclear: bool
    """Whether it speaks of nuclear use."""
    is_harm: bool
    """Whether the share itself is harm; else harm is what is left of it."""
    points: int
    replications: int
    """Crises of each policy at each point."""
    scores: tuple[PolicyScore, ...]
    """By expected harm, the least first."""
    recommended: tuple[str, ...]
    """The choice of each of `RULES`."""
    hinges: tuple[str, ...]
    """Sentences on what the choice depends on."""

    @property
    def robust(self) -> tuple[PolicyScore, ...]:
        """Return the policies that are robust, the one with the least expected harm first."""
        return tuple(score for score in self.scores if score.is_robust)

    @cached_property
    def scores_by_policy(self) -> dict[str, PolicyScore]:
        """Return the scores by name of policy."""
        return {score.policy: score for score in self.scores}


def tails(halves: Floats) -> Floats:
    """Return what each of `RULES` judges by, [rules, policies]: picked by one half, measured by the other.

    Parameters
    ----------
    halves
        [points, policies, 2]: harm in each half of the replications.
    """
    most = max(1, round(TAIL * len(halves)))
    found = np.zeros((2, len(RULES), halves.shape[1]))
    for k, (picks, measures) in enumerate(
        ((halves[..., 0], halves[..., 1]), (halves[..., 1], halves[..., 0]))
    ):
        best = picks.argmin(axis=1)[:, None]
        found[k, 0] = measures.mean(axis=0)
        found[k, 1] = _highest(picks, measures, most)
        own_best, seen_best = (np.take_along_axis(each, best, axis=1) for each in (measures, picks))
        found[k, 2] = _highest(picks - seen_best, measures - own_best, most)
    judged: Floats = found.mean(axis=0)
    return judged


def _highest(picks: Floats, measures: Floats, most: int) -> Floats:
    """Return the mean of each column of one array in the rows where that of the other is highest."""
    rows = np.argsort(-picks, axis=0, kind="stable")[:most]
    found: Floats = np.take_along_axis(measures, rows, axis=0).mean(axis=0)
    return found


def halves_of(answers: Answers, counts: Floats | None = None) -> Floats:
    """Return harm in each half of the replications, [points, policies, 2].

    Parameters
    ----------
    answers
        [points, policies, replications]: whether a crisis did harm.
    counts
        [replications]: how often each counts; by default once.
    """
    weights = np.ones(answers.shape[2]) if counts is None else counts
    split = np.stack([weights * (np.arange(answers.shape[2]) % 2 == half) for half in (0, 1)], axis=1)
    found: Floats = answers.astype(np.float32) @ (split / split.sum(axis=0)).astype(np.float32)
    return found.astype(np.float64)


def resampled(answers: Answers, is_paired: bool, resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """Return `tails` of resamples, [resamples, rules, policies].

    Where all cells share their replications (common random numbers), these are resampled too, the same for
    all points; otherwise every point has noise of its own, and resampling points is enough.
    """
    generator = np.random.default_rng(seed)
    points, _, replications = answers.shape
    numbers = np.arange(replications)
    every = halves_of(answers)
    found = []
    for _ in range(resamples):
        if is_paired:
            # Each half by itself, so that none is ever empty.
            drawn = [generator.choice(numbers[half::2], len(numbers[half::2])) for half in (0, 1)]
            counts = np.bincount(np.concatenate(drawn), minlength=replications).astype(np.float64)
            every = halves_of(answers, counts)
        found.append(tails(every[generator.integers(0, points, points)]))
    return np.array(found)


def efficient(harm: Floats, effort: Floats) -> Any:
    """Return which policies no other one dominates, with no more of both and less of one: truth values."""
    no_more = (harm[None, :] <= harm[:, None]) & (effort[None, :] <= effort[:, None])
    less = (harm[None, :] < harm[:, None]) | (effort[None, :] < effort[:, None])
    return ~np.any(no_more & less, axis=1)


@dataclass(frozen=True)
class Points:
    """The points at which policies are compared, and the cells there."""

    policies: tuple[str, ...]
    cells: NDArray[np.int64]
    """[points, policies]: places in the table of cells."""


def points_of(source: ResultsFolder) -> Points:
    """Return the points of the design, those that only probe the ends of ranges left out.

    Raises
    ------
    ArgumentError
        If the experiment has fewer than two policies, or a policy was not simulated at every point.
    """
    cells, policies = source.cells, tuple(source.spec.policies)
    if len(policies) < 2:
        count = "one policy" if policies else "no policies"
        raise ArgumentError(
            f"{source.spec.name} has {count} to choose between; give a scenario, or an experiment with two or"
            " more `policies`"
        )
    codes = codes_of(cells, [name for name in source.factors if name != POLICY])
    point = np.zeros(len(codes), np.int64)
    if codes.shape[1]:
        point = np.unique(codes, axis=0, return_inverse=True)[1].reshape(-1)
    found = np.full((int(point.max()) + 1, len(policies)), -1)
    found[point, [policies.index(str(level)) for level in cells.levels[POLICY]]] = np.arange(len(point))
    designed = found[np.unique(point[np.array(cells.role) == "design"])]
    if (designed < 0).any():
        raise ArgumentError(f"{source.spec.name}: not every policy was simulated at every point")
    return Points(policies, designed)


def answers_of(source: ResultsFolder, share: str, points: Points) -> Answers:
    """Return whether each crisis did harm, [points, policies, replications that all cells have]."""
    cells = len(source.cells.number)
    place = np.full(cells, -1)
    place[points.cells.reshape(-1)] = np.arange(points.cells.size)
    found = np.full((points.cells.size, source.plan.replications), -1, np.int8)
    for part in source.parts():
        at = place[np.searchsorted(source.cells.number, part.cells)]
        answer = source.measures.share_of(share, part.table)
        wanted = at >= 0
        found[at[wanted], part.table["replication"][wanted]] = answer[wanted]
    shared = found[:, (found >= 0).all(axis=0)]
    if shared.shape[1] < FEWEST:
        raise ArgumentError(f"{source.folder}: every policy needs {FEWEST} crises or more at every point")
    answers = shared.reshape(*points.cells.shape, -1).astype(bool)
    return ~answers if source.measures.measure(share).direction < 0 else answers


def effort_of(source: ResultsFolder, points: Points) -> Floats:
    """Return the mean effort of each policy over all its crises at the points."""
    number = source.cells.number
    total, n = np.zeros(len(number)), np.zeros(len(number))
    for part in source.parts():
        at = np.searchsorted(number, part.cells)
        np.add.at(n, at, 1)
        np.add.at(total, at, part.table[EFFORT])
    found: Floats = total[points.cells].sum(axis=0) / n[points.cells].sum(axis=0)
    return found


def clearly_worse(source: ResultsFolder, share: str, points: Points) -> Floats:
    """Return the share of points at which one policy does clearly worse than another, [policies, policies].

    At each point the pairs of crises are tested by McNemar's exact test; over the points as many count as a
    false discovery rate of 5% lets pass (Benjamini and Hochberg 1995).
    """
    count, policies = points.cells.shape
    pairs = [(a, b) for a in range(policies) for b in range(a + 1, policies)]
    cells = np.concatenate([points.cells[:, pair] for pair in pairs])
    group = np.repeat(np.arange(len(pairs)), count)
    contrasts, _ = contrasts_of(cells, group, np.tile(np.arange(count), len(pairs)))
    (sums,) = compare(source, [contrasts], Numbers(source.states, source.mediators, source.measures))
    k = source.measures.names.index(share)
    total = sums.totals[:, k] * (-1 if source.measures.measure(share).direction < 0 else 1)
    chance = mcnemar((sums.squares[:, k] + total) / 2, (sums.squares[:, k] - total) / 2)
    found = np.zeros((policies, policies))
    for number, (a, b) in enumerate(pairs):
        mine = slice(number * count, (number + 1) * count)
        passes = discoveries(chance[mine], 1 - CONFIDENCE)
        found[a, b] = (passes & (total[mine] > 0)).mean()
        found[b, a] = (passes & (total[mine] < 0)).mean()
    return found


def advise(source: ResultsFolder, share: str = "force") -> Advice:
    """Judge the policies of an experiment by a share of crises, and by its measure `effort` if it has one.

    Parameters
    ----------
    source
        The results of an experiment with policies.
    share
        One of `measures.SHARES`; where less of it is better it is harm, where more is better the rest is.

    Raises
    ------
    ArgumentError
        If the experiment has no two policies at the same points.
    """
    known = source.measures
    judged = [each.name for each in known.shares if each.direction]
    if share not in judged:
        raise ArgumentError(
            f"{share} is not a share of which more is better or worse; one of {listed(judged, 20)}"
        )
    points = points_of(source)
    answers = answers_of(source, share, points)
    halves = halves_of(answers)
    now, again = tails(halves), resampled(answers, source.seeds == "common")
    low, high = np.quantile(again, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    good = (again <= again.min(axis=2, keepdims=True) + WITHIN).mean(axis=0)
    worse = clearly_worse(source, share, points)
    scores = []
    for k, name in enumerate(points.policies):
        harm, worst, regret = (
            Judged(float(now[r, k]), float(low[r, k]), float(high[r, k])) for r in range(len(RULES))
        )
        rival = int(worse[k].argmax())
        scores.append(
            PolicyScore(
                policy=name,
                label=source.spec.varied[POLICY].level_label(name),
                harm=harm,
                worst=worst,
                regret=regret,
                good=tuple(map(float, good[:, k])),
                clearly_worse=float(worse[k, rival]),
                worse_than=points.policies[rival] if worse[k, rival] else "",
            )
        )
    if EFFORT in known:
        spent = effort_of(source, points)
        on_front = efficient(now[0], spent)
        scores = [
            replace(score, effort=float(spent[k]), is_efficient=bool(on_front[k]))
            for k, score in enumerate(scores)
        ]
    recommended = tuple(points.policies[int(k)] for k in now.argmin(axis=1))
    return Advice(
        share=share,
        heading=known.measure(share, source.thresholds).heading,
        is_nuclear=known.measure(share).is_nuclear,
        is_harm=known.measure(share).direction > 0,
        points=len(halves),
        replications=answers.shape[2],
        scores=tuple(sorted(scores, key=lambda score: score.harm.value)),
        recommended=recommended,
        hinges=tuple(_hinges(source, share, points, halves.mean(axis=2), recommended)),
    )


def _hinges(
    source: ResultsFolder, share: str, points: Points, harm: Floats, recommended: Sequence[str]
) -> Iterator[str]:
    """Say on which uncertainty the choice depends most: what tells the first choice from its rivals."""
    first = points.policies.index(recommended[0])
    order = np.argsort(harm.mean(axis=0), kind="stable").tolist()
    rivals = {points.policies.index(name) for name in recommended[1:]} - {first}
    rivals |= {next(k for k in order if k != first)}
    uncertain = [name for name in source.factors if name != POLICY]
    for rival in sorted(rivals, key=order.index):
        gain = harm[:, rival] - harm[:, first]
        found = []
        for name in uncertain:
            levels = [source.cells.levels[name][cell] for cell in points.cells[:, first].tolist()]
            seen = dependence(name, levels, gain)
            found += [] if seen is None else [seen]
        labels = [source.spec.varied[POLICY].level_label(points.policies[k]) for k in (first, rival)]
        pair = f"“{labels[0]}” over “{labels[1]}”"
        chance, on, low, high = min(found, key=lambda each: each[0], default=(1.0, None, None, None))
        is_clear = on is not None and chance * len(uncertain) <= 1 - CONFIDENCE
        if is_clear and source.seeds == "common":
            pairs = points.cells[:, [rival, first]]
            is_clear = _ends_differ(source, share, pairs[high], pairs[low])
        if on is None or not is_clear:
            yield f"No single uncertainty clearly changes what is gained by {pair}."
            continue
        label = source.spec.varied[on.factor].label
        ends = [f"{100 * value:+.1f} points" for _, value in (on.low, on.high)]
        if on.is_number:
            at = (
                f"in the third of the points with “{label}” up to {on.low[0]:.3g}",
                f"in the third with {on.high[0]:.3g} or more",
            )
        else:
            at = (f"with “{label}” {shown(on.low[0])}", f"with {shown(on.high[0])}")
        turns = " Which is better depends on it." if on.low[1] * on.high[1] < 0 else ""
        yield f"What is gained by {pair} is {ends[0]} {at[0]} and {ends[1]} {at[1]}.{turns}"


def _ends_differ(source: ResultsFolder, share: str, high: Places, low: Places) -> bool:
    """Return whether what one policy gains over another differs between points, over replications too.

    All points share their replications, and a few of these could make every point agree.
    """
    size = min(len(high), len(low))
    cells = np.concatenate([high[:size], low[:size]], axis=1)
    contrasts, _ = contrasts_of(cells, np.zeros(size, np.int64), np.arange(size))
    (sums,) = compare(source, [contrasts], Numbers(source.states, source.mediators, source.measures))
    k = source.measures.names.index(share)
    found = mean(sums.averages[:, k], sums.average_squares[:, k], sums.replications)
    return bool(found.low[0] > 0 or found.high[0] < 0)


def harm_words(found: Advice) -> str:
    """Return what counts as harm, in words."""
    noun = found.heading
    return noun if found.is_harm else f"Crises without: {noun[0].lower()}{noun[1:]}"


def advice_lines(found: Advice) -> Iterator[str]:
    """Yield the advice in sentences."""
    first = found.scores_by_policy[found.recommended[0]]
    subject = harm_words(found)
    yield (
        f"Judged by: {subject}. {found.points:,} points of what nobody chooses, {found.replications:,} crises"
        " of each policy at each, with common random numbers."
    )
    for rule, (name, does) in enumerate(zip(found.recommended, RULES.values(), strict=True)):
        score = found.scores_by_policy[name]
        judged = (score.harm, score.worst, score.regret)[rule]
        others = [each.label for each in found.scores if each.good[rule] >= SURE and each.policy != name]
        equal = f"; as good, within a point: {', '.join(others)}" if others else ""
        yield f"{does[0].upper()}{does[1:]}: {score.label}, {judged.words}{equal}."
    if found.robust:
        names = " and ".join(score.label for score in found.robust)
        worse = max(score.clearly_worse for score in found.robust)
        yield (
            f"Robust: {names}. By every rule within a point of the best policy in {SURE:.0%} or more of"
            f" resamples, and clearly worse than another at no more than {worse:.0%} of them."
        )
    else:
        yield f"Not robust: {'; '.join(_why_not(found, first))}."
    yield from found.hinges
    if found.is_nuclear:
        yield NUCLEAR_CAVEAT
    if any(score.effort is not None for score in found.scores):
        front = [score for score in found.scores if score.is_efficient]
        said = ", ".join(f"{score.label} ({score.effort or 0.0:.1f})" for score in front)
        yield f"Harm against effort (its mean in brackets): no other policy dominates {said}."


def _why_not(found: Advice, first: PolicyScore) -> Iterator[str]:
    for share, does in zip(first.good, RULES.values(), strict=True):
        if share < SURE:
            yield f"{first.label} is within a point of {does} in only {share:.0%} of resamples"
    if first.clearly_worse > FEW:
        rival = found.scores_by_policy[first.worse_than].label
        yield f"{rival} is clearly better than {first.label} at {first.clearly_worse:.0%} of the points"


def advice_table(found: Advice) -> Table:
    """Return the scores as a table, one row per policy."""
    judged = [f"{name}{end}" for name in ("harm", "worst", "regret") for end in ("", "_low", "_high")]
    columns = ("policy", "label", *judged, *(f"good_by_{rule}" for rule in RULES))
    rows = []
    for score in found.scores:
        by = (score.harm, score.worst, score.regret)
        numbers = [number for each in by for number in (each.value, each.low, each.high)]
        rest = (score.clearly_worse, score.worse_than, score.effort)
        rows.append((score.policy, score.label, *numbers, *score.good, *rest))
    return Table((*columns, "clearly_worse", "worse_than", "effort"), tuple(rows))
