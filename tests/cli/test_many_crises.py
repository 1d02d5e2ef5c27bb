"""`escalation sweep`, `merge`, `plot`, `experiments` as they are called."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.mutations import in_process
from escalation.cli import many_crises
from escalation.cli.main import build_parser
from escalation.experiment.results import ResultsFolder
from escalation.figures.captions import redraw
from escalation.figures.style import encoded
from escalation.measures.measures import share_of
from escalation.stats.intervals import wilson_half
from tests.cli.calls import SCRIPT, environment
from tests.experiment.sweeps import complete, files, parts, written


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("swept")
    ended = in_process(["sweep", str(written(folder)), "--out", str(folder / "out")])
    assert ended.code == 0, ended.err
    return folder, ended


@pytest.mark.parametrize("command", ["sweep", "merge", "plot", "experiments"])
def test_help(command):
    ended = in_process([command, "--help"])
    assert ended.code == 0
    assert ended.out.startswith(f"usage: escalation {command} ")


def test_a_sweep_prints_shares_findings_and_files(swept):
    folder, ended = swept
    assert ended.out.startswith("trial: What does a second mediator change?\n")
    assert "Shares of crises in %" in ended.out
    assert "4,200 crises in 6 cells, 700 in each" in " ".join(ended.out.split())
    assert f"Tables in {folder / 'out'}: summary.txt, summary.csv, effects.csv" in ended.out
    body = [line for line in ended.out.splitlines() if str(folder) not in line]
    assert [line for line in body if len(line) > 80] == []


def test_progress_goes_to_standard_error_and_fits(swept):
    lines = swept[1].err.splitlines()
    assert lines[-1].startswith("4,200 of 4,200 crises  100%")


def test_quiet_prints_the_folder_only(swept, tmp_path):
    ended = in_process(["sweep", str(written(tmp_path)), "--out", str(tmp_path / "out"), "--quiet"])
    assert (ended.out, ended.err) == (f"{tmp_path / 'out'}\n", "")
    assert files(tmp_path / "out") == files(swept[0] / "out")


def test_a_second_time_it_prints_the_same(swept):
    folder, first = swept
    again = in_process(["sweep", str(folder / "trial.yaml"), "--out", str(folder / "out")])
    assert again.code == 0
    assert again.err == ""
    account = first.out[: first.out.index("Tables in")]
    assert again.out.startswith(account)
    assert again.out.count("\n") == account.count("\n") + 1
    assert str(folder / "out") in again.out.splitlines()[-1]


def test_a_shard_explains_how_to_merge(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = in_process(["sweep", str(written(tmp_path)), "--shard", "2/3"])
    assert ended.code == 0
    folder = tmp_path / "results" / "trial-shard-2-of-3"
    assert "Shard 2/3 is complete: 1,500 crises in results/trial-shard-2-of-3." in ended.out
    assert "escalation merge" in ended.out
    assert len(parts(folder)) == 5


def test_results_go_to_a_folder_of_the_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert in_process(["sweep", str(written(tmp_path)), "--quiet"]).out == "results/trial\n"


def test_a_dry_run_computes_nothing_that_stays(tmp_path):
    out = tmp_path / "out"
    ended = in_process(["sweep", str(written(tmp_path)), "--out", str(out), "--dry-run"])
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0] == "trial: What does a second mediator change?"
    assert lines[2].split() == ["cell", "role", "resolve", "who"]
    assert lines[3].split() == ["0", "design", "0.2", "cesland"]
    assert "6 cells, 700 crises each, seed 7." in lines
    assert re.fullmatch(
        rf"4,200 crises: about \d+ s on this machine and [\d.]+ kB in {re.escape(str(out))}\.", lines[-1]
    )
    assert not out.exists()


SIZES = [
    {},
    {"plots": None, "replications": 40},
    {"replications": 2, "factors": {name: {"label": name, "path": f"states.{name}.resolve",
     "range": [0.0, 1.0], "levels": 12} for name in ("arland", "borland")}},
    {"keep": ["acts"], "replications": 900},
]  # fmt: skip
"""Sweeps of which most of the room goes to parts, figures, tables and acts."""


@pytest.mark.parametrize("changes", SIZES)
def test_the_disk_of_a_dry_run_is_about_right(tmp_path, changes):
    path, out = written(tmp_path, **changes), tmp_path / "x"
    ended = in_process(["sweep", str(path), "--out", str(out), "--dry-run"])
    found = re.search(r"and ([\d.]+) (kB|MB)", ended.out)
    assert found
    promised = float(found[1]) * {"kB": 1e3, "MB": 1e6}[found[2]]
    assert in_process(["sweep", str(path), "--out", str(out), "--quiet"]).code == 0
    real = sum(map(len, files(out).values()))
    assert real / 2 < promised < real * 2
    drawn = len([name for name in files(out) if name.endswith(".png")])
    assert (f"with {drawn} figures" in ended.out) == bool(drawn)


def test_a_seed_on_the_command_line_goes_before_that_of_the_experiment(tmp_path):
    path = written(tmp_path)
    by_option = complete(path, tmp_path / "one", "--seed", "8")
    assert by_option["cells.csv"].decode().splitlines()[1].endswith(",8")
    written(tmp_path, seed=8)
    assert complete(path, tmp_path / "other") == by_option
    ended = in_process(["sweep", str(path), "--out", str(tmp_path / "one"), "--seed", "9"])
    assert ended.code == 2
    assert "seed: 8 before, 9 now" in ended.err


def test_a_drawn_seed_is_in_the_command_that_resumes(tmp_path):
    options = build_parser().parse_args(["sweep", "x.yaml", "--seed", "random"])
    asked = many_crises.asked_words(["sweep", "x.yaml"], options, ["seed"])
    assert asked == ["sweep", "x.yaml", "--seed", str(options.seed)]


def test_a_folder_of_results_is_completed_and_repeated_by_itself(swept, tmp_path):
    """As it was begun, whatever became of the experiment's file since."""
    folder = tmp_path / "out"
    shutil.copytree(swept[0] / "out", folder)
    whole = files(folder)
    parts(folder)[0].unlink()
    dry = in_process(["sweep", str(folder), "--dry-run"])
    assert (dry.code, "seed 7" in dry.out) == (0, True), dry.err
    resumed = in_process(["sweep", str(folder), "--quiet"])
    assert (resumed.code, resumed.out, resumed.err) == (0, f"{folder}\n", "")
    assert files(folder) == whole
    again = in_process(["sweep", str(folder), "--out", str(tmp_path / "again"), "--quiet"])
    assert again.code == 0, again.err
    assert files(tmp_path / "again") == whole
    for words in (["--seed", "8"], ["--set", "seeds=independent"]):
        refused = in_process(["sweep", str(folder), *words])
        assert (refused.code, "are taken as they are" in refused.err) == (2, True)


