"""Every column of every table is what docs/results.md says, recomputed from the record of random crises.

The record is that of the Mesa driver: every act, and the state at the end of every day. The columns of a
sweep are those of the batch driver. Nothing here reads what the model counts for its results.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.crisis import tables
from escalation.crisis.play import Run, play
from escalation.crisis.words import act_sentence, why
from escalation.engine.batch import BINS, simulate
from escalation.engine.pack import pack
from escalation.engine.record import Decision
from escalation.measures.columns import act_table, day_table, layout_of, run_table
from escalation.measures.measures import RUN_COLUMNS
from escalation.measures.reduce import NEVER
from escalation.rules.decide import LEAST_CHANCE
from escalation.rules.options import CLOCK_TERMS, TERMS
from escalation.rules.state import OFFERED, OPEN
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import CHANNELS, OUTCOMES
from tests.strategies import build, scenarios, seeds, stage

ROOT = Path(__file__).resolve().parents[2]
RESULTS = (ROOT / "docs/results.md").read_text(encoding="utf-8")

SHIPPED: dict[str, tuple[str, list[str]]] = {
    "pahalgam": ("pahalgam_2025", []),
    "kargil": ("kargil_1999", []),
    "october": ("october_1973", []),
    "two_states": (str(ROOT / "docs/examples/two_states.yaml"), []),
    "a_year_of_talks": (
        "pahalgam_2025",
        [
            "free_days=365", "states.india.third_party_aversion=0.1", "mediators.russia.style=manipulation",
            "mediators.russia.toward.india.leverage=1", "weights.ceasefire_breach=0.05",
        ],
    ),
    "fearless": (
        "pahalgam_2025",
        ["free_days=90", "states.india.resolve=1", "states.pakistan.resolve=1", "states.india.audience=1",
         "states.pakistan.risk_aversion=0", "weights.force_threshold=-1"],
    ),
    "stage": ("", []),
}  # fmt: skip


@cache
def shipped(name: str) -> Scenario:
    source, changes = SHIPPED[name]
    return load_scenario(source, changes) if source else build(stage())


class Told:
    """What the record of a crisis says, in the terms of the documents."""

    def __init__(self, run: Run) -> None:
        self.run, self.scenario, self.index = run, run.scenario, run.index
        self.horizon, self.last = run.scenario.horizon_day, run.scenario.last_day
        self.acts = [decision for decision in run.decisions if decision.choice.target >= 0]

    def name(self, decision: Decision) -> str:
        return self.index.acts[decision.choice.act]

    def rung(self, decision: Decision) -> int:
        return self.scenario.ladder.acts[self.name(decision)].rung

    def effect(self, decision: Decision) -> str:
        return self.scenario.ladder.acts[self.name(decision)].effect

    def own(self, state: str = "") -> list[Decision]:
        """Return the acts of states toward rivals, on simulated days."""
        states = range(len(self.index.states)) if not state else [self.index.states.index(state)]
        return [each for each in self.acts if each.actor in states and each.day > self.horizon]

    def first(self, days: list[int], from_: int = 0) -> int:
        """Return the first of some days, counted after the horizon."""
        return min((day - self.horizon for day in days if day >= from_), default=NEVER)

    def on_rung(self, rung: int) -> list[int]:
        return [each.day for each in self.own() if self.rung(each) >= rung]

    def agreed(self, m: int, pair: tuple[int, int] | None = None) -> list[int]:
        """Return the days on which a mediator's talks, with a pair or with any, ended with an agreement."""
        return [
            day.day
            for day, before in zip(self.run.days[1:], self.run.days, strict=False)
            for i, j in ([pair] if pair else self.pairs)
            if before.talk[m, i, j].stage == OPEN and day.talk[m, i, j].agreed == day.day
        ]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        index = self.index
        return sorted(
            tuple(sorted(index.actor[name] for name in r.between))  # type: ignore[misc]
            for r in self.scenario.rivalries
        )

    def settled(self, pair: tuple[int, int]) -> tuple[int, str, str | None]:
        """Return when a pair first settled on a simulated day (from the start), how, and through whom."""
        through = {
            day: self.index.mediators[m]
            for m in reversed(range(len(self.index.mediators)))
            for day in self.agreed(m, pair)
            if day > self.horizon
        }
        begun = [
            day.day
            for day in self.run.days
            for change in day.ceasefires
            if change.begins and change.between == pair and day.day > self.horizon
        ]
        first = min([*through, *begun], default=-1)
        if first < 0:
            return -1, "none", None
        if first in through:
            return first, "mediated", through[first]
        return first, self._direct(pair, first), None

    def _direct(self, pair: tuple[int, int], day: int) -> str:
        """A ceasefire that was accepted: through the hotline if either side has just used it."""
        ladder = self.scenario.ladder.acts
        (accepted, *_) = (
            each for each in self.acts
            if each.day == day and self.effect(each) == "ceasefire"
            and {each.actor, each.choice.target} == {*pair}
        )  # fmt: skip
        window = self.scenario.weights.hotline_days
        used = any(
            ladder[self.name(each)].requires.hotline
            and {each.actor, each.choice.target} == {*pair}
            and day - window <= each.day <= day
            and (each.day, each.group) <= (day, accepted.group)
            for each in self.acts
        )
        return "hotline" if used else "direct"

    def outcome(self) -> str:
        """The first class that matches; see docs/odd.md, 7.14."""
        limits = self.scenario.outcome
        peak = max((self.rung(each) for each in self.own()), default=0)
        if peak >= limits.nuclear_rung:
            return "nuclear_use"
        if peak >= limits.war_rung:
            return "war"
        quiet_since = self.last - limits.quiet_days
        if peak >= limits.force_rung:
            quiet = max(self.on_rung(limits.violence_rung), default=-1) <= quiet_since
            used = {
                tuple(sorted((each.actor, each.choice.target)))
                for each in self.own() if self.rung(each) >= 5
            }  # fmt: skip
            hold = all(self.run.days[-1].dyad[i, j].ceasefire for i, j in used)
            return "limited_force_ended" if quiet or hold else "limited_force_going_on"
        tense = max(self.on_rung(limits.standoff_rung), default=-1)
        return "stand_off" if tense > quiet_since and tense >= 0 else "de_escalated"

    def row(self) -> dict[str, Any]:
        """Return the crisis's row in the table of runs: words as words, days after the horizon."""
        limits, index = self.scenario.outcome, self.index
        settled = {pair: self.settled(pair) for pair in self.pairs}
        came = [each for each in settled.values() if each[0] >= 0]
        _, channel, settler = min(came, key=lambda each: each[0], default=(-1, "none", None))
        tense = max([*self.on_rung(limits.standoff_rung), self.horizon])
        closes = tense <= self.last - limits.quiet_days and not self.on_rung(10)
        row: dict[str, Any] = {
            "outcome": self.outcome(),
            "settlement": channel,
            "settled_by": settler,
            "days_to_force": self.first(self.on_rung(limits.force_rung)),
            "days_to_ceasefire": self.first([each[0] for each in came]),
            "days_to_end": self.first([tense + 1] if closes else []),
            "peak": max((self.rung(each) for each in self.own()), default=0),
        }
        for state in index.states:
            mine = self.own(state)
            row[f"peak_{state}"] = max((self.rung(each) for each in mine), default=0)
            costs = [self.scenario.ladder.acts[self.name(each)].cost for each in mine if self.rung(each) > 0]
            row[f"cost_{state}"] = sum(costs)
        opened: dict[str, list[int]] = {}
        for m, mediator in enumerate(index.mediators):
            number = len(index.states) + m
            offers = [e.day for e in self.acts if e.actor == number and self.effect(e) == "offer"]
            opened[mediator] = [
                day.day for day in self.run.days for i, j in self.pairs
                if int(day.talk[m, i, j].opened) == day.day
            ]  # fmt: skip
            row[f"offered_{mediator}"] = self.first(offers)
            row[f"opened_{mediator}"] = self.first(opened[mediator])
            row[f"agreed_{mediator}"] = self.first(self.agreed(m))
        days = [day for some in opened.values() for day in some]
        row["days_to_talks"] = self.first(days, self.horizon + 1)
        for pair, (day, how, _) in settled.items() if len(settled) > 1 else ():
            names = "_".join(index.states[k] for k in pair)
            row[f"ceasefire_{names}"] = self.first([day] if day >= 0 else [])
            row[f"channel_{names}"] = how
        return row


