"""Reading the giving units of a few donors, whole: everything an answer about them rests on, in a handful of calls.

An answer must be the one a full run would give. So whatever a unit's gifts refer to comes along: other people's gifts
that its members moved, a fund's gift with all who share it, and the accounts that these belong to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from steward.salesforce import contract
from steward.salesforce.access import Access
from steward.salesforce.client import Gateway
from steward.salesforce.loading import raw_columns
from steward.salesforce.read_rows import cell

AT_ONCE = 5  # queries in one composite call
TOGETHER = 50  # donors of one query: with their households and gifts its address stays within the platform's 16 KB
MANY = 300  # ids of one query: a company's gifts can be thousands, and an address ends at 16 KB
MERGES = 5  # one after the other that are followed
BUCKET = "Bucket Individual"  # NPSP's oldest account model: an account that is no household
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")

Record = Mapping[str, Any]


@dataclass
class UnitRows:
    """Records by snapshot table and by id, as REST gave them; `asked` are the Contacts and Accounts that were found.

    A Contact that was merged away is found in the one that stayed: `winners`.
    """

    asked: set[str] = field(default_factory=set)
    winners: dict[str, str] = field(default_factory=dict)
    records: dict[str, dict[str, Record]] = field(default_factory=lambda: {one.name: {} for one in contract.TABLES})

    def ids(self, table: str, path: str, *, of: Iterable[str] | None = None) -> set[str]:
        """The ids that this table's records have in a field."""
        rows = self.records[table]
        chosen = rows.values() if of is None else (rows[one] for one in of)
        return {str(row[path]) for row in chosen if row.get(path)}

    def add(self, other: UnitRows) -> None:
        self.asked |= other.asked
        self.winners |= other.winners
        for table, records in other.records.items():
            self.records[table] |= records

    def missing(self, table: str, wanted: Iterable[str]) -> set[str]:
        return set(wanted) - set(self.records[table])


