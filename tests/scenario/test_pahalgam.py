"""The shipped scenario against the table of facts: each has its entry, date, actor and numbers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from docs.scenario_page import Fact, dated, entries_of, load_facts, page
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Dated, Mediator, Relation, Scenario, State

SCENARIO = Path(__file__).parents[2] / "scenarios" / "pahalgam_2025.yaml"
FACTS = load_facts()


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario(SCENARIO)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.fact)
def test_fact_has_its_one_entry(scenario: Scenario, fact: Fact) -> None:
    found = entries_of(scenario, fact)
    assert len(found) == 1, [path for path, _ in found]
    _, entry = found[0]
    if isinstance(entry, Dated):
        assert entry.article == fact.article


def test_every_entry_marked_as_the_article_s_is_a_fact_of_the_table(scenario: Scenario) -> None:
    in_table = {path for fact in FACTS for path, _ in entries_of(scenario, fact)}
    unexplained = [path for path, entry in dated(scenario) if entry.article and path not in in_table]
    assert not unexplained


def test_the_article_is_named_as_source_where_and_only_where_it_says_so(scenario: Scenario) -> None:
    for path, entry in dated(scenario):
        assert entry.sources, path
        assert ("article" in entry.sources) == entry.article, path


def standing(scenario: Scenario) -> list[State | Mediator | Relation]:
    """Return the parts of the scenario that hold dispositions."""
    mediators = list(scenario.mediators.values())
    relations = [relation for mediator in mediators for relation in mediator.toward.values()]
    return [*scenario.states.values(), *mediators, *relations]


def test_no_source_is_unused_and_documents_have_an_address(scenario: Scenario) -> None:
    used = {name for _, entry in dated(scenario) for name in entry.sources}
    used |= {name for part in standing(scenario) for name in part.sources}
    assert used == set(scenario.sources)
    assert all(source.address for source in scenario.sources.values() if source.kind == "document")


def test_nothing_is_dated_after_the_horizon(scenario: Scenario) -> None:
    assert (scenario.start, scenario.horizon) == (dt.date(2025, 4, 22), dt.date(2025, 5, 5))
    assert all(scenario.start <= entry.date <= scenario.horizon for _, entry in dated(scenario))


def test_the_eleventh_night_is_that_before_the_horizon(scenario: Scenario) -> None:
    (firing,) = scenario.border_fire
    last_evening = firing.date + dt.timedelta(days=firing.nights - 1)
    assert last_evening == scenario.horizon - dt.timedelta(days=1)


def test_russia_enters_on_the_day_of_its_first_act(scenario: Scenario) -> None:
    first = min(act.date for act in scenario.acts if act.actor == "russia")
    assert scenario.date_of(scenario.mediators["russia"].enters_day) == first


def test_russia_leans_to_india(scenario: Scenario) -> None:
    toward = scenario.mediators["russia"].toward
    assert toward["india"].bias > toward["pakistan"].bias


def test_each_act_occurs_once_per_day_and_each_measure_once(scenario: Scenario) -> None:
    daily = Counter((act.date, act.actor, act.act, act.target) for act in scenario.acts)
    measures = Counter(
        (act.actor, act.act, act.target) for act in scenario.acts if scenario.ladder.acts[act.act].lasts
    )
    assert set(daily.values()) == {1}
    assert set(measures.values()) == {1}


def test_actors_have_the_capabilities_for_what_they_did(scenario: Scenario) -> None:
    for entry in scenario.acts:
        needed = scenario.ladder.acts[entry.act].capability
        assert needed is None or needed in scenario.states[entry.actor].capabilities


def test_rate_of_attacks_is_that_of_the_coded_list(scenario: Scenario) -> None:
    attack = max(scenario.hazards, key=lambda hazard: hazard.severity)
    (seed,) = scenario.incidents
    assert attack.per_day == pytest.approx(16 / (27 * 365), abs=5e-5)
    assert attack.severity == seed.severity


def test_dispositions_have_a_reason(scenario: Scenario) -> None:
    assert all(part.note for part in standing(scenario))


def test_the_page_shows_every_fact_and_every_entry(scenario: Scenario) -> None:
    text = page(scenario)
    assert all(fact.fact in text for fact in FACTS if fact.article)
    assert all(f"`{path}`" in text for path, _ in dated(scenario))
