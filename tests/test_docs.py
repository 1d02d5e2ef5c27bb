"""The documents: generated pages are current, examples load and run, links resolve."""

from __future__ import annotations

import importlib
import io
import json
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qsl

import pytest

from escalation.classroom import game_texts, texts
from escalation.classroom.controls import Workspace, controls_of
from escalation.classroom.lesson import lesson_of
from escalation.classroom.session import Library, session_of
from escalation.cli import main
from escalation.crisis import wording
from escalation.experiment.loaded import load_experiment
from escalation.experiment.results import ResultsFolder
from escalation.files.read_yaml import read_tree
from escalation.measures.measures import SHARES
from escalation.rules import state
from escalation.scenario.load import load_scenario
from escalation.scenario.weights import Weights
from escalation.vocabulary import OUTCOMES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
NOTES = DOCS / "experiments" / "notes"  # parts of pages
PAGES = sorted(page for page in DOCS.rglob("*.md") if page.parent != NOTES)
EXAMPLE = DOCS / "examples" / "two_states.yaml"
EXPERIMENT = DOCS / "examples" / "two_states_mediation.yaml"
NOTEBOOK = DOCS / "notebooks" / "mediation.ipynb"


def run_script(name: str, *arguments: str) -> tuple[int, str, str]:
    """Run a script of the documents in this process; return its exit code and what it printed."""
    printed, complained = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed), redirect_stderr(complained):
        patch.syspath_prepend(str(DOCS))
        patch.setattr(sys, "argv", [name, *arguments])
        code = importlib.import_module(name).main()
    return code, printed.getvalue(), complained.getvalue()


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as renderers of Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_generated_files_are_current() -> None:
    assert run_script("generate", "--check") == (0, "", "")


def test_a_stale_file_is_named_and_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    import generate as generator

    texts = {"a.md": "new\n", "b/c.md": "same\n"}
    monkeypatch.setattr(generator, "ROOT", tmp_path)
    monkeypatch.setattr(generator, "generated", lambda: texts)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c.md").write_text("same\n")

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["generate.py", *arguments])
        return int(generator.main())

    assert run("--check") == 1
    assert not (tmp_path / "a.md").exists()
    assert run() == 0
    assert (tmp_path / "a.md").read_text() == "new\n"
    assert run("--check") == 0
    assert sorted(path.name for path in tmp_path.rglob("*.md")) == ["a.md", "c.md"]


def test_the_example_validates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(EXAMPLE)]) == 0
    says = "the scenario 'two_states' of 3 actors and 4 dated acts, valid"
    assert says in capsys.readouterr().out
    assert says in (DOCS / "writing_scenarios.md").read_text(encoding="utf-8")


def test_the_steps_of_the_guide_are_the_example(tmp_path: Path) -> None:
    steps = [block for block in blocks(DOCS / "writing_scenarios.md", "yaml") if not block.startswith("#")]
    whole = tmp_path / "two_states.yaml"
    whole.write_text("\n".join(steps))
    assert load_scenario(whole) == load_scenario(EXAMPLE)


