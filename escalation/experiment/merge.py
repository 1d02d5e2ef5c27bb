"""Put the results of shards, or of any sweeps of one experiment, into one folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from escalation.experiment.errors import StoreError
from escalation.experiment.manifest import Manifest, changes
from escalation.experiment.parts import DamagedError, stamp_of
from escalation.experiment.store import CELLS, TABLES, Store, manifest_in, write_beside


@dataclass(frozen=True)
class Merged:
    """What a merge did."""

    manifest: Manifest
    parts: int
    """How many parts were brought in."""


def merge(folders: Sequence[Path], out: Path) -> Merged:
    """Copy the parts of several folders into one; parts that are there already stay.

    Raises
    ------
    StoreError
        If the folders are not of one experiment, scenario and code, or disagree on a part.
    """
    for folder in folders:
        if folder.resolve() == out.resolve():
            raise StoreError(f"{out} is one of the folders to merge; give another one with --out")
    manifest = manifest_in(folders[0])
    for folder in folders[1:]:
        other = manifest_in(folder)
        if other.hash != manifest.hash:
            told = "; ".join(changes(manifest, other))
            raise StoreError(f"{folders[0]} and {folder} are of different sweeps: {told}")
    store = Store(out, manifest)
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
            raise StoreError(
                f"{source} is damaged ({error}); give its sweep again, which computes it anew"
            ) from None
        if stamp.results != manifest.hash or f"part-{stamp.chunk}.parquet" != name:
            raise StoreError(f"{source} belongs to other results; move it away")
        data = source.read_bytes()
        if target.exists():
            if target.read_bytes() != data:
                raise StoreError(f"{source} and {target} differ; one of them is damaged or made elsewise")
            continue
        write_beside(target, data)
        is_new = True
    return is_new


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StoreError(f"{path} is missing; give its sweep again, which writes it anew") from None
