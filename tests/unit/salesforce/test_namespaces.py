"""The contract's names become the org's: NPSP, its fork, and our own prefix."""

from __future__ import annotations

import pytest
from steward.errors import AccessError
from steward.salesforce import contract, namespaces
from steward.salesforce.namespaces import Names

NPSP = {"Contact", "npe01__OppPayment__c", "AI_Donor_Profile__c"}


def test_npsp_itself_needs_no_mapping() -> None:
    names = namespaces.detect(NPSP)
    text = contract.soql(contract.table("recurring"))
    assert names == Names()
    assert names.to_org(text) == text


def test_the_fork_has_one_namespace_for_all() -> None:
    names = namespaces.detect({"nppatch__OppPayment__c", "AI_Donor_Profile__c"})
    assert names.to_org("npe03__Recurring_Donation__c") == "nppatch__Recurring_Donation__c"
    assert names.to_org("SELECT npsp__Status__c, npe03__Contact__r.npo02__X__c FROM npe01__OppPayment__c") == (
        "SELECT nppatch__Status__c, nppatch__Contact__r.nppatch__X__c FROM nppatch__OppPayment__c"
    )
    assert names.to_org("GW_Volunteers__Volunteer_Hours__c") == "GW_Volunteers__Volunteer_Hours__c"


def test_our_own_prefix_is_put_on_our_names_only() -> None:
    names = namespaces.detect({"npe01__OppPayment__c", "steward__AI_Donor_Profile__c"})
    assert names == Names(own="steward")
    assert names.to_org("Scoring_Run__r.Run_Id__c") == "steward__Scoring_Run__r.steward__Run_Id__c"
    assert names.to_org("SELECT Id, AI_Opt_Out__c, npsp__Deceased__c, RecordType.DeveloperName FROM Contact") == (
        "SELECT Id, steward__AI_Opt_Out__c, npsp__Deceased__c, RecordType.DeveloperName FROM Contact"
    )


def test_an_org_without_npsp_is_said_to_be_one() -> None:
    with pytest.raises(AccessError, match="shows no NPSP"):
        namespaces.detect({"Contact", "Account"})
