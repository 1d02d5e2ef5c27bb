"""The folder of a sweep: each chunk complete or absent, whatever happens to who writes it.

A part is written under a temporary name, flushed to disk and then renamed; its runs come last. A
chunk is complete if its runs are there and can be read, and a kill at any moment costs only the
chunks that were being computed.

    manifest.json                     what the results are results of
    cells.csv                         the design points
    runs/part-BBBBB-RRRRR.parquet     one row per crisis
    days/part-BBBBB-RRRRR.parquet     crises by day, state and posture
    acts/part-BBBBB-RRRRR.parquet     one row per act, if the experiment keeps them

Everything else in it is made from these, or foreign: left alone, and named once.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import numpy as np

from escalation.experiment.compute import Piece
from escalation.experiment.manifest import Manifest, changes, read_manifest
from escalation.experiment.parts import DamagedError, read, stamp_of
from escalation.experiment.plan import CellRange, Chunk, place_of
from escalation.files.brief import Brief
from escalation.files.places import StoreError
from escalation.files.write import PARTIAL, refusing, write_file
from escalation.measures.columns import ColumnArrays

fcntl: ModuleType | None


try:
    import fcntl
except ImportError:  # where it is missing, the user must avoid two sweeps at once
    fcntl = None


MANIFEST = "manifest.json"
CELLS = "cells.csv"
TABLES = ("runs", "days", "acts")
ACCOUNT = "summary.txt"  # made last from the parts: if it is there, so are the others
PARTIAL_ACCOUNT = "summary.partial.txt"  # the same of a sweep that is not complete
FIGURES = "figures"
SENSITIVITY, ADVICE = "sensitivity", "advice"  # the folders of what these commands make of the results
DRAWN = ".drawn"
"""In the folder of figures: the names of those that a report drew; what else is there is somebody's own."""
DOCUMENT, PRINTED = "report.html", "report.pdf"
MADE_TABLES = ("summary.csv", "effects.csv", "main_effects.csv", "interactions.csv", "policies.csv")
"""Tables that are made from the parts; the last where there are policies."""
DERIVED = (*MADE_TABLES, ACCOUNT, PARTIAL_ACCOUNT, DOCUMENT, PRINTED, FIGURES)
GROWING = ".growing-to-"  # and the number of replications: a sweep that is to take the place of a smaller one
_GROWN = ".grown"  # the same, complete, while it takes its place
_PARTIAL = re.compile(rf"\..+\.\d+{re.escape(PARTIAL)}")
_LOCK = ".lock"
PARTS_STOCKED = 16


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


