"""A day of a game as its player sees it: news, offers to answer, the ladder with its acts, who plays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import count

from nicegui.element import Element

from escalation.classroom import game_texts, texts
from escalation.classroom.chart_style import Theme
from escalation.classroom.elements import button, listing, note, tag
from escalation.classroom.saved_games import News
from escalation.classroom.shared_game import SharedGame
from escalation.crisis import wording
from escalation.crisis.game import Option
from escalation.crisis.menu import (
    Item,
    RungOptions,
    Stretch,
    View,
    passed_words,
    standing_words,
    stretch_words,
)
from escalation.crisis.scene import Standing
from escalation.crisis.story import Event
from escalation.language import date_words, say, say_count
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import RUNGS

MOST_SHOWN = 4
"""Acts shown at once where all are of one step, as a mediator's are; elsewhere one per rung within reach."""

NEWS = "news"
"""The id of the heading to which the focus moves on a new day."""


class ActButtons:
    """The acts of a day as buttons that are pressed or not.

    Parameters
    ----------
    on_pick
        Called with the option whose button was pressed.
    """

    def __init__(self, on_pick: Callable[[Option], None]) -> None:
        self._on_pick = on_pick
        self._buttons: dict[int, Element] = {}
        self._ids = count()

    def build_answers(self, view: View) -> None:
        """Add the answers to offers of good offices, if any wait."""
        if not view.answers:
            return
        with tag("section", classes="offer", aria_label=say(game_texts.OFFER_WAITS)):
            tag("h2", say(game_texts.OFFER_WAITS))
            self._list(view.answers)

    def build_ladder(self, scenario: Scenario, side: str, view: View, theme: Theme) -> None:
        """Add the ladder, the highest rung first: where the states are, and what can be done on each rung."""
        tag("h2", say(game_texts.CAN_DO, side=scenario.label(side)))
        note(standing_words(scenario, view.now), "caveat")
        by_rung = {step.rung: step for step in view.steps if not step.mediates}
        most = MOST_SHOWN if len(view.steps) == 1 else 1
        with tag("ul", classes="plain steps"):
            for rung in reversed(range(RUNGS)):
                here = [one for one in view.now.standings if round(one.posture) == rung]
                self._build_step(scenario, rung, by_rung.get(rung), here, theme, most)
            for step in view.steps:
                if step.mediates:
                    with tag("li", classes="step"):
                        _head(say(game_texts.NO_RUNG), step.heading, (), theme, scenario)
                        self._build_acts(step, most)

    def _build_step(
        self,
        scenario: Scenario,
        rung: int,
        step: RungOptions | None,
        here: Sequence[Standing],
        theme: Theme,
        most: int,
    ) -> None:
        with tag("li", classes="step" if step is not None else "step none"):
            _head(str(rung), say(scenario.ladder.rungs[rung].label), here, theme, scenario)
            if step is not None:
                self._build_acts(step, most if step.is_near else 0)

    def _build_acts(self, step: RungOptions, most: int) -> None:
        shown, more = step.items[:most], step.items[most:]
        if shown:
            self._list(shown)
        if more:
            words = (
                say_count(game_texts.ONE_MORE, game_texts.MANY_MORE, len(more))
                if shown
                else say_count(game_texts.ONE_ACT, game_texts.MANY_ACTS, len(more))
            )
            with tag("details"):
                tag("summary", words, aria_label=say(game_texts.ACTS_ON_RUNG, heading=step.heading, n=words))
                self._list(more)

    def _list(self, items: Sequence[Item]) -> None:
        with tag("ul", classes="plain acts"):
            for item in items:
                with tag("li"):
                    says = f"act-{next(self._ids)}"
                    act = button(
                        item.says,
                        partial(self._on_pick, item.option),
                        aria_pressed="false",
                        aria_describedby=says,
                    )
                    self._buttons[item.option.number] = act
                    note(item.description, "caveat").props["id"] = says

    def show(self, picked: Collection[int], is_open: bool) -> None:
        """Show which acts are chosen, and whether they can still be."""
        for number, element in self._buttons.items():
            element.props["aria-pressed"] = "true" if number in picked else "false"
            element.props["disabled"] = not is_open
            element.update()


