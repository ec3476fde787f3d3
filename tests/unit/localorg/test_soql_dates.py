"""Relative dates as ranges of days, checked against the reference's own words."""

from __future__ import annotations

import datetime as dt

import pytest
from localorg.soql.dates import NAMES, Calendar, days, parse_datetime, stored

THURSDAY = dt.date(2026, 5, 14)
CALENDAR = Calendar(THURSDAY)


def span(name: str, n: int | None = None, calendar: Calendar = CALENDAR) -> tuple[str, str]:
    first, after = days(name, n, calendar)
    return first.isoformat(), (after - dt.timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("name", "n", "first", "last"),
    [
        ("YESTERDAY", None, "2026-05-13", "2026-05-13"),
        ("TODAY", None, "2026-05-14", "2026-05-14"),
        ("TOMORROW", None, "2026-05-15", "2026-05-15"),
        ("LAST_WEEK", None, "2026-05-03", "2026-05-09"),
        ("THIS_WEEK", None, "2026-05-10", "2026-05-16"),
        ("NEXT_WEEK", None, "2026-05-17", "2026-05-23"),
        ("LAST_MONTH", None, "2026-04-01", "2026-04-30"),
        ("THIS_MONTH", None, "2026-05-01", "2026-05-31"),
        ("NEXT_MONTH", None, "2026-06-01", "2026-06-30"),
        ("LAST_90_DAYS", None, "2026-02-13", "2026-05-14"),
        ("NEXT_90_DAYS", None, "2026-05-15", "2026-08-12"),
        ("LAST_N_DAYS", 1, "2026-05-13", "2026-05-14"),
        ("NEXT_N_DAYS", 3, "2026-05-15", "2026-05-17"),
        ("N_DAYS_AGO", 2, "2026-05-12", "2026-05-12"),
        ("LAST_N_WEEKS", 2, "2026-04-26", "2026-05-09"),
        ("NEXT_N_WEEKS", 2, "2026-05-17", "2026-05-30"),
        ("N_WEEKS_AGO", 2, "2026-04-26", "2026-05-02"),
        ("LAST_N_MONTHS", 2, "2026-03-01", "2026-04-30"),
        ("NEXT_N_MONTHS", 8, "2026-06-01", "2027-01-31"),
        ("N_MONTHS_AGO", 5, "2025-12-01", "2025-12-31"),
        ("THIS_QUARTER", None, "2026-04-01", "2026-06-30"),
        ("LAST_QUARTER", None, "2026-01-01", "2026-03-31"),
        ("NEXT_QUARTER", None, "2026-07-01", "2026-09-30"),
        ("LAST_N_QUARTERS", 2, "2025-10-01", "2026-03-31"),
        ("NEXT_N_QUARTERS", 1, "2026-07-01", "2026-09-30"),
        ("N_QUARTERS_AGO", 2, "2025-10-01", "2025-12-31"),
        ("THIS_YEAR", None, "2026-01-01", "2026-12-31"),
        ("LAST_YEAR", None, "2025-01-01", "2025-12-31"),
        ("NEXT_YEAR", None, "2027-01-01", "2027-12-31"),
        ("LAST_N_YEARS", 3, "2023-01-01", "2025-12-31"),
        ("NEXT_N_YEARS", 2, "2027-01-01", "2028-12-31"),
        ("N_YEARS_AGO", 2, "2024-01-01", "2024-12-31"),
        ("THIS_FISCAL_YEAR", None, "2026-01-01", "2026-12-31"),
    ],
)
def test_each_relative_date_covers_its_days(name: str, n: int | None, first: str, last: str) -> None:
    assert span(name, n) == (first, last)


def test_fiscal_units_begin_with_the_fiscal_year() -> None:
    july = Calendar(THURSDAY, fiscal_start=7)
    assert span("THIS_FISCAL_YEAR", calendar=july) == ("2025-07-01", "2026-06-30")
    assert span("LAST_FISCAL_QUARTER", calendar=july) == ("2026-01-01", "2026-03-31")
    assert span("NEXT_N_FISCAL_YEARS", 2, july) == ("2026-07-01", "2028-06-30")
    assert span("N_FISCAL_QUARTERS_AGO", 3, july) == ("2025-07-01", "2025-09-30")
    february = Calendar(dt.date(2026, 1, 31), fiscal_start=2)
    assert span("THIS_FISCAL_QUARTER", calendar=february) == ("2025-11-01", "2026-01-31")


def test_the_week_begins_as_the_users_locale_says() -> None:
    assert span("THIS_WEEK", calendar=Calendar(THURSDAY, week_start=0)) == ("2026-05-11", "2026-05-17")


def test_every_name_is_a_range_that_is_not_empty() -> None:
    for name in NAMES:
        first, after = days(name, 4, CALENDAR)
        assert first < after, name


def test_a_missing_number_and_the_end_of_time_are_told_apart() -> None:
    with pytest.raises(ValueError, match="LAST_N_DAYS"):
        days("LAST_N_DAYS", None, CALENDAR)
    for name in ("LAST_N_DAYS", "NEXT_N_YEARS", "N_WEEKS_AGO"):
        with pytest.raises(OverflowError):
            days(name, 999_999_999, CALENDAR)


def test_datetimes_are_kept_in_utc_to_the_millisecond() -> None:
    assert stored(parse_datetime("2026-05-14T23:59:59.9996-07:00")) == "2026-05-15T06:59:59.999Z"
    assert stored(parse_datetime("0001-01-01T00:00:00Z")) == "0001-01-01T00:00:00.000Z"
    with pytest.raises(ValueError, match="0001"):
        parse_datetime("0001-01-01T00:00:00+10:00")
