"""The account of a sensitivity analysis: what is luck, which parameters matter, which can be fixed.

Written for whoever has to defend it: every statement carries its numbers, and says when they decide nothing.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from escalation.analysis.explained import Explained, explained_in
from escalation.experiment.results import ResultsFolder
from escalation.experiment.scheme import SampledParameter, sensitivity_cells
from escalation.files.places import StoreError
from escalation.files.write import Cell, Table, aligned
from escalation.stats.intervals import Intervals
from escalation.stats.morris import MorrisMeasures
from escalation.stats.sobol import SobolIndices
from escalation.vocabulary import NUCLEAR_CAVEAT

FIXED = 0.05
"""A parameter can be fixed if the whole interval of its total index is below this."""
PRECISE = 0.1
"""Half the width of a total index's interval up to which the number of points suffices."""
WIDTH, LABEL = 80, 24
MOST_NAMED = 6
"""Parameters of one verdict named in a sentence of the summary; the tables have all."""


@dataclass(frozen=True)
class Sensitivity:
    """The sensitivity analysis of an experiment."""

    name: str
    title: str
    scenario: str
    """The title of the scenario."""
    seed: int
    folder: Path
    """That of the results."""
    parameters: tuple[SampledParameter, ...]
    explained: tuple[Explained, ...]
    points: int
    """n: rows of the matrices of the Sobol indices; 0 without."""
    trajectories: int
    replications: int
    is_common: bool
    """Whether all points have common random numbers."""
    is_drawn: bool = True
    """Whether figures are wanted; an experiment with `plots: []` wants none."""
    left_out: int = 0
    """Parameters that matter less than those here, of an analysis cut to the heaviest."""

    @cached_property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """The settings and differences, in order."""
        return tuple(dict.fromkeys((one.setting, one.against) for one in self.explained))

    def of(self, setting: str, against: str) -> list[Explained]:
        """Return what was explained in a setting."""
        return [one for one in self.explained if (one.setting, one.against) == (setting, against)]

    def heaviest(self, most: int) -> Sensitivity:
        """Return the analysis of the parameters that matter most for any outcome, in their order.

        They are ranked by their greatest total index or, from screening alone, mean size of effect.
        """
        sizes = np.zeros(len(self.parameters))
        for one in self.explained:
            if one.sobol is not None:
                sizes = np.fmax(sizes, one.sobol.total.estimate)
            elif one.morris is not None:
                effects = one.morris.mu_star.estimate
                sizes = np.fmax(sizes, effects / (effects.max() or 1.0))
        kept = np.sort(np.argsort(-sizes, kind="stable")[:most])
        return replace(
            self,
            parameters=tuple(self.parameters[number] for number in kept),
            explained=tuple(one.only(kept) for one in self.explained),
            left_out=len(self.parameters) - len(kept),
        )

    def summary_lines(self) -> list[str]:
        """Return for every outcome how much is luck and which parameters matter; 80 columns."""
        return list(_summary(self))

    def lines(self) -> list[str]:
        """Return the whole account: the summary, then each outcome with its indices; 80 columns."""
        return _account(self)

    def tables(self) -> dict[str, Table]:
        """Return the tables by the names of their files."""
        head = ("setting", "against", "measure")
        made = {
            "variance.csv": ((*head, "points", "part", "estimate", "low", "high"), self._variances()),
            "indices.csv": (
                (*head, "points", "parameter", "index", "estimate", "low", "high", "uncorrected"),
                self._indices(),
            ),
            "screening.csv": (
                (*head, "parameter", "index", "estimate", "low", "high", "uncorrected"), self._screening(),
            ),
            "swings.csv": ((*head, "parameter", "end", "difference", "low", "high"), self._swings()),
        }  # fmt: skip
        tables = {name: Table(columns, tuple(rows)) for name, (columns, rows) in made.items()}
        return {name: table for name, table in tables.items() if table.rows}

    def _variances(self) -> Iterator[tuple[Cell, ...]]:
        for one in self.explained:
            for found in one.series:
                parts = {
                    "mean": found.mean, "parameters": found.parameters, "luck": found.luck,
                    "share_of_parameters": found.share,
                }  # fmt: skip
                for part, values in parts.items():
                    yield (*_key(one), found.n, part, *_row(values, None))

    def _indices(self) -> Iterator[tuple[Cell, ...]]:
        for one in self.explained:
            for found in one.series:
                for number, parameter in enumerate(self.parameters):
                    for index, values, raw in (
                        ("first", found.first_order, found.uncorrected_first),
                        ("total", found.total, found.uncorrected_total),
                    ):
                        yield (
                            *_key(one), found.n, parameter.name, index, *_row(values, number),
                            float(raw[number]),
                        )  # fmt: skip

    def _screening(self) -> Iterator[tuple[Cell, ...]]:
        for one in self.explained:
            found = one.morris
            if found is None:
                continue
            for number, parameter in enumerate(self.parameters):
                for index, values in (("mu", found.mu), ("mu_star", found.mu_star), ("sigma", found.sigma)):
                    if index == "mu" and parameter.ends is None:
                        continue
                    raw = float(found.uncorrected_mu_star[number]) if index == "mu_star" else None
                    yield (*_key(one), parameter.name, index, *_row(values, number), raw)

    def _swings(self) -> Iterator[tuple[Cell, ...]]:
        for one in self.explained:
            for swing in one.swings:
                name = self.parameters[swing.parameter].name
                yield (*_key(one), name, swing.end, *_row(swing.difference, None))


