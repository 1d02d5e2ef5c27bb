"""Forecasts on record: probabilities are shares of simulated crises, and every change is noticed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.files.places import ArgumentError, ScenarioError
from escalation.history import forecast_record
from escalation.history.cases import load_cases
from escalation.history.forecast_record import (
    ASKED,
    DEFAULT_EVENTS,
    EventQuestion,
    RecordedCrises,
    RecordedForecast,
    load_events,
    load_forecast,
    make_forecast,
)
from escalation.history.projection import likely_weights
from escalation.scenario.dump import scenario_hash
from escalation.scenario.load import load_weights
from escalation.vocabulary import NUCLEAR_CAVEAT
from tests.strategies import crisis

SCENARIO = crisis(free_days=5)
MADE = dt.date(2020, 1, 5)
EVENTS = (
    EventQuestion(id="force_10", share="force", within=10),
    EventQuestion(id="force_by", share="force", by=dt.date(2020, 1, 15)),
    EventQuestion(id="standing", share="stand_off", within=6, says="Do they stand off?"),
    EventQuestion(id="over", share="over", within=10),
    EventQuestion(id="worst", share="nuclear_use", within=10),
)


@pytest.fixture(scope="module")
def made() -> RecordedForecast:
    return make_forecast(SCENARIO, EVENTS, draws=6, replications=40, seed=3, made=MADE, cases=())


def test_a_probability_is_the_share_over_draws_of_the_weights(made: RecordedForecast) -> None:
    sets = likely_weights(load_weights("calibrated"), 6, np.random.default_rng(3))
    shares = []
    for weights in sets:
        own = SCENARIO.model_copy(update={"weights": weights, "free_days": 10})
        shares.append(float((simulate(pack(own), 3, 0, 40).first_force >= 0).mean()))
    force, by, *_ = made.events
    assert force.probability == pytest.approx((40 * sum(shares) + 0.5) / 241, rel=1e-5)
    assert (force.low, force.high) == pytest.approx(tuple(np.quantile(shares, [0.025, 0.975])), rel=1e-5)
    assert (by.probability, by.closes) == (force.probability, force.closes)
    assert force.closes == dt.date(2020, 1, 15)
    central = simulate(pack(SCENARIO.model_copy(update={"free_days": 10})), 3, 0, 40)
    assert force.at_weights == pytest.approx(float((central.first_force >= 0).mean()))


def test_whether_it_is_over_is_known_once_the_quiet_is_complete(made: RecordedForecast) -> None:
    quiet = SCENARIO.outcome.quiet_days
    longer = SCENARIO.model_copy(update={"free_days": 10 + quiet})
    runs = simulate(pack(longer), 3, 0, 40)
    last = SCENARIO.horizon_day + 10
    settled, end = runs.settled[:, 0], runs.end
    over = ((settled >= 0) & (settled <= last)) | ((end >= 0) & (end <= last))
    assert made.events[3].at_weights == pytest.approx(float(over.mean()))
    assert 0 < over.mean() < 1


def test_a_condition_is_asked_of_every_crisis_of_its_window() -> None:
    """A share asked as a condition is the share; acts, days and thresholds are of the same crises."""
    state = next(iter(SCENARIO.states))
    texts = {
        "force": "force", "first": "days_to_force <= 10", "acts": "any(rung >= 6)",
        "often": "count(rung >= 3) >= 4", "tense": f"days(posture({state}) >= 3) > 4",
        "costly": f"cost_{state} > 0.6",
    }  # fmt: skip
    asked = [EventQuestion(id=name, when=text, within=10) for name, text in texts.items()]
    asked += [
        EventQuestion(id="share", share="force", within=10),
        EventQuestion(id="early", when="force", within=4),
    ]
    made = make_forecast(SCENARIO, asked, draws=4, replications=60, seed=3, made=MADE, cases=())
    found = {event.id: event for event in made.events}
    share = found["share"]
    for name in ("force", "first", "acts"):
        assert (found[name].probability, found[name].low) == (share.probability, share.low), name
    assert found["early"].probability < share.probability
    runs = simulate(pack(SCENARIO.model_copy(update={"free_days": 10})), 3, 0, 60, True, daily=True)
    assert runs.daily_posture is not None
    tense = (runs.daily_posture[:, :, 0] >= 3).sum(axis=1) > 4
    assert found["tense"].at_weights == pytest.approx(float(tense.mean()), rel=1e-5)
    assert found["costly"].at_weights == pytest.approx(float((runs.cost[:, 0] > 0.6).mean()), rel=1e-5)
    rungs = [SCENARIO.ladder.acts[name].rung for name in SCENARIO.ladder.ordered()]
    assert runs.acts is not None
    high = np.bincount([row["replication"] for row in runs.acts if rungs[row["act"]] >= 3], minlength=60) >= 4
    assert found["often"].at_weights == pytest.approx(float(high.mean()), rel=1e-5)
    assert all(0 < found[name].at_weights < 1 for name in texts)
    assert found["often"].says == "count(rung >= 3) >= 4, counted up to 2020-01-15"
    assert found["often"].share == "count(rung >= 3) >= 4"
    assert NUCLEAR_CAVEAT not in made.caveat
    assert not made.is_nuclear


def test_a_condition_on_nuclear_use_has_the_caveat_and_the_record_no_answer() -> None:
    asked = [EventQuestion(id="x", when="any(rung >= 10)", within=3)]
    made = make_forecast(SCENARIO, asked, draws=1, replications=5, made=MADE)
    assert NUCLEAR_CAVEAT in made.caveat
    assert made.is_nuclear
    assert made.events[0].reference is None


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ("count(rung >= 7", "events: x: .* is not an expression"),
        ("peak", "events: x: peak is a number"),
        ("cost_india > 2", "events: x: .*cost_india.* is not a word"),
        ("any(actor == india)", 'no actor is called "india"'),
        ("rung >= 3", "is of an act"),
    ],
)
def test_a_condition_that_is_wrong_is_named(when: str, says: str) -> None:
    asked = [EventQuestion(id="x", when=when, within=3)]
    with pytest.raises(ArgumentError, match=says):
        make_forecast(SCENARIO, asked, draws=1, replications=2, made=MADE, cases=())


def test_it_says_what_it_was_made_with(made: RecordedForecast) -> None:
    assert made.scenario_sha256 == scenario_hash(SCENARIO)
    assert (made.made, made.horizon) == (MADE, SCENARIO.horizon)
    assert (made.draws, made.replications, made.seed, made.weights) == (6, 40, 3, "calibrated")
    assert NUCLEAR_CAVEAT in made.caveat
    assert not made.is_retrospective
    assert made.events[2].says == "Do they stand off?"
    assert made.events[0].says == "A use of force (rung 6 or above) by 2020-01-15"
    again = make_forecast(SCENARIO, EVENTS, draws=6, replications=40, seed=3, made=MADE, cases=())
    assert again.text() == made.text()
    late = make_forecast(SCENARIO, EVENTS[:1], draws=1, replications=2, made=dt.date(2020, 1, 16), cases=())
    assert late.is_retrospective
    assert NUCLEAR_CAVEAT not in late.caveat
    assert "after a window had closed" in " ".join(late.lines())
    assert "after a window had closed" in late.page("x")


def test_the_file_is_read_back_as_it_was(made: RecordedForecast, tmp_path: Path) -> None:
    file = tmp_path / "forecast.yaml"
    file.write_text(made.text(), encoding="utf-8")
    assert load_forecast(file) == made
    file.write_text("# other comments and quotes\n" + made.text().replace("'", '"'), encoding="utf-8")
    assert load_forecast(file) == made


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("probability: ", "probability: 0.9 #"),
        ("made: '2020-01-05'", "made: '2020-01-04'"),
        ("Do they stand off?", "Do they not stand off?"),
        ("sha256: ", "sha256: ab"),
    ],
)
def test_a_change_is_noticed(old: str, new: str, made: RecordedForecast, tmp_path: Path) -> None:
    file = tmp_path / "forecast.yaml"
    text = made.text()
    changed = text.replace(old, new, 1) if old != "sha256: " else text.replace("\nsha256: ", "\nsha256: ab")
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    with pytest.raises(ScenarioError, match="was changed after it was made"):
        load_forecast(file)


def test_words_and_page_have_every_event(made: RecordedForecast) -> None:
    lines = made.lines()
    assert max(map(len, lines)) <= 80
    text, page = " ".join(" ".join(lines).split()), made.page("2020-01-05_example")
    for event in made.events:
        assert event.says in text
        assert event.says in page
    assert made.sha256 in page
    assert "(2020-01-05_example.png)" in page
    assert NUCLEAR_CAVEAT in page


def test_the_default_questions_are_of_every_kind() -> None:
    assert len({event.id for event in DEFAULT_EVENTS}) == len(DEFAULT_EVENTS)
    assert {event.share for event in DEFAULT_EVENTS} <= set(ASKED)


class TestReferenceClass:
    cases = load_cases(["imia_kardak_1996", "kargil_1999", "uri_2016", "kashmir_1965", "berlin_1961"])
    record = RecordedCrises(cases)
    late = crisis(start="2026-01-01", horizon="2026-01-15", incidents=[], acts=[])

    def reference(self, share: str, within: int = 30) -> forecast_record.ReferenceClass | None:
        return self.record.reference_class(self.late, EventQuestion(id="x", share=share, within=within))

    def test_it_counts_crises_that_were_over_before(self) -> None:
        found = self.reference("force")
        assert found is not None
        assert found.of <= len(self.cases)
        assert found.probability == pytest.approx((found.happened + 0.5) / (found.of + 1), rel=1e-5)
        asked = EventQuestion(id="x", share="force", within=30)
        early = crisis(start="1970-01-01", horizon="1970-01-15", incidents=[], acts=[])
        few = self.record.reference_class(early, asked)
        assert few is not None
        assert 0 < few.of < found.of
        first = crisis(start="1900-01-01", horizon="1900-01-15", incidents=[], acts=[])
        assert self.record.reference_class(first, asked) is None

    def test_higher_rungs_are_rarer_and_longer_windows_see_more(self) -> None:
        counts = [self.reference(share) for share in ("rung_5", "rung_7", "war", "nuclear_use")]
        happened = [one.happened for one in counts if one is not None]
        assert happened == sorted(happened, reverse=True)
        assert happened[-1] == 0
        short, long = self.reference("force", 5), self.reference("force", 40)
        assert short is not None
        assert long is not None
        assert short.happened / short.of <= long.happened / long.of
        over = [self.reference("over", days) for days in (3, 30)]
        assert [one.happened for one in over if one] == sorted(one.happened for one in over if one)

    def test_what_the_record_cannot_answer_has_none(self) -> None:
        assert self.reference("limited_force_going_on") is None
        talks = self.reference("talks")
        assert talks is not None
        assert talks.of < len(self.cases)


def test_questions_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "events.yaml"
    file.write_text(
        "events:\n  - {id: a, share: force, within: 7}\n  - {id: b, share: over, by: 2020-02-01}\n"
        "  - {id: c, when: days_to_force  <= 3, within: 7}\n",
        encoding="utf-8",
    )
    one, two, three = load_events(file)
    assert [event.asked for event in (one, two, three)] == ["force", "over", "days_to_force <= 3"]
    assert (one.days(SCENARIO), two.days(SCENARIO)) == (7, 27)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("events: []", "events"),
        ("events:\n  - {id: a, share: force}", "give one of them"),
        ("events:\n  - {id: a, share: force, within: 7, by: 2020-02-01}", "give one of them"),
        ("events:\n  - {id: a, share: froce, within: 7}", "force"),
        ("events:\n  - {id: a, share: force, within: 0}", "within"),
        ("events:\n  - {id: a, share: force, when: talks, within: 3}", "two ways to ask"),
        ("events:\n  - {id: a, within: 3}", "two ways to ask"),
        (
            "events:\n  - {id: a, share: force, within: 7}\n  - {id: a, share: war, within: 7}",
            "more than once",
        ),
        ("event: []", "event"),
        ("format: 2\nevents:\n  - {id: a, share: force, within: 7}", "format"),
    ],
)
def test_wrong_questions_are_refused_with_their_place(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "events.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=says):
        load_events(file)


def test_windows_and_numbers_out_of_range_are_refused() -> None:
    with pytest.raises(ArgumentError, match="window of a closes on 2020-01-05"):
        make_forecast(SCENARIO, [EventQuestion(id="a", share="force", by=SCENARIO.horizon)])
    with pytest.raises(ArgumentError, match="draws: 0 is not"):
        make_forecast(SCENARIO, EVENTS, draws=0)
    with pytest.raises(ArgumentError, match='name: "A b" is not a name'):
        make_forecast(SCENARIO, EVENTS, name="A b")
    with pytest.raises(ValidationError):
        EventQuestion(id="a", share="force")
