"""What counts as each outcome, to the day, and who can have it."""

from __future__ import annotations

import datetime as dt
import pathlib

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from snapshot_tables import gift, household, tables
from steward import features, outcomes
from steward.decide.policy import PRIORITY
from steward.donors import build_ledger
from steward.errors import ConfigError
from steward.outcomes.page import as_markdown

AS_OF = dt.date(2024, 1, 1)

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


def labels(
    outcome: outcomes.Outcome, *gifts: dict, as_of: dt.date = AS_OF, units: tuple[str, ...] = (), **more: list
) -> dict[str, int]:
    """Of each household that gave or is named; `more` are rows of other tables."""
    accounts = sorted({one["account_id"] for one in gifts} | set(units))
    made = [household(key, f"c{key}") for key in accounts]
    ledger = build_ledger(
        tables(
            accounts=[row for one in made for row in one["accounts"]] + more.pop("accounts", []),
            contacts=[row for one in made for row in one["contacts"]],
            opportunities=gifts,
            **more,
        )
    )
    known = ibis.memtable(pa.table({"unit_id": accounts}))
    found = outcome.label(ledger, known, as_of).to_pyarrow().to_pylist()
    return {row["unit_id"]: row["label"] for row in found}


def test_a_gift_on_the_first_day_of_the_window_counts_and_one_on_the_day_after_it_does_not():
    found = labels(
        outcomes.get("give_90_days"),
        gift("1", "first", 10, "2024-01-01"),
        gift("2", "last", 10, "2024-03-30"),
        gift("3", "after", 10, "2024-03-31"),
        gift("4", "before", 10, "2023-12-31"),
    )
    assert found == {"first": 1, "last": 1, "after": 0, "before": 0}


def test_a_gift_refunded_within_the_window_is_no_gift():
    refund = {"payment_id": "p2", "gift_id": "1", "amount": -10, "payment_date": dt.date(2024, 1, 20), "paid": True}
    paid = {"payment_id": "p1", "gift_id": "1", "amount": 10, "payment_date": dt.date(2024, 1, 10), "paid": True}
    found = labels(outcomes.get("give_90_days"), gift("1", "ann", 10, "2024-01-10"), payments=[paid, refund])
    assert found == {"ann": 0}


def test_a_donor_lapses_who_gives_nothing_for_twelve_months():
    found = labels(
        outcomes.get("lapse_12_months"),
        gift("1", "stays", 10, "2023-06-01"),
        gift("2", "stays", 10, "2024-12-30"),
        gift("3", "lapses", 10, "2023-06-01"),
        gift("4", "lapses", 10, "2025-06-01"),
    )
    assert found == {"stays": 0, "lapses": 1}


@pytest.mark.parametrize(("next_year", "upgraded"), [(125, 0), (126, 1), (0.5, 0)])
def test_an_upgrade_is_over_a_quarter_more_than_the_last_twelve_months(next_year, upgraded):
    found = labels(
        outcomes.get("upgrade"), gift("1", "ann", 100, "2023-05-01"), gift("2", "ann", next_year, "2024-05-01")
    )
    assert found == {"ann": upgraded}


def test_a_major_gift_is_one_gift_and_not_many_small_ones():
    gifts = [gift(f"s{k}", "small", 500, "2024-02-01") for k in range(4)]
    found = labels(outcomes.get("major_gift"), *gifts, gift("1", "large", 1000, "2024-12-30"))
    assert found == {"small": 0, "large": 1}


def test_a_relative_major_gift_is_measured_by_the_gifts_before_the_date():
    past = [gift(f"p{k}", "past", k, "2023-03-01") for k in range(1, 101)]
    found = labels(
        outcomes.major_gift(top_share=0.05),
        *past,
        gift("1", "big", 96, "2024-02-01"),
        gift("2", "mid", 90, "2024-02-01"),
    )
    assert found == {"past": 0, "big": 1, "mid": 0}


