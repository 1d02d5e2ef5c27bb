"""Crises of the past: they load, play and agree with the data; the template can be filled."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import yaml

from escalation.crisis.play import play
from escalation.engine.batch import read_record, simulate
from escalation.engine.pack import Index, pack
from escalation.scenario.case import case_template
from escalation.scenario.dump import dump_scenario, resolved_tree
from escalation.scenario.load import ScenarioError, load_scenario, shipped_cases, shipped_scenarios
from escalation.vocabulary import CLASS_OF_OUTCOME, OUTCOMES
from tests.cli.calls import FILES, in_process, only_folder

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))
import case_page  # noqa: E402

CASES = shipped_cases()
shipped = cache(load_scenario)
DATA = Path(os.environ.get("ESCALATION_DATA", ROOT.parent / "shared" / "data"))
TURNING_POINTS = {
    "IP1951": "punjab_1951", "IP1965K": "kutch_1965", "IP1965W": "kashmir_1965", "IP1971": "bangladesh_1971",
    "IP1987": "brasstacks_1987", "IP1990": "kashmir_1990", "IP1998": "tests_1998",
    "IP1999": "kargil_1999_second", "IP2001": "parliament_2001_second", "IP2014": "border_2014",
    "IP2016": "uri_2016", "CU1962": "cuba_1962", "SI1962": "sino_indian_1962",
    "SS1969": "ussuri_1969_second", "ME1973": "october_1973", "TW1995": "taiwan_1995_second",
    "KR2010A": "cheonan_2010", "NK2017": "korea_2017_second", "US2019": "gulf_2019",
}  # fmt: skip
STEP_BY_STEP = {
    "BE1961": "berlin_1961", "SU1956": "suez_1956", "TW1954": "taiwan_1954", "TW1958": "taiwan_1958",
    "AN2008": "andes_2008", "CE1995": "cenepa_1995", "FA1982": "south_atlantic_1982",
    "AE1987": "aegean_1987", "CY1974": "cyprus_1974", "IM1996": "imia_kardak_1996", "GE2008": "georgia_2008",
    "NK2016": "karabakh_2016", "SY1998": "adana_1998", "TH2011": "preah_vihear_2011",
    "AX1976": "panmunjom_1976", "ER1998": "badme_1998", "LI1986": "sidra_1986", "SW1967": "june_1967",
}  # fmt: skip
SECOND_CODER = {
    "AX1976": "panmunjom_1976_second", "FA1982": "south_atlantic_1982_second",
    "IM1996": "imia_kardak_1996_second", "NK2016": "karabakh_2016_second", "TW1958": "taiwan_1958_second",
    "IP1999": "kargil_1999", "IP2001": "parliament_2001", "NK2017": "korea_2017", "SS1969": "ussuri_1969",
    "TW1995": "taiwan_1995",
}  # fmt: skip
CODED = {
    "crises_calibrate.yaml": TURNING_POINTS,
    "crises_more.yaml": STEP_BY_STEP,
    "crises_second_coder.yaml": SECOND_CODER,
}
"""Our files by the data that they are coded in, and by the names there."""
NAMES = sorted(name for names in CODED.values() for name in names.values())
NO_ACTS = {
    ("kashmir_1965", "1965-09-08"): "arms supply stopped by a third party",
    ("kashmir_1965", "1965-09-16"): "ultimatum of a third party",
    ("bangladesh_1971", "1971-03-25"): "crackdown within Pakistan",
    ("bangladesh_1971", "1971-08-09"): "treaty with a third party",
    ("tests_1998", "1998-05-13"): "sanctions of a mediator",
    ("tests_1998", "1998-06-06"): "resolution",
    ("parliament_2001_second", "2001-12-13"): "militants",
    ("parliament_2001_second", "2002-05-14"): "militants",
    ("uri_2016", "2016-09-18"): "militants",
    ("uri_2016", "2016-11-29"): "militants",
    ("sino_indian_1962", "1962-11-19"): "request for arms to a third party",
    ("taiwan_1995_second", "1996-03-23"): "election",
    ("cheonan_2010", "2010-07-09"): "statement",
    ("korea_2017_second", "2017-08-05"): "sanctions of the Security Council",
    ("korea_2017_second", "2018-01-01"): "overture to a mediator",
    ("gulf_2019", "2019-12-27"): "militia",
}
"""Coded events that are not acts here: they are coded as incidents or reports."""

FILLED = {
    "name": "border_2031",
    "first state": "arland",
    "second state": "borland",
    "mediator": "cesland",
    "source": "gazette",
    "first day": "2031-03-01",
    "last day": "2031-04-01",
    "day of entry": "3",
    "style": "facilitation",
    "form": "bilateral",
    "true or false": "true",
    "tension": "1.0",
    "day of the attack": "2031-03-01",
    "severity": "0.4",
    "killed": "6",
    "day of the step": "2031-03-02",
    "act": "close_border",
    "response": "protest",
    "day of the offer": "2031-03-04",
    "accept_mediation or decline_mediation": "accept_mediation",
    "outcome class": "no_force_deescalated",
    "use": "examination",
    "accepted, offered or none": "accepted",
}
"""Values for the template's placeholders; any other takes text."""


