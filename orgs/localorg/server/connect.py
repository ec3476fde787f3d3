"""Connect REST API, as far as clients ask for it in passing: this org has no communities."""

from __future__ import annotations

from localorg.server.http import Call, Reply
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/connect")


@routes.on("GET", "/communities")
def communities(call: Call) -> Reply:
    return Reply({"communities": [], "total": 0})
