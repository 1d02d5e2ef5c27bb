"""Policies against the reference: marks are the numbers, verdicts are those of the table."""

from __future__ import annotations

from typing import Any

import pytest

from escalation.analysis.policies import PolicyComparison, PolicyEffect
from escalation.figures.draw import by_default, pictures
from escalation.figures.policy_plot import plot_policies
from escalation.figures.selection import NothingToShowError
from escalation.measures.measures import SHIPPED
from tests.figures.synthetic import ENTRY, WHO, axes_of, experiment, made, words

SHARES = ("war", "force", "talks", "ceasefire")


def compared() -> Any:
    """Return an experiment in which who mediates is the policy, and nobody the reference."""
    tables = experiment([WHO, ENTRY], points=12, spread=True, shares=SHARES)
    effects = tuple(
        PolicyEffect(
            policy=policy, reference="nobody", share=share, where="", difference=0.1, low=0.0, high=0.2,
            least=-0.1, greatest=0.3, deviation=0.05, lower=0.25, higher=0.5, settings=12, points=12,
            replications=1000, covers="points and replications",
            direction=SHIPPED.measure(share).direction,
        )
        for share in SHARES
        for policy in ("russia", "united_states", "both")
    )  # fmt: skip
    vars(tables).update(policy="who", compared=PolicyComparison(effects, ()))
    return tables


def test_every_policy_has_a_mark_and_a_verdict_in_every_share() -> None:
    tables = compared()
    figure = plot_policies(tables)
    effects = {(one.level, one.share): one for one in tables.level_effects(SHARES) if one.factor == "who"}
    for share in SHARES:
        axes = axes_of(figure, share)
        for policy in ("russia", "united_states", "both"):
            (mark,) = (line for line in axes.lines if line.get_gid() == f"{policy} {share}")
            assert mark.get_xdata()[0] == pytest.approx(100 * effects[policy, share].value)
    text = words(figure)
    assert "What does each policy change, compared with nobody?" in text
    assert text.count("helps in 25%, hurts in 50%") == 6
    assert text.count("helps in 50%, hurts in 25%") == 3
    assert text.count("lower in 25%, higher in 50%") == 3
    assert "12 points, n = 1,000 pairs of crises" in text
    assert "The United Nations and Saudi Arabia" in text
    limits = {axes_of(figure, share).get_xlim() for share in SHARES}
    assert len(limits) == 1


def test_policies_are_drawn_by_default_and_only_where_there_are_any() -> None:
    assert "policies" in [wanted.kind for wanted in by_default(compared())]
    assert "policies" not in [wanted.kind for wanted in by_default(made("grid"))]
    with pytest.raises(NothingToShowError, match="has no policies"):
        pictures(made("grid"), ["policies"])
    with pytest.raises(NothingToShowError, match="at most 6 shares"):
        plot_policies(compared(), ["war"] * 7)
