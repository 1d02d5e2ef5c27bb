"""`escalation app` and `escalation export-html`: what they refuse, in one line each."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

import pytest

from tests.cli.calls import ROOT, in_process

TWO_STATES = str(ROOT / "docs/examples/two_states.yaml")


@pytest.mark.parametrize("command", [["app"], ["export-html", "--out", "x.html"]])
def test_without_the_extra_one_line_says_how_to_get_it(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec

    def none(name: str, package: str | None = None) -> object:
        return None if name == "nicegui" else found(name, package)

    monkeypatch.setattr("escalation.cli.teach.find_spec", none)
    ended = in_process(command)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert "pip install 'escalation[classroom]'" in ended.err


def test_a_taken_port_and_a_bad_one_are_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = in_process(["app", TWO_STATES, "--no-browser", "--port", port])
    assert (ended.code, ended.out) == (2, "")
    assert f"port {port} on 127.0.0.1 cannot be used" in ended.err
    for bad in ("0", "65536", "x"):
        assert in_process(["app", "--port", bad]).code == 2


def test_a_port_taken_while_the_rules_are_compiled_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        other.close()

        def taking(*_: object) -> None:
            taken.bind(("127.0.0.1", port))
            taken.listen()

        with socket.socket() as taken:
            monkeypatch.setattr("escalation.classroom.workers.warm_up", taking)
            ended = in_process(["app", TWO_STATES, "--no-browser", "--port", str(port)])
    assert (ended.code, ended.out) == (2, "")
    assert f"port {port} on 127.0.0.1 cannot be used" in ended.err.splitlines()[-1]


def test_an_invalid_scenario_is_refused() -> None:
    ended = in_process(["app", "no_such_crisis"])
    assert ended.code == 2
    assert 'there is no scenario file "no_such_crisis"' in ended.err


def test_games_and_their_log_are_kept_in_folders(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    for option in ("--games", "--log"):
        ended = in_process(["app", TWO_STATES, "--no-browser", option, str(taken)])
        assert (ended.code, ended.out) == (2, "")
        assert f"{option} {taken}: this is a file" in ended.err


def test_a_file_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    for out in (tmp_path, taken / "x.html", taken):
        ended = in_process(["export-html", TWO_STATES, "--out", str(out)])
        assert (ended.code, ended.out) == (2, "")
        assert f"--out {out}" in ended.err
    assert taken.read_text(encoding="utf-8") == "mine"


def test_a_lesson_with_errors_is_refused_before_the_work(tmp_path: Path) -> None:
    lesson = tmp_path / "lesson.yaml"
    lesson.write_text(
        "scenario: two_states\nquestion: Why?\nbegin: Look.\ncontrols: [states.nowhere.resolve]\n"
    )
    out = tmp_path / "page.html"
    ended = in_process(["export-html", TWO_STATES, "--lesson", str(lesson), "--out", str(out)])
    assert (ended.code, ended.out) == (2, "")
    assert 'there is no control "states.nowhere.resolve"' in ended.err
    assert ended.err.count("\n") == 1
    assert not out.exists()


def test_a_page_is_written_and_what_there_was_replaced_on_request(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    out.write_text("old", encoding="utf-8")
    ended = in_process(["export-html", TWO_STATES, "--out", str(out), "--replications", "5", "--force"])
    assert (ended.code, ended.err) == (0, "")
    assert "settings of 5 crises each, seed 1; " in ended.out
    assert f"{out.stat().st_size / 1e6:.1f} MB" in ended.out
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [out]
