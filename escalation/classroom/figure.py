"""A figure of the page: title, chart, and buttons that save it as a picture."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from nicegui import ui

from escalation.classroom import texts
from escalation.classroom.parts import button, note, tag
from escalation.classroom.themes import Options


class Figure:
    """A chart with its title and what can be taken away of it.

    Parameters
    ----------
    title, says
        What it shows, and how to read it.
    name
        Of the files.
    picture
        Returns the chart as a picture by itself, None while there is nothing.
    """

    def __init__(self, title: str, says: str, name: str, picture: Callable[[], Options | None]) -> None:
        self._title, self._name, self._picture = title, name, picture
        with tag("section", classes="figure", aria_label=title, data_figure=name):
            with tag("div", classes="figure-head"):
                tag("h2", title)
                for kind in (texts.SAVE_PNG, texts.SAVE_SVG):
                    label = texts.SAVE_AS.format(figure=title, kind=kind)
                    button(kind, partial(self._save, kind.lower()), "small", aria_label=label)
            self._chart = ui.echart({}, renderer="svg").classes("chart")
            self._chart.props["role"] = "img"
            self._chart.props["aria-label"] = title
            note(says, "note")

    def draw(self, options: Options, words: str) -> None:
        """Draw the chart; `words` say what it shows to who does not see it."""
        self._chart.props["options"] = options
        self._chart.props["aria-label"] = f"{self._title}: {words}"
        self._chart.update()

    def _save(self, kind: str) -> None:
        options = self._picture()
        if options is not None:
            name = json.dumps(f"{self._name}.{kind}")
            ui.run_javascript(f"classroom.save({json.dumps(options)}, {json.dumps(kind)}, {name})")
