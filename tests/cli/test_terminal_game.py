from __future__ import annotations

import io
import os
import signal
import subprocess
from pathlib import Path

import pytest

from escalation.crisis import wording
from escalation.scenario.load import load_scenario
from tests.cli.calls import SCENARIO, SCRIPT, Ended, environment, in_process

SHORT = "free_days=4"


@pytest.fixture
def short(tmp_path: Path) -> Path:
    from escalation.scenario.dump import dump_scenario

    path = tmp_path / "short.yaml"
    path.write_text(dump_scenario(load_scenario(SCENARIO, [SHORT])), encoding="utf-8")
    return path


def played(monkeypatch: pytest.MonkeyPatch, typed: str, *arguments: str) -> Ended:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return in_process(["play", *arguments])


def acts_of(out: Path) -> list[tuple[str, str]]:
    """Return the moves that a game has kept."""
    scenario = load_scenario(out)
    return [(str(act.date), act.act) for act in scenario.acts if act.date > scenario.horizon]


def test_a_game_to_its_end(monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path) -> None:
    out = tmp_path / "game.yaml"
    typed = "advise\nacts\n99\n10 20\n\n0\n10\n"
    ended = played(monkeypatch, typed, str(short), "--as", "pakistan", "--seed", "5", "--out", str(out))
    assert (ended.code, ended.err) == (0, "")
    assert "You play Pakistan; seed 5, replication 0." in ended.out
    assert "no validated probability of nuclear use" in ended.out.replace("\n", " ")
    assert "%  hold" in ended.out
    assert "Not allowed: '99' is not one of today's numbers." in ended.out
    assert "  - Pakistan protests to India [rung 1]" in ended.out
    for heading in (
        wording.DEBRIEF_END,
        wording.DEBRIEF_COMPARED,
        wording.DEBRIEF_TURNS,
        wording.DEBRIEF_RECORD,
    ):
        assert heading in ended.out
    assert max(len(line) for line in ended.out.splitlines() if str(out) not in line) <= 80
    assert acts_of(out) == [
        ("2025-05-06", "protest"), ("2025-05-06", "threaten_force"), ("2025-05-07", "hold"),
        ("2025-05-08", "hold"), ("2025-05-09", "protest"),
    ]  # fmt: skip
    assert in_process(["validate", str(out)]).code == 0
    again = in_process(["run", str(out), "--seed", "5", "--quiet", "--out", str(tmp_path / "results")])
    assert again.code == 0
    outcome = next(line.strip() for line in ended.out.splitlines() if "Outcome:" in line)
    assert outcome in again.out


@pytest.mark.parametrize("typed", ["10\nquit\n", "10\n"])
def test_leaving_saves(monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path, typed: str) -> None:
    out = tmp_path / "game.yaml"
    line = (str(short), "--as", "pakistan", "--seed", "5", "--out", str(out))
    ended = played(monkeypatch, typed, *line)
    assert (ended.code, ended.err) == (0, "")
    assert f"To play on from here: escalation play {out} --seed 5" in ended.out
    assert "Turning points" not in ended.out
    assert acts_of(out) == [("2025-05-06", "protest")]
    again = tmp_path / "again.yaml"
    ended = played(monkeypatch, "\n\n\n", str(out), "--as", "pakistan", "--seed", "5", "--out", str(again))
    assert "Turning points" in ended.out
    assert [act for _, act in acts_of(again)] == ["protest", "hold", "hold", "hold"]


def test_the_model_plays_the_rest(monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path) -> None:
    out = tmp_path / "game.yaml"
    line = (str(short), "--as", "pakistan", "--seed", "5", "--out", str(out))
    ended = played(monkeypatch, "10\nrest\n", *line)
    assert "Turning points" in ended.out
    assert acts_of(out) == [("2025-05-06", "protest")]


