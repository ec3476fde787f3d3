"""Contacts and their accounts: a household for everyone without one, its members, primary contact and names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from localorg.automation import naming, settings
from localorg.automation.desk import Desk, Row
from localorg.automation.settings import HOUSEHOLD, ONE_TO_ONE
from localorg.batch import UNSET, Batch

_ADDRESS = ("Street", "City", "State", "PostalCode", "Country")
_CONTACT = (
    "AccountId", "OwnerId", "Salutation", "FirstName", "LastName", "npe01__Private__c", "npsp__Deceased__c",
    *(f"Mailing{part}" for part in _ADDRESS),
)  # fmt: skip
_MEMBER = (
    "Id", "AccountId", "Salutation", "FirstName", "LastName", "npsp__Deceased__c",
    "npsp__Exclude_from_Household_Name__c", "npsp__Exclude_from_Household_Formal_Greeting__c",
    "npsp__Exclude_from_Household_Informal_Greeting__c",
)  # fmt: skip


def give_accounts(desk: Desk, contacts: Sequence[str]) -> None:
    """An account of the model's kind to each contact that has none; private contacts have none on purpose."""
    found = desk.by_id("Contact", _CONTACT, contacts)
    alone = [row for key in contacts if (row := found.get(key)) and not row["AccountId"]]
    alone = [row for row in alone if not row["npe01__Private__c"]]
    model = settings.contacts(desk.connection)
    kinds = {"Household Account": HOUSEHOLD, "One-to-One": ONE_TO_ONE}
    kind = kinds.get(model.text("npe01__Account_Processor__c", "Household Account"))
    if kind is None or not alone:
        return
    made = desk.insert("Account", [_account(row, kind, model) for row in alone])
    pairs = list(zip(alone, made, strict=True))
    with desk.switchboard.silence():
        desk.update("Contact", [{"Id": row["Id"], "AccountId": account} for row, account in pairs])
    desk.update("Account", [{"Id": account, "npe01__One2OneContact__c": row["Id"]} for row, account in pairs])


def _account(contact: Row, kind: str, model: settings.Settings) -> Row:
    whole = " ".join(filter(None, (contact["FirstName"], contact["LastName"])))
    record_type = "npe01__HH_Account_RecordTypeID__c" if kind == HOUSEHOLD else "npe01__One_to_One_RecordTypeID__c"
    account: Row = {
        "Name": f"{contact['LastName']} Household" if kind == HOUSEHOLD else whole,
        "npe01__SYSTEM_AccountType__c": kind,
        "npe01__SYSTEMIsIndividual__c": 1,
        "OwnerId": contact["OwnerId"],
    }
    if model[record_type]:
        account["RecordTypeId"] = model[record_type]
    return account | {f"Billing{part}": contact[f"Mailing{part}"] for part in _ADDRESS}


def refresh(desk: Desk, accounts: Iterable[Any], *, names: bool) -> None:
    """Members, primary contact and, where NPSP names households, names of these accounts."""
    keys = {key for key in accounts if key and key is not UNSET}
    found = desk.by_id("Account", ("Name", *_KEPT), keys)
    households = {key: row for key, row in found.items() if row["npe01__SYSTEM_AccountType__c"] == HOUSEHOLD}
    if not households:
        return
    members = _members(desk, households)
    formats = naming.Formats.of(settings.read(desk.connection, "npsp__Household_Naming_Settings__c"))
    advanced = settings.households(desk.connection)["npo02__Advanced_Household_Naming__c"]
    changes = []
    for key, account in households.items():
        change = _facts(account, members[key])
        if names and advanced and members[key]:
            change |= _names(account, members[key], formats)
        if any(account[name] != value for name, value in change.items()):
            changes.append({"Id": key} | change)
    desk.update("Account", changes)


_KEPT = (
    "npe01__SYSTEM_AccountType__c", "npe01__One2OneContact__c", "npsp__Number_of_Household_Members__c",
    "npsp__All_Members_Deceased__c", "npo02__SYSTEM_CUSTOM_NAMING__c", "npo02__Formal_Greeting__c",
    "npo02__Informal_Greeting__c",
)  # fmt: skip


