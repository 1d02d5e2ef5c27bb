"""One file with everything in it, the same each time."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import escalation
from escalation.document.writing import default_file, report_html

VOID = {"meta", "img", "br", "link", "hr"}


class Balanced(HTMLParser):
    """Checks that every element is closed where it should be, and lists the headings."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img":
            assert dict(attrs)["alt"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_file_is_whole_accessible_and_the_same_again(swept: Path, tmp_path: Path) -> None:
    (path,) = report_html(swept, tmp_path / "a" / "report.html")
    text = path.read_text(encoding="utf-8")
    reader = Balanced()
    reader.feed(text)
    assert reader.open == []
    assert reader.headings[0] == 1
    assert all(
        after - before <= 1 for before, after in zip(reader.headings, reader.headings[1:], strict=False)
    )
    assert not re.search(r'(src|href)="(?!data:|#|https?://)', text)
    assert not re.search(r'src="http', text)
    (again,) = escalation.report_html(swept, tmp_path / "b.html")
    assert again.read_text(encoding="utf-8") == text


def test_the_results_know_their_document_and_their_references(swept: Path, tmp_path: Path) -> None:
    results = escalation.Results(swept)
    assert results.report_html(tmp_path / "x.html") == [tmp_path / "x.html"]
    assert results.cite().references == escalation.cite(swept).references
    assert default_file(swept) == swept / "report.html"


def test_a_pdf_of_the_same_name(analysed: Path) -> None:
    pytest.importorskip("weasyprint")
    html, pdf = report_html(analysed, pdf=True)
    assert (html.name, pdf.name) == ("report.html", "report.pdf")
    assert pdf.read_bytes().startswith(b"%PDF")
