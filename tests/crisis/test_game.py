from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import ValidationError

from escalation.crisis.branches import before_day, injected, without_moves
from escalation.crisis.debrief import debrief
from escalation.crisis.game import Game, IllegalMoveError, Option
from escalation.crisis.menu import hold_on, saved_game, this_morning
from escalation.crisis.play import Run, play
from escalation.crisis.tables import acts_table, days_table, decisions_table
from escalation.crisis.turns import parts_of
from escalation.crisis.what_if import what_if
from escalation.engine.batch import simulate
from escalation.engine.model import CrisisEndedError
from escalation.engine.pack import pack
from escalation.engine.record import Decision
from escalation.rules.state import OPEN, QUIET
from escalation.scenario.dump import dump_scenario
from escalation.scenario.load import load_scenario, read_scenario
from escalation.scenario.scenario import Relation
from escalation.vocabulary import HOSTILE, NUCLEAR_USE
from tests.strategies import NUCLEAR_DAY, crisis, nuclear

SCENARIO = load_scenario("pahalgam_2025", ["free_days=6"])


def named(game: Game, side: str, act: str) -> Option:
    return next(option for option in game.options(side) if option.act == act)


def held_to_the_end(*sides: str, seed: int = 1) -> Game:
    game = Game(SCENARIO, seed, 0, sides)
    while not game.is_over:
        game.play({})
    return game


@settings(max_examples=8)
@given(
    sides=st.sampled_from([("india",), ("pakistan",), ("russia",), ("india", "pakistan")]),
    seed=st.integers(0, 2**64 - 1),
    replication=st.integers(0, 2**32 - 1),
    data=st.data(),
)
def test_a_saved_game_is_the_same_crisis_again(
    sides: tuple[str, ...], seed: int, replication: int, data: st.DataObject
) -> None:
    game = Game(SCENARIO, seed, replication, sides)
    for _ in range(data.draw(st.integers(0, SCENARIO.free_days))):
        if game.is_over:
            break  # by nuclear use
        moves = {}
        for side in game.asked:
            acts = [one for one in game.options(side) if one.target and not one.answers]
            answers = [one for one in game.options(side) if one.answers]
            most = min(game.most_acts(side), len(acts))
            taken = data.draw(st.lists(st.sampled_from(acts), unique=True, max_size=most)) if acts else []
            moves[side] = taken + ([data.draw(st.sampled_from(answers))] if answers else [])
        game.play(moves)
    saved = read_scenario(dump_scenario(game.scenario).encode(), "game")
    again, run = play(saved, seed, replication), game.run()
    assert again.decisions[: len(run.decisions)] == run.decisions
    assert all(np.array_equal(one.pair, other.pair) for one, other in zip(again.days, run.days, strict=False))
    assert without_moves(game.scenario) == SCENARIO
    if game.is_over:
        assert again.result == run.result


def test_a_morning_gives_the_odds_on_which_the_model_decides() -> None:
    """A player who does what the model would do sees the odds of its decisions, and has its crisis."""
    counts = [as_the_model_would(seed) for seed in range(12)]
    compared, acted = (sum(column) for column in zip(*counts, strict=True))
    assert compared > 10
    assert acted > 3


def as_the_model_would(seed: int) -> tuple[int, int]:
    """Play Pakistan as the model does, as long as it never replies; return days compared, and its acts."""
    free, game = play(SCENARIO, seed), Game(SCENARIO, seed, 0, ["pakistan"])
    compared = acted = 0
    while not game.is_over:
        today = [one for one in free.decisions if one.day == game.day]
        if any(one.is_reply and one.actor == 1 for one in today):
            break  # a player has no second moment of the day
        own = [one for one in today if one.actor == 1 and not _answers(free, one)]
        # Where an offer is answered or talks end, the morning is not what the model decides on.
        changes = any(game.day in (span.first, span.last) for span in free.talks)
        if not changes and not any(_answers(free, one) for one in today):
            wanted = {free.index.acts[one.act]: one.probability for one in own[0].alternatives}
            options = game.options("pakistan")
            assert {one.act: one.probability for one in options} == pytest.approx(wanted, rel=1e-9)
            compared += 1
        answers = [one for one in today if one.actor == 1 and _answers(free, one)]
        acts = [one for one in own if one.choice.target >= 0]
        moves = [named(game, "pakistan", free.index.acts[one.choice.act]) for one in (*answers, *acts)]
        game.play({"pakistan": moves})
        assert np.array_equal(game.run().days[-1].pair, free.days[game.day - 1].pair)
        acted += len(acts)
    return compared, acted


