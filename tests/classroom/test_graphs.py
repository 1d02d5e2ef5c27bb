from __future__ import annotations

import json

import pytest

from escalation.classroom import graphs, texts
from escalation.classroom.chart_style import LIGHT
from escalation.vocabulary import OUTCOME_CLASSES
from tests.classroom.crises import ensemble, workspace

SCENARIO = workspace().scenario
ALL = graphs.figures_of("all", SCENARIO)


def test_every_graph_has_a_name_and_every_figure_belongs_to_one() -> None:
    assert set(texts.GRAPH_NAMES) == set(graphs.GRAPHS)
    chosen = [
        name for graph in graphs.GRAPHS if graph != "all" for name in graphs.figures_of(graph, SCENARIO)
    ]
    assert sorted(chosen) == sorted(ALL)
    assert graphs.figures_of("postures", SCENARIO) == ("fan:india", "fan:pakistan")


@pytest.mark.parametrize("name", ALL)
def test_a_figure_has_chart_title_words_and_definitions(name: str) -> None:
    found = ensemble()
    tables = graphs.tables_of([("now", found)], [name.partition(":")[0]])
    assert json.dumps(graphs.chart(name, tables, SCENARIO, LIGHT), allow_nan=False)
    assert "{" not in graphs.title(name, SCENARIO) + graphs.says(name) + graphs.words(name, found)
    assert "%" in graphs.words(name, found)
    for term, meaning in graphs.definitions(name, SCENARIO):
        assert term
        assert meaning.endswith(".")
        assert "{" not in term + meaning


def test_words_are_those_of_the_crises() -> None:
    share = f"{(ensemble().columns['outcome'] == 4).mean():.1%}"
    assert f"Stand-off {share}" in graphs.words("outcomes", ensemble())
    share = f"{ensemble().answers['mediated'].mean():.1%}"
    assert f"through mediation {share}" in graphs.words("settlements", ensemble())


def test_definitions_are_those_of_the_scenario() -> None:
    outcomes = dict(graphs.definitions("outcomes", SCENARIO))
    assert list(outcomes) == [each.label for each in OUTCOME_CLASSES]
    assert "rung 6 or above" in outcomes["Limited use of force, ended"]
    rungs = dict(graphs.definitions("peaks", SCENARIO))
    assert rungs["9 Full conventional war"] == SCENARIO.ladder.rungs[9].description
    (force,) = graphs.definitions("forces", SCENARIO)
    assert force == (
        "Use of force (rung 6 or above)", "A state acts on rung 6 or above for the first time.",
    )  # fmt: skip
