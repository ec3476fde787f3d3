"""An org in memory with the one property the importer relies on: external ids, also through parents (an empty one is none)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from steward.imports.uploader import Fields, Refused


class MemoryOrg:
    def __init__(self, refuse: Iterable[str] = ()) -> None:
        self.records: dict[str, dict[str, Fields]] = {}
        self.refuse = set(refuse)  # keys the org does not like
        self.written = 0

    def keys(self, sobject: str, key_field: str, prefix: str, filled: str = "") -> Iterator[str]:
        for key, record in self.records.get(sobject, {}).items():
            if key.startswith(prefix) and (not filled or record.get(filled)):
                yield key

    def upsert(self, sobject: str, key_field: str, rows: Iterable[Fields]) -> Iterator[Refused]:
        table = self.records.setdefault(sobject, {})
        for row in rows:
            key = row[key_field]
            missing = [name for name, value in row.items() if "." in name and not self._parent(name, value)]
            if key in self.refuse:
                yield Refused(key, "FIELD_CUSTOM_VALIDATION_EXCEPTION: not this one")
            elif missing:
                yield Refused(key, f"INVALID_FIELD: Foreign key external ID: {row[missing[0]]} not found")
            else:
                self.written += 1
                names = {name.split(".")[0].replace("__r", "__c"): value for name, value in row.items()}
                table.setdefault(key, {}).update({name: value for name, value in names.items() if value})

    def _parent(self, name: str, key: str) -> bool:
        parent = {"npe01__One2OneContact__r": "Contact", "npsp__Primary_Contact__r": "Contact"}
        relation = name.split(".", maxsplit=1)[0]
        return key in self.records.get(parent.get(relation, relation), {})
