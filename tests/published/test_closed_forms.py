"""Simulated frequencies against their closed forms, in a sample of crises.

The bounds are exact: with another seed, rules without an error would fail one check in a million. Seeds are
fixed. `make bench ARGS="--only verification"` counts in many more crises.
"""

from __future__ import annotations

import pytest

from tests.published.closed_forms import CHECKS, HAPPENINGS, Check, Count

FALSE_ALARM = 1e-6
CRISES = 8_000
CRISES_OF_HAPPENINGS = 2_000


@pytest.fixture(scope="module", params=CHECKS, ids=lambda check: check.name)
def counted(request: pytest.FixtureRequest) -> tuple[Check, Count]:
    check: Check = request.param
    return check, check.count(CRISES_OF_HAPPENINGS if check in HAPPENINGS else CRISES)


def test_the_frequency_is_that_of_the_closed_form(counted: tuple[Check, Count]) -> None:
    check, found = counted
    message = f"{found.events:,} of {found.trials:,}; expected a share of {check.chance:.4f}, {check.law}"
    assert check.tail(found) > FALSE_ALARM, message


def test_a_probability_that_is_a_fifth_off_would_be_noticed(counted: tuple[Check, Count]) -> None:
    check, found = counted
    assert check.tail(found, 0.8 * check.chance) < FALSE_ALARM
