"""What a visitor can take away: tables, the setting as YAML, its changes, a link, a command, and words."""

from __future__ import annotations

import difflib
import json
import shlex
import textwrap
from collections.abc import Mapping, Sequence

from escalation.classroom import texts
from escalation.classroom.controls import Control, Settings, Value, Workspace, controls_of, departures
from escalation.crisis import wording
from escalation.crisis.tables import run_name
from escalation.files.write import Table
from escalation.language import number, say
from escalation.measures.ensemble import (
    Ensemble,
    differences_table,
    events_table,
    outcomes_table,
    peaks_table,
    postures_table,
    settlements_table,
)
from escalation.scenario.dump import dump_scenario, scenario_hash
from escalation.scenario.parameters import Kind

CONTEXT = 2  # lines around each change
COMMENT_WIDTH = 100


def tables_of(settings: Sequence[tuple[str, Ensemble]]) -> dict[str, Table]:
    """Return the tables of all figures by name, the present setting first."""
    tables = {
        "outcomes": outcomes_table(settings),
        "postures": postures_table(settings),
        "peaks": peaks_table(settings),
        "ceasefires": events_table(settings, "ceasefire"),
        "forces": events_table(settings, "force"),
        "settlements": settlements_table(settings),
    }
    if len(settings) > 1:
        now = settings[0][1]
        tables["differences"] = differences_table([(name, pin, now) for name, pin in settings[1:]])
    return tables


def labelled(table: Table, settings: Sequence[tuple[str, Settings]], seed: int) -> Table:
    """Return a table that says by itself what its rows are of: with the seed, and what each setting changes.

    Parameters
    ----------
    table
        One of `tables_of`, which has the settings by name, the present one first.
    settings
        What each of these names stands for, as departures from the scenario.
    seed
        Of all their crises.
    """
    changes = {name: "; ".join(f"{path}={value}" for path, value in given) for name, given in settings}
    at = next(place for place, column in enumerate(table.columns) if column in ("setting", "pinned"))
    columns: tuple[str, ...] = ("seed", "changes")
    more: tuple[str, ...] = ()
    if table.columns[at] == "pinned":
        columns, more = (*columns, "changes_now"), (changes[settings[0][0]],)
    rows = tuple((*row, seed, changes[str(row[at])], *more) for row in table.rows)
    return Table((*table.columns, *columns), rows)


def setting_yaml(workspace: Workspace, settings: Settings) -> str:
    """Return the scenario with the settings as one self-contained file that says what is changed."""
    text = dump_scenario(workspace.at(settings))
    if not settings:
        return text
    controls = {control.path: control for control in controls_of(workspace)}
    lines = [say(texts.CHANGED_FILE, scenario=workspace.source, setting=setting_words(controls, settings))]
    gone = workspace.change(settings).drops
    if gone:
        lines.append(say(texts.LEFT_OUT, entries=", ".join(gone)))
    comment = [f"# {part}" for line in lines for part in textwrap.wrap(line, COMMENT_WIDTH)]
    return "\n".join([*comment, text])


def setting_diff(workspace: Workspace, settings: Settings) -> str:
    """Return the changes that settings make to the scenario, line by line; empty if there are none."""
    before, after = (dump_scenario(workspace.at(which)).splitlines() for which in ((), settings))
    name = workspace.scenario.name
    lines = difflib.unified_diff(
        before, after, f"{name}.yaml", f"{name}_changed.yaml", lineterm="", n=CONTEXT
    )
    return "\n".join(lines)


def setting_words(controls: Mapping[str, Control], settings: Settings) -> str:
    """Return in words how settings depart from the scenario, policies apart from assumptions."""
    parts: dict[Kind, list[str]] = {}
    for control, value in departures(controls, settings):
        parts.setdefault(control.kind, []).append(_departure(control, value))
    said = [say(texts.DEPARTURES[kind], changes="; ".join(changes)) for kind, changes in parts.items()]
    return ". ".join([*said[:1], *(words[:1].upper() + words[1:] for words in said[1:])]) or say(
        texts.AS_SCENARIO
    )


def _departure(control: Control, value: Value) -> str:
    if value in control.words:
        return control.words[value]
    return say(
        texts.DEPARTURE, group=control.group, label=control.label, value=control.shown(value),
        instead=control.shown(control.value),
    )  # fmt: skip


def command(workspace: Workspace, settings: Settings, seed: int, replication: int = 0) -> str:
    """Return the command that plays one crisis of a setting in the terminal, into a folder of its own."""
    scenario = workspace.at(settings)
    folder = f"results/{run_name(scenario, seed, replication)}_{scenario_hash(scenario)[:6]}"
    source = f"./{workspace.source}" if workspace.source.startswith("-") else workspace.source
    words = ["escalation", "run", source, "--seed", str(seed), "--replication", str(replication)]
    change = workspace.change(settings)
    for path, value in change.sets:
        words += ["--set", f"{path}={value if isinstance(value, str | float) else json.dumps(value)}"]
    for name in change.drops:
        words += ["--drop", name]
    return shlex.join([*words, "--out", folder])


def notes(
    workspace: Workspace, seed: int, crises: int, settings: Sequence[tuple[str, str]]
) -> tuple[str, ...]:
    """Return the notes below a saved picture: what was simulated, and each setting by name with its words."""
    what = say(texts.PICTURE_NOTE, scenario=workspace.scenario.name, n=number(crises), seed=str(seed))
    named = (say(texts.SETTING_NOTE, name=name, setting=words) for name, words in settings)
    return (what, *named, say(wording.CAVEAT))
