"""YAML text to plain data in which every value knows its place.

Goes over PyYAML's events, which need no recursion, and builds the tree itself: so nesting is
bounded, nothing is ever constructed from a tag, keys cannot overwrite one another, and all errors
of a text are found in one go.

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
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import yaml
from yaml import events as ev

from escalation.files.places import FAULTY, Faulty, Path, Place, Problem, Tree, bare, shown

DEEPEST = 40
MOST_VALUES = 50_000
_MOST_FAULTS = 1_000
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")

# Escapes can bring what the text itself may not hold; further, signs that break a line or turn its direction.
_UNWANTED_IN_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)

# Up to the first tab of a line that stands before any comment.
_TAB = re.compile(r"[^\t#]*(?:(?<=\S)#[^\t#]*)*\t")
_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # as YAML 1.1 has them
_STAND_IN = "\ufffd"
_INT_KEY = re.compile(r"0|[1-9][0-9]{0,17}")


def read_tree(text: str, file: str) -> Tree:
    """Build the tree of one YAML document; the tree's value is FAULTY if the text cannot be read on."""
    builder = _Builder(text, Tree(file))
    builder.build()
    return builder.tree


@dataclass
class _Frame:
    """A mapping or list that is being read."""

    path: Path
    value: dict[Any, Any] | list[Any]
    in_brackets: bool
    silent: bool  # in or under a refused key: its faults are reported, its values go nowhere
    is_key: bool = False
    key: Any = None
    has_key: bool = False  # the next value belongs to the key; else a key is due
    skips: bool = False  # the next value belongs to a refused key
    known: dict[str, Place] = field(default_factory=dict)


