"""The org behind the pages: force-app, donors in every state a card can be in, and people with different rights."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localorg.engine import Org, Session
from localorg.server.serve import LocalOrgServer

ROOT = Path(__file__).parents[2]
NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
FRONT_DESK = """<?xml version="1.0" encoding="UTF-8"?>
<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">
    <label>Front Desk</label>
    <objectPermissions><object>Account</object><allowCreate>false</allowCreate><allowDelete>false</allowDelete>
        <allowEdit>false</allowEdit><allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords>
        <viewAllRecords>true</viewAllRecords></objectPermissions>
    <objectPermissions><object>Contact</object><allowCreate>false</allowCreate><allowDelete>false</allowDelete>
        <allowEdit>false</allowEdit><allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords>
        <viewAllRecords>true</viewAllRecords></objectPermissions>
</PermissionSet>"""
SWITCH = """<?xml version="1.0" encoding="UTF-8"?>
<CustomMetadata xmlns="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema"><label>Switched On</label><protected>false</protected>
    <values><field>Value__c</field><value xsi:type="xsd:string">{value}</value></values></CustomMetadata>"""
# username → (first name, last name, permission set, language, locale)
PEOPLE = {
    "officer@steward.example": ("Olivia", "Officer", "AI_Donor_Act", "en_US", "en_US"),
    "viewer@steward.example": ("Victor", "Viewer", "AI_Donor_View", "en_US", "en_US"),
    "manager@steward.example": ("Mara", "Manager", "AI_Donor_Manage", "en_US", "en_US"),
    "desk@steward.example": ("Dana", "Desk", None, "en_US", "en_US"),
    "oficial@steward.example": ("Olga", "Oficial", "AI_Donor_Act", "es", "es_ES"),
    "chargee@steward.example": ("Odile", "Chargée", "AI_Donor_Act", "fr", "fr_FR"),
}
REASONS = {
    "Propensity": {
        "helps": [
            "gave 4 gifts in the last 12 months (similar donors: 1 gift)",
            "gave at this time of year in 3 years of the last 5",
        ],
        "holds_back": ["has never made a recurring gift"],
    }
}
SCORED: dict[str, Any] = {
    "Basis__c": "Household", "Method__c": "Model", "Mode__c": "Full", "Segment__c": "Major gift prospect",
    "Household_Lead__c": True, "Confidence__c": "High", "Model_Version__c": "Propensity 2026-03",
    "Propensity_Score__c": 92.4, "Propensity_Band__c": "Very high", "Propensity_Rank__c": 3,
    "Lapse_Risk_Score__c": 4.1, "Lapse_Risk_Band__c": "Low", "Lapse_Risk_Rank__c": 88,
    "Upgrade_Score__c": 41.0, "Upgrade_Band__c": "High", "Upgrade_Rank__c": 12,
    "Major_Gift_Score__c": 17.5, "Major_Gift_Band__c": "Very high", "Major_Gift_Rank__c": 2,
    "Reasons__c": json.dumps(REASONS), "Helps__c": "; ".join(REASONS["Propensity"]["helps"]),
    "Holds_Back__c": "; ".join(REASONS["Propensity"]["holds_back"]),
    "Next_Step__c": "Call or visit: a personal conversation before any ask.",
    "Suggested_Ask__c": 2500, "Suggested_Ask_Low__c": 2500, "Suggested_Ask_High__c": 5000,
    "Ask_Reason__c": "The largest recent gift was $2,500; talk first, then ask.",
    "Affinity_Cluster__c": "Gives to Youth Programs",
    "Trend__c": "2025-10:61.0 2025-11:64.5 2025-12:80.2 2026-01:85.0 2026-02:92.4",
    "Scored_At__c": "2026-03-02T06:10:00.000Z", "Expires_At__c": "2026-04-06T06:10:00.000Z",
}  # fmt: skip
# name → what its profile says differently; None has no profile
DONORS: dict[str, dict[str, Any] | None] = {
    "Rosa Park": {},
    "Ben Okafor": {"Segment__c": "At risk of lapsing", "Propensity_Score__c": 12.0, "Propensity_Band__c": "Low",
                   "Propensity_Rank__c": 74, "Lapse_Risk_Score__c": 81.0, "Lapse_Risk_Band__c": "Very high",
                   "Lapse_Risk_Rank__c": 4, "Next_Step__c": "Thank and report back before asking again.",
                   "Suggested_Ask__c": 120, "Suggested_Ask_Low__c": 100, "Suggested_Ask_High__c": 150,
                   "Ask_Reason__c": "The last gift was $100; donors like this one give a little more."},
    "Lena Fischer": {"Scored_At__c": "2026-01-10T06:10:00.000Z", "Expires_At__c": "2026-02-14T06:10:00.000Z"},
    "Tomás Silva": {"Segment__c": "Loyal donor", "Method__c": "Rule", "Confidence__c": "Low"},
    "Grace Moore": {"Segment__c": "Upgrade ready"},
    "Ana Ruiz": {"Segment__c": "Recurring donor"},
    "Irene Vogel": None,
    "Paul Stein": {"opted out": True, "Segment__c": "Do not solicit"},
    "Mina Cho": {"Mode__c": "Shadow"},
    "Hugo Lind": {"Method__c": "Excluded", "Excluded_Reason__c": "Deceased", "Segment__c": "Do not solicit"},
}  # fmt: skip


@dataclass
class Cast:
    """Donors by name: Contact, household and profile."""

    contacts: dict[str, str] = field(default_factory=dict)
    households: dict[str, str] = field(default_factory=dict)
    profiles: dict[str, str] = field(default_factory=dict)


@dataclass
class Stage:
    """The running org, and who is on it."""

    server: LocalOrgServer
    folder: Path
    cast: Cast
    now: dt.datetime = NOW

    @property
    def org(self) -> Org:
        return self.server.runtime.org

    @property
    def address(self) -> str:
        return self.server.address.url.replace("127.0.0.1", "localhost")

    def token(self, username: str) -> str:
        user_id = self.org.user_id(username)
        assert user_id is not None, username
        return self.server.runtime.accounts.open_session(self.server.runtime.org_id, user_id, None).token

    def rows(self, soql: str) -> list[dict[str, Any]]:
        return list(self.org.administrator().query(soql).records)

    @contextlib.contextmanager
    def switched_off(self) -> Iterator[None]:
        """The administrator's kill switch: a setting in custom metadata."""
        self._switch("false")
        try:
            yield
        finally:
            self._switch("true")

    def _switch(self, value: str) -> None:
        deploy(
            self.org,
            self.folder / "switch",
            "customMetadata/AI_Setting.Switched_On.md-meta.xml",
            SWITCH.format(value=value),
        )


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    with LocalOrgServer(folder / "org") as server:
        org = server.runtime.org
        org.deploy(ROOT / "force-app")
        deploy(org, folder / "desk", "permissionsets/Front_Desk.permissionset-meta.xml", FRONT_DESK)
        org.travel_to(NOW)
        people(org)
        yield Stage(server, folder, donors(org.administrator()))


