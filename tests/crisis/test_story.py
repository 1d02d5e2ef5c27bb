from __future__ import annotations

import re
from collections import Counter

from hypothesis import given

from escalation.crisis import wording
from escalation.crisis.game import Game
from escalation.crisis.play import Run, play
from escalation.crisis.story import WIDTH, events_of, story_of
from escalation.crisis.words import listed, settlement_words
from escalation.figures.course import ceasefires
from escalation.rules.state import OPEN
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import STYLE_WORDS
from tests.strategies import build, crisis, dated, scenarios, seeds, stage

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


PEACE = {"ceasefire_breach": 0.3, "force_threshold": -0.5, "talks_agree": 0.2}


def on_stage(seed: int) -> Run:
    """Play a crisis in which ceasefires come, break down and come again."""
    tree = stage()
    return play(build(tree | {"weights": tree["weights"] | PEACE}), seed)


def test_story_account_and_figure_agree_about_ceasefires() -> None:
    seen = Counter[str]()
    for seed in range(25):
        check_ceasefires(on_stage(seed), seen)
    assert min(seen[each] for each in ("ended", "holds", "same day", "agreed", "none")) > 0, seen


@given(scenarios(max_free_days=40), seeds)
def test_they_agree_in_any_crisis(scenario: Scenario, seed: int) -> None:
    check_ceasefires(play(scenario, seed), Counter())


def check_ceasefires(run: Run, seen: Counter[str]) -> None:
    """Compare what the story tells, the figure draws and the account says of every pair."""
    days = {day.day: day for day in run.days}
    told = {day: [e.says for e in events_of(run, days[day], days.get(day - 1))] for day in days}
    drawn = ceasefires(run)
    for settlement in run.result.settlements:
        i, j = sorted(run.index.actor[name] for name in settlement.between)
        pair = listed([run.scenario.label(run.index.states[k]) for k in (i, j)])

        def when(words: str, pair: str = pair) -> list[int]:
            start = words.split("{pair}", maxsplit=1)[0] + pair
            return [day for day, lines in told.items() for line in lines if says(line, start, words)]

        begins, ends = when(wording.CEASEFIRE_BEGINS), when(wording.CEASEFIRE_ENDS)
        agrees = when(wording.TALKS_AGREE)
        spans = drawn.get((i, j), [])
        assert [span.first for span in spans] == begins
        assert [span.ended for span in spans if span.ended is not None] == ends
        in_force = [d for d in days if any(s.first <= d and (s.ended is None or d < s.ended) for s in spans)]
        assert in_force == [d for d in days if days[d].dyad[i, j].ceasefire]
        assert settlement.holds == (bool(spans) and spans[-1].ended is None)
        first = min((d for d in begins + agrees if d > run.scenario.horizon_day), default=None)
        assert settlement.date == (None if first is None else run.scenario.date_of(first))
        assert (settlement.channel == "mediated") == (first is not None and first in agrees)
        account = settlement_words(run, settlement)
        assert ("at the end" in account) == (settlement.holds or first is not None)
        opened = when(wording.TALKS_BEGIN)
        assert settlement.talks_opened == (run.scenario.date_of(min(opened)) if opened else None)
        seen["ended"] += len(ends)
        seen["holds"] += settlement.holds
        seen["same day"] += sum(day in ends for day in begins)
        seen["agreed"] += len(agrees)
        seen["none"] += not spans


def says(line: str, start: str, words: str) -> bool:
    return line.startswith(start) and line.endswith(words.rsplit("}", 1)[1])


def test_a_ceasefire_of_the_record_is_not_called_none() -> None:
    acts = [dated(3, "alba", "propose_ceasefire", "borea"), dated(4, "borea", "accept_ceasefire", "alba")]
    run = play(crisis(acts=acts, free_days=1, weights={"ceasefire_breach": 0.0}), 1)
    (settlement,) = run.result.settlements
    assert (settlement.date, settlement.holds) == (None, True)
    assert "recorded ceasefire is in force" in settlement_words(run, settlement)
