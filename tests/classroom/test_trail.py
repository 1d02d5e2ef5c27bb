from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from escalation.classroom.controls import Settings
from escalation.classroom.trail import LONGEST_TRAIL, MOST_KEPT_STEPS, PAUSE, Trail, TrailStep

A, B, C = ((("a", 1.0),), (("a", 2.0),), (("b", "x"),))


def test_undo_and_redo_follow_the_branch_that_was_tried_last() -> None:
    trail = Trail()
    assert not trail.can_undo
    assert not trail.undo()
    trail.go(A)
    trail.go(B)
    assert trail.before == A
    assert trail.undo()
    assert (trail.settings, trail.can_redo) == (A, True)
    trail.go(C)
    assert not trail.redo()
    assert trail.undo()
    assert trail.redo()
    assert trail.settings == C
    # What was undone is still there to go back to.
    assert [step.settings for step in trail.steps] == [(), A, B, C]
    assert trail.visit(2)
    assert (trail.settings, trail.before) == (B, A)
    assert not trail.visit(4)
    trail.visit(0)
    assert trail.before is None


def test_moves_of_one_control_in_a_row_are_one_step() -> None:
    trail = Trail()
    for number in range(9):
        trail.go((("a", float(number + 1)),), "a", now=0.5 * PAUSE * number)
    assert [step.settings for step in trail.steps] == [(), (("a", 9.0),)]
    trail.go(A, "a", now=100)
    trail.go((*A, *C), "b", now=100.1)
    assert len(trail.steps) == 4
    # Dragged there and back again: nothing was tried.
    trail.go(A, "b", now=100.2)
    assert (len(trail.steps), trail.settings) == (3, A)
    trail.undo()
    trail.go(C, "a", now=100.3)
    assert len(trail.steps) == 4


def test_a_setting_that_is_shown_already_is_no_step() -> None:
    trail = Trail()
    trail.go(())
    trail.go(A)
    trail.go(A)
    assert len(trail.steps) == 2


SETTINGS = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 1), max_size=4).map(
    lambda found: tuple(sorted(found.items()))
)


@given(st.lists(st.one_of(SETTINGS, st.sampled_from(["undo", "redo"])), max_size=60))
def test_a_trail_stays_a_tree_however_long_it_is(moves: list[Settings | str]) -> None:
    trail = Trail()
    for move in moves:
        if move == "undo":
            trail.undo()
        elif move == "redo":
            trail.redo()
        else:
            assert not isinstance(move, str)
            trail.go(move)
            assert trail.settings == move
    assert len(trail.steps) <= MOST_KEPT_STEPS
    assert trail.steps[0] == TrailStep((), -1)
    assert all(-1 <= step.parent < place for place, step in enumerate(trail.steps))


def test_a_long_trail_makes_room_in_the_address() -> None:
    trail = Trail()
    for number in range(MOST_KEPT_STEPS):
        trail.go(tuple((f"path.{key}.{'x' * 40}", float(number)) for key in range(20)))
    assert sum(map(len, trail.written())) <= LONGEST_TRAIL
    assert len(trail.steps) >= 2