def _answers(run: Run, decision: Decision) -> bool:
    act = run.scenario.ladder.acts[run.index.acts[decision.choice.act]]
    return act.effect in ("consent", "decline")


def test_viewing_changes_nothing() -> None:
    looked, other = Game(SCENARIO, 3, 0, ["india"]), Game(SCENARIO, 3, 0, ["india"])
    while not looked.is_over:
        looked.options("india")
        assert looked.morning().days[-1].day == looked.day
        looked.play({})
        other.play({})
    assert looked.run().decisions == other.run().decisions


def test_the_morning_is_that_of_the_day() -> None:
    game, compared = Game(SCENARIO, 3, 0, ["india"]), 0
    while not game.is_over:
        day, morning = game.day, game.morning()
        shown = [one for one in morning.decisions if one.day == day]
        game.play({})
        taken = [one for one in game.run().decisions if one.day == day]
        assert shown == [one for one in taken if one.actor == 2]
        acts = [SCENARIO.ladder.acts[game.run().index.acts[one.choice.act]] for one in taken]
        signals = [act for act in acts if act.signal]
        if not signals:  # nothing else moves fear in the course of a day
            assert morning.days[-1].actor["fear"].tolist() == game.run().days[-1].actor["fear"].tolist()
            compared += 1
    assert compared


def test_a_side_that_does_nothing_holds() -> None:
    game = held_to_the_end("india", "pakistan")
    free = [one for one in game.run().decisions if one.day > SCENARIO.horizon_day and one.actor < 2]
    assert len(free) == 2 * SCENARIO.free_days
    assert all(one.forced and one.choice.target < 0 for one in free)


def test_a_mediator_is_played() -> None:
    scenario = load_scenario("pahalgam_2025", ["free_days=6"])
    game = Game(scenario, 1, 0, ["russia"])
    assert game.most_acts("russia") == 1
    game.play({"russia": [named(game, "russia", "urge_restraint")]})
    (move,) = (one for one in game.run().decisions if one.actor == 2 and one.day == game.day - 1)
    assert move.forced
    assert game.run().index.acts[move.choice.act] == "urge_restraint"


def test_the_morning_of_a_played_mediator_is_before_its_move() -> None:
    for seed in range(20):
        game = Game(SCENARIO, seed, 0, ["russia"])
        assert all(one.day < game.day for one in game.morning().decisions)


def test_an_offer_is_answered_by_the_player() -> None:
    # Pakistan has asked for it, so only India's answer to the offer of the record is open.
    for act, stage in (("accept_mediation", OPEN), ("decline_mediation", QUIET)):
        game = Game(SCENARIO, 1, 0, ["india", "pakistan"])
        assert not any(one.answers for one in game.options("pakistan"))
        answers = [one for one in game.options("india") if one.answers]
        assert [one.act for one in answers] == ["accept_mediation", "decline_mediation"]
        assert sum(one.probability for one in answers) == pytest.approx(1)
        acts = [one for one in game.options("india") if one.target and not one.answers]
        game.play({"india": [named(game, "india", act), *acts[:3]]})
        assert int(game.run().days[-1].talk[0, 0, 1].stage) == stage


def test_illegal_moves_are_refused() -> None:
    game = Game(SCENARIO, 1, 0, ["pakistan"])
    acts = [one for one in game.options("pakistan") if one.target and not one.answers]
    refused = {
        "cannot": [replace(acts[0], target="russia")],
        "once": [acts[0], acts[0]],
        "at most 3": acts[:4],
    }
    for says, moves in refused.items():
        with pytest.raises(IllegalMoveError, match=says):
            game.play({"pakistan": moves})
    with pytest.raises(IllegalMoveError, match="India does not move"):
        game.play({"india": []})
    assert game.day == SCENARIO.horizon_day + 1
    assert game.scenario == SCENARIO


def test_a_saved_game_goes_on_where_it_stopped() -> None:
    whole = held_to_the_end("pakistan")
    half = Game(SCENARIO, 1, 0, ["pakistan"])
    for _ in range(3):
        half.play({})
    resumed = Game(half.scenario, 1, 0, ["pakistan"])
    assert resumed.day == half.day
    while not resumed.is_over:
        resumed.play({})
    assert resumed.run().decisions == whole.run().decisions
    assert Game(whole.scenario, 1, 0, ["pakistan"]).is_over


