"""Experiments and their results from Python, as in a notebook."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escalation.analysis.advice import Advice, advise
from escalation.analysis.discovery import discover
from escalation.analysis.discovery_words import Discovery
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
from escalation.experiment.spec import Spec
from escalation.files.brief import Brief
from escalation.files.places import ArgumentError, check_list, check_whole
from escalation.report import WrittenReport, estimated, report, report_at_hand
from escalation.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from escalation.analysis.policies import PolicyComparison
    from escalation.analysis.workbook import WrittenWorkbook
    from escalation.crisis.play import Run
    from escalation.experiment.design import Loaded


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
        """Find the conditions under which an outcome is frequent; arguments as `escalation.api.discover`."""
        return discover(self, when, **how)

    def advise(self, share: str = "force") -> Advice:
        """Judge the policies of the experiment by a share of crises, as `escalation advise` does.

        Parameters
        ----------
        share
            A share of which more is better or worse.

        Raises
        ------
        ArgumentError
            If there are fewer than two policies, or the share does not exist.
        """
        return advise(self, share)

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
    def of(cls, loaded: Loaded) -> Experiment:
        """Return an experiment that is loaded already."""
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
        check_workers(workers)
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
        check_workers(workers)
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


def check_workers(workers: int | None) -> None:
    """Raise ArgumentError unless it is a number of threads, or None for one per core."""
    if workers is not None:
        check_whole("workers", workers, 1)