RULE = {"share": "force", "half_width": 0.006, "at_most": 400}


@pytest.mark.parametrize("shards", [1, 3])
def test_cells_that_miss_the_precision_are_named(tmp_path, shards):
    path = written(tmp_path, until=RULE, replications=200)
    if shards == 1:
        ended = in_process(["sweep", str(path), "--out", str(tmp_path / "out")])
    else:
        folders = [str(tmp_path / str(index)) for index in range(1, shards + 1)]
        for index, folder in enumerate(folders, start=1):
            complete(path, Path(folder), "--shard", f"{index}/{shards}")
        ended = in_process(["merge", *folders, "--out", str(tmp_path / "out")])
    assert ended.code == 0, ended.err
    results = ResultsFolder(tmp_path / "out")
    halves = {}
    for cell in range(6):
        answers = share_of("force", results.rows(cell, 0, 10_000))
        halves[cell] = wilson_half(int(answers.sum()), len(answers))
    missed = {cell: half for cell, half in halves.items() if half > RULE["half_width"]}
    assert missed
    assert results.manifest.missed == pytest.approx(missed)
    account = " ".join(ended.out.split())
    worst = max(missed, key=missed.get)
    assert f"{len(missed)} of 6 cells" in account
    assert f"cell {worst} with ±{100 * missed[worst]:.3g}" in account
    assert f"{len(missed)} of 6 cells" in " ".join((tmp_path / "out" / "summary.txt").read_text().split())


def test_all_cells_reach_a_precision_that_is_easy(tmp_path):
    path = written(tmp_path, until=RULE | {"half_width": 0.3}, replications=200)
    ended = in_process(["sweep", str(path), "--out", str(tmp_path / "out")])
    assert "Every cell has the precision" in ended.out
    assert ResultsFolder(tmp_path / "out").manifest.missed == {}
    before = files(tmp_path / "out")
    again = in_process(["sweep", str(path), "--out", str(tmp_path / "out")])
    assert "Nothing was left to do" in again.out
    assert files(tmp_path / "out") == before


@pytest.mark.slow
def test_an_interrupt_between_figures_keeps_all_crises_and_says_so(tmp_path, monkeypatch):
    path = written(tmp_path, plots=["effects", "outcomes"], replications=20)
    interrupted = []

    def interrupts(figure, suffix):
        if len(interrupted) == 2:
            raise KeyboardInterrupt
        interrupted.append(suffix)
        return encoded(figure, suffix)

    with monkeypatch.context() as patch:
        patch.setattr("escalation.figures.style.encoded", interrupts)
        ended = in_process(["sweep", str(path), "--out", str(tmp_path / "out")])
    assert ended.code == 130
    assert f"120 of 120 crises are kept in {tmp_path / 'out'}" in ended.err
    assert not (tmp_path / "out" / "summary.txt").exists()
    assert complete(path, tmp_path / "out") == complete_elsewhere(path, tmp_path)


def complete_elsewhere(path, tmp_path):
    """Return the files of the same sweep in a folder that its captions name alike."""
    shutil.move(tmp_path / "out", tmp_path / "before")
    return complete(path, tmp_path / "out")


