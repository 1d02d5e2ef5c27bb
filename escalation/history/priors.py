"""Which weights a record is asked about, and what is held of them before."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from escalation.history.likelihood import Floats
from escalation.scenario.parameters import Parameter, parameters_of
from escalation.scenario.weights import Weights

FITTED = (
    "act_intercept", "words_threshold", "punishment_threshold", "threat_threshold",
    "display_threshold", "force_threshold", "war_threshold", "ratchet", "step", "provocation_gate",
    "gate_threshold", "riposte", "clash", "campaign", "campaign_width", "campaign_days", "habit",
    "habit_prior", "momentum", "war_persistence", "ceasefire_restraint", "talks_restraint",
    "conciliation", "fear_conciliates", "exhaustion_conciliates", "reciprocity", "talks_conciliate",
    "perception_gain",
)  # fmt: skip
"""What the record is asked about. The others keep their priors: most memories, since many events have no day;
pressure, fear times risk, cost, commitment and all that is nuclear, which it cannot tell apart."""


@dataclass(frozen=True)
class Priors:
    """Normal priors of the weights that are fitted, in their order."""

    names: tuple[str, ...] = FITTED
    tightness: float = 1.0
    """Factor on the prior's precision."""
    parameters: tuple[Parameter, ...] = field(init=False)

    def __post_init__(self) -> None:
        known = {parameter.name: parameter for parameter in parameters_of(Weights)}
        object.__setattr__(self, "parameters", tuple(known[name] for name in self.names))

    @property
    def mean(self) -> Floats:
        """[weights]: the defaults."""
        return np.array([parameter.default for parameter in self.parameters], np.float64)

    @property
    def sd(self) -> Floats:
        """[weights]: a quarter of the plausible range."""
        low, high = np.array([parameter.plausible for parameter in self.parameters]).T
        sd: Floats = (high - low) / 4.0 / np.sqrt(self.tightness)
        return sd

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds, [weights] each."""
        low, high = np.array([parameter.bounds for parameter in self.parameters]).T
        return low, high

    def values(self, weights: Weights) -> Floats:
        """Return the values of the fitted weights, in their order."""
        return np.array([getattr(weights, name) for name in self.names], np.float64)

    def weights(self, values: Floats, base: Weights) -> Weights:
        """Put values in the place of those of a base."""
        return base.model_copy(update=dict(zip(self.names, map(float, values), strict=True)))
