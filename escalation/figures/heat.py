"""A share by two factors: a heat map with contours, and with numbers where there is room."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from escalation.figures.canvas import axis_label, open_canvas, ticks_of
from escalation.figures.captions import caption, crises, decimals_apart, percent, question, subtitle
from escalation.figures.selection import NOWHERE, At, Selection, ShareEstimate, Shares, select
from escalation.figures.style import (
    INK,
    LEFT,
    MARGIN,
    MUTED,
    PAPER,
    POINTS,
    SMALL,
    WIDTH,
    fitted,
    styled,
    text_width,
)
from escalation.language import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from escalation.analysis.tidy import Tidy

MOST = 40
COLOURS = "cividis_r"  # legible in all forms of colour vision; darker is more, in greyscale too
SCALE_WIDTH = 1.05  # inches for the scale
CONTOURS = (0.01, 0.02, 0.05, 0.1, 0.2)  # steps of the contours, in shares


def plot_heat(tables: Tidy, x: str, y: str, share: str, at: At = NOWHERE) -> Figure:
    """Draw a share over the levels of two factors.

    Parameters
    ----------
    tables
        The tables of an experiment.
    x, y
        Names of two of its factors; all others are at baseline, or pooled if the design was sampled.
    share
        The name of a share, as in the summary.
    at
        Levels, by name, at which to hold other factors instead of at the baseline.
    """
    many = 6 if len(tables.cells) < 400 else 8
    chosen = select(tables, [x, y], most=MOST, at=at)
    if chosen.pooled:  # few points fall in the same range of two factors
        chosen = select(tables, [x, y], most=many)
    across, up = chosen.axes
    shares = Shares(tables, chosen, [share])
    found = [[shares.of(chosen.cells(a, b), share) for a in across.levels] for b in up.levels]
    longest = max((len(level.label) for level in up.levels), default=0)
    left = min(LEFT, 0.8 + 0.075 * longest)
    wide = WIDTH - left - MARGIN - SCALE_WIDTH
    rows, columns = len(up.levels), len(across.levels)
    tall = min(6.0, max(1.6, rows * min(0.62, max(0.17, 0.8 * wide / columns))))
    with styled():
        title = question(tables, share, [across.factor, up.factor])
        canvas = open_canvas(
            title, subtitle(tables), _caption(tables, chosen, found, bool(at)), tall + 0.62 + 0.15
        )
        axes = canvas.panel("Heat", left, 0.15, wide, tall)
        mesh = _draw(axes, chosen, found, wide / columns * POINTS, tall / rows * POINTS)
        ticks_of(canvas, axes, across, "x", wide)
        ticks_of(canvas, axes, up, "y", tall)
        axes.set_xlabel(axis_label(canvas, across.factor, wide), fontsize=SMALL)
        label = axis_label(canvas, up.factor, tall)
        canvas.write(label, MARGIN + 0.12, 0.15 + tall / 2, rotation=90, ha="center")
        scale = canvas.panel("Scale", left + wide + 0.2, 0.15, 0.16, tall)
        bar = canvas.figure.colorbar(mesh, cax=scale)
        bar.outline.set_visible(False)
        scale.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g}%")
        scale.set_ylabel(
            fitted(canvas.figure, tables.measure(share).heading, max(tall, 1.6) * POINTS, 2),
            fontsize=SMALL,
        )
        scale.tick_params(labelsize=SMALL)
    return canvas.figure


def _caption(
    tables: Tidy, chosen: Selection, found: list[list[ShareEstimate | None]], elsewhere: bool
) -> str:
    ones = [one for line in found for one in line if one]
    half = max((max(one.high - one.value, one.value - one.low) for one in ones), default=0.0)
    said = [crises((one.n for one in ones), "per field")]
    if ones:
        said.append(f"95% intervals (Wilson) extend at most {100 * half:.2g} percentage points either way.")
    if levels := _contour_levels(chosen, _values(found)):
        said.append(f"Contours at {listed([f'{100 * level:.3g}%' for level in levels])}.")
    if all(any(level.is_baseline for level in axis.levels) for axis in chosen.axes):
        said.append(f"The frame marks the baseline{'’s levels' if elsewhere else ''}.")
    if len(ones) < sum(map(len, found)):
        said.append("Crossed-out fields have no crises.")
    return caption(tables, *said, chosen.note, chosen.interval_note)


def _draw(
    axes: Axes, chosen: Selection, found: list[list[ShareEstimate | None]], cell_wide: float, cell_tall: float
) -> Any:
    """Draw fields of equal size, whatever the distance between levels, to keep each legible."""
    import numpy as np
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import withStroke

    across, up = chosen.axes
    values = _values(found)
    low, high = _limits(values)
    mesh = axes.pcolormesh(
        np.ma.masked_invalid(values),
        cmap=COLOURS,
        vmin=low,
        vmax=high,
        edgecolors=PAPER,
        linewidth=0.4 if min(cell_wide, cell_tall) > 20 else 0,
    )
    for row, column in np.argwhere(np.isnan(values)):
        axes.plot([column, column + 1], [row, row + 1], color=MUTED, linewidth=0.6)
    _contours(axes, chosen, values)
    size = min(SMALL, 0.5 * cell_tall)
    figure: Any = axes.figure
    decimals = decimals_apart(values[~np.isnan(values)].tolist())
    if text_width(figure, "100.0%", size) + 2 > cell_wide:
        decimals = 0
    if size >= 5 and text_width(figure, "100%", size) + 2 <= cell_wide:
        for row, column in np.argwhere(~np.isnan(values)):
            value = float(values[row, column])
            r, g, b, _ = mesh.to_rgba(np.asarray(value))
            is_dark = 0.299 * r + 0.587 * g + 0.114 * b < 0.5
            axes.text(
                column + 0.5, row + 0.5, percent(value, decimals), ha="center", va="center_baseline",
                fontsize=size, color=PAPER if is_dark else INK, zorder=5,
                path_effects=[withStroke(linewidth=4, foreground=(r, g, b))],  # contours pass behind
            )  # fmt: skip
    for (row, b), (column, a) in itertools.product(enumerate(up.levels), enumerate(across.levels)):
        if a.is_baseline and b.is_baseline:
            axes.add_patch(
                Rectangle(
                    (column, row), 1, 1, fill=False, edgecolor=PAPER, linewidth=4, zorder=6, clip_on=False
                )
            )
            axes.add_patch(
                Rectangle(
                    (column, row), 1, 1, fill=False, edgecolor=INK, linewidth=2, zorder=6, gid="baseline",
                    clip_on=False,
                )
            )  # fmt: skip
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    return mesh


def _limits(values: NDArray[Any]) -> tuple[float, float]:
    """Return the ends of the scale: round, and never so close that sampling noise looks like a pattern."""
    import numpy as np

    known = values[~np.isnan(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(np.floor(known.min() * 20) / 20), float(np.ceil(known.max() * 20) / 20)
    return (low, high) if high - low >= 0.1 else (max(0.0, high - 0.1), max(0.1, high))


def _values(found: list[list[ShareEstimate | None]]) -> NDArray[Any]:
    import numpy as np

    return np.array([[one.value if one else np.nan for one in line] for line in found], dtype=float)


def _contour_levels(chosen: Selection, values: NDArray[Any]) -> list[float]:
    """Return round shares for the contours; none unless both factors are numbers."""
    import numpy as np

    if not all(axis.is_number and len(axis.levels) >= 3 for axis in chosen.axes) or np.isnan(values).all():
        return []
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    step = next((step for step in CONTOURS if (high - low) / step <= 6), CONTOURS[-1])
    return [step * k for k in range(int(low / step) + 1, int(high / step) + 1) if low < step * k < high]


def _contours(axes: Axes, chosen: Selection, values: NDArray[Any]) -> None:
    """Draw contours between the centres of the fields, if both factors are numbers."""
    import numpy as np
    from matplotlib.patheffects import withStroke

    levels = _contour_levels(chosen, values)
    if not levels:
        return
    rows, columns = values.shape
    lines = axes.contour(
        np.arange(columns) + 0.5, np.arange(rows) + 0.5, np.ma.masked_invalid(values), levels=levels,
        colors=INK, linewidths=1.0, zorder=4,
    )  # fmt: skip
    lines.set_path_effects([withStroke(linewidth=2.2, foreground=PAPER)])
    if max(rows, columns) > 7:  # smaller maps have the numbers in the fields
        axes.clabel(lines, fmt=lambda value: f"{100 * value:.3g}%", fontsize=SMALL - 1)
