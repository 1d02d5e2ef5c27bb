"""The tables of one run (acts, days, decisions with all alternatives), and the folder that holds them.

The manifest in the folder is enough to repeat the run.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import escalation
from escalation.crisis import wording
from escalation.crisis.play import Run
from escalation.crisis.words import dated_act, why
from escalation.engine.record import Day, Decision, WeighedOption
from escalation.files.write import Cell, Table, write_file
from escalation.rules.options import TERMS
from escalation.scenario.dump import resolved_tree, scenario_hash

STAGES = ("", "offered", "open")


def acts_table(run: Run) -> Table:
    """Return one row per act, in the order in which they were settled; holds are left out."""
    columns = (
        "decision", "date", "day", "seq", "slot", "actor", "act", "target", "concerning", "kind", "rung",
        "forced", "probability", "log_p", "log_p_acting", "why", "says", "contested",
    )  # fmt: skip
    rows = []
    met: dict[tuple[int, int, int, int, int], int] = {}
    for number, decision in enumerate(run.decisions):
        choice = decision.choice
        if choice.target < 0:
            continue
        key = (decision.day, decision.group, decision.actor, choice.act, choice.target)
        entry = dated_act(run, decision, met.get(key, 0))
        met[key] = met.get(key, 0) + 1
        act, target, concerning, kind, rung = _act_cells(run, choice)
        rows.append(
            (
                number, str(run.scenario.date_of(decision.day)), decision.day, decision.group, decision.slot,
                run.index.actors[decision.actor], act, target, concerning, kind, rung, int(decision.forced),
                choice.probability, decision.log_p, decision.log_p_acting, why(decision),
                entry.says if entry else "", int(entry.contested) if entry else None,
            )
        )  # fmt: skip
    return Table(columns, tuple(rows))


def _act_cells(run: Run, choice: WeighedOption) -> tuple[str, str, str, str, int]:
    name = run.index.acts[choice.act]
    act = run.scenario.ladder.acts[name]
    target = run.index.actors[choice.target] if choice.target >= 0 else ""
    concerning = run.index.actors[choice.other] if choice.other >= 0 else ""
    return name, target, concerning, act.kind, act.rung


def days_table(run: Run) -> Table:
    """Return one row per day and ordered pair of rivals: the state at the end of the day."""
    columns = (
        "date", "day", "simulated", "state", "rival", "posture", "perceived", "pressure", "commitment",
        "heat", "heat_level", "campaign", "offer", "fear", "exhaustion", "violence", "border_fire",
        "ceasefire", "measures", "talks", "incidents",
    )  # fmt: skip
    return Table(columns, tuple(row for day in run.days for row in _day_rows(run, day)))


def _day_rows(run: Run, day: Day) -> Iterator[tuple[Cell, ...]]:
    scenario, index = run.scenario, run.index
    for i, j in ordered_rivals(run):
        pair, dyad = day.pair[i, j], day.dyad[min(i, j), max(i, j)]
        yield (
            str(scenario.date_of(day.day)), day.day, int(day.day > scenario.horizon_day),
            index.states[i], index.states[j],
            float(pair.posture), float(pair.seen), float(pair.pressure), float(pair.commitment),
            float(pair.heat), float(pair.heat_level), float(pair.campaign), float(pair.offer),
            float(day.actor[i].fear), float(day.actor[i].exhaustion), float(dyad.violence),
            int(dyad.border_fire), int(dyad.ceasefire),
            " ".join(measures_in_force(run, day, i, j)), " ".join(talks_of(run, day, i, j)),
            "; ".join(incidents_of(run, day, i, j)),
        )  # fmt: skip


def ordered_rivals(run: Run) -> list[tuple[int, int]]:
    """Return the numbers of all ordered pairs of rivals."""
    pairs = []
    for rivalry in run.scenario.rivalries:
        i, j = (run.index.actor[name] for name in rivalry.between)
        pairs += [(i, j), (j, i)]
    return sorted(pairs)


def measures_in_force(run: Run, day: Day, i: int, j: int) -> list[str]:
    """Return the ids of i's measures against j in force at the end of a day."""
    acts = run.scenario.ladder.acts
    return [name for a, name in enumerate(run.index.acts) if acts[name].lasts and day.since[i, j, a] >= 0]


