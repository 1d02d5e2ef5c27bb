"""The effect of each factor alone: differences from the baseline in percentage points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from escalation.figures.canvas import Canvas, open_canvas
from escalation.figures.captions import caption, inside, level_text, subset_words, subtitle, with_unit
from escalation.figures.selection import NothingToShowError, evenly_spaced, levels_at
from escalation.figures.style import (
    INK,
    LEFT,
    MARGIN,
    MUTED,
    PAPER,
    POINTS,
    RULE,
    SMALL,
    WIDTH,
    fitted,
    look,
    styled,
    text_width,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from escalation.analysis.tidy import Tidy, Varied


IDENTICAL = "identical crises"  # the method in the table of effects where no crisis differs
MOST_SHARES = 6
MOST_LEVELS = {"number": 7, "text": 40}  # numbers can be sampled, names cannot
ROW, HEAD, FOOT, BETWEEN, WIDEST = 0.2, 0.5, 0.5, 0.2, 3.0  # inches


@dataclass(frozen=True)
class EffectMark:
    """The difference of a share from the baseline's, in shares of crises."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class EffectRow:
    """One row of the figure: a factor, or one of its levels."""

    text: str
    differences: tuple[EffectMark | None, ...] = ()
    is_factor: bool = False


def plot_effects(tables: Tidy, shares: Sequence[str] = ()) -> Figure:
    """Draw the difference that each level of each factor makes to the baseline's shares.

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
    lines, left_out = _rows(tables, wanted)
    tall = ROW * len(lines)
    with styled():
        canvas = open_canvas(
            "What does each factor change relative to the baseline?",
            subtitle(tables),
            _caption(tables, wanted, left_out),
            HEAD + tall + FOOT,
        )
        left = _room_for_names(canvas, lines)
        wide = (WIDTH - left - MARGIN) / len(wanted) - BETWEEN
        for number, share in enumerate(wanted):
            x = left + number * (wide + BETWEEN)
            axes = canvas.panel(share, x, HEAD, wide, tall)
            _draw(axes, lines, number)
            canvas.head(tables.measure(share).heading, x, HEAD - 0.06, wide, 3)
            axes.set_xlabel("percentage points", fontsize=SMALL)
        _name(canvas, lines, left)
    return canvas.figure


def _rows(tables: Tidy, wanted: Sequence[str]) -> tuple[list[EffectRow], list[str]]:
    """Return a heading for each factor followed by its levels, and which levels are left out.

    An inert factor has its heading only.
    """
    found: dict[tuple[str, Any], dict[str, dict[str, Any]]] = {}
    factors = {factor.name: factor for factor in tables.factors}
    for row in tables.effect_rows(wanted):
        factor = factors[str(row["factor"])]
        found.setdefault((factor.name, factor.key(row[factor.name])), {})[str(row["of"])] = row
    lines: list[EffectRow] = []
    left_out: list[str] = []
    for factor, base in levels_at(tables, tables.baseline):
        levels = _ordered(factor, [level for name, level in found if name == factor.name])
        cells = [found[factor.name, level] for level in levels]
        verdict = _verdict([row for cell in cells for row in cell.values()], len(levels), len(factors) > 1)
        text = f"{with_unit(factor)}; baseline {inside(tables, level_text(tables, factor, base))}"
        lines.append(EffectRow(f"{text}{verdict}", is_factor=True))
        if all(_is_same(row) for cell in cells for row in cell.values()):
            continue
        most = MOST_LEVELS[factor.kind]
        if len(levels) > most:
            picked = evenly_spaced(len(levels), most)
            kept = [level for k, level in enumerate(levels) if k in picked]
            names = ([level_text(tables, factor, level) for level in some] for some in (kept, levels))
            left_out.append(subset_words(factor, *names))
            levels = kept
        for level in levels:
            cell = found[factor.name, level]
            lines.append(
                EffectRow(
                    level_text(tables, factor, level), tuple(_difference(cell.get(share)) for share in wanted)
                )
            )
    return lines, left_out


def _ordered(factor: Varied, levels: list[Any]) -> list[Any]:
    if factor.kind == "number":
        return sorted(levels)
    order = [str(level) for level in factor.levels]
    return sorted(levels, key=lambda level: (order.index(level) if level in order else len(order), level))


def _verdict(found: list[dict[str, Any]], levels: int, has_others: bool) -> str:
    """State that a factor is inert, or that none of its effects is distinguishable from zero.

    It may still have an effect where other factors are not at baseline, as leverage does with mediators
    that press.
    """
    if not found:
        return ": no cell differs from the baseline in this factor alone"
    if all(_is_same(row) for row in found):
        where = "either level" if levels == 1 else f"all {levels + 1} levels"
        others = ", all other factors at baseline" if has_others else ""
        return f": INERT, every crisis is identical at {where}{others}"
    if all(float(row["difference"]) == 0 for row in found):
        return ": changes none of these shares"
    if all(float(row["low"]) <= 0 <= float(row["high"]) for row in found):
        return ": no difference distinguishable from zero"
    return ""


def _is_same(row: dict[str, Any]) -> bool:
    return bool(row.get("method") == IDENTICAL)


def _difference(row: dict[str, Any] | None) -> EffectMark | None:
    if row is None or math.isnan(float(row["difference"])):
        return None
    return EffectMark(float(row["difference"]), float(row["low"]), float(row["high"]))


def _caption(tables: Tidy, wanted: Sequence[str], left_out: Sequence[str]) -> str:
    pairs = sorted({int(row["pairs"]) for row in tables.effect_rows(wanted) if _is_known(row["pairs"])})
    if pairs:
        count = f"{pairs[-1]:,}" if pairs[0] == pairs[-1] else f"{pairs[0]:,} to {pairs[-1]:,}"
        pair = "pair" if count == "1" else "pairs"
        how = f"n = {count} {pair} of crises per level, matched by common random numbers."
    else:
        summary = tables.share_rows([tables.baseline], wanted)
        how = (
            f"Independent crises, n = {max((int(row['n']) for row in summary), default=0):,} at the baseline."
        )
    return caption(
        tables,
        "Difference of each share from the baseline cell, all other factors at baseline, with 95% intervals; "
        "filled marks where the interval excludes zero. Intervals are not adjusted for multiple comparisons.",
        how,
        *left_out,
    )


def _is_known(value: Any) -> bool:
    return isinstance(value, (int, float)) and not math.isnan(value)


def _draw(axes: Axes, lines: list[EffectRow], number: int) -> None:
    ones = [line.differences[number] for line in lines if line.differences]
    reach = 100 * max([0.01, *(max(abs(one.low), abs(one.high)) for one in ones if one)])
    colour = look(0).colour
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.set_xlim(-1.08 * reach, 1.08 * reach)
    axes.set_yticks([])
    power = 10.0 ** math.floor(math.log10(0.85 * reach))
    tick = power * max(step for step in (1, 2, 5) if step * power <= 0.85 * reach)
    axes.set_xticks([-tick, 0, tick])  # few enough for narrow panels
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.axvline(0, color=MUTED, linewidth=1.0, zorder=2)
    axes.spines["left"].set_visible(False)
    for place, line in enumerate(lines):
        one = line.differences[number] if line.differences else None
        if one:
            is_clear = one.low > 0 or one.high < 0
            axes.plot([100 * one.low, 100 * one.high], [place, place], color=colour, linewidth=1.3, zorder=3)
            axes.plot(
                100 * one.value, place, marker="o", markersize=4.5, color=colour, linestyle="", zorder=4,
                markerfacecolor=colour if is_clear else PAPER, markeredgewidth=1.2, gid=f"row {place}",
            )  # fmt: skip


def _room_for_names(canvas: Canvas, lines: list[EffectRow]) -> float:
    """Return the inches that the names of levels need left of the panels."""
    widths = [text_width(canvas.figure, line.text, SMALL) / POINTS for line in lines if not line.is_factor]
    return min(max([LEFT, *(MARGIN + 0.25 + width for width in widths)]), WIDEST)


def _name(canvas: Canvas, lines: list[EffectRow], left: float) -> None:
    """Write the names of levels left of the panels; those of factors run across them, on white."""
    for place, line in enumerate(lines):
        y = HEAD + (place + 0.5) * ROW
        if line.is_factor:
            text = fitted(canvas.figure, line.text, (WIDTH - 2 * MARGIN) * POINTS - 4, 1, SMALL, "bold")
            canvas.write(
                text, MARGIN, y, fontweight="bold", color=INK, zorder=10,
                bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.2},
            )  # fmt: skip
        else:
            text = fitted(canvas.figure, line.text, (left - MARGIN - 0.2) * POINTS, 1)
            canvas.write(text, left - 0.1, y, ha="right")
