"""The crisis as a Mesa model, and that luck, other actors and the record leave it as it is."""

from __future__ import annotations

import copy
import warnings

import mesa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.engine.model import CrisisEndedError, CrisisModel, MediatorAgent, StateAgent
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import DEFAULT_SEED, OUTCOMES
from tests.engine.runs import Move, Played, assert_close, assert_same_days, assert_same_run, played
from tests.strategies import (
    NUCLEAR,
    Tree,
    build,
    crisis,
    crisis_tree,
    dated,
    incident,
    replications,
    scenarios,
    seeds,
    trees,
)

HAS_A_CLOCK = hasattr(mesa.Model, "run_for")


@pytest.fixture
def four_states() -> Scenario:
    """Two pairs of rivals that also quarrel across, an alliance, and two mediators of different styles."""
    names = ("alba", "borea", "corda", "dania")
    states = {name: {"label": name} for name in names}
    states["alba"]["capabilities"] = states["borea"]["capabilities"] = NUCLEAR
    mediators = {
        "umbra": {"label": "U", "enters_day": 2, "style": "facilitation", "form": "bilateral"},
        "vesta": {"label": "V", "enters_day": 4, "style": "manipulation", "form": "third_party"},
    }
    pairs = [["alba", "borea"], ["alba", "corda"], ["dania", "corda"]]
    return crisis(
        states=states,
        mediators=mediators,
        rivalries=[{"between": pair, "contested_line": True, "hotline": True} for pair in pairs],
        alliances=[{"members": ["borea", "corda"], "solidarity": 0.9}],
        incidents=[incident(0, "alba", "borea"), incident(2, "dania", "corda")],
        hazards=[{"label": "x", "victim": "corda", "blamed": "alba", "per_day": 0.05, "severity": 0.6}],
        acts=[
            dated(1, "alba", "raid", "borea"),
            dated(2, "borea", "raid", "alba"),
            dated(2, "corda", "threat", "alba", seq=2),
            dated(3, "dania", "mobilise", "corda"),
            dated(4, "vesta", "offer", "dania", concerning="corda"),
        ],
    )


def test_a_crisis_of_four_states_and_two_mediators_plays_to_its_end(four_states: Scenario) -> None:
    acted: set[str] = set()
    for replication in range(12):
        run = played(four_states, 3, replication)
        assert run.model.day == four_states.last_day
        assert run.model.outcome in OUTCOMES
        acted |= {move.actor for move in run.moves() if not move.forced and move.act != "hold"}
    assert acted == {"alba", "borea", "corda", "dania", "umbra", "vesta"}


# Mesa


def test_it_is_a_mesa_model_that_steps_days_until_it_stops() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        model = CrisisModel(crisis(free_days=3), 1)
        assert isinstance(model, mesa.Model)
        assert (model.running, model.day) == (True, -1)
        days = []
        while model.running:
            model.step()
            days.append(model.day)
    assert days == list(range(8))
    assert model.date == model.crisis.date_of(7)
    assert steps(model) == 8


def test_the_scenario_is_given_as_the_crisis_and_the_seed_has_the_default_of_all() -> None:
    scenario = crisis(free_days=10)
    ours, same = CrisisModel(crisis=scenario), CrisisModel(scenario, DEFAULT_SEED)
    assert ours.crisis is scenario
    for model in (ours, same):
        model.run_model()
    assert ours.state.pair.tobytes() == same.state.pair.tobytes()


def steps(model: CrisisModel) -> int:
    """Return Mesa's count of steps; Mesa 4 has its clock instead."""
    return int(model.steps if hasattr(model, "steps") else model.time)


def assert_ended(model: CrisisModel, last: int) -> None:
    """Assert that the model stands at the end of its last day, whatever is asked of it."""
    before = model.state.pair.tobytes()
    rows = len(model.datacollector.get_model_vars_dataframe())
    asked = [model.step, model.step, type(model).step.__get__(model)]
    if HAS_A_CLOCK:
        asked += [lambda: model.run_for(5), lambda: model.run_until(last + 9), lambda: model.run_for(1)]
    for ask in asked:
        with pytest.raises(CrisisEndedError, match=f"day {last}"):
            ask()
        assert (model.day, steps(model), model.running) == (last, last + 1, False)
    model.run_model()  # nothing remains to be played
    assert model.state.pair.tobytes() == before
    assert len(model.datacollector.get_model_vars_dataframe()) == rows == last + 1
    if HAS_A_CLOCK:
        assert model.time == last + 1


