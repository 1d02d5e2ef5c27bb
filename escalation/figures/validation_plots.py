"""Figures of backtests, validations and the mediation check, each by the name of its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from escalation.figures.fact_plot import plot_facts
from escalation.figures.forest import Mark, Panel, plot_forest, plot_mediation_check
from escalation.figures.reliability import PitPanel, ReliabilityPanel, plot_pit, plot_reliability
from escalation.figures.style import save
from escalation.history.act_forecasts import HOSTILITY, MODEL
from escalation.history.backtest import CAVEAT, Backtest, ScoreLine, made_by_model, peaks_of
from escalation.history.conduct import CAVEAT as GAMES_CAVEAT
from escalation.history.conduct import MEANING, Conduct
from escalation.history.likelihood import CASES, EXCHANGES, Floats, Whole
from escalation.history.mediation_check import AFTER_AGREEMENT, RATES, TALKS, TITLE, MediationCheck
from escalation.history.origins import SHARE, TRANSFORM, OriginLine, band_names, transforms_of
from escalation.history.projection import spread
from escalation.history.quantities import BINARY, TRANSFORMED
from escalation.history.validation import (
    ALL_ACTS,
    ALL_EVENTS,
    CRISIS,
    DYADS,
    LATER_ACTS,
    REACTIONS,
    RIVALS,
    SCHEMES,
    YEAR,
    FullValidation,
    Validation,
)
from escalation.history.validation_tables import crisis_scores, over_by
from escalation.scenario.weights import Weights
from escalation.stats.scores import Interval, pit_histogram, reliability, spread_histogram

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NUCLEAR = "The model gives no validated probability of nuclear use."
NAMES = {
    "climatology": "shares of levels", "persistence": "persistence", "markov_1": "chain, one act back",
    "markov_2": "chain, two acts back", "own_chain": "chain on own last act", "last_crisis": "last crisis",
}  # fmt: skip
GAIN = "gain in log score per act"
NOTHING = float("nan")


def backtest_figures(found: Backtest) -> dict[str, Figure]:
    """Draw the calibration of a backtest: `pit` and `reliability`."""
    pits: list[PitPanel] = []
    events: list[ReliabilityPanel] = []
    for block in found.acts:
        if not block.rows:
            continue
        model, seen = block.by[MODEL], block.observed
        of_events = block.scale == HOSTILITY
        name = "Next act of the events" if of_events else "Next act of the cases"
        pits.append(PitPanel(name, pit_histogram(model, seen), len(seen)))
        if of_events:
            force = 4 - block.lowest
            table = reliability(model[:, force:].sum(axis=1), seen >= force)
            events.append(ReliabilityPanel("Next act is force or war", table))
    made = made_by_model(found.courses)
    transforms = transforms_of(made)
    for quantity in TRANSFORMED:
        here = [one for one in transforms if one.quantity == quantity.name]
        if here:
            shares = spread_histogram([one.low for one in here], [one.high for one in here])
            pits.append(PitPanel(_capital(quantity.name), shares, len(here)))
    for event in BINARY:
        asked = [(task, said) for task, said in made if event.is_asked(task)]
        if asked:
            table = reliability(
                [event.said(said) for _, said in asked],
                [bool(event.seen(task.recorded)) for task, _ in asked],
            )
            events.append(ReliabilityPanel(_capital(event.name), table))
    cases = sorted({one.task.scenario.name for one in found.courses})
    words = [f"{len(cases)} coded crises, {len(found.courses)} forecasts"] if cases else []
    words += [
        f"{len(block.rows):,} acts of Militarized Interstate Events" for block in found.acts if block.lowest
    ]
    subtitle = "; ".join(words)
    drawn = {
        "pit": plot_pit(pits, subtitle, CAVEAT),
        "reliability": plot_reliability(events, subtitle, CAVEAT),
    }
    if found.origins:
        drawn["origins"] = by_origin(found.origins, subtitle)
    if found.conduct is not None:
        drawn["conduct"] = by_people(found.conduct)
    return drawn


def by_people(found: Conduct) -> Figure:
    """Draw how people played against how states acted on record: `conduct`."""
    games, cases = len(found.games), len(found.cases)
    marks = []
    for line in found.shares:
        marks.append(Mark(_capital(line.quantity), "People in games", *_limits(line.people)))
        marks.append(Mark(_capital(line.quantity), "States on record", *_limits(line.states)))
    return plot_forest(
        "How do people play, against states on record?",
        f"{games} game{'' if games == 1 else 's'}, {cases} recorded crises.",
        f"{MEANING} {GAMES_CAVEAT}",
        [Panel("Share, with its 95% interval", marks, "share", percent=True)],
    )


def by_origin(lines: Sequence[OriginLine], subtitle: str) -> Figure:
    """Draw the calibration of forecasts of courses by the day of the origin: `origins`."""
    bands = [name for name in band_names() if any(line.band == name for line in lines)]
    scales = {
        SHARE: ("Events: observed less forecast share", "excess of the observed share"),
        TRANSFORM: ("Levels and times: mean transform less a half", "excess of the observed mean"),
    }
    panels = []
    for measure, (name, scale) in scales.items():
        here = sorted((line for line in lines if line.measure == measure), key=lambda x: bands.index(x.band))
        order = list(dict.fromkeys(line.quantity for line in lines if line.measure == measure))
        here.sort(key=lambda line: order.index(line.quantity))
        marks = [Mark(_capital(line.quantity), f"Days {line.band}", *_limits(line.excess)) for line in here]
        panels.append(Panel(name, marks, scale, (0.0,)))
    return plot_forest(
        "Are forecasts of courses calibrated early and late in a crisis?",
        f"{subtitle}; by days from the start of the crisis to the origin of the forecast.",
        "Calibrated forecasts lie at zero: to its right an event was more frequent, or a level or time "
        "higher, than forecast. Bars are 95% intervals from resampling whole crises. " + CAVEAT,
        panels,
    )


def _limits(excess: Interval) -> tuple[float, float, float]:
    return excess.estimate, excess.low, excess.high


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def mediation_figures(found: MediationCheck) -> dict[str, Figure]:
    """Draw shares by mediation in ICB and in the model: `mediation_check`."""
    rows = [row for row in found.rows if row.measure != RATES and row.group not in AFTER_AGREEMENT.values()]
    rows.sort(key=lambda row: row.measure == TALKS)  # its groups have other names, which the last panel shows
    return {"mediation_check": plot_mediation_check(rows, TITLE, f"{found.about}.", found.caveat)}


def validation_figures(found: Validation) -> dict[str, Figure]:
    """Draw a validation of any set of weights: those of the figures whose data are there."""
    drawn = {"gains": gains(found)} if found.schemes else {}
    if CRISIS in found.schemes:
        drawn["by_crisis"] = gains_by_crisis(found)
    drawn |= {"pit": transforms(found), "reliability": reliabilities(found)}
    if found.weights.fitted is not None:
        drawn["weights"] = identified_weights(found)
    drawn["stylised_facts"] = plot_facts(found.facts)
    return drawn | mediation_figures(found.mediation)


def full_figures(found: FullValidation) -> dict[str, Figure]:
    """Draw all figures of the pages of validation and of the forecast."""
    return validation_figures(found.validation) | {"forecast_2025-05-05": forecast(found)}


def save_all(figures: Mapping[str, Figure], out: Path, endings: Sequence[str] = ("png", "svg")) -> list[Path]:
    """Save figures by their names into a folder; return the paths."""
    paths = [out / f"{name}.{ending}" for name in figures for ending in endings]
    for path in paths:
        save(figures[path.stem], path)
    return paths


def gains(found: Validation) -> Figure:
    """Draw the gain of the rules over each baseline."""
    events, cases = (DYADS, YEAR), (CRISIS, RIVALS, YEAR)
    wanted = {ALL_EVENTS: events, REACTIONS: events, ALL_ACTS: cases, LATER_ACTS: cases}
    panels = [
        Panel(quantity, marks, GAIN, (0.0,))
        for quantity, schemes in wanted.items()
        if (marks := _gains(found, quantity, schemes))
    ]
    known = "that neither weights nor baselines were fitted to" if found.refitted else "by weights as given"
    return plot_forest(
        "What do the rules gain over baseline forecasts?",
        f"Log score of the next act's level on acts {known}.",
        "Right of zero the rules are better. Bars are 95% intervals from resampling whole confrontations or "
        "crises. " + NUCLEAR,
        panels,
    )


def _gains(found: Validation, quantity: str, schemes: tuple[str, ...]) -> list[Mark]:
    return [
        _gain(line, SCHEMES[name])
        for name in schemes
        if name in found.schemes
        for line in found.schemes[name].scores
        if line.quantity == quantity and line.score == "log" and line.forecaster != MODEL
    ]


def _gain(line: ScoreLine, series: str) -> Mark:
    assert line.gain is not None
    return Mark(NAMES[line.forecaster], series, line.gain.estimate, line.gain.low, line.gain.high)


def gains_by_crisis(found: Validation) -> Figure:
    """Draw the gain over the shares of levels for each left-out crisis."""
    scores = crisis_scores(found)[::-1]
    over = [Mark(one.name, "gain", one.gain, NOTHING, NOTHING) for one in scores]
    chain = [Mark(one.name, "gain", one.chain - one.rules, NOTHING, NOTHING) for one in scores]
    known = "fitted without it" if found.refitted else "as given"
    return plot_forest(
        "In which crises do the rules do better?",
        f"Gain in log score per act, each crisis forecast by weights {known}.",
        "Right of zero the rules are better. The aim is that no crisis lies left of −0.2 in the panel on the "
        "left. Single crises have few acts, and no interval.",
        [
            Panel("Over the shares of levels", over, GAIN, (0.0, -0.2)),
            Panel("Over the first-order chain", chain, GAIN, (0.0,)),
        ],
    )


def transforms(found: Validation) -> Figure:
    """Draw where observed values fell in their forecast distributions."""
    panels = []
    for kind, scheme, name in (
        (EXCHANGES, DYADS, "Next act of the events"),
        (CASES, CRISIS, "Next act of the crises"),
    ):
        if scheme in found.schemes:
            table, seen = _tested(found, kind, scheme)
            panels.append(PitPanel(name, pit_histogram(table, seen), len(seen)))
    if found.courses:
        peaks, observed = peaks_of(found.courses)
        panels.append(PitPanel("Peak rung of a crisis", pit_histogram(peaks, observed), len(observed)))
    return plot_pit(panels, _forecast_by(found), NUCLEAR)


def reliabilities(found: Validation) -> Figure:
    """Draw observed frequencies against forecast probabilities."""
    panels = []
    if DYADS in found.schemes:
        events, seen = _tested(found, EXCHANGES, DYADS)
        panels.append(
            ReliabilityPanel("Event: force or war", reliability(events[:, 2:].sum(axis=1), seen >= 2))
        )
    if CRISIS in found.schemes:
        acts, rungs = _tested(found, CASES, CRISIS)
        table = reliability(acts[:, 6:].sum(axis=1), rungs >= 6)
        panels.append(ReliabilityPanel("Crises: act on rung 6 and up", table))
    if found.courses:
        peaks, observed = peaks_of(found.courses)
        for rung in (6, 7):
            table = reliability(peaks[:, rung:].sum(axis=1), observed >= rung)
            panels.append(ReliabilityPanel(f"Crisis reaches rung {rung}", table))
    return plot_reliability(panels, _forecast_by(found), NUCLEAR)


def _forecast_by(found: Validation) -> str:
    if found.refitted:
        return "Each forecast by weights fitted without its pair or its crisis."
    return f"All forecasts by the weights {found.weights.name!r} as given."


def _tested(found: Validation, kind: str, scheme: str) -> tuple[Floats, Whole]:
    table = found.schemes[scheme].held.tables[kind]
    rows = np.asarray(np.isfinite(table).all(axis=1))
    return table[rows], found.record.rows[kind].level[rows]


def identified_weights(found: Validation) -> Figure:
    """Draw the fitted weights against their priors, in standard deviations of these."""
    fitted = found.weights.fitted
    assert fitted is not None
    marks = []
    for name, se, prior in zip(fitted.weights, fitted.se, fitted.prior_sd, strict=True):
        moved = (getattr(found.weights.weights, name) - Weights.model_fields[name].default) / prior
        width = 1.96 * se / prior
        series = "weakly identified" if name in fitted.weakly_identified else "identified"
        marks.append(Mark(name, series, moved, moved - width, moved + width))
    return plot_forest(
        "How well do the data identify the weights?",
        "Fitted weights, in standard deviations of their priors from the default.",
        "Bars are 95% intervals by standard errors. Between the outer dashed lines lies the prior's own 95% "
        "interval: a bar that fills it adds little to the prior.",
        [Panel("Fitted weights", marks, "standard deviations of the prior", (-1.96, 0.0, 1.96))],
    )


def forecast(found: FullValidation) -> Figure:
    """Draw the forecast of 5 May 2025."""
    central, drawn = found.validation.central, found.drawn
    fit, over, reference = "at the fitted weights", "over weights: mean, 95%", "reference"

    def both(label: str, one: float, values: Floats) -> list[Mark]:
        mean, low, high = (float(value) for value in spread(values))
        return [Mark(label, over, mean, low, high), Mark(label, fit, float(one), NOTHING, NOTHING)]

    peak = [
        mark
        for rung in range(11)
        for mark in both(f"rung {rung}", central.peak[0, rung], drawn.peak[:, rung])
    ]
    references: Mapping[str, float] = {
        "overt strike in 14 days": 0.30, "over in 14 days": over_by(14), "over in 30 days": over_by(30),
        "Russia's mediation accepted": 0.24,
    }  # fmt: skip
    shares = {
        "overt strike in 14 days": (central.strike[0, 0], drawn.strike[:, 0]),
        "overt strike in 30 days": (central.strike[0, 1], drawn.strike[:, 1]),
        "force in 30 days": (central.force[0, 1], drawn.force[:, 1]),
        "over in 14 days": (central.over[0, 0], drawn.over[:, 0]),
        "over in 30 days": (central.over[0, 1], drawn.over[:, 1]),
        "Russia's mediation accepted": (central.mediated[0], drawn.mediated),
    }
    events = []
    for label, (one, many) in shares.items():
        events += both(label, one, many)
        if label in references:
            events.append(Mark(label, reference, references[label], NOTHING, NOTHING))
    return plot_forest(
        "The forecast of 5 May 2025",
        "India and Pakistan, the thirty days after the article's horizon, by frozen weights.",
        "Bars hold the middle 95% of shares over sets of weights: draws of the fit, and priors for what is "
        "not identified. Rung 10 is nuclear use, of which the model gives no validated probability: no use "
        "in 27 crises bounds it only below about 11% per crisis.",
        [
            Panel("Highest rung", peak, "share of crises", percent=True),
            Panel("Events", events, "share of crises", percent=True),
        ],
    )
