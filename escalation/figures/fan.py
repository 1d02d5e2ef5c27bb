"""Fan charts: each state's posture by date, and its spread across crises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from escalation.figures.canvas import open_canvas
from escalation.figures.captions import caption, crises, level_text, levels_words, subtitle
from escalation.figures.selection import NothingToShowError, levels_at
from escalation.figures.style import (
    HISTORY,
    INK,
    MARGIN,
    MUTED,
    PAPER,
    POINTS,
    RULE,
    SMALL,
    WIDTH,
    Entry,
    date_ticks,
    fitted,
    look,
    styled,
)
from escalation.language import date_words
from escalation.vocabulary import RUNGS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from escalation.analysis.tidy import Tidy

MOST_CELLS = 3
LEFT, BETWEEN = 0.75, 0.42  # inches
BANDS = (("q05", "q95", 0.2), ("q25", "q75", 0.4))


def plot_fan(tables: Tidy, cells: Sequence[int] = (), note: str = "") -> Figure:
    """Draw the median and the quantile bands of each state's posture by date.

    Parameters
    ----------
    tables
        The tables of an experiment.
    cells
        At most three cells, shown side by side; by default the baseline alone.
    note
        What the caption must say about the choice of cells.
    """
    shown = list(cells) or [tables.baseline]
    for cell in shown:
        _check_cell(tables, cell)
    if len(shown) > MOST_CELLS:
        raise NothingToShowError(
            f"a fan chart shows at most {MOST_CELLS} cells side by side, not {len(shown)}"
        )
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in tables.posture_rows(shown):
        found.setdefault((int(row["cell"]), str(row["state"])), []).append(row)
    present = {state for _, state in found}
    states = [state for state in tables.states if state in present]
    tall = 2.15 if len(states) <= 2 else 1.5 if len(states) <= 4 else 1.1
    wide = (WIDTH - LEFT - MARGIN - BETWEEN * (len(shown) - 1)) / len(shown)
    head = 0.42 if len(shown) > 1 else 0.2
    numbers = [int(row["n"]) for row in tables.share_rows(shown, tables.shares)]
    with styled():
        canvas = open_canvas(
            "How high on the ladder is each state, day by day?",
            subtitle(tables),
            _caption(tables, shown, numbers, note),
            head + len(states) * (tall + 0.3) + 0.3,
            _key(),
        )
        for column, cell in enumerate(shown):
            x = LEFT + column * (wide + BETWEEN)
            if len(shown) > 1:
                canvas.head(cell_words(tables, cell), x, 0.1, wide, 2, va="center")
            for number, state in enumerate(states):
                axes = canvas.panel(f"{state} {cell}", x, head + number * (tall + 0.3), wide, tall)
                lines = sorted(found.get((cell, state), []), key=lambda row: int(row["day"]))
                _draw(axes, tables, lines, list(tables.states).index(state))
                _dress(axes, tables, len(lines), len(shown), number == len(states) - 1)
                name = fitted(canvas.figure, tables.states[state], wide * POINTS, 1, SMALL, "bold")
                axes.annotate(name, (0, 1), (2, 3), xycoords="axes fraction", textcoords="offset points",
                              fontsize=SMALL, fontweight="bold")  # fmt: skip
                if column:
                    axes.set_yticklabels([])
                else:
                    axes.set_ylabel("Posture (rung)", fontsize=SMALL)
    return canvas.figure


def _check_cell(tables: Tidy, cell: int) -> None:
    known = {int(number) for number in tables.cells["cell"].tolist()}
    if cell not in known:
        raise NothingToShowError(f"no cell {cell}; the cells are numbered {min(known)} to {max(known)}")
    if not tables.posture_rows([cell]):
        raise NothingToShowError(f"cell {cell} has no daily postures, so it has no fan chart")


def cell_words(tables: Tidy, cell: int) -> str:
    """Describe how a cell differs from the baseline."""
    if cell == tables.baseline:
        return "Baseline"
    parts = []
    for factor in tables.factors:
        by_cell = tables.levels_by_cell(factor)
        if by_cell[cell] != by_cell[tables.baseline]:
            parts.append(f"{factor.label}: {level_text(tables, factor, by_cell[cell])}")
    return "; ".join(parts) or f"Cell {cell}"


def _caption(tables: Tidy, shown: Sequence[int], numbers: Sequence[int], note: str) -> str:
    several = " in each column" if len(shown) > 1 else ""
    return caption(
        tables,
        "A state's posture at the end of each day, in quarter rungs, toward the rival for whom it is "
        f"highest. As it happened to {date_words(tables.horizon)}, simulated from the next day on.",
        crises(numbers, several.strip() or "in all"),
        f"Baseline: {levels_words(tables, levels_at(tables, tables.baseline))}." if tables.factors else "",
        note,
    )


def _key() -> list[Entry]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    return [
        (Line2D([], [], color=INK, linewidth=1.8), "median"),
        (Patch(facecolor=INK, alpha=0.52, linewidth=0), "middle 50%"),
        (Patch(facecolor=INK, alpha=0.2, linewidth=0), "middle 90%"),
        (Line2D([], [], color=MUTED, linewidth=2.2), "as it happened"),
        (Line2D([], [], color=INK, linewidth=1.2, dashes=(4, 2)), "horizon: end of the record"),
    ]


def _draw(axes: Axes, tables: Tidy, lines: list[dict[str, Any]], number: int) -> None:
    """Draw the record as one line, since all crises share it, and the fan from the horizon onward."""
    horizon = (tables.horizon - tables.start).days
    style = look(number)
    known = [row for row in lines if int(row["day"]) <= horizon]
    free = [row for row in lines if int(row["day"]) >= horizon]
    days = [int(row["day"]) for row in free]
    for low, high, alpha in BANDS:
        axes.fill_between(
            days, [float(row[low]) for row in free], [float(row[high]) for row in free], color=style.colour,
            alpha=alpha, linewidth=0, gid=f"{low} to {high}", zorder=2,
        )  # fmt: skip
    axes.plot(
        days, [float(row["q50"]) for row in free], color=style.colour, linewidth=1.8, zorder=4, gid="median"
    )
    axes.plot(
        [int(row["day"]) for row in known], [float(row["q50"]) for row in known], color=MUTED, linewidth=2.2,
        zorder=4, gid="record",
    )  # fmt: skip


def _dress(axes: Axes, tables: Tidy, days: int, columns: int, is_last: bool) -> None:
    horizon = (tables.horizon - tables.start).days
    axes.set_facecolor(PAPER)
    axes.set_ylim(0, RUNGS - 1)
    axes.set_yticks(range(0, RUNGS, 2))
    axes.set_yticks(range(RUNGS), minor=True)
    axes.grid(color=RULE, linewidth=0.5)
    date_ticks(axes, tables.start, max(1, days), single_days=columns == 1, most=12 // columns)
    axes.set_xlim(-0.5, max(days, 2) - 0.5)
    axes.axvspan(-0.5, horizon + 0.5, color=HISTORY, linewidth=0, zorder=0)
    axes.axvline(horizon + 0.5, color=INK, linewidth=1.2, dashes=(4, 2), zorder=3, gid="horizon")
    axes.tick_params(axis="x", which="both", bottom=is_last, labelbottom=is_last, labelsize=SMALL)
    axes.tick_params(axis="y", which="minor", length=2, color=MUTED)
