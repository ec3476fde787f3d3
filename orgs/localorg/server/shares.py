"""Share records: who owns a record has all access to it. This org has no sharing rules and nobody shares by hand."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema)
from collections.abc import Iterator

from localorg.server.http import Call
from localorg.server.setup_objects import Row, rows_of
from localorg.sharing import PARENT
from localorg.store import quote

# What is shared, the prefix of its share records, and to how many other objects of an account the share speaks.
_SHARED = (("Account", "00r", 3), ("Contact", "03s", 0), ("Opportunity", "00t", 0))


def _register(name: str, prefix: str, others: int) -> None:
    @rows_of(f"{name}Share")
    def owners(call: Call) -> Iterator[Row]:
        """None where a master decides, or for records that sharing hides from the user."""
        sobject = call.session.sobject(name)
        if sobject is None or sobject.sharing == PARENT:
            return
        reach = call.session.access.record_filter(sobject, "r")
        condition = f" AND ({reach})" if reach else ""
        levels = "'All'" + ", 'None'" * others
        sql = f"""SELECT '{prefix}' || substr(r.Id, 4), r.Id, r.OwnerId, {levels}, 'Owner', 0, r.LastModifiedDate,
            r.LastModifiedById FROM {quote(name)} r WHERE r.IsDeleted = 0{condition} ORDER BY r.Id"""
        with call.runtime.org.store.read() as connection:
            yield from connection.execute(sql)


for _name, _prefix, _others in _SHARED:
    _register(_name, _prefix, _others)
