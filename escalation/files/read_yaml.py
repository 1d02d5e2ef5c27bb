"""YAML text to plain data in which every value knows its place.

Goes over PyYAML's events and builds the tree itself (`docs/decisions/0017-yaml-from-events.md`):
nesting is bounded, nothing is ever constructed from a tag, keys cannot overwrite one another, and
all errors up to the first in the syntax are found at once.

Readers of YAML 1.1 and 1.2 take `no`, `1e-3`, `010` or `12:30` for different things. Here a plain
scalar is true, false, null, a decimal number or text; what another reader would take for something
else is refused, so that a file means the same to everyone who reads it.

PyYAML has two parsers, in C and in Python, which word the same error differently. Which of our
sentences fits is read off what both messages share, so the report is the same with either.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import Any

import yaml
from yaml import events as ev

from escalation.files.invisible import ALLOWED, name_of, odd_in_key, odd_in_value, odd_sign
from escalation.files.places import FAULTY, Faulty, Path, Place, Problem, Tree, bare, shown

DEEPEST = 40
MOST_VALUES = 50_000
_MOST_PROBLEMS = 1_000
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")

# Escapes can bring what the text itself may not hold; further, signs that break a line or turn its direction.
_UNWANTED_IN_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)

# Up to the first tab of a line before any comment.
_TAB = re.compile(r"[^\t#]*(?:(?<=\S)#[^\t#]*)*\t")
_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # as YAML 1.1 has them
_STAND_IN = "\ufffd"
_MARK = "\ufeff"  # of the order of bytes; within a text where files were joined
_INT_KEY = re.compile(r"0|[1-9][0-9]{0,17}")
_NO_ALIASES = "no anchors and aliases: write the value out"


def read_tree(text: str, file: str) -> Tree:
    """Build the tree of one YAML document; its value is FAULTY if the text cannot be read to its end."""
    tree = Tree(file)
    _Reader(text, tree).read()
    return tree


class _GaveUp(Exception):  # noqa: N818 (the reason is reported already)
    """Reading on is pointless."""


class _Reader:
    """Builds the tree of a text by recursive descent over the parser's events."""

    def __init__(self, text: str, tree: Tree) -> None:
        self.tree = tree
        self.depth = 0
        self.silent = 0  # above 0 below a refused key: errors are reported, values go nowhere
        self.has_tabs = False
        self.line_starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        # With a line end at the end, both parsers see the end of an unclosed bracket in the same place.
        self.text = text if text.endswith("\n") else text + "\n"
        self.events: Iterator[Any] = iter(())

    def read(self) -> None:
        try:
            self._repair()
            self.events = yaml.parse(self.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            self._documents()
        except _GaveUp:
            self.tree.value = FAULTY
        except yaml.YAMLError as error:
            self.tree.value = FAULTY
            # A tab that was read as a space upsets the indentation: its own report says enough.
            if not self.has_tabs:
                self._add_unless_known(_syntax_problem(error, self.text, self.tree.file))

    def _add_unless_known(self, problem: Problem) -> None:
        """Add a problem unless there is one in its place: a character that stops the parser is one error."""
        places = {(known.line, known.column) for known in self.tree.problems}
        if (problem.line, problem.column) not in places:
            self.tree.problems.append(problem)

    def _repair(self) -> None:
        """Report characters that a scenario may not hold, and replace them by harmless ones."""
        for found in islice(_UNPRINTABLE.finditer(self.text), _MOST_PROBLEMS):
            kind = name_of(found[0]) if found[0] == _MARK else f"the control character {bare(found[0])}"
            self._report(self._at(found.start()), kind, "printable text and line ends")
        ends = [*self.line_starts[1:], len(self.text)] if "\t" in self.text else []
        for start, end in zip(self.line_starts, ends, strict=False):
            tab = _TAB.match(self.text, start, end)
            if tab and len(self.tree.problems) < _MOST_PROBLEMS:
                self._report(self._at(tab.end() - 1), "a tab", "spaces, for indentation and between words")
                self.has_tabs = True
        self.is_repaired = _UNPRINTABLE.search(self.text) is not None
        self.text = _UNPRINTABLE.sub(_STAND_IN, self.text)
        self.text = self.text.replace("\t", " ") if self.has_tabs else self.text

    def _at(self, index: int) -> Place:
        line = bisect_right(self.line_starts, index)
        return Place(self.tree.file, line, index - self.line_starts[line - 1] + 1, ())

    def _place_of(self, event: Any, path: Path) -> Place:
        mark = event.start_mark
        return Place(self.tree.file, mark.line + 1, mark.column + 1, path)

    def _place_of_char(self, event: Any, place: Place, char: str) -> Place:
        """Return the place of a character of a scalar; that of the scalar where it is an escape."""
        index = self.text.find(char, event.start_mark.index, event.end_mark.index)
        at = self._at(index) if index >= 0 else place
        return Place(at.file, at.line, at.column, place.path)

    def _report(self, place: Place, says: str, allowed: str = "") -> None:
        self.tree.problems.append(place.problem(says, allowed))
        if len(self.tree.problems) > _MOST_PROBLEMS:
            raise _GaveUp

    def _documents(self) -> None:
        next(self.events)  # the start of the stream
        event = next(self.events)
        if isinstance(event, ev.StreamEndEvent):
            self._report(
                Place(self.tree.file, 1, 1, ()), "nothing but blank lines or comments", "a mapping of keys"
            )
            return
        if "\n%" in "\n" + self.text[: event.end_mark.index]:
            self._report(self._place_of(event, ()), "a % directive", _NO_DIRECTIVES)
        self.tree.value = self._value(next(self.events), ())
        next(self.events)  # the end of the document
        event = next(self.events)
        if isinstance(event, ev.DocumentStartEvent):
            self._report(self._place_of(event, ()), "a second document begins", "one document per file")

    def _value(self, event: Any, path: Path, key: Place | None = None, in_brackets: bool = False) -> Any:
        """Return the value that begins with an event, read to its end; `key` is the place of its key."""
        place = self._place_of(event, path)
        if isinstance(event, ev.AliasEvent):
            assert event.anchor is not None
            self._report(place, f"an alias, *{bare(event.anchor)}", _NO_ALIASES)
            return self._kept(FAULTY, place)
        self._check_properties(event, place)
        if isinstance(event, ev.ScalarEvent):
            if key is not None and not event.value and _is_plain(event):
                place = key  # the parsers disagree on the place of an empty value
            return self._kept(self._scalar(event, place, in_brackets), place)
        if self.depth >= DEEPEST:
            self._report(place, "nested too deeply", f"at most {DEEPEST} levels")
            raise _GaveUp
        self._kept(FAULTY, place)
        self.depth += 1
        read = self._mapping if isinstance(event, ev.MappingStartEvent) else self._list
        value = read(path, bool(event.flow_style))
        self.depth -= 1
        return value

    def _kept(self, value: object, place: Place) -> object:
        if not self.silent:
            self.tree.places[place.path] = place
            if len(self.tree.places) > MOST_VALUES:
                here = Place(place.file, place.line, place.column, ())
                self._report(here, "too many values", f"at most {MOST_VALUES:,} per file")
                raise _GaveUp
        return value

    def _check_properties(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            self._report(place, f"an anchor, &{bare(event.anchor)}", _NO_ALIASES)
        if event.tag is not None:
            tag = bare(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._report(place, f"a tag, {tag}", "no tags: the value alone, in quotes if it is text")

    def _list(self, path: Path, in_brackets: bool) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), ev.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items)), None, in_brackets))
        return items

    def _mapping(self, path: Path, in_brackets: bool) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        known: dict[str, Place] = {}
        while not isinstance(event := next(self.events), ev.MappingEndEvent):
            key = self._key(event, path, in_brackets)
            at = self._place_of(event, (*path, "?" if key is None else key))
            first = known.get(str(key)) if key is not None else None
            if key is not None and first is None:
                known[str(key)] = at
                if not self.silent:
                    self.tree.keys[at.path] = at
                values[key] = self._value(next(self.events), at.path, at, in_brackets)
                continue
            if first is not None:
                self._report(at, f"duplicate key, first in line {first.line}", "each key once")
            elif not self.silent:
                self.tree.incomplete.add(path)
            self.silent += 1
            self._value(next(self.events), at.path, first or at, in_brackets)
            self.silent -= 1
        return values

    def _key(self, event: Any, path: Path, in_brackets: bool) -> str | int | None:
        """Return the key that an event is; None if it is refused."""
        place = self._place_of(event, path)
        if not isinstance(event, ev.ScalarEvent):
            if not isinstance(event, ev.AliasEvent):
                self._report(place, "a mapping or list as a key", "a name as key")
            self.silent += 1
            self._value(event, path)
            self.silent -= 1
            return None
        self._check_properties(event, place)
        text: str = event.value
        plain = _is_plain(event)
        problem = None
        if plain and text == "<<":
            problem = "a merge key, <<", "no merging: write the keys out"
        elif plain and text in ("", "~", "null"):
            problem = "an empty key", "a name as key"
        elif plain and "?" in text and in_brackets:
            problem = _QUESTION_MARK
        elif (odd := odd_in_key(text)) is not None:
            problem = name_of(text[odd]), f"a name as key; {ALLOWED}"
            place = self._place_of_char(event, place, text[odd])
        elif _UNWANTED_IN_TEXT.search(text):
            problem = "a key with a control character", "a name as key"
        if problem is not None:
            self._report(place, *problem)
            return None
        if self.is_repaired and _STAND_IN in text:
            return None
        if plain and _INT_KEY.fullmatch(text):
            return int(text)
        if plain and not is_text(text):
            here = self._place_of(event, (*path, text))
            self._report(here, f"the unquoted key {bare(text)} is ambiguous", f"a name, or {shown(text)}")
        return text

    def _scalar(self, event: Any, place: Place, in_brackets: bool) -> Scalar | Faulty:
        text: str = event.value
        if self.is_repaired and _STAND_IN in text:
            return FAULTY
        if _is_plain(event) and "?" in text and in_brackets:
            self._report(self._at(self.text.find("?", event.start_mark.index)), *_QUESTION_MARK)
            return FAULTY
        odd = odd_in_value(text, _is_plain(event))
        if odd is not None:
            self._report(self._place_of_char(event, place, text[odd]), name_of(text[odd]), ALLOWED)
            return FAULTY
        unwanted = _UNWANTED_IN_TEXT.search(text)
        if unwanted:
            self._report(place, f"text with the control character {bare(unwanted[0])}", "printable text")
            return FAULTY
        if not _is_plain(event):
            return text
        try:
            return plain_value(text)
        except Ambiguous as doubt:
            self._report(place, doubt.says, doubt.allowed)
            return FAULTY


