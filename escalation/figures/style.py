"""One look for all figures: actors' colours and shapes, type, dates, and how a figure is saved.

matplotlib is imported inside the functions, since only the commands that draw should pay for it, and
never its pyplot, which costs most of a second and keeps every figure alive.
"""

from __future__ import annotations

import datetime as dt
import io
import pathlib
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from escalation.files.write import write_file

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend
    from matplotlib.path import Path

WIDTH = 10.0  # inches: 2,000 px as saved; 8-point type is 13 px high when shown at 1,200 px
DPI = 200
POINTS = 72.0

INK = "#1A1A1A"
MUTED = "#5A5A5A"
RULE = "#D4D4D4"
HISTORY = "#E9E9E9"
PAPER = "#FFFFFF"

TITLE, TEXT, SMALL = 12.5, 9.0, 8.0  # points
LEADING = 1.32

# Inches: around the figure, left and right of the data, between lanes, above them, and for the dates.
MARGIN, LEFT, RIGHT = 0.15, 1.95, 0.2
GAP, ABOVE, DATES = 0.07, 0.22, 0.4
DATA = WIDTH - LEFT - RIGHT

Dashes = tuple[float, ...]


@dataclass(frozen=True)
class Look:
    """How one actor is drawn, in every figure."""

    colour: str
    marker: str
    dashes: Dashes
    """Lengths of line and gap in turn, in points; empty for a solid line."""

    @property
    def line(self) -> Any:
        """Return the line style as matplotlib takes it."""
        return (0, self.dashes) if self.dashes else "-"


# Hues as far apart as in Okabe and Ito's palette, but in six even steps of luminance, dark enough for
# open markers on white: 48, 104, 155, 20, 75 and 129 of 255 in greyscale.
COLOURS = ("#003B75", "#C24E00", "#D89A00", "#141414", "#842A63", "#34A880")
MARKERS = ("o", "s", "^", "D", "v", "p", "P")
DASHES: tuple[Dashes, ...] = ((), (5, 1.6), (1.2, 1.2), (6, 1.5, 1.2, 1.5), (10, 2), (3, 1.2, 1, 1.2, 1, 1.2))


def look(number: int) -> Look:
    """Return how the actor with this number is drawn; the first 42 differ from one another."""
    return Look(
        colour=COLOURS[number % len(COLOURS)],
        marker=MARKERS[number % len(MARKERS)],
        dashes=DASHES[number % len(DASHES)],
    )


