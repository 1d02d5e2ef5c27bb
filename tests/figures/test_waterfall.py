"""Waterfalls: bars are the terms of a decision, and end where the rules have the hazard and the odds."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
from matplotlib.figure import Figure

from escalation.crisis.play import Run, play
from escalation.crisis.reasoning import Account, accounts_of
from escalation.crisis.words import LEAST_FACTOR
from escalation.figures.style import encoded
from escalation.figures.waterfall import (
    LOWERS,
    RAISES,
    VISIBLE,
    contest_bars,
    hazard_bars,
    plot_account,
    shared_names,
)
from escalation.scenario.load import load_scenario
from tests.figures.synthetic import axes_of, words
from tests.figures.test_style import grey


@cache
def run() -> Run:
    return play(load_scenario("pahalgam_2025", ["free_days=12"]), 3)


@cache
def accounts() -> tuple[Account, ...]:
    actors = run().index.actors
    days = [day.day for day in run().days]
    return tuple(one for day in days for actor in actors for one in accounts_of(run(), day, actor))


def the_first(**wanted: bool) -> Account:
    """Return the first decision with a hazard and rivals, or with hazards alone."""
    for account in accounts():
        stages = {fall.stage for fall in account.waterfalls}
        if stages == {name for name, is_in in wanted.items() if is_in}:
            return account
    raise AssertionError(wanted)


def test_bars_go_from_rest_to_the_hazard_of_the_day() -> None:
    shown = 0
    for account in accounts():
        for fall in account.waterfalls:
            if fall.stage == "when":
                bars = hazard_bars(fall, account)
                assert bars[-1].end == fall.total
                assert all(one.end == other.start for one, other in pairwise(bars[:-1]))
                assert bars[-2].end == pytest.approx(fall.total, abs=VISIBLE)
                shown += 1
    assert shown > 50


def test_bars_of_odds_have_common_rows_and_end_with_the_odds() -> None:
    for account in accounts():
        contests = [fall for fall in account.waterfalls if fall.stage == "what"]
        names = shared_names(contests)
        for fall in contests:
            bars = contest_bars(fall, names)
            assert len(bars) == len(names) + 2
            assert bars[0].start == 0.0
            assert bars[-2].end == bars[-1].end == fall.total


def test_an_act_has_a_panel_of_its_hazard_and_one_per_rival_act() -> None:
    account = the_first(when=True, what=True)
    figure = plot_account(run(), account, "escalation explain x")
    for fall in account.waterfalls:
        axes = axes_of(figure, fall.against or fall.of)
        heavy = [value for name, value in fall.factors if name != "alarm" and abs(value) >= LEAST_FACTOR]
        assert len([bar for bar in axes.patches if bar.get_gid()]) >= len(heavy)
    text = words(figure)
    assert "Redraw: escalation explain x" in text
    assert "no validated probability of nuclear use" in text
    assert "would do nothing at this moment" in text


def test_the_widths_of_bars_are_the_terms() -> None:
    account = the_first(when=True, what=True)
    fall = account.waterfalls[0]
    axes = axes_of(plot_account(run(), account), fall.of)
    wide = sorted(bar.get_width() for bar in axes.patches if bar.get_gid() and bar.get_gid() != "others")
    terms = sorted(value for name, value in fall.factors if name != "alarm" and abs(value) >= 0.05)
    assert wide == pytest.approx(terms)


def test_holding_has_a_panel_per_kind_on_one_scale() -> None:
    account = next(one for one in accounts() if not one.acted and len(one.waterfalls) > 1)
    figure = plot_account(run(), account)
    spans = {axes_of(figure, fall.of).get_xlim() for fall in account.waterfalls}
    assert len(spans) == 1


def test_raising_and_lowering_differ_in_grey() -> None:
    assert grey(LOWERS) - grey(RAISES) > 60


def test_the_same_decision_gives_the_same_bytes() -> None:
    account = the_first(when=True, what=True)

    def drawn() -> Figure:
        return plot_account(run(), account, "x")

    assert encoded(drawn()) == encoded(drawn())
