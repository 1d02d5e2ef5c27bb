"""What docs/promises.md promises: each promise names the tests that hold it, and these are some of them.

All commands run in one process that notes every file that Python opens, makes, renames or removes, every
process that it starts and every connection that it opens.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import site
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import pytest

from benchmarks.mutations import in_process
from escalation.cli.main import groups

ROOT = Path(__file__).parents[1]
PROMISES = ROOT / "docs" / "promises.md"
EXAMPLE = ROOT / "docs" / "examples" / "two_states.yaml"
SMALL = ROOT / "tests" / "compatibility" / "0.1.0" / "small.yaml"

WATCHER = """
import io, json, os, sys
from escalation.cli.main import main  # before the watch begins: what it imports is the interpreter's business
events = []
FILES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate"}
OTHERS = {"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
          "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "urllib.Request", "webbrowser.open"}
def note(event, arguments):
    if event in FILES:
        names = [name for name in arguments if isinstance(name, (str, bytes, os.PathLike))]
        names = names[:1] if event == "open" else names  # the second is the mode
        # Whoever walks a tree by descriptors names what is below one: not what is here.
        if event in ("os.remove", "os.rmdir") and arguments[-1] not in (-1, None):
            return
        if event == "open" and arguments[1] is None:
            names = [name for name in names if os.path.isabs(name) or os.path.lexists(name)]
        events.extend((event, os.path.abspath(os.fsdecode(name))) for name in names)
    elif event in OTHERS:
        events.append((event, repr(arguments)))
sys.addaudithook(note)
seen = []
for arguments in json.load(sys.stdin):
    events.clear()
    sys.stdin = io.StringIO("0\\nquit\\n")
    try:
        code = main(arguments)
    except SystemExit as left:
        code = left.code
    seen.append((code, sorted(set(events))))
with open(sys.argv[1], "w") as file:
    json.dump(seen, file)
"""

COMMANDS = {
    "run": ["run", "two_states.yaml", "--seed", "4", "--days", "3", "--out", "out/run"],
    "run again": ["run", "out/run/manifest.json", "--out", "out/again"],
    "explain": ["explain", "out/run", "--replications", "10", "--out", "out/explained"],
    "play": ["play", "two_states.yaml", "--as", "arland", "--out", "out/game.yaml"],
    "sweep, dry": ["sweep", "small.yaml", "--dry-run", "--out", "out/sweep"],
    "sweep": ["sweep", "small.yaml", "--out", "out/sweep"],
    "run from": ["run", "--from", "out/sweep", "--cell", "1", "--replication", "2", "--out", "out/one"],
    "plot": ["plot", "out/sweep"],
    "merge": ["merge", "out/sweep", "--out", "out/merged"],
    "export-excel": ["export-excel", "out/sweep", "--out", "out/tables.xlsx"],
    "advise": [
        "advise", "two_states.yaml", "--points", "10", "--replications", "4", "--out", "out/advice",
    ],
    "compare": [
        "compare", "two_states.yaml", "--change", "free_days=5", "--replications", "20",
        "--out", "out/compared",
    ],
    "sensitivity": [
        "sensitivity", "does_russia_matter", "--method", "morris", "--trajectories", "2",
        "--replications", "2", "--out", "out/which",
    ],
    "discover": ["discover", "out/which", "--when", "force", "--resamples", "10", "--out", "out/found"],
    "rare": [
        "rare", "two_states.yaml", "--rung", "7", "--replications", "50", "--repetitions", "4",
        "--out", "out/rare",
    ],
    "forecast": [
        "forecast", "two_states.yaml", "--draws", "3", "--replications", "20",
        "--out", "out/forecast.yaml",
    ],
    "score": ["score", "out/forecast.yaml", "--truth", "out/truth.csv", "--out", "out/scores"],
    "report": ["report", "out/sweep", "--out", "out/report.html"],
    "cite": ["cite", "out/sweep"],
    "calibrate": [
        "calibrate", "uri_2016", "--out", "out/weights.yaml", "--draws", "2", "--no-profile",
    ],
    "backtest": ["backtest", "uri_2016", "--replications", "20", "--out", "out/backtest"],
    "validate-model": [
        "validate-model", "--cases", "uri_2016", "kutch_1965", "--replications", "20", "--out", "out/valid",
    ],
    "mediation-check": ["mediation-check", "--replications", "20", "--out", "out/check"],
    "export-html": ["export-html", "two_states.yaml", "--replications", "5", "--out", "out/page.html"],
    "new": ["new", "case", "--out", "out/case.yaml"],
    "validate": ["validate", "two_states.yaml", "small.yaml", "pahalgam_2025"],
    "schema": ["schema", "scenario"],
    "parameters": ["parameters"],
    "ladder": ["ladder"],
    "completion": ["completion", "bash"],
    "scenarios": ["scenarios"],
    "experiments": ["experiments"],
}  # fmt: skip
"""One call of each command, with all that it may read and write in the names `out`, `small`, `two_states`."""

UNNAMED = ("weights.yaml", "scenario.yaml", "south_asia.yaml", "escalation.yaml", "acts.csv")
"""Files nearby that no command may touch."""

RESUMING = {"sweep", "merge", "advise", "sensitivity", "compare"}
"""Commands that complete a folder that they have begun, or write the very same comparison once more."""

NETWORK = {"app"}
"""The only commands that may open a connection; `sweep --scheduler` too."""


@dataclass(frozen=True)
class Watched:
    """What the commands did."""

    home: Path
    code: dict[str, int]
    events: dict[str, list[tuple[str, str]]]

    def strange(self, allowed: tuple[Path, ...]) -> list[str]:
        """Return the files that commands touched and that are in none of some folders."""
        return [
            f"{command}: {event} {path}"
            for command, events in self.events.items()
            for event, path in events
            if Path(path).is_absolute() and not any(Path(path).is_relative_to(place) for place in allowed)
        ]


@pytest.fixture(name="watched", scope="module")
def watched_commands(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Run every command in an empty home, with files nearby that nobody names."""
    import matplotlib.font_manager

    home = tmp_path_factory.mktemp("home")
    work = home / "work"
    (work / "out").mkdir(parents=True)
    shutil.copy(EXAMPLE, work)
    shutil.copy(SMALL, work)
    (work / "out" / "truth.csv").write_text("forecast,event,happened\n")
    for name in UNNAMED:
        (work / name).write_text("nobody named this file\n")
    (home / "temporary").mkdir()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "ESCALATION_"))},
        "HOME": str(home), "TMPDIR": str(home / "temporary"), "MPLCONFIGDIR": matplotlib.get_cachedir(),
        "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR") or str(home / "cache"), "MPLBACKEND": "Agg",
        "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    note = home / "note.json"
    done = subprocess.run(
        [sys.executable, "-c", WATCHER, str(note)],
        input=json.dumps(list(COMMANDS.values())),
        capture_output=True, text=True, cwd=work, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = dict(zip(COMMANDS, json.loads(note.read_text()), strict=True))
    return Watched(
        home,
        {command: code for command, (code, _) in seen.items()},
        {command: [(event, what) for event, what in events] for command, (_, events) in seen.items()},
    )


def own_places() -> tuple[Path, ...]:
    """Return where Python, the packages and the system keep their own files."""
    places = [sys.prefix, sys.base_prefix, *site.getsitepackages(), matplotlib.get_cachedir()]
    places += [os.environ["NUMBA_CACHE_DIR"]] if "NUMBA_CACHE_DIR" in os.environ else []
    return (*map(Path, places), ROOT, *map(Path, ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib")))


def test_the_list_has_every_command() -> None:
    listed = {words[0] for words in COMMANDS.values()} | NETWORK
    assert listed == {command.name for commands in groups().values() for command in commands}


def test_every_command_ran(watched: Watched) -> None:
    assert watched.code == dict.fromkeys(COMMANDS, 0)


def test_no_command_opens_a_connection_or_starts_a_program(watched: Watched) -> None:
    outward = ("socket", "subprocess", "os.system", "os.exec", "os.posix_spawn", "urllib", "webbrowser")
    found = {
        command: [f"{event} {what}" for event, what in events if event.startswith(outward)]
        for command, events in watched.events.items()
    }
    assert found == {command: [] for command in COMMANDS}


def test_no_command_touches_a_file_that_is_not_named(watched: Watched) -> None:
    work = watched.home / "work"
    named = [work / "out", work / "two_states.yaml", work / "small.yaml"]
    named.append(work / "matplotlibrc")  # matplotlib looks for it itself; no figure depends on it
    assert watched.strange((*own_places(), *named, watched.home / "temporary", watched.home / "cache")) == []


def test_what_is_read_and_written_is_seen(watched: Watched) -> None:
    """The watch would notice: it sees the files that are named."""
    work = watched.home / "work"
    assert ("open", str(work / "two_states.yaml")) in watched.events["run"]
    assert any(path == str(work / "out" / "game.yaml") for _, path in watched.events["play"])
    assert len(watched.strange(own_places())) > 20


def test_nothing_stays_but_what_is_named(watched: Watched) -> None:
    work = watched.home / "work"
    assert list((watched.home / "temporary").iterdir()) == []
    assert {path.name for path in watched.home.iterdir()} <= {"work", "temporary", "note.json", "cache"}
    assert {(work / name).read_text() for name in UNNAMED} == {"nobody named this file\n"}
    assert {path.name for path in work.iterdir()} == {"out", "two_states.yaml", "small.yaml", *UNNAMED}
    assert {path.name for path in (work / "out").iterdir()} == {
        "run", "explained", "again", "game.yaml", "sweep", "one", "merged", "tables.xlsx", "weights.yaml",
        "backtest", "valid", "check", "page.html", "case.yaml", "advice", "compared", "which", "found",
        "rare",
        "forecast.yaml", "forecast.md", "forecast.png", "truth.csv", "scores", "report.html",
    }  # fmt: skip


def test_what_exists_is_left_alone(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(watched.home / "work")
    before = {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    writing = [words for words in COMMANDS.values() if "--out" in words and words[0] not in RESUMING]
    assert len(writing) > 9
    for words in writing:
        other = ["--seed", "5"] if words[:2] == ["run", "two_states.yaml"] else []
        ended = in_process([*words, *other])
        the_same = words[0] == "run" and not other  # the very same run may be written once more
        assert ended.code == (0 if the_same else 2), words
        assert the_same or "--force" in ended.err, words
    assert {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()} == before


def promises() -> Iterator[tuple[str, list[str]]]:
    """Yield each promise of the page with the tests that it names."""
    text = PROMISES.read_text(encoding="utf-8")
    for row in re.findall(r"^\| (?!---|Promise)(.+) \|$", text, re.M):
        promise, _, held = row.rpartition(" | ")
        yield promise, re.findall(r"`(tests/[^`]+)`", held)


def functions_of(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }


def test_every_promise_names_tests_that_exist() -> None:
    found = list(promises())
    assert len(found) >= 15
    for promise, tests in found:
        assert tests, promise
        for test in tests:
            path, _, name = test.partition("::")
            assert (ROOT / path).is_file(), test
            assert name in functions_of(ROOT / path), test


def test_every_line_of_a_table_is_a_promise() -> None:
    """No promise escapes the check by its form."""
    lines = [line for line in PROMISES.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert len(lines) == len(list(promises())) + 2 * sum(line.startswith("| Promise") for line in lines)
