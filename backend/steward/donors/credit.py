"""NPSP's hard and soft credit, exactly, and each gift in one unit only.

Read in NPSP's source: a gift is a won Opportunity with an amount; hard credit is the account's; soft credit is a contact
role among the settings' roles that is not the primary role on a household's gift; the first partial soft credit of the
same contact on that gift replaces role and amount.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ibis
import ibis.expr.types as ir

from steward.donors.reversals import before_refunds
from steward.donors.units import HOUSEHOLD, ORGANIZATION, real_accounts

DIRECT, DONOR_ADVISED_FUND = "direct", "donor_advised_fund"
_FUND_ROLE = "Donation Source"
# Named on a gift, but neither gave nor moved anyone to give.
_NOT_INFLUENCE = ("Honoree", "Notification Recipient")


def won(tables: Mapping[str, ir.Table], homes: ir.Table) -> ir.Table:
    """Won Opportunities with an amount, before refunds, with the unit that has the hard credit."""
    rows = tables["opportunities"]
    rows = rows.filter(rows.is_won, rows.amount.notnull())
    rows = before_refunds(rows, tables["payments"])
    accounts = real_accounts(tables).select("is_individual", owner_id="account_id")
    homes = homes.select(person_id="contact_id", home_id="unit_id")
    found = rows.left_join(accounts, rows.account_id == accounts.owner_id)
    # Only a gift without an account of its own asks whose contact it was.
    orphan = found.owner_id.isnull()
    found = found.left_join(homes, ibis.ifelse(orphan, found.primary_contact_id, None) == homes.person_id)
    found = found.select(
        "gift_id", "amount", "type", "record_type", "campaign_id", "recurring_id", "installment", "is_individual", "owner_id",
        "home_id", contact_id="primary_contact_id", gift_date="close_date",
    )  # fmt: skip
    return found.mutate(
        unit_id=ibis.coalesce(found.owner_id, found.home_id),
        kind=ibis.ifelse(found.is_individual.fill_null(True), HOUSEHOLD, ORGANIZATION),
        by_account=found.owner_id.notnull(),
        individual_account=found.is_individual.fill_null(False),
    ).drop("owner_id", "home_id", "is_individual")


def gifts(tables: Mapping[str, ir.Table], opportunities: ir.Table) -> ir.Table:
    """What each unit gave. A gift through a donor-advised fund is the giving of the household that advised it."""
    own, claims = _own_giving(tables, opportunities), fund_claims(tables)
    found = own.left_join(claims, [own.gift_id == claims.claimed_id, own.kind == claims.booked_on])
    left = found.amount - found.before.fill_null(0)
    found = found.mutate(
        amount=ibis.least(ibis.coalesce(found.stated, found.amount), left).cast("decimal(18,2)"),
        unit_id=ibis.coalesce(found.household_id, found.unit_id),
        source=ibis.ifelse(found.through_fund.fill_null(False), DONOR_ADVISED_FUND, DIRECT),
    )
    return _designated(tables, found.filter(found.amount > 0, found.unit_id.notnull()))


def _own_giving(tables: Mapping[str, ir.Table], opportunities: ir.Table) -> ir.Table:
    """Without what the settings exclude, and without an employer's match booked on the household of the donor matched."""
    rows = _without_excluded(tables, opportunities, "account", lambda rows: rows.by_account)
    rows = _without_excluded(tables, rows, "contact", lambda rows: ~rows.by_account)
    every = tables["opportunities"]
    matches = every.filter(every.matching_gift_id.notnull()).select(match_id="matching_gift_id")
    return rows.anti_join(matches, [rows.gift_id == matches.match_id, rows.kind == HOUSEHOLD])


def _without_excluded(
    tables: Mapping[str, ir.Table], rows: ir.Table, whose: str, where: Callable[[ir.Table], ir.BooleanValue]
) -> ir.Table:
    """Without the types and record types that the settings leave out of `whose` (account, contact) roll-ups."""
    types = listed(tables, f"excluded_{whose}_types")
    record_types = listed(tables, f"excluded_{whose}_record_types")
    kept = rows.anti_join(types, [rows.type == types.value, where(rows)])
    return kept.anti_join(record_types, [kept.record_type == record_types.value, where(kept)])


