"""Recurring giving: what counts as beginning, stopping and raising it, told by dates alone."""

from __future__ import annotations

import datetime as dt

import pytest
from snapshot_tables import gift
from steward import outcomes
from test_outcomes import labels

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

AS_OF = dt.date(2024, 1, 1)  # churn looks until 2024-06-29


def pledge(unit: str, begun: str, ended: str | None = None, **more) -> dict:
    return {
        "recurring_id": f"r{unit}{begun}", "account_id": unit, "amount": 10, "period": "Monthly",
        "established_on": begun, "ended_on": ended, **more,
    }  # fmt: skip


def installment(unit: str, date: str, amount: float = 10, paid: bool = True) -> dict:
    return gift(f"{unit}{date}", unit, amount, date, recurring_id="r", is_won=paid)


def test_who_begins_a_pledge_within_the_year_becomes_recurring():
    found = labels(
        outcomes.get("become_recurring"),
        units=("first day", "last day", "day after", "day before"),
        recurring=[
            pledge("first day", "2024-01-01"), pledge("last day", "2024-12-30"), pledge("day after", "2024-12-31"),
            pledge("day before", "2023-12-31"),
        ],
    )  # fmt: skip
    assert found == {"first day": 1, "last day": 1, "day after": 0, "day before": 0}


def test_a_recurring_donor_stops_who_has_no_running_pledge_after_six_months():
    found = labels(
        outcomes.get("recurring_churn"),
        units=("stays", "ends", "ends later", "changes"),
        recurring=[
            pledge("stays", "2023-01-01"), pledge("ends", "2023-01-01", "2024-03-01"),
            pledge("ends later", "2023-01-01", "2024-07-15"), pledge("changes", "2023-01-01", "2024-03-01"),
            pledge("changes", "2024-03-02"),
        ],
    )  # fmt: skip
    assert found == {"stays": 0, "ends": 1, "ends later": 0, "changes": 0}


def test_a_pledge_that_nobody_closed_but_whose_installments_all_fail_has_stopped():
    months = ("2024-04-05", "2024-05-05", "2024-06-05")
    found = labels(
        outcomes.get("recurring_churn"),
        *[installment("silent", month, paid=False) for month in months],
        *[installment("one failed", month, paid=month != "2024-05-05") for month in months],
        installment("one due", "2024-06-05", paid=False),
        *[installment("recovered", month, paid=False) for month in months[:2]],
        installment("recovered", months[2]),
        recurring=[pledge(unit, "2023-01-01") for unit in ("silent", "one failed", "one due", "recovered")],
    )
    assert found == {"silent": 1, "one failed": 0, "one due": 0, "recovered": 0}


@pytest.mark.parametrize(("later", "raised"), [(10.5, 0), (10.51, 1), (12, 1), (10, 0), (5, 0)])
def test_a_raise_is_a_recurring_gift_over_five_percent_larger_than_any_of_the_year_before(later, raised):
    found = labels(
        outcomes.get("recurring_upgrade"),
        installment("ann", "2023-05-01"),
        installment("ann", "2022-11-01", amount=40),
        installment("ann", "2024-05-01", amount=later),
    )
    assert found == {"ann": raised}


def test_a_large_single_gift_is_no_raise_of_the_recurring_one():
    found = labels(
        outcomes.get("recurring_upgrade"), installment("ann", "2023-05-01"), gift("1", "ann", 500, "2024-05-01")
    )
    assert found == {"ann": 0}


def test_a_raise_that_was_refunded_is_none():
    refund = {"payment_id": "p", "gift_id": "ann2024-05-01", "amount": -50, "payment_date": "2024-05-20", "paid": True}
    found = labels(
        outcomes.get("recurring_upgrade"),
        installment("ann", "2023-05-01"),
        installment("ann", "2024-05-01", amount=50),
        payments=[refund],
    )
    assert found == {"ann": 0}


def test_what_happens_after_the_horizon_changes_no_label():
    early = [installment("ann", "2023-05-01"), installment("ann", "2024-05-01")]
    late = [installment("ann", "2025-01-02", amount=900), gift("x", "ann", 5000, "2025-01-01")]
    begun = [pledge("ann", "2023-01-01", "2025-02-01"), pledge("ann", "2025-01-01")]
    for key in ("become_recurring", "recurring_churn", "recurring_upgrade"):
        before = labels(outcomes.get(key), *early, recurring=[pledge("ann", "2023-01-01")])
        assert labels(outcomes.get(key), *early, *late, recurring=begun) == before, key
