"""Errors of an experiment beyond its single keys, each at its place and with what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from escalation.crisis.play import play
from escalation.crisis.tables import result_tree
from escalation.experiment.check import check
from escalation.experiment.factors import Known
from escalation.experiment.spec import Spec
from escalation.files.places import Problem, Tree
from escalation.scenario.dump import resolved_tree
from escalation.scenario.fields import references
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
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


def test_the_levels_of_a_factor_are_tried_only_where_the_rest_of_it_is_right() -> None:
    wrong = {"path": RESOLVE, "values": [7]}
    lost = {"path": "states.arland.audiense", "values": [7, 8]}
    found = problems({"a": wrong, "b": {"path": AUDIENCE}, "c": lost})
    assert sorted((problem.path, problem.says) for problem in found) == [
        ("factors.a.values.0", "7 is not in [0, 1]"),
        ("factors.b", "no levels"),
        ("factors.c.path", "unknown key"),
    ]


def test_a_wrong_path_hides_no_other_error() -> None:
    factors = {
        "a": {"path": "states.arland.reslove", "values": [0.1]},
        "b": {"path": AUDIENCE, "values": [0.1, 0.1]},
        "c": {"path": ENTRY, "values": [3, 4]},
    }
    found = problems(
        factors,
        baseline={"a": 0.1, "c": 5, "d": 1},
        until={"share": "force", "half_width": 0.1, "at_most": 2},
        plots=[{"kind": "heat", "across": "a", "up": "e"}],
    )
    assert {problem.path for problem in found} == {
        "factors.a.path", "factors.b.values.1", "baseline.c", "baseline.d", "until.at_most", "plots.0.up",
    }  # fmt: skip


TABLES = [
    *("cell", "role", "seed", "replication", "outcome", "peak_arland", "agreed_cesland", "settled_by"),
    *("measure", "of", "n", "factor", "difference", "pairs", "method", "day", "bin", "actor", "forced"),
]


@pytest.mark.parametrize("name", TABLES)
def test_a_factor_is_not_called_like_a_column_of_a_table(name: str) -> None:
    (found,) = problems({name: {"path": RESOLVE, "values": [0.1]}})
    assert (found.path, "column" in found.says) == (f"factors.{name}", True)


def test_states_and_mediators_are_not_called_like_what_the_tables_mean_otherwise() -> None:
    newcomer = {"label": "Any", "enters_day": 2, "style": "facilitation", "form": "third_party"}
    for name in ("any", "nan", "null"):
        (found,) = problems({"w": {"alternatives": {"a": {"set": {f"mediators.{name}": newcomer}}}}})
        assert f'"{name}" stands for' in found.says


def test_pairs_whose_joined_names_are_the_same_are_refused() -> None:
    states = {name: {"label": name} for name in ("korea", "north_sea", "korea_north", "sea")}
    rivalries = [{"between": ["korea", "north_sea"]}, {"between": ["korea_north", "sea"]}]
    given = tree(factors={})
    base = resolved_tree(SCENARIO) | {"states": states, "rivalries": rivalries, "mediators": {}}
    base |= {key: [] for key in ("incidents", "border_fire", "reports", "acts", "hazards")}
    scenario = Scenario.model_validate(base, context=references(base))
    known = Known(base, scenario, references(base))
    (found,) = check(Tree("x.yaml", given), Spec.model_validate(given), known)
    assert "korea-north_sea and korea_north-sea" in found.says


def test_a_cell_without_simulated_days_has_no_outcome_and_is_refused() -> None:
    """As in one crisis, which then has no outcome: nothing is called de-escalated."""
    base = BASE | {"free_days": 0}
    still = Known(base, SCENARIO.model_copy(update={"free_days": 0}), references(base))

    def paths(known: Known, **changes: Any) -> list[str]:
        given = tree(**changes)
        found = check(Tree("x.yaml", given), Spec.model_validate(given), known)
        assert all("no day is simulated" in problem.says for problem in found)
        return [problem.path for problem in found]

    days = {"label": "D", "path": "free_days", "values": [3, 5]}
    ends = {"label": "E", "alternatives": {"now": {"set": {"free_days": 0}}, "later": {}}}
    later = {"label": "E", "alternatives": {"now": {"set": {"free_days": 2}}, "later": {}}}
    assert paths(still) == ["scenario"]
    assert paths(still, factors={"e": later}) == ["scenario"]
    assert paths(still, factors={"d": days}) == []
    assert paths(KNOWN, factors={"d": days | {"values": [0, 5]}}) == ["factors.d.values.0"]
    assert paths(KNOWN, factors={"e": ends}) == ["factors.e.alternatives.now"]
    run = play(still.scenario, 1)
    assert (run.result.outcome, result_tree(run)["outcome"]) == (None, None)


# ------------------------------------------------------------------------------------------------ policies

LEVERAGE = "mediators.cesland.toward.arland.leverage"
NOBODY = {"drop": ["mediators.cesland", "appeal"]}
UNSURE = {"leverage": {"label": "L", "path": LEVERAGE, "range": [0, 1]}}


def policy_problems(**changes: Any) -> list[tuple[str, str]]:
    given = tree(design={"kind": "lhs", "points": 4}, policies={"none": NOBODY, "as_it_is": {}}, baseline={})
    given |= {"uncertainties": UNSURE} | changes
    if not changes.get("factors"):
        del given["factors"]
    found = check(Tree("x.yaml", given), Spec.model_validate(given), KNOWN)
    return [(one.path, one.says) for one in found]


def test_an_uncertainty_may_set_what_a_policy_leaves_out() -> None:
    assert policy_problems() == []


@pytest.mark.parametrize(
    ("changes", "path", "says"),
    [
        ({"factors": {"f": {"label": "F", "path": RESOLVE, "values": [0.1]}}}, "factors",
         "factors and policies are mutually exclusive"),
        ({"policies": {}}, "uncertainties", "uncertainties without policies"),
        ({"uncertainties": UNSURE | {"policy": {"label": "P", "path": RESOLVE, "range": [0, 1]}}},
         "uncertainties.policy", "policy is the name of the policies in tables"),
        ({"reference": "nobody"}, "reference", 'no policy is called "nobody"'),
        ({"baseline": {"policy": "none"}}, "baseline.policy",
         "the baseline of the policies is their reference"),
        ({"policies": {"a": {"set": {LEVERAGE: 0.1}}}}, "uncertainties.leverage",
         f"{LEVERAGE} overlaps a path of the policies"),
        ({"policies": {"a": {"set": {"states.arland.reslove": 1}}}}, "policies.a.set.states.arland.reslove",
         "unknown key"),
        ({"policies": {"a": {}, "b": {"drop": ["atack"]}}}, "policies.b.drop.0",
         'no entry with the id "atack"'),
        ({"uncertainties": {"f": {"label": "F", "path": RESOLVE, "range": [0, 2]}}},
         "uncertainties.f.range.1", "2.0 is not in [0, 1]"),
        ({"uncertainties": {"f": {"label": "F", "path": "states.arland.able", "values": [1]}}},
         "uncertainties.f.path", "unknown key"),
        ({"design": {"kind": "lhs", "points": 600_000}}, "policies", "600000 x 2 = 1,200,000 cells"),
        ({"design": "grid"}, "uncertainties.leverage", "a range without levels"),
    ],
)  # fmt: skip
def test_errors_of_policies_and_uncertainties(changes: dict[str, Any], path: str, says: str) -> None:
    if isinstance(changes.get("design"), str):
        changes = {"design": {"kind": changes["design"]}}
    assert (path, says) in policy_problems(**changes)


def test_many_overlaps_are_one_error() -> None:
    both = {f"weights.{name}": 0.1 for name in ("alarm", "lull", "lead")}
    one, other = ({"label": "F", "alternatives": {"a": {"set": both}}} for _ in range(2))
    (problem,) = problems({"one": one, "other": other})
    assert problem.path == "factors.other"
    assert problem.says == "weights.alarm overlaps a path of the factor one, as do 2 more"


def test_a_sample_needs_a_number_or_draws() -> None:
    factors = {"f": {"label": "F", "alternatives": {"a": {}, "b": {"set": {RESOLVE: 0.3}}}}}
    (problem,) = problems(factors, design={"kind": "lhs", "points": 8})
    assert problem.path == "design"
    assert problem.says == "lhs without numbers or draws, so there is nothing to sample"