def listed(tables: Mapping[str, ir.Table], setting: str) -> ir.Table:
    """The values of a `;` separated setting, one row each."""
    settings = tables["settings"]
    values = settings.select(value=settings[setting].split(";").unnest())
    values = values.select(value=values.value.strip())
    return values.filter(values.value != "").distinct()


def fund_claims(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Whose giving it is where an account soft credit names a donation source; without a household it stays where it is.

    Booked on the fund: each household has its stated part of what those `before` it leave, one without a stated part all
    that is left, and the fund what nobody claims. Booked on the household: the same giving written down the other way.
    """
    credits, accounts = tables["account_soft_credits"], real_accounts(tables)
    credits = credits.filter(credits.role == _FUND_ROLE)
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


def _designated(tables: Mapping[str, ir.Table], given: ir.Table) -> ir.Table:
    """With the campaign's type, and the fund that got most of the gift (the default fund is nobody's choice)."""
    campaigns = tables["campaigns"].select("campaign_id", campaign_type="type")
    allocations, settings = tables["allocations"], tables["settings"]
    default = settings.select(gau_id="default_gau_id")
    chosen = allocations.filter(allocations.gift_id.notnull()).anti_join(default, "gau_id")
    rank = ibis.row_number().over(
        group_by=chosen.gift_id,
        order_by=[chosen.amount.fill_null(0).desc(), chosen.percent.fill_null(0).desc(), chosen.allocation_id],
    )
    chosen = chosen.mutate(rank=rank).filter(lambda t: t.rank == 0).select("gift_id", "gau_id")
    found = given.left_join(campaigns, "campaign_id").drop("campaign_id_right")
    found = found.left_join(chosen, "gift_id")
    return found.select(
        "gift_id", "unit_id", "contact_id", "amount", "gift_date", "source", "recurring_id", "installment", "campaign_id",
        "campaign_type", "gau_id",
        is_recurring=found.recurring_id.notnull(),
    )  # fmt: skip


def soft_credits(tables: Mapping[str, ir.Table], opportunities: ir.Table, homes: ir.Table) -> ir.Table:
    """Influence on gifts that another unit gave: one row a contact and gift, never money of the unit itself."""
    roles = listed(tables, "soft_credit_roles")
    roles = roles.filter(roles.value.notin(_NOT_INFLUENCE))
    rows = _without_excluded(tables, opportunities, "contact", lambda rows: ibis.literal(True))
    rows = rows.select("gift_id", "gift_date", "individual_account", full_amount="amount", hard_unit="unit_id")
    ocr = tables["contact_roles"].select("role_id", "gift_id", "contact_id", "role", "is_primary")
    ocr = ocr.semi_join(roles, ocr.role == roles.value)
    found = ocr.join(rows, "gift_id")
    found = found.filter(~found.is_primary | ~found.individual_account)
    part = _first_partial(tables)
    found = found.left_join(part, ["gift_id", "contact_id"])
    found = found.mutate(
        role=ibis.ifelse(found.credit_id.notnull(), found.part_role, found.role),
        amount=ibis.ifelse(found.credit_id.notnull(), found.part_amount.fill_null(0), found.full_amount),
    )
    found = found.semi_join(roles, found.role == roles.value)
    found = found.select("role_id", "gift_id", "contact_id", "role", "amount", "gift_date", "hard_unit")
    found = found.join(homes, "contact_id")
    found = found.filter(found.hard_unit.isnull() | (found.hard_unit != found.unit_id))
    claims = fund_claims(tables).select("household_id", "claimed_id")
    found = found.anti_join(claims, [found.gift_id == claims.claimed_id, found.unit_id == claims.household_id])
    rank = ibis.row_number().over(group_by=[found.contact_id, found.gift_id], order_by=found.role_id)
    found = found.mutate(rank=rank, amount=found.amount.cast("decimal(18,2)")).filter(lambda t: t.rank == 0)
    return found.select("unit_id", "contact_id", "gift_id", "amount", "gift_date", "role")


def _first_partial(tables: Mapping[str, ir.Table]) -> ir.Table:
    rows = tables["partial_soft_credits"]
    rank = ibis.row_number().over(group_by=[rows.gift_id, rows.contact_id], order_by=rows.credit_id)
    ranked = rows.mutate(rank=rank).filter(lambda t: t.rank == 0)
    return ranked.select("gift_id", "contact_id", "credit_id", part_role="role", part_amount="amount")
