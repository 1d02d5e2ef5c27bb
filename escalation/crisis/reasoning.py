"""Why an actor acted, or did nothing: hazards and odds as products of terms, and in sentences.

A hazard is what it is at rest times a factor for each term; the odds of an act to another of its kind are a
product of the factors in which they differ. Both are sums of logarithms, which a waterfall shows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from escalation.crisis import wording
from escalation.crisis.play import Run
from escalation.crisis.scene import alternative_words
from escalation.crisis.story import act_words
from escalation.crisis.words import (
    BASES,
    LEAST_FACTOR,
    Factors,
    act_name,
    amount,
    chance,
    clock_factors,
    contrast,
    hazard_factors,
    option_factors,
    runners_up,
    weightiest,
)
from escalation.engine.record import Clock, Decision, WeighedOption
from escalation.files.write import Cell, Table
from escalation.language import ENGLISH, date_words, listed, number, say, spoken
from escalation.vocabulary import APPEAL, ESCALATORY

MOST_RIVALS = 3
"""Acts of the same kind with which an act is compared, the best first."""
MOST_KINDS = 3
"""Kinds of acts that are explained where an actor held, those with the highest hazards first."""

Stage = Literal["when", "what"]


@dataclass(frozen=True)
class Waterfall:
    """The terms of one logarithm: of a hazard per day, or of the odds of one act to another."""

    stage: Stage
    """When: of a hazard. What: of odds."""
    of: str
    """The act, or the kind of act, in words."""
    against: str
    """The other act of odds; empty for a hazard."""
    factors: tuple[tuple[str, float], ...]
    """Names of terms and their values, in the order of the rule; a hazard begins with what it is at rest."""
    total: float
    """The logarithm of the hazard or of the odds, as the rule has it; the terms add up to it."""
    probability: float
    """That the clock of the hazard runs off on its occasion; of odds, that of the other act."""


@dataclass(frozen=True)
class Account:
    """One decision explained."""

    number: int
    """Of the decision, as in acts.csv and decisions.csv."""
    decision: Decision
    actor: str
    says: str
    """What was done."""
    waterfalls: tuple[Waterfall, ...]
    """Of an act: its hazard, if it has one, then its odds to the next best acts. Of holding: the hazards of
    what could have come, the highest first."""
    sentences: tuple[str, ...]

    @property
    def acted(self) -> bool:
        """Return whether the actor did anything."""
        return self.decision.choice.target >= 0


def accounts_of(run: Run, day: int, actor: str | None = None) -> tuple[Account, ...]:
    """Return the decisions of a day explained, in the order in which they were made.

    Parameters
    ----------
    run
        The crisis.
    day
        Counted from the start.
    actor
        Whose decisions; of all actors that acted, where none is given.
    """
    found = []
    for place, decision in enumerate(run.decisions):
        name = run.index.actors[decision.actor]
        is_wanted = decision.choice.target >= 0 if actor is None else name == actor
        if decision.day == day and is_wanted:
            found.append(_account(run, place, decision))
    return tuple(found)


def _account(run: Run, number: int, decision: Decision) -> Account:
    actor = run.index.actors[decision.actor]
    if decision.choice.target < 0:
        falls = tuple(_hazards_open(run, decision))
        says = say(wording.HOLDS, state=run.scenario.label(actor))
        return Account(number, decision, actor, says, falls, tuple(_held_words(run, decision, falls)))
    falls = (*_own_hazard(run, decision), *_contests(run, decision))
    says = act_words(run, decision)
    return Account(number, decision, actor, says, falls, tuple(_acted_words(run, decision, falls)))


# Terms


def _own_hazard(run: Run, decision: Decision) -> Iterator[Waterfall]:
    factors, clock = hazard_factors(decision), decision.clock
    if factors and clock is not None:
        is_own = clock.form not in ESCALATORY
        log_hazard = decision.choice.utility if is_own else math.log(clock.hazard)
        of = alternative_words(run, decision, decision.chosen) if is_own else _kind_words(run, clock)
        yield Waterfall("when", of, "", tuple(factors), log_hazard, math.exp(decision.log_when))


def _hazards_open(run: Run, decision: Decision) -> Iterator[Waterfall]:
    """Yield the hazards of the kinds of acts that did not come; of competing risks, of the likeliest act."""
    clocks = sorted(enumerate(decision.clocks), key=lambda one: -one[1].hazard)
    for k, clock in clocks[:MOST_KINDS]:
        if clock.form in ESCALATORY and clock.occasion == "day":
            factors = clock_factors(clock)
            yield Waterfall(
                "when", _kind_words(run, clock), "", tuple(factors), math.log(clock.hazard), clock.chance
            )
        elif clock.form not in ESCALATORY:
            own = [one for one in decision.alternatives if one.clock == k]
            best = max(own, key=lambda one: one.utility)
            of = alternative_words(run, decision, decision.alternatives.index(best))
            probability = -math.expm1(-math.exp(best.utility))
            yield Waterfall("when", of, "", tuple(option_factors(best)), best.utility, probability)


def _contests(run: Run, decision: Decision) -> Iterator[Waterfall]:
    others = runners_up(decision)[:MOST_RIVALS]
    if decision.clock is None:
        others = [decision.alternatives[1 - decision.chosen]]
    own = alternative_words(run, decision, decision.chosen)
    for other in others:
        against = alternative_words(run, decision, decision.alternatives.index(other))
        log_odds = decision.choice.utility - other.utility
        factors = tuple(contrast(decision.choice, other))
        yield Waterfall("what", own, against, factors, log_odds, other.share)


def _kind_words(run: Run, clock: Clock) -> str:
    kind = say(wording.A_KIND[clock.form])
    if clock.rival < 0:
        return kind
    words = wording.ABOUT if clock.form == APPEAL else wording.TOWARD
    return say(words, kind=kind, rival=run.scenario.label(run.index.actors[clock.rival]))


def terms_table(run: Run, accounts: Sequence[Account]) -> Table:
    """Return one row per term of every hazard and of all odds, and one for what they add up to.

    `log` is the term, `factor` its exponential, `product` that of all terms up to it.
    """
    columns = (
        "decision", "date", "actor", "act", "stage", "of", "against", "probability", "term", "log", "factor",
        "product",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for account in accounts:
        date = str(run.scenario.date_of(account.decision.day))
        act = run.index.acts[account.decision.choice.act]
        for fall in account.waterfalls:
            head = (account.number, date, account.actor, act, fall.stage, fall.of, fall.against)
            running = 0.0
            for name, value in fall.factors:
                running += value
                product = math.exp(running)
                rows.append((*head, fall.probability, name, value, math.exp(value), product))
            whole = math.exp(fall.total)
            rows.append((*head, fall.probability, "total", fall.total, whole, whole))
    return Table(columns, tuple(rows))


# Sentences


def _acted_words(run: Run, decision: Decision, falls: Sequence[Waterfall]) -> Iterator[str]:
    date = date_words(run.scenario.date_of(decision.day))
    yield say(wording.EXPLAINED, date=date, says=act_words(run, decision))
    yield from _origin_words(run, decision)
    clock = decision.clock
    contests = [fall for fall in falls if fall.stage == "what"]
    if clock is None:
        (fall,) = contests
        yield say(
            wording.EXPLAINED_ANSWER, share=chance(decision.choice.probability), odds=odds_words(fall.total),
            factors=_factor_words(fall.factors),
        )  # fmt: skip
        return
    actor = run.scenario.label(run.index.actors[decision.actor])
    yield say(wording.EXPLAINED_HOLD, actor=actor, hold=chance(decision.hold_probability))
    words = say(
        wording.EXPLAINED_WHEN[clock.occasion],
        kind=_kind_words(run, clock),
        chance=chance(math.exp(decision.log_when)),
    )
    hazards = [fall for fall in falls if fall.stage == "when"]
    if hazards and clock.form in ESCALATORY:
        yield _sentence(say(wording.EXPLAINED_HAZARD, words=words, **_hazard_parts(hazards[0])))
    else:
        yield _sentence(f"{words}.")
        for fall in hazards:
            yield say(wording.EXPLAINED_OWN, **_hazard_parts(fall))
    yield from _choice_words(run, decision, contests)


def _origin_words(run: Run, decision: Decision) -> Iterator[str]:
    if decision.day <= run.scenario.horizon_day:
        yield say(wording.EXPLAINED_RECORD)
    elif decision.forced:
        yield say(wording.EXPLAINED_DATED)


def _choice_words(run: Run, decision: Decision, contests: Sequence[Waterfall]) -> Iterator[str]:
    others = runners_up(decision)
    if not others:
        yield say(wording.EXPLAINED_ONLY)
        return
    better = sum(one.utility > decision.choice.utility for one in others)
    yield say(
        wording.EXPLAINED_CHOICE,
        share=chance(math.exp(decision.log_what)),
        rank=rank_words(better + 1),
        options=number(len(others) + 1),
        other=name_words(run, others[0]),
        its=chance(others[0].share),
    )
    fall = contests[0]
    yield say(wording.EXPLAINED_ODDS, odds=odds_words(fall.total), factors=_factor_words(fall.factors))
    yield from _instead_words(run, decision)


def _held_words(run: Run, decision: Decision, falls: Sequence[Waterfall]) -> Iterator[str]:
    date = date_words(run.scenario.date_of(decision.day))
    actor = run.scenario.label(run.index.actors[decision.actor])
    says = say(wording.HOLDS, state=actor)
    yield say(wording.EXPLAINED, date=date, says=says)
    yield from _origin_words(run, decision)
    yield say(wording.EXPLAINED_HOLD, actor=actor, hold=chance(decision.hold_probability))
    for fall in falls:
        words = say(wording.EXPLAINED_KIND, kind=fall.of, chance=chance(fall.probability))
        yield _sentence(say(wording.EXPLAINED_HAZARD, words=words, **_hazard_parts(fall)))
    yield from _instead_words(run, decision)


def _instead_words(run: Run, decision: Decision) -> Iterator[str]:
    """Yield the likeliest of all alternatives at that moment, holding included."""
    others = [(one.probability, k) for k, one in enumerate(decision.alternatives) if k != decision.chosen]
    shown = sorted(others, key=lambda one: (-one[0], one[1]))[:MOST_RIVALS]
    if shown:
        said = [f"{alternative_words(run, decision, k)} ({chance(p)})" for p, k in shown]
        yield say(wording.EXPLAINED_INSTEAD, alternatives=listed(said))


def _hazard_parts(fall: Waterfall) -> dict[str, str]:
    base = sum(value for name, value in fall.factors if name in BASES)
    rest = [one for one in fall.factors if one[0] not in BASES]
    return {"hazard": amount(fall.total), "base": amount(base), "factors": _factor_words(rest)}


def _factor_words(factors: Sequence[tuple[str, float]]) -> str:
    """Return ', raised by A (x 4.2) and B (x 3.5), lowered by C (x 0.34)'; nothing without any."""
    listed_factors: Factors = list(factors)
    shown, rest = weightiest(listed_factors)
    raising = [_cause(*one) for one in shown if one[1] > 0]
    lowering = [_cause(*one) for one in shown if one[1] < 0]
    if abs(rest) >= LEAST_FACTOR:
        rest_words = say(wording.CAUSE, cause=say(wording.ALL_ELSE), factor=amount(rest))
        (raising if rest > 0 else lowering).append(rest_words)
    parts = [say(wording.RAISED, causes=listed(raising))] if raising else []
    parts += [say(wording.LOWERED, causes=listed(lowering))] if lowering else []
    return "".join(parts)


def _cause(name: str, value: float) -> str:
    return say(wording.CAUSE, cause=say(wording.CAUSES[name]), factor=amount(value))


def odds_words(log_odds: float) -> str:
    """Return odds as '2.1 to 1', '1 to 2.1' or 'even'."""
    if abs(log_odds) < LEAST_FACTOR:
        return say(wording.EVEN)
    return say(wording.ODDS_TO_ONE if log_odds > 0 else wording.ONE_TO_ODDS, odds=amount(abs(log_odds)))


def name_words(run: Run, option: WeighedOption) -> str:
    """Return the name of an act."""
    return act_name(run.index.acts[option.act])


def rank_words(rank: int) -> str:
    """Return 'the likeliest', 'the 2nd', 'the 3rd' ... ."""
    if rank == 1:
        return say(wording.LIKELIEST)
    end = {1: "st", 2: "nd", 3: "rd"}.get(rank % 10 if rank % 100 not in (11, 12, 13) else 0, "th")
    return say(wording.RANK, rank=f"{rank}{end}" if spoken() == ENGLISH else number(rank))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
