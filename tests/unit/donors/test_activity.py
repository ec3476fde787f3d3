import datetime as dt
from decimal import Decimal

import pytest
from snapshot_tables import gift, household, rows, tables
from steward.donors import build_ledger


def ledger(**more):
    return build_ledger(tables(**household("home", "ann", "bob"), **more))


def touches(**more):
    return [(r["unit_id"], r["kind"], str(r["touch_date"])) for r in rows(ledger(**more).touches, "kind", "touch_date")]


def test_a_closed_task_is_a_touch_and_an_open_one_is_a_plan():
    done = {"task_id": "1", "contact_id": "ann", "is_closed": True, "activity_date": "2024-01-05"}
    plan = {"task_id": "2", "contact_id": "ann", "is_closed": False, "activity_date": "2024-01-05"}
    assert touches(tasks=[done, plan]) == [("home", "task", "2024-01-05")]


def test_a_meeting_with_a_person_is_their_households_whatever_it_was_about():
    accounts = [{"account_id": "home", "is_individual": True}, {"account_id": "firm", "is_individual": False}]
    event = {"event_id": "1", "contact_id": "ann", "account_id": "firm", "activity_date": "2024-01-05"}
    bare = {"event_id": "2", "account_id": "firm", "activity_date": "2024-01-06"}
    found = build_ledger(
        tables(accounts=accounts, contacts=[{"contact_id": "ann", "account_id": "home"}], events=[event, bare])
    )
    assert [r["unit_id"] for r in rows(found.touches, "touch_date")] == ["home", "firm"]


def test_a_campaign_member_was_appealed_to_and_may_have_answered():
    sent = {"member_id": "1", "campaign_id": "c", "contact_id": "ann", "created_on": "2024-01-05"}
    answered = {**sent, "member_id": "2", "responded": True, "responded_on": "2024-01-09"}
    undated = {**sent, "member_id": "3", "responded": True}
    assert touches(campaign_members=[sent]) == [("home", "appeal", "2024-01-05")]
    assert ("home", "campaign_response", "2024-01-09") in touches(campaign_members=[answered])
    assert ("home", "campaign_response", "2024-01-05") in touches(campaign_members=[undated])


def test_only_completed_hours_are_volunteering():
    hours = {"hours_id": "1", "contact_id": "bob", "start_date": "2024-01-05", "hours": 2.5}
    rows_ = [{**hours, "status": "Completed"}, {**hours, "hours_id": "2", "status": "No-Show"}]
    found = rows(ledger(volunteer_hours=rows_).touches)
    assert [(r["kind"], r["hours"]) for r in found] == [("volunteer", Decimal("2.5"))]


def test_asks_are_dated_or_sized_or_lost_and_never_installments():
    lost = {**gift("lost", "home", 5, "2024-01-05"), "is_won": False}
    opportunities = [
        gift("gift", "home", 5, "2024-01-05"),
        gift("asked", "home", 5, "2024-01-05", ask_date="2024-01-01"),
        gift("sized", "home", 5, "2024-01-05", requested_amount=10),
        lost,
        {**lost, "gift_id": "failed", "recurring_id": "r"},
    ]
    assert [r["gift_id"] for r in rows(ledger(opportunities=opportunities).asks, "gift_id")] == [
        "asked",
        "lost",
        "sized",
    ]


def test_an_installment_is_paid_failed_or_open():
    paid = gift("1", "home", 5, "2024-01-05", recurring_id="r")
    failed = {**paid, "gift_id": "2", "is_won": False}
    waiting = {**failed, "gift_id": "3", "is_closed": False}
    found = rows(
        ledger(opportunities=[paid, failed, waiting, gift("4", "home", 5, "2024-01-05")]).installments, "outcome"
    )
    assert [r["outcome"] for r in found] == ["failed", "open", "paid"]


@pytest.mark.parametrize(
    ("period", "frequency", "monthly"),
    [("Monthly", 1, 30), ("Monthly", 3, 10), ("Quarterly", None, 10), ("Yearly", 1, 2.5), ("Weekly", 1, 130),
     ("1st and 15th", 1, 60), ("Daily", 1, 912.5), ("Fortnightly", 1, None)],
)  # fmt: skip
def test_a_pledge_is_compared_by_the_month(period, frequency, monthly):
    pledge = {"recurring_id": "r", "contact_id": "ann", "amount": 30, "period": period, "frequency": frequency}
    row = rows(ledger(recurring=[{**pledge, "started_on": "2024-01-05"}]).pledges)[0]
    assert row["monthly_amount"] == (None if monthly is None else Decimal(str(monthly)))
    assert (row["unit_id"], row["established_on"]) == ("home", dt.date(2024, 1, 5))
