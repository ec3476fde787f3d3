"""Every feature there is, in the order of the feature table's columns."""

from __future__ import annotations

from steward.features.asks import ASKS
from steward.features.campaigns import CAMPAIGNS
from steward.features.engagement import ENGAGEMENT
from steward.features.feature import Feature
from steward.features.frequency import FREQUENCY
from steward.features.fund import FUND
from steward.features.household import HOUSEHOLD
from steward.features.influence import INFLUENCE
from steward.features.installments import INSTALLMENTS
from steward.features.matching import MATCHING
from steward.features.monetary import MONETARY
from steward.features.recency import RECENCY
from steward.features.recurring import RECURRING
from steward.features.seasonality import SEASONALITY
from steward.features.streaks import STREAKS
from steward.features.tenure import TENURE
from steward.features.trend import TREND
from steward.features.upgrade import UPGRADE

FAMILIES = (
    RECENCY, FREQUENCY, MONETARY, TREND, SEASONALITY, STREAKS, UPGRADE, RECURRING, CAMPAIGNS, INFLUENCE, ENGAGEMENT,
    ASKS, TENURE, FUND, HOUSEHOLD, INSTALLMENTS, MATCHING,
)  # fmt: skip

CATALOGUE: tuple[Feature, ...] = tuple(feature for family in FAMILIES for feature in family.features)

# Raised by hand with every change of what a feature means; a test holds it to the definitions (tests/unit/features).
VERSION = "2"
