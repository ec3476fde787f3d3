"""A table on disk: a folder of Parquet parts, which whoever reads Parquet takes for one file.

A table that is brought up to date is not written anew: its parts are linked into the next snapshot's folder, and only
those that hold rows that are no longer so are written without them, together with the new rows. What changes is mostly
what came last, so these are few, and small.
"""

from __future__ import annotations

import os
import pathlib
import shutil
from collections.abc import Collection

import duckdb
import pyarrow.parquet as pq

from steward.salesforce import loading

_OPTIONS = f"{loading.PARQUET}, ROW_GROUPS_PER_FILE 8, FILENAME_PATTERN 'part-{{i}}'"  # a part: a million rows
SMALL, MOST_SMALL = 250_000, 8  # parts of fewer rows are gathered in one when there are more of them


def of(table: pathlib.Path) -> list[pathlib.Path]:
    """The files of a table; one that is small for ever is a file itself."""
    return sorted(table.glob("part-*.parquet")) if table.is_dir() else [table]


def rows(table: pathlib.Path) -> int:
    return sum(pq.read_metadata(path).num_rows for path in of(table))


def write(connection: duckdb.DuckDBPyConnection, query: str, table: pathlib.Path) -> int:
    """Writes a query's rows as a table, whole or not at all, in the place of what was there; returns their number."""
    half = _begun(table)
    written = _add(connection, query, half, table.stem, 0)
    shutil.rmtree(table, ignore_errors=True)
    half.replace(table)
    return written


def renew(
    connection: duckdb.DuckDBPyConnection, old: pathlib.Path, new: pathlib.Path, key: str, stale: Collection[str]
) -> None:
    """Writes what became of a table by a comparison (merging.py): it is without the rows of `lost`, which the files named
    `stale` hold, and has those of `gained`."""
    held = of(old)
    small = [path.name for path in held if pq.read_metadata(path).num_rows < SMALL]
    anew = {*stale, *(small if len(small) > MOST_SMALL else ())}
    half = _begun(new)
    for path in held:
        if path.name not in anew:
            link_file(path, half / path.name)
    files = [str(path) for path in held if path.name in anew]
    still = f"FROM read_parquet({files}) ANTI JOIN lost USING ({key}) UNION ALL " if files else ""
    _add(connection, f"{still}FROM gained", half, new.stem, 1 + max(_number(path) for path in held))
    half.replace(new)


def link(old: pathlib.Path, new: pathlib.Path) -> None:
    """The same table once more."""
    half = _begun(new)
    for path in of(old):
        link_file(path, half / path.name)
    half.replace(new)


def _begun(table: pathlib.Path) -> pathlib.Path:
    half = table.with_suffix(".part")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    return half


def _add(connection: duckdb.DuckDBPyConnection, query: str, folder: pathlib.Path, table: str, first: int) -> int:
    """Adds a query's rows as parts numbered from `first` on: an empty one only to a table that has no other."""
    fresh = folder / "fresh"
    written = loading.copy(connection, query, fresh, table, _OPTIONS)
    for path in fresh.iterdir():
        if written or first == 0 or not of(folder):
            path.replace(folder / f"part-{first + _number(path):05d}.parquet")
    shutil.rmtree(fresh)
    return written


def _number(path: pathlib.Path) -> int:
    return int(path.stem.removeprefix("part-"))


def link_file(source: pathlib.Path, target: pathlib.Path) -> None:
    """The same file under a second name."""
    try:
        os.link(source, target)
    except OSError:  # storage that knows no second name for a file
        shutil.copyfile(source, target)
