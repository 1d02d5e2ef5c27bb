"""Writes the page of the Pahalgam scenario: where each fact is coded, and what the article does not say.

The facts of the article are listed once, in `tests/scenario/pahalgam_facts.yaml`. The test checks them
against the scenario, and this page shows them with the entries that contain them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from escalation.scenario.parameters import Model, parameters_of
from escalation.scenario.scenario import (
    BorderFire,
    Dated,
    DatedAct,
    Incident,
    Mediator,
    Relation,
    Report,
    Rivalry,
    Scenario,
    State,
)

FACTS = Path(__file__).parents[1] / "tests" / "scenario" / "pahalgam_facts.yaml"

HOW_TO_READ = """\
Nothing that happened after the last recorded day was used in writing it.

- **Dates.** The article dates two events, the attack and the missile test. All other dates come from
  the sources named. Dates are local; firing is dated on the evening on which the night began.
- **Weight.** The article counts as one source. Where it is the only source, the entry follows it and
  the note says so. Confidence is the coder's judgement.
- **Claims.** An entry records that something was said or done, not that a claim is true. What a party
  disputes is marked as contested.
- **Acts and words.** Each act is the nearest on the ladder to what is reported; its sentence says what
  was reported."""

ADDED = """\
Added from other sources, so that the responses of both sides are included. Reports, on third parties
that are not actors here or on unconfirmed claims, have no effect in the model."""

DISPOSITIONS = """\
Judgements on a scale from 0 to 1 (bias from -1 to 1), made for this scenario and not fitted to data.
Where value and default are equal, there was no reason to depart from the default."""

SECTIONS = ("incidents", "border_fire", "acts", "reports")


class Fact(Model):
    """A fact that the scenario must contain, and how to find its entry."""

    fact: str
    entry: str
    where: dict[str, str | int | float | bool] = Field(default={})
    at_most: dict[str, float] = Field(default={})
    at_least: dict[str, float] = Field(default={})
    mentions: list[str] = Field(default=[])
    article: bool = True


def load_facts() -> list[Fact]:
    """Read the table of facts."""
    return [Fact.model_validate(row) for row in yaml.safe_load(FACTS.read_text(encoding="utf-8"))]


def entries_of(scenario: Scenario, fact: Fact) -> list[tuple[str, Any]]:
    """Return the entries in which a fact is found, each with its key path."""
    part: Any = scenario
    for key in fact.entry.split("."):
        part = part[key] if isinstance(part, dict) else getattr(part, key)
    if isinstance(part, tuple):
        candidates = [(_place(fact.entry, n, entry), entry) for n, entry in enumerate(part)]
    else:
        candidates = [(fact.entry, part)]
    return [(path, entry) for path, entry in candidates if _fits(entry, fact)]


def _place(section: str, number: int, entry: Any) -> str:
    """Return the key path of an entry of a list: by its id, or else by its number."""
    return f"{section}.{getattr(entry, 'id', None) or number}"


def _fits(entry: Any, fact: Fact) -> bool:
    text = _text(entry)
    return (
        all(_plain(getattr(entry, key)) == value for key, value in fact.where.items())
        and all(getattr(entry, key) <= limit for key, limit in fact.at_most.items())
        and all(getattr(entry, key) >= limit for key, limit in fact.at_least.items())
        and all(word in text for word in fact.mentions)
    )


def _plain(value: Any) -> str | int | float | bool:
    if isinstance(value, tuple):
        return " and ".join(value)
    return value if isinstance(value, str | int | float) else str(value)


def _text(entry: Any) -> str:
    if isinstance(entry, str):
        return entry
    return " ".join(getattr(entry, key, None) or "" for key in ("says", "note"))


def dated(scenario: Scenario) -> Iterator[tuple[str, Dated]]:
    """Yield all entries of the timeline with their key paths, by date."""
    entries = [
        (_place(section, n, entry), entry)
        for section in SECTIONS
        for n, entry in enumerate(getattr(scenario, section))
    ]
    yield from sorted(entries, key=lambda item: item[1].date)


def page(scenario: Scenario) -> str:
    """Return the scenario's page in Markdown."""
    facts = load_facts()
    added = [(path, entry) for path, entry in dated(scenario) if not entry.article]
    contested = [(path, entry) for path, entry in dated(scenario) if entry.contested]
    doubts = [(path, entry) for path, entry in dated(scenario) if entry.note and not entry.contested]
    parts = [
        f"# {scenario.title}",
        "Made from `scenarios/pahalgam_2025.yaml` by `docs/scenario_page.py`; edit the YAML, not this page.",
        scenario.summary,
        "## How to read it",
        f"The forced history runs from {scenario.start} to {scenario.horizon}, in {len(scenario.acts)} dated"
        f" acts; {scenario.free_days} simulated days follow. {HOW_TO_READ}",
        "## The facts of the article",
        _fact_table(scenario, [fact for fact in facts if fact.article]),
        "## Not in the article",
        ADDED,
        _table(
            ["Date", "What", "Entry", "Source", "Confidence"],
            (
                [str(e.date), e.says, f"`{path}`: {_kind(scenario, e)}", *_evidence(scenario, e)]
                for path, e in added
            ),
        ),
        "## Contested",
        _notes(contested),
        "## Further notes",
        _notes(doubts),
        "## Dispositions",
        DISPOSITIONS,
        "\n\n".join(_state(state) for state in scenario.states.values()),
        "\n\n".join(_mediator(scenario, mediator) for mediator in scenario.mediators.values()),
        "## Sources",
        _sources(scenario),
    ]
    return "\n\n".join(parts) + "\n"


