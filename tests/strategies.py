"""What the tests share: a compact ladder, an example crisis, and strategies that make valid ones.

Everything is built as YAML would be: as a tree of plain values that `Scenario` validates. `crisis()`
makes one example; `trees()` and `scenarios()` make many of any shape.
"""

from __future__ import annotations

import copy
import datetime as dt
import itertools
from typing import Any

import numpy as np
from hypothesis import strategies as st

from escalation.engine import day
from escalation.engine.luck import luck_of
from escalation.engine.pack import Index, pack
from escalation.engine.record import terms_of
from escalation.rules import forced, options
from escalation.rules.options import TERMS
from escalation.rules.state import DAY, MOVES, CrisisState, Params, fresh_state
from escalation.scenario.fields import references
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights

Tree = dict[str, Any]

START = dt.date(2020, 1, 1)

CROSSWALK = {"cameo": "01", "goldstein": 0.0, "mid_action": 0, "mid_hostility": 1, "rivera": 0}
HOSTILITY = {
    "threat": 2, "nuclear_signal": 2,
    "alert": 3, "mobilise": 3, "missile_test": 3,
    "sabotage": 4, "artillery": 4, "raid": 4, "strike": 4, "sustained": 4, "nuclear_use": 4,
    "war": 5,
}  # fmt: skip
"""Levels of hostility of Militarized Interstate Disputes, of the acts above the first."""


def act(rung: int, kind: str, base: float, **more: Any) -> Tree:
    """Return an act as the ladder file has it."""
    return {"label": "x", "description": "y", "rung": rung, "kind": kind, "base": float(base)} | more


PUNISHMENTS = ["expel", "suspend_treaty", "close_border", "trade_ban"]
ALERTS = ["alert", "mobilise"]

ACTS: dict[str, Tree] = {
    "hold": act(0, "conciliatory", 0, effect="hold"),
    "protest": act(1, "diplomatic", -0.5, cost=0.01, visibility=0.6),
    "expel": act(2, "diplomatic", -2.2, cost=0.1, visibility=0.8, lasts=True),
    "suspend_treaty": act(2, "diplomatic", -2.5, cost=0.1, lasts=True, capability="upstream"),
    "close_border": act(2, "economic", -2.2, cost=0.1, visibility=0.8, lasts=True),
    "trade_ban": act(2, "economic", -2.5, cost=0.15, visibility=0.8, lasts=True),
    "alert": act(3, "military", -1.8, cost=0.15, visibility=0.6, lasts=True, commits=True),
    "missile_test": act(3, "nuclear_signal", -2.2, cost=0.1, visibility=0.9, signal=2),
    "threat": act(3, "diplomatic", -1.4, cost=0.02, visibility=0.9, commits=True),
    "mobilise": act(4, "military", -1.6, cost=0.4, visibility=0.9, lasts=True, commits=True),
    "sabotage": act(5, "military", -1.8, cost=0.1, visibility=0.3),
    "artillery": act(6, "military", -1.8, cost=0.3, visibility=0.7),
    "raid": act(6, "military", -2, cost=0.3, visibility=0.9),
    "strike": act(7, "military", -2, cost=0.5),
    "sustained": act(8, "military", -2.2, cost=0.7),
    "war": act(9, "military", -3, cost=1.0),
    "nuclear_signal": act(3, "nuclear_signal", -3, cost=0.1, visibility=0.8, signal=3, commits=True),
    "nuclear_use": act(10, "military", -9, cost=1.0, capability="nuclear_weapons"),
    "offer_talks": act(0, "conciliatory", -1.5),
    "use_hotline": act(0, "conciliatory", -1.2, requires={"hotline": True}, visibility=0.2),
    "propose_ceasefire": act(0, "conciliatory", -0.8, requires={"violence": True}, stands_days=5),
    "accept_ceasefire": act(
        0, "conciliatory", 0.8, effect="ceasefire", requires={"offer": "propose_ceasefire"}
    ),
    "withdraw": act(0, "conciliatory", -1.2, reverses=PUNISHMENTS),
    "pull_back": act(0, "conciliatory", -1.0, reverses=ALERTS),
    "ask": act(0, "mediation", -2, effect="ask"),
    "consent": act(0, "mediation", 0, effect="consent"),
    "decline": act(0, "mediation", 0, effect="decline"),
    "urge": act(0, "mediation", -2.5, effect="urge"),
    "offer": act(0, "mediation", -3, effect="offer"),
    "formula": act(0, "mediation", -1, effect="formula"),
    "press": act(0, "mediation", -1, effect="press"),
}

