"""The likelihood of recorded acts under the rules, for cases and for exchanges.

This module has no formula of its own. A case is replayed by the batch driver and an exchange by
`escalation.rules.reading`; both sum the rules' choice probabilities by rung or level of hostility, given
that the state acts, since a record lists acts and not days without acts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import read_record
from escalation.engine.pack import Index, pack
from escalation.files.brief import Brief
from escalation.history.mie import LOWEST, Events, Exchanges, dyads
from escalation.rules.reading import read_exchanges
from escalation.rules.state import MID_LEVELS, Params, frame, fresh_state
from escalation.scenario.fields import references
from escalation.scenario.ladder import Ladder
from escalation.scenario.load import load_ladder
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights
from escalation.vocabulary import CONSENT, DECLINE, HOLD, RUNGS

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LADDER = "south_asia"
"""The ladder whose cross-walk maps acts coded as in MID."""
LEAST = 1e-12
"""Floor of probabilities, so that one act that the rules rule out does not rule out the rules."""


@dataclass(frozen=True)
class CaseScores:
    """The probabilities of the rules for each act of the states of a case, in the order of the record."""

    date: tuple[dt.date, ...]
    """[acts]."""
    actor: tuple[str, ...]
    """[acts]."""
    observed: Whole
    """[acts]: rung of the act."""
    probabilities: Floats
    """[acts, 11]: of each rung, before the act and given that its state acts."""


def case_scores(scenario: Scenario) -> CaseScores:
    """Read the record of a scenario with its own weights; holds and responses to mediators are left out."""
    record = _Case.of(scenario)
    forced = record.params.forced[record.places]
    names = list(scenario.states)
    return CaseScores(
        date=tuple(scenario.date_of(int(day)) for day in forced["day"]),
        actor=tuple(names[actor] for actor in forced["actor"]),
        observed=record.observed,
        probabilities=read_record(record.params)[record.places],
    )


def exchange_probabilities(weights: Weights, exchanges: Exchanges) -> Floats:
    """Return the probability of hostility 2, 3, 4 and 5 before each act of exchanges, [rows, 4]."""
    params = pack(_pair(weights))
    shares = np.zeros((len(exchanges.events), MID_LEVELS))
    read_exchanges(
        params, fresh_state(params), fresh_state(params), exchanges.first, exchanges.events.day,
        exchanges.side, _acts(exchanges.events), shares,
    )  # fmt: skip
    return shares


@dataclass(frozen=True, repr=False)
class Evidence(Brief):
    """Recorded acts of one kind, to be read repeatedly with different weights."""

    label: str
    read: Callable[[Weights], Floats]
    """[rows, levels]: probabilities under the rules with these weights."""
    observed: Whole
    """[rows]: the observed level, counted from the first column."""
    cluster: Whole
    """[rows]: number of the crisis, or of the exchange between two states in a confrontation."""
    group: tuple[str, ...]
    """By cluster, the name or pair of states by which it can be left out."""
    rough: bool = False
    """Whether readings are shares of runs, which change by steps."""

    def log_scores(self, probabilities: Floats) -> Floats:
        """Return -ln of the probability of the observed levels, [rows]."""
        of_observed = probabilities[np.arange(len(self.observed)), self.observed]
        return -np.log(np.maximum(of_observed, LEAST))

    def without(self, groups: set[str]) -> NDArray[np.bool_]:
        """Return the rows that are in none of the groups."""
        out = np.array([name in groups for name in self.group], bool)
        return ~out[self.cluster]


def evidence_of_cases(cases: Sequence[Scenario]) -> Evidence:
    """Prepare the records of cases."""
    records = [_Case.of(case) for case in cases]

    def read(weights: Weights) -> Floats:
        with_weights = (pack(case.model_copy(update={"weights": weights})) for case in cases)
        read = [
            read_record(params)[record.places] for params, record in zip(with_weights, records, strict=True)
        ]
        return np.concatenate([np.zeros((0, RUNGS)), *read])

    return Evidence(
        label="cases",
        read=read,
        observed=np.concatenate([np.zeros(0, np.int64), *(record.observed for record in records)]),
        cluster=np.repeat(np.arange(len(cases)), np.array([len(one.places) for one in records], np.int64)),
        group=tuple(case.name for case in cases),
    )


def evidence_of_exchanges(exchanges: Exchanges) -> Evidence:
    """Prepare exchanges; they can be left out by pair of states."""
    events = exchanges.events
    pairs = dyads(events)
    confrontation = events.confrontation * 10**6 + pairs[:, 0] * 1_000 + pairs[:, 1]
    _, first, cluster = np.unique(confrontation, return_index=True, return_inverse=True)
    return Evidence(
        label="exchanges",
        read=lambda weights: exchange_probabilities(weights, exchanges),
        observed=events.level - LOWEST,
        cluster=cluster,
        group=tuple(f"{a}-{b}" for a, b in pairs[first]),
    )


@dataclass(frozen=True)
class _Case:
    params: Params
    places: Whole
    """Indices of the forced acts that are states' own choices."""
    observed: Whole

    @classmethod
    def of(cls, scenario: Scenario) -> _Case:
        params = pack(scenario)
        forced = params.forced
        no_act = np.isin(params.acts["effect"][forced["act"]], (HOLD, CONSENT, DECLINE))
        recorded = forced["day"] <= frame(params).horizon
        places = np.flatnonzero((forced["actor"] < len(scenario.states)) & ~no_act & recorded)
        rungs = params.acts["rung"][forced["act"][places]]
        return cls(params, places, rungs.astype(np.int64))


def _pair(weights: Weights) -> Scenario:
    """Make a crisis between two states with default traits."""
    scenario = _bare_pair()
    return scenario.model_copy(update={"weights": weights})


@cache
def _bare_pair() -> Scenario:
    ladder = load_ladder(LADDER)
    tree: dict[str, Any] = {
        "name": "pair",
        "title": "Two states",
        "summary": "Two states of which nothing is known.",
        "start": dt.date(1, 1, 1),
        "horizon": dt.date(1, 1, 1),
        "free_days": 0,
        "states": {"one": {"label": "One"}, "other": {"label": "Other"}},
        "rivalries": [{"between": ["one", "other"]}],
        "weights": {},
    }
    context = references(tree | {"ladder": ladder.model_dump(mode="json")})
    return Scenario.model_validate(tree | {"ladder": ladder}, context=context)


def _acts(events: Events) -> Whole:
    """Return the number of the ladder's act that each event maps to."""
    scenario = _bare_pair()
    numbers = Index(scenario).act
    read = {
        (level, action): numbers[_act_of(scenario.ladder, level, action)]
        for level, action in set(zip(events.level.tolist(), events.action.tolist(), strict=True))
    }
    pairs = zip(events.level.tolist(), events.action.tolist(), strict=True)
    return np.array([read[pair] for pair in pairs], np.int64)


def _act_of(ladder: Ladder, level: int, action: int) -> str:
    reading = next(found for key, found in ladder.mid_reading.items() if int(key) == level)
    return reading.codes.get(str(action), reading.act)
