"""Parts of a CSV file hold whole records, stay below the limit, and together are the file, byte for byte."""

from __future__ import annotations

import csv
import io
import pathlib
import tempfile

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steward.errors import InputError
from steward.salesforce import csv_files
from steward.salesforce.csv_files import PartWriter, write_parts

CELLS = st.text(st.sampled_from('ab,"\n\r é日'), max_size=12)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=30)
HEADER = ["Id", "A", "B"]


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, limit=st.integers(150, 400))
def test_splitting_cuts_between_records_only(rows: list[list[str]], limit: int) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER, *rows])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        source = folder / "rows.csv"
        source.write_bytes(text.getvalue().encode())
        parts = list(csv_files.split(source, folder, limit))
        bodies = [part.read_bytes() for part in parts]
    head = b"Id,A,B\n"
    assert all(body.startswith(head) and len(body) <= limit for body in bodies)
    assert head + b"".join(body.removeprefix(head) for body in bodies) == text.getvalue().encode()
    read = [row for body in bodies for row in list(csv.reader(io.StringIO(body.decode(), newline="")))[1:]]
    assert read == list(csv.reader(io.StringIO(text.getvalue(), newline="")))[1:]


@settings(max_examples=100, deadline=None)
@given(rows=ROWS, limit=st.integers(150, 400))
def test_written_parts_hold_every_row_once_in_order(rows: list[list[str]], limit: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        writer = PartWriter(HEADER, pathlib.Path(name), "part", limit)
        parts = list(write_parts(writer, rows))
        assert all(part.path.stat().st_size <= limit for part in parts)
        read = [list(row.values()) for part in parts for row in csv_files.read(part.path)]
        assert [part.rows for part in parts] == [len(list(csv_files.read(part.path))) for part in parts]
    assert read == rows


def test_a_record_larger_than_the_limit_is_refused(tmp_path: pathlib.Path) -> None:
    source = tmp_path / "big.csv"
    source.write_text("Id\n" + "x" * 100 + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"record of big\.csv is larger than 50 bytes"):
        list(csv_files.split(source, tmp_path, 50))
    with pytest.raises(InputError, match="larger than 50 bytes"):
        PartWriter(["Id"], tmp_path, "part", 50).add(["x" * 100])
    with pytest.raises(InputError, match="larger than 50 bytes"):
        list(PartWriter(["Id"], tmp_path, "part", 50).extend(csv_files.line(["x" * 100])))


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(CELLS.map(lambda cell: cell.replace("\r", "")), min_size=3, max_size=3), min_size=1, max_size=30),
       limit=st.integers(150, 400), alike=st.sets(st.integers(0, 2)), shared=st.sets(st.integers(0, 2)))  # fmt: skip
def test_a_table_of_lines_makes_the_same_parts_as_its_rows(
    rows: list[list[str]], limit: int, alike: set[int], shared: set[int]
) -> None:
    """Also where all rows say the same in a column, or share what they say."""
    rows = [[rows[0][number] if number in alike else cell for number, cell in enumerate(row)] for row in rows]
    columns = {}
    for number in range(3):
        column = pa.array([row[number] for row in rows], pa.string())
        columns[HEADER[number]] = column.dictionary_encode() if number in shared else column
    with tempfile.TemporaryDirectory() as name:
        cells = csv_files.cells(columns, apart=[HEADER[0]])
        lines = cells.lines(np.arange(len(rows)))
        ours, theirs = (PartWriter(HEADER, pathlib.Path(name), which, limit) for which in ("ours", "theirs"))
        half = len(lines) // 2  # a slice begins within the text
        parts = [*ours.extend(lines[:half]), *ours.extend(lines[half:]), *filter(None, [ours.finish()])]
        others = list(write_parts(theirs, rows))
        assert [one.path.read_bytes() for one in parts] == [one.path.read_bytes() for one in others]
        assert [one.rows for one in parts] == [one.rows for one in others]
