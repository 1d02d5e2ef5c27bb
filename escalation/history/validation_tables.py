"""Tables of a validation: scores, plausibility, identified weights, and the forecast of 5 May 2025."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.stats import lognorm

from escalation.history.act_days import AGAIN_DAYS
from escalation.history.act_forecasts import MODEL
from escalation.history.agreement import pooled
from escalation.history.backtest import ScoreLine
from escalation.history.crossvalidation import compare
from escalation.history.facts import spanned
from escalation.history.likelihood import CASES, EXCHANGES, Floats
from escalation.history.projection import Projection, spread
from escalation.history.recorded_facts import USES, exact
from escalation.history.validation import (
    ALL_ACTS,
    CRISIS,
    DYADS,
    LATER_ACTS,
    SCHEMES,
    CrossValidation,
    FullValidation,
    Validation,
    line_of,
)
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights
from escalation.stats.intervals import wilson
from escalation.stats.scores import Interval

LENGTH = {"mu": 3.53, "sigma": 1.21}
"""Lognormal length in days of the nine India-Pakistan crises since 1987 in ICB, the trigger on day 1."""
DAYS_GONE = 14
WIDTH = 110


@dataclass(frozen=True)
class TextTable:
    """A table of formatted cells, to be printed or put on a page."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    """The part in bold, with a remark after a vertical bar."""
    note: str = ""

    def markdown(self) -> list[str]:
        """Return the table in Markdown, its title before it and its note after it."""
        bold, _, remark = self.title.partition("|")
        lines = [f"**{bold}** {remark}".rstrip(), ""] if self.title else []
        rows = [self.head, ("---",) * len(self.head), *self.rows]
        lines += ["| " + " | ".join(row) + " |" for row in rows]
        return [*lines, "", *wrapped(self.note)] if self.note else lines

    def text(self) -> list[str]:
        """Return the table as aligned text without marks, its title before it and its note after it."""
        marks = str.maketrans("", "", "*`")
        rows = [[cell.translate(marks) for cell in row] for row in (self.head, *self.rows)]
        widths = [max(len(row[at]) for row in rows) for at in range(len(self.head))]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        title = [self.title.replace("|", " ")] if self.title else []
        return [*title, *lines, *(["", *wrapped(self.note.translate(marks))] if self.note else [])]


def plain(value: float, digits: int = 3) -> str:
    """Return a number without the zero before its point."""
    text = f"{value:.{digits}f}"
    return (text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text).replace("-", "−")


def ranged(low: float, high: float, digits: int = 2) -> str:
    """Return limits in brackets."""
    return f"[{plain(low, digits)}, {plain(high, digits)}]"


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign."""
    return f"{'+' if value >= 0 else '−'}{plain(abs(value), digits)}"


def gain(interval: Interval | None) -> str:
    """Return a gain with its interval and its sign."""
    if interval is None:
        return ""
    text = signed(interval.estimate, 3)
    if math.isnan(interval.low):
        return f"{text} (one crisis)"
    return f"{text} [{plain(interval.low)}, {plain(interval.high)}]".replace("-", "−")


def wrapped(words: str) -> list[str]:
    """Return text in lines of at most 110 columns."""
    return textwrap.wrap(words, WIDTH, break_long_words=False, break_on_hyphens=False)


def score_tables(validation: Validation) -> list[TextTable]:
    """Return the scores of everyone under every scheme, one table per scheme and kind of act."""
    tables = []
    for name, scheme in validation.schemes.items():
        for quantity in dict.fromkeys(line.quantity for line in scheme.scores):
            first = line_of(scheme.scores, quantity, MODEL)
            tables.append(
                TextTable(
                    ("forecaster", "log score", "95%", "gain of the rules", "RPS", "gain of the rules"),
                    tuple(
                        _score_row(scheme.scores, line)
                        for line in scheme.scores
                        if line.quantity == quantity and line.score == "log"
                    ),
                    f"{quantity}; {SCHEMES[name]}|({_counted(scheme, first)})",
                )
            )
    return tables


