"""Two dozen tables, each difficult in a way of its own: made up by seed, real donors, and what scikit-learn brings along."""

from __future__ import annotations

import functools
from collections.abc import Callable

import bench_tables
import mailing
import numpy as np
import pandas as pd
from sklearn import datasets
from steward.tables.prepare import Roles

Made = tuple[pd.DataFrame, Roles]
YES = Roles("yes")


def _answered(columns: pd.DataFrame, margin: np.ndarray | pd.Series, rng: np.random.Generator) -> Made:
    chance = 1 / (1 + np.exp(-np.asarray(margin, np.float64)))
    return columns.assign(yes=(rng.random(len(columns)) < chance).astype(int)), YES


def _plain(rows: int, width: int, rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(rng.normal(size=(rows, width)), columns=[f"v{number}" for number in range(width)])


def slopes(seed: int, *, rows: int, width: int, base: float, known: tuple[float, ...]) -> Made:
    """Of so many columns the first few tell something, each along a line."""
    rng = np.random.default_rng(seed)
    columns = _plain(rows, width, rng)
    return _answered(columns, base + columns.iloc[:, : len(known)].to_numpy() @ np.array(known), rng)


def each_a_little(seed: int, *, rows: int, width: int, spread: float) -> Made:
    rng = np.random.default_rng(seed)
    columns = _plain(rows, width, rng)
    return _answered(columns, -1 + columns.to_numpy() @ rng.normal(0, spread, width), rng)


def one_strong_of_ten(seed: int) -> Made:
    rng = np.random.default_rng(seed)
    columns = _plain(1500, 10, rng).assign(v0=rng.gamma(2, 3, 1500).round())
    return _answered(columns, 1.2 * np.sqrt(columns["v0"]) - 3.9, rng)


def interactions(seed: int) -> Made:
    rng = np.random.default_rng(seed)
    columns = _plain(4000, 12, rng)
    one, two, three, four, five, six = (columns[f"v{number}"] for number in range(6))
    parts = 1.4 * ((one > 0) ^ (two > 0.5)) + (three.abs() < 0.5) - 0.8 * (four > 1) + 0.7 * ((five > 0) & (six > 0))
    return _answered(columns, -1.2 + parts, rng)


def half_missing(seed: int) -> Made:
    rng = np.random.default_rng(seed)
    columns = _plain(2500, 15, rng)
    margin = -1.3 + 0.8 * columns["v0"] + 0.6 * columns["v1"] * (columns["v2"] > 0)
    return _answered(columns.mask(rng.random(columns.shape) < 0.4), margin, rng)


def money_and_dates(seed: int) -> Made:
    rng = np.random.default_rng(seed)
    there = rng.random((2500, 8)) > 0.2
    columns = pd.DataFrame(np.round(np.exp(rng.normal(3, 1.5, (2500, 8))) * there, 2)).add_prefix("paid_")
    days = rng.integers(0, 2000, 2500)
    columns["last"] = (pd.Timestamp("2024-01-01") - pd.to_timedelta(days, unit="D")).strftime("%m/%d/%Y")
    margin = -1 + 0.5 * np.log1p(columns["paid_0"]) - 0.4 * np.log1p(columns["paid_1"]) - 0.001 * (days - 1000)
    return _answered(columns, margin, rng)


def many_words(seed: int) -> Made:
    rng = np.random.default_rng(seed)
    places, sources = rng.zipf(1.2, 3000) % 400, rng.integers(0, 150, 3000)
    columns = pd.DataFrame({"place": places, "source": sources}).astype("string").radd("code ")
    columns = columns.assign(gifts=rng.poisson(3, 3000), age=rng.normal(50, 12, 3000))
    pull = rng.normal(0, 0.8, 400)[places] + rng.normal(0, 0.5, 150)[sources]
    return _answered(columns, -1 + pull + 0.2 * np.log1p(columns["gifts"]), rng)


def eight_categories(seed: int) -> Made:
    rng = np.random.default_rng(seed)
    codes = [rng.integers(0, 3 + 4 * number, 2000) for number in range(8)]
    margin = sum((rng.normal(0, 0.4, 40)[code] for code in codes), np.full(2000, -0.8))
    return _answered(pd.DataFrame(codes).T.astype("string").radd("k").add_prefix("c"), margin, rng)


def survey(seed: int) -> Made:
    """Twelve questions answered in five words, of which three tell."""
    rng = np.random.default_rng(seed)
    words = np.array(["strongly disagree", "disagree", "neither", "agree", "strongly agree"])
    said = rng.integers(0, 5, (1200, 12))
    margin = -0.5 + 0.4 * (said[:, 0] - 2) + 0.3 * (said[:, 1] - 2) - 0.5 * (said[:, 2] == 4)
    return _answered(pd.DataFrame(words[said]).add_prefix("question_"), margin, rng)


def rare(seed: int) -> Made:
    rng = np.random.default_rng(seed)
    columns = _plain(6000, 7, rng).assign(
        gifts=1 + rng.poisson(3, 6000),
        months=rng.integers(0, 60, 6000),
        last=np.round(np.exp(rng.normal(3, 1, 6000)), 2),
        state=pd.Series(rng.integers(0, 40, 6000)).astype("string").radd("s"),
    )
    margin = -5 + 0.9 * np.log(columns["gifts"]) - 0.03 * (columns["months"] - 30) + 0.3 * np.log(columns["last"])
    return _answered(columns, margin, rng)


def a_mailing(seed: int) -> Made:
    return mailing.donors(3000, seed)[0], Roles("answered", amount="gave")


def part_of(make: Callable[[], bench_tables.Made], rows: int, seed: int) -> Made:
    frame, roles, _ = make()
    return frame.sample(min(rows, len(frame)), random_state=seed).reset_index(drop=True), roles


def marathon(seed: int) -> Made:
    """Who of the charity-marathon donors gives again within a year."""
    gifts = pd.read_csv(bench_tables.DATA / "gdq" / "donations.csv.gz", parse_dates=["date"]).dropna(subset="donor_id")
    before, after = gifts[gifts["date"] < "2014-08-10"], gifts[gifts["date"] >= "2014-08-10"]
    known = before.groupby("donor_id").agg(
        gifts=("amount", "size"),
        total=("amount", "sum"),
        largest=("amount", "max"),
        first=("date", "min"),
        last=("date", "max"),
        events=("event", "nunique"),
    )
    frame = known.assign(yes=known.index.isin(after["donor_id"]).astype(int))
    return frame.sample(3000, random_state=seed).reset_index(drop=True), YES


def bundled(load: Callable[..., object], yes: Callable[[pd.Series], pd.Series], seed: int) -> Made:
    frame = load(as_frame=True).frame.sample(frac=1, random_state=seed).reset_index(drop=True)  # type: ignore[attr-defined]
    return frame.drop(columns="target").assign(yes=yes(frame["target"]).astype(int)), YES


SHAPES: dict[str, Callable[[int], Made]] = {
    "80 rows": functools.partial(slopes, rows=80, width=6, base=-0.6, known=(1.0, 0.6)),
    "200 rows of 60 columns": functools.partial(slopes, rows=200, width=60, base=-1, known=(0.9, 0.7, -0.5)),
    "five weak of 300": functools.partial(slopes, rows=1500, width=300, base=-2, known=(0.4, 0.3, 0.3, -0.25, 0.2)),
    "one weak of 300": functools.partial(slopes, rows=1500, width=300, base=-2, known=(0.45,)),
    "40 that tell a little": functools.partial(each_a_little, rows=1000, width=40, spread=0.2),
    "120 that tell a little": functools.partial(each_a_little, rows=900, width=120, spread=0.15),
    "one strong of ten": one_strong_of_ten,
    "interactions": interactions,
    "two in five missing": half_missing,
    "money and dates": money_and_dates,
    "categories of many words": many_words,
    "eight categories": eight_categories,
    "a survey": survey,
    "a rare answer": rare,
    "a mailing of 3,000": a_mailing,
    "Blood": functools.partial(part_of, bench_tables.blood, 748),
    "Karlan–List, 6,000": functools.partial(part_of, bench_tables.karlan_list, 6000),
    "CDNOW, 4,000": functools.partial(part_of, bench_tables.cdnow, 4000),
    "Marathon, 3,000": marathon,
    "Breast cancer": functools.partial(bundled, datasets.load_breast_cancer, lambda target: target == 0),
    "Wine": functools.partial(bundled, datasets.load_wine, lambda target: target == 1),
    "Diabetes": functools.partial(bundled, datasets.load_diabetes, lambda target: target > target.median()),
    "Digits": functools.partial(bundled, datasets.load_digits, lambda target: target % 2),
}
