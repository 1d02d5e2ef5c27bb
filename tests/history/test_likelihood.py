"""What the rules expected of acts on record: which rows there are, and that they are the rules' own."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from escalation.crisis import wording
from escalation.crisis.play import play
from escalation.engine.batch import read_record, simulate
from escalation.engine.pack import pack
from escalation.history.fit import fit
from escalation.history.likelihood import (
    LADDER,
    LEAST,
    MOST_WAITS,
    OF_RECORD,
    Evidence,
    case_scores,
    evidence_of_cases,
    evidence_of_exchanges,
    evidence_of_force,
    evidence_of_waits,
    exchange_probabilities,
    quiet_spans,
)
from escalation.history.mie import Exchanges, Histories, exchanges, histories, load_mie
from escalation.history.objective import Priors
from escalation.rules.reading import SORTS, WHO
from escalation.scenario.load import load_ladder, load_scenario
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights
from escalation.vocabulary import HOSTILE, POLITICAL, RUNGS
from tests.history.crises import ACTS, case, past
from tests.history.mie_files import Act, many_acts, write_mie
from tests.strategies import crisis, date, dated

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
    assert evidence.levels is not None
    assert evidence.levels[evidence.observed].tolist() == (many.events.level - 2).tolist()
    assert evidence.read(Weights()).shape == (len(many.events), SORTS)
    assert (evidence.forecast(Weights()) == exchange_probabilities(Weights(), many)).all()
    assert evidence.group == ("100-200", "101-201", "102-202", "103-203", "104-204", "750-770")
    assert evidence.year is not None
    assert set(evidence.year.tolist()) == {1980, 1995}
    left = evidence.of_groups({"750-770", "101-201"})
    assert left.tolist() == np.isin(many.events.actor, (750, 770, 101, 201)).tolist()


# Days between acts

STILL = {
    "lull": 0.0, "lead": 0.0, "tempo": 0.0, "grievance": 0.0, "fear_restrains": 0.0, "commitment_acts": 0.0,
    "resolve_acts": 0.0, "information_restraint": 0.0, "reply_force": 0.0, "reply_strike": 0.0,
    "reply_other": 0.0,
}  # fmt: skip
"""Weights with which the hazard of hostile acts is the same on every day."""


def still(alarm: float = -3.0) -> Weights:
    return Weights().model_copy(update=STILL | {"alarm": alarm})


def dated_acts(days: Sequence[int], pair: tuple[int, int] = (100, 200), level: int = 4) -> list[Act]:
    """Return acts of the first state of a pair, so many days after 1 January 1980."""
    start = dt.date(1980, 1, 1)
    dates = [start + dt.timedelta(day) for day in days]
    return [(pair[0], k, *pair, one.year, one.month, one.day, level) for k, one in enumerate(dates, start=1)]


def past_of(tmp_path: Path, acts: list[Act]) -> Histories:
    return histories(load_mie(write_mie(tmp_path / "waits.csv", acts)), 1946)


EVERY_20_DAYS = dated_acts(range(0, 400, 20))


def test_a_constant_hazard_is_found_again(tmp_path: Path) -> None:
    """Nineteen waits of twenty days and one of 180 without an act, in all of which two states can act."""
    evidence = evidence_of_waits(past_of(tmp_path, EVERY_20_DAYS))
    assert int(evidence.times.sum()) == 19 * 20 + 180
    assert (evidence.observed > 0).sum() == 19
    flat = Priors(("alarm",), tightness=1e-9)
    found = fit([evidence], priors=flat, start=still())
    # By one state on 19 of 560 days, by the other never: each acts with the mean of both.
    assert math.exp(found.values[0]) == pytest.approx(-math.log(1.0 - 19 / (2 * 560)), rel=5e-3)


def test_an_unrecorded_act_is_part_of_the_hazard(tmp_path: Path) -> None:
    """Of threats .6 are on record: the hazard of all is higher by 1/.6."""
    flat = Priors(("alarm",), tightness=1e-9)
    found = [
        math.exp(fit([evidence_of_waits(past_of(tmp_path, dated_acts(range(0, 400, 20), level=level)))],
                     priors=flat, start=still()).values[0])
        for level in (4, 2)
    ]  # fmt: skip
    assert found[1] / found[0] == pytest.approx(1 / 0.6, rel=1e-3)


def test_every_day_is_one_of_four(tmp_path: Path) -> None:
    evidence = evidence_of_waits(past_of(tmp_path, EVERY_20_DAYS))
    table = evidence.read(Weights())
    assert table.shape == (len(evidence.observed), WHO)
    assert table.sum(axis=1) == pytest.approx(1.0)
    constant = evidence.read(still(-2.0))
    p = 1.0 - math.exp(-math.exp(-2.0))
    assert constant == pytest.approx(
        np.tile([(1 - p) ** 2, p * (1 - p), p * (1 - p), p * p], (len(table), 1)), abs=1e-9
    )


def test_spans_of_quiet_days_are_worth_every_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading one day in a tenth of the wait for all of it changes no sum by a hundredth."""
    past = past_of(tmp_path, dated_acts([0, 1, 5, 40, 200, 203, 390]))
    some = evidence_of_waits(past)
    monkeypatch.setattr("escalation.history.likelihood.SPANS", 10**9)
    each = evidence_of_waits(past)
    assert len(some.observed) < len(each.observed) == each.times.sum() == some.times.sum()
    for weights in (Weights(), Weights(lull=1.5, tempo=1.2)):
        whole = [(one.times * one.log_scores(one.read(weights))).sum() for one in (some, each)]
        assert whole[0] == pytest.approx(whole[1], rel=0.01)
        quiet = [
            (one.times * one.log_scores(one.read(weights)))[one.observed == 0].sum() for one in (some, each)
        ]
        assert quiet[0] == pytest.approx(quiet[1], rel=0.02)


