"""The timeline of one run shows all that happened in it, and nothing overlaps."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Annotation, Text
from PIL import Image

from escalation.crisis.play import Run, play
from escalation.figures.course import acts_on_rungs, days_with, incidents
from escalation.figures.style import DPI, PAPER, save, styled
from escalation.figures.timeline import plot_timeline
from escalation.scenario.load import load_scenario
from escalation.vocabulary import STYLES
from tests.strategies import NUCLEAR, border_fire, crisis, dated, incident, ladder

TINY = Path(__file__).parents[1] / "data" / "tiny.yaml"

STATES = {
    "alba": "Alba", "borea": "Borea", "corda": "Corda", "dania": "United Republics of Dania",
    "elba": "Elba", "faria": "Faria",
}  # fmt: skip
MEDIATORS = {"umbra": "Umbra", "vesta": "Vesta", "wega": "The Secretary-General of the League of Nations"}
RUNG_LABELS = (
    "Normal or conciliatory", "Words", "Diplomatic or economic punishment",
    "Explicit threat or show of force", "Mobilisation or blockade", "Routine or deniable violence",
    "Acknowledged local force", "Overt strike beyond the disputed zone", "Limited war",
    "Full conventional war", "Nuclear use",
)  # fmt: skip


def world(states: int = 2, mediators: int = 1, all_rivals: bool = False, **changes: Any) -> Run:
    """Play a crisis of so many states and mediators."""
    names = list(STATES)[:states]
    pairs = itertools.combinations(names, 2) if all_rivals else itertools.pairwise(names)
    rungs = {str(rung): {"label": label, "description": "y"} for rung, label in enumerate(RUNG_LABELS)}
    seed = changes.pop("seed", 0)
    tree: dict[str, Any] = {
        "title": "A quarrel of neighbours",
        "states": {name: {"label": STATES[name], "capabilities": ["upstream", *NUCLEAR]} for name in names},
        "mediators": {
            name: {"label": MEDIATORS[name], "enters_day": 3, "style": "manipulation", "form": "third_party"}
            for name in list(MEDIATORS)[:mediators]
        },
        "rivalries": [{"between": list(p), "contested_line": True, "hotline": True} for p in pairs],
        "ladder": ladder() | {"rungs": rungs},
        "incidents": [incident(0, "alba", "borea")],
        "acts": [],
    }
    return play(crisis(**tree | changes), seed)


BUSY = [
    dated(day, actor, act, target)
    for day, actor, act, target in (
        (1, "alba", "expel", "borea"),
        (1, "alba", "close_border", "borea"),
        (1, "borea", "expel", "alba"),
        (2, "borea", "strike", "alba"),
        (2, "alba", "strike", "borea"),
        (3, "alba", "sustained", "borea"),
        (3, "borea", "war", "alba"),
        (3, "borea", "ask", "umbra"),
        (3, "umbra", "offer", "alba"),
        (3, "alba", "decline", "umbra"),
        (4, "borea", "nuclear_use", "alba"),
    )
]


@cache
def busy() -> Run:
    """Play a crisis in which a lot happens: war, mediation, border fire, incidents."""
    return world(
        acts=BUSY,
        border_fire=[border_fire(1, "alba", "borea", 3, goes_on=True)],
        hazards=[{"label": "a raid, by nobody knows whom", "victim": "alba", "blamed": "borea",
                  "per_day": 0.2, "severity": 0.5}],
        seed=2,
    )  # fmt: skip


@cache
def drawn() -> Figure:
    """Draw the busy run."""
    return plot_timeline(busy())


def lane(figure: Figure, name: str) -> Axes:
    """Return the axes of a lane."""
    (axes,) = (axes for axes in figure.axes if axes.get_label() == name)
    return axes


def key_of(figure: Figure) -> list[str]:
    """Return the texts of the key."""
    legends = [artist for artist in figure.get_children() if isinstance(artist, Legend)]
    return [text.get_text() for legend in legends for text in legend.get_texts()]


def texts_of(figure: Figure) -> list[Text]:
    """Return everything written in a figure, with the dates of its last lane only."""
    hidden = {label for axes in figure.axes[:-1] for label in axes.get_xticklabels(which="both")}
    return [text for text in figure.findobj(Text) if text.get_text().strip() and text not in hidden]  # type: ignore[attr-defined]


def marks(figure: Figure) -> list[Any]:
    """Return the marks of the acts."""
    return [line for line in lane(figure, "Ladder").lines if (line.get_gid() or "").startswith("acts")]


def test_every_lane_is_there() -> None:
    assert [axes.get_label() for axes in drawn().axes] == [
        "Incidents", "Ladder", "Border fire at night", "Ceasefire", "Mediation by Umbra",
    ]  # fmt: skip


def test_every_rung_is_named() -> None:
    written = " ".join(text.get_text().replace("\n", " ") for text in lane(drawn(), "Ladder").texts)
    for rung, label in enumerate(RUNG_LABELS):
        assert f"{rung} {label}" in written


def test_every_act_is_marked_filled_if_forced() -> None:
    run, acts = busy(), busy().scenario.ladder.acts
    done: Counter[bool] = Counter()
    for decision in run.decisions:
        act = acts[run.index.acts[decision.choice.act]]
        done[decision.forced] += act.effect != "hold" and act.kind != "mediation"
    shown: Counter[bool] = Counter()
    for mark in marks(drawn()):
        shown[to_hex(mark.get_markerfacecolor()) != to_hex(PAPER)] += int(mark.get_gid().split()[1])
    assert shown == done
    assert done[True] == 8
    assert done[False] > 0


def test_marks_are_on_their_rung_and_hide_no_other() -> None:
    run = world(6, 0, all_rivals=True, seed=1)
    figure = plot_timeline(run)
    axes = lane(figure, "Ladder")
    assert len(marks(figure)) > 10
    for (_, day, rung, _), mark in zip(acts_on_rungs(run), marks(figure), strict=True):
        assert mark.get_xdata()[0] == day
        assert abs(mark.get_ydata()[0] - rung) < 0.5
    places = [
        (state, *axes.transData.transform((mark.get_xdata()[0], mark.get_ydata()[0])), mark.get_markersize())
        for (state, *_), mark in zip(acts_on_rungs(run), marks(figure), strict=True)
    ]
    for (state, x, y, size), (other, u, v, near) in itertools.combinations(places, 2):
        room = 0.45 * (size + near) * DPI / 72
        assert state == other or max(abs(x - u), abs(y - v)) >= room


def test_several_acts_of_a_state_on_a_day_and_rung_are_counted() -> None:
    assert ("2", 1.0) in [
        (text.get_text(), text.xy[0])
        for text in lane(drawn(), "Ladder").texts
        if isinstance(text, Annotation)
    ]
    assert "number of acts, if more than one" in key_of(drawn())


def test_posture_is_the_highest_toward_any_rival() -> None:
    run = world(3, 0, seed=5)
    figure = plot_timeline(run)
    lines = {line.get_gid(): line for line in lane(figure, "Ladder").lines}
    expected = [max(day.pair[1, 0].posture, day.pair[1, 2].posture) for day in run.days]
    assert list(lines["posture of Borea"].get_ydata()) == pytest.approx(expected)
    assert list(lines["posture of Corda"].get_ydata()) == pytest.approx(
        [d.pair[2, 1].posture for d in run.days]
    )


def test_history_is_shaded_and_ends_at_the_horizon() -> None:
    for axes in drawn().axes:
        box = axes.patches[0].get_extents().transformed(axes.transData.inverted())
        assert (box.x0, box.x1) == pytest.approx((-0.5, 4.5))
    horizons = [line for line in lane(drawn(), "Ladder").lines if line.get_gid() == "horizon"]
    assert [line.get_xdata()[0] for line in horizons] == [4.5]
    written = [text.get_text() for text in drawn().axes[0].texts]
    assert "Simulated, from 6 January 2020" in written


def test_history_is_darker_in_greyscale(tmp_path: Path) -> None:
    with Image.open(save(drawn(), tmp_path / "a.png")) as image:
        pixels = image.convert("L")
        axes = lane(drawn(), "Ladder")
        past, future = (
            pixels.getpixel((int(x), image.height - int(y)))
            for x, y in axes.transData.transform([(0.35, 9.8), (25.35, 9.8)])
        )
    assert past <= future - 15


def test_incidents_border_fire_and_ceasefires_are_in_their_lanes() -> None:
    run, figure = busy(), drawn()
    assert [line.get_xdata()[0] for line in lane(figure, "Incidents").lines] == [
        day for day, _ in incidents(run)
    ]
    assert (0, "X") in incidents(run)
    assert "A raid" in [text for _, text in incidents(run)]
    (nights,) = days_with(run, "border_fire").values()
    (ticks,) = lane(figure, "Border fire at night").collections
    assert [segment[0][0] for segment in ticks.get_segments()] == nights
    assert nights[:4] == [1, 2, 3, 4]


def test_a_ceasefire_is_shown_from_its_first_to_its_last_day() -> None:
    run = next(run for run in (world(seed=seed) for seed in range(40)) if days_with(run, "ceasefire"))
    (days,) = days_with(run, "ceasefire").values()
    (bars,) = lane(plot_timeline(run), "Ceasefire").collections
    shown = [
        day
        for bar in bars.get_paths()
        for day in range(int(bar.vertices[0, 0] + 0.6), int(bar.vertices[2, 0] + 0.6))
    ]
    assert shown == days


def test_every_act_of_mediation_is_marked_and_named() -> None:
    run, figure = busy(), drawn()
    acts = run.scenario.ladder.acts
    done = [acts[run.index.acts[decision.choice.act]].effect for decision in run.decisions]
    effects = Counter(effect for effect in done if effect not in ("none", "hold", "ceasefire"))
    lines = lane(figure, "Mediation by Umbra").lines
    shown = Counter(line.get_gid() for line in lines if line.get_gid() in effects)
    assert shown == effects
    assert {"ask", "offer", "decline"} <= set(effects)
    assert {"asks for mediation", "offers good offices", "declines"} <= set(key_of(figure))
    assert "proposes a formula" not in key_of(figure) or effects["formula"]


def test_the_texts_match_the_run() -> None:
    title, subtitle, caption = (text.get_text().replace("\n", " ") for text in drawn().texts)
    assert title == "A quarrel of neighbours"
    assert subtitle.split(", after")[0] in (
        "Nuclear use", "Full conventional war", "Limited use of force, ended",
        "Limited use of force, going on", "Stand-off", "De-escalated",
    )  # fmt: skip
    assert "25 simulated days from 6 January 2020" in subtitle
    assert "Seed 2, replication 0." in caption
    assert "not a forecast" in caption
    assert {"Alba", "Borea", "act given in the scenario", "act chosen in the simulation"} <= set(
        key_of(drawn())
    )


EDGES: dict[str, dict[str, Any]] = {
    "no mediator": {"mediators": 0},
    "no simulated days": {"free_days": 0, "acts": BUSY},
    "nothing at all": {"free_days": 0, "mediators": 0, "incidents": []},
    "one day": {"free_days": 0, "horizon": 0},
    "five days": {"free_days": 3, "horizon": 1},
    "history of one day": {"horizon": 0},
    "200 days": {"free_days": 195, "mediators": 3},
    "six states": {"states": 6, "mediators": 3, "free_days": 60, "all_rivals": True},
    "four states, long": {"states": 4, "mediators": 2, "free_days": 150},
    "long title": {"title": "A quarrel about everything and nothing " * 12},
    "wordy incidents": {
        "incidents": [
            incident(day, "alba", "borea") | {"says": f"Something {how} goes wrong at the border"}
            for day in range(5) for how in ("small", "large")
        ],
    },
    "many incidents": {"incidents": [incident(day % 5, "alba", "borea") for day in range(14)]},
}  # fmt: skip


@cache
def edge(name: str) -> Figure:
    """Draw an unusual run."""
    return plot_timeline(world(**EDGES[name]))


@pytest.mark.parametrize("name", EDGES)
def test_unusual_runs_are_drawn(name: str, tmp_path: Path) -> None:
    with Image.open(save(edge(name), tmp_path / "a.png")) as image:
        assert image.width >= 1200
        assert image.height < 1.5 * image.width


@pytest.mark.parametrize("name", ["busy", *EDGES])
def test_no_text_runs_over_another_or_out_of_the_figure(name: str) -> None:
    figure = drawn() if name == "busy" else edge(name)
    with styled():
        figure.canvas.draw()
        page = figure.bbox
        boxes = [(text.get_text(), text.get_window_extent()) for text in texts_of(figure)]
    for text, box in boxes:
        assert box.x0 >= page.x0, text
        assert box.x1 <= page.x1, text
        assert box.y0 >= page.y0, text
        assert box.y1 <= page.y1, text
    for (text, box), (other, near) in itertools.combinations(boxes, 2):
        if not (text.isdigit() and other.isdigit()):  # numbers of acts of one state may be close
            wide = min(box.x1, near.x1) - max(box.x0, near.x0)
            tall = min(box.y1, near.y1) - max(box.y0, near.y0)
            assert wide < 2 or tall < 2, (text, other)


def test_several_pairs_have_lanes_of_their_own_or_one_together() -> None:
    firing = [border_fire(1, "alba", "borea", 2), border_fire(2, "borea", "corda", 2)]
    names = [axes.get_label() for axes in plot_timeline(world(3, 0, free_days=0, border_fire=firing)).axes]
    assert "Border fire at night: Alba, Borea" in names
    assert "Border fire at night: Borea, Corda" in names
    assert "Border fire at night: number of pairs out of 15" in [
        axes.get_label() for axes in edge("six states").axes
    ]


def test_the_tiny_scenario_has_the_same_bytes_twice(tmp_path: Path) -> None:
    scenario = load_scenario(TINY)
    for ending in ("png", "svg"):
        first, second = (
            save(plot_timeline(play(scenario, 7)), tmp_path / f"{number}.{ending}").read_bytes()
            for number in range(2)
        )
        assert first == second


def test_drawing_needs_no_pyplot_and_importing_no_matplotlib(tmp_path: Path) -> None:
    code = f"""
import sys
import escalation.figures.timeline as timeline
from escalation.figures.style import save
assert "matplotlib" not in sys.modules, "matplotlib imported too early"
from escalation.crisis.play import play
from escalation.scenario.load import load_scenario
save(timeline.plot_timeline(play(load_scenario({str(TINY)!r}), 1)), {str(tmp_path / "a.png")!r})
assert "matplotlib.pyplot" not in sys.modules, "pyplot imported"
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


@pytest.mark.parametrize("style", STYLES)
def test_the_lane_of_a_mediator_names_its_style(style: str) -> None:
    run = play(crisis(free_days=2, mediators={
        "umbra": {"label": "Umbra", "enters_day": 3, "style": style, "form": "bilateral"},
    }), 1)  # fmt: skip
    texts = " ".join(text.get_text() for text in lane(plot_timeline(run), "Mediation by Umbra").texts)
    assert style in texts
