"""Evidence on when and how states respond to a trigger, and on agreements, from ICB and attacks.

While neither side has acted, what a state does first is a matter of survival and choice: the hazards of its
clocks day by day, and the shares of rungs in what it would choose, both by the rules' own functions
(`read_response` in `escalation.rules.reading`). No run is simulated. What a state's own lesser acts change in
between is left out, which the simulations of `escalation.history.facts` take in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from escalation.engine.pack import pack, reweighed
from escalation.history.attacks import CLASSES, MASS, Answers, after_attack
from escalation.history.icb import RESPONSE_DAYS, RESPONSES, Rates
from escalation.history.likelihood import (
    OF_CHOICE,
    OF_CLOCK,
    OF_CONCILIATION,
    OF_PROTEST,
    Evidence,
    Floats,
    index_of_pair,
    of_pair,
)
from escalation.rules.decide import share_of
from escalation.rules.options import is_available, option_row, weigh_option
from escalation.rules.reading import (
    CHOICES,
    HOSTILE_HAZARD,
    POLITICAL_HAZARD,
    REPLY_PROBABILITY,
    let_a_day_pass,
    read_response,
    settle_recorded,
)
from escalation.rules.settle import settle_other, settle_own
from escalation.rules.state import DAY, FORCE_RUNG, CrisisState, Params, fresh_state, restore
from escalation.scenario.load import load_scenario
from escalation.scenario.weights import Weights
from escalation.vocabulary import RUNGS

AGREEMENTS, ATTACKS = "agreements", "attacks"
"""Names of these pieces of evidence; the others are `responses_` and the class of trigger."""

WEIGHTS = {"violent": 1.0, "violent_by_others": 0.25, "military": 0.25, "political": 0.25}
"""By class of trigger. A violent act by a state is the one of which the model's counterpart is plain, and
nothing else says at scale what a struck state does; of the others neither the act nor the selection is known
well."""

EDGES = (2, 4, 8, 15, 31, RESPONSE_DAYS + 1)
"""Days after the trigger at which spans of the response end, exclusive: 0-1, 2-3, 4-7, 8-14, 15-30, 31-60."""
WORDS, SHOW, VIOLENT = range(len(RESPONSES))

TRIGGERS: Mapping[str, Mapping[str | float, float]] = {
    "violent": {"local_raid": 0.37, "ground_attack": 0.34, "full_war": 0.29},
    "violent_by_others": {MASS: 1.0},
    "military": {"mobilise": 0.5, "show_of_force": 0.5},
    "political": {"expel_diplomats": 1.0},
}
"""By class of trigger in ICB, the act of the rival on day 0 and its share; a number is the severity of an
incident. Violent triggers by the violence of their crises (76 minor, 69 serious, 60 war); the others are
assumptions."""
SELECTED = ("military", "political")
"""Triggers that ICB counts because somebody responded: scored given a response within the days read."""


def evidence_of_responses(rates: Rates) -> list[Evidence]:
    """Prepare the major responses to each class of trigger: when, and whether words, a show or violence.

    The major response is the strongest: violence where there is any within the days read, else a show of
    force, else words; each is dated to its first day.
    """
    return [_responses_to(name, rates) for name in TRIGGERS]


def _responses_to(name: str, rates: Rates) -> Evidence:
    counted = rates.responses[name]
    cells = len(RESPONSES) * len(EDGES)
    counts = np.zeros(cells + 1)
    for day, *responses in counted.by_day:
        span = int(np.searchsorted(EDGES, day, side="right"))
        for kind, number in enumerate(responses):
            counts[kind * len(EDGES) + span] += number
    selected = name in SELECTED
    counts[cells] = 0.0 if selected else sum(counted.later)
    mixture = TRIGGERS[name]

    def read(weights: Weights) -> Floats:
        params = of_pair(weights)
        shares = np.zeros(cells + 1)
        for trigger, share in mixture.items():
            shares += share * _major_responses(response_table(params, trigger))
        if selected:
            shares[cells] = 0.0
        return np.tile(shares / shares.sum(), (cells + 1, 1))

    return Evidence(
        name=f"responses_{name}",
        read=read,
        observed=np.arange(cells + 1),
        cluster=np.zeros(cells + 1, np.int64),
        group=(),
        weight=WEIGHTS[name],
        counts=counts,
        informs=(*OF_CLOCK, *OF_CHOICE, *OF_PROTEST),
    )


def response_table(params: Params, trigger: str | float, days: int = RESPONSE_DAYS) -> Floats:
    """Return hazards and choices of state 0 after a trigger, day by day; see `read_response`.

    Parameters
    ----------
    params
        Of a crisis between two states on the ladder of `of_pair`.
    trigger
        The act of state 1 on day 0, or the severity of an incident that is blamed on it.
    """
    table = np.zeros((days + 1, CHOICES + RUNGS))
    act, severity = (index_of_pair().act[trigger], 0.0) if isinstance(trigger, str) else (-1, trigger)
    read_response(params, fresh_state(params), fresh_state(params), act, severity, table)
    return table


def hazard_from(table: Floats, rung: int) -> Floats:
    """Return the cumulative hazard, by day, of a hostile act on a rung or above while all else rests."""
    share = table[:, CHOICES + rung :].sum(axis=1)
    daily = table[:, HOSTILE_HAZARD] * share
    daily[0] = -math.log(max(1e-12, 1.0 - table[0, REPLY_PROBABILITY] * share[0]))
    cumulated: Floats = np.cumsum(daily)
    return cumulated


def _major_responses(table: Floats) -> Floats:
    """Return the probability of each class of major response in each span, and of none, [cells + 1]."""
    ends = np.array(EDGES) - 1
    spoken = np.cumsum(table[:, POLITICAL_HAZARD])
    found, missed = [], 1.0
    violent, hostile = hazard_from(table, int(FORCE_RUNG)), hazard_from(table, 0)
    for kind in (violent, hostile - violent, spoken):
        done = 1.0 - np.exp(-kind[ends])
        found.append(missed * np.diff(done, prepend=0.0))
        missed *= 1.0 - done[-1]
    return np.concatenate([found[2], found[1], found[0], [missed]])


def evidence_of_attacks(answers: Answers) -> Evidence:
    """Prepare responses to attacks: the highest class of the victim's own acts in the days after.

    Acts of a class are taken to come by their hazard alone, so that the highest is below a class where none
    of that class or above has come.
    """
    scenario = load_scenario(answers.scenario)
    packed = [pack(after_attack(scenario, kind.severity, answers.days)) for kind in answers.severities]
    sorts = np.array([answers.sort_of(attack) for attack in answers.attacks])
    highest = np.array([attack.highest_rung for attack in answers.attacks])

    def read(weights: Weights) -> Floats:
        shares = []
        for params, kind in zip(packed, answers.severities, strict=True):
            own = reweighed(params, weights)
            table = np.zeros((answers.days + 1, CHOICES + RUNGS))
            read_response(own, fresh_state(own), fresh_state(own), -1, kind.severity, table)
            reached = [hazard_from(table, rung)[-1] for rung in CLASSES]
            reached[0] += table[:, POLITICAL_HAZARD].sum()
            below = np.exp(-np.array(reached))
            shares.append(np.diff(np.concatenate([below, [1.0]]), prepend=0.0))
        of_sorts: Floats = np.maximum(np.array(shares), 1e-9)
        rows: Floats = of_sorts[sorts]
        return rows

    return Evidence(
        name=ATTACKS,
        read=read,
        observed=np.searchsorted(CLASSES, highest, side="right"),
        cluster=np.arange(len(sorts)),
        group=tuple(f"{attack.place} {attack.date}" for attack in answers.attacks),
        informs=(*OF_CLOCK, *OF_CHOICE, *OF_PROTEST),
    )


EXCHANGED = ("local_raid", "local_raid")
"""The exchange of force that makes the crisis in which agreements are read: the rival's act, the answer."""
READ_AFTER = (4, 20, 60, 135, 270, 500)
"""Days after that exchange at which the hazard of agreement is read, one in each span of ICB's counts. A
ceasefire can be proposed only soon after force, so that one day alone would say little of the rest."""
SIMULATED = 1.5
"""How many times as often rivals agree in simulated crises of ICB's mix and lengths as the hazard read so
says, for force recurs in them. Measured with `mediation-check`, whose rate without mediation shows whether it
holds."""


