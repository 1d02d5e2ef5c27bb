"""The names that a file defines, collected before it is validated, for the checks of references."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from escalation.scenario.fields import parse_date
from escalation.scenario.scenario import LONGEST_HISTORY


def references(tree: object) -> dict[str, Any]:
    """Collect the names that a scenario or ladder tree defines, as validation context.

    Works on a tree that may be wrong anywhere: what cannot be read is None, and the check that
    needs it then keeps silent, since the fault itself is reported in its own place.
    """
    top = _mapping(tree)
    ladder = _mapping(top.get("ladder")) if "ladder" in top else top
    acts = _mapping(ladder.get("acts"))
    effects = {str(name): _mapping(act).get("effect", "none") for name, act in acts.items()}
    context: dict[str, Any] = {
        "states": _names(top.get("states")),
        "mediators": _names(top.get("mediators", {})),
        "sources": _names(top.get("sources", {})),
        "acts": _names(ladder.get("acts")),
        "capabilities": _unique(_mapping(act).get("capability") for act in acts.values()) if acts else None,
        "effects": {name: effect for name, effect in effects.items() if isinstance(effect, str)},
        "needs": {str(name): _mapping(act).get("capability") for name, act in acts.items()},
        "capable": _capable(top.get("states")),
        "rivals": _rivals(top.get("rivalries")),
        "contested_lines": _contested_lines(top.get("rivalries")),
    }
    start, horizon = _day(top.get("start")), _day(top.get("horizon"))
    days = top.get("free_days")
    free_days = days if isinstance(days, int) and 0 <= days <= 3_650 else None
    if start and horizon and start <= horizon <= start + LONGEST_HISTORY and free_days is not None:
        context |= {"start": start, "horizon": horizon, "end": horizon + dt.timedelta(days=free_days)}
    return context


def _mapping(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _names(value: object) -> list[str] | None:
    return [str(name) for name in value] if isinstance(value, Mapping) else None


def _unique(values: Any) -> list[str]:
    return list(dict.fromkeys(value for value in values if isinstance(value, str)))


def _day(value: object) -> dt.date | None:
    try:
        parsed = parse_date(value)
    except PydanticCustomError:
        return None
    return parsed if isinstance(parsed, dt.date) else None


def _capable(states: object) -> dict[str, list[str]]:
    """Return the capabilities of each state of which they can be read."""
    capable = {}
    for name, state in _mapping(states).items():
        held = _mapping(state).get("capabilities", [])
        if isinstance(state, Mapping) and isinstance(held, list | tuple):
            capable[str(name)] = _unique(held)
    return capable


def _contested_lines(rivalries: object) -> list[frozenset[str]] | None:
    if not isinstance(rivalries, list):
        return None
    lines = []
    for rivalry in rivalries:
        match _mapping(rivalry).get("between"), _mapping(rivalry).get("contested_line", False):
            case [str(one), str(other)], bool(contested):
                lines += [frozenset((one, other))] if contested else []
            case _:
                return None
    return lines


def _rivals(rivalries: object) -> dict[str, list[str]] | None:
    if not isinstance(rivalries, list):
        return None
    rivals: dict[str, list[str]] = {}
    for rivalry in rivalries:
        match _mapping(rivalry).get("between"):
            case [str(one), str(other)] if one != other:
                rivals.setdefault(one, []).append(other)
                rivals.setdefault(other, []).append(one)
            case _:
                return None
    return rivals
