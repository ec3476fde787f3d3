"""The recycle bin, what goes with a parent, and merges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_org import add, gift, household, new_org, one, refused, rows, saved
from localorg.engine import Org
from localorg.errors import NotFound
from localorg.session import Session


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path) as opened:
        yield opened


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


def test_a_deleted_record_is_gone_for_queries_but_not_for_all_rows(admin: Session) -> None:
    _, contact = household(admin)
    saved(admin.delete("Contact", [contact]))
    assert list(admin.query("SELECT Id FROM Contact").records) == []
    kept = list(admin.query("SELECT Id, IsDeleted FROM Contact", all_rows=True).records)
    assert [(record["Id"], record["IsDeleted"]) for record in kept] == [(contact, True)]
    with pytest.raises(NotFound) as caught:
        admin.retrieve("Contact", contact, ["Id"])
    assert (caught.value.code, caught.value.status) == ("ENTITY_IS_DELETED", 404)
    assert refused(admin.delete("Contact", [contact]))[:2] == ("ENTITY_IS_DELETED", "entity is deleted")


def test_details_go_with_their_master_and_come_back(org: Org, admin: Session) -> None:
    opportunity = gift(admin, StageName="Pledged")
    add(admin, "npe01__OppPayment__c", npe01__Opportunity__c=opportunity)
    saved(admin.delete("Opportunity", [opportunity]))
    assert rows(org, "SELECT IsDeleted FROM npe01__OppPayment__c") == [(1,)]
    saved(admin.undelete("Opportunity", [opportunity]))
    assert rows(org, "SELECT IsDeleted FROM npe01__OppPayment__c") == [(0,)]
    assert rows(org, "SELECT IsDeleted FROM Opportunity") == [(0,)]


def test_a_detail_deleted_before_its_master_stays_deleted(org: Org, admin: Session) -> None:
    opportunity = gift(admin, StageName="Pledged")
    payment = add(admin, "npe01__OppPayment__c", npe01__Opportunity__c=opportunity)
    saved(admin.delete("npe01__OppPayment__c", [payment]))
    saved(admin.delete("Opportunity", [opportunity]))
    saved(admin.undelete("Opportunity", [opportunity]))
    assert rows(org, "SELECT IsDeleted FROM npe01__OppPayment__c") == [(1,)]


def test_a_lookup_lets_go_of_what_is_deleted(org: Org, admin: Session) -> None:
    campaign = add(admin, "Campaign", Name="C")
    opportunity = gift(admin, CampaignId=campaign)
    saved(admin.delete("Campaign", [campaign]))
    assert one(org, "SELECT CampaignId, IsDeleted FROM Opportunity WHERE Id = ?", opportunity) == (None, 0)


def test_an_account_with_won_gifts_cannot_be_deleted(admin: Session) -> None:
    account, _ = household(admin)
    gift(admin, AccountId=account, Name="The gift")
    code, message, _ = refused(admin.delete("Account", [account]))
    assert code == "DELETE_FAILED"
    assert message.endswith("The list of the closed won opportunities is: The gift")


def test_contacts_go_with_their_account(org: Org, admin: Session) -> None:
    account, _ = household(admin)
    saved(admin.delete("Account", [account]))
    assert one(org, "SELECT IsDeleted FROM Contact") == (1,)


def test_a_restricted_lookup_keeps_its_parent(admin: Session) -> None:
    unit = add(admin, "npsp__General_Accounting_Unit__c", Name="General")
    account, _ = household(admin)
    opportunity = gift(admin, AccountId=account)
    add(admin, "npsp__Allocation__c", npsp__Opportunity__c=opportunity, npsp__General_Accounting_Unit__c=unit)
    results = admin.delete("npsp__General_Accounting_Unit__c", [unit])
    field = admin.org.schema["npsp__Allocation__c"].get("npsp__General_Accounting_Unit__c")
    assert field is not None
    if field.restrict_delete:
        assert refused(results)[0] == "DELETE_FAILED"
    else:
        saved(results)


def test_an_assignment_of_permissions_is_deleted_for_good(org: Org, admin: Session) -> None:
    user = org.create_user("temp@example.org")
    assigned = one(org, "SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = ?", user)[0]
    saved(admin.delete("PermissionSetAssignment", [assigned]))
    assert rows(org, "SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = ?", user) == []


def test_the_winner_of_a_merge_takes_the_losers_children(org: Org, admin: Session) -> None:
    account, winner = household(admin)
    loser = add(admin, "Contact", LastName="Twin", AccountId=account)
    task = add(admin, "Task", WhoId=loser)
    admin.merge("Contact", winner, [loser])
    assert one(org, "SELECT WhoId FROM Task WHERE Id = ?", task) == (winner,)
    assert one(org, "SELECT IsDeleted, MasterRecordId FROM Contact WHERE Id = ?", loser) == (1, winner)


def test_all_or_none_deletes_none(org: Org, admin: Session) -> None:
    first, second = add(admin, "Account", Name="A"), add(admin, "Account", Name="B")
    admin.delete("Account", [second])
    results = admin.delete("Account", [first, second], all_or_none=True)
    assert [result.success for result in results] == [False, False]
    assert one(org, "SELECT IsDeleted FROM Account WHERE Id = ?", first) == (0,)
