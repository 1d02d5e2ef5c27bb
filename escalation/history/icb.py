"""International Crisis Behavior: recorded crises, how mediation relates to their outcomes, and rates.

The ICB project, Duke University: Brecher and Wilkenfeld, "A Study of Crisis", data sets ICB1 (one row
per crisis) and ICB2 (one row per crisis actor). The codes are those of its codebook. The package ships
the rates derived from them: counts, with provenance.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from escalation.files.brief import Brief
from escalation.files.find import shipped_folder
from escalation.files.places import MOST_PROBLEMS, Problem, ScenarioError, shown
from escalation.files.read_csv import Row, read_csv
from escalation.scenario.fields import Id, Many, Text, wrong
from escalation.scenario.load import load_plain
from escalation.scenario.parameters import Model

PUBLISHED = (
    "the files icb1v15.csv and icb2v15.csv of the International Crisis Behavior project, Duke University "
    "(icb.duke.edu); get them there and give the folder"
)

CRISES_FILE, ACTORS_FILE = "icb1v15.csv", "icb2v15.csv"

TRIGGERS = (
    "verbal", "political", "economic", "external_change", "other_non_violent", "internal_challenge",
    "non_violent_military", "indirect_violent", "violent",
)  # fmt: skip
"""Types of trigger, in the order of their codes 1 to 9."""

VIOLENCE = ("none", "minor", "serious", "war")
"""Levels of violence in a crisis, codes 1 to 4."""

STYLES = ("facilitation", "formulation", "manipulation")
"""Highest style of a mediator, codes 2 to 4 of `medstyle`."""

NOT_MEDIATED, OFFERED, MEDIATED = 1, 3, 4
FORMAL, SEMI_FORMAL = 1, 2
REDUCED, TOO_RECENT = 2, 3
PROTRACTED, NUCLEAR, DEMOCRATIC = 2, 3, 1

# Columns that are read, and what a value may be; those in the second group may be empty.
_CRISIS = {
    "crisno": (1, 9999), "break": (1, 9), "viol": (1, 4), "forout": (1, 7), "outesr": (1, 3),
    "protrac": (1, 3), "yrtrig": (1900, 2100),
}  # fmt: skip

_CRISIS_GAPS = {
    "mediate": (1, 4), "medstyle": (1, 4), "motrig": (1, 12), "datrig": (1, 88), "yrmedst": (1900, 2100),
    "momedst": (1, 12), "damedst": (1, 88),
}  # fmt: skip

_ACTOR = {"crisno": (1, 9999)}
_ACTOR_GAPS = {"nuclear": (1, 4), "regime": (1, 9)}

_ROUGH_DAYS = {66: 5, 77: 15, 88: 25}
"""What early, mid and late in a month count as."""

_UNKNOWN = ("", "-99")
Column = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Icb(Brief):
    """The columns used, as numbers, NaN where a value is missing."""

    crises: Mapping[str, Column]
    actors: Mapping[str, Column]

    @property
    def mediated(self) -> NDArray[np.bool_]:
        """[crises]: whether there was mediation with the consent of all parties."""
        return np.asarray(self.crises["mediate"] == MEDIATED)

    @property
    def coded(self) -> NDArray[np.bool_]:
        """[crises]: whether it is known if there was mediation."""
        return np.asarray(~np.isnan(self.crises["mediate"]))


@dataclass(frozen=True)
class Ends:
    """How a group of crises ended, in counts."""

    crises: int
    formal: int
    """Ended in a formal agreement: a treaty, an armistice, a ceasefire."""
    agreed: int
    """Ended in a formal or semi-formal agreement."""
    known: int
    """Crises for which the five years after are known."""
    quiet: int
    """Of these, crises without another one between the main adversaries in five years."""


def load_icb(folder: Path | str) -> Icb:
    """Read both files of ICB version 15 from a folder.

    Raises
    ------
    ScenarioError
        With one line per error: a missing file, a missing column, or a value that is not a code.
    """
    return Icb(
        _read(Path(folder) / CRISES_FILE, _CRISIS, _CRISIS_GAPS),
        _read(Path(folder) / ACTORS_FILE, _ACTOR, _ACTOR_GAPS),
    )


def observed(icb: Icb, until: int | None = None) -> dict[str, Ends]:
    """Count how crises ended: unmediated, mediated, and by the mediator's style.

    The set is all crises of the file known to have been mediated or not, or those of them triggered up to a
    year. Crises in which an offer was not taken up count as unmediated.
    """
    chosen = icb.coded
    if until is not None:
        chosen = chosen & (icb.crises["yrtrig"] <= until)
    groups = {"unmediated": ~icb.mediated, "mediated": icb.mediated}
    for code, style in enumerate(STYLES, start=2):
        groups[style] = icb.mediated & (icb.crises["medstyle"] == code)
    return {name: _ends(icb, chosen & members) for name, members in groups.items()}


def days_to_mediation(icb: Icb) -> Column:
    """Return the days from trigger to first mediation, for mediated crises where both are known."""
    columns = [icb.crises[name][icb.mediated] for name in ("yrtrig", "motrig", "datrig")]
    starts = [icb.crises[name][icb.mediated] for name in ("yrmedst", "momedst", "damedst")]
    found = []
    for trigger, start in zip(zip(*columns, strict=True), zip(*starts, strict=True), strict=True):
        begun, entered = _day(*trigger), _day(*start)
        if begun is not None and entered is not None:
            found.append(float(entered - begun))
    return np.array(found)


def _ends(icb: Icb, members: NDArray[np.bool_]) -> Ends:
    form, after = (icb.crises[name][members] for name in ("forout", "outesr"))
    return Ends(
        crises=int(members.sum()),
        formal=int((form == FORMAL).sum()),
        agreed=int(np.isin(form, (FORMAL, SEMI_FORMAL)).sum()),
        known=int((after != TOO_RECENT).sum()),
        quiet=int((after == REDUCED).sum()),
    )


def _day(year: float, month: float, day: float) -> int | None:
    if np.isnan(year) or np.isnan(month):
        return None
    in_month = 15 if np.isnan(day) else _ROUGH_DAYS.get(int(day), int(day))
    try:
        return dt.date(int(year), int(month), in_month).toordinal()
    except ValueError:
        return None


Ranges = Mapping[str, tuple[int, int]]


def _read(path: Path, full: Ranges, gaps: Ranges) -> dict[str, Column]:
    """Read the given columns of a file; raise all errors together."""
    name, ranges = str(path), {**full, **gaps}
    read = read_csv(path, tuple(ranges), PUBLISHED)
    problems = read.problems
    table: dict[str, list[float]] = {column: [] for column in ranges}
    for row in read.rows:
        problems += _errors(name, row, ranges, full)
        if len(problems) > MOST_PROBLEMS:
            break
        for column, cell in zip(ranges, row.cells, strict=True):
            table[column].append(_number(cell))
    if not read.rows:
        problems.append(Problem(name, 1, None, "", "the file has no rows below the header", PUBLISHED))
    if problems:
        raise ScenarioError(problems)
    return {column: np.array(values) for column, values in table.items()}


def _errors(name: str, row: Row, ranges: Ranges, full: Ranges) -> Iterator[Problem]:
    for cell, (column, (least, most)) in zip(row.cells, ranges.items(), strict=True):
        is_gap = cell.strip() in _UNKNOWN and column not in full
        if not is_gap and not least <= _number(cell) <= most:
            allowed = f"a whole number from {least} to {most}{'' if column in full else ', or nothing'}"
            yield Problem(
                name, row.line, None, column, f"{shown(cell)} is not a code of this column", allowed
            )


def _number(cell: str) -> float:
    """Read a whole number, also one written as 3.0; NaN for anything else."""
    digits = cell.strip().removesuffix(".0")
    return float(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else float("nan")


SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Shares of the mediated crises in which the mediator had entered by each of `entry_days`."""