@pytest.mark.parametrize("days", [0, 1, 19, 20, 25, 180])
def test_spans_cover_every_day_once(days: int) -> None:
    spans = list(quiet_spans(days))
    assert sum(span for _, span in spans) == days
    begins = np.cumsum([0, *(span for _, span in spans)]) + 1
    assert all(first <= on < after for (on, _), first, after in zip(spans, begins, begins[1:], strict=False))
    assert all(span == 1 for on, span in spans if on < 20)


def test_a_pair_counts_with_so_many_waits_at_most(tmp_path: Path) -> None:
    acts = [*dated_acts(range(0, 400, 10)), *dated_acts([0, 30], (101, 201))]
    evidence = evidence_of_waits(past_of(tmp_path, acts))
    assert evidence.shares is not None
    by_pair = [
        float((evidence.shares * evidence.times)[(evidence.cluster == k) & (evidence.observed > 0)].sum())
        for k in range(2)
    ]
    assert by_pair == pytest.approx([MOST_WAITS, 1.0])
    assert evidence.group == ("100-200", "101-201")
    assert evidence.year is not None
    # Its last act is on day 390, so 570 days are at risk, and day 366 is the first of 1981.
    assert evidence.times[evidence.of_groups({"100-200"}) & (evidence.year == 1981)].sum() == 570 - 365


def test_who_acts_on_the_day_is_one_side_or_both(tmp_path: Path) -> None:
    acts = [
        (1, 1, 100, 200, 1980, 1, 1, 3), (1, 2, 200, 100, 1980, 1, 5, 3), (1, 3, 100, 200, 1980, 1, 9, 3),
        (1, 4, 200, 100, 1980, 1, 9, 3), (1, 5, 100, 200, 1980, 1, 12, 4, 17),
    ]  # fmt: skip
    evidence = evidence_of_waits(past_of(tmp_path, acts))
    assert evidence.observed[evidence.observed > 0].tolist() == [2, 3, 3]


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
    """The clocks that a played day shows, by the acts that coders note, and their options."""
    acts = [dated(0, "borea", "protest", "alba"), dated(3, "alba", "strike", "borea")]
    acts += [dated(3, "borea", "sustained", "alba", seq=2)]
    scenario = past(acts=acts)
    scores = case_scores(scenario)
    rung_of, w = pack(scenario).acts["rung"], scenario.weights

    def noted(form: int, rung: float) -> float:
        if form != HOSTILE:
            return w.words_noted if form == POLITICAL else w.steps_noted
        return 1.0 if rung >= 6 else w.skirmishes_noted if rung == 5 else w.shows_noted

    expected = []
    for decision in (one for one in play(scenario, 1).decisions if one.forced):
        shares = np.zeros(RUNGS)
        for option in decision.alternatives:
            if option.clock >= 0:
                clock, rung = decision.clocks[option.clock], rung_of[option.act]
                noticed = max(1e-12, clock.hazard) ** w.noted_elasticity * noted(clock.form, rung)
                shares[int(rung)] += noticed * option.share
        expected.append(shares / shares.sum())
    assert scores.probabilities == pytest.approx(np.array(expected))


