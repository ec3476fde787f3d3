"""What a deployment changes in the org: records of metadata types, groups, record types, events, labels, rules, profiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy_kit import CARD, GRADE, NAMESPACE, OBJECT, package, refusals, taken, xml
from engine_org import new_org, one, rows
from localorg.engine import Org

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
PLAYBOOK = (
    "<label>Playbook</label><pluralLabel>Playbooks</pluralLabel><visibility>Public</visibility>"
    "<fields><fullName>Days__c</fullName><label>Days</label><precision>3</precision><scale>0</scale><type>Number</type></fields>"
    "<fields><fullName>On__c</fullName><defaultValue>false</defaultValue><label>On</label><type>Checkbox</type></fields>"
    "<fields><fullName>Next__c</fullName><label>Next</label><referenceTo>Playbook__mdt</referenceTo>"
    "<relationshipName>Earlier</relationshipName><type>MetadataRelationship</type></fields>"
    "<fields><fullName>About__c</fullName><label>About</label><referenceTo>EntityDefinition</referenceTo>"
    "<relationshipName>Playbooks</relationshipName><type>MetadataRelationship</type></fields>"
    "<fields><fullName>Asks__c</fullName><label>Asks</label><referenceTo>FieldDefinition</referenceTo>"
    "<metadataRelationshipControllingField>Playbook__mdt.About__c</metadataRelationshipControllingField>"
    "<relationshipName>Askers</relationshipName><type>MetadataRelationship</type></fields>"
)


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path / "org") as opened:
        yield opened


def record(label: str, **values: str) -> bytes:
    given = "".join(
        f'<values><field>{name}</field><value xsi:type="xsd:string">{text}</value></values>'
        for name, text in values.items()
    )
    body = f'<CustomMetadata xmlns="{NAMESPACE}" {XSI}><label>{label}</label>{given}</CustomMetadata>'
    return body.encode()


def playbooks(**records: bytes) -> dict[str, bytes]:
    files = {f"customMetadata/Playbook.{name}.md": body for name, body in records.items()}
    members = {"CustomObject": "Playbook__mdt"}
    if records:
        members["CustomMetadata"] = " ".join(f"Playbook.{name}" for name in records)
    return package({"objects/Playbook__mdt.object": xml("CustomObject", PLAYBOOK), **files}, members)


def test_records_of_a_metadata_type_are_rows_that_can_be_queried(org: Org) -> None:
    taken(org, playbooks(Call=record("Call them", Days__c="5", On__c="true", Next__c="Write"), Write=record("Write")))
    query = (
        "SELECT DeveloperName, MasterLabel, QualifiedApiName, Days__c, On__c, Next__r.DeveloperName FROM Playbook__mdt"
    )
    call, write = org.administrator().query(f"{query} ORDER BY DeveloperName").records
    assert (call["MasterLabel"], call["Days__c"], call["On__c"], call["Next__r"]["DeveloperName"]) == (
        "Call them", 5.0, True, "Write",
    )  # fmt: skip
    assert (write["QualifiedApiName"], write["Days__c"], write["On__c"]) == ("Write", None, False)


def test_the_entity_and_the_field_that_a_record_names_are_its_parents(org: Org) -> None:
    """NPSP's own queries of its roll-ups read them so."""
    about = record("Pay", About__c="npe01__OppPayment__c", Asks__c="npe01__Paid__c")
    taken(org, playbooks(Pay=about, Rest=record("Rest")))
    query = "SELECT About__c, About__r.QualifiedApiName, About__r.Label, About__r.NamespacePrefix, Asks__r.Label"
    pay, rest = org.administrator().query(f"{query} FROM Playbook__mdt ORDER BY DeveloperName").records
    assert pay["About__r"] == {
        "attributes": pay["About__r"]["attributes"], "QualifiedApiName": "npe01__OppPayment__c", "Label": "Payment",
        "NamespacePrefix": "npe01",
    }  # fmt: skip
    assert (pay["Asks__r"]["Label"], rest["About__c"], rest["About__r"]) == ("Paid", None, None)
    found = org.administrator().query(
        "SELECT COUNT() FROM Playbook__mdt WHERE About__r.DeveloperName = 'OppPayment' AND Asks__c = 'npe01__Paid__c'"
    )
    assert found.total_size == 1
    shown = {field["name"]: field for field in org.administrator().describe("Playbook__mdt")["fields"]}
    assert (shown["About__c"]["type"], shown["About__c"]["referenceTo"]) == ("reference", ["EntityDefinition"])


