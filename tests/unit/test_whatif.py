"""What would change an answer: the claimed band is the one the core gives once the deed is truly on record."""

from __future__ import annotations

import datetime as dt
import pathlib
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent / "donors"))

from snapshot_tables import gift, held, household, tables
from steward import features, models, outcomes, scoring, whatif
from steward.decide.policy import Policy
from steward.donors import Ledger, build_ledger
from steward.models.frames import to_frame
from steward.models.training import train
from steward.words import ENGLISH, Language

AS_OF = dt.date(2024, 1, 1)
YESTERDAY = "2023-12-31"
KEYS = ("give_90_days", "lapse_12_months", "give_12_months", "upgrade")
HOUSEHOLDS = 400

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


def history(rng: np.random.Generator) -> list[dict]:
    """Faithful givers go on, others stop: who gave lately gives again."""
    found = []
    for number in range(HOUSEHOLDS):
        faithful, day = rng.random(), dt.date(2017, 1, 1) + dt.timedelta(days=int(rng.integers(0, 900)))
        while day < AS_OF:
            found.append(gift(f"g{len(found)}", f"u{number}", int(rng.integers(1, 8)) * 10, day.isoformat()))
            if rng.random() > 0.5 + 0.48 * faithful:
                day += dt.timedelta(days=900)
            day += dt.timedelta(days=int(rng.integers(40, 260)))
    return found


GIFTS = history(np.random.default_rng(5))


def ledger(*more: dict, tasks: tuple[dict, ...] = ()) -> Ledger:
    units = [household(f"u{number}", f"c{number}") for number in range(HOUSEHOLDS)]
    built = build_ledger(
        tables(
            accounts=[row for one in units for row in one["accounts"]],
            contacts=[row for one in units for row in one["contacts"]],
            opportunities=[*GIFTS, *more],
            tasks=tasks,
        )
    )
    return held(built)


@pytest.fixture(scope="module")
def known() -> Ledger:
    return ledger()


@pytest.fixture(scope="module")
def champions(known) -> list[models.Model]:
    dates = [dt.date(2021, 1, 1) + dt.timedelta(days=91 * k) for k in range(8)]
    frames = models.inputs(known, dates, AS_OF)
    wanted = [outcomes.get(key) for key in KEYS]
    return [train(one, models.examples(one, known, dates, AS_OF, frames), seed=1, threads=1) for one in wanted]


def bands(champions: list[models.Model], known: Ledger) -> dict[str, pd.Series]:
    frame = to_frame(features.compute(known, AS_OF))
    held = {model.outcome: model for model in champions}
    scored = scoring.consistent({key: scoring.scores(model, frame) for key, model in held.items()}, held, len(frame))
    units = frame["unit_id"].to_numpy(object)
    return {
        key: pd.DataFrame({"band": one.band, "score": one.score}, index=units[one.place]) for key, one in scored.items()
    }


def asked(champions, known, unit, amount=50.0):
    return whatif.what_would_change(known, unit, champions, AS_OF, amount, Policy(), ENGLISH)


def lapsing() -> list[str]:
    """Donors who gave last between one and two years ago, and some who gave lately."""
    last: dict[str, str] = {}
    for one in GIFTS:
        last[one["account_id"]] = max(last.get(one["account_id"], ""), one["close_date"])
    away = [unit for unit, day in last.items() if "2022-01-01" <= day < "2023-01-01"]
    return [*away[:6], *[unit for unit, day in last.items() if day > "2023-09-01"][:4]]


@pytest.fixture(scope="module")
def told_of(champions, known):
    """What would change for each of the lapsing."""
    return {unit: asked(champions, known, unit) for unit in lapsing()}


def test_the_claimed_bands_are_those_of_a_ledger_that_truly_holds_the_gift(champions, known, told_of):
    before = bands(champions, known)
    after = bands(champions, ledger(*(gift(f"new {unit}", unit, 50, YESTERDAY) for unit in lapsing())))
    moved = 0
    for unit, found in told_of.items():
        told = {one.outcome: one for one in found.effects if one.deed == "a gift of $50"}
        for key in KEYS:
            if unit not in before[key].index or unit not in after[key].index:
                assert key not in told
                continue
            was, now = before[key].loc[unit], after[key].loc[unit]
            if was["band"] == now["band"]:
                assert key not in told
                continue
            one = told[key]
            assert (one.before.band, one.after.band) == (was["band"], now["band"])
            assert (one.before.score, one.after.score) == (was["score"], now["score"])
            moved += 1
    assert moved >= 3