class Store(Brief):
    """The folder of one sweep."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.notes: list[str] = []
        """Notes for the user: parts that are computed again, foreign files."""

    def path(self, table: str, chunk: Chunk) -> Path:
        """Return the file of a chunk's table."""
        return part_path(self.folder, table, chunk.block, chunk.round)

    def check(self) -> None:
        """Refuse a folder that holds something else, and list the differences.

        Raises
        ------
        StoreError
            If its manifest is of another experiment, scenario or code, or is missing or damaged.
        """
        if self.folder.exists() and not self.folder.is_dir():
            raise StoreError(f"{self.folder} is a file; give a folder")
        if not (self.folder / MANIFEST).exists():
            taken = [name for name in (*TABLES, CELLS, *DERIVED) if not _is_void(self.folder / name)]
            if taken:
                raise StoreError(
                    f"{self.folder} has {taken[0]} but no {MANIFEST} to identify it;"
                    " give another folder, or move that away"
                )
            return
        before = manifest_in(self.folder)
        if before.hash != self.manifest.hash:
            if self.manifest.has_more_than(before) is False:
                raise StoreError(
                    f"{self.folder} has {before.replications:,} replications, and none is dropped; give"
                    f" --replications {before.replications} or more, or another folder with --out"
                )
            reasons = "; ".join(changes(before, self.manifest))
            raise StoreError(
                f"{self.folder} holds results of something else, which cannot be mixed: {reasons}."
                " Give another folder with --out, or undo the change"
            )
        # The versions of libraries with which it was begun stay on record.
        self.manifest = replace(self.manifest, versions=before.versions)

    @property
    def is_begun(self) -> bool:
        """Return whether the folder has a manifest, or a killed sweep was about to write one."""
        if (self.folder / MANIFEST).exists() or not self.folder.is_dir():
            return self.folder.is_dir()
        left = [path for path in self.folder.iterdir() if path.name != _LOCK]
        return all(_is_void(path) or _PARTIAL.fullmatch(path.name) for path in left)

    def replace(self) -> None:
        """Remove what the folder holds of another sweep, to be called only if the user wants it.

        Raises
        ------
        StoreError
            If it cannot be written, or another process writes to it.
        """
        if not self.folder.is_dir():
            return
        with locked(self.folder):
            if self._is_mine():
                return
            with refusing(self.folder):
                for name in (MANIFEST, CELLS, *DERIVED):
                    if name != FIGURES:
                        (self.folder / name).unlink(missing_ok=True)
                parts = [path for table in TABLES for path in (self.folder / table).glob("part-*.parquet")]
                for path in [*(path for path in parts if place_of(path.name)), *figures_in(self.folder)]:
                    path.unlink(missing_ok=True)
                (self.folder / FIGURES / DRAWN).unlink(missing_ok=True)
                for path in [*self.folder.glob(f"{GROWING}*"), self.folder / _GROWN]:
                    shutil.rmtree(path, ignore_errors=True)

    def _is_mine(self) -> bool:
        try:
            there = manifest_in(self.folder)
        except StoreError:
            return False
        return there.hash == self.manifest.hash or bool(self.manifest.has_more_than(there))

    def grown(self) -> Store | None:
        """Return the store in which a folder of fewer replications grows, None if it is not such a folder.

        It is inside that folder, so that what was complete stays so until all of the new is complete.
        """
        self.settle()
        try:
            before = manifest_in(self.folder)
        except StoreError:
            return None
        if not self.manifest.has_more_than(before):
            return None
        manifest = replace(self.manifest, versions=before.versions)
        return Store(self.folder / f"{GROWING}{manifest.replications}", manifest)

    def take(self, grown: Store) -> None:
        """Put a sweep of more replications, which is complete, in the place of this one.

        The rename says that it is: whatever ends this early, `settle` goes on from there.

        Raises
        ------
        StoreError
            If the folder holds something else by now, or cannot be written.
        """
        with locked(self.folder, waits=True):
            self._settle()
            if not grown.manifest.has_more_than(manifest_in(self.folder)):
                raise StoreError(f"{self.folder} was changed by another sweep; give the command again")
            with refusing(self.folder):
                grown.folder.rename(self.folder / _GROWN)
            self._settle()

    def settle(self) -> None:
        """Complete what `take` began."""
        if is_settling(self.folder):
            with locked(self.folder, waits=True):
                self._settle()

    def _settle(self) -> None:
        if not is_settling(self.folder):
            return
        grown = self.folder / _GROWN
        manifest = manifest_in(grown)
        with refusing(self.folder):
            for name in DERIVED:
                if name != FIGURES:
                    (self.folder / name).unlink(missing_ok=True)
            for table in manifest.layout.kinds:
                for path in sorted((self.folder / table).glob("part-*.parquet")):
                    if place_of(path.name) and not _is_stamped(path, manifest.hash):
                        path.unlink()
                for path in sorted((grown / table).glob("part-*.parquet")):
                    path.replace(self.folder / table / path.name)
            write_file(self.folder / CELLS, _text(grown / CELLS))
            write_file(self.folder / MANIFEST, manifest.text())
            for path in self.folder.glob(f"{GROWING}*"):
                if int(path.name.removeprefix(GROWING)) <= manifest.replications:
                    shutil.rmtree(path)
            shutil.rmtree(grown)

    def completed(self, chunk: Chunk) -> ColumnArrays | None:
        """Return the runs of a chunk if all of its tables are present and intact, otherwise None.

        A damaged part is noted, and to be computed again.

        Raises
        ------
        StoreError
            If a part is intact but belongs to other results.
        """
        runs: ColumnArrays | None = None
        for table, columns in self.manifest.layout.kinds.items():
            path = self.path(table, chunk)
            if not path.exists():
                return None
            try:
                with refusing(path):
                    stamp = stamp_of(path)
                    if (stamp.results, stamp.chunk) != (self.manifest.hash, chunk.name):
                        raise StoreError(f"{path} belongs to other results; move it away and continue")
                    if table == "runs" and stamp.rows != chunk.crises:
                        raise DamagedError(f"it has {stamp.rows} crises, not {chunk.crises}")
                    runs = read(path, columns)
            except DamagedError as error:
                self.notes.append(f"{path} is damaged ({error}): computed again")
                return None
        return runs

    def is_current(self, cells: str) -> bool:
        """Return whether manifest and cells are present as they would be written now."""
        texts = {MANIFEST: self.manifest.text(), CELLS: cells}
        return all(_bytes_of(self.folder / name) == text.encode() for name, text in texts.items())

    @contextlib.contextmanager
    def writing(self, cells: str) -> Iterator[None]:
        """Lock the folder for writing: make it, lock it, write manifest and cells.

        Raises
        ------
        StoreError
            If it cannot be written, or another process writes to it.
        """
        with refusing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder):
            self.check()  # somebody may have filled it while this one waited
            self._drop_leftovers()
            for account in (ACCOUNT, PARTIAL_ACCOUNT):  # they report what was there before
                (self.folder / account).unlink(missing_ok=True)
            for table in self.manifest.layout.kinds:
                with refusing(self.folder / table):
                    (self.folder / table).mkdir(exist_ok=True)
            self._renew(CELLS, cells)
            self._renew(MANIFEST, self.manifest.text())
            yield

    def _renew(self, name: str, text: str) -> None:
        if _bytes_of(self.folder / name) != text.encode():
            with refusing(self.folder):
                write_file(self.folder / name, text)

    def note_precision(self, missed: dict[int, float] | None) -> None:
        """Write into the manifest of a complete sweep which cells are not as precise as its rule asks."""
        self.manifest = replace(self.manifest, missed=missed)
        self._renew(MANIFEST, self.manifest.text())

    def _drop_leftovers(self) -> None:
        """Remove what a killed sweep was writing."""
        for folder in (self.folder, *(self.folder / table for table in TABLES)):
            if folder.is_dir():
                for path in folder.iterdir():
                    if _PARTIAL.fullmatch(path.name):
                        path.unlink(missing_ok=True)

    def write(self, chunk: Chunk, parts: Mapping[str, bytes]) -> None:
        """Keep the tables of a chunk, its runs last.

        Raises
        ------
        StoreError
            If the disk is full or the folder cannot be written; what was complete stays.
        """
        for table in self.manifest.layout.kinds:
            with refusing(self.folder):
                write_file(self.path(table, chunk), parts[table])

    def foreign(self) -> list[str]:
        """Return the names of files that do not belong to the sweep, in order."""
        known = {MANIFEST, CELLS, _LOCK, SENSITIVITY, ADVICE, *DERIVED, *TABLES}
        strange = []
        if self.folder.is_dir():
            strange = [p.name for p in self.folder.iterdir() if p.name not in known]
            for table in TABLES:
                if (self.folder / table).is_dir():
                    inside = [path.name for path in (self.folder / table).iterdir()]
                    strange += [f"{table}/{name}" for name in inside if not self._is_planned(name)]
        return sorted(name for name in strange if not name.rpartition("/")[2].startswith("."))

    def _is_planned(self, name: str) -> bool:
        place = place_of(name)
        return place is not None and self.manifest.plan.has(*place)

    def note_foreign(self) -> None:
        """Note files that do not belong to the sweep; they are left alone."""
        strange = self.foreign()
        if strange:
            more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
            self.notes.append(f"{self.folder / strange[0]}{more}: not part of this sweep, left alone")