def test_a_record_deployed_again_keeps_its_id(org: Org) -> None:
    taken(org, playbooks(Call=record("Call", Days__c="5")))
    before = one(org, "SELECT Id FROM Playbook__mdt")
    taken(org, playbooks(Call=record("Call", Days__c="6")))
    assert one(org, "SELECT Id, Days__c FROM Playbook__mdt") == (*before, 6.0)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (record("Call", Day__c="5"), "In field: field - no CustomField named Playbook__mdt.Day__c found"),
        (record("Call", Days__c="five"), "'five' is not a valid value for the type xsd:double"),
        (record("Call", On__c="yes"), "'yes' is not a valid value for the type xsd:boolean"),
        (record("C" * 41), "Value too long for field: MasterLabel maximum length is:40"),
    ],
)
def test_a_wrong_record_of_a_metadata_type_is_refused(org: Org, body: bytes, message: str) -> None:
    assert message in refusals(org, playbooks(Call=body))


def test_a_record_of_an_unknown_metadata_type_is_refused(org: Org) -> None:
    files = package({"customMetadata/Nope.Call.md": record("Call")}, {"CustomMetadata": "Nope.Call"})
    assert refusals(org, files) == ["The custom metadata type Nope cannot be found"]


# Permission set groups

FLAGS = (
    "<allowCreate>false</allowCreate><allowDelete>false</allowDelete><allowEdit>false</allowEdit><allowRead>true</allowRead>"
    "<modifyAllRecords>false</modifyAllRecords><viewAllRecords>true</viewAllRecords>"
)


def permission_set(sobject: str) -> bytes:
    grant = f"<objectPermissions>{FLAGS}<object>{sobject}</object></objectPermissions>"
    return xml("PermissionSet", f"<label>{sobject}</label>{grant}")


def test_who_has_a_group_has_what_its_permission_sets_grant(org: Org) -> None:
    files = {
        "permissionsets/Reads_Campaigns.permissionset": permission_set("Campaign"),
        "permissionsets/Reads_Accounts.permissionset": permission_set("Account"),
        "permissionsetgroups/Officer.permissionsetgroup": xml(
            "PermissionSetGroup",
            "<label>Officer</label><permissionSets>Reads_Campaigns</permissionSets>"
            "<permissionSets>Reads_Accounts</permissionSets>",
        ),
    }
    taken(
        org,
        package(files, {"PermissionSet": "Reads_Campaigns Reads_Accounts", "PermissionSetGroup": "Officer"}),
    )
    user = org.create_user("officer@steward.example")
    assert not org.access(user).visible(org.schema["Campaign"])
    group = one(org, "SELECT Id FROM PermissionSetGroup WHERE DeveloperName = 'Officer'")[0]
    row = {"PermissionSetGroupId": group, "AssigneeId": user}
    assert org.administrator().insert("PermissionSetAssignment", [row])[0].success
    assert org.access(user).visible(org.schema["Campaign"]) and org.access(user).visible(org.schema["Account"])


def test_a_group_of_an_unknown_permission_set_is_refused(org: Org) -> None:
    body = xml("PermissionSetGroup", "<label>G</label><permissionSets>Nope</permissionSets>")
    files = package({"permissionsetgroups/G.permissionsetgroup": body}, {"PermissionSetGroup": "G"})
    assert refusals(org, files) == ["In field: permissionSets - no PermissionSet named Nope found"]


# Record types, shared values, events, rules


def test_a_record_type_can_be_given_to_records(org: Org) -> None:
    kind = "<recordTypes><fullName>Gold</fullName><active>true</active><label>Gold Card</label></recordTypes>"
    taken(org, CARD | {"objects/Card__c.object": xml("CustomObject", OBJECT + kind)})
    assert one(org, "SELECT Name, IsActive FROM RecordType WHERE SobjectType = 'Card__c'") == ("Gold Card", 1)
    assert org.schema["Card__c"].record_types == {"Gold": "Gold Card"}


