"""CSV as Bulk API 2.0 reads and writes it: RFC 4180, UTF-8, every value quoted on the way out, byte exact."""

from __future__ import annotations

import array
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType

from localorg.errors import ApiError
from localorg.server.bulk2.jobs import Job

BATCH_ROWS = 10_000
INDEX_EVERY = 1_000
MAX_VALUE_CHARACTERS = 32_000
MAX_LINE_CHARACTERS = 400_000
READ_BYTES = 1 << 20

csv.field_size_limit(10 * 1024 * 1024)


class UploadError(Exception):
    """The upload is no CSV the platform would process; the message becomes the job's errorMessage."""


class Upload:
    """An uploaded file: its header, then its rows a batch at a time."""

    def __init__(self, path: Path, job: Job) -> None:
        self._path = path
        self._job = job
        self._check_line_ending()
        self._file = path.open(encoding="utf-8-sig", newline="")
        self._reader = csv.reader(self._file, delimiter=job.separator, strict=True)
        try:
            self.header = self._next_row()
        except UploadError:
            self.close()
            raise

    def batches(self, size: int = BATCH_ROWS) -> Iterator[list[list[str]]]:
        while batch := self._next_rows(size):
            yield batch

    def close(self) -> None:
        self._file.close()

    def _next_row(self) -> list[str]:
        rows = self._next_rows(1)
        return [name.strip() for name in rows[0]] if rows else []

    def _next_rows(self, size: int) -> list[list[str]]:
        try:
            rows = [row for row in islice(self._reader, size) if row]
            while not rows and (more := list(islice(self._reader, size))):
                rows = [row for row in more if row]  # blank lines are no rows
            return rows
        except csv.Error as problem:
            raise UploadError(
                f"ClientInputError : Failed to parse CSV at line {self._reader.line_num}: {problem}. "
                "A value with a quote or a delimiter must be within quotes, a quote in it doubled"
            ) from problem
        except UnicodeDecodeError as problem:
            raise UploadError("ClientInputError : The file is not valid UTF-8") from problem

    def _check_line_ending(self) -> None:
        """The header's line must end as the job said it would."""
        with self._path.open("rb") as file:
            line = file.readline(MAX_LINE_CHARACTERS)
        found = "CRLF" if line.endswith(b"\r\n") else "LF"
        if line.endswith(b"\n") and found != self._job.line_ending:
            setting = self._job.line_ending
            raise UploadError(
                f"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {setting}"
            )


class Table:
    """A CSV file being written, with the byte position of every 1,000th row in a file beside it for `page`."""

    def __init__(self, path: Path, header: Sequence[str], job: Job) -> None:
        self._file = path.open("wb")
        self._index = path.with_suffix(".index").open("wb")
        self._separator = job.separator
        self._newline = job.newline
        self._rows = 0
        self._put([header])
        self._mark()

    @property
    def rows(self) -> int:
        return self._rows

    def write(self, rows: Iterable[Sequence[object]]) -> None:
        pending = iter(rows)
        while batch := list(islice(pending, INDEX_EVERY - self._rows % INDEX_EVERY)):
            self._put(batch)
            self._rows += len(batch)
            if self._rows % INDEX_EVERY == 0:
                self._mark()

    def close(self) -> None:
        self._file.close()
        self._index.close()

    def __enter__(self) -> Table:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def _put(self, rows: Iterable[Sequence[object]]) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self._separator, lineterminator=self._newline, quoting=csv.QUOTE_ALL)
        writer.writerows(rows)
        self._file.write(text.getvalue().encode())

    def _mark(self) -> None:
        array.array("Q", [self._file.tell()]).tofile(self._index)


def page(path: Path, start: int, count: int) -> Iterator[bytes]:
    """The header and `count` rows from row `start` on, exactly as they stand in the file."""
    with path.open("rb") as file:
        yield _records(file, 1)
        mark = array.array("Q")
        with path.with_suffix(".index").open("rb") as index:
            index.seek(start // INDEX_EVERY * mark.itemsize)
            mark.fromfile(index, 1)
        file.seek(mark[0])
        _records(file, start % INDEX_EVERY)
        while count > 0:
            step = min(count, INDEX_EVERY)
            part = _records(file, step)
            if not part:
                return
            yield part
            count -= step


def whole(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(READ_BYTES):
            yield part


def _records(file: io.BufferedReader, count: int) -> bytes:
    """`count` records: a record ends at a line end outside quotes, that is after an even number of quotes."""
    lines: list[bytes] = []
    done = quotes = 0
    while done < count and (line := file.readline()):
        lines.append(line)
        quotes += line.count(b'"')
        done += quotes % 2 == 0
    return b"".join(lines)


def receive(chunks: Iterable[bytes], path: Path, limit: int) -> int:
    """Stream an upload to disk; all of it or nothing."""
    part = path.with_suffix(".part")
    size = 0
    try:
        with part.open("wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise ApiError(
                        "CLIENTINPUTERROR", f"ClientInputError : The upload exceeds {limit} bytes", status=413
                    )
                file.write(chunk)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return size
