"""A table of a run in layers: the parts of the run before, linked, and on top of them those of its own. Beside them lies a
list of units whose rows in a part are no longer so, for a part itself never changes. A table that is one file is one part.
"""

# ruff: noqa: S608  paths are our own

from __future__ import annotations

import pathlib
import re
from collections.abc import Sequence

import duckdb
import pyarrow.parquet as pq

from steward.salesforce.parts import link_file

PARQUET = "FORMAT parquet, COMPRESSION zstd"
ROWS = 20_000  # of a row group: whoever reads a batch need not read all


def part(table: pathlib.Path, number: int) -> pathlib.Path:
    return table / f"part-{number:05d}.parquet"


def parts(table: pathlib.Path) -> list[pathlib.Path]:
    """From the lowest to the one on top."""
    return [table] if table.is_file() else sorted(table.glob("*.parquet"))


def stale(table: pathlib.Path) -> pathlib.Path:
    """The list (part, unit_id, rows) of how many rows of a unit in a part are no longer so."""
    return table.with_suffix(".stale")


def rows(table: pathlib.Path, columns: str = "*") -> str:
    """What is so, as a table in DuckDB's words."""
    held, gone = f"read_parquet('{table}/*.parquet')" if table.is_dir() else f"read_parquet('{table}')", stale(table)
    if not gone.exists():
        return f"(SELECT {columns} FROM {held})"
    same = "stale.part = parse_filename(held.filename) AND stale.unit_id = held.unit_id"
    return f"(SELECT {columns} FROM {held} AS held ANTI JOIN read_parquet('{gone}') AS stale ON {same})"


def take_over(db: duckdb.DuckDBPyConnection, old: pathlib.Path, new: pathlib.Path, units: str) -> int:
    """Begins the table `new` with what is so in `old`, but for the rows of `units` (a table in DuckDB's words); the number
    of the first part to add."""
    new.mkdir(exist_ok=True)
    held = rows(old, "unit_id, parse_filename(filename) AS part")
    listed = (
        f"SELECT part, unit_id, count(*) AS rows FROM {held} SEMI JOIN {units} USING (unit_id) GROUP BY part, unit_id"
    )
    before = stale(old)
    if before.exists():
        listed = f"{listed} UNION ALL FROM read_parquet('{before}')"
    _write(db, listed, stale(new))
    below = parts(old)
    renewed = _renewed(db, below, new)
    for path in below:
        if path not in renewed:
            link_file(path, new / path.name)
    return 1 + max(map(_number, below), default=-1)


def add(table: pathlib.Path, number: int, made: pathlib.Path) -> None:
    """Puts another table's parts on top of this one's; `number` is that of the first."""
    for above, path in enumerate(parts(made), number):
        link_file(path, part(table, above))


def _number(path: pathlib.Path) -> int:
    numbered = re.match(r"part-(\d+)", path.name)
    return int(numbered[1]) if numbered else 0


def _renewed(db: duckdb.DuckDBPyConnection, below: Sequence[pathlib.Path], new: pathlib.Path) -> list[pathlib.Path]:
    """Those of the parts of which more than half is stale: they are written without it, so that parts never hold twice what
    is so, however many nights have added theirs."""
    gone = stale(new)
    lost = dict(db.execute(f"SELECT part, sum(rows) FROM read_parquet('{gone}') GROUP BY part").fetchall())
    renewed = [path for path in below if 2 * lost.get(path.name, 0) > pq.read_metadata(path).num_rows]
    for path in renewed:
        theirs = f"FROM read_parquet('{gone}') WHERE part = '{path.name}'"
        _write(db, f"FROM read_parquet('{path}') ANTI JOIN ({theirs}) USING (unit_id)", new / path.name)
    if renewed:
        names = ", ".join(f"'{path.name}'" for path in renewed)
        _write(db, f"FROM read_parquet('{gone}') WHERE part NOT IN ({names})", gone)
    return renewed


def _write(db: duckdb.DuckDBPyConnection, query: str, path: pathlib.Path) -> None:
    """Whole or not at all: what a killed run leaves is read by the next one."""
    half = path.with_suffix(".half")  # which nobody takes for a part
    db.execute(f"COPY ({query}) TO '{half}' ({PARQUET}, ROW_GROUP_SIZE {ROWS})")
    half.replace(path)
