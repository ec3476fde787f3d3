"""Run by `.venv-spark`'s Python: ledger and features of a snapshot's tables on Spark, as Parquet.

`python spark_features.py TABLES HOME OUT 2024-03-15 …`; prints how often the features move gifts.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import sys
from typing import Any

from steward import features
from steward.donors import build_ledger
from steward.engines.spark import Spark


def main(tables: str, home: str, out: str, *dates: str) -> None:
    engine = Spark("spark", pathlib.Path(home), 2)
    paths = {path.stem: path for path in pathlib.Path(tables).glob("*.parquet")}
    ledger = engine.held(build_ledger(engine.tables(paths)))
    for part in dataclasses.fields(ledger):
        engine.write(getattr(ledger, part.name), pathlib.Path(out) / part.name, 1000)
    for date in dates:
        found = features.compute(ledger, dt.date.fromisoformat(date))
        engine.write(found, pathlib.Path(out) / f"features-{date}", 1000)
    print("moved:", len(moved(engine, features.compute(ledger, dt.date.fromisoformat(dates[0])))))
    engine.close()


def moved(engine: Spark, table: Any) -> list[str]:
    """The steps of the plan that send rows of gifts to another task."""
    engine._session.conf.set("spark.sql.adaptive.enabled", "false")
    frame = engine._session.sql(engine._backend.compile(table))
    plan = frame._jdf.queryExecution().executedPlan().toString()
    return [line for line in plan.splitlines() if "Exchange hashpartitioning(unit_id" in line]


main(*sys.argv[1:])
