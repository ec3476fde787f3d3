"""On random nights of random nonprofits: whoever is not looked at has the facts of the run before, and whoever is looked
at has, of the few rows that were kept for it, the facts that all rows give."""

from __future__ import annotations

import copy
import datetime as dt
import functools
import pathlib
import random
import sys
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "donors"))
sys.path.insert(0, str(pathlib.Path(__file__).parent / "features"))

import histories
from snapshot_tables import arrow_tables
from steward import donors, facts
from steward.config import Settings
from steward.night import narrowing, rollups
from steward.night.earlier import Earlier
from steward.salesforce import contract
from steward.salesforce.snapshot import Manifest, Snapshot, TableFacts, table_path, touched_path

FIRST, LAST = dt.date(2017, 1, 1), dt.date(2024, 8, 1)
NOW = dt.datetime(2024, 7, 20, tzinfo=dt.UTC)
DAYS = [
    (dt.date(2024, 2, 27), dt.date(2024, 2, 29)), (dt.date(2024, 7, 1), dt.date(2024, 7, 2)),
    (dt.date(2024, 7, 14), dt.date(2024, 7, 14)), (dt.date(2024, 7, 14), dt.date(2024, 7, 15)),
]  # fmt: skip
FAMILIES = 7
SETTINGS = Settings(threads=1, memory_limit="200MB")
BUCKET = "Bucket Individual"
Rows = dict[str, list[dict[str, Any]]]


class Engine(histories.Engine):
    """Also what a night keeps of units and people beside the features."""

    def __init__(self) -> None:
        super().__init__()
        tables = {
            name: ibis.table(ibis.Schema.from_pyarrow(table.schema), name=name)
            for name, table in arrow_tables().items()
        }
        self.differing = histories.sql(rollups.differing(tables, self.ledger))
        self.members = histories.sql(self.ledger.members)
        self.facts = functools.cache(lambda date: histories.sql(facts.facts(self.ledger, tables["gaus"], date)))

    def known(self, rows: Rows | dict[str, pathlib.Path], as_of: dt.date) -> dict[str, dict[str, Any]]:
        """unit_id → everything known of the unit."""
        if isinstance(next(iter(rows.values())), pathlib.Path):
            rows = {name: pq.read_table(path).to_pylist() for name, path in rows.items()}
        self.load(rows)
        found: dict[str, dict[str, Any]] = {}
        for name, query in {"facts": self.facts(as_of), "rollups": self.differing, "people": self.members}.items():
            for row in self.run(query).to_pylist():
                known = found.setdefault(row["unit_id"], {})
                known[f"{name} {row.get('contact_id')}"] = row
        return found


@functools.cache
def engine() -> Engine:
    return Engine()


def nonprofit(chance: random.Random) -> Rows:
    """Families of households, firms and people that give and share gifts among themselves; some people without a home."""
    every: Rows = {}
    for family in range(FAMILIES):
        rows = histories.history(chance.randrange(10**6), FIRST, LAST)
        for name, some in rows.items():
            kept = some if name in ("accounts", "contacts") else [row for row in some if chance.random() < 0.3]
            every.setdefault(name, []).extend(_of_family(row, family) for row in kept)
    for account in every["accounts"]:
        if account["is_individual"] and chance.random() < 0.2:
            account["account_type"] = BUCKET
    every["campaigns"] = [{"campaign_id": f"campaign{n}", "type": chance.choice(["Email", "Event"])} for n in range(4)]
    return every


def _of_family(row: dict[str, Any], family: int) -> dict[str, Any]:
    """With ids of its own; campaigns are everybody's."""
    return {
        name: f"{family}{value}" if name.endswith("_id") and name != "campaign_id" and value else value
        for name, value in row.items()
    }