def _counted(scheme: CrossValidation, line: ScoreLine) -> str:
    folds = len(scheme.held.folds)
    crises = "crises" if line.quantity.startswith("Coded") else "confrontations"
    return f"{line.forecasts:,} acts, {line.clusters:,} {crises}, {folds} fold{'s' if folds > 1 else ''}"


def _score_row(lines: Sequence[ScoreLine], line: ScoreLine) -> tuple[str, ...]:
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


@dataclass(frozen=True)
class CrisisScore:
    """Mean log scores on the acts of one left-out crisis."""

    name: str
    acts: int
    rules: float
    climatology: float
    chain: float
    """First-order Markov chain."""

    @property
    def gain(self) -> float:
        """Gain of the rules over the shares of levels."""
        return self.climatology - self.rules


def crisis_scores(validation: Validation) -> list[CrisisScore]:
    """Return the scores of each left-out crisis, the worst for the rules first."""
    record, held = validation.record, validation.schemes[CRISIS].held
    everything = np.ones(len(record.rows[CASES]), bool)
    one = compare(record, held, CASES, everything, ALL_ACTS)[0]
    cluster = np.array(one.cluster)
    found = []
    for name in dict.fromkeys(one.cluster):
        here = cluster == name
        means = {who: float(values[here].mean()) for who, values in one.by.items()}
        found.append(
            CrisisScore(name, int(here.sum()), means[MODEL], means["climatology"], means["markov_1"])
        )
    return sorted(found, key=lambda row: row.gain)


def wait_table(validation: Validation) -> TextTable:
    """Return how well the days between acts are forecast, and the next act within a week and longer."""
    rows = []
    for name, scheme in validation.schemes.items():
        found = scheme.waits
        if found is None:
            continue
        within = [
            f"{spanned(said)}; {spanned(seen)}"
            for said, seen in zip(found.forecast, found.recorded, strict=True)
        ]
        counted = f"{found.act_days:,} in {found.days:,} days, {found.pairs:,} pairs"
        scores = plain(found.rules.estimate), plain(found.constant.estimate)
        rows.append((SCHEMES[name], counted, *scores, gain(found.gain), *within))
    head = ("days between acts", "act-days", "rules", "constant hazard", "gain of the rules")
    ahead = tuple(f"next within {days} days: forecast; recorded" for days in AGAIN_DAYS)
    note = (
        "" if validation.refitted else "By the weights as given: in-sample where they were fitted to these."
    )
    return TextTable((*head, *ahead), tuple(rows), "Waits|(nats per act-day, lower is better)", note)


def crisis_table(validation: Validation) -> TextTable:
    """Return the scores of each left-out crisis, the worst for the rules first."""
    return TextTable(
        ("crisis", "acts", "rules", "intercepts", "gain over them", "`markov_1`"),
        tuple(
            (
                one.name, str(one.acts), plain(one.rules, 2), plain(one.climatology, 2), signed(one.gain),
                plain(one.chain, 2),
            )
            for one in crisis_scores(validation)
        ),
    )  # fmt: skip


def acts_alone_table(full: FullValidation) -> TextTable:
    """Return what counts of responses and of agreements change compared with acts and waits alone."""
    validation, alone = full.validation, full.acts_alone
    both = (
        (validation.schemes[CRISIS].scores, validation.situations),
        (alone.scores, alone.situations),
    )

    def score(lines: Sequence[ScoreLine], what: str) -> str:
        rules, intercepts = (line_of(lines, what, who) for who in (MODEL, "climatology"))
        return f"{plain(rules.mean.estimate)}, {gain(intercepts.gain)}"

    rows = (
        ("coded crises, each left out: log score per act, and gain over intercepts",
         *(score(lines, ALL_ACTS) for lines, _ in both)),
        ("the same after the first act", *(score(lines, LATER_ACTS) for lines, _ in both)),
        ("a small attack: rung 6 and up in 60 days", *(plain(at["small"].force[0, 2], 2) for _, at in both)),
        ("a mass-casualty attack: rung 6 and up in 60 days",
         *(plain(at["mass"].force[0, 2], 2) for _, at in both)),
        ("calm: rung 6 and up in 30 days", *(plain(at["calm"].force[0, 1], 2) for _, at in both)),
    )  # fmt: skip
    return TextTable(("what", "all evidence (shipped)", "acts and waits alone"), rows)


