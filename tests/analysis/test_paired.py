"""Contrasts within replications, compared with the same numbers made the plain way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from escalation.analysis import paired
from escalation.analysis.paired import ContrastSums, compare, contrasts_of
from escalation.measures.measures import SHARES, Numbers, share_of
from escalation.measures.reduce import NEVER
from tests.analysis.synthetic import MEDIATORS, STATES, Synthetic, grid

NUMBERS = Numbers(STATES, MEDIATORS)
PAIRS = np.array([[2, 0], [3, 1], [1, 0]])
GROUPS, POINTS = np.array([0, 0, 1]), np.array([7, 8, 7])


def compared(source: Synthetic) -> ContrastSums:
    """Return cells 2 and 3 against 0 and 1 as one group, and cell 1 against 0."""
    contrasts, order = contrasts_of(PAIRS, GROUPS, POINTS)
    assert order.tolist() == [0, 1, 2]
    return compare(source, [contrasts], NUMBERS)[0]  # type: ignore[arg-type]


def column(source: Synthetic, cell: int, name: str) -> np.ndarray:
    return source.whole(cell)[0][name].astype(float)


def test_sums_of_pairs_equal_a_direct_computation() -> None:
    source = grid()
    found = compared(source)
    assert found.n.tolist() == [120] * 3
    force = SHARES.index("force")
    now, then = (share_of("force", source.whole(cell)[0]).astype(int) for cell in (2, 0))
    assert found.totals[0, force] == (now - then).sum() > 0
    assert found.squares[0, force] == (now != then).sum()
    assert found.cell_totals[:, 0, force].tolist() == [now.sum(), then.sum()]
    cost = len(SHARES) + NUMBERS.names.index(("cost", "borea"))
    costs = [column(source, cell, "cost_borea") for cell in (2, 0)]
    assert found.totals[0, cost] == pytest.approx((costs[0] - costs[1]).sum())
    assert found.cell_squares[1, 0, cost] == pytest.approx((costs[1] ** 2).sum())


def test_averages_are_taken_within_each_replication() -> None:
    source = grid(truce=(0.03, 0.3), idle=("a",))
    found = compared(source)
    war = SHARES.index("de_escalated")
    answers = [share_of("de_escalated", source.whole(cell)[0]).astype(int) for cell in range(4)]
    each = (answers[2] - answers[0] + answers[3] - answers[1]) / 2
    assert found.replications.tolist() == [120, 120]
    assert found.averages[0, war] == pytest.approx(each.sum())
    assert found.average_squares[0, war] == pytest.approx((each**2).sum())
    assert found.point_squares[0, war] == found.squares[:2, war].sum()
    assert found.point_totals[:2, war].tolist() == found.totals[:2, war].tolist()


def test_settings_of_one_point_are_averaged_first() -> None:
    source = grid(truce=(0.03, 0.3), idle=("a",))
    contrasts, _ = contrasts_of(PAIRS[:2], np.zeros(2, int), np.zeros(2, int))
    (found,) = compare(source, [contrasts], NUMBERS)  # type: ignore[arg-type]
    war = SHARES.index("war")
    assert contrasts.points.tolist() == [1]
    assert found.point_totals[0, war] == pytest.approx(found.totals[:, war].sum() / 2)
    assert found.averages[0, war] == pytest.approx(found.totals[:, war].sum() / 2)
    assert found.point_squares[0, war] == pytest.approx(found.average_squares[0, war])


@pytest.mark.parametrize(("block", "round_", "most"), [(1, 120, 40), (4, 7, 10**6), (2, 50, 100), (3, 50, 1)])
def test_the_cut_into_parts_and_ranges_changes_nothing(
    block: int, round_: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = dataclasses.replace(grid(), replications=[120, 90, 30, 120])
    whole = compared(source)
    monkeypatch.setattr(paired, "MOST_CRISES", most)
    monkeypatch.setattr(paired, "MOST_DIFFERENCES", most)
    other = compared(dataclasses.replace(source, cells_a_block=block, replications_a_round=round_))
    for field in dataclasses.fields(whole):
        if field.name != "contrasts":
            mine, theirs = getattr(whole, field.name), getattr(other, field.name)
            assert mine == pytest.approx(theirs, rel=1e-12, abs=1e-9), field.name


def test_a_contrast_has_the_replications_of_its_cells_and_a_group_those_of_all() -> None:
    found = compared(dataclasses.replace(grid(), replications=[120, 90, 30, 120]))
    assert found.n.tolist() == [30, 90, 90]
    assert found.replications.tolist() == [30, 90]
    alone = compared(dataclasses.replace(grid(), replications=[30, 30, 30, 30]))
    assert np.allclose(found.averages[0], alone.averages[0])
    assert np.allclose(found.totals[0], alone.totals[0])


def test_days_are_counted_to_the_end_of_the_shortest_run() -> None:
    source = dataclasses.replace(grid(), free_days=np.array([20, 20, 12, 25], np.int32))
    found = compared(source)
    days = len(SHARES) + NUMBERS.names.index(("days_to_force", "restricted_mean"))
    for at, (cells, until) in enumerate((((2, 0), 12), ((3, 1), 20))):
        for side, cell in enumerate(cells):
            on = column(source, cell, "days_to_force")
            wanted = np.where(on == NEVER, until, np.minimum(on, until)).sum()
            assert found.cell_totals[side, at, days] == wanted


def test_a_difference_of_differences() -> None:
    source = grid(truce=(0.03, 0.3), idle=("a",))
    contrasts, _ = contrasts_of(np.array([[3, 1, 2, 0]]), np.zeros(1, int), np.zeros(1, int))
    (found,) = compare(source, [contrasts], NUMBERS)  # type: ignore[arg-type]
    share = SHARES.index("limited_force_ended")
    answers = [share_of("limited_force_ended", source.whole(cell)[0]).astype(int) for cell in range(4)]
    each = answers[3] - answers[1] - answers[2] + answers[0]
    assert found.totals[0, share] == each.sum() != 0
    assert found.squares[0, share] == (each**2).sum()
    assert found.cell_totals.shape[1] == 0


def test_what_a_cell_lacks_is_missing() -> None:
    found = compared(grid(without_borea=frozenset({3})))
    cost = len(SHARES) + NUMBERS.names.index(("cost", "borea"))
    assert np.isnan(found.totals[1, cost])
    assert np.isnan(found.averages[0, cost])
    assert not np.isnan(found.totals[0, cost])
    assert not np.isnan(found.averages[1, cost])


def test_nothing_to_compare() -> None:
    nothing, _ = contrasts_of(np.empty((0, 2), int), np.empty(0, int), np.empty(0, int))
    (found,) = compare(grid(), [nothing], NUMBERS)  # type: ignore[arg-type]
    assert found.n.shape == (0,)
