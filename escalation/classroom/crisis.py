"""The crisis that a visitor works on, and the settings by which it departs from its scenario."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pydantic import ValidationError

from escalation.experiment.change import Change, Known, changed, unplaced
from escalation.scenario.dump import resolved_tree, scenario_hash
from escalation.scenario.errors import ScenarioError
from escalation.scenario.explain import problems_of
from escalation.scenario.references import references
from escalation.scenario.scenario import Scenario

Value = str | float | int
Settings = tuple[tuple[str, Value], ...]
"""Key paths of the scenario with the values that stand there instead, sorted by path."""


@dataclass(frozen=True)
class Crisis:
    """A scenario with the name by which the command line finds it."""

    scenario: Scenario
    source: str

    @cached_property
    def known(self) -> Known:
        """The scenario in the form from which changed ones are made."""
        tree = resolved_tree(self.scenario)
        return Known(tree, self.scenario, references(tree))

    @cached_property
    def digest(self) -> str:
        """The hash of the scenario."""
        return scenario_hash(self.scenario)

    def at(self, settings: Settings) -> Scenario:
        """Return the scenario with settings put in.

        Raises
        ------
        ScenarioError
            If they do not fit it.
        """
        if not settings:
            return self.scenario
        tree = changed(self.known.tree, *unplaced(Change(settings)))
        if tree.problems:
            raise ScenarioError(tree.problems)
        try:
            return self.known.validate(tree.value)
        except ValidationError as error:
            raise ScenarioError(problems_of(error, Scenario, tree)) from None


def put(settings: Settings, path: str, value: Value | None) -> Settings:
    """Return settings with one value put in, or with None taken out."""
    kept = {name: given for name, given in settings if name != path}
    if value is not None:
        kept[path] = value
    return tuple(sorted(kept.items()))
