"""Opening a gift history: CSV with any usual delimiter, packed or not, one row at a time."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import pathlib
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Self

from steward.delimited import delimiter, encodings, opened
from steward.errors import InputError

if TYPE_CHECKING:
    from _csv import Reader

MALFORMED = "\0"  # a header that no file has: what the row holds beyond the header's columns
PLAIN = "utf-8-sig"
_SAMPLE_ROWS = 20_000
_PART = 1 << 20
_NO_CHARACTER = "\ufffd"


@dataclass(frozen=True)
class GiftFile:
    """`said` is the encoding, where the caller knows better than what the file's bytes tell."""

    path: pathlib.Path
    said: str | None = None

    def __post_init__(self) -> None:
        try:
            "".encode(self.said or PLAIN)
        except (LookupError, ValueError):
            raise InputError(f"There is no encoding {self.said}.", "Use for example utf-8 or cp1252.") from None

    @cached_property
    def encoding(self) -> str:
        """The first of the usual ones in which the whole file can be read; a byte order mark knows best."""
        with opened(self.path) as raw:
            likely = encodings(raw.read(4))
        if self.said and len(likely) > 1:
            return self.said
        return next((one for one in likely[:-1] if self._readable(one)), likely[-1])

    def _readable(self, encoding: str) -> bool:
        with io.TextIOWrapper(opened(self.path), encoding, newline="") as file:
            try:
                while file.read(_PART):
                    pass
            except UnicodeError:
                return False
        return True

    def header(self) -> list[str]:
        with self._reader() as reader:
            names: list[str] = next(reader, [])
        if len(names) < 2:
            raise InputError(f"{self.path.name} has no header with several columns.", "Export it as CSV with a header.")
        return [name.strip() or f"column {place}" for place, name in enumerate(names, start=1)]

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """(row number as a spreadsheet shows it, cells); rows of wrong length are MALFORMED, blank ones left out."""
        header = self.header()
        with self._reader() as reader:
            next(reader)
            for number, cells in enumerate(reader, start=2):
                if any(cell.strip() for cell in cells):
                    yield number, self._record(header, cells)

    def sample(self, column: str) -> list[str]:
        """The column's values in the first rows; a file without rows is refused."""
        found = [cells.get(column) or "" for _, cells in islice(self.rows(), _SAMPLE_ROWS)]
        if not found:
            raise InputError(f"{self.path.name} has no rows.", "Export the gifts again, below the header.")
        return found

    def _record(self, header: list[str], cells: list[str]) -> dict[str, str]:
        record = dict(zip(header, cells, strict=False))
        surplus = cells[len(header) :]
        if len(cells) < len(header) or any(cell.strip() for cell in surplus):
            record[MALFORMED] = ",".join(surplus)
        return record

    @contextlib.contextmanager
    def _reader(self) -> Iterator[_Lines]:
        """The file as CSV; what cannot be read is told in words."""
        lines = _Lines(csv.reader(()))
        try:
            cut, skipped = self._delimiter()
            with self._open() as file:
                for _ in range(skipped):
                    file.readline()
                lines = _Lines(csv.reader(file, delimiter=cut, strict=True), skipped)
                yield lines
        except csv.Error as broken:
            raise InputError(
                f"{self.path.name}, in what begins on line {lines.began}: {broken}.",
                "Correct the line; often a quote is left open.",
            ) from None
        except UnicodeError:
            raise InputError(
                f"{self.path.name} is not {self.encoding} on line {self._unreadable_line()}.",
                "Leave --encoding out, or save the file as UTF-8.",
            ) from None
        except EOFError:
            raise InputError(f"{self.path.name} ends in the middle.", "Copy the file again.") from None
        except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as damaged:
            raise InputError(f"{self.path.name} is damaged: {damaged}.", "Copy or zip the file again.") from None

    def _open(self, errors: str = "strict") -> io.TextIOWrapper:
        return io.TextIOWrapper(opened(self.path), self.encoding, errors, newline="")

    def _unreadable_line(self) -> int:
        with self._open(errors="replace") as file, contextlib.suppress(UnicodeError):  # UTF-16 starts with its mark
            return next((number for number, line in enumerate(file, start=1) if _NO_CHARACTER in line), 1)
        return 1

    def _delimiter(self) -> tuple[str, int]:
        with self._open() as file:
            return delimiter(file.readline())


class _Lines:
    """The rows one by one; knows on which line of the file the present one began, since quotes may hold several."""

    def __init__(self, reader: Reader, skipped: int = 0) -> None:
        self._reader, self._skipped, self.began = reader, skipped, 1

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> list[str]:
        self.began = self._skipped + self._reader.line_num + 1
        return next(self._reader)
