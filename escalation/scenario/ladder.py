"""The escalation ladder: rungs, the acts on them, and the cross-walk to the scales of the field."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from escalation.files.expected import Means
from escalation.scenario.fields import ActRef, FileName, Id, Many, RungKey, RungNumber, Text, wrong
from escalation.scenario.parameters import Model, defined
from escalation.vocabulary import EFFECT_ROLES, MEDIATION_EFFECTS, Effect, Takers, Toward

Kind = Literal["diplomatic", "economic", "military", "nuclear_signal", "conciliatory", "mediation"]


class CrossWalk(Model):
    """The place of an act on the published scales of the field."""

    cameo: Annotated[str, Means("a code of 2 to 4 digits, in quotes")] = Field(
        pattern=r"^[0-9]{2,4}$", description="CAMEO event code, quoted"
    )
    goldstein: float = Field(ge=-10, le=10, description="Goldstein value of that code, -10 to 10")
    mid_action: int = Field(ge=0, le=21, description="MID action code, 0 for no militarised action")
    mid_hostility: int = Field(ge=1, le=5, description="MID hostility level, 1 to 5")
    kahn: int | None = Field(
        default=None, ge=1, le=44, description="Nearest of Kahn's 44 rungs; none for conciliatory acts"
    )
    rivera: Literal[-2, 0, 4, 12, 28, 60] = Field(
        description="Severity weight of Rivera et al. 2024: -2 de-escalation, 0 message or wait, "
        "4 posturing, 12 non-violent escalation, 28 violent escalation, 60 nuclear"
    )


class Requires(Model):
    """What must hold before an act can be taken."""

    offer: ActRef | None = Field(default=None, description="The target's act of this id must be on offer")
    violence: bool = Field(default=False, description="There must be firing or recent force between the pair")
    hotline: bool = Field(default=False, description="The pair must have a hotline")


class Rung(Model):
    """One step of the ladder."""

    label: Text
    description: Text


class Act(Model):
    """One thing that a state or a mediator can do on a day."""

    label: Text = Field(description="In a few words, as the story prints it: 'closes the border to'")
    description: Text
    rung: RungNumber
    kind: Kind
    effect: Effect = Field(
        default="none",
        description="What the act does beyond its rung: holds, accepts a ceasefire, or moves mediation",
    )
    base: float = defined(
        None, (-6.0, 2.0),
        says="Intercept of the log odds among acts of its kind; of a competing risk, of its log hazard",
        unit="logit", source="by act, in the ladder file", group="Ladder: act", bounds=(-30.0, 10.0),
    )  # fmt: skip
    cost: float = defined(
        0.0, (0.0, 1.0), says="Material cost to the taker",
        unit="share", source="by act, in the ladder file", group="Ladder: act",
    )  # fmt: skip
    visibility: float = defined(
        1.0, (0.0, 1.0), says="How far publics see the act",
        unit="share", source="by act, in the ladder file", group="Ladder: act",
    )  # fmt: skip
    signal: int = Field(default=0, ge=0, le=3, description="Level of nuclear signalling, 0 none to 3 alert")
    commits: bool = Field(default=False, description="A public commitment; backing down has an audience cost")
    lasts: bool = Field(default=False, description="A measure: in force until reversed")
    stands_days: int = Field(default=0, ge=0, le=60, description="Days for which it remains on offer")
    reverses: Many[ActRef] = Field(default=(), description="Measures; it ends the latest of them")
    requires: Requires = Requires()
    capability: Id | None = Field(default=None, description="Only a state with this capability may take it")
    crosswalk: CrossWalk

    @property
    def takers(self) -> Takers:
        """Who may take it: 'states' or 'mediators'."""
        return EFFECT_ROLES[self.effect].takers

    @property
    def toward(self) -> Toward:
        """Toward whom: a rival, a mediator, a single state, or a pair of rivals."""
        return EFFECT_ROLES[self.effect].toward

    @model_validator(mode="after")
    def _kind_fits(self) -> Self:
        if (self.kind == "mediation") != (self.effect in MEDIATION_EFFECTS):
            raise wrong(
                f"kind {self.kind} with effect {self.effect}",
                f"kind mediation goes with the effects {', '.join(MEDIATION_EFFECTS)}",
            )
        if self.kind in ("conciliatory", "mediation") and self.rung != 0:
            raise wrong(f"a {self.kind} act on rung {self.rung}", f"{self.kind} acts are on rung 0")
        if self.kind == "conciliatory" and self.signal:
            raise wrong("a conciliatory act with a nuclear signal", "signal 0")
        return self


class Reading(Model):
    """Which act represents recorded acts of a MID hostility level."""

    act: ActRef
    codes: dict[str, ActRef] = Field(default={}, description="Acts that represent single MID action codes")


class DeadlyReading(Reading):
    """The same for acts with many deaths."""

    deaths: int = Field(ge=1, description="Least number of deaths, on both sides together")


class LevelReading(Reading):
    """The same, and what replaces it wholly where more have died."""

    deadly: Many[DeadlyReading] = Field(
        default=(), description="Readings of acts with at least so many deaths, in rising order"
    )

    @model_validator(mode="after")
    def _deaths_rise(self) -> Self:
        deaths = [reading.deaths for reading in self.deadly]
        if any(one >= other for one, other in pairwise(deaths)):
            raise wrong(f"deadly has deaths {', '.join(map(str, deaths))}", "rising numbers, each once")
        return self


class Ladder(Model):
    """Rungs 0-10 and the acts on them."""

    name: FileName
    title: Text
    sources: Text = Field(description="Where the rungs and the cross-walk come from")
    rungs: dict[RungKey, Rung]
    acts: dict[Id, Act]
    mid_reading: dict[Literal["2", "3", "4", "5"], LevelReading] = Field(
        default={}, description="How acts coded by Militarized Interstate Disputes are read"
    )

    @field_validator("rungs")
    @classmethod
    def _all_rungs(cls, rungs: dict[int, Rung]) -> dict[int, Rung]:
        missing = [str(number) for number in range(11) if number not in rungs]
        if missing:
            raise wrong(f"missing rungs: {', '.join(missing)}", "rungs 0 to 10, each once")
        return rungs

    @field_validator("acts")
    @classmethod
    def _single_effects(cls, acts: dict[str, Act], info: ValidationInfo) -> dict[str, Act]:
        for effect in ("hold", "consent", "decline"):
            holders = [name for name, act in acts.items() if act.effect == effect]
            if len(holders) > 1 or (effect == "hold" and not holders):
                raise wrong(
                    f"{len(holders)} acts have the effect {effect} ({', '.join(holders) or 'none'})",
                    "exactly one hold; at most one consent and one decline",
                )
        effects = {act.effect for act in acts.values()}
        if "offer" in effects and not {"consent", "decline"} <= effects:
            raise wrong(
                "an act has the effect offer, but its responses are missing",
                "with an offer, one act of effect consent and one of effect decline",
            )
        return acts

    def ordered(self) -> list[str]:
        """Return the ids in ladder order: by rung, then as in the file; hold first."""
        ids = sorted(self.acts, key=lambda name: self.acts[name].rung)
        return sorted(ids, key=lambda name: self.acts[name].effect != "hold")

    def act_of(self, level: int, action: int, deaths: int = 0) -> str:
        """Return the act that represents a recorded one, by `mid_reading`.

        Parameters
        ----------
        level, action
            Hostility level and action code of Militarized Interstate Disputes.
        deaths
            Deaths on both sides; unknown ones count as none.

        Raises
        ------
        KeyError
            If the ladder does not read acts of this level.
        """
        readings = {int(key): reading for key, reading in self.mid_reading.items()}
        reading: Reading = readings[level]
        for deadly in readings[level].deadly:
            if deadly.deaths <= deaths:
                reading = deadly
        return reading.codes.get(str(action), reading.act)
