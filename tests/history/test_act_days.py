"""Act-days from recorded acts, and every measure on streams whose answers can be counted by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from escalation.history import act_days as found
from escalation.history.act_days import BINS, BOTH, ONE, OTHER, ActDays, Acts, Measured
from escalation.history.mie import load_mie, since
from escalation.history.recorded_facts import MEASURES, load_facts
from escalation.stats.intervals import wilson
from tests.history.mie_files import DATA, write_mie

Entry = tuple[int, int, int, int]
"""Pair, day, sides, level."""
LAST = 2_000


def stream(
    entries: Sequence[Entry], deadly: Sequence[int] = (), given: Sequence[int] = (), until: int = LAST
) -> ActDays:
    """Return act-days; `deadly` and `given` are numbers of entries."""
    table = np.array(entries, np.int64).reshape(len(entries), 4)
    number = np.arange(len(entries))
    return found.act_days(
        Acts(
            pair=table[:, 0], day=table[:, 1], sides=table[:, 2], level=table[:, 3],
            deadly=np.isin(number, deadly), known=np.ones(len(entries), bool),
            given=np.isin(number, given), until=np.full(len(entries), until),
        )
    )  # fmt: skip


def values(measured: Measured) -> list[float]:
    return [one.estimate for one in measured.values]


def generator() -> np.random.Generator:
    return np.random.default_rng(1)


def test_acts_of_one_day_are_one_row() -> None:
    days = stream([(0, 5, OTHER, 4), (0, 5, ONE, 3), (1, 5, ONE, 2), (0, 2, ONE, 4)], deadly=[0])
    assert days.pair.tolist() == [0, 0, 1]
    assert days.day.tolist() == [2, 5, 5]
    assert days.sides.tolist() == [ONE, BOTH, ONE]
    assert days.force.tolist() == [ONE, OTHER, 0]
    assert days.deadly.tolist() == [0, OTHER, 0]
    assert days.level.tolist() == [4, 4, 2]
    assert days.gap.tolist() == [3, found.FAR, found.FAR]
    assert days.onset.tolist() == [True, False, True]


def test_an_episode_ends_with_half_a_year_of_quiet() -> None:
    days = stream([(0, 0, ONE, 3), (0, 180, ONE, 3), (0, 361, ONE, 3), (1, 362, ONE, 3)])
    assert days.episode.tolist() == [0, 0, 1, 2]


def test_an_episode_with_a_war_is_left_out_whole() -> None:
    days = stream([(0, 0, ONE, 3), (0, 10, BOTH, 5), (0, 300, ONE, 3), (1, 5, ONE, 3)])
    assert found.without_war(days).day.tolist() == [300, 5]


def test_recorded_acts_clashes_of_both_unknown_days_and_the_end_of_the_file(tmp_path: Path) -> None:
    path = write_mie(
        tmp_path / "mie.csv",
        [
            (1, 1, 300, 200, 1980, 3, 1, 3), (1, 2, 200, 300, 1980, 3, 4, 2),
            (2, 1, 200, 300, 1985, 6, -9, 3), (3, 1, 2, 20, 1990, 1, 1, 1),
        ],
    )  # fmt: skip
    text = path.read_text(encoding="utf-8").replace(",7,2,", ",17,4,")
    path.write_text(text, encoding="utf-8")
    days = found.recorded_act_days(load_mie(path))
    assert days.sides.tolist() == [OTHER, BOTH, ONE]
    assert days.force.tolist() == [0, BOTH, 0]
    assert days.known.tolist() == [True, True, False]
    assert days.until.tolist() == [dt.date(1985, 12, 31).toordinal()] * 3
    assert found.of_known_days(days).sides.tolist() == [OTHER, BOTH]


def test_onsets_by_kind() -> None:
    days = stream(
        [(0, 0, ONE, 2), (1, 0, OTHER, 3), (2, 0, ONE, 4), (3, 0, ONE, 4), (4, 0, BOTH, 3), (5, 0, BOTH, 4),
         (5, 9, ONE, 3)],
        deadly=[3],
    )  # fmt: skip
    assert found.onset_kinds(days) == dict.fromkeys(found.KINDS, 1)


def test_hazards_are_act_days_over_days_at_risk() -> None:
    """Gaps of 1, 3 and 40 days, then quiet; another pair is seen for 10 days after its only act-day."""
    days = stream([(0, 0, ONE, 3), (0, 1, ONE, 3), (0, 4, ONE, 3), (0, 44, ONE, 3)])
    short = stream([(1, 100, ONE, 3)], until=110)
    both = ActDays(*(np.concatenate([getattr(days, name), getattr(short, name)]) for name in vars(days)))
    hazards = values(found.next_act_day(both, generator()))
    expected = {(1, 1): 1 / 5, (2, 3): 1 / 8, (4, 7): 0.0, (31, 60): 1 / (10 + 30)}
    for at, hazard in expected.items():
        assert hazards[BINS.index(at)] == pytest.approx(hazard)


def test_the_slope_of_a_power_law_is_its_exponent() -> None:
    """A pair per gap: of 40,000 the shares that a hazard of .2 / days gives."""
    draw, waits = generator(), []
    for _ in range(4_000):
        day = next((day for day in range(1, 181) if draw.random() < 0.2 / day), found.FAR)
        waits.append(day)
    entries = [(k, 0, ONE, 3) for k in range(len(waits))]
    entries += [(k, wait, ONE, 3) for k, wait in enumerate(waits) if wait < found.FAR]
    days = stream(entries)
    first = days[np.flatnonzero(days.day == 0)]
    assert len(first) == 4_000
    slope = found.next_act_day(stream(entries, until=180), generator()).values[-1]
    assert slope.low < slope.estimate < slope.high
    assert slope.estimate == pytest.approx(-1.0, abs=0.25)


def displays() -> ActDays:
    """Three lone displays, followed by 0, 1 and 2 act-days in half a year; a threat and a clash, by 4."""
    entries = [
        (0, 0, ONE, 3),
        (1, 0, OTHER, 3),
        (1, 180, ONE, 3),
        (2, 0, ONE, 3),
        (2, 1, ONE, 4),
        (2, 9, ONE, 4),
    ]
    for pair, sides, level in ((3, ONE, 2), (4, BOTH, 4)):
        entries += [(pair, 0, sides, level), *((pair, day, ONE, 3) for day in (1, 2, 3, 4))]
    return stream(entries)


def test_what_follows_a_lone_display() -> None:
    quiet = found.quiet_after_display(displays(), generator())
    assert quiet.n == 3
    assert values(quiet) == [pytest.approx(1 / 3)]
    mean, upper, *_, highest = values(found.act_days_after_display(displays(), generator()))
    assert (mean, upper, highest) == (1.0, 1.5, pytest.approx(1.98))


def test_dispersion_is_the_variance_over_the_mean_of_all_onsets() -> None:
    counts = np.array([0, 1, 2, 4, 4])
    measured = found.dispersion(displays(), generator())
    assert measured.n == 5
    assert values(measured) == [pytest.approx(counts.var() / counts.mean())]


def test_who_acts_next_and_who_acts_on_one_day() -> None:
    days = stream(
        [
            (0, 0, ONE, 3),
            (0, 1, OTHER, 3),
            (0, 2, OTHER, 3),
            (0, 3, BOTH, 3),
            (0, 4, ONE, 3),
            (0, 300, OTHER, 3),
        ]
    )
    turn = found.turn(days, generator())
    assert (turn.n, values(turn)) == (2, [0.5])
    assert values(found.same_day(days, generator())) == [pytest.approx(1 / 6)]


def test_days_that_were_given_are_no_outcome() -> None:
    days = stream([(0, 0, BOTH, 4), (0, 1, ONE, 3)], deadly=[0], given=[0])
    assert values(found.same_day(days, generator())) == [0.0]
    assert found.answer_to_deadly_force(days, generator()).n == 0


def test_the_answer_to_the_first_deadly_force_of_an_episode() -> None:
    """Mutual; answered after 14 days; after 15; twice by the same side; by a display."""
    days = stream(
        [(0, 0, BOTH, 4),
         (1, 0, ONE, 4), (1, 14, OTHER, 4),
         (2, 0, OTHER, 4), (2, 15, ONE, 4),
         (3, 0, ONE, 4), (3, 2, ONE, 4),
         (4, 0, OTHER, 4), (4, 2, OTHER, 4),
         (5, 0, ONE, 4), (5, 2, OTHER, 3)],
        deadly=[0, 1, 3, 5, 7, 9],
    )  # fmt: skip
    measured = found.answer_to_deadly_force(days, generator())
    assert measured.n == 6
    assert values(measured) == [pytest.approx(1 / 6), pytest.approx(2 / 6)]


def test_force_after_the_first_exchange_of_an_episode() -> None:
    days = stream(
        [(0, 0, BOTH, 4), (0, 7, ONE, 4), (1, 0, BOTH, 4), (1, 8, BOTH, 4), (2, 0, BOTH, 4), (2, 180, ONE, 4),
         (3, 0, BOTH, 4), (3, 5, ONE, 3)]
    )  # fmt: skip
    measured = found.force_after_exchange(days, generator())
    assert measured.n == 4
    assert values(measured) == [0.25, 0.5, 0.75]


def test_rivals_that_have_been_quiet_for_half_a_year() -> None:
    """At risk for 20, 185 and 60 days (seen no longer), of which 20 end in an act with force."""
    days = stream([(0, 0, ONE, 3), (0, 200, ONE, 4), (1, 0, ONE, 3)], until=LAST)
    short = stream([(2, 0, ONE, 3)], until=240)
    both = ActDays(*(np.concatenate([getattr(days, name), getattr(short, name)]) for name in vars(days)))
    measured = found.quiet_rivals(both, generator())
    expected = 1 - np.exp(-30 * 1 / (20 + 185 + 185 + 60))
    assert measured.n == 1
    assert values(measured) == [pytest.approx(expected)] * 2


def test_stand_offs_of_thirteen_days() -> None:
    """Force on day 27; on day 28; after an exchange; after two act-days; none after an act on day 10."""
    threes = [(0, 3, 6), (0, 3, 9), (0, 3, 6), (0, 3), (0, 3, 10)]
    entries = [(k, day, ONE, 3) for k, days in enumerate(threes) for day in days]
    entries += [(0, 27, ONE, 4), (1, 28, ONE, 4), (2, 7, BOTH, 4), (2, 20, ONE, 4), (3, 20, ONE, 4)]
    measured = found.force_after_standoff(stream(entries), generator())
    assert (measured.n, values(measured)) == (3, [pytest.approx(1 / 3)])
    recent = found.force_after_recent_act(stream(entries), generator())
    assert (recent.n, values(recent)) == (1, [0.0])


def test_a_share_of_independent_rows_has_wilsons_interval_and_clusters_widen_it() -> None:
    yes = np.array([1, 1, 0, 0, 0, 0, 1, 1])
    alone = found.share(yes, np.ones(8), np.arange(8))
    expected = wilson(4, 8)
    assert (alone.low, alone.high) == (pytest.approx(expected.low), pytest.approx(expected.high))
    together = found.share(yes, np.ones(8), np.array([0, 0, 1, 1, 1, 1, 0, 0]))
    assert together.estimate == 0.5
    assert together.low < alone.low
    assert np.isnan(found.share(np.zeros(0), np.zeros(0), np.zeros(0, np.int64)).estimate)


def test_nothing_is_measured_on_nothing() -> None:
    empty = stream([])
    for how in MEASURES.values():
        if how.record is not None:
            assert all(np.isnan(value) for value in values(how.record(empty, generator())))


@pytest.mark.skipif(not DATA.is_file(), reason="mie_train.csv is not there")
def test_the_recorded_facts_are_found_again_in_the_file() -> None:
    """The same functions on the acts since 1946: within the tolerances, but for the answer to force."""
    facts = load_facts()
    everything = found.recorded_act_days(since(load_mie(DATA), facts.first_year))
    days, dated = found.without_war(everything), found.without_war(found.of_known_days(everything))
    assert found.onset_kinds(dated) == dict(facts.onsets)
    off = set()
    for fact in facts.facts:
        how = MEASURES[fact.measure]
        if how.record is None:
            continue
        measured = values(how.record(dated if how.known_days else days, generator()))
        off |= {fact.id for value, one in zip(fact.values, measured, strict=True) if not value.accepts(one)}
    assert off == {"F8"}