def test_the_model_plays_on_as_it_does_when_the_game_is_run() -> None:
    game = Game(SCENARIO, 1, 0, ["pakistan"])
    game.play({})
    game.let_go()
    assert game.is_over
    assert len(game.scenario.acts) == len(SCENARIO.acts) + 1
    assert play(game.scenario, 1).decisions == game.run().decisions


def test_branches_from_the_horizon_are_crises_of_the_scenario() -> None:
    game = held_to_the_end("pakistan")
    found = game.past.branches(SCENARIO.horizon_day, 40)
    wanted = simulate(pack(SCENARIO), 1, 1, 40)
    for name in ("outcome", "peak", "settled", "end", "cost"):
        assert np.array_equal(getattr(found, name), getattr(wanted, name)), name


def test_branches_from_the_last_day_are_the_game_itself() -> None:
    game = held_to_the_end("pakistan")
    found = game.past.branches(SCENARIO.last_day, 5)
    assert len(set(found.outcome.tolist())) == 1
    assert found.peak[0].tolist() == list(game.run().result.peak.values())


def test_branches_keep_what_was_done_and_no_more() -> None:
    game = Game(SCENARIO, 1, 0, ["pakistan"])
    game.play({})
    game.play({"pakistan": [named(game, "pakistan", "artillery_duel")]})
    force = SCENARIO.outcome.force_rung
    assert (game.past.branches(game.day - 1, 50).peak[:, 1] >= force).all()
    assert not (game.past.branches(game.day - 2, 50).peak[:, 1] >= force).all()


def test_nuclear_use_ends_a_game() -> None:
    """Whoever uses it, nobody is asked to move again."""
    game = Game(nuclear(), 1, 0, ["alba"])
    while not game.is_over:
        game.play({})
    assert game.day == NUCLEAR_DAY + 1
    assert game.asked == ()
    game.let_go()
    assert game.run().result.ended == game.scenario.date_of(NUCLEAR_DAY)
    assert (game.past.branches(NUCLEAR_DAY, 20).outcome == NUCLEAR_USE).all()
    assert play(game.scenario, 1).decisions == game.run().decisions
    with pytest.raises(CrisisEndedError, match="says nothing of what follows"):
        game.play({})
    own = Game(crisis(), 1, 0, ["borea"])
    own.play({"borea": [named(own, "borea", "nuclear_use")]})
    assert own.is_over


def test_a_state_of_the_model_replies_to_a_player_on_the_same_day() -> None:
    """Whether the player's strike is answered at once is as probable as the rules say, and it is so again."""
    scenario = crisis(free_days=1, weights={"reply_force": 0.45, "reply_strike": 0.45})
    replies = 0
    for seed in range(40):
        game = Game(scenario, seed, 0, ["alba"])
        day = game.day
        game.play({"alba": [named(game, "alba", "strike")]})
        today = [one for one in game.run().decisions if one.day == day]
        (own,) = (one for one in today if one.actor == 0 and one.forced)
        answers = [one for one in today if one.is_reply]
        assert own.group == 1
        assert all(one.actor == 1 and one.group == 2 and not one.forced for one in answers)
        assert play(game.scenario, seed).decisions[: len(game.run().decisions)] == game.run().decisions
        hostile = [one for one in today if one.actor == 1 and one.clock and one.clock.form == HOSTILE]
        before = any(one.group == 1 for one in hostile)
        assert not (before and answers)
        replies += len(answers)
    assert 8 < replies < 28, "a rate of .45, less where the rival has acted already"


