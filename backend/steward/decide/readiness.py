"""What the word “Upgrade Ready” is worth: of recurring donors whom it would have named, how many raised their gift."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steward.decide.policy import Policy

Array = NDArray[np.float64]
Z = 1.96
FEWEST = 20  # donors named, below which a share says nothing


@dataclass(frozen=True)
class Share:
    """Of `donors` chosen in some way, `did` raised their gift; the interval is Wilson's, 95 %."""

    title: str
    donors: int
    did: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.did / self.donors


def worth(
    label: Array, order: Array, rule_order: Array, bands: NDArray[np.object_], months: Array, policy: Policy
) -> tuple[Share, ...]:
    """Recurring donors of a past date: `order` and `bands` as they were answered then, `months` since the first recurring gift.

    Beside those named, as many chosen by the order alone and by the best rule, and all. Empty where too few were named.
    A warning (a pause, a card that expires) takes the word away from some; the past does not tell from whom.
    """
    place = np.argsort(np.argsort(-order, kind="stable"), kind="stable")
    top = place < len(label) * policy.recurring_upgrade_top / 100
    likely = np.isin(bands.astype(str), policy.at_least(policy.recurring_upgrade_band)) | top
    named = likely & (months >= policy.upgrade_after_months)
    count = int(named.sum())
    if count < FEWEST:
        return ()
    by_rule = np.argsort(-rule_order, kind="stable")[:count]
    long = months >= policy.upgrade_after_months
    return (
        _share("Upgrade Ready", label[named]),
        _share("as many, by the order alone", label[place < count]),
        _share("as many, by the best rule", label[by_rule]),
        _share(f"everyone after {policy.upgrade_after_months} months", label[long]),
        _share("all recurring donors", label),
    )


def _share(title: str, label: Array) -> Share:
    donors, did = len(label), int(label.sum())
    share, spread = did / donors, Z * Z / donors
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / donors + spread / donors / 4) / (1 + spread)
    return Share(title, donors, did, max(middle - half, 0.0), min(middle + half, 1.0))
