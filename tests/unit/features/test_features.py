"""The feature table against an independent reading of each phrase, and what must never change it."""

import datetime as dt
import random
from decimal import Decimal

import oracle
import pytest
from histories import HOMES, Engine, engine, history, shifted, sql
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from steward import features
from steward.errors import InputError
from steward.features.arithmetic import first_of_months

FIRST = dt.date(2014, 1, 1)
DATES = (dt.date(2024, 3, 15), dt.date(2024, 2, 29), dt.date(2023, 12, 31))
SEEDS = st.integers(0, 2**32)
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = [feature.name for feature in features.CATALOGUE]


def computed(rows, as_of) -> list[dict]:
    engine().load(rows)
    return engine().features(as_of).to_pylist()


def expected(found: Engine, unit: dict, as_of: dt.date) -> dict:
    def of(name):
        return [row for row in found.table(name) if row.get("unit_id") == unit["unit_id"]]

    gifts = oracle.net_gifts(of("gifts"), found.table("reversals"), as_of)
    people = [row for row in of("members") if row["created_on"] < as_of]
    return {
        **oracle.giving(gifts, as_of),
        **oracle.sustaining(of("installments"), of("pledges"), as_of),
        **oracle.influence(of("soft_credits"), as_of),
        **oracle.engagement(of("touches"), as_of),
        **oracle.asking(of("asks"), as_of),
        "members_known": len(people) or None,
        "months_on_record": oracle.since(unit["created_on"], as_of) if unit["created_on"] < as_of else None,
    }


@FEW
@given(seed=SEEDS, as_of=st.sampled_from(DATES))
def test_every_feature_is_what_its_phrase_claims(seed, as_of):
    found = {row["unit_id"]: row for row in computed(history(seed, FIRST, dt.date(2024, 12, 31)), as_of)}
    units = [unit for unit in engine().table("units") if unit["unit_id"] in found]
    for unit in units:
        claimed = expected(engine(), unit, as_of)
        actual = {name: found[unit["unit_id"]][name] for name in NAMES}
        assert actual == {name: claimed[name] for name in NAMES}


@FEW
@given(seed=SEEDS, later=SEEDS, as_of=st.sampled_from(DATES))
def test_nothing_dated_on_or_after_the_day_changes_a_feature(seed, later, as_of):
    past = history(seed, FIRST, as_of - dt.timedelta(days=1))
    past["payments"] = [row for row in past["payments"] if row["payment_date"] < as_of]
    before = computed(past, as_of)
    future = history(later, as_of, as_of + dt.timedelta(days=900))
    both = {name: [*rows, *_renamed(future[name], name)] for name, rows in past.items()}
    assert computed(both, as_of) == before


def _renamed(rows: list[dict], table: str) -> list[dict]:
    """The later history's own rows beside the earlier ones: same units and people, new gifts and accounts."""
    keys = (
        "gift_id",
        "payment_id",
        "role_id",
        "credit_id",
        "recurring_id",
        "member_id",
        "task_id",
        "event_id",
        "hours_id",
    )
    own = {"accounts": ("account_id",), "contacts": ("contact_id",)}.get(table, keys)
    moved = [{k: f"later {v}" if k in own and v else v for k, v in row.items()} for row in rows]
    if table == "opportunities":  # an ask is history from its ask date on
        moved = [{**row, "ask_date": None} for row in moved]
    return moved


@FEW
@given(seed=SEEDS, as_of=st.sampled_from(DATES))
def test_what_is_known_of_a_later_gift_may_change_without_changing_a_feature(seed, as_of):
    rows = history(seed, FIRST, dt.date(2024, 12, 31))
    rows["opportunities"] = [{**row, "ask_date": None} for row in rows["opportunities"]]
    rows["payments"] = [row for row in rows["payments"] if row["payment_date"] < as_of]
    before = computed(rows, as_of)
    rows["opportunities"] = [
        {**row, "amount": 77_777, "is_won": not row["is_won"], "is_closed": True, "campaign_id": "another"}
        if row["close_date"] >= as_of
        else row
        for row in rows["opportunities"]
    ]
    assert computed(rows, as_of) == before


@FEW
@given(seed=SEEDS, as_of=st.sampled_from(DATES))
def test_four_years_later_the_same_history_has_the_same_features(seed, as_of):
    rows, four_years = history(seed, FIRST, dt.date(2024, 12, 31)), 1461
    before = computed(rows, as_of)
    assert computed(shifted(rows, four_years), as_of + dt.timedelta(days=four_years)) == before


