"""A gift's people: the account and primary contact it lacks, the donor's role, the other members of the household."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from localorg.automation import settings
from localorg.automation.desk import Desk, Row
from localorg.automation.settings import HOUSEHOLD, ONE_TO_ONE
from localorg.batch import Batch, given

PRIMARY, LEGACY, ACCOUNT = "npsp__Primary_Contact__c", "npe01__Contact_Id_for_Role__c", "AccountId"
_INDIVIDUAL = (HOUSEHOLD, ONE_TO_ONE)
_GIFT = (ACCOUNT, PRIMARY, "npsp__DisableContactRoleAutomation__c")


def complete(desk: Desk, batch: Batch) -> None:
    """Before an insert: account from contact, contact from household, and the two contact fields from each other."""
    contacts, legacy, accounts = (batch.column(name) for name in (PRIMARY, LEGACY, ACCOUNT))
    for row in range(batch.size):
        if not given(contacts[row]) and given(legacy[row]):
            contacts[row] = legacy[row]
    people = desk.by_id("Contact", (ACCOUNT,), contacts)
    kinds = desk.by_id(
        "Account",
        ("npe01__SYSTEM_AccountType__c", "npe01__One2OneContact__c"),
        [*accounts, *(person[ACCOUNT] for person in people.values())],
    )
    for row in range(batch.size):
        account, person = kinds.get(accounts[row]), people.get(contacts[row])
        if not given(contacts[row]) and account and _is_individual(account):
            contacts[row] = account["npe01__One2OneContact__c"]
        elif not given(accounts[row]) and person and _is_individual(kinds.get(person[ACCOUNT])):
            accounts[row] = person[ACCOUNT]
        if given(contacts[row]) and not given(legacy[row]):
            legacy[row] = contacts[row]


def add(desk: Desk, gifts: Sequence[str], *, donors: bool, members: bool) -> None:
    """After an insert: the primary contact's role, and Household Member for the others at home."""
    found = desk.by_id("Opportunity", _GIFT, gifts)
    wanted = {key: row for key, row in found.items() if not row["npsp__DisableContactRoleAutomation__c"]}
    accounts = desk.by_id("Account", ("npe01__SYSTEMIsIndividual__c",), (row[ACCOUNT] for row in wanted.values()))
    individual = {key for key, row in accounts.items() if row["npe01__SYSTEMIsIndividual__c"]}
    if donors:
        _follow_primary_roles(desk, wanted)
        _add_donors(desk, wanted, individual)
    if members:
        _add_members(desk, {key: row for key, row in wanted.items() if row[ACCOUNT] in individual})


def change(desk: Desk, gifts: Sequence[tuple[str, Row, Row]], *, donors: bool, members: bool) -> None:
    """After an update (id, before, now): another primary contact or account means other roles."""
    moved = [one for one in gifts if any(one[1][name] != one[2][name] for name in (PRIMARY, ACCOUNT))]
    if not moved:
        return
    doomed: list[str] = []
    member = settings.households(desk.connection).text("npo02__Household_Member_Contact_Role__c", "Household Member")
    roles = _roles(desk, [key for key, _, _ in moved])
    for key, before, now in moved:
        for role in roles[key]:
            left = donors and role["IsPrimary"] and role["ContactId"] == before[PRIMARY] != now[PRIMARY]
            if left or (members and role["Role"] == member):
                doomed.append(role["Id"])
    desk.delete("OpportunityContactRole", doomed)
    add(desk, [key for key, _, _ in moved], donors=donors, members=members)


def _add_donors(desk: Desk, gifts: dict[str, Row], individual: set[str]) -> None:
    model = settings.contacts(desk.connection)
    donor = model.text("npe01__Opportunity_Contact_Role_Default_role__c", "Donor")
    at_organization = model.text("npsp__Contact_Role_for_Organizational_Opps__c", "Soft Credit")
    roles = _roles(desk, list(gifts))
    new: list[Row] = []
    known: list[Row] = []
    for key, gift in gifts.items():
        role = donor if gift[ACCOUNT] in individual else at_organization
        mine = next((one for one in roles[key] if one["ContactId"] == gift[PRIMARY]), None)
        if not gift[PRIMARY] or (mine and mine["IsPrimary"] and mine["Role"]):
            continue
        if mine:
            known.append({"Id": mine["Id"], "IsPrimary": 1, "Role": role})
        else:
            new.append({"OpportunityId": key, "ContactId": gift[PRIMARY], "Role": role, "IsPrimary": 1})
    desk.update("OpportunityContactRole", known)
    desk.insert("OpportunityContactRole", new)


def _follow_primary_roles(desk: Desk, gifts: dict[str, Row]) -> None:
    """A primary role that came with the gift decides its primary contact."""
    changes = []
    for key, roles in _roles(desk, list(gifts)).items():
        primary = next((role["ContactId"] for role in roles if role["IsPrimary"]), None)
        if primary and not gifts[key][PRIMARY]:
            gifts[key][PRIMARY] = primary
            changes.append({"Id": key, PRIMARY: primary, LEGACY: primary})
    with desk.switchboard.silence():
        desk.update("Opportunity", changes)


def _add_members(desk: Desk, gifts: dict[str, Row]) -> None:
    """The living members of the donor's household who have no role on the gift yet."""
    household = settings.households(desk.connection)
    role = household.text("npo02__Household_Member_Contact_Role__c")
    if not household["npo02__Household_Contact_Roles_On__c"] or not role:
        return
    donors = desk.by_id("Contact", (ACCOUNT,), (gift[PRIMARY] for gift in gifts.values()))
    homes = desk.by_id("Account", ("npe01__SYSTEM_AccountType__c",), (donor[ACCOUNT] for donor in donors.values()))
    at_home: dict[str, list[str]] = defaultdict(list)
    sql = """SELECT Id, AccountId FROM Contact WHERE IsDeleted = 0 AND npsp__Deceased__c = 0
        AND AccountId IN (SELECT value FROM json_each(?)) ORDER BY Id"""
    for member in desk.rows(sql, [key for key, row in homes.items() if _is_household(row)]):
        at_home[member[ACCOUNT]].append(member["Id"])
    roles = _roles(desk, list(gifts))
    new = []
    for key, gift in gifts.items():
        taken = {one["ContactId"] for one in roles[key]}
        home = donors.get(gift[PRIMARY], {}).get(ACCOUNT)
        for contact in at_home.get(str(home), ()):
            if contact not in taken and contact != gift[PRIMARY]:
                new.append({"OpportunityId": key, "ContactId": contact, "Role": role, "IsPrimary": 0})
    desk.insert("OpportunityContactRole", new)


def _roles(desk: Desk, gifts: Sequence[str]) -> dict[str, list[Row]]:
    sql = """SELECT Id, OpportunityId, ContactId, Role, IsPrimary FROM OpportunityContactRole
        WHERE IsDeleted = 0 AND OpportunityId IN (SELECT value FROM json_each(?))"""
    found: dict[str, list[Row]] = {key: [] for key in gifts}
    for row in desk.rows(sql, list(gifts)):
        found[row["OpportunityId"]].append(row)
    return found


def _is_individual(account: Row | None) -> bool:
    return account is not None and account["npe01__SYSTEM_AccountType__c"] in _INDIVIDUAL


def _is_household(account: Row) -> bool:
    return bool(account["npe01__SYSTEM_AccountType__c"] == HOUSEHOLD)
