"""The table in docs/extending.md covers every kind of change, and the files that it names exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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