def in_words(scenario: Scenario, name: str, value: Any) -> Any:
    """Return a value of a column of runs with its number read as a word."""
    if name == "outcome":
        return OUTCOMES[value]
    if name == "settlement" or name.startswith("channel_"):
        return CHANNELS[value]
    if name == "settled_by":
        return list(scenario.mediators)[value] if value >= 0 else None
    return value


def check_sweep_tables(scenario: Scenario, seed: int, first: int, count: int) -> None:
    """Compare the three tables of a cell with the records of its crises."""
    runs = simulate(pack(scenario), seed, first, count, paths=True)
    layout = layout_of([scenario], keeps_acts=True)
    table = run_table(layout, scenario, 7, first, runs)
    told = [Told(play(scenario, seed, first + row)) for row in range(count)]
    for row, crisis in enumerate(told):
        found = {name: in_words(scenario, name, values[row].item()) for name, values in table.items()}
        expected = {"cell": 7, "replication": first + row} | crisis.row()
        assert set(found) == set(expected)
        for name, value in expected.items():
            assert found[name] == (pytest.approx(value) if name.startswith("cost_") else value), (name, row)
    check_days(scenario, day_table(layout, scenario, 7, runs.postures), told)
    assert runs.acts is not None
    check_acts(scenario, act_table(layout, scenario, 7, runs.acts), first, told)


