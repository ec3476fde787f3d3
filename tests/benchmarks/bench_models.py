"""Every outcome on real gifts, out of time, beside the rules: python tests/benchmarks/bench_models.py

The real charity-marathon gifts: “gives in 12 months” at the cut of 2014-08-10 has a known floor (quick model .694,
RFM .672). Prints what comes out, better or worse.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings

import gdq
import ibis
from steward import features, models, outcomes
from steward.models import report
from steward.models.training import train

SEED = 7


def main() -> int:
    chosen = argparse.ArgumentParser(description=__doc__)
    chosen.add_argument("--outcome", help="only this one")
    chosen.add_argument("--threads", type=int, default=2)
    wanted = chosen.parse_args()
    if not gdq.GIFTS.exists():
        print(f"The real gifts are not there: {gdq.GIFTS}", file=sys.stderr)
        return 1
    warnings.filterwarnings("ignore", message="fetch_arrow_table", category=DeprecationWarning)
    ledger = gdq.ledger(ibis.duckdb.connect())
    first = gdq.first_gift(ledger)
    asked = outcomes.OUTCOMES
    dates = {one.key: models.cutoffs(one, first, gdq.LAST_DAY) for one in asked if wanted.outcome in (None, one.key)}
    started = time.process_time()
    known = models.inputs(ledger, [date for some in dates.values() for date in some], gdq.LAST_DAY)
    print(f"{len(features.CATALOGUE)} features at {len(known)} dates: {time.process_time() - started:.1f} CPU-s")
    cards = []
    for outcome in asked:
        if outcome.key in dates:
            started = time.process_time()
            past = models.examples(outcome, ledger, dates[outcome.key], gdq.LAST_DAY, known)
            model = train(outcome, past, SEED, wanted.threads)
            cards.append(model.card)
            print(
                f"{outcome.key}: {len(past.rows):,} examples, {time.process_time() - started:.1f} CPU-s, {model.card['recipe']}"
            )
    print(report.table(cards))
    return 0


if __name__ == "__main__":
    sys.exit(main())
