"""The package from Python, as in a notebook: load, play, experiment.

>>> import escalation
>>> results = escalation.Experiment("mediation").run(replications=100)
>>> runs = results.frame()
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escalation.analysis.tally import Tally, tally
from escalation.experiment import results as kept
from escalation.experiment.loaded import load_experiment
from escalation.experiment.progress import Progress
from escalation.experiment.run import Listener, Silent, Threads, prepare, survey, warm_up
from escalation.experiment.run import run as run_sweep
from escalation.experiment.spec import Spec
from escalation.files.places import EscalationError, SweepError
from escalation.scenario.load import ScenarioError, load_scenario
from escalation.scenario.scenario import Scenario

if TYPE_CHECKING:
    from escalation.crisis.play import Run

__all__ = ["EscalationError", "Experiment", "Results", "ScenarioError", "SweepError", "load_scenario", "run"]


def run(scenario: Scenario | str | Path, seed: int, replication: int = 0) -> Run:
    """Play one crisis, recording every decision.

    Parameters
    ----------
    scenario
        As `load_scenario` returns it, or a path or the name of a shipped one.
    seed
        Integer in [0, 2**64).
    replication
        Integer in [0, 2**32). The same scenario, seed and replication give the same crisis, alone or
        in an experiment.
    """
    from escalation.crisis.play import play

    return play(scenario if isinstance(scenario, Scenario) else load_scenario(scenario), seed, replication)


class Results(kept.ResultsFolder):
    """The results of an experiment, in a folder, as frames of pandas."""

    _home: tempfile.TemporaryDirectory[str] | None = None

    @cached_property
    def tally(self) -> Tally:
        """What all crises came to, counted."""
        return tally(self)

    def summary(self) -> Any:
        """Return what each cell came to, with intervals: one row a cell and measure."""
        from escalation.analysis.summary import summary_table

        return summary_table(self.tally)

    def effects(self) -> Any:
        """Return how each cell differs from the baseline, with intervals: one row a cell and measure."""
        from escalation.analysis.effects import effects_table

        return effects_table(self.tally)

    def findings(self) -> list[str]:
        """Return what was found, one paragraph an entry."""
        from escalation.analysis.findings import findings

        return findings(self.tally, self.spec.outcomes)


class Experiment:
    """One experiment: what is varied in a scenario, and how often each cell is played.

    Parameters
    ----------
    source
        A path, the name of a shipped experiment, or a mapping with the keys of an experiment file.
    overrides
        Values to put in place of those in the file, each as `KEY.PATH=VALUE`.

    Raises
    ------
    ScenarioError
        With every fault of the experiment and its scenario.
    """

    def __init__(self, source: str | Path | Mapping[str, Any], overrides: Sequence[str] = ()) -> None:
        self._loaded = load_experiment(source, overrides)

    @property
    def spec(self) -> Spec:
        """The experiment, valid and with all defaults."""
        return self._loaded.spec

    @property
    def scenario(self) -> Scenario:
        """The scenario that its cells change."""
        return self._loaded.scenario

    def run(
        self,
        out: str | Path | None = None,
        workers: int | None = None,
        replications: int | None = None,
        progress: bool = False,
    ) -> Results:
        """Compute all crises, or those that a folder lacks, and return the results.

        Parameters
        ----------
        out
            Folder to keep the results in, as `escalation sweep --out` does: what is complete there is
            not computed again. By default a temporary one, which goes with the results.
        workers
            Threads; by default one a core.
        replications
            Crises a cell, in place of the experiment's own.
        progress
            Whether to show on standard error how it gets on.

        Raises
        ------
        SweepError
            If the folder holds something else or cannot be written, or a cell cannot be simulated.
        """
        home = None
        if out is None:
            home = tempfile.TemporaryDirectory(prefix="escalation-")
            out = home.name
        made = prepare(self._loaded, Path(out), replications)
        made.store.check()
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
