"""Random but believable histories of donors, and an engine that computes their features with one compiled query."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import random
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from snapshot_tables import Rows, arrow_tables
from steward import features
from steward.donors import Ledger, build_ledger

History = dict[str, list[dict[str, Any]]]

ROLES = ("Soft Credit", "Household Member", "Matched Donor", "Solicitor", "Honoree")
HOMES = [f"home{n}" for n in range(6)]
FIRMS = ["firm0", "firm1"]
UNITS = [*HOMES, *FIRMS]
PEOPLE = [f"person{n}" for n in range(10)]


def history(seed: int, first: dt.date, last: dt.date) -> History:
    """Everything dated in [first, last]."""
    chance = random.Random(seed)

    def day() -> dt.date:
        return first + dt.timedelta(days=chance.randrange((last - first).days + 1))

    def rows(prefix: str, most: int, make: Any) -> list[dict[str, Any]]:
        return [make(f"{prefix}{n}") for n in range(chance.randrange(most + 1))]

    def maybe(value: Any, share: float = 0.5) -> Any:
        return value if chance.random() < share else None

    def opportunity(key: str) -> dict[str, Any]:
        won = chance.random() < 0.85
        date = day()
        return {
            "gift_id": key, "account_id": chance.choice([*UNITS, None]), "primary_contact_id": maybe(chance.choice(PEOPLE)),
            "amount": maybe(chance.choice([5, 25, 25, 50, 99.99, 1000, 0]), 0.97), "close_date": date,
            "is_won": won, "is_closed": won or chance.random() < 0.5, "campaign_id": maybe(f"campaign{chance.randrange(4)}"),
            "recurring_id": maybe(f"plan{chance.randrange(4)}", 0.3),
            "ask_date": maybe(date - dt.timedelta(days=chance.randrange(90)), 0.3), "requested_amount": maybe(200, 0.2),
        }  # fmt: skip

    gifts = rows("gift", 120, opportunity)
    ids = [gift["gift_id"] for gift in gifts] or ["none"]
    dated = {gift["gift_id"]: gift["close_date"] for gift in gifts}

    def payment(key: str) -> dict[str, Any]:
        gift = chance.choice(ids)
        later = dated.get(gift, first) + dt.timedelta(days=chance.randrange(400))
        kind = maybe("Partial Refund", 0.5)
        return {
            "payment_id": key, "gift_id": gift, "amount": chance.choice([-5, -25]) if kind else 20, "payment_date": later,
            "paid": True, "method": chance.choice(["Credit Card", "Check", None]),
            "card_expires_on": maybe((later + dt.timedelta(days=chance.randrange(500))).replace(day=1)),
            "written_off": not kind and chance.random() < 0.3, "debit_type": kind,
        }  # fmt: skip

    return {
        "accounts": [
            {"account_id": key, "is_individual": key in HOMES, "account_type": None, "created_on": day()} for key in UNITS
        ],
        "contacts": [
            {"contact_id": key, "account_id": chance.choice([*HOMES, "firm0", None]), "created_on": day()} for key in PEOPLE
        ],
        "opportunities": gifts,
        "payments": rows("payment", 20, payment),
        "contact_roles": rows("role", 60, lambda key: {
            "role_id": key, "gift_id": chance.choice(ids), "contact_id": chance.choice(PEOPLE),
            "role": chance.choice(ROLES), "is_primary": chance.random() < 0.3,
        }),
        "account_soft_credits": rows("credit", 10, lambda key: {
            "credit_id": key, "gift_id": chance.choice(ids), "account_id": chance.choice(UNITS),
            "amount": maybe(chance.choice([10, 25])), "role": "Donation Source",
        }),
        "recurring": rows("plan", 6, lambda key: {
            "recurring_id": key, "account_id": chance.choice(UNITS), "amount": 10, "period": "Monthly",
            "established_on": day(), "ended_on": maybe(day()),
        }),
        "campaign_members": rows("member", 40, lambda key: {
            "member_id": key, "campaign_id": f"campaign{chance.randrange(4)}", "contact_id": chance.choice(PEOPLE),
            "created_on": day(), **(chance.choice([{}, {"responded": True, "responded_on": day()}])),
        }),
        "tasks": rows("task", 30, lambda key: {
            "task_id": key, "contact_id": maybe(chance.choice(PEOPLE)), "account_id": maybe(chance.choice(UNITS)),
            "is_closed": chance.random() < 0.7, "activity_date": day(), "created_on": day(),
        }),
        "events": rows("event", 10, lambda key: {
            "event_id": key, "contact_id": chance.choice(PEOPLE), "activity_date": day(), "created_on": day(),
        }),
        "volunteer_hours": rows("hours", 20, lambda key: {
            "hours_id": key, "contact_id": chance.choice(PEOPLE), "status": chance.choice(["Completed", "No-Show"]),
            "start_date": day(), "hours": chance.choice([1, 2.5]),
        }),
    }  # fmt: skip


def shifted(rows: History, days: int) -> History:
    move = dt.timedelta(days=days)
    return {
        name: [{k: v + move if isinstance(v, dt.date) else v for k, v in row.items()} for row in table]
        for name, table in rows.items()
    }


class Engine:
    """One connection, one compiled ledger and one compiled query a date; `load` changes the rows under them."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 2})
        empty = arrow_tables()
        for name, table in empty.items():
            self._create(name, table)
        unbound = {name: ibis.table(ibis.Schema.from_pyarrow(table.schema), name=name) for name, table in empty.items()}
        built = build_ledger(unbound)
        self._ledger_sql = {field.name: sql(getattr(built, field.name)) for field in dataclasses.fields(built)}
        self.ledger = Ledger(
            **{name: ibis.table(getattr(built, name).schema(), name=f"ledger_{name}") for name in self._ledger_sql}
        )
        self._sql = functools.cache(lambda date: sql(features.compute(self.ledger, date)))

    def load(self, rows: dict[str, Rows]) -> None:
        for name, table in arrow_tables(**rows).items():
            self._create(name, table)
        for name, query in self._ledger_sql.items():
            self.connection.execute(f"create or replace table ledger_{name} as {query}").fetchall()

    def _create(self, name: str, table: pa.Table) -> None:
        self.connection.register("incoming", table)
        self.connection.execute(f"create or replace table {name} as from incoming").fetchall()

    def features(self, as_of: dt.date) -> pa.Table:
        return self.run(self._sql(as_of)).sort_by("unit_id")

    def table(self, name: str) -> list[dict[str, Any]]:
        return self.run(f"from ledger_{name}").to_pylist()

    def run(self, query: str) -> pa.Table:
        return self.connection.sql(query).to_arrow_table()


def sql(expression: ir.Table) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb"))


@functools.cache
def engine() -> Engine:
    return Engine()
