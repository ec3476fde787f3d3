"""How a running recurring donation stands: at risk, stable, or ready for more, with the reason in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from steward.decide.policy import Policy
from steward.donors import Ledger
from steward.words import ENGLISH, Language

AT_RISK, STABLE, UPGRADE_READY = "At Risk", "Stable", "Upgrade Ready"
PAUSED = "paused"


@dataclass(frozen=True)
class Standing:
    """What is known of a unit's running pledges today."""

    running: int
    paused: int
    missed: int  # installments since the last one paid
    card_expires_on: dt.date | None  # the first day on which the first card no longer works
    answered_before: bool  # responded to appeals in the year before the last
    answered: bool  # and in the last 12 months


@dataclass(frozen=True)
class Growth:
    """How likely the regular gift is to grow, in words and in place; `months` since the first one."""

    band: str | None = None
    top: int | None = None
    months: int | None = None


@dataclass(frozen=True)
class Health:
    state: str
    reason: str


def standings(ledger: Ledger, as_of: dt.date) -> ir.Table:
    """unit_id and how its running pledges stand, in columns named as those of `Standing`; units without one are left out.

    `missed` is not among them: it is a feature.
    """
    found = _running(ledger, as_of).left_join(_answers(ledger, as_of), "unit_id").drop("unit_id_right")
    return found.select(
        "unit_id", "running", "paused", "card_expires_on",
        answered_before=found.earlier.fill_null(0) > 0,
        answered=found.lately.fill_null(0) > 0,
    )  # fmt: skip


def _running(ledger: Ledger, as_of: dt.date) -> ir.Table:
    day, pledges = ibis.literal(as_of), ledger.pledges
    begun = pledges.filter(pledges.established_on < day)
    rows = begun.filter(begun.ended_on.isnull() | (begun.ended_on >= day))
    rows = rows.mutate(status=rows.status.fill_null("").lower())  # engines count differently where a condition is null
    rows = rows.filter(rows.status.notin(["closed", "lapsed"]))
    return rows.group_by("unit_id").aggregate(
        running=rows.count(),
        paused=rows.count(where=rows.status == PAUSED),
        card_expires_on=rows.card_expires_on.min(),
    )


def _answers(ledger: Ledger, as_of: dt.date) -> ir.Table:
    day, year = ibis.literal(as_of), ibis.literal(as_of - dt.timedelta(days=365))
    two = ibis.literal(as_of - dt.timedelta(days=730))
    rows = ledger.touches.filter(ledger.touches.kind == "campaign_response", ledger.touches.touch_date < day)
    return rows.group_by("unit_id").aggregate(
        lately=rows.count(where=rows.touch_date >= year),
        earlier=rows.count(where=(rows.touch_date < year) & (rows.touch_date >= two)),
    )


def health(
    standing: Standing, ends: str | None, grows: Growth, policy: Policy, as_of: dt.date, language: Language = ENGLISH
) -> Health:
    """`ends`: the band of the model for stopping."""
    warnings = _warnings(standing, ends, policy, as_of, language)
    if warnings:
        return Health(AT_RISK, _sentence(warnings))
    span = None if grows.months is None else _long(grows.months, language)
    long = grows.months is not None and grows.months >= policy.upgrade_after_months
    if long and (ready := _ready(grows, policy, span, language)):
        return Health(UPGRADE_READY, ready)
    quiet = language.say("no pause, no card about to expire" if standing.missed else "no missed installment, no pause")
    if not grows.months:
        return Health(STABLE, language.say("Nothing that warns: {quiet}.", quiet=quiet))
    return Health(
        STABLE, language.say("Nothing that warns after {span} of recurring gifts: {quiet}.", span=span, quiet=quiet)
    )


def _ready(grows: Growth, policy: Policy, span: str | None, language: Language) -> str:
    if grows.band in policy.at_least(policy.recurring_upgrade_band):
        if grows.band == "Very high":
            return language.say("Has made recurring gifts for {span} and is very likely to give more.", span=span)
        return language.say("Has made recurring gifts for {span} and is likely to give more.", span=span)
    if grows.top is not None and grows.top <= policy.recurring_upgrade_top:
        return language.say(
            "Has made recurring gifts for {span} and is among the {top} % of recurring donors likeliest to give more.",
            span=span,
            top=policy.recurring_upgrade_top,
        )
    return ""


def _warnings(standing: Standing, ends: str | None, policy: Policy, as_of: dt.date, language: Language) -> list[str]:
    found = []
    if standing.paused:
        found.append(language.say("the recurring donation is paused"))
    if standing.missed >= policy.missed_installments:
        missed = language.count(standing.missed, "installment")
        found.append(language.say("{installments} missed since the last one paid", installments=missed))
    if standing.card_expires_on is not None:
        days = (standing.card_expires_on - as_of).days
        if days <= 0:
            found.append(language.say("the card has expired"))
        elif days <= policy.card_warning_days:
            found.append(language.say("the card expires in {days}", days=language.count(days, "day")))
    if ends in policy.at_least(policy.churn_band):
        chance = language.say(str(ends).lower())
        found.append(language.say("the chance that it ends within 6 months is {band}", band=chance))
    elif ends == "Medium" and standing.answered_before and not standing.answered:
        found.append(language.say("answered appeals the year before, but none in the last 12 months"))
    return found


def _long(months: int, language: Language) -> str:
    return language.count(months, "month") if months < 24 else language.count(months // 12, "year")


def _sentence(parts: list[str]) -> str:
    text = "; ".join(parts)
    return text[0].upper() + text[1:] + "."
