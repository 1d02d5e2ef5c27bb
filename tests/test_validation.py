"""The generator of the page of validation: blocks between marks, tables of made-up results, missing data."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from escalation.figures.style import save
from escalation.history import crossvalidation
from escalation.history.backtest import compare_crises, crisis_forecasts, score_lines
from escalation.history.crossvalidation import HeldOut, Record, by_crisis, by_dyad_of_cases, by_dyads, by_year
from escalation.history.fit import fit
from escalation.history.icb import load_rates
from escalation.history.mediation import hold
from escalation.history.mie import exchanges, load_mie
from escalation.history.population import Population
from escalation.history.projection import outlook
from escalation.scenario.load import load_scenario
from escalation.scenario.weight_set import Fitted, WeightSet
from escalation.scenario.weights import Weights
from escalation.stats.scores import Interval
from tests.history.crises import past
from tests.history.mie_files import many_acts, write_mie

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def modules() -> Iterator[dict[str, ModuleType]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS))
        import validation
        import validation_figures
        import validation_runs
        import validation_tables

        yield {
            "page": validation, "runs": validation_runs, "tables": validation_tables,
            "figures": validation_figures,
        }  # fmt: skip


@pytest.fixture(scope="module")
def results(modules: dict[str, ModuleType], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return results of a few made-up cases and events, every forecast of an act even."""
    path = write_mie(tmp_path_factory.mktemp("mie") / "mie.csv", many_acts(pairs=4, length=6))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(crossvalidation.CORRELATES, "alba", 100)
        patch.setitem(crossvalidation.CORRELATES, "borea", 200)
        record = Record(exchanges(load_mie(path)), (past("one"), past("two")))
        folds = {"dyads": by_dyads(record, 3), "crises": by_crisis(record),
                 "dyads_of_cases": by_dyad_of_cases(record), "year": by_year(record, 1990)}  # fmt: skip
    runs = modules["runs"]
    even = (
        np.full((len(record.told[0]), 4), 1 / 4),
        np.full((len(record.told[1]), 11), 1 / 11),
    )
    schemes = {}
    for name, some in folds.items():
        held = HeldOut(tuple(some), even, tuple(Weights() for _ in some))
        schemes[name] = runs.Scheme(name, runs.lines_of(record, held), held, 2.0)
    found = fit(record.evidence, rounds=1)
    fitted = Fitted(
        weights=("ratchet", "step"), se=(0.1, 0.05), prior_sd=(0.2, 0.05), weakly_identified=("step",),
        profile={"ratchet": (0.3, 0.9)},
    )  # fmt: skip
    shipped = WeightSet(
        name="made_up", title="x", provenance="x", weights=Weights(ratchet=0.7), fitted=fitted
    )
    scenario = load_scenario("pahalgam_2025")
    central = outlook(scenario, [Weights()], 20, 1)
    watched = outlook(scenario, [Weights()], 20, 1, runs.WATCHED)
    situations = dict.fromkeys(("small", "mass", "restrained", "calm"), watched)
    courses = crisis_forecasts(record.cases, record.cases, 30, 20, 1)
    return runs.Results(
        size=runs.Size(runs=20, made_up=12),
        shipped=shipped,
        record=record,
        fit=found,
        fit_seconds=3.0,
        acts_alone=runs.ActsAlone(schemes["crises"].lines, situations),
        shaken=[runs.Shaken(7, 3, schemes["crises"].lines, Weights(ratchet=0.9))],
        courses=courses,
        course_lines=score_lines(compare_crises(courses), np.random.default_rng(1)),
        answered=0.25,
        situations=situations,
        central=central,
        default=central,
        drawn=outlook(scenario, [Weights(), Weights(act_intercept=-1.0)], 20, 1),
        rates=load_rates(),
        mediation=hold(Population(load_rates(), Weights(), 1), 12),
        **schemes,
    )


