"""What nights will cost an org, by the number of rows of each table: API calls, bytes, data storage."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from steward.salesforce import contract, csv_files
from steward.salesforce.client import PAGE_ROWS, REST_ROWS
from steward.salesforce.terms import Kind, Table

PROFILE_KB = 2  # what the platform counts for any custom record
CHANGED = 0.02  # donors that change in an ordinary night
_REST_PAGE = 2_000
_QUERIES_A_CALL = 5  # of a composite call
_BULK_CALLS = 7  # of one job: create, four polls, the results' first page, delete
_WRITE_CALLS = 8  # of one upload: create, put, close, four polls, delete
_READ_CALLS = 8  # of one extraction: objects, describes, the organization, the newest stamp, settings
_RUN_CALLS = 3  # the run's record at its start and end, contacts without a link to their profile
_PROFILE_BYTES = 3_300  # a profile as a line of CSV (bench_night.py writes 328 MB for 100,000)
_LINK_BYTES = 45  # a Contact's link to it
_CELL_BYTES = {Kind.FLAG: 5, Kind.DATE: 10, Kind.DAY: 28, Kind.KEY: 18, Kind.REF: 18, Kind.PERSON: 18}
_ANY_CELL, _AROUND_A_CELL = 8, 3  # a number or a short text; quotes and a comma


@dataclass(frozen=True)
class Forecast:
    """Of a first night (extract, train, run) and of an ordinary one: API calls, and megabytes before compression.

    `storage_mb` is the data storage that profiles will take.
    """

    first_night: int
    ordinary_night: int
    storage_mb: int
    first_megabytes: int
    ordinary_megabytes: int


def forecast(counts: Mapping[str, int]) -> Forecast:
    """By the rows of each snapshot table."""
    batches = math.ceil(len(counts) / _QUERIES_A_CALL)
    changes = _READ_CALLS + 2 * batches + sum(_further_pages(math.ceil(rows * CHANGED)) for rows in counts.values())
    everything = _READ_CALLS + batches + sum(map(_full_read, counts.values()))
    contacts = counts.get("contacts", 0)
    proof = _full_read(contacts)
    read, profiles = _bytes_of(counts), contacts * _PROFILE_BYTES
    return Forecast(
        first_night=everything
        + _READ_CALLS
        + 2 * batches
        + _RUN_CALLS
        + _written(profiles)
        + _written(contacts * _LINK_BYTES)
        + proof,
        ordinary_night=changes + _RUN_CALLS + _written(math.ceil(profiles * CHANGED)) + proof,
        storage_mb=math.ceil(contacts * PROFILE_KB / 1024),
        first_megabytes=_megabytes(read + 2 * profiles + contacts * _LINK_BYTES),
        ordinary_megabytes=_megabytes((read + profiles) * CHANGED + profiles),
    )


def _full_read(rows: int) -> int:
    if rows <= REST_ROWS:
        return max(1, math.ceil(rows / _REST_PAGE))
    return _BULK_CALLS + rows // PAGE_ROWS


def _further_pages(rows: int) -> int:
    """Calls beyond the first page, which came with those of other tables."""
    return max(0, _full_read(rows) - 1) if rows <= REST_ROWS else _full_read(rows)


def _written(size: int) -> int:
    """Calls of the uploads that so many bytes take."""
    return _WRITE_CALLS * max(1, math.ceil(size / csv_files.MAX_BYTES))


def _bytes_of(counts: Mapping[str, int]) -> int:
    lines = {table.name: _line_bytes(table) for table in contract.TABLES}
    return sum(rows * lines.get(name, 0) for name, rows in counts.items())


def _line_bytes(table: Table) -> int:
    """A row of Bulk results, every value quoted."""
    return sum(
        len(column.paths) * (_CELL_BYTES.get(column.kind, _ANY_CELL) + _AROUND_A_CELL) for column in table.columns
    )


def _megabytes(size: float) -> int:
    return math.ceil(size / 1_000_000)
