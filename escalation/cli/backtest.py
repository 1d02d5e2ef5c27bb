"""`escalation backtest`: hold forecasts of cases and of events on record against what came."""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from escalation.cli.arguments import BadInputError, check_writable, folder, print_lines, whole

if TYPE_CHECKING:
    from escalation.history.backtest import CrisisForecast, Line
    from escalation.history.mie import Events
    from escalation.history.next_acts import Examination, LevelForecasts
    from escalation.scenario.scenario import Scenario
    from escalation.scenario.weights import Weights

WIDTH = 80
CALIBRATED = "calibrated"
HISTORY = "history"
IN_SAMPLE = (
    "{} of the {} cases are coded to be calibrated on: where the weights were fitted to them, as the shipped "
    "ones were, these are scores in the sample. docs/validation.md has each case left out in turn."
)
CAVEAT = (
    "Scores of forecasts, lower is better; they say how the rules did on these records, and give no "
    "validated probability of nuclear use: no crisis on record saw it."
)


def add_backtest(parser: argparse.ArgumentParser) -> None:
    """Say which arguments `backtest` takes."""
    parser.add_argument(
        "cases",
        nargs="*",
        metavar="CASE",
        help="a scenario file with a case, the name of a shipped one, or 'history' for all shipped",
    )
    parser.add_argument("--mie", type=Path, metavar="FILE", help="Militarized Interstate Events as CSV")
    parser.add_argument(
        "--dyad", type=dyad, metavar="A-B", help="test acts between these two states only, as 750-770"
    )
    parser.add_argument(
        "--since",
        type=whole(10_000, 1),
        default=1946,
        metavar="YEAR",
        help="first year tested (default 1946)",
    )
    parser.add_argument(
        "--train", type=Path, metavar="FILE",
        help="events to fit the baselines to, where FILE of --mie holds no other pairs of states",
    )  # fmt: skip
    parser.add_argument(
        "--all-rows", action="store_true", help="test every act of the events, not reactions only"
    )
    parser.add_argument(
        "--weights", metavar="NAME", help="weights for all, in place of each case's own (events: calibrated)"
    )
    parser.add_argument(
        "--window", type=whole(3_651, 1), default=90, metavar="DAYS",
        help="days after an origin for which a case is scored (default 90)",
    )  # fmt: skip
    parser.add_argument(
        "--runs", type=whole(1_000_001, 1), default=1_000, metavar="N",
        help="crises played for each forecast (default 1000)",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=whole(2**64), default=1, metavar="N", help="of crises and intervals (default 1)"
    )
    parser.add_argument(
        "--predictions", type=Path, metavar="FILE.csv", help="write the forecast of every act here"
    )
    parser.add_argument(
        "--out", type=folder, default=Path("results/backtest"), metavar="DIR",
        help="where tables and figures go (default results/backtest)",
    )  # fmt: skip


def dyad(text: str) -> tuple[int, int]:
    """Read a pair of states by their numbers in the Correlates of War."""
    found = re.fullmatch(r"([0-9]{1,3})-([0-9]{1,3})", text)
    if not found or int(found[1]) == int(found[2]):
        wanted = "give two numbers of the Correlates of War, as 750-770 for India and Pakistan"
        raise argparse.ArgumentTypeError(f"{text!r} is no pair of states; {wanted}")
    return int(found[1]), int(found[2])


def backtest(options: argparse.Namespace) -> int:
    """Hold forecasts against what came; print, write and draw their scores."""
    if not options.cases and options.mie is None:
        raise BadInputError("nothing to test; give case files, --mie FILE, or both")
    if options.mie is None and (options.dyad or options.train or options.all_rows):
        raise BadInputError("--dyad, --train and --all-rows say which events are tested; give --mie FILE too")
    if options.predictions is not None and options.predictions.is_dir():
        raise BadInputError(f"--predictions {options.predictions} is a folder; give a file")
    weights = _weights(options.weights)
    events = None if options.mie is None else _events(options)
    cases = _cases(options.cases, weights)
    check_writable(options.out)
    if options.predictions is not None:
        check_writable(options.predictions.parent, "--predictions in")
    blocks: list[LevelForecasts] = []
    forecasts: list[CrisisForecast] = []
    if events is not None:
        blocks.append(_forecast_events(events, weights))
    if cases:
        acts, forecasts = _forecast_cases(cases, options)
        blocks.append(acts)

    import numpy as np

    from escalation.history.backtest import (
        compare_acts,
        compare_crises,
        score_lines,
        write_forecasts,
        write_scores,
    )
    from escalation.history.next_acts import write_predictions

    comparisons = [one for block in blocks for one in compare_acts(block)] + compare_crises(forecasts)
    if not comparisons:
        raise BadInputError("nothing to score: no act since --since, and no case coded beyond its origin")
    lines = score_lines(comparisons, np.random.default_rng(options.seed))
    write_scores(options.out / "scores.csv", lines)
    if forecasts:
        write_forecasts(options.out / "forecasts.csv", forecasts)
    if options.predictions is not None:
        write_predictions(options.predictions, blocks)
    _draw(options.out, blocks, forecasts)
    print_lines(_table(lines))
    print()
    print_lines(textwrap.wrap(CAVEAT, WIDTH))
    fitted_to = [case.name for case in cases if case.case is not None and case.case.use == "calibrate"]
    if fitted_to:
        print_lines(textwrap.wrap(IN_SAMPLE.format(len(fitted_to), len(cases)), WIDTH))
    print(f"Written to {options.out}")
    return 0


def _weights(name: str | None) -> Weights | None:
    if name is None:
        return None
    from escalation.scenario.load import load_weights

    return load_weights(name).weights


