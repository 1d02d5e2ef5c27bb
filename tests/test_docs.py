"""The documents: generated pages are current, examples load and run, links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from escalation.cli import main
from escalation.rules import state
from escalation.rules.outcome import OUTCOMES
from escalation.scenario.load import load_scenario
from escalation.scenario.parameters import Weights

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
EXAMPLE = DOCS / "examples" / "two_states.yaml"


def generate(*arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "docs" / "generate.py"), *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as renderers of Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_generated_files_are_current() -> None:
    checked = generate("--check")
    assert (checked.returncode, checked.stderr) == (0, "")


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
    says = "the scenario 'two_states' of 3 actors and 4 dated acts, without fault"
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
    told = capsys.readouterr().err
    assert told.count("\n") == 12
    for line in told.splitlines():
        assert f"\n{line}\n" in guide


def test_the_code_on_extending_runs() -> None:
    code = "\n".join(blocks(DOCS / "extending.md", "python"))
    exec(compile(code, "docs/extending.md", "exec"), {"__name__": "docs"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
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
    for page in PAGES:
        if page.name != "README.md":
            assert f"({page.relative_to(DOCS)})" in index


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