def agreement_table(full: FullValidation) -> TextTable:
    """Return how far two coders agree on the crises that both coded."""
    agreements = full.coded_twice.agreements
    whole = [pooled(agreements, "all")] if len(agreements) > 1 else []
    return TextTable(
        ("crisis", "steps", "of the other", "in both", "same rung", "within one", "kappa"),
        tuple(
            (
                one.name, str(one.steps[0]), str(one.steps[1]), str(one.matched), plain(one.same, 2),
                plain(one.near, 2), plain(one.kappa, 2),
            )
            for one in [*agreements, *whole]
        ),
    )  # fmt: skip


def codings_table(full: FullValidation) -> TextTable:
    """Return the scores of crises that two coders coded, in either coding."""
    rows = []
    for name, scores in (("the case", full.coded_twice.first), ("the other coding", full.coded_twice.second)):
        for quantity in dict.fromkeys(line.quantity for line in scores):
            rules, shares, chain = (
                line_of(scores, quantity, who) for who in (MODEL, "climatology", "markov_1")
            )
            acts, crises = str(rules.forecasts), str(rules.clusters)
            mean = plain(rules.mean.estimate)
            rows.append((quantity, name, crises, acts, mean, gain(shares.gain), gain(chain.gain)))
    head = ("what", "coding", "crises", "acts", "rules", "gain over intercepts", "gain over `markov_1`")
    return TextTable(head, tuple(rows))


def moved_weights_table(full: FullValidation) -> TextTable:
    """Return the five fitted weights that move most with the other codings, the furthest first."""
    names = full.fit.priors.names
    values = np.array([getattr(full.coded_twice.weights, name) for name in names])
    shift = values - full.fit.values
    by_error = np.abs(shift) / full.fit.se
    return TextTable(
        ("weight", "fitted", "s.e.", "moves by", "in s.e."),
        tuple(
            (
                f"`{names[k]}`", plain(full.fit.values[k], 2), plain(full.fit.se[k], 2), signed(shift[k]),
                plain(by_error[k], 2),
            )
            for k in np.argsort(-by_error)[:5]
        ),
    )  # fmt: skip


def course_table(validation: Validation) -> TextTable:
    """Return the scores of forecasts of whole courses."""
    return TextTable(
        ("quantity", "score", "forecaster", "mean", "gain of the rules"),
        tuple(
            (line.quantity, line.score, f"`{line.forecaster}`", plain(line.mean.estimate), gain(line.gain))
            for line in validation.course_scores
        ),
    )


def plausibility_table(validation: Validation) -> TextTable:
    """Return target frequencies next to what the weights give."""
    runs, at = validation.size.replications, validation.situations

    def share(value: float) -> str:
        found = wilson(round(float(value) * runs), runs)
        return f"{plain(float(value))} {ranged(float(found.low), float(found.high))}"

    central, default, year = validation.central, validation.default, at["year"]
    most = max((days_with_acts(case, 30) for case in validation.record.cases), default=0)
    rows = (
        ("rung 7 and up within 14 days of 5 May", ".30 (4 earlier stand-offs); design .12 [.03, .26]",
         share(central.strike[0, 0]), plain(default.strike[0, 0])),
        ("a small attack (severity .3): rung 6 and up in 60 days", ".15; 4 of 25 attacks, [.06, .35]",
         share(at["small"].force[0, 2]), ""),
        ("a mass-casualty attack: rung 6 and up in 60 days", "4 of 16 attacks, [.10, .49]",
         share(at["mass"].force[0, 2]), ""),
        ("struck by a rival: a violent response (rung 5 and up) in 60 days",
         ".55 [.48, .61]: 135 of 247 states with a violent trigger by a state after 1945 (ICB)",
         share(validation.answered), ""),
        ("calm: rung 6 and up in 30 days", "near 0", share(at["calm"].force[0, 1]), ""),
        ("calm: acts per state and day", "below .013, the least of a coded crisis",
         plain(float(at["calm"].acts[0])), ""),
        ("30 days from 5 May: days with an act of a state, 99% have no more",
         f"{most}, the most of a state in 30 days of a coded crisis",
         f"{central.busiest[0]:.0f}", f"{default.busiest[0]:.0f}"),
        ("a year that begins in calm: days with an act of a state, 99% have no more", "",
         f"{year.busiest[0]:.0f}", ""),
        ("a year that begins in calm: rung 6 and up, rung 9 and up", "",
         f"{share(year.peak[0, 6:].sum())}, {share(year.peak[0, 9:].sum())}", ""),
        ("a year that begins in calm: nuclear use", "0", share(year.peak[0, 10]), ""),
        ("nuclear use within 30 days of 5 May", "0", share(central.peak[0, 10]), plain(default.peak[0, 10])),
    )  # fmt: skip
    return TextTable(("target", "wanted", f"{validation.weights.name} weights", "default weights"), rows)


