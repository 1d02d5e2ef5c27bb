"""History, a human's move and a replay are one mechanism, which scores every forced act."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from escalation.crisis.play import play
from escalation.engine.batch import read_record
from escalation.engine.pack import pack
from escalation.engine.record import Decision, score_of
from escalation.rules import forced
from escalation.rules.decide import LEAST_CHANCE
from escalation.rules.forced import MOST_LIKELY, act_as_forced
from escalation.rules.hostile import reply_probability
from escalation.rules.options import is_available, rate_of
from escalation.rules.state import CrisisState, Params, fresh_state
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import (
    APPEAL,
    CONCILIATORY,
    CONSENT,
    DECLINE,
    HOLDING,
    HOSTILE,
    MEDIATION,
    POLITICAL,
    RUNGS,
)
from tests.engine.runs import Played, assert_close, assert_same_days, played
from tests.strategies import (
    Table,
    Tree,
    build,
    crisis,
    crisis_tree,
    dated,
    scenarios,
    seeds,
    stirred,
    trees,
)

NOTHING_BY_ITSELF = dict.fromkeys(
    ("border_fire_on", "border_fire_off", "ceasefire_breach", "misperception"), 0.0
)


def rewritten(tree: Tree, run: Played) -> Tree:
    """Return the tree of a run with everything that was done in it as forced acts, holds included.

    A mediator that holds cannot be forced to, nor can a state without rivals: nobody else is spoken of.
    """
    rivals = {}
    for rivalry in tree["rivalries"]:
        one, other = rivalry["between"]
        rivals |= {one: other, other: one}
    acts = [move.as_dated(rivals[move.actor]) for move in run.moves() if move.actor in rivals]
    mediations = [move for move in run.moves() if move.actor in tree["mediators"] and move.act != "hold"]
    acts += [move.as_dated("") for move in mediations]
    return tree | {"acts": acts}


def scores(run: Played, actors: range) -> dict[tuple[Any, ...], tuple[float, float]]:
    """Return the log-probabilities of all that was done, by who did what and when."""
    return {
        (d.day, d.slot, d.actor, d.choice.act, d.choice.target, d.choice.other): (d.log_when, d.log_what)
        for d in run.decisions
        if d.actor in actors
    }


@settings(max_examples=15)
@given(trees(min_free_days=3, max_free_days=15), seeds)
def test_a_free_run_forced_upon_its_actors_is_the_same_run(tree: Tree, seed: int) -> None:
    """The same luck reads the same acts, so misperception may stay: states and scores agree to the bit."""
    free = played(build(tree), seed)
    forced = played(build(rewritten(tree, free)), seed)
    assert_same_days(free.days, forced.days)
    everybody = range(len(free.model.index.actors))
    assert scores(free, everybody) == scores(forced, everybody)


@settings(max_examples=15)
@given(trees(max_mediators=0, min_free_days=3, max_free_days=15, forced=False), seeds)
def test_a_free_run_made_history_is_the_same_run(tree: Tree, seed: int) -> None:
    tree |= {"hazards": [], "border_fire": [], "weights": tree["weights"] | NOTHING_BY_ITSELF}
    scenario = build(tree)
    free = played(scenario, seed)
    end = scenario.date_of(free.model.day).isoformat()  # nuclear use would have ended it early
    history = rewritten(tree, free) | {"horizon": end, "free_days": 0}
    replayed = played(build(history), seed + 1 if seed == 0 else seed - 1)
    for mine, theirs in zip(free.days, replayed.days, strict=True):
        assert_close(mine.actor, theirs.actor)
        assert_close(mine.pair, theirs.pair)
        assert (mine.since == theirs.since).all()
        # Who settled what is read on free days only.
        assert_close(mine.dyad, theirs.dyad, skip=("settled_day", "channel", "mediator"))
    rivalled = {name for rivalry in tree["rivalries"] for name in rivalry["between"]}
    actors = [i for name, i in free.model.index.actor.items() if name in rivalled]
    for i in actors:
        assert scores(free, range(i, i + 1)) == scores(replayed, range(i, i + 1))


# When and what


def moment(scenario: Scenario, seed: int) -> tuple[Params, CrisisState, int]:
    """Return a stirred state on the first simulated day, before anybody has moved, and the day's group."""
    params = pack(scenario)
    state = stirred(params, seed)
    state.counts[:] = (scenario.horizon_day + 1, 0, 0)
    return params, state, int(forced.first_group(params, scenario.horizon_day + 1))


