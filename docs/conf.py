"""Builds the site: `make site`.

The pages are those of the repository, unchanged, so that their links work in both places. Three things are
added on the way: the table of contents, the notebook with its stored outputs, and a page for each layer of
the package.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_origin

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "api"

os.environ["NUMBA_DISABLE_JIT"] = "1"  # a compiled rule hides its signature and its docstring

import nicegui  # noqa: E402, F401 (its models cannot be made once autodoc has begun)

from escalation import __version__, api  # noqa: E402

project = "escalation"
author = copyright = "The escalation developers"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
root_doc = "README"
source_suffix = {".md": "markdown", ".ipynb": "markdown", ".rst": "restructuredtext"}
include_patterns = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/**"]
exclude_patterns = [".*", "*/__pycache__", "docs/experiments/notes"]
exclude_patterns += [
    "benchmarks",
    "build",
    "dist",
    "escalation",
    "experiments",
    "results",
    "scenarios",
    "tests",
]

myst_heading_anchors = 4
myst_links_external_new_tab = False
highlight_language = "none"  # of a block that names no language
add_module_names = False
default_role = "py:obj"  # `name` in a docstring is a link where that name is documented
autodoc_default_options = {"members": True, "member-order": "bysource", "show-inheritance": True}
autodoc_typehints_format = "short"
numpydoc_show_class_members = False
# Other packages are documented elsewhere, and the build needs no network; the last are private names, type
# variables and aliases of types.
nitpick_ignore_regex = [("py:.*", r"(?!escalation\.).*")]
nitpick_ignore_regex += [("py:.*", r"escalation\..*\.(_\w+|[A-Z]|Form|Checked)")]

html_theme = "furo"
html_title = f"escalation {release}"
html_copy_source = False
html_show_sourcelink = False

CONTENTS = {
    "Start": [
        "docs/README",
        "docs/tutorials/*",
        "docs/coming_from",
        "docs/promises",
        "docs/classroom",
        "docs/levers",
        "docs/teaching/*",
    ],
    "Write": [
        "docs/writing_scenarios",
        "docs/coding_cases",
        "docs/writing_experiments",
        "docs/results",
        "docs/sensitivity",
        "docs/advice",
        "docs/comparing",
        "docs/explaining",
        "docs/discovery",
        "docs/rare_ends",
        "docs/reporting",
    ],
    "Model": ["docs/odd", "docs/ladder", "docs/parameters", "docs/scenarios/*"],
    "Experiments": ["docs/experiments/*", "docs/notebooks/*"],
    "Evidence": [
        "docs/validation",
        "docs/backtest",
        "docs/calibrating",
        "docs/cases",
        "docs/forecast_2025-05-05",
        "docs/forecasts",
        "docs/forecasts/*",
        "docs/mediation_check",
    ],
    "Code": ["docs/architecture", "docs/extending", "docs/performance", "CONTRIBUTING", "CHANGELOG"],
    "Reference": ["docs/api/api", "docs/api/*"],
    "Decisions": ["docs/decisions/*"],
}


def contents() -> str:
    """Return the tables of contents, which the front page holds without showing them."""
    return "\n".join(
        "\n".join(["", "```{toctree}", f":caption: {caption}", ":glob:", ":hidden:", "", *pages, "```"])
        for caption, pages in CONTENTS.items()
    )


def output_of(output: dict[str, Any]) -> str:
    """Return an output of a notebook's cell as Markdown."""
    if output["output_type"] == "stream":
        return f"```text\n{''.join(output['text'])}\n```"
    data = {kind: "".join(value) for kind, value in output["data"].items()}
    if "image/png" in data:
        return f'<img alt="{data["text/plain"]}" src="data:image/png;base64,{data["image/png"].strip()}">'
    if "text/html" in data:
        table = data["text/html"].replace('border="1" class="dataframe"', 'class="docutils"')
        return f'<div class="table-wrapper">\n{table}\n</div>'.replace("\n\n", "\n")
    return f"```text\n{data['text/plain']}\n```"


