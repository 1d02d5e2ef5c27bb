from __future__ import annotations

import csv
import json
import math
import os
import re
import shlex
from pathlib import Path

import pytest

from escalation.figures.captions import redraw
from escalation.rules.options import TERMS
from tests.cli.calls import FILES, SCENARIO, Ended, by_process, in_process, only_folder
from tests.experiment.sweeps import MEDIATOR, complete, written

ROUNDING = 2e-7  # nine significant digits of some 25 terms of at most a few tens


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    base = tmp_path_factory.mktemp("printed")
    ended = in_process(["run", SCENARIO, "--seed", "5", "--out", str(base)])
    assert ended.code == 0, ended.err
    return ended, only_folder(base)


def quiet_run(base: Path, *arguments: str) -> Path:
    ended = in_process(["run", SCENARIO, "--quiet", "--out", str(base), *arguments])
    assert ended.code == 0, ended.err
    return only_folder(base)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_five_files_and_no_other(printed: tuple[Ended, Path]) -> None:
    assert set(bytes_of(printed[1])) == FILES


def test_same_seed_same_bytes_from_another_folder_and_process(
    printed: tuple[Ended, Path], tmp_path: Path
) -> None:
    ended = by_process("run", SCENARIO, "--seed", "5", folder=tmp_path)
    assert ended.code == 0, ended.err
    again = tmp_path / "results" / f"{SCENARIO}_5"
    assert bytes_of(again) == bytes_of(printed[1])
    without_folder = [line for line in printed[0].out.splitlines() if not line.startswith("Written to")]
    assert ended.out.splitlines() == [*without_folder, f"Written to {again.relative_to(tmp_path)}"]


def test_other_seed_other_crisis(printed: tuple[Ended, Path], tmp_path: Path) -> None:
    other = quiet_run(tmp_path, "--seed", "6")
    assert (other / "acts.csv").read_bytes() != (printed[1] / "acts.csv").read_bytes()


def test_other_replication_other_crisis(printed: tuple[Ended, Path], tmp_path: Path) -> None:
    other = quiet_run(tmp_path, "--seed", "5", "--replication", "1")
    assert (other / "acts.csv").read_bytes() != (printed[1] / "acts.csv").read_bytes()


def test_a_drawn_seed_is_printed_and_gives_the_run_again(tmp_path: Path) -> None:
    arguments = ["run", SCENARIO, "--seed", "random", "--quiet", "--days", "5"]
    arguments += ["--out", str(tmp_path / "drawn")]
    ended = in_process(arguments)
    found = re.search(r"Seed\s+(\d+),", ended.out)
    assert found
    again = quiet_run(tmp_path / "again", "--days", "5", "--seed", found[1])
    assert bytes_of(again) == bytes_of(only_folder(tmp_path / "drawn"))


def test_two_drawn_seeds_differ(tmp_path: Path) -> None:
    one = quiet_run(tmp_path / "one", "--days", "0", "--seed", "random")
    other = quiet_run(tmp_path / "other", "--days", "0", "--seed", "random")
    assert bytes_of(one)["manifest.json"] != bytes_of(other)["manifest.json"]


def test_the_story_keeps_to_80_columns(printed: tuple[Ended, Path]) -> None:
    lines = [line for line in printed[0].out.splitlines() if not line.startswith("Written to")]
    assert len(lines) > 100
    assert [line for line in lines if len(line) > 80] == []


def test_the_story_says_who_did_what_and_why(printed: tuple[Ended, Path]) -> None:
    out = " ".join(printed[0].out.split())
    assert "Seed 5, replication 0." in out
    assert "2025-04-22" in out
    assert re.search(r"- (India|Pakistan) [^\[]+ \[rung \d+\]", out)
    assert re.search(r"when: P\([a-z ]+ today\) [\d.<>]+%, P\(hold\) [\d.<>]+%; hazard [\d.]+ a day = ", out)
    assert re.search(r"what: P\(this \| [a-z ]+\) [\d.<>]+%, 1 to [\d.]+ against [a-z ]+ = [\d.]+ \(", out)
    assert "Outcome: " in out


