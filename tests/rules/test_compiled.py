"""Where compiled rules are kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from escalation.rules import compiled
from escalation.rules.outlook import cube


def test_the_cache_is_a_folder_of_today_s_sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert compiled.cache_folder() == tmp_path / f"rules-{compiled.source_hash()}"
    assert compiled.source_hash() == compiled.source_hash()


def test_where_nothing_can_be_written_nothing_is_cached(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert compiled.cache_folder() is None
    monkeypatch.setattr(compiled, "_FOLDER", None)

    @compiled.rule
    def double(x: float) -> float:
        return 2.0 * x

    assert double(2.0) == 4.0


def test_only_the_latest_folders_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for age in range(compiled._KEPT_FOLDERS + 3):
        folder = tmp_path / f"rules-{age}"
        folder.mkdir()
        os.utime(folder, (1_000_000 - age, 1_000_000 - age))
    (tmp_path / "something_else").mkdir()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    today = compiled.cache_folder()
    assert today is not None
    kept = {path.name for path in tmp_path.iterdir()}
    latest = {f"rules-{age}" for age in range(compiled._KEPT_FOLDERS - 1)}
    assert kept == latest | {today.name, "something_else"}


def test_a_rule_that_was_called_is_compiled() -> None:
    assert cube(2.0) == 8.0
    assert compiled.is_compiled(cube)
    assert compiled.is_compiled(len)
