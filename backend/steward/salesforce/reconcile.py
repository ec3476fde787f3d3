"""Reconciliation: re-reads the profiles from the org and proves that they say what was written."""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from steward.salesforce import canonical, pseudonyms
from steward.salesforce.bulk import Notes
from steward.salesforce.client import Gateway
from steward.salesforce.contract import PROFILE
from steward.salesforce.read_rows import rows as read_rows


@dataclass
class Reconciliation:
    """Donors (pseudonyms) by how the org differs from what was written; all empty when it does not."""

    checked: int = 0
    missing: list[str] = field(default_factory=list)  # no profile in the org
    different: list[str] = field(default_factory=list)  # the profile says something else
    unexpected: list[str] = field(default_factory=list)  # a profile that nobody wrote, or a second one

    @property
    def mismatches(self) -> int:
        return len(self.missing) + len(self.different) + len(self.unexpected)


def reconcile(
    gateway: Gateway,
    expected: Mapping[str, str],
    key: bytes,
    *,
    run_id: str | None = None,
    notes: Notes | None = None,
) -> Reconciliation:
    """Compares the org's profiles with the content hashes that were written (donor's pseudonym → hash).

    With `run_id` only the profiles that this run changed are read, and only they are expected.
    """
    fields = [one.name for one in PROFILE.hashed]
    source = PROFILE.object + (f" WHERE Scoring_Run__r.Run_Id__c = '{_quoted(run_id)}'" if run_id else "")
    result = Reconciliation()
    seen: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="steward-reconcile-") as folder:
        for row in read_rows(gateway, fields, source, pathlib.Path(folder), name="profiles", notes=notes):
            result.checked += 1
            donor = pseudonyms.pseudonym(row[PROFILE.key], key)
            references = {one.name: _pseudonym(row[one.name], key) for one in PROFILE.hashed if one.to}
            found = canonical.content_hash(PROFILE, {**row, **references})
            if donor not in expected or donor in seen:
                result.unexpected.append(donor)
            elif found != expected[donor]:
                result.different.append(donor)
            seen.add(donor)
    result.missing = [donor for donor in expected if donor not in seen]
    return result


def _pseudonym(record_id: str, key: bytes) -> str:
    return pseudonyms.pseudonym(record_id, key) if record_id else ""


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
