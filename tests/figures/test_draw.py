"""The figures of an experiment: each says what it shows, hides nothing, and is drawn for every design."""

from __future__ import annotations

import itertools
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from escalation.experiment.spec import Plot
from escalation.figures.captions import inside, level_text, percent
from escalation.figures.draw import Wanted, draw_all, pictures
from escalation.figures.effect_plot import plot_effects
from escalation.figures.fan import plot_fan
from escalation.figures.heat import COLOURS, plot_heat
from escalation.figures.incidence import plot_incidence, spread
from escalation.figures.multiples import plot_multiples
from escalation.figures.outcomes import CLASS_COLOURS
from escalation.figures.ridge import plot_ridge
from escalation.figures.selection import Level, NothingToShowError, Shares, select, thinned
from escalation.figures.style import DPI, styled
from escalation.stats.intervals import wilson
from escalation.vocabulary import NUCLEAR_CAVEAT, OUTCOME_WORDS, OUTCOMES
from tests.figures.synthetic import (
    BIAS,
    ENTRY,
    INERT,
    LEVERAGE,
    SHARES,
    STYLE,
    TRUST,
    WHO,
    Factor,
    Tables,
    experiment,
)
from tests.figures.test_style import grey

STATES = {
    "alba": "Alba", "borea": "Borea", "corda": "Corda", "dania": "The United Republics of Dania and of Elba",
    "faria": "Faria",
}  # fmt: skip
MANY = Factor("entry", "Russia's day of entry", "days after 22 April", tuple(range(10, 50)), "number")
CROWD = Factor("party", "Party that mediates", None, tuple(f"party_number_{k}" for k in range(40)), "text")
FINE = Factor("leverage", "Leverage on India", "0 to 1", tuple(k / 59 for k in range(60)), "number")
WORDY = Factor(
    "wordy", "A factor with a label that goes on and on and says everything that there is to say about it",
    "a unit that is just as long as the label and leaves nothing out", ("first " * 30, "second " * 30),
    "text",
)  # fmt: skip

DESIGNS: dict[str, dict[str, Any]] = {
    "grid": {},
    "one factor": {"factors": [WHO]},
    "one number": {"factors": [ENTRY]},
    "no factor": {"factors": []},
    "six factors": {"factors": [ENTRY, STYLE, TRUST, WHO, INERT, BIAS]},
    "sampled": {"factors": [ENTRY, TRUST, WHO], "points": 90, "n": 200},
    "one replication": {"factors": [ENTRY, STYLE], "n": 1},
    "all alike": {"factors": [ENTRY, STYLE], "extreme": True},
    "forty numbers": {"factors": [MANY, STYLE]},
    "forty texts": {"factors": [CROWD, TRUST]},
    "sixty levels": {"factors": [FINE, STYLE]},
    "long words": {"factors": [WORDY, ENTRY], "title": "What could change if everything were long? " * 9},
    "five states": {"factors": [STYLE], "states": STATES},
    "a year": {"factors": [STYLE], "free": 365},
    "one day": {"factors": [STYLE], "free": 1},
    "one share": {"factors": [STYLE, ENTRY], "shares": ["mediated"]},
}


@cache
def made(name: str) -> Tables:
    """Make up an experiment once."""
    return experiment(**DESIGNS[name])


@cache
def drawn(name: str) -> dict[str, Figure]:
    """Draw all default figures of an experiment once."""
    return {picture.name: picture.draw() for picture in pictures(made(name))}


def words(figure: Figure) -> str:
    """Return all that is written in a figure."""
    return " ".join(text.get_text().replace("\n", " ") for text in figure.findobj(Text))  # type: ignore[attr-defined]


def axes_of(figure: Figure, name: str) -> Any:
    """Return the panel with this label."""
    (axes,) = (axes for axes in figure.axes if axes.get_label() == name)
    return axes


# ---------------------------------------------------------------------------------------- all figures


