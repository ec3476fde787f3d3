"""The real charity-marathon gifts as a ledger: each donor id a household of one, anonymous gifts left out."""

from __future__ import annotations

import datetime as dt
import pathlib

import ibis
from steward.donors import Ledger, build_ledger
from steward.salesforce import contract

GIFTS = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data" / "gdq" / "donations.csv.gz"
LAST_DAY = dt.date(2015, 8, 10)  # the day after the last gift

_FILLED = {
    "accounts": """SELECT DISTINCT ON (donor_id) donor_id AS account_id, true AS is_individual,
        'Household Account' AS account_type, date::DATE AS created_on FROM gdq ORDER BY donor_id, date""",
    "contacts": """SELECT DISTINCT ON (donor_id) 'c' || donor_id AS contact_id, donor_id AS account_id,
        date::DATE AS created_on FROM gdq ORDER BY donor_id, date""",
    "opportunities": """SELECT 'g' || row_number() OVER (ORDER BY date, donor_id, amount) AS gift_id,
        donor_id AS account_id, 'c' || donor_id AS primary_contact_id, amount, date::DATE AS close_date, true AS is_won,
        true AS is_closed, event AS campaign_id, date::DATE AS created_on FROM gdq""",
    "campaigns": "SELECT DISTINCT event AS campaign_id, 'Event' AS type FROM gdq",
}


def ledger(connection: ibis.BaseBackend) -> Ledger:
    connection.raw_sql(
        f"""CREATE TABLE gdq AS SELECT * FROM read_csv('{GIFTS}', types = {{'amount': 'DECIMAL(18,2)'}})
        WHERE donor_id IS NOT NULL AND amount > 0"""
    )
    return build_ledger({name: _table(connection, name) for name in (*(t.name for t in contract.TABLES), "settings")})


def first_gift(gifts: Ledger) -> dt.date:
    day: dt.date = gifts.gifts.aggregate(day=gifts.gifts.gift_date.min()).to_pyarrow()["day"][0].as_py()
    return day


def _table(connection: ibis.BaseBackend, name: str) -> ibis.Table:
    columns = contract.SETTINGS if name == "settings" else contract.table(name).columns
    typed = ", ".join(f"{one.name} {one.kind.parquet}" for one in columns)
    connection.raw_sql(f"CREATE TABLE gdq_{name} ({typed})")
    if name == "settings":
        _insert_defaults(connection)
    elif name in _FILLED:
        connection.raw_sql(f"INSERT INTO gdq_{name} BY NAME {_FILLED[name]}")
        ticks = [one.name for one in columns if one.kind.parquet == "BOOLEAN"]
        for tick in ticks:  # a checkbox is never null
            connection.raw_sql(f"UPDATE gdq_{name} SET {tick} = coalesce({tick}, false)")
    return connection.table(f"gdq_{name}")


def _insert_defaults(connection: ibis.BaseBackend) -> None:
    values = {one.name: {"false": False}.get(one.default, one.default) for one in contract.SETTINGS}
    marks = ", ".join("?" for _ in values)
    connection.con.execute(f"INSERT INTO gdq_settings ({', '.join(values)}) VALUES ({marks})", list(values.values()))
