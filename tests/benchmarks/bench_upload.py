"""Cutting an upload into parts, beside simple-salesforce's own way: python tests/benchmarks/bench_upload.py

Both cut the same file of profile rows (quoted text with commas, quotes and line breaks) into parts that the Bulk API
takes, one after the other, in turn; the best of the rounds counts. Each part begins with the header and ends with a record.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import pathlib
import random
import shutil
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "backend")]

from simple_salesforce import bulk2  # noqa: E402
from steward.salesforce import csv_files  # noqa: E402
from steward.salesforce.contract import PROFILE  # noqa: E402

ROUNDS, PART = 3, 20_000_000


def write(path: pathlib.Path, rows: int) -> None:
    chance = random.Random(3)
    words = ['gave 5 gifts, "as always"', "last gave 7 months ago", "two\nlines", "", "34.5", "Loyal donor"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in PROFILE.fields])
        for number in range(rows):
            writer.writerow([f"003{number:015d}", *(chance.choice(words) for _ in PROFILE.fields[1:])])


def records(paths: list[pathlib.Path]) -> int:
    total = 0
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            total += sum(1 for _ in csv.reader(file)) - 1
    return total


def ours(path: pathlib.Path, folder: pathlib.Path) -> float:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    began = time.process_time()
    list(csv_files.split(path, folder, PART))
    return time.process_time() - began


def theirs(path: pathlib.Path, rows: int) -> float:
    began = time.process_time()
    for _ in bulk2._split_csv(filename=str(path), max_records=rows * PART // path.stat().st_size + 1):
        pass
    return time.process_time() - began


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=40_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path, folder = pathlib.Path(name) / "rows.csv", pathlib.Path(name) / "parts"
        write(path, chosen.rows)
        both = [(ours(path, folder), theirs(path, chosen.rows)) for _ in range(ROUNDS)]
        parts = sorted(folder.iterdir())
        assert records(parts) == chosen.rows
        mine, other = (min(one) for one in zip(*both, strict=True))
        size = path.stat().st_size / 1e6
    print(
        f"simple-salesforce {importlib.metadata.version('simple-salesforce')}; {chosen.rows:,} rows, {size:,.0f} MB, {len(parts)} parts"
    )
    print(f"ours {size / mine:,.0f} MB a CPU-second, theirs {size / other:,.0f}: {other / mine:.0f} times as fast")


if __name__ == "__main__":
    main()
