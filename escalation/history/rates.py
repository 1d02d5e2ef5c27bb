"""Rates derived from International Crisis Behavior, as the package ships them: counts, with provenance."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from escalation.history.icb import (
    DEMOCRATIC,
    MEDIATED,
    NUCLEAR,
    OFFERED,
    PROTRACTED,
    STYLES,
    TRIGGERS,
    Icb,
    days_to_mediation,
    observed,
)
from escalation.scenario.fields import Id, Many, Text, wrong
from escalation.scenario.files import shipped_folder
from escalation.scenario.load import load_plain
from escalation.scenario.parameters import Model

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Of the mediated crises, in which the mediator had entered by each of `entry_days`."""

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
    """Load rates from a file, by default those that are shipped; raises ScenarioError with every fault."""
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
    """Return rates as a YAML file that loads as equal ones."""
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
