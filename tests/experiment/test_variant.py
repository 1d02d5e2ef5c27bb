"""The arms of a comparison: plain scenarios, runs, changes and forks."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from escalation.crisis.play import play, play_forked
from escalation.crisis.tables import write_run
from escalation.experiment.variant import Variant, arms_of, input_differences, relabelled, without
from escalation.files.places import ArgumentError, ScenarioError
from escalation.scenario.dump import resolved_tree
from escalation.scenario.load import load_scenario
from escalation.vocabulary import OUTCOMES
from tests.experiment.sweeps import TINY

RESOLVE = "states.arland.resolve=0.95"


def test_a_change_sets_values_then_drops_entries() -> None:
    variant = Variant(["acts.appeal.date=2025-04-26", RESOLVE], ["closure"])
    first, other = arms_of([TINY, variant])
    assert (first.letter, other.letter) == ("A", "B")
    assert first.scenario == load_scenario(TINY)
    assert other.label == "tiny with acts.appeal.date=2025-04-26, states.arland.resolve=0.95, without closure"
    assert [entry.id for entry in other.scenario.acts] == ["objection", "appeal"]
    found = {".".join(one.path): (one.before, one.after) for one in input_differences(first.tree, other.tree)}
    assert found == {
        "states.arland.resolve": (0.6, 0.95),
        "acts.closure": ("2025-04-23 arland close_border borland", None),
        "acts.appeal.date": ("2025-04-25", "2025-04-26"),
    }
    assert variant.options == [
        "--change", "acts.appeal.date=2025-04-26", "--change", RESOLVE, "--drop", "closure",
    ]  # fmt: skip


def test_labels_are_no_differences_and_entries_need_no_id() -> None:
    tree = resolved_tree(load_scenario(TINY))
    other = json.loads(json.dumps(tree))
    other["states"]["arland"]["label"] = "Another"
    other["acts"][0]["says"] = "Otherwise."
    for entry in other["acts"]:
        entry.pop("id", None)
    plain = json.loads(json.dumps(other))
    del plain["acts"][1]
    assert [one.path[-1] for one in input_differences(other, plain)] == ["2025-04-24_borland_protest_arland"]
    tree["acts"] = other["acts"]
    assert input_differences(tree, other) == ()


@pytest.mark.parametrize("since", ["2025-04-25", "2025-04-27", dt.date(2025, 5, 1)])
def test_a_fork_is_the_crisis_that_is_played_forked(since: str | dt.date) -> None:
    first, other = arms_of([TINY, Variant(["weights.alarm=1.5"], since=since)])
    runs = other.runs(3, 5, 12)
    days = (dt.date.fromisoformat(str(since)) - first.scenario.start).days
    assert other.since == days
    for k in range(12):
        alone = play_forked(first.scenario, other.scenario, days, 3, 5 + k)
        assert OUTCOMES[runs.outcome[k]] == alone.result.outcome
        assert runs.peak[k].tolist() == list(alone.result.peak.values())
        force = alone.result.first_force
        assert runs.first_force[k] == (-1 if force is None else (force - first.scenario.start).days)
        assert other.play(3, 5 + k).result == alone.result
    same = arms_of([TINY, Variant(["states.arland.resolve=0.6"], since=since)])[1].runs(3, 5, 12)
    plain = first.runs(3, 5, 12)
    for name in ("outcome", "peak", "cost", "settled", "offered", "end", "first_force"):
        np.testing.assert_array_equal(getattr(same, name), getattr(plain, name), err_msg=name)


def test_a_run_is_an_arm_even_if_its_rules_are_gone(tmp_path: Path) -> None:
    scenario = load_scenario(TINY)
    write_run(play(scenario, 4, 2), tmp_path)
    arm, other = arms_of([str(tmp_path / "manifest.json"), TINY])
    assert (arm.folder, arm.seed, arm.scenario) == (tmp_path, 4, scenario)
    assert "seed 4, replication 2, played by escalation" in arm.label
    assert other.folder is None
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["resolved_scenario"]["weights"] = {"heat_in_gate": 1.0}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    old = arms_of([tmp_path, TINY])[0]
    assert old.obstacle
    assert old.tree["weights"] == {"heat_in_gate": 1.0}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([TINY], "give 2 to 8"),
        ([Variant([RESOLVE]), TINY], "the first to compare is a change"),
        ([TINY, Variant()], "a change that changes nothing"),
        ([TINY, Variant([RESOLVE], since="soon")], "not a date"),
        ([TINY, Variant([RESOLVE], since="2025-06-01")], "2025-04-23 to 2025-05-06"),
        ([TINY, Variant(["free_days=3"], since="2025-04-28")], "a change of its simulated days"),
        ([TINY, Variant(drop=["mediators.cesland", "appeal"], since="2025-04-28")], "its mediators"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(given: list[object], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        arms_of(given)  # type: ignore[arg-type]


def test_errors_name_the_option_and_the_entry() -> None:
    with pytest.raises(ScenarioError, match='--drop closing: no entry with the id "closing"'):
        arms_of([TINY, Variant(drop=["closing"])])
    with pytest.raises(ScenarioError) as caught:
        arms_of([TINY, Variant(["states.arland.resolve=7"])])
    assert str(relabelled(caught.value, "--change")).startswith("--change states.arland.resolve=7: ")
    assert without(load_scenario(TINY), []) == load_scenario(TINY)
    with pytest.raises(ScenarioError, match="cesland"):
        without(load_scenario(TINY), ["mediators.cesland"])  # an act of the record asks it for help


def test_a_mediator_goes_with_its_dated_acts() -> None:
    """Where some are still there, the errors end with all that has to go, which is valid."""
    scenario = load_scenario("pahalgam_2025")
    given = ["abdali_test", "mediators.russia", "russia_offer"]
    with pytest.raises(ScenarioError) as caught:
        without(scenario, given)
    *errors, last = map(str, caught.value.problems)
    assert len(errors) == 4
    assert all("no state or mediator" in line for line in errors)
    options = last.partition("record has of it: ")[2].split()
    assert options[::2] == ["--drop"] * (len(options) // 2)
    gone = options[1::2]
    assert gone[:3] == given
    left = without(scenario, gone)
    assert list(left.mediators) == []
    assert len(scenario.acts) - len(left.acts) == len(gone) - 1
