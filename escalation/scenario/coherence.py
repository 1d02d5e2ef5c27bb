"""What a record presupposes: an acceptance an offer, a hotline call a hotline, a mediator's act its entry.

Everything here is well formed and can be simulated, since a dated act is forced whether or not an actor could
have chosen it. But it is rarely meant, so `escalation validate` warns of it. Each warning has a name.

The record is followed as the rules follow it (`escalation.engine.day`), by names and dates: no compiled rule
is needed, so that checking a file stays quick. A test compares the two. A record may do three things that
no actor would choose: both rivals accept at once what a third party proposed, a mediator proposes terms or
presses before both have consented, and it offers its help while a ceasefire holds. After the horizon others
choose, too; there only what holds whatever they choose is checked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from escalation.files.places import Path
from escalation.scenario.ladder import Act
from escalation.scenario.scenario import DatedAct, Scenario
from escalation.scenario.stages import Stages, later_mediators
from escalation.vocabulary import FORCE_RUNG, STYLES

WARNINGS = {
    "no_offer": "an act answers an offer that does not stand, such as a ceasefire that nobody proposed",
    "no_violence": "a ceasefire is proposed although there was no recent force and no firing",
    "ceasefire_holds": "a ceasefire is proposed or accepted while one holds",
    "no_hotline": "an act needs a hotline, and the rivalry has none",
    "no_measure": "an act lifts or ends a measure, and none that it could end is in force",
    "in_force": "a measure is taken that is in force already",
    "not_entered": "a mediator acts, or is asked or answered, before its `enters_day`",
    "no_good_offices": "a state consents to or declines an offer that the mediator has not made",
    "offered_already": "good offices are offered while an offer stands or talks are open",
    "no_talks": "a formula or pressure comes while no offer of the mediator stands and no talks are open",
    "beyond_style": "a mediator does more than its `style` lets it do by its own choice",
    "repeated": "a mediator is asked, answered, or acts in talks a second time, which changes nothing",
    "never_enters": "a mediator enters after the last day, so that it never acts",
    "ended_after_horizon": "a case `ended` after its record does; `use: examination` or `coded_to` say why",
    "act_after_end": "an act of a case is dated after the day on which it `ended`",
    "mediation_differs": "`mediation` of a case says less than its dated acts do",
}
"""Every warning by its name, with what it says. The documents list them from here."""

STYLE_OF_EFFECT = {"formula": STYLES.index("formulation"), "press": STYLES.index("manipulation")}
"""The least intrusive style that lets a mediator take an act of this effect."""

Pair = frozenset[str]


@dataclass(frozen=True)
class Doubt:
    """Something in a scenario that is rarely meant, at its path."""

    name: str
    path: Path
    says: str
    allowed: str


def doubts(scenario: Scenario) -> list[Doubt]:
    """Return everything in a valid scenario that is rarely meant, in the order of the record."""
    record = _Record(scenario)
    return [*_of_mediators(scenario), *record.read(), *_of_case(scenario)]


def _of_mediators(scenario: Scenario) -> Iterator[Doubt]:
    later = later_mediators(scenario)
    for name, mediator in scenario.mediators.items():
        if mediator.enters_day > scenario.last_day and name not in later:
            yield Doubt(
                "never_enters",
                ("mediators", name, "enters_day"),
                f"{name} enters on day {mediator.enters_day} and the last day is {scenario.last_day}",
                f"a day up to {scenario.last_day}, or a mediator fewer",
            )


@dataclass
class _Talk:
    """What stands between a mediator and a pair."""

    offered: bool = False
    open: bool = False
    formula: bool = False
    pressed: bool = False
    consented: set[str] = field(default_factory=set)


class _Record:
    """Follows the dated acts up to the horizon, group by group and phase by phase."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.stages = scenario, Stages(scenario)
        self.acts = scenario.ladder.acts
        self.hotlines = {frozenset(each.between): each.hotline for each in scenario.rivalries}
        self.since: dict[tuple[str, str, str], int] = {}
        self.last_force: dict[Pair, int] = {}
        self.ceasefires: set[Pair] = set()
        self.talks: dict[tuple[str, Pair], _Talk] = {}

    def read(self) -> Iterator[Doubt]:
        entries = sorted(
            enumerate(self.scenario.acts), key=lambda numbered: (numbered[1].date, numbered[1].seq)
        )
        held = [(number, entry) for number, entry in entries if self.acts[entry.act].effect != "hold"]
        for (date, _), group in groupby(held, key=lambda numbered: (numbered[1].date, numbered[1].seq)):
            acts = list(group)
            if date < self.scenario.start:
                continue
            for number, entry in acts:
                yield from self._at_any_time(number, entry)
            if date <= self.scenario.horizon:
                yield from self._group((date - self.scenario.start).days, acts)

    def _at_any_time(self, number: int, entry: DatedAct) -> Iterator[Doubt]:
        """Yield the doubts of an act that do not depend on what others did."""
        act = self.acts[entry.act]
        pair = frozenset((entry.actor, entry.target))
        if act.requires.hotline and not self.hotlines.get(pair, False):
            yield _doubt(
                "no_hotline",
                number,
                f"{entry.act}, but {entry.actor} and {entry.target} have no hotline",
                "hotline: true in their rivalry, if it existed",
            )
        name = _mediator_of(act, entry)
        if name is None:
            return
        day = (entry.date - self.scenario.start).days
        mediator = self.stages.on(day).mediators[name]
        if day < mediator.enters_day:
            yield Doubt(
                "not_entered",
                ("acts", number, "date"),
                f"{entry.act} on day {day}, and {name} enters on day {mediator.enters_day}",
                f"enters_day: {day}, or {self.scenario.date_of(mediator.enters_day)} or later",
            )
        least = STYLE_OF_EFFECT.get(act.effect, 0)
        if STYLES.index(mediator.style) < least:
            yield _doubt(
                "beyond_style",
                number,
                f"{entry.act} is more than {mediator.style}, the style of {name}",
                f"style: {STYLES[least]}",
            )

    def _group(self, day: int, acts: list[tuple[int, DatedAct]]) -> Iterator[Doubt]:
        """Yield the doubts of the acts of one group, each phase seen from the state that it begins with."""
        by_mediators, answers, by_states = [], [], []
        for number, entry in acts:
            effect = self.acts[entry.act].effect
            if entry.actor in self.scenario.mediators:
                by_mediators.append((number, entry))
            elif effect in ("consent", "decline"):
                answers.append((number, entry))
            else:
                by_states.append((number, entry))
        for number, entry in by_mediators:
            yield from self._mediator_acts(number, entry)
        for _, entry in by_mediators:
            self._settle_mediation(entry)
        for number, entry in answers:
            yield from self._answers(number, entry)
        for _, entry in sorted(answers, key=lambda numbered: self.acts[numbered[1].act].effect == "decline"):
            self._settle_mediation(entry)
        self._open_talks()
        for number, entry in by_states:
            yield from self._state_acts(day, number, entry, by_states)
        self._settle(day, [entry for _, entry in by_states])

    # ------------------------------------------------------------------------------------ mediation

    def _talk(self, mediator: str, pair: Pair) -> _Talk:
        return self.talks.setdefault((mediator, pair), _Talk())

    def _mediator_acts(self, number: int, entry: DatedAct) -> Iterator[Doubt]:
        act = self.acts[entry.act]
        if act.effect == "urge":
            return
        pair = concerned(self.scenario, entry)
        talk, names = self._talk(entry.actor, pair), " and ".join(sorted(pair))
        if act.effect == "offer":
            if talk.offered or talk.open:
                says = f"{entry.actor} offers again to {names}, while its {_standing(talk)}"
                yield _doubt("offered_already", number, says, "one offer until it is refused or talks end")
        elif not (talk.open or talk.offered):
            says = f"{entry.act}, but no offer of {entry.actor} to {names} stands and no talks are open"
            allowed = "an offer of good offices before it, or in a lower seq of the day"
            yield _doubt("no_talks", number, says, allowed)
        elif talk.formula if act.effect == "formula" else talk.pressed:
            says = f"{entry.actor} takes {entry.act} a second time in the same talks with {names}"
            yield _doubt("repeated", number, says, "once in the same talks")

    def _answers(self, number: int, entry: DatedAct) -> Iterator[Doubt]:
        pair = concerned(self.scenario, entry)
        talk = self._talk(entry.target, pair)
        if not talk.offered:
            says = f"{entry.act}, but no offer of {entry.target} to {' and '.join(sorted(pair))} stands"
            allowed = f"an offer of good offices by {entry.target} on that day or before"
            yield _doubt("no_good_offices", number, says, allowed)
        elif entry.actor in talk.consented:
            says = f"{entry.actor} answers {entry.target} after it asked for or accepted its help"
            yield _doubt("repeated", number, says, "one request or answer for each offer")

    def _settle_mediation(self, entry: DatedAct) -> None:
        effect = self.acts[entry.act].effect
        if effect == "urge":
            return
        if effect in ("ask", "consent", "decline"):
            key = entry.target, concerned(self.scenario, entry)
            if effect == "decline":
                self.talks[key] = _Talk()
            else:
                self._talk(*key).consented.add(entry.actor)
            return
        talk = self._talk(entry.actor, concerned(self.scenario, entry))
        if effect == "offer":
            talk.offered = talk.offered or not talk.open
        elif effect == "formula":
            talk.formula = True
        else:
            talk.pressed = True

    def _open_talks(self) -> None:
        for (_, pair), talk in self.talks.items():
            if talk.offered and pair <= talk.consented:
                talk.offered, talk.open = False, True

    # --------------------------------------------------------------------------------- acts of states

    def _state_acts(
        self, day: int, number: int, entry: DatedAct, group: list[tuple[int, DatedAct]]
    ) -> Iterator[Doubt]:
        act = self.acts[entry.act]
        if act.effect == "ask":
            talk = self._talk(entry.target, concerned(self.scenario, entry))
            if talk.open or entry.actor in talk.consented:
                says = f"{entry.actor} asks {entry.target}, whose help it asked for or accepted before"
                yield _doubt("repeated", number, says, "one request until the offer or the talks end")
            return
        i, j = entry.actor, entry.target
        pair, names = frozenset((i, j)), f"{i} and {j}"
        if act.lasts and (i, j, entry.act) in self.since:
            taken = self.scenario.date_of(self.since[i, j, entry.act])
            says = f"{entry.act} by {i} toward {j} is in force since {taken}"
            yield _doubt("in_force", number, says, "its first day alone, or an act that ends it in between")
        if act.reverses and self._measure_to_end(i, j, act) is None:
            says = f"{entry.act}, but no measure of {i} toward {j} that it could end is in force"
            yield _doubt("no_measure", number, says, f"one of {', '.join(act.reverses)} before it")
        if self._is_about_firing(act) and pair in self.ceasefires:
            says = f"{entry.act} while a ceasefire between {names} holds"
            yield _doubt(
                "ceasefire_holds", number, says, "a use of force before it, which breaks the ceasefire"
            )
        elif act.requires.violence and not self._violence(day, pair):
            recent = self.scenario.weights.force_recent_days
            says = f"{entry.act}, but there is no firing and was no force between {names} in {recent:g} days"
            yield _doubt("no_violence", number, says, "force or border_fire before it")
        if act.requires.offer is not None:
            offer = act.requires.offer
            taken_on, stands = self.since.get((j, i, offer)), self.acts[offer].stands_days
            # Both accept at once what a third party proposed: a joint step needs no offer of one of them.
            joint = any(
                other.act == entry.act and (other.actor, other.target) == (j, i) for _, other in group
            )
            if (taken_on is None or day - taken_on > stands) and not joint:
                says = f"{entry.act} by {i}, but no {offer} by {j} toward {i} stands"
                allowed = f"{offer} in the {stands} days before, or {entry.act} by both in the same group"
                yield _doubt("no_offer", number, says, allowed)

    def _is_about_firing(self, act: Act) -> bool:
        """Return whether an act proposes or accepts an end of firing; an agreement may follow a ceasefire."""
        offer = act.requires.offer
        answers = act.effect == "ceasefire" and (offer is None or self.acts[offer].requires.violence)
        return answers or act.requires.violence

    def _violence(self, day: int, pair: Pair) -> bool:
        last = self.last_force.get(pair)
        if last is not None and day - last <= self.scenario.weights.force_recent_days:
            return True
        return any(
            frozenset(fire.between) == pair and self._fires(fire.date, fire.nights, fire.goes_on, day)
            for fire in self.scenario.border_fire
        )

    def _fires(self, first: dt.date, nights: int, goes_on: bool, day: int) -> bool:
        begun = (first - self.scenario.start).days
        return begun <= day and (goes_on or day < begun + nights)

    def _measure_to_end(self, i: str, j: str, act: Act) -> str | None:
        """Return the latest measure of i toward j that an act ends; of one day, the last in ladder order."""
        order = self.scenario.ladder.ordered()
        held = [
            (self.since[i, j, name], order.index(name)) for name in act.reverses if (i, j, name) in self.since
        ]
        return order[max(held)[1]] if held else None

    def _settle(self, day: int, entries: list[DatedAct]) -> None:
        ended = [self._measure_to_end(entry.actor, entry.target, self.acts[entry.act]) for entry in entries]
        force: set[Pair] = set()
        for entry, measure in zip(entries, ended, strict=True):
            act, i, j = self.acts[entry.act], entry.actor, entry.target
            if act.effect == "ask":
                self._settle_mediation(entry)
                continue
            if measure is not None:
                self.since.pop((i, j, measure), None)
            self.since[i, j, entry.act] = day
            if act.rung >= FORCE_RUNG:
                force.add(frozenset((i, j)))
        for pair in force:
            self.last_force[pair] = day
        self.ceasefires -= force
        for entry in entries:
            pair = frozenset((entry.actor, entry.target))
            if self.acts[entry.act].effect == "ceasefire" and pair not in force:
                self.ceasefires.add(pair)


