"""A game as a side sees it: the days passed, the morning, its options and advice, and the game as a file."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from escalation.crisis import wording
from escalation.crisis.game import Game, IllegalMoveError, Option
from escalation.crisis.scene import Scene, posture_words, scene
from escalation.crisis.story import Event, reason_lines
from escalation.files.brief import Brief
from escalation.language import date_words, listed, say, say_count
from escalation.scenario.dump import dump_scenario
from escalation.scenario.scenario import Scenario

MOST_ADVISED = 8
"""Acts in an advice."""

MOST_MEANINGS = 6
"""Meanings of an ambiguous word that are listed."""

MOST_HELD = 14
"""Days that `hold_on` holds at most."""

REACH = 2
"""Rungs above the highest posture or act of the day before whose acts are shown at once."""

PLAYED_NAME = "_played"
"""Ends the name of a saved game's scenario."""


@dataclass(frozen=True)
class Item:
    """One option as a side sees it."""

    option: Option
    says: str
    description: str


@dataclass(frozen=True)
class RungOptions:
    """The options on one rung of the ladder; acts of mediation and appeals for it are a step of their own."""

    rung: int
    heading: str
    items: tuple[Item, ...]
    """Those first that the model would likeliest take."""
    mediates: bool
    """Whether its acts are of mediation."""
    is_near: bool
    """Whether it is within reach: at most `REACH` rungs above where the crisis stands."""


@dataclass(frozen=True)
class Group:
    """The options of one kind."""

    heading: str
    items: tuple[Item, ...]


def menu(game: Game, side: str) -> tuple[Group, ...]:
    """Return a side's options today other than holding, by kind; answers to offers come first."""
    found: dict[str, list[Item]] = {heading: [] for heading in wording.KINDS.values()}
    for option in game.options(side):
        if option.target is not None:
            act = game.scenario.ladder.acts[option.act]
            heading = wording.KINDS["answer" if option.answers else act.kind]
            says = say(wording.ACT, says=option_words(game.scenario, option), rung=act.rung)
            found[heading].append(Item(option, says, say(act.description)))
    return tuple(Group(say(heading), tuple(items)) for heading, items in found.items() if items)


def answers(game: Game, side: str) -> tuple[Item, ...]:
    """Return the answers that a side can give today to offers of good offices."""
    return tuple(_item(game, option) for option in game.options(side) if option.answers)


def steps(game: Game, side: str) -> tuple[RungOptions, ...]:
    """Return a side's options today other than holding and answers, by rung, the highest first."""
    scenario = game.scenario
    found: dict[tuple[int, bool], list[Option]] = {}
    for option in game.options(side):
        if option.target is not None and not option.answers:
            act = scenario.ladder.acts[option.act]
            found.setdefault((act.rung, act.kind == "mediation"), []).append(option)
    top = _top_of(game) + REACH
    return tuple(
        RungOptions(
            rung,
            say(wording.KINDS["mediation"] if mediates else scenario.ladder.rungs[rung].label),
            tuple(_item(game, option) for option in sorted(some, key=lambda one: -one.probability)),
            mediates=mediates,
            is_near=rung <= top,
        )
        for (rung, mediates), some in sorted(found.items(), reverse=True)
    )


def _top_of(game: Game) -> int:
    """Return the highest posture this morning, or the highest act of the day before if that is higher."""
    postures = [standing.posture for standing in this_morning(game).standings]
    acts = [standing.act or 0 for standing in scene(game.run(), game.day - 1).standings]
    return max((*map(round, postures), *acts), default=0)


def _item(game: Game, option: Option) -> Item:
    description = game.scenario.ladder.acts[option.act].description
    return Item(option, option_words(game.scenario, option), say(description))


def option_words(scenario: Scenario, option: Option) -> str:
    """Return an option in words: '<label of the act> <target>'."""
    if option.target is None:
        return say(wording.HOLD)
    act = scenario.ladder.acts[option.act]
    toward = [option.target]
    if option.concerning is not None and (act.toward == "pair" or len(scenario.rivalries) > 1):
        toward.append(option.concerning)
    target = listed([scenario.label(name) for name in toward])
    return say(wording.OPTION, act=say(act.label), target=target)


