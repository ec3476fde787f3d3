"""A deployed flexipage as regions of components, each with the properties its placement gives it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from localorg.deploy.source import Element
from localorg.engine import Session
from localorg.errors import ApiError
from localorg.lightning import visibility

Shown = dict[str, Any]
_FULL_WIDTH = frozenset({"header", "top", "footer"})
_STANDARD_TITLES = {"detail": "Details", "relatedLists": "Related", "activity": "Activity"}


class Composer:
    """Composes the pages of one user; `given` is what every component gets: the record and its object, if there is one."""

    def __init__(self, session: Session, given: Shown) -> None:
        self.session = session
        self.given = given

    def regions(self, page: Element) -> list[Shown]:
        """The page's regions from top to bottom, with their share of twelve columns."""
        facets = {region.get("name"): region for region in page.all("flexiPageRegions")}
        shown = [region for region in facets.values() if region.get("type") == "Region"]
        names = {region.get("name") for region in shown}
        return [
            {
                "name": region.get("name"),
                "width": _width(region.get("name"), names),
                "components": list(self._components(region, facets)),
            }
            for region in shown
        ]

    def component(self, name: str, key: str, properties: Shown | None = None) -> Shown:
        """A component as the page's own code takes it."""
        own = name.removeprefix("c:")
        if own == name:
            return {"key": key, "name": name, "properties": {}}
        bundle = self.session.org.shelf.find("LightningComponentBundle", own)
        if bundle is None or not bundle.part().root.flag("isExposed"):
            message = f"The page names {name}, which is not an exposed Lightning component here"
            raise ApiError("LIGHTNING_PAGE", message, status=500)
        typed = _typed(bundle.part().root, properties or {})
        return {"key": key, "name": f"c:{bundle.name}", "properties": {**typed, **self.given}}

    def _components(self, region: Element, facets: dict[str, Element]) -> Iterator[Shown]:
        for place, item in enumerate(region.all("itemInstances")):
            for instance in item.all("componentInstance"):
                if visibility.shown(self.session, instance, self.given.get("recordId")):
                    key = instance.get("identifier") or f"{region.get('name')}-{place}"
                    yield self._placed(instance, key, facets)

    def _placed(self, instance: Element, key: str, facets: dict[str, Element]) -> Shown:
        properties = {one.get("name"): _value(one) for one in instance.all("componentInstanceProperties")}
        if instance.get("componentName") == "flexipage:tabset":
            tabs = facets[str(properties["tabs"])]
            return {"key": key, "name": "flexipage:tabset", "tabs": list(self._tabs(tabs, facets))}
        return self.component(instance.get("componentName"), key, properties)

    def _tabs(self, facet: Element, facets: dict[str, Element]) -> Iterator[Shown]:
        for place, item in enumerate(facet.all("itemInstances/componentInstance")):
            given = {one.get("name"): one.get("value") for one in item.all("componentInstanceProperties")}
            yield {
                "key": item.get("identifier") or str(place),
                "label": _title(given.get("title", "")),
                "isActive": given.get("active") == "true",
                "components": list(self._components(facets[given["body"]], facets)),
            }


def _width(name: str, names: set[str]) -> int:
    beside = names - _FULL_WIDTH
    if name in _FULL_WIDTH or len(beside) == 1:
        return 12
    if "sidebar" in beside and len(beside) == 2:
        return 4 if name == "sidebar" else 8
    return 12 // min(len(beside), 3)


def _title(text: str) -> str:
    """`Standard.Tab.relatedLists` is the platform's own title."""
    if not text.startswith("Standard.Tab."):
        return text
    name = text.rpartition(".")[2]
    return _STANDARD_TITLES.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _value(given: Element) -> str | list[str]:
    return given.texts("valueList/valueListItems/value") or given.get("value")


def _typed(bundle: Element, given: Shown) -> Shown:
    """Properties in the types the bundle declares, with its defaults for those the page leaves out."""
    typed: Shown = {}
    for declared in bundle.all("targetConfigs/targetConfig/property"):
        name = declared.node.get("name") or ""
        value = given.get(name, declared.node.get("default"))
        if value is not None:
            typed[name] = _converted(value, declared.node.get("type") or "String")
    return typed


def _converted(value: Any, kind: str) -> Any:
    if kind == "Boolean":
        return str(value).lower() == "true"
    if kind == "Integer":
        return int(value)
    return value
