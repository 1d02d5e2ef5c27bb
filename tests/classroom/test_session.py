from __future__ import annotations

import pytest

from escalation.classroom.session import BadQueryError, Session, session_of
from tests.classroom.crises import ENTRY, STYLE, workspace


def test_visitors_share_nothing() -> None:
    one, other = Session(workspace()), Session(workspace())
    one.move(STYLE, "manipulation")
    one.pin()
    assert (other.settings, other.pins) == ((), {})


def test_pins_are_few_and_named() -> None:
    session = Session(workspace())
    assert [session.pin() for _ in range(4)] == ["A", "B", "C", None]
    session.pins.pop("B")
    session.move(ENTRY, 30)
    assert session.pin() == "B"
    assert session.wanted() == [
        ("now", ((ENTRY, 30),)), ("pinned A", ()), ("pinned B", ((ENTRY, 30),)), ("pinned C", ()),
    ]  # fmt: skip


def test_another_crisis_starts_without_settings_and_pins() -> None:
    session = Session(workspace())
    session.move(ENTRY, 30)
    session.pin()
    session.take(workspace("docs/examples/two_states.yaml"))
    assert (session.settings, session.pins) == ((), {})
    assert ENTRY not in session.controls
    assert not session.move(ENTRY, 30)


def test_an_address_sets_its_values() -> None:
    session = session_of(workspace(), [("seed", "7"), ("set", f"{ENTRY}=20"), ("replication", "3")])
    assert (session.seed, session.settings, session.replication) == (7, ((ENTRY, 20),), 3)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ([("seed", "-1")], "a whole number from 0"),
        ([("seed", "1e3")], "a whole number from 0"),
        ([("seed", str(2**64))], "a whole number from 0"),
        ([("replication", "x")], "a whole number from 0"),
        ([("set", "mediators.russia.enters_day=1000")], "a number from 0 to 44"),
        ([("set", "mediators.russia.enters_day=nan")], "a number from 0 to 44"),
        ([("set", "mediators.russia.style=force")], "one of facilitation, formulation, manipulation"),
        ([("set", "free_days=100000")], "no such control"),
        ([("set", "")], "no such control"),
        ([("scenario", "/etc/passwd")], "allowed keys"),
        ([("set", "x=" + "y" * 20_000)], "too large"),
        ([("seed", "1")] * 300, "too large"),
    ],
)
def test_an_address_that_asks_for_something_else_is_refused(query: list[tuple[str, str]], says: str) -> None:
    with pytest.raises(BadQueryError, match=says):
        session_of(workspace(), query)
