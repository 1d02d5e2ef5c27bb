"""Scenarios sent by a browser: they are checked as files are, and cannot name files of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalation.scenario.load import MOST_BYTES, ScenarioError, load_scenario, read_scenario

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "two_states.yaml"
SHIPPED = ROOT / "scenarios" / "pahalgam_2025.yaml"


def problem(data: bytes) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(data, "sent.yaml")
    return "\n".join(map(str, caught.value.problems))


def test_a_sent_scenario_loads_as_its_file_does() -> None:
    assert read_scenario(EXAMPLE.read_bytes(), "sent.yaml") == load_scenario(EXAMPLE)
    shipped = SHIPPED.read_bytes()
    assert read_scenario(shipped, "sent.yaml") == load_scenario("pahalgam_2025")
    assert read_scenario(shipped, "sent.yaml", ["free_days=3"]).free_days == 3


@pytest.mark.parametrize("named", ["/etc/passwd", "ladders/south_asia.yaml", "weights/default.yaml"])
@pytest.mark.parametrize(
    ("kind", "line", "changed"),
    [
        ("ladder", "ladder: south_asia", "ladder: {}"),
        ("weights", "weights: {from: calibrated}", "weights: {}"),
        ("weights", "weights: {from: calibrated}", "weights: {{from: {}}}"),
        ("weights", "weights: {from: calibrated}", "weights: {{from: {}, draw: 3}}"),
    ],
)
def test_it_names_no_file(
    named: str, kind: str, line: str, changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SHIPPED.parent)  # from where two of them would be found
    text = SHIPPED.read_text(encoding="utf-8")
    assert line in text
    found = problem(text.replace(line, changed.format(named)).encode())
    assert f'"{named}" is not a shipped {kind}; one of ' in found


def test_a_file_next_to_the_server_does_not_replace_a_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "south_asia").write_text("secret: 1", encoding="utf-8")
    assert read_scenario(EXAMPLE.read_bytes(), "sent.yaml") == load_scenario(EXAMPLE)


def test_bytes_that_are_not_a_scenario_are_refused() -> None:
    assert "too large" in problem(b"#" * (MOST_BYTES + 1))
    assert "is not UTF-8" in problem(b"name: \xff\xff")
    assert "sent.yaml" in problem(b"[1, 2")