def evidence_of_agreements(rates: Rates) -> Evidence:
    """Prepare agreements per day of unmediated crises."""
    counted = rates.agreements["unmediated"]
    agreed, days = float(sum(counted.agreed)), float(sum(counted.days))

    def read(weights: Weights) -> Floats:
        hazard = SIMULATED * agreement_hazard(of_pair(weights), counted.days)
        return np.tile([math.exp(-hazard), -math.expm1(-hazard)], (2, 1))

    return Evidence(
        name=AGREEMENTS,
        read=read,
        observed=np.arange(2),
        cluster=np.zeros(2, np.int64),
        group=(),
        counts=np.array([days - agreed, agreed]),
        informs=OF_CONCILIATION,
    )


def agreement_hazard(params: Params, spent: Sequence[int]) -> float:
    """Return the hazard, per day, of a direct agreement in a crisis after an exchange of force.

    Over both sides: the hazard of each offer that can be accepted, times the probability that the rival
    accepts it while it stands, day by day; the mean over the days of `READ_AFTER`.

    Parameters
    ----------
    spent
        Weights of these days: the days of crises in each span of time.
    """
    index = index_of_pair()
    state, saved = fresh_state(params), fresh_state(params)
    state.counts[DAY] = 0
    for side, act in enumerate(EXCHANGED):
        settle_recorded(params, state, 1 - side, index.act[act], False)
        let_a_day_pass(params, state)
    read, passed = [], 0
    for day in READ_AFTER:
        for _ in range(day - passed):
            let_a_day_pass(params, state)
        passed = day
        restore(saved, state)
        read.append(_agreement_on(params, state, saved))
        restore(state, saved)
    return float(np.average(read, weights=spent))