class UnitReader:
    """Reads units of one org; `access` says which optional fields and objects it shows."""

    def __init__(self, gateway: Gateway, access: Access) -> None:
        self._gateway = gateway
        self._access = access

    def read(self, donor_ids: Sequence[str]) -> UnitRows:
        """The units of these Contacts and Accounts; one without people that the org shows is not among `asked`."""
        rows = UnitRows()
        for start in range(0, len(donor_ids), TOGETHER):
            rows.add(self._read(donor_ids[start : start + TOGETHER]))
        return rows

    def _read(self, donor_ids: Sequence[str]) -> UnitRows:
        rows = UnitRows()
        given = [one for one in donor_ids if one.startswith("001")]
        people = [one for one in donor_ids if not one.startswith("001")]
        self._fetch(rows, [("contacts", either(among("Id", people), among("AccountId", given)))])
        met = {one[:15] for one in rows.records["contacts"]}
        rows.winners = self._winners([one for one in people if one[:15] not in met])
        self._fetch(rows, [("contacts", among("Id", rows.winners.values()))])
        accounts = rows.ids("contacts", "AccountId")
        found = {one[:15] for one in (*rows.records["contacts"], *accounts)}
        rows.asked = {one for one in donor_ids if rows.winners.get(one, one)[:15] in found}
        real = f"(Account.npe01__SYSTEMIsIndividual__c = false OR Account.npe01__SYSTEM_AccountType__c != '{BUCKET}')"
        self._fetch(rows, [("accounts", among("Id", accounts)), ("contacts", both(among("AccountId", accounts), real))])
        homes = {key for key, one in rows.records["accounts"].items() if not self._is_bucket(one)}
        self._fetch(rows, self._own(homes, set(rows.records["contacts"])))
        self._follow_gifts(rows)
        self._follow_owners(rows)
        return rows

    def _winners(self, lost: Sequence[str]) -> dict[str, str]:
        """Which Contact stayed of a merge that took these; it may have been merged away itself since."""
        stayed = {one: one for one in lost}
        for _ in range(MERGES):
            where = among("Id", {one for one in stayed.values() if one})
            if not where:
                break
            soql = f"SELECT Id, MasterRecordId FROM Contact WHERE {where} AND IsDeleted = true"  # noqa: S608
            gone = {str(row["Id"])[:15]: row["MasterRecordId"] for row in self._gateway.query(soql, deleted=True)}
            stayed = {one: gone.get(last[:15], last) or "" for one, last in stayed.items()}
            if not any(gone.values()):
                break
        return {one: last for one, last in stayed.items() if last and last != one}

    def _own(self, homes: set[str], people: set[str]) -> list[tuple[str, str]]:
        """Everything that hangs on the units and their members."""

        def of_gifts(parent: str) -> str:
            owner, primary = f"{parent}.AccountId", f"{parent}.npsp__Primary_Contact__c"
            return either(among(owner, homes), among(primary, people))

        met = either(among("WhoId", people), among("AccountId", homes))
        return [
            ("opportunities", either(
                among("AccountId", homes), among("npsp__Primary_Contact__c", people),
                among("npsp__Matching_Gift__r.AccountId", homes))),
            ("payments", of_gifts("npe01__Opportunity__r")),
            ("contact_roles", among("ContactId", people)),
            ("account_soft_credits", either(among("npsp__Account__c", homes), of_gifts("npsp__Opportunity__r"))),
            ("recurring", either(among("npe03__Contact__c", people), among("npe03__Organization__c", homes))),
            ("partial_soft_credits", among("npsp__Contact__c", people)),
            ("campaign_members", among("ContactId", people)),
            ("tasks", met),
            ("events", met),
            ("allocations", of_gifts("npsp__Opportunity__r")),
            ("volunteer_hours", among("GW_Volunteers__Contact__c", people)),
            ("profiles", among("Contact__c", people)),
        ]  # fmt: skip

    def _follow_gifts(self, rows: UnitRows) -> None:
        """Gifts of others that members moved or a fund paid, with what was paid and who else shares them."""
        named = rows.ids("contact_roles", "OpportunityId")
        named |= rows.ids("account_soft_credits", "npsp__Opportunity__c")
        gifts = rows.missing("opportunities", named)
        self._fetch(rows, [
            *some("opportunities", "Id", gifts),
            *some("payments", "npe01__Opportunity__c", gifts),
            *some("account_soft_credits", "npsp__Opportunity__c", gifts),
            *some("allocations", "npsp__Opportunity__c", gifts),
            *some("opportunities", "npsp__Matching_Gift__c", gifts),
        ])  # fmt: skip

    def _follow_owners(self, rows: UnitRows) -> None:
        """Accounts, people, campaigns and funds that the gifts name."""
        people = rows.ids("opportunities", "npsp__Primary_Contact__c") | rows.ids("recurring", "npe03__Contact__c")
        people |= {one for one in rows.ids("tasks", "WhoId") | rows.ids("events", "WhoId") if one.startswith("003")}
        self._fetch(rows, [
            *some("contacts", "Id", rows.missing("contacts", people)),
            *some("campaigns", "Id", rows.ids("opportunities", "CampaignId") | rows.ids("campaign_members", "CampaignId")),
            *some("gaus", "Id", rows.ids("allocations", "npsp__General_Accounting_Unit__c")),
        ])  # fmt: skip
        owners = rows.ids("opportunities", "AccountId") | rows.ids("contacts", "AccountId")
        owners |= rows.ids("account_soft_credits", "npsp__Account__c") | rows.ids("recurring", "npe03__Organization__c")
        self._fetch(rows, some("accounts", "Id", rows.missing("accounts", owners)))

    @staticmethod
    def _is_bucket(account: Record) -> bool:
        individual = account.get("npe01__SYSTEMIsIndividual__c")
        return bool(individual) and account.get("npe01__SYSTEM_AccountType__c") == BUCKET

    def _fetch(self, rows: UnitRows, wanted: Iterable[tuple[str, str]]) -> None:
        """Runs these queries (table, condition), as few calls as they fit in; an empty condition asks for nothing."""
        asked = [
            (name, where)
            for name, where in wanted
            if where and not self._access.lacks(contract.table(name)) and not self._hidden(name, where)
        ]
        replies = self._gateway.gather([self._path(name, where) for name, where in asked], AT_ONCE)
        names = self._gateway.names
        for (name, _), reply in zip(asked, replies, strict=True):
            following = str(reply.get("nextRecordsUrl") or "")
            for record in (*reply["records"], *self._gateway.next_pages(following)):
                rows.records[name][str(record["Id"])] = _in_contract_names(record, names.to_org, name)

    def _hidden(self, name: str, where: str) -> bool:
        return any(re.search(rf"\b{re.escape(path)}\b", where) for path in self._access.absent[name])

    def _path(self, name: str, where: str) -> str:
        table = contract.table(name)
        narrowed = f"({where}) AND {table.where}" if table.where else where
        soql = contract.soql(table, self._access.absent[name], narrowed)
        return f"{'queryAll' if table.archived else 'query'}?q={quote(self._gateway.names.to_org(soql))}"

    def raw(self, rows: UnitRows, name: str) -> tuple[list[str], pa.Table]:
        """One table's records as text, null where the org says nothing; columns as `loading.typed` wants them."""
        paths = raw_columns(contract.table(name), self._access.absent[name], ())
        split = [path.split(".") for path in paths]
        records = rows.records[name].values()
        columns = [pa.array([cell(record, path) or None for record in records], pa.string()) for path in split]
        return paths, pa.table(columns, names=[f"c{number}" for number in range(len(columns))])


def _in_contract_names(record: Record, to_org: Callable[[str], str], table: str) -> Record:
    """A record keyed by the contract's names, whatever the org calls its fields."""
    paths = dict.fromkeys(path.split(".")[0] for column in contract.table(table).columns for path in column.paths)
    return {path: record.get(to_org(path)) for path in paths}


def among(path: str, ids: Iterable[str]) -> str:
    """`path IN (…)`, or nothing where there is nothing to ask for."""
    listed = sorted(set(ids))
    bad = [one for one in listed if not _ID.fullmatch(one)]
    if bad:
        raise ValueError(f"{path}: not the id of a record")
    return f"{path} IN ({', '.join(repr(one) for one in listed)})" if listed else ""


def some(table: str, path: str, ids: Iterable[str]) -> list[tuple[str, str]]:
    """Queries of a table for any number of ids: a table and a condition each."""
    listed = sorted(set(ids))
    return [(table, among(path, listed[start : start + MANY])) for start in range(0, len(listed), MANY)]


def either(*conditions: str) -> str:
    return " OR ".join(one for one in conditions if one)


def both(first: str, second: str) -> str:
    return f"{first} AND {second}" if first else ""
