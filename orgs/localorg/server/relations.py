"""Friendly addresses: `/sobjects/Contact/003…/Account`, `/sobjects/Account/001…/Contacts`, and a record's files."""

from __future__ import annotations

import base64
import binascii

from localorg import ids
from localorg.engine import Session
from localorg.model import Field, SObject
from localorg.server.http import Call, Reply, not_found
from localorg.server.query import everything, started
from localorg.store import quote


def is_record(sobject: SObject, text: str) -> bool:
    """Whether an address names a record by its id, not by an external id field."""
    return text[:3] == sobject.key_prefix and sobject.get(text) is None and ids.normalized(text) is not None


def follow(call: Call, sobject: SObject, record_id: str, name: str) -> Reply:
    """What lies behind a record: its parent, its children, or the bytes of one of its fields."""
    field = sobject.get(name)
    if field is not None and field.type == "base64" and call.session.readable(sobject, field):
        return blob(call.session, sobject, record_id, field)
    reference = sobject.parent(name)
    if reference is not None and call.session.readable(sobject, reference):
        return parent(call, sobject, record_id, reference)
    found = call.session.org.schema.child(sobject, name)
    if found is None or call.session.sobject(found[0].name) is None:
        raise not_found()
    call.session.retrieve(sobject.name, record_id, ["Id"])
    return Reply(started(call, call.session.query(soql_by(call, found[0], found[1].name, record_id)).plan))


def parent_of(call: Call, sobject: SObject, record_id: str, name: str) -> tuple[str, str]:
    """The object and id of a record's parent, to be changed or deleted in its place; children are not to be reached so."""
    reference = sobject.parent(name)
    if reference is None or not call.session.readable(sobject, reference):
        raise not_found()
    target, key = target_of(call, sobject, record_id, reference)
    return target.name, key


def target_of(call: Call, sobject: SObject, record_id: str, reference: Field) -> tuple[SObject, str]:
    key = call.session.retrieve(sobject.name, record_id, [reference.name])[reference.name]
    target = call.session.org.object_of(key) if key else None
    if target is None or call.session.sobject(target.name) is None:
        raise not_found()
    return target, key


def parent(call: Call, sobject: SObject, record_id: str, reference: Field) -> Reply:
    target, key = target_of(call, sobject, record_id, reference)
    found = everything(call, soql_by(call, target, "Id", key))
    if not found:
        raise not_found()
    return Reply(found[0])


def soql_by(call: Call, sobject: SObject, key: str, value: str) -> str:
    """The query of records by one of their ids, for the fields asked for or all of them."""
    asked = [name.strip() for name in call.query.get("fields", "").split(",") if name.strip()]
    names = asked or [field.name for field in sobject if call.session.readable(sobject, field)]
    return f"SELECT {', '.join(names)} FROM {sobject.name} WHERE {key} = '{ids.normalized(value)}'"  # noqa: S608


def blob(session: Session, sobject: SObject, record_id: str, field: Field) -> Reply:
    """The bytes of a file."""
    session.retrieve(sobject.name, record_id, ["Id"])  # what the user may not see is not there
    with session.org.store.read() as connection:
        sql = f"SELECT {quote(field.name)} FROM {quote(sobject.name)} WHERE Id = ?"  # noqa: S608
        (text,) = connection.execute(sql, (ids.normalized(record_id),)).fetchone()
    if text is None:
        return Reply.nothing()
    try:
        return Reply(base64.b64decode(text), content_type="application/octetstream")
    except binascii.Error:
        raise not_found() from None
