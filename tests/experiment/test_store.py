"""The folder of results: nothing complete is lost, nothing foreign is mixed in, and each refusal says why."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.mutations import in_process
from escalation.experiment import compute as computing
from escalation.experiment import manifest as manifests
from escalation.experiment import store as stores
from escalation.experiment.results import ResultsFolder
from escalation.files.write import replacing
from tests.experiment.sweeps import ROOT, complete, files, parts, swept, tree, written


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("done")
    return folder, complete(written(folder), folder / "out")


@pytest.fixture
def copy(done, tmp_path):
    """A copy of a complete sweep: the experiment's file, the folder, its files."""
    folder, kept = done
    shutil.copytree(folder / "out", tmp_path / "out")
    return written(tmp_path), tmp_path / "out", kept


def refused(ended):
    assert ended.code == 2
    assert ended.out == ""
    (line,) = ended.err.splitlines()
    return line


def test_the_folder_has_what_is_documented(done):
    _, kept = done
    assert {"manifest.json", "cells.csv", "summary.csv", "effects.csv", "summary.txt"} <= set(kept)
    assert sum(name.startswith("runs/part-") for name in kept) == 14
    assert sum(name.startswith("days/part-") for name in kept) == 14
    assert kept["cells.csv"].decode().splitlines()[:2] == [
        "cell,role,resolve,who,seed",
        "0,design,0.2,cesland,7",
    ]


def test_a_finished_sweep_run_again_does_nothing(copy):
    path, out, _ = copy
    before = {p: p.stat().st_mtime_ns for p in [out, *out.rglob("*")]}
    ended = in_process(["sweep", str(path), "--out", str(out)])
    assert (ended.code, ended.err) == (0, "")
    assert "Nothing was left to do" in ended.out
    assert {p: p.stat().st_mtime_ns for p in [out, *out.rglob("*")]} == before


def test_the_same_experiment_makes_the_same_bytes(done, tmp_path):
    assert complete(written(tmp_path), tmp_path / "other") == done[1]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"seed": 8}, "seed: 7 before, 8 now"),
        ({"replications": 600}, "700 replications"),
        ({"replications": 900, "seed": 8}, "seed: 7 before, 8 now"),
        ({"set": {"free_days": 5}}, "scenario.free_days: 10 before, 5 now"),
        ({"seeds": "independent"}, 'seeds: "common" before, "independent" now'),
        ({"baseline": {"resolve": 0.2}}, "baseline.resolve: nothing before, 0.2 now"),
    ],
)
def test_a_changed_experiment_is_refused_and_the_change_named(copy, changes, says):
    path, out, kept = copy
    written(path.parent, **changes)
    line = refused(swept(path, out))
    assert says in line
    assert str(out) in line
    assert "--out" in line
    assert files(out) == kept


GROWTHS = [
    ({}, 700, 1_400),
    ({"keep": ["acts"], "seeds": "independent"}, 200, 1_100),
    ({"until": {"share": "force", "half_width": 0.006, "at_most": 2_000}}, 200, 400),
    ({"until": {"share": "force", "half_width": 0.006, "at_most": 2_000}}, 200, 300),
]
"""Changes of the experiment, replications, and more of them: of each cell, or of each cell and round."""


@pytest.mark.parametrize(("changes", "fewer", "more"), GROWTHS)
def test_more_replications_extend_a_sweep_to_what_a_new_one_has(tmp_path, changes, fewer, more):
    path = written(tmp_path, **changes)
    before = complete(path, tmp_path / "out", "--replications", str(fewer))
    grown = complete(path, tmp_path / "out", "--replications", str(more))
    assert grown == complete(path, tmp_path / "new", "--replications", str(more))
    assert grown != before


def simulated(monkeypatch):
    """Return the list of the replications that are simulated from now on."""
    seen, real = [], computing.simulate

    def simulate(params, seed, first, count, *rest, **more):
        seen.extend(range(first, first + count))
        return real(params, seed, first, count, *rest, **more)

    monkeypatch.setattr(computing, "simulate", simulate)
    return seen


def test_no_crisis_is_simulated_twice(copy, monkeypatch):
    path, out, _ = copy
    rows = {cell: ResultsFolder(out).rows(cell, 0, 700) for cell in range(6)}
    seen = simulated(monkeypatch)
    complete(path, out, "--replications", "1200")
    assert sorted(seen)[1:] == sorted([*range(700, 1_200)] * 6)  # and one to warm up
    now = ResultsFolder(out)
    for cell, before in rows.items():
        after = now.rows(cell, 0, 700)
        assert all(np.array_equal(before[name], after[name]) for name in before)


