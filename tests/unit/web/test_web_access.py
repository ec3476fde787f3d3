"""The door: tokens that are missing, forged, stale, replayed or of the wrong scope; secrets and keys that change."""

import base64
import hashlib
import hmac
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from service_kit import event, service
from steward.web.tokens import FILE, Keys

BODY = {"events": [event()]}


def refused(answer, status=401):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["correlation_id"]
    return answer


def test_without_a_token_nothing_is_taken(served):
    answer = refused(served.post("/v1/events", BODY))
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_of_another_scope_is_refused(served):
    refused(served.post("/v1/events", BODY, served.token("score")), 403)
    refused(served.get("/metrics", served.token("score", "events")), 403)


def test_a_token_ends_after_its_minutes(served):
    token = served.token("events")
    served.clock.pass_by(minutes=14)
    assert served.post("/v1/events", BODY, token).status_code == 202
    served.clock.pass_by(minutes=2)
    assert "expired" in refused(served.post("/v1/events", BODY, token)).json["detail"]


def _forged(served, **change):
    kid, secret = served.app.extensions["guard"].keys.signing()
    claims = jwt.decode(served.token("events"), options={"verify_signature": False})
    claims |= change.pop("claims", {})
    return jwt.encode(
        claims, change.get("secret", secret), change.get("algorithm", "HS256"), {"kid": change.get("kid", kid)}
    )


@pytest.mark.parametrize(
    "change",
    [
        {"secret": "0" * 64},
        {"kid": "other"},
        {"kid": "../../etc/passwd"},
        {"claims": {"aud": "elsewhere"}},
        {"claims": {"iss": "someone"}},
        {"claims": {"exp": None}},
        {"claims": {"exp": "soon"}},
    ],
)
def test_a_forged_token_is_refused(served, change):
    refused(served.post("/v1/events", BODY, _forged(served, **change)))


@pytest.mark.parametrize("token", ["x", "a.b.c", "e30.e30.", "é", "null"])
def test_what_is_no_token_is_refused(served, token):
    refused(served.post("/v1/events", BODY, token))


def test_an_unsigned_token_is_refused(served):
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    refused(served.post("/v1/events", BODY, head + "." + served.token("events").split(".")[1] + "."))


def test_a_new_key_signs_while_tokens_of_the_old_one_still_count(served):
    keys = served.app.extensions["guard"].keys
    old = served.token("events")
    keys.rotate()
    assert served.post("/v1/events", BODY, old).status_code == 202
    assert served.post("/v1/events", BODY, served.token("events")).status_code == 202
    keys.rotate()
    refused(served.post("/v1/events", BODY, old))


def test_processes_that_start_at_once_have_the_same_key(tmp_path):
    start = threading.Barrier(8)

    def begin(_):
        start.wait()
        keys = Keys(tmp_path / FILE)  # a process's own: they meet in the file only
        keys.ensure()
        return keys

    with ThreadPoolExecutor(8) as pool:
        started = list(pool.map(begin, range(8)))
    assert len({keys.signing() for keys in started}) == 1


def test_a_secret_is_changed_without_a_gap(served):
    client_id, first = served.clients.create("Salesforce", ["events"])
    second = served.clients.rotate(client_id)
    assert served.token_for(client_id, first)
    assert served.token_for(client_id, second)
    served.clients.finish_rotation(client_id)
    assert served.token_for(client_id, second)
    credentials = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": first}
    answer = served.app.test_client().post("/oauth/token", data=credentials)
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_a_disabled_client_gets_no_token(served):
    client_id, secret = served.clients.create("Salesforce", ["events"])
    served.clients.enable(client_id, False)
    answer = served.app.test_client().post(
        "/oauth/token", data={"grant_type": "client_credentials"}, auth=(client_id, secret)
    )
    assert answer.status_code == 401


def test_a_client_gets_no_scope_beyond_its_own(served):
    client_id, secret = served.clients.create("Salesforce", ["events"])
    form = {"grant_type": "client_credentials", "scope": "events ops"}
    answer = served.app.test_client().post("/oauth/token", data=form, auth=(client_id, secret))
    assert answer.json["scope"] == "events"


def test_secrets_are_kept_as_hashes_only(served):
    client_id, secret = served.clients.create("Salesforce", ["events"])
    stored = served.clients.find(client_id)
    assert secret not in json.dumps(stored.secret_hashes)


def _signed(served, body: bytes, moment: int, client_id: str) -> dict[str, str]:
    key = served.app.extensions["guard"].keys.derived(f"body {client_id}")[0]
    digest = hmac.new(key, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Steward-Signature": f"t={moment},v1={digest}", "Content-Type": "application/json"}


def test_a_signed_body_counts_once_and_for_five_minutes(served):
    client_id, secret = served.clients.create("Salesforce", ["events"], signed_bodies=True)
    token, body = served.token_for(client_id, secret), json.dumps(BODY).encode()
    now = int(served.clock().timestamp())
    send = lambda headers, data=body: served.post("/v1/events", token=token, data=data, headers=headers)  # noqa: E731
    refused(served.post("/v1/events", BODY, token))
    headers = _signed(served, body, now, client_id)
    refused(send(headers, body + b" "))
    assert send(headers).status_code == 202
    assert "before" in refused(send(headers)).json["detail"]
    refused(send(_signed(served, body, now - 301, client_id)))
    refused(send(_signed(served, body, now, "another")))
    refused(send({"X-Steward-Signature": "t=1e9,v1=é", "Content-Type": "application/json"}))


def test_whoever_asks_too_often_is_told_when_to_come_back(tmp_path):
    made = service(tmp_path / "home", rate_limit="3/minute")
    token = made.token("score")
    answers = [made.post("/v1/scores", {"donor_ids": ["0038d0000000001AAA"]}, token) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 61
    made.steward.close()


def test_the_audit_line_names_client_and_route_but_no_secret_and_no_donor(served, written_log):
    token = served.token("events")
    served.post("/v1/events", BODY, token, headers={"X-Correlation-Id": "trace-9"})
    written = written_log()
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    line = next(one for one in lines if one.get("route") == "/v1/events")
    assert (line["status"], line["method"], line["correlation_id"]) == (202, "POST", "trace-9")
    assert line["client"].startswith("steward-")
    assert token not in written
    assert BODY["events"][0]["donor_id"] not in written


def test_a_redis_that_is_away_turns_nobody_away(tmp_path):
    made = service(tmp_path / "home", queue_url="redis://127.0.0.1:1/0", rate_limit="3/minute")
    token = made.token("events")
    assert [made.post("/v1/events", BODY, token).status_code for _ in range(4)] == [202, 202, 202, 429]
    made.steward.close()


def test_a_state_database_that_is_away_asks_to_come_back(served, monkeypatch):
    import sqlalchemy as sa

    def away(*_):
        raise sa.exc.OperationalError("SELECT", {}, OSError("down"))

    monkeypatch.setattr(served.steward.inbox, "accept", away)
    answer = refused(served.post("/v1/events", BODY, served.token("events")), 503)
    assert answer.headers["Retry-After"] == "30"
