"""The hashes of a table of rows are those of its rows, digit by digit."""

from __future__ import annotations

import dataclasses

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steward.salesforce import canonical, hashing
from steward.salesforce.contract import PROFILE
from steward.salesforce.terms import Write, WriteField
from test_canonical import ASK, DAY, FLAG, NUMBERS, RANK, SCORE, TEXT, TEXTS

CARD, DONOR = WriteField("Card__c", "textarea"), WriteField("Donor__c", "string", to="Contact")
WRITE = Write(
    "X",
    "Id",
    "",
    tuple(dataclasses.replace(one, hashed=True) for one in (DONOR, SCORE, TEXT, ASK, CARD, RANK, FLAG, DAY)),
)
KINDS = {
    "Score__c": pa.float64(), "Ask__c": pa.float64(), "Rank__c": pa.int64(), "Flag__c": pa.bool_(),
    **dict.fromkeys(("Donor__c", "Text__c", "Card__c", "Day__c"), pa.string()),
}  # fmt: skip
ROWS = st.fixed_dictionaries({
    "Score__c": NUMBERS, "Text__c": TEXTS, "Ask__c": NUMBERS, "Card__c": st.sampled_from([None, '{"a":"ü"}', "{}"]),
    "Rank__c": st.one_of(st.none(), st.integers(1, 100)), "Flag__c": st.sampled_from([None, True, False]),
    "Day__c": st.sampled_from([None, "2026-11-22"]),
})  # fmt: skip


@pytest.fixture(scope="module")
def db():
    with duckdb.connect() as connection:
        yield connection


@settings(deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=6), absent=st.sampled_from([None, "Ask__c", "Card__c"]))
def test_a_table_has_the_hashes_of_its_rows_whether_its_texts_are_shared_or_not(db, rows, absent):
    rows = [{name: value for name, value in row.items() if name != absent} for row in rows for _ in range(2)] * 2
    rows = [{**row, "Donor__c": f"donor {n}"} for n, row in enumerate(rows)]
    columns = {name: pa.array([row[name] for row in rows], KINDS[name], from_pandas=True) for name in rows[0]}
    shared = {name: columns[name].dictionary_encode() for name in ("Text__c", "Day__c", "Card__c") if name in columns}
    expected = [canonical.content_hash(WRITE, row) for row in rows]
    assert hashing.hashes(db, WRITE, columns).to_pylist() == expected
    assert hashing.hashes(db, WRITE, columns | shared).to_pylist() == expected


def test_some_rows_of_a_longer_table_are_hashed_as_they_are(db):
    donors = pa.array([f"donor {n}" for n in range(9)])
    whole = hashing.hashes(db, PROFILE, {"Donor_Id__c": donors, "Reasons__c": donors})
    some = hashing.hashes(db, PROFILE, {"Donor_Id__c": donors[3:7], "Reasons__c": donors[3:7]})
    assert some.to_pylist() == whole.to_pylist()[3:7]
    assert whole[0].as_py() == canonical.content_hash(PROFILE, {"Donor_Id__c": "donor 0", "Reasons__c": "donor 0"})
