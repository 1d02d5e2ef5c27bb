"""The record: every decision with its alternatives, and that keeping it changes nothing."""

from __future__ import annotations

import math
import sys
from typing import Any

import pytest
from hypothesis import given, settings

from escalation.engine.model import CrisisModel
from tests.engine.runs import played, same_bits
from tests.strategies import build, crisis, dated, scenarios, seeds, stage


@settings(max_examples=25)
@given(scenarios(max_free_days=12), seeds)
def test_probabilities_sum_to_one_and_terms_to_the_utility(scenario, seed: int) -> None:
    run = played(scenario, seed)
    for d in run.decisions:
        assert sum(option.probability for option in d.alternatives) == pytest.approx(1.0)
        for option in d.alternatives:
            assert sum(option.terms) == pytest.approx(option.utility, abs=1e-9)
        assert d.choice.probability == pytest.approx(math.exp(d.log_p))
        hold = d.alternatives[0].probability
        if d.choice.act != 0 and run.model.index.acts[d.alternatives[0].act] == "hold" and hold < 1 - 1e-6:
            assert math.exp(d.log_p_acting) == pytest.approx(d.choice.probability / (1 - hold), rel=1e-6)
        keys = [(option.act, option.target, option.other) for option in d.alternatives]
        assert len(set(keys)) == len(keys)


@settings(max_examples=25)
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


@settings(max_examples=25)
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


def test_no_compiled_call_passes_through_python_code() -> None:
    """An interrupt in what the compiler runs to make a named tuple for Python kills the process."""
    called = []

    def watch(frame: Any, event: str, _: object) -> None:
        if event == "call":
            called.append(frame.f_code.co_name)

    scenario = build(stage())
    played(scenario)  # whatever is compiled on first use is compiled now
    sys.setprofile(watch)
    try:
        run = played(scenario)
    finally:
        sys.setprofile(None)
    assert any(len(d.alternatives) > 1 for d in run.decisions)
    assert "_keep" in called
    assert "_numba_unpickle" not in called
