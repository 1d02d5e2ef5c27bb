"""A condition on one crisis of a results folder: `outcome == war`, `days_to_force <= 10 and not talks`.

It is an expression as in `measures.own` with the answer yes or no, computed from the table that has one row
per crisis. Its words are therefore the shares, the columns of that table and the measures that the
experiment added; acts and days are not kept there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.files.places import ArgumentError, bare, shown
from escalation.measures.columns import Layout
from escalation.measures.expressions import (
    DAY,
    NUMBER,
    YES_NO,
    About,
    ExpressionError,
    Language,
    Parsed,
    Values,
    evaluate,
    read_of_crisis,
)
from escalation.measures.measures import EMPTY, Answers, Columns, Thresholds
from escalation.measures.own import language_of, speaks_of_nuclear_use, word_of_column
from escalation.measures.own_values import PLAIN, plain
from escalation.measures.reduce import NEVER

EXAMPLE = "outcome == war"


@dataclass(frozen=True)
class CrisisCondition:
    """A condition that can be asked of every crisis of an experiment."""

    text: str
    term: Parsed
    layout: Layout

    @property
    def is_nuclear(self) -> bool:
        """Return whether it speaks of nuclear use, so that the caveat goes with it."""
        measures = self.layout.measures
        words = {part.value for part in self.term.walk() if part.op == "word"}
        return speaks_of_nuclear_use(self.term) or any(
            name in measures and measures.measure(name).is_nuclear for name in words
        )

    @property
    def share(self) -> str:
        """Return the share that it is, or nothing where it is not just one of the experiment's."""
        match self.term:
            case Parsed(op="word", value=str(name)):
                return name
            case Parsed(op="is", parts=(Parsed(value="outcome"), Parsed(op="names", value=(str(name),)))):
                return name
        return ""

    def holds(self, table: Columns, days: NDArray[Any]) -> Answers:
        """Return the answer of every crisis.

        Parameters
        ----------
        table
            One row per crisis, in the form of a part of a sweep: words as numbers, days as whole numbers
            with `NEVER`, or as decimals with NaN.
        days
            How many days are simulated in each crisis.
        """
        return np.asarray(evaluate(self.term, _Rows(self.layout, table, days)), bool)

    def heading(self, thresholds: Thresholds) -> str:
        """Return what it is called in a sentence with a share of crises."""
        return self.layout.measures.measure(self.share, thresholds).heading if self.share else self.text


def condition(text: str, layout: Layout) -> CrisisCondition:
    """Read a condition on the crises of an experiment.

    A day that never came is later than any day: `days_to_force > 10` holds where no force was used, and
    `days_to_force <= 10` does not. An actor that a cell does not have never acts.

    Parameters
    ----------
    text
        Names are those of the shares (`force`, `talks`, `rung_7`) and of the columns of runs
        (`days_to_force`, `peak`, `cost_india`), the experiment's own among them; a column of words is
        compared with its words (`outcome == war`, `settled_by in [russia, china]`).
    layout
        The actors and measures of the experiment, which determine the columns.

    Raises
    ------
    ArgumentError
        With what is wrong, and what is allowed.
    """
    if not isinstance(text, str):
        raise ArgumentError(f"condition: {text!r} is not a text such as '{EXAMPLE}'")
    text = " ".join(text.split())
    language = _language(layout)
    try:
        term = read_of_crisis(text, language)
        if term.kind != YES_NO:
            raise language.no_condition(bare(text), term)
    except ExpressionError as error:
        allowed = error.allowed if error.allowed.startswith("did you mean") else f"allowed: {error.allowed}"
        raise ArgumentError(f"condition {shown(text, 200)}: {error}; {allowed}") from None
    return CrisisCondition(text, term, layout)


@cache
def _language(layout: Layout) -> Language:
    """Return the part of the language of measures for which a table of crises has the values."""
    whole = language_of(layout.states, layout.mediators, layout.pairs)
    words = {name: word for name, word in whole.words.items() if word.about == "crisis"}
    for each in layout.measures.own:
        (column,) = each.columns
        words[each.name] = word_of_column(column, each.name)
        if each.kind == "share":
            words[each.name] = replace(words[each.name], kind=YES_NO)
    functions = {name: read for name, read in whole.functions.items() if name in PLAIN}
    lost = [name for name in (*whole.words, *whole.functions) if name not in words and name not in functions]
    refused = {**dict.fromkeys(lost, _NOT_KEPT), **whole.refused}
    return Language(words, whole.names, functions, whole.defined, refused, EXAMPLE)


_NOT_KEPT = (
    "is for acts or days, which results do not keep",
    "shares, columns of the runs, and the experiment's own measures, declared before a sweep",
)


@dataclass(frozen=True)
class _Rows:
    """The rows of a table of crises, as expressions read them."""

    layout: Layout
    table: Columns
    days: NDArray[Any]

    def word(self, term: Parsed) -> Values:
        """Return the values of a word, where an actor that the cell does not have never acts."""
        name = term.value
        if name == "simulated_days":
            return self.days
        if term.kind == YES_NO:
            return self.layout.measures.share_of(name, self.table)
        values: Values = self.table[name]
        if term.kind == DAY:
            return np.where(np.isnan(values) | (values == NEVER), np.inf, values)
        if term.kind == NUMBER:
            is_empty = np.isnan(values) | (values == EMPTY.get(values.dtype.name, np.nan))
            return np.where(is_empty, 0, values)
        return values

    def codes(self, term: Parsed) -> Values:
        """Return names as the numbers that stand for them in the table."""
        known = _language(self.layout).names[term.kind] or ()
        return np.array([known.index(name) for name in term.value], np.int64)

    def spread(self, values: Values, about: About) -> Values:
        """Return values as they are, for there are no acts and days."""
        return values

    def call(self, term: Parsed) -> Values:
        """Return what a function is for each crisis."""
        return plain(term, self)

    def counted(self, days: Values) -> Values:
        """Return days as numbers, with the last simulated day for never."""
        return np.asarray(np.minimum(days, self.days))
