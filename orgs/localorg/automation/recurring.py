"""Enhanced recurring donations: what they start with, their next installment, their totals, and how they end."""

from __future__ import annotations

# ruff: noqa: S608 (names come from this module, values are bound)
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from localorg.automation import settings
from localorg.automation.desk import Desk, Row
from localorg.automation.schedule import Schedule
from localorg.batch import Batch, given

RECURRING = "npe03__Recurring_Donation__c"
ACTIVE, LAPSED, CLOSED, PAUSED = "Active", "Lapsed", "Closed", "Paused"
CLOSED_LOST = "Closed Lost"
_FIELDS = (
    "Name", "OwnerId", "npe03__Amount__c", "npe03__Contact__c", "npe03__Organization__c", "npsp__StartDate__c",
    "npsp__EndDate__c", "npe03__Installment_Period__c", "npsp__InstallmentFrequency__c", "npsp__Day_of_Month__c",
    "npsp__Status__c", "npsp__RecurringType__c", "npe03__Installments__c", "npe03__Next_Payment_Date__c",
    "npe03__Last_Payment_Date__c", "npe03__Paid_Amount__c", "npe03__Total_Paid_Installments__c",
    "npe03__Recurring_Donation_Campaign__c", "npsp__CurrentYearValue__c", "npsp__NextYearValue__c",
    "npsp__DisableFirstInstallment__c", "npsp__ClosedReason__c",
)  # fmt: skip


def complete(desk: Desk, batch: Batch) -> None:
    """Before an insert: dates, frequency, day of the month and the donor's account."""
    today = desk.today.isoformat()
    starts = _filled(batch, "npsp__StartDate__c", today)
    _filled(batch, "npe03__Date_Established__c", today)
    _filled(batch, "npsp__InstallmentFrequency__c", 1.0)
    _filled(batch, "npe03__Installment_Period__c", "Monthly")
    days = batch.column("npsp__Day_of_Month__c")
    for row in range(batch.size):
        if not given(days[row]) and isinstance(starts[row], str):
            days[row] = str(int(starts[row][8:10]))
    contacts, accounts = batch.column("npe03__Contact__c"), batch.column("npe03__Organization__c")
    people = desk.by_id("Contact", ("AccountId",), contacts)
    for row in range(batch.size):
        person = people.get(contacts[row])
        if person and not given(accounts[row]):
            accounts[row] = person["AccountId"]


def evaluate(desk: Desk, keys: Iterable[Any], *, fresh: bool = False) -> None:
    """Totals, status, next installment and values of these recurring donations, as NPSP's own evaluation."""
    found = desk.by_id(RECURRING, _FIELDS, keys)
    if not found:
        return
    states = _states(desk)
    gifts = _installments(desk, list(found))
    doing = settings.recurring(desk.connection)
    new: list[Row] = []
    lost: list[Row] = []
    for key, donation in found.items():
        _end_when_complete(donation, gifts[key])
        state = states.get(donation["npsp__Status__c"], donation["npsp__Status__c"])
        paused = donation["npsp__Status__c"] == PAUSED
        due = None if state != ACTIVE or paused else _next_due(desk, donation, gifts[key])
        donation["npe03__Next_Payment_Date__c"] = due and due.isoformat()
        _totals(donation, gifts[key])
        _values(donation, desk.today, alive=state == ACTIVE)
        if state == CLOSED:
            lost += _to_close(gifts[key], doing)
        elif due and _wants_installment(donation, gifts[key], doing, fresh=fresh):
            new.append(_installment(desk, key, donation, due, gifts[key], doing))
    _write(desk, found)
    desk.update("Opportunity", lost)
    desk.insert("Opportunity", new)
    sustainers(desk, found.values(), states)


def all_of_them(desk: Desk) -> list[str]:
    sql = f"SELECT Id FROM {RECURRING} WHERE IsDeleted = 0 ORDER BY Id"
    return [row["Id"] for row in desk.rows(sql)]


