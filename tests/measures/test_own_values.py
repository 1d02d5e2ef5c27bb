"""The values of own measures: against a reading of the same crises act by act and day by day."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import pack
from escalation.measures.columns import Layout, layout_of, run_table
from escalation.measures.crisis_conditions import condition
from escalation.measures.expressions import ExpressionError
from escalation.measures.measures import SHIPPED
from escalation.measures.own import OwnMeasure, measures_of
from escalation.measures.reduce import NEVER
from escalation.scenario.load import load_scenario
from tests.experiment.sweeps import TINY

SCENARIO = load_scenario(TINY).model_copy(update={"free_days": 25})  # arland, borland; cesland
ACTORS = (*SCENARIO.states, *SCENARIO.mediators)
COUNT, FIRST = 60, 3


@cache
def runs() -> Runs:
    return simulate(pack(SCENARIO), 7, FIRST, COUNT, paths=True, daily=True)


@cache
def table(*own: OwnMeasure) -> dict[str, Any]:
    layout = layout_of([SCENARIO], keeps_acts=False, own=own)
    found = run_table(layout, SCENARIO, 0, FIRST, runs())
    assert list(found) == [column.name for column in layout.run_columns]
    return dict(found)


def values(text: str) -> list[Any]:
    return table(OwnMeasure("mine", text))["mine"].tolist()


@cache
def acts() -> list[list[dict[str, Any]]]:
    """Return the acts of every crisis, holds left out, as the words of expressions have them."""
    ids, found = SCENARIO.ladder.ordered(), [[] for _ in range(COUNT)]
    logged = runs().acts
    assert logged is not None
    for row in logged:
        act = SCENARIO.ladder.acts[ids[row["act"]]]
        if act.effect != "hold":
            found[row["replication"] - FIRST].append(
                {
                    "act": ids[row["act"]], "rung": act.rung, "cost": act.cost, "kind": act.kind,
                    "effect": act.effect, "forced": bool(row["forced"]),
                    "day": int(row["day"]) - SCENARIO.horizon_day, "actor": ACTORS[row["actor"]],
                    "target": ACTORS[row["target"]],
                }
            )  # fmt: skip
    return found


@cache
def days() -> list[list[dict[str, Any]]]:
    """Return the simulated days of every crisis, as the words of expressions have them."""
    found = []
    for k in range(COUNT):
        rows = []
        for day in range(1, SCENARIO.free_days + 1):
            rungs = [act["rung"] for act in acts()[k] if act["day"] == day]
            rows.append(
                {
                    "day": day, "posture": runs().daily_posture[k, day - 1].max(), "acts": len(rungs),
                    "talks_open": runs().daily_talks[k, day - 1].any(), "highest_act": max(rungs, default=0),
                    "ceasefire_holds": runs().daily_ceasefire[k, day - 1],
                }
            )  # fmt: skip
        found.append(rows)
    return found


def expected(over: Callable[[], list[list[dict[str, Any]]]], condition: str, name: str) -> list[Any]:
    """Return what a function gives for a condition, by Python's own reading of it, crisis by crisis."""
    names = {**{each: each for each in (*SCENARIO.ladder.acts, *ACTORS, "military", "offer")}}
    result = []
    for rows in over():
        fitting = [row["day"] for row in rows if eval(condition, {}, names | row)]
        result.append(
            {
                "count": len(fitting),
                "any": bool(fitting),
                "days": len(set(fitting)),
                "share_of_days": len(set(fitting)) / SCENARIO.free_days,
                "first_day": min(fitting, default=NEVER),
                "last_day": max(fitting, default=NEVER),
            }[name]
        )
    return result


ACT_CONDITIONS = st.sampled_from(
    [
        "rung >= 3", "rung >= 5", "act == protest", "actor == arland", "actor == cesland", "target == arland",
        "kind == military", "effect == offer", "cost > 0.1", "forced", "day <= 5", "day > 12",
        "3 <= rung < 5", "act in [protest, close_border]", "actor == target", "day * 2 > 20",
    ]
)  # fmt: skip
DAY_CONDITIONS = st.sampled_from(
    ["posture >= 3", "talks_open", "ceasefire_holds", "highest_act >= 3", "acts > 1", "day <= 5", "acts == 0"]
)


