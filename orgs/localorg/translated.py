"""What objects, fields and picklist values are called in a user's language, by the translations that were deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localorg.model import Field, SObject

if TYPE_CHECKING:
    from localorg.deploy.shelf import Shelf
    from localorg.deploy.source import Element

Shown = dict[str, Any]


def described(shelf: Shelf, sobject: SObject, found: Shown, language: str) -> Shown:
    """A describe as the user reads it: names of the object, labels, help and values of its fields."""
    spoken = [locale for locale in _locales(language) if shelf.speaks(locale)]
    if not spoken:
        return found
    for locale in spoken:
        if words := _root(shelf, "CustomObjectTranslation", f"{sobject.name}-{locale}"):
            found = found | _names(words)
    return found | {"fields": [_described_field(shelf, sobject, one, spoken, language) for one in found["fields"]]}


def values(shelf: Shelf, sobject: SObject, field: Field, language: str) -> dict[str, str]:
    """Label → its translation: into `fr_CA`, else into `fr`; a global value set's own, else the field's."""
    found: dict[str, str] = {}
    for locale in _locales(language):
        found |= _pairs(_of_field(shelf, sobject, field.name, locale), "picklistValues")
        if shared := _value_set(shelf, sobject, field):
            words = _root(shelf, "GlobalValueSetTranslation", f"{shared}-{locale}")
            found |= _pairs(words, "valueTranslation")
    return found


def _locales(language: str) -> tuple[str, ...]:
    """The language's own words first, then the region's, which count where both have some."""
    return tuple(dict.fromkeys((language.partition("_")[0], language)))


def _names(words: Element) -> Shown:
    said = {one.get("plural"): one.get("value") for one in words.all("caseValues")}
    named = {"label": said.get("false"), "labelPlural": said.get("true")}
    return {key: text for key, text in named.items() if text}


def _described_field(shelf: Shelf, sobject: SObject, item: Shown, spoken: list[str], language: str) -> Shown:
    for locale in spoken:
        if words := _of_field(shelf, sobject, item["name"], locale):
            said = {"label": words.get("label"), "inlineHelpText": words.get("help")}
            item = item | {key: text for key, text in said.items() if text}
    field = sobject.get(item["name"]) if item["picklistValues"] else None
    if field is None:
        return item
    labels = values(shelf, sobject, field, language)
    shown = [one | {"label": labels.get(one["label"], one["label"])} for one in item["picklistValues"]]
    return item | {"picklistValues": shown}


def _value_set(shelf: Shelf, sobject: SObject, field: Field) -> str:
    own = _root(shelf, "CustomField", f"{sobject.name}.{field.name}")
    return (own.get("valueSet/valueSetName") or "") if own else ""


def _of_field(shelf: Shelf, sobject: SObject, name: str, locale: str) -> Element | None:
    return _root(shelf, "CustomFieldTranslation", f"{sobject.name}-{locale}.{name}")


def _root(shelf: Shelf, kind: str, name: str) -> Element | None:
    stored = shelf.find(kind, name)
    return stored.part().root if stored else None


def _pairs(words: Element | None, element: str) -> dict[str, str]:
    entries = words.all(element) if words else []
    return {one.get("masterLabel"): said for one in entries if (said := one.get("translation"))}