def _is_plain(event: Any) -> bool:
    return not event.style  # None from the Python parser, empty from the C one


def is_text(text: str) -> bool:
    """Return whether every YAML reader takes an unquoted scalar for text."""
    try:
        return isinstance(plain_value(text), str)
    except Ambiguous:
        return False


_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_CLOCK = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_ZEROS = re.compile(r"[-+]?0[0-9_]+")
_BASED = re.compile(r"[-+]?0(b[01_]+|o[0-7_]+|x[0-9a-fA-F_]+)", re.IGNORECASE)
_UNDERSCORED = re.compile(r"[-+]?(?=[0-9._]*_)[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)

_TRUTH = {
    "yes": True,
    "on": True,
    "y": True,
    "true": True,
    "no": False,
    "off": False,
    "n": False,
    "false": False,
}

_MOST_DIGITS = 18  # what a 64-bit integer holds for certain
Scalar = str | int | float | bool | None


class Ambiguous(ValueError):  # noqa: N818 (it is caught and reported with its place)
    """A plain scalar that YAML readers understand differently, or cannot hold."""

    def __init__(self, says: str, allowed: str) -> None:
        super().__init__(says)
        self.says = says
        self.allowed = allowed


def plain_value(text: str) -> Scalar:
    """Return the value of a plain scalar.

    Raises
    ------
    Ambiguous
        If another YAML reader would take the text for something else, or the number is unusable.
    """
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    first = text[0]
    if first in "0123456789+-.":
        return _number(text)
    lower = text.lower()
    if lower in _TRUTH:
        word = "true" if _TRUTH[lower] else "false"
        raise Ambiguous(
            f"{text} without quotes is {word} to some readers", f'write {word}, or quote it: "{text}"'
        )
    if lower == "null":
        raise Ambiguous(
            f"{text} without quotes is null to some readers", f'write null, or quote it: "{text}"'
        )
    if text in ("=", "<<"):
        raise Ambiguous(f"{text} without quotes is a special sign to some readers", f'quote it: "{text}"')
    return text


def _number(text: str) -> Scalar:
    cut = text if len(text) <= 40 else text[:37] + "..."
    if _INT.fullmatch(text):
        if len(text.lstrip("+-")) > _MOST_DIGITS:
            raise Ambiguous(
                f"{cut} is too large", f"a number of at most {_MOST_DIGITS} digits, or quoted text"
            )
        return int(text)
    if _ZEROS.fullmatch(text) or _BASED.fullmatch(text):
        raise Ambiguous(
            f"the unquoted number {cut} is ambiguous",
            f'write a decimal number without leading zeros, or quote it: "{cut}"',
        )
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise Ambiguous(f"{cut} is too large", "a finite number, or quoted text")
        return number
    if _CLOCK.fullmatch(text):
        raise Ambiguous(f"{cut} without quotes is a number in base 60 to some readers", f'quote it: "{cut}"')
    if _UNDERSCORED.fullmatch(text):
        raise Ambiguous(
            f"{cut} without quotes is a number to some readers",
            f'write the number without _, or quote it: "{cut}"',
        )
    if _ENDLESS.fullmatch(text):
        raise Ambiguous(f"{text} is not finite", f'a finite number, or quoted: "{text}"')
    return text


_NO_DIRECTIVES = "no directives: the file begins with its first key"
_NO_TAGS = "no tags: the value alone; quotes around text that begins with !"
_QUESTION_MARK = ('a "?" in unquoted text within brackets', "quotes around text with ?")

# The first row whose pattern is found in the parser's message applies. "at" shows where the parser
# gave up, "from" where the element in question began.
_SYNTAX = [
    ("cannot start any token", "at", "{char} cannot begin a value", "quotes around text that begins with it"),
    ("mapping values are not allowed", "at", 'a ": " is not allowed here',
     'one KEY: VALUE per line; quotes around text that contains ": "'),
    ("sequence entries are not allowed", "at", 'a "- " is not allowed here',
     'each item on its own line below the key; quotes around text that begins with "- "'),
    ("could not find expected ':'", "from", "a line without a key", "KEY: VALUE, the key on one line"),
    ("unexpected (end of stream|document)", "from", "this quote is never closed", "a closing quote"),
    ("escape|hexdecimal", "from", "an unknown escape after a backslash in double quotes",
     "two backslashes for one, or single quotes around the text"),
    (r"',' or '[]}]'", "at", "the bracket opened in line {began} lacks a comma before this, or is not closed",
     "[a, b] or {{a: 1, b: 2}}; quotes around text with commas or brackets"),
    ("<document start>", "at", "text after the end of the document", "one document per file"),
    ("while parsing a block", "at", "this does not continue the mapping or list around it",
     'keys, or items with "- ", in the same column; nothing after a closing quote'),
    ("node content", "at", "value missing", "a value; quotes around text that begins with a sign"),
    ("alphabetic or numeric", "from", "a * or & without a name", "quotes around text that begins with it"),
    ("while scanning a block scalar", "from", "invalid text after | or >",
     "| or > at the end of the line, then indented text"),
    ("directive|%YAML|incompatible YAML", "from", "a % directive", _NO_DIRECTIVES),
    ("tag|TAG", "from", "a tag", _NO_TAGS),
]  # fmt: skip


def _syntax_problem(error: Any, text: str, file: str) -> Problem:
    """Return a PyYAML error in plain words, with its place."""
    message = f"{getattr(error, 'context', None) or ''}: {getattr(error, 'problem', None) or ''}"
    mark: Any = getattr(error, "problem_mark", None)
    if mark is None:
        return Problem(file, 1, 1, "", "this is not YAML", "plain text in UTF-8")
    began = getattr(error, "context_mark", None) or mark
    odd = _odd_sign_near(text, began.line, mark.line, file)
    if odd is not None:
        return odd
    char = text[mark.index : mark.index + 1]
    at, says, allowed = mark, "this is not valid YAML", "matching indentation, quotes and brackets"
    if char == "?" and "',' or" in message:  # only the Python parser stops at it
        says, allowed = _QUESTION_MARK
    elif char == ":" and "block" in message:
        says, allowed = 'a ":" with no key before it', "KEY: VALUE"
    else:
        for pattern, which, words, wanted in _SYNTAX:
            if re.search(pattern, message):
                at = mark if which == "at" else began
                says = words.format(char=bare(char) or "the end of the file", began=began.line + 1)
                allowed = wanted.format()
                break
    return Problem(file, at.line + 1, at.column + 1, "", says, allowed)


def _odd_sign_near(text: str, first: int, last: int, file: str) -> Problem | None:
    """Return the problem of a character that passes for a space, a quote or a colon, near a syntax error."""
    lines = _LINE_END.split(text)
    for number in (*range(first, last + 1), first - 1):
        line = lines[number] if 0 <= number < len(lines) else ""
        at = odd_sign(line)
        if at is not None:
            return Problem(file, number + 1, at + 1, "", name_of(line[at]), ALLOWED)
    return None
