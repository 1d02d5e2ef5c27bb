"""A named set of weights, and how precisely a record identifies those that were fitted to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from escalation.files.places import shown
from escalation.scenario.fields import FileName, Id, Many, Text, wrong
from escalation.scenario.parameters import Model
from escalation.scenario.weights import Weights

ONE_STAGE = frozenset(
    [
        "act_intercept",
        "provocation_gate",
        "gate_threshold",
        "heat_in_gate",
        "talks_restraint",
        "words_threshold",
        "display_threshold",
    ]
)
"""Weights of the rules that decided in one stage whether a state acts and what it does. They are not read:
the other weights of such a file were fitted with them, and mean other things in rules of two stages."""

FITTED_AGAIN = "`weights: default`, or weights fitted to these rules by `escalation calibrate`"


def of_other_rules(weights: object) -> str | None:
    """Return why weights as plain data belong to rules that the model no longer has; None if they do not."""
    gone = [name for name in weights if name in ONE_STAGE] if isinstance(weights, Mapping) else []
    if not gone:
        return None
    more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
    return (
        f"these weights belong to other rules: {gone[0]}{more} went with the rules that decided in one stage"
        " when a state acts and what it does"
    )


def same_weights(tree: Mapping[str, object], weights: Weights) -> bool:
    """Return whether weights as plain data are those of a set."""
    return dict(tree) == weights.model_dump(mode="json")


def weights_digest(weights: Weights) -> str:
    """Return a short hash of the values of weights, whatever describes them."""
    values = json.dumps(weights.model_dump(), sort_keys=True)
    return hashlib.sha256(values.encode()).hexdigest()[:12]


def recorded_by_other_rules(weights: object) -> str | None:
    """Return why the weights of a manifest, which names all of them, belong to other rules; None if not."""
    unknown = (
        [name for name in weights if name not in Weights.model_fields] if isinstance(weights, Mapping) else []
    )
    if not unknown:
        return None
    more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
    return of_other_rules(weights) or (
        f"these weights belong to other rules, which have {unknown[0]}{more} as well"
    )


class Fitted(Model):
    """How precisely a record identifies the weights that were fitted to it."""

    RENAMED: ClassVar[Mapping[str, str]] = {"untold": "weakly_identified"}

    weights: Many[Id] = Field(description="The weights that were fitted, in the order of what follows")
    se: Many[float] = Field(description="Standard errors")
    prior_sd: Many[float] = Field(description="Standard deviations of their priors around the defaults")
    weakly_identified: Many[Id] = Field(
        default=(), description="Those on which the record adds little to the prior"
    )
    profile: dict[Id, Annotated[tuple[float, float], Field(strict=False)]] = Field(
        default={}, description="95% profile intervals, where computed"
    )
    draws: Many[Many[float]] = Field(
        default=(), description="Weights drawn from the fitted distribution, one row per draw"
    )

    @model_validator(mode="after")
    def _even(self) -> Self:
        for name in self.weights:
            if name not in Weights.model_fields:
                raise wrong(f"{shown(name)} is not a weight", "names of weights")
        for says, row in [("se", self.se), ("prior_sd", self.prior_sd), *(("a draw", d) for d in self.draws)]:
            if len(row) != len(self.weights):
                raise wrong(
                    f"{says} of {len(row)} numbers for {len(self.weights)} weights", "one number per weight"
                )
        return self


class WeightSet(Model):
    """A weights file: a named set of values; weights that it leaves out have their defaults."""

    name: FileName
    title: Text
    provenance: Text = Field(description="Where the values come from")
    weights: Weights
    fitted: Fitted | None = Field(
        default=None, description="How precisely the record identifies the fitted weights"
    )

    @field_validator("weights", mode="before")
    @classmethod
    def _some(cls, weights: object) -> object:
        if weights == {}:
            raise wrong("no weights", "at least one weight and its value")
        return weights

    def draw(self, number: int) -> Weights:
        """Return the weights with the fitted ones replaced by one draw of their distribution.

        Raises
        ------
        IndexError
            If the set has no draw of this number.
        """
        if self.fitted is None or not 0 <= number < len(self.fitted.draws):
            raise IndexError(number)
        drawn = zip(self.fitted.weights, self.fitted.draws[number], strict=True)
        return self.weights.model_copy(update=dict(drawn))