def test_the_story_warns_of_reading_it_as_a_forecast(printed: tuple[Ended, Path]) -> None:
    out = " ".join(printed[0].out.split())
    assert "not a forecast" in out
    assert "no validated probability of nuclear use" in out


def decisions_of(folder: Path) -> list[list[dict[str, str]]]:
    """Return the alternatives of each decision; holding, or declining an offer, comes first."""
    decisions: list[list[dict[str, str]]] = []
    for row in rows_of(folder / "decisions.csv"):
        if row["act"] in ("hold", "decline_mediation"):
            decisions.append([])
        decisions[-1].append(row)
    assert len(decisions) > 100
    return decisions


def test_probabilities_of_a_decision_sum_to_one(printed: tuple[Ended, Path]) -> None:
    for rows in decisions_of(printed[1]):
        assert len({(row["day"], row["seq"], row["actor"], row["slot"]) for row in rows}) == 1
        assert math.fsum(float(row["probability"]) for row in rows) == pytest.approx(1, abs=ROUNDING)
        assert sum(int(row["taken"]) for row in rows) == 1


def test_terms_sum_to_the_utility(printed: tuple[Ended, Path]) -> None:
    for row in rows_of(printed[1] / "decisions.csv"):
        terms = math.fsum(float(row[name]) for name in TERMS)
        assert terms == pytest.approx(float(row["utility"]), abs=ROUNDING)


def test_both_stages_give_the_probabilities(printed: tuple[Ended, Path]) -> None:
    """Which clock runs off first is as its hazard to their sum; which act of it, as its utility."""
    for rows in decisions_of(printed[1]):
        if not rows[0]["p_hold"]:
            consent = math.log(float(rows[1]["probability"]) / float(rows[0]["probability"]))
            assert consent == pytest.approx(float(rows[1]["utility"]), abs=1e-6)
            continue
        nothing, *acts = rows
        whole = -float(nothing["log_when"])
        assert math.exp(-whole) == pytest.approx(float(nothing["probability"]), abs=1e-6)
        for row in acts:
            first = (1 - math.exp(-whole)) * float(row["hazard"]) / whole
            wanted = first * math.exp(float(row["log_what"]))
            assert float(row["probability"]) == pytest.approx(wanted, rel=1e-4)


def test_acts_are_the_decisions_taken(printed: tuple[Ended, Path]) -> None:
    names = ("day", "seq", "slot", "actor", "act", "target", "concerning", "rung", "forced", "probability")
    acts = [tuple(row[name] for name in names) for row in rows_of(printed[1] / "acts.csv")]
    decisions = rows_of(printed[1] / "decisions.csv")
    taken = [tuple(row[n] for n in names) for row in decisions if row["taken"] == "1" and row["target"]]
    assert acts == taken


