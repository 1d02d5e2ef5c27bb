"""How a past crisis was coded: when it ended, its outcome, and what is in doubt."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from escalation.files.expected import Means
from escalation.files.places import listed
from escalation.scenario.fields import ActorRef, Date, FileName, Many, Text, wrong
from escalation.scenario.parameters import Model
from escalation.vocabulary import CodedClass

SECOND_CODING = "second_coding"
"""The `use` of further codings of a crisis that another file codes as the case: not fitted to, not scored."""

CLASSROOM = "classroom"
"""The `use` of games that people played: forecast, and fitted to only where they are named."""

CrisisNumber = Annotated[int, Field(ge=1, le=99_999), Means("a whole number from 1 to 99999")]


class Case(Model):
    """What is recorded of a past crisis in addition to its dated acts."""

    ended: Date = Field(description="Day of the last recorded step; the horizon, where all of it is history")
    outcome: CodedClass = Field(description="The outcome class given by the coders")
    use: Literal["calibrate", "context", "examination", "second_coding", "classroom"] = Field(
        default="calibrate",
        description="Used for fitting, kept as context, held out for forecasting, the coding of another "
        "coder, which measures what coding does to scores, or a game that people played",
    )
    played: Many[ActorRef] = Field(
        default=(),
        validate_default=True,
        description="The actors whose acts people chose in a game; with use: classroom, and only then",
    )
    coding_of: FileName | None = Field(
        default=None,
        validate_default=True,
        description="The case of which this is a second coding; with use: second_coding, and only then",
    )
    mediation: Literal["accepted", "offered", "none"] = Field(
        description="Whether the rivals accepted a mediator, were offered one, or neither"
    )
    origins: Many[Date] = Field(
        default=(), description="Days at whose end a backtest forecasts, in order; by default the start"
    )
    coded_to: Date | None = Field(
        default=None, description="Last day up to which acts were coded, where that is before the end"
    )
    icb: Many[CrisisNumber] = Field(
        default=(), description="Numbers of the crisis in International Crisis Behavior"
    )
    mid: int | None = Field(
        default=None, ge=1, le=99_999, description="Number of the Militarized Interstate Dispute"
    )
    coder: Text = Field(description="Who coded it, and knowing what")
    doubts: Text = Field(description="What another coder might have coded differently")
    rung_doubt: int = Field(
        default=1, ge=0, le=5, description="By how many rungs, up or down, a code may be wrong"
    )

    @field_validator("coding_of")
    @classmethod
    def _names_the_case(cls, coding_of: str | None, info: ValidationInfo) -> str | None:
        is_second = info.data.get("use") == SECOND_CODING
        if is_second and coding_of is None:
            raise wrong("a second coding of no case", f"the name of a case, with use: {SECOND_CODING}")
        if coding_of is not None and "use" in info.data and not is_second:
            raise wrong(f"coding_of, with use: {info.data['use']}", f"use: {SECOND_CODING}, or no coding_of")
        return coding_of

    @field_validator("played")
    @classmethod
    def _of_a_game(cls, played: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if "use" in info.data and bool(played) != (info.data["use"] == CLASSROOM):
            says = "a game that nobody played" if not played else f"played, with use: {info.data['use']}"
            raise wrong(says, f"the actors that people played, with use: {CLASSROOM}, and only then")
        return played

    @field_validator("ended")
    @classmethod
    def _not_before_start(cls, ended: dt.date, info: ValidationInfo) -> dt.date:
        start = (info.context or {}).get("start")
        if start and ended < start:
            raise wrong(f"{ended} is before the start {start}", "a date on or after the start")
        return ended

    @field_validator("origins")
    @classmethod
    def _within_the_crisis(cls, origins: tuple[dt.date, ...], info: ValidationInfo) -> tuple[dt.date, ...]:
        start, ended = (info.context or {}).get("start"), info.data.get("ended")
        outside = [day for day in origins if start and ended and not start <= day <= ended]
        if outside:
            raise wrong(f"{listed(outside)} outside the crisis", f"dates from {start} to {ended}")
        if list(origins) != sorted(set(origins)):
            raise wrong("the origins are out of order", "dates in order, each once")
        return origins

    @field_validator("coded_to")
    @classmethod
    def _coded_within(cls, coded_to: dt.date | None, info: ValidationInfo) -> dt.date | None:
        start, ended = (info.context or {}).get("start"), info.data.get("ended")
        if coded_to and start and ended and not start <= coded_to <= ended:
            raise wrong(f"{coded_to} outside the crisis", f"a date from {start} to {ended}")
        return coded_to


def case_template() -> str:
    """Return a commented scenario file of a past crisis, with placeholders in angle brackets."""
    return Path(__file__).with_name("case_template.yaml").read_text(encoding="utf-8")
