"""Validation of weights: cross-validated scores, courses, situations of known frequency, and mediation.

`validate` scores any set of weights, with or without refitting it to each fold. `validate_in_full` computes
all that docs/validation.md reports of the shipped weights: refits, second codings, and the forecast of 5 May.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.files.brief import Brief
from escalation.files.places import Problem, ScenarioError, check_name, check_whole
from escalation.history.agreement import Agreement, agreements_on, second_codings
from escalation.history.attacks import (
    MASS,
    SMALL,
    after_act,
    after_attack,
    calm,
    load_answers,
    with_stakes,
)
from escalation.history.backtest import (
    CrisisForecast,
    ScoreLine,
    compare_crises,
    crisis_forecasts,
    score_frame,
    score_lines,
    weights_of,
    write_scores,
)
from escalation.history.calibration import FIRST_YEAR, check_factors, events_of
from escalation.history.cases import CALIBRATE, HISTORY, load_cases
from escalation.history.crossvalidation import (
    ROUNDS,
    HeldOut,
    Mask,
    Record,
    by_crisis,
    by_dyad_of_cases,
    by_dyads,
    by_year,
    compare,
    held_out,
    only,
    recoded,
    reread,
)
from escalation.history.facts import FactTable, stylised_facts
from escalation.history.fit import Fit, fit, most_likely
from escalation.history.icb import ACTORS_FILE, CRISES_FILE, Icb, load_icb, load_rates
from escalation.history.likelihood import CASES, EXCHANGES
from escalation.history.mediation_check import MediationCheck, compare_mediation
from escalation.history.mie import (
    PUBLISHED,
    Events,
    exchanges,
    followed,
    histories,
    load_mie,
    no_events,
)
from escalation.history.mie import without as without_pair
from escalation.history.objective import FITTED
from escalation.history.projection import Projection, likely_weights, project
from escalation.history.wait_forecasts import WaitScores, wait_scores
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from escalation.scenario.weight_set import WeightSet
from escalation.scenario.weights import Weights
from escalation.stats.scores import Interval

if TYPE_CHECKING:
    import pandas as pd

SCENARIO = "pahalgam_2025"
KEPT_OUT = (750, 770)
"""India and Pakistan, whose events the published validation neither fits nor scores."""
LAST_YEAR = 2000
SEED = 1
YEAR_ROUNDS = 4
"""Rounds of scoring where everything after a year is left out, which is much."""
LESS_AT_STAKE = (0.5, 0.0)
"""Stakes of the rivals at which the forecast of 5 May is made again: a judgement on which it depends most."""
WATCHED = (14, 30, 60)
WINDOW = 90

DYADS, CRISIS, RIVALS, YEAR = "dyads", "crisis", "rivals", "year"
SCHEMES = {
    DYADS: "pairs of states left out",
    CRISIS: "one crisis left out",
    RIVALS: "one pair of rivals left out",
    YEAR: f"fitted to {LAST_YEAR}, tested after",
}
"""Schemes of cross-validation, by name."""

ALL_EVENTS, REACTIONS = "Events: all acts", "Events: reactions"
CALIBRATION_OF_WAITS, GAIN_OF_WAITS = "F17", "F18"
"""Stylised facts on waits of pairs that are left out of the fit."""
ALL_ACTS, LATER_ACTS = "Coded crises: all acts", "Coded crises: after the first"

OnStage = Callable[[str], None]


def silent(_: str) -> None:
    """Report no progress."""


@dataclass(frozen=True)
class ValidationSize:
    """How much is computed."""

    dyad_folds: int = 20
    tested_folds: int = 20
    """Of the dyad folds, how many are fitted and tested."""
    crises: int = 10_000
    """How many of the coded crises are left out in turn, at most."""
    replications: int = 1_000
    """Simulated crises per situation, and a quarter of them per forecast of a course, 100 at least."""
    synthetic: int = 1_000
    """Synthetic crises of the mediation check."""
    rounds: int = ROUNDS
    """Rounds of scoring per refit."""
    sets: int = 200
    """Draws of the weights behind the forecast (full validation)."""
    replications_per_set: int = 500


FULL = ValidationSize(replications=4_000, synthetic=4_000)
SAMPLE = ValidationSize(
    tested_folds=1, crises=2, replications=200, sets=4, replications_per_set=50, synthetic=200,
    rounds=1,
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class CrossValidation(Brief):
    """One scheme of leaving data out, and the scores of everyone on what was left out."""

    name: str
    scores: list[ScoreLine]
    held: HeldOut
    seconds: float
    """Spent on fits and forecasts of all folds."""
    waits: WaitScores | None = None
    """Of the days between acts; None where none are left out."""


@dataclass(frozen=True, repr=False)
class Validation(Brief):
    """How a set of weights performs on recorded acts, crises, frequencies and mediation."""

    weights: WeightSet
    record: Record
    refitted: bool
    """Whether weights were fitted again for each fold; if not, they are scored as they are."""
    schemes: Mapping[str, CrossValidation]
    """By name of the scheme; see SCHEMES."""
    courses: list[CrisisForecast]
    course_scores: list[ScoreLine]
    situations: Mapping[str, Projection]
    """After a small attack, after a mass-casualty attack, in calm, and in a year that begins in calm."""
    answered: float
    """Share of runs in which a state that was struck responds with violence."""
    central: Projection
    """The shipped scenario from 5 May 2025 on, at these weights."""
    at_stake: Mapping[float, Projection]
    """The same at the weights, with less at stake between the rivals than in the scenario."""
    default: Projection
    """The same at the default weights."""
    mediation: MediationCheck
    facts: FactTable
    """The stylised facts at these weights."""
    size: ValidationSize
    skipped: tuple[str, ...]
    """What was not scored for lack of data, and what would be needed."""

    @property
    def basis(self) -> str:
        """What the scores rest on: refits, or the weights as given."""
        if self.refitted:
            return "Every act is forecast by weights fitted without its pair of states or its crisis."
        return (
            "Every act is forecast by the weights as given: acts that they were fitted to are scored "
            "in-sample. The baselines never see the acts that they forecast."
        )

    def frame(self) -> pd.DataFrame:
        """Return all scores: one row per scheme (or `courses`), quantity, score and forecaster."""
        import pandas as pd

        parts = {name: one.scores for name, one in self.schemes.items()} | {"courses": self.course_scores}
        frames = [score_frame(lines).assign(scheme=name) for name, lines in parts.items()]
        found = pd.concat(frames, ignore_index=True)
        return found[["scheme", *(name for name in found if name != "scheme")]]

    def write(self, out: Path) -> list[Path]:
        """Write scores, a table per scheme, the mediation check and the stylised facts; return the paths."""
        parts = {name: one.scores for name, one in self.schemes.items()} | {"courses": self.course_scores}
        paths = []
        for name, lines in parts.items():
            if lines:
                paths.append(out / f"scores_{name}.csv")
                write_scores(paths[-1], lines)
        return [*paths, *self.mediation.write(out), *self.facts.write(out)]


@dataclass(frozen=True)
class CodedTwice:
    """Crises that were coded twice: scores of either coding, and weights fitted to the other codings."""

    agreements: list[Agreement]
    """Of each case that has another coding."""
    first: list[ScoreLine]
    """Of the acts in the cases."""
    second: list[ScoreLine]
    """Of the acts in the other codings, by the same weights."""
    weights: Weights
    """Fitted to the other codings in place of the cases, and to all else as it is."""


@dataclass(frozen=True)
class ActsAlone:
    """Results with weights fitted to acts and waits alone, without counts of responses and of agreements."""

    scores: list[ScoreLine]
    """Each crisis left out."""
    situations: Mapping[str, Projection]


@dataclass(frozen=True)
class FullValidation:
    """All that docs/validation.md reports."""

    validation: Validation
    fit: Fit
    fit_seconds: float
    acts_alone: ActsAlone
    coded_twice: CodedTwice
    drawn: Projection
    """The forecast of 5 May 2025 over draws of the weights."""


def validate(
    weights: str | Path | WeightSet = "calibrated",
    *,
    cases: Sequence[str | Path | Scenario] = (HISTORY,),
    mie: str | Path | None = None,
    icb: str | Path | None = None,
    without: tuple[int, int] | None = None,
    refit: bool = False,
    evidence: Mapping[str, float] | None = None,
    size: ValidationSize | None = None,
    seed: int = SEED,
    progress: OnStage = silent,
) -> Validation:
    """Score a set of weights on all available data.

    Without `refit` every act is forecast by the weights as they are: acts that they were fitted to are then
    scored in-sample. The baselines never see the acts that they forecast.

    Parameters
    ----------
    weights
        A weights file, the name of a shipped one, or a loaded set.
    cases
        Case files, names of shipped cases, or "history" for all shipped cases coded for calibration.
    mie
        A CSV file in the format of Militarized Interstate Events; without it no events are scored.
    icb
        Folder with icb1v15.csv and icb2v15.csv; without it the shipped counts are used.
    without
        Two states, by their Correlates of War numbers, whose events are neither fitted nor scored.
    refit
        Whether to fit the weights in `FITTED` again without each fold. The others keep their values.
    evidence
        Factors on the weights of pieces of evidence in refits, as in `calibrate`.
    size
        How much is computed; by default little enough for a minute or two without refits.
    seed
        Of simulations and bootstrap samples.
    progress
        Called with a phrase before each stage.

    Raises
    ------
    ScenarioError
        If a file is missing or not valid, there are neither cases nor events, or there is one case only:
        the baselines that forecast a case are fitted to the others.
    """
    check_whole("seed", seed, 0)
    check_factors(evidence or {})
    chosen, size = weights_of(weights), size or ValidationSize()
    record = read_record(cases, mie, without, evidence)
    if len(record.cases) == 1:
        says = "one case is too few: the baselines that forecast it are fitted to the others"
        raise ScenarioError([Problem("cases", None, None, "", says, "two or more cases, or none")])
    counted = None if icb is None else load_icb(icb)
    skipped = []
    if mie is None:
        skipped.append(f"events, for want of a file (mie, --mie): {PUBLISHED}")
    if not record.cases:
        skipped.append("acts and courses of cases, as none was given")
    if icb is None:
        files = f"{CRISES_FILE} and {ACTORS_FILE}"
        skipped.append(f"{files} themselves (icb, --icb); mediation is compared with the shipped counts")
    wanted = ([DYADS] if mie is not None else []) + ([CRISIS] if record.cases else [])
    start = chosen.weights
    if refit:
        progress("Fitting the weights to all data")
        defaults = {name: Weights.model_fields[name].default for name in FITTED}
        found = fit(record.evidence, start=chosen.weights.model_copy(update=defaults))
        start = found.weights
        wanted += [*([RIVALS] if record.cases else []), YEAR]
    else:
        size = replace(size, rounds=0)
    heard = progress if refit else silent
    progress("Scoring the next acts")
    schemes = {name: cross_validate(record, name, start, size, seed, heard) for name in wanted}
    acts = _acts(mie, without)
    return _validated(chosen, record, refit, schemes, size, seed, counted, acts, tuple(skipped), progress)


def validate_in_full(
    weights: str | Path | WeightSet, mie: str | Path, size: ValidationSize = FULL, progress: OnStage = silent
) -> FullValidation:
    """Compute all that docs/validation.md reports, in some fifteen minutes on two cores.

    Parameters
    ----------
    weights
        A weights file, the name of a shipped one, or a loaded set. Refits start from the defaults.
    mie
        A CSV file in the format of Militarized Interstate Events.
    size
        How much is computed.
    progress
        Called with a phrase before each stage.

    Raises
    ------
    ScenarioError
        If a file is missing or not valid.
    """
    chosen = weights_of(weights)
    record = read_record((HISTORY,), mie, KEPT_OUT)
    for kind in record.evidence:
        kind.read(chosen.weights)  # compile before the clock starts
    begun = time.monotonic()
    progress("fit to all data")
    found = fit(record.evidence)
    fit_seconds = time.monotonic() - begun
    schemes = {name: cross_validate(record, name, found.weights, size, SEED, progress) for name in SCHEMES}
    progress("acts alone")
    alone = _acts_alone(record, size)
    progress("second codings")
    twice = _coded_twice(record, schemes[CRISIS].held, found, size)
    progress("forecast")
    acts = _acts(mie, KEPT_OUT)
    sets = likely_weights(chosen, size.sets, np.random.default_rng(SEED))
    return FullValidation(
        validation=_validated(chosen, record, True, schemes, size, SEED, None, acts, (), progress),
        fit=found,
        fit_seconds=fit_seconds,
        acts_alone=alone,
        coded_twice=twice,
        drawn=project(load_scenario(SCENARIO), sets, size.replications_per_set, SEED),
    )


def read_record(
    cases: Sequence[str | Path | Scenario] = (HISTORY,),
    mie: str | Path | None = None,
    without: tuple[int, int] | None = None,
    evidence: Mapping[str, float] | None = None,
) -> Record:
    """Read what weights are fitted to and scored on: cases, events, and counts of crises.

    Parameters
    ----------
    cases, mie, without, evidence
        As in `validate`.

    Raises
    ------
    ScenarioError
        If a file is missing or not valid, or there are neither cases nor events.
    """
    known = tuple(load_cases(cases, CALIBRATE))
    if not known and mie is None:
        says = "nothing to score: neither cases nor a file of events"
        raise ScenarioError([Problem("cases", None, None, "", says)])
    events = no_events() if mie is None else events_of(mie, FIRST_YEAR, without)
    return Record(
        exchanges=exchanges(events),
        cases=known,
        histories=histories(followed(events), FIRST_YEAR),
        counted=(load_rates(), load_answers()),
        factors=dict(evidence or {}),
    )


def cross_validate(
    record: Record,
    scheme: str,
    start: Weights,
    size: ValidationSize = FULL,
    seed: int = SEED,
    progress: OnStage = silent,
) -> CrossValidation:
    """Leave data out by one scheme, fit without it, forecast it, and score against every baseline.

    Parameters
    ----------
    record
        From `read_record`.
    scheme
        A name in SCHEMES.
    start
        The weights fitted to all data, from which each fold begins.
    size
        How many folds, and how many rounds of scoring each; with no rounds `start` is scored as it is.
    seed
        Of the bootstrap samples.
    progress
        Called with the name of each fold that is done.

    Raises
    ------
    ArgumentError
        If there is no such scheme.
    """
    check_name("scheme", scheme, SCHEMES)
    folds = {
        DYADS: lambda: by_dyads(record, size.dyad_folds)[: size.tested_folds],
        CRISIS: lambda: by_crisis(record)[: size.crises],
        RIVALS: lambda: by_dyad_of_cases(record)[: size.crises],
        YEAR: lambda: by_year(record, LAST_YEAR),
    }[scheme]()
    begun = time.monotonic()
    rounds = min(size.rounds, 1) * YEAR_ROUNDS if scheme == YEAR else size.rounds
    held = held_out(record, folds, start, rounds, lambda fold: progress(f"{SCHEMES[scheme]}: {fold}"))
    seconds = time.monotonic() - begun
    waits = wait_scores(record, held, np.random.default_rng(seed))
    return CrossValidation(scheme, scores_of(record, held, seed), held, seconds, waits)


def scores_of(record: Record, held: HeldOut, seed: int = SEED) -> list[ScoreLine]:
    """Score held-out forecasts and all baselines, by kind of act."""
    comparisons = []
    for kind, chosen, words in scored_rows(record):
        if any((fold.tested[kind] & chosen).any() for fold in held.folds if kind in fold.tested):
            comparisons += compare(record, held, kind, chosen, words)
    return score_lines(comparisons, np.random.default_rng(seed))


def scored_rows(record: Record) -> list[tuple[str, Mask, str]]:
    """Return the sets of rows that are scored: the kind of evidence, the rows, and the heading."""
    return [
        (EXCHANGES, np.ones(len(record.rows[EXCHANGES]), bool), ALL_EVENTS),
        (EXCHANGES, record.exchanges.reaction, REACTIONS),
        (CASES, np.ones(len(record.rows[CASES]), bool), ALL_ACTS),
        (CASES, record.later, LATER_ACTS),
    ]


def line_of(lines: Sequence[ScoreLine], quantity: str, forecaster: str, score: str = "log") -> ScoreLine:
    """Return one line of scores."""
    return next(
        line
        for line in lines
        if (line.quantity, line.forecaster, line.score) == (quantity, forecaster, score)
    )


def _validated(
    chosen: WeightSet,
    record: Record,
    refitted: bool,
    schemes: Mapping[str, CrossValidation],
    size: ValidationSize,
    seed: int,
    icb: Icb | None,
    acts: Events | None,
    skipped: tuple[str, ...],
    progress: OnStage,
) -> Validation:
    scenario = load_scenario(SCENARIO)
    courses: list[CrisisForecast] = []
    if CRISIS in schemes:
        progress("Forecasting the courses of the cases")
        courses = _courses(record, schemes[CRISIS].held, size, seed)
    progress("Simulating situations of known frequency")
    situations = _situations(scenario, chosen.weights, size, seed)
    answered = _answered(scenario, chosen.weights, size.replications, seed)
    progress("Simulating the stylised facts")
    given = facts_of_waits(schemes) if refitted else {}
    facts = stylised_facts(chosen, mie=acts, given=given, replications=size.replications, seed=seed)
    progress("Simulating synthetic crises with and without mediators")
    return Validation(
        weights=chosen,
        record=record,
        refitted=refitted,
        schemes=schemes,
        courses=courses,
        course_scores=score_lines(compare_crises(courses), np.random.default_rng(seed)),
        situations=situations,
        answered=answered,
        central=project(scenario, [chosen.weights], size.replications, seed),
        at_stake={
            stakes: project(with_stakes(scenario, stakes), [chosen.weights], size.replications, seed)
            for stakes in LESS_AT_STAKE
        },
        default=project(scenario, [Weights()], size.replications, seed),
        mediation=compare_mediation(chosen, data=icb, replications=size.synthetic, seed=seed),
        facts=facts,
        size=size,
        skipped=skipped,
    )


def facts_of_waits(schemes: Mapping[str, CrossValidation]) -> dict[str, Sequence[Interval]]:
    """Return the stylised facts that only weights fitted without a pair can have, by their ids."""
    waits = schemes[DYADS].waits if DYADS in schemes else None
    return {} if waits is None else {CALIBRATION_OF_WAITS: waits.forecast, GAIN_OF_WAITS: (waits.gain,)}


def _acts(mie: str | Path | None, left_out: tuple[int, int] | None) -> Events | None:
    """Read the acts of a file of events, except those between two states, to count facts again."""
    if mie is None:
        return None
    events = load_mie(mie)
    return events if left_out is None else without_pair(events, left_out)


def _situations(
    scenario: Scenario, weights: Weights, size: ValidationSize, seed: int
) -> dict[str, Projection]:
    """Simulate situations whose recorded frequency of force is roughly known."""
    situations = {
        "small": after_attack(scenario, SMALL, 60),
        "mass": after_attack(scenario, MASS, 60),
        "calm": calm(scenario, 60),
        "year": calm(scenario, 365),
    }
    return {
        name: project(one, [weights], size.replications, seed, WATCHED) for name, one in situations.items()
    }


def _answered(scenario: Scenario, weights: Weights, replications: int, seed: int) -> float:
    """Simulate sixty days after one strike; return how often the struck state responds with violence."""
    struck = after_act(scenario, "strike", 60).model_copy(update={"weights": weights})
    played = simulate(pack(struck), seed, 0, replications)
    state = list(struck.states).index(struck.acts[0].target)
    return float((played.peak[:, state] >= struck.outcome.violence_rung).mean())


def _courses(record: Record, held: HeldOut, size: ValidationSize, seed: int) -> list[CrisisForecast]:
    """Forecast the course of each case by the weights of the fold that left it out."""
    weights = {fold.name: found for fold, found in zip(held.folds, held.weights, strict=True)}
    cases = [
        case.model_copy(update={"weights": weights[case.name]})
        for case in record.cases
        if case.name in weights
    ]
    return crisis_forecasts(cases, record.cases, WINDOW, max(100, size.replications // 4), seed)


def _acts_alone(record: Record, size: ValidationSize) -> ActsAlone:
    """Fit, leave out each crisis, and simulate, without what is counted."""
    alone = replace(record, counted=None)
    found = fit(alone.evidence)
    scores = cross_validate(alone, CRISIS, found.weights, size).scores
    return ActsAlone(scores, _situations(load_scenario(SCENARIO), found.weights, size, SEED))


def _coded_twice(record: Record, held: HeldOut, found: Fit, size: ValidationSize) -> CodedTwice:
    """Read the other codings of crises by the weights fitted without them, and fit once to the codings."""
    others = second_codings()
    again = recoded(record, others)
    everything = [np.ones(len(kind.observed), bool) for kind in again.evidence]
    return CodedTwice(
        agreements=agreements_on(record.cases, others),
        first=scores_of(record, only(held, others)),
        second=scores_of(again, reread(again, held)),
        weights=most_likely(again.evidence, everything, found.weights, YEAR_ROUNDS),
    )