def test_the_manifest_holds_what_repeats_the_run(printed: tuple[Ended, Path]) -> None:
    manifest = json.loads((printed[1] / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["seed"], manifest["replication"], manifest["scenario"]) == (5, 0, SCENARIO)
    assert re.fullmatch(r"[0-9a-f]{64}", manifest["scenario_sha256"])
    assert {"python", "mesa", "numpy", "numba"} <= set(manifest["versions"])
    assert set(manifest["resolved_scenario"]) >= {"states", "ladder", "weights"}


def test_quiet_prints_no_days(tmp_path: Path) -> None:
    ended = in_process(["run", SCENARIO, "--seed", "5", "--quiet", "--days", "3", "--out", str(tmp_path)])
    assert "Outcome: " in ended.out
    assert "Seed 5" in " ".join(ended.out.split())
    assert "[rung" not in ended.out
    assert len(ended.out.splitlines()) < 10


def test_json_is_all_that_is_printed(tmp_path: Path) -> None:
    ended = in_process(["run", SCENARIO, "--seed", "5", "--json", "--days", "3", "--out", str(tmp_path)])
    result = json.loads(ended.out)
    assert result["seed"] == 5
    assert Path(result["folder"]) == only_folder(tmp_path)
    manifest = json.loads((only_folder(tmp_path) / "manifest.json").read_text(encoding="utf-8"))
    assert {name: result[name] for name in manifest["result"]} == manifest["result"]


def test_json_names_a_drawn_seed(tmp_path: Path) -> None:
    ended = in_process(["run", SCENARIO, "--seed", "random", "--json", "--days", "1", "--out", str(tmp_path)])
    seed = json.loads(ended.out)["seed"]
    assert json.loads((only_folder(tmp_path) / "manifest.json").read_text(encoding="utf-8"))["seed"] == seed


def test_days_sets_the_simulated_days(tmp_path: Path) -> None:
    folder = quiet_run(tmp_path, "--seed", "5", "--days", "4")
    simulated = {row["date"] for row in rows_of(folder / "days.csv") if row["simulated"] == "1"}
    assert sorted(simulated) == ["2025-05-06", "2025-05-07", "2025-05-08", "2025-05-09"]


def test_fewer_days_are_the_first_of_more(printed: tuple[Ended, Path], tmp_path: Path) -> None:
    folder = quiet_run(tmp_path, "--seed", "5", "--days", "4")
    short = (folder / "acts.csv").read_text(encoding="utf-8")
    assert (printed[1] / "acts.csv").read_text(encoding="utf-8").startswith(short)


def test_no_simulated_day(tmp_path: Path) -> None:
    arguments = ["run", SCENARIO, "--seed", "5", "--days", "0", "--out"]
    ended = in_process([*arguments, str(tmp_path / "story")])
    assert ended.code == 0, ended.err
    assert "Outcome: none" in ended.out
    folder = only_folder(tmp_path / "story")
    assert set(bytes_of(folder)) == FILES
    assert {row["simulated"] for row in rows_of(folder / "days.csv")} == {"0"}
    as_json = in_process([*arguments, str(tmp_path / "json"), "--json"])
    assert json.loads(as_json.out)["outcome"] is None


def test_set_reaches_the_scenario(tmp_path: Path) -> None:
    change = ["--set", "states.india.resolve=0.125", "--set", "mediators.russia.style=manipulation"]
    folder = quiet_run(tmp_path, "--seed", "5", "--days", "1", *change)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["resolved_scenario"]["states"]["india"]["resolve"] == 0.125
    assert manifest["resolved_scenario"]["mediators"]["russia"]["style"] == "manipulation"


def test_drop_leaves_entries_out(tmp_path: Path) -> None:
    folder = quiet_run(tmp_path / "one", "--seed", "5", "--days", "1", "--drop", "abdali_test")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    ids = [act["id"] for act in manifest["resolved_scenario"]["acts"]]
    assert "abdali_protest" in ids
    assert "abdali_test" not in ids
    again = tmp_path / "two"
    ended = in_process(["run", str(folder), "--quiet", "--drop", "abdali_protest", "--out", str(again)])
    assert ended.code == 0, ended.err
    tree = json.loads((again / "manifest.json").read_text(encoding="utf-8"))
    assert [act["id"] for act in tree["resolved_scenario"]["acts"]] == [
        name for name in ids if name != "abdali_protest"
    ]
    ended = in_process(["run", SCENARIO, "--drop", "mediators.russia", "--drop", "nothing"])
    assert ended.code == 2
    assert "--drop nothing: no entry with the id nothing" in ended.err.replace("'", "").replace('"', "")


def test_another_run_does_not_replace_one_without_force(tmp_path: Path) -> None:
    change = ["--set", "states.india.resolve=0.125"]
    folder = quiet_run(tmp_path / "one", "--seed", "5", "--days", "1")
    before = bytes_of(folder)
    arguments = ["run", SCENARIO, "--quiet", "--seed", "5", "--days", "1", "--out", str(folder)]
    refused = in_process([*arguments, *change])
    assert (refused.code, refused.out) == (2, "")
    assert str(folder) in refused.err
    assert bytes_of(folder) == before
    assert in_process(arguments).code == 0  # the very same run
    assert bytes_of(folder) == before
    assert in_process([*arguments, *change, "--force"]).code == 0
    assert bytes_of(folder)["acts.csv"] != before["acts.csv"]


def test_an_interrupt_of_the_drawing_leaves_story_and_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["run", SCENARIO, "--days", "1", "--out", str(tmp_path)]
    assert in_process([*arguments, "--seed", "5"]).code == 0  # a figure of another run

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("escalation.figures.timeline.plot_timeline", interrupted)
    ended = in_process([*arguments, "--seed", "6", "--force"])
    assert ended.code == 130
    assert ended.err.startswith("interrupted; files already written are complete")
    assert "not a forecast" in ended.out
    assert set(bytes_of(tmp_path)) == FILES - {"timeline.png"}
    assert json.loads(bytes_of(tmp_path)["manifest.json"])["seed"] == 6


def test_nothing_is_compiled_for_one_crisis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(cache))
    ended = by_process("run", SCENARIO, "--quiet", "--days", "2", "--out", "out", folder=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert not cache.exists()


def test_out_is_made_with_its_parents(tmp_path: Path) -> None:
    folder = quiet_run(tmp_path / "deep" / "deeper", "--seed", "5", "--days", "1")
    assert folder == tmp_path / "deep" / "deeper"


def test_a_small_scenario_by_its_path(tmp_path: Path) -> None:
    path = Path(__file__).parents[1] / "data" / "tiny.yaml"
    ended = in_process(["run", str(path), "--seed", "1", "--out", str(tmp_path)])
    assert ended.code == 0, ended.err
    assert only_folder(tmp_path) == tmp_path
    assert max(len(line) for line in ended.out.splitlines() if "Written to" not in line) <= 80


def test_out_that_is_a_file(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    ended = in_process(["run", SCENARIO, "--quiet", "--days", "1", "--out", str(taken)])
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"escalation: --out {taken} is a file; give a folder\n"
    assert taken.read_text() == "mine"


def test_out_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    ended = in_process(["run", SCENARIO, "--quiet", "--days", "1", "--out", str(tmp_path / "taken" / "x")])
    assert ended.code == 2
    assert str(tmp_path / "taken") in ended.err
    assert len(ended.err.splitlines()) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_out_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    ended = in_process(["run", SCENARIO, "--quiet", "--days", "1", "--out", str(tmp_path / "x")])
    assert ended.code == 2
    assert "permission denied" in ended.err
    assert len(ended.err.splitlines()) == 1


def test_the_default_folder_names_scenario_seed_and_replication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tiny = str(Path(__file__).parents[1] / "data" / "tiny.yaml")
    for arguments in ([], ["--seed", "6", "--replication", "2"]):
        assert in_process(["run", tiny, "--quiet", *arguments]).code == 0
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == ["tiny_1", "tiny_6_2"]


@pytest.mark.parametrize("by", ["folder", "manifest.json"])
def test_a_manifest_repeats_a_run_byte_for_byte(tmp_path: Path, by: str) -> None:
    changes = ["--days", "4", "--set", "states.india.resolve=0.125", "--replication", "3"]
    folder = quiet_run(tmp_path / "one", "--seed", "9", *changes)
    given = folder if by == "folder" else folder / by
    ended = in_process(["run", str(given), "--quiet", "--out", str(tmp_path / "again")])
    assert (ended.code, ended.err) == (0, "")
    assert bytes_of(tmp_path / "again") == bytes_of(folder)


def test_a_manifest_may_be_changed_by_options(tmp_path: Path) -> None:
    folder = quiet_run(tmp_path / "one", "--seed", "9", "--days", "4")
    ended = in_process(["run", str(folder), "--quiet", "--days", "2", "--out", str(tmp_path / "less")])
    assert ended.code == 0, ended.err
    wanted = quiet_run(tmp_path / "other", "--seed", "9", "--days", "2")
    for name in ("acts.csv", "days.csv", "decisions.csv"):
        assert bytes_of(tmp_path / "less")[name] == bytes_of(wanted)[name]


def test_a_manifest_whose_result_is_not_repeated_says_so(tmp_path: Path) -> None:
    folder = quiet_run(tmp_path / "one", "--days", "2")
    manifest = folder / "manifest.json"
    tree = json.loads(manifest.read_text(encoding="utf-8"))
    tree["result"]["forced_acts"] += 1
    manifest.write_text(json.dumps(tree), encoding="utf-8")
    ended = in_process(["run", str(manifest), "--quiet", "--out", str(tmp_path / "again")])
    assert ended.code == 0
    assert "differs" in ended.err


def test_the_command_of_a_caption_redraws_the_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sweep_folder: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    said: list[str] = []

    def watched(command: str) -> str:
        said.append(command)
        return redraw(command)

    monkeypatch.setattr("escalation.figures.timeline.redraw", watched)
    crises = [
        [SCENARIO, "--seed", "9", "--replication", "2", "--days", "3", "--set", "states.india.label=In dia"],
        ["--from", str(sweep_folder), "--cell", "1", "--replication", "2"],
    ]
    for number, arguments in enumerate(crises):
        out = tmp_path / str(number)
        assert in_process(["run", *arguments, "--quiet", "--out", str(out)]).code == 0
        ended = in_process([*shlex.split(said[-1])[1:], "--json"])
        assert ended.code == 0, ended.err
        assert said[-1] == said[-2]
        assert bytes_of(Path(json.loads(ended.out)["folder"])) == bytes_of(out)


@pytest.fixture(scope="module")
def sweep_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    alternatives = {
        "nobody": {"drop": ["appeal", "mediators.cesland"]},
        "both": {"set": {"mediators.delland": MEDIATOR}},
    }
    factors = {"who": {"label": "Who mediates", "alternatives": alternatives}}
    path = written(folder, factors=factors, replications=3, seeds="independent")
    complete(path, folder / "out")
    return folder / "out"


@pytest.mark.slow
def test_a_crisis_of_a_sweep_is_replayed(sweep_folder: Path, tmp_path: Path) -> None:
    from escalation.experiment.results import ResultsFolder

    rows = ResultsFolder(sweep_folder).frame()
    for _, row in rows.iterrows():
        cell, replication = str(row["cell"]), str(row["replication"])
        arguments = ["--from", str(sweep_folder), "--cell", cell, "--replication", replication]
        out = tmp_path / f"{cell}-{replication}"
        ended = in_process(["run", *arguments, "--json", "--out", str(out)])
        assert ended.code == 0, ended.err
        assert json.loads(ended.out)["outcome"] == row["outcome"]
        assert set(bytes_of(out)) == FILES
        copy = tmp_path / f"again-{cell}-{replication}"
        again = in_process(["run", str(out), "--quiet", "--out", str(copy)])
        assert again.code == 0, again.err
        assert bytes_of(copy) == bytes_of(out)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--cell", "2"], "0 to 1"),
        (["--cell", "0", "--replication", "3"], "0 to 2"),
        ([], "--cell"),
        (["--cell", "0", "--seed", "4"], "--seed"),
        (["pahalgam_2025", "--cell", "0"], "scenario"),
    ],
)
def test_a_crisis_that_the_sweep_does_not_have(
    sweep_folder: Path, tmp_path: Path, arguments: list[str], says: str
) -> None:
    out = tmp_path / "out"
    ended = in_process(["run", *arguments, "--from", str(sweep_folder), "--out", str(out)])
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert says in line
    assert not out.exists()