def test_what_a_conversation_would_do_is_what_a_logged_call_does(champions, known, told_of):
    unit = lapsing()[0]
    found = told_of[unit]
    call = {"task_id": "t", "contact_id": f"c{unit[1:]}", "is_closed": True, "activity_date": YESTERDAY}
    after = bands(champions, ledger(tasks=(call,)))
    before = bands(champions, known)
    told = {one.outcome: one.after.band for one in found.effects if one.deed == "a conversation"}
    same = {key: after[key].loc[unit, "band"] for key in KEYS if unit in after[key].index}
    assert told == {key: band for key, band in same.items() if band != before[key].loc[unit, "band"]}


def test_the_sentence_is_the_most_hoped_for_change_or_says_that_there_is_none(told_of):
    said = set()
    for found in told_of.values():
        helps = [one for one in found.effects if one.good]
        assert found.effects[: len(helps)] == tuple(helps)
        said.add(bool(helps))
        if helps:
            assert found.sentence == helps[0].sentence
            assert f"from {helps[0].before} to {helps[0].after}" in found.sentence
        else:
            assert found.sentence.startswith("Nothing that can be done at once (a gift of $50, a conversation")
    assert said == {True, False}


def test_a_higher_risk_of_lapsing_is_no_good_change():
    low, high = whatif.Answer("Low", 12.0), whatif.Answer("High", 45.5)
    deeds = [whatif.Deed("nothing", {}), whatif.Deed("a gift of $5", {})]
    (one,) = whatif._effects("lapse_12_months", deeds, [low, high])
    assert not one.good
    assert (
        one.sentence == "A gift of $5 would move “Lapses within 12 months” from Low (12 in 100) to High (45.5 in 100)."
    )
    (turned,) = whatif._effects("lapse_12_months", deeds, [high, low])
    assert turned.good


def test_a_missed_installment_can_be_paid_and_a_sustainer_is_not_asked_to_begin():
    home = household("home", "ann")
    monthly = {
        "recurring_id": "r", "contact_id": "ann", "account_id": "home", "amount": 10, "period": "Monthly",
        "established_on": "2023-01-01", "status": "Active",
    }  # fmt: skip
    due = [gift(f"i{month}", "home", 10, f"2023-{month:02}-10", recurring_id="r") for month in range(1, 10)]
    missed = {**gift("i10", "home", 10, "2023-12-10", recurring_id="r"), "is_won": False, "is_closed": False}
    known = build_ledger(tables(**home, opportunities=[*due, missed], recurring=[monthly]))
    own = whatif._own(known, "home")
    words = [one.words for one in whatif._deeds(own, "home", AS_OF, 20.0, Policy(), Language(symbol="€"))]
    assert words == ["a gift of €20", "a conversation", "an answer to an appeal", "a missed installment paid"]
    deeds = [whatif.Deed("nothing", {}), *whatif._deeds(own, "home", AS_OF, 20.0, Policy(), Language(symbol="€"))]
    frame = to_frame(features.compute(whatif._copies(own, deeds), AS_OF)).set_index("unit_id")
    assert frame.loc["0:home", "installments_missed_in_a_row"] >= 1
    assert frame.loc["4:home", "installments_missed_in_a_row"] == 0
    assert frame.loc["4:home", "recurring_gifts_12m"] == frame.loc["0:home", "recurring_gifts_12m"] + 1
    assert frame.loc["2:home", "tasks_12m"] == 1


def test_the_last_installment_of_an_ended_pledge_cannot_be_paid_any_more():
    rows = {"recurring_id": ["r"], "due_date": [dt.date(2023, 6, 1)], "outcome": ["failed"]}
    missed = pa.table(rows)
    assert whatif._missed(missed, frozenset({"r"}), AS_OF) is not None
    assert whatif._missed(missed, frozenset(), AS_OF) is None
    ended = pa.table({"recurring_id": ["r", "s"], "ended_on": [dt.date(2023, 7, 1), None]})
    assert whatif._running(ended, AS_OF) == {"s"}


def test_whoever_never_gave_is_not_told_what_a_gift_would_do():
    known = build_ledger(tables(**household("home", "ann")))
    own = whatif._own(known, "home")
    words = [one.words for one in whatif._deeds(own, "home", AS_OF, None, Policy(), ENGLISH)]
    assert words == ["a conversation", "an answer to an appeal"]
