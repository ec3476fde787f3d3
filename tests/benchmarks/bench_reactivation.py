"""Whom to win back first, on real gifts: chance times amount beside the rules: python tests/benchmarks/bench_reactivation.py

Of the donors of the charity marathon who had lapsed on 2014-08-10: how much of the money that came back within a year
is with the first tenth and fifth of each order. Everything is learnt from gifts before that day.
"""

from __future__ import annotations

import datetime as dt
import sys
import warnings

import gdq
import ibis
import numpy as np
import pandas as pd
from steward import models, outcomes, scoring
from steward.models.frames import to_frame
from steward.models.rule_fitting import fit_order
from steward.models.training import train
from steward.outcomes import rules
from steward.outcomes.outcome import giving

CUT = dt.date(2014, 8, 10)
SEED = 7
SHARES = (0.1, 0.2)


def main() -> int:
    if not gdq.GIFTS.exists():
        print(f"{gdq.GIFTS.name} is not there: the real gifts lie beside the repository in shared/data.")
        return 1
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    ledger = gdq.ledger(ibis.duckdb.connect(threads=2))
    outcome = outcomes.get("reactivation")
    dates = models.cutoffs(outcome, gdq.first_gift(ledger), CUT)
    past = models.examples(outcome, ledger, dates, CUT)
    model = train(outcome, past, SEED)
    lapsed = past.current
    came = lapsed[["unit_id"]].merge(to_frame(giving(ledger, CUT, outcome.horizon_days)), on="unit_id", how="left")
    money = came["given"].fillna(0).to_numpy(np.float64)
    chance = scoring.score(model, lapsed)["probability"].to_numpy(np.float64)
    usual = ((lapsed["last_gift"] + lapsed["average_gift"]) / 2).to_numpy(np.float64)
    orders = {
        f"in use: chance ({model.method}), as loud as it served before ({model.chance_voice:g}), x usual gift": model.chance_in_money(
            chance
        )
        * usual,
        "chance x usual gift": chance * usual,
        "chance alone": chance,
        "usual gift alone": usual,
    }
    asked = (rules.RFM, rules.RECENCY, rules.FREQUENCY, rules.TOTAL, rules.LARGEST)
    orders |= {rule.title: fit_order(rule, past.rows).points(lapsed) for rule in asked}
    print(f"{len(lapsed):,} lapsed donors on {CUT}; {(money > 0).sum():,} returned with {money.sum():,.0f}.")
    found = {title: [_with(order, money, share) for share in SHARES] for title, order in orders.items()}
    width = max(map(len, found))
    print(f"{'order':{width}}  first 10 %  first 20 %   share of the money that came back")
    for title, parts in sorted(found.items(), key=lambda one: -one[1][1]):
        print(f"{title:{width}}  {parts[0]:9.1%}  {parts[1]:9.1%}")
    return 0


def _with(order: np.ndarray, money: np.ndarray, share: float) -> float:
    """Ties are shared evenly."""
    ranked = pd.DataFrame({"order": order, "money": money}).groupby("order")["money"].agg(["sum", "size"])[::-1]
    left, found = share * len(money), 0.0
    for total, size in zip(ranked["sum"], ranked["size"], strict=True):
        part = min(1.0, left / size)
        found += part * total
        left -= part * size
        if left <= 0:
            break
    return float(found / money.sum())


if __name__ == "__main__":
    sys.exit(main())
