"""CSV pages become typed Parquet columns with pseudonyms; what is absent is null."""

from __future__ import annotations

import hashlib
import pathlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from steward.errors import ConfigError, UpstreamError
from steward.salesforce import contract, loading, pseudonyms
from steward.salesforce.terms import Column, Kind, Table

KEY = bytes(range(32))
ONE, TWO, LEAD = "003000000000001AAA", "003000000000002AAB", "00Q000000000009AAA"


@pytest.fixture
def db(tmp_path: pathlib.Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with loading.engine(tmp_path, KEY, "200MB", 1) as connection:
        yield connection


def _load(
    db: duckdb.DuckDBPyConnection, folder: pathlib.Path, table: Table, text: str, absent: tuple[str, ...] = ()
) -> list[tuple]:
    page = folder / "page.csv"
    page.write_bytes(text.encode())
    raw = loading.raw_columns(table, absent, ())
    loading.stage(db, [page], raw, table)
    path = folder / f"{table.name}.parquet"
    loading.write(db, loading.typed(table, raw), path)
    return db.execute(f"SELECT * FROM read_parquet('{path}')").fetchall()


def test_a_pseudonym_is_the_same_in_sql_and_python_for_15_and_18_characters(db: duckdb.DuckDBPyConnection) -> None:
    found = db.execute("SELECT pseudonym(?), pseudonym(?), pseudonym(NULL)", [ONE, ONE[:15]]).fetchone()
    made = hashlib.sha256(KEY + ONE[:15].encode()).hexdigest()[:16]
    assert found == (made, made, None)
    assert pseudonyms.pseudonym(ONE, KEY) == pseudonyms.pseudonym(ONE[:15], KEY) == made
    assert pseudonyms.pseudonym(ONE, bytes(32)) != made


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ConfigError, match="5 bytes"):
        pseudonyms.pseudonym(ONE, b"short")


def test_every_kind_becomes_its_type(db: duckdb.DuckDBPyConnection, tmp_path: pathlib.Path) -> None:
    kinds = (
        Column("key", "Id", Kind.KEY, "", nullable=False), Column("who", "WhoId", Kind.PERSON, ""), Column("text", "T__c", Kind.TEXT, ""),
        Column("flag", "F__c", Kind.FLAG, ""), Column("money", "M__c", Kind.MONEY, ""), Column("percent", "P__c", Kind.PERCENT, ""),
        Column("count", "N__c", Kind.COUNT, ""), Column("date", "D__c", Kind.DATE, ""), Column("day", "CreatedDate", Kind.DAY, ""),
        Column("expiry", "Mo__c Yr__c", Kind.EXPIRY, ""),
    )  # fmt: skip
    table = Table("all", "X__c", "", kinds)
    text = (
        '"Id","WhoId","T__c","F__c","M__c","P__c","N__c","D__c","CreatedDate","Mo__c","Yr__c"\n'
        f'"{ONE}","{TWO}","a ""b""\nc, d","true","1.0E7","33.333333","3.0","2024-02-29","2024-12-31T23:59:59.000Z","12","2027"\n'
        f'"{TWO}","{LEAD}","","false","","","","","2024-01-01T00:00:00.000+0000","7","28"\n'
        f'"{LEAD}","","x","","-5.005","0.5","12","2024-01-01","2024-01-01T00:00:00.000Z","13","2027"\n'
    )
    first, second, third = _load(db, tmp_path, table, text)
    assert first == (
        pseudonyms.pseudonym(ONE, KEY), pseudonyms.pseudonym(TWO, KEY), 'a "b"\nc, d', True, Decimal("10000000.00"), Decimal("33.333333"),
        3, date(2024, 2, 29), date(2024, 12, 31), date(2028, 1, 1),
    )  # fmt: skip
    assert second[1:] == (None, None, False, None, None, None, None, date(2024, 1, 1), date(2028, 8, 1))
    assert third[3:5] == (False, Decimal("-5.01"))
    assert third[-1] is None


def test_absent_fields_are_null_columns_of_their_type(db: duckdb.DuckDBPyConnection, tmp_path: pathlib.Path) -> None:
    absent = ("npe03__Amount__c", "npsp__CardExpirationYear__c")
    table = contract.table("recurring")
    header = ",".join(loading.raw_columns(table, absent, ()))
    _load(db, tmp_path, table, f"{header}\n{ONE}{',' * header.count(',')}\n", absent)
    types = dict(
        db.execute(
            f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet('{tmp_path}/recurring.parquet'))"
        ).fetchall()
    )
    assert list(types) == [column.name for column in table.columns]
    assert types["amount"] == "DECIMAL(18,2)"
    assert types["card_expires_on"] == "DATE"


