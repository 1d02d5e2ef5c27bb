from __future__ import annotations

import csv
import io
import shlex
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl

from escalation.classroom import exports
from escalation.classroom.controls import Settings
from escalation.classroom.session import Library, Session, session_of
from escalation.scenario.load import load_scenario
from tests.classroom.crises import ENTRY, STYLE, ensemble, workspace

SETTINGS: Settings = ((ENTRY, 20), (STYLE, "manipulation"), ("weights.ratchet", 0.8))
CONTROLS = Session(workspace()).controls


def test_the_setting_loads_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "setting.yaml"
    path.write_text(exports.setting_yaml(workspace(), SETTINGS), encoding="utf-8")
    assert load_scenario(path) == workspace().at(SETTINGS)


def test_the_difference_shows_what_is_changed_and_no_more() -> None:
    assert exports.setting_diff(workspace(), ()) == ""
    lines = exports.setting_diff(workspace(), SETTINGS).splitlines()[2:]
    changed = sorted(line[1:].strip() for line in lines if line.startswith("+"))
    assert changed == ["enters_day: 20", "ratchet: 0.8", "style: manipulation"]
    assert sum(line.startswith("-") for line in lines) == 3


def test_the_command_plays_the_same_scenario() -> None:
    words = shlex.split(exports.command(workspace(), SETTINGS, 7, 3))
    assert words[:3] == ["escalation", "run", "pahalgam_2025"]
    assert words[words.index("--seed") + 1] == "7"
    overrides = [word for before, word in pairwise(words) if before == "--set"]
    assert load_scenario(words[2], overrides) == workspace().at(SETTINGS)


def test_the_link_leads_back() -> None:
    session = session_of(Library(workspace()), parse_qsl(exports.query(SETTINGS, 11)))
    assert (session.settings, session.seed) == (SETTINGS, 11)


def test_the_data_read_back() -> None:
    tables = exports.tables_of([("now", ensemble()), ("pinned A", ensemble(((ENTRY, 44),)))])
    assert set(tables) == {"outcomes", "postures", "peaks", "ceasefires", "differences"}
    for table in tables.values():
        rows = list(csv.DictReader(io.StringIO(table.csv())))
        assert len(rows) == len(table.rows)
        assert tuple(rows[0]) == table.columns


def test_settings_and_figures_in_words() -> None:
    assert exports.setting_words(CONTROLS, ()) == "as in the scenario"
    words = exports.setting_words(CONTROLS, SETTINGS)
    assert "Russia as mediator, Day of entry: 20 instead of 10" in words
    assert "Style: manipulation instead of facilitation" in words
    share = f"{(ensemble().columns['outcome'] == 4).mean():.1%}"
    assert f"Stand-off {share}" in exports.figure_words("outcomes", ensemble())
    for name in ("fan:india", "peaks", "ceasefires"):
        assert exports.figure_words(name, ensemble())
