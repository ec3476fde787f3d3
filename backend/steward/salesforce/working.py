"""The folder in which a snapshot is made, and what is finished in it, so that a killed full read can go on."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.salesforce import snapshot
from steward.salesforce.snapshot import Snapshot, TableFacts

RESUME_WITHIN = timedelta(hours=6)
_STATE = "progress.json"


@dataclass(frozen=True)
class Basis:
    """What must be equal for one read to build on another: the queries, the pseudonyms' key, the org."""

    shape: str
    key_check: str
    org: str


@dataclass
class Work:
    folder: pathlib.Path
    basis: Basis
    base: Snapshot | None  # the snapshot that is brought up to date; None for a full read
    began: datetime
    watermark: datetime
    tables: dict[str, TableFacts]

    def finished(self, name: str, facts: TableFacts) -> None:
        """Notes a finished table; on disk at once for a full read, which alone is taken up again."""
        self.tables[name] = facts
        if self.base is None:
            state = {
                "basis": dataclasses.asdict(self.basis),
                "began": self.began.isoformat(),
                "watermark": self.watermark.isoformat(),
                "tables": {one: dataclasses.asdict(done) for one, done in self.tables.items()},
            }
            part = self.folder / f"{_STATE}.part"
            part.write_text(json.dumps(state), encoding="utf-8")
            part.replace(self.folder / _STATE)

    def clear_notes(self) -> None:
        (self.folder / _STATE).unlink(missing_ok=True)
        shutil.rmtree(self.folder / "spill", ignore_errors=True)


def open_folder(folder: pathlib.Path, basis: Basis, base: Snapshot | None, now: datetime, watermark: datetime) -> Work:
    """The working folder: taken up again after a killed full read of the same things, else empty."""
    left = _left(folder, basis, now) if base is None else None
    if left:
        return left
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)  # pages with real ids pass through it
    return Work(folder, basis, base, now, watermark, {})


def _left(folder: pathlib.Path, basis: Basis, now: datetime) -> Work | None:
    try:
        state = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        began = datetime.fromisoformat(state["began"])
        watermark = datetime.fromisoformat(state["watermark"])
        tables = {name: snapshot.table_facts(facts) for name, facts in state["tables"].items()}
        same = Basis(**state["basis"]) == basis
    except (OSError, ValueError, KeyError, TypeError):
        return None
    fresh = timedelta(0) <= now - began < RESUME_WITHIN
    whole = all(snapshot.table_path(folder, name).exists() for name in tables)
    return Work(folder, basis, None, began, watermark, tables) if same and fresh and whole else None
