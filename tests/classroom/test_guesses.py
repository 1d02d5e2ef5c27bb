from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.classroom import graphs
from escalation.classroom.chart_style import LIGHT
from escalation.classroom.guesses import (
    Guess,
    ModelShare,
    first_question,
    hidden,
    miss_words,
    percent_of,
    question_words,
    questions_of,
    read_guess,
    room_words,
    row_words,
    share_of_question,
    strip,
    with_guess,
)
from escalation.measures.ensemble import outcomes_table
from escalation.vocabulary import NUCLEAR_CAVEAT, OUTCOMES
from tests.classroom.crises import STYLE, ensemble, workspace

SCENARIO = workspace().scenario
ALL = questions_of("all")
PRESSED = ((STYLE, "manipulation"),)
SHARE = ModelShare(0.304, 0.28, 0.33)


@pytest.mark.parametrize("question", ALL)
def test_a_question_has_words_and_a_share_of_the_crises(question: str) -> None:
    words = question_words(question, SCENARIO) + row_words(question, SCENARIO)
    assert "?" in words
    assert "{" not in words
    found = share_of_question(question, ensemble())
    assert 0 <= found.low <= found.share <= found.high <= 1


def test_the_share_of_a_question_is_the_one_that_is_drawn() -> None:
    (row,) = [row for row in outcomes_table([("", ensemble())]).rows if row[1] == "stand_off"]
    assert share_of_question("outcomes.stand_off", ensemble()) == ModelShare(*row[5:8])  # type: ignore[arg-type]
    assert share_of_question("forces.end", ensemble()).share == ensemble().answers["force"].mean()
    rungs = [share_of_question(each, ensemble()).share for each in questions_of("rungs")]
    assert sum(rungs) == pytest.approx(1)


def test_every_graph_with_shares_has_a_first_question_that_is_its_own() -> None:
    for graph in graphs.GRAPHS:
        first = first_question(graph)
        assert (first is None) == (graph == "postures")
        assert first is None or first in questions_of(graph)


@given(st.sampled_from(ALL), st.none() | st.integers(0, 100), st.booleans())
def test_a_guess_is_read_as_it_was_written(question: str, percent: int | None, shown: bool) -> None:
    guess = Guess(question, percent, shown)
    assert read_guess(guess.written(), "all") == guess


@pytest.mark.parametrize(
    "text", ["", "outcomes", "outcomes.none:3", "peaks.6:3", "outcomes.war:101", "outcomes.war:3:now",
             "outcomes.war:-1", "outcomes.war:3.5", "outcomes.war:٣"],
)  # fmt: skip
def test_what_is_no_guess_about_the_graph_is_refused(text: str) -> None:
    assert read_guess(text, "outcomes") is None


@given(st.none() | st.text() | st.floats() | st.booleans() | st.integers() | st.lists(st.integers()))
def test_only_whole_percent_are_taken(given: object) -> None:
    found = percent_of(given)
    assert found is None or (0 <= found <= 100 and str(found) == str(given).lstrip("0").zfill(1))


def test_the_miss_is_told_in_points_and_without_praise() -> None:
    assert miss_words(Guess("outcomes.war", 60), SHARE) == (
        "You guessed 60%; in the model it is 30.4%, 95% interval 28.0% to 33.0%: 30 points less."
    )
    assert "3.4 points more." in miss_words(Guess("outcomes.war", 27), SHARE)
    assert "your guess lies in the 95% interval" in miss_words(Guess("outcomes.war", 31), SHARE)
    assert miss_words(Guess("outcomes.war"), SHARE).startswith("In the model it is 30.4%")
    for question in ("outcomes.nuclear_use", "peaks.10"):
        assert miss_words(Guess(question, 1), SHARE).endswith(NUCLEAR_CAVEAT)
        assert room_words([1], question, SHARE).endswith(NUCLEAR_CAVEAT)


def test_a_room_is_told_as_a_distribution() -> None:
    assert room_words([10, 20, 30, 40, 90], "outcomes.war", SHARE) == (
        "5 guesses: half of them lie between 20% and 40%, the median is 30%; in the model it is 30.4%, 95% "
        "interval 28.0% to 33.0%."
    )
    assert room_words([10], "outcomes.war", SHARE).startswith("1 guess, 10%;")
    assert room_words([], "outcomes.war", SHARE).startswith("In the model")


@pytest.mark.parametrize("name", graphs.figures_of("all", SCENARIO))
def test_a_hidden_setting_leaves_no_number_and_the_guess_is_marked_once(name: str) -> None:
    drawn = [("now", ensemble(PRESSED)), ("as in the scenario", ensemble())]
    tables = graphs.tables_of(drawn, [name.partition(":")[0]])
    options = graphs.chart(name, tables, SCENARIO, LIGHT)
    found = hidden(options, ["now"])
    left = [one["name"] for one in found["series"] if one["data"]]
    assert left == ["as in the scenario"]
    assert len(found["series"]) == len(options["series"])
    assert "now" in options["legend"]["data"]
    assert "now" not in found["legend"]["data"]
    assert not any(one["data"] for one in hidden(options, ["now", "as in the scenario"])["series"])
    kind = name.partition(":")[0]
    for question in questions_of(next(graph for graph, kinds in graphs.GRAPHS.items() if kind in kinds)):
        marked = with_guess(found, name, Guess(question, 42), LIGHT)
        (point,) = marked["series"][-1]["data"]
        assert 42 in point
        assert json.dumps(marked, allow_nan=False)
        assert with_guess(found, name, Guess(question), LIGHT)["series"][-1]["data"] == []


def test_a_guess_lies_on_the_row_that_it_is_about() -> None:
    tables = graphs.tables_of([("now", ensemble())], ["outcomes"])
    options = graphs.chart("outcomes", tables, SCENARIO, LIGHT)
    marked = with_guess(options, "outcomes", Guess("outcomes.stand_off", 42), LIGHT)
    assert marked["series"][-1]["data"] == [[42, OUTCOMES.index("stand_off")]]
    assert marked["legend"]["data"][-1] == "your guess"


def test_equal_guesses_are_stacked_and_the_model_stands_beside_them() -> None:
    options = strip([30, 30, 70], 70, SHARE, LIGHT)
    line, dots, own = options["series"]
    assert dots["data"] == [[30, 0.5], [30, 1.5], [70, 0.5]]
    assert own["data"] == [[70, 0.5]]
    assert [point[0] for point in line["data"]] == [30.4, 30.4]
    assert line["markArea"]["data"] == [[{"xAxis": 28.0}, {"xAxis": 33.0}]]
    tall = strip([30] * 400, None, SHARE, LIGHT)
    assert tall["yAxis"]["max"] >= 400
    assert tall["series"][1]["symbolSize"] < 1
    before = strip([], None, None, LIGHT)
    assert not any(one["data"] for one in before["series"])
    assert len(before["series"]) == len(options["series"])
