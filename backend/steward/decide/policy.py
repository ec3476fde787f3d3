"""Every threshold behind a segment, an ask or a next step, in one editable place (`policy.toml` in Steward's home)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from steward.errors import ConfigError

BANDS = ("Low", "Medium", "High", "Very high")

MAJOR_GIFT_PROSPECT = "Major gift prospect"
UPGRADE_READY = "Upgrade ready"
RECURRING_DONOR = "Recurring donor"
LOYAL_DONOR = "Loyal donor"
NEW_DONOR = "New donor"
AT_RISK = "At risk of lapsing"
LIKELY_TO_RETURN = "Lapsed, likely to return"
LAPSED = "Lapsed"
OCCASIONAL_DONOR = "Occasional donor"
PROSPECT = "Prospect"
DO_NOT_SOLICIT = "Do not solicit"

SEGMENTS = (
    MAJOR_GIFT_PROSPECT, UPGRADE_READY, RECURRING_DONOR, LOYAL_DONOR, NEW_DONOR, AT_RISK, LIKELY_TO_RETURN, LAPSED,
    OCCASIONAL_DONOR, PROSPECT, DO_NOT_SOLICIT,
)  # fmt: skip

NEXT_STEPS = {
    MAJOR_GIFT_PROSPECT: "Call or visit: a personal conversation before any appeal.",
    UPGRADE_READY: "Ask a step above the last gift, and say what the difference does.",
    RECURRING_DONOR: "Thank for the regular gift; check that the payment method is up to date.",
    LOYAL_DONOR: "Thank by name for the years of giving; renew at the usual time.",
    NEW_DONOR: "Welcome within the first months, and show what the first gift did.",
    AT_RISK: "Reach out personally now, before the usual giving time passes.",
    LIKELY_TO_RETURN: "Send a win-back message that recalls the last gift.",
    LAPSED: "Include in the yearly win-back appeal only.",
    OCCASIONAL_DONOR: "Keep in the regular appeals; look for a campaign that fits.",
    PROSPECT: "Invite to a first event or a first small gift.",
    DO_NOT_SOLICIT: "Do not contact or ask.",
}


# What comes first for a donor: the first of these that calls for action.
PRIORITY = (
    "recurring_churn", "major_gift", "lapse_12_months", "second_gift", "upgrade", "recurring_upgrade",
    "become_recurring", "mid_level", "reactivation", "volunteer_to_donor", "first_gift", "matching_gift", "give_90_days",
    "give_12_months", "planned_giving",
)  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """Thresholds a nonprofit may change. Months are whole months, amounts are in the org's currency."""

    major_gift_band: str = "Very high"  # at least this band, and
    major_gift_smallest_past_gift: float = 250.0  # has once given at least this
    upgrade_band: str = "High"
    lapse_band: str = "High"
    return_band: str = "High"
    new_donor_months: int = 12  # first gift at most this long ago
    active_months: int = 12  # gave within: not lapsed
    loyal_years: int = 3  # gave in this many years in a row
    ask_steps: tuple[float, float, float] = (1.0, 1.25, 1.5)  # times the donor's usual gift: low, suggested, high
    ask_smallest: float = 5.0
    priority: tuple[str, ...] = PRIORITY  # outcomes left out never come first
    priority_band: str = "High"  # an outcome of at least this band calls for action
    reasons_for: int = 6  # outcomes whose reasons a profile keeps, those on the card among them
    churn_band: str = "High"  # a recurring donation is at risk from this band on, or
    missed_installments: int = 1  # after so many missed ones, or
    card_warning_days: int = 45  # so long before the card expires
    recurring_upgrade_band: str = "High"  # a recurring donor is ready for more from this band on, or
    recurring_upgrade_top: int = 10  # among so many percent of the likeliest
    upgrade_after_months: int = 12  # a recurring donor is asked for more after so long
    next_steps: Mapping[str, str] = field(default_factory=lambda: dict(NEXT_STEPS), hash=False)

    def at_least(self, band: str) -> tuple[str, ...]:
        """The bands from this one upwards."""
        return BANDS[BANDS.index(band) :]


def from_table(table: Mapping[str, Any]) -> Policy:
    """A Policy from a parsed `policy.toml`; refuses unknown names, wrong types and unknown bands by name."""
    known = {f.name: f for f in dataclasses.fields(Policy)}
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise ConfigError(f"policy.toml has an unknown entry: {', '.join(unknown)}.", f"Known: {', '.join(known)}.")
    default = Policy()
    values = {name: _checked(name, value, getattr(default, name)) for name, value in table.items()}
    return dataclasses.replace(default, **values)


def _checked(name: str, value: Any, default: Any) -> Any:
    if name.endswith("_band") and value not in BANDS:
        raise ConfigError(f"policy.toml: {name} is {value!r}.", f"Use one of: {', '.join(BANDS)}.")
    if name == "next_steps":
        return _checked_steps(value)
    if name == "ask_steps":
        steps = tuple(float(step) for step in value)
        if len(steps) != 3 or sorted(steps) != list(steps) or steps[0] <= 0:
            raise ConfigError(
                f"policy.toml: ask_steps is {value!r}.", "Give three rising factors, e.g. [1.0, 1.25, 1.5]."
            )
        return steps
    if name == "priority":
        return _checked_order(value)
    if isinstance(default, float) and isinstance(value, int):
        value = float(value)
    if type(value) is not type(default) or (not isinstance(value, str) and value < 0):
        raise ConfigError(f"policy.toml: {name} is {value!r}.", f"Give a value like {default!r}.")
    return value


def _checked_order(keys: Sequence[str]) -> tuple[str, ...]:
    unknown = [key for key in keys if key not in PRIORITY]
    if unknown or len(set(keys)) != len(keys):
        raise ConfigError(
            f"policy.toml: priority names {', '.join(map(str, unknown)) or 'an outcome twice'}.",
            f"Outcomes: {', '.join(PRIORITY)}.",
        )
    return tuple(keys)


def _checked_steps(steps: Mapping[str, str]) -> dict[str, str]:
    for segment, text in steps.items():
        if segment not in SEGMENTS:
            raise ConfigError(f"policy.toml: next_steps names {segment!r}.", f"Segments: {', '.join(SEGMENTS)}.")
        if not isinstance(text, str) or len(text) > 255:
            raise ConfigError(f"policy.toml: the next step for {segment!r} is too long.", "Use at most 255 characters.")
    return {**NEXT_STEPS, **steps}
