"""The figures of an experiment, those that suit it or those that its `plots` ask for, drawn to a folder."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from escalation.analysis.tidy import PlannedTables, Tidy
from escalation.experiment.spec import PlotKind
from escalation.figures.copies import shared_out
from escalation.figures.effect_plot import plot_effects
from escalation.figures.fan import MOST_CELLS, plot_fan
from escalation.figures.heat import plot_heat
from escalation.figures.incidence import plot_incidence
from escalation.figures.multiples import MOST_LINES, plot_multiples
from escalation.figures.outcomes import plot_outcomes
from escalation.figures.policy_plot import plot_policies
from escalation.figures.ridge import plot_ridge
from escalation.figures.selection import (
    NothingToShowError,
    cell_at,
    factor_named,
    select,
)
from escalation.figures.style import save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from escalation.analysis.tidy import Varied


ENDINGS = (".png", ".svg")


@dataclass(frozen=True)
class Wanted:
    """A figure to draw: its kind and contents; what is left out is chosen to suit the experiment."""

    kind: str
    across: str | None = None
    up: str | None = None
    by: str | None = None
    share: str | None = None
    at: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Picture:
    """A figure ready to be drawn, with the name of its files."""

    name: str
    draw: Callable[[], Figure]


Heard = Callable[[int, int], None]
"""Receives how many figures are done, and of how many."""


def draw_all(
    tables: Tidy,
    folder: Path,
    kinds: Sequence[Any] | None = None,
    heard: Heard | None = None,
    processes: int = 1,
) -> list[Path]:
    """Draw the figures of an experiment to a folder, each as PNG and SVG.

    Parameters
    ----------
    tables
        The tables of the experiment.
    folder
        Created if it does not exist.
    kinds
        Names of kinds, mappings, or the `plots` of an experiment; by default all kinds that suit it.
    heard
        Called before the first figure, and again with the number done as figures are completed.
    processes
        How many may draw side by side, copies of this one where it can be copied.

    Returns
    -------
    list[Path]
        The files written, in order.

    Raises
    ------
    NothingToShowError
        If a requested figure cannot be drawn from this experiment; nothing is written then.
    """
    asked = pictures(tables, kinds)
    drawn = {picture.name: _draw(picture) for picture in asked} if kinds is not None else {}
    folder.mkdir(parents=True, exist_ok=True)
    paths = [[folder / f"{picture.name}{ending}" for ending in ENDINGS] for picture in asked]

    def draw(number: int) -> bool:
        picture = asked[number]
        try:
            figure = drawn.pop(picture.name, None) or _draw(picture)
        except NothingToShowError:
            return False  # a default that does not suit the experiment
        for path in paths[number]:
            save(figure, path)
        return True

    def hear(done: int) -> None:
        if heard is not None:
            heard(done, len(asked))

    hear(0)
    written = shared_out(len(asked), draw, processes - 1, hear)
    return [path for number in written for path in paths[number]]


def _draw(picture: Picture) -> Figure:
    try:
        return picture.draw()
    except NothingToShowError as error:
        raise NothingToShowError(f"{picture.name}: {error}") from None


def pictures(tables: PlannedTables, kinds: Sequence[Any] | None = None) -> list[Picture]:
    """Return the figures of an experiment, not yet drawn, under distinct names.

    Of tables that are only planned they can be counted, not drawn.
    """
    found: list[Picture] = []
    # What can be shown follows from the design alone; only drawing reads results.
    drawable = cast("Tidy", tables)
    for wanted in by_default(tables) if kinds is None else map(_wanted, kinds):
        if wanted.kind not in KINDS:
            raise NothingToShowError(f"unknown kind of figure {wanted.kind!r}; allowed: {', '.join(KINDS)}")
        try:
            found += KINDS[wanted.kind](drawable, wanted)
        except NothingToShowError as error:
            raise NothingToShowError(f"{wanted.kind}: {error}") from None
    names: dict[str, int] = {}
    for place, picture in enumerate(found):
        count = names[picture.name] = names.get(picture.name, 0) + 1
        if count > 1:
            found[place] = Picture(f"{picture.name}_{count}", picture.draw)
    return found


def by_default(tables: PlannedTables) -> list[Wanted]:
    """Return the figures that suit the factors of an experiment."""
    varied = varied_factors(tables)
    kinds = ["outcomes"] if varied else []
    kinds += ["heat", "multiples"] if len(varied) > 1 else []
    kinds += ["ridge", "effects"] if varied else []
    kinds += ["policies"] if tables.policy is not None else []
    kinds += ["fan", "incidence"]
    return [Wanted(kind) for kind in KINDS if kind in kinds]


def varied_factors(tables: PlannedTables) -> list[Varied]:
    """Return the factors that have more than one level in the cells, in order."""
    return [factor for factor in tables.factors if len(set(tables.levels_by_cell(factor).values())) > 1]


def most_varied_share(tables: PlannedTables) -> str:
    """Return the share, of those the experiment reports, that differs most between cells.

    Before there are results, the first one that it reports.
    """
    if not isinstance(tables, Tidy):
        return tables.shares[0]
    found = {share: tables.share_span(share) for share in tables.shares}
    spans = {share: span for share, span in found.items() if span is not None}
    if not spans:
        raise NothingToShowError("no crises yet")
    return max(spans, key=lambda share: (round(spans[share][1] - spans[share][0], 9), spans[share][1]))


def _wanted(entry: Any) -> Wanted:
    """Read a request from the name of a kind, a mapping, or an entry of an experiment's plots."""
    if isinstance(entry, Wanted):
        return entry
    if isinstance(entry, str):
        return Wanted(entry)
    names = ("kind", "across", "up", "by", "share", "at")
    values = entry if isinstance(entry, Mapping) else {name: getattr(entry, name, None) for name in names}
    if unknown := set(values) - set(names):
        raise NothingToShowError(f"unknown option {', '.join(sorted(unknown))}; allowed: {', '.join(names)}")
    return Wanted(**{name: value for name, value in values.items() if value is not None})


