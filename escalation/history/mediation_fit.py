"""Parameters of mediation fitted to the counts of ICB, on simulated crises with common random numbers.

Each count is a binomial whose probability is the share among the same simulated crises; parameters are
those at which shares and counts agree best, with the width of their plausible ranges as a weak prior. Fitted
in two steps, since what follows an agreement has no part in whether there is one: consent and talks, then
durability.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import simulate
from escalation.engine.pack import pack, reweighed
from escalation.files.brief import Brief
from escalation.files.write import aligned, write_file
from escalation.history.icb import STYLES, Rates
from escalation.history.mediation import Share, note, nothing
from escalation.history.population import HORIZON_DAYS, Crisis, Population
from escalation.scenario.dump import dump_weights
from escalation.scenario.parameters import parameters_of
from escalation.scenario.weights import Weights

OF_TALKS = (
    "consent",
    "talks_conciliate",
    "talks_agree",
    "agree_formulation",
    "agree_leverage",
    "talks_lapse",
)
OF_DURABILITY = ("ceasefire_breach", "guarantee_holds")
FITTED = (*OF_TALKS, *OF_DURABILITY)
"""The parameters that are fitted; all others of mediation are priors."""
LOGARITHMIC = ("talks_agree", "talks_lapse", "ceasefire_breach")
"""Hazards, which are fitted in logarithms."""
ROUNDS = 5
STEP = 0.1
"""Of a derivative, as a share of the plausible range."""
FARTHEST = 0.5
"""Most that a parameter moves in a round, as a share of its plausible range."""
EARLY, LATE = 30, 180
"""Days after the opening of talks that part the rates of agreement which tell how soon talks lapse."""

Floats = NDArray[np.float64]
Read = Callable[[Weights], Sequence[Share]]


@dataclass(frozen=True)
class Moment:
    """A count of ICB and the simulated share that stands for it."""

    name: str
    icb: Share
    before: Share
    after: Share


@dataclass(frozen=True, repr=False)
class MediationFit(Brief):
    """Fitted parameters of mediation, and the counts that they are fitted to."""

    names: tuple[str, ...]
    before: Floats
    values: Floats
    """In the order of the names."""
    errors: Floats
    """Standard errors by the curvature of likelihood and prior."""
    moments: tuple[Moment, ...]
    crises: int
    """Simulated crises with a mediator."""
    weights: Weights
    """All weights, with the fitted values."""

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines()

    def lines(self) -> list[str]:
        """Return parameters and counts as text of at most 80 columns."""
        table = [["parameter", "before", "fitted", "s.e.", "plausible"]]
        declared = {one.name: one for one in parameters_of(Weights)}
        for name, before, value, error in zip(self.names, self.before, self.values, self.errors, strict=True):
            low, high = declared[name].plausible
            table.append([name, f"{before:.3g}", f"{value:.3g}", f"{error:.2g}", f"{low:g} to {high:g}"])
        counts = [["fitted to", "ICB v15", "before", "fitted"]]
        for one in self.moments:
            shares = [f"{share.yes / max(1, share.n):.4f}" for share in (one.icb, one.before, one.after)]
            counts.append([one.name, *shares])
        return [
            f"Mediation fitted to ICB v15, on {self.crises:,} simulated crises with mediators",
            "",
            *aligned(table, 4),
            "",
            *aligned(counts, 3),
        ]

    def write(self, out: Path) -> list[Path]:
        """Write mediation_weights.yaml into a folder: all weights, with the fitted ones; return its path."""
        path = out / "mediation_weights.yaml"
        says = "Consent, agreement in talks, lapse and durability fitted to ICB v15; all others as given."
        text = dump_weights(
            self.weights, name="mediation_weights", title="Mediation fitted to ICB v15", provenance=says
        )
        write_file(path, text)
        return [path]


def fit_mediation(rates: Rates, weights: Weights, count: int = 1_800, seed: int = 1) -> MediationFit:
    """Fit consent, agreement by style, lapse and durability to the counts of ICB.

    Parameters
    ----------
    rates
        The counts.
    weights
        Of all that is not fitted, and where the fit begins.
    count, seed
        Number of synthetic crises, of which those with a mediator tell of talks, and their seed.
    """
    population = Population(rates, weights, seed)
    crises = list(population.crises(count))
    talks = _Talks(rates, seed, [crisis for crisis in crises if crisis.style is not None])
    first = maximise(OF_TALKS, talks.read, talks.counted, weights)
    durability = _Durability(rates, seed, crises, first.weights)
    second = maximise(OF_DURABILITY, durability.read, durability.counted, first.weights, durability.quieter)
    steps = ((talks, first), (durability, second))
    moments = [
        Moment(name, icb, before, after)
        for step, found in steps
        for name, icb, before, after in zip(step.names, step.counted, found.before, found.after, strict=True)
    ]
    return MediationFit(
        names=FITTED,
        before=np.array([getattr(weights, name) for name in FITTED]),
        values=np.array([getattr(second.weights, name) for name in FITTED]),
        errors=np.concatenate([first.errors, second.errors]),
        moments=tuple(moments),
        crises=len(talks.crises),
        weights=second.weights,
    )


class _Talks:
    """What tells of consent and talks: crises that a mediator enters, up to their end."""

    def __init__(self, rates: Rates, seed: int, crises: Sequence[Crisis]) -> None:
        self.crises = [_until(crisis, crisis.length) for crisis in crises]
        self._params = [pack(crisis.scenario) for crisis in self.crises]
        self._seed = seed
        self._style = np.array([STYLES.index(str(crisis.style)) for crisis in crises])
        profile = rates.agreements["from_entry"]
        ends = ((0, 2), (2, 4), (4, 6))  # of the spans: to day 30, to day 180, after
        self.names = (
            "offer leads to talks",
            *(f"formal, {style}" for style in STYLES),
            *(f"any kind, {style}" for style in STYLES),
            "a day, to day 30",
            "a day, to day 180",
            "a day, after day 180",
        )
        self.counted = [
            Share(sum(rates.mediated), sum(rates.mediated) + sum(rates.offered)),
            *(Share(rates.observed[style].formal, rates.observed[style].crises) for style in STYLES),
            *(Share(rates.observed[style].agreed, rates.observed[style].crises) for style in STYLES),
            *(Share(sum(profile.agreed[a:b]), sum(profile.days[a:b])) for a, b in ends),
        ]

    def read(self, weights: Weights) -> list[Share]:
        """Return the simulated shares."""
        count = len(self.crises)
        played, opened = nothing(count), np.full(count, -1, np.int64)
        offered = np.zeros(count, np.bool_)
        for row, (crisis, params) in enumerate(zip(self.crises, self._params, strict=True)):
            own = reweighed(params, weights)
            runs = simulate(own, self._seed, crisis.number, 1, paths=True)
            note(played, row, runs, own, crisis)
            offered[row] = 0 <= runs.offered[0, 0] <= played.over[row]
            opened[row] = runs.opened[0, 0] if runs.opened[0, 0] <= played.over[row] else -1
        mediated = opened >= 0
        offered |= mediated
        lasted = (played.over - opened)[mediated]
        agreed = played.agreed[mediated]
        spans = zip((0, EARLY, LATE), (EARLY, LATE, 10**6), strict=True)
        return [
            Share(int(mediated.sum()), int(offered.sum())),
            *(
                Share(
                    int((kind & mediated & (self._style == k)).sum()),
                    int((mediated & (self._style == k)).sum()),
                )
                for kind in (played.formal, played.agreed)
                for k in range(len(STYLES))
            ),
            *(
                Share(
                    int((agreed & (lasted > low) & (lasted <= high)).sum()),
                    int((np.clip(lasted, low, high) - low).sum()),
                )
                for low, high in spans
            ),
        ]


class _Durability:
    """What tells how long agreements last: crises that ended in one, and the five years after.

    How often force returns where nothing was agreed is the matter of the hostile clock. The counts are
    therefore read relative to it: as odds ratios to crises that ended without mediation or agreement.
    """

    names = ("lasting, unmediated", "lasting, mediated")

    def __init__(self, rates: Rates, seed: int, crises: Sequence[Crisis], weights: Weights) -> None:
        self._seed = seed
        ended, others = [], nothing(len(crises))
        unmediated_others = np.zeros(len(crises), np.bool_)
        for row, crisis in enumerate(crises):
            short = _until(crisis, crisis.length)
            params = reweighed(pack(short.scenario), weights)
            played = nothing(1)
            runs = simulate(params, seed, crisis.number, 1, paths=True)
            note(played, 0, runs, params, crisis)
            if played.agreed[0] and played.over[0] >= crisis.entry:
                mediated = crisis.style is not None and 0 <= runs.opened[0, 0] <= played.over[0]
                ended.append((crisis, mediated))
            elif crisis.style is None:
                params = reweighed(pack(crisis.scenario), weights)
                note(others, row, simulate(params, seed, crisis.number, 1, paths=True), params, crisis)
                unmediated_others[row] = True
        self.crises = [crisis for crisis, _ in ended]
        self._mediated = np.array([mediated for _, mediated in ended], np.bool_)
        self._params = [pack(crisis.scenario) for crisis in self.crises]
        unmediated, mediated_ones = (
            rates.mediations(None, fates) for fates in (("none", "offered"), (*STYLES, "style_unknown"))
        )
        self.counted = [
            Share(sum(found["agreed_quiet"]), sum(found["agreed_known"]))
            for found in (unmediated, mediated_ones)
        ]
        without = Share(
            sum(unmediated["quiet"]) - sum(unmediated["agreed_quiet"]),
            sum(unmediated["known"]) - sum(unmediated["agreed_known"]),
        )
        simulated = Share(int((~others.returned & unmediated_others).sum()), int(unmediated_others.sum()))
        self.quieter = float((_logits([simulated]) - _logits([without]))[0])
        """By how much the log-odds of no return are higher in the model where nothing was agreed."""

    def read(self, weights: Weights) -> list[Share]:
        """Return the simulated shares."""
        count = len(self.crises)
        played = nothing(count)
        for row, (crisis, params) in enumerate(zip(self.crises, self._params, strict=True)):
            own = reweighed(params, weights)
            note(played, row, simulate(own, self._seed, crisis.number, 1, paths=True), own, crisis)
        quiet = ~played.returned
        return [
            Share(int((quiet & among).sum()), int(among.sum())) for among in (~self._mediated, self._mediated)
        ]


def _until(crisis: Crisis, day: int) -> Crisis:
    """Return a crisis that is simulated up to a day only."""
    scenario = crisis.scenario.model_copy(update={"free_days": max(0, day - HORIZON_DAYS)})
    return replace(crisis, scenario=scenario)


@dataclass(frozen=True)
class Found:
    """What a step of the fit found."""

    weights: Weights
    errors: Floats
    before: list[Share]
    after: list[Share]


def maximise(
    names: Sequence[str], read: Read, counted: Sequence[Share], weights: Weights, shift: float = 0.0
) -> Found:
    """Find the parameters at which simulated shares and counts agree best, by Gauss-Newton steps.

    Minimises the sum of squares of (logit of the simulated share - logit of the counted one - shift) / its
    standard error, plus those of (value - middle) / half the plausible range; hazards in logarithms.
    Simulated shares are steps of the parameters, so that derivatives are differences over a tenth of the
    plausible range.
    """
    declared = {one.name: one for one in parameters_of(Weights)}
    lows, highs = (
        np.array([_scaled(name, declared[name].plausible[end]) for name in names]) for end in range(2)
    )
    start = np.array([_scaled(name, getattr(weights, name)) for name in names])
    wide, middle = highs - lows, (lows + highs) / 2
    goal, error = _logits(counted) + shift, _errors(counted)

    def at(theta: Floats) -> Weights:
        found = {
            name: math.exp(value) if name in LOGARITHMIC else float(value)
            for name, value in zip(names, theta, strict=True)
        }
        return weights.model_copy(update=found)

    def residuals(shares: Sequence[Share]) -> Floats:
        gap: Floats = (_logits(shares) - goal) / error
        return gap

    def loss(theta: Floats, shares: Sequence[Share]) -> float:
        off = (theta - middle) / (wide / 2)
        return float((residuals(shares) ** 2).sum() + (off**2).sum())

    theta, shares = start, read(at(start))
    before = list(shares)
    best = loss(theta, shares)
    hessian = np.eye(len(names))
    for _ in range(ROUNDS):
        columns = []
        for k in range(len(names)):
            moved = theta.copy()
            moved[k] += STEP * wide[k] * (1 if theta[k] < highs[k] - STEP * wide[k] else -1)
            columns.append((residuals(read(at(moved))) - residuals(shares)) / (moved[k] - theta[k]))
        slopes = np.array(columns).T
        hessian = slopes.T @ slopes + np.diag((wide / 2) ** -2.0)
        gradient = slopes.T @ residuals(shares) + (theta - middle) / (wide / 2) ** 2
        step = np.clip(-np.linalg.solve(hessian, gradient), -FARTHEST * wide, FARTHEST * wide)
        better = False
        for share in (1.0, 0.5, 0.25):
            trial = np.clip(theta + share * step, lows, highs)
            found = read(at(trial))
            if loss(trial, found) < best - 0.01:
                theta, shares, best, better = trial, found, loss(trial, found), True
                break
        if not better:
            break
    errors = np.sqrt(np.diag(np.linalg.inv(hessian)))
    of_hazard = np.array([name in LOGARITHMIC for name in names])
    return Found(at(theta), np.where(of_hazard, errors * np.exp(theta), errors), before, list(shares))


def _scaled(name: str, value: float) -> float:
    return math.log(value) if name in LOGARITHMIC else value


def _logits(shares: Sequence[Share]) -> Floats:
    yes = np.array([share.yes + 0.5 for share in shares])
    no = np.array([share.n - share.yes + 0.5 for share in shares])
    found: Floats = np.log(yes / no)
    return found


def _errors(shares: Sequence[Share]) -> Floats:
    yes = np.array([share.yes + 0.5 for share in shares])
    no = np.array([share.n - share.yes + 0.5 for share in shares])
    found: Floats = np.sqrt(1.0 / yes + 1.0 / no)
    return found
