"""What helps a visitor to find the way: the tour, the keyboard shortcuts, and what to do next."""

from __future__ import annotations

from escalation.classroom import texts
from escalation.classroom.elements import tag
from escalation.classroom.graphs import GRAPHS
from escalation.classroom.lesson import Lesson
from escalation.classroom.session import Session
from escalation.language import say


def next_step(session: Session, lesson: Lesson, is_inert: bool) -> str:
    """Return what a visitor can do next, by what has been done so far; a guess that was begun comes first."""
    guess = session.guess
    if guess is not None:
        if guess.is_shown:
            return say(texts.NEXT_GUESSED)
        if session.host:
            return say(texts.NEXT_ROOM)
        return say(texts.NEXT_GUESS if guess.percent is None else texts.NEXT_PLACED)
    if is_inert:
        return say(texts.NEXT_INERT)
    if not session.settings:
        return say(lesson.begin) if len(session.trail.steps) == 1 else say(texts.NEXT_MOVE)
    if not session.pins:
        return say(texts.NEXT_PIN)
    if session.settings not in session.pins.values():
        return say(texts.NEXT_COMPARE)
    return say(texts.NEXT_SEED)


class Guide:
    """The invitation to the tour, the tour itself, and the list of keyboard shortcuts."""

    def __init__(self) -> None:
        with tag("div", classes="row-of invitation"):
            tag("span", say(texts.TOUR_INVITATION))
            _runs(say(texts.TOUR_START), "classroom.tour()", "first")
            _runs(say(texts.TOUR_DECLINE), "classroom.remember('tour')")
        with tag("div", classes="row-of guide"):
            _runs(say(texts.TOUR), "classroom.tour()")
            aria = say(texts.SHORTCUTS)
            _runs(say(texts.KEYS), "classroom.listKeys()", aria_keyshortcuts="?", aria_label=aria)
        self._build_tour()
        self._build_shortcuts()

    def _build_tour(self) -> None:
        # Not modal: the page can be used meanwhile, and what a step points at is seen.
        with tag("dialog", id="tour", aria_label=say(texts.TOUR)):
            for part, text in texts.TOUR_STEPS.items():
                tag("p", say(text), data_at=part)
            with tag("div", classes="row-of"):
                on, back = "classroom.tour(classroom.at + 1)", "classroom.tour(classroom.at - 1)"
                _runs(say(texts.TOUR_BACK), back, data_tour="back")
                _runs(say(texts.TOUR_ON), on, "first", data_tour="on")
                _runs(say(texts.TOUR_END), on, "first", data_tour="end")
                _runs(say(texts.TOUR_SKIP), "classroom.tour(-1)")

    def _build_shortcuts(self) -> None:
        with tag("dialog", id="shortcuts", aria_label=say(texts.SHORTCUTS)):
            tag("h2", say(texts.SHORTCUTS))
            with tag("table", classes="rows"):
                with tag("tr"):
                    tag("th", say(texts.SHORTCUT_KEYS), scope="col")
                    tag("th", say(texts.SHORTCUT_DOES), scope="col")
                digits = f"1–{len(GRAPHS)}"
                for keys, does in {**texts.SHORTCUT_LIST, digits: texts.DIGITS}.items():
                    with tag("tr"):
                        with tag("th", scope="row"):
                            tag("kbd", keys.replace("Control", "Ctrl"))
                        tag("td", say(does))
            with tag("label", classes="row-of"):
                box = tag("input", type="checkbox", id="single-keys")
                box.on("change", js_handler="(event) => classroom.useKeys(event.target.checked)")
                tag("span", say(texts.SHORTCUTS_ON))
            _runs(say(texts.CLOSE), "document.getElementById('shortcuts').close()", "first")


def _runs(text: str, code: str, classes: str = "", **attributes: str) -> None:
    """Add a button that does something in the browser alone."""
    tag("button", text, classes, type="button", **attributes).on("click", js_handler=f"() => {code}")
