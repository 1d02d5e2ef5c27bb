"""The account of a sensitivity analysis says what its numbers say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import escalation
from escalation.analysis.explained import Explained, Swing
from escalation.analysis.sensitivity import Sensitivity, _named, sensitivity_of, two_digits, verdict
from escalation.experiment.results import ResultsFolder
from escalation.experiment.scheme import SampledParameter
from escalation.files.places import StoreError
from escalation.measures.measures import measure
from escalation.stats.intervals import Intervals
from escalation.stats.morris import MorrisMeasures
from escalation.stats.sobol import SobolIndices
from escalation.vocabulary import NUCLEAR_CAVEAT
from tests.analysis.analysed import tree


def between(middle: object, half: object) -> Intervals:
    m, h = np.asarray(middle, float), np.asarray(half, float)
    return Intervals(m, m - h, m + h)


LABELS = ("Resolve of the one", "A parameter with quite a long label", "Leverage", "Aversion")
INDICES = SobolIndices(
    n=256,
    first_order=between([0.6, 0.1, 0.01, 0.0], [0.1, 0.1, 0.02, 0.0]),
    total=between([0.7, 0.2, 0.02, 0.0], [0.08, 0.18, 0.02, 0.0]),
    interactions=between(0.29, 0.2),
    parameters=between(0.01, 0.001),
    luck=between(0.19, 0.01),
    share=between(0.05, 0.01),
    mean=between(0.413, 0.01),
    uncorrected=0.02,
    uncorrected_first=np.array([0.5, 0.1, 0.0, 0.0]),
    uncorrected_total=np.array([0.8, 0.5, 0.3, 0.0]),
)
MORRIS = MorrisMeasures(
    r=20,
    mu=between([0.2, -0.1, 0.0, 0.0], [0.1, 0.1, 0.0, 0.0]),
    mu_star=between([0.2, 0.1, -0.01, 0.0], [0.1, 0.15, 0.02, 0.0]),
    sigma=between([0.1, 0.1, 0.0, 0.0], [0.05, 0.05, 0.0, 0.0]),
    uncorrected_mu_star=np.array([0.2, 0.15, 0.1, 0.0]),
)
SWINGS = (Swing(0, 0.1, between(-0.12, 0.05)), Swing(0, 0.9, between(0.02, 0.05)))
FORCE = Explained(
    setting="policy a", against="", place="Policy a", name="force",
    measure=measure("force", {"force_rung": 6}), series=(replace(INDICES, n=128), INDICES), morris=MORRIS,
    swings=SWINGS,
)  # fmt: skip


def analysis(*explained: Explained, **changes: object) -> Sensitivity:
    parameters = tuple(
        SampledParameter(f"p{number}", label, None, 0.5, (0.1, 0.9)) for number, label in enumerate(LABELS)
    )
    made = Sensitivity(
        name="trial", title="What matters?", scenario="A crisis", seed=3, folder=Path("results/trial"),
        parameters=parameters, explained=explained or (FORCE,), points=256, trajectories=20, replications=50,
        is_common=True,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def text(found: Sensitivity) -> str:
    return " ".join(" ".join(found.lines()).split())


def test_verdicts_follow_from_the_intervals() -> None:
    said = [verdict(INDICES, number) for number in range(4)]
    assert said == ["matters", "undecided", "can be fixed", "inert"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.724, ".72"),
        (-0.05, "−.05"),
        (0.0, ".00"),
        (-0.001, ".00"),
        (1.04, "1.04"),
        (0.997, "1.00"),
        (10.5, "10.50"),
    ],
)
def test_indices_have_two_decimals(value: float, shown: str) -> None:
    assert two_digits(value) == shown


def test_the_account_has_the_answer_first() -> None:
    found = analysis()
    lines = found.summary_lines()
    assert lines[0] == "trial: What matters?"
    assert found.lines()[: len(lines)] == lines
    said = " ".join(lines)
    assert (
        "Use of force (rung 6 or above): 95.0% luck; parameters move it by ±10.0 points (9.5 to 10.5). What"
        " matters: Resolve of the one (T .70); undecided: A parameter with quite a long label; can be fixed:"
        " Leverage; inert: Aversion."
    ) in said
    assert "Of the variance of the means of 50 replications, 50% was noise" in said
    assert "about 50 replications per point" in said


def test_each_outcome_has_its_numbers_with_intervals() -> None:
    said = text(analysis())
    assert "Mean over all points: 41% of crises." in said
    assert "95.0% is luck and 5.0% (4.0% to 6.0%) parameters" in said
    assert "Resolve of the one .60 (.50 to .70) .70 (.62 to .78) matters" in said
    assert "Interactions of parameters make up .29 (.09 to .49) of it." in said
    assert "The widest interval of T is ±.18 (±.18 with 128): n = 256 does not suffice for ±.10;" in said
    assert "about 1,024 would" in said
    assert "in points: Resolve of the one 20.0 (10.0 to 30.0)" in said
    assert "Leverage 0.0 (0.0 to 1.0)" in said
    assert "none of Aversion" in said
    assert "moves most is Resolve of the one at 0.1: −12.0 points (−17.0 to −7.0)" in said
    assert max(map(len, analysis().lines())) <= 80


def test_the_heaviest_keep_their_order_and_numbers() -> None:
    whole = analysis()
    total = whole.explained[0].sobol.total.estimate
    few = whole.heaviest(2)
    assert [each.name for each in few.parameters] == [each.name for each in whole.parameters[:2]]
    assert few.left_out == 2
    assert list(few.explained[0].sobol.total.estimate) == list(total[:2])
    assert {swing.parameter for swing in few.explained[0].swings} <= {0, 1}
    turned = np.flip(np.asarray(INDICES.total.estimate))
    other = replace(FORCE, series=(replace(INDICES, total=between(turned - 0.01, turned + 0.01)),))
    assert [each.name for each in analysis(other).heaviest(1).parameters] == [whole.parameters[3].name]


def test_of_many_parameters_a_sentence_names_the_first() -> None:
    assert _named(list("abcdefg")) == "a, b, c, d, e, f, g"
    assert _named(list("abcdefgh")) == "a, b, c, d, e, f and 2 more"


def test_enough_points_are_said_to_be_enough() -> None:
    precise = replace(INDICES, total=between([0.7, 0.2, 0.02, 0.0], [0.05, 0.05, 0.02, 0.0]))
    assert "n = 256 suffices for ±.10." in text(analysis(replace(FORCE, series=(precise,))))


def test_without_variance_beyond_noise_no_index_is_given() -> None:
    nothing = between([np.nan] * 4, [np.nan] * 4)
    unclear = replace(
        INDICES, parameters=between(0.0, 0.001), total=nothing, first_order=nothing, share=between(0.0, 0.02)
    )
    said = text(analysis(replace(FORCE, series=(unclear,))))
    assert "no variance of parameters distinguishable from noise, so no index" in said
    assert "it is at most 2.0% of that of a single crisis. No index is given." in said
    assert "nan" not in said
    always = replace(unclear, luck=between(0.0, 0.0), share=between(np.nan, np.nan))
    said = text(analysis(replace(FORCE, series=(always,))))
    assert "the same in every crisis" in said
    assert "nan" not in said


def test_screening_alone_says_what_moves_each_outcome_under_each_policy() -> None:
    one = replace(FORCE, series=(), swings=())
    other = replace(
        one, setting="policy b", place="Policy b",
        morris=replace(MORRIS, mu_star=between([0.0, 0.3, 0.0, -0.01], [0.0, 0.1, 0.0, 0.03])),
    )  # fmt: skip
    said = " ".join(analysis(one, other, points=0).summary_lines())
    assert "Policy a -------- Use of force (rung 6 or above): moved by Resolve of the one 20.0 (10.0" in said
    assert (
        "to 30.0) points; within noise, at most 25.0 points: A parameter with quite a long label, Leverage;"
        in said
    )
    assert "inert: Aversion." in said
    assert (
        "Policy b -------- Use of force (rung 6 or above): moved by A parameter with quite a long label 30.0"
        " (20.0 to 40.0) points; within noise, at most 2.0 points: Aversion; inert: "
    ) in said
    assert "does not split the variance, nor say how much is luck" in said
    assert "nor say how much is luck" not in text(analysis())
    assert all(len(line) <= 80 for line in analysis(one, other, points=0).summary_lines())


def test_a_difference_is_one_of_pairs() -> None:
    one = replace(FORCE, against="policy b", place="Policy a, compared with policy b")
    said = text(analysis(one))
    assert "Mean over all points: +41.3 points. Of the variance of a pair of crises, 95.0%" in said


def test_a_number_is_in_its_own_unit() -> None:
    said = text(analysis(replace(FORCE, name="peak_rung", measure=measure("peak_rung"))))
    assert "Mean over all points: 0.41 (rung)." in said
    assert "±0.10 rungs" in said


def test_nuclear_use_has_the_caveat() -> None:
    assert NUCLEAR_CAVEAT not in text(analysis())
    assert NUCLEAR_CAVEAT in text(analysis(replace(FORCE, name="war", measure=measure("nuclear_use"))))


def test_tables_have_a_row_for_each_number() -> None:
    tables = analysis().tables()
    assert {name: len(table.rows) for name, table in tables.items()} == {
        "variance.csv": 2 * 4, "indices.csv": 2 * 4 * 2, "screening.csv": 4 * 3, "swings.csv": 2,
    }  # fmt: skip
    *which, middle, low, high, raw = tables["indices.csv"].rows[-7]
    assert which == ["policy a", "", "force", 256, "p0", "total"]
    assert (middle, low, high, raw) == pytest.approx((0.7, 0.62, 0.78, 0.8))
    alone = analysis(replace(FORCE, series=(), morris=None), points=0, trajectories=0)
    assert list(alone.tables()) == ["swings.csv"]


def test_of_results_it_is_what_was_simulated(tmp_path: Path) -> None:
    found = sensitivity_of(escalation.Experiment(tree()).run(tmp_path / "out"))
    assert (found.points, found.trajectories, found.replications) == (16, 5, 6)
    assert found.settings == (("policy alone", ""), ("policy both", ""), ("policy both", "policy alone"))
    assert [one.name for one in found.of("policy both", "")] == ["force", "ceasefire", "nuclear_use"]
    assert max(map(len, found.lines())) <= 80
    assert found.lines()[-1]
    assert found.tables() == sensitivity_of(ResultsFolder(tmp_path / "out")).tables()


def test_other_results_are_refused(tmp_path: Path) -> None:
    one = escalation.Experiment(tree(replications=1)).run(tmp_path / "one")
    with pytest.raises(StoreError, match="one replication per point"):
        sensitivity_of(one)
    lhs = tree(design={"kind": "lhs", "points": 2}, replications=2)
    other = escalation.Experiment(lhs).run(tmp_path / "lhs")
    with pytest.raises(StoreError, match="has the design lhs, from which no indices can be computed"):
        sensitivity_of(other)
