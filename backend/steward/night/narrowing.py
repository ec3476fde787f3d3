"""Whom a night looks at: those of whose rows one changed since an earlier run, or for whom a day has come on which facts
change. Everybody else's facts stand, and the ledger is made of the rows that those few need.

With the day alone, facts change when the day of a date's month is reached or over (months are whole ones) or when what lies
ahead comes to pass. Whoever has such a date is looked at; whether their facts changed is seen when they are compared.
"""

# ruff: noqa: S608  names in the SQL come from the contract, paths are our own

from __future__ import annotations

import datetime as dt
import pathlib
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import pyarrow.parquet as pq

from steward.config import Settings
from steward.features.arithmetic import first_of_months
from steward.features.gift_sums import LONGEST_MONTHS
from steward.night.earlier import DATED, Earlier, this_month
from steward.salesforce import contract, loading
from steward.salesforce import snapshot as snapshots
from steward.salesforce.contract import TABLES, Column, Kind, Table
from steward.salesforce.snapshot import Snapshot

MOST = 0.5  # of all Contacts: where more are concerned, everybody is looked at
EVERYBODY = ("campaigns", "gaus", "settings")  # a change of these concerns all
PROFILES, CONTACTS, ACCOUNTS, GIFTS = "profiles", "contacts", "accounts", "opportunities"
# Dates by which no fact goes.
UNUSED = frozenset({
    (ACCOUNTS, "last_gift_date"), (CONTACTS, "last_gift_date"), (GIFTS, "created_on"),
    ("recurring", "next_payment_on"), ("recurring", "last_payment_on"), (PROFILES, "override_until"),
})  # fmt: skip
# Dates of which facts count the months that have passed, and say nothing else.
SINCE_ONLY = frozenset({(ACCOUNTS, "created_on"), (CONTACTS, "created_on")})
DAYS_AGO = (365, 730)  # answers to appeals are counted by days, not by months
_DATES = frozenset({Kind.DATE, Kind.DAY, Kind.EXPIRY})
_DONORS = tuple(one for one in TABLES if one.name not in EVERYBODY)


@dataclass(frozen=True)
class Few:
    """`folder`: where all that is about them lies; `tables`: what their facts are made of, and the ids that they may have
    (`units`); `before`: the folder of the run that knew what is so of everybody else."""

    folder: pathlib.Path
    tables: Mapping[str, pathlib.Path]
    before: pathlib.Path

    @property
    def units(self) -> pathlib.Path:
        """The ids that they may have."""
        return self.folder / "units.parquet"

    def remove(self) -> None:
        shutil.rmtree(self.folder)


def narrowed(settings: Settings, folder: pathlib.Path, snapshot: Snapshot, earlier: Earlier) -> Few | None:
    """The few to look at, as files in `folder`; None where everybody has to be."""
    touched = _touched(snapshot, earlier.snapshot)
    if touched is None or any(name in touched for name in EVERYBODY):
        return None
    config = {"threads": settings.threads, "memory_limit": settings.memory_limit, "temp_directory": str(folder)}
    with duckdb.connect(config=config) as db:  # type: ignore[arg-type]
        for name, path in snapshot.tables().items():
            db.execute(f"CREATE VIEW {name} AS FROM read_parquet('{path}')")
        _find_units(db, touched, earlier)
        few, every = (db.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in ("people", CONTACTS))
        if few > MOST * every:
            return None
        found = Few(folder / "few", snapshot.tables(), earlier.folder)
        found.folder.mkdir()
        _written(db, "SELECT id AS unit_id FROM units ORDER BY id", found.units)
        return replace(found, tables={**found.tables, **_rows(db, found.folder), "units": found.units})


def _touched(snapshot: Snapshot, since: str) -> dict[str, list[pathlib.Path]] | None:
    """Rows touched between two snapshots, a file a step; None where the steps cannot be followed."""
    found: dict[str, list[pathlib.Path]] = {}
    last = snapshot
    while last.id != since:
        base = last.manifest.base
        touched = last.touched(base)
        if touched is None:
            return None
        for name, path in touched.items():
            found.setdefault(name, []).append(path)
        if base == since:
            break
        if not (snapshot.folder.parent / base).is_dir():
            return None
        last = snapshots.load(snapshot.folder.parent / base)
    return found


