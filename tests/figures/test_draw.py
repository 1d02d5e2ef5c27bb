"""Figures of an experiment: each states what it shows, hides nothing, and can be drawn for every design."""

from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from escalation.analysis.tidy import Tidy
from escalation.experiment.spec import Plot
from escalation.figures.draw import Wanted, draw_all, pictures
from escalation.figures.selection import NothingToShowError
from escalation.figures.style import DPI, styled
from escalation.vocabulary import NUCLEAR_CAVEAT
from tests.figures.synthetic import DESIGNS, ENTRY, LEVERAGE, SHARES, STYLE, drawn, experiment, made


@pytest.mark.parametrize("name", DESIGNS)
def test_every_design_gets_the_figures_that_fit(name: str) -> None:
    kinds = [picture.split("_")[0] for picture in drawn(name)]
    factors = len(made(name).factors)
    assert kinds.count("outcomes") == factors
    assert ("heat" in kinds) == ("multiples" in kinds) == (factors > 1)
    assert ("ridge" in kinds) == ("effects" in kinds) == (factors > 0)
    assert {"fan", "incidence"} <= set(kinds)


@pytest.mark.parametrize("name", DESIGNS)
def test_every_figure_has_a_question_and_states_its_basis(name: str) -> None:
    for figure in drawn(name).values():
        title, subtitle, caption = (text.get_text().replace("\n", " ") for text in _frame(figure))
        assert title.endswith(("?", "…"))
        assert subtitle.startswith(made(name).title.strip()[:40])
        assert "n = " in caption
        assert "Seed 2025." in caption
        assert "escalation plot results/mediation" in caption
        assert NUCLEAR_CAVEAT in caption
        assert "not a forecast" in caption


def _frame(figure: Figure) -> list[Text]:
    """Return title, subtitle and caption, the first things written."""
    return [text for text in figure.texts if text.get_text()][:3]


@pytest.mark.parametrize("name", DESIGNS)
def test_no_text_runs_over_another_or_out_of_the_figure(name: str) -> None:
    for picture, figure in drawn(name).items():
        with styled():
            figure.canvas.draw()
            page = figure.bbox
            hidden = {
                label
                for axes in figure.axes
                for label in [*axes.get_xticklabels(which="both"), *axes.get_yticklabels(which="both")]
            } - set(_ticks_shown(figure))
            texts = [
                text for text in figure.findobj(Text)  # type: ignore[attr-defined]
                if text.get_text().strip() and text.get_visible() and text not in hidden
            ]  # fmt: skip
            boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
        for text, box in boxes:
            assert box.x0 >= page.x0, (picture, text)
            assert box.x1 <= page.x1, (picture, text)
            assert box.y0 >= page.y0, (picture, text)
            assert box.y1 <= page.y1, (picture, text)
        for (text, box), (other, near) in itertools.combinations(boxes, 2):
            wide = min(box.x1, near.x1) - max(box.x0, near.x0)
            tall = min(box.y1, near.y1) - max(box.y0, near.y0)
            assert wide < 2 or tall < 4, (picture, text, other)


def _ticks_shown(figure: Figure) -> list[Text]:
    """Return the labels of ticks within the limits of axes that show them."""
    shown = []
    for axes in figure.axes:
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            low, high = sorted(limits)
            slack = 1e-6 * (high - low)
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if low - slack <= tick.get_loc() <= high + slack:
                    shown += [label for label in (tick.label1, tick.label2) if label.get_visible()]
    return shown


@pytest.mark.parametrize("name", DESIGNS)
def test_figures_are_wide_enough_and_not_too_tall(name: str) -> None:
    for figure in drawn(name).values():
        wide, tall = figure.get_size_inches() * DPI
        assert wide >= 1200
        assert tall <= 1.3 * wide


@dataclass(frozen=True)
class Saved:
    """All figures of a small experiment, as files."""

    files: list[Path]
    heard: list[tuple[int, int]]
    """What was told of the progress."""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    heard: list[tuple[int, int]] = []
    folder = tmp_path_factory.mktemp("figures") / "a"
    return Saved(draw_all(small(), folder, None, lambda *told: heard.append(told)), heard)


