"""Colours of the two modes, and the dashes, patterns and points by which lines and bars differ too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Options = dict[str, Any]
"""Options of ECharts: plain data. A key that begins with a colon holds JavaScript, as NiceGUI has it."""


@dataclass(frozen=True)
class Theme:
    """Colours of one mode.

    Settings have other hues than states, all 3:1 or more against the ground; bars differ by pattern and lines
    by dashes too, for who does not tell colours apart.
    """

    ink: str
    muted: str
    rule: str
    ground: str
    past: str
    settings: tuple[str, ...]
    states: tuple[str, ...]


LIGHT = Theme(
    ink="#1a1a1a",
    muted="#555555",
    rule="#d4d4d4",
    ground="#ffffff",
    past="#eeeeee",
    settings=("#6f62c4", "#0b8a66", "#c2407f", "#8a7400"),
    states=("#0072b2", "#b3470b", "#6d6d00", "#8e3a80", "#2f7d52", "#4a4a4a"),
)
DARK = Theme(
    ink="#f2f2f2",
    muted="#b8b8b8",
    rule="#4a4a4a",
    ground="#16181d",
    past="#262a31",
    settings=("#8f7fe0", "#2fae8a", "#e06fa4", "#bfa640"),
    states=("#6cbcf0", "#f0a27a", "#cfcf5a", "#e0a0d6", "#7fd6a4", "#d0d0d0"),
)

DASHES = ("solid", [8, 4], [2, 3], [8, 3, 2, 3])
PLUS, DOWN = "path://M4,0H6V4H10V6H6V10H4V6H0V4H4Z", "path://M0,0H10L5,10Z"
SYMBOLS = ("circle", "rect", "triangle", "diamond", PLUS, DOWN)
DECALS: tuple[Options | None, ...] = (
    None,
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": 0.8, "color": "#ffffff66"},
    {"symbol": "circle", "dashArrayX": [[6, 6], [0, 6, 6, 0]], "dashArrayY": [6, 0], "symbolSize": 0.5,
     "color": "#ffffff77"},
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": -0.8, "color": "#ffffff66"},
)  # fmt: skip
