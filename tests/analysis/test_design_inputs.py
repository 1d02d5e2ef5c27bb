"""The design points of an experiment as inputs, and what happened at each."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from escalation.analysis.design_inputs import design_points
from escalation.measures.crisis_conditions import condition
from tests.analysis.discoverable import DAY, WHO, Discoverable, X, Z, sampled, spec_of, with_policies


def points_of(results: Any, when: str = "war") -> Any:
    return design_points(results, condition(when, results.layout))


def test_crises_are_counted_by_point_and_batch() -> None:
    results = sampled(30, replications=70)
    found = points_of(results)
    tables = [part.table for part in results.parts()]
    cell, replication, outcome = (
        np.concatenate([table[name] for table in tables]) for name in ("cell", "replication", "outcome")
    )
    assert found.counts.hits.shape == (30, 50)
    for point, batch in ((0, 0), (7, 19), (29, 49)):
        here = (cell == point) & (replication % 50 == batch)
        assert found.counts.sizes[point, batch] == here.sum()
        assert found.counts.hits[point, batch] == (outcome[here] == 1).sum()
    assert found.counts.sizes.sum() == 30 * 70
    assert found.counts.is_common


def test_the_baseline_and_the_probes_of_a_sample_are_no_points() -> None:
    roles = ("design",) * 27 + ("baseline", "probe", "probe")
    found = points_of(sampled(30, roles=roles))
    assert found.cells.tolist() == list(range(27))
    grid = sampled(30, roles=roles)
    grid.spec = grid.spec.model_copy(update={"design": grid.spec.design.model_copy(update={"kind": "grid"})})
    assert len(points_of(grid).cells) == 30


def test_points_without_crises_are_left_out_and_counted() -> None:
    found = points_of(sampled(30, missing=frozenset({3, 4})))
    assert len(found.cells) == 28
    assert (found.empty, found.missing) == (2, 80)


def test_inputs_are_numbers_or_categories() -> None:
    table = points_of(sampled(60)).table()
    x, _, day = table.space.inputs
    assert (x.is_listed, x.categories) == (False, ())
    assert (day.is_listed, day.categories) == (True, ())
    assert [axis.label for axis in table.axes] == [X["label"], Z["label"], DAY["label"]]
    assert (table.axes[2].low, table.axes[2].high, table.axes[2].unit) == (4.0, 12.0, "days")


def test_named_levels_are_categories_and_what_does_not_vary_is_no_input() -> None:
    spec = spec_of(
        factors={
            "x": X, "z": Z, "who": WHO,
            "line": {"label": "Line", "path": "rivalries.0.contested_line", "values": [True, False]},
            "same": {"label": "Same", "path": "free_days", "values": [9]},
        }
    )  # fmt: skip
    random = np.random.default_rng(0)
    levels = {
        "x": random.random(20).tolist(), "z": random.random(20).tolist(), "who": ["russia", "nobody"] * 10,
        "line": [True, False, False, True] * 5, "same": [9] * 20,
    }  # fmt: skip
    table = points_of(Discoverable(spec, levels)).table()
    assert [axis.name for axis in table.axes] == ["x", "z", "who", "line"]
    assert table.space.inputs[2].categories == ("Russia", "nobody")
    assert table.space.inputs[2].values.tolist() == [0.0, 1.0] * 10
    assert table.space.inputs[3].categories == ("yes", "no")
    assert [axis.name for axis in points_of(Discoverable(spec, levels)).table(["who"]).axes] == [
        "x",
        "z",
        "line",
    ]


def test_draws_become_the_numbers_that_they_set() -> None:
    ways = {f"draw_{k}": {"set": {"weights.fear": 0.1 * k, "weights.even": 2.0}} for k in range(4)}
    spec = spec_of(
        factors={
            "x": X,
            "z": Z,
            "w": {"label": "Draw", "alternatives": ways, "draws": {"of": "fit", "count": 4}},
        }
    )
    levels = {"x": [0.1] * 8, "z": list(np.arange(8) / 8), "w": [f"draw_{k % 4}" for k in range(8)]}
    table = points_of(Discoverable(spec, levels)).table()
    assert [axis.name for axis in table.axes] == ["z", "w.fear"]
    assert table.axes[1].label == "weight fear"
    assert table.space.inputs[1].values == pytest.approx([0.0, 0.1, 0.2, 0.3] * 2)


def test_cells_of_one_sampled_point_are_a_group() -> None:
    found = points_of(with_policies(20))
    assert found.counts.groups.tolist() == np.repeat(np.arange(20), 2).tolist()
    among = found.where("policy", "nobody")
    table = found.table(["policy"], among)
    assert len(table.cells) == 20
    assert table.counts.groups.tolist() == list(range(20))
    assert [axis.name for axis in table.axes] == ["x", "z"]


def test_independent_seeds_are_known() -> None:
    results = sampled(20)
    results = dataclasses.replace(results, spec=results.spec.model_copy(update={"seeds": "independent"}))
    assert not points_of(results).counts.is_common