def clocks_of(params: Params, actor: int) -> list[int]:
    blocks = range(params.first_block[actor], params.first_block[actor + 1])
    return [b for b in blocks if params.blocks[b].form != HOLDING]


@given(scenarios(min_free_days=1, max_free_days=3), seeds)
def test_the_probabilities_of_all_first_acts_and_of_holding_sum_to_one(scenario, seed: int) -> None:
    """The first act of a day is that of the first clock to run off, in the order in which they are asked."""
    params, state, group = moment(scenario, seed)
    for actor in range(len(scenario.states) + len(scenario.mediators)):
        first = params.first_option[actor]
        none_before, whole = 1.0, 0.0
        for b in clocks_of(params, actor):
            block = params.blocks[b]
            able = [k for k in range(block.first, block.last) if is_available(params, state, actor, k)]
            scores = [score_of(params, state, actor, k - first, group) for k in able]
            if not scores:
                continue
            assert len({when for when, _ in scores}) == 1  # one clock
            assert math.fsum(math.exp(what) for _, what in scores) == pytest.approx(1.0)
            whole += none_before * math.fsum(math.exp(when + what) for when, what in scores)
            none_before *= 1.0 - math.exp(scores[0][0])
        hold, nothing = score_of(params, state, actor, 0, group)
        assert nothing == 0.0
        assert math.exp(hold) == pytest.approx(none_before, rel=1e-9)
        assert whole + math.exp(hold) == pytest.approx(1.0)


@given(scenarios(min_free_days=1, max_free_days=3), seeds)
def test_a_clock_is_scored_by_its_hazard(scenario, seed: int) -> None:
    params, state, group = moment(scenario, seed)
    for actor in range(len(scenario.states)):
        first = params.first_option[actor]
        for b in clocks_of(params, actor):
            block = params.blocks[b]
            if block.form not in (POLITICAL, HOSTILE):
                continue
            rate = rate_of(params, state, actor, block, 0.0)
            when, _ = score_of(params, state, actor, block.first - first, group)
            assert math.exp(when) == pytest.approx(max(LEAST_CHANCE, 1.0 - math.exp(-rate)))


def now(table: Table, name: str, group: int) -> tuple[float, float]:
    """Return the scores of an act by alba toward borea at this moment."""
    row = forced.option_row(table.params, 0, table.act(name), 1, -1)
    return score_of(table.params, table.state, 0, int(row), group)


AGAIN = {
    "again": 0.12, "protest_again": 0.4, "reply_strike": 0.5, "reply_force": 0.3, "reply_other": 0.07,
}  # fmt: skip


def test_a_further_act_of_a_clock_has_the_probability_of_again() -> None:
    table = Table(crisis(weights=AGAIN, acts=[])).on(10)
    before = now(table, "strike", 1), now(table, "protest", 1)
    table.take("alba", "raid", "borea")
    assert math.exp(now(table, "strike", 1)[0]) == pytest.approx(0.12)
    assert now(table, "protest", 1) == before[1]  # another clock
    table.take("alba", "expel", "borea", slot=1)
    assert math.exp(now(table, "protest", 1)[0]) == pytest.approx(0.4)
    # What has been taken is out of the choice, until it is forced once more.
    assert now(table, "strike", 1)[1] > before[0][1]


def test_an_act_that_the_weights_rule_out_has_a_finite_score() -> None:
    table = Table(crisis(weights={"again": 0.0}, acts=[])).on(10)
    table.take("alba", "raid", "borea")
    assert now(table, "strike", 1)[0] == pytest.approx(math.log(LEAST_CHANCE))


