"""The real charity-marathon gifts as a ledger: each donor id a household of its own, anonymous gifts left out."""

from __future__ import annotations

import datetime as dt
import pathlib

import ibis
import ibis.expr.types as ir
from steward.donors import Ledger

GIFTS = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data" / "gdq" / "donations.csv.gz"
LAST_DAY = dt.date(2015, 8, 10)

MONEY = "decimal(18, 2)"
EMPTY = {
    "reversals": {"gift_id": "string", "unit_id": "string", "amount": MONEY, "reversed_on": "date"},
    "soft_credits": {
        "unit_id": "string", "contact_id": "string", "gift_id": "string", "amount": MONEY, "gift_date": "date",
        "role": "string",
    },
    "installments": {
        "recurring_id": "string", "unit_id": "string", "due_date": "date", "amount": MONEY, "outcome": "string",
    },
    "pledges": {
        "recurring_id": "string", "unit_id": "string", "monthly_amount": MONEY, "established_on": "date",
        "ended_on": "date", "closed_reason": "string", "payment_method": "string", "card_expires_on": "date",
        "status": "string",
    },
    "asks": {
        "unit_id": "string", "gift_id": "string", "ask_date": "date", "requested_amount": MONEY, "close_date": "date",
        "is_won": "boolean",
    },
    "touches": {
        "unit_id": "string", "contact_id": "string", "touch_date": "date", "kind": "string", "hours": "float64",
    },
}  # fmt: skip


def ledger(connection: ibis.BaseBackend) -> Ledger:
    connection.raw_sql(
        f"""
        CREATE OR REPLACE TABLE gdq_gifts AS
        SELECT 'g' || row_number() OVER (ORDER BY date, donor_id, amount) AS gift_id, donor_id AS unit_id,
               donor_id AS contact_id, amount::DECIMAL(18, 2) AS amount, date::DATE AS gift_date, 'direct' AS source,
               false AS is_recurring, NULL::VARCHAR AS recurring_id, NULL::INTEGER AS installment,
               event AS campaign_id, 'Event' AS campaign_type, NULL::VARCHAR AS gau_id
        FROM read_csv('{GIFTS}', types = {{'amount': 'DECIMAL(18,2)'}})
        WHERE donor_id IS NOT NULL AND amount > 0
        """
    )
    gifts = connection.table("gdq_gifts")
    known = gifts.group_by("unit_id").aggregate(created_on=gifts.gift_date.min())
    return Ledger(
        units=known.mutate(kind=ibis.literal("household"), lead_contact_id=known.unit_id, members=ibis.literal(1)),
        members=_members(known),
        gifts=gifts,
        **{name: _empty(connection, name, columns) for name, columns in EMPTY.items()},
    )


def _members(known: ir.Table) -> ir.Table:
    no = ibis.literal(False)
    return known.select(
        "created_on",
        contact_id="unit_id",
        unit_id="unit_id",
        basis=ibis.literal("Household"),
        is_lead=ibis.literal(True),
        excluded_reason=ibis.null("string"),
        do_not_contact=no,
        opted_out_of_email=no,
        do_not_call=no,
    )


def _empty(connection: ibis.BaseBackend, name: str, columns: dict[str, str]) -> ir.Table:
    return connection.create_table(f"gdq_{name}", schema=ibis.schema(columns))
