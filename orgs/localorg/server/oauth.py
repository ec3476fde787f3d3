"""OAuth 2.0 as Salesforce runs it: JWT bearer, client credentials, password, refresh; revoke and introspect."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import jwt
from cryptography import x509

from localorg.errors import ApiError
from localorg.server.accounts import Client, Login
from localorg.server.certificates import is_loopback
from localorg.server.http import Call, Reply
from localorg.server.routing import Access, Routes

AUDIENCES = frozenset({"https://login.salesforce.com", "https://test.salesforce.com"})
MAX_AHEAD_SECONDS = 300
SCOPE = "id api web openid refresh_token"
NO_CACHE = {"Cache-Control": "no-cache, no-store", "Pragma": "no-cache"}
routes = Routes("/services/oauth2", Access.PUBLIC)


class RefusedError(Exception):
    """The token endpoint says no; its errors have a shape of their own."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


@routes.on("POST", "/token")
def token(call: Call) -> Reply:
    try:
        return Reply(granted(call), headers=dict(NO_CACHE))
    except RefusedError as no:
        return Reply({"error": no.error, "error_description": no.description}, no.status, dict(NO_CACHE))


@routes.on("GET", "/token")
def token_by_get(call: Call) -> Reply:
    return Reply({"error": "invalid_request", "error_description": "must use HTTP POST"}, 400)


def granted(call: Call) -> dict[str, Any]:
    form = call.form()
    grant = form.get("grant_type")
    match grant:
        case "urn:ietf:params:oauth:grant-type:jwt-bearer":
            client, subject = by_assertion(call, required(form, "assertion"))
            return issue(call, subject, client)
        case "client_credentials":
            client = authenticated_client(call, form)
            return issue(call, active(call, client.run_as, "no client credentials user enabled"), client)
        case "password":
            client = authenticated_client(call, form)
            return issue(call, by_password(call, form), client, refresh=True)
        case "refresh_token":
            client = authenticated_client(call, form, secret_required=False)
            user_id = call.runtime.accounts.refresh(required(form, "refresh_token"), client.client_id)
            if user_id is None:
                raise RefusedError("invalid_grant", "expired access/refresh token")
            return issue(call, active(call, user_id, "inactive user"), client)
    raise RefusedError("unsupported_grant_type", "grant type not supported")


def issue(call: Call, user_id: str, client: Client, refresh: bool = False) -> dict[str, Any]:
    login: Login = call.runtime.accounts.open_session(call.runtime.org_id, user_id, client.client_id)
    identity = f"{call.base_url}/id/{call.runtime.org_id}/{user_id}"
    issued_at = str(round(time.time() * 1000))
    signature = hmac.new(call.runtime.admin_token.encode(), f"{identity}{issued_at}".encode(), hashlib.sha256).digest()
    reply = {
        "access_token": login.token,
        "signature": base64.b64encode(signature).decode(),
        "scope": SCOPE,
        "instance_url": call.base_url,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    }
    if refresh:
        reply["refresh_token"] = call.runtime.accounts.open_refresh_token(user_id, client.client_id)
    return reply


def by_assertion(call: Call, assertion: str) -> tuple[Client, str]:
    """The client and the user a signed assertion names, once every claim in it holds."""
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError as problem:
        raise RefusedError("invalid_grant", "invalid assertion") from problem
    client = call.runtime.accounts.client(str(claims.get("iss")))
    if client is None:
        raise RefusedError("invalid_client_id", "client identifier invalid")
    check_signature(assertion, client)
    check_audience(call, claims.get("aud"))
    check_expiry(claims.get("exp"))
    subject = claims.get("sub") or claims.get("prn")
    user = call.runtime.find_user(str(subject))
    if user is None or not call.runtime.accounts.approved(client, user.id):
        raise RefusedError("invalid_grant", "user hasn't approved this consumer")
    return client, user.id


def check_signature(assertion: str, client: Client) -> None:
    if client.certificate is None:
        raise RefusedError("invalid_grant", "invalid assertion")
    key: Any = x509.load_pem_x509_certificate(client.certificate.encode()).public_key()
    unchecked = {f"verify_{claim}": False for claim in ("exp", "aud", "iss", "iat", "nbf", "sub", "jti")}
    try:
        jwt.decode(assertion, key, algorithms=["RS256"], options=unchecked)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError) as problem:
        raise RefusedError("invalid_grant", "invalid assertion") from problem


def check_audience(call: Call, audience: object) -> None:
    """Salesforce's login hosts, or this org itself under any loopback name and either port."""
    for given in audience if isinstance(audience, list) else [audience]:
        url = str(given).rstrip("/")
        if url.removesuffix("/services/oauth2/token") in AUDIENCES | {call.base_url}:
            return
        if is_loopback(urlsplit(url).hostname or ""):
            return
    raise RefusedError("invalid_grant", "audience is invalid")


def check_expiry(expiry: object) -> None:
    try:
        expires = float(str(expiry))
    except ValueError as problem:
        raise RefusedError("invalid_grant", "invalid assertion") from problem
    ahead = expires - time.time()
    if not 0 < ahead <= MAX_AHEAD_SECONDS:
        raise RefusedError("invalid_grant", "expired authorization code" if ahead <= 0 else "invalid assertion")


def authenticated_client(call: Call, form: dict[str, str], secret_required: bool = True) -> Client:
    """The client by HTTP Basic or by form fields, with its secret."""
    client_id, secret = basic(call) or (form.get("client_id", ""), form.get("client_secret", ""))
    if not client_id:
        raise RefusedError("invalid_request", "client_id is required")
    client = call.runtime.accounts.client(client_id)
    if client is None:
        raise RefusedError("invalid_client_id", "client identifier invalid")
    if (secret or secret_required) and not client.has_secret(secret):
        raise RefusedError("invalid_client", "invalid client credentials")
    return client


def basic(call: Call) -> tuple[str, str] | None:
    scheme, _, value = call.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as problem:
        raise RefusedError("invalid_client", "invalid client credentials") from problem
    return unquote_plus(name), unquote_plus(secret)


def by_password(call: Call, form: dict[str, str]) -> str:
    user = call.runtime.find_user(required(form, "username"))
    if user is None or not call.runtime.accounts.has_password(user.id, required(form, "password")):
        raise RefusedError("invalid_grant", "authentication failure")
    return user.id


def active(call: Call, user_id: str, otherwise: str) -> str:
    if not call.runtime.org.is_active(user_id):
        raise RefusedError("invalid_grant", otherwise)
    return user_id


def required(form: dict[str, str], name: str) -> str:
    value = form.get(name)
    if not value:
        raise RefusedError("invalid_request", f"missing required parameter: {name}")
    return value


@routes.on("GET POST", "/revoke")
def revoke(call: Call) -> Reply:
    if call.runtime.accounts.revoke(call.form().get("token", "")):
        return Reply.nothing(200)
    return Reply({"error": "invalid_token", "error_description": "invalid token"}, 400)


@routes.on("POST", "/introspect")
def introspect(call: Call) -> Reply:
    form = call.form()
    try:
        client = authenticated_client(call, form)
        login = call.runtime.accounts.login(required(form, "token"))
    except RefusedError as no:
        return Reply({"error": no.error, "error_description": no.description}, 401)
    except ApiError:
        return Reply({"active": False})
    return Reply({
        "active": True,
        "scope": SCOPE,
        "client_id": client.client_id,
        "sub": f"{call.base_url}/id/{call.runtime.org_id}/{login.user_id}",
        "token_type": "access_token",
        "exp": int(login.expires),
    })  # fmt: skip
