"""What a document says of results, section by section: the answer first, then how it was come by."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import escalation
from escalation.document.cited import citations_of, weights_of
from escalation.document.folders import Extra, Kept
from escalation.document.paper import (
    Section,
    Shown,
    grid,
    inline,
    listed_items,
    numbered,
    paragraph,
    preformatted,
    read_picture,
)
from escalation.document.references import TOPICS
from escalation.files.find import shipped_folder
from escalation.scenario.weight_set import WeightSet, weights_digest
from escalation.vocabulary import NUCLEAR_CAVEAT

if TYPE_CHECKING:
    from escalation.analysis.tally import Tally
    from escalation.experiment.results import ResultsFolder
    from escalation.measures.measures import Measure

MOST_ROWS, MOST_COLUMNS = 40, 12
MOST_ACROSS = 9  # columns of factors and shares that a sheet of paper has room for

LIMITS = "What these numbers mean, and what they do not"
MEANING = (
    "Every share is a share of simulated crises under the assumptions of this model and of this scenario. It"
    " is not a forecast, and not a frequency of real crises.",
    "Intervals are 95% and account for the number of simulated crises only, and where it is said for the"
    " sampled points. They say nothing about whether the rules, the weights or the facts of the scenario are"
    " right.",
    "Differences between design points are differences within the model. With common random numbers they"
    " are precise; precise is not the same as true.",
    "The scenario ends where its record ends: it knows nothing of what happened later, and it does not claim"
    " to know what any government intended.",
    f"{NUCLEAR_CAVEAT} Shares in which a nuclear weapon is used measure the assumptions, not the world.",
    "With the calibrated weights skipping rungs costs next to nothing (`step` .01; default .18): an act on"
    " any rung, nuclear use included, can follow from any other. How high a crisis has climbed says little"
    " about what can come next.",
)
"""What the numbers mean, and what they do not."""


@dataclass
class _Figures:
    """Numbers the figures of a document."""

    count: int = 0

    def html(self, pictures: Sequence[Shown]) -> list[str]:
        """Return figures in HTML, numbered on."""
        first, self.count = self.count + 1, self.count + len(pictures)
        return list(numbered(pictures, first))


@dataclass(frozen=True)
class Contents:
    """A document before it is set."""

    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]


def contents_of(kept: Kept) -> Contents:
    """Return what a document says of the results in a folder.

    Figures and the account of a sweep are made in a temporary folder where the results have none, or have
    those of another state of the sweep.

    Raises
    ------
    StoreError
        If results are damaged, or there are none yet.
    """
    with TemporaryDirectory(prefix="escalation-") as scratch:
        figures = _Figures()
        if kept.kind == "sweep":
            title, lead, first = _sweep(kept, Path(scratch), figures)
        elif kept.kind == "run":
            title, lead, first = _run(kept, figures)
        else:
            title, lead, first = kept.extras[0].heading, [], []
        sections = [*first, *(_extra(extra, figures) for extra in kept.extras)]
        sections += [*_scenario(kept), *_design(kept), *_validation(kept), _limits()]
        sections += [*_reproduce(kept), *_provenance(kept), _references(kept)]
    return Contents(title, tuple(lead), tuple(sections))


# ------------------------------------------------------------------------------------------------ results


def _sweep(kept: Kept, scratch: Path, figures: _Figures) -> tuple[str, list[str], list[Section]]:
    from escalation.analysis.coverage import coverage
    from escalation.analysis.tally import tally
    from escalation.experiment.results import ResultsFolder
    from escalation.report import answers, report, report_at_hand

    results = ResultsFolder(kept.folder)
    counts = tally(results)
    cover, spec = coverage(counts), results.spec
    made = report_at_hand(kept.folder) if cover.is_complete else None
    if made is None or not (made.figures or spec.plots == ()):
        made = report(kept.folder, out=scratch)
    lead = [paragraph(f"Experiment `{spec.name}`. {spec.summary}", "lead")]
    if cover.words:
        lead.append(paragraph(cover.words, "warning"))
    size, *found = answers(counts, spec.outcomes)
    answer = Section("Answer", [paragraph(text) for text in [*found, size]])
    shares = Section("Shares by design point", list(_share_tables(results, counts)))
    pictures = {path.stem: path for path in sorted(made.figures, key=lambda path: path.suffix)}
    # What the policies change comes first: it is the answer.
    ordered = sorted(made.figures, key=lambda path: path.stem != "policies")
    drawn = [read_picture(pictures[path.stem]) for path in ordered if path.suffix == ".png"]
    notes = [note for note in made.notes if note != cover.words]
    shown = Section("Figures", [*map(paragraph, notes), *figures.html(drawn)])
    return spec.title, lead, [answer, shares, *([shown] if shown.parts else [])]


def _share_tables(results: ResultsFolder, counts: Tally) -> Iterator[str]:
    """Yield tables of the shares asked for, of the baseline and the cells that differ most."""
    from escalation.experiment.design import shown_level
    from escalation.report import telling_cells
    from escalation.stats.intervals import wilson

    spec, cells = results.spec, results.cells
    there = int((counts.n > 0).sum())
    shown = telling_cells(counts, spec.outcomes)
    cut = (
        f" Of {there:,} cells, these {len(shown)} differ most; all are in summary.csv."
        if there > len(shown)
        else ""
    )
    names = list(spec.varied)
    each = max(MOST_ACROSS - len(names), 3)
    for first in range(0, len(spec.outcomes), each):
        some = spec.outcomes[first : first + each]
        measures: list[Measure] = [counts.measures.measure(name, results.thresholds) for name in some]
        head = [
            "Cell",
            *(spec.varied[name].label for name in names),
            "Crises",
            *(m.heading for m in measures),
        ]
        rows = []
        for at in shown:
            levels = [_level(spec.varied[name], cells.levels[name][at]) for name in names]
            values = []
            for name in some:
                found = wilson(counts.shares[at, counts.measures.names.index(name)], counts.n[at])
                values.append(_percents(float(found.estimate), float(found.low), float(found.high)))
            rows.append([shown_level(int(cells.number[at])), *levels, f"{int(counts.n[at]):,}", *values])
        note = f"Shares of crises in %, with 95% intervals (Wilson); the baseline is marked.{cut}"
        baseline = frozenset(number for number, at in enumerate(shown) if at == counts.baseline)
        yield grid("Outcomes by design point", head, rows, note, baseline)


def _level(factor: Any, level: Any) -> str:
    return str(factor.level_label(level))


def _percents(estimate: float, low: float, high: float) -> str:
    return f"{100 * estimate:.1f} [{100 * low:.1f},\N{NO-BREAK SPACE}{100 * high:.1f}]"


def _run(kept: Kept, figures: _Figures) -> tuple[str, list[str], list[Section]]:
    from escalation.crisis.play import play
    from escalation.crisis.story import story_of
    from escalation.crisis.tables import recorded_run

    found = recorded_run(kept.folder)
    run = play(found.scenario, found.seed, found.replication, found.began)
    lead = [paragraph("One simulated crisis: an example of what the model can do, not a result.", "lead")]
    pictures = [*sorted(kept.folder.glob("*.svg")), *sorted(kept.folder.glob("*.png"))]
    once = {path.stem: path for path in reversed(pictures)}
    sections = [Section("Story", [preformatted(story_of(run))])]
    if once:
        sections.append(Section("Figures", figures.html([read_picture(path) for path in once.values()])))
    return found.scenario.title, lead, sections


def _extra(extra: Extra, figures: _Figures) -> Section:
    parts = [preformatted(path.read_text(encoding="utf-8").splitlines()) for path in extra.texts]
    parts += figures.html([read_picture(path) for path in extra.pictures])
    parts += [_csv_table(path) for path in extra.tables]
    return Section(extra.heading, parts)


def _csv_table(path: Path) -> str:
    """Return the beginning of a table, with a note of what is left out and where the whole is."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = [*csv.reader(file)] or [[]]
    note = []
    if len(head) > MOST_COLUMNS:
        note.append(f"{MOST_COLUMNS} of {len(head)} columns")
    if len(rows) > MOST_ROWS:
        note.append(f"{MOST_ROWS} of {len(rows):,} rows")
    cut = (
        f"Shown are {' and '.join(note)}; the whole is {path.name} in the folder of the results."
        if note
        else ""
    )
    shown = [[_short(cell) for cell in row[:MOST_COLUMNS]] for row in rows[:MOST_ROWS]]
    even = [row + [""] * (min(len(head), MOST_COLUMNS) - len(row)) for row in shown]
    return grid(path.stem.replace("_", " ").capitalize(), head[:MOST_COLUMNS], even, cut if note else "")


