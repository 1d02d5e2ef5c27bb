"""The decision loop of the rules compared with the same loop in C, on the same numbers."""

from __future__ import annotations

import copy
import ctypes
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.batch import FREE_DAYS, SCENARIO, SEED, scenario_60
from benchmarks.table import markdown
from benchmarks.turns import in_turns, ratio, verdict
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.rules.compiled import rule
from escalation.rules.decide import choose, shares_of
from escalation.rules.options import weigh_options
from escalation.rules.state import ALWAYS, OPEN, CrisisState, Params
from escalation.vocabulary import ASK, CEASEFIRE, CONCILIATORY, ESCALATORY, FACILITATION, FORMULATION, HOLD

SOURCE = Path(__file__).with_name("decision.c")
FLAGS = ("-O3", "-march=native")
TIMES_C = 1.5
TOLERANCE = 1e-12
CRISES_TRIED = 1_000
_NAMED = {
    "ESCALATORY": ESCALATORY, "CONCILIATORY": CONCILIATORY, "HOLD": HOLD, "CEASEFIRE": CEASEFIRE,
    "ASK": ASK, "OPEN": OPEN, "ALWAYS": ALWAYS, "FACILITATION": FACILITATION, "FORMULATION": FORMULATION,
}  # fmt: skip
_C_TYPES = {"f8": "double", "i8": "int64_t"}


@rule
def decide_often(params: Params, state: CrisisState, uniforms: NDArray[Any], rows: NDArray[Any]) -> None:
    """Let every state decide once for each uniform; note the rows that they choose."""
    for k in range(len(uniforms)):
        for i in range(len(params.states)):
            options = weigh_options(params, state, i)
            mass = shares_of(state.utility, options, state.shares)
            rows[k, i] = choose(state.shares, options, uniforms[k] * mass)


class Missing(Exception):  # noqa: N818 (nothing is wrong)
    """No suitable C compiler."""


def header(params: Params, state: CrisisState) -> str:
    """Return `records.h`: numbers by name, a struct for each table, and structs of pointers to them."""
    lines = ["#include <stdint.h>", ""]
    lines += [f"enum {{ {name} = {number} }};" for name, number in _NAMED.items()]
    groups = {"params": _tables(params), "state": _tables(state)}
    for tables in groups.values():
        for name, table in tables.items():
            if table.dtype.names:
                fields = [f"{_c_type(table.dtype[field])} {field};" for field in table.dtype.names]
                lines += [f"struct {name} {{ {' '.join(fields)} }};"]
    for name, tables in groups.items():
        fields = []
        for field, table in tables.items():
            fields.append(f"{f'struct {field}' if table.dtype.names else _c_type(table.dtype)} *{field};")
        fields += [f"int64_t {length};" for length in _lengths(params)]
        lines += [f"struct {name} {{ {' '.join(fields)} }};"]
    return "\n".join(lines) + "\n"


def _tables(of: Params | CrisisState) -> dict[str, NDArray[Any]]:
    """Return the tables by name; a column of a group has the name of both."""
    tables: dict[str, NDArray[Any]] = {}
    for name, table in of._asdict().items():
        if isinstance(table, tuple):
            tables |= {f"{name}_{column}": array for column, array in table._asdict().items()}
        else:
            tables[name] = np.asarray(table)
    return tables


def _c_type(dtype: np.dtype[Any]) -> str:
    return _C_TYPES[dtype.str[1:]]


def _lengths(params: Params) -> dict[str, int]:
    return {
        "n_states": len(params.states),
        "n_acts": len(params.acts),
        "n_options": len(params.options),
        "n_reverses": params.reverses.shape[1],
    }


