"""Puts what `escalation explain` prints into docs/explaining.md: `python docs/explaining.py`.

A block lies between `<!-- output: ARGUMENTS -->` and `<!-- end -->`. With `--check` the text is only
compared; figures are drawn again only where the page is written.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shlex
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))

from generate import is_current, write

from escalation.cli import main as command

PAGE = Path(__file__).parent / "explaining.md"
IMAGES = Path(__file__).parent / "images" / "explained"
BLOCK = re.compile(r"(<!-- output: (.*?) -->\n).*?(<!-- end -->)", re.S)
FIGURES = {"odds.png": "*/turning_points/odds.png", "act.png": "*/2025-05-21_pakistan/*.png"}
"""Figures of the page, and where the commands write them."""


def block(arguments: str) -> str:
    """Return a command and what it prints, as the page shows it."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        code = command(shlex.split(arguments))
    if code:
        raise RuntimeError(f"escalation {arguments}: exit code {code}")
    return f"```sh\nescalation {arguments}\n```\n\n```text\n{printed.getvalue()}```\n"


def page() -> str:
    """Return the page with what the commands print now, run from the working folder."""
    text = PAGE.read_text(encoding="utf-8")
    return BLOCK.sub(lambda match: f"{match[1]}{block(match[2])}{match[3]}", text)


def main() -> int:
    """Write or check the page; return the exit code."""
    parser = argparse.ArgumentParser(description="Put what real runs print into docs/explaining.md.")
    parser.add_argument("--check", action="store_true", help="only compare; exit code 1 if the page is stale")
    options = parser.parse_args()
    before = Path.cwd()
    with TemporaryDirectory(prefix="escalation-") as home:
        os.chdir(home)  # the commands write below it
        text = page()
        os.chdir(before)
        stale = not is_current(PAGE, text)
        if options.check:
            if stale:
                print("docs/explaining.md is stale: run `python docs/explaining.py`", file=sys.stderr)
            return int(stale)
        IMAGES.mkdir(parents=True, exist_ok=True)
        for name, pattern in FIGURES.items():
            (drawn,) = Path(home, "results").glob(pattern)
            shutil.copyfile(drawn, IMAGES / name)
        if stale:
            write(PAGE, text)
            print("wrote docs/explaining.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
