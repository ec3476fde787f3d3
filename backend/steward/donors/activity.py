"""What else passed between the donor and the nonprofit: asks, appeals, conversations, meetings, time given."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from steward.donors import channels
from steward.donors.units import with_unit


def asks(tables: Mapping[str, ir.Table], homes: ir.Table) -> ir.Table:
    """Opportunities that say when or for how much was asked, and lost ones, which were asks too; never installments."""
    rows = tables["opportunities"]
    asked = rows.ask_date.notnull() | rows.requested_amount.notnull() | (rows.is_closed & ~rows.is_won)
    known = ("gift_id", "ask_date", "requested_amount", "close_date", "is_won")
    rows = rows.filter(rows.recurring_id.isnull(), asked).select("account_id", "primary_contact_id", *known)
    return with_unit(rows, tables, homes, contact="primary_contact_id").select("unit_id", *known)


def touches(tables: Mapping[str, ir.Table], homes: ir.Table) -> ir.Table:
    """One row a contact with the donor. `appeal` is what was sent; `campaign_response` is what came back."""
    tasks, events, hours = tables["tasks"], tables["events"], tables["volunteer_hours"]
    sent = tables["campaign_members"].left_join(channels.of_campaigns(tables), "campaign_id").drop("campaign_id_right")
    done = tasks.filter(tasks.is_closed)
    answered = sent.filter(sent.responded)
    worked = hours.filter(hours.status == "Completed")
    rows = [
        _touch(
            done, "task", ibis.coalesce(done.activity_date, done.created_on), account=done.account_id,
            channel=channels.of_task(done.subtype),
        ),
        _touch(
            events, "event", ibis.coalesce(events.activity_date, events.created_on), account=events.account_id,
            channel=ibis.literal(channels.IN_PERSON),
        ),
        _touch(sent, "appeal", sent.created_on, channel=sent.campaign_channel),
        _touch(
            answered, "campaign_response", ibis.coalesce(answered.responded_on, answered.created_on),
            channel=answered.campaign_channel,
        ),
        _touch(worked, "volunteer", worked.start_date, hours=worked.hours),
    ]  # fmt: skip
    found = with_unit(ibis.union(*rows), tables, homes, person_first=True)
    return found.select("unit_id", "contact_id", "touch_date", "kind", "channel", "hours").filter(
        lambda t: t.touch_date.notnull()
    )


def _touch(
    rows: ir.Table,
    kind: str,
    date: ir.DateValue,
    *,
    account: ir.StringValue | None = None,
    channel: ir.StringValue | None = None,
    hours: ir.DecimalValue | None = None,
) -> ir.Table:
    nobody, no_hours = ibis.null("string"), ibis.null("decimal(18,2)")
    return rows.select(
        contact_id="contact_id",
        account_id=nobody if account is None else account,
        touch_date=date,
        kind=ibis.literal(kind),
        channel=nobody if channel is None else channel,
        hours=no_hours if hours is None else hours.cast("decimal(18,2)"),
    )
