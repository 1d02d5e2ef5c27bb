"""The order of a day: what happens by itself, who moves when, and what each phase sees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.engine import day
from escalation.engine.pack import pack
from escalation.rules import forced
from escalation.rules.options import TERMS
from escalation.rules.state import OFFERED, OPEN, QUIET, fresh_state
from tests.engine.runs import played
from tests.strategies import (
    Table,
    Tree,
    border_fire,
    build,
    crisis,
    crisis_tree,
    dated,
    incident,
    scenarios,
    seeds,
    stirred,
)

QUIET_FIRE = {"border_fire_on": 0.0}


def both_hold(*days: int) -> list[Tree]:
    sides = (("alba", "borea"), ("borea", "alba"))
    return [dated(today, one, "hold", other) for today in days for one, other in sides]


def mediator(**more: object) -> dict[str, object]:
    return {"label": "U", "enters_day": 0, "style": "facilitation", "form": "third_party"} | more


# Things that happen


def test_dated_incidents_happen_on_their_day() -> None:
    incidents = [incident(2, "borea", "alba", 0.5), incident(9, "alba", "borea", 0.4)]
    run = played(crisis(incidents=incidents, acts=[]))
    assert [(d.day, d.incidents) for d in run.days if d.incidents] == [(2, (0,)), (9, (1,))]
    assert run.days[1].pair[1, 0]["pressure"] == 0.0
    assert run.days[2].pair[1, 0]["pressure"] == 0.5


def test_hazards_strike_only_on_free_days_and_as_often_as_they_say() -> None:
    often = {"label": "x", "victim": "alba", "blamed": "borea", "per_day": 0.3, "severity": 0.1}
    hazards = [often | {"per_day": 1.0}, often | {"per_day": 0.0}, often]
    run = played(crisis(hazards=hazards, acts=[], mediators={}, horizon=3, free_days=600))
    assert all(d.hazards == () for d in run.days[:4])
    struck = np.array([[k in d.hazards for k in range(3)] for d in run.days[4:]])
    assert struck[:, 0].all()
    assert not struck[:, 1].any()
    assert struck[:, 2].mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 600))


def fire(run) -> list[int]:
    return [int(d.dyad[0, 1]["border_fire"]) for d in run.days]


def test_recorded_border_fire_burns_its_nights_and_one_that_goes_on_burns_into_free_days() -> None:
    def burning(nights: Tree) -> list[int]:
        weights = {"border_fire_on": 0.0, "border_fire_off": 0.0}
        return fire(played(crisis(border_fire=[nights], weights=weights, acts=[], free_days=3)))

    assert burning(border_fire(1, "borea", "alba", nights=2)) == [0, 1, 1, 0, 0, 0, 0, 0]
    assert burning(border_fire(3, "alba", "borea", goes_on=True)) == [0, 0, 0, 1, 1, 1, 1, 1]


def test_border_fire_begins_and_stops_by_its_hazards_where_the_line_is_contested() -> None:
    tree = crisis_tree(
        weights={"border_fire_on": 1.0, "border_fire_off": 1.0}, acts=[], horizon=1, free_days=5
    )
    assert fire(played(build(tree))) == [0, 0, 1, 0, 1, 0, 1]
    no_line = tree | {"rivalries": [{"between": ["alba", "borea"]}]}
    assert not any(fire(played(build(no_line))))


def test_recorded_border_fire_without_a_contested_line_is_refused_or_stops() -> None:
    weights = {"border_fire_on": 0.0, "border_fire_off": 1.0}
    rivalries = [{"between": ["alba", "borea"]}]
    nights = [border_fire(3, "alba", "borea", nights=2, goes_on=True)]
    try:
        scenario = crisis(border_fire=nights, weights=weights, acts=[], rivalries=rivalries, free_days=5)
    except ValueError:
        return
    assert not any(fire(played(scenario))[5:])


def test_border_fire_dated_on_a_free_day_is_refused_or_happens() -> None:
    nights = [border_fire(7, "alba", "borea", nights=2)]
    try:
        scenario = crisis(border_fire=nights, weights=QUIET_FIRE, acts=[], free_days=8)
    except ValueError:
        return
    assert fire(played(scenario))[7:9] == [1, 1]


@pytest.mark.parametrize("breach", [0.0, 1.0])
def test_a_ceasefire_stills_the_line_until_it_breaks_down(breach: float) -> None:
    weights = {"ceasefire_breach": breach, "border_fire_on": 1.0, "border_fire_off": 0.0}
    acts = [dated(6, "alba", "accept_ceasefire", "borea"), dated(6, "borea", "hold", "alba")]
    acts += both_hold(5, 7)
    run = played(crisis(weights=weights, acts=acts, mediators={}, free_days=3))
    ceasefire = [int(d.dyad[0, 1]["ceasefire"]) for d in run.days]
    assert ceasefire[5:] == ([0, 1, 1] if breach == 0.0 else [0, 1, 0])
    assert fire(run)[5:] == ([1, 0, 0] if breach == 0.0 else [1, 0, 1])


def test_firing_recorded_during_a_ceasefire_stops_like_any_other() -> None:
    weights = {"ceasefire_breach": 0.0, "border_fire_off": 1.0, "act_intercept": -20.0}
    nights = [border_fire(2, "alba", "borea", nights=3)]
    acts = [dated(1, "alba", "accept_ceasefire", "borea")]
    run = played(crisis(acts=acts, border_fire=nights, weights=weights, mediators={}, free_days=5))
    assert fire(run)[2:5] == [1, 1, 1]
    assert not any(fire(run)[5:])


# Who moves when


@given(scenarios(max_free_days=15), seeds)
def test_history_is_exactly_the_forced_acts(scenario, seed: int) -> None:
    run, params = played(scenario, seed), pack(scenario)
    happened = sorted(
        (d.day, d.group, d.actor, d.choice.act, d.choice.target, d.choice.other)
        for d in run.decisions
        if d.day <= scenario.horizon_day
    )
    answers = {"consent", "decline"}
    written: list[tuple[int, ...]] = []
    for entry in params.forced[params.forced["day"] <= scenario.horizon_day].tolist():
        # A second answer of a state to the same mediator in the same group says nothing new.
        key = (entry[0], entry[1], entry[2], entry[4], entry[5])
        same = [w for w in written if (w[0], w[1], w[2], w[4], w[5]) == key]
        again = any(run.model.index.acts[w[3]] in answers for w in same)
        if not (run.model.index.acts[entry[3]] in answers and again):
            written.append(entry)
    assert happened == sorted(written)
    assert all(d.forced for d in run.decisions if d.day <= scenario.horizon_day)


@given(scenarios(max_free_days=15, max_mediators=1), seeds, seeds)
def test_history_is_the_same_whatever_the_luck(scenario, seed: int, other: int) -> None:
    from tests.engine.runs import assert_same_days

    end = scenario.horizon_day + 1
    assert_same_days(played(scenario, seed).days[:end], played(scenario, other).days[:end])


@given(scenarios(min_free_days=5, max_free_days=15), seeds)
def test_on_free_days_the_forced_take_exactly_their_acts_and_the_others_choose(scenario, seed: int) -> None:
    run, params = played(scenario, seed), pack(scenario)
    busy = {(int(e["day"]), int(e["actor"])) for e in params.forced}
    n = len(scenario.states)
    for today in range(scenario.horizon_day + 1, scenario.last_day + 1):
        first = min((int(e["group"]) for e in params.forced if e["day"] == today), default=1)
        for actor in range(len(run.model.index.actors)):
            mine = [d for d in run.decisions if (d.day, d.actor) == (today, actor)]
            if (today, actor) in busy:
                assert mine
                assert all(d.forced for d in mine)
                continue
            assert not any(d.forced for d in mine)
            assert all(d.group == first for d in mine)
            names = [run.model.index.acts[d.choice.act] for d in mine]
            chosen = [name for name in names if name not in ("consent", "decline")]
            most = scenario.max_acts_per_day if actor < n else 1
            assert 1 <= len(chosen) <= most
            assert "hold" not in chosen[:-1]
            assert chosen[-1] == "hold" or len(chosen) == most
            pairs = [(d.choice.act, d.choice.target, d.choice.other) for d in mine]
            assert len(set(pairs)) == len(pairs)


@given(scenarios(min_free_days=1, max_free_days=10), st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_the_order_in_which_a_driver_asks_does_not_matter(scenario, seed: int, random) -> None:
    """Everybody decides on the state at the start of the phase."""
    table = Table(scenario, seed)
    n, m = len(scenario.states), len(scenario.mediators)
    today = scenario.horizon_day + 1

    def asked(order: list[int]) -> list[tuple[object, ...]]:
        state = stirred(table.params, seed)
        state.counts[:] = (today, 0)
        group = forced.first_group(table.params, today)
        for actor in order:
            if actor >= n:
                day.move_mediator(table.params, state, table.luck, actor, group)
        for actor in order:
            if actor < n:
                day.answer_offers(table.params, state, table.luck, actor, group)
        for actor in order:
            if actor < n:
                day.decide(table.params, state, table.luck, actor, group)
        return sorted(state.moves[: state.counts[1]].tolist())

    order = list(range(n + m))
    straight = asked(order)
    random.shuffle(order)
    assert asked(order) == straight


def test_a_reaction_on_the_same_day_sees_what_it_answers() -> None:
    def answer(seq: int):
        acts = [dated(3, "alba", "strike", "borea"), dated(3, "borea", "strike", "alba", seq=seq)]
        weights = {"riposte": 6.4, "clash": 2.5}
        run = played(crisis(acts=acts, incidents=[], free_days=0, weights=weights))
        return run, next(d for d in run.decisions if d.actor == 1)

    blind, seeing = answer(1), answer(2)
    assert blind[1].choice.terms[TERMS.index("riposte")] == 0.0
    # Full heat at its own level, and as fresh as can be.
    assert seeing[1].choice.terms[TERMS.index("riposte")] == pytest.approx(6.4 + 2.5)
    assert seeing[1].log_p > blind[1].log_p
    assert (blind[1].group, seeing[1].group) == (1, 2)
    assert blind[0].days[3].pair[1, 0]["heat"] == 1.0
    assert seeing[0].days[3].pair[1, 0]["heat"] == pytest.approx(0.2)


def test_on_a_free_day_a_forced_reaction_sees_what_the_others_chose() -> None:
    """Free actors choose in the day's first group, so a forced act of a later group comes after."""
    acts = [dated(5, "alba", "strike", "borea"), dated(5, "borea", "protest", "alba", seq=2)]
    run = played(crisis(acts=acts))
    assert [(m.group, m.act) for m in run.moves() if m.day == 5 and m.actor in ("alba", "borea")] == [
        (1, "strike"),
        (2, "protest"),
    ]
    heat_seen = next(d for d in run.decisions if d.day == 5 and d.actor == 1)
    assert any(option.terms[TERMS.index("riposte")] > 0.0 for option in heat_seen.alternatives)


