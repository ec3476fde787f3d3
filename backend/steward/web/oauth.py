"""The token endpoint: OAuth 2.0 client credentials, as Salesforce's External Credential asks for them."""

from __future__ import annotations

from typing import Any

import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant

from steward.monitoring import observed
from steward.state.clients import matches
from steward.state.tables import ApiClient
from steward.web.guard import Guard, open_to_all

blueprint = flask.Blueprint("oauth", __name__)


class _Client(ClientMixin):  # type: ignore[misc]
    """One API client in Authlib's terms."""

    def __init__(self, stored: ApiClient) -> None:
        self.stored = stored

    def get_client_id(self) -> str:
        return self.stored.client_id

    def get_allowed_scope(self, scope: str | None) -> str:
        """What was asked for, as far as it is allowed; all that is allowed where nothing was asked for."""
        allowed = self.stored.scopes.split()
        wanted = (scope or "").split() or allowed
        return " ".join(one for one in allowed if one in wanted)

    def check_client_secret(self, client_secret: str) -> bool:
        return matches(self.stored, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


def register(app: flask.Flask, guard: Guard) -> None:
    """Sets up Authlib's server on our clients and our tokens."""

    def find(client_id: str) -> _Client | None:
        stored = guard.clients.find(client_id)
        return _Client(stored) if stored is not None and stored.enabled else None

    def token(grant_type: str, client: _Client, user: Any = None, scope: str = "", **_: Any) -> dict[str, Any]:
        stored = client.stored
        scopes = client.get_allowed_scope(scope)
        text = guard.tokens.issue(stored.client_id, scopes, stored.signed_bodies)
        return {"access_token": text, "token_type": "Bearer", "expires_in": guard.tokens.seconds, "scope": scopes}

    server = AuthorizationServer(app, query_client=find, save_token=lambda token, request: None)
    server.register_grant(_Grant)
    server.register_token_generator("client_credentials", token)
    app.extensions["oauth"] = server


@blueprint.post("/oauth/token")
@open_to_all
def token() -> flask.Response:
    guard: Guard = flask.current_app.extensions["guard"]
    guard.within_limits(f"token {flask.request.remote_addr}")
    try:
        response: flask.Response = flask.current_app.extensions["oauth"].create_token_response()
    except ValueError:  # credentials that are no text
        response = flask.Response('{"error": "invalid_client"}', 401, {"WWW-Authenticate": "Basic"})
    if response.status_code >= 400:
        observed.TOKENS.labels("credentials").inc()
    response.mimetype = "application/json"
    return response
