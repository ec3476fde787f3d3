"""Formulas: what they yield, and what the platform says of those it would not save."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from engine_org import add, gift, household, new_org, saved
from hypothesis import given
from hypothesis import strategies as st
from localorg import formulas, schema
from localorg.engine import Org
from localorg.formulas import FormulaError
from localorg.formulas.values import Resolve
from localorg.model import Field
from localorg.store import Store

NOW = datetime(2024, 3, 10, 3, 30, tzinfo=UTC)  # still the ninth in New York
FIELDS = {
    "Amount": (Field("Amount", "currency"), "100.0"),
    "Nothing": (Field("Nothing", "double"), "NULL"),
    "Name": (Field("Name", "string"), "'Ana Rivera'"),
    "Blank": (Field("Blank", "string"), "NULL"),
    "Stage": (Field("Stage", "picklist"), "'Posted'"),
    "Unpicked": (Field("Unpicked", "picklist"), "NULL"),
    "Interests": (Field("Interests", "multipicklist"), "'Art;Music'"),
    "Open": (Field("Open", "boolean"), "1"),
    "Missing": (Field("Missing", "boolean"), "NULL"),  # behind a parent that is not there
    "Day": (Field("Day", "date"), "'2024-01-31'"),
    "Moment": (Field("Moment", "datetime"), "'2024-03-10T03:30:00.000Z'"),
    "Id": (Field("Id", "id"), "'0038d0000000001AAA'"),
}


def resolve(path: tuple[str, ...]) -> tuple[str, Field]:
    field, sql = FIELDS[path[-1]]
    return sql, field


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    store = Store(tmp_path_factory.mktemp("formulas") / "org.db")
    with store.read() as opened:
        yield opened
    store.close()


def value(connection: sqlite3.Connection, text: str, resolver: Resolve = resolve) -> Any:
    sql = formulas.to_sql(formulas.parse(text), resolver, NOW, "America/New_York")
    return connection.execute(f"SELECT {sql}").fetchone()[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 ^ 2", 19),
        ("(1 + 2) * 3", 9),
        ("-2 ^ 2", -4),
        ("7 / 2", 3.5),
        ("1 / 0", None),
        ("10 - 2 - 3", 5),
        ("Amount + Nothing", None),
        ("Amount > 50 && NOT(Amount > 200)", 1),
        ("Amount > 50 || 1 / 0 > 1", 1),
        ("IF(Amount >= 100, 'yes', 'no')", "yes"),
        ("IF(Nothing > 1, 'yes', 'no')", "no"),
        ("IF(Missing, 'yes', 'no')", "no"),
        ("NOT(Missing)", 1),
        ("Name & ', ' & Blank & '!'", "Ana Rivera, !"),
        ("'a' + 'b'", "ab"),
        ("Blank = ''", 1),
        ('Blank == ""', 1),
        ("Name <> 'ana rivera'", 1),
        ("ISBLANK(Blank)", 1),
        ("ISBLANK(Nothing)", 1),
        ("ISBLANK(Name)", 0),
        ("BLANKVALUE(Blank, 'none')", "none"),
        ("NULLVALUE(Nothing, 7)", 7),
        ("ISPICKVAL(Stage, 'Posted')", 1),
        ("ISPICKVAL(Unpicked, '')", 1),
        ("TEXT(Stage)", "Posted"),
        ("TEXT(12.50)", "12.5"),
        ("TEXT(Amount)", "100"),
        ("TEXT(Day)", "2024-01-31"),
        ("ISBLANK(TEXT(Unpicked))", 1),
        ("INCLUDES(Interests, 'Music')", 1),
        ("INCLUDES(Interests, 'Mus')", 0),
        ("CASE(Stage, 'Posted', 1, 'Pledged', 2, 0)", 1),
        ("CASE(Unpicked, 'Posted', 1, 0)", 0),
        ("CASE(MONTH(Day), 1, 'January', 2, 'February', 'later')", "January"),
        ("TODAY()", "2024-03-09"),
        ("TODAY() - Day", 38),
        ("Day + 30", "2024-03-01"),
        ("Day - 1.9", "2024-01-30"),
        ("ADDMONTHS(Day, 1)", "2024-02-29"),
        ("DATEVALUE(Moment)", "2024-03-09"),
        ("DATE(2024, 2, 29)", "2024-02-29"),
        ("NOW()", "2024-03-10T03:30:00.000Z"),
        ("Moment + 0.5", "2024-03-10T15:30:00.000Z"),
        ("YEAR(Day) * 100 + DAY(Day)", 202431),
        ("WEEKDAY(DATE(2024, 3, 10))", 1),
        ("ROUND(2.5, 0)", 3),
        ("ROUND(-2.5, 0)", -3),
        ("FLOOR(-2.5)", -2),
        ("CEILING(-2.5)", -3),
        ("CEILING(2.1)", 3),
        ("MFLOOR(-2.5)", -3),
        ("MIN(3, 1, 2) + MAX(3, 1, 2)", 4),
        ("MAX(Amount)", 100),
        ("MOD(7, 3)", 1),
        ("LEN(Blank)", 0),
        ("LEFT(Name, 3) & RIGHT(Name, 4)", "Anavera"),
        ("RIGHT(Name, 0)", ""),
        ("MID(Name, 5, 3)", "Riv"),
        ("FIND('i', Name)", 6),
        ("FIND('a', Name, 4)", 10),
        ("SUBSTITUTE(Name, 'Ana', 'Bea')", "Bea Rivera"),
        ("LPAD('7', 3, '0') & RPAD('7', 3, '0')", "007700"),
        ("CONTAINS(Name, 'Riv')", 1),
        ("BEGINS(Name, 'Riv')", 0),
        ("VALUE('12.5') + 1", 13.5),
        ("VALUE('none')", None),
        ("CASESAFEID(Id)", "0038d0000000001AAA"),
        ("'/' & Id", "/0038d0000000001"),
        ("HYPERLINK('/x', 'Label', '_self')", '<a href="/x" target="_self">Label</a>'),
        ("/* why */ 1", 1),
        ("'it\\'s'", "it's"),
        ("if(true, null, 1)", None),
    ],
)
def test_a_formula_yields_what_the_platform_shows(connection: sqlite3.Connection, text: str, expected: Any) -> None:
    assert value(connection, text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Syntax error. Missing expression"),
        ("IF(Open, 1", "Syntax error. Missing ')'"),
        ("1 2", "Syntax error. Extra '2'"),
        ("1 + ", "Syntax error. Missing expression"),
        ("1 + )", "Syntax error. Found ')'"),
        ("NOPE(1)", "Unknown function NOPE. Check spelling."),
        ("IF(Open, 1)", "Incorrect number of parameters for function 'IF()'. Expected 3, received 2"),
        ("AND(Name)", "Incorrect parameter type for function 'AND()'. Expected Boolean, received Text"),
        ("Amount + Name", "Incorrect parameter type for operator '+'. Expected Number, received Text"),
        ("Amount = Name", "Incorrect parameter type for operator '='. Expected Number, received Text"),
        ("Name & Amount", "Incorrect parameter type for operator '&'. Expected Text, received Number"),
        ("LEN(Amount)", "Incorrect parameter type for function 'LEN()'. Expected Text, received Number"),
        ("IF(Open, 1, 'x')", "Incorrect parameter type for function 'IF()'. Expected Number, received Text"),
        ("Stage = 'x'", "Field Stage is a picklist field. Picklist fields are only supported in certain functions."),
        ("Day * 2", "Incorrect parameter type for operator '*'. Expected Number, received Date"),
        ("$User.Name", "Field $User.Name does not exist. Check spelling."),
    ],
)
def test_a_wrong_formula_is_refused_in_the_platforms_words(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        formulas.to_sql(formulas.parse(text), resolve, NOW)
    assert str(caught.value) == message


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        formulas.parse(text)
    except FormulaError as problem:
        assert str(problem)


@st.composite
def arithmetic(draw: st.DrawFn, depth: int = 4) -> str:
    if depth == 0 or draw(st.booleans()):
        return str(draw(st.integers(0, 50)))
    left, right = draw(arithmetic(depth - 1)), draw(arithmetic(depth - 1))
    return f"({left} {draw(st.sampled_from('+-*'))} {right})"


@given(arithmetic())
def test_arithmetic_agrees_with_python(connection: sqlite3.Connection, text: str) -> None:
    assert math.isclose(value(connection, text), eval(text))


def test_every_packaged_formula_can_be_worked_out() -> None:
    assert formulas.unsupported(schema.load()) == []


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    with new_org(tmp_path) as opened:
        yield opened


def test_npsps_formulas_and_roll_up_summaries_read_through_soql(org: Org) -> None:
    admin = org.administrator()
    account, contact = household(admin)
    saved(
        admin.update("Account", [{"Id": account, "npe01__One2OneContact__c": contact, "npo02__TotalOppAmount__c": 55}])
    )
    opportunity = gift(admin, AccountId=account, Amount=100)
    for amount, paid in ((40, True), (60, False)):
        add(
            admin,
            "npe01__OppPayment__c",
            npe01__Opportunity__c=opportunity,
            npe01__Payment_Amount__c=amount,
            npe01__Paid__c=paid,
        )
    (person,) = admin.query(
        "SELECT npsp__HHId__c, npsp__Primary_Contact__c, npo02__Total_Household_Gifts__c FROM Contact"
    ).records
    assert (person["npsp__HHId__c"], person["npsp__Primary_Contact__c"]) == (account, True)
    assert person["npo02__Total_Household_Gifts__c"] == 55
    (paid,) = admin.query(
        "SELECT npe01__Payments_Made__c, npe01__Number_of_Payments__c, npe01__Amount_Outstanding__c FROM Opportunity"
    ).records
    assert [paid[name] for name in paid if name != "attributes"] == [40, 2, 60]