@cache
def crises():
    """Return the coded crises by the names of our files, or skip if the data are not available."""
    missing = [name for name in CODED if not (DATA / name).is_file()]
    if missing:
        pytest.skip(f"{missing[0]} is not available; ESCALATION_DATA names its folder")
    found = {}
    for file, names in CODED.items():
        coded = yaml.safe_load((DATA / file).read_text(encoding="utf-8"))["crises"]
        found |= {names[crisis["id"]]: crisis for crisis in coded}
    return found


def filled(**changes):
    values = FILLED | changes
    return re.sub(r"<([^<>]+)>", lambda found: values.get(found[1], "some words"), case_template())


def written(tmp_path, text):
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def messages(path):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    return [str(problem) for problem in caught.value.problems]


# ------------------------------------------------------------------------------------------ shipped cases


def test_all_coded_crises_are_shipped_apart_from_the_scenarios():
    assert CASES == NAMES
    assert not set(CASES) & set(shipped_scenarios())
    uses = Counter(shipped(name).case.use for name in CASES)
    assert uses == {"calibrate": 35, "context": 2, "second_coding": 10}


def test_each_crisis_is_a_case_once():
    cases = [shipped(name).case for name in CASES]
    numbers = Counter(number for case in cases if case.use != "second_coding" for number in case.icb)
    assert set(numbers.values()) == {1}
    codings = [case.coding_of for case in cases if case.use == "second_coding"]
    assert len(set(codings)) == len(codings)


@pytest.mark.parametrize("name", CASES)
def test_a_case_says_how_it_was_coded_and_where_from(name):
    scenario = shipped(name)
    assert scenario.name == name
    assert scenario.case.ended == scenario.horizon
    assert scenario.case.doubts
    entries = [*scenario.acts, *scenario.incidents, *scenario.reports, *scenario.mediators.values()]
    assert all(entry.sources for entry in entries)
    named = {source for entry in entries for source in entry.sources}
    assert set(scenario.sources) - named <= {"icb"}
    approximate = [act for act in scenario.acts if "the 15th" in (act.note or "")]
    assert all(act.confidence == "low" and act.date.day == 15 for act in approximate)


@pytest.mark.parametrize("name", CASES)
def test_no_number_of_an_actor_is_tuned(name):
    scenario = shipped(name)
    actors = [*scenario.states.values(), *scenario.mediators.values()]
    own = {"label", "capabilities", "sources", "note", "enters_day", "style", "form"}
    assert all(actor.model_fields_set <= own for actor in actors)
    assert {rivalry.tension for rivalry in scenario.rivalries} <= {0.0, 1.0}
    assert scenario.weights == shipped("pahalgam_2025").weights


@pytest.mark.parametrize("name", CASES)
def test_mediation_is_accepted_where_both_sides_of_a_pair_accept(name):
    scenario = shipped(name)
    accepting = {(a.target, a.actor) for a in scenario.acts if a.act == "accept_mediation"}
    both = any(
        all((mediator, state) in accepting for state in rivalry.between)
        for mediator in scenario.mediators
        for rivalry in scenario.rivalries
    )
    undated = {"gulf_2019"}  # the channel for messages has no dated step
    assert (scenario.case.mediation == "accepted") == (both or name in undated)


@pytest.mark.parametrize("name", CASES)
def test_a_case_comes_back_from_its_dump(name, tmp_path):
    scenario = shipped(name)
    assert load_scenario(written(tmp_path, dump_scenario(scenario))) == scenario


