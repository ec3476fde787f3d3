"""A fresh org on disk and a few records, for the engine's tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from localorg.automation import handlers
from localorg.batch import SaveResult
from localorg.engine import Org
from localorg.session import Session

FACTS = Path(__file__).resolve().parents[4] / "shared" / "facts"
FORCE_APP = Path(__file__).resolve().parents[3] / "force-app"


@contextmanager
def new_org(folder: Path, *, npsp: bool = False) -> Iterator[Org]:
    """Without NPSP's own automation unless asked for: the engine's tests are about the engine."""
    org = Org.open(folder)
    if not npsp:
        handlers.switch(org.store, org.clock.stamp(), on=False)
    try:
        yield org
    finally:
        org.close()


def saved(results: list[SaveResult]) -> str:
    """The id of the one record that had to be saved."""
    assert len(results) == 1
    assert results[0].success, results[0].errors
    assert results[0].id
    return results[0].id


def add(session: Session, sobject: str, **values: Any) -> str:
    return saved(session.insert(sobject, [values]))


def refused(results: list[SaveResult]) -> tuple[str, str, tuple[str, ...]]:
    """Code, message and fields of the one refusal."""
    assert len(results) == 1
    assert not results[0].success
    error = results[0].errors[0]
    return error.code, error.message, error.fields


def rows(org: Org, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with org.store.read() as connection:
        return list(connection.execute(sql, values))


def one(org: Org, sql: str, *values: object) -> tuple[Any, ...]:
    found = rows(org, sql, *values)
    assert len(found) == 1
    return found[0]


def household(session: Session, **contact: Any) -> tuple[str, str]:
    account = add(session, "Account", Name="Rivera Household", npe01__SYSTEM_AccountType__c="Household Account")
    person: Mapping[str, Any] = {"FirstName": "Ana", "LastName": "Rivera", "AccountId": account} | contact
    return account, add(session, "Contact", **person)


def gift(session: Session, **values: Any) -> str:
    given = {"Name": "Gift", "StageName": "Posted", "CloseDate": "2024-05-06", "Amount": 100} | values
    return add(session, "Opportunity", **given)


# Metadata written for a test


def source(folder: Path, files: Mapping[str, str]) -> Path:
    """Source-format metadata: path below the folder (without `-meta.xml`) → the elements inside the root."""
    roots = {"object": "CustomObject", "field": "CustomField", "permissionset": "PermissionSet"}
    roots |= {"globalValueSet": "GlobalValueSet", "recordType": "RecordType"}
    for name, inside in files.items():
        path = folder / f"{name}-meta.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        kind = roots.get(name.rpartition(".")[2], "Layout")
        namespace = "http://soap.sforce.com/2006/04/metadata"
        path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="{namespace}">\n{inside}\n</{kind}>\n')
    return folder


KEY = "<fullName>Key__c</fullName>\n<externalId>true</externalId>\n<label>Key</label>\n<length>40</length>\n<type>Text</type>"
KEYED = {f"objects/{name}/fields/Key__c.field": KEY for name in ("Account", "Contact", "Opportunity")}