@pytest.mark.parametrize("name", DESIGNS)
def test_every_design_gets_the_figures_that_fit(name: str) -> None:
    kinds = [picture.split("_")[0] for picture in drawn(name)]
    factors = len(made(name).factors)
    assert kinds.count("outcomes") == factors
    assert ("heat" in kinds) == ("multiples" in kinds) == (factors > 1)
    assert ("ridge" in kinds) == ("effects" in kinds) == (factors > 0)
    assert {"fan", "incidence"} <= set(kinds)


@pytest.mark.parametrize("name", DESIGNS)
def test_every_figure_asks_and_says_what_it_rests_on(name: str) -> None:
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


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    small = experiment([ENTRY, STYLE], n=50)
    first, second = (draw_all(small, tmp_path / name) for name in ("a", "b"))
    assert [path.name for path in first] == [path.name for path in second]
    assert len(first) == 2 * len(pictures(small))
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name
    assert {path.suffix for path in first} == {".png", ".svg"}
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == sorted(path.name for path in first)


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


# ---------------------------------------------------------------------------------------------- colours


def test_classes_differ_in_luminance_from_the_worst_to_the_best() -> None:
    levels = [grey(CLASS_COLOURS[name]) for name in OUTCOMES]
    assert levels == sorted(levels)
    assert min(b - a for a, b in itertools.pairwise(levels)) >= 30


# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)


def seen(colour: str) -> np.ndarray[Any, Any]:
    """Return the CIE L*a*b* of a colour as an eye without green cones sees it."""
    rgb = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(DEUTERANOPIA @ linear, 0, 1)
    xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ) @ linear / [0.9505, 1.0, 1.089]  # fmt: skip
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_classes_differ_for_the_colour_blind() -> None:
    for one, other in itertools.combinations(OUTCOMES, 2):
        assert np.linalg.norm(seen(CLASS_COLOURS[one]) - seen(CLASS_COLOURS[other])) >= 12, (one, other)


def test_the_heat_map_darkens_steadily_in_greyscale() -> None:
    from matplotlib import colormaps

    levels = [grey(to_hex(colormaps[COLOURS](k / 16))) for k in range(17)]
    assert all(a - b >= 5 for a, b in itertools.pairwise(levels))


# ---------------------------------------------------------------------------------------------- outcomes


def test_bars_are_the_shares_and_add_up_to_one() -> None:
    figure, tables = drawn("grid")["outcomes_entry"], made("grid")
    axes = axes_of(figure, "Distribution")
    wide = {bar.get_gid(): bar.get_width() for bar in axes.patches}
    chosen = select(tables, ["entry"])
    shares = Shares(tables, chosen.allowed, OUTCOMES)
    for row, level in enumerate(chosen.axes[0].levels):
        for name in OUTCOMES:
            one = shares.of(chosen.cells(level), name)
            assert one is not None
            assert wide.get(f"{name} {row}", 0) == pytest.approx(one.value)
        assert sum(width for gid, width in wide.items() if gid.endswith(f" {row}")) == pytest.approx(1)


def test_each_class_is_named_and_has_its_interval() -> None:
    figure, tables = drawn("grid")["outcomes_entry"], made("grid")
    chosen = select(tables, ["entry"])
    shares = Shares(tables, chosen.allowed, OUTCOMES)
    for name in OUTCOMES:
        assert OUTCOME_WORDS[name] in words(figure)
        spans = [
            tuple(line.get_xdata()) for line in axes_of(figure, name).lines if len(line.get_xdata()) == 2
        ]
        expected = [shares.of(chosen.cells(level), name) for level in chosen.axes[0].levels]
        assert spans == [(one.low, one.high) for one in expected if one]


def test_the_caption_says_where_the_other_factors_stand() -> None:
    assert (
        "Other factors at baseline: style of mediation (facilitation), leverage on India (0), "
        "bias toward Pakistan (−0.5)." in words(drawn("grid")["outcomes_entry"])
    )


def test_levels_above_the_limit_are_left_out_and_said_so() -> None:
    figure = drawn("sixty levels")["outcomes_leverage"]
    assert "40 of 60 levels are shown, evenly spaced." in words(figure)
    assert "0 (baseline)" in words(figure)