@pytest.mark.parametrize(("hit", "expected"), [("strike", 0.5), ("sabotage", 0.3), ("mobilise", 0.07)])
def test_a_hit_state_replies_in_a_later_group_by_a_probability_of_its_own(hit: str, expected: float) -> None:
    table = Table(crisis(weights=AGAIN, acts=[])).on(10)
    table.take("borea", hit, "alba")
    table.settle()
    assert math.exp(now(table, "raid", 2)[0]) == pytest.approx(expected)
    quiet = Table(crisis(weights=AGAIN, acts=[]), state=table.state).on(10)
    assert now(quiet, "protest", 2)[0] == now(quiet, "protest", 1)[0]  # words wait for the next day
    hold = score_of(table.params, table.state, 0, 0, 2)[0]
    others = sum(
        rate_of(table.params, table.state, 0, table.params.blocks[b], 0.0)
        for b in clocks_of(table.params, 0)
        if table.params.blocks[b].form != HOSTILE
    )
    assert hold == pytest.approx(math.log(1.0 - expected) - others)


def test_a_state_that_has_acted_does_not_reply() -> None:
    table = Table(crisis(weights=AGAIN, acts=[])).on(10)
    assert not forced.may_reply(table.params, table.state, 0, 1, 2)  # nobody has hit it
    table.take("borea", "strike", "alba")
    table.settle()
    assert forced.may_reply(table.params, table.state, 0, 1, 2)
    assert not forced.may_reply(table.params, table.state, 0, 1, 1)  # it cannot know yet
    table.take("alba", "protest", "borea")
    table.settle()
    assert forced.may_reply(table.params, table.state, 0, 1, 2)  # words are no answer to a strike
    table.take("alba", "threat", "borea")
    table.settle()
    assert not forced.may_reply(table.params, table.state, 0, 1, 2)


@given(scenarios(min_free_days=1, max_free_days=3), seeds)
def test_a_certain_reply_has_a_finite_hazard(scenario, seed: int) -> None:
    params, state, group = moment(scenario, seed)
    for name in ("reply_strike", "reply_force", "reply_other"):
        params.weights[name] = 1.0
    for actor in range(len(scenario.states)):
        for b in clocks_of(params, actor):
            block = params.blocks[b]
            if block.form == HOSTILE and forced.may_reply(params, state, actor, block.rival, group + 1):
                assert reply_probability(params, state.pair[actor, block.rival].struck) == 1.0
                hazard = forced.hazard_now(params, state, actor, b, group + 1, 0)
                assert hazard == pytest.approx(-math.log(1.0 - MOST_LIKELY))


@pytest.mark.parametrize(
    ("actor", "name", "target"),
    [("alba", "accept_ceasefire", "borea"), ("umbra", "offer", "alba"), ("alba", "ask", "umbra")],
)
def test_a_recorded_act_of_competing_risks_was_possible(actor: str, name: str, target: str) -> None:
    """Its hazard counts where the rules would not have offered it: in when, in what and among the rungs."""
    entry = dated(1, actor, name, target)  # umbra enters on day 3, and nobody has proposed a ceasefire
    scenario = crisis(acts=[entry], free_days=0)
    (decision,) = (d for d in played(scenario).decisions if d.forced)
    assert decision.log_when > -10.0
    assert decision.log_what > -10.0
    assert decision.choice.probability > 0.0
    (row,) = read_record(pack(scenario))[0]
    assert row.sum() == pytest.approx(1.0)
    assert row[0] > 0.0


@settings(max_examples=15)
@given(trees(max_free_days=12), seeds)
def test_the_score_of_a_crisis_sums_over_its_forced_acts(tree: Tree, seed: int) -> None:
    run = played(build(tree), seed)
    score = sum(d.log_when + d.log_what for d in run.decisions if d.forced)
    assert run.model.forced_log_probability == pytest.approx(score)
    for d in run.decisions:
        assert -1e6 < d.log_when <= 0.0
        assert -1e6 < d.log_what <= 1e-12


