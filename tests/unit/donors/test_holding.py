"""A ledger held by an engine says what the expression says, and works nothing out twice."""

import dataclasses

import duckdb
import ibis
import pyarrow.parquet as pq
import pytest
from snapshot_tables import gift, household, tables
from steward.donors import build_ledger
from steward.engines.embedded import Embedded
from steward.engines.engine import resting_on_held


def snapshot():
    roles = [{"role_id": "r", "gift_id": "a", "contact_id": "bob", "role": "Soft Credit", "is_primary": False}]
    gifts = [gift("a", "home", 10, "2024-01-05"), gift("b", None, 5, "2024-02-05", primary_contact_id="bob")]
    home = household("home", "ann")
    home["contacts"].append({"contact_id": "bob"})
    return tables(**home, opportunities=gifts, contact_roles=roles, settings=[{"soft_credit_roles": "Soft Credit"}])


@pytest.fixture
def backend():
    return ibis.duckdb.connect()


def made(backend):
    return {name for (name,) in backend.raw_sql("SELECT table_name FROM duckdb_tables()").fetchall()}


@pytest.fixture
def engine(backend):
    engine = Embedded(backend)
    yield engine
    engine.close()


@pytest.fixture
def built(engine, tmp_path):
    for name, table in snapshot().items():
        table.to_parquet(tmp_path / f"{name}.parquet")
    return build_ledger(engine.tables({path.stem: path for path in tmp_path.glob("*.parquet")}))


def test_a_held_ledger_is_the_same_as_the_expression(engine, built):
    held = engine.held(built)
    for part in dataclasses.fields(built):
        ours, expected = (getattr(one, part.name).to_pyarrow().to_pylist() for one in (held, built))
        assert sorted(ours, key=repr) == sorted(expected, key=repr), part.name
    assert len(held.soft_credits.to_pyarrow()) == 1


def test_an_expression_promises_the_columns_that_the_engine_makes(backend, engine, built):
    for part in dataclasses.fields(held := engine.held(built)):
        promised = getattr(held, part.name)
        assert promised.schema() == backend.table(promised.get_name()).schema(), part.name


def test_what_was_begun_is_there_when_it_is_written(engine, built, tmp_path):
    begun = engine.begun(built)
    engine.write(begun.members.order_by("contact_id"), tmp_path / "members", 10)
    assert pq.read_table(tmp_path / "members")["contact_id"].to_pylist() == ["ann", "bob"]
    engine.release(begun)


def test_what_cannot_be_begun_is_told_whoever_waits_for_it(engine, built, tmp_path):
    engine.begun(dataclasses.replace(built, members=ibis.table({"contact_id": "string"}, "nowhere")))
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        engine.write(built.members, tmp_path / "members", 10)
    assert len(engine.held(built).members.to_pyarrow()) == 2


def test_what_is_read_once_is_not_held_and_says_the_same(backend, engine, built, tmp_path):
    begun = engine.begun(built, once=("gifts",))
    engine.write(begun.gifts.order_by("gift_id"), tmp_path / "gifts", 10)
    assert pq.read_table(tmp_path / "gifts")["gift_id"].to_pylist() == ["a", "b"]
    assert "ledger_members" in made(backend)
    assert "ledger_gifts" not in made(backend)
    engine.release(begun)
    assert not made(backend)


def test_steps_that_are_kept_are_plain_tables_until_the_end(backend, engine, built, tmp_path):
    with engine.keeping() as keep:
        people = keep(built.members)
        engine.write(keep(people.group_by("unit_id").agg(people=people.count())), tmp_path / "people", 10)
        assert made(backend) == {"kept_0", "kept_1"}
    assert not made(backend)
    assert pq.read_table(tmp_path / "people")["people"].to_pylist() == [1, 1]


def test_members_are_read_where_they_are_held():
    built = build_ledger({name: ibis.table(table.schema(), name) for name, table in snapshot().items()})
    held = {}
    for name, table in resting_on_held(built, held):
        query = str(ibis.to_sql(table, dialect="duckdb"))
        assert ("held_members" in query) == (name not in ("members", "reversals")), name
        assert ('"contacts"' in query) == (name == "members"), name
        held[name] = ibis.table(table.schema(), f"held_{name}")
