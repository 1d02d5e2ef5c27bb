"""Syntax errors of YAML in plain words.

PyYAML has two parsers, in C and in Python, which word the same fault differently. Which of our
sentences fits is read off what both messages share, so the report is the same with either.
"""

from __future__ import annotations

from typing import Any

from escalation.scenario.errors import Problem, bare

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
