"""A game in words: what happened, what a side can do, what its advisers say, and the game as a scenario."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from escalation.analysis.events import Event
from escalation.analysis.words import day_words, listed
from escalation.classroom import texts
from escalation.classroom.watching import Scene, scene
from escalation.engine.game import PLAYED, Game, IllegalMoveError, Option
from escalation.rules.state import RUNGS
from escalation.scenario.dump import dump_scenario
from escalation.scenario.scenario import Scenario

MOST_ADVISED = 8
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
    found: dict[str, list[Item]] = {heading: [] for heading in texts.KINDS.values()}
    for option in game.options(side):
        if option.target is not None:
            act = game.scenario.ladder.acts[option.act]
            heading = texts.KINDS["answer" if option.answers else act.kind]
            says = option_words(game.scenario, option)
            found[heading].append(Item(option, says, act.rung, act.description))
    return tuple(Group(heading, tuple(items)) for heading, items in found.items() if items)


def option_words(scenario: Scenario, option: Option) -> str:
    """Say what an option is: '<label of the act> <target>'."""
    if option.target is None:
        return texts.HOLD
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
        raise IllegalMoveError(texts.NO_SUCH_ACT.format(word=unknown[0][:20]))
    found = [options[word] for word in given if options[word].target is not None]
    game.check(side, found)
    return found


def happened(game: Game) -> list[Event]:
    """Return what happened on the day last played."""
    return list(scene(game.run(), game.day - 1).events)


def this_morning(game: Game) -> Scene:
    """Return the morning of today: what the night brought, and where things stand."""
    return scene(game.morning(), game.day)


def event_lines(events: list[Event], width: int) -> Iterator[str]:
    """Yield events as text."""
    for event in events:
        marks = texts.CONTESTED if event.entry and event.entry.contested else ""
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
        said.append(texts.STANDING.format(state=one.label, posture=one.posture, rung=rung))
    return "; ".join(said) + "."


def saved_game(game: Game) -> str:
    """Return the game as a scenario file: whoever runs it with its luck meets the same crisis."""
    scenario = game.scenario
    name = scenario.name.removesuffix(PLAYED_NAME)[: 64 - len(PLAYED_NAME)] + PLAYED_NAME
    sides = listed([scenario.label(side) for side in game.sides])
    header = texts.SAVED_HEADER.format(
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
    happened: tuple[Event, ...]
    """On the day before, if it was played and the game goes on."""
    now: Scene
    """This morning; at the end, the last day."""
    groups: tuple[Group, ...]


def view_of(game: Game, side: str) -> View:
    """Return what a side sees of a game."""
    is_first = game.day == game.scenario.horizon_day + 1
    return View(
        day=game.day,
        is_over=game.is_over,
        happened=() if is_first or game.is_over else tuple(happened(game)),
        now=scene(game.run(), game.day - 1) if game.is_over else this_morning(game),
        groups=menu(game, side) if side in game.asked else (),
    )
