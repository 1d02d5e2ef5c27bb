"""International Crisis Behavior: recorded crises, how mediation relates to their outcomes, and rates.

The ICB project, Duke University: Brecher and Wilkenfeld, "A Study of Crisis", data sets ICB1 (one row
per crisis) and ICB2 (one row per crisis actor). The codes are those of its codebook. The package ships
the rates derived from them: counts, with provenance.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
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
from escalation.stats.intervals import Intervals, wilson

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

RESPONSES = ("words", "show", "violent")
"""Classes of an actor's major response: none, verbal, political, economic or other without the military
(codes 1 to 5 of `majres`), military without violence (6, 7), and violent (8, 9)."""
_LAST_OF_RESPONSES = (5, 7, 9)

RESPONDS_TO = {
    "violent": (9, True), "violent_by_others": (9, False), "military": (7, True), "political": (2, True),
}  # fmt: skip
"""Classes of trigger: its code, and whether states were behind it.

By others: the triggering entity is coded as a non-state actor (996). Several states (997) are states.
"""
NON_STATE = 996
RESPONSE_DAYS = 60
SINCE = 1946
"""First year of the triggers whose responses and agreements are counted by day."""

AGREEMENTS = ("unmediated", "mediated", "from_entry")
"""Groups of crises of which agreements are counted by crisis-days. The first two count days from the trigger.
A crisis has to last until a mediator enters to be mediated; `from_entry` therefore has the mediated crises of
which that day is known, and counts days from it."""
SPANS = (7, 30, 90, 180, 365)
"""Last days of the spans of time; a last one has all days after them."""

MEDIATION = ("none", "offered", *STYLES, "style_unknown")
"""What became of mediation: none, offered and not taken up, or by its highest style."""
NUCLEAR_STATUS = ("none", "one", "both")
"""Crisis actors with nuclear weapons: none, one, or two and more."""

NOT_MEDIATED, OFFERED, MEDIATED = 1, 3, 4
FORMAL, SEMI_FORMAL = 1, 2
REDUCED, TOO_RECENT = 2, 3
PROTRACTED, NUCLEAR, DEMOCRATIC = 2, 3, 1

# Columns that are read, and what a value may be; those in the second group may be empty.
_CRISIS = {
    "crisno": (1, 9999), "break": (1, 9), "viol": (1, 4), "forout": (1, 7), "outesr": (1, 3),
    "protrac": (1, 3), "yrtrig": (1900, 2100), "brexit": (1, 9999),
}  # fmt: skip

_CRISIS_GAPS = {
    "mediate": (1, 4), "medstyle": (1, 4), "motrig": (1, 12), "datrig": (1, 88), "yrmedst": (1900, 2100),
    "momedst": (1, 12), "damedst": (1, 88),
}  # fmt: skip

_ACTOR = {
    "crisno": (1, 9999), "triggr": (1, 9), "yrtrig": (1900, 2100), "trigent": (1, 999), "majres": (1, 9),
}  # fmt: skip
_ACTOR_GAPS = {"nuclear": (1, 4), "regime": (1, 9), "trgresra": (1, 9999)}

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
    entry = _entry(icb)[icb.mediated]
    return np.asarray(entry[~np.isnan(entry)])


def _entry(icb: Icb) -> Column:
    """[crises]: days from trigger to first mediation, NaN where either is not known."""
    columns = [icb.crises[name] for name in ("yrtrig", "motrig", "datrig", "yrmedst", "momedst", "damedst")]
    found = []
    for year, month, day, *start in zip(*columns, strict=True):
        begun, entered = _day(year, month, day), _day(*start)
        found.append(np.nan if begun is None or entered is None else float(entered - begun))
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
ByResponse = Annotated[Many[Count], Field(min_length=3, max_length=3)]
BySpan = Annotated[Many[Count], Field(min_length=6, max_length=6)]


class Ended(Model):
    """How a group of crises ended, in counts; see `escalation.history.icb.Ends`."""

    crises: Count
    formal: Count
    agreed: Count
    known: Count
    quiet: Count


class Responses(Model):
    """What the actors of a class of trigger did as their major response, and on which day after it.

    ICB counts the day of the trigger as 1; here it is day 0. Lists of three are words, show and violent.
    """

    actors: Count
    by_day: Many[Annotated[Many[Count], Field(min_length=4, max_length=4)]]
    """Day and the responses of that day, for each day up to `RESPONSE_DAYS` with one."""
    later: ByResponse
    undated: ByResponse

    @property
    def totals(self) -> tuple[int, ...]:
        """Return the number of responses of each class, whenever they came."""
        rows = [row[1:] for row in self.by_day]
        return tuple(map(sum, zip(*rows, self.later, self.undated, strict=True)))

    def share(self, response: str) -> Intervals:
        """Return the share of a class of response among all actors, with its Wilson interval."""
        return wilson(self.totals[RESPONSES.index(response)], self.actors)

    def within(self, days: int, response: str | None = None) -> Intervals:
        """Return the share of actors that responded in so many days, as of the class, with its interval.

        Actors whose response has no date are left out.
        """
        places = range(len(RESPONSES)) if response is None else [RESPONSES.index(response)]
        yes = sum(row[1 + place] for row in self.by_day if row[0] <= days for place in places)
        return wilson(yes, self.actors - sum(self.undated))

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum(self.totals)
        if total != self.actors:
            raise wrong(f"{total} responses of {self.actors} actors", "one response of each actor")
        days = [row[0] for row in self.by_day]
        if days != sorted(set(days)) or any(day > RESPONSE_DAYS for day in days):
            raise wrong("by_day is not in order", f"rising days up to {RESPONSE_DAYS}, each once")
        return self


class Agreements(Model):
    """Formal and semi-formal agreements of a group of crises by span of time; see `AGREEMENTS`, `SPANS`."""

    crises: Count
    days: BySpan
    """Days of crises in each span."""
    agreed: BySpan
    """Crises that ended with an agreement in it."""

    @property
    def rate(self) -> Intervals:
        """Return agreements per crisis-day over all spans, with its Wilson interval."""
        return wilson(sum(self.agreed), sum(self.days))

    @property
    def rates(self) -> Intervals:
        """Return agreements per crisis-day by span, with their intervals."""
        return wilson(self.agreed, self.days)


class Mediations(Model):
    """How crises of one nuclear status and one fate of mediation ended, by violence; as `Ended`."""

    crises: ByViolence
    formal: ByViolence
    agreed: ByViolence
    known: ByViolence
    quiet: ByViolence
    agreed_known: ByViolence
    """Crises that ended in an agreement and of which the five years after are known."""
    agreed_quiet: ByViolence
    """Of these, crises without another one in five years: agreements that held."""


class Rates(Model):
    """Counts of crises by their traits. Lists of four go by violence: none, minor, serious, war."""

    name: Id
    title: Text
    provenance: Text
    triggers: dict[Id, ByViolence] = Field(description="Crises by type of trigger and violence")
    mediated: ByViolence = Field(description="Crises with mediation to which all had consented")
    offered: ByViolence = Field(description="Crises with an offer of mediation that was not taken up")
    coded: ByViolence = Field(description="Crises for which it is known whether there was mediation")
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
    responses: dict[Id, Responses] = Field(
        description="Major responses of actors by class of trigger since 1946; by_day has the day after the "
        "trigger, then the words, shows of force and violent responses of that day"
    )
    agreements: dict[Id, Agreements] = Field(
        description="Formal and semi-formal agreements and days of crises since 1946 by span of time: days 1 "
        "to 7, to 30, 90, 180, 365 and after, from the trigger or from the entry of a mediator"
    )
    mediation: dict[Id, dict[Id, Mediations]] = Field(
        description="How crises ended, by nuclear status of the actors, fate of mediation and violence"
    )

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        named: list[tuple[str, Collection[str], Collection[str]]] = [
            ("triggers", self.triggers, TRIGGERS), ("styles", self.styles, STYLES),
            ("responses", self.responses, RESPONDS_TO), ("agreements", self.agreements, AGREEMENTS),
            ("mediation", self.mediation, NUCLEAR_STATUS),
            *(("mediation", of_status, MEDIATION) for of_status in self.mediation.values()),
        ]  # fmt: skip
        for field, found, names in named:
            if set(found) != set(names):
                raise wrong(f"{field} has other names than ICB", ", ".join(names))
        return self

    def mediations(
        self, nuclear: str | None = None, fates: Collection[str] = MEDIATION
    ) -> dict[str, tuple[int, ...]]:
        """Return the counts of `Mediations` by violence, summed over nuclear status and fates."""
        chosen = [
            entry
            for status, of_status in self.mediation.items() if nuclear in (None, status)
            for fate, entry in of_status.items() if fate in fates
        ]  # fmt: skip
        return {
            name: tuple(map(sum, zip(*(getattr(entry, name) for entry in chosen), strict=True)))
            for name in Mediations.model_fields
        }

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
        responses={name: _responses(icb, *traits) for name, traits in RESPONDS_TO.items()},
        agreements={name: _agreements(icb, name) for name in AGREEMENTS},
        mediation={
            status: {fate: _mediations(icb, members & of_fate) for fate, of_fate in _fates(icb).items()}
            for status, members in zip(
                NUCLEAR_STATUS, (nuclear == 0, nuclear == 1, nuclear >= 2), strict=True
            )
        },
    )


def _responses(icb: Icb, trigger: int, by_states: bool) -> Responses:
    """Count the responses to a class of trigger."""
    actors = icb.actors
    chosen = (actors["yrtrig"] >= SINCE) & (actors["triggr"] == trigger)
    chosen = chosen & ((actors["trigent"] != NON_STATE) == by_states)
    response = np.searchsorted(_LAST_OF_RESPONSES, actors["majres"][chosen])
    day = actors["trgresra"][chosen] - 1.0

    def counts(members: NDArray[np.bool_]) -> tuple[int, ...]:
        return tuple(np.bincount(response[members], minlength=len(RESPONSES)).tolist())

    days = np.unique(day[day <= RESPONSE_DAYS])
    return Responses(
        actors=int(chosen.sum()),
        by_day=tuple((int(one), *counts(day == one)) for one in days),
        later=counts(day > RESPONSE_DAYS),
        undated=counts(np.isnan(day)),
    )


def _agreements(icb: Icb, group: str) -> Agreements:
    """Count the agreements of a group and the days of its crises."""
    crises = icb.crises
    chosen = (crises["yrtrig"] >= SINCE) & icb.coded & (icb.mediated == (group != "unmediated"))
    lasted = crises["brexit"]
    if group == "from_entry":
        lasted = lasted - np.maximum(_entry(icb), 0.0)
        chosen = chosen & (lasted > 0)
    lasted = lasted[chosen]
    agreed = np.isin(crises["forout"], (FORMAL, SEMI_FORMAL))[chosen]
    bounds = [*pairwise((0, *SPANS)), (SPANS[-1], np.inf)]
    return Agreements(
        crises=int(chosen.sum()),
        days=tuple(int((np.clip(lasted, low, high) - low).sum()) for low, high in bounds),
        agreed=tuple(int((agreed & (lasted > low) & (lasted <= high)).sum()) for low, high in bounds),
    )


def _fates(icb: Icb) -> dict[str, NDArray[np.bool_]]:
    """Return the crises of each fate of mediation."""
    style, offered = icb.crises["medstyle"], icb.crises["mediate"] == OFFERED
    of_style = [icb.mediated & (style == code) for code in range(2, 2 + len(STYLES))]
    unknown = icb.mediated & ~np.any(of_style, axis=0)
    members = [icb.coded & ~icb.mediated & ~offered, offered, *of_style, unknown]
    return dict(zip(MEDIATION, members, strict=True))


def _mediations(icb: Icb, members: NDArray[np.bool_]) -> Mediations:
    """Count how crises ended, by violence."""
    agreed = np.isin(icb.crises["forout"], (FORMAL, SEMI_FORMAL))
    by_violence = [members & (icb.crises["viol"] == code) for code in range(1, 5)]
    ends = [vars(_ends(icb, of_level)) for of_level in by_violence]
    after = [_ends(icb, of_level & agreed) for of_level in by_violence]
    return Mediations(
        **{name: tuple(one[name] for one in ends) for name in ends[0]},
        agreed_known=tuple(one.known for one in after),
        agreed_quiet=tuple(one.quiet for one in after),
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
        says = f"{Rates.model_fields[key].description}."
        lines += ["", *textwrap.wrap(says, 100, initial_indent="# ", subsequent_indent="# ")]
        lines += _block(key, value)
    return "\n".join(lines) + "\n"


def _block(key: str, value: object, indent: str = "") -> Iterator[str]:
    """Yield the lines of a key: nested where a line would be long, else in one."""
    if isinstance(value, Model):
        value = dict(value)
    rows = value if isinstance(value, tuple) and value and isinstance(value[0], tuple) else None
    flow = _flow(value)
    if rows is None and not (isinstance(value, dict) and _is_long(indent + key + flow, value)):
        yield f"{indent}{key}: {flow}"
        return
    yield f"{indent}{key}:"
    if rows is not None:
        yield from (f"{indent}  - {_flow(row)}" for row in rows)
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield from _block(name, entry, indent + "  ")


def _is_long(line: str, value: Mapping[str, object]) -> bool:
    """Whether a mapping is of more than numbers, or its line is longer than the others of such a file."""
    return len(line) > 100 or not all(isinstance(entry, int) for entry in value.values())


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(entry)}" for name, entry in value.items()) + "}"
    return f"[{', '.join(map(_flow, value))}]" if isinstance(value, tuple) else str(value)