def joined(conditions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        conditions,
        lambda inner: st.one_of(
            inner.map(lambda text: f"not ({text})"),
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({' '.join(t)})"),
        ),
        max_leaves=3,
    )


@given(
    st.sampled_from(["count", "any", "days", "share_of_days", "first_day", "last_day"]),
    joined(ACT_CONDITIONS),
)
def test_functions_of_acts(name: str, condition: str) -> None:
    if not any(word in condition for word in ("rung", "act", "kind", "effect", "cost", "forced", "target")):
        condition = f"({condition}) and rung >= 0"  # which is about acts, and not about days
    assert values(f"{name}({condition})") == pytest.approx(expected(acts, condition, name))


@given(st.sampled_from(["any", "days", "share_of_days", "first_day", "last_day"]), joined(DAY_CONDITIONS))
def test_functions_of_days(name: str, condition: str) -> None:
    assert values(f"{name}({condition})") == pytest.approx(expected(days, condition, name))


@pytest.mark.parametrize("condition", ["", ", rung >= 3", ", actor == borland and day > 4"])
@pytest.mark.parametrize("name", ["sum", "mean", "max", "min"])
@pytest.mark.parametrize("number", ["cost", "rung", "cost + day"])
def test_numbers_of_acts(name: str, number: str, condition: str) -> None:
    otherwise = "" if name == "sum" else ", otherwise=4"
    found = values(f"{name}({number}{condition}{otherwise})")
    for value, rows in zip(found, acts(), strict=True):
        names = {each: each for each in ACTORS}
        some = [row for row in rows if not condition or eval(condition[2:], {}, names | row)]
        numbers = [eval(number, {}, row) for row in some]
        empty = 0 if name == "sum" else 4
        mean = math.fsum(numbers) / len(numbers) if numbers else 4
        by_name = {"sum": math.fsum(numbers), "mean": mean, "max": max, "min": min}[name]
        assert value == pytest.approx(by_name if not callable(by_name) else by_name(numbers, default=empty))


def test_numbers_of_days() -> None:
    posture = runs().daily_posture
    assert posture is not None
    assert values("max(posture)") == pytest.approx(posture.max(axis=(1, 2)).tolist())
    assert values("mean(posture(borland))") == pytest.approx(posture[:, :, 1].mean(axis=1).tolist(), rel=1e-6)
    assert values("min(posture, day > 20, otherwise=0)") == pytest.approx(
        posture[:, 20:].max(axis=2).min(axis=1).tolist()
    )
    assert values("sum(acts)") == [len(each) for each in acts()]
    assert values("sum(acts(arland))") == values("count(actor == arland)")
    assert values("max(highest_act(borland))") == values("max(rung, actor == borland, otherwise=0)")
    assert values("days(talks_open(cesland))") == values("days(talks_open)")


def test_words_of_a_crisis_are_its_columns_and_shares() -> None:
    shipped = table()
    for name in ("force", "ceasefire", "mediated", "talks", "rung_5", "war"):
        assert values(f"{name} and simulated_days == 25") == SHIPPED.share_of(name, shipped).tolist()
    assert values("outcome == stand_off") == values("stand_off")
    assert values("settled_by == cesland") == (shipped["settled_by"] == 0).tolist()
    assert values("peak_arland + 0") == shipped["peak_arland"].tolist()
    assert values("cost_borland * 1") == pytest.approx(shipped["cost_borland"].tolist())
    for name in ("days_to_force", "days_to_ceasefire", "opened_cesland", "offered_cesland"):
        assert table(OwnMeasure("mine", name))["mine"].tolist() == shipped[name].tolist()
    assert (
        values("first_day(rung >= 6)") == shipped["days_to_force"].tolist()
    )  # the force rung of the scenario
    assert values("came(days_to_force)") == values("force")


def test_a_day_that_never_came_is_late() -> None:
    force = table()["days_to_force"].tolist()
    assert NEVER in force
    assert values("days_to_force > 10") == [day == NEVER or day > 10 for day in force]
    assert values("days_to_force - 1") == [(25 if day == NEVER else day) - 1 for day in force]


