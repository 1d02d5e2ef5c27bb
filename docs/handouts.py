"""Prints the handouts of the lessons: `python docs/handouts.py` writes a PDF of each into build/handouts.

Their tables are kept current by `python docs/teaching.py`. A handout has two pages; one that has grown beyond
them is refused. The PDFs are not kept with the pages: they would grow stale, and any browser prints the HTML.
"""

from __future__ import annotations

import argparse
import re
import sys
import zlib
from pathlib import Path

from escalation.document.printing import write_pdf
from escalation.files.places import EscalationError

ROOT = Path(__file__).resolve().parents[1]
HANDOUTS = sorted((ROOT / "docs" / "teaching").glob("*_handout.html"))
PAGES = 2


def pages_of(pdf: Path) -> int:
    """Return the number of pages of a PDF: the root of its tree of pages counts them all."""
    data = pdf.read_bytes()
    for packed in re.findall(rb"/ObjStm.*?stream\r?\n(.*?)\r?\nendstream", data, re.S):
        data += zlib.decompress(packed)
    trees = re.findall(rb"<<[^<>]*/Type ?/Pages[^<>]*>>", data)
    return max((int(count) for tree in trees for count in re.findall(rb"/Count (\d+)", tree)), default=0)


def print_handouts(folder: Path) -> list[Path]:
    """Write the PDF of every handout into a folder; return their paths.

    Raises
    ------
    PrintingError
        If nothing can print.
    ValueError
        If one has not two pages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / handout.with_suffix(".pdf").name for handout in HANDOUTS]
    for handout, pdf in zip(HANDOUTS, written, strict=True):
        write_pdf(handout, pdf)
        if pages_of(pdf) != PAGES:
            raise ValueError(f"{pdf}: {pages_of(pdf)} pages instead of {PAGES}")
    return written


def main() -> int:
    """Print the handouts; return the exit code."""
    parser = argparse.ArgumentParser(description="Print the handouts of the lessons as PDF.")
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", default=ROOT / "build" / "handouts",
        help="where to write them (default: build/handouts)",
    )  # fmt: skip
    options = parser.parse_args()
    try:
        for pdf in print_handouts(options.out):
            print(pdf)
    except (EscalationError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
