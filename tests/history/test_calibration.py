"""`calibrate` as a function: what it fits to, what it returns, and the weights file it makes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from escalation.files.places import EscalationError
from escalation.history.calibration import Calibration, calibrate, read_data, read_events
from escalation.history.mie import dyads
from escalation.scenario.load import ScenarioError, load_weights
from tests.history.mie_files import many_acts, write_mie


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mie(tmp_path_factory.mktemp("events") / "mie.csv", many_acts(pairs=2, length=5))


@pytest.fixture(scope="module")
def found(events: Path) -> Calibration:
    return calibrate(["kutch_1965", events], use_responses=False, draws=3, name="small", profiles=["ratchet"])


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


def test_responses_are_a_kind_of_evidence_that_can_be_left_out(events: Path) -> None:
    kinds = [kind.label for kind in read_data(["kutch_1965", events]).evidence]
    assert len(kinds) == 3
    assert len(read_data(["kutch_1965", events], use_responses=False).evidence) == 2


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
