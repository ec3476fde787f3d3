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
from itertools import islice
from typing import TYPE_CHECKING

from steward.delimited import delimiter, opened
from steward.errors import InputError

if TYPE_CHECKING:
    from _csv import Reader

MALFORMED = "\0"  # a header that no file has: what the row holds beyond the header's columns
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE_ROWS = 20_000


@dataclass(frozen=True)
class GiftFile:
    path: pathlib.Path
    encoding: str = "utf-8-sig"

    def __post_init__(self) -> None:
        try:
            "".encode(self.encoding)
        except (LookupError, ValueError):
            raise InputError(f"There is no encoding {self.encoding}.", "Use for example utf-8 or cp1252.") from None

    def header(self) -> list[str]:
        with self._reader() as reader:
            names: list[str] = next(reader, [])
        if len(names) < 2:
            raise InputError(f"{self.path.name} has no header with several columns.", "Export it as CSV with a header.")
        return [name.strip() for name in names]

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """(row number as a spreadsheet shows it, cells); rows of wrong length are MALFORMED, blank lines left out."""
        header = self.header()
        with self._reader() as reader:
            next(reader)
            for number, cells in enumerate(reader, start=2):
                if cells:
                    yield number, self._record(header, cells)

    def sample(self, column: str) -> list[str]:
        """The column's values in the first rows; a file without rows is refused."""
        found = [cells.get(column) or "" for _, cells in islice(self.rows(), _SAMPLE_ROWS)]
        if not found:
            raise InputError(f"{self.path.name} has no rows.", "Export the gifts again, below the header.")
        return found

    def _record(self, header: list[str], cells: list[str]) -> dict[str, str]:
        record = dict(zip(header, cells, strict=False))
        if len(cells) != len(header):
            record[MALFORMED] = ",".join(cells[len(header) :])
        return record

    @contextlib.contextmanager
    def _reader(self) -> Iterator[Reader]:
        """The file as CSV; what cannot be read is told in words."""
        reader = csv.reader(())
        try:
            cut, skipped = self._delimiter()
            with self._open() as file:
                for _ in range(skipped):
                    file.readline()
                reader = csv.reader(file, delimiter=cut, strict=True)
                yield reader
        except csv.Error as broken:
            raise InputError(
                f"{self.path.name}, line {reader.line_num}: {broken}.",
                "Correct the line; often a quote is left open.",
            ) from None
        except UnicodeError:
            raise InputError(
                f"{self.path.name} is not {self.encoding} near line {reader.line_num}.",
                "Save it as UTF-8, or say --encoding, for example cp1252.",
            ) from None
        except EOFError:
            raise InputError(f"{self.path.name} ends in the middle.", "Copy the file again.") from None
        except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as damaged:
            raise InputError(f"{self.path.name} is damaged: {damaged}.", "Copy or zip the file again.") from None

    def _open(self) -> io.TextIOWrapper:
        with opened(self.path) as raw:
            mark = raw.read(2)
        return io.TextIOWrapper(opened(self.path), "utf-16" if mark in _UTF_16 else self.encoding, newline="")

    def _delimiter(self) -> tuple[str, int]:
        with self._open() as file:
            return delimiter(file.readline())
