"""The debrief of a game on the page: how it ended, odds and paths as figures, the rest in words."""

from __future__ import annotations

from functools import partial

from escalation.classroom import charts, courses, texts
from escalation.classroom.debrief import Debrief, debrief_words, own_postures
from escalation.classroom.figure import Figure
from escalation.classroom.frames import framed
from escalation.classroom.outlook import postures_table
from escalation.classroom.parts import listing, note
from escalation.classroom.session import Session
from escalation.classroom.themes import LIGHT, Options, Theme
from escalation.rules.outcome import OUTCOMES


def show_debrief(session: Session, found: Debrief) -> None:
    """Add the debrief of a game that is over."""
    scenario = found.run.scenario
    ended, *rest = debrief_words(found)
    listing(*ended)
    Figure(
        texts.ODDS_TITLE, texts.ODDS_SAYS, "odds", partial(_picture, found, "odds")
    ).draw(_odds(found, session.theme), texts.ODDS_SAYS)  # fmt: skip
    for name in scenario.states:
        title = texts.PATH_TITLE.format(state=scenario.label(name))
        Figure(title, texts.PATH_SAYS, f"path:{name}", partial(_picture, found, name)).draw(
            _path(found, name, session.theme), texts.PATH_SAYS
        )
    for heading, lines in rest:
        listing(heading, lines)
    note(texts.CAVEAT, "caveat")


def _odds(found: Debrief, theme: Theme) -> Options:
    scenario = found.run.scenario
    dates = [str(scenario.date_of(scenario.horizon_day + k)) for k in range(len(found.odds))]
    shares = {texts.OUTCOMES[name]: found.odds[:, k].tolist() for k, name in enumerate(OUTCOMES)}
    return courses.odds(shares, dates, theme)


def _path(found: Debrief, state: str, theme: Theme) -> Options:
    scenario = found.run.scenario
    table = postures_table([(texts.SIMULATED, found.outlook)])
    number = found.run.index.actor[state]
    options = charts.fan(table, state, theme, number, str(scenario.horizon))
    return courses.with_path(options, texts.THIS_GAME, own_postures(found, state), theme)


def _picture(found: Debrief, name: str) -> Options:
    options = _odds(found, LIGHT) if name == "odds" else _path(found, name, LIGHT)
    label = found.run.scenario.label
    title = texts.ODDS_TITLE if name == "odds" else texts.PATH_TITLE.format(state=label(name))
    played = ", ".join(label(side) for side in found.sides)
    notes = (texts.GAME_NOTE.format(sides=played, seed=found.run.seed), texts.CAVEAT)
    return framed(options, title, notes, LIGHT)
