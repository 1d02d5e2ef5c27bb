from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import sandbox

# As much of SWARM as the comparison calls: a crisis takes as many turns as its seed says.
_CONFIG = """
class Agent:
    agent_type, persona = "llm", ""

class EscalationConfig:
    @classmethod
    def from_dict(cls, domain):
        made = cls()
        made.agents = [Agent() for _ in domain["agents"]]
        return made
"""
_RUNNER = """
class EscalationRunner:
    def __init__(self, config, seed):
        assert all(agent.agent_type == "scripted" for agent in config.agents)
        self.turns_played = seed

    def run(self):
        return self
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "swarm" / "domains" / "escalation_sandbox"
    folder.mkdir(parents=True)
    (folder / "config.py").write_text(_CONFIG, encoding="utf-8")
    (folder / "runner.py").write_text(_RUNNER, encoding="utf-8")
    scenario = tmp_path / sandbox.SHIPPED
    scenario.parent.mkdir()
    scenario.write_text("domain: {agents: [{agent_id: a}, {agent_id: b}]}", encoding="utf-8")
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.split(".")[0] == "swarm":
            del sys.modules[name]


def test_turns_are_counted(checkout: Path) -> None:
    assert sandbox.Sandbox(checkout).play(("dove", "hawk"), 4) == 0 + 1 + 2 + 3


def test_the_time_of_both_is_reported(checkout: Path) -> None:
    lines = list(sandbox.report(checkout, crises=3, ours=4, repeats=1))
    assert lines[2].startswith("| SWARM, tit_for_tat and hawk")
    assert [line.split("|")[2].strip() for line in lines[2:6]] == ["1.0", "1.0", "1.0", "60.0"]


def test_it_is_skipped_without_a_checkout(tmp_path: Path) -> None:
    assert list(sandbox.report()) == [
        "Skipped: no checkout of github.com/swarm-ai-safety/swarm; give its path with --sandbox."
    ]
    (line,) = sandbox.report(tmp_path)
    assert line.startswith(f"Skipped: {tmp_path} has no sandbox that runs (No module named 'swarm'")
