"""What each family of features adds, on the real charity-marathon gifts: python tests/benchmarks/bench_ablation.py

The same table as `steward evaluate --ablate` prints in a home. The base holds gifts and their events only, so engagement,
soft credit and recurring gifts have nothing on record here.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings

import gdq
import ibis
from steward import models, outcomes
from steward.models import report
from steward.models.ablation import ablate

SEED = 7


def main() -> int:
    chosen = argparse.ArgumentParser(description=__doc__)
    chosen.add_argument(
        "--outcome", action="append", help="may be repeated; give_90_days and give_12_months unless given"
    )
    chosen.add_argument("--threads", type=int, default=2)
    wanted = chosen.parse_args()
    if not gdq.GIFTS.exists():
        print(f"The real gifts are not there: {gdq.GIFTS}", file=sys.stderr)
        return 1
    warnings.filterwarnings("ignore", message="fetch_arrow_table", category=DeprecationWarning)
    ledger = gdq.ledger(ibis.duckdb.connect())
    first = gdq.first_gift(ledger)
    for key in wanted.outcome or ("give_90_days", "give_12_months"):
        started = time.process_time()
        outcome = outcomes.get(key)
        past = models.examples(outcome, ledger, models.cutoffs(outcome, first, gdq.LAST_DAY), gdq.LAST_DAY)
        print(report.ablation(ablate(outcome, past, SEED, wanted.threads)))
        print(f"{time.process_time() - started:.0f} CPU-s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
