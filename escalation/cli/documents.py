"""`escalation report` and `cite`: results as a document to hand on, and the references of what was used."""

from __future__ import annotations

import argparse
from pathlib import Path

from escalation.cli.arguments import BadInputError, add_out_file, new_file, path, print_lines

RESULTS_OF = "results of a sweep, also one that is not complete; of one run; or of another analysis"


def add_report(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `report`."""
    parser.add_argument("source", type=path, metavar="DIR", help=RESULTS_OF)
    add_out_file(parser, "report.html in DIR")
    parser.add_argument("--pdf", action="store_true", help="write FILE.pdf too, by WeasyPrint or by Chromium")


def add_cite(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `cite`."""
    parser.add_argument("source", type=path, metavar="DIR", help=RESULTS_OF)
    parser.add_argument("--bibtex", action="store_true", help="print the entries of a BibTeX file")


def report(options: argparse.Namespace) -> int:
    """Write the results in a folder as one HTML file, and as PDF; print the files."""
    from escalation.document.folders import kept_in
    from escalation.document.printing import check_printer
    from escalation.document.writing import default_file, report_html

    kept_in(options.source)
    out: Path = options.out or default_file(options.source)
    if out.suffix not in (".html", ".htm"):
        raise BadInputError(f"--out {out}: give a name that ends in .html; --pdf writes the same as .pdf")
    new_file(out, options.force)
    if options.pdf:
        check_printer()
        new_file(out.with_suffix(".pdf"), options.force)
    print_lines(map(str, report_html(options.source, out, options.pdf)))
    return 0


def cite(options: argparse.Namespace) -> int:
    """Print the references of what the results in a folder were made with."""
    from escalation.document.cited import cite as cited

    found = cited(options.source)
    print_lines(found.bibtex().splitlines() if options.bibtex else found.lines())
    return 0
