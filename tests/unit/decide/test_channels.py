"""The channel a donor's gifts and answers came by, when they lean enough, within what the person allows."""

from __future__ import annotations

import datetime as dt
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "donors"))

from snapshot_tables import gift, household, tables
from steward.decide.channels import COUNTS, Preference, allowed, counted, preferences
from steward.donors import build_ledger

AS_OF = dt.date(2024, 6, 1)
PHONE, EMAIL, MAIL = Preference("Phone", 4, 6), Preference("Email", 5, 6), Preference("Mail", 2, 6)

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


def found(*gifts, **more):
    home = household("home", "ann")
    methods = [
        {"payment_id": f"p{one['gift_id']}", "gift_id": one["gift_id"], "amount": 10, "paid": True, "method": method}
        for one, method in gifts
    ]
    campaigns = [
        {"campaign_id": kind, "type": kind} for kind in ("Direct Mail", "Email", "Gala event", "Telemarketing")
    ]
    ledger = build_ledger(
        tables(**home, opportunities=[one for one, _ in gifts], payments=methods, campaigns=campaigns, **more)
    )
    return by_unit(ledger)


def by_unit(ledger):
    rows = counted(ledger.gifts, ledger.touches, AS_OF).to_pyarrow().to_pylist()
    found = {row["unit_id"]: preferences(tuple(row[name] for name in COUNTS)) for row in rows}
    return {unit: clear for unit, clear in found.items() if clear}


def given(key, date, method="Check", **more):
    return gift(key, "home", 10, date, **more), method


def test_most_gifts_by_check_mean_mail_and_the_reason_has_the_numbers():
    mail = found(given("1", "2023-01-01"), given("2", "2023-06-01"), given("3", "2024-01-01", "Credit Card"))["home"]
    assert mail[0].channel == "Mail"
    assert mail[0].told() == "2 of the 3 gifts and answers of the last 5 years came this way (mail)."


def test_the_campaign_speaks_before_the_payment():
    cards = [given(str(n), f"2024-0{n}-01", "Credit Card", campaign_id="Direct Mail") for n in (1, 2)]
    assert found(*cards)["home"][0].channel == "Mail"


def test_answers_calls_and_meetings_count_and_what_was_sent_does_not():
    answer = {"contact_id": "ann", "campaign_id": "Email", "created_on": "2024-01-01", "responded": True}
    sent = {"contact_id": "ann", "campaign_id": "Direct Mail", "created_on": "2024-01-01"}
    rows = [{**answer, "member_id": "1"}, {**answer, "member_id": "2"}]
    rows += [{**sent, "member_id": str(n)} for n in range(3, 9)]
    assert found(campaign_members=rows)["home"][0].channel == "Email"
    calls = [
        {"task_id": str(n), "contact_id": "ann", "subtype": "Call", "is_closed": True, "activity_date": "2024-02-01"}
        for n in range(2)
    ]
    assert found(tasks=calls)["home"][0].channel == "Phone"
    visits = [{"event_id": str(n), "contact_id": "ann", "activity_date": "2024-02-01"} for n in range(2)]
    assert found(events=visits)["home"][0].channel == "In person"


def test_one_gift_a_recurring_gift_and_gifts_of_long_ago_are_no_preference():
    assert found(given("1", "2024-01-01")) == {}
    assert found(*[given(str(n), f"2024-0{n}-01", recurring_id="r") for n in (1, 2, 3)]) == {}
    assert found(given("1", "2018-01-01"), given("2", "2018-02-01")) == {}


def test_few_gifts_must_agree_and_many_need_only_lean():
    few = [given("1", "2024-01-01"), given("2", "2024-02-01"), given("3", "2024-03-01", "Cash")]
    split = [*few, given("4", "2024-04-01", "Credit Card"), given("5", "2024-04-02", "Credit Card")]
    assert found(*few)["home"][0].channel == "Mail"  # 2 of 3
    assert found(*split) == {}  # 2 of 5 each
    many = [given(f"m{n}", f"2023-{n:02d}-01") for n in range(1, 6)]
    assert found(*split, *many)["home"][0].channel == "Mail"  # 7 of 10


def test_a_donors_channel_does_not_depend_on_other_donors():
    other = household("other", "bob")
    own = [given(str(n), f"2024-0{n}-01") for n in (1, 2)]
    crowd = [gift(f"x{n}", "other", 10, "2024-02-01") for n in range(20)]
    home = household("home", "ann")
    methods = [{"payment_id": f"p{one['gift_id']}", "gift_id": one["gift_id"], "amount": 10, "paid": True,
                "method": "Credit Card" if one in crowd else "Check"} for one in [*crowd, *(one for one, _ in own)]]  # fmt: skip
    ledger = build_ledger(
        tables(
            accounts=home["accounts"] + other["accounts"], contacts=home["contacts"] + other["contacts"],
            opportunities=[*crowd, *(one for one, _ in own)], payments=methods,
        )
    )  # fmt: skip
    both = by_unit(ledger)
    assert both["home"] == found(*own)["home"]
    assert both["other"][0].channel == "Online"


def test_nothing_on_or_after_the_day_counts():
    before = found(given("1", "2023-01-01"), given("2", "2023-06-01"))
    later = [given(str(n), "2024-06-01", "Credit Card") for n in range(5, 12)]
    assert found(given("1", "2023-01-01"), given("2", "2023-06-01"), *later) == before


def test_a_closed_channel_gives_way_to_the_next_one():
    both = (EMAIL, PHONE, MAIL)
    assert allowed(both, no_email=False, no_calls=False) == EMAIL
    assert allowed(both, no_email=True, no_calls=False) == PHONE
    assert allowed(both, no_email=True, no_calls=True) == MAIL
    assert allowed((EMAIL,), no_email=True, no_calls=False) is None
