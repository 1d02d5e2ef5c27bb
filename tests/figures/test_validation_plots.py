"""Figures of validations: which are drawn, and that marks are where the scores are."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from escalation.figures import validation_plots as plots
from escalation.history.act_forecasts import HOSTILITY, MODEL, RUNG
from escalation.history.backtest import ScoreLine, crisis_forecasts, made_by_model
from escalation.history.conduct import Conduct, ConductLine
from escalation.history.origins import origin_lines
from escalation.history.validation import ALL_EVENTS, CRISIS, DYADS, SCHEMES
from escalation.scenario.weight_set import Fitted, WeightSet
from escalation.scenario.weights import Weights
from escalation.stats.scores import Interval
from tests.history.crises import case, past
from tests.strategies import date


def texts(figure: Figure) -> str:
    parts = [text.get_text() for axes in [figure, *figure.axes] for text in axes.texts]
    return " ".join(" ".join([*parts, *(axes.get_title() for axes in figure.axes)]).split())


def marks(figure: Figure) -> dict[str, float]:
    lines = [line for axes in figure.axes for line in axes.lines if ": " in str(line.get_gid())]
    return {str(line.get_gid()): float(line.get_xdata()[0]) for line in lines}


def line(forecaster: str, gain: float | None, score: str = "log") -> ScoreLine:
    interval = None if gain is None else Interval(gain, gain - 0.1, gain + 0.1)
    return ScoreLine(ALL_EVENTS, score, forecaster, 10, 2, Interval(1.0, 0.9, 1.1), interval)


def test_gains_are_those_of_the_log_scores_over_each_baseline() -> None:
    scores = [line(MODEL, None), line("climatology", 0.2), line("markov_1", -0.3), line("markov_1", 9, "RPS")]
    found: Any = SimpleNamespace(schemes={DYADS: SimpleNamespace(scores=scores)}, refitted=False)
    figure = plots.gains(found)
    assert marks(figure) == {
        f"shares of levels: {SCHEMES[DYADS]}": 0.2, f"chain, one act back: {SCHEMES[DYADS]}": -0.3,
    }  # fmt: skip
    assert "by weights as given" in texts(figure)
    found.refitted = True
    assert "neither weights nor baselines were fitted to" in texts(plots.gains(found))
    assert plots.NUCLEAR in texts(figure)


def test_weights_are_drawn_in_standard_deviations_of_their_priors() -> None:
    fitted = Fitted(
        weights=("ratchet", "step"), se=(0.1, 0.02), prior_sd=(0.2, 0.05), weakly_identified=("step",)
    )
    given = Weights(ratchet=Weights().ratchet + 0.1, step=Weights().step)
    chosen = WeightSet(name="x", title="x", provenance="x", weights=given, fitted=fitted)
    figure = plots.identified_weights(SimpleNamespace(weights=chosen))  # type: ignore[arg-type]
    assert marks(figure) == pytest.approx({"ratchet: identified": 0.5, "step: weakly identified": 0.0})
    bars = [line.get_xdata() for line in figure.axes[0].lines if line.get_gid() == "interval"]
    assert [float(high - low) for low, high in bars] == pytest.approx([2 * 1.96 * 0.5, 2 * 1.96 * 0.4])


def block(scale: str, lowest: int, levels: int, count: int) -> Any:
    uniform, observed = np.full((count, levels), 1 / levels), np.arange(count) % levels
    return SimpleNamespace(
        scale=scale,
        lowest=lowest,
        rows=tuple(range(count)),
        observed=observed,
        by={MODEL: uniform},
    )


def test_a_backtest_draws_the_kinds_of_acts_that_it_has() -> None:
    events, cases, none = block(HOSTILITY, 2, 4, 40), block(RUNG, 0, 11, 22), block(RUNG, 0, 11, 0)
    found: Any = SimpleNamespace(acts=(events, cases, none), courses=(), origins=(), conduct=None)
    figures = plots.backtest_figures(found)
    assert set(figures) == {"pit", "reliability"}
    assert len(figures["pit"].axes) == 2
    assert "40 acts of Militarized Interstate Events" in texts(figures["pit"])
    assert "force or war" in texts(figures["reliability"])


def test_how_people_play_is_drawn_beside_the_record() -> None:
    share = ConductLine(
        "offers accepted",
        Interval(0.4, 0.2, 0.6),
        10,
        Interval(0.9, 0.8, 1.0),
        60,
        Interval(-0.5, -0.7, -0.3),
    )
    figure = plots.by_people(Conduct(("one",), ("two", "three"), (share,)))
    assert marks(figure) == {
        "Offers accepted: People in games": 0.4,
        "Offers accepted: States on record": 0.9,
    }
    assert "1 game, 2 recorded crises" in texts(figure)
    assert "none of the costs" in texts(figure)


def test_forecasts_of_courses_are_drawn_with_their_calibration_by_origin() -> None:
    one = past("one", case=case(origins=[date(0), date(8)]))
    courses = crisis_forecasts([one, past("two")], [one], 90, 20, 1)
    origins = origin_lines(made_by_model(courses), np.random.default_rng(1))
    found: Any = SimpleNamespace(acts=(), courses=courses, origins=origins, conduct=None)
    figures = plots.backtest_figures(found)
    assert set(figures) == {"pit", "reliability", "origins"}
    names = [axes.get_label() for axes in figures["pit"].axes]
    assert names[:2] == ["Peak rung", "Days to first force"]
    assert (len(names), len(figures["reliability"].axes)) == (5, 7)
    force = next(one for one in origins if one.quantity == "rung 6 reached" and one.band == "7 to 29")
    assert marks(figures["origins"])["Rung 6 reached: Days 7 to 29"] == force.excess.estimate
    times = figures["origins"].axes[1]
    assert [text.get_text() for text in times.get_yticklabels()][-1] == "Days to the end"


def test_only_figures_whose_data_are_there_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("gains", "gains_by_crisis", "transforms", "reliabilities", "identified_weights"):
        monkeypatch.setattr(plots, name, lambda found: Figure())
    monkeypatch.setattr(plots, "mediation_figures", lambda found: {"mediation_check": Figure()})
    monkeypatch.setattr(plots, "plot_facts", lambda facts: Figure())
    bare: Any = SimpleNamespace(schemes={}, weights=SimpleNamespace(fitted=None), mediation=None, facts=None)
    assert set(plots.validation_figures(bare)) == {"pit", "reliability", "stylised_facts", "mediation_check"}
    whole: Any = SimpleNamespace(
        schemes={CRISIS: 1}, weights=SimpleNamespace(fitted=1), mediation=None, facts=None
    )
    more = {"gains", "by_crisis", "weights"}
    assert (
        set(plots.validation_figures(whole))
        == {"pit", "reliability", "stylised_facts", "mediation_check"} | more
    )


def test_figures_are_saved_by_their_names(tmp_path: Path) -> None:
    paths = plots.save_all({"one": Figure(), "two": Figure()}, tmp_path, ["png"])
    assert paths == [tmp_path / "one.png", tmp_path / "two.png"]
    assert all(path.stat().st_size > 0 for path in paths)
