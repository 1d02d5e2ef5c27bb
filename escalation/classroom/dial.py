"""A control as an element of the page: native, so that keys and screen readers know it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from escalation.classroom import texts
from escalation.classroom.controls import Control
from escalation.classroom.crisis import Value


class Dial(Element, component="dial.js"):
    """A slider or a choice.

    Parameters
    ----------
    control
        What it moves.
    value
        Where it stands.
    on_move
        Called with what the browser says, which may be anything.
    start
        Day 0, of a control that counts days.
    """

    def __init__(
        self, control: Control, value: Value, on_move: Callable[[object], None], start: dt.date | None = None
    ) -> None:
        super().__init__()
        self._stamp = 0
        self._props.update(
            {
                "path": control.path,
                "label": control.label,
                "says": control.says,
                "source": f"{texts.SOURCE}: {control.source}." if control.source else "",
                "unit": control.unit,
                "value": value,
                "home": control.value,
                "stamp": 0,
            }
        )
        if control.says:
            self._props["back"] = texts.RESET_ONE.format(label=control.label, group=control.group)
        if control.options:
            self._props["options"] = [[key, control.shown(key)] for key in control.options]
        else:
            self._props.update({"low": control.low, "high": control.high, "step": control.step})
        if start is not None:
            self._props["start"] = start.isoformat()
            if control.never is not None:
                self._props.update({"never": control.never, "neverWords": texts.NEVER})
        self.on("move", lambda event: on_move(_given(event)))

    def place(self, value: Value) -> None:
        """Put the control somewhere, whatever the browser shows."""
        self._stamp += 1
        self._props.update({"value": value, "stamp": self._stamp})
        self.update()


def _given(event: GenericEventArguments) -> object:
    return event.args
