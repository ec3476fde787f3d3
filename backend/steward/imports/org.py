"""The importer's way to a real org: Bulk 2.0 through the gateway."""

from __future__ import annotations

import csv
import pathlib
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache

from steward.errors import AccessError
from steward.imports.records import KEY
from steward.imports.uploader import Fields, Refused
from steward.salesforce import bulk_ingest, bulk_query, csv_files
from steward.salesforce.bulk_ingest import Refusal, Upload
from steward.salesforce.client import Gateway

_ROUNDS = 3  # for rows refused by a lock or a busy server
_WRITTEN = {
    "Account": (
        KEY, "Name", "npe01__SYSTEM_AccountType__c", "npe01__SYSTEMIsIndividual__c", "npe01__One2OneContact__c",
    ),
    "Contact": (KEY, "LastName", "AccountId"),
    "Campaign": (KEY, "Name", "StartDate", "EndDate", "IsActive"),
    "Opportunity": (
        KEY, "Name", "StageName", "CloseDate", "Amount", "AccountId", "npsp__Primary_Contact__c", "CampaignId",
    ),
}  # fmt: skip


class OrgUploader:
    """Needs a user who may create households, people, campaigns and gifts: not the nightly integration user."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def check(self) -> None:
        """Refuses at once, naming every field this user cannot write."""
        self.gateway.describe_all(list(_WRITTEN))
        missing = [
            f"{sobject}.{name}"
            for sobject, names in _WRITTEN.items()
            for name in names
            if not (facts := self.gateway.fields(sobject).get(self.gateway.names.to_org(name))) or not facts.createable
        ]
        if missing:
            raise AccessError(
                f"This user cannot write {', '.join(missing)}.",
                "Import as a user with create rights on these objects and on the field AI_Import_Key__c.",
            )

    def keys(self, sobject: str, key_field: str, prefix: str, filled: str = "") -> Iterator[str]:
        also = f" AND {filled} != null" if filled else ""
        soql = f"SELECT {key_field} FROM {sobject} WHERE {key_field} LIKE '{prefix}%'{also}"  # noqa: S608 - plan.Options checks it
        column = self.gateway.names.to_org(key_field)
        with tempfile.TemporaryDirectory() as scratch:
            found = bulk_query.download(self.gateway, soql, pathlib.Path(scratch), f"{sobject}-keys")
            for page in found.pages:
                with page.open(encoding="utf-8-sig", newline="") as file:
                    yield from (record[column] for record in csv.DictReader(file))

    def upsert(self, sobject: str, key_field: str, rows: Iterable[Fields]) -> Iterator[Refused]:
        upload = Upload(sobject, "upsert", key_field)
        spelled = cache(self.gateway.names.to_org)
        named: Iterable[Fields] = ({spelled(name): row[name] for name in row} for row in rows)
        key = spelled(key_field)
        for round_left in reversed(range(_ROUNDS)):
            busy: list[Fields] = []
            for refusal in self._send(upload, named):
                if refusal.passing and round_left:
                    busy.append(refusal.row)
                else:
                    yield Refused(refusal.row[key], f"{refusal.code}: {refusal.message}")
            if not busy:
                return
            named = busy

    def _send(self, upload: Upload, rows: Iterable[Fields]) -> Iterator[Refusal]:
        """A file for each set of columns: a row without a parent has no column for it, since orgs refuse it empty."""
        writers: dict[tuple[str, ...], csv_files.PartWriter] = {}
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            for row in rows:
                columns = tuple(row)
                if columns not in writers:
                    writers[columns] = csv_files.PartWriter(columns, folder, f"{upload.object}-{len(writers)}")
                if part := writers[columns].add(list(row.values())):
                    yield from self._refusals(upload, part)
            for writer in writers.values():
                if part := writer.finish():
                    yield from self._refusals(upload, part)

    def _refusals(self, upload: Upload, part: csv_files.Part) -> Iterator[Refusal]:
        report = bulk_ingest.send(self.gateway, upload, part, part.path.parent)
        part.path.unlink()
        yield from report.refusals()
