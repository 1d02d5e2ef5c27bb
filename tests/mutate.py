"""Damages a YAML text in the ways that people and programs do, many times and repeatably."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

NASTY = [
    "", "~", "null", "Null", "yes", "no", "On", "off", "y", "N", "True", "FALSE", "true", "12:30",
    "1:2:3.5", "010", "08", "0o17", "0x1F", "0b11", "1_000", "1_0.5", ".inf", "-.INF", ".nan", "inf",
    "nan", "1e999", "-1", "0", "-0.0", "1e-3", ".5", "5.", "+1", "1.4", "1" * 30, "9" * 5_000, "3.5e",
    "2025-04-22", "2025-02-30", "0000-00-00", "9999-12-31", "2025-04-22 10:00:00", "[]", "{}", "[[]]",
    "{a: 1}", "[1, 2", "{a: [}", "]", "}", "'", '"', '"\\q"', '"\\0"', '"\\ud800"', '"\\u202e"', "&x 1",
    "*x", "!!str 1", "!!python/object/apply:os.system [ls]", "! 1", "<<", "=", "|", ">-", "|9", "@x",
    "`x`", "%x", "# gone", ": ", "- ", "? ", "a: b", "text", "x" * 3_000, "é" * 70, "\u2028", "\x85",
    "\ufeff", "[" * 60, "{a: " * 60, "a\tb", "../../etc/passwd", "/dev/zero", "india", "hold",
]  # fmt: skip
_SIGNS = ":-[]{}#&*!|>'\"%@`,? \t\n\\~.0aZ\0\x07\x1b\u2028"
_KEY = re.compile(r"^(\s*(?:- )?)([^\s:#][^:#]*)(:)", re.MULTILINE)
_SCALAR = re.compile(r"(?<=: )[^\s\[{][^\n,}\]]*")

Damage = Callable[[str, random.Random], str | bytes]


def mutations(text: str, count: int, seed: int) -> Iterator[str | bytes]:
    """Yield damaged versions of a text, each with one to three errors; the same for the same seed."""
    for number in range(count):
        rng = random.Random(f"{seed}:{number}")
        damaged: str | bytes = text
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            if isinstance(damaged, bytes):
                break
            damaged = rng.choice(DAMAGES)(damaged, rng)
        yield damaged


def _lines(change: Callable[[list[str], int, random.Random], None]) -> Damage:
    def damage(text: str, rng: random.Random) -> str:
        lines = text.split("\n")
        change(lines, rng.randrange(len(lines)), rng)
        return "\n".join(lines)

    return damage


def _delete_line(lines: list[str], at: int, rng: random.Random) -> None:
    del lines[at]


def _delete_lines(lines: list[str], at: int, rng: random.Random) -> None:
    del lines[at : at + rng.randint(2, 12)]


def _repeat_line(lines: list[str], at: int, rng: random.Random) -> None:
    lines.insert(at, lines[at])


def _repeat_lines(lines: list[str], at: int, rng: random.Random) -> None:
    part = lines[at : at + rng.randint(2, 12)]
    lines[at:at] = part


def _swap_lines(lines: list[str], at: int, rng: random.Random) -> None:
    other = rng.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _indent(lines: list[str], at: int, rng: random.Random) -> None:
    lines[at] = " " * rng.choice((1, 2, 4)) + lines[at]


def _dedent(lines: list[str], at: int, rng: random.Random) -> None:
    lines[at] = lines[at][rng.choice((1, 2)) :]


def _tab(lines: list[str], at: int, rng: random.Random) -> None:
    lines[at] = "\t" + lines[at].lstrip()


def _insert_line(lines: list[str], at: int, rng: random.Random) -> None:
    indent = len(lines[at]) - len(lines[at].lstrip())
    start = rng.choice(("", "- ", "key: ", "name: ", "? ", "---\n", "%YAML 1.1\n---\n"))
    lines.insert(at, " " * indent + start + rng.choice(NASTY))


def _at_match(pattern: re.Pattern[str], change: Callable[[re.Match[str], random.Random], str]) -> Damage:
    def damage(text: str, rng: random.Random) -> str:
        found = list(pattern.finditer(text))
        if not found:
            return text
        match = rng.choice(found)
        return text[: match.start()] + change(match, rng) + text[match.end() :]

    return damage


def _misspell(match: re.Match[str], rng: random.Random) -> str:
    key = list(match[2])
    at = rng.randrange(len(key))
    key[at] = rng.choice(("", key[at] * 2, key[at].upper(), rng.choice("aeiou_")))
    return match[1] + "".join(key) + match[3]


def _other_key(match: re.Match[str], rng: random.Random) -> str:
    return match[1] + rng.choice([*NASTY, "on", "label", "act", "1.5", "[a, b]", "{a: 1}", '"on"']) + match[3]


def _no_colon(match: re.Match[str], rng: random.Random) -> str:
    return match[1] + match[2] + rng.choice(("", " :", "::", "=", ":\t"))


def _key_twice(match: re.Match[str], rng: random.Random) -> str:
    indent = match[1].replace("-", " ")
    return f"{match[1]}{match[2]}: {rng.choice(NASTY)}\n{indent}{match[2]}:"


def _other_scalar(match: re.Match[str], rng: random.Random) -> str:
    return rng.choice(NASTY)


def _other_type(match: re.Match[str], rng: random.Random) -> str:
    value = match[0]
    return rng.choice(
        (f"[{value}]", f"{{a: {value}}}", f'"{value}"', f"'{value}'", f"&a {value}", f"!!int {value}")
    )


def _truncate(text: str, rng: random.Random) -> str:
    return text[: rng.randrange(len(text) + 1)]


def _insert_sign(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(_SIGNS) + text[at:]


def _delete_sign(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + text[at + 1 :]


def _insert_bytes(text: str, rng: random.Random) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.randbytes(rng.randint(1, 8)) + data[at:]


def _other_encoding(text: str, rng: random.Random) -> bytes:
    return (text + "é").encode(
        rng.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig", "cp037")), "replace"
    )


def _twice(text: str, rng: random.Random) -> str:
    return text + rng.choice(("", "\n---\n", "\n...\n")) + text


def _windows_lines(text: str, rng: random.Random) -> str:
    return text.replace("\n", rng.choice(("\r\n", "\r")))


DAMAGES: list[Damage] = [
    _lines(_delete_line), _lines(_delete_lines), _lines(_repeat_line), _lines(_repeat_lines),
    _lines(_swap_lines), _lines(_indent), _lines(_dedent), _lines(_tab), _lines(_insert_line),
    _at_match(_KEY, _misspell), _at_match(_KEY, _misspell), _at_match(_KEY, _other_key),
    _at_match(_KEY, _no_colon), _at_match(_KEY, _key_twice), _at_match(_SCALAR, _other_scalar),
    _at_match(_SCALAR, _other_scalar), _at_match(_SCALAR, _other_scalar), _at_match(_SCALAR, _other_type),
    _truncate, _insert_sign, _insert_sign, _delete_sign, _insert_bytes, _other_encoding, _twice,
    _windows_lines,
]  # fmt: skip
