"""A feature's value as a sentence that is true, plain, and has the donor's own number in it."""

from __future__ import annotations

import math
from decimal import Decimal

from steward.features.feature import Feature

Number = int | float | Decimal

_PLURALS = {
    "person": "people",
    "gift of others": "gifts of others",
    "call, letter or task": "calls, letters or tasks",
}


def phrase(
    feature: Feature, value: Number | None, typical: Number | None, symbol: str = "$", whose: str = "typical"
) -> str:
    """What to say of `value`; `typical` (of similar donors) decides what is much and what is little, and is named."""
    known, usual = _or_none(value), _or_none(typical)
    if feature.unit == "money change":
        return _change(feature, known, symbol)
    if feature.unit == "yes":
        return feature.high if known else feature.none
    if known is None or (known == 0 and feature.unit != "months ago"):
        shown, said = None, feature.none
    else:
        shown = text(feature.unit, known, symbol)
        just_now = feature.unit == "months ago" and known < 1  # "as recently as less than a month ago" says it twice
        template = feature.low if usual is not None and known < usual and not just_now else feature.high
        said = template.format(value=shown)
    compared = None if usual is None else text(feature.unit, usual, symbol)
    return said if compared is None or compared == shown else f"{said} ({whose}: {compared})"


def _or_none(value: Number | None) -> Number | None:
    return None if value is None or math.isnan(value) else value


def _change(feature: Feature, value: Number | None, symbol: str) -> str:
    if not value:
        return feature.none
    template = feature.high if value > 0 else feature.low
    return template.format(value=text("money", value if value > 0 else -value, symbol))


def text(unit: str, value: Number, symbol: str) -> str:
    """The value with its unit: "5 gifts", "$1,250", "12%", "3 months ago", "2.5 times"."""
    if unit == "money":
        return _money(value, symbol)
    if unit == "share":
        return _percent(value)
    if unit == "times":
        return f"{value:.1f} times" if round(float(value), 1) == float(value) else f"{value:.2f} times"
    if unit == "months ago":
        return _ago(int(value))
    if unit == "duration":
        return _counted(value, "month")
    return _counted(value, unit)


def _money(value: Number, symbol: str) -> str:
    amount = Decimal(str(value)).quantize(Decimal("0.01"))
    return f"{symbol}{amount:,.0f}" if amount == amount.to_integral_value() else f"{symbol}{amount:,.2f}"


def _percent(value: Number) -> str:
    """Never "all" or "none" of what is only nearly so."""
    percent = float(value) * 100
    if 0 < percent < 1:
        return "less than 1%"
    if 99 < percent < 100:
        return "more than 99%"
    return f"{percent:.0f}%"


def _ago(months: int) -> str:
    if months < 1:
        return "less than a month ago"
    if months < 24:
        return f"{_counted(months, 'month')} ago"
    years, rest = divmod(months, 12)
    return f"{_counted(years, 'year')}{' and ' + _counted(rest, 'month') if rest else ''} ago"


def _counted(value: Number, noun: str) -> str:
    number = f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{number} {noun if number == '1' else _PLURALS.get(noun, noun + 's')}"
