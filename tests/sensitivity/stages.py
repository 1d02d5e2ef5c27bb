"""The crises on which levers are pulled: the shipped one, and others for what it cannot show."""

from __future__ import annotations

from functools import cache

from escalation.scenario.dump import resolved_tree
from escalation.scenario.load import load_scenario
from tests.sensitivity.levers import Lever, Stage, moved, stage_of
from tests.strategies import build, stage

SHIPPED = "pahalgam_2025"


@cache
def stages() -> dict[str, Stage]:
    """Return the stages by name.

    `shipped` is the shipped crisis as it is. In `pressing` its mediator goes as far as any can, in
    `unrecorded` nothing was done before the horizon, in the `restless` one states act far more often than
    the fitted weights let them, and at the `brink` nuclear use is at hand. The
    `theatre` is made up: three states, two rivalries, an alliance, mediators that propose and press.
    """
    shipped = resolved_tree(load_scenario(SHIPPED))
    styles = [(("mediators", name, "style"), "manipulation") for name in shipped["mediators"]]
    brink = [
        (("ladder", "acts", "nuclear_use", "base"), 4.0),
        (("weights", "war_threshold"), 4.0),
        (("weights", "fear_of_escalation"), 2.0),
        (("weights", "nuclear_shadow"), 1.0),
    ]
    made = [
        Stage("shipped", shipped),
        Stage("pressing", moved(shipped, *styles)),
        Stage("unrecorded", moved(shipped, (("acts",), []), (("incidents",), []))),
        Stage("restless", moved(shipped, (("weights", "act_intercept"), 1.0))),
        Stage("brink", moved(shipped, *brink)),
        stage_of("theatre", build(stage())),
    ]
    return {one.name: one for one in made}


NEEDS_PRESSURE = {
    "Relation.leverage",
    "Weights.agree_formulation",
    "Weights.agree_leverage",
    "Weights.focal_pull",
    "Weights.focal_step",
    "Weights.leverage_inducement",
    "Weights.leverage_restraint",
}
"""What only a mediator that proposes or presses brings into play; the shipped one does neither."""
ELSEWHERE = {
    **dict.fromkeys(NEEDS_PRESSURE, "pressing"),
    "Rivalry.tension": "unrecorded",  # thirteen days of record leave nothing of the tension before them
    "Weights.exhaustion_cap": "restless",  # thirty days of few acts exhaust nobody so far
    "Weights.answer_margin": "restless",  # as heat_left
    "Weights.heat_left": "restless",  # force is too rare to be answered, and answered again
    "Weights.nuclear_taboo": "brink",
    "Weights.formulation_intrusiveness": "theatre",  # no other mediator proposes
    "Weights.solidarity_gain": "theatre",  # there are no allies in the shipped crisis
}
"""The stage for a kind of lever that cannot move anything in the shipped crisis as it is."""


def cases() -> list[tuple[str, Lever]]:
    """Return every lever of the shipped crisis and of the theatre's actors, each with its stage."""
    shipped, theatre = stages()["shipped"], stages()["theatre"]
    found = [(ELSEWHERE.get(lever.kind, "shipped"), lever) for lever in shipped.levers]
    found += [("theatre", lever) for lever in theatre.levers if lever.path[0] != "weights"]
    return found
