"""Acts that stand out among their actor's, by known probabilities in place of those of the rules."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from escalation.history import outliers
from escalation.history.likelihood import CaseScores
from escalation.history.outliers import ordinal, outlying_acts
from tests.history.crises import past


def known(patch: pytest.MonkeyPatch, rows: list[tuple[str, int, float]]) -> None:
    """Let acts have these actors, rungs and probabilities; the other rungs share what is left evenly."""
    table = np.array([[(1 - p) / 10] * 11 for _, _, p in rows])
    for k, (_, rung, p) in enumerate(rows):
        table[k, rung] = p
    scores = CaseScores(
        date=tuple(dt.date(2000, 1, 1 + k) for k in range(len(rows))),
        actor=tuple(actor for actor, _, _ in rows),
        observed=np.array([rung for _, rung, _ in rows]),
        probabilities=table,
        counts=np.ones(len(rows), bool),
    )
    patch.setattr(outliers, "case_scores", lambda _: scores)


COMMON = [("alba", 3, p) for p in (0.3, 0.25, 0.4, 0.35, 0.3, 0.2)]


def test_an_act_far_less_probable_than_the_others_of_its_actor_stands_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known(monkeypatch, [*COMMON, ("alba", 6, 0.001)])
    (found,) = outlying_acts(past())
    assert (found.date, found.actor, found.rung, found.rank) == (dt.date(2000, 1, 7), "alba", 6, 11)
    assert found.probability == pytest.approx(0.001)
    assert "rung 6 was 11th" in str(found)


def test_a_record_that_surprises_throughout_has_no_act_that_stands_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known(monkeypatch, [("alba", 6, p / 1_000) for _, _, p in COMMON])
    assert outlying_acts(past()) == []


def test_each_actor_has_its_own_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    at_war = [("borea", 9, p / 1_000) for _, _, p in COMMON]
    known(monkeypatch, [*COMMON, *at_war, ("borea", 9, 0.0003), ("alba", 9, 0.0003)])
    assert [found.actor for found in outlying_acts(past())] == ["alba"]


def test_the_most_probable_rungs_never_stand_out(monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, [("alba", 3, 0.99)] * 6 + [("alba", 4, 0.1)])
    assert outlying_acts(past()) == []


@pytest.mark.parametrize("few", [2, 4])
def test_an_actor_of_few_acts_is_measured_by_all(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, [*COMMON, *[("borea", 9, 0.0003)] * few, ("borea", 9, 0.0002)])
    assert bool(outlying_acts(past())) == (few < 4)


def test_too_few_acts_have_no_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, [("alba", 3, 0.5), ("alba", 9, 0.0001)])
    assert outlying_acts(past()) == []


def test_places_are_written_as_words_say_them() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st",
    ]  # fmt: skip
