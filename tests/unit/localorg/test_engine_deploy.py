"""Deploying force-app: what it makes, and every refusal with component, line and problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from engine_org import FORCE_APP, add, household, new_org, one, refused, rows, source
from localorg.engine import Org
from localorg.errors import DeployError, Problem

OBJECT = """<deploymentStatus>Deployed</deploymentStatus>
<label>Card</label>
<nameField><label>Card Name</label><type>Text</type></nameField>
<pluralLabel>Cards</pluralLabel>
<sharingModel>ReadWrite</sharingModel>"""
CARD = {"objects/Card__c/Card__c.object": OBJECT}
FIELDS = "objects/Card__c/fields/"


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path / "org") as opened:
        yield opened


def field(kind: str, *extra: str, name: str = "X__c", label: str = "X") -> str:
    return f"<fullName>{name}</fullName>\n<label>{label}</label>\n<type>{kind}</type>\n" + "\n".join(extra)


def deploy(org: Org, folder: Path, files: Mapping[str, str]) -> None:
    org.deploy(source(folder / "source", files))


def problems(org: Org, folder: Path, files: Mapping[str, str]) -> list[Problem]:
    with pytest.raises(DeployError) as caught:
        deploy(org, folder, files)
    return list(caught.value.problems)


VALID = {
    "Text__c": field("Text", "<length>20</length>", "<unique>true</unique>", name="Text__c"),
    "Long__c": field("LongTextArea", "<length>500</length>", "<visibleLines>3</visibleLines>", name="Long__c"),
    "Area__c": field("TextArea", name="Area__c"),
    "Html__c": field("Html", "<length>500</length>", "<visibleLines>3</visibleLines>", name="Html__c"),
    "Number__c": field("Number", "<precision>4</precision>", "<scale>1</scale>", name="Number__c"),
    "Currency__c": field("Currency", "<precision>16</precision>", "<scale>2</scale>", name="Currency__c"),
    "Percent__c": field("Percent", "<precision>5</precision>", "<scale>2</scale>", name="Percent__c"),
    "Check__c": field("Checkbox", "<defaultValue>true</defaultValue>", name="Check__c"),
    "Date__c": field("Date", name="Date__c"),
    "DateTime__c": field("DateTime", name="DateTime__c"),
    "Email__c": field("Email", name="Email__c"),
    "Phone__c": field("Phone", name="Phone__c"),
    "Url__c": field("Url", name="Url__c"),
    "Auto__c": field("AutoNumber", "<displayFormat>C-{000}</displayFormat>", name="Auto__c"),
    "Donor__c": field(
        "Lookup", "<referenceTo>Contact</referenceTo>", "<relationshipName>Cards</relationshipName>", name="Donor__c"
    ),
    "Pick__c": field(
        "Picklist",
        "<valueSet><restricted>true</restricted><valueSetDefinition><sorted>false</sorted>"
        "<value><fullName>Gold</fullName><default>true</default><label>Gold</label></value>"
        "<value><fullName>Tin</fullName><default>false</default><label>Tin</label></value>"
        "</valueSetDefinition></valueSet>",
        name="Pick__c",
    ),
    "Shared__c": field("Picklist", "<valueSet><valueSetName>Colours</valueSetName></valueSet>", name="Shared__c"),
    "Many__c": field(
        "MultiselectPicklist",
        "<visibleLines>3</visibleLines><valueSet><valueSetName>Colours</valueSetName></valueSet>",
        name="Many__c",
    ),
    "Formula__c": field("Text", "<formula>Donor__r.Account.Name &amp; &quot;!&quot;</formula>", name="Formula__c"),
}
COLOURS = {
    "globalValueSets/Colours.globalValueSet": "<masterLabel>Colours</masterLabel><sorted>false</sorted>"
    + "".join(
        f"<customValue><fullName>{name}</fullName><default>false</default><label>{name}</label></customValue>"
        for name in ("Red", "Blue")
    )
}
EVERYTHING = CARD | COLOURS | {f"{FIELDS}{name}.field": xml for name, xml in VALID.items()}


def test_every_kind_of_field_we_ship_can_be_written_and_read(org: Org, tmp_path: Path) -> None:
    deploy(org, tmp_path, EVERYTHING)
    admin = org.administrator()
    _, contact = household(admin)
    add(
        admin, "Card__c", Name="One", Text__c="t", Long__c="l" * 500, Number__c=34.05, Currency__c="1.005",
        Percent__c=12.5, Date__c="2024-01-02", DateTime__c="2024-01-02T03:04:05Z", Email__c="a@example.org",
        Donor__c=contact, Shared__c="red", Many__c="Blue;Red;Blue",
    )  # fmt: skip
    (record,) = admin.query(
        "SELECT Name, Auto__c, Check__c, Pick__c, Shared__c, Many__c, Number__c, Currency__c, Formula__c, Donor__r.Name, "
        "OwnerId FROM Card__c"
    ).records
    shown = {key: value for key, value in record.items() if not isinstance(value, dict)}
    assert shown == {
        "Name": "One", "Auto__c": "C-001", "Check__c": True, "Pick__c": "Gold", "Shared__c": "Red",
        "Many__c": "Blue;Red", "Number__c": 34.1, "Currency__c": 1.01, "Formula__c": "Rivera Household!",
        "OwnerId": admin.user.id,
    }  # fmt: skip
    (parent,) = admin.query("SELECT Id, (SELECT Name FROM Cards__r) FROM Contact").records
    assert parent["Cards__r"]["totalSize"] == 1
    code, _, fields = refused(admin.insert("Card__c", [{"Text__c": "T"}]))
    assert (code, fields) == ("DUPLICATE_VALUE", ())
    assert refused(admin.insert("Card__c", [{"Pick__c": "Iron"}]))[0] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_a_second_deployment_changes_in_place(org: Org, tmp_path: Path) -> None:
    deploy(org, tmp_path, CARD | {f"{FIELDS}X__c.field": field("Text", "<length>5</length>")})
    admin = org.administrator()
    card = add(admin, "Card__c", X__c="12345")
    prefix = org.schema["Card__c"].key_prefix
    wider = {f"{FIELDS}X__c.field": field("Text", "<length>9</length>")}
    deploy(org, tmp_path, wider | {f"{FIELDS}Y__c.field": field("Date", name="Y__c")})
    assert org.schema["Card__c"].key_prefix == prefix
    admin.update("Card__c", [{"Id": card, "X__c": "123456789", "Y__c": "2024-01-01"}])
    assert one(org, "SELECT X__c, Y__c FROM Card__c") == ("123456789", "2024-01-01")


def test_what_was_deployed_is_there_when_the_org_is_opened_again(tmp_path: Path) -> None:
    with new_org(tmp_path / "org") as org:
        deploy(org, tmp_path, EVERYTHING)
        before = org.schema["Card__c"]
    with new_org(tmp_path / "org") as again:
        assert again.schema["Card__c"] == before


def test_nothing_is_deployed_when_anything_is_wrong(org: Org, tmp_path: Path) -> None:
    bad = {f"{FIELDS}X__c.field": field("Text")}
    found = problems(org, tmp_path, EVERYTHING | bad)
    assert [(problem.full_name, problem.message) for problem in found] == [
        ("Card__c.X__c", "Must specify 'length' for a CustomField of type Text")
    ]
    assert org.schema.get("Card__c") is None
    assert rows(org, "SELECT name FROM sqlite_master WHERE name = 'Card__c'") == []


@pytest.mark.parametrize(
    ("xml", "message", "line"),
    [
        (field("Text", "<length>5</length>", label=""), "Must specify a non-empty label for the CustomField", 2),
        (field("Text"), "Must specify 'length' for a CustomField of type Text", 2),
        (field("Text", "<length>256</length>"), "Field length must be between 1 and 255, not 256", 6),
        (field("Text", "<length>many</length>"), "Error parsing file: 'many' is not a valid value for the type xsd:int", 6),
        (field("LongTextArea", "<length>500</length>"), "Must specify 'visibleLines' for a CustomField of type LongTextArea", 2),
        (field("Number", "<scale>2</scale>"), "Must specify 'precision' for a CustomField of type Number", 2),
        (field("Checkbox"), "Must specify 'defaultValue' for a CustomField of type Checkbox", 2),
        (field("AutoNumber"), "Must specify 'displayFormat' for a CustomField of type AutoNumber", 2),
        (field("Picklist"), "Must specify 'valueSet' for a CustomField of type Picklist", 2),
        (
            field("Text", "<length>5</length>", "<colour>red</colour>"),
            "Error parsing file: Element colour invalid at this location in type CustomField", 7,
        ),
        (field("Texte"), "Error parsing file: 'Texte' is not a valid value for the enum 'FieldType'", 5),
        (field("Date", "<unique>true</unique>"), "Can not specify 'unique' for a CustomField of type Date", 6),
        (field("Date", label="L" * 41), "Value too long for field: MasterLabel maximum length is:40", 4),
        (
            field("Picklist", "<valueSet>\n<valueSetName>Nope</valueSetName></valueSet>"),
            "In field: valueSet - no GlobalValueSet named Nope found", 7,
        ),
        (
            field("Lookup", "<referenceTo>Nope__c</referenceTo>", "<relationshipName>N</relationshipName>"),
            "referenceTo value of 'Nope__c' does not resolve to a valid sObject type", 6,
        ),
        (
            field("Lookup", "<referenceTo>Contact</referenceTo>"),
            "Must specify 'relationshipName' for a CustomField of type Lookup", 2,
        ),
        (field("Text", "<formula>\nBacon__c</formula>"), "Field Bacon__c does not exist. Check spelling.", 6),
        (
            field("Number", "<precision>5</precision><scale>0</scale>", "<formula>Name</formula>"),
            "Formula result is data type (Text), incompatible with expected data type (Number).", 7,
        ),
        (field("Text", "<formula>X__c</formula>"), "Field X__c may not reference itself, directly or through another formula field.", 6),
        (
            field("MasterDetail", "<referenceTo>Contact</referenceTo>", "<relationshipName>N</relationshipName>"),
            "Cannot set sharingModel to ReadWrite on a CustomObject with a MasterDetail relationship field", 7,
        ),
    ],
)  # fmt: skip
def test_a_wrong_field_is_refused_with_its_line(org: Org, tmp_path: Path, xml: str, message: str, line: int) -> None:
    found = problems(org, tmp_path, CARD | {f"{FIELDS}X__c.field": xml})
    assert message in [problem.message for problem in found]
    (problem,) = [problem for problem in found if problem.message == message]
    assert problem.line == line
    assert problem.file.endswith(("X__c.field-meta.xml", "Card__c.object-meta.xml"))


def test_a_name_with_a_double_underscore_is_refused(org: Org, tmp_path: Path) -> None:
    bad = field("Date", name="My__Date__c")
    found = problems(org, tmp_path, CARD | {f"{FIELDS}My__Date__c.field": bad})
    assert "can only contain underscores and alphanumeric characters" in found[0].message


@pytest.mark.parametrize("missing", ["label", "pluralLabel", "nameField", "deploymentStatus", "sharingModel"])
def test_an_object_needs_its_parts(org: Org, tmp_path: Path, missing: str) -> None:
    kept = "\n".join(line for line in OBJECT.splitlines() if not line.startswith(f"<{missing}>"))
    found = problems(org, tmp_path, {"objects/Card__c/Card__c.object": kept})
    assert [problem.message for problem in found] == [f"Must specify a non-empty {missing} for the CustomObject"]


def test_a_field_of_an_unknown_object_is_refused(org: Org, tmp_path: Path) -> None:
    found = problems(org, tmp_path, {"objects/Nope__c/fields/X__c.field": field("Date")})
    assert [problem.message for problem in found] == ["Entity of type 'CustomObject' named 'Nope__c' cannot be found"]


def test_two_children_cannot_share_a_relationship_name(org: Org, tmp_path: Path) -> None:
    lookup = ("<referenceTo>Contact</referenceTo>", "<relationshipName>Same</relationshipName>")
    files = {
        f"{FIELDS}X__c.field": field("Lookup", *lookup),
        f"{FIELDS}Y__c.field": field("Lookup", *lookup, name="Y__c"),
    }
    found = problems(org, tmp_path, CARD | files)
    assert [problem.message for problem in found] == [
        "There is already a Child Relationship named Same__r on the parent"
    ]


def test_dangerous_and_broken_xml_is_refused(org: Org, tmp_path: Path) -> None:
    folder = source(tmp_path / "source", CARD)
    path = folder / "objects/Card__c/fields/X__c.field-meta.xml"
    path.parent.mkdir(parents=True)
    bombs = (
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><CustomField xmlns="{}"><label>&b;</label></CustomField>',
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><CustomField xmlns="{}"><label>&f;</label></CustomField>',
        '<CustomField xmlns="{}"><label>',
        '<Profile xmlns="{}"/>',
    )
    for bomb in bombs:
        path.write_text(bomb.format("http://soap.sforce.com/2006/04/metadata"))
        with pytest.raises(DeployError) as caught:
            org.deploy(folder)
        assert "Error parsing file" in caught.value.problems[0].message
        assert "root:" not in str(caught.value)


# Permission sets

GRANT = "<label>Set</label>\n<{kind}>\n<{key}>{name}</{key}>\n{flags}\n</{kind}>"
READ = "<readable>true</readable><editable>false</editable>"
OBJECT_FLAGS = "<allowCreate>true</allowCreate><allowDelete>false</allowDelete><allowEdit>false</allowEdit>" \
    "<allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><viewAllRecords>false</viewAllRecords>"  # fmt: skip


def permission_set(kind: str, name: str, flags: str) -> dict[str, str]:
    key = "field" if kind == "fieldPermissions" else "object"
    return {"permissionsets/S.permissionset": GRANT.format(kind=kind, key=key, name=name, flags=flags)}


@pytest.mark.parametrize(
    ("kind", "name", "flags", "message"),
    [
        ("fieldPermissions", "Contact.Bacon__c", READ, "In field: field - no CustomField named Contact.Bacon__c found"),
        ("fieldPermissions", "Nope__c.X__c", READ, "In field: field - no CustomField named Nope__c.X__c found"),
        ("fieldPermissions", "Contact.LastName", READ, "You cannot deploy to a required field: Contact.LastName"),
        ("fieldPermissions", "Opportunity.StageName", READ, "You cannot deploy to a required field: Opportunity.StageName"),
        (
            "fieldPermissions", "npe01__OppPayment__c.npe01__Opportunity__c", READ,
            "You cannot deploy to a required field: npe01__OppPayment__c.npe01__Opportunity__c",
        ),
        (
            "objectPermissions", "Nope__c", OBJECT_FLAGS,
            "In field: object - no CustomObject named Nope__c found",
        ),
        (
            "objectPermissions", "Campaign", OBJECT_FLAGS.replace("<allowRead>true", "<allowRead>false"),
            "Permission CreateCampaign depends on permission(s): ReadCampaign",
        ),
    ],
)  # fmt: skip
def test_a_permission_set_names_what_exists(
    org: Org, tmp_path: Path, kind: str, name: str, flags: str, message: str
) -> None:
    found = problems(org, tmp_path, permission_set(kind, name, flags))
    assert [(problem.message, problem.line) for problem in found] == [(message, 4)]


def test_a_permission_set_deployed_again_grants_only_the_new(org: Org, tmp_path: Path) -> None:
    deploy(org, tmp_path, permission_set("fieldPermissions", "Contact.Title", READ))
    before = one(org, "SELECT Id FROM PermissionSet WHERE Name = 'S'")
    deploy(org, tmp_path, permission_set("fieldPermissions", "Contact.Phone", READ))
    assert one(org, "SELECT Id FROM PermissionSet WHERE Name = 'S'") == before
    assert rows(org, "SELECT Field FROM FieldPermissions") == [("Contact.Phone",)]


def test_what_the_org_has_no_use_for_is_listed(org: Org, tmp_path: Path) -> None:
    done = org.deploy(source(tmp_path / "source", {"wavePlans/Plan.wavePlan": "", **CARD}))
    assert done["not_emulated"] == ["wavePlan: Plan"]
    assert done["created"] == ["Card__c"]


def test_force_app_deploys_twice(org: Org) -> None:
    first = org.deploy(FORCE_APP)
    assert "AI_Donor_Profile__c.Donor_Id__c" in first["created"]
    second = org.deploy(FORCE_APP)
    assert second["created"] == []
    assert org.schema["AI_Donor_Profile__c"].get("OwnerId") is None
