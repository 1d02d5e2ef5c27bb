"""The tables of the page of validation, and those of the forecast, from what was computed."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.stats import lognorm
from validation_runs import (
    ALL_ACTS,
    ALL_EVENTS,
    LATER_ACTS,
    REACTIONS,
    Results,
    Scheme,
    line_of,
)

from escalation.cli.mediation_check import check_rows, pair_lines, table_lines
from escalation.history.backtest import Line
from escalation.history.crossvalidation import compare
from escalation.history.next_acts import MODEL
from escalation.history.projection import Outlook, spread
from escalation.scenario.weights import Weights
from escalation.stats.intervals import wilson
from escalation.stats.scores import Interval

Row = Sequence[str]
Table = list[str]

SCHEMES = {
    "dyads": "pairs of states left out",
    "crises": "one crisis left out",
    "dyads_of_cases": "one pair of rivals left out",
    "year": "fitted to 2000, tested after",
}
LENGTH = {"mu": 3.53, "sigma": 1.21}
"""Lognormal length in days of the nine India-Pakistan crises since 1987 in ICB, the trigger on day 1."""
DAYS_GONE = 14


def markdown(head: Row, rows: Iterable[Row]) -> Table:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def plain(value: float, digits: int = 3) -> str:
    """Return a number without the zero before its point."""
    said = f"{value:.{digits}f}"
    return (said.replace("0.", ".", 1) if said.lstrip("-").startswith("0.") else said).replace("-", "−")


def ranged(low: float, high: float, digits: int = 2) -> str:
    """Return limits in brackets."""
    return f"[{plain(low, digits)}, {plain(high, digits)}]"


def gain(interval: Interval | None) -> str:
    """Return a gain with its interval and its sign."""
    if interval is None:
        return ""
    sign = "+" if interval.estimate >= 0 else "−"
    said = f"{sign}{plain(abs(interval.estimate))}"
    if math.isnan(interval.low):
        return f"{said} (one crisis)"
    return f"{said} [{plain(interval.low)}, {plain(interval.high)}]".replace("-", "−")


def scores(results: Results) -> Table:
    """Return the log scores of everyone under every scheme."""
    lines: Table = []
    for name, words in SCHEMES.items():
        scheme: Scheme = getattr(results, name)
        for quantity in dict.fromkeys(line.quantity for line in scheme.lines):
            first = line_of(scheme.lines, quantity, MODEL)
            lines += ["", f"**{quantity}; {words}** ({_counted(scheme, first)})", ""]
            lines += markdown(
                ("forecaster", "log score", "95%", "gain of the rules", "RPS", "gain of the rules"),
                (
                    _score_row(scheme.lines, line)
                    for line in scheme.lines
                    if line.quantity == quantity and line.score == "log"
                ),
            )
    return lines[1:]


def _counted(scheme: Scheme, line: Line) -> str:
    folds = len(scheme.held.folds)
    crises = "crises" if line.quantity.startswith("Coded") else "confrontations"
    return f"{line.forecasts:,} acts, {line.clusters:,} {crises}, {folds} fold{'s' if folds > 1 else ''}"


def _score_row(lines: Sequence[Line], line: Line) -> Row:
    name = "**the rules**" if line.forecaster == MODEL else f"`{line.forecaster}`"
    ranked = line_of(lines, line.quantity, line.forecaster, "RPS")
    limits = ranged(line.mean.low, line.mean.high)
    return (
        name,
        plain(line.mean.estimate),
        limits,
        gain(line.gain),
        plain(ranked.mean.estimate),
        gain(ranked.gain),
    )


def crisis_gains(results: Results) -> list[tuple[str, int, float, float, float]]:
    """Return each left-out crisis with its acts and the scores of rules, intercepts and first chain."""
    record, held = results.record, results.crises.held
    everything = np.ones(len(record.told[1]), bool)
    one = compare(record, held, 1, everything, ALL_ACTS)[0]
    cluster = np.array(one.cluster)
    found = []
    for name in dict.fromkeys(one.cluster):
        here = cluster == name
        means = {who: float(values[here].mean()) for who, values in one.by.items()}
        found.append((name, int(here.sum()), means[MODEL], means["climatology"], means["markov_1"]))
    return sorted(found, key=lambda row: row[3] - row[2])


def by_crisis(results: Results) -> Table:
    """Return the scores of each left-out crisis, the worst for the rules first."""
    return markdown(
        ("crisis", "acts", "rules", "intercepts", "gain over them", "`markov_1`"),
        (
            (name, str(acts), plain(rules, 2), plain(base, 2), signed(base - rules), plain(chain, 2))
            for name, acts, rules, base, chain in crisis_gains(results)
        ),
    )


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign."""
    return f"{'+' if value >= 0 else '−'}{plain(abs(value), digits)}"


