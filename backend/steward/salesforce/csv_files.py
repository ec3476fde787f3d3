"""CSV as the Bulk API wants it: written in parts below a size limit, or split between records with bytes untouched."""

from __future__ import annotations

import csv
import io
import pathlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from steward.errors import InputError

MAX_BYTES = 100_000_000  # the platform's 150 MB counts the base64 form
NULL = "#N/A"  # in an upload an empty value means "leave unchanged"


@dataclass(frozen=True)
class Part:
    path: pathlib.Path
    rows: int


def write_parts(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    folder: pathlib.Path,
    name: str,
    max_bytes: int = MAX_BYTES,
) -> Iterator[Part]:
    """Writes rows to `folder/name-0000.csv`, …, each with the header; yields a part as soon as it is complete."""
    head = _encoded([header])
    buffer = io.BytesIO()
    count = number = 0
    for row in rows:
        line = _encoded([row])
        if len(head) + len(line) > max_bytes:
            raise InputError(f"Row {row[0]} of {name} is larger than {max_bytes} bytes.", "Shorten its text fields.")
        if count and len(head) + buffer.tell() + len(line) > max_bytes:
            yield _flush(folder / f"{name}-{number:04d}.csv", head, buffer, count)
            buffer, count, number = io.BytesIO(), 0, number + 1
        buffer.write(line)
        count += 1
    if count:
        yield _flush(folder / f"{name}-{number:04d}.csv", head, buffer, count)


def _encoded(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _flush(path: pathlib.Path, head: bytes, buffer: io.BytesIO, count: int) -> Part:
    with path.open("wb") as file:
        file.write(head)
        file.write(buffer.getbuffer())
    return Part(path, count)


def read(path: pathlib.Path) -> Iterator[dict[str, str]]:
    """Records of a CSV file as the org sent it: UTF-8, newlines inside quotes kept."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def split(path: pathlib.Path, folder: pathlib.Path, max_bytes: int = MAX_BYTES) -> Iterator[pathlib.Path]:
    """Cuts a CSV file into parts of at most `max_bytes`, each with the header, only between records."""
    with path.open("rb") as file:
        head = _first_record(file)
        room = max_bytes - len(head)
        carry = b""
        number = 0
        while window := carry + file.read(room - len(carry)):
            end = len(window) if len(window) < room else _last_record_end(window)
            if not end:
                raise InputError(
                    f"A record of {path.name} is larger than {max_bytes} bytes.", "Shorten its text fields."
                )
            part = folder / f"{path.stem}-{number:04d}.csv"
            with part.open("wb") as out:
                out.write(head)
                out.write(memoryview(window)[:end])
            yield part
            carry = window[end:]
            number += 1


def _first_record(file: IO[bytes]) -> bytes:
    head = file.readline()
    while head.count(b'"') % 2 and (more := file.readline()):
        head += more
    return head


def _last_record_end(window: bytes) -> int:
    """Where the last whole record ends in bytes that begin with a record, or 0. Quotes before it are even in number."""
    end = window.rfind(b"\n")
    quotes = window.count(b'"', 0, max(end, 0))
    while end >= 0 and quotes % 2:
        earlier = window.rfind(b"\n", 0, end)
        quotes -= window.count(b'"', max(earlier, 0), end)
        end = earlier
    return end + 1
