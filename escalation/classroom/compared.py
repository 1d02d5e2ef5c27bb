"""Below the figures: the present setting compared with others, share by share, and all that was tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

from nicegui import ui

from escalation.classroom import texts
from escalation.classroom.controls import Control, Settings
from escalation.classroom.elements import button, enable, note, tag
from escalation.classroom.exports import setting_words
from escalation.classroom.session import Session
from escalation.classroom.trail import departures_between
from escalation.language import number, percent, say
from escalation.measures.ensemble import Ensemble, PairedDifference, differences

HEADLINES = ("force", "ceasefire")
"""The shares by which the settings that were tried are listed; `texts.TRIED_COLUMNS` has their headings."""


def changes_in_words(controls: Mapping[str, Control], before: Settings, after: Settings) -> str:
    """Return in words what leads from one setting to another."""
    values, parts = dict(after), []
    for path in departures_between(before, after):
        control = controls[path]
        label = say(texts.CONTROL_NAME, group=control.group, label=control.label)
        if path in values:
            parts.append(say(texts.CHANGED_TO, label=label, value=control.shown(values[path])))
        else:
            parts.append(say(texts.AND_BACK, label=label))
    return "; ".join(parts)


def by_size(found: list[PairedDifference]) -> list[PairedDifference]:
    """Return differences in the order of a table: the clear ones first, the largest of each first."""
    return sorted(found, key=lambda each: (not each.is_clear, -abs(each.estimate)))


def build_comparison(name: str, heading: str, before: Ensemble, after: Ensemble) -> None:
    """Add a table of every share in two settings, with its paired difference and whether that is clear."""
    rows = by_size(differences(before, after))
    clear = sum(row.is_clear for row in rows)
    tag("h3", heading)
    note(say(texts.CLEAR_OF, clear=number(clear), n=number(len(rows))), "caveat")
    # One element, not hundreds: it is drawn again with every move of a hand.
    table = ui.html(comparison_table(name, rows), sanitize=False).classes("scroll")
    table.props.update({"tabindex": "0", "role": "region", "aria-label": heading})


def comparison_table(name: str, rows: Sequence[PairedDifference]) -> str:
    """Return the table of differences from a setting of some name, as HTML."""
    heads = "".join(
        f'<th scope="col">{escape(say(head, name=name))}</th>' for head in texts.DIFFERENCE_COLUMNS
    )
    lines = [f"<tr>{heads}</tr>"]
    for row in rows:
        cells = [percent(row.before), percent(row.after), points(row)]
        numbers = "".join(f'<td class="number">{escape(cell)}</td>' for cell in cells)
        verdict = escape(say(texts.CLEAR if row.is_clear else texts.UNCLEAR))
        kind = ' class="clear"' if row.is_clear else ""
        lines.append(f'<tr{kind}><th scope="row">{escape(row.clause)}</th>{numbers}<td>{verdict}</td></tr>')
    return f'<table class="rows">{"".join(lines)}</table>'


def points(row: PairedDifference) -> str:
    """Return a difference with the half width of its interval: '+1.7 ± 0.4'."""
    sign = "+" if row.estimate >= 0 else "−"
    return say(
        texts.POINTS, points=sign + number(100 * abs(row.estimate), 1),
        half=number(50 * (row.high - row.low), 1),
    )  # fmt: skip


@dataclass(frozen=True)
class TriedActions:
    """What can be done with a setting that was tried: by its place, and by what it is."""

    visit: Callable[[int], None]
    pin: Callable[[Settings], None]


def build_tried(
    session: Session, cards: Mapping[Settings, str], known: Callable[[Settings], Ensemble | None],
    actions: TriedActions,
) -> None:  # fmt: skip
    """Add a table of every setting that was tried, the latest first, with its outcome and what can be done.

    Parameters
    ----------
    session
        Whose trail it is.
    cards
        The labels of settings that have one.
    known
        Returns the crises of a setting as far as they have been simulated.
    actions
        What the buttons of a row do.
    """
    note(say(texts.TRIED_NOTE), "caveat")
    with (
        tag("div", classes="scroll", tabindex="0", role="region", aria_label=say(texts.TRIED)),
        tag("table", classes="rows"),
    ):
        with tag("tr"):
            for heading in texts.TRIED_COLUMNS:
                tag("th", say(heading), scope="col")
        for place in reversed(range(len(session.trail.steps))):
            _tried_row(session, place, cards, known, actions)


def _tried_row(
    session: Session, place: int, cards: Mapping[Settings, str],
    known: Callable[[Settings], Ensemble | None], actions: TriedActions,
) -> None:  # fmt: skip
    steps = session.trail.steps
    step, is_here = steps[place], place == session.trail.at
    words = say(texts.SCENARIO_ITSELF)
    if place and step.settings in cards:
        words = cards[step.settings]
    elif place:
        words = changes_in_words(session.controls, steps[step.parent].settings, step.settings)
    found = known(step.settings)
    with tag("tr", classes="here" if is_here else ""):
        tag("th", words, scope="row", title=setting_words(session.controls, step.settings))
        for share in HEADLINES:
            shown = (
                percent(float(found.answers[share].mean())) if found is not None else say(texts.NOT_COUNTED)
            )
            tag("td", shown, "number")
        with tag("td"), tag("div", classes="row-of"):
            back = say(texts.HERE if is_here else texts.GO_BACK)
            name = say(texts.GO_BACK_NAME, setting=words)
            enable(button(back, partial(actions.visit, place), "small", aria_label=name), not is_here)
            name = say(texts.PIN_NAME, setting=words)
            button(say(texts.PIN), partial(actions.pin, step.settings), "small", aria_label=name)
