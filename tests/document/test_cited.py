"""What results rest on: the data behind their weights, the methods of their design, their software."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from escalation.document.cited import citations_of, cite, weights_of
from escalation.document.folders import kept_in
from tests.document.test_references import fields_of


def keys(folder: Path) -> set[str]:
    return {each.key for each in cite(folder).references}


def test_a_sweep_cites_its_methods_and_no_others(swept: Path) -> None:
    found = keys(swept)
    assert {"agresti_min_2005", "wilson_1927", "salmon_2011", "numba", "escalation"} <= found
    assert not found & {"newcombe_1998", "mckay_1979", "sobol_1967", "mesa", "friedman_fisher_1999"}


def test_a_sampled_design_with_independent_seeds_cites_theirs(swept: Path, tmp_path: Path) -> None:
    from escalation.api import Experiment
    from tests.experiment.sweeps import tree

    factors = {"resolve": {"label": "R", "path": "states.arland.resolve", "range": [0.2, 0.9]}}
    changes = {"factors": factors, "seeds": "independent", "design": {"kind": "lhs", "points": 3}}
    Experiment(tree(replications=2, **changes)).run(tmp_path / "out", workers=1)
    found = keys(tmp_path / "out")
    assert {"mckay_1979", "newcombe_1998", "welch_1947"} <= found
    assert "agresti_min_2005" not in found


def test_a_run_cites_mesa_and_no_intervals(played: Path) -> None:
    found = keys(played)
    assert "mesa" in found
    assert not found & {"wilson_1927", "numba"}


def test_the_data_behind_fitted_weights_are_cited_and_of_default_ones_none(swept: Path, played: Path) -> None:
    from escalation.scenario.load import load_weights

    kept = kept_in(swept)
    plain = {each.key for each in citations_of(kept).references}
    fitted = load_weights("calibrated").weights.model_dump(mode="json")
    scenario = {**kept.scenario, "weights": fitted}
    object.__setattr__(kept, "scenario", scenario)
    assert [each.name for each in weights_of(kept)] == ["calibrated"]
    found = {each.key for each in citations_of(kept).references}
    assert found - plain == {"gibler_miller_mie", "gibler_miller_2022", "icb_v15"}


def test_an_analysis_beneath_results_adds_its_methods(swept: Path, analysed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "both"
    shutil.copytree(swept, folder)
    shutil.copytree(analysed, folder / "screening")
    assert keys(folder) - keys(swept) == {"morris_1991"}
    assert "morris_1991" in keys(analysed)


def test_text_and_bibtex(swept: Path) -> None:
    found = cite(swept)
    lines = found.lines()
    assert {"Methods", "Software"} <= set(lines)
    assert max(len(line) for line in lines if "http" not in line) <= 80
    assert any("Version" in line for line in lines)
    entries = found.bibtex().rstrip().split("\n\n")
    assert len(entries) == len(found.references)
    assert all(fields_of(entry) for entry in entries)
    assert list(found.brief_text()) == lines


def test_sources_of_the_scenario_are_listed(tmp_path: Path, played: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(played, folder)
    tree = json.loads((folder / "manifest.json").read_text())
    tree["resolved_scenario"]["sources"] = {
        "a": {"title": "A daily", "address": "https://a.example/1", "kind": "document"},
        "b": {"title": "Known", "address": None, "kind": "general knowledge"},
    }
    (folder / "manifest.json").write_text(json.dumps(tree))
    assert cite(folder).lines()[-2:] == ["Sources of the scenario", "A daily. https://a.example/1"]