def test_fewer_replications_are_refused_and_nothing_is_lost(copy):
    path, out, kept = copy
    line = refused(swept(path, out, "--replications", "600"))
    assert "700" in line
    assert files(out) == kept


def test_a_damaged_part_is_simulated_again_when_a_sweep_is_extended(copy, tmp_path):
    path, out, _ = copy
    cut(parts(out)[0])
    assert complete(path, out, "--replications", "800") == complete(
        path, tmp_path / "new", "--replications", "800"
    )


class HaltedError(Exception):
    pass


def halted_after(monkeypatch, owner, name, count):
    """Have a function raise an error in its call after some."""
    calls, real = [], getattr(owner, name)

    def halting(*arguments, **others):
        calls.append(1)
        if len(calls) > count:
            raise HaltedError
        return real(*arguments, **others)

    monkeypatch.setattr(owner, name, halting)


@pytest.mark.parametrize("count", [0, 3, 8])
def test_an_interrupted_extension_leaves_the_sweep_and_goes_on(copy, tmp_path, monkeypatch, count):
    path, out, kept = copy
    with monkeypatch.context() as patch:
        halted_after(patch, stores.Store, "write", count)
        assert swept(path, out, "--replications", "1400").code == 2
    assert {name: data for name, data in files(out).items() if not name.startswith(".")} == kept
    assert complete(path, out) == files(out)  # the finished sweep is still one
    seen = simulated(monkeypatch)
    grown = complete(path, out, "--replications", "1400")
    assert grown == complete(path, tmp_path / "new", "--replications", "1400")
    assert seen


@pytest.mark.parametrize("count", range(0, 26, 5))
@pytest.mark.parametrize("name", ["replace", "unlink"])
def test_an_extension_that_ends_while_it_takes_its_place_is_completed(
    copy, tmp_path, monkeypatch, name, count
):
    path, out, _ = copy
    want = complete(path, tmp_path / "new", "--replications", "1400")
    real, moved = getattr(Path, name), []

    def halting(self, *arguments, **others):
        if (out / stores._GROWN).exists() and not self.name.startswith("."):
            moved.append(self)
            if len(moved) > count:
                raise HaltedError
        return real(self, *arguments, **others)

    with monkeypatch.context() as patch:
        patch.setattr(Path, name, halting)
        code = swept(path, out, "--replications", "1400").code
    if code:
        assert "extended" in refused(in_process(["plot", str(out)]))
    assert complete(path, out, "--replications", "1400") == want
    assert not (out / stores._GROWN).exists()


def test_two_extensions_that_were_begun_are_both_used(copy, tmp_path, monkeypatch):
    path, out, _ = copy
    with monkeypatch.context() as patch:
        halted_after(patch, stores.Store, "write", 15)
        assert swept(path, out, "--replications", "1400").code == 2
    seen = simulated(monkeypatch)
    grown = complete(path, out, "--replications", "2000")
    assert len(seen) == 1 + 6 * 1_000  # of the replications, the first 1,000 were there
    assert grown == complete(path, tmp_path / "new", "--replications", "2000")
    assert not list(out.glob(".growing*"))


def test_force_replaces_another_sweep_and_nothing_else(copy, tmp_path):
    path, out, _ = copy
    (out / "notes.txt").write_text("mine")
    (out / "figures").mkdir(exist_ok=True)
    (out / "figures" / "old.png").write_bytes(b"")
    stores.note_figures(out, [out / "figures" / "old.png"])
    written(path.parent, seed=8)
    refused(swept(path, out))
    now = complete_with_notes(path, out, "--force")
    assert now.pop("notes.txt") == b"mine"
    assert now == complete(path, tmp_path / "new")


def complete_with_notes(path, out, *arguments):
    ended = swept(path, out, *arguments)
    assert ended.code == 0, ended.err
    return files(out)


def test_force_does_not_drop_what_this_very_sweep_has(copy, monkeypatch):
    path, out, kept = copy
    seen = simulated(monkeypatch)
    assert complete(path, out, "--force") == kept
    assert seen == []


