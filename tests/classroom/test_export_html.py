from __future__ import annotations

import json
import re
import shutil
from base64 import b64decode
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from escalation import language
from escalation.classroom import settings_grid, texts
from escalation.classroom.controls import STAYS_OUT
from escalation.classroom.export_html import SAID, STATIC, echarts_source, write_page
from escalation.classroom.lesson import load_lesson
from escalation.crisis.wording import CAVEAT
from escalation.measures.ensemble import compared, differences, outcomes_table
from escalation.stats.intervals import paired_shares
from tests.catalogues import CLOSE, CODE, OPEN, write_bracketed
from tests.classroom.crises import STYLE, ensemble, workspace

TWO_STATES = "docs/examples/two_states.yaml"
MOST_BYTES = 5_000_000


def data_in(text: str) -> dict[str, Any]:
    """Return the data of a page."""
    found = re.search(r'id="data">(.*?)</script>', text, re.S)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("page") / "page.html"
    write_page(workspace(), out, 1, 200)
    return out.read_text(encoding="utf-8")


@cache
def settings_in(text: str) -> list[str]:
    settings: list[str] = data_in(text)["languages"]["en"]["settings"]
    return settings


def test_the_file_needs_nothing_else_and_says_what_it_holds(text: str) -> None:
    page = re.sub(r'<script( type="module")?>.*?</script>', "", text, flags=re.S)  # ECharts knows of images
    assert not re.search(r"<(script|link|img|iframe)[^>]*\s(src|href)=", page)
    assert "default-src 'none'" in text
    assert "{{" not in text.split('id="data"', maxsplit=1)[0]
    cells = len(data_in(text)["cells"])
    name, digest = workspace().scenario.name, workspace().digest[:12]
    about = f"{name}, hash {digest}. Simulated beforehand: {cells} settings of"
    for words in (CAVEAT, about, "200 crises each, seed 1"):
        assert words in page.split("</header>")[1].split("</p>")[0]
    assert workspace().scenario.title in page


def test_bars_and_lines_are_those_of_the_tables(text: str) -> None:
    data = data_in(text)
    place = settings_in(text).index("policy: Russia stays out, its recorded acts included")
    out = ensemble((("mediators.russia", STAYS_OUT),))
    rows = outcomes_table([("", out)]).rows
    assert data["cells"][place]["outcomes"] == [[round(100 * share, 2) for share in row[-3:]] for row in rows]
    came = 100 * out.answers["force"].mean()
    assert data["cells"][place]["forces"][0][-1] == pytest.approx(came)
    assert data["cells"][place]["ends"]["forces"][0] == pytest.approx(came)


def test_paired_differences_follow_from_the_joint_counts(text: str) -> None:
    data = data_in(text)
    pairs = len(data["cells"]) * (len(data["cells"]) + 1) // 2
    assert data["bytes"] == 2
    joint = np.frombuffer(b64decode(data["joint"]), "<u2").reshape(len(compared()), pairs)
    words = settings_in(text)
    one = words.index("as in the scenario")
    other = words.index("policy: Russia as mediator, Style: manipulation instead of facilitation")

    def both(i: int, k: int) -> np.ndarray[Any, Any]:
        return joint[:, max(i, k) * (max(i, k) + 1) // 2 + min(i, k)].astype(int)

    yes = both(one, other)
    found = paired_shares(both(other, other) - yes, both(one, one) - yes, data["n"])
    wanted = differences(ensemble(), ensemble(((STYLE, "manipulation"),)))
    assert found.estimate == pytest.approx([each.estimate for each in wanted], abs=1e-12)
    assert found.low == pytest.approx([each.low for each in wanted], abs=1e-12)
    assert found.high == pytest.approx([each.high for each in wanted], abs=1e-12)
    assert data["languages"]["en"]["clauses"] == [each.clause for each in wanted]


def test_charts_name_what_their_series_show(text: str) -> None:
    charts = data_in(text)["languages"]["en"]["charts"]["14 narrow"]
    for name, chart in charts.items():
        for n, series in enumerate(chart["series"], 1):
            assert {one["of"][0] for one in series} == set(range(n + 1)), name
            assert all("data" not in one and "name" not in one for one in series)
    # Bands of the present setting, then the median of each.
    assert [one["of"] for one in charts["fan:india"]["series"][1]] == [
        [0, 0], [0, 1], [0, 2], [0, 3], [0, 4], [1, 4], [2, 4],
    ]  # fmt: skip
    assert "#" not in json.dumps(charts["outcomes"]["series"][0])


def test_the_file_is_small_with_one_more_language_and_100_000_crises(text: str) -> None:
    per_language = len(json.dumps(data_in(text)["languages"]["en"], separators=(",", ":")))
    data = data_in(text)
    shares = len(compared()) * len(data["cells"]) * (len(data["cells"]) + 1) // 2
    at_most_crises = len(text) + 2 * shares * 4 / 3  # four bytes for each count rather than two
    assert at_most_crises + per_language < MOST_BYTES


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_grid, "MOST_SETTINGS", 12)