def days_with_acts(case: Scenario, window: int) -> int:
    """Return the most days, of so many in a row, on which one state of a coded crisis acts."""
    found = [0]
    for state in case.states:
        days = np.unique([(act.date - case.start).days for act in case.acts if act.actor == state])
        found += [int(np.count_nonzero((days >= first) & (days < first + window))) for first in days]
    return max(found)


PEAKS = {"2 and below": (0, 2, ".00"), "3": (3, 3, ".06"), "4": (4, 4, ".32"), "5 and 6": (5, 6, ".47"),
         "7": (7, 7, ".12"), "8": (8, 8, ".02"), "9": (9, 9, ".02"), "10": (10, 10, "0")}  # fmt: skip


def fact_table(validation: Validation) -> TextTable:
    """Return the stylised facts next to what the weights give."""
    rows = []
    for id, lines in validation.facts.by_fact.items():
        for number, line in enumerate(lines):
            fact = line.fact
            head = f"**{id}** {fact.statement} ({fact.source}, {fact.cases:,} {fact.of})"
            again = "" if line.recount is None else spanned(line.recount)
            model = "" if line.model is None else spanned(line.model)
            rows.append(
                (
                    "" if number else head, "" if number else USES[fact.use], line.value.label,
                    exact(line.value.data), line.value.rule, again, model, line.verdict,
                )
            )  # fmt: skip
    head_row = ("fact", "use", "value", "data", "tolerance", "data again", "model", "")
    table = validation.facts
    return TextTable(head_row, tuple(rows), note=f"{table.about}. {table.summary()}")


def peak_table(validation: Validation) -> TextTable:
    """Return the distribution of the peak rung next to that of the design."""

    def share(one: Projection, low: int, high: int) -> str:
        return plain(float(one.peak[0, low : high + 1].sum()))

    head = ("peak rung within 30 days", "design's prototype")
    return TextTable(
        (*head, f"{validation.weights.name} weights", "default weights"),
        tuple(
            (name, prototype, share(validation.central, low, high), share(validation.default, low, high))
            for name, (low, high, prototype) in PEAKS.items()
        ),
    )


def weight_table(validation: Validation) -> TextTable:
    """Return the fitted weights and how well the data identify them."""
    chosen = validation.weights
    fitted = chosen.fitted
    head = ("weight", "fitted", "s.e.", "95% by profile", "prior", "identified")
    if fitted is None:
        return TextTable(head, (), note="These weights were not fitted to data.")
    rows = []
    for name, se, prior in zip(fitted.weights, fitted.se, fitted.prior_sd, strict=True):
        default = Weights.model_fields[name].default
        limits = fitted.profile.get(name)
        rows.append(
            (
                f"`{name}`", plain(getattr(chosen.weights, name), 2), plain(se, 2),
                ranged(*limits) if limits else "", f"{plain(default, 2)} ± {plain(prior, 2)}",
                "weakly" if name in fitted.weakly_identified else "",
            )
        )  # fmt: skip
    rest = [name for name in Weights.model_fields if name not in fitted.weights]
    names = ", ".join(f"`{name}`" for name in rest)
    note = f"Not fitted, at their defaults within their prior ranges ({len(rest)}): {names}."
    return TextTable(head, tuple(rows), note=note)


Share = Callable[[Projection], Floats]


def _within(name: str, at: int, one: Projection) -> Floats:
    shares: Floats = getattr(one, name)[:, at]
    return shares


