"""The findings state what the results show, and no more."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from escalation.analysis.contrasts import codes_of, one_factor_off, sameness
from escalation.analysis.findings import findings
from escalation.analysis.tally import tally
from escalation.measures.measures import measure
from escalation.vocabulary import NUCLEAR_CAVEAT
from tests.analysis.synthetic import Cells, Synthetic, grid
from tests.analysis.test_averages import at_points


def text(source: Synthetic, *shares: str) -> str:
    found = tally(source)
    return "\n".join(findings(found, shares) if shares else findings(found))


def test_an_inert_factor_is_reported_as_inert() -> None:
    said = text(grid())
    assert (
        "`idle` changed nothing: all 120 crises are identical, replication by replication, at every level, "
        "at all 2 settings of the other factors." in said
    )
    assert "`force` changed nothing" not in said
    assert "`idle`: " not in said
    assert said.startswith("480 crises in 4 cells, 120 in each, with common random numbers")
    assert "In 1 cell the crises are identical to the baseline's." in said


def test_a_factor_inert_at_some_settings() -> None:
    """As if the rate of ceasefires had not mattered where force is rare."""
    source = grid(idle=("a",), truce=(0.03, 0.04))
    found = tally(source)
    digests = found.digests.copy()
    digests[1] = digests[0]
    found = dataclasses.replace(found, digests=digests)
    said = "\n".join(findings(found))
    assert "`truce` changed nothing where `force` is 0.02 (1 of 2 settings of the other factors)" in said


def test_factors_inert_at_the_same_settings_share_a_sentence() -> None:
    """As if nothing but the rate of force had mattered where force is rare, and everything elsewhere."""
    found = tally(grid(truce=(0.03, 0.04)))
    digests = found.digests.copy()
    is_rare = found.codes[:, found.source.factors.index("force")] == 0
    digests[is_rare] = digests[0]
    digests[~is_rare] += np.arange(np.count_nonzero(~is_rare), dtype=digests.dtype)
    said = "\n".join(findings(dataclasses.replace(found, digests=digests)))
    assert "`truce` and `idle` each changed nothing where `force` is 0.02 (2 of 4 settings" in said
    assert said.count("changed nothing") == 1


def test_an_effect_is_reported_with_its_interval() -> None:
    said = text(grid(force=(0.02, 0.2), replications=400), "force", "mediated")
    assert "Use of force (rung 6 or above): `force` 0.2 +" in said
    assert ", the same at all 2 settings." in said
    assert "Mediated ceasefire or agreement: no effect distinguishable from zero." in said
    assert "`truce` is never varied alone" in said
    # One level of one factor, and two shares are looked at.
    assert "all 2 comparisons" in said
    assert NUCLEAR_CAVEAT not in said


def test_no_clear_effect_is_reported_as_such() -> None:
    said = text(grid(force=(0.02, 0.0201)), "force")
    assert "Use of force (rung 6 or above): no effect distinguishable from zero." in said


def test_nuclear_use_comes_with_its_caveat() -> None:
    assert text(grid()).endswith(NUCLEAR_CAVEAT)
    assert text(grid(), "rung_10").endswith(NUCLEAR_CAVEAT)


def test_pairs_save_replications() -> None:
    said = text(grid(force=(0.02, 0.03), replications=400), "force")
    assert "over the requested shares, one pair was worth" in said


def test_independent_seeds_cannot_show_inert_factors() -> None:
    said = text(grid(seeds="independent"))
    assert "cannot show whether a factor is inert" in said
    assert "changed nothing" not in said
    assert "pair was worth" not in said


def test_effects_of_a_sampled_design_come_from_the_probes() -> None:
    """Design points differ in everything; baseline and probes in one factor each."""
    rng = np.random.default_rng(0)
    force, truce = rng.uniform(0.01, 0.1, 6).tolist(), rng.uniform(0.01, 0.1, 6).tolist()
    idle = rng.random(6).tolist()
    cells = Cells(
        number=np.arange(13, dtype=np.int32),
        role=["design"] * 6 + ["baseline"] + ["probe"] * 6,
        levels={
            "force": [*force, 0.05, 0.01, 0.1, 0.05, 0.05, 0.05, 0.05],
            "truce": [*truce, 0.05, 0.05, 0.05, 0.01, 0.1, 0.05, 0.05],
            "idle": [*idle, 0.5, 0.5, 0.5, 0.5, 0.5, 0.0, 1.0],
        },
    )
    source = Synthetic(cells=cells, replications=[200] * 13, free_days=np.full(13, 20, np.int32))
    said = text(source, "force", "ceasefire")
    assert "`idle` changed nothing: all 200 crises are identical, replication by replication" in said
    assert "Use of force (rung 6 or above): `force` 0.01 -" in said
    assert "`force` 0.1 +" in said
    assert "Ceasefire or agreement: `truce` 0.01 -" in said
    assert "`idle` 0" not in said
    assert "all other factors at baseline" in said


def test_sameness_of_factors_in_a_grid() -> None:
    source = grid(force=(0.02, 0.05), truce=(0.03, 0.04), idle=("a", "b"))
    codes = codes_of(source.cells, source.factors)
    counts = tally(source)
    found = {each.factor: each for each in sameness(codes, source.factors, counts.digests, counts.n)}
    assert (found["idle"].settings, found["idle"].same, found["idle"].everywhere) == (4, 4, True)
    assert (found["force"].settings, found["force"].same) == (4, 0)


@pytest.mark.parametrize("factors", [("force",), ("force", "idle")])
def test_one_factor_off(factors: tuple[str, ...]) -> None:
    source = grid()
    found = one_factor_off(codes_of(source.cells, factors), 0)
    assert found.tolist() == ([-1, -1, 0, 0] if len(factors) == 1 else [-1, 1, 0, -1])


def test_one_factor_alone() -> None:
    source = dataclasses.replace(grid(force=(0.05,)), factors=("idle",))
    codes = codes_of(source.cells, source.factors)
    same = sameness(codes, source.factors, np.array([7, 7], np.uint64), np.array([5, 5]))
    assert [(each.settings, each.everywhere) for each in same] == [(1, True)]


def test_cells_without_results_are_not_identical() -> None:
    source = dataclasses.replace(grid(), replications=[120, 0, 0, 0])
    said = text(source)
    assert "changed nothing" not in said
    assert "identical" not in said
    assert said.startswith("120 crises in 4 cells, 0 to 120 in each")


def test_a_truth_value_differs_from_a_number() -> None:
    source = grid(force=(0.05,), idle=(1, True, 1.0))
    assert codes_of(source.cells, ("idle",))[:, 0].tolist() == [0, 1, 0]


def test_a_baseline_without_results_is_identical_to_nothing() -> None:
    said = text(dataclasses.replace(grid(), replications=[0, 0, 120, 120]))
    assert "identical to the baseline's" not in said
    assert "`idle` changed nothing" in said


def test_effects_are_in_the_order_asked_and_those_left_out_have_a_place() -> None:
    counts = tally(grid(force=(0.05, 0.2, 0.5, 0.9), truce=(0.1,), replications=400))
    for asked in (["de_escalated", "force", "war"], ["war", "force", "de_escalated"]):
        headings = [measure(name, {"force_rung": 6}).heading for name in asked]
        lines = findings(counts, asked)
        places = [
            number for head in headings for number, line in enumerate(lines) if line.startswith(f"{head}: `")
        ]
        assert len(places) == 3
        assert places == sorted(places)


def test_effects_that_are_left_out_have_a_place() -> None:
    counts = tally(grid(force=(0.01, 0.05, 0.1, 0.2, 0.5, 0.9), truce=(0.1,), replications=400))
    (line,) = (each for each in findings(counts, ["force"]) if each.startswith("Use of force"))
    assert "main_effects.csv has 1 more." in line


def test_the_strongest_interactions_are_reported() -> None:
    source = grid(force=(0.02, 0.3), truce=(0.01, 0.3), idle=("a",), replications=400)
    (line,) = (
        line for line in findings(tally(source), ["limited_force_ended"]) if line.startswith("Limited")
    )
    assert "Interactions: `force` 0.3 with `truce` 0.3 +" in line
    assert "interaction is by how much it differs" in "".join(
        findings(tally(source), ["limited_force_ended"])
    )


def test_draws_are_described_by_their_spread() -> None:
    source = dataclasses.replace(grid(force=(0.02, 0.2), idle=("draw_0", "draw_1")), sampled=("idle",))
    said = text(source, "force")
    assert "`idle`, over 2 draws, all other factors at baseline, noise included: use of force" in said
    assert "`idle` draw_1" not in said
    assert "over 2 points" not in said or "covers the sampled points" in said


def test_policies_come_first_and_not_twice() -> None:
    said = text(at_points(), "force")
    assert "Use of force (rung 6 or above), against `none`: `some` -" in said
    assert "`policy` some" not in said


def test_cells_with_the_same_inputs_are_said_to_be_identical() -> None:
    said = text(dataclasses.replace(grid(), twins={1: 0, 3: 2}))
    assert (
        "2 cells have the same inputs as another: their crises are identical, and were simulated once."
        in said
    )


def test_the_words_for_force_name_the_rung_that_is_counted() -> None:
    source = grid(replications=400)
    for rung, words in ((5, "Use of force (rung 5 or above)"), (None, "from the force rung on")):
        worded = dataclasses.replace(source, thresholds={"force_rung": rung})
        assert words in " ".join(findings(tally(worded), ["force"]))
