"""Objects, fields and picklist values in the user's language: the field's own translation or its global value set's, the region's first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from deploy_kit import package, taken, xml
from engine_org import new_org
from localorg import translated
from localorg.engine import Org

SET = """<customValue><fullName>Warm</fullName><default>false</default><label>Warm</label></customValue>
<customValue><fullName>Cold</fullName><default>false</default><label>Cold</label></customValue>
<masterLabel>Warmth</masterLabel><sorted>false</sorted>"""
FIELDS = """<fields><fullName>Warmth__c</fullName><label>Warmth</label><type>Picklist</type>
<valueSet><restricted>true</restricted><valueSetName>Warmth</valueSetName></valueSet></fields>
<fields><fullName>Pace__c</fullName><label>Pace</label><type>Picklist</type><valueSet><restricted>true</restricted>
<valueSetDefinition><sorted>false</sorted><value><fullName>Fast</fullName><default>false</default><label>Fast</label>
</value></valueSetDefinition></valueSet></fields>"""
OF_SET = "<valueTranslation><masterLabel>Warm</masterLabel><translation>{}</translation></valueTranslation>"
OF_OBJECT = """<caseValues><plural>false</plural><value>Personne</value></caseValues>
<caseValues><plural>true</plural><value>Personnes</value></caseValues>
<fields><help>À quelle allure.</help><label>Allure</label><name>Pace__c</name><picklistValues><masterLabel>Fast</masterLabel>
<translation>Rapide</translation></picklistValues></fields>"""


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    files = {
        "globalValueSets/Warmth.globalValueSet": xml("GlobalValueSet", SET),
        "objects/Contact.object": xml("CustomObject", FIELDS),
        "globalValueSetTranslations/Warmth-fr.globalValueSetTranslation": xml("GlobalValueSetTranslation", OF_SET.format("Tiède")),
        "globalValueSetTranslations/Warmth-fr_CA.globalValueSetTranslation": xml("GlobalValueSetTranslation", OF_SET.format("Chaud")),
        "objectTranslations/Contact-fr.objectTranslation": xml("CustomObjectTranslation", OF_OBJECT),
    }  # fmt: skip
    members = {
        "GlobalValueSet": "Warmth", "CustomField": "Contact.Warmth__c Contact.Pace__c",
        "GlobalValueSetTranslation": "Warmth-fr Warmth-fr_CA", "CustomObjectTranslation": "Contact-fr",
    }  # fmt: skip
    with new_org(tmp_path_factory.mktemp("org")) as opened:
        taken(opened, package(files, members))
        yield opened


@pytest.mark.parametrize(
    ("field", "language", "said"),
    [
        ("Warmth__c", "fr", {"Warm": "Tiède"}), ("Warmth__c", "fr_CA", {"Warm": "Chaud"}), ("Warmth__c", "en_US", {}),
        ("Pace__c", "fr", {"Fast": "Rapide"}), ("Pace__c", "fr_CA", {"Fast": "Rapide"}), ("Pace__c", "es", {}),
    ],
)  # fmt: skip
def test_values_are_called_as_their_translations_say(org: Org, field: str, language: str, said: dict[str, str]) -> None:
    contact = org.schema.get("Contact")
    assert contact is not None
    own = contact.get(field)
    assert own is not None
    assert translated.values(org.shelf, contact, own, language) == said


def test_a_describe_speaks_the_users_language(org: Org) -> None:
    shown = {language: org.session(whose(org, language)).describe("Contact") for language in ("fr_CA", "en_US")}
    pace = {language: field(one, "Pace__c") for language, one in shown.items()}
    warmth = {language: field(one, "Warmth__c") for language, one in shown.items()}

    assert (shown["fr_CA"]["label"], shown["fr_CA"]["labelPlural"]) == ("Personne", "Personnes")
    assert (shown["en_US"]["label"], shown["en_US"]["labelPlural"]) == ("Contact", "Contacts")
    assert (pace["fr_CA"]["label"], pace["fr_CA"]["inlineHelpText"]) == ("Allure", "À quelle allure.")
    assert (pace["en_US"]["label"], pace["en_US"]["inlineHelpText"]) == ("Pace", None)
    assert (warmth["fr_CA"]["label"], warmth["en_US"]["label"]) == ("Warmth", "Warmth")  # nobody translated the field
    assert [(one["value"], one["label"]) for one in warmth["fr_CA"]["picklistValues"]] == [
        ("Warm", "Chaud"),
        ("Cold", "Cold"),
    ]
    assert [one["label"] for one in pace["en_US"]["picklistValues"]] == ["Fast"]


def whose(org: Org, language: str) -> str:
    user_id = org.create_user(f"{language}@steward.example", profile="System Administrator")
    (saved,) = org.administrator().update("User", [{"Id": user_id, "LanguageLocaleKey": language}])
    assert saved.success, saved.errors
    return user_id


def field(described: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in described["fields"] if one["name"] == name)
