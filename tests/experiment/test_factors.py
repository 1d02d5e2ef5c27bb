"""Levels of a factor, and what they change in a scenario's tree, whose base stays as it is."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.experiment.factors import (
    Change,
    Known,
    change_of,
    changed,
    dropped_path,
    edits_of,
    leaving_out,
    own_level,
    path_in,
    scale_of,
    value_at,
)
from escalation.experiment.spec import Factor
from escalation.scenario.dump import resolved_tree
from escalation.scenario.fields import references
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from tests.experiment.sweeps import MEDIATOR, TINY

SCENARIO = load_scenario(TINY)
BASE = resolved_tree(SCENARIO)
RESOLVE, ENTRY = "states.arland.resolve", "mediators.cesland.enters_day"


def factor(**given: Any) -> Factor:
    return Factor.model_validate({"label": "F"} | given)


def made(*sets: tuple[str, Any], drops: tuple[str, ...] = ()) -> Any:
    tree = changed(BASE, *edits_of(Change(sets, drops)))
    assert tree.problems == []
    return tree.value


def refused(*sets: tuple[str, Any], drops: tuple[str, ...] = ()) -> str:
    (problem,) = changed(BASE, *edits_of(Change(sets, drops))).problems
    return str(problem)


@given(st.floats(0, 0.4), st.floats(0.5, 1), st.integers(2, 20))
def test_levels_of_a_range_are_evenly_spaced_from_end_to_end(low: float, high: float, count: int) -> None:
    scale = scale_of(factor(path=RESOLVE, range=[low, high], levels=count), BASE)
    levels = [float(level) for level in scale.levels]
    assert (levels[0], levels[-1], len(levels)) == (low, high, count)
    step = (high - low) / (count - 1)
    assert levels == pytest.approx([low + number * step for number in range(count)])
    assert all(scale.level(level) == level for level in levels)


def test_a_range_of_whole_numbers_has_whole_levels_each_once() -> None:
    scale = scale_of(factor(path=ENTRY, range=[0.5, 3.9], levels=9), BASE)
    assert scale.is_whole
    assert scale.levels == (1, 2, 3)
    assert [scale.level(value) for value in (2.0, 2.5, 4, True, "2")] == [2, None, None, None, None]


def test_truth_is_not_a_number_among_levels() -> None:
    scale = scale_of(factor(path="rivalries.0.hotline", values=[True, 0]), BASE)
    assert scale.level(1) is None
    assert scale.level(True) is True
    assert scale.level(0.0) == 0


def test_the_scenarios_own_level() -> None:
    assert own_level(factor(path=RESOLVE, values=[0.2, 0.6]), BASE) == 0.6
    assert own_level(factor(path=RESOLVE, values=[0.2, 0.7]), BASE) is None
    both = ["states.arland.resolve", "states.borland.resolve"]  # .6 and .5
    assert own_level(factor(paths=both, range=[0, 1]), BASE) is None
    assert own_level(factor(alternatives={"a": {"set": {RESOLVE: 1}}, "b": {}}), BASE) == "b"


def test_a_level_changes_all_paths_of_its_factor_or_what_its_alternative_says() -> None:
    assert change_of(factor(paths=[RESOLVE, ENTRY], values=[1]), 1) == Change(((RESOLVE, 1), (ENTRY, 1)))
    one = factor(alternatives={"a": {"set": {RESOLVE: 1}, "drop": ["attack"]}})
    assert change_of(one, "a") == Change(((RESOLVE, 1),), ("attack",))
    listed = factor(path="states.arland.capabilities", values=[[], ["air_force"]])
    (_, second) = scale_of(listed, BASE).levels
    assert change_of(listed, second).sets == (("states.arland.capabilities", ["air_force"]),)


def test_the_base_stays_as_it_is_and_shares_what_is_not_touched() -> None:
    before = copy.deepcopy(BASE)
    tree = made((RESOLVE, 0.9), ("mediators.delland", MEDIATOR), drops=("attack", "mediators.cesland"))
    assert before == BASE
    assert tree["states"]["arland"]["resolve"] == 0.9
    assert list(tree["mediators"]) == ["delland"]
    assert tree["incidents"] == []
    assert tree["states"]["borland"] is BASE["states"]["borland"]
    assert tree["acts"] is BASE["acts"]


def test_several_drops_from_one_list_each_go_by_their_id() -> None:
    tree = made(drops=("closure", "acts.appeal"))
    assert [entry["id"] for entry in tree["acts"]] == ["objection"]
    assert dropped_path(BASE, ["closure"]) == ("acts", 0)
    assert Change((), ("closure",)).drops_in(BASE).__next__() == ("closure", ("acts", 0))


@pytest.mark.parametrize(
    ("drop", "says"),
    [
        ("clsure", "did you mean `closure`?"),
        ("acts.0", "dropped by id, not by number"),
        ("mediators.nobody", 'no "nobody" here'),
        ("rivalries.0", "items of rivalries cannot be dropped one by one"),
        ("states.arland.resolve", '"resolve" cannot be dropped'),
        ("nothing.there", 'no value at "nothing"'),
    ],
)
def test_what_cannot_be_dropped_says_why(drop: str, says: str) -> None:
    assert says in refused(drops=(drop,))


def test_a_mediator_is_left_out_with_the_acts_by_it_and_toward_it() -> None:
    change = leaving_out(SCENARIO, ["cesland"])
    assert change.drops[0] == "mediators.cesland"
    assert not change.sets
    tree = made(drops=change.drops)
    assert tree["mediators"] == {}
    assert [act["id"] for act in tree["acts"]] == ["closure", "objection"]
    nameless = copy.deepcopy(BASE)
    for act in nameless["acts"]:
        del act["id"]
    known = Known.of(nameless)
    change = leaving_out(known.scenario, ["cesland"])
    assert change.drops == ("mediators.cesland",)
    left = changed(nameless, *edits_of(change)).value
    assert left["acts"] == [{key: act[key] for key in act if key != "id"} for act in tree["acts"]]
    assert leaving_out(SCENARIO, []) == Change()


def test_paths_are_read_as_the_keys_of_the_tree() -> None:
    assert path_in(BASE, ["acts", "objection", "seq"]) == ("acts", 1, "seq")
    assert value_at(BASE, ["acts", "objection", "seq"]) == 2
    assert value_at(BASE, ["acts", "none", "seq"]) is None


def test_a_change_is_validated_as_the_whole_would_be() -> None:
    known = Known(BASE, SCENARIO, references(BASE))
    assert known.validate(BASE) == SCENARIO
    tree = made((RESOLVE, 0.9), ("mediators.delland", MEDIATOR))
    whole = Scenario.model_validate(copy.deepcopy(tree), context=references(tree))
    assert known.validate(tree) == whole
    with pytest.raises(ValueError, match="resolve"):
        known.validate(made((RESOLVE, 1.5)))
