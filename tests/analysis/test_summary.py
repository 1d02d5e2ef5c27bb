"""The tidy tables: their columns and rows, against the same numbers computed directly; their bytes."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from escalation.analysis import summary
from escalation.analysis.effects import effects_table
from escalation.analysis.tally import tally
from escalation.measures.measures import SHARES, share_of
from escalation.measures.reduce import NEVER
from escalation.stats import intervals, survival
from tests.analysis.synthetic import grid

FACTORS = ["force", "truce", "idle"]


def row(frame: Any, **where: Any) -> Any:
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_summary_has_one_row_per_measure() -> None:
    frame = summary.summary_table(tally(grid()))
    assert list(frame.columns) == [
        "cell", "role", *FACTORS, "measure", "of", "n", "estimate", "low", "high", "unit",
    ]  # fmt: skip
    assert len(frame) == 4 * (len(SHARES) + 3 + 4 * 4 + 2)
    assert frame["cell"].is_monotonic_increasing
    first = frame[frame["cell"] == 2]
    assert (first["role"] == "design").all()
    assert (first["force"] == 0.05).all()
    assert (first["idle"] == "a").all()
    assert set(frame["role"]) == {"baseline", "design"}


def test_shares_means_and_costs_in_the_summary() -> None:
    source = grid()
    frame = summary.summary_table(tally(source))
    table = source.whole(2)[0]
    for share in SHARES:
        found = row(frame, cell=2, measure="share", of=share)
        wanted = intervals.wilson(share_of(share, table).sum(), 120)
        assert (found.n, found.estimate, found.low, found.high) == (
            120,
            wanted.estimate,
            wanted.low,
            wanted.high,
        )
    from scipy import stats

    for measure, of, column in (("peak_rung", "any", "peak"), ("cost", "borea", "cost_borea")):
        found = row(frame, cell=2, measure=measure, of=of)
        values = table[column].astype(float)
        low, high = stats.t.interval(0.95, 119, values.mean(), stats.sem(values))
        assert (found.estimate, found.low, found.high) == pytest.approx((values.mean(), low, high))


def test_days_in_the_summary() -> None:
    source = grid(force=(0.02, 0.15), replications=400)
    frame = summary.summary_table(tally(source))
    days = source.whole(2)[0]["days_to_force"].astype(float)
    days[days == NEVER] = np.inf
    ordered = np.sort(days)
    assert row(frame, cell=2, measure="days_to_force", of="median").estimate == ordered[199]
    quarter = row(frame, cell=2, measure="days_to_force", of="q25")
    assert quarter.low <= quarter.estimate == ordered[99] <= quarter.high
    found = row(frame, cell=2, measure="days_to_force", of="restricted_mean")
    seen = np.minimum(days, 20)
    assert found.estimate == pytest.approx(seen.mean())
    assert found.low < seen.mean() < found.high
    # Fewer than half of the baseline's crises see force.
    assert np.isnan(row(frame, cell=0, measure="days_to_force", of="median").estimate)


def test_a_state_that_a_cell_lacks_has_no_rows() -> None:
    found = tally(grid(without_borea=frozenset({3})))
    for frame, column in (
        (summary.summary_table(found), "of"),
        (summary.peaks_table(found), "state"),
        (effects_table(found), "of"),
    ):
        mine = frame[frame["cell"] == 3]
        assert "alba" in set(mine[column])
        assert "borea" not in set(mine[column])


def test_cells_can_be_chosen() -> None:
    found = tally(grid())
    for table in (
        summary.summary_table, summary.incidence_table, summary.peaks_table, summary.postures_table,
    ):  # fmt: skip
        whole = table(found)
        some = table(found, [3, 1])
        assert some.equals(whole[whole["cell"].isin([1, 3])].reset_index(drop=True))


def test_incidence_of_force_yields_to_a_ceasefire() -> None:
    source = grid(force=(0.05, 0.1), truce=(0.2,), replications=300)
    frame = summary.incidence_table(tally(source))
    assert list(frame.columns) == ["cell", "event", "day", "incidence", "low", "high"]
    assert len(frame) == 4 * 2 * 21
    table = source.whole(2)[0]
    force, truce = (table[f"days_to_{event}"].astype(float) for event in ("force", "ceasefire"))
    force[force == NEVER] = np.inf
    truce[truce == NEVER] = np.inf
    for day in (1, 10, 20):
        found = row(frame, cell=2, event="force", day=day)
        assert found.incidence == pytest.approx(((force <= day) & (force <= truce)).mean())
        assert found.low < found.incidence < found.high
        other = row(frame, cell=2, event="ceasefire", day=day)
        assert other.incidence == pytest.approx((truce <= day).mean())


def test_incidence_ends_with_the_run() -> None:
    source = dataclasses.replace(grid(), free_days=np.array([20, 20, 12, 25], np.int32))
    frame = summary.incidence_table(tally(source))
    assert frame.groupby("cell")["day"].max().tolist() == [20, 20, 12, 25]


def test_peaks() -> None:
    source = grid()
    frame = summary.peaks_table(tally(source))
    assert list(frame.columns) == ["cell", "state", "rung", "crises", "share"]
    crises = source.whole(1)[0]["peak_borea"]
    for rung in range(11):
        found = row(frame, cell=1, state="borea", rung=rung)
        assert found.crises == (crises == rung).sum()
        assert found.share == (crises == rung).sum() / 120


def test_postures() -> None:
    source = grid(replications=200)
    frame = summary.postures_table(tally(source))
    assert list(frame.columns) == ["cell", "state", "day", "date", "q05", "q25", "q50", "q75", "q95"]
    assert len(frame) == 4 * 2 * 25
    found = row(frame, cell=2, state="borea", day=20)
    assert str(found.date) == "2020-01-21"
    bins = source.whole(2)[1][:, 20, 1]
    for name, share in summary.POSTURE_QUANTILES.items():
        # Within the bin of the crisis that is there in order.
        assert np.quantile(bins, share, method="lower") / 4 <= found[name]
        assert found[name] <= (np.quantile(bins, share, method="higher") + 1) / 4


def test_a_quantile_within_its_bin() -> None:
    counts = np.zeros(40, int)
    counts[[2, 6]] = 3, 1
    assert survival.binned_quantile(counts, 0.5) == pytest.approx((2 + 2 / 3) / 4)
    assert survival.binned_quantile(counts, 0.75) == pytest.approx(0.75)
    assert survival.binned_quantile(counts, 0.95) == pytest.approx((6 + 0.8) / 4)
    assert np.isnan(survival.binned_quantile(counts * 0, 0.5))


def test_a_factor_may_be_called_as_a_column_is() -> None:
    source = grid()
    levels = {"of": source.cells.levels["force"], "n": source.cells.levels["idle"]}
    cells = dataclasses.replace(source.cells, levels=dict(source.cells.levels) | levels)
    found = tally(source)
    renamed = dataclasses.replace(source, cells=cells, factors=("of", "n"))
    renamed = dataclasses.replace(found, source=renamed)
    frame = summary.summary_table(renamed)
    assert list(frame.columns)[2:7] == ["factor_of", "factor_n", "measure", "of", "n"]
    assert set(effects_table(renamed)["factor"]) == {"of", "n"}
