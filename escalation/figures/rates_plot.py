"""Mediation in the model beside what ICB records: shares with their intervals, group by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalation.figures.canvas import open_page, percent_axis
from escalation.figures.style import LEFT, MARGIN, POINTS, SMALL, WIDTH, Entry, fitted, look, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from escalation.history.mediation_check import RateRow


ROW, HEAD, FOOT, BETWEEN = 0.52, 0.42, 0.35, 0.5  # inches


def plot_mediation_check(rows: Sequence[RateRow], title: str, subtitle: str, caption: str) -> Figure:
    """Draw shares by group, a panel a measure; sources differ in colour and mark.

    Parameters
    ----------
    rows
        Measures, groups and sources stand in the order in which they first come.
    """
    measures, sources = (list(dict.fromkeys(values)) for values in _columns(rows))
    with styled():
        most = max(len(_groups(rows, measure)) for measure in measures)
        tall = ROW * most
        page = open_page(title, subtitle, caption, HEAD + tall + FOOT, _key(sources))
        wide = (WIDTH - LEFT - MARGIN) / len(measures) - BETWEEN
        for number, measure in enumerate(measures):
            x = LEFT + number * (wide + BETWEEN)
            axes = page.panel(measure, x, HEAD, wide, tall)
            words = fitted(page.figure, measure, wide * POINTS, 3, SMALL, "bold")
            page.write(words, x, HEAD - 0.06, va="bottom", fontweight="bold")
            groups = _groups(rows, measure)
            _draw(axes, [row for row in rows if row.measure == measure], groups, sources, most)
            if number and groups == _groups(rows, measures[0]):
                axes.set_yticks(range(len(groups)), [])
            else:
                axes.set_yticks(range(len(groups)), groups)
    return page.figure


def _columns(rows: Sequence[RateRow]) -> tuple[list[str], list[str]]:
    return [row.measure for row in rows], [row.source for row in rows]


def _groups(rows: Sequence[RateRow], measure: str) -> list[str]:
    return list(dict.fromkeys(row.group for row in rows if row.measure == measure))


def _key(sources: Sequence[str]) -> list[Entry]:
    from matplotlib.lines import Line2D

    entries: list[Entry] = []
    for number, source in enumerate(sources):
        one = look(number)
        entries.append((Line2D([], [], color=one.colour, marker=one.marker, markersize=5), source))
    return entries


def _draw(
    axes: Axes, rows: Sequence[RateRow], groups: Sequence[str], sources: Sequence[str], most: int
) -> None:
    """Draw a mark and an interval a row, those of one group side by side in the order of sources."""
    here = [source for source in sources if any(row.source == source for row in rows)]
    for row in rows:
        one = look(sources.index(row.source))
        place = groups.index(row.group) + 0.22 * (here.index(row.source) - (len(here) - 1) / 2)
        axes.plot([row.low, row.high], [place, place], color=one.colour, linewidth=1.4)
        axes.plot(
            row.share, place, marker=one.marker, color=one.colour, markersize=5.5, linestyle="",
            clip_on=False, gid=f"{row.group}: {row.source}",
        )  # fmt: skip
    axes.set_ylim(most - 0.5, -0.5)
    percent_axis(axes, "x", 0.0, 1.0)
