"""Writes the numbers and figures of the page of validation: `python docs/validation.py`, `make validation`.

Folds, refits, plausibility, the forecast of 5 May 2025 and mediation held against ICB, some fifteen minutes
on two cores. What is written stands between marks in pages whose words are written by hand. With `--sample`
a few folds are computed and printed, and nothing is written; with `--check` nothing is computed: each block
that is missing is named, and pages made with other weights than the shipped ones, with exit code 1.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

ROOT = Path(__file__).resolve().parents[1]
MIE = "mie_train.csv"
WEIGHTS = "calibrated"
PAGES: dict[str, tuple[str, ...]] = {
    "docs/validation.md": (
        "stamp", "scores", "crises", "acts_alone", "shaken", "moved", "courses", "plausibility", "peaks",
        "weights", "time",
    ),
    "docs/forecast_2025-05-05.md": ("stamp", "outlook", "outlook_peaks"),
    "docs/mediation_check.md": ("mediation",),
    "README.md": ("validation",),
}  # fmt: skip
"""Which blocks stand on which page."""


def data_folder() -> Path:
    """Return where the published tables lie."""
    return Path(os.environ.get("ESCALATION_DATA", ROOT.parent / "shared" / "data"))


def filled(text: str, blocks: Mapping[str, list[str]]) -> str:
    """Put blocks between their marks in a text.

    Raises
    ------
    LookupError
        If a block has no marks.
    """
    for name, lines in blocks.items():
        between = re.compile(rf"(<!-- made: {name} -->\n).*?(<!-- end: {name} -->)", re.S)
        body = "\n".join(lines)
        text, count = between.subn(lambda found, body=body: f"{found[1]}\n{body}\n\n{found[2]}", text)
        if not count:
            raise LookupError(f"no marks <!-- made: {name} --> and <!-- end: {name} -->")
    return text


def stamp() -> list[str]:
    """Return which weights the numbers are made with."""
    text = (ROOT / f"scenarios/weights/{WEIGHTS}.yaml").read_bytes()
    return [
        f"*Made by `make validation` with weights `{WEIGHTS}` ({hashlib.sha256(text).hexdigest()[:12]}).*"
    ]


def stale() -> Iterator[str]:
    """Yield what is missing or made with other weights."""
    for page, names in PAGES.items():
        text = (ROOT / page).read_text(encoding="utf-8")
        try:
            filled(text, {name: [] for name in names})
        except LookupError as error:
            yield f"{page}: {error}"
        if "stamp" in names and stamp()[0] not in text:
            yield f"{page} is made with other weights than the shipped ones; run make validation"


def main() -> int:
    """Compute and write, or check; return the exit code."""
    parser = argparse.ArgumentParser(description="Write the numbers and figures of the page of validation.")
    parser.add_argument("--sample", action="store_true", help="a few folds; print, and write nothing")
    parser.add_argument("--check", action="store_true", help="only compare; exit code 1 if a page is stale")
    options = parser.parse_args()
    if options.check:
        found = list(stale())
        print("\n".join(found), end="\n" if found else "", file=sys.stderr)
        return 1 if found else 0
    mie = data_folder() / MIE
    if not mie.is_file():
        from escalation.history.mie import PUBLISHED

        print(f"{mie}: there is no such file; {PUBLISHED} with ESCALATION_DATA=FOLDER", file=sys.stderr)
        return 2
    from validation_runs import FULL, SAMPLE, compute

    results = compute(mie, WEIGHTS, SAMPLE if options.sample else FULL)
    blocks = made(results)
    if options.sample:
        for name, lines in blocks.items():
            print(f"\n## {name}\n", *lines, sep="\n")
        return 0
    write(results, blocks)
    return 0


def made(results) -> dict[str, list[str]]:  # type: ignore[no-untyped-def]
    """Return every block by its name."""
    import validation_tables as tables

    return {
        "stamp": stamp(),
        "scores": tables.scores(results),
        "crises": tables.by_crisis(results),
        "acts_alone": tables.acts_alone(results),
        "shaken": tables.shaken(results),
        "moved": tables.moved_weights(results),
        "courses": tables.courses(results),
        "plausibility": tables.plausibility(results),
        "peaks": tables.peaks(results),
        "weights": tables.weights(results),
        "time": tables.time_taken(results),
        "outlook": tables.outlook_table(results),
        "outlook_peaks": tables.outlook_peaks(results),
        "mediation": tables.mediation(results),
        "validation": tables.summary(results),
    }


def write(results, blocks: Mapping[str, list[str]]) -> None:  # type: ignore[no-untyped-def]
    """Write figures, and blocks into their pages."""
    from validation_figures import figures

    from escalation.figures.style import save

    (ROOT / "docs/images/validation").mkdir(parents=True, exist_ok=True)
    for name, figure in figures(results):
        save(figure, ROOT / "docs/images" / name)
        print(f"wrote docs/images/{name}")
    for page, names in PAGES.items():
        path = ROOT / page
        path.write_text(
            filled(path.read_text(encoding="utf-8"), {name: blocks[name] for name in names}), encoding="utf-8"
        )
        print(f"wrote {page}")


if __name__ == "__main__":
    sys.exit(main())
