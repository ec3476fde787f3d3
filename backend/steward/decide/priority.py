"""What comes first for a donor: one order among all outcomes, the nonprofit's own."""

from __future__ import annotations

from collections.abc import Mapping

from steward.decide.policy import Policy

# Who speaks for a donor where nothing calls for action: the first outcome that is about them.
MAIN = ("reactivation", "give_90_days", "volunteer_to_donor", "first_gift")
MAJOR = frozenset({"major_gift"})


def main(bands: Mapping[str, str]) -> str | None:
    """The outcome whose reasons stand for the donor: a lapsed donor's return, a contact's first gift."""
    return next((key for key in MAIN if key in bands), None)


def first(bands: Mapping[str, str], policy: Policy) -> str | None:
    """The outcome whose action comes first; `bands`: outcome → band of those the donor is eligible for."""
    calling = (key for key in policy.priority if _calls(key, bands, policy))
    return next(calling, main(bands))


def told(bands: Mapping[str, str], policy: Policy) -> tuple[str, ...]:
    """The outcomes whose reasons are kept, most important first, as many as a profile has room for."""
    calling = [key for key in policy.priority if _calls(key, bands, policy)]
    others = [key for key in policy.priority if key in bands and key not in calling]
    own = main(bands)
    order = dict.fromkeys([*([own] if own else []), *calling, *others])
    return tuple(order)[: policy.reasons_for]


def _calls(key: str, bands: Mapping[str, str], policy: Policy) -> bool:
    band = policy.major_gift_band if key in MAJOR else policy.priority_band
    return bands.get(key) in policy.at_least(band)
