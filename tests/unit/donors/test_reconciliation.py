import pytest
from snapshot_tables import by, gift, tables
from steward.donors import build_ledger, reconcile, reconciliation
from steward.night.rollups import compare, differing

FUND = {"account_id": "fund", "is_individual": False}


def check(npsp, *gifts, **more):
    """The reconciliation of one household, of which NPSP says (total, number, last date)."""
    total, number, last = npsp
    home = {
        "account_id": "home", "is_individual": True, "total_gifts": total, "number_of_gifts": number, "last_gift_date": last
    }  # fmt: skip
    snapshot = tables(accounts=[home, FUND], opportunities=gifts, **more)
    return by(reconcile(snapshot, build_ledger(snapshot)), "unit_id")["home"]


A, B = gift("a", "home", 100, "2024-01-05"), gift("b", "home", 50, "2024-02-05")


def test_equal_totals_match_and_have_no_reason():
    row = check((150, 2, "2024-02-05"), A, B)
    assert (row["matches"], row["reason"]) == (True, None)


def test_an_account_without_gifts_matches_npsps_zero():
    assert check((0, 0, None))["matches"]
    assert check((None, None, None))["matches"]


@pytest.mark.parametrize(
    ("npsp", "reason"),
    [
        ((0, 0, None), reconciliation.NEVER_RUN),
        ((100, 1, "2024-01-05"), reconciliation.NOT_REFRESHED),
        ((137, 2, "2024-02-05"), reconciliation.UNEXPLAINED),
    ],
)
def test_a_stale_or_strange_roll_up_is_said_to_be_so(npsp, reason):
    row = check(npsp, A, B)
    assert (row["matches"], row["reason"]) == (False, reason)


def test_a_roll_up_that_counts_excluded_types():
    row = check((150, 2, "2024-02-05"), A, {**B, "type": "In-Kind"}, settings=[{"excluded_account_types": "In-Kind"}])
    assert row["reason"] == reconciliation.COUNTS_EXCLUDED


def test_a_refund_by_hand_explains_the_difference():
    refund = {"payment_id": "r", "gift_id": "a", "amount": -30, "payment_date": "2024-03-01", "paid": True}
    row = check((150, 2, "2024-02-05"), A, B, payments=[refund])
    assert (row["total_given"], row["reason"]) == (120, reconciliation.REVERSED)


def test_a_fund_gift_explains_the_difference_on_both_sides():
    credit = {"credit_id": "c", "gift_id": "f", "account_id": "home", "amount": 70, "role": "Donation Source"}
    row = check((100, 1, "2024-01-05"), A, gift("f", "fund", 70, "2024-03-01"), account_soft_credits=[credit])
    assert (row["total_given"], row["reason"]) == (170, reconciliation.FUND)
    fund = {**FUND, "total_gifts": 70, "number_of_gifts": 1, "last_gift_date": "2024-03-01"}
    snapshot = tables(
        accounts=[fund, {"account_id": "home", "is_individual": True}],
        opportunities=[gift("f", "fund", 70, "2024-03-01")],
        account_soft_credits=[credit],
    )
    assert by(reconcile(snapshot, build_ledger(snapshot)), "unit_id")["fund"]["reason"] == reconciliation.FUND


def test_a_match_on_the_household_explains_the_difference():
    row = check((150, 2, "2024-02-05"), {**A, "matching_gift_id": "b"}, B)
    assert (row["total_given"], row["reason"]) == (100, reconciliation.MATCH)


def test_a_gift_of_zero_explains_the_difference_in_number():
    assert check((100, 2, "2024-02-05"), A, {**B, "amount": 0})["reason"] == reconciliation.NO_MONEY


def test_the_comparison_counts_reasons_and_shows_the_largest_differences_first():
    homes = [
        {
            "account_id": name,
            "is_individual": True,
            "total_gifts": total,
            "number_of_gifts": 1,
            "last_gift_date": "2024-01-05",
        }
        for name, total in (("h1", 100), ("h2", 90), ("h3", 1))
    ]
    gifts = [gift(f"g-{name}", name, 100, "2024-01-05") for name in ("h1", "h2", "h3")]
    snapshot = tables(accounts=homes, opportunities=gifts)
    found = compare(differing(snapshot, build_ledger(snapshot)), snapshot)
    assert (found.agreeing, found.differing) == (1, 2)
    assert found.reasons == {reconciliation.UNEXPLAINED: 2}
    assert [one.unit_id for one in found.examples] == ["h3", "h2"]
    assert found.sentence().startswith("2 of 3 giving units differ from NPSP's roll-ups: 2 × unexplained")
