"""The tables of one run (acts, days, decisions with all alternatives), and the folder that holds them.

The manifest in the folder is enough to repeat the run.
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import escalation
from escalation.crisis import wording
from escalation.crisis.play import Beginning, Run
from escalation.crisis.words import dated_act, why
from escalation.engine.record import Clock, Day, Decision, WeighedOption
from escalation.files.places import StoreError, one_line
from escalation.files.write import Cell, Table, refusing, write_files
from escalation.language import say
from escalation.rules.options import CLOCK_TERMS, TERMS
from escalation.scenario.dump import resolved_tree, scenario_hash
from escalation.scenario.fields import references
from escalation.scenario.scenario import DatedChange, Scenario
from escalation.scenario.weight_set import of_other_rules
from escalation.vocabulary import NUCLEAR_END

STAGES = ("", "offered", "open")
CLOCK_COLUMNS = tuple(f"when_{name}" for name in CLOCK_TERMS)
"""The columns of the terms of a clock's hazard."""


def acts_table(run: Run) -> Table:
    """Return one row per act, in the order in which they were settled; holds are left out."""
    columns = (
        "decision", "date", "day", "seq", "slot", "actor", "act", "target", "concerning", "kind", "rung",
        "forced", "reply", "p_hold", "probability", "hazard", "log_when", "log_what", "log_p", "log_p_acting",
        "why", "says", "contested",
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
                int(decision.is_reply), _hold(decision), choice.probability, _hazard(decision.clock),
                decision.log_when, decision.log_what, decision.log_p, decision.log_p_acting, why(decision),
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
        "heat", "heat_level", "campaign", "offer", "grievance", "activity", "pair_activity", "fear",
        "exhaustion", "violence", "border_fire", "ceasefire", "measures", "talks", "incidents",
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
            float(pair.grievance), float(pair.activity), float(dyad.activity),
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
    scenario = run.scenario_on(day.day)
    dated = [scenario.incidents[k] for k in day.incidents]
    random = [scenario.hazards[k] for k in day.hazards]
    happened = [
        (entry.victim, entry.blamed, incident_words(entry.says) + _doubt(entry.contested)) for entry in dated
    ]
    happened += [(entry.victim, entry.blamed, say(entry.label)) for entry in random]
    return [says for on, by, says in happened if (on, by) == (victim, blamed)]


def incident_words(says: str) -> str:
    """Return what an incident is in the present language, also of one that was let happen in a game."""
    said = says.removesuffix(wording.INJECTED)
    return say(said) + (say(wording.INJECTED) if said != says else "")


def change_words(change: DatedChange) -> str:
    """Return what is said of a change of values, and which values hold from then on."""
    values = ", ".join(f"{path} = {value}" for path, value in change.set.items())
    return say(wording.CHANGE_OF_VALUES, says=incident_words(change.says), values=values)


def _doubt(contested: bool) -> str:
    return say(wording.PERPETRATOR_CONTESTED) if contested else ""


def decisions_table(run: Run) -> Table:
    """Return one row per alternative of every decision: both stages of its probability, with all terms."""
    columns = (
        "decision", "date", "day", "seq", "slot", "actor", "forced", "p_hold", "act", "target", "concerning",
        "kind", "rung", "taken", "reply", "probability", "hazard", "log_when", "log_what", "utility",
        *CLOCK_COLUMNS, *TERMS,
    )  # fmt: skip
    rows = (_decision_rows(run, number, decision) for number, decision in enumerate(run.decisions))
    return Table(columns, tuple(row for each in rows for row in each))


def _decision_rows(run: Run, decided: int, decision: Decision) -> Iterator[tuple[Cell, ...]]:
    for number, alternative in enumerate(decision.alternatives):
        clock = decision.clocks[alternative.clock] if alternative.clock >= 0 else None
        log_when, log_what = _scores(decision, number)
        yield (
            decided, str(run.scenario.date_of(decision.day)), decision.day, decision.group, decision.slot,
            run.index.actors[decision.actor], int(decision.forced), _hold(decision),
            *_act_cells(run, alternative), int(number == decision.chosen),
            int(clock is not None and clock.occasion == "reply"), alternative.probability, _hazard(clock),
            log_when, log_what, alternative.utility,
            *(clock.terms if clock is not None else (0.0,) * len(CLOCK_TERMS)), *alternative.terms,
        )  # fmt: skip


def _scores(decision: Decision, number: int) -> tuple[float, float]:
    """Return the log-probabilities of both stages of an alternative: that it came now, and that it was it."""
    if number == decision.chosen:
        return decision.log_when, decision.log_what
    option = decision.alternatives[number]
    log_what = math.log(option.share) if option.share > 0.0 else -math.inf
    if option.clock >= 0:
        chance = decision.clocks[option.clock].chance
        return math.log(chance) if chance > 0.0 else -math.inf, log_what
    return (-sum(clock.hazard for clock in decision.clocks) if option.target < 0 else 0.0), log_what


def _hazard(clock: Clock | None) -> float | None:
    return None if clock is None else clock.hazard


def _hold(decision: Decision) -> float | None:
    """Return P(hold) of a decision; an answer to an offer has none."""
    return decision.hold_probability if decision.alternatives[0].target < 0 else None


LIBRARIES = ("mesa", "numpy", "scipy", "numba", "matplotlib", "pydantic", "PyYAML")


FIGURE = "timeline.png"


def run_name(scenario: Scenario, seed: int, replication: int) -> str:
    """Return the name of the folder of a run, unless the user gives one."""
    return f"{scenario.name}_{seed}" + (f"_{replication}" if replication else "")


def write_run(run: Run, folder: Path, command: str = "") -> list[Path]:
    """Write the tables and the manifest of a run: all of them or none. The figure of another run goes.

    Parameters
    ----------
    run
        As `play` returns it.
    folder
        Made if it is missing; files of the same names are replaced.
    command
        The command that plays the run, for the manifest.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    texts: dict[str, str | bytes] = {
        "acts.csv": acts_table(run).csv(),
        "days.csv": days_table(run).csv(),
        "decisions.csv": decisions_table(run).csv(),
    }
    texts[MANIFEST] = json.dumps(manifest(run, command), indent=2, ensure_ascii=False) + "\n"
    keeps_figure = is_same_run(folder, run.scenario, run.seed, run.replication, run.began)
    with refusing(folder):
        written = write_files(folder, texts)
        if not keeps_figure:
            (folder / FIGURE).unlink(missing_ok=True)
    return written


def write_figure(folder: Path, figure: bytes) -> None:
    """Write the timeline of the run in a folder, as PNG.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    with refusing(folder):
        write_files(folder, {FIGURE: figure})


MANIFEST = "manifest.json"
BEGAN = "began"
"""The part of a manifest that says which other scenario a crisis began under, and until when."""


def manifest(run: Run, command: str = "") -> dict[str, Any]:
    """Return what identifies a run and repeats it, and its result."""
    return {
        "escalation": escalation.__version__,
        **_identity(run.scenario, run.seed, run.replication, run.began),
        "command": command,
        "result": result_tree(run),
        "versions": {"python": platform.python_version(), **_library_versions()},
        "resolved_scenario": resolved_tree(run.scenario),
        **({"began_under": resolved_tree(run.began.scenario)} if run.began else {}),
    }


def _identity(
    scenario: Scenario, seed: int, replication: int, began: Beginning | None = None
) -> dict[str, Any]:
    identity = {
        "scenario": scenario.name,
        "scenario_sha256": scenario_hash(scenario),
        "seed": seed,
        "replication": replication,
    }
    if began is None:
        return identity
    return identity | {
        BEGAN: {
            "scenario_sha256": scenario_hash(began.scenario), "since": began.since, "leaves": began.leaves,
        }
    }  # fmt: skip


@dataclass(frozen=True)
class RecordedRun:
    """A run as its manifest has it."""

    scenario: Scenario
    seed: int
    replication: int
    command: str
    """The command that played it; empty in manifests of earlier versions."""
    version: str
    """Of the package that played it."""
    result: dict[str, Any]
    """As `result_tree` returns it."""
    began: Beginning | None = None
    """The other scenario under which it began, if it did."""


def is_run(path: Path) -> bool:
    """Return whether a file, or a folder, is or holds the manifest of a run."""
    return "resolved_scenario" in _manifest_in(path)


def is_same_run(
    folder: Path, scenario: Scenario, seed: int, replication: int, began: Beginning | None = None
) -> bool:
    """Return whether a folder holds this very run already."""
    there = _manifest_in(folder)
    identity = _identity(scenario, seed, replication, began)
    return bool(there) and there | identity == there and (BEGAN in there) == (BEGAN in identity)


def _manifest_in(path: Path) -> dict[str, Any]:
    """Return a manifest as plain data; empty, where there is none that can be read."""
    file = path / MANIFEST if path.is_dir() else path
    if file.suffix != ".json":
        return {}
    try:
        tree = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def recorded_run(path: Path) -> RecordedRun:
    """Return the run of a manifest, given the file or its folder.

    Raises
    ------
    StoreError
        If it is not the manifest of a run, or was changed.
    """
    tree = _manifest_in(path)
    resolved = tree.get("resolved_scenario")
    other = of_other_rules(resolved.get("weights")) if isinstance(resolved, dict) else None
    if other is not None:
        raise StoreError(f"{path} cannot be repeated: {other}; its tables are as they were")
    try:
        scenario, began = _scenario_in(tree["resolved_scenario"]), None
        if BEGAN in tree:
            said = tree[BEGAN]
            began = Beginning(_scenario_in(tree["began_under"]), said["since"], said["leaves"])
        found = RecordedRun(
            scenario, tree["seed"], tree["replication"], tree.get("command", ""),
            tree["escalation"], tree["result"], began,
        )  # fmt: skip
        identity = _identity(scenario, found.seed, found.replication, began)
        is_whole = tree | identity == tree
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        reason = one_line(str(error).splitlines()[0])
        raise StoreError(f"{path}: this is not the manifest of a run ({reason})") from None
    if not is_whole:
        raise StoreError(f"{path}: the file was changed: its scenario does not match its hash")
    return found


def _scenario_in(tree: dict[str, Any]) -> Scenario:
    return Scenario.model_validate(tree, context=references(tree))


def result_tree(run: Run) -> dict[str, Any]:
    """Return the result as plain data, for JSON."""
    result = run.result
    ended = {} if result.ended is None else {"ended": _iso(result.ended), "note": NUCLEAR_END}
    return {
        "outcome": result.outcome,
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
        **ended,
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
