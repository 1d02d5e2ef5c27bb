from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from escalation.classroom import saved_games
from escalation.classroom.saved_games import GameFolder, SavedGame, UnreadableGameError
from escalation.classroom.shared_game import SharedGame
from escalation.classroom.workers import Workers
from escalation.crisis.game import Game
from escalation.scenario.load import load_scenario

SCENARIO = load_scenario("pahalgam_2025", ["free_days=2"])


def saved(code: str = "ABCDEF") -> SavedGame:
    workers = Workers(threads=1)
    try:
        return SharedGame(code, Game(SCENARIO, 1, 0, ["india"]), workers).saved()
    finally:
        workers.close()


def test_a_file_holds_the_game(tmp_path: Path) -> None:
    folder, one = GameFolder(tmp_path / "new"), saved()
    assert not folder.has("ABCDEF")
    assert folder.read("ABCDEF") is None
    assert folder.write(one) == ""
    assert folder.has("ABCDEF")
    read = folder.read("ABCDEF")
    assert read == one
    assert read is not None
    game = read.game()
    assert game.scenario == SCENARIO
    assert (game.day, game.sides) == (SCENARIO.horizon_day + 1, ("india",))
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["ABCDEF.json"]


@pytest.mark.parametrize("text", ["", "{}", '{"format": 2}', "\x00", "[1]"])
def test_a_damaged_file_is_reported_by_its_code(tmp_path: Path, text: str) -> None:
    (tmp_path / "ABCDEF.json").write_text(text)
    with pytest.raises(UnreadableGameError, match="ABCDEF"):
        GameFolder(tmp_path).read("ABCDEF")


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    tree = json.loads(saved().model_dump_json()) | {"name": "somebody"}
    (tmp_path / "ABCDEF.json").write_text(json.dumps(tree))
    with pytest.raises(UnreadableGameError):
        GameFolder(tmp_path).read("ABCDEF")


def test_of_too_many_games_those_go_that_were_played_longest_ago(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_games, "MOST_FILES", 2)
    folder = GameFolder(tmp_path)
    others = tmp_path / "results.json"
    others.write_text("{}", encoding="utf-8")
    os.utime(others, (0, 0))
    for number, code in enumerate(("AAAAAA", "BBBBBB", "CCCCCC")):
        assert folder.write(saved(code)) == ""
        os.utime(tmp_path / f"{code}.json", (number, number))
    assert sorted(file.stem for file in tmp_path.iterdir()) == ["BBBBBB", "CCCCCC", "results"], "others' stay"
    folder.write(saved("BBBBBB"))
    assert folder.has("CCCCCC"), "a game that is saved again takes no more room"