def schedule(donation: Row) -> Schedule:
    end = donation["npsp__EndDate__c"]
    return Schedule(
        date.fromisoformat(donation["npsp__StartDate__c"]),
        donation["npe03__Installment_Period__c"] or "Monthly",
        max(int(donation["npsp__InstallmentFrequency__c"] or 1), 1),
        donation["npsp__Day_of_Month__c"] or "",
        date.fromisoformat(end) if end else None,
    )


# One donation


def _next_due(desk: Desk, donation: Row, gifts: Sequence[Row]) -> date | None:
    """An open installment's date, or the first date behind the last installment there was."""
    if not donation["npsp__StartDate__c"]:
        return None
    open_ones = [gift["CloseDate"] for gift in gifts if not gift["IsClosed"]]
    if open_ones:
        return date.fromisoformat(min(open_ones))
    plan = schedule(donation)
    last = max((gift["CloseDate"] for gift in gifts), default=None)
    start = plan.start if last is None else date.fromisoformat(last) + timedelta(days=1)
    return plan.first_from(max(start, desk.today) if last is None else start)


def _wants_installment(donation: Row, gifts: Sequence[Row], doing: settings.Settings, *, fresh: bool) -> bool:
    option = doing.text("npsp__InstallmentOppAutoCreateOption__c", "Always_Create_Next_Installment")
    if option == "Disable_All_Installments" or any(not gift["IsClosed"] for gift in gifts):
        return False
    first_off = option == "Disable_First_Installment" or donation["npsp__DisableFirstInstallment__c"]
    return not (fresh and first_off)


def _installment(desk: Desk, key: str, donation: Row, due: date, gifts: Sequence[Row], doing: settings.Settings) -> Row:
    number = 1 + max((int(gift["npsp__Recurring_Donation_Installment_Number__c"] or 0) for gift in gifts), default=0)
    planned = donation["npe03__Installments__c"]
    fixed = donation["npsp__RecurringType__c"] == "Fixed" and planned
    donor = donation["npe03__Contact__c"] or donation["npe03__Organization__c"]
    names = desk.by_id("Contact", ("Name",), [donor]) | desk.by_id("Account", ("Name",), [donor])
    part = f"({number} of {int(planned)})" if fixed else f"({number})"
    whose = names.get(donor, {}).get("Name") or donation["Name"]
    return {
        "Name": f"{whose} Donation {part} {due.month}/{due.day}/{due.year}"[:120],
        "StageName": doing.text("npsp__InstallmentOppStageName__c", "Pledged"),
        "CloseDate": due.isoformat(),
        "Amount": donation["npe03__Amount__c"],
        "AccountId": donation["npe03__Organization__c"],
        "npsp__Primary_Contact__c": donation["npe03__Contact__c"],
        "npe03__Recurring_Donation__c": key,
        "npsp__Recurring_Donation_Installment_Number__c": number,
        "CampaignId": donation["npe03__Recurring_Donation_Campaign__c"],
        "OwnerId": donation["OwnerId"],
    }


def _end_when_complete(donation: Row, gifts: Sequence[Row]) -> None:
    planned = donation["npe03__Installments__c"]
    if donation["npsp__RecurringType__c"] != "Fixed" or not planned or donation["npsp__Status__c"] == CLOSED:
        return
    if sum(gift["IsWon"] for gift in gifts) >= planned:
        donation |= {"npsp__Status__c": CLOSED, "npsp__ClosedReason__c": "Commitment Completed"}


def _totals(donation: Row, gifts: Sequence[Row]) -> None:
    won = [gift for gift in gifts if gift["IsWon"] and gift["Amount"] is not None]
    donation["npe03__Paid_Amount__c"] = round(sum(gift["Amount"] for gift in won), 2)
    donation["npe03__Total_Paid_Installments__c"] = float(len(won))
    donation["npe03__Last_Payment_Date__c"] = max((gift["CloseDate"] for gift in won), default=None)


def _values(donation: Row, today: date, *, alive: bool) -> None:
    """What the schedule promises for this calendar year and the next."""
    amount = donation["npe03__Amount__c"] or 0
    counts = (0, 0)
    if alive and donation["npsp__StartDate__c"]:
        plan = schedule(donation)
        counts = (plan.count_in(today.year), plan.count_in(today.year + 1))
    donation["npsp__CurrentYearValue__c"] = round(amount * counts[0], 2)
    donation["npsp__NextYearValue__c"] = round(amount * counts[1], 2)


