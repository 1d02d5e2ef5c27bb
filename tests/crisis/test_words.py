from __future__ import annotations

import math
import re

import pytest

from escalation.crisis.play import play
from escalation.crisis.words import (
    chance,
    mediation_words,
    probability_words,
    result_words,
    why,
    why_words,
)
from escalation.scenario.load import load_scenario
from escalation.vocabulary import CHANNEL_WORDS, CHANNELS, STYLE_WORDS, STYLES, Style

SCENARIO = load_scenario("pahalgam_2025")
RUN = play(SCENARIO, 2025)


@pytest.mark.parametrize(
    ("probability", "says"),
    [
        (0.0, "0.0%"), (1e-9, "<0.1%"), (0.00049, "<0.1%"), (0.0005, "0.1%"), (0.123, "12.3%"),
        (0.9994, "99.9%"), (0.9996, ">99.9%"), (1.0, "100.0%"),
    ],
)  # fmt: skip
def test_no_chance_is_rounded_to_none_or_certainty(probability: float, says: str) -> None:
    assert chance(probability) == says


def test_the_probability_of_an_act_is_given_that_its_actor_acts() -> None:
    acts = answers = 0
    for decision in RUN.decisions:
        if decision.choice.target < 0:
            continue
        words = probability_words(decision)
        hold = [one.probability for one in decision.alternatives if one.target < 0]
        if hold:
            given = decision.choice.probability / (1 - hold[0])
            assert math.exp(decision.log_p_acting) == pytest.approx(given, rel=1e-6)
            assert words == f"P(hold) {chance(hold[0])}, P(act | acting) {chance(given)}"
            acts += 1
        else:
            assert words == f"P(this answer) {chance(decision.choice.probability)}"
            answers += 1
    assert acts > 40
    assert answers > 0


def test_negative_provocation_is_worded_for_readers_only() -> None:
    """Tables keep the name of the term."""
    decisions = [one for one in RUN.decisions if one.choice.target >= 0]
    closed = [one for one in decisions if re.search(r"provocation -", why(one))]
    assert len(closed) > 10
    for decision in decisions:
        assert "little" not in why(decision)
        assert ("little provocation -" in why_words(decision)) == (decision in closed)
        assert not re.search(r"(?<!little )provocation -", why_words(decision))


def test_mediation_is_described_by_its_style() -> None:
    assert set(STYLE_WORDS) == set(STYLES)
    assert set(CHANNEL_WORDS) == set(CHANNELS)
    said = set()
    for style in STYLES:
        scenario = load_scenario("pahalgam_2025", [f"mediators.russia.style={style}"])
        said.add(mediation_words(scenario, "russia"))
    assert len(said) == len(STYLES)
    assert mediation_words(SCENARIO, "russia") == "facilitated by Russia"


@pytest.mark.parametrize("style", STYLES)
def test_the_result_describes_talks_by_the_style_of_their_mediator(style: Style) -> None:
    changes = [f"mediators.russia.style={style}", "weights.consent=6", "weights.talks_agree=0.5"]
    scenario = load_scenario("pahalgam_2025", changes)
    words = STYLE_WORDS[style].format(mediator="Russia")
    runs = [play(scenario, seed) for seed in range(12)]
    settled = [run for run in runs if run.result.settlements[0].channel == "mediated"]
    opened = [run for run in runs if run.result.settlements[0].talks_opened]
    assert settled
    assert opened
    for run in opened:
        assert any(f"talks {words} opened on" in line for line in result_words(run))
    for run in settled:
        assert any(f", through talks {words};" in line for line in result_words(run))