# unit → (gifts, of these in 24 months, in 12, months since the first; volunteered; pledges begun, ended; recurring; on record)
PEOPLE = {
    "new": ("household", 1, 1, 1, 2, None, 0, 0, 0, 30),
    "loyal": ("household", 9, 5, 3, 50, None, 0, 0, 0, 30),
    "old": ("household", 2, 0, 0, 40, None, 0, 0, 0, 30),
    "none": ("household", 0, 0, 0, None, None, 0, 0, 0, 30),
    "helper": ("household", 0, 0, 0, None, 3, 0, 0, 0, 30),
    "monthly": ("household", 30, 24, 12, 30, None, 1, 0, 12, 30),
    "stopped": ("household", 12, 12, 6, 20, None, 1, 1, 6, 30),
    "not yet entered": ("household", 0, 0, 0, None, None, 0, 0, 0, None),
    "firm": ("organization", 4, 2, 1, 30, None, 0, 0, 0, 30),
    "empty firm": ("organization", 0, 0, 0, None, None, 0, 0, 0, 30),
    "unknown": ("household", None, None, None, None, None, None, None, None, 30),
}
GAVE = {"new", "loyal", "old", "monthly", "stopped", "firm"}
ASKED_ABOUT = {
    "give_90_days": GAVE,
    "give_12_months": GAVE,
    "lapse_12_months": GAVE - {"old"},
    "upgrade": {"loyal", "monthly", "stopped", "firm"},
    "major_gift": GAVE,
    "mid_level": GAVE,
    "second_gift": {"new"},
    "reactivation": {"old"},
    "become_recurring": {"new", "loyal", "old", "stopped"},
    "recurring_churn": {"monthly"},
    "recurring_upgrade": {"monthly"},
    "volunteer_to_donor": {"helper"},
    "first_gift": {"none", "helper"},
    "matching_gift": {"new", "loyal", "monthly", "stopped"},
    "planned_giving": {"loyal", "old", "monthly", "stopped"},
}


@pytest.mark.parametrize("outcome", outcomes.OUTCOMES, ids=lambda one: one.key)
def test_eligibility_is_as_promised_and_means_the_same_on_a_table_and_on_a_frame(outcome):
    columns = (
        "kind", "gift_count", "gifts_24m", "gifts_12m", "months_since_first_gift", "months_since_volunteering",
        "pledges_begun", "pledges_ended", "recurring_gifts_12m",
        "months_on_record",
    )  # fmt: skip
    rows = [{"unit_id": unit, **dict(zip(columns, facts, strict=True))} for unit, facts in PEOPLE.items()]
    frame = pd.DataFrame(rows)
    table = ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False))
    by_table = set(table.filter(outcome.eligible(table)).to_pyarrow()["unit_id"].to_pylist())
    assert by_table == set(frame[outcome.eligible(frame).fillna(False)]["unit_id"])
    assert by_table == ASKED_ABOUT[outcome.key]


@pytest.mark.parametrize("outcome", outcomes.OUTCOMES, ids=lambda one: one.key)
def test_every_rule_reads_features_of_the_catalogue(outcome):
    names = {feature.name for feature in features.CATALOGUE}
    assert {term.feature for rule in outcome.rules for term in rule.terms} <= names
    assert len({rule.key for rule in outcome.rules}) == len(outcome.rules) >= 3


@pytest.mark.parametrize("outcome", outcomes.OUTCOMES, ids=lambda one: one.key)
@pytest.mark.parametrize("base_rate", [0.0, 0.001, 0.05, 0.4, 0.8, 0.97, 1.0])
def test_the_words_for_a_probability_are_in_order_at_every_base_rate(outcome, base_rate):
    first, second, third = outcome.bands.cuts(base_rate)
    assert 1 > first >= second >= third > 0
    assert (first, second, third) >= (outcome.bands.very_high, outcome.bands.high, outcome.bands.medium)
    assert second <= 0.80  # four in five is never less than High, whatever the others do


def test_an_unknown_outcome_names_the_known_ones():
    with pytest.raises(ConfigError, match="give_90_days, lapse_12_months, upgrade, major_gift"):
        outcomes.get("wealth")


YEAR_ON = ("give_12_months", "second_gift", "reactivation", "first_gift", "volunteer_to_donor")


@pytest.mark.parametrize("key", YEAR_ON)
def test_within_a_year_counts_from_the_first_day_to_the_last(key):
    found = labels(
        outcomes.get(key),
        gift("1", "first", 10, "2024-01-01"),
        gift("2", "last", 10, "2024-12-30"),
        gift("3", "after", 10, "2024-12-31"),
        gift("4", "before", 10, "2023-12-31"),
        units=("never",),
    )
    assert found == {"first": 1, "last": 1, "after": 0, "before": 0, "never": 0}


