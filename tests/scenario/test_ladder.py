"""The shipped ladder: the acts it must have, and whether its cross-walk agrees with the published scales."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from escalation.scenario.ladder import Act, Ladder, LevelReading
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import MEDIATION_EFFECTS

SCENARIO = Path(__file__).parents[2] / "scenarios" / "pahalgam_2025.yaml"

GOLDSTEIN = {
    "01": 0.0, "02": 3.0, "03": 4.0, "04": 1.0, "05": 3.5, "06": 6.0, "07": 7.0, "08": 5.0, "09": -2.0,
    "10": -5.0, "11": -2.0, "12": -4.0, "13": -6.0, "14": -6.5, "15": -7.2, "16": -4.0, "17": -7.0,
    "18": -9.0, "19": -10.0, "20": -10.0, "045": 5.0, "046": 7.0, "0871": 9.0, "163": -8.0, "165": -7.0,
    "193": -10.0, "195": -10.0, "2042": -10.0,
}  # fmt: skip
"""Goldstein values of CAMEO roots, and of the leaves for which they are known."""

HIGHEST_MID_ACTION = {1: 0, 2: 6, 3: 12, 4: 19, 5: 21}
"""Last action code of each MID hostility level."""

KAHN_THRESHOLDS = (4, 10, 21, 26, 32, 39)
"""First rung above each of Kahn's thresholds: don't rock the boat, nuclear war is unthinkable, no nuclear
use, central sanctuary, central war, city targeting."""

CONCILIATORY = {
    "hold", "offer_talks", "use_hotline", "propose_ceasefire", "accept_ceasefire", "withdraw_measure",
    "pull_back", "invite_probe", "make_concession", "announce_restraint", "reach_agreement",
}  # fmt: skip

SPLIT = {
    -0.5: ("protest", "deny_involvement", "accuse_rival", "make_demand"),
    -1.8: ("alert_forces", "show_of_force", "civil_defence"),
    -3.0: ("nuclear_rhetoric", "nuclear_threat", "convene_nuclear_command", "nuclear_alert"),
    -3.01: ("covert_attack", "fire_across_line", "melee"),
    -1.2: ("artillery_duel", "local_raid", "shoot_down", "standoff_strike"),
}
"""Intercepts of single acts, and the acts that share them (decision 0003)."""


ANY: dict[str, None] = {"acts": None}
"""A context in which the acts are not known, so that any may be referred to."""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario(SCENARIO)


@pytest.fixture(scope="module")
def ladder(scenario: Scenario) -> Ladder:
    return scenario.ladder


def escalatory(ladder: Ladder) -> dict[str, Act]:
    return {name: act for name, act in ladder.acts.items() if act.kind not in ("conciliatory", "mediation")}


def by_rung(ladder: Ladder, number: Callable[[Act], int]) -> dict[int, list[int]]:
    """Collect a number of all escalatory acts, rung by rung."""
    found: dict[int, list[int]] = {rung: [] for rung in range(1, 11)}
    for act in escalatory(ladder).values():
        found[act.rung].append(number(act))
    return found


def kahn_band(rung: int) -> int:
    return sum(rung >= first for first in KAHN_THRESHOLDS)


def test_ladder_has_acts_enough_on_every_rung(ladder: Ladder) -> None:
    assert len(ladder.acts) >= 28
    assert {act.rung for act in ladder.acts.values()} == set(range(11))


def test_conciliatory_acts_are_there(ladder: Ladder) -> None:
    assert {name for name, act in ladder.acts.items() if act.kind == "conciliatory"} >= CONCILIATORY


def test_mediation_has_an_act_for_every_effect(ladder: Ladder) -> None:
    effects = [act.effect for act in ladder.acts.values() if act.kind == "mediation"]
    assert sorted(effects) == sorted(MEDIATION_EFFECTS)


def test_goldstein_value_belongs_to_the_cameo_code(ladder: Ladder) -> None:
    for name, act in ladder.acts.items():
        assert GOLDSTEIN[act.crosswalk.cameo] == act.crosswalk.goldstein, name


def test_escalatory_acts_are_hostile_to_goldstein_and_conciliatory_ones_are_not(ladder: Ladder) -> None:
    for name, act in escalatory(ladder).items():
        assert act.crosswalk.goldstein <= 0.0, name
    for name in CONCILIATORY:
        assert ladder.acts[name].crosswalk.goldstein >= 0.0, name


def test_mid_action_belongs_to_the_hostility_level(ladder: Ladder) -> None:
    for name, act in ladder.acts.items():
        level = min(level for level, last in HIGHEST_MID_ACTION.items() if act.crosswalk.mid_action <= last)
        assert level == act.crosswalk.mid_hostility, name


def test_mid_hostility_never_falls_as_the_rung_rises(ladder: Ladder) -> None:
    levels = by_rung(ladder, lambda act: act.crosswalk.mid_hostility)
    # MID files nuclear use under the uses of force (action 19, level 4), below a war that has begun.
    assert ladder.acts["nuclear_use"].crosswalk.mid_action == 19
    for rung in range(1, 9):
        assert min(levels[rung]) <= min(levels[rung + 1]), rung
        assert max(levels[rung]) <= max(levels[rung + 1]), rung


def test_only_force_and_not_words_or_sanctions_is_militarised(ladder: Ladder) -> None:
    for name, act in ladder.acts.items():
        assert (act.crosswalk.mid_hostility > 1) == (act.rung >= 3), name
        assert act.rung < 5 or act.crosswalk.mid_hostility >= 4, name


def test_only_escalatory_acts_have_a_kahn_rung(ladder: Ladder) -> None:
    for name, act in ladder.acts.items():
        assert (act.crosswalk.kahn is not None) == (name in escalatory(ladder)), name


def test_kahn_thresholds_are_crossed_in_order(ladder: Ladder) -> None:
    # Nuclear signals climb Kahn's ladder by themselves and stay between two of his thresholds.
    bands = by_rung(
        ladder, lambda act: 0 if act.kind == "nuclear_signal" else kahn_band(act.crosswalk.kahn or 0)
    )
    tops = [max(bands[rung]) for rung in range(1, 11)]
    assert tops == sorted(tops)
    for name in ("nuclear_threat", "nuclear_alert"):
        assert kahn_band(ladder.acts[name].crosswalk.kahn or 0) == 2, name
    assert kahn_band(ladder.acts["full_war"].crosswalk.kahn or 0) == 2
    assert kahn_band(ladder.acts["nuclear_use"].crosswalk.kahn or 0) == 3


def test_rivera_weights_fit_the_rungs(ladder: Ladder) -> None:
    for name, act in ladder.acts.items():
        weight = act.crosswalk.rivera
        assert (weight == 60) == (act.rung == 10), name
        assert (weight <= 0) or name in escalatory(ladder), name
        if act.rung < 10:
            assert (weight == 28) == (act.rung >= 5 or name == "blockade"), name


def test_nuclear_signals_are_on_rungs_one_to_four(ladder: Ladder) -> None:
    signals = {name: act for name, act in ladder.acts.items() if act.kind == "nuclear_signal"}
    assert {act.signal for act in signals.values()} == {1, 2, 3}
    assert all(1 <= act.rung <= 4 for act in signals.values())
    assert all(act.capability for act in signals.values())
    assert not any(act.signal for name, act in ladder.acts.items() if name not in signals)


def test_each_capability_is_held_by_a_state(scenario: Scenario) -> None:
    held = {capability for state in scenario.states.values() for capability in state.capabilities}
    needed = {act.capability for act in scenario.ladder.acts.values() if act.capability}
    assert needed == held


def test_each_measure_that_lasts_can_be_reversed_and_nothing_else(ladder: Ladder) -> None:
    lasting = {name for name, act in ladder.acts.items() if act.lasts}
    reversible = [name for act in ladder.acts.values() for name in act.reverses]
    assert sorted(reversible) == sorted(lasting)


def test_only_conciliatory_acts_reverse(ladder: Ladder) -> None:
    assert all(act.kind == "conciliatory" for act in ladder.acts.values() if act.reverses)


def test_an_act_that_needs_an_offer_finds_an_open_one(ladder: Ladder) -> None:
    for act in ladder.acts.values():
        if act.requires.offer:
            assert ladder.acts[act.requires.offer].stands_days > 0


def test_acts_that_split_one_share_its_weight(ladder: Ladder) -> None:
    for whole, parts in SPLIT.items():
        shared = math.log(sum(math.exp(ladder.acts[name].base) for name in parts))
        assert shared == pytest.approx(whole, abs=0.06), parts


def test_every_rung_of_force_has_an_act_that_any_state_acknowledges(ladder: Ladder) -> None:
    for rung in range(5, 10):
        open_acts = [name for name, act in ladder.acts.items() if act.rung == rung and not act.capability]
        assert any(ladder.acts[name].visibility >= 0.5 for name in open_acts), rung


def test_an_agreement_settles_as_an_accepted_ceasefire_does_and_answers_talks(ladder: Ladder) -> None:
    agreement = ladder.acts["reach_agreement"]
    assert agreement.effect == ladder.acts["accept_ceasefire"].effect == "ceasefire"
    assert agreement.requires.offer == "offer_talks"
    assert not agreement.requires.violence


def test_a_meeting_of_the_nuclear_command_is_a_display_below_an_alert(ladder: Ladder) -> None:
    meeting, alert = ladder.acts["convene_nuclear_command"], ladder.acts["nuclear_alert"]
    assert (meeting.rung, alert.rung) == (3, 4)
    assert 0 < meeting.signal < alert.signal
    assert not meeting.lasts


def test_threats_alerts_and_mobilisation_commit(ladder: Ladder) -> None:
    committing = {name for name, act in ladder.acts.items() if act.commits}
    assert committing == {"threaten_force", "alert_forces", "mobilise", "nuclear_threat", "nuclear_alert"}


def test_mildest_and_gravest_acts_differ_in_cost_and_visibility(ladder: Ladder) -> None:
    costs = [max(row) for row in by_rung(ladder, lambda act: round(100 * act.cost)).values()]
    assert costs[0] == 0
    assert costs[-1] == 100
    assert all(act.visibility >= 0.7 for act in ladder.acts.values() if act.rung >= 6)


def test_labels_read_as_part_of_a_sentence(ladder: Ladder) -> None:
    for name, act in ladder.acts.items():
        assert act.label == act.label.strip(), name
        assert act.label[0].islower(), name
        assert not act.label.endswith("."), name


def test_a_recorded_act_is_read_by_its_level_its_code_and_its_deaths(ladder: Ladder) -> None:
    reading = {
        "act": "protest", "codes": {"13": "blockade"},
        "deadly": [
            {"deaths": 1, "act": "local_raid", "codes": {"17": "artillery_duel"}},
            {"deaths": 10, "act": "strike"},
        ],
    }  # fmt: skip
    mine = ladder.model_copy(update={"mid_reading": {"4": LevelReading.model_validate(reading, context=ANY)}})
    assert [mine.act_of(4, 16, deaths) for deaths in (0, 1, 9, 10, 500)] == [
        "protest", "local_raid", "local_raid", "strike", "strike",
    ]  # fmt: skip
    assert mine.act_of(4, 13) == "blockade"
    assert [mine.act_of(4, 17, deaths) for deaths in (0, 1, 10)] == ["protest", "artillery_duel", "strike"]
    assert mine.act_of(4, 13, 1) == "local_raid"  # a reading by deaths replaces the other wholly
    with pytest.raises(KeyError):
        mine.act_of(5, 22)


def test_deaths_of_readings_rise() -> None:
    deadly = [{"deaths": 10, "act": "strike"}, {"deaths": 10, "act": "local_raid"}]
    with pytest.raises(ValidationError, match="deadly has deaths 10, 10"):
        LevelReading.model_validate({"act": "protest", "deadly": deadly}, context=ANY)


def test_recorded_force_is_on_rungs_four_to_seven_and_no_lower_with_more_deaths(ladder: Ladder) -> None:
    def rung(code: int, deaths: int) -> int:
        return ladder.acts[ladder.act_of(4, code, deaths)].rung

    for code in (13, 14, 15, 16, 17, 18, 19):
        rungs = [rung(code, deaths) for deaths in (0, 1, 9, 10, 24, 25, 1_000)]
        assert rungs == sorted(rungs)
        assert set(rungs) <= {4, 5, 6, 7}
        assert rungs[-1] == 7
    assert [rung(16, deaths) for deaths in (0, 1, 10)] == [5, 6, 7]
    assert [rung(17, deaths) for deaths in (0, 1, 24, 25)] == [5, 6, 6, 7]
    assert (rung(13, 0), rung(14, 0)) == (4, 7)


def test_every_militarised_level_is_read_as_an_act_of_that_level_or_near_it(ladder: Ladder) -> None:
    for level in (2, 3, 5):
        for code in range(23):
            act = ladder.acts[ladder.act_of(level, code, 1_000)]
            assert act.crosswalk.mid_hostility == level, (level, code)
