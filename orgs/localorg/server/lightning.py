"""Lightning pages over HTTP: records, lists and tabs for the user of the page's session, and the files they load."""

from __future__ import annotations

import html
import mimetypes
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from localorg import ids
from localorg.apex import process
from localorg.engine import Session
from localorg.errors import ApiError, NotFound
from localorg.lightning import apps, bundles, pages
from localorg.server.control import verb
from localorg.server.http import Call, Reply
from localorg.server.lightning_login import HTML_HEADERS, redirect, signed_in, to_login
from localorg.server.routing import Access, Routes
from localorg.server.runtime import Runtime

routes = Routes("/lightning", Access.PUBLIC)
HTML = "text/html;charset=UTF-8"
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_PROBLEM = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/lightning/assets/slds/styles/salesforce-lightning-design-system.min.css"></head>
<body class="slds-p-around_large"><main class="slds-box"><h1 class="slds-text-heading_medium">{title}</h1>
<p style="white-space:pre-wrap">{text}</p><p><a href="/lightning">To the start</a></p></main></body></html>"""


@routes.on("GET", "")
@routes.on("GET", "/page/home")
def home(call: Call) -> Reply:
    """The first tab of the app that this user sees."""
    if not signed_in(call):
        return to_login(call)
    items = apps.bar(call.session, "")["items"]
    if not items:
        return problem("Nothing to see", "None of the app's tabs is visible to you.", 403)
    return redirect(items[0]["url"])


@routes.on("GET", "/r/<name>/<record_id>/view")
def record(call: Call, name: str, record_id: str) -> Reply:
    key = ids.normalized(record_id) or ""
    attributes = {"objectApiName": name, "recordId": key, "actionName": "view"}
    return page(call, "standard__recordPage", attributes, lambda session: pages.record(session, name, key))


@routes.on("GET", "/r/Report/<report_id>/view")
def report(call: Call, report_id: str) -> Reply:
    attributes = {"objectApiName": "Report", "recordId": report_id, "actionName": "view"}
    return page(call, "standard__recordPage", attributes, lambda session: pages.report(session, report_id))


@routes.on("GET", "/r/Dashboard/<dashboard_id>/view")
def dashboard(call: Call, dashboard_id: str) -> Reply:
    attributes = {"objectApiName": "Dashboard", "recordId": dashboard_id, "actionName": "view"}
    return page(call, "standard__recordPage", attributes, lambda session: pages.dashboard(session, dashboard_id))


@routes.on("GET", "/o/<any(Report, Dashboard):name>/home")
def shelf(call: Call, name: str) -> Reply:
    attributes = {"objectApiName": name, "actionName": "home"}
    return page(call, "standard__objectPage", attributes, lambda session: pages.shelf(name.lower()))


@routes.on("GET", "/r/<record_id>/view")
def record_alone(call: Call, record_id: str) -> Reply:
    return record(call, "record", record_id)


@routes.on("GET", "/o/<name>/list")
def listing(call: Call, name: str) -> Reply:
    chosen = call.query.get("filterName", "")
    attributes = {"objectApiName": name, "actionName": "list"}
    return page(call, "standard__objectPage", attributes, lambda session: pages.listing(session, name, chosen))


@routes.on("GET", "/n/<name>")
def tab(call: Call, name: str) -> Reply:
    return page(call, "standard__navItemPage", {"apiName": name}, lambda session: pages.behind_tab(session, name))


@routes.on("GET", "/assets/slds/<path:path>")
def slds(call: Call, path: str) -> Reply:
    root = bundles.node_modules() / "@salesforce-ux" / "design-system" / "assets"
    return asset(root, path, {"Cache-Control": "public, max-age=3600"})


@routes.on("GET", "/assets/<key>/<name>")
def built(call: Call, key: str, name: str) -> Reply:
    return asset(process.cache() / "lightning" / Path(key).name, name, FOREVER)


def page(call: Call, kind: str, attributes: dict[str, Any], describe: Callable[[Session], dict[str, Any]]) -> Reply:
    if not signed_in(call):
        return to_login(call)
    reference = {"type": kind, "attributes": attributes, "state": dict(call.query)}
    try:
        text = pages.document(call.session, describe(call.session), call.path, reference)
    except ApiError as refused:
        return problem("This page cannot be shown", refused.message, refused.status)
    return Reply(text, 200, dict(HTML_HEADERS), HTML)


def problem(title: str, text: str, status: int) -> Reply:
    shown = _PROBLEM.format(title=html.escape(title), text=html.escape(text))
    return Reply(shown, status, dict(HTML_HEADERS), HTML)


def asset(root: Path, path: str, headers: dict[str, str]) -> Reply:
    """A file below `root` and nowhere else."""
    with suppress(OSError, ValueError):  # what no file can be called
        file = (root / path).resolve()
        if root.resolve() in file.parents and file.is_file():
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return Reply(file.read_bytes(), 200, headers, kind)
    raise NotFound("NOT_FOUND", "The requested resource does not exist")


@verb
def lightning(runtime: Runtime, given: dict[str, Any]) -> Any:
    """Build the deployed components ahead of the first page."""
    built = bundles.build(runtime.org)
    return {"components": len(runtime.org.shelf.of("LightningComponentBundle")), "build": built.key}
