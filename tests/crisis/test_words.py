from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace

import pytest

from escalation.crisis.play import play
from escalation.crisis.words import (
    amount,
    chance,
    mediation_words,
    odds_factors,
    points,
    reason_words,
    result_words,
    term_words,
    what_words,
    when_words,
    why,
)
from escalation.rules.options import CLOCK_TERMS
from escalation.scenario.load import load_scenario
from escalation.vocabulary import (
    CHANNEL_WORDS,
    CHANNELS,
    CONCILIATORY,
    ESCALATORY,
    HOSTILE,
    MEDIATION,
    NUCLEAR_END,
    POLITICAL,
    STYLE_WORDS,
    STYLES,
    Style,
)
from tests.strategies import crisis, dated, nuclear

SCENARIO = load_scenario("pahalgam_2025")
RUN = play(SCENARIO, 2025)
ACTS = [decision for decision in RUN.decisions if decision.choice.target >= 0]


@pytest.mark.parametrize(
    ("probability", "says"),
    [
        (0.0, "0.0%"), (1e-9, "<0.1%"), (0.00049, "<0.1%"), (0.0005, "0.1%"), (0.123, "12.3%"),
        (0.9994, "99.9%"), (0.9996, ">99.9%"), (1.0, "100.0%"),
    ],
)  # fmt: skip
def test_no_chance_is_rounded_to_none_or_certainty(probability: float, says: str) -> None:
    assert chance(probability) == says


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (1e-9, "<0.0001"), (0.0241, "0.024"), (0.5, "0.50"), (1.0, "1.0"), (3.14, "3.1"), (9.94, "9.9"),
        (9.96, "10"), (1234.0, "1,234"), (1e6, ">100,000"),
    ],
)  # fmt: skip
def test_amounts_have_two_digits(value: float, says: str) -> None:
    assert amount(math.log(value)) == says


def test_no_amount_is_too_large_or_too_small() -> None:
    assert (amount(1e6), amount(-1e6)) == (">100,000", "<0.0001")


