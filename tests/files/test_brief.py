"""Every public object shows itself in a line, and in a notebook as a table or as its own account."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

import escalation
from escalation.crisis.game import Game
from escalation.engine.model import CrisisModel
from escalation.files.brief import LONGEST, Brief, brief
from escalation.scenario.load import load_weights
from tests.experiment.sweeps import tree
from tests.strategies import crisis, crisis_tree

SHORT = 200
"""Characters."""
NASTY = 'Arland <b onload="x">&amp; "sons"'


@dataclasses.dataclass(frozen=True, repr=False)
class Sample(Brief):
    name: str
    found: Any
    hidden: Any = dataclasses.field(default=None, repr=False)


def test_a_value_is_shown_in_a_few_words() -> None:
    assert brief(3.5) == "3.5"
    assert brief("short") == "'short'"
    assert len(brief("long" * 100)) <= 60
    assert brief(np.zeros((3, 4))) == "array[3, 4]"
    assert brief(dt.date(2025, 4, 22)) == "2025-04-22"
    assert brief(("india", "pakistan")) == "[india, pakistan]"
    assert brief({"india": 3}) == "{india: 3}"
    assert brief(range(5_000)) == "5,000 items"
    assert brief([[1]]) == "1 items"
    assert brief(Sample("inner", 1)) == "Sample 'inner'"


def test_an_object_is_shown_by_its_parts_and_long_ones_are_cut() -> None:
    assert repr(Sample("a", 1, hidden=2)) == "Sample(name='a', found=1)"
    long = repr(Sample("x" * 300, tuple("abc" * 100)))
    assert len(long) <= LONGEST + len("Sample(...)")
    assert str(Sample("a", 1)) == repr(Sample("a", 1))


class Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Texts:
    texts = Texts()
    texts.feed(html)
    return texts


def test_a_notebook_shows_text_as_text() -> None:
    shown = read(Sample("a", NASTY)._repr_html_())
    assert NASTY in shown.text
    assert set(shown.tags) <= {"table", "caption", "tr", "th", "td"}
    told = read(escalation.WrittenReport((NASTY, "second"), ())._repr_html_())
    assert told.text == f"{NASTY}\nsecond"
    assert told.tags == ["pre"]


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One object of every kind that the package hands out."""
    scenario = crisis()
    run = escalation.run(scenario, seed=4)
    experiment = escalation.Experiment(tree(replications=6))
    results = experiment.run(tmp_path_factory.mktemp("brief") / "out")
    model = CrisisModel(scenario, 1)
    return {
        "scenario": scenario,
        "weights": load_weights("calibrated"),
        "run": run,
        "decision": run.decisions[0],
        "day": run.days[0],
        "experiment": experiment,
        "results": results,
        "tally": results.tally,
        "report": results.report(),
        "prepared": experiment.prepared(),
        "game": Game(scenario, 1, 0, ["alba"]),
        "model": model,
        "params": model.params,
        "state": model.state,
        "agent": model.state_agents[0],
    }


def reached(name: str, value: Any, seen: set[int], depth: int = 4) -> Iterator[tuple[str, Any]]:
    """Yield every object of ours that can be reached by public attributes, with the way to it."""
    if id(value) in seen or not depth:
        return
    seen.add(id(value))
    if isinstance(value, Mapping | tuple | list) and value and not hasattr(value, "_fields"):
        first = next(iter(value.values() if isinstance(value, Mapping) else value))
        yield from reached(f"{name}[0]", first, seen, depth - 1)
    if not type(value).__module__.startswith("escalation"):
        return
    yield name, value
    for part in {*vars(type(value)), *getattr(value, "__dict__", {})}:
        known = getattr(value, "__dict__", {}).get(part)
        if known is not None and not part.startswith("_"):
            yield from reached(f"{name}.{part}", known, seen, depth - 1)


def test_every_public_object_has_a_short_representation(public: dict[str, Any]) -> None:
    seen: set[int] = set()
    found = [pair for name, value in public.items() for pair in reached(name, value, seen)]
    assert len(found) > 50
    long = {name: len(repr(value)) for name, value in found if len(repr(value)) > SHORT}
    assert long == {}
    assert [name for name, value in found if "\n" in repr(value)] == []


def test_the_representation_says_what_it_is(public: dict[str, Any]) -> None:
    assert f"outcome='{public['run'].result.outcome}'" in repr(public["run"])
    assert "seed=4" in repr(public["run"])
    assert "replications=6" in repr(public["results"])
    assert "alba" in repr(public["scenario"])
    assert "last_day" in repr(public["model"])


def test_every_public_object_has_a_view_in_a_notebook(public: dict[str, Any]) -> None:
    for name, value in public.items():
        if not isinstance(value, tuple):
            shown = read(value._repr_html_())
            assert shown.text.strip(), name
            assert len(shown.text) < 20_000, name


def test_labels_of_a_scenario_are_no_markup_in_a_notebook() -> None:
    states = crisis_tree()["states"]
    states["alba"]["label"] = NASTY
    assert "<b onload" not in crisis(states=states).states["alba"]._repr_html_()