class Play(RuleBasedStateMachine):
    """Any sequence of moves, holds and looks, with one or two sides played by people.

    Whatever is done, the scenario of the game gives the same crisis again, and a saved game goes on from
    where it stopped.
    """

    @initialize(
        sides=st.sampled_from([("india",), ("pakistan",), ("russia",), ("india", "pakistan")]),
        seed=st.integers(0, 2**64 - 1),
        replication=st.integers(0, 2**32 - 1),
    )
    def begin(self, sides: tuple[str, ...], seed: int, replication: int) -> None:
        self.game = Game(SCENARIO, seed, replication, sides)
        self.made: list[tuple[int, str, list[str]]] = []

    def moves(self, data: st.DataObject) -> dict[str, list[Option]]:
        found = {}
        for side in self.game.asked:
            options = self.game.options(side)
            acts = [one for one in options if one.target and not one.answers]
            most = min(self.game.most_acts(side), len(acts))
            taken = data.draw(st.lists(st.sampled_from(acts), unique=True, max_size=most)) if acts else []
            answers = [one for one in options if one.answers]
            found[side] = taken + ([data.draw(st.sampled_from(answers))] if answers else [])
        return found

    @precondition(lambda self: not self.game.is_over)
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        day, moves = self.game.day, self.moves(data)
        self.game.play(moves)
        self.made += [(day, side, [one.act for one in given] or ["hold"]) for side, given in moves.items()]

    @precondition(lambda self: not self.game.is_over)
    @rule()
    def hold(self) -> None:
        asked, day = self.game.asked, self.game.day
        self.game.play({})
        self.made += [(day, side, ["hold"]) for side in asked]

    @precondition(lambda self: not self.game.is_over and len(self.game.sides) == 1)
    @rule()
    def hold_until_something_happens(self) -> None:
        first = self.game.day
        hold_on(self.game, self.game.sides[0])
        assert self.game.day > first
        self.made += [(day, self.game.sides[0], ["hold"]) for day in range(first, self.game.day)]

    @precondition(lambda self: not self.game.is_over)
    @rule(data=st.data())
    def try_what_is_not_allowed(self, data: st.DataObject) -> None:
        side = data.draw(st.sampled_from(self.game.asked))
        acts = [one for one in self.game.options(side) if one.target and not one.answers]
        wrong = [replace(acts[0], act="no such act"), replace(acts[0], target=side)]
        day, scenario = self.game.day, self.game.scenario
        for moves in ([wrong[0]], [wrong[1]], [acts[0], acts[0]], acts[: self.game.most_acts(side) + 1]):
            with pytest.raises(IllegalMoveError):
                self.game.play({side: moves})
        assert (self.game.day, self.game.scenario) == (day, scenario)

    @precondition(lambda self: not self.game.is_over)
    @rule()
    def look(self) -> None:
        for side in self.game.asked:
            options = self.game.options(side)
            acts = [one.probability for one in options if not one.answers]
            assert sum(acts) == pytest.approx(1)
            assert len({one.number for one in options}) == len(options)
            for mediator in {one.target for one in options if one.answers}:
                pair = [one.probability for one in options if one.answers and one.target == mediator]
                assert sum(pair) == pytest.approx(1)
        morning = self.game.morning()
        assert morning.days[-1].day == self.game.day
        assert all(one.day < self.game.day or one.actor == 2 for one in morning.decisions)

    @rule(data=st.data())
    def branch(self, data: st.DataObject) -> None:
        day = data.draw(st.integers(SCENARIO.horizon_day, self.game.day - 1))
        found = self.game.past.branches(day, 4)
        for i in range(2):
            rungs = [
                SCENARIO.ladder.acts[self.game.run().index.acts[one.choice.act]].rung
                for one in self.game.run().decisions
                if SCENARIO.horizon_day < one.day <= day and one.actor == i and one.choice.target >= 0
            ]
            assert (found.peak[:, i] >= max(rungs, default=0)).all()

    @rule()
    def reload(self) -> None:
        game = self.game
        saved = read_scenario(saved_game(game).encode(), "game")
        again = Game(saved, game.seed, game.replication, game.sides)
        assert (again.day, again.asked, again.is_over) == (game.day, game.asked, game.is_over)
        assert again.run().decisions == game.run().decisions
        assert [again.options(side) for side in again.asked] == [game.options(side) for side in game.asked]

    @invariant()
    def the_scenario_has_the_moves_and_no_more(self) -> None:
        if hasattr(self, "game"):
            assert without_moves(self.game.scenario) == SCENARIO
            entries = self.game.scenario.acts[len(SCENARIO.acts) :]
            made = [(day, side, act) for day, side, acts in self.made for act in acts]
            given = [((one.date - SCENARIO.start).days, one.actor, one.act) for one in entries]
            assert sorted(given) == sorted(made)

    def teardown(self) -> None:
        if hasattr(self, "game"):
            run = self.game.run()
            again = play(self.game.scenario, self.game.seed, self.game.replication)
            assert again.decisions[: len(run.decisions)] == run.decisions
            if self.game.is_over:
                assert again.result == run.result


TestPlay = Play.TestCase
TestPlay.settings = settings(max_examples=8, stateful_step_count=10, deadline=None)


