"""A validated scenario as numbers. Names become indices here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from escalation import vocabulary
from escalation.files.brief import Brief
from escalation.rules import state as s
from escalation.rules.perceive import left_after_a_day
from escalation.rules.records import record_type
from escalation.rules.state import Params, TraitTable
from escalation.scenario.ladder import Act, Ladder, Requires
from escalation.scenario.scenario import BorderFire, DatedAct, Mediator, Relation, Scenario, State
from escalation.scenario.weights import Weights

MEDIATOR_ACTS_PER_DAY = 1
PUNISHMENT = 2
"""The rung of measures, which have an intercept of their own against words."""

Row = Mapping[str, float]


class Index(Brief):
    """The numbers of a scenario's actors and acts, for packing and for reading results back."""

    def __init__(self, scenario: Scenario) -> None:
        self.states = list(scenario.states)
        self.mediators = list(scenario.mediators)
        self.actors = self.states + self.mediators
        self.acts = scenario.ladder.ordered()
        self.actor = {name: number for number, name in enumerate(self.actors)}
        self.act = {name: number for number, name in enumerate(self.acts)}

    def mediator(self, name: str) -> int:
        """Return a mediator's number among mediators."""
        return self.actor[name] - len(self.states)


class _Options(NamedTuple):
    options: NDArray[Any]
    first_option: NDArray[np.int64]
    traits: TraitTable
    blocks: NDArray[Any]
    first_block: NDArray[np.int64]


def pack(scenario: Scenario) -> Params:
    """Turn a scenario into the numbers that the rules read.

    Parameters
    ----------
    scenario
        Validated and resolved, as `load_scenario` returns it.

    Returns
    -------
    Params
        Arrays with n states, m mediators and the ladder's acts in ladder order, hold first; days
        are counted from the scenario's start.
    """
    index = Index(scenario)
    rivalries = _rivalries(scenario, index)
    options = _options(scenario, index, rivalries)
    forced = _forced(scenario, index)
    return Params(
        weights=_weights(scenario.weights),
        frame=_frame(scenario, index),
        left=_left(scenario.weights),
        acts=_acts(scenario.ladder, index),
        reverses=_reverses(scenario.ladder, index),
        **options._asdict(),
        states=_table(s.DISPOSITION, map(_disposition, scenario.states.values())),
        mediators=_table(s.MEDIATOR, map(_mediator, scenario.mediators.values())),
        relations=_relations(scenario, index),
        rivalries=rivalries,
        solidarity=_solidarity(scenario, index),
        forced=forced,
        incidents=_incidents(scenario, index),
        hazards=_table(
            s.HAZARD,
            (
                {
                    "per_day": hazard.per_day,
                    "severity": hazard.severity,
                    "victim": index.actor[hazard.victim],
                    "blamed": index.actor[hazard.blamed],
                }
                for hazard in scenario.hazards
            ),
        ),
        firing=_firing(scenario, index),
        first_forced=np.searchsorted(forced["day"], np.arange(scenario.last_day + 2)),
    )


def reweighed(params: Params, scenario: Scenario, weights: Weights) -> Params:
    """Return the numbers of a packed scenario with other weights, without packing the rest again."""
    ordered = [scenario.ladder.acts[name] for name in Index(scenario).acts]
    of_act = np.array([_intercept(act, weights) for act in ordered], np.float64)
    return params._replace(
        weights=_weights(weights),
        left=_left(weights),
        traits=params.traits._replace(intercept=of_act[params.options["act"]]),
    )


def _table(dtype: np.dtype[Any], rows: Iterable[Row]) -> NDArray[Any]:
    """Return a table whose rows are given by name of field; one missing or too many is an error."""
    listed, names = list(rows), dtype.names or ()
    fields = set(names)
    for row in listed:
        if row.keys() != fields:
            odd = ", ".join(sorted(row.keys() ^ fields))
            raise TypeError(f"missing or unexpected in a row of {', '.join(names)}: {odd}")
    table = np.zeros(len(listed), dtype)
    for name in names:
        table[name] = [row[name] for row in listed]
    return table