def _name(wanted: Wanted, *parts: str | None) -> str:
    held = (f"{name}-{level}" for name, level in wanted.at.items())
    text = "_".join(part for part in (wanted.kind, *parts, *held) if part)
    return "".join(letter if letter.isalnum() or letter in "_.-" else "-" for letter in text)[:120]


def _not_used(wanted: Wanted, *unused: str) -> None:
    given = [name for name in unused if getattr(wanted, name)]
    if given:
        raise NothingToShowError(f"does not take {' or '.join(given)}")


def _factor(tables: PlannedTables, name: str | None, but: Sequence[str] = (), kind: str = "") -> str:
    """Return the requested factor, or the first one free, preferably of the given kind."""
    if name is not None:
        return factor_named(tables, name).name
    free = [factor for factor in varied_factors(tables) if factor.name not in but]
    if not free:
        needed = f"{len(but) + 1} varied factors" if but else "1 varied factor"
        raise NothingToShowError(f"needs {needed}; this experiment has {len(varied_factors(tables))}")
    return next((factor.name for factor in free if factor.kind == kind), free[0].name)


def _outcomes(tables: Tidy, wanted: Wanted) -> list[Picture]:
    """Return one figure per factor, or of the one requested; none of draws, which mean nothing singly."""
    _not_used(wanted, "up", "share")
    asked = wanted.across or wanted.by
    drawn = [factor.name for factor in tables.factors if factor.is_sampled and factor.kind == "text"]
    free = [factor.name for factor in varied_factors(tables) if factor.name not in (*wanted.at, *drawn)]
    names = [_factor(tables, asked)] if asked else free or [_factor(tables, None)]
    return [
        Picture(_name(wanted, name), partial(plot_outcomes, tables, name, at=wanted.at))
        for name in names
        if asked or len(select(tables, [name], at=wanted.at).axes[0].levels) > 1
    ]


def _heat(tables: Tidy, wanted: Wanted) -> list[Picture]:
    _not_used(wanted, "by")
    taken = [name for name in (wanted.across, wanted.up, *wanted.at) if name]
    x = _factor(tables, wanted.across, taken, "number")
    y = _factor(tables, wanted.up, [*taken, x], "number")
    if x == y:
        raise NothingToShowError(f"duplicate factor: {x}, {y}")
    share = wanted.share or most_varied_share(tables)
    return [Picture(_name(wanted, x, y, share), partial(plot_heat, tables, x, y, share, at=wanted.at))]


