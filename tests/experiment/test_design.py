"""Designs: their cells and their baseline, and that nothing random but the design's own seed is in them."""

from __future__ import annotations

import hashlib
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from escalation.experiment import design as designs
from escalation.experiment.design import Cell, design_of, scenario_of, twins_of
from escalation.experiment.factors import scale_of
from escalation.experiment.loaded import load_experiment
from escalation.files.places import ScenarioError
from escalation.scenario.dump import scenario_hash
from escalation.scenario.load import load_weights
from tests.experiment.sweeps import TINY, tree

ROOT = Path(__file__).resolve().parents[2]
ENTRY = {"label": "E", "path": "mediators.cesland.enters_day", "values": [5, 3, 8]}
TRUST = {"label": "T", "path": "mediators.cesland.toward.arland.trust", "range": [0.0, 1.0], "levels": 5}
DAYS = {"label": "D", "path": "free_days", "range": [4.5, 9.2], "levels": 3}
WHO = {
    "label": "W",
    "alternatives": {
        "small": {"set": {"incidents.attack.severity": 0.1}},
        "as_it_is": {},
        "none": {"drop": ["attack"]},
    },
}

WHOLE = ["free_days", "incidents.attack.killed", "outcome.quiet_days"]


@pytest.fixture(autouse=True)
def _at_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def loaded(factors, design="grid", **more):
    given = {
        "name": "designed",
        "title": "Which cells?",
        "summary": "A test.",
        "scenario": "tests/data/tiny.yaml",
        "seed": 11,
        "replications": 10,
        "factors": factors,
        "design": design,
    }
    return load_experiment(given | more)


def designed(factors, design="grid", **more):
    return design_of(loaded(factors, design, **more))


def points(design, *roles):
    return [tuple(cell.levels.values()) for cell in design.cells if not roles or cell.role in roles]


def check(design):
    """Check what holds of every design."""
    assert [cell.number for cell in design.cells] == list(range(len(design.cells)))
    assert len(set(points(design))) == len(design.cells)
    assert [cell.number for cell in design.cells if cell.role == "baseline"] == [design.baseline]
    for cell in design.cells:
        assert tuple(cell.levels) == design.factors


# ------------------------------------------------------------------------------------------------- grids


def test_a_grid_has_all_combinations_the_last_factor_fastest():
    design = designed({"entry": ENTRY, "trust": TRUST, "who": WHO})
    check(design)
    expected = product((5, 3, 8), (0.0, 0.25, 0.5, 0.75, 1.0), ("small", "as_it_is", "none"))
    # The scenario's own day is 3 and its trust 0.7, which is not a level of the grid, so one cell is added.
    assert points(design) == [*expected, (3, 0.7, "as_it_is")]
    assert design.factors == ("entry", "trust", "who")
    assert design.cells[-1].role == "baseline"


def test_a_point_that_is_the_baseline_is_not_repeated():
    design = designed({"entry": ENTRY, "who": WHO})
    check(design)
    assert len(design.cells) == 9
    assert design.cells[design.baseline].levels == {"entry": 3, "who": "as_it_is"}


def test_without_factors_there_is_one_cell():
    design = designed({})
    assert design.cells == (Cell(0, "baseline", {}, 11),)
    assert design.shown(design.cells[0]) == ""


def test_levels_of_a_range_are_round_numbers():
    factor = TRUST | {"levels": 11}
    levels = [cell.levels["trust"] for cell in designed({"trust": factor}).cells]
    assert levels == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


def test_a_range_of_days_takes_each_whole_day_once():
    assert points(designed({"days": DAYS})) == [(5,), (7,), (9,)]
    many = points(designed({"days": DAYS | {"levels": 50}}))
    assert many == [(5,), (6,), (7,), (8,), (9,)]
    assert all(type(day) is int for (day,) in many)


def test_whole_days_are_counted_once_each():
    many = loaded({f"f{number}": DAYS | {"levels": 9_999, "path": path} for number, path in enumerate(WHOLE)})
    assert scale_of(many.spec.factors["f0"], many.base).levels == (5, 6, 7, 8, 9)
    assert len(design_of(many).cells) == 5**3