def talks_of(run: Run, day: Day, i: int, j: int) -> list[str]:
    """Return the mediators with an offer or open talks between i and j, as 'russia:open'."""
    low, high = min(i, j), max(i, j)
    stages = ((name, int(day.talk[m, low, high].stage)) for m, name in enumerate(run.index.mediators))
    return [f"{name}:{STAGES[stage]}" for name, stage in stages if stage]


def incidents_of(run: Run, day: Day, i: int, j: int) -> list[str]:
    """Return the incidents of a day whose victim is state i and for which j is blamed."""
    victim, blamed = run.index.states[i], run.index.states[j]
    dated = [run.scenario.incidents[k] for k in day.incidents]
    random = [run.scenario.hazards[k] for k in day.hazards]
    happened = [(entry.victim, entry.blamed, entry.says + _doubt(entry.contested)) for entry in dated]
    happened += [(entry.victim, entry.blamed, entry.label) for entry in random]
    return [says for on, by, says in happened if (on, by) == (victim, blamed)]


def _doubt(contested: bool) -> str:
    return wording.PERPETRATOR_CONTESTED if contested else ""


def decisions_table(run: Run) -> Table:
    """Return one row per alternative of every decision: its probability and every term of its utility."""
    columns = (
        "decision", "date", "day", "seq", "slot", "actor", "forced", "act", "target", "concerning", "kind",
        "rung", "taken", "probability", "utility", *TERMS,
    )  # fmt: skip
    rows = (_decision_rows(run, number, decision) for number, decision in enumerate(run.decisions))
    return Table(columns, tuple(row for each in rows for row in each))


def _decision_rows(run: Run, decided: int, decision: Decision) -> Iterator[tuple[Cell, ...]]:
    for number, alternative in enumerate(decision.alternatives):
        yield (
            decided, str(run.scenario.date_of(decision.day)), decision.day, decision.group, decision.slot,
            run.index.actors[decision.actor], int(decision.forced), *_act_cells(run, alternative),
            int(number == decision.chosen), alternative.probability, alternative.utility,
            *alternative.terms,
        )  # fmt: skip


LIBRARIES = ("mesa", "numpy", "scipy", "numba", "matplotlib", "pydantic", "PyYAML")


def run_folder(base: Path, run: Run) -> Path:
    """Return the folder of a run: `<base>/<scenario>/seed-..-rep-..-<hash of the resolved scenario>`."""
    short = scenario_hash(run.scenario)[:8]
    return base / run.scenario.name / f"seed-{run.seed}-rep-{run.replication}-{short}"


def write_run(run: Run, folder: Path) -> list[Path]:
    """Write acts.csv, days.csv, decisions.csv and manifest.json, whole or not at all; return their paths.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "acts.csv": acts_table(run).csv(),
        "days.csv": days_table(run).csv(),
        "decisions.csv": decisions_table(run).csv(),
        "manifest.json": json.dumps(manifest(run), indent=2, ensure_ascii=False) + "\n",
    }
    paths = []
    for name, text in texts.items():
        path = folder / name
        write_file(path, text)
        paths.append(path)
    return paths


def manifest(run: Run) -> dict[str, Any]:
    """Return what identifies a run, and its result."""
    return {
        "escalation": escalation.__version__,
        "scenario": run.scenario.name,
        "scenario_sha256": scenario_hash(run.scenario),
        "seed": run.seed,
        "replication": run.replication,
        "result": result_tree(run),
        "versions": {"python": platform.python_version(), **_library_versions()},
        "resolved_scenario": resolved_tree(run.scenario),
    }


def result_tree(run: Run) -> dict[str, Any]:
    """Return the result as plain data, for JSON."""
    result = run.result
    return {
        "outcome": result.outcome if run.scenario.free_days else None,
        "peak_rung": result.peak,
        "first_force": _iso(result.first_force),
        "settlements": [
            {
                "between": list(settlement.between),
                "channel": settlement.channel,
                "mediator": settlement.mediator,
                "date": _iso(settlement.date),
                "in_force_at_end": settlement.holds,
                "talks_opened": _iso(settlement.talks_opened),
            }
            for settlement in result.settlements
        ],
        "forced_acts": result.forced_acts,
        "forced_log_probability": round(result.forced_log_probability, 9),
    }


def _iso(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def _library_versions() -> dict[str, str]:
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
