"""The page on reports and references: its text, real output, and the register of references."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from escalation.crisis.play import play
from escalation.crisis.tables import write_run
from escalation.document.cited import cite
from escalation.document.references import ALWAYS, REFERENCES, TOPICS
from escalation.scenario.load import load_scenario

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = "docs/examples/two_states.yaml"

INTRODUCTION = """\
# Handing results on

Made by `python docs/generate.py`; edit `docs/reporting_page.py` and `escalation/document/references.py`,
not this page.

## One file to read and print

```sh
escalation report results/mediation
escalation report results/mediation --pdf --out mediation.html
```

writes one HTML file that needs nothing else: figures are embedded, and nothing is loaded from a network.
Question and answer come first; then the shares by design point, the figures, other analyses, scenario,
design, the scores of the weights used, limits, commands, provenance and references. Printed from a
browser it has page breaks, and tables repeat their headings. With `--pdf` a PDF of the same name is
written, by WeasyPrint (`pip install 'escalation[pdf]'`; it needs Pango, which systems have as a package)
or else by a Chromium on the path; without either one line says so, and nothing is written.

The folder can be that of a sweep, of one run (`escalation run --out`), or of another analysis. In a
sweep's folder, each subfolder with texts (`.txt`), tables (`.csv`) and figures (`.svg`, `.png`) becomes
a section: what `escalation sensitivity` or a notebook of your own writes there is part of the report.
Long tables are cut, and say where the whole is.

**A sweep that is not complete** is reported as far as it goes, and the report says how much that is.
Nothing is written into its folder but the report, and a sweep that is still running is not disturbed:

```sh
escalation report results/mediation --out so_far.html
```

From Python: `results.report_html("mediation.html", pdf=True)`, or `escalation.report_html(folder, ...)`
for any folder.

**The scores of the weights** are those of [validation.md](validation.md), kept in
`scenarios/validation/` by the command that makes that page (`make validation`). They are shown only if
the weights of the results have the values that were validated. Those scores are of the next act of
recorded crises; they do not validate the effects of mediation, nor the shares of whole crises.

## The references of exactly what was used

`escalation cite DIR` prints what results were made with: the data to which the weights in force were
fitted, the model, the methods of their design and their intervals, the software with its versions, and
the sources of the scenario; with `--bibtex` as a BibTeX file. From Python: `escalation.cite(folder)`, or
`results.cite()`.
"""


def reporting_page() -> str:
    """Return the page."""
    parts = [INTRODUCTION, "```text", *_cited(), "```", "", "## The register", ""]
    parts += [
        "Each work is declared once, with what it is used for. A DOI is given only where it was looked up.",
        "",
    ]
    for topic, heading in TOPICS.items():
        parts += [f"### {heading}", ""]
        for each in REFERENCES:
            if each.topic == topic:
                when = "always" if each.mark == ALWAYS else WHEN[each.mark]
                parts.append(f"- {each.text()} *Used for {each.use}; cited {when}.*")
        parts.append("")
    return "\n".join(parts)


WHEN = {
    "mie": "if the weights in force were fitted to these data",
    "icb": "if the weights in force were fitted to these data",
    "many": "for many crises",
    "run": "for a single crisis",
    "figures": "with figures",
    "common": "with common random numbers",
    "independent": "with independent seeds",
    "lhs": "with a design of this kind",
    "sobol": "with a design of this kind",
    "sensitivity": "with sensitivity indices",
    "screening": "with a screening",
    "discovery": "with conditions of an outcome",
    "rare": "with probabilities of rare ends",
}
"""When a reference with a mark is cited."""


def _cited() -> list[str]:
    """Return what `escalation cite` prints of a run of the example, but for versions of this machine."""
    with TemporaryDirectory(prefix="escalation-") as folder:
        write_run(play(load_scenario(ROOT / EXAMPLE), 1), Path(folder) / "run")
        found = replace(cite(Path(folder) / "run"), versions={})
    return [f"$ escalation run {EXAMPLE} --out run", "$ escalation cite run", *found.lines()]