def numbers(words: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*\.?\d*", words)]


def product(words: str) -> float:
    """Return the product of the factors after the last equals sign."""
    return math.prod(numbers(re.sub(r"\([^)]*\)", "", words.rsplit("=", 1)[1])))


def test_the_hazard_is_the_product_of_its_factors() -> None:
    """As printed, each factor with two digits."""
    met = Counter[int]()
    for decision in ACTS:
        if decision.clock is None or decision.clock.occasion != "day":
            continue
        words = when_words(decision)
        stated = numbers(words.split("hazard ")[1].split(" a day")[0])[-1]
        assert stated == pytest.approx(product(words), rel=0.12), words
        own = decision.clock.form not in ESCALATORY
        wanted = math.exp(decision.choice.utility) if own else decision.clock.hazard
        assert stated == pytest.approx(wanted, rel=0.06), words
        met[decision.clock.form] += 1
    assert {CONCILIATORY, POLITICAL, HOSTILE, MEDIATION} <= set(met)


def test_the_odds_are_those_to_the_next_best_act_of_the_clock() -> None:
    stated = 0
    for decision in ACTS:
        if decision.clock is None:
            continue
        words = what_words(RUN, decision)
        assert f") {chance(math.exp(decision.log_what))}" in words
        rivals = [one for one in decision.alternatives if one.clock == decision.choice.clock]
        best = max((one.share for one in rivals if one is not decision.choice), default=0.0)
        if not best:
            continue
        odds = decision.choice.share / best
        found = re.search(r", (?:([\d.]+) to 1 over|1 to ([\d.]+) against|as likely as)", words)
        assert found, words
        over, against = found.groups()
        assert odds == pytest.approx(float(over or 1) / float(against or 1), rel=0.06), words
        if "=" in words:
            assert product(words) == pytest.approx(odds, rel=0.15), words
            stated += 1
    assert stated > 5


def test_when_says_the_chance_of_the_clock_and_of_holding() -> None:
    for decision in ACTS:
        words = " ".join(reason_words(RUN, decision))
        if decision.clock is None:
            assert words.startswith(f"P(this answer) {chance(decision.choice.probability)}; odds ")
        else:
            assert f"today) {chance(decision.clock.chance)}, P(hold) {chance(decision.hold_probability)}" in (
                words.replace("on the same day)", "today)")
            )
            assert math.exp(decision.log_when) == pytest.approx(decision.clock.chance)


def test_the_lull_is_in_days() -> None:
    """Of the clock, recomputed from its term."""
    lull = CLOCK_TERMS.index("lull")
    weight = {HOSTILE: SCENARIO.weights.lull, POLITICAL: SCENARIO.weights.protest_lull}
    days = set()
    for decision in ACTS:
        clock = decision.clock
        if clock is not None and clock.lull:
            assert clock.lull == pytest.approx(math.exp(-clock.terms[lull] / weight[clock.form]))
            days.add(clock.lull)
    assert max(days) > 2
    assert (term_words("lull", 1), term_words("lull", 3)) == (
        "1 day since the last act", "3 days since the last act",
    )  # fmt: skip


def test_a_reply_says_that_it_is_one_and_how_probable_replies_are() -> None:
    """Alba strikes on a simulated day; where Borea strikes back at once, its clock is that of replies."""
    scenario = crisis(
        acts=[dated(6, "alba", "strike", "borea")], weights={"reply_force": 0.45, "reply_strike": 0.45}
    )
    found = 0
    for seed in range(12):
        run = play(scenario, seed)
        for decision in run.decisions:
            if decision.is_reply and decision.day == 6:
                assert decision.choice.probability < 0.45
                assert f"P(reply on the same day) 45.0%, P(hold) {chance(0.55)}" == when_words(
                    decision
                ).removeprefix("when: ")
                found += 1
    assert 0 < found < 12


def test_a_further_act_of_the_day_has_the_probability_of_one() -> None:
    again = [one for one in ACTS if one.clock is not None and one.clock.occasion == "again"]
    assert again
    for decision in again:
        weights = SCENARIO.weights
        p = weights.again if decision.clock and decision.clock.form == HOSTILE else weights.protest_again
        assert f"once more today) {chance(p)}" in when_words(decision)
        assert "hazard" not in when_words(decision)


def test_why_has_both_stages() -> None:
    said = [why(decision) for decision in ACTS]
    assert any(re.fullmatch(r"when \w+ x[\d.]+.*; what \w+ x[\d.]+.*", one) for one in said), said
    assert not any(name in one for one in said for name in ("alarm", "intercept"))


def test_a_refusal_is_the_other_side_of_a_consent() -> None:
    answers = [one for one in ACTS if one.clock is None]
    assert answers
    for decision in answers:
        other = replace(decision, chosen=1 - decision.chosen)
        signs = dict(odds_factors(decision))
        assert odds_factors(other) == [(name, -value) for name, value in signs.items()]
        odds = math.exp(sum(signs.values()))
        assert odds / (1 + odds) == pytest.approx(decision.choice.probability)


def test_nuclear_use_ends_the_account_with_one_sentence() -> None:
    run = play(nuclear(), 1)
    lines = result_words(run)
    assert lines[0] == f"Outcome: Nuclear use. {NUCLEAR_END}"
    assert NUCLEAR_END not in " ".join(result_words(RUN))


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
    runs = [play(scenario, seed) for seed in range(5)]
    settled = [run for run in runs if run.result.settlements[0].channel == "mediated"]
    opened = [run for run in runs if run.result.settlements[0].talks_opened]
    assert settled
    assert opened
    for run in opened:
        assert any(f"talks {words} opened on" in line for line in result_words(run))
    for run in settled:
        assert any(f", through talks {words};" in line for line in result_words(run))


def test_changes_in_points() -> None:
    assert [points(share) for share in (0.031, -0.004, 0.0001, -0.0001)] == ["+3.1", "−0.4", "0.0", "0.0"]
