"""A named set of weights, and how far a record told those that were fitted to it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from escalation.files.places import shown
from escalation.scenario.fields import Id, Many, Text, wrong
from escalation.scenario.parameters import Model
from escalation.scenario.weights import Weights


class Fitted(Model):
    """How far a record told the weights that were fitted to it."""

    weights: Many[Id] = Field(description="The weights that were fitted, in the order of what follows")
    se: Many[float] = Field(description="Standard errors")
    prior_sd: Many[float] = Field(description="Standard deviations of their priors around the defaults")
    untold: Many[Id] = Field(
        default=(), description="Those of which the record says little that the prior did not"
    )
    profile: dict[Id, Annotated[tuple[float, float], Field(strict=False)]] = Field(
        default={}, description="95% profile intervals, of those for which they were taken"
    )
    draws: Many[Many[float]] = Field(
        default=(), description="Weights drawn from the fitted distribution, a row a draw"
    )

    @model_validator(mode="after")
    def _even(self) -> Self:
        for name in self.weights:
            if name not in Weights.model_fields:
                raise wrong(f"{shown(name)} is no weight", "names of weights")
        for says, row in [("se", self.se), ("prior_sd", self.prior_sd), *(("a draw", d) for d in self.draws)]:
            if len(row) != len(self.weights):
                raise wrong(
                    f"{says} of {len(row)} numbers for {len(self.weights)} weights", "a number a weight"
                )
        return self


class WeightSet(Model):
    """A weights file: a named set of values, of which the scenarios that name it take the rest by default."""

    name: Id
    title: Text
    provenance: Text = Field(description="Where the values come from")
    weights: Weights
    fitted: Fitted | None = Field(
        default=None, description="How far they were told by what they were fitted to"
    )

    def draw(self, number: int) -> Weights:
        """Return the weights with one draw of the fitted distribution in their place.

        Raises
        ------
        IndexError
            If there are not so many draws.
        """
        if self.fitted is None or not 0 <= number < len(self.fitted.draws):
            raise IndexError(number)
        drawn = zip(self.fitted.weights, self.fitted.draws[number], strict=True)
        return self.weights.model_copy(update=dict(drawn))
