"""The one pass over the gifts: one row a unit with every sum that the families about giving need."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from steward.donors import Ledger, known_at
from steward.donors.credit import DONOR_ADVISED_FUND
from steward.features.arithmetic import any_of, bit, date_of, dated_amount, from_cents, in_cents, months_back

YEARS = 5  # years back with a total each; the first two have a count, too
COUNTED = 2
# Months and years back that have a bit each; the next bit is for all earlier ones.
LONGEST_MONTHS, LONGEST_YEARS = 60, 30


def gift_sums(ledger: Ledger, as_of: dt.date) -> ir.Table:
    """`count_0`, `total_0` are of the last 12 months, `count_1`, `total_1` of the 12 before, and so on.

    Every sum kept here costs memory and time for each gift and each unit: what follows from another sum (the date of the
    last gift from `last_dated`) is not one of its own, and money is summed in whole cents, which are exact in a double up
    to 35 trillion and take half the memory of the 38 digits that engines keep for sums of decimals.
    """
    gifts = known_at(ledger, as_of)
    gifts = gifts.mutate(
        back=months_back(gifts.gift_date, as_of),
        dated=dated_amount(gifts.gift_date, gifts.amount),
        cents=in_cents(gifts.amount).cast("float64"),
    )
    gifts = gifts.mutate(year=(gifts.back // 12).cast("int64"))
    years = {f"count_{k}": gifts.count(where=gifts.year == k) for k in range(COUNTED)}
    totals = {f"total_{k}": gifts.cents.sum(where=gifts.year == k) for k in range(YEARS)}
    sums = gifts.group_by("unit_id").aggregate(
        count=gifts.count(),
        total=gifts.cents.sum(),
        first_dated=gifts.dated.min(),
        last_dated=gifts.dated.max(),
        largest=gifts.amount.max(),
        largest_2_years=gifts.amount.max(where=gifts.back < 24),
        count_3_months=gifts.count(where=gifts.back < 3),
        month_bits=any_of(bit(ibis.least(gifts.back, LONGEST_MONTHS))),
        year_bits=any_of(bit(ibis.least(gifts.year, LONGEST_YEARS))),
        december=gifts.count(where=gifts.gift_date.month() == 12),
        to_campaigns=gifts.campaign_id.count(),
        fund_count=gifts.count(where=gifts.source == DONOR_ADVISED_FUND),
        fund_total=gifts.cents.sum(where=gifts.source == DONOR_ADVISED_FUND),
        **years,
        **totals,
        **_recurring(gifts),
    )
    dates = {"first_on": "first_dated", "last_on": "last_dated", "recurring_last_on": "recurring_last_dated"}
    days = {name: date_of(sums[dated]) for name, dated in dates.items()}
    return sums.mutate(**days, **{name: from_cents(sums[name]) for name in TOTALS})


def _recurring(gifts: ir.Table) -> dict[str, ir.Value]:
    steady = gifts.is_recurring
    return {
        "recurring_first_on": gifts.gift_date.min(where=steady),
        "recurring_last_dated": gifts.dated.max(where=steady),
        "recurring_count_0": gifts.count(where=steady & (gifts.year == 0)),
        "recurring_3_months": gifts.count(where=steady & (gifts.back < 3)),
        "recurring_total_0": gifts.cents.sum(where=steady & (gifts.year == 0)),
    }


COUNTS = ("count", "count_3_months", "december", "to_campaigns", "fund_count", "recurring_count_0",
          "recurring_3_months", "month_bits", "year_bits", *(f"count_{k}" for k in range(COUNTED)))  # fmt: skip
TOTALS = ("total", "fund_total", "recurring_total_0", *(f"total_{k}" for k in range(YEARS)))
