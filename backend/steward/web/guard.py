"""Who may come in: a token with the route's scope, a signed body where the client signs, and not too often.

Every route says `open_to_all` or `needs(scope)`; a test looks at each. The audit line of a request names the client, the
route and the outcome, never a body, a header or a donor.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

import flask
import jwt
import limits
import limits.storage
import limits.strategies
import structlog
from limits.errors import StorageError

from steward.bootstrap import Steward
from steward.monitoring import observed
from steward.monitoring.spans import Spans
from steward.state.clients import Clients
from steward.state.once import Once
from steward.web.problems import Problem
from steward.web.tokens import Caller, Keys, Tokens

WINDOW = dt.timedelta(minutes=5)  # in which a signed body counts, and only once
_TRACE = re.compile(r"[A-Za-z0-9-]{1,64}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
log = structlog.get_logger("audit")
View = Callable[..., Any]


class Guard:
    """The service's door. One a process; the limits are shared through Redis where there is one."""

    def __init__(self, steward: Steward) -> None:
        settings = steward.settings
        self._now = steward.now
        self.keys = Keys(settings.home / "token-keys.json")
        self.keys.ensure()
        self.tokens = Tokens(self.keys, settings.token_minutes, steward.now)
        self.clients = Clients(steward.state.engine, steward.now)
        self._once = Once(steward.state.engine, steward.now)
        self._rate = limits.parse(settings.rate_limit)
        store = limits.storage.storage_from_string(settings.queue_url or "memory://", wrap_exceptions=True)
        self._limiter = limits.strategies.FixedWindowRateLimiter(store)
        self._alone = limits.strategies.FixedWindowRateLimiter(limits.storage.MemoryStorage())

    def admit(self, scope: str) -> Caller:
        """Who calls, once everything about the call is in order."""
        caller = self._caller()
        flask.g.client_id = caller.client_id
        self.within_limits(caller.client_id)
        if scope not in caller.scopes:
            raise self._refusal(403, "scope", f"This token has not the scope {scope}.", "insufficient_scope")
        if caller.signed_bodies:
            self._check_signature(caller)
        return caller

    def within_limits(self, who: str) -> None:
        """Where the shared counts cannot be reached, this process's own must do: a lost queue turns nobody away."""
        try:
            self._count(self._limiter, who)
        except StorageError:
            self._count(self._alone, who)

    def _count(self, limiter: limits.strategies.FixedWindowRateLimiter, who: str) -> None:
        if not limiter.hit(self._rate, who):
            reset = int(limiter.get_window_stats(self._rate, who).reset_time - time.time()) + 1
            raise Problem(429, f"More than {self._rate} requests.", "Send batches.", Retry_After=str(max(reset, 1)))

    def _caller(self) -> Caller:
        kind, _, token = flask.request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise self._refusal(401, "missing", "This needs an access token.", "invalid_request")
        try:
            return self.tokens.check(token.strip())
        except jwt.ExpiredSignatureError:
            raise self._refusal(401, "expired", "The access token has expired.", "invalid_token") from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise self._refusal(401, "invalid", "The access token is not valid.", "invalid_token") from None

    def _check_signature(self, caller: Caller) -> None:
        """X-Steward-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "t." and the body>."""
        given = dict(
            part.partition("=")[::2] for part in flask.request.headers.get("X-Steward-Signature", "").split(",")
        )
        moment, signature = given.get("t", ""), given.get("v1", "")
        now = self._now()
        if not moment.isdigit() or len(moment) > 11 or abs(now.timestamp() - int(moment)) > WINDOW.total_seconds():
            raise self._refusal(
                401, "signature", "The body is not signed, or its signature is too old.", "invalid_token"
            )
        signed = moment.encode() + b"." + flask.request.get_data()
        secrets_ = self.keys.derived(f"body {caller.client_id}")
        if not any(hmac.compare_digest(sign(one, signed).encode(), signature.encode()) for one in secrets_):
            raise self._refusal(401, "signature", "The body's signature does not fit.", "invalid_token")
        if not self._once.first(signature, now + 2 * WINDOW):
            raise self._refusal(401, "replayed", "This signed body was sent before.", "invalid_token")

    @staticmethod
    def _refusal(status: int, reason: str, what: str, code: str) -> Problem:
        observed.TOKENS.labels(reason).inc()
        todo = "Get a token at /oauth/token." if status == 401 else "Ask for a client with this scope."
        return Problem(status, what, todo, WWW_Authenticate=f'Bearer realm="steward", error="{code}"')


def sign(secret: bytes, signed: bytes) -> str:
    return hmac.new(secret, signed, hashlib.sha256).hexdigest()


def needs(scope: str) -> Callable[[View], View]:
    """This route is for tokens with this scope."""

    def guarded(view: View) -> View:
        @functools.wraps(view)
        def admitted(*args: Any, **named: Any) -> Any:
            flask.current_app.extensions["guard"].admit(scope)
            return view(*args, **named)

        admitted.guarded_by = scope  # type: ignore[attr-defined]
        return admitted

    return guarded


def open_to_all(view: View) -> View:
    """This route shows nothing that needs a token."""
    view.guarded_by = "nobody"  # type: ignore[attr-defined]
    return view


def trace_of(request: flask.Request) -> str:
    """The sender's trace: X-Correlation-Id, else traceparent, else a new one."""
    given = request.headers.get("X-Correlation-Id", "")
    if _TRACE.fullmatch(given):
        return given
    parent = _TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
    return parent[1] if parent else secrets.token_hex(16)


def _hop(spans: Spans, route: str, status: int, seconds: float) -> None:
    ended = dt.datetime.now(dt.UTC)
    facts = {"http.route": route, "http.response.status_code": status, "client": flask.g.get("client_id", "")}
    name, trace = f"{flask.request.method} {route}", flask.g.get("correlation_id", "")
    spans.hop(name, trace, ended - dt.timedelta(seconds=seconds), ended, facts)


def watch(app: flask.Flask, spans: Spans) -> None:
    """Trace, audit line, measured time and secure headers around every request."""

    @app.before_request
    def begin() -> None:
        flask.g.began = time.perf_counter()
        flask.g.correlation_id = trace_of(flask.request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(correlation_id=flask.g.correlation_id)

    @app.after_request
    def end(response: flask.Response) -> flask.Response:
        response.headers["X-Correlation-Id"] = flask.g.get("correlation_id", "")
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
        response.headers.setdefault(
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
        )
        route = str(flask.request.url_rule or "unknown")
        seconds = time.perf_counter() - flask.g.get("began", time.perf_counter())
        _hop(spans, route, response.status_code, seconds)
        observed.REQUESTS.labels(route, str(response.status_code)).observe(seconds)
        log.info(
            "request", method=flask.request.method, route=route, status=response.status_code,
            client=flask.g.get("client_id", ""), milliseconds=round(seconds * 1000, 1),
        )  # fmt: skip
        return response
