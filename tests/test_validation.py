"""The generator of the validation page: blocks between marks, tables of invented results, missing data."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from escalation.figures.validation_plots import full_figures, save_all
from escalation.history import crossvalidation
from escalation.history import validation_tables as tables
from escalation.history.agreement import Agreement
from escalation.history.backtest import compare_crises, crisis_forecasts, score_lines
from escalation.history.crossvalidation import HeldOut, Record, by_crisis, by_dyad_of_cases, by_dyads, by_year
from escalation.history.facts import stylised_facts
from escalation.history.fit import fit
from escalation.history.likelihood import CASES, EXCHANGES, WAITS
from escalation.history.mediation_check import compare_mediation
from escalation.history.mie import exchanges, histories, load_mie
from escalation.history.projection import project
from escalation.history.validation import (
    CRISIS,
    DYADS,
    RIVALS,
    WATCHED,
    YEAR,
    ActsAlone,
    CodedTwice,
    CrossValidation,
    FullValidation,
    Validation,
    ValidationSize,
    scores_of,
)
from escalation.history.wait_forecasts import wait_scores
from escalation.scenario.load import load_scenario
from escalation.scenario.weight_set import Fitted, WeightSet
from escalation.scenario.weights import Weights
from tests.history.crises import past
from tests.history.mie_files import many_acts, write_mie

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def page() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS))
        import validation

        yield validation


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> FullValidation:
    """Return results of a few invented cases and events, every forecast of an act uniform."""
    path = write_mie(tmp_path_factory.mktemp("mie") / "mie.csv", many_acts(pairs=4, length=6))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(crossvalidation.CORRELATES, "alba", 100)
        patch.setitem(crossvalidation.CORRELATES, "borea", 200)
        events = load_mie(path)
        record = Record(exchanges(events), (past("one"), past("two")), histories(events, 1946))
        folds = {
            DYADS: by_dyads(record, 3), CRISIS: by_crisis(record), RIVALS: by_dyad_of_cases(record),
            YEAR: by_year(record, 1990),
        }  # fmt: skip
    uniform = {
        EXCHANGES: np.full((len(record.rows[EXCHANGES]), 4), 1 / 4),
        CASES: np.full((len(record.rows[CASES]), 11), 1 / 11),
        WAITS: np.full((len(record.of(WAITS).observed), 4), 1 / 4),
    }
    schemes = {}
    for name, some in folds.items():
        held = HeldOut(tuple(some), uniform, tuple(Weights() for _ in some))
        waits = wait_scores(record, held, np.random.default_rng(1))
        schemes[name] = CrossValidation(name, scores_of(record, held), held, 2.0, waits)
    fitted = Fitted(
        weights=("ratchet", "step"), se=(0.1, 0.05), prior_sd=(0.2, 0.05), weakly_identified=("step",),
        profile={"ratchet": (0.3, 0.9)},
    )  # fmt: skip
    chosen = WeightSet(
        name="invented", title="x", provenance="x", weights=Weights(ratchet=0.7), fitted=fitted
    )
    scenario = load_scenario("pahalgam_2025")
    central = project(scenario, [Weights()], 20, 1)
    watched = project(scenario, [Weights()], 20, 1, WATCHED)
    situations = dict.fromkeys(("small", "mass", "calm", "year"), watched)
    courses = crisis_forecasts(record.cases, record.cases, 30, 20, 1)
    validation = Validation(
        weights=chosen,
        record=record,
        refitted=True,
        schemes=schemes,
        courses=courses,
        course_scores=score_lines(compare_crises(courses), np.random.default_rng(1)),
        situations=situations,
        answered=0.25,
        central=central,
        at_stake={0.5: central},
        default=central,
        mediation=compare_mediation(chosen, replications=12),
        facts=stylised_facts(chosen, replications=12),
        size=ValidationSize(replications=20, synthetic=12),
        skipped=(),
    )
    return FullValidation(
        validation=validation,
        fit=fit(record.evidence, rounds=1),
        fit_seconds=3.0,
        acts_alone=ActsAlone(schemes[CRISIS].scores, situations),
        coded_twice=CodedTwice(
            agreements=[
                Agreement("one", (5, 4), ((1, 1), (2, 3))),
                Agreement("two", (2, 2), ((6, 6), (7, 5))),
            ],
            first=schemes[CRISIS].scores,
            second=schemes[CRISIS].scores,
            weights=Weights(ratchet=0.9),
        ),
        drawn=project(scenario, [Weights(), Weights(alarm=-6.0)], 20, 1),
    )


def test_blocks_go_between_their_marks_and_words_stay(page: ModuleType) -> None:
    filled = page.filled
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


def test_every_page_has_its_marks(page: ModuleType) -> None:
    for name, blocks in page.PAGES.items():
        page.filled((ROOT / name).read_text(encoding="utf-8"), {block: [] for block in blocks})


def test_every_block_is_made_and_is_on_a_page(page: ModuleType, results: FullValidation) -> None:
    blocks = page.made(results)
    assert set(blocks) == {name for names in page.PAGES.values() for name in names}
    for name, lines in blocks.items():
        assert lines, name
        assert not any("nan" in line.lower().split() for line in lines), name


def test_tables_show_the_results(results: FullValidation) -> None:
    found = results.validation
    scores = "\n".join(line for table in tables.score_tables(found) for line in table.markdown())
    acts = len(found.record.rows[EXCHANGES])
    assert f"**Events: all acts; pairs of states left out** ({acts} acts" in scores
    assert "| **the rules** | 1.386 |" in scores  # ln 4: every level as likely
    assert {one.name for one in tables.crisis_scores(found)} == {"one", "two"}
    weights = tables.weight_table(found)
    assert weights.rows[0] == ("`ratchet`", ".70", ".10", "[.30, .90]", ".50 ± .20", "")
    assert [row[-1] for row in weights.rows] == ["", "weakly"]
    assert "`alarm`" in weights.note
    assert tables.plausibility_table(found).rows[-1][0].startswith("nuclear use")
    assert tables.agreement_table(results).rows[0][:6] == ("one", "5", "4", "2", ".50", "1.00")
    assert tables.agreement_table(results).rows[-1][:6] == ("all", "7", "6", "4", ".50", ".75")
    codings = tables.codings_table(results).rows
    assert {row[1] for row in codings} == {"the case", "the other coding"}
    assert codings[0][4] == "2.398"  # ln 11: every rung as likely
    assert len(tables.moved_weights_table(results).rows) == 5


def test_figures_are_drawn_and_shown(page: ModuleType, results: FullValidation, tmp_path: Path) -> None:
    figures = full_figures(results)
    for path in save_all(figures, tmp_path, ["png"]):
        assert path.stat().st_size > 10_000
    for figure in figures.values():
        assert all(0 <= axes.get_position().x0 < axes.get_position().x1 <= 1 for axes in figure.axes)
    pages = "".join((ROOT / name).read_text(encoding="utf-8") for name in page.PAGES)
    for name in figures:
        folder = page.IMAGES.get(name, "docs/images/validation").removeprefix("docs/")
        assert f"{folder}/{name}.png" in pages


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


def test_pages_made_with_other_weights_are_named(page: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "stamp", lambda: ["*other*"])
    assert any("docs/validation.md is made with other weights" in line for line in page.stale())
