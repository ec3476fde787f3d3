"""Our Apex compiles against the package, the platform and NPSP and keeps the rules; a twin with a mistake does not."""

from __future__ import annotations

import pathlib
import shutil

import pytest
from conftest import BUNDLES, ROOT
from metadata_checks import apex
from metadata_checks.source import FieldShape, Finding, Source

HANDLER = """global with sharing class Handler extends npsp.TDTM_Runnable {
    global override npsp.TDTM_Runnable.DmlWrapper run(
        List<SObject> newlist, List<SObject> oldlist, npsp.TDTM_Runnable.Action triggerAction,
        Schema.DescribeSObjectResult objResult
    ) {
        for (SObject donor : newlist) {
            System.debug(((Contact) donor).npo02__TotalOppAmount__c);
        }
        return new npsp.TDTM_Runnable.DmlWrapper();
    }
}"""
META = (
    '<?xml version="1.0" encoding="UTF-8"?><ApexClass xmlns="http://soap.sforce.com/2006/04/metadata">'
    "<apiVersion>67.0</apiVersion><status>Active</status></ApexClass>"
)
CLASSES = "main/default/classes"


@pytest.fixture(scope="session")
def jars(node_modules: pathlib.Path) -> pathlib.Path:
    return node_modules / "@salesforce" / "code-analyzer-pmd-engine" / "dist" / "java-lib"


def compiled(
    package: pathlib.Path,
    objects: dict[str, dict[str, FieldShape]],
    jars: pathlib.Path,
    java: str,
    workspace: pathlib.Path,
) -> list[Finding]:
    workspace.mkdir(exist_ok=True)
    apex.write_object_stubs(objects, workspace)
    return apex.compile_errors(package, jars, java, workspace)


def test_the_package_compiles_without_a_warning(
    tmp_path: pathlib.Path, org_objects: dict[str, dict[str, FieldShape]], jars: pathlib.Path, java: str
) -> None:
    found = [str(one) for one in compiled(ROOT / "force-app", org_objects, jars, java, tmp_path / "good")]
    assert not found, "\n".join(found)


def test_a_correct_npsp_handler_compiles_and_every_mistake_in_the_twin_is_found(
    tmp_path: pathlib.Path, org_objects: dict[str, dict[str, FieldShape]], jars: pathlib.Path, java: str
) -> None:
    package = tmp_path / "force-app"
    shutil.copytree(ROOT / "force-app", package)

    def add(name: str, text: str) -> None:
        (package / CLASSES / f"{name}.cls").write_text(text)
        (package / CLASSES / f"{name}.cls-meta.xml").write_text(META)

    add("Handler", HANDLER)
    add("BadHandler", HANDLER.replace("Handler", "BadHandler", 1).replace("List<SObject> oldlist, ", ""))
    add("BadField", HANDLER.replace("Handler", "BadField", 1).replace("TotalOppAmount", "TotalOppAmountt"))
    add("BadLabel", "public with sharing class BadLabel { String text = Label.DonorInsight_Titel; }")
    add(
        "BadMethod", "public with sharing class BadMethod { Object found = new DonorProfileSelector().forDonor(null); }"
    )
    add("BadProfile", "public with sharing class BadProfile { Object o = new AI_Donor_Profile__c(Segmnt__c = 'x'); }")
    add("BadType", "public with sharing class BadType { Integer score = 'High'; }")
    found = compiled(package, org_objects, jars, java, tmp_path / "twin")
    assert {one.path.stem for one in found} == {
        "BadHandler", "BadField", "BadLabel", "BadMethod", "BadProfile", "BadType",
    }, "\n".join(map(str, found))  # fmt: skip


BROKEN_RULES = {
    "ApexSharingViolations": "public class Rule { public List<Contact> all() { return [SELECT Id FROM Contact LIMIT 1]; } }",
    "ApexSOQLInjection": "public with sharing class Rule { public void find(String name) {"
    " Database.query('SELECT Id FROM Contact WHERE LastName = ' + name); } }",
    "OperationWithLimitsInLoop": "public with sharing class Rule { public void save(List<Contact> donors) {"
    " for (Contact donor : donors) { update as user donor; } } }",
    "CalloutInLoop": "public with sharing class Rule { public void ask(List<HttpRequest> requests) {"
    " for (HttpRequest request : requests) { new Http().send(request); } } }",
    "EmptyCatchBlock": "public with sharing class Rule { public void hide() {"
    " try { Integer one = 1; } catch (Exception problem) { } } }",
    "ApexUnitTestClassShouldHaveAsserts": "@IsTest private with sharing class Rule { @IsTest static void nothing() { } }",
    "ApexCRUDViolation": "public with sharing class Rule { public void save(Contact donor) { update donor; } }",
}


def test_the_package_keeps_the_rules_and_each_rule_can_be_broken(
    tmp_path: pathlib.Path, jars: pathlib.Path, java: str
) -> None:
    twins = tmp_path / "twins"
    shutil.copytree(ROOT / "force-app", twins / "force-app")
    for rule, text in BROKEN_RULES.items():
        (twins / rule).mkdir()
        (twins / rule / "Rule.cls").write_text(text)
    found = apex.rule_violations(twins, jars, java, tmp_path)
    ours = [str(one) for one in found if one.path.is_relative_to(twins / "force-app")]
    assert not ours, "\n".join(ours)
    broken = {
        rule: {one.message.partition(":")[0] for one in found if one.path.parent.name == rule} for rule in BROKEN_RULES
    }
    assert [rule for rule, names in broken.items() if rule not in names] == [], broken


def test_every_name_in_soql_exists(package: Source, node: pathlib.Path, node_modules: pathlib.Path) -> None:
    found = [str(one) for one in apex.soql_names(package, node)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "Cultivation_Insight__c",
            "Cultivation_Insights__c",
            "unknown field AI_Donor_Profile__c.Cultivation_Insights__c",
        ),
        ("Contact__r.Name", "Contacts__r.Name", "unknown field AI_Donor_Profile__c.Contacts__r.Name"),
        ("FROM AI_Donor_Profile__c", "FROM AI_Donor_Profiles__c", "unknown object AI_Donor_Profiles__c"),
        ("ORDER BY Scored_At__c", "ORDER BY Score_At__c", "unknown field AI_Donor_Profile__c.Score_At__c"),
        ("SELECT Id,", "SELECT Id, (SELECT Id FROM Gifts__r),", "unknown child relationship Gifts__r"),
        (
            "WHERE Contact__c = :recordId",
            "WHERE Contact__c IN (SELECT Donor__c FROM Contact)",
            "unknown field Contact.Donor__c",
        ),
    ],
)
def test_a_wrong_name_in_soql_is_found(
    tmp_path: pathlib.Path,
    org_objects: dict[str, dict[str, FieldShape]],
    node: pathlib.Path,
    old: str,
    new: str,
    says: str,
) -> None:
    shutil.copytree(ROOT / "force-app", tmp_path / "force-app")
    path = tmp_path / "force-app" / CLASSES / "profile" / "DonorProfileSelector.cls"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    found = [one.message for one in apex.soql_names(Source.read([tmp_path / "force-app", *BUNDLES], org_objects), node)]
    assert found == [f"SOQL: {says} of AI_Donor_Profile__c" if "child" in says else f"SOQL: {says}"]