def test_evidence_of_cases_with_other_weights() -> None:
    cases = [past("one"), past("two", acts=ACTS[:3])]
    evidence = evidence_of_cases(cases)
    assert evidence.group == ("one", "two")
    assert evidence.cluster.tolist() == [0] * 6 + [1] * 3
    assert evidence.observed.tolist() == [1, 2, 3, 6, 7, 0, 1, 2, 3]
    moved = Weights(protest=0.5)
    expected = [case_scores(case.model_copy(update={"weights": moved})).probabilities for case in cases]
    assert (evidence.read(moved) == np.concatenate(expected)).all()
    assert (evidence.read(moved)[:, 1] > evidence.read(Weights())[:, 1]).all()
    assert evidence.of_groups({"one"}).tolist() == [True] * 6 + [False] * 3


WAR = [*ACTS[:3], dated(12, "borea", "war", "alba"), *ACTS[6:]]
CRISES = 4_000


def test_days_of_cases_say_whether_somebody_used_open_force() -> None:
    """From the day after the start to ninety days after the end, the last coded one, or the first of war."""
    evidence = evidence_of_force(
        [past("one"), past("two", case=case(coded_to=date(15))), past("three", acts=WAR)]
    )
    assert np.bincount(evidence.cluster).tolist() == [130, 15, 12]
    by_case = [np.flatnonzero(evidence.observed[evidence.cluster == number]) + 1 for number in range(3)]
    assert [used.tolist() for used in by_case] == [[10, 12], [10, 12], [12]]
    read = evidence.read(Weights())
    assert read.sum(axis=1) == pytest.approx(1.0)
    assert (evidence.read(Weights(stakes_acts=2.0))[:, 1] > read[:, 1]).all()
    assert evidence_of_force([]).read(Weights()).shape == (0, 2)


def test_the_risk_of_a_day_is_that_of_a_free_morning() -> None:
    """As often as the rules say, somebody uses open force first on a simulated day."""
    scenario = crisis(
        acts=ACTS[:2], mediators={}, horizon=6, free_days=1, weights={"alarm": -1.0, "again": 0.0}
    )
    recorded = scenario.model_copy(update={"horizon": scenario.date_of(7)})
    risk = read_record(pack(recorded))[1][7]
    acts = simulate(pack(scenario), 3, 0, CRISES, paths=True).acts
    assert acts is not None
    rung = pack(scenario).acts["rung"][acts["act"]]
    first = (acts["group"] == 1) & (rung >= 6)
    forceful = len(set(acts["replication"][first].tolist()))
    assert binomtest(forceful, CRISES, risk).pvalue > 1e-4


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


def game(**changes: object) -> Scenario:
    """Return the recorded case of `past` as a game in which people chose the acts of alba from day 5 on."""
    acts = [
        one | {"says": wording.PLAYED} if one["actor"] == "alba" and one["date"] > date(5) else one
        for one in ACTS
    ]
    coded = case(use="classroom", played=["alba"], origins=[date(5)], coded_to=date(40))
    return past(**({"acts": acts, "case": coded} | changes))


def test_the_likelihood_of_what_people_chose_is_that_of_the_same_acts_on_record() -> None:
    """Where these are all that was done: a game lists every act, coders note some kinds more than others."""
    recorded, played = case_scores(past(weights=OF_RECORD)), case_scores(game())
    assert np.array_equal(recorded.probabilities, played.probabilities)
    named = played.actor, played.date
    chosen = [actor == "alba" and day > dt.date(2020, 1, 6) for actor, day in zip(*named, strict=True)]
    assert played.counts.tolist() == chosen
    assert recorded.counts.all()
    whole, part = evidence_of_cases([past()]), evidence_of_cases([game()])
    of_record = Weights(**OF_RECORD)
    assert np.array_equal(part.read(Weights()), whole.read(of_record)[chosen])
    assert np.array_equal(part.read(Weights()), part.read(of_record))
    assert not np.allclose(whole.read(Weights()), whole.read(of_record))
    assert part.observed.tolist() == whole.observed[chosen].tolist()


def test_acts_of_the_model_in_a_game_contribute_nothing() -> None:
    nobody = game(case=case(use="classroom", played=["umbra"], origins=[date(5)], coded_to=date(40)))
    for evidence in (evidence_of_cases([nobody]), evidence_of_force([nobody])):
        assert len(evidence.observed) == 0
        assert len(evidence.read(Weights())) == 0


def test_days_of_force_in_a_game_are_those_on_which_people_chose_for_every_state() -> None:
    held = [dated(day, side, "hold", other) | {"says": wording.PLAYED}
            for day in (7, 8) for side, other in (("alba", "borea"), ("borea", "alba"))]  # fmt: skip
    both = game(
        acts=[*game().model_dump(mode="json")["acts"], *held],
        case=case(use="classroom", played=["alba", "borea"], origins=[date(5)], coded_to=date(40)),
    )
    assert len(evidence_of_force([both]).observed) == 2
    assert len(evidence_of_force([game()]).observed) == 0
