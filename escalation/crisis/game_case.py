"""A game that people played, as a case: what happened on the days that they played, on record.

Acts of all actors are dated acts, incidents that the model drew are dated incidents, nights of firing are
border fire. So the case is read, fitted to and forecast as a coded crisis is. What people chose says so
(`PLAYED`): only that is fitted to and scored act by act, since acts of the model would be fitted to itself.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import textwrap
from collections.abc import Iterator
from pathlib import Path

from escalation.crisis import wording
from escalation.crisis.branches import copied
from escalation.crisis.game import Game
from escalation.crisis.play import Run
from escalation.crisis.tables import change_words
from escalation.engine import day as phases
from escalation.engine.luck import luck_of
from escalation.engine.pack import pack
from escalation.files.places import EscalationError
from escalation.files.write import write_file
from escalation.language import ENGLISH, date_words, listed, speaking
from escalation.rules.outcome import classify
from escalation.scenario.case import CLASSROOM, Case
from escalation.scenario.coherence import recorded_mediation
from escalation.scenario.dump import dump_scenario, resolved_tree
from escalation.scenario.fields import references
from escalation.scenario.scenario import BorderFire, DatedAct, Incident, Mediator, Report, Scenario
from escalation.scenario.stages import Stages, later_mediators
from escalation.vocabulary import OUTCOME_CLASSES

NAME = "classroom_"
"""Begins the name of each case; what follows is random, so that it says neither when nor by whom."""
NAME_BYTES = 5


class NothingPlayedError(EscalationError):
    """Nobody has moved in a game, so that there is nothing to log."""


def write_game_case(game: Game, folder: Path) -> Path:
    """Write a game as a case file under a random name into a folder, and return its path.

    The time of the file is the midnight (UTC) before, so that it does not tell which class played.

    Raises
    ------
    NothingPlayedError
        If nobody has moved.
    OSError
        If the file cannot be written.
    """
    name = NAME + secrets.token_hex(NAME_BYTES)
    while (folder / f"{name}.yaml").exists():
        name = NAME + secrets.token_hex(NAME_BYTES)
    text = game_case_text(game, name)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.yaml"
    write_file(file, text)
    today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    os.utime(file, (today, today))
    return file


def game_case_text(game: Game, name: str) -> str:
    """Return the case of a game as a file; see `case_of_game`."""
    scenario = case_of_game(game, name)
    header = wording.CASE_HEADER.format(**_facts(scenario))
    comment = "".join(f"# {line}\n" for line in textwrap.wrap(header, 100))
    return comment + dump_scenario(scenario)


@speaking(ENGLISH)
def case_of_game(game: Game, name: str) -> Scenario:
    """Return a game as a case with a name: everything that happened up to the last day that people played.

    Its horizon is that day, its origin the day before the first one that they played. Texts are English,
    whatever the language of the players.

    Raises
    ------
    NothingPlayedError
        If nobody has moved.
    """
    moves = [entry for entry in game.scenario.acts if entry.says == wording.PLAYED]
    if not moves:
        raise NothingPlayedError("nobody has moved in this game")
    before = game.scenario
    first = min(entry.date for entry in moves)
    last = max(entry.date for entry in moves)
    happened = _Happened(game, (last - before.start).days)
    recorded = before.model_copy(
        update={
            "name": name,
            "horizon": last,
            "free_days": 0,
            "acts": tuple(happened.acts()),
            "incidents": (*(one for one in before.incidents if one.date <= last), *happened.incidents()),
            "border_fire": (*map(happened.as_recorded, before.border_fire), *happened.border_fire()),
            "reports": (*(one for one in before.reports if one.date <= last), *happened.reports()),
            "mediators": dict(happened.mediators()),
            "changes": (),
        }
    )
    actors = [*before.states, *before.mediators]
    played = {entry.actor for entry in moves}
    tree = {
        "ended": str(last),
        "outcome": happened.outcome(),
        "use": CLASSROOM,
        "played": [actor for actor in actors if actor in played],
        "mediation": "accepted" if happened.has_talks else recorded_mediation(recorded),
        "origins": [str(first - dt.timedelta(days=1))],
        "coded_to": str(last),
        "coder": wording.CASE_CODER,
        "doubts": wording.CASE_DOUBTS + (wording.CASE_CHANGED if happened.has_changed else ""),
        "rung_doubt": 0,
    }
    case = Case.model_validate(tree, context=references(resolved_tree(recorded) | {"case": tree}))
    scenario = recorded.model_copy(update={"case": case})
    return scenario.model_copy(update={"summary": wording.CASE_SUMMARY.format(**_facts(scenario))})


@speaking(ENGLISH)
def _facts(scenario: Scenario) -> dict[str, str]:
    case = scenario.case
    assert case is not None
    return {
        "title": scenario.title,
        "people": listed([scenario.label(side) for side in case.played]),
        "first": date_words(case.origins[0] + dt.timedelta(days=1)),
        "last": date_words(case.ended),
    }


class _Happened:
    """What happened in a game on its simulated days up to one of them, as entries of a record."""

    def __init__(self, game: Game, last: int) -> None:
        self._game, self._scenario, self._last = game, game.scenario, last
        self._run: Run = game.run()
        self._stages = Stages(game.scenario)
        self._context = references(resolved_tree(game.scenario))
        self._days = range(game.scenario.horizon_day + 1, last + 1)
        ladder = game.scenario.ladder
        self._settles = [name for name, act in ladder.acts.items() if act.effect == "ceasefire"]
        """Acts that settle. Ladders list how a proposal is accepted first, how terms are agreed last."""

    def acts(self) -> Iterator[DatedAct]:
        """Yield the dated acts of the game, and what the model chose, in the order of their settlement.

        An agreement in talks is an act of both rivals, in a group of its own before all others of its day.
        """
        settled = list(self._agreements())
        agreed = {day for day, _, _ in settled}
        for day, entry in sorted(self._taken(), key=lambda one: (one[0], one[1].seq)):
            yield entry.model_copy(update={"seq": entry.seq + 1}) if day in agreed else entry
        for day, mediator, sides in settled:
            says = wording.AGREED_IN_GAME.format(mediator=mediator)
            for actor, target in (sides, sides[::-1]):
                act = {"actor": actor, "act": self._settles[-1], "target": target}
                yield DatedAct.model_validate(self._entry(day, says) | act, context=self._context)

    def incidents(self) -> Iterator[Incident]:
        """Yield the incidents that the model drew."""
        for day in self._run.days:
            for number in day.hazards if day.day in self._days else ():
                hazard = self._scenario.hazards[number]
                says = wording.INCIDENT_IN_GAME.format(label=hazard.label)
                who = {"victim": hazard.victim, "blamed": hazard.blamed, "severity": hazard.severity}
                yield Incident.model_validate(self._entry(day.day, says) | who, context=self._context)

    def as_recorded(self, fire: BorderFire) -> BorderFire:
        """Return firing of the record, which went on to the horizon if it is not known to have stopped."""
        if not fire.goes_on:
            return fire
        nights = max(fire.nights, (self._scenario.horizon - fire.date).days + 1)
        return fire.model_copy(update={"nights": nights, "goes_on": False})

    def border_fire(self) -> Iterator[BorderFire]:
        """Yield the nights of firing that the model drew; consecutive ones are one entry."""
        rivals = [rivalry.between for rivalry in self._scenario.rivalries if rivalry.contested_line]
        fired = self._fired()
        for between in rivals:
            numbers = sorted(self._run.index.actor[name] for name in between)
            nights = [day for day in self._days if (day, *numbers) in fired]
            for night in nights:
                if night - 1 in nights:
                    continue
                count = next(n for n in range(1, len(nights) + 1) if night + n not in nights)
                yield BorderFire.model_validate(
                    self._entry(night, wording.FIRING_IN_GAME)
                    | {"between": list(between), "nights": count, "goes_on": night + count > self._last},
                    context=self._context | {"horizon": self._scenario.date_of(self._last)},
                )

    def reports(self) -> Iterator[Report]:
        """Yield talks that ended without an agreement and values that changed, for the reader of the case.

        The rules read no report: a forecast that begins before the game does not know what a lecturer will
        let happen, and a fit has the values that the actors began with.
        """
        for change in self._scenario.changes:
            day = (change.date - self._scenario.start).days
            if day <= self._last:
                with speaking(ENGLISH):
                    says = change_words(change)
                yield Report.model_validate(
                    self._entry(day, says) | {"by": wording.LECTURER}, context=self._context
                )
        for span in self._run.talks:
            if span.end == "no agreement" and span.last in self._days:
                pair = listed([self._label(number) for number in span.between])
                mediator = self._scenario.label(self._run.index.mediators[span.mediator])
                says = wording.TALKS_ENDED_IN_GAME.format(pair=pair, mediator=mediator)
                yield Report.model_validate(
                    self._entry(span.last, says) | {"by": mediator}, context=self._context
                )

    def mediators(self) -> Iterator[tuple[str, Mediator]]:
        """Yield the mediators; those that came into the game with the day on which they did."""
        later, today = later_mediators(self._scenario), self._stages.on(self._last).mediators
        for name, mediator in self._scenario.mediators.items():
            enters = today[name].enters_day
            if name not in later:
                yield name, mediator
            elif enters <= self._last:
                yield name, mediator.model_copy(update={"enters_day": enters})

    @property
    def has_changed(self) -> bool:
        """Return whether values changed on a day of the game."""
        return any(change.date <= self._scenario.date_of(self._last) for change in self._scenario.changes)

    @property
    def has_talks(self) -> bool:
        """Return whether talks with a mediator opened, before the game too; to ask for help is to consent."""
        return any(span.first <= self._last for span in self._run.talks)

    def outcome(self) -> str:
        """Return how the crisis stood at the end of the last day, as a coder would class it."""
        state = self._game.past.states[self._last - self._scenario.horizon_day]
        return OUTCOME_CLASSES[int(classify(pack(self._stages.on(self._last)), state))].coded

    def _taken(self) -> Iterator[tuple[int, DatedAct]]:
        """Yield dated acts with their days, and after them acts that the model chose on simulated days."""
        for entry in self._scenario.acts:
            day = (entry.date - self._scenario.start).days
            if day <= self._last:
                yield day, entry
        index = self._run.index
        for decision in self._run.decisions:
            choice = decision.choice
            if decision.forced or decision.day not in self._days or choice.target < 0:
                continue
            chosen = self._entry(decision.day, wording.PLAYED_BY_MODEL) | {
                "seq": decision.group,
                "actor": index.actors[decision.actor],
                "act": index.acts[choice.act],
                "target": index.actors[choice.target],
                "concerning": index.actors[choice.other] if choice.other >= 0 else None,
            }
            yield decision.day, DatedAct.model_validate(chosen, context=self._context)

    def _agreements(self) -> Iterator[tuple[int, str, tuple[str, str]]]:
        """Yield the days on which talks brought an agreement, with the mediator's label and the sides."""
        for span in self._run.talks:
            if span.end == "agreement" and span.last in self._days and self._settles:
                one, other = (self._run.index.actors[number] for number in span.between)
                mediator = self._scenario.label(self._run.index.mediators[span.mediator])
                yield span.last, mediator, (one, other)

    def _fired(self) -> set[tuple[int, int, int]]:
        """Return the nights of firing: the day and the numbers of the rivals.

        A ceasefire of the day stops the firing of its night, so that the evening does not show it: each night
        is played again from the evening before, on a copy.
        """
        game = self._game
        luck = luck_of(game.seed, game.replication)
        found = set()
        for day in self._days:
            params = pack(self._stages.on(day))
            state = copied(game.past.states[day - 1 - self._scenario.horizon_day])
            phases.begin_day(params, state, luck)
            for i, j in params.pairs.tolist():
                if state.dyad[i, j].border_fire:
                    found.add((day, i, j))
        return found

    def _label(self, number: int) -> str:
        return self._scenario.label(self._run.index.actors[number])

    def _entry(self, day: int, says: str) -> dict[str, object]:
        return {"date": str(self._scenario.date_of(day)), "says": says}
