"""A snapshot is published whole or not at all, and only a whole one is opened."""

from __future__ import annotations

import json
import pathlib
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from steward.errors import StateError, UnknownDonor
from steward.salesforce import snapshot
from steward.salesforce.reads import TABLES
from steward.salesforce.snapshot import Manifest, TableFacts

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def manifest(name: str) -> Manifest:
    tables = {one: TableFacts(1, "1-a", "full", absent=("X__c",)) for one in snapshot.table_names()}
    return Manifest(name, NOW, NOW, NOW, snapshot.whole_hash(tables), "s", "k", "o", tables, ("note",))


def publish(folder: pathlib.Path, name: str) -> snapshot.Snapshot:
    work = folder / ".working"
    work.mkdir(parents=True)
    for table in snapshot.table_names():
        snapshot.table_path(work, table).write_bytes(b"parquet")
    return snapshot.publish(work, folder, manifest(name))


def test_a_snapshot_of_an_older_steward_is_refused_by_the_table_and_column_it_lacks(tmp_path: pathlib.Path) -> None:
    made = publish(tmp_path, "20261122T030000Z-aa")
    for table in TABLES:
        columns = [column.name for column in table.columns]
        kept = columns[:-1] if table.name == "payments" else columns
        pq.write_table(pa.table({name: pa.array([], pa.string()) for name in kept}), made.tables()[table.name])
    with pytest.raises(StateError, match=f"its payments lack {columns_of('payments')[-1]}"):
        snapshot.require_columns(made)
    pq.write_table(
        pa.table({name: pa.array([], pa.string()) for name in columns_of("payments")}), made.tables()["payments"]
    )
    snapshot.require_columns(made)


def columns_of(name: str) -> list[str]:
    return [column.name for table in TABLES if table.name == name for column in table.columns]


def test_what_is_published_is_read_back(tmp_path: pathlib.Path) -> None:
    made = publish(tmp_path, "20261122T030000Z-aa")
    assert not (tmp_path / ".working").exists()
    assert snapshot.load(made.folder) == made
    assert snapshot.latest(tmp_path) == made
    assert list(made.tables()) == list(snapshot.table_names())


def test_publishing_the_same_again_changes_nothing(tmp_path: pathlib.Path) -> None:
    first = publish(tmp_path, "20261122T030000Z-aa")
    assert publish(tmp_path, "20261122T030000Z-aa") == first


def test_a_folder_without_a_manifest_is_no_snapshot(tmp_path: pathlib.Path) -> None:
    made = publish(tmp_path, "20261122T030000Z-aa")
    (tmp_path / "20261123T030000Z-bb").mkdir()
    assert snapshot.latest(tmp_path) == made
    with pytest.raises(StateError, match="cannot be read"):
        snapshot.load(tmp_path / "20261123T030000Z-bb")


@pytest.mark.parametrize("damage", ["{", "[]", "{}", '{"format": 1}'])
def test_a_damaged_manifest_is_said_to_be_one(tmp_path: pathlib.Path, damage: str) -> None:
    made = publish(tmp_path, "20261122T030000Z-aa")
    (made.folder / "manifest.json").write_text(damage, encoding="utf-8")
    with pytest.raises(StateError, match="cannot be read"):
        snapshot.load(made.folder)


def test_a_snapshot_of_a_newer_steward_or_without_a_table_is_refused(tmp_path: pathlib.Path) -> None:
    made = publish(tmp_path, "20261122T030000Z-aa")
    path = made.folder / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(data | {"format": 99}), encoding="utf-8")
    with pytest.raises(StateError, match="format 99"):
        snapshot.load(made.folder)
    path.write_text(json.dumps(data), encoding="utf-8")
    made.tables()["gaus"].unlink()
    with pytest.raises(StateError, match="lacks gaus"):
        snapshot.load(made.folder)


def test_pruning_keeps_the_newest(tmp_path: pathlib.Path) -> None:
    for day in (20, 21, 22, 23):
        publish(tmp_path, f"202611{day}T030000Z-aa")
    assert snapshot.prune(tmp_path, keep=2) == ["20261120T030000Z-aa", "20261121T030000Z-aa"]
    assert sorted(path.name for path in tmp_path.glob("2*")) == ["20261122T030000Z-aa", "20261123T030000Z-aa"]


def test_an_unknown_donor_is_named(tmp_path: pathlib.Path) -> None:
    import duckdb

    path = tmp_path / "identity.parquet"
    duckdb.sql("SELECT 'Contact' AS object, 'k1' AS key, '003000000000001AAA' AS id").write_parquet(str(path))
    identity = snapshot.Identity(path)
    assert identity.id("Contact", "k1") == "003000000000001AAA"
    assert identity.keys("Contact", ["003000000000001AAA"]) == {"003000000000001AAA": "k1"}
    with pytest.raises(UnknownDonor, match="No Contact k2 in this snapshot"):
        identity.id("Contact", "k2")
