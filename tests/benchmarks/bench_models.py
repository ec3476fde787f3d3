"""Every outcome on real gifts, out of time, beside the rules: python tests/benchmarks/bench_models.py

The real charity-marathon gifts: “gives in 12 months” at the cut of 2014-08-10 has a known floor (quick model .694,
RFM .672), so it is trained here beside the outcomes of the product. Prints what comes out, better or worse.
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
from steward.outcomes.give_90_days import gives_within

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
    cards = []
    for outcome in (gives_within(365, "give_12_months", prior_rate=0.3), *outcomes.OUTCOMES):
        if wanted.outcome in (None, outcome.key):
            cards.append(_trained(outcome, ledger, first, wanted.threads))
    print(report.table(cards))
    return 0


def _trained(outcome: outcomes.Outcome, ledger: object, first: object, threads: int) -> dict:
    started = time.perf_counter()
    past = models.examples(outcome, ledger, models.cutoffs(outcome, first, gdq.LAST_DAY), gdq.LAST_DAY)
    prepared = time.perf_counter()
    model = models.train(outcome, past, SEED, threads)
    trained = time.perf_counter()
    print(
        f"{outcome.key}: {len(past.rows):,} examples in {prepared - started:.1f} s, trained in {trained - prepared:.1f} s,"
        f" {model.method}, {len(features.CATALOGUE)} features, {model.card['recipe']}"
    )
    return model.card


if __name__ == "__main__":
    sys.exit(main())
