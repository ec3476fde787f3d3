from decimal import Decimal

import pytest
from snapshot_tables import by, gift, household, rows, tables
from steward.donors import Ledger, build_ledger

FUND = {"account_id": "fund", "is_individual": False}
HOME = {"account_id": "home", "is_individual": True, "account_type": "Household Account"}
OTHER = {"account_id": "other", "is_individual": True, "account_type": "Household Account"}
ANN = {"contact_id": "ann", "account_id": "home"}
BOB = {"contact_id": "bob", "account_id": "home"}
CLEO = {"contact_id": "cleo", "account_id": "other"}


def ledger(*gifts, settings=None, **more) -> Ledger:
    base = {"accounts": [HOME, OTHER, FUND], "contacts": [ANN, BOB, CLEO]}
    return build_ledger(tables(**{**base, "opportunities": gifts, "settings": [settings or {}], **more}))


def given(found: Ledger) -> dict[str, dict[str, Decimal]]:
    units: dict[str, dict[str, Decimal]] = {}
    for row in rows(found.gifts):
        units.setdefault(row["unit_id"], {})[row["gift_id"]] = row["amount"]
    return units


def soft(found: Ledger) -> list[tuple[str, str, str, Decimal]]:
    return [
        (r["contact_id"], r["gift_id"], r["role"], r["amount"])
        for r in rows(found.soft_credits, "contact_id", "gift_id")
    ]


def role(key, gift_id, contact, name, primary=False):
    return {"role_id": key, "gift_id": gift_id, "contact_id": contact, "role": name, "is_primary": primary}


def source(gift_id, account, amount=None, kind="Donation Source", key="credit"):
    return {"credit_id": key, "gift_id": gift_id, "account_id": account, "amount": amount, "role": kind}


def test_every_won_stage_is_a_gift_and_nothing_else_is():
    open_ask = {**gift("open", "home", 50, "2024-01-05"), "is_won": False, "is_closed": False}
    lost = {**gift("lost", "home", 50, "2024-01-05"), "is_won": False}
    found = ledger(gift("won", "home", 50, "2024-01-05"), open_ask, lost, gift("no amount", "home", None, "2024-01-05"))
    assert given(found) == {"home": {"won": Decimal(50)}}


def test_a_gift_of_zero_is_no_gift():
    assert given(ledger(gift("zero", "home", 0, "2024-01-05"))) == {}


def test_an_organization_gives_for_itself_whoever_its_primary_contact_is():
    found = ledger(gift("grant", "fund", 500, "2024-01-05", primary_contact_id="ann"))
    assert given(found) == {"fund": {"grant": Decimal(500)}}


def test_rolling_up_to_the_primary_contact_does_not_count_an_organizations_gift_twice():
    grant = gift("grant", "fund", 500, "2024-01-05", primary_contact_id="ann")
    assert given(ledger(grant, settings={"always_rollup_to_primary": True})) == {"fund": {"grant": Decimal(500)}}


def test_a_contact_without_an_account_is_a_unit_of_its_own():
    found = ledger(
        gift("small", None, 20, "2024-01-05", primary_contact_id="solo"), contacts=[{"contact_id": "solo"}, ANN]
    )
    assert given(found) == {"solo": {"small": Decimal(20)}}
    assert by(found.units, "unit_id")["solo"]["kind"] == "household"


def test_a_bucket_account_is_no_household_its_people_are_units():
    bucket = {"account_id": "bucket", "is_individual": True, "account_type": "Bucket Individual"}
    people = [{"contact_id": "one", "account_id": "bucket"}, {"contact_id": "two", "account_id": "bucket"}]
    found = ledger(gift("a", "bucket", 20, "2024-01-05", primary_contact_id="one"), accounts=[bucket], contacts=people)
    assert given(found) == {"one": {"a": Decimal(20)}}
    assert set(by(found.units, "unit_id")) == {"one", "two"}


def test_a_gift_of_nobody_known_is_left_out():
    assert given(ledger(gift("stray", "gone", 20, "2024-01-05", primary_contact_id="nobody"))) == {}


@pytest.mark.parametrize("field", ["type", "record_type"])
def test_types_that_the_settings_exclude_are_no_gifts(field):
    gifts = [
        gift("a", "home", 10, "2024-01-05", **{field: "In-Kind"}),
        gift("b", "home", 20, "2024-01-05", **{field: "Cash"}),
    ]
    settings = {f"excluded_account_{field}s": "Loan; In-Kind"}
    assert given(ledger(*gifts, settings=settings)) == {"home": {"b": Decimal(20)}}


def test_types_excluded_for_contacts_count_for_accounts_but_give_no_soft_credit():
    found = ledger(
        gift("a", "fund", 10, "2024-01-05", type="Grant"),
        contact_roles=[role("r", "a", "ann", "Soft Credit")],
        settings={"excluded_contact_types": "Grant"},
    )
    assert given(found) == {"fund": {"a": Decimal(10)}}
    assert soft(found) == []


