"""What decisions about whom to write to are worth beside perfect knowledge: python tests/benchmarks/bench_mailings.py --seeds 3 4 5

Each seed makes another mailing up (mailing.py), of which what to expect of every donor is known. What the chosen ones are
worth by that knowledge is free of the luck of who answered; what they brought is not, and stands beside it.
"""

from __future__ import annotations

import argparse
import sys

import mailing
import numpy as np
from steward.tables import crossval
from steward.tables.prepare import Roles, prepare


def shares(rows: int, seed: int) -> tuple[float, float]:
    """Of what perfect knowledge would expect to earn, and would have earned, the part that the chosen are worth."""
    letters, worth = mailing.donors(rows, seed)
    table = prepare(letters, Roles("answered", amount="gave"))
    seen = crossval.cross_validate(table, mailing.COST, seed=7, threads=2, advance=lambda done: None, repeats=1)
    if seen.worth is None:
        raise RuntimeError("a mailing has amounts")
    chosen, best = seen.worth[0] > mailing.COST, worth > mailing.COST
    expected, came = worth - mailing.COST, letters["gave"].to_numpy() - mailing.COST
    return float(expected[chosen].sum() / expected[best].sum()), float(came[chosen].sum() / came[best].sum())


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=16_000)
    asked.add_argument("--seeds", type=int, nargs="+", default=list(range(3, 13)))
    asked.add_argument("--folds", type=int, default=2)
    given = asked.parse_args()
    crossval.FOLDS = given.folds
    print("seed   worth by what is known   what it brought   (parts of perfect knowledge)")
    found = []
    for seed in given.seeds:
        found.append(shares(given.rows, seed))
        print(f"{seed:>4}   {found[-1][0]:>22.3f}   {found[-1][1]:>15.3f}", flush=True)
    usual, spread = np.mean(found, axis=0), np.std(found, axis=0)
    print(f"mean   {usual[0]:>15.3f} ± {spread[0]:.3f}   {usual[1]:>7.3f} ± {spread[1]:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
