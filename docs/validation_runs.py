"""Everything that the page of validation reports, computed: folds, refits, plausibility, the forecast."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.history.attacks import MASS, SMALL, after_act, after_attack, calm, load_answers, restrained
from escalation.history.backtest import (
    CrisisForecast,
    Line,
    compare_crises,
    crisis_forecasts,
    score_lines,
    train_on,
)
from escalation.history.crossvalidation import (
    HeldOut,
    Record,
    by_crisis,
    by_dyad_of_cases,
    by_dyads,
    by_year,
    compare,
    held_out,
    shaken,
)
from escalation.history.fit import Fit, fit, most_likely
from escalation.history.icb import Rates, load_rates
from escalation.history.mediation import Held, hold
from escalation.history.mie import exchanges, load_mie, since, without
from escalation.history.population import Population
from escalation.history.projection import Outlook, likely_weights, outlook
from escalation.scenario.load import load_scenario, load_weights, shipped_cases
from escalation.scenario.scenario import Scenario
from escalation.scenario.weight_set import WeightSet
from escalation.scenario.weights import Weights

SINCE, KEPT_OUT, LAST_YEAR = 1946, (750, 770), 2000
SCENARIO = "pahalgam_2025"
SEED = 1
WATCHED = (14, 30, 60)

Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Size:
    """How much is computed."""

    dyad_folds: int = 20
    tested_folds: int = 20
    """Of the dyad folds, how many are fitted and tested."""
    crises: int = 17
    seeds: int = 5
    runs: int = 4_000
    sets: int = 200
    runs_a_set: int = 500
    made_up: int = 4_000
    rounds: int = 2


FULL = Size()
SAMPLE = Size(
    tested_folds=1, crises=2, seeds=1, runs=200, sets=4, runs_a_set=50, made_up=200, rounds=1
)  # fmt: skip


@dataclass(frozen=True)
class Scheme:
    """One way to leave something out, and what came of it."""

    name: str
    lines: list[Line]
    held: HeldOut
    seconds: float


@dataclass(frozen=True)
class Shaken:
    """Scores with the codes of one seed: of acts read anew by the weights fitted without their crisis."""

    seed: int
    moved: int
    """Acts whose rung is another."""
    lines: list[Line]
    weights: Weights
    """Fitted to the shaken codes, and the events as they are."""


@dataclass(frozen=True)
class ActsAlone:
    """The same by weights told by acts on record alone, without what followed attacks, and calm."""

    lines: list[Line]
    """Each crisis left out."""
    situations: dict[str, Outlook]


@dataclass(frozen=True)
class Results:
    """All that is reported."""

    size: Size
    shipped: WeightSet
    record: Record
    fit: Fit
    fit_seconds: float
    dyads: Scheme
    crises: Scheme
    dyads_of_cases: Scheme
    year: Scheme
    acts_alone: ActsAlone
    shaken: list[Shaken]
    courses: list[CrisisForecast]
    course_lines: list[Line]
    situations: dict[str, Outlook]
    answered: float
    """Share of runs in which a state that was struck answers with violence."""
    central: Outlook
    default: Outlook
    drawn: Outlook
    rates: Rates
    mediation: Held


def say(text: str) -> None:
    """Tell how far it is."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def record_of(mie: Path) -> Record:
    """Read what there is to fit to: events of other pairs since 1946, and the shipped cases."""
    events = exchanges(without(since(load_mie(mie), SINCE), KEPT_OUT))
    cases = tuple(train_on([load_scenario(name) for name in shipped_cases()]))
    return Record(events, cases, load_answers())


def compute(mie: Path, weights: str, size: Size) -> Results:
    """Run everything, in the order of the page."""
    record = record_of(mie)
    shipped = load_weights(weights)
    for kind in record.evidence:
        kind.read(shipped.weights)  # compile before the clock starts
    start = time.monotonic()
    say("fit to everything")
    found = fit(record.evidence)
    fit_seconds = time.monotonic() - start
    crises = scheme(record, "crisis", found, size)
    courses = _courses(record, crises.held, size)
    scenario = load_scenario(SCENARIO)
    say("forecast")
    generator = np.random.default_rng(SEED)
    sets = likely_weights(shipped, size.sets, generator)
    return Results(
        size=size,
        shipped=shipped,
        record=record,
        fit=found,
        fit_seconds=fit_seconds,
        dyads=scheme(record, "dyads", found, size),
        crises=crises,
        dyads_of_cases=scheme(record, "dyads_of_cases", found, size),
        year=scheme(record, "year", found, size),
        acts_alone=_acts_alone(record, scenario, size),
        shaken=[_shaken(record, crises.held, found, seed, size) for seed in range(size.seeds)],
        courses=courses,
        course_lines=score_lines(compare_crises(courses), np.random.default_rng(SEED)),
        situations=_situations(scenario, shipped.weights, size),
        central=outlook(scenario, [shipped.weights], size.runs, SEED),
        default=outlook(scenario, [Weights()], size.runs, SEED),
        drawn=outlook(scenario, sets, size.runs_a_set, SEED),
        answered=_answered(scenario, shipped.weights, size.runs),
        rates=load_rates(),
        mediation=hold(Population(load_rates(), shipped.weights, SEED), size.made_up),
    )