def _find_units(db: duckdb.DuckDBPyConnection, touched: Mapping[str, list[pathlib.Path]], earlier: Earlier) -> None:
    """`units`: ids of those to look at; `people`: their members. Ids of Accounts and of Contacts, whichever is the unit."""
    for name in ("parties", "gifts", "moved", "homes"):
        db.execute(f"CREATE TABLE {name} (id VARCHAR)")
    for one in _DONORS:
        rows = [f"FROM {_files(touched[one.name])}"] if one.name in touched else []
        if one.name == PROFILES:
            rows = [_otherwise_held(query, earlier.days[1]) for query in rows]
        elif due := _due(one, *earlier.days):
            rows.append(f"FROM {one.name} WHERE {due}")
        for query in rows:
            db.execute(f"CREATE OR REPLACE TABLE concerned AS SELECT {_names(_ids(one))} FROM ({query})")
            _name(db, "FROM concerned", _leading(one, ACCOUNTS, CONTACTS), "parties")
            own = [column for column in _leading(one, GIFTS) if column.name == one.key]
            _name(db, "FROM concerned", own, "gifts")
            _name(db, "FROM concerned", [column for column in _leading(one, GIFTS) if column not in own], "moved")
    if ACCOUNTS in touched:  # whose a gift is, and who shares it, depends on what the Accounts are that it names
        _name(
            db,
            _of_another_kind(f"FROM {_files(touched[ACCOUNTS])}"),
            _leading(contract.table(ACCOUNTS), ACCOUNTS),
            "homes",
        )
        for one in _DONORS:
            if beside := _of(one, {ACCOUNTS: "homes"}):
                _name(db, f"FROM {one.name} WHERE {beside}", _leading(one, GIFTS), "moved")
                _name(db, f"FROM {one.name} WHERE {beside}", _leading(one, ACCOUNTS, CONTACTS), "parties")
    db.execute("INSERT INTO gifts FROM moved")
    for one in _DONORS:  # all who have a part in those gifts
        if shared := _of(one, {GIFTS: "moved" if one.name == GIFTS else "gifts"}):
            _name(db, f"FROM {one.name} WHERE {shared}", _leading(one, ACCOUNTS, CONTACTS), "parties")
    db.execute(
        "CREATE TABLE units AS SELECT DISTINCT id FROM (FROM parties UNION ALL SELECT unnest([contact_id, account_id]) "
        f"FROM {CONTACTS} WHERE contact_id IN (FROM parties) OR account_id IN (FROM parties)) WHERE id IS NOT NULL;"
        f"CREATE TABLE people AS SELECT contact_id AS id FROM {CONTACTS} "
        "WHERE contact_id IN (FROM units) OR account_id IN (FROM units);"
        "DROP TABLE gifts; DROP TABLE IF EXISTS concerned"
    )


def _files(paths: Sequence[pathlib.Path]) -> str:
    return f"read_parquet({[str(path) for path in paths]})"


def _due(one: Table, before: dt.date, now: dt.date) -> str:
    """Rows with a date by whose day of the month, or by which, facts differ between these days of one month."""
    if before == now:
        return ""
    dates = [column.name for column in one.columns if column.kind in _DATES and (one.name, column.name) not in UNUSED]
    reached = [_reached(one, date, before, now) for date in dates]
    passed = [
        f"({date} >= DATE '{before}' - {ago} AND {date} < DATE '{now}' - {ago})"
        for date in dates for ago in (DAYS_AGO if one.name == "campaign_members" else ())
    ]  # fmt: skip
    return " OR ".join(reached + passed)


def _reached(one: Table, date: str, before: dt.date, now: dt.date) -> str:
    """Since a date one more month has passed when its day is reached (`months_since`), and it lies one month further back
    when that day is over (`months_back`)."""
    since = f"day({date}) BETWEEN {before.day + 1} AND {now.day}"
    back = f"day({date}) BETWEEN {before.day} AND {now.day - 1}"
    if (one.name, date) in SINCE_ONLY:
        back = f"({date} >= DATE '{before}' AND {date} < DATE '{now}')"
    if one.name == GIFTS:  # of gifts further back than these months, only the year counts
        recent = f"{date} >= DATE '{first_of_months(before, LONGEST_MONTHS)}'"
        back = f"{back} AND ({recent} OR month({date}) = {now.month})"
    return f"{since} OR {back}"


