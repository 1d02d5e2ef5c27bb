"""The package from Python, as in a notebook: simulate, experiment, calibrate, validate.

>>> import escalation
>>> results = escalation.Experiment("mediation").run(replications=100)
>>> runs = results.frame()
>>> report = results.report()
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escalation.analysis.comparison import CRISES, ScenarioComparison, compare_arms, recorded_courses
from escalation.analysis.discovery import discover
from escalation.analysis.discovery_words import Discovery
from escalation.analysis.explained import measures_named
from escalation.analysis.sensitivity import Sensitivity, sensitivity_of
from escalation.analysis.splitting import REPETITIONS, RareEnd
from escalation.analysis.splitting import REPLICATIONS as EFFORT
from escalation.analysis.splitting import rare as rare_end
from escalation.analysis.sweep_comparison import SweepComparison
from escalation.analysis.sweep_pairs import compare_sweeps
from escalation.analysis.tally import Tally, tally
from escalation.document.cited import Citations, cite
from escalation.document.writing import report_html
from escalation.experiment.loaded import load_experiment
from escalation.experiment.progress import Progress
from escalation.experiment.results import ResultsFolder
from escalation.experiment.run import (
    Estimate,
    Listener,
    Silent,
    Sweep,
    Threads,
    checked,
    prepare,
    survey,
    warm_up,
)
from escalation.experiment.run import run as run_sweep
from escalation.experiment.scheme import REPLICATIONS, Method, load_for_sensitivity
from escalation.experiment.spec import Spec
from escalation.experiment.store import MANIFEST
from escalation.experiment.variant import Variant, arms_of
from escalation.files.brief import Brief
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
from escalation.report import (
    WRITERS,
    WrittenReport,
    estimated,
    report,
    report_at_hand,
)
from escalation.scenario.load import ScenarioError, kind_of_source, load_scenario
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import BRANCHES, DEFAULT_SEED, RUNGS

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from escalation.analysis.policies import PolicyComparison
    from escalation.analysis.workbook import WrittenWorkbook
    from escalation.crisis.explanation import CourseExplained, DayExplained
    from escalation.crisis.play import Run
    from escalation.crisis.tables import RecordedRun
    from escalation.experiment.design import Loaded

__all__ = [
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
        If there is no such measure.
    """
    if isinstance(source, str | Path) and (Path(source) / MANIFEST).exists():
        return sensitivity_of(Results(source), measures)
    check_whole("replications", replications, 2, 2**31 + 1)
    check_list("measures", measures)
    check_list("overrides", overrides)
    loaded = load_for_sensitivity(source, overrides, method, points, trajectories)
    experiment = Experiment._of(loaded)
    measures_named(measures, experiment.prepared().work.layout, loaded.thresholds)
    return sensitivity_of(experiment.run(out, workers, replications, progress), measures)


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
    _check_workers(workers)
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
        If there is no such day or actor, or a seed is given for what has one.
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
    return explain_crisis(found.scenario, found.seed, found.replication, date, actor, branches)


def rare(
    scenario: Scenario | str | Path,
    rung: int = RUNGS - 1,
    *,
    seed: int = DEFAULT_SEED,
    replications: int = EFFORT,
    repetitions: int = REPETITIONS,
    levels: Sequence[float] | None = None,
    workers: int | None = None,
) -> RareEnd:
    """Estimate the probability that some state acts on a rung or above, by multilevel splitting.

    Parameters
    ----------
    scenario
        As `load_scenario` returns it, or a path or the name of a shipped one.
    rung
        The rung in question: 10 is nuclear use, 9 war.
    seed, replications, repetitions, levels, workers
        As in `escalation.analysis.splitting.rare`.

    Returns
    -------
    RareEnd
        The probability with its interval, those of the rungs below, and the gain over plain simulation. It
        measures the assumptions of the model; nothing here is a validated probability of nuclear use.

    Raises
    ------
    ScenarioError
        With all errors of the scenario file.
    ArgumentError
        If no state can act on the rung, or a number is out of range.
    """
    return rare_end(
        scenario if isinstance(scenario, Scenario) else load_scenario(scenario),
        rung,
        seed=seed,
        replications=replications,
        repetitions=repetitions,
        levels=levels,
        workers=workers,
    )


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


