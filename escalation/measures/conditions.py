"""A condition on one crisis, as text: `outcome == war`, `days_to_force <= 10 and not ceasefire`.

The text has the form of a Python expression and is read by Python's own parser, but only the few forms below
are taken, and nothing is ever executed: names of shares and of the columns of runs, numbers, words,
comparisons, `and`, `or`, `not`, `in` with a list, and sums, differences and products of numbers.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from escalation.files.places import ArgumentError, did_you_mean, listed
from escalation.measures.columns import Layout
from escalation.measures.measures import (
    EMPTY,
    Answers,
    Columns,
    Measure,
    RunColumn,
    Thresholds,
)
from escalation.measures.reduce import NEVER
from escalation.vocabulary import OUTCOMES, RUNGS

LONGEST = 500
"""Characters of a condition."""

_Values = Callable[[Columns], NDArray[Any]]
_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
_COUNTED: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
}
_ALLOWED = (
    "names of measures, numbers, words, the signs == != < <= > >= + - *, `in [...]`, `and`, `or`, `not` and"
    " brackets"
)


@dataclass(frozen=True)
class CrisisCondition:
    """A condition that can be asked of every crisis."""

    text: str
    columns: tuple[str, ...]
    """The columns of runs that it reads."""
    is_nuclear: bool
    """Whether it speaks of nuclear use, so that the caveat goes with it."""
    share: Measure | None
    """The share that it is, where it is nothing but one of the experiment's."""
    _asks: _Values

    def holds(self, table: Columns) -> Answers:
        """Return the answer of every crisis.

        Parameters
        ----------
        table
            One row per crisis, of which only `columns` are read, in the form of a part of a sweep: words as
            numbers, days as whole numbers with `NEVER`, or as decimals with NaN.
        """
        return np.asarray(self._asks(table), bool)

    def heading(self, thresholds: Thresholds) -> str:
        """Return what it is called in a sentence with a share of crises."""
        return self.share.worded(thresholds).heading if self.share else self.text


def condition(text: str, layout: Layout) -> CrisisCondition:
    """Read a condition on the crises of an experiment.

    A day that never came is later than any day: `days_to_force > 10` holds where no force was used, and
    `days_to_force <= 10` does not. A number of an actor that a cell does not have meets no comparison.

    Parameters
    ----------
    text
        Names are those of the shares (`force`, `talks`, `rung_7`) and of the columns of runs
        (`days_to_force`, `peak`, `cost_india`), the experiment's own among them; a column of words is
        compared with its words (`outcome == war`, `settled_by in [russia, china]`).
    layout
        The actors of the experiment, which determine the columns.

    Raises
    ------
    ArgumentError
        With the position, what is wrong, and what is allowed.
    """
    if not isinstance(text, str):
        raise ArgumentError(f"condition: {text!r} is not a text such as 'outcome == war'")
    text = " ".join(text.split())
    return _Reading(text, layout).condition()


@dataclass(frozen=True)
class _Term:
    """A part of a condition: a truth value, a number, a column of words, or a word."""

    kind: Literal["truth", "number", "words", "word"]
    values: _Values
    name: str
    words: tuple[str, ...] = ()
    at: int = 0