def test_a_folder_with_other_things_is_refused_before_any_work(tmp_path, monkeypatch):
    path = written(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.tex").write_text("mine")
    seen = simulated(monkeypatch)
    assert str(tmp_path / "taken") in refused(swept(path, tmp_path / "taken"))
    assert seen == []
    assert files(tmp_path / "taken") == {"thesis.tex": b"mine"}


def test_a_sweep_that_was_killed_before_its_manifest_begins_again(done, tmp_path):
    out = tmp_path / "out"
    (out / "runs").mkdir(parents=True)
    (out / ".lock").touch()
    (out / ".manifest.json.77.5.partial").write_text("{")
    assert complete(written(tmp_path), out) == done[1]


def test_changed_code_is_refused_and_the_file_named(copy, monkeypatch):
    path, out, kept = copy
    now = manifests.sources() | {"rules/decide.py": "0" * 64}
    monkeypatch.setattr(manifests, "sources", lambda: now)
    assert "the code: escalation/rules/decide.py changed" in refused(swept(path, out))
    assert files(out) == kept


def test_descriptions_may_change(copy):
    path, out, kept = copy
    written(path.parent, title="Another question?", outcomes=["mediated"])
    now = complete(path, out)
    changed = {name for name in kept if now[name] != kept[name]}
    assert {"manifest.json", "summary.txt"} <= changed
    assert not any(name.startswith(("runs", "days")) for name in changed)
    assert "Another question?" in now["summary.txt"].decode()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 4] ^= 0xFF
    path.write_bytes(data)


def blank(path: Path) -> None:
    path.write_bytes(b"")


def scrawl(path: Path) -> None:
    path.write_bytes(b"this was a table once\n" * 50)


def renamed(path: Path) -> None:
    shutil.copy(parts(path.parents[1])[0], path)


@pytest.mark.parametrize("table", ["runs", "days"])
@pytest.mark.parametrize("damage", [cut, flip, blank, scrawl])
def test_a_damaged_part_is_computed_again_and_named(copy, table, damage):
    path, out, kept = copy
    victim = sorted((out / table).iterdir())[5]
    damage(victim)
    ended = swept(path, out)
    assert ended.code == 0
    assert f"{victim} is damaged" in ended.err
    assert "computed again" in ended.err
    assert files(out) == kept


@pytest.mark.parametrize("damage", [cut, flip, blank, scrawl])
def test_a_part_damaged_later_is_named_when_it_is_read(copy, damage):
    _, out, _ = copy
    damage(parts(out)[3])
    line = refused(in_process(["plot", str(out)]))
    assert f"{parts(out)[3]} is damaged" in line
    assert "rerun the sweep to recompute it" in line


def test_a_missing_part_is_computed_again(copy):
    path, out, kept = copy
    parts(out)[2].unlink()
    sorted((out / "days").iterdir())[7].unlink()
    assert complete(path, out) == kept


def test_a_part_of_other_results_is_refused(copy, tmp_path):
    path, out, _ = copy
    other = tmp_path / "other"
    complete(written(tmp_path, seed=8), other)
    shutil.copy(parts(other)[4], parts(out)[4])
    written(tmp_path)
    line = refused(swept(path, out))
    assert str(parts(out)[4]) in line
    assert "belongs to other results" in line


def test_a_part_under_another_name_is_refused(copy):
    path, out, _ = copy
    renamed(parts(out)[4])
    assert "belongs to other results" in refused(swept(path, out))


def test_foreign_files_are_left_alone_and_named(copy):
    path, out, kept = copy
    (out / "notes.txt").write_text("mine")
    (out / "runs" / "part-old.parquet").write_text("mine")
    (out / "runs" / "part-00099-00000.parquet").write_text("mine")
    ended = swept(path, out)
    assert ended.code == 0
    assert ended.err == f"escalation: {out / 'notes.txt'} and 2 more: not part of this sweep, left alone\n"
    assert {name: data for name, data in files(out).items() if data != b"mine"} == kept


def test_parts_without_a_manifest_are_refused(copy):
    path, out, _ = copy
    (out / "manifest.json").unlink()
    assert "no manifest.json" in refused(swept(path, out))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": 2, "binding": {}}'])
def test_an_unreadable_manifest_is_refused(copy, text):
    path, out, _ = copy
    (out / "manifest.json").write_text(text)
    assert str(out / "manifest.json") in refused(swept(path, out))


def test_a_manifest_that_was_edited_is_refused(copy):
    path, out, _ = copy
    known = json.loads((out / "manifest.json").read_text())
    known["binding"]["seed"] = 9
    (out / "manifest.json").write_text(json.dumps(known))
    assert "does not match its hash" in refused(swept(path, out))


def test_leftovers_of_a_killed_sweep_are_removed(copy):
    path, out, kept = copy
    (out / "runs" / ".part-00001-00000.parquet.4242.partial").write_bytes(b"half")
    parts(out)[0].unlink()
    assert complete(path, out) == kept


