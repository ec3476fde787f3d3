"""Extract: from the org to a published snapshot, in full or by what changed since the last one."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import pathlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from steward.salesforce import access, contract, loading, merging, parts, pseudonyms, settings_table, snapshot, working
from steward.salesforce.access import Access
from steward.salesforce.ahead import ahead
from steward.salesforce.bulk import NoNotes, Notes
from steward.salesforce.client import Gateway
from steward.salesforce.read_table import Pages, Reader
from steward.salesforce.snapshot import Manifest, Snapshot, TableFacts, table_path
from steward.salesforce.terms import Table
from steward.salesforce.working import Basis, Work

OVERLAP = timedelta(minutes=15)  # longer than any transaction that may commit after a later one
FULL_EVERY = timedelta(days=7)  # well before deleted rows leave the recycle bin, where changes would miss them
WITH_IDENTITY = ("contacts", "accounts", "profiles")
# Others lead to these many times: they are read first, and their pseudonyms looked up from then on.
LED_TO = ("campaigns", "gaus", "accounts", "contacts", "recurring")
ORDER = tuple(dict.fromkeys((*map(contract.table, LED_TO), *contract.TABLES)))

Progress = Callable[[str, int], None]


def extract(
    gateway: Gateway,
    folder: pathlib.Path,
    key: bytes,
    previous: Snapshot | None,
    now: datetime,
    *,
    full: bool = False,
    memory_limit: str = "1GB",
    threads: int = 2,
    notes: Notes | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Reads the org and publishes a snapshot in `folder`. A killed full read is taken up again where it was."""
    with snapshot.locked(folder):
        found = access.read_access(gateway)
        access.require(found)
        basis = _basis(gateway, found, key)
        base = None if full else _usable(previous, basis, now)
        reader = Reader(gateway, found, folder / ".working", notes or NoNotes())
        watermark = min(gateway.server_time(), reader.newest_stamp()) - OVERLAP
        work = working.open_folder(folder / ".working", basis, base, now, watermark)
        with loading.engine(work.folder, key, memory_limit, threads) as db:
            extraction = Extraction(gateway, db, reader, work, found, progress or _silent)
            said = extraction.run()
        work.clear_notes()
        return snapshot.publish(work.folder, folder, _manifest(work, now, (*access.notes(found), *said)))


def _silent(table: str, rows: int) -> None:
    pass


def _basis(gateway: Gateway, found: Access, key: bytes) -> Basis:
    """DuckDB's version is among what must be equal, since the hashes of rows are its own."""
    made = [repr(gateway.names), repr(contract.SETTINGS), duckdb.__version__]
    for one in contract.TABLES:
        absent = found.absent[one.name]
        made += [contract.soql(one, absent, one.where), loading.typed(one, loading.raw_columns(one, absent, ()))]
    shape = hashlib.sha256("\n".join(made).encode()).hexdigest()[:16]
    org = next(iter(gateway.query("SELECT Id FROM Organization LIMIT 1")))["Id"]
    return Basis(shape, pseudonyms.key_check(key), pseudonyms.pseudonym(org, key))


def _usable(previous: Snapshot | None, basis: Basis, now: datetime) -> Snapshot | None:
    if previous is None:
        return None
    made = previous.manifest
    same = Basis(made.shape, made.key_check, made.org) == basis
    return previous if same and now - made.full_read_at < FULL_EVERY else None


def _manifest(work: Work, now: datetime, notes: tuple[str, ...]) -> Manifest:
    whole = snapshot.whole_hash(work.tables)
    return Manifest(
        id=f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{whole[:8]}",
        created_at=now,
        full_read_at=work.base.manifest.full_read_at if work.base else work.began,
        watermark=work.watermark,
        hash=whole,
        shape=work.basis.shape,
        key_check=work.basis.key_check,
        org=work.basis.org,
        tables=work.tables,
        notes=notes,
        base=work.base.id if work.base else "",
    )


