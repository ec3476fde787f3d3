"""Every feature computed again, one unit at a time in plain Python, from what its phrase claims."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Row = dict[str, Any]
Value = int | float | Decimal | None
CENT = Decimal("0.01")


def _months_before(day: dt.date, months: int) -> tuple[int, int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return year, month + 1, day.day


def within(date: dt.date, as_of: dt.date, months: int, after: int = 0) -> bool:
    """In the last `months` months before as_of, leaving out the last `after` of them."""
    point = (date.year, date.month, date.day)
    return _months_before(as_of, months) <= point < _months_before(as_of, after)


def since(date: dt.date | None, as_of: dt.date) -> int | None:
    if date is None:
        return None
    months = 0
    while (date.year, date.month, date.day) <= _months_before(as_of, months + 1):
        months += 1
    return months


def rounded(part: float | Decimal, whole: float | Decimal | None, digits: int = 2) -> float | None:
    if not whole:
        return None
    scale = 10**digits
    value = math.floor(float(part) / float(whole) * scale + 0.5)
    return max(value, 1 if part > 0 else value) / scale


def share(part: float | Decimal, whole: float | Decimal | None) -> float | None:
    value = rounded(part, whole, 4)
    return value if value is None or part >= whole else min(value, 0.9999)


def mean(amounts: Iterable[Decimal]) -> Decimal | None:
    known = list(amounts)
    return (sum(known, Decimal(0)) / len(known)).quantize(CENT, ROUND_HALF_UP) if known else None


def latest(rows: list[Row], date: str, amount: str) -> Decimal | None:
    """The amount on the last date; of several on that day the largest."""
    return max((row[date], row[amount]) for row in rows)[1] if rows else None


def last(rows: list[Row], date: str) -> dt.date | None:
    return max((row[date] for row in rows), default=None)


def net_gifts(gifts: list[Row], reversals: list[Row], as_of: dt.date) -> list[Row]:
    found = []
    for gift in gifts:
        undone = [r for r in reversals if r["gift_id"] == gift["gift_id"] and r["reversed_on"] < as_of]
        if undone and gift["amount"] == undone[0]["whole"]:
            net = gift["amount"] - sum(r["amount"] for r in undone)
        elif undone:
            part = float(sum(r["amount"] for r in undone)) * float(gift["amount"]) / float(undone[0]["whole"])
            net = gift["amount"] - Decimal(part).quantize(CENT, ROUND_HALF_UP)
        else:
            net = gift["amount"]
        if gift["gift_date"] < as_of and net > 0:
            found.append({**gift, "amount": net})
    return found


def giving(gifts: list[Row], as_of: dt.date) -> dict[str, Value]:
    def of(months: int, after: int = 0) -> list[Row]:
        return [g for g in gifts if within(g["gift_date"], as_of, months, after)]

    def total(rows: list[Row]) -> Decimal:
        return sum((g["amount"] for g in rows), Decimal(0))

    def run(length: int) -> int:
        """How many periods of so many months in a row, up to now, have a gift."""
        n = 0
        while n < 400 and of((n + 1) * length, n * length):
            n += 1
        return n

    dates = sorted(g["gift_date"] for g in gifts)
    first_on, last_on = (dates[0], dates[-1]) if dates else (None, None)
    since_first, since_last = since(first_on, as_of), since(last_on, as_of)
    span = None if since_first is None or since_last is None else (since_first - since_last) or None
    gap = None if span is None else rounded(span, len(gifts) - 1, 1)
    years = [total(of(12 * (k + 1), 12 * k)) for k in range(5)]
    growth = 0
    while growth < 4 and years[growth] > years[growth + 1]:
        growth += 1
    last_amount, average = latest(gifts, "gift_date", "amount"), mean(g["amount"] for g in gifts)
    first_amount = min((g["gift_date"], g["amount"]) for g in gifts)[1] if gifts else None
    earlier = mean([(total(gifts) - last_amount) / (len(gifts) - 1)]) if len(gifts) > 1 else None
    year, steady = of(12), [g for g in gifts if g["is_recurring"]]
    fund = [g for g in gifts if g["source"] == "donor_advised_fund"]
    return {
        "months_since_last_gift": since_last,
        "gap_ratio": None if gap is None else rounded(since_last or 0, gap, 1),
        "gift_count": len(gifts),
        "gifts_3m": len(of(3)),
        "gifts_12m": len(year),
        "gifts_24m": len(of(24)),
        "active_months_12m": sum(bool(of(k + 1, k)) for k in range(12)),
        "gifts_per_year": rounded(len(gifts), since_first / 12, 1) if since_first and since_first >= 12 else None,
        "usual_gap_months": gap,
        "total_given": total(gifts),
        "given_12m": total(year),
        "given_24m": total(of(24)),
        "given_5y": total(of(60)),
        "average_gift": average,
        "average_gift_12m": mean(g["amount"] for g in year),
        "last_gift": last_amount,
        "largest_gift": max((g["amount"] for g in gifts), default=None),
        "largest_gift_24m": max((g["amount"] for g in of(24)), default=None),
        "given_change_12m": years[0] - years[1],
        "recent_share": share(years[0], years[0] + years[1]),
        "share_of_all_12m": share(years[0], total(gifts)),
        "average_gift_trend": rounded(mean(g["amount"] for g in year) or 0, average) if year else None,
        "season_years": sum(bool(of(12 * k + 12, 12 * k + 9)) for k in range(5)),
        "season_last_year": int(bool(of(12, 9))),
        "december_share": share(sum(g["gift_date"].month == 12 for g in gifts), len(gifts)),
        "calendar_months": sum(any(of(12 * y + m + 1, 12 * y + m) for y in range(5)) for m in range(12)),
        "years_in_a_row": min(run(12), 30),
        "years_given_of_5": sum(bool(of(12 * k + 12, 12 * k)) for k in range(5)),
        "months_in_a_row": min(run(1), 60),
        "last_to_earlier": None if earlier is None else rounded(last_amount, earlier),
        "last_to_first": rounded(last_amount, first_amount) if len(gifts) > 1 else None,
        "largest_to_average": rounded(max(g["amount"] for g in gifts), average) if gifts else None,
        "years_of_growth": growth,
        "recurring_gifts_12m": sum(g["is_recurring"] for g in year),
        "recurring_gifts_3m": sum(g["is_recurring"] for g in of(3)),
        "recurring_share_12m": share(total([g for g in year if g["is_recurring"]]), total(year)),
        "months_since_recurring_gift": since(last(steady, "gift_date"), as_of),
        "recurring_months": since(min((g["gift_date"] for g in steady), default=None), as_of),
        "last_recurring_gift": latest(steady, "gift_date", "amount"),
        "campaigns_24m": len({g["campaign_id"] for g in of(24)} - {None}),
        "campaign_share": share(sum(g["campaign_id"] is not None for g in gifts), len(gifts)),
        "months_since_first_gift": since_first,
        "fund_gifts": len(fund),
        "fund_share": share(total(fund), total(gifts)),
    }


def sustaining(installments: list[Row], pledges: list[Row], as_of: dt.date) -> dict[str, Value]:
    due = [i for i in installments if i["due_date"] < as_of]
    year = [i for i in due if within(i["due_date"], as_of, 12)]
    begun = [p for p in pledges if p["established_on"] is not None and p["established_on"] < as_of]
    return {
        "installments_missed_6m": sum(within(i["due_date"], as_of, 6) and i["outcome"] != "paid" for i in due),
        "installments_paid_share_12m": share(sum(i["outcome"] == "paid" for i in year), len(year)),
        **_last_payment(due, as_of),
        "pledges_begun": len(begun),
        "pledges_ended": sum(p["ended_on"] is not None and p["ended_on"] < as_of for p in begun),
    }


def _last_payment(due: list[Row], as_of: dt.date) -> dict[str, Value]:
    paid = [i for i in due if i["outcome"] == "paid"]
    on = last(paid, "due_date")
    latest_paid = [i for i in paid if i["due_date"] == on]
    card = max((i["card_expires_on"] for i in latest_paid if i["card_expires_on"]), default=None)
    months = None if card is None else (card.year - as_of.year) * 12 + card.month - as_of.month - (as_of.day > 1)
    return {
        "installments_missed_in_a_row": sum(i["outcome"] != "paid" and (on is None or i["due_date"] > on) for i in due),
        "card_months_left": None if months is None else max(months, 0),
        "pays_by_card": int(any("card" in (i["method"] or "").lower() for i in latest_paid)),
    }


def influence(credits: list[Row], as_of: dt.date) -> dict[str, Value]:
    past = [c for c in credits if c["gift_date"] < as_of]
    matched_ids = {c["gift_id"] for c in past if c["role"] == "Matched Donor"}
    once = {c["gift_id"]: c for c in sorted(past, key=lambda c: c["amount"])}
    moved = [c for c in once.values() if c["gift_id"] not in matched_ids]
    matched = [c for c in once.values() if c["gift_id"] in matched_ids]
    return {
        "influenced_24m": sum(within(c["gift_date"], as_of, 24) for c in moved),
        "influenced_total_5y": sum((c["amount"] for c in moved if within(c["gift_date"], as_of, 60)), Decimal(0)),
        "months_since_influence": since(last(moved, "gift_date"), as_of),
        "matched_gifts_24m": sum(within(c["gift_date"], as_of, 24) for c in matched),
        "matched_gifts": len(matched_ids),
        "months_since_match": since(last([c for c in past if c["role"] == "Matched Donor"], "gift_date"), as_of),
    }


def engagement(touches: list[Row], as_of: dt.date) -> dict[str, Value]:
    past = [t for t in touches if t["touch_date"] < as_of]

    def of(kind: str, months: int) -> list[Row]:
        return [t for t in past if t["kind"] == kind and within(t["touch_date"], as_of, months)]

    answers, appeals = len(of("campaign_response", 24)), len(of("appeal", 24))
    return {
        "meetings_12m": len(of("event", 12)),
        "tasks_12m": len(of("task", 12)),
        "responses_12m": len(of("campaign_response", 12)),
        "appeals_12m": len(of("appeal", 12)),
        "response_share_24m": share(min(answers, appeals), appeals),
        "volunteer_hours_24m": float(sum(t["hours"] for t in of("volunteer", 24))),
        "months_since_volunteering": since(last([t for t in past if t["kind"] == "volunteer"], "touch_date"), as_of),
        "months_since_contact": since(last([t for t in past if t["kind"] != "appeal"], "touch_date"), as_of),
    }


def asking(asks: list[Row], as_of: dt.date) -> dict[str, Value]:
    dated = [{**a, "asked_on": a["ask_date"] or a["close_date"]} for a in asks]
    past = [a for a in dated if a["asked_on"] < as_of]
    decided = [a for a in past if a["close_date"] < as_of]
    return {
        "asks_24m": sum(within(a["asked_on"], as_of, 24) for a in past),
        "months_since_ask": since(last(past, "asked_on"), as_of),
        "asks_accepted_share": share(sum(a["is_won"] for a in decided), len(decided)),
        "last_ask": latest([a for a in past if a["requested_amount"]], "asked_on", "requested_amount"),
    }
