"""Opens a table of donors: CSV with any usual delimiter and encoding, gzipped or not, or Parquet."""

from __future__ import annotations

import gzip
import pathlib
import zlib

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from steward.errors import InputError

_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 65_536
_NOTHING = ("?", "-", ".", "missing", "Missing", "MISSING", "unknown", "Unknown", "UNKNOWN")


def read(path: pathlib.Path) -> pd.DataFrame:
    """Every column as the file has it: numbers where all values are plain numbers, else text."""
    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Check the name.")
    with path.open("rb") as file:
        start = file.read(4)
    if start in _WORKBOOKS:
        raise InputError(f"{path.name} is an Excel workbook or a zip.", "Save the sheet as CSV (UTF-8).")
    frame = _parquet(path) if start == _PARQUET else _csv(path, packed=start[:2] == _GZIP)
    if frame.empty:
        raise InputError(f"{path.name} has no rows.", "Give a file with a header and one row a donor.")
    frame.columns = pd.Index([str(name).strip() for name in frame.columns])
    if doubled := sorted(set(frame.columns[frame.columns.duplicated()])):
        raise InputError(f"{path.name} has two columns named {doubled[0]!r}.", "Rename one of them.")
    return frame


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


def _csv(path: pathlib.Path, *, packed: bool) -> pd.DataFrame:
    head = _head(path, packed)
    encoding = _encoding(head)
    try:
        return pd.read_csv(
            path,
            sep=_delimiter(head.decode(encoding, errors="ignore")),
            encoding=encoding,
            encoding_errors="strict" if encoding != "cp1252" else "replace",
            compression="gzip" if packed else None,
            na_values=_NOTHING,
            skipinitialspace=True,
            index_col=False,
            low_memory=False,
        )
    except pd.errors.EmptyDataError:
        raise InputError(f"{path.name} is empty.", "Give a file with a header and one row a donor.") from None
    except pd.errors.ParserError as wrong:
        raise InputError(f"{path.name} is not a regular table: {wrong}.", "Correct or remove that line.") from None
    except (pd.errors.ParserWarning, UnicodeError, EOFError, zlib.error, gzip.BadGzipFile) as wrong:
        raise InputError(f"{path.name} cannot be read to its end: {wrong}.", "Save it again as UTF-8 CSV.") from None


def _head(path: pathlib.Path, packed: bool) -> bytes:
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            return bytes(file.read(_HEAD))
    except (OSError, EOFError, zlib.error) as broken:
        raise InputError(f"{path.name} is a damaged gzip file ({broken}).", "Compress it again.") from None


def _encoding(head: bytes) -> str:
    """By the byte order mark, else UTF-8 where the beginning is UTF-8, else what Windows in the West writes."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        head[: head.rfind(b"\n") + 1 or None].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _delimiter(head: str) -> str:
    """The one that cuts the header line into most parts, quoted parts left whole."""
    line = next((line for line in head.splitlines() if line.strip()), "")
    bare = "".join(part for number, part in enumerate(line.split('"')) if number % 2 == 0)
    return max(_DELIMITERS, key=bare.count)
