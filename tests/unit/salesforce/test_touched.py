"""Night after night, a snapshot that was brought up to date is what a full read gives, and says what is different."""

from __future__ import annotations

import csv
import datetime as dt
import pathlib
import random
from collections.abc import Iterator, Mapping

import duckdb
import pytest
from steward.salesforce import contract, extract, loading, merging, snapshot, working
from steward.salesforce.access import Access
from steward.salesforce.namespaces import Names
from steward.salesforce.read_table import Pages
from steward.salesforce.snapshot import Snapshot
from steward.salesforce.terms import Table

KEY = bytes(range(32))
NOW = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)
NIGHTS = 5
PREFIXES = {"contacts": "003", "opportunities": "006", "contact_roles": "00K", "partial_soft_credits": "a01"}
Record = dict[str, str]


class RandomOrg:
    """Few tables of an org in which people are changed, deleted and merged; it stands in for the gateway's reader, too."""

    def __init__(self, seed: int, folder: pathlib.Path) -> None:
        self.chance = random.Random(seed)
        self.folder = folder
        self.names = Names()
        self.held: dict[str, dict[str, Record]] = {name: {} for name in PREFIXES}
        self.stamped: dict[str, dict[str, Record]] = {name: {} for name in PREFIXES}
        self.default_fund = ""
        self.numbers = 0
        for _ in range(40):
            self.add("contacts", AccountId=self.number("001"), CreatedDate="2024-01-01")
        for _ in range(60):
            self.give()

    def number(self, prefix: str) -> str:
        self.numbers += 1
        return f"{prefix}{self.numbers:012d}AAA"

    def add(self, table: str, **values: str) -> str:
        made = self.number(PREFIXES[table])
        self.held[table][made] = self.stamped[table][made] = {"Id": made, "IsDeleted": "false", **values}
        return made

    def give(self) -> None:
        donor, friend = self.chance.choice([*self.held["contacts"]]), self.chance.choice([*self.held["contacts"]])
        gift = self.add(
            "opportunities", npsp__Primary_Contact__c=donor, CloseDate="2026-01-01", CreatedDate="2026-01-01",
            Amount=str(self.chance.randrange(5, 500)), IsWon="true", IsClosed="true",
        )  # fmt: skip
        self.add("contact_roles", OpportunityId=gift, ContactId=friend, Role="Soft Credit", IsPrimary="false")
        self.add("partial_soft_credits", npsp__Opportunity__c=gift, npsp__Contact__c=friend)

    def day(self) -> None:
        self.stamped = {name: {} for name in PREFIXES}
        for _ in range(self.chance.choice([0, 2, 6])):
            self.chance.choice([self.give, self.correct, self.touch, self.remove, self.merge, self.configure])()

    def any_of(self, table: str) -> str:
        return self.chance.choice([*self.held[table]])

    def correct(self) -> None:
        gift = self.any_of("opportunities")
        changed = self.held["opportunities"][gift] | {"Amount": str(self.chance.randrange(5, 500))}
        self.held["opportunities"][gift] = self.stamped["opportunities"][gift] = changed

    def touch(self) -> None:
        """Saved again as it was."""
        table = self.chance.choice([*PREFIXES])
        one = self.any_of(table)
        self.stamped[table][one] = self.held[table][one]

    def remove(self) -> None:
        self.lose(self.any_of("contacts"), "")

    def merge(self) -> None:
        loser, winner = self.chance.sample([*self.held["contacts"]], 2)
        self.lose(loser, winner)

    def lose(self, contact: str, winner: str) -> None:
        gone = self.held["contacts"].pop(contact)
        self.stamped["contacts"][contact] = gone | {"IsDeleted": "true", "MasterRecordId": winner}
        for table, field in (
            ("opportunities", "npsp__Primary_Contact__c"), ("contact_roles", "ContactId"), ("partial_soft_credits", "npsp__Contact__c"),
        ):  # fmt: skip
            for one in [one for one, row in self.held[table].items() if row[field] == contact]:
                moved = self.held[table][one] | {field: winner}
                if table == "partial_soft_credits" and not winner:
                    del self.held[table][one]
                    self.stamped[table][one] = moved | {field: contact, "IsDeleted": "true"}
                    continue
                self.held[table][one] = moved
                if one in self.stamped[table] or self.chance.random() < 0.5:  # the platform does not stamp all of them
                    self.stamped[table][one] = moved

    def configure(self) -> None:
        self.default_fund = self.number("a04")

    def counts(self) -> dict[str, int]:
        return {name: len(rows) for name, rows in self.held.items()}

    def full(self, table: Table, expected: int | None) -> Pages:
        return self._pages(table, self.held.get(table.name, {}), ())

    def changes(self, since: dt.datetime) -> dict[str, Pages]:
        return {
            table.name: self._pages(
                table, self.stamped.get(table.name, {}), merging.extra_fields(table, {merging.MASTER})
            )
            for table in contract.TABLES
        }

    def _pages(self, table: Table, records: Mapping[str, Record], extra: tuple[str, ...]) -> Pages:
        columns = loading.raw_columns(table, (), extra)
        if not records:
            return Pages(table.name, (), columns, 0)
        path = self.folder / f"{table.name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(records.values())
        return Pages(table.name, (path,), columns, len(records))

    def fields(self, sobject: str) -> Mapping[str, object]:
        return {"npsp__Default__c": {}} if sobject == "npsp__Allocations_Settings__c" else {}

    def query(self, soql: str) -> Iterator[Mapping[str, object]]:
        row = {"SetupOwnerId": "00D000000000001AAA", "npsp__Default__c": self.default_fund}
        return iter([row] if "npsp__Default__c" in soql else [])


