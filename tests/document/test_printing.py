"""PDF by whichever of the two is there; neither is one clear line."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from escalation.document import printing
from escalation.document.printing import PrintingError, check_printer, write_pdf

PAGE = "<!DOCTYPE html><html lang='en'><title>x</title><p>Printed.</p></html>"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    return tmp_path / "page.html"


def test_weasyprint_prints(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("weasyprint")
    monkeypatch.setattr(printing, "_by_chromium", lambda html: None)
    write_pdf(page, page.with_suffix(".pdf"))
    assert page.with_suffix(".pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.skipif(not any(map(shutil.which, printing.BROWSERS)), reason="no Chromium")
def test_chromium_prints(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "find_spec", lambda name: None)
    write_pdf(page, page.with_suffix(".pdf"))
    assert page.with_suffix(".pdf").read_bytes().startswith(b"%PDF")


def test_without_either_it_says_so_and_the_failure_of_both_is_told(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "find_spec", lambda name: None)
    monkeypatch.setattr(printing.shutil, "which", lambda name: None)
    with pytest.raises(PrintingError, match=r"escalation\[pdf\].*or Chromium, and neither is there"):
        check_printer()
    monkeypatch.setattr(printing.shutil, "which", lambda name: "/no/chromium")

    def fails(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(7, "chromium")

    monkeypatch.setattr(printing.subprocess, "run", fails)
    with pytest.raises(PrintingError, match="non-zero exit status 7"):
        write_pdf(page, page.with_suffix(".pdf"))
    assert not page.with_suffix(".pdf").exists()
