"""Scenario discovery on experiments with a known structure."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from escalation.analysis import discovery
from escalation.experiment.progress import DiscoveryProgress
from escalation.files.places import ArgumentError
from tests.analysis.discoverable import Discoverable, sampled, with_policies


def discovered(results: Any, when: str = "outcome == war", **how: Any) -> discovery.Discovery:
    return discovery.discover(results, when, **{"resamples": 20} | how)


@pytest.fixture(scope="module")
def found() -> discovery.Discovery:
    return discovered(sampled())


def test_the_box_that_is_there_is_found_and_holds(found: discovery.Discovery) -> None:
    (one,) = found.slices
    box = one.boxes[0]
    assert [one.axes[j].name for j in box.found.box.restricted] == ["x", "z"]
    assert box.found.box.low[0] == pytest.approx(0.6, abs=0.08)
    assert box.found.box.high[1] == pytest.approx(0.4, abs=0.08)
    assert box.chance == 0.05
    assert float(box.density.low) < box.found.density < float(box.density.high)
    assert float(box.gain.low) > 0.3
    assert np.mean([trial.gain for trial in box.trials]) > 0.3
    assert len(box.resamples) == 20
    assert len(box.trials) == 4
    assert box.steps[box.place].coverage >= box.found.coverage - 0.2
    assert len(one.boxes) == 1
    assert one.further
    tree = one.tree.tree
    assert {node.branch.input for node in tree.walk() if node.branch} <= {0, 1}
    assert len(tree.leaves()) >= 3


def test_density_and_coverage_are_those_of_the_crises(found: discovery.Discovery) -> None:
    (one,) = found.slices
    rate = one.points.counts.rate
    inside = one.boxes[0].inside
    assert one.boxes[0].found.density == pytest.approx(rate[inside].mean())
    assert one.boxes[0].found.coverage == pytest.approx(rate[inside].sum() / rate.sum())
    assert float(one.base.estimate) == pytest.approx(rate.mean())
    assert found.crises == 150 * 40


def test_a_point_counts_once_however_many_crises_it_has() -> None:
    class Uneven(Discoverable):
        def parts(self) -> Any:
            for part in super().parts():
                few = (part.table["cell"] % 2 == 0) | (part.table["replication"] < 10)
                part.table = {name: values[few] for name, values in part.table.items()}
                part.cells = part.table["cell"]
                yield part

    even = sampled()
    uneven = discovered(Uneven(even.spec, even.levels))
    (one,) = uneven.slices
    assert set(one.points.counts.sizes.sum(axis=1).tolist()) == {10, 40}
    assert float(one.base.estimate) == pytest.approx(one.points.counts.rate.mean())


def test_a_target_steers_the_choice() -> None:
    results = sampled()
    dense = discovered(results, density=0.75).slices[0].boxes[0].found
    wide = discovered(results, coverage=0.9).slices[0].boxes[0].found
    assert dense.density >= 0.7
    assert wide.coverage >= 0.85
    assert dense.density > wide.density


def test_each_policy_has_boxes_of_its_own_unless_they_are_pooled() -> None:
    results = with_policies()
    apart = discovered(results)
    assert [one.title for one in apart.slices] == ["Russia", "nobody"]
    assert apart.by == "Policy"
    assert all([axis.name for axis in one.axes] == ["x", "z"] for one in apart.slices)
    (pooled,) = discovered(results, pool=True).slices
    assert [axis.name for axis in pooled.axes] == ["policy", "x", "z"]
    by_day = discovered(sampled(), by="day")
    assert {one.title for one in by_day.slices} == {"4", "8", "12"}
    assert len(by_day.slices) == 3


def test_every_search_is_heard_of() -> None:
    heard: list[DiscoveryProgress] = []
    quiet, found = discovered(sampled()), discovered(sampled(), heard=heard.append)
    assert found.lines() == quiet.lines()
    boxes = len(found.slices[0].boxes)
    assert [one.done for one in heard if one.box == 1] == list(range(1, 46))
    assert {one.searches for one in heard} == {45}
    assert {one.box for one in heard} >= set(range(1, boxes + 1))
    assert [heard[0].still, heard[44].still] == [3 * 45 - 1, 2 * 45]


def test_where_nothing_varies_nothing_is_found() -> None:
    (never,) = discovered(sampled(), "nuclear_use").slices
    assert never.boxes == ()
    assert float(never.base.estimate) == 0.0
    noise = discovered(sampled(likely=0.3, unlikely=0.3)).slices[0]
    assert (
        not noise.boxes[0].found.box.limits
        or noise.boxes[0].chance > 0.05
        or noise.boxes[0].found.density < 0.4
    )


def test_the_same_seed_gives_the_same_answer_and_another_the_same_box() -> None:
    one, again, other = (discovered(sampled(60), seed=seed) for seed in (1, 1, 2))
    assert one.lines() == again.lines()
    assert {name: table.csv() for name, table in one.tables().items()} == {
        name: table.csv() for name, table in again.tables().items()
    }
    assert one.slices[0].boxes[0].found == other.slices[0].boxes[0].found
    assert one.slices[0].boxes[0].resamples != other.slices[0].boxes[0].resamples


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"density": 1.5}, "density: 1.5 is not a share"),
        ({"coverage": 0.0}, "coverage: 0 is not a share"),
        ({"density": 0.5, "coverage": 0.5}, "mutually exclusive"),
        ({"by": "days"}, "did you mean `day`"),
        ({"by": "day", "pool": True}, "mutually exclusive"),
        ({"boxes": 0}, "boxes"),
        ({"resamples": 3}, "resamples"),
        ({"seed": -1}, "seed"),
        ({"when": "outcome == wor"}, "did you mean `war`?"),
    ],
)
def test_what_is_refused(how: dict[str, Any], says: str) -> None:
    with pytest.raises(ArgumentError, match=says.replace("?", r"\?")):
        discovered(sampled(20), **how)


def test_few_points_or_no_inputs_are_refused() -> None:
    with pytest.raises(ArgumentError, match="has 9 design points with crises; scenario discovery needs 10"):
        discovered(sampled(9))
    with pytest.raises(ArgumentError, match="with Day of entry: "):
        discovered(sampled(20), by="day")
    still = sampled(20)
    still.levels = {name: values[:1] * 20 for name, values in still.levels.items()}
    with pytest.raises(ArgumentError, match="varies nothing"):
        discovered(still)


def test_tables_are_written(found: discovery.Discovery, tmp_path: Path) -> None:
    paths = found.write(tmp_path / "out")
    assert [path.name for path in paths] == [
        "boxes.csv", "stability.csv", "trajectory.csv", "tree.csv", "discovery.txt",
    ]  # fmt: skip
    rows = {path.stem: list(csv.DictReader(path.open(encoding="utf-8"))) for path in paths[:4]}
    (one,) = found.slices
    assert float(rows["boxes"][0]["density"]) == pytest.approx(one.boxes[0].found.density)
    assert [row["is_chosen"] for row in rows["trajectory"]].index("1") == one.boxes[0].place
    assert {row["input"] for row in rows["stability"]} == {"x", "z", "day"}
    assert len(rows["tree"]) == len(list(one.tree.tree.walk()))
    assert (tmp_path / "out" / "discovery.txt").read_text().splitlines() == found.lines()
    assert "India's audience cost" in found.texts()
