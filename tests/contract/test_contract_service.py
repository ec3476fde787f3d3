"""The service and its callers agree: samples, routes, errors, and the metrics that dashboards and alerts name."""

from __future__ import annotations

import json
import pathlib
import sys

import jsonschema
import pytest
from steward.monitoring import observed
from steward.web import openapi, schemas

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = pathlib.Path(__file__).parent / "samples"
sys.path.insert(0, str(ROOT / "tests" / "unit" / "web"))
from service_kit import service  # noqa: E402

SHAPES = {
    "events_request": schemas.EVENTS, "events_receipt": schemas.RECEIPT, "playbook_event": schemas.EVENT,
    "scores_request": schemas.DONORS, "scores_answer": schemas.SCORES, "problem": schemas.PROBLEM, "busy": schemas.PROBLEM,
    "token_answer": openapi._TOKEN,
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = service(tmp_path_factory.mktemp("service") / "home")
    yield made
    made.steward.close()


def sample(name: str):
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.json")))
def test_every_sample_has_the_shape_the_service_declares(name):
    jsonschema.Draft202012Validator(SHAPES[name]).validate(sample(name))


def test_the_service_takes_the_samples_and_answers_like_them(served):
    token = served.token("events", "score")
    answer = served.post("/v1/events", sample("events_request"), token)
    assert answer.status_code == 202
    assert answer.json["events"] == sample("events_receipt")["events"]
    assert served.post("/webhooks/donor-event", sample("playbook_event"), token).status_code == 202
    answer = served.post("/v1/scores", sample("scores_request"), token)
    assert [one["donor_id"] for one in answer.json["scores"]] == sample("scores_request")["donor_ids"]
    jsonschema.Draft202012Validator(schemas.SCORES).validate(answer.json)


def test_every_route_says_who_may_come_in(served):
    unsaid = [
        rule.rule
        for rule in served.app.url_map.iter_rules()
        if not hasattr(served.app.view_functions[rule.endpoint], "guarded_by")
    ]
    assert unsaid == []


def test_only_these_routes_are_open(served):
    views = served.app.view_functions
    opened = {rule.rule for rule in served.app.url_map.iter_rules() if views[rule.endpoint].guarded_by == "nobody"}
    assert opened == {"/livez", "/readyz", "/openapi.json", "/oauth/token", "/ops/login", "/ops/style.css"}


def test_every_guarded_route_refuses_strangers(served):
    views = served.app.view_functions
    for rule in served.app.url_map.iter_rules():
        if views[rule.endpoint].guarded_by in ("nobody", "page"):
            continue
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            answer = served.app.test_client().open(rule.rule, method=method)
            assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), rule


def test_the_document_names_every_route_of_the_api(served):
    shown = {rule.rule for rule in served.app.url_map.iter_rules() if not rule.rule.startswith("/ops")}
    assert shown - set(openapi.document()["paths"]) == {"/openapi.json", "/metrics"}


def test_every_error_has_the_one_shape(served):
    token = served.token("events", "score")
    answers = [
        served.get("/nowhere"), served.get("/v1/events"), served.post("/v1/events", token=token, data="x"),
        served.post("/v1/events", token=token, data=b"\xff\xfe", headers={"Content-Type": "application/json"}),
        served.post("/v1/events", token=token, data="[" * 100_000, headers={"Content-Type": "application/json"}),
        served.post("/v1/events", token=token, data=b" " * (1 << 21), headers={"Content-Type": "application/json"}),
        served.post("/v1/scores", {"donor_ids": []}, token), served.get("/v1/../etc/passwd"), served.post("/v1/scores"),
    ]  # fmt: skip
    for answer in answers:
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.mimetype == "application/problem+json"
        jsonschema.Draft202012Validator(schemas.PROBLEM).validate(answer.json)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_unexpected_error_tells_nothing_but_the_trace(served, monkeypatch):
    def broken(keys):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(served.app.extensions["serving"], "answer", broken)
    answer = served.post("/v1/scores", sample("scores_request"), served.token("score"))
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.json["correlation_id"] == answer.headers["X-Correlation-Id"]


def _metrics(served) -> set[str]:
    page = observed.page(served.steward).decode()
    declared = {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")}
    own = (observed.REQUESTS, observed.STAGES, observed.EVENT_AGE)
    declared |= (
        {one._name for one in own} | {f"{one._name}_bucket" for one in own} | {f"{one._name}_count" for one in own}
    )
    counters = (observed.EVENTS, observed.TOKENS, observed.SCORES, observed.PROFILES, observed.DONORS)
    return declared | {f"{one._name}_total" for one in counters}


def test_dashboard_and_alerts_name_only_metrics_that_exist(served):
    import re

    import yaml

    dashboard = json.loads((ROOT / "deploy" / "grafana" / "steward.json").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    rules = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len(alerts) >= 6
    assert all(rule["annotations"]["summary"] and rule["labels"]["severity"] for rule in alerts)
    asked += [rule["expr"] for rule in alerts]
    served.steward.state.begin_run("r", trigger="Manual", mode="Full", as_of="2026-04-14")
    served.steward.state.finish_run("r", "Completed")
    named = {name for text in asked for name in re.findall(r"\bsteward_\w+", text)}
    assert named
    assert named - _metrics(served) == set()


def test_the_profile_knows_every_source_the_service_names():
    import re

    from steward.live import realtime, serving
    from steward.night import publishing

    path = ROOT / "force-app/main/default/objects/AI_Donor_Profile__c/fields/Answer_Source__c.field-meta.xml"
    words = re.findall(r"<value>\s*<fullName>([^<]+)", path.read_text(encoding="utf-8"))
    assert set(words) == {serving.REAL_TIME, serving.NIGHTLY, serving.LAST_KNOWN, serving.RULE}
    assert realtime.REAL_TIME in words
    assert '"Answer_Source__c": "Nightly"' in pathlib.Path(publishing.__file__).read_text(encoding="utf-8")
    shown = schemas.ANSWER["properties"]["source"]["enum"]
    assert set(shown) == {*words, serving.UNKNOWN}
