from __future__ import annotations

import numpy as np

from benchmarks import batch
from escalation.crisis.play import play
from escalation.engine.batch import batch_is_compiled, simulate
from escalation.engine.pack import pack
from escalation.rules.compiled import folder_of_today
from escalation.scenario.load import load_scenario
from escalation.vocabulary import OUTCOMES


def test_decisions_are_counted_as_a_recorded_run_has_them() -> None:
    scenario = load_scenario("pahalgam_2025", ["free_days=6"])
    recorded = answered = 0
    for replication in range(8):
        run = play(scenario, batch.SEED, replication)
        acts = [run.index.acts[d.choice.act] for d in run.decisions if d.day > scenario.horizon_day]
        answers = sum(act in ("accept_mediation", "decline_mediation") for act in acts)
        recorded, answered = recorded + len(acts), answered + answers
    assert answered > 0
    assert batch.draws_a_crisis(pack(scenario), 8) == (recorded - answered) / 8


def test_the_batch_driver_is_timed() -> None:
    lines = list(batch.report(crises=20, runs=2, idle=2, repeats=1, compiles=0))
    assert lines[2].startswith("| batch driver, 1 thread ")
    assert any(line.startswith("A million crises on two threads") for line in lines)
    assert any("ns per decision" in line for line in lines)


def test_the_first_crisis_of_a_process_is_timed() -> None:
    """Compiled already: that rules are compiled once is tested in `parity/test_stale_cache.py`."""
    assert batch_is_compiled()
    assert batch.first_crisis(str(folder_of_today().parent)) > 0


def test_the_ways_of_this_mesa_are_compared() -> None:
    ways = batch.ways_of_mesa()
    assert ways
    scenario = load_scenario("pahalgam_2025", ["free_days=3"])
    runs = simulate(pack(scenario), batch.SEED, 0, 3)
    for way in ways.values():
        assert way(scenario, 3) == {number: OUTCOMES[code] for number, code in enumerate(runs.outcome)}


def test_threads_play_all_replications_once() -> None:
    params = pack(load_scenario("pahalgam_2025", ["free_days=6"]))
    runs = batch.played(params, 10, threads=2, a_call=4)
    assert [one.first for one in runs] == [0, 4, 8]
    outcomes = np.concatenate([one.outcome for one in runs])
    assert np.array_equal(outcomes, simulate(params, batch.SEED, 0, 10).outcome)