def _situations(scenario: Scenario, weights: Weights, size: Size) -> dict[str, Outlook]:
    """Play situations of which it is known about how often they lead to force."""
    say("plausibility")
    situations = {
        "small": after_attack(scenario, SMALL, 60),
        "mass": after_attack(scenario, MASS, 60),
        "restrained": restrained(scenario),
        "calm": calm(scenario, 60),
    }
    return {name: outlook(one, [weights], size.runs, SEED, WATCHED) for name, one in situations.items()}


def _acts_alone(record: Record, scenario: Scenario, size: Size) -> ActsAlone:
    """Fit, leave each crisis out, and play, without answers to attacks."""
    say("acts alone")
    alone = Record(record.exchanges, record.cases)
    found = fit(alone.evidence)
    lines = scheme(alone, "crisis", found, size).lines
    return ActsAlone(lines, _situations(scenario, found.weights, size))


def _answered(scenario: Scenario, weights: Weights, runs: int) -> float:
    """Play sixty days after one strike, and return how often the struck state does something violent."""
    struck = after_act(scenario, "strike", 60).model_copy(update={"weights": weights})
    played = simulate(pack(struck), SEED, 0, runs)
    state = list(struck.states).index(struck.acts[0].target)
    return float((played.peak[:, state] >= struck.outcome.violence_rung).mean())


def scheme(record: Record, name: str, found: Fit, size: Size) -> Scheme:
    """Leave out, fit, forecast and score in one way."""
    folds = {
        "dyads": lambda: by_dyads(record, size.dyad_folds)[: size.tested_folds],
        "crisis": lambda: by_crisis(record)[: size.crises],
        "dyads_of_cases": lambda: by_dyad_of_cases(record)[: size.crises],
        "year": lambda: by_year(record, LAST_YEAR),
    }[name]()
    begun = time.monotonic()
    held = held_out(
        record, folds, found.weights, found.evidence, size.rounds, lambda fold: say(f"{name}: {fold}")
    )
    seconds = time.monotonic() - begun
    return Scheme(name, lines_of(record, held), held, seconds)


def lines_of(record: Record, held: HeldOut) -> list[Line]:
    """Score held-out forecasts beside all baselines, kind by kind."""
    comparisons = []
    for kind, chosen, words in choices(record):
        if any((fold.tested[kind] & chosen).any() for fold in held.folds):
            comparisons += compare(record, held, kind, chosen, words)
    return score_lines(comparisons, np.random.default_rng(SEED))


ALL_EVENTS, REACTIONS = "Events: all acts", "Events: reactions"
ALL_ACTS, LATER_ACTS = "Coded crises: all acts", "Coded crises: after the first"


def choices(record: Record) -> list[tuple[int, Rows, str]]:
    """Return which rows are scored: the kind, the rows, and what they are called."""
    return [
        (0, np.ones(len(record.told[0]), bool), ALL_EVENTS),
        (0, record.exchanges.reaction, REACTIONS),
        (1, np.ones(len(record.told[1]), bool), ALL_ACTS),
        (1, record.later, LATER_ACTS),
    ]


def _shaken(record: Record, held: HeldOut, found: Fit, seed: int, size: Size) -> Shaken:
    """Shake the codes of the cases, read them by the weights of their fold, and fit once to them."""
    generator = np.random.default_rng(seed)
    cases = tuple(shaken(case, generator) for case in record.cases)
    moved = Record(record.exchanges, cases)
    table = np.full_like(held.tables[1], np.nan)
    for fold, weights in zip(held.folds, held.weights, strict=True):
        table[fold.tested[1]] = moved.evidence[1].read(weights)[fold.tested[1]]
    again = HeldOut(held.folds, (held.tables[0], table), held.weights)
    evidence = [*moved.evidence, *found.evidence[2:]]
    everything = [np.ones(len(kind.observed), bool) for kind in evidence]
    refit = most_likely(evidence, everything, found.weights, size.rounds)
    say(f"codes shaken: seed {seed}")
    changed = int((moved.told[1].level != record.told[1].level).sum())
    return Shaken(seed, changed, lines_of(moved, again), refit)


def _courses(record: Record, held: HeldOut, size: Size) -> list[CrisisForecast]:
    """Forecast the course of each case by the weights fitted without it."""
    say("courses of the cases")
    weights = {fold.name: found for fold, found in zip(held.folds, held.weights, strict=True)}
    cases = [
        case.model_copy(update={"weights": weights[case.name]})
        for case in record.cases
        if case.name in weights
    ]
    return crisis_forecasts(cases, record.cases, 90, max(100, size.runs // 4), SEED)


def line_of(lines: Sequence[Line], quantity: str, forecaster: str, score: str = "log") -> Line:
    """Return one line of scores."""
    return next(
        line
        for line in lines
        if (line.quantity, line.forecaster, line.score) == (quantity, forecaster, score)
    )