def colours(*names: str) -> bytes:
    values = "".join(
        f"<customValue><fullName>{name}</fullName><default>false</default><label>{name}</label></customValue>"
        for name in names
    )
    return xml("GlobalValueSet", f"{values}<masterLabel>Colours</masterLabel><sorted>false</sorted>")


def test_a_shared_value_set_deployed_later_gives_its_new_values_to_the_fields_that_use_it(tmp_path: Path) -> None:
    shared = (
        "<fields><fullName>Colour__c</fullName><label>Colour</label><type>Picklist</type>"
        "<valueSet><valueSetName>Colours</valueSetName></valueSet></fields>"
    )
    with new_org(tmp_path / "org") as org:
        files = {
            "globalValueSets/Colours.globalValueSet": colours("Red"),
            "objects/Card__c.object": xml("CustomObject", OBJECT + shared),
        }
        taken(org, package(files, {"CustomObject": "Card__c", "GlobalValueSet": "Colours"}))
        later = {"globalValueSets/Colours.globalValueSet": colours("Red", "Blue")}
        taken(org, package(later, {"GlobalValueSet": "Colours"}))
    with new_org(tmp_path / "org") as again:
        field = again.schema["Card__c"].fields["colour__c"]
        assert [value.value for value in field.picklist] == ["Red", "Blue"]


def test_a_platform_event_becomes_an_object_and_takes_only_its_kinds_of_fields(org: Org) -> None:
    event = (
        "<deploymentStatus>Deployed</deploymentStatus><eventType>HighVolume</eventType><label>Changed</label>"
        "<pluralLabel>Changed</pluralLabel><publishBehavior>PublishImmediately</publishBehavior>"
    )
    members = {"CustomObject": "Changed__e"}
    taken(org, package({"objects/Changed__e.object": xml("CustomObject", event + GRADE)}, members))
    assert org.schema["Changed__e"].publish_behavior == "PublishImmediately"
    assert org.schema["Changed__e"].key_prefix.startswith("e")
    area = "<fields><fullName>Area__c</fullName><label>Area</label><type>TextArea</type></fields>"
    files = package({"objects/Changed__e.object": xml("CustomObject", event + area)}, members)
    assert refusals(org, files) == ["Can not create a CustomField of type TextArea on Changed__e"]


def test_a_validation_rule_judges_from_the_deployment_on(org: Org) -> None:
    rule = (
        "<validationRules><fullName>Needs_Grade</fullName><active>true</active>"
        "<errorConditionFormula>ISBLANK(Grade__c)</errorConditionFormula><errorDisplayField>Grade__c</errorDisplayField>"
        "<errorMessage>Say the grade.</errorMessage></validationRules>"
    )
    taken(org, CARD | {"objects/Card__c.object": xml("CustomObject", OBJECT + GRADE + rule)})
    (result,) = org.administrator().insert("Card__c", [{"Name": "One"}])
    assert [(error.code, error.message, error.fields) for error in result.errors] == [
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Say the grade.", ("Grade__c",))
    ]
    gone = {"package.xml": package({}, {})["package.xml"]}
    gone["destructiveChanges.xml"] = package({}, {"ValidationRule": "Card__c.Needs_Grade"})["package.xml"]
    taken(org, gone)
    assert org.administrator().insert("Card__c", [{"Name": "One"}])[0].success


def test_a_location_is_written_by_its_halves(org: Org) -> None:
    place = (
        "<fields><fullName>Place__c</fullName><displayLocationInDecimal>true</displayLocationInDecimal>"
        "<label>Place</label><scale>5</scale><type>Location</type></fields>"
    )
    taken(org, CARD | {"objects/Card__c.object": xml("CustomObject", OBJECT + place)})
    admin = org.administrator()
    row = {"Name": "One", "Place__Latitude__s": 52.5, "Place__Longitude__s": 13.4}
    assert admin.insert("Card__c", [row])[0].success
    (found,) = admin.query("SELECT Place__Latitude__s, Place__Longitude__s FROM Card__c").records
    assert (found["Place__Latitude__s"], found["Place__Longitude__s"]) == (52.5, 13.4)


