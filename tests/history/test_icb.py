"""ICB's files: counted as its codebook says, refused in one line where they are not valid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from escalation.files.places import ScenarioError
from escalation.history.icb import (
    Ends,
    days_to_mediation,
    load_icb,
    load_rates,
    observed,
    rates_of,
    rates_text,
)
from tests.history.icb_files import ACTORS, CRISES, REAL, needs_icb, write


def problems(folder: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load_icb(folder)
    return [str(problem) for problem in caught.value.problems]


def test_crises_are_counted_by_mediation_and_style(tmp_path: Path) -> None:
    found = observed(load_icb(write(tmp_path)))
    assert found == {
        "unmediated": Ends(crises=2, formal=1, agreed=1, known=1, quiet=1),
        "mediated": Ends(crises=3, formal=2, agreed=3, known=3, quiet=2),
        "facilitation": Ends(crises=1, formal=1, agreed=1, known=1, quiet=1),
        "formulation": Ends(crises=1, formal=0, agreed=1, known=1, quiet=0),
        "manipulation": Ends(crises=1, formal=1, agreed=1, known=1, quiet=1),
    }


def test_a_set_can_end_with_a_year(tmp_path: Path) -> None:
    icb = load_icb(write(tmp_path))
    assert observed(icb, until=2017)["unmediated"].crises == 1
    assert observed(icb, until=1950)["mediated"].crises == 1


def test_days_to_mediation_take_rough_days_as_such(tmp_path: Path) -> None:
    # 1 March to 10 April 1950; late January (25th) to early February (5th) 1951.
    assert days_to_mediation(load_icb(write(tmp_path))).tolist() == [40, 11]


def test_rates_count_every_crisis_once(tmp_path: Path) -> None:
    rates = rates_of(load_icb(write(tmp_path)))
    assert rates.crises == len(CRISES)
    assert rates.triggers["violent"] == (0, 1, 0, 1)
    assert (rates.mediated, rates.offered, rates.coded) == ((0, 2, 0, 1), (0, 0, 1, 0), (1, 2, 1, 1))
    assert rates.styles["facilitation"] == (0, 1, 0, 0)
    assert (rates.protracted, rates.both_nuclear, rates.one_nuclear) == (3, 1, 1)
    assert (rates.actors, rates.democratic) == (len(ACTORS) - 1, 4)


def test_rates_survive_their_file(tmp_path: Path) -> None:
    rates = rates_of(load_icb(write(tmp_path)))
    path = tmp_path / "rates.yaml"
    path.write_text(rates_text(rates), encoding="utf-8")
    assert load_rates(path) == rates


def test_a_faulty_rates_file_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "rates.yaml"
    text = rates_text(load_rates())
    path.write_text(text.replace("protracted: ", "protracted: -"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"rates.yaml:\d+:\d+: protracted: "):
        load_rates(path)
    path.write_text(text.replace("  verbal:", "  spoken:"), encoding="utf-8")
    with pytest.raises(ScenarioError, match="triggers has other names than ICB"):
        load_rates(path)
    path.write_text("name: [", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"rates\.yaml:2:1: "):
        load_rates(path)


def test_a_missing_file_says_who_publishes_it(tmp_path: Path) -> None:
    (line,) = problems(tmp_path)
    assert line.startswith(f"{tmp_path / 'icb1v15.csv'}: there is no such file; ")
    assert "Duke University" in line


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "icb1v15.csv"
    path.write_text(path.read_text().replace("medstyle", "style"))
    (line,) = problems(tmp_path)
    assert "icb1v15.csv:1: medstyle: there is no such column; " in line


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        (2, 5, 'viol: "5" is not a code of this column; a whole number from 1 to 4'),
        (2, "", 'viol: "" is not a code of this column; a whole number from 1 to 4'),
        (2, -99, 'viol: "-99" is not a code of this column; a whole number from 1 to 4'),
        (7, 9, 'mediate: "9" is not a code of this column; a whole number from 1 to 4, or nothing'),
        (7, "x", 'mediate: "x" is not a code of this column; a whole number from 1 to 4, or nothing'),
        (13, "1,1", "15 values under 14 columns; 14 values"),
    ],
)
def test_a_faulty_value_is_placed(tmp_path: Path, place: int, value: object, says: str) -> None:
    row = [*CRISES[1][:place], value, *CRISES[1][place + 1 :]]
    (line,) = problems(write(tmp_path, [CRISES[0], row]))
    assert line == f"{tmp_path / 'icb1v15.csv'}:3: {says}"


def test_files_that_are_not_tables_are_refused(tmp_path: Path) -> None:
    write(tmp_path, [])
    assert "the file has no rows below the header" in problems(tmp_path)[0]
    (tmp_path / "icb1v15.csv").write_bytes(b"\xff\xfe\xfa")
    assert "not in UTF-8" in problems(tmp_path)[0]
    (tmp_path / "icb1v15.csv").unlink()
    (tmp_path / "icb1v15.csv").mkdir()
    assert "this is a directory" in problems(tmp_path)[0]


def test_many_errors_end_with_their_number(tmp_path: Path) -> None:
    assert len(problems(write(tmp_path, [(0,) * 14] * 500))) == 101


@needs_icb
def test_the_shipped_rates_are_those_of_the_files() -> None:
    assert rates_of(load_icb(REAL)) == load_rates()


@needs_icb
def test_the_published_contrast_comes_out_of_the_files() -> None:
    """All but formulation, of which the file has .41 of 66; the unmediated with crises up to 2017."""
    found = observed(load_icb(REAL), until=2017)
    formal = {name: round(ends.formal / ends.crises, 2) for name, ends in found.items()}
    quiet = {name: ends.quiet / ends.known for name, ends in found.items()}
    assert formal == {
        "unmediated": 0.12, "mediated": 0.44, "facilitation": 0.18, "formulation": 0.41, "manipulation": 0.63,
    }  # fmt: skip
    published = {
        "unmediated": 0.48, "mediated": 0.64, "facilitation": 0.63, "formulation": 0.64, "manipulation": 0.67,
    }  # fmt: skip
    assert quiet == pytest.approx(published, abs=0.0051)


def test_mediators_go_to_the_more_violent_crises() -> None:
    rates = load_rates()
    shares = np.array(rates.mediated) / np.array(rates.coded)
    assert (np.diff(shares) > 0).all()