@pytest.mark.parametrize("name", CASES)
def test_a_case_plays_its_record_to_the_end(name):
    scenario = shipped(name)
    effects = [scenario.ladder.acts[act.act].effect for act in scenario.acts]
    rungs, _ = read_record(pack(scenario))
    expected = sorted(float(effect not in ("consent", "decline")) for effect in effects)
    assert sorted(rungs.sum(axis=1)) == pytest.approx(expected)
    postures = simulate(pack(scenario), seed=1, first=0, count=1).postures
    assert len(postures) == scenario.last_day + 1
    assert (postures.sum(axis=2) == 1).all()


@pytest.mark.parametrize("name", ["kutch_1965", "cheonan_2010", "imia_kardak_1996_second"])
def test_acts_of_a_record_are_scored_while_it_is_played(name):
    scenario = shipped(name)
    run = play(scenario, seed=1)
    assert run.result.forced_acts == len(scenario.acts)
    assert -1_000 < run.result.forced_log_probability < 0
    assert len(run.days) >= scenario.last_day


@pytest.mark.parametrize("name", ["kutch_1965", "kargil_1999_second"])
def test_run_finds_a_case_by_its_name(name, tmp_path):
    ended = in_process(["run", name, "--seed", "1", "--days", "3", "--quiet", "--out", str(tmp_path)])
    assert (ended.code, ended.err) == (0, "")
    assert {path.name for path in only_folder(tmp_path).iterdir()} >= FILES


def test_the_list_of_scenarios_puts_history_apart():
    shipped, history = in_process(["scenarios"]).out.split("\nhistory\n")
    assert "pahalgam_2025: " in shipped
    assert [line.split(":")[0] for line in history.splitlines()] == CASES
    assert "(context)" in next(line for line in history.splitlines() if line.startswith("october_1973"))


def test_a_misspelt_name_of_a_case_brings_a_suggestion():
    ended = in_process(["validate", "kutch_1956"])
    assert ended.code == 2
    assert "did you mean `kutch_1965`?" in ended.err


# ----------------------------------------------------------------------------------- against the data


@pytest.mark.parametrize("name", NAMES)
def test_a_case_has_the_frame_of_the_data(name):
    crisis, scenario = crises()[name], shipped(name)
    case = scenario.case
    assert (str(scenario.start), str(case.ended)) == (crisis["start"], crisis["end"])
    assert case.outcome == crisis["outcome_class"]
    assert case.use == ("second_coding" if name.endswith("_second") else crisis["suggested_use"])
    assert (list(case.icb), case.mid) == (crisis["icb"]["crisno"], crisis["mid"]["dispnum"])


@pytest.mark.parametrize("name", NAMES)
def test_the_peak_of_a_case_is_that_of_the_data(name):
    assert case_page.peak_of(shipped(name)) == crises()[name]["peak_rung"]


@pytest.mark.parametrize("name", TURNING_POINTS.values())
def test_every_coded_event_is_an_act_on_its_rung(name):
    scenario = shipped(name)
    rungs = {}
    for act in scenario.acts:
        rungs.setdefault(str(act.date), []).append(scenario.ladder.acts[act.act].rung)
    missing = set()
    for event in crises()[name]["events"]:
        day = event["date"] if len(event["date"]) == 10 else event["date"] + "-15"
        wanted = 2 if event["actor"] in ("both", "all") else 1
        if rungs.get(day, []).count(event["rung"]) < wanted:
            missing.add((name, day))
    assert missing == {key for key in NO_ACTS if key[0] == name}


@pytest.mark.parametrize("name", [*STEP_BY_STEP.values(), *SECOND_CODER.values()])
def test_every_coded_step_is_an_act_on_its_rung_an_incident_or_a_report(name):
    scenario = shipped(name)
    left = {}
    for event in crises()[name]["events"]:
        left.setdefault(event["date"], Counter())[event["rung"]] += 1
    events = sum(rungs.total() for rungs in left.values())
    for act in scenario.acts:
        left[str(act.date)][scenario.ladder.acts[act.act].rung] -= 1
    missing = {day: (+rungs).total() for day, rungs in left.items()}
    others = Counter(str(entry.date) for entry in [*scenario.incidents, *scenario.reports])
    assert all(count <= others[day] for day, count in missing.items())
    assert sum(missing.values()) <= 0.25 * events


# ---------------------------------------------------------------------------------------- outcome classes


