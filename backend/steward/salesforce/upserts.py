"""Writing a few profiles at once by one REST call, and reading them back: what an event needs, where a night uses Bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steward.salesforce import canonical
from steward.salesforce.bulk_ingest import PASSING
from steward.salesforce.client import Gateway
from steward.salesforce.contract import LOOKUP, PROFILE
from steward.salesforce.units import among

MOST = 200  # records of one call
_RUN, _PARENT = "Scoring_Run__c", "Contact__c"


@dataclass(frozen=True)
class Taken:
    """What the org said about one record: its id, or why not; `passing` refusals are worth another try."""

    record_id: str = ""
    code: str = ""
    message: str = ""

    @property
    def passing(self) -> bool:
        return self.code in PASSING


def body(gateway: Gateway, row: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
    """A profile row, ids already the org's, as a record of a REST call. The run stays what it was: no run made this answer."""
    record: dict[str, Any] = {"attributes": {"type": gateway.names.to_org(PROFILE.object)}}
    for field in PROFILE.fields:
        if field.name != _RUN and (new or field.name != _PARENT):
            record[gateway.names.to_org(field.name)] = canonical.json_value(field, row.get(field.name))
    return record


def upsert_profiles(gateway: Gateway, records: Sequence[Mapping[str, Any]]) -> list[Taken]:
    """One answer a record, in their order; records stand or fall alone."""
    names = gateway.names
    path = f"composite/sobjects/{names.to_org(PROFILE.object)}/{names.to_org(PROFILE.key)}"
    return _send(gateway, path, records)


def link_contacts(gateway: Gateway, profiles: Mapping[str, str]) -> list[Taken]:
    """Sets the look-up from Contacts (their ids) to their new profiles."""
    lookup = gateway.names.to_org(LOOKUP.fields[0].name)
    records = [
        {"attributes": {"type": LOOKUP.object}, "Id": contact, lookup: profile}
        for contact, profile in sorted(profiles.items())
    ]
    return _send(gateway, "composite/sobjects", records)


def read_back(gateway: Gateway, contact_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Each donor's profile as the org holds it now, by the contract's names; keyed by the Contact's id."""
    fields = [one.name for one in PROFILE.fields]
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(contact_ids), MOST):
        where = among(PROFILE.key, contact_ids[start : start + MOST])
        for record in gateway.query(f"SELECT {', '.join(fields)} FROM {PROFILE.object} WHERE {where}"):  # noqa: S608
            row = {name: record.get(gateway.names.to_org(name)) for name in fields}
            found[str(row[PROFILE.key])] = row
    return found


def _send(gateway: Gateway, path: str, records: Sequence[Mapping[str, Any]]) -> list[Taken]:
    answers: list[Taken] = []
    for start in range(0, len(records), MOST):
        chunk = list(records[start : start + MOST])
        reply = gateway.send("PATCH", path, json={"allOrNone": False, "records": chunk}).json()
        answers += [_taken(one) for one in reply]
    return answers


def _taken(answer: Mapping[str, Any]) -> Taken:
    if answer.get("success"):
        return Taken(str(answer.get("id") or ""))
    first = (answer.get("errors") or [{}])[0]
    return Taken(
        code=str(first.get("statusCode") or "UNKNOWN"), message=" ".join(str(first.get("message", "")).split())
    )
