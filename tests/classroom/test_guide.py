"""What next: by what a visitor has done so far."""

from __future__ import annotations

from escalation.classroom import texts
from escalation.classroom.guesses import Guess
from escalation.classroom.guide import next_step
from escalation.classroom.lesson import lesson_of
from escalation.classroom.session import Session
from tests.classroom.crises import STYLE, workspace


def test_it_follows_what_was_done() -> None:
    session, lesson = Session(workspace()), lesson_of(workspace())
    assert next_step(session, lesson, is_inert=False) == lesson.begin
    session.move(STYLE, "manipulation")
    assert next_step(session, lesson, is_inert=True) == texts.NEXT_INERT
    assert next_step(session, lesson, is_inert=False) == texts.NEXT_PIN
    session.pin()
    assert next_step(session, lesson, is_inert=False) == texts.NEXT_SEED
    session.undo()
    assert next_step(session, lesson, is_inert=False) == texts.NEXT_MOVE


def test_a_guess_comes_first_from_its_mark_to_its_answer() -> None:
    session, lesson = Session(workspace()), lesson_of(workspace())
    session.move(STYLE, "manipulation")
    session.begin_guess()
    assert next_step(session, lesson, is_inert=False) == texts.NEXT_GUESS
    assert session.guess is not None
    question = session.guess.question
    session.place_guess(Guess(question, 30))
    assert next_step(session, lesson, is_inert=False) == texts.NEXT_PLACED
    session.host = "ABCDEF"
    assert next_step(session, lesson, is_inert=False) == texts.NEXT_ROOM
    session.place_guess(Guess(question, 30, is_shown=True))
    assert next_step(session, lesson, is_inert=False) == texts.NEXT_GUESSED
    session.end_guess()
    assert next_step(session, lesson, is_inert=False) == texts.NEXT_PIN
