"""The suggested ask: a string of three around the donor's usual gift, each amount one that a person would say aloud."""

from __future__ import annotations

import math
from dataclasses import dataclass

from steward.decide.policy import Policy

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
) -> Ask | None:
    """None where no gift is known. The suggestion repeats the last gift unless the upgrade model says that more is likely.

    `usual_gift` is the average of recent gifts; a last gift far from it (a one-off, or one instalment of a larger giver)
    does not set the ask. `major_gift`, a major gift prospect's largest recent gift, does.
    """
    if last_gift is None or last_gift <= 0:
        return None
    if major_gift is not None and major_gift > 0:
        return _from(
            major_gift, False, policy, f"The largest recent gift was {money(major_gift, symbol)}; talk first, then ask."
        )
    far = usual_gift is not None and not usual_gift / 3 <= last_gift <= 3 * usual_gift
    base = usual_gift if far and usual_gift is not None else last_gift
    return _from(base, upgrade_likely, policy, _reason(base, last_gift, upgrade_likely, symbol))


def _from(base: float, upgrade_likely: bool, policy: Policy, reason: str) -> Ask:
    low, step, stretch = policy.ask_steps
    suggested = friendly(base * step, policy) if upgrade_likely else again(base, policy)
    return Ask(
        low=max(min(friendly(base * low, policy), suggested), policy.ask_smallest),
        suggested=suggested,
        high=max(friendly(base * stretch, policy), suggested),
        reason=reason,
    )


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