def _weights(weights: Weights) -> NDArray[Any]:
    dtype = record_type(list(Weights.model_fields))
    return _table(dtype, [dict(weights)])


def _left(w: Weights) -> NDArray[Any]:
    days = {
        "posture": w.posture_days,
        "seen": w.perception_days,
        "pressure": w.pressure_days,
        "commitment": w.commitment_days,
        "heat": w.heat_days,
        "campaign": w.campaign_days,
        "momentum": w.momentum_days,
        "offer": w.offer_days,
        "exhaustion": w.exhaustion_days,
        "violence": w.violence_days,
        "refused": w.refusal_days,
        "fear": w.fear_days,
        "grievance": w.grievance_days,
        "activity": w.activity_days,
    }
    return _table(s.LEFT, [{memory: left_after_a_day(each) for memory, each in days.items()}])


def _frame(scenario: Scenario, index: Index) -> NDArray[Any]:
    outcome = scenario.outcome
    row = {
        "horizon": scenario.horizon_day,
        "last_day": scenario.last_day,
        "slots": scenario.max_acts_per_day,
        "consent": _act_of_effect(scenario.ladder, index, "consent"),
        "decline": _act_of_effect(scenario.ladder, index, "decline"),
        "nuclear_rung": outcome.nuclear_rung,
        "war_rung": outcome.war_rung,
        "force_rung": outcome.force_rung,
        "violence_rung": outcome.violence_rung,
        "standoff_rung": outcome.standoff_rung,
        "quiet_days": outcome.quiet_days,
    }
    return _table(s.FRAME, [row])


def _act_of_effect(ladder: Ladder, index: Index, effect: str) -> int:
    """Return the number of the first act with an effect, -1 for none."""
    return next((k for k, name in enumerate(index.acts) if ladder.acts[name].effect == effect), -1)


def _form(act: Act) -> int:
    if act.effect == "hold":
        return vocabulary.HOLDING
    if act.kind == "mediation":
        return vocabulary.APPEAL if act.takers == "states" else vocabulary.MEDIATION
    if act.kind == "conciliatory":
        return vocabulary.CONCILIATORY
    return vocabulary.HOSTILE if _level(act) >= s.MID_THREAT else vocabulary.POLITICAL


def _acts(ladder: Ladder, index: Index) -> NDArray[Any]:
    def row(name: str) -> Row:
        act = ladder.acts[name]
        offer = act.requires.offer
        return {
            "rung": act.rung,
            "intercept": act.base,
            "cost": act.cost,
            "visibility": act.visibility,
            "signal": act.signal,
            "hostility": _level(act),
            "form": _form(act),
            "effect": vocabulary.EFFECTS.index(act.effect),
            "lasts": act.lasts,
            "commits": act.commits,
            "stands": act.stands_days,
            "needs_offer": -1 if offer is None else index.act[offer],
            "needs_violence": act.requires.violence,
            "needs_hotline": act.requires.hotline,
            "reversing": len(act.reverses),
        }

    return _table(s.ACT, map(row, index.acts))


def _reverses(ladder: Ladder, index: Index) -> NDArray[np.int64]:
    most = max((len(act.reverses) for act in ladder.acts.values()), default=0)
    table = np.full((len(index.acts), most), -1, np.int64)
    for name, act in ladder.acts.items():
        measures = sorted(index.act[measure] for measure in act.reverses)
        table[index.act[name], : len(measures)] = measures
    return table


def _disposition(state: State) -> Row:
    return {
        "resolve": state.resolve,
        "audience": state.audience,
        "risk_aversion": state.risk_aversion,
        "signal_credibility": state.signal_credibility,
        "third_party_aversion": state.third_party_aversion,
    }


def _mediator(mediator: Mediator) -> Row:
    return {
        "persistence": mediator.persistence,
        "credibility": mediator.credibility,
        "enters": mediator.enters_day,
        "style": vocabulary.STYLES.index(mediator.style),
        "bilateral": mediator.form == "bilateral",
    }


