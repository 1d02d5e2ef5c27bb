"""What is written of finished analyses: every kind has a writer, and only those that there are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import escalation
from escalation.analysis_reports import WRITERS
from escalation.files.places import ArgumentError

ROOT = Path(__file__).parents[1]


def test_every_writer_is_of_a_class_of_the_package() -> None:
    classes = {
        node.name
        for path in (ROOT / "escalation").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    assert set(WRITERS) <= classes
    assert list(WRITERS) == sorted(WRITERS)


def test_what_has_no_writer_is_refused_with_what_has(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=f"int has no report of its own; one of {', '.join(WRITERS)}"):
        escalation.write_report(3, tmp_path / "out")
    assert not (tmp_path / "out").exists()
