"""Scenarios that were sent: they are checked as files are, and name no file of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalation.scenario.load import MOST_BYTES, ScenarioError, load_scenario, read_scenario

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "two_states.yaml"


def problem(data: bytes) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(data, "sent.yaml")
    return "\n".join(map(str, caught.value.problems))


def test_what_is_sent_is_what_is_loaded() -> None:
    assert read_scenario(EXAMPLE.read_bytes(), "sent.yaml") == load_scenario(EXAMPLE)
    shipped = (EXAMPLE.parents[2] / "scenarios" / "pahalgam_2025.yaml").read_bytes()
    assert read_scenario(shipped, "sent.yaml") == load_scenario("pahalgam_2025")
    assert read_scenario(shipped, "sent.yaml", ["free_days=3"]).free_days == 3


@pytest.mark.parametrize(
    "named", ["/etc/passwd", "../ladders/south_asia.yaml", "scenarios/ladders/south_asia.yaml"]
)
def test_it_names_no_file(named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE.parents[2])
    text = EXAMPLE.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(("ladder:", "weights:"))]
    for key in ("ladder", "weights"):
        other = {"ladder": "weights: default", "weights": "ladder: south_asia"}[key]
        found = problem("\n".join([*lines, other, f"{key}: {named}"]).encode())
        assert f'"{named}" is no shipped {key}' in found
        assert "one of " in found
    found = problem("\n".join([*lines, "ladder: south_asia", f"weights: {{from: {named}}}"]).encode())
    assert f'"{named}" is no shipped weights' in found


def test_a_file_beside_the_server_does_not_stand_for_a_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "south_asia").write_text("secret: 1", encoding="utf-8")
    assert read_scenario(EXAMPLE.read_bytes(), "sent.yaml") == load_scenario(EXAMPLE)


def test_bytes_of_another_kind_are_refused() -> None:
    assert "too large" in problem(b"#" * (MOST_BYTES + 1))
    assert "is not UTF-8" in problem(b"name: \xff\xff")
    assert "sent.yaml" in problem(b"[1, 2")
