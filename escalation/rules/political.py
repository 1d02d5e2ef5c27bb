"""Words and measures, on rungs 1 and 2: when a state takes one, and which one.

Symbols as in `escalation.rules.hostile`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from escalation.rules.compiled import rule, sum_of
from escalation.rules.hostile import log_days_since, step_of
from escalation.rules.outlook import Outlook
from escalation.rules.state import OF_AVERAGE, CrisisState, Params, Traits, dyad_of, weights


class PoliticalClock(NamedTuple):
    """Terms of the log hazard of words or a measure, in the order of their sum."""

    alarm: float
    lull: float
    tempo: float
    grievance: float


@rule
def time_protest(params: Params, state: CrisisState, i: int, j: int) -> PoliticalClock:
    """Return the terms of the log hazard, per day, of words or a measure by i toward j.

        ln rate = protest - lull ln L' + tempo ln(1 + min(A, cap)) + grievance G

    L' counts the days since any escalatory act of either side, words included. Source: set by hand against
    verbal and political responses in ICB v15; the weakest part of the evidence.
    """
    w = weights(params)
    dyad = dyad_of(state, i, j)
    return PoliticalClock(
        alarm=w.protest,
        lull=-w.protest_lull * log_days_since(params, state, dyad.spoken),
        tempo=w.protest_tempo * math.log(1.0 + min(dyad.activity, w.tempo_cap)),
        grievance=w.protest_grievance * state.pair[i, j].grievance,
    )


political_log_hazard = sum_of(PoliticalClock)


class PoliticalAct(NamedTuple):
    """Terms of words or a measure, given that one is taken, in the order of their sum."""

    intercept: float
    ratchet: float
    step: float
    pressure: float
    cost: float


@rule
def weigh_protest(params: Params, act: Traits, o: Outlook) -> PoliticalAct:
    """Return the terms of words or a measure of rung l by i toward j, given that i takes one.

        U = base - ratchet max(0, posture - l) - step max(0, l - max(posture, seen, HL if hot) - 1)^2
            + pressure P l/10 visibility - cost c_a (1 + E) 2 (1 - resolve)

    Source: the project's design, as for hostile acts.
    """
    w = weights(params)
    return PoliticalAct(
        intercept=act.intercept,
        ratchet=-w.ratchet * max(0.0, o.posture - act.rung),
        step=step_of(params, act.rung, o),
        pressure=w.pressure * o.pressure * act.height * act.visibility,
        cost=-w.cost * act.cost * (1.0 + o.exhaustion) * OF_AVERAGE * (1.0 - o.resolve),
    )


political_utility = sum_of(PoliticalAct)
