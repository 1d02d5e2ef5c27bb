"""Sweeps: the same bytes however the work is split, cells that fail, stopping rules, what is kept."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.mutations import in_process
from escalation.engine.pack import pack
from escalation.experiment import compute as computing
from escalation.experiment.design import scenario_of
from escalation.experiment.loaded import load_experiment
from escalation.experiment.plan import WHOLE, Shard
from escalation.experiment.results import ResultsFolder
from escalation.experiment.run import Silent, Threads, fill, prepare, run, survey
from escalation.measures.measures import share_of
from escalation.measures.reduce import NEVER
from escalation.stats.intervals import wilson_half
from tests.experiment.sweeps import complete, files, parts, swept, tree, written

UNTIL = {"share": "force", "half_width": 0.03, "at_most": 2_000}


def test_one_worker_or_three(tmp_path):
    path = written(tmp_path)
    one = complete(path, tmp_path / "one", "--workers", "1")
    assert complete(path, tmp_path / "three", "--workers", "3") == one


@pytest.mark.parametrize("until", [None, UNTIL])
@pytest.mark.parametrize("of", [2, 5])
def test_shards_merge_to_the_whole(tmp_path, until, of):
    changes = {"until": until, "replications": 200} if until else {}
    path = written(tmp_path, **changes)
    whole = complete(path, tmp_path / "whole")
    folders = [tmp_path / f"share{index}" for index in range(1, of + 1)]
    for index, folder in enumerate(folders, start=1):
        complete(path, folder, "--shard", f"{index}/{of}")
    assert sum(len(parts(folder)) for folder in folders) == len(parts(tmp_path / "whole"))
    ended = in_process(["merge", *map(str, reversed(folders)), "--out", str(tmp_path / "merged"), "--quiet"])
    assert (ended.code, ended.err) == (0, "")
    assert files(tmp_path / "merged") == whole


def test_a_merge_of_some_shards_says_what_is_missing_and_can_continue(tmp_path):
    path = written(tmp_path)
    whole = complete(path, tmp_path / "whole")
    complete(path, tmp_path / "one", "--shard", "1/2")
    ended = in_process(["merge", str(tmp_path / "one"), "--out", str(tmp_path / "merged")])
    assert ended.code == 2
    assert "2,100 of 4,200 crises" in ended.err
    assert complete(path, tmp_path / "merged") == whole


def test_other_experiments_do_not_merge(tmp_path):
    complete(written(tmp_path), tmp_path / "one")
    complete(written(tmp_path, seed=8), tmp_path / "other")
    ended = in_process(
        ["merge", str(tmp_path / "one"), str(tmp_path / "other"), "--out", str(tmp_path / "merged")]
    )
    assert ended.code == 2
    assert "seed: 7 before, 8 now" in ended.err
    assert not (tmp_path / "merged").exists()


def test_folders_that_disagree_do_not_merge(tmp_path):
    path = written(tmp_path)
    complete(path, tmp_path / "one")
    complete(path, tmp_path / "other")
    first, second = (parts(tmp_path / name)[0] for name in ("one", "other"))
    data = bytearray(second.read_bytes())
    data[len(data) // 3] ^= 1
    second.write_bytes(data)
    ended = in_process(
        ["merge", str(tmp_path / "one"), str(tmp_path / "other"), "--out", str(tmp_path / "merged")]
    )
    assert ended.code == 2
    assert f"{second} and {tmp_path / 'merged' / 'runs' / first.name} differ" in ended.err


@pytest.mark.parametrize("arguments", [["merge", "nowhere", "--out", "x"], ["plot", "nowhere"]])
def test_a_folder_without_results(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    ended = in_process(arguments)
    assert ended.code == 2
    assert ended.err == "escalation: nowhere holds no results of a sweep: manifest.json is missing\n"


@pytest.mark.parametrize("many", [1, 2])
def test_a_stopping_rule_stops_each_cell_when_it_is_precise(tmp_path, many):
    path = written(tmp_path, until=UNTIL, replications=200)
    complete(path, tmp_path / "out", "--workers", str(many))
    results = ResultsFolder(tmp_path / "out")
    shares = {}
    for cell in range(6):
        rows = results.rows(cell, 0, 10_000)
        assert rows["replication"].tolist() == list(range(len(rows["replication"])))
        shares[cell] = share_of("force", rows)
    for answers in shares.values():
        n = len(answers)
        assert n % 200 == 0
        rounds = [
            wilson_half(int(answers[:m].sum()), m) <= UNTIL["half_width"] for m in range(200, n + 1, 200)
        ]
        assert not any(rounds[:-1])
        assert rounds[-1] or n == 2_000
    assert any(200 < len(answers) < 2_000 for answers in shares.values())


def test_wilsons_interval_is_what_analysis_has():
    from escalation.stats.intervals import wilson

    for yes, n in [(0, 10), (3, 10), (500, 1_000), (999, 1_000)]:
        # By the formula: the interval that is shown is cut at 0 and 1.
        found = wilson(yes, n)
        if 0 < yes < n:
            assert math.isclose(wilson_half(yes, n), float(found.high - found.low) / 2, rel_tol=1e-9)


def test_a_stopped_sweep_goes_on_to_the_same_bytes(tmp_path):
    path = written(tmp_path, until=UNTIL, replications=200)
    whole = complete(path, tmp_path / "whole")
    out = tmp_path / "out"
    complete(path, out)
    for part in parts(out)[::2]:
        part.unlink()
    assert complete(path, out) == whole


def made(tmp_path, **changes):
    return prepare(load_experiment(tree(**changes)), tmp_path / "out")


class Interrupted(Threads):
    """Is interrupted once some chunks are there."""

    def finished(self, seconds):
        if len(parts(self.folder)) >= 4:
            raise KeyboardInterrupt
        return super().finished(seconds)


def test_an_interrupt_leaves_what_is_complete(tmp_path):
    sweep = made(tmp_path)
    found = survey(sweep.store, sweep.work)
    pool = Interrupted(sweep.work, sweep.cells, 1)
    pool.folder = sweep.folder
    with pytest.raises(KeyboardInterrupt):
        run(sweep, found, Silent(), lambda: pool)
    assert len(parts(sweep.folder)) == found.chunks >= 4
    assert len(found.missing) == 14 - found.chunks
    again = survey(sweep.store, sweep.work)
    assert (again.crises, again.chunks) == (found.crises, found.chunks)
    there = np.bincount(ResultsFolder(sweep.folder).frame([])["cell"], minlength=6)
    assert max(there) - min(there) <= 100
    assert {c.name for c in again.missing} == {c.name for c in found.missing}


def test_a_cell_that_fails_is_named_and_the_others_stay(tmp_path, monkeypatch):
    real = computing.simulate

    def fails(params, seed, first, count, *more, **options):
        if params.states["resolve"][0] == 0.9:
            raise RuntimeError("out of ideas")
        return real(params, seed, first, count, *more, **options)

    monkeypatch.setattr(computing, "simulate", fails)
    path = written(tmp_path)
    ended = swept(path, tmp_path / "out", "--workers", "1")
    assert ended.code == 2
    assert ended.err == "escalation: cell 4 (resolve=0.9, who=cesland): RuntimeError: out of ideas\n"
    assert parts(tmp_path / "out")
    monkeypatch.undo()
    assert complete(path, tmp_path / "out") == complete(path, tmp_path / "other")


def test_incompatible_levels_are_named_with_their_cell(tmp_path):
    factors = {
        "tense": {"label": "Rung of a stand-off", "path": "outcome.standoff_rung", "values": [3, 6]},
        "force": {"label": "Rung of force", "path": "outcome.force_rung", "values": [6, 5]},
    }
    ended = swept(written(tmp_path, factors=factors), tmp_path / "out")
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert "cell 3 (tense 6, force 5): " in line
    assert "the thresholds are out of order" in line


def test_rows_are_the_runs_of_the_kernel(tmp_path):
    sweep = made(tmp_path)
    run(sweep, survey(sweep.store, sweep.work), Silent(), lambda: Threads(sweep.work, sweep.cells, 2))
    results = ResultsFolder(sweep.folder)
    for cell in sweep.cells.values():
        scenario = scenario_of(sweep.work.loaded, cell)
        runs = computing.simulate(pack(scenario), cell.seed, 0, 700)
        rows = results.rows(cell.number, 0, 700)
        assert np.array_equal(rows["outcome"], runs.outcome)
        assert np.array_equal(rows["peak_arland"], runs.peak[:, 0])
        assert np.array_equal(rows["cost_borland"], runs.cost[:, 1])
        days = np.where(rows["days_to_force"] == NEVER, -1, rows["days_to_force"] + scenario.horizon_day)
        assert np.array_equal(days, runs.first_force)
        settled = runs.settled.min(axis=1, initial=9_999, where=runs.settled >= 0)
        days = np.where(
            rows["days_to_ceasefire"] == NEVER, 9_999, rows["days_to_ceasefire"] + scenario.horizon_day
        )
        assert np.array_equal(days, settled)
        if "delland" not in scenario.mediators:
            assert (rows["offered_delland"] == NEVER).all()
            assert not (rows["settled_by"] == 1).any()
        middle = results.rows(cell.number, 340, 30)
        assert np.array_equal(middle["replication"], np.arange(340, 370))
        assert np.array_equal(middle["cost_arland"], rows["cost_arland"][340:370])


def test_days_count_every_crisis_on_every_day(tmp_path, monkeypatch):
    monkeypatch.setattr(computing, "CRISES_A_CALL", 150)
    sweep = made(tmp_path)
    run(sweep, survey(sweep.store, sweep.work), Silent(), lambda: Threads(sweep.work, sweep.cells, 2))
    counted = np.zeros((6, sweep.work.loaded.scenario.last_day + 1, 2), int)
    for part in ResultsFolder(sweep.folder).parts():
        table = part.postures
        np.add.at(counted, (table["cell"], table["day"], table["state"]), table["crises"])
    assert (counted == 700).all()


def test_acts_are_kept_on_request(tmp_path):
    complete(written(tmp_path, keep=["acts"], replications=30), tmp_path / "out")
    results = ResultsFolder(tmp_path / "out")
    (first, *_) = results.parts()
    acts = results.read("acts", first.block, first.round)
    assert set(acts["replication"].tolist()) <= set(range(30))
    assert len(acts["act"]) > 30
    assert acts["act"].min() >= 0
    assert (results.folder / "acts").is_dir()


def test_results_as_a_frame(tmp_path):
    complete(written(tmp_path), tmp_path / "out")
    frame = ResultsFolder(tmp_path / "out").frame()
    assert len(frame) == 4_200
    assert frame["resolve"].unique().tolist() == [0.2, 0.6, 0.9]
    assert frame["who"].unique().tolist() == ["cesland", "both"]
    assert frame.groupby("cell")["replication"].nunique().eq(700).all()
    few = ResultsFolder(tmp_path / "out").frame(["peak"])
    assert list(few.columns) == ["cell", "replication", "resolve", "who", "peak"]


def test_a_shard_waits_for_no_other(tmp_path):
    sweep = made(tmp_path)
    found = survey(sweep.store, sweep.work, Shard(2, 3))
    assert len(found.missing) == 5
    assert found.crises_wanted == 1_500
    assert survey(sweep.store, sweep.work, WHOLE).crises_wanted == 4_200


def test_progress_reports_the_outcomes_computed(tmp_path):
    sweep = made(tmp_path)
    found = survey(sweep.store, sweep.work)
    heard = []

    class Listener(Silent):
        def heard(self, outcomes):
            heard.append(outcomes)

    listener = Listener()
    with (
        sweep.store.writing(sweep.cells_table),
        Threads(sweep.work, sweep.cells, 2, listener.heard) as pool,
    ):
        fill(found, sweep.store, pool, listener)
    assert found.is_complete
    assert sum(heard).tolist() == found.outcomes.tolist()
    assert found.crises == 4_200


def test_any_row_can_be_replayed_alone(tmp_path):
    from escalation.crisis.play import play

    sweep = made(tmp_path, keep=["acts"], replications=12)
    run(sweep, survey(sweep.store, sweep.work), Silent(), lambda: Threads(sweep.work, sweep.cells, 2))
    results = ResultsFolder(sweep.folder)
    frame = results.frame()
    for cell in sweep.cells.values():
        scenario = scenario_of(sweep.work.loaded, cell)
        for replication in (0, 7, 11):
            played = play(scenario, cell.seed, replication).result
            row = frame[(frame["cell"] == cell.number) & (frame["replication"] == replication)].iloc[0]
            assert row["outcome"] == played.outcome
            assert {name: row[f"peak_{name}"] for name in played.peak} == played.peak
            (settled,) = played.settlements
            assert row["settlement"] == settled.channel
            if settled.date is not None:
                assert row["days_to_ceasefire"] == (settled.date - scenario.horizon).days
            if played.first_force is not None:
                assert row["days_to_force"] == (played.first_force - scenario.horizon).days