def acts_alone(results: Results) -> Table:
    """Return what answers to attacks, and calm, change beside acts on record."""
    alone = results.acts_alone
    both = ((results.crises.lines, results.situations), (alone.lines, alone.situations))

    def score(lines: Sequence[Line], what: str) -> str:
        rules, intercepts = (line_of(lines, what, who) for who in (MODEL, "climatology"))
        return f"{plain(rules.mean.estimate)}, {gain(intercepts.gain)}"

    rows = [
        ("coded crises, each left out: log score an act, and gain over intercepts",
         *(score(lines, ALL_ACTS) for lines, _ in both)),
        ("the same after the first act", *(score(lines, LATER_ACTS) for lines, _ in both)),
        ("a small attack: rung 6 and up in 60 days", *(plain(at["small"].force[0, 2], 2) for _, at in both)),
        ("an attack with many dead: rung 6 and up in 60 days",
         *(plain(at["mass"].force[0, 2], 2) for _, at in both)),
        ("calm: rung 6 and up in 30 days", *(plain(at["calm"].force[0, 1], 2) for _, at in both)),
    ]  # fmt: skip
    return markdown(("what", "acts and answers (shipped)", "acts alone"), rows)


def shaken(results: Results) -> Table:
    """Return scores with shaken codes."""
    rows = []
    for one in results.shaken:
        line = line_of(one.lines, ALL_ACTS, "climatology")
        chain = line_of(one.lines, ALL_ACTS, "markov_1")
        rules = line_of(one.lines, ALL_ACTS, MODEL)
        rows.append(
            (str(one.seed), str(one.moved), plain(rules.mean.estimate), gain(line.gain), gain(chain.gain))
        )
    return markdown(("seed", "codes moved", "rules", "gain over intercepts", "gain over `markov_1`"), rows)


def moved_weights(results: Results) -> Table:
    """Return how far the fitted weights move with shaken codes, the furthest first."""
    names = results.fit.priors.names
    values = np.array([[getattr(one.weights, name) for name in names] for one in results.shaken])
    shift = np.abs(values - results.fit.values).max(axis=0)
    by_error = shift / results.fit.se
    order = np.argsort(-by_error)[:5]
    return markdown(
        ("weight", "fitted", "s.e.", "largest move", "in s.e."),
        (
            (
                f"`{names[k]}`", plain(results.fit.values[k], 2), plain(results.fit.se[k], 2),
                plain(shift[k], 2), plain(by_error[k], 2),
            )
            for k in order
        ),
    )  # fmt: skip


def courses(results: Results) -> Table:
    """Return the scores of forecasts of whole courses."""
    return markdown(
        ("quantity", "score", "forecaster", "mean", "gain of the rules"),
        (
            (line.quantity, line.score, f"`{line.forecaster}`", plain(line.mean.estimate), gain(line.gain))
            for line in results.course_lines
        ),
    )


def plausibility(results: Results) -> Table:
    """Return what is wanted beside what the weights give."""
    runs = results.size.runs
    at = results.situations

    def share(value: float) -> str:
        found = wilson(round(float(value) * runs), runs)
        return f"{plain(float(value))} {ranged(float(found.low), float(found.high))}"

    central, default = results.central, results.default
    rows = [
        ("rung 7 and up within 14 days of 5 May", ".30 (4 earlier stand-offs); design .12 [.03, .26]",
         share(central.strike[0, 0]), plain(default.strike[0, 0])),
        ("a small attack (severity .3): rung 6 and up in 60 days", ".15; 4 of 25 attacks, [.06, .35]",
         share(at["small"].force[0, 2]), ""),
        ("an attack with many dead: rung 6 and up in 60 days", "4 of 16 attacks, [.10, .49]",
         share(at["mass"].force[0, 2]), ""),
        ("struck by a rival: a violent answer (rung 5 and up) in 60 days",
         ".55 [.48, .61]: 135 of 247 states with a violent trigger by a state after 1945 (ICB)",
         share(results.answered), ""),
        ("after a fortnight without threats: rung 7 and up in 30 days", ".17",
         share(at["restrained"].strike[0, 1]), ""),
        ("calm: rung 6 and up in 30 days", "near 0", share(at["calm"].force[0, 1]), ""),
        ("calm: acts a state and day", "below .013, the least of a coded crisis",
         plain(float(at["calm"].acts[0])), ""),
        ("nuclear use within 30 days of 5 May", "0", share(central.peak[0, 10]), plain(default.peak[0, 10])),
    ]  # fmt: skip
    return markdown(("target", "wanted", "calibrated weights", "default weights"), rows)


