"""The table interface on real donors, beside the figures known for them: python tests/benchmarks/bench_tables.py

Karlan–List: who answers a letter (columns made after the letters left are dropped). Blood: who gives blood again.
CDNOW: who buys again in the 39 weeks after 1997-09-30, from the purchases before, counted as any RFM table is.
Mailing: made up (mailing.py), of 95,412 rows and 481 columns; its last line tells what perfect knowledge would earn.
`--seeds 5` deals the rows into folds five times over and tells how far that alone moves each figure.
"""

from __future__ import annotations

import argparse
import gzip
import pathlib
import sys
import time
from collections.abc import Callable

import mailing
import numpy as np
import pandas as pd
from steward.tables import evaluation, reading
from steward.tables.prepare import Roles

DATA = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"
AFTER_THE_LETTER = ("statecnt", "stateresponset", "stateresponsec", "stateresponsetminc")
CDNOW_CUT = pd.Timestamp("1997-09-30")

Made = tuple[pd.DataFrame, Roles, float | None]


def karlan_list() -> Made:
    frame = reading.read(DATA / "karlan_list" / "charitable.csv.gz")
    return frame, Roles("gave", amount="amount", drop=AFTER_THE_LETTER), 0.68


def blood() -> Made:
    frame = reading.read(DATA / "blood" / "transfusion.data")
    return frame, Roles(str(frame.columns[-1])), None


def cdnow() -> Made:
    with gzip.open(DATA / "cdnow" / "CDNOW_master.txt.gz", "rt") as file:
        bought = pd.read_csv(file, sep=r"\s+", header=0, names=["id", "date", "count", "dollars"])
    bought["date"] = pd.to_datetime(bought["date"].astype(str), format="%Y%m%d")
    before, after = bought[bought["date"] <= CDNOW_CUT], bought[bought["date"] > CDNOW_CUT]
    known = before.groupby("id").agg(
        purchases=("date", "size"),
        first=("date", "min"),
        last=("date", "max"),
        cds=("count", "sum"),
        dollars=("dollars", "sum"),
    )
    frame = known.assign(
        again=known.index.isin(after["id"]).astype(int),
        spent=after.groupby("id")["dollars"].sum().reindex(known.index).fillna(0),
    )
    return frame.reset_index(drop=True), Roles("again", drop=("spent",)), None


def made_up_mailing() -> Made:
    return mailing.donors()[0], Roles("answered", amount="gave"), mailing.COST


TASKS: dict[str, tuple[Callable[[], Made], str]] = {
    "Karlan–List, answers the letter": (karlan_list, "RFM .658–.689, lift 2.77; quick model .765, lift 4.19"),
    "Blood, gives again": (blood, "rule .676–.698; quick model .755"),
    "CDNOW, buys again": (cdnow, "none published for this question"),
    "Mailing, answers": (made_up_mailing, "made up; who answers depends in part on nothing that is on file"),
}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--only", default="", help="tables whose name holds this word")
    asked.add_argument("--seeds", type=int, default=1, help="so many ways to deal the rows into folds")
    given = asked.parse_args()
    if not DATA.exists():
        print(f"The real data are not there: {DATA}", file=sys.stderr)
        return 1
    print(f"{'table':<33} {'rows':>7} {'AUC':>6} {'95 %':>11} {'lift':>5} {'cal. error':>10} {'(chance)':>9} "
          f"{'best column':>11} {'profit: model / likeliest / column / all':>40} {'CPU-s':>6}")  # fmt: skip
    for name, (make, known) in ((name, task) for name, task in TASKS.items() if given.only in name):
        started = time.process_time()
        frame, roles, cost = make()
        found = evaluation.evaluate(frame, roles, cost=cost, threads=given.threads)
        print(_line(name, found, time.process_time() - started), flush=True)
        if given.seeds > 1:
            more = [evaluation.evaluate(frame, roles, cost=cost, threads=given.threads, seed=seed)
                    for seed in range(1, given.seeds)]  # fmt: skip
            print(f"{'':<33} {_spread([found, *more])}", flush=True)
        print(f"{'':<33} known: {known}")
        if make is made_up_mailing:
            print(f"{'':<33} perfect knowledge of what to expect would earn {_perfect():,.0f}")
    return 0


def _perfect() -> float:
    frame, worth = mailing.donors()
    return float((frame["gave"] - mailing.COST)[worth > mailing.COST].sum())


def _spread(found: list[dict]) -> str:
    """Mean ± standard deviation of each figure over the ways the rows were dealt."""
    figures = {
        "AUC": [one["model"]["auc"] for one in found],
        "lift": [one["model"]["lift_at_10"] for one in found],
        "cal. error": [one["model"]["calibration_error"] for one in found],
    }
    if found[0]["profit"]:
        figures["profit"] = [one["profit"]["model"]["profit"] for one in found]
    told = (f"{name} {np.mean(one):,.4g} ± {np.std(one, ddof=1):.2g}" for name, one in figures.items())
    return f"dealt {len(found)} ways: {', '.join(told)}"


def _line(name: str, found: dict, seconds: float) -> str:
    model, profit = found["model"], found["profit"]
    low, high = model["auc_interval"]
    earned = (
        " / ".join(f"{profit[who]['profit']:,.0f}" for who in ("model", "likeliest", "rule", "everyone"))
        if profit
        else ""
    )
    return (
        f"{name:<33} {found['table']['rows']:>7,} {model['auc']:>6.3f} {low:>5.3f}–{high:.3f} {model['lift_at_10']:>5.2f} "
        f"{model['calibration_error']:>10.4f} {model['calibration_error_by_chance']:>9.4f} {found['rule']['auc']:>11.3f} "
        f"{earned:>40} {seconds:>6.0f}"
    )


if __name__ == "__main__":
    sys.exit(main())