class _Builder:
    def __init__(self, text: str, tree: Tree) -> None:
        self.tree = tree
        self.frames: list[_Frame] = []
        self.documents = 0
        self.has_tabs = False
        self.is_repaired = False
        self.line_starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        # With a line end at the end, both parsers see the end of an unclosed bracket in the same place.
        self.text = self._repair(text if text.endswith("\n") else text + "\n")

    def build(self) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(self.text, Loader=loader):
                if not self._take(event) or len(self.tree.problems) > _MOST_FAULTS:
                    return
                if len(self.tree.places) > MOST_VALUES:
                    self._report(
                        self._place_of(event, ()), "too many values", f"at most {MOST_VALUES:,} a file"
                    )
                    self.tree.value = FAULTY
                    return
        except yaml.YAMLError as error:
            self.tree.value = FAULTY
            # A tab that was read as a blank upsets the indentation: its own report says enough.
            if not self.has_tabs:
                self.tree.problems.append(syntax_problem(error, self.text, self.tree.file))

    def _repair(self, text: str) -> str:
        """Report characters that have no place in a scenario, and put harmless ones in their stead."""
        for found in islice(_UNPRINTABLE.finditer(text), _MOST_FAULTS):
            character = f"the control character {bare(found[0])}"
            self._report(self._at(found.start()), character, "printable text and line ends")
            self.is_repaired = True
        ends = [*self.line_starts[1:], len(text)] if "\t" in text else []
        for start, end in zip(self.line_starts, ends, strict=False):
            found_tab = _TAB.match(text, start, end)
            if found_tab and len(self.tree.problems) < _MOST_FAULTS:
                self._report(
                    self._at(found_tab.end() - 1), "a tab", "blanks, for indentation and between words"
                )
                self.has_tabs = True
        if self.is_repaired:
            text = _UNPRINTABLE.sub(_STAND_IN, text)
        return text.replace("\t", " ") if self.has_tabs else text

    def _at(self, index: int) -> Place:
        line = bisect_right(self.line_starts, index)
        return Place(self.tree.file, line, index - self.line_starts[line - 1] + 1, ())

    def _report(self, place: Place, says: str, allowed: str = "") -> None:
        self.tree.problems.append(place.problem(says, allowed))

    def _take(self, event: Any) -> bool:
        """Build on by one event; return False where reading must stop."""
        match event:
            case ev.DocumentStartEvent():
                return self._begin_document(event)
            case ev.StreamEndEvent() if not self.documents:
                top = Place(self.tree.file, 1, 1, ())
                self._report(top, "there is nothing in it but blanks or comments", "a mapping of keys")
            case ev.AliasEvent():
                self._alias(event)
            case ev.ScalarEvent():
                self._scalar(event)
            case ev.MappingStartEvent() | ev.SequenceStartEvent():
                return self._begin(event)
            case ev.MappingEndEvent() | ev.SequenceEndEvent():
                self._end()
        return True

    def _begin_document(self, event: Any) -> bool:
        self.documents += 1
        place = self._place_of(event, ())
        if self.documents > 1:
            self._report(place, "a second document begins", "one document a file")
            return False
        if "\n%" in "\n" + self.text[: event.end_mark.index]:
            self._report(place, "a % directive", "no directives: the file begins with its first key")
        return True

    def _place_of(self, event: Any, path: Path) -> Place:
        mark = event.start_mark
        return Place(self.tree.file, mark.line + 1, mark.column + 1, path)

    def _path_here(self) -> Path:
        """Return the path of the value that comes next (of its mapping, while a key is due)."""
        if not self.frames:
            return ()
        frame = self.frames[-1]
        if isinstance(frame.value, list):
            return (*frame.path, len(frame.value))
        return (*frame.path, frame.key) if frame.has_key else frame.path

    def _key_is_due(self) -> bool:
        return bool(self.frames) and isinstance(self.frames[-1].value, dict) and not self.frames[-1].has_key

    def _check_properties(self, event: Any, place: Place) -> None:
        if event.anchor is not None:
            self._report(
                place, f"an anchor, &{bare(event.anchor)}", "no anchors and aliases: write the value out"
            )
        if event.tag is not None:
            tag = bare(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._report(place, f"a tag, {tag}", "no tags: the value alone, in quotes if it is text")

    def _alias(self, event: Any) -> None:
        place = self._place_of(event, self._path_here())
        name = bare(event.anchor)
        self._report(place, f"an alias, *{name}", "no anchors and aliases: write the value out")
        if self._key_is_due():
            self._refuse_key()
        else:
            self._attach(FAULTY, place)

    def _scalar(self, event: Any) -> None:
        place = self._place_of(event, self._path_here())
        self._check_properties(event, place)
        if self._key_is_due():
            self._take_key(event, place)
            return
        if not event.value and _is_plain(event) and self.frames and self.frames[-1].has_key:
            # The parsers disagree on where nothing stands: it is shown at its key.
            place = self.frames[-1].known.get(str(self.frames[-1].key), place)
        self._attach(self._read(event, place), place)

    def _read(self, event: Any, place: Place) -> Scalar | Faulty:
        text: str = event.value
        if self.is_repaired and _STAND_IN in text:
            return FAULTY
        if _is_plain(event) and "?" in text and self.frames and self.frames[-1].in_brackets:
            self._report(self._at(self.text.find("?", event.start_mark.index)), *QUESTION_MARK)
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

    def _take_key(self, event: Any, place: Place) -> None:
        frame = self.frames[-1]
        text: str = event.value
        plain = _is_plain(event)
        fault = None
        if self.is_repaired and _STAND_IN in text:
            self._refuse_key()
            return
        if plain and text == "<<":
            fault = "a merge key, <<", "no merging: write the keys out"
        elif plain and text in ("", "~", "null"):
            fault = "a key that is empty or null", "a name as key"
        elif plain and "?" in text and frame.in_brackets:
            fault = QUESTION_MARK
        elif _UNWANTED_IN_TEXT.search(text):
            fault = "a key with a control character", "a name as key"
        if fault is not None:
            self._report(place, *fault)
            self._refuse_key()
            return
        is_number = plain and _INT_KEY.fullmatch(text)
        key = int(text) if is_number else text
        at = Place(place.file, place.line, place.column, (*frame.path, key))
        if plain and not is_number:
            self._check_key(text, at)
        self._open_key(frame, key, at)

    def _check_key(self, text: str, at: Place) -> None:
        try:
            is_text = isinstance(plain_value(text), str)
        except Ambiguous:
            is_text = False
        if not is_text:
            says = f"the key {bare(text)} without quotes is not the same to every reader"
            self._report(at, says, f"a name, or quote it: {shown(text)}")

    def _open_key(self, frame: _Frame, key: str | int, at: Place) -> None:
        first = frame.known.get(str(key))
        if first is not None:
            self._report(at, f"the key stands twice, first in line {first.line}", "each key once")
            frame.key, frame.has_key, frame.skips = key, True, True
            return
        frame.known[str(key)] = at
        frame.key, frame.has_key, frame.skips = key, True, False
        if not frame.silent:
            self.tree.keys[at.path] = at

    def _refuse_key(self) -> None:
        """Go on without a key: its value is read for faults of its own and dropped."""
        frame = self.frames[-1]
        frame.key, frame.has_key, frame.skips = "?", True, True
        if not frame.silent:
            self.tree.incomplete.add(frame.path)

    def _begin(self, event: Any) -> bool:
        path = self._path_here()
        place = self._place_of(event, path)
        self._check_properties(event, place)
        if len(self.frames) >= DEEPEST:
            self._report(place, "nested too deeply", f"at most {DEEPEST} levels")
            return False
        is_key = self._key_is_due()
        if is_key:
            self._report(place, "a mapping or list as a key", "a name as key")
        silent = is_key or self._is_silent()
        if not silent:
            self.tree.places[path] = place
        value: dict[Any, Any] | list[Any] = {} if isinstance(event, ev.MappingStartEvent) else []
        self.frames.append(_Frame(path, value, bool(event.flow_style), silent, is_key))
        return True

    def _is_silent(self) -> bool:
        return bool(self.frames) and (self.frames[-1].silent or self.frames[-1].skips)

    def _end(self) -> None:
        frame = self.frames.pop()
        if frame.is_key:
            self._refuse_key()
        else:
            self._put(frame.value)

    def _attach(self, value: object, place: Place) -> None:
        if not self._is_silent():
            self.tree.places[place.path] = place
        self._put(value)

    def _put(self, value: object) -> None:
        if not self.frames:
            self.tree.value = value
            return
        frame = self.frames[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
            return
        if not frame.skips:
            frame.value[frame.key] = value
        frame.key, frame.has_key, frame.skips = None, False, False


def _is_plain(event: Any) -> bool:
    return not event.style  # None from the Python parser, empty from the C one


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


class Ambiguous(ValueError):  # noqa: N818 (it is caught and worded where the scalar stands)
    """A plain scalar that not every reader takes for the same thing."""

    def __init__(self, says: str, allowed: str) -> None:
        super().__init__(says)
        self.says = says
        self.allowed = allowed


def plain_value(text: str) -> Scalar:
    """Return what a plain scalar stands for.

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
            f"{cut} without quotes is not the same number to every reader",
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


QUESTION_MARK = ('a "?" in unquoted text within brackets', "quotes around text with ?")
"""Only PyYAML's Python parser stops at it; with the other it is looked for."""

# A fault is the first row whose words stand in the parser's message. "at" tells which of the
# parser's two marks shows the culprit: the place where it gave up, or where the thing began.
_FAULTS = [
    ("cannot start any token", "at", "{char} cannot begin a value", "quotes around text that begins with it"),
    ("mapping values are not allowed", "at", 'a ": " where no key can stand',
     'KEY: VALUE, once a line; quotes around text that contains ": "'),
    ("mapping keys are not allowed", "at", 'a "? " where no key can stand',
     'quotes around text that begins with "? "'),
    ("sequence entries are not allowed", "at", 'a "- " where no list can stand',
     'a list below its key, each item on its own line; quotes around text that begins with "- "'),
    ("unexpected ':'", "at", 'a ":" with no blank behind it', "KEY: VALUE"),
    ("could not find expected ':'", "from", "a line without a key", "KEY: VALUE, the key on one line"),
    ("unexpected end of stream", "from", "a quote opens here and never closes", "a closing quote"),
    ("unexpected document", "from", "a quote opens here and does not close before --- or ...",
     "a closing quote"),
    ("escape", "from", "a backslash in double quotes begins no known sign",
     "two backslashes for one, or single quotes around the text"),
    ("hexdecimal", "from", "a backslash in double quotes begins no known sign",
     "two backslashes for one, or single quotes around the text"),
    ("',' or ']'", "at", "the list that begins with [ in line {began} lacks a comma before this, or its ]",
     "[a, b, c]; quotes around text with commas or brackets"),
    ("',' or '}'", "at",
     "the mapping that begins with {{ in line {began} lacks a comma before this, or its }}",
     "{{a: 1, b: 2}}; quotes around text with commas or brackets"),
    ("<document start>", "at", "something follows the end of the document", "one document a file"),
    ("while parsing a block mapping", "at", "this does not continue the mapping around it",
     "keys that begin in the same column; nothing after a closing quote"),
    ("while parsing a block collection", "at", "this does not continue the list around it",
     'items that begin with "- " in the same column; nothing after a closing quote'),
    ("node content", "at", "a value is missing here", "a value; quotes around text that begins with a sign"),
    ("alphabetic or numeric", "from", "a * or & begins no name", "quotes around text that begins with it"),
    ("tag", "from", "a tag", "no tags: the value alone; quotes around text that begins with !"),
    ("TAG", "from", "a tag", "no tags: the value alone; quotes around text that begins with !"),
    ("while scanning a block scalar", "from", "a | or > with something wrong behind it",
     "| or > at the end of the line, then indented text"),
    ("directive", "from", "a % directive", "no directives: the file begins with its first key"),
    ("%YAML", "at", "a % directive", "no directives: the file begins with its first key"),
    ("incompatible YAML", "at", "a % directive", "no directives: the file begins with its first key"),
]  # fmt: skip


def syntax_problem(error: Any, text: str, file: str) -> Problem:
    """Say in plain words what a PyYAML error means, and where."""
    message = f"{getattr(error, 'context', None) or ''}: {getattr(error, 'problem', None) or ''}"
    mark: Any = getattr(error, "problem_mark", None)
    if mark is None:
        return Problem(file, 1, 1, "", "this is not YAML", "plain text in UTF-8")
    began = getattr(error, "context_mark", None) or mark
    char = text[mark.index : mark.index + 1]
    if char == "?" and "',' or" in message:
        return Problem(file, mark.line + 1, mark.column + 1, "", *QUESTION_MARK)
    if char == ":" and "block" in message:
        return Problem(file, mark.line + 1, mark.column + 1, "", 'a ":" with no key before it', "KEY: VALUE")
    for words, which, says, allowed in _FAULTS:
        if words in message:
            at = mark if which == "at" else began
            filled = says.format(char=bare(char) or "the end of the file", began=began.line + 1)
            return Problem(file, at.line + 1, at.column + 1, "", filled, allowed.format())
    return Problem(
        file, mark.line + 1, mark.column + 1, "", "this cannot be read as YAML",
        "indentation, quotes and brackets that match",
    )  # fmt: skip
