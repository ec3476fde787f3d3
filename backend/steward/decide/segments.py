"""Which segment a giving unit is in: rules first, then models, in one readable order of precedence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from steward.decide import policy as words
from steward.decide.policy import Policy
from steward.shared import Shared


class Facts(Protocol):
    """A column a feature, NaN where there is none."""

    def __getitem__(self, name: str, /) -> NDArray[Any]: ...


def segments(facts: Facts, bands: Mapping[str, Shared], policy: Policy) -> Shared:
    """One segment a giving unit; the first rule that holds decides.

    `bands` has one column an outcome (`Reactivation`, `Lapse_Risk`, `Upgrade`, `Major_Gift`) with the band in words, none
    where the unit was not eligible.
    """
    gave = facts["gift_count"] > 0
    active = facts["months_since_last_gift"] < policy.active_months

    def likely(outcome: str, band: str) -> NDArray[np.bool_]:
        return bands[outcome].among(policy.at_least(band))

    large = facts["largest_gift"] >= policy.major_gift_smallest_past_gift
    rules = [
        (~gave, words.PROSPECT),
        (likely("Major_Gift", policy.major_gift_band) & large, words.MAJOR_GIFT_PROSPECT),
        (active & likely("Lapse_Risk", policy.lapse_band), words.AT_RISK),
        (facts["recurring_gifts_3m"] >= 1, words.RECURRING_DONOR),
        (active & likely("Upgrade", policy.upgrade_band), words.UPGRADE_READY),
        (facts["months_since_first_gift"] < policy.new_donor_months, words.NEW_DONOR),
        (active & (facts["years_in_a_row"] >= policy.loyal_years), words.LOYAL_DONOR),
        (active, words.OCCASIONAL_DONOR),
        (likely("Reactivation", policy.return_band), words.LIKELY_TO_RETURN),
    ]
    found = np.full(len(gave), len(rules))
    for number, (holds, _) in reversed(list(enumerate(rules))):
        found[holds] = number
    return Shared([*(name for _, name in rules), words.LAPSED], found)