@pytest.mark.parametrize("table", contract.TABLES, ids=lambda table: table.name)
def test_an_empty_table_has_every_column_with_its_type(
    db: duckdb.DuckDBPyConnection, tmp_path: pathlib.Path, table: Table
) -> None:
    raw = loading.raw_columns(table, (), ())
    loading.stage(db, [], raw)
    path = tmp_path / "empty.parquet"
    assert loading.write(db, loading.typed(table, raw), path) == 0
    described = db.execute(
        f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet('{path}'))"
    ).fetchall()
    assert described == [(column.name, column.kind.parquet) for column in table.columns]


def test_a_row_without_what_it_must_have_is_left_out(db: duckdb.DuckDBPyConnection, tmp_path: pathlib.Path) -> None:
    table = contract.table("campaign_members")
    header = ",".join(loading.raw_columns(table, (), ()))
    rows = f"{ONE},{TWO},{ONE},Sent,false,,2024-01-01\n{TWO},{TWO},,Sent,false,,2024-01-01\n{LEAD},,{ONE},Sent,false,,2024-01-01\n"
    assert len(_load(db, tmp_path, table, f"{header}\n{rows}")) == 1


def test_an_answer_of_the_wrong_form_is_named_by_table(db: duckdb.DuckDBPyConnection, tmp_path: pathlib.Path) -> None:
    with pytest.raises(UpstreamError, match=r"campaigns .* 'DATE'") as raised:
        _load(db, tmp_path, contract.table("campaigns"), f"Id,Type,StartDate,EndDate\n{ONE},Mail,yesterday,\n")
    assert "Mail" not in raised.value.what
    assert not (tmp_path / "campaigns.parquet").exists()


def test_text_is_typed_as_a_page_is(db: duckdb.DuckDBPyConnection, tmp_path: pathlib.Path) -> None:
    table = contract.table("opportunities")
    values = {
        "Id": ONE, "Amount": "1.25E3", "CloseDate": "2024-02-29", "IsWon": "TRUE", "IsClosed": "1", "npsp__Ask_Date__c": "2024-2-9",
        "npe03__Recurring_Donation_Installment_Number__c": "3.0", "CreatedDate": "2024-12-31T23:59:59.000+0000",
    }  # fmt: skip
    raw = loading.raw_columns(table, (), ())
    found = _load(db, tmp_path, table, f"{','.join(raw)}\n{','.join(values.get(path, '') for path in raw)}\n")
    loading.stage(db, [tmp_path / "page.csv"], raw)
    assert db.execute(loading.typed(table, raw)).fetchall() == found
    assert len(found) == 1


def test_the_content_hash_knows_content_not_order(db: duckdb.DuckDBPyConnection, tmp_path: pathlib.Path) -> None:
    table = contract.table("gaus")
    hashes = []
    for rows in ([ONE, TWO], [TWO, ONE], [ONE], [ONE, LEAD]):
        text = "Id,Name,npsp__Active__c\n" + "".join(f"{row},Fund,true\n" for row in rows)
        _load(db, tmp_path, table, text)
        hashes.append(loading.content_hash(db, table, f"read_parquet('{tmp_path}/gaus.parquet')"))
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3


def test_what_is_looked_up_is_the_pseudonym_that_would_be_made(
    db: duckdb.DuckDBPyConnection, tmp_path: pathlib.Path
) -> None:
    key = Column("contact_id", "Id", Kind.KEY, "", nullable=False)
    led = (Column("who", "WhoId", Kind.PERSON, "", to="contacts"), Column("by", "By__c", Kind.REF, "", to="contacts"))
    contacts, tasks = Table("contacts", "Contact", "", (key,)), Table("tasks", "Task", "", (key, *led))
    page = tmp_path / "page.csv"
    page.write_text(f"Id\n{ONE}\n{LEAD}\n{ONE}\n")  # a record that comes twice does not double who leads to it
    loading.stage(db, [page], ["Id"])
    loading.remember(db, contacts)
    for table, raw, rows in (
        (contacts, ["Id"], [ONE, TWO]),
        (tasks, ["Id", "WhoId", "By__c"], [f"{TWO},{who},{ONE}" for who in (ONE, TWO, "", LEAD, ONE[:15], ONE)]),
    ):
        page.write_text("\n".join([",".join(raw), *rows, ""]))
        loading.stage(db, [page], raw)
        query = loading.typed(table, raw, known=("contacts",))
        assert "ids_contacts" in query
        found, made = (
            db.execute(f"FROM ({one}) ORDER BY ALL").fetchall() for one in (query, loading.typed(table, raw))
        )
        assert found == made
        assert len(found) == len(rows)


def test_pseudonyms_are_looked_up_in_two_fifths_of_the_memory(db: duckdb.DuckDBPyConnection) -> None:
    assert loading.room(db) == pytest.approx(0.4 * 200e6 / loading.PSEUDONYM, rel=0.01)
