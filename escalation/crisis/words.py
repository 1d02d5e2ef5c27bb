"""One crisis in plain words: dates, acts, probabilities, the terms that weighed most, and the result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalation.crisis import wording
from escalation.engine.record import Decision
from escalation.language import date_words, listed, number, percent, say, say_count, within
from escalation.rules.options import CLOCK_TERMS, TERMS
from escalation.vocabulary import CHANNEL_WORDS, ESCALATORY, NUCLEAR_END, OUTCOME_WORDS, STYLE_WORDS

if TYPE_CHECKING:
    from escalation.crisis.play import Result, Run, Settlement
    from escalation.engine.record import Clock, WeighedOption
    from escalation.scenario.scenario import DatedAct, Scenario

ALARM, INTERCEPT = BASES = ("alarm", "intercept")
"""What a hazard or the odds of an answer are at rest, before anything raises or lowers them."""
MOST_FACTORS = 3
LEAST_FACTOR = 0.05
"""Terms and rests below it, on either side of 0, are left out of sentences: less than five percent."""


def chance(probability: float) -> str:
    """Return a probability as '12.3%'; as '<0.1%' or '>99.9%' where it would round to 0 or 1."""
    if 0 < probability < 0.0005:
        return f"<{percent(0.001)}"
    if 0.9995 <= probability < 1:
        return f">{percent(0.999)}"
    return percent(probability)


def points(change: float) -> str:
    """Return a change of a share in points, with its sign: '+3.1', '−0.4', '0.0'."""
    size = number(abs(100 * change), 1)
    if size == number(0.0, 1):
        return size
    return f"+{size}" if change > 0 else f"−{size}"


def mediation_words(scenario: Scenario, mediator: str) -> str:
    """Return what a mediator does in talks, by its style: 'facilitated by Russia'."""
    return say(STYLE_WORDS[scenario.mediators[mediator].style], mediator=scenario.label(mediator))


# Acts


def act_sentence(run: Run, decision: Decision) -> str:
    """Return who did what to whom: '<Actor> <label of the act> <target>'."""
    index, scenario = run.index, run.scenario
    choice = decision.choice
    act = scenario.ladder.acts[index.acts[choice.act]]
    actor, label = scenario.label(index.actors[decision.actor]), say(act.label)
    if choice.target >= 0:
        toward = [scenario.label(index.actors[choice.target])]
        if act.toward == "pair":
            toward.append(scenario.label(index.actors[choice.other]))
        words = say(wording.ACT_OF, actor=actor, act=label, target=listed(toward))
    else:
        words = say(wording.ACT_ALONE, actor=actor, act=label)
    if decision.ended_measure >= 0:
        measure = act_name(index.acts[decision.ended_measure])
        words = say(wording.ENDS_MEASURE, says=words, measure=measure)
    return words


def act_name(act: str) -> str:
    """Return the id of an act in words: 'limited strike'."""
    return say(act.replace("_", " "))


def dated_act(run: Run, decision: Decision, earlier: int = 0) -> DatedAct | None:
    """Return the entry of the scenario that forced a decision, None for a free choice.

    `earlier` counts the same act, by the same actor on the same target, already met in the group.
    """
    if not decision.forced:
        return None
    index = run.index
    act, actor = index.acts[decision.choice.act], index.actors[decision.actor]
    date = run.scenario.date_of(decision.day)
    same = [
        entry
        for entry in run.scenario_on(decision.day).acts
        if (entry.date, entry.seq, entry.actor, entry.act) == (date, decision.group, actor, act)
        and (decision.choice.target < 0 or entry.target in _direction(run, decision.choice))
    ]
    return same[min(earlier, len(same) - 1)] if same else None


def _direction(run: Run, choice: WeighedOption) -> list[str]:
    return [run.index.actors[number] for number in (choice.target, choice.other) if number >= 0]


# Probabilities and reasons

Factors = list[tuple[str, float]]
"""Terms by name, as logarithms of factors on a hazard or on odds."""


def amount(log: float) -> str:
    """Return a positive number, given its logarithm, with two digits: '0.024', '3.1', '25', or as a limit."""
    if log >= math.log(99_999.5):
        return f">{number(100_000)}"
    value = math.exp(log)
    if value >= 9.95:
        return number(value)
    if value < 0.0001:
        return f"<{number(0.0001, 4)}"
    text = f"{value:#.2g}"
    return number(float(text), len(text.partition(".")[2]))


def runners_up(decision: Decision) -> list[WeighedOption]:
    """Return the other acts of the same clock, the best first."""
    choice = decision.choice
    others = [one for one in decision.alternatives if one.clock == choice.clock and one is not choice]
    return sorted(others, key=lambda one: -one.utility) if choice.clock >= 0 else []


def runner_up(decision: Decision) -> WeighedOption | None:
    """Return the best of the other acts of the same clock, None where the act is the only one."""
    return next(iter(runners_up(decision)), None)


def hazard_factors(decision: Decision) -> Factors:
    """Return what made the hazard of the act, the base first: of its clock, or its own as a competing risk.

    Empty for further acts of a day and for replies, which have a probability and no hazard, and for answers.
    """
    clock = decision.clock
    if clock is None or clock.occasion != "day":
        return []
    if clock.form in ESCALATORY:
        return clock_factors(clock)
    return option_factors(decision.choice)


def clock_factors(clock: Clock) -> Factors:
    """Return what made the hazard of words, measures or hostile acts, what it is at rest first."""
    return _named(CLOCK_TERMS, clock.terms)


def option_factors(option: WeighedOption) -> Factors:
    """Return the terms of an alternative: of a competing risk they sum to the logarithm of its hazard."""
    return _named(TERMS, option.terms)


def odds_factors(decision: Decision) -> Factors:
    """Return what made the odds of the act: to the runner-up; of an answer, to the other answer.

    Empty for competing risks, whose terms make their hazard, and for the only act of its kind.
    """
    choice, clock = decision.choice, decision.clock
    if choice.target < 0 or (clock is not None and clock.form not in ESCALATORY):
        return []
    other = runner_up(decision) if clock is not None else decision.alternatives[1 - decision.chosen]
    return [] if other is None else contrast(choice, other)


def contrast(one: WeighedOption, other: WeighedOption) -> Factors:
    """Return what made the odds of one alternative to another of the same clock: they sum to their log."""
    return _named(TERMS, [mine - its for mine, its in zip(one.terms, other.terms, strict=True)])


def _named(names: Sequence[str], values: Sequence[float]) -> Factors:
    return [(name, value) for name, value in zip(names, values, strict=True) if value]


def weightiest(factors: Factors) -> tuple[Factors, float]:
    """Return the factors that weigh most, heaviest first, and the sum of the logarithms of the others."""
    heavy = sorted((one for one in factors if abs(one[1]) >= LEAST_FACTOR), key=lambda one: -abs(one[1]))
    shown = heavy[:MOST_FACTORS]
    return shown, sum(value for _, value in factors) - sum(value for _, value in shown)


def term_words(name: str, lull: int = 0) -> str:
    """Return the name of a term for readers; of the lull of a clock, its days."""
    if name == "lull" and lull:
        return say_count(wording.DAY_SINCE, wording.DAYS_SINCE, lull)
    return say(wording.SHORT[name])


def reason_words(run: Run, decision: Decision) -> tuple[str, ...]:
    """Return in two sentences when an act came and what it was; of an answer to an offer, in one."""
    choice = decision.choice
    if choice.target < 0:
        return ()
    if decision.clock is None:
        return (answer_words(decision),)
    return when_words(decision), what_words(run, decision)


def when_words(decision: Decision) -> str:
    """Return how probable an act of its kind was, P(hold), and the hazard as a product."""
    clock = decision.clock
    assert clock is not None
    chance_words = say(
        wording.P_WHEN[clock.occasion],
        kind=say(wording.CLOCKS[clock.form]),
        chance=chance(math.exp(decision.log_when)),
    )
    words = say(wording.WHEN, chance=chance_words, hold=chance(decision.hold_probability))
    factors = hazard_factors(decision)
    if not factors:
        return words
    is_own = clock.form not in ESCALATORY
    log_hazard = sum(value for _, value in factors)
    template = wording.OWN_HAZARD if is_own else wording.HAZARD
    product = _product(factors, INTERCEPT if is_own else ALARM, clock.lull)
    return words + say(template, hazard=amount(log_hazard), factors=product)


def what_words(run: Run, decision: Decision) -> str:
    """Return the probability of the act given that one of its kind came, and its odds to the runner-up."""
    clock = decision.clock
    assert clock is not None
    share = chance(math.exp(decision.log_what))
    words = say(wording.WHAT, kind=say(wording.CLOCKS[clock.form]), share=share)
    other = runner_up(decision)
    if other is None:
        return words
    log_odds = decision.choice.utility - other.utility
    template = wording.ODDS_FOR if log_odds >= 0 else wording.ODDS_AGAINST
    if abs(log_odds) < LEAST_FACTOR:
        template = wording.ODDS_EVEN
    words += say(template, odds=amount(abs(log_odds)), other=act_name(run.index.acts[other.act]))
    product = _product(odds_factors(decision))
    return words + say(wording.OF_FACTORS, factors=product) if product else words


def answer_words(decision: Decision) -> str:
    """Return the probability of an answer to an offer, and its odds as a product."""
    factors = odds_factors(decision)
    log_odds = sum(value for _, value in factors)
    return say(
        wording.P_ANSWER,
        answer=chance(decision.choice.probability),
        odds=amount(log_odds),
        factors=_product(factors, INTERCEPT) or amount(0.0),
    )


def _product(factors: Factors, base: str = "", lull: int = 0) -> str:
    """Return factors as '0.033 x 4.4 (grievance) x 0.98 (others)', the base without a name."""
    shown, rest = weightiest([one for one in factors if one[0] != base])
    parts = [say(wording.FACTOR, factor=amount(value), name=term_words(name, lull)) for name, value in shown]
    if abs(rest) >= LEAST_FACTOR:
        parts.append(say(wording.FACTOR, factor=amount(rest), name=say(wording.OTHERS)))
    bases = [amount(value) for name, value in factors if name == base]
    return say(wording.TIMES).join([*bases, *parts])


def why(decision: Decision) -> str:
    """Return the weightiest factors by their own names, for tables: 'when grievance x4.4; what cost x0.5'."""
    said = []
    for stage, factors in (("when", hazard_factors(decision)), ("what", odds_factors(decision))):
        shown, _ = weightiest([one for one in factors if one[0] not in BASES])
        words = [f"{name} x{amount(value)}" for name, value in shown]
        said += [f"{stage} {', '.join(words)}"] if words else []
    return "; ".join(said)


# Results


def result_words(run: Run) -> list[str]:
    """Return the result of the crisis, and the likelihood of its forced acts under the rules."""
    return course_words(run) + ([likelihood_words(run.result)] if run.result.forced_acts else [])


def outcome_words(result: Result) -> str:
    """Return the outcome class as a heading, 'None' where no day was simulated."""
    return say(OUTCOME_WORDS[result.outcome] if result.outcome else wording.NO_CLASS)


def course_words(run: Run) -> list[str]:
    """Return the result of the crisis: outcome, peaks, force, settlements, mediation."""
    result, scenario = run.result, run.scenario
    lines = [
        say(wording.OUTCOME, outcome=outcome_words(result)) if result.outcome else say(wording.NO_OUTCOME)
    ]
    if result.ended is not None:
        lines[0] += f" {say(NUCLEAR_END)}"
    for name, peak in result.peak.items():
        label = within(say(scenario.ladder.rungs[peak].label))
        highest = say(wording.ON_RUNG, rung=peak, label=label) if peak else say(wording.NONE_ABOVE_0)
        lines.append(say(wording.HIGHEST_ACT, state=scenario.label(name), highest=highest))
    if result.first_force:
        date = date_words(result.first_force)
        lines.append(say(wording.FIRST_FORCE, rung=scenario.outcome.force_rung, date=date))
    lines += [settlement_words(run, settlement) for settlement in result.settlements]
    lines += [talks_words(run, settlement) for settlement in result.settlements if scenario.mediators]
    return lines


def settlement_words(run: Run, settlement: Settlement) -> str:
    """Return whether and how two rivals settled on simulated days."""
    pair = listed([run.scenario.label(name) for name in settlement.between])
    if settlement.date is None:
        words = wording.RECORDED_CEASEFIRE_HOLDS if settlement.holds else wording.NOT_SETTLED
        return say(words, pair=pair)
    channel = say(CHANNEL_WORDS[settlement.channel])
    if settlement.channel == "mediated" and settlement.mediator:
        mediation = mediation_words(run.scenario, settlement.mediator)
        channel = say(wording.THROUGH_TALKS, mediation=mediation)
    end = say(wording.IN_FORCE_AT_END if settlement.holds else wording.NOT_IN_FORCE_AT_END)
    return say(wording.SETTLED, pair=pair, date=date_words(settlement.date), channel=channel, end=end)


def talks_words(run: Run, settlement: Settlement) -> str:
    """Return whether a mediator brought two rivals to talks, and in what style."""
    pair = listed([run.scenario.label(name) for name in settlement.between])
    if settlement.talks_opened is None:
        return say(wording.NO_MEDIATED_TALKS, pair=pair)
    opened = (settlement.talks_opened - run.scenario.start).days
    i, j = sorted(run.index.actor[name] for name in settlement.between)
    talks = next(day.talk[:, i, j] for day in run.days if day.day == opened)
    mediators = [name for m, name in enumerate(run.index.mediators) if int(talks[m].opened) == opened]
    mediation = listed([mediation_words(run.scenario, name) for name in mediators])
    date = date_words(settlement.talks_opened)
    return say(wording.MEDIATED_TALKS, pair=pair, mediation=mediation, date=date)


def likelihood_words(result: Result) -> str:
    """Return how probable the forced acts were under the rules."""
    total = result.forced_log_probability
    acts, mean = number(result.forced_acts), number(total / result.forced_acts, 2)
    return say(wording.LIKELIHOOD, acts=acts, total=number(total, 1), mean=mean)
