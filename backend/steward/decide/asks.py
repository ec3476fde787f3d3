"""The suggested ask: a string of three around the donor's usual gift, each amount one that a person would say aloud."""

from __future__ import annotations

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
    last_gift: float | None, usual_gift: float | None, upgrade_likely: bool, policy: Policy, symbol: str
) -> Ask | None:
    """None where no gift is known. The suggestion repeats the last gift unless the upgrade model says that more is likely.

    `usual_gift` is the average of recent gifts; a last gift far above it (a one-off) is not held against the donor.
    """
    if last_gift is None or last_gift <= 0:
        return None
    base = last_gift if usual_gift is None or last_gift <= 3 * usual_gift else usual_gift
    low, step, stretch = policy.ask_steps
    suggested = friendly(base * step, policy) if upgrade_likely else max(base, policy.ask_smallest)
    reason = _reason(base, last_gift, upgrade_likely, symbol)
    return Ask(
        low=max(min(friendly(base * low, policy), suggested), policy.ask_smallest),
        suggested=suggested,
        high=max(friendly(base * stretch, policy), suggested),
        reason=reason,
    )


def _reason(base: float, last_gift: float, upgrade_likely: bool, symbol: str) -> str:
    if base != last_gift:
        usual = money(base, symbol)
        return f"The last gift of {money(last_gift, symbol)} was far above the usual {usual}, so the ask starts from the usual one."
    if upgrade_likely:
        return f"The last gift was {money(last_gift, symbol)}, and this donor is likely to give more: ask a step above."
    return f"The last gift was {money(last_gift, symbol)}; most donors repeat their last gift."


def friendly(amount: float, policy: Policy) -> float:
    """The nearest amount that a person would say: steps of 5 below 50, of 10 below 250, of 25 below 1,000 and so on."""
    step = next(step for limit, step in _ROUND_TO if amount < limit)
    return float(max(round(amount / step) * step, policy.ask_smallest))


def money(amount: float, symbol: str) -> str:
    return f"{symbol}{amount:,.0f}" if float(amount).is_integer() else f"{symbol}{amount:,.2f}"
