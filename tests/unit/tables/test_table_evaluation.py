"""The whole way from a table to figures: better than any column where there is something to learn, honest where not."""

from __future__ import annotations

import json
import pathlib
import sys

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from donor_table import donors
from steward.errors import InputError, NotEnoughData
from steward.tables import evaluation, measures, reading, words
from steward.tables.prepare import Roles, prepare


def evaluate(frame: pd.DataFrame, **roles) -> dict:
    cost = roles.pop("cost", None)
    return evaluation.evaluate(frame, Roles("gave", **{"amount": "amount", **roles}), cost=cost, repeats=1)


@pytest.fixture(scope="module")
def found() -> dict:
    return evaluate(donors(4000), cost=5.0)


def test_it_ranks_better_than_the_best_column_and_says_probabilities_that_hold(found):
    assert found["model"]["auc"] > found["rule"]["auc"] + 0.03
    assert found["model"]["auc_interval"][0] < found["model"]["auc"] < found["model"]["auc_interval"][1]
    assert found["model"]["calibration_error"] < found["model"]["calibration_error_by_chance"] + 0.02
    assert found["model"]["brier"] < found["base_rate"]["brier"]


def test_contacting_by_expected_value_earns_more_than_contacting_everyone(found):
    profit = found["profit"]
    assert profit["model"]["profit"] > max(profit["everyone"]["profit"], profit["rule"]["profit"])
    table = donors(4000)
    assert profit["everyone"]["profit"] == pytest.approx((table["amount"] - 5).sum())
    assert profit["curve"][-1]["profit"] == pytest.approx(profit["everyone"]["profit"])


def test_the_amount_and_the_row_number_are_left_out_and_said_so(found):
    left_out = {one["column"]: one["why"] for one in found["table"]["left_out"]}
    assert set(left_out) == {"row", "amount"}
    text = words.text(found)
    assert all(name in text for name in (*left_out, "Profit at 5 a contact", found["rule"]["title"]))


def test_a_shuffled_answer_cannot_be_predicted():
    table = donors(3000)
    order = np.random.default_rng(3).permutation(len(table))
    table[["gave", "amount"]] = table[["gave", "amount"]].to_numpy()[order]
    found = evaluate(table)
    assert 0.46 < found["model"]["auc"] < 0.54
    assert found["model"]["calibration_error"] < 0.03


def test_the_answer_is_plain_json_and_the_same_every_time():
    table = donors(600)
    assert json.dumps(evaluate(table)) == json.dumps(evaluate(table))


def test_a_row_counted_twice_by_weight_is_a_row_given_twice():
    label, score = np.array([1.0, 0, 0, 1, 0]), np.array([5.0, 4, 4, 2, 1])
    weight = np.array([1.0, 2, 1, 3, 1])
    many = np.repeat(np.arange(5), weight.astype(int))
    ones = np.ones(len(many))
    for measure in (measures.auc, measures.average_precision, measures.lift):
        assert measure(label, score, weight) == pytest.approx(measure(label[many], score[many], ones))


def test_rows_of_one_donor_are_never_on_both_sides():
    """Ten copies of each donor, and an answer that is pure chance but the donor's own: only a torn donor could tell it."""
    rng = np.random.default_rng(1)
    one = pd.DataFrame({"who": [f"w{n}" for n in range(300)], "a": rng.random(300), "gave": rng.integers(0, 2, 300)})
    many = pd.concat([one] * 10, ignore_index=True)
    apart = evaluate(many, amount=None, unit="who", drop=())
    torn = evaluate(many, amount=None, drop=("who",))
    assert apart["model"]["auc"] < 0.6 < torn["model"]["auc"]


def test_an_answer_in_words_and_headers_in_another_language():
    table = donors(800).rename(columns={"gave": "Hat gespendet", "gifts": "Anzahl Spenden (gültig)"})
    table["Hat gespendet"] = table["Hat gespendet"].map({1: "Ja", 0: "Nein"})
    found = evaluation.evaluate(table, Roles("Hat gespendet", amount="amount"), repeats=1)
    assert found["table"]["yes"] == (table["Hat gespendet"] == "Ja").sum()
    assert found["model"]["auc"] > 0.6


def test_rows_without_an_answer_are_left_out_and_counted():
    table = donors(60).assign(gave=["yes", "no", None] * 20)
    prepared = prepare(table, Roles("gave", drop=("amount",)))
    assert prepared.label.tolist() == [1, 0] * 20
    assert "20 rows without an answer" in prepared.notes[0]


