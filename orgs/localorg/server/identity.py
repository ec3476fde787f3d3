"""Who is logged in: userinfo (OpenID Connect) and the identity URL."""

from __future__ import annotations

from typing import Any

from localorg.context import User
from localorg.errors import ApiError
from localorg.server.http import Call, Reply
from localorg.server.routing import Access, Routes

routes = Routes("", Access.PUBLIC)  # a bad token answers 403 here, not the REST API's 401


@routes.on("GET POST", "/services/oauth2/userinfo")
def userinfo(call: Call) -> Reply:
    user = logged_in(call)
    if user is None:
        return refused(call)
    given, _, family = user.name.rpartition(" ")
    return Reply({
        "sub": identity_url(call, user),
        "user_id": user.id,
        "organization_id": call.runtime.org_id,
        "preferred_username": user.username,
        "nickname": user.username.partition("@")[0],
        "name": user.name,
        "email": user.email,
        "email_verified": True,
        "given_name": given,
        "family_name": family,
        "zoneinfo": user.time_zone,
        "photos": {"picture": "", "thumbnail": ""},
        "profile": f"{call.base_url}/{user.id}",
        "urls": urls(call, user),
        "active": user.is_active,
        "user_type": "STANDARD",
        "language": user.language,
        "locale": user.locale,
        "is_app_installed": True,
    })  # fmt: skip


@routes.on("GET POST", "/id/<org_id>/<user_id>")
def identity(call: Call, org_id: str, user_id: str) -> Reply:
    user = logged_in(call)
    if user is None:
        return refused(call)
    if org_id[:15] != call.runtime.org_id[:15] or user_id[:15] != user.id[:15]:
        return Reply("Wrong_Org" if org_id[:15] != call.runtime.org_id[:15] else "Bad_Id", 403, {}, "text/plain")
    first, _, last = user.name.rpartition(" ")
    return Reply({
        "id": identity_url(call, user),
        "asserted_user": True,
        "user_id": user.id,
        "organization_id": call.runtime.org_id,
        "username": user.username,
        "nick_name": user.username.partition("@")[0],
        "display_name": user.name,
        "email": user.email,
        "email_verified": True,
        "first_name": first,
        "last_name": last,
        "timezone": user.time_zone,
        "active": user.is_active,
        "user_type": "STANDARD",
        "language": user.language,
        "locale": user.locale,
        "urls": urls(call, user),
        "is_app_installed": True,
    })  # fmt: skip


def logged_in(call: Call) -> User | None:
    token = call.token or call.query.get("oauth_token", "") or call.query.get("access_token", "")
    if not token:
        return None
    try:
        call.user_id = call.runtime.accounts.login(token).user_id
    except ApiError:
        return None
    return call.session.user


def refused(call: Call) -> Reply:
    text = "Bad_OAuth_Token" if call.token or call.query else "Missing_OAuth_Token"
    return Reply(text, 403, {}, "text/html;charset=UTF-8")


def identity_url(call: Call, user: User) -> str:
    return f"{call.base_url}/id/{call.runtime.org_id}/{user.id}"


def urls(call: Call, user: User) -> dict[str, Any]:
    data = f"{call.base_url}/services/data/v{{version}}"
    soap = f"{call.base_url}/services/Soap"
    return {
        "enterprise": f"{soap}/c/{{version}}/{call.runtime.org_id[:15]}",
        "metadata": f"{soap}/m/{{version}}/{call.runtime.org_id[:15]}",
        "partner": f"{soap}/u/{{version}}/{call.runtime.org_id[:15]}",
        "rest": f"{data}/",
        "sobjects": f"{data}/sobjects/",
        "search": f"{data}/search/",
        "query": f"{data}/query/",
        "profile": f"{call.base_url}/{user.id}",
        "custom_domain": call.base_url,
    }
