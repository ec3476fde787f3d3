"""From CSV pages to a Parquet table: types by the contract, ids as pseudonyms, in DuckDB and in bounded memory."""

# ruff: noqa: S608  names in the SQL come from the contract, never from data

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Collection, Iterator, Sequence

import duckdb

from steward.errors import UpstreamError
from steward.salesforce import pseudonyms
from steward.salesforce.terms import Column, Kind, Table

# DuckDB's own level, 3, takes a third longer and saves nothing: pseudonyms do not compress. Nor do most repeat often enough
# for a dictionary, on which DuckDB would spend a sixth of the writing; version 2 keeps texts so that they are read as fast.
PARQUET = "FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 1000"
# Of DuckDB's memory for pseudonyms that are looked up, and the bytes of one: where it is kept, and its place in a join.
LOOKED_UP, PSEUDONYM = 0.4, 160
_XORS = (False, False, True, False, True)  # which numbers of a content hash are exclusive ors and not sums
_CAST = "CAST({0} AS {type})"
# What the parser types while it reads, for less than a text and its cast would cost; of a date and time it takes the date.
_PARSED = frozenset({Kind.FLAG, Kind.MONEY, Kind.HOURS, Kind.PERCENT, Kind.DATE, Kind.DAY})
_EXPRESSIONS = {
    Kind.KEY: "{pseudonym}",
    Kind.REF: "{pseudonym}",
    Kind.PERSON: "CASE WHEN starts_with({0}, '003') THEN {pseudonym} END",  # 003: Contact; else a Lead
    Kind.TEXT: "{0}",
    Kind.FLAG: "coalesce(TRY_CAST({0} AS BOOLEAN), false)",
    Kind.MONEY: _CAST,
    Kind.HOURS: _CAST,
    Kind.PERCENT: _CAST,
    Kind.COUNT: "CAST(CAST({0} AS DOUBLE) AS BIGINT)",  # whole numbers come as 3.0
    Kind.DATE: _CAST,
    Kind.DAY: _CAST,
    Kind.EXPIRY: "CAST(try_strptime(lpad({0}, 2, '0') || right({1}, 2), '%m%y') + INTERVAL 1 MONTH AS DATE)",
}


@contextlib.contextmanager
def engine(folder: pathlib.Path, key: bytes, memory_limit: str, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that spills into `folder` and knows `pseudonym(id)`."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit, "threads": threads, "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": "false",
        # A page does not say how many rows it has: a join holds the side that is written as the one to be held.
        "disabled_optimizers": "join_order,build_side_probe_side",
    }  # fmt: skip
    with duckdb.connect(config=config) as connection:
        pseudonyms.define(connection, key)
        yield connection


def raw_columns(table: Table, absent: Collection[str], extra: Sequence[str]) -> list[str]:
    """The columns of the pages, in the order of the query's fields."""
    return [path for column in table.columns for path in column.paths if path not in absent] + list(extra)


def stage(
    connection: duckdb.DuckDBPyConnection,
    pages: Sequence[pathlib.Path],
    columns: Sequence[str],
    table: Table | None = None,
) -> None:
    """Makes the pages readable as the view `raw`, null where the org sent nothing: every column text, but what is a
    number, a date or a checkbox of `table`."""
    files = [str(page) for page in pages if page.stat().st_size]
    kinds = {one.paths[0]: one.kind.parquet for one in table.columns if one.kind in _PARSED} if table else {}
    parsed = {f"c{number}": kinds.get(path, "VARCHAR") for number, path in enumerate(columns)}
    if not files:
        empty = ", ".join(f"CAST(NULL AS {type_}) AS {name}" for name, type_ in parsed.items())
        connection.execute(f"CREATE OR REPLACE TEMP VIEW raw AS SELECT {empty} WHERE false")
        return
    types = ", ".join(f"'{name}': '{type_}'" for name, type_ in parsed.items())
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW raw AS FROM read_csv([{listed}], columns = {{{types}}}, "
        "header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', "
        "nullstr = '', allow_quoted_nulls = true, max_line_size = 4000000, buffer_size = 8000000)"
    )


def room(connection: duckdb.DuckDBPyConnection) -> int:
    """How many records' pseudonyms may be held to be looked up: of 2.5 million in a gigabyte."""
    found = connection.execute("SELECT parse_formatted_bytes(current_setting('memory_limit'))").fetchone()
    return int(LOOKED_UP * found[0] / PSEUDONYM) if found else 0


