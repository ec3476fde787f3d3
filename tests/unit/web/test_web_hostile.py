"""Hostile input by the thousand: whatever is sent, the answer fits the OpenAPI document and is never a server error."""

import pathlib
import shutil
import tempfile

import hypothesis
import pytest
import schemathesis
from service_kit import service

SERVED = service(pathlib.Path(tempfile.mkdtemp(prefix="steward-hostile-")) / "home", rate_limit="1000000/minute")
schema = schemathesis.openapi.from_wsgi("/openapi.json", SERVED.app)


@pytest.fixture(scope="module")
def served():
    yield SERVED
    SERVED.steward.close()
    shutil.rmtree(SERVED.steward.home.parent)


@pytest.fixture(scope="module")
def token(served):
    return served.token("events", "score")


@schema.exclude(path="/readyz").parametrize()
@hypothesis.settings(
    max_examples=50, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)  # fmt: skip
def test_every_answer_fits_the_document(case, token):
    headers = {} if case.operation.path == "/oauth/token" else {"Authorization": f"Bearer {token}"}
    case.call_and_validate(headers=headers)


PATHS = [
    "/v1/../../etc/passwd",
    "/v1/%2e%2e/%2e%2e/etc/passwd",
    "/ops/..%2f..%2fetc",
    "//v1/events",
    "/v1/events/",
    "/v1/events%00",
    "/static/x",
]


@pytest.mark.parametrize("path", PATHS)
def test_path_tricks_lead_nowhere(served, token, path):
    answer = served.get(path, token)
    assert 400 <= answer.status_code < 500
    assert answer.mimetype == "application/problem+json"
