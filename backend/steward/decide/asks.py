"""The suggested ask: a string of three around the donor's usual gift, each amount one that a person would say aloud."""

from __future__ import annotations

import math
from dataclasses import dataclass

from steward.decide.policy import Policy

NEAR = 0.75  # an expected gift within a quarter of the last one changes nothing
_ROUND_TO = ((50, 5), (250, 10), (1_000, 25), (5_000, 100), (25_000, 500), (float("inf"), 1_000))


@dataclass(frozen=True)
class Ask:
    """Amounts in the org's currency; `reason` is one sentence with the donor's own number."""

    low: float
    suggested: float
    high: float
    reason: str


def suggest(
    last_gift: float | None,
    usual_gift: float | None,
    upgrade_likely: bool,
    policy: Policy,
    symbol: str,
    major_gift: float | None = None,
    likely_gift: float | None = None,
) -> Ask | None:
    """None where no gift is known. The suggestion repeats the last gift unless there is proof that another amount is likelier.

    `usual_gift` is the average of recent gifts; a last gift far from it (a one-off, or one instalment of a larger giver)
    does not set the ask. `major_gift`, a major gift prospect's largest recent gift, does. `likely_gift` is the expected
    size of the next gift, given only where it came closer than the last gift in the organization's own past.
    """
    if last_gift is None or last_gift <= 0:
        return None
    if major_gift is not None and major_gift > 0:
        return _from(
            major_gift,
            False,
            policy,
            symbol,
            f"The largest recent gift was {money(major_gift, symbol)}; talk first, then ask.",
        )
    if likely_gift is not None and not upgrade_likely and not NEAR <= likely_gift / last_gift <= 1 / NEAR:
        base = friendly(likely_gift, policy)
        last = money(last_gift, symbol)
        return _from(
            base,
            False,
            policy,
            symbol,
            f"Donors like this one gave about {money(base, symbol)} next; their last was {last}.",
        )
    far = usual_gift is not None and not usual_gift / 3 <= last_gift <= 3 * usual_gift
    base = usual_gift if far and usual_gift is not None else last_gift
    return _from(base, upgrade_likely, policy, symbol, _reason(base, last_gift, upgrade_likely, symbol))


def _from(base: float, upgrade_likely: bool, policy: Policy, symbol: str, reason: str) -> Ask:
    low, step, stretch = policy.ask_steps
    suggested = friendly(base * step, policy) if upgrade_likely else again(base, policy)
    lowest = max(min(friendly(base * low, policy), suggested), policy.ask_smallest)
    highest = max(friendly(base * stretch, policy), suggested)
    return Ask(lowest, suggested, highest, f"{reason}{_string(lowest, suggested, highest, symbol)}")


def _string(low: float, suggested: float, high: float, symbol: str) -> str:
    """Why the other two amounts are in the string."""
    safe = f" {money(low, symbol)} is a safe start." if low < suggested else ""
    more = f" {money(high, symbol)} is there for those who want to do more." if high > suggested else ""
    return safe + more


def _reason(base: float, last_gift: float, upgrade_likely: bool, symbol: str) -> str:
    if base != last_gift:
        usual = money(base, symbol)
        where = "above" if last_gift > base else "below"
        return f"The last gift of {money(last_gift, symbol)} was far {where} the usual {usual}, so the ask starts from the usual one."
    if upgrade_likely:
        return f"The last gift was {money(last_gift, symbol)}, and this donor is likely to give more: ask a step above."
    return f"The last gift was {money(last_gift, symbol)}; most donors repeat their last gift."


def again(amount: float, policy: Policy) -> float:
    """The same amount again; one with cents is rounded up to an amount that a person would say."""
    if float(amount).is_integer():
        return max(float(amount), policy.ask_smallest)
    step = 1 if amount < 20 else next(step for limit, step in _ROUND_TO if amount < limit)
    return float(max(math.ceil(amount / step) * step, policy.ask_smallest))


def friendly(amount: float, policy: Policy) -> float:
    """The nearest amount that a person would say: steps of 5 below 50, of 10 below 250, of 25 below 1,000 and so on."""
    step = next(step for limit, step in _ROUND_TO if amount < limit)
    return float(max(round(amount / step) * step, policy.ask_smallest))


def money(amount: float, symbol: str) -> str:
    return f"{symbol}{amount:,.0f}" if float(amount).is_integer() else f"{symbol}{amount:,.2f}"
