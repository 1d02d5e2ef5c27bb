"""Simulated situations: what is given, what is read off, and that no record counts as an outcome."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from escalation.history import act_days
from escalation.history import fact_situations as found
from escalation.history.fact_situations import ONSETS, RESPONSE_WITHIN, STANDOFFS, Simulated, Situations
from escalation.history.population import ONE, OTHER
from escalation.history.recorded_facts import load_facts
from escalation.scenario.load import load_ladder, load_weights

COUNT = 40


@pytest.fixture(scope="module")
def situations() -> Situations:
    return Situations(load_weights("default").weights, COUNT, 3, {}, load_facts().onsets)


def simulated(*entries: tuple[int, int, int, int, bool], count: int) -> Simulated:
    """Return acts: replication, day, actor, rung, military."""
    replication, day, actor, rung, military = (np.array(column) for column in zip(*entries, strict=True))
    return Simulated(replication, day, actor, rung, rung, military.astype(bool), count)


@pytest.mark.parametrize("kind", act_days.KINDS)
def test_an_episode_begins_with_its_kind(kind: str) -> None:
    one = Situations(load_weights("default").weights, 3, 1, {}, {kind: 1})
    counts = act_days.onset_kinds(one.episodes[one.episodes.given])
    assert counts == {name: 3 * (name == kind) for name in act_days.KINDS}


def test_episodes_begin_in_the_recorded_mix(situations: Situations) -> None:
    given = situations.episodes[situations.episodes.given]
    total = sum(situations.onsets.values())
    for kind, n in act_days.onset_kinds(given).items():
        assert n == pytest.approx(COUNT * situations.onsets[kind] / total, abs=2.0)
    assert len(set(situations.episodes.pair.tolist())) <= COUNT


def test_every_act_of_a_record_is_on_the_ladder_and_two_average_states_take_it(
    situations: Situations,
) -> None:
    ladder = load_ladder(found.LADDER)
    records = [*ONSETS.values(), *STANDOFFS, found.EXCHANGE, found.CLASH_AFTER_DISPLAYS]
    for record in records:
        assert {act for _, _, act in record} <= set(ladder.acts)
        assert {actor for _, actor, _ in record} <= {ONE, OTHER}
    scenario = situations.scenario(found.EXCHANGE, 3, 10)
    assert (scenario.horizon_day, scenario.last_day, scenario.mediators, scenario.hazards) == (3, 13, {}, ())
    assert {state.resolve for state in scenario.states.values()} == {0.5}


def test_rivals_are_quiet_for_half_a_year_before_they_are_read(situations: Situations) -> None:
    days = situations.rivals
    silent = found.CLASH_AFTER_DISPLAYS[-1][0] + act_days.QUIET
    assert days.day[~days.given].min() > silent
    assert days.day[days.given].max() == found.CLASH_AFTER_DISPLAYS[-1][0]


def test_stand_offs_are_read_from_their_thirteenth_day_on(situations: Situations) -> None:
    days = situations.standoffs
    assert days.day[~days.given].min(initial=99) > act_days.STANDOFF_DAY
    everyone = act_days.force_after_standoff(days, np.random.default_rng(1)).n
    recent = act_days.force_after_recent_act(days, np.random.default_rng(1)).n
    assert (everyone, recent) == (COUNT, round(COUNT * found.RECENT_STANDOFFS))


def test_violent_responses_count_from_the_day_of_the_strike(
    situations: Situations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The strike is on day 1: responses on that day, on day 4 and day 5; a display; one of the rival."""
    acts = [
        (0, 1, 0, 5, True),
        (1, 4, 0, 6, True),
        (2, 5, 0, 6, True),
        (3, 2, 0, 4, True),
        (4, 2, 1, 7, True),
    ]
    monkeypatch.setattr(Situations, "struck", simulated(*acts, count=5))
    shares = [one.estimate for one in situations.violent_response().values]
    assert dict(zip(RESPONSE_WITHIN, shares, strict=True)) == {
        1: 0.2,
        3: 0.4,
        7: 0.6,
        14: 0.6,
        30: 0.6,
        60: 0.6,
    }


def test_military_answers_are_the_strongest_and_words_are_none(
    situations: Situations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A display, then violence; a display alone; a threat in words; a sanction; violence of the rival."""
    acts = [
        (0, 1, 0, 3, True), (0, 9, 0, 5, True), (1, 2, 0, 4, True), (2, 2, 0, 3, False), (3, 2, 0, 2, False),
        (4, 2, 1, 7, True),
    ]  # fmt: skip
    monkeypatch.setattr(Situations, "struck", simulated(*acts, count=5))
    monkeypatch.setattr(Situations, "confronted", simulated(*acts[2:], count=5))
    violent, military = situations.military_answers().values
    assert violent.estimate == 0.5
    assert military.estimate == 0.0


def test_the_strike_is_on_the_first_simulated_day(situations: Situations) -> None:
    strikes = (situations.struck.actor == 1) & (situations.struck.day == 1) & (situations.struck.rung >= 6)
    assert set(situations.struck.replication[strikes].tolist()) == set(range(COUNT))


def test_more_victims_more_response(situations: Situations) -> None:
    larger = replace(situations, count=600)
    many, few = larger.responses_to_attack(15), larger.responses_to_attack(0)
    assert many.values[0].estimate > few.values[0].estimate
    assert many.values[0].estimate >= many.values[1].estimate


def test_agreements_are_counted_by_day_and_mediation(situations: Situations) -> None:
    direct, mediated = Situations(situations.weights, 150, 3, {}, situations.onsets).agreements().values
    assert 0.0 < direct.estimate < 0.05
    assert 0.0 < mediated.estimate < 0.2
