"""A validated scenario as numbers. Names become indices here and nowhere else."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from escalation import vocabulary
from escalation.engine import luck
from escalation.engine.luck import what_of, who_of
from escalation.files.brief import Brief
from escalation.rules import state as s
from escalation.rules.perceive import left_after_a_day
from escalation.rules.records import record_type
from escalation.rules.state import DrawTable, Params, TraitTable
from escalation.scenario.ladder import Act, Ladder, Requires
from escalation.scenario.scenario import BorderFire, DatedAct, Mediator, Relation, Scenario, State
from escalation.scenario.stages import refuse_changes
from escalation.scenario.weights import Weights

MEDIATOR_ACTS_PER_DAY = 1
LONGEST_LULL = 1024
"""Days of quiet up to which what they do is at hand."""
_LOG_DAYS = [math.log(max(1, days)) for days in range(LONGEST_LULL)]
PUNISHMENT = 2
"""The rung of measures, which have an intercept of their own against words."""

Row = Mapping[str, float]


class Setting:
    """Who is in a scenario, what each may ever do, and who is whose rival: what decides everybody's options.

    Equal for scenarios that agree in all of it; of their ladders only one and the same is equal, since
    comparing two would take longer than packing them.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.ladder = scenario.ladder
        self.states = {name: state.capabilities for name, state in scenario.states.items()}
        self.mediators = tuple(scenario.mediators)
        self.pairs = tuple(rivalry.between for rivalry in scenario.rivalries)
        self._key = (id(self.ladder), tuple(self.states.items()), self.mediators, self.pairs)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Setting) and self._key == other._key


class Index(Brief):
    """The numbers of a scenario's actors and acts, for packing and for reading results back."""

    def __init__(self, scenario: Scenario | Setting) -> None:
        self.states = list(scenario.states)
        self.mediators = list(scenario.mediators)
        self.actors = self.states + self.mediators
        self.acts = scenario.ladder.ordered()
        self.actor = {name: number for number, name in enumerate(self.actors)}
        self.act = {name: number for number, name in enumerate(self.acts)}

    def mediator(self, name: str) -> int:
        """Return a mediator's number among mediators."""
        return self.actor[name] - len(self.states)


class _Choices(NamedTuple):
    """What a setting decides: its numbers, the acts, and what each actor may ever choose."""

    names: Index
    armed: frozenset[str]
    """The states with nuclear weapons."""
    acts: NDArray[Any]
    reverses: NDArray[np.int64]
    options: NDArray[Any]
    first_option: NDArray[np.int64]
    traits: TraitTable
    """Without their intercepts and baselines, which depend on weights; so are blocks."""
    blocks: NDArray[Any]
    first_block: NDArray[np.int64]
    pairs: NDArray[np.int64]


class _Same:
    """Parts of a scenario as a key: these themselves, since comparing what they hold would take long."""

    def __init__(self, *parts: Any) -> None:
        self.parts = parts
        self._key = tuple(map(id, parts))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._key == other._key


_KEPT = 64