class InC:
    """The compiled C, for tables of the layout of these."""

    def __init__(self, folder: Path, params: Params, state: CrisisState) -> None:
        compiler = os.environ.get("CC") or shutil.which("cc")
        if compiler is None:
            raise Missing("no C compiler `cc`")
        (folder / "records.h").write_text(header(params, state), encoding="utf-8")
        library = folder / "decision.so"
        command = [
            compiler,
            *FLAGS,
            "-shared",
            "-fPIC",
            f"-I{folder}",
            str(SOURCE),
            "-o",
            str(library),
            "-lm",
        ]
        try:
            completed = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise Missing(f"`{compiler}` does not start: {error}") from error
        if completed.returncode:
            raise Missing(f"`{' '.join(command)}` fails: {completed.stderr.strip()}")
        loaded = ctypes.CDLL(str(library))
        self._often = loaded.decide_often
        self._often.restype = None
        self._weigh = loaded.weigh_options
        self._weigh.restype = ctypes.c_int64

    def decide_often(self, held: Held, uniforms: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
        """Do as the rule of that name."""
        self._often(
            ctypes.byref(held.params), ctypes.byref(held.state), uniforms.ctypes.data_as(ctypes.c_void_p),
            ctypes.c_int64(len(uniforms)), rows.ctypes.data_as(ctypes.c_void_p),
        )  # fmt: skip

    def weigh_options(self, held: Held, i: int) -> int:
        """Do as the rule of that name."""
        count: int = self._weigh(ctypes.byref(held.params), ctypes.byref(held.state), ctypes.c_int64(i))
        return count


class Held:
    """Parameters and a state as C takes them: pointers to the very same memory."""

    def __init__(self, params: Params, state: CrisisState) -> None:
        self._kept: list[NDArray[Any]] = []  # what the pointers point to
        self.params = self._pointers(params, _lengths(params))
        self.state = self._pointers(state, _lengths(params))

    def _pointers(self, tables: Params | CrisisState, lengths: dict[str, int]) -> ctypes.Structure:
        addresses: dict[str, Any] = {}
        for name, array in _tables(tables).items():
            assert array.flags.c_contiguous
            self._kept.append(array)
            addresses[name] = array.ctypes.data
        fields = [
            *((name, ctypes.c_void_p) for name in addresses),
            *((name, ctypes.c_int64) for name in lengths),
        ]
        made = type("Tables", (ctypes.Structure,), {"_fields_": fields})
        structure: ctypes.Structure = made(*addresses.values(), *lengths.values())
        return structure


def situations(crises: int) -> tuple[Params, list[CrisisState]]:
    """Return states from the courses of some crises that reach a ceasefire: every third simulated day."""
    from escalation.engine.model import CrisisModel

    scenario = scenario_60()
    settled = simulate(pack(scenario), SEED, 0, CRISES_TRIED).settled.max(axis=1) >= 0
    found = []
    for replication in np.flatnonzero(settled)[:crises].tolist():
        model = CrisisModel(scenario, SEED, replication)
        while model.running:
            model.step()
            if model.day > scenario.horizon_day and model.day % 3 == 0:
                found.append(copy.deepcopy(model.state))
    return model.params, found


def differences(in_c: InC, params: Params, state: CrisisState, held: Held) -> float:
    """Return the largest difference of a utility between C and the rules; infinity if only one has it."""
    largest = 0.0
    for i in range(len(params.states)):
        options = weigh_options(params, state, i)
        ours = state.utility[:options].copy()
        state.utility[:] = np.nan
        assert in_c.weigh_options(held, i) == options
        theirs = state.utility[:options]
        taken = ours > -np.inf
        if np.isnan(theirs).any() or not np.array_equal(taken, theirs > -np.inf):
            return np.inf
        largest = max(largest, float(np.abs(ours[taken] - theirs[taken]).max()))
    return largest


def report(crises: int = 6, uniforms: int = 1_000, repeats: int = 7) -> Iterator[str]:
    """Yield the report: nanoseconds per decision in C and by the rules, and their ratio."""
    params, states = situations(crises)
    helds = [Held(params, state) for state in states]
    draws = np.random.default_rng(SEED).random(uniforms)
    ours, theirs = (np.zeros((uniforms, len(params.states)), np.int64) for _ in range(2))
    with tempfile.TemporaryDirectory() as folder:
        try:
            in_c = InC(Path(folder), params, states[0])
        except Missing as missing:
            yield f"Skipped: {missing}."
            return
        furthest = 0.0
        for state, held in zip(states, helds, strict=True):
            furthest = max(furthest, differences(in_c, params, state, held))
            decide_often(params, state, draws, ours)
            in_c.decide_often(held, draws, theirs)
            assert np.array_equal(ours, theirs), "C chooses different options"
        assert furthest <= TOLERANCE, f"utilities in C differ by up to {furthest}"

        def by_c() -> None:
            for held in helds:
                in_c.decide_often(held, draws, theirs)

        def by_rules() -> None:
            for state in states:
                decide_often(params, state, draws, ours)

        seconds = in_turns({"C": by_c, "the rules, by numba": by_rules}, repeats)
    options = int(params.first_option[len(params.states)])
    decisions = len(states) * uniforms * len(params.states)
    rows = []
    for name, values in seconds.items():
        middle, fastest = 1e9 * statistics.median(values) / decisions, 1e9 * min(values) / decisions
        each = middle * len(params.states) / options
        times = f"{ratio(values, seconds['C']):.2f}"
        rows.append((name, f"{middle:.0f}", f"{fastest:.0f}", f"{each:.1f}", times))
    yield from markdown(("decision loop", "ns per decision", "fastest", "ns per option", "x C"), rows)
    yield ""
    times_c = ratio(seconds["the rules, by numba"], seconds["C"])
    yield (
        f"Within {TIMES_C} times C (`cc {' '.join(FLAGS)}`): {times_c:.2f} ({verdict(times_c <= TIMES_C)})."
        f" A decision weighs {options / len(params.states):.0f} options and chooses by a uniform;"
        f" {len(states)} situations of `{SCENARIO}` with {FREE_DAYS} simulated days, {repeats} turns. The"
        f" same options chosen in all {decisions:,} decisions; utilities differ by at most {furthest:.0e}."
    )
