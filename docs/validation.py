"""Writes the numbers and figures of the validation page: `python docs/validation.py`, `make validation`.

Folds, refits, plausibility, the forecast of 5 May 2025 and the comparison of mediation with ICB, in some
fifteen minutes on two cores; the work is `escalation.history.validation.validate_in_full`. The output goes
between marks in pages whose text is written by hand. With `--sample` a few folds are computed and printed,
and nothing is written; with `--check` nothing is computed: missing blocks, and pages made with other weights
than the shipped ones, are reported with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from escalation.history.validation import FullValidation

ROOT = Path(__file__).resolve().parents[1]
MIE = "mie_train.csv"
WEIGHTS = "calibrated"
PAGES: dict[str, tuple[str, ...]] = {
    "docs/validation.md": (
        "stamp", "scores", "waits", "crises", "acts_alone", "agreement", "codings", "moved", "courses",
        "facts", "plausibility", "peaks", "weights", "time",
    ),
    "docs/forecast_2025-05-05.md": ("stamp", "outlook", "outlook_peaks"),
    "docs/mediation_check.md": ("mediation",),
    "README.md": ("validation",),
}  # fmt: skip
"""The blocks of each page."""
SCORES = ROOT / "scenarios" / "validation" / f"{WEIGHTS}.json"
"""The scores of the validation page, for `escalation report`."""
IMAGES = {"mediation_check": "docs/images"}
"""Folders of figures that are not in `docs/images/validation`."""


def data_folder() -> Path:
    """Return the folder of the published tables."""
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
    from escalation.scenario.load import load_weights
    from escalation.scenario.weight_set import weights_digest

    digest = weights_digest(load_weights(WEIGHTS).weights)
    return [f"*Made by `make validation` with weights `{WEIGHTS}` ({digest}).*"]


def kept_scores() -> str:
    """Return the tables of scores on the validation page as JSON, for reports that cite them."""
    text = (ROOT / "docs/validation.md").read_text(encoding="utf-8")
    block = text.partition("<!-- made: scores -->")[2].partition("<!-- end: scores -->")[0]
    tables: list[dict[str, Any]] = []
    for line in block.splitlines():
        if line.startswith("**"):
            tables.append({"title": line.replace("**", ""), "rows": []})
        elif line.startswith("|") and "---" not in line:
            tables[-1]["rows"].append([re.sub("[*`]", "", cell).strip() for cell in line.split("|")[1:-1]])
    made_with = re.search(r"with weights `(\w+)` \((\w+)\)", text)
    assert made_with is not None
    tree = {"weights": made_with[1], "digest": made_with[2], "tables": tables}
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


def stale() -> Iterator[str]:
    """Yield what is missing or made with other weights."""
    if not SCORES.is_file() or SCORES.read_text(encoding="utf-8") != kept_scores():
        yield f"{SCORES.relative_to(ROOT)} is not what the page has; run docs/validation.py --scores"
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
    parser = argparse.ArgumentParser(description="Write the numbers and figures of the validation page.")
    parser.add_argument("--sample", action="store_true", help="a few folds; print, and write nothing")
    parser.add_argument("--scores", action="store_true", help="only write the scores of the page for reports")
    parser.add_argument("--check", action="store_true", help="only compare; exit code 1 if a page is stale")
    options = parser.parse_args()
    if options.check:
        found = list(stale())
        print("\n".join(found), end="\n" if found else "", file=sys.stderr)
        return 1 if found else 0
    if options.scores:
        write_scores()
        return 0
    mie = data_folder() / MIE
    if not mie.is_file():
        from escalation.history.mie import PUBLISHED

        print(f"{mie}: there is no such file; {PUBLISHED} with ESCALATION_DATA=FOLDER", file=sys.stderr)
        return 2
    from escalation.history.validation import FULL, SAMPLE, validate_in_full

    results = validate_in_full(WEIGHTS, mie, SAMPLE if options.sample else FULL, say)
    blocks = made(results)
    if options.sample:
        for name, lines in blocks.items():
            print(f"\n## {name}\n", *lines, sep="\n")
        return 0
    write(results, blocks)
    return 0


def say(stage: str) -> None:
    """Print the stage and the time on standard error."""
    print(f"{time.strftime('%H:%M:%S')} {stage}", file=sys.stderr, flush=True)


def made(results: FullValidation) -> dict[str, list[str]]:
    """Return every block by its name."""
    from escalation.history import validation_tables as tables

    found = results.validation
    scores = [line for table in tables.score_tables(found) for line in ["", *table.markdown()]]
    check = found.mediation
    return {
        "stamp": stamp(),
        "scores": scores[1:],
        "waits": tables.wait_table(found).markdown(),
        "crises": tables.crisis_table(found).markdown(),
        "acts_alone": tables.acts_alone_table(results).markdown(),
        "agreement": tables.agreement_table(results).markdown(),
        "codings": tables.codings_table(results).markdown(),
        "moved": tables.moved_weights_table(results).markdown(),
        "courses": tables.course_table(found).markdown(),
        "facts": tables.fact_table(found).markdown(),
        "plausibility": tables.plausibility_table(found).markdown(),
        "peaks": tables.peak_table(found).markdown(),
        "weights": tables.weight_table(found).markdown(),
        "time": tables.time_table(results).markdown(),
        "outlook": tables.forecast_table(results).markdown(),
        "outlook_peaks": tables.forecast_peak_table(results).markdown(),
        "mediation": ["```text", *check.lines()[:2], *check.tables(), "```"],
        "validation": summary(results),
    }


def summary(results: FullValidation) -> list[str]:
    """Return the paragraph of the README."""
    from escalation.history.act_forecasts import MODEL
    from escalation.history.validation import (
        ALL_ACTS,
        ALL_EVENTS,
        CRISIS,
        DYADS,
        LATER_ACTS,
        REACTIONS,
        line_of,
    )
    from escalation.history.validation_tables import crisis_scores, gain, plain, signed, wrapped

    found = results.validation
    dyads, crises = found.schemes[DYADS].scores, found.schemes[CRISIS].scores
    everything = line_of(dyads, ALL_EVENTS, MODEL)
    reactions = line_of(dyads, REACTIONS, MODEL)
    acts = line_of(crises, ALL_ACTS, MODEL)
    base = line_of(crises, ALL_ACTS, "climatology")
    chain = line_of(crises, LATER_ACTS, "markov_1")
    own = line_of(dyads, REACTIONS, "own_chain")
    second = line_of(dyads, ALL_EVENTS, "markov_2")
    lasting = line_of(dyads, REACTIONS, "persistence")
    worst = crisis_scores(found)[0]
    calm, small = found.situations["calm"], found.situations["small"]
    return wrapped(
        "**How well does it do?** The next act's level, forecast by weights fitted to other pairs of states:"
        f" log score {plain(everything.mean.estimate)} over {everything.forecasts:,} recorded acts"
        f" (second-order Markov chain {plain(second.mean.estimate)}), {plain(reactions.mean.estimate)} over"
        f" {reactions.forecasts:,} reactions (chain on the actor's own last level"
        f" {plain(own.mean.estimate)}, persistence {plain(lasting.mean.estimate)}); lower is better. In"
        f" {acts.clusters} coded crises, each left out in turn, {plain(acts.mean.estimate)} per act, compared"
        f" with {plain(base.mean.estimate)} for the shares of levels alone, gain {gain(base.gain)}; over the"
        f" first-order chain, after the first act, {gain(chain.gain)}. In the worst crisis, `{worst.name}`,"
        f" the gain of the rules over those shares is {signed(worst.gain)} per act. In free simulation,"
        f" the same weights give force within 30 days from calm in {plain(float(calm.force[0, 1]), 2)} of"
        f" runs, and within 60 days of a small attack in {plain(float(small.force[0, 2]), 2)}, compared with"
        " .16 on record. There is no validated probability of nuclear use here, no causal effect of"
        " mediation, and no proven skill for this pair of states ([all scores](docs/validation.md),"
        " [the forecast of 5 May 2025](docs/forecast_2025-05-05.md))."
    )


def write(results: FullValidation, blocks: Mapping[str, list[str]]) -> None:
    """Write figures, and blocks into their pages."""
    from escalation.figures.validation_plots import full_figures, save_all

    for name, figure in full_figures(results).items():
        folder = ROOT / IMAGES.get(name, "docs/images/validation")
        folder.mkdir(parents=True, exist_ok=True)
        (path,) = save_all({name: figure}, folder, ["png"])
        print(f"wrote {path.relative_to(ROOT)}")
    for page, names in PAGES.items():
        path = ROOT / page
        path.write_text(
            filled(path.read_text(encoding="utf-8"), {name: blocks[name] for name in names}), encoding="utf-8"
        )
        print(f"wrote {page}")
    write_scores()


def write_scores() -> None:
    """Write the scores of the validation page as a file that reports read."""
    SCORES.parent.mkdir(exist_ok=True)
    SCORES.write_text(kept_scores(), encoding="utf-8")
    print(f"wrote {SCORES.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
