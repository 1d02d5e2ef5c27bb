"""Tables of a validation: how numbers and tables are written, and what some of them say."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from escalation.history import validation_tables as tables
from escalation.history.act_forecasts import MODEL
from escalation.history.backtest import ScoreLine
from escalation.history.facts import FactLine, FactTable
from escalation.history.recorded_facts import load_facts
from escalation.history.wait_forecasts import WaitScores
from escalation.scenario.weight_set import Fitted, WeightSet
from escalation.scenario.weights import Weights
from escalation.stats.scores import Interval
from tests.strategies import crisis, dated


def test_a_table_as_text_and_as_markdown() -> None:
    table = tables.TextTable(("a", "long"), (("**1**", "2"), ("`333`", "4")), "Title|(n)", "A `note`.")
    assert table.text() == ["Title (n)", "a    long", "1    2", "333  4", "", "A note."]
    assert table.markdown() == [
        "**Title** (n)", "", "| a | long |", "| --- | --- |", "| **1** | 2 |", "| `333` | 4 |", "",
        "A `note`.",
    ]  # fmt: skip


def test_numbers_are_written_short() -> None:
    assert [tables.plain(value, 2) for value in (0.5, -0.25, 1.0, 10.5, 0.999)] == [
        ".50", "−.25", "1.00", "10.50", "1.00",
    ]  # fmt: skip
    assert tables.gain(Interval(0.1, -0.2, 0.4)) == "+.100 [−.200, .400]"
    assert tables.gain(Interval(-0.1, float("nan"), float("nan"))) == "−.100 (one crisis)"


def test_past_lengths_given_the_days_gone() -> None:
    """By hand: ln 14 and ln 44 are .737 below and .210 above 3.53 by 1.21: .770 and .417 of crises last."""
    assert tables.over_by(30) == pytest.approx(1 - 0.417 / 0.770, abs=0.005)


def test_the_most_days_with_acts_in_a_window() -> None:
    acts = [dated(day, actor, "protest", other) for day, actor, other in (
        (1, "alba", "borea"), (2, "alba", "borea"), (4, "borea", "alba"), (6, "alba", "borea"),
    )]  # fmt: skip
    case = crisis(acts=[*acts, dated(2, "alba", "threat", "borea")])
    assert [tables.days_with_acts(case, window) for window in (1, 5, 6)] == [1, 2, 3]
    assert tables.days_with_acts(crisis(acts=[]), 30) == 0


def test_signs_and_limits() -> None:
    assert [tables.signed(value) for value in (0.5, -0.25, 0.0, 1.0)] == ["+.50", "−.25", "+.00", "+1.00"]
    assert tables.ranged(-0.5, 1.25) == "[−.50, 1.25]"
    assert tables.gain(None) == ""
    assert tables.wrapped("word-part " * 30)[0] == ("word-part " * 11).strip()


def line(quantity: str, forecaster: str, score: str, mean: float) -> ScoreLine:
    gain = None if forecaster == MODEL else Interval(mean - 1, mean - 1.5, mean - 0.5)
    return ScoreLine(quantity, score, forecaster, 1_200, 9, Interval(mean, mean - 0.25, mean + 0.25), gain)


def validation(**parts: Any) -> Any:
    return SimpleNamespace(**parts)


def test_scores_are_one_table_per_scheme_and_kind_of_act() -> None:
    scores = [
        line(quantity, forecaster, score, mean)
        for quantity in ("Coded acts", "Events")
        for forecaster, mean in ((MODEL, 1.0), ("markov_1", 1.5))
        for score in ("log", "RPS")
    ]
    scheme = SimpleNamespace(scores=scores, held=SimpleNamespace(folds=(0, 1)))
    first, second = tables.score_tables(validation(schemes={"crisis": scheme}))
    assert first.title.startswith("Coded acts; ")
    assert first.title.endswith("|(1,200 acts, 9 crises, 2 folds)")
    assert "9 confrontations" in second.title
    assert first.rows == (
        ("**the rules**", "1.000", "[.75, 1.25]", "", "1.000", ""),
        ("`markov_1`", "1.500", "[1.25, 1.75]", "+.500 [.000, 1.000]", "1.500", "+.500 [.000, 1.000]"),
    )


def test_weights_that_were_not_fitted_have_a_note_instead_of_rows() -> None:
    chosen = WeightSet(name="x", title="x", provenance="x", weights=Weights(ratchet=0.7))
    table = tables.weight_table(validation(weights=chosen))
    assert (table.rows, table.note) == ((), "These weights were not fitted to data.")
    fitted = Fitted(weights=("ratchet",), se=(0.1,), prior_sd=(0.2,), weakly_identified=("ratchet",))
    table = tables.weight_table(validation(weights=chosen.model_copy(update={"fitted": fitted})))
    default = tables.plain(Weights().ratchet, 2)
    assert table.rows == (("`ratchet`", ".70", ".10", "", f"{default} ± .20", "weakly"),)
    assert f"({len(Weights.model_fields) - 1})" in table.note
    assert "`ratchet`" not in table.note


def test_waits_have_a_row_for_each_scheme_that_leaves_them_out() -> None:
    interval = Interval(0.25, 0.2, 0.3)
    waits = WaitScores(
        pairs=3, act_days=20, days=4_000, rules=Interval(5.5, 5.0, 6.0), constant=Interval(6.75, 6.0, 7.0),
        gain=Interval(1.25, 0.5, 1.5), forecast=(interval,) * 3, recorded=(Interval(0.3, 0.28, 0.35),) * 3,
    )  # fmt: skip
    schemes = {"dyads": SimpleNamespace(waits=waits), "crisis": SimpleNamespace(waits=None)}
    table = tables.wait_table(validation(schemes=schemes, refitted=True))
    (row,) = table.rows
    assert row[:5] == (
        "pairs of states left out", "20 in 4,000 days, 3 pairs", "5.500", "6.750", "+1.250 [.500, 1.500]",
    )  # fmt: skip
    assert row[5] == ".25 [.20, .30]; .30 [.28, .35]"
    assert table.note == ""
    assert "in-sample" in tables.wait_table(validation(schemes=schemes, refitted=False)).note


def test_the_peak_rung_is_summed_over_the_rungs_of_a_row() -> None:
    peak = np.zeros((1, 11))
    peak[0, [0, 2, 5, 6, 10]] = 0.1, 0.2, 0.3, 0.15, 0.25
    at = SimpleNamespace(peak=peak)
    table = tables.peak_table(validation(central=at, default=at, weights=SimpleNamespace(name="mine")))
    shares = {row[0]: row[2] for row in table.rows}
    assert (shares["2 and below"], shares["5 and 6"], shares["10"], shares["9"]) == (
        ".300", ".450", ".250", ".000",
    )  # fmt: skip
    assert table.head[2] == "mine weights"


def test_the_worst_crisis_has_the_least_gain() -> None:
    row = tables.CrisisScore("one", 3, rules=1.2, climatology=1.0, chain=1.1)
    assert row.gain == pytest.approx(-0.2)
    assert dataclasses.replace(row, rules=0.5).gain > row.gain


def test_a_fact_is_named_once_and_each_of_its_values_has_a_row() -> None:
    facts = load_facts()
    lines = tuple(
        FactLine(fact, value, Interval(0.45, 0.4, 0.5), None)
        for fact in facts.facts
        if fact.id in ("F2", "F6", "F8")
        for value in fact.values
    )
    table = tables.fact_table(validation(facts=FactTable("x", 10, 1, {2: 0.6}, lines)))
    assert [row[0][:6] for row in table.rows] == ["**F2**", "**F6**", "**F8**", ""]
    assert [row[-1] for row in table.rows] == ["missed", "missed", "met", "met"]
    assert table.rows[0][1:-1] == ("fit", "quiet", ".53", "[.49, .57]", "", ".45 [.40, .50]")
    assert "1 of 1 (held out)" in table.note
