"""When a state takes words or a measure, and which: against sums done by hand."""

from __future__ import annotations

import math

import pytest

from escalation.rules import political
from tests.rules.mid_crisis import mid_crisis, terms_of, weigh
from tests.strategies import ACTS, Table


@pytest.fixture
def table() -> Table:
    return mid_crisis()


def clock(table: Table) -> dict[str, float]:
    terms = political.time_protest(table.params, table.state, 0, 1)
    return {name: float(term) for name, term in terms._asdict().items()}


def test_the_clock_by_hand(table: Table) -> None:
    expected = {
        "alarm": -2.5,
        "lull": -0.6 * math.log(10 - 8),
        "tempo": 0.45 * math.log(1 + 5),
        "grievance": 2.8 * 0.35,
    }
    assert clock(table) == pytest.approx(expected)
    whole = political.political_log_hazard(political.time_protest(table.params, table.state, 0, 1))
    assert whole == pytest.approx(sum(expected.values()))
    table.dyad("alba", "borea").activity = 50.0
    assert clock(table)["tempo"] == pytest.approx(0.45 * math.log(1 + 8))  # the cap of all activity


def test_words_set_back_the_clock_of_words_and_not_that_of_hostile_acts(table: Table) -> None:
    dyad = table.dyad("alba", "borea")
    table.take("borea", "protest", "alba")
    table.settle()
    assert (dyad.spoken, dyad.stirred) == (10, 6)
    table.on(13)
    assert clock(table)["lull"] == pytest.approx(-0.6 * math.log(3))
    table.take("borea", "mobilise", "alba")
    table.settle()
    assert (dyad.spoken, dyad.stirred) == (13, 13)  # an act of any hostility is heard


def test_words_by_hand(table: Table) -> None:
    expected = {
        "intercept": -0.5,
        "ratchet": -0.5 * 3.0,
        "pressure": 5.0 * 0.6 * 0.1 * 0.6,
        "cost": -1.0 * 0.01 * 1.5 * 1.5,
    }
    assert weigh(table, "protest") == pytest.approx(sum(expected.values()))
    assert terms_of(table, "protest") == pytest.approx(expected)


def test_measures_have_an_intercept_of_their_own(table: Table) -> None:
    assert terms_of(table, "expel")["intercept"] == pytest.approx(ACTS["expel"]["base"] - 0.25)
    assert terms_of(table, "trade_ban")["intercept"] == pytest.approx(ACTS["trade_ban"]["base"] - 0.25)


def test_a_measure_out_of_the_calm_skips_a_rung(table: Table) -> None:
    pair = table.pair("alba", "borea")
    pair.posture, pair.seen, pair.heat = 0.0, 0.3, 0.0
    assert terms_of(table, "expel")["step"] == pytest.approx(-0.2 * (2 - 0.3 - 1) ** 2)
    assert "step" not in terms_of(table, "protest")
