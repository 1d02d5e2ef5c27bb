"""Plain words for one crisis: acts, talks, results, and the terms of the utility that weighed most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalation.engine.record import Decision
from escalation.rules.options import TERMS
from escalation.vocabulary import NUCLEAR_CAVEAT, OUTCOME_WORDS

if TYPE_CHECKING:
    from escalation.crisis.play import Result, Run, Settlement
    from escalation.engine.record import WeighedOption
    from escalation.scenario.scenario import DatedAct


CAVEAT = f"One course under stated assumptions, not a forecast. {NUCLEAR_CAVEAT}"


def day_words(date: dt.date) -> str:
    """Return a date as '6 May 2025'."""
    return f"{date.day} {date:%B %Y}"


def listed(names: Sequence[str]) -> str:
    """Return 'A', 'A and B' or 'A, B and C'."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def act_sentence(run: Run, decision: Decision) -> str:
    """Say who did what to whom: '<Actor> <label of the act> <target>'."""
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


def settlement_words(run: Run, settlement: Settlement) -> str:
    """Say whether and how two rivals settled on free days."""
    pair = listed([run.scenario.label(name) for name in settlement.between])
    if settlement.date is None:
        return f"{pair}: no ceasefire or agreement."
    channel = {
        "direct": "directly",
        "hotline": "through the hotline",
        "mediated": f"through mediation by {run.scenario.label(settlement.mediator or '')}"
        if settlement.mediator
        else "through mediation",
    }[settlement.channel]
    end = "a ceasefire holds at the end" if settlement.holds else "none holds at the end"
    return f"{pair}: first ceasefire or agreement on {day_words(settlement.date)}, {channel}; {end}."


def result_words(run: Run) -> list[str]:
    """Say what the crisis came to, and how likely its forced acts were under the rules."""
    return course_words(run) + ([likelihood_words(run.result)] if run.result.forced_acts else [])


def course_words(run: Run) -> list[str]:
    """Say what the crisis came to: outcome, peaks, force, settlements, mediation."""
    result, scenario = run.result, run.scenario
    lines = [f"Outcome: {OUTCOME_WORDS[result.outcome]}."]
    if not scenario.free_days:
        lines[0] = "Outcome: none, since no day was simulated after the horizon."
    rungs = scenario.ladder.rungs
    for name, peak in result.peak.items():
        highest = f"rung {peak}, {rungs[peak].label.lower()}" if peak else "no act above rung 0"
        lines.append(f"Highest act of {scenario.label(name)} on simulated days: {highest}.")
    if result.first_force:
        lines.append(f"First use of force (rung {scenario.outcome.force_rung} and up): "
                     f"{day_words(result.first_force)}.")  # fmt: skip
    lines += [settlement_words(run, settlement) for settlement in result.settlements]
    lines += [talks_words(run, settlement) for settlement in result.settlements if scenario.mediators]
    return lines


def talks_words(run: Run, settlement: Settlement) -> str:
    """Say whether a mediator brought two rivals to talks."""
    pair = listed([run.scenario.label(name) for name in settlement.between])
    if settlement.talks_opened is None:
        return f"{pair}: no mediated talks opened."
    return f"{pair}: mediated talks opened on {day_words(settlement.talks_opened)}."


def likelihood_words(result: Result) -> str:
    """Say how probable the forced acts were under the rules."""
    mean = result.forced_log_probability / result.forced_acts
    return (
        f"The {result.forced_acts} dated acts have log-probability {result.forced_log_probability:.1f} "
        f"under the rules, given that their actors acted ({mean:.2f} an act)."
    )


INTERCEPT = TERMS.index("intercept")


def weightiest_terms(decision: Decision, most: int = 3) -> list[tuple[str, float]]:
    """Return the terms that weighed most in the act taken, against holding, heaviest first.

    The intercept is left out: it says how common an act is, not why it was taken today.
    """
    terms = decision.choice.terms
    if decision.choice.target >= 0 and not any(terms):
        # A refusal is the other side of a consent: what spoke for the one spoke against the other.
        terms = tuple(-value for value in decision.alternatives[1 - decision.chosen].terms)
    numbers = [k for k in range(len(TERMS)) if k != INTERCEPT and abs(terms[k]) >= 0.05]
    numbers.sort(key=lambda k: -abs(terms[k]))
    return [(TERMS[k].replace("_", " "), terms[k]) for k in numbers[:most]]


def why(decision: Decision, most: int = 3) -> str:
    """Return the weightiest terms as text: 'for it provocation +1.9; against it fear -0.4'."""
    terms = weightiest_terms(decision, most)
    sides = (("for it", [t for t in terms if t[1] > 0]), ("against it", [t for t in terms if t[1] < 0]))
    said = [
        f"{side} {', '.join(f'{name} {value:+.1f}' for name, value in some)}" for side, some in sides if some
    ]
    return "; ".join(said) or "nothing but its intercept"
