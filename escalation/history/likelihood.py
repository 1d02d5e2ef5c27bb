"""The likelihood of recorded acts under the rules: what states do in cases and exchanges, and when.

This module has no formula of its own. A case is replayed by the batch driver, an exchange and the days
between acts by `escalation.rules.reading`. What: the rules' choice probabilities, summed by rung or level of
hostility and given that the state acts, since most records list acts and not days without acts. When: who
acts on each day on which a record of a pair of states is known to be complete.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import read_record
from escalation.engine.pack import Index, pack, reweighed
from escalation.files.brief import Brief
from escalation.history.cases import is_own_choice
from escalation.history.mie import Exchanges, Histories, dyads, mean_detection
from escalation.rules.reading import SORTS, WHO, read_exchanges, read_waits, sort_of
from escalation.rules.state import OPEN_FORCE_RUNG, WAR_RUNG, Params, frame, fresh_state
from escalation.scenario.case import CLASSROOM
from escalation.scenario.fields import references
from escalation.scenario.load import load_ladder
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights
from escalation.vocabulary import CONSENT, DECLINE, HOLD, RUNGS

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LADDER = "south_asia"
"""The ladder whose cross-walk maps acts coded as in MID."""
OF_CLOCK = (
    "alarm", "lull", "lead", "tempo", "grievance", "hit_open", "hit_deniable",
    "reply_force", "reply_strike", "reply_other",
)  # fmt: skip
"""The weights of the hazard of hostile acts that records bear on."""
OF_STAKES = ("stakes_acts", "stakes_days")
"""The weights of what is at stake, on which coded crises bear and records of all disputes do not."""
OF_CHOICE = (
    "threat_threshold", "force_threshold", "open_threshold", "strike_threshold", "war_threshold",
    "ratchet", "step", "riposte", "clash", "campaign", "campaign_width", "campaign_days", "habit",
    "habit_prior", "momentum", "war_persistence",
)  # fmt: skip
"""The weights of the choice among hostile acts that records of exchanges bear on."""
OF_PROTEST = ("protest", "protest_lull", "protest_tempo", "protest_grievance", "punishment_threshold")
"""The weights of words and measures that records bear on."""
OF_CONCILIATION = (
    "conciliation", "fear_conciliates", "exhaustion_conciliates", "reciprocity",
)  # fmt: skip
"""The weights of conciliation that records bear on."""
OF_WAITS = (*OF_CLOCK, "threat_threshold", "force_threshold")
"""Those that the days between acts bear on: of a choice, what makes it force, to which states reply."""
OF_RECORD = {
    "noted_elasticity": 1.0,
    "words_noted": 1.0,
    "steps_noted": 1.0,
    "shows_noted": 1.0,
    "skirmishes_noted": 1.0,
}
"""The weights of what is noted, with their values where a record lists every act."""
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
    counts: NDArray[np.bool_]
    """[acts]: whether the act is fitted to and scored; of a game only those that people chose are."""


def case_scores(scenario: Scenario) -> CaseScores:
    """Read the record of a scenario with its own weights; holds and responses to mediators are left out."""
    record = _Case.of(scenario)
    forced = record.params.forced[record.acts]
    names = list(scenario.states)
    return CaseScores(
        date=tuple(scenario.date_of(int(day)) for day in forced["day"]),
        actor=tuple(names[actor] for actor in forced["actor"]),
        observed=record.rungs,
        probabilities=record.read(scenario.weights)[0][record.acts],
        counts=record.counts,
    )


LEVEL_OF_SORT = np.array([0, 1, 2, 2, 2, 3])
"""By sort of hostile act, the level of hostility, counted from 2."""


def exchange_probabilities(weights: Weights, exchanges: Exchanges) -> Floats:
    """Return the probability of hostility 2, 3, 4 and 5 before each act of exchanges, [rows, 4]."""
    return merged(sort_probabilities(weights, exchanges), LEVEL_OF_SORT)


def merged(table: Floats, level: Whole) -> Floats:
    """Return a table whose columns are summed by level."""
    return table @ np.eye(level.max() + 1)[level]


def sort_probabilities(weights: Weights, exchanges: Exchanges) -> Floats:
    """Return the probability of each sort of hostile act before each act of exchanges, [rows, sorts]."""
    events = exchanges.events
    params = of_pair(weights)
    shares = np.zeros((len(events), SORTS))
    read_exchanges(
        params, fresh_state(params), fresh_state(params), exchanges.first, events.day, exchanges.side,
        _acts(events.level, events.action, events.deaths), exchanges.mutual, shares, np.zeros(SORTS),
    )  # fmt: skip
    return shares


@dataclass(frozen=True, repr=False)
class ReadDays(Brief):
    """The days at risk of pairs of states that are read, each for as many as it stands for.

    A hazard that decays as a power of the days changes little over a tenth of the wait: of the quiet days
    after the tenth one in each such span is read for all. The day of the next act is always read.
    """

    first: Whole
    """[acts + 1]: where the days after each act begin."""
    on: Whole
    """[days read]: days after the act."""
    times: Floats
    """[days read]: days that each stands for."""
    observed: Whole
    """[days read]: who acted: 0 nobody, 1 the state with the smaller number, 2 the other, 3 both."""

    @property
    def act(self) -> Whole:
        """[days read]: the act after which each is."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))

    @classmethod
    def of(cls, histories: Histories) -> ReadDays:
        """Choose the days to read."""
        first, on, times, observed = [0], [], [], []
        for k, (day, until, at_risk, ended) in enumerate(
            zip(
                *(getattr(histories, name).tolist() for name in ("day", "until", "at_risk", "ended")),
                strict=True,
            )
        ):
            for read_on, span in quiet_spans(until - day - ended if at_risk else 0):
                on.append(read_on)
                times.append(span)
                observed.append(0)
            if ended:
                on.append(until - day)
                times.append(1)
                observed.append(_who_acted(histories, k + 1))
            first.append(len(on))
        read = np.array(on, np.int64), np.array(times, np.float64), np.array(observed, np.int64)
        return cls(np.array(first, np.int64), *read)


