"""The findings of an experiment in plain sentences: inert factors, policies, effects, interactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from escalation.analysis.averages import (
    Averages,
    ComparedCells,
    averages,
    comparisons_of,
    draws_at_baseline,
    measures_of,
)
from escalation.analysis.contrasts import Description, LevelCondition, Sameness, described, sameness
from escalation.analysis.effects import effects
from escalation.analysis.policies import compare_policies, interval_text, points_text, shown, worded
from escalation.analysis.tally import Tally
from escalation.language import listed
from escalation.stats.intervals import CONFIDENCE
from escalation.vocabulary import NUCLEAR_CAVEAT, OUTCOMES

MOST_EFFECTS = 4
"""Main effects reported on one share; the largest of each factor comes first."""
MOST_INTERACTIONS = 2


def findings(tally: Tally, shares: Sequence[str] = OUTCOMES) -> list[str]:
    """Return the findings, one paragraph per entry.

    Parameters
    ----------
    tally
        The counts of the experiment.
    shares
        Names of the shares to examine for effects.
    """
    paragraphs = [_size(tally)]
    if tally.is_paired:
        same = sameness(tally.codes, tally.source.factors, tally.digests, tally.n)
        settled = {each.factor for each in same if each.everywhere or not each.settings}
        inert = [line for each in same for line in _sameness_words(tally, each)]
        inert += _partly_inert(tally, same)
    else:
        inert = ["Seeds are independent, so the crises cannot show whether a factor is inert."]
        settled = set()
    compared = compare_policies(tally, shares)
    # What is asked comes first: of policies their differences, of factors which of them act at all.
    paragraphs += inert if compared is None else [*compared.lines, *inert]
    paragraphs += _draw_words(tally, shares)
    paragraphs += _effect_words(tally, shares, settled)
    paragraphs += _own_words(tally)
    paragraphs += _saved_words(tally, shares)
    if any(tally.measures.measure(share).is_nuclear for share in shares):
        paragraphs.append(NUCLEAR_CAVEAT)
    return paragraphs


def _size(tally: Tally) -> str:
    cells, crises = len(tally.n), int(tally.n.sum())
    least, most = int(tally.n.min()), int(tally.n.max())
    each = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    pairing = (
        "with common random numbers, replication by replication"
        if tally.is_paired
        else "each cell with random numbers of its own"
    )
    text = f"{crises:,} crises in {cells:,} {_cells(cells)}, {each} in each, {pairing}."
    twins = len(tally.source.twins)
    if twins:
        has = "has" if twins == 1 else "have"
        text += (
            f" {twins:,} {_cells(twins)} {has} the same inputs as another: their crises are identical, and"
            " were simulated once."
        )
    return text


def _cells(count: int) -> str:
    return "cell" if count == 1 else "cells"


def _sameness_words(tally: Tally, same: Sameness) -> Iterator[str]:
    crises = int(tally.n[tally.baseline])
    if not same.settings and same.factor in tally.source.sampled:
        return
    if not same.settings:
        yield f"`{same.factor}` is never varied alone, so whether it is inert cannot be established."
    elif same.everywhere:
        where = "" if same.settings == 1 else f", at all {same.settings:,} settings of the other factors"
        if int(tally.n.min()) == int(tally.n.max()):
            crises_words = f"all {crises:,} crises are identical"
        else:
            crises_words = "all crises are identical"
        yield (
            f"`{same.factor}` changed nothing: {crises_words}, replication by replication, at every "
            f"level{where}."
        )


def _partly_inert(tally: Tally, same: Sequence[Sameness]) -> Iterator[str]:
    """State where factors are inert that are not so everywhere; those inert at the same settings together."""
    alike: dict[str, list[str]] = {}
    for each in same:
        if each.same and not each.everywhere:
            others = [name for name in tally.source.factors if not _is_drawn(tally, name)]
            others = [name for name in others if name != each.factor]
            found = described(tally.source.cells, others, each.where, each.is_same)
            alike.setdefault(_setting_words(found, each), []).append(each.factor)
    for where, names in alike.items():
        changed, at = "changed nothing", "every level"
        if len(names) > 1:
            changed, at = "each changed nothing", "every level of any one of them"
        yield f"{_listed(names)} {changed} {where}: there all crises are identical at {at}."


def _listed(names: Sequence[str]) -> str:
    *some, last = [f"`{name}`" for name in names]
    return f"{', '.join(some)} and {last}" if some else last


def _setting_words(found: Description, same: Sameness) -> str:
    """Return where a factor is inert: by the levels of others, or by the number of settings."""
    count = f"{same.same:,} of {same.settings:,} settings of the other factors"
    if not found.conditions:
        return f"at {count}"
    where = f" {found.joined} ".join(_condition_words(condition) for condition in found.conditions)
    if found.rest:
        others = same.settings - same.same + found.rest
        return f"where {where}, and at {found.rest:,} of the {others:,} other settings"
    return f"where {where} ({count})"


def _condition_words(condition: LevelCondition) -> str:
    if condition.levels:
        levels = [shown(level) for level in condition.levels]
        *some, last = levels
        return f"`{condition.factor}` is {', '.join(some)}{' or ' if some else ''}{last}"
    if condition.most is not None:
        return f"`{condition.factor}` is at most {shown(condition.most)}"
    return f"`{condition.factor}` is at least {shown(condition.least)}"


def _draw_words(tally: Tally, shares: Sequence[str]) -> Iterator[str]:
    """State how far shares differ between random draws of a distribution, none of which is a reference."""
    for factor, mine in draws_at_baseline(tally):
        said = []
        for share in shares:
            found = tally.shares[mine, tally.measures.names.index(share)] / tally.n[mine]
            said.append(
                f"{_in_sentence(worded(tally, share).heading)} {100 * found.min():.1f}% to"
                f" {100 * found.max():.1f}% (standard deviation {100 * found.std(ddof=1):.1f})"
            )
        where = ", all other factors at baseline" if len(tally.source.factors) > 1 else ""
        yield f"`{factor}`, over {len(mine):,} draws{where}, noise included: {listed(said)}."


def _is_drawn(tally: Tally, factor: str) -> bool:
    """Return whether a factor's levels are random draws, none of which means anything singly."""
    return factor in tally.source.sampled and isinstance(tally.source.cells.levels[factor][0], str)


