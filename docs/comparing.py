"""Writes output of real commands into docs/comparing.md: `python docs/comparing.py`; `--check` only compares.

A block lies between `<!-- output: COMMAND -->` and `<!-- end -->`. All commands run in one empty folder,
after the two sweeps of `SWEEPS`, so that the paths that they print are those of the page.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from generate import write

from escalation.cli import main as command
from experiments import COLOURS, IMAGE_WIDTH

PAGE = Path(__file__).parent / "comparing.md"
IMAGE = PAGE.parent / "images" / "comparing_flows.png"
SOURCE = Path("results/early_offer/flows_B.png")
BLOCK = re.compile(r"(<!-- output: (.+?) -->\n).*?(<!-- end -->)", re.S)
SWEEPS = {
    "results/before": (),
    "results/after": ("set.mediators.russia.persistence=0.9",),
}
"""Folders of results, and what is set in the experiment `mediation` for each."""
REPLICATIONS = 100
MADE_BY = re.compile(r"\b[0-9a-f]{12}\b")
"""The hash of the code that made a sweep: it changes with every edit, and no output with it."""


@contextlib.contextmanager
def in_new_folder() -> Iterator[None]:
    """Work in an empty folder that is gone at the end."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        yield


def printed(words: list[str]) -> str:
    """Run a command in this process; return what it prints."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = command(words)
    if code:
        raise SystemExit(f"{shlex.join(words)}: {err.getvalue()}")
    return out.getvalue()


def filled(text: str) -> str:
    """Return the page with the output of its commands, run in the working directory."""
    for folder, changes in SWEEPS.items():
        sets = [word for change in changes for word in ("--set", change)]
        size = ["--replications", str(REPLICATIONS), "--set", "plots=[]", "--quiet"]
        printed(["sweep", "mediation", "--out", folder, *size, *sets])

    def block(found: re.Match[str]) -> str:
        words = shlex.split(found[2])
        return f"{found[1]}\n```console\n$ {found[2]}\n{printed(words[1:])}```\n\n{found[3]}"

    return BLOCK.sub(block, text)


def main() -> int:
    """Write the page, or say whether it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if the page is stale"
    )
    options = parser.parse_args()
    with in_new_folder():
        text = filled(PAGE.read_text(encoding="utf-8"))
        kept = PAGE.read_text(encoding="utf-8")
        if options.check and not (MADE_BY.sub("", kept) == MADE_BY.sub("", text) and IMAGE.exists()):
            print("docs/comparing.md is stale: run `python docs/comparing.py`", file=sys.stderr)
            return 1
        if not options.check:
            from PIL import Image

            write(PAGE, text)
            picture = Image.open(SOURCE).convert("RGB")
            size = (IMAGE_WIDTH, round(picture.height * IMAGE_WIDTH / picture.width))
            picture.resize(size).quantize(COLOURS).save(IMAGE, optimize=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
