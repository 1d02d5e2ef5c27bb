"""The outcome of a crisis: the first class that matches, on free days and states' own acts.

Border fire and the acts of nobody (incidents) count in no class.
"""

from __future__ import annotations

from escalation.rules.compiled import phrase, rule, seldom
from escalation.rules.state import Params, State
from escalation.vocabulary import (
    DE_ESCALATED,
    FORCE_ENDED,
    FORCE_GOING_ON,
    NUCLEAR_USE,
    RUNGS,
    STAND_OFF,
    WAR_OUTCOME,
)


@rule
def peak_rung(state: State, i: int) -> int:
    """Return the highest rung of state i's own acts on free days, 0 for none."""
    peak = 0
    for rung in range(RUNGS):
        if state.last_day[i, rung] >= 0:
            peak = rung
    return peak


@rule
def last_day_from(state: State, rung: int) -> int:
    """Return the last free day with an act of any state on this rung or above, -1 for none."""
    latest = -1
    for i in range(len(state.last_day)):
        for r in range(rung, RUNGS):
            latest = max(latest, state.last_day[i, r])
    return latest


@rule
def first_day_from(state: State, rung: int) -> int:
    """Return the first free day with an act of any state on this rung or above, -1 for none."""
    earliest = -1
    for i in range(len(state.first_day)):
        for r in range(rung, RUNGS):
            day = state.first_day[i, r]
            if day >= 0 and (earliest < 0 or day < earliest):
                earliest = day
    return earliest


@seldom
def classify(params: Params, state: State) -> int:
    """Return the outcome class as of today.

    In order: nuclear use; war; limited force that ended (a ceasefire holds for every pair that used
    force, or nobody used violence for a quiet fortnight); limited force going on; a stand-off
    (threats or more in the last fortnight); de-escalated.
    """
    frame = params.frame[0]
    peak = 0
    for i in range(len(params.states)):
        peak = max(peak, peak_rung(state, i))
    if peak >= frame.nuclear_rung:
        return NUCLEAR_USE
    if peak >= frame.war_rung:
        return WAR_OUTCOME
    since = state.counts[0] - frame.quiet_days
    if peak >= frame.force_rung:
        quiet = last_day_from(state, frame.violence_rung) <= since
        return FORCE_ENDED if quiet or ceasefires_hold(params, state) else FORCE_GOING_ON
    tense = last_day_from(state, frame.standoff_rung)
    return STAND_OFF if tense >= 0 and tense > since else DE_ESCALATED


@seldom
def end_of_crisis(params: Params, state: State) -> int:
    """Return the first day of the quiet that closes the crisis, -1 if it goes on as of today.

    Quiet is a fortnight (`quiet_days`) without an act on the stand-off's rungs or above.
    """
    frame = params.frame[0]
    tense = max(last_day_from(state, frame.standoff_rung), frame.horizon)
    return tense + 1 if tense <= state.counts[0] - frame.quiet_days else -1


@phrase
def ceasefires_hold(params: Params, state: State) -> bool:
    """Tell whether a ceasefire holds between every pair that used force on free days."""
    n = len(params.states)
    for i in range(n):
        for j in range(i + 1, n):
            dyad = state.dyad[i, j]
            if dyad.last_force > params.frame[0].horizon and not dyad.ceasefire:
                return False
    return True
