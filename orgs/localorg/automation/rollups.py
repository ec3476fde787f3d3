"""NPSP's donor roll-ups as its nightly batch leaves them: hard credit on Accounts and Contacts, soft credit on Contacts.

Set-based: the gifts that count go into a temporary table once, each target is aggregated in one statement, and only
rows whose values differ are written.
"""

from __future__ import annotations

# ruff: noqa: S608 (names come from this module and the schema, values are bound)
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from localorg.automation import settings
from localorg.automation.settings import Settings

ACCOUNT, CONTACT = "Account", "Contact"
_YEARS = ("ThisYear", "LastYear", "2YearsAgo")
_SOFT_YEARS = ("This_Year", "Last_Year", "Two_Years_Ago")


@dataclass(frozen=True)
class Window:
    """The years and days a roll-up run looks at."""

    today: date
    days: int
    fiscal_start: int  # 1 where calendar years count

    @property
    def year(self) -> int:
        later = self.fiscal_start > 1 and self.today.month >= self.fiscal_start
        return self.today.year + int(later)

    @property
    def since(self) -> str:
        return (self.today - timedelta(days=self.days)).isoformat()

    @property
    def year_sql(self) -> str:
        """The year a gift counts in; a fiscal year is named by the year it ends in."""
        year = "CAST(substr(o.CloseDate, 1, 4) AS INTEGER)"
        if self.fiscal_start == 1:
            return year
        return f"{year} + (CAST(substr(o.CloseDate, 6, 2) AS INTEGER) >= {self.fiscal_start})"


