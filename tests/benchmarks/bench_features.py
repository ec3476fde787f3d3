"""Time and memory of ledger + features beside a bare parse of the same CSV: `python tests/benchmarks/bench_features.py`.

Each phase is a process of its own, so that its processor time and its peak memory are its own. Ratios count, not seconds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import duckdb
import ibis

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT / "tests" / "unit" / "donors")]

from snapshot_tables import arrow_tables  # noqa: E402
from steward import features  # noqa: E402
from steward.donors import Ledger, build_ledger  # noqa: E402
from steward.engines.engine import resting_on_held  # noqa: E402
from steward.night import known  # noqa: E402

AS_OF = dt.date(2024, 7, 1)
# Skewed as donors are: a few give hundreds of times, most once or twice; a fifth of gifts are installments.
GIFTS = """
copy (
  select printf('%016x', hash(i)) as gift_id,
    printf('%016x', hash('unit' || cast(floor(pow(random(), 2) * {gifts} / 10) as bigint))) as account_id,
    cast(round(exp(3.5 + 1.2 * (random() + random() + random() - 1.5)), 2) as decimal(18, 2)) as amount,
    date '2024-12-31' - cast(floor(pow(random(), 1.3) * 4000) as integer) as close_date,
    true as is_won, true as is_closed,
    case when random() < 0.7 then printf('%016x', hash('campaign' || cast(floor(random() * 200) as bigint))) end as campaign_id,
    case when random() < 0.2 then printf('%016x', hash('plan' || cast(floor(random() * {gifts} / 50) as bigint))) end as recurring_id
  from range({gifts}) as t(i)
) to '{folder}/gifts.csv' (header, force_quote *)
"""
READ = "read_csv('{folder}/gifts.csv', all_varchar = true, header = true)"
TYPED = (
    "gift_id, account_id, amount::decimal(18, 2) as amount, close_date::date as close_date, is_won::boolean as is_won, "
    "is_closed::boolean as is_closed, campaign_id, recurring_id"
)


def connect(memory: str, folder: str) -> duckdb.DuckDBPyConnection:
    options = {"threads": 2, "memory_limit": memory, "temp_directory": folder, "preserve_insertion_order": False}
    return duckdb.connect(config=options)


def generate(folder: str, gifts: int, memory: str) -> None:
    connection = connect("8GB", folder)
    connection.execute("select setseed(0.5)").fetchall()
    connection.execute(GIFTS.format(gifts=gifts, folder=folder)).fetchall()


def parse(folder: str, gifts: int, memory: str) -> None:
    """Read and type every column, keep nothing: the floor."""
    columns = ", ".join(
        f"max({name})" for name in ("gift_id", "account_id", "close_date", "campaign_id", "recurring_id")
    )
    connection = connect(memory, folder)
    connection.execute(
        f"select sum(amount), {columns} from (select {TYPED} from {READ.format(folder=folder)})"
    ).fetchall()


def snapshot(folder: str, gifts: int, memory: str) -> None:
    """What the gateway leaves: gifts and the accounts they lead to, as Parquet."""
    connection = connect(memory, folder)
    connection.execute(
        f"copy (select {TYPED} from {READ.format(folder=folder)}) to '{folder}/gifts.parquet'"
    ).fetchall()
    connection.execute(
        f"copy (select distinct account_id, true as is_individual, false as all_members_deceased, date '2020-01-01' as created_on "
        f"from '{folder}/gifts.parquet') to '{folder}/accounts.parquet'"
    ).fetchall()


def build(folder: str) -> list[str]:
    """A night's statements: the ledger held part by part, then its features step by step. The same for ten gifts and for ten
    million."""
    unbound = {
        name: ibis.table(ibis.Schema.from_pyarrow(table.schema), name=name) for name, table in arrow_tables().items()
    }
    held: dict[str, ibis.Table] = {}
    statements: list[str] = []

    def made(name: str, table: ibis.Table) -> ibis.Table:
        statements.append(f"create temp table {name} as {ibis.to_sql(table, dialect='duckdb')}")
        return ibis.table(table.schema(), name=name)

    for name, part in resting_on_held(build_ledger(unbound), held):
        held[name] = part if name in known.ONCE else made(f"ledger_{name}", part)
    found = features.compute(Ledger(**held), AS_OF, lambda step: made(f"kept_{len(statements)}", step))
    return [*statements, f"copy ({ibis.to_sql(found, dialect='duckdb')}) to '{folder}/features.parquet'"]


def compile_only(folder: str, gifts: int, memory: str) -> None:
    (pathlib.Path(folder) / "statements.json").write_text(json.dumps(build(folder)), encoding="utf-8")


def compute(folder: str, gifts: int, memory: str) -> None:
    connection = connect(memory, folder)
    empty = arrow_tables()
    for name, table in empty.items():
        connection.register("incoming", table)
        connection.execute(f"create table {name} as from incoming").fetchall()
    connection.unregister("incoming")
    parquet = f"'{folder}/gifts.parquet'"
    missing = [name for name in empty["opportunities"].column_names if name not in TYPED]
    nulls = ", ".join(f"cast(null as {_sql_type(empty['opportunities'], name)}) as {name}" for name in missing)
    connection.execute("drop table opportunities").fetchall()
    connection.execute(f"create view opportunities as select *, {nulls} from {parquet}").fetchall()
    connection.execute(f"insert into accounts by name from '{folder}/accounts.parquet'").fetchall()
    for statement in json.loads((pathlib.Path(folder) / "statements.json").read_text(encoding="utf-8")):
        connection.execute(statement).fetchall()


def _sql_type(table: object, name: str) -> str:
    kind = table.schema.field(name).type  # type: ignore[attr-defined]
    return {"string": "varchar", "int64": "bigint", "date32[day]": "date", "bool": "boolean"}.get(
        str(kind), "decimal(18, 2)"
    )


PHASES = {"generate": generate, "parse": parse, "snapshot": snapshot, "compile": compile_only, "compute": compute}


# A child inherits its parent's peak memory in Linux's books, so this process keeps small: it only starts the others.
def phase(name: str, folder: str, gifts: int, memory: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--phase", name, "--folder", folder, "--gifts", str(gifts), "--memory", memory]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measured(name: str, folder: str, gifts: int, memory: str) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    PHASES[name](folder, gifts, memory)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "peak": peak}))


def content(folder: str) -> tuple[object, ...]:
    """Of every value of every row, whatever the order of the rows in the file."""
    sums = "count(*), sum(hash(r)::hugeint), bit_xor(hash(r))"
    row = duckdb.connect(config={"memory_limit": "300MB"}).execute(f"select {sums} from '{folder}/features.parquet' r")
    return tuple(row.fetchall()[0])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gifts", type=int, default=1_000_000)
    options.add_argument("--memory", default="1GB", help="the small limit, compared with 8GB")
    options.add_argument("--phase", choices=PHASES, help=argparse.SUPPRESS)
    options.add_argument("--folder", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.phase:
        measured(chosen.phase, chosen.folder, chosen.gifts, chosen.memory)
        return
    with tempfile.TemporaryDirectory() as folder:
        phase("generate", folder, chosen.gifts, "8GB")
        floor = phase("parse", folder, chosen.gifts, "8GB")
        steps = {"parse": floor, "snapshot": phase("snapshot", folder, chosen.gifts, "8GB")}
        steps["compile, once"] = phase("compile", folder, chosen.gifts, "8GB")
        contents: set[tuple[object, ...]] = set()
        for memory in ("8GB", "8GB", chosen.memory):
            steps[f"features, {memory}"] = phase("compute", folder, chosen.gifts, memory)
            contents.add(content(folder))
    print(f"{chosen.gifts:,} gifts, DuckDB {duckdb.__version__}, 2 threads, {len(features.CATALOGUE)} features")
    print(f"{'phase':18s} {'wall s':>8s} {'cpu s':>8s} {'x parse (cpu)':>14s} {'peak MB':>8s}")
    for name, one in steps.items():
        print(f"{name:18s} {one['wall']:8.2f} {one['cpu']:8.2f} {one['cpu'] / floor['cpu']:14.1f} {one['peak']:8.0f}")
    print("three runs identical" if len(contents) == 1 else f"RUNS DIFFER: {contents}")


if __name__ == "__main__":
    main()
