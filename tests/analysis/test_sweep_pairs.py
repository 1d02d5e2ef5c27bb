"""Two results folders compared cell by cell, against their rows joined by pandas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from escalation.analysis.comparison import ChangedCrisis
from escalation.analysis.sweep_comparison import SweepComparison
from escalation.analysis.sweep_pairs import compare_sweeps
from escalation.api import Experiment, Results
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.experiment import manifest
from escalation.files.places import ArgumentError
from escalation.measures.flows import STEPS
from escalation.vocabulary import OUTCOMES
from tests.experiment.sweeps import TINY, tree

CHANGED = "states.borland.resolve"


def swept(out: Path, **changes: Any) -> Results:
    return Experiment(tree(replications=120, **changes)).run(out)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Results]:
    base = tmp_path_factory.mktemp("sweeps")
    return swept(base / "one"), swept(base / "two", set={CHANGED: 0.9})


@pytest.fixture(scope="module")
def found(results: tuple[Results, Results]) -> SweepComparison:
    return compare_sweeps(*results)


def test_every_pair_is_counted_once(results: tuple[Results, Results], found: SweepComparison) -> None:
    one, other = (each.frame() for each in results)
    both = one.merge(other, on=["resolve", "who", "replication"], suffixes=("", "_b"))
    assert int(found.n.sum()) == len(both) == 720
    for k in range(len(found.n)):
        levels = found.levels(k)
        here = both[(both["resolve"] == levels["resolve"]) & (both["who"] == levels["who"])]
        for i, before in enumerate(OUTCOMES):
            for j, after in enumerate(OUTCOMES):
                count = ((here["outcome"] == before) & (here["outcome_b"] == after)).sum()
                assert found.outcomes[k, i, j] == count
        force = here["days_to_force"].notna(), here["days_to_force_b"].notna()
        difference = found.shares("force")
        assert difference.estimate[k] == pytest.approx(force[1].mean() - force[0].mean())
        place = found.numbers.names.index(("cost", "arland"))
        change = (here["cost_arland_b"] - here["cost_arland"]).sum()
        assert found.changes[k, place] == pytest.approx(change)
    table = found.difference_table.frame()
    rows = table[(table["measure"] == "share") & (table["of"] == "force")]
    assert rows["after"].mean() == pytest.approx(both["days_to_force_b"].notna().mean())
    assert found.flows.n == 720


def test_swapped_folders_transpose_flows_and_negate_differences(
    results: tuple[Results, Results], found: SweepComparison
) -> None:
    back = compare_sweeps(*reversed(results))
    assert (found.outcomes == back.outcomes.transpose(0, 2, 1)).all()
    assert (found.gained == back.lost).all()
    assert (found.unequal == back.unequal).all()
    assert (found.first_day == back.first_day).all()
    np.testing.assert_allclose(found.changes, -back.changes, atol=1e-9)
    assert [one.crisis.replication for one in found.worse] == [
        one.crisis.replication for one in back.better
    ]  # fmt: skip


def test_the_pairs_named_are_those_of_the_tables(
    results: tuple[Results, Results], found: SweepComparison
) -> None:
    frames = [each.frame().set_index(["cell", "replication"]) for each in results]
    assert found.worse
    for one in (*found.better, *found.worse):
        rows = [
            frame.loc[(cell, one.crisis.replication)]
            for frame, cell in zip(frames, (one.cell_before, one.cell_after), strict=True)
        ]
        assert [row["outcome"] for row in rows] == [one.crisis.before, one.crisis.after]
        assert [row["peak"] for row in rows] == [one.crisis.peak_before, one.crisis.peak_after]
    best: dict[int, tuple[float, ...]] = {}
    for at in frames[0].index:
        was, now = (frame.loc[at] for frame in frames)
        one = ChangedCrisis(
            7, at[1], was["outcome"], now["outcome"], was["peak"], now["peak"],
            was["cost_arland"] + was["cost_borland"], now["cost_arland"] + now["cost_borland"],
        )  # fmt: skip
        key = (*(-change for change in one.changes), *at)
        best[at[1]] = min(best.get(at[1], key), key)
    expected = [key[-2:] for key in sorted(best.values())[:3]]
    assert [(one.cell_before, one.crisis.replication) for one in found.worse] == expected
    steps = [OUTCOMES.index(name) for name in frames[0]["outcome"]]
    others = [OUTCOMES.index(name) for name in frames[1]["outcome"]]
    assert found.worse[0].crisis.changes[0] == (STEPS[steps] - STEPS[others]).max()


def test_postures_tell_from_which_day_on_crises_differ(found: SweepComparison) -> None:
    assert ((found.first_day >= 0) == (found.unequal > 0)).all()
    assert found.first_day.min() > found.before.horizon, "resolve changes choices, and the record has none"


def test_with_acts_the_first_day_is_that_of_the_first_act_that_differs(tmp_path: Path) -> None:
    one = swept(tmp_path / "one", keep=["acts"])
    other = swept(tmp_path / "two", keep=["acts"], set={"mediators.cesland.enters_day": 9})
    found = compare_sweeps(one, other)
    by_postures = compare_sweeps(swept(tmp_path / "three"), other).first_day
    columns = ["replication", "day", "actor", "act", "target", "other"]
    for k in range(len(found.n)):
        acts = []
        for results, places in ((one, found.cells), (other, found.partners)):
            cell = results.cell(int(results.cells.number[places[k]]))
            logged = simulate(pack(results.scenario(cell)), cell.seed, 0, 120, paths=True).acts
            assert logged is not None
            acts.append(set(zip(*(logged[name].tolist() for name in columns), strict=True)))
        first = min(row[1] for row in acts[0] ^ acts[1])
        assert found.first_day[k] == first
        assert by_postures[k] == -1 or by_postures[k] >= first
    assert (by_postures != found.first_day).any(), "a mediator's acts do not move postures at once"
    assert "Acts or postures differ from" in "\n".join(found.lines)


def test_cells_are_matched_by_level_in_whatever_order(
    results: tuple[Results, Results], tmp_path: Path
) -> None:
    factors = tree()["factors"]
    wider = {
        "who": factors["who"],
        "resolve": factors["resolve"] | {"values": [0.9, 0.3, 0.2]},
        "aversion": {
            "label": "Aversion",
            "path": "states.borland.third_party_aversion",
            "values": [0.1, 0.8],
        },
    }
    other = swept(tmp_path / "other", factors=wider)
    found = compare_sweeps(results[0], other)
    assert len(found.cells) == 4
    for k in range(4):
        theirs = {name: levels[found.partners[k]] for name, levels in other.cells.levels.items()}
        assert theirs == found.levels(k) | {"aversion": 0.1}
    assert found.same_inputs.tolist() == [False] * 4, "the other sets what is there already"
    assert not found.unequal.any()
    assert "have other inputs and yet identical crises" in "\n".join(found.lines)
    back = compare_sweeps(other, results[0])
    assert back.n.tolist() == [120] * 4


def test_fewer_replications_pair_as_far_as_they_go(results: tuple[Results, Results], tmp_path: Path) -> None:
    few = Experiment(tree(replications=50)).run(tmp_path / "few")
    found = compare_sweeps(few, results[0])
    assert found.n.tolist() == [50] * 6
    assert not found.unequal.any()
    assert found.same_inputs.all()
    assert "6 have equal inputs and identical crises" in "\n".join(found.lines)


def test_other_code_is_named(
    results: tuple[Results, Results], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = manifest.sources()
    with monkeypatch.context() as patched:
        patched.setattr(manifest, "sources", lambda: kept | {"rules/settle.py": "0" * 64})
        other = swept(tmp_path / "other")
    found = compare_sweeps(results[0], other)
    assert found.code == ("escalation/rules/settle.py",)
    text = "\n".join(found.lines)
    assert "Code that differs: escalation/rules/settle.py" in text
    assert found.inputs == ()
    assert "6 have equal inputs and identical crises" in text


def test_what_cannot_be_matched_is_refused(results: tuple[Results, Results], tmp_path: Path) -> None:
    seeded = swept(tmp_path / "seeded", seed=8)
    with pytest.raises(ArgumentError, match="different seeds"):
        compare_sweeps(results[0], seeded)
    factors = tree()["factors"]
    apart = swept(
        tmp_path / "apart",
        factors={"resolve": factors["resolve"] | {"values": [0.3]}, "who": factors["who"]},
        scenario=str(TINY), baseline={"resolve": 0.3},
    )  # fmt: skip
    with pytest.raises(ArgumentError, match="no cell of the two folders has equal levels"):
        compare_sweeps(results[0], apart)
