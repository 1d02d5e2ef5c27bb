"""Errors of an experiment beyond its single keys, each at its place and with what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from escalation.experiment.check import check
from escalation.experiment.factors import Known
from escalation.experiment.spec import Spec
from escalation.files.places import Problem, Tree
from escalation.scenario.dump import resolved_tree
from escalation.scenario.fields import references
from escalation.scenario.load import load_scenario
from tests.experiment.sweeps import TINY, tree

SCENARIO = load_scenario(TINY)
BASE = resolved_tree(SCENARIO)
KNOWN = Known(BASE, SCENARIO, references(BASE))
RESOLVE, AUDIENCE = "states.arland.resolve", "states.arland.audience"
ENTRY = "mediators.cesland.enters_day"


def problems(factors: dict[str, Any] | None = None, **changes: Any) -> list[Problem]:
    given = tree(**({} if factors is None else {"factors": factors}), **changes)
    for factor in given["factors"].values():
        factor.setdefault("label", "F")
    return check(Tree("x.yaml", given), Spec.model_validate(given), KNOWN)


def test_the_example_has_no_errors() -> None:
    assert problems() == []


def swept(**factor: Any) -> dict[str, Any]:
    return {"f": factor}


@pytest.mark.parametrize(
    ("factors", "path", "says"),
    [
        (swept(path=RESOLVE), "factors.f", "no levels"),
        (swept(path=RESOLVE, values=[0.1], range=[0, 1]), "factors.f",
         "values and range are mutually exclusive"),
        (swept(values=[0.1]), "factors.f", "no path"),
        (swept(path=RESOLVE, alternatives={"a": {}}), "factors.f.path", "path with alternatives"),
        (swept(path=RESOLVE, values=[0.1], levels=3), "factors.f.levels", "levels with values"),
        (swept(path=RESOLVE, range=[0.5, 0.1], levels=3), "factors.f.range", "0.5 is not below 0.1"),
        (swept(path=RESOLVE, range=[0, 1]), "factors.f", "a range without levels"),
        (swept(path="mediators.cesland.enters_day", range=[1.2, 1.8], levels=2), "factors.f.range",
         "it contains no whole number"),
        (swept(path="states.arland.reslove", values=[0.1]), "factors.f.path", "unknown key"),
        (swept(path="ladder", values=["x"]), "factors.f.path", "ladder names a file"),
        (swept(paths=["states.arland", RESOLVE], values=[0.1]), "factors.f.paths", "overlap"),
        (swept(path=RESOLVE, values=[0.1, 0.2, 0.1]), "factors.f.values.2", "0.1 is a duplicate"),
        (swept(path=RESOLVE, values=[0.1, 1.2]), "factors.f.values.1", "1.2 is not in [0, 1]"),
        (swept(alternatives={"a": {"drop": ["nothing"]}}), "factors.f.alternatives.a.drop.0",
         'no entry with the id "nothing"'),
        (swept(alternatives={"a": {"drop": ["mediators.cesland"]}}), "factors.f.alternatives.a",
         "then acts."),
    ],
)  # fmt: skip
def test_errors_of_a_factor(factors: dict[str, Any], path: str, says: str) -> None:
    first, *_ = problems(factors)
    assert first.path.startswith(path)
    assert says in first.says


def test_factors_may_not_touch_the_same_value() -> None:
    one = {"path": RESOLVE, "values": [0.1]}
    (problem,) = problems({"a": one, "b": one})
    assert (problem.path, problem.says) == ("factors.b", f"{RESOLVE} overlaps a path of the factor a")
    assert problems({"a": one, "b": {"path": AUDIENCE, "values": [0.1]}}) == []


@pytest.mark.parametrize(
    ("changes", "path", "says"),
    [
        ({"design": {"kind": "grid", "points": 4}}, "design.points", "points with grid"),
        ({"design": {"kind": "list"}}, "design.points", "no list of points"),
        ({"design": {"kind": "lhs"}}, "design.points", "the number of points is missing"),
        ({"design": {"kind": "sobol", "points": 6}}, "design.points", "6 is not a power of two"),
        ({"design": {"kind": "lhs", "points": 4}, "factors": {}}, "design", "lhs without factors"),
        ({"baseline": {"reslove": 0.2}}, "baseline.reslove", 'no factor is called "reslove"'),
        ({"baseline": {"resolve": 0.3}}, "baseline.resolve", "0.3 is not a level of resolve"),
        ({"design": {"kind": "list", "points": [{"who": "both"}, {"who": "bth"}]}}, "design.points.1.who",
         '"bth" is not a level of who'),
        ({"plots": [{"kind": "heat", "across": "who", "up": "who"}]}, "plots.0", "duplicate factor"),
        ({"plots": [{"kind": "outcomes", "by": "how"}]}, "plots.0.by", 'no factor is called "how"'),
    ],
)  # fmt: skip
def test_errors_of_design_baseline_and_plots(changes: dict[str, Any], path: str, says: str) -> None:
    (problem,) = problems(**changes)
    assert problem.path == path
    assert problem.says == says


def test_the_size_of_a_power_of_two_is_suggested() -> None:
    (problem,) = problems(design={"kind": "sobol", "points": 6})
    assert problem.allowed == "a power of two, such as 4 or 8"


def test_a_grid_of_too_many_cells_is_refused_before_it_is_made() -> None:
    many = {"range": [0, 1], "levels": 1000}
    few = {"values": [1, 2, 3]}
    factors = {"a": {"path": RESOLVE} | many, "b": {"path": AUDIENCE} | many, "c": {"path": ENTRY} | few}
    (problem,) = problems(factors)
    assert problem.says == "1000 x 1000 x 3 = 3,000,000 cells"


def test_levels_are_tried_only_where_the_rest_is_right() -> None:
    wrong = {"path": RESOLVE, "values": [7]}
    found = problems({"a": wrong, "b": {"path": AUDIENCE}})
    assert [problem.says for problem in found] == ["no levels"]
    assert [problem.path for problem in problems({"a": wrong})] == ["factors.a.values.0"]
