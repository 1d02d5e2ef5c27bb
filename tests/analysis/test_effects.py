"""Differences from the baseline, compared with the same numbers made the plain way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from escalation.analysis.effects import (
    contrasts_table,
    effects_table,
    interactions_table,
    main_effects_table,
)
from escalation.analysis.tally import tally
from escalation.files.places import ArgumentError
from escalation.measures.measures import share_of
from escalation.measures.reduce import NEVER
from escalation.stats import intervals
from tests.analysis.synthetic import grid
from tests.analysis.test_summary import FACTORS, row


def test_effects_on_pairs() -> None:
    source = grid(replications=300)
    frame = effects_table(tally(source))
    assert list(frame.columns) == [
        "cell", "role", *FACTORS, "factor", "reference", "measure", "of", "difference", "low", "high", "unit",
        "pairs", "replications_saved", "method",
    ]  # fmt: skip
    assert set(frame["cell"]) == {1, 2, 3}
    pairs = frame[["cell", "factor", "reference"]].drop_duplicates()
    assert pairs.values.tolist() == [[1, "idle", 0], [2, "force", 0], [3, "force", 1], [3, "idle", 2]]
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
    elsewhere = frame[(frame["cell"] == 3) & (frame["factor"] == "idle")]
    assert (elsewhere["method"] == "identical crises").all()


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
    for cell, reference, until in ((2, 0, 12), (3, 1, 20)):
        both = [source.whole(k)[0]["days_to_force"].astype(float) for k in (cell, reference)]
        one, other = (np.where(days == NEVER, until, np.minimum(days, until)).mean() for days in both)
        found = row(frame, cell=cell, reference=reference, measure="days_to_force", of="restricted_mean")
        assert found.difference == pytest.approx(one - other)


def test_cells_in_no_pair_are_compared_with_the_baseline() -> None:
    source = grid(idle=("a",), truce=(0.03, 0.05))
    levels = {name: [values[k] for k in (0, 3)] for name, values in source.cells.levels.items()}
    cells = dataclasses.replace(source.cells, number=np.arange(2), role=["baseline", "design"], levels=levels)
    source = dataclasses.replace(
        source, cells=cells, replications=[50, 50], free_days=np.full(2, 20, np.int32), kept={}
    )
    frame = effects_table(tally(source))
    assert frame[["cell", "factor", "reference"]].drop_duplicates().values.tolist() == [[1, "", 0]]
    assert main_effects_table(tally(source)).empty
    assert interactions_table(tally(source)).empty


def test_any_two_cells_can_be_contrasted() -> None:
    source = grid(force=(0.02, 0.05, 0.2), idle=("a",), replications=200)
    frame = contrasts_table(tally(source), [(2, 1), (0, 1)])
    now, then = (share_of("force", source.whole(cell)[0]).astype(float) for cell in (2, 1))
    found = row(frame, cell=2, reference=1, measure="share", of="force")
    assert found.difference == pytest.approx((now - then).mean())
    assert row(frame, cell=0, measure="share", of="force").difference < 0
    everything = contrasts_table(tally(source))
    assert everything[["cell", "reference"]].drop_duplicates().values.tolist() == [[1, 0], [2, 0]]
    with pytest.raises(ArgumentError, match="no cell 9; cells are 0 to 2"):
        contrasts_table(tally(source), [(9, 0)])


def test_main_effects_and_interactions_by_level() -> None:
    source = grid(force=(0.02, 0.05), truce=(0.03, 0.3), replications=150)
    counts = tally(source)
    effects, main = effects_table(counts), main_effects_table(counts)
    found = row(main, factor="force", of="limited_force_ended")
    own = effects[(effects["factor"] == "force") & (effects["of"] == "limited_force_ended")]["difference"]
    assert (found.level, found.reference, found.settings, found.covers) == (0.05, 0.02, 4, "replications")
    assert found.effect == pytest.approx(own.mean())
    assert (found.least, found.greatest) == pytest.approx((own.min(), own.max()))
    crossed = interactions_table(counts)
    both = row(crossed, factor="force", other_factor="truce", of="limited_force_ended")
    at = dict(zip(effects[effects["of"] == "limited_force_ended"]["cell"], own, strict=False))
    assert at
    far = own.tolist()
    assert both.interaction == pytest.approx((far[2] + far[3] - far[0] - far[1]) / 2)
    assert (both.level, both.other_level, both.settings) == (0.05, 0.3, 2)


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
