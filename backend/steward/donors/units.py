"""Giving units and their members: households, organizations, and people without an account of their own."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

HOUSEHOLD, ORGANIZATION = "household", "organization"
OPTED_OUT = "Opted out of AI scoring"

# NPSP's oldest account model put every person into one account: it is a bucket, not a household.
_BUCKET = "Bucket Individual"
_ONE_TO_ONE = "One-to-One Individual"


def real_accounts(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Accounts that are a giving unit."""
    accounts = tables["accounts"]
    return accounts.filter(~(accounts.is_individual & (accounts.account_type.fill_null("") == _BUCKET)))


def homes(tables: Mapping[str, ir.Table]) -> ir.Table:
    """contact_id, unit_id: where a person's giving is counted."""
    return members(tables).select("contact_id", "unit_id")


def _at_home(tables: Mapping[str, ir.Table]) -> ir.Table:
    contacts = tables["contacts"]
    accounts = real_accounts(tables).select(
        "is_individual", "account_type", "primary_contact_id", "all_members_deceased", home_id="account_id"
    )
    return contacts.left_join(accounts, contacts.account_id == accounts.home_id)


def members(tables: Mapping[str, ir.Table]) -> ir.Table:
    """One row a contact: the unit whose giving is theirs, whether they lead it, what forbids a score or a contact."""
    found = _at_home(tables)
    found = found.mutate(
        unit_id=ibis.coalesce(found.home_id, found.contact_id),
        basis=ibis.cases(
            (found.home_id.isnull(), "Individual"),
            (~found.is_individual, "Organization"),
            (found.account_type.fill_null("") == _ONE_TO_ONE, "Individual"),
            else_="Household",
        ),
        all_gone=found.all_members_deceased.fill_null(False),
    )
    return found.select(
        "contact_id", "unit_id", "basis", "do_not_contact", "opted_out_of_email", "do_not_call", "created_on",
        is_lead=_leads(found),
        excluded_reason=ibis.cases(
            (found.deceased, "Deceased"),
            (found.all_gone, "All household members deceased"),
            (found.ai_opt_out, OPTED_OUT),
        ),
    )  # fmt: skip


def _leads(people: ir.Table) -> ir.BooleanColumn:
    """NPSP's order: the primary contact unless not to be contacted, else the largest giver, else the oldest record."""
    order = [
        people.deceased,
        people.do_not_contact,
        ibis.ifelse(people.primary_contact_id == people.contact_id, 0, 1).fill_null(1),
        people.total_gifts.fill_null(0).desc(),
        people.created_on,
        people.contact_id,
    ]
    first = ibis.row_number().over(group_by=people.unit_id, order_by=order) == 0
    return first & ~people.deceased


def units(tables: Mapping[str, ir.Table], people: ir.Table) -> ir.Table:
    """One row a giving unit."""
    accounts = real_accounts(tables)
    owned = accounts.select(
        "created_on",
        unit_id="account_id",
        kind=ibis.ifelse(accounts.is_individual, HOUSEHOLD, ORGANIZATION),
    )
    alone = people.filter(people.unit_id == people.contact_id).select(
        "created_on", "unit_id", kind=ibis.literal(HOUSEHOLD)
    )
    counted = people.group_by("unit_id").aggregate(
        members=people.count(), lead_contact_id=people.contact_id.max(where=people.is_lead)
    )
    every = owned.union(alone)
    found = every.left_join(counted, "unit_id")
    return found.select("unit_id", "kind", "lead_contact_id", "created_on", members=found.members.fill_null(0))


def with_unit(
    rows: ir.Table,
    tables: Mapping[str, ir.Table],
    homes: ir.Table,
    contact: str = "contact_id",
    person_first: bool = False,
) -> ir.Table:
    """`rows` with their unit: the account's, else the contact's (or the other way round); rows of neither are dropped."""
    owned = real_accounts(tables).select(owner_id="account_id")
    lived_in = homes.select(person_id="contact_id", home_id="unit_id")
    sides = [("account_id", owned, "owner_id", "owner_id"), (contact, lived_in, "person_id", "home_id")]
    (asked, first, key, unit), (then, second, other_key, other_unit) = reversed(sides) if person_first else sides
    found = rows.left_join(first, rows[asked] == first[key])
    # Who has a unit is not looked up again: most rows have an account.
    found = found.left_join(second, ibis.ifelse(found[unit].isnull(), found[then], None) == second[other_key])
    found = found.mutate(unit_id=ibis.coalesce(found[unit], found[other_unit]))
    return found.filter(found.unit_id.notnull()).drop("owner_id", "person_id", "home_id")
