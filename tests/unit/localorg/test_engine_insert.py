"""Creating records: what is filled in, what is refused and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_org import add, gift, household, new_org, one, refused, rows, saved
from localorg import ids
from localorg.engine import Org
from localorg.errors import ApiError, NotFound
from localorg.session import Session


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path) as opened:
        yield opened


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


def test_a_contact_gets_its_name_owner_and_system_fields(org: Org, admin: Session) -> None:
    _, contact = household(admin, Salutation="Ms.")
    name, owner, created_by, deleted, created, stamp = one(
        org,
        "SELECT Name, OwnerId, CreatedById, IsDeleted, CreatedDate, SystemModstamp FROM Contact WHERE Id = ?",
        contact,
    )
    assert name == "Ana Rivera"
    assert owner == created_by == admin.user.id
    assert deleted == 0
    assert created == stamp
    assert created.endswith(".000Z")


def test_field_names_are_taken_in_any_case(org: Org, admin: Session) -> None:
    saved(admin.insert("contact", [{"lastname": "Lee", "attributes": {"type": "Contact"}}]))
    assert one(org, "SELECT LastName FROM Contact") == ("Lee",)


def test_all_missing_required_fields_are_named_at_once(admin: Session) -> None:
    code, message, fields = refused(admin.insert("Opportunity", [{"Amount": 5}]))
    assert code == "REQUIRED_FIELD_MISSING"
    assert message == "Required fields are missing: [Name, StageName, CloseDate]"
    assert fields == ("Name", "StageName", "CloseDate")


def test_a_text_that_is_too_long_is_shown_with_its_limit(admin: Session) -> None:
    long = "x" * 81
    code, message, fields = refused(admin.insert("Contact", [{"LastName": long}]))
    assert (code, fields) == ("STRING_TOO_LONG", ("LastName",))
    assert message == f"Last Name: data value too large: {long} (max length=80)"


def test_an_unknown_field_does_not_exist(admin: Session) -> None:
    code, message, _ = refused(admin.insert("Account", [{"Name": "A", "FavoritePet__c": "dog"}]))
    assert code == "INVALID_FIELD"
    assert message == "No such column 'FavoritePet__c' on sobject of type Account"


def test_an_unknown_object_is_not_found(admin: Session) -> None:
    with pytest.raises(NotFound) as caught:
        admin.insert("PlayingCard__c", [{"Name": "Ace"}])
    assert (caught.value.code, caught.value.message) == ("NOT_FOUND", "The requested resource does not exist")


@pytest.mark.parametrize("field", ["IsWon", "npe01__Payments_Made__c", "LastActivityDate"])
def test_a_field_the_platform_writes_is_refused(admin: Session, field: str) -> None:
    given = {"Name": "g", "StageName": "Posted", "CloseDate": "2024-01-01", field: None}
    code, message, fields = refused(admin.insert("Opportunity", [given]))
    assert (code, fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", (field,))
    assert message == (
        f"Unable to create/update fields: {field}. Please check the security settings of this field and verify that it "
        "is read/write for your profile or permission set."
    )


def test_a_restricted_picklist_takes_only_its_values(org: Org, admin: Session) -> None:
    given = {"Name": "g", "StageName": "Posted", "CloseDate": "2024-01-01", "npsp__Gift_Strategy__c": "Hope"}
    code, message, fields = refused(admin.insert("Opportunity", [given]))
    assert (code, fields) == ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ("npsp__Gift_Strategy__c",))
    assert message.endswith("bad value for restricted picklist field: Hope")
    gift(admin, npsp__Gift_Strategy__c="renewal", Type="A type of our own")
    assert one(org, "SELECT npsp__Gift_Strategy__c, Type FROM Opportunity") == ("Renewal", "A type of our own")


@pytest.mark.parametrize(
    ("given", "kept"),
    [(12.345, 12.35), ("12.345", 12.35), (-12.345, -12.34), (2.675, 2.68), (1e15, 1e15), ("100", 100.0), (0, 0.0)],
)
def test_money_is_rounded_half_up_to_cents(org: Org, admin: Session, given: Any, kept: float) -> None:
    gift(admin, Amount=given)
    assert one(org, "SELECT Amount FROM Opportunity") == (kept,)


def test_a_number_with_too_many_digits_is_out_of_range(admin: Session) -> None:
    given = {"Name": "g", "StageName": "Posted", "CloseDate": "2024-01-01", "Amount": 1e17}
    code, message, fields = refused(admin.insert("Opportunity", [given]))
    assert (code, fields) == ("NUMBER_OUTSIDE_VALID_RANGE", ("Amount",))
    assert message == "Amount: value outside of valid range on numeric field: 1e+17"


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("Amount", "many", "double"),
        ("Amount", True, "double"),
        ("CloseDate", "06/05/2024", "date"),
        ("CloseDate", "2024-13-01", "date"),
        ("IsPrivate", "perhaps", "boolean"),
        ("Name", 7, "string"),
        ("Name", {"first": "x"}, "string"),
    ],
)
def test_json_of_the_wrong_type_fails_the_whole_call(
    org: Org, admin: Session, field: str, value: Any, kind: str
) -> None:
    good = {"Name": "g", "StageName": "Posted", "CloseDate": "2024-01-01"}
    with pytest.raises(ApiError) as caught:
        admin.insert("Opportunity", [good, good | {field: value}])
    assert caught.value.code == "JSON_PARSER_ERROR"
    assert caught.value.message.startswith(f"Cannot deserialize instance of {kind} from ")
    assert rows(org, "SELECT Id FROM Opportunity") == []


def test_a_date_nobody_lived_is_refused(admin: Session) -> None:
    code, message, _ = refused(admin.insert("Contact", [{"LastName": "x", "Birthdate": "1609-11-25"}]))
    assert code == "FIELD_INTEGRITY_EXCEPTION"
    assert message == "Birthdate: invalid date: Wed Nov 25 00:00:00 GMT 1609"


def test_an_email_must_look_like_one(admin: Session) -> None:
    code, message, fields = refused(admin.insert("Contact", [{"LastName": "x", "Email": "nobody"}]))
    assert (code, fields) == ("INVALID_EMAIL_ADDRESS", ("Email",))
    assert message == "Email: invalid email address: nobody"


def test_datetimes_are_kept_in_utc_and_whole_seconds(org: Org, admin: Session) -> None:
    add(admin, "Event", StartDateTime="2024-05-06T18:30:00.987+02:00", DurationInMinutes=45)
    row = one(org, "SELECT StartDateTime, EndDateTime, ActivityDate FROM Event")
    assert row == ("2024-05-06T16:30:00.000Z", "2024-05-06T17:15:00.000Z", "2024-05-06")


# References


def test_a_reference_to_the_wrong_kind_is_malformed(admin: Session) -> None:
    _, contact = household(admin)
    code, message, fields = refused(admin.insert("Contact", [{"LastName": "x", "AccountId": contact}]))
    assert (code, fields) == ("MALFORMED_ID", ("AccountId",))
    assert message == f"Account ID: id value of incorrect type: {contact}"


def test_a_reference_to_nothing_is_invalid(admin: Session) -> None:
    nowhere = ids.make("001", 999_999)
    assert refused(admin.insert("Contact", [{"LastName": "x", "AccountId": nowhere}])) == (
        "INVALID_CROSS_REFERENCE_KEY",
        "invalid cross reference id",
        (),
    )
    misspelt = nowhere[:-3] + "BCD"
    assert refused(admin.insert("Contact", [{"LastName": "x", "AccountId": misspelt}]))[0] == "MALFORMED_ID"


def test_a_reference_to_the_recycle_bin_is_deleted(admin: Session) -> None:
    account = add(admin, "Account", Name="Gone")
    admin.delete("Account", [account])
    assert refused(admin.insert("Contact", [{"LastName": "x", "AccountId": account}]))[0] == "ENTITY_IS_DELETED"


def test_a_15_character_reference_is_kept_as_18(org: Org, admin: Session) -> None:
    account = add(admin, "Account", Name="A")
    add(admin, "Contact", LastName="x", AccountId=account[:15])
    assert one(org, "SELECT AccountId FROM Contact") == (account,)


def test_a_record_type_belongs_to_its_object(org: Org, admin: Session) -> None:
    (donation,) = one(org, "SELECT Id FROM RecordType WHERE DeveloperName = 'Donation'")
    code, message, fields = refused(admin.insert("Account", [{"Name": "A", "RecordTypeId": donation}]))
    assert (code, fields) == ("INVALID_CROSS_REFERENCE_KEY", ("RecordTypeId",))
    assert message == f"Record Type ID: this ID value isn't valid for the user: {donation}"
    gift(admin, RecordTypeId=donation)


def test_a_parent_can_be_named_by_its_external_id(org: Org, admin: Session) -> None:
    _, contact = household(admin, Email="ana@example.org")
    saved(admin.insert("Task", [{"Who": {"attributes": {"type": "Contact"}, "Email": "ana@example.org"}}]))
    assert one(org, "SELECT WhoId FROM Task") == (contact,)
    code, message, _ = refused(
        admin.insert("npe5__Affiliation__c", [{"npe5__Contact__r": {"Email": "no@example.org"}}])
    )
    assert code == "INVALID_FIELD"
    assert message == "Foreign key external ID: no@example.org not found for field Email in entity Contact"


def test_a_detail_needs_its_master(admin: Session) -> None:
    code, message, fields = refused(admin.insert("npe01__OppPayment__c", [{"npe01__Payment_Amount__c": 5}]))
    assert (code, fields) == ("REQUIRED_FIELD_MISSING", ("npe01__Opportunity__c",))
    assert message == "Required fields are missing: [npe01__Opportunity__c]"


# What the platform works out


@pytest.mark.parametrize("stage", ["Closed Won", "Posted", "Awarded", "In-Kind Received"])
def test_npsps_four_won_stages_are_won(org: Org, admin: Session, stage: str) -> None:
    gift(admin, StageName=stage)
    assert one(org, "SELECT IsWon, IsClosed, Probability FROM Opportunity") == (1, 1, 100.0)


def test_a_gift_takes_its_stages_probability_and_its_fiscal_period(org: Org, admin: Session) -> None:
    gift(admin, StageName="verbal commitment", CloseDate="2023-11-30", Amount=50)
    row = one(
        org,
        "SELECT StageName, IsWon, IsClosed, Probability, ForecastCategory, ForecastCategoryName, ExpectedRevenue, "
        "FiscalYear, FiscalQuarter, Fiscal FROM Opportunity",
    )
    assert row == ("Verbal Commitment", 0, 0, 80.0, "Forecast", "Commit", 40.0, 2023, 4, "2023 4")


def test_a_probability_of_ones_own_is_kept(org: Org, admin: Session) -> None:
    gift(admin, StageName="Pledged", Probability=75)
    assert one(org, "SELECT Probability FROM Opportunity") == (75.0,)


def test_a_campaign_comes_with_its_two_statuses_and_members_respond(org: Org, admin: Session) -> None:
    campaign = add(admin, "Campaign", Name="Spring appeal")
    _, contact = household(admin)
    add(admin, "CampaignMember", CampaignId=campaign, ContactId=contact, Status="Responded")
    assert rows(org, "SELECT Label, HasResponded FROM CampaignMemberStatus ORDER BY SortOrder") == [
        ("Sent", 0),
        ("Responded", 1),
    ]
    responded, day = one(org, "SELECT HasResponded, FirstRespondedDate FROM CampaignMember")
    assert responded == 1
    assert day == org.clock.stamp()[:10]
    again = refused(admin.insert("CampaignMember", [{"CampaignId": campaign, "ContactId": contact}]))
    assert again[:2] == ("DUPLICATE_VALUE", "Already a campaign member.")


def test_a_task_knows_its_account_and_when_it_was_completed(org: Org, admin: Session) -> None:
    account, contact = household(admin)
    add(admin, "Task", WhoId=contact, Subject="Call", Status="Completed")
    row = one(org, "SELECT AccountId, IsClosed, Priority, TaskSubtype, CompletedDateTime IS NOT NULL FROM Task")
    assert row == (account, 1, "Normal", "Task", 1)


def test_auto_numbers_count_on(org: Org, admin: Session) -> None:
    opportunity = gift(admin)
    for _ in range(2):
        add(admin, "npe01__OppPayment__c", npe01__Opportunity__c=opportunity)
    assert rows(org, "SELECT Name FROM npe01__OppPayment__c") == [("PMT-00001",), ("PMT-00002",)]


def test_defaults_fill_what_is_not_given(org: Org, admin: Session) -> None:
    add(admin, "npe03__Recurring_Donation__c", npe03__Amount__c=20)
    name, identity, status, kind, established = one(
        org,
        "SELECT Name, Id, npsp__Status__c, npsp__RecurringType__c, npe03__Date_Established__c "
        "FROM npe03__Recurring_Donation__c",
    )
    assert (status, kind) == ("Active", "Open")
    assert established == org.clock.stamp()[:10]
    assert name == identity[:15]


def test_the_org_has_one_primary_contact_role_a_gift(org: Org, admin: Session) -> None:
    account, first = household(admin)
    second = add(admin, "Contact", LastName="Two", AccountId=account)
    opportunity = gift(admin, AccountId=account)
    for contact in (first, second):
        add(admin, "OpportunityContactRole", OpportunityId=opportunity, ContactId=contact, IsPrimary=True, Role="Donor")
    assert rows(org, "SELECT ContactId FROM OpportunityContactRole WHERE IsPrimary = 1") == [(second,)]


def test_the_administrator_may_set_the_created_date(org: Org, admin: Session) -> None:
    add(admin, "Account", Name="Old", CreatedDate="2015-02-03T04:05:06Z")
    assert one(org, "SELECT CreatedDate FROM Account") == ("2015-02-03T04:05:06.000Z",)


# Several at once


def test_good_rows_are_saved_beside_bad_ones(org: Org, admin: Session) -> None:
    results = admin.insert("Account", [{"Name": "A"}, {}, {"Name": "C"}])
    assert [result.success for result in results] == [True, False, True]
    assert rows(org, "SELECT Name FROM Account") == [("A",), ("C",)]


def test_all_or_none_saves_none(org: Org, admin: Session) -> None:
    results = admin.insert("Account", [{"Name": "A"}, {}], all_or_none=True)
    assert [result.errors[0].code for result in results] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "REQUIRED_FIELD_MISSING",
    ]
    assert rows(org, "SELECT Id FROM Account") == []


def test_a_transaction_undoes_every_call_in_it(org: Org, admin: Session) -> None:
    with pytest.raises(RuntimeError), admin.transaction():
        add(admin, "Account", Name="A")
        assert [record["Name"] for record in admin.query("SELECT Name FROM Account").records] == ["A"]
        raise RuntimeError
    assert rows(org, "SELECT Id FROM Account") == []


def test_a_hierarchy_setting_has_one_row_for_each_owner(org: Org, admin: Session) -> None:
    """The refusal names the owner, as a real org's did."""
    settings = "npo02__Households_Settings__c"
    [before] = admin.query(f"SELECT Id, SetupOwnerId FROM {settings}").records
    assert before["SetupOwnerId"] == org.id
    twice = admin.insert(settings, [{}, {"SetupOwnerId": admin.user.id}, {"SetupOwnerId": admin.user.id}])
    message = "duplicate value found: SetupOwnerId duplicates value on record with id: {}"
    assert [result.success for result in twice] == [False, True, False]
    assert [(error.code, error.message) for result in twice for error in result.errors] == [
        ("DUPLICATE_VALUE", message.format(org.id[:15])),
        ("DUPLICATE_VALUE", message.format(admin.user.id[:15])),
    ]
    own = saved(admin.update(settings, [{"Id": before["Id"], "npo02__Always_Rollup_to_Primary_Contact__c": True}]))
    assert own == before["Id"]


def test_a_custom_record_without_a_name_is_called_by_its_short_id(org: Org, admin: Session) -> None:
    unit = add(admin, "npsp__General_Accounting_Unit__c")
    assert one(org, "SELECT Name FROM npsp__General_Accounting_Unit__c WHERE Id = ?", unit) == (unit[:15],)