def test_a_household_member_role_never_adds_to_the_same_household():
    found = ledger(
        gift("a", "home", 100, "2024-01-05", primary_contact_id="ann"),
        contact_roles=[role("r1", "a", "ann", "Donor", primary=True), role("r2", "a", "bob", "Household Member")],
    )
    assert given(found) == {"home": {"a": Decimal(100)}}
    assert soft(found) == []


def test_a_household_member_who_moved_out_keeps_the_credit_as_influence():
    found = ledger(gift("a", "home", 100, "2024-01-05"), contact_roles=[role("r", "a", "cleo", "Household Member")])
    assert soft(found) == [("cleo", "a", "Household Member", Decimal(100))]
    assert "other" not in given(found)


def test_the_primary_contact_of_an_organizations_gift_has_soft_credit():
    found = ledger(
        gift("a", "fund", 100, "2024-01-05"), contact_roles=[role("r", "a", "ann", "Soft Credit", primary=True)]
    )
    assert soft(found) == [("ann", "a", "Soft Credit", Decimal(100))]


def test_the_primary_role_on_another_households_gift_is_not_soft_credit():
    found = ledger(
        gift("a", "home", 100, "2024-01-05"), contact_roles=[role("r", "a", "cleo", "Soft Credit", primary=True)]
    )
    assert soft(found) == []


def test_only_the_settings_roles_are_soft_credit():
    roles = [role("r1", "a", "ann", "Solicitor"), role("r2", "a", "cleo", "Soft Credit")]
    grant = gift("a", "fund", 100, "2024-01-05")
    assert [s[0] for s in soft(ledger(grant, contact_roles=roles))] == ["cleo"]
    assert [s[0] for s in soft(ledger(grant, contact_roles=roles, settings={"soft_credit_roles": "Solicitor"}))] == [
        "ann"
    ]


def test_an_honoree_has_no_influence_even_where_the_settings_say_so():
    found = ledger(
        gift("a", "home", 100, "2024-01-05", tribute_type="Memorial"),
        contact_roles=[role("r", "a", "cleo", "Honoree")],
        settings={"soft_credit_roles": "Honoree;Soft Credit"},
    )
    assert soft(found) == []
    assert given(found) == {"home": {"a": Decimal(100)}}


def partial(key, gift_id, contact, amount, name="Soft Credit"):
    return {"credit_id": key, "gift_id": gift_id, "contact_id": contact, "amount": amount, "role": name}


def test_the_first_partial_soft_credit_of_the_contact_replaces_the_amount():
    found = ledger(
        gift("a", "fund", 100, "2024-01-05"),
        contact_roles=[role("r", "a", "ann", "Soft Credit")],
        partial_soft_credits=[
            partial("p2", "a", "ann", 60),
            partial("p1", "a", "ann", 30),
            partial("p0", "a", "cleo", 5),
        ],
    )
    assert soft(found) == [("ann", "a", "Soft Credit", Decimal(30))]


def test_a_partial_soft_credit_is_found_whatever_the_role_but_its_own_role_must_count():
    grant, roles = gift("a", "fund", 100, "2024-01-05"), [role("r", "a", "ann", "Soft Credit")]
    matched = ledger(grant, contact_roles=roles, partial_soft_credits=[partial("p", "a", "ann", 30, "Matched Donor")])
    assert soft(matched) == [("ann", "a", "Matched Donor", Decimal(30))]
    solicitor = ledger(grant, contact_roles=roles, partial_soft_credits=[partial("p", "a", "ann", 30, "Solicitor")])
    assert soft(solicitor) == []


def test_a_partial_soft_credit_without_a_role_on_the_gift_counts_for_nothing():
    found = ledger(gift("a", "fund", 100, "2024-01-05"), partial_soft_credits=[partial("p", "a", "ann", 30)])
    assert soft(found) == []


def test_two_roles_of_one_contact_on_one_gift_are_one_soft_credit():
    roles = [role("r1", "a", "ann", "Soft Credit"), role("r2", "a", "ann", "Matched Donor")]
    assert len(soft(ledger(gift("a", "fund", 100, "2024-01-05"), contact_roles=roles))) == 1


def test_a_fund_gift_counts_for_the_household_behind_it_and_not_for_the_fund():
    found = ledger(
        gift("a", "fund", 100, "2024-01-05", primary_contact_id="ann"),
        account_soft_credits=[source("a", "home", 100)],
        contact_roles=[role("r", "a", "ann", "Soft Credit", primary=True)],
    )
    assert given(found) == {"home": {"a": Decimal(100)}}
    assert rows(found.gifts)[0]["source"] == "donor_advised_fund"
    assert soft(found) == []


