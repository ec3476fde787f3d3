"""`/appMenu`, `/tabs` and `/theme`: the apps and tabs a user has, their colours, and where their icons would be."""

from __future__ import annotations

from typing import Any

from localorg.deploy.source import Element
from localorg.lightning import apps
from localorg.model import SObject
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>")
Shown = dict[str, Any]
MENUS = ("AppSwitcher", "NetworkTabs", "Salesforce1")
STANDARD_COLOR, CUSTOM_COLOR = "5867E8", "9050E9"
STANDARD_TABS = ("Account", "Campaign", "Case", "Contact", "Lead", "Opportunity")
NO_CONTENT: Shown = {"content": None, "icons": None, "colors": None}


@routes.on("GET", "/appMenu")
def menus(call: Call) -> Reply:
    return Reply({name: f"{call.api}/appMenu/{name}" for name in MENUS})


@routes.on("GET", "/appMenu/AppSwitcher")
def app_switcher(call: Call) -> Reply:
    items = [
        {"type": "Tabset"}
        | NO_CONTENT
        | {"label": stored.part().root.get("label"), "url": f"/lightning/app/{stored.id}"}
        for stored in call.session.org.shelf.of("CustomApplication")
    ]
    return Reply({"appMenuItems": items})


@routes.on("GET", "/appMenu/Salesforce1")
def phone_menu(call: Call) -> Reply:
    """What the app on a phone shows: the same tabs."""
    items = []
    for one in tabs(call):
        kind = "Tab.entity" if one["sobjectName"] else "Tab.flexiPage"
        items.append(
            {"type": kind, "content": one["sobjectName"] or one["name"]} | of(one, "icons", "colors", "label", "url")
        )
    return Reply({"appMenuItems": items})


@routes.on("GET", "/appMenu/NetworkTabs")
def network_menu(call: Call) -> Reply:
    """Experience Cloud sites, of which this org has none."""
    return Reply({"appMenuItems": []})


@routes.on("GET", "/tabs")
def all_tabs(call: Call) -> Reply:
    return Reply(tabs(call))


@routes.on("GET", "/theme")
def theme(call: Call) -> Reply:
    shown = [sobject for sobject in call.session.org.schema if layoutable(call, sobject)]
    items = [{"name": sobject.name, "icons": icons(call, sobject), "colors": colors(sobject)} for sobject in shown]
    return Reply({"themeItems": items})


def tabs(call: Call) -> list[Shown]:
    """The standard objects' tabs and the deployed ones, as far as the user may open them."""
    found = [tab_of(call, sobject) for name in STANDARD_TABS if (sobject := call.session.sobject(name))]
    for stored in call.session.org.shelf.of("CustomTab"):
        root = apps.tab(call.session, stored.name)
        if root is not None and (shown := custom_tab(call, stored.name, root)):
            found.append(shown)
    return found


def custom_tab(call: Call, name: str, root: Element) -> Shown | None:
    if root.flag("customObject"):
        sobject = call.session.sobject(name)
        return tab_of(call, sobject) if sobject is not None else None
    label, url = root.get("label") or name, f"{call.base_url}/lightning/n/{name}"
    empty: Shown = {"colors": [], "custom": True, "iconUrl": None, "icons": [], "miniIconUrl": None}
    return empty | {"label": label, "name": name, "sobjectName": None, "url": url}


def tab_of(call: Call, sobject: SObject) -> Shown:
    address = icons(call, sobject)[0]["url"]
    return {
        "colors": colors(sobject),
        "custom": sobject.custom,
        "iconUrl": address,
        "icons": icons(call, sobject),
        "label": sobject.label_plural,
        "miniIconUrl": address,
        "name": sobject.name if sobject.custom else f"standard-{sobject.name}",
        "sobjectName": sobject.name,
        "url": f"{call.base_url}/lightning/o/{sobject.name}/list",
    }


def layoutable(call: Call, sobject: SObject) -> bool:
    return not (sobject.setting or sobject.setup) and call.session.sobject(sobject.name) is not None


def icons(call: Call, sobject: SObject) -> list[Shown]:
    family, _, name = apps.icon(call.session, sobject).partition(":")
    address = f"{call.base_url}/img/icon/t4v35/{family}/{name}"
    drawn = {"contentType": "image/svg+xml", "height": 0, "theme": "theme4", "url": f"{address}.svg", "width": 0}
    sizes = [
        {"contentType": "image/png", "height": size, "theme": "theme4", "url": f"{address}_{size}.png", "width": size}
        for size in (60, 120)
    ]
    return [drawn, *sizes]


def colors(sobject: SObject) -> list[Shown]:
    color = CUSTOM_COLOR if sobject.custom else STANDARD_COLOR
    return [{"color": color, "context": "primary", "theme": theme} for theme in ("theme4", "theme3")]


def of(shown: Shown, *names: str) -> Shown:
    return {name: shown[name] for name in names}