def test_a_step_past_the_end_is_refused_and_changes_nothing() -> None:
    model = CrisisModel(crisis(free_days=3), 1, record=True)
    model.run_model()
    assert_ended(model, 7)
    assert len(model.recorder.days) == 8


@pytest.mark.skipif(not HAS_A_CLOCK, reason="Mesa has run_for and run_until from 3.5 on")
@pytest.mark.parametrize("way", [("run_for", 100), ("run_until", 100), ("run_for", 8), ("run_until", 8)])
def test_mesa_s_own_ways_of_running_stop_at_the_end(way: tuple[str, int]) -> None:
    name, days = way
    model = CrisisModel(crisis(free_days=3), 1)
    model.run_for(2)
    assert (model.day, model.time, model.running) == (1, 2.0, True)
    getattr(model, name)(days)
    assert_ended(model, 7)
    stepped = CrisisModel(crisis(free_days=3), 1)
    stepped.run_model()
    assert stepped.state.pair.tobytes() == model.state.pair.tobytes()


def test_a_crisis_of_one_day_ends_after_it() -> None:
    model = CrisisModel(crisis(horizon=0, free_days=0, acts=[]))
    model.run_model()
    assert (model.day, model.running) == (0, False)


def test_agents_are_found_by_type_and_show_their_state() -> None:
    model = CrisisModel(crisis(), 1)
    assert [agent.name for agent in model.agents_by_type[StateAgent]] == ["alba", "borea"]
    assert [agent.name for agent in model.agents_by_type[MediatorAgent]] == ["umbra"]
    assert len(model.agents) == 3
    model.run_model()
    for agent in model.agents_by_type[StateAgent]:
        i = agent.number
        assert agent.posture == model.state.pair["posture"][i].max() > 0.0
        assert agent.fear == model.state.actor["fear"][i] > 0.0
        assert agent.exhaustion == model.state.actor["exhaustion"][i] > 0.0
        assert 0 <= agent.peak <= 10


def test_the_data_collector_has_a_row_a_day() -> None:
    run = played(crisis(free_days=10), 4)
    model = run.model
    of_model = model.datacollector.get_model_vars_dataframe()
    assert list(of_model.columns) == ["date", "outcome", "forced_log_probability"]
    assert list(of_model["date"]) == [model.crisis.date_of(day) for day in range(15)]
    assert set(of_model["outcome"]) <= set(OUTCOMES)
    assert of_model["forced_log_probability"].iloc[-1] == model.forced_log_probability
    of_agents = model.datacollector.get_agenttype_vars_dataframe(StateAgent)
    assert list(of_agents.columns) == ["name", "posture", "fear", "exhaustion", "peak"]
    assert len(of_agents) == 2 * 15
    alba = of_agents[of_agents["name"] == "alba"]
    assert list(alba["posture"]) == [float(day.pair["posture"][0].max()) for day in run.days]
    assert list(alba["fear"]) == [float(day.actor["fear"][0]) for day in run.days]
    assert alba["peak"].is_monotonic_increasing


def test_playing_never_draws_from_mesa_s_generators() -> None:
    model = CrisisModel(crisis(), 1)
    before = copy.deepcopy(model.rng.bit_generator.state), model.random.getstate()
    model.run_model()
    assert (model.rng.bit_generator.state, model.random.getstate()) == before


# Luck


@settings(max_examples=12)
@given(scenarios(max_free_days=20), seeds, replications)
def test_the_same_luck_gives_the_same_run(scenario, seed: int, replication: int) -> None:
    assert_same_run(played(scenario, seed, replication), played(scenario, seed, replication))


def test_other_luck_gives_another_run() -> None:
    scenario = crisis()
    runs = [played(scenario, seed, replication) for seed in (1, 2) for replication in (0, 1)]
    assert len({tuple(run.moves()) for run in runs}) == len(runs)


def test_a_replication_alone_is_the_one_in_a_row() -> None:
    scenario = crisis()
    row = [played(scenario, 9, replication) for replication in range(5)]
    for replication in (4, 2, 0):
        assert_same_run(played(scenario, 9, replication), row[replication])


def test_models_side_by_side_do_not_touch_each_other() -> None:
    scenario = crisis(free_days=8)
    models = [CrisisModel(scenario, 9, replication, record=True) for replication in (0, 1)]
    while models[0].running:
        for model in models:
            model.step()
    for replication, model in enumerate(models):
        assert_same_days(model.recorder.days, played(scenario, 9, replication).days)


