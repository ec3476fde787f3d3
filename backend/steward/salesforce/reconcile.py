"""Reconciliation: re-reads the profiles from the org and proves that they say what was written."""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from steward.salesforce import canonical
from steward.salesforce.bulk import Notes
from steward.salesforce.client import Gateway
from steward.salesforce.contract import PROFILE
from steward.salesforce.pseudonyms import Identity
from steward.salesforce.read_rows import rows as read_rows
from steward.salesforce.snapshot import Snapshot

_BY_ID = 200  # so many donors are asked for by id, instead of reading every profile
_BATCH = 50_000


@dataclass
class Reconciliation:
    """Donors (pseudonyms) whose profile is not there, or says something else than was written."""

    checked: int = 0
    missing: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        return self.missing + self.different


def reconcile(
    gateway: Gateway, expected: Mapping[str, str], snapshot: Snapshot, *, notes: Notes | None = None
) -> Reconciliation:
    """Compares the org's profiles with the content hashes that were written (donor's pseudonym → hash).

    Profiles of donors who are not expected are left aside: a run may concern a few donors only.
    """
    result = Reconciliation()
    seen: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="steward-reconcile-") as name:
        rows = _profiles(gateway, expected, snapshot.identity, pathlib.Path(name), notes)
        for row in _with_pseudonyms(rows, snapshot.identity):
            donor = row[PROFILE.key]
            if donor in expected:
                result.checked += 1
                seen.add(donor)
                if canonical.content_hash(PROFILE, row) != expected[donor]:
                    result.different.append(donor)
    result.missing = [donor for donor in expected if donor not in seen]
    return result


def _profiles(
    gateway: Gateway, expected: Mapping[str, str], identity: Identity, folder: pathlib.Path, notes: Notes | None
) -> Iterator[dict[str, str]]:
    source = PROFILE.object
    if len(expected) <= _BY_ID:
        ids = identity.ids("Contact", expected).values()
        if not ids:
            return iter(())
        quoted = ", ".join(f"'{one}'" for one in sorted(ids))
        source = f"{source} WHERE {PROFILE.key} IN ({quoted})"
    fields = [one.name for one in PROFILE.hashed]
    return read_rows(gateway, fields, source, folder, name="profiles", notes=notes)


def _with_pseudonyms(rows: Iterable[dict[str, str]], identity: Identity) -> Iterator[dict[str, str]]:
    """Rows with their references as pseudonyms, a batch at a time; an id that the snapshot does not know stays."""
    references = [one for one in PROFILE.hashed if one.to]
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        for sobject in dict.fromkeys(one.to for one in references):
            names = [one.name for one in references if one.to == sobject]
            keys = identity.keys(sobject, {row[name] for row in batch for name in names if row[name]})
            for row in batch:
                row.update({name: keys.get(row[name], row[name]) for name in names})
        yield from batch
