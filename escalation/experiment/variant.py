"""The arms of a comparison: scenarios as they are, and a scenario with a few things changed.

A change may hold from a day on. Such a fork has the past of the scenario as it is, whatever the change would
have done to it: its crises are the same up to the day before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from escalation.crisis.play import Beginning, Run, play
from escalation.crisis.tables import MANIFEST, is_run, recorded_run
from escalation.engine.batch import Runs, simulate, simulate_forked
from escalation.engine.pack import pack
from escalation.experiment.factors import BASE, Drop, changed, leaving_out
from escalation.files.brief import Brief
from escalation.files.differences import Difference, differing
from escalation.files.explain import problems_of
from escalation.files.places import ArgumentError, Place, Problem, ScenarioError, check_list
from escalation.language import listed
from escalation.rules.state import Params
from escalation.scenario.dump import dump_scenario, resolved_tree, scenario_hash
from escalation.scenario.fields import DATED, LONGEST_NAME, references
from escalation.scenario.load import load_scenario, read_scenario
from escalation.scenario.scenario import Scenario
from escalation.scenario.weight_set import recorded_by_other_rules

LETTERS = "ABCDEFGH"
"""The names of arms, the first of which all others are compared with."""

UNMODELLED = frozenset(
    {
        "article", "case", "confidence", "contested", "description", "killed", "label", "name", "note",
        "reports", "says", "source", "sources", "summary", "title", "id", "crosswalk",
    }
)  # fmt: skip
"""Keys of a scenario that describe it: no crisis depends on them."""


WITHOUT_A_MEDIATOR = "a mediator left on a day of it"


@dataclass(frozen=True)
class Variant:
    """What is changed of a scenario: first values are set, then entries are dropped."""

    set: Sequence[str] = ()
    """Each as `KEY.PATH=VALUE`, such as `acts.russia_offer.date=2025-04-28`."""
    drop: Sequence[str] = ()
    """Ids of dated entries, such as `abdali_test`, and entries of mappings, such as `mediators.iran`."""
    since: dt.date | str | None = None
    """The day from which the change holds, on or after the scenario's second; from the start if None."""

    @property
    def words(self) -> str:
        """Return the change in a few words."""
        parts = [*self.set, *(f"without {name}" for name in self.drop)]
        parts += [f"from {self.since} on"] if self.since is not None else []
        return ", ".join(parts)

    @property
    def options(self) -> list[str]:
        """Return the options of `escalation compare` that ask for this change."""
        words = [word for text in self.set for word in ("--change", text)]
        words += [word for name in self.drop for word in ("--drop", name)]
        return [*words, "--from", str(self.since)] if self.since is not None else words


@dataclass(frozen=True, repr=False)
class Arm(Brief):
    """One side of a comparison: a scenario, or from a day on another one."""

    letter: str
    label: str
    scenario: Scenario
    source: str | None = None
    """The file or shipped name that is exactly this scenario, if there is one."""
    past: Scenario | None = None
    """The scenario up to the day before `since`."""
    since: int = 0
    """The first day of `scenario`, counted from the start."""
    variant: Variant = field(default=Variant())
    folder: Path | None = None
    """Of the run whose scenario this is."""
    seed: int | None = None
    """Of that run."""
    obstacle: str = ""
    """Why its crises cannot be simulated by the present rules, if so."""
    recorded: dict[str, Any] = field(default_factory=dict)
    """The scenario of that run as its manifest has it, where the present rules cannot read all of it."""

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield which arm it is."""
        yield "letter", self.letter
        yield "name", self.label

    @property
    def is_varied(self) -> bool:
        """Return whether it is a change of the first arm's scenario."""
        return self.variant != Variant()

    @property
    def tree(self) -> dict[str, Any]:
        """Return the scenario as plain data."""
        return self.recorded or resolved_tree(self.scenario)

    @cached_property
    def _params(self) -> Params:
        return pack(self.scenario)

    @cached_property
    def _past_params(self) -> Params:
        return pack(self.past or self.scenario)

    def runs(self, seed: int, first: int, count: int) -> Runs:
        """Play replications of this arm; safe to call from many threads at once."""
        if self.past is None:
            return simulate(self._params, seed, first, count)
        return simulate_forked(self._past_params, self._params, self.since, seed, first, count)

    def play(self, seed: int, replication: int) -> Run:
        """Play one crisis of this arm, recording every decision."""
        began = None if self.past is None else Beginning(self.past, self.since)
        return play(self.scenario, seed, replication, began)


