"""Record sharing: who sees and changes what, under private defaults, roles, masters and parents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_org import add, gift, new_org, refused, saved
from localorg.engine import Org
from localorg.errors import ApiError
from localorg.session import Session

SEES, EDITS = {"PermissionsRead": True}, {"PermissionsRead": True, "PermissionsEdit": True, "PermissionsCreate": True}


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path) as opened:
        opened.set_sharing("Account", "Private")
        opened.set_sharing("Contact", "ControlledByParent")
        opened.set_sharing("Opportunity", "Private")
        yield opened


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


@pytest.fixture
def roles(admin: Session) -> dict[str, str]:
    director = add(admin, "UserRole", Name="Director", DeveloperName="Director")
    officer = add(admin, "UserRole", Name="Officer", DeveloperName="Officer", ParentRoleId=director)
    return {"director": director, "officer": officer}


@pytest.fixture
def people(org: Org, admin: Session, roles: dict[str, str]) -> dict[str, Session]:
    """A director, two officers below her who are not each other's business."""
    held = add(admin, "PermissionSet", Name="Fundraising", Label="Fundraising")
    for name in ("Account", "Contact", "Opportunity", "npe01__OppPayment__c"):
        add(admin, "ObjectPermissions", ParentId=held, SobjectType=name, **EDITS)
    for field in ("Opportunity.Amount", "Contact.AccountId", "Opportunity.AccountId", "Account.Phone"):
        flags = {"PermissionsRead": True, "PermissionsEdit": True}
        add(admin, "FieldPermissions", ParentId=held, SobjectType=field.partition(".")[0], Field=field, **flags)
    sessions = {}
    for name, role in (("dora", "director"), ("olli", "officer"), ("otto", "officer")):
        user = org.create_user(f"{name}@example.org")
        saved(admin.update("User", [{"Id": user, "UserRoleId": roles[role]}]))
        org.assign_permission_set(user, "Fundraising")
        sessions[name] = org.session(user)
    return sessions


@pytest.fixture
def mine(people: dict[str, Session]) -> str:
    return add(people["olli"], "Account", Name="Olli's donors")


def seen(session: Session, sobject: str) -> list[str]:
    return sorted(record["Name"] for record in session.query(f"SELECT Name FROM {sobject}").records)


def test_a_private_record_is_seen_by_its_owner_and_those_above(people: dict[str, Session], mine: str) -> None:
    assert seen(people["olli"], "Account") == ["Olli's donors"]
    assert seen(people["dora"], "Account") == ["Olli's donors"]
    assert seen(people["otto"], "Account") == []


def test_those_above_may_change_it_and_others_are_refused(people: dict[str, Session], mine: str) -> None:
    saved(people["dora"].update("Account", [{"Id": mine, "Phone": "1"}]))
    code, message, _ = refused(people["otto"].update("Account", [{"Id": mine, "Phone": "2"}]))
    assert code == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
    assert message == "insufficient access rights on cross-reference id"


def test_a_public_read_only_record_is_seen_and_not_changed(org: Org, people: dict[str, Session], mine: str) -> None:
    org.set_sharing("Account", "Read")
    assert seen(people["otto"], "Account") == ["Olli's donors"]
    code, message, _ = refused(people["otto"].update("Account", [{"Id": mine, "Phone": "2"}]))
    assert (code, message) == ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")


def test_a_contact_is_seen_with_its_account(people: dict[str, Session], mine: str) -> None:
    add(people["olli"], "Contact", LastName="Inside", AccountId=mine)
    add(people["olli"], "Contact", LastName="Alone")
    assert seen(people["olli"], "Contact") == ["Alone", "Inside"]
    assert seen(people["dora"], "Contact") == ["Alone", "Inside"]
    assert seen(people["otto"], "Contact") == []


def test_whoever_owns_a_gift_sees_its_account_without_changing_it(
    admin: Session, people: dict[str, Session], mine: str
) -> None:
    gift(admin, Name="Otto's gift", AccountId=mine, OwnerId=people["otto"].user.id)
    assert seen(people["otto"], "Account") == ["Olli's donors"]
    code, _, _ = refused(people["otto"].update("Account", [{"Id": mine, "Phone": "2"}]))
    assert code == "INSUFFICIENT_ACCESS_OR_READONLY"
    assert seen(people["olli"], "Opportunity") == []


def test_a_detail_is_shared_like_its_master(admin: Session, people: dict[str, Session]) -> None:
    given = gift(people["olli"], Name="Olli's gift")
    payment = add(admin, "npe01__OppPayment__c", npe01__Opportunity__c=given, npe01__Payment_Amount__c=5)
    assert len(seen(people["olli"], "npe01__OppPayment__c")) == 1
    assert seen(people["otto"], "npe01__OppPayment__c") == []
    change = {"Id": payment, "npe01__Opportunity__c": given}
    assert not people["otto"].update("npe01__OppPayment__c", [change])[0].success


def test_nobody_points_to_a_record_they_cannot_see(people: dict[str, Session], mine: str) -> None:
    code, message, _ = refused(people["otto"].insert("Contact", [{"LastName": "Spy", "AccountId": mine}]))
    assert code == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
    assert message == f"insufficient access rights on cross-reference id: {mine[:15]}"


def test_a_hidden_parent_reads_as_none(admin: Session, people: dict[str, Session], mine: str) -> None:
    gift(admin, Name="Otto's gift", OwnerId=people["otto"].user.id)
    gift(people["olli"], Name="Olli's gift", AccountId=mine)
    for session, expected in ((people["otto"], [None]), (people["olli"], [{"Name": "Olli's donors"}])):
        found = [record["Account"] for record in session.query("SELECT Account.Name FROM Opportunity").records]
        assert [one and {"Name": one["Name"]} for one in found] == expected


def test_view_all_sees_past_sharing_and_modify_all_changes(
    org: Org, admin: Session, people: dict[str, Session], mine: str
) -> None:
    wide = add(admin, "PermissionSet", Name="Wide", Label="Wide")
    rights = add(
        admin, "ObjectPermissions", ParentId=wide, SobjectType="Account", **SEES, PermissionsViewAllRecords=True
    )
    org.assign_permission_set(people["otto"].user.id, "Wide")
    assert seen(people["otto"], "Account") == ["Olli's donors"]
    assert not people["otto"].update("Account", [{"Id": mine, "Phone": "2"}])[0].success
    saved(admin.update("ObjectPermissions", [{"Id": rights, "PermissionsModifyAllRecords": True}]))
    saved(people["otto"].update("Account", [{"Id": mine, "Phone": "2"}]))


def test_the_org_remembers_its_defaults(tmp_path: Path) -> None:
    with new_org(tmp_path / "kept") as org:
        org.set_sharing("opportunity", "Private")
    with new_org(tmp_path / "kept") as org:
        assert org.schema["Opportunity"].sharing == "Private"
        with pytest.raises(ApiError, match="Give an object and one of Private, Read"):
            org.set_sharing("Opportunity", "Secret")