@FEW
@given(seed=SEEDS)
def test_the_order_of_rows_and_the_names_of_gifts_are_irrelevant(seed):
    rows = history(seed, FIRST, dt.date(2024, 12, 31))
    before = computed(rows, DATES[0])
    mixed = {name: random.Random(seed).sample(table, len(table)) for name, table in rows.items()}
    assert computed(mixed, DATES[0]) == before
    plain = {**rows, "account_soft_credits": [], "contact_roles": []}
    before = computed(plain, DATES[0])
    renamed = {
        name: [{k: f"{v}"[::-1] if k == "gift_id" else v for k, v in row.items()} for row in table]
        for name, table in plain.items()
    }
    assert computed(renamed, DATES[0]) == before


@pytest.mark.parametrize("as_of", [*DATES, dt.date(2023, 10, 31), dt.date(2024, 1, 1)])
def test_a_gift_is_fewer_months_back_from_that_day_on(as_of):
    for months in (1, 8, 24):
        first = first_of_months(as_of, months)
        assert oracle.within(first, as_of, months)
        assert not oracle.within(first - dt.timedelta(days=1), as_of, months)


def test_two_runs_are_byte_identical():
    many = [history(seed, FIRST, dt.date(2024, 12, 31)) for seed in range(40)]
    merged = {name: [row for one in many for row in one[name]] for name in many[0]}
    for name in ("accounts", "contacts"):
        merged[name] = many[0][name]
    for place, one in enumerate(many):
        for row in one["opportunities"]:
            row["gift_id"] = f"{place} {row['gift_id']}"
    merged["opportunities"] = [row for one in many for row in one["opportunities"]]
    merged["payments"] = merged["contact_roles"] = merged["account_soft_credits"] = []
    engine().load(merged)
    first, second = engine().features(DATES[0]), engine().features(DATES[0])
    assert first.equals(second)
    assert first.num_rows >= len(HOMES)


def test_many_dates_are_the_same_expression_at_each_date():
    engine().load(history(7, FIRST, dt.date(2024, 12, 31)))
    table = features.compute_many(engine().ledger, [*DATES[:2], DATES[0]])
    rows = engine().run(sql(table.order_by("as_of", "unit_id"))).to_pylist()
    one_by_one = [{**row, "as_of": date} for date in sorted(DATES[:2]) for row in engine().features(date).to_pylist()]
    assert rows == one_by_one


def test_no_date_is_refused():
    with pytest.raises(InputError, match="as_of"):
        features.compute_many(engine().ledger, [])


def test_a_unit_imported_after_its_gifts_is_known_from_its_first_gift_on():
    rows = {
        "accounts": [{"account_id": "home", "is_individual": True, "created_on": "2024-01-01"}],
        "opportunities": [
            {
                "gift_id": "a",
                "account_id": "home",
                "amount": 10,
                "close_date": "2020-05-05",
                "is_won": True,
                "is_closed": True,
            }
        ],
    }
    assert computed(rows, dt.date(2020, 5, 5)) == []
    row = computed(rows, dt.date(2020, 5, 6))[0]
    assert (row["gift_count"], row["months_on_record"]) == (1, None)


def test_a_unit_that_never_gave_has_counts_of_zero_and_no_averages():
    row = computed({"accounts": [{"account_id": "home", "is_individual": True}]}, DATES[0])[0]
    assert (row["gift_count"], row["gifts_12m"], row["total_given"]) == (0, 0, 0)
    undefined = ("months_since_last_gift", "average_gift", "last_gift", "gap_ratio", "december_share", "recent_share")
    assert {row[name] for name in undefined} == {None}


def test_totals_are_exact_to_the_cent_however_large_and_many():
    amounts = ["20000000000000.01", "10000000000000.07", *["0.01"] * 10]
    won = {"account_id": "home", "close_date": "2024-01-05", "is_won": True, "is_closed": True}
    rows = {
        "accounts": [{"account_id": "home", "is_individual": True}],
        "opportunities": [
            {"gift_id": str(place), "amount": Decimal(amount), **won} for place, amount in enumerate(amounts)
        ],
    }
    row = computed(rows, DATES[0])[0]
    assert row["total_given"] == row["given_12m"] == Decimal("30000000000000.18")
