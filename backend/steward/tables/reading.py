"""Opens a table of donors: CSV with any usual delimiter and encoding, plain, gzipped or zipped, or Parquet."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import itertools
import pathlib
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from steward.delimited import DAMAGED, delimiter, encodings, opened
from steward.errors import InputError

_PARQUET = b"PAR1"
_HEAD = 1 << 20
_NOTHING = ("?", "-", ".", "missing", "Missing", "MISSING", "unknown", "Unknown", "UNKNOWN")
_MARKUP = {"JSON": (b'{"', b"[{", b"[["), "HTML or XML": (b"<!", b"<html", b"<table", b"<?xml"), "ARFF": (b"@relat",)}
_SURPLUS = "\0"  # a column for what follows the header's last: nothing, where lines merely end with a delimiter
NOTES = "notes"  # the frame's attribute with what was read in another way than it stands in the file


def read(path: pathlib.Path) -> pd.DataFrame:
    """Every column as the file has it: numbers where all values are plain numbers, else text."""
    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Check the name.")
    with path.open("rb") as file:
        start = file.read(4)
    frame = _parquet(path) if start == _PARQUET else _csv(path)
    if frame.empty:
        raise InputError(f"{path.name} has no rows.", "Give a file with a header and one row a donor.")
    frame.columns = pd.Index([str(name).strip() for name in frame.columns])
    _refuse_doubled(path, list(frame.columns))
    return frame


def _refuse_doubled(path: pathlib.Path, names: Sequence[str]) -> None:
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names, start=1):
        places.setdefault(name, []).append(place)
    for name, found in places.items():
        if len(found) > 1 and name:
            raise InputError(
                f"{path.name} has two columns named {name!r}, in places {found[0]} and {found[1]}.",
                "Rename one of them.",
            )


def _parquet(path: pathlib.Path) -> pd.DataFrame:
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as broken:
        raise InputError(f"{path.name} is not a readable Parquet file ({broken}).", "Write it again.") from None
    plain = [i for i, kind in enumerate(table.schema.types) if not pa.types.is_nested(kind)]
    frame: pd.DataFrame = table.select(plain).to_pandas()
    for name, kind in zip(frame.columns, table.select(plain).schema.types, strict=True):
        if pa.types.is_decimal(kind):
            frame[name] = frame[name].astype(float)
    return frame


def _csv(path: pathlib.Path) -> pd.DataFrame:
    try:
        with opened(path) as file:
            head = file.read(_HEAD)
        _refuse_markup(path, head)
        for encoding in encodings(head):
            with contextlib.suppress(UnicodeDecodeError):
                return _Dialect.of(head.decode(encoding, errors="ignore"), encoding).frame(path)
    except pd.errors.EmptyDataError:
        raise InputError(f"{path.name} is empty.", "Give a file with a header and one row a donor.") from None
    except pd.errors.ParserError as wrong:
        raise InputError(
            f"{path.name} is not a regular table: {str(wrong).strip()}.", "Correct or remove that line."
        ) from None
    except DAMAGED as wrong:
        raise InputError(f"{path.name} cannot be read to its end: {wrong}.", "Save or pack it again.") from None
    raise InputError(f"{path.name} is in no encoding that is known here.", "Save it again as UTF-8 CSV.")


def _refuse_markup(path: pathlib.Path, head: bytes) -> None:
    start = head.lstrip(codecs.BOM_UTF8 + b" \t\r\n")[:6].lower()
    for kind, marks in _MARKUP.items():
        if start.startswith(marks):
            raise InputError(f"{path.name} is {kind}, not a table of lines.", "Save it as CSV (UTF-8).")


@dataclass(frozen=True)
class _Dialect:
    """How the lines of a CSV are cut; `skipped` lines come before the header."""

    encoding: str
    delimiter: str
    skipped: int
    header: tuple[str, ...]

    @classmethod
    def of(cls, head: str, encoding: str) -> _Dialect:
        cut, skipped = delimiter(head)
        first = next((line.strip() for line in head.splitlines() if line.strip()), "")
        if cut not in re.sub('"[^"]*"', "", first) and not skipped:
            cut = " "
        lines = csv.reader(io.StringIO(head, newline=""), delimiter=cut, skipinitialspace=True)
        filled = (line for line in lines if line)
        header = next(itertools.islice(filled, skipped, None), [])
        return cls(encoding, cut, skipped, tuple(name.strip() for name in header))

    def frame(self, path: pathlib.Path) -> pd.DataFrame:
        _refuse_doubled(path, self.header)
        try:
            with opened(path) as file:
                frame = self._read(file, [])
        except pd.errors.ParserWarning:  # lines longer than the header: no harm where they merely end with a delimiter
            frame = self._surplus(path)
        if len(frame) and frame.iloc[:, -1].isna().any():
            with opened(path) as file:
                frame.attrs[NOTES] = self._short_lines(file)
        return frame

    def _surplus(self, path: pathlib.Path) -> pd.DataFrame:
        row = 1
        with contextlib.suppress(pd.errors.ParserWarning), opened(path) as file:
            frame = self._read(file, [_SURPLUS])
            if not (surplus := frame.pop(_SURPLUS).notna()).any():
                return frame
            row = int(surplus.argmax()) + 1
        raise InputError(
            f"Row {row:,} of {path.name} has more values than the header has columns.",
            "Correct that line; or, if a title stands above the header, remove it.",
        )

    def _read(self, file: IO[bytes], more: list[str]) -> pd.DataFrame:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame: pd.DataFrame = pd.read_csv(
                file,
                sep=self.delimiter,
                skiprows=self.skipped,
                header=0,
                names=[name or f"Unnamed: {place}" for place, name in enumerate(self.header)] + more,
                encoding=self.encoding,
                na_values=_NOTHING,
                skipinitialspace=True,
                index_col=False,
                low_memory=False,
            )
        return frame

    def _short_lines(self, file: IO[bytes]) -> list[str]:
        """Where the file may have been cut off: spreadsheets leave out empty cells at the end of a line, others do not."""
        with io.TextIOWrapper(file, self.encoding, newline="") as text:
            lines = csv.reader(text, delimiter=self.delimiter)
            short = [lines.line_num for line in lines if line and len(line) < len(self.header)][self.skipped :]
        if not short:
            return []
        return [
            f"lines shorter than the header, what is missing at their end read as empty: {len(short):,}, from line {short[0]:,} on"
        ]
