"""Forecasts on record: made once, dated, hashed, and scored later (`escalation.history.track_record`).

A forecast answers questions about the days after the last day of a scenario's record. Each answer is a
probability over the uncertainty of the weights, next to the frequency of the same thing in recorded crises
that were over before: the reference class. The file holds the SHA-256 of all that it says, so that a later
change is noticed; it cannot hold when it was written, which is for whoever publishes the hash to show.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationInfo, field_validator, model_validator

import escalation
from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import pack
from escalation.experiment.manifest import sources
from escalation.files.expected import Means
from escalation.files.places import ArgumentError, Problem, ScenarioError, bare, check_whole, shown
from escalation.history.cases import CALIBRATE, HISTORY, ForecastTask, case_of, load_cases, tasks_of
from escalation.history.courses import DIRECTLY, WITH_MEDIATOR
from escalation.history.projection import likely_weights
from escalation.measures.columns import rival_pairs
from escalation.measures.ensemble import ensemble_of
from escalation.measures.expressions import YES_NO, ExpressionError, Parsed, read_of_crisis
from escalation.measures.measures import SHARES, measure, share_of
from escalation.measures.own import language_of, speaks_of_nuclear_use, what_is_read
from escalation.measures.own_values import own_values
from escalation.measures.reduce import Reduced
from escalation.scenario.dump import scenario_hash, yaml_text
from escalation.scenario.fields import Date, Id, Many, Text, wrong
from escalation.scenario.load import load_plain, load_scenario, load_weights
from escalation.scenario.parameters import Model
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights
from escalation.stats.intervals import wilson
from escalation.vocabulary import DEFAULT_SEED, NUCLEAR_CAVEAT

WEIGHTS = "calibrated"
DRAWS, REPLICATIONS = 100, 500
LONGEST = 3_650
WIDTH = 80

OVER = "over"
"""Of the questions, the one that is no share of a sweep: whether all pairs have settled, or the quiet that
closes the crisis has begun, which is known once that quiet is complete."""
ASKED = (*SHARES, OVER)

CAVEAT = (
    "Shares of simulated crises over draws of the weights. They state what the assumptions imply, and are not"
    " knowledge of what any government intends."
)


class EventQuestion(Model):
    """A question about the days after the record: whether something happens in them."""

    id: Id
    says: Text | None = Field(default=None, description="The question in words; by default made from it")
    share: Annotated[str | None, Means("the name of a share, such as force or rung_7, or over")] = Field(
        default=None, description="What is asked: a share, read at the close of the window, or `over`"
    )
    when: Text | None = Field(
        default=None,
        description="Instead of `share`: a condition on the days of the window, in the language of measures, "
        "such as `cost_india > 2` or `count(rung >= 7) >= 2`",
    )
    within: int | None = Field(default=None, ge=1, le=LONGEST, description="Days after the record's last")
    by: Date | None = Field(default=None, description="Instead of `within`: the last day that counts")

    @field_validator("share")
    @classmethod
    def _exists(cls, share: str | None, info: ValidationInfo) -> str | None:
        if share is not None and share not in ASKED:
            raise wrong("this is no share", f"one of {', '.join(ASKED)}", share, ASKED)
        return share

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        if (self.within is None) == (self.by is None):
            raise wrong("`within` and `by` are two ways to give the window", "give one of them")
        return self

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if (self.share is None) == (self.when is None):
            raise wrong("`share` and `when` are two ways to ask", "give one of them")
        return self

    @property
    def asked(self) -> str:
        """Return the share or the condition, as the forecast has it."""
        return self.share or " ".join((self.when or "").split())

    def days(self, scenario: Scenario) -> int:
        """Return the length of its window after the last day of a scenario's record."""
        if self.by is not None:
            return (self.by - scenario.horizon).days
        assert self.within is not None
        return self.within


class EventList(Model):
    """A file of questions."""

    format: Literal[1] = 1
    events: Many[EventQuestion] = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        ids = [event.id for event in self.events]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise wrong(f"the id {twice[0]!r} is given more than once", "give each question an id of its own")
        return self


DEFAULT_EVENTS: tuple[EventQuestion, ...] = tuple(
    EventQuestion(id=f"{share}_within_{days}", share=share, within=days)
    for share, windows in (
        ("force", (7, 30)),
        ("rung_7", (14, 30)),
        ("war", (30,)),
        ("nuclear_use", (30,)),
        ("ceasefire", (14, 30)),
        ("talks", (30,)),
        (OVER, (14, 30)),
        ("limited_force_ended", (30,)),
        ("limited_force_going_on", (30,)),
        ("stand_off", (30,)),
        ("de_escalated", (30,)),
    )
    for days in windows
)  # fmt: skip
"""The questions of a forecast that is given none."""


