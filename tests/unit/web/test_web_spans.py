"""Traces as OpenTelemetry's collector gets them: one trace from the request to the profile, and nobody in it."""

import datetime as dt
import gzip
import http.server
import threading

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from service_kit import CONTACT, event, service
from steward.jobs.rescoring import Round
from steward.monitoring.spans import Spans, round_done
from steward.salesforce.pseudonyms import pseudonym
from steward.state.inbox import Claim

TRACE = "0af7651916cd43dd8448eb211c80319c"


class _Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def collector():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
    server.bodies, server.url = [], f"http://127.0.0.1:{server.server_port}/v1/traces"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def spans_of(collector) -> list:
    found = []
    for body in collector.bodies:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            found += [span for scope in resource.scope_spans for span in scope.spans]
    return found


def facts(span) -> dict[str, object]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


def claim(key: str) -> Claim:
    asked = dt.datetime(2026, 4, 14, 10, 30, tzinfo=dt.UTC)
    return Claim(key, CONTACT, 1, 0, 0, asked, TRACE)


def test_a_request_and_the_round_that_answers_it_are_one_trace_without_the_donor(tmp_path, collector):
    served = service(tmp_path / "home", traces_url=collector.url)
    token = served.token("events")
    given = {"events": [event(correlation_id=TRACE)]}
    assert served.post("/v1/events", given, token, headers={"X-Correlation-Id": TRACE}).status_code == 202
    key = pseudonym(CONTACT, served.steward.key)
    done = Round(claimed=1, answered=[claim(key)], seconds={"read": 0.05, "round": 0.4})
    worker = Spans(collector.url, "worker")
    round_done(worker, done, dt.datetime(2026, 4, 14, 10, 30, 2, tzinfo=dt.UTC))
    worker.close()
    served.app.extensions["spans"].close()
    served.steward.close()

    found = {span.name: span for span in spans_of(collector) if span.trace_id.hex() == TRACE}
    assert set(found) == {"POST /v1/events", "event to profile"}
    assert facts(found["POST /v1/events"])["http.response.status_code"] == 202
    way = found["event to profile"]
    assert facts(way) == {"outcome": "answered", "attempts": 0, "donors": 1, "seconds.read": 0.05, "seconds.round": 0.4}
    assert way.end_time_unix_nano - way.start_time_unix_nano == 2_000_000_000
    sent = b"".join(collector.bodies)
    assert not any(secret.encode() in sent for secret in (CONTACT, key, "006:1"))


def test_without_an_address_nothing_is_sent_or_loaded(served, collector):
    served.get("/livez")
    assert served.app.extensions["spans"]._provider is None
    assert collector.bodies == []
