"""What becomes of each row, without any org."""

from datetime import date
from decimal import Decimal

import pytest
from steward.errors import InputError
from steward.imports.columns import Columns
from steward.imports.plan import Gift, Options, Rejected, Skipped, key, plan_import
from steward.imports.values import DateReader

COLUMNS = Columns("donor", "date", "amount", "campaign")
DATES = DateReader("%Y-%m-%d", date(2026, 11, 22))


def planned(*cells, columns=COLUMNS, **options):
    names = ("donor", "date", "amount", "campaign", "id")
    rows = [(number, dict(zip(names, row, strict=False))) for number, row in enumerate(cells, start=2)]
    return list(plan_import(rows, columns, Options("test", DATES, **options)))


def test_a_row_becomes_a_gift_with_keys_that_only_depend_on_the_row():
    first, again = planned(("d1", "2020-05-01", "$25", "Spring"), ("d1", "2020-05-01", "25.00", "Spring"))
    assert isinstance(first, Gift)
    assert (first.donor.key, first.donor.name) == ("test:d:d1", "Donor d1")
    assert (first.day, first.amount, first.campaign) == (date(2020, 5, 1), Decimal("25.00"), "Spring")
    assert first.key == again.key  # told apart by how often they came, when they are taken in
    assert len(first.key) <= 80


def test_two_gifts_of_one_day_at_different_times_are_two_gifts():
    first, second = planned(("d1", "2020-05-01 10:00:00", "25", ""), ("d1", "2020-05-01 11:00:00", "25", ""))
    assert first.key != second.key
    assert first.day == second.day


def test_the_files_own_gift_id_is_the_key_when_there_is_one():
    columns = Columns("donor", "date", "amount", "campaign", "id")
    gift, without = planned(("d1", "2020-05-01", "25", "", "R-7"), ("d1", "2020-05-01", "25", "", ""), columns=columns)
    assert (gift.key, gift.own_id) == ("test:g:R-7", True)
    assert without == Rejected(3, "the gift id is empty")


def test_anonymous_gifts_are_left_out_or_have_no_donor():
    assert planned(("", "2020-05-01", "25", "")) == [Skipped(2)]
    (gift,) = planned(("", "2020-05-01", "25", ""), anonymous="account")
    assert gift.donor is None


@pytest.mark.parametrize("written", ["NULL", "nan", "None", "N/A", " Anonymous "])
def test_what_exports_write_for_nobody_is_not_one_very_generous_donor(written):
    assert planned((written, "2020-05-01", "25", "")) == [Skipped(2)]


def test_a_bad_row_is_rejected_with_its_number_and_the_next_one_goes_on():
    results = planned(("d1", "2020-05-01", "-3", ""), ("d1", "2020-13-01", "3", ""), ("d1", "2020-05-01", "3", ""))
    assert [type(one) for one in results] == [Rejected, Rejected, Gift]
    assert [one.row for one in results] == [2, 3, 4]


def test_long_ids_and_names_fit_the_fields():
    (gift,) = planned(("x" * 300, "2020-05-01", "25", "y" * 300))
    assert len(gift.donor.key) <= 80
    assert len(gift.donor.name) <= 80
    assert key("test", "c", "y" * 300) != key("test", "c", "y" * 299)


@pytest.mark.parametrize("source", ["", "Ünited", "a_b", "x" * 25, "a%"])
def test_a_source_that_would_break_keys_is_refused(source):
    with pytest.raises(InputError):
        Options(source, DATES)


@pytest.mark.parametrize("largest", [0, -1, 10**17])
def test_a_limit_that_no_field_holds_is_refused(largest):
    with pytest.raises(InputError, match="largest gift"):
        Options("test", DATES, largest=Decimal(largest))


def test_a_gift_above_the_limit_is_rejected():
    (rejected,) = planned(("d1", "2020-05-01", "500.01", ""), largest=Decimal(500))
    assert "above the limit" in rejected.reason
