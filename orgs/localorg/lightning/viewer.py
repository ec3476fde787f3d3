"""What a page knows of its user: labels in their language, permissions, locale."""

from __future__ import annotations

from typing import Any

from localorg.engine import Session
from localorg.lightning.bundles import Build

Shown = dict[str, Any]


def context(session: Session, build: Build) -> Shown:
    user, access = session.user, session.access
    return {
        "user": {"id": user.id, "name": user.name, "isGuest": False},
        "labels": labels(session, build.labels),
        # `undefined` on the page, as Salesforce gives what is not granted
        "customPermissions": {name: True for name in build.custom_permissions if has_permission(session, name)},
        "userPermissions": {name: True for name in build.user_permissions if name in access.permissions},
        "i18n": {
            "locale": user.locale.replace("_", "-"),
            "lang": user.language.replace("_", "-"),
            "timeZone": user.time_zone,
            "currency": "USD",
        },
    }


def labels(session: Session, names: tuple[str, ...]) -> dict[str, str]:
    known = session.org.apex.labels_in(session.user.language)
    return {name: known.get(name.lower(), name) for name in names}


def has_permission(session: Session, name: str) -> bool:
    """A custom permission, granted by a permission set."""
    stored = session.org.shelf.find("CustomPermission", name)
    return stored is not None and stored.id.lower() in session.access.settings
