"""The light commands: check files, list what is shipped, write templates."""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import TYPE_CHECKING

from escalation.cli.arguments import BAD_INPUT, add_out_file, new_file, of_another_kind, print_lines
from escalation.files.write import write_file

if TYPE_CHECKING:
    from escalation.scenario.load import Checked
    from escalation.scenario.scenario import Scenario


LADDER = "south_asia"


def add_validate(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `validate`."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE",
        help="a scenario, experiment, ladder, weights or lesson file, or the name of a shipped one",
    )  # fmt: skip
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    parser.add_argument(
        "--surprises", action="store_true",
        help="of a past crisis, also list the acts that surprise the rules far more than their actor's other "
        "acts",
    )  # fmt: skip


def validate(options: argparse.Namespace) -> int:
    """Check files, each by its kind; print what each holds and the warnings, or all errors in it."""
    from escalation.scenario.load import ScenarioError

    code = 0
    for name in options.files:
        try:
            checked = _checked(name)
            print(f"{name}: {checked.holds}", flush=True)
            for problem in checked.warnings:
                print(problem, file=sys.stderr)
            if options.surprises:
                print_lines(_surprises(name))
            if checked.warnings and options.strict:
                code = BAD_INPUT
        except ScenarioError as error:
            if options.debug:
                raise
            code = BAD_INPUT
            sys.stdout.flush()
            mistaken = of_another_kind(name, "scenario", "experiment", "ladder", "weights", "lesson")
            for line in [mistaken] if mistaken else error.problems:
                print(line, file=sys.stderr)
    return code


def _surprises(name: str) -> list[str]:
    from escalation.history.outliers import outlying_acts
    from escalation.scenario.load import load_scenario

    return [f"  {act}" for act in outlying_acts(load_scenario(name))]


def _checked(name: str) -> Checked:
    from escalation.scenario.load import Checked, is_experiment, kind_of_source, load_any

    if kind_of_source(name) == "lesson":
        return _checked_lesson(name)
    if not is_experiment(name):
        return load_any(name)
    from escalation.experiment.design import design_of
    from escalation.experiment.loaded import load_experiment

    loaded = load_experiment(name)
    cells = len(design_of(loaded).cells)
    return Checked(f"the experiment {loaded.spec.name!r} of {cells:,} cells, valid")


def _checked_lesson(path: str) -> Checked:
    from escalation.classroom.lesson import load_lesson_alone
    from escalation.scenario.load import Checked

    lesson = load_lesson_alone(path)
    return Checked(f"a lesson about {lesson.scenario!r} with {len(lesson.presets)} presets, valid")


def add_ladder(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `ladder`."""
    parser.add_argument(
        "ladder", nargs="?", default=LADDER, metavar="LADDER",
        help=f"a ladder file, or the name of a shipped one (default {LADDER})",
    )  # fmt: skip


def ladder(options: argparse.Namespace) -> int:
    """Print a ladder, top rung first."""
    from escalation.scenario.describe import ladder_lines
    from escalation.scenario.load import load_ladder

    print_lines(ladder_lines(load_ladder(options.ladder)))
    return 0


def add_schema(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `schema`."""
    parser.add_argument(
        "kind", nargs="?", default="scenario", choices=("scenario", "experiment", "ladder", "weights"),
        help="the kind of file (default scenario)",
    )  # fmt: skip


def schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of a file format."""
    if options.kind == "experiment":
        from escalation.experiment.spec import experiment_schema_text

        print(experiment_schema_text(), end="")
        return 0
    from escalation.scenario.schema import schema_text

    print(schema_text(options.kind), end="")
    return 0


def add_parameters(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `parameters`."""
    parser.add_argument(
        "scenario", nargs="?", metavar="SCENARIO",
        help="show the values in force in this scenario, a file or a shipped name: each with its source, "
        "and with the default where it differs",
    )  # fmt: skip


def parameters(options: argparse.Namespace) -> int:
    """Print all parameters of the model, or their values in a scenario."""
    from escalation.scenario.describe import parameter_lines, values_in_force

    if options.scenario is None:
        print_lines(parameter_lines())
        return 0
    from escalation.scenario.load import load_placed

    print_lines(values_in_force(*load_placed(options.scenario)))
    return 0


def scenarios(options: argparse.Namespace) -> int:
    """Print the shipped scenarios, then the coded crises of the past with their use."""
    from escalation.scenario.load import load_scenario, shipped_cases, shipped_scenarios

    for name in shipped_scenarios():
        print(f"{name}: {load_scenario(name).title}")
    print("\nhistory")
    for name in shipped_cases():
        scenario = load_scenario(name)
        print(f"{name}: {scenario.title} ({_use(scenario)})")
    return 0


def _use(scenario: Scenario) -> str:
    if scenario.case is None:
        return "no case"
    of_case = scenario.case.coding_of
    return scenario.case.use if of_case is None else f"second coding of {of_case}"


def experiments(options: argparse.Namespace) -> int:
    """Print the shipped experiments."""
    from escalation.experiment.loaded import load_experiment, shipped_experiments

    for name in shipped_experiments():
        print(f"{name}: {load_experiment(name).spec.title}")
    return 0


def add_new(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `new`."""
    parser.add_argument(
        "kind", choices=("scenario", "experiment", "case"),
        help="scenario: a crisis to simulate; experiment: what is varied in one; case: a crisis of the past, "
        "to be coded",
    )  # fmt: skip
    add_out_file(parser, "standard output")


def new(options: argparse.Namespace) -> int:
    """Print a template, or write it to a file."""
    text, todo = _template(options.kind)
    if options.out is None:
        print(text, end="")
        return 0
    new_file(options.out, options.force)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_file(options.out, text)
    print(f"Written to {options.out}; {todo.format(shlex.quote(str(options.out)))}")
    return 0


def _template(kind: str) -> tuple[str, str]:
    """Return a template, and what to do with it."""
    if kind == "case":
        from escalation.scenario.case import case_template

        return case_template(), "fill in the values in angle brackets, then validate it"
    if kind == "experiment":
        from escalation.experiment.spec import experiment_template

        return experiment_template(), "to see its design: escalation sweep {} --dry-run"
    from escalation.scenario.scenario import scenario_template

    return scenario_template(), "to simulate it: escalation run {}"
