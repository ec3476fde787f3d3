"""What a donor cares about, in the nonprofit's own words: the fund or kind of campaign most of their recent gifts went to."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

YEARS = 5
LEAST_SHARE = 0.5  # of the recent gifts that name anything
TEXT = 80


def clusters(gifts: ir.Table, gaus: ir.Table, as_of: dt.date) -> ir.Table:
    """unit_id and affinity, e.g. "Gives to Education"; units whose gifts show no clear preference are left out.

    `gifts` as in the ledger, `gaus` with gau_id and name. A fund (GAU) speaks before a campaign's type.
    """
    start = dt.date(as_of.year - YEARS, as_of.month, min(as_of.day, 28))
    recent = gifts.filter(gifts.gift_date < ibis.literal(as_of), gifts.gift_date >= ibis.literal(start))
    by_campaign = _preferred(recent, recent.campaign_type, "Answers ", " appeals")
    named = recent.inner_join(gaus.select(gau_id="gau_id", fund="name"), "gau_id")
    by_fund = _preferred(named, named.fund, "Gives to ", "")
    return by_fund.union(by_campaign.anti_join(by_fund, "unit_id"))


def _preferred(gifts: ir.Table, subject: ir.StringValue, before: str, after: str) -> ir.Table:
    """Ties go to the alphabetically first subject, so that every run says the same."""
    known = gifts.mutate(subject=subject).filter(lambda t: t.subject.notnull())
    counted = known.group_by(["unit_id", "subject"]).aggregate(times=lambda t: t.count())
    order = ibis.window(group_by="unit_id", order_by=[ibis.desc("times"), ibis.asc("subject")])
    first = counted.mutate(
        place=ibis.row_number().over(order), total=lambda t: t.times.sum().over(ibis.window(group_by="unit_id"))
    ).filter(lambda t: (t.place == 0) & (t.times >= LEAST_SHARE * t.total) & (t.times >= 2))
    words = ibis.literal(before) + first.subject + ibis.literal(after)
    return first.select("unit_id", affinity=words.left(TEXT))
