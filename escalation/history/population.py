"""A population of synthetic crises with the mix of triggers, violence, actors and mediation of ICB.

Two states and at most one mediator, none of them real. What ICB counts is drawn with its shares; what it
does not code (dispositions, trust, leverage) is drawn uniformly over its plausible range, so that the
population averages over what is unknown. Each draw is a function of seed, crisis and purpose.

The model has no end of a crisis of its own that ICB's coders would note, and agreements are a matter of how
long there is something to agree on. Each crisis therefore has a length: the day on which it would have ended
without an agreement, drawn from the hazard at which ICB's crises end without one, from the trigger or, where
a mediator enters, from its entry. Five years after it are simulated too, for what comes back.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from pydantic import BaseModel

from escalation.engine.luck import luck_of, uniform
from escalation.files.brief import Brief
from escalation.history.icb import SHARES, SPANS, STYLES, TRIGGERS, VIOLENCE, Agreements, Rates
from escalation.scenario.fields import references
from escalation.scenario.load import load_ladder
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Mediator, Relation, Scenario, State
from escalation.scenario.weights import Weights

LADDER = "south_asia"
START = dt.date(2001, 1, 1)
"""Fictitious, like the states."""
HORIZON_DAYS = 3
AFTERWARDS = 1_826
"""Days after the end of a crisis in which ICB looks for the next one: five years."""
LONGEST = 730
"""Most days of a crisis: two years, which one in forty of ICB's exceeds."""
ONE, OTHER, THIRD = "arland", "borland", "cesland"
DRAWING = 200
"""The purpose of these draws, distinct from those of a day, so that no simulation reuses them."""

TRIGGERED_BY: dict[str, str | float] = {
    "verbal": "threaten_force",
    "political": "expel_diplomats",
    "economic": "trade_ban",
    "external_change": "accuse_rival",
    "other_non_violent": "accuse_rival",
    "internal_challenge": 0.3,
    "non_violent_military": "mobilise",
    "indirect_violent": 0.45,
    "violent": "",
}
"""By type of trigger, the act of the rival on day 0; a number is the severity of an incident that is blamed
on it; a violent trigger is the act of the level of violence."""
FOUGHT_BY = {
    "none": ("alert_forces", "alert_forces"),
    "minor": ("artillery_duel", "artillery_duel"),
    "serious": ("strike", "strike"),
    "war": ("full_war", "full_war"),
}
"""By violence in the crisis, the response to the trigger on day 2 and the rival's reply on day 3."""
VIOLENT_TRIGGER = {"none": "local_raid", "minor": "local_raid", "serious": "ground_attack", "war": "full_war"}


@dataclass(frozen=True, repr=False)
class Crisis(Brief):
    """One synthetic crisis, with its drawn traits."""

    number: int
    scenario: Scenario
    """With its mediator, if one enters."""
    trigger: str
    violence: str
    style: str | None
    """Style of the mediator that enters, None for none."""
    length: int
    """Days from the trigger to the end of the crisis, if nothing is agreed before."""
    armed: int
    """How many of the two have nuclear weapons."""
    entry: int
    """Day on which the mediator enters, -1 without one."""

    @property
    def unmediated(self) -> Scenario:
        """Return the same crisis without a mediator."""
        return self.scenario.model_copy(update={"mediators": {}})


@dataclass(frozen=True, repr=False)
class Population(Brief):
    """Crises by number; the same number and seed give the same crisis, independent of all others."""

    rates: Rates
    weights: Weights
    seed: int

    @cached_property
    def ladder(self) -> Any:
        """Return the ladder of all crises."""
        return load_ladder(LADDER)

    @cached_property
    def _ladder_tree(self) -> dict[str, Any]:
        tree: dict[str, Any] = self.ladder.model_dump(mode="json")
        return tree

    def crises(self, count: int) -> Iterator[Crisis]:
        """Yield the first crises."""
        for number in range(count):
            yield self.crisis(number)

    def crisis(self, number: int) -> Crisis:
        """Make one crisis."""
        draw = _Draws(self.seed, number)
        counts = [(name, k) for name in TRIGGERS for k in range(len(VIOLENCE))]
        trigger, level = counts[draw.one_of([self.rates.triggers[name][k] for name, k in counts])]
        mediator = self._mediator(draw, level)
        length = self._length(draw, mediator)
        tree = self._tree(draw, trigger, VIOLENCE[level], mediator)
        tree["free_days"] = length + AFTERWARDS
        scenario = Scenario.model_validate(
            tree | {"ladder": self.ladder, "weights": self.weights},
            context=references(tree | {"ladder": self._ladder_tree}),
        )
        return Crisis(
            number,
            scenario,
            trigger,
            VIOLENCE[level],
            None if mediator is None else mediator["style"],
            length,
            sum("nuclear_weapons" in state.capabilities for state in scenario.states.values()),
            -1 if mediator is None else mediator["enters_day"],
        )

    def _length(self, draw: _Draws, mediator: dict[str, Any] | None) -> int:
        """Draw the days from the trigger to the end of a crisis without an agreement."""
        u = draw.number()
        if mediator is None:
            return min(LONGEST, lasts(self.rates.agreements["unmediated"], u))
        return min(LONGEST, int(mediator["enters_day"]) + lasts(self.rates.agreements["from_entry"], u))

    def _mediator(self, draw: _Draws, level: int) -> dict[str, Any] | None:
        """Draw whether a mediator enters, more often in more violent crises, and its traits."""
        rates = self.rates
        share = (rates.mediated[level] + rates.offered[level]) / max(1, rates.coded[level])
        # Everything is always drawn, so that no draw shifts the others.
        enters = draw.number() < share
        style = STYLES[draw.one_of([rates.styles[name][level] for name in STYLES])]
        day = round(float(np.interp(draw.number(), (0.0, *SHARES), (0, *rates.entry_days))))
        form = "bilateral" if draw.number() < 0.5 else "third_party"
        traits = draw.traits(Mediator)
        toward = {name: draw.traits(Relation) for name in (ONE, OTHER)}
        if not enters:
            return None
        return {
            "label": "Cesland", "enters_day": day, "style": style, "form": form, "toward": toward, **traits,
        }  # fmt: skip

    def _tree(
        self, draw: _Draws, trigger: str, violence: str, mediator: dict[str, Any] | None
    ) -> dict[str, Any]:
        rates = self.rates
        armed = draw.one_of(
            [rates.crises - rates.both_nuclear - rates.one_nuclear, rates.one_nuclear, rates.both_nuclear]
        )
        states = {
            name: {
                "label": name.capitalize(),
                "capabilities": ["nuclear_weapons"] if place < armed else [],
                **draw.traits(State),
                "audience": _audience(draw.number() < rates.democratic / rates.actors),
            }
            for place, name in enumerate((ONE, OTHER))
        }
        protracted = draw.number() < rates.protracted / rates.crises
        acts, incidents = _record(trigger, violence)
        return {
            "name": "synthetic",
            "title": "A synthetic crisis",
            "summary": "Drawn from the shares of International Crisis Behavior; not a real crisis.",
            "start": START.isoformat(),
            "horizon": _date(HORIZON_DAYS),
            "states": states,
            "mediators": {} if mediator is None else {THIRD: mediator},
            "rivalries": [
                {
                    "between": [ONE, OTHER],
                    "contested_line": protracted,
                    "tension": 1.0 if protracted else 0.0,
                    "stakes": 0.0,
                    "lull_days": 365,
                }
            ],
            "incidents": incidents,
            "acts": acts,
        }


