from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import c_day
from benchmarks.actors import gathering
from escalation.engine.pack import pack
from escalation.rules.state import Params
from escalation.scenario.load import load_scenario

MACROS = ((), (c_day.BOUNDED,))


@pytest.fixture(scope="module")
def params() -> Params:
    return pack(load_scenario("pahalgam_2025", ["free_days=20"]))


def compiled(folder: Path, params: Params, macros: tuple[str, ...] = ()) -> c_day.InC:
    try:
        return c_day.InC(folder, params, macros)
    except c_day.Missing as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("macros", MACROS)
def test_c_plays_the_same_crises(params: Params, macros: tuple[str, ...], tmp_path: Path) -> None:
    assert c_day.differences(compiled(tmp_path, params, macros), seed=3, crises=300) == []


@pytest.mark.parametrize("macros", MACROS)
@pytest.mark.parametrize("states", [3, 4])
def test_c_plays_the_same_crises_of_many(states: int, macros: tuple[str, ...], tmp_path: Path) -> None:
    many = pack(gathering(states, mediators=2, free_days=30))
    with_their_number = (*macros, *c_day.known(many))
    assert c_day.differences(compiled(tmp_path, many, with_their_number), seed=3, crises=60) == []


def test_c_plays_the_same_crises_of_allies(tmp_path: Path) -> None:
    allies = pack(load_scenario("scenarios/history/october_1973.yaml", ["free_days=20"]))
    assert allies.solidarity.any()
    assert c_day.differences(compiled(tmp_path, allies), seed=3, crises=60) == []


def test_a_difference_is_found(params: Params, tmp_path: Path) -> None:
    in_c = compiled(tmp_path, params)
    in_c.saved.pair["pressure"][0, 1] += 0.01
    assert "cost" in c_day.differences(in_c, seed=3, crises=300)


def test_what_c_does_not_cover_is_refused(params: Params, tmp_path: Path) -> None:
    later = params.forced.copy()
    later["day"][-1] = int(params.frame["horizon"][0]) + 1
    with pytest.raises(c_day.UncoveredError, match="dated acts after the horizon"):
        c_day.InC(tmp_path, params._replace(forced=later))
    at_peace = params.rivalries.copy()
    at_peace["rival"] = 0
    with pytest.raises(c_day.UncoveredError, match="not rivals"):
        c_day.InC(tmp_path, params._replace(rivalries=at_peace))


def test_registers_are_of_whole_numbers() -> None:
    assert c_day.bits_at_a_time() in (128, 256, 512)


def test_the_time_of_both_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c_day, "FLAGS", ("-O0", "-ffp-contract=off"))  # six compilations
    lines = list(c_day.report(crises=20, crises_of_many=2, checked=20, repeats=1))
    if lines[0].startswith("Skipped"):
        pytest.skip(lines[0])
    assert lines[0].endswith("60 simulated days; 20 crises per turn, 20 checked:")
    assert sum(line.startswith("Within 1.5 times C") for line in lines) == 4


def test_c_is_skipped_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    lines = list(c_day.report(crises=1, checked=1, repeats=1))
    assert len(lines) == 1
    assert lines[0].startswith("Skipped: `no-such-compiler` does not start")
