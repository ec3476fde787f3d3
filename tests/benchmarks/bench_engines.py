"""The same ledger and features on DuckDB and on Spark, one process each: `python tests/benchmarks/bench_engines.py`.

Needs `.venv-spark` (`make setup`). Ratios count, not seconds; Spark's start is told apart, for a cluster has started before.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import duckdb

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT / "tests" / "unit" / "donors"), str(ROOT / "tests" / "benchmarks")]

PYTHON = {"duckdb": sys.executable, "spark": str(ROOT / ".venv-spark" / "bin" / "python")}


def tables(folder: pathlib.Path, gifts: int) -> None:
    """A snapshot of one-member households whose gifts are bench_features' own."""
    import bench_features
    import pyarrow.parquet as pq
    from snapshot_tables import arrow_tables, schema

    for name, table in arrow_tables().items():
        pq.write_table(table, folder / f"{name}.parquet")
    bench_features.generate(str(folder), gifts, "8GB")
    with duckdb.connect() as db:
        for name, query in {
            "opportunities": f"SELECT {bench_features.TYPED} FROM {bench_features.READ.format(folder=folder)}",
            "accounts": f"SELECT DISTINCT account_id, true AS is_individual, false AS all_members_deceased, "
            f"DATE '2020-01-01' AS created_on FROM {bench_features.READ.format(folder=folder)}",
        }.items():
            db.register("shape", schema(name).empty_table())
            db.execute(f"COPY (FROM shape UNION ALL BY NAME {query}) TO '{folder / name}.parquet'")
            db.unregister("shape")
    (folder / "gifts.csv").unlink()


def compute(engine_name: str, folder: pathlib.Path) -> None:
    """Starts the engine, computes, and says how long both took and what came out."""
    import datetime as dt

    from steward import features
    from steward.donors import build_ledger

    start = time.perf_counter()
    engine = _engine(engine_name, folder)
    ready = time.perf_counter()
    paths = {path.stem: path for path in folder.glob("*.parquet") if not path.stem.startswith("features-")}
    ledger = engine.held(build_ledger(engine.tables(paths)))
    out = folder / f"features-{engine_name}.parquet"
    engine.write(features.compute(ledger, dt.date(2024, 7, 1)), out, 20_000)
    done = time.perf_counter()
    print(json.dumps({"start": ready - start, "wall": done - ready}))


def _engine(name: str, folder: pathlib.Path):  # type: ignore[no-untyped-def]
    if name == "spark":
        from steward.engines.spark import Spark

        return Spark("spark", folder / "home", 2)
    import ibis
    from steward.engines.embedded import Embedded

    return Embedded(ibis.duckdb.connect(threads=2))


def timed(engine: str, folder: pathlib.Path) -> dict[str, float]:
    command = [PYTHON[engine], __file__, "--engine", engine, "--folder", str(folder)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JAVA_", "SPARK_"))}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=clean | {"SPARK_LOCAL_IP": "127.0.0.1"}
    )
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def differing(folder: pathlib.Path) -> tuple[int, int]:
    """Units, and those of which any feature differs."""
    ours, theirs = (f"read_parquet('{folder}/features-{name}.parquet')" for name in ("duckdb", "spark"))
    with duckdb.connect() as db:
        count = (
            f"SELECT count(*) FROM ((FROM {ours} EXCEPT FROM {theirs}) UNION ALL (FROM {theirs} EXCEPT FROM {ours}))"
        )
        return db.execute(f"SELECT (SELECT count(*) FROM {ours}), ({count})").fetchall()[0]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gifts", type=int, default=1_000_000)
    options.add_argument("--engine", choices=PYTHON, help=argparse.SUPPRESS)
    options.add_argument("--folder", type=pathlib.Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.engine:
        compute(chosen.engine, chosen.folder)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tables(folder, chosen.gifts)
        found = {engine: timed(engine, folder) for engine in PYTHON}
        units, wrong = differing(folder)
    print(f"{chosen.gifts:,} gifts, {units:,} units, 2 threads: ledger and features")
    for engine, seconds in found.items():
        times = seconds["wall"] / found["duckdb"]["wall"]
        print(f"{engine:8s} start {seconds['start']:6.1f} s  then {seconds['wall']:6.1f} s  {times:5.1f} x DuckDB")
    print("every feature of every unit is equal" if not wrong else f"{wrong:,} ROWS DIFFER")


if __name__ == "__main__":
    main()