def _short(cell: str) -> str:
    """Return a number of a table with four digits; anything else as it is."""
    try:
        number = float(cell)
    except ValueError:
        return cell
    return cell if number == int(number) and len(cell) < 9 else f"{number:.4g}"


# --------------------------------------------------------------------------------------- how it was come by


def _scenario(kept: Kept) -> Iterator[Section]:
    scenario = kept.scenario
    if not scenario:
        return
    record = f"The record runs from {scenario['start']} to {scenario['horizon']}"
    days = f"{record}; {scenario['free_days']} days after it are simulated."
    parts = [paragraph(f"{scenario['title']}."), paragraph(scenario["summary"]), paragraph(days)]
    rows = [
        [actor["label"], "state", ", ".join(_words(one) for one in actor["capabilities"])]
        for actor in scenario["states"].values()
    ]
    rows += [
        [
            actor["label"],
            "mediator",
            f"enters on day {actor['enters_day']}; {_words(actor['style'])}; {_words(actor['form'])}",
        ]
        for actor in scenario["mediators"].values()
    ]
    parts.append(
        grid("Actors of the base scenario", ["Actor", "Role", "Capabilities, or how it mediates"], rows)
    )
    yield Section("Scenario", parts)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _design(kept: Kept) -> Iterator[Section]:
    if kept.kind != "sweep":
        return
    from escalation.experiment.results import ResultsFolder

    results = ResultsFolder(kept.folder)
    spec, plan = results.spec, results.plan
    kinds = {
        "grid": "All combinations of the levels.",
        "list": "A list of combinations of levels.",
        "lhs": "Points of a Latin hypercube over the numbers, with all combinations of the other levels.",
        "sobol": "Points of a Sobol sequence over the numbers, with all combinations of the other levels.",
        "sensitivity": "Points of a sensitivity analysis, each with all combinations of the other levels.",
    }
    until = (
        f"Each cell stops once the 95% interval of `{spec.until.share}` is within"
        f" ±{100 * spec.until.half_width:g} percentage points, at most after {spec.until.at_most:,} crises."
        if spec.until
        else f"{plan.replications:,} crises per cell."
    )
    seeds = (
        "Common random numbers: a replication has the same draws in every cell, so that cells are compared"
        " crisis by crisis."
        if spec.seeds == "common"
        else "Each cell has random numbers of its own."
    )
    rows = [[factor.label, _role(spec, name), _levels(results, name)] for name, factor in spec.varied.items()]
    head = ["What is varied", "As", "Levels"]
    sizes = f"{plan.cells:,} design points (cells). {until} {seeds} Seed {spec.seed}."
    yield Section(
        "Design", [paragraph(kinds[spec.design.kind]), paragraph(sizes), grid("Factors", head, rows)]
    )


