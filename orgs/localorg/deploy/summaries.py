"""Roll-up summary fields: which children, which of them, and what of them, as the formula that works it out."""

from __future__ import annotations

from localorg.deploy import filters
from localorg.deploy.field_shapes import line_of
from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.model import NUMBER_TYPES, Field, Schema, SObject

_SUMMED = frozenset({"double", "currency", "percent", "int"})
_ORDERED = _SUMMED | {"date", "datetime"}
_SUMMARIZED = {"sum": _SUMMED, "min": _ORDERED, "max": _ORDERED}


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
    conditions = [_condition(item, child, part, problems) for item in part.root.all("summaryFilterItems")]
    wanted = f"AND({', '.join(conditions)})" if conditions else ""
    arguments = [child.name, key.name, operation, summarized, wanted]
    field.formula = "ROLLUP(" + ", ".join(filters.quoted(one) for one in arguments) + ")"


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
    """One line of the filter as a formula about the child."""
    field = child.get(item.get("field").rpartition(".")[2])
    other = child.get(item.get("valueField").rpartition(".")[2]) if item.get("valueField") else None
    found = filters.condition(item, field, field.name if field else "", other.name if other else "")
    if found is None:
        problems.add(part.component, f"Invalid summaryFilterItems: {filters.shown(item)}", item.line)
    return found or "TRUE"