@pytest.fixture
def still(tmp_path: Path) -> Path:
    """A scenario in which India declines mediation on the first day, and nothing else happens."""
    from escalation.scenario.dump import dump_scenario

    changes = ["weights.act_intercept=-20", "weights.consent=-20", "mediators.russia.enters_day=44"]
    scenario = load_scenario(SCENARIO, changes)
    (rivalry,) = scenario.rivalries
    calm = {
        "rivalries": (rivalry.model_copy(update={"contested_line": False}),),
        "border_fire": (),
        "hazards": (),
    }
    path = tmp_path / "still.yaml"
    path.write_text(dump_scenario(scenario.model_copy(update=calm)), encoding="utf-8")
    return path


def test_waiting_holds_until_something_happens(
    monkeypatch: pytest.MonkeyPatch, still: Path, tmp_path: Path
) -> None:
    out, single = tmp_path / "game.yaml", tmp_path / "single.yaml"
    line = (str(still), "--as", "pakistan", "--seed", "3", "--out")
    ended = played(monkeypatch, "wait\nquit\n", *line, str(out))
    assert (ended.code, ended.err) == (0, "")
    assert "; wait, advise," in ended.out
    assert "\nThe 14 days that passed.\n" in ended.out
    assert "7 May 2025 to 19 May 2025: nothing new" in ended.out
    assert "6 May 2025, the day's events:\n  - India declines mediation by Russia [rung 0]" in ended.out
    assert "20 May 2025, day 28. Your move" in ended.out
    assert max(len(one) for one in ended.out.splitlines() if str(out) not in one) <= 80
    assert acts_of(out) == [(f"2025-05-{day:02}", "hold") for day in range(6, 20)]
    played(monkeypatch, "0\n" * 14 + "quit\n", *line, str(single))
    assert out.read_bytes() == single.read_bytes()


def test_events_of_the_morning_are_not_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    line = ("pahalgam_2025", "--as", "pakistan", "--seed", "3", "--out", str(tmp_path / "game.yaml"))
    ended = played(monkeypatch, "10\n" * 4, *line)
    assert ended.out.count("Firing across the line between India and Pakistan stops.") == 1
    assert "possible\ngo-between" in ended.out


def test_an_interrupt_saves(short: Path, tmp_path: Path) -> None:
    out = tmp_path / "game.yaml"
    with subprocess.Popen(
        [*SCRIPT, "play", str(short), "--as", "india", "--seed", "5", "--out", str(out)],
        cwd=tmp_path, env=environment() | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        while "7 May 2025, day 15" not in process.stdout.readline():
            assert process.poll() is None
        while wording.KINDS["conciliatory"] not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        printed, complaint = process.communicate(timeout=120)
    assert process.returncode == 130, complaint
    assert f"Saved to {out}" in printed
    assert acts_of(out)[0] == ("2025-05-06", "hold")


def test_the_mediator_is_played(monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path) -> None:
    out = tmp_path / "game.yaml"
    ended = played(monkeypatch, "1\n" * 4, str(short), "--as", "russia", "--seed", "1", "--out", str(out))
    assert (ended.code, ended.err) == (0, "")
    assert "Your move (at most 1;" in ended.out
    assert len(acts_of(out)) == 4


def test_what_is_refused(monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path) -> None:
    still = tmp_path / "still.yaml"
    still.write_text(short.read_text("utf-8").replace("free_days: 4", "free_days: 0"), encoding="utf-8")
    nowhere = os.path.join(str(tmp_path), "no", "game.yaml")
    refused = {
        (
            "pahalgam_2025",
            "--as",
            "china",
        ): "--as china: pahalgam_2025 has no such side; allowed: india, pakistan",
        (str(still), "--as", "india"): "no day to play",
        (str(short), "--as", "india", "--out", nowhere): "give a file that can be written",
        (str(short),): "--as",
    }
    for arguments, says in refused.items():
        ended = played(monkeypatch, "", *arguments)
        assert ended.code == 2
        assert says in ended.err
        assert len(ended.err.splitlines()) == 1
