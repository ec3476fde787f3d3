"""What else passes between the donor and the nonprofit: meetings, calls, answers, time given."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from steward.donors import Ledger
from steward.features.arithmetic import months_back, months_since, share
from steward.features.feature import Family, Feature

_FEATURES = (
    Feature("meetings_12m", "engagement", "conversations", "meeting",
            "had {value} in the last 12 months", "had only {value} in the last 12 months",
            "no meeting in the last 12 months", +1),
    Feature("tasks_12m", "engagement", "conversations", "call, letter or task",
            "{value} done with them in the last 12 months", "only {value} done with them in the last 12 months",
            "no call, letter or task done with them in the last 12 months", +1),
    Feature("responses_12m", "engagement", "answers to appeals", "campaign",
            "responded to {value} in the last 12 months", "responded to only {value} in the last 12 months",
            "responded to no campaign in the last 12 months", +1),
    Feature("appeals_12m", "engagement", "appeals", "campaign",
            "was included in {value} in the last 12 months", "was included in only {value} in the last 12 months",
            "was included in no campaign in the last 12 months", 0),
    Feature("response_share_24m", "engagement", "answers to appeals", "share",
            "responses came to {value} of the campaigns of the last 2 years",
            "responses came to only {value} of the campaigns of the last 2 years",
            "no response to a campaign in the last 2 years", +1),
    Feature("volunteer_hours_24m", "engagement", "volunteering", "hour",
            "volunteered {value} in the last 2 years", "volunteered only {value} in the last 2 years",
            "did not volunteer in the last 2 years", +1),
    Feature("months_since_volunteering", "engagement", "volunteering", "months ago",
            "last volunteered {value}", "volunteered as recently as {value}", "has never volunteered", -1),
    Feature("months_since_contact", "engagement", "conversations", "months ago",
            "the last conversation, response or volunteering was {value}",
            "had a conversation, response or volunteering as recently as {value}",
            "no conversation, response or volunteering is known", -1),
)  # fmt: skip


def _sums(ledger: Ledger, as_of: dt.date) -> ir.Table:
    rows = ledger.touches.filter(ledger.touches.touch_date < ibis.literal(as_of))
    rows = rows.mutate(back=months_back(rows.touch_date, as_of))
    year, two, kind = rows.back < 12, rows.back < 24, rows.kind
    return rows.group_by("unit_id").aggregate(
        meetings_12m=rows.count(where=year & (kind == "event")),
        tasks_12m=rows.count(where=year & (kind == "task")),
        responses_12m=rows.count(where=year & (kind == "campaign_response")),
        responses_24m=rows.count(where=two & (kind == "campaign_response")),
        appeals_12m=rows.count(where=year & (kind == "appeal")),
        appeals_24m=rows.count(where=two & (kind == "appeal")),
        volunteer_hours_24m=rows.hours.sum(where=two & (kind == "volunteer")),
        volunteered_on=rows.touch_date.max(where=kind == "volunteer"),
        touched_on=rows.touch_date.max(where=kind != "appeal"),
    )


def _columns(sums: ir.Table, as_of: dt.date) -> dict[str, ir.Value]:
    hours = sums.volunteer_hours_24m.fill_null(0).cast("float64")
    answered = ibis.least(sums.responses_24m, sums.appeals_24m)
    return {
        "meetings_12m": sums.meetings_12m.fill_null(0),
        "tasks_12m": sums.tasks_12m.fill_null(0),
        "responses_12m": sums.responses_12m.fill_null(0),
        "appeals_12m": sums.appeals_12m.fill_null(0),
        "response_share_24m": share(answered, sums.appeals_24m),
        "volunteer_hours_24m": hours,
        "months_since_volunteering": months_since(sums.volunteered_on, as_of),
        "months_since_contact": months_since(sums.touched_on, as_of),
    }


ENGAGEMENT = Family(_FEATURES, _columns, _sums)
