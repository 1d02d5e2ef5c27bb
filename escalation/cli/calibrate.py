"""`escalation calibrate`: fit the weights of the rules to acts on record."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from escalation.cli.arguments import BadInputError, check_writable, print_lines, whole
from escalation.cli.backtest import dyad

if TYPE_CHECKING:
    from escalation.history.fit import Fit
    from escalation.history.likelihood import Evidence

HISTORY = "history"
PROFILED = ("force_threshold", "ratchet", "riposte", "habit", "momentum", "war_persistence", "conciliation")
STRONG = 0.7
"""Correlations of estimates from here on are named."""


def add_calibrate(parser: argparse.ArgumentParser) -> None:
    """Say which arguments `calibrate` takes."""
    parser.add_argument(
        "data", nargs="+", metavar="DATA",
        help="case files or names, 'history' for all shipped cases to calibrate on, and CSV files in the "
        "shape of Militarized Interstate Events",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, default=Path("results/calibrated.yaml"), metavar="FILE",
        help="weights file to write (default results/calibrated.yaml)",
    )  # fmt: skip
    parser.add_argument(
        "--name", default="calibrated", metavar="NAME", help="of the set (default calibrated)"
    )
    parser.add_argument(
        "--since",
        type=whole(10_000, 1),
        default=1946,
        metavar="YEAR",
        help="first year of events (default 1946)",
    )
    parser.add_argument(
        "--without", type=dyad, metavar="A-B", help="leave out events between these two states"
    )
    parser.add_argument(
        "--draws", type=whole(1_001), default=100, metavar="N",
        help="draws of the fitted distribution to keep (default 100)",
    )  # fmt: skip
    parser.add_argument("--seed", type=whole(2**64), default=1, metavar="N", help="of the draws (default 1)")
    parser.add_argument(
        "--answers", type=Path, metavar="FILE",
        help="what followed attacks, which tells how often states act (default: as shipped)",
    )  # fmt: skip
    parser.add_argument("--no-answers", action="store_true", help="leave that at its prior")
    parser.add_argument("--no-profile", action="store_true", help="take no profile intervals: half the time")


def calibrate(options: argparse.Namespace) -> int:
    """Fit, print what was learned, and write the weights file."""
    from escalation.history.fit import fit
    from escalation.scenario.weights import Weights

    check_writable(options.out.parent)
    evidence, sources = _evidence(options)
    print("Fitting weights by the rules' own probabilities", file=sys.stderr)
    begun = time.monotonic()
    for kind in evidence:
        kind.read(Weights())
    compiled = time.monotonic()
    found = fit(evidence)
    fitted = time.monotonic()
    profiles = {} if options.no_profile else _profiles(found)
    text = _file(options, found, profiles, evidence, sources)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text, encoding="utf-8")
    print_lines(_report(found, profiles, evidence))
    print(f"Written to {options.out}")
    print(
        f"Compiled and read in {compiled - begun:.0f} s, fitted in {fitted - compiled:.0f} s,"
        f" profiled in {time.monotonic() - fitted:.0f} s",
        file=sys.stderr,
    )
    return 0


def _evidence(options: argparse.Namespace) -> tuple[list[Evidence], list[str]]:
    """Read the data; return it, and what it was in words."""
    from escalation.history.attacks import evidence_of_answers, load_answers
    from escalation.history.likelihood import evidence_of_cases, evidence_of_exchanges
    from escalation.history.mie import exchanges, load_mie, since, without
    from escalation.scenario.load import load_scenario, shipped_cases

    cases, kinds, sources = [], [], []
    for source in options.data:
        if Path(source).suffix.lower() == ".csv":
            events = since(load_mie(source), options.since)
            if options.without is not None:
                events = without(events, options.without)
            found = exchanges(events)
            if not len(found.events):
                raise BadInputError(f"{source}: no act of hostility 2 to 5 since {options.since}")
            kinds.append(evidence_of_exchanges(found))
            sources.append(
                f"{len(found.events):,} acts of hostility 2 to 5 since {options.since} from"
                f" {Path(source).name} (shape of Militarized Interstate Events, Gibler and Miller)"
            )
        elif source == HISTORY:
            shipped = [load_scenario(name) for name in shipped_cases()]
            cases += [one for one in shipped if one.case is not None and one.case.use == "calibrate"]
        else:
            case = load_scenario(source)
            if case.case is None:
                raise BadInputError(f"{source}: no case of the past; give a scenario with the key case")
            cases.append(case)
    names = [case.name for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInputError(f"{', '.join(twice)} is given twice")
    if cases:
        kinds.insert(0, evidence_of_cases(cases))
        sources.insert(0, f"{len(kinds[0].observed)} acts of {len(cases)} cases ({', '.join(names)})")
    if not options.no_answers:
        answers = load_answers(options.answers)
        kinds.append(evidence_of_answers(answers))
        sources.append(f"{len(kinds[-1].observed)} answers to attacks and months of calm ({answers.name})")
    return kinds, sources


def _profiles(found: Fit) -> dict[str, tuple[float, float]]:
    from escalation.history.fit import profile

    print("Taking profile intervals", file=sys.stderr)
    return {name: profile(found, name) for name in PROFILED}


def _file(
    options: argparse.Namespace,
    found: Fit,
    profiles: dict[str, tuple[float, float]],
    evidence: Sequence[Evidence],
    sources: Sequence[str],
) -> str:
    import numpy as np

    from escalation.scenario.dump import dump_weights
    from escalation.scenario.weight_set import Fitted
    from escalation.scenario.weights import Weights

    def rounded(values: Iterable[float]) -> tuple[float, ...]:
        return tuple(round(float(value), 4) for value in values)

    names = found.priors.names
    update = dict(zip(names, rounded(found.values), strict=True))
    scores = ", ".join(
        f"{kind.log_scores(kind.read(found.weights)).mean():.4f} an act ({kind.label})" for kind in evidence
    )
    draws = found.draws(options.draws, np.random.default_rng(options.seed))
    return dump_weights(
        Weights(**update),
        name=options.name,
        title="Weights fitted to acts on record",
        provenance=(
            f"Maximum penalised likelihood by `escalation calibrate` on {'; '.join(sources)}. Log score in"
            f" the sample: {scores}. {len(names)} weights were fitted; the others have their defaults. Draws"
            f" by seed {options.seed}."
        ),
        fitted=Fitted(
            weights=names,
            se=rounded(found.se),
            prior_sd=rounded(found.priors.sd),
            weakly_identified=found.untold,
            profile={name: (round(low, 3), round(high, 3)) for name, (low, high) in profiles.items()},
            draws=tuple(rounded(row) for row in draws),
        ),
    )


def _report(
    found: Fit, profiles: dict[str, tuple[float, float]], evidence: Sequence[Evidence]
) -> Iterator[str]:
    """Say what was learned, within 80 columns."""
    for kind in evidence:
        score = kind.log_scores(kind.read(found.weights)).mean()
        yield f"{kind.label}: {len(kind.observed):,} acts, log score {score:.4f} an act in the sample"
    yield ""
    yield f"{'weight':24} {'default':>8} {'fitted':>8} {'s.e.':>7} {'prior sd':>8}  95% profile"
    for name, value, se, mean, sd in zip(
        found.priors.names, found.values, found.se, found.priors.mean, found.priors.sd, strict=True
    ):
        low, high = profiles.get(name, (None, None))
        interval = "" if low is None else f"  [{low:.2f}, {high:.2f}]"
        yield f"{name:24} {mean:8.3f} {value:8.3f} {se:7.3f} {sd:8.3f}{interval}"
    yield ""
    yield "Hardly told by these data (standard error above .8 of the prior's):"
    yield from _wrapped(found.untold)
    if found.at_bound:
        yield "At a bound of what is allowed:"
        yield from _wrapped(found.at_bound)
    names = found.priors.names
    strong = [
        f"{names[i]} with {names[j]} {found.correlation[i, j]:+.2f}"
        for i in range(len(names))
        for j in range(i)
        if abs(found.correlation[i, j]) >= STRONG
    ]
    if strong:
        yield f"Correlations of estimates of {STRONG:g} and more:"
        yield from _wrapped(strong)
    yield "No act on record is a use of nuclear weapons: what bears on it is prior and"
    yield "assumption, and no probability of it is validated."


def _wrapped(items: Sequence[str]) -> Iterator[str]:
    import textwrap

    return iter(textwrap.wrap(", ".join(items) or "none", 78, initial_indent="  ", subsequent_indent="  "))
