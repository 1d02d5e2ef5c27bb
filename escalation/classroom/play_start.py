"""What a player sees before the first day: the crisis, a seat to take, the role sheet, how the game goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from nicegui.element import Element

from escalation.classroom import game_texts, texts
from escalation.classroom.elements import button, listing, note, tag
from escalation.classroom.lesson import Role
from escalation.classroom.shared_game import SharedGame
from escalation.crisis import wording
from escalation.crisis.game import Game
from escalation.crisis.tables import incident_words
from escalation.language import date_words, number, say
from escalation.scenario.scenario import Scenario

Begin = Callable[[str, Sequence[str]], Awaitable[None]]
Take = Callable[[str], Awaitable[None]]


def build_start(scenario: Scenario, on_begin: Begin, is_logged: bool) -> None:
    """Add the crisis in short, and the sides to play, alone or with others; say whether moves are logged."""
    tag("h2", say(texts.PLAY_A_SIDE))
    note(say(scenario.summary))
    actors = [*scenario.states, *scenario.mediators]
    listing(say(game_texts.SIDES), [_side_words(scenario, name) for name in actors])
    _build_ladder(scenario)
    _build_record(scenario)
    note(say(game_texts.PLAY_NOTE))
    if not scenario.free_days:
        note(say(game_texts.NOTHING_TO_PLAY))
        return
    _build_log_note(is_logged)
    others: dict[str, bool] = {}
    with tag("fieldset"):
        tag("legend", say(game_texts.CHOOSE_SIDE))
        with tag("div", classes="row-of"):
            for name in actors:
                button(
                    say(game_texts.PLAY_AS, side=scenario.label(name)),
                    partial(_begin, on_begin, name, others),
                    "first",
                )
    with tag("fieldset"):
        tag("legend", say(game_texts.WITH_OTHERS))
        for name in actors:
            _checkbox(scenario.label(name), partial(others.__setitem__, name))
        note(say(game_texts.WITH_OTHERS_NOTE), "caveat")


def _build_log_note(is_logged: bool) -> None:
    if is_logged:
        note(say(game_texts.LOGGED_NOTE), "logged")


async def _begin(on_begin: Begin, side: str, others: dict[str, bool]) -> None:
    await on_begin(side, [name for name, is_chosen in others.items() if is_chosen and name != side])


def _checkbox(text: str, on_change: Callable[[bool], None]) -> Element:
    with tag("label", classes="check") as label:
        box = tag("input", type="checkbox")
        box.on(
            "change",
            lambda event: on_change(event.args is True),
            js_handler="(event) => emit(event.currentTarget.checked)",
        )
        tag("span", text)
    return label


def _side_words(scenario: Scenario, name: str) -> str:
    label = scenario.label(name)
    if name in scenario.states:
        return say(game_texts.STATE_SIDE, side=label)
    date = scenario.date_of(max(0, scenario.mediators[name].enters_day))
    return say(game_texts.MEDIATOR_SIDE, side=label, date=date_words(date))


def _build_ladder(scenario: Scenario) -> None:
    with tag("details"):
        tag("summary", say(game_texts.THE_LADDER))
        with tag("ul", classes="plain"):
            for number_of_rung, rung in sorted(scenario.ladder.rungs.items(), reverse=True):
                words = say(
                    game_texts.RUNG_MEANS,
                    rung=number_of_rung,
                    label=say(rung.label),
                    description=say(rung.description),
                )
                tag("li", words)


def _build_record(scenario: Scenario) -> None:
    entries = [(one.date, one.says) for one in (*scenario.incidents, *scenario.acts)]
    with tag("details"):
        dates = {"start": date_words(scenario.start), "horizon": date_words(scenario.horizon)}
        tag("summary", say(game_texts.THE_RECORD, **dates))
        with tag("ul", classes="plain"):
            for date, says in sorted(entries, key=lambda entry: entry[0]):
                if date <= scenario.horizon:
                    tag("li", say(game_texts.RECORD_ENTRY, date=date_words(date), says=incident_words(says)))


def build_join(shared: SharedGame, own: Sequence[str], on_sit: Take, on_return: Take) -> None:
    """Add the seats of a game: one's own to return to, open ones to take, and those that are taken."""
    scenario = shared.game.scenario
    tag("h2", say(game_texts.JOIN, code=shared.code))
    note(say(scenario.title))
    note(say(scenario.summary))
    note(say(game_texts.JOIN_NOTE))
    _build_log_note(shared.is_logged)
    with tag("div", classes="row-of"):
        for side in own:
            button(say(game_texts.RETURN_AS, side=scenario.label(side)), partial(on_return, side), "first")
        for side in shared.open_sides:
            button(say(game_texts.JOIN_AS, side=scenario.label(side)), partial(on_sit, side), "first")
    taken = [side for side in shared.seats if side not in shared.open_sides and side not in own]
    if taken:
        with tag("ul", classes="plain"):
            for side in taken:
                tag("li", say(game_texts.TAKEN_BY_OTHER, side=scenario.label(side)))
    if len(taken) == len(shared.seats):
        note(say(game_texts.ALL_TAKEN))


def build_briefing(game: Game, side: str, role: Role | None, on_begin: Callable[[], Awaitable[None]]) -> None:
    """Add the role sheet, how the game goes, and the button to the first day."""
    build_role(game.scenario, side, role)
    listing(say(game_texts.LIMITS), list(limit_words(game, side)))
    button(say(game_texts.BEGIN_GAME), on_begin, "first")


def build_role(scenario: Scenario, side: str, role: Role | None) -> None:
    """Add the private role sheet of a side."""
    tag("h2", say(game_texts.ROLE_SHEET, side=scenario.label(side)), id="role", tabindex="-1")
    if role is None:
        note(say(game_texts.NO_ROLE_SHEET))
        return
    note(say(game_texts.ROLE_PRIVATE), "caveat")
    for heading, lines in ((game_texts.AIMS, role.aims), (game_texts.RED_LINES, role.red_lines)):
        if lines:
            tag("h3", say(heading))
            with tag("ul", classes="plain"):
                for line in lines:
                    tag("li", say(line))
    tag("h3", say(game_texts.PUBLIC))
    note(say(role.public))


def limit_words(game: Game, side: str) -> Sequence[str]:
    """Return how the game goes: days, acts, order of a day, marks, its end."""
    scenario = game.scenario
    first, last = max(game.first, scenario.horizon_day + 1), scenario.last_day
    marks = [say(game_texts.MARK_MEANS, mark=mark, meaning=say(says)) for mark, says in wording.MARKS.items()]
    return (
        say(
            game_texts.LIMIT_DAYS,
            first=date_words(scenario.date_of(first)),
            last=date_words(scenario.date_of(last)),
            days=number(last - first + 1),
        ),
        say(game_texts.LIMIT_ACTS, most=game.most_acts(side)),
        say(game_texts.LIMIT_ORDER),
        say(game_texts.MARKS_MEAN, marks=", ".join(marks)),
        say(game_texts.LIMIT_NUCLEAR),
        say(game_texts.LIMIT_NO_WINNER),
    )