def lasts(counted: Agreements, u: float) -> int:
    """Return the days that a crisis lasts without an agreement, the quantile of a u in [0, 1).

    In each span of time the hazard that a crisis ends is that at which the number of crises and of their days
    agree; what agreements add to it is taken away, and the survival of what is left is inverted.
    """
    begun, left, passed = float(counted.crises), -math.log1p(-u), 0.0
    widths = (*np.diff((0, *SPANS)), math.inf)
    for width, days, agreed in zip(widths, counted.days, counted.agreed, strict=True):
        if days == 0:
            break
        ending = _hazard_of_ending(begun, days, width)
        otherwise = max(0.0, ending - agreed / days)
        if left < otherwise * width:
            return math.ceil(passed + left / otherwise)
        left -= otherwise * width
        passed += width
        begun *= math.exp(-ending * width)
    return math.ceil(passed)  # no crisis lasts longer


def _hazard_of_ending(begun: float, days: float, width: float) -> float:
    """Return the hazard h at which crises have their days in a span: days = begun (1 - e^-hw) / h."""
    if math.isinf(width):
        return begun / days
    low, high = 1e-9, 10.0
    for _ in range(60):
        middle = math.sqrt(low * high)
        if begun * -math.expm1(-middle * width) / middle > days:
            low = middle
        else:
            high = middle
    return low


def _audience(democratic: bool) -> float:
    """Return the audience cost of threats: higher in a democracy (Fearon 1994); the size is a prior."""
    return 0.65 if democratic else 0.4


def _record(trigger: str, violence: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the record up to the horizon: the trigger, the response to it, and the rival's reply."""
    begun = TRIGGERED_BY[trigger] or VIOLENT_TRIGGER[violence]
    answer, reply = FOUGHT_BY[violence]
    acts = [_act(2, ONE, answer, OTHER), _act(3, OTHER, reply, ONE)]
    if isinstance(begun, str):
        return [_act(0, OTHER, begun, ONE), *acts], []
    event = {"date": _date(0), "says": "Synthetic.", "victim": ONE, "blamed": OTHER, "severity": begun}
    return acts, [event]


def _act(day: int, actor: str, act: str, target: str) -> dict[str, Any]:
    return {"date": _date(day), "says": "Synthetic.", "actor": actor, "act": act, "target": target}


def _date(day: int) -> str:
    return (START + dt.timedelta(days=day)).isoformat()


class _Draws:
    """The draws that make one crisis, in order."""

    def __init__(self, seed: int, number: int) -> None:
        self._luck = luck_of(seed, number)
        self._drawn = 0

    def number(self) -> float:
        """Draw a number in [0, 1)."""
        self._drawn += 1
        return float(uniform(self._luck, 0, 0, 0, DRAWING, self._drawn))

    def one_of(self, counts: Sequence[int]) -> int:
        """Draw an index with odds given by counts, equal odds where nothing was counted."""
        counts = counts if any(counts) else [1] * len(counts)
        return int(np.searchsorted(np.cumsum(counts), self.number() * sum(counts), side="right"))

    def traits(self, model: type[BaseModel]) -> dict[str, float]:
        """Draw every number of a model uniformly over its plausible range."""
        return {
            one.name: one.plausible[0] + self.number() * (one.plausible[1] - one.plausible[0])
            for one in parameters_of(model)
        }
