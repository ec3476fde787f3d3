"""Logging in over TLS: JWT bearer, client credentials, password, refresh, SOAP; and what is refused."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
import requests
from localorg.server.certificates import client_certificate
from localorg_live import ADMIN, API, Client, LiveOrg
from simple_salesforce import Salesforce

pytestmark = pytest.mark.e2e
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class App:
    """An external client app of the org, as its admin registers it."""

    def __init__(self, org: LiveOrg, username: str = ADMIN) -> None:
        self.org = org
        self.key, certificate = client_certificate(username)
        given = {"name": "Steward", "run_as": username, "certificate": certificate.decode()}
        made = org.control().post("/localorg/client", json=given).json()
        self.client_id, self.secret = made["client_id"], made["client_secret"]

    def assertion(self, key: bytes | None = None, algorithm: str = "RS256", **claims: Any) -> str:
        usual = {"iss": self.client_id, "sub": ADMIN, "aud": "https://login.salesforce.com"}
        expiry = {"exp": str(int(time.time()) + 180)}  # a text, as simple-salesforce sends it
        return jwt.encode(usual | expiry | claims, key or self.key, algorithm=algorithm)

    def token(self, **form: str) -> requests.Response:
        return self.org.anonymous().send("POST", "/services/oauth2/token", data=form)

    def by_jwt(self, assertion: str) -> requests.Response:
        return self.token(grant_type=JWT_BEARER, assertion=assertion)


@pytest.fixture(scope="module")
def app(live_org: LiveOrg) -> App:
    return App(live_org)


def refusal(answer: requests.Response) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["error"], body["error_description"]


def test_a_signed_assertion_opens_a_session(app: App, live_org: LiveOrg) -> None:
    answer = app.by_jwt(app.assertion())
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["instance_url"] == live_org.url
    assert body["token_type"] == "Bearer"
    assert "refresh_token" not in body
    client = Client(live_org.url, live_org.ca, body["access_token"])
    assert client.get(f"{API}/limits").status_code == 200
    assert client.http.get(body["id"], params={"oauth_token": client.token}, timeout=10).json()["username"] == ADMIN


@pytest.mark.parametrize("audience", ["https://test.salesforce.com", "https://localhost:1/services/oauth2/token"])
def test_the_audience_may_be_a_login_host_or_the_org_itself(app: App, audience: str) -> None:
    assert app.by_jwt(app.assertion(aud=audience)).status_code == 200


def test_an_assertion_that_does_not_hold_is_refused_with_the_platforms_words(app: App) -> None:
    now = int(time.time())
    other_key, _ = client_certificate("somebody")
    cases = {
        "expired authorization code": app.assertion(exp=now - 1),
        "audience is invalid": app.assertion(aud="https://example.com"),
        "user hasn't approved this consumer": app.assertion(sub="nobody@steward.example"),
    }
    for description, assertion in cases.items():
        assert refusal(app.by_jwt(assertion)) == (400, "invalid_grant", description)
    for assertion in (app.assertion(other_key), app.assertion(exp=now + 900), "no.jwt.at.all"):
        assert refusal(app.by_jwt(assertion)) == (400, "invalid_grant", "invalid assertion")
    unknown = app.by_jwt(app.assertion(iss="3MVG9unknown"))
    assert refusal(unknown) == (400, "invalid_client_id", "client identifier invalid")


def test_an_unsigned_or_symmetric_assertion_is_refused(app: App) -> None:
    claims = jwt.decode(app.assertion(), options={"verify_signature": False})
    for assertion in (app.assertion(b"x" * 32, "HS256"), jwt.encode(claims, None, algorithm="none")):
        assert refusal(app.by_jwt(assertion))[:2] == (400, "invalid_grant")


def test_a_user_the_app_was_not_approved_for_is_refused(app: App, live_org: LiveOrg) -> None:
    live_org.control().post("/localorg/user", json={"username": "other@steward.example"})
    answer = app.by_jwt(app.assertion(sub="other@steward.example"))
    assert refusal(answer) == (400, "invalid_grant", "user hasn't approved this consumer")


def test_client_credentials_run_as_the_apps_user(app: App, live_org: LiveOrg) -> None:
    by_form = app.token(grant_type="client_credentials", client_id=app.client_id, client_secret=app.secret)
    by_basic = live_org.anonymous().http.post(
        live_org.url + "/services/oauth2/token", data={"grant_type": "client_credentials"},
        auth=(app.client_id, app.secret), timeout=10,
    )  # fmt: skip
    for answer in (by_form, by_basic):
        client = Client(live_org.url, live_org.ca, answer.json()["access_token"])
        assert client.get("/services/oauth2/userinfo").json()["preferred_username"] == ADMIN
    wrong = app.token(grant_type="client_credentials", client_id=app.client_id, client_secret="no")
    assert refusal(wrong) == (400, "invalid_client", "invalid client credentials")


def test_passwords_give_a_refresh_token_that_can_be_revoked(app: App, live_org: LiveOrg) -> None:
    live_org.control().post("/localorg/user", json={"username": ADMIN, "password": "correct horse"})
    common = {"client_id": app.client_id, "client_secret": app.secret}
    wrong = app.token(grant_type="password", username=ADMIN, password="no", **common)
    assert refusal(wrong) == (400, "invalid_grant", "authentication failure")
    body = app.token(grant_type="password", username=ADMIN, password="correct horse", **common).json()
    refreshing = {"grant_type": "refresh_token", "refresh_token": body["refresh_token"], **common}
    assert app.token(**refreshing).json()["access_token"] != body["access_token"]
    revoked = live_org.anonymous().send("POST", "/services/oauth2/revoke", data={"token": body["refresh_token"]})
    assert revoked.status_code == 200
    assert refusal(app.token(**refreshing)) == (400, "invalid_grant", "expired access/refresh token")


def test_a_password_is_set_by_its_user_and_reset_by_an_administrator(live_org: LiveOrg, admin: Client) -> None:
    inside = live_org.server.runtime
    user = inside.org.create_user("pass@example.org", profile="Standard User")
    address = f"{API}/sobjects/User/{user}/password"
    own, other = live_org.as_user("pass@example.org"), f"{API}/sobjects/User/{inside.find_user(ADMIN).id}/password"
    assert own.get(address).json() == {"isExpired": False}
    assert own.post(address, json={"NewPassword": "orchard-93"}).status_code == 204
    assert inside.accounts.has_password(user, "orchard-93")
    assert own.post(address, json={"NewPassword": "short"}).json()[0]["errorCode"] == "INVALID_NEW_PASSWORD"
    assert own.post(other, json={"NewPassword": "orchard-94"}).status_code == 403
    made = admin.send("DELETE", address).json()["NewPassword"]
    assert inside.accounts.has_password(user, made) and not inside.accounts.has_password(user, "orchard-93")


def test_an_unknown_grant_is_refused(app: App) -> None:
    assert refusal(app.token(grant_type="magic")) == (400, "unsupported_grant_type", "grant type not supported")


def test_without_a_session_every_api_path_answers_401(live_org: LiveOrg) -> None:
    for path in (f"{API}/sobjects", f"{API}/nonsense", f"{API}/query?q=x"):
        answer = live_org.anonymous().get(path, headers={"Authorization": "Bearer expired"})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Token"
        assert answer.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_a_revoked_session_is_over(live_org: LiveOrg, admin: Client) -> None:
    assert admin.get(f"{API}/limits").status_code == 200
    assert admin.send("POST", "/services/oauth2/revoke", data={"token": admin.token}).status_code == 200
    assert admin.get(f"{API}/limits").status_code == 401
    assert admin.get("/services/oauth2/userinfo").status_code == 403


def test_simple_salesforce_logs_in_by_soap_through_its_own_code(live_org: LiveOrg) -> None:
    live_org.control().post("/localorg/user", json={"username": ADMIN, "password": "correct horse"})
    session = live_org.anonymous().http
    body = (
        '<?xml version="1.0" encoding="utf-8" ?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/">'
        '<env:Body><n1:login xmlns:n1="urn:partner.soap.sforce.com"><n1:username>{}</n1:username>'
        "<n1:password>{}</n1:password></n1:login></env:Body></env:Envelope>"
    )
    url = f"{live_org.url}/services/Soap/u/59.0"
    headers = {"content-type": "text/xml", "SOAPAction": "login"}
    refused = session.post(url, body.format(ADMIN, "wrong"), headers=headers, timeout=10)
    assert refused.status_code == 500
    assert "<sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>" in refused.text
    answer = session.post(url, body.format(ADMIN, "correct horse"), headers=headers, timeout=10)
    token = answer.text.partition("<sessionId>")[2].partition("</sessionId>")[0]
    client = Salesforce(instance_url=live_org.url, session_id=token, session=session)
    assert client.query("SELECT Id FROM Organization")["totalSize"] == 1


def test_the_control_is_closed_to_everyone_without_the_admin_token(live_org: LiveOrg, admin: Client) -> None:
    for client in (live_org.anonymous(), admin):
        assert client.get("/localorg/status").status_code == 403
        assert client.post("/localorg/reset", json={}).status_code == 403
    assert live_org.control().get("/localorg/status").json()["organization_id"] == live_org.server.runtime.org_id


def test_the_private_files_of_the_org_are_readable_by_their_owner_only(live_org: LiveOrg) -> None:
    for name in ("admin.token", "server.key"):
        assert (live_org.folder / name).stat().st_mode & 0o077 == 0
