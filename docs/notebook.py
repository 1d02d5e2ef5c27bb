"""Runs the notebook and stores it with its outputs: `python docs/notebook.py`, or `make experiments`.

With `--check` it is run but not stored; cells whose output differs are listed, one per line, and the exit
code is 1.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parent / "notebooks" / "mediation.ipynb"
SECONDS_PER_CELL = 600  # the first cell compiles the rules if necessary


def executed(path: Path) -> Any:
    """Return a notebook with fresh outputs, without anything that differs between runs."""
    notebook = nbformat.read(path, 4)
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=SECONDS_PER_CELL, kernel_name="python3", resources=where).execute()
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            # Warnings contain paths of this machine.
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def texts(notebook: Any) -> list[list[str]]:
    """Return the texts of the outputs, by cell."""
    return [
        [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
        if cell.cell_type == "code"
        else []
        for cell in notebook.cells
    ]


def main() -> int:
    """Run it, and store or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only")
    options = parser.parse_args()
    notebook = executed(NOTEBOOK)
    if not options.check:
        nbformat.write(notebook, NOTEBOOK)
        return 0
    pairs = zip(texts(notebook), texts(nbformat.read(NOTEBOOK, 4)), strict=True)
    stale = [number for number, (now, stored) in enumerate(pairs) if now != stored]
    for number in stale:
        print(f"{NOTEBOOK.name}: the output of cell {number} differs; run make experiments")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
