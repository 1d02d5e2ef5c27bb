"""Tables of synthetic experiments and their figures: a logistic law in place of a simulation."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Text

from escalation.analysis.tidy import LevelEffect, Tidy, Varied
from escalation.figures.draw import pictures
from escalation.measures.measures import SHIPPED
from escalation.stats.intervals import wilson
from escalation.vocabulary import OUTCOMES

START, HORIZON, FREE = dt.date(2025, 4, 22), dt.date(2025, 5, 5), 30
STATES = {"india": "India", "pakistan": "Pakistan"}
MEDIATORS = {"russia": "Russia", "united_states": "United States"}
SHARES = [*OUTCOMES, "force", "ceasefire", "mediated", "talks", "rung_7"]
Z = 1.96


class Synthetic(Tidy):
    """The tables of an experiment made from given frames rather than from results."""

    def __init__(self, frames: Mapping[str, pd.DataFrame], **facts: Any) -> None:
        vars(self).update({"folder": Path("results/mediation")} | facts, **frames)

    def _rows(self, table: str, **wanted: Iterable[Any]) -> list[dict[str, Any]]:
        frame = vars(self)[table]
        for column, values in wanted.items():
            frame = frame[frame[column].isin(list(values))]
        return list(frame.to_dict("records"))

    def share_rows(self, cells: Iterable[int], names: Iterable[str]) -> Any:
        return self._rows("summary", measure=["share"], of=names, cell=cells)

    def share_span(self, name: str) -> tuple[float, float] | None:
        summary = vars(self)["summary"]
        found = summary[(summary["measure"] == "share") & (summary["of"] == name)]["estimate"].dropna()
        return None if found.empty else (found.min(), found.max())

    @property
    def is_paired(self) -> bool:
        return True

    @property
    def policies(self) -> Any:
        return vars(self).get("compared")

    def level_effects(self, names: Iterable[str]) -> list[LevelEffect]:
        effects = vars(self)["effects"]
        found = []
        for factor in self.factors:
            rows = effects[(effects["factor"] == factor.name) & effects["of"].isin(list(names))]
            for row in rows.to_dict("records"):
                # Twenty settings around the one that the tables have.
                each = tuple(row["difference"] + 0.002 * place for place in range(-10, 10))
                is_same = row["method"] == "identical crises"
                found.append(
                    LevelEffect(
                        factor.name, row[factor.name], row["of"], row["difference"], row["low"], row["high"],
                        each if vars(self)["spread"] else (row["difference"],),
                        20 if vars(self)["spread"] else 1, row["pairs"], is_same, False,
                    )
                )  # fmt: skip
        return found

    def posture_rows(self, cells: Iterable[int]) -> Any:
        return self._rows("postures", cell=cells)

    def incidence_rows(self, cells: Iterable[int]) -> Any:
        return self._rows("incidence", cell=cells)

    def peak_rows(self, cells: Iterable[int]) -> Any:
        return self._rows("peaks", cell=cells)


def varied(
    name: str, label: str, unit: str | None, levels: Iterable[Any], names: Mapping[str, str] | None = None
) -> Varied:
    """Return a factor of numbers, or of texts, as its levels are."""
    shown = tuple(levels)
    is_number = all(isinstance(level, int | float) for level in shown)
    return Varied(name, label, unit, shown, "number" if is_number else "text", names or {})


ENTRY = varied("entry", "Russia's day of entry", "days after 22 April", (10, 14, 21, 28))
STYLE = varied("style", "Style of mediation", None, ("facilitation", "formulation", "manipulation"))
LEVERAGE = varied("leverage", "Leverage on India", "0 to 1", (0.0, 0.25, 0.5, 0.75, 1.0))
BIAS = varied("bias", "Bias toward Pakistan", "−1 to 1", (-0.5, 0.0, 0.5))
TRUST = varied("trust", "Trust of India in Russia", "0 to 1", (0.0, 1.0))
WHO = varied(
    "who", "Who mediates", None,
    ("nobody", "russia", "united_states", "both"),
    {"both": "The United Nations and Saudi Arabia, together in one room"},
)  # fmt: skip
INERT = varied("colour", "Colour of the carpet", None, ("red", "blue"))


def limits(share: float, n: int) -> tuple[float, float]:
    """Return the Wilson interval of a share of n."""
    found = wilson(share * n, n)
    return float(found.low), float(found.high)


def pull(factor: Varied, level: Any) -> float:
    """Return how far a level moves the synthetic crisis, 0 for an inert factor."""
    if factor.name == "colour":
        return 0.0
    place = (
        list(factor.levels).index(level) / max(1, len(factor.levels) - 1) if level in factor.levels else 0.5
    )
    if factor.kind == "number":
        low, high = min(factor.levels), max(factor.levels)
        place = (level - low) / (high - low) if high > low else 0.0
    weight = {"entry": -1.6, "style": 1.2, "leverage": 0.9, "bias": -0.4}.get(factor.name, 0.8)
    return weight * place


def distribution(x: float) -> np.ndarray[Any, Any]:
    """Return the probabilities of the six outcomes when the pull is x."""
    logits = np.array([-3.6 - 0.3 * x, -2.2 - 0.6 * x, -0.2 + 0.7 * x, 0.2 - 0.3 * x, -0.4, -1.0 + 0.4 * x])
    weights = np.exp(logits)
    return weights / weights.sum()


def experiment(
    factors: Sequence[Varied] = (ENTRY, STYLE, LEVERAGE, BIAS),
    n: int = 1000,
    points: int = 0,
    states: Mapping[str, str] = STATES,
    extreme: bool = False,
    title: str = "What could Russia's mediation change?",
    shares: Sequence[str] = SHARES,
    free: int = FREE,
    spread: bool = False,
) -> Tidy:
    """Return synthetic tables of a grid, or of a sampled design with a number of points.

    In a sampled design the points are spread over the numbers, and meet all levels of the other factors.
    """
    rng = np.random.default_rng(7)
    if points:
        factors = [dataclasses.replace(factor, is_sampled=factor.kind == "number") for factor in factors]
    base = tuple(factor.levels[0] for factor in factors)
    combos: list[tuple[tuple[Any, ...], str]] = []
    if points:
        for _ in range(points):
            drawn = [
                (float(rng.uniform(min(f.levels), max(f.levels))),) if f.kind == "number" else f.levels
                for f in factors
            ]
            combos += [(levels, "design") for levels in itertools.product(*drawn)]
        combos.append((base, "baseline"))
        for k, factor in enumerate(factors):
            combos += [
                ((*base[:k], level, *base[k + 1 :]), "probe") for level in factor.levels if level != base[k]
            ]
    else:
        combos = [
            (levels, "baseline" if levels == base else "design")
            for levels in itertools.product(*(factor.levels for factor in factors))
        ]
    names = [factor.name for factor in factors]
    baseline = next(cell for cell, (_, role) in enumerate(combos) if role == "baseline")
    tables: dict[str, list[dict[str, Any]]] = {
        key: [] for key in ("cells", "summary", "effects", "postures", "incidence", "peaks")
    }
    estimates: dict[int, dict[str, float]] = {}
    for cell, (levels, role) in enumerate(combos):
        head = {"cell": cell, "role": role, **dict(zip(names, levels, strict=True))}
        tables["cells"].append({**head, "seed": 2025})
        x = sum(pull(factor, level) for factor, level in zip(factors, levels, strict=True))
        estimates[cell] = _shares(x, n, extreme, shares)
        _summarise(tables["summary"], head, estimates[cell], n, states, x)
        _course(tables, cell, x, n, states, free)
    for cell, (levels, role) in enumerate(combos):
        head = {"cell": cell, "role": role, **dict(zip(names, levels, strict=True))}
        changed = [k for k in range(len(factors)) if levels[k] != base[k]]
        one = factors[changed[0]].name if len(changed) == 1 else ""
        if not changed:
            continue
        for share, value in estimates[cell].items():
            difference = value - estimates[baseline][share]
            half = Z * math.sqrt(max(0.5 / n, value * (1 - value)) / n)
            tables["effects"].append(
                {
                    **head, "factor": one, "measure": "share", "of": share, "difference": difference,
                    "low": difference - half, "high": difference + half, "unit": "share of crises",
                    "pairs": n, "replications_saved": 2.1,
                    "method": "identical crises" if one == "colour" else "paired, Agresti-Min",
                }
            )  # fmt: skip
    frames = {key: pd.DataFrame(found) for key, found in tables.items()}
    for key, columns in (
        (
            "effects",
            ["cell", "role", *names, "factor", "measure", "of", "difference", "low", "high", "pairs"],
        ),
    ):
        if frames[key].empty:
            frames[key] = pd.DataFrame(columns=columns)
    return Synthetic(
        frames, factors=tuple(factors), baseline=baseline, title=title, name="mediation",
        scenario_title="India and Pakistan after the Pahalgam attack, with Russia as possible go-between",
        seed=2025, horizon=HORIZON, start=START, states=states, spread=spread,
        mediators=MEDIATORS, shares=tuple(shares), thresholds={"force_rung": 6}, measures=SHIPPED,
        folder=Path("results/mediation"),
    )  # fmt: skip


def _shares(x: float, n: int, extreme: bool, wanted: Sequence[str]) -> dict[str, float]:
    p = np.array([0, 0, 0, 0, 0, 1.0]) if extreme else distribution(x)
    # Common random numbers: the same draws in every cell.
    drawn = np.searchsorted(np.cumsum(p)[:-1], np.random.default_rng(3).uniform(size=n), side="right")
    found = {name: float((drawn == k).mean()) for k, name in enumerate(OUTCOMES)}
    found["force"] = float((drawn < 4).mean())
    found["ceasefire"] = found["limited_force_ended"]
    found["mediated"] = round(found["limited_force_ended"] * (0.2 + 0.1 * max(x, 0)) * n) / n
    found["talks"] = round(min(1.0, 2 * found["mediated"]) * n) / n
    found["rung_7"] = float((drawn < 3).mean())
    return {name: found[name] for name in {**dict.fromkeys(OUTCOMES), **dict.fromkeys(wanted)}}


def _summarise(
    into: list[dict[str, Any]], head: dict[str, Any], shares: dict[str, float], n: int,
    states: Mapping[str, str], x: float,
) -> None:  # fmt: skip
    for name, value in shares.items():
        low, high = limits(value, n)
        into.append({**head, "measure": "share", "of": name, "n": n, "estimate": value, "low": low,
                     "high": high, "unit": "share of crises"})  # fmt: skip
    for state in ("any", *states):
        mean = 7 - 0.6 * x
        into.append({**head, "measure": "peak_rung", "of": state, "n": n, "estimate": mean, "low": mean - 0.1,
                     "high": mean + 0.1, "unit": "rung"})  # fmt: skip
    into.append({**head, "measure": "days_to_force", "of": "median", "n": n, "estimate": math.nan,
                 "low": math.nan, "high": math.nan, "unit": "days"})  # fmt: skip


def _course(
    tables: dict[str, list[dict[str, Any]]], cell: int, x: float, n: int, states: Mapping[str, str], free: int
) -> None:
    known = (HORIZON - START).days
    for number, state in enumerate(states):
        for day in range(known + free + 1):
            rise = 4.5 * (1 - math.exp(-day / 6)) - 0.4 * number
            after = max(0, day - known)
            middle = min(10.0, rise + 0.12 * after * math.exp(-after / 12) * (3 - x))
            wide = 0.35 * math.sqrt(after)
            quantiles = {
                f"q{q:02d}": round(4 * min(9.75, max(0.0, middle + wide * z))) / 4
                for q, z in ((5, -1.6), (25, -0.7), (50, 0.0), (75, 0.7), (95, 1.9))
            }
            tables["postures"].append(
                {
                    "cell": cell,
                    "state": state,
                    "day": day,
                    "date": START + dt.timedelta(days=day),
                    **quantiles,
                }
            )
    for event, rate, most in (("force", 0.15, 0.8 - 0.1 * x), ("ceasefire", 0.05, 0.4 + 0.12 * x)):
        for day in range(free + 1):
            share = max(0.0, min(1.0, most * (1 - math.exp(-rate * day))))
            low, high = limits(share, n) if day else (0.0, 0.0)
            tables["incidence"].append(
                {"cell": cell, "event": event, "day": day, "incidence": share, "low": low, "high": high}
            )
    for state in ("any", *states):
        weights = np.exp(-0.5 * ((np.arange(11) - (7 - 0.6 * x)) / 1.3) ** 2)
        counts = np.floor(n * weights / weights.sum()).astype(int)
        counts[6] += n - counts.sum()
        for rung in range(11):
            if counts[rung]:
                tables["peaks"].append({"cell": cell, "state": state, "rung": rung,
                                        "crises": int(counts[rung]), "share": counts[rung] / n})  # fmt: skip


FIVE_STATES = {
    "alba": "Alba", "borea": "Borea", "corda": "Corda", "dania": "The United Republics of Dania and of Elba",
    "faria": "Faria",
}  # fmt: skip
MANY = varied("entry", "Russia's day of entry", "days after 22 April", tuple(range(10, 50)))
CROWD = varied("party", "Party that mediates", None, tuple(f"party_number_{k}" for k in range(40)))
FINE = varied("leverage", "Leverage on India", "0 to 1", tuple(k / 59 for k in range(60)))
WORDY = varied(
    "wordy", "A factor with a label that goes on and on and says everything that there is to say about it",
    "a unit that is just as long as the label and leaves nothing out", ("first " * 30, "second " * 30),
)  # fmt: skip

DESIGNS: dict[str, dict[str, Any]] = {
    "grid": {},
    "one factor": {"factors": [WHO]},
    "one number": {"factors": [ENTRY]},
    "no factor": {"factors": []},
    "six factors": {"factors": [ENTRY, STYLE, TRUST, WHO, INERT, BIAS]},
    "sampled": {"factors": [ENTRY, TRUST, WHO], "points": 90, "n": 200},
    "one replication": {"factors": [ENTRY, STYLE], "n": 1},
    "all alike": {"factors": [ENTRY, STYLE], "extreme": True},
    "forty numbers": {"factors": [MANY, STYLE]},
    "forty texts": {"factors": [CROWD, TRUST]},
    "sixty levels": {"factors": [FINE, STYLE]},
    "long words": {"factors": [WORDY, ENTRY], "title": "What could change if everything were long? " * 9},
    "five states": {"factors": [STYLE], "states": FIVE_STATES},
    "a year": {"factors": [STYLE], "free": 365},
    "one day": {"factors": [STYLE], "free": 1},
    "one share": {"factors": [STYLE, ENTRY], "shares": ["mediated"]},
}


@cache
def made(name: str) -> Tidy:
    """Return a synthetic experiment, made once."""
    return experiment(**DESIGNS[name])


@cache
def drawn(name: str) -> dict[str, Figure]:
    """Return all default figures of an experiment, drawn once."""
    return {picture.name: picture.draw() for picture in pictures(made(name))}


def words(figure: Figure) -> str:
    """Return all that is written in a figure."""
    return " ".join(text.get_text().replace("\n", " ") for text in figure.findobj(Text))  # type: ignore[attr-defined]


def axes_of(figure: Figure, name: str) -> Any:
    """Return the panel with this label."""
    (axes,) = (axes for axes in figure.axes if axes.get_label() == name)
    return axes
