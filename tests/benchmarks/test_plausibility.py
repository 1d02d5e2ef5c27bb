from __future__ import annotations

from benchmarks.plausibility import crises, crisis, share
from escalation.crisis.play import play
from escalation.scenario.load import load_scenario


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
