"""Figures of advice: every policy is drawn with its interval, and the front joins what none dominates."""

from __future__ import annotations

import pytest

from escalation.analysis.advice import Advice, Judged, PolicyScore
from escalation.figures.advice_plot import plot_front, plot_judged
from tests.figures.synthetic import axes_of, words

JUDGED = Judged(0.3, 0.25, 0.35)
SCORES = tuple(
    PolicyScore(
        policy=name, label=f"Policy {name}", harm=Judged(harm, harm - 0.05, harm + 0.05), worst=JUDGED,
        regret=Judged(-0.01, -0.03, 0.02), good=(1.0, 0.5, 0.2), clearly_worse=0.0, worse_than="",
        effort=effort, is_efficient=name != "c",
    )
    for name, harm, effort in (("a", 0.2, 5.0), ("b", 0.3, 2.0), ("c", 0.35, 3.0), ("d", 0.5, 0.0))
)  # fmt: skip
FOUND = Advice("force", "Use of force", False, True, 32, 200, SCORES, ("a", "b", "a"), ())


def test_every_rule_has_a_panel_and_every_policy_a_mark() -> None:
    figure = plot_judged(FOUND, "Which?", "force", "Caption.")
    for name, value in (("Expected harm", 0.2), ("Regret where it is greatest", 0.0)):
        (axes,) = (each for each in figure.axes if each.get_label() == name)
        marks = {line.get_gid(): line for line in axes.lines if str(line.get_gid()).startswith("Policy")}
        assert len(marks) == len(SCORES)
        assert float(marks["Policy a: policy"].get_xdata()[0]) == pytest.approx(value)
    text = words(figure)
    assert all(score.label in text for score in SCORES)
    assert "95% intervals" in text


def test_the_front_joins_the_policies_that_none_dominates() -> None:
    figure = plot_front(FOUND, "Which?", "force", "acts of mediators", "Caption.")
    axes = axes_of(figure, "front")
    (front,) = (line for line in axes.lines if line.get_gid() == "front")
    assert list(front.get_xdata()) == [0.0, 2.0, 5.0]
    assert list(front.get_ydata()) == [0.5, 0.3, 0.2]
    hollow = [
        line for line in axes.lines if line.get_markerfacecolor() == "#FFFFFF" and line.get_marker() != "None"
    ]
    assert len(hollow) == 1
    assert "acts of mediators" in words(figure)
