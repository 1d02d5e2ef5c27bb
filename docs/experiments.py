"""Runs every shipped experiment and writes its page: `python docs/experiments.py`, or `make experiments`.

Results go to `results/`, as with `escalation sweep`; complete results are not recomputed. A page contains
numbers, so it is current only for the experiment and the scenario that were run, and it carries a hash of
both. With `--check` nothing is run; pages that are not current are listed, one per line, and the exit code
is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from expected import EXPECTED, expected_rows

from escalation.cli import main as command
from escalation.experiment.design import Loaded, baseline_of
from escalation.experiment.factors import dropped_path, scale_of
from escalation.experiment.loaded import load_experiment, shipped_experiments
from escalation.experiment.spec import POLICY, Factor, spec_tree
from escalation.measures.measures import measure
from escalation.scenario.dump import resolved_tree

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "results"
PAGES = ROOT / "docs" / "experiments"
IMAGES, NOTES = PAGES / "images", PAGES / "notes"
IMAGE_WIDTH, COLOURS = 1_500, 256  # legible, and a third of what is in the results

FIGURES: dict[str, dict[str, str]] = {
    "mediation": {
        "effects": "Effect of each factor, averaged over all settings of the others",
        "outcomes_entry": "Outcomes by Russia's day of entry",
        "multiples_style_leverage_entry_mediated": "Mediated agreements by style, leverage and day of entry",
        "multiples_style_leverage_entry_force": "Use of force by style, leverage and day of entry",
    },
    "timing": {
        "effects": "Effect of each factor, changed alone from a strike by India and good offices at once",
        "outcomes_entry": "Outcomes after a strike by India, by the day on which Russia enters",
        "multiples_means_entry_moment_force": "Use of force by strikes, day of entry and what Russia brings",
        "multiples_means_entry_moment_ceasefire": "Ceasefires by the same",
        "incidence_entry": "First use of force and first ceasefire after a strike by India, by day of entry",
    },
    "who_mediates": {
        "effects": "Effect of each mediator, compared with nobody",
        "heat_aversion_who_talks": "Mediated talks by mediator and India's aversion to third parties",
        "heat_aversion_who_ceasefire_moment-india": "Ceasefires after a strike by India",
        "heat_aversion_who_force_moment-india": "Use of force after a strike by India",
        "incidence_who": "First use of force and first ceasefire over time, by mediator",
    },
    "consent": {
        "effects": "Effect of each disposition, changed alone from the baseline",
        "heat_india_pakistan_talks": "Mediated talks by the aversion of both, the two alone at the table",
        "heat_india_pakistan_talks_form-third_party": "The same with Russia at the table",
        "multiples_form_india_trust_force": "Use of force by form, India's aversion and trust",
    },
    "article_moment": {
        "effects": "Effect of leaving out each event",
        "outcomes_record": "Outcomes by what is left out",
        "fan": "Posture of both over dates, with the whole record",
    },
    "parameter_uncertainty": {"effects": "Effect of Russia's mediation over draws of the weights"},
    "does_russia_matter": {"policies": "Each policy against Russia's staying out, over all points"},
}
"""The figures on the page of an experiment, by file name, and what they show."""


def stamp(loaded: Loaded) -> str:
    """Return a hash of the whole experiment and its scenario, with files resolved."""
    both = {"experiment": spec_tree(loaded.spec), "scenario": resolved_tree(loaded.scenario)}
    return hashlib.sha256(json.dumps(both, sort_keys=True).encode()).hexdigest()[:16]


def _stamped(loaded: Loaded) -> str:
    return f"*Experiment and scenario: {stamp(loaded)}.*"


def stale() -> Iterator[str]:
    """Yield the pages and figures that are not current or missing."""
    for name in shipped_experiments():
        page = PAGES / f"{name}.md"
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        if _stamped(load_experiment(name)) not in text:
            yield f"docs/experiments/{name}.md is not current; run make experiments"
        for path in (*(_image(name, figure) for figure in FIGURES.get(name, {})), NOTES / f"{name}.md"):
            if not path.exists():
                yield f"{path.relative_to(ROOT)} is missing"
        notes = NOTES / f"{name}.md"
        if notes.exists() and notes.read_text(encoding="utf-8").strip() not in text:
            yield f"docs/experiments/{name}.md differs from its notes; run make experiments"


def page(loaded: Loaded, folder: Path) -> str:
    """Return the page of an experiment that was run into a folder."""
    import pandas as pd

    spec = loaded.spec
    summary = pd.read_csv(folder / "summary.csv", keep_default_na=False, na_values=[""])
    effects = pd.read_csv(folder / "effects.csv", keep_default_na=False, na_values=[""])
    base = summary[summary["role"] == "baseline"]["cell"].iloc[0]
    effects = effects[effects["reference"] == base]  # each factor varied alone from the baseline
    cells, crises = summary["cell"].nunique(), int(summary.groupby("cell")["n"].first().sum())
    parts = [
        f"# {spec.title}",
        f"Made by `make experiments` from `experiments/{spec.name}.yaml` and `docs/experiments/notes/`;"
        " edit those, not this page.",
        spec.summary.strip(),
        "## Design",
        _table(["Factor", "Levels (baseline in bold)", "What it sets"], _factor_rows(loaded)),
        f"{crises:,} crises: {cells:,} cells of {spec.replications:,} each, {loaded.scenario.free_days} days"
        f" from the day after {loaded.scenario.horizon:%-d %B %Y} on, seed {spec.seed},"
        f" {'common random numbers in all cells' if spec.seeds == 'common' else 'independent seeds'}."
        " The file gives the reasons for the levels.",
        f"```\nescalation sweep {spec.name}\n```",
        "## Results",
        *_results(loaded, folder, summary, effects),
        "Findings, as printed by the run:",
        "\n".join(f"- {' '.join(paragraph.split())}" for paragraph in _findings(folder)),
        *_expected(spec.name, folder),
        "## Figures",
        *(
            f"![{says}](images/{_image(spec.name, figure).name})"
            for figure, says in FIGURES[spec.name].items()
        ),
        "## What this shows and what it cannot",
        (NOTES / f"{spec.name}.md").read_text(encoding="utf-8").strip(),
        _stamped(loaded),
    ]
    return "\n\n".join(parts) + "\n"


def _results(loaded: Loaded, folder: Path, summary: Any, effects: Any) -> Iterator[str]:
    """Yield how to read the table of results, and the table: of policies, or of factors varied alone."""
    spec = loaded.spec
    clauses = [measure(share, loaded.thresholds).clause for share in spec.outcomes]
    if spec.policies:
        yield (
            "Mean difference of each policy from the reference over all points, in percentage points with 95%"
            " intervals that cover points and replications; in brackets the share of points at which it"
            " clearly helps."
        )
        yield _table([f"Against {_reference(loaded)}", *clauses], _policy_rows(loaded, folder))
        return
    yield (
        "Shares of crises in percent. The first row is the baseline, with 95% intervals (Wilson). Every other"
        " row differs from it in a single factor: differences in percentage points, with 95% intervals for"
        " pairs of crises with common random numbers. *The same* means that every crisis equals its pair in"
        " the baseline."
    )
    head = next(iter(spec.factors.values())).label if len(spec.factors) == 1 else ""
    yield _table([head, *clauses], _result_rows(loaded, summary, effects))


def _reference(loaded: Loaded) -> str:
    level = baseline_of(loaded)[POLICY]
    return loaded.spec.varied[POLICY].level_label(level)


def _policy_rows(loaded: Loaded, folder: Path) -> Iterator[list[str]]:
    import pandas as pd

    found = pd.read_csv(folder / "policies.csv", keep_default_na=False, na_values=[""])
    found = found[found["where"].isna()]
    for policy in dict.fromkeys(found["policy"]):
        rows = found[found["policy"] == policy].set_index("of")
        cells = []
        for share in loaded.spec.outcomes:
            row = rows.loc[share]
            text = f"{100 * row.difference:+.1f} [{100 * row.low:+.1f}, {100 * row.high:+.1f}]"
            helps = "" if pd.isna(row.helps) or row.settings < 2 else f" ({100 * row.helps:.0f}%)"
            cells.append(f"{text}{helps}".replace("-", "−"))
        yield [loaded.spec.varied[POLICY].level_label(policy), *cells]


def _expected(name: str, folder: Path) -> list[str]:
    if name not in EXPECTED:
        return []
    return [
        "## Expectations, and what the run says of them",
        "Differences between two cells, or between two such differences, in points with 95% intervals."
        " *As expected* and *refuted*: the interval lies on one side; *not decided*: it does not."
        " An expectation that follows from the rules is no finding when it holds.",
        _table(["Expectation", "Share", "Difference", "The run"], iter(expected_rows(name, folder))),
    ]


def _factor_rows(loaded: Loaded) -> Iterator[list[str]]:
    spec = loaded.spec
    for name, factor in spec.varied.items():
        scale = scale_of(factor, loaded.base)
        base = baseline_of(loaded)[name]
        levels = ", ".join(
            f"**{factor.level_label(level)}**" if level == base else factor.level_label(level)
            for level in scale.levels
        )
        if factor.draws is not None and spec.policies:
            levels = f"{factor.draws.count} draws of the fitted distribution"
        elif scale.ends is not None and spec.design.kind in ("lhs", "sobol"):
            levels = f"{scale.ends[0]:g} to {scale.ends[1]:g}, at {spec.design.points:,} sampled points"
        label = f"{factor.label} ({factor.unit})" if factor.unit else factor.label
        yield [label, levels, _sets(factor, loaded.base)]


def _sets(factor: Factor, base: dict[str, Any]) -> str:
    paths = list(factor.targets)
    for alternative in (factor.alternatives or {}).values():
        dropped = [str(dropped_path(base, path.split("."))[0]) for path in alternative.drop]
        paths += [*alternative.set, *dropped]
    heads = [path.split(".")[0] if factor.alternatives else path for path in paths]
    return ", ".join(f"`{head}`" for head in dict.fromkeys(heads))


def _result_rows(loaded: Loaded, summary: Any, effects: Any) -> Iterator[list[str]]:
    spec = loaded.spec
    shares = summary[(summary["measure"] == "share") & (summary["role"] == "baseline")].set_index("of")
    yield [
        "**baseline**",
        *(
            f"{100 * row.estimate:.1f} [{100 * row.low:.1f}, {100 * row.high:.1f}]"
            for row in (shares.loc[share] for share in spec.outcomes)
        ),
    ]
    found = effects[(effects["measure"] == "share") & effects["factor"].notna()]
    for name, factor in spec.factors.items():
        alone = found[found["factor"] == name]
        for cell in dict.fromkeys(alone["cell"]):
            rows = alone[alone["cell"] == cell].set_index("of")
            level = rows[name].iloc[0]
            level = level.item() if hasattr(level, "item") else level
            label = factor.level_label(level)
            if len(spec.factors) > 1:
                label = f"{factor.label}: {label}"
            if (rows["method"] == "identical crises").all():
                yield [label, *("the same" for _ in spec.outcomes)]
                continue
            yield [
                label,
                *(
                    f"{100 * row.difference:+.1f} [{100 * row.low:+.1f}, {100 * row.high:+.1f}]".replace(
                        "-", "−"
                    )
                    for row in (rows.loc[share] for share in spec.outcomes)
                ),
            ]


def _findings(folder: Path) -> list[str]:
    """Return the paragraphs of the account that follow its table."""
    paragraphs = (folder / "summary.txt").read_text(encoding="utf-8").strip().split("\n\n")
    return paragraphs[2:]


def _table(head: list[str], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _image(name: str, figure: str) -> Path:
    return IMAGES / f"{name}_{figure.replace('.', '-')}.png"


def copy_figures(name: str, folder: Path) -> None:
    """Put small copies of an experiment's figures next to its page."""
    from PIL import Image

    IMAGES.mkdir(parents=True, exist_ok=True)
    for path in IMAGES.glob(f"{name}_*.png"):
        path.unlink()
    for figure in FIGURES[name]:
        with Image.open(folder / "figures" / f"{figure}.png") as whole:
            size = (IMAGE_WIDTH, round(whole.height * IMAGE_WIDTH / whole.width))
            small = whole.convert("RGB").resize(size, Image.Resampling.LANCZOS)
            small.quantize(COLOURS, dither=Image.Dither.NONE).save(_image(name, figure), optimize=True)


def main() -> int:
    """Run the experiments and write the pages, or only compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", help="experiments; default: all that are shipped")
    parser.add_argument("--check", action="store_true", help="compare only")
    options = parser.parse_args()
    if options.check:
        found = list(stale())
        print("\n".join(found), end="\n" if found else "")
        return 1 if found else 0
    for name in options.names or shipped_experiments():
        folder = RESULTS / name
        code = command(["sweep", name, "--out", str(folder)]) or command(["plot", str(folder)])
        if code:
            return code
        loaded = load_experiment(name)
        copy_figures(name, folder)
        (PAGES / f"{name}.md").write_text(page(loaded, folder), encoding="utf-8")
        print(f"wrote docs/experiments/{name}.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
