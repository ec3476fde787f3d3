"""Lines of a filter in metadata (`field`, `operation`, `value` or `valueField`) as formulas."""

from __future__ import annotations

import re
from collections.abc import Sequence

from localorg.deploy.source import Element
from localorg.model import NUMBER_TYPES, Field

_COMPARED = {"lessThan": "<", "greaterThan": ">", "lessOrEqual": "<=", "greaterOrEqual": ">="}
_TEXTS = {"contains": "CONTAINS({0}, {1})", "notContain": "CONTAINS({0}, {1})", "startsWith": "BEGINS({0}, {1})"}
_CHOICES = {"includes": "INCLUDES({0}, {1})", "excludes": "INCLUDES({0}, {1})"}
_NONE_OF = frozenset({"notEqual", "notContain", "excludes"})
_OPERATIONS = frozenset({"equals", "notEqual", *_COMPARED, *_TEXTS, *_CHOICES})
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_LOGIC = re.compile(r"\d+|\bAND\b|\bOR\b|\bNOT\b", re.IGNORECASE)
_WORDS = {"AND": "&&", "OR": "||", "NOT": "!"}


def condition(item: Element, field: Field | None, name: str, other: str) -> str | None:
    """The line as a formula in which the field is called `name`; None when it names what is not there.

    Its values are alternatives, or none of them may hold. `other` is what stands in the place of a value.
    """
    operation = item.get("operation")
    if field is None or operation not in _OPERATIONS or (item.get("valueField") and not other):
        return None
    if other:
        return f"({name} {_COMPARED.get(operation, '<>' if operation in _NONE_OF else '=')} {other})"
    values = [value.strip() for value in item.get("value").split(",")]
    either = f"OR({', '.join(_holds(name, field, operation, value) for value in values)})"
    return f"NOT({either})" if operation in _NONE_OF else either


def combined(conditions: Sequence[str], logic: str) -> str | None:
    """All of them, or what a boolean filter such as `1 AND (2 OR 3)` says; None when it counts further than they go."""
    if not logic:
        return f"AND({', '.join(conditions)})"
    if any(not 0 < int(number) <= len(conditions) for number in re.findall(r"\d+", logic)):
        return None
    return _LOGIC.sub(lambda found: _WORDS.get(found[0].upper()) or f"({conditions[int(found[0]) - 1]})", logic)


def shown(item: Element) -> str:
    return f"{item.get('field')} {item.get('operation')} {item.get('valueField')}".rstrip()


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _holds(name: str, field: Field, operation: str, value: str) -> str:
    """Whether the field is the value, or stands to it as the operation says."""
    text = f"TEXT({name})" if field.type == "picklist" else name
    if not value:
        return f"ISBLANK({text})"
    if operation in _TEXTS or operation in _CHOICES:
        return (_TEXTS | _CHOICES)[operation].format(text, quoted(value))
    if field.type == "picklist":
        return f"ISPICKVAL({name}, {quoted(value)})"
    if field.type == "multipicklist":
        return f"INCLUDES({name}, {quoted(value)})"
    if field.type == "boolean":
        return name if value.lower() in ("1", "true") else f"NOT({name})"
    return f"{name} {_COMPARED.get(operation, '=')} {_literal(field, value)}"


def _literal(field: Field, value: str) -> str:
    day = _DAY.match(value)
    if field.type == "date" and day:
        return f"DATE({', '.join(str(int(number)) for number in day.groups())})"
    if field.type == "datetime" and day:
        return f"DATETIMEVALUE({quoted(value.replace('T', ' ').removesuffix('Z')[:19])})"
    return value if field.type in NUMBER_TYPES else quoted(value)
