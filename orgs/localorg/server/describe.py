"""`/sobjects` and `/sobjects/X/describe`: what the user sees of the schema, with ETag and If-Modified-Since."""

from __future__ import annotations

import hashlib
import time
from email.utils import formatdate, parsedate_to_datetime
from typing import Any

from localorg.server.http import Call, Reply, dump
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/sobjects")


@routes.on("GET", "")
def describe_global(call: Call) -> Reply:
    described = call.session.describe_global()
    return unless_known(call, described | {"sobjects": [located(call, one) for one in described["sobjects"]]})


@routes.on("GET", "/<name>/describe")
def describe(call: Call, name: str) -> Reply:
    return unless_known(call, located(call, call.session.describe(name)))


@routes.on("GET", "/<name>")
def basic(call: Call, name: str) -> Reply:
    whole = call.session.describe(name)
    brief = {key: value for key, value in whole.items() if not isinstance(value, list)}
    return Reply({"objectDescribe": located(call, brief), "recentItems": []})


def unless_known(call: Call, described: dict[str, Any]) -> Reply:
    """304 when the client's copy is still what the org would say."""
    etag = hashlib.sha256(dump(described)).hexdigest()[:8]
    since = first_seen(call, etag)
    headers = {"ETag": f'"{etag}"', "Last-Modified": formatdate(since, usegmt=True)}
    if fresh(call, etag, since):
        return Reply.nothing(304, headers)
    return Reply(described, headers=headers)


def first_seen(call: Call, etag: str) -> int:
    """When this user was first told this description under this address."""
    key, state = f"{call.user_id} {call.path.lower()}", call.runtime.state
    row = state.row("SELECT etag, since FROM described WHERE key = ?", key)
    if row is not None and row["etag"] == etag:
        return int(row["since"])
    now = int(time.time())
    state.run("INSERT OR REPLACE INTO described VALUES (?, ?, ?)", key, etag, now)
    return now


def fresh(call: Call, etag: str, since: int) -> bool:
    known = call.headers.get("If-None-Match")
    if known is not None:
        return etag in known or known.strip() == "*"
    given = call.headers.get("If-Modified-Since")
    if given is None:
        return False
    try:
        return since <= parsedate_to_datetime(given).timestamp()
    except ValueError:
        return False


def located(call: Call, described: dict[str, Any]) -> dict[str, Any]:
    """The engine leaves the API version in the addresses for the server to fill in."""
    urls = described.get("urls") or {}
    return described | {"urls": {name: url.replace("{version}", call.version) for name, url in urls.items()}}
