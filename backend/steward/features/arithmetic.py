"""Months, money and ratios, computed the same to the last digit on every engine.

Whole numbers and decimals as far as they go; each quotient is rounded once, from exact parts. Months are counted from
calendar dates, so that a value changes when a month is over and not every night.
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
from ibis.expr import datatypes

from steward.donors.money import MONEY

# A date and an amount in one whole number, so that "the amount of the last gift" is a plain maximum: no sorting of
# gifts, and two gifts on one day are told apart by amount, the same way on every engine.
_BITS = 38
_CENTS = 2**_BITS  # up to 2.7 billion in the org's currency; eight digits of date above it fill 63 bits


@ibis.udf.agg.builtin(name="bit_or")  # type: ignore[untyped-decorator]
def any_of(bits: int) -> int:  # type: ignore[empty-body]
    """The bits set in any row; DuckDB and Spark both know it, Ibis has it for one of them."""


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def bit_count(bits: datatypes.int64) -> datatypes.int8:  # type: ignore[empty-body,valid-type]
    """As `any_of`; narrower than what is made of it, else Ibis would leave the cast out and engines differ."""


def months_back(date: ir.DateValue, as_of: dt.date) -> ir.IntegerValue:
    """0 for the month that ends the day before `as_of`, 1 for the month before that: 0…11 are the last 12 months."""
    months = as_of.year * 12 + as_of.month - date.year() * 12 - date.month()
    return months - (date.day() >= as_of.day).cast("int32")


def first_of_months(as_of: dt.date, months: int) -> dt.date:
    """The earliest date that is fewer than so many months back: a date to compare with, where months need not be counted."""
    years, month = divmod(as_of.year * 12 + as_of.month - 1 - months, 12)
    try:
        return as_of.replace(year=years, month=month + 1)
    except ValueError:  # that month is too short: it is over before its own such day comes
        return dt.date(years, month + 2, 1)


def months_since(date: ir.DateValue, as_of: dt.date) -> ir.IntegerValue:
    """Whole months from `date` to `as_of`, as people count them."""
    months = as_of.year * 12 + as_of.month - date.year().cast("int64") * 12 - date.month()
    return months - (date.day() > as_of.day).cast("int64")


def bit(place: ir.IntegerValue) -> ir.IntegerValue:
    return ibis.literal(1, "int8").cast("int64") << place.cast("int64")


def bits_set(bits: ir.IntegerValue, places: int) -> ir.IntegerValue:
    """How many of the lowest places are set."""
    return bit_count(bits & (2**places - 1)).cast("int64")


def run_length(bits: ir.IntegerValue) -> ir.IntegerValue:
    """How many places in a row are set, from place 0 upwards: the place of the lowest bit that is not."""
    lowest_unset = (bits ^ (bits + 1)) + 1  # twice that bit, so its logarithm is one more
    return (lowest_unset.cast("float64").log2() - 0.5).floor().cast("int64")


def dated_amount(date: ir.DateValue, amount: ir.DecimalValue) -> ir.IntegerValue:
    day = date.year().cast("int64") * 10_000 + date.month() * 100 + date.day()
    cents = ibis.least(in_cents(amount), _CENTS - 1)
    return day * _CENTS + cents


def amount_of(dated: ir.IntegerValue) -> ir.DecimalValue:
    return from_cents(dated % _CENTS)


def date_of(dated: ir.IntegerValue) -> ir.DateValue:
    day = dated >> _BITS
    return ibis.date(day // 10_000, (day // 100) % 100, day % 100)


def average(total: ir.DecimalValue, count: ir.IntegerValue) -> ir.DecimalValue:
    """Null where there is nothing to average; halves of a cent are rounded up."""
    cents = in_cents(total)
    return from_cents((cents * 2 + count) // (count.nullif(0) * 2))


def ratio(part: ir.NumericValue, whole: ir.NumericValue, digits: int = 2) -> ir.FloatingValue:
    """part / whole, rounded, but zero only where `part` is; null where `whole` is null or zero."""
    scaled = part.cast("float64") / whole.cast("float64").nullif(0) * 10**digits
    # Its sign is one where it is small but not zero, and null where it is null. No ifelse: engines work out what stands in
    # its branches again for each of them, and ratios of ratios would take a multiple of the time.
    return ibis.greatest((scaled + 0.5).floor().cast("float64"), scaled.sign().cast("float64")) / 10**digits


def share(part: ir.NumericValue, whole: ir.NumericValue) -> ir.FloatingValue:
    """part / whole, 1 only where they are equal and 0 only where `part` is."""
    rounded = ratio(part, whole, digits=4)
    return ibis.ifelse((part < whole) & (rounded == 1), 0.9999, rounded)


def in_cents(amount: ir.DecimalValue) -> ir.IntegerValue:
    return (amount * 100).cast("int64")


def from_cents(cents: ir.NumericValue) -> ir.DecimalValue:
    return (cents.cast("float64") / 100).cast(MONEY)