def _in_sentence(heading: str) -> str:
    return heading[:1].lower() + heading[1:]


@dataclass(frozen=True)
class _Clear:
    """An average that is distinguishable from zero."""

    size: float
    factor: int
    group: int
    usual: Averages


def _effect_words(tally: Tally, shares: Sequence[str], settled: set[str]) -> Iterator[str]:
    """State, share by share, which main effects and interactions are distinguishable from zero."""
    factors = list(tally.source.factors)
    silent = {k for k, name in enumerate(factors) if name in settled}
    pairs, quadruples = comparisons_of(tally).pairs, comparisons_of(tally).quadruples
    chosen = [
        np.flatnonzero(each.is_reported & ~np.isin(each.factors, list(silent)).any(axis=1))
        for each in (pairs, quadruples)
    ]
    if tally.source.policy_factor is not None:  # policies have paragraphs of their own
        of_policy = pairs.factors[chosen[0], 0] == factors.index(tally.source.policy_factor)
        chosen[0] = chosen[0][~of_policy]
    if not pairs.is_reported.any():
        yield "No two cells differ in one factor only, so no effect is attributed to a factor."
        return
    looks = sum(map(len, chosen)) * len(shares)
    if not looks:
        return
    wanted = [tally.measures.names.index(share) for share in shares]
    found = [
        _clear(tally, comparison, groups, wanted, looks)
        for comparison, groups in zip((pairs, quadruples), chosen, strict=True)
    ]
    for number, share in enumerate(shares):
        main, crossed = (by_share[number] if by_share else [] for by_share in found)
        heading = worded(tally, share).heading
        if not main and not crossed:
            yield f"{heading}: no effect distinguishable from zero."
            continue
        reported = _reported(main)
        said = [_one_effect(tally, pairs, each) for each in reported]
        said = said or ["no main effect distinguishable from zero"]
        rest = len(main) - len(reported)
        more = f"; main_effects.csv has {rest} more" if rest else ""
        text = f"{heading}: {'; '.join(said)}{more}."
        strongest = sorted(crossed, key=lambda each: (-each.size, each.group))[:MOST_INTERACTIONS]
        if strongest:
            said = [_one_interaction(tally, quadruples, each) for each in strongest]
            rest = len(crossed) - len(strongest)
            more = f"; interactions.csv has {rest} more" if rest else ""
            text += f" Interactions: {'; '.join(said)}{more}."
        yield text
    yield _method_words(pairs, quadruples, chosen, looks)


def _own_words(tally: Tally) -> Iterator[str]:
    """State which main effects on numbers of the experiment's own are distinguishable from zero."""
    names = {each.name for each in tally.measures.own}
    own = [(k, each) for k, (each, _) in enumerate(measures_of(tally)) if each.name in names]
    own = [(k, each) for k, each in own if each.kind != "share"]
    pairs = comparisons_of(tally).pairs
    groups = np.flatnonzero(pairs.is_reported)
    if not own or not len(groups):
        return
    looks = len(groups) * len(own)
    unclear = []
    for (_, each), clear in zip(own, _clear(tally, pairs, groups, [k for k, _ in own], looks), strict=True):
        said = []
        for one in _reported(clear):
            found = (one.usual.values.estimate, one.usual.values.low, one.usual.values.high)
            change, low, high = (f"{float(values[one.group]):+.3g}" for values in found)
            said.append(f"{_level(tally, pairs, one.group, 0)} {change} ({low} to {high})")
        if said:
            unit = f" ({each.unit_of_difference})" if each.unit_of_difference else ""
            rest = len(clear) - len(said)
            more = f"; main_effects.csv has {rest} more" if rest else ""
            yield f"{each.heading}{unit}: {'; '.join(said)}{more}."
        else:
            unclear.append(each.noun)
    if unclear:
        yield f"No difference of means distinguishable from zero: {', '.join(unclear)}."
    yield f"Differences of means are corrected for all {looks:,} of their comparisons (Bonferroni)."


