"""When mediators act, who consents, how talks end: against sums done by hand."""

from __future__ import annotations

import math

import pytest

from escalation.rules import mediate
from escalation.rules.hostile import hostile_log_hazard, time_hostility
from escalation.rules.mediate import AGREE, GO_ON, LAPSE, consent_log_odds
from escalation.rules.state import OFFERED, OPEN, QUIET
from escalation.vocabulary import MEDIATED
from tests.strategies import Table, crisis

WEIGHTS = {
    "readiness_violence": 3.0, "readiness_asked": 2.0, "refusal_deters": 4.0, "consent": -1.0,
    "consent_trust": 2.0, "consent_aversion": 1.5, "consent_bias": 1.0, "consent_exhaustion": 2.5,
    "consent_fear": 3.0, "consent_pressure": 0.5, "exhaustion_cap": 0.8, "bilateral_discount": 0.5,
    "talks_agree": 0.01, "agree_formulation": 1.2, "agree_leverage": 2.0, "agree_exhaustion": 0.8,
    "talks_lapse": 0.05, "talks_collapse": 0.4, "clarity": 0.6, "face_saving": 0.4,
    "consent_leverage": 0.9, "agree_company": -0.5, "persistence_holds": 1.2, "leverage_presence": 0.4,
    "guarantee_formulation": 0.3, "guarantee_leverage": 0.7, "guarantee_holds": 1.6, "credible_lean": 0.5,
    "ceasefire_breach": 0.03,
}  # fmt: skip


def mediator(**more: object) -> dict[str, object]:
    toward = {
        "alba": {"trust": 0.7, "bias": 0.4, "leverage": 0.3},
        "borea": {"trust": 0.5, "bias": -0.1, "leverage": 0.5},
    }
    return {
        "label": "U", "enters_day": 3, "style": "manipulation", "form": "third_party", "persistence": 0.25,
        "credibility": 0.5, "toward": toward,
    } | more  # fmt: skip


@pytest.fixture
def table() -> Table:
    return Table(crisis(mediators={"umbra": mediator()}, weights=WEIGHTS)).on(10)


def can(table: Table, name: str) -> bool:
    j = -1 if name == "urge" else 1
    return mediate.mediator_can(table.params, table.state, 0, table.act(name), 0, j)


def test_a_mediator_acts_from_its_day_of_entry(table: Table) -> None:
    table.on(2)
    assert not can(table, "urge")
    assert not can(table, "offer")
    table.on(3)
    assert can(table, "urge")
    assert can(table, "offer")


@pytest.mark.parametrize(
    ("style", "able"),
    [
        ("facilitation", set()),
        ("formulation", {"formula"}),
        ("manipulation", {"formula", "press"}),
    ],
)
def test_style_is_the_most_intrusive_act_in_open_talks(style: str, able: set[str]) -> None:
    table = Table(crisis(mediators={"umbra": mediator(style=style)})).on(10)
    talk = table.talk("umbra", "alba", "borea")
    for stage in (QUIET, OFFERED):
        talk.stage = stage
        assert not any(can(table, name) for name in ("formula", "press"))
    talk.stage = OPEN
    assert {name for name in ("formula", "press") if can(table, name)} == able
    talk.focal, talk.pressed = 2.0, 1
    assert not any(can(table, name) for name in ("formula", "press"))


def test_an_offer_is_made_in_quiet_without_a_ceasefire(table: Table) -> None:
    talk = table.talk("umbra", "alba", "borea")
    for stage in (OFFERED, OPEN):
        talk.stage = stage
        assert not can(table, "offer")
    talk.stage = QUIET
    table.dyad("alba", "borea").ceasefire = 1
    assert not can(table, "offer")


def weigh(table: Table, name: str) -> float:
    if name == "urge":
        return table.utility("umbra", name, "alba")
    return table.utility("umbra", name, "alba", "borea")