class Packer:
    """Packs scenarios that share parts, as the cells of an experiment do.

    What depends on their setting, their weights or their dated acts alone is packed once for all of them,
    and their numbers share it: nobody may write there. Threads may share a packer.
    """

    def __init__(self) -> None:
        self._choices = lru_cache(_KEPT)(_choices)
        self._weighed = lru_cache(_KEPT)(_weighed)
        self._forced = lru_cache(_KEPT)(_forced)

    def __reduce__(self) -> tuple[type[Packer], tuple[()]]:
        return Packer, ()  # where it arrives, it packs again

    def pack(self, scenario: Scenario) -> Params:
        """Turn a scenario into the numbers that the rules read; see the function `pack`."""
        refuse_changes(scenario)
        setting = Setting(scenario)
        choices = self._choices(setting)
        index, weights = choices.names, scenario.weights
        packed, left, lull = self._weighed(_Same(weights))
        played = (entry for entry in scenario.acts if entry.date >= scenario.start)
        forced = self._forced(setting, scenario.start, _Same(*played))
        traits = _with_intercepts(choices.traits, choices.options, choices.acts, weights)
        return Params(
            weights=packed,
            frame=_frame(scenario, index),
            left=left,
            lull=lull,
            acts=choices.acts,
            reverses=choices.reverses,
            options=choices.options,
            first_option=choices.first_option,
            traits=traits,
            blocks=_with_baseline(choices.blocks, traits),
            first_block=choices.first_block,
            states=_table(s.DISPOSITION, map(_disposition, scenario.states.values())),
            mediators=_table(s.MEDIATOR, map(_mediator, scenario.mediators.values())),
            relations=_relations(scenario, index),
            rivalries=_rivalries(scenario, index, choices.armed),
            pairs=choices.pairs,
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
            draws=_draws(len(scenario.hazards), choices),
        )


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

    Raises
    ------
    ChangingValuesError
        If values change on a day of it; `escalation.scenario.stages` has the scenario of each day.
    """
    return Packer().pack(scenario)


def reweighed(params: Params, weights: Weights) -> Params:
    """Return the numbers of a packed scenario with other weights, without packing the rest again."""
    packed, left, lull = _weighed(_Same(weights))
    traits = _with_intercepts(params.traits, params.options, params.acts, weights)
    blocks = _with_baseline(params.blocks, traits)
    return params._replace(weights=packed, left=left, lull=lull, traits=traits, blocks=blocks)


def _with_intercepts(
    traits: TraitTable, options: NDArray[Any], acts: NDArray[Any], weights: Weights
) -> TraitTable:
    """Set the intercepts: that of an act plus that of its sort within what its clock chooses from."""
    punishes = (acts["form"] == vocabulary.POLITICAL) & (acts["rung"] >= PUNISHMENT)
    threatens = (acts["form"] == vocabulary.HOSTILE) & (acts["hostility"] == s.MID_THREAT)
    concedes = np.isin(acts["form"], (vocabulary.CONCILIATORY, vocabulary.APPEAL))
    of_sort = np.select(
        [punishes, threatens, concedes],
        [weights.punishment_threshold, weights.threat_threshold, weights.conciliation],
    )
    of_act = acts["intercept"] + of_sort
    baseline = np.array([math.exp(each) for each in of_act.tolist()])
    return traits._replace(intercept=of_act[options["act"]], baseline=baseline[options["act"]])


def _with_baseline(blocks: NDArray[Any], traits: TraitTable) -> NDArray[Any]:
    """Set the baselines of blocks: the sums of those of their options."""
    summed = blocks.copy()
    summed["baseline"] = np.add.reduceat(traits.baseline, blocks["first"])
    return summed


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


def _weighed(same: _Same) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return `Params.weights`, `Params.left` and `Params.lull`."""
    (weights,) = same.parts
    packed = _table(record_type(list(Weights.model_fields)), [dict(weights)])
    return packed, _left(weights), _lull(weights)


def _lull(weights: Weights) -> NDArray[Any]:
    """Tabulate what days of quiet do, so that no day takes a logarithm or an exponential for it."""
    table = np.zeros(LONGEST_LULL, s.LULL)
    table["log_days"] = _LOG_DAYS
    table["stakes_left"] = [math.exp(-days / weights.stakes_days) for days in range(LONGEST_LULL)]
    return table


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


def _rivalries(scenario: Scenario, index: Index, armed: Collection[str]) -> NDArray[Any]:
    table = np.zeros((len(index.states), len(index.states)), s.RIVALRY)
    for rivalry in scenario.rivalries:
        a, b = rivalry.between
        row = {
            "tension": rivalry.tension,
            "activity": rivalry.activity,
            "lull_days": rivalry.lull_days,
            "stakes": rivalry.stakes,
            "rival": 1,
            "contested_line": rivalry.contested_line,
            "hotline": rivalry.hotline,
            "nuclear": a in armed and b in armed,
        }
        i, j = index.actor[a], index.actor[b]
        table[[i, j], [j, i]] = _table(s.RIVALRY, [row])
    return table


def _may_take(capabilities: Collection[str], act: Act) -> bool:
    """Return whether a state with these capabilities may take an act, and acts of its kind are for states."""
    return act.takers == "states" and (act.capability is None or act.capability in capabilities)


def _solidarity(scenario: Scenario, index: Index) -> NDArray[np.float64]:
    table = np.zeros((len(index.states), len(index.states)))
    for alliance in scenario.alliances:
        for a in alliance.members:
            for b in alliance.members:
                if a != b:
                    i, j = index.actor[a], index.actor[b]
                    table[i, j] = max(table[i, j], alliance.solidarity)
    return table


