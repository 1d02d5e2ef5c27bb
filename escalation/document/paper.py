"""The parts of a document in HTML: paragraphs, tables, figures with captions, and the sheet around them.

One file with everything in it, that needs no network, for screens and for paper.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path

MOST_SVG = 1_000_000
"""Bytes of a figure as SVG; one with more is shown as PNG where there is one."""

_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;)])")

STYLE = """
:root { --ink: #1a1a1a; --muted: #555; --rule: #c9c9c9; --soft: #f4f4f2; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { color: var(--ink); background: #fff; margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem;
  font: 1rem/1.55 Georgia, "Times New Roman", "DejaVu Serif", serif; overflow-wrap: break-word; }
h1, h2, h3, nav, th, td, figcaption, .label, .note, footer {
  font-family: "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.5rem 0 .75rem; padding-top: .5rem;
  border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; line-height: 1.35; margin: 1.5rem 0 .5rem; }
p, ul, ol { margin: 0 0 .8rem; max-width: 46rem; }
a { color: #0b4a8f; }
code, pre { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .84em; }
pre { background: var(--soft); padding: .75rem 1rem; overflow-x: auto; white-space: pre-wrap;
  line-height: 1.45; margin: 0 0 1rem; }
.lead { font-size: 1.1rem; color: var(--muted); }
.warning { border-left: 4px solid #b04a00; background: var(--soft); padding: .6rem 1rem; max-width: 46rem; }
.note { font-size: .84rem; color: var(--muted); max-width: none; }
.scroll { overflow-x: auto; margin: 0 0 1rem; }
table { border-collapse: collapse; font-size: .84rem; line-height: 1.4; width: 100%; }
caption { text-align: left; font-weight: bold; padding: 0 0 .4rem;
  font-family: "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans", sans-serif; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid var(--rule); }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
td:first-child { min-width: 2.5rem; } td.number { min-width: 3.2rem; }
tr.marked td, tr.marked th { background: var(--soft); font-weight: bold; }
figure { margin: 0 0 1.75rem; }
figure img { display: block; width: 100%; height: auto; border: 1px solid var(--rule); }
figcaption { font-size: .84rem; line-height: 1.45; color: var(--muted); padding-top: .4rem; }
figcaption b { color: var(--ink); }
nav ol { columns: 2; font-size: .9rem; padding-left: 1.2rem; max-width: none; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: #fff; padding: .5rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--rule); padding-top: .75rem; font-size: .84rem;
  color: var(--muted); }
@media (max-width: 40rem) {
  body { padding: 1.25rem 1rem 3rem; } nav ol { columns: 1; } h1 { font-size: 1.4rem; } }
@page { size: A4; margin: 18mm 16mm 20mm; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; line-height: 1.4; }
  h1 { font-size: 18pt; } h2 { font-size: 13pt; margin-top: 1.4rem; } h3 { font-size: 10.5pt; }
  .lead { font-size: 11pt; }
  p, ul, ol, .warning { max-width: none; }
  h2, h3, caption, thead { break-after: avoid; page-break-after: avoid; }
  figure, tr, pre { break-inside: avoid; page-break-inside: avoid; }
  thead { display: table-header-group; }
  table { font-size: 8pt; } td.number { min-width: 0; } pre, .note, figcaption { font-size: 8.5pt; }
  pre { white-space: pre-wrap; overflow: visible; } .scroll { overflow: visible; }
  a { color: inherit; text-decoration: none; }
  .skip { display: none; }
}
"""


@dataclass
class Section:
    """A part of the document under a heading."""

    heading: str
    parts: list[str] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """Return the name by which it is linked."""
        return re.sub("[^a-z0-9]+", "-", self.heading.lower()).strip("-")

    def html(self) -> str:
        """Return the section."""
        name = self.anchor
        body = "\n".join(self.parts)
        head = f'<h2 id="{name}">{escape(self.heading)}</h2>'
        return f'<section aria-labelledby="{name}">\n{head}\n{body}\n</section>'


def sheet(title: str, lead: Iterable[str], sections: Sequence[Section], foot: str) -> str:
    """Return the whole document."""
    contents = "".join(f'<li><a href="#{each.anchor}">{escape(each.heading)}</a></li>' for each in sections)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            '<a class="skip" href="#main">Skip to the content</a>',
            f"<header>\n<h1>{escape(title)}</h1>",
            *lead,
            "</header>",
            f'<nav aria-label="Contents">\n<ol>{contents}</ol>\n</nav>',
            '<main id="main">',
            *(each.html() for each in sections),
            "</main>",
            f"<footer>{inline(foot)}</footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


def inline(text: str) -> str:
    """Return a text with its addresses as links, and what is in backticks as code."""
    safe = escape(text, quote=False)
    linked = _LINK.sub(lambda found: f'<a href="{found[1]}">{found[1]}</a>', safe)
    return _CODE.sub(r"<code>\1</code>", linked)


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph."""
    mark = f' class="{kind}"' if kind else ""
    return f"<p{mark}>{inline(text)}</p>"


def listed_items(items: Iterable[str]) -> str:
    """Return a list."""
    return "<ul>" + "".join(f"<li>{inline(item)}</li>" for item in items) + "</ul>"


def preformatted(lines: Iterable[str]) -> str:
    """Return lines as they are."""
    return f"<pre>{escape(chr(10).join(lines), quote=False)}</pre>"


def grid(
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    note: str = "",
    marked: frozenset[int] = frozenset(),
) -> str:
    """Return a table with a caption and headed columns; columns of numbers are set right.

    Parameters
    ----------
    caption, head, rows
        Its texts.
    note
        Said below it, such as what was left out.
    marked
        Numbers of the rows that stand out.
    """
    numeric = [
        bool(rows) and all(re.fullmatch(r"[-+−±<>]?[\d.,]+%?( .*)?", row[at]) or not row[at] for row in rows)
        for at in range(len(head))
    ]
    kinds = [' class="number"' if is_number else "" for is_number in numeric]
    lines = [f"<caption>{inline(caption)}</caption>"] if caption else []
    names = "".join(
        f'<th scope="col"{kind}>{inline(name)}</th>' for name, kind in zip(head, kinds, strict=True)
    )
    lines.append(f"<thead><tr>{names}</tr></thead>")
    lines.append("<tbody>")
    for number, row in enumerate(rows):
        mark = ' class="marked"' if number in marked else ""
        cells = "".join(f"<td{kind}>{inline(cell)}</td>" for cell, kind in zip(row, kinds, strict=True))
        lines.append(f"<tr{mark}>{cells}</tr>")
    lines.append("</tbody>")
    body = "\n".join(lines)
    region = f'role="region" aria-label="{escape(caption or "Table")}" tabindex="0"'
    whole = f'<div class="scroll" {region}>\n<table>\n{body}\n</table>\n</div>'
    return f"{whole}\n{paragraph(note, 'note')}" if note else whole


@dataclass(frozen=True)
class Shown:
    """A figure as its files say: what it shows, in words."""

    path: Path
    title: str
    caption: str


def read_picture(path: Path) -> Shown:
    """Return a figure with the title and the caption that its SVG carries, or what its name says."""
    svg = path.with_suffix(".svg")
    text = svg.read_text(encoding="utf-8", errors="replace")[:20_000] if svg.is_file() else ""
    title, caption = (_carried(text, name) for name in ("title", "description"))
    if svg.is_file() and svg.stat().st_size > MOST_SVG and path.with_suffix(".png").is_file():
        path = path.with_suffix(".png")
    return Shown(path, title or path.stem.replace("_", " ").capitalize(), caption)


def _carried(svg: str, name: str) -> str:
    found = re.search(rf"<dc:{name}>(.*?)</dc:{name}>", svg, re.S)
    return unescape(found[1]).strip() if found else ""


def picture(shown: Shown, number: int) -> str:
    """Return a figure with its caption, embedded."""
    kind = "image/svg+xml" if shown.path.suffix == ".svg" else "image/png"
    data = base64.b64encode(shown.path.read_bytes()).decode("ascii")
    # The rest, seed and caveat and the command that redraws it, the document says once for all of them.
    own = shown.caption.partition(" Seed ")[0]
    said = f" {inline(own)}" if own else ""
    stop = "" if shown.title[-1:] in ".?!" else "."
    alt = escape(f"Figure {number}: {shown.title}{stop} {own}".strip())
    return (
        f'<figure id="figure-{number}">\n<img src="data:{kind};base64,{data}" alt="{alt}">\n'
        f"<figcaption><b>Figure {number}. {inline(shown.title)}</b>{said}</figcaption>\n</figure>"
    )


def numbered(pictures: Iterable[Shown], first: int = 1) -> Iterator[str]:
    """Yield figures with running numbers."""
    for number, shown in enumerate(pictures, first):
        yield picture(shown, number)
