"""Policies against the reference: the paired difference in each outcome, and its spread over the points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from escalation.figures.canvas import TINY, open_canvas
from escalation.figures.captions import caption, inside, level_text, percent, subtitle
from escalation.figures.selection import NothingToShowError, factor_named
from escalation.figures.spreads import SPREAD_NOTE, SpreadMark, difference_axes, draw_mark
from escalation.figures.style import LEFT, MARGIN, MUTED, PAPER, POINTS, SMALL, WIDTH, fitted, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from escalation.analysis.policies import PolicyEffect
    from escalation.analysis.tidy import LevelEffect, Tidy


MOST_SHARES, MOST_POLICIES = 6, 16
ACROSS = 3
"""Panels side by side; with more outcomes there is a second row of them."""
ROW, HEAD, FOOT, BETWEEN = 0.62, 0.42, 0.5, 0.22  # inches


def plot_policies(tables: Tidy, shares: Sequence[str] = ()) -> Figure:
    """Draw by how much each policy changes each share of crises, against the reference, over all points.

    Parameters
    ----------
    tables
        The tables of an experiment with policies.
    shares
        At most six shares, one panel each; by default the first six of the experiment.
    """
    wanted = list(shares) or list(tables.shares)[:MOST_SHARES]
    if len(wanted) > MOST_SHARES:
        raise NothingToShowError(f"policies are shown on at most {MOST_SHARES} shares, not {len(wanted)}")
    if tables.policy is None or tables.policies is None:
        raise NothingToShowError("this experiment has no policies to compare")
    factor = factor_named(tables, tables.policy)
    found = {
        (str(effect.level), effect.share): effect
        for effect in tables.level_effects(wanted)
        if effect.factor == factor.name
    }
    verdicts = {(one.policy, one.share): one for one in tables.policies.effects if not one.where}
    every = [str(level) for level in factor.levels if any(level == known for known, _ in found)]
    shown = every[:MOST_POLICIES]
    panels = min(ACROSS, len(wanted))
    rows = -(-len(wanted) // panels)
    each = HEAD + ROW * len(shown) + FOOT
    reference = inside(tables, level_text(tables, factor, next(iter(verdicts.values())).reference))
    with styled():
        canvas = open_canvas(
            f"What does each policy change, compared with {reference}?",
            subtitle(tables),
            _caption(tables, list(found.values()), verdicts.values(), len(every) - len(shown)),
            rows * each,
        )
        wide = (WIDTH - LEFT - MARGIN) / panels - BETWEEN
        # One scale for all panels: a policy may change one outcome much and another little.
        ends = [_mark(effect).ends for effect in found.values()]
        low, high = min((low for low, _ in ends), default=0.0), max((high for _, high in ends), default=0.0)
        for number, share in enumerate(wanted):
            across, down = number % panels, number // panels * each
            x = LEFT + across * (wide + BETWEEN)
            axes = canvas.panel(share, x, down + HEAD, wide, ROW * len(shown))
            difference_axes(axes, (low, high), len(shown))
            canvas.head(tables.measure(share).heading, x, down + HEAD - 0.06, wide, 2)
            axes.set_xlabel("percentage points", fontsize=SMALL)
            for place, policy in enumerate(shown):
                effect = found.get((policy, share))
                if effect is None:
                    continue
                draw_mark(axes, place - 0.12, _mark(effect), 0.5, gid=f"{policy} {share}")
                words = _verdict(verdicts.get((policy, share)))
                axes.text(
                    0.5, place + 0.38, words, transform=axes.get_yaxis_transform(), ha="center", va="center",
                    fontsize=TINY, color=MUTED, zorder=7,
                    bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6},
                )  # fmt: skip
            if across == 0:
                for place, policy in enumerate(shown):
                    text = fitted(
                        canvas.figure, level_text(tables, factor, policy), (LEFT - MARGIN) * POINTS - 10, 3
                    )
                    canvas.write(text, LEFT - 0.1, down + HEAD + (place + 0.4) * ROW, ha="right")
    return canvas.figure


def _mark(effect: LevelEffect) -> SpreadMark:
    return SpreadMark(effect.value, effect.low, effect.high, effect.each)


def _verdict(found: PolicyEffect | None) -> str:
    if found is None or found.settings < 2:
        return ""
    if found.helps is None or found.hurts is None:
        return f"lower in {percent(found.lower)}, higher in {percent(found.higher)}"
    return f"helps in {percent(found.helps)}, hurts in {percent(found.hurts)}"


def _caption(
    tables: Tidy, found: Sequence[LevelEffect], verdicts: Iterable[PolicyEffect], left_out: int
) -> str:
    one = next(iter(verdicts))
    many = one.settings > 1
    pairs = "pairs of crises matched by common random numbers" if tables.is_paired else "independent crises"
    where = f"{one.settings:,} settings" if one.settings > one.points else f"{one.points:,} points"
    sentences = [
        f"Mean difference of each share from the reference with its 95% interval, which covers {one.covers};"
        " filled marks where it excludes zero. Intervals are not adjusted for multiple comparisons.",
        SPREAD_NOTE if many else "",
        "Helps, hurts: the share of them in which a test of the difference passes, false discovery rate 5%."
        if many
        else "",
        f"{where if many else 'One setting'}, n = {found[0].replications:,} {pairs} at each.",
        f"{left_out} more policies are in policies.csv." if left_out else "",
    ]
    return caption(tables, *sentences)