def _relations(scenario: Scenario, index: Index) -> NDArray[Any]:
    relations = (
        mediator.toward.get(name, Relation())
        for mediator in scenario.mediators.values()
        for name in index.states
    )
    rows = ({"trust": each.trust, "bias": each.bias, "leverage": each.leverage} for each in relations)
    return _table(s.RELATION, rows).reshape(len(index.mediators), len(index.states))


def _rivalries(scenario: Scenario, index: Index) -> NDArray[Any]:
    table = np.zeros((len(index.states), len(index.states)), s.RIVALRY)
    for rivalry in scenario.rivalries:
        a, b = rivalry.between
        nuclear = _has_nuclear_weapons(scenario, a) and _has_nuclear_weapons(scenario, b)
        row = {
            "tension": rivalry.tension,
            "activity": rivalry.activity,
            "lull_days": rivalry.lull_days,
            "stakes": rivalry.stakes,
            "rival": 1,
            "contested_line": rivalry.contested_line,
            "hotline": rivalry.hotline,
            "nuclear": nuclear,
        }
        for i, j in ((a, b), (b, a)):
            table[index.actor[i], index.actor[j]] = _table(s.RIVALRY, [row])[0]
    return table


def _has_nuclear_weapons(scenario: Scenario, name: str) -> bool:
    return any(
        act.rung == s.NUCLEAR_RUNG and may_take(scenario.states[name], act)
        for act in scenario.ladder.acts.values()
    )


def may_take(state: State, act: Act) -> bool:
    """Return whether a state has the capability for this act, and acts of its kind are for states."""
    capable = act.capability is None or act.capability in state.capabilities
    return act.takers == "states" and capable


def _solidarity(scenario: Scenario, index: Index) -> NDArray[np.float64]:
    table = np.zeros((len(index.states), len(index.states)))
    for alliance in scenario.alliances:
        for a in alliance.members:
            for b in alliance.members:
                if a != b:
                    i, j = index.actor[a], index.actor[b]
                    table[i, j] = max(table[i, j], alliance.solidarity)
    return table


def _options(scenario: Scenario, index: Index, rivalries: NDArray[Any]) -> _Options:
    """List what each actor may ever choose; see `Params.options` and `Params.blocks` for the order."""
    rivals = [np.flatnonzero(row).tolist() for row in rivalries["rival"]]
    acts = [(number, scenario.ladder.acts[name]) for number, name in enumerate(index.acts)]
    kinds = [(number, act, _form(act), _condition(act)) for number, act in acts]
    rows: list[Row] = []
    blocks: list[Row] = []
    taken: list[Act] = []
    first_option, first_block = [0], [0]
    for name in index.actors:
        by_block: dict[tuple[int, int], list[tuple[Act, Row]]] = {}
        for number, act, form, condition in kinds:
            for target, other in _targets(scenario, index, rivals, name, act):
                toward = _rival_of(form, target, other)
                row = {"act": number, "target": target, "other": other, "condition": condition}
                by_block.setdefault((form, toward), []).append((act, row))
        for form, toward in sorted(by_block):
            found = by_block[form, toward]
            last = len(rows) + len(found)
            blocks.append({"form": form, "rival": toward, "first": len(rows), "last": last})
            taken += [act for act, _ in found]
            rows += [row for _, row in found]
        first_option.append(len(rows))
        first_block.append(len(blocks))
    return _Options(
        options=_table(s.OPTION, rows),
        first_option=np.array(first_option, np.int64),
        traits=TraitTable(
            rung=np.array([act.rung for act in taken], np.float64),
            height=np.array([act.rung / s.TOP_RUNG for act in taken], np.float64),
            intercept=np.array([_intercept(act, scenario.weights) for act in taken], np.float64),
            cost=np.array([act.cost for act in taken], np.float64),
            visibility=np.array([act.visibility for act in taken], np.float64),
            hostility=np.array([_level(act) for act in taken], np.float64),
        ),
        blocks=_table(s.BLOCK, blocks),
        first_block=np.array(first_block, np.int64),
    )


def _rival_of(form: int, target: int, other: int) -> int:
    """Return the rival that an option concerns, by which it is timed; -1 for hold and acts of mediators."""
    if form in (vocabulary.HOLDING, vocabulary.MEDIATION):
        return -1
    return other if form == vocabulary.APPEAL else target


