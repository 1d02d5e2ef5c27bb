"""Mediation: when a mediator acts and with what effect, whether rivals consent, how open talks end.

The terms of a mediator's act and of consent are here with their formulas and sums.

Talks of mediator m with a pair run QUIET, OFFERED, OPEN and back to QUIET by a refusal, a lapse or
an agreement. A mediator's style is the most intrusive act it will take: facilitation offers good
offices, formulation also proposes a formula, manipulation also applies carrots and sticks
(Beardsley et al. 2006; Wilkenfeld et al. 2003).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from escalation.rules.compiled import phrase, rule, seldom, sum_of
from escalation.rules.state import (
    MID_NONE,
    OFFERED,
    OPEN,
    QUIET,
    CrisisState,
    Params,
    dyad_of,
    frame,
    is_simulated,
    talk_of,
    today,
    weights,
)
from escalation.vocabulary import (
    ASK,
    CONSENT,
    DECLINE,
    FACILITATION,
    FORMULA,
    FORMULATION,
    HOLD,
    MANIPULATION,
    MEDIATED,
    OFFER,
    PRESS,
    URGE,
)

GO_ON, AGREE, LAPSE = range(3)

MOST_INTRUSIVE = 1.0
"""Intrusiveness of manipulation. Not a parameter: it sets the unit of the weight `consent_aversion`."""


@rule
def violence_near(params: Params, state: CrisisState, i: int, j: int) -> float:
    """Return recent violence between i and j, or between i and any rival where j is -1."""
    if j >= 0:
        return float(dyad_of(state, i, j).violence)
    worst = 0.0
    for k in range(len(params.states)):
        if params.rivalries[i, k].rival:
            worst = max(worst, dyad_of(state, i, k).violence)
    return worst


@rule
def mediator_can(params: Params, state: CrisisState, m: int, a: int, i: int, j: int) -> bool:
    """Return whether mediator m can take act a toward i (and j, for a pair) now."""
    effect = params.acts[a].effect
    if effect == HOLD:
        return True
    if today(state) < params.mediators[m].enters:
        return False
    if effect == URGE:
        return True
    talk = talk_of(state, m, i, j)
    if effect == OFFER:
        return bool(talk.stage == QUIET and not dyad_of(state, i, j).ceasefire)
    if effect == FORMULA:
        return bool(talk.stage == OPEN and talk.focal < 0.0 and params.mediators[m].style >= FORMULATION)
    return bool(
        effect == PRESS
        and talk.stage == OPEN
        and not talk.pressed
        and params.mediators[m].style >= MANIPULATION
    )


class Readiness(NamedTuple):
    """Terms of the log hazard of a mediator's act besides its intercept, in the order of their sum."""

    violence: float
    request: float
    refusal: float


class Mediation(NamedTuple):
    """Terms of the log hazard of a mediator's act, in the order of their sum."""

    intercept: float
    readiness: Readiness


@rule
def weigh_readiness(params: Params, state: CrisisState, m: int, i: int, j: int) -> Readiness:
    """Return what acts of mediator m toward i, or toward i and j, share in their log hazards, per day.

        ln rate = base + violence V + asked (either rival's request) - refusal (1 - persistence) R

    They run as competing risks. V is recent violence, R the fading memory of a refusal. Mediators go to
    the more violent crises (ICB v15), so raw durations do not show whether mediation shortens a crisis.
    """
    w = weights(params)
    request = refusal = 0.0
    if j >= 0:
        asked = max(state.side[m, i, j].asked, state.side[m, j, i].asked)
        refused = talk_of(state, m, i, j).refused
        request = w.readiness_asked * asked
        refusal = -w.refusal_deters * (1.0 - params.mediators[m].persistence) * refused
    return Readiness(
        violence=w.readiness_violence * violence_near(params, state, i, j),
        request=request,
        refusal=refusal,
    )


readiness_log_ratio = sum_of(Readiness)
mediation_log_hazard = sum_of(Mediation)


class Opinion(NamedTuple):
    """Terms of a state's opinion of a mediator, which enter its appeals and its consent."""

    trust: float
    aversion: float
    bias: float
    leverage: float