def _war(one: Projection) -> Floats:
    shares: Floats = one.peak[:, 9:].sum(axis=1)
    return shares


def _mediated(one: Projection) -> Floats:
    return one.mediated


def forecast_table(full: FullValidation) -> TextTable:
    """Return the forecast of 5 May 2025 next to the reference forecasts, and with less at stake."""
    central, at_stake = full.validation.central, full.validation.at_stake

    def row(event: str, share: Share, reference: str = "") -> tuple[str, ...]:
        mean, low, high = (float(value) for value in spread(share(full.drawn)))
        single = [plain(float(share(one)[0]), 2) for one in (central, *at_stake.values())]
        return event, single[0], f"{plain(mean, 2)} {ranged(low, high)}", *single[1:], reference

    rows = []
    for at, days in enumerate((14, 30)):
        event = f"an overt strike beyond the disputed zone (rung 7 and up) within {days} days"
        reference = ".30 (four earlier stand-offs after attacks)" if days == 14 else ""
        rows.append(row(event, partial(_within, "strike", at), reference))
    for at, days in enumerate((14, 30)):
        event = f"acknowledged use of force (rung 6 and up) within {days} days"
        rows.append(row(event, partial(_within, "force", at)))
    event, reference = "war (rung 9 and up) within 30 days", ".05 (war in none of 9 crises since 1987)"
    rows.append(row(event, _war, reference))
    for at, days in enumerate((14, 30)):
        event = f"over within {days} days: settled, or the closing quiet begun"
        reference = f"{plain(over_by(days), 2)} (lengths of 9 crises since 1987, given {DAYS_GONE} days)"
        rows.append(row(event, partial(_within, "over", at), reference))
    for at, days in enumerate((14, 30)):
        event = f"a ceasefire or an agreement within {days} days"
        rows.append(row(event, partial(_within, "settled", at)))
    event = "mediation by Russia accepted by both within 30 days"
    reference = ".24 (crises of nuclear rivals in ICB, any mediator)"
    rows.append(row(event, _mediated, reference))
    less = (f"stakes {plain(stakes, 1)}" for stakes in at_stake)
    head = ("event", "at the fitted weights", "over weights: mean [95%]", *less, "reference")
    return TextTable(head, tuple(rows))


def forecast_peak_table(full: FullValidation) -> TextTable:
    """Return the forecast of the peak rung."""
    mean, low, high = spread(full.drawn.peak)
    return TextTable(
        ("peak rung within 30 days", "at the fitted weights", "over weights: mean [95%]"),
        tuple(
            (
                str(rung),
                plain(float(full.validation.central.peak[0, rung])),
                f"{plain(float(mean[rung]))} {ranged(float(low[rung]), float(high[rung]))}",
            )
            for rung in range(11)
        ),
    )


def over_by(days: int) -> float:
    """Return the chance, from past lengths, that a crisis of DAYS_GONE days ends within so many more."""
    length = lognorm(LENGTH["sigma"], scale=math.exp(LENGTH["mu"]))
    return float(1 - length.sf(DAYS_GONE + days) / length.sf(DAYS_GONE))


def time_table(full: FullValidation) -> TextTable:
    """Return how long fits took, and how large the samples were."""
    record = full.validation.record
    everything = (
        f"all data: {len(record.rows[EXCHANGES]):,} acts of events and {len(record.rows[CASES])} of cases"
    )
    rows = [(everything, "1", f"{full.fit_seconds:.0f} s")]
    for name, scheme in full.validation.schemes.items():
        folds = len(scheme.held.folds)
        rows.append((SCHEMES[name], str(folds), f"{scheme.seconds / folds:.0f} s"))
    return TextTable(("fit", "fits", "time per fit"), tuple(rows))


def tables_of(validation: Validation) -> list[TextTable]:
    """Return the tables of a validation that apply to any set of weights."""
    tables = score_tables(validation)
    if DYADS in validation.schemes:
        tables.append(wait_table(validation))
    if CRISIS in validation.schemes:
        tables += [crisis_table(validation), course_table(validation)]
    return [*tables, plausibility_table(validation), peak_table(validation), weight_table(validation)]
