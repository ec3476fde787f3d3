"""How a recurring donation stands: every warning by itself, what is stable, and who may be asked for more."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "donors"))

from snapshot_tables import gift, household, tables
from steward.decide.policy import Policy, from_table
from steward.decide.sustainers import AT_RISK, STABLE, UPGRADE_READY, Growth, Standing, health
from steward.donors import build_ledger
from steward.facts import facts

AS_OF = dt.date(2024, 6, 1)
WELL = {"running": 1, "paused": 0, "missed": 0, "card_expires_on": None, "answered_before": False, "answered": False}

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


def found(ends="Low", grows="Low", months=30, top=50, policy=None, **standing):
    told = health(Standing(**(WELL | standing)), ends, Growth(grows, top, months), policy or Policy(), AS_OF)
    return told.state, told.reason


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"paused": 1}, "The recurring donation is paused."),
        ({"missed": 1}, "1 installment missed since the last one paid."),
        ({"missed": 3}, "3 installments missed since the last one paid."),
        ({"card_expires_on": dt.date(2024, 6, 1)}, "The card has expired."),
        ({"card_expires_on": dt.date(2024, 6, 2)}, "The card expires in 1 day."),
        ({"card_expires_on": dt.date(2024, 7, 1)}, "The card expires in 30 days."),
        ({"ends": "High"}, "The chance that it ends within 6 months is high."),
        (
            {"ends": "Medium", "answered_before": True},
            "Answered appeals the year before, but none in the last 12 months.",
        ),
        (
            {"missed": 2, "card_expires_on": dt.date(2024, 5, 1), "grows": "Very high"},
            "2 installments missed since the last one paid; the card has expired.",
        ),
    ],
)
def test_each_warning_puts_a_recurring_donation_at_risk_and_is_told(facts, said):
    assert found(**facts) == (AT_RISK, said)


def test_a_card_that_works_for_long_and_answers_that_go_on_are_no_warning():
    assert found(card_expires_on=dt.date(2025, 6, 1))[0] == STABLE
    assert found(ends="Medium", answered_before=True, answered=True)[0] == STABLE
    assert found(ends="Medium")[0] == STABLE
    assert found(ends="Low", answered_before=True)[0] == STABLE


def test_who_pays_for_long_and_is_likely_to_give_more_is_ready_for_an_upgrade():
    assert found(grows="High", months=18) == (
        UPGRADE_READY,
        "Has made recurring gifts for 18 months and is likely to give more.",
    )
    assert (
        found(grows="Very high", months=40)[1]
        == "Has made recurring gifts for 3 years and is very likely to give more."
    )
    assert found(grows="High", months=11)[0] == STABLE
    assert found(grows=None, ends=None, months=None, top=None)[0] == STABLE
    assert found(top=10, months=18)[1] == (
        "Has made recurring gifts for 18 months and is among the 10 % of recurring donors likeliest to give more."
    )
    assert found(top=11)[0] == STABLE


def test_stable_claims_only_what_is_so():
    assert found()[1] == "Nothing that warns after 2 years of recurring gifts: no missed installment, no pause."
    missed = found(missed=1, policy=from_table({"missed_installments": 2}), months=None)
    assert missed == (STABLE, "Nothing that warns: no pause, no card about to expire.")


def test_the_policy_moves_the_lines():
    assert found(missed=1, policy=from_table({"missed_installments": 2}))[0] == STABLE
    assert found(card_expires_on=dt.date(2024, 7, 1), policy=from_table({"card_warning_days": 10}))[0] == STABLE
    assert found(ends="High", policy=from_table({"churn_band": "Very high"}))[0] == STABLE


def ledger(**rows):
    home = household("home", "ann")
    return build_ledger(tables(**home, **rows))


def standing_of(known, as_of):
    found = facts(known, tables()["gaus"], as_of)
    found = found.filter(found.running.notnull()).select("unit_id", *(one.name for one in dataclasses.fields(Standing)))
    return {row.pop("unit_id"): Standing(**row) for row in found.to_pyarrow().to_pylist()}


def plan(key="r", **more):
    return {
        "recurring_id": key, "account_id": "home", "amount": 10, "period": "Monthly", "established_on": "2023-01-01",
        "status": "Active", **more,
    }  # fmt: skip


def paid(date, won=True, **more):
    return gift(date, "home", 10, date, recurring_id="r", is_won=won, **more)


def test_misses_count_from_the_last_installment_that_was_paid():
    rows = [paid("2024-02-01", won=False), paid("2024-03-01"), paid("2024-04-01", won=False),
            paid("2024-05-01", won=False), paid("2024-06-01", won=False)]  # fmt: skip
    assert standing_of(ledger(recurring=[plan()], opportunities=rows), AS_OF)["home"].missed == 2


def test_a_pledge_that_has_ended_or_has_not_begun_is_not_standing():
    for more in ({"ended_on": "2024-05-31"}, {"established_on": "2024-06-01"}, {"status": "Closed"}):
        assert standing_of(ledger(recurring=[plan(**more)]), AS_OF) == {}
    assert standing_of(ledger(recurring=[plan(ended_on="2024-06-01")]), AS_OF)["home"].running == 1


def test_of_two_pledges_the_card_that_ends_first_and_any_pause_count():
    two = [plan("a", card_expires_on="2025-01-01", status="Paused"), plan("b", card_expires_on="2024-08-01")]
    standing = standing_of(ledger(recurring=two), AS_OF)["home"]
    assert (standing.running, standing.paused, standing.card_expires_on) == (2, 1, dt.date(2024, 8, 1))


def test_answers_are_told_by_year_and_later_ones_not_at_all():
    def answer(key, date):
        return {"member_id": key, "campaign_id": "c", "contact_id": "ann", "responded": True, "responded_on": date,
                "created_on": date}  # fmt: skip

    before = standing_of(ledger(recurring=[plan()], campaign_members=[answer("1", "2023-01-10")]), AS_OF)["home"]
    assert (before.answered_before, before.answered) == (True, False)
    after = standing_of(ledger(recurring=[plan()], campaign_members=[answer("1", "2024-06-01")]), AS_OF)["home"]
    assert (after.answered_before, after.answered) == (False, False)
