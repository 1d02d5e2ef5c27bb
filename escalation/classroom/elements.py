"""Small parts of the page: plain HTML elements, figures with their buttons, and dials.

All are native elements, so keyboards and screen readers work with them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Awaitable, Callable, Sequence
from copy import copy
from functools import partial
from html import escape
from typing import Any, get_args

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.dark_mode import DarkMode
from nicegui.events import GenericEventArguments
from nicegui.language import Language

from escalation.classroom import texts
from escalation.classroom.chart_style import Options
from escalation.classroom.controls import Control, Value
from escalation.classroom.waking import background
from escalation.language import (
    ENGLISH,
    in_this_language,
    is_right_to_left,
    language_name,
    languages,
    say,
    spoken,
)
from escalation.scenario.parameters import SHARES

PATIENCE = 10
"""Seconds to wait for what a browser is asked."""


def begin_page(is_dark: bool) -> DarkMode:
    """Tell the browser title, language and direction of a page; return what switches its colours."""
    language = spoken()
    side = "rtl" if is_right_to_left(language) else "ltr"
    if language != ENGLISH and language in get_args(Language):
        # The framework's own words, such as those of a lost connection, are chosen by the page of a client.
        client = ui.context.client
        client.page = copy(client.page)
        client.page.language = language  # type: ignore[assignment]
    ui.page_title(say(texts.TITLE))
    ui.add_body_html(f"<script>classroom.speak({json.dumps(language)}, {json.dumps(side)})</script>")
    return ui.dark_mode(is_dark)


def language_choice() -> None:
    """Add a choice of the language, in which the page is built again; nothing where there is only one."""
    if len(languages()) < 2:
        return
    with tag("select", aria_label=say(texts.LANGUAGE), id="language") as choice:
        for code in languages():
            option = tag("option", language_name(code), value=code, lang=code)
            if code == spoken():
                option.props["selected"] = True
    choice.on("change", js_handler="(event) => classroom.translate(event.target.value)")


def tag(name: str, text: str = "", classes: str = "", style: str = "", **attributes: Any) -> Element:
    """Add an element with text; underscores in the names of attributes become hyphens."""
    element = ui.element(name)
    if text:
        write(element, text)
    if classes:
        element.classes(classes)
    if style:
        element.style(style)
    for key, value in attributes.items():
        element.props[key.replace("_", "-")] = value
    return element


def write(element: Element, text: str) -> None:
    """Replace the text of an element; nothing in it is read as HTML."""
    if element._text != text:
        element._text = text
        element.update()


def button(
    text: str, on_click: Callable[[], Awaitable[None] | None], classes: str = "", **attributes: Any
) -> Element:
    """Add a button."""
    element = tag("button", text, classes, type="button", **attributes)
    act = in_this_language(on_click)
    element.on("click", lambda _: act(), args=[])
    return element


def pressed(text: str, on_click: Callable[[str], None], classes: str = "") -> Element:
    """Add a button whose text changes; `on_click` is called with the text it had when it was pressed."""
    element = tag("button", text, classes, type="button")
    act = in_this_language(on_click)
    reads = "(event) => emit(event.currentTarget.textContent.trim())"
    element.on("click", lambda event: act(str(_given(event))), js_handler=reads)
    return element


def show(element: Element, on: bool) -> None:
    """Show or hide an element, for screen readers too."""
    element.set_visibility(on)


def note(text: str, classes: str = "") -> Element:
    """Add a paragraph."""
    return tag("p", text, classes)


def enable(element: Element, on: bool) -> None:
    """Let a button do something, or not; it keeps the focus in any case, and says so to screen readers."""
    if element.props.get("aria-disabled") != ("false" if on else "true"):
        element.props["aria-disabled"] = "false" if on else "true"
        element.update()


def press(element: Element, on: bool) -> None:
    """Show a button as pressed in, one of several choices, or not."""
    if element.props.get("aria-pressed") != ("true" if on else "false"):
        element.props["aria-pressed"] = "true" if on else "false"
        element.update()


def listing(heading: str, lines: Sequence[str]) -> None:
    """Add a list under its heading."""
    tag("h2", heading)
    with tag("ul", classes="plain"):
        for line in lines:
            tag("li", line)


class Figure:
    """A chart with its title and buttons that save it.

    Parameters
    ----------
    title, says
        Its subject, and how to read it.
    name
        Of the files.
    picture
        Returns the chart as a picture of its own, None while there is nothing.
    """

    def __init__(self, title: str, says: str, name: str, picture: Callable[[], Options | None]) -> None:
        self._title, self._name, self._picture = title, name, picture
        with tag("section", classes="figure", aria_label=title, data_figure=name) as self.section:
            with tag("div", classes="figure-head"):
                tag("h2", title)
                for kind in (texts.SAVE_PNG, texts.SAVE_SVG):
                    label = say(texts.SAVE_AS, figure=title, kind=kind)
                    button(kind, partial(self._save, kind.lower()), "small", aria_label=label)
            self._chart = ui.echart({}, renderer="svg").classes("chart")
            self._chart.props["role"] = "img"
            self._chart.props["aria-label"] = title
            note(says, "note")

    @property
    def chart_id(self) -> int:
        """Return the number of the chart's element in the browser."""
        return self._chart.id

    def draw(self, options: Options, words: str) -> None:
        """Draw the chart; `words` describe it to readers who cannot see it."""
        self._chart.props["options"] = options
        self._chart.props["aria-label"] = f"{self._title}: {words}"
        self._chart.update()

    def _save(self, kind: str) -> None:
        options = self._picture()
        if options is not None:
            name = json.dumps(f"{self._name}.{kind}")
            ui.run_javascript(f"classroom.save({json.dumps(options)}, {json.dumps(kind)}, {name})")


