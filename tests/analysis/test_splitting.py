"""Multilevel splitting: without bias, with honest intervals, the same for any number of threads."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from escalation.analysis import splitting
from escalation.analysis.splitting import RareEnd, interval_of, number_words, rare
from escalation.engine.batch import simulate
from escalation.engine.levels import HORIZON, play_to_level
from escalation.engine.pack import pack
from escalation.files.places import ArgumentError
from escalation.scenario.load import load_scenario
from escalation.vocabulary import NUCLEAR_CAVEAT
from tests.strategies import crisis

SCENARIO = crisis(free_days=8, weights={"alarm": -4.0, "step": 0.4}, incidents=[])
LEVELS = (3.5, 5.0, 6.0)
RUNG = 7


@pytest.fixture(scope="module")
def found() -> RareEnd:
    return rare(SCENARIO, RUNG, seed=5, replications=100, repetitions=300, levels=LEVELS)


def test_it_agrees_with_counting_in_plain_simulation(found: RareEnd) -> None:
    """300 runs of 100 crises per level, and 60,000 crises counted: each rung within four standard errors."""
    crises = 60_000
    peaks = simulate(pack(SCENARIO), 77, 0, crises).peak.max(axis=1)
    assert 1e-4 < (peaks >= RUNG).mean() < 5e-3
    for rung in range(1, RUNG + 1):
        share = float((peaks >= rung).mean())
        estimates = [found.counted[:, rung - 1]] + ([found.weighed] if rung == RUNG else [])
        for estimate in estimates:
            error = math.hypot(
                float(estimate.std(ddof=1)) / math.sqrt(len(estimate)),
                math.sqrt(share * (1 - share) / crises),
            )
            assert abs(float(estimate.mean()) - share) < 4 * error, rung


def test_without_levels_the_mean_is_that_of_the_sums_of_probabilities() -> None:
    plain = rare(SCENARIO, RUNG, seed=5, replications=50, repetitions=4, levels=())
    runs = play_to_level(pack(SCENARIO), 5, 0, HORIZON, np.array([200]), RUNG)
    assert plain.levels == ()
    np.testing.assert_allclose(plain.weighed, runs.chance.reshape(4, 50).mean(axis=1), rtol=1e-12)
    np.testing.assert_array_equal(plain.counted[:, 2], (runs.peak >= 3).reshape(4, 50).mean(axis=1))
    assert plain.days.sum() == runs.days


@pytest.mark.parametrize("levels", [None, LEVELS])
def test_it_is_the_same_for_any_number_of_threads(levels: tuple[float, ...] | None) -> None:
    results = [
        rare(SCENARIO, RUNG, replications=40, repetitions=5, levels=levels, workers=workers)
        for workers in (1, 3)
    ]
    for name in ("counted", "weighed", "origins", "shares", "days"):
        assert getattr(results[0], name).tobytes() == getattr(results[1], name).tobytes(), name
    assert results[0].lines() == results[1].lines()
    other = rare(SCENARIO, RUNG, seed=2, replications=40, repetitions=5, levels=levels)
    assert other.chance != results[0].chance


def test_the_pilot_has_draws_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[int, int]] = []

    def noted(*given: object) -> object:
        runs = play_to_level(*given)  # type: ignore[arg-type]
        drawn.append((runs.first, runs.first + len(runs.place)))
        return runs

    monkeypatch.setattr(splitting, "play_to_level", noted)
    _, days = splitting.pilot(pack(SCENARIO), 1, RUNG)
    assert days > 0
    assert all(first >= splitting.MOST_DRAWS for first, _ in drawn)
    drawn.clear()
    rare(SCENARIO, RUNG, replications=40, repetitions=4, levels=LEVELS, workers=1)
    assert sorted(drawn) == [(40 * k, 40 * k + 40) for k in range(len(drawn))], "none is used twice"
    assert drawn[-1][1] <= splitting.MOST_DRAWS


def test_the_pilot_chooses_levels_where_crises_differ_and_none_where_they_do_not() -> None:
    calm = load_scenario("korea_2017_second", ["weights.step=0.3", "free_days=15"])
    uneven, _ = splitting.pilot(pack(calm), 1, 9)
    assert list(uneven) == sorted(set(uneven))
    assert uneven
    assert all(0 < level < 9 for level in uneven)
    even, _ = splitting.pilot(pack(crisis(free_days=8)), 1, 4)
    assert even == ()


@pytest.mark.parametrize(
    ("places", "level", "following"),
    [
        (np.arange(100) / 10, 0.0, 8.0),  # a fifth are there or above
        (np.arange(100) / 10, 8.5, 8.6),  # fewer go beyond the level that they come from
        (np.arange(100) / 10, 9.0, None),  # too few
        (np.repeat([1.0, 2.0], [70, 30]), 0.0, 2.0),
        (np.repeat([1.0, 2.0], [95, 5]), 0.0, None),  # all or too few
        (np.repeat([1.0, 2.0], [30, 70]), 0.0, None),
    ],
)
def test_the_next_level_is_where_a_fifth_arrive(
    places: np.ndarray, level: float, following: float | None
) -> None:
    if following == 8.6:
        places = np.concatenate([places, np.full(20, 8.6)])
        assert splitting._next_level(places, level) in (8.6, 8.7, 8.8)
        return
    assert splitting._next_level(places, level) == following


def test_copies_are_shared_out_evenly_and_the_rest_at_random() -> None:
    many = np.array([splitting._shared_out(10, 4, (1, number, 0)) for number in range(200)])
    assert (many.sum(axis=1) == 10).all()
    assert set(many.ravel()) == {2, 3}
    assert many.mean(axis=0) == pytest.approx([2.5] * 4, abs=0.15)


def test_intervals_are_students_on_the_scale_of_logarithms() -> None:
    values = np.array([1.0, 2.0, 3.0]) * 1e-6
    half = 4.302652729911275 / math.sqrt(3)  # t(2 degrees of freedom) s / sqrt(n), s = 1e-6
    middle, low, high = interval_of(values)
    assert middle == pytest.approx(2e-6)
    assert low == pytest.approx(2e-6 * math.exp(-half / 2))
    assert high == pytest.approx(2e-6 * math.exp(half / 2))
    assert interval_of(np.array([0.1]))[0] == 0.1
    assert all(math.isnan(end) for end in interval_of(np.array([0.1]))[1:])
    nothing = interval_of(np.zeros(5))
    assert nothing[0] == 0.0
    assert math.isnan(nothing[1])
    assert interval_of(np.array([0.2, 0.9]))[2] == 1.0


def test_the_gain_is_variance_times_work() -> None:
    spread = np.array([1e-3, 3e-3])
    one = rare(SCENARIO, RUNG, replications=10, repetitions=2, levels=())
    one = replace(one, weighed=spread, days=np.array([70, 90]))
    p = 2e-3
    assert one.gain == pytest.approx(p * (1 - p) * 8 / (2e-6 * 80))
    assert math.isnan(replace(one, weighed=np.zeros(2)).gain)


def test_sources_are_parts_of_the_probability(found: RareEnd) -> None:
    sources = found.sources
    assert [source.rung for source in sources] == list(range(RUNG))
    assert sum(source.share for source in sources) == pytest.approx(1.0)
    assert all(0 <= s.low <= s.share <= s.high <= 1 for s in sources)


def test_the_account_fits_a_terminal_and_says_what_it_measures(found: RareEnd) -> None:
    lines = found.lines()
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    assert "measures the assumptions of the model" in text
    assert NUCLEAR_CAVEAT not in text
    assert f"300 repetitions of 100 crises per level, with {len(LEVELS)} levels" in text
    assert "an act on rung 7 or above" in text
    leaps = sum(source.share for source in found.sources if source.rung < 6)
    assert f"So {leaps:.0%} of it skips at least one rung" in text
    assert f"costs {found.scenario.weights.step:.2g} per squared rung" in text
    nuclear = rare(crisis(free_days=8), 10, replications=50, repetitions=3, levels=())
    assert NUCLEAR_CAVEAT in " ".join(nuclear.lines()[:6])
    assert nuclear.chance.estimate > 0


def test_where_no_crisis_comes_to_a_level_that_is_said() -> None:
    none = rare(SCENARIO, RUNG, replications=2, repetitions=2, levels=(6.5,))
    assert "reached by" in "\n".join(none.lines())
    assert none.levels_table().rows[0][1] == 6
    empty = replace(none, weighed=np.zeros(2), counted=none.counted * 0, shares=np.full((2, 1), np.nan))
    text = " ".join(empty.lines())
    assert "0 of crises, 95% interval unknown" in text
    assert "reached by none" in text


def test_tables_hold_every_estimate(found: RareEnd) -> None:
    table = found.rungs_table()
    assert [row[:3] for row in table.rows][-2:] == [
        (RUNG, found.chance.label, "levels"),
        (RUNG, found.chance.label, "counting"),
    ]
    assert len(found.repetitions_table().rows) == 300
    assert [row[0] for row in found.levels_table().rows] == [1, 2, 3]
    assert len(found.sources_table().rows) == RUNG


@pytest.mark.parametrize(
    ("number", "words"),
    [(0.5, "50.0%"), (0.0123, "1.2%"), (0.00456, "0.46%"), (2.15e-6, "2.15e-06"), (0.0, "0")],
)
def test_probabilities_in_words(number: float, words: str) -> None:
    assert number_words(number) == words
    assert number_words(math.nan) == "-"


@pytest.mark.parametrize(
    ("rung", "options", "says"),
    [
        (11, {}, "rung: 11 is not a whole number from 1 to 10"),
        (1, {}, "has acts that are not hostile"),
        (7, {"levels": (5, 8)}, "do not rise"),
        (7, {"levels": (6, 5)}, "do not rise"),
        (7, {"repetitions": 1}, "repetitions: 1 is not a whole number"),
        (7, {"replications": 2**30, "levels": (5, 6)}, "replications: at most"),
        (7, {"seed": -1}, "seed: -1 is not a whole number"),
    ],
)
def test_bad_input_is_refused(rung: int, options: dict[str, object], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        rare(SCENARIO, rung, **options)  # type: ignore[arg-type]


def test_what_no_state_can_do_is_refused() -> None:
    peaceful = crisis(
        states={"alba": {"label": "A"}, "borea": {"label": "B"}}, free_days=5, acts=[], mediators={}
    )
    with pytest.raises(
        ArgumentError, match="no state of example can act on rung 10 or above; the highest is 9"
    ):
        rare(peaceful, 10)
    with pytest.raises(ArgumentError, match="no simulated days"):
        rare(crisis(free_days=0), 10)
