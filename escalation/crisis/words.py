"""One crisis in plain words: dates, acts, probabilities, the terms that weighed most, and the result."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalation.crisis import wording
from escalation.engine.record import Decision
from escalation.rules.options import TERMS
from escalation.vocabulary import CHANNEL_WORDS, OUTCOME_WORDS, STYLE_WORDS

if TYPE_CHECKING:
    from escalation.crisis.play import Result, Run, Settlement
    from escalation.engine.record import WeighedOption
    from escalation.scenario.scenario import DatedAct, Scenario

INTERCEPT = TERMS.index("intercept")
PROVOCATION = TERMS.index("provocation")


def day_words(date: dt.date) -> str:
    """Return a date as '6 May 2025'."""
    return f"{date.day} {date:%B %Y}"


def listed(names: Sequence[str]) -> str:
    """Return 'A', 'A and B' or 'A, B and C'."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def chance(probability: float) -> str:
    """Return a probability as '12.3%'; as '<0.1%' or '>99.9%' where it would round to 0 or 1."""
    if 0 < probability < 0.0005:
        return "<0.1%"
    if 0.9995 <= probability < 1:
        return ">99.9%"
    return f"{probability:.1%}"


def mediation_words(scenario: Scenario, mediator: str) -> str:
    """Return what a mediator does in talks, by its style: 'facilitated by Russia'."""
    words = STYLE_WORDS[scenario.mediators[mediator].style]
    return words.format(mediator=scenario.label(mediator))


# Acts


def act_sentence(run: Run, decision: Decision) -> str:
    """Return who did what to whom: '<Actor> <label of the act> <target>'."""
    index, scenario = run.index, run.scenario
    choice = decision.choice
    act = scenario.ladder.acts[index.acts[choice.act]]
    words = [scenario.label(index.actors[decision.actor]), act.label]
    if choice.target >= 0:
        toward = [scenario.label(index.actors[choice.target])]
        if act.toward == "pair":
            toward.append(scenario.label(index.actors[choice.other]))
        words.append(listed(toward))
    if decision.ended_measure >= 0:
        words.append(f"({index.acts[decision.ended_measure].replace('_', ' ')})")
    return " ".join(words)


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
        for entry in run.scenario.acts
        if (entry.date, entry.seq, entry.actor, entry.act) == (date, decision.group, actor, act)
        and (decision.choice.target < 0 or entry.target in _direction(run, decision.choice))
    ]
    return same[min(earlier, len(same) - 1)] if same else None


def _direction(run: Run, choice: WeighedOption) -> list[str]:
    return [run.index.actors[number] for number in (choice.target, choice.other) if number >= 0]


# Probabilities and reasons


def probability_words(decision: Decision) -> str:
    """Return P(hold) and the probability of the act given that its actor acts; of an answer, its own."""
    hold = next((one for one in decision.alternatives if one.target < 0), None)
    if hold is None:
        return wording.P_ANSWER.format(answer=chance(decision.choice.probability))
    return wording.P_ACT.format(hold=chance(hold.probability), act=chance(math.exp(decision.log_p_acting)))


def weightiest_terms(decision: Decision, most: int = 3) -> list[tuple[int, float]]:
    """Return number and value of the terms that weighed most in the act, relative to holding, heaviest first.

    The intercept is left out: it says how common an act is, not why it was taken today.
    """
    terms = decision.choice.terms
    if decision.choice.target >= 0 and not any(terms):
        # A refusal is the other side of a consent: what favoured the one counted against the other.
        terms = tuple(-value for value in decision.alternatives[1 - decision.chosen].terms)
    numbers = [k for k in range(len(TERMS)) if k != INTERCEPT and abs(terms[k]) >= 0.05]
    numbers.sort(key=lambda k: -abs(terms[k]))
    return [(k, terms[k]) for k in numbers[:most]]


def term_words(number: int, value: float) -> str:
    """Return the name of a term for readers: negative provocation is 'little provocation'."""
    if number == PROVOCATION and value < 0:
        return wording.LITTLE_PROVOCATION
    return TERMS[number].replace("_", " ")


