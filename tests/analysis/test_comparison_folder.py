"""The folder of a comparison is known by what determines its numbers, and its crises can be played again."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalation.analysis.comparison import ScenarioComparison, compare_arms
from escalation.analysis.comparison_folder import (
    COMPARISON,
    identity_of,
    identity_text,
    is_comparison,
    is_same_comparison,
    kept_arm,
    scenario_files,
)
from escalation.crisis.play import play
from escalation.crisis.tables import write_run
from escalation.experiment.variant import Variant, arms_of
from escalation.files.places import StoreError
from tests.experiment.sweeps import TINY

CRISES = 60
ARMS = arms_of(
    [
        TINY,
        Variant(["states.arland.resolve=0.95"], ["objection"]),
        Variant(["weights.alarm=2.0", "states.arland.resolve=0.2"], ["closure"], "2025-04-29"),
    ]
)


@pytest.fixture
def found() -> ScenarioComparison:
    return compare_arms(ARMS, 7, CRISES)


@pytest.fixture
def folder(tmp_path: Path, found: ScenarioComparison) -> Path:
    for name, text in (scenario_files(ARMS) | {COMPARISON: found.manifest()}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_is_known_by_what_determines_the_numbers(tmp_path: Path, found: ScenarioComparison) -> None:
    identity = identity_of(found.arms, 7, CRISES)
    assert found.manifest() == identity_text(identity)
    assert not is_same_comparison(tmp_path, identity)
    assert not is_comparison(tmp_path)
    (tmp_path / COMPARISON).write_text(found.manifest())
    assert is_same_comparison(tmp_path, identity)
    assert is_comparison(tmp_path)
    assert not is_same_comparison(tmp_path, identity_of(found.arms, 8, CRISES))


@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_each_crisis_of_an_arm_is_played_again(letter: str, folder: Path, found: ScenarioComparison) -> None:
    kept = kept_arm(folder, letter)
    place = list(found.crises.columns).index(f"outcome_{letter}")
    assert kept.seed == 7
    again = [play(kept.scenario, 7, k, kept.began) for k in range(CRISES)]
    assert [run.result.outcome for run in again] == [row[place] for row in found.crises.rows]


def test_a_crisis_that_goes_on_otherwise_is_neither_of_its_scenarios_from_the_start(folder: Path) -> None:
    kept = kept_arm(folder, "C")
    assert kept.began is not None
    forked = [play(kept.scenario, 7, k, kept.began).result for k in range(12)]
    assert forked != [play(kept.scenario, 7, k).result for k in range(12)]
    assert forked != [play(kept.began.scenario, 7, k).result for k in range(12)]


def test_arms_have_names_of_their_own() -> None:
    names = [arm.scenario.name for arm in ARMS]
    assert names[0] == "tiny"
    assert len({*names}) == 3
    assert names[1].startswith("tiny_b_")
    later = arms_of([TINY, Variant(ARMS[2].variant.set, ["closure"], "2025-04-30")])[1]
    assert later.scenario.name.removeprefix("tiny_b_") != names[2].removeprefix("tiny_c_")


def test_what_cannot_be_played_again_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="has no arm D; one of A, B and C"):
        kept_arm(folder, "D")
    text = (folder / "A.yaml").read_text(encoding="utf-8")
    (folder / "A.yaml").write_text(text.replace("free_days: ", "free_days: 1"), encoding="utf-8")
    with pytest.raises(StoreError, match=r"A.yaml was changed since the comparison"):
        kept_arm(folder, "C")
    run = tmp_path / "run"
    write_run(play(ARMS[0].scenario, 7), run)
    arms = arms_of([run, TINY])
    assert list(scenario_files(arms)) == ["B.yaml"]
    (run / COMPARISON).write_text(identity_text(identity_of(arms, 7, 5)), encoding="utf-8")
    with pytest.raises(StoreError, match=r"A.yaml is missing: an arm that is a run"):
        kept_arm(run, "A")
