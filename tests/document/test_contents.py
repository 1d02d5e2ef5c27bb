"""What a document says: the answer first, all of its parts, and how much of a sweep it is of."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from escalation.document import contents
from escalation.document.contents import commands_for, contents_of
from escalation.document.folders import kept_in
from escalation.files.places import StoreError
from escalation.scenario.load import load_weights, shipped_weights
from escalation.scenario.weight_set import weights_digest
from escalation.vocabulary import NUCLEAR_CAVEAT
from tests.cli.calls import in_process


def test_a_sweep_has_every_part_in_order(swept: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in swept.rglob("*")}
    found = contents_of(kept_in(swept))
    assert found.title == "What does a second mediator change?"
    headings = [each.heading for each in found.sections]
    assert headings[:3] == ["Answer", "Shares by design point", "Figures"]
    assert headings[-4:] == [contents.LIMITS, "How to reproduce", "Provenance", "References"]
    assert {"Scenario", "Design", "How to reproduce", "Provenance", "References"} <= set(headings)
    text = "\n".join(part for each in found.sections for part in each.parts)
    assert NUCLEAR_CAVEAT in text
    assert "Common random numbers" in text
    assert "escalation sweep trial --replications 60 --out trial_again" in text
    assert str(swept.parent) not in text
    assert "<figcaption><b>Figure 1. " in text
    assert {path: path.stat().st_mtime_ns for path in swept.rglob("*")} == before


def test_the_command_of_a_sweep_computes_the_same_again(
    swept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its experiment came from: the commands need the folder, and no other file."""
    shutil.copytree(swept, tmp_path / "trial")
    monkeypatch.chdir(tmp_path)
    (command,) = (line for line in commands_for(kept_in(tmp_path / "trial")) if " sweep " in line)
    ended = in_process([*shlex.split(command)[1:], "--workers", "1", "--quiet"])
    assert ended.code == 0, ended.err
    before, after = (sorted((folder / "runs").iterdir()) for folder in (swept, tmp_path / "trial_again"))
    assert [path.read_bytes() for path in after] == [path.read_bytes() for path in before]


def test_an_incomplete_sweep_says_so_at_once_and_is_left_as_it_is(swept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "part"
    shutil.copytree(swept, folder)
    sorted((folder / "runs").iterdir())[-1].unlink()
    before = (folder / "summary.txt").read_bytes()
    found = contents_of(kept_in(folder))
    assert "Incomplete, on" in found.lead[1]
    assert (folder / "summary.txt").read_bytes() == before
    assert not (folder / "summary.partial.txt").exists()
    for path in (folder / "runs").iterdir():
        path.unlink()
    with pytest.raises(StoreError, match="no crises yet"):
        contents_of(kept_in(folder))


def test_a_run_has_its_story_and_its_command(played: Path) -> None:
    found = contents_of(kept_in(played))
    assert found.sections[0].heading == "Story"
    assert "not a result" in found.lead[0]
    assert "escalation run tiny.yaml --seed 3" in list(commands_for(kept_in(played)))


def test_long_tables_are_cut_and_say_where_the_whole_is(analysed: Path) -> None:
    rows = "parameter,effect\n" + "resolve,0.123456\n" * (contents.MOST_ROWS + 2)
    (analysed / "screening.csv").write_text(rows, encoding="utf-8")
    found = contents_of(kept_in(analysed))
    text = "\n".join(found.sections[0].parts)
    assert text.count("<td>resolve</td>") == contents.MOST_ROWS
    assert f"Shown are {contents.MOST_ROWS} of {contents.MOST_ROWS + 2} rows" in text
    assert "0.1235" in text
    assert "Resolve &lt;matters&gt; most." in text


def test_scores_are_those_on_record_and_only_of_the_same_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = load_weights("calibrated")
    (html,) = contents._scores(weights)
    tree = json.loads((contents.shipped_folder() / "validation" / "calibrated.json").read_text("utf-8"))
    assert tree["digest"] == weights_digest(weights.weights)
    assert all(table["rows"][1][1] in html for table in tree["tables"])
    changed = weights.model_copy(update={"weights": load_weights("default").weights})
    assert "other values" in "".join(contents._scores(changed))
    others = [name for name in shipped_weights() if name != "calibrated"]
    assert all("No validation" in "".join(contents._scores(load_weights(name))) for name in others)
