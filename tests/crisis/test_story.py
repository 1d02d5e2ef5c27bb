from __future__ import annotations

import re
from collections import Counter

from hypothesis import given

from escalation.crisis import wording
from escalation.crisis.game import Game
from escalation.crisis.play import Run, play
from escalation.crisis.story import WIDTH, events_of, story_of
from escalation.crisis.words import settlement_words
from escalation.figures.course import ceasefires
from escalation.language import listed
from escalation.rules.state import OPEN
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import NUCLEAR_END, STYLE_WORDS
from tests.strategies import NUCLEAR_DAY, build, crisis, date, dated, nuclear, scenarios, seeds, stage

RUN = play(load_scenario("pahalgam_2025"), 2025)


def marks(run: Run) -> set[str]:
    days = {day.day: day for day in run.days}
    return {event.mark for day in run.days for event in events_of(run, day, days.get(day.day - 1))}


def test_the_legend_explains_every_mark_before_the_first_day() -> None:
    text = "\n".join(story_of(RUN))
    legend = text[: text.index(str(RUN.scenario.start) + "  ")]
    assert marks(RUN).union(*(marks(on_stage(seed)) for seed in range(6))) == set("!.-~=+")
    assert all(f" {mark} " in legend.replace("\n", " ") for mark in "!.-~=+")
    assert all(word in legend for word in ("P(hold)", "when", "what", "hazard", "odds", "reply"))


def test_every_act_has_its_probabilities_and_its_reasons() -> None:
    lines = list(story_of(RUN))
    assert max(map(len, lines)) <= WIDTH
    text = " ".join(" ".join(lines).split())
    text = text[text.index(str(RUN.scenario.start) + " ") :]
    acts = len(re.findall(r" - [A-Z][^\[]* \[rung \d+\]", text))
    whens = len(re.findall(r"when: P\([a-z ]+\) [<>]?\d+\.\d%, P\(hold\) [<>]?\d", text))
    whats = len(re.findall(r"what: P\(this \| [a-z ]+\) [<>]?\d", text))
    answers = len(re.findall(r"P\(this answer\) [<>]?\d+\.\d%; odds \d", text))
    assert whens == whats
    assert acts == whens + answers > 40
    assert answers > 0
    assert len(re.findall(r"hazard [\d.]+ a day = [\d.]+ x [\d.]+ \(\w", text)) > 20
    assert not re.search(r"[^\d.]0\.0%", text)
    assert not re.search(r"= *(?:when|what|-|$)", text), "an equation without factors"


def test_the_story_of_a_crisis_ends_with_nuclear_use() -> None:
    lines = list(story_of(play(nuclear(), 3)))
    assert max(map(len, lines)) <= WIDTH
    dates = [line[:10] for line in lines if re.match(r"\d{4}-\d\d-\d\d", line)]
    assert max(dates) == date(NUCLEAR_DAY)
    text = " ".join(" ".join(lines).split())
    assert text.count(NUCLEAR_END) == 1
    assert text.index("[rung 10]") < text.index(NUCLEAR_END) < text.index("Highest act of")


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
    assert "Pakistan protests to India [rung 1] played; when: P(" in text
    assert "recorded; when: P(" in text
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


@given(scenarios(max_free_days=20), seeds)
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