class Results(ResultsFolder):
    """The results of an experiment, in a folder, as pandas frames."""

    _home: tempfile.TemporaryDirectory[str] | None = None

    @cached_property
    def tally(self) -> Tally:
        """Counts over all crises."""
        return tally(self)

    def summary(self) -> pd.DataFrame:
        """Return the outcomes of each cell, with intervals: one row per cell and measure."""
        from escalation.analysis.summary import summary_table

        return summary_table(self.tally)

    def effects(self) -> pd.DataFrame:
        """Return the effect of each factor in every setting of the others, with intervals, as in effects.csv.

        One row per cell, factor and measure: the cell against the one that differs from it in this factor
        alone, and has there the baseline's level.
        """
        from escalation.analysis.effects import effects_table

        return effects_table(self.tally)

    def contrasts(self, pairs: Sequence[tuple[int, int]] | None = None) -> pd.DataFrame:
        """Return the differences between any two cells, with intervals: one row per pair and measure.

        Parameters
        ----------
        pairs
            Numbers of cells, each a cell and the one that it is compared with; by default every cell and the
            baseline.

        Raises
        ------
        ArgumentError
            If the experiment has no such cell.
        """
        from escalation.analysis.effects import contrasts_table

        return contrasts_table(self.tally, pairs)

    def main_effects(self) -> pd.DataFrame:
        """Return the effect of each level of each factor averaged over settings, as in main_effects.csv."""
        from escalation.analysis.effects import main_effects_table

        return main_effects_table(self.tally)

    def interactions(self) -> pd.DataFrame:
        """Return by how much the effects of two factors depend on each other, as in interactions.csv."""
        from escalation.analysis.effects import interactions_table

        return interactions_table(self.tally)

    def policies(self) -> PolicyComparison:
        """Return each policy against the reference, over all points, in the outcomes that were asked for.

        Returns
        -------
        PolicyComparison
            The effects, a table of them (`frame`), and the account in words (`lines`).

        Raises
        ------
        ArgumentError
            If the experiment has no policies.
        """
        from escalation.analysis.policies import compare_policies

        found = compare_policies(self.tally, self.spec.outcomes)
        if found is None:
            raise ArgumentError(f"{self.folder}: the experiment {self.spec.name!r} compares no policies")
        return found

    def findings(self) -> list[str]:
        """Return the main findings, one paragraph per entry."""
        from escalation.analysis.findings import findings

        return findings(self.tally, self.spec.outcomes)

    def discover(self, when: str, **how: Any) -> Discovery:
        """Find the conditions under which an outcome is frequent; arguments as `escalation.discover`."""
        return discover(self, when, **how)

    def replay(self, cell: int, replication: int = 0) -> Run:
        """Simulate one crisis of the experiment again, recording every decision.

        Parameters
        ----------
        cell
            Number of the cell, as in cells.csv and in the column `cell`.
        replication
            As in the column `replication`.

        Returns
        -------
        Run
            The crisis, day by day; its measures equal those of its row in `frame()`.

        Raises
        ------
        SweepError
            If the experiment has no such crisis.
        """
        from escalation.crisis.play import play

        found = self.cell(cell, replication)
        return play(self.scenario(found), found.seed, replication)

    def report(self) -> WrittenReport:
        """Write tables, figures and a short account, as `escalation sweep` does.

        Of results that are incomplete they are of what is there, and say how much that is.

        They go into the folder of the results: summary.csv and the other tables, summary.txt, figures/.

        Returns
        -------
        WrittenReport
            The account as lines of text, the files written, and notes on figures that do not fit.

        Raises
        ------
        SweepError
            If there are no results, a part is damaged, or a file cannot be written.
        """
        return report(self.folder)

    def to_excel(self, out: str | Path) -> WrittenWorkbook:
        """Write the tables of the experiment as an Excel workbook, as `escalation export-excel` does.

        Its sheets are `about` (question, provenance, limits), `measures`, `cells`, `summary` and `effects`.

        Parameters
        ----------
        out
            The file; one of this name is replaced.

        Returns
        -------
        WrittenWorkbook
            The file, the rows of each sheet, and notes on what does not fit into a sheet.

        Raises
        ------
        SweepError
            If openpyxl is not installed (the extra `excel`), or the file cannot be written.
        """
        from escalation.analysis.workbook import write_workbook

        return write_workbook(self.tally, Path(out))

    def report_html(self, out: str | Path | None = None, pdf: bool = False) -> list[Path]:
        """Write the results as one HTML file to hand on, and as PDF, as `escalation report` does.

        Parameters
        ----------
        out
            The HTML file; by default report.html in the folder of the results. It is replaced.
        pdf
            Whether to write a PDF of the same name too, by WeasyPrint or by Chromium.

        Returns
        -------
        list[Path]
            The files written.

        Raises
        ------
        SweepError
            If there are no results, a part is damaged, or a file cannot be written.
        """
        return report_html(self.folder, out, pdf)

    def cite(self) -> Citations:
        """Return the references of what the results were made with: data, model, methods, software."""
        return cite(self.folder)

    def report_at_hand(self) -> WrittenReport | None:
        """Return the report that is in the folder already, if it was made of these results."""
        return report_at_hand(self.folder)


