"""The package from Python: design, estimate, results and report of an experiment, and the exports."""

from __future__ import annotations

from pathlib import Path

import pytest

import escalation
from escalation import api
from escalation.crisis.game import Game
from tests.cli.calls import in_process
from tests.experiment.sweeps import tree


def test_the_package_offers_what_the_api_does() -> None:
    assert set(api.__all__) <= set(dir(escalation))
    for name in api.__all__:
        assert getattr(escalation, name) is getattr(api, name)


def test_a_crisis_is_explained_from_any_source(tmp_path: Path) -> None:
    """A run, its folder and its scenario are the same crisis, and have the same explanation."""
    out = tmp_path / "run"
    assert in_process(["run", "pahalgam_2025", "--seed", "3", "--quiet", "--out", str(out)]).code == 0
    date = "2025-05-08"
    played = escalation.explain(escalation.run("pahalgam_2025", 3), date)
    assert played.lines
    for found in (
        escalation.explain(out, date),
        escalation.explain(str(out / "manifest.json"), date),
        escalation.explain("pahalgam_2025", date, seed=3),
        escalation.explain(escalation.load_scenario("pahalgam_2025"), date, seed=3),
    ):
        assert found.lines == played.lines
        assert found.tables == played.tables
    written = escalation.write_report(played, tmp_path / "explained")
    assert written.lines == played.lines
    assert {path.suffix for path in written.files} == {".csv", ".txt", ".png"}
    with pytest.raises(escalation.ArgumentError, match="a run has its own"):
        escalation.explain(out, date, seed=4)


# Arguments


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> escalation.Results:
    return escalation.Experiment(tree(replications=2)).run(tmp_path_factory.mktemp("arguments") / "out")


