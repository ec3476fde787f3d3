"""Opens a table of donors: CSV with any usual delimiter and encoding, plain, gzipped or zipped, or Parquet."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import itertools
import pathlib
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from steward.errors import InputError

_GZIP, _PARQUET, _ZIP, _OLD_WORKBOOK = b"\x1f\x8b", b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 20
_NOTHING = ("?", "-", ".", "missing", "Missing", "MISSING", "unknown", "Unknown", "UNKNOWN")
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)
_SURPLUS = "\0"  # a column for what follows the header's last: nothing, where lines merely end with a delimiter
NOTES = "notes"  # the frame's attribute with what was read in another way than it stands in the file


def read(path: pathlib.Path) -> pd.DataFrame:
    """Every column as the file has it: numbers where all values are plain numbers, else text."""
    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Check the name.")
    with path.open("rb") as file:
        start = file.read(4)
    frame = _parquet(path) if start == _PARQUET else _csv(path, start)
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


def _csv(path: pathlib.Path, start: bytes) -> pd.DataFrame:
    try:
        with _opened(path, start) as file:
            head = file.read(_HEAD)
        for encoding in _encodings(head):
            with contextlib.suppress(UnicodeDecodeError):
                return _Dialect.of(head.decode(encoding, errors="ignore"), encoding).frame(path, start)
    except pd.errors.EmptyDataError:
        raise InputError(f"{path.name} is empty.", "Give a file with a header and one row a donor.") from None
    except pd.errors.ParserError as wrong:
        raise InputError(
            f"{path.name} is not a regular table: {str(wrong).strip()}.", "Correct or remove that line."
        ) from None
    except _DAMAGED as wrong:
        raise InputError(f"{path.name} cannot be read to its end: {wrong}.", "Save or pack it again.") from None
    raise InputError(f"{path.name} is in no encoding that is known here.", "Save it again as UTF-8 CSV.")


@contextlib.contextmanager
def _opened(path: pathlib.Path, start: bytes) -> Iterator[IO[bytes]]:
    """The bytes of the CSV, unpacked."""
    if start == _OLD_WORKBOOK:
        raise InputError(f"{path.name} is an Excel workbook.", "Save the sheet as CSV (UTF-8).")
    if start == _ZIP:
        with zipfile.ZipFile(path) as packed, packed.open(_only_file(path, packed)) as file:
            yield file
    else:
        with gzip.open(path) if start[:2] == _GZIP else path.open("rb") as plain:
            yield plain  # type: ignore[misc]


def _only_file(path: pathlib.Path, packed: zipfile.ZipFile) -> str:
    if "[Content_Types].xml" in packed.namelist():
        raise InputError(f"{path.name} is an Excel workbook.", "Save the sheet as CSV (UTF-8).")
    files = [one.filename for one in packed.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    if len(files) != 1:
        raise InputError(f"{path.name} is a zip of {len(files)} files.", "Give one CSV, packed or not.")
    return files[0]


def _encodings(head: bytes) -> tuple[str, ...]:
    """By the byte order mark, else UTF-8, else what Windows in the West writes, which reads any bytes."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    return ("utf-8-sig", "cp1252", "latin-1")


@dataclass(frozen=True)
class _Dialect:
    """How the lines of a CSV are cut; `skipped` lines come before the header."""

    encoding: str
    delimiter: str
    skipped: int
    header: tuple[str, ...]

    @classmethod
    def of(cls, head: str, encoding: str) -> _Dialect:
        delimiter, skipped = _delimiter(head)
        lines = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, skipinitialspace=True)
        filled = (line for line in lines if line)
        header = next(itertools.islice(filled, skipped, None), [])
        return cls(encoding, delimiter, skipped, tuple(name.strip() for name in header))

    def frame(self, path: pathlib.Path, start: bytes) -> pd.DataFrame:
        _refuse_doubled(path, self.header)
        try:
            with _opened(path, start) as file:
                frame = self._read(file, [])
        except pd.errors.ParserWarning:  # lines longer than the header: no harm where they merely end with a delimiter
            with _opened(path, start) as file:
                frame = self._read(file, [_SURPLUS])
            if (surplus := frame.pop(_SURPLUS).notna()).any():
                raise InputError(
                    f"Row {int(surplus.argmax()) + 1:,} of {path.name} has more values than the header has columns.",
                    "Correct that line.",
                ) from None
        if len(frame) and frame.iloc[:, -1].isna().any():
            with _opened(path, start) as file:
                frame.attrs[NOTES] = self._short_lines(file)
        return frame

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


def _delimiter(head: str) -> tuple[str, int]:
    """The one that Excel's first line `sep=;` names (then 1 line to skip), else that cuts the header into most parts."""
    line = next((line for line in head.splitlines() if line.strip()), "")
    if line.strip('"').lower().startswith("sep=") and len(line.strip('"')) == len("sep=;"):
        return line.strip('"')[-1], 1
    bare = "".join(part for number, part in enumerate(line.split('"')) if number % 2 == 0)
    return max(_DELIMITERS, key=bare.count), 0
