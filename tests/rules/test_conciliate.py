"""The utility of conciliatory acts and appeals, against sums done by hand."""

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
        "intercept": -1.5 - 0.4 - 3.0,
        "fear": 4.0 * 0.2 * 1.2,
        "exhaustion": 2.0 * 1.0,
        "pressure": -1.5 * 0.6,
        "audience_cost": -2.0 * 0.4 * 0.75,
        "reciprocity": 1.6 * 0.7,
        "talks": 1.0,
        "leverage": 0.5 * 0.3,
    }
    assert weigh(table, "offer_talks") == pytest.approx(sum(expected.values()))
    assert terms_of(table, "offer_talks") == pytest.approx(expected)
    pair.talks = 0
    assert weigh(table, "offer_talks") == pytest.approx(sum(expected.values()) - 1.0 - 0.5 * 0.3)


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
    toward = {"alba": {"trust": 0.7, "bias": -0.2}, "borea": {"trust": 0.1, "bias": 0.4}}
    mediators = {
        "umbra": {"label": "U", "enters_day": 0, "style": style, "form": form, "toward": toward},
    }
    table = Table(crisis(mediators=mediators, weights=WEIGHTS)).on(10)
    terms = table.weighed("alba", "ask", "umbra", "borea")
    assert terms["intercept"] == pytest.approx(-2.0 - 0.4 - 3.0)
    assert terms["trust"] == pytest.approx(2.0 * 0.7)
    assert terms["aversion"] == pytest.approx(-1.5 * 0.9 * aversion)
    assert terms["bias"] == pytest.approx(-1.0 * 0.6)
    assert "bias" not in table.weighed("borea", "ask", "umbra", "alba")  # it leans to borea
