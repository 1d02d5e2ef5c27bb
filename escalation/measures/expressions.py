"""Expressions over crises, as people write them in a file: read, checked and evaluated; nothing is executed.

The text is parsed as a Python expression and only what is listed here is accepted: comparisons, `and`, `or`,
`not`, sums and products, and the words and functions of a `Language`. What is read is a tree of `Parsed`,
plain data that can be compared, hashed and sent to another process; `evaluate` computes it on whole
arrays at a time.

A day that never came is later than every other day in comparisons, and the last simulated day in sums.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from escalation.files.places import EscalationError, bare, did_you_mean, listed

LONGEST_TEXT = 1_000
DEEPEST = 40
LARGEST = 1e12

YES_NO, NUMBER, DAY = "a yes or no", "a number", "a day"
"""Kinds of values. Any other kind is a set of names, such as those of the actors."""

About = Literal["crisis", "act", "day", "act or day"]
"""What a value is a value of; `act or day` fits to either."""

Values = NDArray[Any]


@dataclass(frozen=True)
class Word:
    """A word of a language: something that crises, acts or days have."""

    name: str
    about: About
    kind: str
    says: str
    takes: str = ""
    """A set of names, one of which may follow in parentheses, as in posture(india)."""
    is_whole: bool = False
    """Of a number: whether it is always a whole one and never negative."""


@dataclass(frozen=True)
class Parsed:
    """A part of an expression, with the parts that it is computed from."""

    op: str
    kind: str
    about: About | None
    """None for what is the same in all crises."""
    parts: tuple[Parsed, ...] = ()
    value: Any = None
    """Of a constant its value, of a word or a function its name, of names the names."""
    is_whole: bool = False

    def walk(self) -> Iterator[Parsed]:
        """Yield this part and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


class ExpressionError(EscalationError):
    """An expression is wrong; the text says what, and `allowed` what would be right."""

    def __init__(self, says: str, allowed: str = "") -> None:
        super().__init__(says)
        self.allowed = allowed