MEDIATION = ("urge", "offer", "formula", "press")
APPEALS = ("ask", "consent", "decline")
TOWARD_RIVALS = tuple(name for name in ACTS if name not in MEDIATION + APPEALS)


def ladder() -> Tree:
    """Return the compact ladder as a tree of its own."""
    acts = {
        name: act | {"crosswalk": CROSSWALK | {"mid_hostility": HOSTILITY.get(name, 1)}}
        for name, act in ACTS.items()
    }
    rungs = {str(rung): {"label": "x", "description": "y"} for rung in range(11)}
    return {"name": "compact", "title": "t", "sources": "s", "rungs": rungs, "acts": copy.deepcopy(acts)}


def date(day: int) -> str:
    """Return the date of a day counted from the start, as YAML has it."""
    return (START + dt.timedelta(days=day)).isoformat()


def dated(day: int, actor: str, name: str, target: str, seq: int = 1, concerning: str | None = None) -> Tree:
    """Return an entry of the timeline: an act forced on a day."""
    entry = {"date": date(day), "says": "x", "actor": actor, "act": name, "target": target, "seq": seq}
    return entry if concerning is None else entry | {"concerning": concerning}


def incident(day: int, on: str, blamed: str, severity: float = 0.58) -> Tree:
    """Return a dated incident."""
    return {"date": date(day), "says": "x", "victim": on, "blamed": blamed, "severity": severity}


def border_fire(day: int, one: str, other: str, nights: int = 1, goes_on: bool = False) -> Tree:
    """Return dated nights of firing."""
    return {"date": date(day), "says": "x", "between": [one, other], "nights": nights, "goes_on": goes_on}


def build(tree: Tree) -> Scenario:
    """Validate a tree as the loader does, with the compact ladder where it names none."""
    whole = {"ladder": ladder()} | tree
    return Scenario.model_validate(whole, context=references(whole))


NUCLEAR = ["nuclear_weapons"]


def crisis_tree(**changes: Any) -> Tree:
    """Return the tree of an example: alba and borea, nuclear rivals, umbra as mediator, 5 + 25 days.

    `changes` replace whole top-level keys, and `horizon` may be given as a day.
    """
    tree: Tree = {
        "name": "example", "title": "t", "summary": "s",
        "start": date(0), "horizon": 4, "free_days": 25, "weights": {},
        "states": {
            "alba": {"label": "Alba", "capabilities": ["upstream", *NUCLEAR], "third_party_aversion": 0.9},
            "borea": {"label": "Borea", "capabilities": NUCLEAR, "third_party_aversion": 0.2},
        },
        "mediators": {
            "umbra": {
                "label": "Umbra", "enters_day": 3, "style": "facilitation", "form": "bilateral",
                "toward": {
                    "alba": {"trust": 0.7, "bias": 0.4, "leverage": 0.3},
                    "borea": {"trust": 0.5, "bias": -0.1, "leverage": 0.2},
                },
            },
        },
        "rivalries": [
            {"between": ["alba", "borea"], "contested_line": True, "hotline": True, "tension": 1.0},
        ],
        "incidents": [incident(0, "alba", "borea")],
        "acts": [
            dated(1, "alba", "expel", "borea"),
            dated(1, "alba", "close_border", "borea"),
            dated(2, "borea", "threat", "alba"),
            dated(3, "alba", "alert", "borea"),
            dated(3, "borea", "mobilise", "alba", seq=2),
            dated(4, "borea", "missile_test", "alba"),
        ],
    }  # fmt: skip
    tree |= changes
    if isinstance(tree["horizon"], int):
        tree["horizon"] = date(tree["horizon"])
    return tree


