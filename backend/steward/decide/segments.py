"""Which segment a giving unit is in: rules first, then models, in one readable order of precedence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from steward.decide import policy as words
from steward.decide.policy import Policy


def segments(facts: pd.DataFrame, bands: pd.DataFrame, policy: Policy) -> pd.Series:
    """One segment a row. `facts` and `bands` share an index of giving units; the first rule that holds decides.

    `facts` has gifts (count), months_since_first_gift, months_since_last_gift, years_in_a_row, largest_gift (currency) and
    gives_monthly (bool). `bands` has one column an outcome (`Reactivation`, `Lapse_Risk`, `Upgrade`, `Major_Gift`) with the
    band in words, missing where the unit was not eligible.
    """
    gave = facts["gifts"].fillna(0) > 0
    active = facts["months_since_last_gift"] < policy.active_months

    def likely(outcome: str, band: str) -> pd.Series:
        return bands[outcome].isin(policy.at_least(band))

    rules = [
        (~gave, words.PROSPECT),
        (
            likely("Major_Gift", policy.major_gift_band)
            & (facts["largest_gift"] >= policy.major_gift_smallest_past_gift),
            words.MAJOR_GIFT_PROSPECT,
        ),
        (active & likely("Lapse_Risk", policy.lapse_band), words.AT_RISK),
        (facts["gives_monthly"].fillna(False), words.RECURRING_DONOR),
        (active & likely("Upgrade", policy.upgrade_band), words.UPGRADE_READY),
        (facts["months_since_first_gift"] < policy.new_donor_months, words.NEW_DONOR),
        (active & (facts["years_in_a_row"] >= policy.loyal_years), words.LOYAL_DONOR),
        (active, words.OCCASIONAL_DONOR),
        (likely("Reactivation", policy.return_band), words.LIKELY_TO_RETURN),
    ]
    chosen = np.select(
        [rule.to_numpy(dtype=bool) for rule, _ in rules], [name for _, name in rules], default=words.LAPSED
    )
    return pd.Series(chosen, index=facts.index, dtype="object")