def _mediator_of(act: Act, entry: DatedAct) -> str | None:
    """Return the mediator that an act comes from or is directed at."""
    if act.takers == "mediators":
        return entry.actor
    return entry.target if act.toward == "mediator" else None


def concerned(scenario: Scenario, entry: DatedAct) -> Pair:
    """Return the pair of rivals that an act of mediation concerns."""
    toward = scenario.ladder.acts[entry.act].toward
    state = entry.actor if toward == "mediator" else entry.target
    if entry.concerning is not None:
        return frozenset((state, entry.concerning))
    return next(frozenset(each.between) for each in scenario.rivalries if state in each.between)


def _standing(talk: _Talk) -> str:
    return "talks with them are open" if talk.open else "first offer stands"


def _doubt(name: str, number: int, says: str, allowed: str) -> Doubt:
    return Doubt(name, ("acts", number, "act"), says, allowed)


# --------------------------------------------------------------------------------------------- cases


def _of_case(scenario: Scenario) -> Iterator[Doubt]:
    case = scenario.case
    if case is None:
        return
    if case.ended > scenario.horizon and case.use != "examination" and case.coded_to is None:
        yield Doubt(
            "ended_after_horizon",
            ("case", "ended"),
            f"{case.ended} is after the horizon {scenario.horizon}, up to which the record goes",
            "a horizon on that day; use: examination for a case to be forecast, coded_to for a record that "
            "breaks off",
        )
    for number, entry in enumerate(scenario.acts):
        if case.ended < entry.date <= scenario.horizon:
            yield Doubt(
                "act_after_end",
                ("acts", number, "date"),
                f"{entry.date} is after {case.ended}, the last recorded step by case.ended",
                f"ended: {entry.date} or later",
            )
    recorded = recorded_mediation(scenario)
    order = ("none", "offered", "accepted")
    if order.index(recorded) > order.index(case.mediation):
        yield Doubt(
            "mediation_differs",
            ("case", "mediation"),
            f"{case.mediation}, but by its acts mediation was {recorded}",
            f"mediation: {recorded}",
        )


def recorded_mediation(scenario: Scenario) -> str:
    """Return what the dated acts say of mediation: accepted by both rivals of a pair, offered, or none."""
    consents: dict[tuple[str, Pair], set[str]] = {}
    found = "none"
    for entry in scenario.acts:
        act = scenario.ladder.acts[entry.act]
        if act.effect in ("offer", "formula", "press", "consent", "decline"):
            found = "offered"
        if act.effect == "consent":
            pair = concerned(scenario, entry)
            consents.setdefault((entry.target, pair), set()).add(entry.actor)
    return "accepted" if any(pair <= who for (_, pair), who in consents.items()) else found
