"""Compiled queries on a small org: records as REST returns them, flat rows as Bulk CSV, counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from localorg import ids
from soql_world import ME, World


@pytest.fixture(scope="module")
def filled() -> World:
    world = World()
    world.add("User", 1, Name="Officer", Alias="off", ProfileId=world.add("Profile", 1, Name="Fundraiser"))
    grand = world.add("Account", 9, Name="Grand", BillingCity="Oslo")
    first = world.add("Account", 1, Name="Émile & Co", Type="Customer", Is_Household__c=1, AnnualRevenue=250.5,
                      BillingCity="Paris", BillingPostalCode="75001", ParentId=grand, NumberOfEmployees=3)  # fmt: skip
    second = world.add("Account", 2, Name="beta", AnnualRevenue=80.0, Secret__c="x")
    world.add("Account", 3, Name="Gone", IsDeleted=1)
    li = world.add("Contact", 1, Name="Ann Li", LastName="Li", AccountId=first, Active__c=1, Gifts__c=4.0, Visits__c=2,
                   Interests__c="Arts;Health", Code__c="aB", Touched_At__c="2026-05-14T06:30:00.000Z")  # fmt: skip
    ng = world.add("Contact", 2, Name="Bo Ng", LastName="Ng", AccountId=second, Birthdate="1990-02-03",
                   Interests__c="Health", ReportsToId=li, Code__c="AB", Email="bo_n@x.org")  # fmt: skip
    world.add("Contact", 3, Name="Cy Oz", LastName="Öz", Interests__c="Arts & Crafts")
    for number, (donor, amount, day, stage) in enumerate(
        [(li, 10.0, "2026-05-14", "Posted"), (li, 20.1, "2026-05-01", "Pledged"), (ng, None, "2026-04-30", "Posted"),
         (li, 0.2, "2025-12-31", "Posted"), (None, 5.0, "2026-05-10", None)]
    ):  # fmt: skip
        world.add(
            "Gift__c", number, Name=f"G{number}", Donor__c=donor, Account__c=first if donor == li else None,
            Amount__c=amount, Given_On__c=day, Stage__c=stage,
        )  # fmt: skip
    lead = world.add("Lead", 1, Name="Lee Ad", Company="Acme", Email="lee@x.org")
    queue = world.add("Group", 1, Name="Thank-you calls")
    world.add("Task", 1, Subject="Call", WhoId=li, WhatId=first, HandlerId=ME)
    world.add("Task", 2, Subject="Mail", WhoId=lead, WhatId=ids.make("a00", 1), HandlerId=queue)
    world.add("Task", 3, Subject="Note")
    return world


@pytest.fixture
def world(filled: World) -> Iterator[World]:
    yield filled


def keys(record: dict[str, Any]) -> list[str]:
    return list(record)


def test_a_record_has_attributes_and_its_fields_in_the_order_asked(world: World) -> None:
    [record] = world.query(
        "select visits__C, id, active__c, gifts__c, touched_at__c from CONTACT where lastname = 'LI'"
    )
    contact = ids.make("003", 1)
    assert record == {
        "attributes": {"type": "Contact", "url": f"/services/data/v67.0/sobjects/Contact/{contact}"},
        "Visits__c": 2,
        "Id": contact,
        "Active__c": True,
        "Gifts__c": 4.0,
        "Touched_At__c": "2026-05-14T06:30:00.000+0000",
    }
    assert keys(record) == ["attributes", "Visits__c", "Id", "Active__c", "Gifts__c", "Touched_At__c"]
    assert isinstance(record["Gifts__c"], float)


def test_parents_are_nested_and_missing_ones_null(world: World) -> None:
    records = world.query("SELECT Id, Account.Parent.Name, Account.Name, ReportsTo.LastName FROM Contact ORDER BY Id")
    li, ng, oz = records
    assert keys(li) == ["attributes", "Id", "Account", "ReportsTo"]
    assert li["Account"]["Parent"]["Name"] == "Grand"
    assert li["Account"]["attributes"]["type"] == "Account"
    assert (ng["Account"]["Parent"], ng["ReportsTo"]["LastName"]) == (None, "Li")
    assert (oz["Account"], oz["ReportsTo"]) == (None, None)


def test_five_levels_of_parents_and_no_more(world: World) -> None:
    assert world.query(
        "SELECT ReportsTo.ReportsTo.ReportsTo.ReportsTo.ReportsTo.Name FROM Contact WHERE LastName = 'Ng'"
    )
    code, message = world.refusal(
        "SELECT ReportsTo.ReportsTo.ReportsTo.ReportsTo.ReportsTo.ReportsTo.Name FROM Contact"
    )
    assert code == "MALFORMED_QUERY"
    assert "more than 5 levels" in message


def test_aliases_and_the_objects_own_name_stand_for_the_object(world: World) -> None:
    text = "SELECT c.LastName, a.Name, Contact.Id FROM Contact c, c.Account a WHERE a.Name = 'beta'"
    [record] = world.query(text)
    assert (record["LastName"], record["Account"]["Name"]) == ("Ng", "beta")


def test_children_come_with_their_own_filter_order_and_limit(world: World) -> None:
    text = (
        "SELECT Name, (SELECT Name, Amount__c FROM Gifts__r WHERE Amount__c > 0 ORDER BY Amount__c DESC LIMIT 2), "
        "(SELECT Subject FROM Tasks) FROM Contact ORDER BY Name"
    )
    li, ng, oz = world.query(text)
    assert (li["Gifts__r"]["totalSize"], li["Gifts__r"]["done"]) == (2, True)
    assert [gift["Amount__c"] for gift in li["Gifts__r"]["records"]] == [20.1, 10.0]
    assert li["Gifts__r"]["records"][0]["attributes"]["type"] == "Gift__c"
    assert [task["Subject"] for task in li["Tasks"]["records"]] == ["Call"]
    assert ng["Gifts__r"] is None
    assert keys(oz) == ["attributes", "Name", "Gifts__r", "Tasks"]


def test_children_of_children_are_fetched_by_page_and_not_by_record(world: World) -> None:
    statements: list[str] = []
    plan = world.plan("SELECT Id, (SELECT Id, (SELECT Id FROM Gifts__r OFFSET 1) FROM Contacts) FROM Account")
    world.connection.set_trace_callback(statements.append)
    records = list(plan.run(world.connection))
    world.connection.set_trace_callback(None)
    found = {record["Id"]: record["Contacts"] for record in records}
    contacts = found[ids.make("001", 1)]["records"]
    assert contacts[0]["Gifts__r"]["totalSize"] == 2
    assert len([one for one in statements if "Gift__c" in one]) == 1


def test_deleted_rows_appear_only_to_queryall(world: World) -> None:
    assert world.count("SELECT COUNT() FROM Account") == 3
    assert world.count("SELECT COUNT() FROM Account", all_rows=True) == 4
    assert world.query("SELECT COUNT() FROM Account") == []


def test_totals_respect_limit_and_offset(world: World) -> None:
    assert world.count("SELECT Id FROM Gift__c LIMIT 3") == 3
    assert world.count("SELECT Id FROM Gift__c LIMIT 10 OFFSET 4") == 1
    assert world.values("SELECT Name FROM Gift__c ORDER BY Name LIMIT 2 OFFSET 1") == ["G1", "G2"]


def test_text_compares_without_regard_to_case_in_any_script(world: World) -> None:
    assert world.values("SELECT Name FROM Account WHERE Name = 'ÉMILE & CO'") == ["Émile & Co"]
    assert world.values("SELECT LastName FROM Contact WHERE LastName IN ('öZ', 'lI') ORDER BY Id") == ["Li", "Öz"]
    assert world.values("SELECT Name FROM Account WHERE Name LIKE 'éM%'") == ["Émile & Co"]


def test_case_sensitive_fields_and_ids_compare_exactly(world: World) -> None:
    assert world.values("SELECT LastName FROM Contact WHERE Code__c = 'AB'") == ["Ng"]
    contact = ids.make("003", 1)
    assert world.values(f"SELECT Id FROM Contact WHERE Id = '{contact[:15]}'") == [contact]
    assert world.values(f"SELECT Id FROM Contact WHERE Id IN ('{contact[:15]}', '')") == [contact]


def test_like_knows_wildcards_and_their_escapes(world: World) -> None:
    assert world.values("SELECT LastName FROM Contact WHERE LastName LIKE '_i'") == ["Li"]
    assert world.values("SELECT LastName FROM Contact WHERE Email LIKE '%\\_n@%'") == ["Ng"]
    assert world.values("SELECT LastName FROM Contact WHERE Email LIKE 'b\\_%'") == []
    assert world.values("SELECT LastName FROM Contact WHERE Code__c LIKE 'A%'") == ["Ng"]
    assert world.values("SELECT LastName FROM Contact WHERE Code__c LIKE '_B' ORDER BY Id") == ["Li", "Ng"]


def test_multipicklists_include_whole_values_in_sets(world: World) -> None:
    query = "SELECT LastName FROM Contact WHERE Interests__c {} ORDER BY Id"
    assert world.values(query.format("INCLUDES ('arts')")) == ["Li"]
    assert world.values(query.format("INCLUDES ('Arts;Health', 'Arts & Crafts')")) == ["Li", "Öz"]
    assert world.values(query.format("EXCLUDES ('Health')")) == ["Öz"]


def test_a_checkbox_is_false_where_the_parent_is_missing(world: World) -> None:
    query = "SELECT LastName FROM Contact WHERE Account.Is_Household__c {} ORDER BY Id"
    assert world.values(query.format("= false")) == ["Ng", "Öz"]
    assert world.values(query.format("= null")) == ["Ng", "Öz"]
    assert world.values(query.format("!= null")) == ["Li"]


def test_relative_dates_are_days_of_the_user(world: World) -> None:
    # 06:30 UTC on the 14th is still the 13th in Los Angeles.
    assert world.values("SELECT LastName FROM Contact WHERE Touched_At__c = YESTERDAY") == ["Li"]
    assert world.values("SELECT LastName FROM Contact WHERE Touched_At__c = TODAY") == []
    assert world.values("SELECT Name FROM Gift__c WHERE Given_On__c = LAST_N_DAYS:4 ORDER BY Name") == ["G0", "G4"]
    assert world.values("SELECT Name FROM Gift__c WHERE Given_On__c < THIS_YEAR") == ["G3"]
    assert world.values("SELECT Name FROM Gift__c WHERE Given_On__c IN (LAST_MONTH, 2025-12-31) ORDER BY Name") == [
        "G2", "G3",
    ]  # fmt: skip


def test_semi_and_anti_joins(world: World) -> None:
    donors = "(SELECT Donor__c FROM Gift__c WHERE Stage__c = 'Posted')"
    assert world.values(f"SELECT LastName FROM Contact WHERE Id IN {donors} ORDER BY Id") == ["Li", "Ng"]
    assert world.values(f"SELECT LastName FROM Contact WHERE Id NOT IN {donors}") == ["Öz"]
    text = (
        f"SELECT LastName FROM Contact WHERE AccountId IN (SELECT Id FROM Account) AND Id IN {donors} AND Visits__c = 2"
    )
    assert world.values(text) == ["Li"]


def test_nulls_are_first_in_either_direction_unless_told_otherwise(world: World) -> None:
    query = "SELECT Name FROM Gift__c ORDER BY Amount__c {}"
    assert world.values(query.format("")) == ["G2", "G3", "G4", "G0", "G1"]
    assert world.values(query.format("DESC")) == ["G2", "G1", "G0", "G4", "G3"]
    assert world.values(query.format("DESC NULLS LAST")) == ["G1", "G0", "G4", "G3", "G2"]
    assert world.values(query.format("NULLS LAST")) == ["G3", "G4", "G0", "G1", "G2"]


def test_names_sort_without_regard_to_case(world: World) -> None:
    assert world.values("SELECT Name FROM Account WHERE Name != 'Émile & Co' ORDER BY Name") == ["beta", "Grand"]


def test_picklists_sort_as_they_stand_in_setup(world: World) -> None:
    stages = world.values("SELECT Stage__c FROM Gift__c ORDER BY Stage__c NULLS LAST")
    assert stages == ["Posted", "Posted", "Posted", "Pledged", None]
    assert world.values("SELECT Stage__c FROM Gift__c ORDER BY Stage__c DESC LIMIT 2") == [None, "Pledged"]


def test_an_anti_join_keeps_rows_that_point_to_nothing(world: World) -> None:
    text = (
        "SELECT LastName FROM Contact WHERE AccountId NOT IN (SELECT Id FROM Account WHERE Name = 'beta') ORDER BY Id"
    )
    assert world.values(text) == ["Li", "Öz"]


def test_aggregates_have_aliases_or_numbered_keys(world: World) -> None:
    text = (
        "SELECT Donor__r.Name, COUNT(Id), SUM(Amount__c) total, MAX(Given_On__c), COUNT_DISTINCT(Stage__c) "
        "FROM Gift__c GROUP BY Donor__r.Name HAVING COUNT(Id) > 1 ORDER BY COUNT(Id) DESC"
    )
    assert world.query(text) == [
        {
            "attributes": {"type": "AggregateResult"},
            "Name": "Ann Li", "expr0": 3, "total": 30.3, "expr1": "2026-05-14", "expr2": 2,
        }
    ]  # fmt: skip


def test_aggregates_of_nothing_are_null_and_counts_zero(world: World) -> None:
    [record] = world.query("SELECT COUNT(Id) n, SUM(Amount__c) s, MAX(Given_On__c) FROM Gift__c WHERE Name = 'none'")
    assert (record["n"], record["s"], record["expr0"]) == (0, None, None)
    assert world.query("SELECT Stage__c, COUNT(Id) FROM Gift__c WHERE Name = 'none' GROUP BY Stage__c") == []


def test_date_functions_group(world: World) -> None:
    text = (
        "SELECT CALENDAR_YEAR(Given_On__c) y, COUNT(Id) n FROM Gift__c GROUP BY CALENDAR_YEAR(Given_On__c) ORDER BY {}"
    )
    rows = world.query(text.format("CALENDAR_YEAR(Given_On__c) DESC"))
    assert [(row["y"], row["n"]) for row in rows] == [(2026, 4), (2025, 1)]


@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("CALENDAR_MONTH", 5), ("CALENDAR_QUARTER", 2), ("CALENDAR_YEAR", 2026), ("DAY_IN_MONTH", 14),
        ("DAY_IN_WEEK", 5), ("DAY_IN_YEAR", 134), ("FISCAL_MONTH", 11), ("FISCAL_QUARTER", 4), ("FISCAL_YEAR", 2026),
        ("WEEK_IN_MONTH", 2), ("WEEK_IN_YEAR", 20),
    ],
)  # fmt: skip
def test_each_part_of_a_date(world: World, function: str, value: int) -> None:
    text = f"SELECT Name FROM Gift__c WHERE {function}(Given_On__c) = {value} AND Name = 'G0'"
    assert world.values(text, fiscal_year_start_month=7) == ["G0"]


def test_parts_of_a_datetime_are_utc_unless_converted(world: World) -> None:
    query = "SELECT LastName FROM Contact WHERE {} = {}"
    assert world.values(query.format("HOUR_IN_DAY(Touched_At__c)", 6)) == ["Li"]
    assert world.values(query.format("HOUR_IN_DAY(convertTimezone(Touched_At__c))", 23)) == ["Li"]
    assert world.values(query.format("DAY_ONLY(convertTimezone(Touched_At__c))", "2026-05-13")) == ["Li"]
    assert world.values(query.format("DAY_ONLY(Touched_At__c)", "TODAY")) == ["Li"]


def test_rollup_adds_subtotals(world: World) -> None:
    text = (
        "SELECT Stage__c, CALENDAR_YEAR(Given_On__c) y, GROUPING(Stage__c) gs, COUNT(Id) n FROM Gift__c "
        "WHERE Stage__c != null GROUP BY ROLLUP(Stage__c, CALENDAR_YEAR(Given_On__c)) ORDER BY COUNT(Id) DESC, Stage__c"
    )
    rows = [(row["Stage__c"], row["y"], row["gs"], row["n"]) for row in world.query(text)]
    assert sorted(rows, key=str) == sorted(
        [
            (None, None, 1, 4), ("Posted", None, 0, 3), ("Posted", 2026, 0, 2), ("Posted", 2025, 0, 1),
            ("Pledged", None, 0, 1), ("Pledged", 2026, 0, 1),
        ],
        key=str,
    )  # fmt: skip
    assert rows[0] == (None, None, 1, 4)


def test_cube_adds_every_combination(world: World) -> None:
    text = "SELECT Stage__c, Donor__c, COUNT(Id) n FROM Gift__c GROUP BY CUBE(Stage__c, Donor__c) HAVING COUNT(Id) > 2"
    assert sorted(row["n"] for row in world.query(text)) == [3, 3, 5]


def test_formula_fields_join_what_they_need(world: World) -> None:
    text = "SELECT LastName, Account_Tier__c FROM Contact WHERE Account_Tier__c = 'top'"
    assert [row["Account_Tier__c"] for row in world.query(text)] == ["Top"]
    assert world.values("SELECT Account.Tier__c FROM Contact WHERE LastName = 'Ng'")[0]["Tier__c"] == "Base"


def test_references_to_several_objects_show_the_name_object(world: World) -> None:
    text = "SELECT Who.Name, Who.Type, Who.Email, What.Name, Owner.Name FROM Task ORDER BY Subject"
    call, mail, note = world.query(text)
    assert call["Who"]["attributes"] == {
        "type": "Name", "url": f"/services/data/v67.0/sobjects/Contact/{ids.make('003', 1)}",
    }  # fmt: skip
    assert (mail["Who"]["Name"], mail["Who"]["Type"], mail["Who"]["Email"]) == ("Lee Ad", "Lead", "lee@x.org")
    assert mail["What"]["Name"] == "G1"
    assert (note["Who"], note["Owner"]["Name"]) == (None, "Officer")
    assert world.values("SELECT Subject FROM Task WHERE Who.Type = 'Lead'") == ["Mail"]


def test_the_profile_of_an_owner_that_may_be_a_queue(world: World) -> None:
    call, mail, _ = world.query("SELECT Handler.Name, Handler.Profile.Name FROM Task ORDER BY Subject")
    assert (call["Handler"]["Name"], call["Handler"]["Profile"]["Name"]) == ("Officer", "Fundraiser")
    assert (mail["Handler"]["Name"], mail["Handler"]["Profile"]) == ("Thank-you calls", None)


def test_typeof_chooses_the_fields_by_the_target(world: World) -> None:
    text = (
        "SELECT TYPEOF What WHEN Account THEN Name, Is_Household__c WHEN Gift__c THEN Amount__c END, Subject FROM Task"
    )
    call, mail, note = world.query(text)
    assert call["What"]["Is_Household__c"] is True
    assert (mail["What"]["attributes"]["type"], mail["What"]["Amount__c"]) == ("Gift__c", 20.1)
    assert note["What"] is None
    text = "SELECT TYPEOF Who WHEN Lead THEN Company ELSE Name END FROM Task WHERE Subject IN ('Call', 'Mail')"
    [contact, lead] = world.values(text)
    assert (contact["attributes"]["type"], contact["Name"], lead["Company"]) == ("Name", "Ann Li", "Acme")


def test_fields_selects_whole_groups_that_the_user_may_read(world: World) -> None:
    [record] = world.query("SELECT FIELDS(ALL) FROM Account WHERE Name = 'beta' LIMIT 200")
    assert "Secret__c" not in record
    assert {"Id", "Name", "Is_Household__c", "Tier__c", "BillingAddress"} <= record.keys()
    [custom] = world.query("SELECT FIELDS(CUSTOM) FROM Account WHERE Name = 'beta' LIMIT 1")
    assert keys(custom) == ["attributes", "Is_Household__c", "Tier__c"]
    assert world.query("SELECT FIELDS(STANDARD) FROM Account")


def test_compound_fields_are_objects_of_their_parts(world: World) -> None:
    with_city, without = world.values("SELECT BillingAddress FROM Account WHERE Name IN ('Émile & Co', 'beta')")
    assert (with_city["city"], with_city["postalCode"], with_city["street"]) == ("Paris", "75001", None)
    assert without is None


def test_values_for_people(world: World) -> None:
    text = (
        "SELECT FORMAT(Amount__c) money, toLabel(Stage__c), FORMAT(Given_On__c) day, convertCurrency(Amount__c) "
        "FROM Gift__c WHERE Name = 'G1'"
    )
    [gift] = world.query(text)
    assert (gift["money"], gift["Stage__c"], gift["day"], gift["Amount__c"]) == ("$20.10", "Pledged", "5/1/2026", 20.1)
    assert world.values(
        "SELECT toLabel(Stage__c) FROM Gift__c WHERE toLabel(Stage__c) = 'received & posted' LIMIT 1"
    ) == ["Received & posted"]


def test_mine_is_what_the_user_owns(world: World) -> None:
    assert world.count("SELECT COUNT() FROM Contact USING SCOPE mine") == 3
    assert world.count(f"SELECT COUNT() FROM Contact USING SCOPE Everything WHERE OwnerId != '{ME}'") == 0


def test_sharing_hides_rows_and_parents(world: World) -> None:
    def only_households(sobject: Any, alias: str) -> str | None:
        return f"{alias}.Is_Household__c = 1" if sobject.name == "Account" else None

    assert world.count("SELECT COUNT() FROM Account", record_filter=only_households) == 1
    records = world.query("SELECT Account.Name FROM Contact ORDER BY Id", record_filter=only_households)
    assert [record["Account"] is None for record in records] == [False, True, True]


def test_a_formula_reads_a_parent_that_sharing_hides(world: World) -> None:
    def no_households(sobject: Any, alias: str) -> str | None:
        return f"{alias}.Is_Household__c = 0" if sobject.name == "Account" else None

    text = "SELECT Account_Tier__c, Account.Name FROM Contact WHERE LastName = 'Li'"
    [record] = world.query(text, record_filter=no_households)
    assert (record["Account_Tier__c"], record["Account"]) == ("Top", None)


def test_bulk_rows_are_flat_and_carry_the_users_own_header(world: World) -> None:
    plan = world.plan(
        "SELECT id, LASTNAME, Account.name, Active__c, Touched_At__c, Gifts__c FROM Contact ORDER BY Id", bulk=True
    )
    assert plan.columns == ("id", "LASTNAME", "Account.name", "Active__c", "Touched_At__c", "Gifts__c")
    first, second, _ = plan.rows(world.connection)
    assert first == (ids.make("003", 1), "Li", "Émile & Co", "true", "2026-05-14T06:30:00.000Z", 4.0)
    assert second[3:] == ("false", None, None)


def test_bulk_expands_fields_without_compound_ones(world: World) -> None:
    plan = world.plan("SELECT FIELDS(STANDARD) FROM Account", bulk=True)
    assert "BillingCity" in plan.columns
    assert "BillingAddress" not in plan.columns


def test_numbers_beyond_every_column_are_compared(world: World) -> None:
    for number in ("9" * 400, "-" + "9" * 400, "0." + "0" * 400 + "1", "9223372036854775808"):
        assert world.count(f"SELECT COUNT() FROM Contact WHERE Gifts__c = {number}") == 0


def test_long_lists_and_long_chains_run(world: World) -> None:
    many = ", ".join(f"'x{number}'" for number in range(5000))
    assert world.values(f"SELECT LastName FROM Contact WHERE LastName IN ({many}, 'LI', 'öz') ORDER BY Id") == [
        "Li",
        "Öz",
    ]
    chain = " OR ".join(f"Visits__c = {number}" for number in range(3000))
    assert world.count(f"SELECT COUNT() FROM Contact WHERE {chain}") == 1
    nested = "Visits__c = 2"
    for level in range(20):
        nested = f"(Visits__c != {level + 100} {'AND' if level % 2 else 'OR'} {nested})"
    assert world.count(f"SELECT COUNT() FROM Contact WHERE {nested}") >= 1