def test_quiet_days_on_record_score_too() -> None:
    """A forced hold is the probability that no clock of the state runs off."""
    hold = [dated(1, "alba", "hold", "borea")]
    angry, calm = (
        played(crisis(acts=hold, free_days=0, incidents=[], weights={"alarm": alarm})).decisions[0]
        for alarm in (-1.0, -4.0)
    )
    assert angry.log_when < calm.log_when < 0.0
    assert angry.log_what == calm.log_what == 0.0
    for decision in (angry, calm):
        assert decision.log_when == pytest.approx(-sum(clock.hazard for clock in decision.clocks))
        assert math.exp(decision.log_when) == pytest.approx(decision.hold_probability)


def test_an_answer_to_an_offer_is_scored_once() -> None:
    acts = [dated(1, "umbra", "offer", "alba"), dated(1, "alba", "decline", "umbra")]
    run = played(crisis(acts=acts, free_days=0))
    answer = next(d for d in run.decisions if d.actor == 0)
    assert answer.log_when == 0.0
    assert answer.log_what == pytest.approx(math.log(answer.choice.probability))
    assert run.model.forced_log_probability == pytest.approx(
        sum(d.log_when + d.log_what for d in run.decisions)
    )


# What the rules expected of a record, by rung


def by_rung(run: Played, decision: Decision) -> list[float]:
    """Add up a decision's probabilities by rung: given that the actor acts, and that coders note it."""
    acts, weights = run.model.params.acts, run.model.crisis.weights
    noted = {
        POLITICAL: weights.words_noted, CONCILIATORY: weights.steps_noted, APPEAL: weights.steps_noted,
        MEDIATION: weights.steps_noted,
    }  # fmt: skip
    found = [0.0] * RUNGS
    for option in decision.alternatives:
        if option.act != 0:
            form, rung = int(acts[option.act].form), int(acts[option.act].rung)
            of_force = 1.0 if rung >= 6 else weights.skirmishes_noted if rung == 5 else weights.shows_noted
            hazard = max(1e-12, decision.clocks[option.clock].hazard)
            found[rung] += hazard**weights.noted_elasticity * option.share * noted.get(form, of_force)
    whole = sum(found)
    return [share / whole for share in found]


@settings(max_examples=15)
@given(trees(max_free_days=2), seeds)
def test_what_the_rules_expect_of_a_record_is_what_a_played_one_says(tree: Tree, seed: int) -> None:
    """By rung, a row for each forced act up to the horizon, answers to mediators apart."""
    scenario = build(tree)
    params = pack(scenario)
    read = read_record(params)[0]
    run = played(scenario, seed)
    decisions = {}
    for d in run.decisions:
        if d.day <= scenario.horizon_day:
            decisions[d.day, d.group, d.actor, d.choice.act, d.choice.target, d.choice.other] = d
    recorded = [tuple(entry) for entry in params.forced if entry.day <= scenario.horizon_day]
    assert len(read) == len(recorded)
    for row, entry in zip(read, recorded, strict=True):
        decision = decisions[tuple(map(int, entry))]
        if params.acts[entry[3]].effect in (CONSENT, DECLINE):
            assert not row.any()
            continue
        alternatives = {option.act for option in decision.alternatives} - {0}
        if not alternatives:
            assert not row.any()
            continue
        assert row.sum() == pytest.approx(1.0)
        assert row.tolist() == pytest.approx(by_rung(run, decision))


@pytest.mark.parametrize("today", [1, 4])
def test_an_actor_that_can_only_hold_is_expected_on_no_rung(today: int) -> None:
    """Umbra enters on day 3."""
    (row,) = read_record(pack(crisis(acts=[dated(today, "umbra", "hold", "alba")])))[0]
    assert row.sum() == pytest.approx(1.0 if today == 4 else 0.0)


def test_what_is_forced_after_the_record_is_not_read() -> None:
    """A game adds forced acts day by day to a crisis whose state was made before them."""
    record = [dated(day, "alba", "threat", "borea") for day in (1, 4)]
    played_on = crisis(acts=[*record, *(dated(day, "alba", "threat", "borea") for day in (5, 6))])
    params = pack(played_on)
    assert fresh_state(params).read.shape == fresh_state(pack(crisis(acts=record))).read.shape
    room = fresh_state(params)._replace(read=np.full((len(params.forced), RUNGS), -1.0))
    for day in range(7):
        room.counts[:] = day, 0, 0
        act_as_forced(params, room, 0, 1)
    assert (room.read == -1.0).all(axis=1).tolist() == [False, False, True, True]