def test_a_list_or_mapping_as_value_is_shown_as_text():
    factor = {"label": "C", "path": "states.borland.capabilities", "values": [["air_force"], []]}
    design = designed({"able": factor})
    assert points(design) == [('["air_force"]',), ("[]",)]
    assert design.baseline == 1
    assert design.shown(design.cells[0]) == 'able ["air_force"]'


# ---------------------------------------------------------------------------------------- impossible cells

RUNGS = {
    "force": {"label": "F", "path": "outcome.force_rung", "values": [9, 6, 7]},
    "war": {"label": "W", "path": "outcome.war_rung", "values": [9, 7, 6]},
}


def test_every_cell_whose_levels_are_wrong_only_together_is_named():
    with pytest.raises(ScenarioError) as caught:
        loaded(RUNGS | {"trust": TRUST})
    named = [problem.says.split(":")[0] for problem in caught.value.problems]
    wrong = {(9, 7), (9, 6), (7, 6)}
    grid = list(product((9, 6, 7), (9, 7, 6), (0.0, 0.25, 0.5, 0.75, 1.0)))
    expected = [
        f"cell {number} (force {force}, war {war}, trust {trust})"
        for number, (force, war, trust) in enumerate(grid)
        if (force, war) in wrong
    ]
    assert sorted(named) == sorted(expected)
    assert len(expected) == 15
    possible = {"kind": "list", "points": [{"force": 6, "war": 7}, {"force": 9, "war": 9}]}
    assert len(designed(RUNGS, possible).cells) == 3


def test_factors_that_stand_alone_are_not_tried_together(monkeypatch):
    tried = []
    made = designs._made

    def counted(experiment, cell):
        tried.append(cell)
        return made(experiment, cell)

    monkeypatch.setattr(designs, "_made", counted)
    style = {
        "label": "S",
        "path": "mediators.cesland.style",
        "values": ["facilitation", "formulation", "manipulation"],
    }
    ratchet = {"label": "R", "path": "weights.ratchet", "values": [0.1, 0.2]}
    loaded({"entry": ENTRY, "trust": TRUST, "style": style, "ratchet": ratchet, "who": WHO})
    assert tried == []
    loaded({"entry": ENTRY, "trust": TRUST, "days": DAYS, "who": WHO})
    assert len(tried) == 3 * 3


def test_dates_are_checked_together():
    factors = {
        "end": {"label": "E", "path": "free_days", "values": [10, 1]},
        "when": {"label": "W", "path": "acts.objection.date", "values": ["2025-04-24", "2025-04-30"]},
    }
    with pytest.raises(ScenarioError) as caught:
        loaded(factors)
    expected = (
        "experiment: factors: cell 3 (end 1, when 2025-04-30): acts.objection.date: "
        "2025-04-30 is outside the scenario; a date from 2025-04-22 to 2025-04-27"
    )
    assert [str(problem) for problem in caught.value.problems] == [expected]


# ---------------------------------------------------------------------------------------------- baseline


def test_the_baseline_is_the_named_then_the_scenarios_own_then_the_first_level():
    two = {"label": "E", "path": "mediators.cesland.enters_day", "values": [8, 9]}
    both = {"label": "B", "paths": ["states.arland.resolve", "states.borland.resolve"], "values": [0.6, 0.5]}
    other = {
        "label": "O",
        "alternatives": {"one": {"set": {"free_days": 3}}, "two": {"set": {"free_days": 4}}},
    }
    factors = {"entry": two, "both": both, "third": other, "trust": TRUST}
    design = designed(factors)
    # Arland's resolve is 0.6 and Borland's 0.5, so neither level is the scenario's own.
    assert tuple(design.cells[design.baseline].levels.values()) == (8, 0.6, "one", 0.7)
    named = designed(factors, baseline={"entry": 9, "both": 0.5, "third": "two", "trust": 1})
    assert tuple(named.cells[named.baseline].levels.values()) == (9, 0.5, "two", 1.0)
    check(named)


