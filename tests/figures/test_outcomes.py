"""Stacked bars of outcomes are the shares, each class with its interval and a colour of its own."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from escalation.figures.outcomes import CLASS_COLOURS
from escalation.figures.selection import Shares, select
from escalation.vocabulary import OUTCOME_CLASSES, OUTCOMES
from tests.figures.synthetic import axes_of, drawn, made, words
from tests.figures.test_style import grey


def test_bars_are_the_shares_and_add_up_to_one() -> None:
    figure, tables = drawn("grid")["outcomes_entry"], made("grid")
    axes = axes_of(figure, "Distribution")
    wide = {bar.get_gid(): bar.get_width() for bar in axes.patches}
    chosen = select(tables, ["entry"])
    shares = Shares(tables, chosen, OUTCOMES)
    for row, level in enumerate(chosen.axes[0].levels):
        for name in OUTCOMES:
            one = shares.of(chosen.cells(level), name)
            assert one is not None
            assert wide.get(f"{name} {row}", 0) == pytest.approx(one.value)
        assert sum(width for gid, width in wide.items() if gid.endswith(f" {row}")) == pytest.approx(1)


def test_each_class_is_named_and_has_its_interval() -> None:
    figure, tables = drawn("grid")["outcomes_entry"], made("grid")
    chosen = select(tables, ["entry"])
    shares = Shares(tables, chosen, OUTCOMES)
    for name, each in zip(OUTCOMES, OUTCOME_CLASSES, strict=True):
        assert any(text in words(figure) for text in (each.label, each.bar, each.short))
        spans = [
            tuple(line.get_xdata()) for line in axes_of(figure, name).lines if len(line.get_xdata()) == 2
        ]
        expected = [shares.of(chosen.cells(level), name) for level in chosen.axes[0].levels]
        assert spans == [(one.low, one.high) for one in expected if one]


def test_the_caption_states_the_levels_of_the_other_factors() -> None:
    assert (
        "Other factors at baseline: style of mediation (facilitation), leverage on India (0), "
        "bias toward Pakistan (−0.5)." in words(drawn("grid")["outcomes_entry"])
    )


def test_the_caption_states_that_levels_are_left_out() -> None:
    figure = drawn("sixty levels")["outcomes_leverage"]
    assert "40 of 60 levels are shown, evenly spaced." in words(figure)
    assert "0 (baseline)" in words(figure)


def test_classes_differ_in_luminance_from_the_worst_to_the_best() -> None:
    levels = [grey(CLASS_COLOURS[name]) for name in OUTCOMES]
    assert levels == sorted(levels)
    assert min(b - a for a, b in itertools.pairwise(levels)) >= 30


# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)


def seen(colour: str) -> np.ndarray[Any, Any]:
    """Return the CIE L*a*b* of a colour as an eye without green cones sees it."""
    rgb = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(DEUTERANOPIA @ linear, 0, 1)
    xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ) @ linear / [0.9505, 1.0, 1.089]  # fmt: skip
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_classes_differ_for_the_colour_blind() -> None:
    for one, other in itertools.combinations(OUTCOMES, 2):
        assert np.linalg.norm(seen(CLASS_COLOURS[one]) - seen(CLASS_COLOURS[other])) >= 12, (one, other)