def crisis(**changes: Any) -> Scenario:
    """Return the example as a scenario; see `crisis_tree`."""
    return build(crisis_tree(**changes))


NUCLEAR_DAY = 7
"""The day on which the crisis of `nuclear` ends."""


def nuclear(**changes: Any) -> Scenario:
    """Return the example with a nuclear weapon used on a simulated day, and an act dated two days later."""
    after = [
        dated(NUCLEAR_DAY, "borea", "nuclear_use", "alba"),
        dated(NUCLEAR_DAY + 2, "alba", "strike", "borea"),
    ]
    return build(crisis_tree(acts=[*crisis_tree()["acts"], *after], **changes))


def stage() -> Tree:
    """Return the tree of a crisis with everything in play: force, signals, talks, ceasefires, an ally."""
    toward = {
        "alba": {"trust": 0.7, "bias": 0.3, "leverage": 0.5},
        "borea": {"trust": 0.6, "bias": -0.2, "leverage": 0.6},
    }
    mediators = {
        "umbra": {
            "label": "U", "enters_day": 3, "style": "manipulation", "form": "bilateral", "toward": toward,
        },
        "vesta": {"label": "V", "enters_day": 6, "style": "formulation", "form": "third_party"},
    }  # fmt: skip
    rivalries = [
        {"between": ["alba", "borea"], "contested_line": True, "hotline": True, "tension": 1.0},
        {"between": ["alba", "corda"], "contested_line": True, "tension": 1.0},
    ]
    acts = [
        dated(1, "alba", "threat", "borea"),
        dated(1, "alba", "expel", "borea"),
        dated(2, "borea", "missile_test", "alba"),
        dated(2, "alba", "nuclear_signal", "borea"),
        dated(3, "alba", "strike", "borea"),
        dated(3, "borea", "strike", "alba", seq=2),
        dated(3, "umbra", "offer", "alba", concerning="borea"),
        dated(4, "alba", "mobilise", "corda"),
        dated(4, "borea", "ask", "umbra"),
        dated(4, "borea", "propose_ceasefire", "alba"),
    ]
    return crisis_tree(
        states={
            "alba": {"label": "A", "capabilities": ["upstream", *NUCLEAR], "resolve": 0.7},
            "borea": {"label": "B", "capabilities": NUCLEAR, "resolve": 0.4},
            "corda": {"label": "C"},
        },
        mediators=mediators,
        rivalries=rivalries,
        alliances=[{"members": ["borea", "corda"], "solidarity": 0.7}],
        hazards=[{"label": "x", "victim": "alba", "blamed": "borea", "per_day": 0.02, "severity": 0.5}],
        incidents=[incident(0, "alba", "borea"), incident(2, "borea", "alba", 0.5)],
        border_fire=[border_fire(2, "alba", "borea", nights=3)],
        acts=acts,
        weights={"force_threshold": -0.5, "talks_agree": 0.02, "ceasefire_breach": 0.05},
        free_days=30,
    )