def as_markdown(notebook: dict[str, Any]) -> str:
    """Return a notebook with its stored outputs as Markdown."""
    parts = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        parts.append(f"```python\n{source}\n```" if cell["cell_type"] == "code" else source)
        parts += [output_of(output) for output in cell.get("outputs", [])]
    return "\n\n".join(parts)


def layers() -> Iterator[str]:
    """Yield the parts of the package, from the top down, as pyproject.toml orders them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    for line in contracts[0]["layers"]:
        yield from line.split(" | ")


def modules_of(layer: str) -> list[str]:
    """Return the modules of a layer, by their full names."""
    folder = ROOT / "escalation" / layer
    if not folder.is_dir():
        return [f"escalation.{layer}"]
    names = [path.stem for path in sorted(folder.glob("*.py")) if path.stem not in ("__init__", "__main__")]
    return [f"escalation.{layer}", *(f"escalation.{layer}.{name}" for name in names)]


def headed(title: str, underline: str) -> str:
    """Return a heading."""
    return f"{title}\n{underline * len(title)}\n\n"


def write_reference(_app: Any) -> None:
    """Write a page for each layer of the package, for autodoc to fill in."""
    REFERENCE.mkdir(exist_ok=True)
    for layer in layers():
        first, *others = modules_of(layer)
        text = headed(first, "=") + f".. automodule:: {first}\n"
        if others:
            text += "   :no-members:\n"
        for name in others:  # what a module only passes on is documented where it is defined
            text += "\n" + headed(name, "-") + f".. automodule:: {name}\n   :ignore-module-all:\n"
        page = REFERENCE / f"{layer}.rst"
        if not page.exists() or page.read_text("utf-8") != text:
            page.write_text(text, "utf-8")


def skip(app: Any, _what: str, name: str, value: Any, _skip: bool, _options: Any) -> bool | None:
    """Leave out what the page of the API documents already, and what says nothing beyond its type."""
    elsewhere = name in api.__all__ and getattr(api, name) is value and app.env.docname != "docs/api/api"
    field = str(getattr(value, "__doc__", "")).startswith("Alias for field number")
    return True if elsewhere or field or get_origin(value) else None


def keep_formulas(_app: Any, _what: str, _name: str, _value: Any, _options: Any, lines: list[str]) -> None:
    """Show an indented block as it is written, and take |x| and x *= y for what they are."""
    text: list[str] = []
    literal = -1  # the depth of the paragraph before the block, in a block
    for line in lines:
        depth = len(line) - len(line.lstrip())
        before = next((other for other in reversed(text) if other.strip()), line)
        above = len(before) - len(before.lstrip())
        if line.strip() and depth <= literal:
            literal = -1
        if line.strip() and literal < 0 and text and not text[-1].strip() and depth > above:
            literal = above
            text += [" " * above + "::", ""]
        text.append(line if literal >= 0 else re.sub(r"\|(?=\S)|\*(?==)", r"\\\g<0>", line))
    lines[:] = text


def complete(app: Any, name: str, source: list[str]) -> None:
    """Turn the notebook into Markdown, and add the table of contents to the front page."""
    if app.env.doc2path(name).suffix == ".ipynb":
        source[0] = as_markdown(json.loads(source[0]))
    if name == root_doc:
        source[0] += contents()


def write_index(app: Any, error: Exception | None) -> None:
    """Lead from the folder's index.html to the front page."""
    if error is None:
        refresh = f'<meta http-equiv="refresh" content="0; url={root_doc}.html">'
        (Path(app.outdir) / "index.html").write_text(
            f"<!doctype html>{refresh}<title>{project}</title>\n", "utf-8"
        )


def setup(app: Any) -> None:
    """Connect what is added to the steps of the build."""
    app.connect("builder-inited", write_reference)
    app.connect("source-read", complete)
    app.connect("autodoc-process-docstring", keep_formulas, priority=1)  # before numpydoc
    app.connect("autodoc-skip-member", skip)
    app.connect("build-finished", write_index)
