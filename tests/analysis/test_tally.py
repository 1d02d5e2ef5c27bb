"""The tally against direct counts, and against itself with other cuts into parts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from escalation.analysis.tally import Tally, tally
from escalation.measures.measures import EVENTS, SHARES, share_of
from escalation.measures.reduce import NEVER
from tests.analysis.synthetic import HORIZON, Part, Synthetic, grid

NUMBERS = ("n", "shares", "peaks", "days", "firsts", "digests", "postures", "followed")


def assert_same(one: Tally, other: Tally) -> None:
    for name in NUMBERS:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    for name in ("totals", "squares"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-12, nan_ok=True)


def test_the_sentinel_of_the_store_is_that_of_the_measures() -> None:
    from escalation.measures.measures import EMPTY

    assert EMPTY["int16"] == NEVER


def test_counts_equal_a_direct_count() -> None:
    source = grid()
    found = tally(source)
    for at, cell in enumerate(source.cells.number):
        table, posture = source.whole(int(cell))
        assert found.n[at] == 120
        assert found.shares[at].tolist() == [int(share_of(name, table).sum()) for name in SHARES]
        for k, name in enumerate(("peak", "peak_alba", "peak_borea")):
            assert found.peaks[at, k].tolist() == np.bincount(table[name], minlength=11).tolist()
        for k, event in enumerate(EVENTS):
            days = table[f"days_to_{event}"]
            assert found.days[at, k].tolist() == np.bincount(days[days >= 0], minlength=21).tolist()
        for day in (0, 7, 24):
            for state in range(2):
                assert (
                    found.postures[at, day, state].tolist()
                    == np.bincount(posture[:, day, state], minlength=40).tolist()
                )


def test_force_counts_first_on_the_day_of_a_ceasefire() -> None:
    source = grid(force=(0.1, 0.3), truce=(0.2,))
    found = tally(source)
    table = source.whole(2)[0]
    force, truce = (table[f"days_to_{event}"].astype(int) for event in ("force", "ceasefire"))
    both = (force > 0) & (truce > 0)
    assert (force[both] == truce[both]).any()
    first = (force > 0) & ((truce < 0) | (force <= truce))
    second = (truce > 0) & ((force < 0) | (truce < force))
    assert found.firsts[2, 0].tolist() == np.bincount(force[first], minlength=21).tolist()
    assert found.firsts[2, 1].tolist() == np.bincount(truce[second], minlength=21).tolist()


def test_means_equal_a_direct_computation() -> None:
    source = grid()
    found = tally(source)
    mine = source.whole(2)[0]
    names = found.numbers.names
    cost = names.index(("cost", "borea"))
    days = names.index(("days_to_force", "restricted_mean"))

    def seen(table: dict[str, Any]) -> np.ndarray:
        on = table["days_to_force"].astype(float)
        return np.where(on == NEVER, 20, on)

    assert found.totals[2, cost] == pytest.approx(mine["cost_borea"].sum())
    assert found.totals[2, days] == seen(mine).sum()


@pytest.mark.parametrize(("block", "round_"), [(1, 120), (4, 7), (2, 50)])
def test_the_cut_into_parts_changes_nothing(block: int, round_: int) -> None:
    source = grid()
    assert_same(
        tally(source), tally(dataclasses.replace(source, cells_a_block=block, replications_a_round=round_))
    )


def test_digests_are_equal_only_for_equal_crises() -> None:
    found = tally(grid())
    assert found.digests[0] == found.digests[1]
    assert found.digests[2] == found.digests[3]
    assert found.digests[0] != found.digests[2]


@dataclasses.dataclass(frozen=True)
class Changed:
    """Results in which one value of one row of a cell is another."""

    source: Synthetic
    column: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.source, name)

    def parts(self) -> Iterator[Part]:
        for part in self.source.parts():
            table, postures = dict(part.table), dict(part.postures)
            touched = postures if self.column in ("day", "bin") else table
            values = touched[self.column].copy()
            row = np.flatnonzero(touched["cell"] == 1)[:1]
            values[row] += np.array(1, values.dtype)
            touched[self.column] = values
            yield dataclasses.replace(part, table=table, postures=postures)


@pytest.mark.parametrize(
    "column", ["outcome", "settled_by", "days_to_end", "cost_alba", "replication", "bin"]
)
def test_one_changed_value_changes_the_digest(column: str) -> None:
    source = grid(replications=40)
    changed = tally(Changed(source, column))  # type: ignore[arg-type]
    assert changed.digests[0] == tally(source).digests[0]
    assert changed.digests[1] != changed.digests[0]


def test_a_state_that_a_cell_lacks() -> None:
    found = tally(grid(without_borea=frozenset({3})))
    assert found.peaks[3, 2].sum() == 0
    assert found.peaks[3, 1].sum() == 120
    at = found.numbers.names.index(("peak_rung", "borea"))
    assert np.isnan(found.totals[3, at])
    assert not np.isnan(found.totals[2, at])


def test_with_very_many_cells_those_one_factor_off_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    source = grid(force=(0.02, 0.05, 0.1), truce=(0.03, 0.04))
    assert len(tally(source).followed) == 12
    each = (HORIZON + 21) * 2 * 40
    monkeypatch.setattr("escalation.analysis.tally.MOST_POSTURES", 11 * each)
    # The baseline, two other levels of force, one of truce, one of idle.
    assert tally(source).followed.tolist() == [0, 1, 2, 4, 8]
    chosen = tally(source, follow=[7, 3])
    assert chosen.followed.tolist() == [3, 7]
    assert chosen.postures[1, 3].sum(axis=1).tolist() == [120, 120]


def test_days_past_the_last_date_are_not_followed() -> None:
    source = grid()
    later = tally(dataclasses.replace(source, horizon=HORIZON - 2, kept=_kept(source)))
    assert later.postures.shape[1] == HORIZON + 21 - 2
    assert np.array_equal(later.postures, tally(source).postures[:, :-2])


def _kept(source: Synthetic) -> dict[int, Any]:
    tally(source)
    return source.kept


def test_an_experiment_of_one_cell() -> None:
    found = tally(grid(force=(0.05,), idle=("a",)))
    assert found.n.tolist() == [120]
    assert found.followed.tolist() == [0]