class Experiment(Brief):
    """An experiment: what is varied in a scenario, and how many crises each cell has.

    Parameters
    ----------
    source
        A path, the name of a shipped experiment, or a mapping with the keys of an experiment file.
    overrides
        Values that replace those of the file, each as `KEY.PATH=VALUE`.

    Raises
    ------
    ScenarioError
        With all errors of the experiment and its scenario.
    """

    def __init__(self, source: str | Path | Mapping[str, Any], overrides: Sequence[str] = ()) -> None:
        check_list("overrides", overrides)
        self._loaded = load_experiment(source, overrides)

    @classmethod
    def _of(cls, loaded: Loaded) -> Experiment:
        experiment = cls.__new__(cls)
        experiment._loaded = loaded
        return experiment

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield which experiment it is, and how large."""
        yield "name", self.spec.name
        yield "scenario", self.scenario.name
        yield "factors", list(self.spec.varied)
        yield "replications", self.spec.replications
        yield "seed", self.spec.seed

    @property
    def spec(self) -> Spec:
        """The experiment, valid and with all defaults."""
        return self._loaded.spec

    @property
    def scenario(self) -> Scenario:
        """The scenario that the cells modify."""
        return self._loaded.scenario

    def design(self) -> pd.DataFrame:
        """Return the design points: one row per cell, with role, levels of the factors, and seed."""
        import pandas as pd

        from escalation.experiment.design import design_of

        cells = design_of(self._loaded).cells
        return pd.DataFrame(
            {
                "cell": [cell.number for cell in cells],
                "role": [cell.role for cell in cells],
                **{name: [cell.levels[name] for cell in cells] for name in self.spec.varied},
                "seed": [cell.seed for cell in cells],
            }
        )

    def estimate(self, workers: int | None = None, replications: int | None = None) -> Estimate:
        """Simulate a few crises, and extrapolate what `run` would take.

        Parameters
        ----------
        workers
            Threads; by default one per core.
        replications
            Crises per cell; by default the experiment's own number.

        Returns
        -------
        Estimate
            Crises, seconds on this machine, bytes of results with tables and figures, and the number of
            figures; upper bounds with a stopping rule.
        """
        _check_workers(workers)
        return estimated(self.prepared(replications=replications), workers)

    def prepared(self, out: str | Path | None = None, replications: int | None = None) -> Sweep:
        """Return the experiment ready to run, without computing or writing anything.

        Parameters
        ----------
        out
            Folder of the results; by default results/NAME.
        replications
            Crises per cell; by default the experiment's own number.
        """
        if replications is not None:
            check_whole("replications", replications, 1, 2**31 + 1)
        return prepare(self._loaded, None if out is None else Path(out), replications)

    def run(
        self,
        out: str | Path | None = None,
        workers: int | None = None,
        replications: int | None = None,
        progress: bool = False,
    ) -> Results:
        """Compute all crises, or those missing from a folder, and return the results.

        Parameters
        ----------
        out
            Folder to keep the results in, as `escalation sweep --out` does: complete parts are not
            computed again. By default a temporary folder, removed together with the results.
        workers
            Threads; by default one per core.
        replications
            Crises per cell; by default the experiment's own number.
        progress
            Whether to show progress on standard error.

        Raises
        ------
        SweepError
            If the folder holds something else or cannot be written, or a cell cannot be simulated.
        """
        _check_workers(workers)
        home = None
        if out is None:
            home = tempfile.TemporaryDirectory(prefix="escalation-")
            out = home.name
        made = checked(self.prepared(out, replications))
        found = survey(made.store, made.work)
        listener: Listener = Progress(sys.stderr) if progress else Silent()
        run_sweep(
            made,
            found,
            listener,
            lambda: Threads(made.work, made.cells, workers, listener.heard),
            [lambda: warm_up(made)],
        )
        results = Results(made.folder)
        results._home = home
        return results


def _check_workers(workers: int | None) -> None:
    if workers is not None:
        check_whole("workers", workers, 1)
