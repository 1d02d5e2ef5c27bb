"""A sweep that is killed or interrupted at any moment loses only what was being computed."""

from __future__ import annotations

import random
import signal
import sys
import time

import pytest

from tests.experiment.sweeps import complete, files, parts, started, wait_for, written

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as in POSIX")

BIG = {"scenario": "pahalgam_2025", "replications": 3_000, "factors": {
    "resolve": {"label": "Resolve", "path": "states.india.resolve", "values": [0.2, 0.5, 0.8]},
}}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return complete(written(folder, **BIG), folder / "out")


def test_killed_thrice_and_resumed(tmp_path, whole):
    path, out, generator = written(tmp_path, **BIG), tmp_path / "out", random.Random(3)
    killed = 0
    for _ in range(3):
        with started(path, out, "--quiet") as process:
            wait_for(out, len(parts(out)) + generator.randint(0, 4), process)
            time.sleep(generator.uniform(0, 0.05))
            process.send_signal(signal.SIGKILL)
            process.communicate()
        killed += process.returncode == -signal.SIGKILL
        there = {name for name in files(out) if "partial" not in name}
        assert all(files(out)[name] == whole[name] for name in there if name.startswith(("runs", "days")))
    assert killed == 3
    assert complete(path, out) == whole


def test_killed_while_starting(tmp_path, whole):
    path, out = written(tmp_path, **BIG), tmp_path / "out"
    for seconds in (0.2, 0.6):
        with started(path, out, "--quiet") as process:
            time.sleep(seconds)
            process.kill()
    assert complete(path, out) == whole


def test_an_interrupt_prints_the_command_to_resume(tmp_path, whole):
    path, out = written(tmp_path, **BIG), tmp_path / "out"
    with started(path, out, "--quiet", "--workers", "2") as process:
        wait_for(out, 2, process)
        process.send_signal(signal.SIGINT)
        printed, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert printed == ""
    (line,) = err.splitlines()
    assert line.startswith("interrupted; ")
    assert f"of 9,000 crises are kept in {out}" in line
    assert line.endswith(f": escalation sweep {path} --out {out} --workers 2 --quiet")
    assert 2 <= len(parts(out)) < 32
    left = files(out)
    assert all(left[name] == whole[name] for name in left)
    assert complete(path, out) == whole
