"""Labels, levels and percentages as captions write them."""

from __future__ import annotations

import pytest

from escalation.figures.captions import decimals_apart, inside, level_text, percent
from tests.figures.synthetic import ENTRY, WHO, made


def test_labels_keep_the_capitals_of_names() -> None:
    tables = made("grid")
    assert inside(tables, "Russia's day of entry") == "Russia's day of entry"
    assert inside(tables, "Style of mediation") == "style of mediation"
    assert inside(tables, "United States and Russia") == "United States and Russia"
    assert inside(tables, "India") == "India"
    assert inside(tables, "UN special envoy") == "UN special envoy"


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0%"), (0.004, "<1%"), (0.5, "50%"), (0.996, ">99%"), (1.0, "100%")]
)
def test_percentages_keep_0_and_100_for_none_and_all(share: float, text: str) -> None:
    assert percent(share) == text


def test_levels_are_named_in_words() -> None:
    tables = made("one factor")
    assert [level_text(tables, WHO, level) for level in WHO.levels] == [
        "Nobody", "Russia", "United States", "The United Nations and Saudi Arabia, together in one room",
    ]  # fmt: skip
    assert [level_text(tables, ENTRY, level) for level in (10, 0.25, -0.5, True, 120_000)] == [
        "10", "0.25", "−0.5", "Yes", "120,000",
    ]  # fmt: skip


def test_a_decimal_is_shown_where_different_shares_would_look_equal() -> None:
    assert decimals_apart([0.123, 0.124, 0.5]) == 1
    assert decimals_apart([0.12, 0.12, 0.5]) == 0
    assert [percent(share, 1) for share in (0.0, 1.0, 0.1234, 0.0004, 0.9996)] == [
        "0%", "100%", "12.3%", "<0.1%", ">99.9%",
    ]  # fmt: skip
