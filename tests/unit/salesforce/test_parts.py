"""A table in parts: what is so is linked, what is not is written anew, and parts never become too many."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import duckdb
import pytest
from steward.salesforce import loading, parts

PART, PARTS = 2048, 10


@pytest.fixture
def db(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    small = f"{loading.PARQUET}, ROW_GROUP_SIZE {PART}, ROW_GROUPS_PER_FILE 1, FILENAME_PATTERN 'part-{{i}}'"
    monkeypatch.setattr(parts, "_OPTIONS", small)
    monkeypatch.setattr(parts, "SMALL", PART // 2)
    monkeypatch.setattr(parts, "MOST_SMALL", 3)
    with loading.engine(tmp_path, bytes(32), "200MB", 1) as connection:
        yield connection


@pytest.fixture
def table(db: duckdb.DuckDBPyConnection, tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "gifts.parquet"
    assert parts.write(db, f"SELECT i AS id, 'as it was' AS text FROM range({PART * PARTS}) t(i)", path) == PART * PARTS
    return path


def renewed(
    db: duckdb.DuckDBPyConnection, table: pathlib.Path, lost: list[int], gained: dict[int, str]
) -> pathlib.Path:
    """The table of the next night."""
    db.execute("CREATE OR REPLACE TEMP TABLE lost AS SELECT unnest(?::BIGINT[]) AS id, '' AS text", [lost])
    rows = "SELECT unnest(?::BIGINT[]) AS id, unnest(?::VARCHAR[]) AS text"
    db.execute(f"CREATE OR REPLACE TEMP TABLE gained AS {rows}", [list(gained), list(gained.values())])
    held = f"SELECT DISTINCT parse_filename(filename) FROM read_parquet('{table}', filename = true) SEMI JOIN lost USING (id)"
    stale = {name for (name,) in db.execute(held).fetchall()}
    new = table.with_name(f"later-{table.name}")
    parts.renew(db, table, new, "id", stale)
    return new


def rows(table: pathlib.Path) -> dict[int, str]:
    found = duckdb.read_parquet(str(table)).fetchall()
    assert len(found) == parts.rows(table) == len(dict(found))
    return dict(found)


def files(table: pathlib.Path) -> dict[str, int]:
    """Name and inode."""
    return {path.name: path.stat().st_ino for path in parts.of(table)}


def test_only_parts_with_a_lost_row_are_written_anew(db: duckdb.DuckDBPyConnection, table: pathlib.Path) -> None:
    before = rows(table)
    new = renewed(db, table, [7], {7: "as it is", -1: "new"})
    assert rows(new) == before | {7: "as it is", -1: "new"}
    assert rows(table) == before
    kept = files(table).items() & files(new).items()
    assert len(kept) == len(files(table)) - 1 == PARTS - 1


def test_new_rows_alone_leave_every_part_as_it_is(db: duckdb.DuckDBPyConnection, table: pathlib.Path) -> None:
    new = renewed(db, table, [], {-1: "new"})
    assert files(table).items() < files(new).items()
    assert parts.rows(new) == PART * PARTS + 1


def test_rows_that_only_went_leave_no_empty_part(db: duckdb.DuckDBPyConnection, table: pathlib.Path) -> None:
    first = duckdb.read_parquet(str(parts.of(table)[0])).project("id").fetchall()
    new = renewed(db, table, [one for (one,) in first], {})
    assert len(files(new)) == PARTS - 1
    everything = renewed(db, new, list(rows(new)), {})
    assert rows(everything) == {}
    assert len(files(everything)) == 1  # the columns are still to be seen


def test_however_many_nights_add_a_few_rows_the_parts_stay_few(
    db: duckdb.DuckDBPyConnection, table: pathlib.Path
) -> None:
    expected = rows(table)
    for night in range(12):
        gained = {-night * 10 - one: f"night {night}" for one in range(1, 5)}
        changed = {-night * 10 + 9: "once more"} if night > 1 else {}
        table = renewed(db, table, [one for one in changed if one in expected], gained | changed)
        expected |= gained | changed
        assert rows(table) == expected
        assert len(files(table)) <= PARTS + 3 + 1


def test_where_files_cannot_be_linked_they_are_copied(
    db: duckdb.DuckDBPyConnection, table: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError("Operation not supported")

    monkeypatch.setattr(parts.os, "link", refused)
    again = table.with_name("again.parquet")
    parts.link(table, again)
    assert rows(again) == rows(table)
    assert not set(files(again).values()) & set(files(table).values())
