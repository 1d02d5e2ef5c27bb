from __future__ import annotations

import errno
import io
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.crisis import wording
from escalation.scenario.dump import dump_scenario
from escalation.scenario.load import load_scenario
from escalation.vocabulary import NUCLEAR_END
from tests.cli.calls import SCENARIO, SCRIPT, Ended, environment, in_process

SHORT_SCENARIO = dump_scenario(load_scenario(SCENARIO, ["free_days=4"]))


@pytest.fixture
def short(tmp_path: Path) -> Path:
    path = tmp_path / "short.yaml"
    path.write_text(SHORT_SCENARIO, encoding="utf-8")
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
    typed = "advise\nacts\n99\n13 24\n\n0\n0\n13\n"
    ended = played(monkeypatch, typed, str(short), "--as", "pakistan", "--seed", "5", "--out", str(out))
    assert (ended.code, ended.err) == (0, "")
    assert "You play Pakistan; seed 5, replication 0." in ended.out
    assert "no validated probability of nuclear use" in ended.out.replace("\n", " ")
    assert "%  hold" in ended.out
    assert "Not allowed: '99' is neither one of today's numbers" in ended.out
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


@pytest.mark.parametrize("typed", ["13\nquit\n", "13\n"])
def test_leaving_saves(monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path, typed: str) -> None:
    out = tmp_path / "game.yaml"
    line = (str(short), "--as", "pakistan", "--seed", "5", "--out", str(out))
    ended = played(monkeypatch, typed, *line)
    assert (ended.code, ended.err) == (0, "")
    assert f"To play on from here: escalation play {out} --seed 5" in ended.out
    assert "Turning points" not in ended.out
    assert acts_of(out) == [("2025-05-06", "protest")]
    again = tmp_path / "again.yaml"
    ended = played(monkeypatch, "0\n0\n0\n", str(out), "--as", "pakistan", "--seed", "5", "--out", str(again))
    assert "Turning points" in ended.out
    assert [act for _, act in acts_of(again)] == ["protest", "hold", "hold", "hold"]


def test_the_model_plays_the_rest(monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path) -> None:
    out = tmp_path / "game.yaml"
    line = (str(short), "--as", "pakistan", "--seed", "5", "--out", str(out))
    ended = played(monkeypatch, "13\nrest\n", *line)
    assert ended.out.count("rest: the model plays on") == 2, "told on every day"
    assert "Turning points" in ended.out
    assert acts_of(out) == [("2025-05-06", "protest")]


MOVES = ["0", "13", "protest", "Threaten Force, 13", "24 13", "HOLD", "protests to"]
NO_MOVES = [
    "", " ", "\t", ",", "?", "help", "HELP", "Adv", "acts", "acT", "99", "-1", "13 13", "0 13", "a", "h",
    "q w", "\u0669", "\x00", "\ud800", "\xff", "9" * 5_000, "13;", "'13'", "quit now", "13 protest", "rest.",
]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=8)
@given(
    st.lists(st.tuples(st.lists(st.sampled_from(NO_MOVES), max_size=4), st.sampled_from(MOVES)), max_size=5),
    st.sampled_from(["", "quit", "Q", "rest", "RES", "wait", "WA\nquit"]),
)
def test_only_a_move_spends_a_day(days: list[tuple[list[str], str]], last: str) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        short = Path(folder) / "short.yaml"
        short.write_text(SHORT_SCENARIO, encoding="utf-8")
        line = (str(short), "--as", "pakistan", "--seed", "5", "--out")
        moves = [move for _, move in days]
        every = [text for before, move in days for text in (*before, move)]
        kept = []
        for name, typed in (("plain", [*moves, last]), ("noisy", [*every, last])):
            out = Path(folder) / f"{name}.yaml"
            ended = played(patch, "\n".join(typed), *line, str(out))
            assert (ended.code, ended.err) == (0, "")
            kept.append(out.read_bytes() if out.exists() else b"")
        assert kept[0] == kept[1]
        if not days and last in ("", "quit", "Q"):
            assert kept[0] == b""
            assert wording.NOTHING_SAVED in ended.out
        elif last in ("", "quit", "Q"):
            assert len({date for date, _ in acts_of(out)}) == min(len(days), 4)


def test_an_empty_line_is_asked_about_in_one_line(
    monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path
) -> None:
    line = (str(short), "--as", "pakistan", "--out", str(tmp_path / "game.yaml"))
    before = played(monkeypatch, "quit\n", *line).out.splitlines()
    after = played(monkeypatch, "\nquit\n", *line).out.splitlines()
    assert len(after) == len(before) + 2, "one line, and the prompt again"


