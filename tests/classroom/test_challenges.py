from __future__ import annotations

import pytest

from escalation.classroom.challenges import standing_of, standing_words
from escalation.classroom.controls import Settings
from escalation.classroom.lesson import Challenge
from escalation.classroom.session import Session
from escalation.measures.measures import share_of
from tests.classroom.crises import ENTRY, STYLE, ensemble, workspace

CONTROLS = Session(workspace()).controls
PRESSES: Settings = ((STYLE, "manipulation"),)


def challenge(**limits: float | int) -> Challenge:
    return Challenge(label="One", says="Do one.", share="force", **limits)


def test_a_challenge_is_met_within_its_limit_and_by_as_much_as_is_left() -> None:
    crises = ensemble(PRESSES)
    share = float(share_of("force", crises.columns).mean())
    standing = standing_of(challenge(at_most=0.9), CONTROLS, PRESSES, crises)
    assert (standing.share, standing.margin, standing.is_met) == (share, pytest.approx(0.9 - share), True)
    assert standing.low < share < standing.high
    above = standing_of(challenge(at_least=0.9), CONTROLS, PRESSES, crises)
    assert (above.margin, above.is_met) == (pytest.approx(share - 0.9), False)
    between = standing_of(challenge(at_least=share - 0.2, at_most=share + 0.1), CONTROLS, PRESSES, crises)
    assert (between.margin, between.is_met) == (pytest.approx(0.1), True)
    assert not between.is_close
    words = " ".join(standing_words(standing))
    assert f"Now {share:.1%}" in words
    assert f"within the limit by {100 * (0.9 - share):.1f} points" in words
    assert "misses the limit by" in " ".join(standing_words(above))


def test_a_limit_within_the_interval_is_said_to_be_unsure() -> None:
    share = float(share_of("force", ensemble().columns).mean())
    close = standing_of(challenge(at_most=share + 0.01), CONTROLS, (), ensemble())
    assert (close.is_met, close.is_close) == (True, True)
    assert "another seed" in " ".join(standing_words(close))


def test_only_as_many_policies_as_are_allowed_and_no_assumption() -> None:
    crises = ensemble(PRESSES)
    two: Settings = ((ENTRY, 3), *PRESSES)
    one = challenge(at_most=1.0, most_changes=1)
    assert standing_of(one, CONTROLS, PRESSES, crises).is_met
    many = standing_of(one, CONTROLS, two, crises)
    assert (many.policies, many.assumptions, many.is_met) == (2, 0, False)
    assert "Too many policies are changed: 2, at most 1." in standing_words(many)
    eased: Settings = (*PRESSES, ("states.india.resolve", 0.1))
    assumed = standing_of(one, CONTROLS, eased, crises)
    assert (assumed.policies, assumed.assumptions, assumed.is_met) == (1, 1, False)
    assert any("about policies alone" in line for line in standing_words(assumed))
    assert standing_of(challenge(at_most=1.0), CONTROLS, eased, crises).is_met, "no number is given"


def test_words_on_nuclear_use_carry_the_caveat() -> None:
    one = Challenge(label="One", says="Do one.", share="nuclear_use", at_most=0.5)
    assert "validated" in standing_words(standing_of(one, CONTROLS, (), ensemble()))[-1]
