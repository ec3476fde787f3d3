"""A record as UI API shows it, made from the record SOQL gives."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from localorg.engine import Session
from localorg.server.http import dump
from localorg.server.ui_api.display import display_value
from localorg.server.ui_api.paths import SYSTEM, Wanted

MASTER = "012000000000000AAA"
Shown = dict[str, Any]


def tagged(body: Shown) -> Shown:
    """The body with the eTag of what it says."""
    return body | {"eTag": hashlib.md5(dump(body), usedforsecurity=False).hexdigest()}


def record(session: Session, tree: Wanted, found: Shown, asked: set[str] | None = None) -> Shown:
    """`asked` names the fields to show; None shows all that were read but the system's own."""
    shown: Shown = {}
    for name in tree.fields:
        if name in (asked if asked is not None else set(tree.fields) - set(SYSTEM)):
            shown[name] = _field(session, tree, name, found.get(name))
    for relationship, parent in tree.parents.items():
        inner = found.get(relationship)
        value = record(session, parent, inner) if inner else None
        shown[relationship] = {"displayValue": (inner or {}).get("Name"), "value": value}
    stamp = found.get("SystemModstamp")
    return tagged(
        {
            "apiName": (found.get("attributes") or {}).get("type", tree.sobject.name),
            "childRelationships": {},
            "fields": dict(sorted(shown.items())),
            "id": found.get("Id"),
            "lastModifiedById": found.get("LastModifiedById"),
            "lastModifiedDate": _utc(found.get("LastModifiedDate")),
            "recordTypeId": found.get("RecordTypeId") or (MASTER if tree.sobject.get("RecordTypeId") else None),
            "recordTypeInfo": record_type(session, tree.sobject.name, found.get("RecordTypeId")),
            "systemModstamp": _utc(stamp),
            "weakEtag": _milliseconds(stamp),
        }
    )


def record_type(session: Session, sobject: str, identity: str | None) -> Shown | None:
    types = session.record_types(sobject) if identity else []
    for place, (key, _, label) in enumerate(types):
        if key == identity:
            return record_type_info(key, label, default=place == 0)
    return None


def record_type_info(key: str, label: str, *, default: bool, master: bool = False) -> Shown:
    return {
        "available": True,
        "defaultRecordTypeMapping": default,
        "master": master,
        "name": label,
        "recordTypeId": key,
    }


def _field(session: Session, tree: Wanted, name: str, value: Any) -> Shown:
    field = tree.sobject.get(name)
    if field is None:
        return {"displayValue": None, "value": value}
    if field.type == "datetime":
        return {"displayValue": display_value(field, value, session.user), "value": _utc(value)}
    return {"displayValue": display_value(field, value, session.user), "value": value}


def _utc(moment: str | None) -> str | None:
    return moment and moment.replace("+0000", "Z")


def _milliseconds(moment: str | None) -> int:
    return int(datetime.fromisoformat(moment.replace("+0000", "+00:00")).timestamp() * 1000) if moment else 0
