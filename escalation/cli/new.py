"""`escalation new`: a commented file to fill in."""

from __future__ import annotations

import argparse
from pathlib import Path

from escalation.cli.arguments import BadInputError


def add_new(parser: argparse.ArgumentParser) -> None:
    """Say which arguments `new` takes."""
    parser.add_argument("kind", choices=("case",), help="case: a crisis of the past, to be coded")
    parser.add_argument(
        "--out", type=_new_file, metavar="FILE", help="file to write; standard output where not given"
    )


def new(options: argparse.Namespace) -> int:
    """Print a template, or write it to a file that is not there yet."""
    from escalation.scenario.template import case_template

    text = case_template()
    if options.out is None:
        print(text, end="")
        return 0
    try:
        with options.out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise BadInputError(
            f"--out {options.out}: it is there already; give the name of a new file"
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInputError(f"--out {options.out}: {reason}; give a file that can be written") from error
    print(f"Written to {options.out}; fill in what stands in angle brackets, then validate it")
    return 0


def _new_file(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("the name is empty; give a file")
    return Path(text)
