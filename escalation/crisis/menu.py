"""A game in words: what happened, what a side can do, what its advisers say, and the game as a scenario."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from escalation.crisis import wording
from escalation.crisis.game import PLAYED, Game, IllegalMoveError, Option
from escalation.crisis.scene import Scene, scene
from escalation.crisis.story import Event
from escalation.crisis.words import day_words, listed
from escalation.scenario.dump import dump_scenario
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import RUNGS

MOST_ADVISED = 8

MOST_HELD = 14
"""Days held at one go."""

PLAYED_NAME = "_played"


@dataclass(frozen=True)
class Item:
    """One option as a side is shown it."""

    option: Option
    says: str
    rung: int
    description: str


@dataclass(frozen=True)
class Group:
    """The options of one kind."""

    heading: str
    items: tuple[Item, ...]


def menu(game: Game, side: str) -> tuple[Group, ...]:
    """Return what a side can do today beside holding, by kind; answers to offers come first."""
    found: dict[str, list[Item]] = {heading: [] for heading in wording.KINDS.values()}
    for option in game.options(side):
        if option.target is not None:
            act = game.scenario.ladder.acts[option.act]
            heading = wording.KINDS["answer" if option.answers else act.kind]
            says = option_words(game.scenario, option)
            found[heading].append(Item(option, says, act.rung, act.description))
    return tuple(Group(heading, tuple(items)) for heading, items in found.items() if items)


def option_words(scenario: Scenario, option: Option) -> str:
    """Say what an option is: '<label of the act> <target>'."""
    if option.target is None:
        return wording.HOLD
    act = scenario.ladder.acts[option.act]
    toward = [option.target]
    if option.concerning is not None and (act.toward == "pair" or len(scenario.rivalries) > 1):
        toward.append(option.concerning)
    return f"{act.label} {listed([scenario.label(name) for name in toward])}"


def advice(game: Game, side: str) -> list[tuple[str, float]]:
    """Return what the model would do first in a side's place, and how it would answer, likeliest first."""
    options = game.options(side)
    answers = [option for option in options if option.answers]
    acts = sorted((option for option in options if not option.answers), key=lambda one: -one.probability)
    return [
        (option_words(game.scenario, option), option.probability)
        for option in (*answers, *acts[:MOST_ADVISED])
    ]


def chosen(game: Game, side: str, text: str) -> list[Option]:
    """Return the options whose numbers a text names, separated by blanks or commas; none is to hold.

    Raises
    ------
    IllegalMoveError
        If it names something else, or more than the side may do.
    """
    options = {str(option.number): option for option in game.options(side)}
    given = text.replace(",", " ").split()
    unknown = [word for word in given if word not in options]
    if unknown:
        raise IllegalMoveError(wording.NO_SUCH_ACT.format(word=unknown[0][:20]))
    found = [options[word] for word in given if options[word].target is not None]
    game.check(side, found)
    return found


@dataclass(frozen=True)
class Stretch:
    """A day that was played and what it brought, or several in a row that brought nothing new."""

    first: dt.date
    last: dt.date
    events: tuple[Event, ...]


def stretches(game: Game, since: int, until: int, known: Collection[Event] = ()) -> tuple[Stretch, ...]:
    """Return how the days played went, from one to before another, without what was known already."""
    run = game.run()
    found: list[Stretch] = []
    for day in range(since, until):
        date = game.scenario.date_of(day)
        events = tuple(event for event in scene(run, day).events if event not in known)
        if found and not events and not found[-1].events:
            found[-1] = replace(found[-1], last=date)
        else:
            found.append(Stretch(date, date, events))
    return tuple(found)


def hold_on(game: Game, side: str) -> None:
    """Hold day by day until there is something to see, the game is over, or for `MOST_HELD` days.

    For a game of one side. Each day is played as a single hold is.
    """
    for _ in range(MOST_HELD):
        since, known = game.day, this_morning(game).events
        game.play({})
        if game.is_over:
            return
        passed = stretches(game, since, game.day, known)
        news = [event for stretch in passed for event in stretch.events]
        if any(is_to_see(game, side, event) for event in (*news, *this_morning(game).events)):
            return