@contextlib.contextmanager
def locked(folder: Path, waits: bool = False) -> Iterator[None]:
    """Keep other processes from writing to a folder.

    Parameters
    ----------
    folder
        Of a sweep.
    waits
        Whether to wait for another process that writes to it.

    Raises
    ------
    StoreError
        If it cannot be written, or another process writes to it and this one does not wait.
    """
    with refusing(folder):
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _take(folder, lock, waits)
        yield
    finally:
        os.close(lock)


def _take(folder: Path, lock: int, waits: bool) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
    except BlockingIOError:
        who = os.pread(lock, 20, 0).decode(errors="replace").strip()
        raise StoreError(
            f"{folder} is being written by another sweep (process {who or 'unknown'});"
            " wait for its end, or give another folder with --out"
        ) from None
    except OSError:
        return  # a file system without locks
    with contextlib.suppress(OSError):  # the owner is written only for the other's message
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def is_settling(folder: Path) -> bool:
    """Return whether a sweep of more replications was taking its place in a folder when it was ended."""
    return (folder / _GROWN).is_dir()


def _is_void(path: Path) -> bool:
    """Return whether there is nothing: no file, or a folder without any."""
    return not any(path.iterdir()) if path.is_dir() else not path.exists()


def _is_stamped(path: Path, results: str) -> bool:
    try:
        return stamp_of(path).results == results
    except DamagedError:
        return False


