"""`escalation advise` as it is called: on a scenario, an experiment, results, and on none of these."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from benchmarks.mutations import in_process
from escalation.experiment.loaded import load_experiment
from tests.experiment.sweeps import TINY, parts, tree, written

SMALL = ["--points", "10", "--replications", "8", "--quiet"]


@pytest.mark.slow
def test_a_scenario_gives_a_recommendation_tables_and_figures(tmp_path: Path) -> None:
    out = tmp_path / "out"
    ended = in_process(["advise", str(TINY), *SMALL[:-1], "--out", str(out)])
    assert ended.code == 0, ended.err
    assert ended.out.startswith("advise_tiny: Which mediation does best?")
    assert "Judged by: Use of force" in ended.out
    assert "Harm against effort" in ended.out
    assert max(map(len, ended.out.splitlines()[1:-2])) <= 80
    names = {path.name for path in (out / "advice").iterdir()}
    assert names == {
        "advice.txt",
        "advice.csv",
        *(f"{n}.{e}" for n in ("judged", "front") for e in ("png", "svg")),
    }
    again = in_process(["advise", str(out), "--by", "ceasefire"])
    assert again.code == 0, again.err
    assert "Crises without: ceasefire or agreement" in " ".join(again.out.split())


def test_the_experiment_of_a_scenario_can_be_shown_changed_and_run(tmp_path: Path) -> None:
    shown = in_process(["advise", str(TINY), "--points", "12", "--show"])
    assert (shown.code, shown.err) == (0, "")
    path = tmp_path / "mine.yaml"
    path.write_text(shown.out, encoding="utf-8")
    assert load_experiment(path).spec.design.points == 12
    ended = in_process(
        ["advise", str(path), "--out", str(tmp_path / "out"), "--replications", "4", "--quiet"]
    )
    assert (ended.code, ended.out) == (0, f"{tmp_path / 'out'}\n"), ended.err


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["nowhere"], "nowhere"),
        (
            [str(TINY), "--by", "forse", *SMALL],
            "forse is not a share of which more is better or worse; one of",
        ),
        (["consent", "--points", "12"], "--points is for a scenario; consent is an experiment"),
        (["consent", "--show"], "--show is for a scenario"),
        ([str(TINY), "--weights", "nothing", *SMALL], "nothing"),
    ],
)
def test_what_cannot_be_advised_on_is_one_line(words: list[str], line: str, tmp_path: Path) -> None:
    out = [] if "--show" in words else ["--out", str(tmp_path / "out")]
    ended = in_process(["advise", *words, *out])
    assert ended.code == 2
    assert line in ended.err
    assert len(ended.err.splitlines()) == 1
    assert "Traceback" not in ended.err


def test_an_experiment_without_policies_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, replications=5)
    ended = in_process(["advise", str(path), "--out", str(tmp_path / "out"), "--quiet"])
    assert ended.code == 2
    assert "trial has no policies to choose between" in ended.err


def test_results_are_judged_as_they_are(tmp_path: Path) -> None:
    given = tree(policies={"a": {}, "b": {"set": {"states.arland.resolve": 0.9}}}, replications=6)
    given |= {"uncertainties": {"f": {"label": "F", "path": "free_days", "values": [5, 9]}}}
    del given["factors"]
    path = tmp_path / "x.yaml"
    path.write_text(json.dumps(given), encoding="utf-8")
    out = tmp_path / "out"
    assert in_process(["advise", str(path), "--out", str(out), "--quiet"]).code == 0
    parts(out)[0].unlink()
    ended = in_process(["advise", str(out)])
    command = ["escalation", "sweep", str(out)]
    assert ended.code == 2
    assert "is not complete: it has 0 of 24 crises" in ended.err
    assert f"or resume: {shlex.join(command)}; for what is there" in ended.err
    assert in_process(command[1:]).code == 0
    assert in_process(["advise", str(out)]).code == 0
    ended = in_process(["advise", str(out), "--seed", "3"])
    assert ended.code == 2
    assert "is a folder of results, which are taken as they are; leave --seed out" in ended.err