def test_nothing_that_exists_is_replaced(
    monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    before = short.read_bytes()
    ended = played(monkeypatch, "13\nquit\n", str(short), "--as", "india", "--out", str(short))
    assert (ended.code, len(ended.err.splitlines())) == (2, 1)
    assert "short.yaml exists already" in ended.err
    assert short.read_bytes() == before
    first, second, third = (f"{SCENARIO}_as_india{ends}.yaml" for ends in ("", "_2", "_3"))
    ended = played(monkeypatch, "13\nquit\n", str(short), "--as", "india")
    assert f"Saved after every day to {first}." in ended.out
    kept = Path(first).read_bytes()
    for out in (second, third):  # a saved game played on is a new game; the old save stays
        ended = played(monkeypatch, "0\nquit\n", first, "--as", "india")
        assert f"Saved to {out}" in ended.out
        assert [act for _, act in acts_of(Path(out))] == ["protest", "hold"]
        assert Path(first).read_bytes() == kept
    ended = played(monkeypatch, "quit\n", first, "--as", "india", "--out", first, "--force")
    assert Path(first).read_bytes() == kept, "no day was played"
    ended = played(monkeypatch, "0\nquit\n", first, "--as", "india", "--out", first, "--force")
    assert [act for _, act in acts_of(Path(first))] == ["protest", "hold"]


def test_a_name_taken_meanwhile_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path
) -> None:
    out = tmp_path / "game.yaml"

    def typing() -> Iterator[str]:
        out.write_text("another game", encoding="utf-8")
        yield from ("13", "0", "quit")

    texts = typing()
    monkeypatch.setattr("builtins.input", lambda _: next(texts))
    ended = played(monkeypatch, "", str(short), "--as", "pakistan", "--out", str(out))
    assert f"Saved to {tmp_path / 'game_2.yaml'}" in ended.out
    assert [act for _, act in acts_of(tmp_path / "game_2.yaml")] == ["protest", "hold"]
    assert out.read_text(encoding="utf-8") == "another game"