def part_path(folder: Path, table: str, block: int, number: int) -> Path:
    """Return the file of a part's table, by block and round."""
    return folder / table / f"part-{block:05d}-{number:05d}.parquet"


def manifest_in(folder: Path) -> Manifest:
    """Return the manifest of a folder; raises StoreError if there is none that can be read."""
    path = folder / MANIFEST
    if folder.is_file():
        raise StoreError(f"{folder} is a file; give a folder")
    if not path.exists():
        raise StoreError(f"{folder} holds no results of a sweep: {MANIFEST} is missing")
    try:
        with refusing(path):
            return read_manifest(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StoreError(f"{path}: {error}; restore the file, or give another folder with --out") from None


class Stock:
    """The crises in folders of the same sweep with fewer replications, for one with more."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._sources = [(folder, manifest_in(folder)) for folder in folders]
        self._read = lru_cache(maxsize=PARTS_STOCKED)(self._tables)

    def pieces(self, task: CellRange) -> Iterator[Piece]:
        """Yield the replications of a task in order, those that are there with their rows."""
        at, end = task.first, task.first + task.count
        for first, count, where in sorted(self._known(task), key=lambda known: (known[0], -known[1])):
            if first < at:
                continue  # another source has it
            rows = self._rows(task.cell, count, *where)
            if rows is None:
                continue
            if first > at:
                yield Piece(at, first - at)
            yield Piece(first, count, rows)
            at = first + count
        if at < end:
            yield Piece(at, end - at)

    def _known(self, task: CellRange) -> Iterator[tuple[int, int, tuple[int, int, int]]]:
        """Yield first replication, count and part of the rounds of the cell that lie within a task.

        Only whole ones: the histograms of posture are of all replications of a part together.
        """
        for source, (folder, manifest) in enumerate(self._sources):
            plan = manifest.plan
            block, size = task.cell // plan.cells_a_block, plan.replications_a_round
            for number in range(-(-task.first // size), plan.rounds):
                first = number * size
                count = min(size, plan.replications - first)
                if first + count > task.first + task.count:
                    break
                if part_path(folder, "runs", block, number).exists():
                    yield first, count, (source, block, number)

    def _rows(self, cell: int, count: int, *where: int) -> dict[str, ColumnArrays] | None:
        tables = self._read(*where)
        if tables is None:
            return None
        rows: dict[str, ColumnArrays] = {}
        for name, table in tables.items():
            low, high = np.searchsorted(table["cell"], [cell, cell + 1])
            rows[name] = {column: values[low:high] for column, values in table.items()}
        # With a stopping rule a cell may have been precise before this round.
        return rows if len(rows["runs"]["cell"]) == count else None

    def _tables(self, source: int, block: int, number: int) -> dict[str, ColumnArrays] | None:
        folder, manifest = self._sources[source]
        tables: dict[str, ColumnArrays] = {}
        try:
            for name, columns in manifest.layout.kinds.items():
                path = part_path(folder, name, block, number)
                if stamp_of(path).results != manifest.hash:
                    return None
                tables[name] = read(path, columns)
        except DamagedError:
            return None  # simulated again
        return tables


@dataclass(frozen=True)
class Merged:
    """What a merge did."""

    manifest: Manifest
    parts: int
    """How many parts were brought in."""


def merge(
    folders: Sequence[Path], out: Path, ready: Callable[[Store], object] = lambda store: None
) -> Merged:
    """Copy the parts of several folders into one; existing parts are kept.

    `ready` is called with the store to be filled, before anything is written.

    Raises
    ------
    StoreError
        If the folders are not of one experiment, scenario and code, or disagree on a part.
    """
    for folder in folders:
        if folder.resolve() == out.resolve():
            raise StoreError(f"{out} is one of the folders to merge; give another one with --out")
    manifest = replace(manifest_in(folders[0]), missed=None)
    for folder in folders[1:]:
        other = manifest_in(folder)
        if other.hash != manifest.hash:
            reasons = "; ".join(changes(manifest, other))
            raise StoreError(f"{folders[0]} and {folder} are of different sweeps: {reasons}")
    store = Store(out, manifest)
    ready(store)
    store.check()
    count = 0
    with store.writing(_text(folders[0] / CELLS)):
        for folder in folders:
            names = sorted(path.name for path in (folder / "runs").glob("part-*.parquet"))
            for name in names:
                count += _bring(folder, out, name, manifest)
    return Merged(manifest, count)


def _bring(folder: Path, out: Path, name: str, manifest: Manifest) -> bool:
    """Copy the tables of a part, its runs last; return whether it was not there yet."""
    is_new = False
    for table in sorted(manifest.layout.kinds, key=TABLES.index, reverse=True):
        source, target = folder / table / name, out / table / name
        try:
            stamp = stamp_of(source)
        except DamagedError as error:
            raise StoreError(f"{source} is damaged ({error}); rerun its sweep to recompute it") from None
        if stamp.results != manifest.hash or f"part-{stamp.chunk}.parquet" != name:
            raise StoreError(f"{source} belongs to other results; move it away")
        data = source.read_bytes()
        if target.exists():
            if target.read_bytes() != data:
                raise StoreError(
                    f"{source} and {target} differ; one of them is damaged or produced differently"
                )
            continue
        with refusing(out):
            write_file(target, data)
        is_new = True
    return is_new


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StoreError(f"{path} is missing; rerun its sweep to write it again") from None


def figures_in(folder: Path) -> list[Path]:
    """Return the figures in a folder of results that a report has drawn, in order of name."""
    try:
        names = (folder / FIGURES / DRAWN).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    # A name as we write it, and no way out of the folder.
    paths = [folder / FIGURES / name for name in names if Path(name).name == name]
    return [path for path in paths if path.suffix in (".png", ".svg") and path.is_file()]


def note_figures(folder: Path, drawn: Sequence[Path]) -> None:
    """Keep the list of the figures drawn, and remove those of an earlier report that are not among them."""
    for path in figures_in(folder):
        if path not in drawn:
            path.unlink(missing_ok=True)
    for path in (folder / FIGURES).iterdir():
        if _PARTIAL.fullmatch(path.name):
            path.unlink(missing_ok=True)
    write_file(folder / FIGURES / DRAWN, "".join(f"{path.name}\n" for path in sorted(drawn)))