def test_every_outcome_of_the_model_counts_as_a_class():
    assert tuple(CLASS_OF_OUTCOME) == OUTCOMES


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("kashmir_1965", "war"),
        ("kutch_1965", "limited_force_ended"),
        ("gulf_2019", "limited_force_going_on"),  # force on the last day
        ("taiwan_1995", "stand_off"),  # exercises until the last fortnight
        ("korea_2017", "de_escalated"),
    ],
)
def test_the_rule_reads_the_record_and_nothing_else(name, outcome):
    scenario = shipped(name)
    assert case_page.outcome_by_rule(scenario) == outcome
    params, index = pack(case_page.as_free(scenario)), Index(scenario)
    (peak,) = simulate(params, seed=7, first=0, count=1).peak
    states = {act.actor for act in scenario.acts} & set(scenario.states)
    for state in states:
        own = [scenario.ladder.acts[act.act].rung for act in scenario.acts if act.actor == state]
        assert peak[index.actor[state]] == max(own)


# ------------------------------------------------------------------------------------- errors in the key


def test_a_scenario_without_the_key_is_dumped_without_it():
    assert "case" not in resolved_tree(shipped("pahalgam_2025"))
    assert resolved_tree(shipped("kutch_1965"))["case"]["icb"] == [214]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  ended: 1965-06-30", "  ended: 1965-04-07", "case.ended: 1965-04-07 is before the start"),
        ("e: limited_force_then", "e: limited_force_the", "did you mean `limited_force_then_ceasefire`?"),
        ("  rung_doubt: 1", "  rung_doubt: 6", "case.rung_doubt: 6 is not in [0, 5]"),
        ("  rung_doubt: 1", "  rungdoubt: 1", "did you mean `rung_doubt`?"),
        ("  rung_doubt: 1", "  origins: [1965-07-01]", "case.origins: 1965-07-01 outside the crisis"),
        ("  rung_doubt: 1", "  origins: [1965-05-01, 1965-04-20]", "case.origins: the origins are out"),
        ("  rung_doubt: 1", "  origins: [1965-05-01, 1965-05-01]", "case.origins: the origins are out"),
        ("  rung_doubt: 1", "  coded_to: 1965-07-01", "case.coded_to: 1965-07-01 outside the crisis"),
        ("  icb: [214]", "  icb: [0]", "case.icb.0: 0 is not in [1, 99999]"),
        ("  mid: 2631", "  mid: twelve", "case.mid"),
        ("  mediation: accepted\n", "", "case.mediation: missing key"),
    ],
)  # fmt: skip
def test_an_error_in_the_key_is_reported_in_one_line(old, new, says, tmp_path):
    text = (ROOT / "scenarios/history/kutch_1965.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (line,) = messages(written(tmp_path, text.replace(old, new)))
    assert says in line
    assert re.search(r"case\.yaml:\d+:\d+: ", line)


# ------------------------------------------------------------------------------------------ the template


def test_the_template_can_be_filled_and_played(tmp_path):
    scenario = load_scenario(written(tmp_path, filled()))
    assert scenario.case.use == "examination"
    assert scenario.case.ended == scenario.horizon == date(2031, 4, 1)
    assert play(scenario, seed=1).result.forced_acts == 4


def test_what_is_left_of_the_template_is_named(tmp_path):
    lines = messages(written(tmp_path, case_template()))
    for key in ("name", "start", "horizon", "acts.0.act", "case.outcome", "rivalries.0.hotline"):
        assert any(f": {key}: " in line for line in lines), key


def test_new_prints_the_template_or_writes_a_new_file(tmp_path):
    assert in_process(["new", "case"]).out == case_template()
    path = tmp_path / "crisis.yaml"
    ended = in_process(["new", "case", "--out", str(path)])
    assert (ended.code, ended.err) == (0, "")
    assert path.read_text(encoding="utf-8") == case_template()


@pytest.mark.parametrize(
    ("out", "says"),
    [("there.yaml", "exists already"), ("there.yaml/x.yaml", "there.yaml"), ("", "empty name")],
)
def test_new_says_why_it_cannot_write(out, says, tmp_path):
    (tmp_path / "there.yaml").write_text("mine")
    ended = in_process(["new", "case", "--out", str(tmp_path / out) if out else ""])
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert says in line
    assert (tmp_path / "there.yaml").read_text() == "mine"