def _head(rung: str, label: str, here: Sequence[Standing], theme: Theme, scenario: Scenario) -> None:
    with tag("div", classes="step-head"):
        tag("b", rung)
        with tag("div"):
            tag("span", label)
            for standing in here:
                colour = theme.states[list(scenario.states).index(standing.state) % len(theme.states)]
                tag("span", standing.label, "chip", f"background: {colour}; color: {theme.ground}")


def build_news(scenario: Scenario, view: View, news: Sequence[News] = ()) -> None:
    """Add the news that a side sees before it moves, or at the end; what comes from the lecturer first."""
    since = view.passed[0].first if view.passed else view.now.date
    arrived = {"id": NEWS, "tabindex": "-1"}
    recent = [one for one in news if scenario.date_of(one.day) >= since]
    if recent:
        with tag("section", classes="offer", aria_label=say(game_texts.FROM_LECTURER)):
            tag("h2", say(game_texts.FROM_LECTURER), **arrived)
            for one in recent:
                date = date_words(scenario.date_of(one.day))
                note(say(game_texts.BOARD_NEWS, date=date, says=say(one.says)))
            if recent[-1].day == view.day and not view.is_over:
                note(say(game_texts.TAKEN_BACK), "caveat")
    _show_passed(view.passed, {} if recent else arrived)
    heading = say(game_texts.LAST_DAY if view.is_over else game_texts.THIS_MORNING)
    tag("h2", heading, **({} if recent or view.passed else arrived))
    _list_events(view.now.events)
    shown = (*view.now.events, *(event for stretch in view.passed for event in stretch.events))
    _key_of_marks(shown)
    with tag("details"):
        tag("summary", say(game_texts.IN_FORCE))
        none = (say(texts.NONE_IN_FORCE),)
        listing(say(texts.MEDIATION_HEADING), (*view.now.ceasefires, *view.now.mediation) or none)
        listing(say(texts.MEASURES_HEADING), view.now.measures or none)


def _show_passed(passed: tuple[Stretch, ...], arrived: Mapping[str, str]) -> None:
    """Add the days that were played, quiet ones in one line."""
    if not passed:
        return
    is_one = len(passed) == 1 and passed[0].first == passed[0].last
    tag("h2", say(game_texts.YESTERDAY) if is_one else passed_words(passed), **arrived)
    for stretch in passed:
        if is_one:
            _list_events(stretch.events)
        elif stretch.events:
            tag("h3", stretch_words(stretch))
            _list_events(stretch.events)
        else:
            note(stretch_words(stretch))


def _list_events(events: tuple[Event, ...]) -> None:
    with tag("ul", classes="log"):
        for event in events:
            with tag("li"):
                means = say(wording.MARKS[event.mark])
                tag("span", event.mark, "mark", role="img", aria_label=means, title=means)
                tag("span", event.says)
                if event.reasons:
                    with tag("details"):
                        tag("summary", say(texts.WHY))
                        for reason in event.reasons:
                            note(reason, "entry")
        if not events:
            tag("li", say(texts.NOTHING_NEW))


def _key_of_marks(events: Sequence[Event]) -> None:
    marks = dict.fromkeys(event.mark for event in events)
    means = [say(game_texts.MARK_MEANS, mark=mark, meaning=say(wording.MARKS[mark])) for mark in marks]
    if means:
        note(say(game_texts.MARKS_MEAN, marks=", ".join(means)), "caveat")


def list_seats(shared: SharedGame, own: str) -> None:
    """Add who plays which side, whether they are here, and what is waited for."""
    label = shared.game.scenario.label
    for side in shared.seats:
        words = game_texts.OWN_SEAT_WORDS if side == own else game_texts.SEAT_WORDS
        tag("li", say(words, side=label(side), presence=presence_words(shared, side)))


def presence_words(shared: SharedGame, side: str) -> str:
    """Return whether somebody plays a side, and what is waited for."""
    return say(_presence(shared, side))


def _presence(shared: SharedGame, side: str) -> str:
    seat, is_waited_for = shared.seats[side], side in shared.waiting
    if seat.presence == "open":
        return game_texts.SEAT_OPEN
    if seat.presence == "away":
        return game_texts.SEAT_AWAY if is_waited_for else game_texts.SEAT_AWAY_CHOSEN
    if not seat.briefed:
        return game_texts.SEAT_READS
    if side not in shared.game.asked:
        return game_texts.SEAT_DATED
    return game_texts.SEAT_HERE if is_waited_for else game_texts.SEAT_HERE_CHOSEN