def advice(game: Game, side: str) -> list[tuple[str, float]]:
    """Return the model's answers and likeliest first acts in a side's place, with probabilities."""
    options = game.options(side)
    answers = [option for option in options if option.answers]
    acts = sorted((option for option in options if not option.answers), key=lambda one: -one.probability)
    return [
        (option_words(game.scenario, option), option.probability)
        for option in (*answers, *acts[:MOST_ADVISED])
    ]


def named(game: Game, side: str, text: str) -> list[Option]:
    """Return the options that a text may mean: a number, a name, or the beginning of one."""
    wanted = " ".join(text.lower().split())
    options = game.options(side)
    for option in options:
        if wanted == str(option.number):
            return [option]
    names = {
        option: (option.act, option.act.replace("_", " "), option_words(game.scenario, option).lower())
        for option in options
    }
    same = [option for option in options if wanted in names[option]]
    return same or [
        option for option in options if wanted and any(name.startswith(wanted) for name in names[option])
    ]


def chosen(game: Game, side: str, text: str) -> list[Option]:
    """Return the options that a text lists; none means to hold.

    They are given by number or by the beginning of a name, separated by commas; single words also by blanks.

    Raises
    ------
    IllegalMoveError
        If it contains anything else or nothing at all, or more than the side may do.
    """
    found: list[Option] = []
    for part in text.split(","):
        together = named(game, side, part)
        if len(together) == 1:
            found += together
        else:
            found += [_meant(game, side, word) for word in ([part] if together else part.split())]
    if not found:
        raise IllegalMoveError(say(wording.NOTHING_CHOSEN))
    if any(option.target is None for option in found):
        if len(found) > 1:
            raise IllegalMoveError(say(wording.HOLD_ALONE))
        return []
    game.check(side, found)
    return found


def _meant(game: Game, side: str, text: str) -> Option:
    options = named(game, side, text)
    if not options:
        raise IllegalMoveError(say(wording.NO_SUCH_ACT, word=text.strip()[:20]))
    if len(options) > 1:
        raise ambiguous(game, text, [], options)
    return options[0]


def ambiguous(game: Game, text: str, commands: Sequence[str], options: Sequence[Option]) -> IllegalMoveError:
    """Return the error that lists what a text may mean."""
    acts = [f"{option.number} {option_words(game.scenario, option)}" for option in options]
    meanings = [*commands, *acts]
    if len(meanings) > MOST_MEANINGS:
        more = say_count(wording.AND_MORE, wording.AND_MORE, len(meanings) - MOST_MEANINGS)
        meanings = [*meanings[:MOST_MEANINGS], more]
    return IllegalMoveError(say(wording.AMBIGUOUS, word=text.strip()[:20], meanings=", ".join(meanings)))


@dataclass(frozen=True)
class Stretch:
    """A day played and its events, or several consecutive days without any."""

    first: dt.date
    last: dt.date
    events: tuple[Event, ...]


def stretches(game: Game, since: int, until: int, known: Collection[Event] = ()) -> tuple[Stretch, ...]:
    """Return the days played, from `since` to before `until`, without the events already known."""
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


def hold_on(game: Game, side: str, after_day: Callable[[], None] = lambda: None) -> None:
    """Hold day by day until something happens, the game is over, or `MOST_HELD` days have passed.

    For games in which people play one side. Each day is played as a single hold; `after_day` is called after
    each.
    """
    for _ in range(MOST_HELD):
        since, known = game.day, this_morning(game).events
        game.play({})
        after_day()
        if game.is_over:
            return
        passed = stretches(game, since, game.day, known)
        news = [event for stretch in passed for event in stretch.events]
        if any(is_to_see(game, side, event) for event in (*news, *this_morning(game).events)):
            return