def test_the_manifest_of_a_sweep_is_told_from_that_of_a_run(sweep_folder: Path) -> None:
    for given in (sweep_folder, sweep_folder / "manifest.json"):
        ended = in_process(["run", str(given)])
        assert ended.code == 2
        assert f"--from {sweep_folder} --cell" in ended.err


def test_nothing_to_run() -> None:
    for arguments in ([], ["--cell", "0"], [SCENARIO, "--cell", "0"]):
        ended = in_process(["run", *arguments])
        assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)


def explained(base: Path, *arguments: str) -> tuple[Ended, Path]:
    out = base / "explained"
    ended = in_process(["explain", *arguments, "--out", str(out)])
    assert ended.code == 0, ended.err
    return ended, out


def test_a_day_of_a_run_is_explained(printed: tuple[Ended, Path], tmp_path: Path) -> None:
    ended, out = explained(tmp_path, str(printed[1]), "--date", "2025-05-01")
    acts = [row for row in rows_of(printed[1] / "acts.csv") if row["date"] == "2025-05-01"]
    names = {f"{row['decision']}_{row['actor']}_{row['act']}.png" for row in acts}
    assert acts
    assert set(bytes_of(out)) == {"terms.csv", "explanation.txt", *names}
    assert ended.out == (out / "explanation.txt").read_text("utf-8") + f"Written to {out}\n"
    assert max(map(len, ended.out.splitlines()[:-1])) <= 80