WRONG = {
    "columns": (lambda results: results.frame(["days_to_foce"]), "columns", "`days_to_force`"),
    "columns_text": (lambda results: results.frame("outcome"), "columns", "['outcome']"),
    "replay_cell": (lambda results: results.replay(99), "99", ""),
    "replay_replication": (lambda results: results.replay(0, 99), "99", ""),
    "report_of": (lambda results: api.write_report(results, "out"), "found", "Backtest"),
    "seed": (lambda _: escalation.run("pahalgam_2025", seed=-1), "seed", "18446744073709551615"),
    "seed_text": (lambda _: escalation.run("pahalgam_2025", seed="1"), "seed", "whole number"),
    "replication": (lambda _: escalation.run("pahalgam_2025", replication=2**32), "replication", "from 0"),
    "scenario": (lambda _: escalation.run("pahalgam_2052"), "pahalgam_2052", "`pahalgam_2025`"),
    "overrides": (lambda _: escalation.load_scenario("pahalgam_2025", "free_days=3"), "overrides", "list"),
    "key": (lambda _: escalation.load_scenario("pahalgam_2025", ["fre_days=3"]), "fre_days", "`free_days`"),
    "experiment": (lambda _: escalation.Experiment("mediaton"), "mediaton", "`mediation`"),
    "experiment_overrides": (lambda _: escalation.Experiment("mediation", "seed=3"), "overrides", "list"),
    "workers": (lambda _: escalation.Experiment(tree()).run(workers=0), "workers", "from 1"),
    "estimate": (lambda _: escalation.Experiment(tree()).estimate(workers=-1), "workers", "from 1"),
    "replications": (lambda _: escalation.Experiment(tree()).run(replications=0), "replications", "from 1"),
    "half": (lambda _: escalation.Experiment(tree()).prepared(replications=2.5), "2.5", "whole number"),
    "sides": (lambda _: Game(escalation.load_scenario("pahalgam_2025"), 1, 0, ["indai"]), "sides", "`india`"),
    "data": (lambda _: escalation.calibrate("history"), "data", "['history']"),
    "profiles": (lambda _: escalation.calibrate(["history"], profiles=["ratchett"]), "profiles", "`ratchet`"),
    "draws": (lambda _: escalation.calibrate(["history"], draws=-1), "draws", "from 0"),
    "cases": (lambda _: escalation.backtest("kargil_1999"), "cases", "['kargil_1999']"),
    "window": (lambda _: escalation.backtest(["kargil_1999"], window=0), "window", "from 1"),
    "forecasts": (lambda _: escalation.backtest(["kargil_1999"], replications=0), "replications", "from 1"),
    "crises": (lambda _: escalation.compare_mediation(replications=0), "replications", "from 1"),
    "weights": (lambda _: escalation.compare_mediation("calibratd"), "calibratd", "`calibrated`"),
    "validation": (lambda _: escalation.validate(cases="history"), "cases", "['history']"),
    "validation_seed": (lambda _: escalation.validate(seed=-1), "seed", "from 0"),
    "record": (lambda _: escalation.read_record("history"), "cases", "['history']"),
    "when": (lambda _: escalation.discover("nowhere", "force"), "nowhere", "manifest.json"),
    "condition": (lambda results: results.discover("outcom == war"), "outcom", "`outcome`"),
    "rung": (lambda _: escalation.rare("pahalgam_2025", 11), "rung", "from 1 to 10"),
    "forecast": (lambda _: escalation.make_forecast("pahalgam_2025", draws=0), "draws", "from 1"),
    "events": (lambda _: escalation.load_events("nowhere.yaml"), "nowhere.yaml", ""),
    "recorded": (lambda _: escalation.load_forecast("nowhere.yaml"), "nowhere.yaml", ""),
    "truth": (lambda _: escalation.load_truth("nowhere.csv", []), "nowhere.csv", "happened"),
    "scored": (lambda _: escalation.score_forecasts("one", {}), "forecasts", "['one']"),
    "advice_share": (lambda results: results.advise("forse"), "forse", "force, ceasefire"),
    "advice_source": (lambda _: escalation.advise("pahalgam_2052"), "pahalgam_2052", "one of the shipped"),
    "advice_points": (lambda _: escalation.advise("pahalgam_2025", points=0), "points", "[1, 1,000,000]"),
    "compared": (lambda _: escalation.compare("pahalgam_2025", "pahalgam_2052"), "pahalgam_2052", ""),
    "compared_seed": (lambda _: escalation.compare("pahalgam_2025", "uri_2016", seed=-1), "seed", "from 0"),
    "day": (lambda _: escalation.explain("pahalgam_2025", "2025-09-01"), "2025-09-01", "2025-06-04"),
    "actor": (lambda _: escalation.explain("pahalgam_2025", "2025-05-08", "indai"), "indai", "india"),
    "cited": (lambda _: escalation.cite("nowhere"), "nowhere", ""),
    "document": (lambda _: escalation.report_html("nowhere"), "nowhere", ""),
    "method": (lambda _: escalation.sensitivity("consent", replications=1), "replications", "from 2"),
    "scheme": (lambda _: escalation.cross_validate(None, "criss", None), "scheme", "`crisis`"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_argument_is_named_with_what_is_allowed(name: str, results: escalation.Results) -> None:
    call, argument, allowed = WRONG[name]
    with pytest.raises(escalation.EscalationError) as raised:
        call(results)
    said = str(raised.value)
    assert argument in said
    assert allowed in said
    assert "\n" not in said


def test_every_function_and_class_of_the_api_has_a_wrong_argument_above() -> None:
    called = {name for call, _, _ in WRONG.values() for name in call.__code__.co_names}
    functions = {name for name in api.__all__ if callable(getattr(api, name)) and name[0].islower()}
    assert functions | {"Experiment"} <= called


def test_the_columns_asked_for_are_those_returned(results: escalation.Results) -> None:
    some = results.frame(["outcome", "resolve"])
    assert set(some.columns) == {"cell", "replication", "outcome", *results.factors}
    assert set(some.columns) < set(results.frame().columns)
