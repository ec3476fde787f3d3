"""Text → syntax tree: what is accepted, what is refused with which words, and that nothing breaks the parser."""

from __future__ import annotations

import datetime as dt
import json
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from localorg.errors import QueryError
from localorg.soql import ast, parse

SHARED = Path(__file__).resolve().parents[4] / "shared"


def refusal(text: str) -> str:
    with pytest.raises(QueryError) as caught:
        parse(text)
    return caught.value.message


def where(condition: str) -> ast.Condition:
    found = parse(f"SELECT Id FROM Contact WHERE {condition}").where
    assert found is not None
    return found


def literal(text: str) -> ast.Literal:
    found = where(f"x = {text}")
    assert isinstance(found, ast.Comparison)
    return found.value


def test_salesforces_own_parser_agrees_on_the_sample_corpus() -> None:
    corpus = SHARED / "corpora" / "soql.jsonl"
    if not corpus.exists():
        pytest.skip("the sample corpus is not beside the repository")
    wrong = []
    for line in corpus.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        try:
            parse(case["soql"])
            accepted = True
        except QueryError:
            accepted = False
        if accepted is not case["valid"]:
            wrong.append(case["soql"])
    assert wrong == []


def test_a_query_has_all_its_clauses() -> None:
    query = parse(
        "select Id, Account.Name from Contact c using scope mine where LastName = 'Li' with user_mode "
        "order by LastName desc nulls last, Id limit 10 offset 5 for view update tracking, viewstat"
    )
    assert [item.expression.path for item in query.items] == ["Id", "Account.Name"]  # type: ignore[union-attr]
    assert query.sources == (ast.Source("Contact", "c", 29),)
    assert (query.scopes, query.modes, query.limit, query.offset) == (("mine",), ("USER_MODE",), 10, 5)
    assert [(one.descending, one.nulls) for one in query.order] == [(True, "LAST"), (False, None)]
    assert (query.tracking, query.statistics) == ("VIEW", ("TRACKING", "VIEWSTAT"))


def test_words_of_the_language_may_also_be_names() -> None:
    assert parse("SELECT group FROM group").sources[0].path == "group"
    assert parse("SELECT Name FROM Account OFFSET").sources[0].alias == "OFFSET"
    assert parse("SELECT Name FROM Account OFFSET 3").offset == 3
    assert parse("SELECT count, fields, scope FROM data").items[0] == ast.Item(ast.FieldRef("count", 7), None)


def test_and_and_or_do_not_mix_without_parentheses() -> None:
    text = "SELECT Id FROM Contact WHERE a = 1 AND b = 2 OR c = 3"
    assert refusal(text) == (
        "\nContact WHERE a = 1 AND b = 2 OR c = 3\n                              ^\n"
        "ERROR at Row:1:Column:46\nunexpected token: 'OR'"
    )
    assert isinstance(where("(a = 1 AND b = 2) OR c = 3"), ast.Logical)


