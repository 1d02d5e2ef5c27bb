"""The page of a participant in a guess round: the question, the axis of the chart, and one field."""

from __future__ import annotations

import json

from nicegui import background_tasks, ui

from escalation.classroom import texts
from escalation.classroom.controls import controls_of
from escalation.classroom.elements import PATIENCE, begin_page, language_choice, note, show, tag, write
from escalation.classroom.exports import setting_words
from escalation.classroom.guess_panel import GuessField
from escalation.classroom.guess_rounds import GuessRound
from escalation.classroom.guesses import Guess, miss_words, percent_of, question_words, room_words, strip
from escalation.classroom.session import Session
from escalation.crisis import wording
from escalation.language import in_this_language, percent, say


class GuessPage:
    """The page of one participant."""

    def __init__(self, session: Session, found: GuessRound) -> None:
        self._session, self._round = session, found
        self._client = ui.context.client
        self.tab_id: str | None = None
        """Of the browser's tab, as that of `Page`."""
        self._dark = begin_page(session.dark)
        self.connected = in_this_language(self._connected)
        self.colour = in_this_language(self._colour)
        self._token = ""
        self._own: int | None = None
        self._build()
        self._leave = found.watch(in_this_language(self._draw))
        self._draw()

    def _build(self) -> None:
        found, scenario = self._round, self._round.workspace.scenario
        controls = {control.path: control for control in controls_of(found.workspace)}
        with tag("div", classes="room guess-page"):
            with tag("header"):
                tag("h1", say(scenario.title))
                language_choice()
            with tag("main"):
                tag("h2", question_words(found.question, scenario), "question")
                note(say(texts.ROUND_SETTING, setting=setting_words(controls, found.settings)))
                with tag("div", classes="guessing"):
                    self._chart = ui.echart({}, renderer="svg").classes("chart")
                    self._chart.props["role"] = "img"
                with tag("div") as self._entry:
                    self._field = GuessField(self._aimed)
                    self._field.build_number(with_rows=False)
                    send = in_this_language(self._sent)
                    tag("button", say(texts.ROUND_SEND), "first", type="button", id="send").on(
                        "click",
                        lambda event: send(event.args),
                        js_handler=f"() => emit([document.getElementById('guess').value, "
                        f"classroom.token('guess', {json.dumps(found.code)})])",
                    )
                self._status = tag("p", say(texts.ROUND_WAITS), role="status")
                note(say(wording.CAVEAT), "caveat")

    def _connected(self) -> None:
        background_tasks.create(in_this_language(self._recall)())

    async def _recall(self) -> None:
        """Ask the browser for the token of its guess, so that a page loaded again shows it."""
        try:
            given = await self._client.run_javascript(
                f"return classroom.token('guess', {json.dumps(self._round.code)})", timeout=PATIENCE
            )
        except TimeoutError:
            return
        own = self._round.guess_of(given) if isinstance(given, str) else None
        if own is not None:
            self._token, self._own = str(given), own
            self._field.place("", own)
            self._draw()

    def _aimed(self, _: object, given: object) -> None:
        """Mark on the axis what is not sent yet."""
        if self._round.share is None:
            self._draw_chart(percent_of(given))

    def _sent(self, given: object) -> None:
        value, token = given if isinstance(given, list) and len(given) == 2 else ("", "")
        taken = self._round.take(value, self._token or token)
        if taken is None:
            if self._round.share is None:
                write(self._status, say(texts.ROUND_CLOSED if self._round.is_closed else texts.ROUND_REFUSED))
            return
        self._token, self._own = taken, self._round.guess_of(taken)
        kept = ", ".join(map(json.dumps, ("guess", self._round.code, taken)))
        self._client.run_javascript(f"classroom.keepToken({kept})")
        self._draw()

    def _draw(self) -> None:
        found, own = self._round, self._own
        if self._client.is_deleted:
            return
        show(self._entry, found.share is None and not found.is_closed)
        if found.share is not None:
            miss = miss_words(Guess(found.question, own, is_shown=True), found.share)
            room = room_words(found.guesses, found.question, found.share)
            write(self._status, miss if own is None else say(texts.MISS_AND_ROOM, miss=miss, room=room))
        elif found.is_closed:
            write(self._status, say(texts.ROUND_CLOSED))
        elif own is not None:
            write(self._status, say(texts.ROUND_SENT, guess=percent(own / 100, 0)))
        self._draw_chart(own)

    def _draw_chart(self, own: int | None) -> None:
        found = self._round
        guesses = found.guesses if found.share is not None else ()
        options = strip(guesses, own, found.share, self._session.theme)
        self._chart.props["options"] = options
        self._chart.props["aria-label"] = question_words(found.question, found.workspace.scenario)
        self._chart.update()
        self._field.align(options)

    def _colour(self, dark: bool) -> None:
        self._session.dark = dark
        self._dark.set_value(dark)
        self._draw()

    def close(self) -> None:
        """Stop when the participant has left."""
        self._leave()
