"""What kinds of metadata there are, what of each the org holds, and single components to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from localorg.deploy import kinds, packaging, standard_values
from localorg.deploy.source import Part
from localorg.errors import ApiError
from localorg.server.http import Call
from localorg.server.metadata.envelope import Raw, Request
from localorg.server.metadata.retrieves import described

Results = Iterable[Mapping[str, Any]]
MAX_QUERIES = 3
MAX_READ = 10


def describe_metadata(call: Call, request: Request) -> Results:
    shown = []
    for kind in sorted(kinds.by_name().values(), key=lambda kind: kind.name):
        if kind.parent or kind.is_folder:
            continue
        shown.append({
            "childXmlNames": sorted(part.name for part in kinds.parts_of(kind.name).values()),
            "directoryName": kind.folder,
            "inFolder": kind.foldered,
            "metaFile": kind.content,
            "suffix": kind.suffix if not kind.bundle else None,
            "xmlName": kind.name,
        })  # fmt: skip
    yield {
        "metadataObjects": shown, "organizationNamespace": "", "partialSaveAllowed": True, "testRequired": False,
    }  # fmt: skip


def list_metadata(call: Call, request: Request) -> Results:
    queries = [Request("", "", element) for element in request.all("queries")]
    if len(queries) > MAX_QUERIES:
        raise ApiError("LIMIT_EXCEEDED", f"listMetadata takes at most {MAX_QUERIES} queries")
    for query in queries:
        kind = query.text("type")
        if kind not in kinds.by_name():
            raise ApiError("INVALID_TYPE", f"Unknown type:{kind}")
        folder = query.text("folder")
        for stored in call.runtime.org.shelf.of(kind):
            if not folder or stored.name.startswith(f"{folder}/"):
                yield described(call.runtime, stored)


def read_metadata(call: Call, request: Request) -> Results:
    kind, names = request.text("type"), request.texts("fullNames")
    if kind not in kinds.by_name():
        raise ApiError("INVALID_TYPE", f"Unknown type:{kind}")
    if len(names) > MAX_READ:
        raise ApiError("LIMIT_EXCEEDED", f"readMetadata takes at most {MAX_READ} names")
    found = (_part(call, kind, name) for name in names)
    yield {"records": [Raw(packaging.record(part), f'xsi:type="{kind}"') for part in found if part is not None]}


def _part(call: Call, kind: str, name: str) -> Part | None:
    stored = call.runtime.org.shelf.find(kind, name)
    if stored is not None:
        return stored.part()
    if kind != "StandardValueSet":
        return None
    with call.runtime.org.store.read() as connection:
        return standard_values.described(name, call.runtime.org.schema, connection)
