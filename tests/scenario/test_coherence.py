"""Warnings of `validate`: an act that needs what is not there, and a case whose parts differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.engine.day import MEDIATORS_MOVE, STATES_ANSWER, ask_everyone, day_by
from escalation.engine.luck import luck_of
from escalation.engine.pack import Index, Setting, direction, pack
from escalation.files.places import Problem
from escalation.rules.mediate import mediator_can
from escalation.rules.options import appeal_is_available, available
from escalation.rules.state import OFFERED, OPEN, fresh_state, talk_of, today
from escalation.scenario.coherence import WARNINGS, doubts
from escalation.scenario.load import load_any, load_scenario, shipped_cases, shipped_scenarios
from escalation.scenario.scenario import Scenario
from tests.strategies import border_fire, build, crisis_tree, dated, scenarios

PAIR = ("alba", "borea")
THIRD = {"umbra": {"label": "U", "enters_day": 0, "style": "manipulation", "form": "bilateral"}}


def found(acts: list[Any], **changes: Any) -> list[tuple[str, int | str]]:
    """Return the warnings of a record: the name, and the number of the act or the key."""
    tree = crisis_tree(**{"acts": acts, "mediators": THIRD, **changes})
    return [(doubt.name, doubt.path[1]) for doubt in doubts(build(tree))]


def force(day: int = 1) -> Any:
    return dated(day, "alba", "strike", "borea")


def propose(day: int, by: str = "alba", to: str = "borea", seq: int = 1) -> Any:
    return dated(day, by, "propose_ceasefire", to, seq)


def accept(day: int, by: str = "borea", to: str = "alba", seq: int = 1) -> Any:
    return dated(day, by, "accept_ceasefire", to, seq)


def expel(day: int) -> Any:
    return dated(day, "alba", "expel", "borea")


def withdraw(day: int) -> Any:
    return dated(day, "alba", "withdraw", "borea")


def rivalry(**changes: Any) -> list[Any]:
    return [{"between": list(PAIR), "contested_line": True, "hotline": True} | changes]


def offer(day: int = 1, seq: int = 1) -> Any:
    return dated(day, "umbra", "offer", "alba", seq)


def consents(day: int, seq: int = 1) -> list[Any]:
    return [dated(day, state, "consent", "umbra", seq) for state in PAIR]


@pytest.mark.parametrize(
    ("acts", "wanted"),
    [
        ([force(), accept(2)], [("no_offer", 1)]),
        ([force(), propose(2), accept(3)], []),
        ([force(), propose(2), accept(2)], [("no_offer", 2)]),
        ([force(), propose(2), accept(2, seq=2)], []),
        ([force(), accept(2), accept(2, *PAIR)], []),
        ([propose(2)], [("no_violence", 0)]),
        ([force(), propose(2), accept(3), propose(4)], [("ceasefire_holds", 3)]),
        ([force(), propose(2), accept(3), force(4), propose(4, seq=2)], []),
        ([withdraw(1)], [("no_measure", 0)]),
        ([expel(1), withdraw(2)], []),
        ([dated(1, "borea", "expel", "alba"), withdraw(2)], [("no_measure", 1)]),
        ([expel(1), expel(2)], [("in_force", 1)]),
        ([expel(1), withdraw(2), withdraw(3)], [("no_measure", 2)]),
        ([expel(1), withdraw(2), expel(3), withdraw(4)], []),
        (consents(1), [("no_good_offices", 0), ("no_good_offices", 1)]),
        ([dated(1, "alba", "decline", "umbra")], [("no_good_offices", 0)]),
        ([offer(), *consents(1)], []),
        ([offer(), offer(2)], [("offered_already", 1)]),
        ([offer(), *consents(1), offer(2)], [("offered_already", 3)]),
        ([dated(1, "umbra", "formula", "alba")], [("no_talks", 0)]),
        ([offer(), dated(1, "umbra", "press", "alba", 2)], []),
        ([offer(), dated(1, "alba", "decline", "umbra"), dated(2, "umbra", "press", "alba")],
         [("no_talks", 2)]),
        ([dated(1, "alba", "ask", "umbra"), dated(2, "alba", "ask", "umbra")], [("repeated", 1)]),
        ([offer(), *consents(1), dated(1, "umbra", "press", "alba", 2), dated(2, "umbra", "press", "alba")],
         [("repeated", 4)]),
        ([dated(9, "alba", "withdraw", "borea"), accept(9)], []),  # after the horizon others choose, too
    ],
)  # fmt: skip
def test_an_act_that_needs_what_is_not_there(acts, wanted):
    assert found(acts) == wanted


def test_an_offer_of_a_ceasefire_lapses():
    acts = [force(0), propose(1)]
    assert found([*acts, accept(6)], horizon=10) == []
    assert found([*acts, accept(7)], horizon=10) == [("no_offer", 2)]


def test_firing_is_violence():
    fire = [border_fire(1, *PAIR, nights=2)]
    assert found([propose(2)], border_fire=fire) == []
    assert found([propose(3)], border_fire=fire) == [("no_violence", 0)]
    assert found([propose(3)], border_fire=[fire[0] | {"goes_on": True}]) == []


@pytest.mark.parametrize("day", [1, 9])
def test_a_hotline_that_does_not_exist(day):
    call = [dated(day, "alba", "use_hotline", "borea")]
    assert found(call, rivalries=rivalry(hotline=False)) == [("no_hotline", 0)]
    assert found(call, rivalries=rivalry()) == []


@pytest.mark.parametrize("day", [2, 9])
@pytest.mark.parametrize(
    "act",
    [("umbra", "urge", "alba"), ("alba", "ask", "umbra")],
)
def test_a_mediator_before_its_day_of_entry(day, act):
    def with_entry(on: int) -> Any:
        return {"umbra": THIRD["umbra"] | {"enters_day": on}}

    actor, name, target = act
    assert found([dated(day, actor, name, target)], mediators=with_entry(day + 1)) == [("not_entered", 0)]
    assert found([dated(day, actor, name, target)], mediators=with_entry(day)) == []


def test_a_mediator_beyond_its_style_or_its_time():
    facilitator = {"umbra": THIRD["umbra"] | {"style": "facilitation"}}
    acts = [offer(), dated(1, "umbra", "press", "alba", 2)]
    assert found(acts, mediators=facilitator) == [("beyond_style", 1)]
    late = {"umbra": THIRD["umbra"] | {"enters_day": 30}}
    assert found([], mediators=late) == [("never_enters", "umbra")]
    assert found([], mediators={"umbra": THIRD["umbra"] | {"enters_day": 29}}) == []


CASE = {
    "ended": "2020-01-05", "outcome": "prolonged_standoff", "mediation": "none", "coder": "x", "doubts": "x",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({"ended": "2020-01-06"}, ["ended_after_horizon"]),
        ({"ended": "2020-01-06", "use": "examination"}, []),
        ({"ended": "2020-01-06", "coded_to": "2020-01-05"}, []),
    ],
)
def test_a_case_that_ended_after_its_record(changes, wanted):
    assert [name for name, _ in found([], case=CASE | changes)] == wanted


def test_an_act_after_the_end_of_a_case():
    acts = [dated(3, "alba", "protest", "borea"), dated(4, "alba", "protest", "borea")]
    assert found(acts, case=CASE | {"ended": "2020-01-04"}) == [("act_after_end", 1)]


@pytest.mark.parametrize(
    ("acts", "coded", "differs"),
    [
        ([offer(), *consents(1)], "none", True),
        ([offer(), *consents(1)], "offered", True),
        ([offer(), *consents(1)], "accepted", False),
        ([offer()], "none", True),
        ([offer(), consents(1)[0]], "offered", False),
        ([], "accepted", False),
        ([dated(1, "alba", "ask", "umbra")], "none", False),
    ],
)
def test_mediation_of_a_case_says_no_less_than_its_acts(acts, coded, differs):
    names = [name for name, _ in found(acts, case=CASE | {"mediation": coded})]
    assert names == (["mediation_differs"] if differs else [])


def test_a_warning_has_the_place_of_its_value(tmp_path):
    path = tmp_path / "early.yaml"
    text = Path("docs/examples/two_states.yaml").read_text(encoding="utf-8")
    text = text.replace("enters_day: 3", "enters_day: 4")
    path.write_text(text, encoding="utf-8")
    (warning,) = load_any(path).warnings
    assert isinstance(warning, Problem)
    lines = text.splitlines()
    assert warning.warning == "not_entered"
    assert "2031-03-04" in lines[(warning.line or 0) - 1]
    assert str(warning).startswith(f"{path}:{warning.line}:{warning.column}: warning: acts.")
    assert str(warning).endswith("[not_entered]")


# What the coders could not say otherwise, see the notes of the acts.
SHIPPED = {
    "in_force": {
        "andes_2008", "berlin_1961", "georgia_2008", "june_1967", "kargil_1999", "korea_2017",
        "panmunjom_1976", "parliament_2001", "parliament_2001_second", "preah_vihear_2011",
        "sidra_1986", "south_atlantic_1982", "south_atlantic_1982_second", "taiwan_1954",
        "taiwan_1958_second", "taiwan_1995",
    },
    "no_measure": {
        "georgia_2008", "kargil_1999_second", "kashmir_1965", "parliament_2001_second", "suez_1956",
        "taiwan_1954",
    },
    "no_offer": {
        "sino_indian_1962",
    },
    "repeated": {
        "badme_1998", "cenepa_1995", "georgia_2008", "preah_vihear_2011", "south_atlantic_1982",
    },
}  # fmt: skip


def test_shipped_files_warn_of_nothing_else():
    warned: dict[str, set[str]] = {}
    for name in [*shipped_scenarios(), *shipped_cases()]:
        for doubt in doubts(load_scenario(name)):
            warned.setdefault(doubt.name, set()).add(name)
    assert warned == SHIPPED


def test_an_act_that_a_shipped_file_is_warned_of_has_a_note():
    for name in shipped_cases():
        case = load_scenario(name)
        assert all(case.acts[int(doubt.path[1])].note for doubt in doubts(case)), name


def test_every_warning_is_documented():
    page = Path("docs/writing_scenarios.md").read_text(encoding="utf-8")
    for name in WARNINGS:
        assert f"`{name}`" in page, name


# ------------------------------------------------------------------------------- against the rules

STATE_OF_RECORD = {
    "no_offer", "no_violence", "ceasefire_holds", "no_hotline", "no_measure", "in_force", "not_entered",
    "no_good_offices", "offered_already", "no_talks", "beyond_style", "repeated",
}  # fmt: skip


STEPS = [
    *((state, act, other) for state, other in (PAIR, PAIR[::-1]) for act in (
        "propose_ceasefire", "accept_ceasefire", "strike", "protest", "expel", "alert", "withdraw",
        "pull_back", "use_hotline",
    )),
    *((state, act, "umbra") for state in PAIR for act in ("ask", "consent", "consent", "decline")),
    *(("umbra", act, "alba") for act in ("offer", "offer", "formula", "press", "urge")),
]  # fmt: skip


@st.composite
def dense(draw: st.DrawFn) -> Scenario:
    """Draw a record of two rivals and a mediator in which what an act needs is often there."""
    steps = draw(
        st.lists(st.tuples(st.integers(0, 8), st.integers(1, 2), st.sampled_from(STEPS)), max_size=25)
    )
    mediator = THIRD["umbra"] | {
        "enters_day": draw(st.integers(0, 3)),
        "style": draw(st.sampled_from(["facilitation", "manipulation", "manipulation"])),
    }
    return build(
        crisis_tree(
            horizon=8,
            free_days=0,
            mediators={"umbra": mediator},
            rivalries=rivalry(hotline=draw(st.booleans())),
            border_fire=[border_fire(2, *PAIR, nights=3)] if draw(st.booleans()) else [],
            acts=[dated(day, actor, act, target, seq) for day, seq, (actor, act, target) in steps],
        )
    )


@settings(max_examples=150)
@given(scenarios(max_free_days=0) | dense())
def test_the_record_is_followed_as_the_rules_follow_it(scenario):
    """What an actor could have chosen is never doubted, and the rest is, with three exceptions."""
    warned = {doubt.path[1] for doubt in doubts(scenario) if doubt.name in STATE_OF_RECORD}
    setting, index, params = Setting(scenario), Index(scenario), pack(scenario)
    n = len(index.states)
    order = sorted(enumerate(scenario.acts), key=lambda pair: (pair[1].date, pair[1].seq))
    state, luck = fresh_state(params), luck_of(1, 0)

    def is_possible(entry: Any, group: Any) -> bool:
        act = scenario.ladder.acts[entry.act]
        a, actor = index.act[entry.act], index.actor[entry.actor]
        target, other = direction(setting, index, entry)
        if actor >= n:
            m = actor - n
            if act.effect in ("formula", "press") and talk_of(state, m, target, other).stage == OFFERED:
                talk = talk_of(state, m, target, other)
                talk.stage = OPEN
                can = mediator_can(params, state, m, a, target, other)
                talk.stage = OFFERED
                return bool(can)
            if act.effect == "offer":
                dyad = state.dyad[target, other]
                before, dyad.ceasefire = int(dyad.ceasefire), 0
                can = mediator_can(params, state, m, a, target, other)
                dyad.ceasefire = before
                return bool(can)
            return bool(mediator_can(params, state, m, a, target, other))
        if act.effect == "ask":
            return bool(appeal_is_available(params, state, actor, a, other, target - n))
        if act.effect in ("consent", "decline"):
            m = target - n
            stands = talk_of(state, m, actor, other).stage == OFFERED
            free = not state.side[m, actor, other].consented
            return bool(stands and free and today(state) >= params.mediators[m].enters)
        joint = any(e.act == entry.act and (e.actor, e.target) == (entry.target, entry.actor) for e in group)
        if act.requires.offer and joint:
            return not state.dyad[min(actor, target), max(actor, target)].ceasefire
        return bool(available(params, state, actor, a, target))

    def ask(params, state, luck, phase, group):
        day = scenario.date_of(int(today(state)))
        entries = [(k, entry) for k, entry in order if (entry.date, entry.seq) == (day, group)]
        for number, entry in entries:
            effect = scenario.ladder.acts[entry.act].effect
            of_phase = MEDIATORS_MOVE if entry.actor in scenario.mediators else (
                STATES_ANSWER if effect in ("consent", "decline") else 2
            )  # fmt: skip
            if effect != "hold" and of_phase == phase:
                possible = is_possible(entry, [e for _, e in entries])
                assert possible == (number not in warned), (number, entry, possible)
        ask_everyone(params, state, luck, phase, group)

    play = day_by(ask)
    for _ in range(scenario.horizon_day + 1):
        play(params, state, luck)
