"""`/sobjects/User/{id}/password`: whether it has run out, a new one, and one that the org makes up."""

from __future__ import annotations

import secrets

from localorg.errors import ApiError, Forbidden
from localorg.server.http import Call, Reply
from localorg.server.routing import Routes

routes = Routes("/services/data/v<version>/sobjects/User/<user_id>/password")
SHORTEST = 8


@routes.on("GET", "")
def expired(call: Call, user_id: str) -> Reply:
    """Passwords of this org do not run out."""
    checked(call, user_id)
    return Reply({"isExpired": False})


@routes.on("POST", "")
def set_password(call: Call, user_id: str) -> Reply:
    key = checked(call, user_id)
    given = call.json_object().get("NewPassword")
    if not isinstance(given, str) or len(given) < SHORTEST:
        raise ApiError("INVALID_NEW_PASSWORD", f"Your password must be at least {SHORTEST} characters long.")
    call.runtime.accounts.set_password(key, given)
    return Reply.nothing()


@routes.on("DELETE", "")
def reset(call: Call, user_id: str) -> Reply:
    key, made = checked(call, user_id), secrets.token_urlsafe(9)
    call.runtime.accounts.set_password(key, made)
    return Reply({"NewPassword": made})


def checked(call: Call, user_id: str) -> str:
    """The user's id; one's own password is everyone's to change, others' are the administrators'."""
    key = str(call.session.retrieve("User", user_id, ["Id"])["Id"])
    if key != call.user_id and not call.session.access.permissions & {"ManageUsers", "ModifyAllData"}:
        raise Forbidden("INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id")
    return key
