"""The importer's way to a real org: Bulk 2.0 through the gateway."""

from __future__ import annotations

import csv
import pathlib
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain

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
        rows = iter(rows)
        first = next(rows, None)
        if first is None:
            return
        fields = list(first)
        header = [self.gateway.names.to_org(name) for name in fields]
        texts: Iterable[list[str]] = ([row[name] for name in fields] for row in chain((first,), rows))
        key = self.gateway.names.to_org(key_field)
        for round_left in reversed(range(_ROUNDS)):
            busy: list[list[str]] = []
            for refusal in self._send(Upload(sobject, "upsert", key_field), header, texts):
                if refusal.passing and round_left:
                    busy.append([refusal.row[name] for name in header])
                else:
                    yield Refused(refusal.row[key], f"{refusal.code}: {refusal.message}")
            if not busy:
                return
            texts = busy

    def _send(self, upload: Upload, header: list[str], texts: Iterable[list[str]]) -> Iterator[Refusal]:
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            writer = csv_files.PartWriter(header, folder, upload.object)
            for part in csv_files.write_parts(writer, texts):
                report = bulk_ingest.send(self.gateway, upload, part, folder)
                part.path.unlink()
                yield from report.refusals()
