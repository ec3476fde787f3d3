"""The app bar: the deployed app and those of its tabs that the user may see and the local org can render."""

from __future__ import annotations

import re
from typing import Any

from localorg.deploy.source import Element
from localorg.engine import Session
from localorg.model import SObject

Shown = dict[str, Any]
SHELVES = {"report": ("Reports", "Report"), "dashboard": ("Dashboards", "Dashboard")}
_SEES_ALL = frozenset({"ModifyAllData", "CustomizeApplication"})
# Permission sets a user has, directly or by a group.
_HELD = (
    "SELECT DISTINCT s.Name FROM PermissionSet s LEFT JOIN PermissionSetGroupComponent c ON c.PermissionSetId = s.Id"
    " JOIN PermissionSetAssignment a ON a.PermissionSetId = s.Id OR a.PermissionSetGroupId = c.PermissionSetGroupId"
    " WHERE a.AssigneeId = ?"
)


def app(session: Session) -> Element | None:
    """The org's first Lightning app."""
    apps = (stored.part().root for stored in session.org.shelf.of("CustomApplication"))
    return next((found for found in apps if found.get("uiType") == "Lightning"), None)


def bar(session: Session, here: str) -> Shown:
    found = app(session)
    names = found.texts("tabs") if found else ["standard-Contact", "standard-Account"]
    items = [item for name in names if (item := _item(session, name)) is not None]
    shown = [{**item, "isActive": here.startswith(item["url"])} for item in items]
    return {"label": found.get("label") if found else "Local org", "items": shown}


def record_page(session: Session, sobject: SObject) -> Element | None:
    """The flexipage that the app shows for a record of this object."""
    found = app(session)
    for override in found.all("actionOverrides") if found else ():
        fits = (override.get("actionName"), override.get("type"), override.get("formFactor"))
        if fits == ("View", "Flexipage", "Large") and override.get("pageOrSobjectType") == sobject.name:
            stored = session.org.shelf.find("FlexiPage", override.get("content"))
            return stored.part().root if stored else None
    return None


def tab(session: Session, name: str) -> Element | None:
    """The deployed tab of this name, if the user may open it."""
    stored = session.org.shelf.find("CustomTab", name)
    return stored.part().root if stored and _visible(session, stored.name) else None


def icon(session: Session, sobject: SObject) -> str:
    """A custom object's icon is the motif of its tab: `Custom19: Wrench`."""
    if not sobject.custom:
        return f"standard:{re.sub(r'(?<=[a-z])(?=[A-Z])', '_', sobject.name).lower()}"
    stored = session.org.shelf.find("CustomTab", sobject.name)
    number = re.match(r"Custom(\d+)", stored.part().root.get("motif")) if stored else None
    return f"custom:custom{number.group(1)}" if number else "standard:record"


def _item(session: Session, name: str) -> Shown | None:
    """Home is the platform's own page and left out."""
    standard = name.removeprefix("standard-")
    if standard.lower() in SHELVES:
        label, path = SHELVES[standard.lower()]
        return {"label": label, "url": f"/lightning/o/{path}/home"}
    if standard != name:
        sobject = session.sobject(standard[0].upper() + standard[1:])
        return _of_object(sobject) if sobject is not None and sobject.key_prefix and not sobject.public else None
    found = tab(session, name)
    if found is None:
        return None
    if found.flag("customObject"):
        sobject = session.sobject(name)
        return _of_object(sobject) if sobject is not None else None
    return {"label": found.get("label") or name, "url": f"/lightning/n/{name}"}


def _of_object(sobject: SObject) -> Shown:
    return {"label": sobject.label_plural, "url": f"/lightning/o/{sobject.name}/list"}


def _visible(session: Session, name: str) -> bool:
    """A custom tab shows when a permission set of the user says so; administrators see all of them."""
    if session.access.permissions & _SEES_ALL:
        return True
    with session.org.store.read() as connection:
        held = connection.execute(_HELD, (session.user.id,)).fetchall()
    for (permission_set,) in held:
        stored = session.org.shelf.find("PermissionSet", permission_set)
        for setting in stored.part().root.all("tabSettings") if stored else ():
            if setting.get("tab") == name and setting.get("visibility") in ("Visible", "Available"):
                return True
    return False
