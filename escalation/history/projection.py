"""Projections of a crisis from its horizon on, over the uncertainty of the weights."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import pack
from escalation.files.brief import Brief
from escalation.history.objective import Priors
from escalation.measures.reduce import Reduced
from escalation.rules.state import Params, frame
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Scenario
from escalation.scenario.weight_set import WeightSet
from escalation.scenario.weights import Weights
from escalation.vocabulary import RUNGS

STRIKE, FORCE, NUCLEAR = 7, 6, 10
"""Rungs: an overt strike beyond the disputed zone, acknowledged local force, nuclear use."""

DAYS = (14, 30)
"""After the horizon, for which shares are given."""

BUSIEST = 0.99
"""Quantile of the days on which a state acts, to see whether any run away."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Projection(Brief):
    """Outcomes of crises, one row per set of weights."""

    strike: Floats
    """[sets, days]: share reaching rung 7 or higher within so many days of the horizon."""
    force: Floats
    """[sets, days]: the same for rung 6 or higher."""
    peak: Floats
    """[sets, rungs]: share by the highest rung of the states' own free acts."""
    over: Floats
    """[sets, days]: share that is over: all pairs settled, or the closing quiet begun."""
    settled: Floats
    """[sets, days]: share in which all pairs reached a ceasefire or an agreement."""
    mediated: Floats
    """[sets]: share in which a mediator's talks opened."""
    acts: Floats
    """[sets]: acts per state and day."""
    busiest: Floats
    """[sets]: days on which a state acts; one state and run in a hundred has more."""


def project(
    scenario: Scenario, sets: Sequence[Weights], replications: int, seed: int, days: Sequence[int] = DAYS
) -> Projection:
    """Simulate a crisis from its horizon on with each set of weights.

    Parameters
    ----------
    replications, seed
        Replications per set; all sets have common random numbers.
    days
        After the horizon, for which shares are given.
    """

    def played(weights: Weights) -> tuple[Params, Runs]:
        params = pack(scenario.model_copy(update={"weights": weights}))
        return params, simulate(params, seed, 0, replications, paths=True)

    def row(weights: Weights) -> list[Floats]:
        return _row(*played(weights), days)

    row(sets[0])  # compile before several threads would
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = list(pool.map(row, sets))
    strike, force, peak, over, settled, mediated, acts, busiest = (
        np.array([found[place] for found in rows]) for place in range(8)
    )
    return Projection(strike, force, peak, over, settled, mediated, acts, busiest)


def likely_weights(chosen: WeightSet, count: int, generator: Generator) -> list[Weights]:
    """Draw sets of weights: those that were fitted from the draws of a set, all others from their priors.

    A prior is normal around the default with a quarter of the plausible range as standard deviation, cut
    at the ends of that range. If more are needed than the set has, its draws are used again from the first.
    """
    fitted = chosen.fitted
    known = set() if fitted is None else set(fitted.weights)
    others = Priors(tuple(p.name for p in parameters_of(Weights) if p.name not in known))
    low, high = np.array([parameter.plausible for parameter in others.parameters]).T
    drawn = np.clip(generator.normal(others.mean, others.sd, (count, len(others.names))), low, high)
    draws = 0 if fitted is None else len(fitted.draws)
    return [
        others.weights(values, chosen.draw(number % draws) if draws else chosen.weights)
        for number, values in enumerate(drawn)
    ]


def spread(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the mean over sets of weights, and the range of their middle 95%."""
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    return values.mean(axis=0), low, high


def _row(params: Params, runs: Runs, days: Sequence[int]) -> list[Floats]:
    limits = frame(params)
    reduced = Reduced(runs, int(limits.horizon))
    until, states = np.array(days), len(params.states)
    simulated_days = max(1, int(limits.last_day - limits.horizon))
    return [
        reduced.within(reduced.first_act(params, STRIKE), until),
        reduced.within(reduced.first_act(params, FORCE), until),
        np.bincount(reduced.peak, minlength=RUNGS) / reduced.count,
        reduced.within(reduced.over, until),
        reduced.within(reduced.all_settled, until),
        np.array((reduced.talks >= 0).mean()),
        np.array(len(reduced.acts(params)) / (reduced.count * states * simulated_days)),
        np.array(np.quantile(reduced.days_with_acts(params), BUSIEST)),
    ]
