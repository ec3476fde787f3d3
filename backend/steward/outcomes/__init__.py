"""What Steward predicts: one small specification an outcome. To add one, write its file and name it in OUTCOMES."""

from steward.errors import ConfigError
from steward.outcomes.give_90_days import GIVE_90_DAYS
from steward.outcomes.lapse_12_months import LAPSE_12_MONTHS
from steward.outcomes.major_gift import MAJOR_GIFT, major_gift
from steward.outcomes.outcome import BANDS, Bands, Outcome, Rule, Term
from steward.outcomes.upgrade import UPGRADE

OUTCOMES: tuple[Outcome, ...] = (GIVE_90_DAYS, LAPSE_12_MONTHS, UPGRADE, MAJOR_GIFT)

__all__ = ["BANDS", "OUTCOMES", "Bands", "Outcome", "Rule", "Term", "get", "major_gift"]


def get(key: str) -> Outcome:
    for outcome in OUTCOMES:
        if outcome.key == key:
            return outcome
    known = ", ".join(outcome.key for outcome in OUTCOMES)
    raise ConfigError(f"There is no outcome named {key!r}.", f"Use one of: {known}.")
