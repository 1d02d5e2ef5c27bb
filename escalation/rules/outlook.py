"""What a state perceives when it weighs acts toward a rival, as plain numbers; and the formulas' helpers."""

from __future__ import annotations

from typing import NamedTuple

from escalation.rules.compiled import phrase, rule
from escalation.rules.state import (
    FORCE_RUNG,
    MID_WAR,
    TOP_RUNG,
    CrisisState,
    Params,
    Traits,
    weights,
)

NO_FORMULA = TOP_RUNG
"""A focal point that no act lies above."""


class Outlook(NamedTuple):
    """The quantities by which state i chooses among acts toward j, with the symbols of the formulas."""

    posture: float
    ground: float
    """The level above which rungs count as skipped: max(posture, seen, HL if hot)."""
    pressure: float
    """P."""
    commitment: float
    """C."""
    heat: float
    """H: 1 after a fully visible use of force by j, fading."""
    heat_level: float
    """HL: the rung of that use of force."""
    hit_today: float
    """1 where j has used force against i today, else 0."""
    campaign: float
    """K: 1 after i's own strike, fading."""
    last_rung: float
    """Rung of i's own last act toward j."""
    last_hostility: float
    """Level of hostility of i's own last act toward j; 0 for none yet."""
    momentum: float
    """M: 1 after i's own act, fading."""
    wars: float
    """1 where i's last act was war, and 1 more where j's was."""
    habit_threat: float
    """ln of the share of threats in i's repertoire toward j, relative to a state without a repertoire; the
    other levels likewise."""
    habit_display: float
    habit_force: float
    habit_war: float
    nuclear: float
    """1 where both have nuclear weapons, else 0."""
    talks: float
    """1 while talks are open, else 0."""
    focal: float
    """Rung of the joint step down that is proposed."""
    leverage: float
    """Leverage on i of a mediator with open talks, in part until it presses; 0 without talks."""
    face_saving: float
    offer: float
    """j's standing offer."""
    fear: float
    """F."""
    exhaustion: float
    """E."""
    resolve: float
    risk_aversion: float


@rule
def outlook_on(params: Params, state: CrisisState, i: int, j: int) -> Outlook:
    """Read i's outlook on j off parameters and state."""
    w = weights(params)
    own = params.states[i]
    pair = state.pair[i, j]
    actor = state.actor[i]
    ground = max(pair.posture, pair.seen)
    if pair.heat > w.heat_felt:
        ground = max(ground, pair.heat_level)
    theirs = state.pair[j, i]
    wars = at_least(pair.last_hostility, MID_WAR) + at_least(theirs.last_hostility, MID_WAR)
    talks, focal = 0.0, NO_FORMULA
    if pair.talks:
        talks = 1.0
        if pair.focal >= 0.0:
            focal = pair.focal
    return Outlook(
        posture=pair.posture,
        ground=ground,
        pressure=pair.pressure,
        commitment=pair.commitment,
        heat=pair.heat,
        heat_level=pair.heat_level,
        hit_today=at_least(pair.struck, FORCE_RUNG),
        campaign=pair.campaign,
        last_rung=pair.last_rung,
        last_hostility=pair.last_hostility,
        momentum=pair.momentum,
        wars=wars,
        habit_threat=pair.habit_threat,
        habit_display=pair.habit_display,
        habit_force=pair.habit_force,
        habit_war=pair.habit_war,
        nuclear=float(params.rivalries[i, j].nuclear),
        talks=talks,
        focal=focal,
        leverage=pair.leverage,
        face_saving=pair.face_saving,
        offer=theirs.offer,
        fear=actor.fear,
        exhaustion=actor.exhaustion,
        resolve=own.resolve,
        risk_aversion=own.risk_aversion,
    )


@rule
def traits_of(params: Params, k: int) -> Traits:
    """Return the traits of option k's act."""
    traits = params.traits
    return Traits(
        rung=traits.rung[k],
        height=traits.height[k],
        intercept=traits.intercept[k],
        cost=traits.cost[k],
        visibility=traits.visibility[k],
        hostility=traits.hostility[k],
    )


@phrase
def cube(x: float) -> float:
    """Return x to the third power, the same bits compiled or not."""
    return x * x * x


@phrase
def at_least(rung: float, least: float) -> float:
    """Return 1 from a rung on, else 0: the bracket [l >= n] of the formulas."""
    return 1.0 if rung >= least else 0.0


@phrase
def nearness(distance: float, width: float) -> float:
    """Fall linearly from 1 at no distance to 0 at the width."""
    return max(0.0, 1.0 - abs(distance) / width)