def test_workplace_giving_is_shared_out_and_the_employer_keeps_only_its_own():
    found = ledger(
        gift("payroll", "fund", 100, "2024-01-05"),
        account_soft_credits=[source("payroll", "home", 30, key="1"), source("payroll", "other", 20, key="2")],
    )
    assert given(found) == {
        "home": {"payroll": Decimal(30)},
        "other": {"payroll": Decimal(20)},
        "fund": {"payroll": Decimal(50)},
    }


def test_a_fund_gift_without_a_stated_part_is_all_the_households():
    found = ledger(gift("a", "fund", 100, "2024-01-05"), account_soft_credits=[source("a", "home")])
    assert given(found) == {"home": {"a": Decimal(100)}}


@pytest.mark.parametrize("parts", [(80, 80), (None, None), (80, None), (100, 100), (0, 130), (30, 30)])
def test_the_parts_of_a_fund_gift_never_exceed_the_gift(parts):
    credits = [source("a", unit, part, key=unit) for unit, part in zip(("home", "other"), parts, strict=True)]
    found = given(ledger(gift("a", "fund", 100, "2024-01-05"), account_soft_credits=credits))
    assert sum(unit["a"] for unit in found.values()) == 100


def test_two_credits_of_one_household_on_one_gift_are_one_gift():
    credits = [source("a", "home", 40, key="1"), source("a", "home", 60, key="2")]
    found = ledger(gift("a", "fund", 100, "2024-01-05"), account_soft_credits=credits)
    assert [(r["unit_id"], r["amount"]) for r in rows(found.gifts)] == [("home", Decimal(100))]


def test_a_fund_named_as_source_of_a_households_gift_marks_it_and_moves_nothing():
    found = ledger(gift("a", "home", 100, "2024-01-05"), account_soft_credits=[source("a", "fund", 100)])
    assert given(found) == {"home": {"a": Decimal(100)}}
    assert rows(found.gifts)[0]["source"] == "donor_advised_fund"


@pytest.mark.parametrize("kind", ["Influencer", "Match"])
def test_other_account_soft_credits_move_nothing(kind):
    found = ledger(gift("a", "fund", 100, "2024-01-05"), account_soft_credits=[source("a", "home", 100, kind)])
    assert given(found) == {"fund": {"a": Decimal(100)}}


def test_an_employers_match_is_not_the_giving_of_the_donor_matched():
    own = gift("own", "home", 100, "2024-01-05", matching_gift_id="match")
    found = ledger(
        own,
        gift("match", "fund", 100, "2024-02-05"),
        contact_roles=[role("r", "match", "ann", "Matched Donor")],
    )
    assert given(found) == {"home": {"own": Decimal(100)}, "fund": {"match": Decimal(100)}}
    assert soft(found) == [("ann", "match", "Matched Donor", Decimal(100))]
    on_the_household = ledger(own, gift("match", "home", 100, "2024-02-05"))
    assert given(on_the_household) == {"home": {"own": Decimal(100)}}


def test_an_opportunity_is_at_most_once_in_a_unit_and_its_parts_are_its_amount():
    found = ledger(
        gift("a", "fund", 100, "2024-01-05", primary_contact_id="ann"),
        gift("b", "home", 70, "2024-01-06", primary_contact_id="ann"),
        account_soft_credits=[
            source("a", "home", 60, key="1"),
            source("b", "fund", 70, key="2"),
            source("b", "other", 70, key="3"),
        ],
        contact_roles=[
            role(f"r{n}", g, c, "Soft Credit") for n, (g, c) in enumerate([("a", "ann"), ("a", "bob"), ("b", "bob")])
        ],
    )
    credited = [(row["gift_id"], row["unit_id"]) for row in rows(found.gifts)]
    assert len(credited) == len(set(credited))
    totals = {key: sum(r["amount"] for r in rows(found.gifts) if r["gift_id"] == key) for key in "ab"}
    assert totals == {"a": 100, "b": 70}
    assert not {(r["gift_id"], r["unit_id"]) for r in rows(found.soft_credits)} & set(credited)


def test_a_gift_carries_its_campaigns_type_and_its_fund_but_not_the_default_fund():
    found = ledger(
        gift("a", "home", 100, "2024-01-05", campaign_id="gala"),
        campaigns=[{"campaign_id": "gala", "type": "Event"}],
        allocations=[
            {"allocation_id": "1", "gift_id": "a", "gau_id": "general", "amount": 70},
            {"allocation_id": "2", "gift_id": "a", "gau_id": "wells", "amount": 20},
            {"allocation_id": "3", "gift_id": "a", "gau_id": "trees", "amount": 10},
        ],
        settings={"default_gau_id": "general"},
    )
    row = rows(found.gifts)[0]
    assert (row["campaign_type"], row["gau_id"]) == ("Event", "wells")


def test_household_builder_makes_one_unit():
    found = build_ledger(tables(**household("h", "x", "y")))
    assert [(u["unit_id"], u["members"]) for u in rows(found.units)] == [("h", 2)]
