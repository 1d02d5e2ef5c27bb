"""Finished analyses to tables, figures and an account in a folder, each kind by its own function."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escalation.experiment.results import ResultsFolder
from escalation.experiment.run import available_cores
from escalation.experiment.store import ACCOUNT, ADVICE, SENSITIVITY
from escalation.files.write import refusing, write_files
from escalation.report import MOST_LINES, WIDTH, WrittenReport

if TYPE_CHECKING:
    from escalation.analysis.comparison import ScenarioComparison
    from escalation.analysis.discovery_words import Discovery
    from escalation.analysis.sensitivity import Sensitivity
    from escalation.analysis.splitting import RareEnd
    from escalation.analysis.sweep_comparison import SweepComparison
    from escalation.crisis.explanation import CourseExplained, DayExplained
    from escalation.figures.draw import Heard
    from escalation.history.backtest import Backtest
    from escalation.history.mediation_check import MediationCheck
    from escalation.history.mediation_fit import MediationFit
    from escalation.history.mediation_levers import Levers
    from escalation.history.track_record import TrackRecord
    from escalation.history.validation import Validation


def report_advice(results: ResultsFolder, share: str, heard: Heard | None = None) -> WrittenReport:
    """Judge the policies of an experiment; write scores, figures and account into its folder `advice`.

    Parameters
    ----------
    results
        Of an experiment with policies.
    share
        The share of crises to judge by.
    heard
        Called with the number of figures done, and of how many, before the first and after each.

    Raises
    ------
    ArgumentError
        If there is nothing to choose between, or nothing to judge by.
    """
    from escalation.analysis.advice import EFFORT, advice_lines, advice_table, advise, harm_words
    from escalation.figures.advice_plot import plot_front, plot_judged
    from escalation.figures.style import save

    found = advise(results, share)
    out, title = results.folder / ADVICE, results.spec.title
    text = [line for each in advice_lines(found) for line in textwrap.wrap(each, WIDTH)]
    caption = (
        f"{found.replications:,} crises of each policy at each point, seed {results.spec.seed}. {ASSUMED}"
    )
    pictures = {"judged": plot_judged(found, title, harm_words(found), caption)}
    if EFFORT in results.measures:
        label = results.measures.measure(EFFORT).heading
        pictures["front"] = plot_front(found, title, harm_words(found), label, caption)
    with refusing(out):
        contents = {"advice.csv": advice_table(found).csv(), "advice.txt": "\n".join(text) + "\n"}
        files = write_files(out, contents)
        for number, (name, figure) in enumerate(pictures.items()):
            if heard is not None:
                heard(number, len(pictures))
            files += [save(figure, out / f"{name}{ending}") for ending in (".png", ".svg")]
    where = f"Seed {results.spec.seed}. Written to {out}: {', '.join(path.name for path in files)}"
    return WrittenReport((f"{results.spec.name}: {title}", "", *text, "", where), tuple(files))


ASSUMED = "What is best follows from the assumptions of the model and the ranges of what is uncertain."


def report_sensitivity(found: Sensitivity, out: Path, heard: Heard | None = None) -> WrittenReport:
    """Write the tables, figures and account of a sensitivity analysis into a folder.

    Parameters
    ----------
    found
        As `escalation.analysis.sensitivity.sensitivity_of` returns it.
    out
        The folder, made if it is missing; files of the same names are replaced.
    heard
        Called with the number of figures done, and of how many, before the first and after each.
    """
    from escalation.figures.copies import shared_out
    from escalation.figures.sensitivity_plots import sensitivity_figures
    from escalation.figures.style import save

    lines, tables = found.lines(), found.tables()
    texts = {name: table.csv() for name, table in tables.items()}
    with refusing(out):
        files = write_files(out, texts | {f"{SENSITIVITY}.txt": "\n".join(lines) + "\n"})
        pictures = sensitivity_figures(found) if found.is_drawn else {}
        drawings = list(pictures.items())

        def draw(number: int) -> bool:
            name, picture = drawings[number]
            figure = picture()
            for ending in (".png", ".svg"):
                save(figure, out / f"{name}{ending}")
            return True

        def hear(done: int) -> None:
            if heard is not None:
                heard(done, len(drawings))

        hear(0)
        shared_out(len(drawings), draw, available_cores() - 1, hear)
    files += [out / f"{name}{ending}" for name in pictures for ending in (".png", ".svg")]
    drawn = f" and {len(pictures)} figures" if pictures else ""
    shown, where = lines, f"Tables{drawn} in {out}: {', '.join(texts)}"
    if len(lines) > MOST_LINES:
        shown, where = found.summary_lines(), f"{where}; {SENSITIVITY}.txt has every index"
    ending = textwrap.wrap(
        f"{where}. Seed {found.seed}.", WIDTH, break_on_hyphens=False, break_long_words=False
    )
    return WrittenReport((*shown, "", *ending), tuple(files))


def report_rare(found: RareEnd, out: Path, command: str = "") -> WrittenReport:
    """Write the account, tables and figure of a rare end into a folder."""
    from escalation.figures.rare_plot import plot_rare

    return _report_tables(found, out, {"rare": plot_rare(found, command)})


def report_track_record(found: TrackRecord, out: Path) -> WrittenReport:
    """Write the scores of forecasts into a folder; the figure once an event is decided."""
    from escalation.figures.forecast_plot import plot_track_record

    return _report_tables(found, out, {"reliability": plot_track_record(found)} if found.scored else {})


def _report_tables(found: RareEnd | TrackRecord, out: Path, figures: Mapping[str, Any]) -> WrittenReport:
    from escalation.figures.style import encoded

    lines = found.lines()
    files: dict[str, str | bytes] = {ACCOUNT: "\n".join(lines) + "\n"}
    files |= {name: table.csv() for name, table in found.tables().items()}
    files |= {f"{name}{end}": encoded(one, end) for name, one in figures.items() for end in (".png", ".svg")}
    return WrittenReport(tuple(lines), tuple(write_files(out, files)))


def report_backtest(found: Backtest, out: Path) -> WrittenReport:
    """Write scores, forecasts and figures of a backtest into a folder."""
    from escalation.figures.validation_plots import backtest_figures, save_all

    out.mkdir(parents=True, exist_ok=True)
    files = found.write(out)
    return WrittenReport(tuple(found.lines()), (*files, *save_all(backtest_figures(found), out)))


def report_mediation(
    found: MediationCheck, out: Path, fit: MediationFit | None = None, levers: Levers | None = None
) -> WrittenReport:
    """Write the shares and the figure of a mediation check into a folder; with a fit or levers those too."""
    from escalation.figures.validation_plots import mediation_figures, save_all

    out.mkdir(parents=True, exist_ok=True)
    files, lines = found.write(out), found.lines()
    if fit is not None:
        files, lines = [*fit.write(out), *files], [*fit.lines(), "", *lines]
    if levers is not None:
        files, lines = [*files, *levers.write(out)], [*lines, "", *levers.lines()]
    return WrittenReport(tuple(lines), (*files, *save_all(mediation_figures(found), out, ["png"])))


def report_comparison(found: ScenarioComparison, out: Path) -> WrittenReport:
    """Write tables, figures, changed scenarios and the account of a comparison into a folder."""
    from escalation.analysis.comparison_folder import COMPARISON, scenario_files
    from escalation.figures.alluvial import comparison_figures
    from escalation.figures.validation_plots import save_all

    lines = tuple(found.account(out))
    texts: dict[str, str | bytes] = {name: table.csv() for name, table in found.tables.items()}
    texts |= scenario_files(found.arms)
    texts |= {ACCOUNT: "\n".join(lines) + "\n", COMPARISON: found.manifest()}
    with refusing(out):
        files = write_files(out, texts)
        figures = save_all(comparison_figures(found, found.command(out)), out)
    return WrittenReport((*lines, "", f"Written to {out}"), (*files, *figures))


def report_sweeps(found: SweepComparison, out: Path) -> WrittenReport:
    """Write tables, figures and the account of a comparison of two results folders into a folder."""
    from escalation.analysis.comparison import input_table
    from escalation.analysis.comparison_folder import COMPARISON, identity_text
    from escalation.figures.alluvial import sweep_figures
    from escalation.figures.validation_plots import save_all

    lines = tuple(found.account(out))
    with refusing(out):
        out.mkdir(parents=True, exist_ok=True)
        files = [
            found.cell_table.write(out / "cells.csv"),
            found.difference_table.write(out / "differences.csv"),
        ]
        texts = {"flows.csv": found.flows.table().csv(), "inputs.csv": input_table(found.inputs).csv()}
        texts |= {ACCOUNT: "\n".join(lines) + "\n", COMPARISON: identity_text(found.identity)}
        files += write_files(out, texts)
        files += save_all(sweep_figures(found), out)
    return WrittenReport((*lines, "", f"Written to {out}"), tuple(files))


def report_discovery(found: Discovery, out: Path) -> WrittenReport:
    """Write the tables, the account and the figures of a discovery into a folder."""
    from escalation.figures.discovery_plots import discovery_figures
    from escalation.figures.style import uncovered
    from escalation.figures.validation_plots import save_all

    with refusing(out):
        out.mkdir(parents=True, exist_ok=True)
        files = found.write(out)
        boxes = uncovered(found.texts())
        drawn = save_all(discovery_figures(found), out)
    names = ", ".join(path.name for path in (*files, *drawn[::2]))
    where = f"Tables and figures in {out}: {names}."
    lines = (*found.lines(), "", *textwrap.wrap(where, WIDTH))
    return WrittenReport(lines, (*files, *drawn), (boxes,) if boxes else ())


def report_validation(found: Validation, out: Path) -> WrittenReport:
    """Write the scores and figures of a validation into a folder."""
    from escalation.figures.validation_plots import save_all, validation_figures
    from escalation.history.validation_tables import tables_of

    out.mkdir(parents=True, exist_ok=True)
    files = found.write(out)
    lines = [f"Validation of the weights {found.weights.name!r}", *textwrap.wrap(found.basis, WIDTH)]
    for table in tables_of(found):
        lines += ["", *table.text()]
    lines += ["", *found.facts.text(), "", *found.mediation.lines()]
    notes = tuple(f"not scored: {words}" for words in found.skipped)
    return WrittenReport(tuple(lines), (*files, *save_all(validation_figures(found), out, ["png"])), notes)


EXPLANATION = "explanation.txt"


def report_explanation(found: DayExplained | CourseExplained, out: Path, command: str = "") -> WrittenReport:
    """Write the account, tables and figures of an explanation into a folder: all of them or none.

    Parameters
    ----------
    found
        As `explain_crisis` returns it.
    out
        The folder, made if it is missing; files of the same names are replaced.
    command
        The command that draws the figures again, for their captions.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    from escalation.crisis.explanation import CourseExplained
    from escalation.figures.style import encoded

    texts: dict[str, str | bytes] = {name: table.csv() for name, table in found.tables.items()}
    texts[EXPLANATION] = "\n".join(found.lines) + "\n"
    if isinstance(found, CourseExplained):
        from escalation.figures.odds_course import plot_course

        texts["odds.png"] = encoded(plot_course(found, command))
    else:
        from escalation.figures.waterfall import plot_account

        for account in found.accounts:
            if account.waterfalls:
                act = found.run.index.acts[account.decision.choice.act]
                name = f"{account.number}_{account.actor}_{act}.png"
                texts[name] = encoded(plot_account(found.run, account, command))
    with refusing(out):
        files = write_files(out, texts)
    return WrittenReport(found.lines, tuple(files))


WRITERS: Mapping[str, Callable[[Any, Path], WrittenReport]] = {
    "Backtest": report_backtest,
    "CourseExplained": report_explanation,
    "DayExplained": report_explanation,
    "Discovery": report_discovery,
    "MediationCheck": report_mediation,
    "RareEnd": report_rare,
    "ScenarioComparison": report_comparison,
    "Sensitivity": report_sensitivity,
    "SweepComparison": report_sweeps,
    "TrackRecord": report_track_record,
    "Validation": report_validation,
}
"""What writes the tables and figures of an analysis into a folder, by the name of its class."""
