"""`/search` and `/parameterizedSearch`: words in the text fields of records, read through at every search."""

from __future__ import annotations

# ruff: noqa: S608 (names come from the schema, values are bound)
from collections.abc import Iterator
from itertools import islice
from typing import Any

from localorg import ids
from localorg.errors import ApiError
from localorg.model import Field, SObject
from localorg.server import sosl
from localorg.server.http import Call, Reply
from localorg.server.query import everything
from localorg.server.routing import Routes
from localorg.server.sosl import Find, Wanted
from localorg.store import quote

routes = Routes("/services/data/v<version>")
ANYWHERE = ("Account", "Campaign", "Case", "Contact", "Lead", "Opportunity", "User")
MOST = 2_000
_TEXT = frozenset({"string", "textarea", "email", "phone", "url"})
_SCOPED = {"EMAIL": frozenset({"email"}), "PHONE": frozenset({"phone"})}
_BESIDES_THE_NAME = frozenset({"FirstName", "LastName", "Subject", "Title"})


@routes.on("GET", "/search")
def search(call: Call) -> Reply:
    text = call.query.get("q")
    if not text:
        raise sosl.malformed("Missing or invalid 'q' parameter")
    return Reply({"searchRecords": list(found(call, sosl.parse(text)))})


@routes.on("GET", "/parameterizedSearch")
def by_parameters(call: Call) -> Reply:
    """`q`, `in`, `sobject`, and for each object `Account.fields`, `.where`, `.orderBy`, `.limit`."""
    given = call.query
    names = dict.fromkeys(name.partition(".")[0] for name in given if "." in name)
    names |= dict.fromkeys(filter(None, given.get("sobject", "").split(",")))
    objects = [
        {"name": name} | {key.partition(".")[2]: value for key, value in given.items() if key.startswith(f"{name}.")}
        for name in names
    ]
    return Reply({"searchRecords": list(found(call, asked(dict(given) | {"sobjects": objects})))})


@routes.on("POST", "/parameterizedSearch")
def by_body(call: Call) -> Reply:
    return Reply({"searchRecords": list(found(call, asked(call.json_object())))})


def asked(given: dict[str, Any]) -> Find:
    """The parameters as the SOSL that they stand for."""
    fields = listed(given.get("fields")) or ["Id"]
    wanted = [
        Wanted(
            str(one.get("name", "")),
            listed(one.get("fields")) or fields,
            str(one.get("where") or ""),
            str(one.get("orderBy") or ""),
            number(one.get("limit") or given.get("defaultLimit")),
        )
        for one in given.get("sobjects") or []
    ]
    scope = str(given.get("in") or "ALL").upper().removesuffix(" FIELDS")
    if scope not in sosl.SCOPES:
        raise ApiError("INVALID_SEARCH_SCOPE", f"invalid search scope: {scope}")
    return Find(str(given.get("q") or ""), scope, wanted or None, number(given.get("overallLimit")))


def listed(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


def number(value: Any) -> int | None:
    if value is None:
        return None
    if not str(value).isdigit():
        raise ApiError("INVALID_SEARCH", f"a limit must be a number, not {value}")
    return int(value)


def found(call: Call, what: Find) -> Iterator[dict[str, Any]]:
    """Records, object by object in the order of RETURNING."""
    if len(what.term.strip('"*? ')) < 2:
        raise sosl.malformed(f"search term must be longer than one character: {what.term}")
    wanted = what.wanted or [Wanted(name) for name in ANYWHERE if call.session.sobject(name)]
    left = min(what.limit or MOST, MOST)
    for one in wanted:
        sobject = call.session.sobject(one.name)
        if sobject is None:
            raise ApiError("INVALID_TYPE", f"sObject type '{one.name}' is not supported.")
        some = records(call, sobject, one, matching(call, sobject, what), left)
        left -= len(some)
        yield from some


def records(call: Call, sobject: SObject, one: Wanted, keys: list[str], most: int) -> list[dict[str, Any]]:
    """What is wanted of the records with these ids, as far as the user may see them."""
    condition = f"({one.where}) AND " if one.where else ""
    order = f" ORDER BY {one.order}" if one.order else ""
    limit = min(most, one.limit if one.limit is not None else most)
    listed_keys = ", ".join(f"'{key}'" for key in keys) or "null"
    soql = f"SELECT {', '.join(one.fields)} FROM {sobject.name} WHERE {condition}Id IN ({listed_keys}){order}"
    return everything(call, f"{soql} LIMIT {limit} OFFSET {one.offset}")


def matching(call: Call, sobject: SObject, what: Find) -> list[str]:
    """Ids of live records whose words match; a term that is an id finds its record."""
    if key := ids.normalized(what.term.strip('"')):
        return [key] if key[:3] == sobject.key_prefix else []
    columns = [field.name for field in sobject if searched(call, sobject, field, what.scope)]
    if not columns:
        return []
    matches = sosl.matcher(what.term)
    live = " WHERE IsDeleted = 0" if sobject.get("IsDeleted") else ""
    together = " || ' | ' || ".join(f"coalesce({quote(name)}, '')" for name in columns)
    with call.runtime.org.store.read() as connection:
        rows = connection.execute(f"SELECT Id, {together} FROM {quote(sobject.name)}{live} ORDER BY rowid DESC")
        return list(islice((key for key, text in rows if matches(text)), MOST))


def searched(call: Call, sobject: SObject, field: Field, scope: str) -> bool:
    if not field.stored or field.type not in _TEXT or not call.session.readable(sobject, field):
        return False
    if scope == "NAME":
        return field.name_field or field.name in _BESIDES_THE_NAME
    return field.type in _SCOPED.get(scope, _TEXT)
