"""What is known of the units that a run has to answer, in the order in which they are: batch by batch."""

# ruff: noqa: S608  paths are our own

from __future__ import annotations

import pathlib
import shutil

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from steward.night import layers, scored

# Units of the same facts lie together, and beside them those of whom much the same is true: what donors share is told once.
ORDER = "months_since_last_gift, gift_count, last_gift, hash(*COLUMNS(* EXCLUDE unit_id)), unit_id"
_PARQUET = f"FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE {layers.ROWS}"  # read once, and soon


def write(db: duckdb.DuckDBPyConnection, run: pathlib.Path) -> int:
    """Facts and people of the units in the table `anew`, those of whom no fact is known last; how many units they are."""
    folder = run / scored.ANEW
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    facts, people = (folder / name for name in (scored.FEATURES, scored.PEOPLE))
    theirs = f"FROM {layers.rows(run / scored.FEATURES)} SEMI JOIN anew USING (unit_id)"
    known = _copied(db, f"SELECT * {theirs} ORDER BY {ORDER}", facts)
    held = f"read_parquet('{facts}', file_row_number = true)"
    db.execute(
        f"CREATE TABLE placed AS SELECT unit_id, file_row_number AS place FROM {held} UNION ALL "
        f"SELECT unit_id, {known} + row_number() OVER () - 1 FROM anew ANTI JOIN {held} USING (unit_id)"
    )
    members = f"FROM {layers.rows(run / scored.PEOPLE)} JOIN placed USING (unit_id)"
    _copied(db, f"SELECT * {members} ORDER BY place, contact_id", people)
    return int(db.execute("SELECT count(*) FROM placed").fetchall()[0][0])


def read(run: pathlib.Path, first: int, end: int) -> tuple[pa.Table, pa.Table]:
    """(facts, people) of the units from one place up to another: a row a unit, and a row a Contact."""
    folder, place = run / scored.ANEW, pc.field("place")
    here = (place >= first) & (place < end)
    people = pq.read_table(folder / scored.PEOPLE, filters=here, use_threads=False)
    return _slice(folder / scored.FEATURES, first, end), people.drop_columns(["place"])


def remove(run: pathlib.Path) -> None:
    shutil.rmtree(run / scored.ANEW)


def _slice(path: pathlib.Path, first: int, end: int) -> pa.Table:
    """These rows of a file, of which only the row groups that hold them are read."""
    with pq.ParquetFile(path) as file:
        sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
        ends = np.cumsum(sizes)
        groups = np.flatnonzero((ends > first) & (ends - sizes < end))
        if not len(groups):
            return file.schema_arrow.empty_table()
        found = file.read_row_groups(groups.tolist(), use_threads=False)
    return found.slice(first - int(ends[groups[0]] - sizes[groups[0]]), end - first)


def _copied(db: duckdb.DuckDBPyConnection, query: str, path: pathlib.Path) -> int:
    """How many rows they are."""
    return int(db.execute(f"COPY ({query}) TO '{path}' ({_PARQUET})").fetchall()[0][0])