# Profiles


def test_a_profile_grants_what_a_deployment_lists_and_keeps_the_rest(org: Org) -> None:
    name = "Minimum Access - API Only Integrations"
    user = org.create_user("someone@steward.example")
    grants = (
        f"<objectPermissions>{FLAGS}<object>Campaign</object></objectPermissions>",
        "<fieldPermissions><editable>false</editable><field>Campaign.Description</field><readable>true</readable></fieldPermissions>",
    )
    for grant in grants:
        taken(org, package({f"profiles/{name}.profile": xml("Profile", grant)}, {"Profile": name.replace(" ", "%20")}))
    access, campaign = org.access(user), org.schema["Campaign"]
    assert access.visible(campaign) and access.readable(campaign, campaign.fields["description"])
    assert not access.updateable(campaign)


def test_an_unknown_profile_is_refused(org: Org) -> None:
    (message,) = refusals(org, package({"profiles/Nope.profile": xml("Profile", "")}, {"Profile": "Nope"}))
    assert message.startswith("The local org has no profile Nope")


def test_custom_labels_and_apex_are_there_for_those_who_run_them(org: Org) -> None:
    label = (
        "<labels><fullName>Hello</fullName><language>en_US</language><protected>true</protected>"
        "<shortDescription>Hello</shortDescription><value>Good morning</value></labels>"
    )
    files = {
        "labels/CustomLabels.labels": xml("CustomLabels", label),
        "classes/Greeter.cls": b"public class Greeter { }",
        "classes/Greeter.cls-meta.xml": xml("ApexClass", "<apiVersion>67.0</apiVersion><status>Active</status>"),
    }
    taken(org, package(files, {"CustomLabels": "CustomLabels", "ApexClass": "Greeter"}))
    assert org.apex_sources() == [("ApexClass", "Greeter", "public class Greeter { }")]
    (stored,) = org.shelf.of("CustomLabel")
    assert stored.part().root.get("value") == "Good morning"
    assert rows(org, "SELECT 1 FROM _metadata WHERE kind = 'CustomLabels'") == []


# Changes of what is there


def with_field(kind: str, *more: str) -> dict[str, bytes]:
    field = f"<fields><fullName>Grade__c</fullName><label>Grade</label>{''.join(more)}<type>{kind}</type></fields>"
    return CARD | {"objects/Card__c.object": xml("CustomObject", OBJECT + field)}


NUMBER = with_field("Number", "<precision>3</precision>", "<scale>0</scale>")
REFERS = ("<referenceTo>{}</referenceTo>", "<relationshipName>Cards</relationshipName>")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (CARD, NUMBER, "Cannot change the type of Grade__c from string to double: delete the field first"),
        (
            CARD,
            with_field("Text", "<formula>Name</formula>"),
            "Cannot change a formula field to another field type, or back",
        ),
        (
            with_field("Lookup", REFERS[0].format("Contact"), REFERS[1]),
            with_field("Lookup", REFERS[0].format("Account"), REFERS[1]),
            "Cannot change the object that Grade__c refers to",
        ),
        (
            with_field("Lookup", REFERS[0].format("Contact"), REFERS[1]),
            with_field("MasterDetail", REFERS[0].format("Contact"), REFERS[1]),
            "Cannot update a field to a MasterDetail from something else",
        ),
    ],
)
def test_a_field_cannot_become_what_its_values_are_not(
    org: Org, before: dict[str, bytes], after: dict[str, bytes], message: str
) -> None:
    taken(org, before)
    assert message in refusals(org, after)


def test_a_field_deleted_and_made_anew_in_one_deployment_may_be_of_another_type(org: Org) -> None:
    taken(org, CARD)
    gone = package({}, {"CustomField": "Card__c.Grade__c"})["package.xml"]
    taken(org, NUMBER | {"destructiveChangesPre.xml": gone})
    admin = org.administrator()
    assert admin.insert("Card__c", [{"Name": "One", "Grade__c": 10}, {"Name": "Two", "Grade__c": 9}])[0].success
    found = admin.query("SELECT Name FROM Card__c WHERE Grade__c < 10").records
    assert [one["Name"] for one in found] == ["Two"]
