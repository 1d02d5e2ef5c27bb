from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from escalation.classroom import saved_games
from escalation.classroom.saved_games import GameFolder, SavedGame, UnreadableGameError, hash_of
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


def test_a_folder_keeps_the_secret_of_its_board_to_itself(tmp_path: Path) -> None:
    folder = GameFolder(tmp_path / "new")
    secret = folder.board_secret()
    assert len(secret) == 22, "128 bits"
    assert GameFolder(tmp_path / "new").board_secret() == secret, "after a restart too"
    assert GameFolder(tmp_path / "other").board_secret() != secret
    file = tmp_path / "new" / saved_games.SECRET_FILE
    assert file.stat().st_mode & 0o077 == 0, "for its owner alone"
    for damaged in ("", "short", "with blanks in it, and long enough", "\x00" * 30):
        file.write_text(damaged)
        other = folder.board_secret()
        assert other not in (secret, damaged)
        assert folder.board_secret() == other
    (tmp_path / "file").write_text("")
    nowhere = GameFolder(tmp_path / "file")
    assert nowhere.board_secret() != nowhere.board_secret(), "where it cannot be kept, of one server alone"


def test_a_board_lists_its_own_games_alone_the_latest_first(tmp_path: Path) -> None:
    folder, mine, other = GameFolder(tmp_path), hash_of("mine"), hash_of("other")
    for code, board, time in (
        ("AAAAAA", mine, 10),
        ("BBBBBB", mine, 90_000),
        ("CCCCCC", other, 5),
        ("DDDDDD", "", 7),
    ):
        folder.write(saved(code).model_copy(update={"board": board}))
        os.utime(tmp_path / f"{code}.json", (time, time))
    for code, text in (("EEEEEE", ""), ("FFFFFF", "[1]"), ("GGGGGG", '{"board": 3}')):
        (tmp_path / f"{code}.json").write_text(text)
    found = folder.kept(mine)
    assert [one.code for one in found] == ["BBBBBB", "AAAAAA"]
    assert (found[0].title, found[0].sides) == (SCENARIO.title, ("India",))
    assert found[0].played > found[1].played
    assert [one.code for one in folder.kept(mine, but={"BBBBBB"})] == ["AAAAAA"]
    assert [one.code for one in folder.kept(mine, most=1)] == ["BBBBBB"]
    assert folder.kept("") == []
    assert [one.code for one in folder.kept(other)] == ["CCCCCC"]
    read = folder.read("AAAAAA")
    assert read is not None
    assert read.board == mine
