"""A nonprofit of any size as Bulk query pages, seeded: python tests/benchmarks/generator.py FOLDER --donors 1000000

About ten gifts a Contact, skewed as donors are: two in five households gave once, a fifth are sustainers with up to 120
installments, a few organizations gave 50,000 times; people begin, grow, lapse and return, so that models have something
to learn. Everything follows from row numbers and the seed by hashing, whatever the threads; DuckDB writes it page by
page, out of core. `--changes` writes the pages of an ordinary day instead: new gifts of 2 % of the households.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import json
import pathlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "backend")]

from steward.salesforce import contract, loading  # noqa: E402
from steward.salesforce.terms import Kind, Table  # noqa: E402

A_CONTACT = 0.77  # households a Contact: three in ten have two people
ORGANIZATIONS = 0.004  # a Contact
LARGE, OF_A_LARGE = 0.000002, 0.005  # organizations a Contact that give so many gifts a Contact (50,000 of 10 M)
CAMPAIGNS, FUNDS = 200, 12
_COUNTS = "counts.json"
UNITS_A_PAGE = 20_000  # households whose gifts make one page: about 250,000 rows, as the gateway asks for

_UNITS = """
CREATE OR REPLACE TABLE units AS
WITH homes AS (SELECT i AS unit, false AS organization FROM range({homes}) AS t(i)
    UNION ALL SELECT {homes} + i, true FROM range({organizations}) AS t(i)),
drawn AS (SELECT *, chance(unit, 1) AS kind, chance(unit, 2) AS long, chance(unit, 3) AS begun FROM homes),
styled AS (SELECT *, CASE WHEN organization AND unit - {homes} < {large} THEN 'large' WHEN kind < 0.38 THEN 'once'
    WHEN kind < 0.62 THEN 'few' WHEN kind < 0.79 THEN 'loyal' WHEN kind < 0.985 THEN 'monthly' ELSE 'none' END AS style
    FROM drawn)
SELECT unit, organization, style, kind,
    CASE style WHEN 'once' THEN 1 WHEN 'few' THEN 2 + (long * 6)::INTEGER WHEN 'loyal' THEN 3 + (long * 22)::INTEGER
        WHEN 'monthly' THEN 3 + (pow(long, 0.6) * 117)::INTEGER WHEN 'large' THEN {of_a_large} ELSE 0 END AS gifts,
    (30 + 4300 * pow(begun, 1.2))::INTEGER AS first_day,
    exp(3.6 + 1.1 * (chance(unit, 4) + chance(unit, 5) + chance(unit, 6) - 1.5) * 2
        + CASE WHEN organization THEN 2 ELSE 0 END) AS size,
    (chance(unit, 7) - 0.4) * 0.25 AS growth, chance(unit, 8) < 0.3 AND NOT organization AS two_people
FROM styled
"""
# `day`: days before the end; what would lie in the future is left out, which makes young donors of some.
_GIFTS = """
WITH numbered AS (SELECT *, unnest(range(gifts)) AS n FROM units WHERE unit >= {start} AND unit < {stop}),
dated AS (SELECT *, unit * 65536 + n AS gift, CASE style
    WHEN 'monthly' THEN first_day - n * 30.4375
    WHEN 'loyal' THEN first_day - n * (365.25 / (1 + (kind > 0.74)::INTEGER)) + (chance(gift, 11) - 0.5) * 60
    WHEN 'large' THEN 3600 * chance(gift, 11)
    WHEN 'few' THEN first_day - pow(chance(gift, 11), 1.5) * least(first_day, 1500)
    ELSE first_day END::INTEGER AS day FROM numbered),
