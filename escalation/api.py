"""The package from Python, as in a notebook: simulate, experiment, calibrate, validate.

>>> import escalation
>>> results = escalation.Experiment("mediation").run(replications=100)
>>> runs = results.frame()
>>> report = results.report()
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escalation.analysis.advice import Advice
from escalation.analysis.comparison import CRISES, ScenarioComparison, compare_arms, recorded_courses
from escalation.analysis.discovery import discover
from escalation.analysis.discovery_words import Discovery
from escalation.analysis.explained import measures_named
from escalation.analysis.sensitivity import Sensitivity, sensitivity_of
from escalation.analysis.splitting import RareEnd, rare
from escalation.analysis.sweep_comparison import SweepComparison
from escalation.analysis.sweep_pairs import compare_sweeps
from escalation.analysis_reports import WRITERS
from escalation.document.cited import Citations, cite
from escalation.document.writing import report_html
from escalation.experiment.mediation_choices import POINTS, mediation_experiment
from escalation.experiment.results import ResultsFolder
from escalation.experiment.run import (
    Estimate,
)
from escalation.experiment.scheme import REPLICATIONS, Method, load_for_sensitivity
from escalation.experiment.store import MANIFEST
from escalation.experiment.variant import Variant, arms_of
from escalation.files.places import ArgumentError, EscalationError, SweepError, check_list, check_whole
from escalation.history.act_forecasts import Examination
from escalation.history.backtest import Backtest, backtest
from escalation.history.calibration import Calibration, calibrate
from escalation.history.forecast_record import (
    EventQuestion,
    RecordedForecast,
    load_events,
    load_forecast,
    make_forecast,
)
from escalation.history.mediation_check import MediationCheck, compare_mediation
from escalation.history.track_record import TrackRecord, load_truth
from escalation.history.track_record import score as score_forecasts
from escalation.history.validation import (
    CrossValidation,
    Validation,
    ValidationSize,
    cross_validate,
    read_record,
    validate,
)
from escalation.report import WrittenReport
from escalation.scenario.load import ScenarioError, kind_of_source, load_scenario
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import BRANCHES, DEFAULT_SEED
from escalation.workbench import Experiment, Results, check_workers

if TYPE_CHECKING:
    import datetime as dt

    from escalation.crisis.explanation import CourseExplained, DayExplained
    from escalation.crisis.play import Run
    from escalation.crisis.tables import RecordedRun

__all__ = [
    "Advice",
    "ArgumentError",
    "Backtest",
    "Calibration",
    "Citations",
    "CrossValidation",
    "Discovery",
    "EscalationError",
    "Estimate",
    "EventQuestion",
    "Examination",
    "Experiment",
    "MediationCheck",
    "RareEnd",
    "RecordedForecast",
    "Results",
    "ScenarioComparison",
    "ScenarioError",
    "Sensitivity",
    "SweepComparison",
    "SweepError",
    "TrackRecord",
    "Validation",
    "ValidationSize",
    "Variant",
    "WrittenReport",
    "advise",
    "backtest",
    "calibrate",
    "cite",
    "compare",
    "compare_mediation",
    "cross_validate",
    "discover",
    "explain",
    "load_events",
    "load_forecast",
    "load_scenario",
    "load_truth",
    "make_forecast",
    "rare",
    "read_record",
    "report_html",
    "run",
    "score_forecasts",
    "sensitivity",
    "validate",
    "write_report",
]


def run(scenario: Scenario | str | Path, seed: int = DEFAULT_SEED, replication: int = 0) -> Run:
    """Simulate one crisis, recording every decision.

    Parameters
    ----------
    scenario
        As `load_scenario` returns it, or a path or the name of a shipped one.
    seed
        Integer in [0, 2**64).
    replication
        Integer in [0, 2**32). The same scenario, seed and replication give the same crisis, whether
        simulated alone or in an experiment.

    Returns
    -------
    Run
        The crisis, day by day.

    Raises
    ------
    ScenarioError
        With all errors of the scenario file.
    ArgumentError
        If seed or replication is out of range.
    """
    from escalation.crisis.play import play

    return play(scenario if isinstance(scenario, Scenario) else load_scenario(scenario), seed, replication)


def sensitivity(
    source: str | Path | Mapping[str, Any],
    measures: Sequence[str] = (),
    method: Method | None = None,
    points: int | None = None,
    trajectories: int | None = None,
    replications: int = REPLICATIONS,
    out: str | Path | None = None,
    overrides: Sequence[str] = (),
    workers: int | None = None,
    progress: bool = False,
) -> Sensitivity:
    """Analyse which parameters of an experiment matter for which outcome, and how much is luck.

    Parameters
    ----------
    source
        An experiment, as `Experiment` takes it; or the folder of results of an earlier analysis, for which
        only `measures` counts.
    measures
        Names of shares and of number measures; of a state's as `cost_india`. By default the shares that the
        experiment reports.
    method
        'sobol', 'morris', or 'both', which is the default.
    points
        Rows of the matrices of Sobol indices, a power of two of at least 16; by default 256. With d
        parameters a row makes d + 2 points.
    trajectories
        Trajectories of Morris screening, each of d + 1 points; by default 40.
    replications
        Crises per point, 2 at least.
    out
        Folder to keep the crises in, as `escalation sensitivity --out` does; by default they are not kept.
    overrides
        Values that replace those of the experiment, each as `KEY.PATH=VALUE`.
    workers
        Threads; by default one per core.
    progress
        Whether to show progress on standard error.

    Returns
    -------
    Sensitivity
        Indices, screening and swings with intervals; `tables()`, and `lines()` in words. `write_report` adds
        figures.

    Raises
    ------
    ScenarioError
        With all errors of the experiment and its scenario.
    SweepError
        If the folder holds something else or cannot be written, or a cell cannot be simulated.
    ArgumentError
        If a measure does not exist.
    """
    if isinstance(source, str | Path) and (Path(source) / MANIFEST).exists():
        return sensitivity_of(Results(source), measures)
    check_whole("replications", replications, 2, 2**31 + 1)
    check_list("measures", measures)
    check_list("overrides", overrides)
    loaded = load_for_sensitivity(source, overrides, method, points, trajectories)
    experiment = Experiment.of(loaded)
    measures_named(measures, experiment.prepared().work.layout, loaded.thresholds)
    return sensitivity_of(experiment.run(out, workers, replications, progress), measures)


def advise(
    source: str | Path | Mapping[str, Any],
    share: str = "force",
    points: int = POINTS,
    replications: int | None = None,
    weights: str = "calibrated",
    seed: int = DEFAULT_SEED,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: bool = False,
) -> Advice:
    """Ask which mediation does best under what nobody knows, and whether that is robust.

    Parameters
    ----------
    source
        A scenario, by name or path, whose mediators' choices are compared; an experiment with policies, as
        `Experiment` takes it; or the folder of its results, for which only `share` counts.
    share
        The share of crises to judge by.
    points, weights, seed
        Of a scenario: points of what nobody chooses, the fitted weights that are drawn from, the seed.
    replications
        Crises of each policy at each point; by default 200, or the experiment's own number.
    out
        Folder to keep the crises in; by default they are not kept.
    workers
        Threads; by default one per core.
    progress
        Whether to show progress on standard error.

    Returns
    -------
    Advice
        The scores of all policies and the choice of each rule.

    Raises
    ------
    ScenarioError
        With all errors of the scenario or experiment.
    ArgumentError
        If there is nothing to choose between, or the share does not exist.
    SweepError
        If the folder holds something else or cannot be written.
    """
    if isinstance(source, str | Path):
        if (Path(source) / MANIFEST).exists():
            return Results(source).advise(share)
        if kind_of_source(source) == "scenario":
            made = mediation_experiment(
                load_scenario(source), str(source), weights=weights, points=points, seed=seed
            )
            return Experiment(made).run(out, workers, replications, progress).advise(share)
    return Experiment(source).run(out, workers, replications, progress).advise(share)


def compare(
    *compared: Scenario | str | Path | Variant | ResultsFolder,
    seed: int | None = None,
    replications: int = CRISES,
    replication: int | None = None,
    workers: int | None = None,
) -> ScenarioComparison | SweepComparison:
    """Compare scenarios, changes of a scenario or single runs with the first; or two results of a sweep.

    >>> early = escalation.Variant(["acts.russia_offer.date=2025-04-28"], drop=["abdali_test"])
    >>> found = escalation.compare("pahalgam_2025", early)
    >>> report = escalation.write_report(found, "results/early_offer")

    Parameters
    ----------
    compared
        Scenarios, as `load_scenario` returns them or as paths and shipped names; folders of runs;
        variants of the first. Or two results of sweeps, as objects or as their folders.
    seed
        Of all crises, which have common random numbers; by default that of the first run, else 1. Results
        of sweeps have their own.
    replications
        Crises of each; 0 compares inputs and single courses only.
    replication
        A crisis whose courses are compared event by event; folders of runs are compared in this way anyway.
    workers
        Threads; by default one per core.

    Returns
    -------
    ScenarioComparison or SweepComparison
        Differences of inputs, paired differences, flows between outcomes, and the crises that changed most;
        `lines` is the account. `write_report` writes tables and figures.

    Raises
    ------
    ScenarioError
        With all errors of a scenario file or of a change.
    ArgumentError
        If there is nothing to compare, or what is given cannot be compared.
    SweepError
        If results are damaged.
    """
    check_workers(workers)
    sweeps = [
        one if isinstance(one, ResultsFolder) else ResultsFolder(one)
        for one in compared
        if isinstance(one, ResultsFolder)
        or (isinstance(one, str | Path) and kind_of_source(one) == "results")
    ]
    if sweeps:
        if len(compared) != 2 or len(sweeps) != 2:
            raise ArgumentError(
                f"compare: {len(compared)} given; results of sweeps are compared two at a time"
            )
        return compare_sweeps(*sweeps)
    check_whole("replications", replications, 0, 2**31)
    arms = arms_of([one for one in compared if not isinstance(one, ResultsFolder)])
    if seed is None:
        seed = DEFAULT_SEED if arms[0].seed is None else arms[0].seed
    courses = recorded_courses(arms) if replication is None else []
    return compare_arms(arms, seed, replications, replication, workers, courses)


def explain(
    source: Run | Scenario | str | Path,
    date: dt.date | str | None = None,
    actor: str | None = None,
    seed: int | None = None,
    replication: int | None = None,
    branches: int = BRANCHES,
) -> DayExplained | CourseExplained:
    """Explain why acts of one crisis came, or which days moved the odds of its outcome.

    Parameters
    ----------
    source
        What `run` returned, the folder of an `escalation run` or its manifest.json, or a scenario as `run`
        takes it.
    date
        A day of the crisis, as a date or as YYYY-MM-DD: its decisions are explained. Without one, the
        turning points of the whole crisis are found, by playing crises on from the end of each day.
    actor
        With a date: whose decisions, whether it acted or did nothing; by default those of all that acted.
    seed, replication
        Of a scenario, as `run` takes them. A run and a folder have their own.
    branches
        Without a date: crises played on from the end of each day.

    Returns
    -------
    DayExplained or CourseExplained
        The account in `lines`, the tables by file name in `tables`; `write_report` writes both with figures.

    Raises
    ------
    ScenarioError
        With all errors of the scenario file.
    StoreError
        If a manifest was changed.
    ArgumentError
        If the day or the actor does not exist, or a seed is given for what has one.
    """
    from escalation.crisis.explanation import explain_crisis
    from escalation.crisis.play import Run
    from escalation.crisis.tables import is_run, recorded_run

    found: Run | RecordedRun
    if isinstance(source, Run):
        found = source
    elif isinstance(source, Scenario) or not is_run(Path(source)):
        scenario = source if isinstance(source, Scenario) else load_scenario(source)
        seed = DEFAULT_SEED if seed is None else seed
        return explain_crisis(scenario, seed, replication or 0, date, actor, branches)
    else:
        found = recorded_run(Path(source))
    if seed is not None or replication is not None:
        raise ArgumentError("seed, replication: a run has its own; give them with a scenario")
    return explain_crisis(found.scenario, found.seed, found.replication, date, actor, branches, found.began)


def write_report(found: Any, out: str | Path) -> WrittenReport:
    """Write the tables and figures of an analysis into a folder.

    Parameters
    ----------
    found
        What `backtest`, `compare`, `compare_mediation`, `discover`, `explain`, `rare`, `score_forecasts`,
        `sensitivity` or `validate` returned.
    out
        The folder, made if it is missing; files of the same names are replaced.

    Returns
    -------
    WrittenReport
        The account as lines of text, and the files written.
    """
    written_by = WRITERS.get(type(found).__name__)
    if written_by is None:
        kinds = ", ".join(WRITERS)
        raise ArgumentError(f"found: {type(found).__name__} has no report of its own; one of {kinds}")
    return written_by(found, Path(out))
