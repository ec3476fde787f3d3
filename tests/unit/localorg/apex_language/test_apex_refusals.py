"""What the compiler refuses, in its words and at its place; what is not emulated says so; what fails fails for the reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apex_world import org_in, report_of, use
from localorg.apex import process
from localorg.engine import Org

pytestmark = pytest.mark.skipif(process.missing() is not None, reason=process.missing() or "")


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    with org_in(tmp_path_factory.mktemp("apex-refusals")) as made:
        yield made


def problems(org: Org, body: str) -> list[tuple[int, str]]:
    use(org, Code=f"public class Code {{\n{body}\n}}")
    return [(found["line"], found["message"]) for found in org.apex.check()]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("void a() { Integer n = 'text'; }", "Illegal assignment from String to Integer"),
        ("void a() { Integer n = 1.5; }", "Illegal assignment from Decimal to Integer"),
        ("void a() { unknown = 1; }", "Variable does not exist: unknown"),
        ("void a() { Account a = new Account(); a.Nonsense__c = 1; }", "Variable does not exist: Nonsense__c"),
        ("void a() { Account a = new Account(Nonsense__c = 1); }", "Field does not exist: Nonsense__c on Account"),
        ("void a() { 'x'.nonsense(); }", "Method does not exist or incorrect signature: void nonsense() from the type String"),
        ("void a() { b(1); } void b(String s) {}", "Method does not exist or incorrect signature: void b(Integer) from the type Code"),
        ("Nonsense n;", "Invalid type: Nonsense"),
        ("Integer a() { return 'x'; }", "Illegal assignment from String to Integer"),
        ("void a() { return 1; }", "Void method must not return a value"),
        ("void a() { Integer n; Integer n; }", "Duplicate variable: n"),
        ("Integer n; String n;", "Duplicate field: n"),
        ("void a() {} void a() {}", "Method already defined: a Code.a()"),
        ("void a() { if ('x') {} }", "Condition expression must be of type Boolean: String"),
        ("void a() { break; }", "break statement must be in a loop"),
        ("void a() { insert 'x'; }", "DML requires SObject or SObject list type: String"),
        ("void a() { throw new List<String>(); }", "Throw expression must be of type exception: List<String>"),
        ("abstract class B {} void a() { B b = new B(); }", "Abstract classes cannot be constructed: Code.B"),
        ("void a() { List<Nonsense__c> l = [SELECT Id FROM Nonsense__c]; }", "Invalid type: Nonsense__c"),
        ("void a() { Boolean b = 1 < 'x'; }", "Comparison arguments must be compatible types: Integer, String"),
        ("static void a() { this.toString(); }", "Variable does not exist: this"),
    ],
)  # fmt: skip
def test_what_apex_does_not_take_is_refused(org: Org, code: str, said: str) -> None:
    assert problems(org, code) == [(2, said)]


def test_a_syntax_error_names_its_place(org: Org) -> None:
    (found,) = problems(org, "void a() { Integer n = ; }")

    assert found[0] == 2


def test_what_is_not_emulated_is_named_when_it_is_reached(org: Org) -> None:
    code = "@IsTest class T { @IsTest static void asks() { ConnectApi.ChatterFeeds.getFeed(null, 'x'); } }"

    report = report_of(org, T=code)

    assert [result.passed for result in report.results] == [False]
    assert "ConnectApi" in str(report.results[0].message)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Assert.areEqual(1, 2, 'sums');", "sums"),
        ("Account a; a.Name = 'x';", "Attempt to de-reference a null object"),
        ("for (Integer i = 0; i < 101; i++) { Integer n = [SELECT COUNT() FROM Account]; }", "Too many SOQL queries: 101"),
        ("for (Integer i = 0; i < 151; i++) { insert new Account(Name = 'x'); }", "Too many DML statements: 151"),
        ("deep(1);", "Maximum stack depth reached"),
    ],
)  # fmt: skip
def test_a_bad_test_fails_for_its_reason(org: Org, body: str, said: str) -> None:
    code = f"@IsTest class T {{ @IsTest static void fails() {{ {body} }} static Integer deep(Integer n) {{ return deep(n + 1); }} }}"

    (result,) = report_of(org, T=code).results

    assert (result.outcome, said in str(result.message)) == ("Fail", True), result.message


def test_limits_cannot_be_caught(org: Org) -> None:
    loop = "for (Integer i = 0; i < 101; i++) { Integer n = [SELECT COUNT() FROM Account]; }"
    code = f"@IsTest class T {{ @IsTest static void fails() {{ try {{ {loop} }} catch (Exception e) {{}} }} }}"

    (result,) = report_of(org, T=code).results

    assert not result.passed


def test_tests_do_not_see_the_orgs_records_and_leave_none(org: Org) -> None:
    counts = "insert new Account(Name = 'x'); Assert.areEqual(1, [SELECT COUNT() FROM Account]);"
    org.administrator().insert("Account", [{"Name": "Real"}])

    (result,) = report_of(org, T=f"@IsTest class T {{ @IsTest static void counts() {{ {counts} }} }}").results

    assert result.passed, result.message
    assert org.record_counts()["Account"] == 1


def test_lines_that_were_reached_are_counted(org: Org) -> None:
    code = (
        "public class Code {\npublic static Integer half(Integer n) {\nif (n < 0) {\nreturn 0;\n}\nreturn n / 2;\n}\n}"
    )
    test = "@IsTest class T { @IsTest static void halves() { Assert.areEqual(2, Code.half(4)); } }"

    (covered,) = report_of(org, Code=code, T=test).coverage

    assert (covered["name"], covered["covered"], covered["uncovered"]) == ("Code", [3, 6], [4])