def _key(one: Explained) -> tuple[str, str, str]:
    return one.setting, one.against, one.name


def _row(values: Intervals, number: int | None) -> tuple[float | None, ...]:
    each = (values.estimate, values.low, values.high)
    numbers = [float(value if number is None else value[number]) for value in each]
    return tuple(None if np.isnan(value) else value for value in numbers)


def sensitivity_of(results: ResultsFolder, measures: Sequence[str] = ()) -> Sensitivity:
    """Analyse the complete results of a sweep with the design `sensitivity`.

    Parameters
    ----------
    results
        The results.
    measures
        Names of shares and of number measures; of a state's as `cost_india`. By default the shares that the
        experiment reports.

    Raises
    ------
    StoreError
        If the design is another one, or there is only one replication.
    ArgumentError
        If a measure does not exist.
    """
    spec = results.spec
    if spec.design.kind != "sensitivity":
        raise StoreError(
            f"{results.folder} has the design {spec.design.kind}, from which no indices can be computed; "
            "give the experiment instead of its results"
        )
    if results.plan.replications < 2:
        raise StoreError("one replication per point does not tell parameters from luck; 2 or more")
    names = list(dict.fromkeys(measures)) or list(spec.outcomes)
    cells = sensitivity_cells(results.loaded, results.design())
    return Sensitivity(
        name=spec.name,
        title=spec.title,
        scenario=results.loaded.scenario.title,
        seed=spec.seed,
        folder=results.folder,
        parameters=cells.parameters,
        explained=tuple(explained_in(results, cells, names)),
        points=len(cells.pick_freeze),
        trajectories=len(cells.steps),
        replications=results.plan.replications,
        is_common=results.seeds == "common",
        is_drawn=spec.plots != (),
    )


def _account(found: Sensitivity) -> list[str]:
    lines = found.summary_lines()
    for setting, against in found.settings:
        ones = found.of(setting, against)
        if ones[0].place:
            lines += ["", *_underlined(ones[0].place)]
        for one in ones:
            lines += ["", *_outcome(found, one)]
    return lines


def _summary(found: Sensitivity) -> Iterator[str]:
    yield f"{found.name}: {found.title}"
    yield from ("", *_wrapped(_size(found)))
    for setting, against in found.settings:
        ones = found.of(setting, against)
        yield ""
        if ones[0].place:
            yield from _underlined(ones[0].place)
        for one in ones:
            yield from _wrapped(_in_short(found, one) if found.points else _screened(found, one))
    for paragraph in _endings(found):
        yield from ("", *_wrapped(paragraph))


def _underlined(title: str) -> list[str]:
    title = textwrap.shorten(title, WIDTH, placeholder=" ...")
    return [title, "-" * len(title)]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH)


