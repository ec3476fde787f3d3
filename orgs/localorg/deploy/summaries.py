"""Roll-up summary fields: which children, which of them, and what of them, as the formula that works it out."""

from __future__ import annotations

import re

from localorg.deploy.field_shapes import line_of
from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.model import NUMBER_TYPES, Field, Schema, SObject

_SUMMED = frozenset({"double", "currency", "percent", "int"})
_ORDERED = _SUMMED | {"date", "datetime"}
_SUMMARIZED = {"sum": _SUMMED, "min": _ORDERED, "max": _ORDERED}
_COMPARED = {"lessThan": "<", "greaterThan": ">", "lessOrEqual": "<=", "greaterOrEqual": ">="}
_TEXTS = {"contains": "CONTAINS({0}, {1})", "notContain": "CONTAINS({0}, {1})", "startsWith": "BEGINS({0}, {1})"}
_CHOICES = {"includes": "INCLUDES({0}, {1})", "excludes": "INCLUDES({0}, {1})"}
_NONE_OF = frozenset({"notEqual", "notContain", "excludes"})
_OPERATIONS = frozenset({"equals", "notEqual", *_COMPARED, *_TEXTS, *_CHOICES})
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def read(field: Field, owner: SObject, part: Part, schema: Schema, problems: Problems) -> None:
    """Makes the field what the summary asks for; whatever does not fit is a problem."""
    field.createable = field.updateable = False
    child, key = _children(owner, part, schema, problems)
    if child is None or key is None:
        return
    operation = part.root.get("summaryOperation")
    if operation not in (*_SUMMARIZED, "count"):
        message = f"'{operation}' is not a valid value for the enum 'SummaryOperations'"
        problems.add(part.component, message, line_of(part.root, "summaryOperation"))
        return
    summarized = _summarized(field, operation, child, part, problems)
    filters = [_condition(item, child, part, problems) for item in part.root.all("summaryFilterItems")]
    wanted = f"AND({', '.join(filters)})" if filters else ""
    arguments = [child.name, key.name, operation, summarized, wanted]
    field.formula = "ROLLUP(" + ", ".join(_quoted(one) for one in arguments) + ")"


def _children(owner: SObject, part: Part, schema: Schema, problems: Problems) -> tuple[SObject | None, Field | None]:
    """The detail object and its reference to this one."""
    name, _, own = part.root.get("summaryForeignKey").partition(".")
    child = schema.get(name)
    key = child.get(own) if child else None
    is_detail = key is not None and (key.master_detail or (not key.custom and key.cascade_delete))
    if child is None or key is None or not is_detail or owner.name not in key.reference_to:
        message = f"Invalid summaryForeignKey: {name}.{own} is no master-detail relationship to {owner.name}"
        problems.add(part.component, message, line_of(part.root, "summaryForeignKey"))
        return None, None
    return child, key


def _summarized(field: Field, operation: str, child: SObject, part: Part, problems: Problems) -> str:
    """The child's field, whose type the summary takes; a count has none."""
    if operation == "count":
        field.type, field.precision, field.scale = "double", 18, 0
        return ""
    name = part.root.get("summarizedField").rpartition(".")[2]
    found = child.get(name)
    if found is None or found.type not in _SUMMARIZED[operation]:
        message = f"Can not summarize {child.name}.{name} by {operation}" if name else "Must specify 'summarizedField'"
        problems.add(part.component, message, line_of(part.root, "summarizedField"))
        return ""
    field.type, field.scale = found.type, found.scale
    field.precision = 18 if found.type in NUMBER_TYPES else 0
    return found.name


def _condition(item: Element, child: SObject, part: Part, problems: Problems) -> str:
    """One line of the filter as a formula; its values are alternatives, or none of them may hold."""
    name, operation = item.get("field").rpartition(".")[2], item.get("operation")
    field = child.get(name)
    other = child.get(item.get("valueField").rpartition(".")[2]) if item.get("valueField") else None
    if field is None or operation not in _OPERATIONS or (item.get("valueField") and other is None):
        message = f"Invalid summaryFilterItems: {item.get('field')} {operation} {item.get('valueField')}".rstrip()
        problems.add(part.component, message, item.line)
        return "TRUE"
    if other is not None:
        return f"{field.name} {_COMPARED.get(operation, '<>' if operation in _NONE_OF else '=')} {other.name}"
    values = [value.strip() for value in item.get("value").split(",")]
    either = f"OR({', '.join(_holds(field, operation, value) for value in values)})"
    return f"NOT({either})" if operation in _NONE_OF else either


def _holds(field: Field, operation: str, value: str) -> str:
    """Whether the field is the value, or stands to it as the operation says."""
    text = f"TEXT({field.name})" if field.type == "picklist" else field.name
    if not value:
        return f"ISBLANK({text})"
    if operation in _TEXTS or operation in _CHOICES:
        return (_TEXTS | _CHOICES)[operation].format(text, _quoted(value))
    if field.type == "picklist":
        return f"ISPICKVAL({field.name}, {_quoted(value)})"
    if field.type == "multipicklist":
        return f"INCLUDES({field.name}, {_quoted(value)})"
    if field.type == "boolean":
        return field.name if value.lower() in ("1", "true") else f"NOT({field.name})"
    return f"{field.name} {_COMPARED.get(operation, '=')} {_literal(field, value)}"


def _literal(field: Field, value: str) -> str:
    day = _DAY.match(value)
    if field.type == "date" and day:
        return f"DATE({', '.join(str(int(number)) for number in day.groups())})"
    if field.type == "datetime" and day:
        return f"DATETIMEVALUE({_quoted(value.replace('T', ' ').removesuffix('Z')[:19])})"
    return value if field.type in NUMBER_TYPES else _quoted(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
