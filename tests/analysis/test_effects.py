"""Differences from the baseline, compared with the same numbers made the plain way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from escalation.analysis.effects import effects_table
from escalation.analysis.tally import tally
from escalation.measures.measures import share_of
from escalation.measures.reduce import NEVER
from escalation.stats import intervals
from tests.analysis.synthetic import grid
from tests.analysis.test_summary import FACTORS, row


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


def test_identical_crises_are_called_so() -> None:
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


def test_independent_days_are_counted_as_far_as_both_cells_see() -> None:
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
