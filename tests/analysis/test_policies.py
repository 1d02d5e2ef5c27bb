"""Policies against a reference: the verdicts, what they depend on, and the account in words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from escalation.analysis.policies import COLUMNS, compare_policies, discoveries, policies_csv
from escalation.analysis.tally import tally
from tests.analysis.synthetic import grid
from tests.analysis.test_averages import answers, at_points, with_moods


def test_each_policy_has_its_mean_its_range_and_its_verdicts() -> None:
    source = at_points(replications=200)
    found = compare_policies(tally(source), ["force", "talks"])
    assert found is not None
    force, talks = found.effects
    each = (answers(source, list(range(1, 60, 2))) - answers(source, list(range(0, 60, 2)))).mean(axis=1)
    assert (force.policy, force.reference, force.share) == ("some", "none", "force")
    assert force.difference == pytest.approx(each.mean())
    assert (force.least, force.greatest) == pytest.approx((each.min(), each.max()))
    assert (force.points, force.settings, force.replications) == (30, 30, 200)
    assert force.covers == "points and replications"
    assert force.helps == force.lower > 0.8
    assert force.hurts == force.higher == 0
    assert talks.helps is None
    assert talks.lower == talks.higher == 0


def test_the_account_is_in_the_order_asked_for() -> None:
    found = compare_policies(tally(at_points()), ["ceasefire", "force"])
    assert found is not None
    assert found.lines[0].startswith("Ceasefire or agreement, against `none`: `some` changes nothing.")
    assert found.lines[1].startswith("Use of force (rung 6 or above), against `none`: `some` -")
    assert "at the 30 points (standard deviation without noise" in found.lines[1]
    assert "false discovery rate of 5%" in found.lines[2]
    assert found.frame()["of"].tolist() == ["ceasefire", "force"]


def test_the_uncertainty_on_which_the_difference_depends_is_named() -> None:
    found = compare_policies(tally(at_points(spread=1.0, replications=400)), ["force"])
    assert found is not None
    on = found.effects[0].depends_on
    assert on is not None
    assert (on.factor, on.is_number) == ("idle", True)
    assert "It depends most on `idle`:" in found.lines[0]


def test_what_chance_explains_is_no_dependence() -> None:
    source = at_points(spread=0.0, replications=50)
    idle = np.random.default_rng(3).random(30).repeat(2).tolist()
    levels = {**source.cells.levels, "idle": idle}
    source = dataclasses.replace(source, cells=dataclasses.replace(source.cells, levels=levels))
    found = compare_policies(tally(source), ["force"])
    assert found is not None
    assert found.effects[0].depends_on is None


def test_policies_are_never_pooled_over_a_category_alone() -> None:
    """At every level of another factor that is listed, the difference is given too."""
    compared = compare_policies(tally(with_moods()), ["force"])
    assert compared is not None
    whole, *parts = compared.effects
    assert (whole.where, whole.points, whole.settings) == ("", 6, 12)
    assert {each.where for each in parts} == {"mood=calm", "mood=tense"}
    assert np.mean([each.difference for each in parts]) == pytest.approx(whole.difference)
    assert "with `mood` calm" in compared.lines[0]
    assert "of the settings" in compared.lines[0]


def test_the_table_has_a_row_for_each_effect() -> None:
    found = compare_policies(tally(at_points(points=3)), ["force"])
    assert found is not None
    head, row = b"".join(policies_csv(found)).decode().splitlines()
    assert head.split(",") == list(COLUMNS)
    assert row.startswith("some,none,force,,-")


def test_policies_with_independent_seeds() -> None:
    found = compare_policies(tally(at_points(seeds="independent")), ["force"])
    assert found is not None
    assert found.effects[0].covers == "points, with their replications"
    assert found.effects[0].low < found.effects[0].difference < found.effects[0].high < 0
    assert "a score test" in found.lines[-1]


def test_an_experiment_without_policies_compares_none() -> None:
    assert compare_policies(tally(grid()), ["force"]) is None


def test_discoveries_are_those_of_benjamini_and_hochberg_s_example() -> None:
    """Their table of 15 hypotheses on thrombolysis (1995, section 3.2): four are rejected at 5%."""
    chances = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
        0.6528, 0.7590, 1.0,
    ]  # fmt: skip
    order = np.random.default_rng(0).permutation(15)
    found = discoveries(np.array(chances)[order], 0.05)
    assert sorted(order[found].tolist()) == [0, 1, 2, 3]
    assert not discoveries(np.array([0.06, 0.5]), 0.05).any()


def test_what_a_few_replications_show_at_every_point_is_no_dependence() -> None:
    """All points share their replications: here five, of which some respond to the rate of force."""
    few = compare_policies(tally(at_points(points=60, spread=1.0, replications=5)), ["force"])
    many = compare_policies(tally(at_points(points=60, spread=1.0, replications=400)), ["force"])
    assert few is not None
    assert many is not None
    assert few.effects[0].depends_on is None
    assert many.effects[0].depends_on is not None
