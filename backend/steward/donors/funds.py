"""Donor-advised funds and workplace giving: one gift, the household behind it, and the fund that paid."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from steward.donors.units import HOUSEHOLD, ORGANIZATION, real_accounts

_ROLE = "Donation Source"


def fund_claims(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Whose giving it is where an account soft credit names a donation source; without a household it stays where it is.

    Booked on the fund: each household has its stated part of what those `before` it leave, one without a stated part all
    that is left, and the fund what nobody claims. Booked on the household: the same giving written down the other way.
    """
    credits, accounts = tables["account_soft_credits"], real_accounts(tables)
    credits = credits.filter(credits.role == _ROLE)
    credits = credits.join(accounts.select("account_id", "is_individual"), "account_id")
    other = credits.filter(~credits.is_individual).select(claimed_id="gift_id").distinct()
    nobody, no_amount = ibis.null("string"), ibis.null("decimal(18,2)")
    other = other.mutate(
        booked_on=ibis.literal(HOUSEHOLD), household_id=nobody, stated=no_amount, before=no_amount, through_fund=True
    )
    return _households_parts(credits.filter(credits.is_individual)).union(other)


def _households_parts(credits: ir.Table) -> ir.Table:
    parts = credits.group_by(claimed_id=credits.gift_id, household_id=credits.account_id).aggregate(
        stated=credits.amount.sum(), open=credits.amount.isnull().any()
    )
    parts = parts.mutate(stated=ibis.ifelse(parts.open, None, ibis.greatest(parts.stated, 0)).cast("decimal(18,2)"))
    rest = parts.select("claimed_id").distinct()
    rest = rest.mutate(household_id=ibis.null("string"), stated=ibis.null("decimal(18,2)"))
    every = parts.select("claimed_id", "household_id", "stated").union(rest)
    # Stated parts first, then one that takes what is left: a household's if there is one, else the fund's own.
    order = [every.stated.isnull(), every.household_id.isnull(), every.household_id]
    earlier = ibis.window(group_by=every.claimed_id, order_by=order, rows=(None, 0))
    known = every.stated.fill_null(0)
    every = every.mutate(
        before=(known.sum().over(earlier) - known), takers=every.stated.isnull().cast("int64").sum().over(earlier)
    )
    every = every.filter(every.stated.notnull() | (every.takers == 1))
    return every.select(
        "claimed_id",
        "household_id",
        "stated",
        booked_on=ibis.literal(ORGANIZATION),
        before=every.before.cast("decimal(18,2)"),
        through_fund=every.household_id.notnull(),
    ).select("claimed_id", "booked_on", "household_id", "stated", "before", "through_fund")
