"""Why a decision was made: the terms of the utility that weighed most."""

from __future__ import annotations

from escalation.engine.record import Decision
from escalation.rules.terms import TERMS

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
