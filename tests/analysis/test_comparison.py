"""Scenarios compared crisis by crisis, against the same numbers counted by hand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from escalation.analysis.comparison import ScenarioComparison, compare_arms, recorded_courses
from escalation.classroom.controls import Workspace
from escalation.classroom.session import Library, session_of
from escalation.crisis.play import play
from escalation.crisis.tables import write_run
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.experiment.variant import Variant, arms_of
from escalation.files.places import ArgumentError
from escalation.files.write import Table
from escalation.measures.reduce import NEVER, Reduced
from escalation.scenario.load import load_scenario
from escalation.stats.intervals import paired_shares
from escalation.vocabulary import OUTCOMES
from tests.experiment.sweeps import TINY

CRISES = 1_200
PRESSED = Variant(["states.arland.resolve=0.95", "mediators.cesland.style=manipulation"], ["objection"])


def rows_of(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.csv())))


@pytest.fixture(scope="module")
def found() -> ScenarioComparison:
    return compare_arms(arms_of([TINY, PRESSED]), 7, CRISES)


def test_shares_flows_and_differences_are_those_counted_by_hand(found: ScenarioComparison) -> None:
    (pair,) = found.pairs
    arms = [simulate(pack(arm.scenario), 7, 0, CRISES) for arm in found.arms]
    one, other = (arm.outcome for arm in arms)
    assert pair.flows is not None
    for i in range(len(OUTCOMES)):
        for j in range(len(OUTCOMES)):
            assert pair.flows.counts[i, j] == sum((one == i) & (other == j))
    shares = {(row["arm"], row["outcome"]): float(row["share"]) for row in rows_of(found.outcomes)}
    for k, name in enumerate(OUTCOMES):
        assert shares["A", name] * CRISES == pytest.approx(pair.flows.counts[k].sum())
        assert shares["B", name] * CRISES == pytest.approx(pair.flows.counts[:, k].sum())
    by_name = {(each.measure, each.of): each for each in pair.differences}
    no, yes = (arm.first_force >= 0 for arm in arms)
    interval = paired_shares(sum(yes & ~no), sum(no & ~yes), CRISES)
    force = by_name["force", "any"]
    assert (force.difference, force.low, force.high) == (
        interval.estimate, interval.low, interval.high,
    )  # fmt: skip
    assert force.before == pytest.approx(no.mean())
    costs = arms[1].cost[:, 0] - arms[0].cost[:, 0]
    cost = by_name["cost", "arland"]
    assert cost.difference == pytest.approx(costs.mean())
    assert (cost.high - cost.low) / 2 == pytest.approx(1.96 * costs.std() / CRISES**0.5, rel=0.01)
    horizon, free = found.arms[0].scenario.horizon_day, found.arms[0].scenario.free_days
    days = [Reduced(arm, horizon).after_horizon(arm.first_force) for arm in arms]
    until = [np.where(each == NEVER, free, each) for each in days]
    assert by_name["days_to_force", "restricted_mean"].difference == pytest.approx(
        (until[1] - until[0]).mean()
    )


def test_swapping_the_arms_transposes_flows_and_negates_differences(found: ScenarioComparison) -> None:
    back = compare_arms(tuple(reversed(found.arms)), 7, CRISES)
    (there,), (again,) = found.pairs, back.pairs
    assert there.flows is not None
    assert again.flows is not None
    assert (there.flows.counts == again.flows.counts.T).all()
    for one, other in zip(there.differences, again.differences, strict=True):
        assert (one.measure, one.of) == (other.measure, other.of)
        assert (one.before, one.after) == (other.after, other.before)
        assert one.difference == pytest.approx(-other.difference)
        assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert [one.replication for one in there.worse] == [one.replication for one in again.better]
    assert there.same == again.same


def test_the_pairs_that_changed_most_are_the_crises_named(found: ScenarioComparison) -> None:
    (pair,) = found.pairs
    crises = rows_of(found.crises)
    assert len(crises) == CRISES
    for one in (*pair.better, *pair.worse):
        row = crises[one.replication]
        assert (row["outcome_A"], row["outcome_B"]) == (one.before, one.after)
        for arm, outcome in zip(found.arms, (one.before, one.after), strict=True):
            assert play(arm.scenario, 7, one.replication).result.outcome == outcome
    largest = max(pair.worse, key=lambda one: one.changes)
    assert largest == pair.worse[0]
    assert all(one.changes > (0, 0, 0) for one in pair.worse)
    assert all(one.changes < (0, 0, 0) for one in pair.better)


def test_the_account_lists_inputs_first_and_ends_with_the_caveat(found: ScenarioComparison) -> None:
    lines = found.lines
    text = "\n".join(lines)
    assert max(len(line) for line in lines) <= 80
    order = ["Inputs that differ", "Outcomes in %", "Paired differences", "Crises by outcome", "Made"]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)
    assert "no validated" in text[-90:]
    assert found.brief_text() == lines
    assert "escalation run" not in text
    files = "\n".join(found.account(Path("here")))
    replication = found.pairs[0].worse[0].replication
    assert f"escalation run {TINY} --seed 7 --replication {replication}" in files
    assert f"escalation run here/B.yaml --seed 7 --replication {replication}" in files


def test_the_address_of_the_page_is_one_that_it_takes(found: ScenarioComparison) -> None:
    (address,) = (line.strip() for line in found.account(Path("here")) if "/?tab" in line)
    pairs = [(key, value) for key, _, value in (part.partition("=") for part in address[2:].split("&"))]
    session = session_of(Library(Workspace(found.arms[1].scenario, str(TINY))), pairs)
    assert (session.tab, session.seed) == ("watch", 7)
    assert session.replication in {one.replication for one in (*found.pairs[0].better, *found.pairs[0].worse)}


def test_equal_scenarios_have_identical_crises() -> None:
    other = load_scenario(TINY, ["title=Another"])
    found = compare_arms(arms_of([TINY, other]), 1, 100)
    assert found.pairs[0].same == 100
    text = "\n".join(found.lines)
    assert "A and B have equal inputs" in text
    assert "A and B are identical in all 100 crises" in text
    assert found.pairs[0].better == found.pairs[0].worse == ()


def test_several_arms_are_each_compared_with_the_first() -> None:
    fork = Variant(["states.arland.resolve=0.1"], since="2025-04-30")
    found = compare_arms(arms_of([TINY, PRESSED, fork]), 2, 300)
    assert [pair.after.letter for pair in found.pairs] == ["B", "C"]
    assert {row["arms"] for row in rows_of(found.tables["differences.csv"])} == {"A-B", "A-C"}
    assert {"flows_B.csv", "flows_C.csv", "inputs_B.csv", "inputs_C.csv"} <= set(found.tables)
    command = found.command(Path("here"))
    assert command.endswith(
        "--drop objection --or --change states.arland.resolve=0.1 --from 2025-04-30 --seed 2"
        " --replications 300 --out here"
    )
    crisis = found.pairs[1].better[0]
    commands = list(found.commands(found.pairs[1], crisis, Path("here")))
    assert commands == [
        f"escalation run {TINY} --seed 2 --replication {crisis.replication}",
        f"escalation run --from here --arm C --replication {crisis.replication}",
    ]


def test_scenarios_of_unequal_length_are_said_to_be_so() -> None:
    shorter = load_scenario(TINY, ["free_days=5"])
    found = compare_arms(arms_of([TINY, shorter]), 2, 60)
    assert "in simulated days: A 10, B 5." in "\n".join(found.lines)
    by_name = {each.measure: each for each in found.pairs[0].differences}
    assert by_name["days_to_end"].before <= 5, "days count up to the end of the shorter"
    with pytest.raises(ArgumentError, match="B has no simulated days"):
        compare_arms(arms_of([TINY, load_scenario(TINY, ["free_days=0"])]), 2, 60)


def test_threads_and_their_number_change_nothing(found: ScenarioComparison) -> None:
    again = compare_arms(arms_of([TINY, PRESSED]), 7, CRISES, workers=3)
    assert {name: table.csv() for name, table in again.tables.items()} == {
        name: table.csv() for name, table in found.tables.items()
    }


def test_courses_of_runs_are_compared_without_playing_them_again(tmp_path: Path) -> None:
    for name, seed in (("one", 4), ("two", 5)):
        write_run(play(load_scenario(TINY), seed, 0), tmp_path / name)
    arms = arms_of([tmp_path / "one", tmp_path / "two"])
    (course,) = recorded_courses(arms)
    assert course.parting is not None
    found = compare_arms(arms, 4, 0, courses=[course])
    assert found.pairs[0].course is course
    assert set(found.tables) == {"inputs_B.csv", "course_B.csv"}
    assert recorded_courses(arms_of([tmp_path / "one", TINY])) == []
    one = compare_arms(arms_of([TINY, PRESSED]), 4, 0, replication=3)
    assert one.pairs[0].course is not None
    assert "seed 4, replication 3" in "\n".join(one.lines)


def test_a_run_of_other_rules_is_compared_as_it_is_on_record(tmp_path: Path) -> None:
    write_run(play(load_scenario(TINY), 4, 0), tmp_path / "one")
    write_run(play(load_scenario(TINY), 5, 0), tmp_path / "two")
    path = tmp_path / "one" / "manifest.json"
    tree = json.loads(path.read_text())
    tree["resolved_scenario"]["weights"] = {"heat_in_gate": 1.0}
    path.write_text(json.dumps(tree))
    arms = arms_of([tmp_path / "one", tmp_path / "two"])
    found = compare_arms(arms, 4, 500, courses=recorded_courses(arms))
    text = " ".join(" ".join(found.lines).split())
    assert found.n == 0
    assert "cannot be simulated again: these weights belong to other rules" in text
    assert "A and B part on" in text