class Table:
    """A crisis laid out for its rules, with names for numbers: parameters, a fresh state, luck."""

    def __init__(self, scenario: Scenario, seed: int = 0, state: CrisisState | None = None) -> None:
        self.index = Index(scenario)
        self.params = pack(scenario)
        self.state = fresh_state(self.params) if state is None else state
        self.luck = luck_of(seed, 0)

    def on(self, today: int) -> Table:
        """Turn the calendar to a day."""
        self.state.counts[DAY] = today
        return self

    def number(self, name: str) -> int:
        """Return the number of an actor."""
        return self.index.actor[name]

    def act(self, name: str) -> int:
        """Return the number of an act."""
        return self.index.act[name]

    def actor(self, name: str) -> Any:
        """Return what a state keeps for itself."""
        return self.state.actor[self.number(name)]

    def pair(self, one: str, other: str) -> Any:
        """Return one's side toward the other."""
        return self.state.pair[self.number(one), self.number(other)]

    def _at(self, one: str, other: str) -> tuple[int, int]:
        low, high = sorted((self.number(one), self.number(other)))
        return low, high

    def dyad(self, one: str, other: str) -> Any:
        """Return what the pair shares."""
        return self.state.dyad[self._at(one, other)]

    def talk(self, mediator: str, one: str, other: str) -> Any:
        """Return a mediator's talks with the pair."""
        return self.state.talk[self.index.mediator(mediator)][self._at(one, other)]

    def side(self, mediator: str, one: str, other: str) -> Any:
        """Return one's side in a mediator's talks about its quarrel with the other."""
        return self.state.side[self.index.mediator(mediator), self.number(one), self.number(other)]

    def since(self, one: str, other: str, name: str) -> int:
        """Return since when one's act toward the other stands, -1 for not at all."""
        return int(self.state.since[self.number(one), self.number(other), self.act(name)])

    def take(self, actor: str, name: str, target: str, other: str | None = None, slot: int = 0) -> None:
        """Write down a move of today, to be settled with the others of its group."""
        a, j = self.act(name), self.number(target)
        k = -1 if other is None else self.number(other)
        forced.note_move(self.params, self.state, self.number(actor), a, j, k, slot, 1, 0.0, 0.0)

    def settle(self) -> Table:
        """Settle the moves written down, and clear them."""
        day.settle(self.params, self.state, self.luck, 0)
        self.state.counts[MOVES] = 0
        return self

    def _option(self, actor: str, name: str, target: str | None, other: str | None) -> tuple[int, int]:
        number = self.number(actor)
        j, k = (-1 if toward is None else self.number(toward) for toward in (target, other))
        row = options.option_row(self.params, number, self.act(name), j, k)
        return number, int(self.params.first_option[number]) + row

    def weighed(
        self, actor: str, name: str, target: str | None = None, other: str | None = None
    ) -> dict[str, float]:
        """Return the terms of an actor's option by name, but not those that are 0."""
        terms = terms_of(self.params, self.state, *self._option(actor, name, target, other))
        return {name: term for name, term in zip(TERMS, terms, strict=True) if term}

    def utility(self, actor: str, name: str, target: str | None = None, other: str | None = None) -> float:
        """Return the utility of an actor's option."""
        return float(options.weigh_option(self.params, self.state, *self._option(actor, name, target, other)))


# Strategies

STATES = ("alba", "borea", "corda", "dania", "elba")
MEDIATORS = ("umbra", "vesta", "wega")
PLAUSIBLE = {parameter.name: parameter.plausible for parameter in parameters_of(Weights)}

shares = st.floats(0.0, 1.0).map(lambda x: round(x, 3))
leans = st.floats(-1.0, 1.0).map(lambda x: round(x, 3))
seeds = st.integers(0, 2**64 - 1)
replications = st.integers(0, 2**32 - 1)


@st.composite
def weights(draw: st.DrawFn) -> dict[str, float]:
    """Draw a few weights anywhere in their plausible ranges; the others keep their defaults."""
    moved = draw(st.lists(st.sampled_from(sorted(PLAUSIBLE)), unique=True, max_size=8))
    found = {}
    for name in moved:
        low, high = PLAUSIBLE[name]
        found[name] = min(high, low + draw(shares) * (high - low))
    return found


@st.composite
def _states(draw: st.DrawFn, names: tuple[str, ...]) -> Tree:
    found = {}
    for name in names:
        dispositions = {
            key: draw(shares)
            for key in ("resolve", "audience", "risk_aversion", "signal_credibility", "third_party_aversion")
            if draw(st.booleans())
        }
        capable = draw(st.sets(st.sampled_from(["upstream", "nuclear_weapons"])))
        found[name] = {"label": name, "capabilities": sorted(capable)} | dispositions
    return found


