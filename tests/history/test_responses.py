"""Responses to triggers and agreements: survival and choice against closed forms, and fits to them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from escalation.history import responses
from escalation.history.attacks import CLASSES, load_answers
from escalation.history.fit import fit
from escalation.history.icb import load_rates
from escalation.history.likelihood import OF_CONCILIATION, of_pair
from escalation.history.objective import FITTED, Priors
from escalation.history.responses import (
    EDGES,
    NAMES,
    SELECTED,
    TRIGGERS,
    VIOLENT,
    WORDS,
    agreement_hazard,
    evidence_of_agreements,
    evidence_of_attacks,
    evidence_of_records,
    evidence_of_responses,
    hazard_from,
    response_table,
)
from escalation.rules.reading import CHOICES, HOSTILE_HAZARD, POLITICAL_HAZARD, REPLY_PROBABILITY
from escalation.scenario.weights import Weights
from escalation.vocabulary import RUNGS

H, P, REPLY = 0.04, 0.02, 0.4
FORCE, SHOW = 0.25, 0.75


def steady(days: int = 60) -> np.ndarray:
    """Return a table of constant hazards, in which a quarter of hostile acts are on rung 6, others on 3."""
    table = np.zeros((days + 1, CHOICES + RUNGS))
    table[1:, HOSTILE_HAZARD], table[1:, POLITICAL_HAZARD], table[0, REPLY_PROBABILITY] = H, P, REPLY
    table[:, CHOICES + 6], table[:, CHOICES + 3] = FORCE, SHOW
    return table


def test_hazards_add_up_day_by_day_with_the_reply_on_day_0() -> None:
    found = hazard_from(steady(), 5)
    assert found[0] == pytest.approx(-math.log(1 - REPLY * FORCE))
    assert found[10] - found[0] == pytest.approx(10 * H * FORCE)
    assert hazard_from(steady(), 7) == pytest.approx(np.zeros(61))
    assert hazard_from(steady(), 0)[60] == pytest.approx(-math.log(1 - REPLY) + 60 * H)


def test_the_major_response_is_the_strongest_that_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Violence if any in 60 days; else a show, from its own hazard; else words; else none."""
    monkeypatch.setattr(responses, "response_table", lambda *_: steady())
    pieces = {kind.name: kind for kind in evidence_of_responses(load_rates())}
    shares = pieces["responses_violent"].read(Weights())[0]
    spans = len(EDGES)
    by_class = [shares[k * spans : (k + 1) * spans].sum() for k in range(3)]
    violent = hazard_from(steady(), 5)
    hostile = hazard_from(steady(), 0)
    assert by_class[VIOLENT] == pytest.approx(1 - math.exp(-violent[60]))
    assert shares[VIOLENT * spans] == pytest.approx(1 - math.exp(-violent[1]))
    left = math.exp(-violent[60])
    assert by_class[1] == pytest.approx(left * (1 - math.exp(-(hostile - violent)[60])))
    assert by_class[WORDS] == pytest.approx(math.exp(-hostile[60]) * (1 - math.exp(-60 * P)))
    assert shares[-1] == pytest.approx(math.exp(-hostile[60] - 60 * P))
    assert shares.sum() == pytest.approx(1.0)
    given = pieces["responses_military"].read(Weights())[0]
    assert given[-1] == 0.0
    assert given[:-1] == pytest.approx(shares[:-1] / shares[:-1].sum())


def test_counts_are_those_of_the_rates() -> None:
    rates = load_rates()
    pieces = {kind.name: kind for kind in evidence_of_responses(rates)}
    assert set(pieces) == {f"responses_{name}" for name in TRIGGERS}
    for name in TRIGGERS:
        counted, kind = rates.responses[name], pieces[f"responses_{name}"]
        dated = sum(sum(row[1:]) for row in counted.by_day)
        assert kind.times[:-1].sum() == dated
        assert kind.times[-1] == (0 if name in SELECTED else sum(counted.later))
        by_class = kind.times[:-1].reshape(3, len(EDGES)).sum(axis=1)
        assert by_class.tolist() == np.sum([row[1:] for row in counted.by_day], axis=0).tolist()
        early = sum(row[1 + VIOLENT] for row in counted.by_day if row[0] <= 1)
        assert kind.times[VIOLENT * len(EDGES)] == early
        assert not kind.is_named
        assert not kind.of_groups({""}).any()


