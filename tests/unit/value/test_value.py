"""What a donor is worth: rule where the rule is as good, intervals that hold, answers that never contradict each other."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from snapshot_tables import gift, household, tables
from steward import features, value
from steward.donors import build_ledger
from steward.errors import StateError
from steward.models.backtest import input_names
from steward.models.registry import Registry
from steward.models.training_sets import plan
from steward.value import report, training
from steward.value.contest import Levels, _winner, contest
from steward.value.model import from_files
from steward.value.questions import NEXT_DATE, NEXT_SIZE, VALUES, loss
from steward.value.targets import after, with_targets
from value_base import AS_OF, DATES, base, donors, what_came

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
YEAR = dt.timedelta(days=365)


@pytest.fixture(scope="module")
def judged() -> dict:
    rows = base()
    known = plan(DATES, YEAR)
    asked = (NEXT_SIZE, VALUES[0], NEXT_DATE)
    return {
        one.key: contest(one, rows[rows[one.target].notna()], known, input_names(rows), 7, 2).found for one in asked
    }


def ledger(*gifts: dict):
    made = [household(key, f"c{key}") for key in sorted({one["account_id"] for one in gifts})]
    return build_ledger(
        tables(
            accounts=[row for one in made for row in one["accounts"]],
            contacts=[row for one in made for row in one["contacts"]],
            opportunities=list(gifts),
        )
    )


def test_the_next_gift_is_the_first_on_or_after_the_date_and_the_largest_of_that_day():
    known = ledger(
        gift("1", "ann", 10, "2023-12-31"), gift("2", "ann", 20, "2024-01-05"), gift("3", "ann", 35, "2024-01-05"),
        gift("4", "ann", 99, "2024-02-01"), gift("5", "bob", 50, "2025-01-02"),
    )  # fmt: skip
    found = after(known, dt.date(2024, 1, 1), dt.date(2025, 6, 1))
    assert found.loc["ann", ["next_amount", "next_days", "given_1"]].tolist() == [35.0, 5.0, 154.0]
    assert "bob" not in found.index  # a year and a day later is not within the year
    assert "given_3" not in found  # three years from then have not passed


def test_a_total_is_zero_for_who_gave_nothing_and_unknown_while_the_window_runs():
    frame = pd.DataFrame({"unit_id": ["ann", "eve"]})
    known = after(ledger(gift("1", "ann", 20, "2024-01-05")), dt.date(2024, 1, 1), dt.date(2025, 6, 1))
    rows = with_targets(frame, known)
    assert rows["given_1"].tolist() == [20.0, 0.0]
    assert rows["given_3"].isna().all()


def test_a_model_is_used_where_it_sees_what_the_rules_do_not(judged):
    assert judged["next_gift"]["in_use"] == "trees"
    assert judged["next_date"]["in_use"] == "trees"
    best = min(way["loss"] for key, way in judged["next_gift"]["ways"].items() if key != "trees")
    assert judged["next_gift"]["ways"]["trees"]["loss"] < best


def test_last_gift_again_is_used_where_nothing_beats_it():
    rows = base(hidden=True)
    some = rows[rows[NEXT_SIZE.target].notna()].reset_index(drop=True)
    found = contest(NEXT_SIZE, some, plan(DATES, YEAR), input_names(rows), 7, 2).found
    assert found["in_use"] == "last_gift"


def test_of_rules_that_are_all_as_good_the_first_is_used():
    losses = {way: np.zeros(10) for way in ("largest_gift", "last_gift", "usual_gift", "trees")}
    assert _winner(NEXT_SIZE, losses, seed=1)[0] == "last_gift"


def test_where_nothing_came_no_way_is_said_to_have_guessed_so_many_times_too_much():
    rows = base()
    rows.loc[rows[VALUES[0].target].notna(), VALUES[0].target] = 0.0
    found = contest(VALUES[0], rows[rows[VALUES[0].target].notna()], plan(DATES, YEAR), input_names(rows), 7, 2).found
    assert {way["total_ratio"] for way in found["ways"].values()} == {None}
    assert " –" in report.table({"value_1": {"title": VALUES[0].title, "evaluation": found}})


def test_the_intervals_hold_what_they_promise_on_donors_not_seen_before(judged):
    assert judged["next_gift"]["interval_held"] == pytest.approx(0.8, abs=0.06)
    assert judged["value_1"]["interval_held"] >= 0.76
    assert judged["next_date"]["interval_held"] >= 0.46


def test_a_guess_twice_too_high_is_as_wrong_as_one_twice_too_low():
    assert loss("size")(np.array([10.0, 10.0]), np.array([20.0, 5.0])) == pytest.approx(np.log([2, 2]))


def test_the_mean_is_the_best_answer_for_a_total_that_is_mostly_nothing():
    came = np.array([0.0] * 9 + [100.0])
    at = {guess: float(loss("total")(came, np.full(10, guess)).mean()) for guess in (1.0, 5.0, 10.0, 20.0, 100.0)}
    assert min(at, key=at.get) == 10.0


def test_the_level_moves_on_by_half_of_its_last_step():
    falling = Levels({dt.date(2022, 1, 1): 1.0, dt.date(2023, 1, 1): 0.81})
    assert falling.expected == pytest.approx(0.81 * 0.9)
    assert Levels({dt.date(2023, 1, 1): 0.5}).expected == 0.5
    assert Levels({}).expected == 1.0


@pytest.fixture(scope="module")
def trained(monkeypatch_module) -> value.ValueModel:
    frames = {date: donors(1500, seed=number) for number, date in enumerate([*DATES, AS_OF])}
    monkeypatch_module.setattr(training, "after", lambda _ledger, date, _until: what_came(frames[date], date))
    return training.train(ledger(gift("1", "ann", 20, "2024-01-05")), frames, AS_OF, seed=7, threads=2)


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_more_years_are_never_worth_less_and_intervals_enclose_the_amount(trained):
    told = value.answers(trained, donors(400, seed=9), AS_OF)
    assert len(told.place) == 400
    amounts = [told.lifetime[years].amount for years in (1, 3, 5)]
    assert (np.diff(amounts, axis=0) >= 0).all()
    for money in (told.expected_gift, *told.lifetime.values()):
        assert ((money.low <= money.amount) & (money.amount <= money.high)).all()
    gift, contact = told.next_gift, told.contact
    assert ((gift.first > AS_OF) & (gift.first < gift.last) & (gift.last <= AS_OF + YEAR)).all()
    assert ((contact.first >= AS_OF) & (contact.first < contact.last) & (contact.first < gift.last)).all()


def test_a_span_too_long_to_be_tested_is_one_years_answer_stretched_and_the_card_says_so(trained):
    five = trained.estimate("value_5")
    assert five.stretched_from == "value_1"
    assert trained.card["value_5"]["evaluation"] is None
    assert "shorter than twice" in trained.card["value_5"]["why"]


def test_whoever_never_gave_gets_no_answer(trained):
    frame = donors(10)
    frame.loc[3, "gift_count"] = 0
    assert value.answers(trained, frame, AS_OF).place.tolist() == [0, 1, 2, *range(4, 10)]
    assert value.answers(trained, frame.iloc[3:4], AS_OF) is None


def test_a_stored_model_answers_as_the_one_that_was_trained(trained, tmp_path):
    registry = Registry(str(tmp_path))
    registry.save(trained)
    registry.promote(trained.version)
    version = registry.champion_version(value.KEY)
    again = from_files(registry.files(version), version)
    assert_the_same_answers(again, trained)
    assert again.features_version == features.VERSION


def test_a_model_kept_before_its_trees_were_answers_the_same(trained):
    files = {name: content for name, content in trained.files().items() if not name.endswith(".zip")}
    assert len(files) < len(trained.files())
    assert_the_same_answers(from_files(files, trained.version), trained)


def assert_the_same_answers(one: value.ValueModel, other: value.ValueModel) -> None:
    frame = donors(50, seed=3)
    pairs = zip(*(value.answers(model, frame, AS_OF).lifetime.values() for model in (one, other)), strict=True)
    for ours, theirs in pairs:
        assert (ours.amount == theirs.amount).all()
        assert (ours.low == theirs.low).all()


def test_a_stored_model_that_was_tampered_with_is_refused(trained, tmp_path):
    registry = Registry(str(tmp_path))
    registry.save(trained)
    path = tmp_path / trained.version / "value.json"
    path.write_text(path.read_text().replace('"factor"', '"factor" '))
    with pytest.raises(StateError, match="was changed after training"):
        registry.files(trained.version)


def test_contact_leads_the_gift_by_as_much_as_it_used_to(monkeypatch):
    made = household("h", "c")
    touches = [
        {"task_id": f"t{n}", "contact_id": "c", "account_id": "h", "activity_date": dt.date(2020, 1, 1) + dt.timedelta(days=100 * n),
         "is_closed": True, "created_on": dt.date(2020, 1, 1)} for n in range(14)
    ]  # fmt: skip
    gifts = [gift(str(n), "h", 10, str(dt.date(2020, 1, 1) + dt.timedelta(days=100 * n + 20))) for n in range(14)]
    known = build_ledger(tables(**made, opportunities=gifts, tasks=touches))
    assert training._lead(known, AS_OF) == training.LEAD  # fourteen replies are too few to say
    monkeypatch.setattr(training, "FEWEST_REPLIES", 10)
    assert training._lead(known, AS_OF) == (20, 20)
