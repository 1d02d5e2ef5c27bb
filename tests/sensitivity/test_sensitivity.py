"""Each parameter changes an outcome when it is moved from one end of its range to the other.

Both ends meet the same random draws, so that an outcome can differ only because of the parameter. The
parameters are read off the models: a new number or switch is tested as soon as it is declared. One that
changes no outcome in any stage is inert, and the test fails by its name. How much each changes is measured by
`benchmarks/sensitivity.py`.
"""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import BaseModel

from escalation.engine.batch import read_record, simulate
from escalation.engine.pack import Index, pack
from escalation.scenario.ladder import Act
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Alliance, Hazard, Incident, Mediator, Relation, Rivalry, State
from escalation.scenario.weights import Weights
from tests.sensitivity.enumeration import COLUMNS, Moved, differ, ends, first_moved, is_read, moved
from tests.sensitivity.stages import Case, cases, invented_stages, shipped_stages
from tests.strategies import build

SEED = 20250505
MOST = 2_000


OF_RECORDS = {
    f"Weights.{each.name}" for each in parameters_of(Weights) if each.group == "The record of cases"
}
"""Parameters of how coders note what happens, which no simulation reads."""


@pytest.mark.parametrize(
    "case", [case for case in cases() if case.parameter.kind in OF_RECORDS], ids=lambda case: case.title
)
def test_each_parameter_of_a_record_changes_what_is_expected_of_it(case: Case) -> None:
    low, high = ends(case.stages[0], case.parameter)
    assert (read_record(low)[0] != read_record(high)[0]).any()
    assert not differ(simulate(low, SEED, 0, 20), simulate(high, SEED, 0, 20)).any()


@pytest.mark.parametrize(
    "case", [case for case in cases() if case.parameter.kind not in OF_RECORDS], ids=lambda case: case.title
)
def test_each_parameter_changes_an_outcome(case: Case) -> None:
    parameter = case.parameter
    assert case.found(SEED, MOST), (
        f"{parameter.name} is inert: from {parameter.low} to {parameter.high} it changes no outcome in "
        f"{MOST:,} crises of any stage: {', '.join(stage.name for stage in case.stages)}"
    )


@pytest.mark.parametrize(
    "model", [Weights, State, Mediator, Relation, Rivalry, Alliance, Hazard, Incident, Act]
)
def test_every_declared_number_is_moved(model: type[BaseModel]) -> None:
    kinds = {case.parameter.kind for case in cases()}
    assert {f"{model.__name__}.{parameter.name}" for parameter in parameters_of(model)} <= kinds


def test_every_act_of_states_has_its_intercept_moved() -> None:
    names = {case.parameter.name for case in cases()}
    ladder = invented_stages()[0].scenario.ladder
    without_one = {name for name in ladder.acts if f"ladder.acts.{name}.base" not in names}
    assert without_one == {"hold", "consent", "decline"}


def test_what_no_rule_reads_changes_nothing() -> None:
    """A parameter of an act that the rules did read would have to be tested as all the others are."""
    stage = invented_stages()[0]
    unread = [
        (parameter.path, parameter.high)
        for parameter in stage.parameters
        if not is_read(stage.scenario, parameter)
        # to hold is possible at all times, and a conciliatory act with a signal is refused on loading
        and parameter.path[2] != "hold"
        and parameter.kind != "Act.signal"
    ]
    assert len(unread) > len(COLUMNS)
    other = pack(build(moved(stage.tree, *unread)))
    assert not differ(simulate(pack(stage.scenario), SEED, 0, 200), simulate(other, SEED, 0, 200)).any()


def test_every_act_is_taken_in_the_invented_crises() -> None:
    """An act that nobody takes could not show that its parameters matter."""
    taken: set[str] = set()
    for stage in invented_stages():
        acts = simulate(pack(stage.scenario), SEED, 0, 200, paths=True).acts
        assert acts is not None
        taken |= {Index(stage.scenario).acts[act] for act in np.unique(acts["act"])}
    assert taken == set(invented_stages()[0].scenario.ladder.acts)


def test_equal_ends_give_the_same_crises() -> None:
    """What the tests see is the parameter, not other random draws."""
    stage = shipped_stages()[0]
    still = Moved(("weights", "pressure"), "Weights.pressure", 4.0, 4.0)
    low, high = ends(stage, still)
    assert not differ(simulate(low, SEED, 0, 50), simulate(high, SEED, 0, 50)).any()
    assert first_moved(stage, still, SEED, 50) is None


@pytest.mark.parametrize("name", COLUMNS)
def test_a_difference_in_any_outcome_column_counts(name: str) -> None:
    one, other = (simulate(pack(shipped_stages()[0].scenario), SEED, 0, 3) for _ in range(2))
    getattr(other, name)[1] += 1
    assert differ(one, other).tolist() == [False, True, False]