PEAKS = {"2 and below": (0, 2, ".00"), "3": (3, 3, ".06"), "4": (4, 4, ".32"), "5 and 6": (5, 6, ".47"),
         "7": (7, 7, ".12"), "8": (8, 8, ".02"), "9": (9, 9, ".02"), "10": (10, 10, "0")}  # fmt: skip


def peaks(results: Results) -> Table:
    """Return the distribution of the peak beside the design's."""

    def of(one: Outlook, low: int, high: int) -> str:
        return plain(float(one.peak[0, low : high + 1].sum()))

    return markdown(
        ("peak rung within 30 days", "design's prototype", "calibrated weights", "default weights"),
        (
            (name, prototype, of(results.central, low, high), of(results.default, low, high))
            for name, (low, high, prototype) in PEAKS.items()
        ),
    )


def weights(results: Results) -> Table:
    """Return the fitted weights with what the record tells of them."""
    fitted = results.shipped.fitted
    if fitted is None:
        return ["These weights were fitted to nothing."]
    rows = []
    for name, se, prior in zip(fitted.weights, fitted.se, fitted.prior_sd, strict=True):
        default = Weights.model_fields[name].default
        value = getattr(results.shipped.weights, name)
        limits = fitted.profile.get(name)
        rows.append(
            (
                f"`{name}`", plain(value, 2), plain(se, 2), ranged(*limits) if limits else "",
                f"{plain(default, 2)} ± {plain(prior, 2)}",
                "hardly" if name in fitted.weakly_identified else "",
            )
        )  # fmt: skip
    head = ("weight", "fitted", "s.e.", "95% by profile", "prior", "told by the record")
    rest = [name for name in Weights.model_fields if name not in fitted.weights]
    return [
        *markdown(head, rows),
        "",
        *_wrapped(
            f"Not asked of the record, at their defaults within their prior ranges ({len(rest)}): "
            + ", ".join(f"`{name}`" for name in rest)
            + "."
        ),
    ]


def outlook_table(results: Results) -> Table:
    """Return the forecast of 5 May 2025 beside the reference forecasts."""
    central, drawn = results.central, results.drawn

    def cell(values: np.ndarray) -> str:
        mean, low, high = spread(values)
        return f"{plain(float(mean), 2)} {ranged(float(low), float(high))}"

    rows = []
    for number, days in enumerate((14, 30)):
        reference = ".30 (four earlier stand-offs after attacks)" if days == 14 else ""
        rows.append(
            (
                f"an overt strike beyond the disputed zone (rung 7 and up) within {days} days",
                plain(float(central.strike[0, number]), 2),
                cell(drawn.strike[:, number]),
                reference,
            )
        )
    for number, days in enumerate((14, 30)):
        rows.append(
            (
                f"acknowledged use of force (rung 6 and up) within {days} days",
                plain(float(central.force[0, number]), 2),
                cell(drawn.force[:, number]),
                "",
            )
        )
    rows.append(
        (
            "war (rung 9 and up) within 30 days",
            plain(float(central.peak[0, 9:].sum()), 2),
            cell(drawn.peak[:, 9:].sum(axis=1)),
            ".05 (war in none of 9 crises since 1987)",
        )
    )
    for number, days in enumerate((14, 30)):
        rows.append(
            (
                f"over within {days} days: settled, or the closing quiet begun",
                plain(float(central.over[0, number]), 2),
                cell(drawn.over[:, number]),
                f"{plain(over_by(days), 2)} (lengths of 9 crises since 1987, given {DAYS_GONE} days)",
            )
        )
    for number, days in enumerate((14, 30)):
        rows.append(
            (
                f"a ceasefire or an agreement within {days} days",
                plain(float(central.settled[0, number]), 2),
                cell(drawn.settled[:, number]),
                "",
            )
        )
    rows.append(("mediation by Russia accepted by both within 30 days", plain(float(central.mediated[0]), 2),
                 cell(drawn.mediated), ".24 (crises of nuclear rivals in ICB, any mediator)"))  # fmt: skip
    return markdown(("event", "at the fitted weights", "over weights: mean [95%]", "reference"), rows)