class ShareLink:
    """A link with the host, a button that copies it, and its QR code, which is drawn when it is opened.

    Parameters
    ----------
    base
        Where others reach the page: `http://192.0.2.7:8080`. Without it, the address that this browser shows.
    says
        What opens at the link.
    """

    def __init__(self, base: str, says: str) -> None:
        self._base = base
        self._words = ""
        with tag("div", classes="share"):
            with tag("div", classes="row-of"):
                self._link = tag("a", classes="text", target="_blank", aria_label=says)
                button(say(texts.COPY), self._copy, "small", aria_label=say(texts.COPY_LINK, says=says))
                self._told = tag("span", classes="caveat", role="status")
            with tag("details") as self._details:
                tag("summary", say(texts.QR))
                self._code = ui.html("", sanitize=False).classes("qr")
                self._code.props["role"] = "img"
                self._code.props["aria-label"] = say(texts.QR_OF, says=says)
            opened = in_this_language(self._draw)
            self._details.on(
                "toggle", lambda _: opened(), args=[], js_handler="(e) => e.target.open && emit()"
            )

    def point(self, query: str) -> None:
        """Point the link, and its code if it is open, to the page with a query, without its question mark."""
        path = f"/?{query}" if query else "/"
        words = f"{self._base or _own_address()}{path}"
        if words == self._words:
            return
        self._words = words
        write(self._link, words)
        self._link.props["href"] = words if self._base else path
        self._link.update()
        write(self._told, "")
        self._details.run_method("removeAttribute", "open")
        self._code.set_content("")

    def _draw(self) -> None:
        self._code.set_content(_qr_code(self._words))

    async def _copy(self) -> None:
        has_copied = await ui.run_javascript(f"classroom.copy({json.dumps(self._words)})", timeout=5)
        write(self._told, say(texts.COPIED if has_copied else texts.NOT_COPIED))


def _own_address() -> str:
    """Return the address under which this browser has opened the page."""
    return str(ui.context.client.request.base_url).rstrip("/")


def _qr_code(text: str) -> str:
    """Return the QR code of a text as an SVG element, or in words that it is too long for one."""
    import segno
    from segno.encoder import DataOverflowError

    try:
        return segno.make_qr(text, error="l").svg_inline(border=2, omitsize=True, light="#fff", dark="#000")
    except DataOverflowError:
        return escape(say(texts.QR_TOO_LONG))


class Dial(Element, component="dial.js"):
    """A slider or a choice.

    Parameters
    ----------
    control
        What it sets.
    value
        Its value at first.
    on_move
        Called with what the browser sends, which may be anything.
    start
        The date of day 0, for a control that counts days.
    asleep
        Why it moves nothing at the present settings, as `waking.asleep` says; empty if it moves something.
    """

    def __init__(
        self,
        control: Control,
        value: Value,
        on_move: Callable[[object], None],
        start: dt.date | None = None,
        asleep: str = "",
    ) -> None:
        super().__init__()
        self._stamp = 0
        self._props.update(
            {
                "path": control.path,
                "label": control.label,
                "says": control.says,
                "kind": control.kind,
                "asleep": asleep,
                "more": list(background(control)),
                "moreWords": say(texts.MORE),
                "moreName": say(texts.MORE_OF, label=control.label, group=control.group),
                "unit": control.unit if control.unit not in map(say, SHARES) else "",
                "value": value,
                "home": control.value,
                "stamp": 0,
            }
        )
        if control.says:
            self._props["back"] = say(texts.RESET_ONE, label=control.label, group=control.group)
        if control.options:
            self._props["options"] = [[key, control.shown(key)] for key in control.options]
        else:
            self._props.update({"low": control.low, "high": control.high, "step": control.step})
        if start is not None:
            self._props["start"] = start.isoformat()
            if control.never is not None:
                self._props.update({"never": control.never, "neverWords": control.shown(control.never)})
        move = in_this_language(on_move)
        self.on("move", lambda event: move(_given(event)))

    def place(self, value: Value) -> None:
        """Set the control to a value, whatever the browser shows."""
        self._stamp += 1
        self._props.update({"value": value, "stamp": self._stamp})
        self.update()

    def tell(self, asleep: str) -> None:
        """Say why the control moves nothing at the present settings; nothing if it moves something."""
        if self._props["asleep"] != asleep:
            self._props["asleep"] = asleep
            self.update()


def _given(event: GenericEventArguments) -> object:
    return event.args
