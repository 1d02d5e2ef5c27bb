"""Measures what each control of the classroom moves, and writes docs/levers.md: `python docs/levers_page.py`.

The page carries a hash of the scenario and of the controls; with `--check` nothing is simulated, and the exit
code is 1 if the page is not current.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from generate import write

from escalation.classroom.controls import Control, Workspace, controls_of
from escalation.classroom.reach import COLUMNS, LEAST, Reach, measure_reach, table
from escalation.classroom.session import SEED
from escalation.classroom.waking import SELDOM, unmet
from escalation.measures.ensemble import CRISES
from escalation.scenario.load import load_scenario

PAGE = Path(__file__).resolve().parent / "levers.md"
NAME = "pahalgam_2025"
BLOCK = re.compile(r"(<!-- reach: (\w+) -->\n).*?(<!-- end -->)", re.S)


def stamped(workspace: Workspace) -> str:
    """Return the line that tells of which scenario and which controls the page is."""
    ranges = [(one.path, one.low, one.high, one.options, one.advanced) for one in controls_of(workspace)]
    found = hashlib.sha256(f"{workspace.digest}{ranges}".encode()).hexdigest()[:16]
    return f"*Scenario and controls: {found}.*"


def blocks(found: Sequence[Reach]) -> dict[str, str]:
    """Return the text of every block of the page by name."""
    controls = {reach.control.path: reach.control for reach in found}
    return {
        "main": _table([reach for reach in found if not reach.control.advanced]),
        "weights": _table([reach for reach in found if reach.control.advanced]),
        "asleep": "\n".join(_asleep(controls, found)) + "\n",
        "minor": "\n".join(_minor(found)) + "\n",
    }


def _table(found: Sequence[Reach]) -> str:
    rows = [COLUMNS, ["---"] * len(COLUMNS), *table(found)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _asleep(controls: dict[str, Control], found: Sequence[Reach]) -> list[str]:
    lines = []
    for reach in found:
        needs = unmet(controls, (), reach.control.path)
        if needs:
            woken = ", ".join(f"`{path}={value}`" for path, value in reach.settings)
            how = f"measured with {woken}" if reach.is_awake else "no setting of this scenario wakes it"
            lines.append(f"- `{reach.control.path}`: {' '.join(need.says for need in needs)} ({how})")
    return lines


def _minor(found: Sequence[Reach]) -> list[str]:
    return [
        f"- `{reach.control.path}`: {100 * abs(reach.most.estimate):.1f} points at most;"
        f" {reach.moved:.0%} of the crises are not the same"
        for reach in found
        if reach.is_minor
    ]


def complaints(found: Sequence[Reach]) -> list[str]:
    """Return where the choice of main controls and what was measured disagree."""
    minor = {reach.control.path: reach for reach in found if reach.is_minor}
    main = [path for path, reach in minor.items() if not reach.control.advanced]
    unsaid = [path for path in minor if path not in SELDOM]
    awake = [path for path in SELDOM if path not in minor]
    return [
        *(f"{path} is a main control and moves no share by {LEAST:.0%}" for path in main),
        *(f"{path} moves no share by {LEAST:.0%}, and waking.SELDOM does not say so" for path in unsaid),
        *(f"{path} moves a share by {LEAST:.0%}, and waking.SELDOM says that it does not" for path in awake),
    ]


def main() -> int:
    """Measure and write the page, or only compare."""
    parser = argparse.ArgumentParser(description="Measure what each control of the classroom moves.")
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--crises", type=int, default=CRISES, help="crises per value of a control")
    options = parser.parse_args()
    workspace = Workspace(load_scenario(NAME), NAME)
    text = PAGE.read_text(encoding="utf-8")
    if options.check:
        is_current = stamped(workspace) in text
        print("" if is_current else "docs/levers.md is not current; run python docs/levers_page.py", end="")
        return 0 if is_current else 1
    start = time.process_time()
    found = measure_reach(workspace, crises=options.crises, seed=SEED)
    parts = blocks(found)
    for name in ("main", "weights"):
        print(parts[name])
    print(f"{len(found)} controls, {time.process_time() - start:.0f} s of CPU")
    text = BLOCK.sub(lambda match: f"{match[1]}{parts[match[2]]}{match[3]}", text)
    write(PAGE, re.sub(r"^\*Scenario and controls: .*\*$", stamped(workspace), text, flags=re.M))
    wrong = complaints(found)
    print("\n".join(wrong), file=sys.stderr, end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
