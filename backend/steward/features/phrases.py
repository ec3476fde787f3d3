"""A feature's value as a sentence that is true, plain, and has the donor's own number in it."""

from __future__ import annotations

import math

from steward.features.feature import Feature
from steward.words import ENGLISH, Language
from steward.words.language import Number


def phrase(
    feature: Feature,
    value: Number | None,
    typical: Number | None,
    language: Language = ENGLISH,
    whose: str = "typical",
) -> str:
    """What to say of `value`; `typical` (of similar donors) decides what is much and what is little, and is named."""
    known, usual = _or_none(value), _or_none(typical)
    if feature.unit == "money change":
        return _change(feature, known, language)
    if feature.unit == "yes":
        return language.say(feature.high if known else feature.none)
    if known is None or (known == 0 and feature.unit != "months ago"):
        shown, said = None, language.say(feature.none)
    else:
        shown = text(feature.unit, known, language)
        just_now = feature.unit == "months ago" and known < 1  # "as recently as less than a month ago" says it twice
        template = feature.low if usual is not None and known < usual and not just_now else feature.high
        said = language.say(template, value=shown)
    compared = None if usual is None else text(feature.unit, usual, language)
    if compared is None or compared == shown:
        return said
    return language.say("{said} ({whose}: {compared})", said=said, whose=language.say(whose), compared=compared)


def _or_none(value: Number | None) -> Number | None:
    return None if value is None or math.isnan(value) else value


def _change(feature: Feature, value: Number | None, language: Language) -> str:
    if not value:
        return language.say(feature.none)
    return language.say(
        feature.high if value > 0 else feature.low, value=language.money(value if value > 0 else -value)
    )


def text(unit: str, value: Number, language: Language = ENGLISH) -> str:
    """The value with its unit: "5 gifts", "$1,250", "12%", "3 months ago", "2.5 times"."""
    if unit == "money":
        return language.money(value)
    if unit == "share":
        return _percent(value, language)
    if unit == "times":
        places = 1 if round(float(value), 1) == float(value) else 2
        return language.say("{number} times", number=language.decimal(value, places))
    if unit == "months ago":
        return _ago(int(value), language)
    noun = "month" if unit == "duration" else unit
    return language.count(value, noun)


def _percent(value: Number, language: Language) -> str:
    """Never "all" or "none" of what is only nearly so."""
    percent = float(value) * 100
    if 0 < percent < 1:
        return language.say("less than 1%")
    if 99 < percent < 100:
        return language.say("more than 99%")
    return language.percent(float(value))


def _ago(months: int, language: Language) -> str:
    if months < 1:
        return language.say("less than a month ago")
    if months < 24:
        return language.say("{span} ago", span=language.count(months, "month"))
    years, rest = divmod(months, 12)
    span = language.count(years, "year")
    if rest:
        span = language.say("{years} and {months}", years=span, months=language.count(rest, "month"))
    return language.say("{span} ago", span=span)
