"""The platform's limits on names and lengths, what each field type needs, and what we ask of every field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from .source import Component, Finding, Source, value

# Longest text the platform takes, by kind of file and element.
LONGEST = {
    ("app", "description"): 255, ("app", "label"): 40,
    ("dashboard", "description"): 255, ("dashboard", "title"): 80,
    ("field", "description"): 1000, ("field", "formula"): 3900, ("field", "inlineHelpText"): 510,
    ("field", "label"): 40, ("field", "relationshipName"): 40,
    ("flexipage", "description"): 255, ("flexipage", "masterLabel"): 80,
    ("globalValueSet", "description"): 255, ("globalValueSet", "masterLabel"): 80,
    ("layout", "layoutSections/label"): 80,
    ("listView", "label"): 40, ("object", "description"): 1000, ("object", "label"): 40, ("object", "pluralLabel"): 40,
    ("permissionset", "description"): 255, ("permissionset", "label"): 80, ("report", "description"): 255,
    ("report", "name"): 40, ("reportType", "description"): 255, ("reportType", "label"): 50,
    ("validationRule", "description"): 255, ("validationRule", "errorMessage"): 255,
}  # fmt: skip
# What people read in Setup: these files must say what they are for.
DESCRIBED = (
    "app", "dashboard", "field", "flexipage", "globalValueSet", "object", "permissionset", "report", "reportType",
    "validationRule",
)  # fmt: skip
NEEDS = {
    "AutoNumber": ("displayFormat",), "Checkbox": ("defaultValue",), "Currency": ("precision", "scale"),
    "Lookup": ("referenceTo", "relationshipName"), "LongTextArea": ("length", "visibleLines"),
    "MasterDetail": ("referenceTo", "relationshipName", "relationshipOrder"), "Number": ("precision", "scale"),
    "Percent": ("precision", "scale"), "Picklist": ("valueSet",), "Text": ("length",),
}  # fmt: skip
LENGTHS = {"Text": range(1, 256), "LongTextArea": range(256, 131_073)}
FORMULA_TYPES = frozenset({"Checkbox", "Currency", "Date", "DateTime", "Number", "Percent", "Text", "Time"})
# Words of our trade that a fundraiser should never have to read.
JARGON = re.compile(
    r"\b(shap|xgboost|boost\w*|calibrat\w*|classifier|regression|feature\w*|logit|hash|json|parquet|pseudonym\w*|percentile"
    r"|upsert|API|sObject|null|inference|tensor|algorithm\w*|metadata)\b", re.I,
)  # fmt: skip
# For administrators only, where the technical word is the right one.
TECHNICAL = frozenset({"API_Calls__c", "Snapshot_Hash__c"})
_API_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")


def check(source: Source) -> Iterator[Finding]:
    for one in source.components:
        yield from _texts(one)
    for one in source.of("field"):
        yield from _field(one, source)
    for one in source.of("globalValueSet"):
        yield from _values(one, one.texts("customValue/fullName"))
    yield from _relationship_names(source)


def _texts(one: Component) -> Iterator[Finding]:
    for (kind, element), longest in LONGEST.items():
        for text in one.texts(element) if kind == one.kind else ():
            if len(text) > longest:
                yield one.finding(f"<{element}> has {len(text)} characters; the platform takes {longest}")
    if one.kind in DESCRIBED and not one.text("description"):
        yield one.finding("no <description>: say what it is for")
    if one.kind == "object" and one.text("label") and not one.text("pluralLabel"):
        yield one.finding("no <pluralLabel>")


def _field(one: Component, source: Source) -> Iterator[Finding]:
    kind = one.text("type")
    if one.text("fullName") != one.name:
        yield one.finding(f"<fullName> {one.text('fullName')!r} differs from the file's name {one.name!r}")
    if not _API_NAME.fullmatch(one.name.removesuffix("__c")) or len(one.name) > 43:
        yield one.finding(f"{one.name!r} is no valid API name (letters, digits, single underscores, at most 40)")
    if not one.text("inlineHelpText"):
        yield one.finding("no <inlineHelpText>: help the person who meets the field on a page")
    jargon = JARGON.search(one.text("label") + " " + one.text("inlineHelpText"))
    if jargon and one.name not in TECHNICAL:
        yield one.finding(f"{jargon.group()!r} in label or help text: say it in a fundraiser's words")
    if one.text("formula"):
        yield from _formula_field(one, kind)
        return
    for element in NEEDS.get(kind, ()):
        if not one.all(element):
            yield one.finding(f"a {kind} field needs <{element}>")
    yield from _size(one, kind)
    yield from _history(one, source)
    if kind == "Picklist":
        yield from _picklist(one, source)


def _formula_field(one: Component, kind: str) -> Iterator[Finding]:
    if kind not in FORMULA_TYPES:
        yield one.finding(f"a formula cannot return {kind}")
    if one.text("trackHistory") == "true" or one.text("required") == "true" or one.text("externalId") == "true":
        yield one.finding("a formula field can be neither required, tracked nor an external id")
    if kind in ("Currency", "Number", "Percent") and not (one.text("precision") and one.text("scale")):
        yield one.finding(f"a {kind} formula needs <precision> and <scale>")


def _size(one: Component, kind: str) -> Iterator[Finding]:
    if kind in LENGTHS and one.text("length") and int(one.text("length")) not in LENGTHS[kind]:
        allowed = LENGTHS[kind]
        yield one.finding(f"<length> {one.text('length')}: {kind} takes {allowed.start} to {allowed.stop - 1}")
    if one.text("precision") and one.text("scale"):
        precision, scale = int(one.text("precision")), int(one.text("scale"))
        if not 1 <= precision <= 18 or scale > precision:
            yield one.finding(f"precision {precision} and scale {scale} do not fit (at most 18 digits in all)")
    if one.text("unique") == "true" and kind in ("Checkbox", "LongTextArea", "Picklist"):
        yield one.finding(f"a {kind} field cannot be unique")


def _history(one: Component, source: Source) -> Iterator[Finding]:
    if one.text("trackHistory") != "true":
        return
    owners = [owner for owner in source.of("object") if owner.name == one.object]
    if not any(owner.text("enableHistory") == "true" for owner in owners):
        yield one.finding(f"history is tracked, but {one.object} does not keep a history (enableHistory)")


def _picklist(one: Component, source: Source) -> Iterator[Finding]:
    if one.text("valueSet/restricted") != "true":
        yield one.finding("the picklist is not restricted: any text could be written")
    named = one.text("valueSet/valueSetName")
    if named and named not in source.names("globalValueSet"):
        yield one.finding(f"unknown global value set {named!r}")
    if not named:
        yield from _values(one, one.texts("valueSet/valueSetDefinition/value/fullName"))


def _values(one: Component, values: list[str]) -> Iterator[Finding]:
    if not values:
        yield one.finding("no values")
    for text, times in Counter(text.lower() for text in values).items():
        if times > 1:
            yield one.finding(f"value {text!r} stands there {times} times")
    for text in values:
        if len(text) > 255:
            yield one.finding(f"value {text[:30]!r}… is longer than 255")


def _relationship_names(source: Source) -> Iterator[Finding]:
    """A parent's child relationships must differ; the platform refuses the second."""
    taken: dict[tuple[str, str], str] = {}
    for one in source.of("field"):
        name = one.text("relationshipName")
        if name and not _API_NAME.fullmatch(name):
            yield one.finding(f"<relationshipName> {name!r} is no valid API name")
        for parent in one.texts("referenceTo") if name else ():
            other = taken.setdefault((parent, name.lower()), f"{one.object}.{one.name}")
            if other != f"{one.object}.{one.name}":
                yield one.finding(f"child relationship {name!r} of {parent} is taken by {other}")
    for one in source.of("object"):
        if value(one.root, "nameField/type") == "AutoNumber" and "{0" not in value(one.root, "nameField/displayFormat"):
            yield one.finding("an AutoNumber name needs a <displayFormat> with {0}")
