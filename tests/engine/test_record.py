"""The record: every decision with its alternatives, and that keeping it changes nothing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

from escalation.engine.model import CrisisModel
from tests.engine.runs import played, same_bits
from tests.strategies import crisis, dated, scenarios, seeds


@settings(max_examples=15)
@given(scenarios(max_free_days=12), seeds)
def test_probabilities_sum_to_one_and_terms_to_the_utility(scenario, seed: int) -> None:
    run = played(scenario, seed)
    for d in run.decisions:
        assert sum(option.probability for option in d.alternatives) == pytest.approx(1.0)
        for option in d.alternatives:
            assert sum(option.terms) == pytest.approx(option.utility, abs=1e-9)
            assert 0.0 <= option.probability <= 1.0
        keys = [(option.act, option.target, option.other) for option in d.alternatives]
        assert len(set(keys)) == len(keys)


@settings(max_examples=15)
@given(scenarios(max_free_days=12), seeds)
def test_the_two_stages_of_a_decision(scenario, seed: int) -> None:
    """When by the hazards of the clocks, what by the shares of the options of each."""
    run = played(scenario, seed)
    for d in run.decisions:
        if run.model.index.acts[d.choice.act] in ("consent", "decline"):
            assert d.log_when == 0.0
            assert math.exp(d.log_what) == pytest.approx(d.choice.probability)
            continue
        whole = sum(clock.hazard for clock in d.clocks)
        hold = d.alternatives[0]
        assert hold.act == 0
        assert hold.probability == pytest.approx(math.exp(-whole)) == pytest.approx(d.hold_probability)
        for number, clock in enumerate(d.clocks):
            own = [option for option in d.alternatives if option.clock == number]
            assert sum(option.share for option in own) == pytest.approx(1.0)
            runs_off_first = (1.0 - hold.probability) * clock.hazard / whole
            for option in own:
                assert option.probability == pytest.approx(runs_off_first * option.share, abs=1e-12)
            if any(clock.terms):
                assert math.exp(math.fsum(clock.terms)) == pytest.approx(clock.hazard)
        if d.choice.act == 0:
            assert d.log_when == pytest.approx(-whole)
            assert d.log_what == 0.0
            continue
        assert d.clock is not None
        assert math.exp(d.log_when) == pytest.approx(1.0 - math.exp(-d.clock.hazard), abs=1e-11)
        assert math.exp(d.log_what) == pytest.approx(d.choice.share)


def test_a_mediator_that_acted_before_it_could_is_weighed_alone() -> None:
    """Umbra enters on day 3: its recorded act is all that it could do."""
    (decision,) = played(crisis(acts=[dated(1, "umbra", "urge", "alba")], free_days=0)).decisions
    hold, urge = decision.alternatives
    assert urge.probability == pytest.approx(1.0 - hold.probability)
    assert 0.0 < urge.probability < 1.0


@settings(max_examples=15)
@given(scenarios(max_free_days=20), seeds)
def test_recording_changes_nothing(scenario, seed: int) -> None:
    recorded, bare = CrisisModel(scenario, seed, record=True), CrisisModel(scenario, seed)
    for model in (recorded, bare):
        model.run_model()
    for name in ("actor", "pair", "dyad", "talk", "side", "since", "first_day", "last_day", "moves"):
        assert same_bits(getattr(recorded.state, name), getattr(bare.state, name)), name
    assert recorded.forced_log_probability == bare.forced_log_probability


def test_an_answer_is_between_consent_and_refusal() -> None:
    run = played(crisis(acts=[dated(5, "umbra", "offer", "alba")]))
    answers = [d for d in run.decisions if run.model.index.acts[d.choice.act] in ("consent", "decline")]
    assert {d.actor for d in answers} >= {0, 1}
    for d in answers:
        refusal, consent = d.alternatives
        assert [run.model.index.acts[option.act] for option in (refusal, consent)] == ["decline", "consent"]
        assert consent.utility == pytest.approx(math.log(consent.probability / refusal.probability))


@settings(max_examples=15)
@given(scenarios(max_free_days=20), seeds)
def test_the_measure_that_the_record_names_has_ended(scenario, seed: int) -> None:
    run = played(scenario, seed)
    for d in run.decisions:
        if d.ended_measure < 0:
            continue
        i, j = d.actor, d.choice.target
        before = run.days[d.day - 1].since[i, j] if d.day else None
        assert d.ended_measure in run.model.params.reverses[d.choice.act]
        same_day = [e for e in run.decisions if (e.day, e.actor) == (d.day, i) and e is not d]
        imposed = any(e.choice.act == d.ended_measure and e.choice.target == j for e in same_day)
        if before is not None and not imposed:
            assert before[d.ended_measure] >= 0 or d.forced


def test_the_record_names_the_measure_that_a_second_act_of_the_day_ended() -> None:
    acts = [
        dated(1, "alba", "trade_ban", "borea"),
        dated(3, "alba", "expel", "borea"),
        dated(3, "alba", "withdraw", "borea"),
    ]
    run = played(crisis(acts=acts, free_days=0))
    named = run.model.index.acts[run.decisions[-1].ended_measure]
    assert run.days[3].since[0, 1, run.model.index.act[named]] == -1
