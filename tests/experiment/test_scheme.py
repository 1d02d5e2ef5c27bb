"""The design of a sensitivity analysis: its points, its cells, and where they are found again."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from escalation.experiment.design import design_of
from escalation.experiment.loaded import load_experiment
from escalation.experiment.scheme import load_for_sensitivity, sensitivity_cells
from escalation.files.places import ScenarioError, StoreError
from tests.analysis.analysed import UNCERTAINTIES, tree

DRAWS = {"weights": {"label": "Weights", "draws": {"of": "calibrated", "count": 5}}}


def test_every_point_is_a_cell_in_every_setting() -> None:
    loaded = load_experiment(tree())
    cells = design_of(loaded).cells
    found = sensitivity_cells(loaded, cells)
    assert [each.name for each in found.parameters] == ["resolve", "days", "tension"]
    assert [each.ends for each in found.parameters] == [(0.1, 0.9), (1, 3), (0.5, 2.0)]
    assert (found.settings, found.reference) == (("policy alone", "policy both"), 0)
    assert found.labels == ("Cesland alone", "both")
    assert found.pick_freeze.shape == (16, 5, 2)
    assert found.steps.shape == (5, 4, 2)
    for setting, policy in enumerate(("alone", "both")):
        at = [cells[number].levels for number in found.pick_freeze[..., setting].reshape(-1)]
        assert {levels["policy"] for levels in at} == {policy}
        assert cells[found.baseline[setting]].levels["resolve"] == 0.6
        low, high = (cells[number].levels for number in found.ends[0][:, setting])
        assert (low["resolve"], high["resolve"]) == (0.1, 0.9)
        assert low["tension"] == cells[found.baseline[setting]].levels["tension"]
    used = {
        *found.pick_freeze.flat,
        *found.steps.flat,
        *found.baseline,
        *np.concatenate(list(found.ends.values())).flat,
    }
    assert used <= {cell.number for cell in cells}
    # Besides them only the values of a number that are neither its least nor its greatest.
    assert {cell.role for cell in cells if cell.number not in used} <= {"probe"}


def test_a_row_of_ab_has_one_level_of_b_and_the_others_of_a() -> None:
    loaded = load_experiment(tree())
    cells = design_of(loaded).cells
    found = sensitivity_cells(loaded, cells)
    names = [each.name for each in found.parameters]
    for row in found.pick_freeze[..., 1]:
        a, b, *mixed = ([cells[number].levels[name] for name in names] for number in row)
        for i, levels in enumerate(mixed):
            assert levels == [b[k] if k == i else a[k] for k in range(3)]


def test_a_step_changes_one_parameter_by_its_length() -> None:
    loaded = load_experiment(tree(uncertainties=UNCERTAINTIES | DRAWS))
    cells = design_of(loaded).cells
    found = sensitivity_cells(loaded, cells)
    assert found.parameters[3].ends is None
    assert 3 not in found.ends
    for row, numbers in enumerate(found.steps[..., 0]):
        for step in range(4):
            before, after = (cells[numbers[step + side]].levels for side in (0, 1))
            (changed,) = (name for name in before if before[name] != after[name])
            parameter = found.parameters[found.changed[row, step]]
            assert changed == parameter.name
            length = found.lengths[row, step]
            if parameter.ends is None:
                assert length == 1
            else:
                low, high = parameter.ends
                assert length == pytest.approx((after[changed] - before[changed]) / (high - low))
                assert abs(length) >= 0.3


def test_a_number_with_one_level_is_no_parameter() -> None:
    one = {"label": "One", "path": "free_days", "values": [8]}
    found = load_experiment(tree(uncertainties=UNCERTAINTIES | {"one": one}))
    cells = sensitivity_cells(found, design_of(found).cells)
    assert [each.name for each in cells.parameters] == ["resolve", "days", "tension"]


def test_without_anything_crossed_there_is_one_setting_without_a_name() -> None:
    loaded = load_experiment(tree(policies={}, uncertainties={}, factors=UNCERTAINTIES))
    found = sensitivity_cells(loaded, design_of(loaded).cells)
    assert (found.settings, found.labels, found.reference) == (("",), ("",), 0)


def test_other_cells_are_refused() -> None:
    loaded = load_experiment(tree())
    cells = [
        dataclasses.replace(cell, levels=cell.levels | {"resolve": 0.2}) for cell in design_of(loaded).cells
    ]
    with pytest.raises(StoreError, match="the cells are not the points of their design"):
        sensitivity_cells(loaded, cells)


def test_the_design_takes_the_place_of_the_experiments_own() -> None:
    grid = tree(design="grid", until={"share": "force", "half_width": 0.1, "at_most": 20})
    with pytest.raises(ScenarioError, match="a range without levels"):
        load_experiment(grid)
    spec = load_for_sensitivity(grid).spec
    assert (spec.design.kind, spec.design.points, spec.design.trajectories) == ("sensitivity", 256, 40)
    assert spec.until is None
    only = load_for_sensitivity(grid, method="morris", trajectories=7).spec.design
    assert (only.points, only.trajectories) == (None, 7)
    only = load_for_sensitivity(grid, method="sobol", points=32).spec.design
    assert (only.points, only.trajectories) == (32, None)
    own = load_for_sensitivity(tree()).spec.design
    assert (own.points, own.trajectories) == (16, 5)
    assert load_for_sensitivity(tree(), points=64).spec.design.trajectories == 40


@pytest.mark.parametrize(
    ("design", "says"),
    [
        ({"points": 20}, "20 is not a power of two"),
        ({"points": 8}, "8 is too few for an interval; 16 or more"),
        ({"points": [{"resolve": 0.2}]}, "points listed with sensitivity"),
        ({}, "the number of points is missing"),
        ({"trajectories": 1}, "1 is not in"),
        ({"kind": "lhs", "points": 4, "trajectories": 3}, "trajectories with lhs"),
        ({"points": 2**19}, "cells; at most 1,000,000"),
    ],
)
def test_wrong_designs_are_refused(design: dict[str, object], says: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        load_experiment(tree(design={"kind": "sensitivity"} | design))
    assert says in str(raised.value)


def test_names_alone_leave_nothing_to_sample() -> None:
    with pytest.raises(ScenarioError, match="sensitivity without numbers or draws"):
        load_experiment(tree(uncertainties={}))