def test_amounts_and_weights_are_read_in_any_dress():
    table = donors(400)
    dressed = table.assign(
        amount=[f"$ {paid:,.2f}" if paid else "" for paid in table["amount"]],
        counts=np.where(table.index % 2 == 0, "1,5", "0,5"),
    )
    prepared = prepare(dressed, Roles("gave", amount="amount", weight="counts"))
    assert prepared.amount.tolist() == table["amount"].tolist()
    assert prepared.weight.tolist() == [1.5, 0.5] * 200


def test_numbers_beyond_all_measure_do_no_harm():
    table = donors(300).assign(odd=np.where(np.arange(300) % 3, 1e300, -1e300))
    found = evaluate(table)
    assert "odd" in found["table"]["inputs"]


def test_who_has_no_amount_gave_nothing():
    table = donors(400)
    blank = table.assign(amount=table["amount"].where(table["gave"] == 1)).drop(columns="gave")
    prepared = prepare(blank, Roles("amount", amount="amount"))
    assert prepared.label.tolist() == table["gave"].tolist()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda t: t.drop(columns="gave"), InputError, "no column 'gave'"),
        (lambda t: t.rename(columns={"gave": "GAVE_"}), InputError, "Did you mean 'GAVE_'"),
        (lambda t: t.assign(gave=t["gifts"]), InputError, "different numbers"),
        (lambda t: t.assign(gave=0), NotEnoughData, "same answer"),
        (lambda t: t.assign(gave=(t.index < 5).astype(int)), NotEnoughData, "Only 5"),
        (lambda t: t.assign(gave=["red", "blue", "red", "pink"] * (len(t) // 4)), InputError, "3 different words"),
        (lambda t: t[["gave", "amount"]], InputError, "No column is left"),
        (lambda t: t.assign(amount="much"), InputError, "not an amount"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(change, error, said):
    with pytest.raises(error, match=said) as caught:
        evaluate(change(donors(200)))
    assert caught.value.todo


def test_yes_from_one_household_only_says_nothing_about_others():
    table = donors(200).assign(home=lambda t: np.where(t["gave"] == 1, -1, t["row"]))
    with pytest.raises(NotEnoughData, match="only 1 of the units in 'home'"):
        evaluate(table, unit="home")


@pytest.mark.parametrize("count", [60, 120])
def test_a_tiny_table_is_still_answered(count):
    found = evaluate(donors(count, base=0))
    assert 0 <= found["model"]["auc"] <= 1
    assert found["model"]["calibration_error_by_chance"] > 0.02


def test_one_column_is_enough():
    found = evaluate(donors(500)[["gifts", "gave"]], amount=None)
    assert found["table"]["inputs"] == ["gifts"]


def test_every_type_a_parquet_file_can_hold_is_read(tmp_path):
    count = 300
    table = donors(count).assign(
        when=pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(np.arange(count) % 90, unit="D"),
        whole=pd.array([2**40 + number % 7 for number in range(count)], dtype="Int64"),
        kind=pd.Categorical(["a", "b", "c"] * (count // 3)),
        flag=pd.array([True, False, None] * (count // 3), dtype="boolean"),
        endless=np.where(np.arange(count) % 3, np.arange(count) % 11 - 5.0, np.inf),
    )
    table.to_parquet(tmp_path / "table.parquet")
    read = reading.read(tmp_path / "table.parquet")
    found = evaluation.evaluate(read, Roles("amount", amount="amount", drop=("gave",)), repeats=1)
    assert {"when", "whole", "kind", "flag", "endless"} <= set(found["table"]["inputs"])
    assert found["table"]["yes"] == table["gave"].sum()


def test_groups_are_judged_each_and_never_learnt_from():
    table = donors(3000).assign(origin=lambda t: np.where(t["gave"] == 1, "inside", "outside"))
    found = evaluate(table, groups=("channel", "origin", "usual gift"))
    assert {"channel", "origin", "usual gift"}.isdisjoint(found["table"]["inputs"])
    assert found["model"]["auc"] < 0.95
    by = {(one["by"], one["name"]): one for one in found["groups"]}
    assert [one["rows"] for one in found["groups"] if one["by"] == "channel"] == table[
        "channel"
    ].value_counts().tolist()
    assert by["origin", "inside"]["observed"] == 1
    assert by["origin", "inside"]["auc"] is None
    assert sum(one["share_of_top"] for one in found["groups"] if one["by"] == "origin") == pytest.approx(1)
    assert len([one for one in found["groups"] if one["by"] == "usual gift"]) == 4
    assert "channel: mail" in words.text(found)
