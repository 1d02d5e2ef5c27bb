"""Every lever moves something: pulled from end to end under the same luck, it changes an outcome.

The levers are read off the models, so that a new number or switch is tested as soon as it is declared.
One that changes no outcome of any replication is inert, and the test fails by its name; the same
for what is done, day by day, is in `tests/engine/test_levers.py`.
"""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.scenario.scenario import Alliance, Hazard, Mediator, Relation, Rivalry, State
from escalation.scenario.weights import Weights
from tests.sensitivity.levers import COLUMNS, NOT_PULLED, Lever, differ, ends, first_moved
from tests.sensitivity.stages import ELSEWHERE, cases, stages

SEED = 20250505
MOST = 2_000


def title(part: str | Lever) -> str:
    return part.title if isinstance(part, Lever) else part


@pytest.mark.parametrize(("stage", "lever"), cases(), ids=title)
def test_a_lever_changes_an_outcome(stage: str, lever: Lever) -> None:
    first = first_moved(stages()[stage], lever, SEED, MOST)
    assert first is not None, (
        f"{lever.name} is inert: from {lever.low} to {lever.high} it changes no outcome in {MOST:,} crises "
        f"of the stage {stage!r}"
    )


@pytest.mark.parametrize("model", [Weights, State, Mediator, Relation, Rivalry, Alliance, Hazard])
def test_every_field_is_pulled_or_is_words(model: type[BaseModel]) -> None:
    pulled = {lever.kind for _, lever in cases()}
    wanted = {f"{model.__name__}.{name}" for name in model.model_fields if name not in NOT_PULLED}
    assert wanted <= pulled


def test_what_is_pulled_elsewhere_exists() -> None:
    assert set(ELSEWHERE) <= {lever.kind for _, lever in cases()}
    assert set(ELSEWHERE.values()) <= set(stages())


def test_ends_of_one_value_are_the_same_crisis() -> None:
    """A lever that is not pulled moves nothing: what the test sees is the lever, not other luck."""
    stage = stages()["shipped"]
    still = Lever(("weights", "pressure"), "Weights.pressure", 4.0, 4.0)
    low, high = ends(stage, still)
    assert not differ(simulate(low, SEED, 0, 50), simulate(high, SEED, 0, 50)).any()
    assert first_moved(stage, still, SEED, 50) is None


@pytest.mark.parametrize("name", COLUMNS)
def test_a_difference_in_any_outcome_column_counts(name: str) -> None:
    one, other = (simulate(pack(stages()["shipped"].scenario), SEED, 0, 3) for _ in range(2))
    getattr(other, name)[1] += 1
    assert differ(one, other).tolist() == [False, True, False]
