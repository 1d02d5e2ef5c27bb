"""A crisis that takes another turn on a day: the same past, the same luck, other numbers from then on."""

from __future__ import annotations

from escalation.engine.model import CrisisModel
from escalation.engine.pack import pack
from escalation.engine.play import Run, run_of
from escalation.rules.mediate import close_talks
from escalation.rules.state import QUIET
from escalation.scenario.scenario import Scenario


def stays_out(scenario: Scenario, mediator: str) -> Scenario:
    """Return a scenario in which a mediator never comes in."""
    late = scenario.mediators[mediator].model_copy(update={"enters_day": scenario.last_day + 1})
    return scenario.model_copy(update={"mediators": scenario.mediators | {mediator: late}})


def play_forked(
    scenario: Scenario, other: Scenario, day: int, seed: int, replication: int = 0, leaves: str | None = None
) -> Run:
    """Play one crisis by a scenario, and from a day on by another one, recording every decision.

    Every draw is a function of seed, replication, day, actor and purpose, so up to the day before all is as
    in `play(scenario, seed, replication)`, and after it the two differ by what the other scenario changes.

    Parameters
    ----------
    scenario, other
        With the same actors, acts and dates.
    day
        The first day of the other scenario, counted from the start.
    seed, replication
        As `play` takes them.
    leaves
        A mediator whose offers and talks end before that day begins.
    """
    model = CrisisModel(scenario, seed, replication, record=True)
    while model.running:
        if model.day + 1 == day:
            model.params = pack(other)
            if leaves is not None:
                _end_talks(model, model.index.mediator(leaves))
        model.step()
    return run_of(model, other, seed, replication)


def _end_talks(model: CrisisModel, m: int) -> None:
    n = len(model.index.states)
    for i in range(n):
        for j in range(i + 1, n):
            if model.state.talk[m, i, j].stage != QUIET:
                close_talks(model.state, m, i, j, 0.0)
