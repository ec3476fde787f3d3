"""`/ui-api/related-list-records`: the children of a record, and the related lists that its page layout names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from localorg.deploy.source import Element
from localorg.engine import Session
from localorg.errors import NotFound
from localorg.model import Field, SObject
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes
from localorg.server.ui_api import layouts, list_views, lists, paths, records, shape
from localorg.server.ui_api.list_views import Column
from localorg.server.ui_api.shape import Shown

routes = Routes("/services/data/v<version>/ui-api")


@dataclass(frozen=True)
class RelatedList:
    """The children by one of their references; `name` is the relationship's as UI API writes it, `Gifts__r`."""

    name: str
    label: str
    children: SObject
    reference: Field
    columns: tuple[Column, ...]


@routes.on("GET", "/related-list-records/<record_id>/<name>")
def children(call: Call, record_id: str, name: str) -> Reply:
    owner, key = records.object_of(call.session, record_id)
    sobject, reference = _children(call.session, owner, name)
    size = lists.number(call, "pageSize", lists.DEFAULT_PAGE, 1, lists.LARGEST_PAGE)
    start = lists.number(call, "pageToken", 0, 0, lists.LARGEST_OFFSET)
    fields, optional = (paths.split(call.query.get(given, "")) for given in ("fields", "optionalFields"))
    tree = paths.wanted(call.session, sobject, fields, optional)
    order = call.query.get("sortBy") or "-CreatedDate"
    direction = f"{order.lstrip('-')} {'DESC' if order.startswith('-') else 'ASC'}"
    paths.wanted(call.session, sobject, [order.lstrip("-")], [])
    soql = f"SELECT {', '.join(tree.soql_paths())} FROM {sobject.name} WHERE {reference.name} = '{key}'"  # noqa: S608
    found = list(call.session.query(f"{soql} ORDER BY {direction}, Id LIMIT {size + 1} OFFSET {start}").records)
    shown = [shape.record(call.session, tree, one) for one in found[:size]]
    more = str(start + size) if len(found) > size else None
    pages = {"currentPageToken": str(start), "nextPageToken": more, "pageSize": size}
    return Reply(
        _body(key, owner, name, shown) | pages | {"fields": fields, "optionalFields": optional, "sortBy": [order]}
    )


def of_layout(session: Session, sobject: SObject) -> list[RelatedList]:
    """What the deployed layout lists, as far as this user may see it; without what the platform keeps itself."""
    layout = layouts.deployed(session, sobject)
    found = (_related(session, sobject, element) for element in (layout.root.all("relatedLists") if layout else ()))
    return [one for one in found if one is not None]


def _related(session: Session, owner: SObject, element: Element) -> RelatedList | None:
    """`Child__c.Reference__c`, with the fields to show."""
    child, dot, name = element.get("relatedList").partition(".")
    sobject = session.sobject(child) if dot else None
    reference = sobject.get(name) if sobject else None
    if sobject is None or reference is None or owner.name not in reference.reference_to:
        return None
    columns = tuple(_columns(session, sobject, element.texts("fields")))
    return RelatedList(reference.child_relationship_name or "", sobject.label_plural, sobject, reference, columns)


def _columns(session: Session, sobject: SObject, names: list[str]) -> Iterator[Column]:
    for name in names:
        found = list_views.column(session, sobject, name)
        if found is not None:
            yield found


def _children(session: Session, owner: SObject, name: str) -> tuple[SObject, Field]:
    found = session.org.schema.child(owner, name)
    if found is None or session.sobject(found[0].name) is None:
        raise NotFound("NOT_FOUND", f"There is no related list {name} of {owner.name}")
    return found


def _body(key: str, owner: SObject, name: str, shown: list[Shown]) -> Shown:
    return {
        "count": len(shown),
        "listReference": {
            "inContextOfRecordId": key,
            "parentObjectApiName": owner.name,
            "relatedListId": name,
            "type": "relatedList",
        },
        "records": shown,
    }
