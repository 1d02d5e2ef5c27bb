"""How people play against states on record: each share counted by hand, and what is left out."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

from escalation.crisis import wording
from escalation.history.conduct import QUANTITIES, Conduct, ConductLine, conduct
from escalation.scenario.scenario import Scenario
from tests.history.crises import ACTS, case, past
from tests.strategies import Tree, crisis, dated


def moved(day: int, actor: str, act: str, target: str, seq: int = 1) -> Tree:
    """Return what people chose on a day."""
    return dated(day, actor, act, target, seq) | {"says": wording.PLAYED}


MOVES = [
    moved(11, "alba", "hold", "borea"),
    dated(11, "borea", "strike", "alba"),  # a hit, by the model
    moved(12, "alba", "protest", "borea"),
    moved(13, "alba", "raid", "borea"),  # the answer, two days after
    dated(13, "borea", "protest", "alba"),
    moved(14, "alba", "hold", "borea"),
    moved(15, "alba", "consent", "umbra"),
    *(moved(day, "alba", "hold", "borea") for day in range(16, 25)),
    dated(20, "borea", "raid", "alba"),  # cannot be followed for a week
]


def game(**changes: object) -> Scenario:
    """Return a game in which people played alba from day 11 to day 24."""
    coded = case(24, use="classroom", played=["alba"], origins=["2020-01-11"], coded_to="2020-01-25")
    before = [one for one in ACTS if one["date"] <= "2020-01-11"]
    given = {"name": "game", "horizon": 24, "free_days": 0, "acts": [*before, *MOVES], "case": coded}
    return crisis(**(given | changes))


def line(found: Conduct, quantity: str) -> ConductLine:
    return next(one for one in found.shares if one.quantity == quantity)


def test_shares_of_people_count_what_they_chose_on_the_days_they_were_asked() -> None:
    found = conduct([game()], [past()])
    assert [one.quantity for one in found.shares] == [quantity for quantity, _ in QUANTITIES]
    for quantity, yes, n in (
        ("days with open force", 1, 14),
        ("days with any act", 2, 14),
        ("acts on rungs 1-2", 1, 2),
        ("acts on rungs 6-10", 1, 2),
        ("hits answered in a day", 0, 1),
        ("hits answered in a week", 1, 1),
        ("offers accepted", 1, 1),
    ):
        one = line(found, quantity)
        assert (one.people.estimate, one.of_people) == (pytest.approx(yes / n), n), quantity


def test_shares_of_states_count_all_states_of_a_recorded_case() -> None:
    found = conduct([game()], [past()])
    days = line(found, "days with open force")
    assert (days.of_states, days.states.estimate) == (80, pytest.approx(2 / 80))
    answers = line(found, "hits answered in a week")
    assert (answers.of_states, answers.states.estimate) == (2, pytest.approx(1 / 2))  # day 10 by day 12
    assert line(found, "offers accepted").of_states == 2
    acts = [one for one in found.shares if one.quantity.startswith("acts")]
    assert math.fsum(one.states.estimate for one in acts) == pytest.approx(1.0)


def test_who_has_answered_can_be_hit_again() -> None:
    again = [*ACTS[:6], dated(14, "alba", "raid", "borea"), dated(15, "alba", "raid", "borea"), *ACTS[6:]]
    found = line(conduct([game()], [past(acts=again)]), "hits answered in a week")
    assert (found.of_states, found.states.estimate) == (3, pytest.approx(2 / 3))


def test_days_after_the_outbreak_of_war_are_left_out() -> None:
    war = [dated(5, "alba", "war", "borea"), *ACTS[3:]]
    found = conduct([game()], [past(acts=war)])
    assert line(found, "days with any act").of_states == 10


def test_a_difference_is_clear_where_its_interval_leaves_out_zero() -> None:
    found = conduct([game(name=f"game_{number}") for number in range(30)], [past()])
    for one in found.shares:
        apart = one.difference
        assert one.is_clear == (apart.low > 0 or apart.high < 0)
        assert apart.low <= apart.estimate <= apart.high
    text = " ".join(found.lines())
    clear = [one.quantity for one in found.shares if one.is_clear]
    assert clear
    assert all(f"than on record: {quantity}" in text for quantity in clear)
    assert "none of the costs" in text
    assert all(len(one) <= 80 for one in found.lines())


def test_without_any_trial_there_is_no_share(tmp_path: Path) -> None:
    held = [one for one in MOVES if one["act"] == "hold"]
    found = conduct([game(acts=held)], [past()])
    offers = line(found, "offers accepted")
    assert (offers.of_people, math.isnan(offers.people.estimate), offers.is_clear) == (0, True, False)
    found.write(tmp_path / "conduct.csv")
    with (tmp_path / "conduct.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["quantity"]: row for row in csv.DictReader(file)}
    assert rows["offers accepted"]["people"] == ""
    assert rows["days with any act"]["people"] == "0.0000"
