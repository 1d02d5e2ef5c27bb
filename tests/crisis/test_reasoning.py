"""The terms of a decision multiply to its hazard and to its odds, and are said in sentences."""

from __future__ import annotations

import math
from functools import cache

import pytest

from escalation.crisis import wording
from escalation.crisis.play import Run, play
from escalation.crisis.reasoning import (
    MOST_KINDS,
    MOST_RIVALS,
    Account,
    accounts_of,
    odds_words,
    rank_words,
    terms_table,
)
from escalation.crisis.words import ALARM
from escalation.rules.options import CLOCK_TERMS, TERMS
from escalation.vocabulary import ESCALATORY
from tests.strategies import build, crisis, dated, stage


@cache
def runs() -> tuple[Run, ...]:
    return tuple(play(build(stage()), seed) for seed in range(3))


def accounts(run: Run) -> list[Account]:
    """Return every decision of a run explained, holds and answers included."""
    return [
        account
        for day in run.days
        for actor in run.index.actors
        for account in accounts_of(run, day.day, actor)
    ]


def test_every_decision_is_explained_once() -> None:
    for run in runs():
        assert sorted(account.number for account in accounts(run)) == list(range(len(run.decisions)))


def test_the_terms_multiply_to_the_hazard_and_to_the_odds() -> None:
    """They are the terms of the rules, so nothing is left over but the last places of floats."""
    hazards = odds = 0
    for run in runs():
        for account in accounts(run):
            for fall in account.waterfalls:
                assert math.fsum(value for _, value in fall.factors) == pytest.approx(fall.total, abs=1e-12)
                hazards += fall.stage == "when"
                odds += fall.stage == "what"
    assert hazards > 300
    assert odds > 100


def test_hazards_and_odds_are_those_of_the_decision() -> None:
    kinds = set()
    for run in runs():
        for account in accounts(run):
            decision = account.decision
            for fall in account.waterfalls:
                if fall.stage == "what":
                    (other,) = {one.share for one in decision.alternatives if one.share == fall.probability}
                    ratio = decision.choice.share / other
                    assert math.exp(fall.total) == pytest.approx(ratio, rel=1e-9)
                elif account.acted and decision.clock is not None:
                    is_clocked = decision.clock.form in ESCALATORY
                    kinds.add(is_clocked)
                    if is_clocked:
                        assert math.exp(fall.total) == pytest.approx(decision.clock.hazard, rel=1e-12)
                    else:
                        own = decision.clock.hazard * decision.choice.share
                        assert math.exp(fall.total) == pytest.approx(own, rel=1e-9)
                    assert fall.probability == pytest.approx(-math.expm1(-decision.clock.hazard), rel=1e-9)
    assert kinds == {True, False}


def test_an_act_is_compared_with_the_next_best_of_its_kind() -> None:
    compared = 0
    for run in runs():
        for account in accounts(run):
            decision = account.decision
            rivals = [fall for fall in account.waterfalls if fall.stage == "what"]
            if not account.acted or decision.clock is None:
                continue
            same = [one for one in decision.alternatives if one.clock == decision.choice.clock]
            assert len(rivals) == min(MOST_RIVALS, len(same) - 1)
            best = sorted((one.share for one in same if one is not decision.choice), reverse=True)
            assert [fall.probability for fall in rivals] == best[: len(rivals)]
            compared += len(rivals) == MOST_RIVALS
    assert compared > 10


def test_holding_is_explained_by_what_did_not_come() -> None:
    for run in runs():
        for account in accounts(run):
            if not account.acted:
                clocks = account.decision.clocks
                assert len(account.waterfalls) <= min(MOST_KINDS, len(clocks))
                if clocks:
                    assert account.waterfalls
                    assert "P(hold), was" in " ".join(account.sentences)
                    assert "What did not come:" in " ".join(account.sentences)


def test_sentences_say_what_was_done_and_how_likely_it_was() -> None:
    said = " ".join(sentence for run in runs() for account in accounts(run) for sentence in account.sentences)
    for words in (
        "had a probability of",
        "at rest, raised by",
        "lowered by",
        "Given an act of this kind",
        "It is on",
    ):
        assert words in said, words
    assert "by by" not in said
    assert "{" not in said


def test_answers_and_replies_are_explained() -> None:
    found = [account for run in runs() for account in accounts(run)]
    answers = [one for one in found if one.decision.clock is None and one.acted]
    assert answers
    assert all("This answer had a probability" in " ".join(one.sentences) for one in answers)
    again = [one for one in found if one.decision.clock and one.decision.clock.occasion != "day"]
    assert again
    assert all(fall.stage == "what" for one in again for fall in one.waterfalls if one.acted)


def test_who_did_not_decide_by_itself_is_said_to() -> None:
    scenario = crisis(acts=[dated(2, "alba", "threat", "borea"), dated(8, "alba", "strike", "borea")])
    run = play(scenario, 1)
    ((recorded,), later) = accounts_of(run, 2), accounts_of(run, 8, "alba")
    assert wording.EXPLAINED_RECORD in recorded.sentences
    assert wording.EXPLAINED_DATED in later[0].sentences


def test_without_an_actor_those_who_acted_are_explained() -> None:
    run = runs()[0]
    for day in run.days:
        found = accounts_of(run, day.day)
        assert all(account.acted for account in found)
        acted = [one for one in run.decisions if one.day == day.day and one.choice.target >= 0]
        assert [account.decision for account in found] == acted


def test_every_term_can_be_the_subject_of_a_sentence() -> None:
    assert set(wording.CAUSES) == {*TERMS, *CLOCK_TERMS} - {ALARM}


def test_the_table_multiplies_up() -> None:
    run = runs()[0]
    table = terms_table(run, accounts(run))
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    totals = [at for at, row in enumerate(rows) if row["term"] == "total"]
    assert len(totals) > 100
    for at in totals:
        assert rows[at]["product"] == rows[at]["factor"]
        before = rows[at - 1]
        if at and before["term"] != "total":
            assert before["product"] == pytest.approx(rows[at]["product"], rel=1e-9)


@pytest.mark.parametrize(
    ("rank", "words"),
    [
        (1, "the likeliest"),
        (2, "the 2nd"),
        (3, "the 3rd"),
        (4, "the 4th"),
        (11, "the 11th"),
        (22, "the 22nd"),
    ],
)
def test_ranks(rank: int, words: str) -> None:
    assert rank_words(rank) == words


def test_odds_in_words() -> None:
    assert odds_words(math.log(2.0)) == "2.0 to 1"
    assert odds_words(-math.log(4.0)) == "1 to 4.0"
    assert odds_words(0.01) == "even"