def arms_of(given: Sequence[Scenario | str | Path | Variant]) -> tuple[Arm, ...]:
    """Return the arms of a comparison, lettered in order.

    Parameters
    ----------
    given
        Scenarios, as `load_scenario` returns them or as paths and shipped names; folders of single runs;
        variants, of the first of them.

    Raises
    ------
    ScenarioError
        With all errors of a scenario file or of a change.
    ArgumentError
        If there are too few or too many, the first is a variant, or a change cannot hold from a day on.
    """
    check_list("compare", given)
    if not 2 <= len(given) <= len(LETTERS):
        raise ArgumentError(
            f"{len(given)} to compare; give 2 to {len(LETTERS)}: scenarios, or changes of one"
        )
    if isinstance(given[0], Variant):
        raise ArgumentError("the first to compare is a change; give the scenario that it changes first")
    first = _plain(LETTERS[0], given[0])
    others = [
        _varied(letter, first, given[0], one) if isinstance(one, Variant) else _plain(letter, one)
        for letter, one in zip(LETTERS[1:], given[1:], strict=False)
    ]
    return first, *others


def _plain(letter: str, source: Scenario | str | Path | Any) -> Arm:
    if isinstance(source, Scenario):
        return Arm(letter, source.name, source)
    if is_run(Path(source)):
        return _of_run(letter, Path(source))
    return Arm(letter, str(source), load_scenario(source), str(source))


def _of_run(letter: str, path: Path) -> Arm:
    """Return the arm of the scenario of a run that is in a folder."""
    folder = path if path.is_dir() else path.parent
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    tree = manifest["resolved_scenario"]
    obstacle = recorded_by_other_rules(tree.get("weights")) or ""
    began = None
    if obstacle:
        other = tree | {"weights": {}}
        scenario = Scenario.model_validate(other, context=references(other))
        seed, replication = int(manifest["seed"]), int(manifest["replication"])
    else:
        found = recorded_run(folder)
        scenario, seed, replication = found.scenario, found.seed, found.replication
        began = found.began
        obstacle = WITHOUT_A_MEDIATOR if began is not None and began.leaves is not None else ""
    label = f"{folder}: {scenario.name}, seed {seed}, replication {replication}"
    label += f", played by escalation {manifest['escalation']}"
    return Arm(
        letter,
        label,
        scenario,
        folder=folder,
        seed=seed,
        obstacle=obstacle,
        recorded=tree if obstacle else {},
        past=None if began is None else began.scenario,
        since=0 if began is None else began.since,
    )


def _varied(letter: str, first: Arm, source: Any, variant: Variant) -> Arm:
    """Return the arm of a change of the first arm's scenario."""
    if not variant.set and not variant.drop:
        raise ArgumentError("a change that changes nothing; give values to set, or entries to drop")
    check_list("set", variant.set)
    check_list("drop", variant.drop)
    if first.source is not None:
        scenario = load_scenario(source, variant.set)
    else:
        scenario = read_scenario(dump_scenario(first.scenario).encode(), first.label, variant.set)
    scenario = without(scenario, variant.drop)
    scenario = scenario.model_copy(update={"name": _own_name(letter, first.scenario, scenario, variant)})
    label = f"{first.scenario.name}{' with' if variant.set else ''} {variant.words}"
    if variant.since is None:
        return Arm(letter, label, scenario, variant=variant)
    since = _first_day(first.scenario, variant.since)
    _check_fork(first.scenario, scenario)
    return Arm(letter, label, scenario, past=first.scenario, since=since, variant=variant)


def _own_name(letter: str, first: Scenario, scenario: Scenario, variant: Variant) -> str:
    """Return a name for a changed scenario, so that what is made of its crises has folders of its own."""
    mark = hashlib.sha256(f"{scenario_hash(scenario)} {variant.since}".encode()).hexdigest()[:6]
    ending = f"_{letter.lower()}_{mark}"
    return f"{first.name[: LONGEST_NAME - len(ending)]}{ending}"


def without(scenario: Scenario, dropped: Sequence[str]) -> Scenario:
    """Return a scenario without some of its entries.

    Parameters
    ----------
    scenario
        As `load_scenario` returns it.
    dropped
        Ids of dated entries, and paths of entries of mappings.

    Raises
    ------
    ScenarioError
        If the entry does not exist, or the scenario is not valid without it.
    """
    if not dropped:
        return scenario
    drops = []
    for text in dropped:
        steps = tuple(text.split("."))
        drops.append(Drop(steps, Place(f"--drop {text}", None, None, ())))
    tree = changed(resolved_tree(scenario), [], drops)
    if tree.problems:
        raise ScenarioError(tree.problems)
    try:
        return Scenario.model_validate(tree.value, context=references(tree.value))
    except ValidationError as error:
        problems = problems_of(error, Scenario, tree)
        raise ScenarioError([*problems, *_with_its_acts(scenario, dropped)]) from None