SETTINGS: Any = {
    "font.size": TEXT,
    "text.parse_math": False,  # a dollar sign in a scenario is a dollar sign
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": SMALL,
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "svg.fonttype": "path",
    "svg.hashsalt": "escalation",  # otherwise each SVG has random ids
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the house style, whatever the user's own matplotlib settings.

    The settings are matplotlib's, one set for the whole process: draw in one thread at a time.
    """
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        # `uncovered` states this once, in one line, instead of once for every letter of every text.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        matplotlib.rcParams["font.family"] = [TYPE, *_fallbacks]
        yield


TYPE = "DejaVu Sans"  # comes with matplotlib: figures are the same everywhere
_fallbacks: list[str] = []
"""Families found so far for what the house's own type lacks."""

UNSUITABLE = ("DejaVu", "STIX", "cm", "Last Resort")
"""Beginnings of the names of families that are the house's own, for formulas, or show placeholders."""


def uncovered(texts: Iterable[str]) -> str:
    """Let figures use those fonts of the system that their texts need besides the house's own.

    Returns
    -------
    str
        A note on the characters that no font has, which figures show as boxes; empty if there are none.
    """
    from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

    def lacking(characters: set[str], path: str) -> set[str]:
        known = get_font(path).get_charmap()
        return {character for character in characters if ord(character) not in known}

    wanted = {character for text in texts for character in text if character.isprintable()}
    missing = lacking(wanted, findfont(FontProperties(family=TYPE)))
    for entry in sorted(fontManager.ttflist, key=lambda entry: ("Noto Sans" not in entry.name, entry.name)):
        if not missing:
            return ""
        if entry.name.startswith(UNSUITABLE) or entry.style != "normal" or entry.weight not in PLAIN_WEIGHTS:
            continue
        left = lacking(missing, entry.fname)
        if left != missing and entry.name not in _fallbacks:
            _fallbacks.append(entry.name)
        missing = left
    return f"no font here has {' '.join(sorted(missing))}; figures show boxes instead" if missing else ""


PLAIN_WEIGHTS = (400, "normal", "regular", "book")


def save(figure: Figure, path: str | pathlib.Path) -> pathlib.Path:
    """Write a figure as PNG or SVG, by the suffix of the path; the same figure gives the same bytes.

    Parameters
    ----------
    figure
        As the `plot_...` functions return it.
    path
        Ends in `.png` (200 dots per inch, at least 1,200 px wide) or `.svg` (text as outlines).

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    ValueError
        For any other suffix.
    """
    path = pathlib.Path(path)
    if path.suffix not in LEFT_OUT:
        raise ValueError(f"{path.name}: a figure is saved as .png or .svg, not as {path.suffix or 'nothing'}")
    write_file(path, encoded(figure, path.suffix))
    return path


def describe(figure: Figure, title: str, caption: str) -> None:
    """Give a figure the title and the caption that its files carry for those who cannot see it."""
    figure.set_label("\n".join(" ".join(text.split()) for text in (title, caption)))


# Neither the date nor the version of matplotlib goes into the file.
LEFT_OUT: dict[str, dict[str, Any]] = {".png": {"Software": None}, ".svg": {"Creator": None, "Date": None}}


def encoded(figure: Figure, suffix: str = ".png") -> bytes:
    """Return a figure as the bytes of a file, by its suffix."""
    drawn = io.BytesIO()
    title, _, caption = str(figure.get_label()).partition("\n")
    says = {"Title": title, "Description": caption} if title else {}
    with styled():
        figure.savefig(drawn, format=suffix[1:], dpi=DPI, metadata=LEFT_OUT[suffix] | says)
    return drawn.getvalue()


def glyph(text: str) -> Path:
    """Return a letter or sign as a marker, centred on its point."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath

    outline = TextPath((0, 0), text, size=10, prop=FontProperties(family=TYPE, weight="bold"))
    low, high = outline.vertices.min(axis=0), outline.vertices.max(axis=0)
    return Path(outline.vertices - (low + high) / 2, outline.codes)


def text_width(figure: Figure, text: str, size: float, weight: str = "normal") -> float:
    """Return the width of a text in points."""
    from matplotlib.text import Text

    probe = Text(0, 0, text, fontsize=size, fontweight=weight, figure=figure)
    return float(probe.get_window_extent().width) * POINTS / DPI


LETTER = 0.5
"""The width of an average letter, in sizes of its font."""


def fitted(
    figure: Figure, text: str, room: float, lines: int = 1, size: float = SMALL, weight: str = "normal"
) -> str:
    """Return a text wrapped to a width in points and a number of lines, cut with an ellipsis if necessary."""

    @cache
    def fits(line: str) -> bool:
        return text_width(figure, line, size, weight) <= room

    words = text.split()
    filled: list[str] = []
    while words:
        # To measure a text takes longer than all else here, so begin with about as many words as will fit.
        letters = list(accumulate(len(word) + 1 for word in words))
        count = max(1, bisect_right(letters, room / (LETTER * size)))
        while count > 1 and not fits(" ".join(words[:count])):
            count -= 1
        while count < len(words) and fits(" ".join(words[: count + 1])):
            count += 1
        line, words = " ".join(words[:count]), words[count:]
        is_cut = bool(words) and len(filled) == lines - 1
        while line and not fits(f"{line} …" if is_cut else line):
            line, is_cut = line[:-1].rstrip(), True
        filled.append(f"{line} …" if is_cut else line)
        if len(filled) == lines:
            break
    return "\n".join(filled)


def first_row_free(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Assign each span to the first row in which it overlaps no earlier span.

    Marks and labels that would hide one another are separated in this way.
    """
    rows: list[list[tuple[float, float]]] = []
    given = []
    for start, end in spans:
        free = (number for number, row in enumerate(rows) if all(end <= s or e <= start for s, e in row))
        number = next(free, len(rows))
        if number == len(rows):
            rows.append([])
        rows[number].append((start, end))
        given.append(number)
    return given


STEPS = (1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 1820)


def date_ticks(axes: Axes, start: dt.date, days: int, single_days: bool = True, most: int = 12) -> None:
    """Label an x axis of days since a start with dates: month and day, and the year where it changes.

    Minor ticks for days or weeks are slow to make: omit them where the axis is hidden.
    """
    step = next((step for step in STEPS if days / step <= most), STEPS[-1])
    ticks = range(0, days, step)
    labels = []
    year = None
    for tick in ticks:
        date = start + dt.timedelta(days=tick)
        labels.append(f"{date:%m-%d}" if date.year == year else f"{date:%m-%d}\n{date.year}")
        year = date.year
    axes.set_xticks(list(ticks), labels)
    if not single_days:
        return
    if days <= 100:
        axes.set_xticks(range(days), minor=True)
    elif step >= 14:
        axes.set_xticks(range(0, days, 7 if step <= 28 else step // 4), minor=True)


CAPTION_LINES = 9  # a command with many values is long, and is of no use when it is cut


@dataclass(frozen=True)
class Lane:
    """One strip of a figure: its name, its height in inches, and the function that draws it."""

    name: str
    height: float
    draw: Callable[[Axes], None]


Entry = tuple["Artist", str]
"""A sample and its label."""


def stack(
    figure: Figure,
    title: str,
    subtitle: str,
    lanes: Sequence[Lane],
    key: Sequence[Sequence[Entry]],
    caption: str,
) -> list[Axes]:
    """Place title, lanes, key and caption one below the other, and return the axes of the lanes.

    The height of the figure is their sum. The key is below the lanes, outside the data, with one block per
    list of entries.
    """
    across = (WIDTH - 2 * MARGIN) * POINTS
    blocks = [
        (fitted(figure, title, across, 2, TITLE, "bold"), TITLE, "bold", INK),
        (fitted(figure, subtitle, across, 3, TEXT), TEXT, "normal", INK),
        (fitted(figure, caption, across, CAPTION_LINES), SMALL, "normal", MUTED),
    ]
    heights = [(text.count("\n") + 1) * size * LEADING / POINTS for text, size, _, _ in blocks]
    legends = [lay_key(figure, entries) for entries in key if entries]
    legend_heights = [legend.get_window_extent().height / DPI + GAP / 2 for legend in legends]
    strips = sum(lane.height + GAP for lane in lanes)
    height = 2 * MARGIN + sum(heights) + ABOVE + strips + DATES + sum(legend_heights) + GAP
    figure.set_size_inches(WIDTH, height)
    left, top = MARGIN / WIDTH, height - MARGIN

    def write(number: int) -> None:
        text, size, weight, colour = blocks[number]
        figure.text(left, top / height, text, fontsize=size, fontweight=weight, color=colour, va="top")

    for number in range(2):
        write(number)
        top -= heights[number]
    top -= ABOVE
    drawn = []
    for lane in lanes:
        box = (LEFT / WIDTH, (top - lane.height) / height, DATA / WIDTH, lane.height / height)
        drawn.append(figure.add_axes(box, label=lane.name))
        top -= lane.height + GAP
    top -= DATES
    for legend, tall in zip(legends, legend_heights, strict=True):
        legend.set_bbox_to_anchor((left, top / height), transform=figure.transFigure)
        top -= tall
    top -= GAP
    write(2)
    return drawn


def lay_key(figure: Figure, entries: Sequence[Entry]) -> Legend:
    """Add a key of entries in as many columns as fit side by side."""
    from matplotlib.legend import Legend

    handles, texts = [handle for handle, _ in entries], [text for _, text in entries]
    for columns in range(len(entries), 0, -1):
        legend = Legend(
            figure, handles, texts, ncols=columns, loc="upper left", borderpad=0.1, borderaxespad=0,
            handlelength=2.2, handletextpad=0.5, columnspacing=1.4, labelspacing=0.35,
        )  # fmt: skip
        figure.add_artist(legend)
        if columns == 1 or legend.get_window_extent().width <= (WIDTH - 2 * MARGIN) * DPI:
            break
        legend.remove()
    return legend
