import datetime as dt
from decimal import Decimal

from snapshot_tables import gift, household, rows, tables
from steward.donors import build_ledger, known_at

BEFORE, AFTER = dt.date(2024, 3, 5), dt.date(2024, 3, 6)


def known(as_of, *gifts, payments=(), **more):
    ledger = build_ledger(tables(**household("home", "ann"), opportunities=gifts, payments=payments, **more))
    return {row["gift_id"]: row["amount"] for row in rows(known_at(ledger, as_of))}


def payment(key, amount, date=None, **more):
    return {"payment_id": key, "gift_id": "a", "amount": amount, "payment_date": date, "paid": True, **more}


def test_npsps_refund_is_a_gift_until_it_was_refunded():
    given = gift("a", "home", 0, "2024-01-05")  # NPSP took 50 off the Opportunity
    paid = [payment("p", 50, "2024-01-05"), payment("r", -50, "2024-03-05", debit_type="Refund")]
    assert known(BEFORE, given, payments=paid) == {"a": Decimal(50)}
    assert known(AFTER, given, payments=paid) == {}


def test_a_refund_by_hand_that_left_the_amount_counts_the_same():
    given = gift("a", "home", 50, "2024-01-05")
    paid = [payment("p", 50, "2024-01-05"), payment("r", -20, "2024-03-05")]
    assert known(BEFORE, given, payments=paid) == {"a": Decimal(50)}
    assert known(AFTER, given, payments=paid) == {"a": Decimal(30)}


def test_a_partial_refund_of_npsp_is_taken_off_once():
    given = gift("a", "home", 30, "2024-01-05")
    paid = [payment("p", 50, "2024-01-05"), payment("r", -20, "2024-03-05", debit_type="Partial Refund")]
    assert known(BEFORE, given, payments=paid) == {"a": Decimal(50)}
    assert known(AFTER, given, payments=paid) == {"a": Decimal(30)}


def test_what_was_written_off_never_came():
    given = gift("a", "home", 100, "2024-01-05")
    paid = [
        payment("p", 60, "2024-01-05"),
        payment("w", 40, None, scheduled_date="2024-03-05", paid=False, written_off=True),
    ]
    assert known(BEFORE, given, payments=paid) == {"a": Decimal(100)}
    assert known(AFTER, given, payments=paid) == {"a": Decimal(60)}


def test_an_undated_refund_counts_from_the_day_it_was_entered():
    given = gift("a", "home", 0, "2024-01-05")
    entered = payment("r", -50, None, debit_type="Refund", created_on="2024-03-05")
    paid = [payment("p", 50, "2024-01-05", created_on="2024-01-05"), entered]
    assert known(BEFORE, given, payments=paid) == {"a": Decimal(50)}
    assert known(AFTER, given, payments=paid) == {}


def test_a_refunded_fund_gift_is_taken_off_each_unit_in_proportion():
    accounts = [
        {"account_id": "home", "is_individual": True}, {"account_id": "fund", "is_individual": False}
    ]  # fmt: skip
    ledger = build_ledger(
        tables(
            accounts=accounts,
            opportunities=[gift("a", "fund", 100, "2024-01-05")],
            account_soft_credits=[
                {"credit_id": "c", "gift_id": "a", "account_id": "home", "amount": 75, "role": "Donation Source"}
            ],
            payments=[payment("p", 100, "2024-01-05"), payment("r", -10, "2024-03-05")],
        )
    )
    found = {row["unit_id"]: row["amount"] for row in rows(known_at(ledger, AFTER))}
    assert found == {"home": Decimal("67.50"), "fund": Decimal("22.50")}


def test_gifts_of_the_day_itself_are_not_known_yet():
    assert known(dt.date(2024, 1, 5), gift("a", "home", 10, "2024-01-05")) == {}
    assert known(dt.date(2024, 1, 6), gift("a", "home", 10, "2024-01-05")) == {"a": Decimal(10)}
