"""Names become numbers: the order of acts and options, and what each actor may ever choose."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import vocabulary
from escalation.engine import pack as packing
from escalation.engine.luck import CLOCK, FIRING, INCIDENT, draw_all, key_of, luck_of, uniform
from escalation.engine.pack import Index, Packer, pack
from escalation.rules import state as records
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights
from tests.strategies import (
    ACTS,
    NUCLEAR,
    PUNISHMENTS,
    border_fire,
    crisis,
    dated,
    incident,
    ladder,
    scenarios,
)

CONCESSIONS = ("offer_talks", "use_hotline", "propose_ceasefire", "accept_ceasefire", "withdraw", "pull_back")
SORTS = {
    **dict.fromkeys(PUNISHMENTS, "punishment_threshold"),
    **dict.fromkeys(("threat", "nuclear_signal"), "threat_threshold"),
    **dict.fromkeys((*CONCESSIONS, "ask"), "conciliation"),
}
"""Which intercept an act has in addition to its own."""


def options_of(scenario: Scenario, name: str) -> list[tuple[str, str | None, str | None]]:
    """Return an actor's options by name."""
    index, params = Index(scenario), pack(scenario)
    actor = index.actor[name]
    rows = params.options[params.first_option[actor] : params.first_option[actor + 1]]

    def named(number: int) -> str | None:
        return index.actors[number] if number >= 0 else None

    return [(index.acts[row["act"]], named(row["target"]), named(row["other"])) for row in rows]


@given(scenarios(max_free_days=2))
def test_hold_comes_first_and_the_rest_by_block_in_ladder_order(scenario) -> None:
    index, params = Index(scenario), pack(scenario)
    assert index.acts[0] == "hold"
    assert sorted(index.acts) == sorted(scenario.ladder.acts)
    rungs = params.acts["rung"][1:]
    assert (np.diff(rungs) >= 0).all()
    assert params.first_option[0] == 0
    assert params.first_option[-1] == len(params.options)
    for first, end in itertools.pairwise(params.first_option):
        mine = params.options[first:end]
        assert (mine["act"][0], mine["target"][0], mine["other"][0]) == (0, -1, -1)
        keys = list(zip(mine["act"], mine["target"], mine["other"], strict=True))
        assert len(set(keys)) == len(keys)
    for block in params.blocks:
        rows = params.options[block.first : block.last]
        keys = list(zip(rows["act"], rows["target"], rows["other"], strict=True))
        assert keys == sorted(keys)
        assert set(params.acts["form"][rows["act"]].tolist()) == {block.form}
        toward = {
            vocabulary.CONCILIATORY: "target", vocabulary.POLITICAL: "target", vocabulary.HOSTILE: "target",
            vocabulary.APPEAL: "other",
        }.get(int(block.form))  # fmt: skip
        assert set(rows[toward].tolist() if toward else [-1]) == {block.rival}
    assert params.blocks["first"].tolist() == [0, *params.blocks["last"][:-1].tolist()]
    assert params.blocks["last"][-1] == len(params.options)
    for first, end in itertools.pairwise(params.first_block):
        clocks = params.blocks[["form", "rival"]][first:end].tolist()
        assert clocks == sorted(set(clocks))  # one for each form and rival
        assert clocks[0] == (vocabulary.HOLDING, -1)
    for name, column in params.traits._asdict().items():
        of_sort = [getattr(scenario.weights, SORTS[act]) if act in SORTS else 0.0 for act in index.acts]
        intercepts = params.acts["intercept"] + of_sort
        traits = {
            "height": params.acts["rung"] / 10.0,
            "intercept": intercepts,
            "baseline": np.array([math.exp(each) for each in intercepts]),
        }.get(name, params.acts[name] if name in params.acts.dtype.names else None)
        assert column.tolist() == traits[params.options["act"]].tolist()
    for block in params.blocks:
        assert block.baseline == pytest.approx(params.traits.baseline[block.first : block.last].sum())


@given(scenarios(max_free_days=2), st.integers(0, 2**32), st.integers(0, 400))
def test_every_simulated_day_has_its_draws(scenario, seed: int, day: int) -> None:
    """Of hazards, then border fire of pairs, then clocks: the numbers that each would draw by itself."""
    params, drawn = pack(scenario), luck_of(seed, 7)
    numbers = np.zeros(len(params.draws.who))
    draw_all(drawn, day, *params.draws, numbers)
    expected = [uniform(drawn, day, 0, 0, INCIDENT, k) for k in range(len(params.hazards))]
    expected += [uniform(drawn, day, i, j, FIRING, 0) for i, j in params.pairs.tolist()]
    for actor, (first, last) in enumerate(itertools.pairwise(params.first_block.tolist())):
        key = key_of(actor, len(params.states))
        for block in params.blocks[first:last]:
            expected.append(uniform(drawn, day, key, max(block.rival, 0), CLOCK, block.form))
    assert numbers.tolist() == expected