def test_acts_of_different_groups_are_read_with_different_luck() -> None:
    acts = [dated(6, "alba", "threat", "borea", seq=seq) for seq in (1, 2)]
    acts += [dated(d, "borea", "hold", "alba") for d in (5, 6)] + [dated(5, "alba", "hold", "borea")]
    weights = {"perception_gain": 1.0, "misperception": 1.0, "perception_days": 10_000.0} | QUIET_FIRE
    seen = {}
    for groups in (1, 2):
        kept = [entry for entry in acts if entry["seq"] <= groups]
        run = played(crisis(acts=kept, weights=weights, incidents=[], mediators={}))
        seen[groups] = float(run.days[6].pair[1, 0]["seen"])
    assert seen[1] != seen[2]


# Mediation


def test_an_offer_is_answered_on_its_day_and_talks_open_once_both_consent() -> None:
    eager = {"consent": 20.0}
    acts = [dated(5, "umbra", "offer", "alba")]
    run = played(crisis(acts=acts, weights=eager, mediators={"umbra": mediator()}))
    assert {(m.actor, m.act) for m in run.moves() if m.day == 5 and m.act in ("consent", "decline")} == {
        ("alba", "consent"),
        ("borea", "consent"),
    }
    assert run.days[5].talk[0, 0, 1]["stage"] == OPEN
    assert run.days[5].pair[0, 1]["talks"] == 1
    reluctant = played(crisis(acts=acts, weights={"consent": -20.0}, mediators={"umbra": mediator()}))
    assert reluctant.days[5].talk[0, 0, 1]["stage"] == QUIET
    assert reluctant.days[5].talk[0, 0, 1]["refused"] == 1.0


