"""Columns of numbers and words as text, a whole column at a time.

A column of text is an array of bytes, its last axis as wide as the widest entry; unused bytes are zero, and
`lines_of` leaves them out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

TextColumn = NDArray[np.uint8]

DIGITS = 9
_LEAST, _END = 1e-4, 10.0**DIGITS - 0.5  # of the numbers that are written without an exponent
_TENS = 10.0 ** np.arange(DIGITS + 5)
_SIZES = 10.0 ** np.arange(-4, DIGITS + 1)
_FIRST_TWO, _LAST_TWO = -14, 31
# By the exponent in base 2, as frexp has it, the exponent in base 10 of the smallest such number.
_TEN_OF_TWO = np.floor(np.arange(_FIRST_TWO, _LAST_TWO) * np.log10(2.0)).astype(np.int64)

_PLACES = 12
"""Decimals of the smallest number that is written without an exponent: 0.000123456789."""


def _words(texts: Sequence[bytes]) -> NDArray[np.uint32]:
    return np.frombuffer(b"".join(text.ljust(4, b"\0") for text in texts), np.uint32)


# Three digits and a place before them, by their number; 1,000 more where zeros at their outer end stay, since
# other digits than zero are beyond them.
_THREE = [b"%03d" % number for number in range(1_000)]
_WHOLE = _words([*(b"\0" + three.lstrip(b"0") for three in _THREE), *(b"\0" + three for three in _THREE)])
_UNITS = np.concatenate([_words([b"\0000"]), _WHOLE[1:]])
_DECIMALS = _words([*(b"\0" + three.rstrip(b"0") for three in _THREE), *(b"\0" + three for three in _THREE)])
_TENTHS = np.concatenate([_words([b""]), _DECIMALS[1:] + np.uint32(ord("."))])
_MINUS = np.uint32(ord("-"))


def number_text(values: NDArray[np.float64]) -> TextColumn:
    """Return numbers with nine significant digits, exactly as `format(value, ".9g")`, and nothing for NaN.

    Digits are found for all numbers at once in double precision, whose error cannot reach a digit unless the
    number lies half-way between two; such a number, and one that needs an exponent, is written by Python.
    """
    size = np.abs(values).reshape(-1)
    is_minus = np.signbit(values).reshape(-1)
    is_zero, is_missing = size == 0, np.isnan(size)
    is_plain = (size >= _LEAST) & (size < _END)
    size[~is_plain] = 1.0
    ten = _TEN_OF_TWO[np.frexp(size)[1] - 1 - _FIRST_TWO]
    ten += size >= _SIZES[ten + 5]
    places = DIGITS - 1 - ten
    scaled = size * _TENS[places]
    digits = np.rint(scaled)
    is_plain &= np.abs(np.abs(scaled - digits) - 0.5) > 1e-5

    unit = _TENS[places]
    whole = np.floor(digits / unit)
    decimals = ((digits - whole * unit) * _TENS[_PLACES - places]).astype(np.int64)
    upper = decimals // 1_000_000
    lower = (decimals - upper * 1_000_000).astype(np.uint32)
    a, b = _split(upper.astype(np.uint32))
    c, d = _split(lower)
    thousands, units = _split(whole.astype(np.uint32))
    words = [_UNITS[units + 1_000 * (thousands > 0)]]
    if thousands.any():
        millions, thousands = _split(thousands)
        words = [_WHOLE[millions], _WHOLE[thousands + 1_000 * (millions > 0)], *words]
    words[0] = words[0] | is_minus * _MINUS
    words += [
        _TENTHS[a + 1_000 * ((b > 0) | (lower > 0))],
        _DECIMALS[b + 1_000 * (lower > 0)],
        _DECIMALS[c + 1_000 * (d > 0)],
        _DECIMALS[d],
    ]
    text = np.stack(words, axis=1)
    text[~is_plain] = 0
    text[is_zero, 0] = _UNITS[0] | is_minus[is_zero] * _MINUS
    column = text.view(np.uint8)
    flat = values.reshape(-1)
    for place in np.flatnonzero(~(is_plain | is_zero | is_missing)).tolist():
        word = f"{flat[place]:.{DIGITS}g}".encode()
        column[place, : len(word)] = np.frombuffer(word, np.uint8)
    return column.reshape(*values.shape, column.shape[1])


_NEEDS_QUOTES = re.compile(r'[,"\r\n]')


def _split(number: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    thousands = number // np.uint32(1_000)
    return thousands, number - thousands * np.uint32(1_000)


def word_text(values: NDArray[Any], wording: Callable[[Any], str] = str) -> TextColumn:
    """Return words as fields of a CSV file, each put into words once."""
    if values.dtype.kind in "iu":
        whole = values.astype(bytes)
        return whole.view(np.uint8).reshape(*values.shape, whole.itemsize)
    listed = values.reshape(-1).tolist()
    # 1, 1.0 and True are one key of a dictionary, but different words.
    keys = [(value, value.__class__) for value in listed]
    known = {key: _field(wording(key[0])) for key in dict.fromkeys(keys)}
    texts = np.array([known[key] for key in keys], bytes)
    return texts.view(np.uint8).reshape(*values.shape, max(texts.itemsize, 1))


def _field(text: str) -> bytes:
    """Return a text as the field of a CSV file, in quotes if it needs them."""
    if not _NEEDS_QUOTES.search(text):
        return text.encode()
    row = io.StringIO()
    csv.writer(row, lineterminator="\n").writerow([text, ""])
    return row.getvalue().removesuffix(",\n").encode()


def lines_of(columns: Sequence[TextColumn], kept: NDArray[np.bool_]) -> bytes:
    """Return the lines of a CSV file.

    Parameters
    ----------
    columns
        Each of the shape of `kept`, or with 1 for an axis along which it is the same, and its width.
    kept
        Which lines are written.
    """
    width = sum(column.shape[-1] + 1 for column in columns)
    text = np.empty((*kept.shape, width), np.uint8)
    end = 0
    for column in columns:
        start, end = end, end + column.shape[-1] + 1
        text[..., start : end - 1] = column
        text[..., end - 1] = ord(",")
    text[..., -1] = ord("\n")
    return (text if kept.all() else text[kept]).tobytes().translate(None, b"\0")