class _Reading:
    """One condition while it is read."""

    def __init__(self, text: str, layout: Layout) -> None:
        self.text = text
        self.layout = layout
        self.measures = layout.measures
        self.read: dict[str, None] = {}
        self.nuclear = False

    @cached_property
    def known(self) -> dict[str, RunColumn]:
        """The columns by name."""
        named = {name: each for each in self.measures.columns for name in self.layout.names(each)}
        for one in self.measures.numbers:
            whole = next((column for column in one.columns if column.per is None), None)
            if whole is not None:
                named.setdefault(one.name, whole)
        return named

    def condition(self) -> CrisisCondition:
        if not self.text:
            self.refuse(0, "empty", "a condition such as outcome == war")
        if len(self.text) > LONGEST:
            self.refuse(LONGEST, "too long", f"up to {LONGEST} characters")
        single = re.search(r"(?<![=!<>])=(?!=)", self.text)
        if single:
            self.refuse(single.start(), "= is not a comparison", "==")
        try:
            with warnings.catch_warnings():  # of `3or`, for one
                warnings.simplefilter("ignore")
                tree = ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            self.refuse((error.offset or len(self.text) + 1) - 1, "this cannot be read", _ALLOWED)
        except (ValueError, RecursionError, MemoryError):
            self.refuse(0, "this cannot be read", _ALLOWED)
        asks = self.truth(self.term(tree)).values
        if not self.read:
            self.refuse(0, "nothing is asked of a crisis", "a condition such as outcome == war")
        return CrisisCondition(self.text, tuple(self.read), self.nuclear, self.as_share(tree), asks)

    def as_share(self, tree: ast.expr) -> Measure | None:
        """Return the share that a condition is, if it is nothing but that."""
        match tree:
            case ast.Name(name):
                pass
            case ast.Compare(ast.Name("outcome"), [ast.Eq()], [ast.Name(name) | ast.Constant(str(name))]) if (
                name in OUTCOMES
            ):
                pass
            case _:
                return None
        return next((each for each in self.measures.shares if each.name == name), None)

    def refuse(self, at: int, says: str, allowed: str, near: str = "") -> NoReturn:
        hint = " ".join(part for part in (near, f"allowed: {allowed}" if allowed else "") if part)
        raise ArgumentError(f'condition "{self.text}", character {at + 1}: {says}; {hint}')

    def term(self, node: ast.expr) -> _Term:
        at = node.col_offset
        match node:
            case ast.BoolOp(op, values):
                parts = [self.truth(self.term(each)).values for each in values]
                join = np.logical_and if isinstance(op, ast.And) else np.logical_or
                return _Term("truth", lambda table: _joined(join, parts, table), "", at=at)
            case ast.UnaryOp(ast.Not(), value):
                part = self.truth(self.term(value)).values
                return _Term("truth", lambda table: ~part(table), "", at=at)
            case ast.UnaryOp(ast.USub(), value):
                part = self.number(self.term(value)).values
                return _Term("number", lambda table: -part(table), "", at=at)
            case ast.BinOp(left, op, right) if type(op) in _COUNTED:
                one, other = self.number(self.term(left)).values, self.number(self.term(right)).values
                count = _COUNTED[type(op)]
                return _Term("number", lambda table: _quiet(count, one(table), other(table)), "", at=at)
            case ast.Compare(left, ops, others):
                return self.compared(at, [left, *others], ops)
            case ast.Constant(value) if isinstance(value, int | float) and not isinstance(value, bool):
                number = np.float64(value)
                self.nuclear |= RUNGS - 2 <= value <= RUNGS - 1 and "peak" in self.text
                return _Term("number", lambda table: np.asarray(number), f"{value:g}", at=at)
            case ast.Constant(str(word)):
                return self.word(word, at)
            case ast.Name(name):
                return self.named(name, at)
        self.refuse(at, f"{ast.unparse(node)[:40]} is not allowed here", _ALLOWED)

    def named(self, name: str, at: int) -> _Term:
        """Return the share, the column or the word of a name, in this order."""
        if name in self.measures.names:
            # Its columns are those that the question reads.
            asked = _Asked()
            self.measures.share_of(name, asked)
            self.read |= dict.fromkeys(asked.names)
            self.nuclear |= self.measures.measure(name).is_nuclear
            return _Term("truth", lambda table: self.measures.share_of(name, table), name, at=at)
        column = self.known.get(name)
        if column is None:
            return self.word(name, at)
        stored = column.name if name in self.measures and column.per is None else name
        self.read[stored] = None
        if column.stored == "word":
            return _Term("words", lambda table: table[stored], name, self.words_of(column), at)
        return _Term("number", lambda table: _as_number(table[stored], column), name, at=at)

    def words_of(self, column: RunColumn) -> tuple[str, ...]:
        return self.layout.mediators if column.words == "mediators" else tuple(column.words)

    def word(self, name: str, at: int) -> _Term:
        return _Term("word", lambda table: np.asarray(False), name, at=at)

    def truth(self, found: _Term) -> _Term:
        if found.kind == "truth":
            return found
        if found.kind == "words":
            self.refuse(found.at, f"{found.name} is a word", f"{found.name} == {found.words[0]}, for one")
        if found.kind == "number":
            named = found.name or "this"
            self.refuse(found.at, f"{named} is a number", f"a comparison, such as {named} > 1")
        self.unknown(found)

    def number(self, found: _Term) -> _Term:
        if found.kind == "number":
            return found
        if found.kind == "word":
            self.unknown(found)
        says = "a word" if found.kind == "words" else "a question with the answer yes or no"
        self.refuse(found.at, f"{found.name or 'this'} is {says}, not a number", "a number")

    def unknown(self, found: _Term) -> NoReturn:
        names = [*self.measures.names, *self.known]
        whose = next((each for each in self.measures.columns if each.name == found.name and each.per), None)
        if whose is not None:
            own = list(self.layout.names(whose))
            self.refuse(found.at, f"{found.name} is of one {whose.per}", listed(own, 6) if own else "others")
        of = [name for name, each in self.known.items() if found.name in self.words_of(each)]
        near = did_you_mean(found.name, names)
        allowed = f"{of[0]} == {found.name}" if of else "" if near else listed(names, 24)
        self.refuse(found.at, f"{found.name!r} is not a measure", allowed, "" if of else near)

    def compared(self, at: int, nodes: list[ast.expr], ops: list[ast.cmpop]) -> _Term:
        parts = [
            self.one_compared(left, op, right)
            for left, op, right in zip(nodes[:-1], ops, nodes[1:], strict=True)
        ]
        return _Term("truth", lambda table: _joined(np.logical_and, parts, table), "", at=at)

    def one_compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> _Values:
        if isinstance(op, ast.In | ast.NotIn):
            return self.among(left, right, isinstance(op, ast.In))
        compare = _COMPARED.get(type(op))
        if compare is None:
            self.refuse(left.col_offset, "this comparison is not known", "== != < <= > >=")
        one, other = self.term(left), self.term(right)
        if "words" in (one.kind, other.kind):
            if other.kind == "words":
                one, other = other, one
            code = self.code(one, other)
            if not isinstance(op, ast.Eq | ast.NotEq):
                self.refuse(one.at, f"{one.name} is a word", "== and !=")
            return lambda table: compare(one.values(table), code)
        low, high = self.number(one).values, self.number(other).values
        return lambda table: _compared(compare, low(table), high(table))

    def among(self, left: ast.expr, right: ast.expr, is_in: bool) -> _Values:
        found = self.term(left)
        if not isinstance(right, ast.List | ast.Tuple | ast.Set) or not right.elts:
            self.refuse(
                right.col_offset, "`in` needs a list", "one in square brackets, such as [war, nuclear_use]"
            )
        items = [self.term(each) for each in right.elts]
        if found.kind == "words":
            codes = [self.code(found, item) for item in items]
            return lambda table: np.isin(found.values(table), codes, invert=not is_in)
        own = self.number(found).values
        numbers = [self.number(item).values for item in items]

        def asks(table: Columns) -> NDArray[Any]:
            value = own(table)
            hit = np.any([value == number(table) for number in numbers], axis=0)
            return np.asarray((hit if is_in else ~hit) & ~np.isnan(value))

        return asks

    def code(self, column: _Term, found: _Term) -> int:
        """Return the number of a word of a column."""
        if found.name not in column.words:
            near = did_you_mean(found.name, column.words)
            says = f"{found.name or 'this'!r} is not one of the words of {column.name}"
            self.refuse(found.at, says, listed(column.words, 12), near)
        self.nuclear |= found.name in self.measures and self.measures.measure(found.name).is_nuclear
        return column.words.index(found.name)


class _Asked(dict[str, NDArray[Any]]):
    """A table without rows that records which of its columns are read."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __missing__(self, name: str) -> NDArray[Any]:
        self.names.append(name)
        return np.zeros(0, np.int16)


def _as_number(values: NDArray[Any], column: RunColumn) -> NDArray[np.float64]:
    """Return a column of numbers: infinity for a day that never came, NaN for what a cell does not have."""
    numbers = values.astype(np.float64)
    if column.is_day:
        return np.where(np.isnan(numbers) | (numbers == NEVER), np.inf, numbers)
    empty = EMPTY.get(column.stored)
    return numbers if empty is None else np.where(numbers == empty, np.nan, numbers)


def _joined(join: Callable[[Any, Any], Any], parts: Sequence[_Values], table: Columns) -> NDArray[Any]:
    return np.asarray(reduce(join, [part(table) for part in parts]))


def _compared(compare: Callable[[Any, Any], Any], one: Any, other: Any) -> NDArray[np.bool_]:
    known = ~(np.isnan(one) | np.isnan(other))
    return np.asarray(compare(one, other) & known)


def _quiet(count: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    with np.errstate(invalid="ignore"):  # never minus never is not known
        return count(one, other)