kept AS (SELECT *, unit * 65536 + n AS number, day // 365 AS years_ago FROM dated WHERE day > 0)
SELECT {columns} FROM kept ORDER BY number
"""
# A day on which 2 % of the households gave once more.
_NEW = """
WITH kept AS (SELECT *, unit * 65536 + 65000 AS number, gifts AS n, 1 AS day, 0 AS years_ago FROM units
    WHERE chance(unit, 30) < {share} AND NOT organization AND style <> 'none')
SELECT {columns}, 'false' AS deleted FROM kept ORDER BY number
"""
_VALUES = {
    "contacts": {
        "Id": "id('003', unit * 2 + person)", "AccountId": "id('001', unit)",
        "npsp__Deceased__c": "chance(unit * 2 + person, 20) < 0.01",
        "npsp__Do_Not_Contact__c": "chance(unit * 2 + person, 21) < 0.01",
        "HasOptedOutOfEmail": "chance(unit * 2 + person, 22) < 0.12",
        "AI_Opt_Out__c": "chance(unit * 2 + person, 23) < 0.005", "CreatedDate": "created(first_day)",
    },
    "accounts": {
        "Id": "id('001', unit)", "npe01__SYSTEMIsIndividual__c": "NOT organization",
        "npe01__SYSTEM_AccountType__c": "CASE WHEN NOT organization THEN 'Household Account' END",
        "npe01__One2OneContact__c": "CASE WHEN NOT organization THEN id('003', unit * 2) END",
        "CreatedDate": "created(first_day)",
    },
    "opportunities": {
        "Id": "id('006', number)", "AccountId": "id('001', unit)",
        "npsp__Primary_Contact__c": "CASE WHEN NOT organization THEN id('003', unit * 2) END",
        "Amount": "round(CASE WHEN style = 'monthly' THEN greatest(round(size / 8) * 1.0, 5) * (1 + 0.2 * floor(n / 24))"
                  " ELSE greatest(round(size * exp(growth * (10 - years_ago) / 3 + 0.7 * (chance(number, 12) - 0.5)) / 5)"
                  " * 5, 5) END, 2)",
        "CloseDate": "DATE '{end}' - day", "IsWon": "chance(number, 13) < 0.97", "IsClosed": "true", "Type": "''",
        "CampaignId": "CASE WHEN chance(number, 14) < 0.6 AND style <> 'monthly'"
                      " THEN id('701', (chance(number, 15) * {campaigns})::INTEGER) END",
        "npe03__Recurring_Donation__c": "CASE WHEN style = 'monthly' THEN id('a09', unit) END",
        "npsp__Recurring_Donation_Installment_Number__c": "CASE WHEN style = 'monthly' THEN n + 1 END",
        "CreatedDate": "created(day)",
    },
    "recurring": {
        "Id": "id('a09', unit)", "npe03__Contact__c": "CASE WHEN NOT organization THEN id('003', unit * 2) END",
        "npe03__Organization__c": "id('001', unit)", "npe03__Amount__c": "greatest(round(size / 8), 5)",
        "npe03__Installment_Period__c": "'Monthly'", "npsp__RecurringType__c": "'Open'",
        "npsp__Status__c": "CASE WHEN first_day - gifts * 30.4375 > 0 THEN 'Closed' ELSE 'Active' END",
        "npsp__PaymentMethod__c": "'Credit Card'", "npe03__Date_Established__c": "DATE '{end}' - first_day",
        "npsp__EndDate__c": "CASE WHEN first_day - gifts * 30.4375 > 0 THEN"
                            " DATE '{end}' - (first_day - gifts * 30.4375)::INTEGER END",
    },
    "campaigns": {
        "Id": "id('701', i)", "Type": "list_value('Direct Mail', 'Email', 'Event', 'Telemarketing')[1 + i % 4]",
    },
    "gaus": {
        "Id": "id('a04', i)", "Name": "'Fund ' || i", "npsp__Active__c": "true",
    },
}  # fmt: skip
_ROWS = {
    "contacts": "units, range(CASE WHEN organization THEN 0 WHEN two_people THEN 2 ELSE 1 END) AS t(person)"
                " ORDER BY unit, person",
    "accounts": "units ORDER BY unit",
    "recurring": "units WHERE style = 'monthly' ORDER BY unit",
    "campaigns": "range({campaigns} + 1) AS t(i)",
    "gaus": "range({funds}) AS t(i)",
}  # fmt: skip
_PLAIN = {Kind.FLAG: "false"}


@dataclass(frozen=True)
class World:
    """`donors` is the number of Contacts; gifts lie before `end`."""

    donors: int
    end: dt.date
    seed: int = 7
    share: float = 0.02

    @property
    def homes(self) -> int:
        return round(self.donors * A_CONTACT)

    @property
    def organizations(self) -> int:
        return max(round(self.donors * ORGANIZATIONS), 2)


def write(world: World, folder: pathlib.Path, *, changes: bool = False, memory: str = "1GB", threads: int = 2) -> int:
    """Writes pages `table-0000.csv`, …, and returns how many gifts they hold. Tables that have no rows have no page."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"threads": threads, "memory_limit": memory, "temp_directory": str(folder)}) as db:
        _define(db, world)
        written: collections.Counter[str] = collections.Counter()
        for name, number, query in _queries(world, changes):
            page = folder / f"{name}-{number:04d}.csv"
            done = db.execute(f"COPY ({query}) TO '{page}' (HEADER, FORCE_QUOTE *)").fetchone()
            written[name] += int(done[0]) if done else 0
    (folder / _COUNTS).write_text(json.dumps(written), encoding="utf-8")
    return written["opportunities"]


def columns(table: Table, *, changes: bool = False) -> list[str]:
    """The pages' columns, as SOQL paths."""
    return loading.raw_columns(table, (), ("IsDeleted",) if changes else ())


def pages(folder: pathlib.Path, table: str) -> tuple[pathlib.Path, ...]:
    return tuple(sorted(folder.glob(f"{table}-[0-9]*.csv")))


def counts(folder: pathlib.Path) -> dict[str, int]:
    """How many rows the pages of each table hold, as the org says of its own."""
    found: dict[str, int] = json.loads((folder / _COUNTS).read_text(encoding="utf-8"))
    return found


def _define(db: duckdb.DuckDBPyConnection, world: World) -> None:
    db.execute(f"CREATE MACRO chance(i, k) AS (hash(i::BIGINT, k, {world.seed}) >> 11)::DOUBLE / 9007199254740992")
    db.execute("CREATE MACRO id(prefix, n) AS printf('%s%012dAAA', prefix, n::BIGINT)")
    db.execute(
        f"CREATE MACRO created(day) AS strftime(DATE '{world.end}' - day::INTEGER, '%Y-%m-%d') || 'T09:00:00.000Z'"
    )
    large = max(round(world.donors * LARGE), 1)
    query = _UNITS.format(
        homes=world.homes, organizations=world.organizations, large=large,
        of_a_large=max(round(world.donors * 10 * OF_A_LARGE), 10),
    )  # fmt: skip
    db.execute(query)


def _queries(world: World, changes: bool) -> Iterator[tuple[str, int, str]]:
    """(table, number of the page, query)."""
    words = {"end": world.end, "campaigns": CAMPAIGNS, "funds": FUNDS}
    gifts = _select("opportunities").format(**words)
    if changes:
        yield "opportunities", 0, _NEW.format(columns=gifts, share=world.share)
        return
    for name, source in _ROWS.items():
        yield name, 0, f"SELECT {_select(name)} FROM {source}".format(**words)
    stops = range(0, world.homes + world.organizations, UNITS_A_PAGE)
    for number, start in enumerate(stops):
        yield "opportunities", number, _GIFTS.format(start=start, stop=start + UNITS_A_PAGE, columns=gifts)


def _select(name: str) -> str:
    """Every column of the contract, in its order; what this world has none of is empty."""
    table, values = contract.table(name), _VALUES[name]
    kinds = {path: column.kind for column in table.columns for path in column.paths}
    return ", ".join(
        f'CAST({values.get(path, _PLAIN.get(kinds[path], "NULL"))} AS VARCHAR) AS "{path}"' for path in columns(table)
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--donors", type=int, default=100_000)
    options.add_argument("--end", type=dt.date.fromisoformat, default=dt.date(2026, 3, 16))
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--changes", action="store_true")
    chosen = options.parse_args()
    began = time.perf_counter()
    gifts = write(World(chosen.donors, chosen.end, chosen.seed), chosen.folder, changes=chosen.changes)
    size = sum(page.stat().st_size for page in chosen.folder.glob("*.csv"))
    print(f"{chosen.donors:,} Contacts, {gifts:,} gifts, {size / 1e6:,.0f} MB, {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
