"""Queries the platform refuses although they are SOQL: with its code, its words, and the caret at the right place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from localorg import soql
from localorg.context import Context
from localorg.errors import QueryError
from localorg.schema import load
from soql_world import NOW, USER, World

SHARED = Path(__file__).resolve().parents[4] / "shared"
NAMES = "Please reference your WSDL or the describe call for the appropriate names."
WORLD = World()


def last_line(text: str, **more: object) -> tuple[str, str]:
    code, message = WORLD.refusal(text, **more)
    return code, message.rpartition("\n")[2]


def test_an_unknown_column_is_pointed_at() -> None:
    assert WORLD.refusal("SELECT Bacon__c FROM Account LIMIT 2") == (
        "INVALID_FIELD",
        "\nSELECT Bacon__c FROM Account LIMIT 2\n       ^\nERROR at Row:1:Column:8\nNo such column 'Bacon__c' on entity "
        "'Account'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field "
        f"name. {NAMES}",
    )


def test_only_the_words_around_the_error_are_shown() -> None:
    text = "SELECT Id, Name, Type, AnnualRevenue, NumberOfEmployees, DunsNumber, Description, BillingCity FROM Account"
    _, message = WORLD.refusal(text)
    assert message.startswith(
        "\nAnnualRevenue, NumberOfEmployees, DunsNumber, Description, BillingCity\n"
        "                                  ^\nERROR at Row:1:Column:58\n"
    )


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("SELECT Id FROM Kontact", "INVALID_TYPE", "sObject type 'Kontact' is not supported. If you are attempting to "
         f"use a custom object, be sure to append the '__c' after the entity name. {NAMES}"),
        ("SELECT Acount.Name FROM Contact", "INVALID_FIELD", "Didn't understand relationship 'Acount' in field path. If "
         "you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship "
         f"name. {NAMES}"),
        ("SELECT Id, (SELECT Id FROM Contact) FROM Account", "INVALID_TYPE", "Didn't understand relationship 'Contact' "
         "in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' "
         f"after the custom relationship name. {NAMES}"),
        ("SELECT Who.Company FROM Task", "INVALID_FIELD", "No such column 'Company' on entity 'Name'. If you are "
         f"attempting to use a custom field, be sure to append the '__c' after the custom field name. {NAMES}"),
        ("SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD",
         "field 'Description' can not be filtered in a query call"),
        ("SELECT Id FROM Account ORDER BY Description", "INVALID_FIELD",
         "field 'Description' can not be sorted in a query call"),
        ("SELECT AnnualRevenue FROM Account GROUP BY AnnualRevenue", "INVALID_FIELD",
         "field 'AnnualRevenue' can not be grouped in a query call"),
        ("SELECT Id FROM Gift__c WHERE Given_On__c = '2026-01-01'", "INVALID_FIELD", "value of filter criterion for "
         "field 'Given_On__c' must be of type date and should not be enclosed in quotes"),
        ("SELECT Id FROM Contact WHERE CreatedDate > 2026-01-01", "INVALID_FIELD", "value of filter criterion for "
         "field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes"),
        ("SELECT Id FROM Contact WHERE LastName = 3999", "INVALID_FIELD", "value of filter criterion for field "
         "'LastName' must be of type string and should be enclosed in quotes"),
        ("SELECT Id FROM Contact WHERE Gifts__c IN ('3')", "INVALID_FIELD", "value of filter criterion for field "
         "'Gifts__c' must be of type double and should not be enclosed in quotes"),
        ("SELECT Id FROM Contact WHERE Active__c = 'true'", "INVALID_FIELD", "value of filter criterion for field "
         "'Active__c' must be of type boolean and should not be enclosed in quotes"),
        ("SELECT Id FROM Contact WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: abc"),
        ("SELECT Id FROM Contact WHERE AccountId LIKE '001%'", "INVALID_QUERY_FILTER_OPERATOR",
         "invalid operator on id field"),
        ("SELECT MAX(Gifts__c) FROM Contact LIMIT 1", "MALFORMED_QUERY",
         "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"),
        ("SELECT COUNT(Id) FROM Contact OFFSET 1", "MALFORMED_QUERY",
         "Non-grouped query that uses overall aggregate functions cannot also use OFFSET"),
        ("SELECT Id FROM Account USING SCOPE my_territory", "INVALID_QUERY_SCOPE",
         "The scope 'my_territory' is not supported for Account"),
        ("SELECT Id FROM Account WHERE DISTANCE(BillingAddress, GEOLOCATION(1, 2), 'mi') = 5", "MALFORMED_QUERY",
         "invalid operator"),
        ("SELECT Id FROM Account WHERE DISTANCE(BillingAddress, GEOLOCATION(1, 2), 'ft') < 5", "MALFORMED_QUERY",
         "Invalid unit of distance: 'ft'; use 'mi' or 'km'"),
        ("SELECT Id FROM Account ORDER BY DISTANCE(Name, GEOLOCATION(1, 2), 'km')", "INVALID_FIELD",
         "field Name does not support DISTANCE"),
        ("SELECT COUNT(Id) FROM Account GROUP BY Name ORDER BY DISTANCE(BillingAddress, GEOLOCATION(1, 2), 'km')",
         "MALFORMED_QUERY", "Field must be grouped or aggregated: BillingAddress"),
        ("SELECT Id FROM Account WITH DATA CATEGORY Geography__c AT usa__c", "MALFORMED_QUERY",
         "Account has no data categories and no divisions to filter by"),
        ("SELECT Id FROM Contact WHERE Gifts__c LIKE '3'", "MALFORMED_QUERY", "invalid operator"),
        ("SELECT Id FROM Contact WHERE LastName INCLUDES ('x')", "MALFORMED_QUERY", "invalid operator"),
        ("SELECT Id FROM Contact WHERE Active__c > false", "MALFORMED_QUERY", "invalid operator"),
        ("SELECT Id FROM Contact WHERE LastName LIKE null", "MALFORMED_QUERY", "unexpected token: 'NULL'"),
        ("SELECT Id FROM Gift__c WHERE Given_On__c = LAST_N_DAYS", "MALFORMED_QUERY", "unexpected token: 'LAST_N_DAYS'"),
        ("SELECT Id FROM Gift__c WHERE Given_On__c > NEXT_N_YEARS:9999", "MALFORMED_QUERY",
         "Invalid date: NEXT_N_YEARS:9999"),
        ("SELECT LastName, COUNT(Id) FROM Contact", "MALFORMED_QUERY", "Field must be grouped or aggregated: LastName"),
        ("SELECT CALENDAR_YEAR(Birthdate) FROM Contact", "MALFORMED_QUERY",
         "Field must be grouped or aggregated: Birthdate"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY LastName HAVING Email = 'x'", "MALFORMED_QUERY",
         "Field must be grouped or aggregated: Email"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY LastName ORDER BY Email", "MALFORMED_QUERY",
         "Field must be grouped or aggregated: Email"),
        ("SELECT FIELDS(ALL), COUNT(Id) FROM Contact GROUP BY Id LIMIT 9", "MALFORMED_QUERY",
         "Field must be grouped or aggregated: IsDeleted"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY Id", "MALFORMED_QUERY", "Grouped field should not be aggregated: Id"),
        ("SELECT SUM(LastName) FROM Contact", "MALFORMED_QUERY",
         "field LastName does not support aggregate operator SUM"),
        ("SELECT COUNT(Active__c) FROM Contact", "MALFORMED_QUERY",
         "field Active__c does not support aggregate operator COUNT"),
        ("SELECT LastName who FROM Contact", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
        ("SELECT Id, Name, ID FROM Contact", "INVALID_FIELD", "duplicate field selected: ID"),
        ("SELECT COUNT(Id) n, MAX(Name) n FROM Contact", "MALFORMED_QUERY", "duplicate alias: n"),
        ("SELECT Id, (SELECT COUNT(Id) FROM Contacts) FROM Account", "MALFORMED_QUERY",
         "only root queries support aggregate expressions"),
        ("SELECT FIELDS(ALL) FROM Contact", "MALFORMED_QUERY",
         "The SOQL FIELDS function must have a LIMIT of at most 200"),
        ("SELECT FIELDS(CUSTOM) FROM Contact LIMIT 201", "MALFORMED_QUERY",
         "The SOQL FIELDS function must have a LIMIT of at most 200"),
        ("SELECT Id FROM Contact LIMIT 10 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE",
         "Maximum SOQL offset allowed is 2000"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT Name FROM Contact)", "MALFORMED_QUERY",
         "semi join sub-selects can only query id fields, cannot use: 'Name'"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT Id FROM Account)", "MALFORMED_QUERY",
         "The inner and outer selects should not be on the same object type"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT Id FROM Contact)", "MALFORMED_QUERY", "The selected field 'Id' in "
         "the subquery and the left operand field in the where expression in the outer query 'Id' should point to the "
         "same object type"),
        ("SELECT Id FROM Account WHERE Name = 'a' OR Id IN (SELECT AccountId FROM Contact)", "MALFORMED_QUERY",
         "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE "
         "expressions."),
        ("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id IN (SELECT Donor__c FROM Gift__c))",
         "MALFORMED_QUERY", "Nesting of semi join sub-selects is not supported"),
        ("SELECT Id FROM Contact WHERE MAX(Visits__c) > 1", "MALFORMED_QUERY", "unexpected token: 'MAX('"),
        ("SELECT Id FROM Contact WITH FOO", "MALFORMED_QUERY", "unexpected token: 'FOO'"),
    ],
)  # fmt: skip
def test_the_platforms_refusals(text: str, code: str, message: str) -> None:
    assert last_line(text) == (code, message)


def test_the_caret_points_at_the_field_that_is_wrong() -> None:
    _, message = WORLD.refusal("select Id from Contact where LastName = 3999")
    assert "ERROR at Row:1:Column:30\n" in message
    _, message = WORLD.refusal("SELECT COUNT(Active__c) CNT FROM Contact")
    assert message.startswith("\nSELECT COUNT(Active__c) CNT FROM Contact\n             ^\nERROR at Row:1:Column:14\n")


def test_what_the_user_may_not_read_does_not_exist() -> None:
    for text in (
        "SELECT Secret__c FROM Account",
        "SELECT Id FROM Account WHERE Secret__c = 'x'",
        "SELECT Id FROM Account ORDER BY Secret__c",
        "SELECT COUNT(Id) FROM Account GROUP BY Secret__c",
        "SELECT Id FROM Contact WHERE Account.Secret__c = 'x'",
    ):
        code, message = last_line(text)
        assert (code, message[:43]) == ("INVALID_FIELD", "No such column 'Secret__c' on entity 'Accou")
    hidden = {"visible": lambda sobject: sobject.name != "Account"}
    assert last_line("SELECT Id FROM Account", **hidden)[0] == "INVALID_TYPE"
    assert last_line("SELECT Account.Name FROM Contact", **hidden)[0] == "INVALID_FIELD"
    no_lookup = {"readable": lambda sobject, field: field.name != "AccountId"}
    assert last_line("SELECT Account.Name FROM Contact", **no_lookup)[0] == "INVALID_FIELD"
    assert last_line("SELECT (SELECT Id FROM Contacts) FROM Account", **no_lookup)[0] == "INVALID_TYPE"


def test_a_formula_opens_no_door_to_the_parent_it_reads() -> None:
    no_lookup = {"readable": lambda sobject, field: field.name != "AccountId"}
    WORLD.plan("SELECT Account_Tier__c FROM Contact", **no_lookup)
    assert last_line("SELECT Account_Tier__c, Account.Name FROM Contact", **no_lookup)[0] == "INVALID_FIELD"
    hidden = {"visible": lambda sobject: sobject.name != "Account"}
    WORLD.plan("SELECT Account_Tier__c FROM Contact", **hidden)
    assert last_line("SELECT Account_Tier__c, Account.Name FROM Contact", **hidden)[0] == "INVALID_FIELD"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT BillingAddress FROM Account", "Selecting compound data not supported in Bulk Query"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account",
         "Aggregate Relationships not supported in Bulk V2 Query with CSV content type"),
        ("SELECT COUNT() FROM Account", "Aggregate queries not supported in Bulk Query"),
        ("SELECT COUNT(Id) FROM Account", "Aggregate queries not supported in Bulk Query"),
        ("SELECT Name FROM Account GROUP BY Name", "Aggregate queries not supported in Bulk Query"),
        ("SELECT Id FROM Account OFFSET 5", "OFFSET not supported in Bulk Query"),
        ("SELECT TYPEOF What WHEN Account THEN Name END FROM Task", "TYPEOF not supported in Bulk Query"),
    ],
)  # fmt: skip
def test_bulk_has_restrictions_of_its_own(text: str, message: str) -> None:
    assert WORLD.refusal(text, bulk=True) == ("API_ERROR", message)
    WORLD.plan(text)


def test_what_is_not_emulated_says_so() -> None:
    code, message = WORLD.refusal("SELECT Id FROM Account WHERE NumberOfEmployees + NumberOfEmployees > 5")
    assert (code, message) == ("NOT_IMPLEMENTED", "The local org does not emulate arithmetic in WHERE")


def test_npsps_own_queries_compile_on_the_org_schema() -> None:
    queries = SHARED / "facts" / "soql_core.json"
    if not queries.exists():
        pytest.skip("NPSP's queries are not beside the repository")
    context = Context(load(), USER, NOW, lambda sobject, field: True)
    for text in json.loads(queries.read_text(encoding="utf-8")).values():
        plan = soql.compile(
            soql.parse(text.replace(":since", "2026-01-01T00:00:00Z")), context, lambda sobject, field, resolve: "NULL"
        )
        assert plan.sql.startswith("SELECT")


WORDS = [
    "Id",
    "Name",
    "LastName",
    "Account.Name",
    "Account.Parent.Name",
    "Amount__c",
    "Given_On__c",
    "Interests__c",
    "Active__c",
    "Visits__c",
    "Who.Name",
    "What.Type",
    "Contacts",
    "Gifts__r",
    "Gift__c",
    "Contact",
    "Account",
    "Task",
    "(",
    ")",
    "(",
    ")",
    ",",
    ",",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "=",
    "!=",
    "<",
    ">",
    "'x'",
    "'%a'",
    "1",
    "-2.5",
    "null",
    "true",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "TODAY",
    "LAST_N_DAYS:3",
    "INCLUDES",
    "COUNT(",
    "SUM(",
    "MAX(",
    "CALENDAR_YEAR(",
    "toLabel(",
    "FORMAT(",
    "FIELDS(ALL)",
    "GROUP",
    "BY",
    "ROLLUP(",
    "HAVING",
    "ORDER",
    "BY",
    "DESC",
    "NULLS",
    "LAST",
    "LIMIT",
    "5",
    "OFFSET",
    "SELECT",
    "FROM",
    "WHERE",
    "TYPEOF",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
]  # fmt: skipFRAGMENTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join)
FRAGMENTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join)


@settings(max_examples=600, deadline=None)
@given(FRAGMENTS, st.sampled_from(["Contact", "Account", "Gift__c", "Task"]), st.integers(0, 4))
def test_whatever_compiles_also_runs(fragment: str, sobject: str, place: int) -> None:
    text = [
        f"SELECT Id FROM {sobject} WHERE {fragment}",
        f"SELECT {fragment} FROM {sobject}",
        f"SELECT Id FROM {sobject} ORDER BY {fragment}",
        f"SELECT COUNT(Id) FROM {sobject} GROUP BY {fragment}",
        f"SELECT Id, (SELECT {fragment}) FROM {sobject}",
    ][place]
    try:
        plan = WORLD.plan(text)
    except QueryError as error:
        assert error.message
        return
    list(plan.run(WORLD.connection))
    list(plan.rows(WORLD.connection))
    plan.count(WORLD.connection)