@st.composite
def _mediators(draw: st.DrawFn, names: tuple[str, ...], states: tuple[str, ...], last_day: int) -> Tree:
    found = {}
    for name in names:
        known = draw(st.sets(st.sampled_from(states)))
        relation = st.fixed_dictionaries({"trust": shares, "bias": leans, "leverage": shares})
        found[name] = {
            "label": name,
            "enters_day": draw(st.integers(0, last_day + 1)),
            "style": draw(st.sampled_from(["facilitation", "formulation", "manipulation"])),
            "form": draw(st.sampled_from(["bilateral", "third_party"])),
            "persistence": draw(shares),
            "credibility": draw(shares),
            "toward": {state: draw(relation) for state in sorted(known)},
        }
    return found


Pair = tuple[str, str]


@st.composite
def _dated_acts(
    draw: st.DrawFn, states: Tree, mediators: tuple[str, ...], pairs: list[Pair], last_day: int
) -> list[Tree]:
    """Draw forced acts on any day, in up to three groups a day, each by an actor able to take it."""
    sides = [side for one, other in pairs for side in ((one, other), (other, one))]
    entries = []
    for _ in range(draw(st.integers(0, 12))):
        day, seq = draw(st.integers(0, last_day)), draw(st.integers(1, 3))
        actor, rival = draw(st.sampled_from(sides))
        if mediators and draw(st.integers(0, 3)) == 0:
            mediator = draw(st.sampled_from(mediators))
            name = draw(st.sampled_from(APPEALS + MEDIATION))
            if name in APPEALS:
                entries.append(dated(day, actor, name, mediator, seq, rival))
            elif name == "urge":
                entries.append(dated(day, mediator, name, rival, seq))
            else:
                entries.append(dated(day, mediator, name, actor, seq, rival))
            continue
        able = states[actor]["capabilities"]
        names = [name for name in TOWARD_RIVALS if ACTS[name].get("capability") in (None, *able)]
        entries.append(dated(day, actor, draw(st.sampled_from(names)), rival, seq))
    return entries


@st.composite
def trees(
    draw: st.DrawFn,
    max_states: int = 5,
    max_mediators: int = 3,
    min_free_days: int = 0,
    max_free_days: int = 40,
    forced: bool = True,
) -> Tree:
    """Draw a valid scenario as a tree: any rivals, mediators, alliances, history and things that happen."""
    names = STATES[: draw(st.integers(2, max_states))]
    mediators = MEDIATORS[: draw(st.integers(0, max_mediators))]
    horizon = draw(st.integers(0, 10))
    free_days = draw(st.integers(min_free_days, max_free_days))
    last_day = horizon + free_days
    every = list(itertools.combinations(names, 2))
    pairs: list[Pair] = sorted(draw(st.sets(st.sampled_from(every), min_size=1)))
    rivalries = [
        {
            "between": list(draw(st.permutations(pair))),
            "contested_line": draw(st.booleans()),
            "hotline": draw(st.booleans()),
            "tension": round(5.0 * draw(shares), 3),
            "activity": round(6.0 * draw(shares), 3),
            "lull_days": round(1.0 + 400.0 * draw(shares)),
            "stakes": round(draw(shares), 3),
        }
        for pair in pairs
    ]
    sides = [side for one, other in pairs for side in ((one, other), (other, one))]
    contested = [rivalry["between"] for rivalry in rivalries if rivalry["contested_line"]]
    states = draw(_states(names))
    return {
        "name": "drawn", "title": "t", "summary": "s",
        "start": date(0), "horizon": date(horizon), "free_days": free_days,
        "max_acts_per_day": draw(st.integers(1, 4)),
        "weights": draw(weights()),
        "states": states,
        "mediators": draw(_mediators(mediators, names, last_day)),
        "rivalries": rivalries,
        "alliances": [
            {"members": sorted(draw(st.sets(st.sampled_from(names), min_size=2))), "solidarity": draw(shares)}
            for _ in range(draw(st.integers(0, 2)))
        ],
        "hazards": [
            {"label": "x", "victim": on, "blamed": blamed, "per_day": 0.05, "severity": 0.5}
            for on, blamed in draw(st.lists(st.sampled_from(sides), max_size=2))
        ],
        "incidents": [
            incident(draw(st.integers(0, last_day)), on, blamed, draw(shares))
            for on, blamed in draw(st.lists(st.sampled_from(sides), max_size=2))
        ],
        "border_fire": [
            border_fire(first, *pair, nights=draw(st.integers(1, min(5, horizon - first + 1))))
            for pair in contested
            if draw(st.booleans())
            for first in [draw(st.integers(0, horizon))]
        ],
        "acts": draw(_dated_acts(states, mediators, pairs, last_day)) if forced else [],
    }  # fmt: skip