@dataclass
class Extraction:
    """One extraction at work: every table once, with the way back to its ids where there must be one, then the settings."""

    gateway: Gateway
    db: duckdb.DuckDBPyConnection
    reader: Reader
    work: Work
    found: Access
    progress: Progress
    known: dict[str, int] = dataclasses.field(default_factory=dict)  # records whose pseudonyms are looked up, by table

    def run(self) -> list[str]:
        """Fills the working folder; notes on what was assumed or read again."""
        said: list[str] = []
        if self.work.base is None:
            self._read_everything()
        else:
            self._read_changes(self.work.base)
            said += self._correct()
        path, assumed = settings_table.write(self.db, self.gateway, self.work.folder)
        self._note_whole(settings_table.TABLE, path, 1)
        return said + assumed

    def _read_everything(self) -> None:
        counts = self.reader.counts()
        missing = [table for table in ORDER if table.name not in self.work.tables]
        reads = [functools.partial(self.reader.full, table, counts.get(table.name)) for table in missing]
        for table, pages in zip(missing, ahead(reads), strict=True):
            self._take(table, pages)

    def _take(self, table: Table, pages: Pages) -> None:
        """A table that was read whole."""
        loading.stage(self.db, pages.paths, pages.columns, table)
        if table.name in LED_TO and sum(self.known.values()) + pages.rows <= loading.room(self.db):
            loading.remember(self.db, table)
            self.known[table.name] = pages.rows
        path = table_path(self.work.folder, table.name)
        rows = parts.write(self.db, loading.typed(table, pages.columns, known=self.known), path)
        if rows != pages.rows:  # else none is missing, and none was left out
            pages.check(loading.staged_rows(self.db))
        if table.name in WITH_IDENTITY:
            source = f"ids_{table.name}" if table.name in self.known else ""
            parts.write(self.db, merging.ids(table, source), self._identity(table))
        pages.remove()
        self._note_whole(table, path, rows, pages.rows - rows, self.found.absent[table.name])
        self.progress(table.name, rows)

    def _read_changes(self, base: Snapshot) -> None:
        changes = self.reader.changes(base.manifest.watermark)
        gone: dict[str, int] = {}
        for table in contract.TABLES:
            pages = changes[table.name]
            if pages.rows:
                loading.stage(self.db, pages.paths, pages.columns)
                gone[table.name] = merging.gone(self.db, table, pages.columns)
                merging.follow_merges(self.db, table)
        for table in contract.TABLES:
            self._update(table, changes[table.name], base, gone)

    def _update(self, table: Table, pages: Pages, base: Snapshot, gone: Mapping[str, int]) -> None:
        """A table of which only what changed was read; parts in which nothing did are the base's own."""
        before, old = base.manifest.tables[table.name], base.tables()[table.name]
        new = table_path(self.work.folder, table.name)
        loading.stage(self.db, pages.paths, pages.columns, table)
        pages.check(loading.staged_rows(self.db))
        touched = 0
        if pages.rows or any(gone.get(column.to) for column in table.columns if column.to):
            merging.compare(self.db, table, pages.columns, old, gone)
            touched = self._keep_touched(table.name)
        if touched:
            merging.renew(self.db, table.key, old, new)
            lost, gained = (loading.content_hash(self.db, table, some) for some in ("lost", "gained"))
            digest = loading.updated_hash(before.hash, lost, gained)
            facts = dataclasses.replace(before, rows=parts.rows(new), hash=digest, source="changes", touched=touched)
        else:
            parts.link(old, new)
            facts = dataclasses.replace(before, source="unchanged", touched=0)
        self._update_identity(table, pages, base)
        pages.remove()
        self.work.finished(table.name, facts)
        if pages.rows:
            self.progress(table.name, facts.rows)

    def _update_identity(self, table: Table, pages: Pages, base: Snapshot) -> None:
        if table.name not in WITH_IDENTITY:
            return
        new = self._identity(table)
        old = base.identity.path / new.name
        if pages.rows:
            merging.compare_ids(self.db, table, pages.columns, old)
            merging.renew(self.db, "key", old, new)
        else:
            parts.link(old, new)

    def _note_whole(
        self, table: Table, path: pathlib.Path, rows: int, dropped: int = 0, absent: tuple[str, ...] = ()
    ) -> None:
        """Notes a table that was written whole; what is different from the base's is found by comparing all rows."""
        touched = 0
        if self.work.base is not None:
            merging.compare_whole(self.db, table, self.work.base.tables()[table.name], path)
            touched = self._keep_touched(table.name)
        digest = loading.content_hash(self.db, table, f"read_parquet('{path}')")
        self.work.finished(table.name, TableFacts(rows, digest, "full", dropped, absent, touched))

    def _keep_touched(self, name: str) -> int:
        """Writes what is different from the base's table; how many rows that are."""
        path = snapshot.touched_path(self.work.folder, name)
        rows = loading.write(self.db, merging.TOUCHED, path)
        if not rows:
            path.unlink()
        return rows

    def _correct(self) -> list[str]:
        """Reads tables again whose number of rows is not the org's: rows purged, or shared anew without a stamp."""
        said = []
        for name, count in self.reader.counts().items():
            facts = self.work.tables[name]
            if facts.rows + facts.dropped != count:
                table = contract.table(name)
                self._take(table, self.reader.full(table, count))
                said.append(f"{name}: the org has {count} rows, not {facts.rows + facts.dropped}; read again in full.")
        return said

    def _identity(self, table: Table) -> pathlib.Path:
        """Where the way back to this table's ids goes."""
        whole = snapshot.identity_path(self.work.folder)
        whole.mkdir(exist_ok=True)
        return whole / f"{table.name}.parquet"
