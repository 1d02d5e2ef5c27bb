"""Played crises by name, and when two of them are the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from escalation.engine.model import CrisisModel
from escalation.engine.record import Day, Decision
from escalation.scenario.scenario import Scenario
from tests.strategies import Tree, dated

TABLES = ("actor", "pair", "dyad", "talk", "since")


class Move(NamedTuple):
    """What somebody did in one slot, by name."""

    day: int
    group: int
    slot: int
    actor: str
    act: str
    target: str | None
    other: str | None
    forced: bool

    def as_dated(self, rival: str) -> Tree:
        """Return the entry of a timeline that forces this move; `rival` stands in where it has no target."""
        return dated(self.day, self.actor, self.act, self.target or rival, self.group, self.other)


@dataclass
class Played:
    """A crisis that was played to its end."""

    model: CrisisModel
    decisions: list[Decision]
    days: list[Day]

    def moves(self) -> list[Move]:
        """Return all moves in the order in which they were noted."""
        names = [*self.model.index.actors, None]
        return [
            Move(
                d.day, d.group, d.slot, names[d.actor], self.model.index.acts[d.choice.act],
                names[d.choice.target], names[d.choice.other], d.forced,
            )
            for d in self.decisions
        ]  # fmt: skip

    def acts(self, day: int, actor: str) -> list[str]:
        """Return what an actor did on a day."""
        return [move.act for move in self.moves() if (move.day, move.actor) == (day, actor)]


def played(scenario: Scenario, seed: int = 0, replication: int = 0) -> Played:
    """Play a crisis to its end and keep everything."""
    model = CrisisModel(scenario, seed, replication, record=True)
    model.run_model()
    assert model.recorder is not None
    return Played(model, model.recorder.decisions, model.recorder.days)


def same_bits(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Tell whether two tables are equal to the bit."""
    return one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()


def assert_same_days(one: list[Day], other: list[Day]) -> None:
    """Assert that the states are the same to the bit on every day."""
    assert len(one) == len(other)
    for mine, theirs in zip(one, other, strict=True):
        for name in TABLES:
            assert same_bits(getattr(mine, name), getattr(theirs, name)), (mine.day, name)
        assert (mine.incidents, mine.hazards) == (theirs.incidents, theirs.hazards)


def assert_same_run(one: Played, other: Played) -> None:
    """Assert that two runs agree in every decision, alternative and state."""
    assert one.decisions == other.decisions
    assert_same_days(one.days, other.days)


def assert_close(one: NDArray[Any], other: NDArray[Any], skip: tuple[str, ...] = ()) -> None:
    """Assert that two tables agree but for the rounding of sums in another order."""
    for field in one.dtype.names or [...]:
        if field not in skip:
            np.testing.assert_allclose(one[field], other[field], rtol=1e-9, atol=1e-12, err_msg=str(field))