def deploy(org: Org, folder: Path, path: str, xml: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(xml, encoding="utf-8")
    org.deploy(folder)


def people(org: Org) -> None:
    admin = org.administrator()
    for username, (first, last, permission_set, language, locale) in PEOPLE.items():
        user_id = org.create_user(username, profile="Standard User")
        words = {"FirstName": first, "LastName": last, "LanguageLocaleKey": language, "LocaleSidKey": locale}
        save(admin, "update", "User", Id=user_id, **words)
        for name in filter(None, ("Front_Desk", permission_set)):
            org.assign_permission_set(user_id, name)


def donors(admin: Session) -> Cast:
    cast = Cast()
    for name, different in DONORS.items():
        first, _, last = name.partition(" ")
        household = save(admin, "insert", "Account", Name=f"{last} Household")
        contact = save(admin, "insert", "Contact", FirstName=first, LastName=last, AccountId=household)
        cast.contacts[name], cast.households[name] = contact, household
        if different is None:
            continue
        values = {key: value for key, value in (SCORED | different).items() if key != "opted out"}
        identity = {"Contact__c": contact, "Donor_Id__c": contact, "Giving_Unit__c": household}
        cast.profiles[name] = save(admin, "insert", "AI_Donor_Profile__c", **identity, **values)
        link = {"AI_Donor_Profile__c": cast.profiles[name], "AI_Opt_Out__c": "opted out" in different}
        save(admin, "update", "Contact", Id=contact, **link)
    return cast


def save(session: Session, operation: str, sobject: str, **values: Any) -> str:
    (result,) = getattr(session, operation)(sobject, [values])
    assert result.success, result.errors
    return str(result.id)
