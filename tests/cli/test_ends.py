"""How a run ends that is not allowed to finish."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.mutations import in_process
from escalation.experiment.plan import Chunk
from escalation.experiment.store import Store
from tests.cli.calls import FILES, SCENARIO, SCRIPT, environment
from tests.experiment.sweeps import complete, swept, written

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes as in POSIX")

# As from a terminal, though whoever started the tests may have had them ignore interrupts.
LISTENING = [
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    " from escalation.cli import main; print('ready', file=sys.stderr, flush=True); sys.exit(main())",
]


@posix
@pytest.mark.parametrize("seconds", [0.5, 1.5, 3.0])
def test_an_interrupt(seconds: float, tmp_path: Path) -> None:
    with subprocess.Popen(
        [*LISTENING, "run", SCENARIO, "--seed", "1", "--days", "3000"],
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert process.stderr.readline() == "ready\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert len(err.splitlines()) == 1
    assert err.startswith("interrupted")
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left <= FILES


@posix
def test_an_interrupt_while_the_rules_compile(tmp_path: Path) -> None:
    cold = environment() | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    with subprocess.Popen(
        [*LISTENING, "sweep", "mediation", "--replications", "10", "--out", str(tmp_path / "out")],
        cwd=tmp_path, env=cold, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert process.stderr.readline() == "ready\n"
        assert process.stderr.readline().startswith("Compiling")
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert len(err.splitlines()) == 1
    assert err.startswith("interrupted")


@posix
@pytest.mark.parametrize(
    "arguments", [["run", SCENARIO, "--seed", "1", "--days", "60"], ["parameters"], ["schema"], ["ladder"]]
)
def test_a_closed_pipe_ends_quietly(arguments: list[str], tmp_path: Path) -> None:
    head = shutil.which("head")
    if head is None:
        pytest.skip("no `head` here")
    with (
        subprocess.Popen(
            [*SCRIPT, *arguments],
            cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process,
        subprocess.Popen([head, "-1"], stdin=process.stdout, stdout=subprocess.PIPE, text=True) as reader,
    ):  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert reader.communicate(timeout=120)[0].count("\n") == 1
        assert process.stderr.read() == ""
        assert process.wait(timeout=120) == 0
    kept = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert kept == (FILES if arguments[0] == "run" else set())


@posix
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")
def test_a_full_disk(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        completed = subprocess.run(
            [*SCRIPT, "parameters"], cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE,
            text=True, check=False,
        )  # fmt: skip
    assert completed.returncode == 2
    assert len(completed.stderr.splitlines()) == 1
    assert "no space left" in completed.stderr


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_a_sweep_keeps_the_finished_parts(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = written(tmp_path), tmp_path / "out"
    write, finished = Store.write, []

    def write_and_be_ended(store: Store, chunk: Chunk, parts: Mapping[str, bytes]) -> None:
        if len(finished) == 2:
            signal.raise_signal(number)
        write(store, chunk, parts)
        finished.append(chunk)

    monkeypatch.setattr(Store, "write", write_and_be_ended)
    before = [signal.signal(one, signal.SIG_DFL) for one in (signal.SIGTERM, signal.SIGHUP)]
    ended = swept(path, out, "--workers", "1")
    for one, handler in zip((signal.SIGTERM, signal.SIGHUP), before, strict=True):
        signal.signal(one, handler)
    assert ended.code == 128 + number
    (line,) = ended.err.splitlines()
    kept = sum(chunk.crises for chunk in finished)
    assert f"{kept:,} of 4,200 crises are kept in {out}; to resume: escalation sweep" in line
    assert 0 < kept < 4_200
    monkeypatch.setattr(Store, "write", write)
    assert complete(path, out) == complete(path, tmp_path / "whole")


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_a_game_keeps_it(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = ["1"]

    def typed(prompt: str) -> str:
        if not answers:
            signal.raise_signal(number)
        return answers.pop()

    monkeypatch.setattr("builtins.input", typed)
    before = [signal.signal(one, signal.SIG_DFL) for one in (signal.SIGTERM, signal.SIGHUP)]
    out = tmp_path / "game.yaml"
    ended = in_process(["play", SCENARIO, "--as", "india", "--out", str(out)])
    for one, handler in zip((signal.SIGTERM, signal.SIGHUP), before, strict=True):
        signal.signal(one, handler)
    assert ended.code == 128 + number
    assert str(out) in ended.out
    assert in_process(["validate", str(out)]).code == 0
