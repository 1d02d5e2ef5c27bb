"""Play one crisis to its end, or fork it: the same past and random draws, another scenario from a day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from escalation.engine.model import CrisisModel
from escalation.engine.pack import Index, pack
from escalation.engine.record import Day, Decision
from escalation.files.brief import Brief
from escalation.rules.mediate import close_talks
from escalation.rules.outcome import first_day_from, peak_rung
from escalation.rules.state import OPEN, QUIET, has_ended
from escalation.scenario.scenario import DatedChange, Scenario
from escalation.scenario.stages import Stages
from escalation.vocabulary import CHANNELS, Channel


@dataclass(frozen=True)
class Settlement:
    """How two rivals settled on simulated days; a ceasefire of the record counts only in `holds`."""

    between: tuple[str, str]
    channel: Channel
    """Of the first settlement: one of 'none', 'direct', 'hotline', 'mediated'."""
    mediator: str | None
    date: dt.date | None
    holds: bool
    """Whether a ceasefire or agreement was in force at the end."""
    talks_opened: dt.date | None


@dataclass(frozen=True, repr=False)
class Result(Brief):
    """The result of one crisis."""

    outcome: str | None
    """One of `escalation.vocabulary.OUTCOMES`; None if no day was simulated."""
    peak: dict[str, int]
    """Highest rung of each state's own acts on simulated days."""
    first_force: dt.date | None
    settlements: tuple[Settlement, ...]
    forced_acts: int
    forced_log_probability: float
    """Log-probability of the forced acts under the rules: that each came when it did, and was this act."""
    ended: dt.date | None
    """The day on which the use of a nuclear weapon ended the crisis."""


@dataclass(frozen=True)
class CeasefireSpan:
    """A ceasefire or agreement, from the day it came into force to the day it broke down."""

    between: tuple[int, int]
    """Numbers of the rivals, the lower first."""
    first: int
    ended: int | None
    """The day it broke down, which may be the first; None if it is in force at the end."""


@dataclass(frozen=True)
class TalksSpan:
    """Talks of two rivals with a mediator, from the day they opened to the day they ended."""

    mediator: int
    between: tuple[int, int]
    first: int
    last: int
    end: Literal["agreement", "no agreement", "open"]
    """Open talks run to the last day."""


@dataclass(frozen=True)
class Beginning:
    """What a crisis had up to a day, if that is another scenario than the one under which it goes on."""

    scenario: Scenario
    """With the same actors, acts and dates."""
    since: int
    """The first day of the other scenario, counted from the start."""
    leaves: str | None = None
    """A mediator whose offers and talks end before that day begins."""