def _members(desk: Desk, households: Iterable[str]) -> dict[str, list[Row]]:
    """In the order in which NPSP names them: by the naming order given, then as they came."""
    found: dict[str, list[Row]] = defaultdict(list)
    sql = f"""SELECT {", ".join(_MEMBER)} FROM Contact
        WHERE IsDeleted = 0 AND AccountId IN (SELECT value FROM json_each(?))
        ORDER BY coalesce(npo02__Household_Naming_Order__c, 999), CreatedDate, Id"""  # noqa: S608
    for row in desk.rows(sql, list(households)):
        found[row["AccountId"]].append(row)
    return found


def _facts(account: Row, members: Sequence[Row]) -> Row:
    """The count, whether anyone lives, and a primary contact who is still a member."""
    ids = [member["Id"] for member in members]
    primary = account["npe01__One2OneContact__c"]
    living = [member["Id"] for member in members if not member["npsp__Deceased__c"]]
    return {
        "npsp__Number_of_Household_Members__c": len(members),
        "npsp__All_Members_Deceased__c": int(bool(members) and not living),
        "npe01__One2OneContact__c": primary if primary in ids else next(iter([*living, *ids]), None),
    }


def _names(account: Row, members: Sequence[Row], formats: naming.Formats) -> Row:
    """Names a person has taken over (custom naming) stay as they are."""
    own = settings.listed(account["npo02__SYSTEM_CUSTOM_NAMING__c"])
    made = {
        "Name": naming.household_name(formats, members),
        "npo02__Formal_Greeting__c": naming.formal_greeting(formats, members),
        "npo02__Informal_Greeting__c": naming.informal_greeting(formats, members),
    }
    taken = {"Name": "Name", "npo02__Formal_Greeting__c": "Formal_Greeting__c"}
    taken |= {"npo02__Informal_Greeting__c": "Informal_Greeting__c"}
    return {name: text for name, text in made.items() if text and taken[name] not in own}


def leave(desk: Desk, moved: Sequence[tuple[str, str | None]]) -> None:
    """After contacts left (account left, account joined): a household nobody is left in gives up its gifts and goes."""
    empty = _empty(desk, [old for old, _ in moved])
    for old, new in moved:
        if old in empty and new:
            for sobject in ("Opportunity", "npe03__Recurring_Donation__c"):
                field = "AccountId" if sobject == "Opportunity" else "npe03__Organization__c"
                sql = f"SELECT Id FROM {sobject} WHERE IsDeleted = 0 AND {field} = ?"  # noqa: S608
                with desk.switchboard.silence():
                    desk.update(sobject, [{"Id": row["Id"], field: new} for row in desk.rows(sql, old)])
    desk.delete("Account", sorted(key for key in empty if not _has_gifts(desk, key)))


def _empty(desk: Desk, accounts: Sequence[str]) -> set[str]:
    found = desk.by_id("Account", ("npe01__SYSTEM_AccountType__c",), accounts)
    kinds = {key for key, row in found.items() if row["npe01__SYSTEM_AccountType__c"] in (HOUSEHOLD, ONE_TO_ONE)}
    sql = "SELECT DISTINCT AccountId FROM Contact WHERE IsDeleted = 0 AND AccountId IN (SELECT value FROM json_each(?))"
    return kinds - {row["AccountId"] for row in desk.rows(sql, kinds)}


def _has_gifts(desk: Desk, account: str) -> bool:
    sql = "SELECT 1 FROM Opportunity WHERE IsDeleted = 0 AND AccountId = ? LIMIT 1"
    return bool(desk.rows(sql, account))


def do_not_contact(batch: Batch, before: dict[str, Row]) -> None:
    """Deceased sets Do Not Contact, which sets the two opt-outs to the same value; unticking clears them again."""
    for flag, follows in (
        ("npsp__Deceased__c", ("npsp__Do_Not_Contact__c",)),
        ("npsp__Do_Not_Contact__c", ("HasOptedOutOfEmail", "DoNotCall")),
    ):
        values = batch.columns.get(flag)
        if values is None:
            continue
        for row, value in enumerate(values):
            old = before.get(str(batch.ids[row]), {}).get(flag) or 0
            if value is not UNSET and (value or 0) != old:
                for name in follows:
                    batch.column(name)[row] = value
