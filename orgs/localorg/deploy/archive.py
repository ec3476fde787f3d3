"""Opens the zip of a deployment, trusting nothing in it: names, sizes and counts are checked before a byte is unpacked."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from localorg.errors import ApiError

MAX_ZIPPED = 39 * 1024 * 1024  # the platform's limits of one deployment
MAX_UNZIPPED = 600 * 1024 * 1024
MAX_FILES = 35_000
# What bytes that are no zip, or only half a one, make Python's reader raise.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError, EOFError, ValueError, ArithmeticError,
    LookupError, OSError,
)  # fmt: skip
_EPOCH = (1980, 1, 1, 0, 0, 0)  # equal content makes equal archives


def unpack(data: bytes) -> dict[str, bytes]:
    """The archive's files by path. Raises ApiError for what is no zip, leads out of it or is too large."""
    if len(data) > MAX_ZIPPED:
        raise _refused(f"Maximum size of request reached. Maximum size of request is {MAX_ZIPPED} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(entries)
            return {entry.filename: _content(archive, entry) for entry in entries}
    except _UNREADABLE as problem:
        raise _refused("The zip file is not valid") from problem


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_FILES:
        raise ApiError(
            "LIMIT_EXCEEDED", f"LIMIT_EXCEEDED: Too many files in zip: {len(entries)}, the most is {MAX_FILES}"
        )
    if sum(entry.file_size for entry in entries) > MAX_UNZIPPED:
        raise ApiError("LIMIT_EXCEEDED", f"The files of the zip are larger than {MAX_UNZIPPED} bytes")
    seen: set[str] = set()
    for entry in entries:
        path = PurePosixPath(entry.filename)
        is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
        if (
            not path.parts
            or path.is_absolute()
            or ".." in path.parts
            or "\\" in entry.filename
            or ":" in path.parts[0]
            or is_link
        ):
            raise _refused(f"The zip entry {entry.filename} leads out of the zip")
        if entry.filename in seen:
            raise _refused(f"The zip entry {entry.filename} is there twice")
        seen.add(entry.filename)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Never more than the entry announced, whatever it inflates to."""
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise _refused(f"The zip entry {entry.filename} is not as large as it says")
    return content


def pack(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), files[path], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _refused(message: str) -> ApiError:
    return ApiError("INVALID_ZIP_FILE" if "zip" in message else "LIMIT_EXCEEDED", message)