def _role(spec: Any, name: str) -> str:
    if name in spec.uncertainties:
        return "uncertainty"
    return "factor" if name in spec.factors else "policy"


def _levels(results: ResultsFolder, name: str) -> str:
    factor = results.spec.varied[name]
    levels = list(dict.fromkeys(results.cells.levels[name]))
    numbers = [level for level in levels if isinstance(level, int | float) and not isinstance(level, bool)]
    unit = f" ({factor.unit})" if factor.unit else ""
    if len(numbers) == len(levels) > 8:
        return f"{len(levels):,} values from {min(numbers):g} to {max(numbers):g}{unit}"
    shown = [_level(factor, level) for level in levels[:12]]
    more = f" and {len(levels) - 12:,} more" if len(levels) > 12 else ""
    return ", ".join(shown) + more + unit


def _validation(kept: Kept) -> Iterator[Section]:
    found = weights_of(kept)
    if not found:
        return
    parts = []
    for weights in found:
        parts.append(paragraph(f"Weights `{weights.name}`: {weights.title}."))
        parts += list(_scores(weights))
    yield Section("How the weights were validated", parts)


def _scores(weights: WeightSet) -> Iterator[str]:
    """Yield the scores on record of a shipped set of weights, if they are of these values."""
    path = shipped_folder() / "validation" / f"{weights.name}.json"
    tree = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if not tree:
        yield paragraph("No validation of these weights is on record.")
        return
    if tree["digest"] != weights_digest(weights.weights):
        yield paragraph("The validation on record was made with other values of these weights.")
        return
    rows = []
    for table in tree["tables"]:
        own, *others = table["rows"][1:]
        best = min(others, key=lambda row: float(row[1]))
        rows.append([table["title"], f"{own[1]} {own[2]}", f"{best[3]} ({best[0]})", others[0][3]])
    head = [
        "Acts left out of the fit",
        "Log score of the rules [95%]",
        "Gain over the best baseline",
        "Gain over the shares of levels",
    ]
    note = (
        "Logarithmic score per act, lower is better; a gain above zero means that the rules did better on the"
        " same acts. They score the next act of recorded crises. That does not validate the effects of"
        " mediation, nor the shares of whole crises. All tables: docs/validation.md."
    )
    yield grid("The next act's level, forecast for what was left out of the fit", head, rows, note)