# ------------------------------------------------------------------------------------------ cells and levels


def test_a_mark_of_a_grid_is_one_cell_with_all_else_at_baseline() -> None:
    tables = made("grid")
    chosen = select(tables, ["style", "entry"])
    for a, b in itertools.product(*(axis.levels for axis in chosen.axes)):
        (cell,) = chosen.cells(a, b)
        row = tables.cells[tables.cells["cell"] == cell].iloc[0]
        assert (row["leverage"], row["bias"]) == (0.0, -0.5)
        assert level_text(tables, STYLE, row["style"]) == a.label
        assert row["entry"] == b.at


def test_factors_can_be_held_elsewhere() -> None:
    tables = made("grid")
    chosen = select(tables, ["entry"], at={"leverage": 0.5})
    (cell,) = chosen.cells(chosen.axes[0].levels[2])
    row = tables.cells[tables.cells["cell"] == cell].iloc[0]
    assert (row["entry"], row["leverage"], row["style"]) == (21, 0.5, "facilitation")
    assert chosen.note.startswith("Other factors held: ")


def test_points_of_a_sampled_design_are_pooled_in_ranges() -> None:
    tables = made("sampled")
    chosen = select(tables, ["entry"])
    levels = chosen.axes[0].levels
    cells = [cell for level in levels for cell in chosen.cells(level)]
    assert sorted(cells) == list(range(90))
    assert levels[0].label == "10 to 12.25"
    assert "Pooled over 90 design points" in chosen.note
    one = Shares(tables, chosen.allowed, ["war"]).of(chosen.cells(levels[0]), "war")
    each = tables.summary[
        (tables.summary["of"] == "war") & tables.summary["cell"].isin(chosen.cells(levels[0]))
    ]
    assert one is not None
    assert one.value == pytest.approx(each["estimate"].mean())
    assert one.n == each["n"].sum()
    limits = wilson(one.value * 200, 200)  # no surer than one cell: all cells have the same luck
    assert (one.low, one.high) == (pytest.approx(float(limits.low)), pytest.approx(float(limits.high)))


@given(count=st.integers(1, 90), most=st.integers(1, 40), base=st.integers(0, 89))
def test_thinned_levels_keep_their_ends_and_the_baseline(count: int, most: int, base: int) -> None:
    levels = [Level(str(k), str(k), k, k == base, frozenset({k})) for k in range(count)]
    kept = [level.at for level in thinned(levels, most)]
    assert kept == sorted(set(kept))
    assert len(kept) == min(count, most)
    if most > 1:
        assert {0, count - 1} <= set(kept)
    if base < count and most != 2:
        assert base in kept


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_names_of_lines_are_spread_apart(places: list[float]) -> None:
    moved = spread(sorted(places), 0.08)
    assert moved == sorted(moved)
    assert all(b - a >= 0.079 for a, b in itertools.pairwise(moved))
    assert moved[0] >= -0.05
    assert moved[-1] <= 1.05


def test_labels_keep_the_capitals_of_names() -> None:
    tables = made("grid")
    assert inside(tables, "Russia's day of entry") == "Russia's day of entry"
    assert inside(tables, "Style of mediation") == "style of mediation"
    assert inside(tables, "United States and Russia") == "United States and Russia"
    assert inside(tables, "India") == "India"
    assert inside(tables, "UN special envoy") == "UN special envoy"


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0%"), (0.004, "<1%"), (0.5, "50%"), (0.996, ">99%"), (1.0, "100%")]
)
def test_percentages_claim_no_never_and_no_always(share: float, text: str) -> None:
    assert percent(share) == text


def test_levels_are_named_in_words() -> None:
    tables = made("one factor")
    assert [level_text(tables, WHO, level) for level in WHO.levels] == [
        "Nobody", "Russia", "United States", "The United Nations and Saudi Arabia, together in one room",
    ]  # fmt: skip
    assert [level_text(tables, ENTRY, level) for level in (10, 0.25, -0.5, True, 120_000)] == [
        "10", "0.25", "−0.5", "Yes", "120,000",
    ]  # fmt: skip


