"""Writes everything that is generated from the models: `python docs/generate.py`.

With `--check` nothing is written; stale files are listed, one per line, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from case_page import page as case_page
from pydantic import BaseModel
from reporting_page import reporting_page
from scenario_page import page as scenario_page

from escalation.analysis.summary import QUANTILES
from escalation.api import Experiment
from escalation.classroom.lesson import lesson_schema_text
from escalation.experiment.spec import experiment_schema_text
from escalation.files.expected import expected_at
from escalation.measures.expressions import DAY, NUMBER, YES_NO, Word
from escalation.measures.measures import (
    MORE_IS,
    NUMBER_MEASURES,
    RUN_COLUMNS,
    SHARE_MEASURES,
    Measure,
    RunColumn,
)
from escalation.measures.own import FUNCTIONS, WORDS
from escalation.scenario.case import Case
from escalation.scenario.describe import WHERE, all_parameters
from escalation.scenario.dump import dump_weights
from escalation.scenario.ladder import Act, Ladder
from escalation.scenario.load import load_ladder, load_scenario
from escalation.scenario.parameters import Parameter
from escalation.scenario.scenario import BorderFire, DatedAct, Outcome, Scenario
from escalation.scenario.schema import schema_text

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("scenario", "ladder", "weights")

PARAMETERS = """\
Made by `python docs/generate.py` from the models in `escalation/scenario`; edit those, not this page.
`escalation parameters` prints the same list.

A **key path** locates the number in a scenario file; capitals represent a name or a position in a list.
A value **outside the bounds** is refused. The **plausible** range is the range that a sweep or a
sensitivity analysis should cover; it is a judgement, not a confidence interval. One unit of log hazard
multiplies a hazard by e; utilities are logits: one unit multiplies the odds of an act to the others of its
kind by e. Section 7 of [odd.md](odd.md) gives the formulas that use each number. A "prototype" in the
sources is an earlier version of this model whose fits have not been repeated with this code
([validation.md](validation.md))."""

WHOLE = """\
These are not parameters of behaviour but dates, levels and thresholds. They have no plausible range;
their values follow from the case."""

LADDER = """\
Made by `python docs/generate.py` from `scenarios/ladders/south_asia.yaml`; edit that file, not this
page. `escalation ladder` prints the same ladder. [Decision 0003](decisions/0003-ladder.md) gives the
reasons for the acts and their bases.

