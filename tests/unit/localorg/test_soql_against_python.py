"""Random rows and random queries, answered a second time by plain Python that knows nothing of the compiler."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from localorg import ids
from soql_world import NOW, ZONE, World

Row = dict[str, Any]
TODAY = NOW.astimezone(ZoneInfo(ZONE)).date()
TEXTS = ["Ada", "ada", "ADA b", "Zoë", "zoË", "a%b", "a_b", "x'y", "\\", ""]
AMOUNTS = [-3.0, 0.0, 0.1, 2.5, 10.0, 1000000.25]
DAYS = [TODAY + dt.timedelta(days=shift) for shift in (-400, -95, -90, -31, -8, -4, -1, 0, 1, 3, 7, 30, 92, 366)]
CHOICES = ["Arts", "Health", "Arts;Health", "Sports;Arts", "arts"]


@dataclass(frozen=True)
class Condition:
    """A condition as SOQL text and as a Python test of a row."""

    text: str
    holds: Callable[[Row], bool]


def nullable(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def stamp(day: dt.date, hour: int) -> str:
    return f"{day.isoformat()}T{hour:02d}:15:30.250Z"


ACCOUNTS = st.lists(
    st.fixed_dictionaries({
        "Name": nullable(st.sampled_from([text for text in TEXTS if text])),
        "Is_Household__c": st.integers(0, 1),
        "AnnualRevenue": nullable(st.sampled_from(AMOUNTS)),
    }),
    max_size=3,
)  # fmt: skip
CONTACTS = st.lists(
    st.fixed_dictionaries({
        "LastName": nullable(st.sampled_from([text for text in TEXTS if text])),
        "Birthdate": nullable(st.sampled_from(DAYS).map(dt.date.isoformat)),
        "Touched_At__c": nullable(st.builds(stamp, st.sampled_from(DAYS), st.sampled_from([0, 6, 7, 8, 23]))),
        "Active__c": st.integers(0, 1),
        "Gifts__c": nullable(st.sampled_from(AMOUNTS)),
        "Visits__c": nullable(st.integers(-2, 3)),
        "Interests__c": nullable(st.sampled_from(CHOICES)),
        "account": nullable(st.integers(0, 2)),
        "IsDeleted": st.sampled_from([0, 0, 0, 1]),
    }),
    max_size=8,
)  # fmt: skip


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def compare(operator: str, left: Any, right: Any) -> bool:
    if right is None:
        return {"=": left is None, "!=": left is not None}.get(operator, False)
    if operator == "!=":
        return left is None or bool(left != right)
    if left is None:
        return False
    return bool({
        "=": left == right, "<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right,
    }[operator])  # fmt: skip


def ascii_folded(text: str | None) -> bytes | None:
    return None if text is None else "".join(one.lower() if one.isascii() else one for one in text).encode()


OPERATORS = st.sampled_from(["=", "!=", "<", ">", "<=", ">="])
EQUALITY = st.sampled_from(["=", "!="])


def parent_value(row: Row, name: str) -> Any:
    return row["Account"][name] if row["Account"] else None


def text_equality(operator: str, value: str, parent: bool) -> Condition:
    path = "Account.Name" if parent else "LastName"

    def holds(row: Row) -> bool:
        found = parent_value(row, "Name") if parent else row["LastName"]
        return compare(operator, found and found.lower(), value.lower() or None)

    return Condition(f"{path} {operator} {quoted(value)}", holds)


def text_order(operator: str, value: str) -> Condition:
    return Condition(
        f"LastName {operator} {quoted(value)}",
        lambda row: compare(operator, ascii_folded(row["LastName"]), ascii_folded(value)),
    )


def text_list(values: list[str], negated: bool) -> Condition:
    wanted = {value.lower() or None for value in values}

    def holds(row: Row) -> bool:
        found = row["LastName"].lower() if row["LastName"] else None
        return (found in wanted) is not negated

    listed = ", ".join(map(quoted, values))
    return Condition(f"LastName {'NOT IN' if negated else 'IN'} ({listed})", holds)


def matches(pattern: list[tuple[str, str]], text: str) -> bool:
    if not pattern:
        return not text
    (kind, letter), rest = pattern[0], pattern[1:]
    if kind == "any":
        return any(matches(rest, text[start:]) for start in range(len(text) + 1))
    if not text or (kind == "letter" and text[0].lower() != letter.lower()):
        return False
    return matches(rest, text[1:])


def like(pattern: list[tuple[str, str]]) -> Condition:
    def written(part: tuple[str, str]) -> str:
        kind, letter = part
        if kind != "letter":
            return "%" if kind == "any" else "_"
        return {"%": "\\%", "_": "\\_", "\\": "\\\\", "'": "\\'"}.get(letter, letter)

    def holds(row: Row) -> bool:
        return row["LastName"] is not None and matches(pattern, row["LastName"])

    return Condition("LastName LIKE '" + "".join(map(written, pattern)) + "'", holds)


def number(field: str, operator: str, value: float | None) -> Condition:
    written = "null" if value is None else repr(value)
    return Condition(f"{field} {operator} {written}", lambda row: compare(operator, row[field], value))


def checkbox(operator: str, value: bool | None, parent: bool) -> Condition:
    path = "Account.Is_Household__c" if parent else "Active__c"

    def holds(row: Row) -> bool:
        found = bool(parent_value(row, "Is_Household__c")) if parent else bool(row["Active__c"])
        return (found == bool(value)) is (operator == "=")

    written = {None: "null", True: "TRUE", False: "false"}[value]
    return Condition(f"{path} {operator} {written}", holds)


def day(operator: str, value: dt.date | None) -> Condition:
    written = value.isoformat() if value else "null"
    return Condition(
        f"Birthdate {operator} {written}",
        lambda row: compare(operator, row["Birthdate"], value.isoformat() if value else None),
    )


UNITS: dict[str, Callable[[dt.date], int]] = {
    "DAYS": lambda one: one.toordinal(),
    "WEEKS": lambda one: (one.toordinal() + 7) // 7,  # day 7 of the calendar was a Sunday
    "MONTHS": lambda one: one.year * 12 + one.month,
    "QUARTERS": lambda one: one.year * 4 + (one.month - 1) // 3,
    "YEARS": lambda one: one.year,
}
RELATIVE: dict[str, tuple[str, int, int]] = {
    "YESTERDAY": ("DAYS", -1, -1), "TODAY": ("DAYS", 0, 0), "TOMORROW": ("DAYS", 1, 1),
    "LAST_90_DAYS": ("DAYS", -90, 0), "NEXT_90_DAYS": ("DAYS", 1, 90),
}  # fmt: skip
for unit in ("WEEKS", "MONTHS", "QUARTERS", "YEARS"):
    for word, shift in (("LAST", -1), ("THIS", 0), ("NEXT", 1)):
        RELATIVE[f"{word}_{unit[:-1]}"] = (unit, shift, shift)
for unit in UNITS:
    RELATIVE[f"LAST_N_{unit}:3"] = (unit, -3, 0 if unit == "DAYS" else -1)
    RELATIVE[f"NEXT_N_{unit}:3"] = (unit, 1, 3)
    RELATIVE[f"N_{unit}_AGO:3"] = (unit, -3, -3)


def relative(field: str, operator: str, name: str) -> Condition:
    unit, first, last = RELATIVE[name]
    index = UNITS[unit]

    def holds(row: Row) -> bool:
        if row[field] is None:
            return operator == "!="
        if field == "Birthdate":
            local = dt.date.fromisoformat(row[field])
        else:
            moment = dt.datetime.fromisoformat(row[field].replace("Z", "+00:00"))
            local = moment.astimezone(ZoneInfo(ZONE)).date()
        distance = index(local) - index(TODAY)
        return {
            "=": first <= distance <= last, "!=": not first <= distance <= last, "<": distance < first,
            ">": distance > last, "<=": distance <= last, ">=": distance >= first,
        }[operator]  # fmt: skip

    return Condition(f"{field} {operator} {name}", holds)


def includes(values: list[str], excluded: bool) -> Condition:
    def holds(row: Row) -> bool:
        chosen = {one.lower() for one in (row["Interests__c"] or "").split(";")}
        found = any({one.lower() for one in value.split(";")} <= chosen for value in values)
        return found is not excluded

    listed = ", ".join(map(quoted, values))
    return Condition(f"Interests__c {'EXCLUDES' if excluded else 'INCLUDES'} ({listed})", holds)


PATTERN_PART = st.one_of(
    st.sampled_from([("any", ""), ("one", "")]), st.sampled_from(list("adDzëË%_b'\\")).map(lambda one: ("letter", one))
)
ATOMS = st.one_of(
    st.builds(text_equality, EQUALITY, st.sampled_from(TEXTS), st.booleans()),
    st.builds(text_order, OPERATORS, st.sampled_from(["ada", "b", "ADA", "x"])),
    st.builds(text_list, st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4), st.booleans()),
    st.builds(like, st.lists(PATTERN_PART, max_size=5)),
    st.builds(number, st.just("Gifts__c"), OPERATORS, nullable(st.sampled_from(AMOUNTS))),
    st.builds(number, st.just("Visits__c"), OPERATORS, nullable(st.sampled_from([-1, 0, 2, 2.5]))),
    st.builds(checkbox, EQUALITY, nullable(st.booleans()), st.booleans()),
    st.builds(day, OPERATORS, nullable(st.sampled_from(DAYS))),
    st.builds(relative, st.sampled_from(["Birthdate", "Touched_At__c"]), OPERATORS, st.sampled_from(sorted(RELATIVE))),
    st.builds(includes, st.lists(st.sampled_from(CHOICES), min_size=1, max_size=2), st.booleans()),
)


def joined(operator: str, terms: list[Condition]) -> Condition:
    test = all if operator == "AND" else any
    text = f" {operator} ".join(f"({term.text})" for term in terms)
    return Condition(text, lambda row: test(term.holds(row) for term in terms))


CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(joined, st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3)),
        inner.map(lambda term: Condition(f"NOT ({term.text})", lambda row: not term.holds(row))),
    ),
    max_leaves=6,
)
WORLD = World()


def fill(accounts: list[Row], contacts: list[Row]) -> list[Row]:
    """Writes the rows and gives the live contacts as Python sees them, each with its Account."""
    WORLD.clear()
    stored = []
    for position, account in enumerate(accounts):
        stored.append({**account, "Id": WORLD.add("Account", position, **account)})
    live = []
    for position, contact in enumerate(contacts):
        values = dict(contact)
        place = values.pop("account")
        account = stored[place] if place is not None and place < len(stored) else None
        values["AccountId"] = account["Id"] if account else None
        record_id = WORLD.add("Contact", position, **values)
        if not values["IsDeleted"]:
            live.append({**values, "Id": record_id, "Account": account})
    return live


@settings(max_examples=500, deadline=None)
@given(ACCOUNTS, CONTACTS, CONDITIONS)
def test_the_same_rows_pass_the_filter(accounts: list[Row], contacts: list[Row], condition: Condition) -> None:
    live = fill(accounts, contacts)
    text = f"SELECT Id FROM Contact WHERE {condition.text} ORDER BY Id"
    assert WORLD.values(text) == sorted(row["Id"] for row in live if condition.holds(row)), text
    assert WORLD.count(text.replace(" ORDER BY Id", "")) == sum(condition.holds(row) for row in live)


@settings(max_examples=150, deadline=None)
@given(
    ACCOUNTS, CONTACTS, st.sampled_from(["LastName", "Gifts__c", "Birthdate", "Account.AnnualRevenue"]), st.booleans(),
    st.sampled_from(["", " NULLS FIRST", " NULLS LAST"]), st.integers(0, 5), st.integers(0, 5),
)  # fmt: skip
def test_the_same_order_and_window(
    accounts: list[Row], contacts: list[Row], field: str, descending: bool, nulls: str, limit: int, offset: int
) -> None:
    live = fill(accounts, contacts)

    def value(row: Row) -> Any:
        found = parent_value(row, "AnnualRevenue") if "." in field else row[field]
        return ascii_folded(found) if isinstance(found, str) else found

    rows = sorted(live, key=lambda row: row["Id"])
    known = sorted((row for row in rows if value(row) is not None), key=value, reverse=descending)
    known.sort(key=lambda row: row["Id"])
    known.sort(key=value, reverse=descending)
    unknown = [row for row in rows if value(row) is None]
    ordered = known + unknown if nulls == " NULLS LAST" else unknown + known
    text = f"SELECT Id FROM Contact ORDER BY {field}{' DESC' if descending else ''}{nulls}, Id LIMIT {limit} OFFSET {offset}"
    assert WORLD.values(text) == [row["Id"] for row in ordered[offset : offset + limit]]


@settings(max_examples=150, deadline=None)
@given(ACCOUNTS, CONTACTS, st.integers(0, 3))
def test_the_same_groups_and_sums(accounts: list[Row], contacts: list[Row], least: int) -> None:
    live = fill(accounts, contacts)
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in live:
        groups[row["AccountId"], row["Visits__c"]].append(row)
    expected = {}
    for key, members in groups.items():
        gifts = [row["Gifts__c"] for row in members if row["Gifts__c"] is not None]
        births = [row["Birthdate"] for row in members if row["Birthdate"] is not None]
        if len(members) >= least:
            expected[key] = (
                len(members), len(gifts), len(set(gifts)), round(sum(gifts), 2) if gifts else None,
                round(sum(gifts) / len(gifts), 6) if gifts else None, min(births, default=None),
                max(gifts, default=None),
            )  # fmt: skip
    text = (
        "SELECT AccountId, Visits__c, COUNT(Id), COUNT(Gifts__c), COUNT_DISTINCT(Gifts__c), SUM(Gifts__c), AVG(Gifts__c),"
        f" MIN(Birthdate), MAX(Gifts__c) FROM Contact GROUP BY AccountId, Visits__c HAVING COUNT(Id) >= {least}"
    )
    found = {}
    for record in WORLD.query(text):
        average = record["expr4"]
        found[record["AccountId"], record["Visits__c"]] = (
            record["expr0"], record["expr1"], record["expr2"], record["expr3"],
            None if average is None else round(average, 6), record["expr5"], record["expr6"],
        )  # fmt: skip
    assert found == expected


@settings(max_examples=150, deadline=None)
@given(ACCOUNTS, CONTACTS, CONDITIONS, nullable(st.integers(0, 2)), nullable(st.integers(0, 2)))
def test_the_same_children(
    accounts: list[Row], contacts: list[Row], condition: Condition, limit: int | None, offset: int | None
) -> None:
    live = fill(accounts, contacts)
    window = ("" if limit is None else f" LIMIT {limit}") + ("" if offset is None else f" OFFSET {offset}")
    text = f"SELECT Id, (SELECT Id FROM Contacts WHERE {condition.text} ORDER BY Id{window}) FROM Account"
    for record in WORLD.query(text):
        own = [row["Id"] for row in live if row["AccountId"] == record["Id"] and condition.holds(row)]
        start = offset or 0
        wanted = sorted(own)[start : None if limit is None else start + limit]
        children = record["Contacts"]
        assert ([child["Id"] for child in children["records"]] if children else []) == wanted
        assert children is None or children["totalSize"] == len(wanted)


@settings(max_examples=100, deadline=None)
@given(ACCOUNTS, CONTACTS, CONDITIONS, st.booleans())
def test_the_same_semi_joins(accounts: list[Row], contacts: list[Row], condition: Condition, negated: bool) -> None:
    live = fill(accounts, contacts)
    chosen = {row["AccountId"] for row in live if condition.holds(row)}
    every = [ids.make("001", position) for position in range(len(accounts))]
    operator = "NOT IN" if negated else "IN"
    text = (
        f"SELECT Id FROM Account WHERE Id {operator} (SELECT AccountId FROM Contact WHERE {condition.text}) ORDER BY Id"
    )
    assert WORLD.values(text) == [one for one in every if (one in chosen) is not negated]
