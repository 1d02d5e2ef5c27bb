"""Keeps what pages show of commands current: `python docs/outputs.py [PAGE ...]`; `--check` only compares.

A block of the language `console` holds commands, `$ escalation ...`, each followed by what it prints. A
command goes on after a line that ends in a backslash. All commands of a page run in their order in one empty
folder, in which `docs` is the folder of the documents.

A line `...` stands for lines that are left out, and `...` within a line for any text. What is shown without
such lines is written again where it differs. A choice of lines is the author's: what differs is named, to be
mended by hand. `<!-- picture: FILE -->` above an image names the file that a command of the page drew.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))

from generate import write

from escalation.cli import main as escalation
from experiments import COLOURS, IMAGE_WIDTH

DOCS = Path(__file__).resolve().parent
LEFT_OUT = "..."
BLOCK = re.compile(r"(?<=^```console\n)\$ escalation .*?(?=^```$)", re.M | re.S)
COMMAND = re.compile(r"^\$ (escalation (?:.*\\\n)*.*)\n", re.M)
PICTURE = re.compile(r"<!-- picture: (\S+) -->\n!\[[^]]*\]\((\S+)\)")
CODE = re.compile(r"\b[0-9a-f]{12}\b")
"""The hash of the code that made a sweep: it changes with every edit, and no output with it."""


def output_of(command: str) -> list[str]:
    """Run a command in this process; return the lines that it prints, or raise ValueError if it fails."""
    printed, complained = io.StringIO(), io.StringIO()
    words = shlex.split(command.replace("\\\n", " "))
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complained):
        code = escalation(words[1:])
    if code:
        raise ValueError(f"{shlex.join(words)}: {complained.getvalue().strip()}")
    return printed.getvalue().rstrip().splitlines()


def is_like(shown: str, line: str) -> bool:
    """Return whether a line is as shown, with any text for `...` and any hash of the code."""
    parts = (re.escape(part) for part in CODE.sub("", shown).split(LEFT_OUT))
    return re.fullmatch(".*".join(parts), CODE.sub("", line)) is not None


def missing(shown: list[str], lines: list[str]) -> list[str]:
    """Return the first piece of what is shown that is not in its place among the lines, or nothing."""
    pieces: list[list[str]] = [[]]
    for line in shown:
        if line == LEFT_OUT:
            pieces.append([])
        else:
            pieces[-1].append(line)
    at = 0
    for number, piece in enumerate(pieces):
        is_last = number == len(pieces) - 1
        starts = range(at, len(lines) - len(piece) + 1)
        if number == 0:
            starts = starts[:1]
        if is_last and (piece or number == 0):
            starts = starts[-1:] if starts and starts[-1] == len(lines) - len(piece) else range(0)
        for start in starts:
            if all(map(is_like, piece, lines[start : start + len(piece)])):
                at = start + len(piece)
                break
        else:
            return piece or [LEFT_OUT]
    return []


class Page:
    """A page, with its commands run as the block is reached."""

    def __init__(self, path: Path) -> None:
        """Read the page; `complaints` collects what cannot be written again."""
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.complaints: list[str] = []

    def current(self) -> str:
        """Return the text as it should be, after all commands have run in the working folder."""
        return BLOCK.sub(lambda found: self.block(found[0]), self.text)

    def block(self, text: str) -> str:
        """Return a block with the present output of its commands."""
        parts = COMMAND.split(text)[1:]
        filled = []
        for command, kept in zip(parts[::2], parts[1::2], strict=True):
            shown = kept.rstrip().splitlines()
            lines = output_of(command)
            lost = missing(shown, lines)
            if lost and LEFT_OUT in shown:
                said = "\n".join(lost)
                self.complaints.append(f"{command}\ndoes not print, in this place:\n{said}")
            whole = lines if lost and LEFT_OUT not in shown else shown
            filled.append("\n".join([f"$ {command}", *whole]))
        return "\n\n".join(filled) + "\n"

    def keep_pictures(self) -> None:
        """Keep what the commands have drawn, smaller than in their results."""
        from PIL import Image

        for source, target in PICTURE.findall(self.text):
            with Image.open(source) as whole:
                size = (IMAGE_WIDTH, round(whole.height * IMAGE_WIDTH / whole.width))
                small = whole.convert("RGB").resize(size, Image.Resampling.LANCZOS)
            image = self.path.parent / target
            image.parent.mkdir(parents=True, exist_ok=True)
            small.quantize(COLOURS, dither=Image.Dither.NONE).save(image, optimize=True)


def pages() -> Iterator[Path]:
    """Yield the pages that show what commands print."""
    for page in sorted(DOCS.rglob("*.md")):
        if BLOCK.search(page.read_text(encoding="utf-8")):
            yield page


def bring_up_to_date(path: Path, writes: bool) -> list[str]:
    """Run the commands of a page, and write it where that is asked; return what is not current then."""
    page = Page(path)
    with TemporaryDirectory(prefix="escalation-") as folder, contextlib.chdir(folder):
        Path("docs").symlink_to(DOCS, target_is_directory=True)
        text = page.current()
        if writes:
            page.keep_pictures()
    if text != page.text and writes:
        write(path, text)
    elif text != page.text:
        page.complaints.append("shows what its commands do not print: run `python docs/outputs.py`")
    return [f"{path.relative_to(DOCS.parent)}: {complaint}" for complaint in page.complaints]


def main() -> int:
    """Write or check pages; return the exit code."""
    parser = argparse.ArgumentParser(description="Keep what pages show of commands current.")
    parser.add_argument("pages", nargs="*", type=Path, metavar="PAGE", help="default: every page that does")
    parser.add_argument("--check", action="store_true", help="only compare; exit code 1 if a page is stale")
    options = parser.parse_args()
    chosen = [page.resolve() for page in options.pages] or list(pages())
    complaints = [
        complaint for page in chosen for complaint in bring_up_to_date(page, writes=not options.check)
    ]
    print("\n".join(complaints), end="\n" if complaints else "", file=sys.stderr)
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
