"""What a page knows of its user: labels in their language, permissions, locale."""

from __future__ import annotations

from typing import Any

from localorg.engine import Session
from localorg.lightning.bundles import Build

Shown = dict[str, Any]


def context(session: Session, build: Build) -> Shown:
    user, access = session.user, session.access
    held = {name: name in access.permissions for name in build.user_permissions}
    return {
        "user": {"id": user.id, "name": user.name, "isGuest": False},
        "labels": labels(session, build.labels),
        # `undefined` on the page, as Salesforce gives what is not granted
        "customPermissions": {name: True for name in build.custom_permissions if has_permission(session, name)},
        "userPermissions": {name: True for name, yes in held.items() if yes},
        "i18n": {
            "locale": user.locale.replace("_", "-"),
            "lang": user.language.replace("_", "-"),
            "timeZone": user.time_zone,
            "currency": "USD",
        },
    }


def labels(session: Session, names: tuple[str, ...]) -> dict[str, str]:
    """Custom labels in the user's language; those without a translation stay as they were written."""
    own = session.org.apex.labels
    translated = translations(session)
    return {name: translated.get(name.lower()) or own.get(name.lower(), name) for name in names}


def translations(session: Session) -> dict[str, str]:
    """Translated labels by lower-cased name: of `fr_CA`, else of `fr`."""
    shelf, language = session.org.shelf, session.user.language
    found = shelf.find("Translations", language) or shelf.find("Translations", language.partition("_")[0])
    if found is None:
        return {}
    entries = found.part().root.all("customLabels")
    return {entry.get("name").lower(): entry.get("label") for entry in entries}


def has_permission(session: Session, name: str) -> bool:
    """A custom permission, granted by a permission set."""
    stored = session.org.shelf.find("CustomPermission", name)
    return stored is not None and stored.id.lower() in session.access.settings
