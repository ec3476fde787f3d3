"""Logging in by each way the platform knows, and what is said when it refuses."""

from __future__ import annotations

from urllib.parse import parse_qs

import jwt
import pytest
import responses
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from steward.errors import AccessError, ConfigError
from steward.salesforce import auth
from steward.salesforce.auth import Connection, Login
from steward.salesforce.transport import Patience

LOGIN = "https://charity.my.salesforce.com"
TOKEN = {"access_token": "00D!abc", "instance_url": "https://charity--x.my.salesforce.com"}


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _login(connection: Connection) -> Login:
    return Login(connection, Patience(sleep=lambda seconds: None), now=lambda: 1_790_000_000.0)


def _form(org: responses.RequestsMock, call: int = 0) -> dict[str, str]:
    body = org.calls[call].request.body
    return {name: values[0] for name, values in parse_qs(str(body)).items()}


def test_a_jwt_names_the_app_the_user_and_the_platform(
    org: responses.RequestsMock, key: rsa.RSAPrivateKey, pem: str
) -> None:
    org.add("POST", f"{LOGIN}/services/oauth2/token", json=TOKEN)
    login = _login(Connection(LOGIN, "jwt", "3MVG", username="steward@charity.example", private_key=pem))
    assert login.current() == "00D!abc"
    form = _form(org)
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    claims = jwt.decode(
        form["assertion"], key.public_key(), ["RS256"], audience="https://login.salesforce.com",
        options={"verify_exp": False},
    )  # fmt: skip
    assert claims["iss"] == "3MVG"
    assert claims["sub"] == "steward@charity.example"
    assert int(claims["exp"]) == 1_790_000_180


@pytest.mark.parametrize(
    ("url", "audience"),
    [
        ("https://login.salesforce.com", "https://login.salesforce.com"),
        ("https://test.salesforce.com/", "https://test.salesforce.com"),
        ("https://charity--dev.sandbox.my.salesforce.com", "https://test.salesforce.com"),
        ("https://localhost:8443/", "https://localhost:8443"),
    ],
)
def test_the_audience_follows_the_login_address(url: str, audience: str) -> None:
    assert auth._audience(url) == audience


def test_client_credentials_are_sent_as_a_form(org: responses.RequestsMock) -> None:
    org.add("POST", f"{LOGIN}/services/oauth2/token", json=TOKEN)
    login = _login(Connection(LOGIN, "client_credentials", "3MVG", "s3cret"))
    assert login.token().instance_url == "https://charity--x.my.salesforce.com"
    assert _form(org) == {"grant_type": "client_credentials", "client_id": "3MVG", "client_secret": "s3cret"}


def test_one_stale_token_is_exchanged_once(org: responses.RequestsMock) -> None:
    org.add("POST", f"{LOGIN}/services/oauth2/token", json=TOKEN)
    org.add("POST", f"{LOGIN}/services/oauth2/token", json={**TOKEN, "access_token": "00D!new"})
    login = _login(Connection(LOGIN, "client_credentials", "3MVG", "s3cret"))
    stale = login.current()
    assert login.renewed(stale) == "00D!new"
    assert login.renewed(stale) == "00D!new"
    assert len(org.calls) == 2


@pytest.mark.parametrize(
    ("error", "description", "todo"),
    [
        ("invalid_grant", "user hasn't approved this consumer", "Pre-authorize"),
        ("invalid_grant", "audience is invalid", "this machine's clock"),
        ("invalid_client_id", "client identifier invalid", "consumer key"),
        ("invalid_grant", "authentication failure", "user is active"),
    ],
)
def test_a_refused_login_says_what_to_do(org: responses.RequestsMock, error: str, description: str, todo: str) -> None:
    org.add(
        "POST", f"{LOGIN}/services/oauth2/token", status=400, json={"error": error, "error_description": description}
    )
    with pytest.raises(AccessError, match=f"{description}.*{todo}") as raised:
        _login(Connection(LOGIN, "client_credentials", "3MVG", "s3cret")).current()
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("connection", "what"),
    [
        (Connection(auth="password"), "no way to log in"),
        (Connection(LOGIN, "jwt", "3MVG", username="x"), "needs private_key"),
        (Connection("http://charity.example", "client_credentials", "a", "b"), "not an https address"),
        (Connection(auth="session", session_id="x", instance_url="http://localhost:8080"), "not an https address"),
    ],
)
def test_a_connection_that_cannot_work_is_refused_by_name(connection: Connection, what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        _login(connection)


def test_a_key_that_is_no_key_is_a_matter_of_settings() -> None:
    login = _login(Connection(LOGIN, "jwt", "3MVG", username="x", private_key="not a key"))
    with pytest.raises(ConfigError, match="PEM"):
        login.current()


def test_an_answer_without_a_token_is_not_a_login(org: responses.RequestsMock) -> None:
    org.add("POST", f"{LOGIN}/services/oauth2/token", json={"hello": 1})
    with pytest.raises(AccessError, match="without a token"):
        _login(Connection(LOGIN, "client_credentials", "3MVG", "s3cret")).current()


def test_secrets_are_not_in_the_text_of_a_connection_or_token() -> None:
    shown = repr(Connection(LOGIN, "jwt", "3MVG", "s3cret", "u", "pemtext", "sess10n")) + repr(auth.Token("t0ken", "x"))
    assert not any(secret in shown for secret in ("s3cret", "pemtext", "sess10n", "t0ken"))
