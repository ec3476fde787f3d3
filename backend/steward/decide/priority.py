"""What comes first for a donor: one order among all outcomes, the nonprofit's own."""

from __future__ import annotations

from collections.abc import Mapping

from steward.decide.policy import Policy

# Who speaks for a donor where nothing calls for action: the first outcome that is about them.
MAIN = ("reactivation", "give_90_days", "volunteer_to_donor", "first_gift")
MAJOR = frozenset({"major_gift"})
# The questions that the card shows at once.
SHOWN = ("give_90_days", "lapse_12_months", "upgrade", "major_gift")


def main(bands: Mapping[str, str]) -> str | None:
    """The outcome whose reasons stand for the donor: a lapsed donor's return, a contact's first gift."""
    return next((key for key in MAIN if key in bands), None)


def first(bands: Mapping[str, str], policy: Policy) -> str | None:
    """The outcome whose action comes first; `bands`: outcome → band of those the donor is eligible for."""
    calling = (key for key in policy.priority if _calls(key, bands, policy))
    return next(calling, main(bands))


def told(bands: Mapping[str, str], policy: Policy) -> tuple[str, ...]:
    """The outcomes whose reasons are kept, most important first: what the card shows, and what else calls for action."""
    own = main(bands)
    calling = [key for key in policy.priority if _calls(key, bands, policy)]
    by_weight = [*([own] if own else []), *calling, *(key for key in policy.priority if key in bands)]
    order = tuple(dict.fromkeys(by_weight))
    shown = [key for key in order if key == own or key in SHOWN]
    room = [key for key in order if key not in shown][: max(policy.reasons_for - len(shown), 0)]
    return tuple(key for key in order if key in (*shown, *room))


def _calls(key: str, bands: Mapping[str, str], policy: Policy) -> bool:
    band = policy.major_gift_band if key in MAJOR else policy.priority_band
    return bands.get(key) in policy.at_least(band)
