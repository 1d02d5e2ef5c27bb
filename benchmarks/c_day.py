"""The simulated days of a crisis in the batch driver and in C: the same results, and the time of each.

`day.c` has the whole day, written from the rules for speed. It starts where the batch driver does, at the
state that the forced record leaves.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from benchmarks.actors import gathering
from benchmarks.batch import FREE_DAYS, SCENARIO, SEED, scenario_60
from benchmarks.table import markdown
from benchmarks.turns import in_turns, ratio, verdict
from escalation import vocabulary
from escalation.engine import batch
from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import pack
from escalation.rules import state as tables
from escalation.rules.decide import shares_of
from escalation.rules.state import CrisisState, Params, frame, fresh_state

SOURCE = Path(__file__).with_name("day.c")
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math")
"""None of them changes a result: they leave out the number and the signal of an error that nobody reads."""
BOUNDED = "-DBOUNDED"
TIMES_C = 1.5
MANY = (12, 5)
_C_TYPES = {
    "f8": "double",
    "f4": "float",
    "b1": "uint8_t",
    "u8": "uint64_t",
    "i8": "int64_t",
    "i4": "int32_t",
    "i1": "int8_t",
}
_OF_VOCABULARY = (
    "HOLDING", "CONCILIATORY", "APPEAL", "POLITICAL", "HOSTILE", "MEDIATION", "HOLD", "CEASEFIRE", "ASK",
    "CONSENT", "DECLINE", "URGE", "OFFER", "FORMULA", "PRESS", "FACILITATION", "FORMULATION", "MANIPULATION",
    "DIRECT", "HOTLINE", "MEDIATED", "NUCLEAR_USE", "WAR_OUTCOME", "FORCE_ENDED", "FORCE_GOING_ON",
    "STAND_OFF", "DE_ESCALATED",
)  # fmt: skip
_OF_TABLES = ("OPEN", "ALWAYS", "WHILE_NOT_IN_FORCE")
COMPARED = (
    "outcome", "peak", "cost", "first_force", "end", "settled", "channel", "settler", "offered", "opened",
    "newly_opened", "agreed", "postures",
)  # fmt: skip
"""What C works out: all that `Runs` has, and the number of acts."""


class Missing(Exception):  # noqa: N818 (nothing is wrong)
    """No suitable C compiler."""


class UncoveredError(ValueError):
    """The scenario has something that the C does not cover."""


def end_of_record(params: Params) -> CrisisState:
    """Return the state at the end of the forced record, from which every replication starts."""
    state, saved = fresh_state(params), fresh_state(params)
    sheet, log = batch._sheet(params, 0, len(batch._pairs(params))), np.zeros(0, batch.LOGGED)
    batch.play_replications(params, state, saved, np.uint64(0), 0, batch.RECORD, sheet, log)
    return saved


def check_covered(params: Params) -> None:
    """Refuse what the C leaves out: dated acts after the horizon, and incidents between states at peace.

    Raises
    ------
    UncoveredError
        If the scenario has any.
    """
    if (params.forced["day"] > frame(params).horizon).any():
        raise UncoveredError("dated acts after the horizon")
    for table in (params.incidents, params.hazards):
        if not params.rivalries["rival"][table["victim"], table["blamed"]].all():
            raise UncoveredError("incidents between states that are not rivals")


def header(**groups: Any) -> str:
    """Return `records.h`: numbers by name, a struct for each table, and structs of pointers to them."""
    numbers = {name: getattr(vocabulary, name) for name in _OF_VOCABULARY}
    numbers |= {name: getattr(tables, name) for name in _OF_TABLES}
    lines = ["#include <stdint.h>", ""]
    lines += [f"enum {{ {name} = {number} }};" for name, number in numbers.items()]
    for group in groups.values():
        for name, table in _tables(group).items():
            if table.dtype.names:
                fields = [f"{_c_type(table.dtype[field])} {field};" for field in table.dtype.names]
                lines += [f"struct {name} {{ {' '.join(fields)} }};"]
    for name, group in groups.items():
        fields = [
            f"{f'struct {field}' if table.dtype.names else _c_type(table.dtype)} *{field};"
            for field, table in _tables(group).items()
        ]
        fields += [f"int64_t {length};" for length in _lengths(group)]
        lines += [f"struct {name} {{ {' '.join(fields)} }};"]
    return "\n".join(lines) + "\n"


def _tables(group: Any) -> dict[str, NDArray[Any]]:
    """Return the tables by name; a column of a group has the name of both."""
    found: dict[str, NDArray[Any]] = {}
    for name, table in group._asdict().items():
        if isinstance(table, tuple):
            columns: Any = table
            found |= {f"{name}_{column}": array for column, array in columns._asdict().items()}
        else:
            found[name] = np.asarray(table)
    return found


def _c_type(dtype: np.dtype[Any]) -> str:
    return _C_TYPES[dtype.str[1:]]


def _lengths(group: Any) -> dict[str, int]:
    if not isinstance(group, Params):
        return {}
    counted = ("states", "mediators", "acts", "options", "incidents", "hazards")
    lengths = {f"n_{name}": len(getattr(group, name)) for name in counted}
    return lengths | {"n_reverses": group.reverses.shape[1]}


def _pointers(group: Any) -> ctypes.Structure:
    """Return a struct of pointers to the tables of a group, which must stay alive, and their lengths."""
    arrays, lengths = _tables(group), _lengths(group)
    assert all(array.flags.c_contiguous for array in arrays.values())
    fields = [*((name, ctypes.c_void_p) for name in arrays), *((name, ctypes.c_int64) for name in lengths)]
    made = type("Tables", (ctypes.Structure,), {"_fields_": fields})
    structure: ctypes.Structure = made(*(array.ctypes.data for array in arrays.values()), *lengths.values())
    return structure


def known(params: Params) -> tuple[str, str]:
    """Return the macros by which the compiler knows how many actors there are."""
    return f"-DSTATES={len(params.states)}", f"-DMEDIATORS={len(params.mediators)}"


class InC:
    """The C, compiled with some macros, for tables of the layout of these."""

    def __init__(self, folder: Path, params: Params, macros: Sequence[str] = ()) -> None:
        check_covered(params)
        self.params, self.saved = params, end_of_record(params)
        compiler = os.environ.get("CC") or shutil.which("cc")
        if compiler is None:
            raise Missing("no C compiler `cc`")
        groups = {"params": params, "state": self.saved, "sheet": self._sheet(1)}
        (folder / "records.h").write_text(header(**groups), encoding="utf-8")
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".so", delete=False) as library:
            pass
        command = [compiler, *FLAGS, *macros, "-shared", "-fPIC", f"-I{folder}", str(SOURCE)]
        command += ["-o", library.name, "-lm"]
        try:
            completed = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise Missing(f"`{compiler}` does not start: {error}") from error
        if completed.returncode:
            raise Missing(f"`{' '.join(command)}` fails: {completed.stderr.strip()}")
        self._play = ctypes.CDLL(library.name).play
        self._play.restype = None

    def _sheet(self, count: int) -> Any:
        return batch._sheet(self.params, count, len(batch._pairs(self.params)))

    def play(self, seed: int, first: int, count: int) -> tuple[Any, NDArray[np.int64]]:
        """Play replications as `simulate` does; return the sheet of results, and the acts of each."""
        sheet, acts = self._sheet(count), np.zeros(count, np.int64)
        fixed, saved, out = _pointers(self.params), _pointers(self.saved), _pointers(sheet)
        self._play(
            ctypes.byref(fixed), ctypes.byref(saved), ctypes.byref(out), ctypes.c_uint64(seed),
            ctypes.c_int64(first), ctypes.c_int64(count), acts.ctypes.data_as(ctypes.c_void_p),
        )  # fmt: skip
        return sheet, acts


def differences(in_c: InC, seed: int, crises: int) -> list[str]:
    """Return the names of the results that differ in any of the crises between C and the batch driver."""
    runs = simulate(in_c.params, seed, 0, crises, paths=True)
    sheet, acts = in_c.play(seed, 0, crises)
    simulated = int(frame(in_c.params).horizon) + 1  # the driver counts the days of the record too
    found = []
    for name in COMPARED:
        ours, theirs = getattr(runs, name), getattr(sheet, name)
        if name == "postures":
            ours, theirs = ours[simulated:], theirs[simulated:]
        if not np.array_equal(ours, theirs):
            found.append(name)
    return found if np.array_equal(_acts_of(runs, crises), acts) else [*found, "acts"]


def bits_at_a_time() -> int:
    """Return the bits of the widest registers that numba uses for the shares of options."""
    compiled = numba.njit(error_model="numpy")(shares_of.py_func)
    compiled(np.zeros(64), 64, np.zeros(64))
    code = "".join(compiled.inspect_asm().values())
    widths = {"%zmm": 512, "%ymm": 256}
    return next((bits for name, bits in widths.items() if name in code), 128)


def check(in_c: InC, crises: int) -> None:
    """Refuse to go on if C has other results than the batch driver."""
    apart = differences(in_c, SEED, crises)
    assert not apart, f"C has other results: {', '.join(apart)}"


def _acts_of(runs: Runs, crises: int) -> NDArray[np.int64]:
    assert runs.acts is not None
    return np.bincount(runs.acts["replication"], minlength=crises)


def report(
    crises: int = 20_000, crises_of_many: int = 1_000, checked: int = 5_000, repeats: int = 7
) -> Iterator[str]:
    """Yield the report: microseconds per crisis by the batch driver and in C, and their ratio."""
    few = f"`{SCENARIO}` from the end of the record on, {FREE_DAYS} simulated days"
    many = f"{MANY[0]} states in a ring and {MANY[1]} mediators, {FREE_DAYS} simulated days"
    try:
        yield from _compared(few, pack(scenario_60()), crises, checked, repeats)
        yield ""
        yield from _compared(many, pack(gathering(*MANY)), crises_of_many, crises_of_many, repeats)
    except Missing as missing:
        yield f"Skipped: {missing}."
        return
    bits = bits_at_a_time()
    yield ""
    yield (
        f"`cc {' '.join(FLAGS)}`, one thread, medians of {repeats} turns. Bounded: a hazard is worked out"
        " only if its draw is below an upper bound of it. The same bits, checked:"
        f" {', '.join(COMPARED)} and the number of acts."
    )
    yield (
        f"numba uses registers of {bits} bits on this processor: {bits // 64} numbers at a time. It would be"
        " 4 where there are no instructions for more than 256 bits."
    )


def _compared(what: str, params: Params, crises: int, checked: int, repeats: int) -> Iterator[str]:
    plain, bounded, by_driver = "C", "C, hazards bounded first", "the batch driver, by numba"
    macros = {plain: (), bounded: (BOUNDED,), f"{bounded}, actors known": (BOUNDED, *known(params))}
    with tempfile.TemporaryDirectory() as temporary:
        in_c = {name: InC(Path(temporary), params, given) for name, given in macros.items()}
        for one in in_c.values():
            check(one, checked)
        calls: dict[str, Callable[[], object]] = {
            name: partial(one.play, SEED, 0, crises) for name, one in in_c.items()
        }
        calls[by_driver] = lambda: simulate(params, SEED, 0, crises)
        seconds = in_turns(calls, repeats, time.process_time)
    yield f"{what}; {crises:,} crises per turn, {checked:,} checked:"
    yield ""
    rows = []
    for name, values in seconds.items():
        middle, fastest = 1e6 * statistics.median(values) / crises, 1e6 * min(values) / crises
        times = (f"{ratio(values, seconds[base]):.2f}" for base in (plain, bounded))
        rows.append((name, f"{middle:.1f}", f"{fastest:.1f}", *times))
    columns = ("a crisis by", "us of processor time", "fastest", f"x {plain}", f"x {bounded}")
    yield from markdown(columns, rows)
    yield ""
    for base in (plain, bounded):
        times_c = ratio(seconds[by_driver], seconds[base])
        yield f"Within {TIMES_C} times {base}: {times_c:.2f} ({verdict(times_c <= TIMES_C)})."
