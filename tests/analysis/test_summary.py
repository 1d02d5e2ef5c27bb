"""The tidy tables: their columns and rows, against the same numbers computed directly; their bytes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from escalation.analysis import summary, tidy
from escalation.analysis.effects import effects_table
from escalation.analysis.tally import tally
from escalation.measures.measures import SHARES, share_of
from escalation.measures.reduce import NEVER
from escalation.stats import intervals, survival
from tests.analysis.synthetic import Synthetic, grid

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


def test_effects_on_pairs() -> None:
    source = grid(replications=300)
    frame = effects_table(tally(source))
    assert list(frame.columns) == [
        "cell", "role", *FACTORS, "factor", "measure", "of", "difference", "low", "high", "unit", "pairs",
        "replications_saved", "method",
    ]  # fmt: skip
    assert set(frame["cell"]) == {1, 2, 3}
    assert frame.groupby("cell")["factor"].first().tolist() == ["idle", "force", ""]
    now, then = (share_of("force", source.whole(cell)[0]) for cell in (2, 0))
    found = row(frame, cell=2, measure="share", of="force")
    wanted = intervals.paired_shares((now & ~then).sum(), (then & ~now).sum(), 300)
    assert (found.difference, found.low, found.high) == (wanted.estimate, wanted.low, wanted.high)
    assert (found.pairs, found.method) == (300, "paired, Agresti-Min")
    assert found.replications_saved == pytest.approx(
        (now.var() + then.var()) / (now.astype(float) - then).var()
    )
    cost = row(frame, cell=2, measure="cost", of="borea")
    both = [source.whole(cell)[0]["cost_borea"] for cell in (2, 0)]
    difference = both[0] - both[1]
    assert cost.difference == pytest.approx(difference.mean())
    assert cost.replications_saved == pytest.approx((both[0].var() + both[1].var()) / difference.var())
    assert cost.method == "paired, t"


def test_identical_crises_are_labelled_as_such() -> None:
    frame = effects_table(tally(grid()))
    same = frame[frame["cell"] == 1]
    assert (same["method"] == "identical crises").all()
    assert (same["difference"] == 0).all()
    assert same["replications_saved"].isna().all()
    assert not (frame[frame["cell"] == 2]["method"] == "identical crises").any()


def test_a_shift_of_every_crisis_by_the_same_has_no_spread() -> None:
    """Costs of alba differ by a constant between the cells: an interval of next to no width."""
    frame = effects_table(tally(grid()))
    found = row(frame, cell=2, measure="cost", of="alba")
    assert found.difference == pytest.approx(0.09)
    assert found.high - found.low < 1e-6
    assert not found.replications_saved < 1e6


def test_effects_of_independent_seeds() -> None:
    source = grid(seeds="independent", replications=200)
    frame = effects_table(tally(source))
    assert frame["pairs"].isna().all()
    assert frame["replications_saved"].isna().all()
    assert set(frame["method"]) == {"independent, Newcombe", "independent, Welch"}
    from scipy import stats

    both = [source.whole(cell)[0]["days_to_force"].astype(float) for cell in (2, 0)]
    one, other = (np.where(days == NEVER, 20, days) for days in both)
    wanted = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
    found = row(frame, cell=2, measure="days_to_force", of="restricted_mean")
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))


def test_independent_days_are_counted_over_the_shorter_run() -> None:
    source = dataclasses.replace(grid(seeds="independent"), free_days=np.array([20, 20, 12, 25], np.int32))
    frame = effects_table(tally(source))
    for cell, until in ((2, 12), (3, 20)):
        both = [source.whole(k)[0]["days_to_force"].astype(float) for k in (cell, 0)]
        one, other = (np.where(days == NEVER, until, np.minimum(days, until)).mean() for days in both)
        found = row(frame, cell=cell, measure="days_to_force", of="restricted_mean")
        assert found.difference == pytest.approx(one - other)


@pytest.mark.slow
def test_paired_intervals_cover_the_truth() -> None:
    """Of 300 experiments about 95% have the true difference of P(force by day 20) inside."""
    truth = 0.98**20 - 0.97**20
    rates = tuple(float(-np.log(1 - p)) for p in (0.02, 0.03))
    inside = []
    for seed in range(300):
        frame = effects_table(tally(grid(force=rates, idle=("a",), replications=80, seed=seed)))
        found = row(frame, cell=1, measure="share", of="force")
        inside.append(found.low <= truth <= found.high)
    assert 0.91 < np.mean(inside) < 0.99


def cut(source: Synthetic, cells: int, replications: int) -> Synthetic:
    return dataclasses.replace(source, cells_a_block=cells, replications_a_round=replications)


def test_files_are_the_same_bytes_however_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tally(grid())
    tidy.write_tables(found, tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(first) == {"summary.csv", "effects.csv"}
    monkeypatch.setattr(tidy, "CELLS_AT_ONCE", 1)
    again = tidy.write_tables(tally(cut(grid(), 2, 31)), tmp_path)
    assert [path.name for path in again] == ["summary.csv", "effects.csv"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first


def test_awkward_levels_survive_the_files(tmp_path: Path) -> None:
    """Commas, quotes, numbers of every kind; and with independent seeds no count of pairs."""
    import csv

    source = grid(force=(0.1,), idle=('a "b", c', 3, 0.1, 1e-7, True, 1 / 3), seeds="independent")
    for path in tidy.write_tables(tally(source), tmp_path):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        levels = ['a "b", c', "3", "0.1", "1e-07", "true", repr(1 / 3)]
        assert list(dict.fromkeys(row_["idle"] for row_ in rows)) == levels[-len({r["cell"] for r in rows}) :]
        assert {row_["force"] for row_ in rows} == {"0.1"}
        assert {row_.get("pairs", "") for row_ in rows} == {""}


def test_a_factor_may_be_called_as_a_column_is() -> None:
    source = grid()
    levels = {"of": source.cells.levels["force"], "n": source.cells.levels["idle"]}
    cells = dataclasses.replace(source.cells, levels=dict(source.cells.levels) | levels)
    found = tally(source)
    renamed = dataclasses.replace(source, cells=cells, factors=("of", "n"))
    renamed = dataclasses.replace(found, source=renamed)
    frame = summary.summary_table(renamed)
    assert list(frame.columns)[2:7] == ["factor_of", "factor_n", "measure", "of", "n"]
    assert set(effects_table(renamed)["factor"]) == {"of", "n", ""}


def test_files_are_plain_csv(tmp_path: Path) -> None:
    import pandas as pd

    found = tally(grid())
    for path, table in zip(
        tidy.write_tables(found, tmp_path), (summary.summary_table, effects_table), strict=True
    ):
        text = path.read_bytes()
        assert b"\r" not in text
        assert b"nan" not in text.lower()
        read = pd.read_csv(path, keep_default_na=False, na_values=[""])
        whole = table(found)
        assert list(read.columns) == list(whole.columns)
        assert len(read) == len(whole)
        column = "estimate" if "estimate" in read else "difference"
        assert read[column].to_numpy() == pytest.approx(whole[column].to_numpy(), rel=1e-8, nan_ok=True)
