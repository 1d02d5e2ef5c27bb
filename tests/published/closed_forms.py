"""Small crises in which a frequency has a closed form, and what the engine makes of them.

Each check names its closed form, gives the chance that follows from it and counts events in simulated crises.
Trials are independent and of one chance, so that the counts are binomial, and the bounds on them are exact.
The formulas are written out here a second time, with the weights as numbers, on purpose.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from scipy.stats import binom

from escalation.engine.batch import simulate
from escalation.engine.day import begin_day
from escalation.engine.luck import luck_of
from escalation.engine.pack import Index, pack
from escalation.rules.state import restore
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights
from tests.strategies import NUCLEAR, Table, Tree, build, crisis_tree, dated, incident, ladder

SEED = 20250505
NEVER = -30.0
"""Intercept of an act that nobody takes: once in 10^13 choices."""
SILENT = {
    "alarm": -20.0, "protest": -20.0, "conciliation": -20.0, "reply_strike": 0.0, "reply_force": 0.0,
    "reply_other": 0.0,
}  # fmt: skip
"""Weights by which no state acts of its own accord: on a day in 10^8."""
W = Weights()


class Count(NamedTuple):
    """How often an event came in so many trials."""

    events: int
    trials: int


@dataclass(frozen=True)
class Check:
    """A chance that follows from the rules in closed form, and a count of simulated events."""

    name: str
    law: str
    chance: float
    count: Callable[[int], Count]
    """The count in this many crises."""
    waiting: bool = False
    """Whether trials go on until each crisis has its event, so that their number is what is random."""

    def tail(self, found: Count, chance: float | None = None) -> float:
        """Return the exact two-sided probability of a count at least as far out, if this is the chance."""
        p = self.chance if chance is None else chance
        events, trials = found
        low = binom.cdf(events - 1, trials - 1, p) if self.waiting else binom.cdf(events, trials, p)
        return float(min(1.0, 2.0 * min(low, binom.sf(events - 1, trials, p))))


def small_crisis(bases: dict[str, float], **changes: object) -> Scenario:
    """Return a crisis of alba and borea with no acts but hold and these, each with its intercept."""
    tree = ladder()
    acts = {name: act for name, act in tree["acts"].items() if name == "hold" or name in bases}
    for name, base in bases.items():
        acts[name] |= {"base": base}
    plain: Tree = {
        "ladder": tree | {"acts": acts},
        "states": {"alba": {"label": "A"}, "borea": {"label": "B"}},
        "mediators": {},
        "rivalries": [{"between": ["alba", "borea"], "stakes": 0.0, "lull_days": 365}],
        "incidents": [], "acts": [], "horizon": 0, "max_acts_per_day": 1,
    }  # fmt: skip
    return build(crisis_tree(**(plain | changes)))


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def left(days: float) -> float:
    return math.exp(-1.0 / days)


# When and what: alba and borea are tense and alba has suffered an incident; on the next morning alba decides.

TENSION, SEVERITY, RESOLVE, RISK_AVERSION, ACTIVITY, STAKES = 2.0, 0.5, 0.7, 0.3, 3.0, 0.4
ALARM, PROTEST, CONCILIATION, AGAIN = -1.6, -1.5, -0.5, 0.4
LIVELY = {
    "alarm": ALARM, "protest": PROTEST, "conciliation": CONCILIATION, "again": AGAIN, "protest_again": 0.0,
}  # fmt: skip


def fear_at(rung: float) -> float:
    return W.fear_low * rung / 5.0 + logistic(W.fear_slope * (rung - W.fear_rung))


SEEN_AT_ONCE = TENSION + W.incident_perception * (5.0 - TENSION)
POSTURE = TENSION * left(W.posture_days)
SEEN = SEEN_AT_ONCE * left(W.perception_days)
PRESSURE = SEVERITY * left(W.pressure_days)
GRIEVANCE = SEVERITY * left(W.grievance_days)
FEAR = max(fear_at(SEEN_AT_ONCE) * left(W.fear_days), fear_at(SEEN))
FERVOUR = math.log(1.0 + min(ACTIVITY * left(W.activity_days), W.tempo_cap))

# The incident was yesterday, so that there is no lull; neither side has acted yet, so that the lead is even.
HOSTILE = math.exp(
    ALARM
    + W.lead * math.log(0.5)
    + W.tempo * FERVOUR
    + W.stakes_acts * STAKES * left(W.stakes_days)
    + W.grievance * GRIEVANCE
    + W.resolve_acts * (2.0 * RESOLVE - 1.0)
    - W.fear_restrains * FEAR * 2.0 * RISK_AVERSION
)
POLITICAL = math.exp(PROTEST + W.protest_tempo * FERVOUR + W.protest_grievance * GRIEVANCE)


def runs_off(hazard: float) -> float:
    """Return the chance that a clock runs off within a day."""
    return 1.0 - math.exp(-hazard)


def escalation(base: float, rung: float, cost: float, visibility: float) -> float:
    """Return the utility of an escalatory act on that morning; of a hostile one, fear and force on top."""
    return (
        base
        - W.ratchet * max(0.0, POSTURE - rung)
        - W.step * max(0.0, rung - SEEN - 1.0) ** 2
        + W.pressure * PRESSURE * rung / 10.0 * visibility
        - W.cost * cost * 2.0 * (1.0 - RESOLVE)
    )


def hostility(base: float, rung: float, cost: float, visibility: float) -> float:
    deterred = W.fear_of_escalation * FEAR * (rung / 10.0) ** 3 * 2.0 * RISK_AVERSION
    return escalation(base, rung, cost, visibility) - deterred


def conciliation(base: float) -> float:
    """Return the hazard of a conciliatory act."""
    return math.exp(
        base + CONCILIATION - W.pressure_hardens * PRESSURE + W.fear_conciliates * FEAR * 2.0 * RISK_AVERSION
    )


def choice(bases: dict[str, float], **changes: object) -> Scenario:
    alba = {"label": "A", "resolve": RESOLVE, "risk_aversion": RISK_AVERSION}
    borea: Tree = {"label": "B"}
    if "strike" in bases:  # for nuclear weapons to be a capability at all, somebody must be able to use them
        bases = bases | {"nuclear_use": NEVER}
        alba, borea = alba | {"capabilities": NUCLEAR}, borea | {"capabilities": NUCLEAR}
    rivalry = {
        "between": ["alba", "borea"], "tension": TENSION, "activity": ACTIVITY, "stakes": STAKES,
        "hotline": True,
    }  # fmt: skip
    plain: Tree = {
        "free_days": 1, "weights": LIVELY,
        "states": {"alba": alba, "borea": borea},
        "rivalries": [rivalry],
        "incidents": [incident(0, "alba", "borea", SEVERITY)],
    }  # fmt: skip
    return small_crisis(bases, **(plain | changes))


def taken(scenario: Scenario, actor: str, *names: str, group: int = 1) -> Callable[[int], Count]:
    """Count the crises in which an actor takes all these acts on the first simulated day, replies apart."""

    def count(crises: int) -> Count:
        index = Index(scenario)
        acts = simulate(pack(scenario), SEED, 0, crises, paths=True).acts
        assert acts is not None
        today = (acts["day"] == 1) & (acts["group"] == group)
        own = acts[(acts["actor"] == index.actor[actor]) & today]
        each = [own["replication"][own["act"] == index.act[name]] for name in names]
        every = set(each[0].tolist()).intersection(*(one.tolist() for one in each[1:]))
        return Count(len(every), crises)

    return count


def of_decisions() -> Iterator[Check]:
    """Yield the checks of when states act, what they do, and whether they reply."""
    law = "1 - exp(-hazard)"
    yield Check("a hostile act", law, runs_off(HOSTILE), taken(choice({"threat": 0.0}), "alba", "threat"))
    yield Check("words", law, runs_off(POLITICAL), taken(choice({"protest": 0.0}), "alba", "protest"))
    talks, hotline = conciliation(0.3), conciliation(-0.2)
    alone = choice({"offer_talks": 0.3})
    yield Check("an offer of talks", law, runs_off(talks), taken(alone, "alba", "offer_talks"))

    # Competing risks: offers of talks and uses of the hotline share one clock.
    risks = choice({"offer_talks": 0.3, "use_hotline": -0.2})
    for name, own in (("offer_talks", talks), ("use_hotline", hotline)):
        whole = talks + hotline
        chance = runs_off(whole) * own / whole
        yield Check(f"{name} of two", "h / (h + g) (1 - exp(-h - g))", chance, taken(risks, "alba", name))

    # Three hostile acts share another, and are chosen by their utilities once it has run off.
    bases = {"threat": 0.6, "mobilise": 1.1, "strike": 3.9}
    utilities = {
        "threat": hostility(bases["threat"] + W.threat_threshold, 3.0, 0.02, 0.9),
        "mobilise": hostility(bases["mobilise"], 4.0, 0.4, 0.9),
        "strike": hostility(bases["strike"], 7.0, 0.5, 1.0)
        + W.force_threshold
        + W.open_threshold
        + W.strike_threshold
        - W.nuclear_shadow * 0.7**3,
    }
    e = {name: math.exp(utility) for name, utility in utilities.items()}
    whole = sum(e.values())
    p = {name: each / whole for name, each in e.items()}
    three = choice(bases)
    for name in bases:
        chance = runs_off(HOSTILE) * p[name]
        yield Check(
            f"{name} of three", "(1 - exp(-h)) exp(U) / sum exp(U)", chance, taken(three, "alba", name)
        )
    two = choice(bases, max_acts_per_day=2, weights=LIVELY | {"alarm": ALARM + 3.0})
    one, other = p["mobilise"], p["strike"]
    both = one * other / (1.0 - one) + other * one / (1.0 - other)
    yield Check(
        "mobilisation and a strike in two acts",
        "(1 - exp(-h)) again (p(a) p(b | not a) + p(b) p(a | not b))",
        runs_off(HOSTILE * math.exp(3.0)) * AGAIN * both,
        taken(two, "alba", "mobilise", "strike"),
    )
    every = {"threat": 0.0, "protest": 0.0, "offer_talks": 0.3}
    calmer = LIVELY | {"alarm": ALARM - 2.0, "protest": PROTEST - 2.0}
    yield Check(
        "a threat and words on one day",
        "(1 - exp(-h)) (1 - exp(-g))",
        runs_off(HOSTILE) * runs_off(POLITICAL),
        taken(choice(every), "alba", "threat", "protest"),
    )
    yield Check(
        "a day of nothing",
        "exp(-h - g - f)",
        math.exp(-(HOSTILE + POLITICAL) * math.exp(-2.0) - talks),
        taken(choice(every, weights=calmer), "alba", "hold"),
    )

    # Alba is made to act on the first simulated day; borea, which does not act by itself, may reply at once.
    for name, chance in (("strike", W.reply_strike), ("mobilise", 0.1)):
        forced = [dated(1, "alba", name, "borea")]
        replies = SILENT | {"reply_strike": W.reply_strike, "reply_other": 0.1}
        answered = choice({"mobilise": 0.0, "strike": NEVER}, acts=forced, weights=replies, incidents=[])
        mobilised = taken(answered, "borea", "mobilise", group=2)
        yield Check(f"a reply to {name}", "the probability of a reply", chance, mobilised)


# Mediation: umbra offers its good offices, both consent, the talks agree or lapse.

TRUST, AVERSION, BIAS, CONSENT = 0.8, 0.8, -0.8, -0.5
MEDIATION = {"offer": NEVER, "consent": 0.0, "decline": 0.0, "formula": NEVER, "press": NEVER}
AGREE, LAPSE, COLLAPSE, LEVERAGE = 0.04, 0.1, 0.4, 0.5
TALKS = 150
"""Days after which talks with these hazards have ended, but for one in 10^9."""


def mediated(bases: dict[str, float], acts: list[Tree], **changes: object) -> Scenario:
    umbra = {
        "label": "U", "enters_day": 0, "style": "facilitation", "form": "bilateral",
        "toward": {
            "alba": {"trust": TRUST, "bias": BIAS, "leverage": LEVERAGE},
            "borea": {"trust": TRUST, "leverage": LEVERAGE},
        },
    }  # fmt: skip
    state = {"label": "x", "third_party_aversion": AVERSION}
    more = {"mediators": {"umbra": umbra}, "states": {"alba": state, "borea": state}, "acts": acts}
    return small_crisis(bases, **(more | changes))


OFFER = dated(0, "umbra", "offer", "alba", concerning="borea")
CONSENTS = [
    dated(0, "alba", "consent", "umbra", concerning="borea"),
    dated(0, "borea", "consent", "umbra", concerning="alba"),
]
FORMULA = dated(0, "umbra", "formula", "alba", seq=2, concerning="borea")
PRESS = dated(0, "umbra", "press", "alba", seq=3, concerning="borea")


def consent_of(bias_against: float) -> float:
    """Return the chance of consent to bilateral facilitation, on the morning after a quiet day."""
    intrusiveness = W.facilitation_intrusiveness * W.bilateral_discount
    return logistic(
        CONSENT
        + W.consent_trust * TRUST
        - W.consent_aversion * AVERSION * intrusiveness
        - W.consent_bias * bias_against
        + W.consent_leverage * LEVERAGE
        + W.consent_fear * fear_at(0.0)
    )


def first_day(scenario: Scenario, column: str, last: int) -> Callable[[int], Count]:
    """Count the crises in which something came by a day, by a column of `Runs` over mediators."""

    def count(crises: int) -> Count:
        days = getattr(simulate(pack(scenario), SEED, 0, crises), column)[:, 0]
        return Count(int(((days >= 0) & (days <= last)).sum()), crises)

    return count


def days_until_agreement(scenario: Scenario) -> Callable[[int], Count]:
    """Count agreements, and the days for which the talks that agreed had been open."""

    def count(crises: int) -> Count:
        days = simulate(pack(scenario), SEED, 0, crises).agreed[:, 0]
        return Count(int((days >= 0).sum()), int(days[days >= 0].sum()))

    return count


def of_mediation() -> Iterator[Check]:
    """Yield the checks of offers, consent and talks."""
    offered = mediated(MEDIATION, [OFFER], free_days=1, weights={"consent": CONSENT})
    alba, borea = consent_of(-BIAS), consent_of(0.0)
    law = "1 / (1 + exp(-log-odds))"
    yield Check("consent, mediator biased against it", law, alba, taken(offered, "alba", "consent"))
    yield Check("consent, mediator biased for it", law, borea, taken(offered, "borea", "consent"))
    yield Check("talks open", "both consent", alba * borea, first_day(offered, "opened", 1))

    violence = SEVERITY * left(W.violence_days)
    ready = {"offer": -3.0, "consent": 0.0, "decline": 0.0}
    struck = mediated(ready, [], free_days=1, incidents=[incident(0, "alba", "borea", SEVERITY)])
    offer = runs_off(math.exp(-3.0 + W.readiness_violence * violence))
    yield Check("offer after violence", "1 - exp(-hazard)", offer, first_day(struck, "offered", 1))
    calm = mediated(ready, [], free_days=5)
    yield Check("offer within five days", "1 - exp(-5 hazard)", runs_off(5.0 * math.exp(-3.0)),
                first_day(calm, "offered", 5))  # fmt: skip

    hazards = {"talks_agree": AGREE, "talks_lapse": LAPSE, "talks_collapse": COLLAPSE}
    presence = W.agree_leverage * W.leverage_presence * LEVERAGE
    by_style = {
        "facilitation": ([], AGREE * math.exp(presence)),
        "formulation": ([FORMULA], AGREE * math.exp(W.agree_formulation + presence)),
        "manipulation": (
            [FORMULA, PRESS], AGREE * math.exp(W.agree_formulation + W.agree_leverage * LEVERAGE)
        ),
    }  # fmt: skip
    for style, (steps, hazard) in by_style.items():
        talks = mediated(MEDIATION, [OFFER, *CONSENTS, *steps], free_days=TALKS, weights=hazards)
        agreed, ended = hazard / (hazard + LAPSE), 1.0 - math.exp(-hazard - LAPSE)
        yield Check(
            f"agreement before lapse, {style}", "a / (a + l)", agreed, first_day(talks, "agreed", TALKS)
        )
        yield Check(f"agreement within three days, {style}", "a / (a + l) (1 - exp(-3 (a + l)))",
                    agreed * (1.0 - (1.0 - ended) ** 3), first_day(talks, "agreed", 3))  # fmt: skip
        yield Check(f"days of talks that agree, {style}", "geometric, 1 - exp(-a - l) per day",
                    ended, days_until_agreement(talks), waiting=True)  # fmt: skip

    # alba strikes on the first simulated day, so that the talks may collapse on the second.
    shot = [OFFER, *CONSENTS, dated(1, "alba", "artillery", "borea")]
    weights = SILENT | hazards | {"exhaustion_gain": 0.0}
    broken = mediated(MEDIATION | {"artillery": NEVER}, shot, free_days=TALKS, weights=weights)
    agree = AGREE * math.exp(presence)
    ended = 1.0 - math.exp(-agree - LAPSE)
    survives = ended + (1.0 - ended) * (1.0 - COLLAPSE)
    yield Check("agreement in spite of a use of force", "a / (a + l) (e + (1 - e) (1 - c))",
                agree / (agree + LAPSE) * survives, first_day(broken, "agreed", TALKS))  # fmt: skip


# What nobody chooses: the mornings of quiet days, opened one after the other.

BREACH, FIRE_ON, FIRE_OFF, PER_DAY = 0.2, 0.15, 0.25, 0.1
LINE = {"between": ["alba", "borea"], "contested_line": True}
HAZARD = {"label": "x", "victim": "alba", "blamed": "borea", "per_day": PER_DAY, "severity": 1.0}


def mornings(
    crises: int,
    seen: Callable[[Table], bool],
    days: int,
    until: bool = False,
    ceasefire: bool = False,
    **changes: object,
) -> list[list[bool]]:
    """Return for each crisis what is seen on each morning after day 0, up to the first sight with `until`."""
    weights = {"ceasefire_breach": BREACH, "border_fire_on": FIRE_ON, "border_fire_off": FIRE_OFF}
    scenario = small_crisis({}, free_days=days, weights=weights, **changes)
    start, table = Table(scenario).on(0), Table(scenario)
    start.dyad("alba", "borea").ceasefire = ceasefire
    found = []
    for replication in range(crises):
        restore(table.state, start.state)
        luck = luck_of(SEED, replication)
        course: list[bool] = []
        while len(course) < days and not (until and any(course)):
            begin_day(table.params, table.state, luck)
            course.append(seen(table))
        found.append(course)
    return found


def fires(table: Table) -> bool:
    return bool(table.dyad("alba", "borea").border_fire)


def breached(table: Table) -> bool:
    return not table.dyad("alba", "borea").ceasefire


def has_incident(table: Table) -> bool:
    """Return whether an incident happened this morning: one of full severity leaves pressure at 1."""
    return bool(table.pair("alba", "borea").pressure == 1.0)


def days_until_breach(crises: int) -> Count:
    courses = mornings(crises, breached, 400, until=True, ceasefire=True)
    return Count(sum(map(any, courses)), sum(map(len, courses)))


def ceasefires_after(days: int) -> Callable[[int], Count]:
    def count(crises: int) -> Count:
        courses = mornings(crises, breached, days, until=True, ceasefire=True)
        return Count(sum(not any(course) for course in courses), crises)

    return count


def days_until_fire(crises: int) -> Count:
    courses = mornings(crises, fires, 400, until=True, ceasefire=True, rivalries=[LINE])
    return Count(sum(map(any, courses)), sum(map(len, courses)))


def fire_on(day: int) -> Callable[[int], Count]:
    def count(crises: int) -> Count:
        return Count(sum(course[-1] for course in mornings(crises, fires, day, rivalries=[LINE])), crises)

    return count


def incidents(crises: int) -> Count:
    courses = mornings(crises, has_incident, 10, hazards=[HAZARD])
    return Count(sum(map(sum, courses)), 10 * crises)


def days_until_incident(crises: int) -> Count:
    courses = mornings(crises, has_incident, 400, until=True, hazards=[HAZARD])
    return Count(sum(map(any, courses)), sum(map(len, courses)))


def gaps_over_four(crises: int) -> Count:
    """Count the crises with an incident in ten days, and those in which four days without one follow it."""
    gaps = []
    for course in mornings(crises, has_incident, 14, hazards=[HAZARD]):
        if any(course[:10]):
            first = course.index(True)
            gaps.append(not any(course[first + 1 : first + 5]))
    return Count(sum(gaps), len(gaps))


def of_happenings() -> Iterator[Check]:
    """Yield the checks of ceasefires, border fire and incidents."""
    yield Check("ceasefire breaks down", "geometric, b per day", BREACH, days_until_breach, waiting=True)
    yield Check("ceasefire holds five days", "(1 - b)^5", (1.0 - BREACH) ** 5, ceasefires_after(5))
    yield Check(
        "firing resumes with the breach", "geometric, b per day", BREACH, days_until_fire, waiting=True
    )
    share, kept = FIRE_ON / (FIRE_ON + FIRE_OFF), 1.0 - FIRE_ON - FIRE_OFF
    yield Check("border fire on day 3", "on / (on + off) (1 - (1 - on - off)^3)", share * (1.0 - kept**3),
                fire_on(3))  # fmt: skip
    yield Check("border fire in the long run", "on / (on + off)", share, fire_on(30))
    yield Check("incidents", "binomial, p per day", PER_DAY, incidents)
    yield Check("days until an incident", "geometric, p per day", PER_DAY, days_until_incident, waiting=True)
    yield Check("four days without an incident follow", "(1 - p)^4", (1.0 - PER_DAY) ** 4, gaps_over_four)


HAPPENINGS = tuple(of_happenings())
"""Their mornings are played one by one, by rules that are not compiled."""
CHECKS = (*of_decisions(), *of_mediation(), *HAPPENINGS)