def small() -> Tidy:
    return experiment([ENTRY, STYLE], n=50)


def test_the_same_tables_give_the_same_bytes(saved: Saved, tmp_path: Path) -> None:
    first, second = saved.files, draw_all(small(), tmp_path)
    assert [path.name for path in first] == [path.name for path in second]
    assert len(first) == 2 * len(pictures(small()))
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name
    assert {path.suffix for path in first} == {".png", ".svg"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in first)


def test_progress_is_told_before_the_first_figure_and_after_each(saved: Saved, tmp_path: Path) -> None:
    count = len(saved.files) // 2
    assert saved.heard == [(done, count) for done in range(count + 1)]
    heard: list[tuple[int, int]] = []
    draw_all(small(), tmp_path, ["effects", "fan"], lambda *told: heard.append(told))
    assert heard == [(0, 2), (1, 2), (2, 2)]


def test_drawing_needs_no_pyplot_and_importing_no_matplotlib() -> None:
    code = """
import sys
from escalation.figures.draw import pictures
assert "matplotlib" not in sys.modules, "matplotlib imported too early"
from tests.figures.synthetic import ENTRY, STYLE, experiment
for picture in pictures(experiment([ENTRY, STYLE], n=20)):
    picture.draw()
assert "matplotlib.pyplot" not in sys.modules, "pyplot imported"
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_plots_of_an_experiment_are_drawn_as_asked(tmp_path: Path) -> None:
    kinds = [
        Plot(kind="heat", across="entry", up="leverage", share="mediated", at={"style": "formulation"}),
        {"kind": "outcomes", "across": "style"},
        "fan",
        {"kind": "fan", "by": "style"},
        Wanted("incidence", at={"style": "formulation"}, by="entry"),
        "effects",
        "effects",
    ]
    found = [picture.name for picture in pictures(made("grid"), kinds)]
    assert found == [
        "heat_entry_leverage_mediated_style-formulation", "outcomes_style", "fan", "fan_style",
        "incidence_entry_style-formulation", "effects", "effects_2",
    ]  # fmt: skip
    for picture in pictures(made("grid"), kinds):
        picture.draw()
    assert len(draw_all(made("grid"), tmp_path / "new" / "figures", ["effects"])) == 2


@pytest.mark.parametrize(
    ("design", "wanted", "message"),
    [
        ("one factor", "heat", r"^heat: needs 2 varied factors; this experiment has 1$"),
        ("no factor", "outcomes", r"^outcomes: needs 1 varied factor;"),
        ("grid", "pie", r"^unknown kind of figure 'pie'; allowed: outcomes, heat, fan,"),
        (
            "grid",
            {"kind": "outcomes", "across": "entyr"},
            r"^outcomes: no factor 'entyr'; this experiment varies: entry,",
        ),
        ("grid", {"kind": "effects", "across": "entry"}, r"^effects: does not take across$"),
        (
            "grid",
            {"kind": "fan", "hue": 1},
            r"^unknown option hue; allowed: kind, across, up, by,",
        ),
        (
            "grid",
            {"kind": "heat", "across": "entry", "up": "entry"},
            r"^heat: duplicate factor: entry, entry$",
        ),
        ("grid", {"kind": "ridge", "at": {"leverage": 0.3}}, r"no cell has leverage at 0.3$"),
        ("sampled", {"kind": "ridge", "across": "entry", "at": {"trust": 0}}, r"pooled"),
    ],
)
def test_impossible_requests_are_refused_with_a_reason(
    design: str, wanted: Any, message: str, tmp_path: Path
) -> None:
    with pytest.raises(NothingToShowError, match=message):
        draw_all(made(design), tmp_path, [wanted])
    assert not list(tmp_path.iterdir())


def test_saved_figures_are_readable_pictures(saved: Saved) -> None:
    for path in saved.files:
        if path.suffix == ".png":
            with Image.open(path) as image:
                assert image.width == 2000
        else:
            assert path.read_text().rstrip().endswith("</svg>")


def test_synthetic_shares_are_known_to_the_experiment() -> None:
    from escalation.measures.measures import SHARES as KNOWN

    assert set(SHARES) <= set(KNOWN)
    assert LEVERAGE.levels[0] == 0.0