@dataclass(frozen=True, repr=False)
class Run(Brief):
    """One crisis played: its scenario, seed and replication, its record, its result."""

    scenario: Scenario
    """Of its last day; of earlier ones as `scenario_on` says."""
    seed: int
    replication: int
    index: Index
    decisions: tuple[Decision, ...]
    days: tuple[Day, ...]
    result: Result
    began: Beginning | None = None

    def scenario_on(self, day: int) -> Scenario:
        """Return the scenario under which a day was played, with the values that were in force."""
        is_earlier = self.began is not None and day < self.began.since
        return (self._stages_before if is_earlier else self._stages).on(day)

    def changes_on(self, day: int) -> tuple[DatedChange, ...]:
        """Return the changes of values that came into force on a day."""
        is_earlier = self.began is not None and day < self.began.since
        whole = self.began.scenario if self.began is not None and is_earlier else self.scenario
        date = whole.date_of(day)
        return tuple(change for change in whole.changes if change.date == date)

    @cached_property
    def _stages(self) -> Stages:
        return Stages(self.scenario)

    @cached_property
    def _stages_before(self) -> Stages:
        assert self.began is not None
        return Stages(self.began.scenario)

    @cached_property
    def ceasefires(self) -> tuple[CeasefireSpan, ...]:
        """All ceasefires and agreements, of the record and of simulated days, in order.

        Story, figure and account take them from here. An agreement that finds a ceasefire in force renews it.
        """
        return tuple(_ceasefire_spans(self.days))

    @cached_property
    def talks(self) -> tuple[TalksSpan, ...]:
        """All mediated talks, by mediator, then pair, in order."""
        rivals = sorted(sorted(self.index.actor[name] for name in r.between) for r in self.scenario.rivalries)
        numbers = range(len(self.index.mediators))
        return tuple(span for m in numbers for i, j in rivals for span in _talks_spans(self.days, m, i, j))

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield which crisis it is, and how it ended."""
        yield "name", self.scenario.name
        yield "seed", self.seed
        yield "replication", self.replication
        yield "days", len(self.days)
        yield from self.result.brief_parts()


def _ceasefire_spans(days: Sequence[Day]) -> list[CeasefireSpan]:
    found: list[CeasefireSpan] = []
    in_force: dict[tuple[int, int], int] = {}
    for day in days:
        for change in day.ceasefires:
            if change.begins:
                in_force[change.between] = len(found)
                found.append(CeasefireSpan(change.between, day.day, None))
            else:
                number = in_force.pop(change.between)
                found[number] = replace(found[number], ended=day.day)
    return found


def _talks_spans(days: Sequence[Day], m: int, i: int, j: int) -> Iterator[TalksSpan]:
    since = -1
    for day in days:
        talk = day.talk[m, i, j]
        is_open, opened = talk.stage == OPEN, int(talk.opened) == day.day
        if since >= 0 and (opened or not is_open):
            end: Literal["agreement", "no agreement"]
            end = "agreement" if talk.agreed == day.day else "no agreement"
            yield TalksSpan(m, (i, j), since, day.day, end)
            since = -1
        if opened:
            since = day.day
            if not is_open:
                yield TalksSpan(m, (i, j), since, day.day, "no agreement")
                since = -1
    if since >= 0:
        yield TalksSpan(m, (i, j), since, days[-1].day, "open")


def play(scenario: Scenario, seed: int, replication: int = 0, began: Beginning | None = None) -> Run:
    """Play one crisis to its end, recording every decision.

    Parameters
    ----------
    scenario
        As `load_scenario` returns it.
    seed
        Integer in [0, 2**64).
    replication
        Integer in [0, 2**32). The same scenario, seed and replication give the same run.
    began
        Another scenario that the crisis has up to a day.
    """
    *_, model = steps_of(scenario, seed, replication, began)
    return run_of(model, scenario, seed, replication, began)


def steps_of(
    scenario: Scenario, seed: int, replication: int, began: Beginning | None = None
) -> Iterator[CrisisModel]:
    """Yield the model of a crisis, which records every decision, after each of its days."""
    model = CrisisModel(began.scenario if began else scenario, seed, replication, record=True)
    while model.running:
        if began is not None and model.day + 1 == began.since:
            model.go_on_under(scenario)
            if began.leaves is not None:
                _end_talks(model, model.index.mediator(began.leaves))
        model.step()
        yield model


def run_of(
    model: CrisisModel, scenario: Scenario, seed: int, replication: int, began: Beginning | None = None
) -> Run:
    """Return the record and the result of a model that has been played with `record=True`."""
    assert model.recorder is not None
    return Run(
        scenario=scenario,
        seed=seed,
        replication=replication,
        index=model.index,
        decisions=tuple(model.recorder.decisions),
        days=tuple(model.recorder.days),
        result=result_of(model, began),
        began=began,
    )


def result_of(model: CrisisModel, began: Beginning | None = None) -> Result:
    """Read the result of a model that has been played."""
    scenario, state, index = model.crisis, model.state, model.index
    forced = model.params.forced["day"]
    if began is not None:
        earlier = pack(Stages(began.scenario).on(0)).forced["day"]
        forced = np.concatenate([earlier[earlier < began.since], forced[forced >= began.since]])

    def date(day: int) -> dt.date | None:
        return scenario.date_of(day) if day >= 0 else None

    settlements = []
    for rivalry in scenario.rivalries:
        i, j = sorted(index.actor[name] for name in rivalry.between)
        dyad = state.dyad[i, j]
        mediator = int(dyad.mediator)
        settlements.append(
            Settlement(
                between=rivalry.between,
                channel=CHANNELS[int(dyad.channel)],
                mediator=index.mediators[mediator] if mediator >= 0 else None,
                date=date(int(dyad.settled_day)),
                holds=bool(dyad.ceasefire),
                talks_opened=date(int(dyad.talks_opened)),
            )
        )
    return Result(
        outcome=model.outcome if scenario.free_days else None,
        peak={name: int(peak_rung(state, i)) for i, name in enumerate(index.states)},
        first_force=date(int(first_day_from(state, scenario.outcome.force_rung))),
        settlements=tuple(settlements),
        forced_acts=int(np.count_nonzero(forced <= model.day)),
        forced_log_probability=model.forced_log_probability,
        ended=model.date if has_ended(state) else None,
    )


def stays_out(scenario: Scenario, mediator: str) -> Scenario:
    """Return a scenario in which a mediator never becomes involved."""
    late = scenario.mediators[mediator].model_copy(update={"enters_day": scenario.last_day + 1})
    return scenario.model_copy(update={"mediators": scenario.mediators | {mediator: late}})


def can_leave(scenario: Scenario, mediator: str) -> bool:
    """Return whether a mediator could still stay out of anything: an entry to come, or acts on record.

    A mediator that enters after the last day has no acts to come, but an offer of the record may be open.
    """
    if mediator not in scenario.mediators:
        return False
    acts = any(mediator in (act.actor, act.target) for act in scenario.acts)
    return acts or scenario.mediators[mediator].enters_day <= scenario.last_day


def play_forked(
    scenario: Scenario, other: Scenario, day: int, seed: int, replication: int = 0, leaves: str | None = None
) -> Run:
    """Play one crisis under a scenario, and from a day on under another one, recording every decision.

    Every draw is a function of seed, replication, day, actor and purpose. Up to the day before, the run
    equals `play(scenario, seed, replication)`; from then on, only what the other scenario changes makes
    them differ.

    Parameters
    ----------
    scenario, other
        With the same actors, acts and dates.
    day
        The first day of the other scenario, counted from the start.
    seed, replication
        As `play` takes them.
    leaves
        A mediator whose offers and talks end before that day begins.
    """
    return play(other, seed, replication, Beginning(scenario, day, leaves))


def _end_talks(model: CrisisModel, m: int) -> None:
    n = len(model.index.states)
    for i in range(n):
        for j in range(i + 1, n):
            if model.state.talk[m, i, j].stage != QUIET:
                close_talks(model.state, m, i, j, 0.0)