def _choices(setting: Setting) -> _Choices:
    """List what each actor may ever choose; see `Params.options` and `Params.blocks` for the order."""
    index, ladder = Index(setting), setting.ladder
    acts = _acts(ladder, index)
    rivals = [
        sorted(index.actor[b if name == a else a] for a, b in setting.pairs if name in (a, b))
        for name in index.states
    ]
    by_number = [ladder.acts[name] for name in index.acts]
    kinds = [(number, act, _form(act), _condition(act)) for number, act in enumerate(by_number)]
    rows: list[Row] = []
    blocks: list[Row] = []
    first_option, first_block = [0], [0]
    for name in index.actors:
        by_block: dict[tuple[int, int], list[Row]] = {}
        for number, act, form, condition in kinds:
            for target, other in _targets(setting, index, rivals, name, act):
                toward = _rival_of(form, target, other)
                row = {"act": number, "target": target, "other": other, "condition": condition}
                by_block.setdefault((form, toward), []).append(row)
        for form, toward in sorted(by_block):
            found = by_block[form, toward]
            last = len(rows) + len(found)
            blocks.append({"form": form, "rival": toward, "first": len(rows), "last": last, "baseline": 0.0})
            rows += found
        first_option.append(len(rows))
        first_block.append(len(blocks))
    options = _table(s.OPTION, rows)
    taken = acts[options["act"]]
    bombs = [act for act in by_number if act.rung == s.NUCLEAR_RUNG]
    return _Choices(
        names=index,
        armed=frozenset(
            name for name, held in setting.states.items() if any(_may_take(held, act) for act in bombs)
        ),
        acts=acts,
        reverses=_reverses(ladder, index),
        options=options,
        first_option=np.array(first_option, np.int64),
        traits=TraitTable(
            rung=taken["rung"].copy(),
            height=taken["rung"] / s.TOP_RUNG,
            intercept=np.zeros(len(options)),
            cost=taken["cost"].copy(),
            visibility=taken["visibility"].copy(),
            hostility=taken["hostility"].copy(),
            baseline=np.zeros(len(options)),
        ),
        blocks=_table(s.BLOCK, blocks),
        first_block=np.array(first_block, np.int64),
        pairs=np.array([(i, j) for i, his in enumerate(rivals) for j in his if i < j], np.int64),
    )


def _draws(hazards: int, choices: _Choices) -> DrawTable:
    """Name the draws of every simulated day: of hazards, border fire and clocks."""
    words = [(who_of(0, 0), what_of(luck.INCIDENT, k)) for k in range(hazards)]
    words += [(who_of(i, j), what_of(luck.FIRING, 0)) for i, j in choices.pairs.tolist()]
    for actor, (first, last) in enumerate(pairwise(choices.first_block.tolist())):
        key = luck.key_of(actor, len(choices.names.states))
        for block in choices.blocks[first:last]:
            words.append((who_of(key, max(int(block.rival), 0)), what_of(luck.CLOCK, int(block.form))))
    return DrawTable(*np.array(words, np.uint64).reshape(-1, 2).T.copy())


def _rival_of(form: int, target: int, other: int) -> int:
    """Return the rival that an option concerns, by which it is timed; -1 for hold and acts of mediators."""
    if form in (vocabulary.HOLDING, vocabulary.MEDIATION):
        return -1
    return other if form == vocabulary.APPEAL else target


def _level(act: Act) -> int:
    return act.crosswalk.mid_hostility


def _condition(act: Act) -> int:
    """Return when an act is available: always, while it is not in force, or by conditions."""
    special = bool(act.reverses) or act.effect == "ceasefire" or act.requires != Requires()
    if special or act.kind == "mediation":
        return s.BY_CONDITIONS
    return s.WHILE_NOT_IN_FORCE if act.lasts else s.ALWAYS


def _targets(
    setting: Setting, index: Index, rivals: list[list[int]], name: str, act: Act
) -> list[tuple[int, int]]:
    """Return the (target, other) pairs at which an actor may direct an act; -1 for nobody."""
    if act.effect == "hold":
        return [(-1, -1)]
    is_state = name in setting.states
    if is_state and (not _may_take(setting.states[name], act) or act.effect in ("consent", "decline")):
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


def _forced(setting: Setting, start: dt.date, played: _Same) -> NDArray[Any]:
    index = Index(setting)
    entries = sorted(played.parts, key=lambda entry: (entry.date, entry.seq))

    def row(entry: DatedAct) -> Row:
        target, other = direction(setting, index, entry)
        return {
            "day": (entry.date - start).days,
            "group": entry.seq,
            "actor": index.actor[entry.actor],
            "act": index.act[entry.act],
            "target": target,
            "other": other,
        }

    return _table(s.FORCED, map(row, entries))


def direction(setting: Setting, index: Index, entry: DatedAct) -> tuple[int, int]:
    """Return the (target, other) numbers of a dated act, as the options have them."""
    act = setting.ladder.acts[entry.act]
    if act.effect == "hold":
        return -1, -1
    target = index.actor[entry.target]
    if act.toward in ("rival", "state"):
        return target, -1
    concerned = entry.actor if act.toward == "mediator" else entry.target
    other = index.actor[entry.concerning or _only_rival(setting, concerned)]
    return (target, other) if act.toward == "mediator" else (min(target, other), max(target, other))


def _only_rival(setting: Setting, name: str) -> str:
    pair = next(pair for pair in setting.pairs if name in pair)
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