def test_in_history_an_offer_waits_until_its_answers_are_recorded() -> None:
    acts = [
        dated(1, "umbra", "offer", "alba"),
        dated(2, "alba", "consent", "umbra"),
        dated(4, "borea", "consent", "umbra"),
    ]
    agree = {"talks_agree": 1.0}
    run = played(crisis(acts=acts, weights=agree, mediators={"umbra": mediator()}, free_days=0))
    assert [int(d.talk[0, 0, 1]["stage"]) for d in run.days] == [QUIET, OFFERED, OFFERED, OFFERED, OPEN]
    assert run.days[4].dyad[0, 1]["ceasefire"] == 0


def test_talks_do_not_end_on_the_day_they_open() -> None:
    acts = [dated(5, "umbra", "offer", "alba")]
    weights = {"consent": 20.0, "talks_agree": 1.0, "agree_exhaustion": 20.0, "talks_lapse": 0.0}
    acts += both_hold(6, 7)
    runs = [
        played(crisis(acts=acts, weights=weights, mediators={"umbra": mediator()}, free_days=3), seed)
        for seed in range(20)
    ]
    assert all(run.days[5].talk[0, 0, 1]["stage"] == OPEN for run in runs)
    agreed = [int(run.days[6].dyad[0, 1]["ceasefire"]) for run in runs]
    assert 8 <= sum(agreed) <= 18  # 1 - 1/e of them
    for run in runs:
        dyad = run.days[-1].dyad[0, 1]
        if dyad["ceasefire"] and dyad["settled_day"] == 6:
            assert (dyad["mediator"], run.days[6].talk[0, 0, 1]["stage"]) == (0, QUIET)