def _with_its_acts(scenario: Scenario, dropped: Sequence[str]) -> Iterator[Problem]:
    """Yield what to drop together with mediators whose dated acts are left, if all of these have ids."""
    gone = [name for name in scenario.mediators if f"mediators.{name}" in dropped]
    change = leaving_out(scenario, gone)
    if gone and not change.sets and not set(change.drops) <= set(dropped):
        options = " ".join(f"--drop {name}" for name in dict.fromkeys([*dropped, *change.drops]))
        says = f"to leave it out with all that the record has of it: {options}"
        yield Problem(BASE, None, None, f"mediators.{gone[-1]}", says)


def _first_day(scenario: Scenario, since: dt.date | str) -> int:
    date = since
    if isinstance(since, str):
        try:
            date = dt.date.fromisoformat(since)
        except ValueError:
            raise ArgumentError(f"from {since!r}: not a date; YYYY-MM-DD, as in {scenario.horizon}") from None
    assert isinstance(date, dt.date)
    day = (date - scenario.start).days
    if not 1 <= day <= scenario.last_day:
        ends = f"{scenario.date_of(1)} to {scenario.date_of(scenario.last_day)}"
        raise ArgumentError(f"from {date}: not a day on which the scenario could be changed; {ends}")
    return day


def _check_fork(past: Scenario, scenario: Scenario) -> None:
    """Raise ArgumentError unless a crisis can go on under another scenario."""
    must_match = {
        "its states": (list(past.states), list(scenario.states)),
        "its mediators": (list(past.mediators), list(scenario.mediators)),
        "its rivalries": ([r.between for r in past.rivalries], [r.between for r in scenario.rivalries]),
        "the acts of its ladder": (past.ladder.ordered(), scenario.ladder.ordered()),
        "its start": (past.start, scenario.start),
        "its horizon": (past.horizon, scenario.horizon),
        "its simulated days": (past.free_days, scenario.free_days),
        "its acts per day": (past.max_acts_per_day, scenario.max_acts_per_day),
    }
    other = [name for name, (one, two) in must_match.items() if one != two]
    if other:
        raise ArgumentError(
            f"a change of {listed(other)} cannot hold from a day on; leave out the day, so that it holds from"
            " the start"
        )


def input_differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[Difference, ...]:
    """Return the differences of the trees of two scenarios that a crisis can depend on, by key path.

    Dated entries are matched by id, those without one by what they are; labels, sources and other
    descriptions are left out. A dated entry that only one has is shown by its date and what happens.
    """
    return tuple(
        Difference(one.path, _entry_words(one.before), _entry_words(one.after))
        for one in differing(_identified(before), _identified(after), UNMODELLED)
    )


def _identified(tree: dict[str, Any]) -> dict[str, Any]:
    """Return the tree of a scenario with an id for every dated entry."""
    found = dict(tree)
    for key in DATED:
        met: dict[str, int] = {}
        entries = []
        for entry in tree.get(key, ()):
            name = entry.get("id")
            if name is None:
                parts = (entry.get(part) for part in ("date", "actor", "act", "target", "victim", "by"))
                name = "_".join(str(part) for part in parts if part is not None)
                met[name] = met.get(name, 0) + 1
                name = name if met[name] == 1 else f"{name}_{met[name]}"
            entries.append({**entry, "id": name})
        found[key] = entries
    return found


def _entry_words(value: Any) -> Any:
    """Return a dated entry as a line of text, any other value as it is."""
    if not isinstance(value, dict) or "date" not in value:
        return value
    parts = (value.get(name) for name in ("date", "actor", "act", "target", "victim", "severity", "nights"))
    return " ".join(str(part) for part in parts if part is not None)


def relabelled(error: ScenarioError, option: str) -> ScenarioError:
    """Return the errors of values that a command takes under another option than `--set`."""
    return ScenarioError(
        replace(problem, file=problem.file.replace("--set ", f"{option} ", 1))
        if problem.file.startswith("--set ")
        else problem
        for problem in error.problems
    )
