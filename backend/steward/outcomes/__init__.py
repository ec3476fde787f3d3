"""What Steward predicts: one small specification an outcome. To add one, write its file and name it in OUTCOMES."""

from steward.errors import ConfigError
from steward.outcomes.first_gift import FIRST_GIFT, VOLUNTEER_TO_DONOR
from steward.outcomes.give_90_days import GIVE_12_MONTHS, GIVE_90_DAYS
from steward.outcomes.lapse_12_months import LAPSE_12_MONTHS
from steward.outcomes.major_gift import MAJOR_GIFT, major_gift
from steward.outcomes.matching_gift import MATCHING_GIFT
from steward.outcomes.mid_level import MID_LEVEL, mid_level
from steward.outcomes.outcome import BANDS, Amounts, Bands, Outcome, Rule, Term
from steward.outcomes.planned_giving import PLANNED_GIVING
from steward.outcomes.reactivation import REACTIVATION
from steward.outcomes.second_gift import SECOND_GIFT
from steward.outcomes.sustaining import BECOME_RECURRING, RECURRING_CHURN, RECURRING_UPGRADE
from steward.outcomes.upgrade import UPGRADE

OUTCOMES: tuple[Outcome, ...] = (
    GIVE_90_DAYS, LAPSE_12_MONTHS, UPGRADE, MAJOR_GIFT, GIVE_12_MONTHS, SECOND_GIFT, MID_LEVEL, REACTIVATION,
    BECOME_RECURRING, RECURRING_CHURN, RECURRING_UPGRADE, VOLUNTEER_TO_DONOR, FIRST_GIFT, MATCHING_GIFT, PLANNED_GIVING,
)  # fmt: skip

__all__ = [
    "BANDS", "OUTCOMES", "Amounts", "Bands", "Outcome", "Rule", "Term", "configured", "get", "major_gift", "mid_level",
]  # fmt: skip


def get(key: str) -> Outcome:
    for outcome in OUTCOMES:
        if outcome.key == key:
            return outcome
    known = ", ".join(outcome.key for outcome in OUTCOMES)
    raise ConfigError(f"There is no outcome named {key!r}.", f"Use one of: {known}.")


def configured(key: str, amounts: Amounts) -> Outcome:
    """The outcome with the organization's own amounts: what is a major gift, what is mid-level."""
    if amounts.mid_level_amount > amounts.major_gift_amount:
        raise ConfigError(
            f"STEWARD_MID_LEVEL_AMOUNT ({amounts.mid_level_amount}) is more than STEWARD_MAJOR_GIFT_AMOUNT"
            f" ({amounts.major_gift_amount}).",
            "A major gift is mid-level giving too: lower the first or raise the second.",
        )
    if key == MAJOR_GIFT.key:
        return major_gift(amounts.major_gift_amount)
    if key == MID_LEVEL.key:
        return mid_level(amounts.mid_level_amount)
    return get(key)