Count = Annotated[int, Field(ge=0)]
ByViolence = Annotated[Many[Count], Field(min_length=4, max_length=4)]


class Ended(Model):
    """How a group of crises ended, in counts; see `escalation.history.icb.Ends`."""

    crises: Count
    formal: Count
    agreed: Count
    known: Count
    quiet: Count


class Rates(Model):
    """Counts of crises by their traits. Lists of four go by violence: none, minor, serious, war."""

    name: Id
    title: Text
    provenance: Text
    triggers: dict[Id, ByViolence] = Field(description="Crises by type of trigger and violence")
    mediated: ByViolence = Field(description="Crises with mediation that all had consented to")
    offered: ByViolence = Field(description="Crises with an offer of mediation that was not taken up")
    coded: ByViolence = Field(description="Crises of which it is known whether there was mediation")
    styles: dict[Id, ByViolence] = Field(description="Mediated crises by the highest style")
    entry_days: Annotated[Many[Count], Field(min_length=5, max_length=5)] = Field(
        description="Days from trigger to mediation by which .1, .25, .5, .75 and .9 of mediators had entered"
    )
    protracted: Count = Field(description="Crises within a protracted conflict")
    both_nuclear: Count = Field(description="Crises with two actors or more with nuclear weapons")
    one_nuclear: Count = Field(description="Crises with one")
    actors: Count = Field(description="Crisis actors of which the regime is known")
    democratic: Count = Field(description="Those of them that are democratic")
    observed: dict[Id, Ended] = Field(description="How crises ended, by mediation")

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        for field, names in (("triggers", TRIGGERS), ("styles", STYLES)):
            if set(getattr(self, field)) != set(names):
                raise wrong(f"{field} has other names than ICB", ", ".join(names))
        return self

    @property
    def crises(self) -> int:
        """Return the number of all crises."""
        return sum(map(sum, self.triggers.values()))


