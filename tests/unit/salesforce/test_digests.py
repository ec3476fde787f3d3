"""Pseudonyms made sixteen at a time are those of the plain function, whatever stands where an id should."""

from __future__ import annotations

import hashlib

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steward.salesforce import digests, pseudonyms

KEY = bytes(range(32))
IDS = st.from_regex(r"[0-9A-Za-z]{15}([A-Z0-5]{3})?", fullmatch=True)
ODD = st.text(max_size=24) | st.just("0" * 14) | st.just("é" * 15) | st.just("00300000000é001AAA")


def made(ids: list[list[str]], key: bytes = KEY) -> list[str]:
    return digests.of_ids(key, digests.block_of(key), pa.chunked_array(ids, pa.string())).to_pylist()


@settings(max_examples=60, deadline=None)
@given(st.lists(IDS | ODD, max_size=70), st.integers(0, 70), st.binary(min_size=32, max_size=48))
def test_they_are_those_of_the_plain_function(ids: list[str], cut: int, key: bytes) -> None:
    assert made([ids[:cut], ids[cut:]], key) == [pseudonyms.pseudonym(one, key) for one in ids]


@pytest.mark.parametrize("length", [15, 18])
def test_they_are_the_first_digits_of_sha_256(length: int) -> None:
    ids = [f"003{number:012d}AAA"[:length] for number in range(1_000)]
    assert made([ids]) == [hashlib.sha256(KEY + one[:15].encode()).hexdigest()[:16] for one in ids]


def test_a_part_of_an_array_is_taken_for_itself() -> None:
    ids = [f"003{number:012d}AAA" for number in range(40)]
    part = pa.chunked_array([pa.array(ids).slice(7, 20)])
    assert digests.of_ids(KEY, digests.block_of(KEY), part).to_pylist() == made([ids[7:27]])


def test_in_duckdb_nulls_stay_null_and_both_functions_agree() -> None:
    rows = "SELECT CASE WHEN i % 7 > 0 THEN printf('006%012dAAA', i) END AS id FROM range(5000) t(i)"
    found = []
    for define in (digests.define, pseudonyms.define):
        with duckdb.connect(config={"threads": 2}) as db:
            define(db, KEY)
            found.append(db.execute(f"SELECT id, pseudonym(id) FROM ({rows}) ORDER BY ALL").fetchall())
    assert found[0] == found[1]
    assert sum(pseudonym is None for _, pseudonym in found[0]) == 715