`base` is the intercept of the act in the choice among acts of its kind, in logits; of conciliatory acts and
acts of mediation, which run as competing risks, that of its log hazard. Cost and visibility range from 0 to 1
and count for escalatory acts only. *lasts*: a measure, in force until reversed. *commits*: a public
commitment. *signal n*: a nuclear signal of level n."""

CROSS_WALK = """\
The nearest entry of each published scale, without interpolation. CAMEO: event code with its Goldstein
value, to the depth at which that is known, mostly the root code. MID: action code and hostility level
of Militarized Interstate Disputes (0: no militarised action). Kahn: rung of his 44. Rivera: severity
weight of Rivera et al. 2024."""

NUMBERED: tuple[tuple[str, type[BaseModel]], ...] = (
    ("{}", Scenario),
    ("outcome.{}", Outcome),
    *WHERE,
    ("border_fire.N.{}", BorderFire),
    ("acts.N.{}", DatedAct),
    ("case.{}", Case),
)
"""Where whole numbers are declared."""


def generated() -> dict[str, str]:
    """Return the text of every generated file by its path in the repository."""
    schemas = {f"scenarios/schema/{kind}.schema.json": schema_text(kind) for kind in KINDS}
    schemas["scenarios/schema/experiment.schema.json"] = experiment_schema_text()
    schemas["scenarios/schema/lesson.schema.json"] = lesson_schema_text()
    pahalgam = load_scenario(ROOT / "scenarios/pahalgam_2025.yaml")
    return {
        "scenarios/weights/default.yaml": dump_weights(),
        **schemas,
        "docs/parameters.md": parameters_page(),
        "docs/ladder.md": ladder_page(load_ladder(ROOT / "scenarios/ladders/south_asia.yaml")),
        "docs/scenarios/pahalgam_2025.md": scenario_page(pahalgam),
        "docs/cases.md": case_page(),
        "docs/reporting.md": reporting_page(),
        "docs/results.md": results_page((ROOT / "docs/results.md").read_text(encoding="utf-8")),
        "docs/writing_experiments.md": experiments_page(
            (ROOT / "docs/writing_experiments.md").read_text(encoding="utf-8")
        ),
    }


def parameters_page() -> str:
    """Return the page of all numbers, by group."""
    groups: dict[str, list[tuple[str, Parameter]]] = {}
    for path, parameter in all_parameters():
        groups.setdefault(parameter.group, []).append((path, parameter))
    total = sum(len(rows) for rows in groups.values())
    parts = ["# Parameters", PARAMETERS, f"There are {total} parameters in {len(groups)} groups."]
    for group, rows in groups.items():
        parts += [f"## {group}", _table(PARAMETER_HEAD, (_parameter_row(*row) for row in rows))]
    parts += ["## Whole numbers", WHOLE, _table(["Key", "Meaning", "Default", "Allowed"], _whole_numbers())]
    return "\n\n".join(parts) + "\n"


PARAMETER_HEAD = ["Key", "Meaning", "Default", "Plausible", "Bounds", "Unit", "Source"]


def _parameter_row(path: str, parameter: Parameter) -> list[str]:
    default = "required" if parameter.default is None else f"{parameter.default:g}"
    return [
        f"`{path}`",
        parameter.says,
        default,
        _range(*parameter.plausible),
        _range(*parameter.bounds),
        parameter.unit,
        parameter.source,
    ]


def _whole_numbers() -> Iterator[list[str]]:
    for path, model in NUMBERED:
        for name, field in model.model_fields.items():
            expected = expected_at(model, (name,))
            if expected is None or expected.kind is not int:
                continue
            default = (
                "required" if field.is_required() else "none" if field.default is None else field.default
            )
            low, interval = expected.limit("ge"), expected.interval
            allowed = interval or ("" if low is None else f"from {low}")
            says = field.description or UNSAID[name]
            yield [f"`{path.format(name)}`", says, "none" if default is None else str(default), allowed]


UNSAID = {
    "nuclear_rung": "From this rung an act counts as nuclear use",
    "war_rung": "From this rung an act counts as war",
    "force_rung": "From this rung an act counts as limited force",
    "violence_rung": "From this rung a recent act means that force has not ended",
    "standoff_rung": "From this rung an act within the quiet days means a stand-off",
    "rung": "Rung of the act",
    "killed": "People killed, for the record; not used by the model",
    "nights": "Consecutive nights of firing",
}
"""Meaning of the whole numbers that have no description in the models."""


def ladder_page(ladder: Ladder) -> str:
    """Return the page of a ladder, top rung first, with its cross-walk."""
    parts = [f"# {ladder.title}", LADDER, f"{len(ladder.acts)} acts on 11 rungs. {ladder.sources}"]
    for number in range(10, -1, -1):
        rung = ladder.rungs[number]
        acts = [(name, act) for name, act in ladder.acts.items() if act.rung == number]
        parts += [f"## {number}: {rung.label}", rung.description]
        if acts:
            parts.append(_table(ACT_HEAD, (_act_row(name, act) for name, act in acts)))
    ordered = sorted(ladder.acts.items(), key=lambda item: -item[1].rung)
    parts += ["## Cross-walk", CROSS_WALK, _table(WALK_HEAD, (_walk_row(*item) for item in ordered))]
    return "\n\n".join(parts) + "\n"


ACT_HEAD = ["Act", "What it is", "Kind", "Base", "Cost", "Visibility", "Marks"]
WALK_HEAD = ["Rung", "Act", "CAMEO", "Goldstein", "MID action", "MID level", "Kahn", "Rivera"]


def _act_row(name: str, act: Act) -> list[str]:
    weighs = act.kind not in ("conciliatory", "mediation")
    return [
        f"`{name}`",
        act.description,
        act.kind.replace("_", " "),
        f"{act.base:g}",
        f"{act.cost:g}" if weighs else "",
        f"{act.visibility:g}" if weighs else "",
        "; ".join(_marks(act)),
    ]


def _marks(act: Act) -> Iterator[str]:
    if act.effect != "none":
        yield f"effect {act.effect}"
    if act.takers == "mediators":
        yield "by mediators"
    if act.signal:
        yield f"signal {act.signal}"
    if act.lasts:
        yield "lasts"
    if act.commits:
        yield "commits"
    if act.stands_days:
        yield f"valid for {act.stands_days} days"
    if act.capability:
        yield f"requires the capability `{act.capability}`"
    if act.requires.offer:
        yield f"requires a valid `{act.requires.offer}`"
    if act.requires.violence:
        yield "requires recent violence"
    if act.requires.hotline:
        yield "requires a hotline"
    if act.reverses:
        yield "ends the latest of " + ", ".join(f"`{measure}`" for measure in act.reverses)


def _walk_row(name: str, act: Act) -> list[str]:
    walk = act.crosswalk
    kahn = "" if walk.kahn is None else str(walk.kahn)
    return [
        str(act.rung), f"`{name}`", walk.cameo, f"{walk.goldstein:g}",
        str(walk.mid_action), str(walk.mid_hostility), kahn, str(walk.rivera),
    ]  # fmt: skip


GENERATED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(\n?<!-- end -->)", re.DOTALL)
SUFFIX = {None: "", "state": "_STATE", "mediator": "_MEDIATOR", "pair": "_A_B"}


def results_page(text: str) -> str:
    """Return the page of results with its tables of columns, shares and measures renewed."""
    tables = {
        "columns": _table(["Column", "Type", "Meaning"], map(_column_row, RUN_COLUMNS)),
        "shares": _table(["Share", "Counts crises in which", "More is"], map(_share_row, SHARE_MEASURES)),
        "measures": _table(["`measure`", "`of`", "Unit", "More is"], _measure_rows()),
    }
    return renewed(text, tables)


def experiments_page(text: str) -> str:
    """Return the page on experiments with its tables of the functions and words of expressions renewed."""
    words = ([f"`{word.name}`" + (f", `{word.name}({word.takes.upper()})`" if word.takes else ""),
              "act, day" if word.about == "act or day" else word.about, _kind_of(word), word.says]
             for word in WORDS)  # fmt: skip
    functions = ([f"`{each.form}`", each.gives, each.says] for each in FUNCTIONS)
    tables = {
        "functions": _table(["Function", "Gives", "Meaning"], functions),
        "words": _table(["Word", "About each", "Is", "Meaning"], words),
        "account": account("docs/examples/two_states_measures.yaml"),
    }
    return renewed(text, tables)


def account(experiment: str) -> str:
    """Return what the sweep of an experiment prints, without its last line, as a block of text."""
    written = Experiment(ROOT / experiment, ["plots=[]"]).run().report()
    return "\n".join(["```", *written.lines[:-2], "```"])


def _kind_of(word: Word) -> str:
    return word.kind if word.kind in (NUMBER, DAY, YES_NO) else "a name"


def renewed(text: str, tables: dict[str, str]) -> str:
    """Return a page with its generated tables in their places."""
    return GENERATED.sub(lambda found: f"{found[1]}\n{tables[found[2]]}\n\n<!-- end -->", text)


def _column_row(column: RunColumn) -> list[str]:
    owner = next((each for each in NUMBER_MEASURES if column in each.columns), None)
    kind = "text" if column.words else "days" if column.is_day else owner.unit if owner else column.stored
    words = column.words if isinstance(column.words, tuple) else ()
    listed = f": {', '.join(f'`{word}`' for word in words)}" if words else ""
    return [f"`{column.name}{SUFFIX[column.per]}`", kind, column.says + listed]


def _share_row(share: Measure) -> list[str]:
    return [f"`{share.name}`", share.question.says if share.question else "", MORE_IS[share.direction]]


def _measure_rows() -> Iterator[list[str]]:
    yield ["`share`", "each share", f"{SHARE_MEASURES[0].unit}, 0 to 1", ""]
    for each in NUMBER_MEASURES:
        if each.kind == "days":
            of = ", ".join(f"`{name}`" for name in (*QUANTILES, "restricted_mean"))
        else:
            of = ", ".join(f"each {column.per}" if column.per else "`any`" for column in each.columns)
        yield [f"`{each.name}`", of, each.unit, MORE_IS[each.direction]]


def _range(low: float, high: float) -> str:
    return f"{low:g} to {high:g}"


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)


def is_current(path: Path, text: str) -> bool:
    """Return whether a file contains exactly this text."""
    return path.is_file() and path.read_bytes() == text.encode()


def write(path: Path, text: str) -> None:
    """Write a file under a temporary name and rename it, so that it is never half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(text.encode())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def main() -> int:
    """Write or check all generated files; return the exit code."""
    parser = argparse.ArgumentParser(description="Write the files that are generated from the models.")
    parser.add_argument("--check", action="store_true", help="only compare; exit code 1 if a file is stale")
    options = parser.parse_args()
    texts = generated()
    stale = [name for name, text in texts.items() if not is_current(ROOT / name, text)]
    if options.check:
        for name in stale:
            print(f"{name} is stale: run `python docs/generate.py`", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        write(ROOT / name, texts[name])
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
