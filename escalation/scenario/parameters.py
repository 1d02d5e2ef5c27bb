"""Parameters: each with name, unit, default, hard bounds, plausible range and source.

`defined()` declares one. Those that all actors share are in `escalation.scenario.weights`; dispositions that
differ by actor are in `escalation.scenario.scenario`. The schema, the documentation table, the named weight
files, the compiled record that the rules read and the sweeps are all derived from these declarations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from escalation.files.brief import Brief

PRIOR = "prior: not identified by the available data"

Kind = Literal["policy", "assumption"]
"""What somebody chooses in a crisis, and what nobody chooses."""
POLICY: dict[str, Any] = {"chosen": True}
"""What the declaration of a field adds in its `json_schema_extra` where somebody chooses its value."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of the model, as the documentation and the sweeps see it."""

    name: str
    group: str
    says: str
    unit: str
    default: float | None
    bounds: tuple[float, float]
    plausible: tuple[float, float]
    source: str
    kind: Kind = "assumption"


class Model(Brief, BaseModel):
    """Base of everything that comes from YAML: frozen, strict, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def defined(
    default: float | None,
    plausible: tuple[float, float],
    *,
    says: str,
    source: str,
    unit: str,
    group: str,
    bounds: tuple[float, float] | None = None,
    chosen: bool = False,
) -> Any:
    """Declare a parameter of the model as a pydantic field that carries its unit, range and source.

    Parameters
    ----------
    default
        Value when the YAML does not give one; None makes the key required.
    plausible
        Range over which a sweep or a sensitivity analysis should vary it.
    bounds
        Values outside are refused; by default [0, 1] for shares and probabilities, otherwise [0, 20].
    chosen
        Whether somebody chooses it, as a mediator does how it mediates: a policy, not an assumption.
    """
    if bounds is None:
        bounds = (0.0, 1.0) if unit in SHARES else (0.0, 20.0)
    return Field(
        default=... if default is None else default,
        ge=bounds[0],
        le=bounds[1],
        description=says,
        json_schema_extra={
            "unit": unit,
            "plausible": list(plausible),
            "source": source,
            "group": group,
            **(POLICY if chosen else {}),
        },
    )


SHARES = {"share", "probability", "probability per day"}


def kind_of(field: FieldInfo) -> Kind:
    """Return whether a field of a model is a policy or an assumption, as its declaration says."""
    extra = field.json_schema_extra
    return "policy" if isinstance(extra, dict) and extra.get("chosen") else "assumption"


def parameters_of(model: type[BaseModel]) -> Iterator[Parameter]:
    """Yield the parameters that a model declares by `defined()`, in the order of the file."""
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        if not isinstance(extra, dict) or "plausible" not in extra:
            continue
        low = next(m.ge for m in field.metadata if hasattr(m, "ge"))
        high = next(m.le for m in field.metadata if hasattr(m, "le"))
        plausible: Any = extra["plausible"]
        yield Parameter(
            name=name,
            group=str(extra["group"]),
            says=field.description or "",
            unit=str(extra["unit"]),
            default=None if field.is_required() else float(field.default),
            bounds=(float(low), float(high)),
            plausible=(float(plausible[0]), float(plausible[1])),
            source=str(extra["source"]),
            kind=kind_of(field),
        )
