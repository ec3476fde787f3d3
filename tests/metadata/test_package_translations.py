"""What a fundraiser reads of a profile and of feedback is there in Spanish and French: names, help and every picklist value."""

from __future__ import annotations

import pathlib
import re

import lxml.etree
import pytest
from conftest import ROOT
from steward.donors import units
from steward.value import model as value_model
from steward.value.model import TREES
from steward.value.questions import VALUES
from steward.value.repeat_value import WAYS

SOURCE = ROOT / "force-app" / "main" / "default"
NS = {"m": "http://soap.sforce.com/2006/04/metadata"}
SETS = ("AI_Band", "AI_Rollout_Mode", "AI_Segment")
OBJECTS = ("AI_Donor_Profile__c", "AI_Feedback__c", "Contact")
FIELDS = [
    (name, path.name.partition(".")[0])
    for name in OBJECTS
    for path in sorted((SOURCE / "objects" / name / "fields").iterdir())
]
LONGEST = {"label": 40, "help": 510}
spoken = pytest.mark.parametrize("language", ["es", "fr"])


def texts(path: pathlib.Path, where: str) -> list[str]:
    return [one.text or "" for one in lxml.etree.parse(path).findall(where, NS)]


def of_field(owner: str, name: str, language: str) -> pathlib.Path:
    return SOURCE / "objectTranslations" / f"{owner}-{language}" / f"{name}.fieldTranslation-meta.xml"


@spoken
@pytest.mark.parametrize("name", SETS)
def test_every_value_of_a_global_set_is_translated(name: str, language: str) -> None:
    values = texts(SOURCE / "globalValueSets" / f"{name}.globalValueSet-meta.xml", ".//m:customValue/m:label")
    translated = SOURCE / "globalValueSetTranslations" / f"{name}-{language}.globalValueSetTranslation-meta.xml"
    assert texts(translated, ".//m:masterLabel") == values
    said = texts(translated, ".//m:translation")
    assert len(set(said)) == len(values)
    assert all(said)


@spoken
def test_every_field_has_its_name_its_help_and_its_values(language: str) -> None:
    for owner, name in FIELDS:
        own = SOURCE / "objects" / owner / "fields" / f"{name}.field-meta.xml"
        translated = of_field(owner, name, language)
        assert translated.is_file(), f"{owner}.{name} has no {language}"
        for element, longest in LONGEST.items():
            [text] = texts(translated, f"./m:{element}")
            assert 0 < len(text) <= longest, f"{element} of {owner}.{name} in {language}"
        assert texts(translated, ".//m:picklistValues/m:masterLabel") == texts(own, ".//m:value/m:label")
        assert all(texts(translated, ".//m:picklistValues/m:translation"))
        assert len(texts(translated, "./m:relationshipLabel")) == len(texts(own, "./m:relationshipLabel"))


@spoken
@pytest.mark.parametrize("owner", OBJECTS)
def test_no_two_fields_of_an_object_are_called_the_same(owner: str, language: str) -> None:
    labels = [texts(of_field(owner, name, language), "./m:label")[0] for one, name in FIELDS if one == owner]
    assert sorted(labels) == sorted(set(labels))


@spoken
def test_help_says_the_same_numbers(language: str) -> None:
    for owner, name in FIELDS:
        [own] = texts(SOURCE / "objects" / owner / "fields" / f"{name}.field-meta.xml", "./m:inlineHelpText")
        [said] = texts(of_field(owner, name, language), "./m:help")
        assert digits(said) >= digits(own), f"{owner}.{name}: {said}"


def digits(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


@spoken
def test_every_name_in_menus_and_lists_of_reports_is_translated(language: str) -> None:
    translated = SOURCE / "translations" / f"{language}.translation-meta.xml"
    pages = {
        path.name.partition(".")[0] for path in (SOURCE / "tabs").iterdir() if "<lwcComponent>" in path.read_text()
    }
    assert set(texts(translated, "m:customTabs/m:name")) == pages
    assert texts(translated, "m:customApplications/m:name") == ["Donor_Insights"]
    assert texts(translated, "m:reportTypes/m:name") == ["AI_Contacts_with_Donor_Profiles"]
    for kind in ("reports", "dashboards"):
        files = list((SOURCE / kind / "AI_Donor_Insights").iterdir())
        assert set(texts(translated, f"m:{kind}/m:name")) == {
            f"AI_Donor_Insights/{path.name.partition('.')[0]}" for path in files
        }
        assert (
            len(texts(translated, f"m:{kind}/m:label"))
            == len(texts(translated, f"m:{kind}/m:description"))
            == len(files)
        )


@spoken
def test_every_section_of_a_profiles_page_is_translated(language: str) -> None:
    layout = SOURCE / "layouts" / "AI_Donor_Profile__c-Donor Profile Layout.layout-meta.xml"
    folder = SOURCE / "objectTranslations" / f"AI_Donor_Profile__c-{language}"
    translated = folder / f"AI_Donor_Profile__c-{language}.objectTranslation-meta.xml"
    own = [label for label in texts(layout, "m:layoutSections/m:label") if label != "System Information"]
    assert texts(translated, ".//m:sections/m:section") == own
    assert all(texts(translated, ".//m:sections/m:label"))
    assert all(texts(translated, ".//m:validationRules/m:errorMessage"))


@spoken
def test_every_playbook_is_there_in_the_language_for_the_same_segment(language: str) -> None:
    folder = SOURCE / "customMetadata"
    books = {path.name.split(".")[1]: texts(path, ".//m:value") for path in folder.glob("AI_Playbook.*")}
    for name, (segment, *_) in books.items():
        if not name.endswith(("_es", "_fr")):
            there, spoken_in, points, subject = books[f"{name}_{language}"]
            assert (there, spoken_in) == (segment, language)
            assert 0 < len(points) <= 255
            assert subject


def test_the_card_knows_what_the_service_says_in_english() -> None:
    """A text that the card does not know would stay English on a Spanish card."""
    script = (SOURCE / "lwc" / "knownWords" / "knownWords.js").read_text()
    known = set(re.findall(r"""^    (?:'([^']+)'|"([^"]+)"|(\w+)): \w+""", script, re.M))
    words = {text for found in known for text in found if text}
    ways = [TREES, *WAYS, *(rule.key for rule in VALUES[0].rules)]
    titles = [value_model.title(VALUES[0], way) for way in ways]
    responses = texts(
        SOURCE / "objects" / "AI_Response__mdt" / "fields" / "Response__c.field-meta.xml", ".//m:value/m:label"
    )
    owners = {texts(path, ".//m:value")[-1] for path in (SOURCE / "customMetadata").glob("AI_Response.*")}
    source = pathlib.Path(units.__file__).read_text()
    excluded = {"Deceased", "All household members deceased", units.OPTED_OUT}
    assert all(f'"{text}"' in source or text == units.OPTED_OUT for text in excluded)
    bases = {f"From {title[:1].lower()}{title[1:]}" for title in titles}
    assert words == bases | set(responses) | owners | excluded
