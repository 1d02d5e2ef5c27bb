"""Which controls move nothing at the present settings, and what would wake them.

Each need is declared once, as a condition on other controls. While one of a control's needs is not met,
moving the control changes no crisis; once all are met it does. Tests simulate both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from escalation.classroom import texts
from escalation.classroom.controls import FROM_ENTRY, TAKES_PART, Control, Settings, Value, plain, put
from escalation.language import say
from escalation.vocabulary import STYLES

FACILITATION, FORMULATION, MANIPULATION = STYLES
MEDIATOR = "mediators.*"


@dataclass(frozen=True)
class Need:
    """A condition on other controls, those whose path a pattern matches."""

    pattern: str
    """With `*` for any one name of a mediator or state, or number of a rivalry."""
    says: str
    options: tuple[str, ...] = ()
    """Of a choice: those that meet the need."""
    neutral: float = 0.0
    """Of a number: the value that does not."""
    differ: bool = False
    """Whether the numbers must differ from each other instead."""
    count: int = 1
    """How many of the controls have to meet it."""

    @property
    def is_of_mediator(self) -> bool:
        """Return whether one and the same mediator has to meet it, with all others of this kind."""
        return self.pattern.startswith(f"{MEDIATOR}.")

    def concerns(self, path: str) -> bool:
        """Return whether the control at a path is one of those that can meet it."""
        return _matches(path, self.pattern)

    def meets(self, value: Value) -> bool:
        """Return whether one control's value meets the need."""
        return value in self.options if self.options else value != self.neutral

    def is_met(self, values: Mapping[str, Value]) -> bool:
        """Return whether the controls of these values meet the need."""
        found = [value for path, value in values.items() if self.concerns(path)]
        if self.differ:
            return len(set(found)) > 1
        return sum(map(self.meets, found)) >= self.count


PRESENT = Need(MEDIATOR, texts.NEEDS_MEDIATOR, options=(TAKES_PART, FROM_ENTRY))
COMPANY = Need(MEDIATOR, texts.NEEDS_COMPANY, options=(TAKES_PART, FROM_ENTRY), count=2)
FORMULA = Need(f"{MEDIATOR}.style", texts.NEEDS_FORMULA, options=(FORMULATION, MANIPULATION))
LEVERAGE = Need(f"{MEDIATOR}.toward.*.leverage", texts.NEEDS_LEVERAGE)
TRUST = Need(f"{MEDIATOR}.toward.*.trust", texts.NEEDS_TRUST)
LEAN = Need(f"{MEDIATOR}.toward.*.bias", texts.NEEDS_LEAN)
UNEQUAL_LEAN = Need(f"{MEDIATOR}.toward.*.bias", texts.NEEDS_UNEQUAL_LEAN, differ=True)
CREDIBLE = Need(f"{MEDIATOR}.credibility", texts.NEEDS_CREDIBILITY)
FACILITATES = Need(f"{MEDIATOR}.style", texts.NEEDS_FACILITATION, options=(FACILITATION,))
FORMULATES = Need(f"{MEDIATOR}.style", texts.NEEDS_FORMULATION, options=(FORMULATION,))
BILATERAL = Need(f"{MEDIATOR}.form", texts.NEEDS_BILATERAL, options=("bilateral",))
AVERSE = Need("states.*.third_party_aversion", texts.NEEDS_AVERSION)
AT_STAKE = Need("rivalries.*.stakes", texts.NEEDS_STAKES)
RESOLVE = Need("states.*.resolve", texts.NEEDS_RESOLVE, neutral=0.5)
RISK = Need("states.*.risk_aversion", texts.NEEDS_RISK_AVERSION)
RIPOSTE = Need("weights.riposte", texts.NEEDS_RIPOSTE)
PULL = Need("weights.focal_pull", texts.NEEDS_PULL)