def scenarios(**limits: Any) -> st.SearchStrategy[Scenario]:
    """Draw a valid scenario; see `trees`."""
    return trees(**limits).map(build)


def stirred(params: Params, seed: int) -> CrisisState:
    """Return a state in which every number is somewhere in its range, by the seed.

    Meant for properties that must hold wherever a crisis has come to.
    """
    rng = np.random.default_rng(seed)
    state = fresh_state(params)
    day = int(rng.integers(0, params.frame[0].last_day + 1))
    state.counts[DAY] = day

    def fill(table: Any, names: str, low: float, high: float) -> None:
        for name in names.split():
            table[name] = rng.uniform(low, high, table.shape)

    fill(state.actor, "fear exhaustion", 0.0, 1.5)
    fill(state.pair, "posture seen", 0.0, 10.0)
    fill(state.pair, "pressure commitment heat campaign momentum", 0.0, 1.0)
    fill(state.pair, "offer leverage information clarity face_saving grievance", 0.0, 1.0)
    fill(state.dyad, "violence guarantee", 0.0, 1.0)
    fill(state.dyad, "activity", 0.0, 20.0)
    state.pair["grievance_level"] = rng.integers(0, 11, state.pair.shape)
    fill(state.pair, "activity", 0.0, 9.0)
    state.pair["acted"] = rng.integers(-1, day + 1, state.pair.shape)
    state.pair["struck"] = rng.integers(0, 2, state.pair.shape) * rng.integers(3, 10, state.pair.shape)
    for name in ("stirred", "spoken"):
        state.dyad[name] = rng.integers(-400, day + 1, state.dyad.shape)
    state.pair["heat_level"] = rng.integers(5, 11, state.pair.shape)
    state.pair["last_rung"] = rng.integers(1, 11, state.pair.shape)
    state.pair["last_hostility"] = rng.integers(0, 6, state.pair.shape)
    for name in ("threats", "displays", "forces", "wars"):
        state.pair[name] = rng.integers(0, 5, state.pair.shape)
    fill(state.pair, "habit_threat habit_display habit_force habit_war", -2.0, 1.5)
    state.pair["talks"] = rng.integers(0, 2, state.pair.shape)
    state.pair["focal"] = np.where(
        rng.random(state.pair.shape) < 0.5, -1.0, rng.uniform(0, 8, state.pair.shape)
    )
    state.dyad["border_fire"] = rng.integers(0, 2, state.dyad.shape)
    state.dyad["ceasefire"] = rng.integers(0, 2, state.dyad.shape)
    state.dyad["last_force"] = rng.integers(-1, day + 1, state.dyad.shape)
    state.talk["stage"] = rng.integers(0, 3, state.talk.shape)
    state.side["consented"] = rng.integers(0, 2, state.side.shape)
    state.since[:] = np.maximum(-1, rng.integers(-1 - day, day + 1, state.since.shape))
    return state