def test_the_errors_in_the_guide_are_real(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slips = {
        "    resolve: 0.6": "    resolve: 1.4",
        "style: formulation": "style: formulate",
        "contested_line: true": "contested_line: yes",
        "actor: borland": "actor: boreland",
        "free_days: 20": "free_day: 20",
        "nights: 2": "nigths: 2",
        "per_day: 1e-2": "per_day: 0x2",
    }
    text = EXAMPLE.read_text(encoding="utf-8")
    for right, slip in slips.items():
        assert right in text
        text = text.replace(right, slip)
    guide = (DOCS / "writing_scenarios.md").read_text(encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert main(["validate", "bad.yaml"]) == 2
    assert main(["run", str(EXAMPLE), "--set", "states.arland.reslove=0.9"]) == 2
    assert main(["run", "two_state"]) == 2
    printed = capsys.readouterr().err
    assert printed.count("\n") == 12
    for line in printed.splitlines():
        assert f"\n{line}\n" in guide


def test_the_warning_of_the_guide_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("enters_day: 3", "enters_day: 4")
    (tmp_path / "early.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert main(["validate", "early.yaml"]) == 0
    guide = (DOCS / "writing_scenarios.md").read_text(encoding="utf-8")
    assert f"\n{capsys.readouterr().err}```" in guide


def test_the_pages_of_experiments_are_current() -> None:
    assert run_script("experiments", "--check") == (0, "", "")


def test_a_page_of_another_experiment_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    monkeypatch.delitem(sys.modules, "experiments", raising=False)
    import experiments as writer

    monkeypatch.setattr(writer, "PAGES", tmp_path)
    shutil.copytree(DOCS / "experiments", tmp_path, dirs_exist_ok=True)
    assert list(writer.stale()) == []
    page = tmp_path / "consent.md"
    page.write_text(page.read_text(encoding="utf-8").replace("scenario: ", "scenario: x"), encoding="utf-8")
    (tmp_path / "mediation.md").unlink()
    printed = "\n".join(writer.stale())
    assert "docs/experiments/consent.md is not current" in printed
    assert "docs/experiments/mediation.md is not current" in printed
    assert "who_mediates" not in printed


def test_the_page_of_the_sensitivity_analysis_is_current() -> None:
    assert run_script("sensitivity_page", "--check") == (0, "", "")


def test_the_page_of_what_controls_move_is_current() -> None:
    assert run_script("levers_page", "--check") == (0, "", "")


def test_the_pages_of_experiments_are_small() -> None:
    sizes = [path.stat().st_size for path in (DOCS / "experiments").rglob("*") if path.is_file()]
    assert sum(sizes) < 3_000_000


def test_the_steps_of_the_guide_are_the_experiment(tmp_path: Path) -> None:
    guide = blocks(DOCS / "writing_experiments.md", "yaml")
    steps = [block for block in guide if not block.startswith("#")]
    whole = tmp_path / "two_states_mediation.yaml"
    whole.write_text("\n".join(steps))
    shutil.copy(EXAMPLE, tmp_path)
    assert load_experiment(whole).spec == load_experiment(EXPERIMENT).spec


@pytest.mark.parametrize("number", range(8))
def test_what_the_guide_gives_for_a_key_loads(number: int, tmp_path: Path) -> None:
    guide = blocks(DOCS / "writing_experiments.md", "yaml")
    others = [read_tree(block, "guide").value for block in guide if block.startswith("#")]
    assert len(others) == 8
    whole = tmp_path / "two_states_mediation.yaml"
    shutil.copy(EXAMPLE, tmp_path)
    whole.write_text(
        json.dumps(read_tree(EXPERIMENT.read_text(encoding="utf-8"), "x").value | others[number])
    )
    load_experiment(whole)


def test_the_errors_of_the_experiment_in_the_guide_are_real(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slips = {
        "values: [3, 8, 15]": "values: [3, 8, -1]",
        "range: [0.2, 0.8]": "range: [0.2, 1.8]",
        "style: manipulation": "style: manipulate",
        "baseline: {entry: 3, trust: 0.5}": "baseline: {entry: 4, trust: 0.5}",
    }
    text = EXPERIMENT.read_text(encoding="utf-8")
    for right, slip in slips.items():
        assert right in text
        text = text.replace(right, slip)
    shutil.copy(EXAMPLE, tmp_path)
    (tmp_path / "bad.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", "bad.yaml"]) == 2
    printed = capsys.readouterr().err
    assert printed.count("\n") == 4
    assert f"\n{printed}" in (DOCS / "writing_experiments.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def small_sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the experiment of the guide has been run as the guide says, but shorter."""
    folder = tmp_path_factory.mktemp("guide")
    out = folder / "results" / "two_states_mediation"
    arguments = ["--out", str(out), "--replications", "20", "--set", "plots=[]", "--quiet"]
    assert main(["sweep", str(EXPERIMENT), *arguments]) == 0
    return folder


@pytest.mark.parametrize("number", range(4))
def test_the_queries_on_results_run(
    number: int, small_sweep: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    queries = blocks(DOCS / "results.md", "python")
    assert len(queries) == 4
    monkeypatch.chdir(small_sweep)
    exec(compile(queries[number], "docs/results.md", "exec"), {"__name__": "docs"})
    assert "cesland_pressing" in capsys.readouterr().out


def test_every_column_of_the_results_is_explained(small_sweep: Path) -> None:
    described = (DOCS / "results.md").read_text(encoding="utf-8")
    results = ResultsFolder(small_sweep / "results" / "two_states_mediation")
    actors = {**dict.fromkeys(results.states, "STATE"), **dict.fromkeys(results.mediators, "MEDIATOR")}
    for columns in results.layout.kinds.values():
        for column in columns:
            name = re.sub("_(arland|borland|cesland|delland)$", lambda end: f"_{actors[end[1]]}", column.name)
            assert f"`{name}`" in described
    heads = (small_sweep / "results/two_states_mediation/effects.csv").read_text(encoding="utf-8")
    for name in heads.splitlines()[0].split(","):
        assert name in results.factors or f"`{name}`" in described, name
    for share in SHARES:
        assert share in OUTCOMES or f"`{share}`" in described or share.startswith("rung_")


@pytest.mark.slow
def test_the_notebook_gives_what_is_stored_in_it() -> None:
    command = [sys.executable, str(DOCS / "notebook.py"), "--check"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr
    assert NOTEBOOK.stat().st_size < 400_000
    assert str(ROOT) not in NOTEBOOK.read_text(encoding="utf-8")


def test_the_code_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (sweep,) = (code for code in blocks(ROOT / "README.md", "python") if "Experiment" in code)
    short = sweep.replace("replications=200", "replications=2")
    assert short != sweep
    exec(compile(short, "README.md", "exec"), {"__name__": "docs"})
    assert "united_nations" in capsys.readouterr().out


def test_the_code_on_extending_runs() -> None:
    code = "\n".join(blocks(DOCS / "extending.md", "python"))
    exec(compile(code, "docs/extending.md", "exec"), {"__name__": "docs"})


@pytest.mark.parametrize(
    "page",
    [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    for target in targets:
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        if anchor:
            assert anchor in anchors(linked), target


def test_the_index_names_every_page() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    others = [*DOCS.rglob("*.ipynb"), *(DOCS / "examples").iterdir()]
    pages = {str(page.relative_to(DOCS)) for page in [*PAGES, *others]} - {"README.md"}
    named = set(re.findall(r"\]\(([^)#]+)\)", index))
    assert pages - named == set()
    assert {name for name in named if not (DOCS / name).exists()} == set()


def test_every_file_of_code_that_a_page_names_exists() -> None:
    for page in PAGES:
        for name in re.findall(r"`((?:tests|escalation|scenarios|docs)/[\w/.]+)`", page.read_text("utf-8")):
            assert (ROOT / name).exists(), (page.name, name)


def test_the_model_description_has_every_weight_variable_and_outcome() -> None:
    described = (DOCS / "odd.md").read_text(encoding="utf-8")
    names = set(Weights.model_fields)
    for record in (state.ACTOR, state.PAIR, state.DYAD, state.TALK, state.SIDE):
        names |= set(record.names or ())
    assert [name for name in sorted(names) if f"`{name}`" not in described] == []
    bold = re.sub(r"[,\s_]+", " ", " ".join(re.findall(r"\*\*(.*?)\*\*", described, re.S)))
    assert [name for name in OUTCOMES if name.replace("_", " ") not in bold.replace("-", " ")] == []


def test_decisions_are_numbered_and_headed() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    assert decisions
    for number, decision in enumerate(decisions, start=1):
        first = decision.read_text(encoding="utf-8").splitlines()[0]
        assert re.match(rf"# {number:04}: \S", first), decision.name
        assert decision.name.startswith(f"{number:04}-")


def test_the_lessons_show_what_runs_show() -> None:
    assert run_script("teaching", "--check") == (0, "", "")


def test_the_page_of_the_classroom_shows_what_logged_games_show() -> None:
    assert run_script("logged_games", "--check") == (0, "", "")


@pytest.fixture
def handouts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(DOCS))
    return importlib.import_module("handouts")


def test_a_handout_has_two_pages(handouts: ModuleType, tmp_path: Path) -> None:
    pytest.importorskip("weasyprint")
    code, printed, complained = run_script("handouts", "--out", str(tmp_path / "paper"))
    assert (code, complained) == (0, "")
    written = [Path(line) for line in printed.splitlines()]
    assert [pdf.stem for pdf in written] == ["brinkmanship_handout", "mediation_handout"]
    assert [handouts.pages_of(pdf) for pdf in written] == [2, 2]


def test_a_handout_that_has_grown_is_refused(
    handouts: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("weasyprint")
    long = tmp_path / "long_handout.html"
    long.write_text("<title>Long</title>" + "<p style='break-after: page'>A page.</p>" * 2 + "<p>Three.</p>")
    monkeypatch.setattr(handouts, "HANDOUTS", [long])
    code, printed, complained = run_script("handouts", "--out", str(tmp_path))
    assert (code, printed) == (2, "")
    assert "3 pages instead of 2" in complained


def words_of_the_page() -> set[str]:
    """Return every text of the page, of its controls and of its cards, with `*` where a value is put in."""
    workspace = Workspace(load_scenario("pahalgam_2025"), "pahalgam_2025")
    found = [value for module in (texts, game_texts, wording) for value in vars(module).values()]
    found += [preset.label for preset in lesson_of(workspace).presets.values()]
    found += [word for c in controls_of(workspace) for word in (c.label, c.group, *map(c.shown, c.options))]
    plain = [one for value in found for one in (value.values() if isinstance(value, dict) else [value])]
    flat = [one for value in plain for one in (value if isinstance(value, tuple | list) else [value])]
    found = {re.sub(r"\{\w+\}", "*", one) for one in flat if isinstance(one, str)}
    return {one for one in found if "*" not in one or len(re.sub(r"\W", "", one)) > 3}


def test_what_the_lessons_quote_is_on_the_page() -> None:
    """A phrase in italics is a text of the page, or what precedes a colon or a comma in it."""
    known = words_of_the_page()
    quoted = [
        (page.name, phrase) for page in sorted((DOCS / "teaching").glob("*.md"))
        for phrase in re.findall(r"(?<!\*)\*([^*|]+)\*(?!\*)", " ".join(page.read_text("utf-8").split()))
    ]  # fmt: skip
    assert len(quoted) > 30
    assert [
        (page, phrase) for page, phrase in quoted
        if not any(fnmatchcase(phrase, one) or one.startswith((f"{phrase}:", f"{phrase},")) for one in known)
    ] == []  # fmt: skip


def test_a_role_sheet_names_entries_of_the_scenario() -> None:
    text = (ROOT / "scenarios" / "lessons" / "pahalgam_2025.yaml").read_text(encoding="utf-8")
    scenario = (ROOT / "scenarios" / "pahalgam_2025.yaml").read_text(encoding="utf-8")
    roles = text[text.index("\nroles:") : text.index("\ninjects:")]
    comments = re.findall(r"# ((?:acts|reports)\..*)", roles)
    named = {name for comment in comments for name in re.findall(r"\b[a-z]+_[a-z_]+\b", comment)}
    assert len(named) > 10
    assert [name for name in sorted(named) if f"id: {name}\n" not in scenario] == []


def shows_commands(page: Path) -> bool:
    """Return whether a page shows what commands print: `docs/outputs.py` runs them."""
    return "```console\n$ escalation " in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page", [*filter(shows_commands, PAGES)], ids=lambda page: str(page.relative_to(DOCS).with_suffix(""))
)
def test_a_page_shows_what_its_commands_print(page: Path) -> None:
    assert run_script("outputs", "--check", str(page)) == (0, "", "")
    for image in re.findall(r"<!-- picture: .*\n!\[[^]]*\]\((\S+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / image).stat().st_size < 250_000


@pytest.mark.parametrize(
    ("shown", "lost"),
    [
        ("a b c d", ""),
        ("a b", "a b"),  # nothing says that lines are left out
        ("a ... d", ""),
        ("... c ...", ""),
        ("a ... c ... d", ""),
        ("... b d", "b d"),
        ("... c ... b ...", "b"),
        ("b ...", "b"),
        ("a ... c", "c"),
        ("a b c d ...", ""),
    ],
)
def test_lines_may_be_left_out_where_a_page_says_so(
    shown: str, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    import outputs

    assert outputs.missing(shown.split(), list("abcd")) == lost.split()


def test_a_page_is_written_again_except_a_choice_of_lines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    import outputs

    page = tmp_path / "page.md"
    commands = ("$ escalation ladder \\\n    south_asia\nold\n", "$ escalation scenarios\n...\nold\n...\n")
    page.write_text("\n".join(["```console", "\n".join(commands) + "```", ""]))
    monkeypatch.setattr(outputs, "DOCS", tmp_path)
    monkeypatch.setattr(outputs, "output_of", lambda command: [f"{len(command.split())} words", "end"])
    (complaint,) = outputs.bring_up_to_date(page, writes=True)
    assert "escalation scenarios\n" in complaint
    assert complaint.endswith("\nold")
    assert page.read_text() == (
        "```console\n$ escalation ladder \\\n    south_asia\n4 words\nend\n\n" + commands[1] + "```\n"
    )


def test_the_links_of_the_lessons_are_taken() -> None:
    crisis = Workspace(load_scenario("pahalgam_2025"), "pahalgam_2025")
    links = [
        link for page in (DOCS / "teaching").glob("*.md")
        for link in re.findall(r"`/\?([^`]+)`", page.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert len(links) > 10
    for link in links:
        asked = session_of(Library(crisis), parse_qsl(link))
        assert len(asked.settings) == link.count("set=")