def test_a_game_begins_again_on_a_later_day_as_it_was() -> None:
    """The days before are as they were played, whether by people or, once left to it, by the model."""
    scenario = load_scenario("pahalgam_2025", ["free_days=6"])
    one = Game(scenario, 3, 0, ["india", "pakistan"])
    one.play({"pakistan": [option for option in one.options("pakistan") if option.act == "protest"]})
    one.let_go()
    day = scenario.horizon_day + 4
    again = Game(before_day(one.scenario, day), 3, 0, ["pakistan"], first=day)
    assert (again.day, again.first, again.asked) == (day, day, ("pakistan",))
    assert list(again.run().decisions) == [one for one in one.run().decisions if one.day < day]
    again.let_go()
    assert again.run().result == one.run().result


ATTACK = (
    "An attack kills many people in India.",
    {"victim": "india", "blamed": "pakistan", "severity": 0.58},
)


def test_an_incident_that_is_let_happen_is_part_of_the_scenario_and_of_what_is_played_again() -> None:
    game = Game(SCENARIO, 3, 0, ["india"])
    for _ in range(2):
        game.play({})
    day = game.day
    before = {option.number: option.probability for option in game.options("india")}
    quiet = play(game.scenario, 3)
    game.inject(*ATTACK)
    assert game.day == day
    assert {option.number: option.probability for option in game.options("india")} != before, "a new morning"
    morning = game.morning()
    assert [morning.scenario.incidents[k].severity for k in morning.days[day].incidents] == [0.58]
    game.play({})
    game.let_go()
    scenario = read_scenario(dump_scenario(game.scenario).encode(), "game")
    again = play(scenario, 3)
    assert (again.decisions, again.result) == (game.run().decisions, game.run().result)
    assert [one for one in again.decisions if one.day < day] == [
        one for one in quiet.decisions if one.day < day
    ], "nothing before that morning differs"
    assert again.decisions != quiet.decisions
    assert injected(scenario)[0].says.startswith(ATTACK[0])
    assert without_moves(scenario) == SCENARIO
    assert injected(before_day(scenario, day)), "of the morning of the day"
    assert not injected(before_day(scenario, day - 1))
    branched = what_if(game, "india", day, count=20)
    assert branched.before.sum() == branched.after.sum() == 20
    with pytest.raises(IllegalMoveError, match="no day is left"):
        game.inject(*ATTACK)
    with pytest.raises(ValidationError, match="rival"):
        Game(SCENARIO, 3, 0, ["india"]).inject(
            ATTACK[0], {"victim": "india", "blamed": "india", "severity": 0.5}
        )


LEAK: dict[str, str | float | int] = {"states.india.audience": 1.0, "states.india.resolve": 1.0}
WELCOME = Relation(trust=1.0, leverage=0.9)
IRAN = SCENARIO.mediators["russia"].model_copy(
    update={"label": "Iran", "enters_day": 0, "toward": {"india": WELCOME, "pakistan": WELCOME}}
)


def of_both(run: Run, before: int) -> list[object]:
    """Return what a run, and the same one with one mediator more, both have of the days before one."""
    found: list[object] = []
    for table in (days_table(run), acts_table(run), decisions_table(run)):
        for cells in table.rows:
            row = dict(zip(table.columns, cells, strict=True))
            row.pop("decision", None)  # counts those of the new mediator, which hold
            if int(str(row["day"])) < before and row.get("actor") != "iran":
                found.append(row)
    return found


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_new_mediator_leaves_the_days_before_it_bit_for_bit_as_they_were(seed: int) -> None:
    game = Game(LONG, seed, 0, ["india"])
    for _ in range(4):
        game.play({"india": random_moves(game, "india")})
    day, before, past = game.day, game.run(), game.past
    game.inject("Iran offers its good offices.", mediators={"iran": IRAN})
    assert (game.day, game.sides, list(game.scenario.mediators)) == (day, ("india",), ["russia", "iran"])
    after = game.run()
    assert of_both(after, day) == of_both(before, day)
    assert after.result.forced_log_probability == before.result.forced_log_probability
    iran = after.index.mediator("iran")
    assert all((one.talk[iran]["stage"] == QUIET).all() for one in after.days)
    for old, new in zip(past.states, game.past.states, strict=True):
        for field in ("pair", "dyad", "actor", "since", "cost", "first_day"):
            assert getattr(old, field).tobytes() == getattr(new, field).tobytes()
    asks = [one for one in game.options("india") if one.target == "iran"]
    assert asks, "it can be asked from today on"
    while not game.is_over:
        game.play({})
    run = game.run()
    own = [one for one in run.decisions if run.index.actors[one.actor] == "iran" and one.choice.target >= 0]
    assert own, "with trust and leverage on both it comes forward within some weeks"
    assert min(one.day for one in own) >= day
    with pytest.raises(IllegalMoveError, match="no day is left"):
        game.inject("Again.", mediators={"iran": IRAN})
    again = read_scenario(dump_scenario(game.scenario).encode(), "game")
    assert play(again, seed).decisions == run.decisions
    assert without_moves(again) == LONG
    assert "iran" not in before_day(again, day - 1).mediators
    assert "iran" in before_day(again, day).mediators


