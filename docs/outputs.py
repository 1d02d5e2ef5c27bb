"""Puts the output of commands into pages: `python docs/outputs.py`; with `--check` it only compares.

A block lies between `<!-- output: escalation ... -->` and `<!-- end: output -->`, and shows what that command
prints, without the line that says where files were written. `| FILE > IMAGE` at the end of the first mark
keeps one of those files as a picture of the page.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))

from generate import is_current, write

from escalation.cli import main as escalation

DOCS = Path(__file__).parent
BLOCK = re.compile(
    r"(<!-- output: escalation (?P<command>[^|\n]+?)(?: \| (?P<file>\S+) > (?P<image>\S+))? -->\n)"
    r".*?(<!-- end: output -->)",
    re.S,
)


def output_of(command: str, keep: tuple[str, Path] | None = None) -> str:
    """Run a command of the package, and return what it prints; raises ValueError if it fails."""
    with TemporaryDirectory() as folder, contextlib.chdir(DOCS.parent):
        out = Path(folder) / "out"
        printed, complained = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complained):
            code = escalation([*shlex.split(command), "--out", str(out)])
        if code:
            raise ValueError(f"escalation {command}: {complained.getvalue().strip()}")
        if keep is not None:
            shutil.copyfile(out / keep[0], keep[1])
    lines = printed.getvalue().splitlines()
    return "\n".join(line for line in lines if "Written to" not in line).rstrip()


def filled(page: Path, text: str, writes: bool) -> str:
    """Return the text of a page with its blocks; pictures are kept only where pages are written."""

    def block(found: re.Match[str]) -> str:
        image = found["image"]
        keep = (found["file"], page.parent / image) if image and writes else None
        shown = output_of(found["command"], keep)
        return f"{found[1]}\n```text\n$ escalation {found['command']}\n{shown}\n```\n\n{found[5]}"

    return BLOCK.sub(block, text)


def stale(writes: bool) -> Iterator[tuple[Path, str]]:
    """Yield the pages whose blocks are not what the commands print, each with the text it should have."""
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        if BLOCK.search(text):
            wanted = filled(page, text, writes)
            if not is_current(page, wanted):
                yield page, wanted


def main() -> int:
    """Write or check the blocks; return the exit code."""
    parser = argparse.ArgumentParser(description="Put the output of commands into pages.")
    parser.add_argument("--check", action="store_true", help="only compare; exit code 1 if a page is stale")
    options = parser.parse_args()
    code = 0
    for page, text in stale(writes=not options.check):
        name = page.relative_to(DOCS.parent)
        if options.check:
            print(f"{name} is stale: run `python docs/outputs.py`", file=sys.stderr)
            code = 1
        else:
            write(page, text)
            print(f"wrote {name}")
    return code


if __name__ == "__main__":
    sys.exit(main())
