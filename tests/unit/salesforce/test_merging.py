"""A previous table and what changed since give the table as it is now: as if it had been read anew."""

from __future__ import annotations

import pathlib
import shutil
from collections.abc import Iterator

import duckdb
import pytest
from steward.salesforce import contract, loading, merging, parts
from steward.salesforce.pseudonyms import pseudonym

KEY = bytes(range(32))
HOME = "001000000000001AAA"


def contact(number: int) -> str:
    return f"003{number:012d}AAA"


def role(number: int) -> str:
    return f"00K{number:012d}AAA"


GIFT = "006000000000001AAA"


@pytest.fixture
def db(tmp_path: pathlib.Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with loading.engine(tmp_path, KEY, "200MB", 1) as connection:
        yield connection


class Org:
    """Pages of one table, and their merge with the previous one."""

    def __init__(self, db: duckdb.DuckDBPyConnection, folder: pathlib.Path) -> None:
        self.db, self.folder, self.gone = db, folder, {}

    def stage(self, name: str, rows: list[dict[str, str]], extra: tuple[str, ...] = ()) -> list[str]:
        raw = loading.raw_columns(contract.table(name), (), extra)
        page = self.folder / "page.csv"
        lines = [",".join(row.get(column, "") for column in raw) for row in rows]
        page.write_text("\n".join([",".join(raw), *lines]) + "\n", encoding="utf-8")
        loading.stage(self.db, [page], raw)
        return raw

    def full(self, name: str, rows: list[dict[str, str]]) -> None:
        raw = self.stage(name, rows)
        parts.write(self.db, loading.typed(contract.table(name), raw), self.folder / f"{name}.parquet")

    def changes(self, name: str, rows: list[dict[str, str]]) -> None:
        table = contract.table(name)
        raw = self.stage(name, rows, merging.extra_fields(table, {"MasterRecordId"}))
        self.gone[name] = merging.gone(self.db, table, raw)
        merging.follow_merges(self.db, table)
        path = self.folder / f"{name}.parquet"
        merging.compare(self.db, table, raw, path, self.gone)
        merging.renew(self.db, table.key, path, self.folder / "newer.parquet")
        shutil.rmtree(path)
        (self.folder / "newer.parquet").replace(path)

    def rows(self, name: str, *columns: str) -> list[tuple]:
        return sorted(
            self.db.execute(f"SELECT {', '.join(columns)} FROM read_parquet('{self.folder}/{name}.parquet')").fetchall()
        )


@pytest.fixture
def org(db: duckdb.DuckDBPyConnection, tmp_path: pathlib.Path) -> Org:
    made = Org(db, tmp_path)
    made.full("contacts", [_contact(number) for number in (1, 2, 3)])
    made.full("contact_roles", [_role(number, contact(number)) for number in (1, 2, 3)])
    return made


def _contact(number: int, **more: str) -> dict[str, str]:
    return {
        "Id": contact(number),
        "AccountId": HOME,
        "CreatedDate": "2024-01-01T00:00:00.000Z",
        "IsDeleted": "false",
        **more,
    }


def _role(number: int, who: str, **more: str) -> dict[str, str]:
    return {"Id": role(number), "OpportunityId": GIFT, "ContactId": who, "Role": "Donor", "IsDeleted": "false", **more}


def key(record_id: str) -> str:
    return pseudonym(record_id, KEY)


def test_a_changed_row_replaces_its_old_self_and_a_new_one_is_added(org: Org) -> None:
    org.changes("contacts", [_contact(2, npsp__Deceased__c="true"), _contact(4)])
    assert org.rows("contacts", "contact_id", "deceased") == sorted(
        [(key(contact(1)), False), (key(contact(2)), True), (key(contact(3)), False), (key(contact(4)), False)]
    )


def test_a_deleted_row_goes_and_references_to_it_lead_nowhere(org: Org) -> None:
    org.changes("contacts", [_contact(2, IsDeleted="true")])
    org.changes("contact_roles", [])
    assert org.rows("contacts", "contact_id") == sorted([(key(contact(1)),), (key(contact(3)),)])
    assert org.rows("contact_roles", "role_id", "contact_id") == sorted(
        [(key(role(1)), key(contact(1))), (key(role(2)), None), (key(role(3)), key(contact(3)))],
        key=lambda row: row[0],
    )


def test_the_children_of_a_merged_contact_follow_the_winner_through_chains(org: Org) -> None:
    merged_away = [
        _contact(1, IsDeleted="true", MasterRecordId=contact(2)),
        _contact(2, IsDeleted="true", MasterRecordId=contact(3)),
    ]
    org.changes("contacts", merged_away)
    org.changes("contact_roles", [])
    assert org.rows("contacts", "contact_id") == [(key(contact(3)),)]
    assert {who for _, who in org.rows("contact_roles", "role_id", "contact_id")} == {key(contact(3))}


def test_a_child_that_the_org_stamped_is_believed_over_the_old_row(org: Org) -> None:
    org.changes("contacts", [_contact(1, IsDeleted="true", MasterRecordId=contact(2))])
    org.changes("contact_roles", [_role(1, contact(3))])
    assert (key(role(1)), key(contact(3))) in org.rows("contact_roles", "role_id", "contact_id")


def test_rows_that_cannot_be_without_their_parent_go_with_it(org: Org) -> None:
    org.full(
        "partial_soft_credits",
        [{"Id": "a01000000000001AAA", "npsp__Opportunity__c": GIFT, "npsp__Contact__c": contact(1)}],
    )
    org.changes("contacts", [_contact(1, IsDeleted="true")])
    org.changes("partial_soft_credits", [])
    assert org.rows("partial_soft_credits", "credit_id") == []


def test_nothing_changed_means_nothing_changes(org: Org) -> None:
    before = org.rows("contacts", "*")
    org.changes("contacts", [])
    assert org.rows("contacts", "*") == before