def test_figures_show_progress(tmp_path):
    path = written(tmp_path, plots=["effects"], replications=20)
    ended = in_process(["sweep", str(path), "--out", str(tmp_path / "out")])
    assert ended.err.splitlines()[-1] == "1 of 1 figures drawn"
    assert in_process(["plot", str(tmp_path / "out")]).err.splitlines()[-1] == "1 of 1 figures drawn"


@pytest.mark.slow
def test_two_plots_of_one_folder_at_once_both_succeed(tmp_path):
    path = written(tmp_path, plots=["effects", "outcomes"], replications=20)
    complete_out = complete(path, tmp_path / "out", "--workers", "1")
    together = [
        subprocess.Popen(
            [*SCRIPT, "plot", str(tmp_path / "out")], cwd=tmp_path,
            env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in together:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert out.count("\n") == 10
    now = files(tmp_path / "out")
    assert set(now) == set(complete_out)
    assert {k: v for k, v in now.items() if k.endswith(".csv")} == {
        k: v for k, v in complete_out.items() if k.endswith(".csv")
    }


def test_the_command_of_a_caption_redraws_the_figure(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = []

    def watched(command):
        said.append(command)
        return redraw(command)

    monkeypatch.setattr("escalation.figures.captions.redraw", watched)
    path = written(tmp_path, plots=["effects"], replications=20)
    complete(path, tmp_path / "a folder" / "out")
    assert set(said) == {"escalation plot 'a folder/out'"}
    figure = tmp_path / "a folder" / "out" / "figures" / "effects.png"
    before = figure.read_bytes()
    figure.unlink()
    assert in_process(shlex.split(said[0])[1:]).code == 0
    assert figure.read_bytes() == before


def test_a_long_design_is_cut_in_the_middle(tmp_path):
    factors = {"resolve": {"label": "R", "path": "states.arland.resolve", "range": [0.0, 1.0], "levels": 50}}
    ended = in_process(["sweep", str(written(tmp_path, factors=factors)), "--dry-run"])
    lines = ended.out.splitlines()
    assert "... 31 more ..." in lines  # 50 and the baseline
    assert len(lines) < 35


def test_values_of_the_experiment_and_of_its_scenario_by_set(tmp_path):
    path = written(tmp_path)
    out = tmp_path / "out"
    complete(path, out, "--set", "set.free_days=4", "--set", "seed=9", "--replications", "40")
    cells = (out / "cells.csv").read_text().splitlines()
    assert cells[1].endswith(",9")
    assert '"free_days": 4' in (out / "manifest.json").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--shard", "0/3"], "'0/3' is not a shard i/n"),
        (["--shard", "4/3"], "'4/3' is not a shard i/n"),
        (["--shard", "x"], "'x' is not a shard i/n"),
        (["--workers", "0"], "'0' is not a whole number from 1"),
        (["--replications", "0"], "'0' is not a whole number from 1"),
        (["--workers", "2", "--scheduler", "tcp://127.0.0.1:1"], "not allowed with argument"),
        (["--set", "replicatons=5"], "did you mean `replications`?"),
        (["--set", "factors.who=3"], "factors.who"),
    ],
)
def test_an_error_is_one_line(tmp_path, arguments, says):
    ended = in_process(["sweep", str(written(tmp_path)), "--out", str(tmp_path / "out"), *arguments])
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert says in line
    assert not (tmp_path / "out").exists()


def test_an_unknown_experiment_is_reported(tmp_path):
    ended = in_process(["sweep", str(tmp_path / "no.yaml")])
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1


def test_plot_redraws_without_running(swept):
    folder, _ = swept
    before = {path: path.stat().st_mtime_ns for path in parts(folder / "out")}
    (folder / "out" / "summary.csv").unlink()
    manifest = folder / "out" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"plots": []', '"plots": [{"kind": "outcomes"}]'))
    ended = in_process(["plot", str(folder / "out")])
    assert ended.code == 0
    assert (folder / "out" / "summary.csv").exists()
    drawn = sorted(
        path.name for path in (folder / "out" / "figures").iterdir() if not path.name.startswith(".")
    )
    assert drawn == [f"outcomes_{name}.{ending}" for name in ("resolve", "who") for ending in ("png", "svg")]
    assert all(str(folder / "out" / "figures" / name) in ended.out for name in drawn)
    assert {path: path.stat().st_mtime_ns for path in parts(folder / "out")} == before


def test_the_package_stays_light():
    code = (
        "import sys, escalation; heavy = {'numpy', 'pandas', 'pyarrow', 'numba', 'mesa', 'pydantic'};"
        " assert not heavy & set(sys.modules), heavy & set(sys.modules);"
        " from escalation.cli import main; main(['sweep', 'nowhere.yaml']);"
        " heavy = {'pandas', 'pyarrow', 'mesa'} & set(sys.modules); assert not heavy, heavy"
    )
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stderr


def test_figures_that_do_not_fit_are_noted_and_stop_nothing(tmp_path):
    path = written(tmp_path, plots=["heat"], factors={})
    ended = in_process(["sweep", str(path), "--out", str(tmp_path / "out"), "--quiet"])
    assert ended.code == 0
    assert ended.err.startswith("escalation: no figures: heat")
    assert (tmp_path / "out" / "summary.csv").exists()