def test_blocks_go_between_their_marks_and_words_stay(modules: dict[str, ModuleType]) -> None:
    filled = modules["page"].filled
    text = "words\n<!-- made: a -->\nold\n<!-- end: a -->\nmore\n<!-- made: b -->\n<!-- end: b -->\n"
    once = filled(text, {"a": ["1", r"\2"], "b": ["3"]})
    first, second = (
        "<!-- made: a -->\n\n1\n\\2\n\n<!-- end: a -->",
        "<!-- made: b -->\n\n3\n\n<!-- end: b -->",
    )
    assert once == f"words\n{first}\nmore\n{second}\n"
    assert filled(once, {"a": ["1", r"\2"], "b": ["3"]}) == once
    with pytest.raises(LookupError, match="made: c"):
        filled(text, {"c": []})


def test_every_page_has_its_marks(modules: dict[str, ModuleType]) -> None:
    page = modules["page"]
    for name, blocks in page.PAGES.items():
        page.filled((ROOT / name).read_text(encoding="utf-8"), {block: [] for block in blocks})


def test_every_block_is_made_and_stands_on_a_page(modules: dict[str, ModuleType], results: Any) -> None:
    page = modules["page"]
    blocks = page.made(results)
    assert set(blocks) == {name for names in page.PAGES.values() for name in names}
    for name, lines in blocks.items():
        assert lines, name
        assert not any("nan" in line.lower().split() for line in lines), name


def test_tables_say_what_the_results_are(modules: dict[str, ModuleType], results: Any) -> None:
    tables = modules["tables"]
    scores = "\n".join(tables.scores(results))
    acts = len(results.record.told[0])
    assert f"Events: all acts; pairs of states left out** ({acts} acts" in scores
    assert "| **the rules** | 1.386 |" in scores  # ln 4: every level as likely
    assert [row[0] for row in tables.crisis_gains(results)] in (["one", "two"], ["two", "one"])
    weights = "\n".join(tables.weights(results))
    assert "| `ratchet` | .70 | .10 | [.30, .90] | .50 ± .20 |  |" in weights
    assert "| `step` |" in weights
    assert weights.count("hardly") == 1
    assert "`act_intercept`" in weights
    assert "nuclear use" in "\n".join(tables.plausibility(results))
    assert "| 7 | 3 |" in "\n".join(tables.shaken(results))


def test_numbers_are_written_short(modules: dict[str, ModuleType]) -> None:
    tables = modules["tables"]
    assert [tables.plain(value, 2) for value in (0.5, -0.25, 1.0, 10.5, 0.999)] == [
        ".50", "−.25", "1.00", "10.50", "1.00",
    ]  # fmt: skip
    assert tables.gain(Interval(0.1, -0.2, 0.4)) == "+.100 [−.200, .400]"
    assert tables.gain(Interval(-0.1, float("nan"), float("nan"))) == "−.100 (one crisis)"


def test_past_lengths_given_the_days_gone(modules: dict[str, ModuleType]) -> None:
    """By hand: ln 14 and ln 44 are .737 below and .210 above 3.53 by 1.21: .770 and .417 of crises last."""
    assert modules["tables"].over_by(30) == pytest.approx(1 - 0.417 / 0.770, abs=0.005)


def test_figures_are_drawn(modules: dict[str, ModuleType], results: Any, tmp_path: Path) -> None:
    names = []
    for name, figure in modules["figures"].figures(results):
        names.append(name)
        path = tmp_path / name.replace("/", "_")
        save(figure, path)
        assert path.stat().st_size > 10_000
        assert all(0 <= axes.get_position().x0 < axes.get_position().x1 <= 1 for axes in figure.axes)
    pages = "".join((ROOT / page).read_text(encoding="utf-8") for page in modules["page"].PAGES)
    assert all(f"images/{name}" in pages for name in names)


def test_without_the_data_it_says_where_they_are_published(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(DOCS / "validation.py"), "--sample"],
        cwd=ROOT, capture_output=True, text=True, check=False, env={"ESCALATION_DATA": str(tmp_path)},
    )  # fmt: skip
    assert run.returncode == 2
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert "mie_train.csv: there is no such file" in line
    assert "Gibler and Miller" in line


def test_pages_made_with_other_weights_are_named(
    modules: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = modules["page"]
    monkeypatch.setattr(page, "stamp", lambda: ["*other*"])
    assert any("docs/validation.md is made with other weights" in line for line in page.stale())
