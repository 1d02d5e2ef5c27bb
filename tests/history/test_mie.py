"""Events are read or refused with their place; exchanges are as the definition of the task has them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.files.places import ScenarioError
from escalation.history.mie import between, dyads, exchanges, load_mie, since, without
from tests.history.mie_files import COLUMNS, Act, many_acts, text_of, write_mie

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
