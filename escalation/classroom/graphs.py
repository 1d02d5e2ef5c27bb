"""The graphs that a visitor can choose: which figures each has, and the words and definitions of a figure.

A figure has a name: `outcomes`, or `fan:india` where there is one per state. Definitions are those of the
ladder and of the outcome classes, so that a scenario with rungs of its own explains its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from escalation.classroom import charts, texts
from escalation.classroom.chart_style import Options, Theme
from escalation.classroom.charts import records
from escalation.crisis import wording
from escalation.engine.pack import Index
from escalation.files.write import Table
from escalation.language import date_words, number, percent, say
from escalation.measures.ensemble import (
    QUANTILES,
    Ensemble,
    events_table,
    outcomes_table,
    peaks_table,
    postures_table,
    settlements_table,
)
from escalation.measures.measures import measure
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import CHANNELS, OUTCOME_CLASSES

GRAPHS: Mapping[str, tuple[str, ...]] = {
    "outcomes": ("outcomes",),
    "settlements": ("settlements",),
    "force": ("forces",),
    "ceasefires": ("ceasefires",),
    "postures": ("fan",),
    "rungs": ("peaks",),
    "all": ("outcomes", "settlements", "forces", "ceasefires", "fan", "peaks"),
}
"""Kinds of figures by graph, as an address names it; `texts.GRAPH_NAMES` has its words."""

FIRST = next(iter(GRAPHS))

EVENTS = {"forces": "force", "ceasefires": "ceasefire"}
"""The event whose first day a figure shows."""


def figures_of(graph: str, scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the figures of a graph, in order."""
    return tuple(
        name
        for kind in GRAPHS[graph]
        for name in ([f"{kind}:{state}" for state in scenario.states] if kind == "fan" else [kind])
    )


def tables_of(settings: Sequence[tuple[str, Ensemble]], kinds: Sequence[str]) -> dict[str, Table]:
    """Return the tables of some kinds of figures, by kind."""
    found: dict[str, Table] = {}
    for kind in dict.fromkeys(kinds):
        if kind == "outcomes":
            found[kind] = outcomes_table(settings)
        elif kind == "settlements":
            found[kind] = settlements_table(settings)
        elif kind == "peaks":
            found[kind] = peaks_table(settings)
        elif kind == "fan":
            found[kind] = postures_table(settings)
        else:
            found[kind] = events_table(settings, EVENTS[kind])
    return found


def chart(name: str, tables: Mapping[str, Table], scenario: Scenario, theme: Theme) -> Options:
    """Return the chart of a figure, from the tables by kind."""
    kind, _, state = name.partition(":")
    if kind == "outcomes":
        return charts.outcome_bars(tables[kind], theme)
    if kind == "settlements":
        return charts.settlement_bars(tables[kind], theme)
    if kind == "peaks":
        return charts.peak_bars(tables[kind], theme)
    if kind == "fan":
        place, horizon = Index(scenario).actor[state], str(scenario.horizon)
        names = [scenario.ladder.rungs[rung].label for rung in sorted(scenario.ladder.rungs)]
        return charts.fan(tables[kind], state, theme, place, horizon, names)
    return charts.event_steps(tables[kind], theme)


def title(name: str, scenario: Scenario) -> str:
    """Return the title of a figure."""
    kind, _, state = name.partition(":")
    return say(texts.FIGURES[kind], state=scenario.label(state) if state else "")


def says(name: str) -> str:
    """Return how a figure is read."""
    return say(texts.FIGURE_NOTES[name.partition(":")[0]])


def words(name: str, ensemble: Ensemble) -> str:
    """Return in words what a figure shows for one setting."""
    kind, _, state = name.partition(":")
    (table,) = tables_of([("", ensemble)], [kind]).values()
    if kind == "fan":
        last = records(table, state=state)[-1]
        shown = {key: number(last[key], 1) for key in QUANTILES}
        return say(texts.FAN_WORDS, date=date_words(ensemble.scenario.date_of(last["day"])), **shown)
    rows = records(table)
    if kind in EVENTS:
        last = rows[-1]
        return say(
            texts.EVENT_WORDS, share=percent(last["share_by_then"]), days=number(last["days_after_horizon"])
        )
    if kind == "peaks":
        rows = [
            row | {"label": say(texts.RUNG_NAME, rung=row["rung"], name=row["label"])}
            for row in rows
            if row["crises"]
        ]
    return ", ".join(say(texts.SHARE_OF, what=row["label"], share=percent(row["share"])) for row in rows)


def definitions(name: str, scenario: Scenario) -> list[tuple[str, str]]:
    """Return the names in a figure with what each means."""
    kind = name.partition(":")[0]
    if kind == "outcomes":
        thresholds = scenario.outcome.model_dump()
        return [
            (say(each.label), say(wording.OUTCOME_MEANINGS[each.name], **thresholds))
            for each in OUTCOME_CLASSES
            if each.name in wording.OUTCOME_MEANINGS
        ]
    if kind in ("peaks", "fan"):
        rungs = scenario.ladder.rungs
        return [
            (say(texts.RUNG_NAME, rung=rung, name=say(rungs[rung].label)), say(rungs[rung].description))
            for rung in sorted(rungs, reverse=True)
        ]
    if kind == "settlements":
        events = {name: measure(name).heading for name in ("talks", "ceasefire")}
        found = [(label, say(wording.EVENT_MEANINGS[event])) for event, label in events.items()]
        channels = [each for each in CHANNELS if each in wording.CHANNEL_MEANINGS]
        return [
            *found,
            *((charts.channel_words(each), say(wording.CHANNEL_MEANINGS[each])) for each in channels),
        ]
    event = EVENTS[kind]
    rung = scenario.outcome.force_rung
    label = measure(event, {"force_rung": rung}).heading
    return [(label, say(wording.EVENT_MEANINGS[event], rung=rung))]