def test_terms_are_those_of_the_decisions_of_the_run(printed: tuple[Ended, Path], tmp_path: Path) -> None:
    """What is explained is what the run has recorded: each hazard, term by term."""
    _, out = explained(tmp_path, str(printed[1]), "--date", "2025-05-12", "--actor", "india")
    taken = {row["decision"]: row for row in rows_of(printed[1] / "decisions.csv") if row["taken"] == "1"}
    rows = [row for row in rows_of(out / "terms.csv") if row["stage"] == "when"]
    assert rows
    for row in rows:
        whole = taken[row["decision"]]
        recorded = whole.get(f"when_{row['term']}", whole.get(row["term"], ""))
        if whole["act"] != "hold" and row["term"] != "total":
            assert float(row["log"]) == pytest.approx(float(recorded), abs=ROUNDING)


def test_turning_points_repeat_byte_by_byte(tmp_path: Path) -> None:
    arguments = ["pahalgam_2025", "--seed", "3", "--days", "4", "--replications", "60"]
    one, first = explained(tmp_path / "one", *arguments)
    other, second = explained(tmp_path / "other", *arguments)
    assert set(bytes_of(first)) == {"odds.csv", "turning_points.csv", "odds.png", "explanation.txt"}
    assert bytes_of(first) == bytes_of(second)
    assert one.out.splitlines()[:-1] == other.out.splitlines()[:-1]
    again = in_process(["explain", *arguments, "--out", str(first)])
    assert again.code == 2
    assert "exists already" in again.err


