"""Runs the analysis that docs/sensitivity.md shows, and writes its output there: `docs/sensitivity_page.py`.

Results go to `results/`; complete ones are not computed again. The page carries a hash of the experiment and
its scenario, like those of the shipped experiments; with `--check` nothing is run, and the exit code is 1 if
the page is not current.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import re
import shlex
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from escalation.cli import main as command
from escalation.experiment.loaded import load_experiment
from escalation.scenario.dump import resolved_tree
from experiments import COLOURS, IMAGE_WIDTH

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "sensitivity.md"
IMAGES = ROOT / "docs" / "images"
NAME = "does_russia_matter"
COMMAND = (
    f"sensitivity {NAME} --measure force --measure mediated --points 128 --trajectories 20 --replications 20"
)
FOLDER = Path("results") / f"{NAME}_sensitivity"
FIGURES = ("indices_policy-pressing", "screening_policy-terms", "tornado_policy-nobody", "totals")
SETTING, OUTCOME = "Pressure, with leverage", "Mediated ceasefire or agreement"
"""What is shown of the whole account."""


def stamped() -> str:
    """Return the line that tells which experiment, as its file has it, and which scenario were run."""
    written = (ROOT / "experiments" / f"{NAME}.yaml").read_text(encoding="utf-8")
    scenario = json.dumps(resolved_tree(load_experiment(NAME).scenario), sort_keys=True)
    found = hashlib.sha256(f"{written}{scenario}".encode()).hexdigest()[:16]
    return f"*Experiment and scenario: {found}.*"


def page(text: str, printed: str, whole: str) -> str:
    """Return the page with the output of the command, a piece of the whole account, and the stamp."""
    details = whole.rsplit(f"\n{SETTING}\n", maxsplit=1)[-1]
    block = re.search(rf"^{OUTCOME}\n.*?(?=\n\n)", details, re.M | re.S)
    assert block is not None
    for name, shown in (("summary", printed), ("details", block[0])):
        marks = rf"(<!-- {name} -->\n```\n).*?(```\n<!-- end -->)"
        text, count = re.subn(
            marks, lambda found, shown=shown: f"{found[1]}{shown.rstrip()}\n{found[2]}", text, flags=re.S
        )
        assert count == 1, name
    return re.sub(r"^\*Experiment and scenario: .*\*$", stamped(), text, flags=re.M)


def main() -> int:
    """Run the analysis and write the page, or only compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only")
    text = PAGE.read_text(encoding="utf-8")
    if parser.parse_args().check:
        is_current = stamped() in text and f"escalation {COMMAND}" in text
        print(
            "" if is_current else "docs/sensitivity.md is not current; run python docs/sensitivity_page.py",
            end="",
        )
        return 0 if is_current else 1
    from PIL import Image

    printed = io.StringIO()
    with contextlib.chdir(ROOT), contextlib.redirect_stdout(printed):
        if code := command(shlex.split(COMMAND)):
            return code
        whole = (FOLDER / "sensitivity" / "sensitivity.txt").read_text(encoding="utf-8")
        for name in FIGURES:
            with Image.open(FOLDER / "sensitivity" / f"{name}.png") as figure:
                size = (IMAGE_WIDTH, round(figure.height * IMAGE_WIDTH / figure.width))
                small = figure.convert("RGB").resize(size, Image.Resampling.LANCZOS)
                small = small.quantize(COLOURS, dither=Image.Dither.NONE)
                small.save(IMAGES / f"sensitivity_{name}.png", optimize=True)
    PAGE.write_text(page(text, printed.getvalue(), whole), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
