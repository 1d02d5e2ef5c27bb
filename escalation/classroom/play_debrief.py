"""The debrief of a game: figures, words, and what another choice on one day would have made likelier."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from nicegui.element import Element

from escalation.classroom import charts, game_texts
from escalation.classroom.chart_style import LIGHT, Options, Theme, framed
from escalation.classroom.elements import Figure, button, listing, note, tag, write
from escalation.classroom.shared_game import SharedGame
from escalation.crisis import wording
from escalation.crisis.debrief import Debrief, debrief_words, own_postures
from escalation.crisis.game import Option, option_key
from escalation.crisis.menu import option_words
from escalation.crisis.what_if import WhatIf, chosen_on, odds_rows, odds_table, what_if_words
from escalation.language import date_words, in_this_language, say
from escalation.measures.ensemble import postures_table
from escalation.vocabulary import NUCLEAR_USE, OUTCOME_CLASSES, OUTCOMES

Again = Callable[[int], Awaitable[None]]


def show_debrief(found: Debrief, theme: Theme) -> None:
    """Add the debrief of a game that is over."""
    scenario = found.run.scenario
    if found.run.result.outcome == OUTCOMES[NUCLEAR_USE]:
        tag("p", say(game_texts.NOTHING_BEYOND), "ended")
    ended, *rest = debrief_words(found)
    listing(*ended)
    title, says = say(game_texts.ODDS_TITLE), say(game_texts.ODDS_SAYS)
    Figure(title, says, "odds", partial(_picture, found, "odds")).draw(_odds(found, theme), says)
    for name in scenario.states:
        title, says = say(game_texts.PATH_TITLE, state=scenario.label(name)), say(game_texts.PATH_SAYS)
        Figure(title, says, f"path_{name}", partial(_picture, found, name)).draw(
            _path(found, name, theme), says
        )
    for heading, lines in rest:
        listing(heading, lines)
    note(say(wording.CAVEAT), "caveat")


def _odds(found: Debrief, theme: Theme) -> Options:
    scenario = found.run.scenario
    dates = [str(scenario.date_of(scenario.horizon_day + k)) for k in range(len(found.odds))]
    shares = {say(each.bar): found.odds[:, k].tolist() for k, each in enumerate(OUTCOME_CLASSES)}
    return charts.odds(shares, dates, theme)


def _path(found: Debrief, state: str, theme: Theme) -> Options:
    scenario = found.run.scenario
    table = postures_table([(say(wording.SIMULATED_DAY), found.ensemble)])
    number = found.run.index.actor[state]
    options = charts.fan(table, state, theme, number, str(scenario.horizon))
    return charts.with_path(options, say(game_texts.THIS_GAME), own_postures(found.run, state), theme)


def _picture(found: Debrief, name: str) -> Options:
    options = _odds(found, LIGHT) if name == "odds" else _path(found, name, LIGHT)
    label = found.run.scenario.label
    title = say(game_texts.ODDS_TITLE) if name == "odds" else say(game_texts.PATH_TITLE, state=label(name))
    played = ", ".join(label(side) for side in found.sides)
    notes = (say(game_texts.GAME_NOTE, sides=played, seed=found.run.seed), say(wording.CAVEAT))
    return framed(options, title, notes, LIGHT)


class OtherChoice:
    """What if a side had chosen otherwise on a day: both choices compared, and the day played again.

    Parameters
    ----------
    shared
        A game that is over.
    side
        Whose choice.
    found
        Its debrief.
    theme
        Of the figure.
    on_again
        Called with the day from which the visitor plays again.
    """

    def __init__(self, shared: SharedGame, side: str, found: Debrief, theme: Theme, on_again: Again) -> None:
        self._shared, self._side, self._found, self._theme = shared, side, found, theme
        self._options: Sequence[Option] = ()
        self._day = 0
        days = _days_of(shared, found)
        if not days:
            return
        tag("h2", say(game_texts.IF_HEADING))
        with tag("div", classes="row-of"):
            self._days = self._select(say(game_texts.IF_DAY), self._choose_day)
            self._choices = self._select(say(game_texts.IF_CHOICE), self._choose)
        with tag("div", classes="row-of"):
            button(say(game_texts.IF_ASK), self._ask, "first")
            button(say(game_texts.IF_AGAIN), lambda: on_again(self._day))
        note(say(game_texts.IF_AGAIN_NOTE), "caveat")
        self._status = tag("div", classes="status", role="status")
        self._answer = tag("div", classes="answer")
        turns = [turn.day for turn in found.turns if turn.day in days]
        acted = [day for day in turns or days if chosen_on(shared.game, side, day)]
        self._day, self._chosen = (acted or turns or list(days))[0], 0
        self._fill(
            self._days, [(str(day), self._day_words(day, day in turns)) for day in days], str(self._day)
        )

    def _select(self, label: str, on_choose: Callable[[str], Awaitable[None]]) -> Element:
        with tag("label", label):
            select = tag("select")
        choose = in_this_language(on_choose)
        select.on(
            "change", lambda event: choose(str(event.args)), js_handler="(event) => emit(event.target.value)"
        )
        return select

    def _fill(self, select: Element, options: Sequence[tuple[str, str]], chosen: str) -> None:
        select.clear()
        with select:
            for value, words in options:
                option = tag("option", words, value=value)
                if value == chosen:
                    option.props["selected"] = True

    def _day_words(self, day: int, is_turn: bool) -> str:
        date = date_words(self._found.run.scenario.date_of(day))
        return say(game_texts.IF_TURN, date=date) if is_turn else date

    async def build(self) -> None:
        """Offer the choices of the day that is shown first."""
        if self._day:
            await self._offer()

    async def _choose_day(self, given: str) -> None:
        days = _days_of(self._shared, self._found)
        if given.isascii() and given.isdigit() and int(given) in days:  # else from a browser tampered with
            self._day = int(given)
            await self._offer()

    async def _offer(self) -> None:
        self._options = await self._shared.options_on(self._side, self._day)
        if self._choices.is_deleted:
            return
        done = chosen_on(self._shared.game, self._side, self._day)
        same = [option_key(one) in done if one.target else not done for one in self._options]
        self._chosen = next((k for k, one in enumerate(same) if not one), 0)
        words = [self._option_words(*one) for one in zip(self._options, same, strict=True)]
        self._fill(self._choices, [(str(k), one) for k, one in enumerate(words)], str(self._chosen))

    def _option_words(self, option: Option, is_same: bool) -> str:
        words = say(game_texts.IF_WAIT)
        if option.target is not None:
            words = option_words(self._found.run.scenario, option)
        return say(game_texts.IF_SAME, act=words) if is_same else words

    async def _choose(self, given: str) -> None:
        if given.isascii() and given.isdigit() and int(given) < len(self._options):
            self._chosen = int(given)

    async def _ask(self) -> None:
        if not self._options:
            return
        write(self._status, say(game_texts.IF_COMPUTING))
        option = self._options[self._chosen]
        found = await self._shared.what_if(self._side, self._day, [option] if option.target else [])
        if self._answer.is_deleted:
            return
        write(self._status, "")
        self._answer.clear()
        with self._answer:
            _show_odds(found, self._theme)


def _days_of(shared: SharedGame, found: Debrief) -> range:
    """Return the days that were played by people."""
    first = max(shared.game.first, found.run.scenario.horizon_day + 1)
    return range(first, found.played + 1)


def _show_odds(found: WhatIf, theme: Theme) -> None:
    """Add the odds under both choices: sentences, figure, table."""
    *said, how = what_if_words(found)
    for line in said:
        note(line)
    title = say(game_texts.IF_TITLE)
    figure = Figure(title, how, "what_if", partial(_odds_picture, found))
    figure.draw(charts.outcome_bars(odds_table(found), theme), " ".join(said))
    with tag("table", classes="odds"):
        with tag("tr"):
            for heading in (game_texts.IF_OUTCOME, wording.AS_CHOSEN):
                tag("th", say(heading), scope="col")
            tag("th", found.instead, scope="col")
            tag("th", say(game_texts.IF_DIFFERENCE), scope="col")
        for row in odds_rows(found):
            with tag("tr", classes="clear" if row.is_clear else ""):
                tag("th", row.outcome, scope="row")
                for words in (row.before, row.after, row.difference):
                    tag("td", words, "number")


def _odds_picture(found: WhatIf) -> Options:
    notes = (*what_if_words(found), say(wording.CAVEAT))
    return framed(charts.outcome_bars(odds_table(found), LIGHT), say(game_texts.IF_TITLE), notes, LIGHT)
