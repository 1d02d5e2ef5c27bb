"""The outcome of a crisis: the first class that matches, by states' own acts on simulated days.

Border fire and incidents count toward no class.
"""

from __future__ import annotations

from escalation.rules.compiled import phrase, rule, seldom
from escalation.rules.state import CrisisState, Params, frame, has_ended, today
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
def peak_rung(state: CrisisState, i: int) -> int:
    """Return the highest rung of state i's own acts on simulated days, 0 for none."""
    peak = 0
    for rung in range(RUNGS):
        if state.last_day[i, rung] >= 0:
            peak = rung
    return peak


@rule
def last_day_from(state: CrisisState, rung: int) -> int:
    """Return the last simulated day with an act of any state on this rung or above, -1 for none."""
    latest = -1
    for i in range(len(state.last_day)):
        for r in range(rung, RUNGS):
            latest = max(latest, state.last_day[i, r])
    return latest


@rule
def first_day_from(state: CrisisState, rung: int) -> int:
    """Return the first simulated day with an act of any state on this rung or above, -1 for none."""
    earliest = -1
    for i in range(len(state.first_day)):
        for r in range(rung, RUNGS):
            day = state.first_day[i, r]
            if day >= 0 and (earliest < 0 or day < earliest):
                earliest = day
    return earliest


@seldom
def classify(params: Params, state: CrisisState) -> int:
    """Return the outcome class as of today.

    In order: nuclear use; war; limited force that ended (a ceasefire holds for every pair that used
    force, or nobody used violence for a quiet fortnight); limited force going on; a stand-off
    (threats or more in the last fortnight); de-escalated.
    """
    thresholds = frame(params)
    peak = 0
    for i in range(len(params.states)):
        peak = max(peak, peak_rung(state, i))
    if peak >= thresholds.nuclear_rung:
        return NUCLEAR_USE
    if peak >= thresholds.war_rung:
        return WAR_OUTCOME
    since = today(state) - thresholds.quiet_days
    if peak >= thresholds.force_rung:
        quiet = last_day_from(state, thresholds.violence_rung) <= since
        return FORCE_ENDED if quiet or ceasefires_hold(params, state) else FORCE_GOING_ON
    tense = last_day_from(state, thresholds.standoff_rung)
    return STAND_OFF if tense >= 0 and tense > since else DE_ESCALATED


@seldom
def end_of_crisis(params: Params, state: CrisisState) -> int:
    """Return the first day of the quiet that closes the crisis, -1 if it goes on as of today.

    Quiet is a fortnight (`quiet_days`) without an act on the stand-off's rungs or above. The days that pass
    after the use of a nuclear weapon are no quiet: the model says nothing of them.
    """
    if has_ended(state):
        return -1
    thresholds = frame(params)
    tense = max(last_day_from(state, thresholds.standoff_rung), thresholds.horizon)
    return tense + 1 if tense <= today(state) - thresholds.quiet_days else -1


@phrase
def ceasefires_hold(params: Params, state: CrisisState) -> bool:
    """Return whether a ceasefire holds between every pair that used force on simulated days."""
    n = len(params.states)
    for i in range(n):
        for j in range(i + 1, n):
            dyad = state.dyad[i, j]
            if dyad.last_force > frame(params).horizon and not dyad.ceasefire:
                return False
    return True
