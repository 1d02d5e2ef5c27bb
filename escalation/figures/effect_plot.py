"""The effect of each factor: mean differences in percentage points, and their spread over settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation.figures.canvas import Canvas, open_canvas
from escalation.figures.captions import caption, inside, level_text, subset_words, subtitle, with_unit
from escalation.figures.selection import NothingToShowError, evenly_spaced, levels_at
from escalation.figures.spreads import SPREAD_NOTE, SpreadMark, difference_axes, draw_mark
from escalation.figures.style import (
    INK,
    LEFT,
    MARGIN,
    PAPER,
    POINTS,
    SMALL,
    WIDTH,
    fitted,
    styled,
    text_width,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from escalation.analysis.tidy import LevelEffect, Tidy, Varied


MOST_SHARES = 6
MOST_LEVELS = {"number": 7, "text": 40}  # numbers can be sampled, names cannot
ROW, WIDE_ROW, HEAD, FOOT, BETWEEN, WIDEST = 0.2, 0.28, 0.5, 0.5, 0.2, 3.0  # inches


@dataclass(frozen=True)
class EffectRow:
    """One row of the figure: a factor, or one of its levels."""

    text: str
    marks: tuple[SpreadMark | None, ...] = ()
    is_factor: bool = False


def plot_effects(tables: Tidy, shares: Sequence[str] = ()) -> Figure:
    """Draw the difference that each level of each factor makes, averaged over settings, and its spread.

    Parameters
    ----------
    tables
        The tables of an experiment.
    shares
        At most six shares, one panel each; by default the first six of the experiment.
    """
    wanted = list(shares) or list(tables.shares)[:MOST_SHARES]
    if len(wanted) > MOST_SHARES:
        raise NothingToShowError(f"effects are shown on at most {MOST_SHARES} shares, not {len(wanted)}")
    found = tables.level_effects(wanted)
    lines, left_out = _rows(tables, found, wanted)
    row = WIDE_ROW if any(len(each.each) > 1 for each in found) else ROW
    tall = row * len(lines)
    with styled():
        canvas = open_canvas(
            "What does each factor change relative to its baseline?",
            subtitle(tables),
            _caption(tables, found, left_out),
            HEAD + tall + FOOT,
        )
        left = _room_for_names(canvas, lines)
        wide = (WIDTH - left - MARGIN) / len(wanted) - BETWEEN
        for number, share in enumerate(wanted):
            x = left + number * (wide + BETWEEN)
            axes = canvas.panel(share, x, HEAD, wide, tall)
            marks = [line.marks[number] if line.marks else None for line in lines]
            reach = max([0.0, *(mark.reach for mark in marks if mark)])
            difference_axes(axes, (-reach, reach), len(lines))
            for place, mark in enumerate(marks):
                if mark:
                    draw_mark(axes, place, mark, gid=f"row {place}")
            canvas.head(tables.measure(share).heading, x, HEAD - 0.06, wide, 3)
            axes.set_xlabel("percentage points", fontsize=SMALL)
        _name(canvas, lines, left, row)
    return canvas.figure


def _rows(
    tables: Tidy, effects: Sequence[LevelEffect], wanted: Sequence[str]
) -> tuple[list[EffectRow], list[str]]:
    """Return a heading for each factor followed by its levels, and which levels are left out.

    An inert factor has its heading only.
    """
    factors = {factor.name: factor for factor in tables.factors}
    found: dict[str, dict[object, dict[str, LevelEffect]]] = {name: {} for name in factors}
    for effect in effects:
        level = None if effect.is_draws else factors[effect.factor].key(effect.level)
        found[effect.factor].setdefault(level, {})[effect.share] = effect
    lines: list[EffectRow] = []
    left_out: list[str] = []
    for factor, base in levels_at(tables, tables.baseline):
        of_levels = found[factor.name]
        every = [effect for by_share in of_levels.values() for effect in by_share.values()]
        if not every and factor.is_sampled:
            continue  # points differ in other factors too: no level of this one is compared alone
        if None in of_levels:
            lines.append(EffectRow(with_unit(factor), is_factor=True))
            lines.append(_row(f"{every[0].settings} draws, about their mean", of_levels[None], wanted))
            continue
        text = f"{with_unit(factor)}; baseline {inside(tables, level_text(tables, factor, base))}"
        lines.append(EffectRow(f"{text}{_verdict(every, len(of_levels))}", is_factor=True))
        if all(effect.is_identical for effect in every):
            continue
        levels = _ordered(factor, list(of_levels))
        most = MOST_LEVELS[factor.kind]
        if len(levels) > most:
            picked = evenly_spaced(len(levels), most)
            kept = [level for k, level in enumerate(levels) if k in picked]
            names = ([level_text(tables, factor, level) for level in some] for some in (kept, levels))
            left_out.append(subset_words(factor, *names))
            levels = kept
        lines += [_row(level_text(tables, factor, level), of_levels[level], wanted) for level in levels]
    return lines, left_out


def _row(text: str, by_share: dict[str, LevelEffect], wanted: Sequence[str]) -> EffectRow:
    there = [by_share.get(share) for share in wanted]
    marks = (SpreadMark(*effect.shown, effect.each) if effect is not None else None for effect in there)
    return EffectRow(text, tuple(marks))


def _ordered(factor: Varied, levels: list[object]) -> list[object]:
    if factor.kind == "number":
        return sorted(levels, key=lambda level: float(str(level)))
    order = [str(level) for level in factor.levels]
    return sorted(levels, key=lambda level: order.index(str(level)) if str(level) in order else len(order))


def _verdict(found: Sequence[LevelEffect], levels: int) -> str:
    """State that a factor is inert, and where, or that no effect of it is distinguishable from zero."""
    if not found:
        return ": compared with no cell that differs in this factor alone"
    settings = max(effect.settings for effect in found)
    if all(effect.is_identical for effect in found):
        where = "either level" if levels == 1 else f"all {levels + 1} levels"
        others = f", at all {settings} settings of the other factors" if settings > 1 else ""
        return f": INERT, every crisis is identical at {where}{others}"
    if all(effect.value == 0 and not any(effect.each) for effect in found):
        return ": changes none of these shares"
    if all(effect.low <= 0 <= effect.high for effect in found):
        return ": no mean difference distinguishable from zero"
    return ""


def _caption(tables: Tidy, found: Sequence[LevelEffect], left_out: Sequence[str]) -> str:
    levels = [effect for effect in found if not effect.is_draws]
    known = sorted({effect.replications for effect in levels})
    how = ""
    if known:
        count = f"{known[0]:,}" if known[0] == known[-1] else f"{known[0]:,} to {known[-1]:,}"
        pairs = (
            f"{'pair' if count == '1' else 'pairs'} of crises per setting, matched by common random numbers"
        )
        how = f"n = {count} {pairs if tables.is_paired else 'independent crises per cell'}."
    averaged = any(effect.settings > 1 for effect in levels)
    where = "averaged over all settings of the other factors" if averaged else "all other factors at baseline"
    covers = " that cover the sampled points too" if any(effect.is_sampled for effect in levels) else ""
    spread = any(len(effect.each) > 1 for effect in found)
    return caption(
        tables,
        f"Difference of each share from the baseline's level, {where}, with 95% intervals{covers}; filled"
        " marks where the interval excludes zero. Intervals are not adjusted for multiple comparisons.",
        SPREAD_NOTE if spread else "",
        how,
        *left_out,
    )


def _room_for_names(canvas: Canvas, lines: list[EffectRow]) -> float:
    """Return the inches that the names of levels need left of the panels."""
    widths = [text_width(canvas.figure, line.text, SMALL) / POINTS for line in lines if not line.is_factor]
    return min(max([LEFT, *(MARGIN + 0.25 + width for width in widths)]), WIDEST)


def _name(canvas: Canvas, lines: list[EffectRow], left: float, row: float) -> None:
    """Write the names of levels left of the panels; those of factors run across them, on white."""
    for place, line in enumerate(lines):
        y = HEAD + (place + 0.5) * row
        if line.is_factor:
            text = fitted(canvas.figure, line.text, (WIDTH - 2 * MARGIN) * POINTS - 4, 1, SMALL, "bold")
            canvas.write(
                text, MARGIN, y, fontweight="bold", color=INK, zorder=10,
                bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.2},
            )  # fmt: skip
        else:
            text = fitted(canvas.figure, line.text, (left - MARGIN - 0.2) * POINTS, 1)
            canvas.write(text, left - 0.1, y, ha="right")
