"""What the models expect at a path of a file, in plain words."""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import (
    BaseModel,
)
from pydantic.fields import FieldInfo

from escalation.files.places import Path, listed


@dataclass(frozen=True)
class Means:
    """How error messages describe a type."""

    words: str


_SIMPLE = {float: "a number", int: "a whole number", str: "text", bool: "true or false"}


@dataclass(frozen=True)
class Expected:
    """A type of the models with its constraints."""

    kind: Any
    metadata: tuple[Any, ...] = ()

    @property
    def model(self) -> type[BaseModel] | None:
        """The model whose keys are expected here, if it is one."""
        is_model = isinstance(self.kind, type) and issubclass(self.kind, BaseModel)
        return self.kind if is_model else None

    @property
    def keys(self) -> list[str]:
        """The keys that the model here knows."""
        return list(self.model.model_fields) if self.model else []

    @property
    def is_open(self) -> bool:
        """Whether it is a mapping whose keys the author chooses."""
        return get_origin(self.kind) is dict

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return get_origin(self.kind) is tuple

    def at(self, step: str | int) -> Expected | None:
        """Return what is expected at a key or index, None if there is no such key."""
        if self.model:
            field = self.model.model_fields.get(str(step))
            return _field(field) if field else None
        arguments = get_args(self.kind)
        if self.is_open:
            return expected_of(arguments[1])
        if self.is_list and isinstance(step, int):
            if arguments[-1] is Ellipsis:
                return expected_of(arguments[0])
            return expected_of(arguments[step]) if 0 <= step < len(arguments) else None
        return None

    def limit(self, *names: str) -> Any:
        """Return the first of the named constraints, such as ge or max_length, that is set."""
        for item in self.metadata:
            for name in names:
                found = getattr(item, name, None)
                if found is not None:
                    return found
        return None

    @property
    def options(self) -> list[str]:
        """The values allowed here, where there is a finite list."""
        return [str(value) for value in get_args(self.kind)] if get_origin(self.kind) is Literal else []

    @property
    def interval(self) -> str:
        """The range of a number, as `[0, 1]`."""
        low, high = self.limit("ge"), self.limit("le")
        if low is None or high is None:
            return ""
        return f"[{_plain(low)}, {_plain(high)}]"

    @property
    def words(self) -> str:
        """What is allowed here."""
        for item in self.metadata:
            if isinstance(item, Means):
                return item.words
        arguments = get_args(self.kind)
        if get_origin(self.kind) is Literal:
            return f"one of {listed(arguments)}" if len(arguments) > 1 else str(arguments[0])
        if self.model:
            return f"a mapping with the keys {listed(self.keys)}"
        if self.is_open:
            return "a mapping"
        if self.is_list:
            return self._list_words(arguments)
        name = _SIMPLE.get(self.kind, "a value")
        low, high = self.limit("ge"), self.limit("le")
        if low is None or not name.endswith("number"):
            return name
        return (
            f"{name} from {_plain(low)} to {_plain(high)}"
            if high is not None
            else f"{name} from {_plain(low)}"
        )

    def _list_words(self, arguments: tuple[Any, ...]) -> str:
        inside = expected_of(arguments[0])
        word = "a mapping" if inside.model else inside.words
        if arguments[-1] is not Ellipsis:
            return f"a list of exactly {len(arguments)} items, each {word}"
        least = self.limit("min_length")
        return f"a list of {least} or more items, each {word}" if least else f"a list, each item {word}"


def expected_at(model: type[BaseModel], path: Path) -> Expected | None:
    """Return what a model expects at a path; None where it knows no such path."""
    here: Expected | None = Expected(model)
    for step in path:
        if here is None:
            return None
        here = here.at(step)
    return here


def expected_of(annotation: Any, metadata: tuple[Any, ...] = ()) -> Expected:
    """Look through `Annotated` and `| None` at the type that counts."""
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if origin is Annotated:
        return expected_of(arguments[0], metadata + tuple(_flat(arguments[1:])))
    if origin in (Union, types.UnionType):
        others = [argument for argument in arguments if argument is not type(None)]
        return expected_of(others[0], metadata)
    return Expected(annotation, metadata)


def key_words(here: Expected) -> str:
    """Return what is allowed as a key of a mapping whose keys the author chooses."""
    return expected_of(get_args(here.kind)[0]).words


def _field(field: FieldInfo) -> Expected:
    return expected_of(field.annotation, tuple(_flat(field.metadata)))


def _flat(metadata: Any) -> list[Any]:
    found: list[Any] = []
    for item in metadata:
        found.extend(item.metadata if isinstance(item, FieldInfo) else [item])
    return found


def _plain(number: float) -> str:
    return f"{number:g}" if abs(number) < 1e6 else f"{number:,}"
