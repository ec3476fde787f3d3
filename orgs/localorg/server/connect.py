"""Connect REST API, as far as clients ask for it in passing: users' photos; this org has no communities."""

from __future__ import annotations

from localorg.errors import ApiError
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/connect")


@routes.on("GET", "/communities")
def communities(call: Call) -> Reply:
    return Reply({"communities": [], "total": 0})


@routes.on("GET", "/communities/templates")
def community_templates(call: Call) -> Reply:
    return Reply({"templates": [], "total": 0})


@routes.on("POST", "/user-profiles/<user>/photo")
def set_photo(call: Call, user: str) -> Reply:
    """A file of the user's as their photo: `{"fileId": "069…"}`."""
    file = call.json_object().get("fileId")
    if not isinstance(file, str):
        raise ApiError("INVALID_ID_FIELD", f"Invalid file ID: {file}")
    call.session.retrieve("ContentDocument", file, ["Id"])
    call.session.retrieve("User", user, ["Id"])
    base = f"{call.base_url}/profilephoto/{file}"
    return Reply(
        {
            "fullEmailPhotoUrl": f"{base}/F",
            "largePhotoUrl": f"{base}/F",
            "mediumPhotoUrl": f"{base}/M",
            "photoVersionId": file,
            "smallPhotoUrl": f"{base}/T",
            "standardEmailPhotoUrl": f"{base}/T",
            "url": f"{call.api}/connect/user-profiles/{user}/photo",
        },
        201,
    )
