"""CSV as the Bulk API wants it: written in parts below a size limit, or split between records with bytes untouched."""

from __future__ import annotations

import csv
import io
import pathlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steward.errors import InputError

MAX_BYTES = 100_000_000  # the platform's 150 MB counts the base64 form
NULL = "#N/A"  # in an upload an empty value means "leave unchanged"


@dataclass(frozen=True)
class Part:
    path: pathlib.Path
    rows: int


class PartWriter:
    """Collects rows into `folder/name-0000.csv`, …, each with the header and no larger than `max_bytes`."""

    def __init__(self, header: Sequence[str], folder: pathlib.Path, name: str, max_bytes: int = MAX_BYTES) -> None:
        self._head = _encoded(header)
        self._folder, self._name, self._max = folder, name, max_bytes
        self._file: IO[bytes] | None = None
        self._size = self._rows = self._number = 0

    def add(self, row: Sequence[str]) -> Part | None:
        """Takes one row; gives back the part that it did not fit into, if it is the first of a new one."""
        line = _encoded(row)
        full = self.finish() if self._rows and self._size + len(line) > self._max else None
        self._take(line, 1)
        return full

    def extend(self, lines: pa.StringArray) -> Iterator[Part]:
        """Takes rows that are text already, as `lines` makes them; gives back each part that is full."""
        _, offsets, text = lines.buffers()
        ends = np.frombuffer(offsets, np.int32)[lines.offset : lines.offset + len(lines) + 1]
        first = 0
        while first < len(lines):
            room = self._max - (self._size or len(self._head))
            last = int(np.searchsorted(ends, ends[first] + room, side="right")) - 1
            if last > first or not self._rows:
                last = max(last, first + 1)
                self._take(memoryview(text)[ends[first] : ends[last]], last - first)
                first = last
            if first < len(lines) and (part := self.finish()):
                yield part

    def _take(self, lines: bytes | memoryview, rows: int) -> None:
        if self._file is None:
            if len(self._head) + len(lines) > self._max:
                raise InputError(f"A row of {self._name} is larger than {self._max} bytes.", "Shorten its text fields.")
            self._file = self._path.open("wb")
            self._file.write(self._head)
            self._size = len(self._head)
        self._file.write(lines)
        self._size += len(lines)
        self._rows += rows

    @property
    def _path(self) -> pathlib.Path:
        return self._folder / f"{self._name}-{self._number:04d}.csv"

    def finish(self) -> Part | None:
        """The part with the rows since the last one; None where there are none."""
        if self._file is None:
            return None
        self._file.close()
        part = Part(self._path, self._rows)
        self._file, self._size, self._rows, self._number = None, 0, 0, self._number + 1
        return part


def line(row: Sequence[str]) -> pa.StringArray:
    """One row for `extend`."""
    return pa.array([_encoded(row).decode()], pa.string())


@dataclass(frozen=True)
class Cells:
    """`texts`: the distinct cells of a table's columns, each with what stands between it and the next; `places`: which of
    them each row has, column by column."""

    texts: pa.StringArray
    places: NDArray[np.int32]

    def lines(self, rows: NDArray[np.int64], without: int = 0) -> pa.StringArray:
        """These rows for `extend`, without so many of the first columns: cells copied one after the other are lines."""
        wanted = self.places[rows, without:]
        taken = pc.take(self.texts, pa.array(wanted.ravel()), boundscheck=False)
        _, offsets, text = taken.buffers()
        ends = np.frombuffer(offsets, np.int32)[: wanted.size + 1 : wanted.shape[1]]
        return pa.StringArray.from_buffers(len(rows), pa.py_buffer(ends.copy()), text)


def cells(columns: Mapping[str, pa.DictionaryArray | pa.StringArray], apart: Collection[str] = ()) -> Cells:
    """Of columns of texts without a carriage return; null says NULL. What all rows say is part of the cell before it, but
    columns `apart` stay columns."""
    kept: list[tuple[pa.DictionaryArray | pa.StringArray, list[str]]] = []
    for name, column in columns.items():
        said = None if name in apart or not kept else _said_by_all(column)
        if said is None:
            kept.append((column, [","]))
        else:
            kept[-1][1].append(said)
    places = np.empty((len(kept[0][0]), len(kept)), np.int32)
    texts: list[pa.StringArray] = []
    first = 0
    for number, (column, tails) in enumerate(kept):
        tail = "".join(tails)
        tail = f"{tail[:-1]}\n" if number == len(kept) - 1 else tail
        some, which = _places(column)
        texts += [_quoted(some, tail), pa.array([NULL + tail])]
        np.add(which, first, out=places[:, number])
        first += len(some) + 1
    return Cells(pa.concat_arrays(texts), places)


def _said_by_all(column: pa.DictionaryArray | pa.StringArray) -> str | None:
    """The cell that all rows have, if it is one, and the comma behind it."""
    if column.null_count == len(column):
        return f"{NULL},"
    if isinstance(column, pa.DictionaryArray) and len(column.dictionary) == 1 and not column.null_count:
        said = column.dictionary[0].as_py()
        return f"{NULL}," if said is None else _encoded([said, ""]).decode().removesuffix("\n")
    return None


def _places(column: pa.DictionaryArray | pa.StringArray) -> tuple[pa.StringArray, NDArray[np.int32]]:
    """Texts, and which of them each row has: one behind the last where it has none."""
    if isinstance(column, pa.DictionaryArray):
        return column.dictionary, column.indices.fill_null(len(column.dictionary)).to_numpy()
    return column, np.arange(len(column), dtype=np.int32)


def _quoted(texts: pa.StringArray, tail: str) -> pa.StringArray:
    """Texts as cells, each with `tail` behind it."""
    special = pc.match_substring_regex(texts, '[",\n]').fill_null(False)
    join = partial(pc.binary_join_element_wise, null_handling="replace", null_replacement=NULL)
    if pc.all(special, min_count=1).as_py():
        return join('"', _doubled(texts), f'"{tail}', "")
    plain = join(texts, tail, "")
    if not pc.any(special).as_py():
        return plain
    return pc.replace_with_mask(plain, special, _quoted(texts.filter(special), tail))


def _doubled(texts: pa.StringArray) -> pa.StringArray:
    """Every quote twice: cut in front of each quote, and joined by one. Arrow's replacing takes more than twice as long."""
    _, offsets, text = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    quotes = np.flatnonzero(np.frombuffer(text, np.uint8)[ends[0] : ends[-1]] == ord('"')).astype(np.int32) + ends[0]
    cuts = np.concatenate([ends[:1], quotes, ends[-1:]])
    pieces = pa.StringArray.from_buffers(len(cuts) - 1, pa.py_buffer(cuts), text)
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(pieces)], pa.int32()), pieces), '"')
    moved = ends - ends[0] + np.searchsorted(quotes, ends).astype(np.int32)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(moved), joined.buffers()[2])


def write_parts(writer: PartWriter, rows: Iterable[Sequence[str]]) -> Iterator[Part]:
    """Writes rows in parts; yields a part as soon as it is complete."""
    for row in rows:
        if part := writer.add(row):
            yield part
    if part := writer.finish():
        yield part


def _encoded(row: Sequence[str]) -> bytes:
    text = io.StringIO()
    if any("\r" in cell for cell in row):  # which the csv module would leave unquoted
        csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(row)
    else:
        csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue().encode()


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
