"""How people's CSV files come: plain, gzipped or alone in a zip, cut by any usual delimiter, perhaps named in a line of its own."""

from __future__ import annotations

import codecs
import gzip
import pathlib
import zipfile
import zlib
from typing import IO, cast

from steward.errors import InputError

DELIMITERS = (",", ";", "\t", "|")
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_NOT_TEXT = {b"\xd0\xcf\x11\xe0": "an old Excel workbook", b"PAR1": "a Parquet file"}
_IN_A_WORKBOOK = "[Content_Types].xml"


def opened(path: pathlib.Path) -> IO[bytes]:
    """The bytes of the text, unpacked; closing them closes the file."""
    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Check the path.")
    with path.open("rb") as file:
        start = file.read(4)
    if start in _NOT_TEXT:
        raise InputError(f"{path.name} is {_NOT_TEXT[start]}.", "Save it as CSV (UTF-8).")
    if start == _ZIP:
        with zipfile.ZipFile(path) as packed:
            return packed.open(_only_file(path, packed))
    return cast("IO[bytes]", gzip.open(path)) if start[:2] == _GZIP else path.open("rb")


def encodings(head: bytes) -> tuple[str, ...]:
    """By the byte order mark or the zeros between letters, else UTF-8, else what Windows in the West writes, which reads any bytes."""
    if head[:4] in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        return ("utf-32",)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return ("utf-16",)
    if b"\0" in head[:2]:
        return ("utf-16-be" if head[:1] == b"\0" else "utf-16-le",)
    return ("utf-8-sig", "cp1252", "latin-1")


def _only_file(path: pathlib.Path, packed: zipfile.ZipFile) -> str:
    if _IN_A_WORKBOOK in packed.namelist():
        raise InputError(f"{path.name} is an Excel workbook.", "Save the sheet as CSV (UTF-8).")
    files = [one.filename for one in packed.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    if len(files) != 1:
        raise InputError(f"{path.name} is a zip of {len(files)} files.", "Give one CSV, packed or not.")
    return files[0]


def delimiter(head: str) -> tuple[str, int]:
    """The one that Excel's first line `sep=;` names (then 1 line to skip), else that cuts the header into most parts."""
    line = next((line for line in head.splitlines() if line.strip()), "")
    named = line.strip().strip('"')
    if named.lower().startswith("sep=") and len(named) == len("sep=;"):
        return named[-1], 1
    bare = "".join(part for number, part in enumerate(line.split('"')) if number % 2 == 0)
    return max(DELIMITERS, key=bare.count), 0
