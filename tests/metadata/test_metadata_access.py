"""The halves of the card agree, and the permission sets suffice for what it asks: no tool of the platform checks either."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Iterator

import numpy as np
from conftest import ROOT
from metadata_checks import apex
from metadata_checks.references import Objects
from metadata_checks.source import Component, Source, value
from steward import outcomes
from steward.explain import Told
from steward.profile_texts import cards, entries
from steward.salesforce.writes import FURTHER_PREFIXES, OUTCOME_PREFIXES
from steward.shared import Shared

CLASSES = ROOT / "force-app" / "main" / "default" / "classes"
# Classes that query as the person at the screen; the others work for the system, or for administrators only.
ASKED_BY_PEOPLE = {"DonorProfileSelector.cls", "PortfolioSelector.cls"}
LWC = ROOT / "force-app" / "main" / "default" / "lwc"


def granted(package: Source, name: str, kind: str) -> set[str]:
    """`kind` is readable or editable."""
    one: Component = next(one for one in package.of("permissionset") if one.name == name)
    return {value(grant, "field") for grant in one.all("fieldPermissions") if value(grant, kind) == "true"}


def fields_on(path: str, start: str, objects: Objects) -> Iterator[str]:
    """Every field a SOQL path touches, look-ups on the way included: `Object.Field`."""
    *steps, last = path.split(".")
    for step in steps:
        via = next(one for one in objects[start].values() if one.relationship == step)
        yield f"{start}.{via.name}"
        start = via.reference_to[0]
    yield f"{start}.{last}"


def test_who_may_view_may_read_every_field_the_card_asks_for(package: Source, node: pathlib.Path) -> None:
    objects = package.objects()
    asked = {
        field
        for file in apex.soql_queries(package, node)
        if pathlib.Path(file["file"]).name in ASKED_BY_PEOPLE
        for query in file["queries"]
        for path in query["paths"]
        for field in fields_on(path, query["from"], objects)
    }
    assert len(asked) > 40
    grantable = {
        one for one in asked if one.endswith("__c") and not objects[one.split(".")[0]][one.split(".")[1]].required
    }
    for name in ("AI_Donor_View", "AI_Donor_Act", "AI_Donor_Manage"):
        assert grantable - granted(package, name, "readable") == set(), name


def test_who_may_act_may_write_what_the_card_writes_and_nobody_else(package: Source) -> None:
    written = set(re.findall(r"(\w+__c) =", (CLASSES / "profile" / "SegmentOverride.cls").read_text()))
    assert written == {"Override_Segment__c", "Override_Reason__c", "Override_Until__c"}
    fields = {f"AI_Donor_Profile__c.{name}" for name in written}
    for name, may in (("AI_Donor_View", False), ("AI_Donor_Act", True), ("AI_Donor_Manage", True)):
        assert (fields <= granted(package, name, "editable")) == may
        one = next(one for one in package.of("permissionset") if one.name == name)
        assert ("AI_Override_Segment" in one.texts("customPermissions/name")) == may
        assert "DonorProfileController" in one.texts("classAccesses/apexClass")


def test_people_may_see_every_field_on_their_lists_and_pages(package: Source) -> None:
    """Fields a person may not see vanish from lists and pages without a word."""
    shown = {f"{one.object}.{name}" for one in package.of("listView", "compactLayout")
             for name in one.texts("columns") + one.texts("fields") if name.endswith("__c")}  # fmt: skip
    grantable = {one for one in shown if one != "AI_Donor_Profile__c.Contact__c"}
    assert len(grantable) > 30
    assert grantable - granted(package, "AI_Donor_View", "readable") == set()


def test_apex_reads_the_reasons_as_python_writes_them() -> None:
    told, here = Told(["a", "b"], np.array([[0]]), np.array([[1]])), np.array([0])
    entry = entries(outcomes.get("give_90_days"), "Model", "v1", told, Shared(["High"], here))
    reasons = json.loads(cards(1, [(entry, here, here)])[0].as_py())
    read = re.findall(r"reasons\?\.get\('(\w+)'\)", (CLASSES / "profile" / "DonorOutcome.cls").read_text())
    assert read == ["helps", "holds_back"]
    assert set(reasons) == {"Propensity"}
    assert [reasons["Propensity"][key] for key in read] == [["a"], ["b"]]


def test_apex_and_the_card_know_the_same_questions_and_states() -> None:
    outcome = (CLASSES / "profile" / "DonorOutcome.cls").read_text()
    lists = dict(re.findall(r"(\w+) = new List<String>\{(.*?)\}", outcome, re.DOTALL))
    assert tuple(re.findall(r"'(\w+)'", lists["FIRST"])) == OUTCOME_PREFIXES
    assert tuple(re.findall(r"'(\w+)'", lists["FURTHER"])) == FURTHER_PREFIXES
    questions = re.findall(r"key: '(\w+)'", (LWC / "questions" / "questions.js").read_text())
    assert tuple(questions) == (*OUTCOME_PREFIXES, *FURTHER_PREFIXES, "Planned_Giving")
    states = set(
        re.findall(r"public static final String \w+ = '(\w+)'", (CLASSES / "profile" / "DonorInsight.cls").read_text())
    )
    messages = re.search(r"MESSAGES = \{(.*?)\}", (LWC / "donorInsight" / "donorInsight.js").read_text())
    assert messages is not None
    assert states == {"Scored", *re.findall(r"(\w+):", messages.group(1))}
