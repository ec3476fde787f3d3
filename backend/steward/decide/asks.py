"""The suggested ask: a string of three around the donor's usual gift, each amount one that a person would say aloud."""

from __future__ import annotations

import bisect
import functools
import math
from dataclasses import dataclass

from steward.decide.policy import Policy
from steward.words import Language

NEAR = 0.75  # an expected gift within a quarter of the last one changes nothing
# Amounts below a limit are rounded to the step beside it.
_LIMITS = (50, 250, 1_000, 5_000, 25_000)
_STEPS = (5, 10, 25, 100, 500, 1_000)
_FORMED = 20_000  # asks that are kept at hand: many donors gave 50 last


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
    language: Language,
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
        return _talk_first(major_gift, policy, language)
    if likely_gift is not None and not upgrade_likely and not NEAR <= likely_gift / last_gift <= 1 / NEAR:
        return _like_others(friendly(likely_gift, policy), last_gift, policy, language)
    far = usual_gift is not None and not usual_gift / 3 <= last_gift <= 3 * usual_gift
    base = usual_gift if far and usual_gift is not None else last_gift
    return _around(base, last_gift, upgrade_likely, policy, language)


@functools.lru_cache(_FORMED)
def _talk_first(largest: float, policy: Policy, language: Language) -> Ask:
    amount = language.money(largest)
    said = language.say("The largest recent gift was {amount}; talk first, then ask.", amount=amount)
    return _from(largest, False, policy, language, said)


@functools.lru_cache(_FORMED)
def _like_others(base: float, last_gift: float, policy: Policy, language: Language) -> Ask:
    said = language.say(
        "Donors like this one gave about {amount} next; their last was {last}.",
        amount=language.money(base),
        last=language.money(last_gift),
    )
    return _from(base, False, policy, language, said)


@functools.lru_cache(_FORMED)
def _around(base: float, last_gift: float, upgrade_likely: bool, policy: Policy, language: Language) -> Ask:
    return _from(base, upgrade_likely, policy, language, _reason(base, last_gift, upgrade_likely, language))


def _from(base: float, upgrade_likely: bool, policy: Policy, language: Language, reason: str) -> Ask:
    low, step, stretch = policy.ask_steps
    suggested = friendly(base * step, policy) if upgrade_likely else again(base, policy)
    lowest = max(min(friendly(base * low, policy), suggested), policy.ask_smallest)
    highest = max(friendly(base * stretch, policy), suggested)
    return Ask(lowest, suggested, highest, f"{reason}{_string(lowest, suggested, highest, language)}")


def _string(low: float, suggested: float, high: float, language: Language) -> str:
    """Why the other two amounts are in the string."""
    said = ""
    if low < suggested:
        said += " " + language.say("{amount} is a safe start.", amount=language.money(low))
    if high > suggested:
        said += " " + language.say("{amount} is there for those who want to do more.", amount=language.money(high))
    return said


def _reason(base: float, last_gift: float, upgrade_likely: bool, language: Language) -> str:
    last = language.money(last_gift)
    if last_gift > base:
        return language.say(
            "The last gift of {last} was far above the usual {usual}, so the ask starts from the usual one.",
            last=last,
            usual=language.money(base),
        )
    if last_gift < base:
        return language.say(
            "The last gift of {last} was far below the usual {usual}, so the ask starts from the usual one.",
            last=last,
            usual=language.money(base),
        )
    if upgrade_likely:
        return language.say(
            "The last gift was {amount}, and this donor is likely to give more: ask a step above.", amount=last
        )
    return language.say("The last gift was {amount}; most donors repeat their last gift.", amount=last)


def again(amount: float, policy: Policy) -> float:
    """The same amount again; one with cents is rounded up to an amount that a person would say."""
    if float(amount).is_integer():
        return max(float(amount), policy.ask_smallest)
    step = 1 if amount < 20 else _step(amount)
    return float(max(math.ceil(amount / step) * step, policy.ask_smallest))


def friendly(amount: float, policy: Policy) -> float:
    """The nearest amount that a person would say: steps of 5 below 50, of 10 below 250, of 25 below 1,000 and so on."""
    step = _step(amount)
    return float(max(round(amount / step) * step, policy.ask_smallest))


def _step(amount: float) -> int:
    return _STEPS[bisect.bisect_right(_LIMITS, amount)]
