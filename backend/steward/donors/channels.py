"""Through which door something came: the words organizations use for campaigns, payments and tasks, in six channels."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

MAIL, EMAIL, PHONE, ONLINE, EVENT, IN_PERSON = "Mail", "Email", "Phone", "Online", "Event", "In person"
CHANNELS = (MAIL, EMAIL, PHONE, ONLINE, EVENT, IN_PERSON)

# The first pattern that is found decides: "email" before "mail".
_CAMPAIGNS = (
    (r"e-?mail|newsletter", EMAIL),
    (r"mail", MAIL),
    (r"tele|phone|call|sms|text", PHONE),
    (r"face|door|street|canvass", IN_PERSON),
    (r"event|gala|auction|conference|seminar|dinner|walk|run\b|trade show", EVENT),
    (r"web|online|social|advert|banner|crowd|peer", ONLINE),
)
_METHODS = (
    (r"check|cheque", MAIL),
    (r"cash", IN_PERSON),
    (r"credit|debit card|paypal|venmo|apple|google|stripe", ONLINE),
)
_TASKS = ((r"e-?mail", EMAIL), (r"call", PHONE))


def of_campaigns(tables: Mapping[str, ir.Table]) -> ir.Table:
    """campaign_id, campaign_type, campaign_channel: looked for in the type, once a campaign; null where it names none."""
    campaigns = tables["campaigns"]
    return campaigns.select("campaign_id", campaign_type="type", campaign_channel=_first(campaigns.type, _CAMPAIGNS))


def of_payment(method: ir.StringValue) -> ir.StringValue:
    """By how it was paid: a check comes by mail, a card is used online. Null where that says nothing."""
    return _first(method, _METHODS)


def of_task(subtype: ir.StringValue) -> ir.StringValue:
    return _first(subtype, _TASKS)


def _first(text: ir.StringValue, patterns: tuple[tuple[str, str], ...]) -> ir.StringValue:
    lowered = text.lower()
    return ibis.cases(
        *[(lowered.re_search(pattern).fill_null(False), channel) for pattern, channel in patterns],
        else_=ibis.null("string"),
    )