def test_the_own_level_is_that_after_what_is_set_for_all():
    design = designed({"entry": ENTRY}, set={"mediators.cesland.enters_day": 8})
    assert design.cells[design.baseline].levels == {"entry": 8}


# ------------------------------------------------------------------------------------------------- lists


def test_a_list_keeps_its_order_and_fills_up_from_the_baseline():
    listed = [{"entry": 8, "trust": 1}, {"who": "none"}, {"entry": 8, "trust": 1.0}, {}]
    factors = {"entry": ENTRY, "trust": TRUST, "who": WHO}
    design = designed(factors, {"kind": "list", "points": listed})
    check(design)
    assert points(design) == [(8, 1.0, "as_it_is"), (3, 0.7, "none"), (3, 0.7, "as_it_is")]
    assert design.baseline == 2
    without = designed(factors, {"kind": "list", "points": listed[:2]})
    assert without.cells[2].role == "baseline"


# ----------------------------------------------------------------------------------------------- samples

FACTORS = {"entry": ENTRY, "trust": {**TRUST, "levels": None}, "days": {**DAYS, "levels": None}, "who": WHO}


@pytest.mark.parametrize("kind", ["lhs", "sobol"])
def test_samples_are_the_same_for_the_same_seed(kind):
    design = {"kind": kind, "points": 32, "seed": 3}
    first = designed(FACTORS, design)
    check(first)
    assert first == designed(FACTORS, design)
    # The seed of the crises has no part in the points.
    assert points(first) == points(designed(FACTORS, design, seed=99))
    other = designed(FACTORS, design | {"seed": 4})
    assert points(other, "design") != points(first, "design")


