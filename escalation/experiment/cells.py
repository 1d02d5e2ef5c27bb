"""The scenario of a cell: the base scenario with what the cell's levels change."""

from __future__ import annotations

from pydantic import ValidationError

from escalation.experiment.change import Change, change_of, changed, unplaced
from escalation.experiment.design import Cell, shown_level
from escalation.experiment.load import Loaded
from escalation.scenario.errors import Problem, ScenarioError
from escalation.scenario.explain import problems_of
from escalation.scenario.scenario import Scenario


def scenario_of(loaded: Loaded, cell: Cell) -> Scenario:
    """Return the scenario of a cell, valid.

    The values of all levels are put in first, then all that they drop is taken out, so that the
    items of a list count as in the base, whichever factor names them.

    Raises
    ------
    ScenarioError
        If levels that are right alone do not go together.
    """
    changes = [change_of(loaded.spec.factors[name], level) for name, level in cell.levels.items()]
    both = Change(
        tuple(one for change in changes for one in change.sets),
        tuple(one for change in changes for one in change.drops),
    )
    tree = changed(loaded.base, *unplaced(both))
    if tree.problems:
        raise ScenarioError(_of_cell(loaded, cell, tree.problems))
    try:
        return loaded.known.validate(tree.value)
    except ValidationError as error:
        raise ScenarioError(_of_cell(loaded, cell, problems_of(error, Scenario, tree))) from None


def _of_cell(loaded: Loaded, cell: Cell, problems: list[Problem]) -> list[Problem]:
    place = loaded.source.place(("factors",))
    levels = ", ".join(f"{name} {shown_level(level)}" for name, level in cell.levels.items())
    return [
        place.problem(f"cell {cell.number} ({levels}): {fault.path}: {fault.says}", fault.allowed)
        for fault in problems
    ]
