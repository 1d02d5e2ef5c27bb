"""The scenario of a cell is what a file with the same values loads as."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.experiment.design import Cell, design_of, scenario_of
from escalation.experiment.loaded import load_experiment
from escalation.experiment.spec import level_of
from escalation.files.places import ScenarioError
from escalation.scenario.dump import resolved_tree
from escalation.scenario.fields import references
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests/data/tiny.yaml"
NEW = {"label": "Dorland", "enters_day": 4, "style": "manipulation", "form": "third_party"}


SOURCED = [{"date": "2025-04-23", "says": "A.", "by": "X", "sources": ["gazette"]}]


def loaded(*factors, **more):
    """Return an experiment on the tiny scenario with factors f0, f1, ..."""
    given = {
        "name": "celled",
        "title": "Which scenario?",
        "summary": "A test.",
        "scenario": str(TINY),
        "seed": 1,
        "replications": 1,
        "factors": {f"f{number}": {"label": "F", **factor} for number, factor in enumerate(factors)},
    }
    return load_experiment(given | more)


def ways(**alternatives):
    return {"alternatives": alternatives}


def scenarios(experiment):
    return [scenario_of(experiment, cell) for cell in design_of(experiment).cells]


def by_file(**edits):
    """Return the tiny scenario with parts of its tree changed, validated as a whole."""
    tree = resolved_tree(load_scenario(TINY)) | edits
    return Scenario.model_validate(tree, context=references(tree))


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("mediators.cesland.enters_day", [3, 0, 100]),
        ("mediators.cesland.style", ["facilitation", "manipulation"]),
        ("mediators.cesland.toward.arland.bias", [-1, 0.25]),
        ("mediators.cesland.toward.borland.trust", [0.1, 0.9]),  # left out in the file, so made here
        ("states.borland.third_party_aversion", [0, 1]),
        ("weights.ratchet", [0.2, 1.1]),
        ("ladder.acts.strike.cost", [0.1, 0.9]),
        ("ladder.rungs.7.label", ["High", "Higher"]),
        ("incidents.attack.severity", [0.1, 0.58]),
        ("acts.objection.date", ["2025-04-23", "2025-04-26"]),
        ("acts.appeal.confidence", ["low", "high"]),
        ("rivalries.0.tension", [0, 3.5]),
        ("free_days", [1, 30]),
        ("horizon", ["2025-04-26", "2025-04-28"]),
        ("title", ["One", "no"]),
    ],
)
def test_a_value_is_set_at_its_path(path, values):
    experiment = loaded({"path": path, "values": values})
    made = scenarios(experiment)
    expected = [
        load_scenario(TINY, [f'{path}="{v}"' if isinstance(v, str) else f"{path}={v}"]) for v in values
    ]
    assert made[: len(values)] == expected


def test_a_level_that_represents_a_list_sets_the_list():
    experiment = loaded({"path": "states.borland.capabilities", "values": [["air_force"], []]})
    assert [made.states["borland"].capabilities for made in scenarios(experiment)] == [("air_force",), ()]


def test_one_factor_may_go_to_several_places():
    experiment = loaded({"paths": ["states.arland.resolve", "states.borland.resolve"], "values": [0.1, 0.9]})
    for made, value in zip(scenarios(experiment), (0.1, 0.9), strict=False):
        assert {state.resolve for state in made.states.values()} == {value}


def test_alternatives_replace_and_add_mediators():
    experiment = loaded(
        ways(
            one={},
            none={"set": {"mediators": {}}, "drop": ["appeal"]},
            other={"set": {"mediators": {"dorland": NEW}}, "drop": ["appeal"]},
            both={"set": {"mediators.dorland": NEW, "mediators.cesland.style": "formulation"}},
            gone={"drop": ["mediators.cesland", "appeal"]},
        )
    )
    one, none, other, both, gone = scenarios(experiment)
    assert one == load_scenario(TINY)
    assert (none.mediators, len(none.acts)) == ({}, 2)
    assert list(other.mediators) == ["dorland"]
    assert list(both.mediators) == ["cesland", "dorland"]
    assert both.mediators["cesland"].style == "formulation"
    assert len(both.acts) == 3
    assert gone == none


def test_entries_are_dropped_by_id_in_any_order():
    dropped = loaded(
        ways(all={}, some={"drop": ["closure", "appeal"]}, rest={"drop": ["appeal", "objection"]})
    )
    says = [[act.act for act in made.acts] for made in scenarios(dropped)]
    assert says == [["close_border", "protest", "ask_for_help"], ["protest"], ["close_border"]]


def test_what_one_factor_drops_does_not_move_what_another_sets():
    experiment = loaded(
        ways(all={}, first={"drop": ["closure"]}),
        {"path": "acts.objection.says", "values": ["As it was.", "Changed."]},
        ways(all={}, third={"drop": ["appeal"]}),
    )
    cell = Cell(0, "design", {"f0": "first", "f1": "Changed.", "f2": "third"}, 1)
    assert [act.says for act in scenario_of(experiment, cell).acts] == ["Changed."]


def test_what_is_set_for_all_is_in_every_cell():
    experiment = loaded(
        {"path": "mediators.dorland.enters_day", "values": [4, 6]},
        set={"mediators": {"dorland": NEW}, "acts": [], "free_days": 3},
    )
    for made, day in zip(scenarios(experiment), (4, 6), strict=True):
        assert (made.free_days, made.acts, list(made.mediators)) == (3, (), ["dorland"])
        assert made.mediators["dorland"].enters_day == day


def test_cells_leave_the_base_and_one_another_alone():
    experiment = loaded(
        {"path": "mediators.cesland.toward.arland.trust", "range": [0, 1], "levels": 3},
        ways(all={}, fewer={"set": {"states.arland.sources": []}, "drop": ["attack", "sources.gazette"]}),
    )
    base, scenario = copy.deepcopy(experiment.base), copy.deepcopy(experiment.scenario)
    first = scenarios(experiment)
    assert first == scenarios(experiment)
    assert experiment.base == base
    assert experiment.scenario == scenario
    assert [made.mediators["cesland"].toward["arland"].trust for made in first[:6]] == [0, 0, 0.5, 0.5, 1, 1]


def test_a_name_that_another_level_removes_is_missed():
    """Parts that did not change are taken over as valid only while the names are the same."""
    experiment = loaded(
        ways(all={}, fewer={"drop": ["appeal", "mediators.cesland"]}),
        {"path": "acts.objection.target", "values": ["arland"]},
        {
            "path": "reports",
            "values": [[], SOURCED],
        },
        ways(
            all={},
            unsourced={
                "set": {"states.arland.sources": [], "incidents.attack.sources": []},
                "drop": ["sources.gazette"],
            },
        ),
        design={"kind": "list", "points": [{"f3": "unsourced"}, {"f2": SOURCED}]},
    )
    cell = Cell(0, "design", {"f0": "all", "f1": "arland", "f2": "[]", "f3": "unsourced"}, 1)
    assert scenario_of(experiment, cell).sources == {}
    cell = Cell(1, "design", cell.levels | {"f2": level_of(SOURCED)}, 1)
    with pytest.raises(ScenarioError, match='no source is called "gazette"'):
        scenario_of(experiment, cell)


EDITS = {
    "free_days": st.integers(1, 40),
    "max_acts_per_day": st.integers(1, 8),
    "states.arland.resolve": st.floats(0, 1),
    "states.borland.capabilities": st.sampled_from([[], ["air_force"]]),
    "mediators.cesland.enters_day": st.integers(0, 30),
    "mediators.dorland": st.just(NEW),
    "rivalries.0.hotline": st.booleans(),
    "hazards": st.just([]),
    "weights.step": st.floats(0, 1),
    "ladder.acts.strike.visibility": st.floats(0, 1),
    "acts.closure.date": st.sampled_from(["2025-04-22", "2025-04-26"]),
    "outcome.quiet_days": st.integers(1, 20),
    "sources.other": st.just({"title": "Another"}),
}


@given(st.data())
def test_every_cell_is_what_its_tree_validates_as(data):
    paths = data.draw(st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=5, unique=True))
    experiment = loaded(*({"path": path, "values": [data.draw(EDITS[path])]} for path in paths))
    made = scenarios(experiment)[0]
    tree = resolved_tree(made)
    assert Scenario.model_validate(tree, context=references(tree)) == made
    assert (
        load_scenario(TINY, [f"{path}={text(experiment, f'f{n}')}" for n, path in enumerate(paths)]) == made
    )


def text(experiment, factor):
    return json.dumps(experiment.spec.factors[factor].values[0])


def test_parts_that_nothing_changed_are_the_bases_own():
    experiment = loaded({"path": "states.arland.resolve", "values": [0.1, 0.2]})
    made = scenarios(experiment)[0]
    assert made.ladder is experiment.scenario.ladder
    assert made.acts[0] is experiment.scenario.acts[0]
    assert made.states["arland"] is not experiment.scenario.states["arland"]
    assert by_file() == load_scenario(TINY)
