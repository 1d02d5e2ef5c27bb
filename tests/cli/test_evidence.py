"""`escalation calibrate`, `backtest`, `validate-model` and `mediation-check` as they are called."""

from __future__ import annotations

import csv
import errno
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from escalation.api import backtest, compare_mediation, write_report
from escalation.history import mediation_fit, mediation_levers
from escalation.history.act_forecasts import Examination
from escalation.history.icb import load_icb, rates_of, rates_text
from escalation.history.mediation_check import PUBLISHED
from escalation.history.objective import FITTED
from escalation.scenario.load import load_scenario, load_weights, shipped_folder
from escalation.scenario.weights import Weights
from tests.cli.calls import in_process
from tests.history.icb_files import write as write_icb
from tests.history.mie_files import many_acts, write_mie

MEEK = "name: meek\ntitle: t\nprovenance: p\nweights: {alarm: -9, protest: -9}\n"


@pytest.fixture(scope="module")
def mie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mie(tmp_path_factory.mktemp("events") / "mie.csv", many_acts())


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_calibrate_refuses_an_examination(tmp_path: Path) -> None:
    shipped = shipped_folder() / "history" / "kutch_1965.yaml"
    text = shipped.read_text(encoding="utf-8").replace("use: calibrate", "use: examination")
    held_out = tmp_path / "held_out.yaml"
    held_out.write_text(text, encoding="utf-8")
    ended = in_process(["calibrate", str(held_out), "--out", str(tmp_path / "w.yaml")])
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert "examination" in line
    assert not (tmp_path / "w.yaml").exists()


