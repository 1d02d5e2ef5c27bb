"""The shipped facts and their file: what is strictly checked, and what tolerances accept."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalation.files.find import shipped_folder
from escalation.files.places import ScenarioError
from escalation.history.recorded_facts import MEASURES, FactValue, exact, load_facts

TEXT = (shipped_folder() / "rates" / "stylised_facts.yaml").read_text(encoding="utf-8")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert old in TEXT
    path = tmp_path / "facts.yaml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    return path


def test_every_measure_is_that_of_one_shipped_fact() -> None:
    facts = load_facts()
    assert [one.id for one in facts.facts] == [f"F{number}" for number in range(1, 19)]
    assert sorted(one.measure for one in facts.facts) == sorted(MEASURES)
    assert {one.source for one in facts.facts if MEASURES[one.measure].record is not None} == {"MIE"}
    assert {one.source for one in facts.facts if MEASURES[one.measure].model is None} == {"fit"}


def test_every_shipped_fact_has_a_tolerance() -> None:
    for fact in load_facts().facts:
        assert any(value.is_judged for value in fact.values), fact.id


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("measure: turn", "measure: twist", "no measure is called 'twist'"),
        ("{label: both,", "{label: a, data: 0.1}\n      - {label: both,", "2 values, but same_day gives 1"),
        ("within: 0.06", "within: 0.06, factor: 2", "factor and within for one value"),
        ("data: 0.53, interval: [0.49, 0.57]", "data: 0.6, interval: [0.49, 0.57]", "leaves out 0.6"),
        ("within: 0.06", "witin: 0.06", "did you mean"),
        ("within: 0.06", "within: -0.06", "1e-06"),
        ("use: check", "use: test", "held_out"),
        ("id: F2", "id: F1", "two facts have one id"),
        ("clash: 227", "brawl: 227", "kinds of first days differ"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        load_facts(changed(tmp_path, old, new))
    assert message.lower() in str(raised.value).lower()


def test_tolerances() -> None:
    factor = FactValue(label="x", data=0.1, factor=2.0)
    assert factor.limits == (0.05, 0.2)
    assert (factor.accepts(0.05), factor.accepts(0.21), factor.rule) == (True, False, "x2")
    below = FactValue(label="x", data=-0.2, factor=2.0)
    assert below.limits == (-0.4, -0.1)
    within = FactValue(label="x", data=0.5, within=0.1)
    assert (within.accepts(0.41), within.accepts(0.39), within.rule) == (True, False, "±.1")
    open_ended = FactValue(label="x", data=10, interval=(None, 20.0))
    assert (open_ended.accepts(-5), open_ended.accepts(21), open_ended.rule) == (True, False, "<= 20")
    assert FactValue(label="x", data=1.3, interval=(1.0, None)).rule == ">= 1"
    assert FactValue(label="x", data=0.5, interval=(0.4, 0.6)).rule == "[.4, .6]"
    free = FactValue(label="x", data=3.0)
    assert (free.is_judged, free.rule, free.accepts(1e9)) == (False, "", True)


def test_numbers_as_they_are() -> None:
    assert [exact(value) for value in (0.0017, -0.78, 10, 2.9, 0.0)] == [".0017", "-.78", "10", "2.9", "0"]
