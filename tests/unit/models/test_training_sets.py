"""Training sets know at each cut-off what was known then, and nothing of the label's future leaks into them."""

from __future__ import annotations

import datetime as dt
import pathlib
import sys

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "donors"))

from snapshot_tables import gift, held, household, tables
from steward import models, outcomes, training
from steward.config import Settings
from steward.donors import Ledger, build_ledger
from steward.models import training_sets
from steward.models.backtest import input_names
from steward.models.frames import matrix, to_frame
from steward.models.training import train
from steward.progress import Silent

GIVES = outcomes.get("give_90_days")
FIRST, SECOND, AS_OF = dt.date(2023, 7, 1), dt.date(2023, 10, 1), dt.date(2024, 1, 1)

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

GIFTS = [
    gift("1", "ann", 10, "2023-01-15"),
    gift("2", "ann", 20, "2023-07-01"),
    gift("3", "bob", 30, "2023-06-30"),
    gift("4", "bob", 40, "2023-11-30"),
    gift("5", "cy", 50, "2023-09-15"),
]


def ledger(*more: dict) -> Ledger:
    units = [household(key, f"c{key}") for key in ("ann", "bob", "cy", "dee")]
    return held(
        build_ledger(
            tables(
                accounts=[row for one in units for row in one["accounts"]],
                contacts=[row for one in units for row in one["contacts"]],
                opportunities=[*GIFTS, *more],
            )
        )
    )


def past(known: Ledger) -> pd.DataFrame:
    return models.examples(GIVES, known, [FIRST, SECOND], AS_OF).rows


def test_each_cutoff_holds_the_eligible_of_that_day_with_what_they_did_next():
    rows = past(ledger())
    found = {(row.cutoff, row.unit_id): (row.gift_count, row.label) for row in rows.itertuples()}
    assert found == {
        (FIRST, "ann"): (1, 1),  # the gift of the day itself is the answer, not a known fact
        (FIRST, "bob"): (1, 0),
        (SECOND, "ann"): (2, 0),
        (SECOND, "bob"): (1, 1),
        (SECOND, "cy"): (1, 0),
    }


def test_only_the_last_cutoff_tells_what_was_given_and_when_the_donor_began():
    rows = past(ledger(gift("6", "bob", 5, "2023-12-29"), gift("7", "bob", 7, "2023-12-31")))
    assert rows.loc[rows["cutoff"] == FIRST, ["given", "first_year"]].isna().all(axis=None)
    last = rows[rows["cutoff"] == SECOND].set_index("unit_id")
    assert last["given"].to_dict() == {"ann": 0, "bob": 45, "cy": 0}  # the last gift comes a day after the 90 days
    assert set(last["first_year"]) == {2023}


def test_gifts_after_the_cutoff_change_no_input_and_gifts_after_the_window_no_label():
    before = past(ledger())
    after = past(ledger(gift("6", "ann", 999, "2023-12-31"), gift("7", "cy", 999, "2023-10-05")))
    names = list(input_names(before))
    assert np.array_equal(matrix(before, names), matrix(after, names), equal_nan=True)
    changed = before[before["label"] != after["label"]]
    assert list(changed[["cutoff", "unit_id"]].itertuples(index=False, name=None)) == [(SECOND, "cy")]


def test_today_the_eligible_are_there_without_a_label():
    now = models.examples(GIVES, ledger(), [FIRST], AS_OF).current
    assert now["unit_id"].tolist() == ["ann", "bob", "cy"]
    assert "label" not in now


def test_without_any_cutoff_the_set_is_empty_but_has_its_columns():
    found = models.examples(GIVES, ledger(), [], AS_OF)
    assert found.rows.empty
    assert {"cutoff", "label", "gift_count"} <= set(found.rows)
    assert train(GIVES, found, seed=1).method == "rule"


def test_money_and_ticks_become_numbers_in_the_order_of_the_units():
    found = to_frame(ledger().gifts.select("unit_id", "amount", "is_recurring"))
    assert found["unit_id"].is_monotonic_increasing
    assert (found["amount"].dtype, found["is_recurring"].dtype) == (np.float64, np.float64)


def test_a_large_base_is_thinned_to_the_same_units_at_every_date(monkeypatch):
    monkeypatch.setattr(training_sets, "MOST_UNITS", 300)
    units = pd.DataFrame({"unit_id": [f"u{number}" for number in range(1000)], "gift_count": 1.0})
    later = units.assign(gift_count=2.0)
    first, second = training_sets._thinned(units), training_sets._thinned(later)
    assert 230 < len(first) < 370
    assert first["unit_id"].equals(second["unit_id"])
    assert first["gift_count"].dtype == np.float32
    assert len(set(training_sets.fold(first))) == 20  # thinning and folds do not go by the same digits


def test_more_examples_than_teach_anything_are_left_out_but_never_the_rare_answers(monkeypatch):
    monkeypatch.setattr(training_sets, "MOST_EXAMPLES", 1000)
    monkeypatch.setattr(training_sets, "ENOUGH_RARER", 50)
    units = [f"u{number}" for number in range(2000)]
    often = [pd.DataFrame({"unit_id": units, "label": [1.0, 0.0] * 1000}) for _ in range(2)]
    first, second = training_sets._enough(often)
    assert 400 < len(first) < 600
    assert first["unit_id"].equals(second["unit_id"])
    assert len(set(training_sets.fold(first))) == 20
    seldom = [part.assign(label=(part.index < 20).astype(float)) for part in often]
    assert training_sets._enough(seldom)[0] is seldom[0]


class Heard(Silent):
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


def test_who_trains_on_a_file_of_long_ago_is_told_from_which_day_to_look():
    heard = Heard()
    training.train(ledger(), [], dt.date(2024, 3, 1), Settings(), heard)
    assert heard.said == []
    training.train(ledger(), [], dt.date(2026, 3, 1), Settings(), heard)
    assert len(heard.said) == 1
    assert "newest gift is of 2023-11-30" in heard.said[0]
    assert "--as-of 2023-12-01" in heard.said[0]