@rule
def opinion_of(params: Params, i: int, j: int, m: int) -> Opinion:
    """Return the terms of i's opinion of mediator m in its quarrel with j.

    trust T - aversion A (intrusiveness) - bias max(0, lean to j - lean to i) + leverage (on i)

    Leverage raises the cost of refusing, whatever the style (Zartman and Touval; Beardsley et al. 2006).
    """
    w = weights(params)
    mine = params.relations[m, i]
    theirs = params.relations[m, j]
    return Opinion(
        trust=w.consent_trust * mine.trust,
        aversion=-w.consent_aversion * params.states[i].third_party_aversion * intrusiveness(params, m),
        bias=-w.consent_bias * max(0.0, theirs.bias - mine.bias),
        leverage=w.consent_leverage * mine.leverage,
    )


@phrase
def intrusiveness(params: Params, m: int) -> float:
    """Return how far mediator m's style and form intrude, from 0 to 1.

    Facilitation, formulation and manipulation intrude in this order (Beardsley et al. 2006); that even the
    least of a third party is already much is a prior. Bilateral talks intrude less.
    """
    w = weights(params)
    mediator = params.mediators[m]
    intrudes = MOST_INTRUSIVE
    if mediator.style == FACILITATION:
        intrudes = w.facilitation_intrusiveness
    elif mediator.style == FORMULATION:
        intrudes = w.formulation_intrusiveness
    if mediator.bilateral:
        intrudes *= w.bilateral_discount
    return float(intrudes)


class Consent(NamedTuple):
    """Terms of the log-odds of consent to an offer, in the order of their sum."""

    intercept: float
    pressure: float
    fear: float
    exhaustion: float
    opinion: Opinion


@rule
def weigh_consent(params: Params, state: CrisisState, m: int, i: int, j: int) -> Consent:
    """Return the terms of the log-odds that i consents to m's offer over its quarrel with j.

    consent + opinion (trust, aversion, bias, leverage) + exhaustion min(E, cap) + fear F - pressure P
    """
    w = weights(params)
    return Consent(
        intercept=w.consent,
        pressure=-w.consent_pressure * state.pair[i, j].pressure,
        fear=w.consent_fear * state.actor[i].fear,
        exhaustion=w.consent_exhaustion * min(state.actor[i].exhaustion, w.exhaustion_cap),
        opinion=opinion_of(params, i, j, m),
    )


consent_log_odds = sum_of(Consent)


@seldom
def settle_mediation(params: Params, state: CrisisState, actor: int, a: int, target: int, other: int) -> None:
    """Apply an act of mediation; it changes neither rival's posture.

    A request or a consent is given once and holds until the offer or the talks end; a refusal ends
    the offer. Urging restraint relieves pressure and grievance of a state that trusts the mediator. A formula
    proposes a joint step down from the lower of the two postures.
    """
    w = weights(params)
    n = len(params.states)
    effect = params.acts[a].effect
    if effect in (ASK, CONSENT, DECLINE):
        m = target - n
        side = state.side[m, actor, other]
        if effect == DECLINE:
            close_talks(state, m, actor, other, 1.0)
        else:
            side.consented = 1
        if effect == ASK:
            side.asked = 1.0
        return
    m = actor - n
    if effect == URGE:
        for j in range(n):
            relief = w.urging * params.relations[m, target].trust
            state.pair[target, j].pressure *= 1.0 - relief
            state.pair[target, j].grievance *= 1.0 - relief
        return
    talk = talk_of(state, m, target, other)
    if effect == OFFER and talk.stage == QUIET:
        talk.stage = OFFERED
        if talk.first_offered < 0:
            talk.first_offered = today(state)
    if effect == FORMULA:
        lower = min(state.pair[target, other].posture, state.pair[other, target].posture)
        talk.focal = max(0.0, lower - w.focal_step)
    if effect == PRESS:
        talk.pressed = 1


@phrase
def open_if_all_consent(params: Params, state: CrisisState, m: int, i: int, j: int) -> bool:
    """Open the talks once an offer has been made and both rivals have consented."""
    low, high = min(i, j), max(i, j)
    talk = state.talk[m, low, high]
    if talk.stage != OFFERED or not (state.side[m, i, j].consented and state.side[m, j, i].consented):
        return False
    talk.stage = OPEN
    talk.opened = today(state)
    if talk.first_opened < 0:
        talk.first_opened = today(state)
    if talk.newly_opened < 0 and is_simulated(params, state):
        talk.newly_opened = today(state)
    if state.dyad[low, high].talks_opened < 0:
        state.dyad[low, high].talks_opened = today(state)
    return True