def _clear(
    tally: Tally, comparison: ComparedCells, groups: np.ndarray, wanted: Sequence[int], looks: int
) -> list[list[_Clear]]:
    """Return by share the averages that are distinguishable from zero after correction for all looks."""
    usual = averages(tally, comparison, wanted)
    strict = averages(tally, comparison, wanted, 1 - (1 - CONFIDENCE) / looks)
    return [
        [
            _Clear(abs(float(one.values.estimate[group])), int(comparison.factors[group, 0]), int(group), one)
            for group in groups.tolist()
            if narrow.values.low[group] > 0 or narrow.values.high[group] < 0
        ]
        for one, narrow in zip(usual, strict, strict=True)
    ]


def _reported(clear: Sequence[_Clear]) -> list[_Clear]:
    """Return the effects to report: the largest of each factor, then the second largest and so on.

    They are put in the order of their size.
    """
    by_factor: dict[int, list[_Clear]] = {}
    for each in sorted(clear, key=lambda each: (-each.size, each.group)):
        by_factor.setdefault(each.factor, []).append(each)
    ranked = [(rank, each) for some in by_factor.values() for rank, each in enumerate(some)]
    ranked.sort(key=lambda one: (one[0], -one[1].size, one[1].group))
    return sorted((each for _, each in ranked[:MOST_EFFECTS]), key=lambda each: (-each.size, each.group))


def _level(tally: Tally, comparison: ComparedCells, group: int, which: int) -> str:
    """Return a factor and its level as '`style` manipulation'."""
    name = tally.source.factors[int(comparison.factors[group, which])]
    return f"`{name}` {shown(tally.source.cells.levels[name][int(comparison.cell[group])])}"


def _one_effect(tally: Tally, comparison: ComparedCells, clear: _Clear) -> str:
    text = f"{_level(tally, comparison, clear.group, 0)} {interval_text(clear.usual.values, clear.group)}"
    settings = int(comparison.contrasts.settings[clear.group])
    if settings > 1:
        low, high = float(clear.usual.least[clear.group]), float(clear.usual.greatest[clear.group])
        what = f"{int(comparison.contrasts.points[clear.group]):,} points"
        what = what if comparison.is_sampled[clear.group] else f"{settings:,} settings"
        span = f"{points_text(low)} to {points_text(high)} over"
        text += f", {'the same at all' if points_text(low) == points_text(high) else span} {what}"
    return text


def _one_interaction(tally: Tally, comparison: ComparedCells, clear: _Clear) -> str:
    both = (_level(tally, comparison, clear.group, which) for which in (0, 1))
    return f"{' with '.join(both)} {interval_text(clear.usual.values, clear.group)}"


def _method_words(
    pairs: ComparedCells, quadruples: ComparedCells, chosen: Sequence[np.ndarray], looks: int
) -> str:
    is_sampled = bool(pairs.is_sampled[chosen[0]].any())
    averaged = bool((pairs.contrasts.settings[chosen[0]] > 1).any())
    text = "Each effect is that of a level against the baseline's"
    text += (
        ", averaged over all settings of the other factors" if averaged else ", all other factors at baseline"
    )
    if len(chosen[1]):
        text += "; an interaction is by how much it differs where the second factor is at the level named"
    text += (
        f". Effects are called distinguishable from zero after correction for all {looks:,} comparisons"
        f" (Bonferroni); each printed interval is a 95% interval"
    )
    if is_sampled:
        text += " and covers the sampled points as well as the replications"
    return f"{text}."


def _saved_words(tally: Tally, shares: Sequence[str]) -> Iterator[str]:
    comparison = comparisons_of(tally).pairs
    if comparison.sums is None:
        return
    cells = comparison.contrasts.cells
    found = effects(tally, cells, comparison.sums, np.arange(len(cells)))
    saved = [effect.saved for effect in found if effect.measure == "share" and effect.of in shares]
    known = np.concatenate([each[~np.isnan(each)] for each in saved])
    if len(known):
        low, middle, high = np.quantile(known, [0.0, 0.5, 1.0])
        asked = "the outcome classes" if tuple(shares) == OUTCOMES else "the requested shares"
        yield (
            f"Common random numbers: over {asked}, one pair was worth {middle:.1f} independent "
            f"replications of each of its two cells in the median ({low:.1f} to {high:.1f})."
        )
    same = (tally.digests == tally.digests[tally.baseline]) & (tally.n > 0)
    others = int(same.sum()) - 1
    if same[tally.baseline] and others:
        yield f"In {others:,} {_cells(others)} the crises are identical to the baseline's."