def _fact_table(scenario: Scenario, facts: list[Fact]) -> str:
    rows = []
    for fact in facts:
        found = entries_of(scenario, fact)
        if not found:
            raise LookupError(f"no entry of {scenario.name} fits the fact: {fact.fact}")
        path, entry = found[0]
        date = str(entry.date) if isinstance(entry, Dated) else "throughout"
        rows.append([fact.fact, date, f"`{path}`: {_what(scenario, entry)}", *_evidence(scenario, entry)])
    return _table(["Fact", "Date", "Entry", "Source", "Confidence"], rows)


def _what(scenario: Scenario, entry: Any) -> str:
    """Return a short description of the kind of entry."""
    match entry:
        case DatedAct():
            act = scenario.ladder.acts[entry.act]
            return (
                f"{scenario.label(entry.actor)} {act.label} {scenario.label(entry.target)} (rung {act.rung})"
            )
        case Incident():
            return f"incident, severity {entry.severity}"
        case BorderFire():
            return f"border fire, {entry.nights} nights"
        case Report():
            return f"report ({entry.by})"
        case Mediator():
            return f"style {entry.style}, form {entry.form}"
        case Relation():
            return f"trust {entry.trust}, bias {entry.bias}, leverage {entry.leverage}"
        case Rivalry():
            return f"contested line {_yes(entry.contested_line)}, hotline {_yes(entry.hotline)}"
    return "introduction"


def _kind(scenario: Scenario, entry: Dated) -> str:
    """Return the act of an entry, or a description of another kind of entry."""
    if isinstance(entry, DatedAct):
        return f"`{entry.act}` (rung {scenario.ladder.acts[entry.act].rung})"
    return _what(scenario, entry)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _evidence(scenario: Scenario, entry: Any) -> list[str]:
    """Return the cells for sources and confidence."""
    names = getattr(entry, "sources", ("article",))
    sources = ", ".join(_source(scenario, name) for name in names)
    if isinstance(entry, Dated):
        return [sources, entry.confidence + ("; contested, see below" if entry.contested else "")]
    return [sources, "judgement" if isinstance(entry, Mediator | Relation) else "high"]


def _source(scenario: Scenario, name: str) -> str:
    source = scenario.sources[name]
    if source.address is None:
        return "the article" if source.kind == "article" else source.kind
    return f"[{source.title.partition(',')[0]}][{name}]"


def _sources(scenario: Scenario) -> str:
    """Return the list of sources, and the addresses that the page links to."""
    sources = scenario.sources.items()
    listed = [
        f"- [{source.title}][{name}]" if source.address else f"- {source.title}" for name, source in sources
    ]
    links = [f"[{name}]: {source.address}" for name, source in sources if source.address]
    return "\n".join([*listed, "", *links])


def _notes(entries: Iterable[tuple[str, Dated]]) -> str:
    return "\n".join(
        f"- {entry.date}, `{path}`: {entry.says} {entry.note or ''}".rstrip() for path, entry in entries
    )


def _state(state: State) -> str:
    parts = [f"### {state.label}", state.note or "", _numbers(state)]
    return "\n\n".join(part for part in parts if part)


def _mediator(scenario: Scenario, mediator: Mediator) -> str:
    enters = f"day {mediator.enters_day} ({scenario.date_of(mediator.enters_day)})"
    what = f"May act from {enters}; {_what(scenario, mediator)}."
    parts = [f"### {mediator.label}", what, mediator.note or "", _numbers(mediator)]
    for state, relation in mediator.toward.items():
        parts += [
            f"#### {mediator.label} and {scenario.label(state)}",
            relation.note or "",
            _numbers(relation),
        ]
    return "\n\n".join(part for part in parts if part)


def _numbers(model: State | Mediator | Relation) -> str:
    rows = (
        [f"`{number.name}`", number.says, f"{getattr(model, number.name):g}", f"{number.default:g}"]
        for number in parameters_of(type(model))
    )
    return _table(["Disposition", "Meaning", "Value", "Default"], rows)


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)
