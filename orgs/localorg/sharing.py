"""Record access: what sharing lets a user see and change, as SQL conditions on a table's alias.

An object's organization-wide default says who starts with what: `Private` and `Read` leave a record to its owner and
those above them in the role hierarchy, `ControlledByParent` follows the master (a contact its account). On top of that
comes what the platform grants of itself: whoever owns a contact or a gift sees its account.
"""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, ids are the org's own)
from typing import TYPE_CHECKING

from localorg.model import Field, Schema, SObject
from localorg.store import quote

if TYPE_CHECKING:
    from localorg.permissions import Access

PRIVATE, READ, PARENT = "Private", "Read", "ControlledByParent"
MODELS = (PRIVATE, READ, "ReadWrite", "ReadWriteTransfer", PARENT)
# Whoever owns one of these sees the account it belongs to.
_IMPLIED = {"Account": (("Contact", "AccountId"), ("Opportunity", "AccountId"))}


def visible(access: Access, schema: Schema, sobject: SObject, alias: str) -> str | None:
    """The rows the user may see; None when sharing hides none."""
    if access.view_all or _granted(access, sobject, "ViewAllRecords", "ModifyAllRecords"):
        return None
    if parents := _parents(schema, sobject):
        return _with_parents(access, schema, parents, alias, editing=False)
    if sobject.sharing != PRIVATE or sobject.get("OwnerId") is None:
        return None
    conditions = [_owned(access, alias)]
    for child, key in _IMPLIED.get(sobject.name, ()):
        mine = _owned(access, "i")
        conditions.append(
            f"{alias}.Id IN (SELECT i.{quote(key)} FROM {quote(child)} i WHERE i.IsDeleted = 0 AND {mine})"
        )
    return f"({' OR '.join(conditions)})"


def editable(access: Access, schema: Schema, sobject: SObject, alias: str) -> str | None:
    """The rows the user may change; None when sharing protects none."""
    if access.modify_all or _granted(access, sobject, "ModifyAllRecords"):
        return None
    if parents := _parents(schema, sobject):
        return _with_parents(access, schema, parents, alias, editing=True)
    if sobject.sharing not in (PRIVATE, READ) or sobject.get("OwnerId") is None:
        return None
    return _owned(access, alias)


def _granted(access: Access, sobject: SObject, *actions: str) -> bool:
    granted = access.objects.get((sobject.follows or sobject.name).lower(), frozenset())
    return any(action in granted for action in actions)


def _parents(schema: Schema, sobject: SObject) -> list[tuple[Field, SObject]]:
    """The records whose sharing counts instead of the object's own: the masters, or what the object follows."""
    if sobject.sharing != PARENT:
        return []
    if sobject.name == "Contact":
        fields = [field for field in sobject if field.name == "AccountId"]
    elif sobject.follows:
        fields = [field for field in sobject if field.reference_to == (sobject.follows,)][:1]
    else:
        fields = [field for field in sobject if field.master_detail]
    targets = ((field, schema.get(field.reference_to[0])) for field in fields)
    return [(field, target) for field, target in targets if target is not None]


def _with_parents(
    access: Access, schema: Schema, parents: list[tuple[Field, SObject]], alias: str, *, editing: bool
) -> str | None:
    """Every parent must be within reach; a record without one (a contact on its own) is its owner's."""
    conditions = []
    for field, target in parents:
        inner = f"{alias}p"
        rule = (editable if editing else visible)(access, schema, target, inner)
        if rule is None:
            continue
        reach = f"{alias}.{quote(field.name)} IN (SELECT {inner}.Id FROM {quote(target.name)} {inner} WHERE {rule})"
        if not field.master_detail and target.name == "Account":
            reach = f"({reach} OR ({alias}.{quote(field.name)} IS NULL AND {_owned(access, alias)}))"
        conditions.append(reach)
    return f"({' AND '.join(conditions)})" if conditions else None


def _owned(access: Access, alias: str) -> str:
    """Owned by the user or by someone below them in the role hierarchy."""
    user = access.user.id
    return f"""{alias}.OwnerId IN (WITH RECURSIVE below(id) AS (
        SELECT r.Id FROM UserRole r JOIN User u ON u.UserRoleId = r.ParentRoleId WHERE u.Id = '{user}'
        UNION SELECT r.Id FROM UserRole r JOIN below b ON r.ParentRoleId = b.id)
        SELECT '{user}' UNION SELECT u.Id FROM User u JOIN below b ON b.id = u.UserRoleId)"""