def test_pairs_are_those_that_are_rivals() -> None:
    rivalries = [{"between": ["corda", "alba"]}, {"between": ["borea", "alba"]}]
    states = {name: {"label": name, "capabilities": []} for name in ("alba", "borea", "corda")}
    assert pack(crisis(states=states, rivalries=rivalries)).pairs.tolist() == [[0, 1], [0, 2]]


@given(scenarios(max_free_days=2))
def test_everybody_may_choose_exactly_what_the_ladder_gives_it(scenario) -> None:
    rivals: dict[str, set[str]] = {name: set() for name in scenario.states}
    for one, other in (rivalry.between for rivalry in scenario.rivalries):
        rivals[one].add(other)
        rivals[other].add(one)
    for name, state in scenario.states.items():
        able = [
            act
            for act, spec in ACTS.items()
            if spec["kind"] != "mediation"
            and act != "hold"
            and spec.get("capability") in (None, *state.capabilities)
        ]
        expected = {("hold", None, None)}
        expected |= {(act, rival, None) for act in able for rival in rivals[name]}
        expected |= {("ask", mediator, rival) for mediator in scenario.mediators for rival in rivals[name]}
        assert set(options_of(scenario, name)) == expected
    quarrelling = [name for name in scenario.states if rivals[name]]
    order = list(scenario.states)
    pairs = [tuple(sorted(rivalry.between, key=order.index)) for rivalry in scenario.rivalries]
    for name in scenario.mediators:
        expected = {("hold", None, None)} | {("urge", state, None) for state in quarrelling}
        expected |= {(act, *pair) for act in ("offer", "formula", "press") for pair in pairs}
        assert set(options_of(scenario, name)) == expected


def test_capabilities_decide_who_may_take_an_act() -> None:
    scenario = crisis()
    assert ("suspend_treaty", "borea", None) in options_of(scenario, "alba")
    assert ("suspend_treaty", "alba", None) not in options_of(scenario, "borea")


