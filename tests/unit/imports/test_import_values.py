"""Amounts and dates: what is clear is read, what could mean two things is refused."""

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from steward.errors import InputError
from steward.imports.values import DateReader, UnusableError, amount, date_format, decimal_mark

LIMIT = Decimal(1_000_000)


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("25", ".", "25.00"),
        ("13.37", ".", "13.37"),
        ("13.370", ".", "13.37"),
        ("$1,234.50", ".", "1234.50"),
        ("USD 20", ".", "20.00"),
        ("20 GBP", ".", "20.00"),
        ("£ 5", ".", "5.00"),
        ("US$7", ".", "7.00"),
        ("R$ 8", ".", "8.00"),
        ("CHF 9.-", ".", "9.00"),
        ("500,- kr", ",", "500.00"),
        ("Rs. 500", ".", "500.00"),
        ("12,50 zł", ",", "12.50"),
        ("+5", ".", "5.00"),
        ("'5", ".", "5.00"),
        ("1'000", ".", "1000.00"),
        ("1.234,50 €", ",", "1234.50"),
        ("1\u202f234,50\u00a0€", ",", "1234.50"),
        (".50", ".", "0.50"),
        ("33.333333333", ".", "33.33"),
        ("19.989999999999998", ".", "19.99"),
    ],
)
def test_amounts_are_read_as_people_write_them(text, mark, value):
    assert amount(text, mark, LIMIT) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("$", "empty"),
        ("0.00", "above zero"),
        ("0.0001", "above zero"),
        ("-5", "above zero"),
        ("(5.00)", "above zero"),
        ("5-", "above zero"),
        ("1,5", "not a number"),
        ("12,34.5", "not a number"),
        ("1.2.3", "not a number"),
        ("twenty", "not a number"),
        ("1e3", "not a number"),
        ("5K", "not a number"),
        ("5 DR", "not a number"),
        ("NaN", "not a number"),
        ("٣", "not a number"),
        ("1.005", "parts of a cent"),
        ("1000000.01", "above the limit"),
    ],
)
def test_an_amount_that_is_not_one_is_refused_with_the_reason(text, reason):
    with pytest.raises(UnusableError, match=reason):
        amount(text, ".", LIMIT)


@pytest.mark.parametrize(
    ("sample", "mark"),
    [
        (["5", "12.50", "1,250"], "."),
        (["5", "1,250"], "."),
        (["5", "12,50", "1.250"], ","),
        (["1.234.567", "5"], ","),
        (["12.50", "7.25", "7,5"], "."),
        (["", "twenty", "5"], "."),
        (["0.500", "5"], "."),
    ],
)
def test_the_mark_before_the_cents_is_what_more_amounts_need(sample, mark):
    assert decimal_mark(sample) == mark


@pytest.mark.parametrize("sample", [["1.250", "5"], ["12.50", "12,50"]])
def test_amounts_that_could_be_meant_either_way_are_not_guessed(sample):
    with pytest.raises(InputError, match="ambiguous"):
        decimal_mark(sample)


@given(st.text(max_size=12))
def test_any_text_is_an_amount_above_zero_or_refused(text):
    with contextlib.suppress(UnusableError):
        assert 0 < amount(text, ".", LIMIT) <= LIMIT


@given(st.integers(1, 99_999_999))
def test_an_amount_printed_in_either_style_is_read_back(cents):
    english = f"{cents / 100:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    wanted = Decimal(cents) / 100
    assert amount(english, ".", LIMIT) == wanted == amount(german, ",", LIMIT)


@pytest.mark.parametrize(
    ("sample", "form"),
    [
        (["2011-01-05 16:22:47", "2011-12-30"], "%Y-%m-%d"),
        (["2011-01-05T16:22:47Z", "2011-02-05T16:22:47.123+01:00"], "%Y-%m-%d"),
        (["01/02/2020", "12/31/2020"], "%m/%d/%Y"),
        (["01/02/2020 4:05 PM", "31/12/2020 11:00 AM"], "%d/%m/%Y"),
        (["31.12.2020", "1.2.2021"], "%d.%m.%Y"),
        (["20201231"], "%Y%m%d"),
        (["2020-01-05", "not a date", "2020-01-07"], "%Y-%m-%d"),
        (["2020-01-05 16:22:47 UTC"], "%Y-%m-%d"),
        (["1/2/03", "12/31/19"], "%m/%d/%y"),
        (["31-12-2020", "01-02-2021"], "%d-%m-%Y"),
        (["Jan 5, 2020", "May 7, 2020"], "%b %d, %Y"),
        (["7 May 2020"], "%d %B %Y"),
    ],
)
def test_the_form_of_the_dates_is_found(sample, form):
    assert date_format(sample) == form


def test_dates_that_could_be_day_or_month_first_are_refused_with_both_readings():
    with pytest.raises(InputError, match="03/04/2020 may be 4 March 2020 or 3 April 2020") as refused:
        date_format(["02/02/2020", "03/04/2020"])
    assert "--date-format" in refused.value.todo


@pytest.mark.parametrize("sample", [[], ["", " "], ["yesterday", "in spring"], ["01/02/20"]])
def test_a_column_without_usable_dates_is_refused(sample):
    with pytest.raises(InputError):
        date_format(sample)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("31/12/2020", "YYYY-MM-DD"),
        ("2027-01-01", "future"),
        ("1899-12-31", "before 1900"),
        ("2021-02-29", "form"),
    ],
)
def test_a_date_that_cannot_be_is_refused_with_the_reason(text, reason):
    with pytest.raises(UnusableError, match=reason):
        DateReader("%Y-%m-%d", date(2026, 11, 22)).read(text)
