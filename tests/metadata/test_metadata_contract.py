"""The package and the scoring service agree: permissions, field types, the words of the picklists."""

from __future__ import annotations

import pytest
from metadata_checks.source import Component, Source, value
from steward import config
from steward.decide import policy
from steward.outcomes import outcome
from steward.salesforce import contract
from steward.salesforce.terms import Need, Write
from steward.salesforce.writes import PROFILE, WRITES

TYPES = {
    "boolean": {"Checkbox"}, "currency": {"Currency"}, "date": {"Date"}, "datetime": {"DateTime"}, "double": {"Number"},
    "picklist": {"Picklist"}, "reference": {"Lookup", "MasterDetail"}, "string": {"Text"}, "textarea": {"LongTextArea"},
}  # fmt: skip
VOLUNTEERS = "GW_Volunteers__"
OURS = frozenset(write.object for write in WRITES if write.key != "Id")

PEOPLES = {"AI_Feedback__c", "AI_Unsent_Change__c"}  # objects that people and Apex fill, never the service


def component(package: Source, kind: str, name: str) -> Component:
    return next(one for one in package.of(kind) if one.name == name)


def grants(one: Component) -> dict[tuple[str, str], Need]:
    """What a permission set grants, in the contract's terms."""
    found: dict[tuple[str, str], Need] = {}
    for grant in one.all("objectPermissions"):
        name, create, edit = (value(grant, element) for element in ("object", "allowCreate", "allowEdit"))
        found[name, ""] = Need(name, create=create == "true", edit=edit == "true")
    for grant in one.all("fieldPermissions"):
        owner, _, name = value(grant, "field").partition(".")
        found[owner, name] = Need(owner, name, edit=value(grant, "editable") == "true")
    for name in one.texts("customSettingAccesses/name") + one.texts("customMetadataTypeAccesses/name"):
        found[name, ""] = Need(name, setting=True)
    return found


def needed(volunteers: bool) -> dict[tuple[str, str], Need]:
    """The contract's needs; Need's `optional` says what the service can do without, not what is granted."""
    return {
        (one.object, one.field): Need(one.object, one.field, one.create, one.edit, setting=one.setting)
        for one in contract.needs()
        if one.object.startswith(VOLUNTEERS) == volunteers
    }


def test_the_integration_permission_set_grants_exactly_the_data_contract(package: Source) -> None:
    assert grants(component(package, "permissionset", "AI_Donor_Integration")) == needed(volunteers=False)


def test_the_volunteers_permission_set_grants_the_contracts_rest_and_the_parents_it_depends_on(package: Source) -> None:
    granted = grants(component(package, "permissionset", "AI_Donor_Integration_Volunteers"))
    parents = {"Account", "Campaign", "Contact", "GW_Volunteers__Volunteer_Job__c"}
    assert granted == needed(volunteers=True) | {(name, ""): Need(name) for name in parents}


@pytest.mark.parametrize("name", ["AI_Donor_Integration", "AI_Donor_Integration_Volunteers"])
def test_the_integration_user_sees_every_donor_but_deletes_and_administers_nothing(package: Source, name: str) -> None:
    one = component(package, "permissionset", name)
    for grant in one.all("objectPermissions"):
        assert value(grant, "allowDelete") == value(grant, "modifyAllRecords") == "false"
        # A profile shares its Contact's visibility, so seeing every Contact is enough.
        assert value(grant, "viewAllRecords") == str(value(grant, "object") != PROFILE.object).lower()
    assert set(one.texts("userPermissions/name")) <= {"ApiEnabled"}


def test_no_permission_set_lets_people_write_what_the_service_writes(package: Source) -> None:
    written = {f"{write.object}.{field.name}" for write in WRITES for field in write.fields}
    for name in ("AI_Donor_View", "AI_Donor_Act", "AI_Donor_Manage"):
        one = component(package, "permissionset", name)
        editable = {
            value(grant, "field") for grant in one.all("fieldPermissions") if value(grant, "editable") == "true"
        }
        assert not editable & written
        created = {value(g, "object") for g in one.all("objectPermissions") if value(g, "allowCreate") == "true"}
        assert created <= PEOPLES


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.object)
def test_every_written_field_exists_with_the_contracts_type(package: Source, write: Write) -> None:
    fields = {one.name: one for one in package.of("field") if one.object == write.object}
    for field in write.fields:
        one = fields[field.name]
        assert one.text("type") in TYPES[field.type], field.name
        assert int(one.text("scale") or 0) == field.scale, field.name
        if field.type == "reference":
            assert one.text("referenceTo") == field.to, field.name
    key = fields.get(write.key)
    assert write.key == "Id" or (key is not None and key.text("externalId") == key.text("unique") == "true")


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_field_of_our_objects_is_written_by_the_service_or_by_people_or_computed(
    package: Source, name: str
) -> None:
    write = next(one for one in WRITES if one.object == name)
    fields = {one.name for one in package.of("field") if one.object == name and not one.text("formula")}
    assert fields == {field.name for field in write.fields} | set(write.people)


def test_peoples_fields_keep_a_history(package: Source) -> None:
    tracked = {one.name for one in package.of("field") if one.text("trackHistory") == "true"}
    assert tracked == set(PROFILE.people)


def test_picklists_hold_the_words_the_service_uses(package: Source) -> None:
    sets = package.global_value_sets()
    assert sets["AI_Segment"] == policy.SEGMENTS
    assert sets["AI_Band"] == outcome.BANDS
    assert sets["AI_Rollout_Mode"] == config.CHOICES["mode"]


def test_work_lists_and_reports_filter_on_segments_that_exist(package: Source) -> None:
    """The effective segment is a formula, so the platform itself would accept any word in a filter on it."""
    lists = [(value(one, "field"), value(one, "operation"), value(one, "value"))
             for view in package.of("listView") for one in view.all("filters")]  # fmt: skip
    reports = [(value(one, "column").partition("$")[2], value(one, "operator"), value(one, "value"))
               for report in package.of("report") for one in report.all("filter/criteriaItems")]  # fmt: skip
    filters = [one for one in lists + reports if one[0] in ("Effective_Segment__c", "AI_Segment__c")]
    assert len(filters) >= 6
    for _, operation, text in filters:
        if operation == "contains":
            assert any(text in segment for segment in policy.SEGMENTS), text
        else:
            assert text in policy.SEGMENTS, text


def test_no_work_list_shows_scores_that_are_only_on_trial(package: Source) -> None:
    """Lists that start work leave out Shadow scores and stale ones; the others are for checking."""
    checking = {"All", "Overridden", "Not_Scored", "Out_of_Date"}
    for view in package.of("listView"):
        if view.object == PROFILE.object and view.name not in checking:
            filters = {
                (value(one, "field"), value(one, "operation"), value(one, "value")) for one in view.all("filters")
            }
            assert filters >= {("Mode__c", "notEqual", "Shadow"), ("Expires_At__c", "greaterOrEqual", "TODAY")}, (
                view.name
            )
