"""Histories as Salesforce rows, one generator a table; columns are API names, references are local row numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from . import money
from .dates import add_months
from .records import PLEDGED, PROSPECTING, Gift, Pledge
from .world import World

Row = dict[str, object]

_KINDS = {"InKindGift": "In-Kind Gift", "MajorGift": "Major Gift", "MatchingGift": "Matching Gift"}


def recurring_donations(world: World) -> Iterator[Row]:
    for pledge in world.story.pledges:
        expires = add_months(pledge.card_expires, -1) if pledge.card_expires else None  # the last month it works
        yield {
            "Name": f"{pledge.household.people[0].last} {money.text(pledge.cents)} {pledge.period}",
            "npe03__Contact__c": pledge.contact,
            "npe03__Organization__c": pledge.household.number,
            "npe03__Recurring_Donation_Campaign__c": pledge.campaign,
            "npe03__Amount__c": money.text(pledge.cents),
            "npe03__Installment_Period__c": pledge.period,
            "npsp__InstallmentFrequency__c": pledge.every,
            "npsp__RecurringType__c": "Open",
            "npsp__Status__c": pledge.status,
            "npsp__ClosedReason__c": pledge.reason,
            "npsp__PaymentMethod__c": pledge.method,
            "npsp__Day_of_Month__c": str(pledge.day_of_month),
            "npe03__Date_Established__c": _day(pledge.agreed_on),
            "npsp__StartDate__c": _day(pledge.started),
            "npsp__EndDate__c": _day(pledge.ended),
            "npe03__Next_Payment_Date__c": _day(pledge.next_due),
            "npe03__Last_Payment_Date__c": _day(pledge.last_paid),
            "npe03__Total_Paid_Installments__c": pledge.paid,
            "npe03__Paid_Amount__c": money.text(pledge.paid_cents),
            "npsp__ChangeType__c": pledge.change,
            "npsp__CardExpirationMonth__c": f"{expires.month:02d}" if expires else None,
            "npsp__CardExpirationYear__c": str(expires.year) if expires else None,
            "CreatedDate": _moment(pledge.agreed_on),
        }


def opportunities(world: World) -> Iterator[Row]:
    names = {household.number: household.name.removesuffix(" Household") for household in world.households}
    names |= {organization.number: organization.name for organization in world.organizations}
    for gift in world.story.gifts:
        yield {
            "Name": _title(gift, names[gift.account]),
            "AccountId": gift.account,
            "npsp__Primary_Contact__c": gift.contact,
            "CampaignId": gift.campaign,
            "npe03__Recurring_Donation__c": gift.pledge.number if gift.pledge else None,
            "npsp__Matching_Gift__c": gift.matching.number if gift.matching else None,
            "npsp__Matching_Gift_Account__c": gift.matching_account,
            "npsp__Honoree_Contact__c": gift.honoree.number if gift.honoree else None,
            "RecordType": gift.kind,
            "StageName": gift.stage,
            "Type": gift.type,
            "Amount": money.text(gift.cents),
            "CloseDate": _day(gift.day),
            "npsp__Recurring_Donation_Installment_Number__c": gift.installment,
            "npsp__Requested_Amount__c": money.text(gift.asked_cents) if gift.asked_cents else None,
            "npsp__Ask_Date__c": _day(gift.asked_on),
            "npsp__Gift_Strategy__c": gift.strategy,
            "npsp__Tribute_Type__c": gift.tribute,
            "npsp__Honoree_Name__c": f"{gift.honoree.first} {gift.honoree.last}" if gift.honoree else None,
            "npsp__Matching_Gift_Status__c": gift.matching_status,
            "npsp__In_Kind_Type__c": "Goods" if gift.kind == "InKindGift" else None,
            "npsp__Fair_Market_Value__c": money.text(gift.cents) if gift.kind == "InKindGift" else None,
            "npsp__Acknowledgment_Status__c": "Acknowledged" if gift.won else None,
            "npe01__Do_Not_Automatically_Create_Payment__c": True,
            "CreatedDate": _moment(min(gift.asked_on or gift.day, _known_by(world, gift))),
        }


def contact_roles(world: World) -> Iterator[Row]:
    for gift in world.story.gifts:
        for role in gift.roles:
            yield {
                "OpportunityId": gift.number,
                "ContactId": role.contact,
                "Role": role.role,
                "IsPrimary": role.primary,
            }


def partial_soft_credits(world: World) -> Iterator[Row]:
    """Each names the contact role it overrides, so it counts roles the way `contact_roles` does."""
    number = 0
    for gift in world.story.gifts:
        for role in gift.roles:
            number += 1
            if role.partial_cents is not None:
                yield {
                    "npsp__Opportunity__c": gift.number,
                    "npsp__Contact__c": role.contact,
                    "npsp__Contact_Role_ID__c": number,
                    "npsp__Amount__c": money.text(role.partial_cents),
                    "npsp__Role_Name__c": role.role,
                }


def account_soft_credits(world: World) -> Iterator[Row]:
    for gift in world.story.gifts:
        if gift.household_credit is not None:
            yield {
                "npsp__Opportunity__c": gift.number,
                "npsp__Account__c": gift.household_credit,
                "npsp__Amount__c": money.text(gift.cents),
                "npsp__Role__c": "Donation Source",
            }


def payments(world: World) -> Iterator[Row]:
    """Refunds point back at the payment they undo."""
    number = 0
    for gift in world.story.gifts:
        original = None
        for payment in gift.payments:
            number += 1
            original = number if payment.debit is None else original
            card = payment.card_expires if payment.method == "Credit Card" else None
            yield {
                "npe01__Opportunity__c": gift.number,
                "npsp__OriginalPayment__c": original if payment.debit else None,
                "npe01__Payment_Amount__c": money.text(payment.cents),
                "npe01__Scheduled_Date__c": _day(payment.scheduled),
                "npe01__Payment_Date__c": _day(payment.paid_on),
                "npe01__Paid__c": payment.paid_on is not None,
                "npe01__Written_Off__c": payment.written_off,
                "npe01__Payment_Method__c": payment.method,
                "npsp__DebitType__c": payment.debit,
                "npsp__Card_Expiration_Month__c": f"{add_months(card, -1).month:02d}" if card else None,
                "npsp__Card_Expiration_Year__c": str(add_months(card, -1).year) if card else None,
            }


def allocations(world: World) -> Iterator[Row]:
    for gift in world.story.gifts:
        for fund, cents in gift.designations:
            yield {
                "npsp__Opportunity__c": gift.number,
                "npsp__General_Accounting_Unit__c": fund,
                "npsp__Amount__c": money.text(cents),
            }


def campaign_members(world: World) -> Iterator[Row]:
    """One row for each person asked; the platform allows a person once in a campaign."""
    seen: set[tuple[int, int]] = set()
    for member in world.story.memberships:
        if (key := (member.campaign, member.contact)) in seen:
            continue
        seen.add(key)
        yield {
            "CampaignId": member.campaign,
            "ContactId": member.contact,
            "Status": "Responded" if member.responded_on else "Sent",
            "FirstRespondedDate": _day(member.responded_on),
            "CreatedDate": _moment(member.asked_on),
        }


def tasks(world: World) -> Iterator[Row]:
    for touch in world.story.touches:
        if touch.kind != "Meeting":
            yield {
                "WhoId": touch.contact,
                "Subject": touch.subject,
                "TaskSubtype": touch.kind,
                "Status": "Completed" if touch.done else "Not Started",
                "Priority": "Normal",
                "ActivityDate": _day(touch.day),
                "CreatedDate": _moment(min(touch.day, world.as_of - timedelta(days=1))),
            }


def events(world: World) -> Iterator[Row]:
    for touch in world.story.touches:
        if touch.kind == "Meeting":
            yield {
                "WhoId": touch.contact,
                "Subject": touch.subject,
                "ActivityDate": _day(touch.day),
                "StartDateTime": _moment(touch.day, "16:00:00"),
                "DurationInMinutes": 60,
                "CreatedDate": _moment(touch.day),
            }


def volunteer_hours(world: World) -> Iterator[Row]:
    jobs = volunteer_jobs(world)
    for shift in world.story.shifts:
        yield {
            "GW_Volunteers__Contact__c": shift.contact,
            "GW_Volunteers__Volunteer_Job__c": jobs[shift.campaign],
            "GW_Volunteers__Start_Date__c": _day(shift.day),
            "GW_Volunteers__End_Date__c": _day(shift.day),
            "GW_Volunteers__Hours_Worked__c": shift.hours,
            "GW_Volunteers__Status__c": shift.status,
            "GW_Volunteers__Number_of_Volunteers__c": 1,
            "CreatedDate": _moment(shift.day),
        }


def volunteer_jobs(world: World) -> dict[int, int]:
    """Campaign number → job number: one job for each year's volunteer days, in the recipe's order."""
    days = [appeal.number for appeal in world.calendar.appeals if appeal.kind == "Volunteers"]
    return {campaign: job for job, campaign in enumerate(days, start=1)}


TABLES: dict[str, Callable[[World], Iterator[Row]]] = {
    "npe03__Recurring_Donation__c": recurring_donations,
    "Opportunity": opportunities,
    "OpportunityContactRole": contact_roles,
    "npsp__Partial_Soft_Credit__c": partial_soft_credits,
    "npsp__Account_Soft_Credit__c": account_soft_credits,
    "npe01__OppPayment__c": payments,
    "npsp__Allocation__c": allocations,
    "CampaignMember": campaign_members,
    "Task": tasks,
    "Event": events,
    "GW_Volunteers__Volunteer_Hours__c": volunteer_hours,
}


def sustainer(pledges: list[Pledge]) -> str | None:
    """NPSP's Sustainer__c of a household: Active while any pledge runs, then Lapsed or Former."""
    states = {pledge.status for pledge in pledges}
    if states & {"Active", "Paused"}:
        return "Active"
    return "Lapsed" if "Lapsed" in states else "Former" if states else None


def _title(gift: Gift, name: str) -> str:
    kind = f"Installment {gift.installment}" if gift.pledge else _KINDS.get(gift.kind, gift.kind)
    return f"{name[:80]} {kind} {gift.day.isoformat()}"


def _known_by(world: World, gift: Gift) -> date:
    """Open rows were entered before the last day, whatever date they expect."""
    if gift.stage in (PLEDGED, PROSPECTING) or gift.day >= world.as_of:
        return world.as_of - timedelta(days=1)
    return gift.day


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(day: date, time: str = "15:00:00") -> str:
    return f"{day.isoformat()}T{time}.000Z"