def _fan(tables: Tidy, wanted: Wanted) -> list[Picture]:
    """Return a fan of the baseline, or of some levels of a factor side by side."""
    _not_used(wanted, "across", "up", "share")
    if wanted.by is None:
        return [Picture(_name(wanted), partial(plot_fan, tables, [cell_at(tables, wanted.at)]))]
    chosen = select(tables, [_factor(tables, wanted.by)], most=MOST_CELLS, pool=False, at=wanted.at)
    cells = [chosen.cells(level)[0] for level in chosen.axes[0].levels]
    return [Picture(_name(wanted, wanted.by), partial(plot_fan, tables, cells, chosen.left_out))]


def _incidence(tables: Tidy, wanted: Wanted) -> list[Picture]:
    _not_used(wanted, "up", "share")
    name = wanted.by or wanted.across
    if name is None:
        for factor in varied_factors(tables):
            if factor.name not in wanted.at:
                alike = select(tables, [factor.name], pool=False, at=wanted.at)
                if len(alike.axes[0].levels) > 1:
                    name = factor.name
                    break
    return [Picture(_name(wanted, name), partial(plot_incidence, tables, name, at=wanted.at))]


def _ridge(tables: Tidy, wanted: Wanted) -> list[Picture]:
    _not_used(wanted, "up", "share")
    name = _factor(tables, wanted.across or wanted.by, list(wanted.at))
    return [Picture(_name(wanted, name), partial(plot_ridge, tables, name, at=wanted.at))]


def _multiples(tables: Tidy, wanted: Wanted) -> list[Picture]:
    """Return panels by the first factor in words, along the first number, lines by one with few levels."""
    taken = [name for name in (wanted.across, wanted.by, wanted.up, *wanted.at) if name]
    by = _factor(tables, wanted.by, taken, "text")
    x = _factor(tables, wanted.across, [*taken, by], "number")
    lines = wanted.up
    if lines is None:
        few = [
            factor.name
            for factor in varied_factors(tables)
            if factor.name not in (*taken, by, x)
            and len(set(tables.levels_by_cell(factor).values())) <= MOST_LINES
        ]
        lines = next((name for name in few if _is_crossed(tables, by, x, name, wanted.at)), None)
    share = wanted.share or most_varied_share(tables)
    draw = partial(plot_multiples, tables, by, x, share, lines, at=wanted.at)
    return [Picture(_name(wanted, by, x, lines, share), draw)]


def _is_crossed(tables: Tidy, by: str, x: str, lines: str, at: Mapping[str, Any]) -> bool:
    """Return whether nearly all combinations of levels have cells, as unbroken lines need."""
    chosen = select(tables, [by, x, lines], at=at)
    spots = list(itertools.product(*(axis.levels for axis in chosen.axes)))
    return not chosen.pooled and sum(bool(chosen.cells(*spot)) for spot in spots) >= 0.9 * len(spots)


def _effects(tables: Tidy, wanted: Wanted) -> list[Picture]:
    _not_used(wanted, "across", "up", "by", "at")
    shares = [wanted.share] if wanted.share else []
    return [Picture(_name(wanted, wanted.share), partial(plot_effects, tables, shares))]


def _policies(tables: Tidy, wanted: Wanted) -> list[Picture]:
    _not_used(wanted, "across", "up", "by", "at")
    if tables.policy is None:
        raise NothingToShowError("this experiment has no policies to compare")
    shares = [wanted.share] if wanted.share else []
    return [Picture(_name(wanted, wanted.share), partial(plot_policies, tables, shares))]


_DRAWN_BY: dict[PlotKind, Callable[[Tidy, Wanted], list[Picture]]] = {
    "outcomes": _outcomes,
    "heat": _heat,
    "fan": _fan,
    "incidence": _incidence,
    "ridge": _ridge,
    "multiples": _multiples,
    "effects": _effects,
    "policies": _policies,
}

KINDS = {kind: _DRAWN_BY[kind] for kind in get_args(PlotKind)}
"""The function for each kind of plot that an experiment may request; a kind without one fails on import."""