def check_days(scenario: Scenario, table: Any, told: list[Told]) -> None:
    expected: Counter[tuple[int, str, int]] = Counter()
    for crisis in told:
        last = crisis.run.days[-1]  # after nuclear use nothing moves any more
        still = [(day, last) for day in range(last.day + 1, scenario.last_day + 1)]
        for number, day in [*((day.day, day) for day in crisis.run.days), *still]:
            for i, state in enumerate(scenario.states):
                highest = max(float(day.pair[i, j].posture) for j in range(len(scenario.states)))
                expected[number, state, min(int(4 * highest), BINS - 1)] += 1
    columns = [table[name].tolist() for name in ("day", "state", "bin", "crises")]
    found = [(day, list(scenario.states)[i], bin_, n) for day, i, bin_, n in zip(*columns, strict=True)]
    assert {(day, state, bin_): n for day, state, bin_, n in found} == dict(expected)
    assert len(found) == len(expected)
    assert set(table["cell"].tolist()) == {7}


def check_acts(scenario: Scenario, table: Any, first: int, told: list[Told]) -> None:
    actors = [*scenario.states, *scenario.mediators]
    names = scenario.ladder.ordered()

    def who(number: int) -> str | None:
        return actors[number] if number >= 0 else None

    order = ("replication", "day", "actor", "act", "target", "other", "forced")
    found = [
        (replication, day, who(actor), names[act], who(target), who(other), forced)
        for replication, day, actor, act, target, other, forced in zip(
            *(table[name].tolist() for name in order), strict=True
        )
    ]
    expected = [
        (
            first + row, each.day, crisis.index.actors[each.actor], crisis.name(each),
            who(each.choice.target), who(each.choice.other), each.forced,
        )
        for row, crisis in enumerate(told)
        for each in crisis.run.decisions if each.day > crisis.horizon
    ]  # fmt: skip
    assert Counter(found) == Counter(expected)


@pytest.mark.parametrize("name", SHIPPED)
def test_tables_of_a_sweep_are_what_the_record_says(name: str) -> None:
    check_sweep_tables(shipped(name), 11, 3, 1 if name == "a_year_of_talks" else 3)


@settings(max_examples=20)
@given(scenarios(min_free_days=1, max_free_days=40), seeds, st.integers(0, 2**32 - 5))
def test_tables_of_any_sweep_are_what_the_record_says(scenario: Scenario, seed: int, first: int) -> None:
    check_sweep_tables(scenario, seed, first, 2)


def test_the_first_of_several_agreements_counts() -> None:
    """Crises whose mediator brings about more than one agreement exist, and are counted by the first."""
    scenario = shipped("a_year_of_talks")
    assert any(len(Told(play(scenario, 11, replication)).agreed(0)) > 1 for replication in range(12))


# The tables of one crisis