def test_readiness_by_hand(table: Table) -> None:
    table.dyad("alba", "borea").violence = 0.6
    table.side("umbra", "borea", "alba").asked = 0.7
    table.talk("umbra", "alba", "borea").refused = 0.5
    expected = {
        "intercept": -3.0,
        "violence": 3.0 * 0.6,
        "request": 2.0 * 0.7,
        "refusal": -4.0 * 0.75 * 0.5,
    }
    assert weigh(table, "offer") == pytest.approx(sum(expected.values()))
    assert table.weighed("umbra", "offer", "alba", "borea") == pytest.approx(expected)
    assert weigh(table, "urge") == pytest.approx(-2.5 + 3.0 * 0.6)
    assert table.utility("umbra", "hold") == 0.0


def test_urging_looks_at_the_worst_of_a_state_s_quarrels() -> None:
    states = {name: {"label": name} for name in ("alba", "borea", "corda")}
    rivalries = [{"between": ["alba", "borea"]}, {"between": ["alba", "corda"]}]
    table = Table(crisis(states=states, rivalries=rivalries, mediators={}))
    table.dyad("alba", "borea").violence = 0.2
    table.dyad("alba", "corda").violence = 0.7
    table.dyad("borea", "corda").violence = 0.9  # no rivals
    near = [mediate.violence_near(table.params, table.state, i, -1) for i in range(3)]
    assert near == [0.7, 0.2, 0.7]


def test_consent_by_hand(table: Table) -> None:
    table.actor("borea").exhaustion, table.actor("borea").fear = 1.3, 0.2
    table.pair("borea", "alba").pressure = 0.6
    expected = {
        "intercept": -1.0,
        "trust": 2.0 * 0.5,
        "aversion": -1.5 * 0.2 * 1.0,
        "bias": -1.0 * 0.5,
        "leverage": 0.9 * 0.5,  # it raises the cost of refusing
        "exhaustion": 2.5 * 0.8,  # capped
        "fear": 3.0 * 0.2,
        "pressure": -0.5 * 0.6,
    }
    found = mediate.weigh_consent(table.params, table.state, 0, 1, 0)
    terms = found._asdict() | found.opinion._asdict()
    del terms["opinion"]
    assert terms == pytest.approx(expected)
    assert consent_log_odds(found) == pytest.approx(sum(expected.values()))


def test_talks_open_once_an_offer_stands_and_both_have_consented(table: Table) -> None:
    talk = table.talk("umbra", "alba", "borea")
    mine, theirs = table.side("umbra", "alba", "borea"), table.side("umbra", "borea", "alba")

    def opens(stage: int, one: int, other: int) -> bool:
        talk.stage, mine.consented, theirs.consented = stage, one, other
        return mediate.open_if_all_consent(table.params, table.state, 0, 1, 0)

    assert not opens(QUIET, 1, 1)
    assert not opens(OFFERED, 1, 0)
    assert not opens(OFFERED, 0, 1)
    assert opens(OFFERED, 1, 1)
    assert (talk.stage, talk.opened, table.dyad("alba", "borea").talks_opened) == (OPEN, 10, 10)
    for first in (10, 0):
        table.dyad("alba", "borea").talks_opened = first
        assert opens(OFFERED, 1, 1)
        assert table.dyad("alba", "borea").talks_opened == first  # the first opening is kept
    table.on(12)
    assert opens(OFFERED, 1, 1)
    assert talk.opened == 12


@pytest.mark.parametrize(("horizon", "expected"), [(9, 10), (10, 12), (12, -1)])
def test_talks_of_the_record_count_when_they_open_again(table: Table, horizon: int, expected: int) -> None:
    table.params.frame[0].horizon = horizon
    talk = table.talk("umbra", "alba", "borea")
    for day in (10, 12):
        table.on(day)
        talk.stage = OFFERED
        table.side("umbra", "alba", "borea").consented = table.side("umbra", "borea", "alba").consented = 1
        assert mediate.open_if_all_consent(table.params, table.state, 0, 0, 1)
    assert (talk.first_opened, talk.newly_opened) == (10, expected)


