"""What a page shows, worked out for its user: a record, a list view, or an app page behind a tab."""

from __future__ import annotations

import html
from typing import Any

from localorg.engine import Session
from localorg.errors import ApiError, NotFound
from localorg.lightning import apps, bundles, viewer
from localorg.lightning.composition import Composer
from localorg.model import SObject
from localorg.server.analytics import dashboards, definitions
from localorg.server.http import dump
from localorg.server.ui_api import layouts, list_views, related_lists
from localorg.server.ui_api.object_info import name_fields

Shown = dict[str, Any]
ASSETS = "/lightning/assets"
_PAGE = """<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="{slds}">
<script type="application/json" id="context">{context}</script>
<script type="module" src="{entry}"></script></head><body></body></html>"""


def record(session: Session, name: str, record_id: str) -> Shown:
    sobject = session.org.object_of(record_id)
    if sobject is None or session.sobject(sobject.name) is None or name.lower() not in (sobject.name.lower(), "record"):
        raise _no_record()
    title_field = name_fields(sobject)[0]
    found = list(session.query(f"SELECT {title_field} FROM {sobject.name} WHERE Id = '{record_id}'").records)  # noqa: S608
    if not found:
        raise _no_record()
    composer = Composer(session, {"recordId": record_id, "objectApiName": sobject.name})
    page = apps.record_page(session, sobject)
    return _of_object(session, sobject) | {
        "kind": "record",
        "title": found[0][title_field] or sobject.label,
        "recordId": record_id,
        "regions": composer.regions(page) if page else _standard_page(composer),
        "highlights": _highlights(session, sobject, title_field),
        "details": _details(session, sobject),
        "related": [_related(one) for one in related_lists.of_layout(session, sobject)],
    }


def listing(session: Session, name: str, filter_name: str) -> Shown:
    sobject = session.sobject(name)
    if sobject is None or not sobject.key_prefix:
        raise NotFound("NOT_FOUND", f"There is no object {name} that you can see")
    views = list_views.of(session, sobject)
    chosen = next((view for view in views if view.name == filter_name), views[0] if views else None)
    if chosen is None:
        raise NotFound("NOT_FOUND", f"{sobject.label_plural} have no list views here")
    return _of_object(session, sobject) | {
        "kind": "list",
        "title": sobject.label_plural,
        "filterName": chosen.name,
        "kinds": {column.path: column.field.type for column in chosen.columns},
        "nameField": name_fields(sobject)[0],
        "regions": [],
    }


def report(session: Session, report_id: str) -> Shown:
    found = definitions.report_with_id(session, report_id)
    return {"kind": "report", "title": found.title, "recordId": found.id, "regions": []}


def dashboard(session: Session, dashboard_id: str) -> Shown:
    found = dashboards.dashboard_with_id(session, dashboard_id)
    return {"kind": "dashboard", "title": found.part().root.get("title"), "recordId": found.id, "regions": []}


def shelf(kind: str) -> Shown:
    """All reports, or all dashboards."""
    label, path = apps.SHELVES[kind]
    return {"kind": "shelf", "title": label, "shelf": path, "regions": []}


def behind_tab(session: Session, name: str) -> Shown:
    """An app page or a single component, as the tab says."""
    tab = apps.tab(session, name)
    if tab is None:
        raise NotFound("NOT_FOUND", f"There is no tab {name} that you can see")
    composer = Composer(session, {})
    if tab.flag("customObject"):
        return listing(session, name, "")
    if component := tab.get("lwcComponent"):
        regions = [{"name": "main", "width": 12, "components": [composer.component(f"c:{component}", component)]}]
        return {"kind": "app", "title": tab.get("label") or name, "regions": regions}
    page = session.org.shelf.find("FlexiPage", tab.get("flexiPage"))
    if page is None:
        raise NotFound("NOT_FOUND", f"The tab {name} leads to nothing that the local org can render")
    root = page.part().root
    return {"kind": "app", "title": root.get("masterLabel"), "regions": composer.regions(root)}


def document(session: Session, page: Shown, here: str, reference: Shown) -> str:
    """The page as HTML: its description for the shell, and the build that renders it."""
    built = bundles.build(session.org)
    given = viewer.context(session, built) | {"page": page, "app": apps.bar(session, here), "reference": reference}
    return _PAGE.format(
        lang=given["i18n"]["lang"],
        title=html.escape(str(page["title"])),
        slds=f"{ASSETS}/slds/styles/salesforce-lightning-design-system.min.css",
        entry=f"{ASSETS}/{built.key}/{built.entry}",
        context=dump(given).decode().replace("<", "\\u003c"),
    )


def _of_object(session: Session, sobject: SObject) -> Shown:
    icon = apps.icon(session, sobject)
    return {"objectApiName": sobject.name, "objectLabel": sobject.label, "icon": icon}


def _standard_page(composer: Composer) -> list[Shown]:
    """What Salesforce shows where no page is assigned, as far as it is rendered here."""
    names = {"header": "force:highlightsPanel", "main": "force:detailPanel"}
    return [
        {"name": name, "width": 12, "components": [composer.component(standard, standard)]}
        for name, standard in names.items()
    ]


def _highlights(session: Session, sobject: SObject, title_field: str) -> Shown:
    (section,) = layouts.compact(session, sobject)
    names = [name for name in section.columns[0] if name != title_field]
    shown = [field for name in names if (field := _field(session, sobject, name)) is not None]
    return {"required": [f"{sobject.name}.{title_field}"], "fields": _paths(sobject, shown), "shown": shown}


def _details(session: Session, sobject: SObject) -> Shown:
    sections, paths = [], []
    for place, section in enumerate(layouts.full(session, sobject)):
        names = (name for column in section.columns for name in column)
        shown = [field for name in names if (field := _field(session, sobject, name)) is not None]
        sections.append({"key": str(place), "heading": section.heading, "fields": shown})
        paths += _paths(sobject, shown)
    return {"sections": sections, "fields": paths}


def _related(found: related_lists.RelatedList) -> Shown:
    shown = [
        {"name": one.path, "label": one.label, "path": one.path, "kind": one.field.type, "lookup": one.lookup_id}
        for one in found.columns
    ]
    fields = [path for one in found.columns for path in (one.path, one.lookup_id) if path]
    return {
        "name": found.name,
        "label": found.label,
        "nameField": name_fields(found.children)[0],
        "columns": shown,
        "fields": [f"{found.children.name}.{path}" for path in fields],
    }


def _paths(sobject: SObject, shown: list[Shown]) -> list[str]:
    return [f"{sobject.name}.{path}" for field in shown for path in (field["path"], field["lookup"]) if path]


def _field(session: Session, sobject: SObject, name: str) -> Shown | None:
    """A field as the shell shows it; what points to a record is shown by that record's name."""
    field = sobject.get(name)
    if field is None:
        return None
    many = field.type == "reference" and len(field.reference_to) > 1
    column = list_views.column(session, sobject, f"{field.relationship_name}.Name" if many else name)
    if column is None:
        return None
    label = field.label.removesuffix(" ID") if field.type == "reference" else field.label
    return {"name": name, "label": label, "path": column.path, "kind": column.field.type, "lookup": column.lookup_id}


def _no_record() -> ApiError:
    message = "Looks like there is a problem: this record does not exist, or you have no access to it."
    return NotFound("NOT_FOUND", message)