NEEDS: Mapping[str, tuple[Need, ...]] = {
    "mediators.*.form": (AVERSE,),
    "states.*.third_party_aversion": (PRESENT,),
    "weights.talks_lull": (PRESENT,),
    "weights.leverage_restraint": (PRESENT, LEVERAGE),
    "weights.leverage_presence": (PRESENT, LEVERAGE),
    "weights.information_restraint": (PRESENT, CREDIBLE),
    "weights.talks_conciliate": (PRESENT,),
    "weights.leverage_inducement": (PRESENT, LEVERAGE),
    "weights.face_saving": (PRESENT,),
    "weights.focal_pull": (PRESENT, FORMULA),
    "weights.focal_step": (PRESENT, FORMULA, PULL),
    "weights.stakes_acts": (AT_STAKE,),
    "weights.stakes_days": (AT_STAKE,),
    "weights.resolve_acts": (RESOLVE,),
    "weights.fear_restrains": (RISK,),
    "weights.fear_conciliates": (RISK,),
    "weights.fear_of_escalation": (RISK,),
    "weights.riposte_width": (RIPOSTE,),
    "weights.readiness_violence": (PRESENT,),
    "weights.readiness_asked": (PRESENT,),
    "weights.refusal_deters": (PRESENT,),
    "weights.refusal_days": (PRESENT,),
    "weights.lapse_refusal": (PRESENT,),
    "weights.consent": (PRESENT,),
    "weights.consent_trust": (PRESENT, TRUST),
    "weights.consent_aversion": (PRESENT, AVERSE),
    "weights.consent_bias": (PRESENT, UNEQUAL_LEAN),
    "weights.consent_exhaustion": (PRESENT,),
    "weights.consent_fear": (PRESENT,),
    "weights.consent_pressure": (PRESENT,),
    "weights.consent_leverage": (PRESENT, LEVERAGE),
    "weights.facilitation_intrusiveness": (PRESENT, FACILITATES, AVERSE),
    "weights.formulation_intrusiveness": (PRESENT, FORMULATES, AVERSE),
    "weights.bilateral_discount": (PRESENT, BILATERAL, AVERSE),
    "weights.talks_agree": (PRESENT,),
    "weights.agree_formulation": (PRESENT, FORMULA),
    "weights.agree_leverage": (PRESENT, LEVERAGE),
    "weights.agree_exhaustion": (PRESENT,),
    "weights.agree_company": (COMPANY,),
    "weights.talks_lapse": (PRESENT,),
    "weights.persistence_holds": (PRESENT,),
    "weights.talks_collapse": (PRESENT,),
    "weights.clarity": (PRESENT, CREDIBLE),
    "weights.credible_lean": (PRESENT, CREDIBLE, LEAN),
    "weights.guarantee_formulation": (PRESENT, FORMULA),
    "weights.guarantee_leverage": (PRESENT, LEVERAGE),
    "weights.urging": (PRESENT, TRUST),
}
"""What a control needs, by a pattern of its path; controls of a mediator also need that it takes part."""


SELDOM: Mapping[str, str] = {
    "weights.reply_strike": texts.SELDOM_STRIKES,
    "weights.protest_lull": texts.SELDOM_WORDS,
    "weights.protest_grievance": texts.SELDOM_WORDS,
    "weights.protest_again": texts.SELDOM_WORDS,
    "weights.punishment_threshold": texts.SELDOM_WORDS,
    "weights.exhaustion_cap": texts.SELDOM_EXHAUSTION,
    "weights.heat_felt": texts.SELDOM_HEAT,
    "weights.focal_step": texts.SELDOM_FORMULA,
    "weights.ratchet": texts.SELDOM_LOWER,
    "weights.momentum": texts.SELDOM_LOWER,
    "weights.riposte_width": texts.SELDOM_HEAT,
    "weights.war_persistence": texts.SELDOM_WAR,
    "weights.campaign": texts.SELDOM_STRIKES,
    "weights.campaign_width": texts.SELDOM_STRIKES,
    "weights.nuclear_taboo": texts.SELDOM_NUCLEAR,
    "weights.agree_leverage": texts.SELDOM_AGREEMENT,
    "weights.agree_exhaustion": texts.SELDOM_AGREEMENT,
    "weights.agree_company": texts.SELDOM_AGREEMENT,
    "weights.clarity": texts.SELDOM_CLARITY,
    "weights.guarantee_formulation": texts.SELDOM_AGREEMENT,
    "weights.guarantee_leverage": texts.SELDOM_AGREEMENT,
}
"""Controls that change no share of outcomes by a point in the shipped crisis, with what they act on.

`docs/levers_page.py` measures it, and complains where it no longer holds.
"""


@lru_cache(maxsize=10_000)
def needs_of(path: str) -> tuple[Need, ...]:
    """Return what a control needs besides, where it is one of a mediator, that this one takes part."""
    return next((needs for pattern, needs in NEEDS.items() if _matches(path, pattern)), ())


