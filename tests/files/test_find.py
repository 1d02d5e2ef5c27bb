"""Files by path or shipped name, and reading one that may be anything."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from escalation.files.find import (
    MOST_BYTES,
    NotFound,
    find,
    find_shipped,
    read_text,
    shipped_folder,
    shipped_names,
    text_of,
)
from escalation.files.places import ScenarioError


def test_a_file_of_that_path_comes_before_a_shipped_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shipped, label = find("pahalgam_2025", "scenario")
    assert shipped == shipped_folder() / "pahalgam_2025.yaml"
    assert label == str(shipped)
    own = tmp_path / "pahalgam_2025"
    own.write_text("x", encoding="utf-8")
    assert find("pahalgam_2025", "scenario") == (Path("pahalgam_2025"), "pahalgam_2025")


def test_a_path_in_a_file_counts_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("x", encoding="utf-8")
    assert find("own.yaml", "ladder", tmp_path) == (tmp_path / "own.yaml", str(tmp_path / "own.yaml"))
    with pytest.raises(NotFound):
        find("own.yaml", "ladder", tmp_path / "elsewhere")


def test_a_case_is_found_as_a_scenario_but_not_the_other_way_round() -> None:
    case = shipped_names("case")[0]
    assert find(case, "scenario") == find_shipped(case, "case")
    with pytest.raises(NotFound):
        find("pahalgam_2025", "case")


def test_what_is_not_found_names_neighbours_and_the_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "border.yaml").write_text("x", encoding="utf-8")
    with pytest.raises(NotFound) as caught:
        find("boarder.yaml", "weights")
    says, allowed = caught.value.args
    assert says == 'there is no weights file "boarder.yaml"'
    assert "did you mean `border.yaml`?" in allowed
    assert "calibrated" in allowed
    with pytest.raises(NotFound, match="no weights file is named"):
        find("", "weights")


@pytest.mark.parametrize(
    ("data", "place", "says"),
    [
        (b"a\nbc\xff", "x.yaml:2:3", "0xff is not UTF-8"),
        ("a: é".encode("utf-16"), "x.yaml:1:1", "UTF-16"),
        (b"x" * (MOST_BYTES + 1), "x.yaml", "too large"),
    ],
)
def test_bytes_that_are_not_a_text_of_reasonable_size(data: bytes, place: str, says: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        text_of(data, "x.yaml")
    assert str(caught.value).startswith(f"{place}: ")
    assert says in str(caught.value)


def test_text_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("\ufeffa: é\r\n".encode())
    assert read_text(path, "x.yaml") == "a: é\r\n"
    assert len(text_of(b"x" * MOST_BYTES, "x.yaml")) == MOST_BYTES


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes as in POSIX")
def test_what_is_not_a_plain_file_is_refused_unopened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, says in ((tmp_path / "pipe", "not a regular file"), (tmp_path, "a directory"),
                       (tmp_path / "none", "cannot be read: no such file")):  # fmt: skip
        with pytest.raises(ScenarioError, match=says):
            read_text(path, "x")
