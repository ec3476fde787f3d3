"""A snapshot on disk: Parquet tables, a manifest, and apart from them the private way back from pseudonyms to ids."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow.parquet as pq

from steward.errors import StateError
from steward.salesforce import parts
from steward.salesforce.pseudonyms import Identity
from steward.salesforce.reads import TABLES

FORMAT = 1
SETTINGS = "settings"
_MANIFEST = "manifest.json"
_PRIVATE = "private"
_IDENTITY = "identity.parquet"
_TOUCHED = "touched"


@dataclass(frozen=True)
class TableFacts:
    rows: int
    hash: str
    source: str  # full, changes or unchanged
    dropped: int = 0  # rows of the org that lack what every row must have
    absent: tuple[str, ...] = ()  # optional fields that the org did not show; `*` is the whole object
    touched: int = 0  # rows that the base had or this snapshot has, but not both: those of its file in `touched`


@dataclass(frozen=True)
class Manifest:
    """`watermark` is where the next incremental read begins; `shape`, `key_check` and `org` say whether it may.

    `base` is the snapshot that was brought up to date; none of a full read.
    """

    id: str
    created_at: datetime
    full_read_at: datetime
    watermark: datetime
    hash: str
    shape: str
    key_check: str
    org: str
    tables: Mapping[str, TableFacts]
    notes: tuple[str, ...] = ()
    base: str = ""
    format: int = FORMAT

    def as_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), indent=1, sort_keys=True, default=str) + "\n"


@dataclass(frozen=True)
class Snapshot:
    """One published snapshot. Its files never change."""

    folder: pathlib.Path
    manifest: Manifest

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def hash(self) -> str:
        return self.manifest.hash

    @property
    def identity(self) -> Identity:
        return Identity(self.folder / _PRIVATE / _IDENTITY)

    def tables(self) -> Mapping[str, pathlib.Path]:
        return {name: table_path(self.folder, name) for name in table_names()}

    def touched(self, since: str) -> Mapping[str, pathlib.Path] | None:
        """What is different from the snapshot `since`: of each table in which anything is, a file of its rows that are no
        longer so, and of those that were not so then. None where this snapshot was not made from that one."""
        if not since or self.manifest.base != since:
            return None
        names = [name for name, facts in self.manifest.tables.items() if facts.touched]
        return {name: self.folder / _TOUCHED / f"{name}.parquet" for name in names}


def table_names() -> tuple[str, ...]:
    return (*(one.name for one in TABLES), SETTINGS)


def table_path(folder: pathlib.Path, name: str) -> pathlib.Path:
    return folder / f"{name}.parquet"


def touched_path(folder: pathlib.Path, name: str) -> pathlib.Path:
    """Where the touched rows of a table of a snapshot in the making go."""
    touched = folder / _TOUCHED
    touched.mkdir(exist_ok=True)
    return touched / f"{name}.parquet"


def identity_path(folder: pathlib.Path) -> pathlib.Path:
    """Where the private map of a snapshot in the making goes; its folder is its owner's only."""
    private = folder / _PRIVATE
    private.mkdir(mode=0o700, exist_ok=True)
    return private / _IDENTITY


def whole_hash(tables: Mapping[str, TableFacts]) -> str:
    lines = "".join(f"{name} {tables[name].hash}\n" for name in sorted(tables))
    return hashlib.sha256(lines.encode()).hexdigest()


def load(folder: pathlib.Path) -> Snapshot:
    """Opens a published snapshot; refuses one that is incomplete or made by a newer Steward."""
    try:
        data = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        manifest = _manifest(data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StateError(f"Snapshot {folder.name} cannot be read ({type(error).__name__}).", "Extract again.") from None
    if manifest.format > FORMAT:
        raise StateError(f"Snapshot {folder.name} has format {manifest.format}.", "Update Steward, or extract again.")
    missing = [name for name in table_names() if not table_path(folder, name).exists()]
    if missing:
        raise StateError(f"Snapshot {folder.name} lacks {', '.join(missing)}.", "Extract again.")
    return Snapshot(folder, manifest)


def require_columns(found: Snapshot) -> None:
    """A snapshot that an earlier Steward read may lack what this one looks at."""
    for table in TABLES:
        held = set(pq.read_schema(parts.of(table_path(found.folder, table.name))[0]).names)
        if lacking := sorted({column.name for column in table.columns} - held):
            raise StateError(
                f"Snapshot {found.id} was read by another version of Steward: its {table.name} lack {', '.join(lacking)}.",
                "Run `steward extract`; it reads the org anew.",
            )


def _manifest(data: dict[str, Any]) -> Manifest:
    for name in ("created_at", "full_read_at", "watermark"):
        data[name] = datetime.fromisoformat(data[name])
    data["tables"] = {name: table_facts(facts) for name, facts in data["tables"].items()}
    data["notes"] = tuple(data["notes"])
    return Manifest(**data)


def table_facts(data: Mapping[str, Any]) -> TableFacts:
    return TableFacts(**{**data, "absent": tuple(data["absent"])})


def latest(folder: pathlib.Path) -> Snapshot | None:
    """The newest published snapshot of a folder, if there is one."""
    found = sorted(path.parent.name for path in folder.glob(f"[0-9]*/{_MANIFEST}"))
    return load(folder / found[-1]) if found else None


def publish(working: pathlib.Path, folder: pathlib.Path, manifest: Manifest) -> Snapshot:
    """Makes a finished working folder the snapshot `folder/<id>` in one step: a kill leaves all of it or none."""
    target = folder / manifest.id
    if target.exists():  # the same content at the same second
        shutil.rmtree(working)
        return load(target)
    (working / _MANIFEST).write_text(manifest.as_json(), encoding="utf-8")
    for path in (working / _PRIVATE).rglob("part-*"):
        path.chmod(0o600)
    for path in (*working.rglob("*"), working):
        _sync(path)
    working.rename(target)
    _sync(folder)
    return Snapshot(target, manifest)


def prune(folder: pathlib.Path, keep: int = 3) -> list[str]:
    """Removes all but the newest `keep` snapshots, and returns the ids of those removed."""
    names = sorted(path.parent.name for path in folder.glob(f"[0-9]*/{_MANIFEST}"))
    old = names[:-keep] if keep else names
    for name in old:
        (folder / name / _MANIFEST).unlink()  # from here on it is no snapshot, whatever happens
    for path in folder.glob("[0-9]*"):
        if not (path / _MANIFEST).exists():  # also what a prune that was killed left
            shutil.rmtree(path)
    return old


@contextlib.contextmanager
def locked(folder: pathlib.Path) -> Iterator[None]:
    """Only one extraction at a time works in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateError(f"Another extraction is running in {folder}.", "Wait for it to end.") from None
        yield


def _sync(path: pathlib.Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