def read(org: RandomOrg, folder: pathlib.Path, night: int, base: Snapshot | None = None) -> Snapshot:
    basis = working.Basis("shape", "key", "org")
    now = NOW + dt.timedelta(days=night)
    work = working.open_folder(folder / ".working", basis, base, now, now)
    access = Access({one.name: () for one in contract.TABLES}, {one.name: frozenset() for one in contract.TABLES}, ())
    with loading.engine(work.folder, KEY, "300MB", 1) as db:
        said = extract.Extraction(org, db, org, work, access, lambda table, rows: None).run()  # type: ignore[arg-type]
    work.clear_notes()
    return snapshot.publish(work.folder, folder, extract._manifest(work, now, tuple(said)))


def rows(path: pathlib.Path) -> set[tuple[object, ...]]:
    found = duckdb.read_parquet(str(path)).fetchall()
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize("seed", range(2))
def test_the_base_and_what_is_touched_give_exactly_the_new_snapshot(tmp_path: pathlib.Path, seed: int) -> None:
    org = RandomOrg(seed, tmp_path)
    before = read(org, tmp_path / "nights", 0)
    kinds: set[str] = set()
    for night in range(1, NIGHTS + 1):
        org.day()
        made = read(org, tmp_path / "nights", night, before)
        touched = made.touched(before.id)
        assert touched is not None
        in_full = read(org, tmp_path / "full", night)
        assert in_full.touched(before.id) is None
        for name in snapshot.table_names():
            was, now = rows(before.tables()[name]), rows(made.tables()[name])
            assert (rows(touched[name]) if name in touched else set()) == was ^ now, name
            assert now == rows(in_full.tables()[name]), name
            assert made.manifest.tables[name].rows == len(now)
        assert made.hash == in_full.hash
        assert not any("read again" in note for note in made.manifest.notes)  # which would mend what was compared wrong
        kinds |= set(touched)
        before = made
    assert len(kinds) > 2  # it was no test of nothing


def test_a_snapshot_knows_only_the_one_it_was_made_from(tmp_path: pathlib.Path) -> None:
    org = RandomOrg(1, tmp_path)
    first = read(org, tmp_path / "nights", 0)
    second = read(org, tmp_path / "nights", 1, first)
    third = read(org, tmp_path / "nights", 2, second)
    assert (third.touched(first.id), first.touched(""), first.touched(third.id)) == (None, None, None)
    assert snapshot.load(third.folder).touched(second.id) is not None


def test_a_table_whose_rows_vanished_is_compared_as_a_whole(tmp_path: pathlib.Path) -> None:
    org = RandomOrg(1, tmp_path)
    first = read(org, tmp_path / "nights", 0)
    org.stamped = {name: {} for name in PREFIXES}
    org.held["opportunities"].pop(org.any_of("opportunities"))  # purged: nothing says so but the count
    second = read(org, tmp_path / "nights", 1, first)
    touched = second.touched(first.id)
    assert touched is not None
    assert list(touched) == ["opportunities"]
    assert len(rows(touched["opportunities"])) == 1


def test_a_snapshot_is_the_same_where_memory_has_no_room_to_look_pseudonyms_up(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    org = RandomOrg(1, tmp_path)
    remembered: list[str] = []
    remember = loading.remember
    monkeypatch.setattr(loading, "remember", lambda db, table: (remembered.append(table.name), remember(db, table)))
    roomy = read(org, tmp_path / "roomy", 0)
    assert remembered == list(extract.LED_TO)
    monkeypatch.setattr(loading, "room", lambda db: 0)
    narrow = read(org, tmp_path / "narrow", 0)
    assert "contacts" not in remembered[len(extract.LED_TO) :]
    assert narrow.hash == roomy.hash
    ways_back = [rows(made.identity.path / "contacts.parquet" / "*.parquet") for made in (roomy, narrow)]
    assert ways_back[0] == ways_back[1]
