"""How a running recurring donation stands: at risk, stable, or ready for more, with the reason in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from steward.decide.policy import Policy
from steward.donors import Ledger

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
    """unit_id and how its running pledges stand, in columns named as those of `Standing`; units without one are left out."""
    found = _running(ledger, as_of).left_join(_missed(ledger, as_of), "unit_id").drop("unit_id_right")
    found = found.left_join(_answers(ledger, as_of), "unit_id").drop("unit_id_right")
    return found.select(
        "unit_id", "running", "paused", "card_expires_on",
        missed=found.missed.fill_null(0),
        answered_before=found.earlier.fill_null(0) > 0,
        answered=found.lately.fill_null(0) > 0,
    )  # fmt: skip


def _running(ledger: Ledger, as_of: dt.date) -> ir.Table:
    day, pledges = ibis.literal(as_of), ledger.pledges
    begun = pledges.filter(pledges.established_on < day)
    rows = begun.filter(begun.ended_on.isnull() | (begun.ended_on >= day))
    rows = rows.filter(~rows.status.fill_null("").lower().isin(["closed", "lapsed"]))
    return rows.group_by("unit_id").aggregate(
        running=rows.count(),
        paused=rows.count(where=rows.status.lower() == PAUSED),
        card_expires_on=rows.card_expires_on.min(),
    )


def _missed(ledger: Ledger, as_of: dt.date) -> ir.Table:
    rows = ledger.installments.filter(ledger.installments.due_date < ibis.literal(as_of))
    last = rows.group_by("unit_id").aggregate(paid_on=rows.due_date.max(where=rows.outcome == "paid"))
    found = rows.left_join(last, "unit_id").drop("unit_id_right")
    after = found.paid_on.isnull() | (found.due_date > found.paid_on)
    return found.group_by("unit_id").aggregate(missed=found.count(where=after & (found.outcome != "paid")))


def _answers(ledger: Ledger, as_of: dt.date) -> ir.Table:
    day, year = ibis.literal(as_of), ibis.literal(as_of - dt.timedelta(days=365))
    two = ibis.literal(as_of - dt.timedelta(days=730))
    rows = ledger.touches.filter(ledger.touches.kind == "campaign_response", ledger.touches.touch_date < day)
    return rows.group_by("unit_id").aggregate(
        lately=rows.count(where=rows.touch_date >= year),
        earlier=rows.count(where=(rows.touch_date < year) & (rows.touch_date >= two)),
    )


def health(standing: Standing, ends: str | None, grows: Growth, policy: Policy, as_of: dt.date) -> Health:
    """`ends`: the band of the model for stopping."""
    warnings = _warnings(standing, ends, policy, as_of)
    if warnings:
        return Health(AT_RISK, _sentence(warnings))
    months = grows.months
    if months is not None and months >= policy.upgrade_after_months and (likely := _likely(grows, policy)):
        return Health(UPGRADE_READY, f"Has made recurring gifts for {_long(months)} and is {likely} to give more.")
    since = "" if not months else f" after {_long(months)} of recurring gifts"
    quiet = "no pause, no card about to expire" if standing.missed else "no missed installment, no pause"
    return Health(STABLE, f"Nothing that warns{since}: {quiet}.")


def _likely(grows: Growth, policy: Policy) -> str:
    if grows.band in policy.at_least(policy.recurring_upgrade_band):
        return "very likely" if grows.band == "Very high" else "likely"
    if grows.top is not None and grows.top <= policy.recurring_upgrade_top:
        return f"among the {policy.recurring_upgrade_top} % of recurring donors likeliest"
    return ""


def _warnings(standing: Standing, ends: str | None, policy: Policy, as_of: dt.date) -> list[str]:
    found = []
    if standing.paused:
        found.append("the recurring donation is paused")
    if standing.missed >= policy.missed_installments:
        found.append(
            f"{standing.missed} installment{'s' if standing.missed > 1 else ''} missed since the last one paid"
        )
    if standing.card_expires_on is not None:
        days = (standing.card_expires_on - as_of).days
        if days <= 0:
            found.append("the card has expired")
        elif days <= policy.card_warning_days:
            found.append(f"the card expires in {days} day{'s' if days > 1 else ''}")
    if ends in policy.at_least(policy.churn_band):
        found.append(f"the chance that it ends within 6 months is {str(ends).lower()}")
    elif ends == "Medium" and standing.answered_before and not standing.answered:
        found.append("answered appeals the year before, but none in the last 12 months")
    return found


def _long(months: int) -> str:
    if months < 24:
        return f"{months} month{'' if months == 1 else 's'}"
    return f"{months // 12} years"


def _sentence(parts: list[str]) -> str:
    text = "; ".join(parts)
    return text[0].upper() + text[1:] + "."
