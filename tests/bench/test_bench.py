from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks import batch, c_decision, growth, kills, levers, memory, scaling
from benchmarks.generated import crisis as generated
from benchmarks.mutations import Ended, fault_of
from benchmarks.plausibility import crises, crisis, share
from benchmarks.table import markdown
from benchmarks.turns import exponent, in_turns, ratio
from escalation.crisis.play import play
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.scenario.load import load_scenario
from tests.sensitivity.levers import differ, ends
from tests.sensitivity.stages import cases, stages


def test_a_refusal_must_name_its_place() -> None:
    assert fault_of(Ended(2, "", "x.yaml:3:1: states: missing key; required here: a mapping\n")) is None
    assert fault_of(Ended(0, "Outcome", "")) is None
    assert fault_of(Ended(2, "", "escalation: unexpected KeyError: 'x'\n"))
    assert fault_of(Ended(2, "", "Traceback (most recent call last):\n  File\n"))
    assert fault_of(Ended(2, "", ""))
    assert fault_of(Ended(1, "", "x.yaml:3:1: states: missing key\n"))


def test_a_share_with_its_wilson_interval() -> None:
    # Wilson (1927) at z = 1.96 for 1 of 10, as Newcombe (1998) tables it to four digits.
    assert share(1, 10) == "0.100 [0.018, 0.404]"


def test_processes_change_nothing() -> None:
    scenario = load_scenario("pahalgam_2025", ["free_days=6"])
    assert crises(scenario, 4, processes=2) == [crisis(scenario, k) for k in range(4)]


def test_a_crisis_is_counted_as_played() -> None:
    scenario = load_scenario("pahalgam_2025", ["free_days=6"])
    run = play(scenario, 1, 3)
    counted = crisis(scenario, 3)
    free = [d for d in run.decisions if d.day > scenario.horizon_day and d.choice.target >= 0]
    assert counted.state_acts + counted.mediator_acts == len(free)
    assert counted.outcome == run.result.outcome
    assert counted.peak == max(run.result.peak.values())


def test_a_table_lines_up() -> None:
    assert list(markdown(("a", "long"), [("wider", "b")])) == [
        "| a     | long |",
        "| ----- | ---- |",
        "| wider | b    |",
    ]