def test_every_number_arrives_in_its_place() -> None:
    """Each field gets a value of its own, so that no two can be swapped unseen."""
    states = {
        "alba": {
            "label": "A", "capabilities": NUCLEAR, "resolve": 0.11, "audience": 0.12, "risk_aversion": 0.13,
            "signal_credibility": 0.14, "third_party_aversion": 0.15,
        },
        "borea": {"label": "B", "capabilities": NUCLEAR},
        "corda": {"label": "C"},
    }  # fmt: skip
    mediators = {
        "umbra": {
            "label": "U", "enters_day": 17, "style": "formulation", "form": "bilateral",
            "persistence": 0.21, "credibility": 0.22,
            "toward": {"borea": {"trust": 0.23, "bias": -0.24, "leverage": 0.25}},
        },
    }  # fmt: skip
    rivalries = [
        {
            "between": ["borea", "alba"],
            "tension": 1.5,
            "contested_line": True,
            "activity": 3.25,
            "lull_days": 77,
            "stakes": 0.26,
        },
        {"between": ["alba", "corda"], "hotline": True},
    ]
    scenario = crisis(
        states=states,
        mediators=mediators,
        rivalries=rivalries,
        alliances=[
            {"members": ["borea", "corda"], "solidarity": 0.31},
            {"members": ["borea", "corda"], "solidarity": 0.3},
        ],
        hazards=[{"label": "x", "victim": "alba", "blamed": "corda", "per_day": 0.04, "severity": 0.41}],
        incidents=[incident(2, "corda", "alba", 0.42)],
        border_fire=[border_fire(1, "borea", "alba", nights=3, goes_on=True)],
        outcome={
            "nuclear_rung": 10, "war_rung": 8, "force_rung": 7, "violence_rung": 4, "standoff_rung": 2,
            "quiet_days": 6,
        },
        acts=[dated(3, "alba", "threat", "corda", seq=2), dated(1, "umbra", "offer", "borea")],
        max_acts_per_day=4,
        weights={"ratchet": 0.77},
    )  # fmt: skip
    params, index = pack(scenario), Index(scenario)
    alba, borea, corda, umbra = (index.actor[name] for name in ("alba", "borea", "corda", "umbra"))
    assert (alba, borea, corda, umbra, index.mediator("umbra")) == (0, 1, 2, 3, 0)
    assert params.states[alba].tolist() == (0.11, 0.12, 0.13, 0.14, 0.15)
    assert params.mediators[0].tolist() == (0.21, 0.22, 17, vocabulary.FORMULATION, 1)
    assert params.relations[0, borea].tolist() == (0.23, -0.24, 0.25)
    assert params.relations[0, alba].tolist() == (0.5, 0.0, 0.2)
    assert params.rivalries[alba, borea].tolist() == (1.5, 3.25, 77.0, 0.26, 1, 1, 0, 1)
    assert params.rivalries[borea, alba].tolist() == (1.5, 3.25, 77.0, 0.26, 1, 1, 0, 1)
    assert params.rivalries[alba, corda].tolist() == (0.0, 0.0, 1.0, 1.0, 1, 0, 1, 0)
    assert params.rivalries[borea, corda].tolist() == (0.0, 0.0, 0.0, 0.0, 0, 0, 0, 0)
    assert params.solidarity[borea, corda] == params.solidarity[corda, borea] == 0.31
    assert params.solidarity[alba].tolist() == [0.0, 0.0, 0.0]
    assert params.hazards[0].tolist() == (0.04, 0.41, alba, corda)
    assert params.incidents[0].tolist() == (0.42, 2, corda, alba)
    assert params.firing[0].tolist() == (1, 3, 1, alba, borea)
    answers = index.act["consent"], index.act["decline"]
    assert params.frame[0].tolist() == (4, 29, 4, *answers, 10, 8, 7, 4, 2, 6)
    assert params.forced[0].tolist() == (1, 1, umbra, index.act["offer"], alba, borea)
    assert params.forced[1].tolist() == (3, 2, alba, index.act["threat"], corda, -1)
    assert params.weights[0].ratchet == 0.77
    assert params.weights[0].dtype.names == tuple(Weights.model_fields)
    strike, accept = params.acts[index.act["strike"]], params.acts[index.act["accept_ceasefire"]]
    assert (strike.rung, strike.cost, strike.visibility) == (7.0, 0.5, 1.0)
    assert strike.hostility == 4.0
    assert (accept.needs_offer, accept.effect) == (index.act["propose_ceasefire"], vocabulary.CEASEFIRE)
    assert params.acts[index.act["propose_ceasefire"]].stands == 5
    forms = {name: int(act.form) for name, act in zip(index.acts, params.acts, strict=True)}
    expected = {
        "hold": vocabulary.HOLDING,
        "protest": vocabulary.POLITICAL,
        "trade_ban": vocabulary.POLITICAL,
        "threat": vocabulary.HOSTILE,
        "mobilise": vocabulary.HOSTILE,
        "missile_test": vocabulary.HOSTILE,
        "strike": vocabulary.HOSTILE,
        "offer_talks": vocabulary.CONCILIATORY,
        "ask": vocabulary.APPEAL,
        "urge": vocabulary.MEDIATION,
        "offer": vocabulary.MEDIATION,
    }
    assert {name: forms[name] for name in expected} == expected
    ended = [index.acts[k] for k in params.reverses[index.act["pull_back"]] if k >= 0]
    assert sorted(ended) == ["alert", "mobilise"]
    assert index.acts[params.frame[0].decline] == "decline"


def test_forced_acts_go_by_day_and_group_then_file_order() -> None:
    entries = [
        dated(3, "borea", "threat", "alba"),
        dated(2, "alba", "alert", "borea", seq=2),
        dated(2, "borea", "protest", "alba"),
        dated(2, "alba", "threat", "borea"),
        dated(2, "alba", "protest", "borea"),
    ]
    scenario = crisis(acts=entries)
    index, forced = Index(scenario), pack(scenario).forced
    found = [(int(e["day"]), int(e["group"]), index.actors[e["actor"]], index.acts[e["act"]]) for e in forced]
    assert found == [
        (2, 1, "borea", "protest"),
        (2, 1, "alba", "threat"),
        (2, 1, "alba", "protest"),
        (2, 2, "alba", "alert"),
        (3, 1, "borea", "threat"),
    ]


def test_the_order_of_acts_in_the_file_decides_only_within_a_rung() -> None:
    backwards = ladder()
    backwards["acts"] = dict(reversed(backwards["acts"].items()))
    one, other = Index(crisis()), Index(crisis(ladder=backwards))
    rungs = {name: act["rung"] for name, act in ACTS.items()}
    assert [rungs[name] for name in one.acts] == [rungs[name] for name in other.acts]
    assert one.acts != other.acts


def test_a_mediation_act_must_say_which_of_several_rivals_it_concerns() -> None:
    states = {name: {"label": name} for name in ("alba", "borea", "corda")}
    rivalries = [{"between": ["alba", "borea"]}, {"between": ["alba", "corda"]}]
    acts = [dated(1, "umbra", "offer", "alba")]
    with pytest.raises(ValueError, match="concerning"):
        crisis(states=states, rivalries=rivalries, acts=acts)


