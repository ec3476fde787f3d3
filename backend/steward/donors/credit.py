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


def won(tables: Mapping[str, ir.Table], people: ir.Table) -> ir.Table:
    """Won Opportunities with an amount, before refunds, with the unit that has the hard credit."""
    rows = tables["opportunities"]
    rows = rows.filter(rows.is_won, rows.amount.notnull())
    rows = before_refunds(rows, tables["payments"])
    accounts = real_accounts(tables).select("is_individual", owner_id="account_id")
    homes = people.select(person_id="contact_id", home_id="unit_id")
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
    """What each unit gave. A gift through a donor-advised fund is the household's that recommended it, not the fund's."""
    own = _own_giving(tables, opportunities)
    advised = _advised(tables, own)
    moved = advised.group_by("gift_id").aggregate(moved=advised.granted.sum())
    through = _fund_paid(tables)
    found = own.left_join(moved, "gift_id").drop("gift_id_right")
    found = found.left_join(through, "gift_id").drop("gift_id_right")
    found = found.mutate(
        amount=found.amount - found.moved.fill_null(0),
        source=ibis.ifelse(found.through_fund.fill_null(False) & (found.kind == HOUSEHOLD), DONOR_ADVISED_FUND, DIRECT),
    )
    credited = advised.group_by("gift_id", "household_id").aggregate(
        amount=advised.granted.sum(),
        **{
            name: advised[name].arbitrary()
            for name in ("contact_id", "gift_date", "recurring_id", "installment", "campaign_id")
        },
    )
    credited = credited.mutate(unit_id=credited.household_id, source=ibis.literal(DONOR_ADVISED_FUND))
    columns = (
        "gift_id",
        "unit_id",
        "contact_id",
        "amount",
        "gift_date",
        "source",
        "recurring_id",
        "installment",
        "campaign_id",
    )
    every = (
        found.select(*columns)
        .cast({"amount": "decimal(18,2)"})
        .union(credited.select(*columns).cast({"amount": "decimal(18,2)"}))
    )
    return _designated(tables, every.filter(every.amount > 0, every.unit_id.notnull()))


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


def _advised(tables: Mapping[str, ir.Table], own: ir.Table) -> ir.Table:
    """Households that stand behind an organization's gift, each with its part; the parts never exceed the gift."""
    credits = tables["account_soft_credits"]
    credits = credits.filter(credits.role == _FUND_ROLE).select(
        "credit_id", "gift_id", household_id="account_id", stated="amount"
    )
    accounts = real_accounts(tables)
    households = accounts.filter(accounts.is_individual).select(household_id="account_id")
    found = credits.semi_join(households, "household_id")
    found = found.join(own.filter(own.kind == ORGANIZATION), "gift_id")
    stated = found.stated.fill_null(0)
    running = stated.sum().over(
        group_by=found.gift_id, order_by=[found.stated.isnull(), found.credit_id], rows=(None, 0)
    )
    left = found.amount - (running - stated)
    granted = ibis.least(ibis.coalesce(found.stated, found.amount), left)
    found = found.mutate(granted=granted.cast("decimal(18,2)"))
    return found.filter(found.granted > 0)


def _fund_paid(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Gifts booked on the household whose donation source is an organization: the same giving, booked the other way."""
    credits = tables["account_soft_credits"]
    accounts = real_accounts(tables)
    organizations = accounts.filter(~accounts.is_individual).select("account_id")
    found = credits.filter(credits.role == _FUND_ROLE).semi_join(organizations, "account_id")
    return found.select("gift_id").distinct().mutate(through_fund=True)


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


def soft_credits(
    tables: Mapping[str, ir.Table], opportunities: ir.Table, given: ir.Table, people: ir.Table
) -> ir.Table:
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
    homes = people.select("contact_id", "unit_id")
    found = found.select("role_id", "gift_id", "contact_id", "role", "amount", "gift_date", "hard_unit").join(
        homes, "contact_id"
    )
    found = found.filter(found.hard_unit.isnull() | (found.hard_unit != found.unit_id))
    found = found.anti_join(given.select("gift_id", "unit_id"), ["gift_id", "unit_id"])
    rank = ibis.row_number().over(group_by=[found.contact_id, found.gift_id], order_by=found.role_id)
    found = found.mutate(rank=rank, amount=found.amount.cast("decimal(18,2)")).filter(lambda t: t.rank == 0)
    return found.select("unit_id", "contact_id", "gift_id", "amount", "gift_date", "role")


def _first_partial(tables: Mapping[str, ir.Table]) -> ir.Table:
    rows = tables["partial_soft_credits"]
    rank = ibis.row_number().over(group_by=[rows.gift_id, rows.contact_id], order_by=rows.credit_id)
    ranked = rows.mutate(rank=rank).filter(lambda t: t.rank == 0)
    return ranked.select("gift_id", "contact_id", "credit_id", part_role="role", part_amount="amount")
