"""PRIM against the EMA Workbench on the data of Bryant and Lempert 2010 that its documentation uses.

The trajectory and the box of the documentation (examples, "Scenario discovery", peeling alpha 0.1) as printed
there; then the package itself, run on the same data, and on categories and replicated crises.
"""

from __future__ import annotations

import csv
import warnings
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from escalation.stats.prim import Input, Peeling, PointRates, Space, quasi_p, trajectory

DATA = Path(__file__).parents[1] / "data" / "bryant_2010" / "ethanol.csv"

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")

PRINTED = {
    # step: coverage, density
    0: (1.0, 0.10090702947845805),
    1: (1.0, 0.11237373737373738),
    5: (1.0, 0.17348927875243664),
    10: (1.0, 0.30067567567567566),
    11: (0.9887640449438202, 0.3333333333333333),
    13: (0.9662921348314607, 0.40375586854460094),
}


def ethanol() -> tuple[pd.DataFrame, np.ndarray]:
    with DATA.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    values = np.array(rows, float)
    return pd.DataFrame(values[:, :-1], columns=head[:-1]), values[:, -1].astype(int)


def space_of(x: pd.DataFrame) -> Space:
    inputs = []
    for name in x:
        if not pd.api.types.is_numeric_dtype(x[name]):
            names = tuple(sorted(set(x[name])))
            inputs.append(Input(name, np.array([names.index(each) for each in x[name]], float), names))
        else:
            inputs.append(Input(name, x[name].to_numpy(float)))
    return Space(tuple(inputs))


def limits_of(x: pd.DataFrame, lims: pd.DataFrame) -> dict[str, Any]:
    """Return the limits that the EMA Workbench has, without those at the ends of the data."""
    found: dict[str, Any] = {}
    for name in x:
        low, high = lims.loc[0, name], lims.loc[1, name]
        if isinstance(low, set):
            out = set(x[name]) - low
            found |= {name: out} if out else {}
        elif (low, high) != (x[name].min(), x[name].max()):
            low = None if low == x[name].min() else float(low)
            high = None if high == x[name].max() else float(high)
            found[name] = (low, high)
    return found


def own_limits(space: Space, box: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for j in box.restricted:
        each = space.inputs[j]
        if each.categories:
            found[each.name] = {each.categories[code] for code in box.out[j]}
        else:
            low, high = box.low[j], box.high[j]
            found[each.name] = (None if low == -np.inf else low, None if high == np.inf else high)
    return found


def both(x: pd.DataFrame, y: np.ndarray, rates: PointRates, space: Space, alpha: float) -> Any:
    """Hold the trajectory against the real package's, step by step; return the two."""
    # Release 3 has no threshold: it gives the whole trajectory, as a threshold of 0.1 does here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of schedulers that it lacks
        from ema_workbench.analysis import prim  # takes seconds, which collecting would take in each process

    threshold = {"threshold": 0.1} if "threshold" in signature(prim.Prim).parameters else {}
    theirs = prim.Prim(x, y, peel_alpha=alpha, **threshold).find_box()
    mine = trajectory(space, rates, Peeling(alpha))
    printed = theirs.peeling_trajectory
    assert len(mine) == len(printed)
    for place, step in enumerate(mine):
        row = printed.iloc[place]
        assert own_limits(space, step.box) == limits_of(x, theirs.box_lims[place]), place
        assert (step.coverage, step.density, step.mass) == pytest.approx(
            (row["coverage"], row["density"], row["mass"]), rel=1e-12
        )
        assert len(step.box.restricted) == row["res_dim"]
    return mine, theirs


def test_the_trajectory_is_the_documented_one() -> None:
    x, y = ethanol()
    steps = trajectory(space_of(x), PointRates(np.ones(len(y)), y.astype(float)), Peeling(0.1))
    assert len(y) == 882
    for place, (coverage, density) in PRINTED.items():
        assert (steps[place].coverage, steps[place].density) == (coverage, density)
    last = steps[-1]
    assert (last.density, last.coverage, last.mass) == (1.0, 0.5056179775280899, 0.05102040816326531)
    assert len(last.box.restricted) == 6


@pytest.mark.parametrize("alpha", [0.05, 0.1])
def test_boxes_are_those_of_the_package(alpha: float) -> None:
    x, y = ethanol()
    space, rates = space_of(x), PointRates(np.ones(len(y)), y.astype(float))
    mine, theirs = both(x, y, rates, space, alpha)
    # Release 3 has another name for them.
    step, own = mine[21], (getattr(theirs, "qp", None) or theirs.p_values)[21]
    for (j, side), p in zip(step.box.limits, quasi_p(space, rates, step), strict=True):
        assert p == pytest.approx(own[space.inputs[j].name][side == "high"], rel=1e-9)


def test_categories_are_peeled_as_in_the_package() -> None:
    random = np.random.default_rng(8)
    x = pd.DataFrame({"a": random.random(300), "b": random.random(300)})
    x["who"] = np.array(["nobody", "russia", "un", "us"], object)[random.integers(0, 4, 300)]
    chance = 0.1 + 0.5 * (x["a"] > 0.4) * (x["who"] != "un") + 0.3 * (x["who"] == "us")
    y = (random.random(300) < chance).astype(int)
    both(x, y, PointRates(np.ones(300), y.astype(float)), space_of(x), 0.05)


def test_replicated_crises_are_as_so_many_rows_of_the_package() -> None:
    """The package takes one row per crisis; k of n crises at a point are n equal rows, k with the event."""
    random = np.random.default_rng(9)
    points = pd.DataFrame(random.random((60, 3)), columns=["a", "b", "c"])
    k = random.binomial(8, (0.1 + 0.7 * (points["a"] > 0.5) * points["b"]).to_numpy())
    rows = points.loc[np.repeat(points.index, 8)].reset_index(drop=True)
    y = np.concatenate([np.repeat([1, 0], [yes, 8 - yes]) for yes in k.tolist()])
    both(rows, y, PointRates(np.full(60, 8.0), k.astype(float)), space_of(points), 0.05)
