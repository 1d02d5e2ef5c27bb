"""Play crises and print all that came of them, to the bit: `python digest.py SCENARIOS.json`.

What people look at, a decision at a time, is always played as plain Python, and the batch driver is
compared with it elsewhere (test_drivers.py). Here is all that is compiled: the batch driver, its reading of
the record, and the reading of exchanges.

The tests run it compiled and uncompiled, and compare the lines.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import read_record, simulate
from escalation.engine.pack import pack
from escalation.rules.reading import CHOICES, SORTS, WHO, read_exchanges, read_response, read_waits
from escalation.rules.state import Params, fresh_state
from escalation.scenario.fields import references
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import RUNGS

CRISES = 25


def lines_of(scenario: Scenario, seed: int) -> list[str]:
    """Return lines for the record, and for every act, result and posture of some crises."""
    params = pack(scenario)
    runs = simulate(params, seed, 0, CRISES, paths=True)
    assert runs.acts is not None
    lines = [f"act {row.tolist()}" for row in runs.acts]
    lines += [f"cost {hexed(row)}" for row in runs.cost]
    for name in ("outcome", "peak", "first_force", "end", "settled", "channel", "settler", "opened"):
        lines.append(f"{name} {getattr(runs, name).tolist()}")
    lines.append(f"postures {hashlib.sha256(runs.postures.tobytes()).hexdigest()}")
    rungs, risk = read_record(params)
    lines += [f"rungs {hexed(row)}" for row in rungs] + [f"risk {hexed(risk)}"]
    if len(params.states) == 2:
        lines += exchange_of(params)
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
