"""Events are read or refused with their place; exchanges are as the definition of the task has them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.files.places import ScenarioError
from escalation.history.mie import (
    DETECTION,
    QUIET_DAYS,
    Histories,
    between,
    dyads,
    exchanges,
    histories,
    load_mie,
    mean_detection,
    since,
    without,
)
from tests.history.mie_files import COLUMNS, DEATHS, Act, many_acts, text_of, write_mie

ACTS: list[Act] = [
    (7, 3, 770, 750, 1999, 5, -9, 4),  # unknown day: the 15th
    (7, 1, 750, 770, 1999, 5, 14, 3),
    (7, 2, 750, 770, 1999, 5, 15, 5),
    (7, 4, 2, 770, 1999, 5, 16, 2),
    (8, 1, 770, 750, 1950, 1, 1, 1),  # below a threat: no militarised act
    (8, 2, 750, 770, 1950, 1, 2, 2),
    (8, 3, 770, 750, 1949, 12, 31, 3),  # numbered later, and earlier by its date
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_mie(tmp_path / "mie.csv", ACTS)


def errors(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load_mie(path)
    return str(caught.value).splitlines()


def test_columns_are_as_in_the_file(path: Path) -> None:
    events = load_mie(path)
    assert len(events) == 7
    assert events.confrontation.tolist() == [7, 7, 7, 7, 8, 8, 8]
    assert events.event.tolist() == [3, 1, 2, 4, 1, 2, 3]
    assert events.actor.tolist() == [770, 750, 750, 2, 770, 750, 770]
    assert events.target.tolist() == [750, 770, 770, 770, 750, 770, 750]
    assert events.day[:2].tolist() == [dt.date(1999, 5, 15).toordinal(), dt.date(1999, 5, 14).toordinal()]
    assert events.year.tolist() == [1999] * 4 + [1950] * 2 + [1949]
    assert events.level.tolist() == [4, 3, 5, 2, 1, 2, 3]
    assert events.action.tolist() == [7] * 7
    assert events.row.tolist() == list(range(7))


def test_exchanges_by_confrontation_and_pair_in_order_of_date_then_number(path: Path) -> None:
    found = exchanges(load_mie(path))
    assert found.events.row.tolist() == [3, 1, 2, 0, 6, 5]  # 2-770 before 750-770, then confrontation 8
    assert found.first.tolist() == [0, 1, 4, 6]
    assert found.exchange.tolist() == [0, 1, 1, 1, 2, 2]
    assert found.previous.tolist() == [0, 0, 3, 5, 0, 3]
    assert found.reaction.tolist() == [False, False, False, True, False, True]
    assert found.side.tolist() == [0, 0, 0, 1, 1, 0]


def test_a_lower_level_lets_more_acts_in(path: Path) -> None:
    assert len(exchanges(load_mie(path), lowest=1).events) == 7
    assert len(exchanges(load_mie(path), lowest=5).events) == 1


def test_clashes_and_war_are_acts_of_both_states(tmp_path: Path) -> None:
    acts = [
        (1, 1, 2, 365, 1960, 1, 1, 4, 16),
        (1, 2, 2, 365, 1960, 1, 2, 4, 17),  # a clash: the target of the attack fights too
        (1, 3, 2, 365, 1960, 1, 3, 4, 16),  # after it both are targets
        (1, 4, 2, 365, 1960, 1, 4, 3, 7),  # the same state again
        (1, 5, 365, 2, 1960, 1, 5, 3, 7),
        (2, 1, 2, 365, 1961, 1, 1, 5, 22),  # the first of its exchange: to nothing
    ]
    found = exchanges(load_mie(write_mie(tmp_path / "x.csv", acts)))
    assert found.mutual.tolist() == [False, True, False, False, False, True]
    assert found.reaction.tolist() == [False, True, True, False, True, False]
    assert found.listed_reaction.tolist() == [False, False, False, False, True, False]


def test_deaths_are_those_of_both_sides_and_unknown_ones_none(tmp_path: Path) -> None:
    acts = [
        (1, 1, 2, 365, 1960, 1, 1, 4, 16, 3, 12),
        (1, 2, 2, 365, 1960, 1, 2, 4, 16, -9, 12),
        (1, 3, 2, 365, 1960, 1, 3, 4, 16, -9, -9),
    ]
    path = write_mie(tmp_path / "x.csv", acts, (*COLUMNS, *DEATHS))
    assert load_mie(path).deaths.tolist() == [15, 12, 0]
    without_deaths = load_mie(write_mie(tmp_path / "y.csv", acts))
    assert without_deaths.deaths.tolist() == [0, 0, 0]


def test_of_columns_that_belong_together_a_file_has_all_or_none(tmp_path: Path) -> None:
    write_mie(tmp_path / "x.csv", ACTS, (*COLUMNS, "fatalmin1"))
    (line,) = errors(tmp_path / "x.csv")
    assert "x.csv:1: fatalmin2: there is no such column" in line
    days = [column for column in COLUMNS if not column.startswith("end")]
    events = load_mie(write_mie(tmp_path / "y.csv", ACTS, days))
    assert events.ends[1] == events.day[1]


def test_an_act_ends_on_its_last_day_or_at_the_latest_with_the_month(tmp_path: Path) -> None:
    text = text_of([ACTS[1], ACTS[0]]).replace(",5,14,1999,5,14,1999,", ",5,14,1999,6,2,1999,")
    (tmp_path / "x.csv").write_text(text)
    events = load_mie(tmp_path / "x.csv")
    assert events.ends.tolist() == [dt.date(1999, 6, 2).toordinal(), dt.date(1999, 5, 31).toordinal()]
    assert events.known.tolist() == [True, False]


def of_one_pair(folder: Path, acts: list[Act], **choice: int) -> Histories:
    return histories(load_mie(write_mie(folder / "pair.csv", acts)), **{"first_year": 1946} | choice)


def test_a_wait_lasts_until_the_next_act_of_either_state_or_half_a_year(tmp_path: Path) -> None:
    acts = [
        (1, 1, 2, 365, 1960, 1, 1, 3),
        (1, 2, 365, 2, 1960, 1, 11, 4, 16),
        (2, 1, 365, 2, 1960, 1, 12, 2, 1),  # of another confrontation, between the same states
        (2, 2, 2, 365, 1960, 1, 12, 4, 17),  # on the same day: one wait, after the last act of the day
        (3, 1, 2, 365, 1962, 12, 1, 3),  # the data end with the year
        (3, 2, 2, 365, 1962, 12, 2, 1),  # no militarised act
    ]
    found = of_one_pair(tmp_path, acts)
    start = dt.date(1960, 1, 1).toordinal()
    assert found.pair.tolist() == [[2, 365]]
    assert found.first.tolist() == [0, 5]
    assert (found.day - start).tolist() == [0, 10, 11, 11, dt.date(1962, 12, 1).toordinal() - start]
    assert found.side.tolist() == [0, 1, 1, 0, 0]
    assert found.mutual.tolist() == [False, False, False, True, False]
    assert found.level.tolist() == [3, 4, 2, 4, 3]
    assert found.at_risk.tolist() == [True, True, False, True, True]
    assert (found.until - found.day).tolist() == [10, 1, 0, QUIET_DAYS, 30]
    assert found.ended.tolist() == [True, True, False, False, False]
    assert found.days_at_risk == 10 + 1 + QUIET_DAYS + 30


def test_histories_begin_with_their_first_year_and_are_of_all_pairs(tmp_path: Path) -> None:
    acts = [(1, 1, 365, 2, 1945, 12, 31, 3), (2, 1, 365, 2, 1946, 1, 2, 3), (2, 2, 20, 365, 1946, 1, 2, 3)]
    found = of_one_pair(tmp_path, acts)
    assert found.pair.tolist() == [[2, 365], [20, 365]]
    assert found.first.tolist() == [0, 1, 2]
    assert found.side.tolist() == [1, 0]
    assert len(of_one_pair(tmp_path, acts, first_year=1945)) == 3
    last = dt.date(1946, 1, 12).toordinal()
    assert of_one_pair(tmp_path, acts, last_day=last).days_at_risk == 20
    assert of_one_pair(tmp_path, acts, first_year=1950).first.tolist() == [0]


def test_a_wait_is_censored_where_an_act_of_unknown_day_may_follow(tmp_path: Path) -> None:
    acts = [
        (1, 1, 2, 365, 1960, 1, 22, 3),
        (1, 2, 2, 365, 1960, 3, -9, 3),  # at any time in March
        (1, 3, 2, 365, 1960, 3, 10, 3),  # before or after it: the wait is not known
        (1, 4, 2, 365, 1960, 3, 31, 3),  # certainly not before it
        (1, 5, 2, 365, 1960, 4, 2, 3),
    ]
    found = of_one_pair(tmp_path, acts)
    assert (found.until - found.day).tolist() == [38, 0, 2, QUIET_DAYS]  # to 29 February
    assert found.at_risk.tolist() == [True, False, True, True]
    assert found.ended.tolist() == [False, False, True, False]


def test_an_act_of_unknown_day_began_at_the_latest_when_it_ended(tmp_path: Path) -> None:
    acts = [(1, 1, 2, 365, 1960, 3, -9, 3), (1, 2, 2, 365, 1960, 3, 20, 3)]
    text = text_of(acts).replace(",3,-9,1960,3,-9,1960", ",3,-9,1960,3,19,1960")
    (tmp_path / "x.csv").write_text(text)
    assert histories(load_mie(tmp_path / "x.csv"), 1946).at_risk.tolist() == [True]
    assert of_one_pair(tmp_path, acts).at_risk.tolist() == [False]  # it may have begun on the 31st


def test_nothing_is_at_risk_in_a_spell_of_war_but_the_act_that_begins_it_ends_a_wait(tmp_path: Path) -> None:
    acts = [
        (1, 1, 2, 365, 1960, 1, 1, 3),
        (1, 2, 2, 365, 1960, 1, 5, 5, 22),
        (2, 1, 2, 365, 1960, 1, 20, 3),  # of another confrontation, and still at war
        (1, 3, 2, 365, 1960, 2, -9, 5, 22),  # the war may have lasted to the end of February
        (1, 4, 2, 365, 1960, 2, 29, 4, 16),
        (1, 5, 2, 365, 1960, 3, 1, 4, 16),
        (3, 1, 2, 710, 1960, 1, 20, 3),  # another pair
    ]
    found = of_one_pair(tmp_path, acts)
    assert found.at_risk.tolist() == [True, False, False, False, True, True]
    assert found.ended.tolist() == [True, False, False, False, False, False]
    assert (found.until - found.day)[[0, 4]].tolist() == [4, QUIET_DAYS]


@given(st.integers(0, 10_000))
def test_days_at_risk_do_not_overlap_and_only_an_act_ends_a_wait(seed: int) -> None:
    generator = np.random.default_rng(seed)
    acts: list[Act] = [
        (int(generator.integers(1, 4)), k, 2, 365, 1960, int(generator.integers(1, 13)),
         int(generator.choice([-9, 1, 2, 11, 27, 28])), int(generator.integers(2, 6)))
        for k in range(12)
    ]  # fmt: skip
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        found = of_one_pair(Path(folder), acts)
    days = [
        day
        for start, stop in zip(found.day[found.at_risk], found.until[found.at_risk], strict=True)
        for day in range(start + 1, stop + 1)
    ]
    assert len(days) == len(set(days)) == found.days_at_risk
    assert sorted(set(days) & set(found.day.tolist())) == sorted(found.until[found.ended].tolist())


def test_recorded_acts_stand_for_those_that_are_not() -> None:
    assert set(DETECTION) == {2, 3, 4, 5}
    assert mean_detection(np.array([4, 5])) == 1.0
    # A threat of share .6 stands for 1 2/3 acts: two acts for 2 2/3.
    assert mean_detection(np.array([2, 4])) == pytest.approx(2 / (1 / 0.6 + 1))
    assert mean_detection(np.zeros(0, np.int64)) == 1.0


def test_filters(path: Path) -> None:
    events = load_mie(path)
    assert since(events, 1999).row.tolist() == [0, 1, 2, 3]
    assert without(events, (770, 750)).row.tolist() == [3]
    assert between(events, (770, 750)).row.tolist() == [0, 1, 2, 4, 5, 6]
    assert dyads(events)[3].tolist() == [2, 770]


@given(st.integers(0, 10_000))
def test_exchanges_do_not_depend_on_the_order_of_the_file(seed: int) -> None:
    acts = many_acts(seed % 7)
    generator = np.random.default_rng(seed)
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        lines = exchanges(load_mie(write_mie(Path(folder) / "a.csv", acts)))
        order = generator.permutation(len(acts))
        shuffled = exchanges(load_mie(write_mie(Path(folder) / "b.csv", [acts[k] for k in order])))
    for name in ("confrontation", "event", "actor", "target", "day", "level"):
        assert getattr(lines.events, name).tolist() == getattr(shuffled.events, name).tolist()
    assert lines.reaction.tolist() == shuffled.reaction.tolist()


def test_columns_may_come_in_any_order_with_a_mark_and_decimal_zeros(tmp_path: Path) -> None:
    text = text_of(ACTS, tuple(reversed(COLUMNS))).replace(",1999,", ",1999.0,")
    (tmp_path / "x.csv").write_text("\ufeff" + text + "\n", encoding="utf-8")
    assert load_mie(tmp_path / "x.csv").year.tolist() == [1999] * 4 + [1950] * 2 + [1949]


def test_a_file_without_rows_is_valid(tmp_path: Path) -> None:
    events = load_mie(write_mie(tmp_path / "x.csv", []))
    assert len(events) == 0
    assert exchanges(events).first.tolist() == [0]


def test_a_missing_file_says_where_it_is_published(tmp_path: Path) -> None:
    (line,) = errors(tmp_path / "nowhere.csv")
    assert "nowhere.csv: there is no such file" in line
    assert "Gibler and Miller, Militarized Interstate Confrontations project" in line


def test_a_missing_column_is_named_with_its_neighbour(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        text_of(ACTS).replace("hostlev", "hostlvl").replace("stday", "micnum", 1), encoding="utf-8"
    )
    lines = "\n".join(errors(path))
    assert "x.csv:1: hostlev: there is no such column; did you mean `hostlvl`?" in lines
    assert "x.csv:1: stday: there is no such column" in lines
    assert "x.csv:1: micnum: duplicate column" in lines


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "14,1999,7,3,mie",
            "14,1999,7,6,mie",
            'x.csv:3: hostlev: "6" is not allowed; a whole number from 1 to 5',
        ),
        ("14,1999,7,3,mie", "14,1999,7,,mie", 'x.csv:3: hostlev: "" is not allowed'),
        (",5,14,1999,5", ",13,14,1999,5", 'x.csv:3: stmon: "13" is not allowed; a whole number from 1 to 12'),
        (",5,14,1999,5", ",2,30,1999,5", "x.csv:3: stday: 30 is not a day of that month"),
        (",5,14,1999,5", ",5,0,1999,5", "x.csv:3: stday: 0 is not a day of that month"),
        (",5,14,1999,5", ",5,x,1999,5", 'x.csv:3: stday: "x" is not allowed'),
        ("7,1,750,770", "7,1,750,750", "x.csv:3: ccode2: 750 acts on itself"),
        (
            "5,14,1999,5,14,1999",
            "5,14,1999,4,14,1999",
            "x.csv:3: endday: the act ends before it begins; the first day or later",
        ),
        ("5,14,1999,5,14,1999", "5,14,1999,6,31,1999", "x.csv:3: endday: 31 is not a day of that month"),
        ("7,1,750,770", "7,1,750", "x.csv:3: 12 values under 13 columns; 13 values"),
    ],
)
def test_a_faulty_value_is_refused_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "x.csv"
    text = text_of(ACTS)
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    (line,) = errors(path)
    assert says in line


def test_every_error_is_reported_and_a_hundred_at_most(tmp_path: Path) -> None:
    path = write_mie(tmp_path / "x.csv", [(1, k, 1, 2, 1999, 1, 1, 9) for k in range(300)])
    lines = errors(path)
    assert len(lines) == 101
    assert "more errors" in lines[-1]


def test_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00micnum")
    assert "not in UTF-8" in errors(tmp_path / "x.csv")[0]