@rule
def close_talks(state: CrisisState, m: int, i: int, j: int, refused: float) -> None:
    """End an offer or talks; the mediator remembers it as a refusal of this freshness, 0 to 1."""
    talk = talk_of(state, m, i, j)
    talk.stage = QUIET
    talk.pressed = 0
    talk.focal = -1.0
    talk.refused = max(talk.refused, refused)
    state.side[m, i, j].consented = 0
    state.side[m, j, i].consented = 0


@phrase
def hazard_of_agreement(params: Params, state: CrisisState, m: int, i: int, j: int) -> float:
    """Return the daily hazard that open talks agree.

        h exp(formulation [formula proposed] + leverage L ([pressed] + presence [not pressed])
              + exhaustion min(E, cap) + company (others in talks))

    L is the mean of the mediator's leverage on both rivals, E the mean of their exhaustion. Mediators in
    talks with the same pair compete (company below 0) or coordinate (above).
    Source: fitted to agreements by style in ICB v15 (formal .18, .41, .63); see
    `escalation.history.mediation_fit`.
    """
    w = weights(params)
    talk = talk_of(state, m, i, j)
    log_ratio = 0.0
    if talk.focal >= 0.0:
        log_ratio += w.agree_formulation
    log_ratio += w.agree_leverage * leverage_felt(params, talk, mean_leverage(params, m, i, j))
    for other in range(len(params.mediators)):
        if other != m and talk_of(state, other, i, j).stage == OPEN:
            log_ratio += w.agree_company
    tired = 0.5 * (state.actor[i].exhaustion + state.actor[j].exhaustion)
    log_ratio += w.agree_exhaustion * min(tired, w.exhaustion_cap)
    return float(w.talks_agree * math.exp(log_ratio))


@phrase
def mean_leverage(params: Params, m: int, i: int, j: int) -> float:
    """Return mediator m's leverage on a pair of rivals, the mean of both."""
    return float(0.5 * (params.relations[m, i].leverage + params.relations[m, j].leverage))


@phrase
def hazard_of_lapse(params: Params, m: int) -> float:
    """Return the daily hazard that talks lapse: less under a persistent mediator, h exp(-holds (p - 1/2))."""
    w = weights(params)
    return float(w.talks_lapse * math.exp(-w.persistence_holds * (params.mediators[m].persistence - 0.5)))


@seldom
def continue_talks(params: Params, state: CrisisState, m: int, i: int, j: int, u: float) -> int:
    """Return whether open talks go on, agree or lapse today, by a uniform u.

    Agreement and lapse compete; a use of force on the day before may end the talks first.
    Without the lapse nearly all talks would agree and the styles would lose their order.
    """
    w = weights(params)
    agree = hazard_of_agreement(params, state, m, i, j)
    both = agree + hazard_of_lapse(params, m)
    day = today(state)
    spared = 1.0
    if day > 0 and dyad_of(state, i, j).last_force == day - 1:
        spared -= w.talks_collapse
    ended = spared * (1.0 - math.exp(-both))
    agreed = 0.0
    if both > 0.0:
        agreed = ended * agree / both
    if u < agreed:
        return AGREE
    return LAPSE if u < ended + 1.0 - spared else GO_ON


@rule
def cease_fire(params: Params, state: CrisisState, i: int, j: int, guarantee: float) -> None:
    """Bring a ceasefire or agreement between i and j into force, with a guarantee from 0 to 1 behind it.

    posture, seen x .45, P, G x .5, C x .6, H x .5, no campaign, no border fire (default weights); a last
    act of whatever hostility is behind both.
    """
    w = weights(params)
    dyad = dyad_of(state, i, j)
    dyad.ceasefire = 1
    dyad.guarantee = guarantee
    dyad.border_fire = 0
    for side in range(2):
        pair = state.pair[i, j] if side == 0 else state.pair[j, i]
        pair.posture *= w.ceasefire_posture
        pair.seen *= w.ceasefire_posture
        pair.pressure *= w.ceasefire_pressure
        pair.grievance *= w.ceasefire_pressure
        pair.grievance_level = 0.0
        pair.commitment *= w.ceasefire_commitment
        pair.heat *= w.heat_left
        pair.campaign = 0.0
        pair.last_hostility = min(pair.last_hostility, MID_NONE)


