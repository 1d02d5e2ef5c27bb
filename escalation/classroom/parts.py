"""Small parts of the page: plain HTML elements, so that keys and screen readers know them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element


def tag(name: str, text: str = "", classes: str = "", style: str = "", **attributes: Any) -> Element:
    """Add an element with text; an attribute's underscores stand for hyphens."""
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
    """Put text into an element in place of what it says; nothing in it is read as HTML."""
    if element._text != text:
        element._text = text
        element.update()


def button(
    text: str, on_click: Callable[[], Awaitable[None] | None], classes: str = "", **attributes: Any
) -> Element:
    """Add a button."""
    element = tag("button", text, classes, type="button", **attributes)
    element.on("click", lambda _: on_click(), args=[])
    return element


def show(element: Element, on: bool) -> None:
    """Show an element or hide it, from screen readers too."""
    element.set_visibility(on)


def note(text: str, classes: str = "") -> Element:
    """Add a paragraph."""
    return tag("p", text, classes)


def listing(heading: str, lines: Sequence[str]) -> None:
    """Add a list under its heading."""
    tag("h2", heading)
    with tag("ul", classes="plain"):
        for line in lines:
            tag("li", line)
