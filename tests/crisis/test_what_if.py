from __future__ import annotations

import pytest

from escalation.crisis import wording
from escalation.crisis.game import Game, IllegalMoveError, option_key
from escalation.crisis.what_if import WhatIf, chosen_on, odds_rows, options_on, what_if, what_if_words
from escalation.scenario.load import load_scenario
from escalation.vocabulary import FORCE_ENDED, FORCE_GOING_ON, OUTCOMES, WAR_OUTCOME

SCENARIO = load_scenario("pahalgam_2025", ["free_days=6"])
FIRST = SCENARIO.horizon_day + 1
FORCEFUL = [WAR_OUTCOME, FORCE_ENDED, FORCE_GOING_ON]


@pytest.fixture(scope="module")
def game() -> Game:
    """A game in which Pakistan strikes on the first day, and India is played by another."""
    one = Game(SCENARIO, 1, 0, ["india", "pakistan"])
    one.play({"pakistan": [option for option in one.options("pakistan") if option.act == "strike"]})
    while not one.is_over:
        one.play({})
    return one


@pytest.fixture(scope="module")
def waited(game: Game) -> WhatIf:
    return what_if(game, "pakistan", FIRST, count=300)


def test_who_had_waited_had_used_less_force(waited: WhatIf) -> None:
    assert waited.before.sum() == waited.after.sum() == waited.count == 300
    assert waited.before[FORCEFUL].sum() == 300, "it has struck"
    assert waited.after[FORCEFUL].sum() < 200
    differences = (waited.after - waited.before) / 300
    assert list(waited.differences.estimate) == pytest.approx(list(differences))
    assert (waited.waits, waited.instead) == (True, "hold")
    assert "[rung 7]" in waited.chosen


def test_the_same_choice_changes_nothing(game: Game) -> None:
    """Common random numbers: where the choice is the same, so is every crisis."""
    strike = [option for option in options_on(game, "pakistan", FIRST) if option.act == "strike"]
    same = what_if(game, "pakistan", FIRST, strike, count=50)
    assert list(same.before) == list(same.after)
    assert set(same.differences.estimate) == {0.0}
    assert wording.IF_UNCLEAR in list(what_if_words(same))
    assert not any(row.is_clear for row in odds_rows(same))


def test_a_later_day_is_asked_with_the_days_before_it_as_they_were(game: Game) -> None:
    later = what_if(game, "pakistan", FIRST + 2, count=50)
    assert later.before[FORCEFUL].sum() == later.after[FORCEFUL].sum() == 50
    acts = [option for option in options_on(game, "pakistan", FIRST) if option.target]
    with pytest.raises(IllegalMoveError, match="at most 3"):
        what_if(game, "pakistan", FIRST, acts, count=1)


def test_what_was_chosen_is_among_the_options_of_the_day(game: Game) -> None:
    done = chosen_on(game, "pakistan", FIRST)
    assert done == {("strike", "india", None)}
    assert done < {option_key(option) for option in options_on(game, "pakistan", FIRST)}
    assert chosen_on(game, "pakistan", FIRST + 1) == set()


def test_the_words_name_the_choice_and_what_it_moves(waited: WhatIf) -> None:
    first, *rest = what_if_words(waited)
    assert first.startswith("If Pakistan had waited on 6 May 2025 (in the game: Pakistan")
    assert any("instead of" in line for line in rest)
    assert "300 crises" in rest[-1]
    rows = odds_rows(waited)
    assert len(rows) == sum(waited.before + waited.after > 0) <= len(OUTCOMES)
    assert any(row.is_clear for row in rows)
    assert all("[" in row.difference for row in rows)
    assert any("−" in row.difference for row in rows)


def test_another_act_is_named(game: Game) -> None:
    protest = [option for option in options_on(game, "pakistan", FIRST) if option.act == "protest"]
    found = what_if(game, "pakistan", FIRST, protest, count=20)
    assert next(what_if_words(found)).startswith("If Pakistan had chosen “protests to India” on 6 May 2025")