def load_rates(path: Path | None = None) -> Rates:
    """Load rates from a file, by default the shipped ones; raises ScenarioError with all errors."""
    return load_plain(path or shipped_folder() / "rates" / "icb_v15.yaml", Rates)


def rates_of(icb: Icb) -> Rates:
    """Derive the rates from the files of ICB."""
    crises, actors = icb.crises, icb.actors
    nuclear = np.bincount(
        actors["crisno"].astype(int), weights=actors["nuclear"] >= NUCLEAR, minlength=10_000
    )[crises["crisno"].astype(int)]

    def by_violence(members: NDArray[np.bool_]) -> tuple[int, ...]:
        return tuple(int((members & (crises["viol"] == code)).sum()) for code in range(1, 5))

    lags = np.maximum(days_to_mediation(icb), 0.0)
    return Rates(
        name="icb_v15",
        title="Crises by trigger, violence and mediation",
        provenance=(
            "Counted from icb1v15.csv and icb2v15.csv, International Crisis Behavior v15, ICB project, "
            "Duke University (Brecher and Wilkenfeld), by `escalation mediation-check --data --rates`. "
            f"{len(crises['crisno'])} crises; counts only, no row of the files."
        ),
        triggers={name: by_violence(crises["break"] == code) for code, name in enumerate(TRIGGERS, start=1)},
        mediated=by_violence(crises["mediate"] == MEDIATED),
        offered=by_violence(crises["mediate"] == OFFERED),
        coded=by_violence(icb.coded),
        styles={
            name: by_violence(icb.mediated & (crises["medstyle"] == code))
            for code, name in enumerate(STYLES, start=2)
        },
        entry_days=tuple(round(float(day)) for day in np.quantile(lags, SHARES)),
        protracted=int((crises["protrac"] >= PROTRACTED).sum()),
        both_nuclear=int((nuclear >= 2).sum()),
        one_nuclear=int((nuclear == 1).sum()),
        actors=int((~np.isnan(actors["regime"])).sum()),
        democratic=int((actors["regime"] == DEMOCRATIC).sum()),
        observed={name: Ended(**vars(ends)) for name, ends in observed(icb).items()},
    )


def rates_text(rates: Rates) -> str:
    """Return rates as the text of a YAML file that loads to equal rates."""
    lines = [f"{key}: {getattr(rates, key)}" for key in ("name", "title")]
    lines += [
        "provenance: >-",
        *textwrap.wrap(rates.provenance, 100, initial_indent="  ", subsequent_indent="  "),
    ]
    for key in Rates.model_fields:
        value = getattr(rates, key)
        if key in ("name", "title", "provenance"):
            continue
        lines += ["", f"# {Rates.model_fields[key].description}."]
        if isinstance(value, dict):
            lines.append(f"{key}:")
            lines += [f"  {name}: {_flow(entry)}" for name, entry in value.items()]
        else:
            lines.append(f"{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _flow(value: object) -> str:
    if isinstance(value, Ended):
        return "{" + ", ".join(f"{name}: {count}" for name, count in value) + "}"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)