def test_the_hazard_of_agreement_by_hand(table: Table) -> None:
    talk = table.talk("umbra", "alba", "borea")
    hazard = mediate.hazard_of_agreement(table.params, table.state, 0, 0, 1)
    presence = 2.0 * 0.4 * 0.4  # its mean leverage, the share of it that counts before it presses
    assert hazard == pytest.approx(0.01 * math.exp(presence))
    talk.focal = 0.0
    formula = mediate.hazard_of_agreement(table.params, table.state, 0, 0, 1)
    assert formula == pytest.approx(0.01 * math.exp(1.2 + presence))
    talk.pressed = 1
    table.actor("alba").exhaustion, table.actor("borea").exhaustion = 0.4, 0.8
    pressed = mediate.hazard_of_agreement(table.params, table.state, 0, 0, 1)
    assert pressed == pytest.approx(0.01 * math.exp(1.2 + 2.0 * 0.4 + 0.8 * 0.6))
    table.actor("alba").exhaustion = 5.0
    capped = mediate.hazard_of_agreement(table.params, table.state, 0, 0, 1)
    assert capped == pytest.approx(0.01 * math.exp(1.2 + 2.0 * 0.4 + 0.8 * 0.8))


@pytest.mark.parametrize(("others", "company"), [(0, 0), (1, 1), (2, 2)])
def test_mediators_in_talks_with_the_same_pair_compete(others: int, company: int) -> None:
    names = ("umbra", "vesta", "wega")
    table = Table(crisis(mediators={name: mediator() for name in names}, weights=WEIGHTS)).on(10)
    for name in names:
        table.talk(name, "alba", "borea").stage = OFFERED
    for name in names[: others + 1]:
        table.talk(name, "alba", "borea").stage = OPEN
    hazard = mediate.hazard_of_agreement(table.params, table.state, 0, 0, 1)
    assert hazard == pytest.approx(0.01 * math.exp(-0.5 * company + 2.0 * 0.4 * 0.4))


@pytest.mark.parametrize("persistence", [0.0, 0.25, 0.5, 1.0])
def test_the_hazard_of_lapse_by_hand(persistence: float) -> None:
    table = Table(crisis(mediators={"umbra": mediator(persistence=persistence)}, weights=WEIGHTS))
    expected = 0.05 * math.exp(-1.2 * (persistence - 0.5))
    assert mediate.hazard_of_lapse(table.params, 0) == pytest.approx(expected)


@pytest.mark.parametrize("force", [False, True])
def test_agreement_and_lapse_compete_after_what_force_has_left(table: Table, force: bool) -> None:
    spared = 1.0
    if force:
        table.dyad("alba", "borea").last_force = 9
        spared = 1.0 - 0.4
    lapse = 0.05 * math.exp(1.2 * 0.25)  # of a mediator with little persistence
    agree = 0.01 * math.exp(2.0 * 0.4 * 0.4)  # with the presence of its leverage
    over = 1 - math.exp(-(agree + lapse))
    agreed = spared * over * agree / (agree + lapse)
    lapsed = spared * over * lapse / (agree + lapse) + (1 - spared)
    grid = [(k + 0.5) / 20_000 for k in range(20_000)]
    ends = [mediate.continue_talks(table.params, table.state, 0, 0, 1, u) for u in grid]
    assert ends.count(AGREE) / len(ends) == pytest.approx(agreed, abs=1e-4)
    assert ends.count(LAPSE) / len(ends) == pytest.approx(lapsed, abs=1e-4)
    assert ends == sorted(ends, key=(AGREE, LAPSE, GO_ON).index)  # the better the luck, the worse the number


