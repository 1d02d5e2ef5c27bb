from __future__ import annotations

import re

import pytest

from escalation.classroom.controls import controls_of
from escalation.classroom.examples import EXAMPLES, Example, example_of
from tests.classroom.crises import workspace

NAMES = {control.path.split(".")[-1] for control in controls_of(workspace())}
DIFFERENT = {id(example): example for example in EXAMPLES.values()}.values()


def test_every_control_has_an_example_and_every_example_a_control() -> None:
    assert {"presence", *NAMES} - {"russia"} == set(EXAMPLES)
    assert example_of("mediators.russia") is example_of("mediators.another") is EXAMPLES["presence"]
    assert example_of("mediators.russia.toward.india.trust") is EXAMPLES["trust"]


@pytest.mark.parametrize("example", DIFFERENT, ids=lambda example: example.says[:24])
def test_an_example_is_one_sentence_on_a_dated_crisis_with_its_source(example: Example) -> None:
    assert re.search(r"\b(19|20)\d\d", example.says)
    assert example.says.endswith(".")
    assert not re.search(r"\. [A-Z]", example.says), "one sentence"
    assert len(example.says) <= 200
    assert example.source
    assert example.words() == f"{example.says} ({example.source})"
