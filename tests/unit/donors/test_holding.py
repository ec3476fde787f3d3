"""A ledger held by an engine says what the expression says, and works nothing out twice."""

import dataclasses

import ibis
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


def test_a_held_ledger_is_the_same_as_the_expression(tmp_path):
    for name, table in snapshot().items():
        table.to_parquet(tmp_path / f"{name}.parquet")
    engine = Embedded(ibis.duckdb.connect())
    built = build_ledger(engine.tables({path.stem: path for path in tmp_path.iterdir()}))
    held = engine.held(built)
    for part in dataclasses.fields(built):
        ours, expected = (getattr(one, part.name).to_pyarrow().to_pylist() for one in (held, built))
        assert sorted(ours, key=repr) == sorted(expected, key=repr), part.name
    assert len(held.soft_credits.to_pyarrow()) == 1
    engine.close()


def test_members_are_read_where_they_are_held():
    built = build_ledger({name: ibis.table(table.schema(), name) for name, table in snapshot().items()})
    held = {}
    for name, table in resting_on_held(built, held):
        query = str(ibis.to_sql(table, dialect="duckdb"))
        assert ("held_members" in query) == (name not in ("members", "reversals")), name
        assert ('"contacts"' in query) == (name == "members"), name
        held[name] = ibis.table(table.schema(), f"held_{name}")