def _otherwise_held(rows: str, as_of: dt.date) -> str:
    """Of touched profiles, each as it was and as it is, those that say something else of the months before."""
    said = f"regexp_replace(trend, '{this_month(as_of)}', '', 'g'), regexp_replace(model_version, '{DATED}', '')"
    return f"SELECT contact_id FROM ({rows}) GROUP BY profile_id, contact_id, {said} HAVING count(*) % 2 = 1"


def _of_another_kind(rows: str) -> str:
    """Of touched Accounts those that are not the same kind of Account as they were, or were none."""
    return f"SELECT account_id FROM ({rows}) GROUP BY account_id, is_individual, account_type HAVING count(*) % 2 = 1"


def _rows(db: duckdb.DuckDBPyConnection, folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """The tables with what the facts of `units` rest on: their own rows, and all of every gift in which they have a part."""
    theirs = {one.name: _of(one, {CONTACTS: "people", ACCOUNTS: "units"}) for one in _DONORS}
    db.execute("CREATE TABLE gifts (id VARCHAR)")
    for one in _DONORS:
        if one.name != GIFTS and theirs[one.name]:
            _name(db, f"FROM {one.name} WHERE {theirs[one.name]}", _leading(one, GIFTS), "gifts")
    found = {GIFTS: folder / GIFTS}
    found[GIFTS].mkdir()
    own = _written(db, f"FROM {GIFTS} WHERE {theirs[GIFTS]} OR gift_id IN (FROM gifts)", found[GIFTS] / "own.parquet")
    db.execute(f"CREATE OR REPLACE TABLE gifts AS SELECT gift_id AS id FROM read_parquet('{own}')")
    db.execute(f"CREATE TABLE matching AS FROM {GIFTS} WHERE matching_gift_id IS NOT NULL")  # which few are
    other = "FROM matching SEMI JOIN gifts ON matching_gift_id = gifts.id ANTI JOIN gifts AS own ON gift_id = own.id"
    matches = _written(db, other, found[GIFTS] / "matches.parquet")
    if not pq.read_metadata(matches).num_rows:
        matches.unlink()  # by an empty file, engines would take the whole table for a small one
    for one in sorted(_DONORS, key=lambda one: (one.name == CONTACTS, one.name == ACCOUNTS)):
        chosen = _of(one, {GIFTS: "gifts"}) or theirs[one.name]
        if one.name in (CONTACTS, ACCOUNTS):  # also who is named by others' rows, to know whose unit that is
            chosen = f"{theirs[one.name]} OR {one.key} IN ({_named_in(found, one.name)})"
        if one.name not in found:
            found[one.name] = _written(db, f"FROM {one.name} WHERE {chosen}", folder / f"{one.name}.parquet")
    return found


def _of(one: Table, ids: Mapping[str, str]) -> str:
    """Rows that lead to a record of these tables whose id is in the table beside it."""
    return " OR ".join(f"{column.name} IN (FROM {ids[to]})" for to in ids for column in _leading(one, to))


def _named_in(written: Mapping[str, pathlib.Path], to: str) -> str:
    rows = (one for one in _DONORS if one.name in written)
    return " UNION ALL ".join(
        f"SELECT {column.name} FROM read_parquet('{written[one.name]}')" for one in rows for column in _leading(one, to)
    )


def _leading(one: Table, *to: str) -> list[Column]:
    """The columns that hold an id of these tables, its own key among them."""
    return [column for column in one.columns if column.to in to or (one.name in to and column.name == one.key)]


def _ids(one: Table) -> list[Column]:
    return _leading(one, ACCOUNTS, CONTACTS, GIFTS)


def _names(columns: Iterable[Column]) -> str:
    return ", ".join(column.name for column in columns)


def _name(db: duckdb.DuckDBPyConnection, rows: str, columns: Iterable[Column], into: str) -> None:
    """Adds the ids in these columns to the table `into`."""
    if names := _names(columns):
        ids = f"SELECT DISTINCT unnest([{names}]) AS id FROM ({rows})"
        db.execute(f"INSERT INTO {into} SELECT id FROM ({ids}) WHERE id IS NOT NULL")


def _written(db: duckdb.DuckDBPyConnection, query: str, path: pathlib.Path) -> pathlib.Path:
    db.execute(f"COPY ({query}) TO '{path}' ({loading.PARQUET})")
    return path