@pytest.mark.slow
def test_a_backtest_writes_what_the_function_returns(tmp_path: Path, mie: Path) -> None:
    out, again = tmp_path / "out", tmp_path / "again"
    ended = in_process(
        ["backtest", "uri_2016", "kutch_1965", "--mie", str(mie), "--dyad", "750-770", "--since", "1990",
         "--replications", "20", "--out", str(out), "--predictions", str(out / "predictions.csv")]
    )  # fmt: skip
    assert ended.code == 0, ended.err
    found = backtest(["uri_2016", "kutch_1965"], mie, wanted=Examination((750, 770), 1990), replications=20)
    report = write_report(found, again)
    found.write_predictions(again / "predictions.csv")
    assert files(out) == files(again)
    assert set(files(out)) == {
        "forecasts.csv", "origins.csv", "origins.png", "origins.svg", "pit.csv", "pit.png", "pit.svg",
        "predictions.csv", "reliability.png", "reliability.svg", "scores.csv",
    }  # fmt: skip
    assert ended.out.splitlines() == [*report.lines, f"Seed: 1. Written to {out}"]
    assert "no validated probability of nuclear use" in " ".join(ended.out.split())
    assert max(map(len, ended.out.splitlines())) <= 100


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of a backtest on one case."""
    return uri_tested(tmp_path_factory.mktemp("uri"))


def uri_tested(out: Path, *more: str) -> dict[str, bytes]:
    call = ["backtest", "uri_2016", "--replications", "20", "--out", str(out), "--force", *more]
    ended = in_process([*call, "--predictions", str(out / "predictions.csv")])
    assert ended.code == 0, ended.err
    return files(out)


def test_another_seed_changes_courses_and_no_act(uri: dict[str, bytes], tmp_path: Path) -> None:
    one, other = uri, uri_tested(tmp_path, "--seed", "2")
    assert one["predictions.csv"] == other["predictions.csv"]
    assert one["forecasts.csv"] != other["forecasts.csv"]


def test_weights_for_all_change_the_forecasts(uri: dict[str, bytes], tmp_path: Path) -> None:
    weights = tmp_path / "meek.yaml"
    weights.write_text(MEEK, encoding="utf-8")
    other = uri_tested(tmp_path / "other", "--weights", str(weights))
    assert uri["forecasts.csv"] != other["forecasts.csv"]


def test_in_sample_cases_are_counted(tmp_path: Path) -> None:
    call = ["backtest", "--replications", "20", "--out", str(tmp_path), "--force"]
    ended = in_process([*call, "punjab_1951", "tests_1998"])
    assert ended.code == 0
    assert "1 of the 2 cases" in ended.out
    assert "in-sample" not in in_process([*call, "tests_1998"]).out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "nothing to test; give case files, --mie FILE, or both"),
        (["uri_2016", "--dyad", "2-20"], "give --mie FILE too"),
        (["--mie", "nowhere.csv"], "nowhere.csv: there is no such file; the file is published as"),
        (["--mie", "MIE", "--dyad", "india-pakistan"], "'india-pakistan' is not a pair of states"),
        (["--mie", "MIE", "--dyad", "2-2"], "'2-2' is not a pair of states"),
        (["--mie", "MIE", "--since", "3000"], "nothing to score"),
        (["uri_2016", "uri_2016"], "uri_2016: this case is given more than once"),
        (["pahalgam_2025"], "has no `case`"),
        (["uri_2016", "--window", "0"], "'0' is not a whole number from 1 to 3650"),
        (["uri_2016", "--weights", "none_such"], "none_such"),
    ],
)
def test_bad_input_of_a_backtest_is_one_line(
    tmp_path: Path, mie: Path, arguments: list[str], says: str
) -> None:
    given = [str(mie) if word == "MIE" else word for word in arguments]
    ended = in_process(["backtest", *given, "--out", str(tmp_path / "out")])
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_events_of_the_pair_alone_need_a_file_to_train_on(tmp_path: Path, mie: Path) -> None:
    pair = write_mie(tmp_path / "pair.csv", [act for act in many_acts() if 750 in act])
    call = ["backtest", "--mie", str(pair), "--dyad", "770-750", "--out", str(tmp_path / "out")]
    ended = in_process(call)
    assert (ended.code, "--train" in ended.err) == (2, True)
    assert in_process([*call, "--train", str(mie)]).code == 0
    ended = in_process([*call, "--train", str(mie)])
    assert (ended.code, "give a new folder, or --force" in ended.err) == (2, True)
    assert "forecasts.csv" not in files(tmp_path / "out")


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory, mie: Path) -> tuple[Path, str]:
    out = tmp_path_factory.mktemp("calibrate") / "weights" / "small.yaml"
    ended = in_process(
        ["calibrate", "kutch_1965", str(mie), "--out", str(out), "--name", "small", "--draws", "5",
         "--no-profile", "--evidence", "waits=0.5", "--evidence", "agreements=0"]
    )  # fmt: skip
    assert ended.code == 0, ended.err
    return out, ended.out


def test_the_file_is_a_set_of_weights_that_a_scenario_can_take(fitted: tuple[Path, str]) -> None:
    path, _ = fitted
    chosen = load_weights(path)
    assert chosen.name == "small"
    assert "kutch_1965" in chosen.provenance
    assert "mie.csv" in chosen.provenance
    assert "waits" in chosen.provenance
    assert "(weight 0.5)" in chosen.provenance
    assert chosen.fitted is not None
    assert chosen.fitted.weights == FITTED
    assert len(chosen.fitted.draws) == 5
    scenario = load_scenario("pahalgam_2025", [f"weights={path}"])
    assert scenario.weights == chosen.weights
    assert scenario.weights != Weights()
    drawn = load_scenario("pahalgam_2025", [f"weights={path}", "weights.draw=4"])
    assert drawn.weights == chosen.draw(4)
    assert drawn.weights.misperception == Weights().misperception


def test_weights_that_are_not_fitted_keep_their_defaults(fitted: tuple[Path, str]) -> None:
    found = load_weights(fitted[0]).weights.model_dump()
    others = {name: value for name, value in Weights().model_dump().items() if name not in FITTED}
    assert {name: found[name] for name in others} == others


def test_the_estimates_fit_80_columns_and_name_what_is_weakly_identified(fitted: tuple[Path, str]) -> None:
    _, printed = fitted
    assert max(map(len, printed.splitlines()[:-1])) <= 80
    assert "Weakly identified" in printed
    assert "left out of the fit" in printed
    assert "nuclear" in printed
    assert all(name in printed for name in FITTED)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["pahalgam_2025"], "has no `case`"),
        (["kutch_1965", "kutch_1965"], "kutch_1965: this case is given more than once"),
        (["history", "kutch_1965"], "kutch_1965: this case is given more than once"),
        (["nowhere_1900"], "nowhere_1900"),
        (["missing.csv"], "is published as"),
        (["MIE", "--since", "2100"], "no act of hostility 2 to 5 since 2100"),
        (["kutch_1965", "--draws", "-1"], "--draws"),
        (["kutch_1965", "--evidence", "wait=2"], 'evidence: "wait" is unknown; did you mean `waits`'),
        (["kutch_1965", "--evidence", "waits"], "--evidence 'waits' is not NAME=FACTOR"),
        (["kutch_1965", "--evidence", "waits=half"], "--evidence 'waits=half' is not NAME=FACTOR"),
        (["kutch_1965", "--evidence", "waits=-1"], "evidence: -1.0 for waits is not a number from 0 on"),
        (["kutch_1965", "--name", "bad name"], '(--name): "bad name" is not a name of weights'),
        (["kutch_1965", "--name", ""], '(--name): "" is not a name of weights'),
        (["kutch_1965", "--answers", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_bad_input_of_calibrate_is_one_line(
    arguments: list[str], says: str, tmp_path: Path, mie: Path
) -> None:
    given = [str(mie) if word == "MIE" else word for word in arguments]
    ended = in_process(["calibrate", *given, "--out", str(tmp_path / "out.yaml")])
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1
    assert says in ended.err
    assert not (tmp_path / "out.yaml").exists()


def test_fitted_weights_that_cannot_be_written_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    found = SimpleNamespace(yaml=lambda: "weights: {}", lines=lambda: ["estimates"])
    monkeypatch.setattr("escalation.history.calibration.calibrate", lambda *data, **options: found)
    monkeypatch.setattr("escalation.cli.evidence.write_file", full)
    ended = in_process(["calibrate", "history", "--out", str(tmp_path / "x.yaml")])
    assert ended.code == 2
    assert ended.err == f"escalation: {tmp_path / 'x.yaml'}: no space left on device\n"
    assert "weights: {}" in ended.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["calibrate", "nowhere", "--out", "FOLDER"],
        ["calibrate", "nowhere", "--out", "FILE"],
        ["backtest", "nowhere", "--out", "FOLDER"],
        ["backtest", "nowhere", "--out", "FILE"],
        ["backtest", "nowhere", "--out", "NEW", "--predictions", "FOLDER"],
        ["backtest", "nowhere", "--out", "NEW", "--predictions", "FILE"],
        ["validate-model", "nowhere", "--out", "FOLDER"],
        ["mediation-check", "--weights", "nowhere", "--out", "FOLDER"],
        ["mediation-check", "--weights", "nowhere", "--out", "NEW", "--data", ".", "--rates", "FILE"],
        ["export-html", "nowhere", "--out", "FOLDER"],
        ["export-html", "nowhere", "--out", "FILE"],
        ["new", "case", "--out", "FOLDER"],
        ["new", "case", "--out", "FILE"],
    ],
)
def test_what_exists_is_refused_before_anything_is_read(arguments: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    kept = folder / "file"
    kept.write_text("mine", encoding="utf-8")
    places = {"FOLDER": str(folder), "FILE": str(kept), "NEW": str(tmp_path / "new")}
    ended = in_process([places.get(word, word) for word in arguments])
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert "nowhere" not in line
    assert any(f"{option} {folder}" in line for option in ("--out", "--predictions", "--rates"))
    assert kept.read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.rglob("*")) == [folder, kept]


VALIDATE = [
    "validate-model",
    "--replications",
    "40",
    "--folds",
    "2",
    "--cases",
    "uri_2016",
    "kutch_1965",
]


def test_own_weights_are_validated_and_missing_data_named(tmp_path: Path) -> None:
    weights = tmp_path / "meek.yaml"
    weights.write_text(MEEK, encoding="utf-8")
    ended = in_process([*VALIDATE[:1], str(weights), *VALIDATE[1:], "--out", str(tmp_path / "out")])
    assert ended.code == 0, ended.err
    skipped = [line for line in ended.err.splitlines() if line.startswith("escalation: not scored: ")]
    assert "Militarized Interstate Events" in skipped[0]
    assert "'meek'" in ended.out
    assert "in-sample" in ended.out
    assert set(files(tmp_path / "out")) == {
        "by_crisis.png", "gains.png", "mediation_check.csv", "mediation_check.png", "pit.png",
        "reliability.png", "scores_courses.csv", "scores_crisis.csv", "stylised_facts.csv",
        "stylised_facts.png",
    }  # fmt: skip
    other = in_process([*VALIDATE, "--out", str(tmp_path / "calibrated")])
    assert other.code == 0, other.err
    name = "scores_crisis.csv"
    assert files(tmp_path / "out")[name] != files(tmp_path / "calibrated")[name]


def test_a_folder_of_data_is_used_for_what_it_has(tmp_path: Path) -> None:
    write_mie(tmp_path / "mie.csv", many_acts())
    write_icb(tmp_path)
    out = tmp_path / "out"
    ended = in_process([*VALIDATE, "--data", str(tmp_path), "--out", str(out)])
    assert ended.code == 0, ended.err
    assert "not scored" not in ended.err
    with (out / "scores_dyads.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["quantity"] for row in rows} == {"Events: all acts", "Events: reactions"}
    assert int(rows[0]["forecasts"]) == len(many_acts())
    write_mie(tmp_path / "mie_2.csv", many_acts())
    ended = in_process([*VALIDATE, "--data", str(tmp_path), "--out", str(out), "--force"])
    assert (ended.code, "give one with --mie" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--data", "nowhere"], "--data nowhere: no such folder"),
        (["--icb", "nowhere"], "nowhere/icb1v15.csv: there is no such file"),
        (["--mie", "nowhere.csv"], "nowhere.csv: there is no such file"),
        (["--evidence", "waits=0"], "give --refit too"),
        (["--cases"], "neither cases nor a file of events"),
        (
            ["--cases", "uri_2016"],
            "one case is too few: the baselines that forecast it are fitted to the others",
        ),
        (["--folds", "1"], "'1' is not a whole number from 2"),
    ],
)
def test_bad_input_of_a_validation_is_one_line(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = in_process([*VALIDATE, *arguments])
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err.splitlines()[-1]
    assert "Scoring" not in ended.err, "refused before the work"
    assert not (tmp_path / "results").exists()


def test_the_mediation_check_writes_what_the_function_returns(tmp_path: Path) -> None:
    out, again = tmp_path / "out", tmp_path / "again"
    call = [
        "mediation-check",
        "--replications",
        "60",
        "--seed",
        "3",
        "--weights",
        "default",
        "--out",
        str(out),
    ]
    ended = in_process(call)
    assert ended.code == 0, ended.err
    report = write_report(compare_mediation("default", replications=60, seed=3), again)
    assert files(out) == files(again)
    assert set(files(out)) == {"mediation_check.csv", "mediation_check.png"}
    assert ended.out.splitlines()[: len(report.lines)] == list(report.lines)


def test_it_fits_and_measures_levers_where_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mediation_fit, "fit_mediation", partial(mediation_fit.fit_mediation, count=40))
    levers = partial(mediation_levers.measure_levers, replications=20)
    monkeypatch.setattr(mediation_levers, "measure_levers", levers)
    out = tmp_path / "out"
    ended = in_process(["mediation-check", "--fit", "--levers", "--replications", "40", "--out", str(out)])
    assert ended.code == 0, ended.err
    written = load_weights(out / "mediation_weights.yaml").weights
    assert written.consent != load_weights("calibrated").weights.consent
    rows = compare_mediation(out / "mediation_weights.yaml", replications=40).rows
    table = (out / "mediation_check.csv").read_text(encoding="utf-8").splitlines()
    assert len(table) == len(rows) + 1
    assert [int(line.split(",")[-5]) for line in table[1:]] == [row.yes for row in rows]  # of fitted weights
    assert len((out / "levers.csv").read_text(encoding="utf-8").splitlines()) > 40
    assert "Mediation fitted to ICB v15" in ended.out
    assert "Largest change in the share of crises by each parameter" in ended.out


def test_it_recounts_from_the_files_and_compares_with_published_figures(tmp_path: Path) -> None:
    data = write_icb(tmp_path)
    ended = in_process(
        ["mediation-check", "--replications", "60", "--data", str(data), "--out", str(tmp_path / "out"),
         "--rates", str(tmp_path / "rates.yaml")]
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert "weights 'calibrated'" in ended.out
    for group, (formal, quiet) in PUBLISHED.items():
        assert f"  {group}: published {formal:.2f}, {quiet:.2f}; all crises of the file" in ended.out
    assert "mediated: published 0.44, 0.64; all crises of the file 0.667, 0.667 (n 3; different)" in ended.out
    assert (tmp_path / "rates.yaml").read_text(encoding="utf-8") == rates_text(rates_of(load_icb(data)))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--data", "nowhere"], "nowhere/icb1v15.csv: there is no such file; the files icb1v15.csv and"),
        (["--rates", "x.yaml"], "escalation: --rates needs --data"),
        (["--weights", "nowhere"], "nowhere: there is no weights file"),
        (["--replications", "0"], "'0' is not a whole number from 1"),
    ],
)
def test_bad_input_of_the_mediation_check_is_one_line(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = in_process(["mediation-check", "--replications", "60", *arguments])
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert not (tmp_path / "results").exists()
