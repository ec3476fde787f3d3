"""Write-back: changed profiles to the org by Bulk upsert, refusals sorted into those that pass and those that stay."""

from __future__ import annotations

import pathlib
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import duckdb
import pyarrow as pa

from steward.errors import InputError
from steward.salesforce import bulk_ingest, canonical, csv_files, rendering
from steward.salesforce.bulk import Notes
from steward.salesforce.bulk_ingest import Refusal, Report, Upload
from steward.salesforce.client import Gateway
from steward.salesforce.contract import LOOKUP, PROFILE, RUN
from steward.salesforce.csv_files import Part, PartWriter
from steward.salesforce.read_rows import rows as read_rows
from steward.salesforce.reconcile import Reconciliation, reconcile
from steward.salesforce.rendering import DONOR, PARENT, Lines, Rendering
from steward.salesforce.snapshot import Snapshot

__all__ = ["Dead", "Reconciliation", "Written", "link_contacts", "publish_profiles", "reconcile", "save_run"]

ROUNDS = 7
_RECORD_ID = re.compile(r"\b(?=\w*\d)[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?\b")
_MEMORY = "512MB"
UNKNOWN_DONOR, _UNKNOWN = "UNKNOWN_DONOR", "The snapshot does not know this donor."

Row = Mapping[str, Any]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Dead:
    """One row the org refused for good: whose (a pseudonym), and why, without any id of the org."""

    donor_key: str
    code: str
    message: str


@dataclass
class Written:
    """What came of an upload: how many rows were taken, and those that were not."""

    taken: int = 0
    dead: list[Dead] = field(default_factory=list)


def publish_profiles(
    gateway: Gateway,
    rows: Iterable[pa.Table],
    snapshot: Snapshot,
    *,
    notes: Notes | None = None,
    progress: Progress | None = None,
    max_bytes: int = csv_files.MAX_BYTES,
) -> Written:
    """Upserts profiles: tables of the contract's fields as `Rendering` takes them, giving units in their order.

    Rows refused for a passing reason are sent again, a few times; what the org still refuses is returned.
    """
    with tempfile.TemporaryDirectory(prefix="steward-publish-") as folder:
        publishing = _Publishing(
            gateway, pathlib.Path(folder), snapshot, notes=notes, progress=progress, max_bytes=max_bytes
        )
        publishing.run(rows)
        return publishing.written


class _Publishing:
    """The rounds of one upload."""

    def __init__(
        self,
        gateway: Gateway,
        folder: pathlib.Path,
        snapshot: Snapshot,
        *,
        notes: Notes | None,
        progress: Progress | None,
        max_bytes: int,
    ) -> None:
        self.written = Written()
        self._gateway, self._folder, self._snapshot = gateway, folder, snapshot
        self._notes, self._progress, self._max_bytes = notes, progress, max_bytes
        self._headers = {new: rendering.header(new=new) for new in (True, False)}
        self._contract_names = {gateway.names.to_org(name): name for name in self._headers[True]}

    def run(self, rows: Iterable[pa.Table]) -> None:
        waiting = self._rendered(rows)
        for number in range(ROUNDS):
            reports = self._upload(waiting, number)
            waiting = self._refused(reports, last=number + 1 == ROUNDS)
            first = next(waiting, None)
            if first is None:
                return
            waiting = chain([first], waiting)
            self._gateway.patience.pause(number + 1)

    def _rendered(self, rows: Iterable[pa.Table]) -> Iterator[Lines]:
        with duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(self._folder)}) as db:
            made = Rendering(db, self._snapshot)
            yield from made.lines(rows)
            self.written.dead += [Dead(donor, UNKNOWN_DONOR, _UNKNOWN) for donor in made.unknown]

    def _upload(self, waiting: Iterable[Lines], number: int) -> list[tuple[bool, Report]]:
        """Sends rows, each part as soon as it is full."""
        reports = []
        to_org = self._gateway.names.to_org
        writers = {
            new: PartWriter([to_org(name) for name in header], self._folder, f"{number}-{new:d}", self._max_bytes)
            for new, header in self._headers.items()
        }
        for lines in waiting:
            reports += [(lines.new, self._send(part)) for part in writers[lines.new].extend(lines.text)]
        for new, writer in writers.items():
            if part := writer.finish():
                reports.append((new, self._send(part)))
        return reports

    def _send(self, part: Part) -> Report:
        upload = Upload(PROFILE.object, "upsert", PROFILE.key)
        done = self.written.taken

        def progress(processed: int) -> None:
            if self._progress:
                self._progress(done + processed)

        report = bulk_ingest.send(self._gateway, upload, part, self._folder, notes=self._notes, progress=progress)
        self.written.taken += report.taken
        part.path.unlink()
        return report

    def _refused(self, reports: list[tuple[bool, Report]], *, last: bool) -> Iterator[Lines]:
        """Refused rows that are worth sending again, in the form that suits them; the others are filed as dead."""
        for new, report in reports:
            for refusal in report.refusals():
                row = {self._contract_names.get(name, name): value for name, value in refusal.row.items()}
                form = _form_to_try(new, refusal)
                if form is None or last:
                    self.written.dead.append(self._dead(row[DONOR], refusal))
                else:
                    again = {**row, PARENT: row[DONOR]}
                    yield Lines(form, csv_files.line([again[name] for name in self._headers[form]]))

    def _dead(self, donor_id: str, refusal: Refusal) -> Dead:
        keys = self._snapshot.identity.keys("Contact", [donor_id])
        return Dead(keys.get(donor_id, ""), refusal.code, _RECORD_ID.sub("(id)", refusal.message))


