"""`calibrate` as a function: what it fits to, what it returns, and the weights file it makes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from escalation.files.places import ArgumentError, EscalationError
from escalation.history.calibration import EVIDENCE, Calibration, calibrate, read_data, read_events
from escalation.history.mie import dyads
from escalation.history.responses import WEIGHTS
from escalation.scenario.load import ScenarioError, load_weights
from escalation.scenario.weights import Weights
from tests.history.mie_files import many_acts, write_mie


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mie(tmp_path_factory.mktemp("events") / "mie.csv", many_acts(pairs=2, length=5))


@pytest.fixture(scope="module")
def found(events: Path) -> Calibration:
    return calibrate(
        ["kutch_1965", events], evidence={"agreements": 0.0, "waits": 0.5}, draws=3, name="small",
        profiles=["ratchet"],
    )  # fmt: skip


def test_the_file_holds_what_was_fitted(found: Calibration, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(found.yaml(), encoding="utf-8")
    again = load_weights(path)
    assert (again.name, again.weights) == ("small", found.weight_set.weights)
    assert again.fitted is not None
    assert np.array(again.fitted.draws).shape == (3, len(found.fit.priors.names))
    assert list(again.fitted.profile) == ["ratchet"]


def test_the_frame_has_the_estimates(found: Calibration) -> None:
    frame = found.frame().set_index("weight")
    assert frame.loc["ratchet", "fitted"] == pytest.approx(found.fit.weights.ratchet)
    low, high = frame.loc["ratchet", ["profile_low", "profile_high"]]
    assert low < frame.loc["ratchet", "fitted"] < high
    assert frame["profile_low"].notna().sum() == 1
    assert set(frame.index[frame["weakly_identified"]]) == set(found.fit.weakly_identified)


def test_correlations_are_those_of_the_estimates(found: Calibration) -> None:
    everything = found.correlated(0.0)
    names = found.fit.priors.names
    assert len(everything) == len(names) * (len(names) - 1) // 2
    one, other, r = everything[0]
    assert r == found.fit.correlation[names.index(one), names.index(other)]
    assert all(abs(r) >= 0.5 for _, _, r in found.correlated(0.5))


def test_every_piece_is_in_the_account_and_the_provenance_with_its_weight(found: Calibration) -> None:
    weights = {kind.name: kind.weight for kind in found.data.evidence}
    assert tuple(weights) == EVIDENCE
    assert weights["waits"] == 0.5
    assert weights["agreements"] == 0.0
    assert weights["responses_violent"] == WEIGHTS["violent"]
    lines = list(found.lines())
    assert max(map(len, lines)) <= 80
    for kind, score in zip(found.data.evidence, found.log_scores, strict=True):
        (line,) = [line.split() for line in lines if line.startswith(f"{kind.name} ")]
        assert line[1:4] == [f"{int(kind.times.sum()):,}", f"{kind.weight:g}", f"{score:.4f}"]
        assert ("left out" in " ".join(line)) == (kind.weight == 0.0)
        assert f"{kind.name} {score:.4f} (weight {kind.weight:g})" in found.weight_set.provenance


def test_evidence_that_is_left_out_moves_nothing(found: Calibration, events: Path) -> None:
    """Agreements are not part of the fit; where nothing is, weights keep their priors."""
    base = Weights()
    nothing = calibrate(["kutch_1965", events], evidence=dict.fromkeys(EVIDENCE, 0.0), draws=0, profiles=())
    assert nothing.fit.values == pytest.approx(nothing.fit.priors.mean)
    assert nothing.fit.se == pytest.approx(nothing.fit.priors.sd)
    assert set(nothing.fit.weakly_identified) == set(nothing.fit.priors.names)
    read = read_data(["kutch_1965", events])
    assert [kind.weight for kind in read.evidence if kind.name == "agreements"] == [1.0]
    assert found.fit.weights.alarm != base.alarm


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"wait": 1.0}, 'evidence: "wait" is unknown; did you mean `waits`'),
        ({"waits": -1.0}, "evidence: -1.0 for waits is not a number from 0 on"),
        ({"cases": float("nan")}, "for cases is not a number from 0 on"),
    ],
)
def test_factors_are_of_known_pieces_and_not_negative(given: dict[str, float], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        calibrate(["nowhere"], evidence=given)


def test_waits_are_read_where_a_pair_can_be_followed(tmp_path: Path) -> None:
    """An act of which only the month is known hides the days after it, and a war has no quiet days."""
    acts = [
        (1, 1, 100, 200, 1980, 1, 1, 3), (1, 2, 100, 200, 1980, 2, 1, 3),
        (2, 1, 101, 201, 1980, 1, 1, 3), (2, 2, 101, 201, 1980, 2, -9, 3),
        (3, 1, 102, 202, 1980, 1, 1, 3), (3, 2, 102, 202, 1980, 2, 1, 5, 22),
    ]  # fmt: skip
    read = read_data([write_mie(tmp_path / "x.csv", acts)])
    groups = {kind.name: kind.group for kind in read.evidence}
    assert groups["waits"] == ("100-200",)
    assert groups["exchanges"] == ("100-200", "101-201", "102-202")


def test_events_of_a_pair_can_be_left_out(events: Path) -> None:
    assert (750, 770) in map(tuple, dyads(read_events(events).events).tolist())
    assert (750, 770) not in map(tuple, dyads(read_events(events, left_out=(770, 750)).events).tolist())
    with pytest.raises(ScenarioError, match="no act of hostility 2 to 5 since 2100"):
        read_events(events, 2100)


def test_names_that_cannot_be_are_refused_before_anything_is_read() -> None:
    with pytest.raises(ScenarioError, match='"Bad name" is not a name of weights'):
        calibrate(["nowhere"], name="Bad name")
    with pytest.raises(EscalationError, match="did you mean `ratchet`"):
        calibrate(["nowhere"], profiles=["rachet", "ratchet"])
