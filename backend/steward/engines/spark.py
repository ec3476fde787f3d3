"""Spark: the same expressions on a cluster that shares Steward's home folder, for those who outgrow one machine.

The ledger is kept in buckets by giving unit. Building it moves each gift to its unit; from then on everything that is
known of a unit lies in one bucket, and features and scores are computed where it lies.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import pathlib
import shutil
import sys
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
from pyarrow import dataset

from steward.donors import Ledger
from steward.engines.engine import Result, Task, resting_on_held
from steward.errors import ConfigError

LOCAL = "spark"  # Spark in this process: to try it out
_UNIT = "unit_id"
_GIFTS_A_BUCKET = 250_000
_FEWEST, _MOST = 8, 4_096
# What makes the answers the same as the embedded engine's, and what a long night needs; the rest is the cluster's own
# (spark-defaults.conf).
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.autoBroadcastJoinThreshold": "64m",
    "spark.ui.showConsoleProgress": "false",
}


class Spark:
    spreads = True

    def __init__(self, url: str, home: pathlib.Path, threads: int) -> None:
        self._session = _session(f"local[{threads}]" if url == LOCAL else url)
        self._folder = home.resolve() / "spark"
        self._backend: Any = ibis.pyspark.connect(self._session)
        self._buckets = _FEWEST

    def tables(self, paths: Mapping[str, pathlib.Path]) -> dict[str, ir.Table]:
        gifts = dataset.dataset(paths["opportunities"]).count_rows() if "opportunities" in paths else 0
        self._buckets = min(max(gifts // _GIFTS_A_BUCKET, _FEWEST), _MOST)
        self._session.conf.set("spark.sql.shuffle.partitions", str(self._buckets))
        return {name: self._backend.read_parquet(path.resolve().as_uri()) for name, path in paths.items()}

    def begun(self, ledger: Ledger, once: Collection[str] = ()) -> Ledger:
        """All is held: what lies in buckets by unit is not moved again."""
        return self.held(ledger)

    def held(self, ledger: Ledger) -> Ledger:
        kept: dict[str, ir.Table] = {}
        for part, table in resting_on_held(ledger, kept):
            frame = self._session.sql(self._backend.compile(table))
            name = f"ledger_{part}"
            if _UNIT in frame.columns:
                writer = frame.repartition(self._buckets, _UNIT).write.bucketBy(self._buckets, _UNIT).sortBy(_UNIT)
            else:
                writer = frame.write
            writer.mode("overwrite").option("path", (self._folder / name).as_uri()).saveAsTable(name)
            kept[part] = self._backend.table(name)
        return Ledger(**kept)

    def release(self, ledger: Ledger) -> None:
        for part in dataclasses.fields(ledger):
            self._session.sql(f"DROP TABLE {getattr(ledger, part.name).get_name()}")
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextlib.contextmanager
    def keeping(self) -> Iterator[Callable[[ir.Table], ir.Table]]:
        yield lambda table: table  # whoever runs a cluster has the memory for all steps at once

    def write(self, table: ir.Table, path: pathlib.Path, rows: int) -> None:
        """A folder of parts, which whoever reads Parquet takes for one file."""
        frame = self._session.sql(self._backend.compile(table))
        frame.write.mode("overwrite").option("parquet.block.row.count.limit", rows).parquet(path.resolve().as_uri())

    def each(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Sequence[Result]:
        found: list[Result] = self._session.sparkContext.parallelize(tasks, max(len(tasks), 1)).map(work).collect()
        return found

    def close(self) -> None:
        self._session.stop()


def _session(master: str) -> Any:
    if importlib.util.find_spec("pyspark") is None:
        raise ConfigError(
            "This Python has no pyspark.", "Run .venv-spark/bin/steward instead, which `make setup` made; see docs/cluster.md."
        )  # fmt: skip
    from pyspark.sql import SparkSession  # noqa: PLC0415  half a gigabyte that one machine never needs

    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
    builder = SparkSession.builder.master(master).appName("steward")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    session.sparkContext.pythonExec = sys.executable  # the workers' Python: the same environment at the same path
    return session
