"""Bulk ingest through the engine beside bare inserts of the same rows: `python tests/benchmarks/bench_localorg_bulk.py`.

Both write into the same table with the same indexes, in the same transactions, in one process. Ratios count, not seconds.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "orgs")]

from localorg.bulk import BATCH  # noqa: E402
from localorg.engine import Org  # noqa: E402
from localorg.store import quote  # noqa: E402

COLUMNS = ("Name", "AccountId", "npsp__Primary_Contact__c", "Amount", "CloseDate", "StageName", "Type")


class Timer:
    def __enter__(self) -> Timer:
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu


def donors(org: Org, count: int) -> list[tuple[str, str]]:
    admin = org.administrator()
    accounts = [
        row.id for row in admin.bulk("insert", "Account", ("Name",), ((f"Household {n}",) for n in range(count)))
    ]
    people = ((f"Donor {number}", account) for number, account in enumerate(accounts))
    contacts = [row.id for row in admin.bulk("insert", "Contact", ("LastName", "AccountId"), people)]
    return [(str(account), str(contact)) for account, contact in zip(accounts, contacts, strict=True)]


def gifts(known: list[tuple[str, str]], count: int) -> Iterator[tuple[str, ...]]:
    chance = random.Random(7)
    for number in range(count):
        account, contact = chance.choice(known)
        day = f"20{chance.randrange(10, 25)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
        stage = chance.choice(("Closed Won", "Posted", "Prospecting"))
        amount = f"{chance.randrange(500, 100_000) / 100:.2f}"
        yield (
            f"Gift {number}",
            account,
            contact,
            amount,
            day,
            stage,
            chance.choice(("New Funding", "Existing Funding", "")),
        )


def bare(org: Org, names: list[str], rows: list[tuple[object, ...]]) -> None:
    marks = ",".join("?" * len(names))
    sql = f"INSERT INTO Opportunity ({','.join(map(quote, names))}) VALUES ({marks})"
    for start in range(0, len(rows), BATCH):
        with org.store.write() as connection:
            connection.executemany(sql, rows[start : start + BATCH])


def stored(org: Org) -> tuple[list[str], list[tuple[object, ...]]]:
    """The columns that hold anything, and every row of them."""
    with org.store.read() as connection:
        every = [field.name for field in org.schema["Opportunity"] if field.stored]
        counts = connection.execute(f"SELECT {','.join(f'count({quote(name)})' for name in every)} FROM Opportunity")
        names = [name for name, count in zip(every, counts.fetchone(), strict=True) if count]
        return names, connection.execute(f"SELECT {','.join(map(quote, names))} FROM Opportunity").fetchall()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gifts", type=int, default=200_000)
    count = parser.parse_args().gifts
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        org, other = Org.open(pathlib.Path(first)), Org.open(pathlib.Path(second))
        csv = list(gifts(donors(org, max(count // 5, 1)), count))
        with Timer() as engine:
            saved = sum(row.success for row in org.administrator().bulk("insert", "Opportunity", COLUMNS, csv))
        if saved != count:
            raise SystemExit(f"only {saved} of {count} rows were saved")
        names, rows = stored(org)
        with Timer() as plain:
            bare(other, names, rows)
        org.close()
        other.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count:,} gifts, {len(COLUMNS)} columns given, {len(names)} stored; peak {peak} MiB")
    for label, timer in (("Session.bulk", engine), ("bare executemany", plain)):
        print(f"{label:>18}: {timer.wall:6.2f} s wall, {timer.cpu:6.2f} s CPU, {count / timer.wall:,.0f} rows/s")
    print(f"{'ratio':>18}: {engine.wall / plain.wall:6.2f} wall, {engine.cpu / plain.cpu:6.2f} CPU")


if __name__ == "__main__":
    main()
