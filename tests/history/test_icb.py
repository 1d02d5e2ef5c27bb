"""ICB's files: counted as its codebook says, refused in one line where they are not valid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from escalation.files.places import ScenarioError
from escalation.history.icb import (
    AGREEMENTS,
    MEDIATION,
    NUCLEAR_STATUS,
    RESPONDS_TO,
    STYLES,
    Ends,
    Responses,
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


def test_responses_are_counted_by_trigger_class_and_day(tmp_path: Path) -> None:
    responses = rates_of(load_icb(write(tmp_path))).responses
    assert responses["violent"] == Responses(
        actors=2, by_day=((0, 0, 0, 1), (2, 1, 0, 0)), later=(0, 0, 0), undated=(0, 0, 0)
    )
    assert responses["violent_by_others"] == Responses(
        actors=1, by_day=(), later=(0, 0, 1), undated=(0, 0, 0)
    )
    assert responses["military"] == Responses(
        actors=1, by_day=((60, 0, 1, 0),), later=(0, 0, 0), undated=(0, 0, 0)
    )
    assert responses["political"] == Responses(actors=1, by_day=(), later=(0, 0, 0), undated=(0, 1, 0))


def test_shares_of_responses_have_their_intervals() -> None:
    found = Responses(actors=10, by_day=((0, 1, 0, 2), (5, 0, 1, 1)), later=(1, 0, 1), undated=(0, 0, 3))
    assert found.totals == (2, 1, 7)
    share = found.share("violent")
    assert (share.estimate, share.low, share.high) == pytest.approx((0.7, 0.3968, 0.8922), abs=1e-4)
    # Of the seven actors whose response has a date.
    assert found.within(4, "violent").estimate == pytest.approx(2 / 7)
    assert found.within(5, "violent").estimate == pytest.approx(3 / 7)
    assert found.within(5).estimate == pytest.approx(5 / 7)


def test_agreements_are_counted_by_days_of_crises(tmp_path: Path) -> None:
    agreements = rates_of(load_icb(write(tmp_path))).agreements
    # Of 400 days without an agreement, and of 7 days, the last of which brought one.
    assert agreements["unmediated"].crises == 2
    assert agreements["unmediated"].days == (14, 23, 60, 90, 185, 35)
    assert agreements["unmediated"].agreed == (1, 0, 0, 0, 0, 0)
    # Agreed after 100, 20 and 8 days.
    assert agreements["mediated"].days == (21, 1 + 13 + 23, 60, 10, 0, 0)
    assert agreements["mediated"].agreed == (0, 2, 0, 1, 0, 0)
    # 40 and 11 days after the trigger a mediator had entered; of the third it is not known.
    assert agreements["from_entry"].days == (14, 2 + 23, 30, 0, 0, 0)
    assert agreements["from_entry"].agreed == (0, 1, 1, 0, 0, 0)
    assert agreements["from_entry"].rate.estimate == pytest.approx(2 / 69)
    assert agreements["from_entry"].rates.estimate[:3] == pytest.approx([0, 1 / 25, 1 / 30])


def test_mediation_is_counted_by_nuclear_status_fate_and_violence(tmp_path: Path) -> None:
    rates = rates_of(load_icb(write(tmp_path)))
    manipulation = rates.mediation["both"]["manipulation"]  # crisis 1: formal, and quiet after
    assert manipulation.crises == manipulation.formal == manipulation.agreed_quiet == (0, 0, 0, 1)
    formulation = rates.mediation["one"]["formulation"]  # crisis 2: semi-formal, and recurred
    assert formulation.agreed == formulation.known == formulation.agreed_known == (0, 1, 0, 0)
    assert formulation.formal == formulation.quiet == formulation.agreed_quiet == (0, 0, 0, 0)
    assert rates.mediation["none"]["none"].crises == (1, 0, 0, 0)
    assert rates.mediation["none"]["offered"].known == (0, 0, 0, 0)
    assert rates.mediations()["crises"] == rates.coded
    assert rates.mediations(nuclear="both", fates=STYLES)["crises"] == (0, 0, 0, 1)
    assert rates.mediations(fates=["offered"])["crises"] == rates.offered


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
    path.write_text(
        text.replace("  political:\n    actors: 1", "  political:\n    actors: 2"), encoding="utf-8"
    )
    with pytest.raises(ScenarioError, match="158 responses of 258 actors"):
        load_rates(path)
    path.write_text(text.replace("    style_unknown:", "    no_style:", 1), encoding="utf-8")
    with pytest.raises(ScenarioError, match="mediation has other names than ICB"):
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
        (13, "1,1", "16 values under 15 columns; 15 values"),
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
    assert len(problems(write(tmp_path, [(0,) * 15] * 500))) == 101


@needs_icb
def test_the_shipped_rates_are_those_of_the_files() -> None:
    assert rates_of(load_icb(REAL)) == load_rates()


@needs_icb
def test_responses_are_those_of_the_design() -> None:
    """Within rounding and what it did with undated responses, and with triggers by several states."""
    responses = load_rates().responses
    violent, military = responses["violent"], responses["military"]
    assert violent.actors == 247
    assert violent.totals[2:0:-1] == (135, 31)
    assert military.totals[2:0:-1] == pytest.approx((22, 61), abs=2)
    by_day = [violent.within(day, "violent").estimate for day in (1, 3, 7, 14, 30, 60)]
    assert by_day == pytest.approx([0.27, 0.34, 0.41, 0.46, 0.50, 0.53], abs=0.015)
    assert [violent.within(day).estimate for day in (1, 7)] == pytest.approx([0.46, 0.76], abs=0.015)
    shares = {
        "violent": (0.33, 0.12, 0.55), "military": (0.33, 0.50, 0.18), "political": (0.46, 0.29, 0.25),
    }  # fmt: skip
    for name, design in shares.items():
        found = [responses[name].share(kind).estimate for kind in ("words", "show", "violent")]
        assert found == pytest.approx(design, abs=0.025), name
    assert responses["violent_by_others"].share("violent").estimate == pytest.approx(0.74, abs=0.005)


@needs_icb
def test_agreements_per_day_are_those_of_the_design() -> None:
    """Which counted the four crises of unknown mediation, two of them with an agreement, as unmediated."""
    agreements = load_rates().agreements
    unmediated, mediated = agreements["unmediated"], agreements["mediated"]
    assert (sum(unmediated.agreed), sum(mediated.agreed)) == (52 - 2, 85)
    assert [round(float(one.rate.estimate), 4) for one in (unmediated, mediated)] == [0.0017, 0.0027]
    # After the trigger the rate is about flat, after the entry of a mediator it falls with time.
    assert (mediated.rates.high > mediated.rate.estimate).all()
    assert agreements["from_entry"].rates.low[0] > agreements["from_entry"].rates.high[4]


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


def test_every_count_by_mediation_adds_up_to_those_without() -> None:
    rates = load_rates()
    assert (set(rates.responses), set(rates.agreements)) == (set(RESPONDS_TO), set(AGREEMENTS))
    assert rates.mediations()["crises"] == rates.coded
    for name in ("offered", *STYLES):
        expected = rates.offered if name == "offered" else rates.styles[name]
        assert rates.mediations(fates=[name])["crises"] == expected
    for name, fates in (("unmediated", MEDIATION[:2]), ("mediated", MEDIATION[2:])):
        totals = {key: sum(counts) for key, counts in rates.mediations(fates=fates).items()}
        assert {key: totals[key] for key in ("crises", "formal", "agreed", "known", "quiet")} == dict(
            rates.observed[name]
        )
    of_status = [sum(rates.mediations(nuclear=name)["crises"]) for name in NUCLEAR_STATUS]
    # Four crises are not known to have been mediated or not.
    assert sum(of_status) == rates.crises - 4
    assert 0 <= rates.both_nuclear - of_status[2] <= 4


def test_mediators_go_to_the_more_violent_crises() -> None:
    rates = load_rates()
    shares = np.array(rates.mediated) / np.array(rates.coded)
    assert (np.diff(shares) > 0).all()
