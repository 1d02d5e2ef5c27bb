"""CSV as others publish it and as spreadsheets save it: read as it is meant, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalation.files.places import ScenarioError
from escalation.files.read_csv import read_csv
from escalation.history.attacks import load_answers
from escalation.history.icb import CRISES_FILE, load_icb
from escalation.history.mie import load_mie

GOOD = 'a,b,c\n1,2,x\n\n3,4,"y, ""z"""\n'


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def cells(path: Path, *columns: str) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.line, row.cells) for row in read_csv(path, columns, "from its publisher").rows]


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("a,b", '"a", b '),
        GOOD + ",,\n",
    ],
)
def test_columns_are_taken_by_name(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, content)
    assert cells(path, "b", "a") == [(2, ("2", "1")), (4, ("4", "3"))]
    assert cells(path, "c") == [(2, ("x",)), (4, ('y, "z"',))]


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (GOOD.replace(",", ";"), 1, 'the columns are separated by ";"'),
        (GOOD.replace(",", "\t"), 1, "the columns are separated by tabs"),
        ("sep=;\n" + GOOD.replace(",", ";"), 1, 'the columns are separated by ";"'),
        ('a,b,c\n1,2,x\n3,4,"y\n5,6,z\n', 3, "a quote that begins here is never closed"),
        ('a,b,c\n1,2,"x\n3,4,y"\n5,6,z\n', 2, "is closed in line 3"),
        ('a,b,c\n1,2,"x" y\n', 2, "text after a closing quote"),
        ("a,b,c\n1,2\n", 2, "2 values under 3 columns"),
        ("a,b,b\n1,2,3\n", 1, "duplicate column"),
        (GOOD.encode("utf-16"), 1, "UTF-16"),
        (GOOD.encode("utf-16-le"), 1, "UTF-16"),
        (b"a,b,c\n1,2,M\xfcnchen\n", 2, "the byte 0xfc is not UTF-8"),
        (b"PK\x03\x04 and so on", None, "a spreadsheet"),
        (b"\x1f\x8b and so on", None, "a compressed file"),
    ],
)
def test_what_is_no_such_table_is_refused_in_one_line(
    tmp_path: Path, content: str | bytes, line: int | None, says: str
) -> None:
    path = written(tmp_path, content)
    try:
        found = read_csv(path, ("a", "b"), "from its publisher").problems
    except ScenarioError as error:
        found = list(error.problems)
    (problem,) = found
    assert problem.line == line
    assert says in str(problem)


def test_what_is_no_file_says_where_to_get_it(tmp_path: Path) -> None:
    for path, says in ((tmp_path / "no.csv", "there is no such file"), (tmp_path, "this is a directory")):
        with pytest.raises(ScenarioError, match=f"{says}; from its publisher"):
            read_csv(path, ("a",), "from its publisher")


def test_every_table_of_others_is_read_strictly(tmp_path: Path) -> None:
    semicolons = "micnum;crisno\n1;2\n"
    with pytest.raises(ScenarioError, match=r"table\.csv:1: the columns are separated"):
        load_mie(written(tmp_path, semicolons))
    (tmp_path / CRISES_FILE).write_text(semicolons)
    with pytest.raises(ScenarioError, match=r"icb1v15\.csv:1: the columns are separated"):
        load_icb(tmp_path)
    with pytest.raises(ScenarioError, match="not in UTF-8 but in UTF-16"):
        load_answers(written(tmp_path, "name: x\n".encode("utf-16")))