# -------------------------------------------------------------------------------------------- the other kinds


def test_fields_of_the_heat_map_are_the_shares() -> None:
    tables = made("grid")
    figure = plot_heat(tables, "entry", "leverage", "mediated")
    (mesh,) = [c for c in axes_of(figure, "Heat").collections if type(c).__name__ == "QuadMesh"]
    values = np.asarray(mesh.get_array()).reshape(5, 4)
    summary = tables.summary
    cell = summary[
        (summary["of"] == "mediated") & (summary["entry"] == 14) & (summary["leverage"] == 0.75)
        & (summary["style"] == "facilitation") & (summary["bias"] == -0.5)
    ]  # fmt: skip
    assert values[3, 1] == pytest.approx(cell["estimate"].item())
    frame = next(patch for patch in axes_of(figure, "Heat").patches if patch.get_gid() == "baseline")
    assert frame.get_xy() == (0, 0)
    assert "percentage points either way" in words(figure)


def test_the_fan_shows_the_record_in_grey_and_bands_from_the_horizon() -> None:
    tables = made("grid")
    axes = axes_of(plot_fan(tables), f"india {tables.baseline}")
    lines = {line.get_gid(): line for line in axes.lines}
    assert list(lines["record"].get_xdata()) == list(range(14))
    assert lines["horizon"].get_xdata()[0] == 13.5
    assert list(lines["median"].get_xdata()) == list(range(13, 44))
    bands = [c for c in axes.collections if isinstance(c, FillBetweenPolyCollection)]
    assert [band.get_gid() for band in bands] == ["q05 to q95", "q25 to q75"]
    posture = tables.postures
    ours = posture[
        (posture["cell"] == tables.baseline) & (posture["state"] == "india") & (posture["day"] == 43)
    ]
    assert lines["median"].get_ydata()[-1] == ours["q50"].item()


def test_cells_stand_side_by_side_in_a_fan() -> None:
    figure = plot_fan(made("grid"), [0, 5, 100])
    assert {"india 0", "india 5", "pakistan 100"} <= {axes.get_label() for axes in figure.axes}
    assert "Leverage on India: 0.25; Bias toward Pakistan: 0.5" in words(figure)


@pytest.mark.parametrize("cells", [[0, 1, 2, 3], [9999]])
def test_a_fan_of_too_many_cells_or_of_none_is_refused(cells: list[int]) -> None:
    with pytest.raises(
        NothingToShowError, match=r"at most 3 cells|no cell 9999; the cells are numbered 0 to 179"
    ):
        plot_fan(made("grid"), cells)


def test_curves_of_incidence_start_at_the_horizon_and_are_named_at_their_ends() -> None:
    tables = made("grid")
    figure = plot_incidence(tables, "style")
    axes = axes_of(figure, "First use of force")
    curves = [line for line in axes.lines if str(line.get_gid()).startswith("curve")]
    assert len(curves) == 3
    for curve in curves:
        assert (curve.get_xdata()[0], curve.get_ydata()[0]) == (0, 0)
        assert curve.get_drawstyle() == "steps-post"
    names = [text.get_text() for text in axes.texts]
    assert {"Facilitation (baseline)", "Formulation", "Manipulation"} <= set(names)
    assert "Days after the horizon, 5 May 2025" in words(figure)


def test_rows_of_the_ridge_are_the_peaks() -> None:
    tables = made("grid")
    axes = axes_of(plot_ridge(tables, "entry"), "pakistan")
    peaks = tables.peaks[(tables.peaks["cell"] == tables.baseline) & (tables.peaks["state"] == "pakistan")]
    shares = dict(zip(peaks["rung"], peaks["share"], strict=True))
    bars = [-bar.get_height() for bar in axes.containers[0]]
    tallest = max(bars)
    assert [bar / tallest for bar in bars] == pytest.approx(
        [shares.get(rung, 0) / max(shares.values()) for rung in range(11)]
    )
    means = [line.get_xdata()[0] for line in axes.lines if line.get_gid() == "mean"]
    assert means[0] == pytest.approx(sum(rung * share for rung, share in shares.items()))