def test_a_crisis_of_a_sweep_is_explained(tmp_path: Path) -> None:
    out = tmp_path / "out"
    complete(written(tmp_path, replications=3), out)
    few = ["--replications", "20"]
    ended, folder = explained(tmp_path, "--from", str(out), "--cell", "1", "--replication", "1", *few)
    assert "replication 1." in " ".join(ended.out.split())
    assert (folder / "odds.csv").is_file()


def test_where_an_explanation_goes(
    printed: tuple[Ended, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert in_process(["explain", str(printed[1]), "--date", "2025-05-02"]).code == 0
    assert (printed[1] / "explained" / "2025-05-02" / "terms.csv").is_file()
    monkeypatch.chdir(tmp_path)
    ended = in_process(["explain", SCENARIO, "--date", "2025-05-02", "--actor", "india"])
    assert ended.code == 0, ended.err
    home = tmp_path / "results" / f"{SCENARIO}_1_explained" / "2025-05-02_india"
    assert (home / "terms.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--date", "2025-13-01"], "'2025-13-01' is not a date such as 2025-05-06"),
        (["--date", "2024-01-01"], "2024-01-01 is not a day of the crisis, 2025-04-22 to 2025-06-04"),
        (["--date", "2025-05-07", "--actor", "indai"], "did you mean `india`"),
        (["--actor", "india"], "given without a date"),
        (["--days", "0"], "no day is simulated"),
        (["--replications", "0"], "is not a whole number from 1"),
    ],
)
def test_what_cannot_be_explained_is_one_line(arguments: list[str], says: str, tmp_path: Path) -> None:
    ended = in_process(["explain", SCENARIO, *arguments, "--out", str(tmp_path / "out")])
    assert ended.code == 2
    assert says in ended.err
    assert ended.err.count("\n") == 1
    assert not (tmp_path / "out").exists()