def _level(act: Act) -> int:
    return act.crosswalk.mid_hostility


def _intercept(act: Act, weights: Weights) -> float:
    """Return an act's own intercept plus that of its sort within what its clock chooses from."""
    form = _form(act)
    if form == vocabulary.POLITICAL and act.rung >= PUNISHMENT:
        return act.base + weights.punishment_threshold
    if form == vocabulary.HOSTILE and _level(act) == s.MID_THREAT:
        return act.base + weights.threat_threshold
    return act.base


def _condition(act: Act) -> int:
    """Return when an act is available: always, while it is not in force, or by conditions."""
    special = bool(act.reverses) or act.effect == "ceasefire" or act.requires != Requires()
    if special or act.kind == "mediation":
        return s.BY_CONDITIONS
    return s.WHILE_NOT_IN_FORCE if act.lasts else s.ALWAYS


def _targets(
    scenario: Scenario, index: Index, rivals: list[list[int]], name: str, act: Act
) -> list[tuple[int, int]]:
    """Return the (target, other) pairs at which an actor may direct an act; -1 for nobody."""
    if act.effect == "hold":
        return [(-1, -1)]
    is_state = name in scenario.states
    if is_state and (not may_take(scenario.states[name], act) or act.effect in ("consent", "decline")):
        return []  # answers to an offer are given in the mediation phase, not chosen among acts
    if not is_state and act.takers != "mediators":
        return []
    if act.toward == "rival":
        return [(j, -1) for j in rivals[index.actor[name]]]
    if act.toward == "mediator":
        n = len(index.states)
        mine = rivals[index.actor[name]]
        return [(n + m, j) for m in range(len(index.mediators)) for j in mine]
    if act.toward == "state":
        return [(i, -1) for i, his in enumerate(rivals) if his]
    return [(i, j) for i, his in enumerate(rivals) for j in his if i < j]


def _forced(scenario: Scenario, index: Index) -> NDArray[Any]:
    played = [entry for entry in scenario.acts if entry.date >= scenario.start]
    entries = sorted(played, key=lambda entry: (entry.date, entry.seq))

    def row(entry: DatedAct) -> Row:
        target, other = direction(scenario, index, entry)
        return {
            "day": (entry.date - scenario.start).days,
            "group": entry.seq,
            "actor": index.actor[entry.actor],
            "act": index.act[entry.act],
            "target": target,
            "other": other,
        }

    return _table(s.FORCED, map(row, entries))


def direction(scenario: Scenario, index: Index, entry: DatedAct) -> tuple[int, int]:
    """Return the (target, other) numbers of a dated act, as the options have them."""
    act = scenario.ladder.acts[entry.act]
    if act.effect == "hold":
        return -1, -1
    target = index.actor[entry.target]
    if act.toward in ("rival", "state"):
        return target, -1
    concerned = entry.actor if act.toward == "mediator" else entry.target
    other = index.actor[entry.concerning or _only_rival(scenario, concerned)]
    return (target, other) if act.toward == "mediator" else (min(target, other), max(target, other))


def _only_rival(scenario: Scenario, name: str) -> str:
    pair = next(rivalry.between for rivalry in scenario.rivalries if name in rivalry.between)
    return pair[1] if pair[0] == name else pair[0]


def _incidents(scenario: Scenario, index: Index) -> NDArray[Any]:
    return _table(
        s.INCIDENT,
        (
            {
                "severity": incident.severity,
                "day": (incident.date - scenario.start).days,
                "victim": index.actor[incident.victim],
                "blamed": index.actor[incident.blamed],
            }
            for incident in scenario.incidents
        ),
    )


def _firing(scenario: Scenario, index: Index) -> NDArray[Any]:
    def row(fire: BorderFire) -> Row:
        first = (fire.date - scenario.start).days
        i, j = sorted(index.actor[name] for name in fire.between)
        last = first + fire.nights - 1
        return {"first": first, "last": last, "goes_on": fire.goes_on, "i": i, "j": j}

    return _table(s.FIRING, map(row, scenario.border_fire))