def test_what_the_docs_say_of_the_file_is_so(text: str) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "classroom.md").read_text(encoding="utf-8")
    said = re.search(
        r"crisis.html: (\d+) settings of 2,000 crises each, seed 1; (.*) MB, languages: (.*)", docs
    )
    assert said
    assert int(said[1]) == len(data_in(text)["cells"])
    assert float(said[2]) == pytest.approx(len(text.encode()) / 1e6, rel=0.05)
    assert said[3].split(", ") == list(language.languages())


def test_all_texts_that_the_page_fills_in_are_there_and_in_use() -> None:
    written = "".join((STATIC / name).read_text(encoding="utf-8") for name in ("offline.html", "offline.js"))
    written += (STATIC / "offline_cells.js").read_text(encoding="utf-8")
    named = set(re.findall(r"""(?:T\.say\.|say\(["']|data-(?:say|label)=["'])([A-Z_]+)""", written))
    quoted = {name for name in re.findall(r'"([A-Z_]{4,})"', written) if hasattr(texts, name)}
    assert named | quoted == set(SAID)


def test_the_same_is_written_twice(few: None, tmp_path: Path) -> None:
    one, other = tmp_path / "one.html", tmp_path / "other.html"
    assert write_page(workspace(TWO_STATES), one, 1, 200) == write_page(workspace(TWO_STATES), other, 1, 200)
    assert one.read_bytes() == other.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.html", "other.html"]


def test_a_lesson_brings_question_controls_and_cards(few: None, tmp_path: Path) -> None:
    lesson = tmp_path / "lesson.yaml"
    lesson.write_text(
        "scenario: two_states\nquestion: What if both are brave?\nbegin: Look.\n"
        "controls: [states.arland.resolve]\n"
        "presets:\n  brave:\n    label: Brave\n    says: Both.\n    set: {states.arland.resolve: 0.9}\n",
        encoding="utf-8",
    )
    here = workspace(TWO_STATES)
    out = tmp_path / "page.html"
    write_page(here, out, 1, 20, load_lesson(str(lesson), here))
    data = data_in(out.read_text(encoding="utf-8"))
    assert data["main"] == 1
    assert data["axes"][0]["path"] == "states.arland.resolve"
    assert data["languages"]["en"]["question"] == "What if both are brave?"
    assert data["languages"]["en"]["cards"] == [{"label": "Brave", "says": "Both."}]


def test_every_language_is_in_the_file(few: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in language.FOLDER.glob("*.po"):
        shutil.copy(path, tmp_path)
    write_bracketed(tmp_path)
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    out = tmp_path / "page.html"
    write_page(workspace(TWO_STATES), out, 1, 20)
    spoken = data_in(out.read_text(encoding="utf-8"))["languages"]
    assert list(spoken) == list(language.languages())
    assert {code: each["dir"] for code, each in spoken.items() if each["dir"] == "rtl"} == {CODE: "rtl"}
    assert spoken["en"].keys() == spoken[CODE].keys()
    assert set(spoken[CODE]["say"]) == set(SAID)
    for name, said in spoken[CODE]["say"].items():
        for words in [said] if isinstance(said, str) else said:
            nothing_but_names = not re.search("[a-z]", re.sub(r"{\w+}", "", words))
            assert nothing_but_names or (OPEN in words and CLOSE in words), name


def test_echarts_is_found_in_the_wheel() -> None:
    source = echarts_source()
    assert "window.echarts=" in source
    assert "export{" not in source
    assert "</script" not in source
