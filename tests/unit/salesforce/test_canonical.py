"""The same value has the same text, whether Python, a Bulk result or a REST reply says it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steward.errors import InputError
from steward.salesforce import canonical
from steward.salesforce.contract import PROFILE
from steward.salesforce.terms import Write, WriteField

SCORE = WriteField("Score__c", "double", 1)
RANK = WriteField("Rank__c", "double")
ASK = WriteField("Ask__c", "currency", 2)
TEXT = WriteField("Text__c", "string")
FLAG = WriteField("Flag__c", "boolean")
DAY = WriteField("Day__c", "date")
MOMENT = WriteField("Moment__c", "datetime")


@pytest.mark.parametrize(
    ("field", "forms", "text"),
    [
        (SCORE, [34, 34.0, "34", "34.0", Decimal("34"), np.float64(34.0), 34.04], "34.0"),
        (SCORE, [0.05, "0.05", Decimal("0.05")], "0.1"),
        (SCORE, [-0.0, "-0.0", 0, "0.0", -0.01], "0.0"),
        (RANK, [5, 5.0, "5.0", "5", np.int64(5)], "5"),
        (ASK, ["1.0E7", 10_000_000, "10000000.0", Decimal("1E7")], "10000000.00"),
        (ASK, [None, "", float("nan")], ""),
        (TEXT, ["a\r\nb ", "a\nb", " a\rb"], "a\nb"),
        (TEXT, [None, "", "  "], ""),
        (FLAG, [True, "true", "TRUE", 1], "true"),
        (FLAG, [False, "false", 0], "false"),
        (DAY, [date(2026, 11, 22), "2026-11-22"], "2026-11-22"),
        (
            MOMENT,
            [
                datetime(2026, 11, 22, 3, 4, 5, 678_000, UTC), "2026-11-22T03:04:05.678Z", "2026-11-22T03:04:05.000+0000",
                datetime(2026, 11, 22, 5, 4, 5, tzinfo=timezone(timedelta(hours=2))),
            ],
            "2026-11-22T03:04:05Z",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_every_form_of_a_value_has_one_text(field: WriteField, forms: list[Any], text: str) -> None:
    assert [canonical.render(field, form) for form in forms] == [text] * len(forms)


@given(st.floats(0, 100), st.integers(0, 3))
def test_rendering_twice_changes_nothing(value: float, scale: int) -> None:
    field = WriteField("X__c", "double", scale)
    once = canonical.render(field, value)
    assert canonical.render(field, once) == once
    assert canonical.render(field, float(once)) == once


def test_what_is_no_number_is_refused_by_field() -> None:
    with pytest.raises(InputError, match=r"Score__c is 'high', not a number"):
        canonical.render(SCORE, "high")
    with pytest.raises(InputError, match="without a time zone"):
        canonical.render(MOMENT, datetime(2026, 1, 1))


def test_the_hash_hears_every_said_field_and_no_other() -> None:
    row = {field.name: None for field in PROFILE.fields}
    base = canonical.content_hash(PROFILE, row)
    assert len(base) == 32
    assert canonical.content_hash(PROFILE, {}) == base
    values: dict[str, Any] = {"double": 1, "currency": 1, "boolean": True, "datetime": "2026-01-01T00:00:00Z"}
    for field in PROFILE.fields:
        changed = canonical.content_hash(PROFILE, {**row, field.name: values.get(field.type, "x")})
        assert (changed != base) == field.hashed, field.name


def test_a_value_moving_to_the_next_field_changes_the_hash() -> None:
    assert canonical.content_hash(PROFILE, {"Helps__c": "a"}) != canonical.content_hash(PROFILE, {"Holds_Back__c": "a"})


def test_references_follow_from_the_donor_and_the_unit() -> None:
    row = {"contact_id": "c1", "unit_id": "u1", "Basis__c": "Household"}
    made = canonical.with_references(row)
    assert made == {"Donor_Id__c": "c1", "Contact__c": "c1", "Giving_Unit__c": "u1", "Basis__c": "Household"}
    assert canonical.with_references({"contact_id": "c1", "unit_id": "c1"})["Giving_Unit__c"] is None


NUMBERS = st.one_of(
    st.none(), st.floats(-1e7, 1e7), st.floats(-1e17, 1e17), st.just(float("nan")),
    st.integers(-300, 300).map(lambda n: n / 200), st.decimals(-(10**14), 10**14, places=2).map(float),
)  # fmt: skip
TEXTS = st.one_of(st.none(), st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=12),
                  st.sampled_from(["", "  ", "\r\n a\rb\r\n\u00a0", "\u2028x\x85", "o'clock"]))  # fmt: skip


@settings(deadline=None)
@given(
    score=NUMBERS,
    ask=NUMBERS,
    rank=st.one_of(st.none(), st.integers(1, 100)),
    text=TEXTS,
    flag=st.sampled_from([None, True, False]),
)
def test_the_hash_in_sql_is_the_hash_in_python(score, ask, rank, text, flag):
    write = Write(
        "X", "Id", "", tuple(dataclasses.replace(one, hashed=True) for one in (SCORE, ASK, RANK, TEXT, FLAG, DAY))
    )
    row = {"Score__c": score, "Ask__c": ask, "Rank__c": rank, "Text__c": text, "Flag__c": flag, "Day__c": "2026-11-22"}
    kinds = {"Score__c": "DOUBLE", "Ask__c": "DOUBLE", "Rank__c": "BIGINT", "Flag__c": "BOOLEAN"}
    columns = ", ".join(f"CAST(? AS {kinds.get(name, 'VARCHAR')}) AS {name}" for name in row)
    query = f"SELECT {canonical.hash_sql(write, {})} FROM (SELECT {columns})"
    with duckdb.connect() as db:
        (found,) = db.execute(query, list(row.values())).fetchone()
    assert found == canonical.content_hash(write, row)
