"""What a fundraiser reads of a profile's picklists is there in Spanish and French: every value, each in its own words."""

from __future__ import annotations

import pathlib

import lxml.etree
import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "force-app" / "main" / "default"
NS = {"m": "http://soap.sforce.com/2006/04/metadata"}
SETS = ("AI_Band", "AI_Segment")
FIELDS = ("Answer_Source__c", "Basis__c", "Confidence__c", "Method__c", "Preferred_Channel__c", "Recurring_Health__c")


def texts(path: pathlib.Path, where: str) -> list[str]:
    return [one.text for one in lxml.etree.parse(path).findall(where, NS)]


@pytest.mark.parametrize("language", ["es", "fr"])
@pytest.mark.parametrize("name", SETS)
def test_every_value_of_a_global_set_is_translated(name, language):
    values = texts(SOURCE / "globalValueSets" / f"{name}.globalValueSet-meta.xml", ".//m:customValue/m:label")
    translated = SOURCE / "globalValueSetTranslations" / f"{name}-{language}.globalValueSetTranslation-meta.xml"
    assert texts(translated, ".//m:masterLabel") == values
    said = texts(translated, ".//m:translation")
    assert len(set(said)) == len(values)
    assert all(said)


@pytest.mark.parametrize("language", ["es", "fr"])
@pytest.mark.parametrize("name", FIELDS)
def test_every_value_of_a_field_is_translated(name, language):
    field = SOURCE / "objects" / "AI_Donor_Profile__c" / "fields" / f"{name}.field-meta.xml"
    folder = SOURCE / "objectTranslations" / f"AI_Donor_Profile__c-{language}"
    translated = folder / f"{name}.fieldTranslation-meta.xml"
    assert texts(translated, ".//m:picklistValues/m:masterLabel") == texts(field, ".//m:value/m:label")
    assert all(texts(translated, ".//m:picklistValues/m:translation"))
    assert texts(translated, "./m:label")[0]
