"""Rows → nested records. A tree of nodes is built while the query is compiled and turned into plain closures once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localorg.soql.rendering import Convert

VERSION = "{version}"  # left in the records' URLs for the server to fill in
Row = tuple[Any, ...]
Record = dict[str, Any]
Build = Callable[[Row], Record | None]


@dataclass
class Value:
    index: int
    convert: Convert | None = None


@dataclass
class Blob:
    """A file: the address to fetch it from where the API version is known, the base64 itself where it is not."""

    index: int


@dataclass
class Compound:
    """An address or a location: an object of its parts, or null when all are."""

    parts: dict[str, int]


@dataclass
class ChildList:
    """Filled in for a whole page of parents at once; holds its place among the keys."""


@dataclass
class Parent:
    """The base record (`id_index` always given a value) or a record behind a reference."""

    types: Mapping[str, str] | str  # the object's name; or by key prefix, shown as `Name`
    id_index: int
    entries: dict[str, Value | Blob | Compound | ChildList | Parent | Choice] = field(default_factory=dict)


@dataclass
class Choice:
    """TYPEOF: which fields are shown depends on what the reference points to."""

    id_index: int
    branches: dict[str, Parent]  # by key prefix
    otherwise: Parent | None


def builder(node: Parent, version: str) -> Build:
    """`version` is the API's that the addresses are of; `VERSION` leaves its place in them."""
    prefix = f"/services/data/v{version}/sobjects/"
    return _parent(node, prefix)


def _parent(node: Parent, prefix: str) -> Build:
    simple = all(isinstance(one, Value) and one.convert is None for one in node.entries.values())
    if isinstance(node.types, str) and simple:
        return _flat(node, node.types, prefix)
    types, at = node.types, node.id_index
    steps = [
        (key, _address(one, at, f"{prefix}{types}/", key) if isinstance(one, Blob) else _step(one, prefix))
        for key, one in node.entries.items()
    ]

    def build(row: Row) -> Record | None:
        record_id = row[at]
        if record_id is None:
            return None
        if isinstance(types, str):
            shown = target = types
        else:
            shown, target = "Name", types.get(record_id[:3], "Name")
        record: Record = {"attributes": {"type": shown, "url": f"{prefix}{target}/{record_id}"}}
        for key, step in steps:
            record[key] = step(row)
        return record

    return build


def _flat(node: Parent, kind: str, prefix: str) -> Build:
    """The common case, with as little Python for a row as can be."""
    at, keys, places = node.id_index, tuple(node.entries), [one.index for one in node.entries.values()]  # type: ignore[union-attr]
    url = f"{prefix}{kind}/"
    first = places[0] if places else 0
    in_line = places == list(range(first, first + len(places)))
    last = first + len(places)

    def build(row: Row) -> Record | None:
        record_id = row[at]
        if record_id is None:
            return None
        record: Record = {"attributes": {"type": kind, "url": url + record_id}}
        record.update(zip(keys, row[first:last] if in_line else [row[place] for place in places], strict=True))
        return record

    return build


def _step(entry: Value | Compound | ChildList | Parent | Choice, prefix: str) -> Callable[[Row], Any]:
    match entry:
        case Value(index, None):
            return lambda row: row[index]
        case Value(index, convert):
            return lambda row: convert(row[index])  # type: ignore[misc]
        case Compound(parts):
            return lambda row: _compound(parts, row)
        case Parent():
            return _parent(entry, prefix)
        case Choice():
            return _choice(entry, prefix)
        case _:
            return lambda row: None


def _address(entry: Blob, at: int, prefix: str, key: str) -> Callable[[Row], str | None]:
    if VERSION in prefix:
        return lambda row: row[entry.index]
    return lambda row: f"{prefix}{row[at]}/{key}" if row[entry.index] is not None else None


def _compound(parts: dict[str, int], row: Row) -> Record | None:
    found = {name: row[index] for name, index in parts.items()}
    return found if any(value is not None for value in found.values()) else None


def _choice(node: Choice, prefix: str) -> Build:
    branches = {key: _parent(branch, prefix) for key, branch in node.branches.items()}
    otherwise = _parent(node.otherwise, prefix) if node.otherwise else None
    at = node.id_index

    def build(row: Row) -> Record | None:
        if row[at] is None:
            return None
        chosen = branches.get(row[at][:3], otherwise)
        return chosen(row) if chosen else None

    return build
