"""What the rules expected of acts on record: which rows there are, and that they are the rules' own."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from escalation.crisis.play import play
from escalation.history.likelihood import (
    LADDER,
    LEAST,
    Evidence,
    case_scores,
    evidence_of_cases,
    evidence_of_exchanges,
    exchange_probabilities,
)
from escalation.history.mie import Exchanges, exchanges, load_mie
from escalation.scenario.load import load_ladder, load_scenario
from escalation.scenario.weights import Weights
from tests.history.crises import ACTS, past
from tests.history.mie_files import Act, many_acts, write_mie
from tests.strategies import dated

ONE: list[Act] = [
    (7, 1, 750, 770, 1999, 5, 14, 2),
    (7, 2, 770, 750, 1999, 5, 15, 4),
    (7, 3, 770, 750, 1999, 5, 15, 5),
]


@pytest.fixture
def many(tmp_path: Path) -> Exchanges:
    return exchanges(load_mie(write_mie(tmp_path / "mie.csv", many_acts())))


def test_every_act_of_an_exchange_is_expected_to_be_of_some_level(many: Exchanges) -> None:
    found = exchange_probabilities(Weights(), many)
    assert found.shape == (len(many.events), 4)
    assert found.sum(axis=1) == pytest.approx(1.0)
    firsts = found[many.first[:-1]]
    assert (firsts == firsts[0]).all()  # of the first act nothing is known, whoever takes it


def test_the_sides_of_an_exchange_are_distinguished(tmp_path: Path) -> None:
    """What counts is who of the two acted before, not which of them has the smaller number."""
    turned: list[Act] = [(mic, event, other, one, *rest) for mic, event, one, other, *rest in ONE]  # type: ignore[misc]
    alone: list[Act] = [ONE[0], (*ONE[1][:2], 750, 770, *ONE[1][4:]), ONE[2]]  # type: ignore[misc]
    read = [
        exchange_probabilities(Weights(), exchanges(load_mie(write_mie(tmp_path / f"{k}.csv", acts))))
        for k, acts in enumerate((ONE, turned, alone))
    ]
    assert (read[0] == read[1]).all()
    assert read[0][1] != pytest.approx(read[2][1])


def test_acts_are_read_by_the_ladder_s_cross_walk(tmp_path: Path) -> None:
    """A code that the ladder names has its act, any other that of its level."""
    path = write_mie(tmp_path / "mie.csv", ONE)
    lines = path.read_text().splitlines()
    place = lines[0].split(",").index("action")

    def after(code: int) -> np.ndarray:
        cells = lines[2].split(",")
        cells[place] = str(code)
        path.write_text("\n".join([*lines[:2], ",".join(cells), *lines[3:]]))
        return exchange_probabilities(Weights(), exchanges(load_mie(path)))[2]

    ladder = load_ladder(LADDER)
    assert ladder.act_of(4, 14) != ladder.act_of(4, 17)
    assert after(14) != pytest.approx(after(17))
    assert (after(16) == after(18)).all()


def test_evidence_of_exchanges(many: Exchanges) -> None:
    evidence = evidence_of_exchanges(many)
    assert evidence.observed.tolist() == (many.events.level - 2).tolist()
    assert evidence.cluster.tolist() == many.exchange.tolist()
    assert len(evidence.group) == len(many.first) - 1
    assert set(evidence.group) == {"750-770", *(f"{100 + k}-{200 + k}" for k in range(5))}
    assert (evidence.read(Weights()) == exchange_probabilities(Weights(), many)).all()
    left = evidence.without({"750-770", "101-201"})
    gone = np.isin(many.events.actor, (750, 770, 101, 201))
    assert left.tolist() == (~gone).tolist()


def test_every_choice_of_a_state_on_record_is_scored_and_nothing_else() -> None:
    """Neither mediators' acts, nor answers to them, nor holds, nor acts forced on simulated days."""
    acts = [*ACTS, dated(22, "alba", "hold", "borea"), dated(45, "borea", "strike", "alba")]
    scores = case_scores(past(acts=acts))
    chosen = [entry for entry in ACTS if entry["act"] not in ("consent", "decline", "offer")]
    assert [date.isoformat() for date in scores.date] == [entry["date"] for entry in chosen]
    assert list(scores.actor) == [entry["actor"] for entry in chosen]
    assert scores.observed.tolist() == [1, 2, 3, 6, 7, 0]
    assert scores.probabilities.sum(axis=1) == pytest.approx(1.0)


def test_a_case_is_scored_as_it_is_played() -> None:
    """Alone on rungs 1, 7 and 8, acts are as likely as their rung."""
    acts = [dated(0, "borea", "protest", "alba"), dated(3, "alba", "strike", "borea")]
    acts += [dated(3, "borea", "sustained", "alba", seq=2)]
    scenario = past(acts=acts)
    scores = case_scores(scenario)
    run = play(scenario, 1)
    forced = [decision.log_p_acting for decision in run.decisions if decision.forced]
    probability = scores.probabilities[np.arange(3), scores.observed]
    assert np.log(probability) == pytest.approx(forced)


def test_evidence_of_cases_with_other_weights() -> None:
    cases = [past("one"), past("two", acts=ACTS[:3])]
    evidence = evidence_of_cases(cases)
    assert evidence.group == ("one", "two")
    assert evidence.cluster.tolist() == [0] * 6 + [1] * 3
    assert evidence.observed.tolist() == [1, 2, 3, 6, 7, 0, 1, 2, 3]
    moved = Weights(words_threshold=2.0)
    expected = [case_scores(case.model_copy(update={"weights": moved})).probabilities for case in cases]
    assert (evidence.read(moved) == np.concatenate(expected)).all()
    assert (evidence.read(moved)[:, 1] > evidence.read(Weights())[:, 1]).all()
    assert evidence.without({"one"}).tolist() == [False] * 6 + [True] * 3


def test_a_shipped_case_has_a_score_for_every_act() -> None:
    scenario = load_scenario("kargil_1999")
    scores = case_scores(scenario)
    rungs = np.arange(len(scores.observed)), scores.observed
    assert len(scores.date) == len(scores.actor) == len(scores.observed)
    assert scores.observed.max() == 8
    assert np.isfinite(scores.probabilities).all()
    assert (scores.probabilities[rungs] > 0.0).all()


def test_a_score_is_bounded_where_the_rules_rule_an_act_out() -> None:
    table = np.array([[0.25, 0.75], [1.0, 0.0]])
    evidence = Evidence("x", lambda _: table, np.array([1, 1]), np.array([0, 0]), ("a",))
    assert evidence.log_scores(table) == pytest.approx([-math.log(0.75), -math.log(LEAST)])
