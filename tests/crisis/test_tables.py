"""The tables of a run: what they have one row for, and that they agree with the run."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from escalation.crisis import tables
from escalation.crisis.play import Beginning, Run, play
from escalation.files.places import StoreError
from escalation.files.write import Table
from escalation.rules.options import TERMS
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import NUCLEAR_END
from tests.strategies import NUCLEAR_DAY, crisis, date, nuclear


@pytest.fixture(scope="module")
def run() -> Run:
    return play(crisis(free_days=12), 3, 1)


def rows(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.csv())))


def test_every_act_is_a_row_in_the_order_of_settling(run: Run) -> None:
    found = rows(tables.acts_table(run))
    assert len(found) == sum(decision.choice.target >= 0 for decision in run.decisions)
    assert [int(row["day"]) for row in found] == sorted(int(row["day"]) for row in found)
    recorded = [(row["date"], row["actor"], row["act"], row["target"]) for row in found if row["says"]]
    wanted = [(str(act.date), act.actor, act.act, act.target) for act in run.scenario.acts]
    assert sorted(recorded) == sorted(wanted)
    assert all(row["forced"] == "1" for row in found if row["says"])
    assert all(row["contested"] == "" for row in found if row["forced"] == "0")
    assert all(0 < float(row["probability"]) <= 1 for row in found)


def test_both_stages_of_an_act_make_its_log_probability(run: Run) -> None:
    found = rows(tables.acts_table(run))
    acting = [row for row in found if row["p_hold"]]
    assert 0 < len(acting) < len(found)
    for row in found:
        both = float(row["log_when"]) + float(row["log_what"])
        assert float(row["log_p"]) == pytest.approx(both, rel=1e-5)
    for row in acting:
        given = float(row["probability"]) / (1.0 - float(row["p_hold"]))
        assert math.exp(float(row["log_p_acting"])) == pytest.approx(given, rel=1e-4)


def test_every_day_has_a_row_per_ordered_pair_of_rivals(run: Run) -> None:
    found = rows(tables.days_table(run))
    pairs = Counter((row["state"], row["rival"]) for row in found)
    assert pairs == {("alba", "borea"): len(run.days), ("borea", "alba"): len(run.days)}
    assert tables.ordered_rivals(run) == [(0, 1), (1, 0)]
    simulated = {row["day"] for row in found if row["simulated"] == "1"}
    assert simulated == {str(day) for day in range(5, 17)}
    (first,) = (row for row in found if row["incidents"])
    assert (first["day"], first["state"], first["incidents"]) == ("0", "alba", run.scenario.incidents[0].says)


def test_measures_are_in_force_from_the_day_of_the_act(run: Run) -> None:
    i, j = run.index.actor["alba"], run.index.actor["borea"]
    assert tables.measures_in_force(run, run.days[0], i, j) == []
    assert set(tables.measures_in_force(run, run.days[1], i, j)) == {"expel", "close_border"}
    assert tables.measures_in_force(run, run.days[1], j, i) == []


def test_a_contested_incident_says_so() -> None:
    incident = crisis().incidents[0].model_copy(update={"contested": True})
    scenario: Scenario = crisis(free_days=0).model_copy(update={"incidents": (incident,)})
    run = play(scenario, 1)
    (words,) = tables.incidents_of(run, run.days[0], 0, 1)
    assert words.startswith(incident.says)
    assert len(words) > len(incident.says)
    assert tables.incidents_of(run, run.days[0], 1, 0) == []


def test_alternatives_of_a_decision_sum_to_one_and_one_is_taken(run: Run) -> None:
    decisions = defaultdict(list)
    for row in rows(tables.decisions_table(run)):
        decisions[row["decision"]].append(row)
    assert len(decisions) == len(run.decisions)
    for alternatives in decisions.values():
        assert sum(float(row["probability"]) for row in alternatives) == pytest.approx(1)
        assert sum(row["taken"] == "1" for row in alternatives) == 1
        for row in alternatives:
            assert sum(float(row[term]) for term in TERMS) == pytest.approx(float(row["utility"]), abs=1e-6)
        clocks = [row for row in alternatives if row["act"] != "hold"]
        assert len({row["p_hold"] for row in clocks}) == 1


def test_both_stages_give_the_probability_of_an_alternative(run: Run) -> None:
    decisions = defaultdict(list)
    for row in rows(tables.decisions_table(run)):
        decisions[row["decision"]].append(row)
    met = set()
    for alternatives in decisions.values():
        clocks = {row["hazard"] for row in alternatives}
        if clocks == {""}:  # an answer to an offer
            for row in alternatives:
                assert (row["p_hold"], row["log_when"]) == ("", "0")
                assert math.exp(float(row["log_what"])) == pytest.approx(float(row["probability"]), rel=1e-5)
            continue
        hold, *acts = alternatives
        assert hold["act"] == "hold"
        assert float(hold["p_hold"]) == float(hold["probability"])
        assert math.exp(float(hold["log_when"])) == pytest.approx(float(hold["p_hold"]), rel=1e-5)
        whole = -float(hold["log_when"])
        for row in acts:
            hazard = float(row["hazard"])
            share = math.exp(float(row["log_what"]))
            first = (1 - float(row["p_hold"])) * hazard / whole
            assert float(row["probability"]) == pytest.approx(first * share, rel=1e-4)
            assert 1 - math.exp(-hazard) == pytest.approx(math.exp(float(row["log_when"])), rel=1e-5)
            terms = [float(row[name]) for name in tables.CLOCK_COLUMNS]
            if any(terms):
                assert math.exp(sum(terms)) == pytest.approx(hazard, rel=1e-5)
                met.add(row["kind"])
    assert {"military", "diplomatic"} <= met


def test_the_tables_of_a_crisis_end_with_nuclear_use() -> None:
    run = play(nuclear(), 1)
    for table in (tables.acts_table(run), tables.days_table(run), tables.decisions_table(run)):
        assert max(int(row["day"]) for row in rows(table)) == NUCLEAR_DAY
    found = tables.result_tree(run)
    assert (found["outcome"], found["ended"], found["note"]) == (
        "nuclear_use", date(NUCLEAR_DAY), NUCLEAR_END,
    )  # fmt: skip
    assert found["forced_acts"] == len(run.scenario.acts) - 1, "one is dated later"
    assert "ended" not in tables.result_tree(play(crisis(free_days=2), 1))


def test_the_folder_of_a_run_holds_what_repeats_it(run: Run, tmp_path: Path) -> None:
    assert tables.run_name(run.scenario, 3, 1) == "example_3_1"
    assert tables.run_name(run.scenario, 3, 0) == "example_3"
    folder = tmp_path / "new" / "one"
    paths = tables.write_run(run, folder)
    assert [path.name for path in paths] == ["acts.csv", "days.csv", "decisions.csv", "manifest.json"]
    manifest = json.loads(paths[-1].read_text(encoding="utf-8"))
    assert (manifest["seed"], manifest["replication"]) == (3, 1)
    assert manifest["result"] == tables.result_tree(run)
    before = [path.read_bytes() for path in paths]
    found = tables.recorded_run(folder)
    assert (found.seed, found.replication, found.result) == (3, 1, tables.result_tree(run))
    assert tables.is_same_run(folder, run.scenario, 3, 1)
    assert not tables.is_same_run(folder, run.scenario, 3, 2)
    again = play(found.scenario, found.seed, found.replication)
    tables.write_run(again, folder)
    assert [path.read_bytes() for path in paths] == before


def test_the_folder_of_a_run_of_two_scenarios_repeats_it(run: Run, tmp_path: Path) -> None:
    other = crisis(weights={"alarm": 2.0}, free_days=run.scenario.free_days)
    began = Beginning(run.scenario, run.scenario.horizon_day + 2)
    forked = play(other, 3, 1, began)
    tables.write_run(forked, tmp_path)
    found = tables.recorded_run(tmp_path)
    assert found.began == began
    assert play(found.scenario, 3, 1, found.began).decisions == forked.decisions
    assert tables.is_same_run(tmp_path, other, 3, 1, began)
    assert not tables.is_same_run(tmp_path, other, 3, 1)
    assert not tables.is_same_run(tmp_path, other, 3, 1, replace(began, since=began.since + 1))
    path = tmp_path / tables.MANIFEST
    path.write_text(path.read_text("utf-8").replace('"free_days": ', '"free_days": 1'), encoding="utf-8")
    with pytest.raises(StoreError, match="does not match its hash"):
        tables.recorded_run(tmp_path)


def test_the_figure_goes_with_its_run(run: Run, tmp_path: Path) -> None:
    tables.write_run(run, tmp_path)
    tables.write_figure(tmp_path, b"drawn")
    tables.write_run(run, tmp_path)
    assert (tmp_path / tables.FIGURE).read_bytes() == b"drawn"
    tables.write_run(replace(run, seed=run.seed + 1), tmp_path)
    assert not (tmp_path / tables.FIGURE).exists()


@pytest.mark.parametrize("seed", [-1, "7", None])
def test_a_manifest_that_was_edited_is_no_run(run: Run, tmp_path: Path, seed: object) -> None:
    path = tables.write_run(run, tmp_path)[-1]
    known = json.loads(path.read_text(encoding="utf-8"))
    known["resolved_scenario"]["free_days"] = seed
    path.write_text(json.dumps(known), encoding="utf-8")
    with pytest.raises(StoreError, match=re.escape(str(path))):
        tables.recorded_run(path)
    known["resolved_scenario"]["free_days"] = run.scenario.free_days + 1
    path.write_text(json.dumps(known), encoding="utf-8")
    with pytest.raises(StoreError, match="does not match its hash"):
        tables.recorded_run(tmp_path)


def test_a_folder_that_cannot_be_made(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises((StoreError, OSError)):
        tables.write_run(run, tmp_path / "taken" / "below")


def test_a_run_without_simulated_days_has_no_outcome() -> None:
    found = tables.result_tree(play(crisis(free_days=0), 1))
    assert found["outcome"] is None
    assert found["forced_acts"] == len(crisis().acts)
    assert found["first_force"] is None
