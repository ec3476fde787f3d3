"""Bulk ingest: columns at a time, row by row in its failures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_org import KEYED, add, gift, household, new_org, one, rows, source
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from localorg.batch import UNSET
from localorg.engine import Org
from localorg.errors import ApiError
from localorg.session import Session


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path) as opened:
        yield opened


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


GIFT = ("Name", "StageName", "CloseDate", "Amount")


def test_results_come_in_the_order_of_the_rows(org: Org, admin: Session) -> None:
    csv = [("A", "Posted", "2024-01-01", "5"), ("B", "Posted", "", "5"), ("C", "Posted", "2024-01-01", "five")]
    results = list(admin.bulk("insert", "Opportunity", GIFT, csv))
    assert [(result.success, result.created) for result in results] == [(True, True), (False, False), (False, False)]
    errors = [result.errors[0] for result in results if not result.success]
    assert (errors[0].code, errors[0].message) == (
        "REQUIRED_FIELD_MISSING",
        "Required fields are missing: [CloseDate]",
    )
    assert (errors[1].code, errors[1].fields) == ("INVALID_TYPE_ON_FIELD_IN_RECORD", ("Amount",))
    assert rows(org, "SELECT Name, Amount, IsWon FROM Opportunity") == [("A", 5.0, 1)]


def test_an_empty_cell_is_unchanged_and_na_is_null(org: Org, admin: Session) -> None:
    first, second = gift(admin, Description="keep", NextStep="keep"), gift(admin, Description="lose", NextStep="lose")
    csv = [(first, "", ""), (second, "#N/A", "new")]
    assert all(result.success for result in admin.bulk("update", "Opportunity", ("Id", "Description", "NextStep"), csv))
    assert rows(org, "SELECT Description, NextStep FROM Opportunity ORDER BY Id") == [("keep", "keep"), (None, "new")]


def test_unset_and_none_say_the_same_as_the_csv_words(org: Org, admin: Session) -> None:
    opportunity = gift(admin, Description="keep", NextStep="lose")
    results = admin.bulk("update", "Opportunity", ("Id", "Description", "NextStep"), [(opportunity, UNSET, None)])
    assert [result.success for result in results] == [True]
    assert one(org, "SELECT Description, NextStep FROM Opportunity") == ("keep", None)


def test_an_unknown_column_fails_the_job_before_any_row(org: Org, admin: Session) -> None:
    with pytest.raises(ApiError) as caught:
        list(admin.bulk("insert", "Account", ("Name", "Nmae"), [("A", "B")]))
    assert caught.value.message == "InvalidBatch : Field name not found : Nmae"
    assert rows(org, "SELECT Id FROM Account") == []


def test_parents_are_found_by_the_columns_external_id(org: Org, admin: Session, tmp_path: Path) -> None:
    org.deploy(source(tmp_path / "source", KEYED))
    household(admin, Key__c="donor-1")
    columns = ("Name", "StageName", "CloseDate", "npsp__Primary_Contact__r.Key__c", "Key__c")
    csv = [("g", "Posted", "2024-01-01", "DONOR-1", "g1"), ("g", "Posted", "2024-01-01", "donor-2", "g2")]
    results = list(admin.bulk("upsert", "Opportunity", columns, csv, "Key__c"))
    assert [result.success for result in results] == [True, False]
    assert results[1].errors[0].message == (
        "Foreign key external ID: donor-2 not found for field Key__c in entity Contact"
    )
    assert one(org, "SELECT c.LastName FROM Opportunity o JOIN Contact c ON c.Id = o.npsp__Primary_Contact__c") == (
        "Rivera",
    )


def test_a_key_twice_in_one_transaction_fails_and_in_the_next_updates(org: Org, admin: Session, tmp_path: Path) -> None:
    org.deploy(source(tmp_path / "source", KEYED))
    csv = [(f"Fund {n}", f"key-{n}") for n in range(300)]
    csv[10] = ("Twice", "key-5")  # the same 200 rows
    csv[250] = ("Later", "key-7")  # the next 200
    results = list(admin.bulk("upsert", "Account", ("Name", "Key__c"), csv, "Key__c"))
    assert [place for place, result in enumerate(results) if not result.success] == [5, 10]
    assert not results[250].created
    assert results[250].id == results[7].id
    assert one(org, "SELECT Name FROM Account WHERE Key__c = 'key-7'") == ("Later",)
    assert one(org, "SELECT count(*) FROM Account") == (297,)


def test_deletes_and_hard_deletes(org: Org, admin: Session) -> None:
    first, second = add(admin, "Account", Name="A"), add(admin, "Account", Name="B")
    assert [result.success for result in admin.bulk("delete", "Account", ("Id",), [(first,), ("junk",)])] == [
        True,
        False,
    ]
    assert [result.success for result in admin.bulk("hardDelete", "Account", ("Id",), [(second,)])] == [True]
    assert rows(org, "SELECT Name, IsDeleted FROM Account") == [("A", 1)]


def test_a_short_row_leaves_the_rest_unset(org: Org, admin: Session) -> None:
    results = list(admin.bulk("insert", "Account", ("Name", "Phone"), [("A", "1"), ("B",)]))
    assert all(result.success for result in results)
    assert rows(org, "SELECT Name, Phone FROM Account") == [("A", "1"), ("B", None)]


def test_nothing_is_written_for_a_generator_nobody_reads(org: Org, admin: Session) -> None:
    admin.bulk("insert", "Account", ("Name",), [("A",)])
    assert rows(org, "SELECT Id FROM Account") == []


def test_more_rows_than_a_batch(org: Org, admin: Session) -> None:
    results = list(admin.bulk("insert", "Account", ("Name",), ((f"A{n}" if n % 1000 else "",) for n in range(12_000))))
    assert sum(result.success for result in results) == 12_000 - 12
    assert one(org, "SELECT count(*), count(DISTINCT Id) FROM Account") == (11_988, 11_988)


CELLS = st.one_of(
    st.sampled_from(["", "#N/A", "2024-02-29", "2023-02-29", "true", "Posted", "1e3", "nan", "-0.005", "é" * 300]),
    st.text(max_size=20),
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[CELLS] * 6), min_size=1, max_size=8))
def test_no_csv_whatever_breaks_the_load(admin: Session, csv: list[tuple[str, ...]]) -> None:
    columns = ("Name", "StageName", "CloseDate", "Amount", "AccountId", "IsPrivate")
    results = list(admin.bulk("insert", "Opportunity", columns, csv))
    assert len(results) == len(csv)
    assert all(result.success == (result.id is not None) for result in results)
    assert all(bool(result.errors) != result.success for result in results)
