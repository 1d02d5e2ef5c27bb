"""The table in docs/extending.md covers every kind of change, and the files that it names exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from escalation import vocabulary

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "extending.md"


def table() -> dict[str, str]:
    """Return the cell of files by kind of change."""
    head, rule, *rows = re.findall(r"^\|.*\|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert head == "| Change | Files |"
    assert rule == "| --- | --- |"
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return dict(cells)


TABLE = table()


@pytest.mark.parametrize("change", TABLE)
def test_the_files_of_a_change_exist(change: str) -> None:
    paths = [name for name in re.findall(r"`([^`]+)`", TABLE[change]) if "/" in name]
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    "kind",
    [
        "act with a new effect", "utility term", "parameter of the rules", "measure", "outcome class", "plot",
        "mediator style", "scenario", "case", "experiment", "command",
    ],
)  # fmt: skip
def test_every_kind_of_change_has_a_row(kind: str) -> None:
    assert any(change.lower().startswith(kind) for change in TABLE)


MOST_FILES = {
    "Act with a new effect": 3, "Utility term": 3, "Measure of a crisis": 2, "Outcome class": 2,
    "Plot of an experiment": 3, "Mediator style": 3,
}  # fmt: skip
"""Files that a change of this kind takes, as counted by making one."""


@pytest.mark.parametrize("kind", MOST_FILES)
def test_a_change_takes_no_more_files_than_were_counted(kind: str) -> None:
    """Of alternatives, one is edited; files for a threshold of its own come on top of an outcome class."""
    needed = TABLE[kind] if kind != "Outcome class" else TABLE[kind].split(";")[0]
    paths = [name for name in re.findall(r"`([^`]+)`", needed) if "/" in name]
    assert len(paths) - needed.count(" or ") <= MOST_FILES[kind]


@pytest.mark.parametrize("words", [vocabulary.EFFECTS, vocabulary.STYLES], ids=["effects", "styles"])
def test_the_number_of_a_word_is_its_place(words: tuple[str, ...]) -> None:
    assert [getattr(vocabulary, word.upper()) for word in words] == list(range(len(words)))


def test_every_act_of_mediation_has_its_own_sign_and_words() -> None:
    roles = [vocabulary.EFFECT_ROLES[effect] for effect in vocabulary.MEDIATION_EFFECTS]
    assert all(role.sign and role.words for role in roles)
    assert len({role.sign for role in roles}) == len(roles)