@dataclass(frozen=True)
class Language:
    """What an expression may say."""

    words: Mapping[str, Word]
    names: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    """The names of each set; None if any name is accepted."""
    functions: Mapping[str, Callable[[Reader, ast.Call], Parsed]] = field(default_factory=dict)
    defined: Mapping[str, Parsed] = field(default_factory=dict)
    """Expressions that have a name, by which others may use them."""
    refused: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What is said of names that could be expected but cannot be used, and what can be used instead."""
    example: str = "count(rung >= 7)"
    """An expression, for messages."""

    def words_about(self, about: About) -> list[str]:
        """Return the words about crises, acts or days."""
        fitting = (about,) if about == "crisis" else (about, "act or day")
        return [word.name for word in self.words.values() if word.about in fitting]

    def word_of(self, name: str) -> str:
        """Return the first word that has a name among its values, or nothing."""
        found = (word.name for word in self.words.values() if name in (self.names.get(word.kind) or ()))
        return next(found, "")

    def no_condition(self, text: str, found: Parsed) -> ExpressionError:
        """Return what is wrong with a number, a day or a name where a condition is wanted."""
        if found.kind in (NUMBER, DAY):
            return ExpressionError(f"{text} is {found.kind}", f"a comparison, such as {text} > 1")
        names = self.names[found.kind] or ("name",)
        return ExpressionError(f"{text} is a name", f"a comparison, as in {text} == {names[0]}")


def read(text: str, language: Language) -> Parsed:
    """Read an expression.

    Parameters
    ----------
    text
        As in ``count(rung >= 7 and actor == india) > 3``. Names may be in quotes or not.
    language
        The words, names and functions that it may use.

    Raises
    ------
    ExpressionError
        If it is not an expression, uses anything else, or mixes what does not go together.
    """
    text = " ".join(text.split())
    if len(text) > LONGEST_TEXT:
        raise ExpressionError(f"an expression of {len(text):,} characters", f"at most {LONGEST_TEXT:,}")
    if not text:
        raise ExpressionError("an empty expression", f"such as {language.example}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        alone = _SINGLE.search(text)
        place = alone.start() + 1 if alone else error.offset or len(text)
        allowed = "two signs for equality, ==" if alone else f"such as {language.example}"
        raise ExpressionError(f"{bare(text)} is not an expression at character {place}", allowed) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError("this cannot be read as an expression", f"such as {language.example}") from None
    return Reader(text, language).term(tree.body)


def read_of_crisis(text: str, language: Language) -> Parsed:
    """Read an expression that has one value per crisis, and not the same in all of them.

    Parameters
    ----------
    text, language
        As for `read`.

    Raises
    ------
    ExpressionError
        If it cannot be read, or is of an act, of a day, or the same in every crisis.
    """
    term = read(text, language)
    if term.about is None:
        raise ExpressionError(f"{bare(text)} is the same in every crisis", f"such as {language.example}")
    if term.about != "crisis":
        what = "an act" if term.about == "act" else "a day"
        raise ExpressionError(
            f"{bare(text)} is of {what}, not of a crisis", "a function around it, such as any(...)"
        )
    return term


_SINGLE = re.compile(r"(?<![=!<>])(?<!otherwise)(?<!otherwise )=(?!=)")
"""One sign where two are meant."""


_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISONS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_ALLOWED = "comparisons, and, or, not, + - * /, in [...], words and functions"


class Reader:
    """Reads one expression; functions of a language call it for their arguments."""

    def __init__(self, text: str, language: Language) -> None:
        self.text, self.language = text, language
        self._depth = 0

    def shown(self, node: ast.AST) -> str:
        """Return a part of the expression as it was written."""
        return bare(ast.get_source_segment(self.text, node) or self.text)

    def term(self, node: ast.expr) -> Parsed:
        """Read a part of the expression."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError("the expression is nested too deeply", f"at most {DEEPEST} levels")
        try:
            return self._term(node)
        finally:
            self._depth -= 1

    def _term(self, node: ast.expr) -> Parsed:
        match node:
            case ast.BoolOp(op, values):
                parts = tuple(self.yes_no(value) for value in values)
                return Parsed("and" if isinstance(op, ast.And) else "or", YES_NO, self.about(*parts), parts)
            case ast.UnaryOp(ast.Not(), operand):
                part = self.yes_no(operand)
                return Parsed("not", YES_NO, part.about, (part,))
            case ast.UnaryOp(ast.USub() | ast.UAdd() as op, operand):
                part = self.number(operand)
                return Parsed("negative", NUMBER, part.about, (part,)) if isinstance(op, ast.USub) else part
            case ast.BinOp(left, op, right):
                return self._arithmetic(node, left, op, right)
            case ast.Compare():
                return self._comparisons(node)
            case ast.Constant(int() | float() as value) if not isinstance(value, bool):
                return self._constant(node, value)
            case ast.Name(name):
                return self._word(name)
            case ast.Call(ast.Name(name)):
                return self._call(node, name)
            case ast.Constant(str(value)):
                says = f'"{bare(value)}" is a name that nothing is compared with'
                raise ExpressionError(says, "word == name")
        raise ExpressionError(f"{self.shown(node)} is not allowed", _ALLOWED)

    def _constant(self, node: ast.expr, value: float) -> Parsed:
        if not abs(value) <= LARGEST:
            raise ExpressionError(f"{self.shown(node)} is too large", f"numbers up to {LARGEST:g}")
        return Parsed("constant", NUMBER, None, value=value, is_whole=isinstance(value, int) and value >= 0)

    def _word(self, name: str) -> Parsed:
        if name in self.language.defined:
            return self.language.defined[name]
        word = self.language.words.get(name)
        if word is None:
            raise self._unknown(name)
        return Parsed("word", word.kind, word.about, value=name, is_whole=word.is_whole)

    def _unknown(self, name: str) -> ExpressionError:
        if name in self.language.refused:
            says, allowed = self.language.refused[name]
            return ExpressionError(f"{name} {says}", allowed)
        known = [*self.language.functions, *self.language.words, *self.language.defined]
        near = did_you_mean(name, known)
        word = self.language.word_of(name)
        allowed = f"{word} == {name}" if word else near or f"words: {listed(known, 60)}"
        return ExpressionError(f'"{bare(name)}" is not a word of expressions', allowed)

    def _call(self, node: ast.Call, name: str) -> Parsed:
        if name in self.language.functions:
            return self.language.functions[name](self, node)
        word = self.language.words.get(name)
        if word is None:
            raise self._unknown(name)
        if not word.takes or len(node.args) != 1 or node.keywords:
            allowed = f"{name} alone" + (f", or {name}({word.takes.upper()})" if word.takes else "")
            raise ExpressionError(f"{self.shown(node)} is not allowed", allowed)
        of = Parsed("names", word.takes, None, value=(self._name(node.args[0], word.takes),))
        return Parsed("word", word.kind, word.about, (of,), name, word.is_whole)

    def _arithmetic(self, node: ast.expr, left: ast.expr, op: ast.operator, right: ast.expr) -> Parsed:
        sign = _ARITHMETIC.get(type(op))
        if sign is None:
            joins = isinstance(op, ast.BitAnd | ast.BitOr)
            raise ExpressionError(f"{self.shown(node)} is not allowed", "and, or" if joins else _ALLOWED)
        one, other = self.number(left), self.number(right)
        if sign == "/" and not (other.op == "constant" and other.value):
            raise ExpressionError(
                f"{self.shown(node)} may divide by 0", "a number other than 0, or ratio(A, B, otherwise=0)"
            )
        is_whole = sign in "+*" and one.is_whole and other.is_whole
        return Parsed(sign, NUMBER, self.about(one, other), (one, other), is_whole=is_whole)

    def _comparisons(self, node: ast.Compare) -> Parsed:
        sides = [node.left, *node.comparators]
        found = [
            self._comparison(node, left, op, right)
            for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
        ]
        if len(found) == 1:
            return found[0]
        return Parsed("and", YES_NO, self.about(*found), tuple(found))

    def _comparison(self, node: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Parsed:
        sign = _COMPARISONS.get(type(op))
        if sign is None:
            raise ExpressionError(f"{self.shown(node)} is not allowed", "== for is, != for is not")
        named = self._named(left) or self._named(right)
        if named is not None:
            return self._of_names(node, left, sign, right)
        if sign in ("in", "not in"):
            return self._among(node, left, sign, right)
        one, other = self._ordered(left), self._ordered(right)
        return Parsed(sign, YES_NO, self.about(one, other), (one, other))

    def _among(self, node: ast.Compare, left: ast.expr, sign: str, right: ast.expr) -> Parsed:
        """Read whether a number or a day is one of several."""
        if not isinstance(right, ast.List | ast.Tuple | ast.Set) or not right.elts:
            raise ExpressionError(f"{self.shown(node)} is not allowed", "in [...], as in peak in [2, 3]")
        one = self._ordered(left)
        each = [Parsed("==", YES_NO, self.about(one, other), (one, other))
                for other in map(self._ordered, right.elts)]  # fmt: skip
        found = Parsed("or", YES_NO, self.about(*each), tuple(each))
        return found if sign == "in" else Parsed("not", YES_NO, found.about, (found,))

    def _named(self, node: ast.expr) -> Parsed | None:
        """Return a word whose values are names; None for anything else."""
        name = node.func if isinstance(node, ast.Call) else node
        word = self.language.words.get(name.id) if isinstance(name, ast.Name) else None
        return self.term(node) if word is not None and word.kind in self.language.names else None

    def _of_names(self, node: ast.Compare, left: ast.expr, sign: str, right: ast.expr) -> Parsed:
        """Read a comparison of a word with names, or with a word of the same names."""
        if sign not in ("==", "!=", "in", "not in"):
            raise ExpressionError(f"{self.shown(node)}: names have no order", "==, != or in")
        op = "is" if sign in ("==", "in") else "is not"
        one, other = self._named(left), self._named(right)
        if sign in ("in", "not in"):
            if one is None or not isinstance(right, ast.List | ast.Tuple | ast.Set) or not right.elts:
                raise ExpressionError(f"{self.shown(node)} is not allowed", "a word in [names]")
            names = [self._name(each, one.kind) for each in right.elts]
        elif one is not None and other is not None and one.kind == other.kind:
            return Parsed(op, YES_NO, self.about(one, other), (one, other))
        else:
            one, right = (one, right) if one is not None else (other, left)
            assert one is not None
            names = [self._name(right, one.kind)]
        return Parsed(op, YES_NO, one.about, (one, Parsed("names", one.kind, None, value=tuple(names))))

    def _name(self, node: ast.expr, kind: str) -> str:
        name = node.id if isinstance(node, ast.Name) else getattr(node, "value", None)
        if not isinstance(name, str):
            raise ExpressionError(f"{self.shown(node)} is not the name of {_article(kind)}", "a name")
        known = self.language.names[kind]
        if known is not None and name not in known:
            allowed = " ".join(filter(None, (did_you_mean(name, known), f"one of {listed(known, 40)}")))
            raise ExpressionError(f'no {kind} is called "{bare(name)}"', allowed)
        return name

    def yes_no(self, node: ast.expr) -> Parsed:
        """Read a condition."""
        found = self.term(node)
        if found.kind != YES_NO:
            raise self.language.no_condition(self.shown(node), found)
        return found

    def _ordered(self, node: ast.expr) -> Parsed:
        return self._of_kind(node, (NUMBER, DAY), "a number or a day; a yes or no stands alone, or after not")

    def number(self, node: ast.expr) -> Parsed:
        """Read a number; a day becomes one, with the last simulated day for never."""
        found = self._of_kind(node, (NUMBER, DAY), "a number")
        return Parsed("counted", NUMBER, found.about, (found,)) if found.kind == DAY else found

    def _of_kind(self, node: ast.expr, kinds: tuple[str, ...], allowed: str) -> Parsed:
        found = self.term(node)
        if found.kind not in kinds:
            kind = found.kind if found.kind in (YES_NO, NUMBER, DAY) else _article(found.kind)
            raise ExpressionError(f"{self.shown(node)} is {kind}", allowed)
        return found

    def about(self, *parts: Parsed) -> About | None:
        """Return what a combination is a value of: the narrowest; an act and a day have none in common."""
        found = {part.about for part in parts}
        if {"act", "day"} <= found:
            acts, days = (
                next(
                    each.value
                    for part in parts
                    for each in part.walk()
                    if each.about == about and each.op == "word"
                )
                for about in ("act", "day")
            )
            raise ExpressionError(
                f"{acts} is of an act and {days} of a day", "one or the other; two functions, joined by and"
            )
        order: tuple[About, ...] = ("act", "day", "act or day", "crisis")
        return next((about for about in order if about in found), None)


def _article(kind: str) -> str:
    return f"an {kind}" if kind[:1] in "aeiou" else f"a {kind}"


class Lookup(Protocol):
    """Knows the values of words, for an array of crises at once."""

    def word(self, term: Parsed) -> Values:
        """Return the values of a word: one per crisis or act, or crises by days."""

    def codes(self, term: Parsed) -> Values:
        """Return names as the numbers by which the words of their set have them; unknown ones as none."""

    def spread(self, values: Values, about: About) -> Values:
        """Return values of crises as values of their acts or days."""

    def call(self, term: Parsed) -> Values:
        """Return what a function of the language is for each crisis."""

    def counted(self, days: Values) -> Values:
        """Return days as numbers, with the last simulated day for never."""


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "and": np.logical_and, "or": np.logical_or, "+": np.add, "-": np.subtract, "*": np.multiply,
    "/": np.true_divide, "==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal,
    ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip


def evaluate(term: Parsed, source: Lookup) -> Values:
    """Return the values of an expression, one for each crisis, act or day that it is about."""

    def part(at: Parsed) -> Values:
        values = evaluate(at, source)
        is_wider = at.about == "crisis" and term.about not in (None, "crisis")
        return source.spread(values, term.about) if is_wider and term.about else values

    match term.op:
        case "constant":
            return np.asarray(term.value)
        case "word":
            return source.word(term)
        case "names":
            return source.codes(term)
        case "not":
            return np.logical_not(part(term.parts[0]))
        case "negative":
            return np.negative(part(term.parts[0]))
        case "counted":
            return source.counted(part(term.parts[0]))
        case "is" | "is not":
            one, other = (part(each) for each in term.parts)
            same = _is_one_of(one, other) if term.parts[1].op == "names" else np.equal(one, other)
            return same if term.op == "is" else np.logical_not(same)
    if term.op in _OPERATORS:
        values, *rest = (part(each) for each in term.parts)
        for other in rest:
            values = _OPERATORS[term.op](values, other)
        return values
    return source.call(term)


def _is_one_of(values: Values, codes: Values) -> Values:
    """Return which values are among a few; faster than `numpy.isin` for so few."""
    found = np.zeros(values.shape, bool)
    for code in codes.tolist():
        found |= values == code
    return found
