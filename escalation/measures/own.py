"""Measures of an experiment's own: expressions over the acts and days of a crisis.

Counted are the simulated days, from 1 to the last, and the acts on them, holds left out. Conditions about
acts and days are joined into measures of a crisis by functions such as `count` and `first_day`; see `WORDS`
and `FUNCTIONS` for all of them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.files.places import bare, listed
from escalation.measures.expressions import (
    DAY,
    NUMBER,
    YES_NO,
    About,
    ExpressionError,
    Language,
    Parsed,
    Reader,
    Word,
    read_of_crisis,
)
from escalation.measures.measures import (
    MORE_IS,
    NUMBER_MEASURES,
    SHARE_MEASURES,
    SHIPPED,
    Measure,
    Measures,
    MoreIs,
    Question,
    RunColumn,
)
from escalation.measures.own_values import KINDS, Pairs, columns_of, own_values
from escalation.vocabulary import EFFECTS, RUNGS

DIRECTIONS: Mapping[MoreIs, int] = {words: direction for direction, words in MORE_IS.items()}


@dataclass(frozen=True)
class OwnMeasure:
    """A measure as an experiment declares it."""

    name: str
    of: str
    """The expression."""
    label: str = ""
    unit: str = ""
    more_is: MoreIs = "neither"


WORDS: tuple[Word, ...] = (
    Word("act", "act", "act", "the act, by its id in the ladder"),
    Word("rung", "act", NUMBER, "its rung, 0 to 10", is_whole=True),
    Word("actor", "act", "actor", "the state or mediator that takes it"),
    Word("target", "act", "actor", "the state or mediator that it is directed at"),
    Word("kind", "act", "kind", f"its kind in the ladder: {', '.join(KINDS)}"),
    Word("effect", "act", "effect", f"its effect in the ladder: {', '.join(EFFECTS)}"),
    Word("cost", "act", NUMBER, "its cost in the ladder, 0 to 1"),
    Word("forced", "act", YES_NO, "whether the scenario dates it, so that nobody chose it"),
    Word("day", "act or day", DAY, "the day, counted from the horizon: 1 is the first simulated one"),
    Word("posture", "day", NUMBER, "the highest posture of any state, or of this one, toward a rival "
         "at the end of the day, 0 to 10", takes="state"),
    Word("highest_act", "day", NUMBER, "the rung of the day's highest act, of anybody or of this actor; 0 "
         "without one", takes="actor", is_whole=True),
    Word("acts", "day", NUMBER, "how many acts there are on the day, of anybody or of this actor",
         takes="actor", is_whole=True),
    Word("talks_open", "day", YES_NO, "whether talks of any mediator, or of this one, are open at the end of "
         "the day", takes="mediator"),
    Word("ceasefire_holds", "day", YES_NO, "whether a ceasefire of any pair is in force at the end of the "
         "day"),
    Word("simulated_days", "crisis", NUMBER, "how many days are simulated", is_whole=True),
)  # fmt: skip
"""The words of expressions, besides the shares and the columns of the table with one row per crisis."""

_OF_ACTS = frozenset({"highest_act", "acts"})
_OF_DAYS = frozenset({"posture", "talks_open", "ceasefire_holds"})


@dataclass(frozen=True)
class Function:
    """A function of expressions, as the documents list it."""

    form: str
    gives: str
    says: str
    read: Callable[[Reader, ast.Call], Parsed]

    @property
    def name(self) -> str:
        """Return its name."""
        return self.form.partition("(")[0]


def _narrowed(term: Parsed, over: About) -> Parsed:
    """Return an expression in which a word that fits acts and days means one of them."""
    if term.about in (None, "crisis"):
        return term
    parts = tuple(_narrowed(part, over) for part in term.parts)
    return replace(term, parts=parts, about=over if term.about == "act or day" else term.about)


def _arguments(reader: Reader, call: ast.Call, least: int, most: int, form: str) -> float | None:
    """Check the arguments of a function; return what `otherwise` is, None where it is not given."""
    otherwise = None
    for keyword in call.keywords:
        if keyword.arg != "otherwise":
            says = f"{reader.shown(call)}: {keyword.arg or '**'} is not an argument"
            raise ExpressionError(says, f"{form}; == for equality")
        found = reader.number(keyword.value)
        if found.op != "constant":
            raise ExpressionError(f"{reader.shown(keyword.value)} is not a plain number", "otherwise=0")
        otherwise = float(found.value)
    if not least <= len(call.args) <= most or any(isinstance(each, ast.Starred) for each in call.args):
        raise ExpressionError(f"{reader.shown(call)} has the wrong number of arguments", form)
    return otherwise


def _over(reader: Reader, call: ast.Call, *parts: Parsed, only: About | None = None) -> About:
    """Return whether a function goes over acts or days, by what its arguments are about."""
    about = reader.about(*parts)
    if about in (None, "crisis"):
        words = reader.language.words_about("act")[:4]
        raise ExpressionError(
            f"{reader.shown(call)} says nothing about an act or a day", f"words such as {', '.join(words)}"
        )
    assert about is not None
    if only is not None and about not in (only, "act or day"):
        raise ExpressionError(f"{reader.shown(call)}: count is for acts", "days(...) counts days")
    return (only or "day") if about == "act or day" else about


def _of_condition(kind: str, form: str) -> Callable[[Reader, ast.Call], Parsed]:
    only: About | None = "act" if form.startswith("count") else None
    is_whole = form.startswith(("count", "days"))

    def read_call(reader: Reader, call: ast.Call) -> Parsed:
        if _arguments(reader, call, 1, 1, form) is not None:
            raise ExpressionError(f"{reader.shown(call)}: otherwise is not needed here", form)
        condition = reader.yes_no(call.args[0])
        over = _over(reader, call, condition, only=only)
        name = form.partition("(")[0]
        return Parsed(name, kind, "crisis", (_narrowed(condition, over),), over, is_whole)

    return read_call


def _of_number(form: str) -> Callable[[Reader, ast.Call], Parsed]:
    name = form.partition("(")[0]

    def read_call(reader: Reader, call: ast.Call) -> Parsed:
        otherwise = _arguments(reader, call, 1, 2, form)
        number = reader.number(call.args[0])
        conditions = [reader.yes_no(each) for each in call.args[1:]]
        over = _over(reader, call, number, *conditions)
        may_be_empty = name != "sum" and (over == "act" or bool(conditions))
        if may_be_empty and otherwise is None:
            what = "act" if over == "act" else "day"
            says = f"{reader.shown(call)} is unknown in a crisis without any such {what}"
            raise ExpressionError(says, f"what it is then, as in {form}")
        if otherwise is not None and not may_be_empty:
            raise ExpressionError(f"{reader.shown(call)}: otherwise is not needed here", "no otherwise")
        parts = tuple(_narrowed(each, over) for each in (number, *conditions))
        is_whole = name != "mean" and number.is_whole and (otherwise or 0.0) in range(11)
        return Parsed(name, NUMBER, "crisis", parts, (over, otherwise), is_whole)

    return read_call


def _ratio(reader: Reader, call: ast.Call) -> Parsed:
    form = "ratio(A, B, otherwise=0)"
    otherwise = _arguments(reader, call, 2, 2, form)
    if otherwise is None:
        raise ExpressionError(f"{reader.shown(call)} is unknown where it divides by 0", f"as in {form}")
    parts = tuple(reader.number(each) for each in call.args)
    return Parsed("ratio", NUMBER, reader.about(*parts), parts, otherwise)


def _came(reader: Reader, call: ast.Call) -> Parsed:
    form = "came(DAY)"
    _arguments(reader, call, 1, 1, form)
    day = reader.term(call.args[0])
    if day.kind != DAY:
        raise ExpressionError(f"{reader.shown(call.args[0])} is not a day", form)
    return Parsed("came", YES_NO, day.about, (day,))


FUNCTIONS: tuple[Function, ...] = (
    *(
        Function(form, gives, says, _of_condition(gives, form))
        for form, gives, says in (
            ("count(CONDITION)", NUMBER, "how many acts there are of which this holds"),
            ("days(CONDITION)", NUMBER, "on how many days it holds, or there is such an act"),
            ("share_of_days(CONDITION)", NUMBER, "the same as a share of the simulated days, 0 to 1"),
            ("any(CONDITION)", YES_NO, "whether there is such an act or day at all"),
            ("first_day(CONDITION)", DAY, "the first such day, or day of such an act"),
            ("last_day(CONDITION)", DAY, "the last one"),
        )
    ),
    *(
        Function(form, NUMBER, says, _of_number(form))
        for form, says in (
            ("sum(NUMBER, CONDITION)", "the sum over such acts or days, or over all of them"),
            ("mean(NUMBER, CONDITION, otherwise=0)", "their mean; `otherwise` says what it is without any"),
            ("max(NUMBER, CONDITION, otherwise=0)", "the greatest of them"),
            ("min(NUMBER, CONDITION, otherwise=0)", "the least of them"),
        )
    ),
    Function("ratio(A, B, otherwise=0)", NUMBER, "A divided by B; `otherwise` where B is 0", _ratio),
    Function("came(DAY)", YES_NO, "whether a day came at all", _came),
)  # fmt: skip
"""The functions of expressions."""


def language_of(
    states: Sequence[str], mediators: Sequence[str], pairs: Pairs, acts: Sequence[str] | None = None
) -> Language:
    """Return the language of measures, for experiments with these actors and acts.

    Parameters
    ----------
    states, mediators
        Of all cells.
    pairs
        The pairs of rivals of all cells, which have columns where there are several.
    acts
        Of the ladders of all cells; by default any name is taken for that of an act.
    """
    words = {word.name: word for word in WORDS}
    names: dict[str, tuple[str, ...] | None] = {
        "act": None if acts is None else tuple(acts),
        "actor": tuple(dict.fromkeys((*states, *mediators))),
        "state": tuple(states),
        "mediator": tuple(mediators),
        "kind": KINDS,
        "effect": EFFECTS,
    }
    of_whom: dict[str, tuple[str, list[str]]] = {}
    for column, name, place in columns_of(states, mediators, pairs if len(pairs) > 1 else ()):
        if column.words:
            names[column.name] = tuple(mediators) if column.words == "mediators" else tuple(column.words)
        words.setdefault(name, word_of_column(column, name))
        if place is not None:
            of_whom.setdefault(column.name, (column.per or "", []))[1].append(name)
    for share in SHARE_MEASURES:
        says = share.question.says if share.question else ""
        words[share.name] = Word(share.name, "crisis", YES_NO, says)
    refused = {name: (f"is of one {per}", listed(named, 6)) for name, (per, named) in of_whom.items()}
    functions = {function.name: function.read for function in FUNCTIONS}
    return Language(words, names, functions, _OTHER_NAMES, refused)


def word_of_column(column: RunColumn, name: str) -> Word:
    """Return the word for a column of the table with one row per crisis."""
    kind = DAY if column.is_day else column.name if column.words else NUMBER
    return Word(name, "crisis", kind, column.says, is_whole=column.stored in ("int8", "int32"))


_OTHER_NAMES: Mapping[str, Parsed] = {
    each.name: Parsed("word", NUMBER, "crisis", value=column.name, is_whole=column.stored == "int8")
    for each in NUMBER_MEASURES
    for column in each.columns
    if column.per is None and column.name != each.name
}
"""The numbers whose column has another name, by the name that the summary gives them."""


def terms_of(
    own: Sequence[OwnMeasure], language: Language, heard: Callable[[OwnMeasure, ExpressionError], object]
) -> dict[str, Parsed]:
    """Read expressions, each of which may use those before it; report those that are wrong."""
    found: dict[str, Parsed] = {}
    names = [each.name for each in own]
    for number, each in enumerate(own):
        try:
            later = dict.fromkeys(names[number:], _LATER)
            defined = {**language.defined, **found}
            known = replace(language, defined=defined, refused={**language.refused, **later})
            term = read_of_crisis(each.of, known)
            if term.kind not in (YES_NO, NUMBER, DAY):
                raise known.no_condition(bare(each.of), term)
        except ExpressionError as error:
            heard(each, error)
        else:
            found[each.name] = term
    return found


_LATER = ("is defined further below", "a measure that comes before this one")


@cache
def measures_of(
    own: tuple[OwnMeasure, ...],
    states: tuple[str, ...] = (),
    mediators: tuple[str, ...] = (),
    pairs: tuple[tuple[str, str], ...] = (),
) -> Measures:
    """Return all measures of an experiment: the shipped ones, then its own, in the order of its file.

    Raises
    ------
    ExpressionError
        If an expression is wrong, which `escalation.experiment.check` finds before.
    """
    if not own:
        return SHIPPED

    def refuse(each: OwnMeasure, error: ExpressionError) -> None:
        raise error

    terms = terms_of(own, language_of(states, mediators, pairs), refuse)
    return Measures(tuple(_measure(each, terms[each.name]) for each in own), *what_is_read(terms.values()))


def what_is_read(terms: Iterable[Parsed]) -> tuple[bool, bool]:
    """Return whether expressions read acts, and states of days, which are kept only if they do."""
    used = [part for term in terms for part in term.walk()]
    words = {part.value for part in used if part.op == "word"}
    reads_acts = any(part.about == "act" for part in used) or bool(words & _OF_ACTS)
    return reads_acts, bool(words & _OF_DAYS)


_UNITS = {"count": "acts", "days": "days", "share_of_days": "share of days"}


def _measure(own: OwnMeasure, term: Parsed) -> Measure:
    label = own.label or own.name.replace("_", " ")
    said: dict[str, Any] = {
        "name": own.name, "noun": label, "heading": label[:1].upper() + label[1:], "short": own.name,
        "clause": label, "direction": DIRECTIONS[own.more_is], "is_nuclear": speaks_of_nuclear_use(term),
    }  # fmt: skip
    values = partial(own_values, term)
    if term.kind == YES_NO:
        column = RunColumn(own.name, "bool", values, label)
        question = Question(partial(_kept, own.name), f"`{own.of}`")
        return Measure(**said, kind="share", unit="share of crises", columns=(column,), question=question)
    if term.kind == DAY:
        column = RunColumn(own.name, "int16", values, label, is_day=True)
        unit = "days after the horizon"
        return Measure(**said, kind="days", unit=unit, columns=(column,), unit_of_difference="days")
    column = RunColumn(own.name, "int32" if term.is_whole else "float64", values, label)
    unit = own.unit or _UNITS.get(term.op, "")
    return Measure(**said, kind="mean", unit=unit, columns=(column,), unit_of_difference=unit)


def _kept(name: str, columns: Mapping[str, NDArray[Any]]) -> NDArray[np.bool_]:
    return np.asarray(columns[name], bool)


def speaks_of_nuclear_use(term: Parsed) -> bool:
    """Return whether an expression speaks of nuclear use: by name, or by a rung above 9.

    Sums and products of rungs that are compared are taken to do so.
    """
    for part in term.walk():
        if part.op == "names" and any("nuclear" in name for name in part.value):
            return True
        if part.op == "word" and part.value in ("nuclear_use", "rung_10"):
            return True
        if part.op in (">", ">=", "==", "!=", "<", "<=") and any(map(_is_a_rung, part.parts)):
            for each in part.parts:
                if each.op in ("+", "-", "*", "/") or (each.op == "negative" and _is_a_rung(each)):
                    return True
                if each.op == "constant" and each.value >= RUNGS - 2:
                    return True
    return False


def _is_a_rung(term: Parsed) -> bool:
    if term.op in ("max", "min", "mean"):
        return _is_a_rung(term.parts[0])
    if term.op in ("+", "-", "*", "/", "negative"):
        return any(map(_is_a_rung, term.parts))
    return term.op == "word" and str(term.value).split("_")[0] in ("rung", "highest", "posture", "peak")
