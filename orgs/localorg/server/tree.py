"""sObject Tree: up to 200 records created in one call, children nested in their parents, all or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from localorg.engine import SaveResult
from localorg.errors import ApiError
from localorg.model import SObject
from localorg.server.http import Call, Reply
from localorg.server.record_lists import Save, one_run, type_of
from localorg.server.records import known
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/composite/tree")
MAX_RECORDS = 200
MAX_DEPTH = 5
MAX_TYPES = 5
Record = dict[str, Any]


class RollbackError(Exception):
    """Leaves the transaction without keeping anything."""


@dataclass
class Node:
    reference: str
    sobject: SObject
    values: Record
    depth: int
    parent: Node | None = None
    parent_field: str = ""
    said_type: str = ""
    result: SaveResult | None = field(default=None, repr=False)


@routes.on("POST", "/<name>")
def create(call: Call, name: str) -> Reply:
    nodes: list[Node] = []
    collect(call, known(call, name), call.json_object(), None, "", nodes)
    check(nodes)
    if unfit := list(misnamed(nodes)):
        return Reply({"hasErrors": True, "results": unfit}, 400)
    try:
        with call.session.transaction():
            save(call, nodes)
            if any(node.result is None or not node.result.success for node in nodes):
                raise RollbackError
    except RollbackError:
        failed = [refused(node, node.result.errors) for node in nodes if node.result and not node.result.success]
        return Reply({"hasErrors": True, "results": failed}, 400)
    ids = [{"referenceId": node.reference, "id": node.result.id} for node in nodes if node.result]
    return Reply({"hasErrors": False, "results": ids}, 201)


def collect(call: Call, sobject: SObject, given: Any, parent: Node | None, by: str, nodes: list[Node]) -> None:
    """Every record of the tree, a parent before its children."""
    records = given.get("records") if isinstance(given, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ApiError("JSON_PARSER_ERROR", "records must be a list of objects")
    depth = parent.depth + 1 if parent else 1
    if depth > MAX_DEPTH:
        raise ApiError("INVALID_INPUT", f"The tree is deeper than {MAX_DEPTH} levels")
    for record in records:
        node = Node(reference_id(record), sobject, {}, depth, parent, by, type_of(record))
        nodes.append(node)
        for key, value in record.items():
            child = call.runtime.org.schema.child(sobject, key) if holds_records(value) else None
            if child is not None:
                target = known(call, child[0].name)
                collect(call, target, value, node, child[1].name, nodes)
            elif key != "attributes":
                node.values[key] = value


def holds_records(value: Any) -> bool:
    return isinstance(value, dict) and "records" in value


def reference_id(record: Record) -> str:
    attributes = record.get("attributes")
    found = attributes.get("referenceId") if isinstance(attributes, dict) else None
    if not isinstance(found, str) or not found:
        raise ApiError("INVALID_INPUT", "Include a reference ID for each record in the request.")
    return found


def check(nodes: list[Node]) -> None:
    if not nodes:
        raise ApiError("INVALID_INPUT", "The request has no records")
    if len(nodes) > MAX_RECORDS:
        raise ApiError("INVALID_INPUT", f"The tree has {len(nodes)} records; at most {MAX_RECORDS} are allowed")
    if len({node.sobject.name for node in nodes}) > MAX_TYPES:
        raise ApiError("INVALID_INPUT", f"The tree has records of more than {MAX_TYPES} types")


def misnamed(nodes: list[Node]) -> Iterator[Record]:
    """Records whose reference or type cannot be meant, refused before any is saved."""
    seen: set[str] = set()
    for node in nodes:
        if node.reference in seen:
            yield refused(node, [ApiError("INVALID_INPUT", "Duplicate ReferenceId provided in the request.")])
        elif not node.said_type:
            yield refused(node, [ApiError("INVALID_INPUT", "Include an entity type for each record in the request.")])
        elif node.said_type.lower() != node.sobject.name.lower():
            message = f"Record {node.reference} is not of type {node.sobject.name}"
            yield refused(node, [ApiError("INVALID_INPUT", message)])
        seen.add(node.reference)


def save(call: Call, nodes: list[Node]) -> None:
    """A level at a time, one call for each type; what stands below a refused record is not tried."""
    insert: Save = lambda sobject, some: call.session.insert(sobject, some, all_or_none=False)  # noqa: E731
    levels: dict[tuple[int, str], list[Node]] = defaultdict(list)
    for node in nodes:
        levels[node.depth, node.sobject.name].append(node)
    for (_, name), level in sorted(levels.items(), key=lambda item: item[0][0]):
        ready = [node for node in level if node.parent is None or (node.parent.result and node.parent.result.success)]
        records = [node.values | parent_id(node) for node in ready]
        results = one_run(call, name, records, insert)
        for node, result in zip(ready, results, strict=True):
            node.result = result


def parent_id(node: Node) -> Record:
    return {node.parent_field: node.parent.result.id} if node.parent and node.parent.result else {}


def refused(node: Node, problems: Iterable[ApiError]) -> Record:
    errors = [{"statusCode": one.code, "message": one.message, "fields": list(one.fields)} for one in problems]
    return {"referenceId": node.reference, "errors": errors}
