"""What a user without the administrator's rights may see and write: what permission sets grant, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_org import FORCE_APP, add, gift, household, new_org, refused, rows, saved
from localorg.bootstrap import INTEGRATION
from localorg.engine import Org
from localorg.errors import NotFound, QueryError, Unauthorized
from localorg.session import Session


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path) as opened:
        yield opened


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


@pytest.fixture
def guest(org: Org) -> Session:
    user = org.user_id(INTEGRATION)
    assert user
    return org.session(user)


def grant(admin: Session, guest: Session, sobject: str, *actions: str, **fields: str) -> str:
    """A permission set made through the API, assigned to the guest; `fields` are 'read' or 'edit'."""
    name = f"Set_{sobject}_{len(rows(admin.org, 'SELECT Id FROM PermissionSet'))}"
    permission_set = add(admin, "PermissionSet", Name=name, Label=name)
    allowed = {f"Permissions{action}": True for action in actions}
    add(admin, "ObjectPermissions", ParentId=permission_set, SobjectType=sobject, **allowed)
    for field, access in fields.items():
        flags = {"PermissionsRead": True, "PermissionsEdit": access == "edit"}
        add(
            admin, "FieldPermissions", ParentId=permission_set, SobjectType=sobject, Field=f"{sobject}.{field}", **flags
        )
    return add(admin, "PermissionSetAssignment", PermissionSetId=permission_set, AssigneeId=guest.user.id)


def test_without_a_grant_an_object_does_not_exist(admin: Session, guest: Session) -> None:
    household(admin)
    with pytest.raises(QueryError) as caught:
        guest.query("SELECT Id FROM Contact")
    assert caught.value.code == "INVALID_TYPE"
    assert guest.sobject("Contact") is None
    with pytest.raises(NotFound):
        guest.insert("Contact", [{"LastName": "x"}])
    assert "Contact" not in [entry["name"] for entry in guest.describe_global()["sobjects"]]


def test_a_field_that_was_not_granted_answers_like_one_that_does_not_exist(admin: Session, guest: Session) -> None:
    household(admin, Email="ana@example.org")
    grant(admin, guest, "Contact", "Read", AccountId="read")
    assert len(list(guest.query("SELECT Id, Name, AccountId FROM Contact").records)) == 1
    with pytest.raises(QueryError) as caught:
        guest.query("SELECT Id, Email FROM Contact")
    assert caught.value.code == "INVALID_FIELD"
    assert "No such column 'Email' on entity 'Contact'" in caught.value.message
    assert "Email" not in [field["name"] for field in guest.describe("Contact")["fields"]]


def test_reading_is_not_writing(admin: Session, guest: Session) -> None:
    _, contact = household(admin)
    grant(admin, guest, "Contact", "Read", Title="edit")
    assert refused(guest.insert("Contact", [{"LastName": "x"}]))[:2] == (
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "entity type cannot be inserted: Contact",
    )
    for results in (guest.update("Contact", [{"Id": contact, "Title": "x"}]), guest.delete("Contact", [contact])):
        assert refused(results)[:2] == ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")


def test_a_field_may_be_read_only(admin: Session, guest: Session) -> None:
    _, contact = household(admin)
    grant(admin, guest, "Contact", "Read", "Edit", Title="read", Department="edit")
    saved(guest.update("Contact", [{"Id": contact, "Department": "Board"}]))
    code, _, fields = refused(guest.update("Contact", [{"Id": contact, "Title": "x"}]))
    assert (code, fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ("Title",))
    code, message, _ = refused(guest.update("Contact", [{"Id": contact, "Phone": "1"}]))
    assert (code, message) == ("INVALID_FIELD", "No such column 'Phone' on sobject of type Contact")


def test_a_grant_of_the_address_is_one_of_its_parts(admin: Session, guest: Session) -> None:
    household(admin, MailingCity="Reno")
    grant(admin, guest, "Contact", "Read", MailingAddress="read")
    assert [record["MailingCity"] for record in guest.query("SELECT MailingCity FROM Contact").records] == ["Reno"]


def test_contact_roles_follow_the_opportunity(admin: Session, guest: Session) -> None:
    _, contact = household(admin)
    add(admin, "OpportunityContactRole", OpportunityId=gift(admin), ContactId=contact, Role="Donor")
    with pytest.raises(QueryError):
        guest.query("SELECT Id FROM OpportunityContactRole")
    grant(admin, guest, "Opportunity", "Read")
    assert len(list(guest.query("SELECT Id, Role, ContactId FROM OpportunityContactRole").records)) == 1


def test_a_grant_ends_with_its_assignment(admin: Session, guest: Session) -> None:
    assignment = grant(admin, guest, "Contact", "Read")
    assert guest.sobject("Contact") is not None
    saved(admin.delete("PermissionSetAssignment", [assignment]))
    assert guest.sobject("Contact") is None


def test_grants_add_up(admin: Session, guest: Session) -> None:
    _, contact = household(admin)
    grant(admin, guest, "Contact", "Read", Title="edit")
    grant(admin, guest, "Contact", "Read", "Edit", Title="read")
    saved(guest.update("Contact", [{"Id": contact, "Title": "x"}]))


def test_only_an_administrator_changes_permissions(guest: Session) -> None:
    with pytest.raises(NotFound):
        guest.insert("PermissionSet", [{"Name": "Mine", "Label": "Mine"}])


def test_audit_fields_are_for_those_who_may_set_them(admin: Session, guest: Session) -> None:
    grant(admin, guest, "Account", "Read", "Create")
    code, _, fields = refused(guest.insert("Account", [{"Name": "Old", "CreatedDate": "2015-01-01T00:00:00Z"}]))
    assert (code, fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ("CreatedDate",))


def test_private_records_are_for_their_owner_and_those_who_view_all(org: Org, admin: Session, guest: Session) -> None:
    org.schema["Account"].sharing = "Private"
    theirs = add(admin, "Account", Name="Theirs")
    mine = add(admin, "Account", Name="Mine", OwnerId=guest.user.id)
    grant(admin, guest, "Account", "Read", "Edit")
    assert [record["Id"] for record in guest.query("SELECT Id FROM Account").records] == [mine]
    assert (
        refused(guest.update("Account", [{"Id": theirs, "Name": "x"}]))[0]
        == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
    )
    saved(guest.update("Account", [{"Id": mine, "Name": "x"}]))
    grant(admin, guest, "Account", "Read", "ViewAllRecords")
    assert len(list(guest.query("SELECT Id FROM Account").records)) == 2


def test_an_inactive_user_is_not_let_in(org: Org, admin: Session, guest: Session) -> None:
    saved(admin.update("User", [{"Id": guest.user.id, "IsActive": False}]))
    with pytest.raises(Unauthorized):
        org.session(guest.user.id)


def test_the_deployed_permission_set_grants_exactly_what_it_says(org: Org, admin: Session, guest: Session) -> None:
    org.deploy(FORCE_APP)
    _, contact = household(admin)
    org.assign_permission_set(guest.user.id, "AI_Donor_Integration")
    org.assign_permission_set(guest.user.id, "AI_Donor_Integration")
    profile = {"Donor_Id__c": contact, "Contact__c": contact, "Method__c": "Model"}
    saved(guest.upsert("AI_Donor_Profile__c", "Donor_Id__c", [profile]))
    code, _, fields = refused(
        guest.upsert("AI_Donor_Profile__c", "Donor_Id__c", [{"Donor_Id__c": contact, "Override_Reason__c": "x"}])
    )
    assert code in ("INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE"), fields
    with pytest.raises(QueryError):
        guest.query("SELECT Email FROM Contact")