def is_to_see(game: Game, side: str, event: Event) -> bool:
    """Tell whether a side would want to see this before it chooses.

    That is an incident; a ceasefire or talks that begin or end; an offer of good offices that waits for its
    answer; another state's act on it, on rung 1 or above or a step down; to a mediator, what states do to
    one another or ask and answer it. Firing that begins or stops is not.
    """
    if event.decision is None:
        return event.mark in ("!", "=", "+")
    actors, choice = game.run().index.actors, event.decision.choice
    act = game.scenario.ladder.acts[game.run().index.acts[choice.act]]
    actor, target = actors[event.decision.actor], actors[choice.target]
    if act.effect == "offer":
        asked = side in (target, actors[choice.other])
        return asked and any(option.answers and option.target == actor for option in game.options(side))
    if act.kind == "mediation":
        return act.takers == "states" and target == side
    return (target == side or side in game.scenario.mediators) and (
        act.rung > 0 or act.kind == "conciliatory"
    )


def this_morning(game: Game) -> Scene:
    """Return the morning of today: what the night brought, and where things stand."""
    return scene(game.morning(), game.day)


def event_lines(events: list[Event], width: int) -> Iterator[str]:
    """Yield events as text."""
    for event in events:
        marks = wording.CONTESTED if event.entry and event.entry.contested else ""
        yield from textwrap.wrap(
            event.says + marks, width, initial_indent=f"  {event.mark} ", subsequent_indent="    "
        )
        if event.entry and event.entry.says != PLAYED:
            yield from textwrap.wrap(event.entry.says, width, initial_indent="    ", subsequent_indent="    ")


def standing_words(scenario: Scenario, morning: Scene) -> str:
    """Say where each state stands on the ladder."""
    said = []
    for one in morning.standings:
        rung = scenario.ladder.rungs[min(RUNGS - 1, round(one.posture))].label.lower()
        said.append(wording.STANDING.format(state=one.label, posture=one.posture, rung=rung))
    return "; ".join(said) + "."


def span_words(stretch: Stretch) -> str:
    """Return the days of a stretch as '6 May 2025' or '6 May 2025 to 9 May 2025'."""
    days = dict.fromkeys((stretch.first, stretch.last))
    return wording.SPAN.join(day_words(date) for date in days)


def saved_game(game: Game) -> str:
    """Return the game as a scenario file: whoever runs it with its luck meets the same crisis."""
    scenario = game.scenario
    name = scenario.name.removesuffix(PLAYED_NAME)[: 64 - len(PLAYED_NAME)] + PLAYED_NAME
    sides = listed([scenario.label(side) for side in game.sides])
    header = wording.SAVED_HEADER.format(
        sides=sides,
        date=day_words(scenario.date_of(max(game.day - 1, 0))),
        seed=game.seed,
        replication=game.replication,
    )
    comment = "".join(f"# {line}\n" for line in textwrap.wrap(header, 100))
    return comment + dump_scenario(scenario.model_copy(update={"name": name}))


@dataclass(frozen=True)
class View:
    """What a side sees of a game."""

    day: int
    """The day that is to be played."""
    is_over: bool
    passed: tuple[Stretch, ...]
    """The days before this one that are news."""
    now: Scene
    """This morning; at the end, the last day."""
    groups: tuple[Group, ...]


def view_of(game: Game, side: str, since: int) -> View:
    """Return what a side sees of a game; the days from `since` on are news."""
    return View(
        day=game.day,
        is_over=game.is_over,
        passed=stretches(game, since, game.day - 1 if game.is_over else game.day),
        now=scene(game.run(), game.day - 1) if game.is_over else this_morning(game),
        groups=menu(game, side) if side in game.asked else (),
    )