def _size(found: Sensitivity) -> str:
    kinds = []
    if found.points:
        points = found.points * (len(found.parameters) + 2)
        kinds.append(f"Sobol indices from n = {found.points:,} rows, {points:,} points")
    if found.trajectories:
        kinds.append(f"Morris screening from {found.trajectories:,} trajectories")
    luck = "common random numbers" if found.is_common else "independent random numbers"
    return f"{'; '.join(kinds)}; {found.replications:,} replications per point, {luck}."


MATTERS, UNDECIDED, FIXABLE, INERT = "matters", "undecided", "can be fixed", "inert"
GROUPS = {MATTERS: "what matters", UNDECIDED: UNDECIDED, FIXABLE: FIXABLE, INERT: INERT}


def _in_short(found: Sensitivity, one: Explained) -> str:
    """Say in one sentence how much is luck, and which parameters matter."""
    indices = _last(one)
    if not indices.is_clear:
        if indices.luck.estimate <= 0:
            return f"{one.heading}: the same in every crisis."
        return f"{one.heading}: no variance of parameters distinguishable from noise, so no index."
    groups: dict[str, list[str]] = {}
    for number in order_of(indices):
        said, name = verdict(indices, number), found.parameters[number].label
        value = f" (T {two_digits(float(indices.total.estimate[number]))})" if said == MATTERS else ""
        groups.setdefault(said, []).append(name + value)
    parts = [f"{words}: {_named(groups[kind])}" for kind, words in GROUPS.items() if kind in groups]
    luck = percentage(1 - float(indices.share.estimate))
    start = f"{one.heading}: {luck} luck; parameters move it by {_spread(one, indices)}"
    return f"{start}. {_capital('; '.join(parts))}."


def _screened(found: Sensitivity, one: Explained) -> str:
    """Say in one sentence which parameters move an outcome at all, from screening alone."""
    size = _elementary(one).mu_star
    moving: list[str] = []
    unclear: list[str] = []
    inert: list[str] = []
    for number in _by_size(size):
        label = found.parameters[number].label
        if size.low[number] > 0:
            moving.append(f"{label} {_size_words(one, size, number)}")
        else:
            (inert if size.low[number] == size.high[number] == 0 else unclear).append(label)
    parts = [f"moved by {', '.join(moving)} {one.scale[1]}"] if moving else []
    if unclear:
        most = max(0.0, *(float(high) for low, high in zip(size.low, size.high, strict=True) if low <= 0))
        at_most = f"{change(one, most, signed=False)} {one.scale[1]}"
        parts.append(f"within noise, at most {at_most}: {_named(unclear)}")
    if inert:
        parts.append(f"{INERT}: {_named(inert)}")
    return f"{one.heading}: {'; '.join(parts)}."


def _named(labels: Sequence[str]) -> str:
    rest = len(labels) - MOST_NAMED
    if rest < 2:
        return ", ".join(labels)
    return f"{', '.join(labels[:MOST_NAMED])} and {rest} more"


def _elementary(one: Explained) -> MorrisMeasures:
    assert one.morris is not None
    return one.morris


def _by_size(size: Intervals) -> list[int]:
    """Return the parameters by descending mean size of their effects."""
    return sorted(range(len(size.estimate)), key=lambda number: -float(size.estimate[number]))


def _size_words(one: Explained, size: Intervals, number: int) -> str:
    """Return the mean size of a parameter's effect with its interval, without the unit."""
    each = (float(part[number]) for part in (size.estimate, size.low, size.high))
    # An estimate that is right on average where there is no effect is below 0 half of the time.
    middle, low, high = (change(one, max(value, 0.0), signed=False) for value in each)
    return f"{middle} ({low} to {high})"


