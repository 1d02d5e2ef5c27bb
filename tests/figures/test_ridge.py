"""Ridges: bars are the distribution of the peak rung, triangles its mean."""

from __future__ import annotations

import pytest

from escalation.figures.ridge import plot_ridge
from tests.figures.synthetic import axes_of, made


def test_rows_of_the_ridge_are_the_peaks() -> None:
    tables = made("grid")
    axes = axes_of(plot_ridge(tables, "entry"), "pakistan")
    peaks = tables.peaks[(tables.peaks["cell"] == tables.baseline) & (tables.peaks["state"] == "pakistan")]
    shares = dict(zip(peaks["rung"], peaks["share"], strict=True))
    bars = [-bar.get_height() for bar in axes.containers[0]]
    tallest = max(bars)
    assert [bar / tallest for bar in bars] == pytest.approx(
        [shares.get(rung, 0) / max(shares.values()) for rung in range(11)]
    )
    means = [line.get_xdata()[0] for line in axes.lines if line.get_gid() == "mean"]
    assert means[0] == pytest.approx(sum(rung * share for rung, share in shares.items()))
