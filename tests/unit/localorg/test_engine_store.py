"""One writer, many readers, and what survives."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from engine_org import add, new_org, one, rows
from localorg.engine import Org
from localorg.session import Session


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path) as opened:
        yield opened


@pytest.fixture
def admin(org: Org) -> Session:
    return org.administrator()


def test_eight_threads_read_and_write_without_a_locked_database(org: Org) -> None:
    def work(thread: int) -> int:
        session = org.administrator()
        for turn in range(15):
            csv = [(f"Account {thread}.{turn}.{row}",) for row in range(40)]
            assert all(result.success for result in session.bulk("insert", "Account", ("Name",), csv))
            add(session, "Contact", LastName=f"Contact {thread}.{turn}")
            found = session.query(f"SELECT Id FROM Account WHERE Name LIKE 'Account {thread}.%' LIMIT 20")
            assert len(list(found.records)) == 20
        return thread

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(work, range(8))) == list(range(8))
    assert one(org, "SELECT count(*), count(DISTINCT Id) FROM Account") == (8 * 15 * 40, 8 * 15 * 40)
    assert one(org, "SELECT count(*) FROM Contact") == (8 * 15,)


def test_two_openers_of_one_file_take_turns(org: Org, tmp_path: Path) -> None:
    with new_org(tmp_path) as other:
        barrier = threading.Barrier(2)

        def load(session: Session, name: str) -> None:
            barrier.wait()
            for turn in range(10):
                add(session, "Account", Name=f"{name} {turn}")

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(load, (org.administrator(), other.administrator()), ("a", "b")))
    assert one(org, "SELECT count(*), count(DISTINCT Id) FROM Account") == (20, 20)


def test_a_reader_does_not_see_an_open_transaction_of_another_thread(org: Org, admin: Session) -> None:
    inside, looked = threading.Event(), threading.Event()

    def write() -> None:
        with admin.transaction():
            add(admin, "Account", Name="A")
            inside.set()
            looked.wait(10)

    writer = threading.Thread(target=write)
    writer.start()
    inside.wait(10)
    assert rows(org, "SELECT Name FROM Account") == []
    looked.set()
    writer.join()
    assert rows(org, "SELECT Name FROM Account") == [("A",)]


def test_an_iterator_left_early_does_not_keep_its_connection_in_the_past(org: Org, admin: Session) -> None:
    for name in "abc":
        add(admin, "Account", Name=name)
    records = admin.query("SELECT Name FROM Account").records
    assert next(records)["Name"] == "a"
    records.close()  # type: ignore[attr-defined]
    add(admin, "Account", Name="d")
    assert len(list(admin.query("SELECT Name FROM Account").records)) == 4


def test_an_inner_failure_leaves_the_outer_transaction_alone(org: Org) -> None:
    with org.store.write() as connection:
        connection.execute("INSERT INTO _meta VALUES ('outer', '1')")
        with pytest.raises(RuntimeError), org.store.write():
            connection.execute("INSERT INTO _meta VALUES ('inner', '1')")
            raise RuntimeError
    assert org.store.meta("outer") == 1
    assert org.store.meta("inner") is None


def test_an_org_is_as_it_was_when_opened_again(tmp_path: Path) -> None:
    with new_org(tmp_path) as org:
        account = add(org.administrator(), "Account", Name="A")
        org.travel_to(datetime(2030, 1, 1, tzinfo=UTC))
        users = rows(org, "SELECT Id FROM User")
    with new_org(tmp_path) as again:
        assert rows(again, "SELECT Id, Name FROM Account") == [(account, "A")]
        assert rows(again, "SELECT Id FROM User") == users
        assert again.clock.now().year == 2030
        assert add(again.administrator(), "Account", Name="B") > account


def test_clearing_the_records_keeps_users_settings_and_schema(org: Org, admin: Session) -> None:
    add(admin, "Account", Name="A")
    before = org.record_counts()
    org.clear_records()
    after = org.record_counts()
    assert set(before) - set(after) == {"Account"}
    assert after["User"] == before["User"]


def test_queries_by_reference_and_key_use_their_indexes(org: Org) -> None:
    for sql in (
        "SELECT Id FROM Opportunity WHERE AccountId = ?",
        "SELECT Id FROM Opportunity WHERE AccountId IN (SELECT value FROM json_each(?))",
        "SELECT Id FROM Contact WHERE SystemModstamp > ?",
        "SELECT Id FROM Contact WHERE Id = ?",
    ):
        plan = " ".join(str(row[3]) for row in rows(org, "EXPLAIN QUERY PLAN " + sql, "x"))
        assert "USING" in plan
        assert "SCAN Contact" not in plan
        assert "SCAN Opportunity" not in plan
