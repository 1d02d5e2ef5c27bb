"""The site: its contents are complete, and what its configuration adds to the pages is right.

`make site` builds it in CI, where every broken link and every warning is an error.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "notebooks" / "mediation.ipynb"


@pytest.fixture(name="conf")
def loaded_configuration(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return docs/conf.py as Sphinx runs it."""
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")  # set by it, and unset after the test
    spec = importlib.util.spec_from_file_location("conf", ROOT / "docs" / "conf.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_contents_list_every_page_and_no_other(conf: ModuleType) -> None:
    listed = [page for pages in conf.CONTENTS.values() for page in pages if not page.startswith("docs/api/")]
    matched = [path for page in listed for suffix in (".md", ".ipynb") for path in ROOT.glob(page + suffix)]
    pages = {path for path in (ROOT / "docs").rglob("*") if path.suffix in (".md", ".ipynb")}
    pages -= set((ROOT / "docs" / "experiments" / "notes").iterdir())
    assert pages | {ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"} == set(matched)
    assert len(matched) == len(set(matched))
    assert all(any([*ROOT.glob(page + ".md"), *ROOT.glob(page + ".ipynb")]) for page in listed)


def test_the_reference_covers_every_module(conf: ModuleType) -> None:
    modules = {name for layer in conf.layers() for name in conf.modules_of(layer)}
    package = ROOT / "escalation"
    files = [path for path in package.rglob("*.py") if path.stem != "__main__"]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files}
    assert modules | {"escalation"} == {name.removesuffix(".__init__") for name in names}


def test_the_notebook_becomes_a_page_with_its_outputs(conf: ModuleType) -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    page = conf.as_markdown(notebook)
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    images = [output for output in outputs if "image/png" in output.get("data", {})]
    tables = [output for output in outputs if "text/html" in output.get("data", {})]
    assert images
    assert tables
    assert page.count('src="data:image/png;base64,') == len(images)
    assert page.count("<table") == len(tables)
    assert "(../experiments/mediation.md)" in page
    assert page.count("```python\n") == sum(cell["cell_type"] == "code" for cell in notebook["cells"])


def test_formulas_are_shown_as_written_and_signs_are_no_markup(conf: ModuleType) -> None:
    lines = ["Return |x|.", "", "    U = a * |b|", "      + c", "", "Then P *= 2.", ""]
    conf.keep_formulas(None, "", "", None, None, lines)
    assert lines == [
        "Return \\|x\\|.", "", "::", "", "    U = a * |b|", "      + c", "", "Then P \\*= 2.", "",
    ]  # fmt: skip