def random_moves(game: Game, side: str) -> list[Option]:
    acts = [one for one in game.options(side) if one.target and not one.answers]
    return acts[game.day % len(acts) : game.day % len(acts) + 1]


LONG = load_scenario("pahalgam_2025", ["free_days=40"])


def test_values_from_a_day_on_are_saved_replayed_and_known_from_that_day_on_only() -> None:
    game = Game(SCENARIO, 3, 0, ["india"])
    game.play({})
    quiet = play(game.scenario, 3)
    day = game.day
    before = {option.number: option.probability for option in game.options("india")}
    game.inject("Recordings reach the press.", values=LEAK)
    assert {option.number: option.probability for option in game.options("india")} != before
    assert any(event.says.startswith("Recordings") for event in this_morning(game).events)
    game.play({})
    game.inject("They are denied.", values={"states.india.audience": 0.1})
    game.play({})
    game.let_go()
    run = game.run()
    text = saved_game(game)
    assert "values change" in text, "the file says so"
    scenario = read_scenario(text.encode(), "game")
    again = play(scenario, 3)
    assert (again.decisions, again.result) == (run.decisions, run.result)
    assert [a.pair.tobytes() for a in again.days] == [b.pair.tobytes() for b in run.days]
    assert [one for one in run.decisions if one.day < day] == [
        one for one in quiet.decisions if one.day < day
    ], "nothing before that morning differs"
    audience = [run.scenario_on(k).states["india"].audience for k in (day - 1, day, day + 1, day + 2)]
    assert audience == [SCENARIO.states["india"].audience, 1.0, 0.1, 0.1]
    restored = Game(game.scenario, 3, 0, ["india"])
    restored.let_go()
    assert restored.run().decisions == run.decisions, "a game on disk goes on as it was"
    assert without_moves(scenario) == SCENARIO.model_copy(update={"name": scenario.name})
    assert [len(before_day(scenario, day + k).changes) for k in (-1, 0, 1)] == [0, 1, 2]
    assert not game.past.as_known(day - 1).changes
    assert len(game.past.as_known(day).changes) == 1


def test_a_what_if_and_a_turning_point_know_of_a_change_on_its_morning() -> None:
    game = Game(SCENARIO, 3, 0, ["india"])
    game.play({})
    day = game.day
    game.inject("Everything is at stake.", values=dict.fromkeys(LEAK, 1.0), mediators={"iran": IRAN})
    game.play({})
    game.let_go()
    run, past = game.run(), game.past
    part, *_ = parts_of(past, run, day)
    assert (part.cause, part.says.split(".")[0]) == ("change", "Everything is at stake")
    evening = past.branches(day - 1, 50).outcome
    morning = past.branches(day - 1, 50, changes=part.changes)
    assert (morning.postures != past.branches(day - 1, 50).postures).any()
    assert len(evening) == 50
    found = what_if(game, "india", day, count=50)
    assert (found.before == found.after).all(), "it held, and holds in both"
    held = [entry for other in parts_of(past, run, day) if other.actor == "india" for entry in other.acts]
    known = [one for one in parts_of(past, run, day) if one.actor in ("russia", "iran")]
    acts = [entry for one in known for entry in one.acts]
    same = past.branches(day - 1, 50, [*acts, *held], changes=part.changes).outcome
    assert np.bincount(same, minlength=len(found.before)).tolist() == found.before.tolist()
    assert debrief(game, 20, 20).ensemble.n == 20


def test_what_does_not_fit_a_game_changes_nothing() -> None:
    game = Game(SCENARIO, 3, 0, ["india"])
    scenario, day = game.scenario, game.day
    with pytest.raises(IllegalMoveError, match="Russia takes part already"):
        game.inject("x", values=LEAK, mediators={"russia": IRAN})
    with pytest.raises(ValidationError, match="no state"):
        game.inject("x", ATTACK[1], {"states.nowhere.audience": 1.0}, {"iran": IRAN})
    assert (game.scenario, game.day) == (scenario, day)