def _outcome(found: Sensitivity, one: Explained) -> Iterator[str]:
    """Yield what is known of one outcome in one setting."""
    yield one.heading
    if one.sobol is not None:
        yield from _wrapped(_split(one, one.sobol))
        if one.sobol.is_clear:
            yield from _ranking(found, one, one.sobol)
    if one.morris is not None:
        yield from _wrapped(_screening(found, one))
    if one.swings:
        yield from _wrapped(_swing(found, one))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _spread(one: Explained, indices: SobolIndices) -> str:
    """Return the standard deviation of the mean outcome over the points, in the unit of its changes."""
    low, middle, high = (
        change(one, math.sqrt(max(float(part), 0.0)), signed=False)
        for part in (indices.parameters.low, indices.parameters.estimate, indices.parameters.high)
    )
    return f"±{middle} {one.scale[1]} ({low} to {high})"


def _split(one: Explained, indices: SobolIndices) -> str:
    """Say how the variance of a single crisis's outcome splits into luck and parameters."""
    share = indices.share
    average = f"Mean over all points: {mean_words(one, float(indices.mean.estimate))}."
    if indices.luck.estimate <= 0 and not indices.is_clear:
        return f"{average} It is the same in every crisis."
    if not indices.is_clear:
        most = percentage(max(float(share.high), 0.0))
        return (
            f"{average} No variance of parameters is distinguishable from noise: it is at most {most} of that"
            f" of a single crisis. No index is given."
        )
    whose = "of a pair of crises" if one.against else "of what happens in a single crisis"
    low, high = (percentage(float(end)) for end in (share.low, share.high))
    return (
        f"{average} Of the variance {whose}, {percentage(1 - float(share.estimate))} is luck and"
        f" {percentage(float(share.estimate))} ({low} to {high}) parameters, which move the mean by"
        f" {_spread(one, indices)}, one standard deviation. Of the variance of parameters:"
    )


def _ranking(found: Sensitivity, one: Explained, indices: SobolIndices) -> Iterator[str]:
    """Yield the parameters in order of their total index, with intervals and a verdict on each."""
    rows = [["", "alone (S)", "in all (T)", ""]]
    for number in order_of(indices):
        of_one = [within(indices.first_order, number), within(indices.total, number)]
        label = found.parameters[number].label
        cut = label if len(label) <= LABEL else f"{label[: LABEL - 1]}…"
        rows.append([cut, *of_one, verdict(indices, number)])
    yield from aligned(rows)
    rest = indices.interactions
    if rest.low > 0:
        yield f"Interactions of parameters make up {within(rest)} of it."
    yield from _wrapped(_convergence(one, indices))


def order_of(indices: SobolIndices) -> list[int]:
    """Return the parameters by descending total index."""
    return sorted(
        range(len(indices.total.estimate)), key=lambda number: -float(indices.total.estimate[number])
    )


def verdict(indices: SobolIndices, number: int) -> str:
    """Say whether a parameter matters or can be fixed, if its interval decides it."""
    low, high = float(indices.total.low[number]), float(indices.total.high[number])
    if low == high == 0:
        return INERT
    return MATTERS if low > FIXED else FIXABLE if high < FIXED else UNDECIDED


def _screening(found: Sensitivity, one: Explained) -> str:
    size = _elementary(one).mu_star
    parts, none = [], []
    for number in _by_size(size):
        label = found.parameters[number].label
        if size.high[number] <= 0:
            none.append(label)
        else:
            parts.append(f"{label} {_size_words(one, size, number)}")
    if none:
        parts.append(f"none of {', '.join(none)}" if parts else "none of any parameter")
    return f"Mean size of the effect of a whole range (mu*), in {one.scale[1]}: {'; '.join(parts)}."


def _swing(found: Sensitivity, one: Explained) -> str:
    clear = [swing for swing in one.swings if swing.difference.low > 0 or swing.difference.high < 0]
    if not clear:
        half = change(one, max(_half(swing.difference) for swing in one.swings), signed=False)
        return f"From the baseline, no end of a range moves it beyond noise (±{half} {one.scale[1]})."
    widest = max(clear, key=lambda swing: abs(float(swing.difference.estimate)))
    parameter, ends = found.parameters[widest.parameter], widest.difference
    middle, low, high = (change(one, float(value)) for value in (ends.estimate, ends.low, ends.high))
    return (
        f"From the baseline, the end of a range that moves most is {parameter.label} at {level(widest.end)}:"
        f" {middle} {one.scale[1]} ({low} to {high})."
    )