@pytest.mark.parametrize("kind", ["lhs", "sobol"])
def test_samples_fill_every_range_and_take_every_number_evenly_and_meet_every_name(kind):
    design = designed({**FACTORS, "trust": {**TRUST, "levels": None}}, {"kind": kind, "points": 256})
    rows = points(design, "design")
    assert len(rows) == 3 * 256
    assert rows[1::3] == [(*row[:-1], "as_it_is") for row in rows[::3]]
    entries, trusts, days, who = zip(*rows, strict=True)
    assert np.all(np.abs(np.histogram(trusts, 8, (0, 1))[0] // 3 - 32) <= 2)
    assert [who.count(name) for name in WHO["alternatives"]] == [256] * 3
    assert min(entries.count(day) for day in (3, 5, 8)) >= 3 * 83
    assert sorted(set(days)) == [5, 6, 7, 8, 9]
    assert min(days.count(day) for day in range(5, 10)) >= 3 * 48
    assert all(type(day) is int for day in days)
    assert all(0 <= trust <= 1 and len(repr(trust)) <= 11 for trust in trusts)


def test_samples_come_with_their_baseline_and_probes_under_every_name():
    design = designed(FACTORS, {"kind": "sobol", "points": 4})
    start = design.cells[design.baseline].levels
    assert start == {"entry": 3, "trust": 0.7, "days": 5, "who": "as_it_is"}
    probes = [cell.levels for cell in design.cells if cell.role == "probe"]
    moved = [{}, {"entry": 5}, {"entry": 8}, {"trust": 0.0}, {"trust": 1.0}, {"days": 9}]
    expected = [start | one | {"who": who} for one in moved for who in WHO["alternatives"]]
    expected.remove(start)
    assert probes == expected
    check(design)


def test_samples_of_few_numbers_are_not_repeated():
    design = designed({"entry": ENTRY}, {"kind": "lhs", "points": 30})
    check(design)
    assert sorted(points(design)) == [(3,), (5,), (8,)]


# ------------------------------------------------------------------------------------------------ policies

POLICIES = {
    "none": {"drop": ["mediators.cesland", "appeal"]},
    "early": {"set": {ENTRY["path"]: 0}},
    "same": {},
}
UNSURE = {
    "trust": {**TRUST, "levels": None},
    "resolve": {"label": "R", "path": "states.arland.resolve", "range": [0.2, 0.8]},
}


def with_policies(**changes):
    given = {"policies": POLICIES, "uncertainties": UNSURE, "design": {"kind": "sobol", "points": 8}}
    return load_experiment(
        {k: v for k, v in tree().items() if k != "factors"} | {"baseline": {}} | given | changes
    )


def test_every_policy_meets_every_point():
    made = with_policies()
    design = design_of(made)
    check(design)
    assert design.factors == ("policy", "trust", "resolve")
    by_policy = {name: [] for name in POLICIES}
    for cell in design.cells:
        by_policy[cell.levels["policy"]].append((cell.levels["trust"], cell.levels["resolve"]))
    assert len(by_policy["none"]) == 8 + 1 + 4
    assert by_policy["none"] == by_policy["early"] == by_policy["same"]


def test_the_reference_is_the_policy_that_changes_nothing_unless_one_is_named():
    assert design_of(with_policies()).cells[design_of(with_policies()).baseline].levels["policy"] == "same"
    named = design_of(with_policies(reference="early"))
    assert named.cells[named.baseline].levels["policy"] == "early"


def test_cells_whose_difference_is_left_out_are_twins():
    made = with_policies()
    cells = design_of(made).cells
    twins = twins_of(made, cells)
    assert all(cells[one].levels["policy"] == "none" for one in twins)
    for one, other in twins.items():
        assert scenario_of(made, cells[one]) == scenario_of(made, cells[other])
    # Of 13 points, the two that move the mediator's trust alone come to the same without it as the baseline.
    assert len(twins) == 2
    different = {scenario_hash(scenario_of(made, cell)) for cell in cells}
    assert len(different) == len(cells) - len(twins)
    assert twins_of(with_policies(seeds="independent"), cells) == {}


def test_alternatives_that_set_what_the_scenario_has_are_twins():
    own, other = ({"set": {TRUST["path"]: trust}} for trust in (0.7, 0.1))
    factors = {"who": {"label": "W", "alternatives": {"own": own, "same": {}, "other": other}}}
    made = loaded(factors)
    assert twins_of(made, design_of(made).cells) == {1: 0}


def test_a_whole_scenario_and_a_set_of_weights_are_policies(tmp_path):
    other = (ROOT / TINY).read_text(encoding="utf-8").replace("severity: 0.5", "severity: 0.9")
    path = tmp_path / "other.yaml"
    path.write_text(other.replace("ladder: ", f"ladder: {(ROOT / TINY).parent}/"), encoding="utf-8")
    policies = {"same": {}, "worse": {"scenario": str(path)}, "fitted": {"weights": "calibrated"}}
    made = with_policies(policies=policies, set={"free_days": 6})
    for cell in design_of(made).cells:
        scenario = scenario_of(made, cell)
        assert scenario.incidents[0].severity == (0.9 if cell.levels["policy"] == "worse" else 0.5)
        assert scenario.free_days == 6
        assert scenario.states["arland"].resolve == cell.levels["resolve"]
        fitted = scenario.weights == load_weights("calibrated").weights
        assert fitted == (cell.levels["policy"] == "fitted")
    assert twins_of(made, design_of(made).cells) == {}


# ------------------------------------------------------------------------------------------------- seeds


def test_common_seeds_are_the_experiments_own():
    assert {cell.seed for cell in designed({"entry": ENTRY}).cells} == {11}


def test_independent_seeds_are_the_documented_function_of_seed_and_number():
    cells = designed({"entry": ENTRY}, seeds="independent").cells
    for cell in cells:
        digest = hashlib.sha256(b"11:%d" % cell.number).digest()
        assert cell.seed == int.from_bytes(digest[:8], "little")
    assert len({cell.seed for cell in cells}) == 3


@pytest.mark.slow
def test_a_hundred_thousand_cells_are_workable():
    factors = {"trust": TRUST | {"levels": 1000}, "days": DAYS | {"range": [1, 100], "levels": 100}}
    design = designed(factors)
    assert len(design.cells) == 100_001