def why(decision: Decision) -> str:
    """Return the weightiest terms by their own names, for tables."""
    terms = [(TERMS[k].replace("_", " "), value) for k, value in weightiest_terms(decision)]
    return _weighed(terms, wording.FOR_IT, wording.AGAINST_IT)


def why_words(decision: Decision) -> str:
    """Return the weightiest terms for readers: 'for: fear +1.9; against: little provocation -0.4'."""
    terms = [(term_words(k, value), value) for k, value in weightiest_terms(decision)]
    return _weighed(terms, wording.FOR, wording.AGAINST)


def _weighed(terms: Sequence[tuple[str, float]], favour: str, against: str) -> str:
    sides = (
        (favour, [term for term in terms if term[1] > 0]),
        (against, [term for term in terms if term[1] < 0]),
    )
    said = [
        words.format(terms=", ".join(f"{name} {value:+.1f}" for name, value in some))
        for words, some in sides
        if some
    ]
    return "; ".join(said) or wording.INTERCEPT_ONLY


# Results


def result_words(run: Run) -> list[str]:
    """Return the result of the crisis, and the likelihood of its forced acts under the rules."""
    return course_words(run) + ([likelihood_words(run.result)] if run.result.forced_acts else [])


def outcome_words(result: Result) -> str:
    """Return the outcome class as a heading, 'None' where no day was simulated."""
    return OUTCOME_WORDS[result.outcome] if result.outcome else "None"


def course_words(run: Run) -> list[str]:
    """Return the result of the crisis: outcome, peaks, force, settlements, mediation."""
    result, scenario = run.result, run.scenario
    lines = [wording.OUTCOME.format(outcome=outcome_words(result)) if result.outcome else wording.NO_OUTCOME]
    for name, peak in result.peak.items():
        label = scenario.ladder.rungs[peak].label.lower()
        highest = wording.ON_RUNG.format(rung=peak, label=label) if peak else wording.NONE_ABOVE_0
        lines.append(wording.HIGHEST_ACT.format(state=scenario.label(name), highest=highest))
    if result.first_force:
        date = day_words(result.first_force)
        lines.append(wording.FIRST_FORCE.format(rung=scenario.outcome.force_rung, date=date))
    lines += [settlement_words(run, settlement) for settlement in result.settlements]
    lines += [talks_words(run, settlement) for settlement in result.settlements if scenario.mediators]
    return lines


def settlement_words(run: Run, settlement: Settlement) -> str:
    """Return whether and how two rivals settled on simulated days."""
    pair = listed([run.scenario.label(name) for name in settlement.between])
    if settlement.date is None:
        words = wording.RECORDED_CEASEFIRE_HOLDS if settlement.holds else wording.NOT_SETTLED
        return words.format(pair=pair)
    channel = CHANNEL_WORDS[settlement.channel]
    if settlement.channel == "mediated" and settlement.mediator:
        channel = wording.THROUGH_TALKS.format(mediation=mediation_words(run.scenario, settlement.mediator))
    end = wording.IN_FORCE_AT_END if settlement.holds else wording.NOT_IN_FORCE_AT_END
    return wording.SETTLED.format(pair=pair, date=day_words(settlement.date), channel=channel, end=end)


def talks_words(run: Run, settlement: Settlement) -> str:
    """Return whether a mediator brought two rivals to talks, and in what style."""
    pair = listed([run.scenario.label(name) for name in settlement.between])
    if settlement.talks_opened is None:
        return wording.NO_MEDIATED_TALKS.format(pair=pair)
    opened = (settlement.talks_opened - run.scenario.start).days
    i, j = sorted(run.index.actor[name] for name in settlement.between)
    talks = next(day.talk[:, i, j] for day in run.days if day.day == opened)
    mediators = [name for m, name in enumerate(run.index.mediators) if int(talks[m].opened) == opened]
    mediation = listed([mediation_words(run.scenario, name) for name in mediators])
    date = day_words(settlement.talks_opened)
    return wording.MEDIATED_TALKS.format(pair=pair, mediation=mediation, date=date)


def likelihood_words(result: Result) -> str:
    """Return how probable the forced acts were under the rules."""
    total = result.forced_log_probability
    return wording.LIKELIHOOD.format(acts=result.forced_acts, total=total, mean=total / result.forced_acts)
