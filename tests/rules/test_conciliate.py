"""The hazards of conciliatory acts and appeals, against sums done by hand."""

from __future__ import annotations

import pytest

from tests.rules.mid_crisis import WEIGHTS, mid_crisis, terms_of, weigh
from tests.strategies import Table, crisis


@pytest.fixture
def table() -> Table:
    return mid_crisis()


def test_conciliation_by_hand(table: Table) -> None:
    pair = table.pair("alba", "borea")
    pair.talks, pair.leverage, pair.face_saving = 1, 0.3, 0.25
    table.pair("borea", "alba").offer = 0.7
    table.actor("alba").exhaustion = 1.4  # above the cap of 1
    expected = {
        "intercept": -1.5 - 3.0,
        "fear": 4.0 * 0.2 * 1.2,
        "exhaustion": 2.0 * 1.0,
        "pressure": -1.5 * 0.6,
        "audience_cost": -2.0 * 0.4 * 0.75,
        "reciprocity": 1.6 * 0.7,
        "talks": 1.0,
        "inducement": 0.5 * 0.3,
    }
    assert weigh(table, "offer_talks") == pytest.approx(sum(expected.values()))
    assert terms_of(table, "offer_talks") == pytest.approx(expected)
    pair.talks, pair.leverage = 0, 0.0  # as an empty table is set
    assert weigh(table, "offer_talks") == pytest.approx(sum(expected.values()) - 1.0 - 0.5 * 0.3)


def test_it_has_no_lull_and_hears_no_activity(table: Table) -> None:
    """Agreements per day of a crisis hardly change with its length."""
    before = weigh(table, "offer_talks")
    dyad = table.dyad("alba", "borea")
    dyad.stirred, dyad.spoken, dyad.activity = -300, -300, 0.0
    assert weigh(table.on(200), "offer_talks") == before


def test_one_exchange_does_not_make_peace() -> None:
    """Exhaustion after a strike and its answer lifts conciliation by less than a factor of e^.1."""
    table = Table(crisis()).on(10)
    for one, other in (("alba", "borea"), ("borea", "alba")):
        table.take(one, "strike", other)
        table.settle()
    assert 0.0 < terms_of(table, "offer_talks")["exhaustion"] < 0.1


def test_a_rival_s_offer_is_reciprocated_while_it_stands(table: Table) -> None:
    before = weigh(table, "offer_talks")
    table.take("borea", "offer_talks", "alba")
    table.settle()
    assert "reciprocity" not in table.weighed("borea", "offer_talks", "alba")
    assert terms_of(table, "offer_talks")["reciprocity"] == pytest.approx(1.6)
    softened = -1.5 * 0.6 * table.params.weights[0].offer_pressure
    assert weigh(table, "offer_talks") == pytest.approx(before + 1.6 + 1.5 * 0.6 + softened)


@pytest.mark.parametrize(
    ("style", "form", "aversion"),
    [
        ("facilitation", "bilateral", 0.3),
        ("facilitation", "third_party", 0.6),
        ("formulation", "third_party", 0.8),
        ("manipulation", "third_party", 1.0),
        ("manipulation", "bilateral", 0.5),
    ],
)
def test_an_appeal_weighs_the_mediator_too(style: str, form: str, aversion: float) -> None:
    toward = {
        "alba": {"trust": 0.7, "bias": -0.2, "leverage": 0.5},
        "borea": {"trust": 0.1, "bias": 0.4},
    }
    mediators = {
        "umbra": {"label": "U", "enters_day": 0, "style": style, "form": form, "toward": toward},
    }
    table = Table(crisis(mediators=mediators, weights=WEIGHTS)).on(10)
    table.talk("umbra", "alba", "borea").refused = 0.4
    terms = table.weighed("alba", "ask", "umbra", "borea")
    assert terms["intercept"] == pytest.approx(-2.0 - 3.0)
    assert terms["trust"] == pytest.approx(2.0 * 0.7)
    assert terms["aversion"] == pytest.approx(-1.5 * 0.9 * aversion)
    assert terms["bias"] == pytest.approx(-1.0 * 0.6)
    assert terms["leverage"] == pytest.approx(0.7 * 0.5)
    assert terms["refusal"] == pytest.approx(-2.5 * 0.4)
    assert table.utility("alba", "ask", "umbra", "borea") == pytest.approx(sum(terms.values()))
    assert "bias" not in table.weighed("borea", "ask", "umbra", "alba")  # it leans to borea
