import pytest
from snapshot_tables import by, rows, tables
from steward.donors import build_ledger
from steward.errors import InputError


def members(*contacts, **account):
    home = {"account_id": "home", "is_individual": True, "account_type": "Household Account", **account}
    people = [{"account_id": "home", **contact} for contact in contacts]
    return by(build_ledger(tables(accounts=[home], contacts=people)).members, "contact_id")


def lead(*contacts, **account):
    return [key for key, row in members(*contacts, **account).items() if row["is_lead"]]


def person(key, **more):
    return {"contact_id": key, **more}


def test_the_primary_contact_leads_the_household():
    assert lead(person("a", total_gifts=900), person("b"), primary_contact_id="b") == ["b"]


@pytest.mark.parametrize("flag", ["deceased", "do_not_contact"])
def test_a_primary_contact_not_to_be_contacted_gives_way_to_the_largest_giver(flag):
    people = [person("a", total_gifts=10), person("b", **{flag: True}), person("c", total_gifts=20)]
    assert lead(*people, primary_contact_id="b") == ["c"]


def test_equal_givers_give_way_to_the_oldest_record():
    assert lead(person("a", created_on="2020-01-02"), person("b", created_on="2020-01-01")) == ["b"]


def test_a_household_that_wants_no_contact_still_has_a_lead_but_the_dead_never_lead():
    assert lead(person("a", deceased=True), person("b", do_not_contact=True)) == ["b"]
    assert lead(person("a", deceased=True)) == []


def test_why_a_person_is_not_scored():
    found = members(person("a", deceased=True), person("b", ai_opt_out=True), person("c"))
    assert {key: row["excluded_reason"] for key, row in found.items()} == {
        "a": "Deceased",
        "b": "Opted out of AI scoring",
        "c": None,
    }
    assert members(person("a"), all_members_deceased=True)["a"]["excluded_reason"] == "All household members deceased"


def test_do_not_contact_is_no_exclusion():
    row = members(person("a", do_not_contact=True, do_not_call=True))["a"]
    assert (row["excluded_reason"], row["do_not_contact"], row["do_not_call"]) == (None, True, True)


def test_the_basis_says_whose_behaviour_a_score_is():
    accounts = [
        {"account_id": "home", "is_individual": True, "account_type": "Household Account"},
        {"account_id": "one", "is_individual": True, "account_type": "One-to-One Individual"},
        {"account_id": "firm", "is_individual": False},
    ]
    contacts = [person(key, account_id=key if key != "solo" else None) for key in ("home", "one", "firm", "solo")]
    ledger = build_ledger(tables(accounts=accounts, contacts=contacts))
    found = {key: row["basis"] for key, row in by(ledger.members, "contact_id").items()}
    assert found == {"home": "Household", "one": "Individual", "firm": "Organization", "solo": "Individual"}
    kinds = {row["unit_id"]: row["kind"] for row in rows(ledger.units)}
    assert kinds == {"home": "household", "one": "household", "firm": "organization", "solo": "household"}


def test_a_missing_table_is_named():
    incomplete = {name: table for name, table in tables().items() if name != "payments"}
    with pytest.raises(InputError, match="payments"):
        build_ledger(incomplete)
