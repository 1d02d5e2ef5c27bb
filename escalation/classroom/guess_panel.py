"""The part of Explore in which a guess is made before the figures are shown, alone or by a room."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from nicegui.element import Element

from escalation.classroom import texts
from escalation.classroom.chart_style import LIGHT, Options, framed
from escalation.classroom.elements import Figure, ShareLink, button, enable, show, tag, write
from escalation.classroom.exports import notes, setting_words
from escalation.classroom.guess_rounds import GuessRound, GuessRounds
from escalation.classroom.guesses import (
    Guess,
    miss_words,
    percent_of,
    question_words,
    questions_of,
    room_words,
    row_words,
    share_of_question,
    strip,
)
from escalation.classroom.session import Library, Session
from escalation.classroom.workers import Workers
from escalation.language import ENGLISH, in_this_language, say, say_count
from escalation.measures.ensemble import Ensemble


class GuessField:
    """A guess in percent: a slider along the axis of a chart, and a number.

    A click in a chart within an element of class `guessing` does the same.

    Parameters
    ----------
    on_change
        Called with the question and the value that the browser sends, which may be anything.
    """

    def __init__(self, on_change: Callable[[object, object], None]) -> None:
        self._on_change = in_this_language(on_change)
        self._row: Element
        self._rows: Element
        self._axis = tag("div", classes="guess-axis")
        with self._axis:
            slider = tag(
                "input", type="range", id="guess-axis", min="0", max="100", step="1",
                aria_label=say(texts.GUESS_AXIS),
            )  # fmt: skip
            slider.on("input", js_handler="() => classroom.followAxis()")
            self._sends(slider)

    def build_number(self, with_rows: bool) -> None:
        """Add the number, and a choice of rows before it where the question is not given."""
        with tag("div", classes="row-of") as self._row:
            if with_rows:
                self._rows = tag("select", id="guess-row", aria_label=say(texts.GUESS_ROW))
                self._sends(self._rows)
            with tag("label", classes="row-of"):
                tag("span", say(texts.GUESS_FIELD))
                field = tag(
                    "input", type="number", id="guess", min="0", max="100", step="1", inputmode="numeric"
                )
                self._sends(field)

    def _sends(self, element: Element) -> None:
        sends = "() => emit(classroom.guessed())"
        element.on("change", lambda event: self._changed(event.args), js_handler=sends)

    def _changed(self, given: object) -> None:
        if isinstance(given, list) and len(given) == 2:
            self._on_change(*given)

    def show(self, on: bool) -> None:
        """Show or hide the field."""
        for part in (self._axis, self._row):
            show(part, on)

    def offer(self, rows: dict[str, str]) -> None:
        """Offer rows to choose from, by question."""
        self._rows.clear()
        with self._rows:
            for question, words in rows.items():
                tag("option", words, value=question)

    def place(self, question: str, percent: int | None) -> None:
        """Show a guess, whatever the browser shows."""
        given = f"{json.dumps(question)}, {json.dumps(percent)}"
        self._axis.client.run_javascript(f"classroom.placeGuess({given})")

    def align(self, options: Options) -> None:
        """Put the slider along the axis of a chart."""
        grid = options["grid"]
        sides = (grid["left"], grid["right"]) if not grid["containLabel"] else (0, 0)
        # A chart is drawn from left to right in every language.
        self._axis.style(f"margin-left: {sides[0]}px; margin-right: {sides[1]}px")


class GuessPanel:
    """The guess of one visitor, and the round of a room that this visitor has opened.

    Parameters
    ----------
    on_change
        Called whenever what the figures show has changed.
    """

    def __init__(
        self,
        session: Session,
        library: Library,
        workers: Workers,
        rounds: GuessRounds,
        on_change: Callable[[], None],
    ) -> None:
        self._session, self._workers = session, workers
        self._rounds, self._on_change = rounds, on_change
        self._graph = ""
        self._placed: Guess | None = None
        self._watched: GuessRound | None = None
        self._leave: Callable[[], None] = lambda: None
        self._drawn: Options | None = None
        with tag("section", classes="guess", aria_label=say(texts.GUESS_PANEL)) as self._root:
            self._field = GuessField(self._guessed)
            self._question = tag("h3")
            # Not a status: that of the page tells what is simulated.
            self._words = tag("p", aria_live="polite", id="miss")
            self._field.build_number(with_rows=True)
            with tag("div", classes="row-of"):
                self._show = button(say(texts.GUESS_SHOW), self._shown, "first")
                self._ask = button(say(texts.ASK_ROOM), self._asked)
                button(say(texts.GUESS_STOP), self._stopped)
            with tag("div", classes="round") as self._round:
                self._heading = tag("h3")
                self._link = ShareLink(library.base, say(texts.ROUND_LINK))
                self._count = tag("p", aria_live="polite", id="guesses-so-far")
                self._reveal = tag("button", say(texts.ROUND_SHOW), "first", type="button", id="show-all")
                reveal = in_this_language(self._revealed)
                self._reveal.on(
                    "click",
                    lambda event: reveal(event.args),
                    js_handler="(event) => emit(classroom.token('round', event.currentTarget.dataset.code))",
                )
                with tag("div", classes="figures one strip") as self._figure_box:
                    self._figure = Figure(
                        say(texts.ROUND_FIGURE), say(texts.ROUND_NOTE), "guesses", self._picture
                    )
        show(self._root, False)

    def close(self) -> None:
        """Stop when the visitor has left."""
        self._leave()

    def refresh(self, now: Ensemble, options: Options) -> None:
        """Show the present guess.

        Parameters
        ----------
        now
            The crises of the present setting.
        options
            The chart that the guess is about.
        """
        session, scenario = self._session, self._session.workspace.scenario
        guess = session.guess
        show(self._root, guess is not None)
        if guess is None:
            self._watch(None)
            self._placed = None
            return
        if session.graph != self._graph:
            self._graph = session.graph
            self._field.offer({each: row_words(each, scenario) for each in questions_of(session.graph)})
            self._placed = None
        if guess != self._placed:
            self._placed = guess
            self._field.place(guess.question, guess.percent)
        self._field.align(options)
        write(self._question, question_words(guess.question, scenario))
        self._watch(self._rounds.find(session.host))
        is_asked = self._watched is not None
        self._field.show(session.hides)
        show(self._show, session.hides and not is_asked)
        show(self._ask, session.hides and not is_asked)
        enable(self._show, guess.percent is not None)
        if guess.is_shown:
            write(self._words, miss_words(guess, share_of_question(guess.question, now)))
        else:
            write(self._words, say(texts.GUESS_HOW))
        self._draw_round()

    # What a visitor does

    def _guessed(self, question: object, given: object) -> None:
        guess = self._session.guess
        if guess is None or guess.is_shown or not isinstance(question, str):
            return
        asked = guess.question if self._watched is not None else question
        percent = percent_of(given)
        if given not in ("", None) and percent is None:
            asked, percent = guess.question, guess.percent  # an invalid value changes nothing
        self._placed = None
        self._session.place_guess(Guess(asked, percent))
        self._on_change()

    def _shown(self) -> None:
        guess = self._session.guess
        if guess is not None and guess.percent is not None and self._watched is None:
            self._session.place_guess(replace(guess, is_shown=True))
            self._on_change()

    def _stopped(self) -> None:
        round_ = self._watched
        if round_ is not None and round_.share is None:
            self._rounds.forget(round_.code, self._session.host_token)
        self._session.end_guess()
        self._on_change()

    def _asked(self) -> None:
        session = self._session
        if session.guess is None or not session.hides or self._watched is not None:
            return
        opened, token = self._rounds.open(
            session.workspace, session.settings, session.seed, session.guess.question
        )
        session.host, session.host_token = opened.code, token
        session.changed()
        kept = ", ".join(map(json.dumps, ("round", opened.code, token)))
        self._root.client.run_javascript(f"classroom.keepToken({kept})")
        self._on_change()

    async def _revealed(self, token: object) -> None:
        found, session = self._watched, self._session
        if found is None or found.share is not None:
            return
        if not found.is_opened_by(token):
            write(self._count, say(texts.ROUND_ELSEWHERE))
            return
        ensemble = await self._workers.ensemble(found.workspace, found.settings, found.seed)
        if self._root.is_deleted or session.guess is None or session.host != found.code:
            return
        session.seed = found.seed
        if session.settings != found.settings:
            session.set_all(found.settings)
        session.place_guess(Guess(found.question, session.guess.percent, is_shown=True))
        found.show(share_of_question(found.question, ensemble))
        self._on_change()

    # The round

    def _watch(self, found: GuessRound | None) -> None:
        if found is self._watched:
            return
        self._leave()
        self._watched, self._leave = found, lambda: None
        if found is not None:
            self._leave = found.watch(in_this_language(self._draw_round))
            language = self._session.language
            with self._root:
                self._link.point(
                    f"round={found.code}" + (f"&language={language}" if language != ENGLISH else "")
                )
            self._reveal.props["data-code"] = found.code
            self._reveal.update()

    def _draw_round(self) -> None:
        found = self._watched
        show(self._round, found is not None)
        if found is None or self._root.is_deleted:
            return
        show(self._reveal, found.share is None)
        show(self._figure_box, found.share is not None)
        write(self._heading, say(texts.ROUND_HEADING, code=found.code))
        if found.share is None:
            n = len(found.guesses)
            write(self._count, say_count(texts.GUESSES_SO_FAR_ONE, texts.GUESSES_SO_FAR, n))
            return
        words = room_words(found.guesses, found.question, found.share)
        write(self._count, words)
        with self._root:
            self._figure.draw(strip(found.guesses, None, found.share, self._session.theme), words)

    def _picture(self) -> Options | None:
        found = self._watched
        if found is None or found.share is None:
            return None
        setting = [(say(texts.NOW), setting_words(self._session.controls, found.settings))]
        below = [
            room_words(found.guesses, found.question, found.share),
            *notes(found.workspace, found.seed, self._workers.crises, setting),
        ]
        title = question_words(found.question, found.workspace.scenario)
        return framed(strip(found.guesses, None, found.share, LIGHT), title, below, LIGHT)
