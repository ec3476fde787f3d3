"""The sizes and shapes of field types: what each must say, and within which bounds."""

from __future__ import annotations

from collections.abc import Callable

from localorg.deploy.problems import Problems
from localorg.deploy.source import Element, Part
from localorg.model import Field


def need(part: Part, element: str, kind: str, problems: Problems) -> int | None:
    found = part.root.child(element)
    value = part.root.number(element)
    if found is None or not found.text:
        problems.add(part.component, f"Must specify '{element}' for a CustomField of type {kind}", part.root.line)
    elif value is None:
        problems.add(part.component, f"'{found.text}' is not a valid value for the type xsd:int", found.line)
    return value


def between(part: Part, element: str, value: int, least: int, most: int, problems: Problems) -> None:
    if not least <= value <= most:
        message = f"Field {element} must be between {least} and {most}, not {value}"
        problems.add(part.component, message, line_of(part.root, element))


def _text(field: Field, kind: str, part: Part, problems: Problems) -> None:
    length = need(part, "length", kind, problems)
    field.length = length or 255
    if length is not None:
        between(part, "length", length, 1, 255, problems)


def _long_text(field: Field, kind: str, part: Part, problems: Problems) -> None:
    length = need(part, "length", kind, problems)
    need(part, "visibleLines", kind, problems)
    field.length, field.long_text, field.filterable = length or 32768, True, False
    if length is not None:
        between(part, "length", length, 256, 131072, problems)


def number(field: Field, kind: str, part: Part, problems: Problems) -> None:
    precision = need(part, "precision", kind, problems)
    scale = need(part, "scale", kind, problems)
    field.precision, field.scale = precision or 18, scale or 0
    if precision is not None and scale is not None:
        between(part, "precision", precision, 1, 18, problems)
        between(part, "scale", scale, 0, precision, problems)


def _checkbox(field: Field, kind: str, part: Part, problems: Problems) -> None:
    if part.root.get("defaultValue").lower() not in ("true", "false"):
        problems.add(part.component, f"Must specify 'defaultValue' for a CustomField of type {kind}", part.root.line)
    field.nillable, field.default = False, False


def _auto_number(field: Field, kind: str, part: Part, problems: Problems) -> None:
    display = part.root.get("displayFormat")
    if not display:
        problems.add(part.component, f"Must specify 'displayFormat' for a CustomField of type {kind}", part.root.line)
    field.auto_number = display or "{0}"
    field.createable = field.updateable = field.nillable = False


def _location(field: Field, kind: str, part: Part, problems: Problems) -> None:
    need(part, "scale", kind, problems)
    field.createable = field.updateable = False


SHAPES: dict[str, Callable[[Field, str, Part, Problems], None]] = {
    "Text": _text,
    "LongTextArea": _long_text,
    "Html": _long_text,
    "Number": number,
    "Currency": number,
    "Percent": number,
    "Checkbox": _checkbox,
    "AutoNumber": _auto_number,
    "EncryptedText": _text,
    "Location": _location,
}


def line_of(root: Element, name: str) -> int:
    found = root.child(name)
    return found.line if found is not None else root.line