@settings(max_examples=12)
@given(trees(max_free_days=15), seeds, st.integers(1, 10))
def test_more_days_go_on_from_the_same_days(tree: Tree, seed: int, more: int) -> None:
    longer = tree | {"free_days": tree["free_days"] + more}
    short, long = played(build(tree), seed), played(build(longer), seed)
    assert_same_days(short.days, long.days[: len(short.days)])


# Other actors


def of(run: Played, names: set[str]) -> list[Move]:
    return [move for move in run.moves() if move.actor in names]


@settings(max_examples=12)
@given(trees(max_mediators=2, min_free_days=5, max_free_days=15), seeds)
def test_a_mediator_that_never_comes_changes_nothing(tree: Tree, seed: int) -> None:
    nobody = {"label": "N", "enters_day": 100_000, "style": "manipulation", "form": "third_party"}
    more = copy.deepcopy(tree)
    more["mediators"] |= {"nobody": nobody}
    without, with_nobody = played(build(tree), seed), played(build(more), seed)
    names = set(without.model.index.actors)
    assert of(without, names) == of(with_nobody, names)
    assert all(move.act == "hold" for move in of(with_nobody, {"nobody"}))
    m = len(tree["mediators"])
    for mine, theirs in zip(without.days, with_nobody.days, strict=True):
        for name in ("actor", "pair", "dyad", "since"):
            assert getattr(mine, name).tobytes() == getattr(theirs, name).tobytes()
        assert (mine.talk == theirs.talk[:m]).all()


def with_strangers(tree: Tree) -> Tree:
    more = copy.deepcopy(tree)
    more["states"] |= {name: {"label": name} for name in ("xenia", "ypsilon")}
    more["rivalries"] += [{"between": ["xenia", "ypsilon"], "tension": 3.0, "contested_line": True}]
    return more


@settings(max_examples=12)
@given(trees(max_states=3, max_mediators=0, min_free_days=5, max_free_days=15), seeds)
def test_another_pair_that_never_meets_these_changes_nobody_s_draws(tree: Tree, seed: int) -> None:
    alone, together = played(build(tree), seed), played(build(with_strangers(tree)), seed)
    n = len(tree["states"])
    assert of(alone, set(tree["states"])) == of(together, set(tree["states"]))
    for mine, theirs in zip(alone.days, together.days, strict=True):
        assert (mine.pair == theirs.pair[:n, :n]).all()
        assert (mine.actor == theirs.actor[:n]).all()


def test_another_pair_that_never_meets_these_changes_no_answer_to_a_mediator() -> None:
    """The mediator comes by a forced offer only, so that nothing but the answers can differ."""
    silent = copy.deepcopy(crisis_tree()["mediators"])
    silent["umbra"]["enters_day"] = 100_000
    acts = [dated(5, "umbra", "offer", "alba", concerning="borea")]
    tree = crisis_tree(mediators=silent, acts=acts, free_days=1)
    for seed in range(20):
        alone, together = played(build(tree), seed), played(build(with_strangers(tree)), seed)
        assert of(alone, {"alba", "borea"}) == of(together, {"alba", "borea"})


@settings(max_examples=12)
@given(trees(max_free_days=0), st.randoms(use_true_random=False))
def test_the_names_of_the_states_and_their_order_do_not_matter(tree: Tree, random) -> None:
    """In history no luck is drawn: the same acts lead to the same state, whoever is asked first."""
    order = list(tree["states"])
    random.shuffle(order)
    relabelled = tree | {"states": {name: tree["states"][name] for name in order}}
    one, other = played(build(tree)), played(build(relabelled))
    at = [other.model.index.actor[name] for name in tree["states"]]
    for mine, theirs in zip(one.days, other.days, strict=True):
        assert_close(mine.actor, theirs.actor[at])
        assert_close(mine.pair, theirs.pair[at][:, at])
        assert (mine.since == theirs.since[at][:, at]).all()
    assert one.model.forced_log_probability == pytest.approx(other.model.forced_log_probability)


def test_the_rung_of_nuclear_use_in_outcomes_measures_and_changes_no_act() -> None:
    states = {name: {"label": name} for name in ("alba", "borea")}
    runs = [played(crisis(outcome={"nuclear_rung": rung}, states=states, free_days=5), 1) for rung in (9, 10)]
    assert runs[0].decisions == runs[1].decisions


def test_the_quiet_days_of_the_outcome_measure_and_change_no_act() -> None:
    acts = [dated(1, "alba", "raid", "borea")]
    runs = [played(crisis(outcome={"quiet_days": days}, acts=acts, free_days=5), 1) for days in (1, 14)]
    assert runs[0].decisions == runs[1].decisions