def test_a_function_can_be_used_within_another() -> None:
    found = values("count(rung >= 3 and day > first_day(rung >= 5))")
    for value, rows in zip(found, acts(), strict=True):
        first = min((row["day"] for row in rows if row["rung"] >= 5), default=math.inf)
        assert value == sum(row["rung"] >= 3 and row["day"] > first for row in rows)
    assert any(found)
    assert values("days(talks_open and day > days_to_talks) <= days(talks_open)") == [True] * COUNT


def test_ratios_and_comparisons() -> None:
    all_acts, some = values("count(rung >= 0)"), values("count(rung >= 3)")
    assert values("ratio(count(rung >= 3), count(rung >= 0), otherwise=0.5)") == pytest.approx(
        [a / b if b else 0.5 for a, b in zip(some, all_acts, strict=True)]
    )
    assert values("count(actor == arland) > count(actor == borland)") == [
        a > b
        for a, b in zip(values("count(actor == arland)"), values("count(actor == borland)"), strict=True)
    ]


def test_measures_use_those_before_them() -> None:
    own = (OwnMeasure("strikes", "count(rung >= 5)"), OwnMeasure("many", "strikes > 2"))
    found = table(*own)
    assert found["many"].tolist() == (found["strikes"] > 2).tolist()
    with pytest.raises(ExpressionError, match="strikes is defined further below"):
        measures_of(own[::-1], ("arland",), ())


def test_an_actor_that_a_cell_lacks_never_acts() -> None:
    own = tuple(
        OwnMeasure(name, text)
        for name, text in {
            "acted": "count(actor == delland)", "tense": "max(posture(delland))",
            "talked": "days(talks_open(umbra))",
            "peak_of": "peak_delland + 0", "offered_by": "offered_umbra", "busy": "sum(acts(delland))",
            "settled": "settled_by == umbra",
        }.items()
    )  # fmt: skip
    wide = SCENARIO.model_copy(
        update={"states": {**SCENARIO.states, "delland": SCENARIO.states["arland"]},
                "mediators": {**SCENARIO.mediators, "umbra": SCENARIO.mediators["cesland"]}}
    )  # fmt: skip
    layout = layout_of([SCENARIO, wide], keeps_acts=False, own=own)
    found = run_table(layout, SCENARIO, 0, FIRST, runs())
    assert {name: set(found[name].tolist()) for name in (each.name for each in own)} == {
        "acted": {0}, "tense": {0.0}, "talked": {0}, "peak_of": {0}, "offered_by": {NEVER}, "busy": {0},
        "settled": {False},
    }  # fmt: skip


OF_CRISES = st.sampled_from(
    [
        "force", "talks", "not rung_7", "outcome == war", "outcome in [stand_off, de_escalated]",
        "nuclear_use", "settlement != none", "settled_by == cesland", "peak >= 4", "peak_rung == 5",
        "peak_arland > peak_borland", "peak in [2, 3, 4]", "peak_delland == 0", "peak_delland < peak",
        "cost_arland * 2 > cost_borland + 1",
        "cost_delland >= 0.0", "days_to_force > 10", "days_to_force < days_to_ceasefire",
        "days_to_end - days_to_talks > 3", "offered_cesland < 2", "opened_umbra > 5", "came(agreed_cesland)",
        "settled_by == umbra", "ratio(peak_borland, peak, otherwise=1) > 0.7", "simulated_days > 24",
        "-days_to_talks * 0.5 < simulated_days - 30", "ceasefire_borland_arland < 9",
        "channel_borland_arland == mediated", "channel_arland_delland != none",
        "ceasefire_arland_delland > 3",
    ]
)  # fmt: skip


@given(joined(OF_CRISES))
def test_a_table_of_crises_answers_a_condition_as_a_measure_of_its_own_does(text: str) -> None:
    states, mediators = (*SCENARIO.states, "delland"), (*SCENARIO.mediators, "umbra")
    pairs = (("borland", "arland"), ("arland", "delland"))
    layout = Layout(states, mediators, pairs, own=(OwnMeasure("mine", text),))
    found = run_table(layout, SCENARIO, 0, FIRST, runs())
    days = np.full(COUNT, SCENARIO.free_days)
    asked = condition(text, Layout(states, mediators, pairs))
    assert asked.holds(found, days).tolist() == found["mine"].tolist()
    assert asked.is_nuclear == layout.measures.measure("mine").is_nuclear
