"""Bringing a previous snapshot up to date: changed rows replace their old selves; deletions and merges are followed."""

# ruff: noqa: S608  names in the SQL come from the contract, never from data

from __future__ import annotations

import pathlib
from collections.abc import Collection, Mapping, Sequence

import duckdb

from steward.salesforce import loading, parts
from steward.salesforce.terms import Column, Table

DELETED = "IsDeleted"
MASTER = "MasterRecordId"
TOUCHED = "FROM lost UNION ALL FROM gained"  # after a comparison


def extra_fields(table: Table, known: Collection[str]) -> tuple[str, ...]:
    """What an incremental read asks for beyond the contract."""
    return (DELETED, MASTER) if table.merges and MASTER in known else (DELETED,)


def gone(connection: duckdb.DuckDBPyConnection, table: Table, raw: Sequence[str]) -> int:
    """Keeps the rows of `raw` that are deleted, with the winner of a merge, as the table `gone_<name>`."""
    winner = f"pseudonym(c{raw.index(MASTER)})" if MASTER in raw else "CAST(NULL AS VARCHAR)"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE gone_{table.name} AS "
        f"SELECT pseudonym(c0) AS key, any_value({winner}) AS winner FROM raw "
        f"WHERE lower(c{raw.index(DELETED)}) = 'true' GROUP BY ALL"
    )
    found = connection.execute(f"SELECT count(*) FROM gone_{table.name}").fetchone()
    return int(found[0]) if found else 0


def follow_merges(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """A winner that was merged away later leads on to the winner of that merge."""
    name = f"gone_{table.name}"
    chained = f"UPDATE {name} SET winner = next.winner FROM {name} AS next WHERE {name}.winner = next.key"
    while (changed := connection.execute(chained).fetchone()) and changed[0]:
        pass


def compare(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    raw: Sequence[str],
    previous: pathlib.Path,
    gone_rows: Mapping[str, int],
) -> None:
    """Keeps the table's rows of before that are no longer so as `lost`, and those that are so now as `gained`.

    Most rows cannot have changed and are only looked at; a row that came again as it was is in neither.
    """
    loading.keep(connection, "SELECT DISTINCT pseudonym(c0) AS key FROM raw", "changed", table)
    concerned = [f"{table.key} IN (FROM changed)"]
    concerned += [f"{one.name} IN (SELECT key FROM gone_{one.to})" for one in _references(table, gone_rows)]
    names = _names(table)
    kept = f"FROM was ANTI JOIN changed ON changed.key = was.{table.key}"
    fresh = loading.typed(table, raw, f"lower(c{raw.index(DELETED)}) <> 'true'")
    now = f"SELECT {names} FROM ({_repointed(table, kept, gone_rows)}) UNION ALL SELECT {names} FROM ({fresh})"
    _compare(connection, table, names, previous, " OR ".join(concerned), now)


def compare_ids(
    connection: duckdb.DuckDBPyConnection, table: Table, raw: Sequence[str], previous: pathlib.Path
) -> None:
    """The same of the way back to the table's ids, after `compare`."""
    now = f"{ids(table)} WHERE lower(c{raw.index(DELETED)}) <> 'true'"
    _compare(connection, table, "object, key, id", previous, "key IN (FROM changed)", now)


def ids(table: Table, remembered: str = "") -> str:
    """The query of the way back to the ids of `raw`; of its `remembered` pseudonyms where they were kept."""
    columns, source = ("key, id", remembered) if remembered else ("pseudonym(c0) AS key, c0 AS id", "raw")
    return f"SELECT '{table.object}' AS object, {columns} FROM {source}"


def _compare(
    connection: duckdb.DuckDBPyConnection, table: Table, names: str, previous: pathlib.Path, concerned: str, now: str
) -> None:
    """Looks into all parts by the columns that `concerned` names, and reads whole rows only of those in which it is met."""
    met = f"SELECT DISTINCT filename FROM read_parquet('{previous}', filename = true) WHERE {concerned}"
    files = [file for (file,) in connection.execute(met).fetchall()]
    was = f"SELECT {names}, parse_filename(filename) AS part FROM read_parquet({files or [str(previous)]}, filename = true)"
    loading.keep(connection, f"{was} WHERE {concerned if files else 'false'}", "was", table)
    loading.keep(connection, now, "is_now", table)
    loading.keep(connection, f"SELECT {names} FROM was EXCEPT FROM is_now", "lost", table)
    loading.keep(connection, f"FROM is_now EXCEPT SELECT {names} FROM was", "gained", table)


def compare_whole(
    connection: duckdb.DuckDBPyConnection, table: Table, previous: pathlib.Path, now: pathlib.Path
) -> None:
    """Keeps `lost` and `gained` of a table that was read whole, as `compare` does of one that was not."""
    was, is_now = (f"SELECT {_names(table)} FROM read_parquet('{path}')" for path in (previous, now))
    loading.keep(connection, f"{was} EXCEPT {is_now}", "lost", table)
    loading.keep(connection, f"{is_now} EXCEPT {was}", "gained", table)


def renew(connection: duckdb.DuckDBPyConnection, key: str, previous: pathlib.Path, now: pathlib.Path) -> None:
    """Writes the table as it is now, after `compare` or `compare_ids`."""
    found = connection.execute(f"SELECT DISTINCT part FROM was SEMI JOIN lost USING ({key})").fetchall()
    parts.renew(connection, previous, now, key, {part for (part,) in found})


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)


def _references(table: Table, gone_rows: Mapping[str, int]) -> list[Column]:
    """The columns that may lead to a record that is gone."""
    return [column for column in table.columns if column.to and gone_rows.get(column.to)]


def _repointed(table: Table, rows: str, gone_rows: Mapping[str, int]) -> str:
    """Rows whose references to merged-away records lead to the winners, and to deleted ones nowhere.

    The platform re-parents the children of a merge's losers and stamps most of them; this covers those it does not.
    """
    references = _references(table, gone_rows)
    if not references:
        return rows
    chosen, joins, kept = [], [], []
    for column in table.columns:
        if column in references:
            alias = f"g_{column.name}"
            chosen.append(
                f"CASE WHEN {alias}.key IS NULL THEN rows.{column.name} ELSE {alias}.winner END AS {column.name}"
            )
            joins.append(f"LEFT JOIN gone_{column.to} AS {alias} ON {alias}.key = rows.{column.name}")
            if not column.nullable or column.name == table.only:
                kept.append(f"({alias}.key IS NULL OR {alias}.winner IS NOT NULL)")
        else:
            chosen.append(f"rows.{column.name}")
    where = f" WHERE {' AND '.join(kept)}" if kept else ""
    return f"SELECT {', '.join(chosen)} FROM ({rows}) AS rows {' '.join(joins)}{where}"
