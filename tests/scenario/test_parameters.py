"""`defined` declares a number once; `parameters_of` reads all that was declared."""

from __future__ import annotations

import pytest
from pydantic import Field, ValidationError

from escalation.scenario.parameters import POLICY, Model, Parameter, defined, kind_of, parameters_of


class Numbers(Model):
    share: float = defined(0.5, (0.2, 0.8), says="A share", source="S", unit="share", group="G")
    slope: float = defined(None, (1, 2), says="A slope", source="T", unit="logits", group="H")
    lean: float = defined(0, (-1, 1), says="L", source="S", unit="share", group="G", bounds=(-1.0, 1.0))
    other: int = 3
    day: int = Field(0, json_schema_extra=POLICY)
    choice: float = defined(0.5, (0, 1), says="C", source="S", unit="share", group="G", chosen=True)


def test_a_declaration_is_read_back_whole_and_in_order() -> None:
    share, slope, lean, choice = parameters_of(Numbers)
    assert share == Parameter("share", "G", "A share", "share", 0.5, (0.0, 1.0), (0.2, 0.8), "S")
    assert slope == Parameter("slope", "H", "A slope", "logits", None, (0.0, 20.0), (1.0, 2.0), "T")
    assert (lean.default, lean.bounds) == (0.0, (-1.0, 1.0))
    assert (lean.kind, choice.kind) == ("assumption", "policy")


def test_what_somebody_chooses_is_a_policy() -> None:
    kinds = {name: kind_of(field) for name, field in Numbers.model_fields.items()}
    assert [name for name, kind in kinds.items() if kind == "policy"] == ["day", "choice"]
    assert set(kinds.values()) == {"policy", "assumption"}


@pytest.mark.parametrize(
    "values", [{}, {"slope": 20.1}, {"slope": 1, "share": 1.01}, {"slope": 1, "lean": -1.1}, {"slope": "1"},
               {"slope": float("nan")}, {"slope": 1, "mispelt": 2}]
)  # fmt: skip
def test_what_is_out_of_bounds_missing_unknown_or_no_number_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Numbers.model_validate(values)


def test_a_model_cannot_be_changed() -> None:
    numbers = Numbers(slope=20)
    assert (numbers.share, numbers.slope, numbers.lean) == (0.5, 20, 0)
    with pytest.raises(ValidationError):
        numbers.slope = 1
