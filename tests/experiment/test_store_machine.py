"""Whatever happens to a store, finishing the sweep gives the bytes of an uninterrupted one."""

from __future__ import annotations

import io
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from escalation.experiment.compute import Computed, compute
from escalation.experiment.loaded import load_experiment
from escalation.experiment.plan import Chunk
from escalation.experiment.run import Sweep, prepare, survey
from escalation.experiment.store import Store, merge
from tests.experiment.sweeps import files, tree

TABLES = ("runs", "days")


def page_end(part: bytes, at: float) -> int:
    """Return the place of the last byte of a column's last page, which a checksum covers."""
    group = pq.ParquetFile(io.BytesIO(part)).metadata.row_group(0)
    column = group.column(int(at * (group.num_columns - 1)))
    starts = [column.data_page_offset, column.dictionary_page_offset]
    return int(min(start for start in starts if start is not None) + column.total_compressed_size - 1)


class Whole:
    """The sweep and all its chunks, computed once for all examples."""

    def __init__(self) -> None:
        self.made = made = prepare(load_experiment(tree(replications=250)), Path("nowhere"))
        found = survey(made.store, made.work)
        self.chunks: list[Chunk] = found.missing
        self.computed: list[Computed] = [compute(made.work, chunk, made.cells) for chunk in self.chunks]
        with tempfile.TemporaryDirectory() as folder:
            whole = self.sweep(Path(folder))
            with whole.store.writing(whole.cells_table):
                for chunk, one in zip(self.chunks, self.computed, strict=True):
                    whole.store.write(chunk, one.parts)
            self.files = files(Path(folder))

    def sweep(self, folder: Path) -> Sweep:
        return replace(self.made, store=Store(folder, self.made.store.manifest))


class StoreMachine(RuleBasedStateMachine):
    """Two folders of one sweep: chunks are written, cut off, damaged and merged in any order."""

    whole: Whole | None = None

    @initialize()
    def begin(self) -> None:
        if StoreMachine.whole is None:
            StoreMachine.whole = Whole()
        self.known = StoreMachine.whole
        self.base = Path(tempfile.mkdtemp())
        self.folders = [self.base / "one", self.base / "two"]
        for which, folder in enumerate(self.folders):  # as two shards would
            self.write(folder, list(range(which, len(self.known.chunks), 2)))

    def teardown(self) -> None:
        shutil.rmtree(self.base, ignore_errors=True)

    def write(self, folder: Path, numbers: list[int]) -> None:
        sweep = self.known.sweep(folder)
        with sweep.store.writing(sweep.cells_table):
            for number in numbers:
                sweep.store.write(self.known.chunks[number], self.known.computed[number].parts)

    @rule(which=st.integers(0, 1), numbers=st.lists(st.integers(0, 50), max_size=4))
    def compute_some(self, which: int, numbers: list[int]) -> None:
        self.write(self.folders[which], [number % len(self.known.chunks) for number in numbers])

    @rule(which=st.integers(0, 1), number=st.integers(0, 50), table=st.sampled_from(TABLES))
    def kill_while_writing(self, which: int, number: int, table: str) -> None:
        """Leave what a kill leaves: a chunk without its last table, and half a file of another name."""
        folder = self.folders[which] / table
        if folder.exists():
            name = f"part-{self.known.chunks[number % len(self.known.chunks)].name}.parquet"
            (self.folders[which] / "runs" / name).unlink(missing_ok=True)
            (folder / f".{name}.77.partial").write_bytes(b"half")

    @rule(
        which=st.integers(0, 1),
        pick=st.integers(0, 99),
        at=st.floats(0, 1),
        how=st.sampled_from(["cut", "flip"]),
    )
    def damage(self, which: int, pick: int, at: float, how: str) -> None:
        self.spoil(self.parts(which, TABLES), pick, at, how)

    def parts(self, which: int, tables: tuple[str, ...]) -> list[Path]:
        return sorted(path for table in tables for path in (self.folders[which] / table).glob("part-*"))

    def spoil(self, parts: list[Path], pick: int, at: float, how: str) -> None:
        if parts:
            victim = parts[pick % len(parts)]
            data = bytearray(victim.read_bytes())
            place = page_end(self.known.files[f"{victim.parent.name}/{victim.name}"], at)
            if how == "cut" or place >= len(data):
                data = data[: int(at * (len(data) - 1))]
            else:
                data[place] ^= 0xFF
            victim.write_bytes(bytes(data))

    def finish(self, folder: Path) -> None:
        sweep = self.known.sweep(folder)
        sweep.store.check()
        missing = [self.known.chunks.index(chunk) for chunk in survey(sweep.store, sweep.work).missing]
        self.write(folder, missing)

    @rule(which=st.integers(0, 1))
    def resume(self, which: int) -> None:
        self.finish(self.folders[which])
        assert files(self.folders[which]) == self.known.files

    @rule(
        which=st.integers(0, 1),
        pick=st.integers(0, 99),
        at=st.floats(0, 1),
        how=st.sampled_from(["cut", "flip"]),
    )
    def damage_then_resume(self, which: int, pick: int, at: float, how: str) -> None:
        """Damage one table of a chunk whose other table is whole, as chance alone seldom does."""
        for table in TABLES:
            self.finish(self.folders[which])
            self.spoil(self.parts(which, (table,)), pick, at, how)
            self.resume(which)

    @rule()
    def merge_both(self) -> None:
        for folder in self.folders:
            self.finish(folder)
        merge(self.folders, self.base / "merged")
        assert files(self.base / "merged") == self.known.files
        shutil.rmtree(self.base / "merged")


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=12, stateful_step_count=6, deadline=None)