def test_a_table_of_the_rules_begins_with_a_reply_and_decays() -> None:
    struck = response_table(of_pair(Weights()), "ground_attack")
    assert struck[0, REPLY_PROBABILITY] == Weights().reply_strike
    table = response_table(of_pair(Weights()), "local_raid")
    assert table[0, REPLY_PROBABILITY] == Weights().reply_force
    assert (table[0, HOSTILE_HAZARD], table[1, REPLY_PROBABILITY]) == (0.0, 0.0)
    assert table[:, CHOICES:].sum(axis=1) == pytest.approx(1.0)
    assert (np.diff(table[1:, HOSTILE_HAZARD]) < 0.0).all()
    small, large = (
        response_table(of_pair(Weights()), severity)[1, HOSTILE_HAZARD] for severity in (0.3, 0.58)
    )
    assert small < large
    assert response_table(of_pair(Weights()), 0.3)[0, REPLY_PROBABILITY] == 0.0


def test_more_replies_are_found_where_more_are_on_record() -> None:
    violent = evidence_of_responses(load_rates())[0]
    names = ("reply_force", "reply_strike")
    start = Weights(reply_force=0.02, reply_strike=0.02)
    found = fit([violent], priors=Priors(names, tightness=1e-6), start=start)
    shares = violent.read(found.weights)[0]
    spans = len(EDGES)
    seen = violent.times / violent.times.sum()
    before = violent.read(start)[0]
    first = VIOLENT * spans
    assert abs(shares[first] - seen[first]) < 0.02 < abs(before[first] - seen[first])


def test_the_highest_class_after_an_attack(monkeypatch: pytest.MonkeyPatch) -> None:
    def filled(
        params: object, state: object, fresh: object, act: int, severity: float, table: np.ndarray
    ) -> None:
        assert act == -1
        table[:] = steady() * (1.0 if severity > 0.5 else 0.5)

    monkeypatch.setattr(responses, "read_response", filled)
    answers = load_answers()
    kind = evidence_of_attacks(answers)
    shares = kind.read(Weights())
    assert shares.shape == (22, len(CLASSES) + 1)
    assert shares.sum(axis=1) == pytest.approx(1.0)
    many = [answers.sort_of(attack) for attack in answers.attacks].index(0)
    whole = -math.log(1 - REPLY)
    assert shares[many, 0] == pytest.approx(math.exp(-whole - 60 * (H + P)))
    assert shares[many, -1] == pytest.approx(1 - (1 - REPLY * FORCE) * math.exp(-60 * H * FORCE))
    assert shares[many, 3] == pytest.approx(1e-9)  # nothing between rung 4 and 5
    highest = np.array([attack.highest_rung for attack in answers.attacks])
    assert kind.observed.tolist() == [sum(rung >= least for least in CLASSES) for rung in highest]
    assert len(set(kind.group)) == 22


def test_agreements_per_day_are_found_again() -> None:
    """With nothing else to say, the hazard becomes the share of days with an agreement."""
    kind = evidence_of_agreements(load_rates())
    assert kind.times.tolist() == [30_239 - 50, 50]
    found = fit([kind], priors=Priors(("conciliation",), tightness=1e-9))
    assert agreement_hazard(of_pair(found.weights)) == pytest.approx(-math.log(1 - 50 / 30_239), rel=2e-2)
    assert kind.mean_score(kind.read(found.weights)) == pytest.approx(
        -(50 * math.log(50 / 30_239) + 30_189 * math.log(30_189 / 30_239)) / 30_239, abs=1e-6
    )


def test_an_offer_needs_an_answer() -> None:
    """Both are of one clock: where all is slower by e, agreements are by almost e squared."""
    slow, slower = (agreement_hazard(of_pair(Weights(conciliation=value))) for value in (-7.0, -8.0))
    assert slow / slower == pytest.approx(math.exp(2.0), rel=0.1)


def test_names_and_what_they_inform() -> None:
    kinds = evidence_of_records(load_rates(), load_answers())
    assert tuple(kind.name for kind in kinds) == NAMES
    for kind in kinds:
        assert kind.informs is not None
        base = kind.read(Weights())
        moving = {
            name
            for name in FITTED
            if not np.allclose(
                kind.read(Weights(**{name: getattr(Weights(), name) * 1.1 + 0.01})),
                base,
                rtol=1e-9,
                atol=1e-12,
            )
        }
        assert moving <= set(kind.informs), kind.name
    assert set(OF_CONCILIATION) <= set(FITTED)
