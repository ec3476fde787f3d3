"""What an import needs from an org, so that a test can stand in for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

Fields = dict[str, str]  # API name (or `Parent.ExternalId`, never empty) → text; empty or left out: unchanged
Progress = Callable[[str, int], None]  # object, records done


@dataclass(frozen=True)
class Refused:
    """A row the org did not take, by its key."""

    key: str
    reason: str


class Uploader(Protocol):
    def keys(self, sobject: str, key_field: str, prefix: str, filled: str = "") -> Iterable[str]:
        """The keys that begin with `prefix` among the object's records, or among those whose field `filled` is set."""
        ...

    def upsert(self, sobject: str, key_field: str, rows: Iterable[Fields]) -> Iterator[Refused]:
        """Write the rows by their external id; yields what was refused. All rows are sent when it is exhausted."""
        ...
