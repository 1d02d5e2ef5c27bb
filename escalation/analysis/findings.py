"""The findings of an experiment in plain sentences: inert factors, effects, the gain from pairing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from escalation.analysis.contrasts import Sameness, sameness
from escalation.analysis.effects import Effect, effects, identical
from escalation.analysis.summary import Places
from escalation.analysis.tally import Tally
from escalation.stats.intervals import CONFIDENCE
from escalation.vocabulary import NUCLEAR_CAVEAT, OUTCOMES

MOST_EFFECTS = 6
"""Effects reported of one factor, in the order in which the shares are given."""


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
    if tally.pairs is None:
        paragraphs.append("Seeds are independent, so the crises cannot show whether a factor is inert.")
        settled: set[str] = set()
    else:
        same = sameness(tally.codes, tally.source.factors, tally.digests, tally.n)
        settled = {each.factor for each in same if each.everywhere or not each.settings}
        paragraphs += [line for each in same for line in _sameness_words(tally, each)]
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
        if tally.pairs is not None
        else "each cell with random numbers of its own"
    )
    return f"{crises:,} crises in {cells:,} {_cells(cells)}, {each} in each, {pairing}."


def _cells(count: int) -> str:
    return "cell" if count == 1 else "cells"


def _sameness_words(tally: Tally, same: Sameness) -> Iterator[str]:
    crises = int(tally.n[tally.baseline])
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
    elif same.same:
        yield (
            f"`{same.factor}` changed nothing at {same.same:,} of {same.settings:,} settings of the other "
            f"factors: there all crises are identical at every level."
        )


def _effect_words(tally: Tally, shares: Sequence[str], settled: set[str]) -> Iterator[str]:
    """State which factors, varied alone, change which shares beyond chance over all comparisons."""
    alone = tally.one_factor_off
    places = np.flatnonzero(alone >= 0)
    if not len(places):
        yield "No cell differs from the baseline in one factor only, so no effect is attributed to a factor."
        return
    looks = len(places) * len(shares)
    usual = _on(shares, effects(tally, places))
    strict = _on(shares, effects(tally, places, 1 - (1 - CONFIDENCE) / looks))
    for k, factor in enumerate(tally.source.factors):
        if factor in settled:
            continue
        rows = np.flatnonzero(alone[places] == k)
        if not len(rows):
            yield f"`{factor}` never differs from the baseline alone."
            continue
        clear = [
            (abs(float(effect.values.estimate[row])), number, int(row))
            for number, effect in enumerate(strict)
            for row in rows
            if effect.values.low[row] > 0 or effect.values.high[row] < 0
        ]
        if not clear:
            yield f"`{factor}`: no effect distinguishable from zero when varied alone from the baseline."
            continue
        reported = _reported(clear)
        sentences = [_one_effect(tally, places, factor, usual[number], row) for _, number, row in reported]
        rest = len(clear) - len(reported)
        more = f"; effects.csv has {rest} more" if rest else ""
        yield f"`{factor}`, against the baseline: {'; '.join(sentences)}{more}."
    yield (
        f"Effects are called distinguishable from zero after correction for all {looks:,} comparisons "
        f"(Bonferroni); each printed interval is a 95% interval."
    )


def _own_words(tally: Tally) -> Iterator[str]:
    """State how the numbers that the experiment measures itself change with each factor varied alone."""
    own = [each for each in tally.measures.own if each.kind != "share"]
    places = np.flatnonzero(tally.one_factor_off >= 0)
    if not own or not len(places):
        return
    looks = len(places) * len(own)
    usual = {effect.measure: effect for effect in effects(tally, places)}
    strict = {
        effect.measure: effect.values for effect in effects(tally, places, 1 - (1 - CONFIDENCE) / looks)
    }
    unclear = []
    for each in own:
        found, sure = usual[each.name].values, strict[each.name]
        is_clear = (sure.low > 0) | (sure.high < 0)
        said = []
        for k, factor in enumerate(tally.source.factors):
            rows = np.flatnonzero(is_clear & (tally.one_factor_off[places] == k))
            if len(rows):
                row = rows[np.abs(found.estimate[rows]).argmax()]
                level = tally.source.cells.levels[factor][int(places[row])]
                shown = f"{level:g}" if isinstance(level, float) else str(level)
                values = (found.estimate[row], found.low[row], found.high[row])
                change, low, high = (f"{float(value):+.3g}" for value in values)
                said.append(f"{change} ({low} to {high}) at `{factor}` {shown}")
        if said:
            unit = f" ({each.unit_of_difference})" if each.unit_of_difference else ""
            rest = "; ".join(said[:MOST_EFFECTS])
            yield f"{each.heading}{unit}, mean difference from the baseline: {rest}."
        else:
            unclear.append(each.noun)
    if unclear:
        yield f"No difference of means distinguishable from zero: {', '.join(unclear)}."
    yield f"Differences of means are corrected for all {looks:,} of their comparisons (Bonferroni)."


def _on(shares: Sequence[str], found: Iterable[Effect]) -> list[Effect]:
    """Return the effects on shares, in the order of these."""
    by_share = {effect.of: effect for effect in found if effect.measure == "share"}
    return [by_share[share] for share in shares]


def _reported(clear: Sequence[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    """Return the effects to report: the largest on each share, then the second largest and so on.

    They are put in the order of the shares, and of the cells.
    """
    by_share: dict[int, list[tuple[float, int, int]]] = {}
    for each in sorted(clear, key=lambda each: (-each[0], each[2])):
        by_share.setdefault(each[1], []).append(each)
    ranked = [(rank, each) for some in by_share.values() for rank, each in enumerate(some)]
    ranked.sort(key=lambda one: (one[0], one[1][1]))
    reported = [each for _, each in ranked[:MOST_EFFECTS]]
    return sorted(reported, key=lambda each: each[1:])


def _one_effect(tally: Tally, places: Places, factor: str, effect: Effect, row: int) -> str:
    level = tally.source.cells.levels[factor][int(places[row])]
    shown = f"{level:g}" if isinstance(level, float) else str(level)
    values = (effect.values.estimate[row], effect.values.low[row], effect.values.high[row])
    points, low, high = (f"{100 * float(value):+.1f}" for value in values)
    clause = tally.measures.measure(effect.of, tally.source.thresholds).clause
    return f"at {shown}, {clause} {points} points ({low} to {high})"


def _saved_words(tally: Tally, shares: Sequence[str]) -> Iterator[str]:
    if tally.pairs is None:
        return
    others = np.flatnonzero(np.arange(len(tally.n)) != tally.baseline)
    saved = [
        effect.saved for effect in effects(tally, others) if effect.measure == "share" and effect.of in shares
    ]
    known = np.concatenate([each[~np.isnan(each)] for each in saved]) if saved else np.array([])
    if len(known):
        low, middle, high = np.quantile(known, [0.0, 0.5, 1.0])
        asked = "the outcome classes" if tuple(shares) == OUTCOMES else "the requested shares"
        yield (
            f"Common random numbers: over {asked}, one pair was worth {middle:.1f} independent "
            f"replications of each of its two cells in the median ({low:.1f} to {high:.1f})."
        )
    same = int(identical(tally, others).sum())
    if same:
        yield f"In {same:,} {_cells(same)} the crises are identical to the baseline's."