def test_a_day_that_cannot_be_saved(monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path) -> None:
    """The file is named, the old save stays, and the next day is saved with all before it."""
    out = tmp_path / "game.yaml"
    line = (str(short), "--as", "pakistan", "--out", str(out))
    full = [False]

    def writing(self: Path, content: bytes) -> int:
        if full[0] and self.name.endswith(".partial"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        with self.open("wb") as file:
            return file.write(content)

    def typing(last: Sequence[str]) -> Iterator[str]:
        full[0] = False
        yield "13"
        full[0] = True
        yield from last

    monkeypatch.setattr(Path, "write_bytes", writing)
    texts = typing(["0", "quit"])
    monkeypatch.setattr("builtins.input", lambda _: next(texts))
    ended = played(monkeypatch, "", *line)
    assert ended.code == 2
    assert all(f"{out}: no space left on device" in one for one in ended.err.splitlines())
    assert "6 May 2025" in ended.err
    assert f"Saved to {out}" in ended.out
    assert acts_of(out) == [("2025-05-06", "protest")]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []

    def again() -> Iterator[str]:
        yield from typing(["0"])
        full[0] = False
        yield from ("13", "quit")

    texts = again()
    ended = played(monkeypatch, "", *line, "--force")
    assert (ended.code, len(ended.err.splitlines())) == (0, 1)
    assert [act for _, act in acts_of(out)] == ["protest", "hold", "protest"]


@pytest.mark.parametrize(("typed", "days"), [(b"13\n\xff\xfe\n0\nquit\n", 2), (b"13\n0\n0\n", 3)])
def test_any_byte_may_be_typed(short: Path, tmp_path: Path, typed: bytes, days: int) -> None:
    out = tmp_path / "game.yaml"
    ended = subprocess.run(
        [*SCRIPT, "play", str(short), "--as", "pakistan", "--out", str(out)],
        cwd=tmp_path, env=environment(), input=typed, capture_output=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert (rb"\xff" in ended.stdout) == (b"\xff" in typed)
    assert len(acts_of(out)) == days


@pytest.mark.slow
def test_the_printed_commands_give_the_same_crisis(
    monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, moves in (("my game.yaml", "13\n24"), ("it's.yaml", "13\n0"), ("it's.yaml", "13\n24")):
        line = (str(short), "--as", "pakistan", "--seed", "7", "--out", name, "--force")
        ended = played(monkeypatch, f"{moves}\nrest\n", *line)
        lines = ended.out.splitlines()
        (replay,) = [line.split("escalation ", 1)[1] for line in lines if "escalation run" in line]
        again = in_process([*shlex.split(replay), "--quiet"])
        assert (again.code, again.err) == (0, "")
        outcome = next(line.strip() for line in lines if "Outcome:" in line)
        assert outcome in again.out
    first = played(monkeypatch, "13\nquit\n", str(short), "--as", "pakistan", "--seed", "7")
    (on,) = [line for line in first.out.splitlines() if "escalation play" in line]
    ended = played(monkeypatch, "24\nrest\n", *shlex.split(on.split("escalation play ", 1)[1]))
    assert outcome in ended.out


@pytest.fixture
def still(tmp_path: Path) -> Path:
    """A scenario in which India declines mediation on the first day, and nothing else happens."""
    clocks = [f"weights.{name}=-20" for name in ("alarm", "protest", "conciliation", "consent")]
    changes = [*clocks, "mediators.russia.enters_day=44"]
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
    assert "\nThe 14 days that passed.\n" in ended.out
    assert "7 May 2025 to 19 May 2025: nothing new" in ended.out
    assert "6 May 2025, the day's events:\n  - India declines mediation by Russia [rung 0]" in ended.out
    assert "20 May 2025, day 28. Your move" in ended.out
    assert max(len(one) for one in ended.out.splitlines() if str(out) not in one) <= 80
    assert acts_of(out) == [(f"2025-05-{day:02}", "hold") for day in range(6, 20)]
    played(monkeypatch, "0\n" * 14 + "quit\n", *line, str(single))
    assert out.read_bytes() == single.read_bytes()


def test_nuclear_use_ends_the_game(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The debrief follows at once, and says why there is no further day."""
    out = tmp_path / "game.yaml"
    line = (SCENARIO, "--as", "pakistan", "--seed", "5", "--out", str(out))
    ended = played(monkeypatch, "uses a nuclear weapon\n0\n0\n", *line)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count("Your move as") == 1
    account = " ".join(ended.out[ended.out.index(wording.DEBRIEF_END) :].split())
    assert account.count(NUCLEAR_END) == 1
    assert wording.DEBRIEF_RECORD in ended.out
    assert "To play on from here" not in ended.out
    assert acts_of(out) == [("2025-05-06", "nuclear_use")]
    again = in_process(["run", str(out), "--seed", "5", "--out", str(tmp_path / "results")])
    assert again.code == 0
    text = " ".join(again.out.split())
    assert text.count(NUCLEAR_END) == 1
    assert "2025-05-07" not in text


def test_acts_of_the_day_have_their_reasons(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    line = (SCENARIO, "--as", "pakistan", "--seed", "5", "--out", str(tmp_path / "game.yaml"))
    ended = played(monkeypatch, "shells positions\n" * 3 + "quit\n", *line)
    text = " ".join(ended.out.split())
    assert "Pakistan shells positions of India [rung 6] played; when: P(hostile act today)" in text
    assert re.search(r"- India [^\[]+\[rung \d+\] when: P\([a-z ]+\) [\d.]+%, P\(hold\)", text)


def test_events_of_the_morning_are_not_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    line = ("pahalgam_2025", "--as", "pakistan", "--seed", "3", "--out", str(tmp_path / "game.yaml"))
    ended = played(monkeypatch, "13\n" * 4, *line)
    assert ended.out.count("Firing across the line between India and Pakistan stops.") == 1
    assert "possible\ngo-between" in ended.out


def test_a_game_that_is_over_is_logged_as_a_case(
    monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path
) -> None:
    log, out = tmp_path / "log", ("--out", str(tmp_path / "game.yaml"), "--log", str(tmp_path / "log"))
    ended = played(monkeypatch, "0\nquit\n", str(short), "--as", "pakistan", *out)
    assert (ended.code, log.exists()) == (0, False)
    ended = played(monkeypatch, "0\n" * 4, str(short), "--as", "pakistan", "--force", *out)
    (file,) = log.iterdir()
    assert f"Logged as a case in {file}" in ended.out
    assert load_scenario(file).case is not None
    log = tmp_path / "taken"
    log.write_text("mine", encoding="utf-8")
    ended = played(monkeypatch, "", str(short), "--as", "pakistan", "--log", str(log))
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert f"--log {log}: this is a file" in ended.err


def test_an_interrupt_saves(short: Path, tmp_path: Path) -> None:
    out = tmp_path / "game.yaml"
    with subprocess.Popen(
        [*SCRIPT, "play", str(short), "--as", "india", "--seed", "5", "--out", str(out)],
        cwd=tmp_path, env=environment() | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("0\n")
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


@pytest.mark.skipif(sys.platform == "win32", reason="signals as in POSIX")
@pytest.mark.parametrize("ends", ["SIGHUP", "SIGTERM", "SIGKILL"])
def test_whatever_ends_it_the_days_played_are_saved(short: Path, tmp_path: Path, ends: str) -> None:
    out = tmp_path / "game.yaml"
    with subprocess.Popen(
        [*SCRIPT, "play", str(short), "--as", "india", "--seed", "5", "--out", str(out)],
        cwd=tmp_path, env=environment() | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("0\n0\n")
        process.stdin.flush()
        while "8 May 2025, day 16" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(getattr(signal, ends))
        process.communicate(timeout=120)
    assert [date for date, _ in acts_of(out)] == ["2025-05-06", "2025-05-07"]


def test_the_mediator_is_played(monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path) -> None:
    out = tmp_path / "game.yaml"
    ended = played(monkeypatch, "1\n" * 4, str(short), "--as", "russia", "--seed", "1", "--out", str(out))
    assert (ended.code, ended.err) == (0, "")
    assert "Your move (at most 1;" in ended.out
    assert len(acts_of(out)) == 4


def test_what_is_refused(monkeypatch: pytest.MonkeyPatch, short: Path, tmp_path: Path) -> None:
    still = tmp_path / "still.yaml"
    still.write_text(short.read_text("utf-8").replace("free_days: 4", "free_days: 0"), encoding="utf-8")
    nowhere = os.path.join(str(still), "game.yaml")
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
