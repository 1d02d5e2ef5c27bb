"""Writes the account and a figure into discovery.md: `python docs/discovery.py`; `--check` only compares.

The experiment is swept and its conditions are discovered as the commands of the page do, which takes some ten
seconds. The check compares the text; the figure is drawn together with it.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))

from generate import is_current, write

import escalation

DOCS = Path(__file__).parent
PAGE = DOCS / "discovery.md"
EXPERIMENT = DOCS / "examples" / "force_recurs.yaml"
FIGURE, WIDTH = "limits_russia_mediates", 1_500
BLOCK = re.compile(r"(<!-- account -->\n).*?(<!-- end -->)", re.S)


def discovered(folder: Path) -> escalation.Discovery:
    """Return what is found about the experiment, simulated into a folder."""
    results = escalation.Experiment(EXPERIMENT).run(folder / "force_recurs")
    return results.discover("force")


def page(found: escalation.Discovery) -> str:
    """Return the page with the account in its place."""
    account = "\n".join(found.lines())
    text = PAGE.read_text(encoding="utf-8")
    return BLOCK.sub(lambda block: f"{block[1]}```text\n{account}\n```\n{block[2]}", text)


def main() -> int:
    """Write the page and its figure, or report that the page is not current."""
    parser = argparse.ArgumentParser(description="Write the output of scenario discovery into its page.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the page is not current")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        found = discovered(Path(folder))
    text = page(found)
    if options.check:
        if is_current(PAGE, text):
            return 0
        print("docs/discovery.md is not current; run python docs/discovery.py", file=sys.stderr)
        return 1
    write(PAGE, text)
    draw(found)
    return 0


def draw(found: escalation.Discovery) -> None:
    """Draw the figure of the page, smaller than in results."""
    from io import BytesIO

    from PIL import Image

    from escalation.figures.discovery_plots import plot_limits
    from escalation.figures.style import encoded

    with Image.open(BytesIO(encoded(plot_limits(found, found.slices[0])))) as picture:
        size = (WIDTH, round(picture.height * WIDTH / picture.width))
        small = picture.resize(size, Image.Resampling.LANCZOS)
        small.quantize(256).save(DOCS / "images" / f"discovery_{FIGURE}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