def is_to_see(game: Game, side: str, event: Event) -> bool:
    """Return whether a side would want to see this before it moves.

    What counts: an incident; a ceasefire or talks that begin or end; an offer of good offices that awaits its
    answer; an act on it by another state, if on rung 1 or above or conciliatory; for a mediator, acts of
    states on one another, requests and answers. Firing that begins or stops is not.
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
    """Return this morning: incidents of the night, acts of mediators, and the state of affairs."""
    return scene(game.morning(), game.day)


def event_lines(events: Iterable[Event], width: int) -> Iterator[str]:
    """Yield events as text, each with what the record says of it; acts also with their reasons."""
    for event in events:
        mark = f"  {event.mark} "
        yield from textwrap.wrap(event.says, width, initial_indent=mark, subsequent_indent="    ")
        yield from textwrap.wrap(event.record, width, initial_indent="    ", subsequent_indent="    ")
        yield from reason_lines(event, width)


def standing_words(scenario: Scenario, morning: Scene) -> str:
    """Return the place of each state on the ladder."""
    return "; ".join(posture_words(scenario, standing) for standing in morning.standings) + "."


def morning_words(scenario: Scenario, side: str, day: int) -> str:
    """Return a day's date and number, the side whose move it is, and how many days are left."""
    return say(
        wording.MORNING,
        date=date_words(scenario.date_of(day)),
        day=day,
        side=scenario.label(side),
        left=scenario.last_day - day,
    )


def span_words(stretch: Stretch) -> str:
    """Return the days of a stretch as '6 May 2025' or '6 May 2025 to 9 May 2025'."""
    days = dict.fromkeys((stretch.first, stretch.last))
    return say(wording.SPAN).join(date_words(date) for date in days)


def stretch_words(stretch: Stretch) -> str:
    """Return the line above the events of a stretch, or in place of them."""
    if stretch.events:
        return say(wording.DAY_WENT, date=span_words(stretch))
    return say(wording.QUIET_STRETCH, span=span_words(stretch))


def passed_words(passed: Sequence[Stretch]) -> str:
    """Return the line above several days that have passed."""
    days = sum((stretch.last - stretch.first).days + 1 for stretch in passed)
    return say(wording.DAYS_PASSED, days=days)


def saved_game(game: Game) -> str:
    """Return the game as a scenario file: run with its seed and replication, it gives the same crisis."""
    scenario = game.scenario
    name = scenario.name.removesuffix(PLAYED_NAME)[: 64 - len(PLAYED_NAME)] + PLAYED_NAME
    sides = listed([scenario.label(side) for side in game.sides])
    header = say(
        wording.SAVED_HEADER,
        sides=sides,
        date=date_words(scenario.date_of(max(game.day - 1, 0))),
        seed=game.seed,
        replication=game.replication,
    )
    if scenario.changes:
        dates = dict.fromkeys(date_words(change.date) for change in scenario.changes)
        header = f"{header}\n{say(wording.SAVED_CHANGES, dates=listed(list(dates)))}"
    lines = [line for part in header.splitlines() for line in textwrap.wrap(part, 100)]
    comment = "".join(f"# {line}\n" for line in lines)
    return comment + dump_scenario(scenario.model_copy(update={"name": name}))


@dataclass(frozen=True, repr=False)
class View(Brief):
    """A game as a side sees it."""

    day: int
    """The day to be played next."""
    is_over: bool
    passed: tuple[Stretch, ...]
    """The days before this one that the side has not seen yet."""
    now: Scene
    """This morning; at the end, the last day."""
    answers: tuple[Item, ...]
    steps: tuple[RungOptions, ...]


def view_of(game: Game, side: str, since: int) -> View:
    """Return a game as a side sees it; the days from `since` on are new to it."""
    return View(
        day=game.day,
        is_over=game.is_over,
        passed=stretches(game, since, game.day - 1 if game.is_over else game.day),
        now=scene(game.run(), game.day - 1) if game.is_over else this_morning(game),
        answers=answers(game, side) if side in game.asked else (),
        steps=steps(game, side) if side in game.asked else (),
    )