@pytest.mark.parametrize(
    ("formula", "pressed", "expected"),
    [
        (False, False, 0.7 * 0.4 * 0.4),
        (True, False, 0.3 + 0.7 * 0.4 * 0.4),
        (False, True, 0.7 * 0.4),
        (True, True, 0.3 + 0.7 * 0.4),
    ],
)
def test_what_stands_behind_an_agreement(table: Table, formula: bool, pressed: bool, expected: float) -> None:
    """The mean of its leverage on both, .3 and .5: in full where it pressed, else its presence."""
    talk = table.talk("umbra", "alba", "borea")
    talk.stage, talk.focal, talk.pressed = OPEN, 2.0 if formula else -1.0, int(pressed)
    assert mediate.guarantee_of(table.params, table.state, 0, 0, 1) == pytest.approx(expected)
    mediate.agree(table.params, table.state, 0, 0, 1)
    assert table.dyad("alba", "borea").guarantee == pytest.approx(expected)


def test_a_guarantee_is_at_most_full() -> None:
    toward = {name: {"leverage": 1.0} for name in ("alba", "borea")}
    weights = {"guarantee_leverage": 1.0, "guarantee_formulation": 0.6}
    table = Table(crisis(mediators={"umbra": mediator(toward=toward)}, weights=weights))
    talk = table.talk("umbra", "alba", "borea")
    talk.stage, talk.focal, talk.pressed = OPEN, 2.0, 1
    assert mediate.guarantee_of(table.params, table.state, 0, 0, 1) == 1.0


@pytest.mark.parametrize("guarantee", [0.0, 0.4, 1.0])
def test_a_ceasefire_breaks_down_the_less_the_more_stands_behind_it(table: Table, guarantee: float) -> None:
    dyad = table.dyad("alba", "borea")
    dyad.guarantee = guarantee
    expected = 0.03 * math.exp(-1.6 * guarantee)
    assert mediate.hazard_of_breach(table.params, dyad) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("bias", "credibility", "expected"),
    [(0.0, 0.6, 0.6), (0.4, 0.6, 0.72), (-1.0, 0.6, 0.3), (1.0, 0.9, 1.0), (1.0, 0.0, 0.0)],
)
def test_a_mediator_is_believed_by_the_side_that_it_favours(
    bias: float, credibility: float, expected: float
) -> None:
    toward = {"alba": {"bias": bias}}
    umbra = mediator(credibility=credibility, toward=toward)
    table = Table(crisis(mediators={"umbra": umbra}, weights=WEIGHTS))
    assert mediate.credibility_with(table.params, 0, 0) == pytest.approx(expected)
    assert mediate.credibility_with(table.params, 0, 1) == pytest.approx(credibility)


def test_a_state_s_appeal_and_consent_look_at_one_opinion(table: Table) -> None:
    found = mediate.opinion_of(table.params, 0, 1, 0)
    assert found._asdict() == pytest.approx(
        {"trust": 2.0 * 0.7, "aversion": -1.5 * 0.9, "bias": 0.0, "leverage": 0.9 * 0.3}
    )
    theirs = mediate.opinion_of(table.params, 1, 0, 0)
    assert theirs.bias == pytest.approx(-1.0 * (0.4 + 0.1))  # it leans to alba


def test_talks_without_hazards_go_on() -> None:
    table = Table(crisis(weights={"talks_agree": 0.0, "talks_lapse": 0.0})).on(10)
    assert mediate.continue_talks(table.params, table.state, 0, 0, 1, 0.0) == GO_ON


def test_talks_that_force_is_certain_to_end_lapse() -> None:
    table = Table(crisis(weights={"talks_collapse": 1.0})).on(10)
    table.dyad("alba", "borea").last_force = 9
    assert mediate.continue_talks(table.params, table.state, 0, 0, 1, 0.99) == LAPSE


def test_an_agreement_is_a_mediated_settlement_and_ends_the_talks(table: Table) -> None:
    talk, dyad = table.talk("umbra", "alba", "borea"), table.dyad("alba", "borea")
    talk.stage, talk.focal, talk.pressed = OPEN, 2.0, 1
    table.side("umbra", "alba", "borea").consented = 1
    mediate.agree(table.params, table.state, 0, 0, 1)
    assert (talk.stage, talk.focal, talk.pressed, talk.refused) == (QUIET, -1.0, 0, 0.0)
    assert (dyad.ceasefire, dyad.settled_day, dyad.channel, dyad.mediator) == (1, 10, MEDIATED, 0)
    assert table.side("umbra", "alba", "borea").consented == 0


