"""Which function answers which path; every route says who may call it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import MethodNotAllowed
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.routing import Map, Rule

from localorg.errors import ApiError
from localorg.server.http import Call, Reply, not_found

OLDEST_VERSION = 31
NEWEST_VERSION = 68

METHODS = ("HEAD", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")  # in the order in which the platform lists them

Handler = Callable[..., Reply]


class Access(enum.Enum):
    PUBLIC = "public"  # no session: the login endpoints, the list of versions
    SESSION = "session"  # an API session; counts against the daily limit
    ADMIN = "admin"  # the local org's own control token


@dataclass(frozen=True)
class Route:
    path: str
    methods: tuple[str, ...]
    handler: Handler
    access: Access


class Routes:
    """The routes of one family of endpoints, collected by decorator."""

    def __init__(self, prefix: str = "", access: Access = Access.SESSION) -> None:
        self.prefix = prefix
        self.access = access
        self.routes: list[Route] = []

    def on(self, methods: str, path: str) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.routes.append(Route(self.prefix + path, tuple(methods.split()), handler, self.access))
            return handler

        return register


@dataclass(frozen=True)
class Match:
    route: Route
    arguments: dict[str, Any]


class Router:
    def __init__(self, families: list[Routes]) -> None:
        rules = [
            Rule(route.path, methods=route.methods, endpoint=route, strict_slashes=False)
            for family in families
            for route in family.routes
        ]
        self.map = Map(rules, merge_slashes=False, redirect_defaults=False)

    def match(self, call: Call) -> Match:
        """The route for a call. Checks the API version and takes it out of the arguments onto the call."""
        adapter = self.map.bind("localhost", url_scheme="https")
        method = "GET" if call.method == "HEAD" else call.method
        try:
            route, matched = adapter.match(call.path, method=method)
        except NoRoute as problem:
            check_version(call.path)
            raise not_found() from problem
        except MethodNotAllowed as problem:
            allowed = ",".join(sorted(problem.valid_methods or (), key=METHODS.index))
            raise ApiError(
                "METHOD_NOT_ALLOWED", f"HTTP Method '{call.method}' not allowed. Allowed are {allowed}", status=405
            ) from problem
        arguments = dict(matched)
        call.version = arguments.pop("version", call.version)
        check_version(call.path)
        return Match(route, arguments)


def check_version(path: str) -> None:
    """Retired versions are gone, future ones do not exist."""
    parts = path.split("/")
    if len(parts) < 4 or parts[1] != "services" or parts[2] != "data":
        return
    number, dot, minor = parts[3].removeprefix("v").partition(".")
    if not (number.isdigit() and dot and minor == "0"):
        raise not_found()
    if int(number) < OLDEST_VERSION:
        raise ApiError("GONE", "The requested resource is no longer available", status=410)
    if int(number) > NEWEST_VERSION:
        raise not_found()