def _form_to_try(new: bool, refusal: Refusal) -> bool | None:
    """Whether to send a refused row as new or as known, or not again (None).

    A killed run may have made the profile since the snapshot, and a person may have deleted it.
    """
    if refusal.passing:
        return new
    if new and refusal.code == "INVALID_FIELD_FOR_INSERT_UPDATE":
        return False
    if not new and refusal.code == "REQUIRED_FIELD_MISSING":
        return True
    return None


def link_contacts(gateway: Gateway, *, notes: Notes | None = None, max_bytes: int = csv_files.MAX_BYTES) -> Written:
    """Sets the look-up from Contacts to their profiles where it is missing, household by household: few locks."""
    lookup = LOOKUP.fields[0].name
    fields = ("Id", PARENT, DONOR, "Contact__r.AccountId")
    source = f"{PROFILE.object} WHERE Contact__r.{lookup} = null"
    with tempfile.TemporaryDirectory(prefix="steward-link-") as name:
        folder = pathlib.Path(name)
        found = read_rows(gateway, fields, source, folder, name="unlinked", notes=notes)
        own = [(row["Contact__r.AccountId"], row[PARENT], row["Id"]) for row in found if row[PARENT] == row[DONOR]]
        header = ["Id", gateway.names.to_org(lookup)]
        written = Written()
        waiting: Iterable[tuple[str, str]] = [(contact, profile) for _, contact, profile in sorted(own)]
        for number in range(ROUNDS):
            writer = PartWriter(header, folder, f"link-{number}", max_bytes)
            upload = Upload(LOOKUP.object, "update")
            reports = [
                bulk_ingest.send(gateway, upload, part, folder, notes=notes)
                for part in csv_files.write_parts(writer, waiting)
            ]
            written.taken += sum(report.taken for report in reports)
            refusals = [refusal for report in reports for refusal in report.refusals()]
            last = number + 1 == ROUNDS
            written.dead += [
                Dead("", one.code, _RECORD_ID.sub("(id)", one.message)) for one in refusals if last or not one.passing
            ]
            waiting = [(one.row["Id"], one.row[header[1]]) for one in refusals if one.passing]
            if not waiting:
                break
            gateway.patience.pause(number + 1)
        return written


def save_run(gateway: Gateway, facts: Row) -> None:
    """Makes or updates the AI_Scoring_Run__c row of a run, found by its Run_Id__c. Only the given fields are touched."""
    unknown = [name for name in facts if RUN.named(name) is None]
    if unknown:
        raise InputError(f"{RUN.object} has no field {', '.join(unknown)} in the data contract.")
    key = canonical.render(RUN.fields[0], facts[RUN.key])
    body = {
        gateway.names.to_org(field.name): canonical.json_value(field, facts[field.name])
        for field in RUN.fields
        if field.name in facts and field.name != RUN.key
    }
    path = f"sobjects/{gateway.names.to_org(RUN.object)}/{gateway.names.to_org(RUN.key)}/{key}"
    gateway.rest.restful(path, method="PATCH", json=body)
