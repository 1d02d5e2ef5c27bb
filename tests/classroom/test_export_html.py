from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from escalation.classroom.export_html import MOST_SETTINGS, axes_of, echarts_source, write_page
from tests.classroom.crises import STYLE, workspace

TWO_STATES = "docs/examples/two_states.yaml"


def test_the_grid_has_the_mediators_choices_and_the_scenarios_setting() -> None:
    axes = axes_of(workspace())
    paths = [axis.control.path for axis in axes]
    assert paths[:4] == [
        "mediators.russia", STYLE, "mediators.russia.form", "mediators.russia.enters_day",
    ]  # fmt: skip
    size = 1
    for axis in axes:
        assert axis.values[axis.at] == axis.control.value
        size *= len(axis.values)
    assert 50 < size <= MOST_SETTINGS


def test_a_crisis_without_mediators_has_a_grid_too() -> None:
    assert axes_of(workspace(TWO_STATES))


def test_the_file_needs_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    cells = write_page(workspace(TWO_STATES), out, 1, 20)
    text = out.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    page = re.sub(r'<script type="module">.*?</script>', "", text, flags=re.S)  # ECharts knows of images
    assert not re.search(r"<(script|link|img|iframe)[^>]*\s(src|href)=", page)
    assert "default-src 'none'" in text
    assert "{{" not in text.split('id="data"')[0]
    found = re.search(r'id="data">(.*?)</script>', text, re.S)
    assert found
    data = json.loads(found[1])
    assert len(data["cells"]) == cells
    shares = data["cells"][0]["outcomes"]
    assert sum(shares[2]) == pytest.approx(100, abs=0.1)


def test_echarts_is_found_in_the_wheel() -> None:
    source = echarts_source()
    assert "window.echarts=" in source
    assert "export{" not in source
    assert "</script" not in source