def test_multiples_have_a_panel_for_each_style_and_a_line_for_each_level() -> None:
    figure = plot_multiples(made("grid"), "style", "entry", "mediated", "bias")
    assert [axes.get_label() for axes in figure.axes] == ["Facilitation", "Formulation", "Manipulation"]
    for axes in figure.axes:
        assert [line.get_gid() for line in axes.lines if line.get_gid()] == ["line 0", "line 1", "line 2"]


def test_effects_are_in_percentage_points_and_filled_if_clear() -> None:
    tables = made("six factors")
    figure = plot_effects(tables, ["war", "stand_off"])
    effects = tables.effects[(tables.effects["factor"] != "") & (tables.effects["of"] == "war")]
    row = effects[(effects["factor"] == "entry") & (effects["entry"] == 28)].iloc[0]
    mark = next(line for line in axes_of(figure, "war").lines if line.get_gid() == "row 3")
    assert mark.get_xdata()[0] == pytest.approx(100 * row["difference"])
    is_filled = to_hex(mark.get_markerfacecolor()) != "#ffffff"
    assert is_filled == (row["low"] > 0 or row["high"] < 0)
    assert "percentage points" in words(figure)


def test_a_factor_that_changes_nothing_is_called_inert() -> None:
    tables = experiment([ENTRY, INERT])
    text = words(plot_effects(tables))
    told = "INERT, every crisis is the same at either level, all else at baseline"
    assert f"Colour of the carpet; baseline red: {told}" in text
    assert "Russia's day of entry (days after 22 April); baseline 10 " in f"{text} "


def test_no_name_stands_for_another_in_the_effects() -> None:
    names = tuple(f"without_event_{letter}" for letter in "abcdefghijk")
    events = Factor(
        "record", "What is left out", None, names, "text", {names[3]: "a much longer name, of one event"}
    )
    text = words(plot_effects(experiment([events])))
    assert all(f"Without event {letter}" in text for letter in "bcefghijk")
    assert "a much longer name, of one event" in text
    assert "evenly spaced" not in text


# --------------------------------------------------------------------------------------------- what is asked


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
        ("one factor", "heat", r"^heat: needs 2 factors that are varied, this experiment has 1$"),
        ("no factor", "outcomes", r"^outcomes: needs 1 factors? that"),
        ("grid", "pie", r"^no kind of figure 'pie'; kinds: outcomes, effects, heat,"),
        (
            "grid",
            {"kind": "outcomes", "across": "entyr"},
            r"^outcomes: no factor 'entyr'; this experiment varies: entry,",
        ),
        ("grid", {"kind": "effects", "across": "entry"}, r"^effects: takes no across$"),
        ("grid", {"kind": "fan", "hue": 1}, r"^no option hue; options: kind, across, up, by, share, at$"),
        (
            "grid",
            {"kind": "heat", "across": "entry", "up": "entry"},
            r"^heat: the same factor twice: entry, entry$",
        ),
        ("grid", {"kind": "ridge", "at": {"leverage": 0.3}}, r"no cell has leverage at 0.3$"),
        ("sampled", {"kind": "ridge", "across": "entry", "at": {"trust": 0}}, r"pooled"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(
    design: str, wanted: Any, message: str, tmp_path: Path
) -> None:
    with pytest.raises(NothingToShowError, match=message):
        draw_all(made(design), tmp_path, [wanted])
    assert not list(tmp_path.iterdir())


def test_saved_figures_are_readable_pictures(tmp_path: Path) -> None:
    for path in draw_all(made("one share"), tmp_path):
        if path.suffix == ".png":
            with Image.open(path) as image:
                assert image.width == 2000
        else:
            assert path.read_text().rstrip().endswith("</svg>")


def test_synthetic_shares_are_known_to_the_experiment() -> None:
    from escalation.measures.measures import SHARES as KNOWN

    assert set(SHARES) <= set(KNOWN)
    assert LEVERAGE.levels[0] == 0.0
