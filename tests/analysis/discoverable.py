"""Results of experiments with a known structure, without any simulation: a stand-in for a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from escalation.experiment.results import Cells
from escalation.experiment.spec import Spec
from escalation.measures.columns import Layout
from escalation.measures.reduce import NEVER
from escalation.vocabulary import OUTCOMES

X = {"label": "India's audience cost", "path": "states.india.audience", "range": [0, 1]}
Z = {
    "label": "Russia's leverage on India",
    "unit": "from 0 to 1",
    "path": "mediators.russia.toward.india.leverage",
    "range": [0, 1],
}
DAY = {"label": "Day of entry", "unit": "days", "path": "mediators.russia.enters_day", "values": [4, 8, 12]}
WHO = {
    "label": "Who mediates",
    "alternatives": {"russia": {"label": "Russia"}, "nobody": {"drop": ["mediators.russia"]}},
}
LAYOUT = Layout(("india", "pakistan"), ("russia",), (("india", "pakistan"),))


@dataclass
class Discoverable:
    """War is likely where x > 0.6 and z < 0.4, and unlikely elsewhere; replications share their luck."""

    spec: Spec
    levels: dict[str, list[Any]]
    replications: int = 40
    roles: tuple[str, ...] = ()
    missing: frozenset[int] = frozenset()
    likely: float = 0.8
    unlikely: float = 0.15
    folder: Path = Path("results/made")
    layout: Layout = LAYOUT

    @property
    def count(self) -> int:
        return len(next(iter(self.levels.values())))

    @property
    def cells(self) -> Cells:
        return Cells(
            np.arange(self.count, dtype=np.int32),
            self.roles or ("design",) * self.count,
            {name: tuple(values) for name, values in self.levels.items()},
            (1,) * self.count,
        )

    @property
    def factors(self) -> tuple[str, ...]:
        return tuple(self.spec.varied)

    @property
    def seeds(self) -> str:
        return self.spec.seeds

    @property
    def free_days(self) -> np.ndarray:
        return np.full(self.count, 30, np.int32)

    @property
    def thresholds(self) -> dict[str, int | None]:
        return {"force_rung": 6}

    @property
    def plan(self) -> Any:
        return SimpleNamespace(replications=self.replications, stops=False)

    def truth(self) -> np.ndarray:
        x, z = (np.array(self.levels[name], float) for name in ("x", "z"))
        return np.where((x > 0.6) & (z < 0.4), self.likely, self.unlikely)

    def parts(self) -> Iterator[Any]:
        random = np.random.default_rng(0)
        luck = random.random(self.replications)
        own = random.random((self.count, self.replications)) * 0.3
        war = (luck + own) % 1.0 < self.truth()[:, None]
        kept = [place for place in range(self.count) if place not in self.missing]
        for places in np.array_split(np.array(kept), 3):
            cells = np.repeat(places, self.replications).astype(np.int32)
            outcome = np.where(war[places].ravel(), OUTCOMES.index("war"), OUTCOMES.index("stand_off"))
            table = {
                "cell": cells,
                "replication": np.tile(np.arange(self.replications, dtype=np.uint32), len(places)),
                "outcome": outcome.astype(np.int16),
                "days_to_force": np.where(war[places].ravel(), 3, NEVER).astype(np.int16),
            }
            yield SimpleNamespace(cells=cells, table=table)


def spec_of(**changes: Any) -> Spec:
    tree = {
        "name": "made", "title": "When is war frequent?", "summary": "For tests only.", "scenario": "none",
        "seed": 1, "replications": 40, "design": {"kind": "lhs", "points": 100},
    }  # fmt: skip
    return Spec.model_validate(tree | changes)


def sampled(points: int = 150, **changes: Any) -> Discoverable:
    """Return a sampled design of x, z and an idle day."""
    random = np.random.default_rng(1)
    levels = {
        "x": random.random(points).tolist(),
        "z": random.random(points).tolist(),
        "day": random.choice([4, 8, 12], points).tolist(),
    }
    return Discoverable(spec_of(factors={"x": X, "z": Z, "day": DAY}), levels, **changes)


def with_policies(points: int = 80) -> Discoverable:
    """Return a design in which two policies meet every point."""
    random = np.random.default_rng(2)
    spec = spec_of(policies=WHO["alternatives"], uncertainties={"x": X, "z": Z})
    levels = {
        "policy": ["russia", "nobody"] * points,
        "x": np.repeat(random.random(points), 2).tolist(),
        "z": np.repeat(random.random(points), 2).tolist(),
    }
    return Discoverable(spec, levels)