class ReferenceClass(Model):
    """How often the same thing came in recorded crises."""

    happened: int = Field(ge=0)
    of: int = Field(ge=1)
    probability: float = Field(gt=0, lt=1, description="(happened + 1/2) / (of + 1)")
    source: Text


class ForecastEvent(Model):
    """One answer of a forecast."""

    id: Id
    says: Text
    share: str = Field(description="What is asked: a share, `over`, or a condition")
    closes: Date = Field(description="The last day that counts")
    probability: float = Field(
        gt=0, lt=1, description="(crises with it + 1/2) / (crises + 1), over all draws"
    )
    low: float = Field(ge=0, le=1, description="Of the middle 95% of the draws of the weights")
    high: float = Field(ge=0, le=1)
    at_weights: float = Field(ge=0, le=1, description="Share of crises with the scenario's own weights")
    reference: ReferenceClass | None = None


class RecordedForecast(Model):
    """A forecast as it is kept on record."""

    format: Literal[1] = 1
    forecast: Id
    title: Text
    scenario: Id
    scenario_sha256: str
    horizon: Date = Field(description="The last day that the forecast knows of")
    made: Date = Field(description="The day on which it was made")
    version: Text = Field(description="Of the package")
    rules_sha256: str = Field(description="Of the sources that compute crises")
    weights: Text = Field(description="The set of weights whose draws are taken")
    draws: int = Field(ge=1)
    replications: int = Field(ge=1, description="Crises per draw and window")
    seed: int = Field(ge=0)
    caveat: Text
    events: Many[ForecastEvent]
    sha256: str = Field(default="", description="Of all the rest: see `content_hash`")

    def content_hash(self) -> str:
        """Return the SHA-256 of the forecast as JSON with sorted keys, without the field `sha256` itself."""
        tree = self.model_dump(mode="json", exclude={"sha256"})
        text = json.dumps(tree, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def is_retrospective(self) -> bool:
        """Return whether it was made after its first window had closed, when the answer could be known."""
        return any(event.closes < self.made for event in self.events)

    @property
    def is_nuclear(self) -> bool:
        """Return whether an event speaks of nuclear use, so that the caveat goes with it."""
        return NUCLEAR_CAVEAT in self.caveat

    def text(self) -> str:
        """Return the file: YAML, with the hash last."""
        head = "# A forecast on record. Do not edit: the hash at its end would no longer match.\n"
        return head + yaml_text(self.model_dump(mode="json"))

    def lines(self) -> list[str]:
        """Return the forecast in words and a table, 80 columns wide."""
        return list(_account(self))

    def page(self, name: str) -> str:
        """Return the forecast as a page in Markdown, with a picture and the file of this name next to it."""
        return "\n".join(_page(self, name)) + "\n"


def load_events(path: str | Path) -> tuple[EventQuestion, ...]:
    """Load a file of questions; raises ScenarioError with every error."""
    return load_plain(Path(path), EventList).events


def load_forecast(path: str | Path) -> RecordedForecast:
    """Load a forecast on record.

    Raises
    ------
    ScenarioError
        If the file is not valid, or was changed after it was made.
    """
    found = load_plain(Path(path), RecordedForecast)
    if found.content_hash() != found.sha256:
        says = "this forecast was changed after it was made: its content has another hash than it says"
        allowed = f"content with the SHA-256 {found.sha256[:12]}..., not {found.content_hash()[:12]}..."
        raise ScenarioError([Problem(str(path), None, None, "sha256", says, allowed)])
    return found


def make_forecast(
    scenario: Scenario | str | Path,
    events: Sequence[EventQuestion] = DEFAULT_EVENTS,
    *,
    weights: str | Path = WEIGHTS,
    draws: int = DRAWS,
    replications: int = REPLICATIONS,
    seed: int = DEFAULT_SEED,
    made: dt.date | None = None,
    name: str | None = None,
    cases: Sequence[Scenario] | None = None,
) -> RecordedForecast:
    """Forecast the days after the last day of a scenario's record.

    Parameters
    ----------
    scenario
        As `load_scenario` returns it, or a path or the name of a shipped one; forced acts after its horizon
        are part of it.
    events
        The questions, whose windows may be longer than the scenario's simulated days.
    weights
        A weights file, or the name of a shipped one. Fitted weights are drawn from its draws, all others
        from their priors (`escalation.history.projection.likely_weights`).
    draws
        Sets of weights, all with common random numbers.
    replications
        Crises per set and window.
    seed
        Of crises and draws; integer in [0, 2**64).
    made
        The day that goes on record; by default today.
    name
        By which the table of what happened refers to it; by default those of scenario and horizon.
    cases
        Coded crises for the reference class; by default all shipped ones that weights are fitted to.

    Returns
    -------
    RecordedForecast
        With its hash.

    Raises
    ------
    ArgumentError
        If a window closes before it opens, a condition is wrong, a number is out of range, or the name is
        not one.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    check_whole("draws", draws, 1, 100_001)
    check_whole("replications", replications, 1, 2**31)
    check_whole("seed", seed, 0, 2**64)
    if name is not None and not re.fullmatch("[a-z][a-z0-9_]{0,63}", name):
        raise ArgumentError(f"name: {shown(name)} is not a name of letters a-z, digits and _, first a letter")
    for event in events:
        if not 1 <= event.days(scenario) <= LONGEST:
            raise ArgumentError(
                f"events: the window of {event.id} closes on {event.by}, but the record ends on"
                f" {scenario.horizon}; give a day after it, at most {LONGEST} days later"
            )
    conditions = _conditions(scenario, events)
    chosen = load_weights(weights)
    sets = [scenario.weights, *likely_weights(chosen, draws, np.random.default_rng(seed))]
    counts = _counts(scenario, events, conditions, sets, replications, seed)
    record = RecordedCrises(load_cases([HISTORY], CALIBRATE) if cases is None else cases)
    answers = [
        _answer(scenario, event, counts[:, k], replications, record.reference_class(scenario, event))
        for k, event in enumerate(events)
    ]
    found = RecordedForecast(
        forecast=name or f"{scenario.name}_{scenario.horizon:%Y_%m_%d}",
        title=scenario.title,
        scenario=scenario.name,
        scenario_sha256=scenario_hash(scenario),
        horizon=scenario.horizon,
        made=made or dt.date.today(),
        version=escalation.__version__,
        rules_sha256=_rules_hash(),
        weights=chosen.name,
        draws=draws,
        replications=replications,
        seed=seed,
        caveat=f"{CAVEAT} {NUCLEAR_CAVEAT}" if _speaks_of_nuclear_use(events, conditions) else CAVEAT,
        events=tuple(answers),
    )
    return found.model_copy(update={"sha256": found.content_hash()})


def _conditions(scenario: Scenario, events: Sequence[EventQuestion]) -> dict[str, Parsed]:
    """Read the conditions of events by their texts; raise ArgumentError for the first that is wrong."""
    language = language_of(
        tuple(scenario.states), tuple(scenario.mediators), rival_pairs(scenario), scenario.ladder.ordered()
    )
    found: dict[str, Parsed] = {}
    for event in events:
        if event.when is None:
            continue
        try:
            term = read_of_crisis(event.asked, language)
            if term.kind != YES_NO:
                raise language.no_condition(bare(event.asked), term)
        except ExpressionError as error:
            raise ArgumentError(f"events: {event.id}: {error}; {error.allowed}") from None
        found[event.asked] = term
    return found


def _speaks_of_nuclear_use(events: Sequence[EventQuestion], conditions: Mapping[str, Parsed]) -> bool:
    shares = {event.share for event in events} - {None, OVER}
    return any(measure(str(share)).is_nuclear for share in shares) or any(
        map(speaks_of_nuclear_use, conditions.values())
    )


def _rules_hash() -> str:
    text = "".join(f"{name}\0{digest}\n" for name, digest in sorted(sources().items()))
    return hashlib.sha256(text.encode()).hexdigest()


def _counts(
    scenario: Scenario,
    events: Sequence[EventQuestion],
    conditions: Mapping[str, Parsed],
    sets: Sequence[Weights],
    replications: int,
    seed: int,
) -> NDArray[np.int64]:
    """Return in how many crises of each set of weights each event came, [sets, events]."""
    lengths = sorted({_played_days(scenario, event) for event in events})
    acts, daily = what_is_read(conditions.values())

    def row(weights: Weights) -> NDArray[np.int64]:
        own = scenario.model_copy(update={"weights": weights})
        ran = {}
        for days in lengths:
            one = own.model_copy(update={"free_days": days})
            ran[days] = (one, simulate(pack(one), seed, 0, replications, acts, daily=daily))
        return np.array(
            [_happened(event, conditions, *ran[_played_days(scenario, event)]).sum() for event in events],
            np.int64,
        )

    first = row(sets[0])  # compile before several threads would
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.array([first, *pool.map(row, sets[1:])])


def _played_days(scenario: Scenario, event: EventQuestion) -> int:
    """Return how many days are simulated for an event: its window, and the quiet by which an end is known."""
    return event.days(scenario) + (scenario.outcome.quiet_days if event.share == OVER else 0)


def _happened(
    event: EventQuestion, conditions: Mapping[str, Parsed], scenario: Scenario, runs: Runs
) -> NDArray[np.bool_]:
    if event.share is None:
        return np.asarray(
            own_values(conditions[event.asked], Reduced(runs, scenario.horizon_day, scenario)), bool
        )
    if event.share == OVER:
        over = Reduced(runs, scenario.horizon_day).over
        last = scenario.last_day - scenario.outcome.quiet_days
        return np.asarray((over >= 0) & (over <= last))
    return share_of(event.share, ensemble_of(scenario, 0, [runs]).columns)


def _answer(
    scenario: Scenario,
    event: EventQuestion,
    counts: NDArray[np.int64],
    replications: int,
    reference: ReferenceClass | None,
) -> ForecastEvent:
    drawn = counts[1:]
    low, high = np.quantile(drawn / replications, [0.025, 0.975])
    closes = scenario.horizon + dt.timedelta(days=event.days(scenario))
    return ForecastEvent(
        id=event.id,
        says=event.says or _question(scenario, event, closes),
        share=event.asked,
        closes=closes,
        probability=_digits((float(drawn.sum()) + 0.5) / (replications * len(drawn) + 1.0)),
        low=_digits(float(low)),
        high=_digits(float(high)),
        at_weights=_digits(float(counts[0]) / replications),
        reference=reference,
    )


def _question(scenario: Scenario, event: EventQuestion, closes: dt.date) -> str:
    if event.share == OVER:
        return f"The crisis is over by {closes} (all pairs settled, or the closing quiet begun)"
    if event.share is None:
        return f"{event.asked}, counted up to {closes}"
    noun = measure(event.share, scenario.outcome.model_dump()).noun
    when = f", as of {closes}" if event.share in _AT_CLOSE else f" by {closes}"
    return f"{noun[:1].upper()}{noun[1:]}{when}"


_AT_CLOSE = ("limited_force_ended", "limited_force_going_on", "stand_off", "de_escalated")
"""Shares that are the state of a crisis on the last day, and may change after it."""


def _digits(value: float) -> float:
    """Return a number with six significant digits: what is hashed is what is written."""
    return float(f"{value:.6g}")


class RecordedCrises:
    """Coded crises, as the reference class of forecasts.

    Parameters
    ----------
    cases
        As `escalation.history.cases.load_cases` returns them.
    """

    def __init__(self, cases: Sequence[Scenario]) -> None:
        self._cases = tuple(cases)
        self._tasks: dict[tuple[str, int], list[ForecastTask]] = {}

    def reference_class(self, scenario: Scenario, event: EventQuestion) -> ReferenceClass | None:
        """Return how often an event came in recorded crises that were over when the scenario began.

        Each crisis is asked once, from its coded origin that is nearest to as many days after its start as
        the scenario's last recorded day is after its own; a window that was not coded to its end leaves it
        out. None where the record cannot answer, or no crisis was over.
        """
        window = event.days(scenario)
        seen = []
        for case in self._cases:
            if case_of(case).ended >= scenario.start:
                continue
            whole = self._whole_tasks(case, window)
            task = min(whole, key=lambda one: abs(one.origin_day - scenario.horizon_day), default=None)
            answer = None if task is None else self._answer(event.asked, case, task)
            if answer is not None:
                seen.append(answer)
        if not seen:
            return None
        yes, n = sum(seen), len(seen)
        return ReferenceClass(
            happened=yes,
            of=n,
            probability=_digits((yes + 0.5) / (n + 1.0)),
            source=f"{n} coded crises that were over before {scenario.start}",
        )

    def _whole_tasks(self, case: Scenario, window: int) -> list[ForecastTask]:
        """Return the forecasts of a case whose windows were coded to their ends."""
        if (case.name, window) not in self._tasks:
            whole = [task for task in tasks_of(case, window) if task.window == window]
            self._tasks[case.name, window] = whole
        return self._tasks[case.name, window]

    def _answer(self, share: str, case: Scenario, task: ForecastTask) -> bool | None:
        return self._was_over(case, task) if share == OVER else _recorded(share, task)

    def _was_over(self, case: Scenario, task: ForecastTask) -> bool | None:
        """Return whether a case had settled by the close, or a quiet had begun that proved to be complete."""
        if task.recorded.ending in (DIRECTLY, WITH_MEDIATOR):
            return True
        longer = self._whole_tasks(case, task.window + case.outcome.quiet_days)
        watched = next((one for one in longer if one.origin == task.origin), None)
        return None if watched is None else watched.recorded.end <= task.window


def _recorded(share: str, task: ForecastTask) -> bool | None:
    """Return whether a share's question is answered yes by a recorded course; None where it cannot be."""
    course, thresholds = task.recorded, task.scenario.outcome
    rungs = {
        "force": thresholds.force_rung,
        "war": thresholds.war_rung,
        "nuclear_use": thresholds.nuclear_rung,
        **{name: int(name.removeprefix("rung_")) for name in SHARES if name.startswith("rung_")},
    }
    if share in rungs:
        return course.peak >= rungs[share]
    if share == "ceasefire":
        return course.ending in (DIRECTLY, WITH_MEDIATOR)
    return course.mediated if share == "talks" else None


def limits_of(reference: ReferenceClass) -> tuple[float, float]:
    """Return Wilson's 95% interval of a reference class."""
    found = wilson(reference.happened, reference.of)
    return float(found.low), float(found.high)


def _percent(share: float) -> str:
    """Return a probability as a percentage that is never rounded to none or all."""
    if 0 < share < 0.005:
        return "<0.5%"
    return ">99.5%" if 0.995 < share < 1 else f"{100 * share:.0f}%"


def _account(found: RecordedForecast) -> Iterator[str]:
    yield from textwrap.wrap(f"{found.title}: forecast on {found.horizon}, made on {found.made}", WIDTH)
    if found.is_retrospective:
        yield from textwrap.wrap(RETROSPECTIVE, WIDTH)
    yield ""
    for event in found.events:
        yield from textwrap.wrap(f"{event.says}.", WIDTH)
        says = f"{_percent(event.probability)} ({_percent(event.low)} to {_percent(event.high)} over weights)"
        if event.reference is not None:
            known = event.reference
            says += f"; recorded in {known.happened} of {known.of} earlier crises"
        yield f"    {says}"
    yield ""
    yield from textwrap.wrap(found.caveat, WIDTH)
    yield from textwrap.wrap(f"SHA-256 {found.sha256}", WIDTH)


RETROSPECTIVE = (
    "Made after a window had closed, so that what happened could be known: it counts as a forecast only as"
    " far as nothing of it was used."
)


def _page(found: RecordedForecast, name: str) -> Iterator[str]:
    yield f"# {found.title}: forecast on {found.horizon}"
    yield ""
    yield (
        f"Made on {found.made} by `escalation forecast {found.scenario}` with {found.draws} draws of the"
        f" weights `{found.weights}` and {found.replications:,} crises per draw and window, seed"
        f" {found.seed}. [{name}.yaml]({name}.yaml) is the forecast itself, with the SHA-256"
        f" `{found.sha256}`."
    )
    if found.is_retrospective:
        yield f"{RETROSPECTIVE}"
    yield ""
    yield f"![Probabilities of the events, with the reference class]({name}.png)"
    yield ""
    yield "| event | closes | forecast | over weights | at the scenario's weights | in recorded crises |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for event in found.events:
        known = event.reference
        cells = [
            event.says,
            str(event.closes),
            _percent(event.probability),
            f"{_percent(event.low)} to {_percent(event.high)}",
            _percent(event.at_weights),
            f"{known.happened} of {known.of}" if known else "",
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield (
        "**Forecast**: the mean over draws of the weights, (crises + 1/2) / (all crises + 1). **Over"
        " weights**: the middle 95% of the draws. **In recorded crises**: coded crises that were over when"
        " this one began, each from the coded day that is nearest to as many days after its start. They were"
        " coded because they are remembered, and the weights were fitted to them."
    )
    yield ""
    yield found.caveat
