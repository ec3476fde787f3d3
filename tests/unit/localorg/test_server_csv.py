"""Bulk API 2.0's CSV: byte exact out, strict in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from localorg.errors import ApiError
from localorg.server.bulk2.csvfile import INDEX_EVERY, Table, Upload, UploadError, page, receive
from localorg.server.bulk2.jobs import Job

JOB = Job("750x", "query", "query", "Contact", "005x", "67.0", "Open", 0.0, 0.0)
CRLF = Job("750x", "ingest", "insert", "Contact", "005x", "67.0", "Open", 0.0, 0.0, line_ending="CRLF")
TAB = Job("750x", "ingest", "insert", "Contact", "005x", "67.0", "Open", 0.0, 0.0, delimiter="TAB")
CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def table(tmp_path: Path, rows: list[tuple[str, str]]) -> Path:
    path = tmp_path / "results.csv"
    with Table(path, ["Id", "Name"], JOB) as out:
        out.write(rows)
    return path


def upload(tmp_path: Path, text: str | bytes, job: Job = JOB) -> list[list[str]]:
    path = tmp_path / "upload.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    reader = Upload(path, job)
    try:
        return [reader.header, *(row for batch in reader.batches(2) for row in batch)]
    finally:
        reader.close()


def test_every_value_is_quoted_and_lines_end_with_lf(tmp_path: Path) -> None:
    path = table(tmp_path, [("1", 'She said "hi"'), ("2", "a\nb")])
    assert path.read_bytes() == b'"Id","Name"\n"1","She said ""hi"""\n"2","a\nb"\n'


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=30), start=st.integers(0, 30), count=st.integers(0, 30))
def test_a_page_is_exactly_the_rows_asked_for_whatever_is_in_them(
    tmp_path: Path, rows: list[tuple[str, str]], start: int, count: int
) -> None:
    path = table(tmp_path, rows)
    text = b"".join(page(path, start, count)).decode()
    read = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))]
    assert read == [("Id", "Name"), *rows[start : start + count]]


@pytest.mark.parametrize("start", [0, 1, INDEX_EVERY - 1, INDEX_EVERY, 2 * INDEX_EVERY + 7, 3 * INDEX_EVERY])
def test_pages_are_found_by_the_index_across_embedded_newlines(tmp_path: Path, start: int) -> None:
    rows = [(str(number), f"line\none {number}") for number in range(3 * INDEX_EVERY)]
    text = b"".join(page(table(tmp_path, rows), start, INDEX_EVERY + 1)).decode()
    read = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))][1:]
    assert read == rows[start : start + INDEX_EVERY + 1]


def test_an_upload_keeps_newlines_quotes_and_unicode(tmp_path: Path) -> None:
    text = 'LastName,Description\n"O""Hara","a\nb,c"\nÅsa,日本 🎁\n'
    assert upload(tmp_path, text) == [["LastName", "Description"], ['O"Hara', "a\nb,c"], ["Åsa", "日本 🎁"]]


def test_a_byte_order_mark_and_blank_lines_are_no_data(tmp_path: Path) -> None:
    assert upload(tmp_path, b"\xef\xbb\xbfName\n\nA\n\n\n\nB\n") == [["Name"], ["A"], ["B"]]


def test_a_header_that_ends_otherwise_than_the_job_says_is_refused(tmp_path: Path) -> None:
    assert upload(tmp_path, "Name\r\nA\r\n", CRLF) == [["Name"], ["A"]]
    with pytest.raises(UploadError, match="Current LineEnding setting is LF"):
        upload(tmp_path, "Name\r\nA\r\n")
    with pytest.raises(UploadError, match="Current LineEnding setting is CRLF"):
        upload(tmp_path, "Name\nA\n", CRLF)


def test_another_column_delimiter_separates(tmp_path: Path) -> None:
    assert upload(tmp_path, "Name\tCity\nA,B\tC\n", TAB) == [["Name", "City"], ["A,B", "C"]]


@pytest.mark.parametrize("text", ['Name\n"open', 'Name\n"a"b\n', b"Name\n\xff\n"])
def test_what_is_no_csv_is_refused_in_words(tmp_path: Path, text: str | bytes) -> None:
    with pytest.raises(UploadError, match=r"^ClientInputError : "):
        upload(tmp_path, text)


def test_an_upload_over_the_limit_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "upload.csv"
    with pytest.raises(ApiError) as refused:
        receive([b"x" * 60, b"x" * 60], target, limit=100)
    assert refused.value.status == 413
    assert list(tmp_path.iterdir()) == []