def test_an_agreement_ends_what_other_mediators_offer_the_pair() -> None:
    table = Table(crisis(mediators={"umbra": mediator(), "vesta": mediator()})).on(10)
    table.talk("umbra", "alba", "borea").stage = OPEN
    vesta = table.talk("vesta", "alba", "borea")
    for stage in (OFFERED, OPEN):
        vesta.stage = stage
        mediate.agree(table.params, table.state, 0, 0, 1)
        assert (vesta.stage, vesta.refused) == (QUIET, 0.0)


def test_what_open_talks_put_on_the_table() -> None:
    """The lowest formula, the strongest leverage and the most credible presence of all open talks."""
    toward = {"alba": {"leverage": 0.8}, "borea": {"leverage": 0.1}}
    mediators = {
        "umbra": mediator(),  # leans to alba by .4: credibility .5 (1 + .5 .4)
        "vesta": mediator(credibility=0.9, toward=toward),
        "wega": mediator(credibility=1.0),
    }
    table = Table(crisis(mediators=mediators, weights=WEIGHTS)).on(10)
    pair = table.pair("alba", "borea")
    names = ("talks", "focal", "leverage", "information", "clarity", "face_saving")

    def set_table() -> tuple[float, ...]:
        mediate.set_table(table.params, table.state, 0, 1)
        return tuple(float(pair[name]) for name in names)

    empty = (0, -1.0, 0.0, 0.0, 0.0, 0.0)
    assert set_table() == empty
    table.talk("umbra", "alba", "borea").stage = OPEN
    assert set_table() == pytest.approx((1, -1.0, 0.4 * 0.3, 0.6, 0.6 * 0.6, 0.4))
    table.talk("umbra", "alba", "borea").focal = 3.0
    table.talk("umbra", "alba", "borea").pressed = 1
    assert set_table() == pytest.approx((1, 3.0, 0.3, 0.6, 0.36, 0.4))
    vesta = table.talk("vesta", "alba", "borea")
    vesta.stage, vesta.focal = OPEN, 1.0
    assert set_table() == pytest.approx((1, 1.0, 0.4 * 0.8, 0.9, 0.6 * 0.9, 0.4))
    vesta.pressed = 1
    assert set_table() == pytest.approx((1, 1.0, 0.8, 0.9, 0.54, 0.4))
    table.talk("umbra", "alba", "borea").focal = 0.0
    assert set_table()[1] == 0.0
    table.talk("umbra", "alba", "borea").focal = 3.0
    table.talk("wega", "alba", "borea").stage = OFFERED  # no talks yet
    assert set_table() == pytest.approx((1, 1.0, 0.8, 0.9, 0.54, 0.4))
    mediate.close_talks(table.state, 0, 0, 1, 0.5)
    mediate.close_talks(table.state, 1, 0, 1, 0.5)
    assert set_table() == empty


@pytest.mark.parametrize("style", ["facilitation", "formulation", "manipulation"])
def test_leverage_and_information_work_under_every_style(style: str) -> None:
    """A pair in open talks is restrained by both, though nobody may press."""
    found = {}
    for leverage, credibility in ((0.0, 0.0), (0.6, 0.0), (0.0, 0.6)):
        toward = {name: {"leverage": leverage} for name in ("alba", "borea")}
        umbra = mediator(style=style, credibility=credibility, toward=toward)
        table = Table(crisis(mediators={"umbra": umbra})).on(10)
        table.talk("umbra", "alba", "borea").stage = OPEN
        mediate.set_table(table.params, table.state, 0, 1)
        found[leverage, credibility] = hostile_log_hazard(time_hostility(table.params, table.state, 0, 1))
    w = table.params.weights[0]
    still = found[0.0, 0.0]
    assert found[0.6, 0.0] - still == pytest.approx(-w.leverage_restraint * w.leverage_presence * 0.6)
    assert found[0.0, 0.6] - still == pytest.approx(-w.information_restraint * 0.6)
