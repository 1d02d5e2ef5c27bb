"""An experiment made ready to run: its cells, its columns, its plan, its folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from escalation.experiment.change import Change, change_by, changed, unplaced
from escalation.experiment.columns import layout_of
from escalation.experiment.compute import Work
from escalation.experiment.design import Cell, design_of
from escalation.experiment.load import Loaded
from escalation.experiment.manifest import manifest_of
from escalation.experiment.plan import plan_of
from escalation.experiment.run import Sweep
from escalation.experiment.spec import Level
from escalation.experiment.store import Store
from escalation.scenario.scenario import Scenario

RESULTS = Path("results")


def prepare(loaded: Loaded, folder: Path | None = None, replications: int | None = None) -> Sweep:
    """Make an experiment ready to run.

    Parameters
    ----------
    loaded
        As `load_experiment` returns it.
    folder
        Where the results go; by default `results/<name of the experiment>`.
    replications
        In place of the experiment's own.
    """
    if replications is not None:
        loaded = replace(loaded, spec=loaded.spec.model_copy(update={"replications": replications}))
    design = design_of(loaded)
    spec = loaded.spec
    at_most = None if spec.until is None else spec.until.at_most
    plan = plan_of(len(design.cells), spec.replications, at_most)
    layout = layout_of(scenarios_of(loaded), "acts" in spec.keep)
    manifest = manifest_of(loaded, plan, layout)
    store = Store(folder or RESULTS / spec.name, manifest)
    cells = {cell.number: cell for cell in design.cells}
    return Sweep(
        Work(loaded, layout, manifest.hash), cells, store, cells_csv(design.cells, tuple(spec.factors))
    )


def scenarios_of(loaded: Loaded) -> Iterator[Scenario]:
    """Yield scenarios in which every actor of any cell appears.

    An actor stands in the base, or is brought by a level; so the base and each level alone on the
    base have them all. A plain number or text brings nobody.
    """
    yield loaded.scenario
    for factor in loaded.spec.factors.values():
        made = [change_by(alternative) for alternative in (factor.alternatives or {}).values()]
        made += [
            Change(tuple((path, value) for path in factor.targets))
            for value in factor.values or ()
            if isinstance(value, dict | list | tuple)
        ]
        for change in made:
            yield loaded.known.validate(changed(loaded.base, *unplaced(change)).value)


def cells_csv(cells: Sequence[Cell], factors: Sequence[str]) -> str:
    """Return the table of design points as the text of its file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["cell", "role", *factors, "seed"])
    for cell in cells:
        levels = [level_text(cell.levels[name]) for name in factors]
        writer.writerow([cell.number, cell.role, *levels, cell.seed])
    return text.getvalue()


def level_text(level: Level) -> str:
    """Return a level as tables write it; it can be read back exactly."""
    if isinstance(level, bool):
        return "true" if level else "false"
    return repr(level) if isinstance(level, float) else str(level)
