"""The odds of a crisis by date: bars are the shares, acts and turning points are on their days."""

from __future__ import annotations

from functools import cache

import pytest
from matplotlib.figure import Figure

from escalation.crisis.explanation import CourseExplained, explain_crisis
from escalation.figures.odds_course import FORCEFUL, highest_acts, plot_course, turn_text
from escalation.figures.style import encoded
from escalation.vocabulary import DE_ESCALATED, FORCE_ENDED, OUTCOMES, STAND_OFF
from tests.figures.synthetic import axes_of, words
from tests.strategies import build, stage


@cache
def course() -> CourseExplained:
    found = explain_crisis(build(stage()), 3, branches=100)
    assert isinstance(found, CourseExplained)
    return found


@cache
def figure() -> Figure:
    return plot_course(course(), "escalation explain x")


def test_bars_are_the_shares_and_add_up_to_one() -> None:
    shares = course().odds.shares.estimate
    bars = axes_of(figure(), "Odds").patches
    assert [bar.get_height() for bar in bars if bar.get_gid() == OUTCOMES[0]] == shares[:, 0].tolist()
    tops = {bar.get_x(): bar.get_y() + bar.get_height() for bar in bars if bar.get_gid() == OUTCOMES[-1]}
    assert len(tops) == len(shares)
    assert list(tops.values()) == pytest.approx([1.0] * len(shares))


def test_the_odds_of_force_have_their_interval() -> None:
    axes = axes_of(figure(), "Force or worse")
    (line,) = [line for line in axes.lines if line.get_gid() == "force or worse"]
    forced = course().odds.counts[:, :FORCEFUL].sum(axis=1) / course().odds.count
    assert list(line.get_ydata()) == pytest.approx(forced)
    assert len(axes.collections) == 1
    assert FORCE_ENDED < FORCEFUL <= min(STAND_OFF, DE_ESCALATED)


def test_turning_points_are_on_their_days_and_named() -> None:
    lines = [line for line in axes_of(figure(), "Odds").lines if line.get_gid() == "turning point"]
    marked = [line.get_xdata()[0] + 0.5 for line in lines]
    assert marked == [turn.day for turn in course().turns]
    assert marked
    text = words(figure())
    for turn in course().turns:
        assert turn_text(course(), turn)[:40] in text


def test_acts_are_the_highest_of_each_actor_and_day() -> None:
    run = course().run
    acts = run.scenario.ladder.acts
    highest = highest_acts(course())
    assert list(highest) == run.index.actors
    for name, days in highest.items():
        for day, rung in days.items():
            own = [one for one in run.decisions if one.day == day and run.index.actors[one.actor] == name]
            taken = [acts[run.index.acts[one.choice.act]].rung for one in own if one.choice.target >= 0]
            assert rung == max(taken)
    assert highest["alba"][3] == 7


def test_the_caption_states_interval_seed_and_caveat() -> None:
    text = words(figure())
    for said in (
        "95% intervals of at most ±",
        "Seed 3",
        "had the model played on",
        "no validated probability",
    ):
        assert said in text
    assert "Redraw: escalation explain x" in text


def test_the_same_course_gives_the_same_bytes() -> None:
    assert encoded(plot_course(course(), "x")) == encoded(plot_course(course(), "x"))