def test_turns_are_taken_and_compared_within() -> None:
    order: list[str] = []
    seconds = in_turns({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == ["a", "b", "a", "b"]
    assert [len(values) for values in seconds.values()] == [2, 2]
    assert ratio([2.0, 30.0, 8.0], [1.0, 10.0, 2.0]) == 3.0


def test_the_exponent_is_that_of_a_power() -> None:
    assert exponent([1, 10, 100], [3.0, 300.0, 30_000.0]) == pytest.approx(2.0)
    assert math.isnan(exponent([5], [1.0]))


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
    lines = list(batch.report(crises=20, runs=2, repeats=1, compiles=0))
    assert lines[2].startswith("| batch driver, 1 thread ")
    assert any(line.startswith("A million crises on two threads") for line in lines)
    assert any("ns a decision" in line for line in lines)


@pytest.mark.slow
def test_the_first_compilation_is_timed(tmp_path: Path) -> None:
    first, again = batch.first_crisis(str(tmp_path)), batch.first_crisis(str(tmp_path))
    assert again < first / 2


def test_threads_play_all_replications_once() -> None:
    params = pack(load_scenario("pahalgam_2025", ["free_days=6"]))
    runs = batch.played(params, 10, threads=2, a_call=4)
    assert [one.first for one in runs] == [0, 4, 8]
    outcomes = np.concatenate([one.outcome for one in runs])
    assert np.array_equal(outcomes, simulate(params, batch.SEED, 0, 10).outcome)


def test_c_decides_as_the_rules_do() -> None:
    lines = list(c_decision.report(crises=1, uniforms=10, repeats=1))
    if lines[0].startswith("Skipped"):
        pytest.skip(lines[0])
    assert "The same options chosen" in lines[-1]


def test_c_is_skipped_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    lines = list(c_decision.report(crises=1, uniforms=1, repeats=1))
    assert len(lines) == 1
    assert lines[0].startswith("Skipped: `no-such-compiler` does not start")


@pytest.mark.parametrize(("rivals", "pairs"), [("ring", 5), ("all", 10)])
def test_generated_crises_have_the_rivals_they_say(rivals: str, pairs: int) -> None:
    scenario = generated(6, rivals)
    assert len(scenario.states) == 5
    assert len(scenario.rivalries) == pairs


@pytest.mark.parametrize("acts", [16, 28, 48, 100, 200])
def test_generated_ladders_have_the_acts_they_say(acts: int) -> None:
    assert len(generated(3, acts=acts).ladder.acts) == acts


def test_copies_of_acts_share_their_weight() -> None:
    shipped, copied = generated(3).ladder.acts, generated(3, acts=100).ladder.acts
    for name, act in shipped.items():
        alike = [
            other for own, other in copied.items() if own == name or own.rstrip("0123456789") == f"{name}_"
        ]
        weight = sum(math.exp(other.base) for other in alike)
        assert weight == pytest.approx(math.exp(act.base))


def test_growth_is_timed() -> None:
    sizes = {"crises": (5, 10), "days": (3, 6), "actors": (3, 5), "acts": (28, 60), "points": (1, 3)}
    lines = list(growth.report(**sizes, repeats=1, actor_days=100))
    assert [line.split(":")[0] for line in lines if line.startswith("Exponent")] == [
        "Exponent over crises",
        "Exponent over free days",
        "Exponent over actors (ring)",
        "Exponent over actors (all)",
        "Exponent over acts",
        "Exponent over design points",
    ]


def test_the_memory_of_a_sweep_is_its_own() -> None:
    held = np.ones(100_000_000)  # must not be charged to the sweep
    one = memory.taken(400, plots=[])
    assert 50 < one.peak_mb < held.nbytes / 1e6
    assert one.disk_mb > 0
    assert one.seconds > 0


@pytest.mark.slow
def test_scaling_is_measured() -> None:
    lines = list(scaling.report(crises=40, count=2, crises_a_chunk=40, repeats=1))
    assert any(line.startswith("Two threads against one, simulate") for line in lines)
    assert lines[-1].startswith("Dask")


def test_scaling_does_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaling, "find_spec", lambda name: None)
    lines = list(scaling.report(crises=40, count=2, crises_a_chunk=40, repeats=1))
    assert lines[-1] == "Dask: skipped, `distributed` is not installed."


@pytest.mark.slow
def test_kills_change_nothing() -> None:
    lines = list(kills.report(kills=3, crises=8_000))
    assert any(line.endswith("sweeps: met.") for line in lines)


def test_random_moments_cover_all_of_the_work() -> None:
    longest = kills.longest_life(start=2.0, work=8.0, kills=50)
    assert (longest - 2.0) ** 2 / (2 * longest) == pytest.approx(8.0 / 50)


def test_a_lever_is_compared_pair_by_pair() -> None:
    stage = stages()["shipped"]
    lever = next(lever for lever in stage.levers if lever.name == "weights.force_threshold")
    pulled = levers.pull(stage, lever, 200)
    low, high = (simulate(params, levers.SEED, 0, 200) for params in ends(stage, lever))
    force, force_0 = (runs.first_force >= 0 for runs in (high, low))
    assert pulled.force.estimate == pytest.approx(force.mean() - force_0.mean())
    rises = high.peak.max(axis=1).astype(float) - low.peak.max(axis=1)
    half = 1.9719565 * rises.std(ddof=1) / math.sqrt(200)  # Student's t with 199 degrees of freedom
    assert pulled.peak.high - pulled.peak.estimate == pytest.approx(half, rel=1e-6)
    assert 0 < pulled.moved <= 1
    assert pulled.first == 1 + int(np.argmax(differ(low, high)))


def test_the_table_of_levers_has_a_row_for_each() -> None:
    lines = list(levers.report(5))
    assert sum(line.startswith("| ") for line in lines) == 2 + len(cases())