def a_night_later(rows: Rows, chance: random.Random) -> Rows:
    """A few rows go, come, or say something else."""
    later = copy.deepcopy(rows)
    if chance.random() < 0.5:  # an Account becomes another kind of Account
        account = chance.choice(later["accounts"])
        account["is_individual"] = chance.choice([True, False])
        account["account_type"] = chance.choice([BUCKET, None])
    for _ in range(chance.randrange(4)):
        name = chance.choice([name for name in later if later[name] and name != "campaigns"])
        row = chance.choice(later[name])
        same = [one for one in later[name] if str(one[_key(name)])[0] == str(row[_key(name)])[0]]
        what = chance.random()
        if what < 0.3:
            later[name].remove(row)
        elif what < 0.6:
            later[name].append({**row, _key(name): f"{row[_key(name)]}b"})
        else:  # it says what another one of the family says: another home, donor, gift, day or amount
            field = chance.choice([field for field in row if field != _key(name)])
            row[field] = chance.choice(same).get(field)
    return later


def _key(name: str) -> str:
    return contract.table(name).key


def snapshot_of(folder: pathlib.Path, before: Rows, rows: Rows) -> Snapshot:
    folder.mkdir()
    touched = {}
    was, now = arrow_tables(**before), arrow_tables(**rows)
    for name, table in now.items():
        pq.write_table(table, table_path(folder, name))
        different = _different(was[name], table)
        if len(different):
            touched[name] = len(different)
            pq.write_table(different, touched_path(folder, name))
    tables = {name: TableFacts(len(table), "", "changes", touched=touched.get(name, 0)) for name, table in now.items()}
    return Snapshot(folder, Manifest("second", NOW, NOW, NOW, "", "", "", "", tables, base="first"))


def _different(was: pa.Table, now: pa.Table) -> pa.Table:
    with duckdb.connect() as db:
        db.register("was", was)
        db.register("now", now)
        return db.sql("(FROM was EXCEPT ALL FROM now) UNION ALL (FROM now EXCEPT ALL FROM was)").to_arrow_table()


@pytest.mark.parametrize("seed", [*range(7), 215])  # an Account of another kind changes whose the gifts beside it are
def test_a_night_of_few_knows_what_a_night_of_everybody_knows(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(narrowing, "MOST", 1.0)
    chance = random.Random(seed)
    rows = nonprofit(chance)
    later = a_night_later(rows, chance)
    days = chance.choice(DAYS)
    snapshot = snapshot_of(tmp_path / "second", rows, later)
    before, now = engine().known(rows, days[0]), engine().known(later, days[1])
    few = narrowing.narrowed(SETTINGS, tmp_path, snapshot, Earlier(tmp_path, days, days[1], "first"))
    assert few is not None
    looked_at = set(pq.read_table(few.units)["unit_id"].to_pylist())
    ours = {unit: known for unit, known in before.items() if unit not in looked_at}
    assert len(ours) > 3, "everybody is looked at"
    tables = {name: path for name, path in few.tables.items() if name != "units"}
    ours |= {unit: known for unit, known in engine().known(tables, days[1]).items() if unit in looked_at}
    assert ours == now


def test_dates_that_nobody_waits_for_are_read_by_no_fact():
    """The ledger and all that is known can be worked out of tables that lack them."""
    lacking = {
        name: table.drop_columns([column for one, column in narrowing.UNUSED if one == name])
        for name, table in arrow_tables().items()
    }
    tables = {name: ibis.table(ibis.Schema.from_pyarrow(table.schema), name=name) for name, table in lacking.items()}
    assert facts.facts(donors.build_ledger(tables), tables["gaus"], LAST).columns


def test_a_change_that_concerns_everybody_narrows_nothing(tmp_path):
    rows = nonprofit(random.Random(1))
    later = copy.deepcopy(rows)
    later["campaigns"][0]["type"] = "Direct Mail"
    snapshot = snapshot_of(tmp_path / "second", rows, later)
    assert narrowing.narrowed(SETTINGS, tmp_path, snapshot, Earlier(tmp_path, DAYS[0], FIRST, "first")) is None
    assert narrowing.narrowed(SETTINGS, tmp_path, snapshot, Earlier(tmp_path, DAYS[0], FIRST, "another")) is None