def _agreement_on(params: Params, state: CrisisState, saved: CrisisState) -> float:
    """Return the hazard of a direct agreement in a saved state; the other one is for work."""
    whole = 0.0
    for accepts in np.flatnonzero(params.acts["needs_offer"] >= 0):
        offer = int(params.acts["needs_offer"][accepts])
        for i in range(2):
            restore(state, saved)
            offered = _hazard_of(params, state, i, offer)
            settle_own(params, state, i, offer, 1 - i, -1)
            settle_other(params, state, i, offer, 1 - i, 0.0, False)
            accepted = 0.0
            for _ in range(int(params.acts["stands"][offer])):
                let_a_day_pass(params, state)
                accepted += _hazard_of(params, state, 1 - i, int(accepts))
            whole += offered * (1.0 - math.exp(-accepted))
    return whole


def _hazard_of(params: Params, state: CrisisState, i: int, act: int) -> float:
    """Return the hazard of a conciliatory act of i toward the other, 0 where it is not available."""
    k = int(params.first_option[i]) + int(option_row(params, i, act, 1 - i, -1))
    if not is_available(params, state, i, k):
        return 0.0
    return float(share_of(weigh_option(params, state, i, k)))


NAMES = (*(f"responses_{name}" for name in TRIGGERS), AGREEMENTS, ATTACKS)
"""Names of all of this evidence, in its order."""


def evidence_of_records(rates: Rates, answers: Answers) -> Sequence[Evidence]:
    """Prepare all evidence that comes from counts: responses by trigger, agreements, responses to attacks."""
    return [*evidence_of_responses(rates), evidence_of_agreements(rates), evidence_of_attacks(answers)]
