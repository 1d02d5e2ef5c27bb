"""What a visitor can take away: tables, the setting as YAML, its changes, a link, a command, and words."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from escalation.classroom import texts
from escalation.classroom.charts import records
from escalation.classroom.controls import Control, Settings, Workspace, departures
from escalation.crisis import wording
from escalation.crisis.tables import run_name
from escalation.files.write import Table
from escalation.measures.ensemble import (
    QUANTILES,
    Ensemble,
    ceasefires_table,
    differences_table,
    outcomes_table,
    peaks_table,
    postures_table,
)
from escalation.scenario.dump import dump_scenario, scenario_hash

CONTEXT = 2  # lines around each change


def tables_of(settings: Sequence[tuple[str, Ensemble]]) -> dict[str, Table]:
    """Return the tables of all figures by name, the present setting first."""
    tables = {
        "outcomes": outcomes_table(settings),
        "postures": postures_table(settings),
        "peaks": peaks_table(settings),
        "ceasefires": ceasefires_table(settings),
    }
    if len(settings) > 1:
        now = settings[0][1]
        tables["differences"] = differences_table([(name, pin, now) for name, pin in settings[1:]])
    return tables


def setting_yaml(workspace: Workspace, settings: Settings) -> str:
    """Return the scenario with the settings as one self-contained file."""
    return dump_scenario(workspace.at(settings))


def setting_diff(workspace: Workspace, settings: Settings) -> str:
    """Return the changes that settings make to the scenario, line by line; empty if there are none."""
    before, after = (dump_scenario(workspace.at(which)).splitlines() for which in ((), settings))
    name = workspace.scenario.name
    lines = difflib.unified_diff(
        before, after, f"{name}.yaml", f"{name}_changed.yaml", lineterm="", n=CONTEXT
    )
    return "\n".join(lines)


def setting_words(controls: Mapping[str, Control], settings: Settings) -> str:
    """Return in words how settings depart from the scenario."""
    parts = [
        texts.DEPARTURE.format(
            group=control.group, label=control.label, value=control.shown(value),
            instead=control.shown(control.value),
        )
        for control, value in departures(controls, settings)
    ]  # fmt: skip
    return "; ".join(parts) or texts.AS_SCENARIO


def command(workspace: Workspace, settings: Settings, seed: int, replication: int = 0) -> str:
    """Return the command that plays one crisis of a setting in the terminal, into a folder of its own."""
    scenario = workspace.at(settings)
    folder = f"results/{run_name(scenario, seed, replication)}_{scenario_hash(scenario)[:6]}"
    source = f"./{workspace.source}" if workspace.source.startswith("-") else workspace.source
    words = ["escalation", "run", source, "--seed", str(seed), "--replication", str(replication)]
    for path, value in settings:
        words += ["--set", f"{path}={value}"]
    return shlex.join([*words, "--out", folder])


def query(settings: Settings, seed: int) -> str:
    """Return the query of a link to a setting."""
    pairs = [("seed", str(seed)), *(("set", f"{path}={value}") for path, value in settings)]
    return urlencode(pairs)


def notes(workspace: Workspace, words: str, ensemble: Ensemble) -> tuple[str, ...]:
    """Return the notes below a saved picture."""
    return (
        texts.PICTURE_NOTE.format(
            scenario=workspace.scenario.name, n=f"{ensemble.n:,}", seed=ensemble.seed, setting=words
        ),
        wording.CAVEAT,
    )


def figure_words(name: str, ensemble: Ensemble) -> str:
    """Return in words what a figure shows for one setting."""
    kind, _, state = name.partition(":")
    if kind == "outcomes":
        rows = records(outcomes_table([("", ensemble)]))
        return ", ".join(f"{row['label']} {row['share']:.1%}" for row in rows)
    if kind == "peaks":
        rows = records(peaks_table([("", ensemble)]))
        return ", ".join(f"{texts.RUNG} {row['rung']} {row['share']:.1%}" for row in rows if row["crises"])
    if kind == "ceasefires":
        last = records(ceasefires_table([("", ensemble)]))[-1]
        return texts.CEASEFIRE_WORDS.format(
            share=f"{last['share_by_then']:.1%}", days=last["days_after_horizon"]
        )
    last = records(postures_table([("", ensemble)]), state=state)[-1]
    return texts.FAN_WORDS.format(date=last["date"], **{key: f"{last[key]:.1f}" for key in QUANTILES})
