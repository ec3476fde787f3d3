"""NPSP's hard credit, exactly, and each gift in one unit only.

A gift is a won Opportunity with an amount whose type the settings do not exclude; the credit is its account's. Where
the settings always roll up to the primary contact, the account remains who gave: its gift is not counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from steward.donors import channels
from steward.donors.funds import fund_claims
from steward.donors.money import as_money
from steward.donors.reversals import before_refunds
from steward.donors.units import HOUSEHOLD, ORGANIZATION, real_accounts

DIRECT, DONOR_ADVISED_FUND = "direct", "donor_advised_fund"
_PLANNED = "planned|bequest|legacy"


def won(tables: Mapping[str, ir.Table], homes: ir.Table) -> ir.Table:
    """Won Opportunities with an amount, before refunds, with the unit that has the hard credit."""
    rows = tables["opportunities"]
    rows = rows.filter(rows.is_won, rows.amount.notnull()).select(
        "gift_id", "account_id", "primary_contact_id", "amount", "type", "record_type", "campaign_id",
        gift_date="close_date", is_recurring=rows.recurring_id.notnull(),
    )  # fmt: skip
    rows = before_refunds(rows, tables["payments"])
    accounts = real_accounts(tables).select("is_individual", owner_id="account_id")
    homes = homes.select(person_id="contact_id", home_id="unit_id")
    found = rows.left_join(accounts, rows.account_id == accounts.owner_id)
    # Only a gift without an account of its own asks whose contact it was.
    orphan = found.owner_id.isnull()
    found = found.left_join(homes, ibis.ifelse(orphan, found.primary_contact_id, None) == homes.person_id)
    known = ("gift_id", "amount", "type", "record_type", "campaign_id", "gift_date", "is_recurring")
    found = found.select(*known, "is_individual", "owner_id", "home_id")
    return found.select(
        *known,
        unit_id=ibis.coalesce(found.owner_id, found.home_id),
        kind=ibis.ifelse(found.is_individual.fill_null(True), HOUSEHOLD, ORGANIZATION),
        by_account=found.owner_id.notnull(),
        individual_account=found.is_individual.fill_null(False),
    )


def gifts(tables: Mapping[str, ir.Table], opportunities: ir.Table) -> ir.Table:
    """What each unit gave. A gift through a donor-advised fund is the giving of the household that advised it."""
    own, claims = _own_giving(tables, opportunities), fund_claims(tables)
    found = own.left_join(claims, [own.gift_id == claims.claimed_id, own.kind == claims.booked_on])
    left = found.amount - found.before.fill_null(0)
    found = found.mutate(
        amount=as_money(ibis.least(ibis.coalesce(found.stated, found.amount), left)),
        unit_id=ibis.coalesce(found.household_id, found.unit_id),
        source=ibis.ifelse(found.through_fund.fill_null(False), DONOR_ADVISED_FUND, DIRECT),
    )
    return _designated(tables, found.filter(found.amount > 0, found.unit_id.notnull()))


def _own_giving(tables: Mapping[str, ir.Table], opportunities: ir.Table) -> ir.Table:
    """Without what the settings exclude, and without an employer's match booked on the matched donor's household."""
    every = tables["opportunities"]
    matches = every.filter(every.matching_gift_id.notnull()).select(match_id="matching_gift_id").distinct()
    rows = opportunities.left_join(matches, opportunities.gift_id == matches.match_id)
    rows = rows.filter(rows.match_id.isnull() | (rows.kind != HOUSEHOLD)).drop("match_id")
    return without_excluded(tables, rows, by_account=rows.by_account)


def without_excluded(tables: Mapping[str, ir.Table], rows: ir.Table, *, by_account: ir.BooleanValue) -> ir.Table:
    """Without the types and record types that the settings leave out of account roll-ups, or else of contact roll-ups.

    Looked up and not anti-joined: engines take each anti-join to leave a fifth, and soon hold all gifts to look up a few.
    """
    types, record_types = _excluded(tables, "types"), _excluded(tables, "record_types")
    rows = rows.mutate(of_accounts=by_account)
    found = rows.left_join(types, [rows.of_accounts == types.of_accounts, rows.type == types.value])
    found = found.rename(left_out="value").drop("of_accounts_right")
    found = found.left_join(
        record_types, [found.of_accounts == record_types.of_accounts, found.record_type == record_types.value]
    )
    return found.filter(ibis.coalesce(found.left_out, found.value).isnull()).select(*rows.drop("of_accounts").columns)


def _excluded(tables: Mapping[str, ir.Table], what: str) -> ir.Table:
    accounts, contacts = (listed(tables, f"excluded_{whose}_{what}") for whose in ("account", "contact"))
    return accounts.mutate(of_accounts=True).union(contacts.mutate(of_accounts=False))


def listed(tables: Mapping[str, ir.Table], setting: str) -> ir.Table:
    """The values of a `;` separated setting, one row each."""
    settings = tables["settings"]
    values = settings.select(value=settings[setting].split(";").unnest())
    values = values.select(value=values.value.strip())
    return values.filter(values.value != "").distinct()


def _designated(tables: Mapping[str, ir.Table], given: ir.Table) -> ir.Table:
    """With campaign type and channel, and the fund that got most of it (the default fund is nobody's choice)."""
    campaigns = channels.of_campaigns(tables)
    allocations, settings = tables["allocations"], tables["settings"]
    default = settings.select(gau_id="default_gau_id")
    chosen = allocations.filter(allocations.gift_id.notnull()).anti_join(default, "gau_id")
    rank = ibis.row_number().over(
        group_by=chosen.gift_id,
        order_by=[chosen.amount.fill_null(0).desc(), chosen.percent.fill_null(0).desc(), chosen.allocation_id],
    )
    chosen = chosen.mutate(rank=rank).filter(lambda t: t.rank == 0).select("gift_id", "gau_id")
    paid = tables["payments"].filter(tables["payments"].paid)
    paid = paid.group_by("gift_id").aggregate(method=paid.method.max())
    found = given.left_join(campaigns, "campaign_id").drop("campaign_id_right")
    found = found.left_join(chosen, "gift_id").drop("gift_id_right").left_join(paid, "gift_id")
    return found.select(
        "gift_id", "unit_id", "amount", "gift_date", "source", "is_recurring", "campaign_id", "campaign_type", "gau_id",
        channel=ibis.coalesce(found.campaign_channel, channels.of_payment(found.method)),
        is_planned=_says(found.type, _PLANNED) | _says(found.record_type, _PLANNED),
    )  # fmt: skip


def _says(text: ir.StringValue, pattern: str) -> ir.BooleanValue:
    return text.lower().re_search(pattern).fill_null(False)
