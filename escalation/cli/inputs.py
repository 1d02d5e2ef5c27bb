"""The light commands: check files, list what is shipped, write templates."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from escalation.cli.arguments import BAD_INPUT, BadInputError, print_lines

if TYPE_CHECKING:
    from escalation.scenario.load import Checked


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
            if checked.warnings and options.strict:
                code = BAD_INPUT
        except ScenarioError as error:
            if options.debug:
                raise
            code = BAD_INPUT
            sys.stdout.flush()
            for problem in error.problems:
                print(problem, file=sys.stderr)
    return code


def _checked(name: str) -> Checked:
    from escalation.scenario.load import Checked, is_experiment, load_any

    if not is_experiment(name):
        return load_any(name)
    from escalation.experiment.design import design_of
    from escalation.experiment.loaded import load_experiment

    loaded = load_experiment(name)
    cells = len(design_of(loaded).cells)
    return Checked(f"the experiment {loaded.spec.name!r} of {cells:,} cells, valid")


def ladder(options: argparse.Namespace) -> int:
    """Print a ladder, top rung first."""
    from escalation.scenario.describe import ladder_lines
    from escalation.scenario.load import load_ladder

    print_lines(ladder_lines(load_ladder(options.file)))
    return 0


def schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of a file format."""
    from escalation.scenario.schema import schema_text

    print(schema_text(options.kind), end="")
    return 0


def parameters(options: argparse.Namespace) -> int:
    """Print all parameters of the model."""
    from escalation.scenario.describe import parameter_lines

    print_lines(parameter_lines())
    return 0


def scenarios(options: argparse.Namespace) -> int:
    """Print the shipped scenarios, then the coded crises of the past with their use."""
    from escalation.scenario.load import load_scenario, shipped_cases, shipped_scenarios

    for name in shipped_scenarios():
        print(f"{name}: {load_scenario(name).title}")
    print("\nhistory")
    for name in shipped_cases():
        scenario = load_scenario(name)
        use = scenario.case.use if scenario.case else "no case"
        print(f"{name}: {scenario.title} ({use})")
    return 0


def experiments(options: argparse.Namespace) -> int:
    """Print the shipped experiments."""
    from escalation.experiment.loaded import load_experiment, shipped_experiments

    for name in shipped_experiments():
        print(f"{name}: {load_experiment(name).spec.title}")
    return 0


def add_new(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `new`."""
    parser.add_argument("kind", choices=("case",), help="case: a crisis of the past, to be coded")
    parser.add_argument(
        "--out", type=_new_file, metavar="FILE", help="file to write (default: standard output)"
    )


def new(options: argparse.Namespace) -> int:
    """Print a template, or write it to a new file."""
    from escalation.scenario.case import case_template

    text = case_template()
    if options.out is None:
        print(text, end="")
        return 0
    try:
        with options.out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise BadInputError(
            f"--out {options.out}: the file exists already; give the name of a new file"
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInputError(f"--out {options.out}: {reason}; give a file that can be written") from error
    print(f"Written to {options.out}; fill in the values in angle brackets, then validate it")
    return 0


def _new_file(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("empty name; give a file")
    return Path(text)