def run(connection: sqlite3.Connection, today: date, fiscal_start: int, stamp: str) -> dict[str, int]:
    """Work all roll-ups out; tells how many records of each object changed."""
    household = settings.households(connection)
    fiscal = fiscal_start if household["npo02__Use_Fiscal_Year_for_Rollups__c"] else 1
    window = Window(today, household.number("npo02__Rollup_N_Day_Value__c", 365), fiscal)
    _gather(connection, household, window)
    changed = {
        ACCOUNT: _write(connection, ACCOUNT, [_hard("_credit_account", window), _membership("account")], stamp),
        CONTACT: _write(
            connection,
            CONTACT,
            [_hard("_credit_contact", window), _membership("contact"), _soft(window)],
            stamp,
        ),
    }
    for table in ("_gift", "_credit_account", "_credit_contact", "_credit_soft", "_new"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
    return changed


# Which gifts count, and for whom


def _gather(connection: sqlite3.Connection, household: Settings, window: Window) -> None:
    memberships = json.dumps(settings.listed(household["npo02__Membership_Record_Types__c"]))
    _table(
        connection,
        "_gift",
        f"""SELECT o.Id AS gift, o.AccountId AS account, o.npsp__Primary_Contact__c AS contact, o.Amount AS amount,
            o.CloseDate AS day, {window.year_sql} AS year, coalesce(a.npe01__SYSTEMIsIndividual__c, 0) AS individual,
            o.Type AS type, r.Name AS record_type, r.DeveloperName AS developer_name,
            coalesce(r.Name IN (SELECT value FROM json_each(?)), 0) AS membership, o.npe01__Member_Level__c AS level,
            o.npe01__Membership_Origin__c AS origin, o.npe01__Membership_Start_Date__c AS starts,
            o.npe01__Membership_End_Date__c AS ends
        FROM Opportunity o LEFT JOIN Account a ON a.Id = o.AccountId LEFT JOIN RecordType r ON r.Id = o.RecordTypeId
        WHERE o.IsDeleted = 0 AND o.IsWon = 1 AND o.Amount IS NOT NULL""",
        memberships,
    )
    for target in (ACCOUNT, CONTACT):
        _hard_credits(connection, household, target)
    _soft_credits(connection, household)


def _hard_credits(connection: sqlite3.Connection, household: Settings, target: str) -> None:
    """An Account has every gift of its own; a Contact those of a household in which it is the primary contact."""
    key = target.lower()
    always = household["npo02__Always_Rollup_to_Primary_Contact__c"]
    only = "" if target == ACCOUNT or always else "AND individual = 1"
    rule, values = _counted(household, target)
    _table(
        connection,
        f"_credit_{key}",
        f"SELECT {key} AS owner, gift, amount, day, year FROM _gift WHERE {key} IS NOT NULL {only} AND {rule}",
        *values,
    )


def _soft_credits(connection: sqlite3.Connection, household: Settings) -> None:
    """By contact role, at the amount of the contact's first partial soft credit on the gift where there is one."""
    roles = json.dumps([role.lower() for role in settings.listed(household["npo02__Soft_Credit_Roles__c"])])
    rule, values = _counted(household, CONTACT)
    _table(
        connection,
        "_credit_soft",
        f"""WITH partial AS (
            SELECT npsp__Opportunity__c AS gift, npsp__Contact__c AS contact, npsp__Amount__c AS amount,
                npsp__Role_Name__c AS role, min(Id) AS first
            FROM npsp__Partial_Soft_Credit__c WHERE IsDeleted = 0 GROUP BY 1, 2)
        SELECT c.ContactId AS owner, g.gift, coalesce(p.amount, g.amount) AS amount, g.day, g.year
        FROM OpportunityContactRole c JOIN _gift g ON g.gift = c.OpportunityId
        LEFT JOIN partial p ON p.gift = g.gift AND p.contact = c.ContactId
        WHERE c.IsDeleted = 0 AND c.ContactId IS NOT NULL AND lower(c.Role) IN (SELECT value FROM json_each(?))
            AND (c.IsPrimary = 0 OR g.individual = 0) AND {rule}
            AND (p.first IS NULL OR lower(p.role) IN (SELECT value FROM json_each(?)))""",
        roles,
        *values,
        roles,
    )


def _counted(household: Settings, target: str) -> tuple[str, list[str]]:
    """The settings' exclusions for one target."""
    types = settings.listed(household[f"npo02__Excluded_{target}_Opp_Types__c"])
    record_types = settings.listed(household[f"npo02__Excluded_{target}_Opp_Rectypes__c"])
    listed = "(SELECT value FROM json_each(?))"
    rule = (
        f"coalesce(type NOT IN {listed}, 1) AND coalesce(record_type NOT IN {listed}, 1)"
        f" AND coalesce(developer_name NOT IN {listed}, 1)"
    )
    return rule, [json.dumps(types), json.dumps(record_types), json.dumps(record_types)]


# What is made of them


def _hard(credits: str, window: Window) -> str:
    columns = [
        "round(sum(amount), 2) AS npo02__TotalOppAmount__c",
        "count(*) AS npo02__NumberOfClosedOpps__c",
        "round(sum(amount) / count(*), 2) AS npo02__AverageAmount__c",
        "max(amount) AS npo02__LargestAmount__c",
        "min(amount) AS npo02__SmallestAmount__c",
        "min(day) AS npo02__FirstCloseDate__c",
        "max(day) AS npo02__LastCloseDate__c",
        "max(amount) FILTER (WHERE latest = 1) AS npo02__LastOppAmount__c",
        "CAST(max(year) FILTER (WHERE best = 1) AS TEXT) AS npo02__Best_Gift_Year__c",
        "round(max(in_year), 2) AS npo02__Best_Gift_Year_Total__c",
        f"round(coalesce(sum(amount) FILTER ({_recent(window)}), 0), 2) AS npo02__OppAmountLastNDays__c",
        f"count(*) FILTER ({_recent(window)}) AS npo02__OppsClosedLastNDays__c",
    ]
    for ago, suffix in enumerate(_YEARS):
        year = f"FILTER (WHERE year = {window.year - ago})"
        columns.append(f"round(coalesce(sum(amount) {year}, 0), 2) AS npo02__OppAmount{suffix}__c")
        columns.append(f"count(*) {year} AS npo02__OppsClosed{suffix}__c")
    return f"""SELECT owner, {", ".join(columns)} FROM (SELECT *,
            row_number() OVER (PARTITION BY owner ORDER BY day DESC, gift DESC) AS latest,
            row_number() OVER (PARTITION BY owner ORDER BY in_year DESC, year DESC) AS best
            FROM (SELECT *, sum(amount) OVER (PARTITION BY owner, year) AS in_year FROM {credits})) GROUP BY owner"""


def _soft(window: Window) -> str:
    columns = [
        "round(sum(amount), 2) AS npo02__Soft_Credit_Total__c",
        "count(*) AS npsp__Number_of_Soft_Credits__c",
        f"round(coalesce(sum(amount) FILTER ({_recent(window)}), 0), 2) AS npsp__Soft_Credit_Last_N_Days__c",
        f"count(*) FILTER ({_recent(window)}) AS npsp__Number_of_Soft_Credits_Last_N_Days__c",
    ]
    for ago, suffix in enumerate(_SOFT_YEARS):
        year = f"FILTER (WHERE year = {window.year - ago})"
        columns.append(f"round(coalesce(sum(amount) {year}, 0), 2) AS npo02__Soft_Credit_{suffix}__c")
        columns.append(f"count(*) {year} AS npsp__Number_of_Soft_Credits_{suffix}__c")
    for name in ("First", "Last", "Largest"):
        place = f"FILTER (WHERE {name.lower()}_place = 1)"
        columns.append(f"max(amount) {place} AS npsp__{name}_Soft_Credit_Amount__c")
        columns.append(f"max(day) {place} AS npsp__{name}_Soft_Credit_Date__c")
    return f"""SELECT owner, {", ".join(columns)} FROM (SELECT *,
            row_number() OVER (PARTITION BY owner ORDER BY day, gift) AS first_place,
            row_number() OVER (PARTITION BY owner ORDER BY day DESC, gift DESC) AS last_place,
            row_number() OVER (PARTITION BY owner ORDER BY amount DESC, day DESC) AS largest_place
            FROM _credit_soft) GROUP BY owner"""


def _membership(key: str) -> str:
    """Gifts of a membership record type; the last one speaks for level and origin."""
    only = "" if key == "account" else "AND individual = 1"
    last = "FILTER (WHERE latest = 1)"
    return f"""SELECT owner, count(*) AS npo02__NumberOfMembershipOpps__c,
            round(sum(amount), 2) AS npo02__TotalMembershipOppAmount__c,
            max(amount) {last} AS npo02__LastMembershipAmount__c, max(day) {last} AS npo02__LastMembershipDate__c,
            max(level) {last} AS npo02__LastMembershipLevel__c, max(origin) {last} AS npo02__LastMembershipOrigin__c,
            min(coalesce(starts, day)) AS npo02__MembershipJoinDate__c, max(ends) AS npo02__MembershipEndDate__c
        FROM (SELECT *, {key} AS owner, row_number() OVER (PARTITION BY {key} ORDER BY day DESC, gift DESC) AS latest
            FROM _gift WHERE membership = 1 AND {key} IS NOT NULL {only}) GROUP BY owner"""


def _recent(window: Window) -> str:
    return f"WHERE day BETWEEN '{window.since}' AND '{window.today.isoformat()}'"


# Writing


def _write(connection: sqlite3.Connection, target: str, queries: Sequence[str], stamp: str) -> int:
    """Bring every live record to the worked-out values; to NPSP a blank number and zero are the same."""
    changed: set[str] = set()
    for query in queries:
        _table(connection, "_new", query)
        connection.execute("CREATE INDEX temp._new_owner ON _new (owner)")
        names = [
            row[1] for row in connection.execute("PRAGMA temp.table_info(_new)") if row[1] not in ("owner", "gift")
        ]
        numbers = {name for name, kind in connection.execute(_COLUMN_TYPES, (target,)) if kind == "REAL"}
        values = {
            name: f"coalesce(n.{name}, 0)" if name in numbers and not _blank(name) else f"n.{name}" for name in names
        }
        differs = " OR ".join(
            f"coalesce(t.{name}, 0) <> coalesce(n.{name}, 0)" if name in numbers else f"t.{name} IS NOT n.{name}"
            for name in names
        )
        rows = connection.execute(
            f"SELECT t.Id, {', '.join(values.values())} FROM {target} t LEFT JOIN _new n ON n.owner = t.Id"
            f" WHERE t.IsDeleted = 0 AND ({differs})"
        ).fetchall()
        assigned = ", ".join(f"{name} = ?" for name in names)
        sql = f"UPDATE {target} SET {assigned}, LastModifiedDate = '{stamp}', SystemModstamp = '{stamp}' WHERE Id = ?"
        connection.executemany(sql, ((*row[1:], row[0]) for row in rows))
        changed.update(row[0] for row in rows)
    return len(changed)


_COLUMN_TYPES = "SELECT name, type FROM pragma_table_info(?)"


def _blank(name: str) -> bool:
    """Hard-credit numbers default to 0; soft credits and the best year's total stay blank."""
    return "Soft_Credit" in name or "Best_Gift_Year_Total" in name


def _table(connection: sqlite3.Connection, name: str, query: str, *values: object) -> None:
    connection.execute(f"DROP TABLE IF EXISTS temp.{name}")
    connection.execute(f"CREATE TEMP TABLE {name} AS {query}", values)