def unmet(controls: Mapping[str, Control], settings: Settings, path: str) -> list[Need]:
    """Return the needs of a control that are not met at the present settings."""
    return _unmet(_values(controls, settings), path)


def _values(controls: Mapping[str, Control], settings: Settings) -> dict[str, Value]:
    return {name: control.value for name, control in controls.items()} | dict(settings)


def _unmet(values: Mapping[str, Value], path: str) -> list[Need]:
    own = _mediator_of(path)
    needs = needs_of(path)
    if own is not None:
        return ([] if PRESENT.meets(values[own]) else [PRESENT]) + [
            need for need in needs if not need.is_met(values)
        ]
    alone = [need for need in needs if not need.is_of_mediator and not need.is_met(values)]
    of_one = [need for need in needs if need.is_of_mediator]
    if PRESENT in alone or not of_one:
        return alone
    present = [name for name in values if _matches(name, MEDIATOR) and PRESENT.meets(values[name])]
    lacking = [[need for need in of_one if not need.is_met(_within(values, name))] for name in present]
    return alone + min(lacking, key=len, default=[])


def asleep(
    controls: Mapping[str, Control], settings: Settings, paths: Iterable[str] | None = None
) -> dict[str, str]:
    """Return the controls that move nothing at the present settings, with words on what would wake them.

    Of all controls, or of those at some paths.
    """
    values, found = _values(controls, settings), {}
    for path in controls if paths is None else paths:
        needs = _unmet(values, path)
        if needs:
            found[path] = " ".join(say(text) for text in (texts.ASLEEP, *(need.says for need in needs)))
    return found


def remarks(controls: Mapping[str, Control], settings: Settings) -> dict[str, str]:
    """Return what the page says next to controls that move nothing now, or hardly ever anything."""
    seldom = {path: say(texts.SELDOM, acts=say(SELDOM[path])) for path in controls if path in SELDOM}
    return seldom | asleep(controls, settings)


def background(control: Control) -> Iterator[str]:
    """Yield what is a click away: an example, what the control needs, its plausible range and its source."""
    if control.example:
        yield control.example
    yield from (say(need.says) for need in needs_of(control.path))
    if control.plausible is not None:
        low, high = map(plain, control.plausible)
        yield say(texts.PLAUSIBLE, low=low, high=high)
    if control.source:
        yield say(texts.SOURCE_IS, source=control.source)


def woken(controls: Mapping[str, Control], settings: Settings, path: str) -> Settings:
    """Return the settings with as little changed as lets a control move something.

    Where no setting does, as where a second mediator is needed, its needs remain unmet.
    """
    values = _values(controls, settings)
    mediators = [name for name in controls if PRESENT.concerns(name)]
    present = [name for name in mediators if PRESENT.meets(values[name])]
    mediator = _mediator_of(path) or next(iter(present or mediators), "")
    for need in unmet(controls, settings, path):
        for name, value in _meeting(need, controls, mediator):
            settings = put(settings, name, None if value == controls[name].value else value)
    return settings


def _meeting(need: Need, controls: Mapping[str, Control], mediator: str) -> Iterator[tuple[str, Value]]:
    """Yield values that meet a need: of one mediator if one is enough, of all states and rivalries."""
    paths = [path for path in controls if need.concerns(path)]
    if need.pattern.startswith(MEDIATOR) and need.count == 1:
        paths = [path for path in paths if f"{path}.".startswith(f"{mediator}.")]
    for number, path in enumerate(paths):
        control = controls[path]
        if need.options:
            yield path, need.options[0]
        elif not (need.differ and number):
            yield path, control.high
        else:
            yield path, control.low


def _within(values: Mapping[str, Value], mediator: str) -> dict[str, Value]:
    return {path: value for path, value in values.items() if path.startswith(f"{mediator}.")}


def _mediator_of(path: str) -> str | None:
    """Return the path of the mediator to which a control belongs, None for that path itself and others."""
    steps = path.split(".")
    return ".".join(steps[:2]) if steps[0] == "mediators" and len(steps) > 2 else None


@lru_cache(maxsize=100_000)
def _matches(path: str, pattern: str) -> bool:
    return path.count(".") == pattern.count(".") and fnmatchcase(path, pattern)
