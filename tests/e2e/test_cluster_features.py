"""One expression, two engines: ledger and features of odd histories are equal to the last cent on DuckDB and on Spark."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import subprocess
import sys
from typing import Any

import duckdb
import ibis
import pyarrow.parquet as pq
import pytest
from cluster_kit import ROOT, VENV, environment
from steward import features
from steward.donors import Ledger, build_ledger
from steward.engines.embedded import Embedded

sys.path.extend(str(ROOT / "tests" / "unit" / room) for room in ("donors", "features"))
from histories import History, history
from snapshot_tables import arrow_tables

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not (VENV / ".ready").exists(), reason="`make setup` has not made .venv-spark"),
]
SCRIPT = pathlib.Path(__file__).with_name("spark_features.py")
DATES = ("2024-03-15", "2024-02-29")
FIRST, LAST = dt.date(2014, 1, 1), dt.date(2024, 12, 31)


def histories(seeds: range) -> History:
    """Many invented nonprofits in one snapshot: keys are told apart by seed."""
    every: History = {}
    for seed in seeds:
        for table, rows in history(seed, FIRST, LAST).items():
            own = [{name: _keyed(name, value, seed) for name, value in row.items()} for row in rows]
            every.setdefault(table, []).extend(own)
    return every


def _keyed(name: str, value: Any, seed: int) -> Any:
    return f"{value}-{seed}" if name.endswith("_id") and value is not None else value


def odd() -> History:
    """What engines tend to see differently: ties, nulls, shared and refunded gifts, large and tiny amounts."""
    home = {"account_type": "Household Account", "is_individual": True}
    day = dt.date(2023, 12, 31)

    def gift(key: str, amount: Any, date: dt.date = day, account: str = "odd", **more: Any) -> dict[str, Any]:
        return {
            "gift_id": key, "account_id": account, "amount": amount, "close_date": date, "is_won": True, "is_closed": True,
            **more,
        }  # fmt: skip

    return {
        "accounts": [
            {"account_id": "odd", **home},
            {"account_id": "silent", **home},
            {"account_id": "advised", **home},
            {"account_id": "fund", "is_individual": False},
            {"account_id": "bucket", "is_individual": True, "account_type": "Bucket Individual"},
        ],
        "contacts": [{"contact_id": "alone", "account_id": "bucket"}, {"contact_id": "ann", "account_id": "odd"}],
        "opportunities": [
            gift("tie1", 10.01), gift("tie2", 10.02), gift("tie3", 10.02, recurring_id="plan"),
            gift("cents", 0.01, dt.date(2020, 2, 29)), gift("large", 99_999_999.99, dt.date(2021, 3, 31)),
            gift("third", 33.33, dt.date(2023, 2, 28)), gift("half", 0.05, dt.date(2022, 12, 1)),
            gift("refunded", 70, dt.date(2023, 6, 30)), gift("gone", 80, dt.date(2023, 7, 1)),
            gift("shared", 100, account="fund"), gift("shared3", 0.10, account="fund"),
            gift("orphan", 12.34, account=None, primary_contact_id="alone", type="Planned Gift, bequest\\b"),
            gift("march", 5, dt.date(2024, 3, 15)), gift("event", 5, dt.date(2022, 3, 15), campaign_id="fun run"),
        ],
        "campaigns": [{"campaign_id": "fun run", "type": "Charity run"}],
        "payments": [
            {"payment_id": "p1", "gift_id": "refunded", "amount": -33.33, "payment_date": dt.date(2023, 8, 1), "paid": True,
             "debit_type": "Partial Refund"},
            {"payment_id": "p2", "gift_id": "gone", "amount": -80, "payment_date": dt.date(2023, 8, 1), "paid": True},
            {"payment_id": "p3", "gift_id": "shared", "amount": -33.33, "payment_date": dt.date(2024, 1, 1), "paid": True},
        ],
        "account_soft_credits": [
            {"credit_id": "s1", "gift_id": "shared", "account_id": "advised", "amount": 66.67, "role": "Donation Source"},
            {"credit_id": "s2", "gift_id": "shared3", "account_id": "advised", "amount": None, "role": "Donation Source"},
            {"credit_id": "s3", "gift_id": "shared3", "account_id": "odd", "amount": 0.03, "role": "Donation Source"},
        ],
        "settings": [{"excluded_account_types": "In Kind; Pledge;;"}],
    }  # fmt: skip


def snapshot() -> History:
    every = histories(range(100, 112))
    for table, rows in odd().items():
        every.setdefault(table, []).extend(rows)
    return every


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("tables")
    for name, table in arrow_tables(**snapshot()).items():
        pq.write_table(table, folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def spark(tables: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, str]:
    """Where Spark left what it computed, and what it said."""
    out = tmp_path_factory.mktemp("spark")
    command = [str(VENV / "bin" / "python"), str(SCRIPT), str(tables), str(out / "home"), str(out), *DATES]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return out, done.stdout


@pytest.fixture(scope="module")
def ledger(tables: pathlib.Path) -> Ledger:
    engine = Embedded(ibis.duckdb.connect(threads=2))
    return engine.held(build_ledger(engine.tables({path.stem: path for path in tables.glob("*.parquet")})))


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: [str(row[name]) for name in sorted(row)])


@pytest.mark.parametrize("part", [field.name for field in dataclasses.fields(Ledger)])
def test_the_ledger_is_the_same_on_both_engines(part: str, spark: tuple[pathlib.Path, str], ledger: Ledger) -> None:
    ours = getattr(ledger, part).to_pyarrow().to_pylist()
    theirs = pq.read_table(spark[0] / part).to_pylist()
    assert ours
    assert in_order(theirs) == in_order(ours)


@pytest.mark.parametrize("date", DATES)
def test_every_feature_is_the_same_on_both_engines(date: str, spark: tuple[pathlib.Path, str], ledger: Ledger) -> None:
    ours = features.compute(ledger, dt.date.fromisoformat(date)).to_pyarrow()
    theirs = pq.read_table(spark[0] / f"features-{date}")
    assert theirs.column_names == ours.column_names
    assert ours.num_rows > 100
    assert in_order(theirs.to_pylist()) == in_order(ours.to_pylist())
    kinds = {name: (theirs.schema.field(name).type, ours.schema.field(name).type) for name in ours.column_names}
    assert {name: pair for name, pair in kinds.items() if pair[0] != pair[1]} == {}


def test_features_move_no_gift_once_the_ledger_is_held(spark: tuple[pathlib.Path, str]) -> None:
    assert "moved: 0\n" in spark[1]


def test_the_odd_cases_are_among_them(ledger: Ledger, tables: pathlib.Path) -> None:
    gifts = {row["gift_id"]: row for row in ledger.gifts.to_pyarrow().to_pylist() if "-" not in row["gift_id"]}
    assert gifts["orphan"]["is_planned"]
    assert gifts["event"]["channel"] == "Event"
    assert {"tie1", "tie2", "tie3"} <= set(gifts)
    with duckdb.connect() as db:
        tied = f"SELECT close_date FROM '{tables}/opportunities.parquet' GROUP BY account_id, close_date HAVING count(*) > 1"
        assert db.execute(tied).fetchall()
