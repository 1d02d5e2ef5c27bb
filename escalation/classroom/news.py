"""What a side is told of its game, as elements: the days that passed, this morning, where they stand."""

from __future__ import annotations

from escalation.analysis.events import Event
from escalation.classroom import texts
from escalation.classroom.parts import listing, note, tag
from escalation.classroom.play import Stretch, View, span_words, standing_words
from escalation.scenario.scenario import Scenario


def show_news(scenario: Scenario, view: View) -> None:
    """Add what a side is told before it moves, or at the end."""
    _show_passed(view.passed)
    tag("h2", texts.LAST_DAY if view.is_over else texts.THIS_MORNING)
    _list_events(view.now.events)
    tag("h2", texts.STANDINGS)
    note(standing_words(scenario, view.now))
    listing(texts.MEDIATION_HEADING, (*view.now.ceasefires, *view.now.mediation) or (texts.NONE_IN_FORCE,))
    listing(texts.MEASURES_HEADING, view.now.measures or (texts.NONE_IN_FORCE,))


def _show_passed(passed: tuple[Stretch, ...]) -> None:
    """Add the days that were played, quiet ones in one line."""
    days = sum((stretch.last - stretch.first).days + 1 for stretch in passed)
    if days == 1:
        tag("h2", texts.YESTERDAY)
        _list_events(passed[0].events)
    elif passed:
        tag("h2", texts.DAYS_PASSED.format(days=days))
        for stretch in passed:
            if stretch.events:
                tag("h3", texts.DAY_WENT.format(date=span_words(stretch)))
                _list_events(stretch.events)
            else:
                note(texts.QUIET_STRETCH.format(span=span_words(stretch)))


def _list_events(events: tuple[Event, ...]) -> None:
    with tag("ul", classes="log"):
        for event in events:
            with tag("li"):
                tag("span", event.mark, "mark", aria_hidden="true")
                tag("span", event.says)
        if not events:
            tag("li", texts.NOTHING_NEW)
