"""Page layouts: the deployed one of an object, or one made of all its fields where none was deployed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from localorg.deploy.source import Part
from localorg.engine import Session
from localorg.errors import ApiError
from localorg.model import Field, SObject
from localorg.server.ui_api import shape
from localorg.server.ui_api.shape import MASTER, Shown

TYPES = ("Full", "Compact")
_SYSTEM = frozenset({"IsDeleted", "SystemModstamp", "MasterRecordId", "LastViewedDate", "LastReferencedDate"})


@dataclass(frozen=True)
class Section:
    heading: str
    columns: tuple[tuple[str, ...], ...]  # field names, a column at a time


def fields_shown(session: Session, sobject: SObject, types: Iterable[str]) -> list[str]:
    """The fields of these layouts, in their order, as far as the user may read them."""
    names: dict[str, None] = {}
    for kind in types:
        names |= dict.fromkeys(_names(session, sobject, kind))
    return list(names)


def layout(session: Session, sobject: SObject, kind: str, mode: str) -> Shown:
    sections = compact(session, sobject) if check_type(kind) == "Compact" else full(session, sobject)
    return shape.tagged(
        {
            "id": None,
            "layoutType": kind,
            "mode": mode,
            "objectApiName": sobject.name,
            "recordTypeId": MASTER,
            "saveOptions": [],
            "sections": [_section(sobject, section, place) for place, section in enumerate(sections)],
        }
    )


def check_type(kind: str) -> str:
    if kind not in TYPES:
        raise ApiError("INVALID_INPUT", f"{kind} is not a layout type; known are {', '.join(TYPES)}")
    return kind


def full(session: Session, sobject: SObject) -> list[Section]:
    found = deployed(session, sobject)
    if found is None:
        names = _readable(session, sobject, (field.name for field in sobject if _on_page(field)))
        return [Section("Information", (tuple(names[::2]), tuple(names[1::2])))]
    sections = []
    for section in found.root.all("layoutSections"):
        columns = [column.texts("layoutItems/field") for column in section.all("layoutColumns")]
        shown = tuple(tuple(_readable(session, sobject, column)) for column in columns)
        if any(shown):
            sections.append(Section(section.get("label"), shown))
    return sections


def compact(session: Session, sobject: SObject) -> list[Section]:
    prefix = f"{sobject.name}."
    found = next((part for part in _deployed(session, "CompactLayout") if part.name.startswith(prefix)), None)
    if found is not None:
        names = found.root.texts("fields")
    else:
        names = [field.name for field in sobject if field.name_field or field.name == "Name"]
        names += ["OwnerId"] if sobject.get("OwnerId") is not None else []
    return [Section("", (tuple(_readable(session, sobject, names)),))]


def deployed(session: Session, sobject: SObject) -> Part | None:
    return next((part for part in _deployed(session, "Layout") if part.name.startswith(f"{sobject.name}-")), None)


def _deployed(session: Session, kind: str) -> list[Part]:
    return [stored.part() for stored in session.org.shelf.of(kind)]


def _names(session: Session, sobject: SObject, kind: str) -> list[str]:
    sections = compact(session, sobject) if check_type(kind) == "Compact" else full(session, sobject)
    return [name for section in sections for row in zip_longest(*section.columns) for name in row if name]


def _readable(session: Session, sobject: SObject, names: Iterable[str]) -> list[str]:
    found = (sobject.get(name) for name in names)
    return [field.name for field in found if field is not None and session.readable(sobject, field)]


def _on_page(field: Field) -> bool:
    return field.name not in _SYSTEM and field.type not in ("id", "address", "location")


def _section(sobject: SObject, section: Section, place: int) -> Shown:
    rows = list(zip_longest(*section.columns))
    return {
        "collapsible": False,
        "columns": len(section.columns),
        "heading": section.heading,
        "id": f"{sobject.key_prefix}{place}",
        "layoutRows": [{"layoutItems": [_item(sobject, name) for name in row]} for row in rows],
        "rows": len(rows),
        "tabOrder": "TopDown",
        "useHeading": bool(section.heading),
    }


def _item(sobject: SObject, name: str | None) -> Shown:
    field = sobject.get(name) if name else None
    if field is None:
        space = {"apiName": None, "componentType": "EmptySpace", "label": None}
        return _place("", [space], editable=(False, False), required=False, sortable=False, lookup=None)
    component = {"apiName": field.name, "componentType": "Field", "label": field.label}
    return _place(
        field.label,
        [component],
        editable=(field.createable, field.updateable),
        required=not field.nillable and field.createable and field.type != "boolean",
        sortable=not field.long_text,
        lookup=field.name if field.type == "reference" else None,
    )


def _place(
    label: str,
    components: list[Shown],
    *,
    editable: tuple[bool, bool],
    required: bool,
    sortable: bool,
    lookup: str | None,
) -> Shown:
    return {
        "editableForNew": editable[0],
        "editableForUpdate": editable[1],
        "label": label,
        "layoutComponents": components,
        "lookupIdApiName": lookup,
        "required": required,
        "sortable": sortable,
    }