@dataclass(frozen=True)
class _Asked:
    """Events to forecast, and those to fit the baselines to."""

    events: Events
    train: Events
    wanted: Examination


def _events(options: argparse.Namespace) -> _Asked:
    from escalation.history.mie import load_mie
    from escalation.history.next_acts import Examination, pairs_to_train_on

    wanted = Examination(options.dyad, options.since, options.all_rows)
    events = load_mie(options.mie)
    train = events if options.train is None else load_mie(options.train)
    if pairs_to_train_on(train, wanted) == 0:
        source = options.train or options.mie
        raise BadInputError(
            f"{source}: no acts of other pairs of states since 1946 to fit the baselines to; "
            "give such a file with --train"
        )
    return _Asked(events, train, wanted)


def _forecast_events(asked: _Asked, weights: Weights | None) -> LevelForecasts:
    from escalation.files.find import shipped_names
    from escalation.history.likelihood import exchange_probabilities
    from escalation.history.next_acts import exchange_forecasts
    from escalation.scenario.load import load_weights

    shipped = CALIBRATED if CALIBRATED in shipped_names("weights") else "default"
    used = weights or load_weights(shipped).weights
    return exchange_forecasts(
        asked.events, asked.train, asked.wanted, lambda tested: exchange_probabilities(used, tested)
    )


def _meant(names: Sequence[str]) -> Iterator[str]:
    """Yield the names that are given, all shipped cases in the place of `history`."""
    from escalation.scenario.load import shipped_cases

    for name in names:
        yield from shipped_cases() if name == HISTORY else [name]


def _cases(names: Sequence[str], weights: Weights | None) -> list[Scenario]:
    if not names:
        return []
    from escalation.history.cases import case_of
    from escalation.scenario.load import load_scenario

    cases = [load_scenario(name) for name in _meant(names)]
    for scenario in cases:
        case_of(scenario)
    given = [scenario.name for scenario in cases]
    twice = next((name for name in given if given.count(name) > 1), None)
    if twice is not None:
        raise BadInputError(f"the case {twice!r} is given twice; give each once")
    if weights is None:
        return cases
    return [scenario.model_copy(update={"weights": weights}) for scenario in cases]


def _forecast_cases(
    cases: Sequence[Scenario], options: argparse.Namespace
) -> tuple[LevelForecasts, list[CrisisForecast]]:
    from escalation.engine.batch import batch_is_compiled
    from escalation.history.backtest import crisis_forecasts, train_on
    from escalation.history.likelihood import case_scores
    from escalation.history.next_acts import act_forecasts
    from escalation.scenario.load import load_scenario, shipped_cases

    train = train_on([load_scenario(name) for name in shipped_cases()])
    if not batch_is_compiled():
        print("Compiling the rules: once on this machine, about 20 seconds.", file=sys.stderr)
    acts = act_forecasts(cases, train, case_scores)
    return acts, crisis_forecasts(cases, train, options.window, options.runs, options.seed)


def _draw(out: Path, blocks: Sequence[LevelForecasts], forecasts: Sequence[CrisisForecast]) -> None:
    from escalation.figures.reliability import PitPanel, ReliabilityPanel, plot_pit, plot_reliability
    from escalation.figures.style import save
    from escalation.history.backtest import THRESHOLDS, peaks_of
    from escalation.history.next_acts import HOSTILITY, MODEL
    from escalation.stats.scores import pit_histogram, reliability

    pits: list[PitPanel] = []
    events: list[ReliabilityPanel] = []
    for block in blocks:
        if not block.rows:
            continue
        model, seen = block.by[MODEL], block.observed
        of_events = block.scale == HOSTILITY
        name = "Next act of the events" if of_events else "Next act of the cases"
        pits.append(PitPanel(name, pit_histogram(model, seen), len(seen)))
        if of_events:
            force = 4 - block.lowest
            table = reliability(model[:, force:].sum(axis=1), seen >= force)
            events.append(ReliabilityPanel("Next act is force or war", table))
    if forecasts:
        peaks, came = peaks_of(forecasts)
        pits.append(PitPanel("Peak rung", pit_histogram(peaks, came), len(came)))
        for rung in THRESHOLDS:
            table = reliability(peaks[:, rung:].sum(axis=1), came >= rung)
            events.append(ReliabilityPanel(f"Rung {rung} or above is reached", table))
    cases = sorted({one.task.scenario.name for one in forecasts})
    subtitle = "; ".join(
        words
        for words in (
            f"{len(cases)} coded crises, {len(forecasts)} forecasts" if cases else "",
            *(
                f"{len(block.rows):,} acts of Militarized Interstate Events"
                for block in blocks
                if block.lowest
            ),
        )
        if words
    )
    for ending in ("png", "svg"):
        save(plot_pit(pits, subtitle, CAVEAT), out / f"pit.{ending}")
        save(plot_reliability(events, subtitle, CAVEAT), out / f"reliability.{ending}")


def _table(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the scores as a table, the gain of the model over each baseline beside them."""
    yield "Scores, lower is better, with 95% intervals by drawing crises anew; the gain is of the model"
    yield "over the other, above zero where the model is better."
    last = ""
    for line in lines:
        head = f"{line.quantity}, {line.score} ({line.forecasts:,} forecasts, {line.clusters:,} crises)"
        if head != last:
            yield ""
            yield head
            last = head
        mean = f"{line.mean.estimate:8.3f} [{line.mean.low:.3f}, {line.mean.high:.3f}]"
        gain = line.gain
        said = f"   gain {gain.estimate:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]" if gain else ""
        yield f"  {line.forecaster:<12}{mean}{said}"
