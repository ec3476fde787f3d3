"""A made-up mailing to lapsed donors as wide and as stubborn as real ones: who answers is hard to tell, and frequent givers give little.

481 columns in any number of rows: codes with thousands of levels, months as YYMM, flags of X or blank, columns that are
constant, mostly empty or ids, hundreds of facts about neighbourhoods that say next to nothing, a rare answer, and the
amount given, which knows the answer. The signal lies in few columns, and in part in nothing that is on file.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

ROWS, WIDTH = 95_412, 481
COST = 0.68
SURPRISE = 0.45  # how far a gift lies from what is usual for its donor, in logarithms
MAILINGS = range(3, 25)
NEIGHBOURHOOD, FACTORS = 286, 12
ROUND = np.array([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250, 500, 1000.0])
NOW = 1997 * 12 + 5  # the month of the mailing, counted from the year 0

Columns = dict[str, np.ndarray]


def donors(rows: int = ROWS, seed: int = 98) -> tuple[pd.DataFrame, np.ndarray]:
    """The file, where `answered` and `gave` are what came of the mailing; and what was to be expected of each row."""
    rng = np.random.default_rng(seed)
    often = rng.normal(size=rows)
    generous = -0.5 * often + np.sqrt(1 - 0.5**2) * rng.normal(size=rows)
    usual = np.exp(2.28 + 0.55 * generous)
    place, places = _places(rng, rows)
    past = _past(rng, often, usual)
    person = _person(rng, rows, place)
    margin = _margin(rng, often, past, person, place)
    answered = rng.random(rows) < 1 / (1 + np.exp(-margin))
    level = np.log(usual) + 0.2 - 0.06 * (margin - margin.mean())
    gave = _rounded(np.exp(level + SURPRISE * rng.normal(size=rows)))
    columns = {name: column for name, column in {**person, **places, **past}.items() if not name.startswith("_")}
    columns |= _letters(rng, often, usual)
    columns |= _useless(rng, rows, WIDTH - len(columns) - 2)
    columns |= {"answered": answered.astype(int), "gave": np.where(answered, gave, 0.0)}
    return pd.DataFrame(columns), np.exp(level + SURPRISE**2 / 2) / (1 + np.exp(-margin))


def _places(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, Columns]:
    """Twelve things a neighbourhood is, seen through 286 counts and percentages; `wealth` is the first."""
    hidden = rng.normal(size=(rows, FACTORS))
    loadings = rng.normal(size=(FACTORS, NEIGHBOURHOOD)) * (rng.random((FACTORS, NEIGHBOURHOOD)) < 0.3)
    seen = hidden @ loadings + rng.normal(size=(rows, NEIGHBOURHOOD))
    columns: Columns = {}
    for number in range(NEIGHBOURHOOD):
        value = seen[:, number]
        whole = np.round(np.exp(6 + value / 2)) if number % 5 == 0 else np.clip(np.round(40 + 15 * value), 0, 99)
        columns[f"area_{number + 1}"] = whole.astype(int)
    return hidden[:, 0], columns


def _past(rng: np.random.Generator, often: np.ndarray, usual: np.ndarray) -> Columns:
    rows = len(often)
    tenure = rng.integers(24, 130, rows)
    gifts = 1 + rng.poisson(np.exp(0.9 + 0.6 * often) * tenure / 50)
    since = 13 + rng.binomial(11, 1 / (1 + np.exp(0.35 * often)))
    last = _rounded(usual * np.exp(0.3 * rng.normal(size=rows)))
    total = usual * np.exp(0.15 * rng.normal(size=rows)) * gifts
    first = np.maximum(tenure, since)
    lag = np.where(gifts > 1, rng.poisson(8, rows), np.nan)
    return {
        "gifts": gifts, "card_gifts": rng.binomial(gifts, 0.45), "total_given": np.round(total, 2),
        "last_gift": last, "largest_gift": np.maximum(last, _rounded(usual * 1.4)),
        "smallest_gift": np.minimum(last, _rounded(usual * 0.6)), "average_gift": np.round(total / gifts, 6),
        "last_gift_month": _yymm(NOW - since), "first_gift_month": _yymm(NOW - first),
        "second_gift_month": _yymm(np.where(gifts > 1, NOW - first + lag, np.nan)), "gap_months": lag,
        "mailed_12m": rng.poisson(11, rows), "mailed_ever": 5 + rng.poisson(tenure / 2.5),
        "rf": np.char.add(np.char.add("L", _grade(often, rng).astype(str)), _letter(last)),
        "frequency_grade": _grade(often, rng), "amount_grade": _letter(last), "_since": since,
    }  # fmt: skip


def _letters(rng: np.random.Generator, often: np.ndarray, usual: np.ndarray) -> Columns:
    """Each earlier letter: when it went, what the donor was called then, and what came of it, mostly nothing."""
    columns: Columns = {}
    rows = len(often)
    for number in MAILINGS:
        month = NOW - number * 2 + 1
        came = rng.random(rows) < 1 / (1 + np.exp(2.2 - 0.5 * often))
        came &= number > 7
        amount = _rounded(usual * np.exp(0.35 * rng.normal(size=rows)))
        was = np.char.add(rng.choice(["A", "N", "L", "S", "F"], rows), _grade(often, rng).astype(str))
        columns[f"letter_{number}_sent"] = np.where(rng.random(rows) < 0.9, _yymm(np.full(rows, month)), np.nan)
        columns[f"letter_{number}_class"] = np.where(
            rng.random(rows) < 0.93, np.char.add(was, _letter(amount)), " "
        ).astype(object)
        columns[f"letter_{number}_answer_month"] = np.where(came, _yymm(np.full(rows, month + 1)), np.nan)
        columns[f"letter_{number}_answer"] = np.where(came, amount, np.nan)
    return columns


def _person(rng: np.random.Generator, rows: int, place: np.ndarray) -> Columns:
    age = np.clip(rng.normal(62, 16, rows), 18, 98).astype(int)
    wealth = np.clip(np.round(4 + 1.5 * place + rng.normal(size=rows)), 0, 9)
    zips = rng.zipf(1.15, rows) % 20_000 + 10_000
    columns: Columns = {
        "control": rng.permutation(rows * 2)[:rows] + 1,
        "joined_month": _yymm(NOW - 24 - rng.integers(0, 130, rows) // 12 * 12),
        "source": np.array([f"S{code:03d}" for code in rng.zipf(1.3, rows) % 900], object),
        "state": np.array([f"{code:02d}" for code in rng.zipf(1.4, rows) % 57], object),
        "zip": np.char.add(zips.astype(str), np.where(rng.random(rows) < 0.3, "-", "")).astype(object),
        "birth_month": np.where(rng.random(rows) < 0.25, 0, _yymm(NOW - age * 12 - rng.integers(0, 12, rows))),
        "age": np.where(rng.random(rows) < 0.25, np.nan, age),
        "cluster": rng.integers(1, 54, rows),
        "domain": rng.choice(["T1", "T2", "S1", "S2", "C1", "R2", " "], rows).astype(object),
        "income": np.where(rng.random(rows) < 0.22, np.nan, np.clip(wealth - 2, 1, 7)),
        "wealth": np.where(rng.random(rows) < 0.46, np.nan, wealth),
        "gender": rng.choice(["F", "M", "U", "J", " "], rows, p=[0.53, 0.4, 0.03, 0.01, 0.03]).astype(object),
        "owner": rng.choice(["H", "U", " "], rows, p=[0.55, 0.22, 0.23]).astype(object),
        "children": np.where(rng.random(rows) < 0.87, np.nan, rng.integers(1, 5, rows)),
        "phone": rng.integers(0, 2, rows),
        "star": np.where(rng.random(rows) < 0.47, "X", " ").astype(object),
        "in_house": np.where(rng.random(rows) < 0.07, "X", " ").astype(object),
    }  # fmt: skip
    columns |= {"_age": age.astype(float)}
    return columns


def _useless(rng: np.random.Generator, rows: int, wanted: int) -> Columns:
    """What every such file has: constants, empty columns, counts hardly anybody has, flags, codes of one value and a few strays."""
    columns: Columns = {
        "constant": np.full(rows, 1), "class_now": np.full(rows, "L", object), "empty": np.full(rows, " ", object)
    }  # fmt: skip
    makers = {
        "bought": lambda: np.where(rng.random(rows) < 0.55, np.nan, rng.poisson(0.4, rows)),
        "likes": lambda: np.where(rng.random(rows) < 0.08, "Y", " ").astype(object),
        "code": lambda: rng.choice(["XXXX", "C1CM", "L1LM", "D2CM"], rows, p=[0.997, 0.001, 0.001, 0.001]).astype(object),
    }  # fmt: skip
    for number, (name, make) in zip(range(wanted - len(columns)), itertools.cycle(makers.items()), strict=False):
        columns[f"{name}_{number}"] = make()
    return columns


def _margin(rng: np.random.Generator, often: np.ndarray, past: Columns, person: Columns, place: np.ndarray) -> np.ndarray:  # fmt: skip
    sources, which = np.unique(person["source"].astype(str), return_inverse=True)
    source = rng.normal(0, 0.12, 2000)[: len(sources)]
    return np.asarray(
        -2.93 + 0.33 * often - 0.045 * (past["_since"] - 18) + 0.12 * (person["star"] == "X")
        + 0.25 * (person["in_house"] == "X") + 0.05 * place - 0.06 * ((person["_age"] - 65) / 15) ** 2
        + source[which] + 0.12 * (often > 1) * (past["last_gift"] < 8)
    )  # fmt: skip


def _grade(often: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.searchsorted([-0.2, 0.6, 1.3], often + 0.5 * rng.normal(size=len(often))) + 1


def _letter(amount: np.ndarray) -> np.ndarray:
    return np.array(list("ABCDEFG"))[np.searchsorted([2, 3, 5, 10, 15, 25], amount, side="right")]


def _rounded(amount: np.ndarray) -> np.ndarray:
    """As people give: round sums."""
    return ROUND[np.abs(np.log(ROUND) - np.log(amount)[:, None]).argmin(axis=1)]


def _yymm(month: np.ndarray) -> np.ndarray:
    return np.asarray(month // 12 % 100 * 100 + month % 12 + 1)