def test_mid_level_is_a_years_gifts_together_at_the_organizations_own_amount():
    small = [gift(f"s{k}", "small", 100, f"2024-0{k}-01") for k in range(1, 6)]
    found = labels(
        outcomes.mid_level(500),
        *small,
        gift("1", "large", 500, "2024-12-30"),
        gift("2", "below", 499, "2024-05-01"),
        gift("3", "late", 500, "2024-12-31"),
    )
    assert found == {"small": 1, "large": 1, "below": 0, "late": 0}


def test_a_major_gift_is_always_mid_level_and_more_than_that_is_refused():
    class Amounts:
        major_gift_amount, mid_level_amount = 1000, 250

    assert "250" in outcomes.configured("mid_level", Amounts()).question
    assert "1,000" in outcomes.configured("major_gift", Amounts()).question
    Amounts.mid_level_amount = 1001
    with pytest.raises(ConfigError, match="STEWARD_MID_LEVEL_AMOUNT"):
        outcomes.configured("upgrade", Amounts())


def test_a_match_counts_for_the_donor_whose_gift_was_matched():
    firm = {"account_id": "firm", "is_individual": False}
    matches = [gift("m1", "firm", 50, "2024-02-01"), gift("m2", "firm", 50, "2023-12-31")]
    roles = [
        {"role_id": "1", "gift_id": "m1", "contact_id": "cann", "role": "Matched Donor"},
        {"role_id": "2", "gift_id": "m2", "contact_id": "cbob", "role": "Matched Donor"},
        {"role_id": "3", "gift_id": "m1", "contact_id": "ccid", "role": "Solicitor"},
    ]
    found = labels(
        outcomes.get("matching_gift"), *matches, units=("ann", "bob", "cid"), accounts=[firm], contact_roles=roles
    )
    assert {unit: found[unit] for unit in ("ann", "bob", "cid")} == {"ann": 1, "bob": 0, "cid": 0}


def test_a_legacy_is_told_by_the_gifts_type_and_counts_for_three_years():
    found = labels(
        outcomes.get("planned_giving"),
        gift("1", "will", 9000, "2026-12-29", type="Bequest"),
        gift("2", "record type", 9000, "2025-01-01", record_type="Planned_Giving"),
        gift("3", "ordinary", 9000, "2025-01-01", type="Donation"),
        gift("4", "later", 9000, "2026-12-31", type="Bequest"),
    )
    assert found == {"will": 1, "record type": 1, "ordinary": 0, "later": 0}


@pytest.mark.parametrize("outcome", outcomes.OUTCOMES, ids=lambda one: one.key)
def test_gifts_after_the_horizon_change_no_label(outcome):
    known = [gift("1", "ann", 50, "2023-03-01"), gift("2", "ann", 60, "2024-02-01"), gift("3", "bob", 20, "2022-02-01")]
    end = AS_OF + outcome.horizon
    later = [gift(f"x{n}", unit, 9999, end.isoformat(), type="Bequest") for n, unit in enumerate(("ann", "bob"))]
    assert labels(outcome, *known, *later) == labels(outcome, *known)


@pytest.mark.parametrize("outcome", outcomes.OUTCOMES, ids=lambda one: one.key)
def test_titles_fit_their_field_and_every_outcome_says_what_it_is_not_for(outcome):
    assert len(outcome.title) <= 40
    assert outcome.question.endswith("?")
    assert outcome.decision
    assert outcome.not_for


def test_every_outcome_has_its_place_in_the_order_of_priorities():
    assert sorted(PRIORITY) == sorted(outcome.key for outcome in outcomes.OUTCOMES)
    prefixes = [outcome.field_prefix for outcome in outcomes.OUTCOMES]
    assert len(set(prefixes)) == len(prefixes)


def test_the_page_about_outcomes_equals_their_specifications():
    page = pathlib.Path(__file__).resolve().parents[3] / "docs" / "outcomes.md"
    assert page.read_text(encoding="utf-8") == as_markdown(outcomes.OUTCOMES)
