"""From the org to the newest snapshot: the first step of every run, without anything that scores."""

from __future__ import annotations

from collections import Counter

from steward.bootstrap import Steward
from steward.errors import StateError
from steward.night.job_notes import notes
from steward.progress import Progress, Silent
from steward.salesforce import extract as extraction
from steward.salesforce import snapshot as snapshots
from steward.salesforce.snapshot import Snapshot


def extract(steward: Steward, *, full: bool = False, progress: Progress | None = None) -> Snapshot:
    """A new snapshot: what changed since the last one, or everything."""
    tell = progress or Silent()
    tell.stage("Reading the org", len(snapshots.table_names()))
    done: Counter[str] = Counter()

    def table_read(table: str, rows: int) -> None:
        done[table] += rows
        tell.advance(len(done))

    folder = steward.home / "snapshots"
    made = extraction.extract(
        steward.gateway, folder, steward.key, snapshots.latest(folder), steward.now(),
        full=full, memory_limit=steward.settings.memory_limit, threads=steward.settings.threads,
        notes=notes(steward, "extract"), progress=table_read,
    )  # fmt: skip
    snapshots.prune(folder)
    for note in made.manifest.notes:
        tell.say(note)
    return made


def newest(steward: Steward) -> Snapshot:
    steward.require_home()
    found = snapshots.latest(steward.home / "snapshots")
    if found is None:
        raise StateError("There is no snapshot yet.", "Run `steward extract` first.")
    snapshots.require_columns(found)
    return found