@pytest.mark.parametrize(
    ("condition", "token"),
    [
        ("a = 1 AND NOT b = 2", "NOT"),
        ("NOT a = 1 AND b = 2", "AND"),
        ("NOT NOT a = 1", "NOT"),
        ("a IS NULL", "a IS"),
        ("a NOT LIKE 'x'", "a NOT"),
        ("a = :ids", ":"),
        ("a = b", "b"),
        ("a IN ()", "a IN ()"),
        ("'x' = a", "'x'"),
        ("a = 1)", ")"),
        ("(a = 1", "<EOF>"),
        ("a = 'open", "<EOF>"),
        ("a = 1 b = 2", "b"),
        ("", "<EOF>"),
        ("a == 1", "="),
        ("a IN (SELECT b FROM C LIMIT 1)", "LIMIT"),
    ],
)
def test_a_condition_the_platform_does_not_read_names_the_token(condition: str, token: str) -> None:
    assert refusal(f"SELECT Id FROM Contact WHERE {condition}").endswith(f"\nunexpected token: '{token}'")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT FROM Account", "SELECT Id, FROM Account", "SELECT * FROM Account", "SELECT Id Account", "SELECT Id",
        "SELECT COUNT(), Id FROM Account", "SELECT COUNT() n FROM Account", "SELECT Id FROM Account LIMIT",
        "SELECT Id FROM Account OFFSET 1 LIMIT 1", "SELECT Id FROM Account HAVING COUNT(Id) > 1",
        "SELECT Id FROM Account ALL ROWS", "SELECT Id FROM Account FOR UPDATE", "SELECT Id FROM Account // why",
        "SELECT Id /* why */ FROM Account", "SELECT Id FROM Account;", "SELECT Id FROM Account WITH",
        "SELECT limit FROM Account", "SELECT Id FROM Account USING SCOPE view", "SELECT Id FROM Account UPDATE case",
        "SELECT TYPEOF What ELSE Name END FROM Task", "SELECT A(B(C(d))) FROM Account",
    ],
)  # fmt: skip
def test_what_is_no_soql_is_malformed(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.code == "MALFORMED_QUERY"


def test_the_first_word_is_refused_as_a_real_org_did() -> None:
    assert refusal("SELEKT Name FROM Account") == "unexpected token: SELEKT"
    assert refusal("SELECT FROM Account").endswith("unexpected token: 'SELECT FROM'")
    assert refusal("  ") == "SOQL statements cannot be empty or null"
    assert refusal("SELECT Id FROM $user") == "line 1:15 unexpected token: '$'"


def test_only_apex_locks_and_reads_all_rows() -> None:
    assert parse("SELECT Id FROM Account ALL ROWS", apex=True).all_rows
    assert parse("SELECT Id FROM Account FOR UPDATE", apex=True).tracking == "UPDATE"


def test_literals_have_their_values() -> None:
    assert literal("-12.50").value == Decimal("-12.50")
    assert literal("TRUE").value is True
    assert literal("null").kind == "null"
    assert literal("2026-02-28").value == dt.date(2026, 2, 28)
    assert literal("2026-02-28t01:02:03.4+05:30").value == dt.datetime(2026, 2, 27, 19, 32, 3, 400000, tzinfo=dt.UTC)
    assert literal("last_n_days : 30").value == ast.RelativeDate("LAST_N_DAYS", 30)
    assert literal("USD5000.50").kind == "currency"


def test_quoted_text_is_unescaped() -> None:
    assert literal(r"'it\'s \"a\" \\ \n\t é \u2019'").value == 'it\'s "a" \\ \n\t é ’'
    like = where(r"Name LIKE '50\% of_%\\'")
    assert isinstance(like, ast.Comparison)
    assert like.value.pattern == r"50\% of_%\\"
    assert "invalid escape" in refusal(r"SELECT Id FROM Account WHERE Name = 'a\qb'")
    assert "invalid escape" in refusal(r"SELECT Id FROM Account WHERE Name = '50\%'")


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "2020-12-12t12:12:00-25:00", "2020-52-12T12:12:00Z"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    kind = "datetime" if "t" in text.lower() else "date"
    assert refusal(f"SELECT Id FROM Account WHERE x > {text}").endswith(f"\nInvalid {kind}: {text}")


def test_the_caret_stays_in_its_line() -> None:
    message = refusal("SELECT Id\nFROM Account\nWHERE Name = x")
    assert message == "\nWHERE Name = x\n             ^\nERROR at Row:3:Column:14\nunexpected token: 'x'"


def test_half_a_character_is_no_text() -> None:
    assert literal(r"'\ud83d\ude00'").value == "\U0001f600"
    assert literal(r"'\ud83d'").value == "\ufffd"
    assert refusal("SELECT Id FROM A WHERE a = '\ud83d'") == "SOQL statements must be valid Unicode text"


def test_numbers_may_be_long_but_limits_may_not() -> None:
    assert literal("9" * 5000).kind == "number"
    assert refusal("SELECT Id FROM A LIMIT " + "9" * 5000) == "numeric value out of range"
    assert refusal("SELECT Id FROM A OFFSET 2147483648") == "numeric value out of range"


def test_depth_and_length_are_limited() -> None:
    deep = "SELECT Id FROM A WHERE " + "(" * 5000 + "a = 1" + ")" * 5000
    with pytest.raises(QueryError) as caught:
        parse(deep)
    assert caught.value.code == "QUERY_TOO_COMPLICATED"
    nested = "SELECT " + "(SELECT " * 5000
    with pytest.raises(QueryError):
        parse(nested)
    long = "SELECT Id FROM A WHERE a = '" + "x" * 100_000 + "'"
    assert "cannot be longer than" in refusal(long)
    parse("SELECT Id FROM A WHERE a IN (" + ", ".join(["1"] * 30_000) + ")")


WORDS = [
    "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "(", "(", ")", ")", ",", ",", ".", ":", "=", "!=",
    "<", ">", "Id", "Name", "Account", "Contacts", "COUNT", "SUM", "MAX", "GROUP", "ORDER", "BY", "HAVING", "LIMIT",
    "OFFSET", "NULLS", "FIRST", "LAST", "ASC", "DESC", "TYPEOF", "WHEN", "THEN", "ELSE", "END", "FIELDS", "ALL",
    "ROLLUP", "CUBE", "WITH", "USING", "SCOPE", "FOR", "VIEW", "UPDATE", "'x'", "'a\\'b'", "1", "-2.5", "null",
    "true", "2026-01-01", "2026-01-01T00:00:00Z", "TODAY", "LAST_N_DAYS:3", "INCLUDES", "DISTANCE", "GEOLOCATION",
    "USD5", "DATA", "CATEGORY", "AT",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)))
def test_arbitrary_text_is_parsed_or_refused_and_never_breaks(text: str) -> None:
    for attempt in (text, "SELECT Id FROM Account WHERE " + text, "SELECT " + text + " FROM Account"):
        try:
            parse(attempt)
        except QueryError as error:
            assert error.message


def test_a_typical_query_is_parsed_within_a_millisecond() -> None:
    text = (
        "SELECT Id, Name, Amount, CloseDate, Account.Name FROM Opportunity WHERE IsWon = true AND CloseDate = "
        "LAST_N_DAYS:30 AND StageName IN ('Posted', 'Pledged') ORDER BY Amount DESC NULLS LAST LIMIT 10"
    )
    times = []
    for _ in range(50):
        start = time.perf_counter()
        parse(text)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.001
