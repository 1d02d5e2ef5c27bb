"""What a reader may expect of the shipped experiments, and whether the runs bear it out.

An expectation compares the share of one cell with that of another, crisis by crisis with common random
numbers; levels that it does not name are at baseline. It can fail: it is refuted where the 95% interval of
the difference lies on the other side. Some follow from the rules, and only say that the run shows them; those
that the literature names, or that a person may hold, may fail in the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.design import baseline_of
from escalation.experiment.results import ResultsFolder
from escalation.measures.measures import share_of

Z = 1.96
Levels = Mapping[str, Any]

HOLDS, REFUTED, OPEN = "as expected", "**refuted**", "not decided"


@dataclass(frozen=True)
class Expectation:
    """That a share is higher (1), lower (-1) or about the same (0) at some levels than at others."""

    says: str
    share: str
    sign: int
    at: Levels
    against: Levels = field(default_factory=dict)
    beyond: tuple[Levels, Levels] | None = None
    """Two other cells, whose difference the first is to exceed in the direction of the sign."""
    within: float = 0.02
    """Of a sign of 0: the largest difference that counts as about the same."""


ENTRY_LATER = {"entry": "may_27"}
PRESSING = {"style": "manipulation"}
STRUCK = {"moment": "india"}
MUCH = {"leverage": 0.8}

EXPECTED: dict[str, tuple[Expectation, ...]] = {
    "mediation": (
        Expectation("Without Russia force is more frequent.", "force", 1, {"entry": "never"}),
        Expectation("Without Russia ceasefires are rarer.", "ceasefire", -1, {"entry": "never"}),
        Expectation(
            "Waiting from 6 to 27 May makes force more frequent.", "force", 1, ENTRY_LATER, {"entry": "may_6"}
        ),
        Expectation("A mediator who presses is accepted less often.", "talks", -1, PRESSING),
        Expectation("Nevertheless, pressing settles more.", "mediated", 1, PRESSING),
        Expectation("Pressing makes force less frequent, as it settles more.", "force", -1, PRESSING),
        Expectation("Leverage makes talks more frequent under good offices too.", "talks", 1, MUCH),
        Expectation("Leverage makes force less frequent under good offices too.", "force", -1, MUCH),
        Expectation(
            "Leverage settles more where Russia presses than under good offices.",
            "mediated",
            1,
            PRESSING | MUCH,
            PRESSING,
            beyond=(MUCH, {}),
        ),
    ),
    "timing": (
        Expectation("After a strike force is more frequent.", "force", 1, {}, {"moment": "none"}),
        Expectation(
            "A mediator who comes at once makes further force less frequent.",
            "force",
            -1,
            {},
            {"entry": "never"},
        ),
        Expectation(
            "It does so more than where nobody has struck.",
            "force",
            -1,
            {},
            {"entry": "never"},
            beyond=({"moment": "none"}, {"moment": "none", "entry": "never"}),
        ),
        Expectation(
            "A week's delay costs more after a strike than before one.",
            "force",
            1,
            {"entry": "after_a_week"},
            {},
            beyond=({"moment": "none", "entry": "after_a_week"}, {"moment": "none"}),
        ),
        Expectation(
            "After four weeks a mediator hardly changes whether force is used.",
            "force",
            0,
            {"entry": "after_four_weeks"},
            {"entry": "never"},
        ),
        Expectation(
            "Even then, pressure with leverage makes ceasefires more frequent.",
            "ceasefire",
            1,
            {"entry": "after_four_weeks", "means": "pressing"},
            {"entry": "never"},
        ),
    ),
    "who_mediates": (
        *(
            Expectation(f"{label} makes ceasefires more frequent.", "ceasefire", 1, {"who": who})
            for who, label in (
                ("russia_later", "Russia"),
                ("united_states", "The United States"),
                ("united_nations", "The United Nations"),
                ("saudi_arabia", "Saudi Arabia"),
            )
        ),
        Expectation(
            "Saudi Arabia, trusted and away from the table, opens more talks than the United States.",
            "talks",
            1,
            {"who": "saudi_arabia"},
            {"who": "united_states"},
        ),
        Expectation(
            "Russia and Saudi Arabia open more talks than Russia alone.",
            "talks",
            1,
            {"who": "russia_and_saudi_arabia"},
            {"who": "russia"},
        ),
        Expectation(
            "A second mediator adds less to talks than it brings alone.",
            "talks",
            -1,
            {"who": "russia_and_saudi_arabia"},
            {"who": "russia"},
            beyond=({"who": "saudi_arabia"}, {}),
        ),
        Expectation(
            "After a strike by India the two make force less frequent than nobody does.",
            "force",
            -1,
            {"who": "russia_and_saudi_arabia"} | STRUCK,
            STRUCK,
        ),
        Expectation(
            "Where India is less averse, the United States change more in ceasefires.",
            "ceasefire",
            1,
            {"who": "united_states", "aversion": 0.3},
            {"aversion": 0.3},
            beyond=({"who": "united_states"}, {}),
        ),
    ),
    "consent": (
        Expectation(
            "Talks depend on the aversion of the less willing side, India.", "talks", 1, {"india": 0.0}
        ),
        Expectation(
            "They depend on Pakistan's by less than 5 points.", "talks", 0, {"pakistan": 0.8}, within=0.05
        ),
        Expectation("Russia at the table costs talks.", "talks", -1, {"form": "third_party"}),
        Expectation("Trust brings talks.", "talks", 1, {"trust": 0.9}, {"trust": 0.3}),
        Expectation("A bias to India costs talks.", "talks", -1, {"bias": 0.9}, {"bias": 0.1}),
        Expectation(
            "A bias to India makes force less frequent, as its word counts more there (Kydd 2003).",
            "force",
            -1,
            {"bias": 0.9},
            {"bias": 0.1},
        ),
        Expectation("Where India is willing, force is less frequent.", "force", -1, {"india": 0.0}),
    ),
    "article_moment": (
        Expectation("Without the attack force is less frequent.", "force", -1, {"record": "attack"}),
        Expectation(
            "Without India's threats force is less frequent.", "force", -1, {"record": "indian_threats"}
        ),
        Expectation(
            "Without the displays of readiness force is less frequent: they provoke.",
            "force",
            -1,
            {"record": "readiness"},
        ),
        Expectation(
            "Without Russia's offer force is more frequent.", "force", 1, {"record": "russian_offer"}
        ),
        Expectation("Without Russia's offer talks are rarer.", "talks", -1, {"record": "russian_offer"}),
        Expectation("The nuclear signals hardly change force.", "force", 0, {"record": "nuclear_signals"}),
        Expectation(
            "Out of the attack alone force is less frequent than out of the whole record.",
            "force",
            -1,
            {"record": "all_but_attack"},
        ),
        Expectation(
            "Out of calm force is less frequent than out of the attack alone.",
            "force",
            -1,
            {"record": "everything"},
            {"record": "all_but_attack"},
        ),
    ),
}
"""By experiment, in the order of the page."""


def expected_rows(name: str, folder: Path) -> list[list[str]]:
    """Return each expectation of an experiment with its difference in points and the verdict."""
    results = ResultsFolder(folder)
    answers: dict[tuple[str, int], NDArray[np.float64]] = {}

    def of(share: str, levels: Levels) -> NDArray[np.float64]:
        cell = _cell(results, levels)
        if (share, cell) not in answers:
            rows = results.rows(cell, 0, results.plan.replications)
            answers[share, cell] = share_of(share, rows).astype(float)
        return answers[share, cell]

    return [_row(each, of) for each in EXPECTED[name]]


def _cell(results: ResultsFolder, levels: Levels) -> int:
    wanted = {**baseline_of(results.loaded), **levels}
    return next(cell.number for cell in results.design() if dict(cell.levels) == wanted)


def _row(each: Expectation, of: Any) -> list[str]:
    difference = of(each.share, each.at) - of(each.share, each.against)
    if each.beyond is not None:
        more, less = each.beyond
        difference = difference - (of(each.share, more) - of(each.share, less))
    mean, half = difference.mean(), Z * difference.std(ddof=1) / len(difference) ** 0.5
    shown = f"{100 * mean:+.1f} [{100 * (mean - half):+.1f}, {100 * (mean + half):+.1f}]".replace("-", "−")
    return [each.says, f"`{each.share}`", shown, verdict(each, mean - half, mean + half)]


def verdict(each: Expectation, low: float, high: float) -> str:
    """Return whether the interval of a difference bears an expectation out."""
    if each.sign == 0:
        if max(-low, high) <= each.within:
            return HOLDS
        return REFUTED if max(low, -high) > each.within else OPEN
    low, high = (low, high) if each.sign > 0 else (-high, -low)
    if low > 0:
        return HOLDS
    return REFUTED if high < 0 else OPEN
