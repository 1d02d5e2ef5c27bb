"""Play crises and print all that was decided and felt, to the bit: `python digest.py SCENARIOS.json`.

The tests run it compiled and uncompiled, and compare the lines.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from escalation.engine.model import CrisisModel
from escalation.rules.reading import CHOICES, SORTS, WHO, read_exchanges, read_response, read_waits
from escalation.rules.state import Params, fresh_state
from escalation.scenario.fields import references
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import RUNGS


def lines_of(scenario: Scenario, seed: int) -> list[str]:
    """Return a line for every decision and one for every table of every day."""
    model = CrisisModel(scenario, seed, record=True)
    model.run_model()
    assert model.recorder is not None
    lines = []
    for d in model.recorder.decisions:
        chosen = (d.day, d.group, d.slot, d.actor, d.choice.act, d.choice.target, d.choice.other)
        numbers = [d.log_when, d.log_what]
        for clock in d.clocks:
            numbers += [clock.hazard, *clock.terms]
        for option in d.alternatives:
            numbers += [option.utility, option.probability, option.share, *option.terms]
        lines.append(f"{chosen} {[float(x).hex() for x in numbers]}")
    for day in model.recorder.days:
        for name in ("actor", "pair", "dyad", "talk", "since"):
            table = np.ascontiguousarray(getattr(day, name))
            lines.append(f"{day.day} {name} {hashlib.sha256(table.tobytes()).hexdigest()} {table.tolist()}")
    lines.append(f"{model.outcome} {float(model.forced_log_probability).hex()}")
    lines += [f"rungs {[float(x).hex() for x in row]}" for row in model.state.read]
    if len(model.params.states) == 2:
        lines += exchange_of(model.params)
    return lines


def exchange_of(params: Params) -> list[str]:
    """Return lines for an exchange of all militarised acts of the ladder, turn by turn, and what follows.

    Every fifth act is one of both sides; two days are watched after each day with acts.
    """
    act = np.flatnonzero(params.acts["hostility"] >= 2)
    turn = np.arange(len(act))
    record = (np.array([0, len(act)]), turn // 3 * 3, turn % 2, act, turn % 5 == 4)
    first_read = np.cumsum([0, *np.where(turn % 3 == 2, 2, 0)])
    read_on = np.arange(first_read[-1]) % 2 + 1
    levels, days = np.zeros((len(act), SORTS)), np.zeros((len(read_on), WHO))
    response = np.zeros((9, CHOICES + RUNGS))
    fresh, state = fresh_state(params), fresh_state(params)
    read_exchanges(params, state, fresh, *record, levels, np.zeros(SORTS))
    read_waits(params, state, fresh, *record, first_read, read_on, 0.6, days, np.zeros((2, SORTS)))
    lines = [f"sorts {hexed(row)}" for row in levels] + [f"days {hexed(row)}" for row in days]
    for trigger, severity in ((int(act[-1]), 0.0), (-1, 0.5)):
        read_response(params, state, fresh, trigger, severity, response)
        lines += [f"response {hexed(row)}" for row in response]
    return lines


def hexed(row: NDArray[np.float64]) -> list[str]:
    """Return numbers to the bit."""
    return [float(x).hex() for x in row]


def main() -> None:
    """Print the lines of every scenario in the file."""
    for number, tree in enumerate(json.loads(Path(sys.argv[1]).read_text())):
        scenario = Scenario.model_validate(tree, context=references(tree))
        for line in lines_of(scenario, seed=number):
            print(number, line)


if __name__ == "__main__":
    main()