def outlook_peaks(results: Results) -> Table:
    """Return the forecast of the peak rung."""
    mean, low, high = spread(results.drawn.peak)
    return markdown(
        ("peak rung within 30 days", "at the fitted weights", "over weights: mean [95%]"),
        (
            (
                str(rung),
                plain(float(results.central.peak[0, rung])),
                f"{plain(float(mean[rung]))} {ranged(float(low[rung]), float(high[rung]))}",
            )
            for rung in range(11)
        ),
    )


def over_by(days: int) -> float:
    """Return the chance by past lengths that a crisis of DAYS_GONE days ends within so many more."""
    length = lognorm(LENGTH["sigma"], scale=math.exp(LENGTH["mu"]))
    return float(1 - length.sf(DAYS_GONE + days) / length.sf(DAYS_GONE))


def mediation(results: Results) -> Table:
    """Return the tables of mediation held against ICB."""
    rows = list(check_rows(results.rates, results.mediation))
    about = (
        f"{results.size.made_up:,} made-up crises, seed 1, weights {results.shipped.name!r}, 180 days after"
    )
    title = "Mediation held against International Crisis Behavior (ICB)"
    about += " the record; 95% Wilson intervals"
    return ["```text", title, about, *table_lines(rows), "", *pair_lines(results.mediation), "```"]


def summary(results: Results) -> Table:
    """Return the paragraph of the README."""
    everything = line_of(results.dyads.lines, ALL_EVENTS, MODEL)
    reactions = line_of(results.dyads.lines, REACTIONS, MODEL)
    acts = line_of(results.crises.lines, ALL_ACTS, MODEL)
    base = line_of(results.crises.lines, ALL_ACTS, "climatology")
    chain = line_of(results.crises.lines, LATER_ACTS, "markov_1")
    own = line_of(results.dyads.lines, REACTIONS, "own_chain")
    second = line_of(results.dyads.lines, ALL_EVENTS, "markov_2")
    lasting = line_of(results.dyads.lines, REACTIONS, "persistence")
    worst = crisis_gains(results)[0]
    calm, small = results.situations["calm"], results.situations["small"]
    words = (
        "**How well does it do?** The next act's level, forecast by weights fitted to other pairs of states:"
        f" log score {plain(everything.mean.estimate)} over {everything.forecasts:,} recorded acts"
        f" (second-order Markov chain {plain(second.mean.estimate)}), {plain(reactions.mean.estimate)} over"
        f" {reactions.forecasts:,} reactions (chain on the actor's own last level"
        f" {plain(own.mean.estimate)}, persistence {plain(lasting.mean.estimate)}); lower is better. In"
        f" {acts.clusters} coded crises, each left out in turn, {plain(acts.mean.estimate)} an act against"
        f" {plain(base.mean.estimate)} for the shares of levels alone, gain {gain(base.gain)}; over the"
        f" first-order chain, after the first act, {gain(chain.gain)}. In the worst crisis, `{worst[0]}`,"
        f" the rules come to {signed(worst[3] - worst[2])} an act against those shares. Played on freely,"
        f" the same weights give force within 30 days from calm in {plain(float(calm.force[0, 1]), 2)} of"
        f" runs, and within 60 days of a small attack in {plain(float(small.force[0, 2]), 2)}, where the"
        " record has .16. There is no validated probability of nuclear use here, no causal effect of"
        " mediation, and no proven skill for this pair of states ([all scores](docs/validation.md),"
        " [the forecast of 5 May 2025](docs/forecast_2025-05-05.md))."
    )
    return _wrapped(words)


def _wrapped(words: str) -> Table:
    return textwrap.wrap(words, 110, break_long_words=False, break_on_hyphens=False)


def time_taken(results: Results) -> Table:
    """Return how long fits took, and how large the samples were."""
    record = results.record
    rows = []
    for name, words in SCHEMES.items():
        scheme: Scheme = getattr(results, name)
        folds = len(scheme.held.folds)
        rows.append((words, str(folds), f"{scheme.seconds / folds:.0f} s"))
    whole = f"everything: {len(record.told[0]):,} acts of events and {len(record.told[1])} of cases"
    return markdown(("fit", "fits", "time a fit"), [(whole, "1", f"{results.fit_seconds:.0f} s"), *rows])