def test_forced_acts_fill_slots_in_file_order_and_may_exceed_the_cap() -> None:
    names = ["threat", "expel", "protest", "mobilise", "strike", "threat"]
    run = played(crisis(acts=[dated(2, "alba", name, "borea") for name in names], max_acts_per_day=2))
    assert [(move.slot, move.act) for move in run.moves() if move.day == 2] == list(enumerate(names))
    first, *_, again = [d for d in run.decisions if d.day == 2]
    # The clock that has run off does so again by a probability of its own, and what has been taken leaves the
    # choice until it is forced again.
    weights = run.model.crisis.weights
    assert math.exp(again.log_when) == pytest.approx(weights.again)
    assert first.log_what != again.log_what


def test_a_forced_act_that_the_rules_would_not_offer_is_still_scored() -> None:
    acts = [dated(day, "alba", "trade_ban", "borea") for day in (1, 2)]
    acts += [dated(2, "alba", "accept_ceasefire", "borea"), dated(3, "alba", "withdraw", "borea", seq=2)]
    acts += [dated(3, "alba", "withdraw", "borea")]
    run = played(crisis(acts=acts, free_days=0))
    in_order = sorted(acts, key=lambda entry: (entry["date"], entry["seq"]))
    assert [move.act for move in run.moves()] == [entry["act"] for entry in in_order]
    assert all(math.isfinite(d.log_when + d.log_what) for d in run.decisions)


def test_forcing_one_actor_changes_nobody_s_luck() -> None:
    """On the day of a forced act the other actor chooses as it would have."""
    for seed in range(10):
        free = played(crisis(), seed)
        forced = played(crisis(acts=[*crisis_tree()["acts"], dated(5, "alba", "hold", "borea")]), seed)
        assert free.acts(5, "borea") == forced.acts(5, "borea")
        assert forced.acts(5, "alba") == ["hold"]


def test_play_returns_what_was_played() -> None:
    scenario: Scenario = crisis(acts=[*crisis_tree()["acts"], dated(6, "alba", "strike", "borea")])
    run, again = play(scenario, 5, 2), played(scenario, 5, 2)
    assert list(run.decisions) == again.decisions
    assert_same_days(list(run.days), again.days)
    assert run.result.outcome == again.model.outcome
    assert run.result.forced_acts == len(scenario.acts)
    assert run.result.peak["alba"] >= 7
    assert run.result.first_force == scenario.date_of(6)
    assert [settlement.between for settlement in run.result.settlements] == [("alba", "borea")]


def test_settlements_name_their_channel_mediator_and_date() -> None:
    quiet = {"alarm": -20.0, "protest": -20.0, "conciliation": -20.0, "ceasefire_breach": 0.0}
    accept = [dated(7, "borea", "use_hotline", "alba"), dated(8, "alba", "accept_ceasefire", "borea")]
    scenario = crisis(acts=accept, weights=quiet, mediators={})
    (hotline,) = play(scenario, 1).result.settlements
    assert (hotline.channel, hotline.mediator, hotline.holds) == ("hotline", None, True)
    assert hotline.date == scenario.date_of(8)
    assert hotline.talks_opened is None
    acts = [dated(6, "umbra", "offer", "alba")]
    eager = quiet | {"consent": 20.0, "talks_agree": 1.0, "talks_lapse": 0.0}
    scenario = crisis(acts=acts, weights=eager)
    (mediated,) = play(scenario, 1).result.settlements
    assert (mediated.channel, mediated.mediator, mediated.holds) == ("mediated", "umbra", True)
    assert mediated.talks_opened == scenario.date_of(6)
    assert mediated.date is not None
    assert mediated.date > mediated.talks_opened
    (none,) = play(crisis(acts=[], weights=quiet, mediators={}), 1).result.settlements
    assert (none.channel, none.mediator, none.date, none.holds) == ("none", None, None, False)
    assert np.isfinite(play(scenario, 1).result.forced_log_probability)
