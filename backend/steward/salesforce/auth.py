"""Logging in: OAuth JWT bearer, client credentials, or a session given from outside; and renewing an expired token."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import jwt
import requests

from steward.errors import AccessError, ConfigError
from steward.salesforce import transport
from steward.salesforce.refusals import PlatformError
from steward.salesforce.transport import Line, Meter, Patience, Timeouts

AUTHS = ("jwt", "client_credentials", "session")
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_SECONDS = 180  # the platform refuses more than five minutes


def _secret() -> str:
    return dataclasses.field(default="", repr=False)


@dataclass(frozen=True)
class Connection:
    """Everything needed to reach one org. Secrets are left out of `repr`."""

    login_url: str = ""
    auth: str = "jwt"
    client_id: str = ""
    client_secret: str = _secret()
    username: str = ""
    private_key: str = _secret()  # PEM text
    session_id: str = _secret()
    instance_url: str = ""
    api_version: str = "67.0"
    ca_bundle: str = ""
    audience: str = ""  # of the JWT; empty: by the login URL
    connect_timeout: float = 10.0
    read_timeout: float = 120.0
    attempts: int = 7

    def timeouts(self) -> Timeouts:
        return Timeouts(self.connect_timeout, self.read_timeout)


@dataclass(frozen=True)
class Token:
    access_token: str = dataclasses.field(repr=False)
    instance_url: str


def check(connection: Connection) -> None:
    """Refuses a connection that cannot work, naming the setting."""
    wanted = {
        "jwt": ("login_url", "client_id", "username", "private_key"),
        "client_credentials": ("login_url", "client_id", "client_secret"),
        "session": ("session_id", "instance_url"),
    }
    if connection.auth not in wanted:
        raise ConfigError(f"There is no way to log in called {connection.auth!r}.", f"Use one of: {', '.join(AUTHS)}.")
    for name in wanted[connection.auth]:
        if not getattr(connection, name):
            raise ConfigError(
                f"Logging in by {connection.auth} needs {name}.", "Set it in steward.env; see `steward settings`."
            )
    for url in filter(None, (connection.login_url, connection.instance_url)):
        if urlsplit(url).scheme != "https":
            raise ConfigError(f"{url} is not an https address.", "Tokens must not travel in the clear: use https.")


class Login:
    """Holds the current token of one gateway, and exchanges credentials for a new one when the org calls it expired."""

    def __init__(self, connection: Connection, patience: Patience, now: Callable[[], float] = time.time) -> None:
        check(connection)
        self._connection = connection
        self._patience = patience
        self._now = now
        self._token: Token | None = None
        self._lock = threading.Lock()

    def token(self) -> Token:
        with self._lock:
            if self._token is None:
                self._token = self._exchange()
            return self._token

    def current(self) -> str:
        return self.token().access_token

    def renewed(self, stale: str) -> str:
        """A token newer than `stale`; one exchange serves all who hold the same stale one."""
        with self._lock:
            if self._token is None or self._token.access_token == stale:
                if self._connection.auth == "session":
                    raise AccessError("The org calls the given session expired.", "Give a new one, or log in by jwt.")
                self._token = self._exchange()
            return self._token.access_token

    def _exchange(self) -> Token:
        connection = self._connection
        if connection.auth == "session":
            return Token(connection.session_id, connection.instance_url.rstrip("/"))
        form = self._jwt_form() if connection.auth == "jwt" else self._client_form()
        line = Line(self._patience, connection.timeouts(), Meter())
        with transport.session(line, connection.login_url, connection.ca_bundle) as http:
            try:
                reply = http.post(f"{connection.login_url.rstrip('/')}/services/oauth2/token", data=form)
            except PlatformError as refused:
                raise AccessError(f"The org refuses the login: {refused.what}", _login_todo(refused)) from None
        return _token(reply, connection.instance_url)

    def _jwt_form(self) -> dict[str, str]:
        connection = self._connection
        claims = {
            "iss": connection.client_id,
            "sub": connection.username,
            "aud": connection.audience or _audience(connection.login_url),
            "exp": int(self._now()) + _ASSERTION_SECONDS,
        }
        try:
            assertion = jwt.encode(claims, connection.private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise ConfigError("The private key is not an RSA key in PEM form.", "Check the key file.") from None
        return {"grant_type": _GRANT, "assertion": assertion}

    def _client_form(self) -> dict[str, str]:
        connection = self._connection
        return {
            "grant_type": "client_credentials",
            "client_id": connection.client_id,
            "client_secret": connection.client_secret,
        }


def _audience(login_url: str) -> str:
    """The platform's two audiences; any other host (a local org) is its own."""
    host = urlsplit(login_url).hostname or ""
    if not host.endswith(".salesforce.com"):
        return login_url.rstrip("/")
    sandbox = host.startswith("test.") or ".sandbox." in host or "--" in host
    return "https://test.salesforce.com" if sandbox else "https://login.salesforce.com"


def _token(reply: requests.Response, instance_url: str) -> Token:
    try:
        data = reply.json()
        token = Token(data["access_token"], (instance_url or data["instance_url"]).rstrip("/"))
    except (ValueError, KeyError, TypeError):
        raise AccessError("The login answered without a token.", "Check STEWARD_SF_LOGIN_URL.") from None
    if urlsplit(token.instance_url).scheme != "https":
        raise AccessError("The login names an instance without https.", "Check STEWARD_SF_LOGIN_URL.")
    return token


def _login_todo(refused: PlatformError) -> str:
    said = f"{refused.code} {refused.what}".lower()
    if "approv" in said or "admin" in said:
        return "Pre-authorize the integration user in the External Client App's policies."
    if "audience" in said or "expired" in said or "assertion" in said:
        return "Check the login URL, the certificate of the External Client App, and this machine's clock."
    if "client" in said:
        return "Check the consumer key (and secret) of the External Client App."
    return "Check the username, the consumer key, and that the user is active and pre-authorized."
