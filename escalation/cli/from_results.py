"""Commands on a folder of results: `plot`, `export-excel`, `discover`, `report`, `cite`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from escalation.cli.arguments import (
    BadInputError,
    add_out_file,
    add_out_folder,
    add_seed,
    new_file,
    new_folder,
    path,
    print_lines,
    print_notes,
    whole,
)

RESULTS_OF = "results of a sweep, also one that is not complete; of one run; or of another analysis"


def add_plot(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `plot`."""
    parser.add_argument("folder", type=path, metavar="DIR", help="the results of a sweep")


def add_export_excel(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `export-excel`."""
    parser.add_argument("folder", type=path, metavar="DIR", help="the results of a sweep")
    add_out_file(parser, "", is_required=True)


def plot(options: argparse.Namespace) -> int:
    """Redraw the figures, from the results that are there."""
    from escalation.experiment.progress import figures_heard
    from escalation.report import report

    written = report(options.folder, figures_heard(sys.stderr))
    print_notes(written.notes)
    print_lines(map(str, written.files))
    return 0


def export_excel(options: argparse.Namespace) -> int:
    """Write the tables of a sweep as an Excel workbook."""
    new_file(options.out, options.force)

    from escalation.analysis.tally import tally
    from escalation.analysis.workbook import write_workbook
    from escalation.experiment.results import ResultsFolder

    written = write_workbook(tally(ResultsFolder(options.folder)), options.out)
    print_notes(written.notes)
    print_lines(written.lines)
    return 0


def add_discover(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `discover`."""
    parser.add_argument("folder", type=path, metavar="DIR", help="the results of a sweep")
    parser.add_argument(
        "--when", required=True, metavar="CONDITION",
        help="the outcome, asked of each crisis: 'outcome == war', 'days_to_force <= 10 and not talks'",
    )  # fmt: skip
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--density", type=_share, metavar="D",
        help="choose the box of the largest coverage among those at least this dense",
    )  # fmt: skip
    which.add_argument(
        "--coverage", type=_share, metavar="C",
        help="choose the densest box among those with at least this coverage",
    )  # fmt: skip
    apart = parser.add_mutually_exclusive_group()
    apart.add_argument(
        "--by", metavar="FACTOR",
        help="separate boxes for each level of a factor (default policy, where there are policies)",
    )  # fmt: skip
    apart.add_argument("--pool", action="store_true", help="take the policies as an input instead")
    parser.add_argument(
        "--boxes", type=whole(101, 1), default=3, metavar="N", help="most boxes to find (default 3)"
    )
    parser.add_argument(
        "--resamples", type=whole(100_001, 10), default=200, metavar="N",
        help="bootstrap resamples per box, and as many checks against chance (default 200)",
    )  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="show no progress; print only the folder")
    add_seed(parser, "the resampling")
    add_out_folder(parser, "DIR-discovery")


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share above 0 and up to 1")
    return value


def discover(options: argparse.Namespace) -> int:
    """Find boxes and a tree, write tables and figures, and print what was found."""
    from escalation.experiment.results import ResultsFolder

    results = ResultsFolder(options.folder)
    folder: Path = options.folder
    out = options.out or folder.with_name(f"{folder.name}-discovery")
    new_folder(out, options.force)

    from escalation.analysis.discovery import discover as discovered
    from escalation.analysis_reports import report_discovery
    from escalation.experiment.progress import SearchLine

    line = SearchLine(sys.stderr)
    found = discovered(
        results, options.when, density=options.density, coverage=options.coverage, by=options.by,
        pool=options.pool, boxes=options.boxes, resamples=options.resamples, seed=options.seed,
        heard=None if options.quiet else line.heard,
    )  # fmt: skip
    if not options.quiet:
        line.end()
    written = report_discovery(found, out)
    print_notes(written.notes)
    print_lines([str(out)] if options.quiet else written.lines)
    return 0


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
