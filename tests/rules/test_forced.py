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
from escalation.engine.record import Decision
from escalation.rules.forced import act_as_forced
from escalation.rules.state import fresh_state
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import CONSENT, DECLINE, RUNGS
from tests.engine.runs import Played, assert_close, assert_same_days, played
from tests.strategies import Tree, build, crisis, crisis_tree, dated, seeds, trees

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
        (d.day, d.actor, d.choice.act, d.choice.target, d.choice.other): (d.log_p, d.log_p_acting)
        for d in run.decisions
        if d.actor in actors
    }


@settings(max_examples=25)
@given(trees(min_free_days=3, max_free_days=15), seeds)
def test_a_free_run_forced_upon_its_actors_is_the_same_run(tree: Tree, seed: int) -> None:
    """The same luck reads the same acts, so misperception may stay: states and scores agree to the bit."""
    free = played(build(tree), seed)
    forced = played(build(rewritten(tree, free)), seed)
    assert_same_days(free.days, forced.days)
    everybody = range(len(free.model.index.actors))
    assert scores(free, everybody) == scores(forced, everybody)


@settings(max_examples=25)
@given(trees(max_mediators=0, min_free_days=3, max_free_days=15, forced=False), seeds)
def test_a_free_run_made_history_is_the_same_run(tree: Tree, seed: int) -> None:
    tree |= {"hazards": [], "border_fire": [], "weights": tree["weights"] | NOTHING_BY_ITSELF}
    scenario = build(tree)
    free = played(scenario, seed)
    end = scenario.date_of(scenario.last_day).isoformat()
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


def test_the_model_is_its_own_likelihood() -> None:
    """The scores of what is played freely are those of the frequencies with which it is played."""
    scenario = crisis(free_days=1, mediators={}, max_acts_per_day=1, weights={"border_fire_on": 0.0})
    counts: dict[str, int] = {}
    probability: dict[str, float] = {}
    n = 600
    for replication in range(n):
        run = played(scenario, 11, replication)
        decision = next(d for d in run.decisions if d.day == 5 and d.actor == 0)
        name = run.model.index.acts[decision.choice.act]
        counts[name] = counts.get(name, 0) + 1
        for option in decision.alternatives:
            probability[run.model.index.acts[option.act]] = option.probability
    assert sum(probability.values()) == pytest.approx(1.0)
    for name, p in probability.items():
        assert counts.get(name, 0) / n == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / n) + 1e-3), name


@settings(max_examples=25)
@given(trees(max_free_days=12), seeds)
def test_the_score_of_a_crisis_sums_over_its_forced_acts(tree: Tree, seed: int) -> None:
    """Given acting: a record lists acts and not the days without, so that a hold counts for nothing."""
    run = played(build(tree), seed)
    score = sum(d.log_p_acting for d in run.decisions if d.forced)
    assert run.model.forced_log_probability == pytest.approx(score)
    for d in run.decisions:
        assert -1e6 < d.log_p <= 1e-12
        assert d.log_p <= d.log_p_acting <= 1e-12


def by_rung(run: Played, decision: Decision) -> list[float]:
    """Add up a decision's probabilities by rung, given that the actor acts."""
    acts = run.model.params.acts
    found = [0.0] * RUNGS
    for option in decision.alternatives:
        if option.act != 0:
            found[int(acts[option.act].rung)] += option.probability
    whole = sum(found)
    return [share / whole for share in found]


@settings(max_examples=25)
@given(trees(max_free_days=2), seeds)
def test_what_the_rules_expect_of_a_record_is_what_a_played_one_says(tree: Tree, seed: int) -> None:
    """By rung, a row for each forced act up to the horizon, answers to mediators apart."""
    scenario = build(tree)
    params = pack(scenario)
    read = read_record(params)
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
        rung = int(params.acts[entry[3]].rung)
        if entry[3] != 0:
            assert math.log(row[rung]) >= decision.log_p_acting - 1e-9


def test_alone_on_its_rung_an_act_is_as_likely_as_its_rung() -> None:
    acts = [dated(1, "alba", "strike", "borea"), dated(2, "borea", "sustained", "alba")]
    scenario = crisis(acts=acts, free_days=0)
    read = read_record(pack(scenario))
    first, second = played(scenario).decisions
    assert (math.log(read[0, 7]), math.log(read[1, 8])) == pytest.approx(
        (first.log_p_acting, second.log_p_acting)
    )


@pytest.mark.parametrize("today", [1, 4])
def test_an_actor_that_can_only_hold_is_expected_on_no_rung(today: int) -> None:
    """Umbra enters on day 3."""
    (row,) = read_record(pack(crisis(acts=[dated(today, "umbra", "hold", "alba")])))
    assert row.sum() == pytest.approx(1.0 if today == 4 else 0.0)


def test_what_is_forced_after_the_record_is_not_read() -> None:
    """A game adds forced acts day by day to a crisis whose state was made before them."""
    record = [dated(day, "alba", "threat", "borea") for day in (1, 4)]
    played_on = crisis(acts=[*record, *(dated(day, "alba", "threat", "borea") for day in (5, 6))])
    params = pack(played_on)
    assert fresh_state(params).read.shape == fresh_state(pack(crisis(acts=record))).read.shape
    room = fresh_state(params)._replace(read=np.full((len(params.forced), RUNGS), -1.0))
    for day in range(7):
        room.counts[:] = day, 0
        act_as_forced(params, room, 0, 1)
    assert (room.read == -1.0).all(axis=1).tolist() == [False, False, True, True]


def test_forced_acts_fill_slots_in_file_order_and_may_exceed_the_cap() -> None:
    names = ["threat", "expel", "protest", "mobilise", "strike", "threat"]
    run = played(crisis(acts=[dated(2, "alba", name, "borea") for name in names], max_acts_per_day=2))
    assert [(move.slot, move.act) for move in run.moves() if move.day == 2] == list(enumerate(names))
    first, *_, again = [d for d in run.decisions if d.day == 2]
    assert again.log_p > first.log_p  # what has been taken leaves the choice set until it is forced again


def test_a_forced_act_that_the_rules_would_not_offer_is_still_scored() -> None:
    acts = [dated(day, "alba", "trade_ban", "borea") for day in (1, 2)]
    acts += [dated(2, "alba", "accept_ceasefire", "borea"), dated(3, "alba", "withdraw", "borea", seq=2)]
    acts += [dated(3, "alba", "withdraw", "borea")]
    run = played(crisis(acts=acts, free_days=0))
    in_order = sorted(acts, key=lambda entry: (entry["date"], entry["seq"]))
    assert [move.act for move in run.moves()] == [entry["act"] for entry in in_order]
    assert all(math.isfinite(d.log_p) for d in run.decisions)


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
    quiet = {"act_intercept": -20.0, "ceasefire_breach": 0.0}
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
