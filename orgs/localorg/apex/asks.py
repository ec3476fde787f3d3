"""What running Apex may ask the org, one function a name; each is given the request and answers plain JSON."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from localorg import soql
from localorg.apex import shapes
from localorg.batch import SaveResult
from localorg.errors import ApiError, QueryError, RecordError
from localorg.session import Session
from localorg.soql import ast
from localorg.soql.conditions import Bind
from localorg.store import quote

if TYPE_CHECKING:
    from localorg.apex.runner import Apex

Request = Mapping[str, Any]
Ask = Callable[["Apex", Request], Any]
ASKS: dict[str, Ask] = {}
_savepoints = count(1)


def ask(work: Ask) -> Ask:
    ASKS[work.__name__.rstrip("_")] = work
    return work


def _session(apex: Apex, request: Request, mode: str | None = None) -> Session:
    return apex.session(request["user"], mode or request["access"], request["sharing"])


# What there is


@ask
def sobject(apex: Apex, request: Request) -> Any:
    return apex.shapes.sobject(request["name"])


@ask
def sobjects(apex: Apex, request: Request) -> Any:
    return apex.shapes.names()


@ask
def describe(apex: Apex, request: Request) -> Any:
    user_id = request.get("user") or apex.org.administrator().user.id
    name = request.get("name") or request["sobject"]
    return (
        apex.org.session(user_id).describe(name) if request.get("access") == "user" else _described(apex, user_id, name)
    )


def _described(apex: Apex, user_id: str, name: str) -> Any:
    """Every field, with what the user may do with it."""
    own = apex.org.session(user_id)
    return own.describe(name) if own.sobject(name) else apex.session(user_id).describe(name)


@ask
def objectOf(apex: Apex, request: Request) -> Any:  # noqa: N802  the name of the question
    found = apex.org.object_of(request["id"])
    return found.name if found else None


@ask
def user(apex: Apex, request: Request) -> Any:
    with apex.org.store.read() as connection:
        return shapes.user(connection, request["id"])


@ask
def now(apex: Apex, request: Request) -> Any:
    return int(apex.org.clock.now().timestamp() * 1000)


# Reading


@ask
def query(apex: Apex, request: Request) -> Any:
    binds = {name: _bind(value) for name, value in request["binds"].items()}
    parsed = soql.parse(request["text"], apex=True, binds=binds)
    secured = {"USER_MODE", "SECURITY_ENFORCED"} & set(parsed.modes)
    mode = "user" if secured else "system" if "SYSTEM_MODE" in parsed.modes else request["access"]
    session = _session(apex, request, mode)
    plan = soql.compile(parsed, session.context(all_rows=parsed.all_rows))
    with apex.org.store.read() as connection:
        if plan.is_count:
            return {"count": plan.count(connection)}
        found: dict[str, Any] = {"sobject": plan.sobject.name, "records": list(plan.run(connection))}
        if plan.shape is None:
            found["types"] = plan.types
        return found


def _bind(value: Mapping[str, Any]) -> Bind:
    if value["kind"] == "list":
        return [_literal(one) for one in value["value"]]
    return _literal(value)


def _literal(value: Mapping[str, Any]) -> ast.Literal:
    kind, given = value["kind"], value["value"]
    if kind == "number":
        return ast.Literal("number", Decimal(given), 0)
    if kind == "date":
        return ast.Literal("date", date.fromisoformat(given), 0)
    if kind == "datetime":
        return ast.Literal("datetime", datetime.fromisoformat(given), 0)
    if kind == "string":
        return ast.Literal("string", given, 0, given)
    return ast.Literal(kind, given, 0)


# Writing


@ask
def save(apex: Apex, request: Request) -> Any:
    """All groups of one DML statement; all or nothing where that was asked."""
    session = _session(apex, request)
    results: list[dict[str, Any]] = []
    try:
        with session.transaction():
            for group in request["groups"]:
                results += [_result(result) for result in _saved(session, request, group)]
            if request["allOrNone"] and not all(result["success"] for result in results):
                raise _UndoneError
    except _UndoneError:
        for result in results:
            result["success"] = False
    apex.note_permissions(group["sobject"] for group in request["groups"])
    return results


class _UndoneError(Exception):
    pass


def _saved(session: Session, request: Request, group: Mapping[str, Any]) -> list[SaveResult]:
    """One group; an object that the user may not even see refuses each of its rows."""
    name, records = group["sobject"], group["records"]
    if session.sobject(name) is None:
        creating = request["operation"] in ("insert", "upsert")
        code = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" if creating else "INSUFFICIENT_ACCESS_OR_READONLY"
        refused = SaveResult(None, False, False, (RecordError(code, f"Access to entity '{name}' denied"),))
        return [refused] * len(records)
    return _save(session, request, name, records)


def _save(session: Session, request: Request, name: str, records: list[Any]) -> list[SaveResult]:
    all_or_none = bool(request["allOrNone"])
    match request["operation"]:
        case "insert":
            return session.insert(name, records, all_or_none=all_or_none)
        case "update":
            return session.update(name, records, all_or_none=all_or_none)
        case "upsert":
            return session.upsert(name, request["external"] or "Id", records, all_or_none=all_or_none)
        case "delete":
            return session.delete(name, records, all_or_none=all_or_none)
        case "undelete":
            return session.undelete(name, records, all_or_none=all_or_none)
        case "emptyRecycleBin":
            return [SaveResult(record, True, False) for record in records]
    raise ApiError("INVALID_OPERATION", f"no such operation: {request['operation']}")


def _result(result: SaveResult) -> dict[str, Any]:
    errors = [{"code": error.code, "message": error.message, "fields": list(error.fields)} for error in result.errors]
    return {"id": result.id, "success": result.success, "created": result.created, "errors": errors}


@ask
def merge(apex: Apex, request: Request) -> Any:
    _session(apex, request).merge(request["sobject"], request["master"], request["losers"])
    return {}


@ask
def savepoint(apex: Apex, request: Request) -> Any:
    name = f"apex{next(_savepoints)}"
    with apex.org.store.read() as connection:  # the transaction's own connection: Apex runs inside one
        connection.execute(f"SAVEPOINT {name}")
    return name


@ask
def rollback(apex: Apex, request: Request) -> Any:
    return _on_savepoint(apex, "ROLLBACK TO", request)


@ask
def release(apex: Apex, request: Request) -> Any:
    return _on_savepoint(apex, "RELEASE", request)


def _on_savepoint(apex: Apex, what: str, request: Request) -> Any:
    name = str(request["savepoint"])
    if not name.removeprefix("apex").isdigit():
        raise ApiError("INVALID_SAVEPOINT", "Savepoint is not valid")
    with apex.org.store.read() as connection:
        try:
            connection.execute(f"{what} {name}")
        except sqlite3.OperationalError as problem:
            raise ApiError("INVALID_SAVEPOINT", "Savepoint does not exist in this transaction") from problem
    apex.org.permissions_changed()
    return {}


@ask
def standardPricebook(apex: Apex, request: Request) -> Any:  # noqa: N802
    with apex.org.store.read() as connection:
        row = connection.execute("SELECT Id FROM Pricebook2 WHERE IsStandard = 1").fetchone()
    return row[0] if row else None


@ask
def backdate(apex: Apex, request: Request) -> Any:
    """Test.setCreatedDate."""
    found = apex.org.object_of(request["id"])
    if found is None:
        raise ApiError("INVALID_ID", f"there is no record {request['id']}")
    with apex.org.store.write() as connection:
        sql = f"UPDATE {quote(found.name)} SET CreatedDate = ? WHERE Id = ?"  # noqa: S608
        connection.execute(sql, (request["value"], request["id"]))
    return {}


# What was deployed


@ask
def label(apex: Apex, request: Request) -> Any:
    return apex.labels_in(request["language"]).get(str(request["name"]).lower())


@ask
def resource(apex: Apex, request: Request) -> Any:
    found = apex.org.shelf.find("StaticResource", request["name"])
    return base64.b64encode(found.content or b"").decode() if found else None


@ask
def fieldsets(apex: Apex, request: Request) -> Any:
    return []


@ask
def permission(apex: Apex, request: Request) -> Any:
    """Whether the user has the custom permission."""
    stored = apex.org.shelf.find("CustomPermission", request["name"])
    if stored is None:
        return False
    with apex.org.store.read() as connection:
        return shapes.holds(connection, request["user"], stored.id)


# Outside


@ask
def callout(apex: Apex, request: Request) -> Any:
    """Others may write, and run their triggers, while this waits: their conversations fit inside ours."""
    with apex.baton.set_aside(), apex.org.store.outside():
        return apex.callouts.send(request)


# Asynchronous work


@ask
def job(apex: Apex, request: Request) -> Any:
    return apex.jobs.queued(request["kind"], request.get("class") or "", request.get("method"))


@ask
def jobStarted(apex: Apex, request: Request) -> Any:  # noqa: N802
    return apex.jobs.started(request.get("id"))


@ask
def jobEnded(apex: Apex, request: Request) -> Any:  # noqa: N802
    return apex.jobs.ended(request.get("id"), request.get("problem"))


@ask
def cron(apex: Apex, request: Request) -> Any:
    return apex.jobs.scheduled(request["name"], request["expression"], request["class"])


@ask
def abort(apex: Apex, request: Request) -> Any:
    return apex.jobs.aborted(request["id"])


def answer(apex: Apex, request: Request) -> Any:
    found = ASKS.get(request["ask"])
    if found is None:
        raise QueryError("NOT_EMULATED", f"the org cannot answer {request['ask']}")
    return found(apex, request)
