"""docs/coming_from.md: every command, key and expression in the right-hand columns is real."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.mutations import in_process
from escalation.experiment.loaded import load_experiment
from escalation.files.read_yaml import read_tree

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "coming_from.md"
SMALL = ROOT / "tests" / "compatibility" / "0.1.0"


def of_right_columns() -> Iterator[str]:
    """Yield the code in the right-hand column of each table, each once."""
    rows = re.findall(r"^\| (?!---|There).+ \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert len(rows) > 50
    codes = [code for row in rows for code in re.findall(r"`([^`]+)`", row)]
    return iter(dict.fromkeys(codes))


def is_command(code: str) -> bool:
    return code.startswith("escalation ")


def is_key(code: str) -> bool:
    return re.match(r"\w+: ", code) is not None


COMMANDS = [code for code in of_right_columns() if is_command(code)]
KEYS = [code for code in of_right_columns() if is_key(code)]
EXPRESSIONS = [code for code in of_right_columns() if not is_command(code) and not is_key(code)]


@pytest.fixture(name="folder", scope="module")
def a_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the scenario and the experiment that the page speaks of."""
    folder = tmp_path_factory.mktemp("coming")
    shutil.copy(SMALL / "two_states.yaml", folder / "two_states.yaml")
    shutil.copy(SMALL / "two_states.yaml", folder / "my_crisis.yaml")
    shutil.copy(SMALL / "small.yaml", folder / "my_experiment.yaml")
    return folder


@pytest.fixture(name="names", scope="module")
def what_the_page_defines(folder: Path) -> dict[str, Any]:
    """Run the page's block of Python, and return what it defines."""
    (block,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        exec(compile(block, str(PAGE), "exec"), names)
        names["experiment"].run(out="results/small")
    return names


def test_each_kind_of_code_is_found() -> None:
    assert min(len(COMMANDS), len(KEYS), len(EXPRESSIONS)) > 8


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(command: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("results"))
    monkeypatch.chdir(tmp_path)
    ended = in_process(shlex.split(command)[1:])
    assert ended.code == 0, ended.err


@pytest.mark.parametrize("text", KEYS)
def test_keys_are_those_of_experiments(text: str, folder: Path) -> None:
    tree = read_tree((folder / "my_experiment.yaml").read_text(encoding="utf-8"), "x").value
    given = read_tree(text, "y").value
    if "factors" in given:
        del tree["baseline"], tree["plots"]
    whole = folder / "changed.yaml"
    whole.write_text(json.dumps(tree | given), encoding="utf-8")
    load_experiment(whole)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions_have_a_value(
    expression: str, names: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    value = eval(expression, names)
    assert value is not None or expression in ("model.step()", "model.run_model()")
