"""Logging in to Lightning pages: a form for username and password, a cookie, and frontdoor.jsp for tools that hold a session."""

from __future__ import annotations

import html
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

from werkzeug.datastructures import Headers

from localorg.errors import ApiError
from localorg.server.http import Call, Reply
from localorg.server.routing import Access, Routes

routes = Routes("", Access.PUBLIC)
COOKIE = "sid"
PAGE_HEADER = "X-Localorg-Page"
_FORM = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in | Local org</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/lightning/assets/slds/styles/salesforce-lightning-design-system.min.css"></head>
<body class="slds-p-around_large"><main class="slds-box slds-container_small slds-container_center">
<h1 class="slds-text-heading_medium slds-m-bottom_small">Local org</h1>{problem}
<form method="post" action="/lightning/login"><input type="hidden" name="retURL" value="{back}">
<label class="slds-form-element__label" for="username">Username</label>
<select class="slds-select slds-m-bottom_small" id="username" name="username">{users}</select>
<label class="slds-form-element__label" for="password">Password</label>
<input class="slds-input slds-m-bottom_small" id="password" name="password" type="password" autocomplete="current-password">
<button class="slds-button slds-button_brand" type="submit">Log in</button></form>
<p class="slds-text-body_small slds-m-top_small">A user without a password gets one by
<code>localorg user create USERNAME --password …</code>; <code>localorg lightning open</code> needs none.</p></main></body></html>"""
_REFUSED = '<p role="alert" class="slds-box slds-theme_error slds-m-bottom_small">{}</p>'


def token_of(headers: Headers) -> str:
    """The session in a page's cookie."""
    try:
        found = SimpleCookie(headers.get("Cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def token_of_page(headers: Headers) -> str:
    """The page's session, for its calls to the API: other sites cannot send the header that asks for it."""
    return token_of(headers) if headers.get(PAGE_HEADER) else ""


def signed_in(call: Call) -> bool:
    """Whether the page's own session is open; the call is its user's from then on."""
    token = token_of(call.headers)
    try:
        call.user_id = call.runtime.accounts.login(token).user_id if token else ""
    except ApiError:
        return False
    return bool(call.user_id)


def to_login(call: Call) -> Reply:
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in call.query.items())
    back = quote(f"{call.path}?{query}" if query else call.path, safe="")
    return redirect(f"/lightning/login?retURL={back}")


@routes.on("GET", "/lightning/login")
def form(call: Call) -> Reply:
    return shown(call, call.query.get("retURL", ""))


@routes.on("POST", "/lightning/login")
def login(call: Call) -> Reply:
    given = call.form()
    user = call.runtime.find_user(given.get("username", ""))
    if user is None or not call.runtime.accounts.has_password(user.id, given.get("password", "")):
        problem = "Please check your username and password."
        return shown(call, given.get("retURL", ""), problem, given.get("username", ""))
    opened = call.runtime.accounts.open_session(call.runtime.org_id, user.id, None)
    return entered(call, opened.token, given.get("retURL", ""))


@routes.on("GET", "/secur/frontdoor.jsp")
def frontdoor(call: Call) -> Reply:
    """A session that a tool holds already, as `sf org open` uses it."""
    token = call.query.get("sid", "")
    try:
        call.runtime.accounts.login(token)
    except ApiError:
        return redirect("/lightning/login")
    return entered(call, token, call.query.get("retURL", ""))


@routes.on("GET", "/lightning/logout")
def logout(call: Call) -> Reply:
    call.runtime.accounts.close_session(token_of(call.headers))
    return redirect("/lightning/login", f"{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")


def shown(call: Call, back: str, problem: str = "", chosen: str = "") -> Reply:
    with call.runtime.org.store.read() as connection:
        rows = connection.execute("SELECT Username, Name FROM User WHERE IsActive = 1 ORDER BY Name").fetchall()
    options = "".join(
        f'<option value="{html.escape(username)}"{" selected" if username == chosen else ""}>'
        f"{html.escape(name)} ({html.escape(username)})</option>"
        for username, name in rows
    )
    refused = _REFUSED.format(html.escape(problem)) if problem else ""
    page = _FORM.format(problem=refused, back=html.escape(back), users=options)
    return Reply(page, 401 if problem else 200, dict(HTML_HEADERS), "text/html;charset=UTF-8")


def entered(call: Call, token: str, back: str) -> Reply:
    secure = "; Secure" if call.base_url.startswith("https:") else ""
    cookie = f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax{secure}"
    inside = back.startswith("/") and not back.startswith(("//", "/\\"))
    return redirect(back if inside else "/lightning", cookie)


def redirect(where: str, cookie: str = "") -> Reply:
    headers = {"Location": where, "Cache-Control": "no-store"} | ({"Set-Cookie": cookie} if cookie else {})
    return Reply.nothing(303, headers)


# Scripts come from the org alone, as on the platform; LWC writes its styles into the page.
HTML_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
