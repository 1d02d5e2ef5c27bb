from __future__ import annotations

import re

from escalation.crisis import wording
from escalation.crisis.game import Game
from escalation.crisis.play import Run, play
from escalation.crisis.story import WIDTH, events_of, story_of
from escalation.rules.state import OPEN
from escalation.scenario.load import load_scenario
from escalation.vocabulary import STYLE_WORDS

RUN = play(load_scenario("pahalgam_2025"), 2025)


def marks(run: Run) -> set[str]:
    days = {day.day: day for day in run.days}
    return {event.mark for day in run.days for event in events_of(run, day, days.get(day.day - 1))}


def test_the_legend_explains_every_mark_before_the_first_day() -> None:
    text = "\n".join(story_of(RUN))
    legend = text[: text.index(str(RUN.scenario.start) + "  ")]
    assert all(f" {mark} " in legend.replace("\n", " ") for mark in marks(RUN))
    assert marks(RUN) == set("!.-~=+")
    assert "P(hold)" in legend
    assert "P(act | acting)" in legend


def test_every_act_has_its_probabilities_and_its_reasons() -> None:
    lines = list(story_of(RUN))
    assert max(map(len, lines)) <= WIDTH
    text = " ".join(" ".join(lines).split())
    acts = len(re.findall(r" - [A-Z][^\[]* \[rung \d+\]", text))
    odds = len(re.findall(r"P\(hold\) [<>]?\d|P\(this answer\) [<>]?\d", text))
    assert acts == odds > 40
    assert not re.search(r"[^\d.]0\.0%", text)
    assert "little provocation -" in text


def test_talks_are_described_by_the_style_of_their_mediator() -> None:
    for style, words in STYLE_WORDS.items():
        scenario = load_scenario("pahalgam_2025", [f"mediators.russia.style={style}"])
        run = next(run for run in (play(scenario, seed) for seed in range(40)) if opens(run))
        others = [other for other in STYLE_WORDS.values() if other != words]
        text = " ".join(" ".join(story_of(run)).split())
        assert f"Talks between India and Pakistan, {words.format(mediator='Russia')}, open." in text
        assert not any(other.format(mediator="Russia") in text for other in others)


def opens(run: Run) -> bool:
    return any(int(talk.stage) == OPEN for day in run.days for talk in day.talk.flat)


def test_a_move_of_a_game_is_said_to_be_played() -> None:
    game = Game(load_scenario("pahalgam_2025", ["free_days=2"]), 1, 0, ["pakistan"])
    game.play({"pakistan": [one for one in game.options("pakistan") if one.act == "protest"]})
    text = " ".join(" ".join(story_of(play(game.scenario, 1))).split())
    assert "Pakistan protests to India [rung 1] played; P(hold)" in text
    assert "recorded; P(hold)" in text
    assert wording.PLAYED not in text
