"""What picklist values are called in a user's language, by the translations that were deployed."""

from __future__ import annotations

from localorg.deploy.shelf import Shelf
from localorg.model import Field, SObject


def values(shelf: Shelf, sobject: SObject, field: Field, language: str) -> dict[str, str]:
    """Label → its translation: into `fr_CA`, else into `fr`; a global value set's own, else the field's."""
    found: dict[str, str] = {}
    for locale in dict.fromkeys((language.partition("_")[0], language)):
        found |= _of_field(shelf, f"{sobject.name}-{locale}.{field.name}")
        if shared := _value_set(shelf, sobject, field):
            found |= _pairs(shelf, "GlobalValueSetTranslation", f"{shared}-{locale}", "valueTranslation")
    return found


def _value_set(shelf: Shelf, sobject: SObject, field: Field) -> str:
    stored = shelf.find("CustomField", f"{sobject.name}.{field.name}")
    return (stored.part().root.get("valueSet/valueSetName") or "") if stored else ""


def _of_field(shelf: Shelf, name: str) -> dict[str, str]:
    return _pairs(shelf, "CustomFieldTranslation", name, "picklistValues")


def _pairs(shelf: Shelf, kind: str, name: str, element: str) -> dict[str, str]:
    stored = shelf.find(kind, name)
    entries = stored.part().root.all(element) if stored else []
    return {one.get("masterLabel"): said for one in entries if (said := one.get("translation"))}