@phrase
def hazard_of_breach(params: Params, dyad: Any) -> float:
    """Return the daily hazard that a ceasefire breaks down without a use of force: h exp(-holds guarantee).

    What stands behind an agreement makes it last: monitoring and guarantees by third parties (Fortna 2004).
    """
    w = weights(params)
    return float(w.ceasefire_breach * math.exp(-w.guarantee_holds * dyad.guarantee))


@phrase
def guarantee_of(params: Params, state: CrisisState, m: int, i: int, j: int) -> float:
    """Return the guarantee that mediator m puts behind an agreement in its talks, from 0 to 1.

    formulation [formula proposed] + leverage L ([pressed] + presence [not pressed])
    """
    w = weights(params)
    talk = talk_of(state, m, i, j)
    stands = w.guarantee_leverage * leverage_felt(params, talk, mean_leverage(params, m, i, j))
    if talk.focal >= 0.0:
        stands += w.guarantee_formulation
    return float(min(1.0, stands))


@phrase
def leverage_felt(params: Params, talk: Any, leverage: float) -> float:
    """Return how much of a mediator's leverage counts in open talks: all once it presses, a share before."""
    return leverage if talk.pressed else float(weights(params).leverage_presence) * leverage


@phrase
def credibility_with(params: Params, m: int, i: int) -> float:
    """Return mediator m's credibility with state i, from 0 to 1: its own, and more where it leans to i.

    Source: a biased mediator's word is credible to the side that it favours (Kydd 2003).
    """
    lean = weights(params).credible_lean * params.relations[m, i].bias
    return float(min(1.0, max(0.0, params.mediators[m].credibility * (1.0 + lean))))


@phrase
def note_settlement(dyad: Any, day: int, horizon: int, channel: int, mediator: int) -> None:
    """Note the first settlement of a pair on a simulated day, and the channel through which it came."""
    if dyad.settled_day < 0 and day > horizon:
        dyad.settled_day = day
        dyad.channel = channel
        dyad.mediator = mediator


@seldom
def agree(params: Params, state: CrisisState, m: int, i: int, j: int) -> None:
    """Settle an agreement in m's talks: a ceasefire through the mediated channel.

    It ends all mediators' talks and offers to the pair.
    """
    cease_fire(params, state, i, j, guarantee_of(params, state, m, i, j))
    note_settlement(dyad_of(state, i, j), today(state), frame(params).horizon, MEDIATED, m)
    talk = talk_of(state, m, i, j)
    talk.agreed = today(state)
    if talk.first_agreed < 0:
        talk.first_agreed = talk.agreed
    for other in range(len(params.mediators)):
        close_talks(state, other, i, j, 0.0)


@phrase
def someone_talks(params: Params, state: CrisisState, i: int, j: int) -> bool:
    """Return whether any mediator's talks with i and j are open."""
    for m in range(len(params.mediators)):
        if talk_of(state, m, i, j).stage == OPEN:
            return True
    return False


@phrase
def set_table(params: Params, state: CrisisState, i: int, j: int) -> None:
    """Note the effects of open talks, by whichever mediators, on i toward j.

    Where several mediators hold talks with a pair, the lowest formula, the strongest leverage and
    the most credible presence count.
    """
    w = weights(params)
    pair = state.pair[i, j]
    pair.talks = 0
    pair.focal = -1.0
    pair.leverage = 0.0
    pair.information = 0.0
    pair.clarity = 0.0
    pair.face_saving = 0.0
    for m in range(len(params.mediators)):
        talk = talk_of(state, m, i, j)
        if talk.stage == OPEN:
            credibility = credibility_with(params, m, i)
            pair.talks = 1
            pair.information = max(pair.information, credibility)
            pair.clarity = max(pair.clarity, w.clarity * credibility)
            pair.face_saving = w.face_saving
            if talk.focal >= 0.0 and (pair.focal < 0.0 or talk.focal < pair.focal):
                pair.focal = talk.focal
            felt = leverage_felt(params, talk, params.relations[m, i].leverage)
            pair.leverage = max(pair.leverage, felt)
