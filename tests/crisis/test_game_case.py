"""The case of a game: the same crisis on record, and nothing of the players."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from escalation.crisis import wording
from escalation.crisis.game import Game
from escalation.crisis.game_case import NothingPlayedError, case_of_game, game_case_text, write_game_case
from escalation.crisis.play import Run, play
from escalation.history.cases import case_of
from escalation.history.courses import CLASSES, history_of, measure, recorded_steps
from escalation.language import speaking
from escalation.scenario.load import read_scenario
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import OUTCOME_CLASSES
from tests.crisis.games import played_at_random
from tests.strategies import build, stage

HAZARDS = [{"label": "x", "victim": "alba", "blamed": "borea", "per_day": 0.2, "severity": 0.5}]


def lively(**changes: Any) -> Scenario:
    """Return a crisis in which everything that a game can have happens soon."""
    return build(stage() | {"hazards": HAZARDS, "free_days": 16} | changes)


GAMES = [
    played_at_random(lively(), sides, seed)
    for seed, sides in enumerate(
        (["alba"], ["alba", "borea"], ["umbra"], ["alba", "borea", "corda", "vesta"])
    )
]


def acts_of(run: Run, after: int, last: int) -> list[tuple[int, ...]]:
    """Return the acts of some days in the order of their settlement, without holds."""
    names = [(one.choice.act, one.choice.target, one.choice.other) for one in run.decisions]
    taken = zip(run.decisions, names, strict=True)
    return [(one.day, one.actor, *act) for one, act in taken if act[1] >= 0 and after < one.day <= last]


def without_agreements(scenario: Scenario) -> Scenario:
    agreed = wording.AGREED_IN_GAME.split("{")[0]
    acts = tuple(entry for entry in scenario.acts if not entry.says.startswith(agreed))
    return scenario.model_copy(update={"acts": acts})


@pytest.mark.parametrize("game", GAMES)
def test_the_case_of_a_game_is_the_same_crisis_on_record(game: Game) -> None:
    text = game_case_text(game, "classroom_x")
    case = read_scenario(text.encode(), "classroom_x")
    assert case == case_of_game(game, "classroom_x")
    run, again = game.run(), play(without_agreements(case), game.seed)
    assert acts_of(again, 0, case.horizon_day) == acts_of(run, 0, case.horizon_day)
    assert (case.horizon_day, case.free_days) == (game.day - 1, 0)
    for one, other in zip(run.days, play(case, 99).days, strict=True):
        if one.day > game.scenario.horizon_day:
            felt = [(game.scenario.hazards[k].victim, game.scenario.hazards[k].severity) for k in one.hazards]
            drawn = [case.incidents[k] for k in other.incidents]
            assert [(each.victim, each.severity) for each in drawn if "drawn" in each.says] == felt


@pytest.mark.parametrize("game", GAMES)
def test_nights_of_firing_are_those_of_the_game(game: Game) -> None:
    case = case_of_game(game, "classroom_x")
    for one, other in zip(game.run().days, play(case, 1).days, strict=True):
        for i, j in ((0, 1), (0, 2)):
            fires, calm = one.dyad[i, j].border_fire, one.dyad[i, j].ceasefire
            assert other.dyad[i, j].border_fire == fires or (calm and not fires)


@pytest.mark.parametrize("game", GAMES)
def test_the_outcome_and_mediation_are_as_played(game: Game) -> None:
    scenario = case_of_game(game, "classroom_x")
    case = case_of(scenario)
    result = game.run().result
    coded = {one.name: one.coded for one in OUTCOME_CLASSES}
    assert case.outcome == coded[str(result.outcome)]
    assert case.origins == (game.scenario.horizon,)
    assert case.played == game.sides
    assert case.ended == case.coded_to == scenario.horizon
    if any(one.talks_opened for one in result.settlements):
        assert case.mediation == "accepted"


def test_a_measured_record_has_the_class_that_the_game_had() -> None:
    for game in GAMES:
        scenario = case_of_game(game, "classroom_x")
        steps = recorded_steps(history_of(scenario), game.scenario.horizon_day)
        window = scenario.horizon_day - game.scenario.horizon_day
        found = CLASSES[int(measure(steps, scenario.outcome, window).outcome[0])]
        assert found == case_of(scenario).outcome


def test_a_reply_on_the_day_of_a_hit_comes_after_it_on_record() -> None:
    game = Game(lively(free_days=1, weights=stage()["weights"] | {"reply_strike": 1.0}), 1, 0, ["alba"])
    strike = next(one for one in game.options("alba") if (one.act, one.target) == ("strike", "borea"))
    game.play({"alba": [strike]})
    (reply,) = (one for one in game.run().decisions if one.is_reply and not one.forced)
    today = [one for one in case_of_game(game, "classroom_x").acts if one.date > game.scenario.horizon]
    (hit,) = (one for one in today if one.actor == "alba")
    act = game.run().index.acts[reply.choice.act]
    (answer,) = (one for one in today if one.seq == reply.group)
    assert (hit.act, hit.seq) == ("strike", 1)
    assert (answer.actor, answer.act, answer.target, answer.seq) == ("borea", act, "alba", 2)


def test_agreements_in_talks_are_acts_of_both_that_nobody_chose() -> None:
    weights = stage()["weights"] | {"talks_agree": 1.0}
    agreed = 0
    for seed in range(2):
        game = played_at_random(lively(weights=weights, free_days=8), ["alba", "borea"], seed, acting=0.0)
        case = case_of_game(game, "classroom_x")
        spans = [span for span in game.run().talks if span.end == "agreement"]
        entries = [entry for entry in case.acts if entry.says.startswith("Agreed in talks")]
        assert [entry.date for entry in entries] == [case.date_of(one.last) for one in spans for _ in "ab"]
        assert all(case.ladder.acts[entry.act].effect == "ceasefire" for entry in entries)
        days = {entry.date for entry in entries}
        others = [entry.seq for entry in case.acts if entry.date in days and entry not in entries]
        assert min(others, default=2) > 1, "they come before all others of their day"
        for span in spans:
            assert play(case, 1).days[span.last].dyad[span.between].ceasefire
        agreed += len(spans)
    assert agreed


def test_what_nobody_played_is_no_case() -> None:
    with pytest.raises(NothingPlayedError):
        case_of_game(Game(lively(), 1, 0, ["alba"]), "classroom_x")


def test_a_game_left_to_the_model_ends_with_the_last_day_that_people_played() -> None:
    game = played_at_random(lively(), ["alba"], 3, days=6)
    game.let_go()
    case = case_of_game(game, "classroom_x")
    assert case.horizon_day == game.scenario.horizon_day + 6
    assert max(entry.date for entry in case.acts) <= case.horizon


def test_a_case_is_english_whatever_the_players_speak() -> None:
    for game in GAMES:
        text = game_case_text(game, "classroom_x")
        with speaking("de"):
            assert game_case_text(game, "classroom_x") == text


def test_a_file_names_no_person_and_no_time(tmp_path: Path) -> None:
    game = played_at_random(lively(), ["alba", "borea"], 2**40 + 12_345, days=3)
    files = [write_game_case(game, tmp_path / "log") for _ in range(3)]
    assert len(set(files)) == 3
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert str(game.seed) not in text
        assert file.stem.startswith("classroom_")
        changed = dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC)
        assert changed.time() == dt.time(0)
        known = game_case_text(game, file.stem)
        assert text == known
