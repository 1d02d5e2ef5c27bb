"""How a run ends that is not allowed to finish."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.mutations import in_process
from tests.cli.calls import FILES, SCENARIO, SCRIPT, environment

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes as in POSIX")

# As from a terminal, though whoever started the tests may have had them ignore interrupts.
LISTENING = [
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    " from escalation.cli import main; print('ready', file=sys.stderr, flush=True); sys.exit(main())",
]


@pytest.fixture(scope="module", autouse=True)
def _rules_are_compiled(tmp_path_factory: pytest.TempPathFactory) -> None:
    in_process(["run", SCENARIO, "--quiet", "--days", "1", "--out", str(tmp_path_factory.mktemp("first"))])


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
        [*LISTENING, "run", SCENARIO, "--seed", "1", "--out", str(tmp_path / "out")],
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
    if arguments[0] == "run":  # which writes before it tells
        assert {path.name for path in (tmp_path / "results" / f"{SCENARIO}_1").iterdir()} == FILES


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
