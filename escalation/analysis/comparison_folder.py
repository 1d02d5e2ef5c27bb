"""The folder of a comparison: what it is known by, its scenarios, and its crises, to be played again.

Each arm that is not a run has its scenario in a file of its own, A.yaml, B.yaml and so on, whole, whatever
becomes of the file that it was read from. A crisis that goes on under B from a day on has the past of A, so
that it takes both files and the day, which is in comparison.json.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import escalation
from escalation.crisis.play import Beginning
from escalation.files.places import StoreError
from escalation.language import listed
from escalation.scenario.dump import dump_scenario, scenario_hash
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario

if TYPE_CHECKING:
    from escalation.experiment.variant import Arm

COMPARISON = "comparison.json"
"""The file by which a folder of a comparison is known."""


@dataclass(frozen=True)
class KeptArm:
    """One arm of a comparison, to play its crises again."""

    scenario: Scenario
    began: Beginning | None
    """What its crises begin under, if the scenario holds from a day on."""
    seed: int


def identity_of(
    arms: Sequence[Arm], seed: int, replications: int, replication: int | None = None
) -> dict[str, Any]:
    """Return what determines the numbers of a comparison, as plain data."""
    return {
        "arms": [
            {
                "letter": arm.letter, "label": arm.label, "scenario_sha256": scenario_hash(arm.scenario),
                "since": arm.since, "past_sha256": scenario_hash(arm.past) if arm.past else None,
            }
            for arm in arms
        ],
        "seed": seed, "replications": replications, "replication": replication,
    }  # fmt: skip


def identity_text(identity: Mapping[str, Any]) -> str:
    """Return the text of the file by which the folder of a comparison is known."""
    tree = {"escalation": escalation.__version__, **identity}
    return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"


def is_same_comparison(folder: Path, identity: Mapping[str, Any]) -> bool:
    """Return whether a folder holds this very comparison already."""
    there = _read(folder)
    return bool(there) and there | dict(identity) == there


def _read(folder: Path) -> dict[str, Any]:
    try:
        there = json.loads((folder / COMPARISON).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return there if isinstance(there, dict) else {}


def file_of(letter: str) -> str:
    """Return the name of the file with the scenario of an arm."""
    return f"{letter}.yaml"


def scenario_files(arms: Sequence[Arm]) -> dict[str, str]:
    """Return the scenarios of the arms that are not runs, by the names of their files."""
    return {file_of(arm.letter): dump_scenario(arm.scenario) for arm in arms if arm.folder is None}


def is_comparison(folder: Path) -> bool:
    """Return whether a folder holds a comparison of scenarios."""
    return "arms" in _read(folder)


def kept_arm(folder: Path, letter: str) -> KeptArm:
    """Return an arm of the comparison in a folder.

    Parameters
    ----------
    folder
        Of a comparison of scenarios.
    letter
        Of the arm, as in the account.

    Raises
    ------
    StoreError
        If the comparison lacks the arm, the arm is a run, or its files have been changed.
    """
    there = _read(folder)
    arms = {arm["letter"]: arm for arm in there.get("arms", ())}
    if letter not in arms:
        raise StoreError(f"{folder} has no arm {letter}; one of {listed([*arms])}")
    said = arms[letter]
    scenario = _whole(folder / file_of(letter), said["scenario_sha256"])
    if said["past_sha256"] is None:
        return KeptArm(scenario, None, there["seed"])
    past = _whole(folder / file_of(next(iter(arms))), said["past_sha256"])
    return KeptArm(scenario, Beginning(past, said["since"]), there["seed"])


def _whole(path: Path, sha256: str) -> Scenario:
    if not path.exists():
        raise StoreError(f"{path} is missing: an arm that is a run is played again by its own folder")
    scenario = load_scenario(path)
    if scenario_hash(scenario) != sha256:
        raise StoreError(f"{path} was changed since the comparison; give it as a scenario, or compare again")
    return scenario
