from __future__ import annotations

import csv
import io
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from escalation.classroom import exports
from escalation.classroom.controls import Settings, Workspace
from escalation.classroom.session import Session
from escalation.crisis.play import play
from escalation.crisis.words import result_words
from escalation.experiment.variant import without
from escalation.scenario.load import load_scenario
from tests.classroom.crises import ENTRY, STYLE, ensemble, workspace
from tests.cli.calls import in_process

SETTINGS: Settings = ((ENTRY, 20), (STYLE, "manipulation"), ("weights.ratchet", 0.8))
CONTROLS = Session(workspace()).controls
RUSSIA = "mediators.russia"
OUT: Settings = ((RUSSIA, "stays_out"), (STYLE, "manipulation"))


def test_the_setting_loads_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "setting.yaml"
    path.write_text(exports.setting_yaml(workspace(), SETTINGS), encoding="utf-8")
    assert load_scenario(path) == workspace().at(SETTINGS)


def test_the_setting_says_what_is_changed_of_what() -> None:
    assert not exports.setting_yaml(workspace(), ()).startswith("#")
    comment = [line for line in exports.setting_yaml(workspace(), OUT).splitlines() if line.startswith("#")]
    said = " ".join(line.removeprefix("# ") for line in comment)
    assert said.startswith("pahalgam_2025 with what was changed in the classroom: policy: Russia stays out")
    assert "Left out: mediators.russia, lavrov_jaishankar_call, russia_help_request" in said


def test_the_difference_shows_what_is_changed_and_no_more() -> None:
    assert exports.setting_diff(workspace(), ()) == ""
    lines = exports.setting_diff(workspace(), SETTINGS).splitlines()[2:]
    changed = sorted(line[1:].strip() for line in lines if line.startswith("+"))
    assert changed == ["enters_day: 20", "ratchet: 0.8", "style: manipulation"]
    assert sum(line.startswith("-") for line in lines) == 3


ENDS = [
    tuple(sorted((path, control.options[place] if control.options else (control.low, control.high)[place])
                 for path, control in CONTROLS.items()))
    for place in (0, -1)
]  # fmt: skip


@pytest.mark.parametrize("settings", [(), SETTINGS, *ENDS])
def test_the_command_plays_the_same_crisis(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that the page shows, whatever was played from this folder before."""
    monkeypatch.chdir(tmp_path)
    for other in (settings, SETTINGS[:1], settings):
        words = shlex.split(exports.command(workspace(), other, 7, 3))
        assert words[:2] == ["escalation", "run"]
        ended = in_process([*words[1:], "--quiet"])
        assert (ended.code, ended.err) == (0, "")
    outcome = play(workspace().at(settings), 7, 3)
    assert result_words(outcome)[0] in ended.out
    overrides = [word for before, word in pairwise(words) if before == "--set"]
    dropped = [word for before, word in pairwise(words) if before == "--drop"]
    assert without(load_scenario(words[2], overrides), dropped) == workspace().at(settings)
    assert bool(dropped) == ((RUSSIA, "stays_out") in settings)


def test_the_command_of_a_file_names_it_as_a_file() -> None:
    odd = Workspace(workspace().scenario, "-my 'file'.yaml")
    assert shlex.split(exports.command(odd, (), 7))[2] == "./-my 'file'.yaml"


def test_the_data_read_back() -> None:
    tables = exports.tables_of([("now", ensemble()), ("pinned A", ensemble(((ENTRY, 44),)))])
    assert set(tables) == {
        "outcomes",
        "postures",
        "peaks",
        "ceasefires",
        "forces",
        "settlements",
        "differences",
    }
    for table in tables.values():
        rows = list(csv.DictReader(io.StringIO(table.csv())))
        assert len(rows) == len(table.rows)
        assert tuple(rows[0]) == table.columns


def test_settings_and_figures_in_words() -> None:
    assert exports.setting_words(CONTROLS, ()) == "as in the scenario"
    words = exports.setting_words(CONTROLS, SETTINGS)
    policies, assumptions = words.split(". ")
    assert policies.startswith("policy: Russia as mediator, Day of entry")
    assert assumptions.startswith("Assumption: Weights")
    assert exports.setting_words(CONTROLS, OUT) == "policy: Russia stays out, its recorded acts included"
    assert exports.setting_words(CONTROLS, ((ENTRY, 44),)) == "policy: no further acts by Russia"
    assert "Russia as mediator, Day of entry: 20 instead of 10" in words
    assert "Style: manipulation instead of facilitation" in words


def test_a_table_says_by_itself_what_its_rows_are_of() -> None:
    settings: list[tuple[str, Settings]] = [("now", SETTINGS), ("pinned A", ())]
    tables = exports.tables_of([(name, ensemble(given)) for name, given in settings])
    changes = "mediators.russia.enters_day=20; mediators.russia.style=manipulation; weights.ratchet=0.8"
    for name, table in tables.items():
        found = exports.labelled(table, settings, 2025)
        rows = list(csv.DictReader(io.StringIO(found.csv())))
        assert {row["seed"] for row in rows} == {"2025"}
        if name == "differences":
            assert {(row["changes"], row["changes_now"]) for row in rows} == {("", changes)}
        else:
            assert {(row["setting"], row["changes"]) for row in rows} == {("now", changes), ("pinned A", "")}


def test_a_picture_says_what_was_simulated_and_what_each_name_means() -> None:
    settings = [("now", "as in the scenario"), ("pinned A", "Style: manipulation")]
    found = exports.notes(workspace(), 7, 2_000, settings)
    assert found[:3] == (
        "pahalgam_2025: 2,000 crises, seed 7.", "now: as in the scenario.", "pinned A: Style: manipulation.",
    )  # fmt: skip
    assert "no validated probability" in found[3]
