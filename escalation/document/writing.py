"""A folder of results to one HTML file, and to PDF."""

from __future__ import annotations

from pathlib import Path

import escalation
from escalation.document.contents import contents_of
from escalation.document.folders import kept_in
from escalation.document.paper import sheet
from escalation.document.printing import check_printer, write_pdf
from escalation.experiment.store import DOCUMENT
from escalation.files.write import refusing, write_file
from escalation.vocabulary import NUCLEAR_CAVEAT


def default_file(folder: str | Path) -> Path:
    """Return the HTML file of a folder of results."""
    return Path(folder) / DOCUMENT


def report_html(folder: str | Path, out: str | Path | None = None, pdf: bool = False) -> list[Path]:
    """Write the results of a folder as one HTML file that needs nothing else, and as PDF.

    Question, answer, tables and figures come first; then scenario, design, other analyses that the folder
    holds, validation of the weights, limits, commands, provenance and references. Of an incomplete sweep it
    is of what is there, and says how much that is.

    Parameters
    ----------
    folder
        Of a sweep, of one run, or of another analysis.
    out
        The HTML file; by default report.html in the folder. A file of that name is replaced.
    pdf
        Whether to write a PDF of the same name too, by WeasyPrint or by Chromium.

    Returns
    -------
    list[Path]
        The files written.

    Raises
    ------
    StoreError
        If the folder holds no results, they are damaged, or a file cannot be written.
    PrintingError
        If a PDF is asked for and nothing can make it.
    """
    if pdf:
        check_printer()
    kept = kept_in(Path(folder))
    path = default_file(folder) if out is None else Path(out)
    found = contents_of(kept)
    foot = f"Simulated crises under stated assumptions, not a forecast. {NUCLEAR_CAVEAT}"
    foot += f" Written by escalation {escalation.__version__}."
    with refusing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, sheet(found.title, found.lead, found.sections, foot))
    if not pdf:
        return [path]
    with refusing(path.with_suffix(".pdf")):
        write_pdf(path, path.with_suffix(".pdf"))
    return [path, path.with_suffix(".pdf")]
