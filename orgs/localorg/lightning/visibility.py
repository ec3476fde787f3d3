"""Component visibility: the filters of a flexipage's component, judged for the user and the record."""

from __future__ import annotations

import re
from typing import Any

from localorg.deploy.source import Element
from localorg.engine import Session
from localorg.errors import ApiError
from localorg.lightning import viewer

_EXPRESSION = re.compile(r"\{!(.+)\}$")
_LOGIC = re.compile(r"\d+|AND|OR|NOT|[()]")


def shown(session: Session, instance: Element, record_id: str | None) -> bool:
    rules = instance.all("visibilityRule")
    return all(_holds(session, rule, record_id) for rule in rules)


def _holds(session: Session, rule: Element, record_id: str | None) -> bool:
    verdicts = [_criterion(session, one, record_id) for one in rule.all("criteria")]
    logic = rule.get("booleanFilter")
    return _judged(logic, verdicts) if logic else all(verdicts)


def _criterion(session: Session, criterion: Element, record_id: str | None) -> bool:
    left = _left(session, criterion.get("leftValue"), record_id)
    right: Any = criterion.get("rightValue")
    if isinstance(left, bool):
        right = right.lower() == "true"
    elif isinstance(left, int | float):
        right = float(right)
    else:
        left = "" if left is None else str(left)
    match criterion.get("operator"):
        case "EQUAL":
            return bool(left == right)
        case "NE":
            return bool(left != right)
        case "CONTAINS":
            return str(right) in str(left)
        case "GT":
            return bool(left > right)
        case "GE":
            return bool(left >= right)
        case "LT":
            return bool(left < right)
        case "LE":
            return bool(left <= right)
    raise ApiError("LIGHTNING_PAGE", f"Unknown operator {criterion.get('operator')} in a visibility rule", status=500)


def _left(session: Session, text: str, record_id: str | None) -> Any:
    found = _EXPRESSION.match(text)
    kind, _, path = (found.group(1) if found else "").partition(".")
    if kind == "Record" and record_id:
        sobject = session.org.object_of(record_id)
        name = sobject.name if sobject else ""
        records = list(session.query(f"SELECT {path} FROM {name} WHERE Id = '{record_id}'").records)  # noqa: S608
        value: Any = records[0] if records else {}
        for step in path.split("."):
            value = (value or {}).get(step)
        return value
    if kind == "$Permission" and path.startswith("CustomPermission."):
        return viewer.has_permission(session, path.partition(".")[2])
    if kind == "$Permission" and path.startswith("StandardPermission."):
        return path.partition(".")[2] in session.access.permissions
    raise ApiError("LIGHTNING_PAGE", f"The local org cannot judge {text} in a visibility rule", status=500)


def _judged(logic: str, verdicts: list[bool]) -> bool:
    """`1 AND (2 OR 3)`, by the precedence the platform has: NOT, AND, OR."""
    tokens = _LOGIC.findall(logic.upper())

    def any_of() -> bool:
        found = all_of()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            found = all_of() or found
        return found

    def all_of() -> bool:
        found = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            found = one() and found
        return found

    def one() -> bool:
        token = tokens.pop(0)
        if token == "NOT":  # noqa: S105 (a word of the filter's logic)
            return not one()
        if token == "(":  # noqa: S105
            found = any_of()
            tokens.pop(0)
            return found
        return verdicts[int(token) - 1]

    return any_of()
