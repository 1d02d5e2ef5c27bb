from __future__ import annotations

import pytest

from escalation.classroom.controls import FROM_ENTRY, STAYS_OUT, TAKES_PART
from escalation.classroom.reach import (
    CLASSES,
    COLUMNS,
    DAYS,
    SHARES,
    Reach,
    measure_reach,
    table,
    values_of,
)
from escalation.measures.ensemble import differences
from tests.classroom.crises import ENTRY, STYLE, ensemble, workspace
from tests.classroom.test_controls import CONTROLS

RUSSIA = "mediators.russia"
CRISES = 30


@pytest.fixture(scope="module")
def found() -> dict[str, Reach]:
    seen: list[str] = []
    reached = measure_reach(workspace(), crises=CRISES, seed=1, done=lambda one: seen.append(one.path))
    assert seen == list(CONTROLS)
    return {reach.control.path: reach for reach in reached}


def test_a_control_is_measured_at_the_ends_of_its_range_and_where_it_is() -> None:
    assert values_of(CONTROLS[RUSSIA], workspace()) == (TAKES_PART, FROM_ENTRY, STAYS_OUT)
    assert values_of(CONTROLS[ENTRY], workspace()) == (14, 21, 28, 44)
    alarm = CONTROLS["weights.alarm"]
    assert values_of(alarm, workspace()) == (alarm.low, alarm.value, alarm.high)
    assert values_of(CONTROLS["rivalries.0.stakes"], workspace()) == (0.0, 1.0)


def test_the_largest_change_is_a_paired_difference(found: dict[str, Reach]) -> None:
    change = found[RUSSIA].changes["talks"]
    assert (change.low, change.high) == (TAKES_PART, STAYS_OUT)
    pairs = differences(ensemble((), 1, CRISES), ensemble(((RUSSIA, STAYS_OUT),), 1, CRISES))
    (talks,) = [pair for pair in pairs if pair.share == "talks"]
    assert (change.estimate, change.lower, change.upper) == (talks.estimate, talks.low, talks.high)
    assert change.is_clear
    assert set(found[RUSSIA].changes) == {*SHARES, CLASSES, DAYS}
    assert found[RUSSIA].moved > 0.5
    assert found[RUSSIA].most.estimate == -max(
        abs(each.estimate) for name, each in found[RUSSIA].changes.items() if name != DAYS
    )


def test_a_control_that_is_asleep_is_measured_where_it_is_awake(found: dict[str, Reach]) -> None:
    assert found["weights.agree_formulation"].settings == ((STYLE, "formulation"),)
    assert found["weights.agree_formulation"].is_awake
    assert found[STYLE].settings == ()
    company = found["weights.agree_company"]
    assert (company.is_awake, company.moved, company.most.estimate) == (False, 0, 0)
    assert company.is_minor


def test_the_table_has_a_row_for_each_the_largest_first(found: dict[str, Reach]) -> None:
    rows = table(tuple(found.values()))
    assert len(rows) == len(CONTROLS)
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert rows[-1][COLUMNS.index("crises moved")] == "0%"
    (russia,) = [row for row in rows if row[0] == f"`{RUSSIA}`"]
    assert russia[1] == "policy"
    assert russia[COLUMNS.index("talks")].startswith("**−")