def _to_close(gifts: Sequence[Row], doing: settings.Settings) -> list[Row]:
    """Open installments of a closed donation are closed as lost, unless the settings keep them."""
    behavior = doing.text("npe03__Open_Opportunity_Behavior__c", "Mark_Opportunities_Closed_Lost")
    if "Closed" not in behavior:
        return []
    return [{"Id": gift["Id"], "StageName": CLOSED_LOST} for gift in gifts if not gift["IsClosed"]]


def _write(desk: Desk, found: dict[str, Row]) -> None:
    worked_out = (
        "npsp__Status__c", "npsp__ClosedReason__c", "npe03__Next_Payment_Date__c", "npe03__Last_Payment_Date__c",
        "npe03__Paid_Amount__c", "npe03__Total_Paid_Installments__c", "npsp__CurrentYearValue__c",
        "npsp__NextYearValue__c",
    )  # fmt: skip
    stored = desk.by_id(RECURRING, worked_out, found)
    changes = []
    for key, donation in found.items():
        change = {name: donation[name] for name in worked_out if donation[name] != stored[key][name]}
        if change:
            changes.append({"Id": key} | change)
    with desk.switchboard.silence():
        desk.update(RECURRING, changes)


# Everyone's


def sustainers(desk: Desk, donations: Iterable[Row], states: dict[str, str]) -> None:
    """Active, Lapsed or Former on contacts and accounts, by the best of their recurring donations."""
    owners: dict[str, set[str]] = {"npe03__Contact__c": set(), "npe03__Organization__c": set()}
    for donation in donations:
        for field, keys in owners.items():
            if donation[field]:
                keys.add(str(donation[field]))
    for field, sobject in (("npe03__Contact__c", "Contact"), ("npe03__Organization__c", "Account")):
        sql = f"""SELECT {field} AS owner, npsp__Status__c AS status FROM {RECURRING}
            WHERE IsDeleted = 0 AND {field} IN (SELECT value FROM json_each(?))"""
        held: dict[str, set[str]] = defaultdict(set)
        for row in desk.rows(sql, owners[field]):
            held[row["owner"]].add(states.get(row["status"], str(row["status"])))
        stored = desk.by_id(sobject, ("npsp__Sustainer__c",), held)
        wanted = {key: _sustainer(found) for key, found in held.items() if key in stored}
        changes = [
            {"Id": key, "npsp__Sustainer__c": value}
            for key, value in wanted.items()
            if stored[key]["npsp__Sustainer__c"] != value
        ]
        with desk.switchboard.silence():
            desk.update(sobject, changes)


def _sustainer(states: set[str]) -> str:
    return "Active" if ACTIVE in states else "Lapsed" if LAPSED in states else "Former"


def _states(desk: Desk) -> dict[str, str]:
    """Status → Active, Lapsed or Closed, as the org has mapped its own statuses."""
    sql = "SELECT npsp__Status__c AS status, npsp__State__c AS state FROM npsp__RecurringDonationStatusMapping__mdt"
    return {row["status"]: row["state"] for row in desk.rows(sql)}


def _installments(desk: Desk, keys: Sequence[str]) -> dict[str, list[Row]]:
    sql = """SELECT Id, npe03__Recurring_Donation__c, Amount, CloseDate, IsWon, IsClosed,
        npsp__Recurring_Donation_Installment_Number__c FROM Opportunity
        WHERE IsDeleted = 0 AND npe03__Recurring_Donation__c IN (SELECT value FROM json_each(?)) ORDER BY CloseDate, Id"""
    found: dict[str, list[Row]] = {key: [] for key in keys}
    for row in desk.rows(sql, list(keys)):
        found[row["npe03__Recurring_Donation__c"]].append(row)
    return found


def _filled(batch: Batch, name: str, value: Any) -> list[Any]:
    values = batch.column(name)
    for row in range(batch.size):
        if not given(values[row]):
            values[row] = value
    return values
