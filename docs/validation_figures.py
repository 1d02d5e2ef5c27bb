"""The figures of the page of validation and of the forecast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from validation_runs import ALL_ACTS, ALL_EVENTS, LATER_ACTS, REACTIONS, Results
from validation_tables import crisis_gains, over_by

from escalation.cli.mediation_check import MEANING, check_rows
from escalation.figures.forest import Mark, Panel, plot_forest
from escalation.figures.rates_plot import plot_mediation_check
from escalation.figures.reliability import PitPanel, ReliabilityPanel, plot_pit, plot_reliability
from escalation.history.backtest import Line, peaks_of
from escalation.history.mediation import CAVEAT
from escalation.history.next_acts import MODEL
from escalation.history.projection import spread
from escalation.scenario.weights import Weights
from escalation.stats.scores import pit_histogram, reliability

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NUCLEAR = "The model gives no validated probability of nuclear use."
NAMES = {
    "climatology": "shares of levels", "persistence": "persistence", "markov_1": "chain, one act back",
    "markov_2": "chain, two acts back", "own_chain": "chain on own last act", "last_crisis": "last crisis",
}  # fmt: skip


def figures(results: Results) -> Iterator[tuple[str, Figure]]:
    """Yield each figure with its path below `docs/images`."""
    yield "validation/gains.png", gains(results)
    yield "validation/by_crisis.png", by_crisis(results)
    yield "validation/pit.png", pit(results)
    yield "validation/reliability.png", reliable(results)
    yield "validation/weights.png", weights(results)
    yield "validation/forecast_2025-05-05.png", forecast(results)
    yield "mediation_check.png", mediation(results)


def gains(results: Results) -> Figure:
    """Draw what the rules gain over each baseline."""
    events = {"pairs of states left out": results.dyads, "fitted to 2000, tested after": results.year}
    cases = {"one crisis left out": results.crises, "one pair of rivals left out": results.dyads_of_cases,
             "fitted to 2000, tested after": results.year}  # fmt: skip
    wanted = {ALL_EVENTS: events, REACTIONS: events, ALL_ACTS: cases, LATER_ACTS: cases}
    panels = [
        Panel(
            quantity,
            [
                _gain(line, series)
                for series, scheme in schemes.items()
                for line in scheme.lines
                if line.quantity == quantity and line.score == "log" and line.forecaster != MODEL
            ],
            "gain in log score an act",
            (0.0,),
        )
        for quantity, schemes in wanted.items()
    ]
    return plot_forest(
        "What do the rules gain over forecasts that know nothing of them?",
        "Log score of the next act's level on acts that neither weights nor baselines were fitted to.",
        "Right of zero the rules are better. Bars are 95% intervals by drawing whole confrontations or "
        "crises anew. " + NUCLEAR,
        panels,
    )


def _gain(line: Line, series: str) -> Mark:
    assert line.gain is not None
    return Mark(NAMES[line.forecaster], series, line.gain.estimate, line.gain.low, line.gain.high)


def by_crisis(results: Results) -> Figure:
    """Draw the gain over the shares of levels for each left-out crisis."""
    nothing = float("nan")
    found = crisis_gains(results)[::-1]
    over = [Mark(name, "gain", base - rules, nothing, nothing) for name, _, rules, base, _ in found]
    chain = [Mark(name, "gain", first - rules, nothing, nothing) for name, _, rules, _, first in found]
    return plot_forest(
        "In which crises do the rules do better?",
        "Gain in log score an act, each crisis forecast by weights fitted without it.",
        "Right of zero the rules are better. The aim is that no crisis lies left of −0.2 in the panel on the "
        "left. Single crises have few acts, and no interval.",
        [
            Panel("Over the shares of levels", over, "gain in log score an act", (0.0, -0.2)),
            Panel("Over the first-order chain", chain, "gain in log score an act", (0.0,)),
        ],
    )


def pit(results: Results) -> Figure:
    """Draw where what came fell in what was forecast."""
    peaks, came = peaks_of(results.courses)
    panels = []
    for kind, scheme, name in (
        (0, results.dyads, "Next act of the events"),
        (1, results.crises, "Next act of the crises"),
    ):
        table, seen = _tested(results, kind, scheme.held.tables[kind])
        panels.append(PitPanel(name, pit_histogram(table, seen), len(seen)))
    panels.append(PitPanel("Peak rung of a crisis", pit_histogram(peaks, came), len(came)))
    return plot_pit(panels, "Each forecast by weights fitted without its pair or its crisis.", NUCLEAR)


def reliable(results: Results) -> Figure:
    """Draw how often events happened against what was forecast of them."""
    peaks, came = peaks_of(results.courses)
    events, seen = _tested(results, 0, results.dyads.held.tables[0])
    acts, rungs = _tested(results, 1, results.crises.held.tables[1])
    panels = [
        ReliabilityPanel("Event: force or war", reliability(events[:, 2:].sum(axis=1), seen >= 2)),
        ReliabilityPanel("Crises: act on rung 6 and up", reliability(acts[:, 6:].sum(axis=1), rungs >= 6)),
        ReliabilityPanel("Crisis reaches rung 6", reliability(peaks[:, 6:].sum(axis=1), came >= 6)),
        ReliabilityPanel("Crisis reaches rung 7", reliability(peaks[:, 7:].sum(axis=1), came >= 7)),
    ]
    return plot_reliability(
        panels, "Each forecast by weights fitted without its pair or its crisis.", NUCLEAR
    )


def _tested(results: Results, kind: int, table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rows = np.isfinite(table).all(axis=1)
    return table[rows], results.record.told[kind].level[rows]


def weights(results: Results) -> Figure:
    """Draw the fitted weights beside their priors, in standard deviations of these."""
    fitted = results.shipped.fitted
    marks = []
    if fitted is not None:
        for name, se, prior in zip(fitted.weights, fitted.se, fitted.prior_sd, strict=True):
            moved = (getattr(results.shipped.weights, name) - Weights.model_fields[name].default) / prior
            width = 1.96 * se / prior
            series = "hardly told by the record" if name in fitted.weakly_identified else "told by the record"
            marks.append(Mark(name, series, moved, moved - width, moved + width))
    return plot_forest(
        "What does the record say of the weights?",
        "Fitted weights, in standard deviations of their priors from the default.",
        "Bars are 95% intervals by standard errors. Between the outer dashed lines lies the prior's own 95% "
        "interval: a bar that fills it says little that was not assumed.",
        [Panel("Weights that were fitted", marks, "standard deviations of the prior", (-1.96, 0.0, 1.96))],
    )


def forecast(results: Results) -> Figure:
    """Draw the forecast of 5 May 2025."""
    nothing = float("nan")
    central, drawn = results.central, results.drawn
    fit, over, reference = "at the fitted weights", "over weights: mean, 95%", "reference"

    def both(label: str, one: float, values: np.ndarray) -> list[Mark]:
        mean, low, high = (float(value) for value in spread(values))
        return [Mark(label, over, mean, low, high), Mark(label, fit, one, nothing, nothing)]

    peak = [
        mark
        for rung in range(11)
        for mark in both(f"rung {rung}", float(central.peak[0, rung]), drawn.peak[:, rung])
    ]
    events = [
        *both("overt strike in 14 days", float(central.strike[0, 0]), drawn.strike[:, 0]),
        Mark("overt strike in 14 days", reference, 0.30, nothing, nothing),
        *both("overt strike in 30 days", float(central.strike[0, 1]), drawn.strike[:, 1]),
        *both("force in 30 days", float(central.force[0, 1]), drawn.force[:, 1]),
        *both("over in 14 days", float(central.over[0, 0]), drawn.over[:, 0]),
        Mark("over in 14 days", reference, over_by(14), nothing, nothing),
        *both("over in 30 days", float(central.over[0, 1]), drawn.over[:, 1]),
        Mark("over in 30 days", reference, over_by(30), nothing, nothing),
        *both("Russia's mediation accepted", float(central.mediated[0]), drawn.mediated),
        Mark("Russia's mediation accepted", reference, 0.24, nothing, nothing),
    ]
    return plot_forest(
        "The forecast of 5 May 2025",
        "India and Pakistan, the thirty days after the article's horizon, by frozen weights.",
        "Bars hold the middle 95% of shares over sets of weights: draws of the fit, and priors for what the "
        "record cannot tell. Rung 10 is nuclear use, of which the model gives no validated probability: no "
        "use in 27 crises bounds it only below about 11% a crisis.",
        [
            Panel("Highest rung", peak, "share of crises", percent=True),
            Panel("Events", events, "share of crises", percent=True),
        ],
    )


def mediation(results: Results) -> Figure:
    """Draw mediation held against ICB."""
    about = (
        f"{results.size.made_up:,} made-up crises, seed 1, weights {results.shipped.name!r}, 180 days after"
        " the record; 95% Wilson intervals."
    )
    title = "Mediation held against International Crisis Behavior (ICB)"
    rows = list(check_rows(results.rates, results.mediation))
    return plot_mediation_check(rows, title, about, f"{CAVEAT} {MEANING}")
