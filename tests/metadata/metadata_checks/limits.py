"""What we ask of our metadata beyond what the platform does: explanations, plain words, no loose ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .source import Component, Finding, Source

# What people read in Setup: these files must say what they are for.
DESCRIBED = (
    "app", "dashboard", "field", "flexipage", "flow", "globalValueSet", "notiftype", "object", "permissionset",
    "permissionsetgroup", "report", "reportType", "validationRule",
)  # fmt: skip
# Words of our trade that a fundraiser should never have to read.
JARGON = re.compile(
    r"\b(shap|xgboost|boost\w*|calibrat\w*|classifier|regression|feature\w*|logit|hash|json|parquet|pseudonym\w*|percentile"
    r"|upsert|API|sObject|null|inference|tensor|algorithm\w*|metadata)\b", re.I,
)  # fmt: skip
# For administrators only, where the technical word is the right one.
TECHNICAL = frozenset({"API_Calls__c", "Snapshot_Hash__c"})


def check(source: Source) -> Iterator[Finding]:
    for one in source.components:
        if one.kind in DESCRIBED and not one.text("description"):
            yield one.finding("no <description>: say what it is for")
    for one in source.of("field"):
        yield from _field(one, source)


def _field(one: Component, source: Source) -> Iterator[Finding]:
    if not one.text("inlineHelpText"):
        yield one.finding("no <inlineHelpText>: help the person who meets the field on a page")
    jargon = JARGON.search(one.text("label") + " " + one.text("inlineHelpText"))
    if jargon and one.name not in TECHNICAL:
        yield one.finding(f"{jargon.group()!r} in label or help text: say it in a fundraiser's words")
    if one.text("type") == "MasterDetail" and not one.all("relationshipOrder"):
        yield one.finding("a MasterDetail field needs <relationshipOrder>")
    if one.text("type") == "Picklist" and one.text("valueSet/restricted") != "true":
        yield one.finding("the picklist is not restricted: any text could be written")
    owners = [owner for owner in source.of("object") if owner.name == one.object]
    if one.text("trackHistory") == "true" and not any(owner.text("enableHistory") == "true" for owner in owners):
        yield one.finding(f"history is tracked, but {one.object} does not keep a history (enableHistory)")
