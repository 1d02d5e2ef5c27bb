"""The light commands: check files, and print what is shipped."""

from __future__ import annotations

import argparse
import sys

from escalation.cli.arguments import BAD_INPUT, print_lines


def validate(options: argparse.Namespace) -> int:
    """Check files, each as what it is; print what each holds, or all that is wrong with it."""
    from escalation.scenario.load import ScenarioError

    code = 0
    for name in options.files:
        try:
            print(f"{name}: {_what_it_holds(name)}")
        except ScenarioError as error:
            if options.debug:
                raise
            code = BAD_INPUT
            sys.stdout.flush()
            for problem in error.problems:
                print(problem, file=sys.stderr)
    return code


def _what_it_holds(name: str) -> str:
    from escalation.experiment.kind import is_experiment

    if not is_experiment(name):
        from escalation.scenario.load import load_any

        return load_any(name)
    from escalation.experiment.design import design_of
    from escalation.experiment.load import load_experiment

    loaded = load_experiment(name)
    cells = len(design_of(loaded).cells)
    return f"the experiment {loaded.spec.name!r} of {cells:,} cells, without fault"


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
    """Print every number of the model."""
    from escalation.scenario.describe import parameter_lines

    print_lines(parameter_lines())
    return 0


def scenarios(options: argparse.Namespace) -> int:
    """Print the shipped scenarios, then the crises of the past with what each is used for."""
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
    from escalation.experiment.load import load_experiment, shipped_experiments

    for name in shipped_experiments():
        print(f"{name}: {load_experiment(name).spec.title}")
    return 0
