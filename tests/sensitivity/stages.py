"""The crises in which parameters are moved: the shipped one, and others for what it cannot show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from escalation.scenario.dump import resolved_tree
from escalation.scenario.load import load_scenario
from tests.sensitivity.enumeration import Moved, Stage, first_moved, is_read, moved
from tests.strategies import build, stage

SHIPPED = "pahalgam_2025"
NUCLEAR_USE_AT_HAND = (
    (("ladder", "acts", "nuclear_use", "base"), 4.0),
    (("weights", "alarm"), -1.5),
    (("weights", "war_threshold"), 4.0),
    (("weights", "fear_of_escalation"), 2.0),
    (("weights", "nuclear_shadow"), 1.0),
)
RESTLESS = (
    (("weights", "alarm"), -2.0),
    (("weights", "protest"), -1.5),
    (("weights", "conciliation"), -2.5),
)


@cache
def shipped_stages() -> tuple[Stage, ...]:
    """Return the stages with the actors of the shipped crisis, which comes first as it is.

    In `pressing` its mediator goes as far as any can, in `unrecorded` nothing was done before the horizon,
    in `restless` states act far more often than the fitted weights let them, in `talking` both accept
    whoever offers, and at the `brink` nuclear use is within reach.
    """
    tree = resolved_tree(load_scenario(SHIPPED))
    styles = [(("mediators", name, "style"), "manipulation") for name in tree["mediators"]]
    return (
        Stage("shipped", tree),
        Stage("pressing", moved(tree, *styles)),
        Stage("unrecorded", moved(tree, (("acts",), []), (("incidents",), []))),
        Stage("restless", moved(tree, *RESTLESS)),
        Stage("talking", moved(tree, *styles, (("weights", "consent"), 3.0), *RESTLESS[:1])),
        Stage("brink", moved(tree, *NUCLEAR_USE_AT_HAND)),
    )


@cache
def invented_stages() -> tuple[Stage, ...]:
    """Return the stages of an invented crisis with everything in it, which comes first as it is.

    Three states, two rivalries, an alliance, and mediators that propose and press; then the same with
    nuclear use within reach, and with nothing before the horizon, so that rivals come out of their lull.
    """
    tree = resolved_tree(build(stage()))
    nothing = (("acts",), []), (("incidents",), []), (("border_fire",), [])
    return (
        Stage("theatre", tree),
        Stage("theatre at the brink", moved(tree, *NUCLEAR_USE_AT_HAND)),
        Stage("theatre unrecorded", moved(tree, *nothing)),
    )


@dataclass(frozen=True)
class Case:
    """A parameter, and the stages in which it is moved until it changes an outcome."""

    parameter: Moved
    stages: tuple[Stage, ...]

    @property
    def title(self) -> str:
        """Return the crisis and the parameter."""
        return f"{self.stages[0].name}: {self.parameter.title}"

    def found(self, seed: int, most: int) -> tuple[Stage, int] | None:
        """Return the first stage in which it changes an outcome, and in which replication; None for none."""
        for one in self.stages:
            first = first_moved(one, self.parameter, seed, most)
            if first is not None:
                return one, first
        return None


def cases() -> list[Case]:
    """Return every parameter that a rule reads, with its stages.

    The weights are moved in all stages until one shows them, the parameters of actors, rivalries and the
    record in those of their crisis, and the acts of a ladder in the invented crisis, where each is taken.
    """
    shipped, invented = shipped_stages(), invented_stages()
    of_the_shipped = [
        Case(parameter, _with(parameter, shipped + invented if parameter.path[0] == "weights" else shipped))
        for parameter in shipped[0].parameters
        if parameter.path[0] != "ladder"
    ]
    of_the_invented = [
        Case(parameter, _with(parameter, invented))
        for parameter in invented[0].parameters
        if parameter.path[0] != "weights" and is_read(invented[0].scenario, parameter)
    ]
    return of_the_shipped + of_the_invented


def _with(parameter: Moved, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Return the stages that have a parameter: where nothing is on record, no incident can be moved."""
    return tuple(one for one in stages if any(own.path == parameter.path for own in one.parameters))
