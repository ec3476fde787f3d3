"""What the data model does once it is deployed: formulas, opt-out, trial mode, overrides, who may write what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import BUNDLES, ROOT
from localorg.engine import Org, Session

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
SHOWN = ("AI_Propensity_Score__c", "AI_Propensity_Band__c", "AI_Segment__c", "AI_Next_Step__c", "AI_Suggested_Ask__c",
         "AI_Scored_At__c")  # fmt: skip


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    org = Org.open(tmp_path_factory.mktemp("org"))
    for folder in (ROOT / "force-app", *BUNDLES):
        org.deploy(folder)
    org.travel_to(NOW)
    yield org
    org.close()


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


def save(session: Session, sobject: str, **values: Any) -> str:
    (result,) = session.insert(sobject, [values])
    assert result.success, result.errors
    return str(result.id)


def change(session: Session, sobject: str, record: str, **values: Any) -> tuple[bool, str]:
    (result,) = session.update(sobject, [{"Id": record, **values}])
    return result.success, " ".join(error.code for error in result.errors)


def donor(admin: Session, **profile: Any) -> tuple[str, str]:
    """A Contact and its profile, linked as the service links them."""
    contact = save(admin, "Contact", LastName="Rivera")
    answer = {
        "Mode__c": "Full", "Method__c": "Model", "Propensity_Score__c": 34.5, "Propensity_Band__c": "High",
        "Segment__c": "Lapsed, likely to return", "Next_Step__c": "Call.", "Suggested_Ask__c": 125,
        "Scored_At__c": "2026-03-02T02:10:00.000Z", "Expires_At__c": "2026-03-05T02:10:00.000Z",
    }  # fmt: skip
    row = save(admin, "AI_Donor_Profile__c", Contact__c=contact, Donor_Id__c=contact, **(answer | profile))
    assert change(admin, "Contact", contact, AI_Donor_Profile__c=row) == (True, "")
    return contact, row


def shown(session: Session, contact: str, *fields: str) -> list[Any]:
    names = fields or SHOWN
    (record,) = session.query(f"SELECT {', '.join(names)} FROM Contact WHERE Id = '{contact}'").records
    return [record[name] for name in names]


def test_a_contact_shows_its_profile(admin: Session) -> None:
    contact, _ = donor(admin)
    *words, scored = shown(admin, contact)
    assert words == [34.5, "High", "Lapsed, likely to return", "Call.", 125]
    assert scored.startswith("2026-03-02T02:10:00")


def test_a_contact_without_a_profile_shows_nothing(admin: Session) -> None:
    assert shown(admin, save(admin, "Contact", LastName="New")) == [None] * len(SHOWN)


def test_scores_disappear_at_once_when_a_donor_opts_out_and_return_when_they_opt_in(admin: Session) -> None:
    contact, _ = donor(admin)
    change(admin, "Contact", contact, AI_Opt_Out__c=True)
    assert shown(admin, contact) == [None] * len(SHOWN)
    change(admin, "Contact", contact, AI_Opt_Out__c=False)
    assert shown(admin, contact, "AI_Propensity_Score__c") == [34.5]


def test_scores_on_trial_stand_on_the_profile_but_not_on_the_contact(admin: Session) -> None:
    contact, _ = donor(admin, Mode__c="Shadow")
    assert shown(admin, contact) == [None] * len(SHOWN)


def test_a_missing_score_is_blank_and_not_zero(admin: Session) -> None:
    contact, _ = donor(admin, Propensity_Score__c=None, Propensity_Band__c=None, Suggested_Ask__c=None)
    fields = ("AI_Propensity_Score__c", "AI_Propensity_Band__c", "AI_Suggested_Ask__c")
    assert shown(admin, contact, *fields) == [None, None, None]


@pytest.mark.parametrize(
    ("until", "segment"),
    [(None, "Loyal donor"), ("2026-03-02", "Loyal donor"), ("2026-03-01", "Lapsed, likely to return")],
)
def test_an_override_counts_until_its_last_day(admin: Session, until: str | None, segment: str) -> None:
    contact, row = donor(admin)
    override = {"Override_Segment__c": "Loyal donor", "Override_Reason__c": "we met", "Override_Until__c": until}
    assert change(admin, "AI_Donor_Profile__c", row, **override) == (True, "")
    assert shown(admin, contact, "AI_Segment__c") == [segment]


def test_one_donor_has_one_profile_and_picklists_take_only_their_words(admin: Session) -> None:
    contact, row = donor(admin)
    (second,) = admin.insert("AI_Donor_Profile__c", [{"Contact__c": contact, "Donor_Id__c": contact}])
    assert [error.code for error in second.errors] == ["DUPLICATE_VALUE"]
    assert change(admin, "AI_Donor_Profile__c", row, Segment__c="Whale") == (
        False,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    )


def test_a_profile_goes_with_its_contact(admin: Session) -> None:
    contact, row = donor(admin)
    admin.delete("Contact", [contact])
    assert list(admin.query(f"SELECT Id FROM AI_Donor_Profile__c WHERE Id = '{row}'").records) == []


@pytest.fixture(scope="module")
def service(org: Org) -> Session:
    user = org.create_user("scoring.service@steward.example")
    org.assign_permission_set(user, "AI_Donor_Integration")
    return org.session(user)


def test_the_service_writes_its_answers_and_links_the_contact(admin: Session, service: Session) -> None:
    contact, row = donor(admin)
    assert change(service, "AI_Donor_Profile__c", row, Propensity_Score__c=40.0) == (True, "")
    assert change(service, "Contact", contact, AI_Donor_Profile__c=None) == (True, "")


@pytest.mark.parametrize(
    ("sobject", "field", "value", "refusal"),
    [
        ("AI_Donor_Profile__c", "Override_Segment__c", "Lapsed", "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("AI_Donor_Profile__c", "Overridden_At__c", "2026-03-02T02:10:00.000Z", "INVALID_FIELD"),
        ("Contact", "AI_Opt_Out__c", False, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("Contact", "Email", "someone@example.org", "INVALID_FIELD"),
    ],
)
def test_the_service_cannot_write_what_belongs_to_people(
    admin: Session, service: Session, sobject: str, field: str, value: object, refusal: str
) -> None:
    """What it may read but not write is refused as such; what it may not even read does not exist for it."""
    contact, row = donor(admin)
    assert change(service, sobject, contact if sobject == "Contact" else row, **{field: value}) == (False, refusal)