def _limits() -> Section:
    return Section(LIMITS, [listed_items(MEANING)])


def _reproduce(kept: Kept) -> Iterator[Section]:
    commands = list(commands_for(kept))
    if commands:
        said = (
            "With the same version of the package and of numba the results are the same byte for byte, on any"
            " machine and with any number of workers; the hashes below are compared before anything is added."
        )
        yield Section("How to reproduce", [paragraph(said), preformatted(commands)])


def commands_for(kept: Kept) -> Iterator[str]:
    """Yield the commands that make the results and this document."""
    folder = shlex.quote(kept.folder.name)
    version = kept.versions.get("escalation", escalation.__version__)
    if kept.kind == "sweep":
        from escalation.experiment.loaded import shipped_experiments

        experiment = kept.experiment
        words, out = ["escalation", "sweep", str(experiment["name"])], kept.folder.name
        if experiment["name"] in shipped_experiments():
            words += ["--seed", str(experiment["seed"])]
        else:
            # The experiment may have come from a file anywhere, or from none: the folder has all of it.
            words[-1], out = kept.folder.name, f"{kept.folder.name}_again"
        words += ["--replications", str(experiment["replications"]), "--out", out]
        yield f"pip install escalation=={version}"
        yield shlex.join(words)
    elif kept.kind == "run":
        yield f"pip install escalation=={version}"
        yield str(kept.experiment.get("command") or f"escalation run {folder}")
    yield f"escalation report {folder}"
    yield f"escalation cite {folder} --bibtex"


def _provenance(kept: Kept) -> Iterator[Section]:
    rows = [["Results of", _date_of(kept)]]
    rows += [[f"Version of {name}", value] for name, value in kept.versions.items()]
    rows += [[f"SHA-256 of the {name}", f"`{value}`"] for name, value in kept.hashes.items()]
    rows.append(["Document written by", f"escalation {escalation.__version__}"])
    yield Section("Provenance", [grid("", ["What", "Which"], rows)])


def _date_of(kept: Kept) -> str:
    """Return the day, in UTC, on which the last file of the results was written."""
    folders = (
        [kept.folder / "runs"] if kept.kind == "sweep" else [kept.folder, *(e.folder for e in kept.extras)]
    )
    made = [path.stat().st_mtime for folder in folders for path in folder.glob("*") if path.suffix != ".html"]
    return dt.datetime.fromtimestamp(max(made, default=0.0), dt.UTC).date().isoformat()


def _references(kept: Kept) -> Section:
    found = citations_of(kept)
    parts = []
    for topic, heading in TOPICS.items():
        some = [each for each in found.references if each.topic == topic]
        if some:
            parts.append(f"<h3>{inline(heading)}</h3>")
            parts.append(listed_items(f"{found.text_of(each)} [{each.use}]" for each in some))
    if found.sources:
        parts += ["<h3>Sources of the scenario</h3>", listed_items(found.sources)]
    return Section("References", parts)