def remember(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Keeps the ids of `raw` with their pseudonyms as the table `ids_<name>`."""
    query = "SELECT c0 AS id, pseudonym(c0) AS key FROM raw WHERE c0 IS NOT NULL GROUP BY c0"
    keep(connection, query, f"ids_{table.name}", table)


def expression(column: Column, raw: Sequence[str], *, looked_up: bool = False) -> str:
    """The SQL of one typed column over `raw`, whose columns are named c0, c1, … in the order of `raw`."""
    if any(path not in raw for path in column.paths):
        return f"CAST(NULL AS {column.kind.parquet}) AS {column.name}"
    sources = [f"c{raw.index(path)}" for path in column.paths]
    made = f"pseudonym({sources[0]})"
    found = f"coalesce(of_{column.name}.key, {made})" if looked_up else made
    cell = _EXPRESSIONS[column.kind].format(*sources, type=column.kind.parquet, pseudonym=found)
    return f"{cell} AS {column.name}"


def typed(table: Table, raw: Sequence[str], where: str = "true", known: Collection[str] = ()) -> str:
    """The query that turns `raw` into the table's columns, without rows that lack what every row must have.

    Records of `known` tables are looked up by `remember`'s pseudonyms: to make one again costs two to four times as much.
    """
    led = {one.name: one.to or (table.name if one.kind is Kind.KEY else "") for one in table.columns}
    looked_up = [one for one in table.columns if led[one.name] in known and one.paths[0] in raw]
    columns = ", ".join(expression(column, raw, looked_up=column in looked_up) for column in table.columns)
    joins = "".join(
        f" LEFT JOIN ids_{led[one.name]} AS of_{one.name} ON of_{one.name}.id = raw.c{raw.index(one.paths[0])}"
        for one in looked_up
    )
    must = [one for one in table.columns if one.name == table.only or not (one.nullable or one.kind is Kind.FLAG)]
    return f"SELECT {columns} FROM raw{joins} WHERE {' AND '.join([where, *(_given(one, raw) for one in must)])}"


def _given(column: Column, raw: Sequence[str]) -> str:
    """Whether a column will not be null, by what came and not by what becomes of it: DuckDB would compute that twice."""
    if column.kind in (Kind.PERSON, Kind.EXPIRY):
        raise ValueError(f"{column.name}: a {column.kind.value} may become null, so no row can be told to have one")
    return " AND ".join(f"c{raw.index(path)} IS NOT NULL" if path in raw else "false" for path in column.paths)


def write(connection: duckdb.DuckDBPyConnection, query: str, path: pathlib.Path) -> int:
    """Writes a query's rows as Parquet, whole or not at all, and returns their number."""
    part = path.with_suffix(".part")
    rows = copy(connection, query, part, path.stem)
    part.replace(path)
    return rows


def copy(
    connection: duckdb.DuckDBPyConnection, query: str, target: pathlib.Path, table: str, options: str = PARQUET
) -> int:
    """Writes the rows of a query on this table's pages to `target`, and returns their number."""
    with _answer_for(table):
        counted = connection.execute(f"COPY ({query}) TO '{target}' ({options})").fetchone()
    return int(counted[0]) if counted else 0


def keep(connection: duckdb.DuckDBPyConnection, query: str, name: str, table: Table) -> None:
    """Keeps the rows of a query on this table's pages as the table `name`."""
    with _answer_for(table.name):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")


@contextlib.contextmanager
def _answer_for(table: str) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        lines = str(error).splitlines()  # among them the page's own, with what it says of somebody
        said = next((line for line in lines if line.startswith("Error when converting")), lines[0])
        raise UpstreamError(f"The org's answer for {table} cannot be read: {said}", "Run again.") from None


def content_hash(connection: duckdb.DuckDBPyConnection, table: Table, rows: str) -> str:
    """A hash of a table's rows, whatever their order: how many, sums and exclusive ors of a hash of each row and of its hash.

    The rows' hashes are DuckDB's own, a sixth of the cost of a digest of their text; its next version may give others.
    """
    cells = ", ".join(column.name for column in table.columns)
    found = connection.execute(
        f"SELECT count(*), sum(CAST(one AS HUGEINT)), bit_xor(one), sum(CAST(other AS HUGEINT)), bit_xor(other) "
        f"FROM (SELECT one, hash(one) AS other FROM (SELECT hash({cells}) AS one FROM {rows}))"
    ).fetchone()
    return "-".join(f"{int(part or 0):x}" for part in found or ())


def updated_hash(before: str, lost: str, gained: str) -> str:
    """The content hash of a table without the rows it lost and with those it gained, by the hashes of all three."""
    numbers = zip(*([int(part, 16) for part in one.split("-")] for one in (before, lost, gained)), strict=True)
    parts = (
        had ^ less ^ more if xor else had - less + more for xor, (had, less, more) in zip(_XORS, numbers, strict=True)
    )
    return "-".join(f"{part:x}" for part in parts)


def staged_rows(connection: duckdb.DuckDBPyConnection) -> int:
    found = connection.execute("SELECT count(*) FROM raw").fetchone()
    return int(found[0]) if found else 0
