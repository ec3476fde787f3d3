"""Result sets longer than one page: written to disk once, a record a line, and read back by position for two days."""

from __future__ import annotations

import array
import contextlib
import shutil
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from localorg.errors import ApiError
from localorg.server.http import dump

LIVES_SECONDS = 2 * 24 * 3600
INVALID = "invalid query locator"


class Cursors:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._expire()

    def save(self, locator: str, user_id: str, records: Iterable[object]) -> int:
        """Keep a result set and say how many records it has; only the user who asked may read on."""
        folder = self._folder / locator
        folder.mkdir()
        (folder / "user").write_text(user_id)
        ends = array.array("Q")
        position = total = 0
        with (folder / "records.jsonl").open("wb") as file, (folder / "ends").open("wb") as index:
            for record in records:
                line = dump(record) + b"\n"
                position += len(line)
                file.write(line)
                ends.append(position)
                total += 1
                if len(ends) >= 8192:
                    ends.tofile(index)
                    del ends[:]
            ends.tofile(index)
        return total

    def page(self, locator: str, user_id: str, start: int, count: int) -> tuple[int, list[bytes]]:
        """The total and the records (as JSON text) from a position on."""
        folder = self._folder / locator
        if not locator.isalnum() or not folder.is_dir() or (folder / "user").read_text() != user_id:
            raise ApiError("INVALID_QUERY_LOCATOR", INVALID)
        total = (folder / "ends").stat().st_size // 8
        if start >= total:
            raise ApiError("INVALID_QUERY_LOCATOR", INVALID)
        with (folder / "records.jsonl").open("rb") as file:
            file.seek(self._end(folder, start - 1) if start else 0)
            return total, [line.rstrip(b"\n") for line in islice(file, count)]

    def clear(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)

    @staticmethod
    def _end(folder: Path, record: int) -> int:
        end = array.array("Q")
        with (folder / "ends").open("rb") as index:
            index.seek(record * end.itemsize)
            end.fromfile(index, 1)
        return end[0]

    def _expire(self) -> None:
        oldest = time.time() - LIVES_SECONDS
        for folder in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder, ignore_errors=True)
