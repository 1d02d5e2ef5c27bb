"""The challenges of a lesson: whether the present setting meets each, and by how much; nobody wins any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nicegui.element import Element

from escalation.classroom import texts
from escalation.classroom.controls import Control, Settings, departures
from escalation.classroom.elements import note, show, tag, write
from escalation.classroom.lesson import Challenge, Lesson
from escalation.language import number, percent, say
from escalation.measures.ensemble import Ensemble
from escalation.measures.measures import measure, share_of
from escalation.stats.intervals import wilson
from escalation.vocabulary import NUCLEAR_CAVEAT


@dataclass(frozen=True)
class ChallengeStanding:
    """How a setting stands to a challenge."""

    challenge: Challenge
    share: float
    low: float
    high: float
    """Wilson's 95% interval of the share."""
    policies: int
    """How many are changed."""
    assumptions: int

    @property
    def margin(self) -> float:
        """Return how far the share is within the nearer limit; negative beyond it."""
        at_most, at_least = self.challenge.at_most, self.challenge.at_least
        rooms = [at_most - self.share if at_most is not None else None]
        rooms.append(self.share - at_least if at_least is not None else None)
        return min(room for room in rooms if room is not None)

    @property
    def is_close(self) -> bool:
        """Return whether the interval includes a limit."""
        limits = (self.challenge.at_most, self.challenge.at_least)
        return any(limit is not None and self.low <= limit <= self.high for limit in limits)

    @property
    def is_allowed(self) -> bool:
        """Return whether no more is changed than the challenge allows."""
        most = self.challenge.most_changes
        return most is None or (self.policies <= most and not self.assumptions)

    @property
    def is_met(self) -> bool:
        """Return whether the share is within its limits by changes that are allowed."""
        return self.margin >= 0 and self.is_allowed


def standing_of(
    challenge: Challenge, controls: Mapping[str, Control], settings: Settings, ensemble: Ensemble
) -> ChallengeStanding:
    """Return how a setting, whose crises are given, stands to a challenge."""
    yes = int(share_of(challenge.share, ensemble.columns).sum())
    found = wilson(yes, ensemble.n)
    kinds = [control.kind for control, _ in departures(controls, settings)]
    return ChallengeStanding(
        challenge=challenge,
        share=float(found.estimate),
        low=float(found.low),
        high=float(found.high),
        policies=kinds.count("policy"),
        assumptions=kinds.count("assumption"),
    )


def standing_words(standing: ChallengeStanding) -> list[str]:
    """Return how a setting stands to a challenge in sentences."""
    challenge = standing.challenge
    share, low, high = (percent(value) for value in (standing.share, standing.low, standing.high))
    text = texts.CHALLENGE_WITHIN if standing.margin >= 0 else texts.CHALLENGE_BEYOND
    said = [
        say(texts.CHALLENGE_NOW, share=share, low=low, high=high),
        say(text, points=number(100 * abs(standing.margin), 1)),
    ]
    if standing.is_close:
        said.append(say(texts.CHALLENGE_UNSURE))
    if challenge.most_changes is not None:
        text = texts.CHALLENGE_CHANGES
        if standing.policies > challenge.most_changes:
            text = texts.CHALLENGE_TOO_MANY
        said.append(say(text, n=number(standing.policies), most=number(challenge.most_changes)))
        if standing.assumptions:
            said.append(say(texts.CHALLENGE_ASSUMPTIONS))
    if measure(challenge.share).is_nuclear:
        said.append(say(NUCLEAR_CAVEAT))
    return said


class ChallengeList:
    """The challenges of a lesson, closed until somebody opens them; not shown where there are none."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        with tag("details", classes="challenges") as self._root:
            tag("summary", say(texts.CHALLENGES))
            with tag("ul", classes="plain"):
                self._lines = {name: self._build(one) for name, one in lesson.challenges.items()}
        show(self._root, bool(lesson.challenges))

    def _build(self, challenge: Challenge) -> tuple[Element, Element]:
        with tag("li"):
            tag("strong", say(challenge.label))
            note(say(challenge.says))
            return note("", "met"), note("", "caveat")

    def draw(self, controls: Mapping[str, Control], settings: Settings, ensemble: Ensemble | None) -> None:
        """Show how a setting stands to each challenge, by its crises; None hides all, as for a guess."""
        show(self._root, bool(self._lines) and ensemble is not None)
        for name, (met, words) in self._lines.items():
            if ensemble is None:
                write(met, "")
                write(words, "")
                continue
            standing = standing_of(self._lesson.challenges[name], controls, settings, ensemble)
            write(met, say(texts.CHALLENGE_MET if standing.is_met else texts.CHALLENGE_NOT_MET))
            write(words, " ".join(standing_words(standing)))
