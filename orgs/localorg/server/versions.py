"""`/services/data`: which API versions there are, and what one of them offers."""

from __future__ import annotations

from localorg.server.http import Call, Reply
from localorg.server.routing import NEWEST_VERSION, OLDEST_VERSION, Access, Routes

routes = Routes("/services/data", Access.PUBLIC)
resources = Routes("/services/data/v<version>")
SEASONS = ("Spring", "Summer", "Winter")
SPRING_2011 = 21  # three releases a year from here on; a Winter release carries the next year's number
OFFERED = (
    "actions", "appMenu", "compactLayouts", "composite", "connect", "jobs", "limits", "metadata", "parameterizedSearch",
    "process", "query", "queryAll", "quickActions", "recent", "search", "sobjects", "tabs", "theme", "tooling", "ui-api",
)  # fmt: skip
COMPOSITE = ("batch", "graph", "sobjects", "tree")


def label(version: int) -> str:
    years, season = divmod(version - SPRING_2011, 3)
    return f"{SEASONS[season]} '{11 + years + (season == 2):02d}"


@routes.on("GET", "")
def versions(call: Call) -> Reply:
    numbers = range(OLDEST_VERSION, NEWEST_VERSION + 1)
    return Reply([{"label": label(n), "url": f"/services/data/v{n}.0", "version": f"{n}.0"} for n in numbers])


@resources.on("GET", "")
def version(call: Call) -> Reply:
    identity = f"{call.base_url}/id/{call.runtime.org_id}/{call.user_id}"
    return Reply({name: f"{call.api}/{name}" for name in OFFERED} | {"identity": identity})


@resources.on("GET", "/composite")
def composite(call: Call) -> Reply:
    return Reply({name: f"{call.api}/composite/{name}" for name in COMPOSITE})
