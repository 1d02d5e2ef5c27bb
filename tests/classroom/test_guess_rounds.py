from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from escalation.classroom.guess_rounds import MOST_GUESSES, GuessRound, GuessRounds
from escalation.classroom.guesses import ModelShare
from escalation.classroom.session import is_code
from tests.classroom.crises import workspace

SHARE = ModelShare(0.3, 0.28, 0.33)
QUESTION = "outcomes.war"


def opened(rounds: GuessRounds | None = None) -> tuple[GuessRound, str]:
    return (rounds or GuessRounds()).open(workspace(), (), 1, QUESTION)


def test_a_browser_has_one_guess_and_may_change_it_until_the_answer_is_shown() -> None:
    found, _ = opened()
    one, other = found.take("60"), found.take("20")
    assert one
    assert other
    assert found.guesses == (20, 60)
    assert found.take("10", one) == one
    assert (found.guesses, found.guess_of(one)) == ((10, 20), 10)
    found.show(SHARE)
    assert found.take("90", one) is None
    assert found.take("90") is None
    assert found.guesses == (10, 20)


@given(st.none() | st.text() | st.floats() | st.lists(st.integers()), st.none() | st.text() | st.integers())
def test_forged_values_and_tokens_change_nothing(given: object, token: object) -> None:
    found, _ = opened()
    own = found.take(50)
    assert own
    assert found.take("60", "forged") is None
    assert found.take(60, token or "forged") is None
    found.take(given, own)
    assert len(found.guesses) == 1
    assert 0 <= found.guesses[0] <= 100


def test_only_whoever_opened_a_round_has_its_token() -> None:
    found, token = opened()
    own = found.take(50)
    assert found.is_opened_by(token)
    for forged in ("", own, None, 3, "é"):
        assert not found.is_opened_by(forged)
    assert token not in repr(found)


def test_guesses_are_limited() -> None:
    found, _ = opened()
    tokens = [found.take(1) for _ in range(MOST_GUESSES)]
    assert found.take(1) is None
    assert found.take(2, tokens[0]) == tokens[0]


def test_the_latest_rounds_are_kept_and_older_ones_are_closed() -> None:
    rounds = GuessRounds(most=2)
    pairs = [opened(rounds) for _ in range(3)]
    found, tokens = [one for one, _ in pairs], [token for _, token in pairs]
    assert all(is_code(one.code) for one in found)
    assert list(rounds) == found[1:]
    assert rounds.find(found[0].code) is None
    assert found[0].is_closed
    assert found[0].take(5) is None
    rounds.forget(found[1].code, tokens[1])
    rounds.forget("", "")
    for token in ("", tokens[0], tokens[1]):
        rounds.forget(found[2].code, token)
    assert [one.is_closed for one in found] == [True, True, False]


def test_whoever_watches_is_told_of_every_change_until_leaving() -> None:
    found, _ = opened()
    told: list[int] = []
    leave = found.watch(lambda: told.append(len(found.guesses)))
    found.take(3)
    found.take("no")
    found.show(SHARE)
    leave()
    leave()
    found.close()
    assert told == [1, 1]