def keyed(table: Any, *key: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the rows of a table by its key, which must be unique."""
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    found = {tuple(row[name] for name in key): row for row in rows}
    assert len(found) == len(rows), key
    return found


def cells_of(run: Run, decision: Decision, number: int, option: Any) -> Iterator[tuple[str, Any]]:
    """Yield what the tables of acts and of decisions have in common."""
    index = run.index
    act = run.scenario.ladder.acts[index.acts[option.act]]
    yield "decision", number
    yield "date", str(run.scenario.date_of(decision.day))
    yield from (("day", decision.day), ("seq", decision.group), ("slot", decision.slot))
    yield "actor", index.actors[decision.actor]
    yield "act", index.acts[option.act]
    yield "target", index.actors[option.target] if option.target >= 0 else ""
    yield "concerning", index.actors[option.other] if option.other >= 0 else ""
    yield from (("kind", act.kind), ("rung", act.rung), ("forced", int(decision.forced)))
    clock = decision.clocks[option.clock] if option.clock >= 0 else None
    answers = act.effect in ("consent", "decline")
    yield "p_hold", None if answers else decision.hold_probability
    yield "reply", int(clock is not None and clock.occasion == "reply")
    yield "hazard", None if clock is None else clock.hazard
    yield "probability", option.probability


def check_run_tables(run: Run) -> None:
    acts = keyed(tables.acts_table(run), "decision")
    taken = {(n,): d for n, d in enumerate(run.decisions) if d.choice.target >= 0}
    assert set(acts) == set(taken)
    for key, decision in taken.items():
        row = acts[key]
        expected = dict(cells_of(run, decision, key[0], decision.choice))
        expected |= {"log_when": decision.log_when, "log_what": decision.log_what, "why": why(decision)}
        expected["log_p"] = decision.log_when + decision.log_what
        acting = decision.log_when  # of an answer to an offer
        if row["hazard"] is not None:
            whole = max(LEAST_CHANCE, sum(clock.hazard for clock in decision.clocks))
            acting = math.log(max(LEAST_CHANCE, row["hazard"]) / whole)
        assert row.pop("log_p_acting") == pytest.approx(decision.log_what + acting, abs=1e-9)
        says = {row.pop("says"): row.pop("contested")}
        assert row == expected
        if decision.forced:
            dated = [(e.says, int(e.contested)) for e in run.scenario.acts if str(e.date) == row["date"]]
            assert set(says.items()) <= set(dated), act_sentence(run, decision)
        else:
            assert says == {"": None}
    decisions = keyed(tables.decisions_table(run), "decision", "act", "target", "concerning")
    for number, decision in enumerate(run.decisions):
        for place, option in enumerate(decision.alternatives):
            expected = dict(cells_of(run, decision, number, option))
            expected |= {"taken": int(place == decision.chosen), "utility": option.utility}
            expected |= dict(zip(TERMS, option.terms, strict=True))
            clock = decision.clocks[option.clock].terms if option.clock >= 0 else (0.0,) * len(CLOCK_TERMS)
            expected |= {f"when_{name}": value for name, value in zip(CLOCK_TERMS, clock, strict=True)}
            row = decisions.pop(tuple(expected[k] for k in ("decision", "act", "target", "concerning")))
            check_stages(decision, option, row.pop("log_when"), row.pop("log_what"))
            assert row == expected
    assert not decisions
    check_day_rows(run, keyed(tables.days_table(run), "day", "state", "rival"))


def check_stages(decision: Decision, option: Any, log_when: float, log_what: float) -> None:
    """Compare the scores of an alternative with its probability as the next act."""
    hold = math.exp(-sum(clock.hazard for clock in decision.clocks))
    if option.target < 0 and decision.slot > 0:
        return  # a record may have an act and a hold at once, which is scored as a hold alone
    if option.clock < 0:
        assert math.exp(log_when + log_what) == pytest.approx(option.probability)
        return
    hazard = decision.clocks[option.clock].hazard
    assert math.exp(log_when) == pytest.approx(-math.expm1(-hazard), abs=1e-12)
    first = -hazard / math.log(hold) if hold < 1.0 else 0.0
    assert (1.0 - hold) * first * math.exp(log_what) == pytest.approx(option.probability, rel=1e-6, abs=1e-12)


def check_day_rows(run: Run, rows: dict[tuple[Any, ...], dict[str, Any]]) -> None:
    scenario, index = run.scenario, run.index
    standing: dict[tuple[int, int], set[str]] = {}
    ladder = scenario.ladder.acts
    ceasefire: dict[tuple[int, int], int] = {}
    for day in run.days:
        for decision in (each for each in run.decisions if each.day == day.day):
            actor, choice = decision.actor, decision.choice
            if ladder[index.acts[choice.act]].lasts:
                standing.setdefault((actor, choice.target), set()).add(index.acts[choice.act])
            if decision.ended_measure >= 0:
                standing[actor, choice.target].discard(index.acts[decision.ended_measure])
        for change in day.ceasefires:
            ceasefire[change.between] = int(change.begins)
        for i, j in tables.ordered_rivals(run):
            low, high = min(i, j), max(i, j)
            row = rows.pop((day.day, index.states[i], index.states[j]))
            pair = day.pair[i, j]
            assert row["date"] == str(scenario.date_of(day.day))
            assert row["simulated"] == int(day.day > scenario.horizon_day)
            names = ("posture", "pressure", "commitment", "heat", "heat_level", "campaign", "offer")
            for name in (*names, "grievance", "activity"):
                assert row[name] == pair[name]
            assert row["perceived"] == pair["seen"]
            assert (row["fear"], row["exhaustion"]) == (day.actor[i].fear, day.actor[i].exhaustion)
            assert row["pair_activity"] == day.dyad[low, high].activity
            assert row["violence"] == day.dyad[low, high].violence
            assert row["border_fire"] == day.dyad[low, high].border_fire
            assert row["ceasefire"] == ceasefire.get((low, high), 0)
            assert set(row["measures"].split()) == standing.get((i, j), set())
            stages = {OFFERED: "offered", OPEN: "open"}
            talks = {
                f"{name}:{stages[int(day.talk[m, low, high].stage)]}"
                for m, name in enumerate(index.mediators) if int(day.talk[m, low, high].stage) in stages
            }  # fmt: skip
            assert set(row["talks"].split()) == talks
            victims = [scenario.incidents[k] for k in day.incidents]
            hazards = [scenario.hazards[k] for k in day.hazards]
            said = [e.says for e in victims if (e.victim, e.blamed) == (index.states[i], index.states[j])]
            said += [h.label for h in hazards if (h.victim, h.blamed) == (index.states[i], index.states[j])]
            assert len([part for part in row["incidents"].split("; ") if part]) == len(said)
            assert all(text in row["incidents"] for text in said)
    assert not rows


@pytest.mark.parametrize("name", SHIPPED)
def test_tables_of_one_crisis_are_what_the_record_says(name: str) -> None:
    check_run_tables(play(shipped(name), 11, 3))


@given(scenarios(max_free_days=20), seeds)
def test_tables_of_any_crisis_are_what_the_record_says(scenario: Scenario, seed: int) -> None:
    check_run_tables(play(scenario, seed, 1))


# The documents


def described(heading: str) -> str:
    """Return the part of docs/results.md under a heading or a bold name, up to the next."""
    after = RESULTS.split(heading, 1)[1]
    return after.split("\n**`")[0].split("\n#")[0]


def test_every_column_is_described() -> None:
    run = play(shipped("two_states"), 1)
    layout = layout_of([shipped("stage")], keeps_acts=True)
    for heading, columns in (
        ("**`acts.csv`**", tables.acts_table(run).columns),
        ("**`days.csv`**", tables.days_table(run).columns),
        (
            "**`decisions.csv`**",
            [c for c in tables.decisions_table(run).columns if c not in (*TERMS, *tables.CLOCK_COLUMNS)],
        ),
        ("**`days/`**", [column.name for column in layout.day_columns]),
        ("**`acts/`**", [column.name for column in layout.act_columns]),
    ):
        text = described(heading)
        assert [name for name in columns if f"`{name}`" not in text] == [], heading
        assert "key" in text.lower(), heading
    per = {"state": "_STATE", "mediator": "_MEDIATOR", "pair": "_A_B", None: ""}
    for column in RUN_COLUMNS:
        assert f"| `{column.name}{per[column.per]}` |" in RESULTS
