"""Wording of an experiment's figures: shares as nouns, levels, questions, captions."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escalation.language import listed
from escalation.vocabulary import NUCLEAR_CAVEAT

if TYPE_CHECKING:
    from escalation.analysis.tidy import PlannedTables, Tidy, Varied


CAVEAT = f"Shares of simulated crises under stated assumptions, not a forecast. {NUCLEAR_CAVEAT}"


def question(tables: Tidy, share: str, factors: Sequence[Varied]) -> str:
    """Return 'How likely is <share>, by <factor> and <factor>?'."""
    asked = tables.measure(share)
    verb = "are" if asked.plural else "is"
    return f"How likely {verb} {asked.noun}, by {listed([inside(tables, each.label) for each in factors])}?"


def inside(tables: PlannedTables, label: str) -> str:
    """Return a label as written within a sentence: in lower case, unless it begins with a name."""
    first = re.split(r"[\s'’,-]", label, maxsplit=1)[0]
    named = " ".join([*tables.states.values(), *tables.mediators.values()]).split()
    text = "\n".join([tables.scenario_title, tables.title, *(factor.label for factor in tables.factors)])
    named += re.findall(r"(?<=[a-z,] )[A-Z]\w*", text)  # a capital within a sentence begins a name
    is_name = first in named or first[1:] != first[1:].lower() or label[len(first) :][:2] in ("'s", "’s")
    return label if is_name else label[:1].lower() + label[1:]


def level_text(tables: PlannedTables, factor: Varied, level: Any) -> str:
    """Return a level as figures show it: a number, the label of an alternative, or an id in words."""
    if isinstance(level, (int, float)) and not isinstance(level, bool):
        return f"{level:.4g}".replace("-", "−") if abs(level) < 1e4 else f"{level:,.0f}"
    text = {"True": "Yes", "False": "No"}.get(str(level), str(level))
    label = factor.names.get(text) or tables.mediators.get(text) or tables.states.get(text)
    return label or text[:1].upper() + text[1:].replace("_", " ")


def with_unit(factor: Varied) -> str:
    """Return the label of an axis: the factor and its unit."""
    return f"{factor.label} ({factor.unit})" if factor.unit else factor.label


def percent(share: float, decimals: int = 0) -> str:
    """Return a share as a percentage; 0% and 100% are kept for none and all."""
    step = 10.0 ** -(decimals + 2)
    if 0 < share < step:
        return f"<{100 * step:g}%"
    if 1 - step < share < 1:
        return f">{100 - 100 * step:g}%"
    if share in (0, 1):
        decimals = 0
    return f"{100 * share:.{decimals}f}%"


def decimals_apart(shares: Iterable[float]) -> int:
    """Return 1 if some of these shares differ and yet would be the same whole percentage, else 0."""
    different = {round(share, 9) for share in shares}
    return int(len({percent(share) for share in different}) < len(different))


def crises(numbers: Iterable[int], each: str) -> str:
    """State how many crises each mark is based on."""
    known = sorted(set(numbers))
    if not known:
        return "No crises."
    least, most = known[0], known[-1]
    count = f"{most:,}" if least == most else f"{least:,} to {most:,}"
    return f"n = {count} {'crisis' if most == 1 else 'crises'} {each}."


def caption(tables: Tidy, *sentences: str) -> str:
    """Return a caption: how much of the sweep is there, if not all, the sentences given, seed and caveat.

    It ends with the command that redraws the figure.
    """
    said = [tables.so_far, *sentences, f"Seed {tables.seed}.", CAVEAT]
    said.append(redraw(plot_command(tables.folder)))
    return " ".join(sentence for sentence in said if sentence)


def plot_command(folder: Path) -> str:
    """Return the command that draws the figures of a folder of results again.

    A folder below the working directory is named as seen from there.
    """
    here = Path.cwd()
    if folder.is_absolute() and folder.is_relative_to(here):
        folder = folder.relative_to(here)
    return shlex.join(["escalation", "plot", str(folder)])


def redraw(command: str) -> str:
    """Return the sentence with which a caption ends: the command that draws the figure again."""
    return f"Redraw: {command}" if command else ""


def subtitle(tables: Tidy) -> str:
    """Return the question of the experiment and the title of its scenario."""
    asks = tables.title.rstrip()
    end = "" if asks[-1:] in (".", "?", "!") else "."
    return f"{asks}{end} Scenario: {tables.scenario_title.rstrip('.')}."


def held_at(tables: PlannedTables, held: Sequence[tuple[Varied, Any]], at_baseline: bool = True) -> str:
    """State the levels of the factors that a figure does not vary."""
    which = "Other factor" if len(held) == 1 else "Other factors"
    where = "at baseline" if at_baseline else "held"
    return f"{which} {where}: {levels_words(tables, held)}." if held else ""


def levels_words(tables: PlannedTables, levels: Sequence[tuple[Varied, Any]]) -> str:
    """Return levels of factors as 'a (1), b (2)'."""
    return ", ".join(
        f"{inside(tables, factor.label)} ({inside(tables, level_text(tables, factor, level))})"
        for factor, level in levels
    )


MOST_NAMED = 12  # of the categories that a figure leaves out


def subset_words(factor: Varied, shown: Sequence[str], there_are: Sequence[str]) -> str:
    """State which levels are shown, if not all of them: of categories, those that are left out."""
    if len(shown) == len(there_are):
        return ""
    if factor.kind == "number":
        return f"{len(shown)} of {len(there_are)} levels are shown, evenly spaced."
    missing = [name for name in there_are if name not in shown]
    named = missing[:MOST_NAMED]
    more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
    return (
        f"{len(shown)} of {len(there_are)} levels of {factor.label} are shown; not {', '.join(named)}{more}: "
        "see summary.csv."
    )