SPANS = 10
"""A span of quiet days that is read once is this part of the days before it."""


def quiet_spans(days: int) -> Iterator[tuple[int, int]]:
    """Yield the days after an act that are read for so many quiet days, and how many each stands for."""
    begins = 1
    while begins <= days:
        span = min(max(1, begins // SPANS), days - begins + 1)
        yield begins + span // 2, span
        begins += span


def wait_probabilities(weights: Weights, histories: Histories, days: ReadDays, detection: float) -> Floats:
    """Return the probabilities of who acts on each day read, [days read, 4], in the order of `observed`."""
    params = of_pair(weights)
    shares = np.zeros((len(days.on), WHO))
    read_waits(
        params, fresh_state(params), fresh_state(params), histories.first, histories.day, histories.side,
        _acts(histories.level, histories.action, histories.deaths), histories.mutual, days.first, days.on,
        detection, shares, np.zeros((2, SORTS)),
    )  # fmt: skip
    return shares


EXCHANGES, CASES, WAITS, FORCE = "exchanges", "cases", "waits", "force"
"""Names of the pieces of evidence that are read act by act and day by day."""


@dataclass(frozen=True, repr=False)
class Evidence(Brief):
    """A piece of evidence: records of one kind, to be read repeatedly with different weights."""

    name: str
    """By which its weight can be changed, or what was left out of it named."""
    read: Callable[[Weights], Floats]
    """[rows, levels]: probabilities under the rules with these weights."""
    observed: Whole
    """[rows]: the observed level, counted from the first column."""
    cluster: Whole
    """[rows]: number of the crisis, of the attack, or of the pair of states."""
    group: tuple[str, ...]
    """By cluster, the name or pair of states by which it can be left out. None at all where records are
    counts of crises without names: these are independent of one another, and never left out."""
    levels: Whole | None = None
    """By column, the level that is forecast where several columns are of one; None for one each."""
    weight: float = 1.0
    """By which its log-likelihood counts: below 1 where rows tell less than their number says."""
    counts: Floats | None = None
    """[rows]: how often each row was observed; once if None."""
    shares: Floats | None = None
    """[rows]: by which the log-likelihood of each row counts, besides the weight of the whole; 1 if None."""
    year: Whole | None = None
    """[rows]: year of each row, where years can be left out."""
    informs: tuple[str, ...] | None = None
    """The weights on which readings depend; None for all."""

    def log_scores(self, probabilities: Floats) -> Floats:
        """Return -ln of the probability of the observed levels, [rows]."""
        of_observed = probabilities[np.arange(len(self.observed)), self.observed]
        return -np.log(np.maximum(of_observed, LEAST))

    def forecast(self, weights: Weights) -> Floats:
        """Return the probability of each level under the rules with these weights, [rows, levels]."""
        table = self.read(weights)
        return table if self.levels is None else merged(table, self.levels)

    @property
    def times(self) -> Floats:
        """[rows]: how often each row was observed."""
        return np.ones(len(self.observed)) if self.counts is None else self.counts

    @property
    def factor(self) -> Floats:
        """[rows]: by which the log-likelihood of each row, observed once, counts."""
        return np.full(len(self.observed), self.weight) * (1.0 if self.shares is None else self.shares)

    @property
    def is_named(self) -> bool:
        """Whether its records have names, by which they are clustered and can be left out."""
        return bool(self.group)

    def mean_score(self, probabilities: Floats) -> float:
        """Return the mean of -ln of the probability of the observed levels, whatever counts for how much."""
        whole = self.times.sum()
        return float((self.times * self.log_scores(probabilities)).sum() / whole) if whole else math.nan

    def of_groups(self, groups: Container[str]) -> NDArray[np.bool_]:
        """Return the rows that are in one of the groups."""
        if not self.is_named:
            return np.zeros(len(self.observed), bool)
        inside: NDArray[np.bool_] = np.array([name in groups for name in self.group], bool)[self.cluster]
        return inside


def evidence_of_cases(cases: Sequence[Scenario]) -> Evidence:
    """Prepare the records of cases."""
    records = [_Case.of(case) for case in cases]

    def read(weights: Weights) -> Floats:
        read = [record.read(weights)[0][record.places] for record in records]
        return np.concatenate([np.zeros((0, RUNGS)), *read])

    return Evidence(
        name=CASES,
        read=read,
        observed=np.concatenate([np.zeros(0, np.int64), *(record.observed for record in records)]),
        cluster=np.repeat(np.arange(len(cases)), np.array([len(one.places) for one in records], np.int64)),
        group=tuple(case.name for case in cases),
    )


def evidence_of_force(cases: Sequence[Scenario]) -> Evidence:
    """Prepare the days of cases: whether somebody uses open force (rung 6 and up), before anybody has acted.

    Coders spend a budget of acts on words and shows but leave out no use of force, so that the days without
    one count too: from the day after the start to QUIET_AFTER days after the end, for which it is known that
    nothing belonged to the crisis any more, or to the day on which the coder stopped. The days of a war are
    left out, since a coder notes its outbreak and not each day of it. Of a game only the days are read on
    which people chose for every state.
    """
    records = [_Case.of(_followed(case)) for case in cases]
    days = [record.days_of_peace for record in records]
    used = [record.forceful[read] for record, read in zip(records, days, strict=True)]

    def read(weights: Weights) -> Floats:
        read = [record.read(weights)[1][here] for record, here in zip(records, days, strict=True)]
        chance = np.concatenate([np.zeros(0), *read])
        return np.stack([1.0 - chance, chance], axis=1)

    return Evidence(
        name=FORCE,
        read=read,
        observed=np.concatenate([np.zeros(0, np.int64), *used]),
        cluster=np.repeat(np.arange(len(cases)), np.array([len(one) for one in days], np.int64)),
        group=tuple(case.name for case in cases),
        weight=FORCE_WEIGHT,
        informs=(*OF_CLOCK, *OF_STAKES, *OF_CHOICE),
    )


def evidence_of_exchanges(exchanges: Exchanges) -> Evidence:
    """Prepare exchanges; they can be left out by pair of states."""
    events = exchanges.events
    pairs = dyads(events)
    named, cluster = np.unique(pairs, axis=0, return_inverse=True)
    return Evidence(
        name=EXCHANGES,
        read=lambda weights: sort_probabilities(weights, exchanges),
        observed=_sorts(events.level, events.action, events.deaths),
        levels=LEVEL_OF_SORT,
        cluster=cluster.ravel(),
        group=tuple(f"{a}-{b}" for a, b in named.tolist()),
        year=events.year,
        informs=OF_CHOICE,
    )


FORCE_WEIGHT = 1.0
"""Each day of a crisis counts once: what is at stake is known from nothing else."""


WAITS_WEIGHT = 1.0
"""Nothing else says how often states act, and cases, whose coders spend a budget of acts, must not. Days of a
pair are alike beyond what the hazard knows (the variance of scores summed by pair is 4 to 10 times that of
independent days): standard errors are clustered by pair."""


MOST_WAITS = 10
"""A pair counts with so many waits that ended in an act, at most: a rivalry of hundreds of acts is one
rivalry, and at full weight would set the pace of all others."""


def evidence_of_waits(histories: Histories) -> Evidence:
    """Prepare the days at risk of pairs of states; they can be left out by pair."""
    days = ReadDays.of(histories)
    pair = np.repeat(np.arange(len(histories.pair)), np.diff(histories.first))
    ended = np.bincount(pair, histories.ended, len(histories.pair))
    share = np.minimum(1.0, MOST_WAITS / np.maximum(ended, 1.0))
    detection = detection_of(histories)
    act = days.act
    return Evidence(
        name=WAITS,
        read=lambda weights: wait_probabilities(weights, histories, days, detection),
        observed=days.observed,
        counts=days.times,
        shares=share[pair][act],
        cluster=pair[act],
        group=tuple(f"{a}-{b}" for a, b in histories.pair.tolist()),
        year=_years(histories.day[act] + days.on),
        weight=WAITS_WEIGHT,
        informs=OF_WAITS,
    )


def detection_of(histories: Histories) -> float:
    """Return the share of the acts of both sides that the record of histories holds."""
    return mean_detection(histories.level[np.flatnonzero(histories.ended) + 1])


def _years(days: Whole) -> Whole:
    """Return the year of each day, counted as `datetime.date.toordinal` does."""
    different, place = np.unique(days, return_inverse=True)
    years = np.array([dt.date.fromordinal(day).year for day in different.tolist()], np.int64)
    return years[place]


def _who_acted(histories: Histories, k: int) -> int:
    """Return who acted on the day of the k-th act: 1 the first state, 2 the second, 3 both."""
    sides, day = set(), histories.day[k]
    end = histories.first[np.searchsorted(histories.first, k, side="right")]
    while k < end and histories.day[k] == day:
        sides |= {0, 1} if histories.mutual[k] else {int(histories.side[k])}
        k += 1
    return 3 if len(sides) == 2 else sides.pop() + 1


@dataclass(frozen=True)
class _Case:
    params: Params
    acts: Whole
    """Indices of the forced acts that are acts of states; holds and answers to mediators are not."""
    rungs: Whole
    """[acts]."""
    counts: NDArray[np.bool_]
    """[acts]: whether an act is fitted to and scored."""
    asked: Whole
    """The recorded days on which all states choose for themselves."""
    lists_all: bool
    """Whether its record lists every act, as that of a game does, or what coders noted."""

    @classmethod
    def of(cls, scenario: Scenario) -> _Case:
        params = pack(scenario)
        forced = params.forced
        no_act = np.isin(params.acts["effect"][forced["act"]], (HOLD, CONSENT, DECLINE))
        recorded = forced["day"] <= frame(params).horizon
        acts = np.flatnonzero((forced["actor"] < len(scenario.states)) & ~no_act & recorded)
        # In the order of `pack`.
        entries = sorted(
            (entry for entry in scenario.acts if entry.date >= scenario.start),
            key=lambda entry: (entry.date, entry.seq),
        )
        own = np.array([is_own_choice(scenario, entry) for entry in entries], bool)
        rungs = params.acts["rung"][forced["act"][acts]].astype(np.int64)
        lists_all = scenario.case is not None and scenario.case.use == CLASSROOM
        return cls(params, acts, rungs, own[acts], cls._asked(scenario, params, own), lists_all)

    def read(self, weights: Weights) -> tuple[Floats, Floats]:
        """Read the record with weights, as `read_record` does; nothing is left out of one that lists all."""
        found = weights.model_copy(update=OF_RECORD) if self.lists_all else weights
        return read_record(reweighed(self.params, found))

    @staticmethod
    def _asked(scenario: Scenario, params: Params, own: NDArray[np.bool_]) -> Whole:
        days = np.arange(int(frame(params).horizon) + 1)
        if scenario.case is None or not scenario.case.played:
            return days
        chose = np.zeros((len(days), len(scenario.states)), bool)
        moves = params.forced[own & (params.forced["actor"] < len(scenario.states))]
        chose[moves["day"], moves["actor"]] = True
        asked: Whole = days[chose.all(axis=1)]
        return asked

    @property
    def places(self) -> Whole:
        """Return the indices of the forced acts that are fitted to."""
        return self.acts[self.counts]

    @property
    def observed(self) -> Whole:
        """Return the rungs of the acts that are fitted to."""
        return self.rungs[self.counts]

    @property
    def forceful(self) -> Whole:
        """[recorded days]: 1 where a state uses open force, else 0."""
        used = np.zeros(int(frame(self.params).horizon) + 1, np.int64)
        used[self._days_from(OPEN_FORCE_RUNG)] = 1
        return used

    @property
    def days_of_peace(self) -> Whole:
        """Return the days that are read: after the start, up to that of the first act of war."""
        last = min([int(frame(self.params).horizon), *self._days_from(WAR_RUNG).tolist()])
        days: Whole = self.asked[(self.asked >= 1) & (self.asked <= last)]
        return days

    def _days_from(self, rung: float) -> Whole:
        forced = self.params.forced[self.acts]
        days: Whole = forced["day"][(self.rungs >= rung) & (forced["target"] >= 0)]
        return days


QUIET_AFTER = 90
"""Days after the end of a case without force, as forecasts of its course are scored."""


def _followed(scenario: Scenario) -> Scenario:
    """Return a case whose record goes on to the last day of which it is known whether force was used."""
    case = scenario.case
    last = scenario.horizon if case is None else case.coded_to
    if case is not None and last is None:
        last = max(scenario.horizon, case.ended + dt.timedelta(days=QUIET_AFTER))
    return scenario.model_copy(update={"horizon": last})


def of_pair(weights: Weights) -> Params:
    """Return the numbers of a crisis between two states of which nothing is known, first state 0."""
    return reweighed(_packed_pair(), weights)


@cache
def _packed_pair() -> Params:
    return pack(_bare_pair())


@cache
def index_of_pair() -> Index:
    """Return the numbers of the acts in `of_pair`."""
    return Index(_bare_pair())


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
        "rivalries": [{"between": ["one", "other"], "stakes": 0.0, "lull_days": 365}],
        "weights": {},
    }
    context = references(tree | {"ladder": ladder.model_dump(mode="json")})
    return Scenario.model_validate(tree | {"ladder": ladder}, context=context)


def _acts(level: Whole, action: Whole, deaths: Whole) -> Whole:
    """Return the number of the ladder's act that each recorded act is read as."""
    scenario = _bare_pair()
    numbers = Index(scenario).act
    rows = list(zip(level.tolist(), action.tolist(), deaths.tolist(), strict=True))
    read = {row: numbers[scenario.ladder.act_of(*row)] for row in set(rows)}
    return np.array([read[row] for row in rows], np.int64)


def _sorts(level: Whole, action: Whole, deaths: Whole) -> Whole:
    """Return the sort of hostile act that each recorded act is read as."""
    acts = of_pair(Weights()).acts[_acts(level, action, deaths)]
    return np.array([sort_of(act["hostility"], act["rung"]) for act in acts], np.int64)