def _endings(found: Sensitivity) -> Iterator[str]:
    """Yield what holds for all outcomes: precision, what noise was removed, how to read it."""
    clear = [one for one in found.explained if one.sobol is not None and one.sobol.is_clear]
    if clear:
        yield _noise(found, clear)
        yield (
            f"S is the share of the variance of parameters that a parameter explains alone, T with its"
            f" interactions. A parameter can be fixed if the 95% interval of its T is below"
            f" {two_digits(FIXED)}, and matters if it is above; an inert one changed no crisis. Intervals"
            f" are of a bootstrap over points{' and replications' if found.is_common else ''}; what is"
            f" found depends on the ranges."
        )
    if not found.points:
        yield (
            "Numbers are mu*, the mean size of the effect of a parameter's whole range, wherever the others"
            " are; 95% intervals of a bootstrap over trajectories, free of noise. Screening ranks parameters;"
            " it does not split the variance, nor say how much is luck."
        )
    if any(one.measure.is_nuclear for one in found.explained):
        yield NUCLEAR_CAVEAT


def _half(values: Intervals) -> float:
    return float(np.max((values.high - values.low) / 2))


def _convergence(one: Explained, indices: SobolIndices) -> str:
    """Say whether the points suffice, and how many would."""
    half = _half(indices.total)
    course = [
        f"±{two_digits(_half(each.total))} with {each.n:,}" for each in one.series[:-1] if each.is_clear
    ]
    before = f" ({', '.join(course)})" if course else ""
    text = f"The widest interval of T is ±{two_digits(half)}{before}: n = {indices.n:,}"
    if half <= PRECISE:
        return f"{text} suffices for ±{two_digits(PRECISE)}."
    wanted = 1 << math.ceil(math.log2(indices.n * (half / PRECISE) ** 2))
    return f"{text} does not suffice for ±{two_digits(PRECISE)}; about {wanted:,} would."


def _last(one: Explained) -> SobolIndices:
    assert one.sobol is not None
    return one.sobol


def _noise(found: Sensitivity, clear: Sequence[Explained]) -> str:
    """Say how much of the variance of the means was noise, and which replications would use crises best."""
    shares = [max(0.0, 1 - float(_last(one).parameters.estimate) / _last(one).uncorrected) for one in clear]
    low, high = (percentage(share) for share in (min(shares), max(shares)))
    span = low if low == high else f"{low} to {high}"
    middle = float(np.median(shares))
    best = max(2, round(found.replications * middle / max(1 - middle, 1e-9)))
    text = (
        f"Of the variance of the means of {found.replications:,} replications, {span} was noise, which the"
        f" indices are free of."
    )
    return f"{text} The same number of crises is best spent at about {best:,} replications per point."


def mean_words(one: Explained, value: float) -> str:
    """Return a mean over all points, or a mean difference, with its unit."""
    if one.against:
        return f"{change(one, value)} {one.scale[1]}"
    if one.measure.kind == "share":
        return f"{percentage(value)} of crises"
    return f"{value:.2f} ({one.measure.unit})"


def change(one: Explained, value: float, signed: bool = True) -> str:
    """Return a change of a measure in its unit, which is left out."""
    scale, _ = one.scale
    return f"{scale * value:{'+' if signed else ''}.{1 if scale > 1 else 2}f}".replace("-", "−")


def percentage(share: float) -> str:
    """Return a share in percent, with a decimal where it is small or nearly all."""
    return f"{100 * share:.1f}%" if share < 0.1 or share > 0.9 else f"{100 * share:.0f}%"


def two_digits(value: float) -> str:
    """Return an index with two decimals, as in .72."""
    shown = f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
    return shown.replace("0.", ".", 1) if abs(value) < 0.995 else shown


def within(values: Intervals, number: int | None = None) -> str:
    """Return an index with its interval."""
    parts = (values.estimate, values.low, values.high)
    each = (float(part if number is None else part[number]) for part in parts)
    return "{} ({} to {})".format(*map(two_digits, each))


def level(value: object) -> str:
    """Return a level in a sentence."""
    return f"{value:g}" if isinstance(value, float) else str(value)