@pytest.mark.parametrize("left", [0.0, 0.3])
def test_talks_that_lapse_leave_a_memory_as_of_a_refusal(left: float) -> None:
    weights = {"talks_agree": 0.0, "talks_lapse": 1.0, "talks_collapse": 1.0, "lapse_refusal": left}
    table = Table(crisis(mediators={"umbra": mediator()}, weights=weights)).on(10)
    table.dyad("alba", "borea").last_force = 9
    talk = table.talk("umbra", "alba", "borea")
    talk.stage, talk.opened = OPEN, 5
    day.hold_talks(table.params, table.state, table.luck, 1)
    assert (talk.stage, talk.refused) == (QUIET, left)


def test_talks_of_two_mediators_that_agree_on_one_day_bring_one_ceasefire() -> None:
    def after(mediators: tuple[str, ...]) -> float:
        weights = {"talks_agree": 1.0, "agree_leverage": 20.0, "talks_lapse": 0.0}
        toward = {name: {"leverage": 1.0} for name in ("alba", "borea")}
        made = {name: mediator(toward=toward) for name in ("umbra", "vesta")}
        table = Table(crisis(mediators=made, weights=weights)).on(10)
        table.pair("alba", "borea").posture = 8.0
        for name in mediators:
            talk = table.talk(name, "alba", "borea")
            talk.stage, talk.pressed, talk.opened = OPEN, 1, 5
        day.hold_talks(table.params, table.state, table.luck, 1)
        assert table.dyad("alba", "borea").ceasefire == 1
        return float(table.pair("alba", "borea").posture)

    assert after(("umbra", "vesta")) == after(("umbra",))


def test_a_state_with_forced_acts_leaves_an_offer_waiting() -> None:
    acts = [dated(5, "umbra", "offer", "alba"), dated(5, "alba", "threat", "borea")]
    run = played(crisis(acts=acts, weights={"consent": 20.0}, mediators={"umbra": mediator()}))
    assert run.acts(5, "alba") == ["threat"]
    assert "consent" in run.acts(5, "borea")
    assert run.days[5].talk[0, 0, 1]["stage"] == OFFERED
    assert "consent" in run.acts(6, "alba")


def test_a_forced_refusal_ends_an_offer_that_the_other_would_take() -> None:
    acts = [dated(5, "umbra", "offer", "alba"), dated(5, "alba", "decline", "umbra")]
    run = played(crisis(acts=acts, weights={"consent": 20.0}, mediators={"umbra": mediator()}))
    assert run.days[5].talk[0, 0, 1]["stage"] == QUIET
    refusal = next(d for d in run.decisions if d.forced and d.actor == 0 and d.day == 5)
    assert refusal.log_p == pytest.approx(np.log(refusal.choice.probability))
    assert refusal.log_p < -10.0


def test_a_fresh_day_forgets_yesterday_s_moves() -> None:
    params = pack(crisis())
    state = fresh_state(params)
    table = Table(crisis(), state=state)
    state.counts[1] = 3
    day.begin_day(params, state, table.luck)
    assert state.counts.tolist() == [0, 0]
