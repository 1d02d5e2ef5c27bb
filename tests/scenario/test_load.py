"""Loading: good files load with every value in place; bad ones are refused with one line per error."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from escalation.files import find as files
from escalation.files.expected import expected_at
from escalation.files.places import MOST_PROBLEMS, Problem, ScenarioError, listed
from escalation.files.read_yaml import MOST_VALUES, plain_value
from escalation.scenario.load import (
    load_ladder,
    load_scenario,
    load_weights,
    shipped_cases,
    shipped_folder,
    shipped_scenarios,
)
from escalation.scenario.scenario import Scenario
from escalation.scenario.weight_set import WeightSet
from escalation.scenario.weights import Weights
from escalation.vocabulary import STYLES
from tests.mutate import mutations

ROOT = Path(__file__).resolve().parents[2]
TINY = "tests/data/tiny.yaml"
TINY_LADDER = "tests/data/tiny_ladder.yaml"


@pytest.fixture(autouse=True)
def _at_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def messages(path, overrides=(), load=None):
    """Return the error lines of a bad file."""
    with pytest.raises(ScenarioError) as caught:
        load(path) if load else load_scenario(path, overrides)
    lines = [str(problem) for problem in caught.value.problems]
    assert str(caught.value) == "\n".join(lines)
    assert lines
    for line in lines:
        assert line.isprintable(), line
        assert not re.search(r"pydantic|https?:|errors\.|Traceback|<class|object at 0x", line), line
    return lines


def written(folder, text, name="case.yaml"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return path


def changed(*pairs):
    """Return the tiny scenario with pieces replaced, its ladder named by a path from anywhere."""
    text = (ROOT / TINY).read_text(encoding="utf-8")
    for old, new in [("ladder: tiny_ladder.yaml", f"ladder: {ROOT / TINY_LADDER}"), *pairs]:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


# ------------------------------------------------------------------------------------------ good files


def test_every_value_of_the_file_is_in_its_place():
    scenario = load_scenario(TINY)
    assert scenario.title == "A border incident between two made-up states"
    assert scenario.summary == "Two states, one line, one attack. For tests only."
    assert scenario.start.isoformat() == "2025-04-22"
    assert scenario.states["arland"].resolve == 0.6
    assert scenario.states["borland"].note == "No: it is not on the sea."
    assert scenario.mediators["cesland"].toward["arland"].trust == 0.7
    assert scenario.rivalries[0].between == ("arland", "borland")
    assert scenario.hazards[0].per_day == 0.01  # 1e-3 and its like are numbers, in YAML 1.1 they are text
    assert scenario.incidents[0].victim == "arland"
    assert scenario.acts[1].seq == 2
    assert scenario.outcome.quiet_days == 7
    assert scenario.ladder.acts["strike"].rung == 7
    assert scenario.ladder.rungs[10].label == "Nuclear use"


def test_weights_that_the_file_leaves_out_have_the_defaults():
    weights = load_scenario(TINY).weights
    assert (weights.pressure, weights.misperception) == (4.0, 0.5)
    assert weights.ratchet == Weights().ratchet


def test_weights_may_be_absent_named_or_named_and_changed(tmp_path):
    own = "weights:\n  pressure: 4\n  misperception: .5\n"
    written(
        tmp_path,
        "name: mine\ntitle: Mine\nprovenance: A test.\nweights: {ratchet: 0.9, step: 0.2}\n",
        "mine.yaml",
    )
    absent = load_scenario(written(tmp_path, changed((own, ""))))
    assert absent.weights == Weights()
    named = load_scenario(written(tmp_path, changed((own, "weights: mine.yaml\n"))))
    assert named.weights == Weights(ratchet=0.9, step=0.2)
    both = load_scenario(written(tmp_path, changed((own, "weights: {from: mine.yaml, step: 0.3}\n"))))
    assert both.weights == Weights(ratchet=0.9, step=0.3)
    shipped = load_scenario(written(tmp_path, changed((own, "weights: default\n"))))
    assert shipped.weights == Weights()


def test_a_ladder_may_be_written_into_the_scenario(tmp_path):
    lines = (ROOT / TINY_LADDER).read_text(encoding="utf-8").splitlines(keepends=True)
    inline = "".join("  " + line for line in lines)
    text = changed((f"ladder: {ROOT / TINY_LADDER}\n", f"ladder:\n{inline}"))
    assert load_scenario(written(tmp_path, text)) == load_scenario(TINY)


def test_a_path_in_a_scenario_is_relative_to_the_scenario(tmp_path, monkeypatch):
    for name in ("tiny.yaml", "tiny_ladder.yaml"):
        shutil.copy(ROOT / "tests/data" / name, tmp_path)
    monkeypatch.chdir("/")
    assert load_scenario(tmp_path / "tiny.yaml").ladder.name == "tiny_ladder"


def test_only_the_files_that_a_scenario_names_are_read(tmp_path):
    """Neighbours are not opened, whatever they are called: the interpreter reports what is."""
    for name in ("tiny.yaml", "tiny_ladder.yaml"):
        shutil.copy(ROOT / "tests/data" / name, tmp_path)
    for name in (
        "weights.yaml",
        "default.yaml",
        "calibrated.yaml",
        "south_asia.yaml",
        "tiny",
        "escalation.toml",
    ):
        (tmp_path / name).write_text("name: other\n", encoding="utf-8")
    code = (
        "import sys; from escalation.scenario.load import load_scenario; opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        f"load_scenario({str(tmp_path / 'tiny.yaml')!r})\n"
        f"print(sorted(path for path in opened if path.startswith({str(tmp_path)!r})))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert ended.stdout.strip() == str([str(tmp_path / "tiny.yaml"), str(tmp_path / "tiny_ladder.yaml")])


@pytest.mark.parametrize(
    "encode", [lambda s: s.encode("utf-8-sig"), lambda s: s.replace("\n", "\r\n").encode()]
)
def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path, encode):
    assert load_scenario(written(tmp_path, encode(changed()))) == load_scenario(TINY)


def test_shipped_files_load_by_name_from_anywhere(monkeypatch, tmp_path):
    names = shipped_scenarios()
    assert "pahalgam_2025" in names
    monkeypatch.chdir(tmp_path)
    for name in names:
        assert load_scenario(name).name == name
        assert load_scenario(shipped_folder() / f"{name}.yaml") == load_scenario(name)
    assert load_ladder("south_asia") == load_scenario("pahalgam_2025").ladder
    assert load_weights("default").weights == Weights()


def test_an_installed_package_uses_its_own_folder(monkeypatch, tmp_path):
    package = tmp_path / "escalation"
    (package / "scenario").mkdir(parents=True)
    monkeypatch.setattr(files, "__file__", str(package / "scenario" / "files.py"))
    assert shipped_folder() == tmp_path / "scenarios"
    (package / "shipped").mkdir()
    assert shipped_folder() == package / "shipped"


# ----------------------------------------------------------------------------------------- bad files


def corpus():
    """Return what `expected.txt` expects, by file."""
    rest = str(len(Weights.model_fields) - 12)  # the weights that a message does not list
    expected: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (ROOT / "tests/bad/expected.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            lines = expected[line[3:]] = []
        elif line and not line.startswith("#"):
            lines.append(line.replace("<styles>", listed(STYLES)).replace("<rest>", rest))
    return expected


def loader_of(name):
    kind = name.split("_")[0]
    return {"ladder": load_ladder, "weights": load_weights}.get(kind, load_scenario)


def fields_of(model):
    """Return the names of all keys that a model and the models within it know."""
    found = set(model.model_fields)
    for name in model.model_fields:
        inside = expected_at(model, (name,))
        while inside and (inside.is_open or inside.is_list):
            inside = inside.at(0)
        if inside and inside.model:
            found |= fields_of(inside.model)
    return found


@pytest.mark.parametrize("model", [Scenario, WeightSet])
def test_no_key_of_the_models_must_be_quoted(model):
    assert len(fields_of(model)) > 80
    assert all(plain_value(name) == name for name in fields_of(model))


def test_every_bad_file_has_an_expected_message():
    assert sorted(corpus()) == sorted(path.name for path in (ROOT / "tests/bad").glob("*.yaml"))
    assert all(corpus().values())


@pytest.mark.parametrize("name", sorted(corpus()))
def test_bad_file(name):
    assert messages(f"tests/bad/{name}", load=loader_of(name)) == corpus()[name]


@pytest.mark.parametrize("name", sorted(corpus()))
def test_bad_file_without_the_compiled_parser(name, monkeypatch):
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert messages(f"tests/bad/{name}", load=loader_of(name)) == corpus()[name]


def test_errors_in_scenario_ladder_and_weights_are_reported_together_each_with_its_file(tmp_path):
    ladder = (ROOT / TINY_LADDER).read_text(encoding="utf-8").replace("rung: 7", "rung: 17")
    written(tmp_path, ladder, "ladder.yaml")
    written(tmp_path, "name: w\ntitle: W\nprovenance: P\nweights: {step: -1}\n", "weights.yaml")
    path = written(
        tmp_path,
        changed(
            (f"ladder: {ROOT / TINY_LADDER}", "ladder: ladder.yaml"),
            ("  pressure: 4\n", "  from: weights.yaml\n  pressure: yes\n"),
            ("resolve: 0.6", "resolve: 6"),
        ),
    )
    lines = [line.removeprefix(str(tmp_path) + "/") for line in messages(path)]
    assert lines == [
        "case.yaml:13:13: weights.pressure: yes without quotes is true to some readers; "
        'write true, or quote it: "yes"',
        "case.yaml:20:14: states.arland.resolve: 6 is not in [0, 1]",
        "ladder.yaml:78:11: acts.strike.rung: 17 is not in [0, 10]",
        "weights.yaml:4:17: weights.step: -1 is not in [0, 20]",
    ]


def test_an_unreadable_ladder_hides_no_error_in_the_scenario_and_adds_none(tmp_path):
    written(tmp_path, "name: [\n", "ladder.yaml")
    path = written(
        tmp_path, changed((f"ladder: {ROOT / TINY_LADDER}", "ladder: ladder.yaml"), ("seq: 2", "seq: 200"))
    )
    assert [line.split(": ")[1] for line in messages(path)] == [
        "acts.1.seq",
        "value missing; a value; quotes around text that begins with a sign",
    ]


def test_many_errors_are_cut_short(tmp_path):
    lines = messages(written(tmp_path, "".join(f"key{i}: no\n" for i in range(500))))
    assert len(lines) == MOST_PROBLEMS + 1
    assert lines[-1].endswith("more errors are not shown")


def test_a_problem_stays_on_one_line_whatever_it_is_about():
    problem = Problem("a\nb.yaml", 3, 9, "x\x1b[31m", "wrong\r\n" + "w" * 5_000, "right")
    assert str(problem).startswith("a\\nb.yaml:3:9: x\\x1b[31m: wrong\\r\\nwww")
    assert len(str(problem)) <= 1_000


def test_a_file_of_very_many_values_is_not_read_on(tmp_path):
    path = written(tmp_path, "name: x\nstates: [" + "1, " * MOST_VALUES + "]\n")
    (line,) = messages(path)
    assert line.startswith(f"{path}:2:")
    assert line.endswith(": too many values; at most 50,000 per file")


def test_an_error_survives_the_way_from_another_process():
    with pytest.raises(ScenarioError) as caught:
        load_scenario("tests/bad/many.yaml")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert copy.problems == caught.value.problems
    assert str(copy) == str(caught.value)


# ------------------------------------------------------------------------------- what is no such file


def test_a_missing_file_brings_a_suggestion():
    shipped = listed([*shipped_scenarios(), *shipped_cases()])
    assert messages("tests/data/tny.yaml") == [
        'tests/data/tny.yaml: there is no scenario file "tests/data/tny.yaml"; '
        f"did you mean `tests/data/tiny.yaml`? a path, or one of the shipped: {shipped}; "
        "`escalation scenarios` lists all"
    ]
    (line,) = messages("pahalgam_2052")
    assert "did you mean `pahalgam_2025`?" in line


@pytest.mark.parametrize("source", ["", "a\0b", "x" * 5_000, "tests/data/tiny.yaml/x", "\udc80"])
def test_an_impossible_path_is_refused(source):
    (line,) = messages(source)
    assert "no scenario file" in line


def test_a_directory():
    assert messages("tests/data") == ["tests/data: this is a directory; a YAML file"]


def test_pipes_devices_and_sockets_do_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as ear:
        ear.bind(str(tmp_path / "socket"))
        for path in (tmp_path / "pipe", tmp_path / "socket", Path("/dev/zero"), Path("/dev/null")):
            assert messages(path) == [f"{path}: this is not a regular file; a YAML file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    path = written(tmp_path, changed())
    path.chmod(0)
    assert messages(path) == [f"{path}: cannot be read: permission denied; a YAML file"]


def test_a_file_that_is_too_large_is_not_read_on(tmp_path):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000_000)  # sparse: takes no room on the disk
    assert messages(path) == [f"{path}: the file is too large; at most 1,000,000 bytes"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ("name: é\n".encode("utf-16"), "1:1: the file is not in UTF-8 but in UTF-16 or UTF-32; UTF-8"),
        ("name: x\n".encode("utf-16-le"), "1:1: the file is not in UTF-8 but in UTF-16 or UTF-32; UTF-8"),
        ("name: x\n".encode("utf-32"), "1:1: the file is not in UTF-8 but in UTF-16 or UTF-32; UTF-8"),
        (
            "name: x\ntitle: caf\xe9\n".encode("latin-1"),
            "2:11: the byte 0xe9 is not UTF-8; a file saved as UTF-8",
        ),
        (b"\x80", "1:1: the byte 0x80 is not UTF-8; a file saved as UTF-8"),
    ],
)
def test_other_encodings(tmp_path, data, error):
    path = written(tmp_path, data)
    assert messages(path) == [f"{path}:{error}"]


def test_control_characters_are_found_along_with_other_errors(tmp_path):
    path = written(tmp_path, changed(("label: Arland", "label: Ar\0land"), ("tension: 1.5", "tension: 15")))
    assert [line.removeprefix(f"{path}:") for line in messages(path)] == [
        "17:14: the control character \\x00; printable text and line ends",
        "38:14: rivalries.0.tension: 15 is not in [0, 10]",
    ]


def growth(tmp_path, text_of, size):
    """Return by what factor the time to refuse a file grows when the file becomes four times as long."""
    times = []
    for length in (size // 4, size):
        path = written(tmp_path, text_of(length))
        began = time.process_time()
        assert messages(path)
        times.append(time.process_time() - began)
    return times[1] / max(times[0], 0.05)


@pytest.mark.parametrize("piece", ["[", "{a: ", "- ", "? ", "a: "])
def test_time_to_refuse_deep_nesting_does_not_grow_as_a_power(tmp_path, piece):
    assert growth(tmp_path, lambda length: piece * (length // len(piece)), 800_000) < 9


@pytest.mark.parametrize("piece", ["  - {x: 1}\n", "  - {actor: arlend, act: strik, target: nil}\n"])
def test_time_to_report_very_many_errors_does_not_grow_as_a_power(tmp_path, piece):
    def text(length):
        return changed(("acts:\n", "acts:\n" + piece * (length // len(piece)) + "\n"))

    assert growth(tmp_path, text, 200_000) < 9


# ------------------------------------------------------------------------------------------- overrides


@pytest.mark.parametrize(
    ("override", "get", "value"),
    [
        ("states.arland.resolve=0.7", lambda s: s.states["arland"].resolve, 0.7),
        ("states.borland.audience=.25", lambda s: s.states["borland"].audience, 0.25),
        ("weights.pressure=3", lambda s: s.weights.pressure, 3.0),
        ("weights.ratchet=1e-1", lambda s: s.weights.ratchet, 0.1),
        (
            "mediators.cesland.toward.borland.leverage=.4",
            lambda s: s.mediators["cesland"].toward["borland"].leverage,
            0.4,
        ),
        ("ladder.acts.strike.cost=.3", lambda s: s.ladder.acts["strike"].cost, 0.3),
        (
            "ladder.acts.protest.requires.violence=true",
            lambda s: s.ladder.acts["protest"].requires.violence,
            True,
        ),
        ("ladder.rungs.3.label=Menace", lambda s: s.ladder.rungs[3].label, "Menace"),
        ("outcome.quiet_days=10", lambda s: s.outcome.quiet_days, 10),
        ("outcome.war_rung=8", lambda s: s.outcome.war_rung, 8),
        ("rivalries.0.tension=3", lambda s: s.rivalries[0].tension, 3.0),
        ("acts.objection.says=What a=b means", lambda s: s.acts[1].says, "What a=b means"),
        ("horizon=2025-04-27", lambda s: s.horizon_day, 5),
        ("states.arland.capabilities=[]", lambda s: s.states["arland"].capabilities, ()),
        ("states.borland.note=", lambda s: s.states["borland"].note, None),
        (
            "alliances=[{members: [arland, borland], solidarity: .2}]",
            lambda s: s.alliances[0].solidarity,
            0.2,
        ),
        ("states.dorland={label: Dorland}", lambda s: s.states["dorland"].resolve, 0.5),
        ("ladder=tests/data/tiny_ladder.yaml", lambda s: s.ladder.name, "tiny_ladder"),
        ("weights=default", lambda s: s.weights, Weights()),
        ("weights.from=default", lambda s: s.weights.pressure, 4.0),
    ],
)
def test_override(override, get, value):
    assert get(load_scenario(TINY, [override])) == value


def test_of_two_overrides_of_one_value_the_later_holds():
    overrides = ["states.arland.resolve=0.1", "states.arland.resolve=0.2"]
    assert load_scenario(TINY, overrides).states["arland"].resolve == 0.2


def test_an_override_can_correct_an_error(tmp_path):
    path = written(tmp_path, changed(("resolve: 0.6", "resolve: 6")))
    assert load_scenario(path, ["states.arland.resolve=0.6"]) == load_scenario(TINY)


@pytest.mark.parametrize(
    ("override", "path", "error"),
    [
        ("states.arland.resolve=1.4", "", "1.4 is not in [0, 1]"),
        (
            "states.arland.resolve=yes",
            "",
            "yes without quotes is true to some readers; write true, or quote it",
        ),
        ("states.arland.reslove=.4", "", "unknown key; did you mean `resolve`? allowed: label, "),
        ("states.arlnd.resolve=.4", "", 'no "arlnd" here; did you mean `arland`? one of arland, borland'),
        ("state.arland.resolve=.4", "", "unknown key; did you mean `states`? allowed: format, "),
        ("weights.presure=1", "", "unknown key; did you mean `pressure`? allowed: "),
        (
            "mediators.cesland.toward.borlnd.leverage=.4",
            "mediators.cesland.toward.borlnd",
            'no state is called "borlnd"; did you mean `borland`? one of arland, borland',
        ),
        ("rivalries.1.tension=1", "", "no item 1; 0 to 0"),
        ("acts.3.seq=1", "", 'no entry with the id "3"; one of closure, objection, appeal'),
        ("acts.1.seq=1", "", "entry 1 has an id, so it is not addressed by number; its id, objection"),
        ("acts.apeal.seq=1", "", 'no entry with the id "apeal"; did you mean `appeal`? one of closure,'),
        ("acts.first.seq=1", "", 'no entry with the id "first"; one of closure'),
        ("acts.-1.seq=1", "", 'no entry with the id "-1"; one of closure'),
        (
            "alliances.0.solidarity=1",
            "",
            'no value at "alliances"; alliances=[...], the list as a whole',
        ),
        ("title.x=1", "", 'no "x" in text; a path that ends above it'),
        ("states.arland=3", "", "3 is a whole number; a mapping with the keys label, "),
        ("states.arland.label=[", "", "value missing; a value"),
        ("ladder=nix", "", 'there is no ladder file "nix"; a path, or one of the shipped: '),
        ("weights=3", "", "this is a whole number; the name or path of a set of weights, or a mapping"),
    ],
)
def test_bad_override(override, path, error):
    (line,) = messages(TINY, [override])
    assert line.startswith(f"--set {override}: {path or override.partition('=')[0]}: {error}")


@pytest.mark.parametrize("override", ["states.arland.resolve", "=3", "states..resolve=3", ""])
def test_a_malformed_override_is_refused(override):
    assert messages(TINY, [override]) == [
        f"--set {override}: this is not KEY.PATH=VALUE; as in states.india.resolve=0.7"
    ]


def test_the_value_of_an_override_is_checked_alone():
    lines = messages("tests/bad/merge_key.yaml", ["states.borland={resolve: 0.4}"])
    assert [line.split("; ")[0] for line in lines] == [
        "--set states.borland={resolve: 0.4}: states.borland.label: missing key",
        "tests/bad/merge_key.yaml:11:5: states.borland: a merge key, <<",
    ]


def test_errors_in_overrides_and_in_the_file_are_reported_together():
    lines = messages("tests/bad/out_of_range.yaml", ["free_days=-1", "nix=3"])
    assert [line.split(": ")[1] for line in lines] == [
        "free_days",
        "nix",
        "states.arland.resolve",
        "rivalries.0.tension",
    ]


# ------------------------------------------------------------------------------------- whatever comes


def verdict(path):
    """Load a file whatever it holds: None if it loads, else the lines, each of which must be clean."""
    try:
        load_scenario(path)
    except ScenarioError:
        return messages(path)
    return None


@pytest.mark.parametrize("name", ["tiny.yaml", "tiny_ladder.yaml"])
def test_damaged_files_load_or_are_refused_with_reasons(name, tmp_path, monkeypatch):
    for other in ("tiny.yaml", "tiny_ladder.yaml"):
        shutil.copy(ROOT / "tests/data" / other, tmp_path)
    text = (ROOT / "tests/data" / name).read_text(encoding="utf-8")
    verdicts = []
    for number, damaged in enumerate(mutations(text, 200, seed=1)):
        written(tmp_path, damaged, name)
        verdicts.append(verdict(tmp_path / "tiny.yaml"))
        if number < 40:  # the parser in Python takes its time
            with monkeypatch.context() as patch:
                patch.delattr(yaml, "CSafeLoader", raising=False)
                assert (verdict(tmp_path / "tiny.yaml") is None) == (verdicts[-1] is None)
    loaded = sum(lines is None for lines in verdicts)
    assert 5 < loaded < 75  # a mutation engine that does no harm, or nothing else, tests nothing


def test_a_damaged_shipped_scenario_loads_or_is_refused_with_reasons(tmp_path):
    text = (shipped_folder() / "pahalgam_2025.yaml").read_text(encoding="utf-8")
    for damaged in mutations(text, 30, seed=2):
        verdict(written(tmp_path, damaged))


@given(st.text(alphabet=st.sampled_from(" \n-:[]{}#&*!|>'\"%@`,?~<=.0123456789abnoyes\t\\"), max_size=200))
def test_any_text_loads_or_is_refused_with_reasons(text):
    with pytest.raises(ScenarioError):
        load_scenario(TINY, [f"ladder={text}"])


def test_the_mutations_of_a_seed_are_always_the_same():
    text = (ROOT / TINY).read_text(encoding="utf-8")
    assert list(mutations(text, 50, seed=3)) == list(mutations(text, 50, seed=3))
    assert list(mutations(text, 50, seed=3)) != list(mutations(text, 50, seed=4))


# ------------------------------------------------------------------------------------------- manners


def test_loading_imports_nothing_heavy():
    code = (
        "import sys, escalation.scenario.load, escalation.scenario.dump, escalation.scenario.schema\n"
        "print(sorted({'mesa', 'numba', 'numpy', 'scipy', 'matplotlib', 'networkx'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert answer.stdout.strip() == "[]"


def test_time_to_load_does_not_grow_as_a_power(tmp_path):
    entry = (
        "  - date: 2025-04-23\n    says: Arland protests.\n"
        "    actor: arland\n    act: protest\n    target: borland\n"
    )
    times = []
    for count in (200, 800):
        path = written(tmp_path, changed(("acts:\n", "acts:\n" + entry * count)))
        began = time.process_time()
        load_scenario(path)
        times.append(time.process_time() - began)
    assert times[1] / times[0] < 9
