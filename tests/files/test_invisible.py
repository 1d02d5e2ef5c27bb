"""Characters that nobody sees: named where they do harm, left alone in prose."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.experiment.loaded import load_experiment
from escalation.files.find import NotFound, find
from escalation.files.invisible import UNSEEN, name_of, odd_in_key, odd_in_value, odd_sign
from escalation.files.override import read_override
from escalation.files.places import ScenarioError
from escalation.files.read_yaml import read_tree
from escalation.history.attacks import load_answers
from escalation.scenario.load import load_ladder, load_scenario, load_weights

unseen = st.from_regex(f"[{UNSEEN}]", fullmatch=True)
tokens = st.from_regex(r"[a-z0-9_./-]{1,8}", fullmatch=True)


@given(unseen, tokens, tokens)
def test_an_unseen_character_in_a_word_is_found(char: str, before: str, after: str) -> None:
    for word in (char + before, before + char, before + char + after):
        assert odd_in_value(word, is_plain=False) == word.index(char)
        assert odd_in_key(word) == word.index(char)


@given(unseen, tokens)
def test_an_unseen_character_beside_a_sign_is_found(char: str, word: str) -> None:
    for line in (f"  {word}:{char}0.6", f"{char}{word}: 0.6", f"  -{char}{word}", f"  {word}{char}: 0.6"):
        at = odd_sign(line)
        assert at is not None
        assert line[at] == char


@pytest.mark.parametrize(
    "prose",
    [
        "a price of 5\u00a0%; \u00ab\u00a0non\u00a0\u00bb, he said",
        "C\u00f4te d\u2019Ivoire",
        "O\u2019Brien",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u062f",
        "India\u2013Pakistan",
        "they called it \u201crestraint\u201d",
        "a \U0001f468\u200d\U0001f469\u200d\U0001f467 emoji",
    ],
)
def test_prose_is_left_alone(prose: str) -> None:
    tree = read_tree(
        f"says: {prose}\nmore: >-\n  \u201c{prose}\u201d\nquoted: '\u00a0{prose}\u00a0'\n", "x.yaml"
    )
    assert tree.problems == []
    assert tree.value["says"] == prose


def test_characters_have_names() -> None:
    assert name_of("\u00a0") == "U+00A0 (no-break space)"
    assert name_of("\ufeff") == "U+FEFF (byte order mark)"


@pytest.mark.parametrize("load", [load_scenario, load_ladder, load_weights, load_answers, load_experiment])
def test_every_kind_of_file_names_them_with_their_place(load, tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("name: a\ntitle:\u00a0b\nprovenance: c\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert f"{path}:2:7: U+00A0 (no-break space)" in str(caught.value)


@pytest.mark.parametrize(
    "change", ["states.arland\u200b.resolve=0.7", "states.arland.resolve=\u00a00.7", "\u201cname=x\u201d"]
)
def test_values_of_the_command_line_too(change: str) -> None:
    (problem,) = read_override(change).value.problems
    assert "U+" in problem.says


def test_and_names_of_files() -> None:
    with pytest.raises(NotFound) as caught:
        find("pahalgam_2025\u00a0", "scenario")
    assert "U+00A0 (no-break space)" in caught.value.args[0]
    assert "did you mean `pahalgam_2025`?" in caught.value.args[1]