def test_an_appeal_by_a_state_without_rivals_is_refused_by_name() -> None:
    states = {name: {"label": name} for name in ("alba", "borea", "corda")}
    with pytest.raises(ValueError, match="corda"):
        pack(crisis(states=states, acts=[dated(1, "corda", "ask", "umbra")]))


def test_a_forced_act_beyond_a_state_s_capabilities_is_refused() -> None:
    with pytest.raises(ValueError, match="suspend_treaty"):
        crisis(acts=[dated(1, "borea", "suspend_treaty", "alba")])


@pytest.mark.parametrize("blamed", ["alba", "corda"])
def test_an_incident_is_blamed_on_a_rival(blamed: str) -> None:
    states = {name: {"label": name} for name in ("alba", "borea", "corda")}
    with pytest.raises(ValueError, match="rival"):
        crisis(states=states, mediators={}, incidents=[incident(0, "alba", blamed)])


def test_a_ladder_with_offers_needs_their_answers() -> None:
    silent = ladder()
    del silent["acts"]["consent"], silent["acts"]["decline"]
    with pytest.raises(ValueError, match="consent"):
        crisis(ladder=silent)


def test_a_mediator_can_be_made_to_hold() -> None:
    scenario = crisis(acts=[dated(6, "umbra", "hold", "alba")])
    assert pack(scenario).forced["act"].tolist() == [0]


@pytest.mark.parametrize(
    ("row", "odd"),
    [
        ({"trust": 0.5, "bias": 0.1}, "leverage"),
        ({"trust": 0.5, "bias": 0.1, "leverage": 0.0, "weight": 1.0}, "weight"),
    ],
)
def test_a_row_with_a_missing_or_an_unexpected_field_is_refused(row: dict[str, float], odd: str) -> None:
    with pytest.raises(TypeError, match=f": {odd}"):
        packing._table(records.RELATION, [row])


def test_a_row_is_read_by_name_in_any_order() -> None:
    table = packing._table(records.RELATION, [{"leverage": 0.3, "trust": 0.1, "bias": 0.2}])
    assert table[0].tolist() == (0.1, 0.2, 0.3)


def varied(scenario: Scenario) -> list[Scenario]:
    """Return the scenario and others that share its ladder, each different in one thing that is packed."""
    name, state = next(iter(scenario.states.items()))
    unarmed = state.model_copy(update={"capabilities": ()})
    bold = state.model_copy(update={"resolve": 1.0})
    parts: list[dict[str, object]] = [
        {"states": scenario.states | {name: unarmed}},
        {"states": scenario.states | {name: bold}},
        {"states": dict(reversed(scenario.states.items()))},
        {"mediators": {}, "acts": (), "reports": ()},
        {"rivalries": scenario.rivalries[:1], "acts": (), "hazards": (), "incidents": ()},
        {"acts": scenario.acts[1:]},
        {"acts": tuple(reversed(scenario.acts))},
        {"start": scenario.start - dt.timedelta(days=2)},
        {"start": scenario.horizon},
        {"weights": Weights.model_construct(**dict(scenario.weights) | {"threat_threshold": -9.5})},
        {"free_days": 7},
        {"outcome": scenario.outcome.model_copy(update={"quiet_days": 99})},
    ]
    return [scenario, *(scenario.model_copy(update=part) for part in parts)]


@given(scenarios(max_free_days=2), st.data())
def test_what_is_packed_once_for_many_scenarios_is_what_each_needs(scenario: Scenario, data) -> None:
    packer = Packer()
    for one in data.draw(st.permutations(varied(scenario))):
        together, alone = packer.pack(one)._asdict(), pack(one)._asdict()
        nested = together.pop("traits")._asdict() | together.pop("draws")._asdict()
        for name, column in (nested | together).items():
            expected = getattr(alone["traits"], name, getattr(alone["draws"], name, alone.get(name)))
            assert column.dtype == expected.dtype, name
            assert column.tolist() == expected.tolist(), name


def test_scenarios_that_differ_in_a_disposition_share_their_options_weights_and_record() -> None:
    scenario = crisis(acts=[dated(1, "alba", "threat", "borea")])
    packer = Packer()
    one, bold = (packer.pack(each) for each in (scenario, varied(scenario)[2]))
    for name in ("options", "acts", "reverses", "first_block", "weights", "left", "lull", "forced"):
        assert getattr(one, name) is getattr(bold, name)
    assert one.states.tolist() != bold.states.tolist()


def test_a_packer_goes_to_another_process_and_packs_there() -> None:
    scenario = crisis(acts=[dated(1, "alba", "threat", "borea")])
    packer = Packer()
    packer.pack(scenario)
    elsewhere = pickle.loads(pickle.dumps(packer))
    assert elsewhere.pack(scenario).forced.tolist() == packer.pack(scenario).forced.tolist()
