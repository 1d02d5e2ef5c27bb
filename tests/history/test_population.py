"""The synthetic population: the mix of ICB, the same crises for the same seed, and no real actors."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from itertools import pairwise

import pytest

from escalation.history.icb import SPANS, STYLES, TRIGGERS, VIOLENCE, Agreements, load_rates
from escalation.history.population import (
    AFTERWARDS,
    FOUGHT_BY,
    LONGEST,
    ONE,
    OTHER,
    TRIGGERED_BY,
    VIOLENT_TRIGGER,
    Crisis,
    Population,
    lasts,
)
from escalation.scenario.load import load_ladder
from escalation.scenario.weights import Weights

COUNT = 1_500


def population(seed: int = 1, **weights: float) -> Population:
    return Population(load_rates(), Weights(**weights), seed)


@cache
def crises() -> list[Crisis]:
    return list(population().crises(COUNT))


def assert_share(yes: int, n: int, expected: float) -> None:
    """Within four standard errors: one test in 16,000 would fail by chance, and the seed is fixed."""
    assert yes / n == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / n))


def test_a_crisis_is_a_function_of_seed_and_number() -> None:
    assert population().crisis(7) == crises()[7]
    assert population(seed=2).crisis(7) != crises()[7]


def test_weights_go_into_the_crises_and_shift_no_draw() -> None:
    other = population(riposte=3.0).crisis(7).scenario
    assert other.weights.riposte == 3.0
    assert other.model_copy(update={"weights": Weights()}) == crises()[7].scenario


def test_triggers_and_violence_follow_icb() -> None:
    rates = load_rates()
    found = Counter((crisis.trigger, crisis.violence) for crisis in crises())
    for trigger in TRIGGERS:
        for level, violence in enumerate(VIOLENCE):
            assert_share(found[trigger, violence], COUNT, rates.triggers[trigger][level] / rates.crises)


def test_mediators_enter_as_in_icb_and_with_its_styles() -> None:
    rates = load_rates()
    for level, violence in enumerate(VIOLENCE):
        there = [crisis for crisis in crises() if crisis.violence == violence]
        styles = [crisis.style for crisis in there if crisis.style]
        assert_share(
            len(styles), len(there), (rates.mediated[level] + rates.offered[level]) / rates.coded[level]
        )
        known = sum(rates.styles[style][level] for style in STYLES)
        for style in STYLES:
            assert_share(styles.count(style), len(styles), rates.styles[style][level] / known)


def test_entry_follows_the_quantiles() -> None:
    rates = load_rates()
    days = [m.enters_day for crisis in crises() for m in crisis.scenario.mediators.values()]
    for share, day in zip((0.1, 0.25, 0.5, 0.75), rates.entry_days, strict=False):
        assert_share(sum(entered <= day for entered in days), len(days), share)
    last = rates.entry_days[-1]  # the last tenth enter then
    assert max(days) == last
    assert_share(days.count(last), len(days), 0.1)


def test_actors_follow_icb() -> None:
    rates = load_rates()
    armed = [
        sum("nuclear_weapons" in state.capabilities for state in crisis.scenario.states.values())
        for crisis in crises()
    ]
    assert_share(armed.count(2), COUNT, rates.both_nuclear / rates.crises)
    assert_share(armed.count(1), COUNT, rates.one_nuclear / rates.crises)
    lines = sum(crisis.scenario.rivalries[0].contested_line for crisis in crises())
    assert_share(lines, COUNT, rates.protracted / rates.crises)
    bound = [state.audience > 0.5 for crisis in crises() for state in crisis.scenario.states.values()]
    assert_share(sum(bound), len(bound), rates.democratic / rates.actors)


def test_traits_not_coded_in_icb_are_drawn_uniformly() -> None:
    drawn = [state.resolve for crisis in crises() for state in crisis.scenario.states.values()]
    trust = [
        side.trust
        for crisis in crises()
        for mediator in crisis.scenario.mediators.values()
        for side in mediator.toward.values()
    ]
    for values in (drawn, trust):
        for quarter in range(1, 4):
            assert_share(sum(value < quarter / 4 for value in values), len(values), quarter / 4)


def test_the_record_shows_trigger_and_violence() -> None:
    ladder = load_ladder("south_asia")
    reached = {}
    for crisis in crises():
        acts = [(act.actor, act.act) for act in crisis.scenario.acts]
        begun = TRIGGERED_BY[crisis.trigger] or VIOLENT_TRIGGER[crisis.violence]
        answer, reply = FOUGHT_BY[crisis.violence]
        first = [(OTHER, begun)] if isinstance(begun, str) else []
        assert acts == [*first, (ONE, answer), (OTHER, reply)]
        severities = [incident.severity for incident in crisis.scenario.incidents]
        assert severities == ([] if isinstance(begun, str) else [begun])
        reached[crisis.violence] = max(ladder.acts[act].rung for _, act in acts[-2:])
    assert [reached[level] for level in VIOLENCE] == [3, 6, 7, 9]
    assert set(TRIGGERED_BY) == set(TRIGGERS)


def test_a_level_of_violence_without_data_has_no_mediators() -> None:
    nothing = (0, 0, 0, 0)
    rates = load_rates().model_copy(
        update={
            "styles": dict.fromkeys(STYLES, nothing),
            "mediated": nothing,
            "offered": nothing,
            "coded": nothing,
        }
    )
    assert not any(crisis.style for crisis in Population(rates, Weights(), 1).crises(50))


def test_a_crisis_without_its_mediator_is_otherwise_the_same() -> None:
    crisis = next(crisis for crisis in crises() if crisis.style)
    left = crisis.unmediated
    assert left.mediators == {}
    assert left.model_copy(update={"mediators": crisis.scenario.mediators}) == crisis.scenario
    assert left.free_days == crisis.length + AFTERWARDS


def test_lengths_are_those_of_crises_that_end_without_an_agreement() -> None:
    """Crises end at .01 a day, .004 of it by an agreement, so that .006 is left: by hand from the counts."""
    edges = (0, *SPANS, math.inf)
    left = [1e8 * math.exp(-0.01 * day) for day in edges]
    days = [(first - last) / 0.01 for first, last in pairwise(left)]
    counted = Agreements(
        crises=10**8, days=tuple(map(round, days)), agreed=tuple(round(0.004 * one) for one in days)
    )
    for u in (0.01, 0.2, 0.5, 0.9, 0.999):
        assert lasts(counted, u) == pytest.approx(-math.log(1 - u) / 0.006, abs=1.0)


def test_crises_last_as_in_icb_and_no_longer_than_is_simulated() -> None:
    rates = load_rates()
    alone = [crisis.length for crisis in crises() if not crisis.style]
    within = sum(length <= 90 for length in alone)
    quantile = next(u / 1_000 for u in range(1_000) if lasts(rates.agreements["unmediated"], u / 1_000) > 90)
    assert_share(within, len(alone), quantile)
    assert max(crisis.length for crisis in crises()) == LONGEST
    for crisis in crises():
        assert crisis.scenario.free_days == crisis.length + AFTERWARDS
        for mediator in crisis.scenario.mediators.values():
            assert crisis.length >= mediator.enters_day


def test_a_span_without_days_ends_all_crises() -> None:
    counted = Agreements(crises=2, days=(14, 0, 0, 0, 0, 0), agreed=(0, 0, 0, 0, 0, 0))
    assert lasts(counted, 0.99) <= 7


def test_armed_states_are_counted() -> None:
    for crisis in crises()[:200]:
        states = crisis.scenario.states.values()
        assert crisis.armed == sum("nuclear_weapons" in state.capabilities for state in states)
