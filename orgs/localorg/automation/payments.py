"""The payment NPSP makes for a gift, and keeps in step with it while it is the only one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from localorg.automation import settings
from localorg.automation.desk import Desk, Row

PAYMENT, GIFT = "npe01__OppPayment__c", "npe01__Opportunity__c"
_GIFT = (
    "Amount", "CloseDate", "IsWon", "IsClosed", "Type", "RecordTypeId", "npe03__Recurring_Donation__c",
    "npe01__Do_Not_Automatically_Create_Payment__c",
)  # fmt: skip


def keep(desk: Desk, gifts: Sequence[str]) -> None:
    """A payment for each gift that needs its first; a lone unpaid one follows the gift's amount, date and stage."""
    model = settings.contacts(desk.connection)
    if not model["npe01__Payments_Enabled__c"]:
        return
    types = settings.listed(model["npsp__Opp_Types_Excluded_for_Payments__c"])
    record_types = settings.listed(model["npsp__Opp_RecTypes_Excluded_for_Payments__c"])
    found = desk.by_id("Opportunity", _GIFT, gifts)
    payments = _payments(desk, list(found))
    methods = _methods(desk, found)
    new: list[Row] = []
    changed: list[Row] = []
    for key, gift in found.items():
        if gift["npe01__Do_Not_Automatically_Create_Payment__c"]:
            continue
        if gift["Type"] in types or gift["RecordTypeId"] in record_types:
            continue
        there = payments[key]
        if not there and gift["Amount"] and (gift["IsWon"] or not gift["IsClosed"]):
            method = methods.get(gift["npe03__Recurring_Donation__c"])
            new.append({GIFT: key, "npe01__Payment_Method__c": method} | _wanted(gift))
        elif len(there) == 1 and not there[0]["npe01__Paid__c"] and not there[0]["npe01__Written_Off__c"]:
            wanted = _wanted(gift) if gift["Amount"] else {}
            if any(there[0][name] != value for name, value in wanted.items()):
                changed.append({"Id": there[0]["Id"]} | wanted)
    desk.insert(PAYMENT, new)
    desk.update(PAYMENT, changed)


def _wanted(gift: Row) -> Row:
    wanted: Row = {"npe01__Payment_Amount__c": gift["Amount"], "npe01__Scheduled_Date__c": gift["CloseDate"]}
    if gift["IsWon"]:
        wanted |= {"npe01__Paid__c": 1, "npe01__Payment_Date__c": gift["CloseDate"]}
    return wanted


def _payments(desk: Desk, gifts: Sequence[str]) -> dict[str, list[Row]]:
    sql = f"""SELECT Id, {GIFT}, npe01__Payment_Amount__c, npe01__Scheduled_Date__c, npe01__Payment_Date__c,
        npe01__Paid__c, npe01__Written_Off__c FROM {PAYMENT}
        WHERE IsDeleted = 0 AND {GIFT} IN (SELECT value FROM json_each(?))"""  # noqa: S608
    found: dict[str, list[Row]] = defaultdict(list)
    for row in desk.rows(sql, list(gifts)):
        found[row[GIFT]].append(row)
    return found


def _methods(desk: Desk, gifts: dict[str, Row]) -> dict[str, str | None]:
    """An installment is paid the way its recurring donation is."""
    recurring = (gift["npe03__Recurring_Donation__c"] for gift in gifts.values())
    found = desk.by_id("npe03__Recurring_Donation__c", ("npsp__PaymentMethod__c",), recurring)
    return {key: row["npsp__PaymentMethod__c"] for key, row in found.items()}
