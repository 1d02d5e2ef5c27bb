"""The parts of a document: escaped, accessible, with everything embedded."""

from __future__ import annotations

import base64
from pathlib import Path

from escalation.document import paper
from escalation.document.paper import Section, grid, inline, picture, read_picture, sheet


def test_texts_are_escaped_addresses_are_links_and_names_are_code() -> None:
    assert inline("a < b & `x<y` at https://a.example/q?x=1.") == (
        'a &lt; b &amp; <code>x&lt;y</code> at <a href="https://a.example/q?x=1">https://a.example/q?x=1</a>.'
    )


def test_a_table_has_a_caption_headed_columns_and_numbers_to_the_right() -> None:
    html = grid(
        "Shares", ["Who", "Share"], [["nobody", "1.5 [0.2, 3.0]"], ["us", "−2"]], "A note.", frozenset([1])
    )
    assert html.count('<th scope="col"') == 2
    assert html.count('class="number"') == 3
    assert '<tr class="marked"><td>us</td>' in html
    assert "<caption>Shares</caption>" in html
    assert html.endswith('<p class="note">A note.</p>')


def test_a_figure_is_embedded_with_its_words(analysed: Path) -> None:
    shown = read_picture(analysed / "bars.svg")
    assert (shown.title, shown.caption) == ("Which parameter matters?", "All & more. Seed 1. Redraw: x")
    html = picture(shown, 3)
    data = base64.b64encode((analysed / "bars.svg").read_bytes()).decode()
    assert f"data:image/svg+xml;base64,{data}" in html
    assert 'alt="Figure 3: Which parameter matters? All &amp; more."' in html
    assert "<b>Figure 3. Which parameter matters?</b> All &amp; more.</figcaption>" in html


def test_a_large_drawing_is_shown_as_a_picture(analysed: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(paper, "MOST_SVG", 10)
    assert read_picture(analysed / "bars.svg").path.suffix == ".png"
    (analysed / "bars.png").unlink()
    assert read_picture(analysed / "bars.svg").path.suffix == ".svg"


def test_the_sheet_links_its_sections_and_needs_no_network() -> None:
    html = sheet("A & B", ["<p>lead</p>"], [Section("One, two", ["<p>x</p>"]), Section("Three")], "foot")
    assert html.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in html
    assert "<title>A &amp; B</title>" in html
    assert '<a href="#one-two">One, two</a>' in html
    assert '<h2 id="one-two">' in html
    assert "src=" not in html.replace('src="data:', "")
    assert "@media print" in html
    assert html.count("<h1>") == html.count("<main") == 1