def test_a_sweep_at_work_keeps_others_out(copy):
    path, out, kept = copy
    fcntl = pytest.importorskip("fcntl")
    parts(out)[0].unlink()
    with (out / ".lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        line = refused(swept(path, out))
        assert f"{out} is being written by another sweep" in line
        assert "process" in line
    assert complete(path, out) == kept


def test_a_full_disk_leaves_what_is_complete(tmp_path, monkeypatch, done):
    written(tmp_path)
    writes = []
    real = os.fsync

    def full(number: int) -> None:
        writes.append(number)
        if len(writes) > 15:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(number)

    monkeypatch.setattr(stores.os, "fsync", full)
    out = tmp_path / "out"
    line = refused(swept(tmp_path / "trial.yaml", out))
    monkeypatch.undo()
    assert "no space left on device" in line
    assert "what is complete stays" in line
    left = files(out)
    assert not any("partial" in name for name in left)
    assert 1 <= len(parts(out)) < 14
    assert all(done[1][name] == data for name, data in left.items())
    assert complete(tmp_path / "trial.yaml", out) == done[1]


@pytest.mark.skipif(sys.platform == "win32", reason="limits as in POSIX")
def test_a_limit_on_the_size_of_files(tmp_path):
    path = written(tmp_path)
    code = (
        "import resource, sys; from escalation.cli import main;"
        " resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000)); sys.exit(main())"
    )
    completed = subprocess.run(
        [sys.executable, "-c", code, "sweep", str(path), "--out", str(tmp_path / "out"), "--quiet"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert completed.returncode == 2
    assert "file too large" in completed.stderr.splitlines()[-1]
    assert not parts(tmp_path / "out")


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    path = written(tmp_path)

    def read_only(*_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(stores.os, "open", read_only)
    line = refused(swept(path, tmp_path / "out"))
    assert "read-only file system" in line
    assert str(tmp_path / "out") in line


def test_a_finished_sweep_can_be_read_where_nothing_can_be_written(copy, monkeypatch):
    path, out, _ = copy
    really = os.open

    def reading_only(path, flags, *more, **named):
        assert path == os.devnull or not flags & (os.O_WRONLY | os.O_RDWR), path
        return really(path, flags, *more, **named)

    monkeypatch.setattr(stores.os, "open", reading_only)
    assert swept(path, out).code == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(tmp_path):
    path = written(tmp_path)
    (tmp_path / "closed").mkdir(mode=0o555)
    assert "permission denied" in refused(swept(path, tmp_path / "closed" / "out"))


def test_out_that_is_a_file(tmp_path):
    path = written(tmp_path)
    (tmp_path / "taken").write_text("mine")
    assert "is a file" in refused(swept(path, tmp_path / "taken"))
    assert (tmp_path / "taken").read_text() == "mine"


def test_the_manifest_holds_the_experiment_whole(done):
    folder, kept = done
    found = manifests.read_manifest(kept["manifest.json"].decode())
    wanted = tree()
    assert {key: found.experiment[key] for key in ("name", "title", "seed", "replications")} == {
        key: wanted[key] for key in ("name", "title", "seed", "replications")
    }
    assert found.experiment["factors"]["who"]["label"] == "Who mediates"
    assert found.scenario["name"] == "tiny"
    assert set(found.binding["code"]) >= {"rules/decide.py", "engine/batch.py", "experiment/plan.py"}
    assert str(folder) not in json.dumps({**found.binding, "experiment": None})


def test_a_disk_that_is_full_when_the_tables_are_written(copy, monkeypatch):
    path, out, kept = copy
    (out / "summary.txt").unlink()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("escalation.analysis.tidy.write_tables", full)
    line = refused(swept(path, out))
    assert line.startswith(f"escalation: {out}: no space left on device; what is complete stays.")
    monkeypatch.undo()
    assert complete(path, out) == kept


def test_only_figures_that_a_report_drew_are_removed(tmp_path: Path) -> None:
    figures = tmp_path / "figures"
    figures.mkdir()
    for name in ("old.png", "kept.svg", "mine.png", ".mine.png.backup"):
        (figures / name).write_text(name)
    (tmp_path / "outside.png").write_text("outside")
    stores.note_figures(tmp_path, [figures / "old.png", figures / "kept.svg"])
    assert stores.figures_in(tmp_path) == [figures / "kept.svg", figures / "old.png"]
    with replacing(figures / "kept.svg") as partial:
        partial.write_text("kept.svg")
    partial.write_text("left by a sweep that was killed")
    stores.note_figures(tmp_path, [figures / "kept.svg"])
    assert {path.name for path in figures.iterdir()} == {
        "kept.svg",
        "mine.png",
        ".mine.png.backup",
        stores.DRAWN,
    }
    (figures / stores.DRAWN).write_text("../outside.png\nkept.svg\n")
    stores.note_figures(tmp_path, [])
    assert (tmp_path / "outside.png").exists()
    assert stores.figures_in(tmp_path) == []
