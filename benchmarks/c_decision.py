"""The decisions of a day, by the rules and by the same loop in C, on the same numbers."""

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
from escalation.rules.compiled import entry
from escalation.rules.decide import chance_of, choose, shares_of
from escalation.rules.options import rate_of, weigh_block
from escalation.rules.state import ALWAYS, OPEN, WHILE_NOT_IN_FORCE, CrisisState, Params
from escalation.vocabulary import (
    ASK,
    CEASEFIRE,
    CONCILIATORY,
    FACILITATION,
    FORMULATION,
    HOLDING,
    HOSTILE,
    POLITICAL,
)

SOURCE = Path(__file__).with_name("decision.c")
FLAGS = ("-O3", "-march=native")
TIMES_C = 1.5
TOLERANCE = 1e-12
CRISES_TRIED = 1_000
_NAMED = {
    "HOLDING": HOLDING, "CONCILIATORY": CONCILIATORY, "POLITICAL": POLITICAL, "HOSTILE": HOSTILE,
    "CEASEFIRE": CEASEFIRE, "ASK": ASK, "OPEN": OPEN, "ALWAYS": ALWAYS,
    "WHILE_NOT_IN_FORCE": WHILE_NOT_IN_FORCE, "FACILITATION": FACILITATION, "FORMULATION": FORMULATION,
}  # fmt: skip
_C_TYPES = {"f8": "double", "i8": "int64_t"}


@entry
def decide_often(
    params: Params,
    state: CrisisState,
    when: NDArray[Any],
    what: NDArray[Any],
    rows: NDArray[Any],
) -> None:
    """Let every clock of every state run off or not once for each pair of uniforms.

    Note which of its options each chooses, -1 where it does not run off.
    """
    for k in range(len(when)):
        for i in range(len(params.states)):
            first = params.first_option[i]
            for b in range(params.first_block[i], params.first_block[i + 1]):
                block = params.blocks[b]
                rate = rate_of(params, state, i, block)
                rows[k, b] = -1
                if when[k] < rate and when[k] < chance_of(rate):
                    start, options = block.first - first, block.last - block.first
                    weigh_block(params, state, i, block)
                    utility = state.utility[start : start + options]
                    shares = state.shares[start : start + options]
                    mass = shares_of(utility, options, shares)
                    rows[k, b] = choose(shares, options, what[k] * mass)


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
        self._weigh = loaded.weigh_block
        self._weigh.restype = None
        self._rate = loaded.rate_of
        self._rate.restype = ctypes.c_double

    def decide_often(
        self, held: Held, when: NDArray[np.float64], what: NDArray[np.float64], rows: NDArray[np.int64]
    ) -> None:
        """Do as the rule of that name."""
        self._often(
            ctypes.byref(held.params), ctypes.byref(held.state), when.ctypes.data_as(ctypes.c_void_p),
            what.ctypes.data_as(ctypes.c_void_p), ctypes.c_int64(len(when)),
            rows.ctypes.data_as(ctypes.c_void_p),
        )  # fmt: skip

    def weigh_block(self, held: Held, i: int, b: int) -> None:
        """Do as the rule of that name."""
        tables = ctypes.byref(held.params), ctypes.byref(held.state)
        self._weigh(*tables, ctypes.c_int64(i), ctypes.c_int64(b))

    def rate_of(self, held: Held, i: int, b: int) -> float:
        """Do as the rule of that name."""
        tables = ctypes.byref(held.params), ctypes.byref(held.state)
        rate: float = self._rate(*tables, ctypes.c_int64(i), ctypes.c_int64(b))
        return rate


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
    """Return the largest difference of a utility or of the logarithm of a hazard between C and the rules.

    Infinity if only one of them has it.
    """
    largest = 0.0
    for i in range(len(params.states)):
        for b in range(params.first_block[i], params.first_block[i + 1]):
            block = params.blocks[b]
            if block.form == HOLDING:
                continue
            desk = slice(block.first - params.first_option[i], block.last - params.first_option[i])
            rates = rate_of(params, state, i, block), in_c.rate_of(held, i, b)
            weigh_block(params, state, i, block)
            ours = state.utility[desk].copy()
            state.utility[:] = np.nan
            in_c.weigh_block(held, i, b)
            theirs = state.utility[desk]
            taken = ours > -np.inf
            if np.isnan(theirs).any() or not np.array_equal(taken, theirs > -np.inf):
                return np.inf
            if taken.any():
                apart = float(np.abs(ours[taken] - theirs[taken]).max())
                largest = max(largest, apart, abs(np.log(rates[0]) - np.log(rates[1])))
    return largest


def report(crises: int = 6, uniforms: int = 1_000, repeats: int = 7) -> Iterator[str]:
    """Yield the report: nanoseconds per state and day in C and by the rules, and their ratio."""
    params, states = situations(crises)
    helds = [Held(params, state) for state in states]
    when, what = np.random.default_rng(SEED).random((2, uniforms))
    blocks = int(params.first_block[len(params.states)])
    ours, theirs = (np.zeros((uniforms, blocks), np.int64) for _ in range(2))
    chosen = 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            in_c = InC(Path(folder), params, states[0])
        except Missing as missing:
            yield f"Skipped: {missing}."
            return
        furthest = 0.0
        for state, held in zip(states, helds, strict=True):
            furthest = max(furthest, differences(in_c, params, state, held))
            decide_often(params, state, when, what, ours)
            in_c.decide_often(held, when, what, theirs)
            assert np.array_equal(ours, theirs), "C chooses different options"
            chosen += int((ours >= 0).sum())
        assert furthest <= TOLERANCE, f"hazards or utilities in C differ by up to {furthest}"

        def by_c() -> None:
            for held in helds:
                in_c.decide_often(held, when, what, theirs)

        def by_rules() -> None:
            for state in states:
                decide_often(params, state, when, what, ours)

        seconds = in_turns({"C": by_c, "the rules, by numba": by_rules}, repeats)
    decisions = len(states) * uniforms * len(params.states)
    rows = []
    for name, values in seconds.items():
        middle, fastest = 1e9 * statistics.median(values) / decisions, 1e9 * min(values) / decisions
        each = middle * len(params.states) / blocks
        times = f"{ratio(values, seconds['C']):.2f}"
        rows.append((name, f"{middle:.0f}", f"{fastest:.0f}", f"{each:.1f}", times))
    yield from markdown(("decisions of a state and day", "ns", "fastest", "ns per clock", "x C"), rows)
    yield ""
    times_c = ratio(seconds["the rules, by numba"], seconds["C"])
    options = int(params.first_option[len(params.states)])
    yield (
        f"Within {TIMES_C} times C (`cc {' '.join(FLAGS)}`): {times_c:.2f} ({verdict(times_c <= TIMES_C)})."
        f" On a day a state has {blocks / len(params.states):.0f} clocks over"
        f" {options / len(params.states):.0f} options; {chosen / decisions:.2f} of them run off, and then an"
        f" act is chosen. {len(states)} situations of `{SCENARIO}` with {FREE_DAYS} simulated days,"
        f" {repeats} turns. The same options chosen in all {decisions:,} days of a state; hazards and"
        f" utilities differ by at most {furthest:.0e}."
    )
