"""A document in HTML to PDF, by WeasyPrint or by Chromium: the one module that knows either."""

from __future__ import annotations

import logging
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from escalation.files.places import EscalationError
from escalation.files.write import write_file

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 120
MISSING = (
    "a PDF needs WeasyPrint (pip install 'escalation[pdf]') or Chromium, and neither is there; the HTML file"
    " can be printed from any browser"
)


class PrintingError(EscalationError):
    """A PDF cannot be made; the text says why."""


def check_printer() -> None:
    """Raise PrintingError, before the work rather than after it, if nothing can make a PDF."""
    if not (find_spec("weasyprint") or _browser()):
        raise PrintingError(MISSING)


def write_pdf(html: Path, pdf: Path) -> None:
    """Write an HTML file as PDF.

    Raises
    ------
    PrintingError
        If neither WeasyPrint nor Chromium is there, or the one that is fails.
    """
    check_printer()
    reasons = []
    for maker in (_by_weasyprint, _by_chromium):
        try:
            data = maker(html)
        except (OSError, subprocess.SubprocessError) as error:  # of a library or a browser that is incomplete
            reasons.append(" ".join(str(error).split())[:200])
            continue
        if data is not None:
            write_file(pdf, data)
            return
    raise PrintingError(f"{pdf}: {'; '.join(reasons) or MISSING}")


def _by_weasyprint(html: Path) -> bytes | None:
    if not find_spec("weasyprint"):
        return None
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    from weasyprint import HTML

    data: bytes = HTML(filename=str(html)).write_pdf()
    return data


def _by_chromium(html: Path) -> bytes | None:
    browser = _browser()
    if browser is None:
        return None
    with TemporaryDirectory(prefix="escalation-") as folder:
        pdf = Path(folder) / "document.pdf"
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        arguments += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={pdf}", html.resolve().as_uri()]
        subprocess.run([browser, *arguments], check=True, capture_output=True, timeout=SECONDS)
        return pdf.read_bytes()


def _browser() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)
